"""The far end: what our simulated printer says and how it splits a stream. The simulator's own test speaks raw bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document import Cut, Document, Line
from hardware.escpos import FONT_FILE
from hardware.escpos.device import BUFFER_BYTES, Order, OrderReader
from hardware.escpos.frames import ReceiptEncoder
from hardware.simulators.printer import PrinterSim
from tests.hardware.escpos.receipts import PERSIAN
from tests.hardware.escpos.vectors import VECTORS


def printer_in(scene: str) -> PrinterSim:
    sim = PrinterSim("printer")
    match scene:
        case "cover_open":
            sim.act("open_cover", {}, 0)
        case "cutter":
            sim.set_fault("cutter_jam", True, 0)
            sim.machine.receive(b"\x1dV\x00", 0)
        case "drawer_high":
            sim.set_fault("drawer_open", True, 0)
        case "well":
            pass
        case fault:
            sim.set_fault(fault, True, 0)
    sim.machine.bytes_to_send()
    return sim


@pytest.mark.parametrize("vector", VECTORS["status"], ids=lambda vector: vector["what"])
def test_the_printer_answers_as_the_manual_says(vector: dict[str, Any]) -> None:
    sim = printer_in(vector["scene"])
    sim.machine.receive(bytes.fromhex(vector["ask"]), 0)
    assert sim.machine.bytes_to_send() == bytes.fromhex(vector["answer"])


def orders_of(data: bytes, cuts: list[int]) -> list[Order]:
    reader = OrderReader()
    orders: list[Order] = []
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        reader.feed(data[start:end])
        while (order := reader.next()) is not None:
            orders.append(order)
    return orders


def joined(orders: list[Order]) -> list[Order]:
    """Characters may come in several pieces; a person sees one text."""
    whole: list[Order] = []
    for order in orders:
        if whole and order.code == whole[-1].code == b"":
            whole[-1] = Order(b"", data=whole[-1].data + order.data)
        else:
            whole.append(order)
    return whole


@pytest.mark.parametrize("vector", VECTORS["stream"], ids=lambda vector: vector["what"])
def test_a_worked_stream_is_split_into_its_orders(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    orders = orders_of(data, [])
    assert [order.code for order in orders] == [bytes.fromhex(code) for code in vector["orders"]]
    assert b"".join(order.code + order.args + order.data for order in orders) == data


@pytest.mark.parametrize("vector", VECTORS["command"], ids=lambda vector: vector["what"])
def test_both_ends_agree_on_a_worked_document(vector: dict[str, Any]) -> None:
    document = Document("en", is_rtl=False, parts=(Line("Hello"), Cut()))
    sent = b"".join(ReceiptEncoder(FONT_FILE, 576, 512).blocks(document))
    assert sent == bytes.fromhex(vector["host"])
    assert [order.code for order in orders_of(sent, [])] == [bytes.fromhex(code) for code in vector["orders"]]


PERSIAN_BYTES = b"".join(ReceiptEncoder(FONT_FILE, 576, 512).blocks(PERSIAN))
PERSIAN_ORDERS = orders_of(PERSIAN_BYTES, [])


@given(st.lists(st.integers(0, len(PERSIAN_BYTES)), max_size=8))
def test_a_receipt_split_anywhere_gives_the_same_orders(cuts: list[int]) -> None:
    assert joined(orders_of(PERSIAN_BYTES, sorted(cuts))) == PERSIAN_ORDERS


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_no_stream_stops_the_printer_from_answering(data: bytes, cuts: list[int]) -> None:
    sim = PrinterSim("printer")
    now_ms = 0
    bounds = sorted(min(cut, len(data)) for cut in cuts)
    for start, end in zip([0, *bounds], [*bounds, len(data)], strict=True):
        now_ms += 10
        sim.machine.receive(data[start:end], now_ms)
    sim.machine.receive(b"\x00" * 4, now_ms)  # ends any real-time request that the noise began
    sim.machine.bytes_to_send()
    sim.machine.receive(b"\x10\x04\x01", now_ms)
    assert len(sim.machine.bytes_to_send()) == 1


def test_a_buffer_that_is_overrun_loses_bytes_and_says_so() -> None:
    sim = PrinterSim("printer")
    sim.act("open_cover", {}, 0)
    sim.machine.receive(b"x" * (BUFFER_BYTES - 100), 0)
    assert sim.machine.buffer_full
    sim.machine.receive(b"y" * 150, 0)
    assert sim.snapshot()["lost_bytes"] == 50
