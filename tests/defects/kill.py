"""One run of one harness, as a command: ends with 1 and names what is wrong with the money, or with 0.

    python -m tests.defects.kill T1 --seed 1 --sales 60 --cuts --mishaps hopper_mute=300
    python -m tests.defects.kill T2 --scenario coil --store-step 3 --byte-step 40

It runs in the folder of the product that it tests: a copy with a planted defect, or the product itself.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from kiosk.invariant import InvariantBroken
from kiosk.runtime.door import TillBusyError
from kiosk.simulation.run import Order, Trade
from kiosk.simulation.world import StuckError
from tests.defects.stories import STORIES, tell
from tests.simulation.cuts import Plan, cut_scenario
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.store_story import record
from tests.simulation.test_store_cuts import lost

WRONG = "wrong: "
"""Begins each line that says what is wrong with the money."""

MOST_LINES = 8

AFTERWARDS_MS = 45_000
"""Jobs whose device has gone are given up after 30 s; then everything is said that will be said."""


def parser() -> argparse.ArgumentParser:
    """What can be asked for."""
    made = argparse.ArgumentParser(prog="python -m tests.defects.kill")
    harness = made.add_subparsers(dest="harness", required=True)
    trade = harness.add_parser("T1", help="trade on virtual time")
    trade.add_argument("--seed", type=int, default=1)
    trade.add_argument("--sales", type=int, default=60)
    trade.add_argument("--cuts", action="store_true")
    trade.add_argument("--mishaps", default="none")
    trade.add_argument("--look-every", type=int, default=20, help="visits between two audits")
    cuts = harness.add_parser("T2", help="cut a scenario")
    cuts.add_argument("--scenario", choices=sorted(SCENARIOS), required=True)
    cuts.add_argument("--store-step", type=int, default=1)
    cuts.add_argument("--byte-step", type=int, default=1)
    cuts.add_argument("--offset", type=int, default=0)
    cuts.add_argument("--seconds", type=float, default=None)
    store = harness.add_parser("T3", help="cut the store's own story")
    store.add_argument("--seed", type=int, default=1)
    store.add_argument("--step", type=int, default=5, help="every so-many-th operation")
    story = harness.add_parser("STORY", help="tell a story of tests/defects/stories.py")
    story.add_argument("names", nargs="+", choices=sorted(STORIES))
    return made


def look(trading: Trade) -> tuple[str, ...]:
    """What the auditor says once everything has come to its end."""
    if trading.order.profile != "none":
        trading.world.run_for(AFTERWARDS_MS)
    trading.world.settle()
    return trading.audit().problems


def trade(order: Order, look_every: int) -> tuple[str, tuple[str, ...]]:
    """T1: what was done, and what is wrong. The auditor looks in every few visits, so that a defect is told soon."""
    trading = Trade(order)
    problems: tuple[str, ...] = ()
    try:
        trading.open()
        index = 0
        while trading.sales < order.sales and index < 4 * order.sales and not problems:
            trading.visit(index)
            index += 1
            if index % look_every == 0:
                problems = look(trading)
        if not problems:
            trading.world.disarm()
            problems = look(trading)
            trading.world.stop()
            problems += trading.audit().problems
    except StuckError as error:
        problems = (f"the world stuck: {error}",)
    except TillBusyError as error:
        problems = (f"the till says {error}, and goes on",)
    except InvariantBroken as error:
        problems = (f"the till ended by a broken promise: {error}",)
    told = (
        f"{trading.sales} sales, {trading.world.totals.cuts} cuts, {sum(trading.doses.met.values())} mishaps"
    )
    return told, problems


def cut(scenario: str, plan: Plan, seconds: float | None) -> tuple[str, tuple[str, ...]]:
    """T2: the same."""
    until = None if seconds is None else time.monotonic() + seconds
    ending = cut_scenario(scenario, plan, until=until)
    return f"{ending.cuts} cuts, {ending.uncertain} uncertain debts", tuple(ending.problems)


def cut_store(seed: int, step: int) -> tuple[str, tuple[str, ...]]:
    """T3: the same."""
    with tempfile.TemporaryDirectory(prefix="kiosk-store-") as folder:
        batches = record(Path(folder))
    cuts, problems = lost(batches, "", seed=seed, step=step)
    return f"{cuts} cuts", tuple(problems)


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for, and say what is wrong; 1 when anything is."""
    asked = parser().parse_args(arguments)
    began = time.monotonic()
    if asked.harness == "T1":
        order = Order(asked.seed, asked.sales, cuts=asked.cuts, profile=asked.mishaps)
        done, problems = trade(order, asked.look_every)
    elif asked.harness == "T3":
        done, problems = cut_store(asked.seed, asked.step)
    elif asked.harness == "STORY":
        done = f"{len(asked.names)} stories"
        problems = tuple(f"{name}: {problem}" for name in asked.names for problem in tell(name))
    else:
        plan = Plan(
            store_step=asked.store_step,
            byte_step=asked.byte_step,
            offset=asked.offset,
        )
        done, problems = cut(asked.scenario, plan, asked.seconds)
    print(f"{done}, {len(problems)} problems, {time.monotonic() - began:.1f} s")
    for problem in problems[:MOST_LINES]:
        print(WRONG + problem.strip().replace("\n", " | "))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
