"""The conversation with one unit: keys, identity, inhibits, polls, escrow, payouts, and everything again after a loss.

A unit is a note validator, a validator with a recycler, or a coin hopper; to the till it is one device for its note reader and
one for each value that it can pay.

Source: SSP interface manual GA138 and implementation guide GA973.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hardware.commands import Command as Request
from hardware.commands import LeaveFloat, PayCoins, ReturnNote, SetAccept, StackNote
from hardware.events import (
    CoinsPaid,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    EvidenceCard,
    Fault,
    NoteStacked,
    PiecesMoved,
)
from hardware.sansio import WireError
from hardware.ssp.crypto import DEFAULT_FIXED_KEY, RandBits
from hardware.ssp.messages import (
    NEWEST_PROTOCOL,
    OLDEST_PROTOCOL,
    PERSISTENT,
    STANDING_FAULTS,
    Answer,
    Command,
    Event,
    Level,
    Seen,
    Setup,
    checked_qty,
    inhibits_of,
    read_counters,
    read_events,
    read_levels,
    reject_fault,
    value_of,
)
from hardware.ssp.payout import MAX_QUEUE, MOST_KEPT, QUEUE_MS, Job, Move, TubeConfig
from hardware.ssp.talk import (
    Reply,
    Script,
    Talk,
    UnitDoubtError,
    UnitRestartedError,
    UnitSilentError,
    Wait,
)
from hardware.ssp.validator import NotePath, NotesConfig, Stage

NOTES_EVIDENCE = EvidenceCard(
    accept_count="non_volatile",
    payout_interrupted="stops",
    level_count="exact",
    escrow_at_power_up="returns",
)
"""What a note unit can still tell after a power cut: how many notes it ever kept (58), and what a recycler holds (22) and had
paid (DC). A unit that does not know 58 is announced with ``kept_total=None``: it then has ``accept_count="none"``."""
COINS_EVIDENCE = EvidenceCard(payout_interrupted="stops", level_count="exact")
"""What a coin unit can still tell: its levels (22), which change by what it pays and by what a host tells it was poured in."""

POLL_MS: Final = 250
"""Between two polls: 200 ms to 1 s (GA973)."""
PROBE_MS: Final = 1000
"""How often a lost unit is asked whether it is back."""
BOOT_MS: Final = 15_000
"""A unit that never answered yet gets this long to boot before it is reported as lost; recyclers look for their notes."""
LATE_MS: Final = 500
"""Silence kept before contact: what is late on the line must not be taken for an answer to the new sequence."""
REFUSED_MS: Final = 30_000
"""How long a unit that cannot be used (wrong kind, no keys) is left alone before it is looked at again."""
CHECK_MS: Final = 60_000
"""How often an idle unit's counts are compared with what was told."""
_POWER_UP: Final = frozenset(
    {
        Event.RESET,
        Event.CLEARED_TO_CASHBOX,
        Event.CLEARED_TO_FRONT,
        Event.STACKED_AT_POWER_UP,
        Event.STORED_AT_POWER_UP,
        Event.DISPENSED_AT_POWER_UP,
    }
)


@dataclass(frozen=True, slots=True)
class UnitConfig:
    """One unit on the wire.

    Attributes:
        address: 0 for note units, 0x10 for coin hoppers by custom.
        currency: ISO 4217 code of everything in it.
        notes: Its note reader, if it has one.
        tubes: What it can pay.
        fixed_key: The fixed half of its key, as set by the service.
        newest_protocol: The version that is tried first, 6 to 8.
        poll_ms: Between two polls, 200 to 1000.
    """

    address: int
    currency: str
    notes: NotesConfig | None = None
    tubes: tuple[TubeConfig, ...] = ()
    fixed_key: int = DEFAULT_FIXED_KEY
    newest_protocol: int = NEWEST_PROTOCOL
    poll_ms: int = POLL_MS

    def __post_init__(self) -> None:
        if not self.names:
            raise WireError(f"the SSP unit at address {self.address} has neither notes nor anything to pay")
        if not 200 <= self.poll_ms <= 1000:
            raise WireError(f"poll_ms is 200 to 1000, not {self.poll_ms}")
        if not OLDEST_PROTOCOL <= self.newest_protocol <= NEWEST_PROTOCOL:
            raise WireError(f"the protocol is {OLDEST_PROTOCOL} to {NEWEST_PROTOCOL}")
        for value in (
            *(self.notes.notes.values() if self.notes else ()),
            *(t.value_minor for t in self.tubes),
        ):
            value_of(value, self.currency)
        if self.notes is not None:
            inhibits_of(self.notes.notes)

    @property
    def names(self) -> tuple[str, ...]:
        """Its devices of ours, the note reader first."""
        reader = (self.notes.name,) if self.notes is not None else ()
        return (*reader, *(tube.name for tube in self.tubes))


class Unit(Talk):
    """The host's side of one unit. Until the first `SetAccept` its note reader stays inhibited."""

    def __init__(self, config: UnitConfig, randbits: RandBits | None) -> None:
        super().__init__(config.address, config.fixed_key, randbits)
        self._config = config
        self._note = (
            None if config.notes is None else NotePath(config.notes, config.currency, self._tell_note)
        )
        self._tubes = {tube.name: tube for tube in config.tubes}
        self._kind = DeviceKind.HOPPER if config.notes is None else DeviceKind.NOTE_VALIDATOR
        self.findings: dict[str, str] = {}
        self._setup: Setup | None = None
        self._protocol = config.newest_protocol
        self._serial = 0
        self._usable: frozenset[int] = frozenset()
        self._payable: frozenset[str] = frozenset()
        self._wanted: tuple[int, ...] = ()
        self._written: tuple[int, ...] | None = None
        self._is_ready = False
        self._was_identified = False
        self._queue: deque[tuple[int, PayCoins | LeaveFloat]] = deque()
        self._job: Job | None = None
        self._moving: Move | None = None
        self._heard: list[Seen] | None = None
        self._levels: dict[str, int] = {}
        self._standing: set[Event] = set()
        self._reported: set[tuple[Fault, int]] = set()
        self._acks: bool | None = None
        self._unacked: tuple[Seen, ...] = ()
        self._ack_after = 0
        self._has_counters: bool | None = None
        self._pays_pieces: bool | None = None
        self._can_hold = True
        self._polled_at_ms = 0
        self._check_at_ms = 0
        self._short_checks = 0
        self._carried: list[Seen] = []
        self._key_failures = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The devices of ours that this unit is."""
        return self._config.names

    @property
    def _name(self) -> str:
        return self.names[0]

    # --- what is asked of it --------------------------------------------------------------------------------------

    def request(self, command: Request) -> None:
        """Take a `SetAccept`, `StackNote`, `ReturnNote`, `PayCoins` or `LeaveFloat`.

        Raises:
            WireError: Another command, a position without a value, or too many jobs at once.
        """
        if isinstance(command, PayCoins | LeaveFloat) and command.device in self._tubes:
            self._request_job(command)
        elif self._note is not None and command.device == self._name:
            self._request_notes(command)
        else:
            raise WireError(f"{command.device} cannot {type(command).__name__}")

    def _request_notes(self, command: Request) -> None:
        if self._note is None or self._config.notes is None:
            raise WireError(f"{command.device} reads no notes")
        if isinstance(command, SetAccept):
            unknown = [one for one in command.positions if one not in self._config.notes.notes]
            if unknown:
                raise WireError(f"{command.device} has no value for note positions {unknown}")
            self._wanted = tuple(sorted(set(command.positions)))
            self.has_request = True
        elif isinstance(command, StackNote | ReturnNote):
            if self._note.decide(command):
                self.has_request = True
        else:
            raise WireError(f"{command.device} is a note validator; it cannot {type(command).__name__}")

    def _request_job(self, command: PayCoins | LeaveFloat) -> None:
        if isinstance(command, PayCoins):
            checked_qty(command.qty)
        elif not 0 <= command.keep <= MOST_KEPT:
            raise WireError(f"{command.device} keeps 0 to {MOST_KEPT} pieces, not {command.keep}")
        if not self._is_ready or command.device not in self._payable:
            self._tell_unsent(command)
            return
        if len(self._queue) >= MAX_QUEUE:
            raise WireError(f"{command.device} has {MAX_QUEUE} jobs waiting; one at a time is the rule")
        self._queue.append((self.now_ms, command))
        self.has_request = True

    def _tell_unsent(self, command: PayCoins | LeaveFloat) -> None:
        level = self._levels.get(command.device)
        if isinstance(command, PayCoins):
            self.learned.append(CoinsPaid(command.device, command.job, 0, None, Fault.NO_REPLY, level))
        else:
            self.learned.append(PiecesMoved(command.device, command.job, 0, level, Fault.NO_REPLY))

    def _drop_late_jobs(self, *, all_of_them: bool = False) -> None:
        """Give back what waited too long, or what a lost unit will not pay."""
        while self._queue and (all_of_them or self.now_ms - self._queue[0][0] >= QUEUE_MS):
            self._tell_unsent(self._queue.popleft()[1])

    # --- the conversation -----------------------------------------------------------------------------------------

    def script(self) -> Script[None]:
        """The whole conversation; it never ends."""
        was_restarted = False
        fault = Fault.NO_REPLY
        while True:
            try:
                yield from self._contact()
                yield from self._identify(was_restarted=was_restarted, fault=fault)
                self.is_lost = False
                was_restarted, fault = False, Fault.NO_REPLY
                yield from self._work()
            except UnitSilentError:
                self._is_ready = False
                fault = Fault.NO_REPLY
            except UnitRestartedError:
                self._is_ready = False
                was_restarted, fault = True, Fault.RESTARTED
            except UnitDoubtError:
                self._is_ready = False

    def _contact(self) -> Script[None]:
        """Start the sequence anew, twice: a late answer to something else looks like the first one's."""
        since_ms = self.now_ms
        yield Wait(self.now_ms + LATE_MS)
        answered = 0
        while answered < 2:
            self.has_request = False
            try:
                yield from self.say(Command.SYNC)
            except UnitSilentError:
                answered = 0
                if self._was_identified or self.now_ms - since_ms >= BOOT_MS:
                    self._report_lost(Fault.NO_REPLY)
                yield Wait(self.now_ms + PROBE_MS)
            else:
                answered += 1

    def _report_lost(self, fault: Fault) -> None:
        if not self.is_lost:
            self.is_lost = True
            self._standing.clear()
            for name in self.names:
                self.learned.append(DeviceLost(name, self._kind_of(name), fault))
        self._is_ready = False
        self._drop_late_jobs(all_of_them=True)

    def _kind_of(self, name: str) -> DeviceKind:
        return DeviceKind.HOPPER if name in self._tubes else DeviceKind.NOTE_VALIDATOR

    def _report(self, fault: Fault, detail: int = 0, name: str = "") -> None:
        """Tell a condition once per contact."""
        if (fault, detail) not in self._reported:
            self._reported.add((fault, detail))
            device = name or self._name
            self.learned.append(DeviceFaulted(device, self._kind_of(device), fault, detail))

    def _refuse(self, why: str, fault: Fault, detail: int) -> Script[None]:
        """The unit answers and cannot be used: say so, leave it alone for a while, begin again."""
        for name in self.names:
            self.findings[name] = why
        self._report(fault, detail)
        until_ms = self.now_ms + REFUSED_MS
        while self.now_ms < until_ms:
            self._drop_late_jobs(all_of_them=True)
            self.has_request = False
            yield Wait(until_ms)
        raise UnitDoubtError

    def _tell_note(self, event: DeviceEvent) -> None:
        """Pass on what became of a note; one that fell into a recycler raises its level."""
        if isinstance(event, NoteStacked) and event.into in self._levels:
            self._levels[event.into] += 1
        self.learned.append(event)

    def _keep_level(self, name: str, level: int | None) -> None:
        if level is None:
            self._levels.pop(name, None)
        else:
            self._levels[name] = level

    # --- polling --------------------------------------------------------------------------------------------------

    def _poll_events(self) -> Script[tuple[Seen, ...]]:
        """One poll, acknowledged where the unit can; what it cannot mean is reported and read up by other means."""
        if self._setup is None:
            raise UnitDoubtError
        reply = yield from self._ask_poll()
        if not reply.is_ok:
            if reply.status in {Answer.NOT_NOW, Answer.SOFTWARE_ERROR}:
                return ()
            raise UnitDoubtError
        self._polled_at_ms = self.now_ms
        events = read_events(reply.data, self._protocol, self._setup.unit)
        if events.unread:
            self._report(Fault.UNSPECIFIED, events.unread[0])
            if self._note is not None:
                self._note.is_doubted = True
        return events.seen

    def _ask_poll(self) -> Script[Reply]:
        if self._acks is not False and self.is_encrypted:
            reply = yield from self.say(Command.POLL_ACK)
            if not reply.is_unknown:
                self._acks = True
                return reply
        self._acks = False
        reply = yield from self.say(Command.POLL)
        if not self.is_encrypted and len(reply.data) > 1 and self._matters(reply):
            reply = yield from self.repeat(bytes((Command.POLL,)), reply)
        return reply

    def _matters(self, reply: Reply) -> bool:
        if self._setup is None:
            return True
        events = read_events(reply.data, self._protocol, self._setup.unit)
        return bool(events.unread) or any(
            one.event in PERSISTENT or one.event in _POWER_UP or (one.event is Event.READ and one.channel)
            for one in events.seen
        )

    def _poll(self) -> Script[None]:
        """One poll in the course of work, and what follows from it."""
        yield from self._acknowledge()
        events = yield from self._poll_events()
        fresh = self._fresh_of(events)
        if any(one.event in _POWER_UP for one in fresh):
            self._carried = fresh
            raise UnitRestartedError
        for one in fresh:
            yield from self._take(one)
        self._watch_standing(events)
        if fresh:
            self._ack_after = self.drains

    def _fresh_of(self, events: Sequence[Seen]) -> list[Seen]:
        """The events that are not those of an earlier poll, come again because nobody acknowledged them."""
        if not self._acks:
            return list(events)
        repeated = list(self._unacked)
        self._unacked = tuple(one for one in events if one.event in PERSISTENT)
        fresh: list[Seen] = []
        for one in events:
            if one in repeated:
                repeated.remove(one)
            else:
                fresh.append(one)
        return fresh

    def _acknowledge(self) -> Script[None]:
        """Acknowledge what was told and fetched since; not while a credited note has not been told."""
        note = self._note
        is_told = note is None or (note.stage is not Stage.CREDITED and not note.unexpected)
        if not self._acks or not self._unacked or self.drains <= self._ack_after or not is_told:
            return
        reply = yield from self.say(Command.ACK)
        if reply.is_ok or reply.status == Answer.NOT_NOW:
            self._unacked = ()

    def _take(self, one: Seen) -> Script[None]:
        """What one event means to the note and to the payout."""
        if self._note is not None:
            yield from self._take_note(self._note, one)
        if one.event is Event.FRAUD:
            self.learned.append(DeviceFaulted(self._name, self._kind, Fault.FRAUD, one.channel))
        if self._heard is not None:
            self._heard.append(one)

    @property
    def _is_paying(self) -> bool:
        """Whether a payout or a move into the cash box goes on."""
        return self._job is not None or self._heard is not None

    def _take_note(self, note: NotePath, one: Seen) -> Script[None]:
        match one.event:
            case Event.READ if one.channel:
                # While the unit pays, the next poll would keep the note and nobody could decide about it.
                if self._is_paying or not note.escrow(one.channel, self.now_ms):
                    yield from self.say(Command.REJECT)
            case Event.STACKING:
                note.stacking(self.now_ms)
            case Event.REJECTING:
                note.rejecting(self.now_ms)
            case Event.CREDIT:
                note.credit(one.channel, self.now_ms)
            case Event.NOTE_STACKED | Event.STORED:
                note.place(is_recycled=one.event is Event.STORED)
            case Event.REJECTED:
                reply = yield from self.say(Command.LAST_REJECT)
                code = reply.data[0] if reply.is_ok and reply.data else 0
                note.rejected(code, reject_fault(code))
            case Event.MOVED_TO_STACKER:
                note.is_doubted = True
            case _:
                pass

    def _watch_standing(self, events: Sequence[Seen]) -> None:
        """Tell a condition when it comes, and when none is left."""
        now: set[Event] = {
            one.event for one in events if one.event in STANDING_FAULTS and one.event is not Event.FRAUD
        }
        if Event.CASHBOX_OUT in self._standing and not any(one.event is Event.CASHBOX_BACK for one in events):
            now.add(Event.CASHBOX_OUT)  # told once when it goes, and once when it is back
        for code in sorted(now - self._standing):
            self.learned.append(DeviceFaulted(self._name, self._kind, STANDING_FAULTS[code], code))
        is_over = bool(self._standing) and not now
        self._standing = now
        if is_over:
            self.learned.append(DeviceRecovered(self._name, self._kind))

    def _tell_standing(self, seen: Sequence[Seen]) -> None:
        self._standing.clear()
        self._watch_standing(seen)

    # --- readings

    def _read_kept(self) -> Script[int | None]:
        if self._note is None:
            return None
        reply = yield from self.say(Command.COUNTERS, is_sure=True)
        counters = read_counters(reply.data) if reply.is_ok else None
        self._has_counters = counters is not None
        return None if counters is None else counters.kept

    def _read_levels(self) -> Script[tuple[Level, ...] | None]:
        if not self._config.tubes:
            return None
        reply = yield from self.say(Command.LEVELS, is_sure=True)
        return read_levels(reply.data) if reply.is_ok else None

    def _order(self, command: Command, data: bytes = b"") -> Script[None]:
        reply = yield from self.say(command, data)
        if not reply.is_ok:
            self._report(Fault.REFUSED, command)

    # --- what the classes below add -------------------------------------------------------------------------------

    def _identify(self, *, was_restarted: bool, fault: Fault) -> Script[None]:
        """Find out who it is and announce it; see `identity`."""
        raise NotImplementedError

    def _work(self) -> Script[None]:
        """Poll, hold, pay; see `work`. It never ends by itself."""
        raise NotImplementedError
