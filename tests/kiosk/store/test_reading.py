"""What the desk reads, on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.journal.entry import read_content
from kiosk.runtime.clock import stamp_of
from kiosk.store import reading as desk
from kiosk.store.cash import read_collection_rows
from kiosk.store.database import reading
from kiosk.store.figure_days import read_months_of
from kiosk.store.figures import Kind
from kiosk.store.models import journal
from kiosk.store.reading import EntryFilter
from tests.kiosk.ledger_world import HOPPERS, KIOSK_ID, World

HOUR_MS = 3_600_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def sold(world: World) -> World:
    world.sale()
    world.done()
    return world


@pytest.fixture
def connection(world: World) -> Iterator[Connection]:
    with reading(world.reader) as connection:
        yield connection


def test_a_days_sales_are_those_of_the_kiosks_own_midnight() -> None:
    assert desk.day_bounds(date(2026, 11, 21), "Asia/Tehran") == (
        "2026-11-20T20:30:00.000Z",
        "2026-11-21T20:30:00.000Z",
    )


def test_a_day_on_which_the_clocks_change_has_its_true_length() -> None:
    assert desk.day_bounds(date(2026, 3, 29), "Europe/Berlin") == (
        "2026-03-28T23:00:00.000Z",
        "2026-03-29T22:00:00.000Z",
    )


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("V1-12", (1, 12)),
        ("D20-3", (20, 3)),
        ("V1", None),
        ("", None),
        ("v1-2", None),
        ("V1-2; --", None),
        ("V1-٣", None),
    ],
)
def test_an_id_carries_the_place_of_its_entry(name: str, place: tuple[int, int] | None) -> None:
    assert desk.position_of(name) == place


def test_sales_and_their_products_are_read_for_the_day_asked_for(sold: World, connection: Connection) -> None:
    bounds = desk.day_bounds(date(2026, 11, 21), "Europe/Berlin")
    sales = desk.read_sales(connection, KIOSK_ID, *bounds)
    assert [(sale.total_minor, sale.pieces) for sale in sales] == [(150, 1)]
    assert desk.read_products_sold(connection, KIOSK_ID, sales) == (desk.ProductSold("COLA", 1, 150),)
    assert desk.read_sales(connection, KIOSK_ID, *desk.day_bounds(date(2026, 11, 22), "Europe/Berlin")) == ()


def test_every_balance_is_the_sum_of_the_postings_that_its_page_shows(
    sold: World, connection: Connection
) -> None:
    sold.short_change()
    with reading(sold.reader) as fresh:
        balances = desk.read_balances(fresh, KIOSK_ID)
        assert sum(each.amount_minor for each in balances) == 0
        for balance in balances:
            page = desk.read_journal(fresh, KIOSK_ID, EntryFilter(account=balance.account))
            postings = [
                posting
                for entry in page.entries
                for posting in desk.postings_to(read_content(entry), balance.account)
            ]
            assert sum(amount for _, amount, _ in postings) == balance.amount_minor, balance.account


def test_a_star_stands_for_all_accounts_of_a_group(sold: World, connection: Connection) -> None:
    page = desk.read_journal(connection, KIOSK_ID, EntryFilter(account="cash.*"))
    kinds = {entry.kind for entry in page.entries}
    assert {"CashFilled", "CoinCredited", "PayoutEnded"} <= kinds
    assert "VisitOpened" not in kinds


def test_an_account_named_in_a_text_is_no_posting(world: World, connection: Connection) -> None:
    world.ask(ev.ScanRead(code='["float",1,"EUR"]', sku="", reason="unknown_product"))
    with reading(world.reader) as fresh:
        page = desk.read_journal(fresh, KIOSK_ID, EntryFilter(account="float"))
    assert {entry.kind for entry in page.entries} == {"CashFilled"}


def test_a_visit_is_told_from_its_opening_on(world: World) -> None:
    visit = world.sale()
    world.done()
    with reading(world.reader) as connection:
        page = desk.read_journal(connection, KIOSK_ID, EntryFilter(visit=visit))
    assert page.entries[0].kind == "VisitOpened"
    assert {entry.visit for entry in page.entries} == {visit}
    assert [entry.seq for entry in page.entries] == sorted(entry.seq for entry in page.entries)


def test_pages_of_the_journal_join_without_a_gap_or_a_repeat(world: World) -> None:
    for _ in range(5):
        world.sale()
        world.done()
        world.clock.move(30_000)
    seen: list[int] = []
    since: desk.Position | None = None
    with reading(world.reader) as connection:
        while True:
            page = desk.read_journal(connection, KIOSK_ID, EntryFilter(), since=since)
            seen += [entry.seq for entry in page.entries]
            since = page.go_on
            if since is None:
                break
    assert len(seen) > desk.PAGE_ENTRIES
    assert seen == list(range(world.state.seq, 0, -1))


def test_a_day_of_the_journal_holds_that_day_and_nothing_else(world: World) -> None:
    first_day = world.state.seq
    world.clock.move(86_400_000)
    world.sale()
    second_day = world.state.seq
    world.clock.move(86_400_000)
    world.coin(100)
    start, end = desk.day_bounds(date(2026, 11, 22), "Europe/Berlin")
    with reading(world.reader) as connection:
        page = desk.read_journal(connection, KIOSK_ID, EntryFilter(start_at=start, end_at=end))
    seqs = [entry.seq for entry in page.entries]
    assert seqs == list(range(second_day, first_day, -1))
    assert page.go_on is None


def test_a_kind_finds_its_entries(sold: World, connection: Connection) -> None:
    page = desk.read_journal(connection, KIOSK_ID, EntryFilter(kind="SaleClosed"))
    assert [entry.kind for entry in page.entries] == ["SaleClosed"]


def test_collections_are_read_newest_first(world: World) -> None:
    world.coin(100)
    world.money_back()
    world.pay()
    world.done()
    world.ask(ev.ClerkEntered("sami"))
    world.ask(ev.CashBoxCollected("c1", "sami", 90))
    world.clock.move(60_000)
    world.ask(ev.CashBoxCollected("c2", "sami", 30))
    with reading(world.reader) as connection:
        found = read_collection_rows(connection, KIOSK_ID)
    assert [(each.expected_minor, each.counted_minor, each.variance_minor) for each in found] == [
        (0, 30, 30),
        (100, 90, -10),
    ]


def test_open_debts_leave_the_list_when_they_are_paid(world: World) -> None:
    world.short_change()
    with reading(world.reader) as connection:
        (debt,) = desk.read_debts(connection, KIOSK_ID)
    assert (debt.amount_minor, debt.is_certain, debt.state) == (50, True, "open")
    world.ask(ev.HandOver(debt=debt.debt, by="sami"))
    with reading(world.reader) as connection:
        assert desk.read_debts(connection, KIOSK_ID) == ()
        closed = desk.read_debt(connection, KIOSK_ID, debt.debt)
        assert closed is not None
        assert closed.state == "handed_over"


def test_stock_devices_and_unknown_codes_are_read(world: World) -> None:
    world.ask(ev.ScanRead(code="4006381333931", sku="", reason="unknown_product"))
    with reading(world.reader) as connection:
        assert {row.slot: row.qty for row in desk.read_stock(connection, KIOSK_ID)} == {"A1": 5, "A2": 5}
        assert {row.device for row in desk.read_devices(connection, KIOSK_ID)} >= {
            "coins",
            "coils",
            "hopper-10",
        }
        (code,) = desk.read_unknown_codes(connection, KIOSK_ID)
    assert (code.code, code.qty) == ("4006381333931", 1)


def test_users_are_read_by_name(world: World) -> None:
    world.ask(ev.UserOffered(user="mina", role="clerk", by="console", secret_hash="x"))
    with reading(world.reader) as connection:
        assert desk.read_user(connection, "nobody") is None
        assert [user.name for user in desk.read_users(connection)] == ["mina"]


def test_another_kiosks_rows_are_not_read(sold: World, connection: Connection) -> None:
    assert desk.read_balances(connection, "K2") == ()
    assert desk.read_head(connection, "K2") == (0, 0)
    assert desk.read_journal(connection, "K2", EntryFilter()).entries == ()


def test_the_last_entry_is_the_tills(sold: World, connection: Connection) -> None:
    assert desk.read_head(connection, KIOSK_ID) == (1, sold.state.seq)
    (entry,) = desk.read_entries_at(connection, KIOSK_ID, [(1, 1), (1, 10**9)])
    assert isinstance(read_content(entry).fact, f.JournalOpened)


def _all_pages(connection: Connection, wanted: EntryFilter) -> list[desk.Position]:
    """Where the entries are that page after page shows."""
    found: list[desk.Position] = []
    since: desk.Position | None = None
    while True:
        page = desk.read_journal(connection, KIOSK_ID, wanted, since=since)
        found += [(entry.epoch, entry.seq) for entry in page.entries]
        since = page.go_on
        if since is None:
            return found


def test_entries_of_an_account_are_found_once_each_also_where_the_clock_was_set_back(world: World) -> None:
    for number in range(60):
        world.fill({next(iter(HOPPERS)): 1})
        world.clock.move(-HOUR_MS if number in {20, 40} else 7 * 60_000)
    with reading(world.reader) as connection:
        everything = connection.execute(select(journal).order_by(journal.c.epoch, journal.c.seq)).fetchall()
        for account in ("cash.hopper.*", "float"):
            name = account.removesuffix("*") if account.endswith("*") else f'{account}"'
            posted = [(row.epoch, row.seq) for row in everything if f'["{name}'.encode() in row.body]
            assert len(posted) > desk.PAGE_ENTRIES
            assert _all_pages(connection, EntryFilter(account=account)) == posted[::-1], account


def test_a_rare_entry_is_found_without_looking_at_the_others(world: World) -> None:
    for _ in range(4):
        world.sale()
        world.done()
        world.clock.move(HOUR_MS)
    asked: list[tuple[str, tuple[object, ...]]] = []
    with reading(world.reader) as connection:
        event.listen(
            connection.engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3]))
        )
        page = desk.read_journal(connection, KIOSK_ID, EntryFilter(account="float"))
        statement, values = asked[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()[0][3]
    assert {entry.kind for entry in page.entries} == {"CashFilled"}
    assert len(asked) == 4  # which days are summed, where they are, they themselves, and how they are found
    assert "SEARCH journal" in plan
    assert "epoch=? AND seq>? AND seq<?" in plan  # sought, not walked to


def test_an_account_is_found_through_the_months_that_have_it(world: World) -> None:
    """Days are summed at checkpoints: what is older is looked for only in months in which it happened."""
    for _ in range(7):
        for _ in range(8):
            world.fill({next(iter(HOPPERS)): 1})
            world.clock.move(20 * 60_000)
        world.clock.move(50 * 24 * HOUR_MS)
        world.till._state = world.ledger.checkpoint(world.till._state, stamp_of(world.clock))
    with reading(world.reader) as connection:
        until, months = read_months_of(connection, KIOSK_ID, ((Kind.ACCOUNT, "float"),))
        assert (until[:7], len(months)) == ("2027-11", 7), "between them lie months without any"
        assert read_months_of(connection, KIOSK_ID, ((Kind.ACCOUNT, "goodwill"),))[1] == []
        everything = connection.execute(select(journal).order_by(journal.c.epoch, journal.c.seq)).fetchall()
        posted = [(row.epoch, row.seq) for row in everything if row.kind == "CashFilled"]
        assert len(posted) > desk.PAGE_ENTRIES
        assert _all_pages(connection, EntryFilter(account="float")) == posted[::-1]
        start_at, end_at = desk.month_bounds("2027-03", "Europe/Berlin")
        march = EntryFilter(account="float", start_at=start_at, end_at=end_at)
        of_march = [
            (row.epoch, row.seq) for row in everything if row.kind == "CashFilled" and row.at[:7] == "2027-03"
        ]
        assert _all_pages(connection, march) == of_march[::-1] != []


@pytest.mark.parametrize("kind", sorted(desk.ALWAYS_DONE))
def test_what_only_people_do_names_them_always_and_is_found_at_once(world: World, kind: str) -> None:
    (by,) = (field for field in fields(f.KINDS[kind]) if field.name in {"by", "actor"})
    assert (by.type, by.default) == ("str", MISSING), "an entry cannot leave it out"
    for number in range(desk.PAGE_ENTRIES + 2):
        world.ask(ev.UserOffered(user=f"mina{number}", role="clerk", by="console", secret_hash="x"))
    with reading(world.reader) as connection:
        statement = select(journal.c.epoch, journal.c.seq).where(journal.c.kind == kind)
        every = [(row.epoch, row.seq) for row in connection.execute(statement.order_by(journal.c.seq.desc()))]
        assert _all_pages(connection, EntryFilter(kind=kind)) == every
        assert len(every) == (desk.PAGE_ENTRIES + 2 if kind == "UserSaved" else 0)


def test_a_search_that_finds_nothing_ends_and_says_how_far_it_looked(world: World) -> None:
    world.sale()
    world.done()
    with reading(world.reader) as connection:
        head, whole = desk.read_head(connection, KIOSK_ID), EntryFilter(kind="GoodwillGranted")
        assert desk.read_journal(connection, KIOSK_ID, whole) == desk.EntryPage((), None)
        part = desk._walk(connection, KIOSK_ID, whole, (head[0], head[1] + 1), window=5)
        assert part.go_on == (head[0], head[1] - 4)
        (oldest,) = desk.read_entries_at(connection, KIOSK_ID, [part.go_on])
        assert part.looked_to == oldest.at
