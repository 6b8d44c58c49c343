"""What the table of support says our host sends and reads is what it sends and reads."""

from __future__ import annotations

from hardware.fafb.frames import FrameReader
from hardware.fafb.host import CoilBoard
from tests.hardware.fafb.conversation import Conversation


def test_the_host_sends_what_it_says_that_it_sends() -> None:
    sent = bytearray()

    def overhear(data: bytes) -> bytes:
        sent.extend(data)
        return data

    wire = Conversation(to_board=overhear)
    wire.run(3_000)
    wire.vend(12)
    wire.sim.set_power(False, wire.now_ms)
    wire.run(5_000)
    wire.sim.set_power(True, wire.now_ms)
    wire.run(3_000)
    assert {frame.code for frame in FrameReader().feed(bytes(sent), 0)} == CoilBoard.asks


def test_what_the_host_reads_is_all_that_a_turn_needs() -> None:
    heard = bytearray()

    def overhear(data: bytes) -> bytes:
        heard.extend(data)
        return data

    wire = Conversation(to_host=overhear)
    wire.run(12_000)
    wire.vend(12)
    said = {frame.code for frame in FrameReader().feed(bytes(heard), 0)}
    assert said >= CoilBoard.reads
