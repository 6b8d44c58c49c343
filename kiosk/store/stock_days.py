"""What the stock was and had cost when a checkpoint was signed: so that a month that is over still has its stock.

A row stands for one product from a checkpoint on, until its next row; a product that did not change gets none. A row without a
product marks the checkpoint itself. Checkpoints come every few hundred entries and between visits, so no sale writes more for it,
and each is a place of the journal that somebody signed for. A clock that was set back takes the rows after it away: what is lived
twice is told as it was the second time. Values are those of `kiosk.store.stock_value`: first in, first out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, and_, func, literal, select, union_all

from kiosk.journal.entry import Entry
from kiosk.store import models
from kiosk.store.stock_value import StockPart

Write = tuple[str, Mapping[str, object]]

STOCK_DAYS_SQL: Final[Mapping[str, str]] = {
    "stock_lived_again": "DELETE FROM stock_day WHERE kiosk_id = :kiosk_id AND at >= :at",
    "stock_marked": (
        "INSERT INTO stock_day (kiosk_id, sku, at, qty, value_minor, recosted_qty) VALUES (:kiosk_id, '', :at, 0, 0, 0)"
    ),
    # What lies there are the pieces that came last: each layer gives what newer ones left to find.
    "stock_noted": (
        "INSERT INTO stock_day (kiosk_id, sku, at, qty, value_minor, recosted_qty) "
        "WITH held AS (SELECT kiosk_id, sku, SUM(CASE WHEN qty > 0 THEN qty ELSE 0 END) AS qty FROM stock "
        "WHERE kiosk_id = :kiosk_id GROUP BY kiosk_id, sku), "
        "layers AS (SELECT sku, cost_minor, qty AS came, COALESCE(SUM(qty) OVER (PARTITION BY sku ORDER BY epoch DESC, "
        "seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer FROM cost_layer "
        "WHERE kiosk_id = :kiosk_id), "
        "steps AS (SELECT held.sku, cost_minor, CASE WHEN held.qty <= newer THEN 0 WHEN held.qty - newer < came "
        "THEN held.qty - newer ELSE came END AS step FROM held JOIN layers ON layers.sku = held.sku), "
        "priced AS (SELECT sku, SUM(step * cost_minor) AS value_minor, SUM(step) AS costed FROM steps GROUP BY sku), "
        "found AS (SELECT held.kiosk_id, held.sku, held.qty, COALESCE(value_minor, 0) AS value_minor, "
        "held.qty - COALESCE(costed, 0) AS recosted_qty FROM held LEFT JOIN priced ON priced.sku = held.sku) "
        "SELECT found.kiosk_id, found.sku, mark.at, found.qty, found.value_minor, found.recosted_qty FROM found "
        "JOIN stock_day AS mark ON mark.kiosk_id = found.kiosk_id AND mark.sku = '' AND mark.at = :at "
        "LEFT JOIN stock_day AS last ON last.kiosk_id = found.kiosk_id AND last.sku = found.sku AND last.at = ("
        "SELECT MAX(known.at) FROM stock_day AS known WHERE known.kiosk_id = found.kiosk_id AND known.sku = found.sku) "
        "WHERE found.qty <> COALESCE(last.qty, 0) OR found.value_minor <> COALESCE(last.value_minor, 0) "
        "OR found.recosted_qty <> COALESCE(last.recosted_qty, 0)"
    ),
}
"""Statements of this module's rules, by name."""


def stock_day_writes(entry: Entry) -> Iterator[Write]:
    """At a checkpoint: what each product's stock is, where it is not what it was."""
    for name in STOCK_DAYS_SQL:
        yield name, {"kiosk_id": entry.kiosk_id, "at": entry.at}


@dataclass(frozen=True, slots=True)
class StockThen:
    """The stock of a kiosk at its last checkpoint before a moment.

    Attributes:
        value_minor: What it had cost, without tax.
        recosted_qty: Pieces of it that stand at today's cost, because no entry tells what they had cost.
        at: When the checkpoint was signed (UTC, ISO 8601); empty when there was none yet.
        qty: Pieces of each product; products of which there was nothing are missing.
        parts: What each of them adds to the value.
    """

    value_minor: int
    recosted_qty: int
    at: str
    qty: Mapping[str, int]
    parts: tuple[StockPart, ...] = field(default=(), compare=False)


NOTHING: Final = StockThen(0, 0, "", {})


def read_stock_then(
    connection: Connection, kiosk_ids: Iterable[str], end_at: str, costs_minor: Mapping[str, int]
) -> dict[str, StockThen]:
    """The stock of each of these kiosks at its last checkpoint before ``end_at``: one seek per product, however long ago.

    Args:
        connection: For reading.
        kiosk_ids: Whose.
        end_at: UTC, ISO 8601.
        costs_minor: What a piece of each product costs today, for those of which nothing tells what they had cost.
    """
    wanted = tuple(dict.fromkeys(kiosk_ids))
    known, held = models.stock_day, models.stock.c
    goods = union_all(
        select(held.kiosk_id, held.sku).where(held.kiosk_id.in_(wanted)).distinct(),
        *(select(literal(kiosk_id), literal("")) for kiosk_id in wanted),
    ).subquery()
    earlier = known.alias()
    last = (
        select(func.max(earlier.c.at))
        .where(earlier.c.kiosk_id == goods.c.kiosk_id, earlier.c.sku == goods.c.sku, earlier.c.at < end_at)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(known).join(
            goods,
            and_(known.c.kiosk_id == goods.c.kiosk_id, known.c.sku == goods.c.sku, known.c.at == last),
        )
    ).all()
    found = dict.fromkeys(wanted, NOTHING)
    for kiosk_id in wanted:
        own = [row for row in rows if row.kiosk_id == kiosk_id]
        parts = tuple(
            StockPart(row.sku, row.qty, row.value_minor + row.recosted_qty * costs_minor.get(row.sku, 0))
            for row in own
            if row.qty
        )
        found[kiosk_id] = StockThen(
            value_minor=sum(part.value_minor for part in parts),
            recosted_qty=sum(row.recosted_qty for row in own),
            at=max((row.at for row in own if not row.sku), default=""),
            qty={part.sku: part.qty for part in parts},
            parts=parts,
        )
    return found
