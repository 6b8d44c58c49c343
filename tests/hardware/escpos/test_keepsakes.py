"""The vendor's own lines are kept in the printer where it can; the paper looks the same, and no silence is believed."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from hardware.document import Align, Cut, Document, Line
from hardware.escpos import FONT_FILE
from hardware.escpos.device import OrderReader
from hardware.escpos.frames import KEEPSAKE_BYTES, ReceiptEncoder
from hardware.escpos.host import Printer, PrinterModel
from hardware.escpos.messages import (
    BLOCK_GAP_MS,
    KEY_LIST,
    Condition,
    KeyList,
    PrintMark,
    RealTimeStatus,
    StatusReader,
    block_of,
    key_list_of,
)
from hardware.escpos.strips import STRIP_ROWS
from hardware.events import LineNoise, PrintEnded, PrintResult
from hardware.simulators.printer import PrinterSim
from tests.hardware.escpos.receipts import ARABIC, ENGLISH, PERSIAN, RECEIPTS
from tests.hardware.escpos.test_golden import GOLDEN
from tests.hardware.escpos.wire import Wire

PRINTED = [PrintResult.PRINTED]
KEEPING = PrinterModel(keeps_pictures=True)


def met(sim: PrinterSim | None = None) -> Wire:
    wire = Wire(Printer("printer", model=KEEPING), PrinterSim("printer") if sim is None else sim)
    wire.run(500)
    return wire


def printed(wire: Wire, document: Document, job: str) -> int:
    """Print a receipt; the bytes that it took."""
    before = len(wire.sent)
    wire.print(document, job)
    for _ in range(2_000):
        wire.run(10)
        if wire.ended(job):
            break
    assert [event.result for event in wire.ended(job)] == PRINTED
    return len(wire.sent) - before


def last_sheet(wire: Wire) -> Image.Image:
    return Image.open(io.BytesIO(wire.sim.sheets()[-1])).convert("1")


def inked(paper: Image.Image) -> list[bytes]:
    """Rows with ink: how much white a strip feeds at its end may differ by some rows."""
    rows = (paper.crop((0, y, paper.width, y + 1)) for y in range(paper.height))
    return [row.tobytes() for row in rows if ImageChops.invert(row).getbbox() is not None]


def is_golden(wire: Wire, language: str) -> bool:
    golden = Image.open(GOLDEN / f"{language}.png").convert("1")
    paper = last_sheet(wire)
    rows, wanted = inked(paper), inked(golden)
    # Ink that looks like a real-time request gets one more dot, in another place of a picture than of a strip.
    dots = sum(
        (this ^ that).bit_count()
        for one, two in zip(rows, wanted, strict=False)
        for this, that in zip(one, two, strict=True)
    )
    return abs(paper.height - golden.height) <= STRIP_ROWS and len(rows) == len(wanted) and dots <= 3


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_the_second_receipt_is_cheaper_and_looks_the_same_dot_by_dot(language: str) -> None:
    wire = met()
    first = printed(wire, RECEIPTS[language], "job-1")
    assert is_golden(wire, language)
    second = printed(wire, RECEIPTS[language], "job-2")
    assert is_golden(wire, language)
    latin = sum(map(len, ReceiptEncoder(FONT_FILE, 576, 512).blocks(ENGLISH)))
    print(f"{language}: {first} bytes, then {second}, {second / latin:.1f} times English")
    assert second < 9.5 * latin
    assert second < first - 2_000


def test_english_asks_for_no_pictures() -> None:
    wire = met()
    printed(wire, ENGLISH, "job-1")
    assert b"\x1d(L" not in wire.sent


def test_a_printer_that_lost_its_power_is_told_its_pictures_anew() -> None:
    wire = met()
    for job in ("job-1", "job-2"):
        printed(wire, PERSIAN, job)
    wire.sim.set_power(False, wire.now_ms)
    wire.sim.set_power(True, wire.now_ms)
    for job in ("job-3", "job-4"):
        printed(wire, PERSIAN, job)
        assert is_golden(wire, "fa")


def test_another_kiosk_process_believes_no_picture_that_it_did_not_define() -> None:
    sim = PrinterSim("printer")
    strangers = replace(PERSIAN, parts=(Line("نام دیگر", align=Align.CENTRE), *PERSIAN.parts[1:]))
    printed(met(sim), strangers, "job-1")
    wire = met(sim)
    printed(wire, PERSIAN, "job-1")
    assert is_golden(wire, "fa")
    printed(wire, PERSIAN, "job-2")
    assert is_golden(wire, "fa")


def test_a_model_that_keeps_none_prints_as_ever_and_is_not_asked_again() -> None:
    wire = met(PrinterSim("printer", keeps_pictures=False))
    printed(wire, PERSIAN, "job-1")
    assert is_golden(wire, "fa")
    printed(wire, PERSIAN, "job-2")
    assert is_golden(wire, "fa")
    assert wire.sent.count(b"\x1d(L") == 1


def test_a_printer_that_falls_silent_while_it_is_asked_prints_nothing() -> None:
    wire = met()
    wire.fault("mute")
    wire.print(PERSIAN)
    wire.run(20_000)
    (ended,) = wire.ended()
    assert ended.result is not PrintResult.PRINTED


def test_an_answer_that_comes_after_its_receipt_was_given_up_is_not_the_next_ones() -> None:
    wire = met()
    for job in ("job-1", "job-2"):
        printed(wire, PERSIAN, job)
    wire.print(PERSIAN, "job-3")
    wire.printer.tick(wire.now_ms)
    assert wire.printer.bytes_to_send().endswith(KEY_LIST)
    wire.printer.receive(block_of(Condition(is_online=False, cover_open=True)), wire.now_ms)
    assert [event.result for event in wire.printer.events() if isinstance(event, PrintEnded)] == [
        PrintResult.FAILED
    ]
    wire.printer.receive(block_of(Condition(is_online=True)) + key_list_of([b"no"]), wire.now_ms)
    wire.print(PERSIAN, "job-4")
    wire.run(10_000)
    assert [event.result for event in wire.ended("job-4")] == PRINTED
    assert wire.sent.count(KEY_LIST) == 2, "the printer is not asked again before the next contact"


def test_a_large_picture_is_not_kept_and_a_line_without_ink_is_none() -> None:
    encoder = ReceiptEncoder(FONT_FILE, 576, 512)
    lines = (Line("بازارچه " * 9, is_large=True, align=Align.CENTRE), Line(""), Line("کوتاه"))
    large, empty, short = encoder.keepsakes(Document("fa", is_rtl=True, parts=(*lines, Cut())))
    assert large is None
    assert empty is None
    assert short is not None
    assert len(short.define) <= KEEPSAKE_BYTES + 20
    assert encoder.keepsakes(ENGLISH) == ()
    assert encoder.keepsakes(replace(ARABIC, parts=ARABIC.parts[3:])) == ()


def test_what_is_defined_and_shown_are_whole_orders_and_ask_for_nothing() -> None:
    for document in (PERSIAN, ARABIC):
        for keepsake in ReceiptEncoder(FONT_FILE, 576, 512).keepsakes(document):
            assert keepsake is not None
            reader = OrderReader()
            reader.feed(keepsake.define + b"".join(keepsake.show))
            orders = []
            while (order := reader.next()) is not None:
                orders.append(order.code)
            assert len(reader) == 0
            assert set(orders) <= {b"\x1d(", b"\x1ba", b"\x1bJ"}
            assert not [pair for pair in (b"\x10\x04", b"\x10\x05", b"\x10\x14") if pair in keepsake.define]


# --- the answer -----------------------------------------------------------------------------------------------------


@given(st.sets(st.binary(min_size=2, max_size=2).filter(lambda key: min(key) > 32), max_size=40), st.data())
def test_a_key_list_is_read_however_it_is_cut_up(keys: set[bytes], data: st.DataObject) -> None:
    sent = key_list_of(keys)
    cut = data.draw(st.integers(0, len(sent)))
    reader = StatusReader(knows_lists=True)
    assert reader.receive(sent[:cut], 0) + reader.receive(sent[cut:], 0) == (KeyList(frozenset(keys)),)
    assert reader.take_dropped() == 0


def test_a_key_list_is_no_mark_whenever_it_comes() -> None:
    reader = StatusReader(knows_lists=True)
    answers = reader.receive(b"\x00" + key_list_of([b"AB"]) + b"\x00", 0)
    assert answers == (PrintMark(0), KeyList(frozenset({b"AB"})), PrintMark(0))


def test_a_status_inside_a_list_is_read_and_a_list_that_broke_off_costs_itself() -> None:
    reader = StatusReader(knows_lists=True)
    assert reader.receive(b"\x37\x73\x40AB\x12CD\x00", 0) == (
        RealTimeStatus(0x12),
        KeyList(frozenset({b"AB", b"CD"})),
    )
    assert reader.receive(b"\x37\x73\x40AB", 10) == ()
    assert reader.receive(b"\x00", 10 + BLOCK_GAP_MS + 1) == (PrintMark(0),)
    assert reader.receive(b"\x37\x73\x40" + b"A" * 200, 500) != ()
    assert reader.take_dropped() > 80


def test_noise_during_a_receipt_with_pictures_ends_it_once() -> None:
    wire = met()
    wire.fault("noise")
    wire.print(PERSIAN)
    wire.run(20_000)
    assert len([event for event in wire.told if isinstance(event, PrintEnded)]) == 1
    assert any(isinstance(event, LineNoise) for event in wire.told)
