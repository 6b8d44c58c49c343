"""The board's end of the K1 wire: it answers what it is asked, and says nothing by itself.

It knows frames and commands; what a motor, a home switch and a light barrier do is the `Mechanism`'s business.

Source: LacobusVentura/VMC96API, ``vmc96api.c``. How fast it answers and how long it starts are our choice.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

from hardware.vmc96.frames import Frame, FrameReader, encode
from hardware.vmc96.messages import (
    Address,
    Command,
    MotorStatus,
    acknowledge,
    ask,
    barrier_answer,
    read_acknowledgement,
    scan_answer,
    status_answer,
)

START_MS: Final = 500
"""From power to the first answer."""

ANSWER_MS: Final = 8
"""From a question to its answer."""

VERSION: Final = b"K1-SIM 1"


class Mechanism(Protocol):
    """The machine behind the board."""

    @property
    def columns(self) -> int:
        """Motors in a row: 12 or 8."""

    def motors(self) -> frozenset[int]:
        """Slots that have a motor."""

    def status(self) -> MotorStatus:
        """What turns now."""

    def run(self, motors: tuple[int, ...], now_ms: int) -> bool:
        """Start motors; False refuses."""

    def pulse(self, motor: int, for_ms: int, now_ms: int) -> bool:
        """Give a motor power for a moment; False refuses."""

    def stop_all(self, now_ms: int) -> None:
        """Take the power from all motors."""

    def barrier(self, now_ms: int) -> int:
        """The samples of the light barrier."""

    def switch(self, relay: Address, *, is_on: bool) -> None:
        """Switch a relay."""


class K1Device:
    """Plays the board on the wire for ``mechanism``; ``loses_acks`` makes it obey without saying so."""

    def __init__(self, mechanism: Mechanism) -> None:
        self._mechanism = mechanism
        self.loses_acks = False
        self._starts_ms = 0
        self._reset()

    def _reset(self) -> None:
        self._reader = FrameReader()
        self._answers: deque[tuple[int, bytes]] = deque()
        self._out = bytearray()

    @property
    def wake_at_ms(self) -> int | None:
        """When it next answers, or gives up a broken-off frame."""
        due = (self._reader.due_ms, self._answers[0][0] if self._answers else None)
        return min((at for at in due if at is not None), default=None)

    def restart(self, now_ms: int) -> None:
        """Start as after a power cut."""
        self._reset()
        self._starts_ms = now_ms + START_MS

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the host; while it starts it hears nothing."""
        if now_ms < self._starts_ms:
            return
        for frame in self._reader.feed(data, now_ms):
            self._take(frame, now_ms)

    def tick(self, now_ms: int) -> None:
        """Answer what is due."""
        for frame in self._reader.expire(now_ms):
            self._take(frame, now_ms)
        while self._answers and self._answers[0][0] <= now_ms:
            self._out += self._answers.popleft()[1]

    def bytes_to_send(self) -> bytes:
        """Drain what goes on the wire now."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def _take(self, frame: Frame, now_ms: int) -> None:
        match frame.address:
            case Address.MOTORS:
                answer = self._motors(frame, now_ms)
            case Address.RELAY_1 | Address.RELAY_2:
                answer = self._relay(frame)
            case Address.ALL if frame.body == bytes((Command.RESET_ALL, 0xFF)):
                self._mechanism.stop_all(now_ms)
                answer = acknowledge(frame.address)
            case _:
                return  # nobody here has that address
        if answer is None or (self.loses_acks and read_acknowledgement(answer) is not None):
            return
        self._answers.append((now_ms + ANSWER_MS, encode(answer)))

    def _motors(self, frame: Frame, now_ms: int) -> Frame | None:
        command, data = frame.body[0], frame.body[1:]
        mechanism = self._mechanism
        match command:
            case Command.VERSION:
                return ask(Command.VERSION, VERSION)
            case Command.STATUS:
                return status_answer(mechanism.status())
            case Command.SCAN:
                return scan_answer(mechanism.motors(), mechanism.columns)
            case Command.BARRIER:
                return barrier_answer(mechanism.barrier(now_ms))
            case Command.PING:
                is_yes = True
            case Command.RESET | Command.STOP_ALL:
                mechanism.stop_all(now_ms)
                is_yes = True
            case Command.RUN:
                is_yes = len(data) in {1, 2} and mechanism.run(tuple(data), now_ms)
            case Command.PULSE:
                is_yes = len(data) == 2 and mechanism.pulse(data[0], data[1], now_ms)
            case _:
                is_yes = False
        return acknowledge(frame.address, is_yes=is_yes)

    def _relay(self, frame: Frame) -> Frame:
        command, data = frame.body[0], frame.body[1:]
        if command == Command.VERSION:
            return Frame(frame.address, bytes((Command.VERSION,)) + VERSION)
        is_yes = command in {Command.PING, Command.RESET} or (command == Command.SCAN and len(data) == 1)
        if command == Command.SCAN and len(data) == 1:
            self._mechanism.switch(Address(frame.address), is_on=bool(data[0]))
        return acknowledge(frame.address, is_yes=is_yes)
