"""What people counted and threw away, read from the journal's tables within a window of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest

from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.store.database import reading
from kiosk.store.losses import COUNT, USUAL_GAP_DAYS, WASTE, Losses, read_doubts, read_losses, usual_gap
from tests.kiosk.ledger_world import KIOSK_ID, PRODUCTS, SLOTS, World

TODAY = date(2026, 11, 21)
CATALOGUE = Catalogue.of(PRODUCTS, SLOTS)

_tokens = count()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def move(world: World, slot: str, kind: str, qty: int, **more: str) -> None:
    event = ev.StockCounted(f"loss-{next(_tokens)}", "clerk", slot, kind, qty, **more)  # type: ignore[arg-type]  # by name
    notice = world.ask(event).notice
    assert not notice.is_refusal, notice


def days_pass(world: World, days: int) -> None:
    world.clock.move(days * 86_400_000)
    world.tell()


def losses(world: World, *, today: date = TODAY, days: int = 28) -> Losses:
    with reading(world.reader) as connection:
        return read_losses(connection, KIOSK_ID, CATALOGUE, today=today, days=days, timezone="UTC")


def test_what_was_counted_short_is_missing_and_what_was_thrown_away_stands_apart(world: World) -> None:
    move(world, "S1", "fill", 10)
    move(world, "S1", "spoilage", 2, reason="damaged")
    move(world, "S1", "count", 5)
    (nuts,) = losses(world).shrinks
    assert (nuts.tally.missing_qty, nuts.tally.spoilt_qty, nuts.tally.counts) == (3, 2, 1)
    assert nuts.unknown_qty == 3
    found = losses(world).finds["NUTS"]
    assert [(each.move, each.qty, each.found) for each in found] == [(COUNT, 3, 5), (WASTE, 2, 0)]
    (week,) = [each for each in losses(world).weeks if each.wasted_minor]
    assert (week.wasted_minor, week.missing_minor) == (2 * 120, 3 * 120)


def test_every_find_opens_the_entry_it_was_made_by(world: World) -> None:
    move(world, "S1", "fill", 10)
    move(world, "S1", "count", 9)
    ((epoch, seq),) = [each.position for each in losses(world).finds["NUTS"]]
    assert epoch == 1
    fact = world.recorded()[seq - 1].fact
    assert isinstance(fact, f.StockMoved)
    assert fact.move == "count"


def test_a_fill_is_neither_a_loss_nor_a_count(world: World) -> None:
    move(world, "A1", "fill", 2)
    move(world, "S1", "fill", 2)
    assert losses(world).shrinks == ()


def test_waste_of_two_lots_in_one_act_is_one_find(world: World) -> None:
    move(world, "S1", "fill", 2, expires_on="2026-12-01")
    move(world, "S1", "fill", 2, expires_on="2026-12-09")
    move(world, "S1", "spoilage", 3, reason="expired")
    (found,) = losses(world).finds["NUTS"]
    assert found.qty == 3


def test_what_sold_after_the_last_count_has_not_been_looked_at(world: World) -> None:
    world.sale()
    world.done()
    move(world, "A1", "count", 4)
    days_pass(world, 1)
    world.sale()
    world.done()
    (cola,) = losses(world, today=TODAY + timedelta(days=1)).shrinks
    assert cola.tally.sold_qty == 1


def test_what_lies_before_the_window_is_not_read(world: World) -> None:
    move(world, "S1", "fill", 10)
    move(world, "S1", "count", 8)
    days_pass(world, 28)
    assert losses(world, today=TODAY + timedelta(days=27)).shrinks != ()
    assert losses(world, today=TODAY + timedelta(days=28)).shrinks == ()


def test_the_usual_gap_is_the_middle_one_between_days_of_filling(world: World) -> None:
    def gap(after: int) -> int:
        with reading(world.reader) as connection:
            return usual_gap(connection, KIOSK_ID, CATALOGUE, TODAY + timedelta(days=after), timezone="UTC")

    assert gap(0) == USUAL_GAP_DAYS
    for days in (3, 3, 14):
        days_pass(world, days)
        move(world, "S1", "fill", 1)
        move(world, "S1", "fill", 1)
    assert gap(20) == 3
    assert gap(200) == USUAL_GAP_DAYS


def test_doubt_is_as_old_as_the_last_count_and_as_wide_as_what_it_showed(world: World) -> None:
    world.sale()
    world.done()
    move(world, "A1", "count", 4)
    days_pass(world, 5)
    today = TODAY + timedelta(days=5)
    found = losses(world, today=today)
    with reading(world.reader) as connection:
        cola, nuts = read_doubts(connection, KIOSK_ID, CATALOGUE, found, today=today, days=28, timezone="UTC")
    assert (cola.sku, cola.days, cola.is_uncounted, cola.daily) == ("COLA", 5, False, 1 / 28)
    assert cola.width == pytest.approx(0.975)  # none of one piece is hardly any evidence
    assert (nuts.sku, nuts.days, nuts.is_uncounted, nuts.width) == ("NUTS", 28, True, 1.0)
