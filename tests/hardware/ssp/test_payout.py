from __future__ import annotations

import pytest

from hardware.commands import LeaveFloat, PayCoins
from hardware.events import (
    AcceptorIdentified,
    CoinsPaid,
    DeviceEvent,
    DeviceFaulted,
    DeviceLost,
    Fault,
    HopperCounted,
    HopperIdentified,
    NoteStacked,
    PayoutProgressed,
    PayoutUnknown,
    PiecesMoved,
)
from hardware.sansio import UnauthorizedError, WireError
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.simulators.ssp_wire import PayingUnit
from hardware.ssp.crypto import unseal
from hardware.ssp.frames import decode
from hardware.ssp.messages import DO_IT, Command, Event, Money, Seen, UnitType
from hardware.ssp.payout import Job, TubeConfig, close_job
from tests.hardware.ssp.conversation import (
    AUTHORITY,
    COINS,
    NOTES,
    SERIAL,
    Conversation,
    coins_unit,
    inside_worth,
    notes_unit,
    recycler_unit,
    with_coins,
    with_recycler,
)

RIGS = pytest.mark.parametrize(
    ("tube", "value"), [("notes-5", 500), ("coins-20", 20)], ids=["notes", "coins"]
)


def ready(tube: str, qty: int = 40) -> tuple[Conversation, PayingUnit]:
    if tube.startswith("coins"):
        wire, coins = with_coins(qty)
        wire.run(6000)
        return wire, coins
    wire, notes = with_recycler()
    if qty:
        notes.fill(500, qty)
    wire.run(6000)
    return wire, notes


def ended(events: list[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if isinstance(event, CoinsPaid | PayoutUnknown)]


def orders(wire: Conversation, sim: PayingUnit) -> int:
    """Distinct payout commands that were meant to be carried out: a repeat of the same bytes is not another one."""
    key = sim.link._key
    seen = set()
    for _, raw in wire.sent:
        frame = decode(raw)
        opened = unseal(key, frame.data) if frame is not None and key is not None else None
        if (
            opened is not None
            and opened.plain[0] in {Command.PAY_PIECES, Command.PAY_AMOUNT}
            and opened.plain[-1] == DO_IT
        ):
            seen.add(raw)
    return len(seen)


@RIGS
def test_first_contact_announces_the_levels(tube: str, value: int) -> None:
    wire, _ = ready(tube)
    assert HopperIdentified(tube, SERIAL + (value == 20), None, None, lost_power=False, level=40) in wire.seen


@RIGS
def test_a_payout_is_paid_once_and_counted(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    wire.pay(tube, 5)
    events = wire.run(10_000)
    assert ended(events) == [CoinsPaid(tube, "job", 5, None, None, 35)]
    progress = [event.paid_qty for event in events if isinstance(event, PayoutProgressed)]
    assert progress == sorted(set(progress))
    assert sim.tray(value) == 5
    assert orders(wire, sim) == 1
    assert not sim.firmware.is_enabled, "closed again after the payout"


def test_without_the_journals_authority_nothing_is_sent() -> None:
    wire, _ = ready("coins-20")
    sent = len(wire.sent)
    with pytest.raises(UnauthorizedError):
        wire.host.request(PayCoins("coins-20", "job", 1, None))
    for qty in (0, 251):
        with pytest.raises(WireError):
            wire.host.request(PayCoins("coins-20", "job", qty, None), AUTHORITY)
    assert len(wire.sent) == sent


@RIGS
def test_a_unit_that_is_not_there_ends_the_job_with_nothing_paid(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    sim.set_power(False, wire.now_ms)
    wire.run(20_000)
    wire.pay(tube, 3)
    assert ended(wire.run(0)) == [CoinsPaid(tube, "job", 0, None, Fault.NO_REPLY, 40)]
    sim.set_power(True, wire.now_ms)
    wire.run(20_000)
    assert sim.tray(value) == 0


@RIGS
def test_more_than_is_inside_is_asked_about_first_and_never_begun(tube: str, value: int) -> None:
    wire, sim = ready(tube, 2)
    wire.pay(tube, 3)
    assert ended(wire.run(6000)) == [CoinsPaid(tube, "job", 0, None, Fault.EMPTY, 2)]
    assert orders(wire, sim) == 0
    assert sim.tray(value) == 0


@RIGS
def test_a_jam_pays_short_and_says_so(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    wire.pay(tube, 30)
    wire.run(2500)
    sim.set_fault("jam", True, wire.now_ms)
    (short,) = ended(wire.run(20_000))
    assert short == CoinsPaid(tube, "job", sim.tray(value), None, Fault.JAM, 40 - sim.tray(value))
    assert 0 < sim.tray(value) < 30
    sim.set_fault("jam", False, wire.now_ms)
    wire.pay(tube, 2, "second")
    assert ended(wire.run(10_000)) == [CoinsPaid(tube, "second", 2, None, None, 38 - sim.tray(value) + 2)]


@RIGS
def test_pieces_taken_by_hand_make_it_pay_short(tube: str, value: int) -> None:
    wire, sim = ready(tube, 5)
    sim.remove(value, 3)
    wire.pay(tube, 4)
    assert ended(wire.run(20_000)) == [CoinsPaid(tube, "job", 2, None, Fault.TIMED_OUT, 3)]


@RIGS
def test_a_unit_that_stalls_is_halted_and_counted(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    wire.pay(tube, 30)
    wire.run(2500)
    sim.set_fault("stalls", True, wire.now_ms)
    (short,) = ended(wire.run(90_000))
    assert short == CoinsPaid(tube, "job", sim.tray(value), None, Fault.JAM, 40 - sim.tray(value))


@RIGS
def test_lost_answers_to_the_payout_do_not_pay_twice(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    sim.set_fault("lost_reply", True, wire.now_ms)
    wire.pay(tube, 4)
    assert ended(wire.run(30_000)) == [CoinsPaid(tube, "job", 4, None, None, 36)]
    assert sim.tray(value) == 4
    assert orders(wire, sim) == 1


@RIGS
@pytest.mark.parametrize("at_ms", [100, 700, 1100, 1600, 2400])
def test_answers_lost_for_good_leave_a_job_that_the_unit_explains(tube: str, value: int, at_ms: int) -> None:
    wire, sim = ready(tube)
    wire.pay(tube, 12)
    wire.run(at_ms)
    wire.to_host = lambda _data: ()
    wire.run(30_000)
    assert any(isinstance(event, DeviceLost) for event in wire.seen)
    wire.to_host = lambda data: (data,)
    wire.run(20_000)
    (end,) = ended(wire.seen)
    assert isinstance(end, CoinsPaid)
    assert (end.paid_qty, end.level) == (sim.tray(value), 40 - sim.tray(value))
    assert orders(wire, sim) <= 1


@RIGS
@pytest.mark.parametrize("off_ms", [10, 30_000])
@pytest.mark.parametrize("at_ms", [300, 1000, 1700, 2500])
def test_a_power_cut_in_mid_payout_is_closed_by_what_the_unit_reports(
    tube: str, value: int, at_ms: int, off_ms: int
) -> None:
    wire, sim = ready(tube)
    wire.pay(tube, 30)
    wire.run(at_ms)
    sim.set_power(False, wire.now_ms)
    paid_qty = sim.tray(value)
    wire.run(off_ms)
    sim.set_power(True, wire.now_ms)
    wire.run(30_000)
    (end,) = ended(wire.seen)
    assert isinstance(end, CoinsPaid)
    assert (end.paid_qty, end.level, sim.tray(value)) == (paid_qty, 40 - paid_qty, paid_qty)
    assert end.fault in {Fault.LOST_POWER, Fault.RESTARTED, Fault.NO_REPLY}
    identified = [event for event in wire.of(HopperIdentified) if event.device == tube][-1]
    assert wire.seen.index(end) < wire.seen.index(identified)


@RIGS
def test_a_kiosk_killed_in_mid_payout_finds_the_unit_idle_and_its_level_true(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    wire.pay(tube, 8)
    wire.run(1500)
    wire.restart_host([coins_unit() if value == 20 else recycler_unit()])
    wire.seen.clear()
    wire.run(30_000)
    assert sim.tray(value) == 8
    assert (
        HopperIdentified(tube, sim.firmware.chip.serial, None, None, lost_power=False, level=32) in wire.seen
    )
    assert ended(wire.seen) == []


@RIGS
def test_a_unit_that_lies_about_its_count_leaves_the_job_unknown(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    sim.set_fault("wrong_coin_extra", True, wire.now_ms)
    wire.pay(tube, 3)
    seen = wire.run(15_000)
    assert ended(seen) == [PayoutUnknown(tube, "job", Fault.UNSPECIFIED)]
    assert sim.tray(value) == 4
    assert seen[-1] == HopperCounted(tube, sim.inside(value)), "how many left can be told, if not for what"


@RIGS
def test_a_level_that_changed_by_hand_is_told_within_a_minute_or_so(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    sim.fill(value, 7)
    assert wire.run(70_000) == [HopperCounted(tube, 47)]


@RIGS
def test_a_level_that_changed_by_hand_is_told_before_a_payout(tube: str, value: int) -> None:
    wire, sim = ready(tube)
    sim.fill(value, 7)
    wire.pay(tube, 1)
    events = [event for event in wire.run(6000) if not isinstance(event, PayoutProgressed)]
    assert events == [HopperCounted(tube, 47), CoinsPaid(tube, "job", 1, None, None, 46)]


@RIGS
def test_a_unit_that_pays_by_amount_only_is_asked_so_while_nothing_else_could_be_paid(
    tube: str, value: int
) -> None:
    wire, sim = ready(tube, 0)
    sim.fill(value, 20)
    sim.set_fault("no_pay_by_pieces", True, wire.now_ms)
    wire.pay(tube, 4)
    assert ended(wire.run(10_000)) == [CoinsPaid(tube, "job", 4, None, None, 16)]
    assert sim.tray(value) == 4


def test_a_unit_that_pays_by_amount_only_is_not_asked_when_it_could_pay_other_pieces() -> None:
    wire, sim = ready("coins-20")
    sim.set_fault("no_pay_by_pieces", True, wire.now_ms)
    wire.pay("coins-20", 5)
    assert ended(wire.run(10_000)) == [CoinsPaid("coins-20", "job", 0, None, Fault.REFUSED, 40)]
    assert [sim.tray(value) for value in COINS] == [0, 0, 0]


def test_jobs_of_several_values_are_paid_one_after_the_other() -> None:
    wire, sim = ready("coins-20")
    for value in COINS:
        wire.pay(f"coins-{value}", 3, f"job{value}")
    wire.run(20_000)
    assert [(event.job, event.paid_qty) for event in ended(wire.seen) if isinstance(event, CoinsPaid)] == [
        (f"job{value}", 3) for value in COINS
    ]
    assert [sim.tray(value) for value in COINS] == [3, 3, 3]


def test_a_unit_without_keys_pays_nothing_and_says_why() -> None:
    sim = SmartHopperSim("coins", 1, COINS)
    sim.set_fault("no_keys", True, 0)
    sim.fill(20, 30)
    wire = Conversation([coins_unit()], [sim])
    wire.run(6000)
    assert [event.fault for event in wire.of(DeviceFaulted) if isinstance(event, DeviceFaulted)] == [
        Fault.REFUSED
    ]
    assert "no encryption keys" in wire.host.findings["coins-20"]
    wire.pay("coins-20", 2)
    assert ended(wire.run(2000)) == [CoinsPaid("coins-20", "job", 0, None, Fault.NO_REPLY)]


def test_a_note_float_takes_notes_and_is_refused_as_a_payer_by_its_name() -> None:
    wire, sim = with_recycler()
    sim.firmware.unit = UnitType.NOTE_FLOAT
    wire.run(6000)
    assert wire.of(AcceptorIdentified)
    assert not wire.of(HopperIdentified)
    assert "note float (NV11)" in wire.host.findings["notes-5"]
    assert "route all notes to the cash box" in wire.host.findings["notes-5"]
    wire.pay("notes-5", 2)
    assert ended(wire.run(2000)) == [CoinsPaid("notes-5", "job", 0, None, Fault.NO_REPLY, 0)]


def test_a_value_that_the_unit_does_not_have_is_not_announced() -> None:
    sim = SmartHopperSim("coins", 1, (10, 50))
    wire = Conversation([coins_unit()], [sim])
    wire.run(6000)
    assert {event.device for event in wire.of(HopperIdentified)} == {"coins-10", "coins-50"}
    assert wire.host.findings == {"coins-20": "the unit has no value of 20 EUR to pay"}


# --- notes that are kept for paying -----------------------------------------------------------------------------


def test_a_recycled_note_is_told_where_it_lies() -> None:
    wire, sim = ready("notes-5", 0)
    wire.open()
    wire.run(1000)
    assert isinstance(sim, NoteValidatorSim)
    for position in (1, 3):
        sim.insert(position, wire.now_ms)
        wire.run(8000)
    assert [
        (event.position, event.into) for event in wire.of(NoteStacked) if isinstance(event, NoteStacked)
    ] == [
        (1, "notes-5"),
        (3, ""),
    ]
    assert wire.of(HopperCounted) == [], "the level rose by the note that was told"
    wire.pay("notes-5", 1)
    assert ended(wire.run(8000)) == [CoinsPaid("notes-5", "job", 1, None, None, 0)]


def test_a_note_that_found_the_recycler_full_is_told_in_the_stacker() -> None:
    wire, sim = ready("notes-5", 80)
    assert isinstance(sim, NoteValidatorSim)
    wire.open()
    wire.run(1000)
    sim.insert(1, wire.now_ms)
    wire.run(8000)
    (note,) = wire.of(NoteStacked)
    assert isinstance(note, NoteStacked)
    assert note.into == ""
    assert wire.of(HopperCounted) == []


def test_a_note_put_in_while_a_payout_runs_stays_with_the_shopper() -> None:
    wire, sim = ready("notes-5", 40)
    assert isinstance(sim, NoteValidatorSim)
    wire.open()
    wire.run(1000)
    wire.pay("notes-5", 6)
    wire.run(600)
    sim.insert(2, wire.now_ms)
    wire.run(15_000)
    assert ended(wire.seen) == [CoinsPaid("notes-5", "job", 6, None, None, 34)]
    assert wire.of(NoteStacked) == []
    assert inside_worth(sim) == 34 * 500


def test_a_validator_and_a_coin_hopper_share_one_wire() -> None:
    notes, coins = NoteValidatorSim("notes", SERIAL, NOTES), SmartHopperSim("coins", SERIAL + 1, COINS)
    coins.fill(20, 40)
    wire = Conversation([notes_unit(), coins_unit()], [notes, coins])
    wire.open()
    wire.run(8000)
    notes.insert(1, wire.now_ms)
    wire.pay("coins-20", 9)
    wire.run(12_000)
    assert ended(wire.seen) == [CoinsPaid("coins-20", "job", 9, None, None, 31)]
    assert len(wire.of(NoteStacked)) == 1
    coins.set_power(False, wire.now_ms)
    notes.insert(2, wire.now_ms)
    wire.run(20_000)
    assert len(wire.of(NoteStacked)) == 2, "a dead hopper does not stop the note reader"


# --- the end of a job, weighed --------------------------------------------------------------------------------------

FIVE = TubeConfig("five", 500)


def money(event: Event, value: int, asked: int = 0) -> Seen:
    return Seen(event, money=(Money(value, "EUR", asked),))


@pytest.mark.parametrize(
    ("seen", "level", "end"),
    [
        # the unit's word and its level agree
        ((money(Event.DISPENSED, 2000),), 6, CoinsPaid("five", "j", 4, None, None, 6)),
        # without a word the level alone tells
        ((), 8, CoinsPaid("five", "j", 2, None, Fault.NO_REPLY, 8)),
        ((), 6, CoinsPaid("five", "j", 4, None, None, 6)),
        # a note that was between store and shopper at the power cut went into the cash box
        (
            (money(Event.INCOMPLETE_PAYOUT, 1000, 2000),),
            7,
            CoinsPaid("five", "j", 2, None, Fault.LOST_POWER, 7),
        ),
        # no level at all: the word stands
        ((money(Event.JAMMED, 500),), None, CoinsPaid("five", "j", 1, None, Fault.JAM, None)),
        # nothing tells
        ((), None, PayoutUnknown("five", "j", Fault.NO_REPLY)),
        # more left than was asked, or the level rose
        ((), 5, PayoutUnknown("five", "j", Fault.NO_REPLY)),
        ((), 11, PayoutUnknown("five", "j", Fault.NO_REPLY)),
        # it says that more was paid than left it
        ((money(Event.DISPENSED, 2000),), 8, PayoutUnknown("five", "j", Fault.UNSPECIFIED)),
        # no whole number of notes
        ((money(Event.DISPENSED, 1700),), 7, PayoutUnknown("five", "j", Fault.UNSPECIFIED)),
        # another currency is no payment of ours
        (
            (Seen(Event.DISPENSED, money=(Money(2000, "USD"),)),),
            6,
            PayoutUnknown("five", "j", Fault.UNSPECIFIED),
        ),
    ],
)
def test_a_job_ends_by_the_units_last_word_and_its_level_or_unknown(
    seen: tuple[Seen, ...], level: int | None, end: DeviceEvent
) -> None:
    job = Job("j", FIVE, 4, SERIAL, level_before=10, is_sent=True)
    if level is None:
        job.level_before = None
    assert close_job(job, seen, level, "EUR", Fault.NO_REPLY) == end


def test_a_job_whose_order_never_went_out_paid_nothing() -> None:
    job = Job("j", FIVE, 4, SERIAL, level_before=10)
    assert close_job(job, (), 6, "EUR", Fault.NO_REPLY) == CoinsPaid("five", "j", 0, None, Fault.NO_REPLY, 6)


# --- into the cash box ----------------------------------------------------------------------------------------------


def moves(wire: Conversation) -> list[DeviceEvent]:
    return wire.of(PiecesMoved)


@RIGS
@pytest.mark.parametrize("keep", [0, 5])
def test_all_but_a_float_goes_into_the_cash_box_and_the_rest_can_be_paid(
    tube: str, value: int, keep: int
) -> None:
    wire, sim = ready(tube, 12)
    wire.leave_float(tube, keep)
    wire.run(40_000)
    assert moves(wire) == [PiecesMoved(tube, "move", 12 - keep, keep)]
    assert (sim.inside(value), sim.tray(value), sim.counts(value)["boxed"]) == (keep, 0, 12 - keep)
    assert wire.of(HopperCounted) == [], "the move told it"
    wire.pay(tube, 2)
    assert ended(wire.run(10_000))[0] == (
        CoinsPaid(tube, "job", 2, None, None, 3) if keep else CoinsPaid(tube, "job", 0, None, Fault.EMPTY, 0)
    )


def test_what_has_another_value_stays_where_it_is() -> None:
    wire, sim = ready("coins-20", 12)
    wire.leave_float("coins-20", 0)
    wire.run(40_000)
    assert moves(wire) == [PiecesMoved("coins-20", "move", 12, 0)]
    assert [sim.inside(value) for value in COINS] == [12, 0, 12]


def test_a_float_larger_than_what_is_inside_moves_nothing() -> None:
    wire, sim = ready("notes-5", 4)
    sent = len([each for each in sim.link.heard if each == Command.FLOAT_PIECES])
    wire.leave_float("notes-5", 500)
    wire.run(5000)
    assert moves(wire) == [PiecesMoved("notes-5", "move", 0, 4)]
    assert len([each for each in sim.link.heard if each == Command.FLOAT_PIECES]) == sent


def test_moving_money_inside_wants_an_authority_and_a_unit_that_is_there() -> None:
    wire, sim = ready("coins-20")
    with pytest.raises(UnauthorizedError):
        wire.host.request(LeaveFloat("coins-20", "move"))
    for command in (LeaveFloat("nobody", "m", 1), LeaveFloat("coins-20", "m", -1)):
        with pytest.raises(WireError):
            wire.host.request(command, AUTHORITY)
    sim.set_power(False, wire.now_ms)
    wire.run(20_000)
    wire.leave_float("coins-20", 0)
    wire.run(500)
    assert moves(wire) == [PiecesMoved("coins-20", "move", 0, 40, Fault.NO_REPLY)]
    assert sim.inside(20) == 40


@RIGS
def test_a_power_cut_while_it_empties_ends_the_move_by_the_level(tube: str, value: int) -> None:
    wire, sim = ready(tube, 12)
    wire.leave_float(tube, 0)
    wire.run(4000 if value == 500 else 1200)
    sim.set_power(False, wire.now_ms)
    wire.run(20_000)
    assert moves(wire) == [], "nobody can tell while it is dark"
    sim.set_power(True, wire.now_ms)
    wire.run(20_000)
    inside = sim.inside(value)
    assert 0 < inside < 12, "the cut fell into the move"
    (move,) = moves(wire)
    assert isinstance(move, PiecesMoved)
    assert (move.moved_qty, move.level, move.fault is None) == (12 - inside, inside, False)
    assert sim.tray(value) == 0
    last = [event for event in wire.of(HopperIdentified) if event.device == tube][-1]
    assert isinstance(last, HopperIdentified)
    assert last.level == inside


@RIGS
def test_a_jam_on_the_way_to_the_cash_box_is_told_with_what_came_there(tube: str, value: int) -> None:
    wire, sim = ready(tube, 12)
    sim.set_fault("jam", True, wire.now_ms)
    wire.leave_float(tube, 0)
    wire.run(90_000)
    assert moves(wire) == [PiecesMoved(tube, "move", 0, 12, Fault.JAM)]
    sim.set_fault("jam", False, wire.now_ms)
    wire.leave_float(tube, 0, "again")
    wire.run(40_000)
    assert moves(wire)[-1] == PiecesMoved(tube, "again", 12, 0)


def test_another_unit_after_the_silence_cannot_tell_what_was_moved() -> None:
    wire, sim = ready("coins-20", 12)
    assert isinstance(sim, SmartHopperSim)
    wire.leave_float("coins-20", 0)
    wire.run(1200)
    sim.replace(wire.now_ms)
    wire.run(20_000)
    (move,) = moves(wire)
    assert isinstance(move, PiecesMoved)
    assert (move.moved_qty, move.level) == (None, None)
