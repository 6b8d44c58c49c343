"""The board's end of the FA FB wire: it polls, numbers what it says, repeats what is not acknowledged.

It knows frames and turns of speech; what a slot, a motor and a drop sensor do is the `Mechanism`'s business.
Everything here is volatile: `CoilBoardDevice.restart` is what a power cut leaves.

Source: "VMC - Upper Computer Communication Protocol", sections 2, 4.2.1, 4.3 and 4.4.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final, Protocol

from hardware.fafb.frames import Frame, FrameReader, encode
from hardware.fafb.messages import (
    ACK,
    ANSWER_MS,
    POLL,
    POLL_MS,
    REPEATS,
    Code,
    Drive,
    DriveStatus,
    SlotAnswer,
    SlotReport,
    drive_status,
    next_number,
    number_of,
    read_checked_slot,
    read_drive,
    slot_answer,
    slot_report,
    synchronise,
)

START_MS: Final = 500
"""From power to the first word; our choice, the source names none."""

PAUSE_MS: Final = 10
"""Between one exchange and the next while the board has something to say; our choice."""

MAX_WAITING: Final = 128
"""Most messages that wait: the book of 40 slots, and more statuses than a turn can make. Beyond it the newest
is lost, as on a board with little memory."""

MAX_INTERVAL: Final = 20
"""Slowest poll that may be asked for, in 100 ms (section 4.4.3)."""


class Mechanism(Protocol):
    """The machine behind the board."""

    def slot_state(self, slot: int) -> int:
        """What to answer to a slot check (a `SlotState` or a higher code)."""

    def book(self) -> tuple[SlotReport, ...]:
        """What to report after synchronisation; the packet numbers in it are not used."""

    def turn(self, order: Drive, now_ms: int) -> None:
        """Turn a coil once and report how it goes through `CoilBoardDevice.report`."""


@dataclass(slots=True)
class _Said:
    """What the board waits to have answered."""

    frame: Frame
    answer_by_ms: int
    sends: int = 1


class CoilBoardDevice:
    """Plays the board on the wire for ``mechanism``; ``loses_acks`` makes it execute commands without saying
    so.
    """

    def __init__(self, mechanism: Mechanism) -> None:
        self._mechanism = mechanism
        self.loses_acks = False
        self._reset()
        self._next_ms = 0

    @property
    def wake_at_ms(self) -> int | None:
        """When it next polls, repeats, or gives up a broken-off frame."""
        next_ms = self._next_ms if self._said is None else self._said.answer_by_ms
        due_ms = self._reader.due_ms
        return next_ms if due_ms is None else min(next_ms, due_ms)

    def restart(self, now_ms: int) -> None:
        """Start as after a power cut: numbers forgotten, nothing left to say but a request to synchronise."""
        self._reset()
        self._next_ms = now_ms + START_MS

    def report(self, status: int, slot: int) -> None:
        """Say how the drive of ``slot`` goes, as soon as it is the board's turn."""
        self._queue(drive_status(DriveStatus(1, status, slot)))

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the host; a command counts only as the timely answer to a POLL."""
        for frame in self._reader.feed(data, now_ms):
            self._take(frame, now_ms)

    def tick(self, now_ms: int) -> None:
        """Poll, say what waits, repeat what was not acknowledged."""
        for frame in self._reader.expire(now_ms):
            self._take(frame, now_ms)
        if self._said is not None and now_ms >= self._said.answer_by_ms:
            self._unheard(self._said, now_ms)
        if self._said is None and now_ms >= self._next_ms:
            self._speak(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain what goes on the wire now."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def _reset(self) -> None:
        self._reader = FrameReader()
        self._out = bytearray()
        self._poll_ms = POLL_MS
        self._number = 0
        self._host_number: int | None = None
        self._said: _Said | None = None
        self._urgent: deque[Frame] = deque((synchronise(1),))
        self._book: deque[Frame] = deque()

    def _queue(self, frame: Frame) -> None:
        if len(self._urgent) < MAX_WAITING:
            self._urgent.append(frame)

    def _speak(self, now_ms: int) -> None:
        waiting = self._urgent or self._book
        if waiting:
            self._number = next_number(self._number)
            message = waiting.popleft()
            self._say(Frame(message.code, bytes((self._number,)) + message.data[1:]), now_ms)
        else:
            self._say(POLL, now_ms)
            self._next_ms = now_ms + self._poll_ms

    def _say(self, frame: Frame, now_ms: int) -> None:
        self._said = _Said(frame, now_ms + ANSWER_MS)
        self._out += encode(frame)

    def _unheard(self, said: _Said, now_ms: int) -> None:
        if said.frame != POLL and said.sends <= REPEATS:
            said.sends += 1
            said.answer_by_ms = now_ms + ANSWER_MS
            self._out += encode(said.frame)
        else:
            self._answered(now_ms)

    def _answered(self, now_ms: int) -> None:
        self._said = None
        if self._urgent or self._book:
            self._next_ms = now_ms + PAUSE_MS
        else:
            self._next_ms = max(self._next_ms, now_ms + PAUSE_MS)

    def _take(self, frame: Frame, now_ms: int) -> None:
        said = self._said
        if said is None or now_ms >= said.answer_by_ms:
            return
        if frame.code == Code.ACK:
            self._answered(now_ms)
            return
        number = number_of(frame)
        if said.frame != POLL or number is None:
            return
        if number != self._host_number:
            self._host_number = number
            self._execute(frame, now_ms)
        if not self.loses_acks:
            self._out += encode(ACK)
        self._answered(now_ms)

    def _execute(self, frame: Frame, now_ms: int) -> None:
        slot = read_checked_slot(frame)
        order = read_drive(frame)
        if slot == 0:
            return  # a damaged question: no slot has this number, and no answer can carry it
        if slot is not None:
            self._queue(slot_answer(SlotAnswer(1, self._mechanism.slot_state(slot), slot)))
        elif order is not None:
            self._mechanism.turn(order, now_ms)
        elif frame.code == Code.SYNCHRONISE:
            self._book = deque(slot_report(line) for line in self._mechanism.book())
        elif frame.code == Code.SET_INTERVAL and len(frame.data) >= 2:
            self._poll_ms = max(1, min(frame.data[1], MAX_INTERVAL)) * 100
