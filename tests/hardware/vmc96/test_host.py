from __future__ import annotations

import random
from typing import Any

import pytest

from hardware.commands import SetAccept, TurnCoil
from hardware.events import (
    CoilBoardIdentified,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    DropSeen,
    Fault,
    LineNoise,
    VendDelivered,
    VendFailed,
    VendProgressed,
    VendUnknown,
)
from hardware.sansio import UnauthorizedError, WireError
from hardware.simulators.k1_board import K1_COILS, K1BoardSim
from hardware.vmc96.frames import FrameReader, encode
from hardware.vmc96.host import ABSENCES, BLIND, FINAL_MS, LOST_MS, QUEUE, REPLY_MS, K1Board
from hardware.vmc96.messages import Command as Ask
from hardware.vmc96.messages import MotorStatus, acknowledge, ask, barrier_answer, scan_answer, status_answer
from tests.hardware.vmc96.conversation import AUTHORITY, NAME, Conversation, Spoil, started

RUN_3 = bytes.fromhex("35 30 06 13 13 03")
DELIVERED = VendDelivered(NAME, "job", seen=True)


def sim(**settings: Any) -> K1BoardSim:
    return K1BoardSim(NAME, dict.fromkeys(K1_COILS, 5), 10, **settings)


# --- contact ------------------------------------------------------------------------------------------------


def test_a_board_that_answers_is_identified() -> None:
    assert Conversation().run(2_000) == [CoilBoardIdentified(NAME)]


def test_a_line_on_which_nobody_answers_is_reported_lost_once() -> None:
    talk = Conversation(to_board=lambda _: b"")
    assert talk.run(20_000) == [DeviceLost(NAME, DeviceKind.COIL_BOARD)]
    talk.to_board = lambda data: data
    assert talk.run(3_000) == [CoilBoardIdentified(NAME)]
    assert talk.vend(3) == DELIVERED


def test_a_motor_that_turns_at_first_contact_is_waited_for_and_its_piece_belongs_to_no_sale() -> None:
    board = sim()
    before = started(Conversation(board))
    before.until_turning(3)
    after = Conversation(board)  # the host alone starts anew
    after.now_ms = before.now_ms
    seen = after.run(6_000)
    assert seen == [CoilBoardIdentified(NAME)]
    assert board.tray == {3: 1}
    assert after.vend(4) == DELIVERED


def test_a_motor_that_never_comes_home_is_stopped_before_the_board_is_taken_over() -> None:
    board = sim()
    before = started(Conversation(board))
    before.fault("motor_stuck")
    before.until_turning(3)
    after = Conversation(board)
    after.now_ms = before.now_ms
    assert after.run(12_000) == [CoilBoardIdentified(NAME)]
    assert not board.is_turning


# --- a turn -------------------------------------------------------------------------------------------------


def test_a_piece_that_is_seen_falling_is_delivered_and_the_motor_was_ordered_once() -> None:
    talk = started(Conversation())
    talk.turn(3)
    assert talk.run(6_000) == [VendProgressed(NAME, "job"), DELIVERED]
    assert talk.asked.count(RUN_3) == 1
    assert talk.sim.tray == {3: 1}


@pytest.mark.parametrize(
    ("fault", "settings", "event"),
    [
        ("no_drop", {}, VendFailed(NAME, "job", Fault.NOT_SEEN)),
        ("jam", {}, VendUnknown(NAME, "job", Fault.MOTOR_RUNS)),
        ("jam", {"stall_ma": 300}, VendFailed(NAME, "job", Fault.JAM)),
        ("jam", {"stall_ma": 300, "has_drop_sensor": False}, VendUnknown(NAME, "job", Fault.JAM)),
        ("motor_stuck", {}, VendUnknown(NAME, "job", Fault.MOTOR_RUNS)),
        ("motor_stuck", {"has_drop_sensor": False}, VendUnknown(NAME, "job", Fault.MOTOR_RUNS)),
        ("no_motor", {}, VendFailed(NAME, "job", Fault.NO_MOTOR)),
        ("home_stuck", {}, VendUnknown(NAME, "job", Fault.NO_REPLY)),
        ("home_stuck", {"has_drop_sensor": False}, VendUnknown(NAME, "job", Fault.NO_REPLY)),
        ("sensor_blocked", {}, VendFailed(NAME, "job", Fault.SENSOR_BLOCKED)),
        ("double_drop", {}, DELIVERED),
        ("lost_ack", {}, DELIVERED),
        ("corrupt_byte", {}, DELIVERED),
        ("half_frame", {}, DELIVERED),
        ("noise", {}, DELIVERED),
        ("mute", {}, VendFailed(NAME, "job", Fault.NO_REPLY)),
    ],
)
def test_each_mishap_has_its_end_and_no_motor_is_ordered_twice(
    fault: str, settings: dict[str, Any], event: DeviceEvent
) -> None:
    talk = started(Conversation(**settings))
    talk.fault(fault)
    assert talk.vend(3, for_ms=20_000) == event
    assert talk.asked.count(RUN_3) <= 1
    talk.fault(fault, is_on=False)
    talk.run(5_000)
    assert talk.vend(4, "next") == VendDelivered(NAME, "next", seen=settings.get("has_drop_sensor", True))


def test_without_a_barrier_the_home_switch_is_the_word_and_the_barrier_is_never_asked() -> None:
    talk = started(Conversation(has_drop_sensor=False))
    assert talk.vend(3) == VendDelivered(NAME, "job", seen=False)
    assert encode(ask(Ask.BARRIER)) not in talk.asked


@pytest.mark.parametrize("latches", [False, True])
def test_what_comes_down_a_lift_is_waited_for(latches: bool) -> None:
    board = sim(lift_ms=8_000, sensor_latches=latches)
    talk = started(Conversation(board, drop_wait_ms=10_000, sensor_latches=latches))
    assert talk.vend(3, for_ms=20_000) == DELIVERED
    talk.fault("lift_stuck")
    assert talk.vend(3, "stuck", for_ms=20_000) == VendFailed(NAME, "stuck", Fault.NOT_SEEN)
    assert talk.sim.inside(3) == 4


def test_a_lift_that_needs_longer_than_its_setting_is_told_as_nothing_seen_and_its_piece_is_no_sales() -> (
    None
):
    talk = started(Conversation(sim(lift_ms=8_000), drop_wait_ms=2_000))
    talk.turn(3)
    seen = talk.run(20_000)
    assert seen[1:] == [VendFailed(NAME, "job", Fault.NOT_SEEN), DropSeen(NAME)]


def test_the_goods_of_three_coils_in_a_row_that_nobody_saw_make_the_barrier_blind() -> None:
    talk = started(Conversation())
    talk.fault("sensor_blind")
    ends = [talk.vend(slot, f"job{slot}") for slot in (1, 2, 3)]
    assert [type(end) for end in ends] == [VendFailed] * (BLIND - 1) + [VendUnknown]
    assert DeviceFaulted(NAME, DeviceKind.COIL_BOARD, Fault.SENSOR_BLOCKED) in talk.seen
    talk.fault("sensor_blind", is_on=False)
    assert talk.vend(4, "seen") == VendDelivered(NAME, "seen", seen=True)
    assert talk.seen.count(DeviceRecovered(NAME, DeviceKind.COIL_BOARD)) == 1


def test_a_beam_that_is_blocked_in_mid_turn_is_no_proof_of_goods() -> None:
    talk = started(Conversation())
    talk.fault("no_drop")
    talk.until_turning(3)
    talk.fault("sensor_blocked")
    assert talk.run(8_000)[-1] == VendUnknown(NAME, "job", Fault.SENSOR_BLOCKED)


def test_a_beam_that_is_blocked_while_nobody_buys_is_a_fault_until_it_is_clear() -> None:
    talk = started(Conversation())
    talk.fault("sensor_blocked")
    assert talk.run(6_000) == [DeviceFaulted(NAME, DeviceKind.COIL_BOARD, Fault.SENSOR_BLOCKED)]
    talk.fault("sensor_blocked", is_on=False)
    assert talk.run(6_000) == [DeviceRecovered(NAME, DeviceKind.COIL_BOARD)]


@pytest.mark.parametrize("latches", [False, True])
def test_a_piece_that_hung_and_falls_during_another_turn_is_that_turns_delivery_once(latches: bool) -> None:
    talk = started(Conversation(sim(sensor_latches=latches), sensor_latches=latches))
    talk.fault("no_drop")
    assert talk.vend(3) == VendFailed(NAME, "job", Fault.NOT_SEEN)
    talk.until_turning(4, "next")
    talk.sim.act("shake", {}, talk.now_ms)
    assert talk.run(12_000)[-1] == VendDelivered(NAME, "next", seen=True)
    assert talk.sim.snapshot()["hanging"] == {"4": 1}
    assert talk.run(6_000) == [], "it is told once"


@pytest.mark.parametrize("latches", [False, True])
def test_goods_that_fall_with_no_job_open_belong_to_no_sale_and_are_told_once(latches: bool) -> None:
    talk = started(Conversation(sim(sensor_latches=latches), sensor_latches=latches))
    talk.fault("no_drop")
    assert talk.vend(3) == VendFailed(NAME, "job", Fault.NOT_SEEN)
    talk.run(3_000)
    talk.sim.act("shake", {}, talk.now_ms)
    assert talk.run(6_000) == [DropSeen(NAME)]
    talk.fault("no_drop", is_on=False)
    talk.fault("sensor_blind")
    assert talk.vend(4, "next") == VendFailed(NAME, "next", Fault.NOT_SEEN), "an old piece is not counted"


def test_a_piece_that_hung_elsewhere_is_not_the_goods_of_a_coil_that_is_stuck() -> None:
    talk = started(Conversation())
    talk.fault("no_drop")
    assert talk.vend(3) == VendFailed(NAME, "job", Fault.NOT_SEEN)
    talk.fault("no_drop", is_on=False)
    talk.fault("jam")
    talk.until_turning(4, "next")
    talk.sim.act("shake", {}, talk.now_ms)
    assert talk.run(12_000)[-1] == VendUnknown(NAME, "next", Fault.MOTOR_RUNS)
    assert talk.sim.tray == {3: 1}


# --- interruptions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after_ms", [0, 300, 900, 1_700])
@pytest.mark.parametrize("has_drop_sensor", [True, False])
def test_a_board_that_restarts_before_the_goods_fell_is_never_told_as_home(
    after_ms: int, has_drop_sensor: bool
) -> None:
    talk = started(Conversation(has_drop_sensor=has_drop_sensor))
    talk.until_turning(3)
    talk.run(after_ms)
    talk.sim.set_power(False, talk.now_ms)
    talk.sim.set_power(True, talk.now_ms)
    end = next(event for event in talk.run(30_000) if isinstance(event, VendUnknown))
    assert end == VendUnknown(NAME, "job", Fault.NO_REPLY)
    assert talk.asked.count(RUN_3) == 1
    assert talk.sim.tray == {}


def test_a_board_that_falls_dark_in_mid_turn_leaves_the_job_unknown_and_is_lost() -> None:
    talk = started(Conversation())
    talk.until_turning(3)
    talk.sim.set_power(False, talk.now_ms)
    seen = talk.run(LOST_MS + REPLY_MS)
    assert seen[-2:] == [VendUnknown(NAME, "job", Fault.NO_REPLY), DeviceLost(NAME, DeviceKind.COIL_BOARD)]


def test_a_piece_that_was_seen_counts_though_the_board_is_lost_afterwards() -> None:
    talk = started(Conversation())
    talk.fault("motor_stuck")
    talk.until_turning(3)
    talk.run(2_700)
    talk.fault("mute")
    assert DELIVERED in talk.run(10_000)


def test_an_order_that_never_arrived_is_not_sent_again_and_the_job_ends_unknown() -> None:
    talk = started(Conversation(to_board=lambda data: b"" if data == RUN_3 else data))
    assert talk.vend(3) == VendUnknown(NAME, "job", Fault.NO_REPLY)
    assert talk.asked.count(RUN_3) == 1
    assert talk.sim.snapshot()["turns_total"] == 0


class Board:
    """A scripted board."""

    def __init__(self, **settings: Any) -> None:
        self.host = K1Board(NAME, **settings)
        self.now_ms = 0

    def question(self) -> bytes:
        """The body of the next question."""
        for _ in range(3_000):
            self.host.tick(self.now_ms)
            data = self.host.bytes_to_send()
            if data:
                (frame,) = FrameReader().feed(data, 0)
                return frame.body
            self.now_ms += 1
        raise AssertionError("nothing was asked")

    def say(self, *frames: Any) -> None:
        self.now_ms += 10
        self.host.receive(b"".join(map(encode, frames)), self.now_ms)

    def answer(self, wanted: Ask, frame: Any) -> None:
        while (body := self.question())[0] != wanted:
            idle = {Ask.STATUS: status_answer(MotorStatus(0, ())), Ask.BARRIER: barrier_answer(0)}
            self.say(idle[Ask(body[0])])
        self.say(frame)

    def ordered(self) -> Board:
        self.answer(Ask.STATUS, status_answer(MotorStatus(0, ())))
        assert self.host.events() == (CoilBoardIdentified(NAME),)
        self.host.request(TurnCoil(NAME, "job", 3), AUTHORITY)
        self.answer(Ask.SCAN, scan_answer(frozenset({3}), 12))
        self.answer(Ask.BARRIER, barrier_answer(0))
        self.answer(Ask.STATUS, status_answer(MotorStatus(0, ())))
        assert self.question() == b"\x13\x13"
        return self


def test_a_refusal_is_believed_when_the_motor_stands_still() -> None:
    board = Board().ordered()
    board.say(acknowledge(0x30, is_yes=False))
    for _ in range(ABSENCES - 1):
        board.answer(Ask.STATUS, status_answer(MotorStatus(0, ())))
        assert board.host.events() == ()
    board.answer(Ask.STATUS, status_answer(MotorStatus(0, ())))
    assert board.host.events() == (VendFailed(NAME, "job", Fault.REFUSED),)


def test_a_motor_that_turns_after_a_refusal_was_not_refused() -> None:
    board = Board().ordered()
    board.say(acknowledge(0x30, is_yes=False))
    board.answer(Ask.STATUS, status_answer(MotorStatus(78, (0x13,))))
    board.answer(Ask.BARRIER, barrier_answer(0x30))
    board.answer(Ask.STATUS, status_answer(MotorStatus(0, ())))
    board.answer(Ask.BARRIER, barrier_answer(0x30))
    for _ in range(ABSENCES - 1):
        board.answer(Ask.STATUS, status_answer(MotorStatus(0, ())))
    board.answer(Ask.BARRIER, barrier_answer(0))
    assert board.host.events() == (DELIVERED,)


def test_a_look_or_two_at_a_still_motor_end_no_turn() -> None:
    board = Board().ordered()
    board.say(acknowledge(0x30))
    for motors in ((0x13,), (), (), (0x13,), (), ()):
        board.answer(Ask.STATUS, status_answer(MotorStatus(0, motors)))
    assert board.host.events() == (VendProgressed(NAME, "job"),)


def test_a_motor_that_is_named_again_while_its_piece_is_waited_for_still_turns() -> None:
    board = Board().ordered()
    board.say(acknowledge(0x30))
    for motors in ((0x13,), (), (), (), (0x13,)):
        board.answer(Ask.STATUS, status_answer(MotorStatus(0, motors)))
    for _ in range(3):
        board.answer(Ask.BARRIER, barrier_answer(0))
        board.answer(Ask.STATUS, status_answer(MotorStatus(0, (0x13,))))
    assert board.host.events() == (VendProgressed(NAME, "job"),)


def test_one_look_at_a_piece_is_no_proof_where_it_should_be_seen_thrice() -> None:
    board = Board().ordered()
    board.say(acknowledge(0x30))
    board.answer(Ask.STATUS, status_answer(MotorStatus(0, (0x13,))))
    board.answer(Ask.BARRIER, barrier_answer(0x30))
    for _ in range(14):
        board.answer(Ask.STATUS, status_answer(MotorStatus(0, ())))
        board.answer(Ask.BARRIER, barrier_answer(0))
    assert board.host.events() == (
        VendProgressed(NAME, "job"),
        VendFailed(NAME, "job", Fault.NOT_SEEN),
    )


def test_answers_that_nobody_asked_for_or_of_somebody_else_are_passed_over() -> None:
    board = Board().ordered()
    board.say(barrier_answer(0x30), status_answer(MotorStatus(0, ())), acknowledge(0x26), acknowledge(0x30))
    assert board.host.events() == (VendProgressed(NAME, "job"),)
    board.say(acknowledge(0x30, is_yes=False), acknowledge(0x30))
    assert board.host.events() == ()


def test_a_job_that_has_no_end_ends_before_the_till_gives_it_up() -> None:
    talk = started(Conversation(to_host=lambda data: data))
    talk.fault("jam")
    talk.to_board = lambda data: b"" if data == encode(ask(Ask.STOP_ALL)) else data
    talk.turn(3)
    seen = talk.run(FINAL_MS + 2_000)
    ends = [event for event in seen if isinstance(event, VendUnknown)]
    assert ends == [VendUnknown(NAME, "job", Fault.MOTOR_RUNS)]


# --- what it refuses ----------------------------------------------------------------------------------------


def test_work_that_is_not_a_turn_of_this_board_is_refused() -> None:
    host = K1Board(NAME)
    with pytest.raises(UnauthorizedError):
        host.request(TurnCoil(NAME, "job", 3))
    for command in (TurnCoil("other", "job", 3), SetAccept(NAME, (1,)), TurnCoil(NAME, "job", 97)):
        with pytest.raises(WireError):
            host.request(command, AUTHORITY)


@pytest.mark.parametrize("settings", [{"columns": 10}, {"drop_wait_ms": 20_001}, {"stall_ma": 10}])
def test_a_setting_out_of_its_range_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(WireError, match=NAME):
        K1Board(NAME, **settings)


def test_a_job_before_contact_fails_at_once_and_one_too_many_is_refused() -> None:
    talk = Conversation()
    talk.turn(3, "early")
    assert talk.host.events() == (VendFailed(NAME, "early", Fault.NO_REPLY),)
    started(talk)
    for number in range(QUEUE + 1):
        talk.turn(1 + number, f"job{number}")
    assert talk.host.events() == (VendFailed(NAME, f"job{QUEUE}", Fault.REFUSED),)
    talk.turn(1, "job0")
    ends = [event for event in talk.run(80_000) if isinstance(event, VendDelivered)]
    assert [event.job for event in ends] == [f"job{number}" for number in range(QUEUE)]
    assert talk.sim.snapshot()["turns_total"] == QUEUE


def test_noise_is_counted_and_told_once_a_second() -> None:
    talk = started(Conversation())
    talk.to_host = lambda data: b"\x35\x30\xff" * 8 + data if data else data
    told = [event for event in talk.run(3_000) if isinstance(event, LineNoise)]
    assert 1 <= len(told) <= 3


# --- a spoilt line ------------------------------------------------------------------------------------------


def bad_cable(dice: random.Random) -> Spoil:
    def spoil(data: bytes) -> bytes:
        chance = dice.random()
        if not data or chance < 0.06:
            return b""
        if chance < 0.12:
            at = dice.randrange(len(data))
            return data[:at] + bytes((data[at] ^ 1 << dice.randrange(8),)) + data[at + 1 :]
        if chance < 0.18:
            return data + data
        return data[: dice.randrange(len(data))] if chance < 0.2 else data

    return spoil


@pytest.mark.parametrize("seed", range(25))
def test_over_a_spoilt_line_nothing_is_told_that_did_not_happen(seed: int) -> None:
    dice = random.Random(seed)
    talk = started(Conversation(to_host=bad_cable(dice), to_board=bad_cable(dice), stall_ma=300))
    for slot in range(1, 9):
        for fault in ("jam", "no_drop", "lost_ack", "motor_stuck"):
            if not talk.sim.is_turning:
                talk.fault(fault, is_on=dice.random() < 0.15)
        if dice.random() < 0.2:
            talk.sim.set_power(not talk.sim.is_powered, talk.now_ms)
        talk.turn(slot, str(slot))
        talk.run(dice.choice((500, 3_000, 9_000)))
    talk.sim.set_power(True, talk.now_ms)
    talk.run(9 * FINAL_MS)
    told = [event for event in talk.seen if isinstance(event, VendDelivered | VendFailed | VendUnknown)]
    assert sorted(event.job for event in told) == [str(slot) for slot in range(1, 9)]
    for event in told:
        has_fallen = bool(talk.sim.tray.get(int(event.job)))
        assert has_fallen or not isinstance(event, VendDelivered), event
        assert not (has_fallen and isinstance(event, VendFailed)), event
