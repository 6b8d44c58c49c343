"""Which product in which slot: the plan's own checks, independent of where the plan was written down."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.catalogue import CAPACITY_LIMIT, Place, Product, Slot

COIL_LIMIT = 255
"""Highest coil number; boards address a coil with one byte."""

ITEM_LIMIT = 65_534
"""Highest item number of an old machine; the next one means that it has none (MDB/ICP 4.2, section 7.4)."""

_SLOT_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a plan.

    Attributes:
        index: Position of the slot in the sequence that was checked.
        field: Attribute of `Slot` that is wrong.
        key: Message key.
        parameters: Values for the message.
    """

    index: int
    field: str
    key: str
    parameters: Mapping[str, str | int]


def check_slots(slots: Sequence[Slot], products: Mapping[str, Product]) -> tuple[Finding, ...]:
    """Everything wrong with a plan, in the order of its slots.

    Args:
        slots: The plan as it was written.
        products: By sku; what may be planned for.

    Checked: slot codes (form, unique), products exist, capacity 1 to `CAPACITY_LIMIT`, par 0 to capacity,
    coil numbers 1 to `COIL_LIMIT` and unique, none on a shelf place, and nothing loose behind a coil (a cup
    of coffee cannot fall).
    """
    findings: list[Finding] = []
    seen_codes: set[str] = set()
    seen_coils: dict[Place, dict[int, str]] = {Place.COIL: {}, Place.MACHINE: {}}
    for index, slot in enumerate(slots):
        found: list[tuple[str, str, dict[str, str | int]]] = []
        if not _SLOT_CODE.fullmatch(slot.code):
            found.append(("code", "slot_code", {"slot": slot.code}))
        elif slot.code in seen_codes:
            found.append(("code", "slot_twice", {"slot": slot.code}))
        seen_codes.add(slot.code)
        product = products.get(slot.sku)
        if product is None:
            found.append(("sku", "sku_unknown", {"sku": slot.sku}))
        elif product.is_retired:
            found.append(("sku", "sku_retired", {"sku": slot.sku}))
        elif product.is_loose and slot.place is not Place.SHELF:
            found.append(("sku", "loose_in_coil", {"sku": slot.sku}))
        if not 1 <= slot.capacity <= CAPACITY_LIMIT:
            found.append(
                ("capacity", "out_of_range", {"low": 1, "high": CAPACITY_LIMIT, "value": slot.capacity})
            )
        if not 0 <= slot.par_qty <= slot.capacity:
            found.append(("par_qty", "par_above_capacity", {"par": slot.par_qty, "capacity": slot.capacity}))
        found += _check_coil(slot, seen_coils)
        findings += [Finding(index, field, key, parameters) for field, key, parameters in found]
    return tuple(findings)


def _check_coil(slot: Slot, seen: dict[Place, dict[int, str]]) -> list[tuple[str, str, dict[str, str | int]]]:
    if slot.place is Place.SHELF:
        return [("coil", "coil_on_shelf", {"slot": slot.code})] if slot.coil else []
    limit, seen_coils = (ITEM_LIMIT if slot.place is Place.MACHINE else COIL_LIMIT), seen[slot.place]
    if not 1 <= slot.coil <= limit:
        return [("coil", "out_of_range", {"low": 1, "high": limit, "value": slot.coil})]
    if slot.coil in seen_coils:
        return [("coil", "coil_twice", {"coil": slot.coil, "slot": seen_coils[slot.coil]})]
    seen_coils[slot.coil] = slot.code
    return []
