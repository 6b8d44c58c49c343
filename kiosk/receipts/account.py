"""A visit's account: what came in by which means, what was sold, what went back; read from its entries alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from kiosk.core import facts as f
from kiosk.invariant import ensure
from kiosk.journal.entry import Entry, read_content
from kiosk.store import models
from kiosk.store.ledger import read_entries

CHECK_DIGITS: Final = 10
"""Hexadecimal digits of an entry's digest on paper: whoever rewrites history would have to find 2^40 matches."""


@dataclass(frozen=True, slots=True)
class ProductLine:
    """Pieces of one product at one price; one that was weighed has its weight, and its price of a kilogram.

    ``price_minor`` is without the deposit of a piece, which stands apart.
    """

    sku: str
    qty: int
    price_minor: int
    weight_mg: int = 0
    unit_price_minor: int = 0
    deposit_minor: int = 0
    was_minor: int = 0
    """What a piece cost before it was marked down; 0 when it was not."""

    @property
    def gross_minor(self) -> int:
        """What they cost together, without their deposits."""
        return self.qty * self.price_minor


@dataclass(frozen=True, slots=True)
class Sale:
    """One closed sale: its number, its lines, and the entry that proves it."""

    receipt_no: int
    lines: tuple[ProductLine, ...]
    total_minor: int
    taxes: tuple[f.TaxPart, ...]
    seq: int
    check: str
    at: str
    time_ok: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """A debt recorded in the visit; its code is made from ``epoch`` and ``seq``."""

    epoch: int
    seq: int
    amount_minor: int
    is_certain: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tenders:
    """By which means money came, and by which it went back.

    Once a visit is settled, `in_minor` is what was sold, `back_minor` and what is owed, together.

    Attributes:
        coins_minor: Put in as coins.
        notes_minor: Put in as notes.
        card_minor: Charged to a card, what was given back to it since included.
        granted_minor: What the card's side left off a price, and the vendor bears.
        redeemed_minor: Put in by codes of money owed.
        unsure_card_minor: Asked of a card that may or may not have been charged.
        unsure_note_minor: A note of which nobody can say where it is.
        paid_minor: Back in coins and notes.
        refunded_minor: Back to the card.
        loaded_minor: Put onto the card instead of coins.
        unrefunded_minor: The part of ``card_minor`` that should have gone back to the card and could not.
    """

    coins_minor: int = 0
    notes_minor: int = 0
    card_minor: int = 0
    granted_minor: int = 0
    redeemed_minor: int = 0
    unsure_card_minor: int = 0
    unsure_note_minor: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    unrefunded_minor: int = 0
    loaded_minor: int = 0

    @property
    def in_minor(self) -> int:
        """All that came in, or is believed to have come."""
        cash_minor = self.coins_minor + self.notes_minor + self.redeemed_minor
        return (
            cash_minor
            + self.card_minor
            + self.granted_minor
            + self.unsure_card_minor
            + self.unsure_note_minor
        )

    @property
    def back_minor(self) -> int:
        """All that went back by itself."""
        return self.paid_minor + self.refunded_minor + self.loaded_minor


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that a receipt says of a visit. What came in is what was sold, went back and is owed, once it is settled.

    Attributes:
        at: When it ended, or when it began while it is open.
        time_ok: Whether that time can be trusted.
        tenders: By which means money came and went back.
        undelivered: Product and its price for each vend that failed; not charged.
    """

    visit: str
    at: str
    time_ok: bool
    sales: tuple[Sale, ...]
    tenders: Tenders
    owed: tuple[Owed, ...]
    undelivered: tuple[str, ...]

    @property
    def total_minor(self) -> int:
        """What was sold in all."""
        return sum(sale.total_minor for sale in self.sales)


def read_visit(connection: Connection, kiosk_id: str, visit: str) -> tuple[Entry, ...]:
    """The entries of a visit, from its opening to its settling (or the newest); empty when there is no such visit."""
    book = models.visit.c
    row = connection.execute(
        select(book.opened_seq, book.settled_seq).where(book.kiosk_id == kiosk_id, book.visit == visit)
    ).first()
    epoch = visit[1:].partition("-")[0]
    if row is None or not epoch.isdecimal():
        return ()
    after = (int(epoch), row.opened_seq - 1)
    until = row.settled_seq or row.opened_seq + MOST_OPEN
    entries = read_entries(connection, kiosk_id, after=after, until=until)
    return tuple(entry for entry in entries if entry.visit == visit)


MOST_OPEN: Final = 2_000
"""Entries of a visit that is still open: more than the largest cart with every coin it can hold."""


def _lines(fact: f.SaleClosed) -> tuple[ProductLine, ...]:
    """Equal pieces together, in the order in which they were chosen; each weighed piece by itself."""
    weighed = {number: said for number, said in fact.codes or () if said.weight_mg}
    deposits = dict(fact.deposits or ())
    marks = dict(fact.marks or ())
    counted: dict[tuple[str, int, int, int, int], int] = {}
    for line in fact.lines:
        deposit_minor = deposits.get(line.line, 0)
        number = line.line if line.line in weighed else 0
        key = (line.sku, line.price_minor - deposit_minor, number, deposit_minor, marks.get(line.line, 0))
        counted[key] = counted.get(key, 0) + 1
    return tuple(
        ProductLine(
            sku=sku,
            qty=qty,
            price_minor=price_minor,
            weight_mg=weighed[number].weight_mg if number else 0,
            unit_price_minor=weighed[number].unit_price_minor if number else 0,
            deposit_minor=deposit_minor,
            was_minor=was_minor - deposit_minor if was_minor else 0,
        )
        for (sku, price_minor, number, deposit_minor, was_minor), qty in counted.items()
    )


def tenders_of(facts: Iterable[f.Fact]) -> Tenders:
    """Add up the means of a visit's facts; facts without money are passed over."""
    sums: dict[str, int] = {}
    charges: dict[str, int] = {}
    for fact in facts:
        if isinstance(fact, f.CardApproved):
            charges[fact.job] = fact.charged_minor
        elif isinstance(fact, f.CardRefundFailed):
            sums["unrefunded_minor"] = sums.get("unrefunded_minor", 0) + charges.get(fact.job, 0)
        for means, amount_minor in _means(fact).items():
            sums[means] = sums.get(means, 0) + amount_minor
    return Tenders(**sums)


def _means(fact: f.Fact) -> dict[str, int]:
    """What a fact adds, by the names of `Tenders`."""
    match fact:
        case f.CoinCredited():
            return {"coins_minor": fact.value_minor}
        case f.CoinFound():
            return {"coins_minor": fact.value_minor * fact.qty}
        case f.NoteCredited() | f.NoteFound():
            return {"notes_minor": fact.value_minor}
        case f.NoteLost():
            return {"unsure_note_minor": fact.value_minor}
        case f.DebtRedeemed():
            return {"redeemed_minor": fact.amount_minor}
        case f.PayoutEnded():
            return {"paid_minor": fact.paid_qty * fact.value_minor}
        case _:
            return _card_means(fact)


def _card_means(fact: f.Fact) -> dict[str, int]:
    match fact:
        case f.CardApproved():
            granted_minor = max(0, fact.asked_minor - fact.charged_minor)
            return {"card_minor": fact.charged_minor, "granted_minor": granted_minor}
        case f.CardRefunded():
            granted_minor = max(0, fact.asked_minor - fact.charged_minor)
            return {"refunded_minor": fact.charged_minor, "granted_minor": -granted_minor}
        case f.CardLoaded():
            return {"loaded_minor": fact.amount_minor}
        case f.CardLost() if not fact.is_charged:
            return {"unsure_card_minor": fact.amount_minor}
        case _:
            return {}


def practised_account(facts: Iterable[f.Fact], *, number: int, at: str) -> Account:
    """The account of a visit that was only practised: no entry proves it, so its sales have no place and no check digits.

    Args:
        facts: What was decided in it, from its opening on.
        number: Of the practised visit; its own receipt numbers mean nothing.
        at: When it ended (UTC, ISO 8601).
    """
    known = tuple(facts)
    sales = tuple(
        Sale(
            receipt_no=number,
            lines=_lines(fact),
            total_minor=fact.total_minor,
            taxes=fact.taxes,
            seq=0,
            check="",
            at=at,
            time_ok=True,
        )
        for fact in known
        if isinstance(fact, f.SaleClosed)
    )
    return Account(
        visit="",
        at=at,
        time_ok=True,
        sales=sales,
        tenders=tenders_of(known),
        owed=tuple(
            Owed(0, 0, fact.amount_minor, fact.is_certain, fact.reason)
            for fact in known
            if isinstance(fact, f.DebtRecorded)
        ),
        undelivered=_undelivered(known),
    )


def _undelivered(facts: Iterable[f.Fact]) -> tuple[str, ...]:
    """What coils failed to deliver."""
    return tuple(
        fact.sku for fact in facts if isinstance(fact, f.VendEnded) and fact.outcome is f.VendOutcome.FAILED
    )


def account_of(entries: Iterable[Entry]) -> Account:
    """Read a visit's entries.

    Args:
        entries: Of one visit, in order; at least one.

    Raises:
        InvariantBroken: No entries, or of several visits.
    """
    read = [(entry, read_content(entry).fact) for entry in entries]
    ensure(len({entry.visit for entry, _ in read}) == 1, "an account is of one visit")
    facts = [fact for _, fact in read]
    sales = tuple(
        Sale(
            receipt_no=fact.receipt_no,
            lines=_lines(fact),
            total_minor=fact.total_minor,
            taxes=fact.taxes,
            seq=entry.seq,
            check=entry.digest.hex()[:CHECK_DIGITS],
            at=entry.at,
            time_ok=entry.time_ok,
        )
        for entry, fact in read
        if isinstance(fact, f.SaleClosed)
    )
    last = sales[-1] if sales else None
    ending = read[-1][0]
    return Account(
        visit=ending.visit,
        at=last.at if last else ending.at,
        time_ok=last.time_ok if last else ending.time_ok,
        sales=sales,
        tenders=tenders_of(facts),
        owed=tuple(
            Owed(
                epoch=entry.epoch,
                seq=entry.seq,
                amount_minor=fact.amount_minor,
                is_certain=fact.is_certain,
                reason=fact.reason,
            )
            for entry, fact in read
            if isinstance(fact, f.DebtRecorded)
        ),
        undelivered=_undelivered(facts),
    )
