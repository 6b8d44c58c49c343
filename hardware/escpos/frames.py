"""Turns a document into printer commands: python-escpos writes the bytes, this file chooses them and cuts
them up.

Commands come from templates only; a document's text never reaches the line except as characters or as ink.
Blocks end between commands, so that a question can stand after any of them and a job that is given up leaves
no half command behind.

Source: Epson, "ESC/POS Command Reference", for the three commands that python-escpos does not name (GS P, ESC
    $, ESC J).
"""

from __future__ import annotations

import textwrap
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, repeat, takewhile
from pathlib import Path
from typing import Final

import segno
from escpos import capabilities, constants
from escpos.image import EscposImage
from escpos.printer import Dummy
from PIL import Image

from hardware.document import Align, Columns, Cut, Document, Line, Qr, Rule
from hardware.escpos.messages import AUTO_STATUS_ON, USUAL_CODE_PAGE
from hardware.escpos.raster import Typesetter
from hardware.escpos.strips import RUN_OVERHEAD_BYTES, STRIP_ROWS, Block, Feed, Strip, plan
from hardware.escpos.text import plain

MIN_WIDTH_DOTS: Final = 384
"""58 mm paper."""

MAX_WIDTH_DOTS: Final = 576
"""80 mm paper."""

_RULE_CHARACTER: Final = "─"
_CHARACTER_DOTS: Final = 12
_LABEL_SHARE: Final = 3  # a label gets at least a third of the line, or the amount a line of its own
_LABEL_LINES: Final = 3
_PROFILE: Final = (
    "TM-T20II"  # 576 dots at 203 dpi, code page 858, native QR codes: the command set that receipts use
)
_MOTION_UNITS: Final = (
    constants.GS + b"P\xcb\xcb"
)  # one unit is one dot of a 203 dpi head, for positions and feeds
PREAMBLE: Final = constants.HW_INIT + AUTO_STATUS_ON + _MOTION_UNITS
"""How a drawn receipt begins; some models forget automatic status when they are initialised."""

KEEPSAKE_BYTES: Final = 2_000
"""Largest picture that a printer is asked to keep: its command must fit into half of a usual receive buffer."""

_GRAPHICS: Final = constants.GS + b"(L"
_CENTRED: Final = constants.ESC + b"a\x01"
_AT_LEFT: Final = constants.ESC + b"a\x00"
_MAX_FEED: Final = 255
_RASTER_HEAD_BYTES: Final = 8
_QR_MARGIN_DOTS: Final = 24
_LARGE_LEADING_DOTS: Final = 10
_QR_LARGEST_MODULE: Final = 8
_QR_SMALLEST_MODULE: Final = 3
_QR_WIDTH_SHARE: Final = 2  # at most half the paper's width: a telephone reads it from a hand's distance

# Some models act on these wherever they stand, even in a picture: answer, recover, open the drawer. One more
# dot beside one that is burnt anyway breaks the pair, is always possible, and cannot be seen; moving the
# whole line is neither.
_DISARMED: Final = ((b"\x10\x04", b"\x10\x0c"), (b"\x10\x05", b"\x10\x0d"), (b"\x10\x14", b"\x10\x1c"))


def _remove_scratch_folder() -> None:
    """Remove the folder that python-escpos makes in the temporary directory at each import and leaves there."""
    Path(capabilities.pickle_path).unlink(missing_ok=True)
    scratch = Path(capabilities.pickle_dir)
    if scratch.is_dir() and not any(scratch.iterdir()):
        scratch.rmdir()


_remove_scratch_folder()


@dataclass(frozen=True, slots=True)
class Keepsake:
    """A picture that a printer can keep until its power goes: how it is defined, and how it is shown.

    ``digest`` tells apart pictures that share one of the 8,836 key codes.
    """

    key: bytes
    digest: int
    define: bytes
    show: tuple[bytes, ...]


class ReceiptEncoder:
    """Makes the commands of one document, in blocks of at most ``block_bytes`` (a QR code's data may be
    longer alone).

    Args:
        font_path: The font for lines that are drawn.
        width_dots: Printable width, 384 to 576 and a multiple of 8.
        block_bytes: Longest block, 64 or more.
        code_page: The printer's own characters, one of `CODE_PAGES`.
    """

    def __init__(
        self, font_path: Path, width_dots: int, block_bytes: int, code_page: str = USUAL_CODE_PAGE
    ) -> None:
        self._typesetter = Typesetter(font_path, width_dots)
        self._width = width_dots
        self._block_bytes = block_bytes
        self._code_page = code_page

    def blocks(self, document: Document, kept: Sequence[Keepsake | None] = ()) -> tuple[bytes, ...]:
        """The whole receipt: English as the printer's own characters where it has them all, everything else
        drawn.

        ``kept`` stands for the first lines, each as a picture that the printer has, or None where it is drawn. With it the
        beginning (`PREAMBLE`) was sent before, because a printer may forget its pictures there.
        """
        if kept or not self._has_all_characters(document):
            return tuple(self._packed(self._drawn(document, kept)))
        return tuple(self._packed(self._text_commands(document)))

    def keepsakes(self, document: Document) -> tuple[Keepsake | None, ...]:
        """The first lines of a drawn document, the vendor's own and the same on every receipt, as pictures to be kept.

        None stands for a line without ink or one too large for a printer's buffer. Empty for a document that is not drawn.
        """
        if self._has_all_characters(document):
            return ()
        lines = takewhile(lambda part: isinstance(part, Line), document.parts)
        return tuple(self._keepsake(self._line(line, document)) for line in lines if isinstance(line, Line))

    def _line(self, line: Line, document: Document) -> Image.Image:
        return self._typesetter.draw([line], language=document.language, is_rtl=document.is_rtl)

    def _keepsake(self, picture: Image.Image) -> Keepsake | None:
        box = picture.point([1] + [0] * 255).getbbox()
        if box is None:
            return None
        left, top, right, bottom = box
        margin = min(left, picture.width - right)  # printed centred, so it is cut alike on both sides
        ink = picture.crop((margin, top, picture.width - margin, bottom))
        raster = _disarmed(EscposImage(ink).to_raster_format())
        if len(raster) > KEEPSAKE_BYTES:
            return None
        size = ink.width.to_bytes(2, "little") + ink.height.to_bytes(2, "little")
        digest = zlib.crc32(size + raster)
        key = bytes((33 + digest % 94, 33 + digest // 94 % 94))
        body = b"0S0" + key + b"\x01" + size + b"1" + raster
        return Keepsake(
            key=key,
            digest=digest,
            define=_GRAPHICS + len(body).to_bytes(2, "little") + body,
            show=(
                *_feed(top),
                _CENTRED + _GRAPHICS + b"\x06\x000U" + key + b"\x01\x01" + _AT_LEFT,
                *_feed(picture.height - bottom),
            ),
        )

    def _has_all_characters(self, document: Document) -> bool:
        if document.is_rtl:
            return False
        try:
            for text in _texts(document):
                plain(text).encode(self._code_page)
        except UnicodeEncodeError:
            return False
        return True

    def _packed(self, commands: Iterable[bytes]) -> Iterator[bytes]:
        block = b""
        for command in commands:
            if block and len(block) + len(command) > self._block_bytes:
                yield block
                block = b""
            block += command
        if block:
            yield block

    # --- the printer's own characters
    # ---------------------------------------------------------------------------------

    def _text_commands(self, document: Document) -> Iterator[bytes]:
        printer = _Commands()
        columns = self._width // _CHARACTER_DOTS
        printer.hw("INIT")
        yield printer.take() + AUTO_STATUS_ON  # some models forget it when they are initialised
        printer.charcode(self._code_page.upper())
        for part in document.parts:
            match part:
                case Line():
                    yield from _text_line(printer, part, columns)
                case Columns():
                    yield from _text_columns(printer, part, columns)
                case Rule():
                    printer.textln(_RULE_CHARACTER * columns)
                    yield printer.take()
                case Qr():
                    yield from self._qr(printer, part)
                    if part.caption:
                        yield from _text_line(printer, Line(part.caption, align=Align.CENTRE), columns)
                case Cut():
                    printer.cut()
                    yield printer.take()

    # --- drawn lines
    # --------------------------------------------------------------------------------------------------

    def _drawn(self, document: Document, kept: Sequence[Keepsake | None]) -> Iterator[bytes]:
        printer = _Commands()
        if not kept:
            yield PREAMBLE
        pictures = chain(kept, repeat(None))
        for (keepsake, is_text), group in groupby(
            zip(pictures, _with_captions(document), strict=False),
            key=lambda pair: (pair[0], isinstance(pair[1], Line | Columns | Rule)),
        ):
            parts = [part for _, part in group]
            if keepsake is not None:
                for _ in parts:
                    yield from keepsake.show
            elif is_text:
                texts = [part for part in parts if isinstance(part, Line | Columns | Rule)]
                yield from self._picture(
                    printer, self._typesetter.draw(texts, language=document.language, is_rtl=document.is_rtl)
                )
            else:
                for part in parts:
                    if isinstance(part, Qr):
                        yield from self._qr(printer, part)
                    else:
                        printer.cut()
                        yield printer.take()

    def _picture(self, printer: _Commands, picture: Image.Image) -> Iterator[bytes]:
        for piece in plan(_rows(picture), picture.width):
            match piece:
                case Feed():
                    yield from _feed(piece.rows)
                case Block():
                    yield from self._block(printer, picture, piece)
                case Strip():
                    yield from self._strip(picture, piece)

    def _block(self, printer: _Commands, picture: Image.Image, block: Block) -> Iterator[bytes]:
        ink = picture.crop((0, block.top, block.end, block.top + block.rows))
        if block.is_solid:
            ink = ink.resize((block.end // 2, block.rows // 2))
        most = max(1, (self._block_bytes - _RASTER_HEAD_BYTES) // -(-ink.width // 8))
        for top in range(0, ink.height, most):
            printer.image(
                ink.crop((0, top, ink.width, min(top + most, ink.height))),
                high_density_horizontal=not block.is_solid,
                high_density_vertical=not block.is_solid,
            )
            yield _disarmed(printer.take())

    def _strip(self, picture: Image.Image, strip: Strip) -> Iterator[bytes]:
        tall = Image.new("1", (picture.width, STRIP_ROWS), 1)
        tall.paste(picture.crop((0, strip.top, picture.width, min(picture.height, strip.top + STRIP_ROWS))))
        (ink,) = EscposImage(tall).to_column_format()
        column_bytes = STRIP_ROWS // 8
        longest = (self._block_bytes - RUN_OVERHEAD_BYTES) // column_bytes
        for first, end in strip.runs:
            for left in range(first, end, longest):
                right = min(end, left + longest)
                columns = ink[left * column_bytes : right * column_bytes]
                yield (
                    _at(left)
                    + constants.ESC
                    + b"*\x21"
                    + (right - left).to_bytes(2, "little")
                    + _disarmed(columns)
                )
        yield from _feed(STRIP_ROWS)

    def _qr(self, printer: _Commands, part: Qr) -> Iterator[bytes]:
        modules = segno.make_qr(part.data.encode(), error="m", boost_error=False).symbol_size(border=0)[0]
        size = self._width // _QR_WIDTH_SHARE // modules
        yield from _feed(_QR_MARGIN_DOTS)
        printer.set(align="center")
        printer.qr(
            part.data,
            ec=constants.QR_ECLEVEL_M,
            size=min(_QR_LARGEST_MODULE, max(_QR_SMALLEST_MODULE, size)),
            native=True,
        )
        printer.set(align="left")
        yield printer.take()
        yield from _feed(_QR_MARGIN_DOTS)


class _Commands(Dummy):  # type: ignore[misc] # python-escpos ships no types
    """python-escpos's in-memory printer, emptied after each command."""

    def __init__(self) -> None:
        super().__init__(profile=_PROFILE)

    def take(self) -> bytes:
        data = bytes(self.output)
        self.clear()
        return data


def _with_captions(document: Document) -> Iterator[Line | Columns | Rule | Qr | Cut]:
    for part in document.parts:
        yield part
        if isinstance(part, Qr) and part.caption:
            yield Line(part.caption, align=Align.CENTRE)


def _texts(document: Document) -> Iterator[str]:
    for part in _with_captions(document):
        match part:
            case Line():
                yield part.text
            case Columns():
                yield part.start
                yield part.end
            case _:
                pass


def _text_line(printer: _Commands, line: Line, columns: int) -> Iterator[bytes]:
    width = columns // 2 if line.is_large else columns
    _style(printer, line, is_wide=line.is_large)
    for row in textwrap.wrap(plain(line.text), width) or [""]:
        printer.textln(row.center(width).rstrip() if line.align is Align.CENTRE else row)
    yield from _unstyle(printer, line)


def _text_columns(printer: _Commands, part: Columns, columns: int) -> Iterator[bytes]:
    start, end = " ".join(plain(part.start).split()), " ".join(plain(part.end).split())[:columns]
    is_wide = part.is_large and len(start) + 1 + len(end) <= columns // 2
    if is_wide:
        columns //= 2
    beside = columns - len(end) - 1
    has_own_line = beside < columns // _LABEL_SHARE
    width = columns if has_own_line else beside
    rows = textwrap.wrap(start, width, max_lines=_LABEL_LINES, placeholder="...") or [""]
    if has_own_line:
        rows.append("")
    _style(printer, part, is_wide=is_wide)
    for row in rows[:-1]:
        printer.textln(row)
    printer.textln(rows[-1] + end.rjust(columns - len(rows[-1])))
    yield from _unstyle(printer, part)


def _style(printer: _Commands, part: Line | Columns, *, is_wide: bool) -> None:
    if part.is_bold:
        printer.set(bold=True)
    if part.is_large:
        printer.set(custom_size=True, width=2 if is_wide else 1, height=2)


def _unstyle(printer: _Commands, part: Line | Columns) -> Iterator[bytes]:
    if part.is_bold:
        printer.set(bold=False)
    if part.is_large:
        printer.set(custom_size=True, width=1, height=1)
    yield printer.take()
    if part.is_large:
        yield from _feed(_LARGE_LEADING_DOTS)


def _at(column: int) -> bytes:
    return bytes(constants.ESC + b"$" + column.to_bytes(2, "little"))


def _feed(rows: int) -> Iterator[bytes]:
    """Print what stands in the line buffer and feed."""
    while rows > 0:
        step = min(rows, _MAX_FEED)
        yield constants.ESC + b"J" + bytes((step,))
        rows -= step


def _disarmed(data: bytes) -> bytes:
    for armed, harmless in _DISARMED:
        data = data.replace(armed, harmless)
    return data


def _rows(picture: Image.Image) -> list[int]:
    """Rows as numbers, ink 1, the leftmost dot the highest bit."""
    stride = -(-picture.width // 8)
    data = EscposImage(picture).to_raster_format()
    spare = stride * 8 - picture.width
    return [
        int.from_bytes(data[at : at + stride], "big") >> spare
        for at in range(0, stride * picture.height, stride)
    ]
