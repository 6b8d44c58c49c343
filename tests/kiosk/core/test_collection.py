"""Cash that leaves the machine: a collection is opened and closed by entries, its bag has a way, and a day has an end."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest

from hardware import events as hw
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.fold import evolve
from kiosk.core.service import MOST_COUNTED_MINOR
from kiosk.core.state import Phase
from kiosk.invariant import InvariantBroken
from tests.kiosk.world import World

F = TypeVar("F", bound=f.Fact)


def fact(world: World, kind: type[F]) -> F:
    """The last fact of this kind."""
    return [each for each in world.facts() if isinstance(each, kind)][-1]


def take_out(world: World, token: str = "out") -> str:
    """Box in hand: the collection's id. The box is emptied in the world too."""
    if not world.is_in(Phase.SERVICE):
        world.ask(ev.ClerkEntered("clerk"))
    assert world.ask(ev.BoxesTaken(token, "clerk")).key == "boxes_out"
    world.acceptor.box_minor = 0
    return fact(world, f.CollectionStarted).collection


def count(
    collection: str, *pieces: tuple[int, int], bag: str = "", token: str = "count"
) -> ev.CollectionCount:
    return ev.CollectionCount(token, "clerk", collection, (("box", pieces),), bag, 0)


def test_a_collection_is_balanced_to_the_smallest_coin(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    collection = take_out(world)
    answer = world.ask(count(collection, (100, 1), (50, 1), bag="17"))
    assert (answer.key, answer.params["variance_minor"]) == ("collected", "0")
    assert fact(world, f.CollectionCounted).counted == (f.CashCounted("box", 150, ((50, 1), (100, 1))),)
    assert world.ask(count(collection, (100, 1), bag="17")).key == "already_done"
    world.audit()


def test_a_missing_twenty_is_booked_and_not_argued_with(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    answer = world.ask(count(take_out(world), (100, 1)))
    assert answer.params["variance_minor"] == "-50"
    assert world.verify().problems == ()


def test_a_collection_that_a_power_cut_broke_off_goes_on_where_it_stopped(world: World) -> None:
    """MS-S1: the money is in transit from the moment it was out, and the count finds its own period."""
    world.scan("water")
    world.coins(100, 50)
    collection = take_out(world)
    world.crash()
    assert world.state.collection is not None
    assert world.state.collection.expected == {"box": 150}
    world.coins(20)
    world.money_back()
    assert world.state.cash["box"] == 20, "what falls into the empty box belongs to the next collection"
    assert world.ask(count(collection, (100, 1), (50, 1))).params["variance_minor"] == "0"
    assert fact(world, f.CollectionStarted).taken == (f.CashTaken("box", 150, ((50, 1), (100, 1))),)
    assert take_out(world, "next") != collection
    assert fact(world, f.CollectionStarted).taken == (f.CashTaken("box", 20, ((20, 1),)),)
    assert world.verify().problems == ()


def test_one_collection_is_open_at_a_time_and_a_button_pressed_twice_is_one(world: World) -> None:
    take_out(world)
    assert world.ask(ev.BoxesTaken("out", "clerk")).key == "already_done"
    assert world.ask(ev.BoxesTaken("other", "second clerk")).key == "collection_open"


def test_the_float_that_stays_is_the_hoppers_and_what_the_clerk_says_of_it_is_kept(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    collection = take_out(world)
    assert fact(world, f.CollectionStarted).float_minor == 50 * (10 + 20 + 50), "the box is none of it"
    world.ask(ev.CollectionCount("count", "clerk", collection, (("box", ()),), "", 3_990))
    assert fact(world, f.CollectionCounted).float_left_minor == 3_990
    world.audit()


@pytest.mark.parametrize(
    ("counts", "bag", "key"),
    [
        ((("box", ((10, -1),)),), "", "count_needed"),
        ((("box", ((0, 1),)),), "", "count_needed"),
        ((("box", ((10, 1), (10, 2))),), "", "count_needed"),
        ((("box", ((10, 10**9),)),), "", "count_needed"),
        ((("box", ((10, 100_001),)),), "", "count_needed"),
        ((("box", tuple((value, 1) for value in range(1, 66))),), "", "count_needed"),
        ((("box", ((-10, 1),)),), "", "count_needed"),
        ((("box", ((MOST_COUNTED_MINOR, 2),)),), "", "count_needed"),
        ((("stacker.x", ()),), "", "count_needed"),
        ((), "", "count_needed"),
        ((("box", ()), ("box", ())), "", "count_needed"),
        ((("box", ()),), "x" * 33, "bag_too_long"),
        ((("box", ()),), "old", "bag_used"),
    ],
)
def test_a_count_that_makes_no_sense_is_refused_and_changes_nothing(
    world: World, counts: ev.Counts, bag: str, key: str
) -> None:
    world.ask(count(take_out(world, "first"), bag="old", token="first count"))
    collection = take_out(world)
    before = world.state
    assert world.ask(ev.CollectionCount("count", "clerk", collection, counts, bag, 0)).key == key
    assert world.ask(count("B9-9")).key == "no_collection"
    assert world.state == before


def test_a_count_is_as_large_as_any_box_and_a_name_as_long_as_any_seal(world: World) -> None:
    many = ev.CollectionCount(
        "many",
        "clerk",
        take_out(world),
        (("box", tuple((value, 100_000 if value == 1 else 0) for value in range(1, 65))),),
        f" {'7' * 32} ",
        0,
    )
    assert world.ask(many).params == {
        "expected_minor": "0",
        "counted_minor": "100000",
        "variance_minor": "100000",
    }
    counted = fact(world, f.CollectionCounted)
    assert (counted.bag, counted.counted) == ("7" * 32, (f.CashCounted("box", 100_000, ((1, 100_000),)),))
    next_one = take_out(world, "next")
    slip = ev.CollectionCount("slip", "clerk", next_one, (("box", ()),), "", -1)
    for float_minor in (-1, MOST_COUNTED_MINOR + 1):
        assert world.ask(replace(slip, float_left_minor=float_minor)).key == "count_needed"
    whole = replace(slip, float_left_minor=MOST_COUNTED_MINOR, counts=(("box", ((MOST_COUNTED_MINOR, 1),)),))
    assert world.ask(whole).key == "collected"
    assert world.ask(replace(whole, token="none is open")).key == "no_collection"
    words = "w" * 201
    again = ev.CollectionRecount("again", "anna", counted.collection, (("box", ((1, 5),)),), f" {words} ")
    assert world.ask(again).key == "recounted"
    assert fact(world, f.CollectionRecounted).reason == words[:200]
    assert world.ask(ev.BagGiven("give", "clerk", counted.collection, f" {words} ")).key == "bag_given"
    assert (fact(world, f.BagHandedOver).to, fact(world, f.BagHandedOver).amount_minor) == (words[:200], 5)
    paid = ev.BagPaidIn("bank", "anna", counted.collection, -1)
    for banked_minor in (-1, MOST_COUNTED_MINOR + 1):
        assert world.ask(replace(paid, banked_minor=banked_minor)).key == "count_needed"
    assert world.ask(replace(paid, banked_minor=MOST_COUNTED_MINOR)).key == "bag_banked"


def test_only_what_the_machine_has_is_taken_out(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    assert world.ask(ev.BoxesTaken("out", "clerk", ("stacker.x",))).key == "unknown_device"
    world.ask(ev.ClerkLeft("clerk"))
    assert world.ask(ev.BoxesTaken("out", "clerk")).key == "not_in_service"


def test_a_stacker_may_stay_while_the_box_goes(world: World) -> None:
    world.set_rules(notes={"notes": {1: 500}})
    world.step(
        hw.NoteStacked(
            "notes", serial=8, device_epoch=0, event_no=1, position=1, value_minor=500, currency="EUR"
        )
    )
    world.money_back()
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.BoxesTaken("out", "clerk", ("box",)))
    assert fact(world, f.CollectionStarted).taken == (f.CashTaken("box", 0, ()),)
    assert world.state.cash["stacker.notes"] == 500
    world.ask(count(fact(world, f.CollectionStarted).collection))
    world.ask(ev.BoxesTaken("all", "clerk"))
    assert fact(world, f.CollectionStarted).taken == (
        f.CashTaken("box", 0, ()),
        f.CashTaken("stacker.notes", 500, ((500, 1),)),
    )


def test_a_correction_of_the_box_leaves_the_stackers_count_as_it_was(world: World) -> None:
    world.set_rules(notes={"notes": {1: 500}})
    note = hw.NoteStacked(
        "notes", serial=8, device_epoch=0, event_no=1, position=1, value_minor=500, currency="EUR"
    )
    world.step(note)
    world.money_back()
    collection = take_out(world)
    both = (("box", ((10, 1),)), ("stacker.notes", ((500, 1),)))
    assert world.ask(ev.CollectionCount("count", "clerk", collection, both, "", 0)).key == "collected"
    for slip in ((), (("box", ((10, -1),)),)):
        assert world.ask(ev.CollectionRecount("slip", "anna", collection, slip, "why")).key == "count_needed"
    box: ev.Counts = (("box", ((20, 2),)),)
    assert world.ask(ev.CollectionRecount("again", "anna", collection, box, "two")).key == "recounted"
    corrected = fact(world, f.CollectionRecounted)
    assert corrected.counted == (
        f.CashCounted("box", 40, ((20, 2),)),
        f.CashCounted("stacker.notes", 500, ((500, 1),)),
    )
    assert (corrected.was_minor, corrected.counted_minor) == (510, 540)
    assert world.ask(ev.BagPaidIn("bank", "anna", collection, 0)).key == "bag_banked"
    assert world.verify().problems == ()


def test_a_wrong_count_is_corrected_by_a_new_entry_with_a_reason_and_a_name(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    collection = take_out(world)
    world.ask(count(collection, (100, 1)))
    again = ev.CollectionRecount("again", "anna", collection, (("box", ((100, 1), (50, 1))),), " ")
    assert world.ask(again).key == "reason_needed"
    again = ev.CollectionRecount(
        "again", "anna", collection, (("box", ((100, 1), (50, 1))),), "one coin lay apart"
    )
    assert world.ask(again).key == "recounted"
    assert world.ask(again).key == "already_done"
    corrected = fact(world, f.CollectionRecounted)
    assert (corrected.by, corrected.was_minor, corrected.counted_minor) == ("anna", 100, 150)
    assert fact(world, f.CollectionCounted).counted_minor == 100, "the first count stays"
    strange = ev.CollectionRecount("strange", "anna", collection, (("stacker.x", ()),), "why")
    assert world.ask(strange).key == "count_needed"
    world.audit()


def test_a_bag_is_followed_until_it_is_paid_in(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    collection = take_out(world)
    world.ask(count(collection, (100, 1), (50, 1), bag="A 17"))
    assert world.ask(ev.BagGiven("give", "clerk", collection, "")).key == "name_needed"
    assert world.ask(ev.BagGiven("give", "clerk", collection, "Omid")).key == "bag_given"
    assert world.ask(ev.BagPaidIn("bank", "anna", collection, -1)).key == "count_needed"
    assert world.ask(ev.BagPaidIn("bank", "anna", collection, 140)).key == "bag_banked"
    banked = fact(world, f.BagBanked)
    assert (banked.bag, banked.amount_minor, banked.banked_minor) == ("A 17", 150, 140)
    assert world.ask(ev.BagPaidIn("later", "anna", collection, 150)).key == "bag_not_here"
    assert world.ask(ev.BagGiven("later", "anna", collection, "Omid")).key == "bag_not_here"
    assert (
        world.ask(ev.CollectionRecount("later", "anna", collection, (("box", ()),), "why")).key
        == "bag_not_here"
    )
    assert world.state.bags == {}
    world.audit()


def test_bags_that_nobody_pays_in_end_the_collecting_some_day(world: World) -> None:
    for number in range(200):
        world.ask(count(take_out(world, f"out {number}"), token=f"count {number}"))
    assert world.ask(ev.BoxesTaken("one more", "clerk")).key == "bags_waiting"


# --- the close of a day ---------------------------------------------------------------------------------------------


def test_a_day_close_says_what_was_traded_since_the_last_one(world: World) -> None:
    world.ask(ev.DayCloseAsked("first", "anna"))
    world.scan("water")
    world.coins(100, 100)
    world.pass_time(10_000)
    world.ask(ev.DayCloseAsked("second", "anna"))
    closed = fact(world, f.DayClosed)
    assert closed.number == 2
    sold_minor = closed.period.gross_minor
    assert sold_minor == world.state.totals.sold > 0
    assert closed.period.coins_minor - closed.period.change_minor == sold_minor
    assert closed.period == closed.perpetual
    world.ask(ev.DayCloseAsked("third", "anna"))
    empty = fact(world, f.DayClosed)
    assert empty.period == f.DayTotals()
    assert empty.perpetual == closed.perpetual
    assert world.ask(ev.DayCloseAsked("third", "anna")).key == "already_done"
    said = world.ask(ev.DayCloseAsked("fourth", "anna"))
    assert (said.key, dict(said.params)) == ("day_closed", {"number": "4"})
    assert [each.number for each in world.facts() if isinstance(each, f.DayClosed)] == [1, 2, 3, 4]
    world.audit(goods_taken_minor=sold_minor)


def test_a_day_close_between_a_coin_and_its_sale_puts_each_into_its_own_day(world: World) -> None:
    world.coins(100)
    world.ask(ev.DayCloseAsked("noon", "anna"))
    assert (fact(world, f.DayClosed).period.coins_minor, fact(world, f.DayClosed).period.sales) == (100, 0)
    world.scan("water")
    world.coins(50)
    world.pass_time(10_000)
    world.ask(ev.DayCloseAsked("night", "anna"))
    assert (fact(world, f.DayClosed).period.coins_minor, fact(world, f.DayClosed).period.sales) == (50, 1)


# --- coils that clerks try ------------------------------------------------------------------------------------------


def test_a_coil_that_a_clerk_tries_turns_once_and_is_never_a_sale(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    before = world.state.coils["A1"].qty
    assert world.ask(ev.CoilTestAsked("try", "clerk", "A1")).key == "test_started"
    assert world.ask(ev.CoilTestAsked("try", "clerk", "A1")).key == "already_done"
    assert fact(world, f.CoilTestEnded).outcome is f.VendOutcome.DELIVERED
    assert world.state.coils["A1"].qty == before - 1
    assert (world.state.totals.sold, world.state.receipt_no, world.state.trade.coil_tests) == (0, 0, 1)
    assert len(world.board.fallen) == 1
    assert world.verify().problems == ()


def test_a_trial_that_a_power_cut_broke_off_is_unknown_and_not_repeated(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.holds = True
    world.ask(ev.CoilTestAsked("try", "clerk", "A1"))
    assert world.ask(ev.CoilTestAsked("other", "clerk", "A2")).key == "test_runs"
    assert world.ask(ev.ClerkLeft("clerk")).key == "test_runs"
    world.holds = False
    world.crash()
    ended = fact(world, f.CoilTestEnded)
    assert (ended.outcome, ended.is_recovered) == (f.VendOutcome.UNKNOWN, True)
    assert world.state.coils["A1"].needs_count
    assert len(world.board.fallen) == 1
    assert world.verify().problems == ()


def test_a_trial_whose_board_says_nothing_is_given_up(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.holds = True
    world.ask(ev.CoilTestAsked("try", "clerk", "A1"))
    world.pass_time(200_000)
    assert fact(world, f.CoilTestEnded).fault == "no_reply"
    assert world.state.test is None


@pytest.mark.parametrize(
    ("event", "outcome"),
    [(hw.VendFailed, f.VendOutcome.FAILED), (hw.VendUnknown, f.VendOutcome.UNKNOWN)],
)
def test_a_trial_that_fails_takes_the_coil_off_sale(
    world: World, event: type[hw.VendFailed | hw.VendUnknown], outcome: f.VendOutcome
) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.holds = True
    world.ask(ev.CoilTestAsked("try", "clerk", "A1"))
    world.holds = False
    world.held.clear()
    world.step(event("coils", fact(world, f.CoilTestStarted).job, hw.Fault.JAM))
    assert fact(world, f.CoilTestEnded).outcome is outcome
    assert world.state.coils["A1"].is_off
    assert world.state.coils["A1"].needs_count is (outcome is f.VendOutcome.UNKNOWN)


@pytest.mark.parametrize(("slot", "key"), [("Z9", "unknown_slot"), ("S1", "unknown_slot")])
def test_only_a_coil_of_ours_is_tried(world: World, slot: str, key: str) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    assert world.ask(ev.CoilTestAsked("try", "clerk", slot)).key == key
    world.step(hw.DeviceLost("coils", hw.DeviceKind.COIL_BOARD))
    assert world.ask(ev.CoilTestAsked("try", "clerk", "A1")).key == "device_away"


# --- what a forged journal cannot say -------------------------------------------------------------------------------

TAKEN = (f.CashTaken("box", 5, ((5, 1),)),)


@pytest.mark.parametrize(
    ("forged", "promise"),
    [
        (f.CollectionStarted("t", "anna", "B", TAKEN, 0), "what the book says"),
        (f.CollectionCounted("t", "anna", "B", "", (), 0, 0, 0), "open collection"),
        (f.CollectionRecounted("t", "anna", "B", "why", (), 0, 0), "on its way"),
        (f.BagHandedOver("t", "anna", "B", "", 0, "Omid"), "on its way"),
        (f.BagBanked("t", "anna", "B", "", 0, 0), "on its way"),
        (f.DayClosed("t", "anna", 2, 0, 0, f.DayTotals(), f.DayTotals()), "no gap"),
        (f.DayClosed("t", "anna", 1, 0, 0, f.DayTotals(), f.DayTotals(sales=1)), "what was traded"),
        (
            f.DayClosed("t", "anna", 1, 0, 0, f.DayTotals(), f.DayTotals(), practice=f.Practice(1)),
            "only practised",
        ),
        (f.CoilTestEnded("J", "A1", "bar", f.VendOutcome.FAILED, "", is_recovered=False), "running test"),
    ],
)
def test_a_fact_that_cannot_follow_breaks_a_promise(world: World, forged: f.Fact, promise: str) -> None:
    recorded = f.Recorded(world.state.seq + 1, "2026-03-02T08:00:00.000Z", world.now_ms, forged)
    with pytest.raises(InvariantBroken, match=promise):
        evolve(world.state, recorded)


def test_what_was_paid_in_lies_in_the_bank_by_the_auditors_books_too(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    collection = take_out(world)
    world.ask(count(collection, (100, 1), (50, 1), bag="A 17"))
    world.ask(ev.BagPaidIn("bank", "anna", collection, 140))
    world.stop()
    assert audit_journal(world.folder / "kiosk.db").problems == ()
