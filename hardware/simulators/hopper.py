"""A hopper as a body: a bowl of coins, a motor that throws one at a time into the payout tray, and all that goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from hardware.cctalk.device import HopperFirmware, HopperMemoryChip
from hardware.cctalk.frames import Check
from hardware.cctalk.host import Security
from hardware.cctalk.messages import Header, HopperFlag
from hardware.events import DeviceKind
from hardware.simulators.cctalk_wire import EXCHANGE_MS, CcTalkSlave
from hardware.simulators.model import Field, Hand, UnknownActError, number_in

COIN_MS = 150
"""The motor throws a coin about every 150 ms."""
GIVE_UP_MS = 3000
"""Without a coin for this long the hopper ends the payout itself (real ones take about 10 s)."""
LOW_QTY = 10
"""Below this the low level sensor is uncovered."""
CAPACITY = 500
"""Coins that the bowl holds."""
NEXT_SERIAL = 1000
"""How far the serial number of an exchanged device is from the old one's."""
MOST_TOTAL = 0xFF_FFFF
"""The lifetime count has 24 bits."""

JAM, SENSOR_LIES, STALLS, WRONG_COIN_EXTRA, RESUMES_AFTER_POWER, NO_PAY_COUNT = (
    "jam",
    "sensor_lies",
    "stalls",
    "wrong_coin_extra",
    "resumes_after_power",
    "no_pay_count",
)
OWN_FAULTS = (JAM, SENSOR_LIES, STALLS, WRONG_COIN_EXTRA, RESUMES_AFTER_POWER, NO_PAY_COUNT)


class HopperSim(CcTalkSlave):
    """A `hardware.simulators.model.Simulator` of a hopper.

    Args:
        name: The configured device name.
        address: Its ccTalk address.
        serial: Its serial number, 24 bits.
        value_minor: What one of its coins is worth; only for whoever looks at it, the wire never says it.
        security: What it wants to see in the dispense command.
        check: How its bus checks frames.
    """

    def __init__(
        self,
        name: str,
        address: int,
        serial: int,
        value_minor: int,
        *,
        security: Security = Security.SERIAL,
        check: Check = Check.SUM,
    ) -> None:
        self._value_minor = value_minor
        self._chip = HopperMemoryChip(serial)
        self._inside = 0
        self._tray = 0
        self._taken = 0
        self._next_ms: int | None = None
        self._moved_at_ms = 0
        self._was_paying = False
        self._filled = 0
        self._sorted_in = 0
        self._removed = 0
        self._qty = Field("qty", "10", least=1, most=CAPACITY)
        self._total = Field("total", "0", least=0, most=MOST_TOTAL)
        self.firmware = HopperFirmware(self._chip, self._seems_low, security=security)
        super().__init__(name, address, self.firmware, OWN_FAULTS, check)

    @property
    def kind(self) -> DeviceKind:
        """A hopper."""
        return DeviceKind.HOPPER

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Fill it, take some or all coins out of the bowl, take what it paid, put another hopper in its place."""
        return (
            Hand("fill", (self._qty,)),
            Hand("remove", (self._qty,)),
            Hand("empty"),
            Hand("take_tray"),
            Hand("replace", (self._total,)),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self.tick(now_ms)
        match hand:
            case "fill":
                self.fill(number_in(self._qty, values))
            case "remove":
                self.remove(number_in(self._qty, values))
            case "empty":
                self.remove(self._inside)
            case "take_tray":
                self.take_tray()
            case "replace":
                self.replace(number_in(self._total, values), now_ms)
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    def fill(self, qty: int) -> None:
        """Pour ``qty`` coins into the bowl.

        Raises:
            UnknownActError: They do not fit.
        """
        if self._inside + qty > CAPACITY:
            raise UnknownActError(f"{self.name} holds {CAPACITY} coins and has {self._inside}")
        self._inside += qty
        self._filled += qty

    def take_in(self) -> bool:
        """One coin falls into the bowl from an acceptor's sorter; whether there was room for it."""
        if self._inside >= CAPACITY:
            return False
        self._inside += 1
        self._sorted_in += 1
        return True

    def remove(self, qty: int) -> None:
        """Take ``qty`` coins out of the bowl by hand; no counter of the device sees it.

        Raises:
            UnknownActError: There are not so many.
        """
        if qty > self._inside:
            raise UnknownActError(f"{self.name} has only {self._inside} coins")
        self._inside -= qty
        self._removed += qty

    def take_tray(self) -> None:
        """Take every coin out of the payout tray."""
        self._taken += self._tray
        self._tray = 0

    def replace(self, total: int, now_ms: int) -> None:
        """Put another hopper in its place, one that paid ``total`` coins elsewhere; the coins are poured over."""
        was_powered = self.is_powered
        self.set_power(False, now_ms)
        self._chip.serial += NEXT_SERIAL
        self._chip.total = total
        self._chip.paid = self._chip.unpaid = 0
        self._chip.lost_power_paying = False
        self._was_paying = False
        if was_powered:
            self.set_power(True, now_ms)
            self._deaf_until_ms = now_ms + EXCHANGE_MS

    @property
    def inside(self) -> int:
        """Coins in the bowl."""
        return self._inside

    @property
    def tray(self) -> int:
        """Coins in the payout tray."""
        return self._tray

    @property
    def value_minor(self) -> int:
        """What one of its coins is worth."""
        return self._value_minor

    def snapshot(self) -> Mapping[str, object]:
        """How many coins are where, and what the device believes."""
        return {
            "value_minor": self._value_minor,
            "inside": self._inside,
            "tray": self._tray,
            "taken": self._taken,
            "filled": self._filled,
            "sorted_in": self._sorted_in,
            "removed": self._removed,
            "paid_total": self._chip.total,
            "remaining": self.firmware.remaining,
            "is_powered": self.is_powered,
            "is_enabled": self.firmware.is_enabled,
        }

    def remember(self) -> Mapping[str, object]:
        """Truth and non-volatile memory; a running payout is remembered as one that lost its power."""
        return {
            "serial": self._chip.serial,
            "total": self._chip.total,
            "paid": self._chip.paid,
            "unpaid": self._chip.unpaid,
            "lost_power_paying": self._chip.lost_power_paying or self.firmware.remaining > 0,
            "inside": self._inside,
            "tray": self._tray,
            "taken": self._taken,
            "filled": self._filled,
            "sorted_in": self._sorted_in,
            "removed": self._removed,
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._chip.serial = cast("int", memory["serial"])
        self._chip.total = cast("int", memory["total"])
        self._chip.paid = cast("int", memory["paid"])
        self._chip.unpaid = cast("int", memory["unpaid"])
        self._chip.lost_power_paying = cast("bool", memory["lost_power_paying"])
        self._inside = cast("int", memory["inside"])
        self._tray = cast("int", memory["tray"])
        self._taken = cast("int", memory["taken"])
        # Simulators that ran before these were counted have none.
        self._filled = cast("int", memory.get("filled", 0))
        self._removed = cast("int", memory.get("removed", 0))
        self._sorted_in = cast("int", memory.get("sorted_in", 0))

    # --- the body -------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now_ms: int) -> None:
        """Hear bytes; a dispense command starts the motor."""
        super().receive(data, now_ms)
        if self.firmware.remaining and self._next_ms is None:
            self._next_ms = now_ms + COIN_MS
            self._moved_at_ms = now_ms

    def _seems_low(self) -> bool:
        return (self._inside < LOW_QTY) != self._faults[SENSOR_LIES]

    def _motion_due_ms(self) -> int | None:
        return self._next_ms

    def _move(self, now_ms: int) -> None:
        while self._next_ms is not None and self._next_ms <= now_ms:
            at_ms = self._next_ms
            self._turn(at_ms)
            self._next_ms = at_ms + COIN_MS if self.firmware.remaining else None

    def _turn(self, at_ms: int) -> None:
        """One turn of the disc: a coin, no coin, or the end of patience."""
        if not self.firmware.remaining or self._faults[STALLS]:
            return
        if self._faults[JAM] or not self._inside:
            if at_ms - self._moved_at_ms >= GIVE_UP_MS:
                flags = (
                    (HopperFlag.OVER_CURRENT, HopperFlag.REVERSED)
                    if self._faults[JAM]
                    else (HopperFlag.TIMEOUT,)
                )
                self.firmware.give_up(*flags)
            return
        self._throw()
        self._moved_at_ms = at_ms
        self.firmware.coin_left()
        if not self.firmware.remaining and self._faults[WRONG_COIN_EXTRA] and self._inside:
            self._throw()
            self.firmware.extra_coin_left()

    def _throw(self) -> None:
        self._inside -= 1
        self._tray += 1

    def _loses_reply(self, header: int) -> bool:
        """A hopper's "lost_reply" takes the answers that matter: those to a payout."""
        return header == Header.DISPENSE and super()._loses_reply(header)

    def _power_failed(self) -> None:
        self._next_ms = None
        self._was_paying = self.firmware.remaining > 0
        self.firmware.power_failed()

    def _restarted(self) -> None:
        self._next_ms = None
        if self._faults[RESUMES_AFTER_POWER] and self._was_paying:
            self.firmware.remaining = self._chip.unpaid
            self._next_ms = self._deaf_until_ms + COIN_MS
            self._moved_at_ms = self._deaf_until_ms
        # What was not taken up at the first start after the cut is over for good.
        self._was_paying = False

    def _fault_switched(self, name: str) -> None:
        if name == NO_PAY_COUNT:
            self.firmware.has_total = not self._faults[NO_PAY_COUNT]
