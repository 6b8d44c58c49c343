"""What a sale writes, counted without a clock at SQLite's own file interface, so the figures hold on every machine."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from tests.bench.commits import VisitCosts, count_visits
from tests.bench.counter import Counter, baskets, sample_shop
from tests.bench.files import counted_files

VISITS = 40

FRAME_HEADER_BYTES = 24
"""Before each page in the write-ahead log. Source: SQLite file format, section 4.1."""

MOST_PAGES = 11
"""The goal, on average, with the pages that are split while tables grow. One more table touched shows here: ten, and one for the
figures by quarter of an hour, which keep the desk's pages from reading the journal."""

MOST_BYTES = 45_500
"""Eleven pages with their headers."""


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> VisitCosts:
    return count_visits(tmp_path_factory.mktemp("costs"), VISITS)


def test_the_closing_commit_of_a_sale_is_one_sync(costs: VisitCosts) -> None:
    # Coin, goods, stock, receipt number and the announced payout are durable together or not at all.
    assert costs.closing.syncs == [1] * VISITS
    assert costs.closing_exact.syncs == [1] * VISITS


def test_the_closing_commit_of_three_lines_writes_few_pages(costs: VisitCosts) -> None:
    assert statistics.mean(costs.closing.pages) <= MOST_PAGES
    assert statistics.mean(costs.closing.bytes) <= MOST_BYTES


def test_every_coin_and_every_payout_is_durable_by_a_sync_of_its_own(costs: VisitCosts) -> None:
    # The first write after the log was emptied syncs the new log's header as well, and that is always a scan.
    assert set(costs.coin.syncs) == {1}
    assert set(costs.payout.syncs) == {1}
    assert set(costs.scan.syncs) <= {1, 2}


def test_what_is_counted_is_what_the_log_grew_by(tmp_path: Path) -> None:
    log = tmp_path / "counted.db-wal"
    with counted_files() as counts, Counter(tmp_path / "counted.db", sample_shop()) as counter:
        counter.sell_ready()
        basket = next(baskets(counter.shop))
        counter.fill_cart(basket)
        before, size = counts.so_far(), log.stat().st_size
        counter.step(counter.coin(basket.coins[-1]))
        written = counts.so_far() - before
        assert log.stat().st_size - size == written.bytes
        assert written.bytes == written.pages * (4096 + FRAME_HEADER_BYTES)
