from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core.diagram import MOVES, Move, diagram, event_table
from kiosk.core.fold import evolve
from kiosk.core.state import Phase, State
from kiosk.core.till import ROWS
from tests.kiosk.conftest import Build
from tests.kiosk.core.test_fold import recorded
from tests.kiosk.world import World

README = Path(__file__).parents[3] / "kiosk" / "README.md"


def moves_of(world: World) -> set[Move]:
    state, found = State(epoch=1), set()
    for entry in recorded(world):
        after = evolve(state, entry)
        if after.phase is not state.phase:
            found.add((state.phase, type(entry.fact), after.phase))
        state = after
    return found


def halt(world: World) -> None:
    world.step(ev.PromiseBroken("for the test"))


def release(world: World) -> None:
    world.ask(ev.HaltRelease("clerk"))


def a_day_through_every_phase(world: World) -> None:
    world.scan("water")
    world.coins(200)
    world.scan("apple")
    world.tap(ev.LineDropped, line=1)
    world.board.jams.add(1)
    world.choose("A1")
    world.coins(100, 50)
    world.money_back()
    world.choose("A2")
    world.coins(200)
    world.coins(10)
    world.crash()
    world.crash()
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.HaltAsked("clerk"))
    world.crash()
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.ClerkLeft("clerk"))
    release(world)
    halt(world)
    release(world)
    world.scan("apple")
    halt(world)
    release(world)
    world.ask(ev.ClerkEntered("clerk"))
    world.crash()
    world.holds = True
    world.choose("A3")
    world.coins(200)
    halt(world)
    release(world)
    world.holds = False
    world.held.clear()
    world.coins(100)
    world.holds = True
    world.money_back()
    halt(world)
    world.holds = False
    world.held.clear()
    release(world)


def a_night_of_cuts(world: World) -> None:
    world.choose("A1")
    with world.cutting(1, "about to turn"):
        world.coins(200)
    world.start()
    world.coins(100)
    with world.cutting(1, "about to pay"):
        world.money_back()
    world.start()


def a_day_with_a_card(world: World) -> None:
    world.set_rules(readers=("card",))
    world.step(hw.CardReaderIdentified("card", serial=1, can_refund=True, restarted=False))
    world.scan("water")
    for answer in (hw.CardDenied, hw.CardCancelled):
        world.step(answer("card", ask_the_card(world)))
    world.step(hw.CardUnknown("card", ask_the_card(world), hw.Fault.NO_REPLY))
    for word in (hw.CardRefunded("card", ""), hw.CardRefundFailed("card", "", hw.Fault.NO_REPLY)):
        job = ask_the_card(world)
        world.money_back()
        world.step(hw.CardApproved("card", job, 120))
        world.step(replace(word, job=job))
    world.pass_time(200_000)  # the credit of the refund that failed closes the sale
    world.scan("water")
    job = ask_the_card(world)
    world.step(hw.CardApproved("card", job, 120))
    world.step(hw.CardSettled("card", job))
    world.choose("A2")
    job = ask_the_card(world)
    world.step(hw.CardApproved("card", job, 120))
    world.work()
    world.step(hw.CardSettled("card", job))
    world.scan("water")
    ask_the_card(world)
    halt(world)
    release(world)
    world.scan("water")
    ask_the_card(world)
    world.crash()


def ask_the_card(world: World) -> str:
    assert not world.tap(ev.CardTapped).is_refusal
    assert world.state.card is not None
    return world.state.card.job


def test_the_till_goes_every_way_of_the_diagram_and_no_other(build: Build) -> None:
    found: set[Move] = set()
    for story in (a_day_through_every_phase, a_night_of_cuts, a_day_with_a_card):
        world = build()
        story(world)
        found |= moves_of(world)
        world.die()
    assert found == set(MOVES)


def test_the_table_has_a_row_for_every_event() -> None:
    rows = event_table().splitlines()[2:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [kind.__name__ for kind in ROWS]
    assert all(row.count("|") == len(Phase) + 2 for row in rows)


def test_the_readme_shows_the_diagram_as_it_is() -> None:
    assert diagram() in README.read_text("utf-8"), "run ./run kiosk diagram and put it into kiosk/README.md"
