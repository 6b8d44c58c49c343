"""A clerk has a recycler send its notes into the stacker: a float stays, nothing leaves the machine, and no cut loses one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import hopper_contents
from kiosk.core.state import Phase
from tests.kiosk.conftest import BuildTenders
from tests.kiosk.tenders import ALL, RECYCLER, TenderWorld, Tube

NOTES = 4


def tube(world: TenderWorld) -> Tube:
    found = world.hoppers[RECYCLER]
    assert isinstance(found, Tube)
    return found


def in_service(world: TenderWorld) -> None:
    """The clerk fills four notes into the recycler, which counts them."""
    world.ask(ev.ClerkEntered("clerk"))
    tube(world).qty += NOTES
    world.step(hw.HopperCounted(RECYCLER, NOTES))
    world.ask(ev.HopperFilled("fill-notes", "clerk", RECYCLER, NOTES))


@pytest.fixture
def kept(shop: TenderWorld) -> Iterator[TenderWorld]:
    in_service(shop)
    yield shop
    shop.audit()


def leave(world: TenderWorld, keep: int, token: str = "float") -> str:
    return world.ask(ev.FloatLeft(token, "clerk", RECYCLER, keep)).key


def ends(world: TenderWorld) -> list[tuple[int, int | None, str, bool]]:
    return [
        (fact.qty, fact.level, fact.fault, fact.is_recovered)
        for fact in world.facts(f.CashMoveEnded)
        if isinstance(fact, f.CashMoveEnded)
    ]


@pytest.mark.parametrize("stays", [0, 1])
def test_all_notes_but_the_float_go_into_the_stacker(kept: TenderWorld, stays: int) -> None:
    assert leave(kept, stays) == "move_started"
    assert ends(kept) == [(NOTES - stays, stays, "", False)]
    assert kept.state.cash["stacker.notes"] == (NOTES - stays) * 500
    assert kept.state.cash[f"hopper.{RECYCLER}"] == stays * 500
    answer = kept.ask(ev.CashBoxCollected("box", "clerk", (NOTES - stays) * 500, container="stacker.notes"))
    assert answer.params["variance_minor"] == "0"
    tube(kept).boxed_minor = 0
    kept.ask(ev.ClerkLeft("clerk"))
    assert kept.state.hoppers[RECYCLER].qty == stays


def test_a_repeated_press_moves_nothing_twice(kept: TenderWorld) -> None:
    leave(kept, 2)
    assert leave(kept, 0) == "already_done"
    assert tube(kept).qty == 2


@pytest.mark.parametrize("keep", [NOTES, NOTES + 1, 10_000])
def test_a_float_that_is_not_there_moves_nothing(kept: TenderWorld, keep: int) -> None:
    assert leave(kept, keep) == "nothing_to_move"
    assert not kept.facts(f.CashMoveStarted)


@pytest.mark.parametrize(
    ("device", "keep", "key"),
    [
        ("hopper-10", 0, "cannot_move"),
        ("nobody", 0, "cannot_move"),
        (RECYCLER, -1, "count_needed"),
        (RECYCLER, 10_001, "count_needed"),
    ],
)
def test_what_cannot_be_moved_is_refused(kept: TenderWorld, device: str, keep: int, key: str) -> None:
    before = kept.state
    assert kept.ask(ev.FloatLeft("float", "clerk", device, keep)).key == key
    assert kept.state == before


def test_a_recycler_that_does_not_answer_is_not_asked(kept: TenderWorld) -> None:
    kept.step(hw.DeviceLost(RECYCLER, hw.DeviceKind.HOPPER))
    assert leave(kept, 0) == "device_away"


def test_only_a_clerk_in_service_moves_notes(shop: TenderWorld) -> None:
    assert shop.ask(ev.FloatLeft("float", "clerk", RECYCLER, 0)).key == "not_in_service"


def test_a_jam_leaves_the_rest_where_it_is_and_the_clerk_may_try_again(kept: TenderWorld) -> None:
    tube(kept).next_move = "jams"
    leave(kept, 0)
    assert ends(kept) == [(1, NOTES - 1, "jam", False)]
    leave(kept, 0, "again")
    assert ends(kept)[-1] == (NOTES - 1, 0, "", False)


def test_while_notes_are_on_their_way_nothing_counts_on_them(kept: TenderWorld) -> None:
    tube(kept).next_move = "is_silent"
    leave(kept, 0)
    assert leave(kept, 0, "again") == "move_runs"
    assert kept.ask(ev.HopperFilled("more", "clerk", RECYCLER, 1)).key == "move_runs"
    box = ev.CashBoxCollected("box", "clerk", 0, container="stacker.notes")
    assert kept.ask(box).key == "move_runs"
    assert 500 not in hopper_contents(kept.state, kept.shop.rules, is_promise=False)
    kept.step(hw.HopperCounted(RECYCLER, 1))
    assert kept.state.hoppers[RECYCLER].level == NOTES, "the end of the move tells"
    kept.step(hw.PiecesMoved(RECYCLER, "J0-0", 2, 2))
    assert kept.state.hoppers[RECYCLER].move is not None, "another job's word ends nothing"
    job = kept.state.hoppers[RECYCLER].move
    kept.step(hw.PiecesMoved(RECYCLER, job.job, NOTES, 0))
    assert ends(kept) == [(NOTES, 0, "", False)]


def test_a_stacker_that_notes_are_on_their_way_to_is_not_taken_out_and_the_box_may_be(
    kept: TenderWorld,
) -> None:
    tube(kept).next_move = "is_silent"
    leave(kept, 0)
    assert kept.ask(ev.BoxesTaken("all", "clerk")).key == "move_runs"
    assert kept.ask(ev.BoxesTaken("notes", "clerk", ("stacker.notes",))).key == "move_runs"
    assert kept.state.collection is None
    assert kept.ask(ev.BoxesTaken("box", "clerk", ("box",))).key == "boxes_out"
    job = kept.state.hoppers[RECYCLER].move
    assert job is not None
    kept.step(hw.PiecesMoved(RECYCLER, job.job, NOTES, 0))


def test_a_service_that_ends_meanwhile_leaves_the_move_to_its_recycler(kept: TenderWorld) -> None:
    tube(kept).next_move = "is_silent"
    leave(kept, 0)
    kept.ask(ev.ClerkLeft("clerk"))
    assert kept.state.phase is Phase.IDLE
    kept.step(ev.StopAsked())
    assert not kept.facts(f.Stopped), "something is open"
    job = kept.state.hoppers[RECYCLER].move
    assert job is not None
    kept.step(hw.PiecesMoved(RECYCLER, job.job, NOTES, 0))
    kept.step(ev.StopAsked())
    assert kept.facts(f.Stopped)


def test_what_nobody_can_tell_waits_for_the_recyclers_next_count(kept: TenderWorld) -> None:
    tube(kept).next_move = "cannot_tell"
    leave(kept, 0)
    assert ends(kept) == [(0, None, "no_reply", False)]
    assert kept.state.cash[f"hopper.{RECYCLER}"] == NOTES * 500
    kept.ask(ev.ClerkLeft("clerk"))


def test_a_move_that_a_cut_ended_is_told_by_the_recyclers_count(shop: TenderWorld) -> None:
    in_service(shop)
    tube(shop).next_move = "is_silent"
    leave(shop, 1)
    shop.power_cut()
    shop.start(answering=tuple(name for name in ALL if name != RECYCLER))
    assert shop.state.phase is Phase.IDLE, "selling does not wait for it"
    assert shop.state.hoppers[RECYCLER].move is not None
    shop.answer(RECYCLER)
    assert ends(shop) == [(NOTES - 1, 1, "lost_power", True)]
    shop.audit()


def test_another_recycler_after_the_cut_says_nothing_about_the_move(shop: TenderWorld) -> None:
    in_service(shop)
    tube(shop).next_move = "is_silent"
    leave(shop, 1)
    shop.power_cut()
    tube(shop).serial += 1
    shop.start()
    assert ends(shop) == [(0, None, "lost_power", True)]
    assert shop.state.hoppers[RECYCLER].move is None


def test_a_cut_at_every_moment_of_a_move_loses_no_note(build_tenders: BuildTenders) -> None:
    at = 0
    while True:
        at += 1
        world = build_tenders()
        in_service(world)
        with world.cutting(at):
            leave(world, 1)
            world.ask(ev.ClerkLeft("clerk"))
        was_cut = world.ledger is None
        if was_cut:
            world.start()
        world.audit()
        assert world.state.hoppers[RECYCLER].move is None
        world.die()
        if not was_cut:
            break
    assert at > 5, "a move has dangerous moments"
