"""Rules for the plan of places: changed from a day on, as it was agreed, and never under a shopper's hands.

The plan says what shall lie in a place; what lies there, the stock's books say. A place that gets another product keeps its
pieces in the books as what they are: a clerk takes them out, and a coil sells nothing until that is done. A place goes only when
nothing lies in it by the book, and comes only under a code and a number that are free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from inventory.catalogue import CAPACITY_LIMIT, Catalogue, Place, Slot
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.plans import may_plan
from kiosk.core.state import CoilBook, State

PLACES_MOST: Final = 1_000
"""Places of one plan: ten times what a large kiosk has; more comes with the goods file."""


def row_of(slot: Slot) -> f.PlaceRow:
    """What is planned for a place, as facts write it."""
    return slot.code, slot.sku, slot.capacity, slot.par_qty, slot.zone


def new_of(slot: Slot) -> f.NewPlace:
    """What a place is that is to be made, as facts write it."""
    return slot.code, slot.place.value, slot.coil


def slot_of(row: f.PlaceRow, slots: Mapping[str, Slot], new: Iterable[f.NewPlace] = ()) -> Slot | None:
    """The place as ``row`` plans it, also one that ``new`` makes; None where there is no such place."""
    code, sku, capacity, par_qty, zone = row
    slot = slots.get(code)
    if slot is None:
        slot = next(
            (Slot(name, Place(kind), sku, 0, 0, coil) for name, kind, coil in new if name == code), None
        )
    return replace(slot, sku=sku, capacity=capacity, par_qty=par_qty, zone=zone) if slot else None


def slots_of(facts: Iterable[f.Fact], catalogue: Catalogue) -> tuple[Slot, ...]:
    """The places that these facts change or make, as they are then."""
    found: list[Slot] = []
    for fact in facts:
        if isinstance(fact, f.PlaceSet | f.PlaceAdded):
            new = ((fact.slot, fact.place, fact.coil),) if isinstance(fact, f.PlaceAdded) else ()
            row = (fact.slot, fact.sku, fact.capacity, fact.par_qty, fact.zone)
            slot = slot_of(row, catalogue.slots, new)
            found += [slot] if slot is not None else []
    return tuple(found)


def gone_of(facts: Iterable[f.Fact]) -> tuple[str, ...]:
    """The codes of the places that these facts remove."""
    return tuple(fact.slot for fact in facts if isinstance(fact, f.PlaceRemoved))


def is_possible(slot: Slot, catalogue: Catalogue) -> bool:
    """Whether a place can be planned so: for a product that is sold and may lie there, with room for it.

    `inventory.planogram.check_slots` says the same in words, for whoever types it; this is the till's own look, on any day.
    """
    product = catalogue.products.get(slot.sku)
    if product is None or product.is_retired or (product.is_loose and slot.place is not Place.SHELF):
        return False
    return 1 <= slot.capacity <= CAPACITY_LIMIT and 0 <= slot.par_qty <= slot.capacity


def why_not_new(slot: Slot, slots: Iterable[Slot]) -> str:
    """Why a place cannot be made beside ``slots``: ``place_taken`` or ``coil_taken``; empty when it can."""
    for other in slots:
        if other.code == slot.code:
            return "place_taken"
        if slot.place is not Place.SHELF and (other.place, other.coil) == (slot.place, slot.coil):
            return "coil_taken"
    return ""


def why_stays(code: str, state: State) -> str:
    """Why a place cannot go: ``place_not_empty`` or ``place_unsure``; empty when it can.

    A book below zero is not empty either: something is there that nobody entered.
    """
    book = state.coils.get(code, CoilBook())
    if book.qty or any(lot.qty for lot in state.lots.get(code, ())):
        return "place_not_empty"
    return "place_unsure" if book.is_off or book.needs_count else ""


def places_offered(draft: Draft, event: ev.PlacesOffered) -> None:
    """Plan places, also new ones and ones that go: all of it can be, or none is planned."""
    if not may_plan(draft, event.token, event.from_day):
        return
    planned = [row[0] for row in event.places]
    codes = {*planned, *event.gone}
    is_strange = not {code for code, _, _ in event.new} <= set(planned)
    if is_strange or not 0 < len(codes) == len(planned) + len(event.gone) <= PLACES_MOST:
        draft.refuse("plan_size", most=str(PLACES_MOST))
        return
    if any(not _may_be_planned(draft, event, row) for row in event.places):
        return
    if any(not _may_go(draft, event, code) for code in event.gone):
        return
    draft.add(
        f.PlacesPlanned(
            plan=draft.next_id("P"),
            token=event.token,
            by=event.by,
            from_day=event.from_day,
            places=event.places,
            new=event.new or None,
            gone=event.gone or None,
        )
    )


def _may_be_planned(draft: Draft, event: ev.PlacesOffered, row: f.PlaceRow) -> bool:
    """Whether one place can be as ``row`` has it; refuses in words when not."""
    now = draft.shop.latest
    code = row[0]
    makes = any(name == code for name, _, _ in event.new)
    slot = slot_of(row, {} if makes else now.slots, event.new)
    if slot is None:
        draft.refuse("unknown_slot")
        return False
    if makes:
        others = [each for each in _made_by(event) if each.code != code]
        if problem := why_not_new(slot, (*now.slots.values(), *others)):
            draft.refuse(problem, slot=code, coil=str(slot.coil))
            return False
    elif not _is_as_seen(draft, event, code):
        return False
    if not is_possible(slot, now):
        draft.refuse("place_unfit", slot=code)
        return False
    return True


def _made_by(event: ev.PlacesOffered) -> Iterator[Slot]:
    for row in event.places:
        slot = slot_of(row, {}, event.new)
        if slot is not None:
            yield slot


def _is_as_seen(draft: Draft, event: ev.PlacesOffered, code: str) -> bool:
    """Whether a place is still what it was when the form was drawn; refuses in words when not."""
    seen = {row[0]: row for row in event.before}
    if seen.get(code) != row_of(draft.shop.latest.slots[code]):
        draft.refuse("catalogue_changed")
        return False
    return True


def _may_go(draft: Draft, event: ev.PlacesOffered, code: str) -> bool:
    """Whether one place can be removed; refuses in words when not."""
    if code not in draft.shop.latest.slots:
        draft.refuse("unknown_slot")
        return False
    if problem := why_stays(code, draft.state):
        draft.refuse(problem, slot=code)
        return False
    return _is_as_seen(draft, event, code)


def places_due(draft: Draft, event: ev.PlacesDue) -> None:
    """Its day has come, and nobody is at the till: the places are planned so from now."""
    planned = event.planned
    if all(plan.plan != planned.plan for plan in draft.state.plans):
        return
    slots = dict(draft.shop.latest.slots)
    changes: list[f.Fact] = []
    passed_over = 0
    for row in planned.places:
        was, slot = slots.get(row[0]), _due(draft, planned, row, slots)
        if slot is None:
            passed_over += 1
        elif was is None:
            changes.append(f.PlaceAdded(**_whole(planned, slot)))
            slots[slot.code] = slot
        elif slot != was:
            changes.append(_place_set(planned, was, slot))
    for code in planned.gone or ():
        gone = slots.get(code)
        if gone is None or why_stays(code, draft.state):
            passed_over += 1
        else:
            changes.append(f.PlaceRemoved(**_whole(planned, gone)))
    draft.add(f.PlacesTaken(plan=planned.plan, changed=len(changes), passed_over=passed_over))
    for change in changes:
        draft.add(change)


def _due(draft: Draft, planned: f.PlacesPlanned, row: f.PlaceRow, slots: Mapping[str, Slot]) -> Slot | None:
    """The place as ``row`` has it, today; None when that cannot be any more."""
    new = planned.new or ()
    slot = slot_of(row, slots, new)
    if slot is None or not is_possible(slot, draft.shop.latest):
        return None
    makes = any(name == slot.code for name, _, _ in new)
    return None if makes and why_not_new(slot, slots.values()) else slot


def _whole(planned: f.PlacesPlanned, slot: Slot) -> dict[str, Any]:
    """All that there is to say of a place that comes or goes."""
    return {
        "by": planned.by,
        "slot": slot.code,
        "place": slot.place.value,
        "coil": slot.coil,
        "sku": slot.sku,
        "capacity": slot.capacity,
        "par_qty": slot.par_qty,
        "zone": slot.zone,
        "plan": planned.plan,
    }


def _place_set(planned: f.PlacesPlanned, was: Slot, slot: Slot) -> f.PlaceSet:
    return f.PlaceSet(
        by=planned.by,
        slot=slot.code,
        sku=slot.sku,
        was_sku=was.sku,
        capacity=slot.capacity,
        was_capacity=was.capacity,
        par_qty=slot.par_qty,
        was_par_qty=was.par_qty,
        zone=slot.zone,
        was_zone=was.zone,
        plan=planned.plan,
    )
