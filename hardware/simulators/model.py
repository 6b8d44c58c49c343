"""What every simulator offers: a machine on the wire, hands to work it, faults by name, and its physical truth.

A simulator has its own truth (coins in a hopper, goods in a coil, what lies in the tray) that no message can change except by
the motion it stands for. Its non-volatile memory survives `Simulator.set_power`; the rest does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast, runtime_checkable

from hardware.events import DeviceKind
from hardware.sansio import DeviceMachine


class UnknownActError(ValueError):
    """This simulator has no such hand, fault or value; the message names what it has."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a hand needs to know: a number between ``least`` and ``most``, or one of ``choices``, or free text."""

    name: str
    default: str
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hand:
    """Something a person can do to the device: drop a coin, refill, take what lies in the tray."""

    name: str
    fields: tuple[Field, ...] = ()


class Simulator(Protocol):
    """One simulated device. Not thread-safe: the bench calls everything from the one thread of its wire."""

    @property
    def name(self) -> str:
        """The configured device name."""

    @property
    def kind(self) -> DeviceKind:
        """What it is for."""

    @property
    def machine(self) -> DeviceMachine:
        """Its end of the wire. Devices that share a bus are joined by their protocol's own wire class."""

    @property
    def hands(self) -> tuple[Hand, ...]:
        """What a person can do to it."""

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now.

        Raises:
            UnknownActError: No such hand, or a value out of its range.
        """

    @property
    def faults(self) -> Mapping[str, bool]:
        """All its faults by name, and whether each is on."""

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - the fault's own switch position
        """Turn a named fault on or off."""

    @property
    def is_powered(self) -> bool:
        """Whether it has power."""

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore its power; volatile memory goes, non-volatile memory and physical truth stay."""

    def snapshot(self) -> Mapping[str, object]:
        """Its physical truth as plain JSON values, for the workshop, the smoke test and the auditor."""

    def remember(self) -> Mapping[str, object]:
        """What must survive a restart of the simulator process: truth and non-volatile memory, as JSON values."""

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""


@runtime_checkable
class CoinTaker(Simulator, Protocol):
    """A simulator that coins go into: what people's hands do with it."""

    @property
    def tray(self) -> Mapping[int, int]:
        """Coins that came back: position -> qty."""

    def drop(self, position: int, qty: int, now_ms: int) -> None:
        """Put coins into the slot."""

    def take_tray(self) -> None:
        """Take what came back."""

    def empty_box(self) -> int:
        """Empty the cash box; what was in it, in minor units."""


@runtime_checkable
class CoinPayer(Simulator, Protocol):
    """A simulator that pays pieces of one value: a hopper, a tube, a recycler."""

    @property
    def value_minor(self) -> int:
        """What one piece is worth."""

    @property
    def inside(self) -> int:
        """Pieces in it."""

    @property
    def tray(self) -> int:
        """Pieces that it paid and nobody took yet."""

    def fill(self, qty: int) -> None:
        """Pour pieces in."""

    def take_tray(self) -> None:
        """Take what it paid."""


@runtime_checkable
class BoxOwner(CoinPayer, Protocol):
    """A payer whose unit sends pieces into a box of its own; ``snapshot()`` has ``boxed`` and ``emptied``."""

    def empty_box(self) -> int:
        """Empty the unit's box; what was in it, in minor units."""


@runtime_checkable
class NoteTaker(Simulator, Protocol):
    """A simulator that notes go into; ``snapshot()`` has ``value_minor`` and, by position, ``stacker``, ``hand``, ``lost``."""

    @property
    def hand(self) -> Mapping[int, int]:
        """Notes that came back and hang at the mouth or lie in the hand: position -> qty."""

    def insert(self, position: int, now_ms: int) -> None:
        """Push one note in."""

    def take_hand(self) -> None:
        """Take what came back."""

    def empty_stacker(self) -> int:
        """Take the stacker out and empty it; what was in it, in minor units."""


@runtime_checkable
class CardTaker(Simulator, Protocol):
    """A simulator of a card reader and the account behind it."""

    @property
    def charged_minor(self) -> int:
        """What all cards were charged, less what was given back, since ever, in minor units."""

    @property
    def loaded_minor(self) -> int:
        """What was put onto all cards since ever, in minor units."""

    @property
    def balance_minor(self) -> int:
        """What the account still has."""

    def tap(self, now_ms: int) -> None:
        """Hold a card to it."""


def number_in(wanted: Field, values: Mapping[str, str]) -> int:
    """The number that a person gave for ``wanted``, or its default.

    Raises:
        UnknownActError: Not a number, or not one that the field allows.
    """
    text = values.get(wanted.name, wanted.default).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise UnknownActError(f"{wanted.name} is a number, not {text[:20]!r}")
    number = int(text)
    is_chosen = not wanted.choices or text in wanted.choices
    is_within = (wanted.least is None or number >= wanted.least) and (
        wanted.most is None or number <= wanted.most
    )
    if not (is_chosen and is_within):
        allowed = ", ".join(wanted.choices) or f"{wanted.least} to {wanted.most}"
        raise UnknownActError(f"{wanted.name} is {allowed}, not {number}")
    return number


def plain(counts: Mapping[int, int]) -> dict[str, int]:
    """Counts by number, as JSON keeps them; those of 0 are left out."""
    return {str(number): qty for number, qty in sorted(counts.items()) if qty}


def counted(kept: object) -> Counter[int]:
    """Counts by number, from what `plain` made."""
    return Counter({int(number): qty for number, qty in cast("dict[str, int]", kept).items()})
