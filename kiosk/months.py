"""Months of the vendor's accounts: of the Gregorian calendar, or of the Jalali (Solar Hijri) one, where the year begins in March.

A month is written as year and number, ``2026-03`` or ``1405-08``. The year says of which calendar it is: the journal has no entry
of a Gregorian year as low as a Jalali one. So an address that somebody kept goes on naming the same days, whatever the
configuration says today.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum
from typing import Final

import jdatetime

YEAR_MONTHS: Final = 12

JALALI_BELOW: Final = 1600
"""Years below it are Jalali: two centuries from now in that calendar, four centuries before the first vending machine in ours."""

MONTH_FORM: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


class Calendar(StrEnum):
    """By which months a vendor keeps accounts."""

    GREGORIAN = "gregorian"
    JALALI = "jalali"


def calendar_of(month: str) -> Calendar:
    """Of which calendar a month is.

    Raises:
        ValueError: It is no month.
    """
    return Calendar.JALALI if _parts(month)[0] < JALALI_BELOW else Calendar.GREGORIAN


def are_months(texts: Iterable[str], calendar: Calendar) -> bool:
    """Whether each of these is a month of this calendar."""
    try:
        return all(calendar_of(text) is calendar for text in texts)
    except ValueError:
        return False


def month_of(day: date, calendar: Calendar) -> str:
    """The month in which a day lies.

    Raises:
        ValueError: It lies before the year `JALALI_BELOW`, whose months could not be told from Jalali ones.
    """
    if day.year < JALALI_BELOW:
        raise ValueError(f"{day} lies before every journal")
    if calendar is Calendar.JALALI:
        jalali = jdatetime.date.fromgregorian(date=day)
        return f"{jalali.year:04d}-{jalali.month:02d}"
    return f"{day.year:04d}-{day.month:02d}"


def month_on(month: str, steps: int) -> str:
    """The month so many after this one, or before it where ``steps`` is negative.

    Raises:
        ValueError: It is no month, or the other one is not in its calendar.
    """
    year, number = _parts(month)
    years, rest = divmod(number - 1 + steps, YEAR_MONTHS)
    other = f"{year + years:04d}-{rest + 1:02d}"
    if calendar_of(other) is not calendar_of(month):
        raise ValueError(f"{other!r} is not in the calendar of {month!r}")
    return other


def months_between(first: str, last: str) -> int:
    """How many months ``last`` comes after ``first``, of the same calendar.

    Raises:
        ValueError: One of them is no month.
    """
    (year, number), (to_year, to_number) = _parts(first), _parts(last)
    return YEAR_MONTHS * (to_year - year) + to_number - number


def month_days(month: str) -> tuple[date, date]:
    """First and last day of a month, as every other part of the product counts days.

    Raises:
        ValueError: It is no month, or the last that a calendar knows.
    """
    (year, number), calendar = _parts(month), calendar_of(month)
    next_year, next_number = year + number // YEAR_MONTHS, number % YEAR_MONTHS + 1
    return (
        _first_day(year, number, calendar),
        _first_day(next_year, next_number, calendar) - timedelta(days=1),
    )


def _first_day(year: int, number: int, calendar: Calendar) -> date:
    if calendar is Calendar.JALALI:
        day: date = jdatetime.date(year, number, 1).togregorian()
        return day
    return date(year, number, 1)


def _parts(month: str) -> tuple[int, int]:
    if not MONTH_FORM.fullmatch(month):
        raise ValueError(f"{month!r} is no month")
    year, number = int(month[:4]), int(month[5:])
    if not 0 < year < MAXYEAR:
        raise ValueError(f"{month!r} is outside the calendar")
    return year, number
