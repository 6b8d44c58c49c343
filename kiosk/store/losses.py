"""What people found and threw away: counts against the book, waste, how often somebody comes, and what to count next.

Bounded by a window of days: the journal's place at its beginning is found by halving, and each product's moves follow from
there in the order of their key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from inventory.catalogue import Catalogue, Product
from inventory.shrink import Doubt, Interval, Shrink, Tally, clopper_pearson, explain
from kiosk.core.goods import day_of
from kiosk.store import models
from kiosk.store.days import WEEK_DAYS, Days, read_day_sums, week_of
from kiosk.store.figures import Kind
from kiosk.store.reading import Position, start_of

RHYTHM_DAYS: Final = 8 * WEEK_DAYS
"""Fills of so many days tell how often somebody comes."""

USUAL_GAP_DAYS: Final = 7
"""Until two visits are known, a week: the usual route of a vendor with a few machines."""

GAP_MOST_DAYS: Final = 28
"""Longer than four weeks nobody leaves a machine; a longer gap was a holiday."""

COUNT: Final = "count"
WASTE: Final = "spoilage"
FILL: Final = "fill"


@dataclass(frozen=True, slots=True)
class Find:
    """One count or one waste of a product at a place.

    Attributes:
        sku: The product.
        slot: The place.
        at: When, UTC.
        day: The day at the kiosk.
        position: The entry.
        move: `COUNT` or `WASTE`.
        qty: Pieces missing (negative: too many), or thrown away.
        found: What was counted; 0 for waste.
        cost_minor: What a piece cost then; what it costs today where the entry does not say.
    """

    sku: str
    slot: str
    at: str
    day: date
    position: Position
    move: str
    qty: int
    found: int
    cost_minor: int


@dataclass(frozen=True, slots=True)
class Week:
    """Losses of one week at cost, in minor units; ``missing_minor`` is below zero when counts found more than was booked.

    ``first`` is the first day of the calendar's week; the window's first and last week may be cut.
    """

    first: date
    wasted_minor: int
    missing_minor: int


@dataclass(frozen=True, slots=True)
class Losses:
    """What was lost in a window.

    Attributes:
        shrinks: Products with a count or waste, the most money first.
        finds: What each of them is made of: SKU -> counts and wastes, newest first.
        weeks: The window by weeks, oldest first.
        wasted_minor: What was thrown away, at what it had cost then.
        unknown_minor: What is missing and nothing explains, likewise; below zero when more was found than was booked.
    """

    shrinks: tuple[Shrink, ...]
    finds: Mapping[str, tuple[Find, ...]]
    weeks: tuple[Week, ...]
    wasted_minor: int
    unknown_minor: int


def _moves(connection: Connection, kiosk_id: str, catalogue: Catalogue, window: Days) -> list[Find]:
    """What people did with products since a window began, lots of one move together, in the order of the entries."""
    table = models.stock_move
    since = start_of(connection, kiosk_id, window.start_at)
    rows = connection.execute(
        select(table)
        .where(
            table.c.kiosk_id == kiosk_id,
            table.c.sku.in_(sorted(catalogue.products)),
            models.place_in(table) >= since,
        )
        .order_by(table.c.epoch, table.c.seq, table.c.part)
    )
    found: list[Find] = []
    for row in rows:
        before = found.pop() if row.part else None
        qty = -row.qty + (before.qty if before else 0)
        position = (row.epoch, row.seq)
        found.append(
            Find(
                sku=row.sku,
                slot=row.slot,
                at=row.at,
                day=window.day_of(row.at),
                position=position,
                move=row.move,
                qty=qty,
                found=max(0, row.found),
                cost_minor=row.cost_minor if row.cost_minor >= 0 else catalogue.products[row.sku].cost_minor,
            )
        )
    return found


def usual_gap(
    connection: Connection, kiosk_id: str, catalogue: Catalogue, today: date, *, timezone: str
) -> int:
    """Days between two visits: the middle one of the gaps between days on which somebody filled, or `USUAL_GAP_DAYS`."""
    window = Days(today - timedelta(days=RHYTHM_DAYS), today, timezone)
    moves = _moves(connection, kiosk_id, catalogue, window)
    days = sorted({each.day for each in moves if each.move == FILL})
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    if not gaps:
        return USUAL_GAP_DAYS
    return max(1, min(GAP_MOST_DAYS, round(median(gaps))))


def _sold_until(
    connection: Connection, kiosk_id: str, window: Days, ends: Mapping[str, date | None]
) -> dict[str, int]:
    """Pieces sold of each product in ``ends`` from the window's beginning until its own last day, that day too; None: never."""
    sold: dict[str, int] = {}
    for each in read_day_sums(connection, kiosk_id, Kind.SALE, window):
        end = ends.get(each.name)
        if end is not None and each.day <= end:
            sold[each.name] = sold.get(each.name, 0) + each.qty
    return sold


def read_losses(
    connection: Connection,
    kiosk_id: str,
    catalogue: Catalogue,
    *,
    today: date,
    days: int,
    timezone: str,
    first_weekday: int = 0,
) -> Losses:
    """Counts, waste and what is missing in the last ``days`` days, today included.

    What left is counted until a product's last count: what sold after it has not been looked at yet.

    Args:
        connection: For reading.
        kiosk_id: Whose.
        catalogue: Its goods.
        today: The day at the kiosk.
        days: Length of the window.
        timezone: The kiosk's.
        first_weekday: With which day the reader's weeks begin; 0 is Monday.
    """
    window = Days(today - timedelta(days=days - 1), today, timezone)
    moves = _moves(connection, kiosk_id, catalogue, window)
    finds: dict[str, list[Find]] = {}
    for each in moves:
        if each.move in {COUNT, WASTE}:
            finds.setdefault(each.sku, []).append(each)
    ends = {sku: _last_count(own) for sku, own in finds.items()}
    sold = _sold_until(connection, kiosk_id, window, ends)
    shrinks = explain(_tally(catalogue.products[sku], own, sold.get(sku, 0)) for sku, own in finds.items())
    wasted = {sku: _value_of(own, WASTE) for sku, own in finds.items()}
    unknown = {each.tally.sku: _unknown_minor(each, finds[each.tally.sku]) for each in shrinks}
    ranked = sorted(
        shrinks,
        key=lambda each: (-wasted[each.tally.sku] - max(0, unknown[each.tally.sku]), each.tally.sku),
    )
    return Losses(
        shrinks=tuple(ranked),
        finds={sku: tuple(reversed(own)) for sku, own in finds.items()},
        weeks=_weeks(finds, window, first_weekday),
        wasted_minor=sum(wasted.values()),
        unknown_minor=sum(unknown.values()),
    )


def _last_count(finds: Iterable[Find]) -> date | None:
    return max((each.day for each in finds if each.move == COUNT), default=None)


def _value_of(finds: Iterable[Find], move: str) -> int:
    return sum(each.qty * each.cost_minor for each in finds if each.move == move)


def _unknown_minor(shrink: Shrink, finds: Sequence[Find]) -> int:
    """What the unexplained pieces had cost: their share of all that the counts found missing, which no count tells apart."""
    missing, unknown = shrink.tally.missing_qty, shrink.unknown_qty
    if missing == 0:  # what one count lacked another found: nothing is left but swaps
        return unknown * finds[-1].cost_minor
    return round(Fraction(_value_of(finds, COUNT) * unknown, missing))


def _tally(product: Product, finds: Iterable[Find], sold_qty: int) -> Tally:
    finds = tuple(finds)
    counts = [each for each in finds if each.move == COUNT]
    return Tally(
        sku=product.sku,
        price_minor=product.price_minor,
        group=product.category,
        missing_qty=sum(each.qty for each in counts),
        spoilt_qty=sum(each.qty for each in finds if each.move == WASTE),
        sold_qty=sold_qty,
        counts=len(counts),
    )


def _weeks(finds: Mapping[str, Iterable[Find]], window: Days, first_weekday: int) -> tuple[Week, ...]:
    """The calendar's weeks that the window touches."""
    start = week_of(window.first, first_weekday)
    weeks = ((window.last - start).days // WEEK_DAYS) + 1
    sums = [[0, 0] for _ in range(weeks)]
    for own in finds.values():
        for each in own:
            index = min(weeks - 1, max(0, (each.day - start).days // WEEK_DAYS))
            sums[index][each.move == COUNT] += each.qty * each.cost_minor
    return tuple(
        Week(start + timedelta(days=WEEK_DAYS * index), wasted, missing)
        for index, (wasted, missing) in enumerate(sums)
    )


def read_doubts(
    connection: Connection,
    kiosk_id: str,
    catalogue: Catalogue,
    losses: Losses,
    *,
    today: date,
    days: int,
    timezone: str,
) -> tuple[Doubt, ...]:
    """How much a count of each product with a place is worth now.

    Args:
        connection: For reading.
        kiosk_id: Whose.
        catalogue: Goods and places.
        losses: Of the same window.
        today: The day of the visit, at the kiosk.
        days: Length of the window; a product that was not counted in it is as old as the window.
        timezone: The kiosk's.
    """
    window = Days(today - timedelta(days=days - 1), today, timezone)
    planned = {slot.sku for slot in catalogue.slots.values()} & catalogue.products.keys()
    sold = _sold_until(connection, kiosk_id, window, dict.fromkeys(planned, today))
    rates = {each.tally.sku: each.rate for each in losses.shrinks if each.rate is not None}
    last = {sku: _last_count(own) for sku, own in losses.finds.items()}
    doubts = []
    for sku in sorted(planned):
        day = last.get(sku)
        age = (today - day).days if day is not None else days
        rate: Interval = rates.get(sku) or clopper_pearson(0, 0)
        doubts.append(
            Doubt(
                sku=sku,
                days=max(0, age),
                is_uncounted=day is None,
                daily=sold.get(sku, 0) / days,
                price_minor=catalogue.products[sku].price_minor,
                width=rate.width,
            )
        )
    return tuple(doubts)


def read_last_counts(
    connection: Connection, kiosk_id: str, doubts: Iterable[Doubt], timezone: str
) -> dict[str, date]:
    """When products that were not counted in their window were last counted before it; who is missing never was.

    Meant for the few that a page names. Only what people did with those is looked at, the newest first: a few hundred rows a
    year for a product that nobody counts.
    """
    table = models.stock_move
    found: dict[str, date] = {}
    for sku in sorted(doubt.sku for doubt in doubts if doubt.is_uncounted):
        at = connection.execute(
            select(table.c.at)
            .where(table.c.kiosk_id == kiosk_id, table.c.sku == sku, table.c.move == COUNT)
            .order_by(table.c.epoch.desc(), table.c.seq.desc())
            .limit(1)
        ).scalar()
        if at is not None:
            found[sku] = date.fromisoformat(day_of(at, ZoneInfo(timezone)))
    return found
