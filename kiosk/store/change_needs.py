"""Which coins to bring at the next visit: what hoppers gave out and took in lately, carried forward to the next visit.

Arithmetic on the daily sums of `read_day_pieces`, by the kiosk's own days. It is a forecast: the mean of the last weeks and a
margin that suffices nine times in ten if days are independent and alike; it knows no holidays.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kiosk.core.goods import day_of
from kiosk.core.postings import hopper_container, hopper_of
from kiosk.store.cash import CollectionRow
from kiosk.store.days import Days, read_day_sums
from kiosk.store.figures import Kind

HISTORY_DAYS: Final = 28
"""Four of each weekday: recent enough to follow the season, long enough to know a bad day."""

MARGIN: Final = 1.28
"""Standard deviations above the mean below which nine of ten normal draws lie."""

DEFAULT_DAYS: Final = 7
LONGEST_DAYS: Final = 60
"""Visits that are further apart than this are no rhythm."""

RHYTHM: Final = 8
"""So many collections tell how far apart visits are."""

ROLLS: Final[Mapping[str, Mapping[int, int]]] = MappingProxyType(
    {"EUR": MappingProxyType({1: 50, 2: 50, 5: 50, 10: 40, 20: 40, 50: 40, 100: 25, 200: 25})}
)
"""Currency -> value -> coins in a roll, as the euro area's central banks hand them out; other currencies are counted by piece."""


@dataclass(frozen=True, slots=True)
class DayPieces:
    """Pieces of one value that came into and went out of one container on one day of the kiosk."""

    day: date
    container: str
    value_minor: int
    came: int
    went: int


@dataclass(frozen=True, slots=True)
class ChangeNeed:
    """What one hopper needs until the next visit.

    Attributes:
        device: The hopper.
        value_minor: Its coin.
        inside: Coins in it by the books.
        used: What it is expected to give out more than it takes in, the margin included.
        bring: Coins to bring, whole rolls where there are any, and never more than there is room for.
        rolls: So many rolls; 0 where coins are not rolled, or where not even one roll fits.
        lasts_days: Days until it is empty at the mean; None when it does not empty.
        capacity: Coins that it holds; None where nobody entered it, and then nobody knows whether ``bring`` fits.
        unmet: Coins that are needed beyond all that it holds: somebody must come twice, or give it more room.
        full_days: Days that it lasts when it is full at the mean; None when it does not empty, or its size is unknown.
    """

    device: str
    value_minor: int
    inside: int
    used: int
    bring: int
    rolls: int
    lasts_days: int | None
    capacity: int | None = None
    unmet: int = 0
    full_days: int | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """A hopper, tube or recycler: what one piece is worth, how many it holds by the books, and how many fit (None: unknown)."""

    value_minor: int
    qty: int
    capacity: int | None = None


def read_day_pieces(
    connection: Connection, kiosk_id: str, *, today: date, timezone: str
) -> tuple[DayPieces, ...]:
    """What change came and went on each of the last `HISTORY_DAYS` before ``today``."""
    window = Days(today - timedelta(days=HISTORY_DAYS), today - timedelta(days=1), timezone)
    found = []
    for each in read_day_sums(connection, kiosk_id, Kind.PIECE, window):
        container, _, value = each.name.rpartition(":")
        found.append(DayPieces(each.day, container, int(value), each.qty, each.amount_minor))
    return tuple(found)


def read_hopper_values(
    connection: Connection, kiosk_id: str, *, today: date, timezone: str
) -> dict[str, int]:
    """Hopper -> what one of its pieces is worth, of those that gave or got any lately."""
    pieces = read_day_pieces(connection, kiosk_id, today=today, timezone=timezone)
    return {hopper_of(each.container): each.value_minor for each in pieces}


def days_between_visits(collections: Iterable[CollectionRow], timezone: str) -> int:
    """The usual distance of collections in days (the middle one), or a week when there are too few to tell."""
    zone = ZoneInfo(timezone)
    days = sorted({date.fromisoformat(day_of(each.at, zone)) for each in collections}, reverse=True)[:RHYTHM]
    steps = sorted((later - earlier).days for later, earlier in itertools.pairwise(days))
    if len(steps) < 2:
        return DEFAULT_DAYS
    return min(LONGEST_DAYS, max(1, steps[len(steps) // 2]))


def change_needs(
    pieces: Iterable[DayPieces],
    inside: Mapping[str, Inside],
    *,
    today: date,
    days: int,
    currency: str = "",
) -> tuple[ChangeNeed, ...]:
    """What to bring, the smallest coin first.

    Args:
        pieces: Daily sums of the last `HISTORY_DAYS`; days without any are days without use.
        inside: By hopper.
        today: Not counted: it is not over.
        days: Until the next visit.
        currency: For its rolls.
    """
    used: dict[str, dict[date, int]] = {}
    for each in pieces:
        if today - timedelta(days=HISTORY_DAYS) <= each.day < today:
            by_day = used.setdefault(each.container, {})
            by_day[each.day] = by_day.get(each.day, 0) + each.went - each.came
    first = min((day for by_day in used.values() for day in by_day), default=today)
    span = (today - first).days
    rolls = ROLLS.get(currency, {})
    found = [
        _need(
            device, each, used.get(hopper_container(device), {}), span, days, rolls.get(each.value_minor, 0)
        )
        for device, each in inside.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.value_minor, each.device)))


def _need(  # noqa: PLR0917 - one row of the reckoning
    device: str, inside: Inside, by_day: Mapping[date, int], span: int, days: int, roll: int
) -> ChangeNeed:
    mean = sum(by_day.values()) / span if span else 0.0
    spread = sum((each - mean) ** 2 for each in by_day.values()) + (span - len(by_day)) * mean**2
    deviation = math.sqrt(spread / (span - 1)) if span > 1 else 0.0
    expected = max(0, math.ceil(mean * days + MARGIN * deviation * math.sqrt(days)))
    held = max(0, inside.qty)
    short = max(0, expected - held)
    count = -(-short // roll) if roll else 0
    bring = count * roll if roll else short
    room = bring if inside.capacity is None else max(0, inside.capacity - held)
    if bring > room:  # as many whole rolls as fit; a rest of less than a roll stays with whoever carries it
        count = room // roll if roll else 0
        bring = count * roll or min(short, room)
    return ChangeNeed(
        device=device,
        value_minor=inside.value_minor,
        inside=inside.qty,
        used=expected,
        bring=bring,
        rolls=count,
        lasts_days=int(held / mean) if mean > 0 else None,
        capacity=inside.capacity,
        unmet=0 if inside.capacity is None else max(0, short - room),
        full_days=int(inside.capacity / mean) if inside.capacity is not None and mean > 0 else None,
    )
