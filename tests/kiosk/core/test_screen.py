from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core.rules import Shop
from kiosk.core.screen import CardView, NoteView, Rest, View
from kiosk.core.state import CardStage
from tests.kiosk.world import CATALOGUE, COIN_VALUES, HOPPER_VALUES, RULES, World

NOTES = {1: 500, 2: 1000, 3: 2000}


def test_an_idle_screen_shows_the_machine_and_that_coins_are_welcome(world: World) -> None:
    screen = world.screen()
    assert screen.view is View.IDLE
    assert screen.takes_coins
    assert screen.is_machine_on
    assert screen.is_printer_ready
    assert [(slot.code, slot.sku, slot.price_minor, slot.qty) for slot in screen.slots] == [
        ("A1", "chips", 150, 5),
        ("A2", "bar", 120, 5),
        ("A3", "chips", 150, 5),
    ]


def test_a_dead_acceptor_does_not_invite(world: World) -> None:
    world.step(hw.DeviceLost("coin", hw.DeviceKind.COIN_ACCEPTOR))
    assert not world.screen().takes_coins
    world.answer("coin")
    assert world.screen().takes_coins


def test_the_cart_the_credit_and_what_is_missing_are_shown(world: World) -> None:
    world.scan("water")
    world.choose("A1")
    world.coins(100)
    screen = world.screen()
    assert screen.view is View.SHOPPING
    assert [(line.sku, line.is_coil) for line in screen.lines] == [("water", False), ("chips", True)]
    assert (screen.total_minor, screen.held_minor, screen.due_minor, screen.change_minor) == (
        300,
        100,
        200,
        0,
    )
    assert next(slot.qty for slot in screen.slots if slot.code == "A1") == 4


def test_a_covered_cart_shows_its_change_and_the_closing_bar(world: World) -> None:
    world.coins(200)
    world.scan("water")
    screen = world.screen()
    assert (screen.due_minor, screen.change_minor) == (0, 50)
    assert screen.closing is not None
    assert screen.closing.ends_ms - world.now_ms == screen.closing.length_ms == 5_000


def test_the_turning_coil_is_named(world: World) -> None:
    world.choose("A1")
    world.holds = True
    world.coins(100, 50)
    assert world.screen().view is View.FULFILLING
    assert world.screen().vending_slot == "A1"


def test_money_on_its_way_back_is_counted_down(world: World) -> None:
    world.coins(100, 20)
    world.holds = True
    world.money_back()
    screen = world.screen()
    assert screen.view is View.SETTLING
    assert (screen.going_back_minor, screen.paid_minor) == (120, 0)
    world.step(world.held.pop())
    assert (world.screen().going_back_minor, world.screen().paid_minor) == (120, 100)


def test_the_thanks_page_shows_the_visit_and_its_print(world: World) -> None:
    world.scan("water")
    world.coins(200)
    thanks = world.screen().thanks
    assert world.screen().view is View.THANKS
    assert thanks is not None
    assert (thanks.taken_minor, thanks.sold_minor, thanks.paid_minor) == (200, 150, 50)
    assert thanks.receipt_nos == (1,)
    assert thanks.owing == ()
    assert thanks.print_state == ""
    world.holds = True
    world.tap(ev.ReceiptTapped)
    thanks = world.screen().thanks
    assert thanks is not None
    assert thanks.print_state == "printing"
    world.release()
    thanks = world.screen().thanks
    assert thanks is not None
    assert thanks.print_state == "printed"


def test_a_debt_paid_meanwhile_is_no_longer_shown(world: World) -> None:
    world.coins(100)
    world.crash()
    (debt,) = world.state.debts
    world.ask(ev.HandOver(debt, "clerk"))
    thanks = world.screen().thanks
    assert thanks is not None
    assert thanks.owing == ()


def test_the_version_rises_when_taps_change_their_meaning_and_not_for_a_coin(world: World) -> None:
    version = world.screen().version
    world.scan("water")
    world.coins(10)
    assert world.screen().version == version
    world.money_back()
    assert world.screen().version > version


def test_a_faulty_board_turns_the_machine_off_on_the_screen(world: World) -> None:
    world.step(hw.DeviceFaulted("coils", hw.DeviceKind.COIL_BOARD, hw.Fault.SENSOR_BLOCKED))
    assert not world.screen().is_machine_on


def test_a_coil_that_failed_is_off(world: World) -> None:
    world.board.jams.add(1)
    world.choose("A1")
    world.coins(100, 50)
    (slot,) = [slot for slot in world.screen().slots if slot.is_off]
    assert (slot.code, slot.qty) == ("A1", 0)
    assert world.screen().choosing is not None


# --- notes and cards ------------------------------------------------------------------------------------------------


@pytest.fixture
def market(tmp_path: Path) -> World:
    """A world that also has a note validator, a recycler for its smallest note, and a card reader."""
    made = World(tmp_path, coins=200)
    made.shop = Shop(
        replace(
            RULES,
            notes={"notes": NOTES},
            into={"notes": {1: "notes-5"}},
            readers=("reader",),
            hoppers={**HOPPER_VALUES, "notes-5": 500},
        ),
        CATALOGUE,
    )
    meet_validator(made)
    made.step(hw.HopperIdentified("notes-5", serial=9, paid_total=0, is_low=False, lost_power=False))
    meet_reader(made)
    return made


def meet_validator(world: World) -> None:
    world.step(
        hw.AcceptorIdentified(
            "notes",
            serial=8,
            device_epoch=0,
            event_no=0,
            accept_counts=None,
            restarted=False,
            kind=hw.DeviceKind.NOTE_VALIDATOR,
            kept_total=0,
        )
    )
    world.pass_time(1_000)  # a note takes a while to be read


def meet_reader(world: World) -> None:
    world.step(hw.CardReaderIdentified("reader", serial=7, can_refund=True, restarted=False))


def escrow(world: World, position: int) -> None:
    world.step(
        hw.NoteEscrowed("notes", position=position, value_minor=NOTES[position], currency="EUR", kept_total=0)
    )


def test_every_means_that_works_is_offered_with_its_values(market: World) -> None:
    screen = market.screen()
    assert screen.coins == tuple(COIN_VALUES.values())
    assert screen.takes_notes == (500, 1000, 2000)
    assert screen.takes_cards
    assert (screen.coins_rest, screen.notes_rest, screen.cards_rest) == (None, None, False)


def test_a_kiosk_without_validator_and_reader_says_nothing_of_notes_and_cards(world: World) -> None:
    screen = world.screen()
    assert (screen.takes_notes, screen.notes_rest, screen.takes_cards, screen.cards_rest) == (
        (),
        None,
        False,
        False,
    )


@pytest.mark.parametrize(
    "trouble",
    [
        hw.DeviceLost("notes", hw.DeviceKind.NOTE_VALIDATOR),
        hw.DeviceFaulted("notes", hw.DeviceKind.NOTE_VALIDATOR, hw.Fault.JAM),
    ],
)
def test_a_dead_or_sick_validator_does_not_invite(market: World, trouble: hw.DeviceEvent) -> None:
    market.step(trouble)
    assert (market.screen().takes_notes, market.screen().notes_rest) == ((), Rest.OFF)
    meet_validator(market)
    market.step(hw.DeviceRecovered("notes", hw.DeviceKind.NOTE_VALIDATOR))
    assert (market.screen().takes_notes, market.screen().notes_rest) == ((500, 1000, 2000), None)


@pytest.mark.parametrize(
    "trouble",
    [
        hw.DeviceLost("reader", hw.DeviceKind.CARD_READER),
        hw.DeviceFaulted("reader", hw.DeviceKind.CARD_READER, hw.Fault.JAM),
    ],
)
def test_a_dead_or_sick_reader_does_not_invite(market: World, trouble: hw.DeviceEvent) -> None:
    market.step(trouble)
    assert (market.screen().takes_cards, market.screen().cards_rest) == (False, True)
    meet_reader(market)
    market.step(hw.DeviceRecovered("reader", hw.DeviceKind.CARD_READER))
    assert (market.screen().takes_cards, market.screen().cards_rest) == (True, False)


def test_a_note_whose_value_could_not_be_given_back_is_not_offered(market: World) -> None:
    for name in HOPPER_VALUES:
        market.step(hw.HopperLevel(name, is_low=True))
    screen = market.screen()
    assert (screen.takes_notes, screen.notes_rest) == ((), Rest.LOW)
    assert (screen.coins, screen.coins_rest) == ((), Rest.LOW)
    assert screen.is_exact_change


def test_no_money_at_all_is_not_called_low_change(market: World) -> None:
    market.step(ev.ScreenSilent(silent_ms=11_000))
    screen = market.screen()
    assert (screen.coins_rest, screen.notes_rest) == (Rest.OFF, Rest.OFF)
    assert not screen.takes_cards


def test_a_note_between_hand_and_box_is_told_and_no_card_is_asked_for_meanwhile(market: World) -> None:
    market.scan("water")
    escrow(market, 1)
    screen = market.screen()
    assert screen.note == NoteView(500, is_kept=True)
    assert (screen.takes_cards, screen.cards_rest) == (False, False)
    assert (screen.takes_notes, screen.notes_rest) == ((), None)


def test_a_note_that_is_given_back_is_told(market: World) -> None:
    for name in HOPPER_VALUES:
        market.step(hw.HopperLevel(name, is_low=True))
    escrow(market, 2)
    assert market.screen().note == NoteView(1000, is_kept=False)


def test_a_card_request_shows_its_amount_its_stage_and_its_end(market: World) -> None:
    market.scan("water")
    market.coins(50)
    market.tap(ev.CardTapped)
    screen = market.screen()
    assert screen.view is View.TENDERING
    assert screen.card == CardView(CardStage.ASKED, asked_minor=100, charged_minor=0)
    assert screen.tendering is not None
    assert screen.tendering.ends_ms - market.now_ms == screen.tendering.length_ms == RULES.card_ms
    assert not screen.takes_coins
    assert screen.takes_notes == ()


def test_a_request_that_is_withdrawn_counts_down_no_more(market: World) -> None:
    market.scan("water")
    market.tap(ev.CardTapped)
    market.tap(ev.MoneyBackTapped)
    screen = market.screen()
    assert screen.view is View.TENDERING
    assert screen.card is not None
    assert screen.card.stage is CardStage.CANCELLING
    assert screen.tendering is None


def test_a_charge_that_is_made_final_is_told(market: World) -> None:
    market.scan("water")
    market.tap(ev.CardTapped)
    assert market.state.card is not None
    market.step(hw.CardApproved("reader", job=market.state.card.job, amount_minor=140))
    screen = market.screen()
    assert screen.view is View.FULFILLING
    assert screen.card == CardView(CardStage.SETTLING, asked_minor=150, charged_minor=140)


def test_money_on_its_way_back_says_whether_it_is_notes(market: World) -> None:
    market.ask(ev.ClerkEntered("clerk"))
    market.ask(ev.HopperFilled("fill-notes", "clerk", "notes-5", 3))
    market.ask(ev.ClerkLeft("clerk"))
    escrow(market, 1)
    assert market.state.note is not None
    market.step(
        hw.NoteStacked(
            "notes",
            serial=8,
            device_epoch=0,
            event_no=1,
            position=1,
            value_minor=500,
            currency="EUR",
            into="notes-5",
            job=market.state.note.job,
        )
    )
    market.coins(50)
    market.hoppers["notes-5"] = market.hoppers["hopper-50"]  # its order is held, and never carried out here
    market.holds = True
    market.money_back()
    assert market.state.payout is not None
    assert market.state.payout.device == "notes-5"
    assert market.screen().pays_notes
    job = market.state.payout
    market.held.clear()
    market.step(hw.CoinsPaid("notes-5", job=job.job, paid_qty=1, paid_total=1))
    assert market.state.payout.device == "hopper-50"
    assert not market.screen().pays_notes
