"""The invariants of money under cuts: the kiosk dies at every dangerous moment of a scenario, and again while it recovers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import Phase
from tests.kiosk.conftest import Build
from tests.kiosk.world import World

Scenario = Callable[[World], object]
FAR = 10_000


def shelf_and_change(world: World) -> None:
    world.scan("water")
    world.coins(200)


def shelf_and_coil(world: World) -> None:
    world.scan("apple")
    world.choose("A1")
    world.coins(200)


def a_failed_vend_and_money_back(world: World) -> None:
    world.board.jams.add(2)
    world.choose("A1")
    world.choose("A2")
    world.coins(200, 100)
    world.money_back()


def an_unseen_vend(world: World) -> None:
    world.board.blind.add(1)
    world.choose("A1")
    world.coins(200)


def a_short_payout_and_its_code(world: World) -> None:
    for name in ("hopper-10", "hopper-50"):
        world.hoppers[name].stops_after = 1
    world.coins(100, 10)
    world.money_back()
    if world.state.debts:
        world.tap(ev.DebtCodeTyped, debt=next(iter(world.state.debts)))


def a_receipt(world: World) -> None:
    world.scan("apple")
    world.coins(50)
    world.tap(ev.ReceiptTapped)
    world.tap(ev.DoneTapped)


SCENARIOS = [
    shelf_and_change,
    shelf_and_coil,
    a_failed_vend_and_money_back,
    an_unseen_vend,
    a_short_payout_and_its_code,
    a_receipt,
]


def recovered(world: World) -> None:
    world.start()
    world.pass_time(world.shop.rules.recovery_ms)
    assert world.is_in(Phase.IDLE)


def audited(world: World) -> None:
    world.audit(goods_taken_minor=world.shelf_minor)


@pytest.mark.rule("MS-I5")
@pytest.mark.rule("MS-I10")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_cut_at_every_moment_leaves_no_coin_unaccounted(build: Build, scenario: Scenario) -> None:
    at = 0
    while True:
        at += 1
        world = build()
        with world.cutting(at):
            scenario(world)
        if world.ledger is not None:
            world.die()
            break
        acts = len(world.physical_acts())
        recovered(world)
        assert len(world.physical_acts()) == acts, "recovery moved something"
        audited(world)
        world.tap(ev.DoneTapped)
        for coil in (1, 2, 3):
            world.board.jams.discard(coil)
        world.scan("apple")
        world.coins(100)
        audited(world)
        world.die()
    assert at > 8, "the scenario has dangerous moments"


def outcome(world: World) -> tuple[object, ...]:
    """What a recovery left behind, apart from its numbers."""
    return (
        world.state.totals,
        sorted((debt.amount_minor, debt.is_certain, debt.reason) for debt in world.state.debts.values()),
        {slot: (book.qty, book.needs_count) for slot, book in world.state.coils.items()},
        dict(world.state.cash),
    )


@pytest.mark.rule("MS-I11")
@pytest.mark.parametrize(
    ("scenario", "where"),
    [
        (shelf_and_coil, "the goods have fallen"),
        (shelf_and_change, "hopper-50 has paid"),
        (a_short_payout_and_its_code, "about to pay"),
    ],
)
def test_recovery_cut_anywhere_and_run_again_is_recovery_run_once(
    build: Build, scenario: Scenario, where: str
) -> None:
    def cut_world() -> World:
        world = build()
        with world.cutting(1, where):
            scenario(world)
        assert world.ledger is None
        return world

    once = cut_world()
    recovered(once)
    wanted = outcome(once)
    once.die()
    at = 0
    while True:
        at += 1
        world = cut_world()
        with world.cutting(at):
            world.start()
        if world.ledger is not None:
            world.die()
            break
        recovered(world)
        assert outcome(world) == wanted
        audited(world)
        world.die()
    assert at > 4, "recovery has dangerous moments"


@pytest.mark.rule("MS-I4")
def test_every_settled_visit_is_goods_and_change_and_debts(build: Build) -> None:
    for scenario in SCENARIOS:
        world = build()
        scenario(world)
        if world.state.visit is None:
            last = world.state.last
            assert last is None or last.taken_minor == last.sold_minor + last.paid_minor + last.owed_minor
        audited(world)
        world.die()


@pytest.mark.rule("MS-I7")
def test_every_act_was_durable_before_it_was_asked_for(build: Build) -> None:
    intents = {"VendStarted", "PayoutStarted", "PrintStarted"}
    for scenario in SCENARIOS:
        world = build()
        scenario(world)
        before = None
        for line in world.diary:
            if line.what == "request":
                assert before is not None
                assert before.what == "append"
                assert intents & set(before.names)
            before = line
        world.die()


@pytest.mark.rule("MS-I6")
def test_every_intent_has_one_outcome(build: Build) -> None:
    for scenario in SCENARIOS:
        world = build()
        scenario(world)
        world.crash()
        opened = [fact.job for fact in world.all_facts() if isinstance(fact, f.VendStarted | f.PayoutStarted)]
        closed = [
            fact.job
            for fact in world.all_facts()
            if isinstance(fact, f.VendEnded | f.PayoutEnded | f.PayoutLost)
        ]
        assert sorted(opened) == sorted(closed) == sorted(set(opened))
        world.die()


@pytest.mark.rule("MS-I14")
def test_payouts_claims_and_codes_are_bounded_per_visit_and_hour(world: World) -> None:
    rules = world.shop.rules
    for limit in (
        rules.max_payouts,
        rules.max_payout_tries,
        rules.max_claims_per_hour,
        rules.max_code_failures,
        rules.max_goodwill_minor,
        rules.max_credit_minor,
    ):
        assert limit > 0
    world.set_rules(max_payout_tries=1)
    for hopper in world.hoppers.values():
        hopper.stops_after = 0
    world.coins(100)
    world.money_back()
    assert len(world.facts(f.PayoutStarted)) == 1
    assert world.owed_minor == 100


RULES = [
    *(f"MS-C{number}" for number in range(1, 6)),
    *(f"MS-P{number}" for number in range(1, 6)),
    *(f"MS-V{number}" for number in range(1, 4)),
    "MS-R1",
    "MS-R2",
    "MS-F1",
    *(f"MS-I{number}" for number in range(1, 13)),
]


def test_every_rule_of_money_safety_has_its_story() -> None:
    told = {
        name
        for path in Path(__file__).parents[1].rglob("test_*.py")
        for name in re.findall(r'rule\("(MS-\w+)"\)', path.read_text("utf-8"))
    }
    assert not set(RULES) - told
