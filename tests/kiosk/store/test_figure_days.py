"""Days of figures say what the quarters say, of any stretch, however entries come; and cost the same in a long history."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from kiosk.core import facts as f
from kiosk.journal.entry import Entry
from kiosk.store import models
from kiosk.store.database import open_writer, sqlite_url
from kiosk.store.figure_days import QUARTER_CHARS, ROWS_AT_ONCE, read_balances_at, read_months_of
from kiosk.store.figures import Kind, read_all_figures, read_figures
from kiosk.store.ledger import read_entries
from kiosk.store.projections import entry_write, writes_of
from kiosk.store.reading import (
    EntryFilter,
    EntryPage,
    _holds,
    day_bounds,
    month_bounds,
    read_first_times,
    read_journal,
)
from kiosk.store.results import read_results
from kiosk.store.upgrade import Whose, renew_readings, whose_readings
from tests.kiosk.store.freeze import VECTORS
from tests.kiosk.store.told import Store

KIOSKS = ("K1", "K2")
ZONES = ("UTC", "Asia/Tehran", "Asia/Kathmandu", "America/New_York", "Pacific/Kiritimati")
NOON = datetime(2026, 2, 26, 12, tzinfo=UTC)
MINUTES = (0, 20, 540, 1_440, 7_200, 57_600, -180, -2_880, -72_000)
"""Between two entries: quick ones, nights, idle weeks; and a clock that was set back, by hours, days, and a month and a half."""

EVER = ("2000-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z")

SIGNED = f.CheckpointSigned(0, "", 0, 0, 0, 0, "", "")


def fact_of(number: int, what: str, amount: int) -> f.Fact:
    match what:
        case "coin":
            return f.CoinCredited("", "coin", 7, 1, number, 1, 1, amount * 10, "hopper.h10")
        case "payout":
            return f.PayoutEnded("", "", "h10", 10, amount, amount, None, "", is_recovered=False)
        case "waste":
            return f.StockMoved(f"t{number}", "clerk", "water", "S1", "spoilage", -amount, cost_minor=amount)
        case "count":
            return f.StockMoved(f"t{number}", "clerk", f"sku{amount}", "S1", "count", amount - 3)
        case "bag":
            return f.CashCollected(f"t{number}", "clerk", f"C{number}", "hopper.h10", amount, amount)
        case _:
            return SIGNED


WHATS = ("coin", "coin", "payout", "waste", "count", "bag", "signed", "signed")
ENTRIES = st.lists(
    st.tuples(st.sampled_from(KIOSKS), st.sampled_from(MINUTES), st.sampled_from(WHATS), st.integers(1, 5)),
    max_size=40,
)


def write_all(store: Store, entries: Sequence[tuple[str, int, str, int]]) -> None:
    """Both kiosks' entries, the second half in a new epoch."""
    times = dict.fromkeys(KIOSKS, NOON)
    for number, (kiosk_id, minutes, what, amount) in enumerate(entries):
        times[kiosk_id] += timedelta(minutes=minutes)
        epoch = 1 + (number >= len(entries) / 2)
        store.write(kiosk_id, epoch, times[kiosk_id], fact_of(number, what, amount))


def balances_by_reckoning_back(connection: Connection, end_at: str) -> dict[tuple[str, str], int]:
    """What accounts hold now, less every quarter since: exact, and the longer ago the dearer."""
    held = {
        (row.kiosk_id, row.account): row.amount_minor for row in connection.execute(select(models.balance))
    }
    for (kiosk_id, kind, name), (_, amount_minor, _) in quarters_between(connection, end_at, EVER[1]).items():
        if kind is Kind.ACCOUNT:
            held[kiosk_id, name] = held.get((kiosk_id, name), 0) - amount_minor
    return {key: amount_minor for key, amount_minor in held.items() if amount_minor}


def quarters_between(
    connection: Connection, start_at: str, end_at: str
) -> dict[tuple[str, Kind, str], tuple[int, int, int]]:
    """Every quarter's row, one by one."""
    found: dict[tuple[str, Kind, str], tuple[int, int, int]] = {}
    for row in connection.execute(select(models.figure)):
        if start_at[:QUARTER_CHARS] <= row.quarter < end_at[:QUARTER_CHARS]:
            key = (row.kiosk_id, Kind(row.kind), row.name)
            qty, amount_minor, part_minor = found.get(key, (0, 0, 0))
            found[key] = (qty + row.qty, amount_minor + row.amount_minor, part_minor + row.part_minor)
    return {key: sums for key, sums in found.items() if any(sums)}


def check(connection: Connection, start_at: str, end_at: str) -> None:
    sums = {
        (each.kiosk_id, kind, each.name): (each.qty, each.amount_minor, each.part_minor)
        for kind, figures in read_all_figures(connection, KIOSKS, start_at, end_at).items()
        for each in figures
    }
    want = quarters_between(connection, start_at, end_at)
    assert sums == want, (start_at, end_at)
    coins = read_figures(connection, KIOSKS, Kind.PIECE, start_at, end_at)
    assert {each.kiosk_id for each in coins} == {key[0] for key in want if key[1] is Kind.PIECE}
    assert read_balances_at(connection, KIOSKS, end_at) == balances_by_reckoning_back(connection, end_at)


@settings(max_examples=40, deadline=None)
@given(
    entries=ENTRIES,
    stretches=st.lists(
        st.tuples(st.sampled_from(ZONES), st.integers(-60, 300), st.integers(0, 120)), min_size=3, max_size=6
    ),
    most=st.sampled_from((1, 3, 10, ROWS_AT_ONCE)),
)
def test_every_stretch_of_days_has_the_sums_and_balances_of_its_quarters(
    store: Store, entries: list[tuple[str, int, str, int]], stretches: list[tuple[str, int, int]], most: int
) -> None:
    store.clear()
    store.most = most
    write_all(store, entries)
    check(store.connection, *EVER)
    for zone, first, days in stretches:
        day = NOON.date() + timedelta(days=first)
        check(store.connection, day_bounds(day, zone)[0], day_bounds(day + timedelta(days=days), zone)[1])


def test_both_databases_sum_the_same_days(either: Store) -> None:
    chance = random.Random(5)
    entries = [
        (chance.choice(KIOSKS), chance.choice(MINUTES), chance.choice(WHATS), chance.randint(1, 5))
        for _ in range(120)
    ]
    write_all(either, entries)
    assert either.connection.execute(select(models.figure_day)).first() is not None
    for month in ("2026-02", "2026-03", "2026-05"):
        check(either.connection, *month_bounds(month, "Asia/Tehran"))
    check(either.connection, *EVER)
    begun = {row.kiosk_id: row.at for row in either.connection.execute(_FIRST)}
    assert read_first_times(either.connection, (*KIOSKS, "K9")) == begun
    assert read_first_times(either.connection, ()) == {}


_FIRST = select(models.journal.c.kiosk_id, models.journal.c.at).where(
    models.journal.c.epoch == 1, models.journal.c.seq == 1
)


def test_a_clock_set_back_costs_one_row_and_the_next_checkpoint_sums_those_days_again(store: Store) -> None:
    store.clear()
    for day in range(40):
        store.write("K1", 1, NOON + timedelta(days=day), fact_of(day, "coin", 2))
        store.write("K1", 1, NOON + timedelta(days=day), SIGNED)
    before = store.connection.execute(select(models.figure_day)).all()
    store.write("K1", 1, NOON + timedelta(days=3), fact_of(99, "coin", 5))
    assert store.connection.execute(select(models.figure_day)).all() == before
    until = select(models.figure_until.c.until_day)
    assert store.connection.execute(until).scalar_one() == "2026-03-01"
    check(store.connection, *EVER)
    store.write("K1", 1, NOON + timedelta(days=41), SIGNED)
    assert store.connection.execute(until).scalar_one() == "2026-04-08"
    assert store.connection.execute(select(models.figure_day)).all() != before
    check(store.connection, *EVER)


def test_a_day_under_way_is_not_summed_and_a_sale_touches_no_sum(store: Store) -> None:
    store.clear()
    store.write("K1", 1, NOON, fact_of(1, "coin", 2))
    store.write("K1", 1, NOON, SIGNED)
    assert store.connection.execute(select(models.figure_day)).all() == []
    names = [name for name, _ in writes_of(ENTRY, fact_of(2, "coin", 1))]
    assert [name for name in names if "days" in name] == ["days_late"]


ENTRY = Entry("K1", 1, 1, "2026-03-02T08:00:00.000Z", 0, True, 1, "CoinCredited", 1, "", "", b"", b"")


def steps_of(connection: Connection, month: str) -> int:
    """Steps of SQLite's machine for the results of one month of both kiosks."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(count, 1)
    read_results(connection, KIOSKS, *month_bounds(month, "Asia/Tehran"), costs_minor={})
    driver.set_progress_handler(None, 0)
    return steps


def test_a_month_costs_the_same_steps_however_long_ago_it_was_and_however_long_the_history_is(
    store: Store,
) -> None:
    store.clear()
    number, steps = 0, []
    for days in (70, 280):
        while number < days:
            for kiosk_id in KIOSKS:
                for hour in range(3):
                    at = NOON + timedelta(days=number, hours=hour)
                    store.write(kiosk_id, 1, at, fact_of(4 * number + hour, "coin", 1 + number % 5))
                store.write(kiosk_id, 1, NOON + timedelta(days=number), SIGNED)
            number += 1
        steps.append(steps_of(store.connection, "2026-03"))
    steps.append(steps_of(store.connection, "2026-11"))
    assert steps[1] <= 1.1 * steps[0], "the same month, four times the history"
    assert steps[2] <= 1.5 * steps[0], "and one that ends with it"


def test_months_are_found_by_what_happened_in_them(either: Store) -> None:
    at = NOON
    for number, what in enumerate(("coin", "waste", "coin", "bag")):
        either.write("K1", 1, at, fact_of(number, what, 2))
        at += timedelta(days=45)
        either.write("K1", 1, at, SIGNED)
    find = {
        "cash.*": ["2026-02", "2026-05", "2026-07"],
        "cash.hopper.h10": ["2026-02", "2026-05", "2026-07"],
        "transit.C3": ["2026-07"],
        "goodwill": [],
    }
    for name, months in find.items():
        until, found = read_months_of(either.connection, "K1", ((Kind.ACCOUNT, name),))
        assert (until, [first[:7] for first, _ in reversed(found)]) == ("2026-08-25", months), name
    both = read_months_of(either.connection, "K1", ((Kind.WASTE, "*"), (Kind.ACCOUNT, "transit.*")))[1]
    assert [first for first, _ in both] == ["2026-07-01", "2026-04-01"]
    assert read_months_of(either.connection, "K2", ((Kind.ACCOUNT, "float"),)) == ("", [])


def test_the_bytes_of_entries_are_searched_by_either_database(either: Store) -> None:
    for seq, body in enumerate((b'{"S_%1"}', b'{"SAB1"}', b'{"S_%1', b'{"S\\1"}'), 1):
        entry = replace(ENTRY, seq=seq, body=body)
        either.statements.run(either.execute, [entry_write(entry)])
    table = models.journal

    def found(text: str) -> list[int]:
        holds = _holds(either.connection, text)
        return list(either.connection.execute(select(table.c.seq).where(holds)).scalars())

    assert (found('"S_%1"'), found('"S\\1"')) == ([1], [4])
    assert read_journal(either.connection, "K1", EntryFilter(slot="S9")) == EntryPage((), None)


def test_a_store_of_the_second_landing_is_made_anew_and_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    shutil.copy(VECTORS / "journal-landing-2.db", path)
    engine = open_writer(sqlite_url(path))
    stretches = (EVER, day_bounds(date(2026, 3, 2), "Asia/Tehran"), day_bounds(date(2026, 3, 1), "UTC"))
    with engine.connect() as connection:
        assert whose_readings(connection) is Whose.EARLIER
        sums = [quarters_between(connection, *each) for each in stretches]
        held = [balances_by_reckoning_back(connection, end_at) for _, end_at in stretches]
    assert sums[0]
    assert held[0]
    assert renew_readings(engine, read_entries) > 100
    with engine.connect() as connection:
        assert whose_readings(connection) is Whose.OURS
        assert [quarters_between(connection, *each) for each in stretches] == sums
        for each, before in zip(stretches, held, strict=True):
            check(connection, *each)
            assert read_balances_at(connection, KIOSKS, each[1]) == before
    engine.dispose()
