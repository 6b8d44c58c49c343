"""evolve(): what is true after a fact, whatever the order of events; replay gives the same state."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.fold import check, evolve, replay
from kiosk.core.state import Phase, State, Totals
from kiosk.invariant import InvariantBroken
from kiosk.journal.entry import read_content
from kiosk.store.ledger import read_entries
from tests.kiosk.world import COILS, World

SLOTS = st.sampled_from(sorted(COILS))
VALUES = st.sampled_from([10, 20, 50, 100, 200])
HOPPERS = st.sampled_from(["hopper-10", "hopper-20", "hopper-50"])


def recorded(world: World) -> list[f.Recorded]:
    assert world.ledger is not None
    return [
        f.Recorded(entry.seq, entry.at, entry.now_ms, read_content(entry).fact)
        for entry in read_entries(world.ledger._connection, "K1")
    ]


def replayed(world: World) -> State:
    return replay(State(epoch=1), recorded(world))


class AnyDay(RuleBasedStateMachine):
    """Sell, cut, burst of coins, hopper low, refill, collect, halt, device swap, in any order; the books close after each."""

    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.world: World

    @initialize(has_counts=st.booleans(), coins=st.sampled_from([0, 2, 30]))
    def open_shop(self, has_counts: bool, coins: int) -> None:
        self.own = tempfile.TemporaryDirectory(dir=self.folder)
        self.world = World(Path(self.own.name), coins=coins, has_counts=has_counts)
        self.counted_minor = 0

    @rule(sku=st.sampled_from(["water", "apple"]))
    def scan(self, sku: str) -> None:
        self.world.scan(sku)

    @rule(slot=SLOTS)
    def choose(self, slot: str) -> None:
        self.world.choose(slot)

    @rule(values=st.lists(VALUES, min_size=1, max_size=4))
    def coins(self, values: list[int]) -> None:
        for value in values:
            self.world.coin(value)

    @rule()
    def close(self) -> None:
        self.world.close()

    @rule()
    def money_back(self) -> None:
        self.world.money_back()

    @rule(ms=st.sampled_from([1_000, 6_000, 20_000, 130_000]))
    def wait(self, ms: int) -> None:
        self.world.pass_time(ms)

    @rule(slot=SLOTS, how=st.sampled_from(["jam", "blind", "fine"]))
    def change_a_coil(self, slot: str, how: str) -> None:
        coil = COILS[slot]
        self.world.board.jams.discard(coil)
        self.world.board.blind.discard(coil)
        if how != "fine":
            (self.world.board.jams if how == "jam" else self.world.board.blind).add(coil)

    @rule(name=HOPPERS, after=st.integers(0, 2))
    def spoil_a_payout(self, name: str, after: int) -> None:
        self.world.hoppers[name].stops_after = after

    @rule(name=HOPPERS)
    def lose_sight_of_a_payout(self, name: str) -> None:
        self.world.hoppers[name].cannot_tell = True

    @rule(name=HOPPERS)
    def drop_a_coin_too_many(self, name: str) -> None:
        self.world.hoppers[name].extra = min(1, self.world.hoppers[name].qty)

    @rule(name=HOPPERS, is_low=st.booleans())
    def say_low(self, name: str, is_low: bool) -> None:
        self.world.step(hw.HopperLevel(name, is_low=is_low))

    @rule(name=st.sampled_from(["coin", "hopper-10", "hopper-50", "coils", "printer"]))
    def come_back(self, name: str) -> None:
        kinds = {"coin": hw.DeviceKind.COIN_ACCEPTOR, "coils": hw.DeviceKind.COIL_BOARD}
        self.world.step(hw.DeviceLost(name, kinds.get(name, hw.DeviceKind.HOPPER)))
        self.world.answer(name)

    @rule(at=st.integers(1, 12), value=VALUES)
    def die_while_a_coin_is_dealt_with(self, at: int, value: int) -> None:
        with self.world.cutting(at):
            self.world.coin(value)
        if self.world.ledger is None:
            self.restart()

    @rule(at=st.integers(1, 12), power=st.booleans())
    def die_while_paying_back(self, at: int, power: bool) -> None:
        with self.world.cutting(at):
            self.world.money_back()
        if self.world.ledger is None:
            if power:
                self.world.acceptor.lose_power()
            self.restart()

    def restart(self) -> None:
        self.world.now_ms += 3_000
        self.world.start()

    @precondition(lambda self: self.world.state.debts)
    @rule(data=st.data())
    def type_a_code(self, data: st.DataObject) -> None:
        debt = data.draw(st.sampled_from(sorted(self.world.state.debts)))
        self.world.tap(ev.DebtCodeTyped, debt=debt)

    @rule()
    def break_a_promise(self) -> None:
        self.world.step(ev.PromiseBroken("for the test"))

    @precondition(lambda self: self.world.state.halted_for)
    @rule()
    def release(self) -> None:
        self.world.ask(ev.HaltRelease("clerk"))

    @rule(qty=st.integers(1, 10), name=HOPPERS)
    def fill(self, qty: int, name: str) -> None:
        self.world.ask(ev.ClerkEntered("clerk"))
        if self.world.is_in(Phase.SERVICE):
            self.world.hoppers[name].qty += qty
            self.world.ask(ev.HopperFilled(f"f{self.world.state.seq}", "clerk", name, qty))
            self.world.ask(ev.ClerkLeft("clerk"))

    @rule(slot=SLOTS)
    def count_a_coil(self, slot: str) -> None:
        self.world.ask(
            ev.StockCounted(
                f"s{self.world.state.seq}", "clerk", slot, "count", self.world.board.qty[COILS[slot]]
            )
        )

    @invariant()
    def the_books_close(self) -> None:
        world = self.world
        check(world.state)
        assert world.state.cash.get("box", 0) == world.acceptor.box_minor - self._unread()
        acts = world.physical_acts()
        assert len(acts) == len(set(acts)), "no job is sent twice"
        world._audit_boots()

    def _unread(self) -> int:
        """Coins of an acceptor without counts that lost its power: written down as possibly swallowed, found at a count."""
        world = self.world
        if world.acceptor.totals is None and world.has_swallowed:
            return world.acceptor.box_minor - world.state.cash.get("box", 0)
        return 0

    @invariant()
    def no_shopper_loses(self) -> None:
        world, totals = self.world, self.world.state.totals
        given = world.tray_minor + world.goods_minor() + world.shelf_minor
        kept = totals.owed + totals.held + max(0, totals.suspense)
        assert world.acceptor.box_minor - self._unread() <= given + kept

    def teardown(self) -> None:
        if hasattr(self, "own"):
            assert self.world.verify().problems == ()
            assert replayed(self.world) == self.world.state
            self.world.die()
            self.own.cleanup()


@pytest.mark.rule("MS-I2")
@pytest.mark.rule("MS-I6")
@pytest.mark.rule("MS-I10")
def test_whatever_happens_the_books_close_and_nobody_loses(quick_folder: Path) -> None:
    AnyDay.folder = quick_folder
    run_state_machine_as_test(
        AnyDay, settings=settings(max_examples=20, stateful_step_count=25, deadline=None)
    )


# --- replay ---------------------------------------------------------------------------------------------------------------


def test_a_snapshot_of_the_state_reads_back_as_the_same_state(world: World) -> None:
    world.scan("water")
    world.choose("A1")
    world.coins(100)
    for state in (world.state, replayed(world)):
        assert msgspec.json.decode(msgspec.json.encode(state), type=State) == world.state


def test_every_prefix_of_a_journal_closes_its_books(world: World) -> None:
    world.board.jams.add(2)
    world.choose("A1")
    world.choose("A2")
    world.coins(200, 100)
    world.money_back()
    state = State(epoch=1)
    for entry in recorded(world):
        state = evolve(state, entry)
        check(state)
    assert state == world.state


@pytest.mark.rule("MS-I12")
def test_money_and_order_do_not_depend_on_wall_time(world: World) -> None:
    world.scan("water")
    world.coins(200)
    world.choose("A1")
    world.coins(100)
    world.crash()
    shuffled = [
        f.Recorded(entry.seq, f"19{70 + entry.seq % 30}-01-01T00:00:00.000Z", entry.now_ms, entry.fact)
        for entry in recorded(world)
    ]
    other = replay(State(epoch=1), shuffled)
    assert other.totals == world.state.totals
    assert other.cash == world.state.cash
    assert [(debt.debt, debt.amount_minor) for debt in other.debts.values()] == [
        (debt.debt, debt.amount_minor) for debt in world.state.debts.values()
    ]


def test_ids_are_made_from_the_entry_that_makes_them(world: World) -> None:
    world.choose("A1")
    world.coins(100)
    world.coins(100)
    world.coins(50)
    world.crash()
    for entry in recorded(world):
        own = {
            f.VisitOpened: "visit",
            f.VendStarted: "job",
            f.PayoutStarted: "job",
            f.DebtRecorded: "debt",
        }.get(type(entry.fact))
        if own:
            name = str(getattr(entry.fact, own))
            assert name[1:] == f"1-{entry.seq}", name


# --- what cannot have happened ------------------------------------------------------------------------------------------


def next_entry(world: World, fact: f.Fact) -> f.Recorded:
    return f.Recorded(world.state.seq + 1, "2026-03-02T08:00:00.000Z", world.now_ms, fact)


def test_a_print_of_another_visit_is_no_print_of_this_one(world: World) -> None:
    world.scan("apple")
    world.coins(50)
    before = world.state.last
    after = evolve(world.state, next_entry(world, f.PrintStarted("J9", "V9", "en", is_copy=True)))
    assert after.last == before


def test_a_gap_is_refused(world: World) -> None:
    entry = f.Recorded(world.state.seq + 2, "", 0, f.ScreenSeen())
    with pytest.raises(InvariantBroken, match="without a gap"):
        evolve(world.state, entry)


def sale(total_minor: int, *, receipt_no: int = 1, gross_minor: int | None = None) -> f.SaleClosed:
    line = f.SaleLine(1, "water", "S1", 0, total_minor, "standard")
    part = f.TaxPart("standard", 1900, total_minor if gross_minor is None else gross_minor, 0)
    return f.SaleClosed("V1-22", receipt_no, (line,), total_minor, (part,), is_recovered=False)


@pytest.mark.parametrize(
    ("fact", "promise"),
    [
        (f.VisitOpened("V9", "en", f.Opening.COIN), "one visit at a time"),
        (f.LineRemoved("V9", 1), "belongs to the open visit"),
        (f.LineAdded("V1-22", 9, "water", "S1", "", 0, 150, "standard", 1900), "numbered in order"),
        (f.VendStarted("J", "V1-22", 1, "coils", "A1", 1, "chips", 150), "only when they are paid for"),
        (sale(150), "never negative"),
        (sale(100, receipt_no=7), "receipt numbers have no gap"),
        (sale(100, gross_minor=90), "tax classes cover"),
        (f.PayoutStarted("J", "V1-22", "hopper-50", 0, 50, None), "pays something"),
        (f.PayoutStarted("J", "V1-22", "hopper-50", 3, 50, None), "never more than the credit"),
        (f.PayoutEnded("J", "V1-22", "hopper-50", 50, 2, 2, None, "", is_recovered=False), "open payout"),
        (f.PayoutLost("J", "V1-22", "hopper-50", 50, 2, ""), "was open"),
        (
            f.VendEnded(
                "J", "V1-22", 1, "A1", "chips", f.VendOutcome.FAILED, "", seen=False, is_recovered=False
            ),
            "open vend",
        ),
        (f.DebtRecorded("D", "V1-22", 110, "short", is_certain=True, job=""), "was held"),
        (f.DebtRecorded("D", "V1-22", 0, "short", is_certain=True, job=""), "was held"),
        (f.VisitSettled("V1-22"), "no credit left"),
        (f.CashHandedOver("D", 100, "clerk"), "closed once"),
        (f.GoodwillGranted("D", "C", 0, "owner"), "gives something"),
        (f.ClaimRefused("C", "owner", "no"), "decided once"),
        (f.CashCollected("t", "clerk", "B", "box", 5, 5), "what the book says"),
    ],
)
def test_a_fact_that_cannot_follow_breaks_a_promise(world: World, fact: f.Fact, promise: str) -> None:
    world.choose("A1")
    world.coins(100)
    assert world.visit.visit == "V1-22"
    with pytest.raises(InvariantBroken, match=promise):
        evolve(world.state, next_entry(world, fact))


@pytest.mark.parametrize(
    "fact",
    [
        f.VendStarted("J", "V1-22", 1, "coils", "A1", 1, "chips", 150),
        f.PayoutStarted("J", "V1-22", "hopper-50", 1, 50, None),
    ],
)
def test_a_second_job_is_never_opened(world: World, fact: f.Fact) -> None:
    world.choose("A1")
    world.holds = True
    world.coins(100, 50)
    assert world.state.vend is not None
    with pytest.raises(InvariantBroken, match="one job at a time"):
        evolve(world.state, next_entry(world, fact))


def test_a_payout_ends_with_no_more_coins_than_it_asked_for(world: World) -> None:
    world.coins(100)
    world.holds = True
    world.money_back()
    job = world.state.payout
    assert job is not None
    ended = f.PayoutEnded(
        job.job, world.visit.visit, job.device, 50, job.qty, job.qty + 1, None, "", is_recovered=False
    )
    with pytest.raises(InvariantBroken, match="0 to all of its coins"):
        evolve(world.state, next_entry(world, ended))


def test_an_uncertain_debt_is_not_redeemed(world: World) -> None:
    world.board.blind.add(1)
    world.choose("A1")
    world.coins(100, 50)
    (debt,) = world.state.debts
    world.coins(10)
    with pytest.raises(InvariantBroken, match="uncertain debt"):
        evolve(world.state, next_entry(world, f.DebtRedeemed(debt, world.visit.visit, 150)))


@pytest.mark.parametrize(
    "totals",
    [
        Totals(taken=1),
        Totals(taken=1, held=1),
        Totals(taken=1, owed=1),
    ],
)
def test_totals_that_do_not_close_break_a_promise(totals: Totals) -> None:
    with pytest.raises(InvariantBroken):
        check(State(totals=totals))


def test_an_empty_box_is_the_least_a_box_can_hold() -> None:
    with pytest.raises(InvariantBroken, match="less than nothing"):
        check(State(cash={"box": -1}))
