"""A byte wire on virtual time: the kiosk's pump at one end, a simulated device at the other, damage in between.

Bytes take the time that the line's speed gives them and arrive together when the last one is through. Each byte that
passes is a moment at which the power can fail.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Final

from hardware.driver import Pump
from hardware.port import PortError
from hardware.simulators.damage import Noise
from hardware.simulators.pty_line import BITS_PER_BYTE, Buffered, Wire
from kiosk.simulation.clock import US_PER_MS, SimClock
from kiosk.simulation.power import PowerCut

HELD_BYTES: Final = 4096
"""What waits for a device that wants no more; then the port takes nothing, as a pty would."""

FRAME_BYTES: Final = 64
"""Most chunks are shorter: their times are kept ready."""

NEVER: Final = 1 << 62
"""A time that does not come."""


class Line:
    """One wire: a `hardware.port.Port` for the kiosk's pump, and the simulators at the far end.

    Args:
        wire: What hangs on it.
        clock: Virtual time.
        dice: For damage; its own stream, so that a quiet line changes nothing elsewhere.
        on_bytes: Told how many bytes pass between a running kiosk and this line; raises `PowerCut` when the power fails in
            their midst.
    """

    def __init__(
        self,
        wire: Wire,
        clock: SimClock,
        dice: random.Random,
        on_bytes: Callable[[int], None],
    ) -> None:
        """The line is plugged, and nobody has opened it."""
        self.wire = wire
        self.noise = Noise()
        self.pump: Pump | None = None
        self.is_plugged = True
        self.is_stuffed = False
        """Nothing more can be written: the other end has stopped taking bytes."""
        self.due_us = 0
        """When this line next wants to be looked at."""
        self.has_request = False
        """The till handed the pump a command: its turn comes now."""
        self.frames = 0
        """Chunks that left the kiosk: about one per frame."""
        self._clock = clock
        self._dice = dice
        self._on_bytes = on_bytes
        self.is_open = False
        """Whether the kiosk has it open."""
        self.name = wire.name
        """The wire's name."""
        self._pump_us = NEVER
        self._machine_us = NEVER
        self._is_planned = False
        """Whether `_machine_us` is what the machine would say now."""
        self._byte_us = byte_us = BITS_PER_BYTE * 1_000_000 / wire.baud
        self._through_us = tuple(round(size * byte_us) for size in range(FRAME_BYTES + 1))
        """How long so many bytes take."""
        self._to_device: deque[tuple[int, bytes]] = deque()
        self._to_host: deque[tuple[int, bytes]] = deque()
        self._free_us = [0, 0]
        self._joins = [False, False]
        """Per side: what comes next travels with the chunk that waits."""
        self._arrived: deque[bytes] = deque()
        self._has_buffer = isinstance(wire.machine, Buffered)

    # --- the port -----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Take the line.

        Raises:
            PortError: It is unplugged.
        """
        if not self.is_plugged:
            raise PortError(f"{self.name} is unplugged")
        self.is_open = True

    def close(self) -> None:
        """Let it go; what has not left is dropped."""
        self.is_open = False
        self._arrived.clear()

    def fileno(self) -> int:
        """Nobody waits on a simulated line.

        Raises:
            PortError: Always.
        """
        raise PortError(f"{self.name} is a simulated line")

    def read(self) -> bytes:
        """Take one chunk that arrived.

        Raises:
            PortError: The line was pulled out.
        """
        if not self.is_plugged:
            raise PortError(f"{self.name} was pulled out")
        return self._arrived.popleft() if self._arrived else b""

    def write(self, data: bytes) -> int:
        """Put bytes on the wire.

        Raises:
            PortError: The line was pulled out.
        """
        if not self.is_plugged:
            raise PortError(f"{self.name} was pulled out")
        if self.is_stuffed:
            return 0
        waiting = sum(len(chunk) for _, chunk in self._to_device) if self._has_buffer else 0
        taken = data[: max(0, HELD_BYTES - waiting)]
        if taken:
            self.frames += 1
            self._pass(taken, self._to_device, 0)
        return len(taken)

    def connect(self, pump: Pump) -> None:
        """A new kiosk's pump takes the near end."""
        self.pump = pump
        self._pump_us = self._clock.now_us
        self.due_us = self._clock.now_us

    # --- hands --------------------------------------------------------------------------------------------------------

    def unplug(self) -> None:
        """Pull the cable: what is on its way is lost."""
        self.is_plugged = False
        self.silence()
        self.due_us = self._clock.now_us

    def plug(self) -> None:
        """Put it back."""
        self.is_plugged = True
        self.due_us = self._clock.now_us

    def silence(self) -> None:
        """Forget what is on its way, both ways."""
        self._to_device.clear()
        self._to_host.clear()
        self._arrived.clear()
        self._free_us = [0, 0]

    def kiosk_died(self) -> None:
        """The process at the near end is gone; what it sent still travels, what it did not read is lost."""
        self.pump = None
        self.has_request = False
        self._pump_us = NEVER
        self.is_open = False
        self._arrived.clear()

    # --- moving -------------------------------------------------------------------------------------------------------

    def look_up(self) -> None:
        """A hand did something to a device of this line: its plans may have changed."""
        self._is_planned = False
        self.due_us = self._clock.now_us

    def advance(self) -> bool:
        """Let everything happen on this line that is due, then say when the next thing is.

        Returns:
            Whether the device heard or did something: only then somebody who looks at it may see something new.

        Raises:
            PowerCut: The power failed while bytes passed; the first part of them got through.
        """
        now_us = self._clock.now_us
        now_ms = now_us // US_PER_MS
        machine, to_device, to_host = self.wire.machine, self._to_device, self._to_host
        has_moved = not self._is_planned
        while to_device and to_device[0][0] <= now_us and not self._is_held_back():
            self._is_planned, has_moved = False, True
            self._reach_device(to_device.popleft()[1], now_ms)
            self._collect()
        if not self._is_planned:
            self._plan()
        if self._machine_us <= now_us:
            self._is_planned, has_moved = False, True
            machine.tick(now_ms)
            self._collect()
        while to_host and to_host[0][0] <= now_us:
            chunk = to_host.popleft()[1]
            if self.is_open:
                self._on_bytes(len(chunk))
                self._arrived.append(chunk)
        pump = self.pump
        if pump is not None and (
            self._arrived
            or self.has_request
            or self._pump_us <= now_us
            or (self.is_open and not self.is_plugged)
        ):
            self._turn_pump(pump)
        if not self._is_planned:
            self._plan()
        due_us = self._machine_us
        if to_device and to_device[0][0] < due_us and not self._is_held_back():
            due_us = to_device[0][0]
        if to_host and to_host[0][0] < due_us:
            due_us = to_host[0][0]
        if self.has_request:
            due_us = min(due_us, now_us)
        elif self._pump_us < due_us:
            due_us = self._pump_us
        self.due_us = due_us
        return has_moved

    def _plan(self) -> None:
        """Ask the machine when it wants to be ticked: only what it hears, its own time and hands change that."""
        wake_ms = self.wire.machine.wake_at_ms
        self._machine_us = NEVER if wake_ms is None else wake_ms * US_PER_MS
        self._is_planned = True

    def _reach_device(self, chunk: bytes, now_ms: int) -> None:
        try:
            if self.pump is not None:
                self._on_bytes(len(chunk))
        except PowerCut as cut:
            self.wire.machine.receive(chunk[: cut.passed], now_ms)
            raise
        self.wire.machine.receive(chunk, now_ms)

    def _collect(self) -> None:
        """Put what the device says on the wire."""
        said = self.wire.machine.bytes_to_send()
        if said and self.is_plugged:
            self._pass(said, self._to_host, 1)

    def _turn_pump(self, pump: Pump) -> None:
        self.has_request = False
        while True:
            pump.turn(pump.read() if self.is_open else b"")
            if not self._arrived:
                break
        wake_ms = pump.wake_at_ms
        self._pump_us = NEVER if wake_ms is None else max(self._clock.us_of(wake_ms), self._clock.now_us + 1)

    def _is_held_back(self) -> bool:
        return self._has_buffer and self.wire.machine.buffer_full  # type: ignore[attr-defined]  # _has_buffer says so

    def _pass(self, data: bytes, way: deque[tuple[int, bytes]], side: int) -> None:
        """Send ``data`` along one way; damage happens here."""
        noise = self.noise
        if noise.is_quiet:
            self._send(data, way, side, 0)
        else:
            for piece in noise.on(data, self._dice):
                is_joined = self._joins[side] and bool(way)
                chunk = way.pop()[1] + piece.data if is_joined else piece.data
                self._send(chunk, way, side, 0 if is_joined else piece.late_ms * US_PER_MS)
                self._joins[side] = piece.joins_next
        if way:
            self.due_us = min(self.due_us, way[0][0])

    def _send(self, chunk: bytes, way: deque[tuple[int, bytes]], side: int, late_us: int) -> None:
        begins_us = max(self._clock.now_us, self._free_us[side])
        size = len(chunk)
        through_us = self._through_us[size] if size <= FRAME_BYTES else round(size * self._byte_us)
        through_us += begins_us + late_us
        self._free_us[side] = through_us
        way.append((through_us, chunk))
