"""Simulated SSP units on one wire; and what every unit has: power, boot, delays, wire faults, and values that it pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from hardware.events import DeviceKind
from hardware.sansio import DeviceMachine
from hardware.simulators.line_faults import LINE_FAULTS, LOST_REPLIES, LOST_REPLY, MUTE, SLOW_BOOT, spoilt
from hardware.simulators.model import Field, Hand, UnknownActError, counted, number_in, plain
from hardware.ssp.crypto import DEFAULT_FIXED_KEY
from hardware.ssp.device import SspLink, UnitFirmware
from hardware.ssp.messages import Event, Seen

REPLY_MS: Final = 10
"""From the end of a command to the answer; real units take 5 to 50 ms."""
BOOT_MS: Final = 2000
"""Silence after power-up or reset; real units look at their mechanics for longer."""
SLOW_BOOT_MS: Final = 20_000
"""Silence of the "slow_boot" fault."""
EXCHANGE_MS: Final = 8000
"""Silence while a unit is exchanged: nobody is so quick that a host would not notice."""
NOISE_BYTES: Final = bytes.fromhex("00ff13807f80")
"""What "noise" puts before an answer: never a frame."""

JAM, STALLS, EXTRA, SENSOR_LIES, NO_PIECES, NO_ACK = (
    "jam",
    "stalls",
    "wrong_coin_extra",
    "sensor_lies",
    "no_pay_by_pieces",
    "no_acknowledge",
)
PAY_FAULTS: Final = (JAM, STALLS, EXTRA, SENSOR_LIES, NO_PIECES, NO_ACK)
"""Faults of everything that pays."""
GIVE_UP_MS: Final = 3000
"""Without a piece for this long a unit ends its payout."""
PLACES: Final = ("inside", "tray", "taken", "filled", "removed", "boxed", "emptied", "paid_pieces")
"""Where pieces can be."""


class SspUnit:
    """One powered unit on the wire.

    Attributes:
        name: The configured device name.
        firmware: Its registers.
        link: Its end of the line.
    """

    def __init__(self, name: str, address: int, firmware: UnitFirmware, own_faults: Sequence[str]) -> None:
        self.name = name
        self.firmware = firmware
        self.link = SspLink(address, firmware, DEFAULT_FIXED_KEY)
        self._faults = dict.fromkeys((*own_faults, *LINE_FAULTS), False)
        self._replies: list[tuple[int, bytes]] = []
        self._out = bytearray()
        self._is_powered = True
        self._deaf_until_ms = 0
        self._answered = 0
        self._to_lose = 0
        self._was_paying = False

    # --- the simulator's model ------------------------------------------------------------------------------------

    @property
    def address(self) -> int:
        """Its SSP address."""
        return self.link.address

    @property
    def machine(self) -> DeviceMachine:
        """This unit alone on a wire of its own; `SspWire` joins several."""
        return self

    @property
    def faults(self) -> Mapping[str, bool]:
        """All its faults by name, and whether each is on."""
        return dict(self._faults)

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - the fault's own switch position
        """Turn a named fault on or off.

        Raises:
            UnknownActError: It has no such fault.
        """
        if name not in self._faults:
            raise UnknownActError(f"{self.name} has no fault {name}; it has {', '.join(self._faults)}")
        self.tick(now_ms)
        self._faults[name] = is_on
        if name == LOST_REPLY:
            self._to_lose = LOST_REPLIES if is_on else 0
        self._fault_switched(name)

    @property
    def is_powered(self) -> bool:
        """Whether it has power."""
        return self._is_powered

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore its power."""
        self.tick(now_ms)
        if is_on == self._is_powered:
            return
        self._is_powered = is_on
        if is_on:
            self._restart(now_ms)
        else:
            self._replies.clear()
            self._out.clear()
            self._power_failed()

    def exchange(self, now_ms: int, change: Callable[[], None]) -> None:
        """Switch it off, let ``change`` happen, switch it on again, and let that take its time."""
        was_powered = self.is_powered
        self.set_power(False, now_ms)
        change()
        if was_powered:
            self.set_power(True, now_ms)
            self._deaf_until_ms = now_ms + EXCHANGE_MS

    # --- the wire -------------------------------------------------------------------------------------------------

    @property
    def wake_at_ms(self) -> int | None:
        """When something is due: an answer, or a motion of its own."""
        motion_ms = self._motion_due_ms()
        if not self._replies:
            return motion_ms
        reply_ms = self._replies[0][0]
        return reply_ms if motion_ms is None or reply_ms < motion_ms else motion_ms

    def receive(self, data: bytes, now_ms: int) -> None:
        """Hear bytes on the wire, whoever sent them."""
        self.tick(now_ms)
        if not self._is_powered or now_ms < self._deaf_until_ms:
            return
        executed = self.link.executed
        for raw in self.link.hear(data, now_ms):
            self._reply(raw, now_ms, is_repeat=self.link.executed == executed)

    def tick(self, now_ms: int) -> None:
        """Let time pass: motions first, then answers that are due."""
        self._move(now_ms)
        while self._replies and self._replies[0][0] <= now_ms:
            self._out += self._replies.pop(0)[1]
            if self.firmware.is_reset_asked:
                self._power_failed()
                self._restart(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain what it puts on the wire now."""
        if not self._out:
            return b""
        out = bytes(self._out)
        self._out.clear()
        return out

    def _reply(self, raw: bytes, now_ms: int, *, is_repeat: bool) -> None:
        if self._faults[MUTE]:
            return
        if self._to_lose and not is_repeat and self.firmware.is_money_said:
            self._to_lose -= 1
            self._faults[LOST_REPLY] = self._to_lose > 0
            raw = b""
        else:
            self._answered += 1
            raw = spoilt(raw, self._answered, self._faults, NOISE_BYTES)
        self._replies.append((now_ms + REPLY_MS, raw))

    def _restart(self, now_ms: int) -> None:
        self._replies.clear()
        self.link.reset()
        self.firmware.reset()
        self._deaf_until_ms = now_ms + (SLOW_BOOT_MS if self._faults[SLOW_BOOT] else BOOT_MS)
        self._restarted()

    # --- what each kind of unit adds ------------------------------------------------------------------------------

    def _motion_due_ms(self) -> int | None:
        """When the next physical thing happens; None when nothing moves."""
        return None

    def _move(self, now_ms: int) -> None:
        """Let everything physical happen that is due."""

    def _power_failed(self) -> None:
        """Power has just gone."""

    def _restarted(self) -> None:
        """It has just been powered or reset."""

    def _fault_switched(self, name: str) -> None:
        """A fault has just been turned on or off."""


class SspWire:
    """A `hardware.sansio.DeviceMachine`: several units on one line.

    Raises:
        ValueError: Two units share an address.
    """

    def __init__(self, units: Sequence[SspUnit]) -> None:
        if len({unit.address for unit in units}) < len(units):
            raise ValueError("two units of one SSP wire share an address")
        self._units = tuple(units)

    @property
    def wake_at_ms(self) -> int | None:
        """When the first unit wants a tick."""
        due = [unit.wake_at_ms for unit in self._units]
        return min((at for at in due if at is not None), default=None)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take the host's bytes: every unit hears them."""
        for unit in self._units:
            unit.receive(data, now_ms)

    def tick(self, now_ms: int) -> None:
        """Let time pass for every unit."""
        for unit in self._units:
            unit.tick(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain what the host hears now."""
        return b"".join(unit.bytes_to_send() for unit in self._units)


class PayingUnit(SspUnit):
    """A unit with pieces inside that it pays out, one after the other: a recycler's notes, a coin hopper's coins.

    The unit believes its levels (``firmware.chip.levels``); what is really inside is another matter.
    """

    def __init__(
        self,
        name: str,
        address: int,
        firmware: UnitFirmware,
        own_faults: Sequence[str],
        *,
        piece_ms: int,
        capacity: int,
    ) -> None:
        self._piece_ms = piece_ms
        self._capacity = capacity
        self._inside: dict[int, int] = {}
        self._tray: dict[int, int] = {}
        self._taken: dict[int, int] = {}
        self._filled: dict[int, int] = {}
        self._removed: dict[int, int] = {}
        self._paid_pieces: dict[int, int] = {}
        self._to_pay: list[int] = []
        self._to_box: list[int] = []
        self._next_ms: int | None = None
        self._moved_at_ms = 0
        self._ends_with = Event.DISPENSED
        self._boxed: dict[int, int] = {}
        self._emptied: dict[int, int] = {}
        self._boxed_value = 0
        super().__init__(name, address, firmware, (*PAY_FAULTS, *own_faults))

    # --- what hands do --------------------------------------------------------------------------------------------

    def fill(self, value: int, qty: int) -> None:
        """Put pieces in and tell the unit so, as whoever fills it does with its service tool.

        Raises:
            UnknownActError: They do not fit.
        """
        inside = sum(self._inside.values())
        if inside + qty > self._capacity:
            raise UnknownActError(f"{self.name} holds {self._capacity} pieces and has {inside}")
        _add(self._inside, value, qty)
        _add(self._filled, value, qty)
        _add(self.firmware.chip.levels, value, qty)

    def remove(self, value: int, qty: int) -> None:
        """Take pieces out by hand; the unit does not see it.

        Raises:
            UnknownActError: There are not so many.
        """
        if qty > self._inside.get(value, 0):
            raise UnknownActError(f"{self.name} has only {self._inside.get(value, 0)} pieces of {value}")
        _add(self._inside, value, -qty)
        _add(self._removed, value, qty)

    def take_tray(self, value: int | None = None) -> None:
        """Take what was paid, all of it or all of one value."""
        for each in list(self._tray) if value is None else [value]:
            _add(self._taken, each, self._tray.pop(each, 0))

    def empty_box(self) -> int:
        """Take everything out of its own cash box, as a clerk does; what was in it, in minor units."""
        worth_minor = sum(value * qty for value, qty in self._boxed.items())
        for value, qty in self._boxed.items():
            _add(self._emptied, value, qty)
        self._boxed.clear()
        return worth_minor

    def tubes(self, names: Mapping[str, int]) -> tuple[TubeSim, ...]:
        """The values of this unit as devices of their own: name -> value."""
        return tuple(TubeSim(self, value, name) for name, value in names.items())

    def inside(self, value: int) -> int:
        """Pieces of one value that can be paid."""
        return self._inside.get(value, 0)

    def tray(self, value: int) -> int:
        """Pieces of one value that were paid and nobody took yet."""
        return self._tray.get(value, 0)

    def remember(self) -> Mapping[str, object]:
        """What must survive a restart of the process."""
        return self._remember_pieces()

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._recall_pieces(memory)

    def counts(self, value: int) -> Mapping[str, object]:
        """Where the pieces of one value are, and what the unit believes."""
        return {
            "value_minor": value,
            "inside": self._inside.get(value, 0),
            "tray": self._tray.get(value, 0),
            "taken": self._taken.get(value, 0),
            "filled": self._filled.get(value, 0),
            "removed": self._removed.get(value, 0),
            "boxed": self._boxed.get(value, 0),
            "emptied": self._emptied.get(value, 0),
            "paid_total": self._paid_pieces.get(value, 0),
            "level": self.firmware.chip.levels.get(value, 0),
            "remaining": self._to_pay.count(value),
        }

    def _remember_pieces(self) -> Mapping[str, object]:
        """What must survive a restart of the process; a running payout is remembered as one that lost its power."""
        chip = self.firmware.chip
        return {
            "serial": chip.serial,
            "counters": dict(chip.counters),
            "levels": plain(chip.levels),
            "routes": {str(value): route for value, route in chip.routes.items()},
            "paid": chip.paid,
            "asked": chip.asked,
            **{name: plain(getattr(self, f"_{name}")) for name in PLACES},
        }

    def _recall_pieces(self, memory: Mapping[str, object]) -> None:
        chip = self.firmware.chip
        chip.serial = cast("int", memory["serial"])
        chip.counters = dict(cast("dict[str, int]", memory["counters"]))
        chip.levels = counted(memory["levels"])
        chip.routes = {int(value): route for value, route in cast("dict[str, int]", memory["routes"]).items()}
        chip.paid = cast("int", memory["paid"])
        chip.asked = cast("int", memory["asked"])
        for name in PLACES:
            setattr(self, f"_{name}", counted(memory.get(name, {})))
        self.firmware.reset()
        self.firmware.report_broken_payout()

    # --- the firmware's wishes ------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether it pays or empties."""
        return bool(self.firmware.chip.asked or self._to_box)

    def pay(self, plan: Mapping[int, int], now_ms: int) -> None:
        """Begin to pay so many pieces of each value."""
        self._to_pay = [value for value, qty in plan.items() for _ in range(qty)]
        self._begin(Event.DISPENSED, now_ms)

    def halt(self) -> None:
        """Stop paying after the piece that moves."""
        if self.firmware.chip.asked:
            self._end_payout(Event.HALTED)

    def empty(self, keep: Mapping[int, int], now_ms: int, *, is_smart: bool, is_float: bool) -> None:
        """Move everything but ``keep`` into the cash box."""
        self._to_box = [
            value for value, qty in self._inside.items() for _ in range(max(0, qty - keep.get(value, 0)))
        ]
        ends = Event.FLOATED if is_float else Event.SMART_EMPTIED if is_smart else Event.EMPTIED
        self._boxed_value = 0
        self._begin(ends, now_ms)

    def _begin(self, ends_with: Event, now_ms: int) -> None:
        self._ends_with = ends_with
        self._next_ms = now_ms + self._piece_ms
        self._moved_at_ms = now_ms

    # --- the body -------------------------------------------------------------------------------------------------

    @property
    def _paying_shows(self) -> tuple[Seen, ...]:
        """What every poll shows while pieces move."""
        chip = self.firmware.chip
        if chip.asked and not self._faults[STALLS]:
            return (Seen(Event.DISPENSING, money=(self.firmware.money(chip.paid),)),)
        if self._next_ms is not None and not chip.asked:
            code = {Event.FLOATED: Event.FLOATING, Event.EMPTIED: Event.EMPTYING}.get(
                self._ends_with, Event.SMART_EMPTYING
            )
            return (Seen(code, money=(self.firmware.money(self._boxed_value),)),)
        return ()

    def _motion_due_ms(self) -> int | None:
        return self._next_ms if self._is_powered else None

    def _move(self, now_ms: int) -> None:
        while self._is_powered and self._next_ms is not None and self._next_ms <= now_ms:
            at_ms = self._next_ms
            if self.firmware.chip.asked:
                self._pay_piece(at_ms)
            else:
                self._box_piece(at_ms)
            if self._next_ms is not None:
                self._next_ms = at_ms + self._piece_ms

    def _pay_piece(self, at_ms: int) -> None:
        if self._faults[STALLS]:
            return
        if not self._to_pay:
            self._end_payout(Event.DISPENSED)
            return
        value = self._to_pay[0]
        if self._faults[JAM] or not self._inside.get(value):
            if at_ms - self._moved_at_ms >= GIVE_UP_MS:
                self._end_payout(Event.JAMMED if self._faults[JAM] else Event.TIMED_OUT)
            return
        self._to_pay.pop(0)
        self._let_out(value)
        self._moved_at_ms = at_ms
        self.firmware.chip.paid += value
        if not self._to_pay:
            if self._faults[EXTRA] and self._inside.get(value):
                self._let_out(
                    value
                )  # two stuck together: the unit counts what it has left, and says what was asked
            self._end_payout(Event.DISPENSED)

    def _let_out(self, value: int) -> None:
        _add(self._inside, value, -1)
        _add(self._tray, value, 1)
        _add(self._paid_pieces, value, 1)
        _add(self.firmware.chip.levels, value, -1)
        self.firmware.chip.count("dispensed")

    def _end_payout(self, event: Event) -> None:
        self.firmware.report(event, value=self.firmware.chip.paid)
        self.firmware.chip.asked = 0
        self._to_pay.clear()
        self._next_ms = None

    def _box_piece(self, at_ms: int) -> None:
        if self._to_box and self._faults[JAM]:
            if at_ms - self._moved_at_ms >= GIVE_UP_MS:
                self._to_box.clear()
                self.firmware.report(Event.JAMMED, value=self._boxed_value)
                self._next_ms = None
            return
        self._moved_at_ms = at_ms
        if not self._to_box:
            self.firmware.report(self._ends_with, value=self._boxed_value)
            self._next_ms = None
            return
        value = self._to_box.pop(0)
        _add(self._inside, value, -1)
        _add(self._boxed, value, 1)
        self.firmware.chip.levels[value] = self._inside[value]
        self.firmware.chip.count("moved")
        self.firmware.moved(value)
        self._boxed_value += value

    def _power_failed(self) -> None:
        self._next_ms = None
        self._to_pay.clear()
        self._to_box.clear()

    def _restarted(self) -> None:
        self.firmware.report_broken_payout()

    def _fault_switched(self, name: str) -> None:
        if name == SENSOR_LIES:
            self.firmware.lies = int(self._faults[SENSOR_LIES])
        elif name == NO_PIECES:
            self.firmware.has_pieces = not self._faults[NO_PIECES]
        elif name == NO_ACK:
            self.firmware.has_ack = not self._faults[NO_ACK]


class TubeSim:
    """A `hardware.simulators.model.Simulator` of one value of a `PayingUnit`, on the unit's power and line.

    ``speaks_for_unit``: the unit is no device of its own, so this one has its faults and remembers for it.
    """

    def __init__(self, unit: PayingUnit, value: int, name: str, *, speaks_for_unit: bool = False) -> None:
        self._unit = unit
        self._speaks_for_unit = speaks_for_unit
        self._value = value
        self._name = name
        self._qty = Field("qty", "10", least=1, most=500)

    @property
    def name(self) -> str:
        """The configured device name."""
        return self._name

    @property
    def kind(self) -> DeviceKind:
        """To the till each value that can be paid is a hopper."""
        return DeviceKind.HOPPER

    @property
    def value_minor(self) -> int:
        """What one piece is worth."""
        return self._value

    @property
    def inside(self) -> int:
        """Pieces in it."""
        return self._unit.inside(self._value)

    @property
    def tray(self) -> int:
        """Pieces that it paid and nobody took yet."""
        return self._unit.tray(self._value)

    def fill(self, qty: int) -> None:
        """Put pieces in, and tell the unit."""
        self._unit.fill(self._value, qty)

    def take_tray(self) -> None:
        """Take what it paid."""
        self._unit.take_tray(self._value)

    def empty_box(self) -> int:
        """Take out what the unit sent into its own cash box, of all values; what it was, in minor units."""
        return self._unit.empty_box()

    @property
    def machine(self) -> DeviceMachine:
        """The unit's end of the wire."""
        return self._unit.machine

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Fill it, take some or all pieces out, take what it paid."""
        return (Hand("fill", (self._qty,)), Hand("remove", (self._qty,)), Hand("empty"), Hand("take_tray"))

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self._unit.tick(now_ms)
        match hand:
            case "fill":
                self.fill(number_in(self._qty, values))
            case "remove":
                self._unit.remove(self._value, number_in(self._qty, values))
            case "empty":
                self._unit.remove(self._value, self.inside)
            case "take_tray":
                self.take_tray()
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    @property
    def faults(self) -> Mapping[str, bool]:
        """The unit's, where nobody else has them."""
        return self._unit.faults if self._speaks_for_unit else {}

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - the fault's own switch position
        """Turn a named fault of the unit on or off.

        Raises:
            UnknownActError: The unit has no such fault, or is a device of its own.
        """
        if not self._speaks_for_unit:
            raise UnknownActError(f"{self.name} is a part of {self._unit.name}, which has the faults")
        self._unit.set_fault(name, is_on, now_ms)

    @property
    def is_powered(self) -> bool:
        """Whether the unit has power."""
        return self._unit.is_powered

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore the power of the whole unit."""
        self._unit.set_power(is_on, now_ms)

    def snapshot(self) -> Mapping[str, object]:
        """Where the pieces are, and what the unit believes."""
        return {**self._unit.counts(self._value), "is_powered": self.is_powered}

    def remember(self) -> Mapping[str, object]:
        """What the unit remembers, where nobody else does."""
        return self._unit.remember() if self._speaks_for_unit else {}

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take it back."""
        if self._speaks_for_unit:
            self._unit.recall(memory)


def _add(places: dict[int, int], value: int, qty: int) -> None:
    places[value] = places.get(value, 0) + qty
