"""Rules for the plan of places: changed from a day on, as it was agreed, and never under a shopper's hands.

The plan says what shall lie in a place; what lies there, the stock's books say. A place that gets another product keeps its
pieces in the books as what they are: a clerk takes them out, and a coil sells nothing until that is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from inventory.catalogue import CAPACITY_LIMIT, Catalogue, Place, Slot
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.plans import may_plan

PLACES_MOST: Final = 1_000
"""Places of one plan: ten times what a large kiosk has; more comes with the goods file."""


def row_of(slot: Slot) -> f.PlaceRow:
    """What is planned for a place, as facts write it."""
    return slot.code, slot.sku, slot.capacity, slot.par_qty, slot.zone


def slot_of(row: f.PlaceRow, slots: Mapping[str, Slot]) -> Slot | None:
    """The place as ``row`` plans it; None where there is no such place."""
    code, sku, capacity, par_qty, zone = row
    slot = slots.get(code)
    return replace(slot, sku=sku, capacity=capacity, par_qty=par_qty, zone=zone) if slot else None


def slots_of(facts: Iterable[f.Fact], catalogue: Catalogue) -> tuple[Slot, ...]:
    """The places that these facts change, as they are then."""
    rows = (
        (fact.slot, fact.sku, fact.capacity, fact.par_qty, fact.zone)
        for fact in facts
        if isinstance(fact, f.PlaceSet)
    )
    return tuple(slot for row in rows if (slot := slot_of(row, catalogue.slots)) is not None)


def is_possible(slot: Slot, catalogue: Catalogue) -> bool:
    """Whether a place can be planned so: for a product that is sold and may lie there, with room for it.

    `inventory.planogram.check_slots` says the same in words, for whoever types it; this is the till's own look, on any day.
    """
    product = catalogue.products.get(slot.sku)
    if product is None or product.is_retired or (product.is_loose and slot.place is not Place.SHELF):
        return False
    return 1 <= slot.capacity <= CAPACITY_LIMIT and 0 <= slot.par_qty <= slot.capacity


def places_offered(draft: Draft, event: ev.PlacesOffered) -> None:
    """Plan places: all of them can be, or none is planned."""
    if not may_plan(draft, event.token, event.from_day):
        return
    codes = {row[0] for row in event.places}
    if not event.places or len(codes) != len(event.places) or len(event.places) > PLACES_MOST:
        draft.refuse("plan_size", most=str(PLACES_MOST))
        return
    now = draft.shop.latest
    seen = {row[0]: row for row in event.before}
    for row in event.places:
        slot = slot_of(row, now.slots)
        if slot is None:
            draft.refuse("unknown_slot")
            return
        if seen.get(slot.code) != row_of(now.slots[slot.code]):
            draft.refuse("catalogue_changed")
            return
        if not is_possible(slot, now):
            draft.refuse("place_unfit", slot=slot.code)
            return
    draft.add(
        f.PlacesPlanned(
            plan=draft.next_id("P"),
            token=event.token,
            by=event.by,
            from_day=event.from_day,
            places=event.places,
        )
    )


def places_due(draft: Draft, event: ev.PlacesDue) -> None:
    """Its day has come, and nobody is at the till: the places are planned so from now."""
    planned, catalogue = event.planned, draft.shop.latest
    if all(plan.plan != planned.plan for plan in draft.state.plans):
        return
    changes: list[f.PlaceSet] = []
    passed_over = 0
    for row in planned.places:
        slot = slot_of(row, catalogue.slots)
        if slot is None or not is_possible(slot, catalogue):
            passed_over += 1
            continue
        was = catalogue.slots[slot.code]
        if slot != was:
            changes.append(
                f.PlaceSet(
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
            )
    draft.add(f.PlacesTaken(plan=planned.plan, changed=len(changes), passed_over=passed_over))
    for change in changes:
        draft.add(change)
