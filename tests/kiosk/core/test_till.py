"""decide() by behaviour, and the totality of its table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft, Stamp
from kiosk.core.fold import RULED, SILENT
from kiosk.core.state import Phase
from kiosk.core.till import ROWS, TABLE, Ignored, Impossible, Refused, decide
from kiosk.invariant import InvariantBroken
from tests.kiosk.world import SHOP, World

BASES = {hw.DeviceEvent, ev.PersonEvent, ev.LoopEvent, ev.Tap}
Touch = Callable[[World], object]


EVENTS = sorted(
    {
        kind
        for module in (hw, ev)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, hw.DeviceEvent | ev.PersonEvent | ev.LoopEvent)
    }
    - BASES,
    key=lambda kind: kind.__name__,
)


# --- totality -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_has_an_entry_in_every_phase(kind: type[object]) -> None:
    assert {phase for phase, row in TABLE if row is kind} == set(Phase)


def test_the_table_knows_no_event_that_does_not_exist() -> None:
    assert set(ROWS) == set(EVENTS)


def test_what_is_ignored_has_a_reason_and_what_is_refused_a_message() -> None:
    for entry in TABLE.values():
        if isinstance(entry, Ignored):
            assert entry.reason.strip()
        elif isinstance(entry, Refused):
            assert entry.key.strip()
        else:
            assert isinstance(entry, Impossible) or callable(entry)


def test_every_fact_has_a_rule_of_folding_or_is_silent_and_never_both() -> None:
    assert set(RULED) | SILENT == set(f.KINDS.values())
    assert not set(RULED) & SILENT


def test_no_device_event_is_ever_refused() -> None:
    for (_, kind), entry in TABLE.items():
        if issubclass(kind, hw.DeviceEvent) and kind is not hw.CodeUnreadable:
            assert not isinstance(entry, Refused), kind.__name__


def test_an_impossible_event_breaks_a_promise_instead_of_being_guessed(world: World) -> None:
    with pytest.raises(InvariantBroken, match="CodeScanned cannot come in idle"):
        decide(world.state, hw.CodeScanned("scanner", "123"), world.stamp(), world.shop)


def test_a_rule_that_needs_a_visit_says_so_when_there_is_none(world: World) -> None:
    with pytest.raises(InvariantBroken, match="needs an open visit"):
        Draft(world.state, SHOP, Stamp("", 0)).visit  # noqa: B018 - the look is the act


# --- coins ----------------------------------------------------------------------------------------------------------------


def test_a_coin_opens_a_visit_and_is_its_credit(world: World) -> None:
    world.coins(100)
    assert world.is_in(Phase.SHOPPING)
    assert world.visit.held_minor == 100
    assert [type(fact).__name__ for fact in world.all_facts()[-2:]] == ["VisitOpened", "CoinCredited"]


def test_a_coin_that_covers_the_cart_closes_the_sale_without_a_tap(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    assert world.is_in(Phase.IDLE)
    assert world.state.receipt_no == 1
    world.audit(goods_taken_minor=150)


def test_a_scan_that_is_covered_waits_for_the_bar_and_then_closes(world: World) -> None:
    world.coins(200)
    world.scan("water")
    assert world.is_in(Phase.SHOPPING)
    world.pass_time(world.shop.rules.close_bar_ms - 1)
    assert world.is_in(Phase.SHOPPING)
    world.pass_time(1)
    assert world.is_in(Phase.IDLE)
    assert world.tray_minor == 50
    world.audit(goods_taken_minor=150)


def test_a_coin_inserted_while_vending_is_still_credited_and_given_back(world: World) -> None:
    world.choose("A1")
    world.holds = True
    world.coins(100, 50)
    assert world.is_in(Phase.FULFILLING)
    late = world.acceptor.event(world.acceptor.counter + 1, 4)
    world.acceptor.positions = (4,)
    assert world.acceptor.drop(100)
    world.step(late)
    assert world.visit.held_minor == 250
    world.step(ev.DeadlinePassed(ev.Deadline.CLOSE))
    assert world.is_in(Phase.FULFILLING), "a deadline of another phase changes nothing"
    world.release()
    assert world.tray_minor == 100
    world.audit()


def test_a_coin_inserted_while_money_goes_back_goes_back_too(world: World) -> None:
    world.coins(100)
    world.holds = True
    world.money_back()
    world.acceptor.positions = (4,)
    world.coins(100)
    world.release()
    assert world.tray_minor == 200
    world.audit()


def test_a_coin_in_service_is_the_vendors_own(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.coins(200)
    assert world.state.visit is None
    assert world.state.cash["box"] == 200
    assert world.state.totals.taken == 0
    assert world.verify().problems == ()


def test_a_coin_of_an_acceptor_that_was_exchanged_unseen_is_not_taken_for_an_old_one(world: World) -> None:
    world.coins(100)
    world.step(hw.CoinAccepted("coin", 9, 1, 1, 4, 100, "EUR", 1))
    assert world.visit.held_minor == 200


def test_the_word_of_an_unknown_coin_is_evidence_and_no_credit(world: World) -> None:
    event = hw.CoinUnvalued("coin", 4711, 1, event_no=1, position=9)
    world.step(event)
    world.step(event)
    (record,) = world.facts(f.MoneyPossiblySwallowed)
    assert isinstance(record, f.MoneyPossiblySwallowed)
    assert record.reason == "unknown_coin"
    assert world.state.visit is None


def test_a_refused_coin_is_kept_as_evidence_once(world: World) -> None:
    event = hw.CoinRefused("coin", 4711, 1, 1, code=13, fault=hw.Fault.JAM, is_returned=None)
    world.step(event)
    world.step(event)
    assert len(world.facts(f.CoinTurnedAway)) == 1


# --- halted ---------------------------------------------------------------------------------------------------------------


def test_a_coin_while_halted_is_owed_with_a_code_that_is_shown(world: World) -> None:
    world.step(ev.PromiseBroken("a promise"))
    assert world.is_in(Phase.HALTED)
    assert world.acceptor.positions == ()
    world.acceptor.positions = (4,)
    world.coins(100)
    (debt,) = world.state.debts.values()
    assert (debt.amount_minor, debt.is_certain) == (100, True)
    thanks = world.screen().thanks
    assert thanks is not None
    assert [owing.debt for owing in thanks.owing] == [debt.debt]
    assert world.state.visit is None
    world.audit()


def test_the_code_shown_while_halted_goes_after_its_time_or_at_a_touch(world: World) -> None:
    world.coins(100)
    world.step(ev.PromiseBroken("a promise"))
    assert world.screen().thanks is not None
    world.pass_time(world.shop.rules.owed_ms)
    assert world.screen().thanks is None
    world.acceptor.positions = (4,)
    world.coins(100)
    world.tap(ev.DoneTapped)
    assert world.screen().thanks is None
    assert world.is_in(Phase.HALTED)
    world.audit()


def test_credit_is_owed_when_the_till_halts(world: World) -> None:
    world.scan("water")
    world.coins(100)
    world.step(ev.PromiseBroken("a promise"))
    assert world.owed_minor == 100
    assert not world.facts(f.SaleClosed)
    world.audit()


def test_a_vend_that_ends_after_the_halt_is_sold_and_the_rest_is_owed(world: World) -> None:
    world.scan("apple")
    world.choose("A1")
    world.holds = True
    world.coins(200)
    world.coin(50)
    world.step(ev.PromiseBroken("a promise"))
    assert world.visit.held_minor >= 200
    world.release()
    assert world.state.visit is None
    (sale,) = world.facts(f.SaleClosed)
    assert isinstance(sale, f.SaleClosed)
    assert sale.total_minor == 200
    assert world.tray == [], "a halted till pays nothing"
    world.audit(goods_taken_minor=50)


def test_a_payout_that_ends_after_the_halt_pays_no_more_and_owes_the_rest(world: World) -> None:
    world.coins(100, 20)
    world.holds = True
    world.money_back()
    world.step(ev.PromiseBroken("a promise"))
    world.release()
    assert world.tray_minor == 100
    assert world.owed_minor == 20
    world.audit()


def test_an_unknown_outcome_after_the_halt_is_owed_too(world: World) -> None:
    world.hoppers["hopper-50"].cannot_tell = True
    world.coins(100, 20)
    world.holds = True
    world.money_back()
    world.step(ev.PromiseBroken("a promise"))
    world.release()
    assert world.owed_minor == 120
    assert world.state.visit is None


def test_a_job_that_never_ends_is_lost_also_while_halted(world: World) -> None:
    world.choose("A1")
    world.holds = True
    world.coins(200)
    world.step(ev.PromiseBroken("a promise"))
    world.pass_time(200_000)
    assert world.state.visit is None
    assert world.owed_minor == 200
    world.audit()


def test_a_clerk_releases_a_halted_till_and_an_open_job_is_owed_uncertain(world: World) -> None:
    world.choose("A1")
    world.holds = True
    world.coins(200)
    world.step(ev.PromiseBroken("a promise"))
    world.ask(ev.HaltRelease("clerk"))
    assert world.is_in(Phase.IDLE)
    assert world.owed_minor == 200
    assert [debt.is_certain for debt in world.state.debts.values()].count(False) == 1
    assert world.ask(ev.HaltRelease("clerk")).key == "not_halted"
    world.audit()


def test_a_halt_outlives_a_restart_until_a_clerk_clears_it(world: World) -> None:
    world.coins(100)
    world.step(ev.PromiseBroken("a promise"))
    world.crash()
    assert world.is_in(Phase.HALTED)
    assert world.coin(100) is False
    world.ask(ev.ClerkEntered("clerk"))
    world.crash()
    assert world.is_in(Phase.HALTED)
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.HaltRelease("clerk"))
    assert world.is_in(Phase.SERVICE)
    world.ask(ev.ClerkLeft("clerk"))
    assert world.is_in(Phase.IDLE)
    world.audit()


def test_a_promise_broken_while_starting_halts_after_recovery(world: World) -> None:
    world.coins(100)
    world.die()
    world.start(answering=())
    world.step(ev.PromiseBroken("a promise"))
    assert world.is_in(Phase.STARTING)
    world.pass_time(world.shop.rules.recovery_ms)
    assert world.is_in(Phase.HALTED)
    assert world.owed_minor == 100
    world.answer("coin")
    world.audit()


# --- choosing -------------------------------------------------------------------------------------------------------------


def test_an_unknown_scan_is_kept_for_the_vendor_and_blocks_nothing(world: World) -> None:
    assert world.scan("").key == "code_unknown"
    assert world.state.visit is None
    world.scan("water")
    assert world.ask(ev.ScanRead("x" * 200, "", "code_unknown")).is_refusal
    kept = world.facts(f.CodeUnknown)[-1]
    assert isinstance(kept, f.CodeUnknown)
    assert kept.code == "x" * 64
    assert kept.visit == world.visit.visit


def test_a_scan_that_is_no_code_is_refused_in_words(world: World) -> None:
    world.step(hw.CodeUnreadable("scanner", hw.Fault.UNREADABLE, 12))
    assert world.notice.key == "code_unreadable"
    world.step(hw.CodeUnreadable("scanner", hw.Fault.TOO_LONG, 4_096))
    assert world.notice.key == "too_long"


def test_goods_are_added_by_picture_with_a_quantity(world: World) -> None:
    assert world.tap(ev.ProductChosen, sku="apple", qty=3).key == "added"
    assert world.visit.total_minor == 150
    assert [line.line for line in world.visit.lines] == [1, 2, 3]
    assert {line.slot for line in world.visit.lines} == {""}, "an apple has no planned place"


def test_a_cart_is_never_longer_than_allowed(world: World) -> None:
    assert world.tap(ev.ProductChosen, sku="apple", qty=40).key == "added"
    assert world.tap(ev.ProductChosen, sku="apple", qty=1).key == "cart_full"
    assert world.choose("A1").key == "cart_full"
    assert world.tap(ev.ProductChosen, sku="apple", qty=0).key == "done"
    assert len(world.visit.lines) == 40


@pytest.mark.parametrize(
    ("touch", "key"),
    [
        (lambda world: world.tap(ev.ProductChosen, sku="gold"), "unknown_product"),
        (lambda world: world.choose("Z9"), "unknown_slot"),
        (lambda world: world.choose("S1"), "unknown_slot"),
        (lambda world: world.close(), "nothing_chosen"),
        (lambda world: world.money_back(), "nothing_held"),
        (lambda world: world.tap(ev.LanguageTapped, language="xx"), "unknown_language"),
        (lambda world: world.tap(ev.ReceiptTapped), "no_receipt"),
        (lambda world: world.tap(ev.DebtCodeTyped, debt=""), "code_pays_nothing"),
        (lambda world: world.ask(ev.ClerkLeft("clerk")), "not_in_service"),
    ],
)
def test_what_cannot_be_granted_is_refused_in_words(world: World, touch: Touch, key: str) -> None:
    touch(world)
    assert world.notice.key == key
    assert world.notice.is_refusal
    assert world.state.visit is None


def test_a_coil_sells_no_more_than_it_holds(world: World) -> None:
    for _ in range(5):
        assert world.choose("A1").key == "added"
    assert world.choose("A1").key == "sold_out"


def test_a_coil_of_a_board_that_is_gone_is_refused(world: World) -> None:
    world.step(hw.DeviceLost("coils", hw.DeviceKind.COIL_BOARD))
    world.step(hw.DeviceLost("coils", hw.DeviceKind.COIL_BOARD))
    assert len(world.facts(f.DeviceWentOffline)) == 1, "told twice, recorded once"
    assert world.choose("A1").key == "machine_off"


def test_a_line_is_put_back_freely_and_twice_does_no_harm(world: World) -> None:
    world.scan("water")
    world.scan("apple")
    world.tap(ev.LineDropped, line=1)
    world.tap(ev.LineDropped, line=1)
    assert world.visit.total_minor == 50
    world.tap(ev.LineDropped, line=2)
    assert world.state.visit is None, "an empty cart without money is no visit"
    assert world.screen().thanks is None


def test_a_line_put_back_while_money_is_held_keeps_the_visit(world: World) -> None:
    world.coins(100)
    world.scan("water")
    world.tap(ev.LineDropped, line=1)
    assert world.visit.held_minor == 100


def test_a_cart_is_not_closed_before_anything_is_in_it(world: World) -> None:
    world.coins(100)
    assert world.close().key == "nothing_chosen"
    assert world.visit.held_minor == 100


def test_closing_needs_enough_money(world: World) -> None:
    world.scan("water")
    assert world.close().key == "not_enough"
    world.coins(100)
    world.scan("apple")
    assert world.close().key == "not_enough"
    world.tap(ev.LineDropped, line=1)
    assert world.close().key == "done"
    assert world.tray_minor == 50
    world.audit(goods_taken_minor=50)


def test_a_tap_on_an_old_screen_is_refused(world: World) -> None:
    old = world.state.screen
    world.coins(100)
    assert world.ask(ev.SlotChosen("t", old, "A1")).key == "added", "a coin does not make taps stale"
    world.money_back()
    assert world.ask(ev.SlotChosen("u", old, "A1")).key == "stale_tap"
    world.audit()


def test_taps_while_goods_move_are_refused_in_words(world: World) -> None:
    world.choose("A1")
    world.holds = True
    world.coins(100, 50)
    for answer in (world.choose("A2"), world.money_back(), world.scan("water"), world.close()):
        assert answer.key == "busy"
    world.release()
    world.audit()


def test_another_language_keeps_the_cart_and_ends_with_the_visit(world: World) -> None:
    world.scan("water")
    world.tap(ev.LanguageTapped, language="fa")
    world.tap(ev.LanguageTapped, language="fa")
    assert len(world.facts(f.LanguageChosen)) == 1
    assert world.visit.language == "fa"
    world.coins(100, 50)
    world.pass_time(world.shop.rules.thanks_ms)
    assert world.state.language == "en"


def test_comfort_is_remembered_once_and_forgotten_after_the_visit(world: World) -> None:
    world.tap(ev.ComfortTapped, large_text=True, more_time=True)
    world.tap(ev.ComfortTapped, large_text=True, more_time=True)
    assert len(world.facts(f.ComfortChosen)) == 1
    world.scan("water")
    world.coins(100, 50)
    world.tap(ev.DoneTapped)
    assert not world.state.large_text
    assert not world.state.more_time


def test_a_touch_that_asks_for_nothing_is_no_fact(world: World) -> None:
    before = world.state
    world.tap(ev.Touched)
    assert world.state == before


# --- codes ----------------------------------------------------------------------------------------------------------------


def owe_one_euro(world: World) -> str:
    world.coins(100)
    world.crash()
    return next(iter(world.state.debts))


def test_wrong_codes_lock_the_page_for_a_while(world: World) -> None:
    debt = owe_one_euro(world)
    for _ in range(world.shop.rules.max_code_failures):
        assert world.tap(ev.DebtCodeTyped, debt="").key == "code_pays_nothing"
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "codes_locked"
    world.crash()
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "codes_locked", "a restart is no way around it"
    world.pass_time(world.shop.rules.code_lock_ms)
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "done"
    assert world.state.code_failures == 0
    world.audit()


def test_a_code_buys_goods_when_the_cart_is_not_empty(world: World) -> None:
    debt = owe_one_euro(world)
    world.scan("apple")
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.state.receipt_no == 1
    assert world.tray_minor == 50
    world.audit(goods_taken_minor=50)


def test_a_code_that_no_coin_can_pay_is_kept(world: World) -> None:
    debt = owe_one_euro(world)
    for name in world.hoppers:
        world.step(hw.DeviceFaulted(name, hw.DeviceKind.HOPPER, hw.Fault.JAM))
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "cannot_pay_now"
    world.step(hw.DeviceRecovered("hopper-50", hw.DeviceKind.HOPPER))
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "done"
    world.audit()


# --- printing -------------------------------------------------------------------------------------------------------------


def test_a_receipt_is_printed_once_however_often_it_is_asked_for_meanwhile(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    world.holds = True
    world.tap(ev.ReceiptTapped)
    assert world.tap(ev.ReceiptTapped).key == "printing"
    world.held += world.held
    world.release()
    assert len(world.facts(f.PrintClosed)) == 1
    assert len(world.printer.printed) == 1


def test_a_print_that_ends_after_the_page_was_left_changes_no_page(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    world.holds = True
    world.tap(ev.ReceiptTapped)
    world.tap(ev.DoneTapped)
    assert world.tap(ev.DoneTapped).key == "done"
    world.release()
    assert world.state.last is None
    assert len(world.facts(f.PrintClosed)) == 1


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (hw.PrinterStatus("printer", hw.Paper.OK, is_online=True, cover_open=True), "cover_open"),
        (hw.PrinterStatus("printer", hw.Paper.OUT, is_online=True, cover_open=False), "paper_out"),
        (hw.PrinterStatus("printer", hw.Paper.LOW, is_online=True, cover_open=False), "paper_low"),
        (hw.PrinterStatus("printer", hw.Paper.OK, is_online=False, cover_open=False), "unspecified"),
        (hw.PrinterStatus("printer", hw.Paper.OK, True, False, hw.Fault.CUTTER), "cutter"),
    ],
)
def test_the_printers_condition_is_recorded_when_it_changes(
    world: World, status: hw.PrinterStatus, fault: str
) -> None:
    world.step(status)
    world.step(status)
    assert world.state.devices["printer"].fault == fault
    assert len(world.facts(f.DeviceTroubled)) == 1
    assert world.screen().is_printer_ready == (fault == "paper_low")


def test_a_lost_printer_is_not_ready_until_it_answers(world: World) -> None:
    world.step(hw.DeviceLost("printer", hw.DeviceKind.PRINTER))
    assert not world.screen().is_printer_ready
    world.answer("printer")
    assert world.screen().is_printer_ready


# --- devices --------------------------------------------------------------------------------------------------------------


def test_a_scanner_that_was_lost_is_back_when_its_port_is(world: World) -> None:
    world.step(hw.DeviceLost("scanner", hw.DeviceKind.SCANNER))
    assert not world.state.devices["scanner"].is_online
    world.step(hw.DeviceRecovered("scanner", hw.DeviceKind.SCANNER))
    assert world.state.devices["scanner"].is_online


def test_noise_and_stray_drops_are_evidence(world: World) -> None:
    world.step(hw.LineNoise("coin", 40))
    world.step(hw.DropSeen("coils"))
    assert len(world.facts(f.LineWasNoisy, f.StrayDropSeen)) == 2
    assert world.is_in(Phase.IDLE)


def test_progress_is_for_the_screen_only(world: World) -> None:
    before = world.state
    world.step(hw.PayoutProgressed("hopper-10", "J1-1", 1))
    world.step(hw.VendProgressed("coils", "J1-1"))
    assert world.state == before


def test_a_hopper_that_is_not_configured_is_not_believed(world: World) -> None:
    world.step(hw.HopperIdentified("other", 1, 1, is_low=None, lost_power=False))
    world.step(hw.HopperLevel("other", is_low=True))
    assert "other" not in world.state.hoppers


def test_a_hopper_that_says_low_is_trusted_less(world: World) -> None:
    world.step(hw.HopperLevel("hopper-10", is_low=True))
    assert world.state.hoppers["hopper-10"].is_low
    assert world.screen().is_exact_change
    world.step(hw.HopperLevel("hopper-10", is_low=False))
    assert not world.screen().is_exact_change


def test_a_low_hopper_still_pays_what_nobody_else_can(world: World) -> None:
    world.coins(10)
    for name in world.hoppers:
        world.step(hw.HopperLevel(name, is_low=True))
    world.money_back()
    assert world.tray == [10]
    world.audit()


def test_a_word_about_a_job_that_is_not_open_changes_nothing(world: World) -> None:
    before = world.state
    world.step(hw.PayoutUnknown("hopper-10", "J1-1", hw.Fault.NO_REPLY))
    world.step(hw.VendUnknown("coils", "J1-1", hw.Fault.NO_REPLY))
    world.step(hw.VendFailed("coils", "J1-1", hw.Fault.NO_REPLY))
    world.step(hw.CoinsPaid("nobody", "J1-1", 1, None))
    world.step(hw.CoinsPaid("hopper-10", "J1-1", 1, None))
    assert world.state == before


def test_a_payout_of_more_coins_than_one_command_carries_takes_several(world: World) -> None:
    world.set_rules(max_credit_minor=5_000)
    for name in ("hopper-20", "hopper-50"):
        world.step(hw.DeviceFaulted(name, hw.DeviceKind.HOPPER, hw.Fault.JAM))
    world.stock(coins=300, goods=0)
    world.coins(*[200] * 13)
    world.money_back()
    started = [fact.qty for fact in world.facts(f.PayoutStarted) if isinstance(fact, f.PayoutStarted)]
    assert started == [250, 10]
    assert world.tray_minor == 2_600
    world.audit()


def test_a_visit_that_feeds_on_the_hoppers_is_owed_instead(world: World) -> None:
    world.set_rules(max_payouts=1)
    world.coins(100, 20)
    world.money_back()
    assert world.tray == [50, 50]
    assert world.owed_minor == 20
    world.audit()


# --- time -----------------------------------------------------------------------------------------------------------------


def test_an_abandoned_cart_ends_and_abandoned_money_goes_back(world: World) -> None:
    world.scan("water")
    world.pass_time(world.shop.rules.idle_ms)
    assert world.state.visit is None
    world.coins(100)
    world.pass_time(world.shop.rules.idle_ms)
    assert world.visit.held_minor == 100, "money held waits longer"
    world.pass_time(world.shop.rules.idle_money_ms)
    assert world.tray_minor == 100
    world.audit()


def test_a_deadline_that_came_too_late_changes_nothing(world: World) -> None:
    before = world.state
    for deadline in ev.Deadline:
        world.step(ev.DeadlinePassed(deadline))
    assert world.state == before


def test_an_unattended_service_screen_closes_itself(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.pass_time(world.shop.rules.service_ms)
    assert world.is_in(Phase.IDLE)


def test_a_kiosk_that_nobody_sees_takes_no_coins(world: World) -> None:
    world.step(ev.ScreenSilent(10_001))
    world.step(ev.ScreenSilent(10_500))
    assert world.coin(100) is False
    world.step(ev.ScreenAnswered())
    world.step(ev.ScreenAnswered())
    assert world.coin(100)
    assert len(world.facts(f.ScreenLost, f.ScreenSeen)) == 2


def test_a_full_disk_takes_no_coins(world: World) -> None:
    world.step(ev.SpaceRead("full", 10))
    world.step(ev.SpaceRead("full", 9))
    assert world.coin(100) is False
    world.step(ev.SpaceRead("ok", 900))
    assert world.coin(100)
    assert len(world.facts(f.SpaceShrank)) == 2


def test_a_clock_that_jumps_is_written_down(world: World) -> None:
    world.step(ev.ClockJumped("2026-01-01", "2036-01-01"))
    assert len(world.facts(f.ClockStepped)) == 1


def test_a_clean_stop_is_known_at_the_next_start(world: World) -> None:
    world.stop()
    world.start()
    booted = world.facts(f.Booted)[-1]
    assert isinstance(booted, f.Booted)
    assert booted.is_clean
    world.crash()
    booted = world.facts(f.Booted)[-1]
    assert isinstance(booted, f.Booted)
    assert not booted.is_clean


def test_a_stop_in_the_middle_of_a_visit_is_not_clean(world: World) -> None:
    world.coins(100)
    world.step(ev.StopAsked())
    assert not world.facts(f.Stopped)
    world.crash()
    assert world.owed_minor == 100
