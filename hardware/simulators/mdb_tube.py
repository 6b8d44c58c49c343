"""A tube of a changer or the recycler of a note validator, as a kiosk sees it: a hopper with hands of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from hardware.events import DeviceKind
from hardware.sansio import DeviceMachine
from hardware.simulators.model import Field, Hand, UnknownActError, number_in


class Tubed(Protocol):
    """A body with tubes: its snapshot has ``tubes``, ``paid_tray``, ``paid_taken``, ``filled`` and ``removed``, by position."""

    name: str

    @property
    def machine(self) -> DeviceMachine:
        """Its end of the wire."""

    @property
    def is_powered(self) -> bool:
        """Whether it has power."""

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore its power."""

    def tick(self, now_ms: int) -> None:
        """Let time pass."""

    def fill(self, position: int, qty: int) -> None:
        """Put pieces in by hand."""

    def remove(self, position: int, qty: int) -> None:
        """Take pieces out by hand."""

    def inside(self, position: int) -> int:
        """Pieces in a tube."""

    def paid(self, position: int) -> int:
        """Pieces of a tube that lie in the tray."""

    def take_tray(self) -> None:
        """Take what was paid and what came back."""

    def snapshot(self) -> Mapping[str, object]:
        """Its physical truth."""


class TubeSim:
    """A `hardware.simulators.model.Simulator` of one tube or recycler: the part that a kiosk calls a hopper."""

    def __init__(self, body: Tubed, name: str, position: int, capacity: int) -> None:
        self.name = name
        self.position = position
        self._body = body
        self._qty = Field("qty", "10", least=1, most=capacity)

    @property
    def kind(self) -> DeviceKind:
        """A hopper, to a kiosk."""
        return DeviceKind.HOPPER

    @property
    def machine(self) -> DeviceMachine:
        """The whole device's."""
        return self._body.machine

    @property
    def value_minor(self) -> int:
        """What one of its pieces is worth."""
        return cast("Mapping[str, int]", self._body.snapshot()["value_minor"])[str(self.position)]

    @property
    def inside(self) -> int:
        """Coins in it."""
        return self._body.inside(self.position)

    @property
    def tray(self) -> int:
        """Its coins that were paid and nobody took yet."""
        return self._body.paid(self.position)

    def fill(self, qty: int) -> None:
        """Pour coins in."""
        self._body.fill(self.position, qty)

    def take_tray(self) -> None:
        """Take what lies in the changer's bowl: all of it."""
        self._body.take_tray()

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Fill it, take some or all coins out, take what lies in the tray."""
        return (Hand("fill", (self._qty,)), Hand("remove", (self._qty,)), Hand("empty"), Hand("take_tray"))

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self._body.tick(now_ms)
        match hand:
            case "fill":
                self._body.fill(self.position, number_in(self._qty, values))
            case "remove":
                self._body.remove(self.position, number_in(self._qty, values))
            case "empty":
                self._body.remove(self.position, self._body.inside(self.position))
            case "take_tray":
                self._body.take_tray()
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    @property
    def faults(self) -> Mapping[str, bool]:
        """None of its own: they are the whole device's."""
        return {}

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - the fault's own switch position
        """Refuse: a tube has no faults of its own."""
        raise UnknownActError(
            f"{self.name} is a tube of {self._body.name}: turn {name} {is_on} there at {now_ms}"
        )

    @property
    def is_powered(self) -> bool:
        """Whether the whole device has power."""
        return self._body.is_powered

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore the whole device's power."""
        self._body.set_power(is_on, now_ms)

    def snapshot(self) -> Mapping[str, object]:
        """How many of its pieces are where."""
        truth = self._body.snapshot()

        def of(name: str) -> int:
            return cast("Mapping[str, int]", truth[name]).get(str(self.position), 0)

        return {
            "value_minor": self.value_minor,
            "inside": of("tubes"),
            "tray": of("paid_tray"),
            "taken": of("paid_taken"),
            "filled": of("filled"),
            "removed": of("removed"),
            "is_powered": self.is_powered,
        }

    def remember(self) -> Mapping[str, object]:
        """Nothing: the whole device remembers."""
        return {}

    def recall(self, memory: Mapping[str, object]) -> None:
        """Nothing to take back."""
