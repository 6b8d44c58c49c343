"""Rules for cards: one request at a time, its cancel confirmed before the next, a failed delivery given back by itself.

The reader's word is the only one: nothing is asked twice, and what nobody can tell is owed, uncertain (see `recovery`).
"""

from __future__ import annotations

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core import recovery
from kiosk.core.draft import Draft
from kiosk.core.settle import after_sale, begin_fulfilment, load_card, pay_next, settle_halted
from kiosk.core.state import CardJob, CardStage, LoadJob, Phase, State


def ready_reader(state: State, readers: tuple[str, ...], wanted: str = "") -> str:
    """A card reader that answers and is well, ``wanted`` before the others; empty when there is none."""
    for device in sorted(readers, key=lambda each: each != wanted):
        book = state.devices.get(device)
        if book is not None and book.is_online and not book.fault:
            return device
    return ""


def reader_identified(draft: Draft, event: hw.CardReaderIdentified) -> None:
    """The reader is there; what an earlier run left open with it is settled at the end of the start."""
    draft.add(f.DeviceCameOnline(device=event.device, kind=hw.DeviceKind.CARD_READER))


def card_tapped(draft: Draft, event: ev.CardTapped) -> None:
    """Ask the card's side for what the cart lacks."""
    visit = draft.visit
    due_minor = visit.total_minor - visit.held_minor
    device = ready_reader(draft.state, draft.rules.readers, event.reader)
    if not visit.lines:
        draft.refuse("nothing_chosen")
    elif not device:
        draft.refuse("no_card_reader")
    elif draft.state.note is not None:
        draft.refuse("note_first")
    elif due_minor <= 0:
        begin_fulfilment(draft)
    else:
        draft.add(
            f.CardRequested(job=draft.next_id("J"), visit=visit.visit, device=device, amount_minor=due_minor)
        )


def session_began(draft: Draft, event: hw.CardSessionBegan) -> None:
    """A card was shown while goods are chosen and not paid: that is the wish to pay by it, no tap needed."""
    visit = draft.state.visit
    if visit is None or draft.state.note is not None or not visit.lines:
        return
    due_minor = visit.total_minor - visit.held_minor
    if due_minor > 0:
        draft.add(
            f.CardRequested(
                job=draft.next_id("J"), visit=visit.visit, device=event.device, amount_minor=due_minor
            )
        )


def other_session_began(draft: Draft, event: hw.CardSessionBegan) -> None:
    """The card was shown at another reader than the one that is asked: withdraw there first, one request is open at a time."""
    card = draft.state.card
    if card is not None and card.stage is CardStage.ASKED and card.device != event.device:
        draft.add(
            f.CardCancelStarted(
                job=card.job, visit=draft.visit.visit, device=card.device, turns_to=event.device
            )
        )


def _open(draft: Draft, job: str) -> CardJob | None:
    """The open request, if it is ``job``."""
    card = draft.state.card
    return card if card is not None and card.job == job else None


def cancel_tapped(draft: Draft, event: ev.MoneyBackTapped) -> None:
    """The shopper does not want to pay by card after all."""
    withdraw(draft)


def withdraw(draft: Draft) -> None:
    """Take back a request that was not answered yet."""
    card = draft.state.card
    if card is not None and card.stage is CardStage.ASKED:
        draft.add(f.CardCancelStarted(job=card.job, visit=draft.visit.visit, device=card.device))


def card_waited(draft: Draft) -> None:
    """The request, or what followed it, took too long: withdraw it once, then count it as lost."""
    card = draft.state.card
    if card is None:
        return
    if card.stage is CardStage.ASKED:
        withdraw(draft)
    elif card.stage is not CardStage.APPROVED:
        _lose(draft, hw.Fault.TIMED_OUT)


def card_approved(draft: Draft, event: hw.CardApproved) -> None:
    """Credit, and the goods; after a cancel, or with nobody there any more, it goes back at once."""
    card = _open(draft, event.job)
    if card is None:
        _approved_late(draft, event)
        return
    if card.is_charged:
        return
    was_cancelled = card.stage is CardStage.CANCELLING
    draft.add(
        f.CardApproved(
            job=card.job,
            visit=draft.visit.visit,
            device=card.device,
            asked_minor=card.asked_minor,
            charged_minor=event.amount_minor,
        )
    )
    if was_cancelled or draft.state.phase is not Phase.TENDERING:
        draft.add(f.CardRefundStarted(job=card.job, visit=draft.visit.visit, device=card.device))
    else:
        begin_fulfilment(draft)


def _approved_late(draft: Draft, event: hw.CardApproved) -> None:
    """A charge for a request that had ended: written down, owed, and given back by itself while nobody was paid for it."""
    state = draft.state
    ended = next((each for each in state.uncharged if each.job == event.job), None)
    if ended is None:
        return  # of no request that we know, or told twice
    debt = next((each for each in state.debts.values() if each.job == event.job), None)
    is_new = not ended.is_owed and event.amount_minor > 0
    is_unpaid = is_new or (debt is not None and not debt.is_certain)
    is_free = state.card is None and state.late is None and state.phase is not Phase.STARTING
    draft.add(
        f.CardApprovedLate(
            job=event.job,
            visit=ended.visit,
            device=ended.device,
            charged_minor=event.amount_minor,
            debt=draft.next_id("D") if is_new else "",
            is_refunding=is_unpaid and is_free,
        )
    )


def _late_ended(draft: Draft, job: str, fault: str, *, is_refunded: bool) -> None:
    """What became of giving a late charge back; its debt may have been decided about meanwhile."""
    late = draft.state.late
    if late is None or late.job != job:
        return
    debt = draft.state.debts.get(late.debt)
    draft.add(
        f.CardLateRefundEnded(
            job=late.job,
            visit=late.visit,
            device=late.device,
            debt=late.debt,
            charged_minor=late.charged_minor,
            owed_minor=0 if debt is None else debt.amount_minor,
            is_refunded=is_refunded,
            fault=fault,
        )
    )


def card_denied(draft: Draft, event: hw.CardDenied) -> None:
    """Nothing was charged: the cart stands, the shopper may try again or pay otherwise."""
    card = _open(draft, event.job)
    if card is None or card.is_charged:
        return
    draft.add(f.CardDenied(job=card.job, visit=draft.visit.visit, device=card.device, fault=event.fault))
    draft.refuse("card_denied")
    settle_halted(draft)


def card_cancelled(draft: Draft, event: hw.CardCancelled) -> None:
    """Nothing was charged, or it was given back before anybody was told: the cart stands."""
    card = _open(draft, event.job)
    if card is None or card.is_charged:
        return
    draft.add(f.CardCancelled(job=card.job, visit=draft.visit.visit, device=card.device))
    if card.turns_to and draft.state.phase is Phase.SHOPPING:
        session_began(draft, hw.CardSessionBegan(card.turns_to))
    if draft.state.card is None:
        draft.say("card_cancelled")
    settle_halted(draft)


def card_settled(draft: Draft, event: hw.CardSettled) -> None:
    """The charge is final: change, or the end of the visit."""
    card = _open(draft, event.job)
    if card is not None and card.stage is CardStage.SETTLING:
        draft.add(f.CardSettled(job=card.job, visit=draft.visit.visit, device=card.device))
        _go_on(draft)


def card_refunded(draft: Draft, event: hw.CardRefunded) -> None:
    """The charge went back to the card."""
    card = _open(draft, event.job)
    if card is not None and card.stage is CardStage.REFUNDING:
        draft.add(
            f.CardRefunded(
                job=card.job,
                visit=draft.visit.visit,
                device=card.device,
                asked_minor=card.asked_minor,
                charged_minor=card.charged_minor,
            )
        )
        draft.say("card_refunded")
        _go_on(draft, was_refunded=True)
    elif card is None:
        _late_ended(draft, event.job, "", is_refunded=True)


def card_refund_failed(draft: Draft, event: hw.CardRefundFailed) -> None:
    """The charge stays the shopper's credit, and goes back in coins."""
    card = _open(draft, event.job)
    if card is not None and card.stage is CardStage.REFUNDING:
        draft.add(
            f.CardRefundFailed(job=card.job, visit=draft.visit.visit, device=card.device, fault=event.fault)
        )
        draft.refuse("card_refund_failed")
        _go_on(draft)
    elif card is None:
        _late_ended(draft, event.job, event.fault, is_refunded=False)


def card_unknown(draft: Draft, event: hw.CardUnknown) -> None:
    """Nobody can say. While goods are on their way this waits for them: the reader is asked once more how it ended."""
    card = _open(draft, event.job)
    if card is not None and card.stage is not CardStage.APPROVED:
        _lose(draft, event.fault)
    elif card is None:
        _late_ended(draft, event.job, event.fault, is_refunded=False)


def _lose(draft: Draft, fault: str) -> None:
    recovery.lose_card(draft, fault)
    draft.refuse("card_unknown")
    _go_on(draft)


def _go_on(draft: Draft, *, was_refunded: bool = False) -> None:
    """After the card's part: what comes after a sale, when there was one."""
    if draft.state.phase is Phase.FULFILLING:
        after_sale(draft, was_refunded=was_refunded)
    settle_halted(draft)


# --- credit onto the card -------------------------------------------------------------------------------------------


def can_load(state: State, loaders: tuple[str, ...]) -> bool:
    """Whether the credit may be put onto a card now: there is some, and nothing is chosen that it could pay."""
    visit = state.visit
    is_free = visit is not None and visit.held_minor > 0 and not visit.lines and state.note is None
    return state.phase is Phase.SHOPPING and is_free and bool(ready_reader(state, loaders))


def load_tapped(draft: Draft, event: ev.LoadTapped) -> None:
    """All credit goes onto the card, and the cart is dropped as with money back."""
    device = ready_reader(draft.state, draft.rules.loaders)
    if not draft.visit.held_minor:
        draft.refuse("nothing_held")
    elif draft.state.note is not None:
        draft.refuse("note_first")
    elif not device:
        draft.refuse("no_card_reader")
    else:
        load_card(draft, device)


def card_loaded(draft: Draft, event: hw.CardLoaded) -> None:
    """The money is on the card: what else the visit holds goes back in coins."""
    load = _open_load(draft, event.job)
    if load is not None:
        draft.add(
            f.CardLoaded(
                job=load.job, visit=draft.visit.visit, device=load.device, amount_minor=load.amount_minor
            )
        )
        _after_load(draft)


def card_load_refused(draft: Draft, event: hw.CardLoadRefused) -> None:
    """Nothing is on the card: the credit goes back in coins."""
    load = _open_load(draft, event.job)
    if load is not None:
        draft.add(
            f.CardLoadRefused(job=load.job, visit=draft.visit.visit, device=load.device, fault=event.fault)
        )
        draft.refuse("load_refused")
        _after_load(draft)


def card_load_unknown(draft: Draft, event: hw.CardLoadUnknown) -> None:
    """Nobody can say: owed, uncertain."""
    if _open_load(draft, event.job) is not None:
        recovery.lose_load(draft, event.fault)
        draft.refuse("load_unknown")
        _after_load(draft)


def _open_load(draft: Draft, job: str) -> LoadJob | None:
    load = draft.state.load
    return load if load is not None and load.job == job else None


def _after_load(draft: Draft) -> None:
    if draft.state.phase is Phase.SETTLING:
        pay_next(draft)
    settle_halted(draft)
