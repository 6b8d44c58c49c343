"""A clerk's round at one kiosk: waste first, then what lies where something else is planned, then the filling, then the counts
where doubt is largest, then the cash.

The list is worked out anew for every page from the book of that moment; what was done is known by each task's key, so a round
that was interrupted goes on where it stopped, and a task that is sent twice is done once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from inventory.catalogue import Place, Slot
from inventory.replenish import van_order


class Step(StrEnum):
    """The parts of a round, in their order: what is taken out makes room, what is filled need not be counted twice."""

    WASTE = "waste"
    CLEAR = "clear"
    """Good pieces of a product that is not planned there any more: they go to the storeroom. Most rounds have none."""
    FILL = "fill"
    COUNT = "count"
    CASH = "cash"


@dataclass(frozen=True, slots=True)
class Lying:
    """Pieces of one lot in one place by the book; ``expires_on`` is None where nobody said."""

    slot: str
    sku: str
    expires_on: date | None
    lot: str
    qty: int


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do at one place.

    Attributes:
        step: Which part of the round it belongs to.
        key: Names it within the round; the same thing to do has the same key on every page.
        slot: The place; empty for the cash.
        sku: What lies there.
        qty: Pieces, filled in beforehand: expired or moved ones to take out, pieces to bring, the book to count against.
        expires_on: Waste: the last day of sale that has passed. Filling: the one proposed for what goes in; None without any.
        lot: Waste only: as printed on the pack.
        needs_count: A coil about whose pieces nobody is sure: it is counted before anything is put in.
        asks_day: Filling only: pieces of this product have a last day, and whoever puts them in says or accepts it.
        is_stored: Filling only: the day proposed is that of the storeroom's lot which ends first.
    """

    step: Step
    key: str
    slot: str = ""
    sku: str = ""
    qty: int = 0
    expires_on: date | None = None
    lot: str = ""
    needs_count: bool = False
    asks_day: bool = False
    is_stored: bool = False


def with_day(task: Task, day: date | None) -> Task:
    """The filling with the last day that a clerk accepted or gave; None where they gave none.

    Who accepts the storeroom's day names none: more may go in than its first lot has, and each piece brings its own day along.
    """
    return replace(task, expires_on=None if task.is_stored and day == task.expires_on else day)


def out_of_place(slots: Collection[Slot], lying: Iterable[Lying]) -> dict[str, tuple[Lying, ...]]:
    """Place -> what lies in it, by the book, although something else is planned there; in the order of ``slots``."""
    found: dict[str, tuple[Lying, ...]] = {slot.code: () for slot in slots}
    planned = {slot.code: slot.sku for slot in slots}
    for each in lying:
        if each.slot in planned and each.sku != planned[each.slot] and each.qty > 0:
            found[each.slot] += (each,)
    return {code: others for code, others in found.items() if others}


def plan_round(  # noqa: PLR0913 - what a round is made of
    slots: Iterable[Slot],
    lying: Sequence[Lying],
    *,
    today: date,
    bring: Mapping[str, int],
    doubtful: Collection[str],
    unsure: Collection[str] = (),
    stored: Sequence[Lying] = (),
    shelf_life_days: Mapping[str, int] | None = None,
) -> tuple[Task, ...]:
    """Everything a clerk should do at this kiosk, in order.

    Args:
        slots: The plan's places.
        lying: What the book says is where.
        today: At the kiosk; a piece is sold on its last day and thrown away after it.
        bring: Place -> pieces to put in.
        doubtful: Products to count at this round.
        unsure: Coils that are off sale until somebody has counted them.
        stored: What the book says is in the storeroom.
        shelf_life_days: Product -> days from delivery to its last day of sale; 0 or missing where nobody said.

    A place that is counted anyway is counted after it was filled: the clerk's hand is in it, and the book is young. An unsure
    coil is counted first, because nothing may be added to a number that nobody knows. A coil in which something else than planned
    hangs is neither counted nor filled before that is out: its pieces would be taken for what is planned.
    """
    walk = sorted(slots, key=van_order)
    held: dict[tuple[str, str], int] = {}
    for each in lying:
        held[each.slot, each.sku] = held.get((each.slot, each.sku), 0) + each.qty
    others = out_of_place(walk, lying)
    blocked = {slot.code for slot in walk if slot.code in others and slot.place is not Place.SHELF}
    tasks = [
        task
        for slot in walk
        for task in _waste(slot, [each for each in lying if each.slot == slot.code], today)
    ]
    tasks += [task for slot in walk for task in _clear(slot, others.get(slot.code, ()), today)]
    tasks += [
        _count(slot, held, needs_count=True)
        for slot in walk
        if slot.code in unsure and slot.code not in blocked
    ]
    tasks += [
        _dated(
            Task(Step.FILL, f"{Step.FILL}-{slot.code}", slot.code, slot.sku, bring[slot.code]),
            [each for each in stored if each.sku == slot.sku and each.qty > 0],
            [each for each in lying if each.sku == slot.sku],
            today=today,
            shelf_life_days=(shelf_life_days or {}).get(slot.sku, 0),
        )
        for slot in walk
        if bring.get(slot.code, 0) > 0 and slot.code not in unsure and slot.code not in blocked
    ]
    tasks += [
        _count(slot, held, needs_count=False)
        for slot in walk
        if slot.sku in doubtful
        and slot.code not in unsure
        and slot.code not in blocked
        and slot.place is not Place.MACHINE
    ]
    return (*tasks, Task(Step.CASH, Step.CASH))


def _dated(
    fill: Task, stored: Sequence[Lying], lying: Sequence[Lying], *, today: date, shelf_life_days: int
) -> Task:
    """The filling with the last day that its pieces most likely have.

    They come from the storeroom if the book has them there, and from the van if not. Goods of the storeroom whose day nobody told
    are given none by guessing. The book would take expired pieces of the storeroom first, so the day of the next lot is named.
    """
    days = sorted(each.expires_on for each in stored if each.expires_on is not None)
    good = [day for day in days if day >= today]
    if good:
        return replace(fill, expires_on=good[0], asks_day=True, is_stored=good == days)
    if shelf_life_days and not stored:
        return replace(fill, expires_on=today + timedelta(days=shelf_life_days), asks_day=True)
    has_days = bool(shelf_life_days or days) or any(each.expires_on is not None for each in lying)
    return replace(fill, asks_day=has_days)


def _waste(slot: Slot, lying: Sequence[Lying], today: date) -> list[Task]:
    expired = [
        (each.expires_on, each)
        for each in lying
        if each.expires_on is not None and each.expires_on < today and each.qty > 0
    ]
    expired.sort(key=lambda pair: (pair[0], pair[1].sku, pair[1].lot))
    tasks = []
    for expires_on, each in expired:
        other = f"-{each.sku}" if each.sku != slot.sku else ""
        key = f"{Step.WASTE}-{slot.code}-{expires_on:%Y%m%d}-{each.lot}{other}"
        tasks.append(Task(Step.WASTE, key, slot.code, each.sku, each.qty, expires_on, each.lot))
    return tasks


def _clear(slot: Slot, others: Sequence[Lying], today: date) -> list[Task]:
    """What is planned elsewhere now, or nowhere; expired pieces among it are waste and asked for there."""
    good: dict[str, int] = {}
    for each in others:
        if each.expires_on is None or each.expires_on >= today:
            good[each.sku] = good.get(each.sku, 0) + each.qty
    return [
        Task(Step.CLEAR, f"{Step.CLEAR}-{slot.code}-{sku}", slot.code, sku, qty)
        for sku, qty in sorted(good.items())
    ]


def _count(slot: Slot, held: Mapping[tuple[str, str], int], *, needs_count: bool) -> Task:
    return Task(
        Step.COUNT,
        f"{Step.COUNT}-{slot.code}",
        slot.code,
        slot.sku,
        max(0, held.get((slot.code, slot.sku), 0)),
        needs_count=needs_count,
    )
