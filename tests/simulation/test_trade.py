"""A market that trades from one seed: the same bytes every time, nothing unaccounted, and an auditor who notices."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from click.testing import CliRunner

from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.market import ACCEPTOR
from kiosk.simulation.run import Order, Outcome, Trade, shortest, simulate
from kiosk.simulation.world import Moment
from tests.nightly.portions import Result
from web.simulate_command import simulate_command

ROOT = Path(__file__).parents[2]

TELL = (
    "import json; from kiosk.simulation.run import Order, simulate;"
    "o = simulate(Order(seed=5, sales=12, cuts=True, profile='usual'));"
    "print(json.dumps([o.head, o.counted.digest, list(o.problems), o.totals.cuts]))"
)


def told(hash_seed: str) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", TELL],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    answer: list[object] = json.loads(done.stdout)
    return answer


def test_equal_seeds_give_equal_bytes_in_every_process() -> None:
    first, second = told("1"), told("2")
    assert first == second
    assert first[2] == []
    assert first[3]


def test_no_cent_is_unaccounted_where_nothing_goes_wrong() -> None:
    outcome = simulate(Order(seed=2, sales=25))
    assert outcome.problems == ()
    assert outcome.sales == 25
    assert outcome.counted is not None
    accounts = outcome.counted.accounts
    assert (accounts.unaccounted_minor, accounts.suspense_minor, accounts.uncertain_owed_minor) == (0, 0, 0)
    assert outcome.totals.cuts == 0
    assert outcome.frames > 25 * 20


def test_no_cent_is_unaccounted_where_the_power_fails_in_every_fourth_visit() -> None:
    outcome = simulate(Order(seed=3, sales=40, cuts=True))
    assert outcome.problems == ()
    assert outcome.totals.cuts >= 10
    assert outcome.counted is not None
    assert outcome.counted.marks["boot_unclean"] >= 10
    assert outcome.counted.marks["debt_uncertain"] <= outcome.totals.cuts


class Robbed(Trade):
    """After the tenth visitor somebody takes a coin out of the box, past every sensor and every entry."""

    def visit(self, index: int) -> None:
        super().visit(index)
        acceptor = self.world.body(ACCEPTOR, CoinAcceptorSim)
        box = acceptor._cash_box
        if index == 9:
            position = min(position for position, qty in box.items() if qty)
            box[position] -= 1
            acceptor._collected[position] += 1


def robbed(order: Order) -> Outcome:
    return simulate(order, market=lambda each, tells: Robbed(each, tells=tells))


def test_a_stolen_coin_is_told_and_its_story_made_short() -> None:
    failed = robbed(Order(seed=4, sales=15))
    assert not failed.is_good
    assert failed.counted is not None
    assert failed.counted.accounts.unaccounted_minor == 10
    story = shortest(failed, seconds=30.0, again=robbed)
    assert not story.is_good
    assert 9 in story.visits
    assert len(story.visits) <= 3


def test_a_long_order_is_split_among_kiosks_that_share_nothing() -> None:
    orders = Order(seed=1, sales=1_201, cuts=True).split()
    assert [order.sales for order in orders] == [401, 400, 400]
    assert len({order.stream for order in orders}) == 3
    assert orders[0].stream == "1"
    assert len(Order(seed=1, sales=1_201, visits=(3, 4)).split()) == 1


def command(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(simulate_command, arguments)
    return done.exit_code, done.output


def test_the_command_counts_and_replays_in_words() -> None:
    code, said = command("--seed", "6", "--sales", "4", "--cuts", "--replay")
    assert code == 0
    assert "0 cents unaccounted, 0 pieces unaccounted" in said
    assert "uncertain owed, ever" in said
    assert "A coin of" in said
    assert "the clerk comes" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mishaps", "earthquake"), "no mishap 'earthquake'"),
        (("--visits", "one"), "visit numbers with commas"),
        (("--sales", "2000", "--replay"), "a replay tells of one kiosk"),
    ],
)
def test_a_wrong_wish_is_answered_in_words(arguments: tuple[str, ...], words: str) -> None:
    code, said = command(*arguments)
    assert code == 2
    assert words in said


def portion(name: str, seed: int) -> Result:
    """In a process of its own: the cuts fork."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tests.nightly.portions", name, str(seed)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return Result.of_json(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("seed", [1, 3])
def test_a_scenario_is_cut_where_the_store_writes_and_where_bytes_pass(seed: int) -> None:
    result = portion("cuts", seed)
    assert result.problems == []
    assert result.counts[f"at_{Moment.STORE}"] >= 3
    assert result.counts[f"at_{Moment.BYTE}"] >= 3
    assert result.marks["boot_unclean"]


def test_a_world_that_is_over_leaves_nothing_behind() -> None:
    trade = Trade(Order(seed=5, sales=0))
    trade.open()
    trade.visit(0)
    world = weakref.ref(trade.world)
    del trade
    gc.collect()
    assert world() is None
