"""Rules for goods between two sites: what was sent has a number, is received once by it, or is said to be lost.

Each kiosk has its own journal, so a transfer is two entries in two of them, and only a desk that hears both can put them side
by side. What is missing at the receipt is a loss of the receiving kiosk; what never came anywhere is one of the sender.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.goods import transfer_key

LETTER: Final = "T"
NUMBER: Final = re.compile(r"T[0-9]{1,9}-[0-9]{1,18}", re.ASCII)
"""What `Draft.next_id` makes: letter, epoch, sequence number."""


class Outcome(StrEnum):
    """What became of goods that were sent, as somebody at the sender was told."""

    ARRIVED = "arrived"
    LOST = "lost"


def may_receive(draft: Draft, event: ev.StockCounted, source: str) -> bool:
    """Whether goods of this transfer from ``source`` may be booked into the storeroom; refuses in words when not.

    The till knows the last `kiosk.core.fold.TRANSFERS_KEPT` numbers, so that two clerks who type the same slip book it once.
    """
    if (
        event.move != "receive"
        or not NUMBER.fullmatch(event.transfer)
        or event.sent is None
        or event.sent < 1
    ):
        draft.refuse("transfer_unclear")
    elif source in {"", f.STORE}:
        draft.refuse("source_needed")
    elif transfer_key(source, event.transfer) in draft.state.transfers_over:
        draft.refuse("transfer_over", transfer=event.transfer)
    else:
        return True
    return False


def transfer_close(draft: Draft, event: ev.TransferClose) -> None:
    """Say that goods which this kiosk sent have arrived, or are lost."""
    if draft.is_repeat(event.token):
        return
    if event.outcome not in set(Outcome) or event.qty < 1:
        draft.refuse("transfer_unclear")
    elif transfer_key(draft.state.kiosk_id, event.transfer) in draft.state.transfers_over:
        draft.refuse("transfer_over", transfer=event.transfer)
    else:
        draft.add(
            f.TransferClosed(
                token=event.token,
                by=event.by,
                transfer=event.transfer,
                sku=event.sku,
                qty=event.qty,
                outcome=event.outcome,
                cost_minor=cost_of(draft, event.sku),
            )
        )


def cost_of(draft: Draft, sku: str) -> int | None:
    """What a piece costs the vendor now, for the entry; None for what no catalogue knows."""
    product = draft.shop.catalogue.products.get(sku)
    return product.cost_minor if product else None
