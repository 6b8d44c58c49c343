"""Commands come from templates alone, whatever a document says; and they are few."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.document import Align, Columns, Cut, Document, Line, Part, Qr, Rule
from hardware.escpos import FONT_FILE
from hardware.escpos.device import OrderReader
from hardware.escpos.frames import ReceiptEncoder, _Commands
from hardware.escpos.messages import CODE_PAGES
from hardware.simulators.printer import PrinterSim
from tests.hardware.escpos.receipts import ARABIC, ENGLISH, LINK, PERSIAN

ENCODER = ReceiptEncoder(FONT_FILE, 576, 512)
NARROW = ReceiptEncoder(FONT_FILE, 384, 64)
REALTIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
# Text, line feed, initialise, code page, bold, size, alignment, position, strip, feeds, status on, raster, QR, units, cut.
TEMPLATES = {
    b"", b"\n", b"\x1b@", b"\x1bt", b"\x1bE", b"\x1ba", b"\x1b$", b"\x1b*", b"\x1bJ", b"\x1bd",
    b"\x1d!", b"\x1da", b"\x1dv", b"\x1d(", b"\x1dP", b"\x1dV",
}  # fmt: skip

texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="سلامپچ ۱۲٫€\u200c\u2066\u2069\u202e", max_size=40),
    st.text(alphabet="\x10\x14\x04\x05\x1b\x1dpVabc @", max_size=40),
)
parts = st.one_of(
    st.builds(Line, texts, st.booleans(), st.booleans(), st.sampled_from(Align)),
    st.builds(Columns, texts, texts, st.booleans(), st.booleans()),
    st.just(Rule()),
    st.just(Qr(LINK, "caption")),
    st.just(Cut()),
)


def documents(language: str) -> st.SearchStrategy[Document]:
    return st.builds(
        Document,
        st.just(language),
        st.just(language != "en"),
        st.lists(parts, max_size=5).map(tuple[Part, ...]),
    )


def codes(blocks: tuple[bytes, ...]) -> set[bytes]:
    """The orders of a job; fails when a block ends inside one."""
    found: set[bytes] = set()
    for block in blocks:
        reader = OrderReader()
        reader.feed(block)
        while (order := reader.next()) is not None:
            found.add(order.code)
        assert len(reader) == 0
    return found


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_no_text_yields_a_command_outside_the_templates(language: str, data: st.DataObject) -> None:
    document = data.draw(documents(language))
    for encoder in (ENCODER, NARROW):
        blocks = encoder.blocks(document)
        assert codes(blocks) <= TEMPLATES
        assert not [pair for pair in REALTIME if pair in b"".join(blocks)]


@pytest.mark.parametrize("text", ["\x10\x14\x01\x00\x01", "\x1bp\x0022", "\x1dV\x00", "a\x1d(k"])
def test_printer_commands_in_a_name_are_printed_as_what_is_left_of_them(text: str) -> None:
    plain = Document("en", is_rtl=False, parts=(Line("".join(char for char in text if char >= " ")),))
    assert ENCODER.blocks(Document("en", is_rtl=False, parts=(Line(text),))) == ENCODER.blocks(plain)


def test_english_is_sent_as_characters() -> None:
    assert b"\x1b*" not in codes(ENCODER.blocks(ENGLISH))
    assert b"Sparkling water 0.5 l" in b"".join(ENCODER.blocks(ENGLISH))


def test_english_with_a_character_that_the_printer_lacks_is_drawn_whole() -> None:
    found = codes(ENCODER.blocks(Document("en", is_rtl=False, parts=(Line("Żubrówka"), Line("plain")))))
    assert found & {b"\x1b*", b"\x1dv"}
    assert b"" not in found


@pytest.mark.parametrize("page", CODE_PAGES)
def test_each_code_page_prints_the_characters_that_it_has(page: str) -> None:
    has_cyrillic = page == "cp866"
    text = "Чай" if has_cyrillic else "café"
    encoder = ReceiptEncoder(FONT_FILE, 576, 512, page)
    document = Document("en", is_rtl=False, parts=(Line(text),))
    assert text.encode(page) in b"".join(encoder.blocks(document))
    sim = PrinterSim("printer")
    plain_sim = PrinterSim("printer")
    sim.machine.receive(b"".join(encoder.blocks(document)), 0)
    usual = b"".join(ENCODER.blocks(document))
    if not has_cyrillic:
        plain_sim.machine.receive(usual, 0)
        for each in (sim, plain_sim):
            each.machine.tick(5_000)
        assert sim.sheets() == plain_sim.sheets() != []


def test_what_the_code_page_lacks_is_drawn() -> None:
    document = Document("en", is_rtl=False, parts=(Line("Żubrówka"),))
    assert codes(ENCODER.blocks(document)) & {b"\x1b*", b"\x1dv"}
    assert b"\x1b*" not in codes(ReceiptEncoder(FONT_FILE, 576, 512, "cp852").blocks(document))


def test_a_drawn_receipt_costs_at_most_twelve_times_the_bytes_of_text() -> None:
    latin = sum(map(len, ENCODER.blocks(ENGLISH)))
    for document in (PERSIAN, ARABIC):
        drawn = sum(map(len, ENCODER.blocks(document)))
        print(f"{document.language}: {drawn} bytes, {drawn / latin:.1f} times the {latin} of English")
        assert drawn <= 12 * latin


def test_blocks_are_no_longer_than_they_may_be() -> None:
    for document in (ENGLISH, PERSIAN, ARABIC):
        assert max(map(len, ENCODER.blocks(document))) <= 512


def test_a_label_too_long_for_its_line_leaves_the_amount_whole() -> None:
    document = Document("en", is_rtl=False, parts=(Columns("word " * 60, "€123.45"),))
    lines = b"".join(ENCODER.blocks(document)).decode("cp858").split("\n")
    assert lines[-2].endswith("€123.45")
    assert len(lines[-2]) == 48
    assert len(lines) == 4


def test_an_amount_wider_than_its_column_stands_on_a_line_of_its_own() -> None:
    document = Document(
        "en", is_rtl=False, parts=(Columns("Label", "1234567890 1234567890 1234567890 12345"),)
    )
    lines = b"".join(ENCODER.blocks(document)).decode("cp858").split("\n")
    assert lines[-2] == "1234567890 1234567890 1234567890 12345".rjust(48)


@pytest.mark.parametrize("pair", REALTIME)
@pytest.mark.parametrize("as_columns", [True, False])
def test_ink_that_looks_like_a_real_time_request_gets_one_more_dot(pair: bytes, as_columns: bool) -> None:
    """Some models act on these bytes even inside a picture: answer, recover, open the drawer."""
    raster = Image.frombytes("1", (16, 1), bytes(255 - byte for byte in pair))
    picture = Image.new("1", (576, 24), 1)
    if as_columns:
        picture.paste(raster.transpose(Image.Transpose.TRANSPOSE), (500, 0))
        picture.putpixel((300, 0), 0)  # so that the strip begins at the first row
    else:
        picture.paste(raster, (0, 0))
    data = b"".join(ENCODER._picture(_Commands(), picture))
    harmless = {0x04: 0x0C, 0x05: 0x0D, 0x14: 0x1C}[pair[1]]
    assert pair not in data
    assert bytes((0x10, harmless)) in data
