"""A visit's account: what came in, what was sold, what went back, read from its entries alone."""

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
    """Pieces of one product at one price."""

    sku: str
    qty: int
    price_minor: int

    @property
    def gross_minor(self) -> int:
        """What they cost together."""
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


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that a receipt says of a visit. ``coins_minor + redeemed_minor = sold + paid_minor + owed`` once it is settled.

    Attributes:
        at: When it ended, or when it began while it is open.
        time_ok: Whether that time can be trusted.
        coins_minor: Put in as coins.
        redeemed_minor: Put in by codes of money owed.
        paid_minor: Back in coins.
        undelivered: Product and its price for each vend that failed; not charged.
    """

    visit: str
    at: str
    time_ok: bool
    sales: tuple[Sale, ...]
    coins_minor: int
    redeemed_minor: int
    paid_minor: int
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
    """Equal pieces together, in the order in which they were chosen."""
    counted: dict[tuple[str, int], int] = {}
    for line in fact.lines:
        key = (line.sku, line.price_minor)
        counted[key] = counted.get(key, 0) + 1
    return tuple(ProductLine(sku=sku, qty=qty, price_minor=price) for (sku, price), qty in counted.items())


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
    paid = [fact for fact in facts if isinstance(fact, f.PayoutEnded)]
    coins = [fact.value_minor for fact in facts if isinstance(fact, f.CoinCredited)]
    found = [fact.value_minor * fact.qty for fact in facts if isinstance(fact, f.CoinFound)]
    return Account(
        visit=ending.visit,
        at=last.at if last else ending.at,
        time_ok=last.time_ok if last else ending.time_ok,
        sales=sales,
        coins_minor=sum(coins) + sum(found),
        redeemed_minor=sum(fact.amount_minor for fact in facts if isinstance(fact, f.DebtRedeemed)),
        paid_minor=sum(fact.paid_qty * fact.value_minor for fact in paid),
        owed=tuple(
            Owed(
                epoch=entry.epoch,
                seq=entry.seq,
                amount_minor=fact.amount_minor,
                is_certain=fact.is_certain,
            )
            for entry, fact in read
            if isinstance(fact, f.DebtRecorded)
        ),
        undelivered=tuple(
            fact.sku
            for fact in facts
            if isinstance(fact, f.VendEnded) and fact.outcome is f.VendOutcome.FAILED
        ),
    )
