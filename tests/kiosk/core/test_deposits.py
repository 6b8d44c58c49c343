"""Deposits, goods with an age limit and goods that are retired: what a shopper pays, and what nobody can buy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inventory.catalogue import Catalogue, Product, Rounding
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.screen import screen_of
from tests.kiosk.audit.forging import Forger
from tests.kiosk.world import APPLE, BAR, CATALOGUE, CHIPS, WATER, World

BOTTLE = replace(WATER, deposit_minor=20)
CAN = replace(CHIPS, deposit_minor=30)


def sell(world: World, *products: Product) -> None:
    """Let the till sell these instead of the goods with their SKUs."""
    changed = {product.sku: product for product in products}
    goods = tuple(changed.get(sku, product) for sku, product in CATALOGUE.products.items())
    world.shop = replace(world.shop, catalogue=Catalogue.of(goods, tuple(CATALOGUE.slots.values())))


def only_sale(world: World) -> f.SaleClosed:
    (sale,) = world.facts(f.SaleClosed)
    assert isinstance(sale, f.SaleClosed)
    return sale


def test_a_deposit_is_paid_on_top_of_the_price_and_stands_apart_in_cart_and_sale(world: World) -> None:
    sell(world, BOTTLE)
    world.tap(ev.ProductChosen, sku="water")
    world.tap(ev.ProductChosen, sku="apple")
    screen = screen_of(world.state, world.shop, now_ms=world.now_ms, touched_ms=world.now_ms, stream=1)
    assert [(line.price_minor, line.deposit_minor) for line in screen.lines] == [(170, 20), (50, 0)]
    world.coins(200, 20)
    sale = only_sale(world)
    assert (sale.total_minor, sale.deposits) == (220, ((1, 20),))
    world.audit(goods_taken_minor=220)


def test_a_deposit_is_taxed_as_the_goods_that_it_comes_with(world: World) -> None:
    sell(world, BOTTLE)
    world.tap(ev.ProductChosen, sku="water")
    world.coins(200)
    (part,) = only_sale(world).taxes
    assert (part.tax_class, part.gross_minor, part.tax_minor) == ("standard", 170, 27)


def test_a_vend_that_fails_owes_price_and_deposit_back(world: World) -> None:
    sell(world, CAN)
    world.board.jams.add(1)
    world.choose("A1")
    world.coins(200)
    world.money_back()
    assert world.facts(f.SaleClosed) == []
    assert world.tray_minor == 200
    world.audit()


def test_a_label_in_the_code_prices_the_goods_and_the_deposit_comes_on_top(world: World) -> None:
    sell(world, replace(APPLE, deposit_minor=20))
    piece = ev.Piece(price_minor=240)
    world.ask(ev.ScanRead("2812345007850", "apple", "", piece=piece))
    world.coins(200, 50, 10)
    assert only_sale(world).total_minor == 260
    world.audit(goods_taken_minor=260)


@pytest.mark.parametrize(
    ("piece", "price_minor"),
    [
        (ev.Piece(price_minor=249), 245),
        (ev.Piece(weight_mg=785_000, unit_price_minor=299, rounding=Rounding.DOWN), 225),
        (ev.Piece(weight_mg=785_000, unit_price_minor=299), 235),
        (ev.Piece(weight_mg=785_000, unit_price_minor=299, rounding=Rounding.UP), 235),
    ],
)
def test_price_and_deposit_together_come_to_whole_coins(
    world: World, piece: ev.Piece, price_minor: int
) -> None:
    sell(world, replace(APPLE, deposit_minor=25))
    world.ask(ev.ScanRead("2812345007850", "apple", "", piece=piece))
    (line,) = world.visit.lines
    assert (line.price_minor, line.deposit_minor) == (price_minor + 25, 25)
    world.coins(200, 100)
    world.stop()
    assert audit_journal(world.folder / "kiosk.db").problems == ()


def test_a_price_is_set_so_that_coins_can_pay_it_with_its_deposit(world: World) -> None:
    sell(world, replace(WATER, price_minor=125, deposit_minor=25))
    assert world.ask(ev.PriceOffered("owner", "water", 150)).key == "price_step"
    assert world.ask(ev.PriceOffered("owner", "water", 4_985)).key == "price_too_high"
    assert world.ask(ev.PriceOffered("owner", "water", 145)).key == "done"


@pytest.mark.parametrize(
    ("deposits", "words"),
    [([[1, 20]], ""), ([[1, 10]], "its deposits are not those"), ([], "its deposits are not those")],
)
def test_the_auditor_compares_the_deposits_of_a_sale_with_its_lines(
    world: World, tmp_path: Path, deposits: list[list[int]], words: str
) -> None:
    sell(world, BOTTLE)
    world.tap(ev.ProductChosen, sku="water")
    world.coins(200)
    world.stop()
    forger = Forger(tmp_path / "forged.db", source=world.folder / "kiosk.db")
    forger.leaf("SaleClosed").fact["deposits"] = deposits
    found = [problem.words for problem in audit_journal(forger.save()).problems]
    assert bool(words) == bool(found)
    assert all(words in each for each in found)


@pytest.mark.parametrize(
    ("limit", "key"), [({"min_age": 16}, "age_limit"), ({"is_retired": True}, "not_sold_now")]
)
def test_what_a_kiosk_may_not_sell_is_refused_by_scan_shelf_and_coil_and_not_shown(
    world: World, limit: dict[str, int], key: str
) -> None:
    sell(world, replace(WATER, **limit), replace(BAR, **limit))  # type: ignore[arg-type]
    assert world.ask(ev.ScanRead("4006381333931", "water", "")).key == key
    assert world.tap(ev.ProductChosen, sku="water").key == key
    assert world.tap(ev.SlotChosen, slot="A2").key == key
    assert world.facts(f.LineAdded) == []
    screen = screen_of(world.state, world.shop, now_ms=world.now_ms, touched_ms=world.now_ms, stream=1)
    assert [slot.code for slot in screen.slots] == ["A1", "A3"]


def test_a_retired_product_keeps_its_name_in_a_sale_from_before(world: World, tmp_path: Path) -> None:
    world.tap(ev.ProductChosen, sku="water")
    world.coins(100, 50)
    sell(world, replace(WATER, is_retired=True))
    (line,) = only_sale(world).lines
    assert world.shop.catalogue.products[line.sku].names == WATER.names
