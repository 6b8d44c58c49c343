"""The whole box loses power: SIGKILL for the kiosk, and every device wakes as its evidence card says; real processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.market import Market

HOPPERS = {"hopper-10": 10, "hopper-20": 20, "hopper-50": 50}


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    with Market() as market:
        yield market


def tray_minor(market: Market) -> int:
    """Money in the payout trays."""
    return sum(value * int(market.truth(name)["tray"]) for name, value in HOPPERS.items())


def cut_and_restore(market: Market, seq: int) -> None:
    """Power goes everywhere and comes back; the kiosk starts and recovers."""
    market.kill_kiosk()
    market.power(None, is_on=False)
    market.power(None, is_on=True)
    market.start_kiosk()
    market.wait_for_fact("Recovered", after=seq)


def pay(market: Market, value_minor: int) -> None:
    """One coin, until the journal has it."""
    market.wait_for_slot(value_minor)
    seq = market.seq()
    market.drop(value_minor)
    market.wait_for_fact("CoinCredited", after=seq)


def owed_minor(market: Market, seq: int) -> int:
    """What became owed after a sequence number."""
    return sum(int(fact[2]["amount_minor"]) for fact in market.facts("DebtRecorded", after=seq))


@pytest.mark.rule("MS-C3")
def test_money_held_when_the_power_goes_is_owed_with_a_code(market: Market) -> None:
    seq = market.seq()
    pay(market, 200)
    cut_and_restore(market, seq)
    assert owed_minor(market, seq) == 200
    assert market.facts("DebtRecorded", after=seq)[0][2]["is_certain"]
    assert not market.facts("PayoutStarted", after=seq), "nothing is paid at boot"


@pytest.mark.rule("MS-P2")
def test_a_payout_that_the_power_cuts_is_settled_by_the_hoppers_own_count(market: Market) -> None:
    seq, before = market.seq(), tray_minor(market)
    pay(market, 200)
    pay(market, 200)
    market.tap("money_back")
    market.wait_for("a first coin", lambda: tray_minor(market) > before)
    cut_and_restore(market, seq)
    out = tray_minor(market) - before
    assert 0 < out < 400
    assert out + owed_minor(market, seq) == 400
    ended = market.facts("PayoutEnded", after=seq)[-1][2]
    assert ended["is_recovered"]


@pytest.mark.rule("MS-V3")
def test_a_coil_that_the_power_stops_is_owed_uncertain_and_rests(market: Market) -> None:
    seq = market.seq()
    market.tap("slot", slot="B1")
    price_minor = int(market.wait_for_fact("LineAdded", after=seq)["price_minor"])
    for _ in range(-(-price_minor // 200)):
        pay(market, 200)
    market.wait_for("a turning coil", lambda: bool(market.truth("coils")["turning"]))
    cut_and_restore(market, seq)
    ended = market.facts("VendEnded", after=seq)[0][2]
    assert (ended["outcome"], ended["is_recovered"]) == ("unknown", True)
    uncertain = [fact[2] for fact in market.facts("DebtRecorded", after=seq) if not fact[2]["is_certain"]]
    assert [debt["amount_minor"] for debt in uncertain] == [price_minor]
    market.wait_for("the machine", lambda: bool(market.frame()))
    assert market.tap("slot", slot="B1")["refused"], "the coil rests until it is counted"


@pytest.mark.rule("MS-C4")
def test_after_all_cuts_boxes_and_books_agree(market: Market) -> None:
    for name, value in HOPPERS.items():
        assert int(market.truth(name)["inside"]) * value == market.balance(f"cash.hopper.{name}")
    truth = market.truth("coin")
    box = sum(int(truth["value_minor"][each]) * int(qty) for each, qty in truth["cash_box"].items())
    assert box == market.balance("cash.box")
    assert market.verify().problems == ()
