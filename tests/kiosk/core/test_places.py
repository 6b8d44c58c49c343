"""A plan of places waits for its day, is taken once, and relabels nothing that lies there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inventory.catalogue import Catalogue
from inventory.stockroom import with_slots
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.places import PLACES_MOST, row_of, slots_of
from kiosk.core.screen import Grid
from tests.kiosk.world import World

DAY = "2026-03-09"


def row(world: World, slot: str, **changes: str | int) -> f.PlaceRow:
    return row_of(replace(world.shop.catalogue.slots[slot], **changes))  # type: ignore[arg-type]


def offer(world: World, *rows: f.PlaceRow, token: str = "t", day: str = DAY) -> ev.PlacesOffered:
    slots = world.shop.catalogue.slots
    before = tuple(row_of(slots[each[0]]) for each in rows if each[0] in slots)
    return ev.PlacesOffered("owner", token, day, rows, before)


def planned(world: World) -> f.PlacesPlanned:
    (fact,) = world.facts(f.PlacesPlanned)
    assert isinstance(fact, f.PlacesPlanned)
    return fact


def take(world: World) -> None:
    """The day comes, and the goods follow, as the loop lets them."""
    world.step(ev.PlacesDue(planned(world)))
    slots = slots_of(world.facts(f.PlaceSet), world.shop.catalogue)
    world.shop = replace(world.shop, catalogue=with_slots(world.shop.catalogue, slots))


def test_a_plan_of_places_waits_and_each_place_says_what_it_was(world: World) -> None:
    was = world.shop.catalogue.slots["A1"]
    assert world.ask(offer(world, row(world, "A1", sku="bar", par_qty=2, zone="left"))).key == "done"
    assert world.facts(f.PlaceSet) == []
    take(world)
    (change,) = world.facts(f.PlaceSet)
    assert isinstance(change, f.PlaceSet)
    assert (change.was_sku, change.sku, change.par_qty, change.zone) == (was.sku, "bar", 2, "left")
    assert change.plan == planned(world).plan
    assert world.facts(f.PlacesTaken) == [f.PlacesTaken(change.plan, changed=1, passed_over=0)]
    assert world.state.plans == ()


def test_a_plan_of_places_is_taken_once(world: World) -> None:
    world.ask(offer(world, row(world, "A1", sku="bar")))
    take(world)
    world.step(ev.PlacesDue(planned(world)))
    assert len(world.facts(f.PlacesTaken)) == 1


def test_a_form_of_places_that_is_sent_twice_plans_once_also_after_a_start(world: World) -> None:
    event = offer(world, row(world, "A1", sku="bar"))
    world.ask(event)
    world.crash()
    assert world.ask(event).key == "done"
    assert len(world.facts(f.PlacesPlanned)) == 1


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"sku": "gold"}, "place_unfit"),
        ({"capacity": 0}, "place_unfit"),
        ({"par_qty": 999}, "place_unfit"),
        ({"capacity": 501}, "place_unfit"),
    ],
)
def test_a_place_that_cannot_be_is_not_planned(world: World, changes: dict[str, str | int], key: str) -> None:
    assert world.ask(offer(world, row(world, "A2", sku="bar"), row(world, "A1", **changes))).key == key
    assert world.facts(f.PlacesPlanned) == []


def test_a_plan_of_places_has_a_day_and_places_that_are_there_once_each(world: World) -> None:
    one = row(world, "A1", sku="bar")
    asked = {
        "plan_day": offer(world, one, day="soon"),
        "plan_size": offer(world),
        "unknown_slot": offer(world, ("Z9", "bar", 5, 5, "")),
    }
    assert {key: world.ask(event).key for key, event in asked.items()} == {key: key for key in asked}
    assert world.ask(offer(world, one, one)).key == "plan_size"
    assert world.ask(offer(world, *[(f"A{n}", "bar", 5, 5, "") for n in range(PLACES_MOST + 1)])).is_refusal
    assert world.facts(f.PlacesPlanned) == []


def test_a_change_that_came_meanwhile_is_not_planned_over(world: World) -> None:
    event = offer(world, row(world, "A1", sku="bar"))
    slot = replace(world.shop.catalogue.slots["A1"], par_qty=1)
    world.shop = replace(world.shop, catalogue=with_slots(world.shop.catalogue, (slot,)))
    assert world.ask(event).key == "catalogue_changed"


def test_a_plan_waits_while_somebody_shops(world: World) -> None:
    world.ask(offer(world, row(world, "A1", sku="bar")))
    world.scan("water")
    world.step(ev.PlacesDue(planned(world)))
    assert world.facts(f.PlacesTaken) == []


def test_a_place_that_no_longer_fits_is_passed_over_and_counted(world: World) -> None:
    world.ask(offer(world, row(world, "A1", sku="bar"), row(world, "A2", par_qty=1)))
    goods, slots = dict(world.shop.catalogue.products), dict(world.shop.catalogue.slots)
    goods["bar"] = replace(goods["bar"], is_retired=True)
    del slots["A2"]
    world.shop = replace(world.shop, catalogue=Catalogue.of(tuple(goods.values()), tuple(slots.values())))
    take(world)
    assert world.facts(f.PlacesTaken) == [f.PlacesTaken(planned(world).plan, changed=0, passed_over=2)]


def sells(world: World, slot: str) -> int:
    views = Grid().draw(world.state, world.shop, date(2026, 3, 2).isoformat())
    return next(view.qty for view in views if view.code == slot)


def test_a_coil_with_other_goods_in_it_sells_nothing_until_they_are_out(world: World) -> None:
    was = world.shop.catalogue.slots["A1"].sku
    other = next(sku for sku in ("bar", "chips") if sku != was)
    lying = world.state.coils["A1"].qty
    assert sells(world, "A1") == lying > 0
    world.ask(offer(world, row(world, "A1", sku=other)))
    take(world)
    assert sells(world, "A1") == 0
    assert world.choose("A1").key == "sold_out"
    world.ask(ev.StockCounted("out", "clerk", "A1", "take_out", lying, sku=was))
    world.ask(ev.StockCounted("in", "clerk", "A1", "fill", 3))
    assert {lot.sku: lot.qty for lot in world.state.lots["A1"]} == {other: 3}
    assert sells(world, "A1") == 3


def test_a_coil_that_is_tried_gives_what_hangs_in_it_not_what_is_planned(world: World) -> None:
    was = world.shop.catalogue.slots["A1"].sku
    other = next(sku for sku in ("bar", "chips") if sku != was)
    world.ask(offer(world, row(world, "A1", sku=other)))
    take(world)
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.CoilTestAsked("try", "clerk", "A1"))
    (started,) = world.facts(f.CoilTestStarted)
    assert isinstance(started, f.CoilTestStarted)
    assert started.sku == was


def test_plans_of_places_are_audited_clean_and_read_again_as_they_were(world: World) -> None:
    world.ask(offer(world, row(world, "A1", sku="bar")))
    take(world)
    world.ask(offer(world, row(world, "A2", par_qty=1), token="another"))
    world.stop()
    assert audit_journal(world.folder / "kiosk.db").problems == ()
    world.start()
    assert [plan.from_day for plan in world.state.plans] == [DAY]
    assert world.verify().problems == ()
