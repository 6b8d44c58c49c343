"""Choosing goods, and what a cart may not do."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import facts as f
from tests.kiosk.world import World


def test_a_coil_in_doubt_is_not_turned_again_for_the_next_piece(world: World) -> None:
    world.board.blind.add(1)
    world.choose("A1")
    world.choose("A1")
    world.coins(100, 100, 100)
    assert world.board.fallen == [1]
    assert len(world.facts(f.VendStarted)) == 1
    assert world.state.coils["A1"].needs_count
    world.audit()


def test_a_jammed_coil_is_not_turned_again_and_all_the_money_stays_held(world: World) -> None:
    world.board.jams.add(1)
    world.choose("A1")
    world.choose("A1")
    world.coins(100, 100, 100)
    assert len(world.facts(f.VendStarted)) == 1
    assert world.visit.held_minor == 300
    assert world.visit.choice_ms is not None
    world.audit()


def test_goods_of_a_tax_class_that_is_not_configured_are_refused_in_words(world: World) -> None:
    rules = replace(world.shop.rules, tax_rates_bp={"other": 500})
    world.shop = replace(world.shop, rules=rules)
    assert world.scan("water").key == "unknown_product"
    assert world.choose("A1").key in {"unknown_product", "unknown_slot"}
    assert world.state.visit is None
