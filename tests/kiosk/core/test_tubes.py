"""Tubes and recyclers count their pieces: what that count proves, and how it meets the acceptor's own count and the books."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.fold import check
from kiosk.core.state import Phase
from tests.kiosk.conftest import BuildTenders
from tests.kiosk.tenders import ALL, FED, RECYCLER, TUBES, SortingAcceptor, TenderWorld, Tube
from tests.kiosk.world import COIN_VALUES

Scenario = Callable[[TenderWorld], object]
COUNTS = pytest.mark.parametrize("has_counts", [True, False], ids=["with counts", "without counts"])


def audited(world: TenderWorld) -> None:
    world.audit(goods_taken_minor=world.shelf_minor)


def tube(world: TenderWorld, name: str) -> Tube:
    found = world.hoppers[name]
    assert isinstance(found, Tube)
    return found


def only_debt(world: TenderWorld) -> tuple[int, bool, str]:
    (debt,) = world.state.debts.values()
    return debt.amount_minor, debt.is_certain, debt.reason


def test_a_coin_that_falls_into_a_tube_can_be_paid_again(build_tenders: BuildTenders) -> None:
    world = build_tenders(coins=0)
    world.hoppers["tube-10"].qty = 0
    assert world.acceptor.positions == ()
    world.scan("water")
    world.acceptor.positions = (1,)
    world.coins(10)
    assert world.state.hoppers["tube-10"].qty == 1
    assert world.state.hoppers["tube-10"].level == 1
    assert world.state.cash == {"hopper.tube-10": 10}
    world.money_back()
    assert world.tray == [10]
    assert world.state.cash == {"hopper.tube-10": 0}
    audited(world)
    world.die()


def test_a_coin_for_a_tube_that_is_not_configured_lies_in_the_box(shop: TenderWorld) -> None:
    assert isinstance(shop.acceptor, SortingAcceptor)
    event = shop.acceptor.event(1, 1)
    shop.set_rules(hoppers={"hopper-10": 10, "hopper-20": 20, "hopper-50": 50})
    shop.step(event)
    assert shop.state.cash["box"] == 10


def test_a_clerks_test_coin_in_a_tube_is_the_vendors(shop: TenderWorld) -> None:
    shop.ask(ev.ClerkEntered("clerk"))
    shop.coins(50)
    (tested,) = shop.facts(f.CoinTested)
    assert isinstance(tested, f.CoinTested)
    assert tested.container == "hopper.tube-50"
    assert shop.state.hoppers["tube-50"].level == tube(shop, "tube-50").qty
    assert shop.state.totals.taken == 0


# --- coins that nobody told of ------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-C1")
@COUNTS
@pytest.mark.parametrize(
    "answering",
    [ALL, ("tube-50", "coin", "tube-10", "recycler", "notes"), ("coin", "notes", *TUBES, RECYCLER)],
)
def test_a_coin_that_fell_into_a_tube_unseen_is_found_once_whoever_answers_first(
    build_tenders: BuildTenders, has_counts: bool, answering: tuple[str, ...]
) -> None:
    world = build_tenders(has_counts=has_counts)
    world.coins(100)
    world.die()
    assert world.acceptor.drop(50)
    world.acceptor.ring.clear()
    world.start(answering=answering)
    world.pass_time(world.shop.rules.recovery_ms)
    assert only_debt(world) == (150, True, "interrupted")
    assert world.state.cash["hopper.tube-50"] == world.hoppers["tube-50"].qty * 50
    audited(world)
    world.die()


def share_a_tube(world: TenderWorld) -> None:
    """Two kinds of a coin of 50, at positions 7 and 3, fall into one tube."""
    assert isinstance(world.acceptor, SortingAcceptor)
    coins = {7: 50, **COIN_VALUES}
    world.acceptor.coins, world.acceptor.into = coins, {**FED["coin"], 7: "tube-50"}
    if world.acceptor.totals is not None:
        world.acceptor.totals[7] = 0
    world.set_rules(coins={"coin": coins}, into={**FED, "coin": {**FED["coin"], 7: "tube-50"}})
    world.crash()


@pytest.mark.rule("MS-C1")
@COUNTS
@pytest.mark.parametrize("answering", [ALL, ("tube-50", "coin", "tube-10", "recycler", "notes")])
def test_two_coins_that_share_a_tube_are_found_once_whoever_counted_them(
    build_tenders: BuildTenders, has_counts: bool, answering: tuple[str, ...]
) -> None:
    world = build_tenders(has_counts=has_counts)
    share_a_tube(world)
    world.coins(100, 50)
    assert world.state.hoppers["tube-50"].qty == world.hoppers["tube-50"].qty
    world.die()
    assert world.acceptor.drop(50)
    world.acceptor.ring.clear()
    world.start(answering=answering)
    world.pass_time(world.shop.rules.recovery_ms)
    assert only_debt(world) == (200, True, "interrupted")
    book = world.state.hoppers["tube-50"]
    assert book.qty == book.level == world.hoppers["tube-50"].qty
    audited(world)
    world.crash()
    assert only_debt(world) == (200, True, "interrupted")
    audited(world)
    world.die()


@pytest.mark.rule("MS-C1")
@COUNTS
def test_a_coin_in_a_tube_with_nobody_there_is_found_money_in_suspense(
    build_tenders: BuildTenders, has_counts: bool
) -> None:
    world = build_tenders(has_counts=has_counts)
    world.die()
    assert world.acceptor.drop(50)
    world.acceptor.ring.clear()
    world.start()
    assert world.state.totals.suspense == 50
    assert not world.state.debts
    audited(world)
    world.die()


@pytest.mark.rule("MS-C4")
def test_a_changer_that_lost_power_loses_no_coin_of_a_tube(build_tenders: BuildTenders) -> None:
    world = build_tenders(has_counts=False)
    world.coins(100)
    world.die()
    assert world.acceptor.drop(10)
    world.acceptor.lose_power()
    world.start()
    assert only_debt(world) == (110, True, "interrupted")
    audited(world)
    world.die()


def test_recovery_waits_for_the_tubes_that_coins_fall_into(shop: TenderWorld) -> None:
    shop.coins(100)
    shop.die()
    shop.start(answering=tuple(name for name in ALL if name != "tube-50"))
    assert shop.is_in(Phase.STARTING)
    shop.answer("tube-50")
    assert shop.is_in(Phase.IDLE)
    audited(shop)


# --- coins out ------------------------------------------------------------------------------------------------------


def only_tubes(world: TenderWorld) -> None:
    """Nothing but the tubes can pay."""
    for name in ("hopper-10", "hopper-20", "hopper-50"):
        world.step(hw.DeviceLost(name, hw.DeviceKind.HOPPER))


@pytest.mark.rule("MS-P1")
def test_an_order_that_was_never_sent_paid_nothing_by_the_level(shop: TenderWorld) -> None:
    only_tubes(shop)
    shop.coins(50, 50)
    with shop.cutting(1, "is about to pay"):
        shop.money_back()
    shop.start()
    (ended,) = shop.facts(f.PayoutEnded)
    assert isinstance(ended, f.PayoutEnded)
    assert (ended.paid_qty, ended.is_recovered) == (0, True)
    assert only_debt(shop) == (100, True, "interrupted")
    audited(shop)


@pytest.mark.rule("MS-P2")
def test_what_left_a_tube_before_the_cut_is_known_by_the_level(shop: TenderWorld) -> None:
    only_tubes(shop)
    shop.coins(50, 50)
    with shop.cutting(2, "is about to pay"):
        shop.money_back()
    shop.start()
    assert only_debt(shop) == (50, True, "interrupted")
    audited(shop)


@pytest.mark.rule("MS-P3")
def test_an_order_that_was_paid_in_full_is_paid_by_the_level(shop: TenderWorld) -> None:
    only_tubes(shop)
    shop.coins(50, 50)
    with shop.cutting(1, "has paid"):
        shop.money_back()
    shop.start()
    assert not shop.state.debts
    assert shop.tray_minor == 100
    audited(shop)


@pytest.mark.rule("MS-P4")
def test_a_tube_that_counts_more_than_before_says_nothing_about_its_payout(shop: TenderWorld) -> None:
    only_tubes(shop)
    shop.coins(50, 50)
    with shop.cutting(1, "is about to pay"):
        shop.money_back()
    shop.hoppers["tube-50"].qty += 5  # somebody's hand, while the kiosk was dead
    shop.start()
    assert only_debt(shop) == (100, False, "payout_unknown")
    assert shop.tray == []


def refilled(world: TenderWorld, *, typed: int, poured: int) -> None:
    """A clerk fills a tube, which is asked for its count only later."""
    world.ask(ev.ClerkEntered("clerk"))
    world.hoppers["tube-50"].qty += poured
    world.ask(ev.HopperFilled("more", "clerk", "tube-50", typed))
    world.ask(ev.ClerkLeft("clerk"))


@pytest.mark.rule("MS-P4")
@pytest.mark.parametrize("refill", [7, 1])
@pytest.mark.parametrize("moment", ["is about to pay", "has paid"])
def test_a_refill_that_was_not_counted_yet_leaves_a_payout_that_was_cut_untold(
    shop: TenderWorld, moment: str, refill: int
) -> None:
    only_tubes(shop)
    refilled(shop, typed=refill, poured=refill)
    shop.coins(50, 50)
    with shop.cutting(1, moment):
        shop.money_back()
    shop.start()
    assert only_debt(shop) == (100, False, "payout_unknown")
    assert shop.state.hoppers["tube-50"].level == tube(shop, "tube-50").qty
    assert shop.state.hoppers["tube-50"].typed == 0
    audited(shop)


def test_a_refill_that_another_device_counts_first_is_not_waited_for(shop: TenderWorld) -> None:
    only_tubes(shop)
    refilled(shop, typed=7, poured=7)
    shop.hoppers["tube-50"].serial = 999
    shop.answer("tube-50")
    assert shop.state.hoppers["tube-50"].typed == 0
    shop.coins(50, 50)
    with shop.cutting(1, "is about to pay"):
        shop.money_back()
    shop.start()
    assert only_debt(shop) == (100, True, "interrupted")
    audited(shop)


def lacks(world: TenderWorld) -> list[tuple[int, str]]:
    """Pieces that left a tube with no job, and for one that was given up: how many, and which job."""
    return [
        (fact.qty, fact.job) for fact in world.facts(f.HopperDiffered) if isinstance(fact, f.HopperDiffered)
    ]


@pytest.mark.parametrize(("more", "found"), [(3, [3]), (-4, [])], ids=["more", "fewer"])
def test_the_books_follow_the_count_of_another_tube_and_what_it_differs_by_is_nobodys(
    shop: TenderWorld, more: int, found: list[int]
) -> None:
    tube(shop, "tube-50").serial = 999
    tube(shop, "tube-50").qty += more
    for _ in range(2):
        shop.answer("tube-50")
    assert [fact.qty for fact in shop.facts(f.CoinFound) if isinstance(fact, f.CoinFound)] == found
    assert lacks(shop) == [(-more, "")] * (more < 0)
    book = shop.state.hoppers["tube-50"]
    assert book.qty == book.level == tube(shop, "tube-50").qty
    assert shop.state.cash["hopper.tube-50"] == book.qty * 50
    assert shop.state.totals.suspense == more * 50
    assert shop.state.visit is None
    check(shop.state)


@pytest.mark.rule("MS-P4")
def test_a_slip_of_the_clerks_is_not_taken_for_coins_that_left_for_a_payout(shop: TenderWorld) -> None:
    only_tubes(shop)
    refilled(shop, typed=47, poured=7)
    shop.coins(50, 50)
    with shop.cutting(1, "is about to pay"):
        shop.money_back()
    shop.start()
    assert only_debt(shop) == (100, False, "payout_unknown")
    (started,) = shop.facts(f.PayoutStarted)
    assert isinstance(started, f.PayoutStarted)
    assert lacks(shop) == [(2, started.job), (38, "")]


def test_coins_that_are_gone_before_a_refill_is_first_counted_are_missed_once_the_tube_begins_anew(
    shop: TenderWorld,
) -> None:
    refilled(shop, typed=10, poured=10)
    tube(shop, "tube-50").qty -= 3  # somebody's hand
    shop.step(hw.HopperCounted("tube-50", tube(shop, "tube-50").qty))
    assert lacks(shop) == []  # the rest may still be on its way into the tube
    assert shop.state.hoppers["tube-50"].typed == 3
    for _ in range(2):
        shop.answer("tube-50")
        assert lacks(shop) == [(3, "")]
    book = shop.state.hoppers["tube-50"]
    assert book.qty == book.level == tube(shop, "tube-50").qty
    assert shop.state.cash["hopper.tube-50"] == book.qty * 50
    assert shop.state.totals.suspense == -150


def test_a_refill_is_waited_for_while_the_clerk_is_still_at_it(shop: TenderWorld) -> None:
    shop.ask(ev.ClerkEntered("clerk"))
    shop.ask(ev.HopperFilled("more", "clerk", "tube-50", 10))
    shop.answer("tube-50")
    tube(shop, "tube-50").qty += 10
    shop.step(hw.HopperCounted("tube-50", tube(shop, "tube-50").qty))
    shop.ask(ev.ClerkLeft("clerk"))
    shop.answer("tube-50")
    assert lacks(shop) == []
    audited(shop)


def test_a_tube_that_begins_anew_while_it_pays_still_waits_for_its_refill(shop: TenderWorld) -> None:
    only_tubes(shop)
    refilled(shop, typed=7, poured=7)
    shop.coins(50, 50)
    hello: list[hw.DeviceEvent] = []
    tube(shop, "tube-50").answer(hello.append)
    shop.holds = True
    shop.money_back()
    assert shop.state.payout is not None
    shop.step(hello[0])
    assert shop.state.hoppers["tube-50"].typed == 7
    shop.release()
    book = shop.state.hoppers["tube-50"]
    assert (book.typed, book.qty, book.level) == (0, tube(shop, "tube-50").qty, tube(shop, "tube-50").qty)
    assert shop.tray_minor == 100
    assert lacks(shop) == []
    audited(shop)


@pytest.mark.rule("MS-P4")
def test_a_coin_beyond_a_refill_that_was_not_counted_yet_is_found_and_nobodys(shop: TenderWorld) -> None:
    only_tubes(shop)
    refilled(shop, typed=2, poured=2)
    shop.coins(50, 50)
    with shop.cutting(1, "is about to pay"):
        shop.money_back()
    assert isinstance(shop.acceptor, SortingAcceptor)
    shop.acceptor.tubes["tube-50"].fall()
    shop.start()
    assert only_debt(shop) == (100, False, "payout_unknown")
    assert shop.state.totals.suspense == 50
    audited(shop)


def test_a_tube_that_counts_a_refill_and_a_payout_in_one_is_followed(shop: TenderWorld) -> None:
    only_tubes(shop)
    refilled(shop, typed=3, poured=3)
    shop.coins(50, 50)
    shop.money_back()
    assert shop.tray_minor == 100
    assert not shop.facts(f.HopperDiffered)
    assert shop.state.hoppers["tube-50"].typed == 0
    audited(shop)


@pytest.mark.rule("MS-P4")
def test_another_tubes_level_says_nothing_about_the_payout_of_the_old_one(shop: TenderWorld) -> None:
    only_tubes(shop)
    shop.coins(50, 50)
    with shop.cutting(1, "has paid"):
        shop.money_back()
    shop.hoppers["tube-50"].serial = 999
    shop.start()
    assert only_debt(shop) == (100, False, "payout_unknown")


@pytest.mark.rule("MS-P5")
def test_a_tube_that_falls_short_owes_nothing_to_the_other_one(shop: TenderWorld) -> None:
    only_tubes(shop)
    shop.hoppers["tube-50"].stops_after = 1
    shop.coins(50, 50)
    shop.money_back()
    assert shop.tray_minor == 100
    audited(shop)


def test_coins_that_a_tube_gave_beyond_its_order_are_written_down(shop: TenderWorld) -> None:
    only_tubes(shop)
    shop.hoppers["tube-50"].extra = 1
    shop.coins(50, 50)
    shop.money_back()
    (differed,) = shop.facts(f.HopperDiffered)
    assert isinstance(differed, f.HopperDiffered)
    assert (differed.qty, differed.level) == (1, tube(shop, "tube-50").qty)
    audited(shop)


@pytest.mark.rule("MS-P4")
def test_a_late_word_of_a_tube_is_coins_that_left_without_a_job(shop: TenderWorld) -> None:
    only_tubes(shop)
    shop.coins(50, 50)
    shop.holds = True
    shop.money_back()
    shop.pass_time(4 * shop.shop.rules.job_ms)
    assert only_debt(shop) == (100, False, "payout_unknown")
    shop.release()
    (differed,) = shop.facts(f.HopperDiffered)
    assert isinstance(differed, f.HopperDiffered)
    assert (differed.qty, shop.state.totals.suspense) == (2, -100)
    audited(shop)


# --- hands ----------------------------------------------------------------------------------------------------------


def test_coins_that_leave_a_tube_with_nobody_asking_are_written_down(shop: TenderWorld) -> None:
    shop.hoppers["tube-10"].qty -= 3
    shop.step(hw.HopperCounted("tube-10", shop.hoppers["tube-10"].qty))
    (differed,) = shop.facts(f.HopperDiffered)
    assert isinstance(differed, f.HopperDiffered)
    assert (differed.qty, differed.job) == (3, "")
    assert shop.state.hoppers["tube-10"].qty == shop.hoppers["tube-10"].qty


def test_a_count_told_twice_is_written_down_once(shop: TenderWorld) -> None:
    shop.hoppers["tube-10"].qty -= 3
    for _ in range(2):
        shop.step(hw.HopperCounted("tube-10", shop.hoppers["tube-10"].qty))
    assert len(shop.facts(f.HopperDiffered)) == 1


def test_a_refill_in_service_is_told_by_the_clerk_and_only_followed_by_the_count(shop: TenderWorld) -> None:
    shop.ask(ev.ClerkEntered("clerk"))
    shop.hoppers["tube-10"].qty += 7
    shop.step(hw.HopperCounted("tube-10", shop.hoppers["tube-10"].qty))
    shop.ask(ev.HopperFilled("more", "clerk", "tube-10", 7))
    shop.ask(ev.ClerkLeft("clerk"))
    assert not shop.facts(f.CoinFound)
    assert shop.state.hoppers["tube-10"].qty == shop.state.hoppers["tube-10"].level
    audited(shop)


def test_a_tube_that_nobody_configured_is_not_listened_to(shop: TenderWorld) -> None:
    before = shop.state
    shop.step(hw.HopperCounted("tube-99", 5))
    assert shop.state == before


# --- cuts everywhere ----------------------------------------------------------------------------------------------------


def coins_into_tubes_and_out_again(world: TenderWorld) -> None:
    only_tubes(world)
    world.coins(50, 10, 10, 50)
    world.money_back()


def a_sale_with_change_out_of_tubes(world: TenderWorld) -> None:
    only_tubes(world)
    world.scan("water")
    world.coins(200)


@pytest.mark.rule("MS-I3")
@COUNTS
@pytest.mark.parametrize("scenario", [coins_into_tubes_and_out_again, a_sale_with_change_out_of_tubes])
def test_a_cut_at_every_moment_leaves_no_coin_of_a_tube_unaccounted(
    build_tenders: BuildTenders, scenario: Scenario, has_counts: bool
) -> None:
    at = 0
    while True:
        at += 1
        world = build_tenders(has_counts=has_counts)
        with world.cutting(at):
            scenario(world)
        if world.ledger is not None:
            world.die()
            break
        world.start()
        world.pass_time(world.shop.rules.recovery_ms)
        # A coin that only the ring knew is credited when it is read, to whoever stands there.
        assert world.is_in(Phase.IDLE) or (world.is_in(Phase.SHOPPING) and not has_counts)
        audited(world)
        world.crash()
        audited(world)
        world.die()
    assert at > 8, "the scenario has dangerous moments"
