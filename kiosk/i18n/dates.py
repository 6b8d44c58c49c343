"""Dates and times in the reader's calendar: Jalali in Persian, Gregorian in English and Arabic, all in the kiosk's time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import jdatetime
from babel.dates import format_date as babel_date

from kiosk.i18n.language import ascii_digits, check_language, localise_digits
from kiosk.months import JALALI_BELOW, Calendar, calendar_of, month_days

_NBSP: Final = "\u00a0"


def local_time(at: str, timezone: str) -> datetime:
    """A journal time (ISO 8601; UTC unless it says otherwise) on the kiosk's clock.

    Args:
        at: As facts carry it.
        timezone: IANA name.

    Raises:
        ValueError: ``at`` is no time.
        ZoneInfoNotFoundError: There is no such zone.
    """
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo(timezone))


def format_day(day: date, language: str) -> str:
    """A day with its month in words: ``21 November 2026``, ``۳۰ آبان ۱۴۰۵``, ``٢١ نوفمبر ٢٠٢٦``."""
    if check_language(language) == "fa":
        jalali = jdatetime.date.fromgregorian(date=day)
        month = jdatetime.date.j_months_fa[jalali.month - 1]
        text = f"{jalali.day}{_NBSP}{month}{_NBSP}{jalali.year}"
    else:
        text = str(babel_date(day, f"d{_NBSP}MMMM{_NBSP}y", locale=language))
    return localise_digits(text, language)


class DayError(ValueError):
    """This is no day; write year, month and day."""


_TYPED: Final = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})", re.ASCII)
"""Year first, as both calendars are written in order; without marks between them, month and day have two digits each."""


OLDEST_YEAR: Final = 1000
"""Of either calendar: a year with fewer digits is a slip."""


def parse_day(text: str) -> date:
    """A day that a person or a browser's field gives: ``2026-11-22``, ``۱۴۰۵/۰۹/۰۱``, ``14050901``; in any of the digit sets.

    Raises:
        DayError: It is no day of the calendar that its year belongs to.
    """
    found = _TYPED.fullmatch(ascii_digits(text).strip())
    if found is None or (not found[2] and len(found[3] + found[4]) != len("0901")):
        raise DayError(f"{text!r} is no day")
    year, month, day = int(found[1]), int(found[3]), int(found[4])
    if year < OLDEST_YEAR:
        raise DayError(f"{text!r} is no day")
    try:
        if year < JALALI_BELOW:
            read: date = jdatetime.date(year, month, day).togregorian()
            return read
        return date(year, month, day)
    except ValueError as error:
        raise DayError(f"{text!r} is no day: {error}") from error


def field_day(day: date, language: str) -> str:
    """A day as it stands in a field: ISO 8601 for a browser's own field, ``۱۴۰۵/۰۹/۰۱`` in Persian, which has none.

    Raises:
        ValueError: No Jalali day is as old.
    """
    if check_language(language) != "fa":
        return day.isoformat()
    jalali = jdatetime.date.fromgregorian(date=day)
    return localise_digits(f"{jalali.year:04d}/{jalali.month:02d}/{jalali.day:02d}", language)


def format_month(month: str, language: str) -> str:
    """A month of the accounts (`kiosk.months`) by its name: ``November 2026``, ``نوفمبر ٢٠٢٦``, ``آبان ۱۴۰۵``.

    A month of another calendar than the reader's own is named with both ends, so that nobody takes it for a month that they know:
    ``۱۰ آبان – ۹ آذر ۱۴۰۵`` for November, ``Aban 1405 (23 October – 21 November 2026)``.

    Raises:
        ValueError: It is no month.
    """
    is_jalali = calendar_of(month) is Calendar.JALALI
    if check_language(language) == "fa":
        return (
            localise_digits(_jalali_month(month, language), language) if is_jalali else _span(month, language)
        )
    if is_jalali:
        return f"{localise_digits(_jalali_month(month, language), language)} ({_span(month, language)})"
    first, _ = month_days(month)
    return localise_digits(str(babel_date(first, f"LLLL{_NBSP}y", locale=language)), language)


def _jalali_month(month: str, language: str) -> str:
    names = jdatetime.date.j_months_en if language == "en" else jdatetime.date.j_months_fa
    year, number = month.split("-")
    return f"{names[int(number) - 1]}{_NBSP}{int(year)}"


def _span(month: str, language: str) -> str:
    """First and last day of a month, the year once where it is the same."""
    begin, end = (format_day(day, language) for day in month_days(month))
    (opening, opened), (_, closed) = (each.rsplit(_NBSP, 1) for each in (begin, end))
    return f"{opening if opened == closed else begin} – {end}"


def format_due(at: str, timezone: str, language: str) -> str:
    """By when somebody answers, with the day of the week: ``Thursday, 26 November 2026, 20:00``."""
    moment = local_time(at, timezone)
    comma = "،" if language in {"fa", "ar"} else ","
    weekday = babel_date(moment.date(), "EEEE", locale=check_language(language))
    return f"{weekday}{comma} {format_moment(at, timezone, language)}"


def format_clock(moment: datetime, language: str) -> str:
    """Hours and minutes on a clock of 24 hours."""
    return localise_digits(f"{moment.hour:02d}:{moment.minute:02d}", language)


def format_moment(at: str, timezone: str, language: str) -> str:
    """Day and time of a journal time, with the comma of the language between them."""
    moment = local_time(at, timezone)
    comma = "،" if language in {"fa", "ar"} else ","
    return f"{format_day(moment.date(), language)}{comma} {format_clock(moment, language)}"
