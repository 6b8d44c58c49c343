"""Rules for notes: kept only when all of the credit could be given back, money only when the validator says that it is in."""

from __future__ import annotations

from hardware import events as hw
from kiosk.core import facts as f
from kiosk.core import recovery
from kiosk.core.acceptance import accepted_positions, note_value
from kiosk.core.draft import Draft
from kiosk.core.postings import hopper_container, stacker_container
from kiosk.core.settle import close_if_covered, end_visit, pay_next, settle_halted
from kiosk.core.state import AcceptorBook, NoteJob, Phase

KEPT_WRAP = 1 << 32
"""Validators' own counts of notes are at most four bytes wide."""

FASTEST_NOTE_MS = 500
"""No validator pulls a note in and reads it in less; makers say one to three seconds."""


def container_of(draft: Draft, device: str, into: str) -> str:
    """Where a note of ``device`` lies: its recycler ``into``, when it is a configured one, or its stacker."""
    return hopper_container(into) if into in draft.rules.hoppers else stacker_container(device)


def _visit(draft: Draft) -> str:
    return draft.state.visit.visit if draft.state.visit else ""


def note_escrowed(draft: Draft, event: hw.NoteEscrowed) -> None:
    """Decide at once: a note is never left between hand and box."""
    if draft.state.note is not None:
        return  # told twice
    known = draft.state.acceptors.get(event.device)
    kept_total = event.kept_total
    if kept_total is None and known is not None:
        kept_total = known.kept_total
    welcome = accepted_positions(draft.state, draft.rules, draft.stamp.now_ms).get(event.device, ())
    value_minor = note_value(draft.rules, event.device, event.position)
    if value_minor is not None and event.position in welcome and not _lay_there(draft, event.device):
        draft.ensure_visit(f.Opening.NOTE)
        draft.add(
            f.NoteStackStarted(
                job=draft.next_id("J"),
                visit=draft.visit.visit,
                device=event.device,
                position=event.position,
                value_minor=value_minor,
                kept_total=kept_total,
            )
        )
        return
    draft.add(
        f.NoteReturnStarted(
            job=draft.next_id("J"),
            visit=_visit(draft),
            device=event.device,
            position=event.position,
            value_minor=value_minor or 0,
            kept_total=kept_total,
            reason="unknown" if value_minor is None else "no_change",
        )
    )
    draft.refuse("note_not_taken")


def _lay_there(draft: Draft, device: str) -> bool:
    """Whether the note must have been in escrow before its validator answered: it is given back, whoever stands there now."""
    health = draft.state.devices.get(device)
    return health is not None and draft.stamp.now_ms - health.since_ms < FASTEST_NOTE_MS


def note_stacked(draft: Draft, event: hw.NoteStacked) -> None:
    """The note is in: credit, in every phase but SERVICE.

    One that was given up before belongs to nobody, its debt waits for a person; nor does one that a clerk tries out.
    """
    book = draft.state.acceptors.get(event.device)
    if (
        book is not None
        and book.serial == event.serial
        and ((event.device_epoch, event.event_no) <= (book.device_epoch, book.event_no))
    ):
        return
    job = draft.state.note
    is_named = job is not None and event.job == job.job
    is_alike = job is not None and not event.job and event.position == job.position
    is_ours = job is not None and job.device == event.device and (is_named or is_alike)
    is_nobodys = (bool(event.job) and not is_ours) or draft.state.phase is Phase.SERVICE
    if not is_nobodys:
        draft.ensure_visit(f.Opening.NOTE)
    draft.add(
        f.NoteCredited(
            job=job.job if job is not None and is_ours else "",
            visit="" if is_nobodys else draft.visit.visit,
            device=event.device,
            serial=event.serial,
            device_epoch=event.device_epoch,
            event_no=event.event_no,
            position=event.position,
            value_minor=event.value_minor,
            container=container_of(draft, event.device, event.into),
            kept_total=event.kept_total,
        )
    )
    _go_on(draft)


def _go_on(draft: Draft) -> None:
    """After a note's fate is known."""
    state = draft.state
    if state.phase is Phase.SETTLING and state.payout is None and state.visit is not None:
        pay_next(draft)
    settle_halted(draft)
    close_if_covered(draft)
    visit = draft.state.visit
    is_empty = visit is not None and not (visit.lines or visit.held_minor or draft.state.note)
    if draft.state.phase in {Phase.SHOPPING, Phase.SERVICE} and is_empty:
        end_visit(draft)
    recovery.finish_if_explained(draft)


def note_returned(draft: Draft, event: hw.NoteReturned) -> None:
    """It is back in the hand: nothing is owed."""
    job = draft.state.note
    if job is None or job.device != event.device or event.job not in {"", job.job}:
        return
    _returned(draft, job, event.fault or "")
    _go_on(draft)


def _returned(draft: Draft, job: NoteJob, fault: str) -> None:
    draft.add(
        f.NoteReturned(
            job=job.job,
            visit=_visit(draft),
            device=job.device,
            position=job.position,
            fault=fault,
            is_recovered=draft.state.phase is Phase.STARTING,
        )
    )


def note_unknown(draft: Draft, event: hw.NoteUnknown) -> None:
    """Nobody can say where it is: owed, uncertain."""
    job = draft.state.note
    if job is not None and job.device == event.device and event.job in {"", job.job}:
        lose_note(draft, event.fault)


def lose_note(draft: Draft, fault: str) -> None:
    """Give the open note up; what else the visit holds goes on."""
    recovery.lose_note(draft, fault)
    _go_on(draft)


def note_refused(draft: Draft, event: hw.NoteRefused) -> None:
    """Keep the validator's refusals: they decide claims about swallowed money."""
    draft.add(
        f.NoteTurnedAway(
            visit=_visit(draft),
            device=event.device,
            code=event.code,
            fault=event.fault,
            is_returned=event.is_returned,
        )
    )


def note_unvalued(draft: Draft, event: hw.NoteUnvalued) -> None:
    """A note without a configured value was kept: evidence, never credit."""
    _swallowed(draft, event, qty=1, reason="unknown_note")


def _swallowed(
    draft: Draft, event: hw.AcceptorIdentified | hw.NoteUnvalued, *, qty: int, reason: str
) -> None:
    draft.add(
        f.MoneyPossiblySwallowed(
            visit=_visit(draft),
            device=event.device,
            serial=event.serial,
            device_epoch=event.device_epoch,
            event_no=event.event_no,
            qty=qty,
            reason=reason,
        )
    )


def compare_kept(draft: Draft, event: hw.AcceptorIdentified) -> None:
    """What the validator's own count says about the note that was open, and about notes that nobody told us of.

    A note of this run is told by its driver, which knows more than the count.
    """
    job, book = draft.state.note, draft.state.acceptors.get(event.device)
    is_same = book is not None and book.serial == event.serial
    expected = book.kept_total if book is not None and is_same else None
    if job is not None and job.device == event.device and job.boot != draft.state.boot:
        kept = _kept_since(event.kept_total, job.kept_total) if is_same else None
        if kept == 1:
            draft.ensure_visit(f.Opening.NOTE)
            draft.add(
                f.NoteFound(
                    job=job.job,
                    visit=draft.visit.visit,
                    device=job.device,
                    value_minor=job.value_minor,
                    container=_expected_container(draft, job, event),
                )
            )
        elif kept == 0:
            _returned(draft, job, hw.Fault.LOST_POWER)
        elif kept is not None or not is_same or not _may_be_counted(draft, job):
            recovery.lose_note(draft, hw.Fault.LOST_POWER)
        return
    more = _kept_since(event.kept_total, expected)
    stacked = None if book is None or not is_same else _stacked_since(draft, event, book)
    if stacked is not None:
        more = stacked
    if more:
        _swallowed(draft, event, qty=more, reason="notes_differ")
    elif event.restarted and event.kept_total is None and is_same:
        _swallowed(draft, event, qty=0, reason="acceptor_restarted")


def _may_be_counted(draft: Draft, job: NoteJob) -> bool:
    """Whether a recycler that counts its notes has yet to say if this one is in it."""
    into = draft.rules.into.get(job.device, {}).get(job.position, "")
    book = draft.state.hoppers.get(into)
    return book is not None and book.level is not None and into not in draft.state.awaited


def _stacked_since(draft: Draft, event: hw.AcceptorIdentified, book: AcceptorBook) -> int | None:
    """Notes that the stacker has beyond the books and beyond what the recyclers lack; None unless both are counted apart.

    What recyclers have too many is told by their own counts: a clerk's hand, or found money.
    """
    if event.kept_total is None or event.recycled is None or book.stacked is None:
        return None
    names = {*draft.rules.into.get(event.device, {}).values()}
    recyclers = [draft.state.hoppers.get(name) for name in names]
    recycled = sum(known.level for known in recyclers if known is not None and known.level is not None)
    lacking = max(0, recycled - event.recycled)
    return max(0, event.kept_total - event.recycled - book.stacked - lacking)


def _expected_container(draft: Draft, job: NoteJob, event: hw.AcceptorIdentified) -> str:
    """The recycler that its position leads to, unless the stacker counts it."""
    book = draft.state.acceptors.get(job.device)
    stacked = None if book is None else _stacked_since(draft, event, book)
    if stacked:
        return stacker_container(job.device)
    return container_of(draft, job.device, draft.rules.into.get(job.device, {}).get(job.position, ""))


def _kept_since(now: int | None, before: int | None) -> int | None:
    """Notes kept between two readings; None when one is missing or the count fell (emptied, or another history)."""
    if now is None or before is None:
        return None
    steps = (now - before) % KEPT_WRAP
    return steps if steps < KEPT_WRAP // 2 else None
