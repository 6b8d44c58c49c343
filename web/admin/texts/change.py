"""Change that does not fit, and hoppers whose size nobody entered."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Counted, Table, Words

CHANGE: Final[Table] = {
    "change.of": Words("of {n}", "از {n}", "من {n}"),
    "change.unmet": Words(
        "{coin}: {used} are needed in {n} days, and only {capacity} fit. Come twice, or give this coin more room.",
        "{coin}: در {n} روز {used} عدد لازم است و تنها {capacity} عدد جا می‌شود. دو بار بیایید یا به این سکه جای بیشتری بدهید.",
        "{coin}: يلزم {used} قطعة في {n} يومًا ولا تتسع إلا {capacity}. تعال مرتين أو وسّع مكان هذه القطعة.",
    ),
    "change.full_days": Counted(
        en={"one": "Full, it lasts about {n} day.", "other": "Full, it lasts about {n} days."},
        fa={"one": "پر باشد، حدود {n} روز بس است.", "other": "پر باشد، حدود {n} روز بس است."},
        ar={
            "zero": "وهو ممتلئ لا يكفي يومًا.",
            "one": "وهو ممتلئ يكفي نحو يوم.",
            "two": "وهو ممتلئ يكفي نحو يومين.",
            "few": "وهو ممتلئ يكفي نحو {n} أيام.",
            "many": "وهو ممتلئ يكفي نحو {n} يومًا.",
            "other": "وهو ممتلئ يكفي نحو {n} يوم.",
        },
    ),
    "change.unsized": Words(
        "How much these hold is not in the configuration, so look whether the coins fit before you pour them in:",
        "گنجایش این‌ها در پیکربندی نیست؛ پس پیش از ریختن ببینید سکه‌ها جا می‌شوند:",
        "سعة هذه ليست في الإعدادات، فانظر هل تتسع للقطع قبل صبّها:",
    ),
}
