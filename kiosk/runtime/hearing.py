"""What devices said lately, for whoever stands before them: in memory only, beside the till's inbox; nothing decides by it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from msgspec.structs import replace

from hardware.events import DeviceEvent, DeviceKind, Fault, LineNoise
from hardware.port import Passed
from hardware.rig import RigConfig
from kiosk.core.acceptance import accepted_positions
from kiosk.core.limits import are_payouts_stopped
from kiosk.core.rules import Rules
from kiosk.core.state import Phase, State

EVENTS_KEPT: Final = 8
"""Of each device: what a person reads at a glance."""

SERIALS: Final = frozenset({"AcceptorIdentified", "HopperIdentified", "CardReaderIdentified"})
"""Events by which a device says its serial number."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event, and how long ago it came."""

    ago_ms: int
    event: DeviceEvent


@dataclass(frozen=True, slots=True)
class LiveDevice:
    """A device as it is now.

    Attributes:
        name: From the configuration.
        kind: What it is for.
        port: Its line's name.
        path: Where that is.
        wire: What is spoken there.
        state: online, trouble, offline or never.
        fault: The condition, as a word of `hardware.events.Fault`; empty when there is none.
        serial: Its serial number; None when it said none since the start.
        heard_ago_ms: How long ago anything came in on its line; None for never. Devices on one bus share it.
        asked_qty: Pieces that went out on its line since the start: polls and commands.
        heard_qty: Pieces that came in.
        noise_bytes: What made no message, as far as its driver told.
        said: Its last events, newest first.
        advice: Key of the text that says what to do, or that all is well.
    """

    name: str
    kind: DeviceKind
    port: str
    path: str
    wire: str
    state: str
    fault: str
    serial: int | None
    heard_ago_ms: int | None
    asked_qty: int
    heard_qty: int
    noise_bytes: int
    said: tuple[Said, ...]
    advice: str


class Wired(Protocol):
    """A line's trace; `hardware.port.Trace` is one."""

    asked_qty: int
    heard_qty: int
    heard_ms: int | None

    def passed(self) -> tuple[Passed, ...]:
        """The last bytes."""


class Hearing:
    """Keeps each device's last words; `note` is called by the drivers' threads, `look` by any."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._said: dict[str, deque[tuple[int, DeviceEvent]]] = {}
        self._noise: dict[str, int] = {}
        self._serials: dict[str, int] = {}

    def note(self, events: tuple[DeviceEvent, ...]) -> None:
        """Remember what was learned."""
        now_ms = self._clock()
        with self._lock:
            for event in events:
                kept = self._said.setdefault(event.device, deque(maxlen=EVENTS_KEPT))
                kept.appendleft((now_ms, event))
                if isinstance(event, LineNoise):
                    self._noise[event.device] = self._noise.get(event.device, 0) + event.dropped
                if type(event).__name__ in SERIALS:
                    self._serials[event.device] = int(getattr(event, "serial", 0))

    def look(
        self, rig: RigConfig, state: State, rules: Rules, traces: Mapping[str, Wired]
    ) -> tuple[LiveDevice, ...]:
        """Every configured device, in the configuration's order."""
        now_ms = self._clock()
        shut = shut_acceptors(state, rules)
        with self._lock:
            said = {device: tuple(kept) for device, kept in self._said.items()}
            noise, serials = dict(self._noise), dict(self._serials)
        found: list[LiveDevice] = []
        for port in rig.ports:
            trace = traces.get(port.name)
            heard_ms = None if trace is None else trace.heard_ms
            for device in port.devices:
                name = device.name
                condition, fault = condition_of(state, name)
                serial = serials.get(name)
                found.append(
                    LiveDevice(
                        name=name,
                        kind=device.kind,
                        port=port.name,
                        path=port.path,
                        wire=port.protocol,
                        state=condition,
                        fault=fault,
                        serial=serial or None,
                        heard_ago_ms=None if heard_ms is None else max(0, now_ms - heard_ms),
                        asked_qty=0 if trace is None else trace.asked_qty,
                        heard_qty=0 if trace is None else trace.heard_qty,
                        noise_bytes=noise.get(name, 0),
                        said=tuple(
                            Said(max(0, now_ms - at_ms), event) for at_ms, event in said.get(name, ())
                        ),
                        advice=advice_of(condition, fault, shut.get(name, "")),
                    )
                )
        return tuple(found)


def condition_of(state: State, device: str) -> tuple[str, str]:
    """A configured device's condition in one word, and its fault: what the journal says of it."""
    book = state.devices.get(device)
    if book is None:
        return "never", ""
    if not book.is_online:
        return "offline", book.fault or Fault.NO_REPLY
    return ("trouble" if book.fault else "online"), book.fault


def advice_of(condition: str, fault: str, shut: str) -> str:
    """The key of what to do."""
    if condition == "never":
        return "live.connect"
    if fault == Fault.WRONG_SCALE:
        return "live.no_table"
    if fault:
        return f"fault.{fault}.clerk"
    return f"live.shut_{shut}" if shut else "live.fine"


def shut_acceptors(state: State, rules: Rules) -> dict[str, str]:
    """Acceptors that the till would keep shut though they answer, as if nobody were shopping or serviced -> why."""
    idle = state if state.phase is Phase.IDLE else replace(state, phase=Phase.IDLE, visit=None)
    if state.halted_for:
        why = "halted"
    elif state.space != "ok":
        why = "disk"
    elif are_payouts_stopped(state, rules):
        why = "limit"
    else:
        why = "change"
    wanted = accepted_positions(idle, rules)
    closed = {device for device, positions in wanted.items() if not positions}
    return dict.fromkeys(closed, why) if not state.halted_for else dict.fromkeys(wanted, why)
