from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.change import can_pay_all, payable_sums, plan_change
from kiosk.invariant import InvariantBroken

SMALL = st.dictionaries(st.sampled_from([5, 10, 20, 25, 50, 100]), st.integers(0, 4), max_size=4)


def brute_force(due_minor: int, contents: dict[int, int]) -> tuple[int, int]:
    """The largest payable sum up to ``due_minor``, and the fewest coins that pay it."""
    best = (0, 0)
    for counts in product(*(range(qty + 1) for qty in contents.values())):
        paid = sum(value * qty for value, qty in zip(contents, counts, strict=True))
        if paid <= due_minor and (paid, -sum(counts)) > (best[0], -best[1]):
            best = (paid, sum(counts))
    return best


def test_change_is_planned_exactly_and_not_largest_first() -> None:
    plan = plan_change(40, {25: 1, 20: 2})
    assert plan.coins == {20: 2}
    assert plan.short_minor == 0


def test_what_cannot_be_paid_is_said_and_not_dropped() -> None:
    plan = plan_change(70, {50: 3})
    assert (plan.coins, plan.paid_minor, plan.short_minor) == ({50: 1}, 50, 20)


def test_nothing_due_needs_no_coins() -> None:
    assert plan_change(0, {50: 3}).coins == {}
    assert plan_change(50, {}).short_minor == 50
    assert plan_change(50, {20: 0}).short_minor == 50


@given(due=st.integers(0, 300), contents=SMALL)
@settings(max_examples=150, deadline=None)
def test_a_plan_pays_as_much_as_can_be_paid_with_the_fewest_coins_that_are_there(
    due: int, contents: dict[int, int]
) -> None:
    plan = plan_change(due, contents)
    assert plan.paid_minor + plan.short_minor == due
    assert all(0 < qty <= contents[value] for value, qty in plan.coins.items())
    assert (plan.paid_minor, sum(plan.coins.values())) == brute_force(due, contents)


@given(most=st.integers(0, 300), contents=SMALL)
@settings(max_examples=100, deadline=None)
def test_payable_sums_are_those_that_a_plan_pays_whole(most: int, contents: dict[int, int]) -> None:
    payable = payable_sums(contents, most)
    sums = {due for due in range(most + 1) if plan_change(due, contents).short_minor == 0}
    assert {due for due in range(-3, most + 100) if due in payable} == sums
    assert can_pay_all(sums, payable)
    assert not can_pay_all([most + 1], payable)


@pytest.mark.parametrize(("due", "contents"), [(-1, {10: 1}), (10, {0: 1}), (10, {10: -1})])
def test_nonsense_breaks_a_promise(due: int, contents: dict[int, int]) -> None:
    with pytest.raises(InvariantBroken):
        plan_change(due, contents)
