from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hardware.commands import Authority, Print, SetAccept, TurnCoil
from hardware.document import Document
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
from hardware.fafb.frames import GAP_MS, Frame, FrameReader, encode
from hardware.fafb.host import FINAL_MS, JOBS_KNOWN, MISSES, QUEUE, SILENCE_MS, STEADY_MS, CoilBoard
from hardware.fafb.messages import (
    ACK,
    POLL,
    Code,
    DriveStatus,
    SlotAnswer,
    drive_status,
    read_drive,
    slot_answer,
    synchronise,
)
from hardware.sansio import UnauthorizedError, WireError
from hardware.simulators.coil_board import CoilBoardSim
from tests.hardware.fafb.conversation import AUTHORITY, NAME, Conversation, started
from tests.hardware.fafb.test_frames import VECTORS


class Board:
    """A scripted board: says one frame at a time and reads what the host answers."""

    def __init__(self, *, has_drop_sensor: bool = True) -> None:
        self.host = CoilBoard(NAME, has_drop_sensor=has_drop_sensor)
        self.now_ms = 0
        self.number = 100
        self.host.tick(0)

    def say(self, frame: Frame) -> Frame | None:
        self.now_ms += 20
        self.host.receive(encode(frame), self.now_ms)
        found = FrameReader().feed(self.host.bytes_to_send(), 0)
        return found[0] if found else None

    def poll(self) -> Frame | None:
        return self.say(POLL)

    def status(self, status: int, slot: int = 12) -> list[Frame | None]:
        self.number += 1
        frame = drive_status(DriveStatus(self.number, status, slot))
        return [self.say(frame), self.say(frame)]

    def answer(self, state: int, slot: int = 12) -> Frame | None:
        self.number += 1
        return self.say(slot_answer(SlotAnswer(self.number, state, slot)))

    def synchronised(self) -> Board:
        asked = self.poll()
        assert asked is not None
        assert asked.code == Code.SYNCHRONISE
        assert self.say(ACK) is None
        assert self.host.events() == (CoilBoardIdentified(NAME),)
        return self

    def driven(self, job: str = "job") -> Board:
        self.synchronised()
        self.host.request(TurnCoil(NAME, job, 12), AUTHORITY)
        asked = self.poll()
        assert asked is not None
        assert asked.code == Code.CHECK_SLOT
        self.say(ACK)
        assert self.answer(1) == ACK
        ordered = self.poll()
        assert ordered is not None
        assert ordered.code == Code.DRIVE
        self.say(ACK)
        assert self.host.events() == ()
        return self

    def wait(self, for_ms: int) -> tuple[DeviceEvent, ...]:
        """Poll on until ``for_ms`` have passed."""
        end_ms = self.now_ms + for_ms
        seen: tuple[DeviceEvent, ...] = ()
        while self.now_ms < end_ms:
            self.now_ms = min(self.now_ms + 180, end_ms - 20)
            self.poll()
            seen += self.host.events()
        return seen


# --- contact ------------------------------------------------------------------------------------------------


def test_the_board_is_identified_once_it_has_acknowledged_our_synchronisation() -> None:
    assert Conversation().run(2_000) == [CoilBoardIdentified(NAME)]


def test_a_line_on_which_nobody_ever_speaks_is_reported_lost_once() -> None:
    host = CoilBoard(NAME)
    assert host.wake_at_ms == 0
    host.tick(0)
    assert host.wake_at_ms == SILENCE_MS
    host.tick(SILENCE_MS - 1)
    assert host.events() == ()
    host.tick(SILENCE_MS)
    assert host.events() == (DeviceLost(NAME, DeviceKind.COIL_BOARD),)
    host.tick(10 * SILENCE_MS)
    assert host.events() == ()
    assert host.wake_at_ms is None


def test_a_board_that_polls_but_hears_nothing_is_reported_lost_once() -> None:
    deaf = Conversation(to_board=lambda _: b"")
    assert deaf.run(20_000) == [DeviceLost(NAME, DeviceKind.COIL_BOARD)]
    deaf.to_board = lambda data: data
    assert deaf.run(4_000) == [CoilBoardIdentified(NAME)]


def test_a_board_that_falls_silent_is_lost_and_is_identified_anew_when_it_is_back() -> None:
    talk = started(Conversation())
    talk.fault("mute")
    assert talk.run(SILENCE_MS + 300) == [DeviceLost(NAME, DeviceKind.COIL_BOARD)]
    talk.fault("mute", is_on=False)
    assert talk.run(1_000) == [CoilBoardIdentified(NAME)]
    assert talk.vend(3)[-1] == VendDelivered(NAME, "job", seen=True)


def test_only_the_last_of_several_late_questions_is_answered() -> None:
    board = Board().synchronised()
    board.host.receive(encode(POLL) * 5, board.now_ms)
    assert board.host.bytes_to_send() == encode(ACK)


def test_a_request_to_synchronise_is_answered_in_kind() -> None:
    board = Board().synchronised()
    assert board.say(synchronise(1)) == ACK
    asked = board.poll()
    assert asked is not None
    assert asked.code == Code.SYNCHRONISE
    board.say(ACK)
    assert board.host.events() == (CoilBoardIdentified(NAME),)


def test_noise_is_reported_once_a_second_and_a_few_stray_bytes_are_not() -> None:
    board = Board().synchronised()
    board.host.receive(b"\x00" * 15, board.now_ms)
    assert board.wait(1_500) == ()
    board.host.receive(b"\x00" * 10, board.now_ms)
    board.wait(500)
    board.host.receive(b"\x00" * 10, board.now_ms)
    assert board.wait(1_500) == (LineNoise(NAME, 20),)


def test_frames_that_mean_nothing_here_are_acknowledged_or_left_and_change_nothing() -> None:
    board = Board().synchronised()
    coin = bytes.fromhex(VECTORS["board"][-1]["bytes"])
    (money,) = FrameReader().feed(coin, 0)
    assert board.say(money) == ACK
    assert board.say(Frame(Code.STATUS)) is None
    assert board.say(Frame(Code.STATUS, bytes((0, 2, 0, 12)))) is None
    assert board.say(ACK) is None
    assert board.answer(1) == ACK
    assert board.host.events() == ()


def test_a_poll_hidden_behind_a_broken_off_frame_is_still_answered() -> None:
    board = Board().synchronised()
    board.host.receive(bytes.fromhex("FA FB 04 20") + encode(POLL), board.now_ms)
    assert board.host.bytes_to_send() == b""
    board.host.tick(board.now_ms + GAP_MS)
    assert board.host.bytes_to_send() == encode(ACK)


# --- requests -----------------------------------------------------------------------------------------------


def test_a_coil_is_not_turned_without_authority() -> None:
    board = Board().synchronised()
    with pytest.raises(UnauthorizedError):
        board.host.request(TurnCoil(NAME, "job", 12))
    assert board.poll() == ACK


@pytest.mark.parametrize(
    "command",
    [
        SetAccept(NAME, ()),
        Print(NAME, "job", Document("en", is_rtl=False, parts=())),
        TurnCoil("other", "job", 12),
        TurnCoil(NAME, "job", 0),
        TurnCoil(NAME, "job", 0x10000),
    ],
)
def test_work_that_is_not_for_this_board_is_refused(command: Any) -> None:
    with pytest.raises(WireError):
        CoilBoard(NAME).request(command, Authority(1, 1))


def test_a_job_handed_over_twice_is_turned_once() -> None:
    talk = started(Conversation())
    talk.turn(7)
    talk.turn(7)
    assert talk.run(10_000).count(VendDelivered(NAME, "job", seen=True)) == 1
    talk.turn(7)
    assert talk.run(10_000) == []
    assert talk.sim.snapshot()["dropped_total"] == 1


def test_a_job_for_a_board_that_is_not_there_fails_for_certain_and_at_once() -> None:
    host = CoilBoard(NAME)
    host.request(TurnCoil(NAME, "job", 1), AUTHORITY)
    assert host.events() == (VendFailed(NAME, "job", Fault.NO_REPLY),)


def test_jobs_wait_for_one_another_and_the_queue_has_an_end() -> None:
    talk = started(Conversation())
    for number in range(QUEUE + 1):
        talk.turn(1 + number, f"job {number}")
    assert talk.run(1) == [VendFailed(NAME, f"job {QUEUE}", Fault.REFUSED)]
    seen = talk.run(60_000)
    delivered = [event.job for event in seen if isinstance(event, VendDelivered)]
    assert delivered == [f"job {number}" for number in range(QUEUE)]


def test_the_memory_of_jobs_is_bounded() -> None:
    host = CoilBoard(NAME)
    for number in range(JOBS_KNOWN + 10):
        host.request(TurnCoil(NAME, str(number), 1), AUTHORITY)
    assert len(host._known) == JOBS_KNOWN


# --- how a job ends -----------------------------------------------------------------------------------------


def test_goods_that_the_drop_sensor_saw_are_delivered() -> None:
    talk = started(Conversation())
    assert talk.vend(12) == [VendProgressed(NAME, "job"), VendDelivered(NAME, "job", seen=True)]
    assert talk.sim.snapshot()["tray"] == {"12": 1}


def test_without_a_drop_sensor_a_motor_that_came_home_is_a_delivery_unseen() -> None:
    talk = started(Conversation(has_drop_sensor=False))
    assert talk.vend(12)[-1] == VendDelivered(NAME, "job", seen=False)


@pytest.mark.parametrize(
    ("fault", "has_drop_sensor", "event"),
    [
        ("jam", True, VendFailed(NAME, "job", Fault.JAM)),
        ("no_drop", True, VendFailed(NAME, "job", Fault.NOT_SEEN)),
        ("no_drop", False, VendDelivered(NAME, "job", seen=False)),
        ("double_drop", True, VendDelivered(NAME, "job", seen=True)),
        ("motor_stuck", True, VendUnknown(NAME, "job", Fault.MOTOR_RUNS)),
        ("no_motor", True, VendFailed(NAME, "job", Fault.NO_MOTOR)),
        ("sensor_blind", True, VendFailed(NAME, "job", Fault.NOT_SEEN)),
        ("sensor_blocked", True, VendFailed(NAME, "job", Fault.REFUSED)),
    ],
)
def test_each_fault_of_the_machine_ends_the_job_as_promised(
    fault: str, has_drop_sensor: bool, event: DeviceEvent
) -> None:
    talk = started(Conversation(has_drop_sensor=has_drop_sensor))
    talk.fault(fault)
    assert talk.vend(12, for_ms=9_000)[-1] == event


@pytest.mark.parametrize(
    ("status", "has_drop_sensor", "event"),
    [
        (0x02, True, VendDelivered(NAME, "job", seen=True)),
        (0x02, False, VendDelivered(NAME, "job", seen=False)),
        (0x03, True, VendFailed(NAME, "job", Fault.JAM)),
        (0x04, True, VendUnknown(NAME, "job", Fault.MOTOR_RUNS)),
        (0x06, True, VendFailed(NAME, "job", Fault.NO_MOTOR)),
        (0x07, True, VendUnknown(NAME, "job", Fault.UNSPECIFIED)),
        (0x13, True, VendUnknown(NAME, "job", Fault.UNSPECIFIED)),
        (0x1F, True, VendFailed(NAME, "job", Fault.NOT_SEEN)),
        (0xFF, True, VendFailed(NAME, "job", Fault.NOT_SEEN)),
        (0xFF, False, VendUnknown(NAME, "job", Fault.NOT_SEEN)),
    ],
)
def test_each_final_status_ends_the_job(status: int, has_drop_sensor: bool, event: DeviceEvent) -> None:
    board = Board(has_drop_sensor=has_drop_sensor).driven()
    assert board.wait(2_000) == ()
    assert board.status(status) == [None, ACK]
    assert board.host.events() == (event,)


def test_a_motor_that_is_home_at_once_has_delivered_nothing_that_anybody_knows_of() -> None:
    board = Board(has_drop_sensor=False).driven()
    board.status(0x02)
    assert board.host.events() == (VendUnknown(NAME, "job", Fault.NOT_SEEN),)
    seen = Board(has_drop_sensor=True).driven()
    seen.status(0x02)
    assert seen.host.events() == (VendDelivered(NAME, "job", seen=True),)


def with_lift() -> Conversation:
    sim = CoilBoardSim(NAME, {12: 5}, 10, lift_ms=9_000)
    return started(Conversation(sim, has_elevator=True))


def test_goods_ride_down_the_elevator_and_are_seen_at_the_bottom() -> None:
    talk = with_lift()
    talk.turn(12)
    assert talk.run(6_000) == [VendProgressed(NAME, "job")]
    assert talk.sim.snapshot()["hanging"] == {"12": 1}
    assert talk.run(8_000) == [VendDelivered(NAME, "job", seen=True)]
    assert talk.sim.tray == {12: 1}


def test_an_elevator_that_sticks_leaves_the_job_unknown_and_the_goods_inside() -> None:
    talk = with_lift()
    talk.fault("lift_stuck")
    assert talk.vend(12, for_ms=20_000)[-1] == VendUnknown(NAME, "job", Fault.UNSPECIFIED)
    assert talk.sim.inside(12) == 5
    talk.fault("lift_stuck", is_on=False)
    assert talk.vend(12, "next", for_ms=20_000)[-1] == VendDelivered(NAME, "next", seen=True)
    assert talk.sim.tray == {12: 2}
    assert talk.sim.extra == {12: 1}


def test_an_elevator_without_an_end_is_unknown_before_anything_else_is_tried() -> None:
    board = Board().driven()
    board.status(0x10)
    assert board.wait(FINAL_MS + 1_000) == (
        VendProgressed(NAME, "job"),
        VendUnknown(NAME, "job", Fault.NO_REPLY),
    )


def test_an_order_that_does_not_know_the_elevator_fails_in_the_simulated_machine() -> None:
    talk = started(Conversation(CoilBoardSim(NAME, {12: 5}, 10, lift_ms=9_000)))
    assert talk.vend(12)[-1] == VendUnknown(NAME, "job", Fault.UNSPECIFIED)
    assert talk.sim.inside(12) == 5


@pytest.mark.parametrize("status", [0x01, 0x10, 0x11, 0x55])
def test_a_step_on_the_way_is_progress_once_and_ends_nothing(status: int) -> None:
    board = Board().driven()
    assert board.status(status) == [ACK, ACK]
    board.status(0x10)
    assert board.host.events() == (VendProgressed(NAME, "job"),)


@pytest.mark.parametrize(
    ("state", "fault"),
    [(2, Fault.EMPTY), (3, Fault.NO_MOTOR), (4, Fault.REFUSED), (5, Fault.REFUSED), (0x17, Fault.REFUSED)],
)
def test_a_slot_that_is_not_ready_fails_for_certain_and_no_motor_is_ordered(state: int, fault: Fault) -> None:
    board = Board().synchronised()
    board.host.request(TurnCoil(NAME, "job", 12), AUTHORITY)
    board.poll()
    board.say(ACK)
    board.answer(state)
    assert board.host.events() == (VendFailed(NAME, "job", fault),)
    assert board.poll() == ACK


def test_the_drive_is_the_printed_frame_but_for_its_number() -> None:
    board = Board().synchronised()
    board.host.request(TurnCoil(NAME, "job", 12), AUTHORITY)
    board.poll()
    board.answer(1)
    ordered = board.poll()
    printed = bytes.fromhex(VECTORS["host"][1]["bytes"])
    assert ordered is not None
    assert encode(Frame(ordered.code, b"\x01" + ordered.data[1:])) == printed


def test_a_final_status_is_believed_only_when_it_came_twice() -> None:
    board = Board().driven()
    success = drive_status(DriveStatus(9, 0x02, 12))
    jammed = drive_status(DriveStatus(9, 0x03, 12))
    assert board.say(success) is None
    assert board.say(jammed) is None
    assert board.host.events() == ()
    assert board.say(jammed) == ACK
    assert board.host.events() == (VendFailed(NAME, "job", Fault.JAM),)


def test_a_repeated_status_counts_once() -> None:
    board = Board().driven()
    assert board.status(0x02) == [None, ACK]
    repeated = drive_status(DriveStatus(board.number, 0x02, 12))
    assert board.say(repeated) == ACK
    assert board.host.events() == (VendDelivered(NAME, "job", seen=True),)


def test_the_word_ended_after_a_success_does_not_end_the_next_job() -> None:
    board = Board().driven("first")
    board.status(0x02)
    board.host.request(TurnCoil(NAME, "second", 12), AUTHORITY)
    board.poll()
    board.answer(1)
    board.poll()
    board.host.events()
    board.status(0xFF)
    assert board.host.events() == ()
    board.say(ACK)
    board.status(0x02)
    assert board.host.events() == (VendDelivered(NAME, "second", seen=True),)


def test_a_success_of_another_slot_is_evidence_and_no_delivery() -> None:
    board = Board().driven()
    board.status(0x02, slot=13)
    assert board.host.events() == (DropSeen(NAME),)
    board.status(0x02)
    assert board.host.events() == (VendDelivered(NAME, "job", seen=True),)


def test_a_piece_that_hung_and_falls_during_another_turn_is_that_turns_delivery_once() -> None:
    talk = started(Conversation())
    talk.fault("no_drop")
    assert talk.vend(12)[-1] == VendFailed(NAME, "job", Fault.NOT_SEEN)
    assert talk.vend(13, "next", for_ms=1_000) == [VendProgressed(NAME, "next")]
    talk.sim.act("shake", {}, talk.now_ms)
    assert talk.run(6_000) == [VendDelivered(NAME, "next", seen=True)]
    assert talk.sim.snapshot()["hanging"] == {"13": 1}
    assert talk.run(6_000) == [], "it is told once"


def test_late_goods_belong_to_no_sale() -> None:
    talk = started(Conversation())
    talk.fault("no_drop")
    assert talk.vend(12)[-1] == VendFailed(NAME, "job", Fault.NOT_SEEN)
    talk.sim.act("shake", {}, talk.now_ms)
    assert talk.run(1_000) == [DropSeen(NAME)]


def test_a_late_motor_without_a_drop_sensor_says_nothing_of_goods() -> None:
    board = Board(has_drop_sensor=False).synchronised()
    board.status(0x02)
    assert board.host.events() == ()


# --- a sensor that cannot be believed -----------------------------------------------------------------------


def test_a_sensor_that_misses_several_coils_in_a_row_is_not_believed_until_it_sees() -> None:
    talk = started(Conversation())
    talk.fault("sensor_blind")
    ends = [talk.vend(1 + number, f"job {number}")[1:] for number in range(MISSES + 1)]
    assert ends == [
        [VendFailed(NAME, "job 0", Fault.NOT_SEEN)],
        [VendFailed(NAME, "job 1", Fault.NOT_SEEN)],
        [
            DeviceFaulted(NAME, DeviceKind.COIL_BOARD, Fault.SENSOR_BLOCKED),
            VendUnknown(NAME, "job 2", Fault.SENSOR_BLOCKED),
        ],
        [VendUnknown(NAME, "job 3", Fault.SENSOR_BLOCKED)],
    ]
    talk.fault("sensor_blind", is_on=False)
    assert talk.vend(9, "seen")[1:] == [
        DeviceRecovered(NAME, DeviceKind.COIL_BOARD),
        VendDelivered(NAME, "seen", seen=True),
    ]


def test_one_empty_coil_does_not_cost_the_sensor_its_trust() -> None:
    talk = started(Conversation())
    talk.sim.act("unload", {"slot": "4", "qty": "5"}, talk.now_ms)
    for number in range(MISSES + 1):
        assert talk.vend(4, str(number))[-1] == VendFailed(NAME, str(number), Fault.NOT_SEEN)


# --- lost words ---------------------------------------------------------------------------------------------


def test_a_slot_check_that_is_never_acknowledged_fails_for_certain_after_five_repeats() -> None:
    board = Board().synchronised()
    board.host.request(TurnCoil(NAME, "job", 12), AUTHORITY)
    asked = [board.poll() for _ in range(6)]
    assert asked[0] is not None
    assert asked[0].code == Code.CHECK_SLOT
    assert set(asked) == {asked[0]}
    assert board.host.events() == ()
    assert board.poll() == ACK
    assert board.host.events() == (VendFailed(NAME, "job", Fault.REFUSED),)


def test_a_slot_check_that_is_acknowledged_but_not_answered_fails_for_certain() -> None:
    board = Board().synchronised()
    board.host.request(TurnCoil(NAME, "job", 12), AUTHORITY)
    board.poll()
    board.say(ACK)
    assert board.wait(4_000) == (VendFailed(NAME, "job", Fault.REFUSED),)


def test_a_drive_that_is_never_acknowledged_is_repeated_five_times_and_then_unknown() -> None:
    board = Board().synchronised()
    board.host.request(TurnCoil(NAME, "job", 12), AUTHORITY)
    board.poll()
    board.answer(1)
    orders = [board.poll() for _ in range(6)]
    assert orders[0] is not None
    assert orders[0].code == Code.DRIVE
    assert set(orders) == {orders[0]}
    assert board.poll() == ACK
    assert board.host.events() == ()
    assert board.wait(FINAL_MS) == (VendUnknown(NAME, "job", Fault.NO_REPLY),)


@pytest.mark.parametrize(("silence_ms", "is_repeated"), [(STEADY_MS, True), (STEADY_MS + 1, False)])
def test_a_drive_is_not_repeated_to_a_board_that_may_have_restarted_meanwhile(
    silence_ms: int, is_repeated: bool
) -> None:
    board = Board().synchronised()
    board.host.request(TurnCoil(NAME, "job", 12), AUTHORITY)
    board.poll()
    board.answer(1)
    order = board.poll()
    board.now_ms += silence_ms - 20
    assert (board.poll() == order) is is_repeated
    assert board.wait(FINAL_MS) == (VendUnknown(NAME, "job", Fault.NO_REPLY),)


def test_a_drive_that_is_acknowledged_but_never_ended_is_unknown_after_thirty_seconds() -> None:
    board = Board().driven()
    assert board.wait(FINAL_MS - 100) == ()
    assert board.wait(200) == (VendUnknown(NAME, "job", Fault.NO_REPLY),)


def test_a_board_that_never_acknowledges_still_turns_once_and_its_status_decides() -> None:
    talk = started(Conversation())
    talk.fault("lost_ack")
    assert talk.vend(12, for_ms=8_000)[-1] == VendDelivered(NAME, "job", seen=True)
    assert talk.sim.snapshot()["turns_total"] == 1


def test_goods_after_a_job_was_given_up_are_evidence_only() -> None:
    board = Board().driven()
    board.wait(FINAL_MS + 100)
    board.status(0x02)
    assert board.host.events() == (DropSeen(NAME),)


def test_a_board_that_vanishes_leaves_the_driven_job_unknown_and_the_waiting_one_failed() -> None:
    talk = started(Conversation())
    talk.turn(1, "driven")
    talk.turn(2, "waiting")
    talk.run(1_000)
    talk.fault("mute")
    assert talk.run(SILENCE_MS + 300) == [
        VendUnknown(NAME, "driven", Fault.NO_REPLY),
        VendFailed(NAME, "waiting", Fault.NO_REPLY),
        DeviceLost(NAME, DeviceKind.COIL_BOARD),
    ]
    talk.fault("mute", is_on=False)
    back = talk.run(20_000)
    assert back[0] == CoilBoardIdentified(NAME)
    assert talk.sim.snapshot()["turns_total"] == 1


def test_a_board_that_vanishes_before_the_drive_leaves_a_certain_failure() -> None:
    board = Board().synchronised()
    board.host.request(TurnCoil(NAME, "job", 12), AUTHORITY)
    board.poll()
    board.host.tick(board.now_ms + SILENCE_MS)
    assert board.host.events()[0] == VendFailed(NAME, "job", Fault.NO_REPLY)


def test_a_short_power_cut_in_mid_turn_leaves_the_job_unknown_and_is_not_turned_again() -> None:
    talk = started(Conversation())
    talk.turn(12)
    talk.run(1_000)
    talk.sim.set_power(is_on=False, now_ms=talk.now_ms)
    talk.run(500)
    talk.sim.set_power(is_on=True, now_ms=talk.now_ms)
    assert talk.run(10_000) == [VendUnknown(NAME, "job", Fault.RESTARTED), CoilBoardIdentified(NAME)]
    assert talk.sim.snapshot()["turns_total"] == 1


def test_a_restart_of_the_board_before_the_drive_only_asks_the_check_again() -> None:
    board = Board().synchronised()
    board.host.request(TurnCoil(NAME, "job", 12), AUTHORITY)
    board.poll()
    assert board.say(synchronise(1)) == ACK
    asked = board.poll()
    assert asked is not None
    assert asked.code == Code.SYNCHRONISE
    board.say(ACK)
    asked = board.poll()
    assert asked is not None
    assert asked.code == Code.CHECK_SLOT


def test_a_host_that_restarts_with_number_one_is_obeyed_by_a_board_that_knows_number_one() -> None:
    talk = started(Conversation())
    assert talk.vend(5)[-1] == VendDelivered(NAME, "job", seen=True)
    again = Conversation(talk.sim)
    again.now_ms = talk.now_ms
    again.run(3_000)
    assert again.vend(5, "next")[-1] == VendDelivered(NAME, "next", seen=True)


# --- properties ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["corrupt_byte", "half_frame", "noise"])
def test_a_bad_line_costs_time_but_not_the_truth(fault: str) -> None:
    talk = started(Conversation())
    talk.fault(fault)
    seen = [event for event in talk.vend(12, for_ms=12_000) if not isinstance(event, LineNoise)]
    assert seen[-1] == VendDelivered(NAME, "job", seen=True)
    assert talk.sim.snapshot()["turns_total"] == 1


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["", "jam", "no_drop", "double_drop"]))
def test_any_split_of_the_bytes_gives_the_same_events(dice: random.Random, fault: str) -> None:
    talk = Conversation()
    if fault:
        talk.fault(fault)
    talk.run(1_500)
    asked_ms = talk.now_ms
    talk.vend(12)
    split = CoilBoard(NAME)
    split.tick(0)
    seen: list[DeviceEvent] = []
    is_asked = False
    for at, data in talk.heard:
        if at > asked_ms and not is_asked:
            split.request(TurnCoil(NAME, "job", 12), AUTHORITY)
            is_asked = True
        split.tick(at)
        cut = dice.randint(0, len(data))
        middle = dice.randint(cut, len(data))
        for piece in (data[:cut], data[cut:middle], data[middle:]):
            split.receive(piece, at)
        seen += split.events()
    assert seen == talk.seen


flips = st.lists(st.tuples(st.integers(0, 250), st.integers(0, 7)), max_size=3)


@settings(max_examples=60, deadline=None)
@example(flips=[(0, 0)], losses=set(), fault="jam")
@given(flips=flips, losses=st.sets(st.integers(0, 60), max_size=6), fault=st.sampled_from(["jam", "no_drop"]))
def test_three_flipped_bits_and_lost_frames_never_make_a_false_delivery(
    flips: list[tuple[int, int]], losses: set[int], fault: str
) -> None:
    position = {"byte": 0, "frame": 0}

    def spoil(data: bytes) -> bytes:
        spoilt = bytearray(data)
        for at, bit in flips:
            if position["byte"] <= at < position["byte"] + len(data):
                spoilt[at - position["byte"]] ^= 1 << bit
        position["byte"] += len(data)
        position["frame"] += bool(data)
        return b"" if position["frame"] in losses else bytes(spoilt)

    talk = started(Conversation())
    talk.fault(fault)
    talk.to_host = spoil
    seen = talk.vend(12, for_ms=SILENCE_MS + FINAL_MS + 3_000)
    ends = [event for event in seen if isinstance(event, VendDelivered | VendFailed | VendUnknown)]
    assert len(ends) == 1
    assert not isinstance(ends[0], VendDelivered)
    assert talk.sim.snapshot()["dropped_total"] == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=20))
def test_rubbish_on_the_line_neither_raises_nor_delivers(chunks: list[bytes]) -> None:
    board = Board().driven()
    for chunk in chunks:
        board.now_ms += 30
        board.host.receive(chunk, board.now_ms)
    assert not any(isinstance(event, VendDelivered) for event in board.host.events())


def test_a_drive_frame_reads_as_one_on_the_boards_end() -> None:
    assert read_drive(Frame(Code.DRIVE, bytes.fromhex("01 01 00 00 0C"))) is not None
    assert read_drive(Frame(Code.DRIVE, bytes.fromhex("01 02 00 00 0C"))) is None
