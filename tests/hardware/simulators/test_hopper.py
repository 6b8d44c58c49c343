"""Hoppers as a stranger meets them: raw bytes and hands; nothing of the codec is imported here."""

from __future__ import annotations

import pytest

from hardware.simulators.cctalk_wire import CcTalkWire
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from hardware.simulators.model import Simulator, UnknownActError

ENABLE = "03 01 01 A4 A5 B2"
PAY_5 = "03 04 01 A7 4E 61 BC 05 E1"
STATUS = "03 00 01 A6 56"
STOP = "03 00 01 AC 50"
TOTAL = "03 00 01 A8 54"
TEST = "03 00 01 A3 59"
LEVEL = "03 00 01 D9 23"
ACK = "01 00 03 00 FC"
NAK = "01 00 03 05 F7"


def filled(qty: int = 100) -> HopperSim:
    sim = HopperSim("hopper1", 3, 12345678, 10)
    if qty:
        sim.fill(qty)
    return sim


def say(sim: HopperSim, text: str, now_ms: int) -> str:
    """What comes back without the echo, as hexadecimal."""
    sim.machine.receive(bytes.fromhex(text), now_ms)
    sim.machine.tick(now_ms + 10)
    heard = sim.machine.bytes_to_send().hex(" ").upper()
    assert heard.startswith(text)
    return heard[len(text) :].strip()


def paying(qty: int = 100) -> HopperSim:
    sim = filled(qty)
    assert say(sim, ENABLE, 0) == ACK
    assert say(sim, PAY_5, 100) == "01 01 03 00 01 FA"
    return sim


def test_it_is_a_simulator() -> None:
    simulator: Simulator = filled()
    assert simulator.name == "hopper1"


def test_it_pays_one_coin_after_the_other_and_counts_them() -> None:
    sim = paying()
    sim.machine.tick(600)
    assert say(sim, STATUS, 600) == "01 04 03 00 01 02 03 00 F2"
    sim.machine.tick(1000)
    assert say(sim, STATUS, 1000) == "01 04 03 00 01 00 05 00 F2"
    assert say(sim, TOTAL, 1100) == "01 03 03 00 05 00 00 F4"
    assert (sim.snapshot()["inside"], sim.snapshot()["tray"]) == (95, 5)
    sim.act("take_tray", {}, 1200)
    assert (sim.snapshot()["tray"], sim.snapshot()["taken"]) == (0, 5)


def test_it_refuses_while_disabled_with_a_wrong_code_and_while_paying() -> None:
    sim = filled()
    assert say(sim, PAY_5, 0) == NAK
    assert say(sim, "03 01 01 A4 00 57", 50) == ACK
    assert say(sim, PAY_5, 100) == NAK
    assert say(sim, ENABLE, 200) == ACK
    assert say(sim, "03 04 01 A7 4F 61 BC 05 E0", 300) == NAK
    assert say(sim, PAY_5, 400) == "01 01 03 00 01 FA"
    assert say(sim, PAY_5, 500) == NAK


def test_it_stops_when_told_and_says_how_many_are_missing() -> None:
    sim = paying()
    sim.machine.tick(600)
    assert say(sim, STOP, 600) == "01 01 03 00 02 F9"
    sim.machine.tick(5000)
    assert sim.snapshot()["tray"] == 3


def test_power_cut_in_mid_payout_keeps_paid_and_unpaid_and_says_so() -> None:
    sim = paying()
    sim.machine.tick(300)
    sim.set_power(False, 300)
    sim.set_power(True, 2000)
    assert say(sim, STATUS, 2500) == "01 04 03 00 00 00 01 04 F3"
    assert say(sim, TEST, 2600) == "01 03 03 00 C0 00 01 38", "power-up, disabled, power lost in a payout"
    sim.machine.tick(9000)
    assert sim.snapshot()["tray"] == 1


def test_one_that_resumes_goes_on_by_itself() -> None:
    sim = paying()
    sim.set_fault("resumes_after_power", True, 200)
    sim.machine.tick(300)
    sim.set_power(False, 300)
    sim.set_power(True, 2000)
    sim.machine.tick(9000)
    assert sim.snapshot()["tray"] == 5


def test_it_gives_up_when_it_is_empty() -> None:
    sim = paying(2)
    sim.machine.tick(9000)
    assert say(sim, STATUS, 9000) == "01 04 03 00 01 00 02 03 F2"
    assert say(sim, TEST, 9100) == "01 03 03 00 42 00 00 B7", "time-out, power-up seen"


def test_below_ten_coins_it_is_low_unless_the_sensor_lies() -> None:
    sim = filled(9)
    assert say(sim, LEVEL, 0) == "01 01 03 00 11 EA"
    sim.fill(1)
    assert say(sim, LEVEL, 100) == "01 01 03 00 10 EB"
    sim.set_fault("sensor_lies", True, 200)
    assert say(sim, LEVEL, 300) == "01 01 03 00 11 EA"


def test_one_that_keeps_no_count_is_silent_on_it() -> None:
    sim = filled()
    sim.set_fault("no_pay_count", True, 0)
    assert say(sim, TOTAL, 100) == ""


def test_several_slaves_share_one_wire_and_one_echo() -> None:
    wire = CcTalkWire((CoinAcceptorSim("coin", 2, 1, {1: 10}), filled(), HopperSim("hopper2", 4, 2, 20)))
    now_ms = 0
    for text, answer in (
        ("02 00 01 FE FF", "01 00 02 00 FD"),
        ("03 00 01 FE FE", "01 00 03 00 FC"),
        ("04 00 01 FE FD", "01 00 04 00 FB"),
        ("05 00 01 FE FC", ""),
    ):
        wire.receive(bytes.fromhex(text), now_ms)
        wire.tick(now_ms + 10)
        assert wire.bytes_to_send().hex(" ").upper() == f"{text} {answer}".strip()
        now_ms += 100


def test_two_slaves_with_one_address_are_refused() -> None:
    with pytest.raises(ValueError, match="share an address"):
        CcTalkWire((filled(), filled()))


def test_what_must_survive_the_process_does() -> None:
    sim = paying()
    sim.machine.tick(300)
    again = HopperSim("hopper1", 3, 1, 10)
    again.recall(sim.remember())
    assert (again.snapshot()["inside"], again.snapshot()["tray"], again.snapshot()["paid_total"]) == (
        99,
        1,
        1,
    )
    assert say(again, STATUS, 1000) == "01 04 03 00 00 00 01 04 F3"
    assert say(again, TEST, 1100).startswith("01 03 03 00 C0 00 01")


@pytest.mark.parametrize(
    ("hand", "values"),
    [("kick", {}), ("fill", {"qty": "501"}), ("remove", {"qty": "101"}), ("fill", {"qty": "-1"})],
)
def test_hands_that_it_has_not_are_refused(hand: str, values: dict[str, str]) -> None:
    with pytest.raises(UnknownActError):
        filled().act(hand, values, 0)


def test_more_coins_than_fit_are_refused() -> None:
    sim = filled(450)
    with pytest.raises(UnknownActError):
        sim.act("fill", {"qty": "51"}, 0)
    sim.act("remove", {"qty": "50"}, 0)
    assert sim.snapshot()["inside"] == 400


def test_another_hopper_has_another_serial_and_its_own_past() -> None:
    sim = filled(7)
    sim.act("replace", {"total": "16777214"}, 100)
    sim.act("remove", {"qty": "2"}, 100)
    assert sim.snapshot()["inside"] == 5
    assert (sim.snapshot()["filled"], sim.snapshot()["removed"]) == (7, 2)
    assert sim.snapshot()["paid_total"] == 16_777_214
    assert sim.remember()["serial"] == 12345678 + 1000
    with pytest.raises(UnknownActError, match="total"):
        sim.act("replace", {"total": "16777216"}, 200)
    sim.act("empty", {}, 300)
    assert (sim.snapshot()["inside"], sim.snapshot()["removed"]) == (0, 7)
