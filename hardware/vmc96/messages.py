"""What K1 frames mean: addresses, commands, answers, and where a motor stands in the array.

A motor's id is ``(row + 1) * 16 + column + 1``, both counted from 0. Our slot numbers count along the rows: with twelve
columns slot 1 is row 0 column 0, slot 12 the last of that row, slot 13 the first of the next.

Source: LacobusVentura/VMC96API: ``vmc96api.c`` (commands, answers, eight rows of twelve) and ``VMC96.py``, which reads the
same scan as twelve rows of eight; so the number of columns is a setting here. Neither says which of the 32 samples of the
light barrier is the newest: nothing here depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hardware.sansio import WireError
from hardware.vmc96.frames import Frame

MOTORS: Final = 96
"""Most motors of one board."""

COLUMNS: Final = (12, 8)
"""How many motors stand in a row: the two readings of the sources."""

SAMPLES: Final = 32
SAMPLE_MS: Final = 40
WINDOW_MS: Final = SAMPLES * SAMPLE_MS
"""What one answer about the light barrier covers; what is older is gone."""

FULL_SCALE_MA: Final = 500
"""A current byte of 255."""


class Address(IntEnum):
    """Who on the board is asked."""

    ALL = 0x00
    RELAY_1 = 0x26
    RELAY_2 = 0x27
    MOTORS = 0x30


class Command(IntEnum):
    """The first byte of a question. 11 switches a relay, and scans the motor array."""

    PING = 0x00
    RESET_ALL = 0x01
    VERSION = 0x02
    RESET = 0x05
    STATUS = 0x10
    SCAN = 0x11
    STOP_ALL = 0x12
    RUN = 0x13
    PULSE = 0x14
    BARRIER = 0x15


DATA_COMMANDS: Final = frozenset({Command.VERSION, Command.STATUS, Command.SCAN, Command.BARRIER})
"""Their answers repeat the command; all others are answered by yes or no, which does not say to what."""


@dataclass(frozen=True, slots=True)
class MotorStatus:
    """Which motors turn, and what they draw together."""

    current_ma: int
    motors: tuple[int, ...]


def motor_of(slot: int, columns: int) -> int:
    """Give the motor id of ``slot``.

    Raises:
        WireError: No such slot, or a number of columns that no board has.
    """
    if columns not in COLUMNS or not 1 <= slot <= MOTORS:
        raise WireError(f"slot {slot} of {columns} columns: slots are 1..{MOTORS}, columns 12 or 8")
    row, column = divmod(slot - 1, columns)
    return (row + 1) * 16 + column + 1


def slot_of(motor: int, columns: int) -> int | None:
    """Give the slot of a motor id; None when the array has no such place."""
    row, column = (motor >> 4) - 1, (motor & 0x0F) - 1
    if not (0 <= row < MOTORS // columns and 0 <= column < columns):
        return None
    return row * columns + column + 1


def ask(command: Command, data: bytes = b"") -> Frame:
    """Ask the motor array."""
    return Frame(Address.MOTORS, bytes((command,)) + data)


def run(motor: int) -> Frame:
    """Start one motor; it stops by itself at its home switch."""
    return ask(Command.RUN, bytes((motor,)))


def switch_relay(relay: Address, *, is_on: bool) -> Frame:
    """Switch a relay (a lamp, a lock, a heater).

    Raises:
        WireError: It is no relay.
    """
    if relay not in {Address.RELAY_1, Address.RELAY_2}:
        raise WireError(f"{relay} is no relay")
    return Frame(relay, bytes((Command.SCAN, int(is_on))))


def reset_all() -> Frame:
    """Let everything on the board begin anew."""
    return Frame(Address.ALL, bytes((Command.RESET_ALL, 0xFF)))


def acknowledge(address: int, *, is_yes: bool = True) -> Frame:
    """The board's yes or no."""
    return Frame(address, bytes((0 if is_yes else 1,)))


def read_acknowledgement(frame: Frame) -> bool | None:
    """Read yes or no; None when the frame is an answer with data."""
    return frame.body == b"\x00" if len(frame.body) == 1 else None


def status_answer(status: MotorStatus) -> Frame:
    """Tell which motors turn."""
    current = min(0xFF, status.current_ma * 0xFF // FULL_SCALE_MA)
    return ask(Command.STATUS, bytes((current,)) + bytes(status.motors))


def read_status(frame: Frame) -> MotorStatus | None:
    """Read which motors turn; None when the frame does not say it."""
    if frame.address != Address.MOTORS or len(frame.body) < 2 or frame.body[0] != Command.STATUS:
        return None
    return MotorStatus(frame.body[1] * FULL_SCALE_MA // 0xFF, tuple(frame.body[2:]))


def scan_answer(slots: frozenset[int], columns: int) -> Frame:
    """Tell which motors there are."""
    found = bytearray(12)
    for slot in slots:
        byte, bit = _scan_place(slot, columns)
        found[byte] |= 1 << bit
    return ask(Command.SCAN, bytes(found))


def read_scan(frame: Frame, columns: int) -> frozenset[int] | None:
    """Read which slots have a motor; None when the frame does not say it."""
    if frame.address != Address.MOTORS or len(frame.body) != 13 or frame.body[0] != Command.SCAN:
        return None
    found = frame.body[1:]
    places = {slot: _scan_place(slot, columns) for slot in range(1, MOTORS + 1)}
    return frozenset(slot for slot, (byte, bit) in places.items() if found[byte] >> bit & 1)


def barrier_answer(samples: int) -> Frame:
    """Tell the last 32 samples of the light barrier, one bit each, 1 = interrupted."""
    return ask(Command.BARRIER, samples.to_bytes(4, "little"))


def read_barrier(frame: Frame) -> int | None:
    """Read the samples; None when the frame does not say them."""
    if frame.address != Address.MOTORS or len(frame.body) != 5 or frame.body[0] != Command.BARRIER:
        return None
    return int.from_bytes(frame.body[1:], "little")


def describe(frame: Frame) -> str:
    """Say in a few English words what ``frame`` means, for the workshop's view of the wire."""
    who = {each.value: each.name.lower().replace("_", " ") for each in Address}
    where = who.get(frame.address, f"{frame.address:02X}")
    if (status := read_status(frame)) is not None:
        motors = " ".join(f"{motor:02X}" for motor in status.motors) or "none"
        return f"motors that turn: {motors}, {status.current_ma} mA"
    if (samples := read_barrier(frame)) is not None:
        return f"light barrier: {samples.bit_count()} of {SAMPLES} samples interrupted"
    if frame.address == Address.MOTORS and len(frame.body) == 13 and frame.body[0] == Command.SCAN:
        return f"motors found: {sum(byte.bit_count() for byte in frame.body[1:])}"
    if frame.address == Address.MOTORS and len(frame.body) == 2 and frame.body[0] == Command.RUN:
        return f"turn motor {frame.body[1]:02X}"
    if frame.body == b"\x00":
        return f"{where}: yes, or: are you there?"
    known = {each.value: each.name.lower().replace("_", " ") for each in Command}
    return f"{where}: {known.get(frame.body[0], frame.body.hex(' ').upper())}"


def _scan_place(slot: int, columns: int) -> tuple[int, int]:
    row, column = divmod(slot - 1, columns)
    return (column, row) if columns == 12 else (row, column)
