"""An old vending machine with a box in its reader's place: buttons, coils, a tray, and a controller that decides by itself.

The truth is where each piece is: in a coil, hanging, in the tray, taken. Only a turning motor or a hand moves one. The controller
asks whoever plays its card reader, turns a coil when it was allowed to, and says whether that went well: its own word, which the
fault `lies` makes a lie. Box and machine have power together; the machine's own switch is a fault (`machine_off`).

Times are our choice: a turn of 2.5 s whose piece falls at 1.8 s, ten seconds of patience for an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, cast

from hardware.events import DeviceKind
from hardware.mdb.slave_device import Answer, SlaveBox
from hardware.mdb.slave_lines import Seen, amount_minor, amount_text
from hardware.sansio import DeviceMachine
from hardware.simulators.model import Field, Hand, UnknownActError, counted, number_in, plain

GREET_MS: Final = 400
"""From RESET to SETUP, and from SETUP to READER ENABLE."""
FALL_MS: Final = 1_800
TURN_MS: Final = 2_500
PATIENCE_MS: Final = 10_000
"""How long it waits for the answer to a request."""
IMPATIENCE_MS: Final = 3
"""The same, with the fault `impatient`: less than two lines need, so that the answer crosses the withdrawal."""
COMPLETE_MS: Final = 300
"""From the end of a vend to SESSION COMPLETE."""
DECIMALS: Final = 2
LOST_LINES: Final = 3
EVERY: Final = 3
"""Every so many lines a damage of the line strikes."""

(
    JAM, NO_DROP, DOUBLE_DROP, SOLD_OUT, DOOR_OPEN, MACHINE_OFF, IMPATIENT, RESET_VENDING, LOST_WORD, WRONG_SCALE, LIES,
    MUTE, LOST_REPLY, CORRUPT_BYTE, HALF_FRAME, NOISE,
) = FAULTS = (
    "jam", "no_drop", "double_drop", "sold_out", "door_open", "machine_off", "impatient", "reset_while_vending",
    "lost_word", "wrong_scale", "lies", "mute", "lost_reply", "corrupt_byte", "half_frame", "noise",
)  # fmt: skip
"""``jam``: no piece leaves, and it says so. ``no_drop``: the piece hangs, and it says so. ``lies``: it says SUCCESS anyway.
``lost_word``: its next word about a vend never leaves the box. ``wrong_scale``: three decimals."""


class VendingMachineSim:
    """A `hardware.simulators.model.Simulator` of an old machine behind a box in slave mode; its own end of the wire.

    Args:
        name: The configured device name.
        prices: Item number -> price in minor units.
        goods: Item number -> pieces in its coil.
        capacity: Most pieces in one coil.
    """

    def __init__(self, name: str, prices: Mapping[int, int], goods: Mapping[int, int], capacity: int) -> None:
        self.name = name
        self._prices = dict(prices)
        self._capacity = capacity
        self._coils: Counter[int] = Counter(dict(goods))
        self._hanging: Counter[int] = Counter()
        self._tray: Counter[int] = Counter()
        self._fallen: Counter[int] = Counter()
        self._extra: Counter[int] = Counter()
        self._loaded = sum(goods.values())
        self._turns = 0
        self._asked = 0
        self.box = SlaveBox()
        self._faults = dict.fromkeys(FAULTS, False)
        self._is_powered = True
        self._now_ms = 0
        self._greets_ms: int | None = None
        self._request: tuple[int, int] | None = None
        """The item that is asked for, and until when an answer is waited for."""
        self._turn: tuple[int, int] | None = None
        """The item whose coil turns, and since when."""
        self._has_fallen = False
        self._completes_ms: int | None = None
        self._to_lose = 0
        self._sent = 0
        self._dice = 1
        self._out = bytearray()
        items = tuple(sorted(self._prices))
        self._item = Field("item", str(items[0]), choices=tuple(map(str, items)))
        self._qty = Field("qty", "1", least=1, most=capacity)

    # --- the simulator's model ----------------------------------------------------------------------------------------

    @property
    def kind(self) -> DeviceKind:
        """A vending machine."""
        return DeviceKind.VENDING_MACHINE

    @property
    def machine(self) -> DeviceMachine:
        """Its own end of the wire."""
        return self

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Press a selection button or the return lever, fill a coil, shake, take what lies in the tray."""
        return (
            Hand("press", (self._item,)),
            Hand("return"),
            Hand("load", (self._item, self._qty)),
            Hand("shake"),
            Hand("take_tray"),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self.tick(now_ms)
        match hand:
            case "press":
                self.press(number_in(self._item, values), now_ms)
            case "return":
                self._give_up_session(now_ms)
            case "load":
                self.load(number_in(self._item, values), number_in(self._qty, values))
            case "shake":
                self._shake()
            case "take_tray":
                self.take_tray()
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    def can_sell(self, item: int) -> bool:
        """Whether its display shows credit enough for ``item``."""
        return (
            self.box.seen is Seen.IDLE and (amount_minor(self.box.funds, DECIMALS) or 0) >= self._prices[item]
        )

    def hanging(self, item: int) -> int:
        """Pieces that hang at the end of a coil."""
        return self._hanging[item]

    def press(self, item: int, now_ms: int) -> bool:
        """Press the button of ``item``; whether the machine asks for it: without a session, or with too little, it blinks."""
        self.tick(now_ms)
        is_free = (
            self._is_working and self.box.seen is Seen.IDLE and self._request is None and self._turn is None
        )
        funds_minor = amount_minor(self.box.funds, DECIMALS) or 0
        if not is_free or self._faults[SOLD_OUT] or not self._coils[item] or funds_minor < self._prices[item]:
            return False
        patience_ms = IMPATIENCE_MS if self._faults[IMPATIENT] else PATIENCE_MS
        self._request = (item, now_ms + patience_ms)
        self._asked += 1
        decimals = DECIMALS + 1 if self._faults[WRONG_SCALE] else DECIMALS
        self.box.requested(amount_text(self._prices[item], decimals), item)
        self._flush()
        return True

    def set_price(self, item: int, price_minor: int) -> None:
        """Type in what an item costs."""
        self._prices[item] = price_minor

    def load(self, item: int, qty: int) -> None:
        """Put pieces into a coil.

        Raises:
            UnknownActError: They do not fit.
        """
        if self._coils[item] + qty > self._capacity:
            raise UnknownActError(
                f"coil {item} holds {self._coils[item]} of {self._capacity}; {qty} do not fit"
            )
        self._coils[item] += qty
        self._loaded += qty

    def take_tray(self) -> None:
        """Take what fell."""
        self._tray.clear()

    def _shake(self) -> None:
        """What hangs falls, and belongs to nobody's vend."""
        self._extra += self._hanging
        for item, qty in self._hanging.items():
            self._drop(item, qty)
        self._hanging.clear()

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
            self._to_lose = LOST_LINES if is_on else 0
        if name == MACHINE_OFF and is_on:
            self._stop_controller()
        if name == DOOR_OPEN:
            self._switch_door(now_ms, is_open=is_on)

    def _switch_door(self, now_ms: int, *, is_open: bool) -> None:
        """An open door takes the reader out of use; a vend that runs ends first."""
        if is_open and self.box.is_on and self.box.seen in {Seen.ENABLED, Seen.IDLE}:
            self.box.contacted()
            self._flush()
        if self.box.is_on and self.box.seen is Seen.DISABLED:
            self._greets_ms = now_ms + GREET_MS

    @property
    def is_powered(self) -> bool:
        """Whether machine and box have power."""
        return self._is_powered

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore the power of both; pieces stay where they are, and nobody remembers what was open."""
        self.tick(now_ms)
        if is_on == self._is_powered:
            return
        self._is_powered = is_on
        self._forget()
        self.box.restart()
        self._out.clear()

    def snapshot(self) -> Mapping[str, object]:
        """Where every piece is: ``loaded_total`` = coils + hanging + fallen, always."""
        return {
            "coils": plain(self._coils),
            "hanging": plain(self._hanging),
            "tray": plain(self._tray),
            "tray_qty": self._tray.total(),
            "fallen": plain(self._fallen),
            "dropped_total": self._fallen.total(),
            "loaded_total": self._loaded,
            "extra": plain(self._extra),
            "prices": plain(Counter(self._prices)),
            "turns_total": self._turns,
            "asked_total": self._asked,
            "turning": None if self._turn is None else self._turn[0],
            "funds_minor": amount_minor(self.box.funds, DECIMALS) or 0,
            "seen": str(self.box.seen).lower(),
        }

    @property
    def dropped_total(self) -> int:
        """Pieces that fell, since ever."""
        return self._fallen.total()

    @property
    def extra(self) -> Mapping[int, int]:
        """Pieces that fell beyond the one that a vend delivers, by item."""
        return dict(self._extra)

    @property
    def tray(self) -> Mapping[int, int]:
        """What fell and nobody took, by item."""
        return {item: qty for item, qty in self._tray.items() if qty}

    @property
    def is_turning(self) -> bool:
        """Whether a motor has power."""
        return self._turn is not None

    def price_of(self, item: int) -> int:
        """What a piece costs, in minor units."""
        return self._prices[item]

    def inside(self, item: int) -> int:
        """Pieces in a coil."""
        return self._coils[item]

    @property
    def items(self) -> tuple[int, ...]:
        """The numbers on its buttons."""
        return tuple(sorted(self._prices))

    def remember(self) -> Mapping[str, object]:
        """Where every piece is."""
        return {
            "coils": plain(self._coils),
            "hanging": plain(self._hanging),
            "tray": plain(self._tray),
            "fallen": plain(self._fallen),
            "loaded": self._loaded,
            "extra": plain(self._extra),
            "turns": self._turns,
            "asked": self._asked,
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._coils = counted(memory["coils"])
        self._hanging = counted(memory["hanging"])
        self._tray = counted(memory["tray"])
        self._fallen = counted(memory["fallen"])
        self._loaded = cast("int", memory["loaded"])
        self._extra = counted(memory["extra"])
        self._turns = cast("int", memory["turns"])
        self._asked = cast("int", memory["asked"])

    # --- the wire -----------------------------------------------------------------------------------------------------

    @property
    def wake_at_ms(self) -> int | None:
        """When the controller or its motor next does something."""
        if not self._is_powered:
            return None
        wakes = [at_ms for at_ms in (self._greets_ms, self._completes_ms) if at_ms is not None]
        if self._request is not None:
            wakes.append(self._request[1])
        if self._turn is not None:
            since_ms = self._turn[1]
            wakes.append(since_ms + (TURN_MS if self._has_fallen else FALL_MS))
        return min(wakes, default=None)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the kiosk; without power they are lost."""
        self.tick(now_ms)
        if not self._is_powered:
            return
        was_on = self.box.is_on
        self.box.receive(data, now_ms)
        if not was_on and self.box.is_on:
            self._greets_ms = now_ms + GREET_MS
        elif was_on and not self.box.is_on:
            # Nobody answers any more; a motor goes on to its home switch.
            self._greets_ms = self._completes_ms = self._request = None
        self._take_answer(now_ms)
        self._flush()

    def tick(self, now_ms: int) -> None:
        """Let time pass for controller and motor, thing by thing in their order."""
        while self._is_powered:
            due_ms = self.wake_at_ms
            if due_ms is None or due_ms > now_ms:
                break
            self._now_ms = due_ms
            self._move(due_ms)
            self._flush()
        self._now_ms = now_ms

    def bytes_to_send(self) -> bytes:
        """Drain what the box puts on the line."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def _flush(self) -> None:
        """Say what waits to be said, damaged by the faults of the line that are on."""
        for text in self.box.said:
            line = text.encode("ascii") + b"\r\n"
            is_word = text == "c,VEND,SUCCESS" or text.startswith("c,ERR,VEND ")
            if is_word and self._faults[LOST_WORD]:
                self._faults[LOST_WORD] = False
                continue
            if self._to_lose:
                self._to_lose -= 1
                self._faults[LOST_REPLY] = self._to_lose > 0
                continue
            if not self._faults[MUTE]:
                self._out += self._spoilt(line)
        self.box.said.clear()

    def _spoilt(self, line: bytes) -> bytes:
        self._sent += 1
        if self._sent % EVERY == 0:
            if self._faults[CORRUPT_BYTE]:
                at = self._random() % len(line)
                line = line[:at] + bytes((line[at] ^ 1 << self._random() % 8,)) + line[at + 1 :]
            if self._faults[HALF_FRAME]:
                line = line[: len(line) // 2]
        if self._faults[NOISE]:
            line = bytes(self._random() % 256 for _ in range(8)) + line
        return line

    def _random(self) -> int:
        """The next number of a fixed sequence (a 31-bit linear congruence), so that a run can be repeated."""
        self._dice = (self._dice * 1_103_515_245 + 12_345) % 2**31
        return self._dice >> 16

    # --- the controller -----------------------------------------------------------------------------------------------

    @property
    def _is_working(self) -> bool:
        return self._is_powered and not self._faults[MACHINE_OFF]

    def _forget(self) -> None:
        self._greets_ms = self._completes_ms = None
        self._request = self._turn = None
        self._has_fallen = False

    def _stop_controller(self) -> None:
        """The machine is off, the box is not: its polls stop. It comes back when the fault ends, at the next greeting."""
        self._forget()
        self.box.reset()
        self._greets_ms = self._now_ms + GREET_MS
        self._flush()

    def _move(self, at_ms: int) -> None:
        """What is due at ``at_ms``: one thing."""
        if self._greets_ms is not None and self._greets_ms <= at_ms:
            self._greet(at_ms)
        elif self._completes_ms is not None and self._completes_ms <= at_ms:
            self._completes_ms = None
            if self.box.seen is Seen.IDLE:
                self.box.completed()
        elif self._request is not None and self._request[1] <= at_ms:
            self._request = None
            self.box.cancelled()
            self._completes_ms = at_ms + COMPLETE_MS
        elif self._turn is not None:
            self._rotate(self._turn[0], at_ms)

    def _greet(self, at_ms: int) -> None:
        """Setting up, step by step; a machine that is off, or open, waits."""
        self._greets_ms = None
        if not self.box.is_on:
            return
        if self._faults[MACHINE_OFF] or (self._faults[DOOR_OPEN] and self.box.seen is Seen.DISABLED):
            self._greets_ms = at_ms + GREET_MS
        elif self.box.seen is Seen.INACTIVE:
            self.box.contacted()
            self._greets_ms = at_ms + GREET_MS
        elif self.box.seen is Seen.DISABLED:
            self.box.enabled()

    def _take_answer(self, now_ms: int) -> None:
        """What the kiosk answered to the open request."""
        if self._request is None or self.box.answer is None:
            return
        item = self._request[0]
        self._request = None
        if self.box.answer is Answer.DENIED:
            self.box.denied()
            return
        self._turns += 1
        self._turn = (item, now_ms)
        self._has_fallen = False
        if self._faults[RESET_VENDING]:
            # Its controller begins anew; the motor has power until its home switch, as on real machines.
            self._faults[RESET_VENDING] = False
            self.box.reset()
            self._greets_ms = now_ms + GREET_MS

    def _rotate(self, item: int, at_ms: int) -> None:
        """The coil reaches the point where a piece leaves it, or is home."""
        if not self._has_fallen:
            self._has_fallen = True
            self._pass_edge(item)
            return
        self._turn = None
        if self.box.seen is not Seen.VEND:
            return  # it was reset meanwhile: nobody is told
        fell = not (self._faults[JAM] or self._faults[NO_DROP])
        if fell or self._faults[LIES]:
            self.box.succeeded()
        else:
            self.box.failed()
        self._completes_ms = at_ms + COMPLETE_MS

    def _pass_edge(self, item: int) -> None:
        if self._faults[JAM] or not self._coils[item]:
            return
        self._coils[item] -= 1
        if self._faults[NO_DROP]:
            self._hanging[item] += 1
            return
        self._drop(item, 1)
        if self._faults[DOUBLE_DROP] and self._coils[item]:
            self._coils[item] -= 1
            self._extra[item] += 1
            self._drop(item, 1)

    def _drop(self, item: int, qty: int) -> None:
        self._tray[item] += qty
        self._fallen[item] += qty

    def _give_up_session(self, now_ms: int) -> None:
        """The return lever: the machine ends the session, or withdraws what it asked for."""
        if not self._is_working or self._turn is not None:
            return
        if self._request is not None:
            self._request = None
            self.box.cancelled()
        if self.box.seen is Seen.IDLE:
            self._completes_ms = now_ms + COMPLETE_MS
        self._flush()
