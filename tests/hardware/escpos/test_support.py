"""What the table of support says our host sends is what it sends: nothing else, and all of it."""

from __future__ import annotations

from hardware.commands import OpenDrawer
from hardware.document import Document, Line
from hardware.escpos.device import OrderReader
from hardware.escpos.host import Printer, PrinterModel
from hardware.escpos.support import COMMANDS
from hardware.sansio import command_of
from tests.hardware.escpos.receipts import ENGLISH, PERSIAN
from tests.hardware.escpos.wire import AUTHORITY, Wire

LARGE = Document("en", False, (Line("200%", is_bold=True, is_large=True),))


def orders_in(sent: bytes) -> set[bytes]:
    """How its orders begin, characters aside; one that has no row shows whole."""
    reader, found = OrderReader(), set()
    reader.feed(sent)
    while sent:
        rest = len(sent)
        order = reader.next()
        if order is None:
            break
        taken, sent = sent[: rest - len(reader)], sent[rest - len(reader) :]
        command = command_of(COMMANDS, taken)
        if order.code:
            found.add(taken if command is None else command.code)
    return found


def test_the_host_sends_what_it_says_that_it_sends() -> None:
    wire = Wire(printer=Printer("printer", model=PrinterModel(keeps_pictures=True)))
    wire.run(3_000)
    for number, document in enumerate((ENGLISH, LARGE, PERSIAN, PERSIAN)):
        wire.print(document, f"job-{number}")
        wire.run(6_000)
    wire.printer.request(OpenDrawer("printer", "drawer"), AUTHORITY)
    wire.run(2_000)
    wire.fault("cutter_jam")
    wire.print(ENGLISH, "jammed")
    wire.run(30_000)
    assert orders_in(wire.sent) == Printer.asks


def test_a_printer_is_asked_for_its_drawer_and_its_paper_apart() -> None:
    wire = Wire()
    wire.fault("drawer_open")
    for kind, answer in ((b"\x02", b"\x01"), (b"\x01", b"\x00"), (b"2", b"\x01")):
        wire.sim.machine.receive(b"\x1dr" + kind, wire.now_ms)
        assert wire.sim.machine.bytes_to_send() == answer
