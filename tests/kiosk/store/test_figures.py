"""The rollups say what the entries say, for every stretch of local time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.journal.entry import read_content
from kiosk.store.figure_days import read_balances_at
from kiosk.store.figures import Kind, figure_writes, quarter_of, read_figures, read_quarters
from kiosk.store.ledger import read_entries
from kiosk.store.reading import day_bounds, read_balances
from kiosk.store.results import read_results
from tests.kiosk.world import World

ALWAYS = ("2000-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z")


def connection_of(world: World) -> Connection:
    assert world.ledger is not None
    return world.ledger.connection


def sell(world: World) -> None:
    world.scan("apple")
    world.choose("A1")
    world.coins(200)
    world.pass_time(30_000)


def test_a_sale_adds_its_goods_their_cost_and_its_taxes_to_its_quarter_of_an_hour(world: World) -> None:
    sell(world)
    connection = connection_of(world)
    sold = {
        each.name: (each.qty, each.amount_minor, each.part_minor)
        for each in read_figures(connection, ["K1"], Kind.SALE, *ALWAYS)
    }
    assert sold == {"apple": (1, 50, 25), "chips": (1, 150, 75)}
    taxes = {
        each.name: (each.amount_minor, each.part_minor)
        for each in read_figures(connection, ["K1"], Kind.TAX, *ALWAYS)
    }
    assert taxes == {"reduced:700": (50, 3), "standard:1900": (150, 24)}
    assert read_figures(connection, ["K1"], Kind.UNCOSTED, *ALWAYS) == ()
    (quarter,) = read_quarters(connection, ["K1"], *ALWAYS)
    assert (quarter.quarter, quarter.qty, quarter.amount_minor) == ("2026-03-02T08:00", 2, 200)
    (apples,) = read_quarters(connection, ["K1"], *ALWAYS, sku="apple")
    assert apples.amount_minor == 50


def test_the_sums_of_every_stretch_are_the_sums_of_its_entries(world: World) -> None:
    for minutes in (1, 14, 400, 700, 30, 1_000):
        sell(world)
        world.pass_time(minutes * 60_000)
    connection = connection_of(world)
    entries = list(read_entries(connection, "K1"))
    whole: Counter[str] = Counter()
    for day in (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5)):
        start_at, end_at = day_bounds(day, "Asia/Tehran")
        want: Counter[str] = Counter()
        for entry in entries:
            if start_at <= entry.at < end_at:
                for account, amount_minor, _ in read_content(entry).postings:
                    want[account] += amount_minor
        found = Counter(
            {
                each.name: each.amount_minor
                for each in read_figures(connection, ["K1"], Kind.ACCOUNT, start_at, end_at)
            }
        )
        assert {name: sum_ for name, sum_ in found.items() if sum_} == {
            name: sum_ for name, sum_ in want.items() if sum_
        }
        whole.update(found)
        held = read_balances_at(connection, ["K1"], end_at)
        assert all(held.get(("K1", name), 0) == sum_ for name, sum_ in whole.items())
    now = {each.account: each.amount_minor for each in read_balances(connection, "K1")}
    assert {name: sum_ for name, sum_ in whole.items() if sum_} == {
        name: sum_ for name, sum_ in now.items() if sum_
    }


def test_losses_are_counted_in_the_direction_of_their_name(world: World) -> None:
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.StockCounted("fill-1", "clerk", "S1", "fill", 9))
    world.ask(ev.StockCounted("spoilt-1", "clerk", "S1", "spoilage", 2))
    connection = connection_of(world)
    (waste,) = read_figures(connection, ["K1"], Kind.WASTE, *ALWAYS)
    assert (waste.name, waste.qty) == ("water", 2)
    found = {each.name: each.qty for each in read_figures(connection, ["K1"], Kind.COUNT, *ALWAYS)}
    assert found == {"bar": 5, "chips": 10}, "the first stock-taking found what no book knew"
    (result,) = read_results(connection, ["K1"], *ALWAYS, costs_minor={"bar": 60, "chips": 75})
    assert result.missing_minor == 0, "which is no profit"


def test_a_count_below_the_book_is_missing_goods(world: World) -> None:
    entry = next(read_entries(connection_of(world), "K1"))
    counted = f.StockMoved("t", "clerk", "water", "S1", "count", -3)
    rows = [row for _, row in figure_writes(entry, counted)]
    assert [(row["kind"], row["name"], row["qty"]) for row in rows] == [("count", "water", -3)]


def test_a_sale_of_before_costs_were_written_is_sold_without_one(world: World) -> None:
    sell(world)
    entry = next(each for each in read_entries(connection_of(world), "K1") if each.kind == "SaleClosed")
    fact = read_content(entry).fact
    assert isinstance(fact, f.SaleClosed)
    rows = [row for _, row in figure_writes(entry, replace(fact, costs=None))]
    assert sum(int(str(row["qty"])) for row in rows if row["kind"] == "uncosted") == 2
    assert all(row["part_minor"] == 0 for row in rows if row["kind"] == "sale")


def test_a_quarter_of_an_hour_begins_where_a_local_midnight_can() -> None:
    assert quarter_of("2026-03-02T20:44:59.999Z") == "2026-03-02T20:30"
    assert quarter_of("2026-03-02T20:45:00.000Z") == "2026-03-02T20:45"
    assert day_bounds(date(2026, 3, 2), "Asia/Kathmandu")[0] == "2026-03-01T18:15:00.000Z"
