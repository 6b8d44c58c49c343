"""Lots, dates, the storeroom and the moves of goods."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Counted, Table, Words

LOTS: Final[Table] = {
    "lots.dates": Words("Dates", "تاریخ‌ها", "التواريخ"),
    "lots.store": Words("Storeroom", "انبار", "المخزن"),
    "lots.supplier": Words("the supplier", "تأمین‌کننده", "المورّد"),
    "lots.pull": Words("Pull these", "این‌ها را بردارید", "اسحب هذه"),
    "lots.pull_text": Words(
        "What is past its day is not sold any more; what ends soonest comes next.",
        "آنچه روزش گذشته دیگر فروخته نمی‌شود؛ سپس آنچه زودتر تمام می‌شود.",
        "ما انتهى يومه لم يعد يُباع؛ ويليه ما ينتهي أولًا.",
    ),
    "lots.nothing_to_pull": Words(
        "Nothing is past its day, and nothing ends soon.",
        "چیزی تاریخ‌گذشته نیست و چیزی به‌زودی تمام نمی‌شود.",
        "لا شيء منتهي الصلاحية ولا شيء ينتهي قريبًا.",
    ),
    "lots.no_dates": Words(
        "No goods have a date in the book yet. Receive goods with the day on the pack, and this page says what to pull.",
        "هنوز هیچ کالایی در دفتر تاریخ ندارد. کالا را با روز روی بسته تحویل بگیرید تا این صفحه بگوید چه را بردارید.",
        "لا تاريخ لأي بضاعة في الدفتر بعد. استلم البضاعة مع اليوم المكتوب على العبوة لتقول لك هذه الصفحة ماذا تسحب.",
    ),
    "lots.pulled": Counted(
        en={"one": "Pulled {n}", "other": "Pulled all {n}"},
        fa={"one": "{n} برداشته شد", "other": "هر {n} برداشته شد"},
        ar={
            "zero": "سُحبت {n}",
            "one": "سُحبت {n}",
            "two": "سُحبتا كلتاهما ({n})",
            "few": "سُحبت كلها ({n})",
            "many": "سُحبت كلها ({n})",
            "other": "سُحبت كلها ({n})",
        },
    ),
    "lots.place": Words("Place", "جا", "المكان"),
    "lots.short": Words("Lots", "سری‌ها", "تشغيلات"),
    "lots.of_place": Words(
        "Lots and moves of {slot}", "سری‌ها و جابه‌جایی‌های {slot}", "تشغيلات {slot} وحركاتها"
    ),
    "lots.place_name": Words("Place {slot}", "جای {slot}", "المكان {slot}"),
    "lots.last_day": Words("Last day", "آخرین روز", "آخر يوم"),
    "lots.lot": Words("Lot", "سری ساخت", "رقم التشغيلة"),
    "lots.pieces": Words("Pieces", "تعداد", "القطع"),
    "lots.here": Words("What lies here", "آنچه اینجاست", "ما يوجد هنا"),
    "lots.place_empty": Words(
        "By the book nothing lies here.", "به گفتهٔ دفتر اینجا چیزی نیست.", "بحسب الدفتر لا شيء هنا."
    ),
    "lots.store_empty": Words(
        "The storeroom is empty. Receive what came with its day, and fills take it from here, oldest first.",
        "انبار خالی است. آنچه رسیده را با روزش تحویل بگیرید تا پر کردن از اینجا و از قدیمی‌ترین باشد.",
        "المخزن فارغ. استلم ما وصل مع يومه، فتُملأ الأماكن منه بدءًا بالأقدم.",
    ),
    "lots.coil_order": Words("first in, first out", "به ترتیب پر شدن", "بترتيب التعبئة"),
    "lots.past": Words("past its day", "تاریخ‌گذشته", "انتهى يومه"),
    "lots.today": Words("last day today", "امروز آخرین روز", "اليوم آخر يوم"),
    "lots.undated": Words("no date known", "تاریخ نامعلوم", "تاريخ غير معروف"),
    "lots.left": Counted(
        en={"one": "{n} day left", "other": "{n} days left"},
        fa={"one": "{n} روز مانده", "other": "{n} روز مانده"},
        ar={
            "zero": "لم يبق يوم",
            "one": "بقي يوم واحد",
            "two": "بقي يومان",
            "few": "بقيت {n} أيام",
            "many": "بقي {n} يومًا",
            "other": "بقي {n} يوم",
        },
    ),
    "lots.acts": Words("What to do here", "چه باید کرد", "ماذا تفعل هنا"),
    "lots.act.receive": Words("Receive", "تحویل گرفتن", "استلام"),
    "lots.act.fill": Words("Fill", "پر کردن", "تعبئة"),
    "lots.act.spoilage": Words("Throw away", "دور ریختن", "إتلاف"),
    "lots.act.take_out": Words("Take out", "برداشتن", "إخراج"),
    "lots.act.transfer": Words("To another site", "به جای دیگر", "إلى موقع آخر"),
    "lots.act.count": Words("Count", "شمردن", "عدّ"),
    "lots.did.receive": Words("Received", "تحویل گرفته شد", "استُلم"),
    "lots.did.fill": Words("Filled", "پر شد", "عُبّئ"),
    "lots.did.spoilage": Words("Thrown away", "دور ریخته شد", "أُتلف"),
    "lots.did.take_out": Words("Taken out", "برداشته شد", "أُخرج"),
    "lots.did.transfer": Words("To another site", "به جای دیگر رفت", "نُقل إلى موقع آخر"),
    "lots.did.count": Words("Counted", "شمرده شد", "عُدّ"),
    "lots.did.return": Words("Brought back by a shopper", "مشتری برگرداند", "أعاده زبون"),
    "lots.qty.receive": Words("Pieces that came", "تعداد رسیده", "القطع الواصلة"),
    "lots.qty.fill": Words("Pieces put in", "تعداد گذاشته‌شده", "القطع الموضوعة"),
    "lots.qty.spoilage": Words("Pieces thrown away", "تعداد دورریخته", "القطع المتلفة"),
    "lots.qty.take_out": Words("Pieces taken out", "تعداد برداشته", "القطع المُخرجة"),
    "lots.qty.transfer": Words("Pieces that go", "تعداد رفته", "القطع المنقولة"),
    "lots.qty.count": Words("Pieces found", "تعداد شمرده‌شده", "القطع الموجودة"),
    "lots.day_from_store": Words(
        "Leave it empty for goods from the storeroom: they bring their day along.",
        "برای کالای انبار خالی بگذارید: روزش همراهش می‌آید.",
        "اتركه فارغًا لبضاعة المخزن: فتاريخها معها.",
    ),
    "lots.reason": Words("Why", "چرا", "السبب"),
    "lots.reason.expired": Words("past its day", "تاریخ‌گذشته", "انتهى يومه"),
    "lots.reason.damaged": Words("damaged", "آسیب‌دیده", "تالف"),
    "lots.reason.other": Words("something else", "دلیل دیگر", "سبب آخر"),
    "lots.goes_to": Words("Where to", "به کجا", "إلى أين"),
    "lots.other.transfer": Words("Name of the other site", "نام جای دیگر", "اسم الموقع الآخر"),
    "lots.other.receive": Words(
        "From whom (may stay empty)", "از که (می‌تواند خالی بماند)", "ممن (يجوز تركه فارغًا)"
    ),
    "lots.saved": Words("Saved: {what}.", "ذخیره شد: {what}.", "حُفظ: {what}."),
    "lots.moves": Words("Moves, newest first", "جابه‌جایی‌ها، از تازه‌ترین", "الحركات، الأحدث أولًا"),
    "lots.moves_of": Words("Moves of {name}", "جابه‌جایی‌های {name}", "حركات {name}"),
    "lots.no_moves": Words(
        "Nobody has moved this product yet.",
        "هنوز کسی این کالا را جابه‌جا نکرده است.",
        "لم يحرّك أحد هذا الصنف بعد.",
    ),
    "lots.what": Words("What", "چه", "ماذا"),
    "lots.who": Words("Who and when", "چه کسی و کی", "من ومتى"),
    "lots.entry": Words("Entry", "ردیف", "القيد"),
    "lots.found": Words("found {n}", "شمرده‌شده {n}", "وُجد {n}"),
}
