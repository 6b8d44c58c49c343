"""A plan of places waits for its day, is taken once, and relabels nothing that lies there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hardware import events as hw
from inventory.catalogue import Catalogue, Place, Slot
from inventory.stockroom import with_slots
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.places import PLACES_MOST, gone_of, is_possible, new_of, row_of, slots_of, why_stays
from kiosk.core.screen import Grid
from kiosk.core.state import CoilBook, Lot, State
from tests.kiosk.world import BAR, World

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
    changes = world.facts()
    slots, gone = slots_of(changes, world.shop.catalogue), gone_of(changes)
    world.shop = replace(world.shop, catalogue=with_slots(world.shop.catalogue, slots, gone))


def test_a_plan_of_places_waits_and_each_place_says_what_it_was(world: World) -> None:
    was = world.shop.catalogue.slots["A1"]
    assert world.ask(offer(world, row(world, "A1", sku="bar", par_qty=2, zone="left"))).key == "done"
    assert world.facts(f.PlaceSet) == []
    take(world)
    (change,) = world.facts(f.PlaceSet)
    assert isinstance(change, f.PlaceSet)
    assert (change.was_sku, change.sku, change.par_qty, change.zone) == (was.sku, "bar", 2, "left")
    assert change.plan == planned(world).plan
    assert change.plan.startswith("P")
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
        ({"par_qty": -1}, "place_unfit"),
        ({"sku": "gold"}, "place_unfit"),
        ({"capacity": 0}, "place_unfit"),
        ({"par_qty": 999}, "place_unfit"),
        ({"capacity": 501}, "place_unfit"),
    ],
)
def test_a_place_that_cannot_be_is_not_planned(world: World, changes: dict[str, str | int], key: str) -> None:
    assert world.ask(offer(world, row(world, "A2", sku="bar"), row(world, "A1", **changes))).key == key
    assert world.facts(f.PlacesPlanned) == []


@pytest.mark.parametrize(
    ("place", "product", "room", "is_fit"),
    [
        (Place.COIL, {}, (1, 0), True),
        (Place.COIL, {}, (500, 500), True),
        (Place.COIL, {}, (5, 6), False),
        (Place.COIL, {"is_retired": True}, (5, 5), False),
        (Place.COIL, {"is_loose": True}, (5, 5), False),
        (Place.SHELF, {"is_loose": True}, (5, 5), True),
        (Place.SHELF, {"is_retired": True}, (5, 5), False),
    ],
)
def test_a_product_that_is_sold_lies_where_it_may_and_has_room(
    place: Place, product: dict[str, bool], room: tuple[int, int], is_fit: bool
) -> None:
    goods = Catalogue.of((replace(BAR, **product),), ())  # type: ignore[arg-type]  # fields by name
    assert is_possible(Slot("A1", place, "bar", *room, coil=1), goods) is is_fit


def test_a_place_that_is_so_already_is_neither_changed_nor_passed_over(world: World) -> None:
    was = world.shop.catalogue.slots["A1"]
    world.ask(offer(world, row(world, "A1"), row(world, "A2", capacity=7, par_qty=3, zone="left")))
    take(world)
    plan, zone = planned(world).plan, was.zone
    assert world.facts(f.PlacesTaken) == [f.PlacesTaken(plan, changed=1, passed_over=0)]
    (change,) = world.facts(f.PlaceSet)
    assert change == f.PlaceSet("owner", "A2", "bar", "bar", 7, 8, 3, 8, "left", zone, plan)


def test_a_plan_of_places_is_taken_beside_another_that_waits(world: World) -> None:
    first = offer(world, row(world, "A1", sku="bar"), token="one")
    world.ask(first)
    take(world)
    world.ask(offer(world, row(world, "A2", par_qty=1), token="two"))
    world.ask(offer(world, row(world, "A2", par_qty=2), token="three"))
    plans = [fact for fact in world.facts(f.PlacesPlanned) if isinstance(fact, f.PlacesPlanned)]
    world.step(ev.PlacesDue(plans[0]))
    assert len(world.facts(f.PlacesTaken)) == 1, "it was taken before"
    world.step(ev.PlacesDue(plans[2]))
    assert [plan.plan for plan in world.state.plans] == [plans[1].plan]


def test_a_plan_of_places_has_a_day_and_places_that_are_there_once_each(world: World) -> None:
    one = row(world, "A1", sku="bar")
    asked = {
        "plan_day": offer(world, one, day="soon"),
        "plan_size": offer(world),
        "unknown_slot": offer(world, ("Z9", "bar", 5, 5, "")),
    }
    assert {key: world.ask(event).key for key, event in asked.items()} == {key: key for key in asked}
    assert world.ask(offer(world, one, one)).key == "plan_size"
    many = [(f"A{n}", "bar", 5, 5, "") for n in range(PLACES_MOST + 1)]
    assert world.ask(offer(world, *many)).key == "plan_size"
    assert world.ask(offer(world, *many[1:])).key == "unknown_slot", "so many may be named"
    assert world.facts(f.PlacesPlanned) == []


def test_a_change_that_came_meanwhile_is_not_planned_over(world: World) -> None:
    event = offer(world, row(world, "A1", sku="bar"))
    slot = replace(world.shop.catalogue.slots["A1"], par_qty=1)
    world.shop = replace(world.shop, catalogue=with_slots(world.shop.catalogue, (slot,)))
    assert world.ask(event).key == "catalogue_changed"
    assert world.facts(f.PlacesPlanned) == []


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


COIL = Slot("A9", Place.COIL, "bar", 6, 4, coil=9, zone="left")
SHELF = Slot("S9", Place.SHELF, "chips", 20, 10)


def make(*slots: Slot, token: str = "new", day: str = DAY) -> ev.PlacesOffered:
    return ev.PlacesOffered("owner", token, day, tuple(map(row_of, slots)), (), new=tuple(map(new_of, slots)))


def remove(world: World, code: str, *, token: str = "gone", **changes: str | int) -> ev.PlacesOffered:
    return ev.PlacesOffered("owner", token, DAY, (), (row(world, code, **changes),), gone=(code,))


def empty(world: World, code: str) -> None:
    world.ask(ev.StockCounted(f"empty-{code}", "clerk", code, "count", 0))


def test_new_places_come_on_their_day_and_are_filled_like_any_other(world: World) -> None:
    assert world.ask(make(COIL, SHELF)).key == "done"
    assert "A9" not in world.shop.catalogue.slots
    take(world)
    assert {code: world.shop.catalogue.slots[code] for code in ("A9", "S9")} == {"A9": COIL, "S9": SHELF}
    assert world.facts(f.PlacesTaken) == [f.PlacesTaken(planned(world).plan, changed=2, passed_over=0)]
    world.ask(ev.StockCounted("in", "clerk", "A9", "fill", 3))
    assert sells(world, "A9") == 3


@pytest.mark.parametrize(
    ("slot", "key"),
    [
        (replace(COIL, code="A1"), "place_taken"),
        (replace(COIL, coil=1), "coil_taken"),
        (replace(COIL, sku="gold"), "place_unfit"),
        (replace(SHELF, capacity=0), "place_unfit"),
    ],
)
def test_a_place_comes_only_under_a_code_and_a_number_that_are_free(
    world: World, slot: Slot, key: str
) -> None:
    assert world.ask(make(slot)).key == key
    assert world.ask(make(replace(SHELF, code="S8"), slot, token="both")).key == key
    assert world.facts(f.PlacesPlanned) == []


def test_two_new_places_of_one_plan_do_not_share_a_coil_and_a_row_that_nobody_plans_is_refused(
    world: World,
) -> None:
    assert world.ask(make(COIL, replace(COIL, code="A8"))).key == "coil_taken"
    assert world.ask(replace(make(COIL), places=())).key == "plan_size"
    assert world.ask(replace(make(COIL), gone=("A9",))).key == "plan_size"


def test_an_empty_place_goes_on_its_day_and_its_code_is_free_again(world: World) -> None:
    was = world.shop.catalogue.slots["A1"]
    empty(world, "A1")
    assert world.ask(remove(world, "A1")).key == "done"
    take(world)
    assert "A1" not in world.shop.catalogue.slots
    (gone,) = world.facts(f.PlaceRemoved)
    assert isinstance(gone, f.PlaceRemoved)
    assert (gone.slot, gone.coil, gone.sku, gone.by) == ("A1", was.coil, was.sku, "owner")
    assert world.choose("A1").key == "unknown_slot"
    assert world.ask(make(was)).key == "done"


def test_a_place_with_goods_in_it_stays_and_a_change_that_came_meanwhile_is_told(world: World) -> None:
    assert world.state.coils["A1"].qty > 0
    assert world.ask(remove(world, "A1")).key == "place_not_empty"
    empty(world, "A1")
    assert world.ask(remove(world, "A1", par_qty=1)).key == "catalogue_changed"
    assert world.ask(replace(remove(world, "A2"), gone=("Z9",))).key == "unknown_slot"
    assert world.facts(f.PlacesPlanned) == []


def test_a_coil_that_nobody_is_sure_of_is_counted_before_it_goes(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.holds = True
    world.ask(ev.CoilTestAsked("try", "clerk", "A1"))
    world.holds = False
    world.held.clear()
    (started,) = world.facts(f.CoilTestStarted)
    assert isinstance(started, f.CoilTestStarted)
    world.step(hw.VendUnknown("coils", started.job, hw.Fault.JAM))
    book = world.state.coils["A1"]
    world.ask(ev.StockCounted("out", "clerk", "A1", "take_out", book.qty))
    assert (world.state.coils["A1"].qty, world.state.coils["A1"].needs_count) == (0, True)
    assert world.ask(remove(world, "A1")).key == "place_unsure"
    empty(world, "A1")
    assert world.ask(remove(world, "A1", token="again")).key == "done"


def test_a_place_that_was_filled_meanwhile_does_not_go_and_one_that_was_made_meanwhile_does_not_come(
    world: World,
) -> None:
    empty(world, "A1")
    world.ask(remove(world, "A1"))
    world.ask(ev.StockCounted("in", "clerk", "A1", "fill", 2))
    take(world)
    assert world.facts(f.PlaceRemoved) == []
    assert world.facts(f.PlacesTaken) == [f.PlacesTaken(planned(world).plan, changed=0, passed_over=1)]
    world.ask(make(COIL))
    world.shop = replace(world.shop, catalogue=with_slots(world.shop.catalogue, (replace(COIL, coil=8),)))
    world.step(
        ev.PlacesDue([each for each in world.facts(f.PlacesPlanned) if isinstance(each, f.PlacesPlanned)][-1])
    )
    assert world.facts(f.PlaceAdded) == []


def test_places_that_come_and_go_are_audited_clean_and_read_again_as_they_were(world: World) -> None:
    empty(world, "A1")
    world.ask(replace(make(COIL), gone=("A1",), before=(row(world, "A1"),)))
    take(world)
    assert (len(world.facts(f.PlaceAdded)), len(world.facts(f.PlaceRemoved))) == (1, 1)
    world.stop()
    assert audit_journal(world.folder / "kiosk.db").problems == ()
    world.start()
    assert world.verify().problems == ()


def test_plans_of_places_are_audited_clean_and_read_again_as_they_were(world: World) -> None:
    world.ask(offer(world, row(world, "A1", sku="bar")))
    take(world)
    world.ask(offer(world, row(world, "A2", par_qty=1), token="another"))
    world.stop()
    assert audit_journal(world.folder / "kiosk.db").problems == ()
    world.start()
    assert [plan.from_day for plan in world.state.plans] == [DAY]
    assert world.verify().problems == ()


@pytest.mark.parametrize(
    ("book", "lots", "why"),
    [
        (CoilBook(qty=1), (), "place_not_empty"),
        (CoilBook(qty=-1), (), "place_not_empty"),
        (CoilBook(), (Lot("bar", "", "", 1),), "place_not_empty"),
        (CoilBook(), (Lot("bar", "", "", -1),), "place_not_empty"),
        (CoilBook(is_off=True), (), "place_unsure"),
        (CoilBook(needs_count=True), (), "place_unsure"),
        (CoilBook(), (), ""),
    ],
)
def test_a_place_goes_when_nothing_is_there_and_nobody_doubts_it(
    book: CoilBook, lots: tuple[Lot, ...], why: str
) -> None:
    assert why_stays("A1", State(coils={"A1": book}, lots={"A1": lots})) == why
