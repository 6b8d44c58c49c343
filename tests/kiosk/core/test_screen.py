from __future__ import annotations

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core.screen import View
from tests.kiosk.world import World


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
