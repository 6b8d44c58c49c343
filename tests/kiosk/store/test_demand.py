"""What the readings tell of demand: days, and when a product was sold out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from inventory.forecast import Availability, Day
from kiosk.core import events as ev
from kiosk.core.facts import STORE
from kiosk.journal.entry import recorded_of
from kiosk.store.database import reading
from kiosk.store.demand import availability_of, read_histories
from kiosk.store.reading import day_bounds
from kiosk.store.verify import verify_journal
from tests.kiosk.ledger_world import KIOSK_ID, World

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
TODAY = date(2026, 11, 21)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def outs(world: World, slot: str) -> list[tuple[object, ...]]:
    return world.rows(f"SELECT since_at, until_at FROM stock_out WHERE slot = '{slot}' ORDER BY epoch, seq")


def spoil(world: World, slot: str, qty: int) -> None:
    world.ask(
        ev.StockCounted(token=f"waste-{world.state.seq}", by="clerk", slot=slot, move="spoilage", qty=qty)
    )


def fill(world: World, slot: str, qty: int) -> None:
    world.ask(ev.StockCounted(token=f"fill-{world.state.seq}", by="clerk", slot=slot, move="fill", qty=qty))


def days_pass(world: World, days: float) -> None:
    world.clock.move(round(days * DAY_MS))
    world.tell()


def histories(world: World, today: date, timezone: str = "UTC") -> dict[str, tuple[Day, ...]]:
    with reading(world.reader) as connection:
        return read_histories(connection, KIOSK_ID, today, timezone=timezone)


def test_the_sale_of_the_last_piece_begins_a_sold_out_time_and_a_fill_ends_it(world: World) -> None:
    world.count("A1", 1)
    assert outs(world, "A1") == []
    world.sale()
    world.done()
    (sold,) = [each for each in world.recorded() if type(each.fact).__name__ == "SaleClosed"]
    assert outs(world, "A1") == [(sold.at, "")]
    world.clock.move(HOUR_MS)
    fill(world, "A1", 5)
    filled = recorded_of(world.entries()[-1])
    assert outs(world, "A1") == [(sold.at, filled.at)]
    with reading(world.reader) as connection:
        assert verify_journal(connection).problems == ()


def test_waste_and_counts_empty_a_place_as_sales_do(world: World) -> None:
    spoil(world, "A1", 5)
    world.count("A2", 0)
    world.count("A2", 0)
    assert len(outs(world, "A1")) == len(outs(world, "A2")) == 1


def test_a_book_below_zero_is_wrong_and_sells_nothing_out(world: World) -> None:
    fill(world, "S1", 1)
    spoil(world, "S1", 1)
    spoil(world, "S1", 1)
    ((_, until_at),) = outs(world, "S1")
    assert until_at != ""
    fill(world, "S1", 1)  # the book is at zero again, though nobody took anything
    assert len(outs(world, "S1")) == 2


def test_two_sold_out_times_in_one_moment_are_two_rows(world: World) -> None:
    for qty in (0, 3, 0, 4):
        world.clock.move(-20)  # every turn moves the clock by so much: all of these are one moment
        world.count("A1", qty)
    assert len({until for _, until in outs(world, "A1")}) == 1
    assert len(outs(world, "A1")) == 2


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z", Availability.NONE),
        ("2026-11-01T00:00:00.000Z", "9999", Availability.NONE),
        ("2026-11-20T23:59:59.000Z", "9999", Availability.PART),
        ("2026-11-19T00:00:00.000Z", "2026-11-20T00:00:00.001Z", Availability.PART),
        ("2026-11-19T00:00:00.000Z", "2026-11-20T00:00:00.000Z", Availability.ALL_DAY),
        ("2026-11-21T00:00:00.000Z", "9999", Availability.ALL_DAY),
    ],
)
def test_a_day_is_cut_only_by_what_lies_in_it(since: str, until: str, said: Availability) -> None:
    assert availability_of(day_bounds(date(2026, 11, 20), "UTC"), [(since, until)]) is said


def test_a_history_begins_after_the_first_sale_and_knows_the_days_without_one(world: World) -> None:
    world.sale()
    world.done()
    days_pass(world, 3)
    world.sale()
    world.done()
    days_pass(world, 1)
    found = histories(world, TODAY + timedelta(days=4))
    assert list(found) == ["COLA"]
    assert [day.sold for day in found["COLA"]] == [0, 0, 1]
    assert found["COLA"][0] == Day(TODAY + timedelta(days=1), 0)


def test_a_sold_out_day_is_told_apart_from_a_day_that_nobody_wanted_it(world: World) -> None:
    world.count("A1", 2)
    world.sale()
    world.done()
    days_pass(world, 1)
    world.sale()
    world.done()
    days_pass(world, 3)
    told = [day.availability for day in histories(world, TODAY + timedelta(days=4))["COLA"]]
    assert told == [Availability.PART, Availability.NONE, Availability.NONE]


def test_a_product_that_lies_elsewhere_too_is_not_sold_out(world: World) -> None:
    fill(world, "S1", 9)
    world.count("A2", 1)
    world.choose("A2")
    world.coin(200)
    world.coin(50)
    world.vend("delivered")
    world.pay()
    world.done()
    days_pass(world, 2)
    assert len(outs(world, "A2")) == 1
    (day,) = histories(world, TODAY + timedelta(days=2))["NUTS"]
    assert day.availability is Availability.ALL_DAY


def test_an_empty_storeroom_is_not_sold_out(world: World) -> None:
    for move, qty in (("receive", 3), ("take_out", 3)):
        event = ev.StockCounted(f"store-{move}", "clerk", STORE, move, qty, sku="NUTS")
        assert not world.ask(event).notice.is_refusal
    assert world.rows(f"SELECT qty FROM stock WHERE slot = '{STORE}'") == [(0,)]
    assert outs(world, STORE) == []


def test_without_a_sale_there_is_no_history(world: World) -> None:
    assert histories(world, TODAY) == {}
