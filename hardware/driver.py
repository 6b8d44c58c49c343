"""Pumps one port against one machine: one thread per port, and the only place that waits on a line.

The thread opens the port and opens it again for as long as it takes; the machine's time goes on meanwhile,
so the machine itself says that its devices are lost. Bytes that a machine wants to send while the port is
shut are dropped, as a pulled cable would drop them: a payout command must never leave minutes after it was
meant.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.commands import Authority, Command
from hardware.events import DeviceEvent, DeviceKind, DeviceLost, DeviceRecovered, LineNoise
from hardware.port import Port, PortError
from hardware.sansio import HostMachine

FIRST_REOPEN_MS = 200
"""How soon a vanished port is tried again: a USB adapter needs about this long to come back."""

LONGEST_REOPEN_MS = 2_000
"""The slowest we look for a port: a clerk who plugs the cable in must not wait longer than this to see it
work.
"""

STALL_MS = 5_000
"""A line that takes no byte for so long is stuck; it is closed and opened anew. Longer than a printer's
cutter needs.
"""

PENDING_BYTES = 262_144
"""Most bytes that wait for a slow line: five times the longest receipt drawn as a picture."""

STOP_SECONDS = 0.5
"""How long `Driver.stop` waits: the thread never waits on anything but the line and its own wake pipe."""


HANG_MS = 5_000
"""A thread that neither waits nor delivers for so long is stuck in its port or its machine: their honest work takes
milliseconds, and the slowest adapter opens within two seconds.
"""

SPIN_MS = 2_000
"""A machine that asks for one turn after the other for so long, hearing, saying and learning nothing, makes no progress."""

REQUEST_SECONDS = 0.5
"""How long a command waits for a machine that is at work; longer, and the till would stand still with a hanging driver."""

NOISE_MS = 60_000
"""Noise of one device is told at most so often, with everything that came meanwhile: a line that nobody mends for a week must
not fill the journal.
"""


class DriverStoppedError(RuntimeError):
    """A command came for a driver that is not running, or that hangs; nothing was sent."""


class DriverSpinsError(RuntimeError):
    """A machine asks for turn after turn and makes no progress; its thread would take the computer from the others."""


def monotonic_ms() -> int:
    """Milliseconds that only ever rise, of no particular beginning."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class SilentDevice:
    """A device that never speaks unasked (a scanner), so that only its port can tell that it is lost."""

    name: str
    kind: DeviceKind


class Pump:
    """The work of one line without the waiting: it moves bytes and time between a port and a machine.

    A `Driver` turns it in a thread of its own; a simulated world turns it by hand on a clock of its own.

    Args:
        port: Opened and closed by whoever turns the pump.
        machine: Touched under the pump's lock, never while waiting.
        deliver: Called in `turn` with all events of one drain: one commit. Must not wait for long.
        clock: Monotonic milliseconds.
        silent: Devices whose loss and return the pump itself reports, by the port's.
    """

    def __init__(
        self,
        port: Port,
        machine: HostMachine,
        *,
        deliver: Callable[[tuple[DeviceEvent, ...]], None],
        clock: Callable[[], int] = monotonic_ms,
        silent: tuple[SilentDevice, ...] = (),
    ) -> None:
        self.port = port
        self._machine = machine
        self._deliver = deliver
        self._clock = clock
        self._silent = silent
        self._silent_lost: bool | None = None
        self._lock = threading.Lock()
        self._pending = b""
        self._stalled_since: int | None = None
        self._reopen_at: int | None = None
        self._reopen_after = FIRST_REOPEN_MS
        self._noise: dict[str, tuple[int, int]] = {}
        self._is_abandoned = False
        self.is_delivering = False
        """Whether whoever hears our events has not come back yet; that is their time, not ours."""
        self.beat_ms = clock()
        """When the work last came to a place where it cannot be stuck."""
        self.moved_qty = 0
        """Turns in which something was heard, said or learned."""

    def abandon(self) -> None:
        """Give this work up, from any thread: what it still learns or wants to say goes nowhere."""
        self._is_abandoned = True

    @property
    def wants_to_write(self) -> bool:
        """Whether bytes wait for room on the line."""
        return bool(self._pending)

    @property
    def wake_at_ms(self) -> int | None:
        """When it next wants a turn though no byte came; None for never."""
        with self._lock:
            machine_at = self._machine.wake_at_ms
        stalled_at = None if self._stalled_since is None else self._stalled_since + STALL_MS
        reopen_at = None if self.port.is_open else self._reopen_at
        return min((at for at in (machine_at, stalled_at, reopen_at) if at is not None), default=None)

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Queue ``command`` on the machine; safe from any thread. The next `turn` sends it.

        Raises:
            DriverStoppedError: The machine hangs: nothing will be sent.
            UnauthorizedError: A physical command without authority.
            WireError: The machine cannot carry it.
        """
        if not self._lock.acquire(timeout=REQUEST_SECONDS):
            raise DriverStoppedError(f"{self.port.name} hangs; {type(command).__name__} was not sent")
        try:
            self._machine.request(command, authority)
        finally:
            self._lock.release()

    def turn(self, received: bytes) -> None:
        """Open the port when that is due, give the machine ``received`` and its time, deliver, send."""
        self.beat_ms = self._clock()
        self._open_when_due()
        learned = self._feed(received)
        if self._is_abandoned:
            return  # another driver has this port now, and the journal knows nothing of what we would say
        if received or learned:
            self.moved_qty += 1
        self._tell(self._thinned(learned))
        self._send()

    def read(self) -> bytes:
        """Take what arrived on the line; nothing when it has gone, which the next `turn` deals with."""
        try:
            return self.port.read()
        except PortError:
            self._vanished()
            return b""

    def _feed(self, received: bytes) -> tuple[DeviceEvent, ...]:
        """Give the machine its bytes and its time; take what it learned and what it wants to say."""
        with self._lock:
            now = self._clock()
            if received:
                self._machine.receive(received, now)
            wake_at = self._machine.wake_at_ms
            if wake_at is not None and wake_at <= now:
                self._machine.tick(now)
            out = self._machine.bytes_to_send()
            learned = self._machine.events()
        if self.port.is_open:
            self._pending += out
        return learned

    def _tell(self, events: tuple[DeviceEvent, ...]) -> None:
        if not events or self._is_abandoned:
            return
        self.is_delivering = True
        try:
            self._deliver(events)
        finally:
            self.beat_ms = self._clock()
            self.is_delivering = False

    def _thinned(self, events: tuple[DeviceEvent, ...]) -> tuple[DeviceEvent, ...]:
        """The events, with a device's noise told at most once in `NOISE_MS`; what is held back is added to the next."""
        if not any(isinstance(event, LineNoise) for event in events):
            return events
        now = self._clock()
        kept: list[DeviceEvent] = []
        for event in events:
            if not isinstance(event, LineNoise):
                kept.append(event)
                continue
            told_ms, held = self._noise.get(event.device, (now - NOISE_MS, 0))
            if now - told_ms < NOISE_MS:
                self._noise[event.device] = (told_ms, held + event.dropped)
            else:
                self._noise[event.device] = (now, 0)
                kept.append(replace(event, dropped=event.dropped + held))
        return tuple(kept)

    def _open_when_due(self) -> None:
        if self.port.is_open or (self._reopen_at is not None and self._clock() < self._reopen_at):
            return
        try:
            self.port.open()
        except PortError:
            self._vanished()
        else:
            self._reopen_after = FIRST_REOPEN_MS
            self._report_silent(is_lost=False)

    def _vanished(self) -> None:
        """Shut the port and say when to try again: soon at first, then ever more slowly, for ever."""
        self.port.close()
        self._pending = b""
        self._stalled_since = None
        self._reopen_at = self._clock() + self._reopen_after
        self._reopen_after = min(self._reopen_after * 2, LONGEST_REOPEN_MS)
        self._report_silent(is_lost=True)

    def _report_silent(self, *, is_lost: bool) -> None:
        if is_lost == self._silent_lost or not self._silent:
            return
        self._silent_lost = is_lost
        if is_lost:
            self._tell(tuple(DeviceLost(device.name, device.kind) for device in self._silent))
        else:
            self._tell(tuple(DeviceRecovered(device.name, device.kind) for device in self._silent))

    def _send(self) -> None:
        if not self._pending or not self.port.is_open:
            return
        try:
            taken = self.port.write(self._pending)
        except PortError:
            self._vanished()
            return
        self._pending = self._pending[taken:]
        self.moved_qty += bool(taken)
        now = self._clock()
        if taken or not self._pending:
            self._stalled_since = None
        elif self._stalled_since is None:
            self._stalled_since = now
        is_stuck = self._stalled_since is not None and now - self._stalled_since >= STALL_MS
        if is_stuck or len(self._pending) > PENDING_BYTES:
            self._vanished()


class Driver:
    """Turns one `Pump` in a thread of its own, and waits on its line.

    Args:
        pump: Turned by the driver's thread alone.
        on_failure: Told, in the driver's thread, of an error that ended it. The driver is stopped by then.
        clock: The pump's own.
    """

    def __init__(
        self, pump: Pump, *, on_failure: Callable[[Exception], None], clock: Callable[[], int] = monotonic_ms
    ) -> None:
        self._pump = pump
        self._on_failure = on_failure
        self._clock = clock
        self._gate = threading.Lock()
        self._stopping = threading.Event()
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        self._thread = threading.Thread(target=self._run, name=f"driver-{pump.port.name}", daemon=True)
        self._is_running = False
        self._is_waiting = False
        self._is_abandoned = False
        self._moved_qty = 0
        self._spins_since: int | None = None

    @property
    def name(self) -> str:
        """The port's name."""
        return self._pump.port.name

    @property
    def is_running(self) -> bool:
        """Whether its thread pumps; False before `start`, after `stop`, and after a failure."""
        return self._is_running

    @property
    def beat_ms(self) -> int:
        """When its thread was last at a place where it cannot be stuck."""
        return self._pump.beat_ms

    def hangs(self, now_ms: int) -> bool:
        """Whether its thread is stuck: it neither waits nor delivers, and did not come by for `HANG_MS`."""
        is_at_work = self._is_running and not self._is_waiting and not self._pump.is_delivering
        return is_at_work and now_ms - self._pump.beat_ms >= HANG_MS

    def abandon(self) -> None:
        """Give a hanging thread up, from any other: what it still learns or wants to say goes nowhere.

        It ends and closes its port when it comes back, if ever: a thread that hangs in the system cannot be ended from outside.
        """
        self._is_abandoned = True
        self._pump.abandon()
        self._stopping.set()
        self._is_running = False
        self._wake()

    def start(self) -> None:
        """Begin pumping; a driver starts once."""
        self._pump.beat_ms = self._clock()
        self._is_running = True
        self._thread.start()

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Queue ``command`` on the machine; safe from any thread, never waits for the line.

        Raises:
            DriverStoppedError: The driver is not running: nothing will be sent.
            UnauthorizedError: A physical command without authority.
            WireError: The machine cannot carry it.
        """
        with self._gate:
            if not self._is_running:
                raise DriverStoppedError(f"{self.name} is stopped; {type(command).__name__} was not sent")
            self._pump.request(command, authority)
        self._wake()

    def stop(self) -> bool:
        """End the thread and close the port; True when that was done within `STOP_SECONDS`. May be called
        again.
        """
        self._stopping.set()
        self._wake()
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)
        else:
            self._end()
        return not self._thread.is_alive()

    def _wake(self) -> None:
        with self._gate:
            if self._wake_writer < 0:
                return
            try:
                os.write(self._wake_writer, b"!")
            except BlockingIOError:
                return  # The pipe is full of wake-ups already.

    def _run(self) -> None:
        """The outermost loop of this thread: whatever goes wrong below ends the driver and is reported."""
        try:
            received = b""
            while not self._stopping.is_set():
                self._pump.turn(received)
                received = self._wait()
        except Exception as failure:
            self._end()
            if not self._is_abandoned:
                self._on_failure(failure)
        else:
            self._end()

    def _end(self) -> None:
        with self._gate:
            self._is_running = False
            if self._wake_writer >= 0:
                os.close(self._wake_writer)
                os.close(self._wake_reader)
                self._wake_writer = self._wake_reader = -1
        self._pump.port.close()

    def _wait(self) -> bytes:
        """Wait for bytes, room to write, a request, or the machine's next wish; return the bytes."""
        poll = select.poll()
        poll.register(self._wake_reader, select.POLLIN)
        port = self._pump.port
        if port.is_open:
            poll.register(port.fileno(), select.POLLIN | (select.POLLOUT if self._pump.wants_to_write else 0))
        timeout_ms = self._timeout_ms()
        self._is_waiting = True
        woken = poll.poll(timeout_ms)
        self._pump.beat_ms = self._clock()
        self._is_waiting = False
        received = self._taken(woken)
        is_rest = not woken or any(descriptor == self._wake_reader for descriptor, _ in woken)
        self._watch_progress(has_rested=bool(received) or (is_rest and timeout_ms != 0))
        return received

    def _taken(self, woken: list[tuple[int, int]]) -> bytes:
        """What the line had to say when it, or a request, ended the waiting."""
        for descriptor, flags in woken:
            if descriptor == self._wake_reader:
                os.read(self._wake_reader, 4096)
            elif flags & ~select.POLLOUT:  # bytes, or a hang-up, which the read will name
                return self._pump.read()
        return b""

    def _watch_progress(self, *, has_rested: bool) -> None:
        """Notice a loop that turns without rest and without progress.

        Raises:
            DriverSpinsError: It did so for `SPIN_MS`.
        """
        moved_qty = self._pump.moved_qty
        if has_rested or moved_qty != self._moved_qty or self._pump.wants_to_write:
            self._moved_qty, self._spins_since = moved_qty, None
        elif self._spins_since is None:
            self._spins_since = self._clock()
        elif self._clock() - self._spins_since >= SPIN_MS:
            raise DriverSpinsError(f"{self.name}: its machine asks for turn after turn and makes no progress")

    def _timeout_ms(self) -> int | None:
        wake_at = self._pump.wake_at_ms
        return None if wake_at is None else max(0, wake_at - self._clock())
