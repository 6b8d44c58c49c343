"""Bad input: coins at the wrong moment, and coins that nobody knows."""

from __future__ import annotations

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import Phase
from kiosk.i18n import LANGUAGES, say
from tests.bad_input.table import Booth, is_foreign_script
from tests.kiosk.ledger_world import SERIAL


def unvalued(booth: Booth, position: int = 9) -> None:
    """A coin that the acceptor knows and the configuration does not."""
    booth._events += 1
    booth.tell(hw.CoinUnvalued("coins", SERIAL, 1, booth._events, position))


def test_a_coin_at_idle_is_credit_and_comes_back(booth: Booth) -> None:
    booth.coin(200)
    assert booth.screen().held_minor == 200
    booth.money_back()
    booth.pay()
    booth.expect_nothing_lost(goods_minor=0)
    assert booth.got_back_minor == 200


def test_a_coin_that_nobody_claims_is_given_back_by_itself(booth: Booth) -> None:
    booth.coin(50)
    booth.wait(125_000)
    booth.pay()
    assert booth.got_back_minor == 50
    booth.expect_nothing_lost(goods_minor=0)


@pytest.mark.parametrize("value_minor", [10, 20, 50, 100, 200])
def test_a_coin_during_a_vend_is_credit_and_comes_back_as_change(booth: Booth, value_minor: int) -> None:
    booth.choose("A1")
    booth.coin(100)
    booth.coin(50)
    assert booth.state.phase is Phase.FULFILLING
    booth.coin(value_minor)
    assert booth.screen().held_minor == 150 + value_minor
    booth.vend("delivered")
    booth.pay()
    assert booth.got_back_minor == value_minor
    booth.expect_nothing_lost(goods_minor=150)


def test_a_coin_while_change_is_paid_is_paid_back_too(booth: Booth) -> None:
    booth.choose("A1")
    booth.coin(200)
    booth.vend("delivered")
    assert booth.state.phase is Phase.SETTLING
    booth.coin(100)
    booth.pay()
    assert booth.got_back_minor == 150
    booth.expect_nothing_lost(goods_minor=150)


def test_a_coin_while_out_of_service_is_owed_under_a_code_that_pays_later(booth: Booth) -> None:
    booth.ask(ev.ClerkEntered("clerk"))
    booth.ask(ev.HaltAsked("clerk"))
    booth.ask(ev.ClerkLeft("clerk"))
    assert booth.state.phase is Phase.HALTED
    booth.coin(100)
    thanks = booth.screen().thanks
    assert thanks is not None
    assert [owing.amount_minor for owing in thanks.owing] == [100], "the shopper sees what is owed"
    booth.expect_nothing_lost(goods_minor=0)
    booth.ask(ev.HaltRelease("clerk"))
    booth.done()
    booth.type_code(booth.debt_code(1, thanks.owing[0].seq))
    booth.pay()
    assert booth.got_back_minor == 100


def test_a_coin_in_service_is_a_clerks_test_and_nobodys_credit(booth: Booth) -> None:
    booth.ask(ev.ClerkEntered("clerk"))
    booth._events += 1
    booth.tell(hw.CoinAccepted("coins", SERIAL, 1, booth._events, 5, 200, currency="EUR", path=1))
    booth.ask(ev.ClerkLeft("clerk"))
    assert booth.screen().held_minor == 0
    assert len(booth.facts(f.CoinTested)) == 1
    assert booth.state.cash["box"] == 200, "it lies in the box, and the book of the box knows it"
    booth.expect_nothing_lost(goods_minor=0)


@pytest.mark.parametrize("phase", ["idle", "with a visit", "vending", "halted", "service"])
def test_a_coin_without_a_value_is_evidence_and_never_credit(booth: Booth, phase: str) -> None:
    if phase == "with a visit":
        booth.coin(50)
    elif phase == "vending":
        booth.choose("A1")
        booth.coin(200)
    elif phase in {"halted", "service"}:
        booth.ask(ev.ClerkEntered("clerk"))
        if phase == "halted":
            booth.ask(ev.HaltAsked("clerk"))
            booth.ask(ev.ClerkLeft("clerk"))
    held_minor = booth.screen().held_minor
    unvalued(booth)
    unvalued(booth)
    assert booth.screen().held_minor == held_minor
    swallowed = [each.fact for each in booth.facts(f.MoneyPossiblySwallowed)]
    assert [(fact.reason, fact.qty) for fact in swallowed if isinstance(fact, f.MoneyPossiblySwallowed)] == [
        ("unknown_coin", 1),
        ("unknown_coin", 1),
    ]
    if phase == "vending":
        booth.vend("delivered")
    booth.pay()
    booth.expect_nothing_lost(goods_minor=150 if phase == "vending" else 0)


@pytest.mark.parametrize("who", ["shopper", "clerk"])
def test_what_an_unknown_coin_means_is_said_in_three_languages(who: str) -> None:
    texts = [say(language, f"fault.unknown_coin.{who}") for language in LANGUAGES]
    assert len(set(texts)) == 3
    assert [is_foreign_script(text) for text in texts] == [False, True, True]


def test_the_same_coin_told_twice_is_one_coin(booth: Booth) -> None:
    booth.coin(100)
    booth.tell(hw.CoinAccepted("coins", SERIAL, 1, booth._events, 4, 100, currency="EUR", path=1))
    assert booth.screen().held_minor == 100
    booth.expect_nothing_lost(goods_minor=0)


def test_more_money_than_a_machine_may_hold_is_not_taken(booth: Booth) -> None:
    while booth.screen().takes_coins:
        booth.coin(200)
    assert booth.screen().held_minor <= 5_000
    booth.money_back()
    booth.pay()
    booth.expect_nothing_lost(goods_minor=0)
