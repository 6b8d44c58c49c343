"""What the stock had cost: first in, first out, from what pieces cost when they came.

What lies there are the pieces that came last, whatever place they lie in: goods leave by their dates, and money by their age.
Pieces that nothing tells the cost of (more were found than ever came, or came before costs were noted) stand at today's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from kiosk.store import models


@dataclass(frozen=True, slots=True)
class StockPart:
    """What one product adds to the stock: pieces, and what they had cost."""

    sku: str
    qty: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class StockValue:
    """The stock of a kiosk in minor units without tax, how many of its pieces stand at today's cost, and what it is made of."""

    value_minor: int = 0
    recosted_qty: int = 0
    parts: tuple[StockPart, ...] = field(default=(), compare=False)


def value_of(qty: int, layers: Iterable[tuple[int, int]], cost_minor: int) -> StockValue:
    """What ``qty`` pieces of one product had cost.

    Args:
        qty: Pieces that lie there.
        layers: Pieces that came and what each had cost, the last first.
        cost_minor: What a piece costs today, for those that came earlier than ``layers`` reach.
    """
    value_minor, rest = 0, qty
    for came, each_minor in layers:
        step = min(rest, came)
        value_minor += step * each_minor
        rest -= step
    return StockValue(value_minor + rest * cost_minor, rest)


def read_stock_values(
    connection: Connection, kiosk_ids: Iterable[str], costs_minor: Mapping[str, int]
) -> dict[str, StockValue]:
    """The stock of each of these kiosks now; ``costs_minor`` is what a piece of each product costs today."""
    wanted = tuple(kiosk_ids)
    held, came = models.stock, models.cost_layer
    qty: dict[tuple[str, str], int] = {}
    for row in connection.execute(
        select(held.c.kiosk_id, held.c.sku, held.c.qty).where(held.c.kiosk_id.in_(wanted))
    ):
        # Below 0 more was sold than booked in: there is nothing there, and nothing is worth less than nothing.
        qty[row.kiosk_id, row.sku] = qty.get((row.kiosk_id, row.sku), 0) + max(0, row.qty)
    layers: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in connection.execute(
        select(came)
        .where(came.c.kiosk_id.in_(wanted))
        .order_by(came.c.kiosk_id, came.c.sku, came.c.epoch.desc(), came.c.seq.desc())
    ):
        layers.setdefault((row.kiosk_id, row.sku), []).append((row.qty, row.cost_minor))
    found = dict.fromkeys(wanted, StockValue())
    for (kiosk_id, sku), pieces in qty.items():
        one = value_of(pieces, layers.get((kiosk_id, sku), ()), costs_minor.get(sku, 0))
        before = found[kiosk_id]
        own = (StockPart(sku, pieces, one.value_minor),) if pieces else ()
        found[kiosk_id] = StockValue(
            before.value_minor + one.value_minor,
            before.recosted_qty + one.recosted_qty,
            before.parts + own,
        )
    return found
