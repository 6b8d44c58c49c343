"""A spiral machine of forty coils with a drop sensor: goods that fall, hang, jam, or fall two at a time.

The truth is where each item is: in a coil, hanging at its end, in the delivery tray, or taken. Only a turning
motor, a shaking hand or a loading hand moves one. A spiral keeps its angle when power fails, so goods fell or
did not, by where it stood; the board remembers nothing of it, and its drop sensor is not latched.

Times of a turn are our choice: about 2.5 s, goods fall at 1.8 s, a jammed motor is given up after 1.5 s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

import msgspec

from hardware.events import DeviceKind
from hardware.fafb.device import CoilBoardDevice
from hardware.fafb.messages import Drive, SlotReport, SlotState, Status
from hardware.sansio import DeviceMachine
from hardware.simulators.model import Field, Hand, UnknownActError

COILS: Final = range(1, 41)
"""The board's slot numbers: five trays of eight."""

FALL_MS: Final = 1_800
HOME_MS: Final = 2_500
JAM_MS: Final = 1_500
STUCK_MS: Final = 6_000
"""After this long a motor that passes its home switch is given up; by then a second item has fallen."""

DAMAGE_EVERY: Final = 3
"""Line faults spoil every third transmission: enough to hurt, few enough that five repeats win."""

SPIRAL_FAULTS: Final = ("jam", "no_drop", "double_drop", "motor_stuck", "no_motor")
SENSOR_FAULTS: Final = ("sensor_blind", "sensor_blocked")
LINE_FAULTS: Final = ("mute", "lost_ack", "corrupt_byte", "half_frame", "noise")
FAULTS: Final = SPIRAL_FAULTS + SENSOR_FAULTS + LINE_FAULTS

_SLOT = Field("slot", "1", least=COILS.start, most=COILS.stop - 1)


@dataclass(slots=True)
class _Goods:
    """Where everything is; survives everything but hands and motors."""

    coils: dict[int, int]
    hanging: dict[int, int] = field(default_factory=dict)
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
class _Turn:
    """A motor under power; volatile."""

    slot: int
    watches_drop: bool
    moved_ms: int
    run_ms: int = 0
    stalled_ms: int = 0
    saw_drop: bool = False
    fallen: int = 0


class CoilBoardSim:
    """One simulated FA FB board with coils 1 to 40; it is its own end of the wire.

    Args:
        name: The configured device name.
        slots: Items in each coil at the start; coils not named are empty.
        capacity: Most items in one coil, 1 to 255 (the wire has one byte for it).

    Raises:
        UnknownActError: A coil outside 1..40, more items than ``capacity``, or a capacity out of its range.
    """

    def __init__(self, name: str, slots: Mapping[int, int], capacity: int) -> None:
        if not 1 <= capacity <= 0xFF:
            raise UnknownActError(f"a coil holds 1 to 255 items, not {capacity}")
        for slot, qty in slots.items():
            if slot not in COILS or not 0 <= qty <= capacity:
                raise UnknownActError(f"coil {slot} cannot hold {qty} of {capacity}; coils are 1..40")
        self._name = name
        self._capacity = capacity
        coils = {slot: slots.get(slot, 0) for slot in COILS}
        self._goods = _Goods(coils, loaded_total=sum(coils.values()))
        self._device = CoilBoardDevice(self)
        self._is_powered = True
        self._turn: _Turn | None = None
        self._watched_slot: int | None = None
        self._sent = 0
        self._noise = 1

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
        qty = Field("qty", "1", least=1, most=self._capacity)
        return (
            Hand("load", (_SLOT, qty)),
            Hand("unload", (_SLOT, qty)),
            Hand("take_tray"),
            Hand("shake"),
            Hand("jam_coil", (_SLOT,)),
            Hand("free_coil", (_SLOT,)),
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
                self._drop(slot, qty)
        elif hand == "jam_coil":
            self._goods.jammed = sorted({*self._goods.jammed, numbers["slot"]})
        else:
            self._goods.jammed = [slot for slot in self._goods.jammed if slot != numbers["slot"]]

    @property
    def faults(self) -> Mapping[str, bool]:
        """All faults by name."""
        return {name: name in self._goods.faults for name in FAULTS}

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - the fault's own switch
        """Turn a fault on or off; a jam takes hold of a motor that is turning.

        Raises:
            UnknownActError: No such fault.
        """
        if name not in FAULTS:
            raise UnknownActError(f"no fault {name!r}; there are {', '.join(FAULTS)}")
        self._move(now_ms)
        others = [one for one in self._goods.faults if one != name]
        self._goods.faults = [*others, name] if is_on else others
        self._device.loses_acks = self._has("lost_ack")

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
        self._watched_slot = None
        self._is_powered = is_on
        self._device.restart(now_ms)

    @property
    def tray(self) -> Mapping[int, int]:
        """Goods in the delivery tray: coil -> qty."""
        return dict(self._goods.tray)

    @property
    def is_turning(self) -> bool:
        """Whether a motor is under power: its piece may still fall."""
        return self._turn is not None

    @property
    def extra(self) -> Mapping[int, int]:
        """Pieces that ever fell beyond the first of a turn, or with no turn at all: coil -> qty. No sensor can count them."""
        return dict(self._goods.extra)

    def inside(self, slot: int) -> int:
        """Goods in one coil, those that hang at its end included."""
        return self._goods.coils[slot] + self._goods.hanging.get(slot, 0)

    def snapshot(self) -> Mapping[str, object]:
        """Where every item is: ``loaded_total`` = coils + hanging + tray + taken + unloaded, always."""
        goods = self._goods
        return {
            "capacity": self._capacity,
            "coils": _by_text(goods.coils),
            "hanging": _by_text(goods.hanging),
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
            self._goods = msgspec.convert(memory, _Goods, strict=False)
        except msgspec.ValidationError as error:
            raise UnknownActError(f"not the memory of a coil board: {error}") from error
        self._turn = None
        self._device.loses_acks = self._has("lost_ack")

    # --- the wire -------------------------------------------------------------------------------------------

    @property
    def wake_at_ms(self) -> int | None:
        """When the board next speaks or its motor next does something; None without power."""
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

    # --- the mechanism behind the board ---------------------------------------------------------------------

    def slot_state(self, slot: int) -> int:
        """What the board answers to a slot check: it pauses every slot while its drop sensor is blocked.

        The board does not see what is in a coil, so it never answers "empty".
        """
        if slot not in COILS or self._has("no_motor"):
            return SlotState.ABSENT
        return SlotState.PAUSED if self._has("sensor_blocked") else SlotState.READY

    def book(self) -> tuple[SlotReport, ...]:
        """The board's own book as it left the factory: every coil full. Nobody here keeps it up to date."""
        return tuple(SlotReport(1, slot, self._capacity, self._capacity, is_paused=False) for slot in COILS)

    def turn(self, order: Drive, now_ms: int) -> None:
        """Start a motor. One at a time: an order while another turns is dropped, as its ACK says nothing of
        it.
        """
        self._move(now_ms)
        if self._turn is not None:
            return
        if order.slot not in COILS or self._has("no_motor"):
            self._device.report(Status.NO_MOTOR, order.slot)
            return
        if order.watches_drop:
            self._watched_slot = order.slot
            if self._has("sensor_blocked"):
                self._device.report(Status.ENDED, order.slot)
                return
        self._goods.turns_total += 1
        self._turn = _Turn(order.slot, order.watches_drop, now_ms)
        self._device.report(Status.DISPENSING, order.slot)

    def _move(self, now_ms: int) -> None:
        """Let the motor do what it did since it was last looked at, event by event in their order."""
        while (turn := self._turn) is not None and now_ms > turn.moved_ms:
            step_ms = min(now_ms - turn.moved_ms, self._until_next_ms(turn))
            turn.moved_ms += step_ms
            turn.run_ms += step_ms
            if self._is_jammed(turn.slot):
                turn.stalled_ms += step_ms
                if turn.stalled_ms >= JAM_MS:
                    self._stop(turn, Status.JAMMED)
                continue
            turn.stalled_ms = 0
            angle_ms = self._goods.angle_ms.get(turn.slot, 0) + step_ms
            if angle_ms == FALL_MS:
                self._pass_edge(turn.slot)
            self._goods.angle_ms[turn.slot] = angle_ms % HOME_MS
            if self._has("motor_stuck"):
                if turn.run_ms >= STUCK_MS:
                    self._stop(turn, Status.MOTOR_RUNS)
            elif angle_ms >= HOME_MS:
                is_success = turn.saw_drop or not turn.watches_drop
                self._stop(turn, Status.SUCCESS if is_success else Status.ENDED)

    def _until_next_ms(self, turn: _Turn) -> int:
        """How long until something happens to the turning motor: at least 1 ms."""
        if self._is_jammed(turn.slot):
            return max(1, JAM_MS - turn.stalled_ms)
        angle_ms = self._goods.angle_ms.get(turn.slot, 0)
        times = [(FALL_MS if angle_ms < FALL_MS else HOME_MS) - angle_ms]
        if self._has("motor_stuck"):
            times.append(STUCK_MS - turn.run_ms)
        return max(1, min(times))

    def _stop(self, turn: _Turn, status: Status) -> None:
        self._turn = None
        self._device.report(status, turn.slot)

    def _is_jammed(self, slot: int) -> bool:
        return self._has("jam") or slot in self._goods.jammed

    def _pass_edge(self, slot: int) -> None:
        """The spiral passes the point where goods leave it."""
        inside = self._goods.coils[slot]
        if self._has("no_drop"):
            if inside:
                self._goods.coils[slot] -= 1
                self._goods.hanging[slot] = self._goods.hanging.get(slot, 0) + 1
            return
        leaving = min(inside, 2 if self._has("double_drop") else 1)
        self._goods.coils[slot] -= leaving
        falling = leaving + self._goods.hanging.pop(slot, 0)
        if self._turn is not None:
            beyond = max(0, falling - (self._turn.fallen == 0))
            self._turn.fallen += falling
            if beyond:
                self._goods.extra[slot] = self._goods.extra.get(slot, 0) + beyond
        self._drop(slot, falling)

    def _drop(self, slot: int, qty: int) -> None:
        if not qty:
            return
        self._goods.tray[slot] = self._goods.tray.get(slot, 0) + qty
        self._goods.dropped_total += qty
        if not self._is_powered or self._has("sensor_blind") or self._has("sensor_blocked"):
            return
        if self._turn is not None:
            self._turn.saw_drop = self._turn.saw_drop or self._turn.watches_drop
        elif self._watched_slot is not None:
            # The wire has no word for goods that fall by themselves: the board repeats its last slot's
            # success.
            self._device.report(Status.SUCCESS, self._watched_slot)

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
