"""Cuts a picture into the cheapest pieces that a printer can place, so that white is not sent.

A line sent whole is 72 bytes a row, most of it white. The column format (``1B 2A 21``) is 24 rows tall and
any number of columns wide, and ``1B 24`` jumps over white for four bytes, so only ink is sent. What does not
fill 24 rows (the tails of letters) may be cheaper as a raster, and a solid bar is sent at half density and
doubled. Rows are held as whole numbers, the leftmost dot the highest bit, so that looking for white costs
little.

A strip always feeds 24 rows: printers feed a line by its height even when told to feed less.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STRIP_ROWS: Final = 24
"""Rows of one column-format strip, mode 33."""

RUN_OVERHEAD_BYTES: Final = 9
"""``1B 24 nL nH`` to get there and ``1B 2A 21 nL nH`` to begin."""

_FEED_BYTES: Final = 3
_RASTER_OVERHEAD_BYTES: Final = 8
_COLUMN_BYTES: Final = STRIP_ROWS // 8
_BRIDGE_DOTS: Final = RUN_OVERHEAD_BYTES // _COLUMN_BYTES
"""White columns that cost no more to send than to jump over."""

_RUN: Final = re.compile(f"1+(?:0{{1,{_BRIDGE_DOTS}}}1+)*")
"""Ink columns with nothing but such bridges between them, in a strip's columns written as binary digits."""


@dataclass(frozen=True, slots=True)
class Feed:
    """White rows."""

    rows: int


@dataclass(frozen=True, slots=True)
class Strip:
    """24 rows from ``top``, of which only the columns in ``runs`` (first, end) have ink; it feeds all 24."""

    top: int
    runs: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return _FEED_BYTES + sum(
            RUN_OVERHEAD_BYTES + _COLUMN_BYTES * (end - first) for first, end in self.runs
        )


@dataclass(frozen=True, slots=True)
class Block:
    """``rows`` rows from ``top``, sent whole from the left edge to column ``end``.

    ``is_solid`` means that every dot of it is ink and that rows and columns are even: half of each will do.
    """

    top: int
    rows: int
    end: int
    is_solid: bool = False

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        rows, end = (self.rows // 2, self.end // 2) if self.is_solid else (self.rows, self.end)
        return _RASTER_OVERHEAD_BYTES + rows * -(-end // 8)


def plan(rows: Sequence[int], width: int) -> tuple[Feed | Strip | Block, ...]:
    """Choose the pieces that print ``rows`` (each a number of ``width`` bits) with the fewest bytes.

    Looks at every cut, from the last row up: the cheapest way to print everything from a row on is the
    cheapest first piece plus the cheapest way to print what is below it.
    """
    height = len(rows)
    below = [*rows, *[0] * STRIP_ROWS]
    cost = [0] * (height + STRIP_ROWS + 1)
    first: list[Strip | Block | None] = [None] * height
    for top in range(height - 1, -1, -1):
        choices: list[Strip | Block] = []
        if any(below[top : top + STRIP_ROWS]):
            choices.append(_strip(below, top, width))  # beginning on white may spare a cut further down
        if rows[top]:
            choices += _blocks(rows, top, width)
        else:
            cost[top] = cost[top + 1]
        for piece in choices:
            size = piece.size + cost[top + _rows_of(piece)]
            if size < cost[top] or (rows[top] and first[top] is None):
                cost[top], first[top] = size, piece
    return _walk(first)


def _walk(first: Sequence[Strip | Block | None]) -> tuple[Feed | Strip | Block, ...]:
    pieces: list[Feed | Strip | Block] = []
    top = white = 0
    while top < len(first):
        piece = first[top]
        if piece is None:
            white += 1
            top += 1
            continue
        if white:
            pieces.append(Feed(white))
            white = 0
        pieces.append(piece)
        top += _rows_of(piece)
    if white:
        pieces.append(Feed(white))
    return tuple(pieces)


def _rows_of(piece: Strip | Block) -> int:
    return STRIP_ROWS if isinstance(piece, Strip) else piece.rows


def _strip(rows: Sequence[int], top: int, width: int) -> Strip:
    ink = 0
    for row in rows[top : top + STRIP_ROWS]:
        ink |= row
    return Strip(top, tuple(found.span() for found in _RUN.finditer(f"{ink:0{width}b}")))


def _blocks(rows: Sequence[int], top: int, width: int) -> list[Block]:
    """Every raster that begins at ``top`` and is not taller than a strip; it ends with ink."""
    blocks: list[Block] = []
    ink = 0
    is_bar = True
    for bottom in range(top, min(len(rows), top + STRIP_ROWS)):
        row = rows[bottom]
        if not row:
            is_bar = False
            continue
        ink |= row
        end = width - ((ink & -ink).bit_length() - 1)
        count = bottom - top + 1
        is_bar = is_bar and row == rows[top] and row == (1 << width) - (1 << (width - end))
        blocks.append(Block(top, count, end, is_solid=is_bar and end % 2 == 0 and count % 2 == 0))
    return blocks
