"""What is planned for a day: all of it can be or none is planned, and it is taken once, as it was agreed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inventory.catalogue import Catalogue
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.plans import PRICES_MOST, price_problem
from tests.kiosk.world import CATALOGUE, RULES, WATER, World

DAY = "2026-03-09"


def offer(token: str = "t", day: str = DAY, *prices: tuple[str, int]) -> ev.PricesOffered:
    return ev.PricesOffered("owner", token, day, prices or (("water", 170), ("chips", 160)))


def planned(world: World) -> f.PricesPlanned:
    (fact,) = world.facts(f.PricesPlanned)
    assert isinstance(fact, f.PricesPlanned)
    return fact


def test_a_plan_waits_and_then_its_prices_name_it(world: World) -> None:
    assert world.ask(offer()).key == "done"
    assert world.facts(f.PriceSet) == []
    world.step(ev.PlanDue(planned(world)))
    plan = planned(world).plan
    assert plan.startswith("P")
    assert world.facts(f.PricesTaken, f.PriceSet) == [
        f.PricesTaken(plan, changed=2, passed_over=0),
        f.PriceSet("owner", "water", 150, 170, plan),
        f.PriceSet("owner", "chips", 150, 160, plan),
    ]
    assert world.state.plans == ()


def test_a_plan_is_taken_once(world: World) -> None:
    world.ask(offer())
    world.step(ev.PlanDue(planned(world)))
    world.step(ev.PlanDue(planned(world)))
    assert len(world.facts(f.PricesTaken)) == 1


def test_a_form_that_is_sent_twice_plans_once_also_after_a_start(world: World) -> None:
    world.ask(offer())
    world.crash()
    assert world.ask(offer()).key == "done"
    assert len(world.facts(f.PricesPlanned)) == 1


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (offer("t", "2026-02-30"), "plan_day"),
        (offer("t", "tomorrow"), "plan_day"),
        (offer("t", "20260309"), "plan_day"),
        (offer("t", DAY, ("gold", 100)), "unknown_product"),
        (offer("t", DAY, ("water", 170), ("chips", 155)), "price_step"),
        (offer("t", DAY, ("water", 0)), "price_step"),
        (offer("t", DAY, ("water", 5_010)), "price_too_high"),
        (offer("t", DAY, ("water", -10)), "price_step"),
        (ev.PricesOffered("owner", "t", DAY, ()), "plan_size"),
        (ev.PricesOffered("owner", "t", DAY, (("water", 170),) * (PRICES_MOST + 1)), "plan_size"),
    ],
)
def test_what_cannot_be_is_refused_as_a_whole(world: World, event: ev.PricesOffered, key: str) -> None:
    assert world.ask(event).key == key
    assert world.facts(f.PricesPlanned) == []


def test_a_refusal_says_what_the_bound_is(world: World) -> None:
    told = {
        "price_step": (("water", 155), {"step_minor": "10"}),
        "price_too_high": (("water", 5_010), {"most_minor": "5000"}),
    }
    for key, (price, params) in told.items():
        refusal = world.ask(offer("t", DAY, price))
        assert (refusal.key, dict(refusal.params)) == (key, params)
    refusal = world.ask(ev.PricesOffered("owner", "t", DAY, ()))
    assert dict(refusal.params) == {"most": str(PRICES_MOST)}
    assert world.ask(offer("t", DAY, *[("water", 160)] * PRICES_MOST)).key == "done"


@pytest.mark.parametrize(
    ("price_minor", "deposit_minor", "problem"),
    [
        (10, 0, ""),
        (1, 9, ""),
        (0, 20, "price_step"),
        (125, 25, ""),
        (130, 25, "price_step"),
        (4_975, 25, ""),
        (4_985, 25, "price_too_high"),
    ],
)
def test_a_price_is_payable_with_its_deposit(price_minor: int, deposit_minor: int, problem: str) -> None:
    assert price_problem(replace(WATER, deposit_minor=deposit_minor), price_minor, RULES) == problem


def test_a_plan_is_taken_beside_another_that_waits_and_changes_what_is_not_so_yet(world: World) -> None:
    for token, prices in {"one": (("water", 150), ("chips", 160)), "two": (("bar", 130),)}.items():
        world.ask(offer(token, DAY, *prices))
    one, two = [fact for fact in world.facts(f.PricesPlanned) if isinstance(fact, f.PricesPlanned)]
    world.set_rules(max_credit_minor=155)
    world.step(ev.PlanDue(one))
    assert world.facts(f.PricesTaken) == [f.PricesTaken(one.plan, changed=0, passed_over=1)]
    assert world.ask(ev.PlanDrop("owner", one.plan)).key == "plan_gone"
    world.step(ev.PlanDue(one))
    assert [plan.plan for plan in world.state.plans] == [two.plan]
    assert world.ask(ev.PlanDrop("owner", two.plan)).key == "done"


def test_so_many_plans_wait_and_no_more(world: World) -> None:
    for number in range(24):
        assert world.ask(offer(f"t{number}")).key == "done"
    refusal = world.ask(offer("one more"))
    assert (refusal.key, refusal.params["most"]) == ("too_many_plans", "24")


def test_a_plan_that_was_dropped_is_not_taken(world: World) -> None:
    world.ask(offer())
    assert world.ask(ev.PlanDrop("owner", planned(world).plan)).key == "done"
    assert world.ask(ev.PlanDrop("owner", planned(world).plan)).key == "plan_gone"
    world.step(ev.PlanDue(planned(world)))
    assert world.facts(f.PriceSet) == []


def test_what_no_longer_fits_is_passed_over_and_counted(world: World) -> None:
    world.ask(offer("t", DAY, ("water", 170), ("chips", 160), ("bar", 120)))
    goods = dict(CATALOGUE.products)
    goods["water"] = replace(goods["water"], is_retired=True)
    del goods["chips"]
    world.shop = replace(world.shop, catalogue=Catalogue.of(tuple(goods.values()), ()))
    world.step(ev.PlanDue(planned(world)))
    assert world.facts(f.PricesTaken) == [f.PricesTaken(planned(world).plan, changed=0, passed_over=2)]


def test_a_plan_waits_while_somebody_shops(world: World) -> None:
    world.ask(offer())
    world.scan("water")
    world.step(ev.PlanDue(planned(world)))
    assert world.facts(f.PricesTaken) == []
    assert world.visit.total_minor == 150


def test_plans_are_audited_clean_and_read_again_as_they_were(world: World, tmp_path: Path) -> None:
    world.ask(offer())
    world.step(ev.PlanDue(planned(world)))
    world.ask(offer("another"))
    world.stop()
    assert audit_journal(world.folder / "kiosk.db").problems == ()
    world.start()
    assert [plan.from_day for plan in world.state.plans] == [DAY]
    assert world.verify().problems == ()
