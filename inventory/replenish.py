"""How many pieces to bring: the quantity with the highest expected profit, and in one line why.

Expected profit until the next visit = margin x expected sales - cost x expected spoilage - a small cost for what lies idle.
It is worked out for every quantity that fits, from the exact chances of the forecast; nothing is assumed about its shape.
Source of the model: the newsvendor with salvage zero (Silver, Pyke and Thomas, chapter 10). Chances are fractions; amounts
that go in and come out are whole minor units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import Final

from inventory.catalogue import Place, Slot
from inventory.forecast import Demand

IDLE_BP_PER_DAY: Final = 7
"""What a piece costs that lies in the machine: 25 % of its cost in a year, the textbooks' usual rate, in basis points a day.
Without it the thirtieth bottle would be as good as the third."""

BP: Final = 10_000


TRIAL_LIFE_DAYS: Final = 14
TRIAL_PIECES: Final = 2
"""Of goods that end within two weeks and that nobody has bought yet, so many are tried: the plan's stock would be thrown away."""


class Why(StrEnum):
    """What ended the bringing."""

    FULL = "full"
    """No more fits."""
    SPOIL = "spoil"
    """One more would rather spoil than sell."""
    ENOUGH = "enough"
    """One more would most likely only lie there."""
    LOSS = "loss"
    """It sells below its cost."""
    PAR = "par"
    """No history yet: up to the par of the plan."""
    TRIAL = "trial"
    """No history yet, and it spoils soon: a few to try."""


@dataclass(frozen=True, slots=True)
class Wares:
    """What is known of a product at a kiosk, at this visit.

    Attributes:
        on_hand: Good pieces by the book; what the book has below zero counts as none.
        capacity: Pieces that fit in all of its places.
        par_qty: The plan's stock after a visit, for the time without a history.
        margin_minor: Price without tax less cost.
        cost_minor: What a piece cost.
        days: Until the next visit.
        shelf_life_days: How long a piece brought today can be sold; None where it does not spoil.
        case_size: Pieces in a case.
    """

    on_hand: int
    capacity: int
    par_qty: int
    margin_minor: int
    cost_minor: int
    days: int
    shelf_life_days: int | None = None
    case_size: int = 1

    @property
    def room(self) -> int:
        """How many more fit."""
        return max(0, self.capacity - max(0, self.on_hand))

    @property
    def step(self) -> int:
        """Pieces are brought by the case where two of them fit; a case that is too large for the place is opened."""
        return self.case_size if 1 < self.case_size * 2 <= self.capacity else 1

    @property
    def sell_days(self) -> int:
        """Days on which pieces brought today can be sold before the next visit."""
        return self.days if self.shelf_life_days is None else min(self.days, self.shelf_life_days)


@dataclass(frozen=True, slots=True)
class Proposal:
    """How many to bring, and why.

    Attributes:
        qty: Pieces.
        why: What ended the bringing.
        stock: Good pieces there afterwards.
        sure_percent: Chance that they last until the next visit, 0 to 99: nobody knows the future.
        profit_minor: Expected profit until the next visit; 0 without a history.
    """

    qty: int
    why: Why
    stock: int
    sure_percent: int = 0
    profit_minor: int = 0


def profits(wares: Wares, until_visit: Demand, until_spoilt: Demand | None) -> tuple[float, ...]:
    """Expected profit in minor units of every stock from 0 to the capacity.

    Args:
        wares: What is known.
        until_visit: Demand on the days when these pieces can be sold before the next visit.
        until_spoilt: Demand until a piece brought today is spoilt; None where it does not spoil.
    """
    idle = wares.cost_minor * IDLE_BP_PER_DAY * wares.days / BP
    sales = _sales_by_stock(until_visit, wares.capacity)
    used = _sales_by_stock(until_spoilt, wares.capacity) if until_spoilt else None
    found = []
    for stock in range(wares.capacity + 1):
        profit = wares.margin_minor * sales[stock] - idle * (stock - sales[stock])
        if used is not None:
            profit -= wares.cost_minor * (stock - used[stock])
        found.append(profit)
    return tuple(found)


def _sales_by_stock(demand: Demand, most: int) -> tuple[float, ...]:
    """Expected sales from a stock of 0, 1 ... ``most``: each piece sells when demand exceeds the pieces before it."""
    return (0.0, *accumulate(1 - demand.chance_up_to(qty) for qty in range(most)))


def expected_sales(demand: Demand, stock: int) -> float:
    """Pieces that will sell from a stock, on average."""
    return _sales_by_stock(demand, max(0, stock))[-1]


def propose(wares: Wares, until_visit: Demand | None, until_spoilt: Demand | None = None) -> Proposal:
    """The quantity to bring with the highest expected profit; of several as good, the smallest.

    Args:
        wares: What is known.
        until_visit: Demand on the days when pieces can be sold before the next visit; None without a history.
        until_spoilt: Demand until a piece brought today is spoilt; None where it does not spoil.
    """
    held = max(0, wares.on_hand)
    if until_visit is None:
        is_trial = wares.shelf_life_days is not None and wares.shelf_life_days <= TRIAL_LIFE_DAYS
        target = min(wares.par_qty, TRIAL_PIECES) if is_trial else wares.par_qty
        qty = min(wares.room, max(0, target - held))
        return Proposal(qty, Why.TRIAL if target < wares.par_qty else Why.PAR, held + qty)
    if wares.margin_minor <= 0:
        return Proposal(0, Why.LOSS, held, _percent(until_visit.chance_up_to(held)))
    profit = profits(wares, until_visit, until_spoilt)
    choices = range(0, wares.room + 1, wares.step)
    qty = max(choices, key=lambda each: (round(profit[min(wares.capacity, held + each)], 6), -each))
    stock = held + qty
    shown = min(wares.capacity, stock)
    return Proposal(
        qty,
        _why(wares, until_spoilt, stock),
        stock,
        _percent(until_visit.chance_up_to(stock)),
        round(profit[shown]),
    )


def _why(wares: Wares, until_spoilt: Demand | None, stock: int) -> Why:
    if stock + wares.step > wares.capacity:
        return Why.FULL
    if until_spoilt is not None:
        spoils = wares.cost_minor * until_spoilt.chance_up_to(stock)
        idles = wares.cost_minor * IDLE_BP_PER_DAY * wares.days / BP
        if spoils > idles:
            return Why.SPOIL
    return Why.ENOUGH


def _percent(chance: float) -> int:
    """Whole percent, never rounded up to a certainty: a forecast is none."""
    return min(99, round(100 * chance))


def share_out(qty: int, slots: Sequence[tuple[Slot, int]]) -> dict[str, int]:
    """Put ``qty`` pieces into the places of one product: each piece where the place is emptiest for its size.

    Args:
        qty: Pieces to put in.
        slots: Each place with the pieces it holds.

    Returns:
        Slot -> pieces; places that get none are missing. What does not fit is not shared out.
    """
    held = {slot.code: max(0, now) for slot, now in slots}
    given: dict[str, int] = {}
    for _ in range(qty):
        open_slots = [slot for slot, _ in slots if held[slot.code] < slot.capacity]
        if not open_slots:
            break
        slot = min(open_slots, key=lambda each: held[each.code] / each.capacity)
        held[slot.code] += 1
        given[slot.code] = given.get(slot.code, 0) + 1
    return given


def van_order(slot: Slot) -> tuple[str, int, int, str]:
    """The order in which a clerk walks along the places of a site: machines by coil, then the shelf, short codes first."""
    kinds = {Place.COIL: "0", Place.MACHINE: "1", Place.SHELF: "2"}
    return kinds[slot.place], slot.coil, len(slot.code), slot.code


def cases_for(pieces: int, case_size: int) -> int:
    """Whole cases that hold at least so many pieces."""
    size = max(1, case_size)
    return -(-max(0, pieces) // size)
