"""Bad input: fingers that tap twice, on an old screen, on nothing, or out of place."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import Phase
from tests.bad_input.table import Booth, expect_told, screen_app

PAGE = {"Sec-Fetch-Site": "same-origin"}


def words_of(answer: TestResponse) -> dict[str, object]:
    """What the asker is told; not which screen stood at the time."""
    assert answer.json is not None
    return {name: value for name, value in answer.json.items() if name != "stream"}


TAPS = [
    pytest.param("slot", {"slot": "A1"}, id="choose a coil"),
    pytest.param("product", {"sku": "NUTS", "qty": 1}, id="choose from the shelf"),
    pytest.param("drop", {"line": 1}, id="put back"),
    pytest.param("close", {}, id="close the sale"),
    pytest.param("money_back", {}, id="money back"),
    pytest.param("code", {"code": "ABCDEFGH"}, id="a code for money owed"),
]
"""What a finger may ask while a cola and 1.00 are in the machine."""


@pytest.mark.parametrize(("kind", "values"), TAPS)
def test_a_tap_on_an_old_screen_does_nothing_and_says_so(
    booth: Booth, kind: str, values: dict[str, object]
) -> None:
    booth.choose("A1")
    booth.coin(100)
    seq = booth.state.seq
    answer = (
        screen_app(booth)
        .test_client()
        .post(
            f"/tap/{kind}",
            json={"tap": "old-screen-1", "screen": booth.state.screen - 1, **values},
            headers=PAGE,
        )
    )
    assert answer.json is not None
    assert (answer.json["key"], answer.json["refused"]) == ("stale_tap", True)
    assert booth.state.seq == seq, "nothing happened, so nothing is recorded"
    expect_told(booth.screen().notice, "stale_tap")
    booth.finish_sale()
    booth.expect_nothing_lost(goods_minor=150)


@pytest.mark.parametrize(("kind", "values"), TAPS)
def test_the_same_tap_twice_is_done_once(booth: Booth, kind: str, values: dict[str, object]) -> None:
    booth.choose("A1")
    booth.coin(200) if kind == "money_back" else booth.coin(100)
    body = {"tap": "nervous-1", "screen": booth.state.screen, **values}
    client = screen_app(booth).test_client()
    first = client.post(f"/tap/{kind}", json=body, headers=PAGE)
    seq, commands = booth.state.seq, list(booth.sent)
    second = client.post(f"/tap/{kind}", json=body, headers=PAGE)
    assert (first.status_code, words_of(first)) == (200, words_of(second)), "both are told the same"
    assert booth.state.seq == seq
    assert booth.sent == commands, "no coil turns and no coin falls a second time"


def test_money_back_hammered_with_new_ids_pays_once(booth: Booth) -> None:
    booth.coin(200)
    for _ in range(5):
        booth.money_back()
    booth.pay()
    assert booth.got_back_minor == 200
    assert len(booth.facts(f.VisitSettled)) == 1
    booth.expect_nothing_lost(goods_minor=0)


OUT_OF_PLACE = [
    pytest.param(ev.CloseTapped, {}, "nothing_chosen", id="close an empty cart"),
    pytest.param(ev.MoneyBackTapped, {}, "nothing_held", id="money back without money"),
    pytest.param(ev.SlotChosen, {"slot": "Z9"}, "unknown_slot", id="a coil that is not there"),
    pytest.param(ev.SlotChosen, {"slot": "S1"}, "unknown_slot", id="a shelf place as a coil"),
    pytest.param(ev.ProductChosen, {"sku": "GHOST"}, "unknown_product", id="goods that are not there"),
    pytest.param(ev.ProductChosen, {"sku": "NUTS", "qty": 41}, "cart_full", id="more than a basket holds"),
    pytest.param(ev.LanguageTapped, {"language": "xx"}, "unknown_language", id="a language nobody speaks"),
    pytest.param(ev.ReceiptTapped, {}, "no_receipt", id="a receipt for nothing"),
    pytest.param(ev.DebtCodeTyped, {"debt": ""}, "code_pays_nothing", id="a code that is none"),
]


@pytest.mark.parametrize(("kind", "values", "key"), OUT_OF_PLACE)
def test_a_tap_out_of_place_is_refused_in_words(
    booth: Booth, kind: type[ev.Tap], values: dict[str, object], key: str
) -> None:
    answer = booth.ask(kind(**booth.tap(), **values))  # type: ignore[arg-type]  # a row's own values
    expect_told(answer.notice, key)
    assert booth.state.phase is Phase.IDLE
    booth.choose("A1")
    booth.finish_sale()
    booth.expect_nothing_lost(goods_minor=150)


WHILE = [
    pytest.param("vending", "busy", id="while a coil turns"),
    pytest.param("paying", "busy", id="while change is paid"),
    pytest.param("service", "in_service", id="while a clerk works"),
    pytest.param("halted", "out_of_service", id="while out of service"),
    pytest.param("starting", "starting", id="while the machine starts"),
]


@pytest.mark.parametrize(("when", "key"), WHILE)
def test_a_tap_at_a_bad_time_is_refused_in_words(booth: Booth, when: str, key: str) -> None:
    bring(booth, when)
    for kind, values in (
        (ev.SlotChosen, {"slot": "A1"}),
        (ev.ProductChosen, {"sku": "NUTS"}),
        (ev.CloseTapped, {}),
    ):
        expect_told(booth.ask(kind(**booth.tap(), **values)).notice, key)  # type: ignore[arg-type]  # a row's own values
    expect_told(booth.ask(ev.ScanRead("1", "COLA", "")).notice, key)
    goods_minor = finish(booth, when)
    booth.expect_nothing_lost(goods_minor=goods_minor)


def bring(booth: Booth, when: str) -> None:
    """Bring the kiosk into a phase."""
    if when in {"vending", "paying"}:
        booth.choose("A1")
        booth.coin(200)
        if when == "paying":
            booth.vend("delivered")
    elif when == "service":
        booth.ask(ev.ClerkEntered("clerk"))
    elif when == "halted":
        booth.ask(ev.ClerkEntered("clerk"))
        booth.ask(ev.HaltAsked("clerk"))
        booth.ask(ev.ClerkLeft("clerk"))
    else:
        booth.coin(100)
        booth.choose("A1")
        booth.coin(100)  # a coil turns, and the power goes
        booth.cut_power()


def finish(booth: Booth, when: str) -> int:
    """End it; the price of what was sold."""
    if when == "vending":
        booth.vend("delivered")
    if when in {"vending", "paying"}:
        booth.pay()
        return 150
    if when == "starting":
        booth.identify()
    return 0


UNTIDY = [
    pytest.param({"screen": 1}, id="no id"),
    pytest.param({"tap": "x", "screen": 1}, id="an id that anybody could guess"),
    pytest.param({"tap": "good-enough-1", "screen": "1"}, id="a version that is no number"),
    pytest.param({"tap": "good-enough-1", "screen": -1}, id="a version below nothing"),
    pytest.param({"tap": "good-enough-1", "screen": 1, "price_minor": 1}, id="a price of one's own"),
    pytest.param({"tap": "good-enough-1", "screen": 1, "slot": "A" * 9}, id="a name too long"),
    pytest.param({"tap": "good-enough-1", "screen": 1, "slot": ["A1"]}, id="a list for a name"),
    pytest.param({"tap": ["a"] * 1_000, "screen": {}, "slot": None}, id="rubbish of the right names"),
]


@pytest.mark.parametrize("body", UNTIDY)
def test_a_tap_that_is_none_changes_nothing(booth: Booth, body: dict[str, object]) -> None:
    seq = booth.state.seq
    answer = screen_app(booth).test_client().post("/tap/slot", json={"slot": "A1", **body}, headers=PAGE)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["key"] == "error.bad_request"
    assert booth.state.seq == seq
