"""Bytes of database per 1,000 sales: the file's size after its log was emptied into it, and which table and index they are in.

No clock: the same sales give the same bytes on every machine. The store's SQLite is built without its own table of page
statistics, so the pages of each tree are counted by walking them. Source: SQLite file format, sections 1.6 and 2.3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.store.database import sqlite_driver
from tests.bench.counter import Counter, baskets, sample_shop
from tests.bench.files import PAGE_BYTES
from tests.bench.history import Past
from tests.bench.table import Progress, Row

PER_SALES: Final = 1_000

FILE_HEADER_BYTES: Final = 100
"""Before the first page's own header."""

INTERIOR_KINDS: Final = {2: "index", 5: "table"}
"""The first byte of an interior page; its children are behind a header of 12 bytes, a leaf's cells behind one of 8."""

SHOWN_MOST: Final = 5
"""Trees and kinds of entries that are named; the small ones are one."""

SALES_PER_DAY: Final = 24
FIRST_PART: Final = 5
"""A fifth of the sales comes before the first weighing: empty tables would begin with a page each."""

HOUR_MS: Final = 3_600_000
"""One sale an hour: about what one kiosk sells in a day, and so thin that hardly two share a quarter of an hour's figures."""


class _Pages:
    """A database file, page by page; page 1 is the first."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def _number(self, at: int, qty: int) -> int:
        return int.from_bytes(self._data[at : at + qty], "big")

    def of_tree(self, root: int) -> tuple[int, int]:
        """Pages of the tree below ``root`` without its overflow pages, and the bytes that lie unused in them."""
        pages = unused = 0
        waiting = [root]
        while waiting:
            page = waiting.pop()
            start = (page - 1) * PAGE_BYTES
            header = start + (FILE_HEADER_BYTES if page == 1 else 0)
            is_interior = self._data[header] in INTERIOR_KINDS
            cells, content = self._number(header + 3, 2), self._number(header + 5, 2) or 65_536
            pointers = header + (12 if is_interior else 8)
            pages += 1
            unused += start + content - (pointers + 2 * cells)
            if is_interior:
                places = (start + self._number(pointers + 2 * cell, 2) for cell in range(cells))
                waiting += [self._number(place, 4) for place in places]
                waiting.append(self._number(header + 8, 4))
        return pages, unused


@dataclass(frozen=True, slots=True)
class Weight:
    """A store file at rest: its size, what its journal says in bytes, and the bytes of each tree by name."""

    file_bytes: int
    said_bytes: int
    sales: int
    trees: Mapping[str, int]
    unused: Mapping[str, int]
    kinds: Mapping[str, int]
    """What entries of each kind say, in bytes."""


def weigh(path: Path) -> Weight:
    """Weigh the file at ``path``, whose log is empty."""
    connection = sqlite_driver.connect(f"file:{path}?mode=ro", uri=True)
    try:
        roots = dict(
            connection.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0 ORDER BY name")
        )
        (sales,) = connection.execute("SELECT count(*) FROM sale").fetchone()
        kinds = dict(connection.execute("SELECT kind, sum(length(body)) FROM journal GROUP BY kind"))
    finally:
        connection.close()
    pages = _Pages(path.read_bytes())
    found = {name: pages.of_tree(root) for name, root in {"(schema)": 1, **roots}.items()}
    trees = {name: qty * PAGE_BYTES for name, (qty, _) in found.items()}
    file_bytes = path.stat().st_size
    # Bodies that are longer than a page allows continue in pages of their own, and freed pages wait in the file.
    trees["(overflow and free)"] = file_bytes - sum(trees.values())
    unused = {name: qty for name, (_, qty) in found.items()}
    return Weight(file_bytes, sum(kinds.values()), sales, trees, unused, kinds)


def measure_weight(folder: Path, sales: int) -> list[Row]:
    """What ``sales`` more sales add to a store that has sold a part of it before.

    Args:
        folder: Where to write.
        sales: Visits of three lines with change, each decided and folded as in the shop.
    """
    most = (first := max(1, sales // FIRST_PART)) + sales
    progress = Progress("DB, bytes of sales", most)
    shop = sample_shop()
    weights: list[Weight] = []
    with Counter(folder / "weighed.db", shop) as counter:
        counter.sell_ready()
        past, supply = Past(counter), baskets(shop)
        for number in range(most):
            past.visit(next(supply))
            past.store(HOUR_MS)
            if not (number + 1) % SALES_PER_DAY:
                counter.next_day()
            if number + 1 in (first, most):
                counter.ledger.tidy(0)
                weights.append(weigh(counter.path))
            progress.at(number)
    before, after = weights
    return _rows(before, after)


def _rows(before: Weight, after: Weight) -> list[Row]:
    sold = after.sales - before.sales
    added = {name: qty - before.trees.get(name, 0) for name, qty in after.trees.items()}

    def per(qty: int) -> str:
        return f"{qty * PER_SALES / sold:,.0f} bytes"

    grown, said = after.file_bytes - before.file_bytes, after.said_bytes - before.said_bytes
    heaviest = sorted(added, key=lambda name: (-added[name], -after.trees[name], name))
    rows = [
        Row(
            "DB",
            f"database per {PER_SALES:,} sales of three lines, file size after a checkpoint",
            per(grown),
            f"{grown / said:.2f} times what the journal's entries say; counted, {sold:,} sales after {before.sales:,}",
        )
    ]
    rows += [
        Row(
            "DB",
            f"beside it: {name}",
            per(added[name]),
            f"{added[name] / grown:.0%} of the file; "
            f"{(after.unused.get(name, 0) - before.unused.get(name, 0)) / max(1, added[name]):.0%} of its pages empty",
        )
        for name in heaviest[:SHOWN_MOST]
    ]
    rest = sum(added[name] for name in heaviest[SHOWN_MOST:])
    rows.append(Row("DB", "beside it: all smaller trees", per(rest), f"{rest / grown:.0%} of the file"))
    told = {kind: qty - before.kinds.get(kind, 0) for kind, qty in after.kinds.items()}
    wordy = sorted(told, key=lambda kind: (-told[kind], kind))[:SHOWN_MOST]
    shares = ", ".join(f"{kind} {told[kind] / said:.0%}" for kind in wordy)
    rows.append(Row("DB", "beside it: what the journal's entries say", per(said), shares))
    return rows
