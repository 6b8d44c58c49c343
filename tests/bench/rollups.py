"""P11: filling the rollups from sold lines, and a month's report from them, on a long history against a short one."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from hardware.simulators.market import CURRENCY
from kiosk.core import facts as f
from kiosk.journal.entry import Entry
from kiosk.store.database import (
    READ_LIMIT_MS,
    ReadTooLongError,
    make_tables,
    open_reader,
    open_writer,
    reading,
    sqlite_driver,
    sqlite_url,
)
from kiosk.store.figures import read_quarters
from kiosk.store.projections import SQL, balance_writes, writes_of
from kiosk.store.results import Result, read_results
from kiosk.store.statements import Statements
from tests.bench.counter import NotSellingError, sample_shop, shelf_goods
from tests.bench.table import Progress, Row, median_ratio

P11_GOAL_MS: Final = 50.0
P11_GOAL_GROWTH: Final = 1.2

KIOSKS: Final = tuple(f"BENCH-{number}" for number in range(1, 11))
"""One vendor's ten kiosks."""

SALES_PER_DAY: Final = 30
"""Of each kiosk: a million lines are three years of all ten, and a month is as long in a short history as in a long one."""

LINES: Final = 3
FIRST_HOUR, MINUTES_BETWEEN = 6, 34
"""The day's thirty sales begin at six in the morning and end before midnight (UTC)."""

SALES_AT_ONCE: Final = 1_700
"""Their entries are a transaction: some 50,000 rows, so memory stays flat."""

LINE_TABLE: Final = (
    "CREATE TABLE line (kiosk_id TEXT NOT NULL, at TEXT NOT NULL, receipt_no INTEGER NOT NULL, line INTEGER NOT NULL, "
    "sku TEXT NOT NULL, price_minor INTEGER NOT NULL, cost_minor INTEGER NOT NULL) STRICT"
)
"""The anchor: the bare lines, appended to a table without an index."""

SCAN: Final = (
    "SELECT kiosk_id, sku, count(*), sum(price_minor), sum(cost_minor) FROM line WHERE at >= ? AND at < ? "
    "GROUP BY kiosk_id, sku"
)
"""A report without rollups: every line is looked at."""

FIRST_DAY: Final = datetime(2000, 1, 3, tzinfo=UTC)
MONTH: Final = timedelta(days=30)

Written = tuple[Entry, f.SaleClosed | f.CheckpointSigned]

SALES_PER_CHECKPOINT: Final = 20
"""Of one kiosk: a till signs every `kiosk.store.ledger.CHECKPOINT_EVERY` entries, and a visit of three lines has some twelve."""


def sold(sales: int) -> Iterator[Written]:
    """``sales`` sales of three lines of every kiosk in turn, oldest first, with their checkpoints; always the same ones."""
    shop = sample_shop()
    goods, rates = shelf_goods(shop), shop.rules.tax_rates_bp
    for number in range(sales):
        turn, kiosk = divmod(number, len(KIOSKS))
        day, of_day = divmod(turn, SALES_PER_DAY)
        at = FIRST_DAY + timedelta(days=day, hours=FIRST_HOUR, minutes=of_day * MINUTES_BETWEEN)
        # Steps of 7 and 17 mix cheap and dear goods and both tax classes, as `tests.bench.counter.baskets` does.
        chosen = [goods[(number * 5 + step) % len(goods)] for step in (0, 7, 17)]
        gross: dict[str, int] = {}
        for each in chosen:
            gross[each.tax_class] = gross.get(each.tax_class, 0) + each.price_minor
        fact = f.SaleClosed(
            visit=f"V1-{turn}",
            receipt_no=turn + 1,
            lines=tuple(
                f.SaleLine(line, each.sku, "", 0, each.price_minor, each.tax_class)
                for line, each in enumerate(chosen, 1)
            ),
            total_minor=sum(gross.values()),
            taxes=tuple(
                f.TaxPart(name, rates[name], qty, qty * rates[name] // (10_000 + rates[name]))
                for name, qty in sorted(gross.items())
            ),
            is_recovered=False,
            costs=tuple(each.cost_minor for each in chosen),
        )
        yield (
            Entry(
                KIOSKS[kiosk], 1, turn + 1, _text(at), 0, True, 1, "SaleClosed", 1, fact.visit, "", b"", b""
            ),
            fact,
        )
        if turn % SALES_PER_CHECKPOINT == SALES_PER_CHECKPOINT - 1:
            yield (
                Entry(
                    KIOSKS[kiosk], 1, turn + 1, _text(at), 0, True, 1, "CheckpointSigned", 1, "", "", b"", b""
                ),
                SIGNED,
            )


SIGNED: Final = f.CheckpointSigned(0, "", 0, 0, 0, 0, "", "")
"""What it says is of no interest to the readings."""


def _text(moment: datetime) -> str:
    """As the journal writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _History:
    """A store whose readings are filled from sold lines, and beside it, in a file of its own, the bare lines."""

    def __init__(self, folder: Path, name: str) -> None:
        path = folder / f"{name}.db"
        self._engine = open_writer(sqlite_url(path))
        make_tables(self._engine)
        self._connection = self._engine.connect()
        driver: Any = self._connection.connection.driver_connection
        self._execute = driver.cursor().execute
        self._execute("PRAGMA synchronous=OFF")  # a disk shared with others would be what is measured
        self._statements = Statements(SQL, is_sqlite=True)
        self.bare = sqlite_driver.connect(str(folder / f"{name}-lines.db"), isolation_level=None)
        for setting in ("journal_mode=wal", "synchronous=OFF"):
            self.bare.execute(f"PRAGMA {setting}").fetchall()
        self.bare.execute(LINE_TABLE)
        self.reader: Engine = open_reader(sqlite_url(path))
        self.fill_seconds = self.bare_seconds = 0.0
        self.lines = 0
        self.ends_at = ""

    def fill(self, sales: int) -> None:
        """Sell; bare lines and readings in turn, so that both meet the same moments of the machine."""
        progress = Progress(f"P11, rollups of {sales * LINES:,} lines", sales)
        entries = sold(sales)
        while batch := list(itertools.islice(entries, SALES_AT_ONCE)):
            self._fill_bare(batch)
            self._fill_readings(batch)
            self.ends_at = batch[-1][0].at
            progress.at(self.lines // LINES)

    def _fill_bare(self, batch: Sequence[Written]) -> None:
        rows = [
            (entry.kiosk_id, entry.at, fact.receipt_no, line.line, line.sku, line.price_minor, cost_minor)
            for entry, fact in batch
            if isinstance(fact, f.SaleClosed)
            for line, cost_minor in zip(fact.lines, fact.costs or (), strict=True)
        ]
        began = time.process_time()
        self.bare.execute("BEGIN")
        self.bare.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self.bare.execute("COMMIT")
        self.bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.bare_seconds += time.process_time() - began
        self.lines += len(rows)

    def _fill_readings(self, batch: Sequence[Written]) -> None:
        """The very rows that the store's own rules give, run as an upgrade and the desk of several kiosks run them."""
        began = time.process_time()
        self._execute("BEGIN IMMEDIATE")
        facts: dict[str, list[f.Fact]] = {}
        for entry, fact in batch:
            self._statements.run(self._execute, writes_of(entry, fact))
            facts.setdefault(entry.kiosk_id, []).append(fact)
        for kiosk_id, of_kiosk in facts.items():
            self._statements.run(self._execute, balance_writes(kiosk_id, CURRENCY, of_kiosk))
        self._execute("COMMIT")
        self._execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.fill_seconds += time.process_time() - began

    def month(self) -> tuple[str, str]:
        """The first and, excluded, the last moment of its last 30 days."""
        end = datetime.fromisoformat(self.ends_at[:10]).replace(tzinfo=UTC) + timedelta(days=1)
        return _text(end - MONTH), _text(end)

    def report(self, kiosks: Sequence[str]) -> tuple[Result, ...]:
        """A month of ``kiosks``, as the page of the month reads it."""
        with reading(self.reader) as connection:
            return read_results(connection, kiosks, *self.month(), costs_minor={})

    def first_report(self) -> tuple[Result, ...]:
        """The first month of one kiosk."""
        with reading(self.reader) as connection:
            bounds = _text(FIRST_DAY), _text(FIRST_DAY + MONTH)
            return read_results(connection, KIOSKS[:1], *bounds, costs_minor={})

    def plot(self) -> int:
        """A month of one kiosk's sales, as a plot reads them."""
        with reading(self.reader) as connection:
            return sum(each.qty for each in read_quarters(connection, KIOSKS[:1], *self.month()))

    def scan(self) -> int:
        """The same month from the bare lines: pieces."""
        return sum(row[2] for row in self.bare.execute(SCAN, self.month()))

    def close(self) -> None:
        """Close both files."""
        self.reader.dispose()
        self._connection.close()
        self._engine.dispose()
        self.bare.close()


def _seconds(act: Callable[[], object]) -> float:
    """Processor seconds of this process."""
    began = time.process_time()
    act()
    return time.process_time() - began


def measure_rollups(folder: Path, *, long: int, short: int, rounds: int) -> list[Row]:
    """P11 on ``long`` lines against ``short`` ones, one report after the other in one run.

    Args:
        folder: Where to write; a million lines take about 0.4 GB.
        long: Lines of the long history, three a sale.
        short: Lines of the short one.
        rounds: How often each report is read.
    """
    folder = folder / "rollups"
    folder.mkdir()
    histories: list[_History] = []
    try:
        for name, lines in (("long", long), ("short", short)):
            histories.append(_History(folder, name))
            histories[-1].fill(lines // LINES)
        return _rows(histories[0], histories[1], rounds)
    finally:
        for each in histories:
            each.close()


def _rows(old: _History, young: _History, rounds: int) -> list[Row]:
    _check(old)
    _check(young)
    each_us = old.fill_seconds / old.lines * 1e6
    bare_us = old.bare_seconds / old.lines * 1e6
    young_us = young.fill_seconds / young.lines * 1e6
    rows = [
        Row(
            "P11",
            f"beside it: filling the rollups from {old.lines:,} lines, with all readings of a sale",
            f"{each_us / bare_us:.1f} times the bare lines",
            f"{each_us:.0f} us a line, appending the bare line {bare_us:.1f} us; {old.fill_seconds:.0f} s in all",
        ),
        Row(
            "P11",
            f"beside it: a line of {old.lines:,} against one of {young.lines:,}",
            f"{each_us / young_us:.2f}",
            f"{each_us:.0f} us against {young_us:.0f} us",
        ),
    ]
    reports: tuple[tuple[str, Callable[[_History], object]], ...] = (
        ("a month of one kiosk, its result", lambda history: history.report(KIOSKS[:1])),
        ("a month of one kiosk, plotted", _History.plot),
        ("the first month of one kiosk, its result", _History.first_report),
        (f"a month of all {len(KIOSKS)} kiosks, their results", lambda history: history.report(KIOSKS)),
    )
    scans = [_seconds(old.scan) for _ in range(rounds)]
    for what, report in reports:
        rows += _compare(old, young, what, report, rounds, scans)
    return rows


def _compare(
    old: _History,
    young: _History,
    what: str,
    report: Callable[[_History], object],
    rounds: int,
    scans: Sequence[float],
) -> list[Row]:
    long: list[float] = []
    short: list[float] = []
    try:
        for _ in range(rounds):
            long.append(_seconds(lambda: report(old)))
            short.append(_seconds(lambda: report(young)))
    except ReadTooLongError as error:
        # A reader's statement is ended after a while; that is a figure too, and not a good one.
        ended, limit = str(error), f"a reader's limit is {READ_LIMIT_MS} ms"
        goals = f"{P11_GOAL_MS:.0f} ms", f"{P11_GOAL_GROWTH} or less"
        return [Row("P11", f"{what}: {goal}", ended, limit, goal, is_met=False) for goal in goals]
    ratio, low, high = median_ratio(short, long)
    in_long, in_short = (statistics.median(each) * 1_000 for each in (long, short))
    scan_ms = statistics.median(scans) * 1_000
    return [
        Row(
            "P11",
            f"{what}, from {old.lines:,} lines",
            f"{in_long:.1f} ms",
            f"a scan of the bare lines {scan_ms:.0f} ms, {scan_ms / in_long:.1f} times as long; {rounds} rounds",
            f"{P11_GOAL_MS:.0f} ms",
            in_long <= P11_GOAL_MS,
        ),
        Row(
            "P11",
            f"the same against {young.lines:,} lines",
            f"{ratio:.2f} (quartiles {low:.2f} to {high:.2f})",
            f"{in_long:.1f} ms against {in_short:.1f} ms",
            f"{P11_GOAL_GROWTH} or less",
            ratio <= P11_GOAL_GROWTH,
        ),
    ]


def _check(history: _History) -> None:
    """The report and the bare lines must tell the same.

    Raises:
        NotSellingError: They do not: how fast that went is of no interest.
    """
    # Kiosk by kiosk: a reading of all of them may meet the readers' limit, and that is a figure, not a fault.
    told = sum(each.pieces for kiosk_id in KIOSKS for each in history.report((kiosk_id,)))
    (first,) = history.report(KIOSKS[:1])
    if told != history.scan() or first.pieces != history.plot():
        raise NotSellingError(
            f"the rollups say {told}, the lines {history.scan()}; of one {first.pieces} and {history.plot()}"
        )
