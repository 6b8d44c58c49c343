from __future__ import annotations

import json
from functools import reduce
from operator import xor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.events import DeviceKind
from hardware.fafb.device import MAX_WAITING, CoilBoardDevice
from hardware.simulators.coil_board import COILS, FALL_MS, FAULTS, HOME_MS, CoilBoardSim
from hardware.simulators.model import Simulator, UnknownActError
from tests.hardware.fafb.conversation import Conversation, started

POLL = "FA FB 41 00 40"


def full(qty: int = 5) -> CoilBoardSim:
    return CoilBoardSim("coils", dict.fromkeys(COILS, qty), 10)


def goods_balance(sim: CoilBoardSim) -> bool:
    truth: Any = sim.snapshot()
    inside = sum(truth["coils"].values()) + sum(truth["hanging"].values())
    outside = truth["tray_qty"] + truth["taken_qty"] + truth["unloaded_total"]
    return bool(truth["loaded_total"] == inside + outside)


class Wire:
    """Raw bytes only: what a serial terminal would see and send."""

    def __init__(self, sim: CoilBoardSim) -> None:
        self.machine = sim.machine
        self.now_ms = 0

    def hear(self, for_ms: int = 1_000) -> str:
        """The next bytes within ``for_ms``; empty when there are none."""
        end_ms = self.now_ms + for_ms
        while self.now_ms <= end_ms:
            self.machine.tick(self.now_ms)
            data = self.machine.bytes_to_send()
            if data:
                return data.hex(" ").upper()
            self.now_ms += 10
        return ""

    def say(self, text: str) -> None:
        body = bytes.fromhex(text)
        self.machine.receive(body + bytes((reduce(xor, body),)), self.now_ms)

    def acknowledge(self) -> None:
        self.say("FA FB 42 00")

    def until(self, wanted: str, for_ms: int = 12_000) -> list[str]:
        """Acknowledge everything until ``wanted`` was heard; give all that is no poll."""
        heard: list[str] = []
        end_ms = self.now_ms + for_ms
        while self.now_ms <= end_ms:
            data = self.hear()
            if data and data != POLL:
                heard.append(data)
            if data == wanted:
                return heard
            self.acknowledge()
        raise AssertionError(f"{wanted} was not heard, but {heard}")


def test_raw_bytes_alone_turn_a_coil() -> None:
    sim = full()
    wire = Wire(sim)
    assert wire.hear() == "FA FB 31 01 01 30"
    wire.acknowledge()
    assert wire.hear() == POLL
    wire.say("FA FB 31 01 01")
    assert wire.hear() == "FA FB 42 00 43"
    book = wire.until("FA FB 11 0C 29 00 28 00 00 00 00 0A 0A 00 00 00 1D")
    assert len(book) == 40
    wire.acknowledge()
    wire.until(POLL)
    wire.say("FA FB 01 03 02 00 0C")
    assert wire.hear() == "FA FB 42 00 43"
    assert wire.hear() == "FA FB 02 04 2A 01 00 0C 20"
    wire.acknowledge()
    wire.until(POLL)
    wire.say("FA FB 06 05 03 01 00 00 0C")
    assert wire.hear() == "FA FB 42 00 43"
    assert wire.hear() == "FA FB 04 04 2B 01 00 0C 27"
    wire.acknowledge()
    assert wire.until("FA FB 04 04 2C 02 00 0C 23") == ["FA FB 04 04 2C 02 00 0C 23"]
    assert sim.snapshot()["tray"] == {"12": 1}


def test_raw_bytes_a_repeated_number_is_acknowledged_and_not_executed_again() -> None:
    sim = full()
    wire = Wire(sim)
    for _ in range(3):
        wire.until(POLL)
        wire.say("FA FB 06 05 07 01 00 00 0C")
        assert wire.hear() == "FA FB 42 00 43"
    wire.until("FA FB 04 04 03 02 00 0C 0C")
    assert sim.snapshot()["turns_total"] == 1
    assert sim.snapshot()["dropped_total"] == 1


def test_raw_bytes_an_unacknowledged_status_is_said_six_times_and_then_given_up() -> None:
    wire = Wire(full())
    assert [wire.hear() for _ in range(7)] == ["FA FB 31 01 01 30"] * 6 + [POLL]


def test_raw_bytes_a_command_that_comes_too_late_or_unasked_is_not_obeyed() -> None:
    sim = full()
    wire = Wire(sim)
    wire.until(POLL)
    wire.now_ms += 100
    wire.say("FA FB 06 05 07 01 00 00 0C")
    assert wire.hear() == POLL
    wire.acknowledge()
    wire.say("FA FB 06 05 07 01 00 00 0C")
    assert wire.hear() == POLL
    assert sim.snapshot()["turns_total"] == 0


def test_raw_bytes_the_poll_interval_can_be_set() -> None:
    wire = Wire(full())
    wire.until(POLL)
    wire.say("FA FB 16 02 01 05")
    assert wire.hear() == "FA FB 42 00 43"
    wire.until(POLL)
    began_ms = wire.now_ms
    wire.acknowledge()
    wire.until(POLL)
    assert wire.now_ms - began_ms == 500


def test_raw_bytes_a_broken_off_command_does_not_eat_the_next() -> None:
    sim = full()
    wire = Wire(sim)
    wire.until(POLL)
    wire.machine.receive(bytes.fromhex("FA FB 06 05 07"), wire.now_ms)
    assert wire.hear() == POLL
    wire.say("FA FB 06 05 08 01 00 00 0C")
    assert wire.hear() == "FA FB 42 00 43"


def test_raw_bytes_a_frame_hidden_behind_a_broken_off_one_is_found_in_time() -> None:
    wire = Wire(full())
    wire.until(POLL)
    wire.machine.receive(bytes.fromhex("FA FB 06 20 FA FB 16 02 01 05 11"), wire.now_ms)
    assert wire.hear(90) == "FA FB 42 00 43"


@pytest.mark.parametrize("text", ["FA FB 06 05 00 01 00 00 0C", "FA FB 06 00", "FA FB 41 00"])
def test_raw_bytes_what_is_no_command_is_not_acknowledged(text: str) -> None:
    sim = full()
    wire = Wire(sim)
    wire.until(POLL)
    wire.say(text)
    assert wire.hear() == POLL
    assert sim.snapshot()["turns_total"] == 0


def test_raw_bytes_a_command_that_this_board_does_not_know_is_acknowledged_and_moves_nothing() -> None:
    sim = full()
    wire = Wire(sim)
    before = sim.remember()
    wire.until(POLL)
    wire.say("FA FB 12 07 01 00 0C 00 00 00 64")
    assert wire.hear() == "FA FB 42 00 43"
    assert wire.hear() == POLL
    assert sim.remember() == before


@pytest.mark.parametrize(
    ("fault", "order", "status"),
    [
        ("", "FA FB 06 05 07 01 00 00 29", "FA FB 04 04 02 06 00 29 2C"),
        ("no_motor", "FA FB 06 05 07 01 00 00 0C", "FA FB 04 04 02 06 00 0C 09"),
        ("sensor_blocked", "FA FB 06 05 07 01 00 00 0C", "FA FB 04 04 02 FF 00 0C F0"),
    ],
)
def test_raw_bytes_an_order_that_cannot_be_carried_out_ends_at_once(
    fault: str, order: str, status: str
) -> None:
    sim = full()
    wire = Wire(sim)
    wire.until(POLL)
    if fault:
        sim.set_fault(fault, is_on=True, now_ms=0)
    wire.say(order)
    wire.until(status)
    assert sim.snapshot()["turns_total"] == 0


def test_words_that_nobody_hears_do_not_pile_up() -> None:
    device = CoilBoardDevice(full())
    for _ in range(10 * MAX_WAITING):
        device.report(2, 12)
    said = set()
    for now_ms in range(0, 200_000, 10):
        device.tick(now_ms)
        said.add(device.bytes_to_send())
    assert len(said) <= MAX_WAITING + 2


def test_an_empty_coil_turns_and_nothing_falls() -> None:
    talk = started(Conversation(full(0)))
    talk.vend(12, "empty")
    talk.fault("no_drop")
    talk.vend(12, "empty again")
    truth: Any = talk.sim.snapshot()
    assert (truth["turns_total"], truth["dropped_total"], truth["hanging"]) == (2, 0, {})


def test_it_is_a_simulator_of_a_coil_board_with_forty_coils() -> None:
    sim: Simulator = full()
    assert (sim.name, sim.kind) == ("coils", DeviceKind.COIL_BOARD)
    assert tuple(sim.faults) == FAULTS
    assert not any(sim.faults.values())
    truth: Any = sim.snapshot()
    assert list(truth["coils"]) == [str(number) for number in range(1, 41)]


@pytest.mark.parametrize(
    ("slots", "capacity"), [({0: 1}, 10), ({41: 1}, 10), ({1: 11}, 10), ({1: -1}, 10), ({}, 0), ({}, 256)]
)
def test_a_machine_that_cannot_be_is_not_built(slots: dict[int, int], capacity: int) -> None:
    with pytest.raises(UnknownActError):
        CoilBoardSim("coils", slots, capacity)


def test_hands_load_unload_and_take_what_fell() -> None:
    talk = started(Conversation(full(0)))
    act = talk.sim.act
    act("load", {"slot": "3", "qty": "4"}, talk.now_ms)
    act("unload", {"slot": "3", "qty": "1"}, talk.now_ms)
    talk.vend(3)
    truth: Any = talk.sim.snapshot()
    assert (truth["coils"]["3"], truth["tray"], truth["tray_qty"]) == (2, {"3": 1}, 1)
    act("take_tray", {}, talk.now_ms)
    truth = talk.sim.snapshot()
    assert (truth["tray"], truth["taken_qty"]) == ({}, 1)
    assert goods_balance(talk.sim)


@pytest.mark.parametrize(
    ("hand", "values"),
    [
        ("kick", {}),
        ("load", {"slot": "0"}),
        ("load", {"slot": "41"}),
        ("load", {"slot": "x"}),
        ("load", {"slot": "۱"}),
        ("load", {"slot": "1", "qty": "6"}),
        ("load", {"slot": "1", "qty": "-1"}),
        ("unload", {"slot": "1", "qty": "6"}),
        ("jam_coil", {"slot": "9" * 5_000}),
    ],
)
def test_an_act_that_cannot_be_done_changes_nothing(hand: str, values: dict[str, str]) -> None:
    sim = full()
    before = sim.remember()
    with pytest.raises(UnknownActError):
        sim.act(hand, values, 0)
    with pytest.raises(UnknownActError):
        sim.set_fault("rust", is_on=True, now_ms=0)
    assert sim.remember() == before


@pytest.mark.parametrize(
    ("fault", "fallen", "hanging"),
    [
        ("jam", 0, 0),
        ("no_drop", 0, 1),
        ("double_drop", 2, 0),
        ("motor_stuck", 2, 0),
        ("no_motor", 0, 0),
        ("sensor_blind", 1, 0),
        ("sensor_blocked", 0, 0),
    ],
)
def test_each_fault_moves_the_goods_that_it_moves(fault: str, fallen: int, hanging: int) -> None:
    talk = started(Conversation(full()))
    talk.fault(fault)
    talk.vend(12, for_ms=9_000)
    truth: Any = talk.sim.snapshot()
    assert truth["dropped_total"] == fallen
    assert sum(truth["hanging"].values()) == hanging
    assert goods_balance(talk.sim)


def test_hanging_goods_fall_with_the_next_turn_or_when_the_machine_is_shaken() -> None:
    talk = started(Conversation(full()))
    talk.fault("no_drop")
    talk.vend(1, "first")
    talk.vend(2, "second")
    talk.fault("no_drop", is_on=False)
    talk.vend(1, "third")
    assert talk.sim.snapshot()["tray"] == {"1": 2}
    talk.sim.act("shake", {}, talk.now_ms)
    assert talk.sim.snapshot()["tray"] == {"1": 2, "2": 1}
    assert goods_balance(talk.sim)


def test_one_jammed_coil_jams_alone_until_it_is_freed() -> None:
    talk = started(Conversation(full()))
    talk.sim.act("jam_coil", {"slot": "12"}, talk.now_ms)
    talk.vend(12, "jams")
    talk.vend(13, "turns")
    assert talk.sim.snapshot()["tray"] == {"13": 1}
    talk.sim.act("free_coil", {"slot": "12"}, talk.now_ms)
    talk.vend(12, "again")
    assert talk.sim.snapshot()["tray"] == {"13": 1, "12": 1}


@pytest.mark.parametrize(("cut_after_ms", "fallen"), [(FALL_MS - 50, 0), (FALL_MS + 50, 1)])
def test_a_power_cut_stops_the_spiral_before_or_after_the_fall(cut_after_ms: int, fallen: int) -> None:
    sim = full()
    wire = Wire(sim)
    wire.until(POLL)
    wire.say("FA FB 06 05 07 01 00 00 0C")
    cut_ms = wire.now_ms + cut_after_ms
    sim.set_power(is_on=False, now_ms=cut_ms)
    assert sim.snapshot()["dropped_total"] == fallen
    assert sim.machine.wake_at_ms is None
    sim.machine.tick(cut_ms + 60_000)
    sim.machine.receive(bytes.fromhex(POLL), cut_ms + 60_000)
    assert sim.machine.bytes_to_send() == b""
    wire.now_ms = cut_ms + 60_000
    sim.set_power(is_on=True, now_ms=wire.now_ms)
    assert wire.hear() == "FA FB 31 01 01 30"
    wire.acknowledge()
    wire.until(POLL)
    wire.say("FA FB 06 05 07 01 00 00 0C")
    # The spiral goes on from where it stood, so it passes the edge in this turn only if it had not before.
    wire.until("FA FB 04 04 03 FF 00 0C F1" if fallen else "FA FB 04 04 03 02 00 0C 0C")
    assert sim.snapshot()["dropped_total"] == 1


def test_the_same_power_twice_changes_nothing() -> None:
    talk = started(Conversation(full()))
    talk.turn(12)
    talk.run(1_000)
    talk.sim.set_power(is_on=True, now_ms=talk.now_ms)
    assert talk.sim.is_powered
    assert talk.sim.snapshot()["turning"] == 12


def test_a_second_order_while_a_motor_turns_moves_nothing_more() -> None:
    sim = full()
    wire = Wire(sim)
    for number in ("07", "08"):
        wire.until(POLL)
        wire.say(f"FA FB 06 05 {number} 01 00 00 0C")
    wire.until("FA FB 04 04 03 02 00 0C 0C")
    wire.hear(2 * HOME_MS)
    assert sim.snapshot()["turns_total"] == 1


def test_goods_that_fall_while_nobody_watches_are_not_reported() -> None:
    sim = full()
    sim.set_fault("no_drop", is_on=True, now_ms=0)
    wire = Wire(sim)
    wire.until(POLL)
    wire.say("FA FB 06 05 07 00 00 00 0C")
    wire.until("FA FB 04 04 03 02 00 0C 0C")
    wire.acknowledge()
    sim.act("shake", {}, wire.now_ms)
    assert wire.hear() == POLL
    assert sim.snapshot()["dropped_total"] == 1


def test_what_it_remembers_is_json_and_brings_another_one_to_the_same_truth() -> None:
    talk = started(Conversation(full()))
    talk.fault("no_drop")
    talk.vend(1)
    talk.fault("lost_ack")
    talk.sim.act("jam_coil", {"slot": "9"}, talk.now_ms)
    talk.turn(3, "open")
    talk.run(1_500)
    other = full(0)
    other.recall(json.loads(json.dumps(talk.sim.remember())))
    assert other.remember() == talk.sim.remember()
    assert other.faults == talk.sim.faults
    assert other.snapshot() == {**talk.sim.snapshot(), "turning": None}
    assert json.loads(json.dumps(other.snapshot())) == other.snapshot()


@pytest.mark.parametrize("memory", [{}, {"coils": {"x": 1}}, {"coils": 3}])
def test_what_is_no_memory_is_refused(memory: dict[str, object]) -> None:
    sim = full()
    with pytest.raises(UnknownActError):
        sim.recall(memory)
    assert goods_balance(sim)


steps = st.lists(
    st.tuples(
        st.sampled_from([*FAULTS, "shake", "take_tray", "cut", "load", "turn", "turn"]), st.integers(1, 3_500)
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_no_item_is_made_or_lost_whatever_happens(story: list[tuple[str, int]]) -> None:
    talk = started(Conversation(full()))
    for number, (step, for_ms) in enumerate(story):
        if step == "turn":
            talk.turn(1 + number % 3, str(number))
        elif step == "cut":
            talk.sim.set_power(is_on=not talk.sim.is_powered, now_ms=talk.now_ms)
        elif step == "load":
            talk.sim.act("load", {"slot": str(20 + number)}, talk.now_ms)
        elif step in FAULTS:
            talk.fault(step, is_on=not talk.sim.faults[step])
        else:
            talk.sim.act(step, {}, talk.now_ms)
        talk.run(for_ms)
        assert goods_balance(talk.sim)
