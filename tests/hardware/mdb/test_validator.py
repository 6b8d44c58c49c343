"""The master and a note validator: a note is money when it is in, its counts settle what a reply cannot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from hardware.commands import PayCoins, ReturnNote, SetAccept, StackNote
from hardware.events import (
    AcceptorIdentified,
    CoinsPaid,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    Fault,
    HopperCounted,
    HopperIdentified,
    NoteEscrowed,
    NoteRefused,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
    NoteUnvalued,
)
from hardware.mdb.device import ValidatorFirmware
from hardware.mdb.host import Adapter, MdbBus, TubeConfig, ValidatorConfig
from hardware.mdb.messages import (
    Identity,
    Pieces,
    Stacker,
    read_validator_events,
    read_validator_setup,
)
from hardware.sansio import AcceptorMemory, UnauthorizedError, WireError
from hardware.simulators.mdb_box import MdbPeripheral
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.simulators.model import UnknownActError
from tests.hardware.mdb.conversation import (
    AUTHORITY,
    NOTES,
    SERIAL,
    Conversation,
    changer_config,
    changer_sim,
    validator_config,
    validator_sim,
)
from tests.hardware.mdb.test_blocks import VECTORS, content

both_boxes = pytest.mark.parametrize("adapter", Adapter)


def of(kind: type[DeviceEvent], events: Sequence[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if isinstance(event, kind)]


def ready(
    adapter: Adapter = Adapter.QIBIXX, level: int = 2, memory: AcceptorMemory | None = None
) -> tuple[Conversation, ValidatorSim]:
    sim = validator_sim(level)
    wire = Conversation([validator_config(memory)], [sim], adapter=adapter)
    wire.run(4_000)
    wire.ask(SetAccept("notes", tuple(NOTES)))
    wire.run(500)
    wire.seen.clear()
    return wire, sim


def held(wire: Conversation, sim: ValidatorSim, position: int = 2) -> None:
    """A note lies in escrow."""
    sim.insert(position, wire.now_ms)
    wire.run(1_500)
    assert wire.seen[-1] == NoteEscrowed("notes", position, NOTES[position], "EUR", sum(sim.stacked.values()))


def stacked(position: int, event_no: int, job: str, kept: int | None, into: str = "") -> NoteStacked:
    return NoteStacked("notes", SERIAL, 1, event_no, position, NOTES[position], "EUR", into, job, kept)


# --- contact -----------------------------------------------------------------------------------------------------


@both_boxes
def test_a_validator_and_its_recycler_are_identified_with_what_they_hold(adapter: Adapter) -> None:
    sim = validator_sim()
    sim.fill(1, 7)
    wire = Conversation([validator_config()], [sim], adapter=adapter)
    assert wire.run(5_000) == [
        AcceptorIdentified(
            "notes",
            SERIAL,
            1,
            0,
            None,
            restarted=False,
            kind=DeviceKind.NOTE_VALIDATOR,
            kept_total=7,
            recycled=7,
            has_counter=False,
        ),
        HopperIdentified("recycler-5", SERIAL, None, None, lost_power=False, level=7),
    ]
    assert sim.firmware.accepted == frozenset()


def test_a_validator_of_level_one_has_no_recycler() -> None:
    wire, _ = ready(level=1)
    wire.ask(PayCoins("recycler-5", "job", 1, None))
    assert of(CoinsPaid, wire.run(1_000)) == [CoinsPaid("recycler-5", "job", 0, None, Fault.REFUSED, 0)]


def test_the_counter_goes_on_from_what_the_journal_remembers() -> None:
    wire = Conversation([validator_config(AcceptorMemory(SERIAL, 3, 41, kept_total=9))], [validator_sim()])
    (identified,) = of(AcceptorIdentified, wire.run(5_000))
    assert isinstance(identified, AcceptorIdentified)
    assert (identified.device_epoch, identified.event_no, identified.restarted) == (3, 41, True)


# --- a note ------------------------------------------------------------------------------------------------------


@both_boxes
def test_a_note_waits_in_escrow_until_it_is_stacked_and_only_then_is_money(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    held(wire, sim)
    assert wire.run(5_000) == []
    assert sim.stacked == {}
    wire.ask(StackNote("notes", "N1"))
    assert wire.run(3_000) == [stacked(2, 1, "N1", 1)]
    assert sim.stacked == {2: 1}


@both_boxes
def test_a_note_that_is_not_wanted_goes_back_into_the_hand(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    held(wire, sim)
    wire.ask(ReturnNote("notes", "N1"))
    assert wire.run(3_000) == [NoteReturned("notes", 2, "N1")]
    assert (sim.hand, sim.stacked) == ({2: 1}, {})


@both_boxes
def test_a_note_for_the_recycler_is_told_with_its_place_and_is_not_counted_twice(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    held(wire, sim, 1)
    wire.ask(StackNote("notes", "N1"))
    assert wire.run(8_000) == [stacked(1, 1, "N1", 1, "recycler-5")]
    assert (sim.inside(1), sim.stacked) == (1, {})


@both_boxes
@pytest.mark.parametrize("stacks", [True, False])
def test_a_report_said_again_because_its_acknowledgement_was_lost_is_one_note(
    adapter: Adapter, stacks: bool
) -> None:
    wire, sim = ready(adapter)
    sim.set_fault("ack_lost", True, wire.now_ms)
    for job in ("N1", "N2", "N3"):
        sim.insert(2, wire.now_ms)
        wire.run(2_000)
        wire.ask(StackNote("notes", job) if stacks else ReturnNote("notes", job))
        wire.run(4_000)
    assert len(of(NoteStacked, wire.seen)) == 3 * stacks
    assert len(of(NoteReturned, wire.seen)) == 3 * (not stacks)
    assert len(of(NoteEscrowed, wire.seen)) == 3
    assert of(NoteUnvalued, wire.seen) == []


def is_escrow_order(sent: bytes) -> bool:
    return sent.startswith((b"R,35", b"\x35"))


@both_boxes
def test_a_decision_whose_answer_is_lost_is_sent_once_and_the_report_settles_it(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    held(wire, sim)
    wire.to_host = lambda data: () if is_escrow_order(wire.sent[-1]) else (data,)
    wire.ask(StackNote("notes", "N1"))
    assert of(NoteStacked, wire.run(10_000)) == [stacked(2, 1, "N1", 1)]
    assert sum(map(is_escrow_order, wire.sent)) == 1


@both_boxes
def test_a_decision_that_was_not_heard_is_sent_once_more_when_the_counts_show_it(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    held(wire, sim)
    lost = [True]

    def lose_first(data: bytes) -> Sequence[bytes]:
        if is_escrow_order(data) and lost:
            lost.clear()
            return ()
        return (data,)

    wire.to_box = lose_first
    wire.ask(StackNote("notes", "N1"))
    assert of(NoteStacked, wire.run(15_000)) == [stacked(2, 1, "N1", 1)]
    assert sum(map(is_escrow_order, wire.sent)) == 2


def test_a_decision_that_is_never_heard_ends_as_unknown() -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.to_box = lambda data: () if is_escrow_order(data) else (data,)
    wire.ask(StackNote("notes", "N1"))
    assert of(NoteUnknown, wire.run(50_000)) == [NoteUnknown("notes", 2, Fault.TIMED_OUT, "N1")]
    assert sum(map(is_escrow_order, wire.sent)) == 2


def test_a_stacked_note_whose_report_was_lost_is_found_by_the_count() -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.to_host = lambda data: () if data == b"p,81\r\n" else (data,)
    wire.ask(StackNote("notes", "N1"))
    assert of(NoteStacked, wire.run(15_000)) == [stacked(2, 1, "N1", 1)]
    assert sum(map(is_escrow_order, wire.sent)) == 1


@pytest.mark.parametrize("line", [b"p,80\r\n", b"p,82\r\n"])
def test_a_damaged_line_never_makes_another_note_of_the_one_in_escrow(line: bytes) -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.to_host = lambda data: (line,) if data == b"p,81\r\n" else (data,)
    wire.ask(StackNote("notes", "N1"))
    seen = wire.run(15_000)
    assert of(NoteUnknown, seen) == [NoteUnknown("notes", 2, Fault.LINE_NOISE, "N1")]
    assert of(NoteStacked, seen) == []


def test_a_returned_note_whose_report_was_lost_is_asked_for_again_and_was_returned() -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.to_host = lambda data: () if data == b"p,A1\r\n" else (data,)
    wire.ask(ReturnNote("notes", "N1"))
    assert of(NoteReturned, wire.run(15_000)) == [NoteReturned("notes", 2, "N1", Fault.REFUSED)]
    assert sim.hand == {2: 1}


def test_a_validator_that_does_not_count_is_believed_about_the_note_that_it_was_told_to_stack() -> None:
    wire, sim = ready()
    sim.set_fault("not_counting", True, wire.now_ms)
    held(wire, sim)
    wire.ask(StackNote("notes", "N1"))
    assert of(NoteStacked, wire.run(5_000)) == [stacked(2, 1, "N1", 0)]


def test_a_count_that_rises_late_is_no_doubt() -> None:
    wire, sim = ready()
    for job in ("N1", "N2"):
        held(wire, sim)
        wire.ask(StackNote("notes", job))
        wire.run(1_000)
        sim.set_fault("not_counting", job == "N2", wire.now_ms)
        wire.run(1_500)
        sim.set_fault("not_counting", False, wire.now_ms)
        wire.run(12_000)
    assert [event.kept_total for event in wire.seen if isinstance(event, NoteStacked)] == [1, 0]
    assert of(DeviceFaulted, wire.seen) == []


def test_a_count_that_does_not_rise_is_told_beside_the_credit() -> None:
    wire, sim = ready()
    for number, (lies, faults) in enumerate(((False, []), (True, [1]), (True, [1]), (False, [])), 1):
        sim.set_fault("says_stacked", lies, wire.now_ms)
        held(wire, sim)
        wire.ask(StackNote("notes", f"N{number}"))
        wire.seen.clear()
        wire.run(12_000)
        assert len(of(NoteStacked, wire.seen)) == 1, "it is credited all the same: the shopper saw it go in"
        assert of(DeviceFaulted, wire.seen) == [
            DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.NOT_COUNTED, count) for count in faults
        ]
        assert of(DeviceRecovered, wire.seen) == [
            DeviceRecovered("notes", DeviceKind.NOTE_VALIDATOR) for _ in faults
        ]
    assert sim.stacked == {2: 2}


# --- what goes wrong with a note -----------------------------------------------------------------------------------


def test_a_note_that_is_said_to_be_in_and_is_not_is_no_money() -> None:
    wire, sim = ready()
    sim.set_fault("cheat", True, wire.now_ms)
    sim.insert(2, wire.now_ms)
    wire.run(2_000)
    assert of(NoteUnvalued, wire.seen) == [NoteUnvalued("notes", SERIAL, 1, 1, 2)]
    wire.ask(StackNote("notes", "N1"))
    wire.run(20_000)
    assert of(NoteStacked, wire.seen) == []
    assert of(NoteReturned, wire.seen) == [NoteReturned("notes", 2, "N1", Fault.REFUSED)]


def test_a_credit_out_of_nothing_is_evidence_and_no_money() -> None:
    wire, sim = ready()
    sim.firmware.events.push(b"\x82")
    sim.firmware.events.push(b"\xb0")
    wire.run(3_000)
    assert of(NoteStacked, wire.seen) == []
    assert len(of(NoteUnvalued, wire.seen)) == 2


def test_a_validator_that_stacks_by_itself_is_believed_when_it_counted_the_note() -> None:
    wire, sim = ready()
    sim.set_fault("stacks_by_itself", True, wire.now_ms)
    sim.insert(2, wire.now_ms)
    assert of(NoteStacked, wire.run(5_000)) == [stacked(2, 1, "", 1)]


def test_a_note_without_a_value_goes_back_and_nobody_is_asked() -> None:
    wire, sim = ready()
    sim.set_fault("wrong_note", True, wire.now_ms)
    sim.insert(2, wire.now_ms)
    assert wire.run(6_000) == [NoteRefused("notes", 0x9F, Fault.UNKNOWN_NOTE, is_returned=True)]
    assert sim.hand == {2: 1}


def test_a_note_pulled_out_of_escrow_is_unknown() -> None:
    wire, sim = ready()
    sim.set_fault("pulled_back", True, wire.now_ms)
    sim.insert(2, wire.now_ms)
    assert of(NoteUnknown, wire.run(5_000)) == [NoteUnknown("notes", 2, Fault.FRAUD)]


def test_a_note_given_back_by_the_device_itself_is_returned_and_a_late_decision_hears_it() -> None:
    wire, sim = ready()
    sim.set_fault("impatient", True, wire.now_ms)
    sim.insert(2, wire.now_ms)
    assert of(NoteReturned, wire.run(15_000)) == [NoteReturned("notes", 2)]
    wire.ask(StackNote("notes", "N1"))
    assert wire.run(1_000) == [NoteReturned("notes", 2, "N1", Fault.REFUSED)]


def test_a_decision_without_any_note_is_unknown() -> None:
    wire, _ = ready()
    wire.ask(StackNote("notes", "N1"))
    assert wire.run(500) == [NoteUnknown("notes", 0, Fault.REFUSED, "N1")]


def test_a_jam_on_the_way_into_the_stacker_ends_as_returned_when_it_is_freed_in_time() -> None:
    wire, sim = ready()
    held(wire, sim)
    sim.set_fault("jam", True, wire.now_ms)
    wire.ask(StackNote("notes", "N1"))
    assert of(DeviceFaulted, wire.run(5_000)) == [
        DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.JAM, 5)
    ]
    sim.set_fault("jam", False, wire.now_ms)
    seen = wire.run(20_000)
    assert of(NoteReturned, seen) == [NoteReturned("notes", 2, "N1")]
    assert DeviceRecovered("notes", DeviceKind.NOTE_VALIDATOR) in seen
    assert sim.hand == {2: 1}


def test_a_jam_that_stays_ends_as_unknown() -> None:
    wire, sim = ready()
    held(wire, sim)
    sim.set_fault("jam", True, wire.now_ms)
    wire.ask(StackNote("notes", "N1"))
    assert of(NoteUnknown, wire.run(60_000)) == [NoteUnknown("notes", 2, Fault.TIMED_OUT, "N1")]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("reject", NoteRefused("notes", 0x0B, Fault.REFUSED, is_returned=True)),
        ("stacker_full", DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.STACKER_FULL, 0)),
        ("box_out", DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.BOX_OUT, 8)),
    ],
)
def test_what_stops_a_note_before_escrow_is_told(fault: str, expected: DeviceEvent) -> None:
    wire, sim = ready()
    sim.set_fault(fault, True, wire.now_ms)
    sim.insert(2, wire.now_ms)
    assert expected in wire.run(5_000)
    assert sim.hand == {2: 1}
    sim.set_fault(fault, False, wire.now_ms)
    recovered = DeviceRecovered("notes", DeviceKind.NOTE_VALIDATOR)
    assert (recovered in wire.run(15_000)) == isinstance(expected, DeviceFaulted)


def test_a_closed_validator_gives_back_what_is_put_in() -> None:
    wire, sim = ready()
    wire.ask(SetAccept("notes", (1,)))
    wire.run(500)
    sim.insert(2, wire.now_ms)
    assert wire.run(2_000) == [NoteRefused("notes", 0xC1, Fault.REFUSED, is_returned=True)]
    wire.ask(SetAccept("notes", ()))
    wire.run(500)
    sim.insert(2, wire.now_ms)
    assert wire.run(2_000) == [NoteRefused("notes", 0x41, Fault.REFUSED, is_returned=True)]
    assert sim.hand == {2: 2}


# --- resets, cuts and cables ---------------------------------------------------------------------------------------


@both_boxes
@pytest.mark.parametrize("dark_ms", [50, 12_000])
def test_a_power_cut_with_a_note_in_escrow_gives_it_back(adapter: Adapter, dark_ms: int) -> None:
    wire, sim = ready(adapter)
    held(wire, sim)
    sim.set_power(False, wire.now_ms)
    wire.run(dark_ms)
    sim.set_power(True, wire.now_ms)
    seen = wire.run(8_000)
    assert of(NoteReturned, wire.seen) == [NoteReturned("notes", 2, "", Fault.RESTARTED)]
    assert bool(of(DeviceLost, wire.seen)) == (dark_ms > 5_000)
    assert of(AcceptorIdentified, seen)
    assert sim.hand == {2: 1}


@pytest.mark.parametrize("after_ms", [0, 100, 600, 1_190, 1_300])
def test_a_power_cut_while_a_note_is_stacked_is_settled_by_the_count(after_ms: int) -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.ask(StackNote("notes", "N1"))
    wire.run(after_ms)
    sim.set_power(False, wire.now_ms)
    wire.run(300)
    sim.set_power(True, wire.now_ms)
    wire.run(10_000)
    was_kept = sim.stacked == {2: 1}
    assert of(NoteStacked, wire.seen) == [stacked(2, 1, "N1", 1)] * was_kept
    assert len(of(NoteReturned, wire.seen)) == (not was_kept)
    assert sum(sim.stacked.values()) + sum(sim.hand.values()) == 1


def test_a_reset_that_swallows_the_report_of_a_stacked_note_is_settled_by_the_count() -> None:
    wire, sim = ready()
    held(wire, sim)
    sim.set_fault("reset_while_stacking", True, wire.now_ms)
    wire.ask(StackNote("notes", "N1"))
    assert of(NoteStacked, wire.run(10_000)) == [stacked(2, 1, "N1", 1)]


@both_boxes
def test_a_pulled_cable_with_a_note_in_escrow_changes_nothing_when_it_is_back(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    held(wire, sim)
    wire.to_box = wire.to_host = lambda _: ()
    wire.run(8_000)
    wire.ask(StackNote("notes", "N1"))
    wire.run(500)
    wire.to_box = wire.to_host = lambda data: (data,)
    assert of(NoteStacked, wire.run(15_000)) == [stacked(2, 1, "N1", 1)]
    assert sim.stacked == {2: 1}


@both_boxes
def test_a_note_that_came_into_escrow_while_the_cable_was_out_goes_back_into_the_hand(
    adapter: Adapter,
) -> None:
    wire, sim = ready(adapter)
    wire.to_host = lambda _: ()
    sim.insert(2, wire.now_ms)
    wire.run(8_000)
    wire.to_host = lambda data: (data,)
    assert not of(NoteEscrowed, wire.run(15_000))
    assert sim.hand == {2: 1}
    sim.take_hand()
    held(wire, sim)


def test_a_note_whose_way_into_escrow_was_not_heard_goes_back_into_the_hand() -> None:
    wire, sim = ready()
    wire.to_host = lambda data: () if data == b"p,91\r\n" else (data,)
    sim.insert(2, wire.now_ms)
    assert not of(NoteEscrowed, wire.run(15_000))
    assert sim.hand == {2: 1}


def test_another_validator_cannot_say_what_became_of_the_first_ones_note() -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.ask(StackNote("notes", "N1"))
    wire.run(100)
    sim.replace(wire.now_ms)
    assert of(NoteUnknown, wire.run(25_000)) == [NoteUnknown("notes", 2, Fault.RESTARTED, "N1")]


@both_boxes
@pytest.mark.parametrize("out_ms", range(150, 2_150, 200))
def test_however_long_the_cable_is_out_no_note_stays_in_the_reader(adapter: Adapter, out_ms: int) -> None:
    """What would free the note may itself fall into the silence; found by a simulated market that waited for ever."""
    wire, sim = ready(adapter)
    sim.insert(2, wire.now_ms)
    wire.to_box = wire.to_host = lambda _: ()
    wire.run(out_ms)
    wire.to_box = wire.to_host = lambda data: (data,)
    assert of(NoteEscrowed, wire.run(12_000)) or sim.hand == {2: 1}


def test_a_restarted_kiosk_gives_the_note_in_escrow_back() -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.restart_host([validator_config(AcceptorMemory(SERIAL, 1, 0, kept_total=0))])
    (identified,) = of(AcceptorIdentified, wire.run(6_000))
    assert isinstance(identified, AcceptorIdentified)
    assert identified.kept_total == 0
    assert sim.hand == {2: 1}


def test_a_note_stacked_while_the_kiosk_was_down_is_told_before_the_validator_is_announced() -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.ask(StackNote("notes", "N1"))
    wire.run(100)
    sim.tick(wire.now_ms + 5_000)
    wire.now_ms += 5_000
    wire.restart_host([validator_config(AcceptorMemory(SERIAL, 1, 0, kept_total=0))])
    seen = wire.run(6_000)
    assert of(NoteStacked, seen) == [stacked(2, 1, "", None)]
    assert [type(event) for event in seen].index(NoteStacked) == 0
    (identified,) = of(AcceptorIdentified, seen)
    assert isinstance(identified, AcceptorIdentified)
    assert (identified.event_no, identified.kept_total) == (1, 1)


# --- the recycler ------------------------------------------------------------------------------------------------


@both_boxes
def test_a_recycler_pays_and_is_counted_exactly(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    sim.fill(1, 9)
    assert wire.run(6_000) == [HopperCounted("recycler-5", 9)]
    wire.ask(PayCoins("recycler-5", "job", 4, None))
    assert wire.run(15_000) == [CoinsPaid("recycler-5", "job", 4, None, None, 5)]
    assert (sim.paid(1), sim.inside(1)) == (4, 5)


def test_no_payout_begins_while_a_note_waits_in_escrow() -> None:
    wire, sim = ready()
    sim.fill(1, 9)
    wire.run(6_000)
    held_before = len(wire.seen)
    sim.insert(2, wire.now_ms)
    wire.run(1_500)
    wire.ask(PayCoins("recycler-5", "job", 2, None))
    wire.run(3_000)
    assert sim.paid(1) == 0
    wire.ask(StackNote("notes", "N1"))
    wire.run(12_000)
    assert [type(event) for event in wire.seen[held_before:]] == [NoteEscrowed, NoteStacked, CoinsPaid]
    assert sim.paid(1) == 2


@pytest.mark.parametrize(("fault", "why"), [("recycler_jam", Fault.JAM), ("stalls", Fault.JAM)])
def test_a_recycler_that_stops_early_says_how_many_came(fault: str, why: Fault) -> None:
    wire, sim = ready()
    sim.fill(1, 9)
    wire.run(6_000)
    wire.ask(PayCoins("recycler-5", "job", 4, None))
    wire.run_until(lambda: sim.paid(1) == 1)
    sim.set_fault(fault, True, wire.now_ms)
    assert of(CoinsPaid, wire.run(200_000)) == [CoinsPaid("recycler-5", "job", 1, None, why, 8)]


def test_a_power_cut_in_the_middle_of_a_payout_of_notes_is_settled_by_the_count() -> None:
    wire, sim = ready()
    sim.fill(1, 9)
    wire.run(6_000)
    wire.ask(PayCoins("recycler-5", "job", 4, None))
    wire.run_until(lambda: sim.paid(1) == 2)
    sim.set_power(False, wire.now_ms)
    wire.run(8_000)
    sim.set_power(True, wire.now_ms)
    assert of(CoinsPaid, wire.run(8_000)) == [CoinsPaid("recycler-5", "job", 2, None, Fault.RESTARTED, 7)]


# --- setup -------------------------------------------------------------------------------------------------------


def test_notes_whose_value_does_not_fit_the_scale_are_found_at_setup_and_never_taken() -> None:
    sim = validator_sim()
    sim.set_fault("wrong_scale", True, 0)
    wire = Conversation([validator_config()], [sim])
    assert of(DeviceFaulted, wire.run(5_000)) == [
        DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.WRONG_SCALE, position) for position in NOTES
    ]
    assert "for the device and" in wire.host.findings["notes"]
    wire.ask(SetAccept("notes", tuple(NOTES)))
    wire.run(1_000)
    assert sim.firmware.accepted == frozenset()


@both_boxes
def test_changer_and_validator_share_a_bus_with_scales_of_their_own(adapter: Adapter) -> None:
    coins, notes = changer_sim(), validator_sim()
    peripherals: list[MdbPeripheral] = [coins, notes]
    wire = Conversation([changer_config(), validator_config()], peripherals, adapter=adapter)
    wire.run(8_000)
    assert len(of(AcceptorIdentified, wire.seen)) == 2
    wire.open()
    wire.ask(SetAccept("notes", tuple(NOTES)))
    wire.run(1_000)
    coins.drop(5, 1, wire.now_ms)
    notes.insert(4, wire.now_ms)
    wire.run(2_500)
    wire.ask(StackNote("notes", "N1"))
    seen = wire.run(3_000)
    assert stacked(4, 1, "N1", 1) in seen
    notes.set_power(False, wire.now_ms)
    lost = wire.run(12_000)
    assert of(DeviceLost, lost) == [
        DeviceLost("notes", DeviceKind.NOTE_VALIDATOR),
        DeviceLost("recycler-5", DeviceKind.HOPPER),
    ]
    coins.drop(5, 2, wire.now_ms)
    wire.run(4_000)
    assert coins.cash_box == {5: 3}, "the rest of the bus goes on"


def test_commands_that_make_no_sense_are_refused_by_name() -> None:
    bus = MdbBus([validator_config()])
    for command in (SetAccept("notes", (9,)), StackNote("nobody", "J"), StackNote("recycler-5", "J")):
        with pytest.raises(WireError):
            bus.request(command, AUTHORITY)
    with pytest.raises(UnauthorizedError):
        bus.request(StackNote("notes", "J"))


def test_configurations_that_make_no_sense_are_refused() -> None:
    broken_ones: Sequence[Callable[[], ValidatorConfig]] = (
        lambda: ValidatorConfig("notes", {17: 5}, "EUR"),
        lambda: ValidatorConfig("notes", {1: 0}, "EUR"),
        lambda: ValidatorConfig("notes", {1: 5}, "EUR", address=8),
        lambda: ValidatorConfig("notes", {1: 5}, "EUR", recyclers=(TubeConfig("r", 1, 6),)),
    )
    for broken in broken_ones:
        with pytest.raises(WireError):
            broken()


# --- the body ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "vector", VECTORS["validator"], ids=[vector["what"] for vector in VECTORS["validator"]]
)
def test_the_firmware_answers_the_worked_blocks_as_printed(vector: dict[str, Any]) -> None:
    setup = read_validator_setup(content(VECTORS["validator"][0]["peripheral"]))
    assert setup is not None
    firmware = ValidatorFirmware(setup, Identity("S", "1", "m", 1), lambda: Stacker(0), Pieces)
    firmware.events.clear()
    firmware.in_escrow = 2
    if "events" in vector:
        firmware.push(read_validator_events(content(vector["peripheral"]))[0][0])
    assert firmware.answer(content(vector["vmc"])) == content(vector["peripheral"])
    if "escrow" in vector:
        assert firmware.decision is vector["escrow"]


def test_the_simulator_remembers_where_every_note_is() -> None:
    wire, sim = ready()
    held(wire, sim)
    wire.ask(StackNote("notes", "N1"))
    wire.run(3_000)
    held(wire, sim, 3)
    fresh = validator_sim()
    fresh.recall(sim.remember())
    assert (fresh.stacked, fresh.hand) == ({2: 1}, {3: 1})
    assert fresh.empty_stacker() == 1000
    with pytest.raises(UnknownActError):
        fresh.act("juggle", {}, 0)
    with pytest.raises(UnknownActError):
        fresh.tubes[0].act("remove", {"qty": "1"}, 0)
