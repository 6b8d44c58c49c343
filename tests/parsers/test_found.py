"""What the damaged lines found, each kept as the shortest story of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from hardware.cctalk.frames import Check
from hardware.cctalk.messages import Header
from hardware.events import (
    AcceptorIdentified,
    CoinsPaid,
    DeviceEvent,
    DeviceLost,
    Fault,
    LineNoise,
    VendFailed,
)
from hardware.fafb.frames import Frame, encode
from hardware.fafb.messages import Code
from hardware.simulators.coil_board import CoilBoardSim
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from kiosk.journal.entry import JournalDamagedError, read_content
from tests.hardware.cctalk import conversation as cctalk
from tests.hardware.fafb import conversation as fafb
from tests.parsers import recorded

Spoil = Callable[[bytes], Sequence[bytes]]


def late(answers: int) -> Spoil:
    """From now on every answer comes ``answers`` answers late, as through an adapter that stalled once."""
    waiting: list[bytes] = []

    def hold(data: bytes) -> Sequence[bytes]:
        waiting.append(data)
        return (waiting.pop(0),) if len(waiting) > answers else ()

    return hold


def twice(data: bytes) -> Sequence[bytes]:
    return (data, data)


@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("spoil", [twice, late(1), late(2)], ids=["twice", "one late", "two late"])
def test_without_echo_an_old_answer_is_not_taken_for_what_a_hopper_paid(check: Check, spoil: Spoil) -> None:
    sim = HopperSim("hopper1", 3, cctalk.SERIAL, 10, check=check)
    sim.fill(100)
    sim.set_fault("no_echo", True, cctalk.START_MS)
    wire = cctalk.Conversation([cctalk.hopper_config()], [sim], check=check)
    wire.run(3000)
    wire.to_host = spoil
    for number in range(6):
        wire.pay(number + 1, f"job{number}")
        wire.run(6000)
    wire.to_host = cctalk.whole
    wire.run(100_000)
    paid = [event.paid_qty for event in wire.seen if isinstance(event, CoinsPaid)]
    assert len(paid) == 6
    assert sum(paid) == sim.snapshot()["tray"]


@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("spoil", [twice, late(1), late(2)], ids=["twice", "one late", "two late"])
def test_without_echo_the_count_of_one_coin_is_not_taken_for_that_of_another(
    check: Check, spoil: Spoil
) -> None:
    sim = CoinAcceptorSim("coin", 2, cctalk.SERIAL, cctalk.COINS, check=check)
    sim.set_fault("no_echo", True, cctalk.START_MS)
    wire = cctalk.Conversation([cctalk.acceptor_config()], [sim], check=check)
    wire.open()
    wire.run(2000)
    sim.drop(1, 7, wire.now_ms)
    wire.run(6000)

    def spoil_from_the_first_count(data: bytes) -> Sequence[bytes]:
        if data[3] == Header.READ_ACCEPT_COUNT:
            wire.to_host = spoil
        return (data,)

    wire.to_slaves = spoil_from_the_first_count
    sim.set_power(False, wire.now_ms)
    sim.set_power(True, wire.now_ms)
    wire.run(20_000)
    told = [event.accept_counts for event in wire.seen if isinstance(event, AcceptorIdentified)]
    assert {(count.position, count.total) for counts in told for count in counts or () if count.total} <= {
        (1, 7)
    }


def test_a_slow_line_without_a_damaged_byte_is_not_called_noisy() -> None:
    wire, _ = cctalk.with_acceptor()
    wire.open()
    wire.run(2000)
    for _ in range(60):
        wire.to_host = late(3)
        wire.run(700)
        wire.to_host = cctalk.whole
        wire.run(700)
    assert [event for event in wire.seen if isinstance(event, LineNoise)] == []


def test_bytes_lost_now_and_then_do_not_add_up_to_a_noisy_line() -> None:
    wire, _ = cctalk.with_acceptor()
    wire.run(2000)
    for _ in range(40):
        wire.host.receive(b"\x00\xff", wire.now_ms)
        wire.run(120_000)
    assert [event for event in wire.seen if isinstance(event, LineNoise | DeviceLost)] == []


def test_a_payout_that_could_not_begin_is_given_back_before_the_till_owes_the_money() -> None:
    wire, sim = cctalk.with_hopper()
    wire.run(3000)
    wire.pay(8, "first")
    wire.run(900)
    for fault in ("stalls", "resumes_after_power"):
        sim.set_fault(fault, True, wire.now_ms)
    sim.set_power(False, wire.now_ms)
    sim.set_power(True, wire.now_ms)
    wire.run(2000)
    wire.pay(5, "second")
    assert wire.run(25_000) == [CoinsPaid("hopper1", "second", 0, None, Fault.NO_REPLY)]
    sim.set_fault("stalls", False, wire.now_ms)
    wire.run(60_000)
    assert sim.snapshot()["tray"] == 8, "what the first job was asked, and nothing of the second"


def test_a_board_that_restarts_again_and_again_does_not_turn_a_coil_after_the_till_gave_up() -> None:
    talk = fafb.started(fafb.Conversation())

    def check_unanswered(data: bytes) -> bytes:
        return b"" if data[2:3] == bytes((Code.SLOT_STATE,)) else data

    talk.to_host = check_unanswered
    talk.turn(3)
    for _ in range(12):
        talk.run(2_500)
        talk.sim.set_power(False, talk.now_ms)
        talk.sim.set_power(True, talk.now_ms)
    talk.to_host = fafb.untouched
    talk.run(30_000)
    ends: list[DeviceEvent] = [event for event in talk.seen if isinstance(event, VendFailed)]
    assert len(ends) == 1
    assert talk.sim.snapshot()["turns_total"] == 0


def test_a_board_lives_through_a_question_about_a_slot_that_no_machine_has() -> None:
    sim = CoilBoardSim("coils", {1: 1}, 10)
    sim.machine.tick(500)
    assert sim.machine.bytes_to_send()
    for now_ms in range(700, 3_000, 10):
        sim.machine.tick(now_ms)
        if sim.machine.bytes_to_send() == encode(Frame(Code.POLL)):
            sim.machine.receive(encode(Frame(Code.CHECK_SLOT, bytes((7, 0, 0)))), now_ms)
            break
    else:
        pytest.fail("the board never polled")
    sim.machine.tick(5_000)
    assert sim.machine.bytes_to_send()


def test_a_journal_body_that_is_no_text_is_named_as_damaged() -> None:
    entry = replace(recorded.journal_entries()[0], body=b'{"fact":"\xf3"}')
    with pytest.raises(JournalDamagedError):
        read_content(entry)
