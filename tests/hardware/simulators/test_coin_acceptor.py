"""The coin acceptor as a stranger meets it: raw bytes and hands; nothing of the codec is imported here."""

from __future__ import annotations

import pytest

from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.model import Simulator, UnknownActError

POLL = "02 00 01 FE FF"
EVENTS = "02 00 01 E5 18"
OPEN_ALL = "02 02 01 E7 FF FF 16"
ACCEPT = "02 01 01 E4 01 17"
RESET = "02 00 01 01 FC"
ACK = "01 00 02 00 FD"
NOTHING_YET = "01 0B 02 00 00 00 00 00 00 00 00 00 00 00 00 F2"


def made() -> CoinAcceptorSim:
    return CoinAcceptorSim("coin", 2, 12345678, {1: 10, 2: 20, 3: 50, 4: 100, 5: 200})


def say(sim: CoinAcceptorSim, text: str, now_ms: int) -> str:
    """What comes back, as hexadecimal, the echo first."""
    sim.machine.receive(bytes.fromhex(text), now_ms)
    sim.machine.tick(now_ms + 20)
    return sim.machine.bytes_to_send().hex(" ").upper()


def opened() -> CoinAcceptorSim:
    sim = made()
    say(sim, OPEN_ALL, 0)
    say(sim, ACCEPT, 50)
    say(sim, EVENTS, 100)
    return sim


def test_it_is_a_simulator() -> None:
    simulator: Simulator = made()
    assert simulator.name == "coin"


def test_a_coin_falls_into_the_box_and_the_ring_shows_it() -> None:
    sim = made()
    assert say(sim, POLL, 0) == f"{POLL} {ACK}"
    assert say(sim, EVENTS, 100) == f"{EVENTS} {NOTHING_YET}"
    assert say(sim, OPEN_ALL, 200) == f"{OPEN_ALL} {ACK}"
    assert say(sim, ACCEPT, 300) == f"{ACCEPT} {ACK}"
    sim.act("drop", {"position": "3"}, 400)
    sim.machine.tick(700)
    shown = f"{EVENTS} 01 0B 02 00 01 03 01 00 00 00 00 00 00 00 00 ED"
    assert say(sim, EVENTS, 700) == shown
    assert say(sim, EVENTS, 800) == shown
    assert sim.snapshot()["cash_box"] == {"3": 1}
    assert say(sim, "02 01 01 96 03 63", 900).endswith("01 03 02 00 01 00 00 F9")


@pytest.mark.parametrize(
    "text",
    ["02 00 01 FE FE", "03 00 01 FE FE", "02 00 01 63 9A", "02 00 01"],
    ids=["bad sum", "another's address", "unknown header", "half a frame"],
)
def test_it_keeps_silent_on_what_is_not_for_it(text: str) -> None:
    sim = made()
    assert say(sim, text, 0) == text
    assert say(sim, POLL, 100) == f"{POLL} {ACK}"


def test_half_a_frame_is_forgotten_after_50_ms_and_not_sooner() -> None:
    sim = made()
    sim.machine.receive(bytes.fromhex("02 00 01"), 0)
    assert say(sim, "FE FF", 49) == f"{POLL} {ACK}"
    sim.machine.receive(bytes.fromhex("02 00 01"), 1000)
    assert say(sim, "FE FF", 1050) == POLL
    assert say(sim, POLL, 1200) == f"{POLL} {ACK}"


def test_without_polls_it_gives_coins_back_after_a_second() -> None:
    sim = opened()
    sim.drop(1, 1, 1200)
    sim.machine.tick(1400)
    assert sim.snapshot()["tray"] == {"1": 1}
    say(sim, EVENTS, 1500)
    sim.drop(1, 1, 1600)
    sim.machine.tick(1800)
    assert sim.snapshot()["cash_box"] == {"1": 1}
    sim.act("take_tray", {}, 1900)
    assert (sim.snapshot()["tray"], sim.snapshot()["taken"]) == ({}, {"1": 1})


def test_the_third_coin_waits_until_it_was_polled() -> None:
    sim = opened()
    sim.drop(1, 3, 100)
    sim.machine.tick(900)
    assert sim.snapshot()["cash_box"] == {"1": 2}
    say(sim, EVENTS, 900)
    assert sim.snapshot()["cash_box"] == {"1": 3}


def test_power_takes_the_ring_and_leaves_the_counts() -> None:
    sim = opened()
    sim.drop(2, 1, 100)
    sim.machine.tick(400)
    sim.set_power(False, 500)
    sim.drop(2, 1, 550)
    assert say(sim, POLL, 1000) == POLL
    sim.set_power(True, 1100)
    assert say(sim, POLL, 1200) == POLL, "still booting"
    assert say(sim, EVENTS, 1500) == f"{EVENTS} {NOTHING_YET}"
    assert say(sim, "02 01 01 96 02 64", 1600).endswith("01 03 02 00 01 00 00 F9")
    assert sim.snapshot()["is_open"] is False
    assert sim.snapshot()["tray"] == {"2": 1}, "a coin falls through a device without power"


def test_reset_is_acknowledged_then_silent_then_new() -> None:
    sim = opened()
    sim.drop(2, 1, 100)
    sim.machine.tick(400)
    assert say(sim, RESET, 500) == f"{RESET} {ACK}"
    assert say(sim, POLL, 600) == POLL
    assert say(sim, EVENTS, 1000) == f"{EVENTS} {NOTHING_YET}"


def test_every_coin_is_somewhere_whatever_is_wrong() -> None:
    sim = opened()
    now_ms = 100
    for fault in ("swallow", "string", "reject", "jam", "wrong_coin"):
        sim.set_fault(fault, True, now_ms)
        sim.drop(4, 1, now_ms)
        now_ms += 300
        say(sim, EVENTS, now_ms)
        sim.set_fault(fault, False, now_ms)
    truth = sim.snapshot()
    assert (truth["swallowed"], truth["tray"], truth["stuck"]) == ({"4": 1}, {"4": 3}, {})
    assert (truth["cash_box"], truth["accept_counts"]) == ({"4": 1}, {"16": 1})


def test_what_must_survive_the_process_does() -> None:
    sim = opened()
    sim.drop(5, 1, 100)
    sim.machine.tick(400)
    sim.drop(1, 1, 500)
    again = made()
    again.recall(sim.remember())
    assert again.snapshot()["cash_box"] == {"5": 1}
    assert again.snapshot()["tray"] == {"1": 1}
    assert say(again, "02 01 01 96 05 61", 1600).endswith("01 03 02 00 01 00 00 F9")


@pytest.mark.parametrize(
    ("hand", "values"),
    [
        ("kick", {}),
        ("drop", {"position": "9"}),
        ("drop", {"qty": "0"}),
        ("drop", {"qty": "51"}),
        ("drop", {"qty": "many"}),
        ("drop", {"qty": "٣"}),
    ],
)
def test_hands_that_it_has_not_are_refused(hand: str, values: dict[str, str]) -> None:
    with pytest.raises(UnknownActError):
        made().act(hand, values, 0)


def test_faults_that_it_has_not_are_refused() -> None:
    with pytest.raises(UnknownActError):
        made().set_fault("rust", True, 0)


def test_washers_move_the_counter_and_lie_nowhere() -> None:
    sim = opened()
    sim.act("slugs", {"qty": "4"}, 200)
    for now_ms in range(300, 1_300, 100):
        say(sim, EVENTS, now_ms)
    assert sim.snapshot()["counter"] == 4
    assert sim.snapshot()["tray"] == sim.snapshot()["cash_box"] == {}


def test_another_acceptor_has_another_serial_and_no_counts_and_the_box_stays() -> None:
    sim = opened()
    sim.act("drop", {"position": "3"}, 200)
    sim.machine.tick(500)
    sim.act("replace", {}, 600)
    assert sim.snapshot()["cash_box"] == {"3": 1}
    assert sim.snapshot()["accept_counts"] == {}
    assert sim.snapshot()["counter"] == 0
    assert sim.remember()["serial"] == 12345678 + 1000
    assert sim.is_powered
