"""Where the year's kiosks stand and how people buy there: hours, weekdays, seasons, favourites, what walks away unpaid.

The numbers are ours, chosen so that a page shows what a vendor would recognise; nothing rests on them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from inventory.catalogue import Product


@dataclass(frozen=True, slots=True)
class Site:
    """One place with one kiosk.

    Attributes:
        kiosk_id: Of its journal.
        name: What people call it.
        visits: Visits of a usual working day.
        weekdays: Share of those on each weekday, Monday first.
        hours: Hour of the local clock -> weight.
        tastes: Category -> weight among the goods of the planogram; 1 where it is not named.
        away: First and last (month, day) of a time when few people are there, and the share that stays.
        unpaid: Of a thousand pieces taken from the shelf, so many are never scanned.
        rounds: Weekdays (0 is Monday) on which the clerk comes.
        collects: The weekday of the collection.
        clerks: Who comes, in turn.
    """

    kiosk_id: str
    name: str
    visits: float
    weekdays: tuple[float, ...]
    hours: Mapping[int, int]
    tastes: Mapping[str, float]
    away: tuple[tuple[int, int], tuple[int, int], float]
    unpaid: int
    rounds: tuple[int, ...]
    collects: int
    clerks: tuple[str, ...]


SITES: Final[tuple[Site, ...]] = (
    Site(
        kiosk_id="DEMO-1",
        name="Office, Lindenhof",
        visits=24.0,
        weekdays=(1.0, 1.1, 1.15, 1.05, 0.8, 0.1, 0.05),
        hours={7: 4, 8: 9, 9: 10, 10: 9, 11: 8, 12: 16, 13: 11, 14: 8, 15: 10, 16: 7, 17: 4, 18: 2},
        tastes={
            "hot_drinks": 2.6,
            "bakery": 2.6,
            "fruit": 1.9,
            "meals": 1.9,
            "dairy": 1.3,
            "everyday": 0.2,
            "ice_cream": 0.8,
        },
        away=((12, 23), (1, 3), 0.15),
        unpaid=12,
        rounds=(0, 2, 4),
        collects=4,
        clerks=("sami", "jonas"),
    ),
    Site(
        kiosk_id="DEMO-2",
        name="Hospital, West Wing",
        visits=21.0,
        weekdays=(1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.95),
        hours=dict(enumerate((3, 3, 3, 2, 2, 4, 7, 6, 5, 6, 7, 7, 9, 8, 9, 9, 8, 6, 6, 7, 6, 5, 5, 4))),
        tastes={
            "drinks": 1.5,
            "meals": 2.4,
            "fruit": 1.7,
            "bakery": 1.6,
            "dairy": 1.4,
            "everyday": 1.6,
            "hot_drinks": 1.6,
        },
        away=((7, 1), (7, 2), 0.95),
        unpaid=20,
        rounds=(0, 2, 4, 6),
        collects=2,
        clerks=("mina", "jonas"),
    ),
    Site(
        kiosk_id="DEMO-3",
        name="Dormitory, Am Kanal",
        visits=23.0,
        weekdays=(0.9, 0.95, 1.0, 1.05, 1.15, 1.1, 0.95),
        hours=dict(enumerate((7, 4, 2, 0, 0, 0, 0, 0, 3, 4, 4, 5, 6, 6, 5, 5, 6, 7, 8, 9, 11, 12, 12, 10))),
        tastes={
            "drinks": 1.9,
            "sweets": 1.7,
            "snacks": 2.0,
            "meals": 2.0,
            "bakery": 1.3,
            "dairy": 1.2,
            "fruit": 0.6,
            "hot_drinks": 0.7,
        },
        away=((7, 20), (9, 25), 0.45),
        unpaid=45,
        rounds=(0, 1, 3, 5),
        collects=1,
        clerks=("mina", "sami"),
    ),
)

WARM: Final[Mapping[str, float]] = {
    "ice_cream": 1.6,
    "drinks": 0.35,
    "fruit": 0.2,
    "hot_drinks": -0.35,
    "bakery": -0.1,
    "sweets": -0.15,
}
"""How much more a category sells at the height of summer than on average; as much less in the depth of winter."""

HOTTEST: Final = 200
"""The day of the year in July around which the seasons turn."""

KEEPS_DAYS: Final = 300
"""How long goods may be sold of which the goods file says nothing."""


def life_days(product: Product) -> int:
    """How many days after they came goods may be sold."""
    return product.shelf_life_days or KEEPS_DAYS


def warmth(day: date) -> float:
    """The season, from -1 in January to 1 in July."""
    return math.cos(2 * math.pi * (day.timetuple().tm_yday - HOTTEST) / 365)


def season_of(category: str, day: date) -> float:
    """How much more of a category is sold on that day than on the year's average."""
    return 1.0 + WARM.get(category, 0.0) * warmth(day)


def is_away(site: Site, day: date) -> bool:
    """Whether the day falls into the time when few people are there; it may span the new year."""
    first, last, _ = site.away
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last


def visits_of(site: Site, day: date) -> float:
    """How many visits are expected on that day."""
    share = site.away[2] if is_away(site, day) else 1.0
    return site.visits * site.weekdays[day.weekday()] * share
