"""Months of the accounts in two calendars: they cover every day once, whichever is kept."""

from __future__ import annotations

from datetime import date, timedelta

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.months import (
    Calendar,
    are_months,
    calendar_of,
    month_days,
    month_of,
    month_on,
    months_between,
)

DAYS = st.dates(date(1900, 1, 1), date(2190, 12, 31))


@given(DAYS, st.sampled_from(Calendar))
def test_each_day_lies_in_one_month_and_months_follow_without_a_gap(day: date, calendar: Calendar) -> None:
    month = month_of(day, calendar)
    first, last = month_days(month)
    assert first <= day <= last
    assert calendar_of(month) is calendar
    assert month_of(last + timedelta(days=1), calendar) == month_on(month, 1)
    assert month_of(first - timedelta(days=1), calendar) == month_on(month, -1)
    assert 28 <= (last - first).days + 1 <= 31


@given(DAYS, st.sampled_from(Calendar), st.integers(-240, 240))
def test_steps_there_and_back_are_counted(day: date, calendar: Calendar, steps: int) -> None:
    month = month_of(day, calendar)
    other = month_on(month, steps)
    assert month_on(other, -steps) == month
    assert months_between(month, other) == steps
    assert (other > month) == (steps > 0), "months are in the order of their names"


def test_a_jalali_year_begins_in_march_and_has_its_leap_day_at_its_end() -> None:
    assert month_days("1405-01") == (date(2026, 3, 21), date(2026, 4, 20))
    assert month_days("1403-12") == (date(2025, 2, 19), date(2025, 3, 20)), "a leap year: thirty days"
    assert month_days("1404-12") == (date(2026, 2, 20), date(2026, 3, 20))
    assert month_of(date(2026, 11, 22), Calendar.JALALI) == "1405-09"


def test_the_oldest_months_of_either_calendar_end_within_it() -> None:
    _, last = month_days("1599-12")
    assert jdatetime.date.fromgregorian(date=last) + jdatetime.timedelta(days=1) == jdatetime.date(1600, 1, 1)
    assert month_days("1600-01")[0] == date(1600, 1, 1)


@pytest.mark.parametrize(
    "text", ["", "now", "2026-3", "2026-13", "2026-00", "0000-01", "9999-12", "۲۰۲۶-۰۳", "2026-03-01"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no month|outside"):
        month_days(text)
    assert not are_months([text], Calendar.GREGORIAN)


def test_a_step_out_of_the_calendar_is_refused() -> None:
    for month, steps in (("1599-12", 1), ("1600-01", -1), ("9998-12", 1), ("0001-01", -1)):
        with pytest.raises(ValueError, match="calendar"):
            month_on(month, steps)
    with pytest.raises(ValueError, match="before every journal"):
        month_of(date(1599, 12, 31), Calendar.JALALI)


def test_months_of_a_configuration_are_of_its_calendar() -> None:
    assert are_months(["1405-01", "1405-02"], Calendar.JALALI)
    assert not are_months(["1405-01", "2026-05"], Calendar.JALALI)
    assert are_months([], Calendar.JALALI)
