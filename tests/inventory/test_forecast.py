"""A forecast follows the weekdays, takes a sold-out day for a lower bound, measures itself, and invents nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.forecast import (
    LEAST_DAYS,
    Availability,
    Day,
    Demand,
    forecast,
    pinball,
)

MONDAY = date(2026, 6, 1)


def days_of(count: int, sold: Callable[[int], int]) -> list[Day]:
    return [Day(MONDAY + timedelta(days=each), sold(each)) for each in range(count)]


def slow_chance(mean: float, spread: float, qty: int) -> float:
    """P(demand = qty) from the textbook's own products, without logarithms."""
    if spread == 1:
        return math.exp(-mean) * mean**qty / math.factorial(qty)
    size, stop = mean / (spread - 1), 1 / spread
    rising = math.prod((size + each) / (each + 1) for each in range(qty))
    return float(rising * stop**size * (1 - stop) ** qty)


@settings(max_examples=25, deadline=None)
@given(
    mean=st.floats(0.05, 30),
    spread=st.one_of(st.just(1.0), st.floats(1.05, 6)),
    sure=st.floats(0.05, 0.99),
)
def test_a_quantile_is_the_fewest_pieces_that_the_slow_sum_finds_enough(
    mean: float, spread: float, sure: float
) -> None:
    found = Demand(mean, spread).quantile(sure)
    up_to = math.fsum(slow_chance(mean, spread, qty) for qty in range(found + 1))
    assert up_to >= sure - 1e-9
    assert up_to - slow_chance(mean, spread, found) < sure + 1e-9


def test_negative_binomial_demand_has_the_mean_and_the_spread_it_is_asked_for() -> None:
    chances = Demand(4.0, 2.5).chances()
    mean = math.fsum(qty * chance for qty, chance in enumerate(chances))
    variance = math.fsum((qty - mean) ** 2 * chance for qty, chance in enumerate(chances))
    assert mean == pytest.approx(4.0)
    assert variance == pytest.approx(10.0)


def test_nothing_wanted_is_certain() -> None:
    assert Demand(0.0).quantile(0.99) == 0
    assert Demand(0.0).chance_up_to(0) == 1
    assert Demand(2.0).chance_up_to(-1) == 0


def test_a_very_large_mean_keeps_its_median() -> None:
    assert Demand(2_000.0).quantile(0.5) == 2_000


@pytest.mark.parametrize("days", [0, 1, LEAST_DAYS - 1])
def test_without_a_history_there_is_no_forecast(days: int) -> None:
    assert forecast(days_of(days, lambda _: 3), 3) is None


def test_days_without_stock_are_no_history() -> None:
    empty = [Day(day.on, 0, Availability.NONE) for day in days_of(60, lambda _: 0)]
    assert forecast(empty, 3) is None


def test_a_steady_product_is_forecast_as_it_sells() -> None:
    found = forecast(days_of(56, lambda _: 2), 3)
    assert found is not None
    assert found.level == pytest.approx(2.0)
    assert found.demand(MONDAY, 3).mean == pytest.approx(6.0)
    assert found.spread == 1.0
    assert found.measured is not None
    assert found.measured.own.off == pytest.approx(0.0)


def test_the_weekdays_have_their_shape() -> None:
    found = forecast(days_of(84, lambda each: 0 if each % 7 >= 5 else 4), 3)
    assert found is not None
    monday, sunday = found.week[0], found.week[6]
    assert monday > 3
    assert sunday < 1
    friday = MONDAY + timedelta(days=4)
    assert found.demand(friday, 3).mean < found.demand(MONDAY, 3).mean / 2


def test_a_sold_out_week_does_not_lower_the_forecast_as_a_poor_week_does() -> None:
    good = days_of(56, lambda _: 6)
    poor = [*good, *(Day(good[-1].on + timedelta(days=1 + each), 1) for each in range(7))]
    cut = [*poor[:56], *(Day(day.on, day.sold, Availability.PART) for day in poor[56:])]
    gone = [*poor[:56], *(Day(day.on, 0, Availability.NONE) for day in poor[56:])]
    level_poor, level_cut, level_gone = (
        found.level for found in (forecast(each, 3) for each in (poor, cut, gone)) if found is not None
    )
    assert level_poor < 4.5
    assert level_cut == pytest.approx(6.0, abs=0.3)
    assert level_gone == pytest.approx(6.0)


def test_a_sold_out_day_that_sold_more_than_expected_raises_the_forecast() -> None:
    good = days_of(56, lambda _: 3)
    found = forecast([*good, Day(good[-1].on + timedelta(days=1), 9, Availability.PART)], 3)
    assert found is not None
    assert found.level > 3.4
    assert found.cut_days == 1


def test_windows_with_a_sold_out_day_measure_nothing() -> None:
    history = [Day(day.on, day.sold, Availability.PART) for day in days_of(60, lambda _: 2)]
    found = forecast(history, 3)
    assert found is not None
    assert found.measured is None
    assert not found.is_naive


def test_noise_is_forecast_better_than_by_last_week() -> None:
    chance = random.Random(4)
    found = forecast(days_of(112, lambda _: sum(chance.random() < 0.3 for _ in range(10))), 3)
    assert found is not None
    assert found.measured is not None
    assert found.measured.own.off < found.measured.naive.off
    assert found.measured.own.loss < found.measured.naive.loss
    assert not found.is_naive


def test_after_a_sudden_change_last_week_is_the_better_forecast_and_is_used() -> None:
    found = forecast(days_of(80, lambda each: 9 if each < 50 else 2), 2)
    assert found is not None
    assert found.measured is not None
    assert found.is_naive
    assert found.measured.naive.loss < found.measured.own.loss
    assert found.week == (2.0,) * 7
    assert found.spread == 1


def test_a_week_without_a_sale_does_not_empty_the_place_of_a_slow_seller() -> None:
    """The mean error of “nothing” is hard to beat where little sells; what it costs to stock nothing is not."""
    chance = random.Random(11)
    history = days_of(112, lambda each: 0 if each >= 105 else int(chance.random() < 0.25))
    found = forecast(history, 7)
    assert found is not None
    assert found.measured is not None
    assert found.measured.naive.loss > found.measured.own.loss
    assert not found.is_naive
    assert found.demand(MONDAY, 7).quantile(0.9) >= 2


def test_a_product_that_swings_more_than_chance_has_a_wider_spread() -> None:
    chance = random.Random(8)
    found = forecast(days_of(112, lambda _: 12 if chance.random() < 0.2 else 0), 3)
    assert found is not None
    assert found.spread > 3
    assert found.demand(MONDAY, 3).quantile(0.9) > Demand(found.demand(MONDAY, 3).mean).quantile(0.9)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=5, max_size=25), st.floats(0.1, 0.9))
def test_the_quantile_of_what_came_has_the_least_pinball_loss(came: list[int], sure: float) -> None:
    ordered = sorted(came)
    quantile = ordered[min(len(ordered) - 1, math.ceil(sure * len(ordered)) - 1)]
    losses = {said: sum(pinball(sure, said, each) for each in came) for said in range(14)}
    assert losses[quantile] == pytest.approx(min(losses.values()))


def test_a_known_lower_bound_raises_the_mean_by_the_slow_sum() -> None:
    demand = Demand(3.0)
    rest = [(qty, slow_chance(3.0, 1, qty)) for qty in range(5, 60)]
    wanted = sum(qty * each for qty, each in rest) / sum(each for _, each in rest)
    assert demand.mean_from(5) == pytest.approx(wanted)
    assert demand.mean_from(0) == 3.0
    assert demand.mean_from(400) == 400.0
