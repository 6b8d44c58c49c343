"""What receipts say beyond the house's own phrases."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Phrasebook
from kiosk.i18n.phrases import Table, Words

_ROWS: Final[Table] = {
    "pieces": Words("{name}, {n} × {price}", "{name}، {n} × {price}", "{name}، {n} × {price}"),
    "weighed": Words("{weight} × {price}/kg", "{weight} × {price} هر کیلو", "{weight} × {price} للكيلو"),
    "marked_down": Words(
        "Marked down: was {was}, {off} less",
        "تخفیف تاریخ: پیش‌تر {was}، {off} کمتر",
        "مخفَّض: كان {was}، أقل {off}",
    ),
    "deposit": Words("Deposit, {n} × {price}", "سپردهٔ ظرف، {n} × {price}", "رهن العبوة، {n} × {price}"),
    "unsure": Words("time unsure", "ساعت نامطمئن", "الوقت غير مؤكد"),
    "check": Words("Journal {seq} · {check}", "دفتر {seq} · {check}", "السجل {seq} · {check}"),
    "scan": Words(
        "This receipt on your phone, and help if something is wrong",
        "این رسید روی گوشی شما، و کمک اگر مشکلی هست",
        "هذا الإيصال على هاتفك، والمساعدة إن حدثت مشكلة",
    ),
}

PAPER: Final = Phrasebook(_ROWS)
"""Keys without a prefix: this book is the receipts' alone."""
