"""Bad input: barcodes, through the serial scanner's own bytes and through the page's keyboard scanner."""

from __future__ import annotations

import pytest

from hardware.events import DeviceEvent
from hardware.scanner.host import Scanner
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from tests.bad_input.table import Booth, expect_told, expect_words, known_facts, screen_app

COLA = "6260441801411"

ROWS = [
    pytest.param("4006381333931", "code_unknown", id="goods that we do not sell"),
    pytest.param("6260441801412", "bad_check_digit", id="a digit misread"),
    pytest.param("626044", "bad_length", id="a code read in part"),
    pytest.param("00000000", "all_zeros", id="nothing but zeros"),
    pytest.param("hello", "code_not_goods", id="a word"),
    pytest.param("<script>alert(1)</script>", "code_not_goods", id="a script"),
    pytest.param("'; DROP TABLE journal; --", "code_not_goods", id="a statement for a database"),
    pytest.param("https://evil.example/?a=1", "code_not_goods", id="an address to open"),
    pytest.param("%s%n{0}{{7*7}}", "code_not_goods", id="format marks"),
    pytest.param("]C1010626044180141117261341", "bad_elements", id="a month that does not exist"),
]
"""The code, and what the shopper is told."""

SERIAL_ROWS = [
    pytest.param(b"1" * 4_096, "too_long", id="4 KB of digits"),
    pytest.param(b"\x1b@\x1dV\x00" + COLA.encode(), "code_unreadable", id="a printer's commands"),
    pytest.param(b"62604\x0741801411", "code_unreadable", id="a bell inside the code"),
    pytest.param(b"\xff\x80\xc3\x28", "code_unreadable", id="bytes that are no text"),
]
"""What never was a code is refused before the till reads it, and nothing of it is kept."""

WEDGE_ROWS = [
    pytest.param("1" * 4_096, "too_long", id="4 KB of digits"),
    pytest.param("62604\x0741801411", "control_characters", id="a bell inside the code"),
    pytest.param("\x1b@\x1dV\x00", "control_characters", id="a printer's commands"),
    pytest.param("", "empty", id="nothing at all"),
]


def scanned(data: bytes) -> tuple[DeviceEvent, ...]:
    """What the driver's codec makes of a scanner's bytes."""
    host = Scanner("scanner")
    host.receive(data + b"\r", 1_000)
    host.tick(2_000)
    return host.events()


def begin(booth: Booth) -> None:
    """A shopper with a cola in the cart and half of its price in the machine."""
    booth.choose("A1")
    booth.coin(100)


def expect_undisturbed(booth: Booth) -> None:
    screen = booth.screen()
    assert [line.slot for line in screen.lines] == ["A1"], "the cart is as it was"
    assert screen.held_minor == 100
    booth.finish_sale()
    booth.expect_nothing_lost(goods_minor=150)


@pytest.mark.parametrize(("code", "key"), ROWS)
def test_a_bad_code_from_the_scanner(booth: Booth, code: str, key: str) -> None:
    begin(booth)
    booth.tell(*scanned(code.encode()))
    expect_told(booth.screen().notice, key)
    kept = known_facts(booth, f.CodeUnknown)
    assert [(fact.reason, fact.code) for fact in kept if isinstance(fact, f.CodeUnknown)] == [
        (key, code.removeprefix("]C1")[:64])
    ]
    expect_undisturbed(booth)


@pytest.mark.parametrize(("data", "key"), SERIAL_ROWS)
def test_bytes_that_are_no_code(booth: Booth, data: bytes, key: str) -> None:
    begin(booth)
    seq = booth.state.seq
    booth.tell(*scanned(data))
    expect_told(booth.screen().notice, key)
    assert booth.state.seq == seq, "nothing of it is kept"
    expect_undisturbed(booth)


@pytest.mark.parametrize(("code", "key"), [*ROWS, *WEDGE_ROWS])
def test_a_bad_code_from_the_pages_keyboard_scanner(booth: Booth, code: str, key: str) -> None:
    begin(booth)
    client = screen_app(booth).test_client()
    answer = client.post("/scan", json={"code": code})
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["key"], answer.json["refused"]) == (key, True)
    assert "<script>" not in answer.text
    expect_told(booth.screen().notice, key)
    kept = [fact.code for fact in known_facts(booth, f.CodeUnknown) if isinstance(fact, f.CodeUnknown)]
    assert all(len(each) <= 64 and each.isprintable() for each in kept), "short and printable for the vendor"
    expect_undisturbed(booth)


def test_a_code_longer_than_anybody_may_try_is_no_request(booth: Booth) -> None:
    begin(booth)
    answer = screen_app(booth).test_client().post("/scan", json={"code": "1" * 4_097})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["said"] == "This could not be understood."
    expect_undisturbed(booth)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_keeps_the_reason_in_the_shoppers_language(booth: Booth, language: str) -> None:
    client = screen_app(booth).test_client()
    client.post("/tap/language", json={**booth.tap(), "tap": f"speak-{language}-1", "language": language})
    answer = client.post("/scan", json={"code": "6260441801412"})
    assert answer.json is not None
    notice = booth.screen().notice
    assert notice is not None
    expect_words(notice)
    assert (answer.json["said"] == "The barcode was misread. Please scan again.") == (language == "en")


@pytest.mark.parametrize("qty", [1_000])
def test_a_flood_of_bad_codes_stops_nobody(booth: Booth, qty: int) -> None:
    begin(booth)
    host = Scanner("scanner")
    for each in range(qty):
        host.receive(f"junk{each}\r".encode(), 1_000 + each // 4)
    host.tick(10_000)
    booth.tell(*host.events())
    assert len(booth.facts(f.CodeUnknown)) < 50, "a burst is bounded before it reaches the journal"
    expect_undisturbed(booth)
