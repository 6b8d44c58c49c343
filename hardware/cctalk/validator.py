"""The conversation with a bill validator: a note waits in escrow until the till decides, and is money once it is stacked.

The ring is the coin acceptor's; what differs is that an event may open something (a note in escrow) that a later one closes.

Source: ccTalk Generic Specification 4.7, part 2 (headers 152 to 159, 225) and part 3 (bill events).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hardware.cctalk.messages import (
    BILL_DOUBTS,
    BILL_FAULTS,
    BILL_RECOVERIES,
    BILL_REFUSALS,
    BILL_REJECTS,
    ESCROW_EMPTY,
    ESCROWED,
    RING,
    ROUTE_FAILED,
    STACKED,
    STACKER_AND_ESCROW,
    TOTAL_TURN,
    BillCode,
    EventReply,
    Header,
    Route,
    Scale,
    currency_of,
    mask_of,
    number_of,
    read_bill_id,
    read_event_reply,
    read_scale,
)
from hardware.cctalk.ring import BASELINE_ROUNDS, POLL_MS, RingTalk
from hardware.cctalk.talk import Ask, Script, SlaveRestartedError, SlaveSilentError
from hardware.commands import Command, ReturnNote, StackNote
from hardware.events import (
    AcceptorIdentified,
    DeviceFaulted,
    DeviceKind,
    DeviceRecovered,
    EvidenceCard,
    Fault,
    NoteEscrowed,
    NoteRefused,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
    NoteUnvalued,
)
from hardware.sansio import NO_CURRENCY, AcceptorMemory, WireError

VALIDATOR_EVIDENCE = EvidenceCard(
    event_counter="volatile", level_count="none", accept_count="non_volatile", escrow_at_power_up="unknown"
)
"""What a bill validator can still tell after a power cut (specification part 2, headers 159 and 225).

``kept_total`` is header 225. A device that is silent on it is announced with None: it then has ``accept_count="none"``.
Most makes return a note in escrow when power comes back; the specification does not bind them.
"""

LATEST_POLL_MS = 1000
"""No poll later than this: a validator stops itself after about 5 s (part 2, header 159), and a shopper watches."""
EXTEND_MS = 4000
"""While the till decides, more time is asked for this often, as one published host does; escrows time out after 30 s or more."""
HOLD_MS = 60_000
"""Longest time that we ask for; then the device gives the note back by itself."""
ROUTED_MS = 15_000
"""After an acknowledged route the event must come within this; notes take one to four seconds."""
AGAIN_MS = 1000
"""From a route that was not heard, or failed, to its second and last try; the ring is read several times in between."""
MAX_ATTEMPTS = 2
"""Times a route is sent at most for one decision."""
DECISION_MS = 10_000
"""A decision that could not be sent for so long is dropped: its shopper may be gone. The device then returns the note."""
DOUBT_MS = 10_000
"""After a jam the note's own event may still follow within this."""
GONE_MS = 120_000
"""A note that we stopped asking time for is back or stacked within this; a device that says nothing of it has lost it."""
UNNUMBERED = 4
"""Events without a number of ours (returns, refusals) before the till is given a new baseline. At most as many as the ring holds,
so that a host that starts anew never takes them for lost ones.
"""
CATEGORY = "Bill Validator"


@dataclass(frozen=True, slots=True)
class ValidatorConfig:
    """One bill validator on the bus.

    Attributes:
        name: The configured device name.
        address: 40 by default of the trade; 2 to 255.
        notes: Bill type (1 to 16) -> value in minor units; only these can ever be credited.
        currency: ISO 4217 code of ``notes``.
        memory: What the journal remembers, or None when it never knew this device.
        poll_ms: Between two polls, 50 to 500.
        into: Bill type -> name of the recycler that it goes to; others go to the stacker.
        keeps_total: Whether header 225 counts notes that were kept, and nothing else. Makes differ, so a device that counts a
            note that it returned is not believed from then on.
        exponent: Decimals of the currency's minor unit, to hold the device's own values against ``notes``; None when not known.
    """

    name: str
    address: int
    notes: Mapping[int, int] = field(hash=False)
    currency: str
    memory: AcceptorMemory | None = None
    poll_ms: int = POLL_MS
    into: Mapping[int, str] = field(default_factory=dict, hash=False)
    keeps_total: bool = True
    exponent: int | None = None

    def __post_init__(self) -> None:
        mask_of(self.notes)
        if any(value <= 0 for value in self.notes.values()):
            raise WireError(f"{self.name}: a note's value is 1 minor unit or more: {dict(self.notes)}")
        if not set(self.into) <= set(self.notes):
            raise WireError(f"{self.name}: into names bill types that notes has: {sorted(self.notes)}")
        if not 50 <= self.poll_ms <= 500:
            raise WireError(f"{self.name}: poll_ms is 50 to 500, not {self.poll_ms}")


@dataclass(slots=True)
class _Escrow:
    """The note between hand and box, and what was decided about it."""

    position: int
    kept_before: int | None
    since_ms: int
    is_told: bool = False
    job: str = ""
    is_stacked: bool = False
    decided_ms: int = 0
    attempts: int = 0
    not_before_ms: int = 0
    routed_ms: int | None = None
    extended_ms: int = 0
    doubt: Fault | None = None
    doubt_ms: int = 0


Ending = NoteStacked | NoteReturned | NoteUnknown


class ValidatorTalk(RingTalk):
    """The host's side of one bill validator. Until the first `SetAccept` it stays inhibited."""

    kind = DeviceKind.NOTE_VALIDATOR
    asks = RingTalk.asks | {
        Header.READ_BILL_EVENTS,
        Header.BILL_MODE,
        Header.ROUTE_BILL,
        Header.BILL_ID,
        Header.COUNTRY_SCALE,
        Header.ACCEPTED_TOTAL,
    }
    events_header = Header.READ_BILL_EVENTS
    latest_poll_ms = LATEST_POLL_MS
    padding_tells = False  # (0,0) is a real event here: "master inhibit active"

    def __init__(self, config: ValidatorConfig) -> None:
        super().__init__(config.name, config.address, config.poll_ms, config.notes, config.memory)
        self._config = config
        self._escrow: _Escrow | None = None
        self._held: _Escrow | None = None
        self._doubted: _Escrow | None = None
        self._ending: Ending | None = None
        self._kept = None if config.memory is None else config.memory.kept_total
        self._believes_total = config.keeps_total
        self._total_moved = False
        self._misvalued: frozenset[int] = frozenset()
        self._faults: set[BillCode] = set()
        self._unnumbered = 0
        self._must_identify = False

    def request(self, command: Command) -> None:
        """Take a `SetAccept`, or what to do with the note in escrow.

        A decision about a note that is gone is answered with what became of it.

        Raises:
            WireError: Another command, a position without a value, or a second decision about one note.
        """
        if not isinstance(command, StackNote | ReturnNote):
            super().request(command)
            return
        escrow = self._escrow
        if escrow is None or not escrow.is_told:
            self.learned.append(self._answer_late(command.job))
            return
        if escrow.job:
            raise WireError(f"{self.name} is at {escrow.job}; it cannot take {command.job} for the same note")
        escrow.job = command.job
        escrow.is_stacked = isinstance(command, StackNote)
        escrow.decided_ms = escrow.not_before_ms = self.now_ms
        self.has_request = True

    def _answer_late(self, job: str) -> Ending:
        if self._ending is None:
            return NoteUnknown(self.name, 0, Fault.OUT_OF_SEQUENCE, job)
        return replace(self._ending, job=job)

    # --- who it is ------------------------------------------------------------------------------------------------

    def _identify(self, *, was_restarted: bool) -> Script[None]:
        yield from self._close()
        yield from self.check_category(CATEGORY)
        serial = number_of((yield from self.agreed(Header.SERIAL)).data)
        if self._memory is not None and self._memory.serial != serial:
            self.forget_features()
            self._knows_ring = False
            self._kept = None
            self._total_moved = False
        yield from self._write(Header.BILL_MODE, STACKER_AND_ESCROW)
        yield from self._check_values()
        ring, kept = yield from self._read_baseline()
        self._adopt(serial, ring, kept, was_restarted=was_restarted)

    def _check_values(self) -> Script[None]:
        """Hold the configured values against the device's own; where they differ nothing is accepted.

        The device's text is a check and never the truth: it may be missing, and then the configuration stands alone.
        """
        told: dict[int, tuple[int, int]] = {}
        foreign: dict[int, str] = {}
        scales: dict[str, Scale | None] = {}
        for position in sorted(self._config.notes):
            reply = yield from self.agreed_if_supported(Header.BILL_ID, bytes((position,)))
            if reply is None:
                break
            bill = read_bill_id(reply.data)
            if bill is None or not bill.value:
                continue
            currency = currency_of(bill.country)
            if currency and self._config.currency not in {currency, NO_CURRENCY}:
                foreign[position] = currency
                continue
            if bill.country not in scales:
                country = bill.country.encode("ascii")
                answer = yield from self.agreed_if_supported(Header.COUNTRY_SCALE, country)
                scales[bill.country] = None if answer is None else read_scale(answer.data)
            scale = scales[bill.country]
            if scale is not None:
                told[position] = (bill.value * scale.factor, scale.decimals)
        wrong = _misvalued(self._config.notes, told, self._config.exponent)
        misvalued = frozenset({*wrong, *foreign})
        self._explain(wrong, foreign)
        for position in sorted(misvalued - self._misvalued):
            self.learned.append(DeviceFaulted(self.name, self.kind, Fault.WRONG_SCALE, position))
        self._misvalued = misvalued

    def _explain(self, wrong: Sequence[int], foreign: Mapping[int, str]) -> None:
        """Say why notes are kept out, for a technician."""
        self.findings.pop(self.name, None)
        ours = self._config.currency
        if wrong:
            self.findings[self.name] = (
                f"types {', '.join(map(str, wrong))} are worth something else for the device than for us ({ours}): compare the "
                "values in the configuration with the device's label"
            )
        if foreign:
            is_all = len(foreign) == len(self._config.notes)
            begins = "the note validator answers but is inhibited" if is_all else "some notes are kept out"
            theirs = ", ".join(sorted(set(foreign.values())))
            self.findings[self.name] = f"{begins}: no currency table for {ours}, it knows {theirs}"

    def _write_accept(self, positions: tuple[int, ...]) -> Script[None]:
        """As for coins; but a note whose value is in doubt is never let in."""
        open_positions = tuple(position for position in positions if position not in self._misvalued)
        yield from super()._write_accept(open_positions)
        self._written = positions

    def _read_baseline(self) -> Script[tuple[EventReply, int | None]]:
        """The notes ever kept, and the ring that goes with them: no event came while they were read."""
        for _ in range(BASELINE_ROUNDS):
            before = yield from self.agreed(Header.READ_BILL_EVENTS)
            kept = yield from self._read_kept()
            after = yield from self.agreed(Header.READ_BILL_EVENTS)
            if before == after:
                return read_event_reply(after.data), kept
        raise SlaveSilentError

    def _read_kept(self) -> Script[int | None]:
        """The device's count of notes ever kept, going on from the one that we know across its 24-bit wrap."""
        if not self._believes_total:
            return None
        reply = yield from self.agreed_if_supported(Header.ACCEPTED_TOTAL)
        if reply is None:
            return None
        now = number_of(reply.data)
        return now if self._kept is None else self._kept + (now - self._kept) % TOTAL_TURN

    def _adopt(self, serial: int, ring: EventReply, kept: int | None, *, was_restarted: bool) -> None:
        """Put ring, count and memory together, settle a note that was between hand and box, and announce the device.

        Notes in the ring are told here too, unlike coins: their events say which note it was, and carry their names.
        """
        is_another = self._memory is not None and self._memory.serial != serial
        place = self._place(serial, ring, was_restarted=was_restarted)
        known = AcceptorMemory(serial, place.epoch, place.base)
        if (place.restarted or is_another) and self._escrow is not None:
            self._settle_restart(self._escrow, known, ring, place.unread, None if is_another else kept)
        if place.restarted and self._faults:
            self._faults.clear()
            self.learned.append(DeviceRecovered(self.name, self.kind))
        self._ring, self._knows_ring = ring, True
        if not self._was_identified and not is_another and place.unread < RING:
            # A host before us may have left a note there; what became of it is among the unread events, if anything did.
            self._escrow = self._waiting_in(ring.pairs[place.unread : min(ring.counter, RING)])
        self._tell(known, ring, place.unread, kept)
        kept = kept if self._believes_total else None
        self._memory = AcceptorMemory(serial, place.epoch, place.base + place.unread, kept_total=kept)
        self._kept = kept
        self._unnumbered = 0
        self._must_identify = False
        self.learned.append(
            AcceptorIdentified(
                self.name,
                serial=serial,
                device_epoch=place.epoch,
                event_no=place.base + place.unread,
                accept_counts=None,
                restarted=place.restarted,
                kind=self.kind,
                kept_total=kept,
            )
        )
        if self._escrow is not None and not self._escrow.job:
            self._escrow.is_told = False
        self._tell_escrowed()

    def _waiting_in(self, pairs: Sequence[tuple[int, int]]) -> _Escrow | None:
        """The note that these events, newest first, leave in escrow: the newest one about a note opened it."""
        for result, detail in pairs:
            if _is_escrowing((result, detail)):
                return _Escrow(result, self._kept, self.now_ms) if self._is_valued(result) else None
            if result or detail in _CLOSING:
                return None
        return None

    def _settle_restart(
        self, escrow: _Escrow, known: AcceptorMemory, ring: EventReply, unread: int, kept: int | None
    ) -> None:
        """The device lost its memory with a note in escrow: its count of kept notes decides, or nobody can."""
        pairs = ring.pairs[: min(unread, RING)]
        if (escrow.position, ESCROWED) in pairs:
            self._escrow, self._held = None, escrow  # it shows the note again: the decision about it stands
            return
        if any(result == escrow.position or (not result and detail in _CLOSING) for result, detail in pairs):
            return  # it says itself what became of the note
        self._escrow = None
        if kept is None or escrow.kept_before is None:
            self._doubt(escrow, Fault.RESTARTED)
            return
        others = sum(1 for pair in pairs if _is_stacking(pair))
        if kept - escrow.kept_before == others:
            self._end(NoteReturned(self.name, escrow.position, escrow.job, Fault.RESTARTED))
        elif kept - escrow.kept_before == others + 1:
            # No event names it; number 0 of the new epoch is free, because events count from 1.
            self._end(self._stacked(known, 0, escrow.position, escrow.job, escrow.kept_before + 1))
        else:
            self._doubt(escrow, Fault.RESTARTED)

    # --- what the ring says ---------------------------------------------------------------------------------------

    def _read_news(self, first: EventReply) -> Script[None]:
        """Believe a changed ring only after a second identical read, and with the count that goes with it."""
        again = yield from self._confirmed(first)
        if again is None:
            return
        unread = self._unread_of(again)
        kept = yield from self._read_kept()
        if read_event_reply((yield from self.ask(Header.READ_BILL_EVENTS)).data) != again:
            return  # something moved in between: the next poll reads it all
        if self._memory is None:
            raise SlaveRestartedError
        memory = self._memory
        self._ring = again
        self._memory = replace(memory, event_no=memory.event_no + unread, kept_total=kept)
        self._tell(memory, again, unread, kept)
        self._kept = kept
        self._tell_escrowed()

    def _tell(self, after: AcceptorMemory, ring: EventReply, unread: int, kept: int | None) -> None:
        """Tell the ``unread`` newest events of ``ring``, oldest first; those that left it are told as lost."""
        lost = self._tell_lost(after, unread)
        if lost:
            self._must_identify = True
            if self._escrow is not None:
                self._doubt(self._escrow, Fault.NOT_SEEN)
                self._escrow = None
        fresh = ring.pairs[: min(unread, RING)][::-1]
        stacking = sum(1 for pair in fresh if _is_stacking(pair))
        believed = stacking if lost else self._believed(fresh, stacking, kept)
        first_no = after.event_no + unread - len(fresh) + 1
        for event_no, (result, detail) in enumerate(fresh, first_no):
            if _is_stacking((result, detail)):
                if believed == 0:
                    self._tell_liar(result)
                    continue
                believed -= 1
                stacking -= 1
                total = None if kept is None else kept - stacking
                self._tell_stacked(after, event_no, result, total)
                self._unnumbered = 0
            else:
                self._unnumbered += 1
                self._tell_other(result, detail)
        if self._unnumbered >= UNNUMBERED:
            self._must_identify = True

    def _believed(self, fresh: Sequence[tuple[int, int]], stacking: int, kept: int | None) -> int:
        """How many of so many "stacked" events are backed by the device's own count, once that is known to move with them."""
        if kept is None or self._kept is None:
            return stacking
        moved = kept - self._kept
        if moved > stacking:
            self._must_identify = True  # the till finds out by the count
            if any(_is_escrowing(pair) or pair == (0, BillCode.RETURNED) for pair in fresh):
                self._believes_total = False  # it counts notes that were seen, not notes that were kept
        elif moved == stacking:
            self._total_moved = self._total_moved or moved > 0
        elif self._total_moved:
            return max(0, moved)
        else:
            # Not a count of kept notes at all: events alone are believed from now on.
            self._believes_total = False
            self._must_identify = True
        return stacking

    def _tell_liar(self, position: int) -> None:
        """The device reports a note that its own count does not have: never money, and a clerk must look."""
        self.learned.append(DeviceFaulted(self.name, self.kind, Fault.OUT_OF_SEQUENCE, position))
        escrow = self._escrow
        if escrow is not None and escrow.position == position:
            self._escrow = None
            self._doubt(escrow, Fault.OUT_OF_SEQUENCE)

    def _tell_stacked(self, after: AcceptorMemory, event_no: int, position: int, total: int | None) -> None:
        about, pending = self._escrow or self._doubted, self._escrow
        job = about.job if about is not None and about.position == position else ""
        self._escrow = self._doubted = None
        if pending is not None and pending.position != position:
            self._doubt(pending, Fault.UNKNOWN_NOTE)
        if not self._is_valued(position):
            self.learned.append(NoteUnvalued(self.name, after.serial, after.device_epoch, event_no, position))
            return
        self._end(self._stacked(after, event_no, position, job, total))

    def _stacked(
        self, after: AcceptorMemory, event_no: int, position: int, job: str, total: int | None
    ) -> NoteStacked:
        return NoteStacked(
            self.name,
            serial=after.serial,
            device_epoch=after.device_epoch,
            event_no=event_no,
            position=position,
            value_minor=self._config.notes[position],
            currency=self._config.currency,
            into=self._config.into.get(position, ""),
            job=job,
            kept_total=total,
        )

    def _is_valued(self, position: int) -> bool:
        return position in self._config.notes and position not in self._misvalued

    def _tell_other(self, result: int, detail: int) -> None:
        """Any event that is not "stacked"."""
        if result:
            self._open_escrow(result, detail)
            return
        if detail not in _CODES:
            return
        code = BillCode(detail)
        if code is BillCode.INHIBIT_ACTIVE:
            self._written = None  # written again if we want it open
        elif code in (BillCode.RETURNED, BillCode.PULLED_BACK, BillCode.JAM_UNSAFE):
            self._close_escrow(code)
        elif code in BILL_REFUSALS:
            is_returned = True if code in BILL_REJECTS else None
            self.learned.append(NoteRefused(self.name, code, BILL_REFUSALS[code], is_returned))
            if self._is_open and code in (BillCode.INHIBITED_BY_SERIAL, BillCode.INHIBITED_BY_SWITCH):
                self._must_identify = (
                    True  # closed though we opened it: perhaps a reset that its ring does not show
                )
        elif code in BILL_DOUBTS and self._escrow is not None:
            self._escrow.doubt, self._escrow.doubt_ms = BILL_FAULTS[code], self.now_ms
        if code in BILL_FAULTS:
            self._faults.add(code)
            self.learned.append(DeviceFaulted(self.name, self.kind, BILL_FAULTS[code], code))
        elif code in BILL_RECOVERIES and self._faults:
            self._faults.clear()
            self.learned.append(DeviceRecovered(self.name, self.kind))

    def _open_escrow(self, position: int, detail: int) -> None:
        if detail != ESCROWED:
            return
        if self._escrow is not None:
            self._doubt(self._escrow, Fault.OUT_OF_SEQUENCE)
        if not self._faults.isdisjoint(_JAMS):
            self._faults -= _JAMS
            self.learned.append(DeviceRecovered(self.name, self.kind))
        self._escrow = self._doubted = self._ending = None
        held, self._held = self._held, None
        if held is not None and held.position == position:
            self._escrow = held
            held.routed_ms, held.not_before_ms = None, self.now_ms
        elif self._is_valued(position):
            self._escrow = _Escrow(position, self._kept, self.now_ms)
        else:
            # Not asked to stay: the device gives it back when its time is over.
            self.learned.append(NoteRefused(self.name, position, Fault.UNKNOWN_NOTE))

    def _close_escrow(self, code: BillCode) -> None:
        """The note went back to the shopper, or sticks where the shopper can pull it out."""
        escrow, self._escrow = self._escrow, None
        if escrow is None:
            if code is BillCode.PULLED_BACK:
                self.learned.append(NoteRefused(self.name, code, Fault.FRAUD))
            return
        if code is BillCode.JAM_UNSAFE and escrow.job and not escrow.is_stacked:
            self._doubt(escrow, Fault.JAM)
            return
        fault = {BillCode.PULLED_BACK: Fault.FRAUD, BillCode.JAM_UNSAFE: Fault.JAM}.get(code)
        if fault is None and escrow.is_stacked and escrow.attempts:
            fault = Fault.REFUSED
        elif fault is None and escrow.is_told and (not escrow.job or escrow.is_stacked):
            fault = Fault.TIMED_OUT
        self._end(NoteReturned(self.name, escrow.position, escrow.job, fault))

    def _end(self, ending: Ending) -> None:
        self._ending = ending
        self.learned.append(ending)

    def _doubt(self, escrow: _Escrow, fault: Fault) -> None:
        """Nobody can say where the note is; its own event may still come later, and is then told with its job."""
        self._doubted = escrow
        self._end(NoteUnknown(self.name, escrow.position, fault, escrow.job))

    def _tell_escrowed(self) -> None:
        escrow = self._escrow
        if escrow is None or escrow.is_told:
            return
        escrow.is_told = True
        escrow.extended_ms = self.now_ms
        self.learned.append(
            NoteEscrowed(
                self.name,
                escrow.position,
                self._config.notes[escrow.position],
                self._config.currency,
                escrow.kept_before,
            )
        )

    # --- the note in escrow ---------------------------------------------------------------------------------------

    def _before_poll(self) -> Script[None]:
        if self._escrow is not None:
            yield from self._attend(self._escrow)
        if self._must_identify and self._escrow is None:
            yield from self._identify(was_restarted=False)
            self._written = ()
            if self._wanted:
                yield from self._write_accept(self._wanted)

    def _attend(self, escrow: _Escrow) -> Script[None]:
        """Route it when that was decided, ask for more time while it was not, and give up on it when its time is over."""
        if escrow.doubt is not None and self.now_ms - escrow.doubt_ms >= DOUBT_MS:
            yield from self._give_up(escrow, escrow.doubt)
        elif escrow.routed_ms is not None:
            if self.now_ms - escrow.routed_ms >= ROUTED_MS:
                yield from self._give_up(escrow, Fault.NOT_SEEN)
        elif self.now_ms - escrow.since_ms >= GONE_MS:
            yield from self._give_up(escrow, Fault.NOT_SEEN)
        elif escrow.job:
            yield from self._route(escrow)
        elif self.now_ms - escrow.extended_ms >= EXTEND_MS and self.now_ms - escrow.since_ms < HOLD_MS:
            escrow.extended_ms = self.now_ms
            yield Ask(Header.ROUTE_BILL, bytes((Route.MORE_TIME,)), tries=1)

    def _route(self, escrow: _Escrow) -> Script[None]:
        """Send the decision; once more only when the ring showed for a second that nothing came of it."""
        if escrow.attempts >= MAX_ATTEMPTS or self.now_ms < escrow.not_before_ms:
            return
        if self.now_ms - escrow.decided_ms >= DECISION_MS:
            return
        escrow.attempts += 1
        route = Route.STACK if escrow.is_stacked else Route.RETURN
        reply = yield Ask(Header.ROUTE_BILL, bytes((route,)), tries=1)
        if reply is None or reply.is_refusal or reply.data == ROUTE_FAILED:
            escrow.not_before_ms = self.now_ms + AGAIN_MS
        elif reply.data in (b"", ESCROW_EMPTY):
            # "Empty": the note left; the ring will say where it went.
            escrow.routed_ms = self.now_ms

    def _give_up(self, escrow: _Escrow, fault: Fault) -> Script[None]:
        """No event will come any more: the count of kept notes may still tell, else nobody can say."""
        kept = yield from self._read_kept()
        self._escrow = None
        self._must_identify = True
        if self._memory is None or kept is None or escrow.kept_before is None:
            self._doubt(escrow, fault)
        elif kept == escrow.kept_before + 1:
            # It is in, and no event names it: a new epoch has a free number 0, and goes on from where the ring is.
            memory = self._memory = AcceptorMemory(
                self._memory.serial, self._memory.device_epoch + 1, self._ring.counter, kept_total=kept
            )
            self._kept, self._total_moved = kept, True
            self._end(self._stacked(memory, 0, escrow.position, escrow.job, kept))
        else:
            self._doubt(escrow, fault)


_CODES = frozenset(int(code) for code in BillCode)
_CLOSING = frozenset(
    {
        BillCode.RETURNED,
        BillCode.PULLED_BACK,
        BillCode.JAM_UNSAFE,
        BillCode.JAM_IN_STACKER,
        BillCode.STACKER_JAMMED,
        BillCode.JAM_SAFE,
        BillCode.UNKNOWN_STACKED,
    }
)
"""Codes after which there is no note in escrow any more."""


_JAMS = frozenset(code for code, fault in BILL_FAULTS.items() if fault is Fault.JAM)
"""Codes that are over when the next note comes in."""


def _is_escrowing(pair: tuple[int, int]) -> bool:
    """Whether a pair says that a note waits in escrow."""
    return pair[0] > 0 and pair[1] == ESCROWED


def _is_stacking(pair: tuple[int, int]) -> bool:
    """Whether a pair says that a note was kept: of its type, or of a type that the device does not know."""
    result, detail = pair
    return (result > 0 and detail == STACKED) or (result == 0 and detail == BillCode.UNKNOWN_STACKED)


def _misvalued(
    notes: Mapping[int, int], told: Mapping[int, tuple[int, int]], exponent: int | None
) -> tuple[int, ...]:
    """Positions whose configured value is not the device's, told as (value, decimals).

    Where nobody knows the currency's decimals they may be 0, 2 or 3: those that fit most notes are taken.
    """

    def wrong(places: int) -> tuple[int, ...]:
        return tuple(
            position
            for position, (value, decimals) in told.items()
            if notes[position] * 10 ** max(0, decimals - places) != value * 10 ** max(0, places - decimals)
        )

    return min((wrong(places) for places in ((0, 2, 3) if exponent is None else (exponent,))), key=len)
