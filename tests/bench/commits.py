"""P1 and P4: what the closing commit of a three-line cash sale costs, against raw SQLite and in pages, bytes and syncs."""

from __future__ import annotations

import re
import shutil
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kiosk.core.postings import postings_of
from kiosk.journal.entry import Entry, read_content
from kiosk.store.database import WRITER_SETTINGS, sqlite_driver
from kiosk.store.ledger import WAL_LIMIT_BYTES, Appended
from kiosk.store.projections import SQL, entry_write, writes_of
from tests.bench.counter import Counter, baskets, sample_shop
from tests.bench.files import Counts, FileCounts, counted_files
from tests.bench.table import Progress, Row, median_ratio, percentile

P1_GOAL: Final = 0.6
P4_GOAL: Final = Counts(pages=10, bytes=40_000, syncs=1)

NAMED: Final = re.compile(r":([a-z_]+)")

Statement = tuple[str, tuple[object, ...]]


def statements_of(entries: Iterable[Entry]) -> list[Statement]:
    """The very rows of a commit, ready to be executed: positional SQL and its values, nothing left to compute."""
    writes: list[tuple[str, Any]] = []
    sums: dict[str, int] = {}
    kiosk_id = ""
    for entry in entries:
        kiosk_id, fact = entry.kiosk_id, read_content(entry).fact
        writes += [entry_write(entry), *writes_of(entry, fact)]
        for account, amount in postings_of(fact):
            sums[account] = sums.get(account, 0) + amount
    writes += [
        ("balance", {"kiosk_id": kiosk_id, "account": account, "currency": "EUR", "amount_minor": amount})
        for account, amount in sorted(sums.items())
        if amount
    ]
    return [
        (NAMED.sub("?", SQL[name]), tuple(values[each] for each in NAMED.findall(SQL[name])))
        for name, values in writes
    ]


class RawTwin:
    """The same file once more, written by nothing but the driver: the anchor of P1."""

    def __init__(self, path: Path) -> None:
        """Open the copy at ``path`` with the store's settings."""
        self._connection = sqlite_driver.connect(str(path), isolation_level=None, cached_statements=256)
        self._cursor = self._connection.cursor()
        for name, value in WRITER_SETTINGS.items():
            self._cursor.execute(f"PRAGMA {name}={value}")

    def write(self, statements: list[Statement]) -> None:
        """One durable transaction."""
        execute = self._cursor.execute
        execute("BEGIN IMMEDIATE")
        for sql, values in statements:
            execute(sql, values)
        execute("COMMIT")

    def truncate(self) -> None:
        """Empty the write-ahead log, when ours is emptied."""
        self._cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def rows(self) -> list[list[Any]]:
        """Everything in it, table by table."""
        tables = self._cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        return [self._cursor.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for (name,) in tables]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class TwinsDifferError(Exception):
    """The raw twin did not write what the ledger wrote: the ratio would compare two different things."""


def measure_closing(folder: Path, visits: int) -> list[Row]:
    """P1: ours, raw, ours, raw, one closing commit at a time on the same disk; the ratio of each pair."""
    progress = Progress("P1, closing commits against raw SQLite", visits)
    shop = sample_shop()
    ours: list[float] = []
    raw: list[float] = []
    counts: list[int] = []
    with Counter(folder / "ours.db", shop) as counter:
        counter.sell_ready()
        log = folder / "ours.db-wal"
        counter.ledger.tidy(WAL_LIMIT_BYTES + 1)
        shutil.copy(folder / "ours.db", folder / "raw.db")
        twin = RawTwin(folder / "raw.db")
        for number, basket in zip(range(visits), baskets(shop), strict=False):
            for appended in counter.fill_cart(basket):
                twin.write(statements_of(appended.entries))
            event, stamp = counter.coin(basket.coins[-1]), counter.stamp()
            began = time.perf_counter()
            closed = counter.step(event, stamp)
            ours.append(time.perf_counter() - began)
            statements = statements_of(closed.entries if closed else ())
            counts.append(len(statements))
            began = time.perf_counter()
            twin.write(statements)
            raw.append(time.perf_counter() - began)
            for appended in counter.pay_out():
                twin.write(statements_of(appended.entries))
            if log.stat().st_size > WAL_LIMIT_BYTES:
                counter.ledger.tidy(WAL_LIMIT_BYTES + 1)
                twin.truncate()
            progress.at(number)
        check = RawTwin(folder / "ours.db")
        is_same = check.rows() == twin.rows()
        check.close()
        twin.close()
    if not is_same:
        raise TwinsDifferError(TwinsDifferError.__doc__)
    ratio, low, high = median_ratio(ours, raw)
    # A busy disk makes both slow alike and the ratio flattering; the quiet moments of the same run are harder to please.
    quiet_ours, quiet_raw = percentile(ours, 10), percentile(raw, 10)
    quiet = quiet_raw / quiet_ours
    return [
        Row(
            "P1",
            "closing commit of a cash sale, decide + append, share of raw SQLite",
            f"{ratio:.2f} (quartiles {low:.2f} to {high:.2f})",
            f"ours {statistics.median(ours) * 1000:.2f} ms, raw {statistics.median(raw) * 1000:.2f} ms, "
            f"{statistics.median(counts):.0f} rows, {visits} pairs",
            f"{P1_GOAL} or more",
            min(ratio, quiet) >= P1_GOAL,
        ),
        Row(
            "P1",
            "beside it: the same in the quietest tenth; the goal must be met in both",
            f"{quiet:.2f}",
            f"ours {quiet_ours * 1000:.2f} ms, raw {quiet_raw * 1000:.2f} ms",
        ),
    ]


@dataclass(slots=True)
class Tally:
    """Counts of one kind of commit, collected over visits."""

    pages: list[int] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    syncs: list[int] = field(default_factory=list)

    def add(self, counts: Counts) -> None:
        """One commit more."""
        self.pages.append(counts.pages)
        self.bytes.append(counts.bytes)
        self.syncs.append(counts.syncs)

    def text(self) -> str:
        """For the table."""
        return (
            f"{statistics.mean(self.pages):.1f} pages, {statistics.mean(self.bytes) / 1000:.1f} kB, "
            f"{statistics.mean(self.syncs):.2f} syncs"
        )


@dataclass(slots=True)
class VisitCosts:
    """What the commits of a visit write, by what caused them; nothing is merged, nothing is left out."""

    scan: Tally = field(default_factory=Tally)
    coin: Tally = field(default_factory=Tally)
    closing: Tally = field(default_factory=Tally)
    closing_exact: Tally = field(default_factory=Tally)
    payout: Tally = field(default_factory=Tally)
    thanks: Tally = field(default_factory=Tally)
    tidy: Tally = field(default_factory=Tally)
    visit_syncs: list[int] = field(default_factory=list)


class _Meter:
    """Counts around one step."""

    def __init__(self, counter: Counter, counts: FileCounts) -> None:
        self._counter = counter
        self._counts = counts

    def step(self, tally: Tally, event: Any) -> Appended | None:
        """Do it and add what it wrote."""
        before = self._counts.so_far()
        done = self._counter.step(event)
        tally.add(self._counts.so_far() - before)
        return done


def count_visits(folder: Path, visits: int) -> VisitCosts:
    """Sell ``visits`` times with change and ``visits`` times to the exact coin, and count."""
    shop = sample_shop()
    costs = VisitCosts()
    with counted_files() as counts, Counter(folder / "counted.db", shop) as counter:
        counter.sell_ready()
        counter.ledger.tidy(WAL_LIMIT_BYTES + 1)
        log = folder / "counted.db-wal"
        meter = _Meter(counter, counts)
        with_change, exact = baskets(shop), baskets(shop, with_change=False)
        for number in range(2 * visits):
            basket = next(exact) if number % 2 else next(with_change)
            began = counts.so_far()
            for product in basket.products:
                meter.step(costs.scan, counter.scan_of(product))
            for value_minor in basket.coins[:-1]:
                meter.step(costs.coin, counter.coin(value_minor))
            closing = costs.closing_exact if number % 2 else costs.closing
            meter.step(closing, counter.coin(basket.coins[-1]))
            while counter.state.payout is not None:
                meter.step(costs.payout, counter.paid())
            meter.step(costs.thanks, counter.done())
            costs.visit_syncs.append((counts.so_far() - began).syncs)
            before = counts.so_far()
            if log.stat().st_size > WAL_LIMIT_BYTES:
                counter.ledger.tidy(WAL_LIMIT_BYTES + 1)
                costs.tidy.add(counts.so_far() - before)
    return costs


def measure_writes(folder: Path, visits: int) -> list[Row]:
    """P4, and beside it every other commit of a visit."""
    Progress(f"P4, pages, bytes and syncs of {2 * visits} visits, counted at SQLite's file interface", visits)
    costs = count_visits(folder, visits)
    pages, size = statistics.mean(costs.closing.pages), statistics.mean(costs.closing.bytes)
    syncs = max(costs.closing.syncs)
    often = f"counted, {visits} sales"

    def beside(what: str, tally: Tally, anchor: str = "") -> Row:
        return Row("P4", what, tally.text() if tally.pages else "none came", anchor)

    return [
        Row(
            "P4",
            "closing commit, three lines, change due: pages",
            f"{pages:.1f} (median {statistics.median(costs.closing.pages):.0f}, most {max(costs.closing.pages)})",
            often,
            f"{P4_GOAL.pages}",
            pages <= P4_GOAL.pages,
        ),
        Row(
            "P4",
            "the same: bytes",
            f"{size / 1000:.1f} kB",
            often,
            f"{P4_GOAL.bytes // 1000} kB",
            size <= P4_GOAL.bytes,
        ),
        Row(
            "P4",
            "the same: syncs",
            f"{syncs} (the most of any)",
            often,
            f"{P4_GOAL.syncs}",
            syncs <= P4_GOAL.syncs,
        ),
        beside("beside it: closing commit to the exact coin", costs.closing_exact),
        beside("beside it: each scan", costs.scan),
        beside("beside it: each coin before the last", costs.coin),
        beside("beside it: each payout outcome", costs.payout),
        beside("beside it: leaving the thank-you page", costs.thanks),
        Row(
            "P4",
            "beside it: all commits of a visit",
            f"{statistics.mean(costs.visit_syncs):.1f} syncs",
            "mean",
        ),
        beside(
            "beside it: emptying the log between visits",
            costs.tidy,
            f"once in {2 * visits / max(1, len(costs.tidy.pages)):.0f} visits",
        ),
    ]
