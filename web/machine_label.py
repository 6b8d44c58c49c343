"""Labels for the machine itself: whom to call when it kept somebody's money, in three languages, to be cut out of one sheet.

A small wide one for above the coin slot and one for the note slot, a large one for the side. Sizes are millimetres on paper, so
the sheet is printed at its real size. The square leads to the claim page; without an address that phones reach it dials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import segno

from kiosk.i18n import LANGUAGES, format_label, format_phone, is_rtl, strip_marks
from kiosk.i18n.phrases import Phrasebook
from web.paper import FAMILY, LINE_MM, draw_line, line_width, open_paper

if TYPE_CHECKING:
    from fpdf import FPDF

SMALL_MM: Final = (120.0, 36.0)
"""Fits between a coin slot and the display of common panels, and keeps the square above 30 mm: read at an arm's length."""

LARGE_MM: Final = (180.0, 140.0)
"""Read from two steps away; fits the side of the narrowest cabinets."""

SQUARE_MM: Final = (31.0, 60.0)
"""Of the small label and the large one. A phone reads a square at ten times its side."""

LEFT_MM: Final = 15.0
PAD_MM: Final = 5.0
GAP_MM: Final = 7.0
CUT_MM: Final = 4.0
"""Length of a cutting mark."""

INK: Final = (23, 48, 45)
LEAF: Final = (12, 91, 83)
GREY: Final = (96, 104, 112)
PT_MM: Final = 25.4 / 72
LEADING: Final = 1.5
"""Line height in letter sizes: Persian and Arabic have strokes far above and below the line."""


@dataclass(frozen=True, slots=True)
class MachineLabel:
    """What stands on the labels.

    Attributes:
        vendor: Name.
        phone: As it is dialled.
        machine: The machine's number.
        address: Of the claim page; empty when phones reach none, then the square dials ``phone``.
    """

    vendor: str
    phone: str
    machine: str
    address: str = ""

    @property
    def square(self) -> str:
        """What the square says."""
        dialled = "".join(char for char in self.phone if char.isdigit() or char == "+")
        return self.address or f"tel:{dialled}"


def write_machine_labels(label: MachineLabel, book: Phrasebook, language: str) -> bytes:
    """One A4 page with the labels, as a PDF.

    Args:
        label: What stands on them.
        book: Has the phrases ``sticker.title``, ``sticker.scan``, ``sticker.dial``, ``sticker.call``, ``sticker.machine`` and
            ``sticker.print``.
        language: Of whoever prints; the labels have all three.
    """
    paper = open_paper(LANGUAGES[0])
    paper.set_title(strip_marks(f"{label.vendor} {label.machine}"))
    paper.add_page()
    sheet = _Sheet(paper, label, book)
    top = 12.0
    sheet.instruction(top, language)
    top += 8.0
    for _ in range(2):
        sheet.small(top)
        top += SMALL_MM[1] + GAP_MM
    sheet.large(top)
    return bytes(paper.output())


@dataclass(frozen=True, slots=True)
class _Style:
    """How a text looks; ``to_end`` puts it at the far side of its reader."""

    points: float
    is_bold: bool = False
    colour: tuple[int, int, int] = INK
    to_end: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text begins, and how wide it may be; millimetres."""

    left: float
    top: float
    room: float


class _Sheet:
    """Draws the labels of one page."""

    def __init__(self, paper: FPDF, label: MachineLabel, book: Phrasebook) -> None:
        self.paper = paper
        self.label = label
        self.book = book

    # --- the labels ---

    def instruction(self, top: float, language: str) -> None:
        """How to print, outside of what is cut."""
        words = self.book.say(language, "sticker.print")
        self._write(words, language, _Place(LEFT_MM, top, 180.0), _Style(points=8.5, colour=GREY))

    def small(self, top: float) -> None:
        """Above a slot: the square, and a line of each language."""
        width, height = SMALL_MM
        side = SQUARE_MM[0]
        self._frame(LEFT_MM, top, width, height)
        self._square(LEFT_MM + PAD_MM, top + (height - side) / 2, side)
        left = LEFT_MM + 2 * PAD_MM + side
        room = width - 3 * PAD_MM - side
        y = top + 2.2
        for language in LANGUAGES:
            self._write(
                self._say(language, "sticker.title"),
                language,
                _Place(left, y, room),
                _Style(points=11, is_bold=True),
            )
            y += 7.6
        self._phone(LANGUAGES[0], left, y + 0.6, points=13)
        machine = self._machine(LANGUAGES[0])
        self._write(
            machine, LANGUAGES[0], _Place(left, y + 1.0, room), _Style(points=8, colour=GREY, to_end=True)
        )

    def large(self, top: float) -> None:
        """For the side: a block of each language beside the square."""
        width, height = LARGE_MM
        side = SQUARE_MM[1]
        self._frame(LEFT_MM, top, width, height)
        self._square(LEFT_MM + 8.0, top + 10.0, side)
        y = top + 10.0 + side + 4.0
        self._write(
            self.label.vendor, LANGUAGES[0], _Place(LEFT_MM + 8.0, y, side), _Style(points=12, is_bold=True)
        )
        for language in LANGUAGES:
            y += 7.0
            self._write(
                self._machine(language),
                language,
                _Place(LEFT_MM + 8.0, y, side),
                _Style(points=11, colour=GREY),
            )
        left = LEFT_MM + 8.0 + side + 9.0
        room = LEFT_MM + width - 9.0 - left
        y = top + 8.0
        for language in LANGUAGES:
            y = self._block(language, left, y, room) + 4.5

    def _block(self, language: str, left: float, top: float, room: float) -> float:
        """Title, what to do and the number in one language; returns where it ends."""
        y = self._write(
            self._say(language, "sticker.title"),
            language,
            _Place(left, top, room),
            _Style(points=19, is_bold=True, colour=LEAF),
        )
        doing = self._say(language, "sticker.scan" if self.label.address else "sticker.dial")
        y = self._write(doing, language, _Place(left, y + 0.5, room), _Style(points=12))
        call = self._say(language, "sticker.call")
        y = self._write(call, language, _Place(left, y + 0.5, room), _Style(points=12))
        width = self._phone_width(language, 17)
        self._phone(language, left + room - width if is_rtl(language) else left, y + 1.0, points=17)
        return y + 1.0 + 17 * PT_MM * LEADING

    def _say(self, language: str, key: str) -> str:
        return self.book.say(language, key)

    def _machine(self, language: str) -> str:
        return self.book.say(language, "sticker.machine", machine=format_label(self.label.machine, language))

    # --- pieces ---

    def _frame(self, left: float, top: float, width: float, height: float) -> None:
        """A thin line to cut along, and marks at its corners."""
        paper = self.paper
        paper.set_draw_color(*GREY)
        paper.set_line_width(0.1)
        paper.rect(left, top, width, height)
        for x, step in ((left, -CUT_MM), (left + width, CUT_MM)):
            for y in (top, top + height):
                paper.line(x, y, x + step, y)

    def _square(self, left: float, top: float, side: float) -> None:
        """The square with the quiet zone that readers want."""
        code = segno.make(self.label.square, error="m", micro=False)
        rows = [list(row) for row in code.matrix_iter(border=4)]
        module = side / len(rows)
        self.paper.set_fill_color(0, 0, 0)
        for number, row in enumerate(rows):
            start = None
            for column, is_dark in enumerate([*row, 0]):
                if is_dark and start is None:
                    start = column
                elif not is_dark and start is not None:
                    # One bar for neighbours: no hairlines between them on paper.
                    self.paper.rect(
                        left + start * module,
                        top + number * module,
                        (column - start) * module,
                        module,
                        style="F",
                    )
                    start = None

    def _write(self, text: str, language: str, place: _Place, style: _Style) -> float:
        """Text in as many lines as it needs, from the reader's side; returns where it ends. A long word is made smaller."""
        rtl = is_rtl(language)
        text = strip_marks(text) if not rtl else text
        self.paper.set_text_color(*style.colour)
        self.paper.set_font(FAMILY, "B" if style.is_bold else "", style.points)
        lines = self._lines(text, place.room, rtl=rtl)
        top = place.top
        step = style.points * PT_MM * LEADING
        for line in lines:
            wide = line_width(self.paper, line, is_rtl_line=rtl)
            if wide > place.room:
                self.paper.set_font_size(style.points * place.room / wide)
            draw_line(
                self.paper,
                line,
                place.left,
                top + (step - LINE_MM) / 2,
                place.room,
                is_rtl_line=rtl,
                to_right=rtl != style.to_end,
            )
            self.paper.set_font_size(style.points)
            top += step
        return top

    def _lines(self, text: str, room: float, *, rtl: bool) -> list[str]:
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}".strip(" ")
            if line and line_width(self.paper, longer, is_rtl_line=rtl) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line]

    def _groups(self, language: str) -> list[str]:
        """The number in the language's digits, in the groups in which it is dialled."""
        return strip_marks(format_phone(self.label.phone, language)).split()

    def _phone_width(self, language: str, points: float) -> float:
        self.paper.set_font(FAMILY, "B", points)
        space = line_width(self.paper, "0", is_rtl_line=False) / 2
        groups = self._groups(language)
        return sum(line_width(self.paper, each, is_rtl_line=False) for each in groups) + space * (
            len(groups) - 1
        )

    def _phone(self, language: str, left: float, top: float, *, points: float) -> None:
        """A number runs from left to right in every language: group by group, so that nothing turns it around."""
        self.paper.set_font(FAMILY, "B", points)
        self.paper.set_text_color(*INK)
        space = line_width(self.paper, "0", is_rtl_line=False) / 2
        step = points * PT_MM * LEADING
        for group in self._groups(language):
            width = line_width(self.paper, group, is_rtl_line=False)
            draw_line(
                self.paper, group, left, top + (step - LINE_MM) / 2, width, is_rtl_line=False, to_right=False
            )
            left += width + space
