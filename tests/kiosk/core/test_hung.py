"""Goods that hang in one turn and fall during another: the sensor cannot tell pieces apart, so the entry says that it did not."""

from __future__ import annotations

import pytest

from kiosk.audit.walk import audit_journal
from kiosk.claims.evidence import weigh
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About, Verdict
from kiosk.core.state import Phase
from tests.kiosk.claims.test_tenders import recorded, visit_of
from tests.kiosk.tenders import PUBLIC, TenderWorld


def hang(world: TenderWorld) -> None:
    """A1 turns and its piece hangs; the shopper gets the money back and goes."""
    world.board.hanging.add(1)
    world.choose("A1")
    world.coins(100, 50)
    world.money_back()
    assert world.tray_minor == 150
    assert world.board.hung == [1]


def buy_the_next(world: TenderWorld) -> None:
    world.choose("A2")
    world.coins(100, 50)
    assert world.is_in(Phase.IDLE)
    assert world.board.fallen == [1], "the piece that hung"


@pytest.mark.rule("MS-V2")
def test_a_piece_that_hung_and_falls_for_another_sale_is_doubted_and_sold_once(shop: TenderWorld) -> None:
    hang(shop)
    buy_the_next(shop)
    (doubted,) = shop.facts(f.DropDoubted)
    assert isinstance(doubted, f.DropDoubted)
    assert (doubted.slot, doubted.hung) == ("A2", ("A1",))
    assert len(shop.facts(f.SaleClosed)) == 1
    assert shop.state.totals.sold == 120
    report = audit_journal(shop.folder / "kiosk.db", public_key=PUBLIC)
    assert report.problems == ()
    assert [doubt.outcome for doubt in report.vends_in_doubt] == ["failed", "mistaken"]


@pytest.mark.rule("MS-V2")
def test_whoever_got_the_wrong_piece_is_believed_to_be_looked_at(shop: TenderWorld) -> None:
    hang(shop)
    buy_the_next(shop)
    found = weigh(recorded(shop), about=About.NO_GOODS, said_minor=120, visit=visit_of(shop))
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "hung_elsewhere")


@pytest.mark.rule("MS-V2")
def test_a_coil_that_somebody_looked_at_doubts_no_further_drop(shop: TenderWorld) -> None:
    hang(shop)
    shop.board.hung.clear()
    shop.ask(ev.ClerkEntered("clerk"))
    shop.ask(ev.StockCounted("count", "clerk", "A1", "count", 3))
    shop.ask(ev.ClerkLeft("clerk"))
    shop.choose("A2")
    shop.coins(100, 50)
    assert not shop.facts(f.DropDoubted)
    found = weigh(recorded(shop), about=About.NO_GOODS, said_minor=120, visit=visit_of(shop))
    assert found.verdict is Verdict.CONTRADICTED


def test_a_motor_that_did_not_turn_leaves_nothing_hanging(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.choose("A1")
    shop.coins(100, 50)
    shop.money_back()
    shop.choose("A2")
    shop.coins(100, 50)
    assert not shop.facts(f.DropDoubted)
