from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.invariant import InvariantBroken, ensure
from kiosk.money import Currency, included_tax, split


@given(gross=st.integers(0, 10**9), rate=st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_included_tax_is_the_exact_share_rounded_half_up(gross: int, rate: int) -> None:
    exact = Fraction(gross * rate, 10_000 + rate)
    assert included_tax(gross, rate) == (exact + Fraction(1, 2)).__floor__()


def test_nineteen_percent_of_a_euro_fifty() -> None:
    assert included_tax(150, 1900) == 24


@pytest.mark.parametrize(("gross", "rate"), [(-1, 0), (1, -1), (1, 10_001)])
def test_tax_of_nonsense_breaks_a_promise(gross: int, rate: int) -> None:
    with pytest.raises(InvariantBroken):
        included_tax(gross, rate)


@given(amount=st.integers(0, 10**6), shares=st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_splitting_loses_nothing_and_favours_nobody_by_more_than_one(amount: int, shares: int) -> None:
    parts = split(amount, shares)
    assert sum(parts) == amount
    assert max(parts) - min(parts) <= 1
    assert list(parts) == sorted(parts, reverse=True)


@pytest.mark.parametrize(("amount", "shares"), [(-1, 1), (1, 0)])
def test_splitting_nonsense_breaks_a_promise(amount: int, shares: int) -> None:
    with pytest.raises(InvariantBroken):
        split(amount, shares)


@pytest.mark.parametrize(("code", "exponent"), [("EU", 2), ("eur", 2), ("ÄÖÜ", 2), ("EUR", 1), ("EUR", 4)])
def test_a_currency_is_three_capitals_and_a_known_exponent(code: str, exponent: int) -> None:
    with pytest.raises(InvariantBroken):
        Currency(code, exponent)


@pytest.mark.parametrize("exponent", [0, 2, 3])
def test_currencies_have_the_exponent_that_the_vendor_uses(exponent: int) -> None:
    assert Currency("IRR", exponent).exponent == exponent


def test_ensure_speaks_only_when_a_promise_is_broken() -> None:
    ensure([1], "something")
    with pytest.raises(InvariantBroken, match="nothing there"):
        ensure([], "nothing there")
