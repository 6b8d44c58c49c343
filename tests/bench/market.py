"""MS, money safety: a simulated market with the real drivers and the durable journal, and cut-and-recover beside it.

Seconds are processor seconds of this process, so that other work on the machine says less. The anchor is a fixed piece of plain
Python, run in between: a slower or busier machine slows both.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from typing import Final

from kiosk.simulation.run import TYPICAL, Order, Trade
from kiosk.simulation.world import Cut, Moment
from tests.bench.counter import NotSellingError
from tests.bench.table import Progress, Row, percentile

SALES_GOAL: Final = 150
CUTS_GOAL: Final = 100
"""Per second and core."""

SEED: Final = 1
ANCHOR_STEPS: Final = 20_000
ANCHOR_EVERY: Final = 10
"""Visits between two runs of the anchor."""

CHECK_EVERY: Final = 20
"""Visits between two counts of everything: a count reads the whole journal."""


class _Anchor:
    """Plain Python: attribute, call, small dictionary, bytes; what a simulated step is made of."""

    def __init__(self) -> None:
        """Nothing was counted."""
        self._last = 0
        self.seconds: list[float] = []

    def _take(self, number: int) -> dict[int, int]:
        self._last = number
        return {number: self._last}

    def run(self) -> None:
        """One run; its seconds are kept."""
        began = time.process_time()
        line = bytearray()
        for number in range(ANCHOR_STEPS):
            self._take(number)
            line += b"abc"
            if not number % 100:
                line.clear()
        self.seconds.append(time.process_time() - began)

    @property
    def rate(self) -> float:
        """Runs a second."""
        return 1 / percentile(self.seconds, 50)


def _measured(what: str, qty: int, act: Callable[[], None], done: Callable[[], int]) -> tuple[float, float]:
    """Act so often; what got done in a second, and runs of the anchor in a second of the same time."""
    anchor, progress = _Anchor(), Progress(what, qty)
    spent, before = 0.0, done()
    for number in range(qty):
        if not number % ANCHOR_EVERY:
            anchor.run()
        began = time.process_time()
        act()
        spent += time.process_time() - began
        progress.at(number)
    return (done() - before) / spent, anchor.rate


def measure_market(sales: int, cuts: int) -> list[Row]:
    """Simulated sales, then cut-and-recover, both with the real till, drivers and ledger.

    Args:
        sales: Visits of shoppers to simulate.
        cuts: How often to cut the power, recover and sell again.
    """
    rows: list[Row] = []
    trade = _open_market()
    visits = itertools.count()
    rate, anchor = _measured("simulated sales", sales, lambda: trade.visit(next(visits)), lambda: trade.sales)
    rows.append(_row(f"simulated sales, {trade.sales}", rate, anchor, SALES_GOAL))
    _check(trade)
    trade = _open_market()
    dice = random.Random(SEED)

    def cut_and_recover() -> None:
        """Cut somewhere in a visit or soon after it, come back, sell again; count everything now and then."""
        kind = dice.choice(tuple(Moment))
        trade.world.arm(kind, dice.randrange(1, TYPICAL[kind] + 1), dice.choice(tuple(Cut)))
        trade.visit(next(visits))
        trade.visit(next(visits))
        if not len(trade.done) % CHECK_EVERY:
            _check(trade)

    rate, anchor = _measured("cuts", cuts, cut_and_recover, lambda: trade.world.totals.cuts)
    what = f"cut, recover, sell again, check, {trade.world.totals.cuts}"
    rows.append(_row(what, rate, anchor, CUTS_GOAL))
    return rows


def _open_market() -> Trade:
    trade = Trade(Order(SEED, 0))
    trade.open()
    return trade


def _check(trade: Trade) -> None:
    """Count coins and goods, and read the journal's bytes.

    Raises:
        NotSellingError: Something is missing: how fast that went is of no interest.
    """
    counted = trade.audit()
    if counted.problems:
        raise NotSellingError("; ".join(counted.problems))


def _row(what: str, rate: float, anchor: float, goal: int) -> Row:
    return Row(
        "MS",
        what,
        f"{rate:.0f} a second and core",
        f"each takes as long as {anchor * ANCHOR_STEPS / rate:,.0f} steps of plain Python",
        f"{goal}",
        is_met=rate >= goal,
    )
