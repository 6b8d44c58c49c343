"""Texts of concerns about goods and coils, and of the coils' page."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

COILS: Final[Table] = {
    "alert.jams": Words(
        "Coil {slot} fails more often than chance: {failed} of {turned} turns in {days} days. Have it repaired.",
        "مارپیچ {slot} بیش از حد اتفاق خطا می‌کند: {failed} از {turned} چرخش در {days} روز. تعمیرش کنید.",
        "الملف {slot} يخفق أكثر مما تفسّره الصدفة: {failed} من {turned} دورة في {days} يومًا. أصلحه.",
    ),
    "alert.count_short": Words(
        "{amount} is missing in the collection of {day}, counted by {clerk}. See what could explain it.",
        "در برداشت {day} که {clerk} شمرد {amount} کم است. ببینید چه چیزی می‌تواند توضیحش باشد.",
        "ينقص {amount} في تحصيل {day} الذي عدّه {clerk}. انظر ما الذي قد يفسّره.",
    ),
    "alert.count_over": Words(
        "{amount} too much in the collection of {day}, counted by {clerk}. See what could explain it.",
        "در برداشت {day} که {clerk} شمرد {amount} زیاد است. ببینید چه چیزی می‌تواند توضیحش باشد.",
        "يزيد {amount} في تحصيل {day} الذي عدّه {clerk}. انظر ما الذي قد يفسّره.",
    ),
    "alert.expired": Words(
        "Pieces past their last day: {n}. Take them out.",
        "قطعه‌هایی که روزشان گذشته است: {n}. بیرونشان بیاورید.",
        "قطع انقضى يومها الأخير: {n}. أخرجها.",
    ),
    "alert.expiring": Words(
        "Pieces whose last day comes within {days} days: {n}",
        "قطعه‌هایی که تا {days} روز دیگر روزشان می‌گذرد: {n}",
        "قطع ينقضي يومها الأخير خلال {days} أيام: {n}",
    ),
    "fleet.says": Words("{kiosk}: {what}", "{kiosk}: {what}", "{kiosk}: {what}"),
    "nav.coils": Words("Coils", "مارپیچ‌ها", "الملفات"),
    "coils.text": Words(
        "How often a coil turned in the last {days} days, and after how many turns nothing came or nobody could tell. "
        "The bar spans what its true rate may be.",
        "هر مارپیچ در {days} روز گذشته چند بار چرخیده و پس از چند چرخش چیزی نیامده یا معلوم نشده است. "
        "نوار، گسترهٔ نرخ واقعی را نشان می‌دهد.",
        "كم دار كل ملف في آخر {days} يومًا، وبعد كم دورة لم يخرج شيء أو لم يُعرف. يبيّن الشريط مدى المعدل الحقيقي الممكن.",
    ),
    "coils.kiosk": Words("Kiosk", "کیوسک", "الكشك"),
    "coils.slot": Words("Coil", "مارپیچ", "الملف"),
    "coils.turned": Words("Turns", "چرخش", "الدورات"),
    "coils.failed": Words("Nothing came", "چیزی نیامد", "لم يخرج شيء"),
    "coils.rate": Words("Rate of failure", "نرخ خطا", "معدل الإخفاق"),
    "coils.between": Words("{low} to {high}", "{low} تا {high}", "{low} إلى {high}"),
    "coils.jams": Words("more than chance", "بیش از اتفاق", "أكثر من الصدفة"),
    "coils.none": Words(
        "No coil has turned in {days} days.",
        "در {days} روز هیچ مارپیچی نچرخیده است.",
        "لم يدر أي ملف منذ {days} يومًا.",
    ),
}
"""A coil is a thing to repair; nobody is blamed for what a shopper did not get."""
