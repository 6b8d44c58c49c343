"""What a printer's head leaves on paper, drawn from orders alone: characters, strips, rasters and QR codes.

Source: Epson, "ESC/POS Command Reference", for what each order does to position, style and feed.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Final

import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.escpos.device import Order
from hardware.escpos.raster import INK_BELOW

CELL_DOTS: Final = (12, 24)
"""Font A: 12 x 24 dots, 48 characters on 80 mm paper."""

LINE_DOTS: Final = 34
"""Line spacing of power on: a sixth of an inch at 203 dpi."""

TAIL_DOTS: Final = 96
"""From the head to the blade, 12 mm: a cut with feed moves the last line past it first."""

MARGIN_DOTS: Final = 32
"""White at both edges where the head does not reach: 4 mm, so 576 dots on 80 mm paper."""

_TYPE_DOTS: Final = 22
_BASELINE_DOTS: Final = 19
_WEIGHT: Final = 500
_BOLD_WEIGHT: Final = 800
_STRIP_ROWS: Final = 24
_HEAVY_LINE: Final = "═"
_LIGHT_LINE: Final = "─"
_DEFAULT_PAGE: Final = "cp437"
_PAGES: Final = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
}
_QR_LEVELS: Final = {48: "l", 49: "m", 50: "q", 51: "h"}


class Head:
    """Composes one line at a time and gives it away as rows of dots, ink set."""

    def __init__(self, width_dots: int, font_path: Path) -> None:
        self._width = width_dots
        self._font_path = font_path
        self._line: list[tuple[int, Image.Image]] = []
        self._qr_data = b""
        self.pictures: dict[bytes, Image.Image] = {}
        """What is kept until the power goes: key code -> ink."""
        self._reset()

    def _reset(self) -> None:
        self._line.clear()
        self._x = 0
        self._spacing = LINE_DOTS
        self._page = _DEFAULT_PAGE
        self._is_bold = False
        self._scale = (1, 1)
        self._align = 0
        self._qr_module = 3
        self._qr_level = "l"

    def draw(self, order: Order) -> Image.Image | None:
        """Carry out ``order``; the rows that it burns and feeds (ink 1), or None when nothing moves."""
        match order.code:
            case b"":
                return self._characters(order.data)
            case b"\n":
                return self._print(self._spacing)
            case b"\x1b@":
                self._reset()
            case b"\x1b$":
                self._x = int.from_bytes(order.args, "little")
            case b"\x1b*":
                self._strip(order)
            case b"\x1bJ":
                return self._print(order.args[0])
            case b"\x1bd":
                return self._print(order.args[0] * self._spacing)
            case b"\x1dv":
                return self._raster(order)
            case b"\x1d(":
                return self._symbol(order)
            case b"\x1dV":
                return self._print(TAIL_DOTS if len(order.args) > 1 else 0)
            case _:
                self._style(order)
        return None

    def _style(self, order: Order) -> None:
        match order.code:
            case b"\x1b2":
                self._spacing = LINE_DOTS
            case b"\x1b3":
                self._spacing = order.args[0]
            case b"\x1bE":
                self._is_bold = bool(order.args[0] & 1)
            case b"\x1b!":
                mode = order.args[0]
                self._is_bold = bool(mode & 0x08)
                self._scale = (1 + bool(mode & 0x20), 1 + bool(mode & 0x10))
            case b"\x1d!":
                self._scale = (1 + (order.args[0] >> 4 & 7), 1 + (order.args[0] & 7))
            case b"\x1ba":
                self._align = order.args[0] & 3
            case b"\x1bt":
                self._page = _PAGES.get(order.args[0], _DEFAULT_PAGE)
            case _:
                pass  # settings that change nothing one can see here

    def _characters(self, data: bytes) -> Image.Image | None:
        """Put characters on the line; a full line is printed, as printers do."""
        full: list[Image.Image] = []
        for character in data.decode(self._page, errors="replace"):
            cell = _cell(character, self._font_path, _BOLD_WEIGHT if self._is_bold else _WEIGHT)
            if self._scale != (1, 1):
                cell = cell.resize((cell.width * self._scale[0], cell.height * self._scale[1]), 0)
            if self._line and self._x + cell.width > self._width:
                rows = self._print(self._spacing)
                full += [rows] if rows is not None else []
            self._put(cell)
        return _stacked(full)

    def _strip(self, order: Order) -> None:
        columns = int.from_bytes(order.args[1:3], "little")
        is_tall, is_dense = order.args[0] in (32, 33), order.args[0] in (1, 33)
        stripe_bytes = 3 if is_tall else 1
        # Columns are the rows of the picture on its side.
        side = Image.frombytes("1", (stripe_bytes * 8, columns), order.data)
        strip = side.transpose(Image.Transpose.TRANSPOSE)
        self._put(strip.resize((columns if is_dense else columns * 2, _STRIP_ROWS), 0))

    def _put(self, picture: Image.Image) -> None:
        self._line.append((self._x, picture))
        self._x += picture.width

    def _print(self, feed: int) -> Image.Image | None:
        """Burn the line and feed; a line is fed by its height even when told to feed less."""
        height = max([feed, *(picture.height for _, picture in self._line)])
        shift = (self._width - self._x) * self._align // 2 if self._line else 0
        rows = Image.new("1", (self._width, height), 0) if height else None
        tallest = max((picture.height for _, picture in self._line), default=0)
        if rows is not None:
            for x, picture in self._line:
                rows.paste(1, (x + max(0, shift), tallest - picture.height), picture)
        self._line.clear()
        self._x = 0
        return rows

    def _raster(self, order: Order) -> Image.Image | None:
        mode = order.args[1]
        stride, height = int.from_bytes(order.args[2:4], "little"), int.from_bytes(order.args[4:6], "little")
        if not stride or not height:
            return None
        picture = Image.frombytes("1", (stride * 8, height), order.data)
        picture = picture.resize((stride * 8 * (1 + (mode & 1)), height * (1 + (mode >> 1 & 1))), 0)
        return self._whole(picture)

    def _symbol(self, order: Order) -> Image.Image | None:
        """``1D 28 6B``: settings, data and printing of a QR code, ``1D 28 4C``: kept pictures; others are passed over."""
        if order.args[:1] == b"L":
            return self._kept(order.data)
        if order.args[:1] != b"k" or order.data[:1] != b"1":
            return None
        function, value = order.data[1:2], order.data[2:]
        match function:
            case b"C" if value:
                self._qr_module = value[0]
            case b"E" if value:
                self._qr_level = _QR_LEVELS.get(value[0], "l")
            case b"P":
                self._qr_data = value[1:]
            case b"Q" if self._qr_data:
                return self._whole(self._qr())
            case _:
                pass
        return None

    def _kept(self, data: bytes) -> Image.Image | None:
        """Keep a picture (function 83), or show one (85)."""
        if data[:3] == b"0S0" and len(data) > 11:
            width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
            rows = data[11:]
            if 0 < width <= self._width and height and len(rows) == -(-width // 8) * height:
                ink = Image.frombytes("1", (-(-width // 8) * 8, height), rows)
                self.pictures[data[3:5]] = ink.crop((0, 0, width, height))
            return None
        picture = self.pictures.get(data[2:4]) if data[:2] == b"0U" else None
        return None if picture is None else self._whole(picture)

    def _qr(self) -> Image.Image:
        code = segno.make_qr(self._qr_data, error=self._qr_level, boost_error=False)
        modules = list(code.matrix)
        side = len(modules)
        picture = Image.frombytes(
            "L", (side, side), b"".join(bytes(255 * dot for dot in row) for row in modules)
        )
        return picture.point(lambda dot: dot, mode="1").resize((side * self._qr_module,) * 2, 0)

    def _whole(self, picture: Image.Image) -> Image.Image:
        """Something that takes its own rows and stands where the alignment says."""
        rows = Image.new("1", (self._width, picture.height), 0)
        rows.paste(picture, (max(0, (self._width - picture.width) * self._align // 2), 0))
        return rows


def _stacked(pieces: list[Image.Image]) -> Image.Image | None:
    if not pieces:
        return None
    whole = Image.new("1", (pieces[0].width, sum(piece.height for piece in pieces)), 0)
    top = 0
    for piece in pieces:
        whole.paste(piece, (0, top))
        top += piece.height
    return whole


@cache
def _cell(character: str, font_path: Path, weight: int) -> Image.Image:
    """One character of the printer's own font, ink 1."""
    width, height = CELL_DOTS
    cell = Image.new("L", CELL_DOTS, 255)
    if character in (_LIGHT_LINE, _HEAVY_LINE):
        cell.paste(0, (0, height // 2 - 1, width, height // 2 + 1))
    else:
        font = _font(font_path, weight)
        wide = Image.new("L", (max(1, round(font.getlength(character))) + 2, height), 255)
        ImageDraw.Draw(wide).text((1, _BASELINE_DOTS), character, fill=0, font=font, anchor="ls")
        if wide.width > width:
            wide = wide.resize(CELL_DOTS, Image.Resampling.LANCZOS)
        cell.paste(wide, ((width - wide.width) // 2, 0))
    return cell.point([255] * INK_BELOW + [0] * (256 - INK_BELOW), mode="1")


@cache
def _font(font_path: Path, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(font_path), _TYPE_DOTS, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([weight])
    return font


class Sheet:
    """The paper that was fed since the last cut: rows of dots below one another.

    The blade stands behind the head, so the last `TAIL_DOTS` rows are still inside when the paper is cut.
    """

    def __init__(self, width_dots: int) -> None:
        self._width = width_dots
        self._rows = [Image.new("1", (width_dots, TAIL_DOTS), 0)]
        self.length_dots = TAIL_DOTS
        """Rows from the top edge to the head; 8 to the millimetre."""

    def add(self, rows: Image.Image) -> None:
        """Add printed rows, ink 1."""
        self._rows.append(rows)
        self.length_dots += rows.height

    @property
    def has_ink(self) -> bool:
        """Whether anything is printed on it."""
        return any(rows.getbbox() is not None for rows in self._rows)

    def cut(self) -> bytes:
        """Take off what stands outside as a PNG picture; what is between head and blade begins the next
        sheet.
        """
        whole = self._whole()
        outside = max(0, self.length_dots - TAIL_DOTS)
        rest = whole.crop((0, outside, self._width, self.length_dots))
        self._rows, self.length_dots = [rest], rest.height
        return _png(whole.crop((0, 0, self._width, max(1, outside))))

    def png(self) -> bytes:
        """All of it as a PNG picture, paper white."""
        return _png(self._whole())

    def _whole(self) -> Image.Image:
        whole = _stacked(self._rows)
        return Image.new("1", (self._width, 1), 0) if whole is None else whole


def _png(ink: Image.Image) -> bytes:
    picture = Image.new("1", (ink.width + 2 * MARGIN_DOTS, ink.height), 1)
    picture.paste(0, (MARGIN_DOTS, 0), ink)
    data = io.BytesIO()
    picture.save(data, "PNG", optimize=True)
    return data.getvalue()
