"""A machine of spirals behind whatever board: goods that fall, hang, jam, or fall two at a time; a lift, if it has one.

The truth is where each item is: in a coil, hanging at its end or in the lift, in the delivery tray, or taken. Only a turning
motor, a lift, a shaking hand or a loading hand moves one. A spiral keeps its angle when power fails, so goods fell or
did not, by where it stood; the board remembers nothing of it.

Times of a turn are our choice: about 2.5 s, goods fall at 1.8 s, a jammed motor is given up after 1.5 s.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum, auto
from typing import Final

import msgspec

from hardware.events import DeviceKind
from hardware.sansio import DeviceMachine
from hardware.simulators.model import Field, Hand, UnknownActError

FALL_MS: Final = 1_800
HOME_MS: Final = 2_500
JAM_MS: Final = 1_500
STUCK_MS: Final = 6_000
"""After this long a motor that passes its home switch is given up; by then a second item has fallen."""

HOME_STUCK_MS: Final = 100
"""How long a motor runs whose home switch always says "home"."""

DAMAGE_EVERY: Final = 3
"""Line faults spoil every third transmission: enough to hurt, few enough that five repeats win."""

SPIRAL_FAULTS: Final = ("jam", "no_drop", "double_drop", "motor_stuck", "no_motor")
SENSOR_FAULTS: Final = ("sensor_blind", "sensor_blocked")
LINE_FAULTS: Final = ("mute", "lost_ack", "corrupt_byte", "half_frame", "noise")
FAULTS: Final = SPIRAL_FAULTS + SENSOR_FAULTS + LINE_FAULTS
"""What befalls every such machine."""

HOME_FAULT: Final = "home_stuck"
LIFT_FAULT: Final = "lift_stuck"
"""Faults of machines whose board does not watch the home switch, and of machines with a lift."""


class Stop(Enum):
    """Why a motor stands."""

    HOME = auto()
    JAMMED = auto()
    RUNS_ON = auto()
    LIFT_STUCK = auto()


@dataclass(slots=True)
class Goods:
    """Where everything is; survives everything but hands and motors."""

    coils: dict[int, int]
    hanging: dict[int, int] = field(default_factory=dict)
    lift: dict[int, int] = field(default_factory=dict)
    tray: dict[int, int] = field(default_factory=dict)
    angle_ms: dict[int, int] = field(default_factory=dict)
    jammed: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    extra: dict[int, int] = field(default_factory=dict)
    loaded_total: int = 0
    unloaded_total: int = 0
    dropped_total: int = 0
    taken_total: int = 0
    turns_total: int = 0


@dataclass(slots=True)
class Turn:
    """A motor under power, and then the lift on its way; volatile."""

    slot: int
    watches_drop: bool
    moved_ms: int
    run_ms: int = 0
    stalled_ms: int = 0
    saw_drop: bool = False
    fallen: int = 0
    lift_left_ms: int | None = None


class SpiralMachine(ABC):
    """The mechanism, the hands and the faults; a board's own class gives it a wire.

    Args:
        name: The configured device name.
        slots: Items in each coil at the start; coils not named are empty.
        capacity: Most items in one coil, 1 to 255.
        coils: The board's slot numbers.
        faults: All faults by name.
        lift_ms: How long the lift needs from the coils to the tray; 0 for a machine without one.

    Raises:
        UnknownActError: A coil that the machine has not, more items than ``capacity``, or a capacity out of its range.
    """

    gives_up_ms: Mapping[Stop, int] = {Stop.JAMMED: JAM_MS, Stop.RUNS_ON: STUCK_MS}
    """When the board itself takes the power from a motor; a board that never does has no entry."""

    def __init__(
        self,
        name: str,
        slots: Mapping[int, int],
        capacity: int,
        *,
        coils: range,
        faults: tuple[str, ...] = FAULTS,
        lift_ms: int = 0,
    ) -> None:
        if not 1 <= capacity <= 0xFF:
            raise UnknownActError(f"a coil holds 1 to 255 items, not {capacity}")
        for slot, qty in slots.items():
            if slot not in coils or not 0 <= qty <= capacity:
                raise UnknownActError(
                    f"coil {slot} cannot hold {qty} of {capacity}; coils are {coils.start}..{coils.stop - 1}"
                )
        self._name = name
        self._capacity = capacity
        self._coils = coils
        self._all_faults = (*faults, LIFT_FAULT) if lift_ms else faults
        self._lift_ms = lift_ms
        held = {slot: slots.get(slot, 0) for slot in coils}
        self._goods = Goods(held, loaded_total=sum(held.values()))
        self._is_powered = True
        self._turn: Turn | None = None
        self._sent = 0
        self._noise = 1

    # --- the board behind which it stands -------------------------------------------------------------------

    @property
    @abstractmethod
    def _device(self) -> DeviceMachine:
        """The board's end of the wire."""

    @abstractmethod
    def _restart_board(self, now_ms: int) -> None:
        """The board's power went or came."""

    @abstractmethod
    def _lose_acks(self, *, loses: bool) -> None:
        """Whether the board obeys without saying so."""

    @abstractmethod
    def _stopped(self, turn: Turn, why: Stop) -> None:
        """A motor, or its lift, stands; the board may say so."""

    @abstractmethod
    def _fell(self, at_ms: int, *, is_of_turn: bool) -> None:
        """The light barrier saw a piece, while a motor turned or with nothing going on."""

    # --- the simulator --------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The configured device name."""
        return self._name

    @property
    def kind(self) -> DeviceKind:
        """A coil board."""
        return DeviceKind.COIL_BOARD

    @property
    def machine(self) -> DeviceMachine:
        """The board's end of the wire."""
        return self

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Load and unload a coil, take what fell, shake the machine, jam or free one coil."""
        first, last = self._coils.start, self._coils.stop - 1
        slot = Field("slot", str(first), least=first, most=last)
        qty = Field("qty", "1", least=1, most=self._capacity)
        return (
            Hand("load", (slot, qty)),
            Hand("unload", (slot, qty)),
            Hand("take_tray"),
            Hand("shake"),
            Hand("jam_coil", (slot,)),
            Hand("free_coil", (slot,)),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Use a hand now.

        Raises:
            UnknownActError: No such hand, a value out of its range, or more goods than there are or fit.
        """
        known = {one.name: one for one in self.hands}
        if hand not in known:
            raise UnknownActError(f"no hand {hand!r}; there are {', '.join(known)}")
        numbers = {one.name: _number(one, values) for one in known[hand].fields}
        self._move(now_ms)
        if hand == "load":
            self._load(numbers["slot"], numbers["qty"])
        elif hand == "unload":
            self._unload(numbers["slot"], numbers["qty"])
        elif hand == "take_tray":
            self._goods.taken_total += sum(self._goods.tray.values())
            self._goods.tray.clear()
        elif hand == "shake":
            for slot in tuple(self._goods.hanging):
                qty = self._goods.hanging.pop(slot)
                self._goods.extra[slot] = self._goods.extra.get(slot, 0) + qty
                self._drop(slot, qty, now_ms)
        elif hand == "jam_coil":
            self._goods.jammed = sorted({*self._goods.jammed, numbers["slot"]})
        else:
            self._goods.jammed = [slot for slot in self._goods.jammed if slot != numbers["slot"]]

    @property
    def faults(self) -> Mapping[str, bool]:
        """All faults by name."""
        return {name: name in self._goods.faults for name in self._all_faults}

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - the fault's own switch
        """Turn a fault on or off; a jam takes hold of a motor that is turning.

        Raises:
            UnknownActError: No such fault.
        """
        if name not in self._all_faults:
            raise UnknownActError(f"no fault {name!r}; there are {', '.join(self._all_faults)}")
        self._move(now_ms)
        others = [one for one in self._goods.faults if one != name]
        self._goods.faults = [*others, name] if is_on else others
        self._lose_acks(loses=self._has("lost_ack"))

    @property
    def is_powered(self) -> bool:
        """Whether the board has power."""
        return self._is_powered

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore power: the motor stops where it is, and the board forgets what it was doing."""
        if is_on == self._is_powered:
            return
        self._move(now_ms)
        self._turn = None
        self._is_powered = is_on
        self._restart_board(now_ms)

    @property
    def tray(self) -> Mapping[int, int]:
        """Goods in the delivery tray: coil -> qty."""
        return dict(self._goods.tray)

    @property
    def is_turning(self) -> bool:
        """Whether a motor is under power, or the lift is on its way: a piece may still fall."""
        return self._turn is not None

    @property
    def extra(self) -> Mapping[int, int]:
        """Pieces that ever fell beyond the first of a turn, or with no turn at all: coil -> qty. No sensor can count them."""
        return dict(self._goods.extra)

    def inside(self, slot: int) -> int:
        """Goods in one coil, those that hang at its end or lie in the lift included."""
        goods = self._goods
        return goods.coils[slot] + goods.hanging.get(slot, 0) + goods.lift.get(slot, 0)

    def snapshot(self) -> Mapping[str, object]:
        """Where every item is: ``loaded_total`` = coils + hanging + tray + taken + unloaded, always.

        What lies in the lift counts as hanging.
        """
        goods = self._goods
        caught = {
            slot: goods.hanging.get(slot, 0) + goods.lift.get(slot, 0)
            for slot in sorted({*goods.hanging, *goods.lift})
        }
        return {
            "capacity": self._capacity,
            "coils": _by_text(goods.coils),
            "hanging": _by_text(caught),
            "tray": _by_text(goods.tray),
            "tray_qty": sum(goods.tray.values()),
            "taken_qty": goods.taken_total,
            "dropped_total": goods.dropped_total,
            "loaded_total": goods.loaded_total,
            "unloaded_total": goods.unloaded_total,
            "turns_total": goods.turns_total,
            "turning": None if self._turn is None else self._turn.slot,
            "jammed": list(goods.jammed),
            "extra": _by_text(goods.extra),
        }

    def remember(self) -> Mapping[str, object]:
        """Where every item is, the angle of every spiral, and the faults that are on."""
        memory = asdict(self._goods)
        return {key: _by_text(value) if isinstance(value, dict) else value for key, value in memory.items()}

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave.

        Raises:
            UnknownActError: It is not such a memory.
        """
        try:
            self._goods = msgspec.convert(memory, Goods, strict=False)
        except msgspec.ValidationError as error:
            raise UnknownActError(f"not the memory of a coil board: {error}") from error
        self._turn = None
        self._lose_acks(loses=self._has("lost_ack"))

    # --- the wire -------------------------------------------------------------------------------------------

    @property
    def wake_at_ms(self) -> int | None:
        """When the board next speaks or its motor next does something; None without power or wish."""
        if not self._is_powered:
            return None
        device_ms = self._device.wake_at_ms
        if self._turn is None:
            return device_ms
        motor_ms = self._turn.moved_ms + self._until_next_ms(self._turn)
        return motor_ms if device_ms is None else min(device_ms, motor_ms)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the host; without power they are lost."""
        if self._is_powered:
            self._move(now_ms)
            self._device.receive(data, now_ms)

    def tick(self, now_ms: int) -> None:
        """Let the motor turn and the board speak."""
        if self._is_powered:
            self._move(now_ms)
            self._device.tick(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain what the board puts on the wire, spoilt by the line faults that are on."""
        data = self._device.bytes_to_send()
        if not data or not self._is_powered or self._has("mute"):
            return b""
        self._sent += 1
        if self._sent % DAMAGE_EVERY == 0:
            if self._has("corrupt_byte"):
                at = self._random() % len(data)
                data = data[:at] + bytes((data[at] ^ 1 << self._random() % 8,)) + data[at + 1 :]
            if self._has("half_frame"):
                data = data[: len(data) // 2]
        if self._has("noise"):
            data = bytes(self._random() % 256 for _ in range(8)) + data
        return data

    # --- the mechanism --------------------------------------------------------------------------------------

    def _begin(self, slot: int, now_ms: int, *, watches_drop: bool) -> None:
        """A motor gets power."""
        self._goods.turns_total += 1
        self._turn = Turn(slot, watches_drop, now_ms)

    def _end(self, why: Stop) -> None:
        """The motor, or its lift, stands."""
        turn, self._turn = self._turn, None
        if turn is not None:
            self._stopped(turn, why)

    def _move(self, now_ms: int) -> None:
        """Let the motor do what it did since it was last looked at, event by event in their order."""
        while (turn := self._turn) is not None and now_ms > turn.moved_ms:
            step_ms = min(now_ms - turn.moved_ms, self._until_next_ms(turn))
            turn.moved_ms += step_ms
            if turn.lift_left_ms is not None:
                turn.lift_left_ms -= step_ms
                if turn.lift_left_ms <= 0:
                    self._arrive(turn)
                continue
            turn.run_ms += step_ms
            if self._is_jammed(turn.slot):
                turn.stalled_ms += step_ms
                if turn.stalled_ms >= self._gives_up(Stop.JAMMED):
                    self._end(Stop.JAMMED)
                continue
            turn.stalled_ms = 0
            self._rotate(turn, step_ms)

    def _rotate(self, turn: Turn, step_ms: int) -> None:
        if self._has(HOME_FAULT):
            if turn.run_ms >= HOME_STUCK_MS:
                self._home(turn)
            return  # so little that the spiral has not moved
        angle_ms = self._goods.angle_ms.get(turn.slot, 0) + step_ms
        if angle_ms == FALL_MS:
            self._pass_edge(turn)
        self._goods.angle_ms[turn.slot] = angle_ms % HOME_MS
        if self._has("motor_stuck"):
            if turn.run_ms >= self._gives_up(Stop.RUNS_ON):
                self._end(Stop.RUNS_ON)
        elif angle_ms >= HOME_MS:
            self._home(turn)

    def _home(self, turn: Turn) -> None:
        """The home switch took the motor's power; the lift, if there is one, sets out."""
        if self._lift_ms:
            turn.lift_left_ms = self._lift_ms
        else:
            self._end(Stop.HOME)

    def _arrive(self, turn: Turn) -> None:
        """The lift is at the tray, with all that it carries."""
        if self._has(LIFT_FAULT):
            self._end(Stop.LIFT_STUCK)
            return
        for slot in tuple(self._goods.lift):
            qty = self._goods.lift.pop(slot)
            beyond = qty - (slot == turn.slot and turn.fallen == 0)
            turn.fallen += qty if slot == turn.slot else 0
            if beyond > 0:
                self._goods.extra[slot] = self._goods.extra.get(slot, 0) + beyond
            self._drop(slot, qty, turn.moved_ms)
        self._end(Stop.HOME)

    def _gives_up(self, why: Stop) -> int:
        return self.gives_up_ms.get(why, 1 << 40)

    def _until_next_ms(self, turn: Turn) -> int:
        """How long until something happens to the turning motor: at least 1 ms."""
        if turn.lift_left_ms is not None:
            return max(1, turn.lift_left_ms)
        if self._is_jammed(turn.slot):
            return max(1, self._gives_up(Stop.JAMMED) - turn.stalled_ms)
        if self._has(HOME_FAULT):
            return max(1, HOME_STUCK_MS - turn.run_ms)
        angle_ms = self._goods.angle_ms.get(turn.slot, 0)
        times = [(FALL_MS if angle_ms < FALL_MS else HOME_MS) - angle_ms]
        if self._has("motor_stuck"):
            times.append(self._gives_up(Stop.RUNS_ON) - turn.run_ms)
        return max(1, min(times))

    def _is_jammed(self, slot: int) -> bool:
        return self._has("jam") or slot in self._goods.jammed

    def _pass_edge(self, turn: Turn) -> None:
        """The spiral passes the point where goods leave it."""
        slot = turn.slot
        inside = self._goods.coils[slot]
        if self._has("no_drop"):
            if inside:
                self._goods.coils[slot] -= 1
                self._goods.hanging[slot] = self._goods.hanging.get(slot, 0) + 1
            return
        leaving = min(inside, 2 if self._has("double_drop") else 1)
        self._goods.coils[slot] -= leaving
        falling = leaving + self._goods.hanging.pop(slot, 0)
        if self._lift_ms:
            if falling:
                self._goods.lift[slot] = self._goods.lift.get(slot, 0) + falling
            return
        beyond = max(0, falling - (turn.fallen == 0))
        turn.fallen += falling
        if beyond:
            self._goods.extra[slot] = self._goods.extra.get(slot, 0) + beyond
        self._drop(slot, falling, turn.moved_ms)

    def _drop(self, slot: int, qty: int, at_ms: int) -> None:
        if not qty:
            return
        self._goods.tray[slot] = self._goods.tray.get(slot, 0) + qty
        self._goods.dropped_total += qty
        if not self._is_powered or self._has("sensor_blind") or self._has("sensor_blocked"):
            return
        if self._turn is not None:
            self._turn.saw_drop = self._turn.saw_drop or self._turn.watches_drop
        self._fell(at_ms, is_of_turn=self._turn is not None)

    def _load(self, slot: int, qty: int) -> None:
        inside = self._goods.coils[slot]
        if inside + qty > self._capacity:
            raise UnknownActError(f"coil {slot} holds {inside} of {self._capacity}; {qty} do not fit")
        self._goods.coils[slot] += qty
        self._goods.loaded_total += qty

    def _unload(self, slot: int, qty: int) -> None:
        if qty > self._goods.coils[slot]:
            raise UnknownActError(f"coil {slot} holds {self._goods.coils[slot]}, not {qty}")
        self._goods.coils[slot] -= qty
        self._goods.unloaded_total += qty

    def _has(self, fault: str) -> bool:
        return fault in self._goods.faults

    def _random(self) -> int:
        """The next number of a fixed sequence (a 31-bit linear congruence), so that a run can be repeated."""
        self._noise = (self._noise * 1_103_515_245 + 12_345) % 2**31
        return self._noise >> 16


def _number(wanted: Field, values: Mapping[str, str]) -> int:
    text = values.get(wanted.name, wanted.default)
    least, most = wanted.least or 0, wanted.most or 0
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise UnknownActError(f"{wanted.name} is a whole number from {least} to {most}, not {text[:20]!r}")
    return int(text)


def _by_text(numbers: Mapping[int, int]) -> dict[str, int]:
    return {str(key): value for key, value in numbers.items()}
