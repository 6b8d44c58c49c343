"""The K1 board by raw bytes alone, and the truth behind it."""

from __future__ import annotations

import json
from functools import reduce
from operator import xor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.events import DeviceKind
from hardware.simulators.k1_board import K1_COILS, K1_FAULTS, K1BoardSim
from hardware.simulators.model import Simulator, UnknownActError
from hardware.simulators.spirals import FALL_MS, HOME_MS
from hardware.vmc96.device import START_MS
from tests.hardware.vmc96.conversation import Conversation, started


def full(**options: Any) -> K1BoardSim:
    return K1BoardSim("coils", dict.fromkeys(K1_COILS, 5), 10, **options)


class Wire:
    """Raw bytes only: what a serial terminal would see and send."""

    def __init__(self, sim: K1BoardSim) -> None:
        self.machine = sim.machine
        self.now_ms = 0

    def ask(self, text: str, for_ms: int = 50) -> str:
        """Say something and give the answer; empty when none comes."""
        body = bytes.fromhex(text)
        self.machine.receive(body + bytes((reduce(xor, body),)), self.now_ms)
        heard = b""
        for _ in range(for_ms):
            self.now_ms += 1
            self.machine.tick(self.now_ms)
            heard += self.machine.bytes_to_send()
        return heard.hex(" ").upper()

    def wait(self, for_ms: int) -> None:
        self.now_ms += for_ms
        self.machine.tick(self.now_ms)


def test_raw_bytes_alone_turn_a_coil() -> None:
    sim = full()
    wire = Wire(sim)
    assert wire.ask("35 30 05 00") == "35 30 05 00 00"
    assert wire.ask("35 30 05 11") == "35 30 11 11" + " FF" * 12 + " 05"
    assert wire.ask("35 30 05 15") == "35 30 09 15 00 00 00 00 19"
    assert wire.ask("35 30 06 13 13") == "35 30 05 00 00"
    assert wire.ask("35 30 05 10") == "35 30 07 10 27 13 26"
    wire.wait(FALL_MS)
    samples = bytes.fromhex(wire.ask("35 30 05 15"))
    assert int.from_bytes(samples[4:8], "little").bit_count() == 2
    wire.wait(HOME_MS - FALL_MS)
    assert wire.ask("35 30 05 10") == "35 30 06 10 00 13"
    wire.wait(1_400)
    assert wire.ask("35 30 05 15") == "35 30 09 15 00 00 00 00 19"
    assert sim.snapshot()["tray"] == {"3": 1}


def test_raw_bytes_what_the_board_cannot_do_is_refused_and_a_foreign_address_is_not_answered() -> None:
    wire = Wire(full())
    for refused in ("35 30 06 13 00", "35 30 07 13 11 12", "35 30 07 14 11 20", "35 30 05 44", "35 30 05 13"):
        assert wire.ask(refused) == "35 30 05 01 01"
    assert wire.ask("35 31 05 00") == ""
    assert wire.ask("35 30 06 13 13") == "35 30 05 00 00"
    assert wire.ask("35 30 06 13 14") == "35 30 05 01 01", "one motor at a time"


def test_raw_bytes_relays_resets_and_versions() -> None:
    sim = full()
    wire = Wire(sim)
    assert wire.ask("35 26 06 11 01") == "35 26 05 00 16"
    assert [int(address) for address, is_on in sim.relays.items() if is_on] == [0x26]
    assert bytes.fromhex(wire.ask("35 26 05 02"))[3:-1] == b"\x02K1-SIM 1"
    assert bytes.fromhex(wire.ask("35 30 05 02"))[3:-1] == b"\x02K1-SIM 1"
    wire.ask("35 30 06 13 13")
    assert wire.ask("35 00 06 01 FF") == "35 00 05 00 30"
    assert not sim.is_turning


def test_a_motor_that_misses_its_home_switch_or_jams_turns_until_it_is_stopped() -> None:
    for fault in ("motor_stuck", "jam"):
        sim = full()
        wire = Wire(sim)
        sim.set_fault(fault, True, 0)
        wire.ask("35 30 06 13 13")
        wire.wait(60_000)
        assert sim.is_turning
        assert wire.ask("35 30 05 12") == "35 30 05 00 00"
        assert not sim.is_turning


def test_a_barrier_that_latches_keeps_an_interruption_until_it_is_read_once() -> None:
    sim = full(sensor_latches=True)
    wire = Wire(sim)
    wire.ask("35 30 06 13 13")
    wire.wait(30_000)
    assert wire.ask("35 30 05 15") != "35 30 09 15 00 00 00 00 19"
    assert wire.ask("35 30 05 15") == "35 30 09 15 00 00 00 00 19"


def test_a_board_without_power_turns_nothing_and_hears_nothing_until_it_has_started() -> None:
    sim = full()
    wire = Wire(sim)
    wire.ask("35 30 06 13 13")
    sim.set_power(False, wire.now_ms)
    assert sim.machine.wake_at_ms is None
    assert wire.ask("35 30 05 10") == ""
    sim.set_power(True, wire.now_ms)
    assert wire.ask("35 30 05 10") == ""
    wire.wait(START_MS)
    assert wire.ask("35 30 05 10") == "35 30 06 10 00 13"
    assert sim.snapshot()["tray"] == {}


def test_it_is_a_simulator_of_96_coils() -> None:
    sim: Simulator = full()
    assert sim.kind is DeviceKind.COIL_BOARD
    assert tuple(sim.faults) == K1_FAULTS
    assert tuple(K1BoardSim("coils", {}, 10, lift_ms=1).faults) == (*K1_FAULTS, "lift_stuck")
    with pytest.raises(UnknownActError, match=r"1\.\.96"):
        K1BoardSim("coils", {97: 1}, 10)
    with pytest.raises(UnknownActError, match="lift_stuck"):
        sim.set_fault("lift_stuck", True, 0)


def test_what_it_remembers_is_where_everything_was() -> None:
    talk = started(Conversation(full(lift_ms=3_000)))
    talk.fault("lift_stuck")
    talk.turn(3)
    talk.run(9_000)
    other = full(lift_ms=3_000)
    other.recall(json.loads(json.dumps(talk.sim.remember())))
    assert other.snapshot() == talk.sim.snapshot()
    assert other.snapshot()["hanging"] == {"3": 1}
    assert other.inside(3) == 5


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*K1_FAULTS, "lift_stuck", "shake", "take_tray", "cut", "load", "turn", "turn"]),
            st.integers(1, 3_500),
        ),
        max_size=14,
    ),
    st.sampled_from([0, 2_000]),
)
@settings(max_examples=40, deadline=None)
def test_no_piece_is_ever_lost_or_made(steps: list[tuple[str, int]], lift_ms: int) -> None:
    talk = started(Conversation(full(lift_ms=lift_ms), drop_wait_ms=3_000))
    for number, (step, for_ms) in enumerate(steps):
        if step == "turn":
            talk.turn(1 + number % 3, str(number))
        elif step == "cut":
            talk.sim.set_power(not talk.sim.is_powered, talk.now_ms)
        elif step == "load":
            talk.sim.act("load", {"slot": str(50 + number), "qty": "1"}, talk.now_ms)
        elif step in talk.sim.faults:
            talk.fault(step, is_on=not talk.sim.faults[step])
        elif step != "lift_stuck":
            talk.sim.act(step, {}, talk.now_ms)
        talk.run(for_ms)
        truth: Any = talk.sim.snapshot()
        inside = sum(truth["coils"].values()) + sum(truth["hanging"].values())
        outside = truth["tray_qty"] + truth["taken_qty"] + truth["unloaded_total"]
        assert truth["loaded_total"] == inside + outside
