"""A receipt printer with a roll that ends, a cover, a blade that jams, and paper that shows what was
received.

What hangs out of it is drawn from the bytes on its wire and from nothing else.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hardware.escpos import FONT_FILE
from hardware.escpos.device import Order, PrinterDevice
from hardware.escpos.messages import Condition
from hardware.escpos.paper import TAIL_DOTS, Head, Sheet
from hardware.events import DeviceKind, Fault, Paper
from hardware.simulators.model import Field, Hand, UnknownActError

DOTS_PER_MM: Final = 8
"""203 dpi."""

NEW_ROLL_MM: Final = 50_000
"""A usual 80 mm roll: 50 m."""

NEAR_END_MM: Final = 2_000
"""The near-end sensor looks at the roll's thickness: some two metres are left."""

ROWS_PER_SECOND: Final = 800
"""100 mm a second, an everyday printer."""

CUT_MS: Final = 300
"""The blade goes and comes back."""

TRAY_SHEETS: Final = 12
"""Sheets that are kept to be looked at; older ones fall off the tray."""

FAULTS: Final = (
    "paper_low",
    "paper_out",
    "cutter_jam",
    "head_hot",
    "mute",
    "lost_answer",
    "noise",
    "says_no_but_prints",
    "drawer_open",
)
"""By name: the two paper sensors stuck at low and at out; the blade stuck; the head too hot; nothing is ever
answered; "done" is never answered; garbage before each answer; it says that it has no paper, and prints all the
same; the drawer's switch says open.
"""

_GARBAGE: Final = b"\xf7\x9b"


class PrinterSim:
    """A `hardware.simulators.model.Simulator` of one printer; ``keeps_pictures`` False is a model without such a memory."""

    def __init__(
        self, name: str, width_dots: int = 576, *, keeps_pictures: bool = True, font_path: Path = FONT_FILE
    ) -> None:
        self._name = name
        self._mechanics = _Mechanics(width_dots, font_path, keeps_pictures=keeps_pictures)
        self._machine = PrinterWire(self._mechanics)
        self._is_powered = True

    @property
    def name(self) -> str:
        """The configured device name."""
        return self._name

    @property
    def kind(self) -> DeviceKind:
        """A printer."""
        return DeviceKind.PRINTER

    @property
    def machine(self) -> PrinterWire:
        """Its end of the wire."""
        return self._machine

    @property
    def hands(self) -> tuple[Hand, ...]:
        """What a person can do to it."""
        return (
            Hand("tear"),
            Hand("new_roll", (Field("mm", str(NEW_ROLL_MM), least=1, most=100_000),)),
            Hand("open_cover"),
            Hand("close_cover"),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now.

        Raises:
            UnknownActError: No such hand, or a length that no roll has.
        """
        match hand:
            case "tear":
                self._mechanics.tear()
            case "new_roll":
                self._mechanics.load(_whole_mm(values.get("mm", str(NEW_ROLL_MM))))
            case "open_cover":
                self._mechanics.cover_open = True
            case "close_cover":
                self._mechanics.cover_open = False
            case _:
                raise UnknownActError(
                    f"a printer has no {hand!r}; it has tear, new_roll, open_cover, close_cover"
                )
        self._machine.tick(now_ms)

    @property
    def faults(self) -> Mapping[str, bool]:
        """All its faults by name, and whether each is on."""
        return {name: name in self._mechanics.faults for name in FAULTS}

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - the fault's own switch position
        """Turn a named fault on or off; a blade that jammed stays off line until it is told to recover."""
        if name not in FAULTS:
            raise UnknownActError(f"a printer has no fault {name!r}; it has {', '.join(FAULTS)}")
        if is_on:
            self._mechanics.faults.add(name)
        else:
            self._mechanics.faults.discard(name)
        self._machine.tick(now_ms)

    @property
    def is_powered(self) -> bool:
        """Whether it has power."""
        return self._is_powered

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore its power: buffer and settings go, paper and what is printed on it stay."""
        if is_on and not self._is_powered:
            self._machine.power_on()
        self._is_powered = is_on
        self._machine.is_powered = is_on
        self._machine.tick(now_ms)

    def sheets(self) -> list[bytes]:
        """PNG pictures of the sheets on the tray, oldest first, and at last what hangs out uncut, if it has
        ink.
        """
        hanging = self._mechanics.hanging
        return [*self._mechanics.tray, *([hanging.png()] if hanging.has_ink else [])]

    def snapshot(self) -> Mapping[str, object]:
        """Its physical truth: ``sheets`` counts all that were ever cut or torn off."""
        return {
            "sheets": self._mechanics.sheets_made,
            "on_tray": len(self._mechanics.tray),
            "hanging_mm": (self._mechanics.hanging.length_dots - TAIL_DOTS) // DOTS_PER_MM,
            "paper_left_mm": self._mechanics.paper_dots // DOTS_PER_MM,
            "paper": str(self._mechanics.paper),
            "cover_open": self._mechanics.cover_open,
            "blade_stuck": self._mechanics.error is Fault.CUTTER,
            "drawer_pulses": self._mechanics.drawer_pulses,
            "lost_bytes": self._machine.overrun_bytes,
        }

    def remember(self) -> Mapping[str, object]:
        """The roll, the cover and the paper."""
        return {
            "paper_dots": self._mechanics.paper_dots,
            "sheets": self._mechanics.sheets_made,
            "cover_open": self._mechanics.cover_open,
            "drawer_pulses": self._mechanics.drawer_pulses,
            "tray": [base64.b64encode(sheet).decode("ascii") for sheet in self.sheets()],
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave; what hung out uncut lies on the tray."""
        self._mechanics.paper_dots = _count(memory, "paper_dots")
        self._mechanics.sheets_made = _count(memory, "sheets")
        self._mechanics.cover_open = memory.get("cover_open") is True
        self._mechanics.drawer_pulses = _count(memory, "drawer_pulses")
        tray = memory.get("tray")
        self._mechanics.tray = [base64.b64decode(sheet) for sheet in tray] if isinstance(tray, list) else []


class PrinterWire:
    """The printer's end of its wire, with power and a voice that can fail."""

    def __init__(self, mechanics: _Mechanics) -> None:
        self._mechanics = mechanics
        self._device = PrinterDevice(mechanics)
        self.is_powered = True
        """Without power nothing is taken, printed or answered."""

    @property
    def wake_at_ms(self) -> int | None:
        """When it next wants a tick."""
        return self._device.wake_at_ms if self.is_powered else None

    @property
    def buffer_full(self) -> bool:
        """The handshake line: while it is up, a bench stops reading from the host."""
        return self.is_powered and self._device.buffer_full

    @property
    def overrun_bytes(self) -> int:
        """Bytes that were lost because the host did not pause."""
        return self._device.overrun_bytes

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the host."""
        if self.is_powered:
            self._device.receive(data, now_ms)

    def tick(self, now_ms: int) -> None:
        """Let paper move."""
        if self.is_powered:
            self._device.tick(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain what goes on the wire now."""
        data = self._device.bytes_to_send()
        if not self.is_powered or "mute" in self._mechanics.faults:
            return b""
        return _GARBAGE + data if data and "noise" in self._mechanics.faults else data

    def power_on(self) -> None:
        """Forget what a power cut takes."""
        self._device.power_on()


class _Mechanics:
    """Roll, head, blade and cover."""

    def __init__(self, width_dots: int, font_path: Path, *, keeps_pictures: bool) -> None:
        self._keeps_pictures = keeps_pictures
        self._head = Head(width_dots, font_path)
        self.hanging = Sheet(width_dots)
        self.tray: list[bytes] = []
        self.paper_dots = NEW_ROLL_MM * DOTS_PER_MM
        self.sheets_made = 0
        self.drawer_pulses = 0
        self.cover_open = False
        self.error: Fault | None = None
        self.faults: set[str] = set()

    @property
    def kept_keys(self) -> frozenset[bytes] | None:
        """Which pictures it keeps."""
        return frozenset(self._head.pictures) if self._keeps_pictures else None

    @property
    def is_drawer_high(self) -> bool:
        """The drawer switch."""
        return "drawer_open" in self.faults

    @property
    def paper(self) -> Paper:
        """What the sensors see."""
        if self.paper_dots <= 0 or "paper_out" in self.faults:
            return Paper.OUT
        if self.paper_dots < NEAR_END_MM * DOTS_PER_MM or "paper_low" in self.faults:
            return Paper.LOW
        return Paper.OK

    @property
    def can_work(self) -> bool:
        """Whether it can print."""
        is_hot = "head_hot" in self.faults
        return not (self.cover_open or self.error or is_hot or self.paper is Paper.OUT)

    @property
    def answers_marks(self) -> bool:
        """Whether it says "done"."""
        return not self.faults & {"lost_answer", "says_no_but_prints"}

    @property
    def reported(self) -> Condition:
        """What it says."""
        if "says_no_but_prints" in self.faults:
            return Condition(is_online=False, paper=Paper.OUT)
        error = self.error or (Fault.UNSPECIFIED if "head_hot" in self.faults else None)
        return Condition(is_online=self.can_work, cover_open=self.cover_open, paper=self.paper, error=error)

    def carry_out(self, order: Order) -> int | None:
        """Do one order; None while something is in the way."""
        if not self.can_work:
            return None
        is_cut = order.code == b"\x1dV"
        if is_cut and "cutter_jam" in self.faults:
            self.error = Fault.CUTTER
            return None
        if order.code == b"\x1bp":
            self.kick_drawer()
        rows = self._head.draw(order)
        taken_ms = 0
        if rows is not None:
            left = min(rows.height, self.paper_dots)
            self.hanging.add(rows.crop((0, 0, rows.width, left)))
            self.paper_dots -= left
            taken_ms = left * 1000 // ROWS_PER_SECOND
        if is_cut:
            self.tear_off()
            taken_ms += CUT_MS
        return taken_ms

    def initialize(self) -> None:
        """Power on."""
        self._head.draw(Order(b"\x1b@"))
        self._head.pictures.clear()
        self.error = None

    def recover(self) -> None:
        """Try the blade again."""
        self._head.draw(Order(b"\x1b@"))
        if "cutter_jam" not in self.faults:
            self.error = None

    def kick_drawer(self) -> None:
        """One pulse."""
        self.drawer_pulses += 1

    def tear_off(self) -> None:
        """Separate what hangs out; it falls on the tray."""
        if self.hanging.length_dots <= TAIL_DOTS:
            return
        self.sheets_made += 1
        self.tray = [*self.tray, self.hanging.cut()][-TRAY_SHEETS:]

    def tear(self) -> None:
        """A person takes everything."""
        self.tear_off()
        self.tray = []

    def load(self, paper_mm: int) -> None:
        """A new roll; what hung out is torn off."""
        self.tear_off()
        self.paper_dots = paper_mm * DOTS_PER_MM


def _whole_mm(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 100_000:
        raise UnknownActError(f"a roll of {text!r} mm; allowed are 1 to 100000")
    return int(text)


def _count(memory: Mapping[str, object], key: str) -> int:
    number = memory.get(key, 0)
    return number if isinstance(number, int) and number >= 0 else 0
