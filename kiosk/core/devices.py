"""Rules for what devices report. A report is never refused: it happened."""

from __future__ import annotations

from collections.abc import Mapping

from hardware import events as hw
from kiosk.core import facts as f
from kiosk.core import recovery
from kiosk.core.acceptance import coin_value
from kiosk.core.coiltest import end_coil_test
from kiosk.core.draft import Draft
from kiosk.core.notes import compare_kept
from kiosk.core.postings import CASH_BOX, hopper_container, stacker_container
from kiosk.core.settle import begin_fulfilment, close_if_covered, pay_next, settle_halted
from kiosk.core.state import MoveJob, PayoutJob, Phase

COUNT_WRAP = 1 << 24
"""ccTalk lifetime counts are 24 bits wide."""


def _steps(now: int, before: int) -> int:
    """How far a 24-bit count moved; negative when it fell (another history)."""
    step = (now - before) % COUNT_WRAP
    return step - COUNT_WRAP if step > COUNT_WRAP // 2 else step


def _came_online(draft: Draft, device: str, kind: hw.DeviceKind) -> None:
    draft.add(f.DeviceCameOnline(device=device, kind=kind))


def lost(draft: Draft, event: hw.DeviceLost) -> None:
    """A device stopped answering; its open job waits for it until the job's deadline."""
    book = draft.state.devices.get(event.device)
    if book is not None and not book.is_online and book.fault == event.fault:
        return
    draft.add(f.DeviceWentOffline(device=event.device, kind=event.kind, fault=event.fault))


def noise(draft: Draft, event: hw.LineNoise) -> None:
    """Noise is evidence about cables."""
    draft.add(f.LineWasNoisy(device=event.device, dropped=event.dropped))


def faulted(draft: Draft, event: hw.DeviceFaulted) -> None:
    """A condition that stops a device."""
    draft.add(f.DeviceTroubled(device=event.device, kind=event.kind, fault=event.fault, detail=event.detail))


def mended(draft: Draft, event: hw.DeviceRecovered) -> None:
    """The condition went away; a device that never introduces itself (a scanner) is back by it."""
    book = draft.state.devices.get(event.device)
    if event.kind is hw.DeviceKind.SCANNER and (book is None or not book.is_online):
        _came_online(draft, event.device, event.kind)
        return
    draft.add(f.DeviceTroubled(device=event.device, kind=event.kind, fault="", detail=0))


# --- coins in -------------------------------------------------------------------------------------------------------


def acceptor_identified(draft: Draft, event: hw.AcceptorIdentified) -> None:
    """Compare the acceptor's own counts with the journal: coins nobody told us of are found money."""
    book = draft.state.acceptors.get(event.device)
    is_new = book is None or book.serial != event.serial
    counts = None
    if event.kind is hw.DeviceKind.NOTE_VALIDATOR:
        compare_kept(draft, event)
    if event.accept_counts is not None:
        counts = {count.position: count.total for count in event.accept_counts}
    if book is not None and not is_new:
        known = book.counts
        if counts is not None and known is not None:
            visit = _visit_of_gap(draft, event.device)
            for position, qty in _missed(draft, event.device, counts, known):
                _found(draft, event.device, visit, position, qty)
        elif event.kind is hw.DeviceKind.COIN_ACCEPTOR and (event.restarted or not event.has_counter):
            reason = "acceptor_restarted" if event.restarted else "no_counter"
            _possibly_swallowed(draft, event, qty=0, reason=reason)
    elif book is not None:
        # The former one may have taken coins that it told nobody of, and took that knowledge with it.
        _possibly_swallowed(draft, event, qty=0, reason="acceptor_replaced")
    _came_online(draft, event.device, event.kind)
    draft.add(
        f.AcceptorBaselined(
            device=event.device,
            serial=event.serial,
            device_epoch=event.device_epoch,
            event_no=event.event_no,
            counts=None if counts is None else tuple(sorted(counts.items())),
            is_new=is_new and book is not None,
            was_restarted=event.restarted,
            kept_total=event.kept_total,
            recycled=event.recycled,
        )
    )
    close_if_covered(draft)
    recovery.finish_if_explained(draft)


def _missed(
    draft: Draft, device: str, counts: Mapping[int, int], known: Mapping[str, int]
) -> list[tuple[int, int]]:
    """Position and number of the coins that the counts have beyond the books.

    Positions that feed one tube are read together: a coin that the tube told of stands in the books under one of them, whichever
    of them counted it.
    """
    steps = {
        position: _steps(total, known[str(position)])
        for position, total in sorted(counts.items())
        if str(position) in known  # a position that the configuration learnt since has no history
    }
    paths = draft.rules.into.get(device, {})
    for position in sorted(paths.keys() & {each for each, step in steps.items() if step < 0}):
        for other in sorted(paths.keys() & steps.keys()):
            if paths[other] == paths[position]:
                taken = min(max(0, -steps[position]), max(0, steps[other]))
                steps[position] += taken
                steps[other] -= taken
    return list(steps.items())


def _visit_of_gap(draft: Draft, device: str) -> str:
    """The visit that was open already when the acceptor was last heard of; coins of the gap are its, else nobody's.

    After a restore the coins of the lost part of the journal are in the counts too: nobody's, whoever stood there in the copy.
    """
    state = draft.state
    visit, health = state.visit, state.devices.get(device)
    if visit is None or state.is_unmet(device):
        return ""
    was_open = state.phase is Phase.STARTING or (
        health is not None and (health.is_online or health.since_ms > visit.opened_ms)
    )
    return visit.visit if was_open else ""


def _found(draft: Draft, device: str, visit: str, position: int, qty: int) -> None:
    value_minor = coin_value(draft.rules, device, position)
    if qty <= 0 or value_minor is None:
        return
    draft.add(
        f.CoinFound(
            visit=visit,
            device=device,
            position=position,
            qty=qty,
            value_minor=value_minor,
            container=_container(draft, draft.rules.into.get(device, {}).get(position, "")),
        )
    )


def _container(draft: Draft, into: str) -> str:
    """Where a coin lies: in the hopper or tube ``into``, when it is a configured one, or in the cash box."""
    return hopper_container(into) if into in draft.rules.hoppers else CASH_BOX


def _is_known(draft: Draft, device: str, serial: int, device_epoch: int, event_no: int) -> bool:
    """Whether this very event is in the journal already (the same ring read twice)."""
    book = draft.state.acceptors.get(device)
    if book is None or book.serial != serial:
        return False
    return (device_epoch, event_no) <= (book.device_epoch, book.event_no)


def coin_accepted(draft: Draft, event: hw.CoinAccepted) -> None:
    """A coin is recorded in every phase, and is the shopper's credit in every phase but SERVICE."""
    if _is_known(draft, event.device, event.serial, event.device_epoch, event.event_no):
        return
    if draft.state.phase is Phase.SERVICE:
        draft.add(
            f.CoinTested(
                clerk=draft.state.clerk,
                device=event.device,
                serial=event.serial,
                device_epoch=event.device_epoch,
                event_no=event.event_no,
                position=event.position,
                value_minor=event.value_minor,
                container=_container(draft, event.into),
            )
        )
        if draft.state.training.training:
            draft.say("training_real_coin", amount_minor=str(event.value_minor))
        return
    draft.ensure_visit(f.Opening.COIN)
    draft.add(
        f.CoinCredited(
            visit=draft.visit.visit,
            device=event.device,
            serial=event.serial,
            device_epoch=event.device_epoch,
            event_no=event.event_no,
            position=event.position,
            path=event.path,
            value_minor=event.value_minor,
            container=_container(draft, event.into),
        )
    )
    settle_halted(draft)
    close_if_covered(draft)


def _possibly_swallowed(
    draft: Draft,
    event: hw.AcceptorIdentified | hw.CoinEventsLost | hw.CoinUnvalued,
    *,
    qty: int,
    reason: str,
) -> None:
    draft.add(
        f.MoneyPossiblySwallowed(
            visit=draft.state.visit.visit if draft.state.visit else "",
            device=event.device,
            serial=event.serial,
            device_epoch=event.device_epoch,
            event_no=event.event_no,
            qty=qty,
            reason=reason,
        )
    )


def coin_unvalued(draft: Draft, event: hw.CoinUnvalued) -> None:
    """A coin without a configured value went into the box: evidence, never credit."""
    if not _is_known(draft, event.device, event.serial, event.device_epoch, event.event_no):
        _possibly_swallowed(draft, event, qty=1, reason="unknown_coin")


def coin_events_lost(draft: Draft, event: hw.CoinEventsLost) -> None:
    """More events than the ring holds: some may have been coins."""
    if not _is_known(draft, event.device, event.serial, event.device_epoch, event.event_no):
        _possibly_swallowed(draft, event, qty=event.qty, reason="events_lost")


def coin_refused(draft: Draft, event: hw.CoinRefused) -> None:
    """Keep the acceptor's error events: they decide claims about swallowed money."""
    if _is_known(draft, event.device, event.serial, event.device_epoch, event.event_no):
        return
    draft.add(
        f.CoinTurnedAway(
            visit=draft.state.visit.visit if draft.state.visit else "",
            device=event.device,
            serial=event.serial,
            device_epoch=event.device_epoch,
            event_no=event.event_no,
            code=event.code,
            fault=event.fault,
            is_returned=event.is_returned,
        )
    )


# --- coins out ------------------------------------------------------------------------------------------------------


def hopper_identified(draft: Draft, event: hw.HopperIdentified) -> None:
    """The hopper is there and idle: its lifetime count settles a payout of an earlier run, and shows coins that left without one.

    A payout of this run is ended by its driver's own word, whichever comes first; until then its counts prove nothing.
    """
    value_minor = draft.rules.hoppers.get(event.device)
    if value_minor is None:
        return
    book = draft.state.hoppers.get(event.device)
    is_new = book is not None and book.serial not in {0, event.serial}
    job = draft.state.payout
    paid_total, level = event.paid_total, event.level
    _came_online(draft, event.device, hw.DeviceKind.HOPPER)
    if job is not None and job.device == event.device and job.boot != draft.state.boot:
        paid_qty = _left_since(draft, event, job.paid_total)
        if is_new or paid_qty is None:
            recovery.lose_payout(draft, hw.Fault.LOST_POWER)
            if not is_new:
                _level_after_lost(draft, event, job)
        else:
            _end_payout(draft, job, paid_qty, event, "interrupted")
    elif job is not None and job.device == event.device and book is not None and not is_new:
        paid_total, level = book.paid_total, book.level
    elif book is not None:
        _end_old_move(draft, event, is_new=is_new)
        if not is_new:
            _compare_count(draft, event)
    _end_refill(draft, event, is_new=is_new)
    draft.add(
        f.HopperBaselined(
            device=event.device,
            serial=event.serial,
            value_minor=value_minor,
            paid_total=paid_total,
            is_low=event.is_low,
            is_new=is_new,
            lost_power=event.lost_power,
            level=level,
        )
    )
    recovery.finish_if_explained(draft)


def _end_refill(draft: Draft, event: hw.HopperIdentified, *, is_new: bool) -> None:
    """What a clerk typed in and a tube that begins anew does not have is not in it: a slip, or somebody took it out again.

    Until then it may still be on its way into the tube. While the clerk is at it, and while a payout of this run is open, the
    count says nothing about it.
    """
    state = draft.state
    book = state.hoppers.get(event.device)
    is_paying = state.payout is not None and state.payout.device == event.device
    if book is None or book.level is None or event.level is None or state.phase is Phase.SERVICE or is_paying:
        return
    if is_new:
        _follow_other(draft, event.device, book.level, event.level)
    typed = draft.state.hoppers[event.device].typed
    _note_difference(draft, event.device, typed, None, "", level=event.level)


def _follow_other(draft: Draft, device: str, was: int, now: int) -> None:
    """Another tube stands there, with the pieces that it counts: what the former one had beyond them is gone, what is beyond
    the former one's and a clerk's word is found, and never a shopper's.
    """
    poured = min(now - was, max(0, draft.state.hoppers[device].typed))
    if poured > 0:
        draft.add(f.HopperCounted(device=device, level=was + poured))
        was += poured
    _note_difference(draft, device, was - now, None, "", level=now)
    if now > was:
        # Under the tube's own name: the acceptor that feeds it begins anew as well, and its counts are not to know of this.
        draft.add(
            f.CoinFound(
                visit="",
                device=device,
                position=0,
                qty=now - was,
                value_minor=draft.rules.hoppers[device],
                container=hopper_container(device),
            )
        )


def _end_old_move(draft: Draft, event: hw.HopperIdentified, *, is_new: bool) -> None:
    """A move into the box that a stop cut off: what the count of pieces fell by has gone there.

    One of this run is ended by its driver's own word, which comes first.
    """
    book = draft.state.hoppers[event.device]
    if book.move is None or book.move.boot == draft.state.boot:
        return
    qty = 0
    if not is_new and book.level is not None and event.level is not None:
        qty = max(0, book.level - event.level)
    level = event.level if qty else None
    _end_move(draft, event.device, book.move, qty=qty, level=level, fault=hw.Fault.LOST_POWER)


def _end_move(draft: Draft, device: str, move: MoveJob, *, qty: int, level: int | None, fault: str) -> None:
    draft.add(
        f.CashMoveEnded(
            job=move.job,
            device=device,
            value_minor=draft.rules.hoppers[device],
            qty=qty,
            container=move.container,
            level=level,
            fault=fault,
            is_recovered=move.boot != draft.state.boot,
        )
    )


def pieces_moved(draft: Draft, event: hw.PiecesMoved) -> None:
    """The unit has sent its pieces into its own box, or could not; what nobody can tell waits for its next count."""
    book = draft.state.hoppers.get(event.device)
    if book is None or book.move is None or book.move.job != event.job:
        return
    qty = event.moved_qty or 0
    _end_move(draft, event.device, book.move, qty=qty, level=event.level, fault=event.fault or "")


def _left_since(
    draft: Draft, event: hw.HopperIdentified | hw.CoinsPaid, paid_total: int | None
) -> int | None:
    """Pieces that left since the last fact about this hopper; None when nobody can tell.

    By its count of pieces, or, where it keeps none, since its lifetime count was ``paid_total``. A count says nothing while
    pieces that a clerk typed in are not in it yet: a clerk may have poured other than was typed.
    """
    book = draft.state.hoppers.get(event.device)
    if book is not None and book.level is not None and event.level is not None:
        return book.level - event.level if event.level <= book.level and book.typed <= 0 else None
    return _paid_since(event.paid_total, paid_total)


def _level_after_lost(draft: Draft, event: hw.HopperIdentified, job: PayoutJob) -> None:
    """Explain the count of a tube whose payout nobody can tell the end of: what a clerk typed in was poured, the rest left.

    No more left than was asked for, so that a slip of the clerk's is not taken for coins. Pieces beyond what was typed in are
    found and nobody's: how many the payout took of them cannot be told.
    """
    book = draft.state.hoppers.get(event.device)
    if book is None or book.level is None or event.level is None:
        return
    most = book.level + max(0, min(book.typed, event.level + job.qty - book.level))
    if most > book.level:
        draft.add(f.HopperCounted(device=event.device, level=most))
    _note_difference(draft, event.device, most - event.level, None, job.job, level=event.level)
    if event.level > most:
        _found_in_tube(draft, event.device, event.level - most, visit="")


def _compare_count(draft: Draft, event: hw.HopperIdentified) -> None:
    """Pieces that came or left with no job and no event of ours."""
    book = draft.state.hoppers[event.device]
    if event.level is not None and book.level is not None:
        _level_moved(
            draft, event.device, book.level, event.level, validator=_validator_of(draft, event.device)
        )
    elif event.paid_total is not None and book.paid_total is not None:
        qty = _steps(event.paid_total, book.paid_total)
        _note_difference(draft, event.device, qty, event.paid_total, book.lost_job)


def _level_moved(draft: Draft, device: str, was: int, now: int, *, validator: str = "") -> None:
    """More pieces than the book says are found money, fewer left unasked, or for a payout that was given up; but a clerk's hands
    explain both.

    While a clerk is at it every change is theirs; later, the rise that they typed in and that was not counted yet. Notes that a
    recycler lacks are in the stacker of ``validator``, when that is known to have them all.
    """
    was, now = _less_the_note(draft, device, was, now)
    is_clerks = draft.state.phase is Phase.SERVICE
    poured = now - was if is_clerks else min(now - was, max(0, draft.state.hoppers[device].typed))
    if now < was and not is_clerks:
        lost_job = draft.state.hoppers[device].lost_job
        moved = 0 if lost_job else _moved(draft, validator, was - now)
        if moved:
            draft.add(
                f.NotesMoved(
                    device=device,
                    validator=validator,
                    value_minor=draft.rules.hoppers[device],
                    qty=moved,
                    container=stacker_container(validator),
                    level=was - moved,
                )
            )
        _note_difference(draft, device, was - moved - now, None, lost_job, level=now)
        return
    if poured:
        draft.add(f.HopperCounted(device=device, level=was + poured))
    found = now - was - poured
    if found:
        acceptor, _ = _feeder(draft, device)
        _found_in_tube(draft, device, found, visit=_visit_of_gap(draft, acceptor) if acceptor else "")


def _found_in_tube(draft: Draft, device: str, qty: int, *, visit: str) -> None:
    acceptor, position = _feeder(draft, device)
    draft.add(
        f.CoinFound(
            visit=visit,
            device=acceptor or device,
            position=position,
            qty=qty,
            value_minor=draft.rules.hoppers[device],
            container=hopper_container(device),
        )
    )


def _less_the_note(draft: Draft, device: str, was: int, now: int) -> tuple[int, int]:
    """The two levels without the note on its way into this recycler: of this run its validator tells, else this count."""
    job = draft.state.note
    if job is None or now <= was or draft.rules.into.get(job.device, {}).get(job.position) != device:
        return was, now
    if job.boot == draft.state.boot:
        return was, now - 1
    draft.ensure_visit(f.Opening.NOTE)
    draft.add(
        f.NoteFound(
            job=job.job,
            visit=draft.visit.visit,
            device=job.device,
            value_minor=job.value_minor,
            container=hopper_container(device),
        )
    )
    return was + 1, now


def _moved(draft: Draft, validator: str, lacking: int) -> int:
    """How many of the ``lacking`` notes of a recycler lie in the stacker: all, or as many as came there unexplained."""
    book = draft.state.acceptors.get(validator)
    if book is None:
        return 0
    return lacking if book.stacked is None else min(lacking, book.arrived)


def _validator_of(draft: Draft, recycler: str) -> str:
    """The validator whose stacker took what this recycler lacks: it counts all of its notes, and they are all there."""
    device, _ = _feeder(draft, recycler)
    book = draft.state.acceptors.get(device)
    if device not in draft.rules.notes or book is None or book.kept_total is None:
        return ""
    return device if book.has_all_notes or book.stacked is not None else ""


def _feeder(draft: Draft, hopper: str) -> tuple[str, int]:
    """The acceptor and the position whose pieces fall into ``hopper``."""
    for acceptor, paths in draft.rules.into.items():
        for position, into in paths.items():
            if into == hopper:
                return acceptor, position
    return "", 0


def hopper_counted(draft: Draft, event: hw.HopperCounted) -> None:
    """The tube's own count changed by itself."""
    book = draft.state.hoppers.get(event.device)
    if book is None or event.device not in draft.rules.hoppers or book.move is not None:
        return  # the end of a move brings its own count
    if book.level is None:
        draft.add(f.HopperCounted(device=event.device, level=event.level))
    else:
        _level_moved(draft, event.device, book.level, event.level)
        close_if_covered(draft)


def _paid_since(now: int | None, before: int | None) -> int | None:
    """Coins paid between two readings of a lifetime count; None when a reading is missing or the count fell."""
    if now is None or before is None:
        return None
    steps = _steps(now, before)
    return steps if steps >= 0 else None


def _note_difference(
    draft: Draft, device: str, qty: int, paid_total: int | None, job: str, *, level: int | None = None
) -> None:
    if qty > 0:
        draft.add(
            f.HopperDiffered(
                device=device,
                value_minor=draft.rules.hoppers[device],
                qty=qty,
                paid_total=paid_total,
                job=job,
                level=level,
            )
        )


def _end_payout(
    draft: Draft, job: PayoutJob, paid_qty: int, now: hw.HopperIdentified | hw.CoinsPaid, fault: str
) -> None:
    """Close the open payout with ``paid_qty`` coins; more than asked left without being asked for."""
    paid = max(0, min(paid_qty, job.qty))
    book = draft.state.hoppers[job.device]
    is_same = book.serial == job.serial
    if is_same and book.typed > 0 and book.level is not None and now.level is not None:
        poured = min(book.typed, now.level + paid_qty - book.level)
        if poured > 0:  # the tube counted a refill and the payout in one
            draft.add(f.HopperCounted(device=job.device, level=book.level + poured))
    left_qty = _left_since(draft, now, job.paid_total) if is_same else None
    draft.add(
        f.PayoutEnded(
            job=job.job,
            visit=draft.visit.visit,
            device=job.device,
            value_minor=job.value_minor,
            asked_qty=job.qty,
            paid_qty=paid,
            paid_total=now.paid_total,
            fault=fault if paid < job.qty else "",
            is_recovered=draft.state.phase is Phase.STARTING,
            level=now.level,
        )
    )
    extra_qty = (paid_qty if left_qty is None else left_qty) - paid
    _note_difference(draft, job.device, extra_qty, now.paid_total, job.job, level=now.level)


def hopper_level(draft: Draft, event: hw.HopperLevel) -> None:
    """The low sensor changed: what the book says is trusted less, or again."""
    if event.device in draft.state.hoppers:
        draft.add(f.HopperLevelRead(device=event.device, is_low=event.is_low))


def coins_paid(draft: Draft, event: hw.CoinsPaid) -> None:
    """A payout ended: lower the credit by what came out, then pay or owe the rest."""
    job = draft.state.payout
    if job is None or job.job != event.job:
        _late_word(draft, event)
        return
    _end_payout(draft, job, event.paid_qty, event, event.fault or hw.Fault.UNSPECIFIED)
    if draft.state.phase is Phase.SETTLING:
        pay_next(draft)
    settle_halted(draft)
    recovery.finish_if_explained(draft)


def _late_word(draft: Draft, event: hw.CoinsPaid) -> None:
    """A job that was given up has ended after all: its coins left without a job, its debt waits for a person."""
    book = draft.state.hoppers.get(event.device)
    if book is not None:
        left_qty = _left_since(draft, event, book.paid_total)
        if left_qty is None and _is_awaited(draft, event.job):
            left_qty = event.paid_qty
        if left_qty is not None:
            _note_difference(draft, event.device, left_qty, event.paid_total, event.job, level=event.level)


def _is_awaited(draft: Draft, job: str) -> bool:
    """Whether a debt stands for this job and nobody has told yet what it paid."""
    return any(debt.job == job and not debt.is_told for debt in draft.state.debts.values())


def payout_unknown(draft: Draft, event: hw.PayoutUnknown) -> None:
    """Nobody can say what left: owed, uncertain."""
    job = draft.state.payout
    if job is None or job.job != event.job:
        return
    recovery.lose_payout(draft, event.fault)
    if draft.state.phase is Phase.SETTLING:
        pay_next(draft)
    settle_halted(draft)
    recovery.finish_if_explained(draft)


# --- goods out ------------------------------------------------------------------------------------------------------


def board_identified(draft: Draft, event: hw.CoilBoardIdentified) -> None:
    """The board is there; it knows nothing of earlier jobs, so one left open by a stop stays unknown."""
    _came_online(draft, event.device, hw.DeviceKind.COIL_BOARD)
    vend = draft.state.vend
    if vend is not None and vend.device == event.device and vend.boot != draft.state.boot:
        recovery.lose_vend(draft, hw.Fault.LOST_POWER)
    recovery.finish_if_explained(draft)


def machine_identified(draft: Draft, event: hw.MachineIdentified) -> None:
    """The old machine is there; it knows nothing of earlier jobs, so one left open by a stop stays unknown."""
    _came_online(draft, event.device, hw.DeviceKind.VENDING_MACHINE)
    vend = draft.state.vend
    if vend is not None and vend.device == event.device and vend.boot != draft.state.boot:
        recovery.lose_vend(draft, hw.Fault.LOST_POWER)
    recovery.finish_if_explained(draft)


def _end_vend(draft: Draft, job: str, outcome: f.VendOutcome, fault: str, *, seen: bool) -> bool:
    """Close the open vend if it is ``job``; False when it is not (a late or repeated report)."""
    vend = draft.state.vend
    if vend is None or vend.job != job:
        return False
    draft.add(
        f.VendEnded(
            job=vend.job,
            visit=draft.visit.visit,
            line=vend.line,
            slot=vend.slot,
            sku=vend.sku,
            outcome=outcome,
            fault=fault,
            seen=seen,
            is_recovered=draft.state.phase is Phase.STARTING,
        )
    )
    return True


def _go_on(draft: Draft) -> None:
    """After a vend: the next coil, or the closing of the sale."""
    if draft.state.phase is Phase.FULFILLING:
        begin_fulfilment(draft)
    settle_halted(draft)
    recovery.finish_if_explained(draft)


def _hung(draft: Draft) -> tuple[str, ...]:
    """Coils that turned and let nothing be seen falling, and that nobody has looked at since: a piece may hang there."""
    coils = draft.state.coils.items()
    return tuple(
        sorted(
            slot
            for slot, book in coils
            if book.needs_count or (book.is_off and book.fault == hw.Fault.NOT_SEEN)
        )
    )


def vend_delivered(draft: Draft, event: hw.VendDelivered) -> None:
    """Goods fell; for a job that was given up that is evidence about its debt."""
    vend = draft.state.vend
    if end_coil_test(draft, event.job, f.VendOutcome.DELIVERED, ""):
        return
    if _end_vend(draft, event.job, f.VendOutcome.DELIVERED, "", seen=event.seen):
        hung = _hung(draft)
        if vend is not None and event.seen and hung:
            draft.add(
                f.DropDoubted(
                    job=vend.job, visit=draft.visit.visit, line=vend.line, slot=vend.slot, hung=hung
                )
            )
        _go_on(draft)
    elif _is_awaited(draft, event.job):
        draft.add(f.StrayDropSeen(device=event.device))


def vend_failed(draft: Draft, event: hw.VendFailed) -> None:
    """Nothing fell for certain: the money stays held."""
    if end_coil_test(draft, event.job, f.VendOutcome.FAILED, event.fault):
        return
    if _end_vend(draft, event.job, f.VendOutcome.FAILED, event.fault, seen=False):
        _go_on(draft)


def vend_unknown(draft: Draft, event: hw.VendUnknown) -> None:
    """Nobody can say: owed, uncertain; the coil rests until it is counted."""
    vend = draft.state.vend
    if end_coil_test(draft, event.job, f.VendOutcome.UNKNOWN, event.fault):
        return
    if vend is not None and vend.job == event.job:
        recovery.lose_vend(draft, event.fault)
        _go_on(draft)


def drop_seen(draft: Draft, event: hw.DropSeen) -> None:
    """Something fell with no job open: evidence, no sale."""
    draft.add(f.StrayDropSeen(device=event.device))


# --- printer --------------------------------------------------------------------------------------------------------


def printer_status(draft: Draft, event: hw.PrinterStatus) -> None:
    """Paper and covers are known before anybody pays; only changes are recorded."""
    book = draft.state.devices.get(event.device)
    if book is None or not book.is_online:
        _came_online(draft, event.device, hw.DeviceKind.PRINTER)
    fault = _printer_fault(event)
    if draft.state.devices[event.device].fault != fault:
        draft.add(f.DeviceTroubled(device=event.device, kind=hw.DeviceKind.PRINTER, fault=fault, detail=0))


def _printer_fault(event: hw.PrinterStatus) -> str:
    if event.cover_open:
        return hw.Fault.COVER_OPEN
    if event.paper is hw.Paper.OUT:
        return hw.Fault.PAPER_OUT
    if event.fault is not None:
        return event.fault
    if not event.is_online:
        return hw.Fault.UNSPECIFIED
    return hw.Fault.PAPER_LOW if event.paper is hw.Paper.LOW else ""


def print_ended(draft: Draft, event: hw.PrintEnded) -> None:
    """A print ended; the sale stood already."""
    last = draft.state.last
    if draft.state.drawer and draft.state.drawer == event.job:
        draft.add(
            f.DrawerOpenEnded(
                job=event.job, device=event.device, result=event.result, fault=event.fault or ""
            )
        )
        return
    if last is not None and last.print_job == event.job and last.print_result:
        return  # told twice
    visit = last.visit if last and last.print_job == event.job else ""
    draft.add(f.PrintClosed(job=event.job, visit=visit, result=event.result, fault=event.fault or ""))
