"""evolve(): the state after a fact; and the money invariant, checked after every one.

Nothing here decides. A fact has already happened; the only question is what is true now. Replay of a journal is this function,
applied in order; it needs neither the rules nor the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from kiosk.core import facts as f
from kiosk.core.goods import changed, opposite, transfer_key
from kiosk.core.limits import AUTO, BY_EVIDENCE, CLAIMS, GOODWILL, PAYOUTS, age_ms, marked, metered
from kiosk.core.pieces import pieces_after, pieces_in
from kiosk.core.postings import CASH_BOX, hopper_container, hopper_of
from kiosk.core.state import (
    CARD_LATE,
    AcceptorBook,
    Bag,
    CardJob,
    CardStage,
    Claim,
    CoilBook,
    CoilTestJob,
    Debt,
    DeviceBook,
    Failure,
    HopperBook,
    LastVisit,
    LateCharge,
    Line,
    LoadJob,
    Lot,
    MoveJob,
    NoteJob,
    OpenCollection,
    PayoutJob,
    Phase,
    Plan,
    Proposal,
    Round,
    State,
    Totals,
    UnchargedCard,
    VendJob,
    Visit,
)
from kiosk.core.trade import between, counted
from kiosk.invariant import InvariantBroken, ensure

V = TypeVar("V")

TOKENS_KEPT: Final = 300
"""A clerk's page may be sent again at any time of a round, and a round of a hundred places has some two hundred acts."""

TRANSFERS_KEPT: Final = 200
"""Almost four years of one transfer a week; a slip that is older is of goods that nobody waits for."""

CLAIM_TOKENS_KEPT: Final = 500
"""At the most claims an hour that the rules allow, a whole day of them."""

BAG_NUMBERS_KEPT: Final = 500
"""Nine years of weekly collections; a vendor's next roll of seals has other numbers."""

UNCHARGED_KEPT: Final = 20
"""A word that comes later than twenty further requests is of nothing that anybody still asks about."""

FOLD: Final = 2
"""Raise it when a rule gives another state of the same shape: a state that was kept under the old rule is then folded anew."""

UNDATED_PIECE: Final[f.LotPart] = ("", "", -1)
"""What a sale takes of a product whose dates nobody told."""

VISIT_PHASES: Final = frozenset({Phase.SHOPPING, Phase.TENDERING, Phase.FULFILLING, Phase.SETTLING})
"""Phases that end with the visit."""

OPEN_PHASES: Final = frozenset({Phase.IDLE, Phase.SHOPPING})
"""Phases in which a tap on goods means the same, so that a coin does not make taps stale."""


def check(state: State) -> None:
    """The money invariant and the few sums that must agree with it, per currency (a kiosk has one)."""
    t = state.totals
    ensure(
        t.taken + t.granted + t.uncollected == t.sold + t.paid_out + t.held + t.owed + t.suspense,
        "taken + granted + uncollected = sold + paid out + held + owed + suspense",
    )
    held_minor = state.visit.held_minor if state.visit else 0
    ensure(t.held == held_minor, "all credit belongs to the visit")
    ensure(held_minor >= 0, "credit is never negative")
    ensure(
        t.owed == sum([debt.amount_minor for debt in state.debts.values()]),
        "what is owed is the sum of the debts",
    )
    ensure(state.cash.get(CASH_BOX, 0) >= 0, "a cash box never holds less than nothing")
    ensure(not (state.vend and (state.payout or state.load)), "one job at a time")
    ensure(not (state.payout and state.load), "one job at a time")
    ensure(not (state.test and (state.vend or state.payout or state.load)), "one job at a time")


def evolve(state: State, recorded: f.Recorded) -> State:
    """The state after ``recorded``, which must be the very next entry of the journal.

    Raises:
        InvariantBroken: The entry does not follow, or the books do not close after it.
    """
    ensure(
        recorded.seq == state.seq + 1 or isinstance(recorded.fact, f.JournalOpened),
        "entries follow without a gap",
    )
    rule = _RULES.get(type(recorded.fact))
    after = rule(state, recorded, recorded.fact) if rule else state
    is_stopped = isinstance(recorded.fact, f.Stopped) or (
        state.is_stopped and isinstance(recorded.fact, f.CheckpointSigned)
    )
    after = replace(
        after,
        seq=recorded.seq,
        seen_ms=recorded.now_ms,
        is_stopped=is_stopped,
        trade=counted(state.trade, recorded.fact),
        pieces=pieces_after(state.pieces, recorded.fact),
    )
    has_moved = after.phase is not state.phase or after.boot != state.boot
    if has_moved and _meaning(after) != _meaning(state):
        after = replace(after, screen=after.screen + 1)
    check(after)
    return after


def replay(state: State, entries: Iterable[f.Recorded]) -> State:
    """Fold entries in order."""
    for recorded in entries:
        state = evolve(state, recorded)
    return state


def _meaning(state: State) -> tuple[object, ...]:
    """What taps mean: changes of this make the taps of older screens stale."""
    return ("open" if state.phase in OPEN_PHASES else state.phase, state.boot)


# --- small steps ----------------------------------------------------------------------------------------------------


def _with(mapping: Mapping[str, V], key: str, value: V) -> Mapping[str, V]:
    return {**mapping, key: value}


def _totals(state: State, **steps: int) -> Totals:
    now = state.totals
    return replace(now, **{name: getattr(now, name) + step for name, step in steps.items()})


def _cash(state: State, container: str, step_minor: int) -> Mapping[str, int]:
    return _with(state.cash, container, state.cash.get(container, 0) + step_minor)


def _open(state: State, visit: str) -> Visit:
    """The open visit, which must be ``visit``."""
    current = state.visit
    if current is None or current.visit != visit:
        raise InvariantBroken(f"the fact belongs to the open visit, not to {visit}")
    return current


def _covered(visit: Visit, now_ms: int) -> Visit:
    """Start or stop the closing bar: the moment since which the credit covers a non-empty cart."""
    is_covered = bool(visit.lines) and visit.held_minor >= visit.total_minor
    return replace(visit, covered_ms=now_ms if is_covered else None)


# --- the journal's life ---------------------------------------------------------------------------------------------


def _journal_opened(state: State, recorded: f.Recorded, fact: f.JournalOpened) -> State:
    state = replace(state, kiosk_id=fact.kiosk_id, currency=fact.currency, exponent=fact.exponent)
    return _restored(state, recorded) if fact.previous_head else state


def _restored(state: State, recorded: f.Recorded) -> State:
    """The books of a copy: whatever was owed in them may have been paid in the part of the journal that was lost.

    So no code pays before a person has decided, whatever was promised for it, and the credit of a visit that was open will be
    owed in the same way. What was on its way into a box has come there in that part. The kiosk's age goes on from its last
    entry: between the two clocks' readings lies no time that it ran.
    """
    return replace(
        state,
        ran_ms=age_ms(state),
        boot_ms=recorded.now_ms,
        debts={name: replace(debt, is_certain=False, claim="") for name, debt in state.debts.items()},
        visit=replace(state.visit, is_restored=True) if state.visit else None,
        hoppers={name: replace(book, move=None) for name, book in state.hoppers.items()},
    )


def _booted(state: State, recorded: f.Recorded, fact: f.Booted) -> State:
    return replace(
        state,
        boot=fact.boot,
        boot_ms=recorded.now_ms,
        ran_ms=age_ms(state),
        phase=Phase.STARTING,
        resume=Phase.HALTED if state.phase is Phase.HALTED or state.resume is Phase.HALTED else Phase.IDLE,
        languages=fact.languages,
        language=state.language if state.language in fact.languages else fact.languages[0],
        devices={
            name: replace(book, is_online=False, since_ms=recorded.now_ms)
            for name, book in state.devices.items()
        },
        awaited=(),
        clerk="",
        drawer="",
        # A code of money owed stays to be seen through another power cut; its time on the screen starts anew.
        last=replace(state.last, settled_ms=recorded.now_ms)
        if state.last and state.last.owed_minor
        else None,
        is_screen_lost=False,
        late=None,  # whether it went back nobody can tell any more: its debt waits for a person
        # Monotonic time starts anew: a lock that was running runs its full length again.
        code_failed_ms=recorded.now_ms,
    )


def _recovered(state: State, recorded: f.Recorded, fact: f.Recovered) -> State:
    return replace(state, phase=state.resume, resume=Phase.IDLE)


def _halted(state: State, recorded: f.Recorded, fact: f.TillHalted) -> State:
    if state.phase is Phase.STARTING:
        return replace(state, resume=Phase.HALTED, halted_for=fact.reason)
    return replace(state, phase=Phase.HALTED, halted_for=fact.reason, clerk="")


def _halt_cleared(state: State, recorded: f.Recorded, fact: f.HaltCleared) -> State:
    phase = Phase.SERVICE if state.phase is Phase.SERVICE else Phase.IDLE
    return replace(state, phase=phase, resume=Phase.IDLE, halted_for="")


def _screen_lost(state: State, recorded: f.Recorded, fact: f.ScreenLost) -> State:
    return replace(state, is_screen_lost=True)


def _screen_seen(state: State, recorded: f.Recorded, fact: f.ScreenSeen) -> State:
    return replace(state, is_screen_lost=False)


def _space(state: State, recorded: f.Recorded, fact: f.SpaceShrank) -> State:
    return replace(state, space=fact.level)


# --- devices --------------------------------------------------------------------------------------------------------


def _offline(state: State, recorded: f.Recorded, fact: f.DeviceWentOffline) -> State:
    book = DeviceBook(kind=fact.kind, is_online=False, fault=fact.fault, since_ms=recorded.now_ms)
    return replace(state, devices=_with(state.devices, fact.device, book))


def _online(state: State, recorded: f.Recorded, fact: f.DeviceCameOnline) -> State:
    book = DeviceBook(kind=fact.kind, is_online=True, since_ms=recorded.now_ms)
    awaited = state.awaited if fact.device in state.awaited else (*state.awaited, fact.device)
    return replace(state, devices=_with(state.devices, fact.device, book), awaited=awaited)


def _troubled(state: State, recorded: f.Recorded, fact: f.DeviceTroubled) -> State:
    known = state.devices.get(fact.device, DeviceBook(kind=fact.kind, is_online=True))
    return replace(state, devices=_with(state.devices, fact.device, replace(known, fault=fact.fault)))


def _acceptor(state: State, recorded: f.Recorded, fact: f.AcceptorBaselined) -> State:
    counts = None if fact.counts is None else {str(position): total for position, total in fact.counts}
    known = state.acceptors.get(fact.device)
    stacked = None
    if fact.kept_total is not None and fact.recycled is not None:
        stacked = fact.kept_total - fact.recycled
    expected = None if known is None or fact.is_new else known.stacked
    book = AcceptorBook(
        serial=fact.serial,
        device_epoch=fact.device_epoch,
        event_no=fact.event_no,
        counts=counts,
        epoch=state.epoch,
        kept_total=fact.kept_total,
        has_all_notes=not _has_fewer(known, fact),
        stacked=stacked,
        arrived=0 if stacked is None or expected is None else max(0, stacked - expected),
    )
    return replace(state, acceptors=_with(state.acceptors, fact.device, book))


def _has_fewer(known: AcceptorBook | None, fact: f.AcceptorBaselined) -> bool:
    """Whether the same validator counts fewer notes than it did: somebody emptied it."""
    if known is None or known.kept_total is None or fact.kept_total is None or fact.is_new:
        return False
    return fact.kept_total < known.kept_total


def _counted(
    state: State, device: str, *, event_no: int, position: int = 0, device_epoch: int, serial: int
) -> State:
    """The acceptor's book after one of its events; ``position`` 0 for events that are no coin."""
    book = state.acceptors.get(device, AcceptorBook(serial, device_epoch, 0, None))
    counts = book.counts
    if counts is not None and str(position) in counts:
        counts = _with(counts, str(position), counts[str(position)] + 1)
    book = replace(book, serial=serial, device_epoch=device_epoch, event_no=event_no, counts=counts)
    return replace(state, acceptors=_with(state.acceptors, device, book))


def _coin(state: State, recorded: f.Recorded, fact: f.CoinCredited) -> State:
    visit = _open(state, fact.visit)
    state = _counted(
        state,
        fact.device,
        event_no=fact.event_no,
        position=fact.position,
        device_epoch=fact.device_epoch,
        serial=fact.serial,
    )
    state = _fallen(state, fact.container, 1)
    return _credit(state, visit, fact.value_minor, fact.container, recorded.now_ms)


def _credit(state: State, visit: Visit, amount_minor: int, container: str, now_ms: int) -> State:
    visit = replace(
        visit,
        held_minor=visit.held_minor + amount_minor,
        taken_minor=visit.taken_minor + amount_minor,
        choice_ms=None,
    )
    return replace(
        state,
        visit=_covered(visit, now_ms) if visit.settling is None else visit,
        cash=_cash(state, container, amount_minor),
        totals=_totals(state, taken=amount_minor, held=amount_minor),
    )


def _fallen(state: State, container: str, qty: int) -> State:
    """``qty`` coins or notes fell into ``container``; a hopper or tube can pay them again."""
    device = hopper_of(container)
    book = state.hoppers.get(device)
    if book is None:
        return state
    level = None if book.level is None else book.level + qty
    return replace(
        state, hoppers=_with(state.hoppers, device, replace(book, qty=book.qty + qty, level=level))
    )


def _found(state: State, recorded: f.Recorded, fact: f.CoinFound) -> State:
    # After a tube's word its acceptor must not tell of the same coins again; a baseline in the same commit carries new counts.
    state = _counted_too(state, fact.device, fact.position, fact.qty, fact.container)
    amount_minor = fact.value_minor * fact.qty
    state = _fallen(state, fact.container, fact.qty)
    if fact.visit:
        return _credit(state, _open(state, fact.visit), amount_minor, fact.container, recorded.now_ms)
    return replace(
        state,
        cash=_cash(state, fact.container, amount_minor),
        totals=_totals(state, taken=amount_minor, suspense=amount_minor),
    )


def _stacked_more(book: AcceptorBook, container: str, qty: int) -> int | None:
    """The stacker's own count after ``qty`` notes went into ``container``."""
    return book.stacked if book.stacked is None or hopper_of(container) else book.stacked + qty


def _counted_too(state: State, device: str, position: int, qty: int, container: str) -> State:
    """The counts of an acceptor or validator go on by pieces that another count has told of."""
    book = state.acceptors.get(device)
    if book is None:
        return state
    counts = book.counts
    if counts is not None and str(position) in counts:
        counts = _with(counts, str(position), counts[str(position)] + qty)
    kept_total = None if book.kept_total is None else book.kept_total + qty
    stacked = _stacked_more(book, container, qty)
    book = replace(book, counts=counts, kept_total=kept_total, stacked=stacked)
    return replace(state, acceptors=_with(state.acceptors, device, book))


def _tested(state: State, recorded: f.Recorded, fact: f.CoinTested) -> State:
    state = _counted(
        state,
        fact.device,
        event_no=fact.event_no,
        position=fact.position,
        device_epoch=fact.device_epoch,
        serial=fact.serial,
    )
    state = _fallen(state, fact.container, 1)
    return replace(state, cash=_cash(state, fact.container, fact.value_minor))


def _turned_away(state: State, recorded: f.Recorded, fact: f.CoinTurnedAway) -> State:
    return _counted(
        state, fact.device, event_no=fact.event_no, device_epoch=fact.device_epoch, serial=fact.serial
    )


def _swallowed(state: State, recorded: f.Recorded, fact: f.MoneyPossiblySwallowed) -> State:
    if not fact.event_no:
        return state
    return _counted(
        state, fact.device, event_no=fact.event_no, device_epoch=fact.device_epoch, serial=fact.serial
    )


def _hopper(state: State, recorded: f.Recorded, fact: f.HopperBaselined) -> State:
    book = state.hoppers.get(fact.device, HopperBook(value_minor=fact.value_minor))
    is_paying = state.payout is not None and state.payout.device == fact.device
    is_settled = fact.level is not None and state.phase is not Phase.SERVICE and not is_paying
    book = replace(
        book,
        # With nobody's hand in it the count has all that was poured: the rest of what was typed in is not there.
        typed=min(book.typed, 0) if is_settled else book.typed,
        value_minor=fact.value_minor,
        serial=fact.serial,
        paid_total=fact.paid_total,
        is_low=fact.is_low,
        level=fact.level,
        lost_job="",
    )
    return replace(state, hoppers=_with(state.hoppers, fact.device, book))


def _hopper_counted(state: State, recorded: f.Recorded, fact: f.HopperCounted) -> State:
    book = state.hoppers[fact.device]
    poured = 0 if book.level is None else max(0, fact.level - book.level)
    book = replace(book, level=fact.level, typed=book.typed - poured)
    return replace(state, hoppers=_with(state.hoppers, fact.device, book))


def _hopper_level(state: State, recorded: f.Recorded, fact: f.HopperLevelRead) -> State:
    book = replace(state.hoppers[fact.device], is_low=fact.is_low)
    return replace(state, hoppers=_with(state.hoppers, fact.device, book))


def _hopper_differed(state: State, recorded: f.Recorded, fact: f.HopperDiffered) -> State:
    book = state.hoppers[fact.device]
    amount_minor = fact.value_minor * fact.qty
    paid_total = fact.paid_total if fact.paid_total is not None else book.paid_total
    level = fact.level if fact.level is not None else book.level
    book = replace(book, qty=book.qty - fact.qty, paid_total=paid_total, level=level, lost_job="")
    return replace(
        state,
        hoppers=_with(state.hoppers, fact.device, book),
        debts={
            name: replace(debt, is_told=True) if fact.job and debt.job == fact.job else debt
            for name, debt in state.debts.items()
        },
        cash=_cash(state, hopper_container(fact.device), -amount_minor),
        totals=_totals(state, paid_out=amount_minor, suspense=-amount_minor),
    )


# --- notes ----------------------------------------------------------------------------------------------------------


def _note_started(
    state: State, recorded: f.Recorded, fact: f.NoteStackStarted | f.NoteReturnStarted
) -> State:
    ensure(state.note is None, "one note at a time")
    known = state.acceptors.get(fact.device)
    job = NoteJob(
        job=fact.job,
        device=fact.device,
        position=fact.position,
        value_minor=fact.value_minor,
        is_kept=isinstance(fact, f.NoteStackStarted),
        kept_total=fact.kept_total,
        started_ms=recorded.now_ms,
        boot=state.boot,
        serial=known.serial if known else 0,
    )
    return replace(state, note=job)


def _note_over(state: State, job: str) -> State:
    """The open note's fate is known."""
    if not job:
        return state
    ensure(state.note is not None and state.note.job == job, "an outcome belongs to the open note")
    return replace(state, note=None)


def _note_in(state: State, visit: str, container: str, value_minor: int, now_ms: int) -> State:
    state = _fallen(state, container, 1)
    if visit:
        return _credit(state, _open(state, visit), value_minor, container, now_ms)
    return replace(
        state,
        cash=_cash(state, container, value_minor),
        totals=_totals(state, taken=value_minor, suspense=value_minor),
    )


def _note_credited(state: State, recorded: f.Recorded, fact: f.NoteCredited) -> State:
    state = _counted(
        state, fact.device, event_no=fact.event_no, device_epoch=fact.device_epoch, serial=fact.serial
    )
    book = state.acceptors[fact.device]
    kept_total = book.kept_total if fact.kept_total is None else fact.kept_total
    book = replace(book, kept_total=kept_total, stacked=_stacked_more(book, fact.container, 1))
    state = replace(state, acceptors=_with(state.acceptors, fact.device, book))
    state = _note_over(state, fact.job)
    return _note_in(state, fact.visit, fact.container, fact.value_minor, recorded.now_ms)


def _note_found(state: State, recorded: f.Recorded, fact: f.NoteFound) -> State:
    state = _counted_too(_note_over(state, fact.job), fact.device, 0, 1, fact.container)
    return _note_in(state, fact.visit, fact.container, fact.value_minor, recorded.now_ms)


def _notes_moved(state: State, recorded: f.Recorded, fact: f.NotesMoved) -> State:
    book = state.hoppers[fact.device]
    amount_minor = fact.value_minor * fact.qty
    known = state.acceptors.get(fact.validator)
    if known is not None:
        known = replace(known, arrived=max(0, known.arrived - fact.qty))
        state = replace(state, acceptors=_with(state.acceptors, fact.validator, known))
    state = replace(
        state,
        hoppers=_with(state.hoppers, fact.device, replace(book, qty=book.qty - fact.qty, level=fact.level)),
        cash=_cash(state, hopper_container(fact.device), -amount_minor),
    )
    return replace(state, cash=_cash(state, fact.container, amount_minor))


def _move_started(state: State, recorded: f.Recorded, fact: f.CashMoveStarted) -> State:
    book = state.hoppers[fact.device]
    ensure(book.move is None, "one move of a device at a time")
    book = replace(book, move=MoveJob(job=fact.job, container=fact.container, boot=state.boot))
    state = replace(state, hoppers=_with(state.hoppers, fact.device, book))
    return replace(state, tokens=_token(state, fact.token), service_ms=recorded.now_ms)


def _move_ended(state: State, recorded: f.Recorded, fact: f.CashMoveEnded) -> State:
    book = state.hoppers[fact.device]
    ensure(book.move is not None and book.move.job == fact.job, "an outcome belongs to the open move")
    ensure(fact.qty >= 0, "a move ends with none or more of its pieces")
    amount_minor = fact.value_minor * fact.qty
    level = fact.level if fact.level is not None else book.level
    book = replace(book, qty=book.qty - fact.qty, level=level, move=None)
    state = replace(
        state,
        hoppers=_with(state.hoppers, fact.device, book),
        cash=_cash(state, hopper_container(fact.device), -amount_minor),
    )
    return replace(state, cash=_cash(state, fact.container, amount_minor))


def _note_returned(state: State, recorded: f.Recorded, fact: f.NoteReturned) -> State:
    return _note_over(state, fact.job)


def _note_lost(state: State, recorded: f.Recorded, fact: f.NoteLost) -> State:
    state = _note_over(state, fact.job)
    return _believed(state, _open(state, fact.visit), fact.value_minor) if fact.value_minor else state


def _believed(state: State, visit: Visit, amount_minor: int) -> State:
    """Credit for money whose place nobody knows, against suspense: it is owed, uncertain, in the next fact."""
    visit = replace(
        visit,
        held_minor=visit.held_minor + amount_minor,
        taken_minor=visit.taken_minor + amount_minor,
    )
    return replace(state, visit=visit, totals=_totals(state, held=amount_minor, suspense=-amount_minor))


# --- cards ----------------------------------------------------------------------------------------------------------


def _card_requested(state: State, recorded: f.Recorded, fact: f.CardRequested) -> State:
    visit = _open(state, fact.visit)
    ensure(state.card is None, "one card request at a time")
    ensure(fact.amount_minor > 0, "a card is asked for something")
    ensure(
        fact.amount_minor == visit.total_minor - visit.held_minor, "a card is asked for what the cart lacks"
    )
    job = CardJob(
        job=fact.job,
        device=fact.device,
        asked_minor=fact.amount_minor,
        stage=CardStage.ASKED,
        started_ms=recorded.now_ms,
        boot=state.boot,
    )
    return replace(state, card=job, phase=Phase.TENDERING, visit=replace(visit, choice_ms=None))


def _card_of(state: State, job: str) -> CardJob:
    """The open card request, which must be ``job``."""
    if state.card is None or state.card.job != job:
        raise InvariantBroken("a card's fact belongs to the open request")
    return state.card


def _card_stage(state: State, recorded: f.Recorded, job: str, stage: CardStage) -> State:
    card = replace(_card_of(state, job), stage=stage, started_ms=recorded.now_ms)
    return replace(state, card=card)


def _card_cancelling(state: State, recorded: f.Recorded, fact: f.CardCancelStarted) -> State:
    card = replace(
        _card_of(state, fact.job),
        stage=CardStage.CANCELLING,
        started_ms=recorded.now_ms,
        turns_to=fact.turns_to or "",
    )
    return replace(state, card=card)


def _card_approved(state: State, recorded: f.Recorded, fact: f.CardApproved) -> State:
    card = _card_of(state, fact.job)
    ensure(not card.is_charged, "a request is approved once")
    ensure(
        fact.asked_minor == card.asked_minor and fact.charged_minor >= 0, "an approval answers its request"
    )
    visit = _open(state, fact.visit)
    card = replace(
        card, stage=CardStage.APPROVED, charged_minor=fact.charged_minor, started_ms=recorded.now_ms
    )
    amount_minor = card.credit_minor
    visit = replace(
        visit,
        held_minor=visit.held_minor + amount_minor,
        taken_minor=visit.taken_minor + amount_minor,
    )
    totals = _totals(
        state, taken=fact.charged_minor, granted=amount_minor - fact.charged_minor, held=amount_minor
    )
    return replace(state, card=card, visit=visit, totals=totals)


def _shopping_again(state: State) -> Phase:
    return Phase.SHOPPING if state.phase is Phase.TENDERING else state.phase


def _card_over(state: State, recorded: f.Recorded, fact: f.CardDenied | f.CardCancelled) -> State:
    ensure(not _card_of(state, fact.job).is_charged, "what was approved is not refused any more")
    state = _not_charged(state, fact, is_owed=False)
    return replace(state, card=None, phase=_shopping_again(state))


def _not_charged(state: State, fact: f.CardDenied | f.CardCancelled | f.CardLost, *, is_owed: bool) -> State:
    ended = UnchargedCard(job=fact.job, visit=fact.visit, device=fact.device, is_owed=is_owed)
    return replace(state, uncharged=(*state.uncharged, ended)[-UNCHARGED_KEPT:])


def _charged_late(state: State, recorded: f.Recorded, fact: f.CardApprovedLate) -> State:
    ensure(any(each.job == fact.job for each in state.uncharged), "a late charge is of a request that ended")
    ensure(not fact.is_refunding or state.late is None, "one charge is given back at a time")
    state = replace(state, uncharged=tuple(each for each in state.uncharged if each.job != fact.job))
    if fact.is_refunding:
        owed = fact.debt or next(debt.debt for debt in state.debts.values() if debt.job == fact.job)
        late = LateCharge(fact.job, fact.visit, fact.device, fact.charged_minor, owed)
        state = replace(state, late=late)
    if not fact.debt:
        return replace(state, totals=_totals(state, taken=fact.charged_minor, suspense=fact.charged_minor))
    debt = Debt(
        debt=fact.debt,
        seq=recorded.seq,
        visit=fact.visit,
        amount_minor=fact.charged_minor,
        reason=CARD_LATE,
        is_certain=False,
        job=fact.job,
        at=recorded.at,
        age_ms=age_ms(state, recorded.now_ms),
    )
    return replace(
        state,
        debts=_with(state.debts, fact.debt, debt),
        totals=_totals(state, taken=fact.charged_minor, owed=fact.charged_minor),
    )


def _late_refund(state: State, recorded: f.Recorded, fact: f.CardLateRefundEnded) -> State:
    ensure(state.late is not None and state.late.job == fact.job, "a late refund was begun")
    state = replace(state, late=None)
    if not fact.is_refunded:
        return state
    # What the debt had been recorded against beyond the charge lies in suspense, and goes back there.
    totals = _totals(
        state,
        paid_out=fact.charged_minor,
        owed=-fact.owed_minor,
        suspense=fact.owed_minor - fact.charged_minor,
    )
    debts = _without(state.debts, fact.debt, fact.owed_minor) if fact.owed_minor else state.debts
    return replace(state, debts=debts, totals=totals)


def _card_settling(state: State, recorded: f.Recorded, fact: f.CardSettleStarted) -> State:
    ensure(_card_of(state, fact.job).is_charged, "only a charge is made final")
    return _card_stage(state, recorded, fact.job, CardStage.SETTLING)


def _card_settled(state: State, recorded: f.Recorded, fact: f.CardSettled) -> State:
    ensure(_card_of(state, fact.job).is_charged, "only a charge ends")
    return replace(state, card=None, phase=_shopping_again(state))


def _card_not_refunded(state: State, recorded: f.Recorded, fact: f.CardRefundFailed) -> State:
    card = _card_of(state, fact.job)
    ensure(card.is_charged, "only a charge ends")
    visit = _open(state, fact.visit)
    visit = replace(visit, unrefunded_minor=visit.unrefunded_minor + card.credit_minor)
    return replace(state, card=None, visit=visit, phase=_shopping_again(state))


def _card_refunding(state: State, recorded: f.Recorded, fact: f.CardRefundStarted) -> State:
    card = _card_of(state, fact.job)
    ensure(card.is_charged, "only a charge is given back")
    ensure(_open(state, fact.visit).held_minor >= card.credit_minor, "what is given back was not spent")
    return _card_stage(state, recorded, fact.job, CardStage.REFUNDING)


def _card_refunded(state: State, recorded: f.Recorded, fact: f.CardRefunded) -> State:
    card = _card_of(state, fact.job)
    ensure(card.stage is CardStage.REFUNDING, "a refund was asked for")
    visit = _open(state, fact.visit)
    granted_minor = card.credit_minor - card.charged_minor
    visit = replace(
        visit,
        held_minor=visit.held_minor - card.credit_minor,
        taken_minor=visit.taken_minor - granted_minor,
        paid_minor=visit.paid_minor + card.charged_minor,
    )
    totals = _totals(state, held=-card.credit_minor, granted=-granted_minor, paid_out=card.charged_minor)
    return replace(state, card=None, visit=visit, totals=totals, phase=_shopping_again(state))


def _card_lost(state: State, recorded: f.Recorded, fact: f.CardLost) -> State:
    card = _card_of(state, fact.job)
    ensure(fact.is_charged == card.is_charged, "a lost charge was approved, a lost request was not")
    state = replace(state, card=None, phase=_shopping_again(state))
    if fact.is_charged:
        return state
    state = _not_charged(state, fact, is_owed=True)
    return _believed(state, _open(state, fact.visit), fact.amount_minor)


def _load_started(state: State, recorded: f.Recorded, fact: f.CardLoadStarted) -> State:
    visit = _open(state, fact.visit)
    ensure(
        state.load is None and state.card is None,
        "a card is loaded once at a time, and never beside a request",
    )
    ensure(0 < fact.amount_minor <= visit.held_minor, "a card is loaded with credit that is there")
    job = LoadJob(
        job=fact.job,
        device=fact.device,
        amount_minor=fact.amount_minor,
        started_ms=recorded.now_ms,
        boot=state.boot,
    )
    return replace(state, load=job)


def _load_over(state: State, recorded: f.Recorded, fact: f.CardLoadRefused | f.CardLoadLost) -> State:
    ensure(state.load is not None and state.load.job == fact.job, "an outcome belongs to the open load")
    return replace(state, load=None)


def _loaded(state: State, recorded: f.Recorded, fact: f.CardLoaded) -> State:
    load, visit = state.load, _open(state, fact.visit)
    ensure(load is not None and load.job == fact.job, "an outcome belongs to the open load")
    ensure(load is not None and load.amount_minor == fact.amount_minor, "a card takes all of a load, or none")
    visit = replace(
        visit,
        held_minor=visit.held_minor - fact.amount_minor,
        paid_minor=visit.paid_minor + fact.amount_minor,
    )
    totals = _totals(state, held=-fact.amount_minor, paid_out=fact.amount_minor)
    return replace(state, load=None, visit=visit, totals=totals)


# --- a visit --------------------------------------------------------------------------------------------------------


def _visit_opened(state: State, recorded: f.Recorded, fact: f.VisitOpened) -> State:
    ensure(state.visit is None, "one visit at a time")
    phase = Phase.SHOPPING if state.phase is Phase.IDLE else state.phase
    visit = Visit(visit=fact.visit, language=fact.language, opened_ms=recorded.now_ms)
    return replace(state, visit=visit, phase=phase, last=None)


def _language(state: State, recorded: f.Recorded, fact: f.LanguageChosen) -> State:
    visit = replace(state.visit, language=fact.language) if state.visit else None
    return replace(state, language=fact.language, visit=visit)


def _comfort(state: State, recorded: f.Recorded, fact: f.ComfortChosen) -> State:
    return replace(state, large_text=fact.large_text, more_time=fact.more_time)


def _line_added(state: State, recorded: f.Recorded, fact: f.LineAdded) -> State:
    visit = _open(state, fact.visit)
    ensure(fact.line == visit.next_line, "lines are numbered in order")
    deposit_minor = fact.deposit_minor or 0
    ensure(0 <= deposit_minor <= fact.price_minor, "a deposit is part of what is paid")
    line = Line(
        line=fact.line,
        sku=fact.sku,
        slot=fact.slot,
        device=fact.device,
        coil=fact.coil,
        price_minor=fact.price_minor,
        tax_class=fact.tax_class,
        tax_rate_bp=fact.tax_rate_bp,
        said=fact.said,
        deposit_minor=deposit_minor,
        was_minor=fact.was_minor or 0,
    )
    visit = replace(visit, lines=(*visit.lines, line), next_line=visit.next_line + 1, choice_ms=None)
    return replace(state, visit=_covered(visit, recorded.now_ms))


def _line_removed(state: State, recorded: f.Recorded, fact: f.LineRemoved) -> State:
    visit = _open(state, fact.visit)
    visit = replace(visit, lines=tuple(line for line in visit.lines if line.line != fact.line))
    return replace(state, visit=_covered(visit, recorded.now_ms))


def _vend_started(state: State, recorded: f.Recorded, fact: f.VendStarted) -> State:
    visit = _open(state, fact.visit)
    ensure(state.vend is None and state.payout is None, "one job at a time")
    ensure(visit.held_minor >= visit.total_minor, "goods move only when they are paid for")
    job = VendJob(
        job=fact.job,
        line=fact.line,
        device=fact.device,
        slot=fact.slot,
        coil=fact.coil,
        sku=fact.sku,
        price_minor=fact.price_minor,
        started_ms=recorded.now_ms,
        boot=state.boot,
        seq=recorded.seq,
    )
    visit = replace(visit, covered_ms=None, choice_ms=None, is_fulfilling=True)
    return replace(state, phase=Phase.FULFILLING, vend=job, visit=visit)


def _has_book(slot: str, coil: int) -> bool:
    """Whether we keep the stock of a slot: a bare number is an old machine's item that no planogram knows."""
    return slot != str(coil)


def _vend_ended(state: State, recorded: f.Recorded, fact: f.VendEnded) -> State:
    vend = state.vend
    if vend is None or vend.job != fact.job:
        raise InvariantBroken("an outcome belongs to the open vend")
    visit = _open(state, fact.visit)
    coil = state.coils.get(fact.slot, CoilBook())
    if fact.outcome is f.VendOutcome.DELIVERED:
        lines = tuple(
            replace(line, is_delivered=True) if line.line == fact.line else line for line in visit.lines
        )
        visit = replace(visit, lines=lines)
    else:
        lines = tuple(line for line in visit.lines if line.line != fact.line)
        visit = replace(visit, lines=lines)
        if fact.outcome is f.VendOutcome.FAILED:
            failure = Failure(slot=fact.slot, sku=fact.sku, fault=fact.fault)
            visit = replace(visit, failures=(*visit.failures, failure))
        if _has_book(fact.slot, vend.coil):
            is_unknown = fact.outcome is f.VendOutcome.UNKNOWN
            coil = replace(coil, is_off=True, fault=fact.fault, needs_count=is_unknown)
            state = replace(state, coils=_with(state.coils, fact.slot, coil))
    return replace(state, vend=None, visit=visit)


def _sale_closed(state: State, recorded: f.Recorded, fact: f.SaleClosed) -> State:
    visit = _open(state, fact.visit)
    ensure(fact.receipt_no == state.receipt_no + 1, "receipt numbers have no gap")
    ensure(fact.total_minor == sum(line.price_minor for line in fact.lines), "a sale is the sum of its lines")
    ensure(
        fact.total_minor == sum(part.gross_minor for part in fact.taxes), "tax classes cover the whole sale"
    )
    sold = {line.line for line in fact.lines}
    deposits = tuple(
        (line.line, line.deposit_minor) for line in visit.lines if line.line in sold and line.deposit_minor
    )
    ensure((fact.deposits or ()) == deposits, "a sale has the deposits of its lines")
    coils, lots = dict(state.coils), dict(state.lots)
    named = {number: (expires_on, lot, -1) for number, expires_on, lot in fact.lots or ()}
    for line in fact.lines:
        if not line.slot or (line.coil and not _has_book(line.slot, line.coil)):
            continue  # no place of ours: nobody keeps its stock
        part = named.get(line.line, UNDATED_PIECE)
        lots[line.slot] = changed(lots.get(line.slot, ()), line.sku, (part,))
        if line.coil:
            book = coils.get(line.slot, CoilBook())
            coils[line.slot] = replace(book, qty=book.qty - 1)
    visit = replace(
        visit,
        held_minor=visit.held_minor - fact.total_minor,
        sold_minor=visit.sold_minor + fact.total_minor,
        receipt_nos=(*visit.receipt_nos, fact.receipt_no),
        lines=tuple(line for line in visit.lines if line.line not in sold),
        covered_ms=None,
        choice_ms=None,
        is_fulfilling=False,
    )
    return replace(
        state,
        phase=Phase.FULFILLING if state.phase is Phase.TENDERING else state.phase,
        visit=visit,
        coils=coils,
        lots=lots,
        receipt_no=fact.receipt_no,
        totals=_totals(state, held=-fact.total_minor, sold=fact.total_minor),
    )


def _choice(state: State, recorded: f.Recorded, fact: f.SecondChoiceOffered) -> State:
    visit = _open(state, fact.visit)
    visit = replace(
        visit,
        choice_ms=recorded.now_ms,
        offered=visit.failures,
        failures=(),
        is_fulfilling=False,
        covered_ms=None,
    )
    return replace(state, visit=visit, phase=Phase.SHOPPING)


def _settling(state: State, recorded: f.Recorded, fact: f.SettlingStarted) -> State:
    visit = replace(
        _open(state, fact.visit),
        settling=fact.reason,
        due_minor=fact.amount_minor,
        lines=(),
        covered_ms=None,
        choice_ms=None,
        is_fulfilling=False,
    )
    phase = state.phase if state.phase in {Phase.STARTING, Phase.HALTED, Phase.SERVICE} else Phase.SETTLING
    return replace(state, visit=visit, phase=phase)


def _payout_started(state: State, recorded: f.Recorded, fact: f.PayoutStarted) -> State:
    visit = _open(state, fact.visit)
    ensure(state.vend is None and state.payout is None, "one job at a time")
    ensure(fact.qty > 0, "a payout pays something")
    ensure(fact.qty * fact.value_minor <= visit.held_minor, "a payout is never more than the credit")
    job = PayoutJob(
        job=fact.job,
        device=fact.device,
        qty=fact.qty,
        value_minor=fact.value_minor,
        paid_total=fact.paid_total,
        started_ms=recorded.now_ms,
        boot=state.boot,
        seq=recorded.seq,
        serial=state.hoppers[fact.device].serial if fact.device in state.hoppers else 0,
        level=fact.level,
    )
    state = metered(state, PAYOUTS, recorded.now_ms, fact.qty * fact.value_minor)
    return replace(state, payout=job, visit=replace(visit, payouts=visit.payouts + 1))


def _payout_ended(state: State, recorded: f.Recorded, fact: f.PayoutEnded) -> State:
    ensure(state.payout is not None and state.payout.job == fact.job, "an outcome belongs to the open payout")
    ensure(0 <= fact.paid_qty <= fact.asked_qty, "a payout ends with 0 to all of its coins")
    visit = _open(state, fact.visit)
    paid_minor = fact.paid_qty * fact.value_minor
    book = state.hoppers.get(fact.device, HopperBook(value_minor=fact.value_minor))
    paid_total = fact.paid_total if fact.paid_total is not None else book.paid_total
    level = fact.level if fact.level is not None else book.level
    tired = visit.tired_hoppers
    if fact.paid_qty < fact.asked_qty and fact.device not in tired:
        tired = (*tired, fact.device)
    visit = replace(
        visit,
        held_minor=visit.held_minor - paid_minor,
        paid_minor=visit.paid_minor + paid_minor,
        tired_hoppers=tired,
    )
    return replace(
        state,
        payout=None,
        visit=visit,
        hoppers=_with(
            state.hoppers,
            fact.device,
            replace(book, qty=book.qty - fact.paid_qty, paid_total=paid_total, level=level),
        ),
        cash=_cash(state, hopper_container(fact.device), -paid_minor),
        totals=_totals(state, held=-paid_minor, paid_out=paid_minor),
    )


def _payout_lost(state: State, recorded: f.Recorded, fact: f.PayoutLost) -> State:
    ensure(state.payout is not None and state.payout.job == fact.job, "a lost payout was open")
    visit = _open(state, fact.visit)
    book = replace(
        state.hoppers.get(fact.device, HopperBook(value_minor=fact.value_minor)), lost_job=fact.job
    )
    return replace(
        state,
        payout=None,
        visit=replace(visit, tired_hoppers=(*visit.tired_hoppers, fact.device)),
        hoppers=_with(state.hoppers, fact.device, book),
    )


def _debt_recorded(state: State, recorded: f.Recorded, fact: f.DebtRecorded) -> State:
    visit = _open(state, fact.visit)
    ensure(0 < fact.amount_minor <= visit.held_minor, "what is owed was held")
    debt = Debt(
        debt=fact.debt,
        seq=recorded.seq,
        visit=fact.visit,
        amount_minor=fact.amount_minor,
        reason=fact.reason,
        is_certain=fact.is_certain,
        job=fact.job,
        at=recorded.at,
        age_ms=age_ms(state, recorded.now_ms),
    )
    visit = replace(
        visit,
        held_minor=visit.held_minor - fact.amount_minor,
        owed_minor=visit.owed_minor + fact.amount_minor,
        debts=(*visit.debts, fact.debt),
    )
    return replace(
        state,
        visit=visit,
        debts=_with(state.debts, fact.debt, debt),
        totals=_totals(state, held=-fact.amount_minor, owed=fact.amount_minor),
    )


def _visit_settled(state: State, recorded: f.Recorded, fact: f.VisitSettled) -> State:
    visit = _open(state, fact.visit)
    ensure(visit.held_minor == 0, "a settled visit has no credit left")
    ensure(
        not (state.vend or state.payout or state.card or state.load or (state.note and state.note.is_kept)),
        "a settled visit has no open job",
    )
    ensure(
        visit.taken_minor == visit.sold_minor + visit.paid_minor + visit.owed_minor,
        "money in = goods + change + owed",
    )
    last = LastVisit(
        visit=visit.visit,
        language=visit.language,
        settled_ms=recorded.now_ms,
        taken_minor=visit.taken_minor,
        sold_minor=visit.sold_minor,
        paid_minor=visit.paid_minor,
        owed_minor=visit.owed_minor,
        receipt_nos=visit.receipt_nos,
        debts=visit.debts,
        seq=recorded.seq,
        boot=state.boot,
    )
    phase = Phase.IDLE if state.phase in VISIT_PHASES else state.phase
    return replace(state, visit=None, last=last, phase=phase)


def _thanked(state: State, recorded: f.Recorded, fact: f.ThanksEnded) -> State:
    return replace(state, last=None, language=state.languages[0], large_text=False, more_time=False)


def _print_started(state: State, recorded: f.Recorded, fact: f.PrintStarted) -> State:
    if state.last is None or state.last.visit != fact.visit:
        return state
    last = replace(state.last, print_job=fact.job, print_result="", prints=state.last.prints + 1)
    return replace(state, last=last)


def _print_closed(state: State, recorded: f.Recorded, fact: f.PrintClosed) -> State:
    if state.last is None or state.last.print_job != fact.job:
        return state
    return replace(state, last=replace(state.last, print_result=fact.result))


# --- debts and claims -----------------------------------------------------------------------------------------------


def _without(debts: Mapping[str, Debt], debt: str, amount_minor: int) -> Mapping[str, Debt]:
    ensure(debt in debts and debts[debt].amount_minor == amount_minor, "a debt is closed once, and whole")
    return {key: value for key, value in debts.items() if key != debt}


def _redeemed(state: State, recorded: f.Recorded, fact: f.DebtRedeemed) -> State:
    visit = _open(state, fact.visit)
    ensure(state.debts[fact.debt].is_certain, "an uncertain debt is not paid by its code")
    visit = replace(
        visit,
        held_minor=visit.held_minor + fact.amount_minor,
        taken_minor=visit.taken_minor + fact.amount_minor,
    )
    return replace(
        state,
        visit=visit,
        debts=_without(state.debts, fact.debt, fact.amount_minor),
        totals=_totals(state, owed=-fact.amount_minor, held=fact.amount_minor),
        code_failures=0,
    )


def _code_refused(state: State, recorded: f.Recorded, fact: f.DebtCodeRefused) -> State:
    return replace(state, code_failures=state.code_failures + 1, code_failed_ms=recorded.now_ms)


def _released(state: State, recorded: f.Recorded, fact: f.DebtReleased) -> State:
    debt = replace(state.debts[fact.debt], is_certain=True, age_ms=age_ms(state, recorded.now_ms))
    return replace(state, debts=_with(state.debts, fact.debt, debt))


def _reduced(state: State, recorded: f.Recorded, fact: f.DebtReduced) -> State:
    debt = state.debts[fact.debt]
    ensure(
        fact.amount_minor > 0 and debt.amount_minor - fact.amount_minor == fact.left_minor > 0,
        "a debt is reduced to a part of itself",
    )
    ensure(not debt.is_certain, "what is certainly owed is not reduced")
    return replace(
        state,
        debts=_with(state.debts, fact.debt, replace(debt, amount_minor=fact.left_minor)),
        totals=_totals(state, owed=-fact.amount_minor, suspense=fact.amount_minor),
    )


def _voucher(state: State, recorded: f.Recorded, fact: f.VoucherMade) -> State:
    debt = replace(state.debts[fact.debt], is_voucher=True)
    return replace(state, debts=_with(state.debts, fact.debt, debt))


def _dropped(state: State, recorded: f.Recorded, fact: f.DebtDropped) -> State:
    job = state.debts[fact.debt].job if fact.debt in state.debts else ""
    uncharged = tuple(
        replace(each, is_owed=False) if job and each.job == job else each for each in state.uncharged
    )
    return replace(
        state,
        uncharged=uncharged,
        debts=_without(state.debts, fact.debt, fact.amount_minor),
        totals=_totals(state, owed=-fact.amount_minor, suspense=fact.amount_minor),
    )


def _goodwill(state: State, recorded: f.Recorded, fact: f.GoodwillGranted) -> State:
    ensure(fact.amount_minor > 0, "goodwill gives something")
    debt = Debt(
        debt=fact.debt,
        seq=recorded.seq,
        visit="",
        amount_minor=fact.amount_minor,
        reason="goodwill",
        is_certain=True,
        job="",
        at=recorded.at,
        age_ms=age_ms(state, recorded.now_ms),
    )
    claim = state.claims.get(fact.claim)
    state = metered(state, GOODWILL, recorded.now_ms, fact.amount_minor)
    state = marked(state, claim.visit if claim else "", goodwill_minor=fact.amount_minor)
    return replace(
        state,
        debts=_with(state.debts, fact.debt, debt),
        totals=_totals(state, granted=fact.amount_minor, owed=fact.amount_minor),
    )


def _handed_over(state: State, recorded: f.Recorded, fact: f.CashHandedOver | f.DebtTransferred) -> State:
    return replace(
        state,
        debts=_without(state.debts, fact.debt, fact.amount_minor),
        totals=_totals(state, owed=-fact.amount_minor, paid_out=fact.amount_minor),
    )


def _claim_opened(state: State, recorded: f.Recorded, fact: f.ClaimOpened) -> State:
    claim = Claim(
        claim=fact.claim,
        token=fact.token,
        about=fact.about,
        verdict="",
        debt="",
        visit=fact.visit,
        by=fact.by or "",
    )
    state = marked(metered(state, CLAIMS, recorded.now_ms, fact.said_minor), fact.visit, claims=1)
    return replace(
        state,
        claims=_with(state.claims, fact.claim, claim),
        claim_tokens=(*state.claim_tokens, fact.token)[-CLAIM_TOKENS_KEPT:],
    )


def _claim_weighed(state: State, recorded: f.Recorded, fact: f.ClaimWeighed) -> State:
    claim = replace(state.claims[fact.claim], verdict=fact.verdict, debt=fact.debt)
    return replace(state, claims=_with(state.claims, fact.claim, claim))


def _claim_promised(state: State, recorded: f.Recorded, fact: f.ClaimPromised) -> State:
    claim = replace(state.claims[fact.claim], due_at=fact.due_at, remind_at=fact.remind_at)
    return replace(state, claims=_with(state.claims, fact.claim, claim))


def _claim_reminded(state: State, recorded: f.Recorded, fact: f.ClaimReminded) -> State:
    claim = state.claims[fact.claim]
    ensure(fact.stage not in claim.reminded, "each stage is said once")
    claim = replace(claim, reminded=(*claim.reminded, fact.stage))
    return replace(state, claims=_with(state.claims, fact.claim, claim))


def _claim_proposed(state: State, recorded: f.Recorded, fact: f.ClaimProposed) -> State:
    proposal = Proposal(amount_minor=fact.amount_minor, by=fact.by, way=fact.way, reason=fact.reason)
    claim = replace(state.claims[fact.claim], proposal=proposal)
    return replace(state, claims=_with(state.claims, fact.claim, claim))


def _claim_seconded(state: State, recorded: f.Recorded, fact: f.ClaimSeconded) -> State:
    claim = state.claims[fact.claim]
    ensure(
        claim.proposal is not None and claim.proposal.by == fact.first != fact.by, "two people are two people"
    )
    return state


def _goods_returned(state: State, recorded: f.Recorded, fact: f.GoodsReturned) -> State:
    claim = state.claims[fact.claim]
    ensure(not claim.is_back, "a claim's goods come back once")
    return replace(state, claims=_with(state.claims, fact.claim, replace(claim, is_back=True)))


def _claim_decided(state: State, recorded: f.Recorded, fact: f.ClaimApproved | f.ClaimRefused) -> State:
    ensure(fact.claim in state.claims, "a claim is decided once")
    if isinstance(fact, f.ClaimApproved) and fact.by == BY_EVIDENCE:
        state = metered(state, AUTO, recorded.now_ms, fact.amount_minor)
    claims = {key: value for key, value in state.claims.items() if key != fact.claim}
    debt = state.debts.get(fact.debt) if isinstance(fact, f.ClaimApproved) else None
    if debt is not None and not debt.claim:
        state = replace(state, debts=_with(state.debts, debt.debt, replace(debt, claim=fact.claim)))
    return replace(state, claims=claims)


# --- service --------------------------------------------------------------------------------------------------------


def _token(state: State, token: str) -> tuple[str, ...]:
    return (*state.tokens, token)[-TOKENS_KEPT:]


def _service_started(state: State, recorded: f.Recorded, fact: f.ServiceStarted) -> State:
    resume = Phase.HALTED if state.phase is Phase.HALTED else Phase.IDLE
    return replace(
        state, phase=Phase.SERVICE, resume=resume, clerk=fact.clerk, service_ms=recorded.now_ms, last=None
    )


def _service_ended(state: State, recorded: f.Recorded, fact: f.ServiceEnded) -> State:
    phase = Phase.HALTED if state.halted_for else Phase.IDLE
    return replace(state, phase=phase, resume=Phase.IDLE, clerk="", language=state.languages[0])


def _filled(state: State, recorded: f.Recorded, fact: f.CashFilled) -> State:
    book = state.hoppers.get(fact.device, HopperBook(value_minor=fact.value_minor))
    typed = book.typed if book.level is None else book.typed + fact.qty
    return replace(
        state,
        hoppers=_with(state.hoppers, fact.device, replace(book, qty=book.qty + fact.qty, typed=typed)),
        cash=_cash(state, fact.container, fact.value_minor * fact.qty),
        tokens=_token(state, fact.token),
        service_ms=recorded.now_ms,
    )


def _collected(state: State, recorded: f.Recorded, fact: f.CashCollected) -> State:
    ensure(
        fact.expected_minor == state.cash.get(fact.container, 0), "a collection expects what the book says"
    )
    return replace(
        state,
        cash=_cash(state, fact.container, -fact.expected_minor),
        tokens=_token(state, fact.token),
        service_ms=recorded.now_ms,
    )


def _collection_started(state: State, recorded: f.Recorded, fact: f.CollectionStarted) -> State:
    ensure(state.collection is None, "one collection is open at a time")
    expected = {each.container: each.expected_minor for each in fact.taken}
    ensure(
        len(expected) == len(fact.taken)
        and all(state.cash.get(name, 0) == minor for name, minor in expected.items()),
        "a collection expects what the book says",
    )
    ensure(
        all(
            each.pieces == pieces_in(state.pieces, each.container)
            and sum(value_minor * qty for value_minor, qty in each.pieces) == each.expected_minor
            for each in fact.taken
        ),
        "a collection expects the pieces that fell in",
    )
    return replace(
        state,
        cash={**state.cash, **dict.fromkeys(expected, 0)},
        collection=OpenCollection(fact.collection, expected, fact.float_minor),
        tokens=_token(state, fact.token),
        service_ms=recorded.now_ms,
    )


def _collection_counted(state: State, recorded: f.Recorded, fact: f.CollectionCounted) -> State:
    is_open = state.collection
    ensure(
        is_open is not None and is_open.collection == fact.collection,
        "a count belongs to the open collection",
    )
    ensure(
        is_open is not None and is_open.expected_minor == fact.expected_minor,
        "a count expects what was taken",
    )
    bag = Bag(fact.bag, fact.counted)
    ensure(bag.amount_minor == fact.counted_minor, "a count is the sum of its containers")
    ensure(not fact.bag or fact.bag not in state.bag_numbers, "a bag is sealed once")
    return replace(
        state,
        collection=None,
        bags=_with(state.bags, fact.collection, bag),
        bag_numbers=(*state.bag_numbers, fact.bag)[-BAG_NUMBERS_KEPT:] if fact.bag else state.bag_numbers,
        tokens=_token(state, fact.token),
        service_ms=recorded.now_ms,
    )


def _bag_of(state: State, collection: str, amount_minor: int) -> Bag:
    bag = state.bags.get(collection)
    if bag is None or bag.amount_minor != amount_minor:
        raise InvariantBroken("a bag on its way holds what was counted")
    return bag


def _collection_recounted(state: State, recorded: f.Recorded, fact: f.CollectionRecounted) -> State:
    bag = replace(_bag_of(state, fact.collection, fact.was_minor), counted=fact.counted)
    ensure(bag.amount_minor == fact.counted_minor, "a count is the sum of its containers")
    return replace(state, bags=_with(state.bags, fact.collection, bag), tokens=_token(state, fact.token))


def _bag_handed_over(state: State, recorded: f.Recorded, fact: f.BagHandedOver) -> State:
    _bag_of(state, fact.collection, fact.amount_minor)
    return replace(state, tokens=_token(state, fact.token))


def _bag_banked(state: State, recorded: f.Recorded, fact: f.BagBanked) -> State:
    _bag_of(state, fact.collection, fact.amount_minor)
    bags = {name: bag for name, bag in state.bags.items() if name != fact.collection}
    return replace(state, bags=bags, tokens=_token(state, fact.token))


def _day_closed(state: State, recorded: f.Recorded, fact: f.DayClosed) -> State:
    ensure(fact.number == state.day_no + 1, "day closes have no gap")
    ensure(
        fact.perpetual == state.trade and fact.period == between(state.closed_trade, state.trade),
        "a day close says what was traded",
    )
    book = state.training
    ensure(
        fact.practice in {None, book.since_close()} and fact.practice_ever in {None, book.ever()},
        "a day close says what was only practised",
    )
    return replace(
        state,
        day_no=fact.number,
        training=replace(book, closed=book.ever()),
        closed_trade=fact.perpetual,
        closed_at=(state.epoch, recorded.seq),
        tokens=_token(state, fact.token),
    )


def _coil_test_started(state: State, recorded: f.Recorded, fact: f.CoilTestStarted) -> State:
    ensure(state.test is None, "one coil is tried at a time")
    test = CoilTestJob(fact.job, fact.device, fact.slot, fact.sku, recorded.now_ms)
    return replace(state, test=test, tokens=_token(state, fact.token), service_ms=recorded.now_ms)


def _coil_test_ended(state: State, recorded: f.Recorded, fact: f.CoilTestEnded) -> State:
    ensure(state.test is not None and state.test.job == fact.job, "an outcome belongs to the running test")
    coil = state.coils.get(fact.slot, CoilBook())
    lots = state.lots
    if fact.outcome is f.VendOutcome.DELIVERED:
        coil = replace(coil, qty=coil.qty - 1)
        part = (fact.expires_on, fact.lot, -1)
        lots = _with(lots, fact.slot, changed(lots.get(fact.slot, ()), fact.sku, (part,)))
    else:
        is_unknown = fact.outcome is f.VendOutcome.UNKNOWN
        coil = replace(coil, is_off=True, fault=fact.fault, needs_count=is_unknown or coil.needs_count)
    return replace(state, test=None, coils=_with(state.coils, fact.slot, coil), lots=lots)


def _drawer_started(state: State, recorded: f.Recorded, fact: f.DrawerOpenStarted) -> State:
    ensure(state.clerk == fact.clerk != "", "a drawer opens for the clerk who is signed in")
    tokens = _token(state, fact.token)
    return replace(state, drawer=fact.job, tokens=tokens, service_ms=recorded.now_ms)


def _drawer_ended(state: State, recorded: f.Recorded, fact: f.DrawerOpenEnded) -> State:
    ensure(state.drawer == fact.job, "an outcome belongs to the open drawer")
    return replace(state, drawer="")


def _planned(state: State, recorded: f.Recorded, fact: f.PricesPlanned | f.PlacesPlanned) -> State:
    plan = Plan(plan=fact.plan, from_day=fact.from_day, epoch=state.epoch, seq=recorded.seq)
    return replace(state, plans=(*state.plans, plan), tokens=_token(state, fact.token))


def _plan_ended(
    state: State, recorded: f.Recorded, fact: f.PlanDropped | f.PricesTaken | f.PlacesTaken
) -> State:
    ensure(any(plan.plan == fact.plan for plan in state.plans), "a plan ends once")
    return replace(state, plans=tuple(plan for plan in state.plans if plan.plan != fact.plan))


def _stock_moved(state: State, recorded: f.Recorded, fact: f.StockMoved) -> State:
    coils = state.coils
    if fact.slot in coils:
        coils = _with(coils, fact.slot, replace(coils[fact.slot], qty=coils[fact.slot].qty + fact.qty))
    parts = fact.lots or (("", "", fact.qty),)
    return replace(
        state,
        coils=coils,
        lots=_moved(state, fact, changed(state.lots.get(fact.slot, ()), fact.sku, parts), parts),
        tokens=_token(state, fact.token),
        transfers_over=_over(state, fact.other or "", fact.transfer)
        if fact.transfer and fact.sent is not None
        else state.transfers_over,
        service_ms=recorded.now_ms,
    )


def _over(state: State, source: str, transfer: str) -> tuple[str, ...]:
    return (*state.transfers_over, transfer_key(source, transfer))[-TRANSFERS_KEPT:]


def _transfer_closed(state: State, recorded: f.Recorded, fact: f.TransferClosed) -> State:
    return replace(
        state,
        tokens=_token(state, fact.token),
        transfers_over=_over(state, state.kiosk_id, fact.transfer),
        service_ms=recorded.now_ms,
    )


def _moved(
    state: State, fact: f.StockMoved | f.SlotCounted, now: tuple[Lot, ...], parts: tuple[f.LotPart, ...]
) -> Mapping[str, tuple[Lot, ...]]:
    """All lots after a move that left ``now`` in its place; the storeroom, where it is the other end, changes the other way."""
    lots = _with(state.lots, fact.slot, now)
    if fact.other != f.STORE:
        return lots
    return _with(lots, f.STORE, changed(lots.get(f.STORE, ()), fact.sku, opposite(parts)))


def _slot_counted(state: State, recorded: f.Recorded, fact: f.SlotCounted) -> State:
    if fact.lots is None:
        now: tuple[Lot, ...] = (Lot(fact.sku, "", "", fact.qty),) if fact.qty else ()
    else:
        mine = tuple(lot for lot in state.lots.get(fact.slot, ()) if lot.sku == fact.sku)
        now = changed(mine, fact.sku, fact.lots)
    return replace(
        state,
        coils=_with(state.coils, fact.slot, CoilBook(qty=fact.qty)),
        lots=_moved(state, fact, now, fact.lots or ()),
        tokens=_token(state, fact.token),
        service_ms=recorded.now_ms,
    )


def _round_started(state: State, recorded: f.Recorded, fact: f.RoundStarted) -> State:
    ensure(state.round is None, "one round at a time")
    known = Round(round=fact.round, by=fact.by, began_ms=age_ms(state, recorded.now_ms))
    return replace(state, round=known, tokens=_token(state, fact.token))


def _task_left(state: State, recorded: f.Recorded, fact: f.RoundTaskLeft) -> State:
    return replace(state, tokens=_token(state, fact.token))


def _round_ended(state: State, recorded: f.Recorded, fact: f.RoundEnded) -> State:
    ensure(state.round is not None and state.round.round == fact.round, "the round that ends is open")
    return replace(state, round=None)


def _training_began(state: State, recorded: f.Recorded, fact: f.TrainingBegan) -> State:
    book = state.training
    ensure(not book.training, "one training at a time")
    ensure(
        state.phase is Phase.SERVICE and state.clerk == fact.clerk, "who is signed in lets others practise"
    )
    open_one = replace(book, training=fact.training, clerk=fact.clerk, first=book.number)
    return replace(state, training=open_one, service_ms=recorded.now_ms)


def _training_settled(state: State, recorded: f.Recorded, fact: f.TrainingSettled) -> State:
    book = state.training
    ensure(book.training == fact.training != "", "a practised visit belongs to the open training")
    ensure(fact.number == book.number + 1, "practised visits are counted without a gap")
    total_minor = sum(line.price_minor for line in fact.lines)
    ensure(
        fact.total_minor == total_minor and fact.perpetual_minor == book.total_minor + total_minor,
        "a practised visit says what was practised",
    )
    # A visit that ended by itself is no touch: the clerk's time runs on.
    return replace(state, training=replace(book, number=fact.number, total_minor=fact.perpetual_minor))


def _training_ended(state: State, recorded: f.Recorded, fact: f.TrainingEnded) -> State:
    book = state.training
    ensure(book.training == fact.training != "", "the training that ends is open")
    ensure(fact.visits == book.number - book.first, "a training says how many visits it had")
    return replace(state, training=replace(book, training="", clerk=""), service_ms=recorded.now_ms)


_Rule = Callable[[State, f.Recorded, Any], State]
"""Takes the very fact type of its key in `_RULES`."""

_RULES: Final[dict[type[f.Fact], _Rule]] = {
    f.JournalOpened: _journal_opened,
    f.Booted: _booted,
    f.Recovered: _recovered,
    f.TillHalted: _halted,
    f.HaltCleared: _halt_cleared,
    f.ScreenLost: _screen_lost,
    f.ScreenSeen: _screen_seen,
    f.SpaceShrank: _space,
    f.DeviceWentOffline: _offline,
    f.DeviceCameOnline: _online,
    f.DeviceTroubled: _troubled,
    f.AcceptorBaselined: _acceptor,
    f.CoinCredited: _coin,
    f.CoinFound: _found,
    f.CoinTested: _tested,
    f.CoinTurnedAway: _turned_away,
    f.MoneyPossiblySwallowed: _swallowed,
    f.HopperBaselined: _hopper,
    f.HopperLevelRead: _hopper_level,
    f.HopperDiffered: _hopper_differed,
    f.HopperCounted: _hopper_counted,
    f.NoteStackStarted: _note_started,
    f.NoteReturnStarted: _note_started,
    f.NoteCredited: _note_credited,
    f.NoteFound: _note_found,
    f.NotesMoved: _notes_moved,
    f.CashMoveStarted: _move_started,
    f.CashMoveEnded: _move_ended,
    f.NoteReturned: _note_returned,
    f.NoteLost: _note_lost,
    f.CardRequested: _card_requested,
    f.CardCancelStarted: _card_cancelling,
    f.CardApproved: _card_approved,
    f.CardDenied: _card_over,
    f.CardCancelled: _card_over,
    f.CardSettleStarted: _card_settling,
    f.CardSettled: _card_settled,
    f.CardRefundStarted: _card_refunding,
    f.CardRefunded: _card_refunded,
    f.CardRefundFailed: _card_not_refunded,
    f.CardLost: _card_lost,
    f.CardApprovedLate: _charged_late,
    f.CardLateRefundEnded: _late_refund,
    f.CardLoadStarted: _load_started,
    f.CardLoaded: _loaded,
    f.CardLoadRefused: _load_over,
    f.CardLoadLost: _load_over,
    f.VisitOpened: _visit_opened,
    f.LanguageChosen: _language,
    f.ComfortChosen: _comfort,
    f.LineAdded: _line_added,
    f.LineRemoved: _line_removed,
    f.VendStarted: _vend_started,
    f.VendEnded: _vend_ended,
    f.SaleClosed: _sale_closed,
    f.SecondChoiceOffered: _choice,
    f.SettlingStarted: _settling,
    f.PayoutStarted: _payout_started,
    f.PayoutEnded: _payout_ended,
    f.PayoutLost: _payout_lost,
    f.DebtRecorded: _debt_recorded,
    f.VisitSettled: _visit_settled,
    f.ThanksEnded: _thanked,
    f.PrintStarted: _print_started,
    f.PrintClosed: _print_closed,
    f.DebtRedeemed: _redeemed,
    f.DebtCodeRefused: _code_refused,
    f.DebtReleased: _released,
    f.DebtReduced: _reduced,
    f.DebtDropped: _dropped,
    f.GoodwillGranted: _goodwill,
    f.CashHandedOver: _handed_over,
    f.VoucherMade: _voucher,
    f.DebtTransferred: _handed_over,
    f.ClaimOpened: _claim_opened,
    f.ClaimWeighed: _claim_weighed,
    f.ClaimPromised: _claim_promised,
    f.ClaimReminded: _claim_reminded,
    f.ClaimProposed: _claim_proposed,
    f.ClaimSeconded: _claim_seconded,
    f.GoodsReturned: _goods_returned,
    f.ClaimApproved: _claim_decided,
    f.ClaimRefused: _claim_decided,
    f.ServiceStarted: _service_started,
    f.ServiceEnded: _service_ended,
    f.CashFilled: _filled,
    f.CashCollected: _collected,
    f.CollectionStarted: _collection_started,
    f.CollectionCounted: _collection_counted,
    f.CollectionRecounted: _collection_recounted,
    f.BagHandedOver: _bag_handed_over,
    f.BagBanked: _bag_banked,
    f.DayClosed: _day_closed,
    f.CoilTestStarted: _coil_test_started,
    f.CoilTestEnded: _coil_test_ended,
    f.DrawerOpenStarted: _drawer_started,
    f.DrawerOpenEnded: _drawer_ended,
    f.TrainingBegan: _training_began,
    f.TrainingSettled: _training_settled,
    f.TrainingEnded: _training_ended,
    f.StockMoved: _stock_moved,
    f.PricesPlanned: _planned,
    f.PlacesPlanned: _planned,
    f.PlanDropped: _plan_ended,
    f.PricesTaken: _plan_ended,
    f.PlacesTaken: _plan_ended,
    f.SlotCounted: _slot_counted,
    f.TransferClosed: _transfer_closed,
    f.RoundStarted: _round_started,
    f.RoundTaskLeft: _task_left,
    f.RoundEnded: _round_ended,
}

SILENT: Final[frozenset[type[f.Fact]]] = frozenset(
    {
        f.Stopped,
        f.ClockStepped,
        f.CheckpointSigned,
        f.LineWasNoisy,
        f.CodeUnknown,
        f.StrayDropSeen,
        f.DropDoubted,
        f.MachineVendDenied,
        f.NoteTurnedAway,
        f.ContactErased,
        f.ClaimWithheld,
        f.CatalogueImported,
        f.ProductSaved,
        f.ProductRetired,
        f.LabelsSet,
        f.PriceSet,
        f.PlaceSet,
        f.PlaceAdded,
        f.PlaceRemoved,
        f.AuditTaken,
        f.UserSaved,
        f.SignInRefused,
        f.SecondStepSet,
        f.SignedIn,
        f.SettingsChanged,
    }
)
"""Facts that the till itself never reads again; a test holds that every fact is here or has a rule."""

RULED: Final = frozenset(_RULES)
