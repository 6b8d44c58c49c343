"""What the journal's readings tell of demand, of losses and of visits: day counts, sold-out times, what people did with goods.

A day here is the journal's own, in UTC: sales are kept by it, and a forecast needs days of equal length more than it needs
midnight. Every reading is bounded by a window of days, never by the length of the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, or_, select

from inventory.forecast import Availability, Day, days_between
from kiosk.core.facts import STORE
from kiosk.store import models

HISTORY_DAYS: Final = 16 * 7
"""Sixteen of every weekday: enough for a week's shape, short enough to forget the last season."""

Interval = tuple[str, str]
"""From a moment (UTC text as the journal writes it) until before another."""


def day_start(day: date) -> str:
    """The first moment of a UTC day, as the journal writes it."""
    return datetime.combine(day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


END: Final = "9999"
"""Later than every moment."""


def _shared(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """When both are the case."""
    both = [(max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right]
    return [each for each in both if each[0] < each[1]]


def availability_of(day: date, out: Iterable[Interval]) -> Availability:
    """Whether a product was there on a day, when it was sold out everywhere during ``out``."""
    start, end = day_start(day), day_start(day + timedelta(days=1))
    touching = [each for each in out if each[0] < end and each[1] > start]
    if any(each[0] <= start and each[1] >= end for each in touching):
        return Availability.NONE
    return Availability.PART if touching else Availability.ALL_DAY


def _sold(
    connection: Connection, kiosk_id: str, first: date, today: date, sku: str
) -> dict[str, dict[str, int]]:
    table = models.day_product
    statement = select(table.c.sku, table.c.day, table.c.qty).where(
        table.c.kiosk_id == kiosk_id,
        table.c.day >= first.isoformat(),
        table.c.day < today.isoformat(),
    )
    rows = connection.execute(statement.where(table.c.sku == sku) if sku else statement)
    sold: dict[str, dict[str, int]] = {}
    for row in rows:
        sold.setdefault(row.sku, {})[row.day] = row.qty
    return sold


def _sold_out(connection: Connection, kiosk_id: str, first: date) -> dict[str, list[Interval]]:
    """When each product was sold out in all of its places at once."""
    stock, out = models.stock, models.stock_out
    places: dict[str, dict[str, list[Interval]]] = {}
    for row in connection.execute(select(stock.c.sku, stock.c.slot).where(stock.c.kiosk_id == kiosk_id)):
        if row.slot == STORE:
            continue  # nothing is sold out of the storeroom
        places.setdefault(row.sku, {})[row.slot] = []
    rows = connection.execute(
        select(out).where(
            out.c.kiosk_id == kiosk_id, or_(out.c.until_at == "", out.c.until_at >= day_start(first))
        )
    )
    for row in rows:
        places.setdefault(row.sku, {}).setdefault(row.slot, []).append((row.since_at, row.until_at or END))
    found: dict[str, list[Interval]] = {}
    for sku, by_place in places.items():
        every, *others = by_place.values()
        for other in others:
            every = _shared(every, other)
        found[sku] = every
    return found


def read_histories(
    connection: Connection, kiosk_id: str, today: date, *, days: int = HISTORY_DAYS, sku: str = ""
) -> dict[str, tuple[Day, ...]]:
    """The days of every product that was sold in the window, oldest first, without today.

    A product's history begins on the day after its first sale in the window: the day before it may not have been for sale
    yet, and a history that begins with a sale would flatter it.

    Args:
        connection: For reading.
        kiosk_id: Whose.
        today: The UTC day that is not over yet.
        days: Length of the window.
        sku: Only this product.
    """
    first = today - timedelta(days=days)
    sold = _sold(connection, kiosk_id, first, today, sku)
    out = _sold_out(connection, kiosk_id, first)
    return {
        sku: tuple(
            Day(day, by_day.get(day.isoformat(), 0), availability_of(day, out.get(sku, ())))
            for day in days_between(date.fromisoformat(min(by_day)) + timedelta(days=1), today)
        )
        for sku, by_day in sorted(sold.items())
    }
