"""A clerk tries a coil: it turns once, announced like any other turn, and whatever comes of it is never a sale."""

from __future__ import annotations

from inventory.catalogue import Place, Slot
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.goods import day_of, taken
from kiosk.core.state import Phase, State


def coil_test_asked(draft: Draft, event: ev.CoilTestAsked) -> None:
    """Turn one coil of ours for the clerk who stands before it, once for each asking."""
    slot = draft.shop.catalogue.slots.get(event.slot)
    if slot is None or slot.place is not Place.COIL or not draft.rules.boards:
        draft.refuse("unknown_slot")
        return
    device = draft.rules.boards[0]
    health = draft.state.devices.get(device)
    if health is None or not health.is_online or health.fault:
        draft.refuse("device_away")
    elif draft.state.test is not None:
        draft.refuse("test_runs")
    elif not draft.is_repeat(event.token):
        draft.add(
            f.CoilTestStarted(
                token=event.token,
                job=draft.next_id("J"),
                clerk=event.clerk,
                device=device,
                slot=slot.code,
                coil=slot.coil,
                sku=_first_out(draft.state, slot),
            )
        )
        draft.say("test_started", slot=slot.code)


def _first_out(state: State, slot: Slot) -> str:
    """The product that hangs first in the coil, by the book: what is planned there may not have been put in yet."""
    return next((lot.sku for lot in state.lots.get(slot.code, ()) if lot.qty > 0), slot.sku)


def end_coil_test(draft: Draft, job: str, outcome: f.VendOutcome, fault: str) -> bool:
    """Close the running test if it is ``job``; False when it is not."""
    test = draft.state.test
    if test is None or test.job != job:
        return False
    expires_on = lot = ""
    if outcome is f.VendOutcome.DELIVERED:
        today = day_of(draft.stamp.at, draft.rules.zone)
        here = draft.state.lots.get(test.slot, ())
        ((expires_on, lot, _),) = taken(here, test.sku, 1, is_queue=True, today=today)
    draft.add(
        f.CoilTestEnded(
            job=test.job,
            slot=test.slot,
            sku=test.sku,
            outcome=outcome,
            fault=fault,
            is_recovered=draft.state.phase is Phase.STARTING,
            expires_on=expires_on,
            lot=lot,
        )
    )
    return True


def lose_coil_test(draft: Draft, fault: str) -> None:
    """Nobody can say whether the coil of a running test turned: it needs a count, and is not turned again."""
    if draft.state.test is not None:
        end_coil_test(draft, draft.state.test.job, f.VendOutcome.UNKNOWN, fault)
