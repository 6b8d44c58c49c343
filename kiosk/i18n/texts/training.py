"""Texts of practice at the kiosk: the band over every screen of it, and its answers."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

TRAINING: Final[Table] = {
    "training.title": Words("TRAINING", "آموزش", "تدريب"),
    "training.text": Words(
        "Practice only: nothing is sold, no money moves.",
        "فقط تمرین است: چیزی فروخته و پولی جابه‌جا نمی‌شود.",
        "تمرين فقط: لا يُباع شيء ولا يتحرك مال.",
    ),
    "training.number": Words("Visit {number}", "مراجعهٔ {number}", "الزيارة {number}"),
    "training.hands": Words("Pretended money", "پول فرضی", "مال افتراضي"),
    "training.coin": Words(
        "Pretend to put in a coin of {value}", "سکهٔ فرضی {value} بیندازید", "أدخل قطعة افتراضية {value}"
    ),
    "training.note": Words(
        "Pretend to put in a note of {value}",
        "اسکناس فرضی {value} بدهید",
        "أدخل ورقة نقدية افتراضية {value}",
    ),
    "training.card": Words("Show a card", "نشان دادن کارت", "إبراز بطاقة"),
    "training.jam": Words("Next coil jams", "گیر مارپیچ بعدی", "تعطّل اللولب التالي"),
    "training.end": Words("End training", "پایان آموزش", "إنهاء التدريب"),
    "training.begin": Words("Practise a visit", "تمرین خرید", "تمرّن على زيارة"),
    "notice.training_began": Words(
        "Training. Nothing here is real until you end it.",
        "آموزش. تا پایان آن هیچ چیز اینجا واقعی نیست.",
        "تدريب. لا شيء هنا حقيقي حتى تنهيه.",
    ),
    "notice.training_ended": Words(
        "The training is over. You are in service again.",
        "آموزش پایان یافت. دوباره در سرویس هستید.",
        "انتهى التدريب. أنت في الصيانة من جديد.",
    ),
    "notice.in_training": Words(
        "Somebody practises at the kiosk. End the training first.",
        "کسی در دستگاه تمرین می‌کند. نخست آموزش را پایان دهید.",
        "هناك من يتدرب على الآلة. أنهِ التدريب أولًا.",
    ),
    "notice.not_in_training": Words(
        "No training is open. Sign in and begin one.",
        "آموزشی باز نیست. وارد شوید و آغاز کنید.",
        "لا تدريب مفتوح. سجّل الدخول وابدأ تدريبًا.",
    ),
    "notice.training_broke": Words(
        "The training broke off. Nothing real was touched; begin it again.",
        "آموزش ناگهان بریده شد. چیزی واقعی دست نخورد؛ دوباره آغاز کنید.",
        "انقطع التدريب. لم يُمسّ شيء حقيقي؛ ابدأ من جديد.",
    ),
    "notice.training_real_coin": Words(
        "That was a real coin: {amount}. It lies in the machine and counts as a test coin of the clerk.",
        "این سکهٔ واقعی بود: {amount}. در دستگاه است و سکهٔ آزمایشی کارمند به شمار می‌آید.",
        "كانت هذه قطعة حقيقية: {amount}. هي في الآلة وتُحسب قطعة تجربة للموظف.",
    ),
    "notice.jam_next": Words(
        "The next coil that turns will jam.",
        "مارپیچ بعدی که بچرخد گیر می‌کند.",
        "اللولب التالي الذي يدور سيتعطّل.",
    ),
    "notice.not_now": Words(
        "The kiosk would not take that now.",
        "دستگاه اکنون این را نمی‌گیرد.",
        "لن تقبل الآلة هذا الآن.",
    ),
    "notice.not_while_training": Words(
        "Not while somebody practises. End the training first.",
        "هنگام تمرین نمی‌شود. نخست آموزش را پایان دهید.",
        "ليس أثناء التدريب. أنهِ التدريب أولًا.",
    ),
}
"""Band and buttons; and the till's answers, as ``notice.`` and their key."""
