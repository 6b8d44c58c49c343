"""What we ask the world to do, derived from stored facts alone: nothing happens that the journal did not announce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hardware.commands import (
    ApproveVend,
    CancelCard,
    Command,
    DenyVend,
    LeaveFloat,
    LoadCard,
    OpenDrawer,
    PayCoins,
    RefundCard,
    RequestCard,
    ReturnNote,
    SettleCard,
    StackNote,
    TurnCoil,
)
from kiosk.core import facts as f
from kiosk.core.state import CardJob, CardStage

ANY_ITEM: Final = 0xFFFF
"""Of no coil: a cart of several goods, or goods from the shelf (as `RequestCard` says it)."""


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Lay out the visit's receipt and print it; the document is made from the journal when the effect runs."""

    job: str
    visit: str
    language: str
    is_copy: bool


Effect = Command | PrintReceipt


def _vend(fact: f.VendStarted | f.MachineVendDenied | f.CoilTestStarted) -> Command:
    """Our own coil is turned; an old machine turns its own when it may, and is told when it may not."""
    if isinstance(fact, f.CoilTestStarted):
        return TurnCoil(device=fact.device, job=fact.job, slot=fact.coil)
    if isinstance(fact, f.MachineVendDenied):
        return DenyVend(device=fact.device, request=fact.request)
    if fact.request is None:
        return TurnCoil(device=fact.device, job=fact.job, slot=fact.coil)
    return ApproveVend(device=fact.device, job=fact.job, request=fact.request, amount_minor=fact.price_minor)


def effect_of(fact: f.Fact) -> Effect | None:
    """The one physical act that a stored fact announces, or None."""
    match fact:
        case f.PayoutStarted():
            return PayCoins(device=fact.device, job=fact.job, qty=fact.qty, paid_total=fact.paid_total)
        case f.CashMoveStarted():
            return LeaveFloat(device=fact.device, job=fact.job, keep=fact.keep)
        case f.NoteStackStarted():
            return StackNote(device=fact.device, job=fact.job)
        case f.NoteReturnStarted():
            return ReturnNote(device=fact.device, job=fact.job)
        case f.VendStarted() | f.MachineVendDenied() | f.CoilTestStarted():
            return _vend(fact)
        case f.DrawerOpenStarted():
            return OpenDrawer(device=fact.device, job=fact.job)
        case f.PrintStarted():
            return PrintReceipt(job=fact.job, visit=fact.visit, language=fact.language, is_copy=fact.is_copy)
        case _:
            return _card_effect(fact)


def _card_effect(fact: f.Fact) -> Effect | None:
    """The same of cards."""
    match fact:
        case f.CardRequested():
            return RequestCard(device=fact.device, job=fact.job, amount_minor=fact.amount_minor)
        case f.CardCancelStarted():
            return CancelCard(device=fact.device, job=fact.job)
        case f.CardSettleStarted():
            return SettleCard(device=fact.device, job=fact.job)
        case f.CardRefundStarted() | f.CardApprovedLate(is_refunding=True):
            return RefundCard(device=fact.device, job=fact.job)
        case f.CardLoadStarted():
            return LoadCard(device=fact.device, job=fact.job, amount_minor=fact.amount_minor)
        case _:
            return None


def cash_sale_of(fact: f.Fact, card: CardJob | None) -> tuple[int, int] | None:
    """What a card reader that keeps the machine's figures is told: the cash part of a sale and the coil, 0xFFFF for a cart.

    ``card`` is the request after the sale: a charge that is being made final is no cash. None when nothing was sold for cash, or
    the sale was found in a recovery: the reader may know of it.
    """
    if not isinstance(fact, f.SaleClosed) or fact.is_recovered:
        return None
    charge_minor = card.credit_minor if card is not None and card.stage is CardStage.SETTLING else 0
    cash_minor = fact.total_minor - charge_minor
    item = fact.lines[0].coil if len(fact.lines) == 1 else 0
    return (cash_minor, item or ANY_ITEM) if cash_minor > 0 else None
