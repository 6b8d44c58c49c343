"""Asking a line who is there: a script of harmless questions, played by a machine that never sends anything else.

A script is a generator. It yields an `Ask` and is resumed with everything that was heard until the answer was whole, or until
the time was over; it returns what it found. It runs in the ordinary driver, so it waits no other way than a kiosk does.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from hardware.commands import Authority, Command
from hardware.events import DeviceEvent, DeviceKind
from hardware.sansio import WireError

MOST_HEARD = 65_536
"""Bytes of one answer that are kept: a line that floods is no device that we know."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question; empty ``data`` only listens.

    Attributes:
        data: What goes out.
        wait_ms: How long the answer may take.
        is_whole: Says that what was heard so far is the whole answer; without it the whole time is waited.
    """

    data: bytes
    wait_ms: int
    is_whole: Callable[[bytes], bool] = lambda _heard: False


def plain_text(data: bytes) -> str:
    """A device's own text with everything left out that a terminal would obey; what is no letter of ASCII is a dot."""
    return "".join(sign if sign.isprintable() and sign.isascii() else "·" for sign in data.decode("latin-1"))


@dataclass(frozen=True, slots=True)
class Worth:
    """What a device says that its position is worth: a proposal to whoever writes values down, who reads the device's label.

    Attributes:
        position: From 1; 0 for a hopper, whose pieces all have one value.
        amount: In units of 10**-decimals of the currency.
        decimals: None when ``amount`` is in the currency's own minor units.
        money: ISO 4217 code, or a country of two letters as ccTalk has it; empty when the device does not say.
        has_tube: Coins or notes of it are kept in a tube or recycler of this device, and can be given back; None when they could
            be, and it does not say which it keeps: a person knows.
    """

    position: int
    amount: int
    decimals: int | None = None
    money: str = ""
    has_tube: bool | None = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A device that answered.

    Attributes:
        kind: What it is for.
        address: Where it answered; None on wires without addresses.
        says: What it said of itself, as (name, value), in the order to be read.
        advice: What to do about it, for people; empty when all is well.
        settings: Lines that its port needs in the configuration beside the usual ones, as TOML.
        coins: For acceptors: what the device calls its positions. A hint for whoever writes their values, never a value.
        worths: What it says of their worth, where that can be read.
    """

    kind: DeviceKind
    address: int | None
    says: tuple[tuple[str, str], ...] = ()
    advice: tuple[str, ...] = ()
    coins: tuple[tuple[int, str], ...] = ()
    settings: tuple[str, ...] = ()
    worths: tuple[Worth, ...] = ()


Result = TypeVar("Result")
Asks = Generator[Ask, bytes, Result]
Script = Asks[tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Asked(DeviceEvent):
    """The script came to its end: what was found, and what was heard at all.

    Attributes:
        found: The devices that answered.
        heard_qty: Bytes heard beside the echo of our own.
        has_echo: Our own bytes came back, as on a ccTalk wire.
    """

    found: tuple[Finding, ...]
    heard_qty: int
    has_echo: bool = False


class Asking:
    """A `hardware.sansio.HostMachine` that plays one script and is silent for ever after."""

    def __init__(self, name: str, script: Script) -> None:
        self._name = name
        self._script = script
        self._ask: Ask | None = None
        self._ends_ms: int | None = 0
        self._heard = bytearray()
        self._heard_qty = 0
        self._has_echo = False
        self._out = b""
        self._events: list[DeviceEvent] = []

    @property
    def wake_at_ms(self) -> int | None:
        """When the time of the question is over; None after the last."""
        return self._ends_ms

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take an answer, or a part of one."""
        if self._ask is None or self._ends_ms is None:
            return
        self._heard += data[: MOST_HEARD - len(self._heard)]
        if self._ask.is_whole(bytes(self._heard)):
            self._go_on(now_ms)

    def tick(self, now_ms: int) -> None:
        """Go on when the time of the question is over."""
        if self._ends_ms is not None and now_ms >= self._ends_ms:
            self._go_on(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain the question."""
        out, self._out = self._out, b""
        return out

    def events(self) -> tuple[DeviceEvent, ...]:
        """`Asked`, once, at the end."""
        learned = tuple(self._events)
        self._events.clear()
        return learned

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Refuse: a probe does no work.

        Raises:
            WireError: Always.
        """
        raise WireError(f"{self._name} is being asked who it is, with authority {authority}: no {command}")

    def _go_on(self, now_ms: int) -> None:
        heard = bytes(self._heard)
        self._heard.clear()
        said = self._ask.data if self._ask is not None else b""
        is_echo = bool(said) and heard.startswith(said)
        self._has_echo = self._has_echo or is_echo
        self._heard_qty += len(heard) - (len(said) if is_echo else 0)
        try:
            ask = next(self._script) if self._ask is None else self._script.send(heard)
        except StopIteration as end:
            self._ends_ms = None
            self._events.append(Asked(self._name, end.value, self._heard_qty, self._has_echo))
        else:
            self._ask = ask
            self._ends_ms = now_ms + ask.wait_ms
            self._out += ask.data
