"""A plan is taken by the till's own thread: durable in the goods' table, in the same commit as its facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from inventory.catalogue import Place, Slot
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.places import new_of, row_of
from tests.kiosk.runtime.kiosk_thread import KioskThread, keep_goods
from tests.kiosk.world import MORNING, fresh

NUMBERS = count()


@pytest.fixture
def kiosk(quick_folder: Path, template: Path) -> Iterator[KioskThread]:
    folder = fresh(quick_folder / f"plans-{next(NUMBERS)}", template)
    keep_goods(folder)
    running = KioskThread(folder)
    running.start()
    yield running
    running.end()


def test_planned_prices_are_in_the_goods_table_as_soon_as_they_are_in_the_journal(kiosk: KioskThread) -> None:
    today, tomorrow = (MORNING.date() + timedelta(days=days) for days in (0, 1))
    kiosk.ask(ev.PricesOffered("owner", "t1", tomorrow.isoformat(), (("chips", 180),)))
    kiosk.ask(ev.PricesOffered("owner", "t2", today.isoformat(), (("water", 170), ("chips", 160))))
    kiosk.until(lambda state: len(state.plans) == 1)
    kiosk.settle()
    assert [fact.sku for fact in kiosk.facts(f.PriceSet) if isinstance(fact, f.PriceSet)] == [
        "water",
        "chips",
    ]
    assert kiosk.scalar("SELECT price_minor FROM product WHERE sku = 'water'") == 170
    assert kiosk.scalar("SELECT price_minor FROM product WHERE sku = 'chips'") == 160
    assert kiosk.till.catalogue().products["chips"].price_minor == 160


def test_planned_places_are_in_the_goods_table_as_soon_as_they_are_in_the_journal(kiosk: KioskThread) -> None:
    today = MORNING.date().isoformat()
    before = row_of(kiosk.till.catalogue().slots["A1"])
    after = (before[0], "bar", before[2], 1, "left")
    kiosk.ask(ev.PlacesOffered("owner", "t1", today, (after,), (before,)))
    kiosk.until(lambda state: not state.plans)
    kiosk.settle()
    assert row_of(kiosk.till.catalogue().slots["A1"]) == after
    details = kiosk.scalar("SELECT details FROM slot WHERE code = 'A1'")
    assert '"sku":"bar"' in str(details)


def test_places_that_come_and_go_do_so_in_the_goods_table_too(kiosk: KioskThread) -> None:
    gone = row_of(kiosk.till.catalogue().slots["A1"])
    made = Slot("S9", Place.SHELF, "chips", 20, 10, zone="left")
    kiosk.ask(ev.StockCounted("none", "clerk", "A1", "count", 0))
    today = MORNING.date().isoformat()
    event = ev.PlacesOffered(
        "owner", "t1", today, (row_of(made),), (gone,), new=(new_of(made),), gone=("A1",)
    )
    kiosk.ask(event)
    kiosk.until(lambda state: not state.plans)
    kiosk.settle()
    slots = kiosk.till.catalogue().slots
    assert slots["S9"] == made
    assert "A1" not in slots
    assert kiosk.scalar("SELECT count(*) FROM slot") == len(slots)
    assert kiosk.scalar("SELECT count(*) FROM slot WHERE code = 'S9'") == 1
