"""The books against what is physically there: a whole simulated world, and every way a count can differ."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kiosk.audit.report import AuditReport, LevelDiffers, Window
from kiosk.audit.walk import audit_journal
from kiosk.simulation.auditor import Accounts, CashCount, PhysicalCount, audit_world
from kiosk.simulation.count import count_world
from kiosk.simulation.disk import Disk
from kiosk.simulation.people import Crowd
from kiosk.simulation.storage import ForgetfulStorage
from kiosk.simulation.world import Cut, Moment, World


@dataclass(frozen=True)
class Counted:
    """A world at rest: what its journal says and what lies in it."""

    report: AuditReport
    count: PhysicalCount

    def accounts(self) -> Accounts:
        return audit_world(self.report, self.count)


def trade(folder: Path, seed: str, shoppers: int, *, cuts: int = 0) -> Counted:
    """So many shoppers come; at every ``cuts``-th of them the power fails somewhere."""
    world = World(seed, ForgetfulStorage(Disk(1)))
    crowd = Crowd(world)
    dice = random.Random(seed)
    world.start()
    crowd.clerk(0)
    for number in range(shoppers):
        if cuts and number % cuts == 0:
            world.arm(Moment.BYTE, dice.randrange(1, 4_000), dice.choice(list(Cut)))
        crowd.shopper(number)
    path = folder / "kiosk.db"
    world.storage.export(path)
    return Counted(audit_journal(path), count_world(world, crowd))


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """A quiet morning without faults."""
    return trade(tmp_path_factory.mktemp("morning"), "morning", 12)


def box(counted: Counted, minor: int, **changes: object) -> PhysicalCount:
    """The same count with so much more in the cash box, brought in by somebody."""
    (there,) = [each for each in counted.count.cash if each.container == "box"]
    others = tuple(each for each in counted.count.cash if each.container != "box")
    more = replace(there, minor=there.minor + minor, **changes)  # type: ignore[arg-type]  # fields of a count
    return replace(counted.count, cash=(more, *others), brought_minor=counted.count.brought_minor + minor)


def window(entry: str, qty: int, *, is_collected: bool = False) -> Window:
    return Window(entry, "", "", "coins", qty, "acceptor_restarted", is_collected)


def test_a_morning_without_faults_leaves_nothing_unaccounted_and_nothing_to_explain(morning: Counted) -> None:
    accounts = morning.accounts()
    assert morning.report.figures.sales > 5
    assert (accounts.problems, accounts.explanations) == ((), ())
    assert (accounts.unaccounted_minor, accounts.unaccounted_pieces) == (0, 0)
    assert (accounts.suspense_minor, accounts.uncertain_owed_minor, accounts.goodwill_minor) == (0, 0, 0)


def test_a_morning_of_power_cuts_leaves_nothing_unaccounted(tmp_path: Path) -> None:
    counted = trade(tmp_path, "cuts", 24, cuts=2)
    assert counted.report.figures.boots_unclean > 5
    accounts = counted.accounts()
    assert accounts.problems == ()
    assert (accounts.unaccounted_minor, accounts.unaccounted_pieces) == (0, 0)


@pytest.mark.parametrize("minor", [-100, 100])
def test_a_coin_too_few_or_too_many_in_the_box_is_unaccounted(morning: Counted, minor: int) -> None:
    accounts = audit_world(morning.report, box(morning, minor))
    assert accounts.unaccounted_minor == 100
    side = "more" if minor > 0 else "less"
    assert accounts.problems == (f"box holds 1.00 EUR {side} than the books can explain",)


def test_a_window_explains_as_many_coins_as_it_can_hold_and_no_more(morning: Counted) -> None:
    report = replace(morning.report, windows=(window("1-9", 1),))
    accounts = audit_world(report, box(morning, 200))
    assert (accounts.unaccounted_minor, accounts.swallowed_minor) == (0, 200)
    assert accounts.explanations[0].entries == ("1-9",)
    assert audit_world(report, box(morning, 250)).unaccounted_minor == 50


def test_a_window_of_a_note_validator_explains_a_note_in_its_stacker_and_nothing_in_the_box(
    morning: Counted,
) -> None:
    report = replace(morning.report, windows=(replace(window("1-9", 1), device="notes"),))
    stacker = CashCount("stacker.notes", 1_000)
    count = replace(
        morning.count,
        cash=(*morning.count.cash, stacker),
        brought_minor=morning.count.brought_minor + 1_000,
        largest_note_minor=2_000,
    )
    accounts = audit_world(report, count)
    assert (accounts.unaccounted_minor, accounts.swallowed_minor) == (0, 1_000)
    assert accounts.explanations[0].entries == ("1-9",)
    assert audit_world(report, replace(count, largest_note_minor=500)).unaccounted_minor == 500
    in_box = replace(box(morning, 100), cash=(*box(morning, 100).cash, CashCount("stacker.notes", 0)))
    assert audit_world(report, in_box).unaccounted_minor == 100


def test_a_window_explains_no_coin_that_is_missing_and_none_after_the_box_was_emptied(
    morning: Counted,
) -> None:
    assert (
        audit_world(
            replace(morning.report, windows=(window("1-9", 1),)), box(morning, -100)
        ).unaccounted_minor
        == 100
    )
    emptied = replace(morning.report, windows=(window("1-9", 1, is_collected=True),))
    assert audit_world(emptied, box(morning, 100)).unaccounted_minor == 100


def test_what_the_world_did_in_secret_is_told_apart_from_the_books(morning: Counted) -> None:
    accounts = audit_world(morning.report, box(morning, 100, hidden_minor=100))
    assert (accounts.unaccounted_minor, accounts.hidden_minor) == (0, 100)


@pytest.mark.parametrize(
    ("box_name", "lacking", "unaccounted"),
    [("box", -100, 0), ("", -100, 200), ("box", -150, 50), ("box", -40, 60)],
)
def test_what_a_hand_took_and_the_device_believed_to_move_is_lacking_where_it_went(
    morning: Counted, box_name: str, lacking: int, unaccounted: int
) -> None:
    hopper = next(count for count in morning.count.cash if count.container.startswith("hopper."))
    robbed = replace(hopper, hidden_minor=-100, box=box_name)
    cash = tuple(
        robbed
        if count is hopper
        else replace(count, minor=count.minor + lacking * (count.container == "box"))
        for count in morning.count.cash
    )
    accounts = audit_world(morning.report, replace(morning.count, cash=cash, shoppers=()))
    assert accounts.unaccounted_minor == unaccounted


@pytest.mark.parametrize(
    ("minor", "typed", "unaccounted"),
    [(-100, 2, 0), (-100, 1, 50), (-100, -2, 100), (100, -2, 0), (100, -1, 50), (100, 2, 100)],
)
def test_a_refill_that_is_typed_in_or_counted_explains_as_much_as_it_is_worth(
    morning: Counted, minor: int, typed: int, unaccounted: int
) -> None:
    name = "hopper.hopper-50"
    cash = tuple(
        replace(count, minor=count.minor + minor) if count.container == name else count
        for count in morning.count.cash
    )
    tube = LevelDiffers("hopper-50", 0, 0, 50, typed)
    accounts = audit_world(
        replace(morning.report, levels=(tube,)), replace(morning.count, cash=cash, shoppers=())
    )
    assert accounts.unaccounted_minor == unaccounted


def test_a_container_that_nobody_counted_is_unaccounted(morning: Counted) -> None:
    count = replace(morning.count, cash=(CashCount("box", 0),), shoppers=())
    accounts = audit_world(morning.report, count)
    assert accounts.unaccounted_minor >= sum(morning.report.cash.values())
    assert sum("nobody counted it" in problem for problem in accounts.problems) == 3


@pytest.mark.parametrize(
    ("minor", "words"), [(30, "lost 0.30 EUR"), (-30, "got beyond what is theirs 0.30 EUR")]
)
def test_each_shopper_is_counted_alone(morning: Counted, minor: int, words: str) -> None:
    first, second, *others = morning.count.shoppers[1:]
    cheated = replace(first, put_in_minor=first.put_in_minor + minor)
    lucky = replace(second, put_in_minor=second.put_in_minor - minor)
    count = replace(morning.count, shoppers=(morning.count.shoppers[0], cheated, lucky, *others))
    accounts = audit_world(morning.report, count)
    assert accounts.unaccounted_minor == 60
    assert f"shopper {first.name} {words}, unexplained" in accounts.problems


def test_a_window_explains_a_shoppers_loss_only_in_their_own_time_and_only_once(morning: Counted) -> None:
    first, second, *others = morning.count.shoppers[1:]
    lost = [replace(each, put_in_minor=each.put_in_minor + 200) for each in (first, second)]
    count = replace(box(morning, 400), shoppers=(morning.count.shoppers[0], *lost, *others))
    count = replace(count, brought_minor=morning.count.brought_minor)
    epoch, seq = first.from_entry
    report = replace(morning.report, windows=(window(f"{epoch}-{seq + 1}", 2),))
    accounts = audit_world(report, count)
    assert accounts.problems == (f"shopper {second.name} lost 2.00 EUR, unexplained",)
    assert accounts.unaccounted_minor == 200


def test_a_count_that_does_not_add_up_in_itself_is_said_to_be_wrong(morning: Counted) -> None:
    accounts = audit_world(morning.report, replace(morning.count, strays_minor=10))
    assert accounts.unaccounted_minor == 10
    assert "the count itself is wrong" in accounts.problems[0]


@pytest.mark.parametrize(("step", "side"), [(1, "more"), (-1, "fewer")])
def test_a_piece_too_many_or_too_few_is_unaccounted(morning: Counted, step: int, side: str) -> None:
    first, *others = morning.count.goods
    count = replace(morning.count, goods=(replace(first, qty=first.qty + step), *others))
    accounts = audit_world(morning.report, count)
    assert accounts.unaccounted_pieces == 1
    assert accounts.problems == (f"slot {first.slot} holds 1 piece(s) {side} than the books can explain",)
    told = replace(count, goods=(replace(count.goods[0], gone_qty=-step), *others))
    assert audit_world(morning.report, told).unaccounted_pieces == 0


def test_the_reports_own_problems_are_taken_over(morning: Counted, tmp_path: Path) -> None:
    report = replace(morning.report, problems=audit_of_nothing(tmp_path).problems)
    assert "it holds no entries at all" in audit_world(report, morning.count).problems[0]


def audit_of_nothing(folder: Path) -> AuditReport:
    storage = ForgetfulStorage(Disk(1))
    world = World("empty", storage)
    world.start()
    path = folder / "empty.db"
    storage.export(path)
    with sqlite3.connect(path) as database:
        database.execute("DROP TRIGGER journal_never_delete")
        database.execute("DELETE FROM journal")
    return audit_journal(path)
