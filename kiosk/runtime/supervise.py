"""Stands by the devices' drivers: one that ends or hangs is said, takes away only what hangs on its port, and is started anew.

Nothing is guessed. A driver that is started anew meets its devices as at a start of the kiosk: with the event counters that the
journal knows, after everything that its forerunner said is in the journal. While money or goods are on their way through the port
only a start of the whole kiosk can ask what became of them, so then that is what happens.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from hardware.events import DeviceEvent, DeviceKind, DeviceLost, Fault, PrintEnded, PrintResult
from hardware.rig import RigDevice
from hardware.sansio import AcceptorMemory
from kiosk.core.state import State

SURE_MS: Final = 1_000
"""A thread that seems to hang is given up when it does so still after this long: a computer that stood still as a whole, such as
one that was put to sleep, looks for a moment as if every driver hung.
"""

FIRST_AGAIN_MS: Final = 1_000
"""How soon a driver is started anew."""

LONGEST_AGAIN_MS: Final = 600_000
"""The slowest: a driver that fails for ever writes some entries each time, and the journal is kept for years."""

WELL_MS: Final = 300_000
"""A driver that ran for so long has forgotten its failures."""

GIVEN_UP_MOST: Final = 5
"""Hanging threads of one port; each may hold its descriptor for ever, so then the port rests until the kiosk is started anew."""

log = structlog.get_logger("supervisor")


class DriversDoor(Protocol):
    """What is needed of the drivers; `hardware.rig.Rig` has it."""

    @property
    def devices(self) -> Mapping[str, RigDevice]:
        """Device name -> what it is and on which port."""

    def hanging(self, now_ms: int) -> Mapping[str, int]:
        """Ports whose thread is stuck -> when it last came by."""

    def abandon(self, port: str) -> None:
        """Give a hanging thread up."""

    def renew(self, port: str, memories: Mapping[str, AcceptorMemory]) -> None:
        """Start a new driver."""


@dataclass(slots=True)
class _Trouble:
    """A port without a driver, or with one that failed lately."""

    failures: int = 0
    given_up: int = 0
    is_down: bool = False
    again_ms: int = 0
    renewed_ms: int = 0


class Supervisor:
    """Looks after the drivers of a kiosk; `failed` is called by their threads, `look` again and again by one thread.

    Args:
        deliver: The till's inbox: the losses that are said for a driver that cannot say them.
        state: The till's state as last folded.
        memories: What a state knows of the acceptors' event counters.
        clock: Monotonic milliseconds.
        on_failure: Told of every driver that ended or hangs, by its port.
    """

    def __init__(
        self,
        *,
        deliver: Callable[[tuple[DeviceEvent, ...]], None],
        state: Callable[[], State],
        memories: Callable[[State], Mapping[str, AcceptorMemory]],
        clock: Callable[[], int],
        on_failure: Callable[[str, Exception], None],
    ) -> None:
        self._deliver = deliver
        self._state = state
        self._memories = memories
        self._clock = clock
        self._on_failure = on_failure
        self._rig: DriversDoor | None = None
        self._lock = threading.Lock()
        self._ended: list[tuple[str, Exception]] = []
        self._seen: dict[str, tuple[int, int]] = {}
        self._troubles: dict[str, _Trouble] = {}

    def attach(self, rig: DriversDoor) -> None:
        """Connect the drivers."""
        self._rig = rig

    def failed(self, port: str, error: Exception) -> None:
        """A driver ended by ``error``; safe from any thread."""
        with self._lock:
            self._ended.append((port, error))

    @property
    def down(self) -> tuple[str, ...]:
        """Ports that have no driver now."""
        return tuple(name for name, trouble in self._troubles.items() if trouble.is_down)

    def look(self) -> str:
        """Deal with what failed and start what may be started.

        Returns:
            Why the whole kiosk must start anew, or nothing.
        """
        rig, now_ms = self._rig, self._clock()
        if rig is None:
            return ""
        with self._lock:
            ended, self._ended = self._ended, []
        reasons = [self._lose(rig, port, error, now_ms) for port, error in ended]
        for port in self._stuck(rig, now_ms):
            rig.abandon(port)
            self._trouble(port).given_up += 1
            reasons.append(self._lose(rig, port, TimeoutError("its thread hangs"), now_ms))
        for port, trouble in self._troubles.items():
            if trouble.is_down and now_ms >= trouble.again_ms:
                self._renew(rig, port, trouble, now_ms)
        return next((reason for reason in reasons if reason), "")

    def _stuck(self, rig: DriversDoor, now_ms: int) -> tuple[str, ...]:
        """Ports whose thread hung when it was looked at before, and did not come by since."""
        seen: dict[str, tuple[int, int]] = {}
        for port, beat_ms in rig.hanging(now_ms).items():
            before = self._seen.get(port)
            seen[port] = before if before is not None and before[1] == beat_ms else (now_ms, beat_ms)
        self._seen = seen
        return tuple(port for port, (since_ms, _) in self._seen.items() if now_ms - since_ms >= SURE_MS)

    def _trouble(self, port: str) -> _Trouble:
        return self._troubles.setdefault(port, _Trouble())

    def _lose(self, rig: DriversDoor, port: str, error: Exception, now_ms: int) -> str:
        """Say that everything on the port is lost; why the kiosk must start anew, or nothing."""
        trouble = self._trouble(port)
        if trouble.renewed_ms and now_ms - trouble.renewed_ms >= WELL_MS:
            trouble.failures = 0
        wait_ms = min(FIRST_AGAIN_MS << min(trouble.failures, 20), LONGEST_AGAIN_MS)
        trouble.failures += 1
        trouble.is_down = True
        trouble.again_ms = now_ms + wait_ms
        log.error("driver lost", port=port, error=str(error), kind=type(error).__name__, again_ms=wait_ms)
        self._on_failure(port, error)
        state = self._state()
        names = {name: device.kind for name, device in rig.devices.items() if device.port == port}
        self._deliver(
            (
                *(DeviceLost(name, kind, Fault.HUNG) for name, kind in names.items()),
                *_print_ends(state, names),
            )
        )
        under_way = _under_way(state, frozenset(names))
        return f"port {port} failed while {under_way} was under way" if under_way else ""

    def _renew(self, rig: DriversDoor, port: str, trouble: _Trouble, now_ms: int) -> None:
        if trouble.given_up >= GIVEN_UP_MOST:
            return
        state = self._state()
        books = [state.devices.get(name) for name, device in rig.devices.items() if device.port == port]
        if any(book is not None and book.is_online for book in books):
            return  # what the former driver said last is not in the journal yet
        trouble.is_down = False
        trouble.renewed_ms = now_ms
        log.info("driver started anew", port=port, failures=trouble.failures)
        rig.renew(port, self._memories(state))


def _under_way(state: State, names: frozenset[str]) -> str:
    """The job of this run at one of these devices that nobody but them can explain; empty when there is none."""
    jobs = (
        ("a payout", state.payout),
        ("a vend", state.vend),
        ("a note", state.note),
        ("a card payment", state.card),
    )
    for words, job in jobs:
        if job is not None and job.device in names and job.boot == state.boot:
            return words
    books = [book for name, book in state.hoppers.items() if name in names]
    if any(book.move is not None and book.move.boot == state.boot for book in books):
        return "a move into the box"
    return ""


def _print_ends(state: State, names: Mapping[str, DeviceKind]) -> tuple[DeviceEvent, ...]:
    """The end of a print that nobody will tell of any more."""
    last = state.last
    if last is None or not last.print_job or last.print_result:
        return ()
    printers = [name for name, kind in names.items() if kind is DeviceKind.PRINTER]
    return tuple(PrintEnded(name, last.print_job, PrintResult.UNCERTAIN, Fault.HUNG) for name in printers[:1])
