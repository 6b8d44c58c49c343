"""One wire, many devices: who answers where, two at one address, and mixed kinds in their turns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cctalk.discovery import POLL_MS, Heard, clash_question, heard_in, poll_question
from hardware.cctalk.frames import Check
from hardware.cctalk.host import HopperConfig
from hardware.cctalk.messages import Header
from hardware.events import (
    AcceptorIdentified,
    CoinAccepted,
    CoinsPaid,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    Fault,
    HopperIdentified,
    LineNoise,
    NoteEscrowed,
    NoteStacked,
)
from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.cctalk_wire import CcTalkSlave, CcTalkWire
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from tests.hardware.cctalk.conversation import (
    COINS,
    NOTES,
    SERIAL,
    Conversation,
    acceptor_config,
    hopper_config,
    validator_config,
)


def of(kind: type[DeviceEvent], events: Sequence[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if isinstance(event, kind)]


def all_kinds(check: Check = Check.SUM) -> tuple[CoinAcceptorSim, HopperSim, NoteValidatorSim]:
    hopper = HopperSim("hopper1", 3, 7, 10, check=check)
    hopper.fill(50)
    return (
        CoinAcceptorSim("coin", 2, SERIAL, COINS, check=check),
        hopper,
        NoteValidatorSim("note", 40, SERIAL, NOTES, check=check),
    )


@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("has_echo", [True, False])
def test_coins_notes_and_payouts_go_on_side_by_side(check: Check, has_echo: bool) -> None:
    coin, hopper, note = all_kinds(check)
    wire = Conversation(
        [acceptor_config(), hopper_config(), validator_config()], [coin, hopper, note], check=check
    )
    coin.set_fault("no_echo", not has_echo, wire.now_ms)
    wire.open()
    wire.open_notes()
    wire.run(6000)
    wire.pay(10)
    coin.drop(3, 5, wire.now_ms)
    note.insert(2, wire.now_ms)
    wire.run(2000)
    assert len(of(NoteEscrowed, wire.seen)) == 1
    wire.stack()
    wire.run(4000)
    assert len(of(CoinAccepted, wire.seen)) == 5
    assert len(of(NoteStacked, wire.seen)) == 1
    (paid,) = of(CoinsPaid, wire.seen)
    assert isinstance(paid, CoinsPaid)
    assert paid.paid_qty == hopper.tray == 10
    polls = [at for at, frame in wire.sent if frame[0] == 2 and frame[3] == Header.READ_EVENTS]
    late = [after - before for before, after in pairwise(polls[20:])]
    assert max(late) <= 300


@pytest.mark.parametrize("reply_ms", [5, 30, 45])
def test_an_acceptor_that_answers_slowly_leaves_the_hoppers_beside_it_their_turn(reply_ms: int) -> None:
    """A slow adapter makes each poll long: what could make the next one late waits for one poll, not for ever."""
    coin, hopper, note = all_kinds()
    coin.reply_ms = reply_ms
    wire = Conversation([acceptor_config(), hopper_config(), validator_config()], [coin, hopper, note])
    wire.open()
    wire.open_notes()
    wire.run(6000)
    wire.pay(10)
    wire.run(5000)
    (paid,) = of(CoinsPaid, wire.seen)
    assert isinstance(paid, CoinsPaid)
    assert paid.paid_qty == hopper.tray == 10
    polls = [at for at, frame in wire.sent if frame[0] == 2 and frame[3] == Header.READ_EVENTS]
    assert max(after - before for before, after in pairwise(polls[20:])) <= 300


def clashing(second_serial: int = 9, *, reply_ms: int = 5) -> tuple[Conversation, HopperSim, HopperSim]:
    """Two hoppers at address 3, of which we know one."""
    first, second = HopperSim("hopper1", 3, 7, 10), HopperSim("stranger", 3, second_serial, 20)
    second.reply_ms = reply_ms
    return Conversation([hopper_config()], [first, second], has_clash=True), first, second


@pytest.mark.parametrize("reply_ms", [5, 6, 30])
def test_two_devices_at_one_address_are_reported_and_not_used(reply_ms: int) -> None:
    wire, first, second = clashing(reply_ms=reply_ms)
    events = wire.run(40_000)
    told = [event for event in events if not isinstance(event, LineNoise)]
    assert told[-2:] == [
        DeviceFaulted("hopper1", DeviceKind.HOPPER, Fault.ADDRESS_CLASH, 3),
        DeviceLost("hopper1", DeviceKind.HOPPER, Fault.ADDRESS_CLASH),
    ] or told == [
        DeviceLost("hopper1", DeviceKind.HOPPER, Fault.NO_REPLY),
        DeviceFaulted("hopper1", DeviceKind.HOPPER, Fault.ADDRESS_CLASH, 3),
    ], "once, and nothing after it"
    wire.pay(5)
    wire.run(5000)
    assert first.tray == second.tray == 0
    assert Header.DISPENSE not in wire.sent_headers(3)


def test_when_the_second_device_is_taken_away_the_first_is_used() -> None:
    wire, _, second = clashing()
    wire.run(40_000)
    second.set_power(False, wire.now_ms)
    events = wire.run(40_000)
    assert DeviceRecovered("hopper1", DeviceKind.HOPPER) in events
    assert len(of(HopperIdentified, events)) == 1


def test_a_second_device_that_comes_to_a_working_one_is_found() -> None:
    wire, first, second = clashing()
    second.set_power(False, wire.now_ms)
    assert len(of(HopperIdentified, wire.run(3000))) == 1
    second.set_power(True, wire.now_ms)
    wire.run(2000)
    first.fill(10)
    second.fill(10)
    wire.pay(2)
    events = wire.run(60_000)
    assert DeviceFaulted("hopper1", DeviceKind.HOPPER, Fault.ADDRESS_CLASH, 3) in events
    assert (first.tray, second.tray) == (2, 0), "each obeys its own serial number only"
    second.set_power(False, wire.now_ms)
    (paid,) = of(CoinsPaid, wire.run(60_000))
    assert isinstance(paid, CoinsPaid)
    assert paid.paid_qty == 2


def test_a_clash_does_not_stop_the_others_on_the_wire() -> None:
    first, second = HopperSim("hopper1", 3, 7, 10), HopperSim("stranger", 3, 9, 20)
    coin = CoinAcceptorSim("coin", 2, SERIAL, COINS)
    wire = Conversation([acceptor_config(), hopper_config()], [coin, first, second], has_clash=True)
    wire.open()
    wire.run(40_000)
    coin.drop(3, 2, wire.now_ms)
    assert len(of(CoinAccepted, wire.run(3000))) == 2
    assert len(of(AcceptorIdentified, wire.seen)) == 1


def test_one_device_that_is_lost_and_back_is_no_clash() -> None:
    hopper = HopperSim("hopper1", 3, 7, 10)
    wire = Conversation([HopperConfig("hopper1", 3)], [hopper])
    wire.run(3000)
    for fault in ("mute", "corrupt_byte", "half_frame", "noise"):
        hopper.set_fault(fault, True, wire.now_ms)
        wire.run(20_000)
        hopper.set_fault(fault, False, wire.now_ms)
        wire.run(20_000)
    assert of(DeviceFaulted, wire.seen) == []


# --- who is there -----------------------------------------------------------------------------------------------------


def poll(slaves: Sequence[CcTalkSlave], question: bytes, *, has_clash: bool = False) -> Heard:
    wire = CcTalkWire(slaves, has_clash=has_clash)
    wire.receive(question, 0)
    heard = b""
    for now_ms in range(POLL_MS + 1):
        wire.tick(now_ms)
        heard += wire.bytes_to_send()
    return heard_in(heard, question)


@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("has_echo", [True, False])
def test_an_address_poll_finds_every_device_on_the_wire(check: Check, has_echo: bool) -> None:
    slaves = all_kinds(check)
    slaves[0].set_fault("no_echo", not has_echo, 0)
    assert poll(slaves, poll_question(check)) == Heard((2, 3, 40), ())


def test_two_devices_at_one_address_sound_like_one_until_that_address_is_asked_alone() -> None:
    def pair() -> tuple[HopperSim, HopperSim]:
        return HopperSim("hopper1", 3, 7, 10), HopperSim("stranger", 3, 9, 20)

    assert poll(pair(), poll_question(), has_clash=True) == Heard((3,), ())
    assert poll(pair(), clash_question(3), has_clash=True) == Heard((3,), (3,))
    assert poll(pair()[:1], clash_question(3)) == Heard((3,), ())
    assert poll(pair()[:1], clash_question(4)) == Heard((), ())


@given(st.binary(max_size=40))
def test_whatever_is_heard_after_an_address_poll_names_slaves_only(noise: bytes) -> None:
    heard = heard_in(noise, poll_question())
    assert set(heard.addresses) <= set(range(2, 256))
    assert set(heard.clashing) <= set(heard.addresses)
