"""What is missing between two counts, by cause, with an honest interval; and which five products to count at this visit.

What the book says less what was counted is missing. Waste that was noted has left the book already and stands apart. What is
missing of one product and too many of another of the same price is most likely one taken for the other at the scanner; the
rest is unknown, and nobody is accused of it. The rate is missing pieces over pieces that left, with the Clopper-Pearson
interval (Clopper and Pearson, 1934): exact for a binomial count, and never too narrow. It is found by bisection on the
binomial sum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

LEVEL: Final = 0.95
"""Of a hundred such intervals, at least ninety-five hold the true rate."""

STEPS: Final = 50
"""Bisections: the rate is known to fifteen digits."""

COUNT_THESE: Final = 5
"""As many as a clerk counts beside the filling."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Ends of a rate, 0 to 1."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How little is known: 1 without any evidence."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Tally:
    """One product between its counts.

    Attributes:
        sku: The product.
        price_minor: What a piece sells for.
        group: Products that may be taken for one another share it.
        missing_qty: Book less counted, over all counts; negative when more was found than booked.
        spoilt_qty: Waste noted.
        sold_qty: Sold by the book.
        counts: How many counts.
    """

    sku: str
    price_minor: int
    group: str
    missing_qty: int
    spoilt_qty: int = 0
    sold_qty: int = 0
    counts: int = 1


@dataclass(frozen=True, slots=True)
class Shrink:
    """Where a product's pieces went that nobody paid for.

    Attributes:
        tally: What was counted.
        swapped_qty: Pieces that were most likely sold under another product's name (positive), or the other way round.
        swapped_with: The other products, each with its pieces.
        rate: Unknown pieces of all pieces that left; None before the first count.
    """

    tally: Tally
    swapped_qty: int = 0
    swapped_with: tuple[tuple[str, int], ...] = ()
    rate: Interval | None = None

    @property
    def unknown_qty(self) -> int:
        """Missing pieces with no explanation; negative when more was found than booked."""
        return self.tally.missing_qty - self.swapped_qty

    @property
    def left_qty(self) -> int:
        """Pieces that left: sold, spoilt, sold under another name, or gone."""
        tally = self.tally
        return max(0, tally.sold_qty) + tally.spoilt_qty + max(0, self.swapped_qty) + max(0, self.unknown_qty)


def clopper_pearson(hits: int, trials: int, level: float = LEVEL) -> Interval:
    """The exact interval of a rate of which ``hits`` of ``trials`` are known.

    Args:
        hits: 0 to ``trials``.
        trials: 0 or more; none at all means that nothing is known.
        level: How sure, 0 to 1.
    """
    if trials <= 0:
        return Interval(0.0, 1.0)
    side = (1 - level) / 2
    low = 0.0 if hits <= 0 else _turn(lambda rate: _at_most(trials, rate, hits - 1) > 1 - side)
    high = 1.0 if hits >= trials else _turn(lambda rate: _at_most(trials, rate, hits) > side)
    return Interval(low, high)


def _turn(is_below: Callable[[float], bool]) -> float:
    """The rate at which ``is_below`` turns from true to false."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return (low + high) / 2


def _at_most(trials: int, rate: float, hits: int) -> float:
    """P(at most ``hits`` of ``trials``), summed in logarithms so that no factor overflows."""
    if rate <= 0:
        return 1.0
    if rate >= 1:
        return 1.0 if hits >= trials else 0.0
    log_hit, log_miss, whole = math.log(rate), math.log1p(-rate), math.lgamma(trials + 1)
    return math.fsum(
        math.exp(
            whole
            - math.lgamma(each + 1)
            - math.lgamma(trials - each + 1)
            + each * log_hit
            + (trials - each) * log_miss
        )
        for each in range(hits + 1)
    )


def explain(tallies: Iterable[Tally]) -> tuple[Shrink, ...]:
    """Split what is missing into swapped and unknown, and put an interval around the unknown.

    Of two products of one group the one with most missing is matched with the one with most found too many, until one side
    is used up. Only products of the same group and the same price are matched: a shopper who scans the neighbour's code pays
    the same and notices nothing; anything else would be a guess.
    """
    found = {tally.sku: Shrink(tally) for tally in tallies}
    groups: dict[tuple[str, int], list[str]] = {}
    for sku, shrink in found.items():
        groups.setdefault((shrink.tally.group, shrink.tally.price_minor), []).append(sku)
    for skus in groups.values():
        _match(found, skus)
    return tuple(replace(each, rate=_rate(each)) for each in found.values())


def _match(found: dict[str, Shrink], skus: Sequence[str]) -> None:
    while True:
        ranked = sorted(skus, key=lambda sku: (-found[sku].unknown_qty, sku))
        lost, extra = found[ranked[0]], found[ranked[-1]]
        qty = min(lost.unknown_qty, -extra.unknown_qty)
        if qty <= 0:
            return
        found[lost.tally.sku] = _swapped(lost, extra.tally.sku, qty)
        found[extra.tally.sku] = _swapped(extra, lost.tally.sku, -qty)


def _swapped(shrink: Shrink, other: str, qty: int) -> Shrink:
    return replace(
        shrink,
        swapped_qty=shrink.swapped_qty + qty,
        swapped_with=(*shrink.swapped_with, (other, abs(qty))),
    )


def _rate(shrink: Shrink) -> Interval | None:
    if not shrink.tally.counts:
        return None
    return clopper_pearson(max(0, shrink.unknown_qty), shrink.left_qty)


@dataclass(frozen=True, slots=True)
class Doubt:
    """How much a count of one product is worth.

    Attributes:
        sku: The product.
        days: Since its last count, or of the whole window where it was never counted.
        is_uncounted: It was not counted in the window; perhaps before it.
        daily: Pieces sold a day.
        price_minor: What a piece sells for.
        width: Width of the interval of its shrink rate, 0 to 1.
    """

    sku: str
    days: int
    is_uncounted: bool
    daily: float
    price_minor: int
    width: float

    @property
    def value_minor(self) -> int:
        """Money that may be missing unseen: days x pieces a day x price x width, in minor units."""
        return round(self.days * self.daily * self.price_minor * self.width)


def count_these(doubts: Iterable[Doubt], most: int = COUNT_THESE) -> tuple[Doubt, ...]:
    """The products whose count is worth most, the largest doubt first; those without any doubt are left out."""
    ranked = sorted(doubts, key=lambda each: (-each.value_minor, each.sku))
    return tuple(each for each in ranked[:most] if each.value_minor > 0)
