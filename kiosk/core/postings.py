"""The books of every fact: double entry, derived from the fact alone.

Debit is positive. The postings of one fact sum to 0; a fact without money has none. Accounts (section by section of the house's
ledger): assets ``cash.<container>``, ``transit.<collection>``,
``clearing.card``, ``bank``; liabilities ``credit``, ``owed``, ``load.card``, ``tax.<class>``; income
``sales.<class>``; expense ``goodwill``, ``over_short``; the vendor's own money ``float``; unknown ``suspense.<device>``.
"""

from __future__ import annotations

from typing import Final

from kiosk.core import facts as f
from kiosk.invariant import ensure

Posting = tuple[str, int]
"""Account and amount in minor units."""


def hopper_container(device: str) -> str:
    """The cash container of a hopper."""
    return f"hopper.{device}"


def hopper_of(container: str) -> str:
    """The hopper, tube or recycler of a cash container; empty for a box or a stacker."""
    return container.removeprefix("hopper.") if container.startswith("hopper.") else ""


def stacker_container(device: str) -> str:
    """The cash container of a note validator's stacker."""
    return f"stacker.{device}"


CASH_BOX = "box"
"""The one cash box below the acceptors: coins that can no longer be paid back."""


def _move(amount_minor: int, debit: str, credit: str) -> tuple[Posting, ...]:
    """``amount_minor`` from ``credit`` to ``debit``; nothing for 0."""
    return ((debit, amount_minor), (credit, -amount_minor)) if amount_minor else ()


def _sale(fact: f.SaleClosed) -> tuple[Posting, ...]:
    postings: list[Posting] = [("credit", fact.total_minor)] if fact.total_minor else []
    for part in fact.taxes:
        net_minor = part.gross_minor - part.tax_minor
        if net_minor:
            postings.append((f"sales.{part.tax_class}", -net_minor))
        if part.tax_minor:
            postings.append((f"tax.{part.tax_class}", -part.tax_minor))
    return tuple(postings)


def _coins(fact: f.Fact) -> tuple[Posting, ...] | None:
    match fact:
        case f.CoinCredited():
            return _move(fact.value_minor, f"cash.{fact.container}", "credit")
        case f.CoinFound():
            other = "credit" if fact.visit else f"suspense.{fact.device}"
            return _move(fact.value_minor * fact.qty, f"cash.{fact.container}", other)
        case f.CoinTested():
            return _move(fact.value_minor, f"cash.{fact.container}", "float")
        case f.PayoutEnded():
            container = hopper_container(fact.device)
            return _move(fact.value_minor * fact.paid_qty, "credit", f"cash.{container}")
        case f.HopperDiffered():
            container = hopper_container(fact.device)
            return _move(fact.value_minor * fact.qty, f"suspense.{fact.device}", f"cash.{container}")
        case f.NoteCredited() | f.NoteFound():
            other = "credit" if fact.visit else f"suspense.{fact.device}"
            return _move(fact.value_minor, f"cash.{fact.container}", other)
        case f.NotesMoved() | f.CashMoveEnded():
            container = hopper_container(fact.device)
            return _move(fact.value_minor * fact.qty, f"cash.{fact.container}", f"cash.{container}")
        case f.NoteLost():
            return _move(fact.value_minor, f"suspense.{fact.device}", "credit")
        case f.CashFilled():
            return _move(fact.value_minor * fact.qty, f"cash.{fact.container}", "float")
        case f.CashCollected():
            return tuple(
                posting
                for posting in (
                    (f"cash.{fact.container}", -fact.expected_minor),
                    (f"transit.{fact.collection}", fact.counted_minor),
                    ("over_short", fact.expected_minor - fact.counted_minor),
                )
                if posting[1]
            )
        case _:
            return _collected(fact)


BANK: Final = "bank"
"""What was paid in."""


def _collected(fact: f.Fact) -> tuple[Posting, ...] | None:
    """Cash that has left the machine: what was taken out is in transit as the books had it, until it is counted and paid in."""
    match fact:
        case f.CollectionStarted():
            account = f"transit.{fact.collection}"
            taken = [(f"cash.{each.container}", -each.expected_minor) for each in fact.taken]
            moves = (*taken, (account, sum(each.expected_minor for each in fact.taken)))
            return tuple(move for move in moves if move[1])
        case f.CollectionCounted():
            over_minor = fact.counted_minor - fact.expected_minor
            return _move(over_minor, f"transit.{fact.collection}", "over_short")
        case f.CollectionRecounted():
            over_minor = fact.counted_minor - fact.was_minor
            return _move(over_minor, f"transit.{fact.collection}", "over_short")
        case f.BagBanked():
            moves = (
                (BANK, fact.banked_minor),
                (f"transit.{fact.collection}", -fact.amount_minor),
                ("over_short", fact.amount_minor - fact.banked_minor),
            )
            return tuple(move for move in moves if move[1])
        case _:
            return None


CLEARING_CARD: Final = "clearing.card"
"""What the card's side owes us for approved charges."""

OWED_TO_CARDS: Final = "load.card"
"""What we owe the card's side for credit that it put onto cards."""


def _cards(fact: f.Fact) -> tuple[Posting, ...] | None:
    match fact:
        case f.CardApproved():
            return _charge(fact.asked_minor, fact.charged_minor)
        case f.CardRefunded():
            charge = _charge(fact.asked_minor, fact.charged_minor)
            return tuple((account, -amount_minor) for account, amount_minor in charge)
        case f.CardLoaded():
            return _move(fact.amount_minor, "credit", OWED_TO_CARDS)
        case f.CardLost():
            amount_minor = 0 if fact.is_charged else fact.amount_minor
            return _move(amount_minor, f"suspense.{fact.device}", "credit")
        case f.CardApprovedLate():
            return _move(
                fact.charged_minor, CLEARING_CARD, "owed" if fact.debt else f"suspense.{fact.device}"
            )
        case f.CardLateRefundEnded(is_refunded=True):
            rest_minor = fact.charged_minor - fact.owed_minor
            moves = (
                ("owed", fact.owed_minor),
                (f"suspense.{fact.device}", rest_minor),
                (CLEARING_CARD, -fact.charged_minor),
            )
            return tuple(move for move in moves if move[1])
        case _:
            return None


def _charge(asked_minor: int, charged_minor: int) -> tuple[Posting, ...]:
    """A charge becomes credit; what the card's side left off is granted."""
    credit_minor = max(asked_minor, charged_minor)
    postings = (
        (CLEARING_CARD, charged_minor),
        ("goodwill", credit_minor - charged_minor),
        ("credit", -credit_minor),
    )
    return tuple(posting for posting in postings if posting[1])


def postings_of(fact: f.Fact) -> tuple[Posting, ...]:
    """The postings of ``fact``; they sum to 0."""
    postings = _coins(fact)
    if postings is None:
        postings = _cards(fact)
    if postings is None:
        match fact:
            case f.SaleClosed():
                postings = _sale(fact)
            case f.DebtRecorded():
                postings = _move(fact.amount_minor, "credit", "owed")
            case f.DebtRedeemed():
                postings = _move(fact.amount_minor, "owed", "credit")
            case f.DebtDropped() | f.DebtReduced():
                postings = _move(fact.amount_minor, "owed", "suspense.claims")
            case f.GoodwillGranted():
                postings = _move(fact.amount_minor, "goodwill", "owed")
            case f.CashHandedOver():
                postings = _move(fact.amount_minor, "owed", "float")
            case f.DebtTransferred():
                postings = _move(fact.amount_minor, "owed", "bank")
            case _:
                postings = ()
    ensure(sum(amount for _, amount in postings) == 0, "the postings of an entry sum to 0")
    return postings
