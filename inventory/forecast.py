"""How many pieces of a product will be wanted: a forecast from day counts, with its error beside the naive one.

A day on which the product was sold out for a part is a lower bound, not a figure; a day without any stock says nothing. The
level follows by exponential smoothing, the week's shape by shrunken ratios, the spread by how far past forecasts missed.
Demand is then Poisson, or negative binomial where it swings more than that. Pieces are whole; means are fractions of pieces.

Sources: Silver, Pyke and Thomas, "Inventory and Production Management in Supply Chains" (smoothing, pinball loss as the
newsvendor's own cost); Nahmias, "Demand estimation in lost sales inventory systems", 1994 (conditional means of cut days).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from statistics import fmean
from typing import Final

WEEK: Final = 7

LEAST_DAYS: Final = 14
"""Every weekday twice: below that a forecast would be an invention."""

LEAST_WINDOWS: Final = 7
"""Fewer measured forecasts are no measurement."""

WINDOWS_MOST: Final = 28
"""Forecasts that are measured: the last four weeks of origins; older ones judged another season."""

SMOOTHING: Final = 0.1
"""Weight of the newest day: a memory of some ten days, the lower end of what the textbooks use for noisy small counts."""

SHRINKAGE_WEEKS: Final = 4
"""The week's shape counts as flat for so many weeks: one busy Tuesday makes no pattern."""

SPREAD_MOST: Final = 20.0
"""Variance over mean; one school class that buys everything must not make every later forecast absurd."""

SURE: Final = 0.9
"""The quantile by which forecasts are compared, and the readiness to deliver that is usual for vending."""

TAIL: Final = 1e-12
"""Chances are listed until what is left is below this; no decision of ours turns on less."""

CHANCES_MOST: Final = 20_000
"""Pieces up to which chances are listed; a slot holds 500."""


class Availability(StrEnum):
    """Whether a product was there to be bought on a day."""

    ALL_DAY = "all_day"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Day:
    """What one day tells: pieces sold, and whether more could have been."""

    on: date
    sold: int
    availability: Availability = Availability.ALL_DAY


@lru_cache(maxsize=4_096)
def _chances(mean: float, spread: float) -> tuple[float, ...]:
    """P(0), P(1) ... until the rest is below `TAIL`."""
    if mean <= 0:
        return (1.0,)
    found: list[float] = []
    total = 0.0
    is_poisson = spread <= 1.0
    size = 0.0 if is_poisson else mean / (spread - 1)
    for qty in range(CHANCES_MOST):
        if is_poisson:
            log = qty * math.log(mean) - mean - math.lgamma(qty + 1)
        else:
            log = math.lgamma(qty + size) - math.lgamma(size) - math.lgamma(qty + 1)
            log += size * math.log(1 / spread) + qty * math.log1p(-1 / spread)
        chance = math.exp(log)
        found.append(chance)
        total += chance
        if 1 - total < TAIL or (qty > mean and chance < TAIL * TAIL):
            break
    return tuple(found)


@lru_cache(maxsize=4_096)
def _cumulated(mean: float, spread: float) -> tuple[float, ...]:
    return tuple(accumulate(_chances(mean, spread)))


@dataclass(frozen=True, slots=True)
class Demand:
    """How many pieces are wanted over some days, as a distribution.

    Attributes:
        mean: Pieces.
        spread: Variance over mean: 1 is Poisson, above it negative binomial.
    """

    mean: float
    spread: float = 1.0

    def chances(self) -> tuple[float, ...]:
        """P(demand = 0), P(demand = 1) ... until the rest is negligible."""
        return _chances(self.mean, self.spread)

    def chance_up_to(self, qty: int) -> float:
        """How likely ``qty`` pieces are enough."""
        sums = _cumulated(self.mean, self.spread)
        return min(1.0, sums[min(qty, len(sums) - 1)]) if qty >= 0 else 0.0

    def quantile(self, sure: float) -> int:
        """The fewest pieces that are enough with a chance of at least ``sure`` (0 to 1)."""
        sums = _cumulated(self.mean, self.spread)
        return next((qty for qty, chance in enumerate(sums) if chance >= sure), len(sums) - 1)

    def mean_from(self, least: int) -> float:
        """The mean when it is known that at least ``least`` pieces were wanted: what a day tells that was sold out."""
        chances = self.chances()
        rest = math.fsum(chances[least:])
        if least <= 0 or rest < TAIL:
            return max(self.mean, float(least))
        return math.fsum(qty * chances[qty] for qty in range(least, len(chances))) / rest


class _Fit:
    """Level, week and spread, taken in day by day."""

    def __init__(self) -> None:
        self.days = 0
        self.cut_days = 0
        self._wanted = 0.0
        self._weight = 0.0
        self.factors = [1.0] * WEEK
        self._sums = [0.0] * WEEK
        self._counts = [0] * WEEK
        self._missed = 0.0
        self._expected = 0.0

    @property
    def level(self) -> float:
        """Pieces on an average day, the newest day weighing most."""
        return self._wanted / self._weight if self._weight else 0.0

    @property
    def spread(self) -> float:
        """How far forecasts of one day missed, squared, against what they expected (Pearson's statistic)."""
        if self._expected <= 0:
            return 1.0
        return min(SPREAD_MOST, max(1.0, self._missed / self._expected))

    def mean_over(self, start: date, days: int) -> float:
        first = start.weekday()
        return self.level * math.fsum(self.factors[(first + each) % WEEK] for each in range(days))

    def take(self, day: Day) -> None:
        if day.availability is Availability.NONE and not day.sold:
            return
        weekday = day.on.weekday()
        expected = self.mean_over(day.on, 1)
        wanted = float(day.sold)
        if day.availability is not Availability.ALL_DAY:
            self.cut_days += 1
            wanted = Demand(expected).mean_from(day.sold) if self.days else wanted
        elif self.days >= LEAST_DAYS:
            self._missed += (wanted - expected) ** 2
            self._expected += expected
        self.days += 1
        self._sums[weekday] += wanted
        self._counts[weekday] += 1
        self._shape()
        # Pieces and weekday shares fade alike, so that a Sunday on which nothing sells does not pull the level down.
        self._wanted = self._wanted * (1 - SMOOTHING) + wanted
        self._weight = self._weight * (1 - SMOOTHING) + self.factors[weekday]

    def _shape(self) -> None:
        mean = math.fsum(self._sums) / self.days
        if mean <= 0:
            return
        raw = [
            (total + SHRINKAGE_WEEKS * mean) / ((count + SHRINKAGE_WEEKS) * mean)
            for total, count in zip(self._sums, self._counts, strict=True)
        ]
        middle = fmean(raw)
        self.factors = [each / middle for each in raw]


class _Naive:
    """The forecast that needs no thought: what the same weekday sold last time it could."""

    def __init__(self) -> None:
        self._last: list[float | None] = [None] * WEEK

    def take(self, day: Day) -> None:
        if day.availability is Availability.ALL_DAY:
            self._last[day.on.weekday()] = float(day.sold)

    def mean_over(self, start: date, days: int) -> float | None:
        first = start.weekday()
        known = [self._last[(first + each) % WEEK] for each in range(days)]
        values = [each for each in known if each is not None]
        return math.fsum(values) if len(values) == days else None

    def week(self) -> tuple[float, ...]:
        values = [each for each in self._last if each is not None]
        middle = fmean(values) if values else 0.0
        return tuple(middle if each is None else each for each in self._last)


@dataclass(frozen=True, slots=True)
class Score:
    """How far forecasts missed.

    Attributes:
        off: Mean absolute error, in pieces per window.
        loss: Mean pinball loss at `SURE`, in pieces: what a stock of that quantile would have cost in pieces missing (nine
            tenths each) and pieces too many (one tenth each).
    """

    off: float
    loss: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Both forecasts over the same past windows."""

    windows: int
    days: int
    own: Score
    naive: Score


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected, and how much to trust it.

    Attributes:
        level: Pieces on an average day.
        week: Pieces on each weekday, Monday first.
        spread: Variance over mean.
        days: Days of history that told something.
        cut_days: How many of them were sold out for a part.
        measured: Its error and the naive one's; None where too few windows could be measured.
        is_naive: Stocking by the naive forecast would have lost less; it is the one that ``week`` holds. The mean error does
            not decide: where little sells, "nothing" has a small one, and an empty place sells nothing.
    """

    level: float
    week: tuple[float, ...]
    spread: float
    days: int
    cut_days: int
    measured: Measured | None
    is_naive: bool

    def demand(self, start: date, days: int) -> Demand:
        """Demand over ``days`` days from ``start``."""
        first = start.weekday()
        mean = math.fsum(self.week[(first + each) % WEEK] for each in range(max(0, days)))
        return Demand(mean, self.spread)


def pinball(sure: float, said: float, came: float) -> float:
    """The loss of a quantile forecast: ``sure`` per piece missing, ``1 - sure`` per piece too many."""
    return sure * (came - said) if came >= said else (1 - sure) * (said - came)


def forecast(history: Sequence[Day], days: int) -> Forecast | None:
    """Forecast demand from a product's own days.

    Args:
        history: Consecutive days, oldest first, without today.
        days: Length of the windows over which both forecasts are measured: the days until the next visit.

    Returns:
        The forecast, or None when fewer than `LEAST_DAYS` days tell anything: no history yet.
    """
    fit, naive = _Fit(), _Naive()
    first_origin = max(LEAST_DAYS, len(history) - days - WINDOWS_MOST + 1)
    own_misses: list[tuple[float, float]] = []
    naive_misses: list[tuple[float, float]] = []
    for index, day in enumerate(history):
        window = history[index : index + days]
        if index >= first_origin and len(window) == days and fit.days >= LEAST_DAYS:
            said = naive.mean_over(day.on, days)
            if said is not None and all(each.availability is Availability.ALL_DAY for each in window):
                came = float(sum(each.sold for each in window))
                own_misses.append(_miss(Demand(fit.mean_over(day.on, days), fit.spread), came))
                naive_misses.append(_miss(Demand(said), came))
        fit.take(day)
        naive.take(day)
    if fit.days < LEAST_DAYS:
        return None
    measured = None
    if len(own_misses) >= LEAST_WINDOWS:
        measured = Measured(len(own_misses), days, _score(own_misses), _score(naive_misses))
    is_naive = measured is not None and measured.naive.loss < measured.own.loss
    own_week = tuple(fit.level * factor for factor in fit.factors)
    week = naive.week() if is_naive else own_week
    spread = 1.0 if is_naive else fit.spread  # each as it was measured
    return Forecast(fmean(week), week, spread, fit.days, fit.cut_days, measured, is_naive)


def _miss(said: Demand, came: float) -> tuple[float, float]:
    return abs(said.mean - came), pinball(SURE, said.quantile(SURE), came)


def _score(misses: Sequence[tuple[float, float]]) -> Score:
    return Score(off=fmean(each for each, _ in misses), loss=fmean(each for _, each in misses))


def mean_score(scores: Sequence[Score]) -> Score:
    """The average of several products' scores, of which there is at least one; each product weighs the same."""
    return Score(off=fmean(each.off for each in scores), loss=fmean(each.loss for each in scores))


def days_between(first: date, end: date) -> Iterator[date]:
    """Every day from ``first`` until before ``end``."""
    for number in range((end - first).days):
        yield first + timedelta(days=number)
