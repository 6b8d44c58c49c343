"""What the journal's readings tell of demand, of losses and of visits: day counts, sold-out times, what people did with goods.

A day here is the kiosk's own (`kiosk.store.days`), as on every page. Every reading is bounded by a window of days, never by the
length of the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, or_, select

from inventory.forecast import Availability, Day, days_between
from kiosk.core.facts import STORE
from kiosk.store import models
from kiosk.store.days import Days, read_day_sums
from kiosk.store.figures import Kind

HISTORY_DAYS: Final = 16 * 7
"""Sixteen of every weekday: enough for a week's shape, short enough to forget the last season."""

Interval = tuple[str, str]
"""From a moment (UTC text as the journal writes it) until before another."""


END: Final = "9999"
"""Later than every moment."""


def _shared(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """When both are the case."""
    both = [(max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right]
    return [each for each in both if each[0] < each[1]]


def availability_of(day: Interval, out: Iterable[Interval]) -> Availability:
    """Whether a product was there on a day, given by its bounds, when it was sold out everywhere during ``out``."""
    start, end = day
    touching = [each for each in out if each[0] < end and each[1] > start]
    if any(each[0] <= start and each[1] >= end for each in touching):
        return Availability.NONE
    return Availability.PART if touching else Availability.ALL_DAY


def _sold_out(connection: Connection, kiosk_id: str, start_at: str) -> dict[str, list[Interval]]:
    """When each product was sold out in all of its places at once."""
    stock, out = models.stock, models.stock_out
    places: dict[str, dict[str, list[Interval]]] = {}
    for row in connection.execute(select(stock.c.sku, stock.c.slot).where(stock.c.kiosk_id == kiosk_id)):
        if row.slot == STORE:
            continue  # nothing is sold out of the storeroom
        places.setdefault(row.sku, {})[row.slot] = []
    rows = connection.execute(
        select(out).where(out.c.kiosk_id == kiosk_id, or_(out.c.until_at == "", out.c.until_at >= start_at))
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
    connection: Connection,
    kiosk_id: str,
    today: date,
    *,
    timezone: str,
    days: int = HISTORY_DAYS,
    sku: str = "",
) -> dict[str, tuple[Day, ...]]:
    """The days of every product that was sold in the window, oldest first, without today.

    A product's history begins on the day after its first sale in the window: the day before it may not have been for sale
    yet, and a history that begins with a sale would flatter it.

    Args:
        connection: For reading.
        kiosk_id: Whose.
        today: The day at the kiosk, which is not over yet.
        timezone: The kiosk's.
        days: Length of the window.
        sku: Only this product.
    """
    window = Days(today - timedelta(days=days), today - timedelta(days=1), timezone)
    sold: dict[str, dict[date, int]] = {}
    for each in read_day_sums(connection, kiosk_id, Kind.SALE, window, name=sku):
        sold.setdefault(each.name, {})[each.day] = each.qty
    out = _sold_out(connection, kiosk_id, window.start_at)
    return {
        own: tuple(
            Day(day, by_day.get(day, 0), availability_of(window.bounds(day), out.get(own, ())))
            for day in days_between(min(by_day) + timedelta(days=1), today)
        )
        for own, by_day in sorted(sold.items())
    }
