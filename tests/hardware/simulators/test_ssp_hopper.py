"""A coin hopper as a stranger meets it: raw bytes and hands; nothing of the codec is imported here."""

from __future__ import annotations

import pytest

from hardware.simulators.model import CoinPayer, Simulator, UnknownActError
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.simulators.ssp_wire import SspWire

SETUP1 = "7F 90 01 05 5E 03"
LEVELS0 = "7F 10 01 22 8F 89"
SERIAL1 = "7F 90 01 0C 68 03"


def say(sim: SmartHopperSim, text: str, now_ms: int) -> str:
    sim.machine.receive(bytes.fromhex(text), now_ms)
    sim.machine.tick(now_ms + 10)
    return sim.machine.bytes_to_send().hex(" ").upper()


def filled() -> SmartHopperSim:
    sim = SmartHopperSim("coins", 7, (10, 20))
    sim.fill(10, 5)
    sim.fill(20, 3)
    return sim


def test_its_values_are_simulators_that_pay() -> None:
    tubes = filled().tubes({"tens": 10, "twenties": 20})
    for tube, qty in zip(tubes, (5, 3), strict=True):
        simulator: Simulator = tube
        assert isinstance(simulator, CoinPayer)
        assert simulator.inside == qty


def test_it_says_what_it_is_and_what_is_inside() -> None:
    sim = filled()
    assert (
        say(sim, SETUP1, 0) == "7F 90 15 F0 03 30 31 30 30 45 55 52 06 02 0A 00 14 00 45 55 52 45 55 52 E2 67"
    )
    assert (
        say(sim, LEVELS0, 100)
        == "7F 10 14 F0 02 05 00 0A 00 00 00 45 55 52 03 00 14 00 00 00 45 55 52 4C 7F 7F"
    ), "the check ends in 7F, which is sent twice"
    assert say(sim, SERIAL1, 200) == "7F 90 05 F0 00 00 00 07 94 F3"
    assert say(sim, SERIAL1, 300) == "7F 90 05 F0 00 00 00 07 94 F3", "repeated, not asked again"


def test_two_units_with_one_address_are_refused() -> None:
    with pytest.raises(ValueError, match="share an address"):
        SspWire((filled(), filled()))
    wire = SspWire((NoteValidatorSim("notes", 1, {1: 500}), filled()))
    wire.receive(bytes.fromhex(SERIAL1), 0)
    wire.tick(20)
    assert wire.bytes_to_send().hex(" ").upper() == "7F 90 05 F0 00 00 00 07 94 F3"


def test_what_must_survive_the_process_does() -> None:
    sim = filled()
    first, second = sim.tubes({"tens": 10, "twenties": 20})
    other = SmartHopperSim("coins", 1, (10, 20))
    tens, twenties = other.tubes({"tens": 10, "twenties": 20})
    tens.recall(first.remember())
    twenties.recall(second.remember())
    assert (other.inside(10), other.inside(20)) == (5, 3)
    assert say(other, SERIAL1, 0) == "7F 90 05 F0 00 00 00 07 94 F3"


def test_hands_fill_remove_empty_and_take() -> None:
    sim = filled()
    tens, _ = sim.tubes({"tens": 10, "twenties": 20})
    tens.act("fill", {"qty": "10"}, 0)
    tens.act("remove", {"qty": "4"}, 0)
    assert (tens.snapshot()["inside"], tens.snapshot()["level"]) == (11, 15), "a hand is not seen by the unit"
    tens.act("empty", {}, 0)
    assert tens.inside == 0
    for hand, values in (("kick", {}), ("remove", {"qty": "1"}), ("fill", {"qty": "501"})):
        with pytest.raises(UnknownActError):
            tens.act(hand, values, 0)
    with pytest.raises(UnknownActError, match="no fault"):
        tens.set_fault("rust", True, 0)
