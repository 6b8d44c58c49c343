"""What the table of support says our host sends is what it sends: nothing else, and all of it."""

from __future__ import annotations

from hardware.vmc96.frames import FrameReader
from hardware.vmc96.host import K1Board
from hardware.vmc96.messages import Address
from tests.hardware.vmc96.conversation import Conversation, started


def test_the_host_sends_what_it_says_that_it_sends() -> None:
    wire = started(Conversation())
    wire.vend(1, "first")
    wire.fault("motor_stuck")
    wire.vend(2, "second", for_ms=20_000)
    frames = FrameReader().feed(b"".join(wire.asked), 0)
    assert {frame.address for frame in frames} == {Address.MOTORS}
    assert {frame.body[0] for frame in frames} == K1Board.asks
