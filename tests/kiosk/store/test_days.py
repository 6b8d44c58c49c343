"""One definition of a day: the kiosk's own clock, with summer time, far from Greenwich, and weeks that begin on Saturday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.store.change_needs import days_between_visits, read_day_pieces
from kiosk.store.database import reading
from kiosk.store.days import Days, week_of
from kiosk.store.demand import read_histories
from kiosk.store.losses import read_losses, usual_gap
from tests.kiosk.ledger_world import KIOSK_ID, PRODUCTS, SLOTS, World
from tests.kiosk.store.test_change_needs import collected

CATALOGUE = Catalogue.of(PRODUCTS, SLOTS)
SATURDAY = date(2026, 11, 21)
HOUR_MS = 3_600_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """It is half past nine in the morning, UTC."""
    world = World(tmp_path)
    yield world
    world.close()


def hours(bounds: tuple[str, str]) -> float:
    start, end = (datetime.fromisoformat(each) for each in bounds)
    return (end - start) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "length"),
    [
        (date(2026, 3, 28), 24),
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
        (date(2026, 10, 26), 24),
    ],
)
def test_a_day_on_which_clocks_change_is_an_hour_shorter_or_longer(day: date, length: int) -> None:
    days = Days(day - timedelta(days=1), day + timedelta(days=1), "Europe/Berlin")
    start_at, end_at = days.bounds(day)
    assert hours((start_at, end_at)) == length
    last = datetime.fromisoformat(end_at) - timedelta(milliseconds=1)
    assert days.day_of(start_at) == days.day_of(start_at[:16]) == day
    assert days.day_of(last.strftime("%Y-%m-%dT%H:%M:%S.999Z")) == day
    assert days.day_of(end_at) == day + timedelta(days=1)


def test_a_moment_outside_the_stretch_has_its_day_too() -> None:
    days = Days(SATURDAY, SATURDAY, "Asia/Tehran")
    assert days.bounds(SATURDAY) == ("2026-11-20T20:30:00.000Z", "2026-11-21T20:30:00.000Z")
    assert days.day_of("2026-11-20T20:29:59.999Z") == date(2026, 11, 20)
    assert days.day_of("2026-11-21T20:30:00.000Z") == date(2026, 11, 22)
    empty = Days(SATURDAY, SATURDAY - timedelta(days=1), "UTC")
    assert (empty.start_at, empty.day_of("2026-11-21T00:00")) == (empty.end_at, SATURDAY)


@pytest.mark.parametrize(("first_weekday", "first"), [(0, 16), (5, 21), (6, 15)])
def test_a_week_begins_with_the_readers_day(first_weekday: int, first: int) -> None:
    assert week_of(SATURDAY, first_weekday) == date(2026, 11, first)


@pytest.mark.parametrize(("timezone", "later"), [("UTC", 0), ("Asia/Tehran", 1), ("America/New_York", 0)])
def test_what_is_sold_and_counted_late_in_the_evening_belongs_to_the_kiosks_day(
    world: World, timezone: str, later: int
) -> None:
    for _ in range(2):  # at 21:00 in UTC it is half past midnight in Tehran
        world.clock.move(round(11.5 * HOUR_MS))
        world.sale()
        world.done()
        world.count("A1", 4)
        world.clock.move(round(12.4 * HOUR_MS))
    today = SATURDAY + timedelta(days=3)
    with reading(world.reader) as connection:
        (cola,) = read_histories(connection, KIOSK_ID, today, timezone=timezone).values()
        losses = read_losses(
            connection, KIOSK_ID, CATALOGUE, today=today, days=7, timezone=timezone, first_weekday=5
        )
        pieces = read_day_pieces(connection, KIOSK_ID, today=today, timezone=timezone)
    sold = [day.on for day in cola if day.sold]
    assert sold == [SATURDAY + timedelta(days=1 + later)]
    assert [find.day for find in reversed(losses.finds["COLA"])] == [
        SATURDAY + timedelta(days=later),
        SATURDAY + timedelta(days=1 + later),
    ]
    assert losses.shrinks[0].tally.sold_qty == 2
    assert [week.first.weekday() for week in losses.weeks] == [5, 5]
    assert {each.day for each in pieces} == {
        SATURDAY + timedelta(days=later),
        SATURDAY + timedelta(days=1 + later),
    }


def test_the_hours_of_a_day_of_summer_time_are_neither_lost_nor_doubled(world: World) -> None:
    world.clock.move(126 * 24 * HOUR_MS + round(13.55 * HOUR_MS))  # just after midnight in Berlin
    for _ in range(24):
        world.ask(ev.StockCounted(f"fill-{world.state.seq}", "clerk", "S1", "fill", 1))
        world.ask(ev.StockCounted(f"waste-{world.state.seq}", "clerk", "S1", "spoilage", 1))
        world.clock.move(HOUR_MS)
    with reading(world.reader) as connection:
        finds = read_losses(
            connection, KIOSK_ID, CATALOGUE, today=date(2027, 3, 30), days=7, timezone="Europe/Berlin"
        ).finds["NUTS"]
    assert [find.day for find in finds] == [date(2027, 3, 29)] + 23 * [date(2027, 3, 28)]


def test_visits_on_two_sides_of_the_kiosks_midnight_are_two_days(world: World) -> None:
    times = ("2026-11-01T20:00:00.000Z", "2026-11-04T21:00:00.000Z", "2026-11-08T21:00:00.000Z")
    assert days_between_visits((collected(at) for at in times), "Asia/Tehran") == 4
    assert days_between_visits((collected(at) for at in times[::-1]), "UTC") == 4
    for number, wait in enumerate((11.5, 63)):
        world.clock.move(round(wait * HOUR_MS))
        world.ask(ev.StockCounted(f"visit-{number}", "clerk", "S1", "fill", 1))
    with reading(world.reader) as connection:
        gaps = [
            usual_gap(connection, KIOSK_ID, CATALOGUE, date(2026, 12, 1), timezone=timezone)
            for timezone in ("UTC", "Asia/Tehran")
        ]
    assert gaps == [3, 2]
