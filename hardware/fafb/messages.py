"""What FA FB frames mean: codes, states, statuses and packet numbers, in both directions.

Numbers on the wire are big-endian; a slot has two bytes and is never 0 (0 cancels a selection, or means all
slots). The data of every message except POLL and ACK begins with a packet number, 1 to 255, that rises after
success: a repeated number is the same message.

Source: "VMC - Upper Computer Communication Protocol", sections 2 and 4.2 to 4.4. Its printed lengths are
not reliable (the slot query says 4 and has 3), so readers obey the length on the wire and accept longer data.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hardware.fafb.frames import Frame
from hardware.sansio import WireError

MAX_SLOT: Final = 0xFFFF
MAX_NUMBER: Final = 0xFF

POLL_MS: Final = 200
"""How often the board asks (section 2)."""

ANSWER_MS: Final = 100
"""How long either side waits for the other's answer (section 2)."""

REPEATS: Final = 5
"""How often either side sends a message again that was not answered (section 2)."""


class Code(IntEnum):
    """The third byte of a frame."""

    CHECK_SLOT = 0x01
    SLOT_STATE = 0x02
    STATUS = 0x04
    DRIVE = 0x06
    SLOT_REPORT = 0x11
    SET_INTERVAL = 0x16
    SYNCHRONISE = 0x31
    POLL = 0x41
    ACK = 0x42


class SlotState(IntEnum):
    """Answers to a slot check; anything above 4 is a door, elevator or oven that is not ready."""

    READY = 1
    EMPTY = 2
    ABSENT = 3
    PAUSED = 4


class Status(IntEnum):
    """What the board says about a drive. Values not named here are steps of an elevator or oven: not
    final.
    """

    DISPENSING = 0x01
    SUCCESS = 0x02
    JAMMED = 0x03
    MOTOR_RUNS = 0x04
    NO_MOTOR = 0x06
    ELEVATOR = 0x07
    ENDED_OLD = 0x1F
    ENDED = 0xFF


MECHANISM_ERRORS: Final = frozenset(
    {Status.ELEVATOR, 0x12, 0x13, 0x15, 0x17, 0x20, 0x21, 0x25, 0x28, 0x29, 0x30, 0x31, 0x32}
)
"""Elevator, oven and push-rod errors (section 4.3.3): the coil has turned, the goods are somewhere inside."""

FINAL: Final = frozenset(
    {Status.SUCCESS, Status.JAMMED, Status.MOTOR_RUNS, Status.NO_MOTOR, Status.ENDED, Status.ENDED_OLD}
    | MECHANISM_ERRORS
)
"""Statuses after which nothing more comes. One published client writes "ended" as 1F, so both are known."""

POLL: Final = Frame(Code.POLL)
ACK: Final = Frame(Code.ACK)


@dataclass(frozen=True, slots=True)
class SlotAnswer:
    """The board's answer to a slot check."""

    number: int
    state: int
    slot: int


@dataclass(frozen=True, slots=True)
class DriveStatus:
    """The board's word about the drive of ``slot``."""

    number: int
    status: int
    slot: int


@dataclass(frozen=True, slots=True)
class Drive:
    """Our order to turn ``slot`` once, watching the drop sensor or not."""

    number: int
    slot: int
    watches_drop: bool
    uses_elevator: bool = False


@dataclass(frozen=True, slots=True)
class SlotReport:
    """What the board's own book says about a slot after synchronisation; prices are not used by this
    product.
    """

    number: int
    slot: int
    stock: int
    capacity: int
    is_paused: bool


def next_number(number: int) -> int:
    """Give the packet number after ``number``; 0 is never used, 1 follows 255."""
    return number % MAX_NUMBER + 1


def number_of(frame: Frame) -> int | None:
    """Give the packet number of ``frame``; None for POLL, ACK, and frames too short to carry one."""
    if frame.code in {Code.POLL, Code.ACK} or not frame.data or frame.data[0] == 0:
        return None
    return frame.data[0]


def check_slot(number: int, slot: int) -> Frame:
    """Ask for the state of ``slot``."""
    return Frame(Code.CHECK_SLOT, _number(number) + _slot(slot))


def drive(order: Drive) -> Frame:
    """Turn a coil without any money of the board's own."""
    flags = bytes((int(order.watches_drop), int(order.uses_elevator)))
    return Frame(Code.DRIVE, _number(order.number) + flags + _slot(order.slot))


def synchronise(number: int) -> Frame:
    """Ask the other side to begin anew."""
    return Frame(Code.SYNCHRONISE, _number(number))


def slot_answer(answer: SlotAnswer) -> Frame:
    """Tell the state of a slot."""
    return Frame(Code.SLOT_STATE, _number(answer.number) + bytes((answer.state,)) + _slot(answer.slot))


def drive_status(status: DriveStatus) -> Frame:
    """Tell how a drive goes."""
    slot = status.slot.to_bytes(2)
    return Frame(Code.STATUS, _number(status.number) + bytes((status.status,)) + slot)


def slot_report(report: SlotReport) -> Frame:
    """Tell what the board's book says about a slot, with price and product 0: money is the kiosk's."""
    counts = bytes(4) + bytes((report.stock, report.capacity)) + bytes(2) + bytes((int(report.is_paused),))
    return Frame(Code.SLOT_REPORT, _number(report.number) + _slot(report.slot) + counts)


def read_slot_answer(frame: Frame) -> SlotAnswer | None:
    """Read a slot state; None when the frame is none, or too short."""
    if frame.code != Code.SLOT_STATE or number_of(frame) is None or len(frame.data) < 4:
        return None
    return SlotAnswer(frame.data[0], frame.data[1], int.from_bytes(frame.data[2:4]))


def read_drive_status(frame: Frame) -> DriveStatus | None:
    """Read a drive status; None when the frame is none, or too short. A fifth byte (an oven's number) is
    ignored.
    """
    if frame.code != Code.STATUS or number_of(frame) is None or len(frame.data) < 4:
        return None
    return DriveStatus(frame.data[0], frame.data[1], int.from_bytes(frame.data[2:4]))


def read_drive(frame: Frame) -> Drive | None:
    """Read an order to turn; None when the frame is none, too short, or its flags are neither 0 nor 1."""
    if frame.code != Code.DRIVE or number_of(frame) is None or len(frame.data) < 5:
        return None
    number, watches, elevator = frame.data[:3]
    if watches > 1 or elevator > 1:
        return None
    return Drive(
        number,
        int.from_bytes(frame.data[3:5]),
        watches_drop=bool(watches),
        uses_elevator=bool(elevator),
    )


def read_slot_report(frame: Frame) -> SlotReport | None:
    """Read a line of the board's book; None when the frame is none, or too short."""
    if frame.code != Code.SLOT_REPORT or number_of(frame) is None or len(frame.data) < 12:
        return None
    slot = int.from_bytes(frame.data[1:3])
    return SlotReport(frame.data[0], slot, frame.data[7], frame.data[8], is_paused=bool(frame.data[11]))


def read_checked_slot(frame: Frame) -> int | None:
    """Read which slot a check asks for; None when the frame is none, or too short."""
    if frame.code != Code.CHECK_SLOT or number_of(frame) is None or len(frame.data) < 3:
        return None
    return int.from_bytes(frame.data[1:3])


def describe(frame: Frame) -> str:
    """Say in a few English words what ``frame`` means, for the workshop's view of the wire."""
    if (status := read_drive_status(frame)) is not None:
        return f"slot {status.slot}: {_name(Status, status.status)} (no. {status.number})"
    if (answer := read_slot_answer(frame)) is not None:
        return f"slot {answer.slot} is {_name(SlotState, answer.state)} (no. {answer.number})"
    if (order := read_drive(frame)) is not None:
        sensor = "with" if order.watches_drop else "without"
        return f"turn slot {order.slot} {sensor} drop sensor (no. {order.number})"
    if (report := read_slot_report(frame)) is not None:
        stock = f"{report.stock} of {report.capacity}"
        return f"board's book: slot {report.slot} stock {stock} (no. {report.number})"
    if (slot := read_checked_slot(frame)) is not None:
        return f"what is the state of slot {slot}? (no. {number_of(frame)})"
    name = _name(Code, frame.code)
    return name if number_of(frame) is None else f"{name} (no. {number_of(frame)})"


def _name(kind: type[IntEnum], value: int) -> str:
    known = {member.value: member.name.lower().replace("_", " ") for member in kind}
    return known.get(value, f"{value:02X}")


def _number(number: int) -> bytes:
    if not 1 <= number <= MAX_NUMBER:
        raise WireError(f"packet number {number} is not in 1..{MAX_NUMBER}")
    return bytes((number,))


def _slot(slot: int) -> bytes:
    if not 1 <= slot <= MAX_SLOT:
        raise WireError(f"slot {slot} is not in 1..{MAX_SLOT}")
    return slot.to_bytes(2)
