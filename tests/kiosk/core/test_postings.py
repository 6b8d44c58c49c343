"""Double entry: every fact's postings sum to 0, and their balances are the state's totals."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.postings import postings_of
from tests.kiosk.world import World

MONEY = st.integers(0, 10_000)


def values_for(annotation: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type; amounts of a fact stay whole and not negative."""
    origin = typing.get_origin(annotation)
    if origin in {typing.Union, types.UnionType}:
        return st.one_of(*(values_for(part) for part in typing.get_args(annotation)))
    if origin is tuple:
        inner = typing.get_args(annotation)
        if inner[-1] is Ellipsis:
            return st.lists(values_for(inner[0]), max_size=3).map(tuple)
        return st.tuples(*(values_for(part) for part in inner))
    if annotation is type(None):
        return st.none()
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        return MONEY
    if annotation is str:
        return st.sampled_from(["", "a", "b"])
    if issubclass(annotation, enum.Enum):
        return st.sampled_from(annotation)
    return facts_of(annotation)


def facts_of(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any fact of this kind; a sale's parts are made to fit, as the fold demands of a real one."""
    hints = typing.get_type_hints(kind)
    fields = {field.name: values_for(hints[field.name]) for field in dataclasses.fields(kind)}
    made: st.SearchStrategy[Any] = st.builds(kind, **fields)
    if kind is f.TaxPart:
        return made.map(
            lambda part: dataclasses.replace(part, tax_minor=min(part.tax_minor, part.gross_minor))
        )
    if kind is f.SaleClosed:
        return made.map(
            lambda sale: dataclasses.replace(sale, total_minor=sum(part.gross_minor for part in sale.taxes))
        )
    return made


@pytest.mark.rule("MS-I1")
@pytest.mark.parametrize("kind", f.KINDS.values(), ids=list(f.KINDS))
def test_the_postings_of_every_fact_sum_to_nothing(kind: type[f.Fact]) -> None:
    @given(fact=facts_of(kind))
    @settings(max_examples=12, deadline=None)
    def check(fact: f.Fact) -> None:
        postings = postings_of(fact)
        assert sum(amount for _, amount in postings) == 0
        assert all(type(amount) is int and amount != 0 for _, amount in postings)

    check()


def test_a_sale_without_tax_or_without_a_price_has_no_empty_postings() -> None:
    free = f.SaleClosed("V", 1, (), 0, (f.TaxPart("zero", 0, 0, 0),), is_recovered=False)
    assert postings_of(free) == ()
    untaxed = f.SaleClosed("V", 1, (), 100, (f.TaxPart("zero", 0, 100, 0),), is_recovered=False)
    assert postings_of(untaxed) == (("credit", 100), ("sales.zero", -100))
    taxed = f.SaleClosed("V", 1, (), 100, (f.TaxPart("all", 1, 100, 100),), is_recovered=False)
    assert postings_of(taxed) == (("credit", 100), ("tax.all", -100))


def balances(world: World) -> dict[str, int]:
    assert world.ledger is not None
    rows = world.ledger._connection.execute(text("SELECT account, amount_minor FROM balance")).all()
    return {row[0]: row[1] for row in rows if row[1]}


@pytest.mark.rule("MS-I2")
@pytest.mark.rule("MS-I3")
def test_the_balances_of_a_varied_day_are_the_totals_of_the_state(world: World) -> None:
    world.scan("apple")
    world.choose("A1")
    world.coins(200)
    world.scan("water")
    world.coins(200)
    world.hoppers["hopper-50"].extra = 1
    world.coins(100)
    world.money_back()
    world.coins(50)
    world.crash()
    world.ask(ev.HandOver(next(iter(world.state.debts)), "clerk"))
    world.ask(ev.ClerkEntered("clerk"))
    world.coins(10)
    world.ask(ev.CashBoxCollected("token", "clerk", 500))
    books, totals = balances(world), world.state.totals

    def total(prefix: str) -> int:
        return sum(amount for account, amount in books.items() if account.startswith(prefix))

    assert sum(books.values()) == 0
    assert total("sales.") + total("tax.") == -totals.sold
    assert total("credit") == -totals.held
    assert total("owed") == -totals.owed
    assert total("suspense.") == -totals.suspense
    assert {
        name.removeprefix("cash."): amount for name, amount in books.items() if name.startswith("cash.")
    } == {name: amount for name, amount in world.state.cash.items() if amount}
    assert all(amount >= 0 for account, amount in books.items() if account.startswith(("cash.", "transit.")))
