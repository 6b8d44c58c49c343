"""What we ask the world to do, derived from stored facts alone: nothing happens that the journal did not announce."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.commands import Command, PayCoins, TurnCoil
from kiosk.core.facts import Fact, PayoutStarted, PrintStarted, VendStarted


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Lay out the visit's receipt and print it; the document is made from the journal when the effect runs."""

    job: str
    visit: str
    language: str
    is_copy: bool


Effect = Command | PrintReceipt


def effect_of(fact: Fact) -> Effect | None:
    """The one physical act that a stored fact announces, or None."""
    match fact:
        case PayoutStarted():
            return PayCoins(device=fact.device, job=fact.job, qty=fact.qty, paid_total=fact.paid_total)
        case VendStarted():
            return TurnCoil(device=fact.device, job=fact.job, slot=fact.coil)
        case PrintStarted():
            return PrintReceipt(job=fact.job, visit=fact.visit, language=fact.language, is_copy=fact.is_copy)
        case _:
            return None
