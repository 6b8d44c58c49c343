"""Texts of the coils' page."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

COILS: Final[Table] = {
    "nav.coils": Words("Coils", "مارپیچ‌ها", "اللوالب"),
    "coils.text": Words(
        "Coils after whose turn nothing came, or nobody could tell, in the last {days} days; the worst first. "
        "The bar spans what the true rate may be: the fewer turns, the wider.",
        "مارپیچ‌هایی که در {days} روز گذشته پس از چرخششان چیزی نیامده یا معلوم نشده است؛ بدترین‌ها اول. "
        "نوار، گسترهٔ نرخ واقعی را نشان می‌دهد: هرچه چرخش کمتر، نوار پهن‌تر.",
        "اللوالب التي دارت في آخر {days} يومًا ولم يخرج بعدها شيء أو لم يُعرف؛ الأسوأ أولًا. "
        "يبيّن الشريط مدى المعدل الحقيقي الممكن: كلما قلت الدورات اتسع.",
    ),
    "coils.kiosk": Words("Kiosk", "کیوسک", "الكشك"),
    "coils.slot": Words("Coil", "مارپیچ", "اللولب"),
    "coils.turned": Words("Turns", "چرخش", "الدورات"),
    "coils.failed": Words("Nothing came", "چیزی نیامد", "لم يخرج شيء"),
    "coils.rate": Words("Rate of failure", "نرخ خطا", "معدل الإخفاق"),
    "coils.between": Words("{low} to {high}", "{low} تا {high}", "{low} إلى {high}"),
    "coils.jams": Words("more than chance", "بیش از اتفاق", "أكثر من الصدفة"),
    "coils.of": Words("of {n}", "از {n}", "من {n}"),
    "coils.all_well": Words(
        "No coil failed in the last {days} days.",
        "در {days} روز گذشته هیچ مارپیچی خطا نکرده است.",
        "لم يخفق أي لولب في آخر {days} يومًا.",
    ),
    "coils.seldom": Words(
        "Too few turns to say, none failed: {n} coils",
        "چرخش برای داوری کم است، هیچ‌کدام خطا نکرده: {n} مارپیچ",
        "دورات أقل من أن تُحكم، ولم يخفق أي منها: {n} من اللوالب",
    ),
    "coils.sound": Words(
        "None failed in many turns: {n} coils",
        "در چرخش‌های بسیار هیچ خطایی نبوده: {n} مارپیچ",
        "لم يخفق أي منها في دورات كثيرة: {n} من اللوالب",
    ),
    "coils.after": Words(
        "Behind each coil: how often it turned.",
        "پس از نام هر مارپیچ: چند بار چرخیده است.",
        "بعد كل لولب: كم مرة دار.",
    ),
    "coils.none": Words(
        "No coil has turned in {days} days.",
        "در {days} روز هیچ مارپیچی نچرخیده است.",
        "لم يدر أي لولب منذ {days} يومًا.",
    ),
}
"""A coil is a thing to repair; nobody is blamed for what a shopper did not get."""
