"""Clerks at the kiosk: cash, stock, and the way in and out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.rules import Shop
from kiosk.core.state import Phase
from kiosk.store.rounds import read_done
from tests.kiosk.world import CATALOGUE, RULES, World


def test_a_clerk_never_sweeps_a_shoppers_money_away(world: World) -> None:
    world.coins(100)
    assert world.ask(ev.ClerkEntered("clerk")).key == "money_is_held"
    assert world.visit.held_minor == 100


def test_a_clerk_ends_a_cart_without_money(world: World) -> None:
    world.scan("water")
    world.ask(ev.ClerkEntered("clerk"))
    assert world.is_in(Phase.SERVICE)
    assert world.state.visit is None
    assert world.ask(ev.ClerkEntered("other")).key == "already_in_service"


def test_a_shopper_is_refused_in_service(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    assert world.scan("water").key == "in_service"


def test_filling_a_hopper_twice_with_one_button_is_filling_it_once(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.hoppers["hopper-10"].qty += 7
    world.ask(ev.HopperFilled("token", "clerk", "hopper-10", 7))
    assert world.ask(ev.HopperFilled("token", "clerk", "hopper-10", 7)).key == "already_done"
    world.audit()


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (ev.HopperFilled("x", "clerk", "other", 5), "unknown_device"),
        (ev.HopperFilled("x", "clerk", "hopper-10", 0), "count_needed"),
        (ev.CashBoxCollected("x", "clerk", -1), "count_needed"),
        (ev.StockCounted("x", "clerk", "Z9", "count", 1), "unknown_slot"),
        (ev.StockCounted("x", "clerk", "A1", "count", -1), "count_needed"),
        (ev.StockCounted("x", "clerk", "A1", "eat", 1), "count_needed"),
        (ev.StockCounted("x", "clerk", "A1", "count", 9), "over_capacity"),
        (ev.StockCounted("x", "clerk", "A1", "fill", 4), "over_capacity"),
    ],
)
def test_what_makes_no_sense_is_refused(world: World, event: ev.PersonEvent, key: str) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    before = world.state
    assert world.ask(event).key == key
    assert world.state == before


def test_a_collection_books_the_difference_and_argues_with_nobody(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    world.ask(ev.ClerkEntered("clerk"))
    answer = world.ask(ev.CashBoxCollected("token", "clerk", 140))
    assert dict(answer.params) == {
        "expected_minor": "150",
        "counted_minor": "140",
        "variance_minor": "-10",
    }
    assert world.ask(ev.CashBoxCollected("token", "clerk", 140)).key == "already_done"
    assert world.state.cash["box"] == 0
    assert world.verify().problems == ()


def test_a_stacker_is_collected_apart_from_the_box(world: World) -> None:
    world.shop = Shop(replace(RULES, notes={"notes": {1: 500}}), CATALOGUE)
    world.step(
        hw.NoteStacked(
            "notes", serial=8, device_epoch=0, event_no=1, position=1, value_minor=500, currency="EUR"
        )
    )
    world.money_back()
    world.ask(ev.ClerkEntered("clerk"))
    answer = world.ask(ev.CashBoxCollected("token", "clerk", 500, container="stacker.notes"))
    assert answer.params["variance_minor"] == "0"
    assert world.state.cash["stacker.notes"] == 0
    (fact,) = [each for each in world.facts() if isinstance(each, f.CashCollected)]
    assert (fact.container, fact.expected_minor) == ("stacker.notes", 500)
    assert world.ask(ev.CashBoxCollected("box", "clerk", 0)).params["expected_minor"] == "0"


@pytest.mark.parametrize("container", ["stacker.other", "hopper.hopper-10", ""])
def test_only_the_box_and_configured_stackers_are_collected(world: World, container: str) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    before = world.state
    assert world.ask(ev.CashBoxCollected("token", "clerk", 0, container=container)).key == "unknown_device"
    assert world.state == before


def test_a_coil_is_filled_counted_and_emptied_of_spoilt_goods(world: World) -> None:
    world.ask(ev.StockCounted("a", "clerk", "A1", "count", 2))
    world.ask(ev.StockCounted("b", "clerk", "A1", "fill", 3))
    world.ask(ev.StockCounted("b", "clerk", "A1", "fill", 3))
    world.ask(ev.StockCounted("c", "clerk", "A1", "spoilage", 1))
    assert world.state.coils["A1"].qty == 4
    assert world.verify().problems == ()


def test_shelf_goods_are_filled_and_thrown_away(world: World) -> None:
    world.ask(ev.StockCounted("a", "clerk", "S1", "fill", 10))
    world.ask(ev.StockCounted("b", "clerk", "S1", "spoilage", 2))
    moves = [fact.qty for fact in world.facts(f.StockMoved) if isinstance(fact, f.StockMoved)]
    assert moves == [10, -2]
    assert world.verify().problems == ()


def test_a_counted_coil_sells_again_after_a_failure(world: World) -> None:
    world.board.jams.add(1)
    world.choose("A1")
    world.coins(100, 50)
    world.money_back()
    world.board.jams.clear()
    world.ask(ev.StockCounted("a", "clerk", "A1", "count", 5))
    world.choose("A1")
    world.coins(100, 50)
    assert world.board.fallen == [1]
    world.audit()


def test_a_clerk_takes_the_till_out_of_service_and_puts_it_back(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.HaltAsked("clerk"))
    assert world.is_in(Phase.HALTED)
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.ClerkLeft("clerk"))
    assert world.is_in(Phase.HALTED), "nobody cleared it"
    world.ask(ev.HaltRelease("clerk"))
    assert world.is_in(Phase.IDLE)


def test_a_coil_that_needs_a_count_is_counted_before_it_is_filled(world: World) -> None:
    world.board.blind.add(1)
    world.choose("A1")
    world.coins(100, 50)
    assert world.state.coils["A1"].needs_count
    assert world.ask(ev.StockCounted("a", "clerk", "A1", "fill", 1)).key == "count_first"
    assert world.state.coils["A1"].needs_count
    world.ask(ev.StockCounted("b", "clerk", "A1", "count", 3))
    assert not world.ask(ev.StockCounted("c", "clerk", "A1", "fill", 1)).is_refusal
    world.audit()


# --- rounds ---------------------------------------------------------------------------------------------------------


def open_round(world: World) -> str:
    return world.state.round.round if world.state.round else ""


HOUR_MS = 60 * 60 * 1_000


def done_in(world: World, round_id: str) -> list[tuple[str, bool]]:
    assert world.ledger is not None
    done = read_done(world.ledger._connection, world.kiosk_id, round_id)
    return [(task.task, task.is_left) for task in done]


def test_a_round_goes_on_after_a_power_cut_with_what_was_done_before(world: World) -> None:
    world.ask(ev.RoundOpened("begin", "anna"))
    name = open_round(world)
    world.ask(ev.StockCounted(f"{name}:fill-S1", "anna", "S1", "fill", 4))
    world.ask(ev.TaskLeft(f"{name}:fill-A1", "anna", name, "fill-A1"))
    world.crash()
    assert world.ask(ev.RoundOpened("again", "anna")).params["round"] == name
    world.ask(ev.StockCounted(f"{name}:fill-S1", "anna", "S1", "fill", 4))
    world.ask(ev.TaskLeft(f"{name}:fill-A1", "anna", name, "fill-A1"))
    assert done_in(world, name) == [("fill-S1", False), ("fill-A1", True)]
    assert [fact.qty for fact in world.facts(f.StockMoved) if isinstance(fact, f.StockMoved)] == [4]
    world.ask(ev.RoundClosed("end", "anna", name))
    assert open_round(world) == ""
    assert world.ask(ev.TaskLeft("late", "anna", name, "cash")).key == "round_over"
    assert world.verify().problems == ()


def test_a_second_clerk_joins_the_round_that_is_open(world: World) -> None:
    world.ask(ev.RoundOpened("a", "anna"))
    assert world.ask(ev.RoundOpened("b", "bert")).key == "round_goes_on"
    assert len(world.facts(f.RoundStarted)) == 1


def test_a_round_that_was_forgotten_is_ended_by_the_next(world: World) -> None:
    world.now_ms += HOUR_MS
    world.ask(ev.RoundOpened("a", "anna"))
    world.now_ms += 12 * HOUR_MS - 1
    assert world.ask(ev.RoundOpened("early", "bert")).key == "round_goes_on"
    world.now_ms += 1
    world.ask(ev.RoundOpened("b", "bert"))
    assert world.state.round is not None
    assert world.state.round.by == "bert"
    (ended,) = world.facts(f.RoundEnded)
    assert isinstance(ended, f.RoundEnded)
    assert (ended.by, ended.token) == ("bert", ""), "nobody pressed a button for it"
    assert world.ask(ev.TaskLeft("late", "anna", ended.round, "cash")).key == "round_over"
    world.ask(ev.RoundClosed("z", "anna", ended.round))
    assert open_round(world) != "", "the new one goes on"


def test_ending_a_round_twice_ends_it_once(world: World) -> None:
    world.ask(ev.RoundOpened("a", "anna"))
    name = open_round(world)
    for _ in range(2):
        world.ask(ev.RoundClosed("z", "anna", name))
    assert len(world.facts(f.RoundEnded)) == 1
