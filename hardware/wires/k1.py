"""The K1 board for technicians: frames in words, and questions about version and motors.

Source: LacobusVentura/VMC96API, ``vmc96api.c``.
"""

from __future__ import annotations

from typing import Final

from hardware.events import DeviceKind
from hardware.sansio import command_of
from hardware.vmc96.frames import GAP_MS, LONGEST, SHORTEST, START, Frame, FrameReader, encode
from hardware.vmc96.host import EVIDENCE
from hardware.vmc96.messages import (
    COLUMNS,
    Command,
    ask,
    describe,
    read_barrier,
    read_scan,
    read_status,
)
from hardware.vmc96.support import COMMANDS
from hardware.wires.asking import Ask, Asks, Finding, Script
from hardware.wires.wire import NO_MESSAGE, WireKind

WAIT_MS: Final = 1_000
"""A board answers within a second."""


class K1Ear:
    """Reads the wire frame by frame; a question and a yes may look alike."""

    def gap_ms(self, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions alike
        """A frame that stops for this long is dropped."""
        return GAP_MS

    answer_ends_block = False

    def size(self, data: bytes, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions look alike
        """A frame begins with 35 and says its length."""
        start = data.find(START)
        if start:
            return -start if start > 0 else -len(data)
        if len(data) < SHORTEST:
            return 0
        if not SHORTEST <= data[2] <= LONGEST:
            return -1
        if len(data) < data[2]:
            return 0
        return data[2] if _frame(data[: data[2]]) is not None else -1

    def words(self, message: bytes, *, is_from_host: bool) -> str:  # noqa: ARG002 - see size
        """What the frame says."""
        frame = _frame(message)
        return describe(frame) if frame is not None else NO_MESSAGE

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """Half a frame."""
        who = "host" if is_from_host else "board"
        return f"{who} broke off, {len(data)} bytes: half a frame, or {NO_MESSAGE}"

    def physical(self, message: bytes) -> str:
        """Whether it runs a motor or switches a relay."""
        frame = _frame(message)
        if frame is None:
            return ""
        command = command_of(COMMANDS, bytes((frame.address,)) + frame.body)
        return "" if command is None else command.moves


def _frames(heard: bytes) -> tuple[Frame, ...]:
    return FrameReader().feed(heard, 0)


def _frame(data: bytes) -> Frame | None:
    return next(iter(_frames(data)), None)


def _answer(command: Command) -> Asks[Frame | None]:
    """The board's answer with data; a line that only gives our own bytes back is no board."""
    question = ask(command)

    def answer_in(heard: bytes) -> Frame | None:
        longer = (frame for frame in _frames(heard) if len(frame.body) > 1)
        return next((frame for frame in longer if frame.body[0] == command), None)

    heard = yield Ask(encode(question), WAIT_MS, lambda so_far: answer_in(so_far) is not None)
    return answer_in(heard)


def probe() -> Script:
    """Ask for the version."""
    frame = yield from _answer(Command.VERSION)
    if frame is None:
        return ()
    version = frame.body[1:].decode("ascii", "replace")
    return (Finding(DeviceKind.COIL_BOARD, None, (("firmware", version),)),)


def self_test(address: int | None) -> Script:
    """Version, motors found, what turns now, and the light barrier; nothing is run."""
    found = yield from probe()
    if not found:
        return ()
    says = list(found[0].says)
    advice: list[str] = []
    scan = yield from _answer(Command.SCAN)
    for columns in COLUMNS:
        slots = read_scan(scan, columns) if scan is not None else None
        if slots is not None:
            says.append((f"motors, {columns} in a row", f"{len(slots)}: {' '.join(map(str, sorted(slots)))}"))
            advice += [] if slots or advice else ["it finds no motor: look at the cables to the trays"]
    frame = yield from _answer(Command.STATUS)
    status = read_status(frame) if frame is not None else None
    if status is not None and status.motors:
        advice.append("a motor turns although nobody ordered it: look at its home switch")
    frame = yield from _answer(Command.BARRIER)
    samples = read_barrier(frame) if frame is not None else None
    if samples is not None:
        says.append(
            ("light barrier", "free" if not samples else f"interrupted in {samples.bit_count()} of 32")
        )
        advice += ["something stands in the light barrier, or it is dirty: clean it"] if samples else []
    return (Finding(DeviceKind.COIL_BOARD, address, tuple(says), tuple(advice)),)


K1: Final = WireKind(
    name="k1",
    says="a coil board that answers (K1, VMC96)",
    bauds=(19_200,),
    ear=K1Ear,
    probe=probe,
    self_test=self_test,
    kinds={None: DeviceKind.COIL_BOARD},
    cards={DeviceKind.COIL_BOARD: EVIDENCE},
)
