"""Which coins to pay out, and an honest "cannot"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kiosk.invariant import ensure

CONTENTS_KEPT: Final = 8
"""What hoppers hold changes once in a sale, and every coin and every screen asks what they can pay."""


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """``coins`` maps a coin's value to how many to pay; ``short_minor`` is what cannot be paid."""

    coins: Mapping[int, int]
    short_minor: int

    @property
    def paid_minor(self) -> int:
        """What the plan pays."""
        return sum(value * qty for value, qty in self.coins.items())


def plan_change(due_minor: int, contents: Mapping[int, int]) -> ChangePlan:
    """Choose coins that pay ``due_minor`` exactly, or as nearly below as the contents allow, with the fewest coins.

    Args:
        due_minor: What goes back to the shopper, 0 or more.
        contents: Coin value in minor units -> count that can be paid.

    Returns:
        A plan; the till records ``short_minor`` as owed, it is never dropped.

    Searches exactly rather than largest-first: from one 25 and two 20s, largest-first cannot pay 40. The search walks the sums
    0..due in steps of the greatest common step, value by value, keeping the fewest coins for each reachable sum (bounded
    by the maximum credit, so at most a few hundred sums).
    """
    ensure(due_minor >= 0, "change is planned for 0 or more")
    ensure(
        all(value > 0 and qty >= 0 for value, qty in contents.items()), "coins have a value, contents a count"
    )
    best: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {0: (0, ())}
    for value in sorted(contents, reverse=True):
        most = min(contents[value], due_minor // value)
        if most == 0:
            continue
        reached = dict(best)
        for sum_minor, (coins, plan) in best.items():
            for qty in range(1, min(most, (due_minor - sum_minor) // value) + 1):
                target = sum_minor + qty * value
                known = reached.get(target)
                if known is None or coins + qty < known[0]:
                    reached[target] = (coins + qty, (*plan, (value, qty)))
        best = reached
    top = max(best)
    return ChangePlan(coins=dict(best[top][1]), short_minor=due_minor - top)


@dataclass(frozen=True, slots=True)
class Payable:
    """Sums that can be paid exactly: bit n of ``bits`` is set when n times ``step_minor`` can."""

    step_minor: int
    bits: int

    def __contains__(self, sum_minor: int) -> bool:
        """Whether ``sum_minor`` can be paid exactly."""
        steps, rest = divmod(sum_minor, self.step_minor)
        return not rest and steps >= 0 and bool(self.bits >> steps & 1)


def payable_sums(contents: Mapping[int, int], most_minor: int) -> Payable:
    """All sums from 0 to ``most_minor`` that the contents can pay exactly.

    A set as the bits of one whole number, because this is asked at every coin: adding coins of one value is a shift, and
    1, 2, 4 ... of them at a time reach every count up to the last.
    """
    return _payable_sums(tuple(contents.items()), most_minor)


@lru_cache(CONTENTS_KEPT)
def _payable_sums(contents: tuple[tuple[int, int], ...], most_minor: int) -> Payable:
    step_minor = math.gcd(*(value for value, _ in contents)) or 1
    bits, room = 1, (1 << most_minor // step_minor + 1) - 1
    for value, qty in contents:
        left, take = qty, 1
        while left > 0:
            take = min(take, left)
            bits = (bits | bits << take * value // step_minor) & room
            left -= take
            take *= 2
    return Payable(step_minor, bits)


def can_pay_all(sums: Iterable[int], payable: Payable) -> bool:
    """Whether each of the sums can be paid exactly."""
    return all(sum_minor in payable for sum_minor in sums)
