"""`./run bench`: measure, print the table, end with 0 whatever the figures are; `--short` for a quick look of under 20 s."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.bus import measure_bus
from tests.bench.coins import measure_coins
from tests.bench.commits import measure_closing, measure_writes
from tests.bench.history import measure_history
from tests.bench.market import measure_market
from tests.bench.paper import measure_paper
from tests.bench.table import Row, show


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    pairs: int
    visits: int
    long: int
    short: int
    rounds: int
    coins: int
    sales: int
    cuts: int
    bus_rounds: int


WHOLE: Final = Size(
    pairs=1_000,
    visits=500,
    long=1_000_000,
    short=10_000,
    rounds=200,
    coins=60,
    sales=400,
    cuts=120,
    bus_rounds=75,
)
SHORT: Final = Size(
    pairs=60, visits=60, long=20_000, short=2_000, rounds=10, coins=8, sales=20, cuts=6, bus_rounds=5
)
"""Shows that every figure can still be taken; too little of each to say much about the machine."""


def measure(size: Size, folder: Path) -> list[Row]:
    """All rows, in the order of the goals."""
    return [
        *measure_closing(folder, size.pairs),
        *measure_writes(folder, size.visits),
        *measure_history(folder, long=size.long, short=size.short, rounds=size.rounds),
        *measure_coins(folder, coins=size.coins),
        *measure_bus(folder / "buses", rounds=size.bus_rounds),
        *measure_market(size.sales, size.cuts),
        *measure_paper(),
    ]


def main(arguments: Sequence[str]) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a quick look of under 20 s")
    parser.add_argument(
        "--folder", type=Path, help="where to write (the disk is measured too); a temporary one by default"
    )
    options = parser.parse_args(arguments)
    began, load_before = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-", dir=options.folder) as folder:
        rows = measure(SHORT if options.short else WHOLE, Path(folder))
    print(show(rows))
    print(
        f"\n{len(rows)} figures in {time.monotonic() - began:.0f} s on {os.cpu_count()} cores; load {load_before:.1f} before and"
        f" {os.getloadavg()[0]:.1f} after: well above 1 somebody else was at work, and times (not counts) say little."
        "\nRatios are of pairs taken one after the other in this run. Goals are goals: nothing here fails a build."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
