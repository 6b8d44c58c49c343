from __future__ import annotations

from dataclasses import replace

import pytest

from hardware.commands import PayCoins, ReturnNote, SetAccept, StackNote
from hardware.events import (
    AcceptorIdentified,
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
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.ssp.crypto import ENCRYPTED
from hardware.ssp.frames import decode
from hardware.ssp.host import NotesConfig, SspBus, UnitConfig
from tests.hardware.ssp.conversation import (
    AUTHORITY,
    NOTES,
    SERIAL,
    Conversation,
    inside_worth,
    notes_unit,
    places,
    with_notes,
    with_recycler,
)

FATES = (NoteStacked, NoteReturned, NoteUnknown, NoteUnvalued)


def ready(*, has_keys: bool = True, decide: str = "stack") -> tuple[Conversation, NoteValidatorSim]:
    wire, sim = with_notes(has_keys=has_keys, decide=decide)
    wire.open()
    wire.run(4000)
    return wire, sim


def stacked(event_no: int, position: int, job: str, **changes: object) -> NoteStacked:
    note = NoteStacked(
        "notes", SERIAL, 1, event_no, position, NOTES[position], "EUR", job=job, kept_total=event_no
    )
    return replace(note, **changes)  # type: ignore[arg-type]  # a test names the fields it means


def credit_waits(sim: NoteValidatorSim) -> bool:
    return sim.firmware.has_credit_to_tell


@pytest.mark.parametrize("has_keys", [True, False], ids=["encrypted", "plain"])
def test_first_contact_announces_serial_and_count_and_takes_nothing(has_keys: bool) -> None:
    wire, sim = with_notes(has_keys=has_keys)
    (found,) = wire.run(4000)
    assert found == AcceptorIdentified(
        "notes", SERIAL, 1, 0, None, restarted=False, kind=DeviceKind.NOTE_VALIDATOR, kept_total=0
    )
    sim.insert(1, wire.now_ms)
    assert wire.run(4000) == []
    assert places(sim)["hand"] == 1


@pytest.mark.parametrize("has_keys", [True, False], ids=["encrypted", "plain"])
def test_a_note_is_money_once_and_when_the_unit_credits_it(has_keys: bool) -> None:
    wire, sim = ready(has_keys=has_keys)
    sim.insert(2, wire.now_ms)
    assert wire.run(10_000) == [NoteEscrowed("notes", 2, 1000, "EUR", 0), stacked(1, 2, "note1")]
    assert inside_worth(sim) == 1000


def test_a_note_waits_in_escrow_for_as_long_as_the_till_thinks() -> None:
    wire, sim = ready(decide="")
    sim.insert(1, wire.now_ms)
    assert wire.run(20_000) == [NoteEscrowed("notes", 1, 500, "EUR", 0)]
    assert sim.snapshot()["place"] == "escrow", "five seconds without HOLD would have given it back"
    wire.stack("late")
    assert wire.run(5000) == [stacked(1, 1, "late")]


def test_no_poll_is_sent_while_a_note_waits_because_a_poll_keeps_it() -> None:
    wire, sim = ready(has_keys=False, decide="")
    sim.insert(1, wire.now_ms)
    wire.run(3000)
    waiting_since = wire.now_ms
    wire.run(10_000)
    said = [decode(raw) for at, raw in wire.sent if at >= waiting_since]
    assert {frame.data for frame in said if frame is not None} == {b"\x18"}


def test_a_note_that_nobody_decides_about_goes_back_by_itself() -> None:
    wire, sim = ready(decide="")
    sim.insert(1, wire.now_ms)
    assert wire.run(40_000)[-1] == NoteReturned("notes", 1, "", Fault.TIMED_OUT)
    assert (places(sim)["hand"], inside_worth(sim)) == (1, 0)


def test_a_note_that_the_till_does_not_want_is_given_back() -> None:
    wire, sim = ready(decide="return")
    sim.insert(3, wire.now_ms)
    assert wire.run(6000)[-1] == NoteReturned("notes", 3, "note1")
    assert (places(sim)["hand"], inside_worth(sim)) == (1, 0)


def test_a_note_pulled_out_of_escrow_was_never_money() -> None:
    wire, sim = ready(decide="")
    sim.insert(1, wire.now_ms)
    wire.run(2500)
    sim.pull(wire.now_ms)
    assert wire.run(6000) == [NoteReturned("notes", 1, "", Fault.FRAUD)]
    wire.stack("too late")
    assert wire.run(3000) == [NoteReturned("notes", 1, "too late", Fault.NO_REPLY)]


def test_a_refused_note_is_told_with_the_units_reason() -> None:
    wire, sim = ready()
    sim.set_fault("reject", True, wire.now_ms)
    sim.insert(1, wire.now_ms)
    assert wire.run(5000) == [NoteRefused("notes", 2, Fault.UNREADABLE, is_returned=True)]


def test_a_note_whose_channel_was_not_opened_comes_back() -> None:
    wire, sim = ready()
    wire.open(2)
    wire.run(1000)
    sim.insert(1, wire.now_ms)
    assert wire.run(5000) == [NoteRefused("notes", 6, Fault.REFUSED, is_returned=True)]


def test_a_credit_for_a_channel_without_value_is_counted_and_the_note_that_was_held_is_uncertain() -> None:
    wire, sim = ready()
    sim.set_fault("wrong_note", True, wire.now_ms)
    sim.insert(1, wire.now_ms)
    assert [event for event in wire.run(6000) if isinstance(event, FATES)] == [
        NoteUnknown("notes", 1, Fault.OUT_OF_SEQUENCE, "note1"),
        NoteUnvalued("notes", SERIAL, 1, 1, 16),
    ]


def test_a_unit_that_credits_twice_for_one_note_is_not_believed() -> None:
    wire, sim = ready()
    sim.set_fault("credits_twice", True, wire.now_ms)
    sim.insert(1, wire.now_ms)
    events = wire.run(15_000)
    assert [event for event in events if isinstance(event, FATES)] == [stacked(1, 1, "note1")]
    assert DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.OUT_OF_SEQUENCE, 1) in events


def test_a_swallowed_note_is_nobodys_credit_and_uncertain() -> None:
    wire, sim = ready()
    sim.set_fault("swallow", True, wire.now_ms)
    sim.insert(1, wire.now_ms)
    assert wire.run(40_000)[-1] == NoteUnknown("notes", 1, Fault.NO_REPLY, "note1")


def test_a_note_that_jams_is_uncertain_and_the_jam_is_told() -> None:
    wire, sim = ready()
    sim.set_fault("jam", True, wire.now_ms)
    sim.insert(1, wire.now_ms)
    events = wire.run(40_000)
    assert DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.JAM, 0xEA) in events
    assert events[-1] == NoteUnknown("notes", 1, Fault.JAM, "note1")
    sim.set_fault("jam", False, wire.now_ms)
    assert DeviceRecovered("notes", DeviceKind.NOTE_VALIDATOR) in wire.run(3000)
    assert inside_worth(sim) == 0


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ("pulled_back", NoteReturned("notes", 1, "", Fault.FRAUD)),
        ("impatient", NoteReturned("notes", 1, "", Fault.TIMED_OUT)),
        ("stacks_by_itself", NoteStacked("notes", SERIAL, 1, 1, 1, 500, "EUR", kept_total=1)),
    ],
)
def test_what_a_unit_does_with_a_note_by_itself_is_told_as_such(fault: str, end: DeviceEvent) -> None:
    wire, sim = ready(decide="")
    sim.set_fault(fault, True, wire.now_ms)
    sim.insert(1, wire.now_ms)
    assert wire.run(10_000) == [NoteEscrowed("notes", 1, 500, "EUR", 0), end]


@pytest.mark.parametrize("has_keys", [True, False], ids=["encrypted", "plain"])
def test_a_unit_that_starts_anew_while_it_keeps_a_note_is_asked_its_count(has_keys: bool) -> None:
    wire, sim = ready(has_keys=has_keys)
    sim.set_fault("reset_while_stacking", True, wire.now_ms)
    sim.insert(1, wire.now_ms)
    wire.run(15_000)
    assert wire.of(*FATES) == [stacked(1, 1, "note1")]
    assert inside_worth(sim) == 500


@pytest.mark.parametrize(
    ("fault", "told"), [("stacker_full", Fault.STACKER_FULL), ("box_out", Fault.BOX_OUT)]
)
def test_a_full_or_missing_box_is_told_and_takes_no_note(fault: str, told: Fault) -> None:
    wire, sim = ready()
    sim.set_fault(fault, True, wire.now_ms)
    (event,) = wire.run(2000)
    assert isinstance(event, DeviceFaulted)
    assert event.fault is told
    sim.insert(1, wire.now_ms)
    assert wire.run(4000) == []
    sim.set_fault(fault, False, wire.now_ms)
    assert wire.run(2000) == [DeviceRecovered("notes", DeviceKind.NOTE_VALIDATOR)]


# --- lost replies, silence, restarts ----------------------------------------------------------------------------


@pytest.mark.parametrize("has_keys", [True, False], ids=["encrypted", "plain"])
def test_lost_answers_cost_no_note_and_no_credit(has_keys: bool) -> None:
    wire, sim = ready(has_keys=has_keys)
    for number in range(1, 4):
        sim.set_fault("lost_reply", True, wire.now_ms)
        sim.insert(1, wire.now_ms)
        wire.run(15_000)
        assert inside_worth(sim) == 500 * number
    assert len(wire.of(NoteStacked)) == 3


def test_a_reply_lost_for_good_is_found_by_the_units_count() -> None:
    """Plain polls forget what they told; the counters do not."""
    wire, sim = ready(has_keys=False)
    sim.insert(1, wire.now_ms)
    while sim.snapshot()["place"] != "credited":
        wire.run(50)
    wire.to_host = lambda _data: ()
    wire.run(8000)
    wire.to_host = lambda data: (data,)
    wire.run(10_000)
    assert wire.of(*FATES) == [stacked(1, 1, "note1")]
    assert DeviceLost("notes", DeviceKind.NOTE_VALIDATOR) in wire.seen


@pytest.mark.parametrize("has_keys", [True, False], ids=["encrypted", "plain"])
@pytest.mark.parametrize("at_ms", [700, 1300, 1500, 1700, 1900, 2300, 2900, 3600])
def test_a_power_cut_at_any_moment_of_a_note_loses_and_invents_nothing(at_ms: int, has_keys: bool) -> None:
    wire, sim = ready(has_keys=has_keys)
    sim.insert(2, wire.now_ms)
    wire.run(at_ms)
    sim.set_power(False, wire.now_ms)
    wire.run(500)
    sim.set_power(True, wire.now_ms)
    wire.run(30_000)
    fates = wire.of(*FATES)
    told = sum(event.value_minor for event in fates if isinstance(event, NoteStacked))
    assert told == inside_worth(sim)
    assert len(fates) == len(wire.of(NoteEscrowed)) or fates == [
        NoteReturned("notes", 2, "", Fault.RESTARTED)
    ]
    assert NoteUnknown not in {type(event) for event in fates}
    identified = wire.of(AcceptorIdentified)[-1]
    assert isinstance(identified, AcceptorIdentified)
    assert identified.restarted
    assert identified.kept_total == inside_worth(sim) // 1000


@pytest.mark.parametrize("at_ms", range(100, 4500, 400))
@pytest.mark.parametrize("has_keys", [True, False], ids=["encrypted", "plain"])
def test_a_kiosk_killed_at_any_moment_of_a_note_is_told_by_the_count_or_by_the_credit(
    at_ms: int, has_keys: bool
) -> None:
    wire, sim = ready(has_keys=has_keys)
    sim.insert(2, wire.now_ms)
    wire.run(at_ms)
    known = [event for event in wire.seen if isinstance(event, NoteStacked | AcceptorIdentified)][-1]
    before = AcceptorMemory(known.serial, known.device_epoch, known.event_no, kept_total=known.kept_total)
    wire.restart_host([notes_unit(before)])
    wire.seen.clear()
    wire.run(10_000)
    identified = next(event for event in wire.seen if isinstance(event, AcceptorIdentified))
    told = wire.of(NoteStacked)
    found = (identified.kept_total or 0) - (before.kept_total or 0)
    assert (before.kept_total or 0) + found == inside_worth(sim) // 1000
    assert identified.event_no >= before.event_no
    assert all(event.event_no > before.event_no for event in told if isinstance(event, NoteStacked))


def test_a_kiosk_that_comes_back_to_a_note_in_escrow_gives_it_back() -> None:
    wire, sim = ready(decide="")
    sim.insert(1, wire.now_ms)
    wire.run(3000)
    assert sim.snapshot()["place"] == "escrow"
    wire.restart_host([notes_unit(AcceptorMemory(SERIAL, 1, 0, kept_total=0))])
    wire.run(8000)
    assert (places(sim)["hand"], inside_worth(sim)) == (1, 0)


def test_a_unit_that_falls_silent_is_lost_once_and_identified_again() -> None:
    wire, sim = ready()
    sim.set_fault("mute", True, wire.now_ms)
    assert wire.run(20_000) == [DeviceLost("notes", DeviceKind.NOTE_VALIDATOR)]
    sim.set_fault("mute", False, wire.now_ms)
    (again,) = wire.run(8000)
    assert isinstance(again, AcceptorIdentified)
    assert not again.restarted
    sim.insert(1, wire.now_ms)
    wire.run(8000)
    assert wire.of(NoteStacked) == [stacked(1, 1, "note1")], "what the till wanted was written again"


def test_another_unit_in_its_place_starts_a_new_epoch() -> None:
    wire, sim = ready()
    sim.insert(1, wire.now_ms)
    wire.run(8000)
    sim.replace(wire.now_ms)
    again = wire.run(30_000)[-1]
    assert isinstance(again, AcceptorIdentified)
    assert (again.serial, again.device_epoch, again.event_no, again.kept_total) == (SERIAL + 1000, 2, 0, 0)


def test_the_numbers_of_notes_go_on_from_what_the_journal_remembers() -> None:
    wire, sim = with_notes(AcceptorMemory(SERIAL, 3, 41, kept_total=0))
    wire.open()
    wire.run(4000)
    sim.insert(1, wire.now_ms)
    wire.run(8000)
    assert wire.of(NoteStacked) == [stacked(42, 1, "note1", device_epoch=3, kept_total=1)]


# --- encryption, acknowledgement, versions ------------------------------------------------------------------------


def test_events_are_acknowledged_only_after_they_were_fetched() -> None:
    wire, sim = ready()
    sim.insert(1, wire.now_ms)
    while not credit_waits(sim):
        wire.run(50)
    drain = wire._drain
    wire._drain = lambda: False  # type: ignore[method-assign]  # a kiosk that does not come to fetch
    wire.run(5000)
    assert credit_waits(sim), "still repeated: nobody took it"
    wire._drain = drain  # type: ignore[method-assign]  # it comes again
    wire.run(3000)
    assert not credit_waits(sim)
    assert len(wire.of(NoteStacked)) == 1


@pytest.mark.parametrize("fault", ["no_acknowledge", "no_counts", "no_hold"])
def test_a_unit_without_a_feature_still_takes_notes(fault: str) -> None:
    sim = NoteValidatorSim("notes", SERIAL, NOTES)
    sim.set_fault(fault, True, 0)
    wire, _ = with_notes(sim=sim)
    wire.open()
    wire.run(5000)
    sim.insert(1, wire.now_ms)
    wire.run(8000)
    assert len(wire.of(NoteStacked)) == 1
    assert inside_worth(sim) == 500


@pytest.mark.parametrize("newest", [6, 7, 8])
def test_the_newest_protocol_of_the_unit_is_spoken(newest: int) -> None:
    sim = NoteValidatorSim("notes", SERIAL, NOTES, newest_protocol=newest)
    wire, _ = with_notes(sim=sim)
    wire.open()
    wire.run(5000)
    assert sim.firmware.protocol == newest
    sim.insert(1, wire.now_ms)
    wire.run(8000)
    assert inside_worth(sim) == 500
    assert len(wire.of(NoteStacked)) == 1


def test_once_there_are_keys_everything_but_the_connection_itself_is_encrypted() -> None:
    wire, sim = ready()
    sim.insert(1, wire.now_ms)
    since_ms = wire.now_ms
    wire.run(8000)
    frames = [decode(raw) for at, raw in wire.sent if at >= since_ms]
    assert {frame.data[0] for frame in frames if frame is not None} == {ENCRYPTED}


def test_a_unit_that_insists_on_keys_gets_them() -> None:
    sim = NoteValidatorSim("notes", SERIAL, NOTES)
    sim.set_fault("insists_on_keys", True, 0)
    wire, _ = with_notes(sim=sim)
    (found,) = wire.run(4000)
    assert isinstance(found, AcceptorIdentified)


def test_a_unit_with_another_fixed_key_is_reported_and_not_pestered_with_guesses() -> None:
    sim = NoteValidatorSim("notes", SERIAL, NOTES)
    sim.set_fault("other_key", True, 0)
    wire, _ = with_notes(sim=sim)
    wire.run(60_000)
    assert not wire.of(AcceptorIdentified)
    assert sim.link.is_out_of_service
    assert wire.of(DeviceFaulted, DeviceLost)


@pytest.mark.parametrize(
    ("sim", "sentence"),
    [
        (
            NoteValidatorSim("notes", SERIAL, NOTES, currency="IRR"),
            "the note reader answers but is inhibited: no currency table for EUR",
        ),
        (
            NoteValidatorSim("notes", SERIAL, {1: 700, 2: 1000, 3: 2000}),
            "channel 1 is 700 for the unit and 500 for us",
        ),
    ],
)
def test_a_table_that_does_not_fit_is_found_at_the_start_and_said_in_words(
    sim: NoteValidatorSim, sentence: str
) -> None:
    wire, _ = with_notes(sim=sim)
    wire.open()
    events = wire.run(5000)
    assert any(isinstance(event, DeviceFaulted) and event.fault is Fault.WRONG_SCALE for event in events)
    assert wire.host.findings["notes"] == sentence
    assert 1 not in sim.snapshot()["enabled"]  # type: ignore[operator]  # the snapshot is plain JSON


def test_a_unit_of_another_kind_is_reported() -> None:
    wire, _ = with_recycler(sim=NoteValidatorSim("notes", SERIAL, NOTES))
    events = wire.run(8000)
    assert events == [DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.UNSPECIFIED, 0)]
    assert "not what the configuration says" in wire.host.findings["notes"]


# --- misuse -----------------------------------------------------------------------------------------------------


def test_what_a_note_reader_cannot_do_is_refused_at_once() -> None:
    wire, _ = ready()
    for command in (
        SetAccept("notes", (4,)),
        PayCoins("notes", "job", 1, None),
        StackNote("nobody", "job"),
    ):
        with pytest.raises(WireError):
            wire.host.request(command, AUTHORITY)
    with pytest.raises(UnauthorizedError):
        wire.host.request(ReturnNote("notes", "job"))


@pytest.mark.parametrize(
    "units",
    [
        [],
        [notes_unit(), replace(notes_unit(), address=5)],
        [notes_unit(), replace(notes_unit(), notes=NotesConfig("other", NOTES))],
        [replace(notes_unit(), address=128)],
    ],
)
def test_a_wire_that_cannot_be_is_refused(units: list[UnitConfig]) -> None:
    with pytest.raises(WireError):
        SspBus(units)
    with pytest.raises(WireError):
        UnitConfig(0, "EUR")
