"""Sums of trade, counted up fact by fact: what a day close says, and what a year of them adds up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from kiosk.core import facts as f
from kiosk.core.facts import DayTotals, TaxPart

_Step = Callable[[DayTotals, Any], DayTotals]


def _taxes(one: tuple[TaxPart, ...], other: tuple[TaxPart, ...], sign: int) -> tuple[TaxPart, ...]:
    """The parts of both by class and rate; ``sign`` -1 takes the other's away."""
    sums: dict[tuple[str, int], list[int]] = {
        (part.tax_class, part.rate_bp): [part.gross_minor, part.tax_minor] for part in one
    }
    for part in other:
        both = sums.setdefault((part.tax_class, part.rate_bp), [0, 0])
        both[0] += sign * part.gross_minor
        both[1] += sign * part.tax_minor
    return tuple(TaxPart(*key, *both) for key, both in sorted(sums.items()) if any(both))


def _sold(trade: DayTotals, fact: f.SaleClosed) -> DayTotals:
    return replace(
        trade,
        sales=trade.sales + 1,
        pieces=trade.pieces + len(fact.lines),
        gross_minor=trade.gross_minor + fact.total_minor,
        taxes=_taxes(trade.taxes, fact.taxes, 1),
        deposit_minor=trade.deposit_minor + sum(minor for _, minor in fact.deposits or ()),
    )


def _charged_late(trade: DayTotals, fact: f.CardApprovedLate) -> DayTotals:
    owed_minor = fact.charged_minor if fact.debt else 0
    return replace(
        trade,
        card_minor=trade.card_minor + fact.charged_minor,
        owed_minor=trade.owed_minor + owed_minor,
    )


def _step(name: str, amount: Callable[[Any], int]) -> _Step:
    return lambda trade, fact: replace(trade, **{name: getattr(trade, name) + amount(fact)})


_STEPS: Final[Mapping[type[f.Fact], _Step]] = {
    f.SaleClosed: _sold,
    f.CardApprovedLate: _charged_late,
    f.CoinCredited: _step("coins_minor", lambda fact: fact.value_minor),
    f.CoinFound: _step("coins_minor", lambda fact: fact.value_minor * fact.qty),
    f.NoteCredited: _step("notes_minor", lambda fact: fact.value_minor),
    f.NoteFound: _step("notes_minor", lambda fact: fact.value_minor),
    f.PayoutEnded: _step("change_minor", lambda fact: fact.value_minor * fact.paid_qty),
    f.CardApproved: _step("card_minor", lambda fact: fact.charged_minor),
    f.CardRefunded: _step("card_refunded_minor", lambda fact: fact.charged_minor),
    f.CardLateRefundEnded: _step(
        "card_refunded_minor", lambda fact: fact.charged_minor if fact.is_refunded else 0
    ),
    f.CardLoaded: _step("card_loaded_minor", lambda fact: fact.amount_minor),
    f.DebtRecorded: _step("owed_minor", lambda fact: fact.amount_minor),
    f.DebtRedeemed: _step("redeemed_minor", lambda fact: fact.amount_minor),
    f.CashHandedOver: _step("handed_over_minor", lambda fact: fact.amount_minor),
    f.DebtTransferred: _step("transferred_minor", lambda fact: fact.amount_minor),
    f.GoodwillGranted: _step("goodwill_minor", lambda fact: fact.amount_minor),
    f.CoilTestEnded: _step("coil_tests", lambda _fact: 1),
}


def counted(trade: DayTotals, fact: f.Fact) -> DayTotals:
    """The sums after ``fact``; the same object when it is no trade."""
    step = _STEPS.get(type(fact))
    return step(trade, fact) if step else trade


def between(before: DayTotals, after: DayTotals) -> DayTotals:
    """What was added from ``before`` to ``after``, of which ``before`` must be the earlier one."""
    sums = {
        each.name: getattr(after, each.name) - getattr(before, each.name)
        for each in fields(DayTotals)
        if each.name != "taxes"
    }
    return DayTotals(**sums, taxes=_taxes(after.taxes, before.taxes, -1))
