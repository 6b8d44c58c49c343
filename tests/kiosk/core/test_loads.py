"""A shopper's credit goes onto the card instead of coins: once, whole or not at all, and owed when nobody can tell."""

from __future__ import annotations

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import OPEN, accepted_positions
from kiosk.core.cards import can_load
from kiosk.core.postings import OWED_TO_CARDS, postings_of
from kiosk.core.state import Phase
from tests.kiosk.conftest import BuildTenders
from tests.kiosk.tenders import TenderWorld


def load(world: TenderWorld) -> str:
    return world.tap(ev.LoadTapped).key


def debts(world: TenderWorld) -> list[tuple[int, bool, str]]:
    return [(debt.amount_minor, debt.is_certain, debt.reason) for debt in world.state.debts.values()]


def test_all_credit_goes_onto_the_card(shop: TenderWorld) -> None:
    shop.coins(50, 20)
    assert can_load(shop.state, ("card",))
    load(shop)
    assert shop.reader.loaded_minor == 70
    assert shop.tray == []
    assert shop.state.phase is Phase.IDLE
    assert shop.state.last is not None
    assert (shop.state.last.paid_minor, shop.state.last.owed_minor) == (70, 0)
    (fact,) = shop.facts(f.CardLoaded)
    assert dict(postings_of(fact)) == {"credit": 70, OWED_TO_CARDS: -70}
    shop.audit()


def test_what_the_card_refuses_comes_back_in_coins(shop: TenderWorld) -> None:
    shop.reader.next_load = "refuses"
    shop.coins(50, 20)
    load(shop)
    assert sum(shop.tray) == 70
    assert shop.reader.loaded_minor == 0
    shop.audit()


def test_what_nobody_can_tell_is_owed_uncertain_and_never_given_again(shop: TenderWorld) -> None:
    shop.reader.next_load = "loads_silently"
    shop.coins(50, 20)
    load(shop)
    assert shop.notice.key == "load_unknown"
    assert debts(shop) == [(70, False, "load_unknown")]
    assert shop.tray == []
    assert shop.state.phase is Phase.IDLE
    shop.audit()


def test_a_reader_that_says_nothing_is_waited_for_and_then_lost(shop: TenderWorld) -> None:
    shop.reader.next_load = "is_silent"
    shop.coins(50)
    load(shop)
    assert shop.state.phase is Phase.SETTLING
    assert accepted_positions(shop.state, shop.shop.rules)["card"] == OPEN
    assert shop.tap(ev.MoneyBackTapped).key == "busy"
    shop.pass_time(4 * shop.shop.rules.job_ms + 1)
    assert debts(shop) == [(50, False, "load_unknown")]
    late = shop.facts(f.CardLoadStarted)[0]
    assert isinstance(late, f.CardLoadStarted)
    for word in (
        hw.CardLoaded("card", late.job, 50),
        hw.CardLoadRefused("card", late.job),
        hw.CardLoadUnknown("card", late.job, hw.Fault.NO_REPLY),
    ):
        shop.step(word)
    assert len(shop.facts(f.CardLoaded, f.CardLoadRefused, f.CardLoadLost)) == 1, (
        "a late word changes nothing"
    )
    shop.audit()


def test_a_load_is_refused_in_words_where_it_cannot_be(shop: TenderWorld) -> None:
    assert load(shop) == "nothing_held"
    shop.scan("water")
    assert load(shop) == "nothing_held"
    shop.coins(20)
    assert not can_load(shop.state, ("card",)), "it may pay for what is chosen"
    shop.step(hw.DeviceLost("card", hw.DeviceKind.CARD_READER))
    assert load(shop) == "no_card_reader"
    assert not shop.facts(f.CardLoadStarted)
    shop.set_rules(loaders=())
    assert not can_load(shop.state, ())


def test_a_halt_waits_for_the_cards_word(shop: TenderWorld) -> None:
    shop.reader.next_load = "is_silent"
    shop.coins(50)
    load(shop)
    shop.step(ev.PromiseBroken("test"))
    assert shop.state.phase is Phase.HALTED
    job = shop.state.load
    assert job is not None
    shop.reader.loaded_minor += 50
    shop.step(hw.CardLoaded("card", job.job, 50))
    assert shop.state.visit is None
    assert debts(shop) == []
    shop.audit()


def test_a_released_halt_counts_an_open_load_as_lost(shop: TenderWorld) -> None:
    shop.reader.next_load = "is_silent"
    shop.coins(50)
    load(shop)
    shop.step(ev.PromiseBroken("test"))
    shop.ask(ev.HaltRelease("clerk"))
    assert debts(shop) == [(50, False, "load_unknown")]
    assert shop.state.phase is Phase.IDLE


@pytest.mark.parametrize("does", ["loads", "refuses", "loads_silently"])
def test_a_cut_at_every_moment_of_a_load_gives_no_money_twice(build_tenders: BuildTenders, does: str) -> None:
    at = 0
    while True:
        at += 1
        world = build_tenders()
        with world.cutting(at):
            world.coins(50, 20)
            world.reader.next_load = does
            load(world)
        was_cut = world.ledger is None
        if was_cut:
            world.start()
            world.pass_time(world.shop.rules.recovery_ms)
        if world.state.visit is not None:
            world.money_back()
        world.audit()
        assert world.reader.loaded_minor in {0, 70}
        world.die()
        if not was_cut:
            break
    assert at > 5, "a load has dangerous moments"
