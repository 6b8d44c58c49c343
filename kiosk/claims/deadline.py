"""By when a person answers a claim: so many working days of the vendor's own week, at an hour when people still are up.

The day is counted on the kiosk's own clock, so neither a change to summer time nor the date line moves it. Which days are
working days is the vendor's: a week may begin on Saturday, and Friday may be the day of rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.config import ANSWER_DAYS, WEEKDAYS, WORKDAYS, Config

EVENING: Final = time(20, 0)
"""An answer by telephone is polite until then, and no zone changes its clock at that hour."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised to whoever claims.

    Attributes:
        timezone: IANA name; the kiosk's.
        days: Working days after the one on which the claim came; at least 1.
        workdays: Members of `kiosk.config.WEEKDAYS`, at least one.
    """

    timezone: str
    days: int = ANSWER_DAYS
    workdays: tuple[str, ...] = WORKDAYS

    def due(self, at: datetime) -> datetime:
        """By when a claim of this moment is answered: the evening of the last working day, in UTC."""
        return self._evening(self._worked(at, self.days))

    def remind(self, at: datetime) -> datetime:
        """From when the vendor is reminded: the evening of the working day before, so that one whole working day is left."""
        return self._evening(self._worked(at, self.days - 1))

    def _worked(self, at: datetime, days: int) -> date:
        """The day on which so many working days have passed since the day of ``at``."""
        day = at.astimezone(ZoneInfo(self.timezone)).date()
        while days:
            day += timedelta(days=1)
            if WEEKDAYS[day.weekday()] in self.workdays:
                days -= 1
        return day

    def _evening(self, day: date) -> datetime:
        return datetime.combine(day, EVENING, ZoneInfo(self.timezone)).astimezone(UTC)


def promise_of(config: Config) -> Promise:
    """What the configuration promises."""
    claims = config.claims
    return Promise(timezone=config.timezone, days=claims.answer_days, workdays=claims.workdays)
