"""What goods had cost: the stock by what came last, a loss by the cost of its day, and neither by a cost that changed since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import STORE
from kiosk.runtime.clock import stamp_of
from kiosk.store.database import reading
from kiosk.store.losses import read_losses
from kiosk.store.results import Result, read_results
from kiosk.store.stock_rows import LAYERS_KEPT
from kiosk.store.stock_value import StockValue, read_stock_values, value_of
from kiosk.store.verify import verify_journal
from tests.kiosk.ledger_world import KIOSK_ID, PRODUCTS, SLOTS, World

ALWAYS = ("2000-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z")
_tokens = count()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def cost(world: World, sku: str, cost_minor: int) -> dict[str, int]:
    """From now on a piece costs so much; what each product costs then."""
    products = tuple(replace(each, cost_minor=cost_minor) if each.sku == sku else each for each in PRODUCTS)
    world.ask(ev.CatalogueOffered("owner", Catalogue.of(products, SLOTS), f"digest-{next(_tokens)}"))
    world.tell()
    return {each.sku: each.cost_minor for each in products}


def move(world: World, slot: str, kind: str, qty: int, **more: str) -> None:
    event = ev.StockCounted(f"value-{next(_tokens)}", "clerk", slot, kind, qty, "NUTS", **more)  # type: ignore[arg-type]  # by name
    notice = world.ask(event).notice
    assert not notice.is_refusal, notice


def nuts(world: World, costs: dict[str, int]) -> StockValue:
    """The value of nuts alone."""
    with reading(world.reader) as connection:
        (value,) = read_stock_values(connection, [KIOSK_ID], costs).values()
        (without,) = read_stock_values(connection, [KIOSK_ID], {**costs, "NUTS": 0}).values()
    others = 5 * costs["COLA"]  # what every world begins with, filled at its cost
    assert value.recosted_qty == without.recosted_qty
    return StockValue(value.value_minor - others, value.recosted_qty)


def result(world: World, costs: dict[str, int]) -> Result:
    with reading(world.reader) as connection:
        (found,) = read_results(connection, [KIOSK_ID], *ALWAYS, costs_minor=costs)
    return found


@pytest.mark.parametrize(
    ("qty", "layers", "value"),
    [
        (0, [(5, 100)], (0, 0)),
        (5, [(5, 100)], (500, 0)),
        (7, [(5, 100), (9, 80)], (660, 0)),  # the last five that came, and two of those before
        (16, [(5, 100), (9, 80)], (500 + 720 + 2 * 120, 2)),
        (3, [], (360, 3)),
    ],
)
def test_what_lies_there_came_last(qty: int, layers: list[tuple[int, int]], value: tuple[int, int]) -> None:
    assert value_of(qty, layers, 120) == StockValue(*value)


def test_the_stock_stands_at_what_it_had_cost_when_it_came(world: World) -> None:
    first = nuts(world, cost(world, "NUTS", 120))  # filled when the world began
    assert first.recosted_qty == 0
    move(world, STORE, "receive", 10)
    cost(world, "NUTS", 150)
    move(world, STORE, "receive", 4)
    costs = cost(world, "NUTS", 999)
    assert nuts(world, costs).value_minor == first.value_minor + 10 * 120 + 4 * 150
    move(world, "S1", "fill", 6)  # from the storeroom: nothing came
    assert nuts(world, costs).value_minor == first.value_minor + 10 * 120 + 4 * 150
    move(world, "S1", "spoilage", 6)
    assert nuts(world, costs).value_minor == first.value_minor + 4 * 120 + 4 * 150
    with reading(world.reader) as connection:
        assert verify_journal(connection).problems == ()


def test_what_was_found_beyond_all_that_came_stands_at_todays_cost_and_says_so(world: World) -> None:
    before = nuts(world, cost(world, "NUTS", 120))
    move(world, "S1", "count", 3)
    assert nuts(world, cost(world, "NUTS", 130)) == StockValue(before.value_minor + 3 * 130, 3)


def test_only_the_last_costs_of_a_product_are_kept_and_equal_ones_are_one(world: World) -> None:
    for cost_minor in range(100, 100 + LAYERS_KEPT + 3):
        cost(world, "NUTS", cost_minor)
        move(world, STORE, "receive", 1)
        move(world, STORE, "receive", 1)
    layers = world.rows("SELECT qty, cost_minor FROM cost_layer WHERE sku = 'NUTS' ORDER BY epoch, seq")
    assert layers == [(2, cost_minor) for cost_minor in range(103, 103 + LAYERS_KEPT)]


def test_a_cost_that_changes_today_changes_no_loss_of_yesterday(world: World) -> None:
    costs = cost(world, "NUTS", 120)
    move(world, "S1", "fill", 12)
    move(world, "S1", "spoilage", 2, reason="damaged")
    move(world, "S1", "count", 7)
    before = result(world, costs)
    assert (before.waste_minor, before.missing_qty, before.missing_minor) == (240, 3, 360)
    later = cost(world, "NUTS", 500)
    after = result(world, later)
    assert after == before
    move(world, "S1", "spoilage", 1, reason="damaged")
    assert result(world, later).waste_minor == 240 + 500
    with reading(world.reader) as connection:
        losses = read_losses(
            connection, KIOSK_ID, world.catalogue(), today=date(2026, 11, 21), days=7, timezone="UTC"
        )
    assert (losses.wasted_minor, losses.unknown_minor) == (740, 360)
    assert sum(week.missing_minor for week in losses.weeks) == 360


def test_a_loss_whose_entry_does_not_say_what_it_had_cost_stands_at_todays_cost_and_says_so(
    world: World,
) -> None:
    """As entries were before costs were noted: the till no longer makes such."""
    move(world, "S1", "fill", 9)
    world.ledger.append(
        (f.StockMoved("old", "clerk", "NUTS", "S1", "spoilage", -2),), stamp_of(world.clock), ""
    )
    found = result(world, cost(world, "NUTS", 200))
    assert (found.waste_qty, found.waste_minor, found.recosted_qty) == (2, 400, 2)
