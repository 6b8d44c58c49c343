"""What the stories meet too seldom: one small state, one step, one exact answer."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from hardware import events as hw
from inventory.catalogue import Catalogue
from kiosk.core import devices
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import accepted_positions, hopper_contents
from kiosk.core.change import payable_sums, plan_change
from kiosk.core.draft import Draft, Stamp
from kiosk.core.fold import check, evolve
from kiosk.core.limits import age_ms, is_code_old
from kiosk.core.postings import postings_of
from kiosk.core.rules import Rules, Shop
from kiosk.core.shopping import can_redeem, coil_stock, is_printer_ready
from kiosk.core.state import (
    AcceptorBook,
    Claim,
    CoilBook,
    Debt,
    DeviceBook,
    HopperBook,
    LastVisit,
    Line,
    PayoutJob,
    Phase,
    State,
    Totals,
    VendJob,
    Visit,
)
from kiosk.core.till import decide
from kiosk.core.timing import next_deadline
from kiosk.invariant import InvariantBroken
from kiosk.journal.entry import NO_DIGEST, Head, JournalDamagedError, check_chain, write_entries
from tests.kiosk.conftest import Build
from tests.kiosk.devices import Hopper
from tests.kiosk.world import CATALOGUE, RULES, WATER, World

Told = TypeVar("Told", bound=f.Fact)

LAST = LastVisit(
    "V",
    "en",
    5,
    taken_minor=50,
    sold_minor=0,
    paid_minor=0,
    owed_minor=50,
    receipt_nos=(),
    debts=("D",),
    seq=3,
    boot=1,
)


def after(state: State, fact: f.Fact, *, now_ms: int = 1_000, seq: int | None = None) -> State:
    """The state after one fact."""
    number = state.seq + 1 if seq is None else seq
    return evolve(state, f.Recorded(number, "2026-03-02T08:00:00.000Z", now_ms, fact))


def told(state: State, *events: ev.Event) -> tuple[State, list[f.Fact]]:
    """The state after these events, and the facts that they made true."""
    facts: list[f.Fact] = []
    for event in events:
        decision = decide(state, event, Stamp("2026-03-02T08:00:00.000Z", 1_000), Shop(RULES))
        state = decision.state
        facts += decision.facts
    return state, facts


def of_kind(facts: list[f.Fact], kind: type[Told]) -> list[Told]:
    """Those facts that are of one kind."""
    return [fact for fact in facts if isinstance(fact, kind)]


def rules_with(**values: Any) -> Rules:
    """The usual rules with some of them other."""
    return dataclasses.replace(RULES, **values)


# --- change and acceptance ------------------------------------------------------------------------------------------


def test_the_smallest_coin_of_all_is_a_coin() -> None:
    assert plan_change(1, {1: 1}).coins == {1: 1}


def test_payable_sums_are_counted_in_their_common_step() -> None:
    assert payable_sums({20: 3, 50: 1}, 200).step_minor == 10


def hoppers(**books: HopperBook) -> State:
    """Idle, with these hoppers on the line."""
    return State(
        phase=Phase.IDLE,
        hoppers=books,
        devices={name: DeviceBook(kind="hopper", is_online=True) for name in books},
    )


def test_a_book_below_nothing_takes_no_coin_from_another_hopper() -> None:
    rules = rules_with(hoppers={"one": 10, "two": 10})
    state = hoppers(one=HopperBook(10, qty=-3), two=HopperBook(10, qty=5))
    assert hopper_contents(state, rules, is_promise=True) == {10: 5}


def test_a_hopper_that_never_came_or_has_no_book_pays_nothing() -> None:
    rules = rules_with(hoppers={"one": 10, "two": 20, "three": 50})
    state = hoppers(one=HopperBook(10, qty=2))
    state = replace(state, hoppers={**state.hoppers, "three": HopperBook(50, qty=9)})
    state = replace(state, devices={**state.devices, "two": DeviceBook(kind="hopper", is_online=True)})
    assert hopper_contents(state, rules, is_promise=True) == {10: 2}


@pytest.mark.parametrize("now", ["silent", "faulty"])
def test_a_hopper_that_is_silent_or_faulty_pays_nothing(now: str) -> None:
    rules = rules_with(hoppers={"one": 10, "two": 20})
    state = hoppers(one=HopperBook(10, qty=2), two=HopperBook(20, qty=9))
    health = DeviceBook("hopper", is_online=now != "silent", fault="jam" if now == "faulty" else "")
    state = replace(state, devices={**state.devices, "two": health})
    for is_promise in (True, False):
        assert hopper_contents(state, rules, is_promise=is_promise) == {10: 2}


def test_coins_come_in_only_while_the_kiosk_sells_and_is_seen_and_can_write() -> None:
    rules = rules_with(hoppers={"one": 10})
    selling = hoppers(one=HopperBook(10, qty=50))
    assert accepted_positions(selling, rules)["coin"] == (1, 2, 3, 4, 5)
    phases = (Phase.STARTING, Phase.FULFILLING, Phase.SETTLING, Phase.HALTED)
    for closed in (
        replace(selling, is_screen_lost=True),
        replace(selling, space="low"),
        *(replace(selling, phase=phase) for phase in phases),
    ):
        assert accepted_positions(closed, rules) == {"coin": ()}


def test_positions_are_enabled_in_order() -> None:
    rules = rules_with(coins={"coin": {5: 200, 1: 10, 3: 50}})
    assert accepted_positions(State(phase=Phase.SERVICE), rules) == {"coin": (1, 3, 5)}


def test_no_coin_comes_in_while_the_bar_closes_a_cart_that_is_paid_exactly(world: World) -> None:
    world.coins(50)
    world.scan("apple")
    assert world.visit.covered_ms is not None
    assert world.acceptor.positions == ()


def test_the_most_credit_holds_for_a_full_cart_too(world: World) -> None:
    world.set_rules(max_credit_minor=200)
    world.scan("water")
    world.scan("water")
    world.coins(200)
    assert world.acceptor.positions == ()


# --- payouts --------------------------------------------------------------------------------------------------------


def small_hoppers(build: Build, **stock: int) -> World:
    """A kiosk whose hoppers all hold tens."""
    world = build(coins=0)
    world.hoppers = {
        name: Hopper(name, 10, serial=number, qty=qty) for number, (name, qty) in enumerate(stock.items(), 1)
    }
    world.set_rules(hoppers=dict.fromkeys(stock, 10), max_credit_minor=10_000)
    world.ask(ev.ClerkEntered("clerk"))
    for name, qty in stock.items():
        world.answer(name)
        world.ask(ev.HopperFilled(f"fill-{name}", "clerk", name, qty))
    world.ask(ev.ClerkLeft("clerk"))
    return world


def payouts(world: World) -> list[tuple[str, int]]:
    """The payouts that were begun: hopper and count."""
    return [
        (fact.device, fact.qty) for fact in world.facts(f.PayoutStarted) if isinstance(fact, f.PayoutStarted)
    ]


def test_a_hopper_is_asked_for_no_more_than_it_holds(build: Build) -> None:
    world = small_hoppers(build, one=1, two=1)
    world.coins(20)
    world.money_back()
    assert payouts(world) == [("one", 1), ("two", 1)]
    world.die()


def test_the_fullest_hopper_is_not_asked_while_it_is_silent_or_was_never_there(build: Build) -> None:
    world = small_hoppers(build, one=3, two=9)
    world.set_rules(hoppers={"one": 10, "two": 10, "three": 10})
    world.crash(answering=("coin", "one"))
    world.coins(10)
    world.money_back()
    assert payouts(world) == [("one", 1)]
    world.die()


@pytest.mark.parametrize("stranger", ["filled, never seen", "seen, never introduced"])
def test_only_a_hopper_that_introduced_itself_and_was_filled_is_asked(build: Build, stranger: str) -> None:
    world = small_hoppers(build, one=3)
    world.set_rules(hoppers={"one": 10, "two": 10})
    if stranger == "filled, never seen":
        world.ask(ev.ClerkEntered("clerk"))
        world.ask(ev.HopperFilled("fill-two", "clerk", "two", 9))
        world.ask(ev.ClerkLeft("clerk"))
    else:
        world.step(hw.DeviceRecovered("two", hw.DeviceKind.HOPPER))
    world.coins(10)
    world.money_back()
    assert payouts(world) == [("one", 1)]
    world.die()


def test_after_so_many_payouts_of_one_visit_the_rest_is_owed(world: World) -> None:
    world.set_rules(max_payouts=2)
    world.coins(50, 20, 10)
    world.money_back()
    assert payouts(world) == [("hopper-50", 1), ("hopper-20", 1)]
    assert [debt.amount_minor for debt in world.state.debts.values()] == [10]
    world.audit()


def test_a_low_hopper_is_spared_while_others_can_pay(world: World) -> None:
    world.step(hw.HopperLevel("hopper-50", is_low=True))
    world.coins(50)
    world.money_back()
    assert payouts(world)[0][0] == "hopper-20"


# --- fulfilment -----------------------------------------------------------------------------------------------------


def test_what_fell_before_its_coil_jammed_is_sold(world: World) -> None:
    world.board.qty[1] = 1
    world.choose("A1")
    world.choose("A1")
    world.coins(200, 100)
    assert world.goods_minor() == 150
    (sale,) = world.facts(f.SaleClosed)
    assert isinstance(sale, f.SaleClosed)
    assert sale.total_minor == 150
    assert world.visit.held_minor == 150
    world.audit()


def test_goods_whose_coil_never_turned_are_not_sold_after_a_cut(world: World) -> None:
    world.choose("A1")
    world.choose("A2")
    world.coins(200)
    with world.cutting(1, "the coil is about to turn"):
        world.coins(50, 20)
    world.start()
    assert not world.facts(f.SaleClosed)
    assert sorted(debt.amount_minor for debt in world.state.debts.values()) == [120, 150]
    world.audit()


def test_every_failed_coil_is_named_when_a_second_choice_is_offered(world: World) -> None:
    world.board.jams = {1, 2}
    world.choose("A1")
    world.choose("A2")
    world.coins(200, 50, 20)
    assert [failure.slot for failure in world.visit.offered] == ["A1", "A2"]


def test_a_visit_with_two_sales_has_two_receipts(world: World) -> None:
    world.board.jams = {1}
    world.scan("apple")
    world.choose("A1")
    world.coins(200)
    world.choose("A2")
    world.close()
    assert world.state.last is not None
    assert world.state.last.receipt_nos == (1, 2)


def test_a_coin_during_a_second_choice_ends_its_clock(world: World) -> None:
    world.board.jams = {1}
    world.choose("A1")
    world.coins(200)
    assert world.visit.choice_ms is not None
    world.coins(10)
    assert world.visit.choice_ms is None


# --- one fact, one state --------------------------------------------------------------------------------------------


def test_a_journal_opened_names_its_kiosk_and_its_money() -> None:
    opened = after(State(), f.JournalOpened("K7", "KWD", 3, "test"))
    assert (opened.kiosk_id, opened.currency, opened.exponent) == ("K7", "KWD", 3)


def test_a_new_epoch_begins_again_at_one() -> None:
    assert after(State(seq=41), f.JournalOpened("K7", "EUR", 2, "test"), seq=1).seq == 1


RESTORED = f.JournalOpened("K7", "EUR", 2, "test", previous_head="ab")
"""A copy is the kiosk's journal from here."""


def test_after_a_restore_no_code_pays_and_no_promise_holds_before_a_person_has_decided() -> None:
    debt = Debt("D", 1, "V0", 10, "short", is_certain=True, job="", at="", claim="C1")
    before = State(seq=41, debts={"D": debt}, totals=Totals(taken=10, owed=10))
    opened = after(before, RESTORED, seq=1)
    assert opened.debts == {"D": replace(debt, is_certain=False, claim="")}
    assert opened.visit is None


def test_after_a_restore_the_age_goes_on_from_the_last_entry_of_the_copy() -> None:
    opened = after(State(seq=41, ran_ms=1_000, boot_ms=200, seen_ms=500), RESTORED, now_ms=9, seq=1)
    assert age_ms(opened) == 1_300
    assert age_ms(opened, 9 + 70) == 1_370


@pytest.mark.parametrize(("held_minor", "owed"), [(50, [(50, "restored", False)]), (0, [])])
def test_credit_that_a_restored_copy_held_is_owed_uncertain(
    held_minor: int, owed: list[tuple[int, str, bool]]
) -> None:
    visit = Visit("V", "en", 0, held_minor=held_minor, taken_minor=held_minor)
    totals = Totals(taken=held_minor, held=held_minor)
    copied = State(seq=41, phase=Phase.SHOPPING, visit=visit, totals=totals)
    state, facts = told(
        after(copied, RESTORED, seq=1),
        ev.BootStarted(boot=2, is_clean=False, software="test"),
        ev.DeadlinePassed(ev.Deadline.RECOVERY),
    )
    debts = of_kind(facts, f.DebtRecorded)
    assert [(debt.amount_minor, debt.reason, debt.is_certain) for debt in debts] == owed
    assert state.visit is None


def test_only_a_checkpoint_may_follow_a_clean_stop() -> None:
    signed = f.CheckpointSigned(1, "", 0, 0, 0, 0, "", "")
    stopped = after(State(), f.Stopped())
    assert stopped.is_stopped
    assert after(stopped, signed).is_stopped
    assert not after(stopped, f.ScreenSeen()).is_stopped
    assert not after(State(), signed).is_stopped


@pytest.mark.parametrize(
    ("before", "resume"),
    [
        (State(phase=Phase.IDLE), Phase.IDLE),
        (State(phase=Phase.HALTED), Phase.HALTED),
        (State(phase=Phase.STARTING, resume=Phase.HALTED), Phase.HALTED),
        (State(phase=Phase.STARTING, resume=Phase.IDLE), Phase.IDLE),
    ],
)
def test_a_start_leads_back_to_where_it_was(before: State, resume: Phase) -> None:
    booted = after(before, f.Booted(2, is_clean=False, software="test", languages=("en",)))
    assert (booted.phase, booted.resume) == (Phase.STARTING, resume)


def test_a_start_keeps_what_the_shopper_needs_and_forgets_the_rest() -> None:
    before = State(
        phase=Phase.SERVICE,
        language="fa",
        clerk="anna",
        is_screen_lost=True,
        awaited=("coin",),
        last=replace(LAST, owed_minor=0),
        devices={"coin": DeviceBook("coin_acceptor", is_online=True, since_ms=7)},
    )
    booted = after(before, f.Booted(2, is_clean=False, software="test", languages=("de", "fa")), now_ms=50)
    assert (booted.language, booted.languages) == ("fa", ("de", "fa"))
    assert (booted.clerk, booted.is_screen_lost, booted.awaited, booted.last) == ("", False, (), None)
    assert booted.devices["coin"] == DeviceBook("coin_acceptor", is_online=False, since_ms=50)
    assert booted.code_failed_ms == 50


def test_a_language_that_is_no_more_gives_way_to_the_first() -> None:
    before = State(language="xx", last=LAST)
    booted = after(before, f.Booted(2, is_clean=False, software="test", languages=("de", "fa")), now_ms=50)
    assert booted.language == "de"
    assert booted.last == replace(LAST, settled_ms=50), "a code of money owed is shown anew"


def test_a_halt_while_starting_is_remembered_until_the_start_is_over() -> None:
    halted = after(State(phase=Phase.STARTING), f.TillHalted("a promise"))
    assert (halted.phase, halted.resume, halted.halted_for) == (Phase.STARTING, Phase.HALTED, "a promise")
    assert after(halted, f.Recovered(0)).phase is Phase.HALTED


def test_a_visit_that_opens_while_nothing_is_sold_changes_no_phase() -> None:
    for phase in (Phase.STARTING, Phase.HALTED, Phase.SERVICE):
        assert after(State(phase=phase), f.VisitOpened("V", "en", f.Opening.COIN)).phase is phase


def test_money_of_no_open_visit_breaks_a_promise() -> None:
    coin = f.CoinCredited("V", "coin", 1, 1, 1, 1, 1, 10, "box")
    with pytest.raises(InvariantBroken, match="belongs to the open visit"):
        after(State(), coin)


def test_a_coin_of_another_acceptor_is_kept_under_its_own_number() -> None:
    before = State(
        phase=Phase.SHOPPING,
        visit=Visit("V", "en", 0),
        acceptors={"coin": AcceptorBook(1, 1, 4, {"1": 6})},
    )
    book = after(before, f.CoinCredited("V", "coin", 9, 2, 5, 1, 1, 10, "box")).acceptors["coin"]
    assert book == AcceptorBook(9, 2, 5, {"1": 7})


def test_a_hopper_takes_the_value_that_it_was_configured_for() -> None:
    before = State(hoppers={"one": HopperBook(10, serial=1, qty=3)})
    fact = f.HopperBaselined("one", 2, 20, 7, is_low=False, is_new=True, lost_power=False)
    assert after(before, fact).hoppers["one"] == HopperBook(20, serial=2, qty=3, paid_total=7, is_low=False)


VEND = VendJob("J", 1, "coils", "A1", 1, "chips", 150, 0, 1, 1)
PAYOUT = PayoutJob("P", "one", 1, 10, 0, 0, 1, 1)


def test_goods_do_not_move_while_a_hopper_pays() -> None:
    before = State(phase=Phase.SETTLING, visit=Visit("V", "en", 0), payout=PAYOUT)
    with pytest.raises(InvariantBroken, match="one job at a time"):
        after(before, f.VendStarted("J", "V", 1, "coils", "A1", 1, "chips", 0))


def test_two_jobs_at_a_time_break_a_promise() -> None:
    with pytest.raises(InvariantBroken, match="one job at a time"):
        check(State(vend=VEND, payout=PAYOUT))


def test_the_outcome_of_another_vend_breaks_a_promise() -> None:
    before = State(phase=Phase.FULFILLING, visit=Visit("V", "en", 0), vend=VEND)
    ended = f.VendEnded(
        "J2", "V", 1, "A1", "chips", f.VendOutcome.DELIVERED, "", seen=True, is_recovered=False
    )
    with pytest.raises(InvariantBroken, match="belongs to the open vend"):
        after(before, ended)


def test_a_vend_and_a_sale_end_the_clock_of_a_second_choice() -> None:
    visit = Visit("V", "en", 0, covered_ms=4, choice_ms=5)
    before = State(phase=Phase.SHOPPING, visit=visit)
    turning = after(before, f.VendStarted("J", "V", 1, "coils", "A1", 1, "chips", 0)).visit
    sold = after(before, f.SaleClosed("V", 1, (), 0, (), is_recovered=False)).visit
    assert turning is not None
    assert sold is not None
    assert (turning.covered_ms, turning.choice_ms) == (sold.covered_ms, sold.choice_ms) == (None, None)


def test_a_sale_that_is_not_the_sum_of_its_lines_breaks_a_promise() -> None:
    before = State(
        phase=Phase.SHOPPING,
        visit=Visit("V", "en", 0, held_minor=100, taken_minor=100),
        totals=Totals(taken=100, held=100),
    )
    line = f.SaleLine(1, "apple", "", 0, 50, "reduced")
    sale = f.SaleClosed("V", 1, (line,), 100, (f.TaxPart("reduced", 700, 100, 7),), is_recovered=False)
    with pytest.raises(InvariantBroken, match="sum of its lines"):
        after(before, sale)


def test_uncollected_money_counts_as_money_that_came_in() -> None:
    check(State(totals=Totals(uncollected=10, suspense=10)))


def test_postings_that_do_not_close_break_a_promise() -> None:
    sale = f.SaleClosed("V", 1, (), 100, (f.TaxPart("reduced", 700, 90, 6),), is_recovered=False)
    with pytest.raises(InvariantBroken, match="sum to 0"):
        postings_of(sale)


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.HALTED, Phase.SERVICE])
def test_settling_leaves_a_phase_in_which_nothing_is_sold(phase: Phase) -> None:
    before = State(phase=phase, visit=Visit("V", "en", 0))
    assert after(before, f.SettlingStarted("V", f.Settling.IDLE, 0)).phase is phase


def test_settling_and_a_second_choice_end_every_clock_of_the_visit() -> None:
    before = State(
        phase=Phase.FULFILLING, visit=Visit("V", "en", 0, covered_ms=4, choice_ms=5, is_fulfilling=True)
    )
    settling = after(before, f.SettlingStarted("V", f.Settling.IDLE, 0))
    assert settling.phase is Phase.SETTLING
    assert settling.visit == Visit("V", "en", 0, settling=f.Settling.IDLE)
    chosen = after(before, f.SecondChoiceOffered("V"), now_ms=9)
    assert chosen.phase is Phase.SHOPPING
    assert chosen.visit == Visit("V", "en", 0, choice_ms=9)


def test_a_second_payout_is_not_begun() -> None:
    before = State(
        phase=Phase.SETTLING,
        visit=Visit("V", "en", 0, held_minor=20, taken_minor=20),
        payout=PAYOUT,
        totals=Totals(taken=20, held=20),
    )
    with pytest.raises(InvariantBroken, match="one job at a time"):
        after(before, f.PayoutStarted("P2", "V", "one", 1, 10, 0))


# --- devices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "before", "steps"),
    [
        (5, 3, 2),
        (3, 5, -2),
        (1, (1 << 24) - 1, 2),
        ((1 << 24) - 1, 1, -2),
        (6_000_000, 0, 6_000_000),
        (1 << 23, 0, 1 << 23),
        ((1 << 23) + 1, 0, 1 - (1 << 23)),
    ],
)
def test_a_lifetime_count_wraps_at_24_bits(now: int, before: int, steps: int) -> None:
    assert devices._steps(now, before) == steps


def faults(world: World, device: str) -> list[tuple[str, str]]:
    """What is written about a device's coming and going, after the morning."""
    kinds = (f.DeviceCameOnline, f.DeviceWentOffline, f.DeviceTroubled)
    told = [fact for fact in world.facts(*kinds) if isinstance(fact, kinds) and fact.device == device]
    return [(type(fact).__name__, getattr(fact, "fault", "")) for fact in told[1:]]


def test_a_lost_device_is_written_down_once_for_each_reason(world: World) -> None:
    kind = hw.DeviceKind.HOPPER
    world.step(hw.DeviceFaulted("hopper-10", kind, hw.Fault.NO_REPLY))
    world.step(hw.DeviceLost("hopper-10", kind, hw.Fault.NO_REPLY))
    world.step(hw.DeviceLost("hopper-10", kind, hw.Fault.NO_REPLY))
    world.step(hw.DeviceLost("hopper-10", kind, hw.Fault.LINE_NOISE))
    assert faults(world, "hopper-10") == [
        ("DeviceTroubled", "no_reply"),
        ("DeviceWentOffline", "no_reply"),
        ("DeviceWentOffline", "line_noise"),
    ]


def test_only_a_scanner_is_back_without_introducing_itself(world: World) -> None:
    world.step(hw.DeviceLost("hopper-10", hw.DeviceKind.HOPPER))
    world.step(hw.DeviceRecovered("hopper-10", hw.DeviceKind.HOPPER))
    assert faults(world, "hopper-10") == [("DeviceWentOffline", "no_reply"), ("DeviceTroubled", "")]
    assert not world.state.devices["hopper-10"].is_online


def test_an_acceptor_that_learns_to_count_brings_no_found_money(build: Build) -> None:
    world = build(has_counts=False)
    world.coins(100)
    world.acceptor.keep_counts()
    world.answer("coin")
    assert not world.facts(f.CoinFound)
    assert world.state.acceptors["coin"].counts == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0}
    world.die()


def test_counts_are_taken_by_position_in_whatever_order_they_come(world: World) -> None:
    counts = tuple(hw.AcceptCount(position, 1) for position in (5, 3, 1, 4, 2))
    world.step(
        hw.AcceptorIdentified(
            "coin", serial=4711, device_epoch=1, event_no=0, accept_counts=counts, restarted=False
        )
    )
    found = [fact.position for fact in world.facts(f.CoinFound) if isinstance(fact, f.CoinFound)]
    assert found == [1, 2, 3, 4, 5]
    baseline = world.facts(f.AcceptorBaselined)[-1]
    assert isinstance(baseline, f.AcceptorBaselined)
    assert baseline.counts == ((1, 1), (2, 1), (3, 1), (4, 1), (5, 1))


def test_coins_found_when_the_acceptor_is_back_close_a_cart_that_they_pay(world: World) -> None:
    world.scan("apple")
    world.pass_time(1_000)
    world.step(hw.DeviceLost("coin", hw.DeviceKind.COIN_ACCEPTOR))
    assert world.acceptor.drop(50)
    world.answer("coin")
    assert len(world.facts(f.SaleClosed)) == 1
    assert world.is_in(Phase.IDLE)


def test_a_coin_on_its_way_into_a_halted_kiosk_is_owed_at_once(world: World) -> None:
    world.step(ev.PromiseBroken("for the test"))
    world.acceptor.positions = (3,)
    world.coins(50)
    assert world.state.visit is None
    assert [(debt.amount_minor, debt.reason) for debt in world.state.debts.values()] == [(50, "halted")]


def test_a_counted_position_without_a_value_is_no_money(world: World) -> None:
    assert world.acceptor.totals is not None
    world.acceptor.totals[6] = 0
    world.answer("coin")
    world.acceptor.totals[6] = 4
    world.answer("coin")
    assert not world.facts(f.CoinFound)


def test_events_of_an_acceptor_that_nobody_knows_are_kept(world: World) -> None:
    for device, serial in (("second", 5), ("coin", 9)):
        world.step(hw.CoinUnvalued(device, serial=serial, device_epoch=0, event_no=0, position=9))
    swallowed = [
        (fact.device, fact.serial)
        for fact in world.facts(f.MoneyPossiblySwallowed)
        if isinstance(fact, f.MoneyPossiblySwallowed)
    ]
    assert swallowed == [("second", 5), ("coin", 9)]


@pytest.mark.parametrize(
    ("epoch", "health", "whose"),
    [
        (2, DeviceBook("coin_acceptor", is_online=True), "V"),
        (0, DeviceBook("coin_acceptor", is_online=True), "V"),
        (1, DeviceBook("coin_acceptor", is_online=True), ""),
        (2, DeviceBook("coin_acceptor", is_online=False, since_ms=8), "V"),
        (2, DeviceBook("coin_acceptor", is_online=False, since_ms=7), ""),
        (2, None, ""),
    ],
)
def test_coins_of_a_gap_are_the_visits_that_was_there_before_it(
    epoch: int, health: DeviceBook | None, whose: str
) -> None:
    state = State(
        epoch=2,
        phase=Phase.SHOPPING,
        visit=Visit("V", "en", 7),
        acceptors={"coin": AcceptorBook(1, 1, 0, {"3": 4}, epoch=epoch)},
        devices={} if health is None else {"coin": health},
    )
    event = hw.AcceptorIdentified(
        "coin",
        serial=1,
        device_epoch=1,
        event_no=0,
        accept_counts=(hw.AcceptCount(3, 5),),
        restarted=False,
    )
    found = decide(state, event, Stamp("2026-03-02T08:00:00.000Z", 9), Shop(RULES)).facts[0]
    assert isinstance(found, f.CoinFound)
    assert found.visit == whose


# --- payouts, debts and the end of a visit, fact by fact ------------------------------------------------------------

PAYING = State(
    phase=Phase.SETTLING,
    visit=Visit("V", "en", 0, held_minor=20, taken_minor=20, tired_hoppers=("two",)),
    totals=Totals(taken=20, held=20),
    hoppers={"one": HopperBook(10, qty=9, paid_total=70)},
    payout=PAYOUT,
)
"""A hopper pays."""


def test_a_payout_of_a_hopper_without_a_book_names_no_serial() -> None:
    before = replace(PAYING, payout=None)
    started = after(before, f.PayoutStarted("P", "V", "three", 1, 10, None)).payout
    assert started is not None
    assert started.serial == 0


def test_a_payout_that_falls_short_keeps_the_count_that_is_known_and_tires_once() -> None:
    before = replace(PAYING, visit=Visit("V", "en", 0, held_minor=20, taken_minor=20, tired_hoppers=("one",)))
    ended = after(before, f.PayoutEnded("P", "V", "one", 10, 2, 1, None, "empty", is_recovered=False))
    assert ended.hoppers["one"] == HopperBook(10, qty=8, paid_total=70)
    assert ended.visit is not None
    assert ended.visit.tired_hoppers == ("one",)


def test_the_end_of_another_payout_breaks_a_promise() -> None:
    with pytest.raises(InvariantBroken, match="belongs to the open payout"):
        after(PAYING, f.PayoutEnded("P2", "V", "one", 10, 1, 1, None, "", is_recovered=False))
    with pytest.raises(InvariantBroken, match="a lost payout was open"):
        after(PAYING, f.PayoutLost("P2", "V", "one", 10, 1, "no_reply"))


def test_a_lost_payout_tires_its_hopper_beside_the_others() -> None:
    lost = after(PAYING, f.PayoutLost("P", "V", "one", 10, 1, "no_reply")).visit
    assert lost is not None
    assert lost.tired_hoppers == ("two", "one")


def test_the_smallest_debt_and_the_smallest_goodwill_are_debts() -> None:
    owed = after(PAYING, f.DebtRecorded("D", "V", 1, "short", is_certain=True, job=""))
    assert owed.totals.owed == 1
    assert after(State(), f.GoodwillGranted("D", "C", 1, "vendor")).totals == Totals(granted=1, owed=1)


@pytest.mark.parametrize("phase", [Phase.SHOPPING, Phase.FULFILLING, Phase.SETTLING])
def test_after_a_visit_the_kiosk_is_idle(phase: Phase) -> None:
    before = State(phase=phase, visit=Visit("V", "en", 0))
    assert after(before, f.VisitSettled("V")).phase is Phase.IDLE


def test_a_visit_does_not_end_with_an_open_job_or_with_money_missing() -> None:
    visit = Visit("V", "en", 0)
    for before in (State(visit=visit, vend=VEND), State(visit=visit, payout=PAYOUT)):
        with pytest.raises(InvariantBroken, match="no open job"):
            after(before, f.VisitSettled("V"))
    with pytest.raises(InvariantBroken, match="money in = goods"):
        after(State(visit=replace(visit, taken_minor=10)), f.VisitSettled("V"))


def test_manners_go_with_the_shopper() -> None:
    before = State(languages=("de", "fa"), language="fa", large_text=True, more_time=True, last=LAST)
    assert after(before, f.ThanksEnded("V")) == State(
        languages=("de", "fa"), language="de", seq=1, seen_ms=1_000
    )


def test_a_print_with_nobody_there_changes_nothing() -> None:
    assert after(State(), f.PrintStarted("J", "V", "en", is_copy=False)).last is None


def test_a_debt_is_closed_whole() -> None:
    before = after(PAYING, f.DebtRecorded("D", "V", 20, "short", is_certain=True, job=""))
    with pytest.raises(InvariantBroken, match="closed once, and whole"):
        after(before, f.CashHandedOver("D", 10, "clerk"))


# --- service and claims, fact by fact -------------------------------------------------------------------------------


def test_goodwill_for_a_claim_that_is_decided_counts_for_no_visit() -> None:
    assert after(State(), f.GoodwillGranted("D", "C", 1, "vendor")).visit_marks == ()


def test_a_debt_stays_promised_to_the_claim_that_it_was_promised_to() -> None:
    debt = Debt("D", 1, "V", 10, "short", is_certain=True, job="", at="", claim="C1")
    claims = {name: Claim(name, name, "no_goods", "", "D") for name in ("C1", "C2")}
    before = State(debts={"D": debt}, claims=claims, totals=Totals(taken=10, owed=10))
    decided = after(before, f.ClaimApproved("C2", "D", 10, "vendor"))
    assert decided.debts["D"].claim == "C1"
    assert list(decided.claims) == ["C1"]


SERVICE = State(phase=Phase.SERVICE, clerk="anna", service_ms=5)
"""A clerk is there since five."""


@pytest.mark.parametrize(
    "fact",
    [
        f.CashFilled("t", "anna", "one", "hopper.one", 10, 3),
        f.CashCollected("t", "anna", "B", "box", 0, 0),
        f.StockMoved("t", "anna", "apple", "S1", "fill", 3),
        f.SlotCounted("t", "anna", "A1", "chips", 3),
    ],
)
def test_an_act_of_a_clerk_starts_the_service_time_anew_and_is_remembered(fact: f.Fact) -> None:
    done = after(SERVICE, fact, now_ms=90)
    assert (done.service_ms, done.tokens) == (90, ("t",))


def test_service_leaves_no_page_of_an_earlier_visit() -> None:
    begun = after(State(phase=Phase.IDLE, last=LAST), f.ServiceStarted("anna"), now_ms=90)
    assert begun == State(
        phase=Phase.SERVICE, clerk="anna", service_ms=90, seq=1, seen_ms=90, screen=begun.screen
    )


# --- payouts and vends that others speak of -------------------------------------------------------------------------


def test_a_hopper_that_was_filled_before_it_came_is_no_other_hopper(build: Build) -> None:
    world = build(coins=0)
    world.hoppers["late"] = Hopper("late", 10, serial=7, qty=4)
    world.set_rules(hoppers={**RULES.hoppers, "late": 10})
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.HopperFilled("fill", "clerk", "late", 4))
    world.answer("late")
    baseline = world.facts(f.HopperBaselined)[-1]
    assert isinstance(baseline, f.HopperBaselined)
    assert not baseline.is_new
    world.die()


@pytest.mark.parametrize(
    ("now", "before", "paid"), [(7, 7, 0), (9, 7, 2), (6, 7, None), (None, 7, None), (7, None, None)]
)
def test_coins_paid_since_are_known_only_from_two_counts_that_rise(
    now: int | None, before: int | None, paid: int | None
) -> None:
    assert devices._paid_since(now, before) == paid


def test_a_late_word_about_another_vend_changes_nothing(world: World) -> None:
    world.choose("A1")
    world.choose("A2")
    world.coins(200)
    world.holds = True
    world.coins(50, 20)
    before = world.state
    assert before.vend is not None
    world.step(hw.VendDelivered("coils", "J9-9", seen=True))
    world.step(hw.VendFailed("coils", "J9-9", hw.Fault.JAM))
    world.step(hw.VendUnknown("coils", "J9-9", hw.Fault.JAM))
    assert world.state == before
    world.release()
    assert world.goods_minor() == 270
    world.audit()


def test_a_late_word_about_another_payout_ends_none(world: World) -> None:
    world.holds = True
    world.coins(50)
    world.money_back()
    before = world.state
    assert before.payout is not None
    world.step(hw.PayoutUnknown("hopper-50", "J9-9", hw.Fault.NO_REPLY))
    world.step(hw.CoinsPaid("hopper-20", "J9-9", 1, 1_000, None))
    assert world.state == before
    world.release()
    assert world.tray_minor == 50
    world.audit()


def test_an_introduction_on_its_way_ends_no_job_of_this_run(world: World) -> None:
    world.holds = True
    world.coins(50)
    world.money_back()
    world.step(hw.HopperIdentified("hopper-50", serial=102, paid_total=1_000, is_low=None, lost_power=False))
    world.step(hw.CoilBoardIdentified("coils"))
    assert world.state.payout is not None
    world.release()
    assert world.tray_minor == 50
    world.audit()


def test_a_halted_kiosk_owes_what_a_payout_left(world: World) -> None:
    world.hoppers["hopper-50"].stops_after = 0
    world.holds = True
    world.coins(50)
    world.money_back()
    world.step(ev.PromiseBroken("for the test"))
    world.release()
    assert world.state.visit is None
    assert world.owed_minor == 50
    world.audit()


def test_a_late_word_with_a_count_that_fell_proves_nothing(world: World) -> None:
    before = world.state
    world.step(hw.CoinsPaid("hopper-20", "J9-9", 1, 999, None))
    assert world.state == before


# --- jobs from before a start, and what their devices say -------------------------------------------------------------

CUT_PAYOUT = State(
    boot=2,
    phase=Phase.STARTING,
    visit=Visit("V", "en", 0, held_minor=20, taken_minor=20),
    totals=Totals(taken=20, held=20),
    hoppers={
        "hopper-10": HopperBook(10, serial=1, qty=9, paid_total=70),
        "hopper-20": HopperBook(20, serial=2, qty=9, paid_total=500),
    },
    payout=PayoutJob("P", "hopper-10", 1, 10, 70, 0, 1, 1, serial=1),
    awaited=("coin",),
)
"""A start: the first run began a payout of one coin, and everything else has answered."""

CUT_VEND = State(
    boot=2,
    phase=Phase.STARTING,
    visit=Visit(
        "V",
        "en",
        0,
        held_minor=150,
        taken_minor=150,
        lines=(Line(1, "chips", "A1", "coils", 1, 150, "standard", 1900),),
        is_fulfilling=True,
    ),
    totals=Totals(taken=150, held=150),
    coils={"A1": CoilBook(qty=3)},
    vend=VEND,
    awaited=("coin",),
)
"""A start: the first run turned a coil, and everything else has answered."""


def introduced(device: str, serial: int, paid_total: int | None) -> hw.HopperIdentified:
    """A hopper's first word."""
    return hw.HopperIdentified(device, serial=serial, paid_total=paid_total, is_low=None, lost_power=False)


def test_only_the_hopper_that_was_asked_tells_what_became_of_a_payout() -> None:
    state, facts = told(CUT_PAYOUT, introduced("hopper-20", 2, 500))
    assert state.payout == CUT_PAYOUT.payout
    state, facts = told(state, introduced("hopper-10", 1, 71))
    assert [(ended.paid_qty, ended.is_recovered) for ended in of_kind(facts, f.PayoutEnded)] == [(1, True)]
    assert [debt.amount_minor for debt in of_kind(facts, f.DebtRecorded)] == [10]
    assert state.phase is Phase.IDLE


@pytest.mark.parametrize(
    ("word", "owed_minor"),
    [
        (hw.CoinsPaid("hopper-10", "P", 1, 71), [10]),
        (hw.PayoutUnknown("hopper-10", "P", hw.Fault.NO_REPLY), [10, 10]),
    ],
)
def test_a_payout_that_ends_while_the_kiosk_starts_ends_the_start(
    word: hw.DeviceEvent, owed_minor: list[int]
) -> None:
    state, facts = told(CUT_PAYOUT, word)
    assert [debt.amount_minor for debt in of_kind(facts, f.DebtRecorded)] == owed_minor
    assert state.phase is Phase.IDLE


def test_a_payout_says_whether_it_ended_in_the_run_that_began_it() -> None:
    running = replace(CUT_PAYOUT, boot=1, phase=Phase.SETTLING)
    for before, is_recovered in ((CUT_PAYOUT, True), (running, False)):
        (ended,) = of_kind(told(before, hw.CoinsPaid("hopper-10", "P", 1, 71))[1], f.PayoutEnded)
        assert ended.is_recovered is is_recovered


def test_a_vend_says_whether_it_ended_in_the_run_that_began_it() -> None:
    running = replace(CUT_VEND, boot=1, phase=Phase.FULFILLING)
    for before, is_recovered in ((CUT_VEND, True), (running, False)):
        state, facts = told(before, hw.VendDelivered("coils", "J", seen=True))
        (ended,) = of_kind(facts, f.VendEnded)
        assert ended.is_recovered is is_recovered
        assert [sale.total_minor for sale in of_kind(facts, f.SaleClosed)] == [150]
        assert state.phase is Phase.IDLE


def test_only_the_board_that_turned_tells_that_a_vend_is_lost() -> None:
    state, facts = told(CUT_VEND, hw.CoilBoardIdentified("other coils"))
    assert state.vend == VEND
    state, facts = told(state, hw.CoilBoardIdentified("coils"))
    assert [ended.outcome for ended in of_kind(facts, f.VendEnded)] == [f.VendOutcome.UNKNOWN]
    assert state.phase is Phase.IDLE


def test_a_board_that_introduces_itself_late_ends_no_vend_of_this_run() -> None:
    running = replace(CUT_VEND, boot=1, phase=Phase.FULFILLING)
    state, facts = told(running, hw.CoilBoardIdentified("coils"))
    assert state.vend == VEND
    assert not of_kind(facts, f.VendEnded)


@pytest.mark.parametrize(
    ("serial", "paid_total", "differed"),
    [(2, 503, [(3, 503)]), (2, 500, []), (2, 499, []), (2, None, []), (9, 503, []), (9, None, [])],
)
def test_coins_that_left_unasked_are_told_by_the_same_hoppers_risen_count_alone(
    serial: int, paid_total: int | None, differed: list[tuple[int, int]]
) -> None:
    before = State(phase=Phase.IDLE, hoppers={"hopper-20": HopperBook(20, serial=2, qty=9, paid_total=500)})
    state, facts = told(before, introduced("hopper-20", serial, paid_total))
    found = [(fact.qty, fact.paid_total) for fact in of_kind(facts, f.HopperDiffered)]
    assert found == differed
    assert state.hoppers["hopper-20"].paid_total == paid_total


@pytest.mark.parametrize(
    ("serial", "paid_qty", "paid_total", "extra"),
    [
        (1, 1, 71, []),
        (1, 1, 73, [2]),
        (1, 3, 73, [2]),
        (1, 3, None, [2]),
        (9, 1, 9_000, []),
        (9, 3, 9_000, [2]),
    ],
)
def test_coins_beyond_a_payout_are_told_by_the_hopper_that_was_asked(
    serial: int, paid_qty: int, paid_total: int | None, extra: list[int]
) -> None:
    book = HopperBook(10, serial=serial, qty=9, paid_total=70)
    before = replace(CUT_PAYOUT, boot=1, phase=Phase.SETTLING, hoppers={"hopper-10": book})
    _, facts = told(before, hw.CoinsPaid("hopper-10", "P", paid_qty, paid_total))
    assert [fact.qty for fact in of_kind(facts, f.HopperDiffered)] == extra


def test_coins_that_left_unasked_lower_the_book_and_keep_a_count_that_is_known() -> None:
    before = State(hoppers={"one": HopperBook(10, qty=9, paid_total=70)})
    differed = after(before, f.HopperDiffered("one", 10, 3, None, "P"))
    assert differed.hoppers["one"] == HopperBook(10, qty=6, paid_total=70)
    assert differed.totals == Totals(paid_out=30, suspense=-30)
    assert differed.cash == {"hopper.one": -30}
    assert after(before, f.HopperDiffered("one", 10, 3, 73, "")).hoppers["one"].paid_total == 73


def test_a_payout_that_falls_short_without_a_reason_has_an_unspecified_one() -> None:
    before = replace(CUT_PAYOUT, boot=1, phase=Phase.SETTLING)
    (ended,) = of_kind(told(before, hw.CoinsPaid("hopper-10", "P", 0, 70))[1], f.PayoutEnded)
    assert ended.fault == "unspecified"


def test_why_a_print_failed_is_written_down() -> None:
    before = State(phase=Phase.IDLE, last=replace(LAST, print_job="J"))
    ended = hw.PrintEnded("printer", "J", hw.PrintResult.FAILED, hw.Fault.PAPER_OUT)
    assert told(before, ended)[1] == [f.PrintClosed("J", "V", hw.PrintResult.FAILED, "paper_out")]


def test_a_stop_while_the_kiosk_starts_is_no_clean_one() -> None:
    assert told(State(phase=Phase.STARTING), ev.StopAsked())[1] == []
    assert told(State(phase=Phase.IDLE), ev.StopAsked())[1] == [f.Stopped()]


def test_what_is_no_event_of_the_table_halts_instead_of_being_passed_over() -> None:
    no_event: Any = object()
    with pytest.raises(InvariantBroken, match="object cannot come in idle"):
        told(State(phase=Phase.IDLE), no_event)


def test_a_code_pays_to_the_last_moment_of_its_day() -> None:
    debt = Debt("D", 1, "V", 10, "short", is_certain=True, job="", at="", age_ms=500)
    state = State(ran_ms=500 + RULES.code_ms)
    assert not is_code_old(state, RULES, debt, 0)
    assert is_code_old(replace(state, ran_ms=state.ran_ms + 1), RULES, debt, 0)


def test_an_acceptor_without_a_book_is_not_unmet() -> None:
    state = State(epoch=2, acceptors={"coin": AcceptorBook(1, 1, 0, None, epoch=1)})
    assert state.is_unmet("coin")
    assert not state.is_unmet("second")


# --- waiting --------------------------------------------------------------------------------------------------------

OFFLINE = DeviceBook("coil_board", is_online=False, since_ms=40)


@pytest.mark.parametrize(
    ("state", "touched_ms", "wanted"),
    [
        pytest.param(
            State(phase=Phase.STARTING, boot_ms=7, vend=VEND, last=LAST),
            0,
            (7 + RULES.recovery_ms, ev.Deadline.RECOVERY),
            id="a start waits for its devices, not for its jobs or pages",
        ),
        pytest.param(
            State(phase=Phase.FULFILLING, vend=VEND),
            0,
            (4 * RULES.job_ms, ev.Deadline.JOB),
            id="a device that never came is waited for like a silent one",
        ),
        pytest.param(
            State(phase=Phase.FULFILLING, vend=replace(VEND, started_ms=90), devices={"coils": OFFLINE}),
            0,
            (90 + RULES.job_ms, ev.Deadline.JOB),
            id="a job that began after its device went counts from its beginning",
        ),
        pytest.param(
            State(phase=Phase.FULFILLING, vend=VEND, devices={"coils": OFFLINE}),
            0,
            (40 + RULES.job_ms, ev.Deadline.JOB),
            id="a job whose device went counts from then",
        ),
        pytest.param(
            State(phase=Phase.SERVICE, service_ms=20),
            5,
            (20 + RULES.service_ms, ev.Deadline.SERVICE),
            id="service ends after the last act",
        ),
        pytest.param(
            State(phase=Phase.SERVICE, service_ms=20),
            50,
            (50 + RULES.service_ms, ev.Deadline.SERVICE),
            id="service ends after the last touch",
        ),
        pytest.param(
            State(phase=Phase.SHOPPING, visit=Visit("V", "en", 0, choice_ms=60, held_minor=10)),
            50,
            (60 + RULES.choice_ms, ev.Deadline.CHOICE),
            id="a second choice counts from its offer",
        ),
        pytest.param(
            State(
                phase=Phase.STARTING,
                boot_ms=9_000_000,
                vend=VEND,
                last=LAST,
                visit=Visit("V", "en", 0, covered_ms=1, choice_ms=1),
                large_text=True,
            ),
            0,
            (9_000_000 + RULES.recovery_ms, ev.Deadline.RECOVERY),
            id="a start waits for its devices alone, however old its jobs, pages and carts are",
        ),
        pytest.param(
            State(phase=Phase.SHOPPING, visit=Visit("V", "en", 700)),
            5,
            (700 + RULES.idle_ms, ev.Deadline.IDLE),
            id="a visit idles from its opening when nobody touched anything since",
        ),
        pytest.param(
            State(phase=Phase.IDLE, large_text=True, boot_ms=300),
            5,
            (300 + RULES.idle_ms, ev.Deadline.MANNERS),
            id="large text alone is put back, and no time before this start counts",
        ),
        pytest.param(
            State(phase=Phase.IDLE, languages=("de", "fa"), language="fa", last=LAST),
            0,
            (LAST.settled_ms + RULES.owed_ms, ev.Deadline.THANKS),
            id="a language stays for as long as the page of its visit",
        ),
    ],
)
def test_the_next_deadline(state: State, touched_ms: int, wanted: tuple[int, ev.Deadline]) -> None:
    assert next_deadline(state, RULES, touched_ms) == wanted


# --- shopping -------------------------------------------------------------------------------------------------------


def test_of_an_unknown_code_a_bounded_part_is_kept(world: World) -> None:
    world.step(ev.ScanRead(code="7" * 100, sku="", reason="code_unknown"))
    (unknown,) = world.facts(f.CodeUnknown)
    assert isinstance(unknown, f.CodeUnknown)
    assert unknown.code == "7" * 64


def test_one_printer_of_two_is_enough() -> None:
    state = State(devices={"one": DeviceBook("printer", is_online=True)})
    assert is_printer_ready(state, ("one", "two"))
    assert not is_printer_ready(state, ("two",))
    assert not is_printer_ready(state, ())


def test_a_coil_never_holds_less_than_nothing() -> None:
    state = State(coils={"A1": CoilBook(qty=-2)})
    assert coil_stock(state, "A1") == 0
    line = Line(1, "chips", "A1", "coils", 1, 150, "standard", 1900)
    assert coil_stock(replace(state, visit=Visit("V", "en", 0, lines=(line,))), "A1") == 0


def test_goods_from_a_coil_that_somebody_holds_have_no_shelf_place(world: World) -> None:
    world.scan("chips")
    assert world.visit.lines[0].slot == ""


def test_nothing_is_sold_from_a_board_that_is_not_there(world: World) -> None:
    world.crash(answering=("coin",))
    assert world.choose("A1").key == "machine_off"
    world.state = replace(world.state, devices={})
    assert world.choose("A1").key == "machine_off"
    world.set_rules(boards=())
    assert world.choose("A1").key == "unknown_slot"


def test_a_coil_whose_goods_left_the_catalogue_sells_nothing(world: World) -> None:
    world.shop = dataclasses.replace(
        world.shop, catalogue=Catalogue.of((WATER,), tuple(CATALOGUE.slots.values()))
    )
    assert world.choose("A1").key == "unknown_slot"
    assert world.state.visit is None


def test_a_kiosk_whose_disk_is_full_begins_no_cart(world: World) -> None:
    world.step(ev.SpaceRead("full", 3))
    assert world.scan("apple").key == "out_of_service"
    assert world.state.visit is None
    world.step(ev.SpaceRead("ok", 900))
    assert world.scan("apple").key == "added"


def test_a_cart_that_is_paid_exactly_closes_at_a_tap(world: World) -> None:
    world.coins(50)
    world.scan("apple")
    world.close()
    assert len(world.facts(f.SaleClosed)) == 1


def owing(world: World, amount_minor: int) -> str:
    """Let the kiosk owe a shopper a coin; the debt."""
    world.coins(amount_minor)
    for hopper in world.hoppers.values():
        hopper.stops_after = 0
    world.money_back()
    for hopper in world.hoppers.values():
        hopper.stops_after = None
    return next(iter(world.state.debts))


def test_a_receipt_is_for_goods_or_for_a_debt(world: World) -> None:
    world.coins(50)
    world.money_back()
    assert world.tap(ev.ReceiptTapped).key == "no_receipt"
    owing(world, 50)
    assert world.tap(ev.ReceiptTapped).key == "done"
    assert len(world.printer.printed) == 1


def test_a_code_buys_goods_when_no_hopper_can_pay_and_pays_from_hoppers_that_are_low(world: World) -> None:
    debt = owing(world, 50)
    for name in world.hoppers:
        world.step(hw.HopperLevel(name, is_low=True))
    assert can_redeem(Draft(world.state, world.shop, world.stamp()), 50)
    for name in world.hoppers:
        world.step(hw.DeviceLost(name, hw.DeviceKind.HOPPER))
    world.tap(ev.DoneTapped)
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "cannot_pay_now"
    world.scan("apple")
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert len(world.facts(f.SaleClosed)) == 1
    world.scan("apple")
    draft = Draft(replace(world.state, visit=replace(world.visit, lines=())), world.shop, world.stamp())
    assert not can_redeem(draft, 50), "a visit without goods buys nothing"


def test_the_least_and_the_most_that_a_clerk_can_say(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.hoppers["hopper-10"].qty += 1
    assert world.ask(ev.HopperFilled("one", "clerk", "hopper-10", 1)).key == "done"
    assert world.ask(ev.StockCounted("none", "clerk", "A1", "count", 0)).key == "done"
    assert world.state.coils["A1"].qty == 0
    assert world.ask(ev.CashBoxCollected("most", "clerk", 10**15)).params["expected_minor"] == "0"


def test_a_clerk_who_releases_a_halt_gives_up_a_payout_that_never_ended(world: World) -> None:
    world.holds = True
    world.coins(50)
    world.money_back()
    world.step(ev.PromiseBroken("for the test"))
    world.ask(ev.HaltRelease("clerk"))
    (lost,) = world.facts(f.PayoutLost)
    assert isinstance(lost, f.PayoutLost)
    assert lost.fault == "halted"
    assert [(debt.amount_minor, debt.is_certain) for debt in world.state.debts.values()] == [(50, False)]


def test_a_coil_that_was_never_counted_is_filled_from_nothing(build: Build) -> None:
    world = build(goods=0)
    world.ask(ev.StockCounted("first", "clerk", "A1", "fill", 3))
    assert world.state.coils["A1"].qty == 3
    world.die()


def test_a_deadline_that_is_not_due_any_more_does_nothing(world: World) -> None:
    world.coins(200)
    before = world.state
    for deadline in (ev.Deadline.CLOSE, ev.Deadline.CHOICE):
        world.step(ev.DeadlinePassed(deadline))
    assert world.state == before
    world.scan("apple")
    assert world.visit.covered_ms is not None
    world.crash(answering=())
    world.state = replace(world.state, visit=replace(world.visit, covered_ms=1, choice_ms=1))
    before = world.state
    for deadline in (ev.Deadline.CLOSE, ev.Deadline.CHOICE, ev.Deadline.IDLE):
        world.step(ev.DeadlinePassed(deadline))
    world.step(ev.StopAsked())
    assert world.state == before, "nothing is sold, settled or cleanly stopped while the kiosk starts"


def test_more_time_alone_is_put_back_for_the_next_shopper(world: World) -> None:
    world.tap(ev.ComfortTapped, large_text=False, more_time=True)
    world.pass_time(RULES.idle_ms * RULES.more_time_factor)
    assert not world.state.more_time


def test_a_hopper_that_never_answers_ends_the_visit_with_an_uncertain_debt(world: World) -> None:
    world.holds = True
    world.coins(100, 10)
    world.money_back()
    world.holds = False
    world.held.clear()
    world.pass_time(4 * RULES.job_ms)
    (lost,) = world.facts(f.PayoutLost)
    assert isinstance(lost, f.PayoutLost)
    assert lost.fault == "no_reply"
    assert world.state.visit is None
    assert world.tray.count(10) == 1, "the other hopper paid what was left"


# --- the chain ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seq", "fact"),
    [(0, f.ScreenSeen()), (1, f.JournalOpened("K1", "EUR", 2, "test")), (1, f.ScreenSeen())],
)
def test_an_epoch_begins_with_its_opening_at_one(seq: int, fact: f.Fact) -> None:
    head = Head("K1", "EUR", 1, seq, NO_DIGEST, 1)
    (entry,) = write_entries(head, (fact,), Stamp("2026-03-02T08:00:00.000Z", 1), "")
    with pytest.raises(JournalDamagedError, match="an epoch begins with JournalOpened at 1"):
        check_chain(None, entry)


def test_whether_the_time_was_known_is_in_the_digest() -> None:
    head = Head("K1", "EUR", 1, 0, NO_DIGEST, 1)
    digests = {
        write_entries(head, (f.ScreenSeen(),), Stamp("2026-03-02T08:00:00.000Z", 1, time_ok=is_known), "")[
            0
        ].digest
        for is_known in (True, False)
    }
    assert len(digests) == 2
