"""A coin acceptor as a body: coins fall through it into the cash box, back into the tray, or nowhere anybody can reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import cast

from hardware.cctalk.device import CASH_PATH, AcceptorFirmware, AcceptorMemoryChip
from hardware.cctalk.frames import Check
from hardware.cctalk.messages import POSITIONS
from hardware.events import DeviceKind
from hardware.simulators.cctalk_wire import EXCHANGE_MS, CcTalkSlave
from hardware.simulators.hopper import HopperSim
from hardware.simulators.model import Field, Hand, UnknownActError, counted, number_in, plain

FALL_MS = 120
"""From the slot to the credit sensor."""
APART_MS = 200
"""Between two coins that a person drops one after the other."""
BURST_APART_MS = 5
"""The same under "burst": all between two polls."""
EVENTS_BETWEEN_POLLS = 2
"""A good acceptor holds back the third coin until it was polled, so that one lost answer is harmless."""
SLUG = 0
"""Stands for a washer among the positions: worthless, always turned away, and nobody keeps it."""
MOST_SLUGS = 255
"""Enough for the event counter to go round once."""
NEXT_SERIAL = 1000
"""How far the serial number of an exchanged device is from the old one's."""

JAM, SWALLOW, STRING, REJECT, BURST, WRONG_COIN, NO_COUNTS = (
    "jam",
    "swallow",
    "string",
    "reject",
    "burst",
    "wrong_coin",
    "no_counts",
)
OWN_FAULTS = (JAM, SWALLOW, STRING, REJECT, BURST, WRONG_COIN, NO_COUNTS)

# Error codes of the specification's table (part 3) that this body can bring about.
CODE_REJECTED = 1
CODE_INHIBITED = 2
CODE_CREDIT_SENSOR_JAM = 6
CODE_CREDIT_SENSOR_BUSY = 10
CODE_STRING = 20
CODE_SWALLOWED = 36
CODE_POSITION_INHIBITED = 127


class CoinAcceptorSim(CcTalkSlave):
    """A `hardware.simulators.model.Simulator` of a coin acceptor.

    Args:
        name: The configured device name.
        address: Its ccTalk address.
        serial: Its serial number, 24 bits.
        coins: Coin position (1 to 16) -> value in minor units, as its maker programmed it.
        check: How its bus checks frames.
        sorter: Sorter path (2 to 8) -> the hopper below it, on the same wire; path 1 is the cash box. A coin that its hopper
            has no room for takes path 1.
        paths: Coin position -> sorter path, as a technician set it.
    """

    def __init__(
        self,
        name: str,
        address: int,
        serial: int,
        coins: Mapping[int, int],
        *,
        check: Check = Check.SUM,
        sorter: Mapping[int, HopperSim] | None = None,
        paths: Mapping[int, int] | None = None,
    ) -> None:
        self._coins = dict(coins)
        self._sorter = dict(sorter or {})
        self._chip = AcceptorMemoryChip(serial, paths=dict(paths or {}))
        ids = {position: f"EU{value:03d}A" for position, value in coins.items() if value < 1000}
        self.firmware = AcceptorFirmware(self._chip, ids)
        self.firmware.has_sorter = bool(self._sorter)
        self._cash_box: Counter[int] = Counter()
        self._sorted: Counter[int] = Counter()
        self._collected: Counter[int] = Counter()
        self._tray: Counter[int] = Counter()
        self._taken: Counter[int] = Counter()
        self._swallowed: Counter[int] = Counter()
        self._stuck: Counter[int] = Counter()
        self._falling: list[tuple[int, int]] = []
        choices = tuple(str(position) for position in sorted(self._coins))
        self._position = Field("position", choices[0], choices=choices)
        self._qty = Field("qty", "1", least=1, most=50)
        self._slugs = Field("qty", "10", least=1, most=MOST_SLUGS)
        super().__init__(name, address, self.firmware, OWN_FAULTS, check)

    @property
    def kind(self) -> DeviceKind:
        """A coin acceptor."""
        return DeviceKind.COIN_ACCEPTOR

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Drop coins or washers; take what came back; empty the cash box; put another acceptor in its place."""
        return (
            Hand("drop", (self._position, self._qty)),
            Hand("slugs", (self._slugs,)),
            Hand("take_tray"),
            Hand("empty_box"),
            Hand("replace"),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        match hand:
            case "drop":
                self.drop(number_in(self._position, values), number_in(self._qty, values), now_ms)
            case "slugs":
                self.drop(SLUG, number_in(self._slugs, values), now_ms)
            case "take_tray":
                self.take_tray()
            case "empty_box":
                self.empty_box()
            case "replace":
                self.replace(now_ms)
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    def drop(self, position: int, qty: int, now_ms: int) -> None:
        """Put ``qty`` coins of one kind into the slot, one after the other."""
        self.tick(now_ms)
        apart_ms = BURST_APART_MS if self._faults[BURST] else APART_MS
        at_ms = now_ms + FALL_MS
        if self._falling:
            at_ms = max(at_ms, self._falling[-1][0] + apart_ms)
        self._falling += [(at_ms + number * apart_ms, position) for number in range(qty)]

    def take_tray(self) -> None:
        """Take every coin out of the return tray."""
        self._taken.update(self._tray)
        self._tray.clear()

    def empty_box(self) -> int:
        """Take every coin out of the cash box, as a clerk does; returns what they are worth."""
        worth_minor = sum(self._coins[position] * qty for position, qty in self._cash_box.items())
        self._collected.update(self._cash_box)
        self._cash_box.clear()
        return worth_minor

    def replace(self, now_ms: int) -> None:
        """Put a new acceptor of the same model in its place: another serial number, counts at 0; the cash box stays."""
        was_powered = self.is_powered
        self.set_power(False, now_ms)
        self._chip.serial += NEXT_SERIAL
        self._chip.inserted = self._chip.accepted = 0
        self._chip.accept_counts = {}
        if was_powered:
            self.set_power(True, now_ms)
            self._deaf_until_ms = now_ms + EXCHANGE_MS

    @property
    def tray(self) -> Mapping[int, int]:
        """Coins in the return tray: position -> qty."""
        return dict(self._tray)

    def snapshot(self) -> Mapping[str, object]:
        """Where every coin is, by position; ``value_minor`` says what a position is worth."""
        return {
            "value_minor": plain(self._coins),
            "cash_box": plain(self._cash_box),
            "collected": plain(self._collected),
            "sorted": plain(self._sorted),
            "tray": plain(self._tray),
            "taken": plain(self._taken),
            "swallowed": plain(self._swallowed),
            "stuck": plain(self._stuck),
            "falling": len(self._falling),
            "accept_counts": plain(self._chip.accept_counts),
            "is_powered": self.is_powered,
            "is_open": self.firmware.is_open,
            "enabled": [position for position in self._coins if self.firmware.is_enabled(position)],
            "counter": self.firmware.ring.counter,
        }

    def remember(self) -> Mapping[str, object]:
        """Truth and non-volatile memory. Coins still falling are remembered as lying in the tray."""
        tray = Counter(self._tray)
        tray.update(position for _, position in self._falling if position != SLUG)
        return {
            "serial": self._chip.serial,
            "accept_counts": plain(self._chip.accept_counts),
            "inserted": self._chip.inserted,
            "accepted": self._chip.accepted,
            "paths": plain(self._chip.paths),
            "cash_box": plain(self._cash_box),
            "collected": plain(self._collected),
            "sorted": plain(self._sorted),
            "tray": plain(tray),
            "taken": plain(self._taken),
            "swallowed": plain(self._swallowed),
            "stuck": plain(self._stuck),
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._chip.serial = cast("int", memory["serial"])
        self._chip.inserted = cast("int", memory["inserted"])
        self._chip.accepted = cast("int", memory["accepted"])
        self._chip.accept_counts = dict(counted(memory["accept_counts"]))
        self._cash_box = counted(memory["cash_box"])
        # Simulators that ran before there was a sorter, or a hand that empties the box, remember neither.
        self._collected = counted(memory.get("collected", {}))
        self._sorted = counted(memory.get("sorted", {}))
        self._chip.paths = dict(counted(memory.get("paths", plain(self._chip.paths))))
        self._tray = counted(memory["tray"])
        self._taken = counted(memory["taken"])
        self._swallowed = counted(memory["swallowed"])
        self._stuck = counted(memory["stuck"])

    # --- the body -------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now_ms: int) -> None:
        """Hear bytes; a poll may let a waiting coin go on."""
        super().receive(data, now_ms)
        self._move(now_ms)

    def _motion_due_ms(self) -> int | None:
        if not self._falling:
            return None
        at_ms = self._falling[0][0]
        return max(at_ms, self.firmware.unwatched_from_ms) if self._holds_back() else at_ms

    def _holds_back(self) -> bool:
        return self.firmware.unread >= EVENTS_BETWEEN_POLLS and not self._faults[BURST] and self._is_powered

    def _move(self, now_ms: int) -> None:
        while self._falling:
            due_ms = self._motion_due_ms()
            if due_ms is None or due_ms > now_ms:
                return
            _, position = self._falling.pop(0)
            self._meet(position, due_ms)

    def _meet(self, position: int, at_ms: int) -> None:
        """One coin comes to the sensors: it goes to exactly one place, and the firmware hears what they saw."""
        if not self._is_powered or at_ms < self._deaf_until_ms:
            self._lie_in_tray(position)
            return
        self._chip.inserted += 1
        if position == SLUG:
            self._return(position, CODE_REJECTED)
        elif self._faults[JAM]:
            self._meet_jam(position)
        elif not (self.firmware.is_open and self.firmware.is_watched(at_ms)):
            self._return(position, CODE_INHIBITED)
        elif not self.firmware.is_enabled(position):
            self._return(position, CODE_POSITION_INHIBITED + position)
        elif self._faults[SWALLOW]:
            self._swallowed[position] += 1
            self.firmware.push(0, CODE_SWALLOWED)
        elif self._faults[STRING]:
            self._return(position, CODE_STRING)
        elif self._faults[REJECT]:
            self._return(position, CODE_REJECTED)
        else:
            path = self._fall(position)
            self.firmware.credit(self._unknown() if self._faults[WRONG_COIN] else position, path)

    def _fall(self, position: int) -> int:
        """Let an accepted coin go where the sorter leads it; returns the path that it really took."""
        path = self.firmware.path_of(position)
        hopper = self._sorter.get(path)
        if hopper is None or not hopper.take_in():
            self._cash_box[position] += 1
            return CASH_PATH
        self._sorted[position] += 1
        return path

    def _meet_jam(self, position: int) -> None:
        """The first coin sticks at the credit sensor; those behind it find it blocked and come back."""
        if not self._stuck:
            self._stuck[position] += 1
            self.firmware.push(0, CODE_CREDIT_SENSOR_JAM)
        else:
            self._return(position, CODE_CREDIT_SENSOR_BUSY)

    def _lie_in_tray(self, position: int) -> None:
        if position != SLUG:
            self._tray[position] += 1

    def _return(self, position: int, code: int) -> None:
        self._lie_in_tray(position)
        if self.firmware.unread < EVENTS_BETWEEN_POLLS or self._faults[BURST]:
            self.firmware.push(0, code)

    def _unknown(self) -> int:
        """A position that its maker left empty; the last one if there is none."""
        return next(
            (position for position in reversed(POSITIONS) if position not in self._coins), POSITIONS[-1]
        )

    def _fault_switched(self, name: str) -> None:
        if name == NO_COUNTS:
            self.firmware.has_counts = not self._faults[NO_COUNTS]
        if name == JAM and not self._faults[JAM]:
            # Whoever frees it lets the coin fall out in front.
            self._tray.update(self._stuck)
            self._stuck.clear()
