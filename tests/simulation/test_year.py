"""A short year: two kiosks, three weeks, seconds; what befell them is looked for in the journals, as a vendor would."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from nacl.signing import SigningKey

from hardware.simulators.rigs import CCTALK
from inventory.sample import sample_catalogue
from kiosk.audit.walk import audit_journal
from kiosk.config import load_config
from kiosk.core.rules import Shop
from kiosk.money import Currency
from kiosk.runtime.shop import rules_of
from kiosk.simulation.event_kiosk import Identity
from kiosk.simulation.fate import Fate
from kiosk.simulation.owner import NOT_SHOWN, REFUSALS
from kiosk.simulation.sites import SITES
from kiosk.simulation.year import KioskYear, Traded, YearOrder, fate_of_order
from kiosk.store.database import open_unlimited_reader, sqlite_url
from kiosk.store.verify import verify_journal
from web.demo import write_config

KEY = SigningKey(b"y" * 32)
PUBLIC_KEY = KEY.verify_key.encode().hex()
ORDER = YearOrder(seed=8, until=datetime(2026, 4, 12, 15, 0, tzinfo=UTC), days=21, sites=2)
"""Three weeks around the night in which the clocks go forward."""


@dataclass(frozen=True)
class Made:
    """What was traded."""

    paths: tuple[Path, ...]
    kiosks: tuple[KioskYear, ...]
    traded: tuple[Traded, ...]
    fate: Fate


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    config = load_config(write_config(tmp_path_factory.mktemp("config"), CCTALK))
    catalogue, _ = sample_catalogue(config.money.exponent, config.tax_rates_bp)
    return Shop(rules_of(config), catalogue)


def trade(order: YearOrder, number: int, path: Path, shop: Shop) -> tuple[KioskYear, Traded]:
    kiosk_id = SITES[number].kiosk_id
    kiosk = KioskYear(order, number, path, Identity(kiosk_id, Currency("EUR", 2), KEY), shop)
    return kiosk, kiosk.run()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, shop: Shop) -> Made:
    folder = tmp_path_factory.mktemp("year")
    paths = tuple(folder / f"{number}.db" for number in range(ORDER.sites))
    kiosks, traded = zip(
        *(trade(ORDER, number, path, shop) for number, path in enumerate(paths)), strict=True
    )
    return Made(paths, kiosks, traded, fate_of_order(ORDER, shop.catalogue))


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        rows: list[tuple[object, ...]] = connection.execute(sql).fetchall()
    connection.close()
    return rows


def facts_of(path: Path, kind: str) -> list[dict[str, object]]:
    rows = read(path, f"SELECT CAST(body AS TEXT) FROM journal WHERE kind = '{kind}' ORDER BY seq")
    return [msgspec.json.decode(bytes(str(body), "utf-8"))["fact"] for (body,) in rows]


def test_a_journal_verifies_with_its_readings(made: Made) -> None:
    engine = open_unlimited_reader(sqlite_url(made.paths[0]))
    with engine.connect() as connection:
        found = verify_journal(connection, public_key=PUBLIC_KEY)
    engine.dispose()
    assert found.problems == ()
    assert found.checkpoints > 10


def test_the_auditor_finds_every_coin(made: Made) -> None:
    report = audit_journal(made.paths[1], public_key=PUBLIC_KEY)
    assert report.problem_count == 0
    assert len(report.sales) > 200


def test_the_devices_hold_what_the_books_say(made: Made) -> None:
    for kiosk in (year.kiosk for year in made.kiosks):
        assert kiosk.devices.box_minor == kiosk.state.cash["box"]
        assert {name: book.qty for name, book in kiosk.state.hoppers.items()} == dict(kiosk.devices.hoppers)
        off = {slot for slot, book in kiosk.state.coils.items() if book.needs_count}
        for slot, book in kiosk.state.coils.items():
            assert slot in off or book.qty == kiosk.devices.coils[slot], slot


def test_time_only_goes_forward_though_the_clocks_change(made: Made) -> None:
    for path in made.paths:
        times = [str(at) for (at,) in read(path, "SELECT at FROM journal ORDER BY seq")]
        assert times == sorted(times)
        assert times[0].startswith("2026-03-22")
        assert times[-1] < "2026-04-12T15:00"


def test_people_buy_at_the_same_hours_of_their_own_clock_after_the_change(made: Made) -> None:
    hours = Counter(
        int(str(at)[11:13]) for (at,) in read(made.paths[0], "SELECT at FROM sale WHERE at > '2026-03-30'")
    )
    assert not [hour for hour in hours if not 5 <= hour <= 16], "7 to 18 o'clock in Berlin's summer"


def test_equal_seeds_give_equal_journals_and_another_seed_another(shop: Shop, tmp_path: Path) -> None:
    order = replace(ORDER, days=4)
    one, same, other = (
        trade(replace(order, seed=seed), 0, tmp_path / f"{name}.db", shop)[1].head
        for name, seed in (("one", 4), ("same", 4), ("other", 5))
    )
    assert one == same
    assert other != one


def test_the_coil_that_jams_stands_out_of_all_coils(made: Made) -> None:
    failed: Counter[tuple[int, object]] = Counter()
    for number, path in enumerate(made.paths):
        failed.update(
            (number, fact["slot"]) for fact in facts_of(path, "VendEnded") if fact["outcome"] == "failed"
        )
    (worst, most), *others = failed.most_common(2)
    assert worst == (made.fate.jam_site, made.fate.jam_slot)
    assert most >= 2 * max((qty for _, qty in others), default=1)


def test_the_dishonest_collection_is_the_one_that_lacks_much(made: Made) -> None:
    variances: list[tuple[int, int]] = []
    for number, path in enumerate(made.paths):
        variances += [
            (int(str(fact["counted_minor"])) - int(str(fact["expected_minor"])), number)
            for fact in facts_of(path, "CollectionCounted")
        ]
    (worst_minor, site), *others = sorted(variances)
    assert site == made.fate.short_site
    assert worst_minor <= -made.fate.short_minor // 2
    assert all(abs(variance_minor) <= 50 for variance_minor, _ in others)


def test_the_batch_that_came_too_old_is_thrown_away_at_once(made: Made) -> None:
    fate = made.fate
    thrown = [
        -int(str(fact["qty"]))
        for fact in facts_of(made.paths[fate.batch_site], "StockMoved")
        if fact["move"] == "spoilage" and fact["slot"] == fate.batch_slot
    ]
    assert max(thrown) >= 5


def test_what_was_carried_away_unpaid_is_missing_when_the_shelf_is_counted(made: Made) -> None:
    missing = [
        int(str(fact["qty"]))
        for path in made.paths
        for fact in facts_of(path, "StockMoved")
        if fact["move"] == "count"
    ]
    assert len(missing) > 50
    assert sum(missing) < 0
    assert sum(qty for qty in missing if qty > 0) < -sum(qty for qty in missing if qty < 0), (
        "only by mistaken names"
    )


def test_of_fresh_goods_few_are_thrown_away_and_of_others_next_to_none(made: Made, shop: Shop) -> None:
    sold: Counter[bool] = Counter()
    wasted: Counter[bool] = Counter()
    batch = (made.fate.batch_site, made.fate.batch_slot)
    for number, path in enumerate(made.paths):
        for fact in facts_of(path, "SaleClosed"):
            for line in msgspec.convert(fact["lines"], list[dict[str, object]]):
                sold[is_fresh(shop, str(line["sku"]))] += 1
        for fact in facts_of(path, "StockMoved"):
            if fact["move"] == "spoilage" and (number, fact["slot"]) != batch:
                wasted[is_fresh(shop, str(fact["sku"]))] -= int(str(fact["qty"]))
    assert 0.01 < wasted[True] / sold[True] < 0.1
    assert wasted[False] <= 0.01 * sold[False]


def is_fresh(shop: Shop, sku: str) -> bool:
    return 0 < shop.catalogue.products[sku].shelf_life_days <= 35


def test_nothing_is_thrown_away_on_a_day_on_which_it_may_still_be_sold(made: Made) -> None:
    thrown = [
        (str(part[0]), str(at)[:10])
        for path in made.paths
        for (at, body) in read(path, "SELECT at, CAST(body AS TEXT) FROM journal WHERE kind = 'StockMoved'")
        for fact in [msgspec.json.decode(bytes(str(body), "utf-8"))["fact"]]
        if fact["move"] == "spoilage"
        for part in fact["lots"] or ()
    ]
    assert thrown
    assert not [each for each in thrown if each[0] >= each[1]], (
        "rounds are before noon: the local day is UTC's"
    )


def test_coils_are_counted_in_turn_and_each_round_closes_the_day(made: Made) -> None:
    for path in made.paths:
        closes = facts_of(path, "DayClosed")
        assert [fact["number"] for fact in closes] == list(range(1, len(closes) + 1))
        assert len(closes) >= 8
        counted = {fact["slot"] for fact in facts_of(path, "SlotCounted") if fact["move"] == "count"}
        assert len(counted) >= 20


def test_claims_come_and_some_are_paid_and_some_are_not(made: Made) -> None:
    states = Counter(str(state) for path in made.paths for (state,) in read(path, "SELECT state FROM claim"))
    assert states
    assert set(states) <= {"weighed", "approved", "refused", "paid"}


def test_who_is_refused_reads_what_the_evidence_says_of_their_own_claim(made: Made) -> None:
    sql = "SELECT about, reason FROM claim WHERE state = 'refused'"
    refused = [(str(about), str(reason)) for path in made.paths for about, reason in read(path, sql)]
    assert refused
    for about, reason in refused:
        is_of_goods = reason == NOT_SHOWN or "goods were in date, until 2026-" in reason
        assert is_of_goods if about == "bad_goods" else reason in REFUSALS.values()


def test_of_bad_goods_people_ask_for_what_they_paid_and_get_that_or_nothing(made: Made) -> None:
    sql = """SELECT claim.said_minor, claim.amount_minor, claim.state, sale.total_minor FROM claim
        JOIN sale ON sale.visit = claim.visit WHERE claim.about = 'bad_goods'"""
    rows = [tuple(row) for path in made.paths for row in read(path, sql)]
    assert rows
    for said_minor, amount_minor, state, total_minor in rows:
        assert 0 < int(str(said_minor)) <= int(str(total_minor))
        assert state in {"weighed", "refused"} or amount_minor == said_minor
