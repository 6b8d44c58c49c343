"""The master and a card reader: asked once, charged once, given back when no goods came, unknown when nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from hardware.commands import (
    CancelCard,
    LoadCard,
    PayCoins,
    RefundCard,
    ReportCashSale,
    RequestCard,
    SetAccept,
    SettleCard,
)
from hardware.events import (
    CardApproved,
    CardCancelled,
    CardDenied,
    CardLoaded,
    CardLoadRefused,
    CardLoadUnknown,
    CardReaderIdentified,
    CardRefunded,
    CardRefundFailed,
    CardSessionBegan,
    CardSessionEnded,
    CardSettled,
    CardUnknown,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    Fault,
)
from hardware.mdb.host import Adapter, MdbBus, PeripheralConfig, ReaderConfig
from hardware.mdb.messages import Identity
from hardware.mdb.reader_device import ReaderFirmware
from hardware.mdb.reader_messages import Ability, Code, Mode, Option, Reported, read_reader_events
from hardware.mdb.reader_messages import ReaderConfig as Said
from hardware.sansio import UnauthorizedError, WireError
from hardware.simulators.mdb_box import MdbPeripheral
from hardware.simulators.mdb_reader import BALANCE_MINOR, ReaderSim
from hardware.simulators.model import UnknownActError
from tests.hardware.mdb.conversation import (
    AUTHORITY,
    SERIAL,
    Conversation,
    changer_config,
    changer_sim,
    reader_config,
    reader_sim,
)
from tests.hardware.mdb.test_blocks import VECTORS, content

both_boxes = pytest.mark.parametrize("adapter", Adapter)
every_level = pytest.mark.parametrize("level", [1, 2, 3])


def of(kind: type[DeviceEvent], events: Sequence[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if isinstance(event, kind)]


def ready(
    adapter: Adapter = Adapter.QIBIXX, level: int = 3, **changes: object
) -> tuple[Conversation, ReaderSim]:
    sim = reader_sim(level)
    wire = Conversation([reader_config(**changes)], [sim], adapter=adapter)
    wire.run(6_000)
    wire.ask(SetAccept("card", (1,)))
    wire.run(500)
    wire.seen.clear()
    return wire, sim


def ask(wire: Conversation, amount_minor: int = 250, job: str = "C1") -> None:
    wire.ask(RequestCard("card", job, amount_minor))


def approved(wire: Conversation, sim: ReaderSim, amount_minor: int = 250) -> None:
    """The card was charged, and nobody said yet how the goods went."""
    ask(wire, amount_minor)
    sim.tap(wire.now_ms)
    wire.run(4_000)
    assert CardApproved("card", "C1", amount_minor) in wire.seen
    assert sim.open_minor == amount_minor
    wire.seen.clear()


def is_order(*orders: str) -> Callable[[bytes], bool]:
    blocks = tuple(bytes.fromhex(order) for order in orders)
    lines = tuple(
        b"R," + block[:1].hex().upper().encode() + b"," + block[1:].hex().upper().encode() for block in blocks
    )
    return lambda sent: sent.startswith((*blocks, *lines))


REQUEST, CANCEL, SUCCESS, FAILURE, COMPLETE = ("1300", "1301", "1302", "1303", "1304")


def sends(wire: Conversation, order: str) -> int:
    return sum(map(is_order(order), wire.sent))


# --- contact -----------------------------------------------------------------------------------------------------


@both_boxes
@every_level
def test_a_reader_is_set_up_at_its_own_level(adapter: Adapter, level: int) -> None:
    sim = reader_sim(level)
    wire = Conversation([reader_config()], [sim], adapter=adapter)
    assert wire.run(8_000) == [CardReaderIdentified("card", SERIAL, can_refund=True, restarted=False)]
    assert sim.firmware.mode == Mode(level, is_wide=level == 3)
    assert sim.firmware.is_always_idle == (level == 3)
    assert sim.snapshot()["state"] == "disabled"
    wire.ask(SetAccept("card", (1,)))
    wire.run(1_000)
    assert sim.snapshot()["state"] == "enabled"


def test_options_are_enabled_only_when_they_are_wanted() -> None:
    _, sim = ready(wants_wide_money=False, wants_always_idle=False)
    assert sim.firmware.options == 0
    _, other = ready(wants_always_idle=False)
    assert other.firmware.options == 1 << Option.WIDE_MONEY


def test_a_reader_of_another_currency_or_scale_is_never_asked() -> None:
    sim = reader_sim()
    sim.set_fault("wrong_currency", True, 0)
    wire = Conversation([reader_config()], [sim])
    assert DeviceFaulted("card", DeviceKind.CARD_READER, Fault.WRONG_SCALE, 0x1840) in wire.run(8_000)
    ask(wire)
    assert wire.run(100) == [CardDenied("card", "C1", Fault.REFUSED)]


def test_a_sum_that_does_not_divide_by_the_scale_is_refused_and_not_rounded() -> None:
    wire, _ = ready()
    ask(wire, 251)
    assert wire.run(100) == [CardDenied("card", "C1", Fault.WRONG_SCALE)]


def test_a_sum_that_does_not_fit_sixteen_bits_is_refused() -> None:
    wire, _ = ready(level=2)
    ask(wire, 5 * 0xFFFF)
    assert wire.run(100) == [CardDenied("card", "C1", Fault.WRONG_SCALE)]


# --- a sale ------------------------------------------------------------------------------------------------------


@both_boxes
@every_level
def test_a_sale_by_card_is_asked_approved_and_settled(adapter: Adapter, level: int) -> None:
    wire, sim = ready(adapter, level)
    sim.tap(wire.now_ms)
    wire.run(1_000)
    assert of(CardSessionBegan, wire.seen) == [CardSessionBegan("card", BALANCE_MINOR)]
    ask(wire)
    wire.run(4_000)
    assert wire.seen[1:] == [CardApproved("card", "C1", 250)]
    wire.ask(SettleCard("card", "C1"))
    assert wire.run(3_000) == [CardSettled("card", "C1"), CardSessionEnded("card")]
    assert (sim.charged_minor, sim.balance_minor, sim.open_minor) == (250, BALANCE_MINOR - 250, 0)
    assert [sends(wire, order) for order in (REQUEST, SUCCESS, COMPLETE)] == [1, 1, 1]


@pytest.mark.parametrize("is_idle", [True, False])
def test_a_request_waits_for_the_card(is_idle: bool) -> None:
    wire, sim = ready(wants_always_idle=is_idle)
    ask(wire)
    wire.run(5_000)
    assert sends(wire, REQUEST) == is_idle
    sim.tap(wire.now_ms)
    wire.run(4_000)
    assert of(CardApproved, wire.seen) == [CardApproved("card", "C1", 250)]
    assert sends(wire, REQUEST) == 1


@both_boxes
@every_level
def test_a_sale_whose_goods_did_not_come_is_given_back(adapter: Adapter, level: int) -> None:
    wire, sim = ready(adapter, level)
    sim.tap(wire.now_ms)
    wire.run(1_000)
    approved(wire, sim)
    wire.ask(RefundCard("card", "C1"))
    seen = wire.run(5_000)
    assert CardRefunded("card", "C1") in seen
    assert (sim.charged_minor, sim.balance_minor, sim.open_minor) == (0, BALANCE_MINOR, 0)
    assert sends(wire, FAILURE) == 1


def test_nothing_is_told_as_given_back_before_the_reader_has_settled_it() -> None:
    wire, sim = ready()
    approved(wire, sim)
    wire.ask(RefundCard("card", "C1"))
    wire.run_until(lambda: bool(of(CardRefunded, wire.seen)))
    assert sim.open_minor == 0
    assert sim.balance_minor == BALANCE_MINOR


@both_boxes
def test_a_refund_that_fails_is_told(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    sim.set_fault("refund_fails", True, wire.now_ms)
    approved(wire, sim)
    wire.ask(RefundCard("card", "C1"))
    seen = wire.run(5_000)
    assert CardRefundFailed("card", "C1", Fault.REFUSED) in seen
    assert of(CardRefunded, seen) == []
    assert sim.charged_minor == 250


def test_a_reader_that_cannot_refund_says_so_before_anybody_relies_on_it() -> None:
    sim = reader_sim()
    sim.set_fault("no_refund", True, 0)
    wire = Conversation([reader_config()], [sim])
    assert wire.run(6_000) == [CardReaderIdentified("card", SERIAL, can_refund=False, restarted=False)]
    wire.ask(SetAccept("card", (1,)))
    approved(wire, sim)
    wire.ask(RefundCard("card", "C1"))
    assert CardRefundFailed("card", "C1", Fault.REFUSED) in wire.run(5_000)
    assert sim.charged_minor == 250


@both_boxes
@every_level
def test_a_declined_request_charges_nothing(adapter: Adapter, level: int) -> None:
    wire, sim = ready(adapter, level)
    sim.set_fault("declines", True, wire.now_ms)
    sim.tap(wire.now_ms)
    wire.run(1_000)
    ask(wire)
    seen = wire.run(5_000)
    assert of(CardDenied, seen) == [CardDenied("card", "C1", Fault.DECLINED)]
    assert sim.balance_minor == BALANCE_MINOR
    sim.set_fault("declines", False, wire.now_ms)
    sim.tap(wire.now_ms)
    wire.run(1_000)
    ask(wire, job="C2")
    assert CardApproved("card", "C2", 250) in wire.run(5_000)


def test_what_was_really_charged_is_told_and_not_what_was_asked() -> None:
    wire, sim = ready()
    sim.set_fault("other_amount", True, wire.now_ms)
    ask(wire)
    sim.tap(wire.now_ms)
    assert CardApproved("card", "C1", 245) in wire.run(4_000)
    assert sim.open_minor == 245


def test_a_token_is_worth_what_was_asked() -> None:
    wire, sim = ready()
    sim.set_fault("token", True, wire.now_ms)
    ask(wire)
    sim.tap(wire.now_ms)
    assert CardApproved("card", "C1", 250) in wire.run(4_000)


def test_a_session_of_unknown_funds_says_so() -> None:
    wire, sim = ready()
    sim.act("load", {"amount_minor": "9999"}, wire.now_ms)
    sim.tap(wire.now_ms)
    assert wire.run(1_000) == [CardSessionBegan("card", None)], "it does not divide by the scale"


# --- cancelling --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [2, 3])
def test_what_a_reader_says_of_the_card_itself_is_dropped_where_it_is_read(level: int) -> None:
    mode = Mode(level=level)
    funds, medium, kind_and_data = b"\x01\x2c", b"\x12\x34\x56\x78", b"\x01\x9a\xbc"
    events, rest = read_reader_events(b"\x03" + funds + medium + kind_and_data, mode)
    assert rest == b""
    assert events == (Reported(Code.BEGIN_SESSION, 300),)


def test_a_request_that_was_never_sent_is_cancelled_at_once() -> None:
    wire, _ = ready(wants_always_idle=False)
    ask(wire)
    wire.run(500)
    wire.ask(CancelCard("card", "C1"))
    assert wire.run(10) == [CardCancelled("card", "C1")]
    assert sends(wire, REQUEST) == sends(wire, CANCEL) == 0


@both_boxes
@every_level
def test_a_request_that_was_sent_is_cancelled_when_the_reader_confirms_it(
    adapter: Adapter, level: int
) -> None:
    wire, sim = ready(adapter, level)
    sim.set_fault("never_answers", True, wire.now_ms)
    sim.tap(wire.now_ms)
    wire.run(1_000)
    ask(wire)
    wire.run(2_000)
    sim.set_fault("never_answers", False, wire.now_ms)
    wire.ask(CancelCard("card", "C1"))
    seen = wire.run(5_000)
    assert of(CardCancelled, seen) == [CardCancelled("card", "C1")]
    assert sim.balance_minor == BALANCE_MINOR


@both_boxes
@every_level
def test_an_approval_that_crosses_the_cancel_is_given_back_before_the_cancel_is_told(
    adapter: Adapter, level: int
) -> None:
    wire, sim = ready(adapter, level)
    sim.set_fault("late_approval", True, wire.now_ms)
    sim.tap(wire.now_ms)
    wire.run(1_000)
    ask(wire)
    wire.run(2_000)
    wire.ask(CancelCard("card", "C1"))
    wire.run_until(lambda: bool(of(CardCancelled, wire.seen)))
    assert of(CardApproved, wire.seen) == []
    assert (sim.balance_minor, sim.open_minor, sends(wire, FAILURE)) == (BALANCE_MINOR, 0, 1)


def test_a_late_approval_that_cannot_be_given_back_is_unknown() -> None:
    wire, sim = ready()
    sim.set_fault("late_approval", True, wire.now_ms)
    sim.set_fault("refund_fails", True, wire.now_ms)
    ask(wire)
    sim.tap(wire.now_ms)
    wire.run(2_000)
    wire.ask(CancelCard("card", "C1"))
    wire.run(10_000)
    assert of(CardUnknown, wire.seen) == [CardUnknown("card", "C1", Fault.REFUSED)]
    assert sim.charged_minor == 250


def test_a_request_that_is_never_answered_is_withdrawn_by_itself() -> None:
    wire, _ = ready()
    ask(wire)
    seen = wire.run(25_000)
    assert of(CardDenied, seen) == [CardDenied("card", "C1", Fault.TIMED_OUT)]
    assert sends(wire, CANCEL) == 1


def test_a_cancel_that_is_never_answered_is_unknown_and_the_reader_is_reset() -> None:
    wire, sim = ready()
    sim.set_fault("never_answers", True, wire.now_ms)
    ask(wire)
    sim.tap(wire.now_ms)
    wire.run(1_000)
    wire.ask(CancelCard("card", "C1"))
    seen = wire.run(25_000)
    assert of(CardUnknown, seen) == [CardUnknown("card", "C1", Fault.TIMED_OUT)]
    assert of(CardReaderIdentified, seen)
    sim.set_fault("never_answers", False, wire.now_ms)
    ask(wire, job="C2")
    sim.tap(wire.now_ms)
    assert CardApproved("card", "C2", 250) in wire.run(5_000)


def test_only_one_request_is_open_at_a_time() -> None:
    wire, _ = ready()
    ask(wire)
    wire.run(500)
    ask(wire, job="C2")
    assert wire.run(500) == [CardDenied("card", "C2", Fault.REFUSED)]


def test_a_session_that_the_reader_ends_is_ended() -> None:
    wire, sim = ready()
    sim.set_fault("cancels_session", True, wire.now_ms)
    sim.tap(wire.now_ms)
    assert wire.run(3_000) == [CardSessionBegan("card", BALANCE_MINOR), CardSessionEnded("card")]


def test_closing_ends_an_idle_session_and_then_disables_the_reader() -> None:
    wire, sim = ready()
    sim.tap(wire.now_ms)
    wire.run(1_000)
    wire.ask(SetAccept("card", ()))
    assert of(CardSessionEnded, wire.run(3_000))
    assert sim.snapshot()["state"] == "disabled"


# --- lost replies ------------------------------------------------------------------------------------------------


@both_boxes
@pytest.mark.parametrize("order", [REQUEST, SUCCESS, FAILURE, COMPLETE])
def test_a_step_whose_answer_is_lost_never_charges_twice(adapter: Adapter, order: str) -> None:
    wire, sim = ready(adapter)
    lost: list[bytes] = []
    matches = is_order(order)

    def lose_answer(data: bytes) -> Sequence[bytes]:
        if wire.sent and matches(wire.sent[-1]) and not lost:
            lost.append(data)
            return ()
        return (data,)

    wire.to_host = lose_answer
    ask(wire)
    sim.tap(wire.now_ms)
    wire.run(6_000)
    assert of(CardApproved, wire.seen) == [CardApproved("card", "C1", 250)]
    wire.ask(RefundCard("card", "C1") if order == FAILURE else SettleCard("card", "C1"))
    wire.run(40_000)
    assert sends(wire, REQUEST) == 1
    if order == FAILURE:
        assert of(CardRefunded, wire.seen) == []
        assert of(CardUnknown, wire.seen) == [CardUnknown("card", "C1", Fault.OUT_OF_SEQUENCE)]
        assert sim.balance_minor == BALANCE_MINOR
    else:
        assert of(CardSettled, wire.seen) == [CardSettled("card", "C1")]
        assert sim.charged_minor == 250
    assert bool(lost) == (order != COMPLETE or lost != [])


@pytest.mark.parametrize("order", [SUCCESS, FAILURE, CANCEL])
def test_a_step_that_was_not_heard_is_said_again(order: str) -> None:
    wire, sim = ready()
    lost: list[bytes] = []
    matches = is_order(order)

    def lose_order(data: bytes) -> Sequence[bytes]:
        if matches(data) and not lost:
            lost.append(data)
            return ()
        return (data,)

    wire.to_box = lose_order
    if order == CANCEL:
        ask(wire)
        wire.run(1_000)
        wire.ask(CancelCard("card", "C1"))
        assert of(CardCancelled, wire.run(5_000))
    else:
        approved(wire, sim)
        wire.ask(SettleCard("card", "C1") if order == SUCCESS else RefundCard("card", "C1"))
        seen = wire.run(8_000)
        assert of(CardSettled if order == SUCCESS else CardRefunded, seen)
    assert lost


def test_a_lost_approval_ends_as_withdrawn_and_the_money_is_back() -> None:
    wire, sim = ready()
    wire.to_host = lambda data: () if data == b"p,0500000032\r\n" else (data,)
    ask(wire)
    sim.tap(wire.now_ms)
    wire.run(60_000)
    assert of(CardApproved, wire.seen) == []
    assert of(CardUnknown, wire.seen) or sim.balance_minor == BALANCE_MINOR
    assert sends(wire, REQUEST) == 1


def test_an_approval_for_more_than_was_asked_is_given_back_and_is_no_credit() -> None:
    wire, sim = ready()
    wire.to_host = lambda data: (b"p,0500000072\r\n" if data == b"p,0500000032\r\n" else data,)
    ask(wire)
    sim.tap(wire.now_ms)
    seen = wire.run(10_000)
    assert of(CardApproved, seen) == []
    assert of(CardDenied, seen) == [CardDenied("card", "C1", Fault.LINE_NOISE)]
    assert sim.balance_minor == BALANCE_MINOR
    assert sends(wire, FAILURE) == 1


def test_a_request_that_a_damaged_line_raised_takes_nothing_from_the_card() -> None:
    wire, sim = ready()
    wire.to_box = lambda data: (data.replace(b"R,13,0000000032", b"R,13,0000000072"),)
    ask(wire)
    sim.tap(wire.now_ms)
    seen = wire.run(10_000)
    assert of(CardApproved, seen) == []
    assert of(CardDenied, seen) == [CardDenied("card", "C1", Fault.LINE_NOISE)]
    assert sim.balance_minor == BALANCE_MINOR


@both_boxes
def test_an_approval_said_again_because_its_acknowledgement_was_lost_is_one_approval(
    adapter: Adapter,
) -> None:
    wire, sim = ready(adapter)
    sim.set_fault("ack_lost", True, wire.now_ms)
    ask(wire)
    sim.tap(wire.now_ms)
    wire.run(5_000)
    assert of(CardApproved, wire.seen) == [CardApproved("card", "C1", 250)]
    wire.ask(SettleCard("card", "C1"))
    wire.run(5_000)
    assert of(CardSettled, wire.seen) == [CardSettled("card", "C1")]
    assert (sim.charged_minor, sends(wire, FAILURE)) == (250, 0)


# --- resets in every state ---------------------------------------------------------------------------------------


def test_a_reset_while_idle_is_told_as_a_restart() -> None:
    wire, sim = ready()
    sim.set_power(False, wire.now_ms)
    wire.run(500)
    sim.set_power(True, wire.now_ms)
    assert wire.run(6_000) == [CardReaderIdentified("card", SERIAL, can_refund=True, restarted=True)]
    assert sim.snapshot()["state"] == "enabled", "what was open is open again"


def test_a_reset_before_the_card_was_shown_leaves_the_request_waiting() -> None:
    wire, sim = ready(wants_always_idle=False)
    ask(wire)
    sim.set_power(False, wire.now_ms)
    wire.run(500)
    sim.set_power(True, wire.now_ms)
    wire.run(6_000)
    sim.tap(wire.now_ms)
    assert CardApproved("card", "C1", 250) in wire.run(6_000)


def restarted(wire: Conversation, sim: ReaderSim) -> list[DeviceEvent]:
    sim.set_power(False, wire.now_ms)
    wire.run(300)
    sim.set_power(True, wire.now_ms)
    return wire.run(8_000)


@both_boxes
def test_a_reset_while_the_request_is_open_is_unknown(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    ask(wire)
    wire.run(1_000)
    assert of(CardUnknown, restarted(wire, sim)) == [CardUnknown("card", "C1", Fault.RESTARTED)]
    assert sends(wire, REQUEST) == 1


@both_boxes
@pytest.mark.parametrize("delivered", [True, False])
def test_a_reset_after_the_approval_counts_as_charged(adapter: Adapter, delivered: bool) -> None:
    wire, sim = ready(adapter)
    approved(wire, sim)
    seen = restarted(wire, sim)
    assert of(CardUnknown, seen) == [CardUnknown("card", "C1", Fault.RESTARTED)]
    assert sim.charged_minor == 250
    wire.ask(SettleCard("card", "C1") if delivered else RefundCard("card", "C1"))
    expected = CardSettled("card", "C1") if delivered else CardUnknown("card", "C1", Fault.UNSPECIFIED)
    assert wire.run(500) == [expected]
    assert sends(wire, SUCCESS) == sends(wire, FAILURE) == 0


def test_a_reset_that_swallows_the_approval_is_unknown() -> None:
    wire, sim = ready()
    sim.set_fault("reset_after_approval", True, wire.now_ms)
    ask(wire)
    sim.tap(wire.now_ms)
    assert of(CardUnknown, wire.run(8_000)) == [CardUnknown("card", "C1", Fault.RESTARTED)]
    assert sim.charged_minor == 250


@pytest.mark.parametrize("delivered", [True, False])
def test_a_reset_while_the_last_step_is_on_its_way(delivered: bool) -> None:
    wire, sim = ready()
    approved(wire, sim)
    matches = is_order(SUCCESS, FAILURE)
    wire.to_box = lambda data: () if matches(data) else (data,)
    wire.ask(SettleCard("card", "C1") if delivered else RefundCard("card", "C1"))
    wire.run(100)
    sim.set_power(False, wire.now_ms)
    wire.run(1_000)
    sim.set_power(True, wire.now_ms)
    wire.run(8_000)
    expected = CardSettled("card", "C1") if delivered else CardUnknown("card", "C1", Fault.RESTARTED)
    assert expected in wire.seen
    assert sim.charged_minor == 250


def test_a_reset_while_the_refund_is_settled_is_never_told_as_refunded() -> None:
    wire, sim = ready()
    approved(wire, sim)
    wire.ask(RefundCard("card", "C1"))
    wire.run(600)
    seen = restarted(wire, sim)
    assert of(CardUnknown, seen) == [CardUnknown("card", "C1", Fault.RESTARTED)]
    assert of(CardRefunded, seen) == []


# --- silence and cables ------------------------------------------------------------------------------------------


def test_a_lost_reader_denies_what_was_never_sent() -> None:
    wire, sim = ready(wants_always_idle=False)
    ask(wire)
    sim.set_fault("mute", True, wire.now_ms)
    seen = wire.run(25_000)
    assert seen == [DeviceLost("card", DeviceKind.CARD_READER), CardDenied("card", "C1", Fault.NO_REPLY)]
    ask(wire, job="C2")
    assert wire.run(100) == [CardDenied("card", "C2", Fault.NO_REPLY)]


def test_a_reader_lost_with_an_open_request_is_unknown_after_its_time() -> None:
    wire, sim = ready()
    ask(wire)
    wire.run(1_000)
    sim.set_fault("mute", True, wire.now_ms)
    seen = wire.run(14_000)
    assert of(CardUnknown, seen) == [], "its own time is 15 seconds"
    assert of(CardUnknown, wire.run(20_000)) == [CardUnknown("card", "C1", Fault.NO_REPLY)]


@both_boxes
def test_a_short_silence_during_an_approval_resets_nothing(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    approved(wire, sim)
    resets = sends(wire, "10")
    wire.to_box = wire.to_host = lambda _: ()
    wire.run(10_000)
    wire.to_box = wire.to_host = lambda data: (data,)
    wire.ask(SettleCard("card", "C1"))
    wire.run(8_000)
    assert of(CardSettled, wire.seen) == [CardSettled("card", "C1")]
    assert sends(wire, "10") == resets
    assert sim.charged_minor == 250


def test_a_reader_silent_for_long_after_an_approval_is_found_by_the_settlement() -> None:
    wire, sim = ready()
    approved(wire, sim)
    sim.set_fault("mute", True, wire.now_ms)
    wire.run(40_000)
    assert of(DeviceLost, wire.seen)
    wire.ask(SettleCard("card", "C1"))
    wire.run(20_000)
    assert of(CardUnknown, wire.seen) == [CardUnknown("card", "C1", Fault.NO_REPLY)]
    sim.set_fault("mute", False, wire.now_ms)
    assert of(CardReaderIdentified, wire.run(20_000))
    assert sim.charged_minor == 250


def test_out_of_sequence_in_a_vend_is_uncertain_and_the_reader_is_reset() -> None:
    wire, sim = ready()
    sim.set_fault("out_of_sequence", True, wire.now_ms)
    ask(wire)
    sim.tap(wire.now_ms)
    seen = wire.run(8_000)
    assert DeviceFaulted("card", DeviceKind.CARD_READER, Fault.OUT_OF_SEQUENCE, 5) in seen
    assert of(CardUnknown, seen) == [CardUnknown("card", "C1", Fault.OUT_OF_SEQUENCE)]
    assert of(CardReaderIdentified, seen)
    assert sends(wire, REQUEST) == 1


def test_a_broken_reader_is_reported_and_recovers() -> None:
    wire, sim = ready()
    sim.set_fault("broken", True, wire.now_ms)
    assert wire.run(2_000) == [DeviceFaulted("card", DeviceKind.CARD_READER, Fault.SELF_CHECK, 0x90)]
    sim.set_fault("broken", False, wire.now_ms)
    assert wire.run(12_000) == [DeviceRecovered("card", DeviceKind.CARD_READER)]


def test_an_approval_that_nobody_asked_for_is_given_back() -> None:
    wire, sim = ready()
    sim.tap(wire.now_ms)
    wire.run(1_000)
    sim.firmware.asked = (50, 1)
    sim._approve()
    wire.run(5_000)
    assert of(CardApproved, wire.seen) == []
    assert (sim.balance_minor, sends(wire, FAILURE)) == (BALANCE_MINOR, 1)


def test_a_job_of_an_earlier_run_is_unknown_and_never_asked_again() -> None:
    wire, sim = ready()
    approved(wire, sim)
    wire.restart_host([reader_config()])
    wire.run(8_000)
    assert sim.charged_minor == 250, "our RESET made a charge of it"
    for command in (SettleCard("card", "C1"), RefundCard("card", "C1")):
        wire.ask(command)
        assert wire.run(500) == [CardUnknown("card", "C1", Fault.UNSPECIFIED)]


# --- beside card sales -------------------------------------------------------------------------------------------


def test_a_cash_sale_is_reported_to_a_reader_that_wants_it() -> None:
    wire, sim = ready()
    wire.ask(ReportCashSale("card", 120, 7))
    wire.ask(ReportCashSale("card", 121, 7))
    wire.run(1_000)
    assert sim.firmware.cash_sales == [(24, 7)], "once, and not the sum that does not divide"


def test_a_reader_that_asks_for_no_cash_sales_hears_of_none() -> None:
    sim = reader_sim()
    old = sim.firmware.config
    sim.firmware.config = replace(old, abilities=old.abilities & ~(1 << Ability.CASH_SALES))
    wire = Conversation([reader_config()], [sim])
    wire.run(6_000)
    wire.ask(ReportCashSale("card", 120, 7))
    wire.run(1_000)
    assert sim.firmware.cash_sales == []


def test_a_cash_sale_waits_while_a_card_is_asked() -> None:
    wire, sim = ready()
    sim.tap(wire.now_ms)
    wire.run(1_000)
    wire.ask(RequestCard("card", "C1", 250))
    wire.ask(ReportCashSale("card", 120, 7))
    wire.run(4_000)
    assert CardApproved("card", "C1", 250) in wire.seen
    assert sim.firmware.cash_sales == []
    wire.ask(SettleCard("card", "C1"))
    wire.run(5_000)
    assert sim.firmware.cash_sales == [(24, 7)]
    assert sim.charged_minor == 250


def loads(events: list[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if isinstance(event, CardLoaded | CardLoadRefused | CardLoadUnknown)]


def load(
    wire: Conversation, sim: ReaderSim, amount_minor: int = 500, for_ms: int = 6_000
) -> list[DeviceEvent]:
    """Ask for money onto the card, which is shown a moment later; what became of it."""
    wire.ask(LoadCard("card", "L1", amount_minor))
    wire.run(300)
    sim.tap(wire.now_ms)
    wire.run(for_ms)
    return loads(wire.seen)


@pytest.mark.parametrize("level", [2, 3])
def test_money_is_put_onto_the_card_that_is_shown(level: int) -> None:
    wire, sim = ready(level=level)
    assert load(wire, sim) == [CardLoaded("card", "L1", 500)]
    assert sim.balance_minor == BALANCE_MINOR + 500
    wire.run(6_000)
    assert CardSessionEnded("card") in wire.seen, "the card may be taken"
    assert sim.loaded_minor == 500


def test_money_waits_for_a_card_for_a_while_and_goes_nowhere_without_one() -> None:
    wire, sim = ready()
    wire.ask(LoadCard("card", "L1", 500))
    wire.run(29_000)
    assert loads(wire.seen) == []
    wire.run(3_000)
    assert loads(wire.seen) == [CardLoadRefused("card", "L1", Fault.TIMED_OUT)]
    sim.tap(wire.now_ms)
    wire.run(5_000)
    assert sim.loaded_minor == 0


@pytest.mark.parametrize(
    ("fault", "amount_minor", "why"),
    [
        ("declines", 500, Fault.DECLINED),
        ("no_load", 500, Fault.DECLINED),
        ("", 60_000 * 5 + 5, Fault.REFUSED),
        ("", 501, Fault.WRONG_SCALE),
    ],
)
def test_a_load_that_is_refused_put_nothing_onto_the_card(fault: str, amount_minor: int, why: Fault) -> None:
    wire, sim = ready()
    if fault:
        sim.set_fault(fault, True, wire.now_ms)
    assert load(wire, sim, amount_minor) == [CardLoadRefused("card", "L1", why)]
    assert sim.balance_minor == BALANCE_MINOR


def test_a_reader_of_level_1_loads_no_card() -> None:
    wire, sim = ready(level=1)
    assert load(wire, sim) == [CardLoadRefused("card", "L1", Fault.REFUSED)]


@pytest.mark.parametrize("fault", ["never_answers", "reset_after_approval"])
def test_a_load_whose_word_never_came_is_unknown_and_never_sent_again(fault: str) -> None:
    wire, sim = ready()
    sim.set_fault(fault, True, wire.now_ms)
    (end,) = load(wire, sim, for_ms=40_000)
    assert isinstance(end, CardLoadUnknown)
    assert sim.loaded_minor == 500, "the reader had done it, and nobody could know"


def test_a_reader_that_is_gone_after_the_order_cannot_tell() -> None:
    wire, sim = ready()
    wire.ask(LoadCard("card", "L1", 500))
    sim.tap(wire.now_ms)
    wire.run(1_500)
    sim.set_power(False, wire.now_ms)
    wire.run(30_000)
    (end,) = loads(wire.seen)
    assert isinstance(end, CardLoadUnknown)


def test_one_load_at_a_time_and_none_beside_a_request() -> None:
    wire, _ = ready()
    ask(wire)
    wire.ask(LoadCard("card", "L1", 500))
    assert loads(wire.run(100)) == [CardLoadRefused("card", "L1", Fault.REFUSED)]


def test_two_readers_and_a_changer_share_a_bus() -> None:
    first, second, coins = (
        reader_sim(),
        ReaderSim("card2", SERIAL + 1, address=0x60, level=1, factor=1),
        changer_sim(),
    )
    peripherals: list[MdbPeripheral] = [first, second, coins]
    configs: list[PeripheralConfig] = [
        reader_config(),
        ReaderConfig("card2", "EUR", address=0x60),
        changer_config(),
    ]
    wire = Conversation(configs, peripherals)
    wire.run(10_000)
    assert len(of(CardReaderIdentified, wire.seen)) == 2
    wire.ask(SetAccept("card2", (1,)))
    second.tap(wire.now_ms)
    wire.run(2_000)
    second.tap(wire.now_ms)
    wire.run(2_000)
    wire.ask(RequestCard("card2", "C1", 251))
    wire.run(4_000)
    assert CardApproved("card2", "C1", 251) in wire.seen
    wire.ask(SettleCard("card2", "C1"))
    wire.run(3_000)
    assert (second.charged_minor, first.charged_minor) == (251, 0)


def test_commands_that_make_no_sense_are_refused_by_name() -> None:
    bus = MdbBus([reader_config()])
    for command in (
        SetAccept("card", (2,)),
        RequestCard("card", "J", 0),
        LoadCard("card", "J", 0),
        PayCoins("card", "J", 1, None),
    ):
        with pytest.raises(WireError):
            bus.request(command, AUTHORITY)
    with pytest.raises(UnauthorizedError):
        bus.request(RequestCard("card", "J", 5))
    with pytest.raises(WireError):
        ReaderConfig("card", "EUR", address=8)
    with pytest.raises(WireError):
        MdbBus([changer_config()]).request(ReportCashSale("coin", 5))
    with pytest.raises(WireError):
        bus.request(ReportCashSale("card", 0))


# --- the body ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS["reader"], ids=[vector["what"] for vector in VECTORS["reader"]])
def test_the_firmware_answers_the_worked_blocks_as_printed(vector: dict[str, Any]) -> None:
    if "peripheral" not in vector:
        return
    firmware = ReaderFirmware(0x10, Said(1, 0x1643, 5, 1, 120, 8), Identity("S", "1", "m", 1))
    firmware.mode = Mode(vector.get("level", 1))
    firmware.events.clear()
    answer = content(vector["peripheral"])
    if "success" in vector or "failure" in vector:
        firmware.approved = 50
    if "enable" in vector or "complete" in vector or "vend" in vector:
        firmware.answer(bytes.fromhex("110002000000"))
        firmware.answer(bytes.fromhex("1401"))
        firmware.mode = Mode(vector.get("level", 1))
    if "vend" in vector:
        firmware.begin_session(100)
        firmware.events.clear()
        assert firmware.answer(content(vector["vmc"])) == b""
        assert firmware.asked == (vector["vend"]["units"], vector["vend"]["item"])
        return
    for event in read_reader_events(answer, firmware.mode)[0]:
        if vector["vmc"] == "12 12":
            firmware.push(event)
    assert firmware.answer(content(vector["vmc"])) == answer


def test_the_simulator_remembers_its_account_and_makes_a_charge_of_an_open_approval() -> None:
    wire, sim = ready()
    approved(wire, sim)
    fresh = reader_sim()
    fresh.recall(sim.remember())
    assert (fresh.charged_minor, fresh.balance_minor) == (250, BALANCE_MINOR - 250)
    with pytest.raises(UnknownActError):
        fresh.act("juggle", {}, 0)
    fresh.act("replace", {}, 0)
    assert fresh.firmware.identity.serial_number == SERIAL + 1_000
