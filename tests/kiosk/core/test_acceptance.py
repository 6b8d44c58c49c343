from __future__ import annotations

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core.acceptance import accepted_positions, coin_value, is_exact_change, largest_coin_minor
from kiosk.core.change import plan_change
from kiosk.core.rules import Rules
from tests.kiosk.conftest import Build
from tests.kiosk.world import COIN_VALUES, RULES, World


def accepted(world: World) -> set[int]:
    """Values that are enabled now."""
    return {COIN_VALUES[place] for place in accepted_positions(world.state, world.shop.rules)["coin"]}


def test_with_full_hoppers_every_coin_is_welcome(world: World) -> None:
    assert accepted(world) == {10, 20, 50, 100, 200}
    assert not is_exact_change(world.state, world.shop.rules)


def test_with_empty_hoppers_a_coin_is_welcome_only_when_nothing_of_it_comes_back(build: Build) -> None:
    world = build(coins=0)
    assert accepted(world) == set()
    assert world.screen().is_exact_change
    world.scan("water")
    assert accepted(world) == {10, 20, 50, 100}, "two euros would leave fifty cents to give back"
    world.coins(100)
    assert accepted(world) == {10, 20, 50}
    world.coins(50)
    world.audit(goods_taken_minor=150)
    world.die()


def test_each_coin_is_enabled_only_if_its_consequence_can_be_paid(build: Build) -> None:
    world = build(coins=0)
    world.ask(ev.ClerkEntered("clerk"))
    world.hoppers["hopper-20"].qty = 4
    world.ask(ev.HopperFilled("t", "clerk", "hopper-20", 4))
    world.ask(ev.ClerkLeft("clerk"))
    contents = {20: 4}
    for sku in ("", "water", "apple"):
        if sku:
            world.scan(sku)
        total = world.visit.total_minor if world.state.visit else 0
        for value in COIN_VALUES.values():
            back = max(0, value - total)
            assert (value in accepted(world)) == (plan_change(back, contents).short_minor == 0), (
                value,
                total,
            )
    world.die()


def test_a_covered_cart_takes_no_more_coins(world: World) -> None:
    world.coins(200)
    world.scan("water")
    assert accepted(world) == set()
    assert not world.screen().takes_coins


def test_the_largest_credit_is_bounded(world: World) -> None:
    world.set_rules(max_credit_minor=250)
    world.coins(200)
    assert accepted(world) == {10, 20, 50}
    world.coins(50)
    assert accepted(world) == set()


def test_a_hopper_promises_nothing_while_low_lost_faulty_or_tired(world: World) -> None:
    world.step(hw.HopperLevel("hopper-10", is_low=True))
    world.step(hw.DeviceLost("hopper-20", hw.DeviceKind.HOPPER))
    assert accepted(world) == {50, 100, 200}
    world.step(hw.DeviceFaulted("hopper-50", hw.DeviceKind.HOPPER, hw.Fault.JAM))
    assert accepted(world) == set()


def test_while_goods_move_or_money_goes_back_no_coin_is_taken(world: World) -> None:
    world.choose("A1")
    world.holds = True
    world.coins(100, 50)
    assert accepted(world) == set()
    world.release()
    world.coins(100)
    world.holds = True
    world.money_back()
    assert accepted(world) == set()


def test_a_clerk_tests_every_coin(world: World) -> None:
    world.step(hw.DeviceLost("hopper-20", hw.DeviceKind.HOPPER))
    world.ask(ev.ClerkEntered("clerk"))
    assert accepted(world) == set(COIN_VALUES.values())


@pytest.mark.parametrize(("position", "value"), [(1, 10), (5, 200), (9, None)])
def test_a_coin_is_worth_what_the_configuration_says_and_nothing_else(
    position: int, value: int | None
) -> None:
    assert coin_value(RULES, "coin", position) == value
    assert coin_value(RULES, "other", position) is None


def test_without_acceptors_there_is_no_largest_coin() -> None:
    bare = Rules({}, {}, (), (), ("en",), {}, 10)
    assert largest_coin_minor(bare) == 0
