"""Receipts as a shopper holds them, drawn by the simulated printer from the bytes it received, dot by dot.

The pictures are made anew by hand only, and looked at: ``python -m tests.hardware.escpos.test_golden``.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from hardware.document import Columns, Document, Line
from hardware.escpos import FONT_FILE
from hardware.escpos.frames import ReceiptEncoder
from hardware.simulators.printer import PrinterSim
from tests.hardware.escpos.receipts import RECEIPTS

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = {
    "en": "Tea \u202e00.1€\u202c \x1bp\x0022\u2067x",
    "fa": "چای \u202e۰۰٫۱ €\u202c \x10\x14\x01\u2066ن",
    "ar": "شاي \u202e٠٠٫١ €\u202c \x1dV\x00\u2068ن",
}


def paper_of(document: Document, width_dots: int = 576) -> Image.Image:
    sim = PrinterSim("printer", width_dots)
    now_ms = 0
    for block in ReceiptEncoder(FONT_FILE, width_dots, 512).blocks(document):
        sim.machine.receive(block, now_ms)
        now_ms += 2_000
        sim.machine.tick(now_ms)
    (sheet,) = sim.sheets()
    assert sim.snapshot()["drawer_pulses"] == 0
    return Image.open(io.BytesIO(sheet)).convert("1")


def difference(left: Image.Image, right: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.logical_xor(left, right).getbbox()


@pytest.mark.parametrize("language", RECEIPTS)
def test_the_receipt_looks_as_it_did_when_somebody_looked_at_it(language: str) -> None:
    golden = Image.open(GOLDEN / f"{language}.png").convert("1")
    paper = paper_of(RECEIPTS[language])
    assert paper.size == golden.size
    assert difference(paper, golden) is None


@pytest.mark.parametrize("language", HOSTILE)
def test_a_hostile_name_leaves_its_neighbours_and_the_price_alone(language: str) -> None:
    def bill(name: str) -> Document:
        return Document(
            language,
            is_rtl=language != "en",
            parts=(Line("1 2 3"), Columns(name, "€12.34"), Columns("x", "€5.00")),
        )

    hostile, honest = paper_of(bill(HOSTILE[language])), paper_of(bill("x"))
    assert hostile.size == honest.size
    edge = (hostile.width // 3, 2 * hostile.width // 3)
    for picture in (hostile, honest):
        # The names' side of the second row is blanked; all the rest is to be the same.
        side = (
            (0, 96, edge[1], hostile.height)
            if language == "en"
            else (edge[0], 96, hostile.width, hostile.height)
        )
        picture.paste(1, side)
    assert difference(hostile, honest) is None


def test_the_same_receipt_fits_narrow_paper() -> None:
    for document in RECEIPTS.values():
        assert paper_of(document, 384).width == 384 + 64


def test_a_persian_word_is_joined_and_not_merely_reversed() -> None:
    def drawn(text: str) -> Image.Image:
        return paper_of(Document("fa", is_rtl=True, parts=(Line(text),)))

    assert difference(drawn("به"), drawn("ب\u200cه")) is not None


def test_groups_of_arabic_digits_in_an_amount_keep_their_order() -> None:
    """Blank between Arabic digits: by the bare algorithm the thousands would stand behind the hundreds."""

    def drawn(amount: str) -> Image.Image:
        return paper_of(Document("ar", is_rtl=True, parts=(Columns("س", amount),)))

    spaced, marked = drawn("١٢ ٥٠٠ €"), drawn("١٢\u200e ٥٠٠ €")
    assert difference(spaced, marked) is None


def draw_anew() -> None:
    """Draw the golden pictures; look at each before committing it."""
    GOLDEN.mkdir(exist_ok=True)
    for language, document in RECEIPTS.items():
        paper_of(document).save(GOLDEN / f"{language}.png", optimize=True)


if __name__ == "__main__":
    draw_anew()
