"""Readings about cash that left the machine: collections, bags on their way, closes of a day, and what change is used up.

Everything is read from tables that are kept in the commits themselves; no reading walks the journal. Positions are
``(epoch, seq)``, amounts minor units, times UTC text as stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from kiosk.store import models
from kiosk.store.reading import Position

COLLECTIONS_MOST: Final = 200
"""Collections in one list: four years of weekly ones."""

INCIDENTS_MOST: Final = 500
"""Incidents weighed for one collection; a machine with more of them needs a mechanic, not a reading."""

CLOSES_MOST: Final = 100
"""Day closes in one list: three months of days."""


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """One collection as it stands.

    Attributes:
        collection: Its id.
        position: The entry at which its period ends.
        at: When that was.
        clerk: Who took it out.
        state: open (not counted yet), total (counted by its sum alone), counted (on its way) or banked.
        by_piece: Whether it was counted by pieces.
        expected_minor: By the books.
        counted_minor: As counted, corrections included.
        float_minor: Change that stayed inside, by the books.
        float_left_minor: The same by the clerk's word.
        counted: The entry of the first count; (0, 0) while there is none.
        counted_at: When it was counted.
        counted_by: By whom.
        corrections: How often the count was corrected.
        bag: Number of its bag.
        holder: Who has the bag.
        moved_at: When that changed last.
        banked_minor: What was counted where it was paid in.
    """

    collection: str
    position: Position
    at: str
    clerk: str
    state: str
    by_piece: bool
    expected_minor: int
    counted_minor: int
    float_minor: int
    float_left_minor: int
    counted: Position
    counted_at: str
    counted_by: str
    corrections: int
    bag: str
    holder: str
    moved_at: str
    banked_minor: int

    @property
    def is_counted(self) -> bool:
        """Whether there is a count."""
        return self.state != "open"

    @property
    def variance_minor(self) -> int:
        """Counted less expected; 0 before there is a count."""
        return self.counted_minor - self.expected_minor if self.is_counted else 0


@dataclass(frozen=True, slots=True)
class PieceRow:
    """Pieces of one value in one container of a collection."""

    value_minor: int
    expected_qty: int
    counted_qty: int

    @property
    def variance_minor(self) -> int:
        """Worth of what is too much; below 0 what is missing."""
        return (self.counted_qty - self.expected_qty) * self.value_minor


@dataclass(frozen=True, slots=True)
class PartRow:
    """One container of a collection; its period lies between the entries ``since`` and ``until``."""

    container: str
    since: Position
    until: Position
    expected_minor: int
    counted_minor: int
    pieces: tuple[PieceRow, ...]

    @property
    def variance_minor(self) -> int:
        """Counted less expected."""
        return self.counted_minor - self.expected_minor


@dataclass(frozen=True, slots=True)
class Incident:
    """An entry that may make a count differ; ``value_minor`` and ``qty`` are 0 where nobody knows them."""

    kind: str
    position: Position
    at: str
    device: str
    container: str
    value_minor: int
    qty: int


@dataclass(frozen=True, slots=True)
class DayCloseRow:
    """One close of a day."""

    number: int
    position: Position
    at: str
    by: str
    gross_minor: int
    perpetual_minor: int


def _collection(row: Any) -> CollectionRow:
    return CollectionRow(
        collection=row.collection,
        position=(row.epoch, row.seq),
        at=row.at,
        clerk=row.clerk,
        state=row.state,
        by_piece=bool(row.by_piece),
        expected_minor=row.expected_minor,
        counted_minor=row.counted_minor,
        float_minor=row.float_minor,
        float_left_minor=row.float_left_minor,
        counted=(row.counted_epoch, row.counted_seq),
        counted_at=row.counted_at,
        counted_by=row.counted_by,
        corrections=row.corrections,
        bag=row.bag,
        holder=row.holder,
        moved_at=row.moved_at,
        banked_minor=row.banked_minor,
    )


def read_collection_rows(connection: Connection, kiosk_id: str) -> tuple[CollectionRow, ...]:
    """Collections, newest first; at most `COLLECTIONS_MOST`."""
    table = models.collection
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id)
        .order_by(table.c.epoch.desc(), table.c.seq.desc())
        .limit(COLLECTIONS_MOST)
    )
    return tuple(map(_collection, rows))


def read_collection(connection: Connection, kiosk_id: str, collection: str) -> CollectionRow | None:
    """One of them, or None."""
    table = models.collection
    row = connection.execute(
        select(table).where(table.c.kiosk_id == kiosk_id, table.c.collection == collection)
    ).first()
    return _collection(row) if row else None


def read_bags(connection: Connection, kiosk_id: str) -> tuple[CollectionRow, ...]:
    """Counted collections whose bag is on its way, the oldest first."""
    table = models.collection
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id, table.c.state == "counted")
        .order_by(table.c.epoch, table.c.seq)
        .limit(COLLECTIONS_MOST)
    )
    return tuple(map(_collection, rows))


def read_parts(connection: Connection, kiosk_id: str, collection: str) -> tuple[PartRow, ...]:
    """The containers of a collection with their pieces, the largest value first."""
    pieces: dict[str, list[PieceRow]] = {}
    table = models.collection_piece
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id, table.c.collection == collection)
        .order_by(table.c.value_minor.desc())
    )
    for row in rows:
        pieces.setdefault(row.container, []).append(
            PieceRow(row.value_minor, row.expected_qty, row.counted_qty)
        )
    parts = models.collection_part
    rows = connection.execute(
        select(parts)
        .where(parts.c.kiosk_id == kiosk_id, parts.c.collection == collection)
        .order_by(parts.c.container)
    )
    return tuple(
        PartRow(
            container=row.container,
            since=(row.since_epoch, row.since_seq),
            until=(row.epoch, row.seq),
            expected_minor=row.expected_minor,
            counted_minor=row.counted_minor,
            pieces=tuple(pieces.get(row.container, ())),
        )
        for row in rows
    )


def read_incidents(
    connection: Connection, kiosk_id: str, since: Position, until: Position
) -> tuple[Incident, ...]:
    """What happened after ``since`` and before ``until``, in order; at most `INCIDENTS_MOST`."""
    table = models.cash_incident
    place = models.place_in(table)
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id, place > since, place < until)
        .order_by(table.c.epoch, table.c.seq)
        .limit(INCIDENTS_MOST)
    )
    return tuple(
        Incident(row.kind, (row.epoch, row.seq), row.at, row.device, row.container, row.value_minor, row.qty)
        for row in rows
    )


def read_day_closes(
    connection: Connection,
    kiosk_id: str,
    *,
    number: int | None = None,
    below: int | None = None,
    most: int = CLOSES_MOST,
) -> tuple[DayCloseRow, ...]:
    """Closes of a day, newest first, those ``below`` a number or the one of a ``number``; at most ``most``."""
    table = models.day_close
    wanted = select(table).where(table.c.kiosk_id == kiosk_id)
    if number is not None:
        wanted = wanted.where(table.c.number == number)
    if below is not None:
        wanted = wanted.where(table.c.number < below)
    rows = connection.execute(wanted.order_by(table.c.number.desc()).limit(most))
    return tuple(
        DayCloseRow(row.number, (row.epoch, row.seq), row.at, row.by, row.gross_minor, row.perpetual_minor)
        for row in rows
    )
