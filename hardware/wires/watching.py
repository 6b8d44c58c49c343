"""Our own driver on any line, only to look: what it learns is told, and nothing that moves ever leaves.

The device needs no configuration. What nobody wrote down (coins' values) is stood in for and never shown.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hardware.commands import SetAccept
from hardware.driver import Driver, Pump, SilentDevice, monotonic_ms
from hardware.events import CoinAccepted, DeviceEvent, DeviceKind
from hardware.port import Port
from hardware.rig import DeviceConfig, PortConfig, RigConfig, RigConfigError, Wire, build_machine, check_rig
from hardware.sansio import NO_CURRENCY, Explains, HostMachine
from hardware.trace import Recording
from hardware.wires.advice import words
from hardware.wires.guard import GuardedPort
from hardware.wires.table import WIRES

UNKNOWN_VALUE_MINOR: Final = 1
"""Stands for a value that nobody wrote down."""

ACCEPTORS: Final = (DeviceKind.COIN_ACCEPTOR, DeviceKind.NOTE_VALIDATOR)
POSITIONS: Final = range(1, 17)


class WatchError(ValueError):
    """What is asked for cannot be watched; the message says what can."""


def coin_values(given: Iterable[str]) -> dict[int, int]:
    """Read ``position=minor`` pairs.

    Raises:
        WatchError: Something else.
    """
    values: dict[int, int] = {}
    for text in given:
        position, _, value = text.partition("=")
        is_number = position.isdecimal() and value.isdecimal() and len(text) <= 12
        if not (is_number and int(position) in POSITIONS and int(value)):
            raise WatchError(f"{text[:20]!r}: write position=value in minor units, such as 3=50")
        values[int(position)] = int(value)
    return values


def watched_port(
    path: str,
    protocol: str,
    *,
    baud: int | None = None,
    address: int | None = None,
    kind: DeviceKind | None = None,
    coins: Mapping[int, int] | None = None,
    crc: bool = False,
) -> PortConfig:
    """The configuration of one device that nobody configured.

    Args:
        path: The line.
        protocol: A name of `hardware.wires.table.WIRES`.
        baud: Without it, what is usual.
        address: Without it, the usual one.
        kind: Without it, what is usual at that address.
        coins: Position -> value in minor units, for acceptors.
        crc: ccTalk frames are checked by CRC.

    Raises:
        WatchError: The wire has no such device or address.
    """
    row = WIRES.get(protocol)
    if row is None:
        raise WatchError(f"no protocol {protocol!r}; there are: " + ", ".join(WIRES))
    at = address if address is not None else next(iter(row.kinds))
    what = kind or row.kinds.get(at)
    if what is None:
        raise WatchError(f"what answers at address {at} of {protocol} is not usual there: say its kind")
    values = dict(coins or dict.fromkeys(POSITIONS, UNKNOWN_VALUE_MINOR))
    device = DeviceConfig(
        name=str(what).replace("_", "-"),
        kind=what,
        address=at,
        coins=values if what is DeviceKind.COIN_ACCEPTOR else {},
        notes=values if what is DeviceKind.NOTE_VALIDATOR else {},
        value_minor=UNKNOWN_VALUE_MINOR if what is DeviceKind.HOPPER else None,
    )
    port = PortConfig("port", path, baud or row.bauds[0], Wire(protocol), (device,), crc)
    try:
        check_rig(RigConfig((port,)))
    except RigConfigError as error:
        setting = error.key.rpartition(".")[2]
        raise WatchError(f"{protocol} has no such device: {setting} can be {error.allowed}") from error
    return port


@dataclass(frozen=True, slots=True)
class Look:
    """What is watched, and how.

    Attributes:
        port: From `watched_port`.
        currency: ISO code of what an acceptor takes; devices that say another one are told of.
        accepts: Open the acceptors for every position they know. That is no physical act, but what comes in meanwhile is in no
            journal.
        has_values: Somebody said what the positions are worth.
    """

    port: PortConfig
    currency: str = NO_CURRENCY
    accepts: bool = False
    has_values: bool = False

    @property
    def compares(self) -> bool:
        """Whether somebody said enough to hold a device's own table against it."""
        return self.has_values and self.currency != NO_CURRENCY

    @property
    def notes(self) -> dict[str, str]:
        """What a trace must say so that it can be replayed: which device, what it was asked."""
        device = self.port.devices[0]
        notes = {"device": f"{device.kind} {device.address if device.address is not None else '-'}"}
        if self.accepts:
            notes["accept"] = "all"
        if self.port.crc:
            notes["crc"] = "yes"
        if self.currency != NO_CURRENCY:
            notes["currency"] = self.currency
        if self.has_values:
            values = device.coins or device.notes
            notes["coins"] = " ".join(f"{position}={value}" for position, value in values.items())
        return notes

    def machine(self) -> HostMachine:
        """Our driver's machine, asked for what is to be watched."""
        machine = build_machine(
            self.port,
            currency=self.currency,
            memories={},
            # No money depends on this session's key, and a trace of it must replay.
            randbits=random.Random(self.port.protocol).getrandbits,  # noqa: S311 - a secret that nobody needs
        )
        for device in self.port.devices:
            if self.accepts and device.kind in ACCEPTORS:
                machine.request(SetAccept(device.name, tuple(device.coins or device.notes)))
        return machine


def watching(
    look: Look,
    line: Port,
    *,
    deliver: Callable[[tuple[DeviceEvent, ...], Mapping[str, str]], None],
    on_held: Callable[[str], None],
    on_failure: Callable[[Exception], None],
) -> Driver:
    """A driver that looks, not started yet; it opens ``line`` itself and closes it when it is stopped.

    Args:
        look: What is watched.
        line: Where the device is.
        deliver: Told what is learned, and why devices answer and yet do not work (`hardware.sansio.Explains`), in the driver's
            thread.
        on_held: Told what the guard held back.
        on_failure: Told of an error that ended the driver.
    """
    guarded = GuardedPort(line, WIRES[look.port.protocol].ear(), on_held)
    silent = tuple(
        SilentDevice(device.name, device.kind)
        for device in look.port.devices
        if device.kind is DeviceKind.SCANNER
    )
    machine = look.machine()

    def tell(events: tuple[DeviceEvent, ...]) -> None:
        deliver(events, machine.findings if isinstance(machine, Explains) else {})

    pump = Pump(guarded, machine, deliver=tell, clock=monotonic_ms, silent=silent)
    return Driver(pump, on_failure=on_failure, clock=monotonic_ms)


def told(event: DeviceEvent, *, has_values: bool) -> str:
    """An event in words; a value that nobody wrote down is not shown."""
    said = words(event)
    if isinstance(event, CoinAccepted) and not has_values:
        stand_in = f"value minor {event.value_minor}, currency {event.currency}"
        return said.replace(stand_in, "value not known")
    return said


# --- what a recording's notes say -------------------------------------------------------------------------------------


def noted_device(recording: Recording) -> tuple[DeviceKind | None, int | None]:
    """The kind and address that a recording's notes tell; None for what they do not.

    Raises:
        WatchError: They are not those of a `Look`.
    """
    kind, _, at = recording.notes.get("device", "").partition(" ")
    if (kind and kind not in set(DeviceKind)) or not (at in {"", "-"} or (at.isdecimal() and len(at) <= 3)):
        raise WatchError("the trace's note 'device' is a kind and an address, such as hopper 3")
    return DeviceKind(kind) if kind else None, int(at) if at.isdecimal() else None


def noted_machine(recording: Recording, protocol: str, address: int | None = None) -> HostMachine:
    """Our driver's machine as it stood when the recording was made; ``address`` overrides the notes.

    Raises:
        WatchError: The notes are not those of a `Look`, or name no device that we know.
    """
    kind, at = noted_device(recording)
    notes = recording.notes
    port = watched_port(
        "trace",
        protocol,
        address=address if address is not None else at,
        kind=kind,
        coins=coin_values(notes.get("coins", "").split()),
        crc="crc" in notes,
    )
    return Look(port, notes.get("currency", NO_CURRENCY), accepts="accept" in notes).machine()
