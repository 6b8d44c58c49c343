"""A coin hopper of several values as a body: one bowl, coins thrown one at a time, sorted by what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.events import DeviceKind
from hardware.simulators.model import Field, Hand, UnknownActError, number_in
from hardware.simulators.ssp_wire import PayingUnit, TubeSim
from hardware.ssp.device import UnitChip, UnitFirmware
from hardware.ssp.messages import NEWEST_PROTOCOL, Event, Seen, UnitType

COIN_MS: Final = 120
"""It throws about eight coins a second."""
BOWL: Final = 1000
"""Coins that the bowl holds."""
ADDRESS: Final = 0x10
"""The usual address of a coin hopper."""
NEXT_SERIAL: Final = 1000
"""How far the serial number of an exchanged unit is from the old one's."""
OTHER_KEY, NO_KEYS = "other_key", "no_keys"


class SmartHopperSim(PayingUnit):
    """A `hardware.simulators.model.Simulator` of a coin hopper; `tubes` gives each value as a device of its own.

    Args:
        name: What the unit is called at the bench.
        serial: Its serial number, 32 bits.
        values: What its coins are worth, in minor units.
        currency: Of its data set.
        address: Its SSP address.
        newest_protocol: The newest version it speaks.
    """

    def __init__(
        self,
        name: str,
        serial: int,
        values: tuple[int, ...],
        *,
        currency: str = "EUR",
        address: int = ADDRESS,
        newest_protocol: int = NEWEST_PROTOCOL,
    ) -> None:
        channels = dict(enumerate(values, 1))
        firmware = UnitFirmware(
            UnitChip(serial), UnitType.HOPPER, channels, currency, self, newest_protocol=newest_protocol
        )
        choices = tuple(str(value) for value in values)
        self._value = Field("value", choices[0], choices=choices)
        self._qty = Field("qty", "10", least=1, most=BOWL)
        super().__init__(name, address, firmware, (OTHER_KEY, NO_KEYS), piece_ms=COIN_MS, capacity=BOWL)

    @property
    def kind(self) -> DeviceKind:
        """A hopper."""
        return DeviceKind.HOPPER

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Fill it, take coins out of the bowl, take what it paid, put another unit in its place."""
        return (
            Hand("fill", (self._value, self._qty)),
            Hand("remove", (self._value, self._qty)),
            Hand("take_tray"),
            Hand("replace"),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self.tick(now_ms)
        match hand:
            case "fill":
                self.fill(number_in(self._value, values), number_in(self._qty, values))
            case "remove":
                self.remove(number_in(self._value, values), number_in(self._qty, values))
            case "take_tray":
                self.take_tray()
            case "replace":
                self.replace(now_ms)
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    def replace(self, now_ms: int) -> None:
        """Put another unit in its place; the coins are poured over, and its levels are set to what was poured."""

        def change() -> None:
            self.firmware.chip.serial += NEXT_SERIAL
            self.firmware.chip.asked = 0
            self.firmware.chip.levels = dict(self._inside)

        self.exchange(now_ms, change)

    def snapshot(self) -> Mapping[str, object]:
        """Where the coins of each value are, and what the unit believes."""
        return {
            "values": {str(value): dict(self.counts(value)) for value in self.firmware.values.values()},
            "is_powered": self.is_powered,
            "is_enabled": self.firmware.is_enabled,
        }

    def tubes(self, names: Mapping[str, int]) -> tuple[TubeSim, ...]:
        """Its values as the devices that a kiosk knows: name -> value. The first one speaks for the unit."""
        return tuple(
            TubeSim(self, value, name, speaks_for_unit=number == 0)
            for number, (name, value) in enumerate(names.items())
        )

    # --- the firmware's wishes: it has no notes ---------------------------------------------------------------------

    @property
    def escrow(self) -> int:
        """It has no escrow."""
        return 0

    @property
    def standing(self) -> tuple[Seen, ...]:
        """Conditions that every poll shows."""
        is_disabled = not self.firmware.is_enabled
        return (*self._paying_shows, *((Seen(Event.DISABLED),) if is_disabled else ()))

    def keep(self, now_ms: int) -> None:
        """Nothing is ever in escrow."""

    def give_back(self, now_ms: int) -> None:
        """Nothing is ever in escrow."""

    def _fault_switched(self, name: str) -> None:
        super()._fault_switched(name)
        if name == OTHER_KEY:
            self.link.fixed_key ^= 1
        elif name == NO_KEYS:
            self.link.can_encrypt = not self._faults[name]
