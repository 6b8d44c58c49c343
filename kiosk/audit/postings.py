"""The books of each kind of entry, derived a second time from the format's table of postings.

Debit is above 0. The table is the one in README.md; a kind that is not in it moves no money.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

Moves = Iterable[tuple[str, int]]
_Fact = Mapping[str, Any]

WHOLE: Final = 10_000
"""Tax rates are in parts of ten thousand."""


def tax_inside(gross_minor: int, rate_bp: int) -> int:
    """Tax that an amount with tax contains, half a unit counted as one.

    The exact tax is gross x rate / (10,000 + rate); it is rounded to the nearest whole unit.
    """
    whole, rest = divmod(gross_minor * rate_bp, WHOLE + rate_bp)
    return whole + 1 if rest * 2 >= WHOLE + rate_bp and rest else whole


def _from_to(minor: int, source: str, target: str) -> Moves:
    return ((target, minor), (source, -minor))


def _sale(fact: _Fact) -> Moves:
    yield "credit", fact["total_minor"]
    for part in fact["taxes"]:
        yield f"tax.{part['tax_class']}", -part["tax_minor"]
        yield f"sales.{part['tax_class']}", part["tax_minor"] - part["gross_minor"]


def _collection(fact: _Fact) -> Moves:
    expected, counted = fact["expected_minor"], fact["counted_minor"]
    yield f"transit.{fact['collection']}", counted
    yield f"cash.{fact['container']}", -expected
    yield "over_short", expected - counted


def _taken(fact: _Fact) -> Moves:
    """Out of the machine, counted or not: as much as the books had in each container."""
    for part in fact["taken"]:
        yield f"cash.{part['container']}", -part["expected_minor"]
        yield f"transit.{fact['collection']}", part["expected_minor"]


def _paid_in(fact: _Fact) -> Moves:
    yield "bank", fact["banked_minor"]
    yield f"transit.{fact['collection']}", -fact["amount_minor"]
    yield "over_short", fact["amount_minor"] - fact["banked_minor"]


def _found(fact: _Fact) -> Moves:
    owner = "credit" if fact["visit"] else f"suspense.{fact['device']}"
    return _from_to(fact["qty"] * fact["value_minor"], owner, f"cash.{fact['container']}")


def _note(fact: _Fact) -> Moves:
    owner = "credit" if fact["visit"] else f"suspense.{fact['device']}"
    return _from_to(fact["value_minor"], owner, f"cash.{fact['container']}")


def _charge(fact: _Fact, sign: int) -> Moves:
    """What was asked is credit, or what was charged where that is more; what was charged is the card's side's debt to us."""
    credit_minor = max(fact["asked_minor"], fact["charged_minor"])
    yield "clearing.card", sign * fact["charged_minor"]
    yield "goodwill", sign * (credit_minor - fact["charged_minor"])
    yield "credit", -sign * credit_minor


def _card_lost(fact: _Fact) -> Moves:
    return (
        () if fact["is_charged"] else _from_to(fact["amount_minor"], "credit", f"suspense.{fact['device']}")
    )


def _late_charge(fact: _Fact) -> Moves:
    owner = "owed" if fact["debt"] else f"suspense.{fact['device']}"
    return _from_to(fact["charged_minor"], owner, "clearing.card")


def _late_refund(fact: _Fact) -> Moves:
    if fact["is_refunded"]:
        yield "owed", fact["owed_minor"]
        yield "clearing.card", -fact["charged_minor"]
        yield f"suspense.{fact['device']}", fact["charged_minor"] - fact["owed_minor"]


_TABLE: Final[Mapping[str, Callable[[_Fact], Moves]]] = {
    "CoinCredited": lambda fact: _from_to(fact["value_minor"], "credit", f"cash.{fact['container']}"),
    "CoinFound": _found,
    "CoinTested": lambda fact: _from_to(fact["value_minor"], "float", f"cash.{fact['container']}"),
    "CashFilled": lambda fact: _from_to(
        fact["qty"] * fact["value_minor"], "float", f"cash.{fact['container']}"
    ),
    "PayoutEnded": lambda fact: _from_to(
        fact["paid_qty"] * fact["value_minor"], f"cash.hopper.{fact['device']}", "credit"
    ),
    "HopperDiffered": lambda fact: _from_to(
        fact["qty"] * fact["value_minor"], f"cash.hopper.{fact['device']}", f"suspense.{fact['device']}"
    ),
    "NoteCredited": _note,
    "NoteFound": _note,
    "NotesMoved": lambda fact: _from_to(
        fact["value_minor"] * fact["qty"], f"cash.hopper.{fact['device']}", f"cash.{fact['container']}"
    ),
    "CashMoveEnded": lambda fact: _from_to(
        fact["value_minor"] * fact["qty"], f"cash.hopper.{fact['device']}", f"cash.{fact['container']}"
    ),
    "NoteLost": lambda fact: _from_to(fact["value_minor"], "credit", f"suspense.{fact['device']}"),
    "CardApproved": lambda fact: _charge(fact, 1),
    "CardRefunded": lambda fact: _charge(fact, -1),
    "CardLost": _card_lost,
    "CardApprovedLate": _late_charge,
    "CardLateRefundEnded": _late_refund,
    "CardLoaded": lambda fact: _from_to(fact["amount_minor"], "load.card", "credit"),
    "CashCollected": _collection,
    "CollectionStarted": _taken,
    "CollectionCounted": lambda fact: _from_to(
        fact["counted_minor"] - fact["expected_minor"], "over_short", f"transit.{fact['collection']}"
    ),
    "CollectionRecounted": lambda fact: _from_to(
        fact["counted_minor"] - fact["was_minor"], "over_short", f"transit.{fact['collection']}"
    ),
    "BagBanked": _paid_in,
    "SaleClosed": _sale,
    "DebtRecorded": lambda fact: _from_to(fact["amount_minor"], "owed", "credit"),
    "DebtRedeemed": lambda fact: _from_to(fact["amount_minor"], "credit", "owed"),
    "DebtDropped": lambda fact: _from_to(fact["amount_minor"], "suspense.claims", "owed"),
    "DebtReduced": lambda fact: _from_to(fact["amount_minor"], "suspense.claims", "owed"),
    "DebtTransferred": lambda fact: _from_to(fact["amount_minor"], "bank", "owed"),
    "GoodwillGranted": lambda fact: _from_to(fact["amount_minor"], "owed", "goodwill"),
    "CashHandedOver": lambda fact: _from_to(fact["amount_minor"], "float", "owed"),
}


def expected(kind: str, fact: _Fact) -> dict[str, int]:
    """What the entry does to each account; accounts that do not change are left out."""
    rule = _TABLE.get(kind)
    if rule is None:
        return {}
    sums: Counter[str] = Counter()
    for account, minor in rule(fact):
        sums[account] += minor
    return {account: minor for account, minor in sums.items() if minor}
