"""The days of a kiosk: which moments of the journal, in UTC, a day on its own clock has, and sums by day. One definition for all.

A day begins at the kiosk's midnight, and where clocks change it has 23 or 25 hours.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from kiosk.core.goods import day_of
from kiosk.store import models
from kiosk.store.figures import Kind, figures_between
from kiosk.store.reading import day_bounds

WEEK_DAYS: Final = 7


class Days:
    """A stretch of a kiosk's days, its last one included."""

    def __init__(self, first: date, last: date, timezone: str) -> None:
        """Work out the bounds of ``first`` to ``last`` in a zone of the IANA list.

        A stretch of which ``last`` is before ``first`` has no day.
        """
        self.first = first
        self.last = last
        self._zone = ZoneInfo(timezone)
        count = max(0, (last - first).days + 1)
        # A day ends where the next begins, so one more bound than days.
        self._starts = [
            day_bounds(first + timedelta(days=number), timezone)[0] for number in range(count + 1)
        ]

    @property
    def start_at(self) -> str:
        """The first moment of the first day, as the journal writes it."""
        return self._starts[0]

    @property
    def end_at(self) -> str:
        """The first moment after the last day."""
        return self._starts[-1]

    def bounds(self, day: date) -> tuple[str, str]:
        """First moment of a day of the stretch, and of the next."""
        index = (day - self.first).days
        return self._starts[index], self._starts[index + 1]

    def day_of(self, at: str) -> date:
        """The day of a moment, a quarter of an hour (`kiosk.store.figures`) or a whole time; one outside the stretch, too."""
        # Midnights fall on whole minutes: what both texts have in common decides.
        minute = at[: len("2026-03-02T08:15")]
        index = bisect_right(self._starts, minute, key=lambda start: start[: len(minute)]) - 1
        if 0 <= index < len(self._starts) - 1:
            return self.first + timedelta(days=index)
        return date.fromisoformat(day_of(f"{minute}Z", self._zone))


def week_of(day: date, first_weekday: int) -> date:
    """The first day of a day's week, which begins on ``first_weekday`` (0 is Monday, 5 Saturday)."""
    return day - timedelta(days=(day.weekday() - first_weekday) % WEEK_DAYS)


@dataclass(frozen=True, slots=True)
class DaySum:
    """The sum of one name on one day at one kiosk; see `Kind` for what the numbers are."""

    day: date
    name: str
    qty: int
    amount_minor: int


def read_day_sums(
    connection: Connection, kiosk_id: str, kind: Kind, days: Days, *, name: str = ""
) -> tuple[DaySum, ...]:
    """Sums by day of the kiosk and name, of one name or of all; days without any are missing.

    It costs what was traded in the stretch, never what the history is.
    """
    table = models.figure
    statement = select(table.c.quarter, table.c.name, table.c.qty, table.c.amount_minor).where(
        figures_between((kiosk_id,), days.start_at, days.end_at), table.c.kind == kind.value
    )
    sums: dict[tuple[date, str], list[int]] = {}
    known: dict[str, date] = {}
    for row in connection.execute(statement.where(table.c.name == name) if name else statement):
        day = known.get(row.quarter)
        if day is None:
            day = known[row.quarter] = days.day_of(row.quarter)
        found = sums.setdefault((day, row.name), [0, 0])
        found[0] += row.qty
        found[1] += row.amount_minor
    return tuple(DaySum(day, own, *sums[day, own]) for day, own in sorted(sums))
