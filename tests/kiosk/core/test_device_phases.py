"""Every device that money passes through, gone in each phase of its work: for ever, for a moment, by a reset, or with the kiosk.

The rows are what a device was doing, the columns how it went. Whatever comes, no job stays open, nothing is asked twice, and the
books, the second books and the physical truth agree, with what nobody can tell written down as uncertain.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware import events as hw
from kiosk.core import facts as f
from kiosk.core.state import CardStage, Phase
from tests.kiosk.conftest import BuildTenders
from tests.kiosk.tenders import ALL, RECYCLER, TenderWorld

Row = Callable[[TenderWorld], str]
"""Brings a world into the phase; the device that is to go."""

Column = Callable[[TenderWorld, str], object]

KINDS = {
    "notes": hw.DeviceKind.NOTE_VALIDATOR,
    RECYCLER: hw.DeviceKind.HOPPER,
    "card": hw.DeviceKind.CARD_READER,
    "coils": hw.DeviceKind.COIL_BOARD,
}


# --- rows: what it was doing --------------------------------------------------------------------------------------------


def note_lies_in_escrow_untold(world: TenderWorld) -> str:
    world.coins(50)
    world.validator.escrow = 1
    return "notes"


def note_waits_to_be_kept(world: TenderWorld) -> str:
    world.validator.next_stack = "waits"
    assert world.note(500)
    assert world.state.note is not None
    return "notes"


def note_was_stacked_untold(world: TenderWorld) -> str:
    world.holds = True
    assert world.note(1000)
    return "notes"


def note_was_recycled_untold(world: TenderWorld) -> str:
    world.holds = True
    assert world.note(500)
    return "notes"


def note_was_given_back_untold(world: TenderWorld) -> str:
    world.coins(50)
    world.set_rules(max_credit_minor=400)
    world.holds = True
    assert world.note(500, is_late=True)
    return "notes"


def recycler_paid_untold(world: TenderWorld) -> str:
    world.note(500)
    for name in world.hoppers:
        if name != RECYCLER:
            world.step(hw.DeviceLost(name, hw.DeviceKind.HOPPER))
    world.holds = True
    world.money_back()
    assert world.state.payout is not None
    assert world.state.payout.device == RECYCLER
    return RECYCLER


def card_is_asked(world: TenderWorld) -> str:
    world.reader.next_request = "waits"
    world.choose("A1")
    assert world.card()
    return "card"


def card_was_charged_untold(world: TenderWorld) -> str:
    world.holds = True
    world.choose("A1")
    world.card()
    assert world.reader.charged_minor
    return "card"


def card_is_withdrawn(world: TenderWorld) -> str:
    card_is_asked(world)
    world.reader.next_cancel = "is_silent"
    world.money_back()
    return "card"


def card_was_charged_while_it_is_withdrawn(world: TenderWorld) -> str:
    card_is_asked(world)
    world.holds = True
    world.reader.next_cancel = "crosses"
    world.money_back()
    assert world.reader.charged_minor
    return "card"


def hear(world: TenderWorld, *words: type[hw.DeviceEvent]) -> None:
    """These words arrive, one after the other, and everything after them is held."""
    for word in words:
        (event,) = [event for event in world.held if type(event) is word]
        world.held.remove(event)
        world.step(event)


def card_is_approved_and_goods_fall_untold(world: TenderWorld) -> str:
    card_was_charged_untold(world)
    hear(world, hw.CardApproved)
    assert world.board.fallen == [1]
    return "card"


def goods_of_a_card_fell_untold(world: TenderWorld) -> str:
    card_is_approved_and_goods_fall_untold(world)
    return "coils"


def card_was_settled_untold(world: TenderWorld) -> str:
    card_is_approved_and_goods_fall_untold(world)
    hear(world, hw.VendDelivered)
    assert world.state.card is not None
    assert world.state.card.stage is CardStage.SETTLING
    return "card"


def card_was_refunded_untold(world: TenderWorld) -> str:
    world.board.jams.add(1)
    card_was_charged_untold(world)
    hear(world, hw.CardApproved, hw.VendFailed)
    assert world.reader.refunded_minor
    return "card"


def late_charge_was_refunded_untold(world: TenderWorld) -> str:
    world.reader.next_request, world.reader.next_cancel = "waits", "is_silent"
    world.scan("water")
    world.card()
    world.pass_time(world.shop.rules.card_ms + 4 * world.shop.rules.job_ms)
    world.holds = True
    world.reader.approve(world.tell, world.cut)
    hear(world, hw.CardApproved)
    assert world.state.late is not None
    return "card"


ROWS: tuple[Row, ...] = (
    note_lies_in_escrow_untold,
    note_waits_to_be_kept,
    note_was_stacked_untold,
    note_was_recycled_untold,
    note_was_given_back_untold,
    recycler_paid_untold,
    card_is_asked,
    card_was_charged_untold,
    card_is_withdrawn,
    card_was_charged_while_it_is_withdrawn,
    card_is_approved_and_goods_fall_untold,
    goods_of_a_card_fell_untold,
    card_was_settled_untold,
    card_was_refunded_untold,
    late_charge_was_refunded_untold,
)


# --- columns: how it went -----------------------------------------------------------------------------------------------


def of_others(world: TenderWorld, device: str) -> None:
    """The other devices' words arrive; those of ``device`` are lost with it."""
    world.holds = False
    words, world.held = world.held, []
    for word in words:
        if word.device != device:
            world.tell(word)
    world.work()


def lost_for_ever(world: TenderWorld, device: str) -> None:
    world.step(hw.DeviceLost(device, KINDS[device]))
    of_others(world, device)
    world.reader.next_cancel = world.reader.next_settle = world.reader.next_refund = "is_silent"
    world.hoppers[RECYCLER].cannot_tell = device == RECYCLER  # until it answers again, at the next start


def silent_for_a_moment(world: TenderWorld, device: str) -> None:
    """The line was dead, the device was not: what it has to say comes late, after it introduced itself."""
    world.step(hw.DeviceLost(device, KINDS[device]))
    world.pass_time(1_000)
    words, world.held, world.holds = world.held, [], False
    world.answer(device)
    for word in words:
        world.tell(word)
    world.work()


def reset(world: TenderWorld, device: str) -> None:
    """It forgot what it did; its driver says what the counts say, or that nobody can tell."""
    world.step(hw.DeviceLost(device, KINDS[device], hw.Fault.RESTARTED))
    words = [word for word in world.held if word.device == device]
    of_others(world, device)
    note, card, vend = world.state.note, world.state.card, world.state.vend
    if device == "notes":
        in_escrow = world.validator.escrow
        world.validator.lose_power()
        if note is not None and in_escrow:
            words = [hw.NoteReturned("notes", note.position, note.job, hw.Fault.RESTARTED)]
    elif device == "card" and card is not None:
        lost: hw.DeviceEvent = hw.CardUnknown("card", card.job, hw.Fault.RESTARTED)
        words = [hw.CardSettled("card", card.job) if card.stage is CardStage.SETTLING else lost]
    elif device == "card" and world.state.late is not None:
        words = [hw.CardUnknown("card", world.state.late.job, hw.Fault.RESTARTED)]
    elif device == "coils" and vend is not None:
        words = [hw.VendUnknown("coils", vend.job, hw.Fault.RESTARTED)]
    for word in words:
        world.tell(word)
    world.work()
    world.answer(device)


def kiosk_killed(world: TenderWorld, device: str) -> None:
    world.holds = False
    world.crash()


def power_cut(world: TenderWorld, device: str) -> None:
    world.holds = False
    world.power_cut()
    world.start()


def killed_and_gone(world: TenderWorld, device: str) -> None:
    """It does not come back with the kiosk, only after the kiosk has given it up."""
    world.holds = False
    world.crash(answering=tuple(name for name in ALL if name != device))
    world.pass_time(world.shop.rules.recovery_ms)
    world.answer(device)


COLUMNS: tuple[Column, ...] = (
    lost_for_ever,
    silent_for_a_moment,
    reset,
    kiosk_killed,
    power_cut,
    killed_and_gone,
)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.__name__)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_a_device_that_goes_in_any_phase_leaves_no_job_open_and_no_cent_unaccounted(
    build_tenders: BuildTenders, row: Row, column: Column
) -> None:
    world = build_tenders()
    device = row(world)
    asked = len(world.facts(f.CardRequested, f.NoteStackStarted))
    column(world, device)
    rules = world.shop.rules
    world.pass_time(rules.card_ms + 8 * rules.job_ms + rules.idle_money_ms)
    state = world.state
    assert (state.note, state.card, state.payout, state.vend, state.visit) == (None, None, None, None, None)
    assert world.is_in(Phase.IDLE)
    assert len(world.facts(f.CardRequested, f.NoteStackStarted)) == asked, "nothing is asked anew"
    world.audit(goods_taken_minor=world.shelf_minor)
    world.hoppers[RECYCLER].cannot_tell = False
    world.crash()
    assert world.is_in(Phase.IDLE)
    world.audit(goods_taken_minor=world.shelf_minor)
    world.die()


def test_the_table_has_every_stage_of_a_card_and_every_end_of_a_note() -> None:
    named = " ".join(row.__name__ for row in ROWS)
    stages = {
        CardStage.ASKED: "asked",
        CardStage.CANCELLING: "withdrawn",
        CardStage.APPROVED: "approved",
        CardStage.SETTLING: "settled",
        CardStage.REFUNDING: "refunded",
    }
    assert stages.keys() == set(CardStage)
    assert [
        word for word in (*stages.values(), "escrow", "kept", "stacked", "recycled") if word not in named
    ] == []
