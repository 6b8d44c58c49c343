"""Draws a receipt's lines: letters joined, reading order right, amounts left to right at the far edge.

Printers send Persian and Arabic letters unjoined and unordered, so these lines are drawn here with Pillow's
RAQM layout and sent as pictures. Pillow falls back to unjoined letters without a word when fribidi is
missing; `Typesetter` demands it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont, features

from hardware.document import Align, Columns, Line, Rule
from hardware.escpos.text import printable

INK_BELOW: Final = 140
"""A dot is burnt where the drawing is darker than this (0 black to 255 white): thin strokes stay whole on
thermal paper.
"""

_TEXT_DOTS: Final = 21
_LARGE_DOTS: Final = 35
_WEIGHT: Final = 500
_BOLD_WEIGHT: Final = 800
# Vazirmatn's tallest letters with marks need 1.35 of the type size; the rest is leading.
_PITCH_PCT: Final = 146
_BASELINE_PCT: Final = 98
_COLUMN_GAP_DOTS: Final = 20
_OVERHANG_DOTS: Final = 2  # of a letter over its own width
_RULE_DOTS: Final = 2
_RULE_MARGIN_DOTS: Final = 9
_LABEL_LINES: Final = 3
_LABEL_SHARE: Final = 3
"""A label keeps at least a third of the line; a wider amount goes on a line of its own."""

_GROUP_END: Final = re.compile("(?<=[٠-٩])(?=[ \u00a0\u202f–-])")
_LEFT_TO_RIGHT_MARK: Final = "\u200e"
"""Arabic digits count as right-to-left towards a blank or a dash: without the mark "1 234" would read "234
1".
"""

_UNKNOWN: Final = "?"
_ELLIPSIS: Final = "…"
_DEBIAN_PACKAGE: Final = "libfribidi0"


class ShapingMissingError(RuntimeError):
    """Persian and Arabic cannot be drawn on this system: the Debian package libfribidi0 is missing or does
    not work.
    """


class FontMissingError(RuntimeError):
    """The receipt font cannot be opened; the message names the file."""


@dataclass(frozen=True, slots=True)
class Style:
    """How one line is drawn: type size in dots and the font's weight."""

    dots: int
    weight: int

    @classmethod
    def of(cls, part: Line | Columns) -> Style:
        """The style that a part asks for."""
        return cls(
            dots=_LARGE_DOTS if part.is_large else _TEXT_DOTS,
            weight=_BOLD_WEIGHT if part.is_bold or part.is_large else _WEIGHT,
        )

    @property
    def pitch_dots(self) -> int:
        """Height of one line with its leading."""
        return self.dots * _PITCH_PCT // 100

    @property
    def baseline_dots(self) -> int:
        """The baseline, from the top of the line."""
        return self.dots * _BASELINE_PCT // 100


class Typesetter:
    """Draws parts of a document for paper that is ``width_dots`` wide.

    Raises:
        ShapingMissingError: The system cannot join and order letters.
        FontMissingError: ``font_path`` is no font that can be opened.
    """

    def __init__(self, font_path: Path, width_dots: int) -> None:
        self._font_path = font_path
        self._width = width_dots
        self._fonts: dict[Style, ImageFont.FreeTypeFont] = {}
        self._lacking: dict[str, bool] = {}
        if font_path not in _PROVEN:
            check_shaping(self._font(Style(_TEXT_DOTS, _WEIGHT)))
            _PROVEN.add(font_path)

    def draw(self, parts: Sequence[Line | Columns | Rule], *, language: str, is_rtl: bool) -> Image.Image:
        """Draw ``parts`` below one another; mode 1 picture, ink is 0, as wide as the paper."""
        reading = _Reading(language, is_rtl)
        drawn: list[Image.Image] = []
        for is_table, group in groupby(parts, key=lambda part: isinstance(part, Columns)):
            if is_table:
                drawn += self._draw_table([part for part in group if isinstance(part, Columns)], reading)
            else:
                drawn += [self._draw_part(part, reading) for part in group if not isinstance(part, Columns)]
        sheet = Image.new("1", (self._width, max(1, sum(picture.height for picture in drawn))), 1)
        top = 0
        for picture in drawn:
            sheet.paste(picture, (0, top))
            top += picture.height
        return sheet

    def _draw_part(self, line: Line | Rule, reading: _Reading) -> Image.Image:
        if isinstance(line, Rule):
            picture = Image.new("1", (self._width, 2 * _RULE_MARGIN_DOTS + _RULE_DOTS), 1)
            picture.paste(0, (0, _RULE_MARGIN_DOTS, self._width, _RULE_MARGIN_DOTS + _RULE_DOTS))
            return picture
        style = Style.of(line)
        lines = self._wrap(self._shown(line.text), style, reading, self._width)
        canvas = _Canvas(self._width, style, len(lines))
        for row, text in enumerate(lines):
            if line.align is Align.CENTRE:
                canvas.put(text, self._font(style), reading, _Spot(row, self._width // 2, "ms"))
            else:
                canvas.put(text, self._font(style), reading, reading.start(row, self._width))
        return canvas.picture()

    def _draw_table(self, table: Sequence[Columns], reading: _Reading) -> list[Image.Image]:
        """Draw neighbouring columns so that their amounts end in one line, as sums are read."""
        amounts = _Reading(reading.language, is_rtl=False)
        ends = [
            self._fit(
                _GROUP_END.sub(_LEFT_TO_RIGHT_MARK, self._shown(row.end)), Style.of(row), amounts, self._width
            )
            for row in table
        ]
        lengths = [self._length(end, Style.of(row), amounts) for row, end in zip(table, ends, strict=True)]
        most = self._width - self._width // _LABEL_SHARE - _COLUMN_GAP_DOTS
        widest = {
            row.is_large: max(
                (
                    length
                    for other, length in zip(table, lengths, strict=True)
                    if other.is_large == row.is_large and length <= most
                ),
                default=0,
            )
            for row in table
        }
        return [
            self._draw_columns(
                row, end, reading, _Amounts(amounts, widest[row.is_large], has_own_line=length > most)
            )
            for row, end, length in zip(table, ends, lengths, strict=True)
        ]

    def _draw_columns(self, columns: Columns, end: str, reading: _Reading, amounts: _Amounts) -> Image.Image:
        style = Style.of(columns)
        beside = self._width if amounts.has_own_line else self._width - amounts.width - _COLUMN_GAP_DOTS
        lines = self._wrap(self._shown(columns.start), style, reading, beside)
        if len(lines) > _LABEL_LINES:
            tail = self._fit(" ".join(lines[_LABEL_LINES - 1 :]), style, reading, beside)
            lines = [*lines[: _LABEL_LINES - 1], tail]
        if amounts.has_own_line:
            lines.append("")
        canvas = _Canvas(self._width, style, len(lines))
        for row, text in enumerate(lines):
            canvas.put(text, self._font(style), reading, reading.start(row, self._width))
        last = len(lines) - 1
        spot = _Spot(last, amounts.width if reading.is_rtl else self._width, "rs")
        if amounts.has_own_line and reading.is_rtl:
            spot = _Spot(last, 0, "ls")
        canvas.put(end, self._font(style), amounts.reading, spot)
        return canvas.picture()

    def _wrap(self, text: str, style: Style, reading: _Reading, width: int) -> list[str]:
        """Break ``text`` at blanks into lines of at most ``width`` dots; a word that is wider is broken where
        it must.
        """
        lines: list[str] = []
        line = ""
        for word in text.split():
            longer = f"{line} {word}" if line else word
            if self._length(longer, style, reading) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while self._length(line, style, reading) > width:
                head = self._fit(line, style, reading, width, ending="")
                lines.append(head)
                line = line[len(head) :]
        return [*lines, line]

    def _fit(self, text: str, style: Style, reading: _Reading, width: int, *, ending: str = _ELLIPSIS) -> str:
        """The longest beginning of ``text`` that fits ``width`` dots, with ``ending`` when something was left
        out.
        """
        if self._length(text, style, reading) <= width:
            return text
        fits, too_long = 1, len(text)  # one character is always taken, or wrapping would never end
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self._length(text[:middle] + ending, style, reading) <= width:
                fits = middle
            else:
                too_long = middle
        return text[:fits] + ending

    def _shown(self, text: str) -> str:
        """What may be printed of ``text``, with a question mark for each letter that the font lacks: it would leave no ink, and
        a name that is missing is worse than one that cannot be read.
        """
        return "".join(_UNKNOWN if self._is_lacking(char) else char for char in printable(text))

    def _is_lacking(self, char: str) -> bool:
        if char not in self._lacking:
            has_ink = unicodedata.category(char)[0] in "LMNPS"
            mask = self._font(Style(_TEXT_DOTS, _WEIGHT)).getmask(char)
            self._lacking[char] = has_ink and mask.getbbox() is None
        return self._lacking[char]

    def _length(self, text: str, style: Style, reading: _Reading) -> int:
        if not text:
            return 0
        length = self._font(style).getlength(text, direction=reading.direction, language=reading.language)
        return round(length) + _OVERHANG_DOTS

    def _font(self, style: Style) -> ImageFont.FreeTypeFont:
        if style not in self._fonts:
            try:
                font = ImageFont.truetype(
                    str(self._font_path), style.dots, layout_engine=ImageFont.Layout.RAQM
                )
                font.set_variation_by_axes([style.weight])
            except OSError as error:
                raise FontMissingError(
                    f"the receipt font {self._font_path} cannot be opened: {error}"
                ) from error
            self._fonts[style] = font
        return self._fonts[style]


_PROVEN: set[Path] = set()
"""Fonts whose shaping was proven in this process; it cannot change while the process lives."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a text stands: its row, the x of its anchor, and Pillow's name of the anchor."""

    row: int
    x: int
    anchor: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """Language and direction of one value; each value is drawn by itself, so none can turn another."""

    language: str
    is_rtl: bool

    @property
    def direction(self) -> str:
        return "rtl" if self.is_rtl else "ltr"

    def start(self, row: int, width: int) -> _Spot:
        return _Spot(row, width, "rs") if self.is_rtl else _Spot(row, 0, "ls")


@dataclass(frozen=True, slots=True)
class _Amounts:
    """How the amounts of one table are set; ``width`` is the widest of them."""

    reading: _Reading
    width: int
    has_own_line: bool


class _Canvas:
    """Some lines of one style, drawn grey and then burnt to ink."""

    def __init__(self, width: int, style: Style, lines: int) -> None:
        self._style = style
        self._grey = Image.new("L", (width, style.pitch_dots * lines), 255)
        self._pen = ImageDraw.Draw(self._grey)

    def put(self, text: str, font: ImageFont.FreeTypeFont, reading: _Reading, spot: _Spot) -> None:
        if text:
            self._pen.text(
                (spot.x, spot.row * self._style.pitch_dots + self._style.baseline_dots),
                text,
                fill=0,
                font=font,
                anchor=spot.anchor,
                direction=reading.direction,
                language=reading.language,
            )

    def picture(self) -> Image.Image:
        return self._grey.point([0] * INK_BELOW + [255] * (256 - INK_BELOW), mode="1")


def check_shaping(font: ImageFont.FreeTypeFont) -> None:
    """Prove that letters join and that Latin inside Persian is ordered, or refuse to start.

    Raises:
        ShapingMissingError: With the Debian package to install.
    """
    if not features.check("raqm") or not features.check("fribidi"):
        raise ShapingMissingError(
            f"Persian and Arabic receipts need the system library fribidi: install the Debian package {_DEBIAN_PACKAGE}"
        )
    joined = font.getmask("به", direction="rtl", language="fa")
    apart = font.getmask("ب\u200cه", direction="rtl", language="fa")
    ordered = font.getmask("ab ب", direction="rtl", language="fa")
    as_typed = font.getmask("\u202dab ب", direction="ltr", language="fa")
    if bytes(joined) == bytes(apart) or bytes(ordered) == bytes(as_typed):
        raise ShapingMissingError(
            f"fribidi is there but letters are not joined or not ordered: reinstall the Debian package {_DEBIAN_PACKAGE}"
        )
