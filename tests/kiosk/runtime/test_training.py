"""Practice at the kiosk: a whole visit by the real rules, of which nothing is real and no book hears."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from hardware import events as hw
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import accepted_positions
from kiosk.core.draft import Notice
from kiosk.core.screen import View
from kiosk.core.state import Phase
from kiosk.fleet.audit import audit_of
from kiosk.fleet.books import write_postings
from kiosk.fleet.evadts import write_file
from kiosk.money import Currency
from kiosk.runtime.rehearsal import ANSWER_MS
from kiosk.store import models
from tests.kiosk.ledger_world import World
from tests.kiosk.world import fresh

TAPS = count()
NUMBERS = count()
LONG_MS = 700_000
"""More than an unattended service screen stays open."""

TOLD = {"journal", "deed", "person", "checkpoint", "snapshot"}
"""Tables that say that something was done and by whom, and no figure; a snapshot copies the state, which is compared itself."""


@pytest.fixture
def world(quick_folder: Path, template: Path) -> Iterator[World]:
    """A kiosk that has sold, with a clerk at it who lets somebody practise."""
    made = World(fresh(quick_folder / f"training-{next(NUMBERS)}", template))
    made.sale()
    made.done()
    made.ask(ev.ClerkEntered("sami"))
    yield made
    made.close()


def begin(world: World) -> None:
    assert world.ask(ev.TrainingAsked("sami")).notice.key == "training_began"
    world.sent.clear()


def touch(world: World, kind: type[ev.Tap], **values: Any) -> Notice:
    """A finger on the screen that is shown."""
    return world.ask(kind(tap=f"practice-{next(TAPS)}", screen=world.screen().version, **values)).notice


def answer(world: World) -> None:
    """Every pretended device answers."""
    for _ in range(4):
        world.wait(ANSWER_MS)


def visit(world: World, *values_minor: int) -> None:
    """A practised visit: a cola from its coil."""
    touch(world, ev.SlotChosen, slot="A1")
    for value_minor in values_minor:
        assert touch(world, ev.PretendedCoin, value_minor=value_minor).is_refusal is False
    answer(world)
    assert world.screen().view is View.THANKS
    touch(world, ev.DoneTapped)


def path_of(world: World) -> Path:
    return Path(world.url.removeprefix("sqlite:///"))


def practised(world: World) -> list[f.TrainingSettled]:
    return [each.fact for each in world.recorded() if isinstance(each.fact, f.TrainingSettled)]


def last(world: World) -> f.Fact:
    return world.recorded()[-1].fact


def figures(world: World) -> dict[str, object]:
    """Every figure there is: the till's own, each table's, the trade's meters, the accountant's file, the auditor's."""
    state, postings = world.state, io.StringIO()
    write_postings(world.entries(), Currency("EUR", 2), postings)
    tables = [table for table in models.metadata.sorted_tables if table.name not in TOLD]
    meters = write_file(audit_of(iter(world.recorded())))
    return {
        "till": (state.totals, state.trade, state.cash, state.pieces, state.hoppers, state.receipt_no),
        "goods": (state.coils, state.lots, state.debts, state.meters, state.visit),
        "tables": {
            table.name: world.rows(f'SELECT * FROM "{table.name}"') for table in tables
        },  # our own names
        "meters": meters,
        "postings": postings.getvalue(),
        "auditor": audit_journal(path_of(world)).figures,
    }


def test_a_practised_visit_moves_nothing_and_stands_in_no_figure(world: World) -> None:
    begin(world)
    before = figures(world)
    visit(world, 200)
    assert world.sent == [], "no coil turned, no hopper paid, nothing was printed"
    assert figures(world) == before
    (settled,) = practised(world)
    assert (settled.number, settled.total_minor, settled.coins_minor, settled.back_minor) == (1, 150, 200, 50)
    assert ([line.sku for line in settled.lines], settled.is_finished) == (["COLA"], True)
    assert world.ask(ev.TrainingLeft("sami")).notice.key == "training_ended"
    assert (world.screen().view, world.screen().training) == (View.SERVICE, None)
    assert figures(world) == before


def test_a_day_close_after_practice_says_what_was_really_sold(world: World) -> None:
    begin(world)
    visit(world, 200)
    world.ask(ev.DayCloseAsked("close", "parvin"))
    closed = last(world)
    assert isinstance(closed, f.DayClosed)
    assert (closed.period.sales, closed.period.gross_minor, closed.period.coins_minor) == (1, 150, 200)
    assert (closed.perpetual.pieces, closed.perpetual.change_minor, closed.perpetual.coil_tests) == (1, 50, 0)


def test_a_day_close_counts_what_was_practised_since_the_last_one_and_ever_apart_from_sales(
    world: World,
) -> None:
    begin(world)
    visit(world, 200)
    visit(world, 200)
    for token, since in (("first", (2, 300)), ("second", (0, 0))):
        world.ask(ev.DayCloseAsked(token, "parvin"))
        closed = last(world)
        assert isinstance(closed, f.DayClosed)
        assert (closed.practice, closed.practice_ever) == (f.Practice(*since), f.Practice(2, 300))
    visit(world, 200)
    world.ask(ev.DayCloseAsked("third", "parvin"))
    closed = last(world)
    assert isinstance(closed, f.DayClosed)
    assert (closed.practice, closed.practice_ever) == (f.Practice(1, 150), f.Practice(3, 450))
    assert (closed.period.sales, closed.perpetual.sales) == (0, 1)
    assert audit_journal(path_of(world)).problems == ()


def test_practised_visits_have_a_counter_of_their_own_that_goes_on_in_the_next_training(world: World) -> None:
    receipts = world.state.receipt_no
    for _ in range(2):
        begin(world)
        visit(world, 100, 50)
        world.ask(ev.TrainingLeft("sami"))
    told = [(each.number, each.perpetual_minor) for each in practised(world)]
    assert told == [(1, 150), (2, 300)]
    assert world.state.receipt_no == receipts
    ends = [each.fact for each in world.facts(f.TrainingEnded)]
    assert [getattr(end, "visits", 0) for end in ends] == [1, 1]
    assert audit_journal(path_of(world)).problems == ()


def test_the_next_coil_jams_when_it_is_told_to_and_the_money_comes_back(world: World) -> None:
    begin(world)
    assert touch(world, ev.PretendedJam, is_next=True).key == "jam_next"
    assert world.screen().training is not None
    touch(world, ev.SlotChosen, slot="A1")
    touch(world, ev.PretendedCoin, value_minor=200)
    answer(world)
    assert world.screen().failed_slots == ("A1",)
    touch(world, ev.MoneyBackTapped)
    answer(world)
    (settled,) = practised(world)
    assert (settled.undelivered, settled.total_minor, settled.back_minor) == (1, 0, 200)
    touch(world, ev.DoneTapped)
    visit(world, 200)
    assert practised(world)[-1].undelivered == 0, "only the next one"


def test_what_may_be_put_in_is_decided_as_for_shoppers(world: World) -> None:
    begin(world)
    assert touch(world, ev.PretendedCoin, value_minor=7).key == "not_now", "there is no such coin"
    assert touch(world, ev.PretendedNote, value_minor=500).key == "not_now", "this kiosk takes no notes"
    assert touch(world, ev.PretendedCard).key == "not_now"
    assert touch(world, ev.CloseTapped).key == "nothing_chosen"


def test_no_real_coin_is_welcome_meanwhile_and_one_that_comes_is_told_and_ends_nothing(world: World) -> None:
    assert accepted_positions(world.state, world.till._shop.rules)["coins"] != ()
    begin(world)
    assert accepted_positions(world.state, world.till._shop.rules)["coins"] == ()
    world.coin(100)
    assert isinstance(last(world), f.CoinTested)
    shown = world.screen()
    assert shown.training is not None
    assert shown.notice is not None
    assert (shown.notice.key, shown.held_minor) == ("training_real_coin", 0)


def test_a_scan_is_practised_too(world: World) -> None:
    begin(world)
    entries = len(world.entries())
    world.tell(hw.CodeScanned("scanner", "06260441801411", "E0"))
    assert [line.sku for line in world.screen().lines] == ["COLA"]
    assert len(world.entries()) == entries


def test_only_who_is_signed_in_begins_and_a_second_wish_begins_nothing(world: World) -> None:
    begin(world)
    assert world.ask(ev.TrainingAsked("sami")).notice.key == "in_training"
    assert world.ask(ev.HopperFilled("fill", "sami", "hopper-10", 5)).notice.key == "in_training"
    world.ask(ev.ClerkLeft("sami"))
    assert [type(each.fact) for each in world.recorded()][-2:] == [f.TrainingEnded, f.ServiceEnded]
    assert world.ask(ev.TrainingAsked("sami")).notice.key == "not_in_service"
    assert world.ask(ev.TrainingLeft("sami")).notice.key == "not_in_training"


def test_a_tap_of_practice_means_nothing_to_the_till_and_the_other_way_round(world: World) -> None:
    real = world.screen().version
    begin(world)
    pretended = world.screen().version
    assert world.ask(ev.SlotChosen("stale-1", real, "A1")).notice.key == "stale_tap"
    assert world.ask(ev.PretendedCoin("stale-2", real, 100)).notice.key == "stale_tap"
    world.ask(ev.ClerkLeft("sami"))
    assert world.state.phase is Phase.IDLE
    assert world.ask(ev.SlotChosen("stale-3", pretended, "A1")).notice.key == "stale_tap"
    assert world.ask(ev.PretendedCoin("stale-4", pretended, 100)).notice.key == "not_in_training"


def test_a_code_of_real_money_is_not_heard_in_practice(world: World) -> None:
    begin(world)
    assert touch(world, ev.DebtCodeTyped, debt="D1-5").key == "not_while_training"


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (ev.TrainingLeft("sami"), f.TrainingEnd.ASKED),
        (ev.HaltAsked("sami"), f.TrainingEnd.HALTED),
        (ev.StopAsked(), f.TrainingEnd.STOPPED),
        (ev.PromiseBroken("the books close"), f.TrainingEnd.HALTED),
        (ev.TrainingBroke(), f.TrainingEnd.BROKEN),
    ],
)
def test_an_end_in_the_middle_of_a_visit_writes_both_down(
    world: World, end: ev.Event, reason: f.TrainingEnd
) -> None:
    begin(world)
    touch(world, ev.SlotChosen, slot="A1")
    world.tell(end)
    (settled,) = practised(world)
    assert (settled.is_finished, settled.total_minor, settled.number) == (False, 0, 1)
    (ended,) = [each.fact for each in world.facts(f.TrainingEnded)]
    assert isinstance(ended, f.TrainingEnded)
    assert (ended.reason, ended.visits, ended.clerk) == (reason, 1, "sami")


def test_nobody_touches_it_and_it_ends_with_the_clerks_time(world: World) -> None:
    begin(world)
    touch(world, ev.SlotChosen, slot="A1")
    world.clock.move(LONG_MS)
    world.tell()
    world.tell()
    kinds = [type(each.fact) for each in world.recorded()]
    assert kinds[-3:] == [f.TrainingSettled, f.TrainingEnded, f.ServiceEnded]
    assert (world.state.phase, world.screen().training) == (Phase.IDLE, None)


def test_touches_of_practice_keep_the_clerks_time_running(world: World) -> None:
    begin(world)
    for _ in range(3):
        world.clock.move(LONG_MS // 2)
        touch(world, ev.Touched)
        world.tell()
    assert world.screen().training is not None


def test_after_a_power_cut_the_training_is_over_and_the_journal_says_so(world: World) -> None:
    begin(world)
    visit(world, 200)
    touch(world, ev.SlotChosen, slot="A1")
    world.cut_power()
    world.identify()
    ends = [each.fact for each in world.facts(f.TrainingEnded)]
    assert ends == [f.TrainingEnded(ends[0].training, "sami", f.TrainingEnd.POWER, 1)]  # type: ignore[attr-defined]
    assert (world.state.phase, world.screen().training, world.state.training.number) == (Phase.IDLE, None, 1)
    assert world.sent == []


def test_a_training_cut_by_a_broken_promise_is_ended_before_the_next_service(world: World) -> None:
    """The halt itself may have failed to say so: its entry is then alone."""
    begin(world)
    world.till._state = structs.replace(world.state, phase=Phase.HALTED, halted_for="x", clerk="")
    world.ask(ev.ClerkEntered("parvin"))
    kinds = [type(each.fact) for each in world.recorded()]
    assert kinds[-2:] == [f.TrainingEnded, f.ServiceStarted]


@pytest.mark.parametrize("moment", ["a touch", "an answer"])
def test_practice_that_contradicts_itself_ends_and_the_till_goes_on(world: World, moment: str) -> None:
    begin(world)
    touch(world, ev.SlotChosen, slot="A1")
    rehearsal = world.till._rehearsal
    assert rehearsal is not None
    if moment == "an answer":
        touch(world, ev.PretendedCoin, value_minor=200)
    totals = structs.replace(rehearsal.state.totals, taken=rehearsal.state.totals.taken + 1)
    rehearsal.state = structs.replace(rehearsal.state, totals=totals)
    if moment == "a touch":
        assert touch(world, ev.PretendedCoin, value_minor=100).key == "training_broke"
    else:
        answer(world)
    assert [each.fact.reason for each in world.facts(f.TrainingEnded)] == [f.TrainingEnd.BROKEN]  # type: ignore[attr-defined]
    assert (world.state.phase, world.state.halted_for, world.screen().view) == (
        Phase.SERVICE,
        "",
        View.SERVICE,
    )


def test_a_training_waits_until_coils_and_moves_rest(world: World) -> None:
    world.ask(ev.CoilTestAsked("try", "sami", "A1"))
    assert world.ask(ev.TrainingAsked("sami")).notice.key == "test_runs"
