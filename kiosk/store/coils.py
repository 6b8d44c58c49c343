"""Which coils jam: the ones that fail more often than all the others, and not by chance.

A coil stands out when even the lower end of its failure rate lies above the upper end of everybody else's (Clopper-Pearson, exact
for a binomial count). Forty coils are looked at every day, so the intervals are wide: one false alarm in a year is too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from inventory.shrink import clopper_pearson
from kiosk.store.figures import Kind, read_figures
from kiosk.store.reading import day_bounds

LOOK_BACK_DAYS: Final = 30
"""A coil gets worse over weeks; what it did before a repair of last month says nothing of it."""

SURE: Final = 0.998
"""Of an interval: one coil in a thousand lies above its upper end by chance."""

FAILED_LEAST: Final = 4
"""Three jams are a crooked bag of crisps; somebody drives out for a coil."""


@dataclass(frozen=True, slots=True)
class Turns:
    """How often a coil turned, and after how many turns nothing came or nobody could tell."""

    turned: int
    failed: int


@dataclass(frozen=True, slots=True)
class JammingCoil:
    """A coil that fails more often than the others.

    Attributes:
        kiosk_id: Which kiosk.
        slot: Its place.
        own: Its turns.
        others: The turns of all other coils together.
    """

    kiosk_id: str
    slot: str
    own: Turns
    others: Turns


def stand_out(turns: Mapping[tuple[str, str], Turns]) -> tuple[JammingCoil, ...]:
    """The coils that fail more often than the others, the worst first.

    Args:
        turns: Kiosk and place -> its turns.

    The worst is taken out before the next one is compared: it would hide it among "the others".
    """
    left = {key: each for key, each in turns.items() if each.turned}
    found: list[JammingCoil] = []
    while left:
        key = max(left, key=lambda each: (left[each].failed / left[each].turned, left[each].failed))
        own = left.pop(key)
        others = Turns(sum(each.turned for each in left.values()), sum(each.failed for each in left.values()))
        if own.failed < FAILED_LEAST:
            if not any(each.failed >= FAILED_LEAST for each in left.values()):
                break
            continue
        usual = clopper_pearson(others.failed, others.turned, SURE)
        if clopper_pearson(own.failed, own.turned, SURE).low <= usual.high and others.turned:
            break
        found.append(JammingCoil(*key, own, others))
    return tuple(found)


def read_jamming(
    connection: Connection, kiosk_ids: Iterable[str], today: date, timezone: str
) -> tuple[JammingCoil, ...]:
    """The coils of these kiosks that stood out in the last `LOOK_BACK_DAYS`, today included."""
    start_at, _ = day_bounds(today - timedelta(days=LOOK_BACK_DAYS - 1), timezone)
    _, end_at = day_bounds(today, timezone)
    figures = read_figures(connection, kiosk_ids, Kind.TURN, start_at, end_at)
    return stand_out(
        {(each.kiosk_id, each.name): Turns(each.qty, each.amount_minor + each.part_minor) for each in figures}
    )
