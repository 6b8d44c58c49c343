"""`./run bench`: measure, print the table, end with 0 whatever the figures are; `--short` for a quick look at every figure."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.bench.bus import measure_bus
from tests.bench.coins import measure_coins
from tests.bench.commits import measure_closing, measure_writes
from tests.bench.goods import measure_import, measure_search
from tests.bench.history import measure_history
from tests.bench.market import measure_market
from tests.bench.paper import measure_paper
from tests.bench.rollups import measure_rollups
from tests.bench.scans import measure_scans
from tests.bench.table import Row, show
from tests.bench.weight import measure_weight


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    Attributes:
        pairs: Closing commits of P1, each with its twin.
        visits: Visits of P4, with change and without.
        long: Entries of P5's long history.
        short: Of its short one.
        rounds: Of P5.
        coins: Of P7.
        sales: Of the simulated market.
        cuts: Of the simulated market.
        bus_rounds: Of P8.
        goods: Products of P6 and P14.
        few_goods: What P6 compares them with.
        scans: Of P6, on each of its pages.
        lines: Sold lines of P11's long history.
        few_lines: Of its short one.
        reads: How often P11's reports and P14's keystrokes are timed.
        rows: Of an imported file.
        imports: How often it is imported.
        weighed: Sales whose bytes are weighed.
    """

    pairs: int
    visits: int
    long: int
    short: int
    rounds: int
    coins: int
    sales: int
    cuts: int
    bus_rounds: int
    goods: int
    few_goods: int
    scans: int
    lines: int
    few_lines: int
    reads: int
    rows: int
    imports: int
    weighed: int


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
    goods=100_000,
    few_goods=100,
    scans=200,
    lines=1_000_000,
    few_lines=100_000,
    reads=20,
    rows=50_000,
    imports=3,
    weighed=1_000,
)
SHORT: Final = Size(
    pairs=60,
    visits=60,
    long=8_000,
    short=2_000,
    rounds=10,
    coins=8,
    sales=20,
    cuts=6,
    bus_rounds=5,
    goods=120,
    few_goods=60,
    scans=2,
    lines=1_800,
    few_lines=900,
    reads=3,
    rows=60,
    imports=2,
    weighed=20,
)
"""Shows that every figure can still be taken; too little of each to say much about the machine."""


PARTS: Final[dict[str, Callable[[Size, Path], list[Row]]]] = {
    "P1": lambda size, folder: measure_closing(folder, size.pairs),
    "P4": lambda size, folder: measure_writes(folder, size.visits),
    "DB": lambda size, folder: measure_weight(folder, size.weighed),
    "P5": lambda size, folder: measure_history(folder, long=size.long, short=size.short, rounds=size.rounds),
    "P6": lambda size, folder: measure_scans(folder, many=size.goods, few=size.few_goods, scans=size.scans),
    "P7": lambda size, folder: measure_coins(folder, coins=size.coins),
    "P8": lambda size, folder: measure_bus(folder / "buses", rounds=size.bus_rounds),
    "MS": lambda size, _: measure_market(size.sales, size.cuts),
    "P9": lambda _size, _folder: measure_paper(),
    "P11": lambda size, folder: measure_rollups(
        folder, long=size.lines, short=size.few_lines, rounds=size.reads
    ),
    "P14": lambda size, _: measure_search(size.goods, size.reads),
    "IM": lambda size, folder: measure_import(folder, size.rows, size.imports),
}
"""What is measured, by the goal it belongs to; DB: bytes of database, IM: import of goods, MS: money safety."""


def measure(size: Size, folder: Path, only: Container[str] = PARTS) -> list[Row]:
    """The rows of these parts, in their order."""
    return [row for name in PARTS if name in only for row in PARTS[name](size, folder)]


def main(arguments: Sequence[str]) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a quick look: little of each")
    parser.add_argument(
        "--folder", type=Path, help="where to write (the disk is measured too); a temporary one by default"
    )
    parser.add_argument(
        "--only",
        metavar="GOAL",
        action="append",
        choices=sorted(PARTS),
        help="measure this alone; may be given again",
    )
    parser.add_argument(
        "--ten-million",
        action="store_true",
        help="fill P11's rollups from ten million lines and from a million (an hour of processor time, 6 GB of disk)",
    )
    options = parser.parse_args(arguments)
    size = SHORT if options.short else WHOLE
    if options.ten_million:
        size = replace(size, lines=10 * WHOLE.lines, few_lines=WHOLE.lines)
    began, load_before = time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-", dir=options.folder) as folder:
        rows = measure(size, Path(folder), options.only or PARTS)
    print(show(rows))
    print(
        f"\n{len(rows)} figures in {time.monotonic() - began:.0f} s on {os.cpu_count()} cores; load {load_before:.1f} before and"
        f" {os.getloadavg()[0]:.1f} after: well above 1 somebody else was at work, and times (not counts) say little."
        "\nRatios are of pairs taken one after the other in this run. Goals are goals: nothing here fails a build."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
