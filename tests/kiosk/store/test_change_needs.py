"""Which coins to bring: what was used, what is inside, and a margin."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kiosk.store.cash import CollectionRow
from kiosk.store.change_needs import DEFAULT_DAYS, DayPieces, Inside, change_needs, days_between_visits

TODAY = date(2026, 3, 29)


def day(back: int, went: int, came: int = 0) -> DayPieces:
    return DayPieces(TODAY - timedelta(days=back), "hopper.h50", 50, came, went)


STEADY = [day(back, 12, came=2) for back in range(1, 29)]


def test_a_steady_use_needs_its_mean_and_no_margin_in_whole_rolls() -> None:
    (need,) = change_needs(STEADY, {"h50": Inside(50, 30)}, today=TODAY, days=7, currency="EUR")
    assert (need.used, need.inside, need.bring, need.rolls, need.lasts_days) == (70, 30, 40, 1, 3)


def test_a_currency_without_rolls_is_told_by_the_piece() -> None:
    (need,) = change_needs(STEADY, {"h50": Inside(50, 31)}, today=TODAY, days=7, currency="XTS")
    assert (need.bring, need.rolls) == (39, 0)


def test_uneven_days_need_a_margin_and_days_without_use_count_as_none() -> None:
    uneven = [day(back, 28) for back in range(7, 29, 7)]
    (need,) = change_needs(uneven, {"h50": Inside(50, 0)}, today=TODAY, days=7, currency="XTS")
    assert need.used > 28
    assert need.bring == need.used


def test_today_is_not_over_and_older_weeks_do_not_count() -> None:
    (need,) = change_needs([day(0, 500), day(60, 500)], {"h50": Inside(50, 0)}, today=TODAY, days=7)
    assert (need.used, need.bring, need.lasts_days) == (0, 0, None)


@pytest.mark.parametrize("went", [0, -5])
def test_a_hopper_that_fills_itself_needs_nothing(went: int) -> None:
    (need,) = change_needs(
        [day(back, went, came=3) for back in (1, 2, 3)], {"h50": Inside(50, 0)}, today=TODAY, days=30
    )
    assert (need.bring, need.lasts_days) == (0, None)


@pytest.mark.parametrize(
    ("capacity", "inside", "bring", "rolls", "unmet"),
    [
        (70, 30, 40, 1, 0),
        (69, 30, 39, 0, 1),  # not even one roll fits: what fits, by the piece
        (60, 0, 40, 1, 10),  # one roll of the two that are needed
        (100, 0, 80, 2, 0),
        (
            75,
            0,
            40,
            1,
            0,
        ),  # two rolls do not fit, and 70 loose coins would: the second roll comes when there is room
        (50, 60, 0, 0, 10),  # more inside than it is said to hold: nothing goes in
    ],
)
def test_no_more_is_proposed_than_fits_and_what_no_filling_covers_is_told(
    capacity: int, inside: int, bring: int, rolls: int, unmet: int
) -> None:
    (need,) = change_needs(STEADY, {"h50": Inside(50, inside, capacity)}, today=TODAY, days=7, currency="EUR")
    assert (need.bring, need.rolls, need.unmet) == (bring, rolls, unmet)
    assert need.bring <= max(0, capacity - inside)
    assert need.full_days == capacity // 10


def collected(at: str) -> CollectionRow:
    return CollectionRow(
        "B", (1, 1), at, "clerk", "counted", by_piece=True, expected_minor=0, counted_minor=0, float_minor=0,
        float_left_minor=0, counted=(0, 0), counted_at="", counted_by="", corrections=0, bag="", holder="",
        moved_at="", banked_minor=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "usual"),
    [
        ((), DEFAULT_DAYS),
        (("2026-03-01", "2026-03-04"), DEFAULT_DAYS),
        (("2026-03-01", "2026-03-08", "2026-03-08", "2026-03-15", "2026-03-29"), 7),
        (("2025-01-01", "2025-06-01", "2026-01-01"), 60),
    ],
)
def test_the_usual_distance_of_visits_is_the_middle_one(days: tuple[str, ...], usual: int) -> None:
    assert days_between_visits((collected(f"{each}T08:00:00.000Z") for each in days), "UTC") == usual
