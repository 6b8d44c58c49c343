"""Figures of trade as rollups: what each entry adds to a quarter of an hour, and sums over any stretch of time.

A quarter of an hour is the largest step that local midnights fall on in every time zone (Tehran is 3:30, Kathmandu 5:45 from
UTC), so that a local day or month is a sum of whole rows, also where clocks change. Rows are kept in the journal's own commits
and cost what the stretch is long, never what the history is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from sqlalchemy import Connection, func, select

from kiosk.core import facts as f
from kiosk.core.postings import hopper_container, hopper_of, postings_of
from kiosk.journal.entry import Entry
from kiosk.store import models
from kiosk.store.figure_days import QUARTER_CHARS, read_sums

QUARTER_MINUTES: Final = 15


class Kind(StrEnum):
    """What a row of the table `figure` sums.

    Its ``name``, ``qty``, ``amount_minor`` and ``part_minor`` are, kind by kind:
    """

    ACCOUNT = "account"
    """An account; -; what was posted to it, debit positive; -."""
    SALE = "sale"
    """A product; pieces; what was paid for them; what they had cost the vendor."""
    UNCOSTED = "uncosted"
    """A product; pieces sold whose entry does not say what they had cost; -; -."""
    RECEIPT = "receipt"
    """Nothing; closed sales; their sum; -."""
    TAX = "tax"
    """A class and its rate in basis points, as ``standard:1900``; -; the gross; the tax in it."""
    DEPOSIT = "deposit"
    """A product; pieces with a deposit; the deposits; -."""
    WASTE = "waste"
    """A product; pieces thrown away; those of them whose entry does not say what they had cost; what the others had cost."""
    TURN = "turn"
    """A coil or an old machine's place; turns that ended; those after which nothing came; those that nobody could tell."""
    COUNT = "count"
    """A product; found minus book, so that what is missing is below 0; the same of entries that do not say what a piece had
    cost; the same of the others, at what it had cost."""
    ASTRAY = "astray"
    """A product; pieces lost between two kiosks; those whose entry does not say what they had cost; what the others had cost."""
    PIECE = "piece"
    """A container that can pay out alone and what one of its pieces is worth, as ``hopper.h50:50``; pieces that came; those that
    went; -."""


def quarter_of(at: str) -> str:
    """The quarter of an hour of a journal time: ``2026-03-02T08:15`` (UTC)."""
    minute = int(at[14:16])
    return f"{at[:14]}{minute - minute % QUARTER_MINUTES:02d}"


def figure_writes(entry: Entry, fact: f.Fact) -> Iterator[tuple[str, Mapping[str, object]]]:
    """What an entry adds to its quarter of an hour."""
    sums: dict[tuple[Kind, str], list[int]] = {}

    def add(kind: Kind, name: str, qty: int = 0, amount_minor: int = 0, part_minor: int = 0) -> None:
        row = sums.setdefault((kind, name), [0, 0, 0])
        for index, step in enumerate((qty, amount_minor, part_minor)):
            row[index] += step

    for account, amount_minor in postings_of(fact):
        add(Kind.ACCOUNT, account, amount_minor=amount_minor)
    for container, value_minor, came, went in _pieces(fact):
        if hopper_of(container):  # a box pays nothing: it needs no forecast
            add(Kind.PIECE, f"{container}:{value_minor}", came, went)
    if isinstance(fact, f.SaleClosed):
        _add_sale(fact, add)
    elif isinstance(fact, f.VendEnded):
        failed = fact.outcome is f.VendOutcome.FAILED
        add(Kind.TURN, fact.slot, 1, int(failed), int(fact.outcome is f.VendOutcome.UNKNOWN))
    else:
        for kind, sku, qty, cost_minor in losses_of(fact):
            known = cost_minor is not None
            add(kind, sku, qty, 0 if known else qty, qty * (cost_minor or 0))
    for (kind, name), row in sorted(sums.items()):
        if any(row):
            yield (
                "figure",
                {
                    "kiosk_id": entry.kiosk_id,
                    "quarter": quarter_of(entry.at),
                    "kind": kind.value,
                    "name": name,
                    "qty": row[0],
                    "amount_minor": row[1],
                    "part_minor": row[2],
                    "epoch": entry.epoch,
                    "seq": entry.seq,
                },
            )


def _pieces(fact: f.Fact) -> Iterator[tuple[str, int, int, int]]:
    """Coins and notes that shoppers put in or got out: container, value, how many came, how many went."""
    if isinstance(fact, f.CoinCredited | f.NoteCredited | f.NoteFound):
        yield fact.container, fact.value_minor, 1, 0
    elif isinstance(fact, f.CoinFound):
        yield fact.container, fact.value_minor, fact.qty, 0
    elif isinstance(fact, f.PayoutEnded):
        yield hopper_container(fact.device), fact.value_minor, 0, fact.paid_qty


class _Add(Protocol):
    """Adds to the row of a kind and a name."""

    def __call__(
        self, kind: Kind, name: str, qty: int = 0, amount_minor: int = 0, part_minor: int = 0
    ) -> None:
        """Add."""


def _add_sale(fact: f.SaleClosed, add: _Add) -> None:
    add(Kind.RECEIPT, "", 1, fact.total_minor)
    for index, line in enumerate(fact.lines):
        if fact.costs is None:
            add(Kind.UNCOSTED, line.sku, 1)
        add(Kind.SALE, line.sku, 1, line.price_minor, fact.costs[index] if fact.costs else 0)
    skus = {line.line: line.sku for line in fact.lines}
    for number, deposit_minor in fact.deposits or ():
        add(Kind.DEPOSIT, skus.get(number, ""), 1, deposit_minor)
    for part in fact.taxes:
        name = f"{part.tax_class}:{part.rate_bp}"
        add(Kind.TAX, name, amount_minor=part.gross_minor, part_minor=part.tax_minor)


def losses_of(fact: f.Fact) -> Iterator[tuple[Kind, str, int, int | None]]:
    """Goods that an entry says are lost: how they are summed, whose, pieces, and what each had cost."""
    if isinstance(fact, f.StockMoved):
        if fact.move == "spoilage":
            yield Kind.WASTE, fact.sku, -fact.qty, fact.cost_minor
        elif fact.move == "count":
            yield Kind.COUNT, fact.sku, fact.qty, fact.cost_minor
        elif fact.sent is not None:
            yield Kind.ASTRAY, fact.sku, fact.sent - fact.qty, fact.cost_minor
    elif isinstance(fact, f.SlotCounted) and fact.move == "count" and fact.was is not None:
        yield Kind.COUNT, fact.sku, fact.qty - fact.was, fact.cost_minor
    elif isinstance(fact, f.TransferClosed) and fact.outcome == "lost":
        yield Kind.ASTRAY, fact.sku, fact.qty, fact.cost_minor


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of one name at one kiosk over a stretch of time; see `Kind` for what the numbers are."""

    kiosk_id: str
    name: str
    qty: int
    amount_minor: int
    part_minor: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """Sales of one quarter of an hour at one kiosk; ``quarter`` is its first moment (UTC, without a zone)."""

    kiosk_id: str
    quarter: str
    qty: int
    amount_minor: int
    part_minor: int


def figures_between(kiosk_ids: Iterable[str], start_at: str, end_at: str) -> Any:
    """The rows of these kiosks from ``start_at`` until before ``end_at``."""
    table = models.figure
    return (
        table.c.kiosk_id.in_(tuple(kiosk_ids))
        & (table.c.quarter >= start_at[:QUARTER_CHARS])
        & (table.c.quarter < end_at[:QUARTER_CHARS])
    )


def read_figures(
    connection: Connection, kiosk_ids: Iterable[str], kind: Kind, start_at: str, end_at: str
) -> tuple[Figure, ...]:
    """Sums by kiosk and name from ``start_at`` until before ``end_at``, as `kiosk.store.reading.day_bounds` gives them."""
    return tuple(_figure(row) for row in read_sums(connection, kiosk_ids, start_at, end_at, kind=kind.value))


def read_all_figures(
    connection: Connection, kiosk_ids: Iterable[str], start_at: str, end_at: str
) -> dict[Kind, tuple[Figure, ...]]:
    """What `read_figures` says of every kind, in one walk over the rows: they lie by time, and each kind alone walks over all."""
    found: dict[Kind, list[Figure]] = {kind: [] for kind in Kind}
    for row in read_sums(connection, kiosk_ids, start_at, end_at):
        found[Kind(row.kind)].append(_figure(row))
    return {kind: tuple(figures) for kind, figures in found.items()}


def _figure(row: Any) -> Figure:
    return Figure(row.kiosk_id, row.name, int(row.qty), int(row.amount_minor), int(row.part_minor))


def read_quarters(
    connection: Connection, kiosk_ids: Iterable[str], start_at: str, end_at: str, *, sku: str = ""
) -> tuple[Quarter, ...]:
    """Sales by kiosk and quarter of an hour, of one product or of all; quarters without a sale are missing."""
    table = models.figure
    sums = [func.sum(table.c[name]).label(name) for name in ("qty", "amount_minor", "part_minor")]
    statement = (
        select(table.c.kiosk_id, table.c.quarter, *sums)
        .where(figures_between(kiosk_ids, start_at, end_at), table.c.kind == Kind.SALE.value)
        .group_by(table.c.kiosk_id, table.c.quarter)
        .order_by(table.c.kiosk_id, table.c.quarter)
    )
    if sku:
        statement = statement.where(table.c.name == sku)
    return tuple(
        Quarter(row.kiosk_id, row.quarter, int(row.qty), int(row.amount_minor), int(row.part_minor))
        for row in connection.execute(statement)
    )
