"""The shape of every protocol: bytes in, events out, time passed in as a number, no I/O.

A *host machine* is our end of a wire, a *device machine* the other end (a simulator's). Both use one codec. ``now_ms`` is
monotonic. Every length-prefixed reader drops a partial frame after the protocol's inter-byte gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from hardware.commands import PHYSICAL, Authority, Command
from hardware.events import DeviceEvent


class WireError(ValueError):
    """A caller asked a codec for something its protocol cannot carry. Never raised for bytes from the line."""


class UnauthorizedError(WireError):
    """A physical command came without the journal's authority; nothing was sent."""


@dataclass(frozen=True, slots=True)
class AcceptorMemory:
    """The last event that the journal holds of this coin acceptor or note validator; see `hardware.events.CoinAccepted`.

    ``has_counts``: whether the journal holds its accept counts too, so that later counts can be compared with them.
    ``kept_total``: the notes it had kept then, see `hardware.events.AcceptorIdentified`.
    """

    serial: int
    device_epoch: int
    event_no: int
    has_counts: bool = True
    kept_total: int | None = None


class HostMachine(Protocol):
    """Our end of one wire (one device, or a bus of several)."""

    @property
    def wake_at_ms(self) -> int | None:
        """When the machine next wants a tick; None while it waits for nothing."""

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes that arrived, split anywhere; never raises for what they contain."""

    def tick(self, now_ms: int) -> None:
        """Let time pass: polls, time-outs, retries. Called at or after `wake_at_ms`; early calls do no harm."""

    def bytes_to_send(self) -> bytes:
        """Drain what must go out now."""

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was learned, oldest first. Events drained together belong to one poll and to one commit."""

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Queue work.

        Raises:
            UnauthorizedError: A physical command without authority.
            WireError: The command is not for a device on this wire, or out of its range.
        """


NO_CURRENCY: Final = "XXX"
"""ISO 4217's code for "no currency": what is only looked at is no money of ours, and no device's table is held against it."""


@runtime_checkable
class Explains(Protocol):
    """A `HostMachine` that knows why a device answers and yet does not work."""

    @property
    def findings(self) -> Mapping[str, str]:
        """Device -> what is wrong and what to do, in one English sentence for a technician; only of those that do not work."""


class DeviceMachine(Protocol):
    """The far end of one wire, as a simulator plays it."""

    @property
    def wake_at_ms(self) -> int | None:
        """When the device next wants a tick."""

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the host."""

    def tick(self, now_ms: int) -> None:
        """Let time pass: delayed answers, motors, coins on their way."""

    def bytes_to_send(self) -> bytes:
        """Drain what the device puts on the wire now."""


def check_authority(command: Command, authority: Authority | None) -> None:
    """Refuse a physical command that the journal did not announce; every host machine calls this first."""
    if isinstance(command, PHYSICAL) and authority is None:
        raise UnauthorizedError(f"{type(command).__name__} for {command.device} came without an authority")


@dataclass(frozen=True, slots=True)
class WireCommand:
    """One command of a wire, as the technician's guard knows it and the table of support tells of it.

    Each protocol folder lists its commands in ``support.py``, those that we never send included.

    Attributes:
        code: How a message with this command begins, below the frame.
        name: What its manual calls it, in lower case.
        purpose: What it is for.
        source: Where it is known from: a section of the wire's manual, or a public driver.
        moves: What it would pay, turn, print or move, in two or three words; empty when nothing.
    """

    code: bytes
    name: str
    purpose: str
    source: str
    moves: str = ""


def command_of(commands: Iterable[WireCommand], message: bytes) -> WireCommand | None:
    """The command that ``message`` begins with, the longest code first; None when it is none of them."""
    known = (each for each in commands if message.startswith(each.code))
    return max(known, key=lambda each: len(each.code), default=None)
