"""After a start: what became of everything that was open, from evidence alone.

Nothing is paid, vended or repeated here. Devices are asked by their drivers anyway (every first contact reports the
counters a device kept); this module waits for those answers, closes what they explain, and after `Rules.recovery_ms`
closes the rest as unknown. Running it twice is running it once, because every step is a fact that closes what it explains.
"""

from __future__ import annotations

from hardware import events as hw
from kiosk.core import facts as f
from kiosk.core.coiltest import lose_coil_test
from kiosk.core.draft import Draft
from kiosk.core.events import BootStarted
from kiosk.core.settle import close_sale, end_owing, owe
from kiosk.core.state import CardStage, Phase
from kiosk.core.training import end_training


def boot(draft: Draft, event: BootStarted) -> None:
    """The process starts."""
    draft.add(
        f.Booted(
            boot=event.boot,
            is_clean=event.is_clean,
            software=event.software,
            languages=draft.rules.languages,
        )
    )
    lose_coil_test(draft, hw.Fault.LOST_POWER)
    end_training(draft, f.TrainingEnd.POWER)
    finish_if_explained(draft)


def lose_vend(draft: Draft, fault: str) -> None:
    """Nobody can say what became of the open vend: its money is owed, uncertain; it is never turned again."""
    vend = draft.state.vend
    if vend is None:
        return
    draft.add(
        f.VendEnded(
            job=vend.job,
            visit=draft.visit.visit,
            line=vend.line,
            slot=vend.slot,
            sku=vend.sku,
            outcome=f.VendOutcome.UNKNOWN,
            fault=fault,
            seen=False,
            is_recovered=draft.state.phase is Phase.STARTING,
        )
    )
    owe(draft, vend.price_minor, reason="vend_unknown", is_certain=False, job=vend.job)


def lose_payout(draft: Draft, fault: str) -> None:
    """The hopper cannot say what it paid: the whole amount is owed, uncertain."""
    job = draft.state.payout
    if job is None:
        return
    draft.add(
        f.PayoutLost(
            job=job.job,
            visit=draft.visit.visit,
            device=job.device,
            value_minor=job.value_minor,
            asked_qty=job.qty,
            fault=fault,
        )
    )
    owe(draft, job.qty * job.value_minor, reason="payout_unknown", is_certain=False, job=job.job)


def lose_note(draft: Draft, fault: str) -> None:
    """Nobody can say where the note in escrow is: its value is owed, uncertain; one without a value here is evidence."""
    job = draft.state.note
    if job is None:
        return
    if job.value_minor:
        draft.ensure_visit(f.Opening.NOTE)
    draft.add(
        f.NoteLost(
            job=job.job,
            visit=draft.state.visit.visit if draft.state.visit else "",
            device=job.device,
            value_minor=job.value_minor,
            fault=fault,
        )
    )
    if job.value_minor:
        owe(draft, job.value_minor, reason="note_unknown", is_certain=False, job=job.job)


def lose_card(draft: Draft, fault: str) -> None:
    """Nobody can say what became of a card request: what it may have charged without goods is owed, uncertain.

    A charge whose goods were delivered stays what it was; a reader that restarts after an approval counts it as final (MDB 4.2,
    section 7), so it is never given back here.
    """
    card = draft.state.card
    if card is None:
        return
    if draft.visit.is_fulfilling:
        close_sale(draft, is_recovered=True)
    draft.add(
        f.CardLost(
            job=card.job,
            visit=draft.visit.visit,
            device=card.device,
            amount_minor=card.credit_minor,
            is_charged=card.is_charged,
            fault=fault,
        )
    )
    if card.stage is CardStage.SETTLING:
        return  # its goods were delivered
    owed_minor = min(draft.visit.held_minor, card.credit_minor)
    if owed_minor:
        owe(draft, owed_minor, reason="card_unknown", is_certain=False, job=card.job)


def lose_load(draft: Draft, fault: str) -> None:
    """Nobody can say whether the money is on the card: the whole amount is owed, uncertain; it is never put there again."""
    load = draft.state.load
    if load is None:
        return
    draft.add(
        f.CardLoadLost(
            job=load.job,
            visit=draft.visit.visit,
            device=load.device,
            amount_minor=load.amount_minor,
            fault=fault,
        )
    )
    owe(draft, load.amount_minor, reason="load_unknown", is_certain=False, job=load.job)


def _is_explained(draft: Draft) -> bool:
    """Whether every open thing is closed and every acceptor told what it took meanwhile."""
    state = draft.state
    if state.vend or state.payout or state.note:
        return False
    rules = draft.rules
    fed = (device for paths in rules.into.values() for device in paths.values())
    witnesses = {*rules.coins, *rules.notes, *fed}
    return state.visit is None or all(device in state.awaited for device in witnesses)


def finish_if_explained(draft: Draft) -> None:
    """End STARTING as soon as nothing is open any more."""
    if draft.state.phase is Phase.STARTING and _is_explained(draft):
        _finish(draft)


def finish_anyway(draft: Draft) -> None:
    """The waiting time is over: what is still open stays unknown."""
    lose_vend(draft, "no_reply")
    lose_payout(draft, "no_reply")
    lose_note(draft, "no_reply")
    _finish(draft)


def _finish(draft: Draft) -> None:
    """Settle the visit that the stop cut: what was delivered is sold, what is held is owed with a code."""
    owed_minor = 0
    lose_card(draft, hw.Fault.LOST_POWER)
    lose_load(draft, hw.Fault.LOST_POWER)
    if draft.state.visit is not None:
        end_owing(draft, reason="interrupted")
        owed_minor = draft.state.last.owed_minor if draft.state.last else 0
    draft.add(f.Recovered(owed_minor=owed_minor))
