"""The kiosk's meters: what the file says is what the books say, since the beginning and since the last reading."""

from __future__ import annotations

import csv
import io

import pytest

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.fleet.audit import audit_of
from kiosk.fleet.books import COLUMNS, plain_amount, plain_text, write_postings
from kiosk.fleet.evadts import AuditFile, read_file, slots_of, sums_that_differ, write_file
from kiosk.journal.entry import recorded_of
from kiosk.store.ledger import read_entries
from tests.kiosk.tenders import TenderWorld
from tests.kiosk.varied import varied_morning
from tests.kiosk.world import EURO, World


def audit(world: World) -> AuditFile:
    assert world.ledger is not None
    made = audit_of(map(recorded_of, read_entries(world.ledger.connection, world.kiosk_id)), "A-17")
    read = read_file(write_file(made))
    assert read.problems == ()
    assert sums_that_differ(read) == ()
    return read


def test_a_varied_morning_stands_on_the_meters_as_in_the_books(world: World) -> None:
    varied_morning(world)
    file = audit(world)
    totals = world.state.totals
    assert file.number("VA1", 1) == file.number("VA1", 3) == totals.sold
    assert file.number("VA1", 2) == sum(len(sale.lines) for sale in sales(world))
    assert file.number("CA3", 5) == totals.taken, "coins only on this day"
    assert file.number("CA4", 3) == sum(
        fact.paid_qty * fact.value_minor
        for fact in world.facts(f.PayoutEnded)
        if isinstance(fact, f.PayoutEnded)
    )
    assert file.number("CA15", 1) == sum(
        amount for name, amount in world.state.cash.items() if name.startswith("hopper.")
    )
    assert file.number("CA8", 2) == sum(
        fact.amount_minor for fact in world.facts(f.DebtRecorded) if isinstance(fact, f.DebtRecorded)
    )
    assert file.number("EA7", 2) == world.boots
    events = {segment.text(1): segment.number(3) for segment in file.segments if segment.id == "EA2"}
    assert events["EJM"] == 1
    assert (file.decimals, file.first("ID4").text(3), file.first("ID1").text(6)) == (2, "EUR", "A-17")


def sales(world: World) -> list[f.SaleClosed]:
    return [fact for fact in world.facts(f.SaleClosed) if isinstance(fact, f.SaleClosed)]


def test_each_slot_has_its_price_number_and_value(world: World) -> None:
    for _ in range(2):
        world.choose("A1")
        world.coins(200)
        world.pass_time(40_000)
    slots = slots_of(audit(world))
    lines = [line for sale in sales(world) for line in sale.lines]
    assert set(slots) == {"A1"}
    assert slots["A1"]["PA1"].number(2) == lines[0].price_minor
    assert slots["A1"]["PA2"].number(1) == 2
    assert slots["A1"]["PA2"].number(2) == 2 * lines[0].price_minor


def test_a_reading_begins_a_new_interval_and_loses_nothing_of_the_old(world: World) -> None:
    world.choose("A1")
    world.coins(200)
    world.pass_time(40_000)
    sold = world.state.totals.sold
    world.ask(ev.AuditClosed("anna"))
    file = audit(world)
    assert (file.number("VA1", 1), file.number("VA1", 3)) == (sold, 0)
    assert file.number("EA3", 1) == 1
    assert file.first("EA3").text(5) == "20260302"
    world.choose("A2")
    world.coins(200)
    world.pass_time(40_000)
    file = audit(world)
    assert file.number("VA1", 3) == world.state.totals.sold - sold > 0
    assert world.verify().problems == ()


def test_what_a_card_paid_is_no_cash(shop: TenderWorld) -> None:
    shop.choose("A1")
    shop.tap(ev.CardTapped)
    shop.pass_time(40_000)
    (sale,) = sales(shop)
    file = audit(shop)
    assert (file.number("DA2", 1), file.number("DA2", 2)) == (sale.total_minor, 1)
    assert (file.number("CA2", 1), file.number("CA2", 2)) == (0, 0)


def test_notes_are_cash_in_and_are_named_apart(shop: TenderWorld) -> None:
    shop.choose("A1")
    shop.note(500)
    shop.pass_time(40_000)
    file = audit(shop)
    assert file.number("CA3", 10) == 500
    assert file.number("CA3", 8) == 1
    assert file.number("CA3", 5) == shop.state.totals.taken


def test_every_posting_is_a_row_and_the_columns_balance(world: World) -> None:
    varied_morning(world)
    assert world.ledger is not None
    out = io.StringIO()
    count = write_postings(read_entries(world.ledger.connection, "K1"), EURO, out)
    head, *rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert tuple(head) == COLUMNS
    assert len(rows) == count > 50

    def total(column: int) -> int:
        return sum(int(row[column].replace(".", "")) for row in rows if row[column])

    assert total(6) == total(7) > 0


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@SUM(A1)", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert plain_text(text) == f"'{text}"
    assert plain_text("anna") == "anna"


@pytest.mark.parametrize(
    ("amount", "exponent", "text"), [(5, 2, "0.05"), (-1234, 2, "-12.34"), (7000, 0, "7000"), (1, 3, "0.001")]
)
def test_amounts_are_plain_decimals(amount: int, exponent: int, text: str) -> None:
    assert plain_amount(amount, exponent) == text
