"""Readings of goods: lots with their last days, and what people did with a product. Frozen values, bounded, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from kiosk.store import models
from kiosk.store.reading import Position

MOVES_MOST: Final = 50
"""Moves of one product on a page."""


@dataclass(frozen=True, slots=True)
class LotRow:
    """Pieces of one lot in one place (`kiosk.core.facts.STORE` is the storeroom).

    Attributes:
        expires_on: Last day of sale, ISO 8601; empty where nobody said: such pieces are the rest of the place's stock.
        qty: Pieces by the book; below 0 only without a date, when more was sold than anybody put in.
        since: When the first of them came, UTC; empty without a date.
    """

    slot: str
    sku: str
    expires_on: str
    lot: str
    qty: int
    since: str


@dataclass(frozen=True, slots=True)
class MoveRow:
    """What a person did with one product.

    Attributes:
        position: The entry.
        move: receive, fill, take_out, spoilage, transfer or count; return when a shopper brought it back.
        qty: Signed change at ``slot``; a count's difference.
        found: What a count found; None when nobody counted.
        reason: Of spoilage: expired, damaged, other.
        other: Where they came from or went.
        lots: Last day, lot and signed pieces of each part that has a date or a lot.
    """

    position: Position
    at: str
    by: str
    sku: str
    slot: str
    move: str
    qty: int
    found: int | None
    reason: str
    other: str
    lots: tuple[tuple[str, str, int], ...]


def read_lots(connection: Connection, kiosk_id: str) -> tuple[LotRow, ...]:
    """All lots by place and product, the one that ends first first, pieces without a date last; nothing where nothing lies.

    The pieces of a place and product are together what `kiosk.store.reading.read_stock` says: a sum of moves.
    """
    lots, stock = models.lot, models.stock
    rows = [
        LotRow(row.slot, row.sku, row.expires_on, row.lot, row.qty, row.since)
        for row in connection.execute(select(lots).where(lots.c.kiosk_id == kiosk_id))
    ]
    dated: dict[tuple[str, str], int] = {}
    for row in rows:
        dated[row.slot, row.sku] = dated.get((row.slot, row.sku), 0) + row.qty
    for place in connection.execute(select(stock).where(stock.c.kiosk_id == kiosk_id)):
        rest = place.qty - dated.get((place.slot, place.sku), 0)
        if rest:
            rows.append(LotRow(place.slot, place.sku, "", "", rest, ""))
    return tuple(
        sorted(rows, key=lambda row: (row.slot, row.sku, not row.expires_on, row.expires_on, row.lot))
    )


def read_moves(
    connection: Connection, kiosk_id: str, sku: str, *, before: Position | None = None, most: int = MOVES_MOST
) -> tuple[MoveRow, ...]:
    """What people did with a product, newest first.

    Args:
        connection: For reading.
        kiosk_id: Whose.
        sku: Of which product; one that is sold no more, too.
        before: Only earlier entries.
        most: At most so many moves.
    """
    table = models.stock_move
    statement = select(table.c.epoch, table.c.seq).where(
        table.c.kiosk_id == kiosk_id, table.c.sku == sku, table.c.part == 0
    )
    if before is not None:
        statement = statement.where(models.place_in(table) < before)
    newest = connection.execute(
        statement.order_by(table.c.epoch.desc(), table.c.seq.desc()).limit(most)
    ).all()
    if not newest:
        return ()
    first = newest[-1]
    return tuple(
        reversed(
            [
                each
                for each in _moves_from(connection, kiosk_id, sku, (first[0], first[1]))
                if _is_before(each, before)
            ]
        )
    )


def read_moves_since(connection: Connection, kiosk_id: str, sku: str, since: Position) -> tuple[MoveRow, ...]:
    """What people did with a product from the entry ``since`` on, oldest first; for figures between two counts."""
    return tuple(_moves_from(connection, kiosk_id, sku, since))


def _is_before(move: MoveRow, before: Position | None) -> bool:
    return before is None or move.position < before


def _moves_from(connection: Connection, kiosk_id: str, sku: str, since: Position) -> list[MoveRow]:
    table = models.stock_move
    rows = connection.execute(
        select(table)
        .where(
            table.c.kiosk_id == kiosk_id,
            table.c.sku == sku,
            models.place_in(table) >= since,
        )
        .order_by(table.c.epoch, table.c.seq, table.c.part)
    )
    moves: list[MoveRow] = []
    for row in rows:
        part = ((row.expires_on, row.lot, row.qty),) if row.expires_on or row.lot else ()
        before = moves[-1] if row.part else None
        moves[len(moves) - (before is not None) :] = [
            MoveRow(
                position=(row.epoch, row.seq),
                at=row.at,
                by=row.done_by,
                sku=row.sku,
                slot=row.slot,
                move=row.move,
                qty=row.qty + (before.qty if before else 0),
                found=None if row.found < 0 else row.found,
                reason=row.reason,
                other=row.other,
                lots=(before.lots if before else ()) + part,
            )
        ]
    return moves
