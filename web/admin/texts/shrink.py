"""What is missing between counts, by cause, and what to count next. Nobody is named on these pages."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Counted, Table, Words

SHRINK: Final[Table] = {
    "nav.shrink": Words("Shrink", "کسری کالا", "فاقد البضاعة"),
    "shrink.text": Words(
        "The book less what was counted. Waste that was noted stands apart, and what is unknown stays unknown: it may be theft, "
        "a forgotten scan or a fill that nobody wrote down.",
        "دفتر منهای آنچه شمرده شد. دورریز نوشته‌شده جداست و نامعلوم، نامعلوم می‌ماند: شاید سرقت، اسکن فراموش‌شده "
        "یا پر کردنی که کسی ننوشت.",
        "الدفتر ناقص ما عُدّ. التالف المدوّن منفصل، والمجهول يبقى مجهولًا: قد يكون سرقة أو مسحًا منسيًا أو تعبئة لم يدوّنها أحد.",
    ),
    "shrink.window": Counted(
        en={"one": "{n} week", "other": "{n} weeks"},
        fa={"one": "{n} هفته", "other": "{n} هفته"},
        ar={
            "zero": "{n} أسبوع",
            "one": "أسبوع",
            "two": "أسبوعان",
            "few": "{n} أسابيع",
            "many": "{n} أسبوعًا",
            "other": "{n} أسبوع",
        },
    ),
    "shrink.nothing": Words(
        "Nothing was counted or thrown away in this time. Count the products below at the next visit; then this page can say "
        "what is missing.",
        "در این مدت چیزی شمرده یا دور ریخته نشده است. در سرکشی بعدی کالاهای زیر را بشمارید؛ آن‌گاه این صفحه می‌گوید چه کم است.",
        "لم يُعدّ شيء ولم يُتلف في هذه المدة. عُدّ الأصناف أدناه في الزيارة القادمة، وعندها تقول هذه الصفحة ما الناقص.",
    ),
    "shrink.wasted": Words("Thrown away", "دورریز", "التالف"),
    "shrink.swapped": Words("Scanned as another", "به نام دیگری اسکن‌شده", "مُسح باسم آخر"),
    "shrink.unknown": Words("Unknown", "نامعلوم", "مجهول"),
    "shrink.at_cost": Words(
        "at the cost of that day {amount}", "به بهای خرید همان روز {amount}", "بكلفة ذلك اليوم {amount}"
    ),
    "shrink.weeks": Words(
        "Week by week, at cost", "هفته به هفته، به بهای خرید", "أسبوعًا بأسبوع، بسعر الكلفة"
    ),
    "shrink.week": Words("Week from", "هفته از", "أسبوع من"),
    "shrink.missing": Words("Missing", "کمبود", "الناقص"),
    "shrink.plot": Words(
        "Bars: waste and what counts found missing in each week, at cost; the table holds the same figures. Below the line: "
        "more was found than booked.",
        "ستون‌ها: دورریز و کمبود شمارش‌ها در هر هفته به بهای خرید؛ جدول همین رقم‌ها را دارد. زیر خط: بیش از دفتر یافت شد.",
        "أعمدة: التالف وما نقص عند العدّ كل أسبوع بسعر الكلفة؛ الجدول يحوي الأرقام نفسها. تحت الخط: وُجد أكثر من الدفتر.",
    ),
    "shrink.products": Words("By product", "به تفکیک کالا", "حسب الصنف"),
    "shrink.product": Words("Product", "کالا", "الصنف"),
    "shrink.counts": Words("Counts", "شمارش", "مرات العدّ"),
    "shrink.rate": Words("Unknown of all that left", "نامعلوم از همهٔ رفته‌ها", "المجهول من كل ما خرج"),
    "shrink.between": Words("{low} to {high}", "{low} تا {high}", "{low} إلى {high}"),
    "shrink.rate_note": Words(
        "A range, not a point: with 95 of 100 such ranges the true share lies inside (Clopper and Pearson's exact interval). Few "
        "pieces make it wide.",
        "بازه است، نه نقطه: از هر ۱۰۰ بازهٔ این‌چنین، سهم درست در ۹۵ تا می‌افتد (بازهٔ دقیق کلاپر و پیرسون). "
        "عددِ کم بازه را پهن می‌کند.",
        "مجال لا نقطة: في ٩٥ من كل ١٠٠ مجال كهذا تقع النسبة الحقيقية داخله (مجال كلوبر وبيرسون الدقيق). والقطع القليلة توسّعه.",
    ),
    "shrink.uncounted": Words("not counted", "شمرده نشده", "لم يُعدّ"),
    "shrink.with": Words("{qty} with {name}", "{qty} با {name}", "{qty} مع {name}"),
    "shrink.extra": Words("{qty} too many", "{qty} زیادی", "{qty} زيادة"),
    "shrink.entries": Words("Counts and waste", "شمارش‌ها و دورریزها", "العدّ والتالف"),
    "shrink.counted": Words(
        "{day}, {slot}: counted {found}, {qty} missing",
        "{day}، {slot}: شمرده {found}، کمبود {qty}",
        "{day}، {slot}: عُدّ {found}، ناقص {qty}",
    ),
    "shrink.counted_more": Words(
        "{day}, {slot}: counted {found}, {qty} too many",
        "{day}، {slot}: شمرده {found}، {qty} زیادی",
        "{day}، {slot}: عُدّ {found}، {qty} زيادة",
    ),
    "shrink.counted_right": Words(
        "{day}, {slot}: counted {found}, as booked",
        "{day}، {slot}: شمرده {found}، برابر دفتر",
        "{day}، {slot}: عُدّ {found}، كما في الدفتر",
    ),
    "shrink.threw": Words(
        "{day}, {slot}: {qty} thrown away",
        "{day}، {slot}: {qty} دورریز",
        "{day}، {slot}: أُتلف {qty}",
    ),
    "shrink.store": Words("storeroom", "انبار", "المخزن"),
    "shrink.codes": Words(
        "Unknown codes scanned in this time: {n}. Who cannot scan a product may leave without paying.",
        "کدهای ناشناختهٔ اسکن‌شده در این مدت: {n}. کسی که نتواند کالا را اسکن کند شاید بی‌پرداخت برود.",
        "رموز مجهولة مُسحت في هذه المدة: {n}. من لا يستطيع مسح الصنف قد يغادر بلا دفع.",
    ),
    "shrink.count": Words("Count these first", "نخست این‌ها را بشمارید", "عُدّ هذه أولًا"),
    "shrink.count_text": Words(
        "Where doubt is worth most: long uncounted, quickly sold, dear, or with a rate that is hardly known.",
        "جایی که تردید گران‌تر است: دیر شمرده، زودفروش، گران، یا با نرخی که درست معلوم نیست.",
        "حيث الشك أثمن: لم يُعدّ منذ زمن، سريع البيع، غالٍ، أو نسبته غير معروفة جيدًا.",
    ),
    "shrink.count_none": Words(
        "Nothing has sold since it was counted: no count is worth its time now.",
        "از آخرین شمارش چیزی فروش نرفته است: اکنون هیچ شمارشی به وقتش نمی‌ارزد.",
        "لم يُبع شيء منذ عُدّ: لا عدّ يستحق وقته الآن.",
    ),
    "shrink.never": Words("never counted", "هرگز شمرده نشده", "لم يُعدّ قط"),
    "shrink.last": Words("last counted on {day}", "آخرین شمارش {day}", "آخر عدّ {day}"),
    "shrink.ago": Counted(
        en={"one": "counted {n} day ago", "other": "counted {n} days ago"},
        fa={"one": "{n} روز پیش شمرده شد", "other": "{n} روز پیش شمرده شد"},
        ar={
            "zero": "عُدّ اليوم",
            "one": "عُدّ قبل يوم",
            "two": "عُدّ قبل يومين",
            "few": "عُدّ قبل {n} أيام",
            "many": "عُدّ قبل {n} يومًا",
            "other": "عُدّ قبل {n} يوم",
        },
    ),
    "shrink.at_stake": Words("up to {amount} in doubt", "تا {amount} در تردید", "حتى {amount} موضع شك"),
    "shrink.to_count": Words("Count", "شمردن", "عدّ"),
}
