"""Tables on paper: PDF pages in three languages, with the house's letters.

The library shapes letters and orders a line whose base runs from right to left. In a line from left to right it puts the parts
of a right-to-left stretch in the wrong order, so such a line is drawn here stretch by stretch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import hardware
from kiosk.i18n import format_moment, is_rtl, localise_digits, strip_marks
from web.exports import NUMBERS, Kind, Letterhead, Table, shown

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS: Final = Path(hardware.__file__).parent / "escpos" / "fonts"
FAMILY: Final = "Vazirmatn"

MARGIN_MM: Final = 14.0
LINE_MM: Final = 4.6
PAD_MM: Final = 1.4
TEXT_PT: Final = 8.5
TITLE_PT: Final = 15.0
SMALL_PT: Final = 8.0
WIDE_COLUMNS: Final = 6
"""With more columns than these the page lies on its side."""

SLACK_MM: Final = 2 * PAD_MM + 0.1
"""Room beside a cell's text, and a hair, so that the widest text of a column is not broken by rounding."""

MEASURED_ROWS: Final = 500
"""Rows that decide how wide the columns are; a longer cell further down is broken."""

LINES_MOST: Final = 12
"""Lines of one cell; a longer text is cut with an ellipsis, because a row must fit on a page."""

INK: Final = (28, 32, 36)
GREY: Final = (96, 104, 112)
RULE: Final = (205, 210, 214)

_MARKS: Final = dict.fromkeys((0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))

_RTL: Final = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_STRETCH: Final = re.compile(rf"[{_RTL}](?:[^A-Za-z\u00c0-\u024f]*[{_RTL}])?")


def open_paper(language: str, *, is_wide: bool = False) -> FPDF:
    """An empty A4 document with the house's letters (regular and bold), millimetres, and nothing drawn by itself.

    Args:
        language: Decides the base direction of lines; see `draw_line`.
        is_wide: Lay the page on its side.
    """
    # The font machinery takes half a second to import; only who prints waits for it.
    from fpdf import FPDF

    paper = FPDF(orientation="landscape" if is_wide else "portrait", unit="mm", format="A4")
    paper.set_auto_page_break(auto=False)
    paper.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
    paper.c_margin = 0
    paper.add_font(FAMILY, "", FONTS / "Vazirmatn-Regular.ttf")
    paper.add_font(FAMILY, "B", FONTS / "Vazirmatn-Bold.ttf")
    paper.set_font(FAMILY, size=TEXT_PT)
    paper.set_lang(language)
    paper.set_text_shaping(use_shaping_engine=True, direction="rtl" if is_rtl(language) else "ltr")
    return paper


def _stretches(text: str, *, is_rtl_line: bool) -> Iterator[tuple[str, bool]]:
    """Parts of a line in the order in which they stand from left to right, each with whether it runs from the right."""
    if is_rtl_line:
        yield text, True
        return
    done = 0
    for found in _STRETCH.finditer(text):
        if found.start() > done:
            yield text[done : found.start()], False
        yield found[0], True
        done = found.end()
    if done < len(text):
        yield text[done:], False


def _measured(paper: FPDF, text: str, *, is_rtl_line: bool) -> list[tuple[str, bool, float]]:
    """The stretches of a line with their widths in millimetres."""
    parts = []
    for part, from_right in _stretches(text, is_rtl_line=is_rtl_line):
        _turn(paper, from_right=from_right)
        parts.append((part, from_right, paper.get_string_width(part)))
    return parts


def _turn(paper: FPDF, *, from_right: bool) -> None:
    """Shape what needs it: a stretch from left to right has plain letters, and shaping is what costs time."""
    if from_right:
        paper.set_text_shaping(use_shaping_engine=True, direction="rtl")
    else:
        paper.set_text_shaping(use_shaping_engine=False)


def line_width(paper: FPDF, text: str, *, is_rtl_line: bool) -> float:
    """Millimetres that `draw_line` needs for ``text`` in the present font."""
    return sum(width for _, _, width in _measured(paper, text, is_rtl_line=is_rtl_line))


def draw_line(
    paper: FPDF, text: str, x: float, y: float, width: float, *, is_rtl_line: bool, to_right: bool
) -> None:
    """Draw one line in the present font and colour; it may stand out of ``width``, it is not cut.

    Args:
        paper: Where.
        text: Without line breaks; in logical order, with its marks of direction.
        x: Left edge of the place, in millimetres.
        y: Top of the line.
        width: Of the place.
        is_rtl_line: Base direction of the line.
        to_right: Whether it ends at the right edge of the place instead of beginning at the left one.
    """
    parts = _measured(paper, _unmarked(text) if not is_rtl_line else text, is_rtl_line=is_rtl_line)
    at = x + width - sum(part[2] for part in parts) if to_right else x
    for part, from_right, step in parts:
        _turn(paper, from_right=from_right)
        paper.set_xy(at, y)
        paper.cell(step, LINE_MM, part, align="L")
        at += step


def _unmarked(text: str) -> str:
    """Without marks of direction: where letters are not shaped they would be drawn as boxes."""
    return text.translate(_MARKS)


class _Setter:
    """Sets one table: measures, breaks lines, makes pages."""

    def __init__(self, table: Table, head: Letterhead) -> None:
        self.table = table
        self.head = head
        self.is_rtl = is_rtl(head.language)
        self.paper = open_paper(head.language, is_wide=len(table.columns) > WIDE_COLUMNS)
        self.paper.set_title(strip_marks(table.title))
        self.paper.set_author(strip_marks(head.vendor))
        self.width = self.paper.w - 2 * MARGIN_MM
        # Words, dates and small amounts come again and again; shaping them is what costs.
        self.measure = lru_cache(maxsize=20_000)(self._measure)
        self.rows = [
            tuple(shown(cell, column.kind, head) for cell, column in zip(row, table.columns, strict=True))
            for row in table.rows
        ]
        self.titles = tuple(strip_marks(column.title) for column in table.columns)
        self.widths = self._widths()

    def write(self) -> bytes:
        pages = self._pages([self._broken(row) for row in self.rows])
        for number, rows in enumerate(pages, start=1):
            self.paper.add_page()
            y = self._draw_head(is_first=number == 1)
            y = self._draw_titles(y)
            for lines in rows:
                y = self._draw_row(lines, y)
            self._draw_foot(number, len(pages))
        return bytes(self.paper.output())

    # --- measuring ---

    def _measure(self, text: str, *, is_bold: bool = False) -> float:
        self.paper.set_font(FAMILY, "B" if is_bold else "", TEXT_PT)
        return line_width(self.paper, text, is_rtl_line=self.is_rtl)

    def _widths(self) -> list[float]:
        """Columns as wide as their cells want; where that is too much, texts give way and nothing else does."""
        wanted, least = [], []
        for index, (title, column) in enumerate(zip(self.titles, self.table.columns, strict=True)):
            cells = {row[index] for row in self.rows[:MEASURED_ROWS]}
            # The longest by count are among the widest; measuring every text would cost more than drawing it.
            longest = sorted(cells, key=len)[-40:]
            whole = max((self.measure(cell) for cell in longest), default=0.0)
            titled = max(self.measure(word, is_bold=True) for word in title.split(" "))
            word = max((self.measure(each) for cell in longest for each in cell.split(" ")), default=0.0)
            gives_way = column.kind is Kind.TEXT
            wanted.append(max(whole, titled) + SLACK_MM)
            least.append((max(min(word, 50.0), titled) if gives_way else max(whole, titled)) + SLACK_MM)
        spare = self.width - sum(wanted)
        texts = [index for index, column in enumerate(self.table.columns) if column.kind is Kind.TEXT]
        if spare >= 0:
            takers = texts or range(len(wanted))
            return [
                width + (spare / len(takers) if index in takers else 0.0)
                for index, width in enumerate(wanted)
            ]
        flexible = sum(want - low for want, low in zip(wanted, least, strict=True))
        left = self.width - sum(least)
        if flexible > 0 and left > 0:
            return [low + (want - low) * left / flexible for want, low in zip(wanted, least, strict=True)]
        return [low * self.width / sum(least) for low in least]

    def _broken(self, row: Sequence[str], *, is_bold: bool = False) -> list[list[str]]:
        """The lines of each cell; an amount, a date or a code is never broken."""
        return [
            self._break(cell, width - 2 * PAD_MM, is_bold=is_bold)
            if is_bold or column.kind is Kind.TEXT
            else [cell]
            for cell, width, column in zip(row, self.widths, self.table.columns, strict=True)
        ]

    def _break(self, text: str, width: float, *, is_bold: bool) -> list[str]:
        if not text or self.measure(text, is_bold=is_bold) <= width:
            return [text]
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}".strip(" ")
            if not line or self.measure(longer, is_bold=is_bold) <= width:
                line = longer
            else:
                lines.append(line)
                line = word
            while self.measure(line, is_bold=is_bold) > width and len(line) > 1:
                # A word longer than its column: an address, a token. It is cut where the column ends.
                fits = next(
                    size
                    for size in range(len(line) - 1, 0, -1)
                    if size == 1 or self.measure(line[:size], is_bold=is_bold) <= width
                )
                lines.append(line[:fits])
                line = line[fits:]
            if len(lines) >= LINES_MOST:
                return [*lines[: LINES_MOST - 1], lines[LINES_MOST - 1][:-1] + "…"]
        return [*lines, line]

    def _height(self, lines: list[list[str]]) -> float:
        return max(len(cell) for cell in lines) * LINE_MM + 2 * PAD_MM * 0.8

    def _pages(self, rows: list[list[list[str]]]) -> list[list[list[list[str]]]]:
        """Rows by page; a table without rows has one page, too."""
        titles = self._height(self._broken(self.titles, is_bold=True))
        foot = self.paper.h - MARGIN_MM - 2 * LINE_MM
        first, later = MARGIN_MM + 24.0 + titles, MARGIN_MM + 8.0 + titles
        pages: list[list[list[list[str]]]] = [[]]
        y = first
        for lines in rows:
            height = self._height(lines)
            if y + height > foot and pages[-1]:
                pages.append([])
                y = later
            pages[-1].append(lines)
            y += height
        return pages

    # --- drawing ---

    def _put(self, text: str, x: float, y: float, width: float, *, at_end: bool) -> None:
        draw_line(self.paper, text, x, y, width, is_rtl_line=self.is_rtl, to_right=at_end != self.is_rtl)

    def _draw_head(self, *, is_first: bool) -> float:
        """Vendor and machine on every page, the title and the period large on the first, small on the others."""
        paper, y = self.paper, MARGIN_MM
        paper.set_text_color(*GREY)
        paper.set_font(FAMILY, "B", SMALL_PT)
        self._put(strip_marks(self.head.vendor), MARGIN_MM, y, self.width, at_end=False)
        paper.set_font(FAMILY, "", SMALL_PT)
        small = (
            self.head.machine
            if is_first
            else f"{strip_marks(self.table.title)} · {self.table.period}".rstrip(" ·")
        )
        self._put(small, MARGIN_MM, y, self.width, at_end=True)
        if not is_first:
            return y + 8.0
        paper.set_text_color(*INK)
        paper.set_font(FAMILY, "B", TITLE_PT)
        self._put(strip_marks(self.table.title), MARGIN_MM, y + 8.0, self.width, at_end=False)
        paper.set_font(FAMILY, "", SMALL_PT + 1)
        paper.set_text_color(*GREY)
        self._put(self.table.period, MARGIN_MM, y + 15.5, self.width, at_end=False)
        return y + 24.0

    def _draw_titles(self, y: float) -> float:
        lines = self._broken(self.titles, is_bold=True)
        self.paper.set_font(FAMILY, "B", TEXT_PT)
        self.paper.set_text_color(*INK)
        return self._draw_cells(lines, y, rule=INK, rule_mm=0.35)

    def _draw_row(self, lines: list[list[str]], y: float) -> float:
        self.paper.set_font(FAMILY, "", TEXT_PT)
        return self._draw_cells(lines, y, rule=RULE, rule_mm=0.15)

    def _draw_cells(
        self, lines: list[list[str]], y: float, *, rule: tuple[int, int, int], rule_mm: float
    ) -> float:
        height, at = self._height(lines), 0.0
        for cell, width, column in zip(lines, self.widths, self.table.columns, strict=True):
            x = self.paper.w - MARGIN_MM - at - width if self.is_rtl else MARGIN_MM + at
            for index, line in enumerate(cell):
                top = y + PAD_MM * 0.8 + index * LINE_MM
                is_code = column.kind is Kind.CODE
                draw_line(
                    self.paper,
                    line,
                    x + PAD_MM,
                    top,
                    width - 2 * PAD_MM,
                    is_rtl_line=self.is_rtl and not (is_code and line.isascii()),
                    to_right=(column.kind in NUMBERS) != self.is_rtl,
                )
            at += width
        self.paper.set_draw_color(*rule)
        self.paper.set_line_width(rule_mm)
        self.paper.line(MARGIN_MM, y + height, self.paper.w - MARGIN_MM, y + height)
        return y + height

    def _draw_foot(self, number: int, pages: int) -> None:
        y = self.paper.h - MARGIN_MM - LINE_MM
        self.paper.set_font(FAMILY, "", SMALL_PT)
        self.paper.set_text_color(*GREY)
        language = self.head.language
        made = format_moment(self.head.made_at, self.head.timezone, language)
        self._put(made, MARGIN_MM, y, self.width, at_end=False)
        words = self.head.page.replace("{page}", str(number)).replace("{pages}", str(pages))
        self._put(localise_digits(words, language), MARGIN_MM, y, self.width, at_end=True)


def write_paper(table: Table, head: Letterhead) -> bytes:
    """The table as a PDF: its title and period, the vendor, its rows under repeated headings, numbered pages."""
    return _Setter(table, head).write()
