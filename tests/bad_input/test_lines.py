"""Bad input: noise, half frames, silence, a cable pulled out and put back under another name; on each of the five lines.

Real processes, real ptys, real pyserial. The market of this module lives through all of it, and sells at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.i18n import LANGUAGES, say
from tests.bad_input.table import expect_three
from tests.market import Market

DEVICES = {
    "coin": "coin",
    "hoppers": "hopper-20",
    "coils": "coils",
    "scanner": "scanner",
    "printer": "printer",
}
"""Wire -> a device on it."""

SPEAKERS = [wire for wire in DEVICES if wire != "scanner"]
"""Lines on which silence means something; a scanner is silent until somebody scans."""

GARBLED = [
    *(
        (wire, fault)
        for wire in ("coin", "hoppers", "coils")
        for fault in ("noise", "half_frame", "corrupt_byte")
    ),
    ("scanner", "noise"),
    ("scanner", "flood"),
    ("scanner", "control_chars"),
    ("printer", "noise"),
]


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    """A market that sells."""
    with Market() as made:
        made.wait_for_slot(200)
        yield made


def path_of(market: Market, wire: str) -> str:
    """Where the port of a wire is now."""
    wires = market.workshop("api/snapshot")["wires"]
    return str(next(each["path"] for each in wires if each["name"] == wire))


def wait_for(market: Market, kind: str, device: str, *, after: int) -> dict[str, object]:
    """The first fact of a kind about a device."""

    def found() -> list[dict[str, object]]:
        return [fact for _, _, fact in market.facts(kind, after=after) if fact["device"] == device]

    market.wait_for(f"{kind} of {device}", lambda: bool(found()))
    return found()[0]


def expect_well(market: Market, device: str) -> None:
    """The device answers, as far as the journal knows."""
    market.wait_for(f"{device} online", lambda: is_online(market, device))


def is_online(market: Market, device: str) -> bool:
    kinds = ("DeviceCameOnline", "DeviceWentOffline")
    words = [kind for _, kind, fact in market.facts(*kinds) if fact["device"] == device]
    return not words or words[-1] == "DeviceCameOnline"


def expect_told(fault: object) -> None:
    """What shopper and clerk are told about a fault."""
    for who in ("shopper", "clerk"):
        expect_three(*(say(language, f"fault.{fault}.{who}") for language in LANGUAGES), key=str(fault))


@pytest.mark.parametrize("wire", SPEAKERS)
def test_a_line_that_falls_silent_is_recorded_and_comes_back(market: Market, wire: str) -> None:
    device, after = DEVICES[wire], market.seq()
    market.fault(device, "mute", is_on=True)
    lost = wait_for(market, "DeviceWentOffline", device, after=after)
    market.fault(device, "mute", is_on=False)
    wait_for(market, "DeviceCameOnline", device, after=after)
    expect_told(lost["fault"])


@pytest.mark.parametrize("wire", list(DEVICES))
def test_a_cable_pulled_out_and_back_under_another_name(market: Market, wire: str) -> None:
    device, after = DEVICES[wire], market.seq()
    before = path_of(market, wire)
    market.workshop("api/unplug", {"wire": wire})
    lost = wait_for(market, "DeviceWentOffline", device, after=after)
    market.workshop("api/plug", {"wire": wire})
    assert path_of(market, wire) != before
    wait_for(market, "DeviceCameOnline", device, after=after)
    expect_told(lost["fault"])


@pytest.mark.parametrize(("wire", "fault"), GARBLED, ids=[f"{wire}: {fault}" for wire, fault in GARBLED])
def test_a_garbled_line_never_invents_money_or_goods(market: Market, wire: str, fault: str) -> None:
    device, after = DEVICES[wire], market.seq()
    market.fault(device, fault, is_on=True)
    if wire == "scanner":
        market.scan("6260441801412")
        market.wait_for("its bytes", lambda: bool(market.truth("scanner")["scans_total"]))
    else:
        since_ms = last_word_ms(market, wire)
        market.wait_for("half a second of talk", lambda: last_word_ms(market, wire) > since_ms + 500)
    market.fault(device, fault, is_on=False)
    expect_well(market, device)
    invented = {
        "CoinCredited",
        "CoinFound",
        "VendEnded",
        "PayoutEnded",
        "LineAdded",
        "HopperDiffered",
        "DropSeen",
    }
    assert not [kind for _, kind, _ in market.facts(after=after) if kind in invented]


def last_word_ms(market: Market, wire: str) -> int:
    """When the last bytes passed on a wire."""
    lines = market.workshop(f"api/wires/{wire}")["lines"]
    return max((int(line["at_ms"]) for line in lines), default=0)


def test_after_all_that_it_sells_and_the_books_agree(market: Market) -> None:
    market.wait_for_slot(200)
    after = market.seq()
    market.drop(200)
    market.wait_for_fact("CoinCredited", after=after)
    market.tap("money_back")
    market.wait_until_settled(after)
    trays = sum(
        value * int(market.truth(name)["tray"])
        for name, value in (("hopper-10", 10), ("hopper-20", 20), ("hopper-50", 50))
    )
    assert trays == 200, "what went in is in the shopper's hand"
    assert market.stop_kiosk() == 0
    found = market.verify()
    assert found.problems == ()
    assert (found.state.totals.taken, found.state.totals.paid_out) == (200, 200)
