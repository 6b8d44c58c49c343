"""The conversation with a note validator: a note is money when it was stacked; the counts inside decide what a reply cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hardware.commands import Command, ReturnNote, StackNote
from hardware.events import (
    AcceptorIdentified,
    DeviceFaulted,
    DeviceKind,
    EvidenceCard,
    Fault,
    NoteEscrowed,
    NoteRefused,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
    NoteUnvalued,
)
from hardware.mdb.accepting import REPEAT_MS, AcceptingTalk, Currency, TubeConfig
from hardware.mdb.messages import (
    RECYCLER_FEATURE,
    TYPES,
    VALIDATOR,
    Attempts,
    Identity,
    NoteMoved,
    NoteRoute,
    Pieces,
    Said,
    Stacker,
    ValidatorEvent,
    ValidatorExtra,
    ValidatorOrder,
    ValidatorSetup,
    ValidatorState,
    bill_type,
    escrow,
    pay_notes,
    read_identity,
    read_recycler,
    read_stacker,
    read_validator_events,
    read_validator_setup,
    recycler_enable,
    recycler_option,
    write_validator_event,
)
from hardware.mdb.talk import (
    AGAIN_MS,
    POLL_MS,
    PeripheralRestartedError,
    PeripheralSilentError,
    Script,
    Wait,
    nothing,
)
from hardware.sansio import AcceptorMemory, WireError

VALIDATOR_EVIDENCE = EvidenceCard(
    payout_interrupted="stops", level_count="exact", escrow_at_power_up="returns"
)
"""What a validator can still tell after a power cut: notes in stacker and recycler (sections 6.3, 6.4). A note in escrow goes
back to the shopper at power-up and at RESET.
"""

NON_RESPONSE_MS = 5_000
"""The validator's non-response time (section 6)."""
ESCROW_MS = 30_000
"""A decision about the note in escrow must have its result by then (section 6.3)."""
UNHEARD_ESCROW_MS = 4_000
"""No word about the note for so long, and the counts unchanged: the decision was not heard, and is sent once more."""
MOST_ATTEMPTS = 2
BUSY_MS = 120_000
"""A recycler's payout that is busy for so long hangs: notes wait for a hand before the next one comes."""

CONDITIONS: Mapping[int, Fault] = {
    ValidatorState.MOTOR: Fault.SELF_CHECK,
    ValidatorState.SENSOR: Fault.SENSOR_BLOCKED,
    ValidatorState.ROM: Fault.SELF_CHECK,
    ValidatorState.JAM: Fault.JAM,
    ValidatorState.BOX_OUT: Fault.BOX_OUT,
    ValidatorState.FISHED_OUT: Fault.FRAUD,
    ValidatorState.RECYCLER_SENSOR: Fault.SENSOR_BLOCKED,
    ValidatorState.RECYCLER_MOTOR: Fault.SELF_CHECK,
    ValidatorState.RECYCLER_JAM: Fault.JAM,
    ValidatorState.RECYCLER_ROM: Fault.SELF_CHECK,
}
"""What stops it from working."""

STACKER_FULL = 0x100
"""Our own code for a full stacker: its bit is in no POLL answer."""
NOT_COUNTED = 0x101
"""Our own code for a note that was said to be in the stacker and was not counted there."""
COUNT_MS = 3_000
"""How long a stacker may take to count a note that it has told; not known of any device, so longer than its mechanics need."""

BUSY = frozenset({ValidatorState.PAYOUT_BUSY, ValidatorState.RECYCLER_BUSY, ValidatorState.NOTE_WAITS})
KEPT_ROUTES = frozenset({NoteRoute.STACKED, NoteRoute.TO_RECYCLER})


@dataclass(frozen=True, slots=True)
class ValidatorConfig:
    """A note validator on the bus.

    Attributes:
        name: The configured device name.
        notes: Note position (MDB type plus one) -> value in minor units; only these can ever be credited.
        currency: ISO 4217 code of ``notes``.
        exponent: Decimals of ``currency`` as the kiosk counts it.
        into: Note position -> name of the recycler that such a note goes into while there is room.
        recyclers: The recyclers that are hoppers to the till.
        memory: What the journal remembers, or None when it never knew this device.
    """

    name: str
    notes: Mapping[int, int] = field(hash=False)
    currency: str
    exponent: int = 2
    into: Mapping[int, str] = field(default_factory=dict, hash=False)
    recyclers: tuple[TubeConfig, ...] = ()
    memory: AcceptorMemory | None = None
    address: int = VALIDATOR

    def __post_init__(self) -> None:
        if any(not 1 <= position <= TYPES for position in self.notes):
            raise WireError(f"{self.name}: an MDB validator has note positions 1 to {TYPES}")
        if any(value <= 0 for value in self.notes.values()):
            raise WireError(f"{self.name}: a note is worth 1 minor unit or more")
        if self.address != VALIDATOR:
            raise WireError(f"{self.name}: a note validator is at address {VALIDATOR} (30h)")
        for recycler in self.recyclers:
            if self.notes.get(recycler.position) != recycler.value_minor:
                raise WireError(
                    f"{recycler.name}: its notes are not worth what position {recycler.position} says"
                )


@dataclass(slots=True)
class _Note:
    """The note in escrow. ``kept_before`` is what was inside before it; ``job`` and ``stacks`` what was decided about it."""

    kind: int
    kept_before: int
    stacked_before: int
    job: str = ""
    stacks: bool | None = None
    attempts: int = 0
    decided_ms: int = 0
    sent_ms: int = 0
    heard_ms: int = 0


@dataclass(slots=True)
class _Uncounted:
    """Notes that were told as stacked while the stacker's count stood at ``before``; by ``due_ms`` it must have risen."""

    before: int
    due_ms: int
    qty: int = 1


class ValidatorTalk(AcceptingTalk):
    """The master's side of one note validator and its recycler. Until the first `SetAccept` it takes no note."""

    kind = DeviceKind.NOTE_VALIDATOR
    asks = frozenset(
        bytes(code)
        for code in (
            (ValidatorOrder.RESET,),
            (ValidatorOrder.SETUP,),
            (ValidatorOrder.POLL,),
            (ValidatorOrder.BILL_TYPE,),
            (ValidatorOrder.ESCROW,),
            (ValidatorOrder.STACKER,),
            (ValidatorOrder.EXPANSION, ValidatorExtra.IDENTIFY),
            (ValidatorOrder.EXPANSION, ValidatorExtra.FEATURES),
            (ValidatorOrder.EXPANSION, ValidatorExtra.IDENTIFY_WITH_OPTIONS),
            (ValidatorOrder.EXPANSION, ValidatorExtra.RECYCLER_ENABLE),
            (ValidatorOrder.EXPANSION, ValidatorExtra.DISPENSER_STATUS),
            (ValidatorOrder.EXPANSION, ValidatorExtra.PAY_NOTES),
            (ValidatorOrder.EXPANSION, ValidatorExtra.CANCEL_PAYOUT),
        )
    )
    non_response_ms = NON_RESPONSE_MS
    poll_block = bytes((ValidatorOrder.POLL,))
    reset_block = bytes((ValidatorOrder.RESET,))
    just_reset = bytes((ValidatorState.JUST_RESET,))
    most_per_order = 250
    busy_ms = BUSY_MS
    cancel_block = bytes((ValidatorOrder.EXPANSION, ValidatorExtra.CANCEL_PAYOUT))

    def __init__(self, config: ValidatorConfig) -> None:
        currency = Currency(config.currency, config.exponent)
        super().__init__(
            config.name,
            config.address,
            config.notes,
            currency,
            tubes=config.recyclers,
            memory=config.memory,
        )
        self._config = config
        self._memory_kept = None if config.memory is None else config.memory.kept_total
        self._has_recycler = False
        self._has_escrow = True
        self._stacker = Stacker(0)
        self._note: _Note | None = None
        self._counts_notes = False
        """Whether the stacker's count was seen to rise with a note: only then it is held against what the validator says."""
        self._uncounted: _Uncounted | None = None
        self._returned: int | None = None
        self._may_hold = False
        """Whether it may have told us of a note in escrow, and we did not hear it."""
        self._last_said: tuple[bytes, int] = (b"", 0)

    def _accept_block(self, positions: Sequence[int]) -> bytes:
        types = [position - 1 for position in positions]
        return bill_type(types, types if self._has_escrow else ())

    def _pay_block(self, kind: int, qty: int) -> bytes:
        return pay_notes(kind, qty)

    def _lose_answer(self) -> None:
        super()._lose_answer()
        self._may_hold = self._may_hold or self._note is None

    def _says_busy(self, said: bytes) -> bool:
        events, _rest = read_validator_events(said)
        return any(isinstance(event, Said) and event.code in BUSY for event in events)

    # --- what is asked of it ------------------------------------------------------------------------------------------

    def request(self, command: Command) -> None:
        """Take `SetAccept`, `StackNote` and `ReturnNote` for the validator, `PayCoins` for a recycler.

        Raises:
            WireError: Another command, or one out of range.
        """
        match command:
            case StackNote(device, job) if device == self.name:
                self._decide(job, stacks=True)
            case ReturnNote(device, job) if device == self.name:
                self._decide(job, stacks=False)
            case _:
                super().request(command)

    def _decide(self, job: str, *, stacks: bool) -> None:
        note = self._note
        if note is not None and note.stacks is None:
            note.job, note.stacks, note.decided_ms = job, stacks, self.now_ms
            self.has_request = True
        elif note is None and self._returned is not None:
            # It went back before anybody decided.
            self.learned.append(NoteReturned(self.name, self._returned, job, Fault.REFUSED))
        else:
            position = 0 if note is None else note.kind + 1
            self.learned.append(NoteUnknown(self.name, position, Fault.REFUSED, job))

    # --- who it is ----------------------------------------------------------------------------------------------------

    def _identify(self, *, was_reset: bool) -> Script[None]:
        is_first = not self._was_identified
        before = self._memory_kept if is_first else self._kept_total(self._levels)
        self._written = None
        self._uncounted = None
        yield from self._wait_until_idle()
        if is_first and not was_reset:
            # It also gives a note back that has been in escrow since an earlier run of ours.
            yield from self.reset()
        setup = read_validator_setup((yield from self.agreed(bytes((ValidatorOrder.SETUP,)), _is_setup)))
        if setup is None:
            raise PeripheralSilentError
        self._has_escrow = setup.has_escrow
        identity = yield from self._read_identity(setup)
        yield from self.ask(bill_type((), ()), nothing)
        self._written = ()
        levels = yield from self._read_levels()
        was_known = self._adopt_serial(0 if identity is None else identity.serial_number)
        wrong = self._check_values(setup.values, setup.factor, setup.decimals, setup.currency)
        risen = None if before is None else self._kept_total(levels) - before
        self._tell_kept(risen, was_known=was_known)
        self._settle_note(levels, was_known=was_known, was_reset=was_reset)
        self._settle_interrupted(levels, was_known=was_known, was_reset=was_reset)
        self.learned.append(
            AcceptorIdentified(
                self.name,
                serial=self._serial,
                device_epoch=self._epoch,
                event_no=self._event_no,
                accept_counts=None,
                restarted=was_reset and was_known,
                kind=DeviceKind.NOTE_VALIDATOR,
                kept_total=self._kept_total(levels),
                has_counter=False,
                recycled=sum(levels.counts[each.position - 1] for each in self._config.recyclers),
            )
        )
        self._identified(levels)
        self._may_hold = not is_first and not was_reset and self._note is None
        self.learned += wrong
        self._last_said = (b"", 0)
        self._watch_stacker()

    def _read_identity(self, setup: ValidatorSetup) -> Script[Identity | None]:
        self._has_recycler = False
        has_options = setup.level > 1
        extra = ValidatorExtra.IDENTIFY_WITH_OPTIONS if has_options else ValidatorExtra.IDENTIFY
        block = bytes((ValidatorOrder.EXPANSION, extra))
        answer = yield from self.ask_if_known(block, lambda data: read_identity(data) is not None)
        identity = None if answer is None else read_identity(answer)
        if identity is not None and identity.features >> RECYCLER_FEATURE & 1:
            answer = yield from self.ask_if_known(recycler_option(is_on=True), nothing)
            if answer is not None:
                routed = [position - 1 for position in self._config.into]
                answer = yield from self.ask_if_known(recycler_enable(routed), nothing)
            self._has_recycler = answer is not None
        return identity

    def _read_levels(self) -> Script[Pieces]:
        stacker = read_stacker((yield from self.agreed(bytes((ValidatorOrder.STACKER,)), _is_stacker)))
        if stacker is None:
            raise PeripheralSilentError
        self._stacker = stacker
        if not self._has_recycler:
            return Pieces()
        block = bytes((ValidatorOrder.EXPANSION, ValidatorExtra.DISPENSER_STATUS))
        levels = read_recycler((yield from self.agreed(block, lambda data: read_recycler(data) is not None)))
        if levels is None:
            raise PeripheralSilentError
        return levels

    def _kept_total(self, levels: Pieces) -> int:
        """Notes in stacker and recycler."""
        return self._stacker.count + sum(levels.counts)

    def _tell_kept(self, risen: int | None, *, was_known: bool) -> None:
        """Tell what the validator kept for us while nobody asked; no more notes are money than its counts rose by."""
        kept, self._kept = self._kept, []
        for said in kept:
            events, rest = read_validator_events(said)
            self.garbled(rest)
            for event in events:
                if isinstance(event, NoteMoved) and event.route in KEPT_ROUTES:
                    if was_known and (risen is None or risen > 0):
                        risen = None if risen is None else risen - 1
                        self._tell_stacked(event, None)
                    else:
                        self._tell_unvalued(event.kind)
                elif isinstance(event, NoteMoved) and event.route is NoteRoute.RETURNED:
                    if self._note is not None and self._note.kind == event.kind:
                        self._tell_returned(None)
                else:
                    self._take_report(event)

    def _settle_note(self, levels: Pieces, *, was_known: bool, was_reset: bool) -> None:
        """The note that was in escrow when it fell silent: kept by its own count, or given back, as a reset does."""
        note = self._note
        if note is None:
            return
        risen = self._kept_total(levels) - note.kept_before
        if not was_known or risen not in {0, 1}:
            self._tell_missing(note, Fault.RESTARTED)
        elif risen:
            self._tell_stacked(NoteMoved(note.kind, self._route_of(note.kind, levels)), levels)
        elif was_reset:
            self._tell_returned(Fault.RESTARTED)
        # Else the line alone was silent: the note waits where it was, and what was decided is sent.

    def _route_of(self, kind: int, levels: Pieces) -> NoteRoute:
        """Where the note went by the recycler's count."""
        has_grown = levels.counts[kind] > self._levels.counts[kind]
        return NoteRoute.TO_RECYCLER if has_grown else NoteRoute.STACKED

    # --- the round ----------------------------------------------------------------------------------------------------

    def _work(self) -> Script[None]:
        while True:
            due_ms = self.now_ms + POLL_MS
            if self._written != self._open_positions():
                yield from self._write_accept(self._open_positions())
            self._drop_late_jobs()
            if self._note is not None:
                yield from self._mind_note(self._note)
            elif self._queue:
                # Never with a note in escrow.
                yield from self._pay_next()
            if (yield from self._listen()):
                due_ms = self.now_ms + AGAIN_MS
            if self._may_hold and self._note is None:
                yield from self._free_escrow()
            if self._note is None and (self._must_audit or self.now_ms >= self._audit_ms):
                yield from self._audit()
                self._watch_stacker()
                self._watch_count()
            self._end_conditions()
            self.has_request = bool(self.reports)
            is_idle = self._note is not None or not self._queue
            is_decided = self._note is not None and self._note.stacks is not None and not self._note.attempts
            if (
                not self.has_request
                and is_idle
                and not is_decided
                and self._written == self._open_positions()
            ):
                yield Wait(max(due_ms, self.now_ms))

    def _close(self) -> Script[None]:
        """Also wait for a note that is being taken: a payout never begins before its fate is known."""
        yield from super()._close()
        while self._note is not None:
            yield from self._mind_note(self._note)
            self.has_request = False
            yield Wait(self.now_ms + POLL_MS)
            yield from self._listen()

    def _watch_stacker(self) -> None:
        is_known = STACKER_FULL in self._conditions
        if self._stacker.is_full:
            self._conditions[STACKER_FULL] = self.now_ms
            if not is_known:
                self.learned.append(
                    DeviceFaulted(self.name, self.kind, Fault.STACKER_FULL, self._stacker.count)
                )

    def _expect_count(self, stacked_before: int) -> None:
        """A note was told as stacked: its count rises now, or it must have by and by."""
        if self._uncounted is not None:
            self._uncounted.qty += 1
        elif self._stacker.count > stacked_before:
            self._counts_notes = True
        elif self._counts_notes:
            self._uncounted = _Uncounted(stacked_before, self.now_ms + COUNT_MS)

    def _watch_count(self) -> None:
        """Tell that a note was credited on the validator's word alone; a count that fell was emptied, and says nothing."""
        uncounted = self._uncounted
        if uncounted is None or self.now_ms < uncounted.due_ms:
            return
        self._uncounted = None
        if uncounted.before <= self._stacker.count < uncounted.before + uncounted.qty:
            self._conditions[NOT_COUNTED] = self.now_ms
            self.learned.append(DeviceFaulted(self.name, self.kind, Fault.NOT_COUNTED, self._stacker.count))

    def _mind_note(self, note: _Note) -> Script[None]:
        """Send what was decided, once; ask the counts when no word about it comes."""
        if note.stacks is None:
            return
        if not note.attempts:
            yield from self._send_decision(note)
            return
        is_quiet = self.now_ms - max(note.sent_ms, note.heard_ms) >= UNHEARD_ESCROW_MS
        if not is_quiet and self.now_ms - note.decided_ms < ESCROW_MS:
            return
        levels = yield from self._read_levels()
        if self._note is not note:
            return
        if self._kept_total(levels) - note.kept_before == 1:
            self._tell_stacked(NoteMoved(note.kind, self._route_of(note.kind, levels)), levels)
        elif self.now_ms - note.decided_ms >= ESCROW_MS:
            self._tell_missing(note, Fault.TIMED_OUT)
        elif note.attempts < MOST_ATTEMPTS and self._kept_total(levels) == note.kept_before:
            yield from self._send_decision(note)
        else:
            note.heard_ms = self.now_ms

    def _free_escrow(self) -> Script[None]:
        """Let a note go that came into escrow unheard: nobody would ever decide about it, and no other one could come."""
        yield from self.exchange(escrow(stacks=False), nothing)
        # Into a silent line it was said for nobody, and the note would wait for ever.
        self._may_hold = self.was_line_silent

    def _send_decision(self, note: _Note) -> Script[None]:
        note.attempts += 1
        note.sent_ms = self.now_ms
        yield from self.exchange(escrow(stacks=note.stacks is True), nothing)

    # --- what it says -------------------------------------------------------------------------------------------------

    def _take(self, said: bytes) -> Script[bool]:
        events, rest = read_validator_events(said)
        self._is_busy = self._says_busy(said)
        last, at_ms = self._last_said
        is_repeat = bool(said) and said == last and self.now_ms - at_ms <= REPEAT_MS
        self._last_said = (said, self.now_ms)
        moved = [event for event in events if isinstance(event, NoteMoved)]
        if is_repeat and moved:
            return True
        for at, event in enumerate(events):
            if event == Said(ValidatorState.JUST_RESET):
                raise PeripheralRestartedError
            if isinstance(event, NoteMoved):
                # Should it fall silent before the notes were counted, these are told when it is back.
                self._kept.append(b"".join(map(write_validator_event, events[at:])))
                yield from self._take_note(event)
                self._kept.pop()
            elif event in {Said(ValidatorState.LEFT_ESCROW), Said(ValidatorState.NO_NOTE_IN_ESCROW)}:
                yield from self._miss_note(is_fraud=event == Said(ValidatorState.LEFT_ESCROW))
            else:
                self._take_report(event)
        if rest:
            self.garbled(rest)
            self._lose_answer()
        return bool(moved)

    def _take_note(self, event: NoteMoved) -> Script[None]:
        match event.route:
            case NoteRoute.ESCROW:
                yield from self._hold(event.kind)
            case NoteRoute.STACKED | NoteRoute.TO_RECYCLER:
                yield from self._credit(event)
            case NoteRoute.RETURNED:
                if self._note is not None and self._note.kind == event.kind:
                    self._tell_returned(None)
            case NoteRoute.DISABLED_REJECTED:
                self.learned.append(
                    NoteRefused(
                        self.name, 0x80 | event.route << 4 | event.kind, Fault.REFUSED, is_returned=True
                    )
                )
            case _:
                self._must_audit = True  # filled, dispensed or moved by hand: the counts tell

    def _hold(self, kind: int) -> Script[None]:
        """A note waits; one without a value goes back at once, nobody is asked."""
        if self._note is not None:
            return
        position = kind + 1
        before = self._kept_total(self._levels)
        self._returned = None
        self._note = _Note(kind, before, self._stacker.count)
        value_minor = self._config.notes.get(position)
        if value_minor is None or position not in self._valued:
            self._note.stacks = False
            self._note.decided_ms = self.now_ms
            yield from self._send_decision(self._note)
            return
        self.learned.append(NoteEscrowed(self.name, position, value_minor, self._config.currency, before))

    def _credit(self, event: NoteMoved) -> Script[None]:
        """A note is in: credit when it was the one in escrow, or when the counts bear it out."""
        before = self._kept_total(self._levels)
        levels = yield from self._read_levels()
        note = self._note
        if note is not None and note.stacks is True and note.kind != event.kind:
            # There is one escrow: one of the two lines about this note was damaged, and nobody can tell which.
            self._tell_missing(note, Fault.LINE_NOISE)
            self._must_audit = True
            return
        is_ours = note is not None and note.kind == event.kind and note.stacks is True
        if is_ours or self._kept_total(levels) > before:
            self._tell_stacked(event, levels)
            if note is not None and is_ours and event.route is NoteRoute.STACKED:
                self._expect_count(note.stacked_before)
        else:
            self._tell_unvalued(event.kind)
        self._must_audit = True

    def _tell_stacked(self, event: NoteMoved, levels: Pieces | None) -> None:
        position = event.kind + 1
        note = self._note if self._note is not None and self._note.kind == event.kind else None
        if note is not None:
            self._note = None
        value_minor = self._config.notes.get(position)
        if value_minor is None or position not in self._valued:
            self._tell_unvalued(event.kind)
            return
        into = self._config.into.get(position, "") if event.route is NoteRoute.TO_RECYCLER else ""
        self._event_no += 1
        if levels is not None and into:
            # This one is told; what else changed is for the next audit to tell.
            count = self._levels.counts[event.kind] + 1
            self._levels = self._levels.counting(event.kind, count)
        self.learned.append(
            NoteStacked(
                self.name,
                serial=self._serial,
                device_epoch=self._epoch,
                event_no=self._event_no,
                position=position,
                value_minor=value_minor,
                currency=self._config.currency,
                into=into,
                job="" if note is None else note.job,
                kept_total=None if levels is None else self._kept_total(levels),
            )
        )

    def _tell_unvalued(self, kind: int) -> None:
        self._event_no += 1
        self.learned.append(NoteUnvalued(self.name, self._serial, self._epoch, self._event_no, kind + 1))

    def _tell_returned(self, fault: Fault | None) -> None:
        note, self._note = self._note, None
        if note is None:
            return
        self._returned = note.kind + 1
        if note.kind + 1 in self._valued:
            self.learned.append(NoteReturned(self.name, note.kind + 1, note.job, fault))
        else:
            self._tell_unknown_refused(note, is_returned=True)

    def _tell_unknown_refused(self, note: _Note, *, is_returned: bool | None) -> None:
        """A note without a value was to go back, nobody was asked: what became of it."""
        code = 0x80 | NoteRoute.ESCROW << 4 | note.kind
        self.learned.append(NoteRefused(self.name, code, Fault.UNKNOWN_NOTE, is_returned))

    def _tell_missing(self, note: _Note, fault: Fault) -> None:
        """Nobody can say where the note that was in escrow is."""
        self._note = None
        if note.kind + 1 in self._valued:
            self.learned.append(NoteUnknown(self.name, note.kind + 1, fault, note.job))
        else:
            self._tell_unknown_refused(note, is_returned=None)

    def _miss_note(self, *, is_fraud: bool) -> Script[None]:
        """The note is not in escrow, and nobody says where it went: the counts do."""
        note = self._note
        if note is None:
            return
        levels = yield from self._read_levels()
        risen = self._kept_total(levels) - note.kept_before
        if risen == 1:
            self._tell_stacked(NoteMoved(note.kind, self._route_of(note.kind, levels)), levels)
        elif is_fraud:
            self._tell_missing(note, Fault.FRAUD)
        elif risen == 0:
            self._tell_returned(Fault.REFUSED)

    def _take_report(self, event: ValidatorEvent) -> None:
        note = self._note
        if note is not None:
            note.heard_ms = self.now_ms
        match event:
            case Attempts(qty):
                self.learned.append(NoteRefused(self.name, 0x40 | qty, Fault.REFUSED, is_returned=True))
            case Said(ValidatorState.REJECTED):
                self.learned.append(
                    NoteRefused(self.name, int(ValidatorState.REJECTED), Fault.REFUSED, is_returned=True)
                )
            case Said(code) if code in CONDITIONS:
                self._suffer(code, CONDITIONS[code])
            case _:
                return  # busy, disabled, levers and keys: nothing that a till could use

    # --- pieces out ---------------------------------------------------------------------------------------------------

    def _pay_next(self) -> Script[None]:
        if self._has_recycler:
            yield from super()._pay_next()
        else:
            self._give_back(Fault.REFUSED)


def _is_setup(data: bytes) -> bool:
    return read_validator_setup(data) is not None


def _is_stacker(data: bytes) -> bool:
    return read_stacker(data) is not None
