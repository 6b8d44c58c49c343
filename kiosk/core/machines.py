"""Rules for an old machine that sells for us: it asks first, and what it asks for is one more line that is paid already.

It is a coil board that chooses by itself. Its vend is the ordinary vend job: announced, ended once, owed when nobody can tell.
The credit of the visit is offered as funds; a request is allowed when it covers the price, and each no is stored with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware import events as hw
from inventory.catalogue import Place, Slot, machine_sku
from kiosk.core import facts as f
from kiosk.core.acceptance import SELLING
from kiosk.core.draft import Draft
from kiosk.core.expiry import next_in_coil, today_of
from kiosk.core.goods import holds_others
from kiosk.core.rules import Rules, Shop
from kiosk.core.state import Phase, State

OK: Final = "ok"


def offered_funds(state: State, rules: Rules) -> Mapping[str, int]:
    """Old machine -> what it may sell for now, in minor units: all of the credit while nothing else is chosen, or 0."""
    funds_minor = 0
    visit = state.visit
    is_open = state.phase is Phase.SHOPPING and not state.is_screen_lost and state.space == OK
    if is_open and visit is not None and visit.settling is None and not visit.lines and state.note is None:
        funds_minor = visit.held_minor
    return dict.fromkeys(rules.machines, funds_minor)


def ready_machine(state: State, rules: Rules) -> str:
    """An old machine that would sell for us; empty when there is none."""
    for device in rules.machines:
        book = state.devices.get(device)
        if book is not None and book.is_online:
            return device
    return ""


def resting(state: State, shop: Shop) -> tuple[str, ...]:
    """Places of the old machine whose last vend failed, or ended nobody knows how, and that nobody has counted since."""
    return tuple(
        slot.code
        for slot in shop.catalogue.slots.values()
        if slot.place is Place.MACHINE and slot.code in state.coils and state.coils[slot.code].is_off
    )


def _planned(draft: Draft, item: int) -> Slot | None:
    """The machine's place that the planogram has under this number."""
    slots = draft.shop.catalogue.slots.values()
    return next((slot for slot in slots if slot.place is Place.MACHINE and slot.coil == item), None)


def vend_asked(draft: Draft, event: hw.MachineVendAsked) -> None:
    """The machine asks: its goods become a paid line and an announced vend, or it is told no."""
    reason = _refusal(draft, event)
    if reason:
        visit = draft.state.visit
        draft.add(
            f.MachineVendDenied(
                visit=visit.visit if visit else "",
                device=event.device,
                request=event.request,
                item=event.item,
                amount_minor=event.amount_minor,
                reason=reason,
            )
        )
        draft.refuse(reason, **({"slot": planned.code} if (planned := _planned(draft, event.item)) else {}))
        return
    visit, slot = draft.visit, _planned(draft, event.item)
    product = draft.shop.catalogue.products.get(slot.sku) if slot else None
    rates = draft.rules.tax_rates_bp
    # What nobody planned has no class of its own: the highest rate never owes the state anything.
    tax_class = product.tax_class if product else max(sorted(rates), key=lambda name: rates[name])
    line = f.LineAdded(
        visit=visit.visit,
        line=visit.next_line,
        sku=product.sku if product else machine_sku(event.item),
        slot=slot.code if slot else str(event.item),
        device=event.device,
        coil=event.item,
        price_minor=event.amount_minor,
        tax_class=tax_class,
        tax_rate_bp=rates[tax_class],
        deposit_minor=(product.deposit_minor if product else 0) or None,
    )
    draft.add(line)
    draft.add(
        f.VendStarted(
            job=draft.next_id("J"),
            visit=line.visit,
            line=line.line,
            device=line.device,
            slot=line.slot,
            coil=line.coil,
            sku=line.sku,
            price_minor=line.price_minor,
            request=event.request,
        )
    )


def _refusal(draft: Draft, event: hw.MachineVendAsked) -> str:
    """Why the machine may not sell this now, as a notice's key; empty when it may."""
    state, slot = draft.state, _planned(draft, event.item)
    product = draft.shop.catalogue.products.get(slot.sku) if slot else None
    book = state.coils.get(slot.code) if slot else None
    is_known = slot is None or (product is not None and product.tax_class in draft.rules.tax_rates_bp)
    # The box's lines have no check, and a wrong scale looks like a price: only one that could be planned, or paid, is taken.
    is_right = product is None or product.due_minor == event.amount_minor
    if (
        state.phase not in SELLING
        or state.note is not None
        or (state.visit is not None and state.visit.lines)
    ):
        return "machine_busy"
    if not is_known or not is_right or event.amount_minor % draft.rules.cash_step_minor:
        return "machine_price"
    if product is not None and not product.is_for_sale:
        return "age_limit" if product.min_age else "not_sold_now"
    if book is not None and book.is_off:
        return "machine_off"
    if slot is not None and holds_others(state.lots.get(slot.code, ()), slot.sku):
        return "machine_off"  # it would sell one thing and give another
    if slot is not None and next_in_coil(state, slot.code, today_of(draft.stamp.at, draft.rules))[0] == 0:
        return "coil_expired"
    if event.amount_minor > offered_funds(state, draft.rules).get(event.device, 0):
        return "not_enough"
    return ""
