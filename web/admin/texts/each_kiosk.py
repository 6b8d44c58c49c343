"""A page of one kiosk, asked for all of them; and the way to a kiosk's own desk."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Counted, Table, Words

EACH_KIOSK: Final[Table] = {
    "each.lead": Words(
        "One row for each kiosk; each opens the page of that kiosk.",
        "هر کیوسک یک ردیف دارد و هر ردیف صفحهٔ همان کیوسک را باز می‌کند.",
        "صف لكل كشك، وكل صف يفتح صفحة ذلك الكشك.",
    ),
    "each.open_there": Words("Open the desk of {kiosk}", "باز کردن میز {kiosk}", "افتح مكتب {kiosk}"),
    "each.unheard": Words("Never heard", "هنوز خبری نیست", "لم يتصل بعد"),
    # --- goods
    "each.pieces": Words("Pieces", "تعداد کالا", "القطع"),
    "each.worth": Words("What they had cost", "بهای خرید", "كلفتها"),
    "each.to_fill": Words("Places to fill", "جاهای پرکردنی", "أماكن للملء"),
    "each.fill_pieces": Words("Pieces that are lacking", "کالاهای کم", "القطع الناقصة"),
    "each.empty": Words("Empty places", "جاهای خالی", "أماكن فارغة"),
    "each.off": Words("Off sale until counted", "بسته تا شمارش", "متوقفة حتى العدّ"),
    "each.past": Words("Past their day", "تاریخ‌گذشته", "انقضى يومها"),
    "each.soon": Words("Day is near", "نزدیک به تاریخ", "اقترب يومها"),
    "each.next_day": Words("Next last day", "نزدیک‌ترین تاریخ", "أقرب يوم أخير"),
    "each.rate": Words("Of all that left", "از همهٔ آنچه رفت", "من كل ما خرج"),
    # --- cash
    "each.inside": Words("In the machine", "درون دستگاه", "في الآلة"),
    "each.box": Words("In the box", "در صندوق", "في الصندوق"),
    "each.on_way": Words("On its way", "در راه", "في الطريق"),
    "each.collected": Words("Last collection", "آخرین برداشت", "آخر تحصيل"),
    "each.differs": Words("It differed by", "اختلاف آن", "فرقه"),
    "each.bags": Words("Bags on their way", "کیسه‌های در راه", "أكياس في الطريق"),
    "each.bags_worth": Words("In them", "درون آن‌ها", "ما فيها"),
    "each.bags_since": Words("The oldest since", "کهنه‌ترین از", "أقدمها منذ"),
    "each.days": Counted(
        en={"one": "{n} day", "other": "{n} days"},
        fa={"one": "{n} روز", "other": "{n} روز"},
        ar={
            "zero": "{n} يوم",
            "one": "يوم",
            "two": "يومان",
            "few": "{n} أيام",
            "many": "{n} يومًا",
            "other": "{n} يوم",
        },
    ),
    "each.bring": Words("Coins to bring", "سکهٔ لازم", "نقود تُحضَر"),
    "each.lasts": Words("First to run out", "نخستین که تمام می‌شود", "أول ما ينفد"),
    "each.lasts_long": Words("None soon", "به این زودی هیچ", "لا شيء قريبًا"),
    "each.closed": Words("Last close", "آخرین بستن", "آخر إقفال"),
    "each.closed_gross": Words("Of that day", "مبلغ آن", "مبلغه"),
    "each.perpetual": Words("Since ever", "از آغاز", "منذ البداية"),
    # --- the house
    "each.devices": Words("Devices", "تجهیزات", "الأجهزة"),
    "each.troubled": Words("Need a hand", "نیازمند رسیدگی", "تحتاج إلى عناية"),
    "each.codes": Words("Unknown codes", "کدهای ناشناخته", "رموز مجهولة"),
    "each.balance": Words("Holds now", "اکنون در آن", "الرصيد الآن"),
    "each.moved": Words("Moved in these days", "گردش این روزها", "حركة هذه الأيام"),
    "each.sales": Words("Sales", "فروش‌ها", "المبيعات"),
    "each.sold": Words("Sold", "مبلغ فروش", "مبلغ المبيعات"),
    "each.newest": Words("Newest entry", "تازه‌ترین ردیف", "أحدث قيد"),
}
"""Headings are short: they stand above columns, and on a phone beside their figure."""
