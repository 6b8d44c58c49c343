"""P9: what a Persian or Arabic receipt costs on the printer's line, in bytes beside the same receipt in Latin characters.

Bytes need no clock: the figures are the same on every machine. The receipts are those of the printer's own tests, the paper is
80 mm; as a driver sends them, with the questions between the blocks.
"""

from __future__ import annotations

from typing import Final

from hardware.document import Columns, Document, Line, Rule
from hardware.escpos import FONT_FILE
from hardware.escpos.frames import PREAMBLE, ReceiptEncoder
from hardware.escpos.messages import KEY_LIST, MARK
from hardware.escpos.raster import Typesetter
from tests.bench.table import Row
from tests.hardware.escpos.receipts import ARABIC, ENGLISH, PERSIAN

WIDTH_DOTS: Final = 576
BLOCK_BYTES: Final = 512
GOAL: Final = 12
RASTER_HEAD_BYTES: Final = 8


def receipt_bytes(document: Document, *, is_kept: bool = False) -> int:
    """Bytes from our side for one receipt; ``is_kept``: the printer has the vendor's own lines from the receipt before."""
    encoder = ReceiptEncoder(FONT_FILE, WIDTH_DOTS, BLOCK_BYTES)
    kept = encoder.keepsakes(document) if is_kept else ()
    blocks = encoder.blocks(document, kept)
    asked = len(PREAMBLE) + len(KEY_LIST) if kept else 0
    return asked + sum(len(block) + len(MARK) for block in blocks)


def whole_lines_bytes(document: Document) -> int:
    """The plain way, for comparison: every line sent whole as a picture; the code and the cut are left out."""
    parts = [part for part in document.parts if isinstance(part, Line | Columns | Rule)]
    sheet = Typesetter(FONT_FILE, WIDTH_DOTS).draw(parts, language=document.language, is_rtl=document.is_rtl)
    return RASTER_HEAD_BYTES * len(parts) + sheet.height * WIDTH_DOTS // 8


def measure_paper() -> list[Row]:
    """One row for each language, drawn anew and with the vendor's lines kept."""
    latin = receipt_bytes(ENGLISH)
    rows = []
    for document in (PERSIAN, ARABIC):
        for is_kept, how in ((False, "every line's ink"), (True, "the vendor's lines kept in the printer")):
            size = receipt_bytes(document, is_kept=is_kept)
            rows.append(
                Row(
                    name="P9",
                    what=f"receipt in {document.language}, {how}",
                    value=f"{size:,} bytes, {size / latin:.1f} times Latin",
                    anchor=f"{latin:,} bytes Latin; whole lines {whole_lines_bytes(document) / latin:.0f} times",
                    goal=f"{GOAL} times",
                    is_met=size <= GOAL * latin,
                )
            )
    return rows
