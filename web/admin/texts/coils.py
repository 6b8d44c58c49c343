"""Texts of the coils' page."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

COILS: Final[Table] = {
    "nav.coils": Words("Coils", "مارپیچ‌ها", "اللوالب"),
    "coils.text": Words(
        "How often a coil turned in the last {days} days, and after how many turns nothing came or nobody could tell. "
        "The bar spans what its true rate may be.",
        "هر مارپیچ در {days} روز گذشته چند بار چرخیده و پس از چند چرخش چیزی نیامده یا معلوم نشده است. "
        "نوار، گسترهٔ نرخ واقعی را نشان می‌دهد.",
        "كم دار كل لولب في آخر {days} يومًا، وبعد كم دورة لم يخرج شيء أو لم يُعرف. يبيّن الشريط مدى المعدل الحقيقي الممكن.",
    ),
    "coils.kiosk": Words("Kiosk", "کیوسک", "الكشك"),
    "coils.slot": Words("Coil", "مارپیچ", "اللولب"),
    "coils.turned": Words("Turns", "چرخش", "الدورات"),
    "coils.failed": Words("Nothing came", "چیزی نیامد", "لم يخرج شيء"),
    "coils.rate": Words("Rate of failure", "نرخ خطا", "معدل الإخفاق"),
    "coils.between": Words("{low} to {high}", "{low} تا {high}", "{low} إلى {high}"),
    "coils.jams": Words("more than chance", "بیش از اتفاق", "أكثر من الصدفة"),
    "coils.none": Words(
        "No coil has turned in {days} days.",
        "در {days} روز هیچ مارپیچی نچرخیده است.",
        "لم يدر أي لولب منذ {days} يومًا.",
    ),
}
"""A coil is a thing to repair; nobody is blamed for what a shopper did not get."""
