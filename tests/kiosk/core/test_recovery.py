"""The rules of recovery, one story each, told at the level of events: what the world did, what the books say."""

from __future__ import annotations

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import Phase
from tests.kiosk.conftest import Build
from tests.kiosk.world import APPLE, WATER, World

ALL_HOPPERS = ("hopper-10", "hopper-20", "hopper-50")


def only_debt(world: World) -> tuple[int, bool, str]:
    (debt,) = world.state.debts.values()
    return debt.amount_minor, debt.is_certain, debt.reason


# --- coins --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-C1")
def test_a_coin_that_fell_while_the_kiosk_was_dead_is_found_by_its_count_and_owed(world: World) -> None:
    world.coins(100)
    world.die()
    assert world.acceptor.drop(50)
    world.start()
    assert world.is_in(Phase.IDLE)
    assert [type(fact) for fact in world.facts(f.CoinFound)] == [f.CoinFound]
    assert only_debt(world) == (150, True, "interrupted")
    world.audit()


@pytest.mark.rule("MS-C1")
def test_a_coin_that_fell_with_nobody_there_is_found_money_in_suspense(world: World) -> None:
    world.die()
    assert world.acceptor.drop(50)
    world.start()
    assert world.state.totals.suspense == 50
    assert not world.state.debts
    world.audit()


@pytest.mark.rule("MS-C1")
def test_coins_found_late_are_not_given_to_the_next_shopper(world: World) -> None:
    world.die()
    assert world.acceptor.drop(200)
    world.start(answering=(*ALL_HOPPERS, "coils", "printer"))
    world.scan("water")
    world.answer("coin")
    assert world.visit.held_minor == 0, "the coin fell before this shopper came"
    assert world.state.totals.suspense == 200
    world.audit()


def test_coins_found_after_the_acceptor_was_lost_in_a_visit_belong_to_that_visit(world: World) -> None:
    world.coins(100)
    world.pass_time(1_000)
    world.step(hw.DeviceLost("coin", hw.DeviceKind.COIN_ACCEPTOR))
    assert world.acceptor.drop(50)
    world.answer("coin")
    assert world.visit.held_minor == 150
    world.audit()


def test_a_coin_position_that_the_configuration_learns_later_brings_no_found_money(world: World) -> None:
    world.coins(100)
    world.die()
    assert world.acceptor.totals is not None
    world.acceptor.coins[6] = 500
    world.acceptor.totals[6] = 9_999
    world.set_rules(coins={"coin": dict(world.acceptor.coins)})
    world.start()
    assert not world.facts(f.CoinFound)
    world.audit()
    assert world.acceptor.drop(100)
    world.tell(world.acceptor.event(*world.acceptor.ring[-1]))
    world.work()
    world.crash()
    assert not world.facts(f.CoinFound)
    world.audit()


@pytest.mark.rule("MS-C2")
@pytest.mark.parametrize("has_counts", [True, False])
def test_a_coin_read_but_not_stored_is_in_the_books_once(build: Build, has_counts: bool) -> None:
    world = build(has_counts=has_counts)
    world.coins(100)
    with world.cutting(2):
        world.coin(50)
    assert world.ledger is None, "the second dangerous moment is before the append"
    world.start()
    assert only_debt(world) == (150, True, "interrupted")
    world.audit()
    world.die()


@pytest.mark.rule("MS-C2")
def test_the_same_event_read_twice_is_recorded_once(world: World) -> None:
    world.coins(100)
    world.tell(world.acceptor.event(*world.acceptor.ring[-1]))
    world.work()
    assert world.visit.held_minor == 100
    assert len(world.facts(f.CoinCredited)) == 1
    world.audit()


@pytest.mark.rule("MS-C3")
def test_a_coin_stored_but_never_shown_is_owed_with_a_code(world: World) -> None:
    with world.cutting(3):
        world.coin(100)
    world.start()
    assert only_debt(world) == (100, True, "interrupted")
    assert world.screen().thanks is not None, "the code is shown"
    world.audit()


@pytest.mark.rule("MS-C4")
def test_when_the_acceptor_lost_power_too_its_counts_still_tell(world: World) -> None:
    world.coins(100)
    world.die()
    assert world.acceptor.drop(50)
    world.acceptor.lose_power()
    world.start()
    assert only_debt(world) == (150, True, "interrupted")
    world.audit()


@pytest.mark.rule("MS-C4")
def test_without_counts_a_power_cut_leaves_a_possibly_swallowed_record(build: Build) -> None:
    world = build(has_counts=False)
    world.coins(100)
    world.power_cut()
    world.start()
    (record,) = world.facts(f.MoneyPossiblySwallowed)
    assert isinstance(record, f.MoneyPossiblySwallowed)
    assert record.reason == "acceptor_restarted"
    assert only_debt(world) == (100, True, "interrupted")
    world.audit()
    world.die()


@pytest.mark.rule("MS-C5")
def test_events_that_left_the_ring_are_written_down_and_their_coins_found_by_the_counts(world: World) -> None:
    world.coins(10)
    for _ in range(7):
        assert world.acceptor.drop(10)
    ring = world.acceptor.ring
    lost = hw.CoinEventsLost("coin", world.acceptor.serial, 1, event_no=ring[2][0], qty=2)
    world.step(lost)
    world.step(lost)
    for entry in ring[-5:]:
        world.step(world.acceptor.event(*entry))
    world.answer("coin")
    assert len(world.facts(f.MoneyPossiblySwallowed)) == 1, "told twice, recorded once"
    assert world.visit.held_minor == 80
    world.audit()


def test_another_acceptor_is_not_compared_with_the_old_ones_counts(world: World) -> None:
    world.coins(100)
    world.die()
    world.acceptor.serial, world.acceptor.counter = 9, 0
    assert world.acceptor.totals is not None
    world.acceptor.totals[5] = 70_000
    world.start()
    (new,) = [fact for fact in world.facts(f.AcceptorBaselined) if getattr(fact, "is_new", False)]
    assert isinstance(new, f.AcceptorBaselined)
    assert not world.facts(f.CoinFound)
    (gap,) = world.facts(f.MoneyPossiblySwallowed)
    assert isinstance(gap, f.MoneyPossiblySwallowed)
    assert gap.reason == "acceptor_replaced", "what the former one took and did not tell went with it"
    world.audit()


# --- change -------------------------------------------------------------------------------------------------------------


def pay_back_and_die(world: World, where: str, *, at: int = 1) -> None:
    """Put one euro in, ask for it back, and end the kiosk at the ``at``-th moment of that name."""
    world.coins(100)
    with world.cutting(at, where):
        world.money_back()
    assert world.ledger is None


@pytest.mark.rule("MS-P1")
def test_a_payout_that_was_never_sent_is_owed_whole(world: World) -> None:
    world.coins(100)
    with world.cutting(2):
        world.money_back()
    assert world.tray == []
    world.start()
    assert world.state.payout is None
    assert only_debt(world) == (100, True, "interrupted")
    world.audit()


@pytest.mark.rule("MS-P2")
def test_a_payout_cut_half_way_is_paid_in_part_and_owed_for_the_rest(world: World) -> None:
    pay_back_and_die(world, "hopper-50 is about to pay", at=2)
    assert world.tray == [50]
    world.start()
    assert world.tray == [50], "nothing leaves at boot"
    assert only_debt(world) == (50, True, "interrupted")
    (ended,) = world.facts(f.PayoutEnded)
    assert isinstance(ended, f.PayoutEnded)
    assert (ended.paid_qty, ended.is_recovered) == (1, True)
    world.audit()


@pytest.mark.rule("MS-P3")
def test_a_payout_that_ended_before_it_was_written_is_paid_and_nothing_is_owed(world: World) -> None:
    pay_back_and_die(world, "hopper-50 has paid")
    assert world.tray_minor == 100
    world.start()
    assert not world.state.debts
    world.audit()


@pytest.mark.rule("MS-P4")
def test_a_hopper_without_a_count_leaves_an_uncertain_debt(world: World) -> None:
    world.hoppers["hopper-50"].paid_total = None
    world.answer("hopper-50")
    pay_back_and_die(world, "hopper-50 is about to pay", at=2)
    world.start()
    assert only_debt(world) == (100, False, "payout_unknown")
    world.audit()


@pytest.mark.rule("MS-P4")
def test_a_payout_that_nobody_can_count_is_owed_uncertain_and_the_rest_is_paid(world: World) -> None:
    world.hoppers["hopper-50"].cannot_tell = True
    world.coins(100, 20)
    world.money_back()
    assert only_debt(world) == (100, False, "payout_unknown")
    assert world.tray[-1] == 20
    assert world.is_in(Phase.IDLE)


@pytest.mark.rule("MS-P4")
def test_a_count_that_fell_back_proves_nothing(world: World) -> None:
    pay_back_and_die(world, "hopper-50 is about to pay", at=2)
    world.hoppers["hopper-50"].paid_total = 0
    world.start()
    assert only_debt(world) == (100, False, "payout_unknown")


@pytest.mark.rule("MS-P4")
def test_another_hopper_in_its_place_proves_nothing(world: World) -> None:
    pay_back_and_die(world, "hopper-50 is about to pay", at=2)
    world.hoppers["hopper-50"].serial = 999
    world.start()
    assert only_debt(world) == (100, False, "payout_unknown")


@pytest.mark.rule("MS-P5")
def test_when_a_hopper_runs_dry_another_pays_the_rest(world: World) -> None:
    world.hoppers["hopper-50"].stops_after = 1
    world.coins(100)
    world.money_back()
    assert world.tray_minor == 100
    assert len(world.facts(f.PayoutStarted)) > 1
    assert not world.state.debts
    world.audit()


@pytest.mark.rule("MS-P5")
def test_when_no_hopper_can_pay_the_rest_is_owed(world: World) -> None:
    for hopper in world.hoppers.values():
        hopper.stops_after = 1
    world.coins(100)
    world.money_back()
    assert world.tray_minor == 80
    assert only_debt(world) == (20, True, "short")
    world.audit()


def test_recovery_ends_after_its_time_even_when_a_device_is_gone(world: World) -> None:
    world.coins(100)
    with world.cutting(2):
        world.money_back()
    world.start(answering=("coin", "hopper-10", "hopper-20", "coils", "printer"))
    assert world.is_in(Phase.STARTING)
    world.pass_time(world.shop.rules.recovery_ms + 1)
    assert world.is_in(Phase.IDLE)
    assert only_debt(world) == (100, False, "payout_unknown")
    world.answer("hopper-50")
    assert not world.facts(f.HopperDiffered), "its count says that nothing left"


def test_coins_of_a_lost_job_are_noted_when_the_hopper_comes_back(world: World) -> None:
    pay_back_and_die(world, "hopper-50 is about to pay", at=2)
    world.start(answering=("coin", "hopper-10", "hopper-20", "coils", "printer"))
    world.pass_time(world.shop.rules.recovery_ms + 1)
    world.answer("hopper-50")
    (differed,) = world.facts(f.HopperDiffered)
    assert isinstance(differed, f.HopperDiffered)
    assert differed.qty == 1
    assert world.state.totals.suspense == -50
    world.audit()


def test_a_hopper_that_introduces_itself_late_does_not_end_a_job_that_was_just_sent(world: World) -> None:
    world.coins(100)
    world.holds = True
    hello = hw.HopperIdentified("hopper-50", serial=102, paid_total=1_000, is_low=None, lost_power=False)
    world.money_back()
    assert world.state.payout is not None
    world.step(hello)
    assert world.state.payout is not None, "its driver has not said how the job ended"
    world.release()
    assert world.tray_minor == 100
    assert world.is_in(Phase.IDLE)
    world.audit()


def test_the_word_of_a_job_that_was_given_up_still_moves_the_hoppers_book(world: World) -> None:
    world.coins(100)
    world.holds = True
    world.money_back()
    world.pass_time(200_000)
    assert only_debt(world) == (100, False, "payout_unknown")
    world.release()
    (differed,) = world.facts(f.HopperDiffered)
    assert isinstance(differed, f.HopperDiffered)
    assert differed.qty == 2
    assert world.state.totals.suspense == -100
    world.audit()


def test_a_job_that_was_closed_before_its_count_could_be_read_owes_nothing_twice(world: World) -> None:
    world.hoppers["hopper-50"].paid_total = None
    world.answer("hopper-50")
    world.coins(100)
    world.money_back()
    assert world.tray_minor == 100
    assert not world.state.debts
    world.audit()


def test_coins_that_left_between_two_jobs_are_not_hidden_by_the_next(world: World) -> None:
    hopper = world.hoppers["hopper-50"]
    hopper.qty -= 3
    hopper.paid_total = 1_003
    world.tray += [50, 50, 50]
    world.coins(100)
    world.money_back()
    (differed,) = world.facts(f.HopperDiffered)
    assert isinstance(differed, f.HopperDiffered)
    assert differed.qty == 3
    world.audit()


@pytest.mark.parametrize("paid_total", [1_000, None])
def test_a_coin_too_many_is_written_down_as_left_without_a_job(world: World, paid_total: int | None) -> None:
    world.hoppers["hopper-50"].paid_total = paid_total
    world.answer("hopper-50")
    world.hoppers["hopper-50"].extra = 1
    world.coins(100)
    world.money_back()
    assert world.tray_minor == 150
    assert world.state.totals.suspense == -50
    world.audit()


# --- goods --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-V1")
def test_a_coil_that_was_never_told_to_turn_is_unknown_after_a_cut(world: World) -> None:
    world.choose("A1")
    world.coins(100)
    with world.cutting(3):
        world.coin(50)
    assert world.board.fallen == []
    world.start()
    assert only_debt(world) == (150, False, "vend_unknown")
    assert world.state.coils["A1"].needs_count
    assert world.board.fallen == [], "never turned again"
    world.audit()


@pytest.mark.rule("MS-V2")
def test_a_reported_failure_leaves_the_money_held_and_goes_back_by_itself(world: World) -> None:
    world.board.jams.add(1)
    world.choose("A1")
    world.coins(200)
    assert world.is_in(Phase.SHOPPING)
    assert world.visit.held_minor == 200
    assert world.screen().failed_slots == ("A1",)
    world.pass_time(world.shop.rules.choice_ms + 1)
    assert world.tray_minor == 200
    assert not world.state.debts
    world.audit()


@pytest.mark.rule("MS-V2")
def test_after_a_failure_the_second_choice_is_paid_with_the_held_money(world: World) -> None:
    world.board.jams.add(1)
    world.choose("A1")
    world.coins(200)
    world.choose("A3")
    world.pass_time(world.shop.rules.close_bar_ms + 1)
    assert world.board.fallen == [3]
    assert world.tray_minor == 50
    world.audit()


@pytest.mark.rule("MS-V3")
def test_goods_that_fell_unseen_are_owed_uncertain_and_never_turned_again(world: World) -> None:
    world.board.blind.add(1)
    world.choose("A1")
    world.coins(200)
    assert only_debt(world) == (150, False, "vend_unknown")
    assert world.tray_minor == 50
    assert world.choose("A1").key == "sold_out", "the slot waits for a count"
    world.audit()


@pytest.mark.rule("MS-V3")
def test_goods_that_fell_just_before_a_cut_are_owed_uncertain(world: World) -> None:
    world.choose("A1")
    world.coins(100)
    with world.cutting(5):
        world.coin(50)
    assert world.board.fallen == [1]
    world.start()
    assert only_debt(world) == (150, False, "vend_unknown")
    assert world.board.fallen == [1]
    world.audit()


def test_of_a_cut_cart_what_fell_and_what_is_in_the_hand_is_sold(world: World) -> None:
    world.scan("apple")
    world.choose("A1")
    world.choose("A2")
    world.coins(200, 100)
    with world.cutting(9):
        world.coin(20)
    assert world.board.fallen == [1, 2]
    world.start()
    (sale,) = world.facts(f.SaleClosed)
    assert isinstance(sale, f.SaleClosed)
    assert sale.is_recovered
    assert sale.total_minor == 150 + APPLE.price_minor
    assert only_debt(world) == (120, False, "vend_unknown")
    world.audit(goods_taken_minor=APPLE.price_minor)


def test_a_board_that_is_gone_for_long_loses_its_job(world: World) -> None:
    world.holds = True
    world.choose("A1")
    world.coins(200)
    world.held.clear()
    world.holds = False
    world.step(hw.DeviceLost("coils", hw.DeviceKind.COIL_BOARD))
    world.pass_time(world.shop.rules.job_ms + 1)
    assert only_debt(world) == (150, False, "vend_unknown")
    assert world.tray_minor == 50
    world.audit()


def test_a_late_word_about_a_vend_that_was_given_up_is_evidence_and_moves_nothing(world: World) -> None:
    world.holds = True
    world.choose("A1")
    world.coins(100, 50)
    world.pass_time(200_000)
    before = world.state
    world.release()
    assert len(world.facts(f.StrayDropSeen)) == 1
    assert (world.state.totals, world.state.debts, world.state.coils) == (
        before.totals,
        before.debts,
        before.coils,
    )
    assert only_debt(world) == (150, False, "vend_unknown")


# --- print --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-R1")
def test_a_failed_print_changes_no_sale_and_the_next_print_is_a_copy(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    world.printer.result = hw.PrintResult.FAILED
    world.tap(ev.ReceiptTapped)
    assert world.state.last is not None
    assert world.state.last.print_result == "failed"
    world.printer.result = hw.PrintResult.PRINTED
    world.tap(ev.ReceiptTapped)
    first, second = world.facts(f.PrintStarted)
    assert isinstance(first, f.PrintStarted)
    assert isinstance(second, f.PrintStarted)
    assert (first.is_copy, second.is_copy) == (False, True)
    assert world.state.receipt_no == 1
    world.audit(goods_taken_minor=WATER.price_minor)


@pytest.mark.rule("MS-R1")
def test_a_print_that_a_crash_cut_leaves_the_sale_and_its_number(world: World) -> None:
    world.scan("water")
    world.coins(100, 50)
    with world.cutting(2):
        world.tap(ev.ReceiptTapped)
    world.start()
    world.scan("apple")
    world.coins(50)
    assert world.state.receipt_no == 2
    world.audit(goods_taken_minor=WATER.price_minor + APPLE.price_minor)


@pytest.mark.rule("MS-R2")
def test_paper_out_is_known_before_anybody_pays(world: World) -> None:
    assert world.screen().is_printer_ready
    world.printer.paper = hw.Paper.OUT
    world.step(world.printer.status())
    assert not world.screen().is_printer_ready
    world.scan("water")
    world.coins(100, 50)
    assert world.tap(ev.ReceiptTapped).key == "printer_off"
    world.audit(goods_taken_minor=WATER.price_minor)


# --- codes --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-F1")
def test_a_code_pays_once(world: World) -> None:
    world.coins(100)
    world.crash()
    (debt,) = world.state.debts
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.tray_minor == 100
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "code_pays_nothing"
    assert world.tray_minor == 100
    world.audit()


@pytest.mark.rule("MS-F1")
def test_a_code_whose_payout_is_cut_is_owed_again_under_a_new_code(world: World) -> None:
    world.coins(100)
    world.crash()
    (debt,) = world.state.debts
    with world.cutting(4):
        world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.tray == [50]
    world.start()
    (again,) = world.state.debts.values()
    assert again.debt != debt
    assert again.amount_minor == 50
    world.audit()


@pytest.mark.rule("MS-F1")
def test_an_uncertain_debt_pays_nothing_until_a_person_releases_it(world: World) -> None:
    world.board.blind.add(1)
    world.choose("A1")
    world.coins(100, 50)
    (debt,) = world.state.debts
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "code_waits_for_vendor"
    assert world.tray == []


def test_a_code_of_money_owed_is_still_shown_after_a_second_power_cut(world: World) -> None:
    world.coins(100)
    world.crash()
    first = world.state.last
    assert first is not None
    assert first.owed_minor == 100
    world.crash()
    assert world.state.last is not None
    assert world.state.last.debts == first.debts
