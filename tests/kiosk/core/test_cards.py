"""The rules of cards, one story each: asked once, charged once, given back at most once, and uncertain when nobody can tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import CardStage, Phase
from tests.kiosk.conftest import BuildTenders
from tests.kiosk.tenders import TenderWorld

Scenario = Callable[[TenderWorld], object]


def only_debt(world: TenderWorld) -> tuple[int, bool, str]:
    (debt,) = world.state.debts.values()
    return debt.amount_minor, debt.is_certain, debt.reason


def audited(world: TenderWorld) -> None:
    world.audit(goods_taken_minor=world.shelf_minor)


def kinds(world: TenderWorld) -> list[str]:
    return [name for name in (type(fact).__name__ for fact in world.all_facts()) if name.startswith("Card")]


# --- the ordinary day ---------------------------------------------------------------------------------------------------


def test_a_card_pays_for_goods_from_the_shelf_and_the_charge_is_made_final(shop: TenderWorld) -> None:
    shop.scan("water")
    assert shop.card()
    assert kinds(shop) == ["CardRequested", "CardApproved", "CardSettleStarted", "CardSettled"]
    assert shop.reader.charged_minor == shop.shelf_minor > 0
    assert shop.is_in(Phase.IDLE)
    assert shop.tray == []
    audited(shop)


def test_a_card_pays_at_the_coil(shop: TenderWorld) -> None:
    shop.choose("A1")
    assert shop.card()
    assert shop.board.fallen == [1]
    assert shop.reader.charged_minor == shop.goods_minor()
    audited(shop)


def test_a_card_pays_what_the_coins_lack(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.coins(50)
    shop.card()
    assert shop.reader.charged_minor == shop.shelf_minor - 50
    assert shop.tray == []
    audited(shop)


def test_a_card_that_is_shown_is_the_wish_to_pay(shop: TenderWorld) -> None:
    shop.step(hw.CardSessionBegan("card"))
    assert shop.state.visit is None, "nothing is chosen"
    shop.scan("water")
    shop.step(hw.CardSessionBegan("card"))
    shop.work()
    assert shop.reader.charged_minor == shop.shelf_minor
    audited(shop)


def test_a_smaller_charge_is_the_card_sides_discount(shop: TenderWorld) -> None:
    shop.reader.discount_minor = 20
    shop.scan("water")
    shop.card()
    assert shop.reader.charged_minor == shop.shelf_minor - 20
    assert shop.state.totals.granted == 20
    assert shop.is_in(Phase.IDLE)
    audited(shop)


def test_a_charge_of_nothing_at_all_is_all_discount(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.reader.discount_minor = shop.visit.total_minor
    shop.card()
    assert shop.state.totals.granted == shop.shelf_minor
    audited(shop)


def test_a_larger_charge_is_credit_and_comes_back_in_coins(shop: TenderWorld) -> None:
    shop.reader.discount_minor = -30
    shop.scan("water")
    shop.card()
    assert shop.tray_minor == 30
    assert shop.state.totals.granted == 0
    audited(shop)


@pytest.mark.parametrize(
    ("arrange", "key"),
    [
        (lambda world: world.coins(50), "nothing_chosen"),
        (lambda world: world.step(hw.DeviceLost("card", hw.DeviceKind.CARD_READER)), "no_card_reader"),
    ],
)
def test_a_card_is_not_asked_for_nothing_or_without_a_reader(
    shop: TenderWorld, arrange: Scenario, key: str
) -> None:
    arrange(shop)
    if key == "no_card_reader":
        shop.scan("water")
    assert not shop.card()
    assert shop.notice.key == key
    assert not shop.facts(f.CardRequested)


# --- one request at a time, its cancel confirmed ----------------------------------------------------------------------


@pytest.mark.rule("MS-K1")
def test_nothing_else_is_done_while_a_card_is_asked(shop: TenderWorld) -> None:
    shop.reader.next_request = "waits"
    shop.scan("water")
    assert shop.card()
    assert shop.is_in(Phase.TENDERING)
    assert not shop.card()
    assert shop.scan("apple").key == "card_open"
    assert shop.acceptor.positions == ()
    assert shop.validator.positions == ()
    assert len(shop.facts(f.CardRequested)) == 1
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    audited(shop)


@pytest.mark.rule("MS-K1")
def test_a_cancel_waits_for_the_readers_word_before_anything_else_is_asked(shop: TenderWorld) -> None:
    shop.reader.next_request, shop.reader.next_cancel = "waits", "is_silent"
    shop.scan("water")
    job = shop.card()
    shop.money_back()
    assert shop.state.card is not None
    assert shop.state.card.stage is CardStage.CANCELLING
    shop.money_back()
    assert len(shop.facts(f.CardCancelStarted)) == 1
    assert not shop.card()
    shop.step(hw.CardCancelled("card", job))
    assert shop.is_in(Phase.SHOPPING)
    assert shop.card()
    audited(shop)


@pytest.mark.rule("MS-K1")
def test_an_approval_that_crosses_a_cancel_goes_back_to_the_card_at_once(shop: TenderWorld) -> None:
    shop.reader.next_request, shop.reader.next_cancel = "waits", "crosses"
    shop.scan("water")
    shop.card()
    shop.money_back()
    assert kinds(shop)[2:] == ["CardApproved", "CardRefundStarted", "CardRefunded"]
    assert shop.reader.charged_minor == shop.reader.refunded_minor > 0
    assert shop.is_in(Phase.SHOPPING)
    assert shop.visit.held_minor == 0
    audited(shop)


@pytest.mark.rule("MS-K1")
def test_a_denied_card_leaves_the_basket_and_the_coins_where_they_are(shop: TenderWorld) -> None:
    shop.reader.next_request = "denies"
    shop.scan("water")
    shop.coins(50)
    shop.card()
    assert shop.notice.key == "card_denied"
    assert (shop.visit.held_minor, len(shop.visit.lines)) == (50, 1)
    shop.coins(100)
    assert shop.is_in(Phase.IDLE)
    audited(shop)


@pytest.mark.rule("MS-K1")
def test_a_card_that_nobody_shows_is_withdrawn_after_its_time(shop: TenderWorld) -> None:
    shop.reader.next_request = "waits"
    shop.scan("water")
    shop.card()
    shop.pass_time(shop.shop.rules.card_ms)
    assert kinds(shop) == ["CardRequested", "CardCancelStarted", "CardCancelled"]
    assert shop.state.card is None
    audited(shop)


@pytest.mark.rule("MS-K1")
def test_a_reader_that_never_answers_the_cancel_is_given_up_and_the_sum_is_owed_uncertain(
    shop: TenderWorld,
) -> None:
    shop.reader.next_request, shop.reader.next_cancel = "waits", "is_silent"
    shop.scan("water")
    shop.coins(50)
    shop.card()
    asked_minor = shop.visit.total_minor - 50
    shop.pass_time(shop.shop.rules.card_ms + 4 * shop.shop.rules.job_ms)
    assert only_debt(shop) == (asked_minor, False, "card_unknown")
    assert shop.state.totals.suspense == -asked_minor
    assert shop.tray_minor == 50, "whoever left gets the coins back"
    audited(shop)


@pytest.mark.rule("MS-K1")
@pytest.mark.parametrize("does", ["is_unknown", "charges_silently"])
def test_an_unknown_request_is_owed_uncertain_whether_it_was_charged_or_not(
    shop: TenderWorld, does: str
) -> None:
    shop.reader.next_request = does
    shop.scan("water")
    shop.card()
    assert only_debt(shop) == (shop.visit.total_minor, False, "card_unknown")
    assert shop.notice.key == "card_unknown"
    assert shop.is_in(Phase.SHOPPING)
    audited(shop)
    assert shop.card(), "the next request is a new one"
    audited(shop)


@pytest.mark.rule("MS-K1")
@pytest.mark.parametrize(
    "word",
    [
        hw.CardApproved("card", "", 100),
        hw.CardDenied("card", ""),
        hw.CardCancelled("card", ""),
        hw.CardSettled("card", ""),
        hw.CardRefunded("card", ""),
        hw.CardRefundFailed("card", "", hw.Fault.REFUSED),
        hw.CardUnknown("card", "", hw.Fault.NO_REPLY),
    ],
    ids=lambda word: type(word).__name__,
)
def test_late_and_foreign_words_of_a_reader_change_nothing(shop: TenderWorld, word: hw.DeviceEvent) -> None:
    shop.scan("water")
    before = shop.state
    shop.step(word)
    assert shop.state == before
    shop.reader.next_request = "waits"
    shop.card()
    before = shop.state
    shop.step(word)
    assert shop.state == before


@pytest.mark.rule("MS-K1")
def test_an_approval_told_twice_charges_once(shop: TenderWorld) -> None:
    shop.choose("A1")
    shop.holds = True
    job = shop.card()
    (approved,) = shop.held
    shop.step(approved)
    shop.step(approved)
    assert len(shop.facts(f.CardApproved)) == 1
    shop.held.clear()
    shop.holds = False
    assert shop.state.card is not None
    assert shop.state.card.job == job


# --- a charge after its request had ended ------------------------------------------------------------------------------


def given_up(world: TenderWorld) -> str:
    """A request that nobody answered, nor its cancel: owed, uncertain; the reader still has it."""
    world.reader.next_request, world.reader.next_cancel = "waits", "is_silent"
    world.scan("water")
    job = world.card()
    world.pass_time(world.shop.rules.card_ms + 4 * world.shop.rules.job_ms)
    assert world.state.card is None
    return job


def late(world: TenderWorld) -> list[f.CardApprovedLate]:
    return [fact for fact in world.all_facts() if isinstance(fact, f.CardApprovedLate)]


def decide(world: TenderWorld, debt: str, amount_minor: int) -> None:
    """A person looks at a claim about ``debt``: it is paid, or with 0 it is not owed."""
    world.ask(
        ev.ClaimMade(
            token="a",
            about=f.About.NO_MONEY_BACK,
            visit="",
            said_minor=0,
            channel="phone",
            subject="s",
            verdict=f.Verdict.CONSISTENT,
            amount_minor=0,
            debt=debt,
            evidence=(),
        )
    )
    (claim,) = world.state.claims
    amount_minor = amount_minor and world.state.debts[debt].amount_minor
    world.ask(ev.ClaimDecided(claim, "owner", amount_minor, "seen"))


@pytest.mark.rule("MS-K1")
def test_a_late_approval_is_written_down_and_given_back_by_itself(shop: TenderWorld) -> None:
    given_up(shop)
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    (approved,) = late(shop)
    assert (approved.is_refunding, approved.debt) == (True, ""), "its debt stands already"
    assert shop.reader.charged_minor == shop.reader.refunded_minor > 0
    assert not shop.state.debts
    assert shop.state.totals.suspense == 0
    audited(shop)
    shop.crash()
    audited(shop)


@pytest.mark.rule("MS-K1")
@pytest.mark.parametrize("does", ["fails", "is_unknown", "refunds_silently"])
def test_a_late_charge_that_does_not_go_back_for_certain_waits_for_a_person(
    shop: TenderWorld, does: str
) -> None:
    given_up(shop)
    shop.reader.next_refund = does
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    (ended,) = shop.facts(f.CardLateRefundEnded)
    assert isinstance(ended, f.CardLateRefundEnded)
    assert not ended.is_refunded
    assert only_debt(shop) == (shop.reader.charged_minor, False, "card_unknown")
    audited(shop)


@pytest.mark.rule("MS-K1")
@pytest.mark.parametrize("does", ["refunds", "is_unknown"])
def test_a_reader_that_charges_after_its_own_refusal_owes_what_it_does_not_give_back(
    shop: TenderWorld, does: str
) -> None:
    shop.reader.next_request = "denies"
    shop.scan("water")
    job = shop.card()
    shop.reader.open = (job, shop.visit.total_minor)
    shop.reader.next_refund = does
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    (approved,) = late(shop)
    assert approved.debt
    assert shop.visit.held_minor == 0, "nobody gets goods for it"
    if does == "refunds":
        assert not shop.state.debts
    else:
        assert only_debt(shop) == (shop.reader.charged_minor, False, "card_late")
    audited(shop)
    shop.crash()
    audited(shop)


@pytest.mark.rule("MS-K1")
def test_a_late_approval_told_twice_is_one(shop: TenderWorld) -> None:
    job = given_up(shop)
    shop.reader.next_refund = "is_unknown"
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    shop.step(hw.CardApproved("card", job, shop.reader.charged_minor))
    assert len(late(shop)) == 1
    audited(shop)


@pytest.mark.rule("MS-K1")
def test_a_late_charge_is_not_given_back_when_somebody_was_paid_for_it(shop: TenderWorld) -> None:
    given_up(shop)
    (debt,) = shop.state.debts
    decide(shop, debt, 1)
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    (approved,) = late(shop)
    assert (approved.is_refunding, approved.debt) == (False, "")
    assert shop.reader.refunded_minor == 0


@pytest.mark.rule("MS-K1")
def test_a_late_charge_whose_debt_a_person_dropped_is_owed_again(shop: TenderWorld) -> None:
    given_up(shop)
    (debt,) = shop.state.debts
    decide(shop, debt, 0)
    assert not shop.state.debts
    shop.reader.next_refund = "fails"
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    assert only_debt(shop) == (shop.reader.charged_minor, False, "card_late")
    audited(shop)


@pytest.mark.rule("MS-K1")
def test_a_late_charge_during_another_request_waits_for_a_person(shop: TenderWorld) -> None:
    job = given_up(shop)
    minor = shop.visit.total_minor if shop.state.visit else 150
    shop.tap(ev.DoneTapped)
    shop.scan("water")
    shop.reader.next_request = "waits"
    assert shop.card()
    shop.step(hw.CardApproved("card", job, minor))
    (approved,) = late(shop)
    assert not approved.is_refunding
    assert shop.state.card is not None
    assert shop.state.card.stage is CardStage.ASKED
    assert only_debt(shop) == (minor, False, "card_unknown")


@pytest.mark.rule("MS-K1")
def test_a_cut_while_a_late_charge_goes_back_leaves_its_debt_and_asks_nothing_again(
    shop: TenderWorld,
) -> None:
    given_up(shop)
    with shop.cutting(1, "the charge went back"):
        shop.reader.approve(shop.tell, shop.cut)
        shop.work()
    shop.start()
    assert only_debt(shop) == (shop.reader.charged_minor, False, "card_unknown")
    assert shop.state.late is None
    asked = [line.names[0] for line in shop.diary if line.names[0].startswith("RefundCard")]
    assert len(asked) == 1
    audited(shop)


# --- K2 to K5 -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-K2")
def test_a_failed_vend_gives_the_charge_back_by_itself_and_offers_a_second_choice(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.choose("A1")
    shop.card()
    assert kinds(shop)[-2:] == ["CardRefundStarted", "CardRefunded"]
    assert shop.reader.refunded_minor == shop.reader.charged_minor > 0
    assert shop.tray == []
    assert shop.is_in(Phase.SHOPPING)
    shop.choose("A2")
    assert shop.card()
    assert shop.board.fallen == [2]
    audited(shop)


@pytest.mark.rule("MS-K2")
def test_a_discount_goes_back_with_the_charge(shop: TenderWorld) -> None:
    shop.reader.discount_minor = 20
    shop.board.jams.add(1)
    shop.choose("A1")
    shop.card()
    assert shop.state.totals.granted == 0
    assert shop.visit.held_minor == 0
    audited(shop)


@pytest.mark.rule("MS-K2")
def test_coins_beside_a_card_stay_when_its_charge_goes_back(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.choose("A1")
    shop.coins(50)
    shop.card()
    assert shop.visit.held_minor == 50
    shop.money_back()
    assert shop.tray_minor == 50
    audited(shop)


@pytest.mark.rule("MS-K2")
def test_one_of_two_goods_delivered_makes_the_charge_final_and_the_rest_comes_in_coins(
    shop: TenderWorld,
) -> None:
    shop.board.jams.add(1)
    shop.scan("water")
    shop.choose("A1")
    shop.card()
    assert kinds(shop)[-2:] == ["CardSettleStarted", "CardSettled"]
    shop.pass_time(shop.shop.rules.choice_ms)
    assert shop.tray_minor == shop.reader.charged_minor - shop.shelf_minor > 0
    audited(shop)


@pytest.mark.rule("MS-K4")
def test_a_refund_that_failed_is_the_shoppers_credit_and_comes_back_in_coins(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.reader.next_refund = "fails"
    shop.choose("A1")
    shop.card()
    assert shop.visit.held_minor == shop.reader.charged_minor
    shop.pass_time(shop.shop.rules.choice_ms)
    assert shop.tray_minor == shop.reader.charged_minor
    audited(shop)


@pytest.mark.rule("MS-K4")
def test_a_refund_that_failed_is_said_and_owed_as_what_it_is_when_there_are_no_coins(
    shop: TenderWorld,
) -> None:
    for hopper in shop.hoppers.values():
        shop.step(hw.DeviceLost(hopper.name, hw.DeviceKind.HOPPER))
    shop.board.jams.add(1)
    shop.reader.next_refund = "fails"
    shop.choose("A1")
    shop.card()
    assert shop.notice.key == "card_refund_failed"
    shop.money_back()
    assert only_debt(shop) == (shop.reader.charged_minor, True, "card_refund_failed")
    audited(shop)


@pytest.mark.rule("MS-K4")
def test_coins_beside_a_refund_that_failed_are_owed_because_the_machine_is_short(shop: TenderWorld) -> None:
    shop.coins(50)
    for hopper in shop.hoppers.values():
        shop.step(hw.DeviceLost(hopper.name, hw.DeviceKind.HOPPER))
    shop.board.jams.add(1)
    shop.reader.next_refund = "fails"
    shop.choose("A1")
    shop.card()
    shop.money_back()
    assert only_debt(shop) == (shop.reader.charged_minor + 50, True, "short")
    audited(shop)


@pytest.mark.rule("MS-K4")
@pytest.mark.parametrize("does", ["is_unknown", "refunds_silently"])
def test_a_refund_that_nobody_can_tell_of_is_owed_uncertain(shop: TenderWorld, does: str) -> None:
    shop.board.jams.add(1)
    shop.reader.next_refund = does
    shop.choose("A1")
    shop.card()
    assert only_debt(shop) == (shop.reader.charged_minor, False, "card_unknown")
    assert shop.tray == []
    audited(shop)


@pytest.mark.rule("MS-K4")
@pytest.mark.parametrize("does", ["is_unknown", "is_silent"])
def test_a_charge_whose_goods_were_delivered_is_never_given_back_and_never_owed(
    shop: TenderWorld, does: str
) -> None:
    shop.reader.next_settle = does
    shop.choose("A1")
    shop.card()
    shop.pass_time(4 * shop.shop.rules.job_ms)
    assert kinds(shop)[-2:] == ["CardSettleStarted", "CardLost"]
    assert not shop.state.debts
    assert shop.is_in(Phase.IDLE)
    assert shop.reader.refunded_minor == 0
    audited(shop)


@pytest.mark.rule("MS-K3")
def test_shelf_goods_of_an_approved_card_are_sold_after_a_cut(shop: TenderWorld) -> None:
    shop.scan("water")
    with shop.cutting(1, "the charge is about to be made final"):
        shop.card()
    shop.start()
    assert len(shop.facts(f.SaleClosed)) == 1
    assert not shop.state.debts
    audited(shop)


@pytest.mark.rule("MS-K5")
def test_an_approval_that_was_never_read_is_owed_uncertain_after_a_cut(shop: TenderWorld) -> None:
    shop.scan("water")
    asked_minor = shop.visit.total_minor
    with shop.cutting(1, "the card is charged"):
        shop.card()
    shop.start()
    assert only_debt(shop) == (asked_minor, False, "card_unknown")
    assert shop.is_in(Phase.IDLE)
    audited(shop)


@pytest.mark.rule("MS-K5")
def test_an_approval_with_its_goods_delivered_and_not_told_is_a_sale_after_a_cut(shop: TenderWorld) -> None:
    shop.choose("A1")
    with shop.cutting(1, "the charge is about to be made final"):
        shop.card()
    shop.start()
    assert len(shop.facts(f.SaleClosed)) == 1
    assert not shop.state.debts
    audited(shop)


@pytest.mark.rule("MS-K5")
def test_an_approval_with_goods_that_nobody_saw_is_owed_once_and_uncertain(shop: TenderWorld) -> None:
    shop.choose("A1")
    with shop.cutting(1, "the goods have fallen"):
        shop.card()
    shop.start()
    assert only_debt(shop) == (shop.reader.charged_minor, False, "vend_unknown")
    audited(shop)


@pytest.mark.rule("MS-K5")
def test_coins_beside_a_lost_charge_are_owed_for_certain(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.choose("A1")
    shop.coins(50)
    with shop.cutting(1, "the charge is about to go back"):
        shop.card()
    shop.start()
    owed = {(debt.amount_minor, debt.is_certain) for debt in shop.state.debts.values()}
    assert owed == {(50, True), (shop.reader.charged_minor, False)}
    audited(shop)


@pytest.mark.rule("MS-I10")
def test_recovery_never_asks_a_card(shop: TenderWorld) -> None:
    shop.scan("water")
    with shop.cutting(1, "after an append"):
        shop.card()
    asked = [line.names[0] for line in shop.diary if line.names[0].startswith("RequestCard")]
    shop.start()
    assert [line.names[0] for line in shop.diary if line.names[0].startswith("RequestCard")] == asked
    audited(shop)


# --- a card and everything else ---------------------------------------------------------------------------------------


def test_a_coin_that_falls_while_a_card_is_asked_comes_back_after_the_sale(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.reader.next_request = "waits"
    shop.card()
    shop.acceptor.positions = (4,)
    shop.coins(100)
    assert shop.is_in(Phase.TENDERING)
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    assert shop.tray_minor == 100
    assert shop.reader.charged_minor == shop.shelf_minor
    audited(shop)


def test_a_coin_that_covers_the_cart_while_a_card_is_asked_does_not_sell_twice(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.reader.next_request = "waits"
    job = shop.card()
    shop.acceptor.positions = (5,)
    shop.coins(200)
    shop.money_back()
    assert job not in {card.job for card in [shop.state.card] if card}
    shop.pass_time(60_000)
    assert shop.tray_minor + shop.shelf_minor == 200
    assert shop.reader.charged_minor == 0
    audited(shop)


def test_a_note_taken_while_a_card_is_asked_pays_and_the_card_gets_its_money_back(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.reader.next_request = "waits"
    shop.card()
    shop.validator.escrow = 1
    shop.validator.keep()
    shop.step(shop.validator.stacked(1, ""))
    shop.reader.approve(shop.tell, shop.cut)
    shop.work()
    assert shop.tray_minor == 500 - shop.shelf_minor
    assert shop.reader.refunded_minor == shop.reader.charged_minor
    audited(shop)


def test_a_halt_withdraws_the_request_and_owes_the_coins(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.coins(50)
    shop.reader.next_request = "waits"
    shop.card()
    shop.step(ev.PromiseBroken("for the test"))
    shop.work()
    assert kinds(shop)[-2:] == ["CardCancelStarted", "CardCancelled"]
    assert only_debt(shop) == (50, True, "halted")
    audited(shop)


@pytest.mark.parametrize("does", ["refunds", "fails", "is_unknown"])
def test_an_approval_that_crosses_a_halt_goes_back(shop: TenderWorld, does: str) -> None:
    shop.scan("water")
    shop.reader.next_request, shop.reader.next_cancel = "waits", "crosses"
    shop.reader.next_refund = does
    shop.card()
    shop.step(ev.PromiseBroken("for the test"))
    shop.work()
    assert shop.state.visit is None
    assert shop.owed_minor == (0 if does == "refunds" else shop.reader.charged_minor)
    audited(shop)


def test_a_halt_while_a_coil_turns_for_a_card_owes_what_was_not_delivered(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.choose("A1")
    shop.holds = True
    shop.card()
    shop.step(shop.held.pop(0))  # approved, and the coil turns
    shop.step(ev.PromiseBroken("for the test"))
    shop.release()
    shop.pass_time(300_000)
    shop.ask(ev.HaltRelease("clerk"))
    shop.work()
    assert shop.state.visit is None
    assert shop.owed_minor + shop.reader.refunded_minor == shop.reader.charged_minor
    audited(shop)


def test_a_halt_while_a_coil_delivers_for_a_card_sells_what_fell_and_makes_the_charge_final(
    shop: TenderWorld,
) -> None:
    shop.choose("A1")
    shop.holds = True
    shop.card()
    shop.step(shop.held.pop(0))  # approved, and the coil turns
    shop.step(ev.PromiseBroken("for the test"))
    shop.release()
    assert shop.state.visit is None, "nobody waits for a clerk"
    assert shop.board.fallen == [1]
    assert shop.owed_minor == 0
    assert kinds(shop)[-2:] == ["CardSettleStarted", "CardSettled"]
    shop.ask(ev.HaltRelease("clerk"))
    shop.work()
    assert shop.is_in(Phase.IDLE)
    audited(shop)


def test_a_halted_till_whose_reader_is_silent_sells_what_fell_and_can_be_released(shop: TenderWorld) -> None:
    shop.reader.next_settle = "is_silent"
    shop.choose("A1")
    shop.holds = True
    shop.card()
    shop.step(shop.held.pop(0))
    shop.step(ev.PromiseBroken("for the test"))
    shop.release()
    shop.ask(ev.HaltRelease("clerk"))
    shop.work()
    assert shop.is_in(Phase.IDLE)
    assert shop.owed_minor == 0
    audited(shop)


def test_a_reader_that_is_lost_in_a_request_is_waited_for_and_then_given_up(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.reader.next_request, shop.reader.next_cancel = "waits", "is_silent"
    shop.card()
    shop.step(hw.DeviceLost("card", hw.DeviceKind.CARD_READER))
    shop.pass_time(shop.shop.rules.card_ms + 4 * shop.shop.rules.job_ms)
    assert only_debt(shop)[1:] == (False, "card_unknown")
    shop.scan("water")
    assert not shop.card()
    assert shop.notice.key == "no_card_reader"
    audited(shop)


# --- cuts everywhere ----------------------------------------------------------------------------------------------------


def a_card_at_the_shelf(world: TenderWorld) -> None:
    world.scan("water")
    world.card()


def coins_and_a_card_at_the_coil(world: TenderWorld) -> None:
    world.choose("A1")
    world.coins(50)
    world.card()


def a_failed_vend_and_a_refund(world: TenderWorld) -> None:
    world.board.jams.add(1)
    world.choose("A1")
    world.card()


def half_delivered(world: TenderWorld) -> None:
    world.board.jams.add(1)
    world.scan("water")
    world.choose("A1")
    world.card()
    world.money_back()


def a_cancel_that_crosses(world: TenderWorld) -> None:
    world.scan("water")
    world.coins(50)
    world.reader.next_request, world.reader.next_cancel = "waits", "crosses"
    world.card()
    world.money_back()
    world.money_back()


SCENARIOS = [
    a_card_at_the_shelf,
    coins_and_a_card_at_the_coil,
    a_failed_vend_and_a_refund,
    half_delivered,
    a_cancel_that_crosses,
]


@pytest.mark.rule("MS-I10")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_cut_at_every_moment_leaves_no_charge_unaccounted(
    build_tenders: BuildTenders, scenario: Scenario
) -> None:
    at = 0
    while True:
        at += 1
        world = build_tenders()
        with world.cutting(at):
            scenario(world)
        if world.ledger is not None:
            world.die()
            break
        acts = len(world.physical_acts())
        world.start()
        world.pass_time(world.shop.rules.recovery_ms)
        assert world.is_in(Phase.IDLE)
        assert len(world.physical_acts()) == acts, "recovery moved something"
        audited(world)
        owed = sorted(debt.amount_minor for debt in world.state.debts.values())
        world.crash()
        assert sorted(debt.amount_minor for debt in world.state.debts.values()) == owed, "twice is once"
        world.tap(ev.DoneTapped)
        world.scan("apple")
        world.card()
        audited(world)
        world.die()
    assert at > 8, "the scenario has dangerous moments"
