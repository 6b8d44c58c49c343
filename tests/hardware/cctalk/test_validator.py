"""A note is money when it is stacked, once, and never before; whatever happens in between."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from hardware.cctalk.device import Answer
from hardware.cctalk.frames import Check
from hardware.cctalk.host import ValidatorConfig
from hardware.cctalk.messages import BillCode, Header, Scale, currency_of, write_event_reply
from hardware.commands import ReturnNote, SetAccept, StackNote, TurnCoil
from hardware.events import (
    AcceptorIdentified,
    CoinEventsLost,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    Fault,
    NoteEscrowed,
    NoteRefused,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
    NoteUnvalued,
)
from hardware.sansio import AcceptorMemory, UnauthorizedError, WireError
from hardware.simulators.cctalk_validator import NoteValidatorSim
from tests.hardware.cctalk.conversation import (
    AUTHORITY,
    NOTES,
    SERIAL,
    Conversation,
    validator_config,
    whole,
    with_validator,
)
from tests.hardware.cctalk.test_mishaps import damaging

Kind = TypeVar("Kind", bound=DeviceEvent)
VALIDATOR = DeviceKind.NOTE_VALIDATOR


def of(kind: type[Kind], events: Sequence[DeviceEvent]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def stacked(event_no: int, position: int, **more: object) -> NoteStacked:
    note = NoteStacked("note", SERIAL, 1, event_no, position, NOTES[position], "EUR", kept_total=1)
    return replace(note, **more)  # type: ignore[arg-type]  # a test says what differs


def selling() -> tuple[Conversation, NoteValidatorSim]:
    wire, sim = with_validator()
    wire.open_notes()
    wire.run(3000)
    return wire, sim


def escrowed(position: int = 2) -> tuple[Conversation, NoteValidatorSim]:
    wire, sim = selling()
    sim.insert(position, wire.now_ms)
    assert wire.run(1500) == [NoteEscrowed("note", position, NOTES[position], "EUR", 0)]
    return wire, sim


def fall_silent(sim: NoteValidatorSim) -> None:
    """From now on nothing that happens to a note is an event."""
    ring = sim.firmware.ring
    sim.firmware._commands[Header.READ_BILL_EVENTS] = lambda _data, _now_ms: Answer(write_event_reply(ring))


def test_first_contact_announces_serial_baseline_and_how_many_notes_were_ever_kept() -> None:
    wire, _ = with_validator()
    assert wire.run(3000) == [
        AcceptorIdentified("note", SERIAL, 1, 0, None, restarted=False, kind=VALIDATOR, kept_total=0)
    ]


@pytest.mark.parametrize("check", Check)
def test_a_note_waits_in_escrow_and_is_money_once_it_is_stacked(check: Check) -> None:
    wire, sim = with_validator(check=check)
    wire.open_notes()
    wire.run(3000)
    sim.insert(2, wire.now_ms)
    assert wire.run(2000) == [NoteEscrowed("note", 2, 1000, "EUR", 0)]
    wire.stack("job1")
    assert wire.run(3000) == [stacked(2, 2, job="job1")]
    assert sim.snapshot()["stacker"] == {"2": 1}
    assert wire.run(3000) == []


def test_a_note_that_is_not_wanted_goes_back() -> None:
    wire, sim = escrowed(3)
    wire.give_back("job1")
    assert wire.run(3000) == [NoteReturned("note", 3, "job1")]
    assert sim.snapshot()["hand"] == {"3": 1}


def test_until_the_till_says_so_no_note_is_taken() -> None:
    wire, sim = with_validator()
    wire.run(3000)
    sim.insert(2, wire.now_ms)
    assert wire.run(2000) == [
        NoteRefused("note", BillCode.INHIBITED_BY_SERIAL, Fault.REFUSED, is_returned=True)
    ]
    assert sim.snapshot()["hand"] == {"2": 1}


def test_only_the_wanted_notes_come_in_and_an_empty_wish_closes_all() -> None:
    wire, sim = with_validator()
    wire.open_notes(1)
    wire.run(3000)
    sim.insert(2, wire.now_ms)
    assert of(NoteEscrowed, wire.run(2000)) == []
    sim.insert(1, wire.now_ms)
    assert len(of(NoteEscrowed, wire.run(2000))) == 1
    wire.host.request(SetAccept("note", ()))
    wire.run(1000)
    assert sim.snapshot()["is_open"] is False


def test_while_the_till_decides_the_note_is_kept_waiting_and_then_given_back_by_the_device() -> None:
    wire, sim = escrowed()
    wire.run(58_000)
    assert sim.snapshot()["escrow"] == 2, "asked for more time again and again"
    events = wire.run(60_000)
    assert events[0] == NoteReturned("note", 2, "", Fault.TIMED_OUT)
    assert sim.snapshot()["hand"] == {"2": 1}


def test_a_note_that_left_before_the_decision_came_answers_it_with_what_became_of_it() -> None:
    wire, sim = escrowed()
    sim.pull(wire.now_ms)
    assert wire.run(1000) == [NoteReturned("note", 2, "", Fault.FRAUD)]
    wire.stack("late")
    assert wire.run(1000) == [NoteReturned("note", 2, "late", Fault.FRAUD)]
    assert Header.ROUTE_BILL not in wire.sent_headers(40), "nothing was sent for it"


def test_a_decision_about_no_note_at_all_is_answered_as_unknown() -> None:
    wire, _ = selling()
    wire.stack("odd")
    assert wire.run(1000) == [NoteUnknown("note", 0, Fault.OUT_OF_SEQUENCE, "odd")]


def test_a_note_that_is_pulled_while_the_route_is_on_its_way_is_no_money() -> None:
    wire, sim = escrowed()
    sim.pull(wire.now_ms)
    wire.stack("job1")
    assert wire.run(3000) == [NoteReturned("note", 2, "job1", Fault.FRAUD)]


def test_a_lost_answer_to_the_route_stacks_one_note_once() -> None:
    wire, sim = escrowed()
    sim.set_fault("lost_reply", True, wire.now_ms)
    wire.stack("job1")
    assert wire.run(20_000) == [stacked(2, 2, job="job1")]
    assert sim.snapshot()["stacker"] == {"2": 1}


def test_a_lost_route_is_sent_once_more() -> None:
    wire, _ = escrowed()
    dropped = [b""]

    def drop(data: bytes) -> Sequence[bytes]:
        return (dropped.pop(),) if data[3] == Header.ROUTE_BILL and dropped else (data,)

    wire.to_slaves = drop
    wire.stack("job1")
    assert wire.run(5000) == [stacked(2, 2, job="job1")]
    assert wire.sent_headers(40).count(Header.ROUTE_BILL) == 2


def test_a_transport_that_is_stuck_is_asked_twice_and_the_note_comes_back_by_itself() -> None:
    wire, sim = escrowed()
    sim.set_fault("stuck_route", True, wire.now_ms)
    wire.stack("job1")
    events = wire.run(60_000)
    assert events[0] == NoteReturned("note", 2, "job1", Fault.REFUSED)
    assert wire.sent_headers(40).count(Header.ROUTE_BILL) == 2


def test_an_acknowledged_route_without_an_event_is_settled_by_the_count() -> None:
    wire, sim = escrowed()
    fall_silent(sim)
    wire.stack("job1")
    credit, found = wire.run(30_000)
    assert credit == stacked(0, 2, device_epoch=2, job="job1")
    assert isinstance(found, AcceptorIdentified)
    assert (found.device_epoch, found.event_no, found.kept_total, found.restarted) == (2, 1, 1, False)


def test_an_event_that_comes_after_the_count_had_told_is_no_second_credit() -> None:
    wire, sim = escrowed()
    tell = sim.firmware._commands[Header.READ_BILL_EVENTS]
    fall_silent(sim)
    wire.stack("job1")
    wire.run(30_000)
    sim.firmware._commands[Header.READ_BILL_EVENTS] = tell
    events = wire.run(5000)
    assert of(NoteStacked, events) == []
    assert of(DeviceFaulted, events) == [DeviceFaulted("note", VALIDATOR, Fault.OUT_OF_SEQUENCE, 2)]


def test_an_acknowledged_route_without_event_and_count_is_unknown() -> None:
    wire, sim = selling()
    sim.set_fault("no_counts", True, wire.now_ms)
    wire.restart_host([validator_config()])
    wire.open_notes()
    wire.run(4000)
    sim.insert(2, wire.now_ms)
    wire.run(2000)
    fall_silent(sim)
    wire.stack("job1")
    assert wire.run(30_000)[0] == NoteUnknown("note", 2, Fault.NOT_SEEN, "job1")


@pytest.mark.parametrize("fault", ["jam", "jam_safe"])
def test_a_jam_in_the_stacker_leaves_the_note_uncertain_and_calls_the_clerk(fault: str) -> None:
    wire, sim = escrowed()
    sim.set_fault(fault, True, wire.now_ms)
    wire.stack("job1")
    events = wire.run(30_000)
    assert of(DeviceFaulted, events)[0].fault is Fault.JAM
    assert of(NoteUnknown, events) == [NoteUnknown("note", 2, Fault.JAM, "job1")]
    assert of(NoteStacked, events) == []
    assert sim.snapshot()["stuck"] == {"2": 1}


def test_a_jam_that_frees_itself_is_credited_with_its_job() -> None:
    wire, sim = escrowed()
    sim.set_fault("jam_safe", True, wire.now_ms)
    wire.stack("job1")
    wire.run(4000)
    sim.firmware.chip.kept += 1
    sim.firmware.push(2, 0)
    assert of(NoteStacked, wire.run(2000)) == [stacked(3, 2, job="job1")]


def test_a_late_event_after_the_doubt_still_names_the_job() -> None:
    wire, sim = escrowed()
    sim.set_fault("jam", True, wire.now_ms)
    wire.stack("job1")
    assert of(NoteUnknown, wire.run(20_000)) != []
    sim.firmware.chip.kept += 1
    sim.firmware.push(2, 0)
    assert of(NoteStacked, wire.run(2000)) == [stacked(3, 2, job="job1")]


def test_a_jam_in_the_mouth_is_no_credit() -> None:
    wire, sim = escrowed()
    sim.set_fault("jam_mouth", True, wire.now_ms)
    wire.stack("job1")
    events = wire.run(3000)
    assert events[0] == NoteReturned("note", 2, "job1", Fault.JAM)
    assert sim.snapshot()["hand"] == {"2": 1}


def test_a_note_that_jams_on_its_way_back_is_uncertain() -> None:
    wire, sim = escrowed()
    sim.set_fault("jam_mouth", True, wire.now_ms)
    wire.give_back("job1")
    events = wire.run(3000)
    assert events[0] == NoteUnknown("note", 2, Fault.JAM, "job1")
    assert sim.snapshot()["stuck"] == {"2": 1}


def test_a_jam_is_over_when_the_next_note_comes_in() -> None:
    wire, sim = escrowed()
    sim.set_fault("jam", True, wire.now_ms)
    wire.stack("job1")
    wire.run(30_000)
    sim.set_fault("jam", False, wire.now_ms)
    sim.insert(1, wire.now_ms)
    events = wire.run(2000)
    assert DeviceRecovered("note", VALIDATOR) in events
    assert len(of(NoteEscrowed, events)) == 1


@pytest.mark.parametrize(("hand", "fault"), [("remove_box", Fault.BOX_OUT)], ids=["the box is taken out"])
def test_a_missing_box_is_reported_and_its_return_too(hand: str, fault: Fault) -> None:
    wire, sim = selling()
    sim.act(hand, {}, wire.now_ms)
    assert of(DeviceFaulted, wire.run(1000)) == [
        DeviceFaulted("note", VALIDATOR, fault, BillCode.STACKER_REMOVED)
    ]
    sim.act("insert_box", {}, wire.now_ms)
    assert of(DeviceRecovered, wire.run(1000)) == [DeviceRecovered("note", VALIDATOR)]


def test_a_full_stacker_is_reported_and_takes_no_note() -> None:
    wire, sim = selling()
    full = DeviceFaulted("note", VALIDATOR, Fault.STACKER_FULL, BillCode.STACKER_FULL)
    sim.set_fault("stacker_full", True, wire.now_ms)
    assert wire.run(1000) == [full]
    sim.insert(2, wire.now_ms)
    assert wire.run(2000) == [full]
    assert sim.snapshot()["hand"] == {"2": 1}
    sim.set_fault("stacker_full", False, wire.now_ms)
    assert wire.run(1000) == [DeviceRecovered("note", VALIDATOR)]


def test_a_note_of_a_kind_that_the_device_does_not_know_is_counted_and_never_valued() -> None:
    wire, sim = selling()
    sim.set_fault("wrong_note", True, wire.now_ms)
    sim.insert(2, wire.now_ms)
    assert wire.run(3000) == [NoteUnvalued("note", SERIAL, 1, 1, 0)]


def test_a_note_that_the_configuration_has_no_value_for_is_not_kept_waiting() -> None:
    wire, sim = selling()
    sim.firmware.push(9, 1)
    assert wire.run(1000) == [NoteRefused("note", 9, Fault.UNKNOWN_NOTE)]
    sim.firmware.chip.kept += 1
    sim.firmware.push(9, 0)
    assert wire.run(1000) == [NoteUnvalued("note", SERIAL, 1, 2, 9)]


def test_a_device_without_escrow_stacks_by_itself_and_the_note_is_credited() -> None:
    wire, sim = selling()
    sim.firmware.answer(Header.BILL_MODE, b"\x01", wire.now_ms)
    sim.insert(2, wire.now_ms)
    assert wire.run(3000) == [stacked(1, 2)]


def test_a_note_that_is_pulled_out_of_the_box_on_a_string_is_credited_once_and_called_fraud() -> None:
    wire, sim = escrowed()
    sim.set_fault("string_from_box", True, wire.now_ms)
    wire.stack("job1")
    assert wire.run(3000) == [
        stacked(2, 2, job="job1"),
        DeviceFaulted("note", VALIDATOR, Fault.FRAUD, BillCode.STRING),
    ]


def test_a_note_that_is_reported_twice_is_credited_once_when_the_count_is_known_to_be_good() -> None:
    wire, sim = escrowed()
    wire.stack("job1")
    assert len(of(NoteStacked, wire.run(3000))) == 1
    sim.set_fault("double_report", True, wire.now_ms)
    sim.insert(1, wire.now_ms)
    wire.run(2000)
    wire.stack("job2")
    events = wire.run(3000)
    assert len(of(NoteStacked, events)) == 1
    assert of(DeviceFaulted, events) == [DeviceFaulted("note", VALIDATOR, Fault.OUT_OF_SEQUENCE, 1)]


def test_credits_without_notes_invent_no_money_once_the_count_is_known_to_be_good() -> None:
    wire, sim = escrowed()
    wire.stack("job1")
    wire.run(3000)
    for _ in range(4):
        sim.firmware.push(3, 0)
    events = wire.run(3000)
    assert of(NoteStacked, events) == []
    assert len(of(DeviceFaulted, events)) == 4


def test_a_count_that_never_moves_is_not_believed_and_costs_no_shopper_a_note() -> None:
    wire, sim = escrowed()
    sim.set_fault("counts_seen", True, wire.now_ms)  # from here on stacking does not move it
    wire.stack("job1")
    events = wire.run(4000)
    assert of(NoteStacked, events) == [stacked(2, 2, job="job1", kept_total=0)]
    assert of(AcceptorIdentified, events)[-1].kept_total is None


def test_a_count_of_notes_that_were_only_seen_is_not_believed() -> None:
    wire, sim = selling()
    sim.set_fault("counts_seen", True, wire.now_ms)
    sim.insert(2, wire.now_ms)
    wire.run(2000)
    wire.give_back("job1")
    events = wire.run(3000)
    assert of(NoteReturned, events) == [NoteReturned("note", 2, "job1")]
    assert of(AcceptorIdentified, events)[-1].kept_total is None


# --- restarts ---------------------------------------------------------------------------------------------------------


def cut(wire: Conversation, sim: NoteValidatorSim) -> list[DeviceEvent]:
    sim.set_power(False, wire.now_ms)
    sim.set_power(True, wire.now_ms)
    return wire.run(5000)


def test_a_device_that_restarts_with_a_note_in_escrow_gave_it_back_as_its_count_says() -> None:
    wire, sim = escrowed()
    wire.stack("job1")  # not on the wire yet
    assert cut(wire, sim)[0] == NoteReturned("note", 2, "job1", Fault.RESTARTED)
    assert sim.snapshot()["hand"] == {"2": 1}


@pytest.mark.parametrize("has_job", [True, False])
def test_a_device_that_restarts_and_kept_the_note_without_an_event_is_believed_by_its_count(
    has_job: bool,
) -> None:
    wire, sim = escrowed()
    if has_job:
        wire.stack("job1")
        wire.run(500)
    sim.set_fault("stacks_at_power_up", True, wire.now_ms)
    events = cut(wire, sim)
    assert events[0] == stacked(0, 2, device_epoch=2, job="job1" if has_job else "")
    (found,) = of(AcceptorIdentified, events)
    assert (found.device_epoch, found.event_no, found.restarted, found.kept_total) == (2, 0, True, 1)
    assert sim.snapshot()["stacker"] == {"2": 1}


def sold_one() -> tuple[Conversation, NoteValidatorSim]:
    wire, sim = escrowed(1)
    wire.stack("job0")
    wire.run(3000)
    sim.insert(2, wire.now_ms)
    wire.run(2000)
    return wire, sim


def test_a_device_that_still_holds_the_note_after_a_restart_is_asked_what_was_decided_before() -> None:
    wire, sim = sold_one()
    sim.set_fault("holds_at_power_up", True, wire.now_ms)
    sim.set_fault("mute", True, wire.now_ms)
    wire.stack("job1")
    wire.run(200)
    sim.set_fault("mute", False, wire.now_ms)
    events = cut(wire, sim)
    assert of(NoteUnknown, events) == []
    assert of(NoteStacked, events) == [stacked(2, 2, device_epoch=2, job="job1", kept_total=2)]


def test_a_device_that_still_holds_the_note_after_a_restart_offers_it_again() -> None:
    wire, sim = sold_one()
    sim.set_fault("holds_at_power_up", True, wire.now_ms)
    events = cut(wire, sim)
    assert [type(event) for event in events] == [AcceptorIdentified, NoteEscrowed]
    wire.stack("job1")
    assert of(NoteStacked, wire.run(3000)) == [stacked(2, 2, device_epoch=2, job="job1", kept_total=2)]


def test_a_restart_that_the_ring_does_not_show_closes_the_device_for_one_note_only() -> None:
    wire, sim = escrowed()
    sim.set_fault("holds_at_power_up", True, wire.now_ms)
    assert cut(wire, sim) == [], "one event before, the same one after"
    wire.give_back("job1")
    wire.run(3000)
    sim.insert(1, wire.now_ms)
    assert of(NoteRefused, wire.run(3000)) != []
    sim.insert(1, wire.now_ms)
    assert len(of(NoteEscrowed, wire.run(3000))) == 1


def test_without_a_count_a_note_in_escrow_at_a_restart_is_unknown() -> None:
    wire, sim = with_validator()
    sim.set_fault("no_counts", True, wire.now_ms)
    wire.open_notes()
    wire.run(4000)
    sim.insert(2, wire.now_ms)
    wire.run(2000)
    wire.stack("job1")
    assert cut(wire, sim)[0] == NoteUnknown("note", 2, Fault.RESTARTED, "job1")


def test_after_a_restart_of_the_device_notes_are_taken_again_in_a_new_epoch() -> None:
    wire, sim = escrowed()
    wire.stack("job1")
    wire.run(3000)
    cut(wire, sim)
    sim.insert(1, wire.now_ms)
    wire.run(2000)
    wire.stack("job2")
    assert of(NoteStacked, wire.run(3000)) == [stacked(2, 1, device_epoch=2, job="job2", kept_total=2)]


def test_a_host_that_starts_anew_finds_the_note_in_escrow() -> None:
    wire, sim = escrowed()
    wire.restart_host([validator_config(AcceptorMemory(SERIAL, 1, 0, kept_total=0))])
    events = wire.run(3000)
    assert [type(event) for event in events] == [AcceptorIdentified, NoteEscrowed]
    wire.give_back("job2")
    assert wire.run(3000) == [NoteReturned("note", 2, "job2")]
    assert sim.snapshot()["hand"] == {"2": 1}


def test_a_host_that_starts_anew_learns_that_the_note_was_stacked_meanwhile() -> None:
    wire, sim = escrowed()
    wire.stack("job1")
    wire.run(100)
    sim.tick(wire.now_ms + 2000)
    wire.restart_host([validator_config(AcceptorMemory(SERIAL, 1, 0, kept_total=0))])
    events = wire.run(3000)
    assert events[0] == stacked(2, 2)
    (found,) = of(AcceptorIdentified, events)
    assert (found.event_no, found.kept_total, found.restarted) == (2, 1, False)


def test_a_host_that_starts_anew_learns_that_the_note_went_back_meanwhile() -> None:
    wire, sim = escrowed()
    memory = AcceptorMemory(SERIAL, 1, 1, kept_total=0)
    sim.pull(wire.now_ms)
    wire.restart_host([validator_config(memory)])
    assert wire.run(3000)[0] == NoteReturned("note", 2, "", Fault.FRAUD)


def test_what_the_journal_holds_already_is_not_told_again() -> None:
    wire, _ = escrowed()
    wire.stack("job1")
    wire.run(3000)
    wire.restart_host([validator_config(AcceptorMemory(SERIAL, 1, 2, kept_total=1))])
    events = wire.run(3000)
    assert [type(event) for event in events] == [AcceptorIdentified]


def test_refused_notes_are_never_taken_for_lost_ones_by_a_host_that_starts_anew() -> None:
    wire, sim = selling()
    sim.set_fault("reject", True, wire.now_ms)
    for _ in range(30):
        sim.insert(1, wire.now_ms)
        wire.run(2000)
    newest = of(AcceptorIdentified, wire.seen)[-1]
    assert len(of(AcceptorIdentified, wire.seen)) < 12
    wire.restart_host([validator_config(AcceptorMemory(SERIAL, 1, newest.event_no, kept_total=0))])
    assert of(CoinEventsLost, wire.run(3000)) == []


def test_events_that_left_the_ring_are_told_as_lost_and_the_count_is_read() -> None:
    wire, sim = escrowed()
    for _ in range(4):
        sim.firmware.push(0, BillCode.INVALID)
    sim.firmware.chip.kept += 1
    sim.firmware.push(2, 0)
    for _ in range(2):
        sim.firmware.push(0, BillCode.INVALID)
    events = wire.run(3000)
    assert events[0] == CoinEventsLost("note", SERIAL, 1, 3, 2)
    assert NoteUnknown("note", 2, Fault.NOT_SEEN, "") in events
    assert of(NoteStacked, events) == [stacked(6, 2)]
    assert of(AcceptorIdentified, events)[-1].event_no == 8


def test_another_validator_is_another_epoch_and_its_count_is_not_compared() -> None:
    wire, sim = escrowed()
    wire.stack("job1")
    wire.run(3000)
    sim.act("replace", {}, wire.now_ms)
    events = wire.run(20_000)
    (found,) = of(AcceptorIdentified, events)
    assert (found.serial, found.device_epoch, found.kept_total) == (SERIAL + 1000, 2, 0)
    assert of(DeviceFaulted, events) == []


def test_a_validator_that_is_exchanged_with_a_note_in_it_leaves_that_note_unknown() -> None:
    wire, sim = escrowed()
    sim.act("replace", {}, wire.now_ms)
    assert NoteUnknown("note", 2, Fault.RESTARTED, "") in wire.run(20_000)


def test_a_silent_validator_is_lost_once_and_its_note_is_offered_again_when_it_is_back() -> None:
    wire, sim = escrowed()
    sim.set_fault("mute", True, wire.now_ms)
    assert [type(event) for event in wire.run(10_000)] == [DeviceLost]
    sim.set_fault("mute", False, wire.now_ms)
    assert [type(event) for event in wire.run(3000)] == [AcceptorIdentified, NoteEscrowed]


def test_a_decision_that_could_not_be_sent_for_long_is_dropped_and_answered_when_the_note_is_back() -> None:
    wire, sim = escrowed()
    sim.set_fault("mute", True, wire.now_ms)
    wire.run(2000)
    wire.stack("job1")
    wire.run(15_000)
    sim.set_fault("mute", False, wire.now_ms)
    wire.run(40_000)
    assert of(NoteReturned, wire.seen) == [NoteReturned("note", 2, "job1", Fault.TIMED_OUT)]
    assert sim.snapshot()["stacker"] == {}


def test_the_24_bit_count_goes_on_across_its_wrap() -> None:
    sim = NoteValidatorSim("note", 40, SERIAL, NOTES)
    sim.firmware.chip.kept = 2**24 + 1
    wire = Conversation([validator_config(AcceptorMemory(SERIAL, 1, 0, kept_total=2**24 - 1))], [sim])
    (found,) = wire.run(3000)
    assert isinstance(found, AcceptorIdentified)
    assert found.kept_total == 2**24 + 1


# --- settings ---------------------------------------------------------------------------------------------------------


def test_a_scale_that_is_not_the_configured_one_keeps_those_notes_out() -> None:
    wire, sim = with_validator()
    sim.set_fault("wrong_scale", True, wire.now_ms)
    wire.open_notes()
    events = wire.run(3000)
    assert of(DeviceFaulted, events) == [
        DeviceFaulted("note", VALIDATOR, Fault.WRONG_SCALE, position) for position in NOTES
    ]
    sim.insert(2, wire.now_ms)
    assert of(NoteEscrowed, wire.run(3000)) == []
    sim.firmware.push(2, 0)
    assert of(NoteUnvalued, wire.run(1000)) == [NoteUnvalued("note", SERIAL, 1, 2, 2)]


@pytest.mark.parametrize(
    ("notes", "scale"),
    [({1: 500}, Scale(100, 2)), ({1: 500}, Scale(1, 0)), ({1: 500_000}, Scale(1000, 0))],
    ids=["cents", "whole euros", "no decimals at all"],
)
def test_scales_that_fit_the_configured_values_let_notes_in(notes: dict[int, int], scale: Scale) -> None:
    value = notes[1] // scale.factor if scale.factor > 1 else 5
    sim = NoteValidatorSim("note", 40, SERIAL, {1: value * 100})
    sim.firmware.scale = scale
    wire = Conversation([ValidatorConfig("note", 40, notes, "XXX")], [sim])
    wire.host.request(SetAccept("note", (1,)))
    assert of(DeviceFaulted, wire.run(3000)) == []
    sim.insert(1, wire.now_ms)
    assert len(of(NoteEscrowed, wire.run(2000))) == 1


def test_a_device_that_says_nothing_of_its_values_is_used_as_configured() -> None:
    wire, sim = with_validator()
    sim.firmware.has_ids = False
    wire.open_notes()
    wire.run(4000)
    sim.insert(2, wire.now_ms)
    assert len(of(NoteEscrowed, wire.run(2000))) == 1


@pytest.mark.parametrize(
    "config",
    [
        {"notes": {17: 500}},
        {"notes": {1: 0}},
        {"notes": {1: 500}, "into": {2: "recycler"}},
        {"notes": {1: 500}, "poll_ms": 10},
    ],
)
def test_settings_that_make_no_sense_are_refused(config: dict[str, object]) -> None:
    with pytest.raises(WireError):
        ValidatorConfig("note", 40, currency="EUR", **config)  # type: ignore[arg-type]  # several kinds of value


def test_commands_for_others_and_out_of_range_are_refused() -> None:
    wire, _ = escrowed()
    with pytest.raises(WireError):
        wire.host.request(SetAccept("note", (9,)))
    with pytest.raises(WireError):
        wire.host.request(TurnCoil("note", "job", 1), AUTHORITY)
    for command in (StackNote("note", "job"), ReturnNote("note", "job")):
        with pytest.raises(UnauthorizedError):
            wire.host.request(command)
    wire.stack("job1")
    with pytest.raises(WireError):
        wire.stack("job2")


def test_a_note_for_a_recycler_says_so() -> None:
    sim = NoteValidatorSim("note", 40, SERIAL, NOTES)
    wire = Conversation([replace(validator_config(), into={2: "recycler"})], [sim])
    wire.open_notes()
    wire.run(3000)
    sim.insert(2, wire.now_ms)
    wire.run(2000)
    wire.stack("job1")
    assert of(NoteStacked, wire.run(3000)) == [stacked(2, 2, job="job1", into="recycler")]


# --- any mishaps ------------------------------------------------------------------------------------------------------


class Till:
    """Keeps every note with a coin's toss, and books what it is told, each event once, and what the count says beyond."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.known: set[tuple[int, int, int]] = set()
        self.booked: Counter[int] = Counter()
        self.found = 0
        self.uncertain: Counter[str] = Counter()
        self.memory: AcceptorMemory | None = None
        self.kept: int | None = None
        self.jobs: Counter[str] = Counter()
        self.number = 0

    def take(self, wire: Conversation, events: Sequence[DeviceEvent]) -> None:
        for event in events:
            match event:
                case NoteEscrowed():
                    self.number += 1
                    act = wire.stack if self.chance.random() < 0.7 else wire.give_back
                    act(f"job{self.number}")
                case NoteStacked():
                    key = (event.serial, event.device_epoch, event.event_no)
                    if key in self.known:
                        continue  # an answer to a decision that came too late
                    self.known.add(key)
                    self.booked[event.position] += 1
                    self.kept = event.kept_total
                    self.memory = AcceptorMemory(*key, kept_total=event.kept_total)
                case AcceptorIdentified():
                    if self.kept is not None and event.kept_total is not None:
                        assert event.kept_total >= self.kept
                        self.found += event.kept_total - self.kept
                    self.kept = event.kept_total
                    self.memory = AcceptorMemory(
                        event.serial, event.device_epoch, event.event_no, kept_total=event.kept_total
                    )
                case NoteUnknown():
                    self.uncertain[event.job] += 1
                case _:
                    assert not isinstance(event, NoteUnvalued)
            if isinstance(event, NoteReturned | NoteStacked | NoteUnknown) and event.job:
                self.jobs[event.job] += 1


@pytest.mark.parametrize("seed", range(25))
def test_after_any_mishaps_the_books_hold_every_note_in_the_box_and_no_other(seed: int) -> None:
    chance = random.Random(seed)
    wire, sim = with_validator()
    till = Till(chance)
    rate = chance.choice([0, 0.02, 0.1, 0.3])
    wire.to_host, wire.to_slaves = damaging(chance, rate), damaging(chance, rate)
    wire.open_notes()
    for _ in range(40):
        match chance.randrange(10):
            case 0:
                sim.set_power(not sim.is_powered, wire.now_ms)
            case 1:
                sim.set_fault("mute", not sim.faults["mute"], wire.now_ms)
            case 2:
                sim.set_fault("lost_reply", True, wire.now_ms)
            case 3:
                name = chance.choice(["impatient", "holds_at_power_up", "stacks_at_power_up"])
                sim.set_fault(name, not sim.faults[name], wire.now_ms)
            case 4:
                wire.restart_host([validator_config(till.memory)])
                wire.open_notes()
            case 5:
                sim.pull(wire.now_ms)
            case _:
                sim.insert(chance.randint(1, 3), wire.now_ms)
        till.take(wire, wire.run(chance.choice([5, 80, 400, 2500, 6000])))
    wire.to_host = wire.to_slaves = whole
    sim.set_power(True, wire.now_ms)
    sim.set_fault("mute", False, wire.now_ms)
    for _ in range(10):
        till.take(wire, wire.run(20_000))
    wire.restart_host([validator_config(till.memory)])
    till.take(wire, wire.run(5000))
    box = sim.snapshot()["stacker"]
    assert isinstance(box, dict)
    assert till.booked.total() + till.found == sum(box.values()) == sim.snapshot()["kept_total"]
    assert all(qty <= box.get(str(position), 0) for position, qty in till.booked.items())
    assert all(qty == 1 or till.uncertain[job] for job, qty in till.jobs.items())


# --- rare turns of the ring -------------------------------------------------------------------------------------------


def test_a_note_of_an_unknown_kind_in_the_stacker_leaves_the_one_in_escrow_uncertain() -> None:
    wire, sim = escrowed()
    wire.stack("job1")
    wire.run(160)
    sim.firmware.chip.kept += 1
    sim.firmware.push(0, BillCode.UNKNOWN_STACKED)
    events = wire.run(500)
    assert NoteUnknown("note", 2, Fault.UNKNOWN_NOTE, "job1") in events
    assert NoteUnvalued("note", SERIAL, 1, 2, 0) in events


def test_a_second_note_in_escrow_leaves_the_first_uncertain() -> None:
    wire, sim = escrowed()
    sim.firmware.push(3, 1)
    assert wire.run(500) == [
        NoteUnknown("note", 2, Fault.OUT_OF_SEQUENCE, ""),
        NoteEscrowed("note", 3, 2000, "EUR", 0),
    ]


def test_a_note_that_is_pulled_before_it_reached_the_escrow_is_evidence() -> None:
    wire, sim = selling()
    sim.insert(2, wire.now_ms)
    wire.run(300)
    sim.pull(wire.now_ms)
    assert wire.run(1000) == [NoteRefused("note", BillCode.PULLED_BACK, Fault.FRAUD)]


def test_a_device_that_says_it_is_inhibited_is_opened_again() -> None:
    wire, sim = selling()
    sim.insert(1, wire.now_ms)
    wire.run(1500)
    wire.give_back()
    wire.run(2000)
    sim.firmware.is_open = False
    sim.firmware.push(0, BillCode.INHIBIT_ACTIVE)
    wire.run(1000)
    assert sim.snapshot()["is_open"] is True


def test_codes_that_no_table_lists_and_second_bytes_that_mean_nothing_tell_nothing() -> None:
    wire, sim = selling()
    sim.firmware.push(0, 99)
    sim.firmware.push(2, 7)
    assert wire.run(1000) == []


def test_a_restart_takes_back_what_was_wrong_before() -> None:
    wire, sim = selling()
    sim.act("remove_box", {}, wire.now_ms)
    wire.run(1000)
    assert DeviceRecovered("note", VALIDATOR) in cut(wire, sim)


def test_a_restarted_device_that_says_itself_what_became_of_the_note_is_believed() -> None:
    wire, sim = sold_one()
    sim.set_power(False, wire.now_ms)
    sim.set_power(True, wire.now_ms)
    sim.firmware.push(0, BillCode.RETURNED)
    events = wire.run(5000)
    assert of(NoteReturned, events) == [NoteReturned("note", 2, "", Fault.TIMED_OUT)]
    assert of(NoteUnknown, events) == []


def test_a_restarted_device_whose_count_makes_no_sense_leaves_the_note_uncertain() -> None:
    wire, sim = sold_one()
    sim.firmware.chip.kept += 7
    assert NoteUnknown("note", 2, Fault.RESTARTED, "") in cut(wire, sim)


def test_a_bill_type_that_the_device_leaves_empty_is_used_as_configured() -> None:
    sim = NoteValidatorSim("note", 40, SERIAL, {1: 500})
    wire = Conversation([validator_config()], [sim])
    assert of(DeviceFaulted, wire.run(3000)) == []


def test_a_ring_that_never_stands_still_is_no_baseline() -> None:
    wire, sim = with_validator()
    tell = sim.firmware._commands[Header.ACCEPTED_TOTAL]

    def restless(data: bytes, now_ms: int) -> Answer | None:
        sim.firmware.push(0, BillCode.INVALID)
        return tell(data, now_ms)

    sim.firmware._commands[Header.ACCEPTED_TOTAL] = restless
    wire.run(10_000)
    assert of(AcceptorIdentified, wire.seen) == []
    sim.firmware._commands[Header.ACCEPTED_TOTAL] = tell
    wire.run(5000)
    assert len(of(AcceptorIdentified, wire.seen)) == 1


def test_notes_of_another_currency_are_kept_out_and_said_in_words() -> None:
    wire = Conversation(
        [replace(validator_config(), currency="IRR")], [NoteValidatorSim("note", 40, SERIAL, NOTES)]
    )
    wire.open_notes()
    events = wire.run(3000)
    assert of(DeviceFaulted, events) == [
        DeviceFaulted("note", VALIDATOR, Fault.WRONG_SCALE, position) for position in NOTES
    ]
    assert wire.host.findings == {
        "note": "the note validator answers but is inhibited: no currency table for IRR, it knows EUR"
    }


@pytest.mark.parametrize(("country", "currency"), [("EU", "EUR"), ("IR", "IRR"), ("GB", "GBP"), ("XZ", "")])
def test_the_letters_of_a_notes_name_stand_for_its_countrys_money(country: str, currency: str) -> None:
    assert currency_of(country) == currency
