"""Which coins to bring at the next visit: what hoppers gave out and took in lately, carried forward to the next visit.

Pure arithmetic on the daily sums of `kiosk.store.cash.read_day_pieces`. It is a forecast: the mean of the last weeks and a
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

from kiosk.core.postings import hopper_container
from kiosk.store.cash import CollectionRow, DayPieces

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
class ChangeNeed:
    """What one hopper needs until the next visit.

    Attributes:
        device: The hopper.
        value_minor: Its coin.
        inside: Coins in it by the books.
        used: What it is expected to give out more than it takes in, the margin included.
        bring: Coins to bring, whole rolls where there are any.
        rolls: So many rolls; 0 where coins are not rolled.
        lasts_days: Days until it is empty at the mean; None when it does not empty.
    """

    device: str
    value_minor: int
    inside: int
    used: int
    bring: int
    rolls: int
    lasts_days: int | None


def days_between_visits(collections: Iterable[CollectionRow]) -> int:
    """The usual distance of collections in days (the middle one), or a week when there are too few to tell."""
    days = sorted({date.fromisoformat(each.at[:10]) for each in collections}, reverse=True)[:RHYTHM]
    steps = sorted((later - earlier).days for later, earlier in itertools.pairwise(days))
    if len(steps) < 2:
        return DEFAULT_DAYS
    return min(LONGEST_DAYS, max(1, steps[len(steps) // 2]))


def change_needs(
    pieces: Iterable[DayPieces],
    inside: Mapping[str, tuple[int, int]],
    *,
    today: date,
    days: int,
    currency: str = "",
) -> tuple[ChangeNeed, ...]:
    """What to bring, the smallest coin first.

    Args:
        pieces: Daily sums of the last `HISTORY_DAYS`; days without any are days without use.
        inside: Hopper -> value of its coin, and how many it holds.
        today: Not counted: it is not over.
        days: Until the next visit.
        currency: For its rolls.
    """
    used: dict[str, dict[date, int]] = {}
    for each in pieces:
        day = date.fromisoformat(each.day)
        if today - timedelta(days=HISTORY_DAYS) <= day < today:
            by_day = used.setdefault(each.container, {})
            by_day[day] = by_day.get(day, 0) + each.went - each.came
    first = min((day for by_day in used.values() for day in by_day), default=today)
    span = (today - first).days
    rolls = ROLLS.get(currency, {})
    found = [
        _need(device, value_minor, qty, used.get(hopper_container(device), {}), span, days, rolls)
        for device, (value_minor, qty) in inside.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.value_minor, each.device)))


def _need(  # noqa: PLR0917 - one row of the reckoning
    device: str,
    value_minor: int,
    qty: int,
    by_day: Mapping[date, int],
    span: int,
    days: int,
    rolls: Mapping[int, int],
) -> ChangeNeed:
    mean = sum(by_day.values()) / span if span else 0.0
    spread = sum((each - mean) ** 2 for each in by_day.values()) + (span - len(by_day)) * mean**2
    deviation = math.sqrt(spread / (span - 1)) if span > 1 else 0.0
    expected = max(0, math.ceil(mean * days + MARGIN * deviation * math.sqrt(days)))
    short = max(0, expected - max(0, qty))
    roll = rolls.get(value_minor, 0)
    count = -(-short // roll) if roll else 0
    return ChangeNeed(
        device=device,
        value_minor=value_minor,
        inside=qty,
        used=expected,
        bring=count * roll if roll else short,
        rolls=count,
        lasts_days=int(max(0, qty) / mean) if mean > 0 else None,
    )
