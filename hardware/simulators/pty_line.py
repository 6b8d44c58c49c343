"""One simulated wire: a pty that a host opens like any serial line, paced at the baud rate, with its own
thread.

The thread of a wire is the only one that touches its simulators. Everybody else hands it an order and waits
for the answer.
"""

from __future__ import annotations

import json
import os
import queue
import random
import select
import threading
import tty
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from hardware.port import Trace
from hardware.sansio import DeviceMachine
from hardware.simulators.damage import DamagedWay, Noise
from hardware.simulators.model import Simulator

Result = TypeVar("Result")

NS_PER_MS = 1_000_000

BITS_PER_BYTE = 10
"""A start bit, eight data bits, a stop bit: what every line of ours is set to."""

GROUP_NS = 2 * NS_PER_MS
"""Bytes may travel in groups this long: finer steps would cost a small computer a thousand wake-ups a
second.
"""

WAITING_BYTES = 4096
"""Bytes from the host that wait for their time on the wire; then the pty itself holds the host back, as a
UART would.
"""

SAVE_NS = 250 * NS_PER_MS
"""How often what the simulators must remember is compared with what was saved, while there is traffic."""

ORDER_SECONDS = 5.0
"""How long an order to the wire's thread may take; it never waits for more than a few milliseconds unless it
died.
"""

JOIN_SECONDS = 2.0
"""How long closing waits for the thread, which looks at its wake pipe at once."""


class WireClosedError(RuntimeError):
    """The wire's thread does not answer: it is closed, or it ended by an error that it has shown."""


@runtime_checkable
class Buffered(Protocol):
    """A device machine that can hold the host back while its own buffer is full (a printer)."""

    @property
    def buffer_full(self) -> bool:
        """True while it wants no more bytes."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What hangs on one serial line.

    ``machine`` is the far end as a whole: a simulator's own, or the protocol's joint wire for several
    ``simulators``. ``protocol`` is the rig's word for it, for whoever decodes the bytes.
    """

    name: str
    protocol: str
    baud: int
    machine: DeviceMachine
    simulators: tuple[Simulator, ...]


class Pace:
    """Lets bytes through no faster than a line of ``baud`` carries them; pure, times in nanoseconds."""

    def __init__(self, baud: int) -> None:
        self.byte_ns = BITS_PER_BYTE * 1_000_000_000 // baud
        self._waiting = bytearray()
        self._first_due_ns = 0
        self._free_ns = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, data: bytes, now_ns: int) -> None:
        """Bytes begin their way now, or as soon as those before them are through."""
        if data and not self._waiting:
            self._first_due_ns = max(now_ns, self._free_ns) + self.byte_ns
        self._waiting += data

    def due(self, now_ns: int) -> bytes:
        """Take the bytes whose last bit has arrived by now."""
        if not self._waiting or now_ns < self._first_due_ns:
            return b""
        qty = min(len(self._waiting), (now_ns - self._first_due_ns) // self.byte_ns + 1)
        passed = bytes(self._waiting[:qty])
        del self._waiting[:qty]
        self._free_ns = self._first_due_ns + (qty - 1) * self.byte_ns
        self._first_due_ns = self._free_ns + self.byte_ns
        return passed

    @property
    def wake_at_ns(self) -> int | None:
        """When the next group of bytes is through; the last byte is never kept back for a group."""
        if not self._waiting:
            return None
        group = min(len(self._waiting), max(1, GROUP_NS // self.byte_ns))
        return self._first_due_ns + (group - 1) * self.byte_ns

    def clear(self) -> None:
        """Forget what is on its way: the cable was pulled, or the sender lost its power."""
        self._waiting.clear()


class Pty:
    """A pty under a stable symbolic link; comes back under another number each time, as a USB adapter
    does.
    """

    def __init__(self, link: Path) -> None:
        self.link = link
        self.path = ""
        self.master = -1
        self._slave = -1

    @property
    def is_plugged(self) -> bool:
        """Whether a host can open it."""
        return self.master >= 0

    def plug(self) -> None:
        """Make the pty and point the link at it, in one step for anybody who looks."""
        if self.is_plugged:
            return
        master, slave = os.openpty()
        if os.ttyname(slave) == self.path:  # the system likes to hand out the lowest free number again
            old, (master, slave) = (master, slave), os.openpty()
            for descriptor in old:
                os.close(descriptor)
        # Raw, before any host comes: else the terminal would echo the device's bytes back to it and turn CR
        # into LF.
        tty.setraw(slave)
        os.set_blocking(master, False)
        # Our own hold on the far side keeps the master readable while no host has it open.
        self.master, self._slave, self.path = master, slave, os.ttyname(slave)
        fresh = self.link.with_name(f".{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.path)
        fresh.replace(self.link)

    def unplug(self) -> None:
        """Close it: a host that has it open finds the line gone."""
        if not self.is_plugged:
            return
        if self.link.is_symlink() and str(self.link.readlink()) == self.path:
            self.link.unlink()
        master, slave = self.master, self._slave
        self.master = self._slave = -1
        os.close(master)
        os.close(slave)

    def read(self) -> bytes:
        """Take what the host wrote; empty when there is nothing."""
        try:
            return os.read(self.master, WAITING_BYTES)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        """Put ``data`` on the line; what finds no room is lost, as on a line nobody reads."""
        try:
            os.write(self.master, data)
        except BlockingIOError:
            return


class WireThread:
    """Runs one `Wire` on its pty until it is closed.

    Args:
        wire: Its machine and simulators belong to this thread from `start` to `close`.
        link: Where the stable name of the pty stands.
        clock_ns: Monotonic nanoseconds.
        save: Called in this thread with what the simulators must remember, after each change.
    """

    def __init__(
        self,
        wire: Wire,
        link: Path,
        clock_ns: Callable[[], int],
        save: Callable[[Mapping[str, Mapping[str, object]]], None],
    ) -> None:
        self.wire = wire
        self.trace = Trace()
        self._clock_ns = clock_ns
        self._save = save
        self._pty = Pty(link)
        self._inbound = Pace(wire.baud)
        self._outbound = Pace(wire.baud)
        # The cable: what is put in at one end comes out spoilt and late at the other, where it is paced.
        self._ways = tuple(
            DamagedWay(random.Random(f"{wire.name}/{side}"))  # noqa: S311 - damage is no secret
            for side in ("in", "out")
        )
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._is_open = False
        self._closing = threading.Event()
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        self._saved = ""
        self._save_at_ns: int | None = None
        self._thread = threading.Thread(target=self._run, name=f"wire-{wire.name}", daemon=True)

    def start(self) -> None:
        """Lay the pty and begin; returns when a host can open it."""
        self._pty.plug()
        self._is_open = True
        self._thread.start()

    def close(self) -> None:
        """End the thread, take the pty and its link away."""
        self._closing.set()
        self._wake()
        if self._thread.ident is None:
            self._end()
        else:
            self._thread.join(JOIN_SECONDS)

    def run(self, order: Callable[[int], Result]) -> Result:
        """Have the wire's thread do ``order`` (given ``now_ms``), save what changed, and hand back its
        result.

        Raises:
            WireClosedError: The thread does not answer.
            Exception: Whatever the order raised.
        """
        answer: Future[Result] = Future()

        def obey() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                result = order(self._now_ms())
                self._remember()
            except (
                ValueError,
                OSError,
            ) as error:  # a refused order is the caller's to hear; anything else ends us
                answer.set_exception(error)
            else:
                answer.set_result(result)

        with self._gate:
            if not self._is_open:
                raise WireClosedError(f"wire {self.wire.name} is closed")
            self._orders.put(obey)
        self._wake()
        try:
            return answer.result(ORDER_SECONDS)
        except (CancelledError, TimeoutError) as error:
            answer.cancel()
            raise WireClosedError(f"wire {self.wire.name} does not answer") from error

    def unplug(self) -> None:
        """Pull the cable: bytes on their way are lost."""

        def pull(_now_ms: int) -> None:
            self._pty.unplug()
            self._inbound.clear()
            self._outbound.clear()
            for way in self._ways:
                way.clear()

        self.run(pull)

    def plug(self) -> None:
        """Put the cable back, under another pty."""
        self.run(lambda _now_ms: self._pty.plug())

    @property
    def noise(self) -> Noise:
        """How the cable is damaged; the same both ways."""
        return self._ways[0].noise

    def set_noise(self, noise: Noise) -> None:
        """Damage the cable, or mend it with a quiet `Noise`."""

        def damage(_now_ms: int) -> None:
            for way in self._ways:
                way.noise = noise

        self.run(damage)

    def set_power(self, simulator: Simulator, *, is_on: bool) -> None:
        """Switch one device; a wire on which nothing has power falls silent in the middle of a byte."""

        def switch(now_ms: int) -> None:
            simulator.set_power(is_on, now_ms)
            if not any(other.is_powered for other in self.wire.simulators):
                self._outbound.clear()
                self._ways[1].clear()

        self.run(switch)

    @property
    def is_plugged(self) -> bool:
        """Whether a host can open the wire now."""
        return self._pty.is_plugged

    @property
    def path(self) -> str:
        """The pty behind the link, or the last one while unplugged."""
        return self._pty.path

    def _now_ms(self) -> int:
        return self._clock_ns() // NS_PER_MS

    def _wake(self) -> None:
        with self._gate:
            if self._wake_writer >= 0:
                try:
                    os.write(self._wake_writer, b"!")
                except BlockingIOError:
                    return  # The pipe is full of wake-ups already.

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._turn()
                self._wait()
        finally:
            self._end()

    def _end(self) -> None:
        with self._gate:
            self._is_open = False
            for descriptor in (self._wake_reader, self._wake_writer):
                if descriptor >= 0:
                    os.close(descriptor)
            self._wake_reader = self._wake_writer = -1
        # Orders that were queued before the gate closed are still done, and saved below; later ones are
        # refused.
        while not self._orders.empty():
            self._orders.get()()
        self._remember()
        self._pty.unplug()

    def _turn(self) -> None:
        """Do the orders, move the bytes whose time has come, let the devices' time pass."""
        while not self._orders.empty():
            self._orders.get()()
        machine, now_ns = self.wire.machine, self._clock_ns()
        now_ms = now_ns // NS_PER_MS
        into, out_of = self._ways
        for chunk in into.due(now_ms):
            self._inbound.put(chunk, now_ns)
        heard = b"" if self._is_held_back() else self._inbound.due(now_ns)
        if heard:
            self.trace.add(now_ms, heard, is_outgoing=True)
            machine.receive(heard, now_ms)
        wake_at = machine.wake_at_ms
        ticked = wake_at is not None and wake_at <= now_ms
        if ticked:
            machine.tick(now_ms)
        said = machine.bytes_to_send()
        if self._pty.is_plugged:
            out_of.put(said, now_ms)
            for chunk in out_of.due(now_ms):
                self._outbound.put(chunk, now_ns)
            passed = self._outbound.due(now_ns)
            if passed:
                self.trace.add(now_ms, passed, is_outgoing=False)
                self._pty.write(passed)
        if (heard or said or ticked) and self._save_at_ns is None:
            self._save_at_ns = now_ns + SAVE_NS
        if self._save_at_ns is not None and self._save_at_ns <= now_ns:
            self._remember()

    def _is_held_back(self) -> bool:
        machine = self.wire.machine
        return isinstance(machine, Buffered) and machine.buffer_full

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._wake_reader, select.POLLIN)
        if self._pty.is_plugged and len(self._inbound) < WAITING_BYTES:
            poll.register(self._pty.master, select.POLLIN)
        for descriptor, _ in poll.poll(self._timeout_ms()):
            if descriptor == self._wake_reader:
                os.read(self._wake_reader, 4096)
            else:
                self._ways[0].put(self._pty.read(), self._now_ms())

    def _timeout_ms(self) -> float | None:
        machine_at = self.wire.machine.wake_at_ms
        wishes = [
            at
            for at in (
                None if machine_at is None else machine_at * NS_PER_MS,
                # A printer that holds the line is asked again at its own next tick, or a group later.
                None if self._is_held_back() else self._inbound.wake_at_ns,
                self._clock_ns() + GROUP_NS if self._is_held_back() else None,
                self._outbound.wake_at_ns,
                *(None if way.wake_at_ms is None else way.wake_at_ms * NS_PER_MS for way in self._ways),
                self._save_at_ns,
            )
            if at is not None
        ]
        # poll() takes whole milliseconds and rounds up, so a wish is never too early.
        return max(0, min(wishes) - self._clock_ns()) / NS_PER_MS if wishes else None

    def _remember(self) -> None:
        self._save_at_ns = None
        memory = {simulator.name: dict(simulator.remember()) for simulator in self.wire.simulators}
        text = json.dumps(memory, sort_keys=True)
        if text != self._saved:
            self._save(memory)
            self._saved = text
