from __future__ import annotations

from pathlib import Path

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


def test_the_till_goes_every_way_of_the_diagram_and_no_other(build: Build) -> None:
    found: set[Move] = set()
    for story in (a_day_through_every_phase, a_night_of_cuts):
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
