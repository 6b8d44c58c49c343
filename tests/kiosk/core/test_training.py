"""What the fold holds about practice: one at a time, by who is signed in, counted without a gap."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Stamp
from kiosk.core.fold import evolve
from kiosk.core.state import HopperBook, MoveJob, Phase, State, TrainingBook
from kiosk.core.till import decide
from kiosk.invariant import InvariantBroken
from tests.kiosk.world import SHOP, World

LINE = f.SaleLine(1, "bar", "A1", 1, 120, "standard")
ASKED = f.TrainingEnd.ASKED


def settled(training: str, *, number: int = 1, total_minor: int = 120) -> f.TrainingSettled:
    return f.TrainingSettled(
        training, number, (LINE,), total_minor, 200, 0, 0, 80, 0, is_finished=True, perpetual_minor=120
    )


@pytest.mark.parametrize(
    ("forged", "promise"),
    [
        (f.TrainingBegan("T", "anna"), "one training at a time"),
        (settled("T-other"), "belongs to the open training"),
        (settled("", number=2), "belongs to the open training"),
        (f.TrainingEnded("T-other", "clerk", ASKED, 0), "that ends is open"),
    ],
)
def test_a_fact_of_practice_that_cannot_follow_breaks_a_promise(
    world: World, forged: f.Fact, promise: str
) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.TrainingAsked("clerk"))
    recorded = f.Recorded(world.state.seq + 1, "2026-03-02T08:00:00.000Z", world.now_ms, forged)
    with pytest.raises(InvariantBroken, match=promise):
        evolve(world.state, recorded)


def test_numbers_sums_and_visits_of_practice_must_follow(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    nobody = f.Recorded(world.state.seq + 1, "2026-03-02T08:00:00.000Z", 0, f.TrainingBegan("T", "anna"))
    with pytest.raises(InvariantBroken, match="who is signed in"):
        evolve(world.state, nobody)
    world.ask(ev.TrainingAsked("clerk"))
    name = world.state.training.training
    for forged, promise in (
        (settled(name, number=2), "without a gap"),
        (settled(name, total_minor=100), "says what was practised"),
        (f.TrainingEnded(name, "clerk", ASKED, 1), "how many visits"),
    ):
        with pytest.raises(InvariantBroken, match=promise):
            evolve(world.state, f.Recorded(world.state.seq + 1, "2026-03-02T08:00:00.000Z", 0, forged))


def test_a_clean_stop_ends_practice_before_it(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.TrainingAsked("clerk"))
    world.stop()
    world.start()
    assert world.facts(f.TrainingEnded) == [
        f.TrainingEnded(world.facts(f.TrainingBegan)[0].training, "clerk", f.TrainingEnd.STOPPED, 0)  # type: ignore[attr-defined]
    ]
    assert [type(fact) for fact in world.facts(f.TrainingEnded, f.Stopped)] == [f.TrainingEnded, f.Stopped]


def in_service(**more: object) -> State:
    return replace(State(kiosk_id="K1", currency="EUR", epoch=1, phase=Phase.SERVICE, clerk="clerk"), **more)


def told(state: State, event: ev.Event) -> tuple[str, bool, list[f.Fact]]:
    """What the till answers, whether it refuses, and the facts."""
    decision = decide(state, event, Stamp("2026-03-02T08:00:00.000Z", 5_000), SHOP)
    return decision.notice.key, decision.notice.is_refusal, list(decision.facts)


def test_nobody_practises_while_one_hopper_of_several_still_moves() -> None:
    moving = HopperBook(value_minor=500, move=MoveJob("J1", "stacker.notes", 1))
    state = in_service(hoppers={"hopper-10": HopperBook(value_minor=10), "notes-5": moving})
    assert told(state, ev.TrainingAsked("clerk")) == ("move_runs", True, [])


def test_practice_that_is_not_open_is_neither_left_nor_written_down() -> None:
    assert told(in_service(), ev.TrainingLeft("clerk")) == ("not_in_training", True, [])
    assert told(in_service(), ev.VisitPractised((LINE,), 200, 0, 0, 80, 0, is_finished=True))[2] == []


def test_practice_that_contradicted_itself_ends_and_says_so() -> None:
    state = in_service(training=TrainingBook(training="T1-9", clerk="clerk", first=4, number=6))
    assert told(state, ev.TrainingBroke()) == (
        "training_broke",
        True,
        [f.TrainingEnded("T1-9", "clerk", f.TrainingEnd.BROKEN, 2)],
    )


def test_the_hands_at_the_screen_are_not_the_clerks_while_somebody_practises() -> None:
    state = in_service(training=TrainingBook(training="T1-9", clerk="clerk", first=0, number=0))
    assert told(state, ev.TrainingAsked("clerk")) == ("in_training", True, [])
    assert told(state, ev.HopperFilled("fill", "clerk", "hopper-10", 5)) == ("in_training", True, [])
