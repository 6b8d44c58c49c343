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
from hardware.commands import PayCoins, ReturnNote, SetAccept, StackNote
from hardware.events import (
    CoinsPaid,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    EvidenceCard,
    Fault,
    HopperCounted,
    HopperIdentified,
    NoteStacked,
    PayoutProgressed,
    PayoutUnknown,
)
from hardware.sansio import WireError
from hardware.ssp.crypto import DEFAULT_FIXED_KEY, RandBits
from hardware.ssp.messages import (
    BUSY,
    DO_IT,
    NEWEST_PROTOCOL,
    OLDEST_PROTOCOL,
    PAYOUT_ENDS,
    PERSISTENT,
    ROUTE_CASHBOX,
    ROUTE_RECYCLE,
    STANDING_FAULTS,
    TEST_ONLY,
    Answer,
    Command,
    Event,
    Level,
    Seen,
    Setup,
    UnitType,
    checked_qty,
    inhibits_of,
    pay_amount,
    pay_pieces,
    read_counters,
    read_events,
    read_levels,
    read_setup,
    refusal_fault,
    reject_fault,
    route_of,
    value_of,
)
from hardware.ssp.payout import (
    BUSY_TRIES,
    MAX_QUEUE,
    QUEUE_MS,
    STALL_MS,
    Job,
    TubeConfig,
    close_job,
    level_of,
)
from hardware.ssp.talk import (
    Reply,
    Script,
    Talk,
    UnitDoubtError,
    UnitRestartedError,
    UnitSilentError,
    Wait,
)
from hardware.ssp.validator import ESCROW_MS, MOVING_MS, PLACE_MS, NotePath, NotesConfig, Stage

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
HOLD_MS: Final = 1500
"""Between two HOLDs: a note goes back by itself after 5 s without one (GA973), and one of them may need three tries."""
UNHELD_MS: Final = 4000
"""How long a note may wait in a unit that does not know HOLD: it would go back by itself after 5 s."""
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
SETTLE_MS: Final = 1_000
"""How long after a note has gone in its counts are read."""
SHORT_COUNT_CHECKS: Final = 3
"""How often a count that lags behind a credit is read again before it is left alone until the next comparison."""
START_MS: Final = 60_000
"""A unit that is busy for longer than this at the start is reported; it is waited for all the same."""

_MOVING: Final = frozenset(
    {
        Event.STACKING,
        Event.REJECTING,
        Event.DISPENSING,
        Event.INITIALISING,
        Event.FLOATING,
        Event.EMPTYING,
        Event.SMART_EMPTYING,
        Event.JAM_RECOVERY,
    }
)
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


class UnitTalk(Talk):
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
        self._queue: deque[tuple[int, PayCoins]] = deque()
        self._job: Job | None = None
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
        """Take a `SetAccept`, `StackNote`, `ReturnNote` or `PayCoins`.

        Raises:
            WireError: Another command, a position without a value, or too many jobs at once.
        """
        if isinstance(command, PayCoins) and command.device in self._tubes:
            self._request_payout(command)
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

    def _request_payout(self, command: PayCoins) -> None:
        checked_qty(command.qty)
        if not self._is_ready or command.device not in self._payable:
            self._tell_unsent(command)
            return
        if len(self._queue) >= MAX_QUEUE:
            raise WireError(f"{command.device} has {MAX_QUEUE} payouts waiting; one at a time is the rule")
        self._queue.append((self.now_ms, command))
        self.has_request = True

    def _tell_unsent(self, command: PayCoins) -> None:
        level = self._levels.get(command.device)
        self.learned.append(CoinsPaid(command.device, command.job, 0, None, Fault.NO_REPLY, level))

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

    # --- who it is ------------------------------------------------------------------------------------------------

    def _identify(self, *, was_restarted: bool, fault: Fault) -> Script[None]:
        self._written = None
        self.findings.clear()
        yield from self._secure()
        is_returned = yield from self._clear_escrow()
        yield from self.say(Command.DISABLE)
        yield from self._agree_protocol()
        setup = yield from self._read_setup()
        serial = yield from self._read_serial()
        self._key_failures = 0
        self._check_values(setup)
        if self._serial and serial != self._serial:
            self._standing.clear()
        seen = yield from self._wait_until_idle()
        if is_returned:
            seen.append(Seen(Event.REJECTED))
        was_restarted = was_restarted or any(one.event is Event.RESET for one in seen)
        kept = yield from self._read_kept()
        levels = yield from self._read_levels()
        yield from self._write_routes()
        if was_restarted:
            fault = Fault.RESTARTED
        if self._note is not None:
            was_known = self._note.has_memory
            self._note.recognise(serial)
            self._note.settle(kept, seen, fault, setup.values, repeats=bool(self._acks))
            self._note.identify(kept, restarted=was_restarted and was_known)
        self._tell_standing(seen)
        self._settle_job(serial, seen, levels, fault)
        self._serial = serial
        is_broken_off = any(one.event is Event.INCOMPLETE_PAYOUT for one in seen)
        for tube in self._config.tubes:
            level = level_of(levels, tube.value_minor, self._config.currency)
            self._keep_level(tube.name, level)
            if tube.name in self._payable:
                self.learned.append(
                    HopperIdentified(tube.name, serial, None, None, lost_power=is_broken_off, level=level)
                )
        self._is_ready = self._was_identified = True
        self._ack_after = self.drains
        self._check_at_ms = self.now_ms + CHECK_MS

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

    def _secure(self) -> Script[None]:
        """Agree keys, and try them with a harmless command; a unit that pays must have them."""
        has_keys = yield from self.agree_keys()
        if not has_keys and self._config.tubes:
            yield from self._refuse(
                "the unit agrees no encryption keys, and pays nothing without", Fault.REFUSED, Answer.NO_KEY
            )
        if not has_keys:
            return
        try:
            yield from self.say(Command.SETUP)
        except UnitSilentError:
            self.forget_keys()
            self._key_failures += 1
            yield from self.say(Command.SYNC)
            if self._key_failures >= 2:
                yield from self._refuse(
                    "the unit answers and its encryption key is another one: set the fixed key of the rig, reset the unit",
                    Fault.REFUSED,
                    Answer.NO_KEY,
                )
            raise UnitDoubtError from None

    def _clear_escrow(self) -> Script[bool]:
        """Give back a note that waits from before: the next poll would keep it, and nobody decided that.

        Returns:
            Whether there was one.
        """
        self._can_hold = True
        if self._note is None:
            return False
        reply = yield from self.say(Command.HOLD)
        if reply.status == Answer.NO_KEY:
            yield from self._refuse("the unit insists on encryption", Fault.REFUSED, Answer.NO_KEY)
        self._can_hold = not reply.is_unknown
        if not reply.is_ok and self._can_hold:
            return False
        reply = yield from self.say(Command.REJECT)
        return reply.is_ok

    def _agree_protocol(self) -> Script[None]:
        for protocol in range(self._config.newest_protocol, OLDEST_PROTOCOL - 1, -1):
            reply = yield from self.say(Command.PROTOCOL, bytes((protocol,)))
            if reply.is_ok:
                self._protocol = protocol
                return
        yield from self._refuse(
            f"the unit speaks no protocol from {OLDEST_PROTOCOL} to {self._config.newest_protocol}",
            Fault.UNSPECIFIED,
            Command.PROTOCOL,
        )

    def _read_setup(self) -> Script[Setup]:
        reply = yield from self.say(Command.SETUP, is_sure=True)
        setup = read_setup(reply.data) if reply.is_ok else None
        is_coins = setup is not None and setup.unit is UnitType.HOPPER
        if setup is None:
            yield from self._refuse("the unit does not say what it is", Fault.UNSPECIFIED, Command.SETUP)
            raise UnitDoubtError
        if is_coins == (self._note is not None) or (setup.unit is UnitType.VALIDATOR and self._config.tubes):
            yield from self._refuse(
                f"the unit is a {setup.unit.name.lower()}, not what the configuration says",
                Fault.UNSPECIFIED,
                setup.unit,
            )
        self._setup = setup
        return setup

    def _read_serial(self) -> Script[int]:
        reply = yield from self.say(Command.SERIAL, is_sure=True)
        if not reply.is_ok or len(reply.data) < 4:
            yield from self._refuse("the unit has no serial number", Fault.UNSPECIFIED, Command.SERIAL)
        return int.from_bytes(reply.data[:4], "big")

    def _check_values(self, setup: Setup) -> None:
        """Use only what the unit and the configuration agree on."""
        config = self._config
        usable: set[int] = set()
        reader = config.notes
        if reader is not None:
            for channel, value_minor in reader.notes.items():
                if setup.currencies.get(channel) != config.currency:
                    continue
                if setup.values.get(channel) == value_minor:
                    usable.add(channel)
                else:
                    self._report(Fault.WRONG_SCALE, channel)
                    self.findings[reader.name] = (
                        f"channel {channel} is {setup.values[channel]} for the unit and {value_minor} for us"
                    )
            if not any(currency == config.currency for currency in setup.currencies.values()):
                self._report(Fault.WRONG_SCALE)
                self.findings[reader.name] = (
                    f"the note reader answers but is inhibited: no currency table for {config.currency}"
                )
            elif not usable and reader.name not in self.findings:
                self._report(Fault.WRONG_SCALE)
                self.findings[reader.name] = (
                    "the note reader answers but is inhibited: it knows none of our notes"
                )
        self._usable = frozenset(usable)
        known = {
            (value, setup.currencies[channel])
            for channel, value in setup.values.items()
            if channel in setup.currencies
        }
        payable: set[str] = set()
        is_payer = setup.unit in {UnitType.HOPPER, UnitType.SMART_PAYOUT}
        for tube in config.tubes:
            if not is_payer:
                self._report(Fault.REFUSED, setup.unit, tube.name)
                self.findings[tube.name] = "a note float (NV11) pays from its top only: not supported yet"
            elif (tube.value_minor, config.currency) in known:
                payable.add(tube.name)
            else:
                self._report(Fault.WRONG_SCALE, 0, tube.name)
                self.findings[tube.name] = (
                    f"the unit has no value of {tube.value_minor} {config.currency} to pay"
                )
        self._payable = frozenset(payable)

    def _wait_until_idle(self) -> Script[list[Seen]]:
        """Read everything the unit has to report since its start, until nothing in it moves.

        The first poll after power-up carries the report of a payout that broke off. Nothing is acknowledged here: what was not
        told yet must come again if we are cut off now.
        """
        seen, self._carried = list(self._carried), []
        since_ms, is_reported = self.now_ms, False
        while True:
            events = yield from self._poll_events()
            seen += self._fresh_of(events)
            if any(one.event is Event.READ and one.channel for one in events):
                yield from self.say(Command.REJECT)
            elif not any(one.event in _MOVING or one.event is Event.READ for one in events):
                if is_reported:
                    self.learned.append(DeviceRecovered(self._name, self._kind))
                return seen
            if not is_reported and self.now_ms - since_ms >= START_MS:
                is_reported = True
                self.learned.append(DeviceFaulted(self._name, self._kind, Fault.MOTOR_RUNS))
            self._drop_late_jobs()
            yield Wait(self.now_ms + self._config.poll_ms)

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

    def _write_routes(self) -> Script[None]:
        """Tell the recycler which notes to keep for paying; routes outlive a reset, a technician's tool may have changed them."""
        reader = self._config.notes
        if reader is None or not self._payable:
            return
        for channel in sorted(self._usable):
            route = ROUTE_RECYCLE if channel in reader.into else ROUTE_CASHBOX
            data = route_of(route, reader.notes[channel], self._config.currency)
            reply = yield from self.say(Command.SET_ROUTE, data)
            if not reply.is_ok:
                self._report(Fault.REFUSED, Command.SET_ROUTE)

    def _settle_job(
        self, serial: int, seen: Sequence[Seen], levels: Sequence[Level] | None, fault: Fault
    ) -> None:
        """Close a job that a loss or restart interrupted, by what the unit still knows; never by a guess."""
        job, self._job = self._job, None
        if job is None:
            return
        level = level_of(levels, job.tube.value_minor, self._config.currency)
        if serial != job.serial:
            level, job.level_before = None, None
            seen = ()
        self.learned.append(close_job(job, [*(job.seen or ()), *seen], level, self._config.currency, fault))

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
        if self._job is not None and self._job.seen is not None:
            self._job.seen.append(one)

    def _take_note(self, note: NotePath, one: Seen) -> Script[None]:
        match one.event:
            case Event.READ if one.channel:
                # While the unit pays, the next poll would keep the note and nobody could decide about it.
                if self._job is not None or not note.escrow(one.channel, self.now_ms):
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

    # --- work -----------------------------------------------------------------------------------------------------

    def _work(self) -> Script[None]:
        while True:
            self._drop_late_jobs()
            note = self._note
            if note is not None and note.stage is Stage.ESCROW:
                yield from self._hold(note)
                continue
            yield from self._write_accept()
            if self._queue and not self._unacked and (note is None or note.is_idle):
                yield from self._pay(self._queue.popleft()[1])
                continue
            if self.now_ms >= self._polled_at_ms + self._config.poll_ms:
                yield from self._poll()
                if note is not None and not note.is_idle:
                    yield from self._watch_note(note)
                yield from self._compare()
            if note is None or note.stage is not Stage.ESCROW:
                yield Wait(self._polled_at_ms + self._config.poll_ms)

    def _write_accept(self) -> Script[None]:
        """Open only after the mask is right; close before anything else."""
        positions = tuple(one for one in self._wanted if one in self._usable)
        if positions == self._written:
            return
        if not positions:
            yield from self.say(Command.DISABLE)
        if self._note is not None:
            yield from self._order(Command.INHIBITS, inhibits_of(positions))
        if positions:
            yield from self._enable()
        self._written = positions

    def _enable(self) -> Script[None]:
        yield from self._order(Command.ENABLE)
        if self._payable:
            reply = yield from self.say(Command.PAYOUT_ON, b"\x00" if self._note is not None else b"")
            if not reply.is_ok and self._note is not None:
                self._report(Fault.REFUSED, Command.PAYOUT_ON, next(iter(self._tubes)))

    def _order(self, command: Command, data: bytes = b"") -> Script[None]:
        reply = yield from self.say(command, data)
        if not reply.is_ok:
            self._report(Fault.REFUSED, command)

    def _hold(self, note: NotePath) -> Script[None]:
        """A note waits in escrow. A poll would keep it, so none is sent; HOLD keeps the unit from giving it back."""
        decision = note.decision
        if isinstance(decision, StackNote):
            note.move(Stage.STACKING, self.now_ms)
            yield from self._poll()
            return
        limit_ms = ESCROW_MS if self._can_hold else UNHELD_MS
        if decision is not None or self.now_ms - note.since_ms >= limit_ms:
            note.move(Stage.RETURNING, self.now_ms, None if decision is not None else Fault.TIMED_OUT)
            yield from self.say(Command.REJECT)
            return
        if self._can_hold:
            reply = yield from self.say(Command.HOLD)
            if reply.is_unknown:
                self._can_hold = False
            elif not reply.is_ok and note.decision is None:
                note.move(
                    Stage.RETURNING, self.now_ms
                )  # it is not there any more; a poll is safe, and says why
                return
        if note.decision is None:
            yield Wait(min(self.now_ms + HOLD_MS, note.since_ms + limit_ms))

    def _watch_note(self, note: NotePath) -> Script[None]:
        """A note must not be on its way for ever."""
        waited_ms = self.now_ms - note.since_ms
        if note.stage is Stage.CREDITED and waited_ms >= PLACE_MS:
            note.place(is_recycled=None)
        if note.stage in {Stage.STACKING, Stage.RETURNING} and waited_ms >= MOVING_MS:
            kept = (yield from self._read_kept()) if self._has_counters else None
            is_jammed = Event.JAM_SAFE in self._standing or Event.JAM_UNSAFE in self._standing
            fault = Fault.JAM if is_jammed else Fault.NO_REPLY
            has_more = kept is not None and note.kept is not None and kept != note.kept
            if has_more and self._setup is not None:
                note.settle(kept, (), fault, self._setup.values, repeats=False)
            else:
                note.lose(fault)

    # --- counts ---------------------------------------------------------------------------------------------------

    def _compare(self) -> Script[None]:
        """Hold the unit's own counts against what was told, after each note and now and then."""
        note = self._note
        if note is not None and note.is_doubted:
            note.is_doubted = False
            self._check_at_ms = self.now_ms + SETTLE_MS
            self._short_checks = 0
            return
        if self.now_ms < self._check_at_ms or (note is not None and not note.is_idle):
            return
        self._check_at_ms = self.now_ms + CHECK_MS
        if note is not None and self._has_counters:
            kept = yield from self._read_kept()
            if kept is not None and note.kept is not None:
                self._compare_kept(note, kept)
        levels = yield from self._read_levels()
        for tube in self._config.tubes:
            level = level_of(levels, tube.value_minor, self._config.currency)
            if level is not None and tube.name in self._levels and level != self._levels[tube.name]:
                self._levels[tube.name] = level
                self.learned.append(HopperCounted(tube.name, level))

    def _compare_kept(self, note: NotePath, kept: int) -> None:
        """More kept than told: read everything anew. Fewer: a credited note is not in yet; look again, not for ever."""
        unexplained = note.explain(kept)
        if kept == note.kept and not unexplained:
            return
        if kept != note.kept and (kept - note.kept if note.kept is not None else 0) % (1 << 32) < 1 << 31:
            raise UnitDoubtError
        self._short_checks += 1
        if self._short_checks < SHORT_COUNT_CHECKS:
            self._check_at_ms = self.now_ms + SETTLE_MS
            return
        note.unexpected.clear()
        for channel in unexplained:
            self.learned.append(DeviceFaulted(self._name, self._kind, Fault.OUT_OF_SEQUENCE, channel))

    # --- paying ---------------------------------------------------------------------------------------------------

    def _pay(self, command: PayCoins) -> Script[None]:
        """One payout from the unit's own "before" to its own "after".

        Any `UnitSilentError` or `UnitRestartedError` on the way leaves the job open; identification settles it. The payout
        command is given once; its repeats carry the same sequence bit, which a unit answers without paying again.
        """
        tube = self._tubes[command.device]
        job = self._job = Job(command.job, tube, command.qty, self._serial)
        job.level_before = yield from self._read_level(tube)
        self._written = None  # whatever it is now, it is written anew afterwards
        if self._note is not None:
            yield from self._order(Command.INHIBITS, inhibits_of(()))
        yield from self._enable()
        refusal = yield from self._ask_whether(job)
        if refusal is None:
            refusal = yield from self._start(job)
        if refusal is not None:
            self._close(job, job.level_before, refusal)
            return
        yield from self._watch_payout(job)
        level = yield from self._read_level_of(tube)
        end = self._end_of(job, level)
        if isinstance(end, PayoutUnknown):
            # The levels may follow a moment later than the last word.
            yield Wait(self.now_ms + SETTLE_MS)
            level = yield from self._read_level_of(tube)
        self._close(job, level, Fault.UNSPECIFIED)
        self._check_at_ms = self.now_ms + SETTLE_MS

    def _end_of(self, job: Job, level: int | None) -> DeviceEvent:
        return close_job(job, job.seen or (), level, self._config.currency, Fault.UNSPECIFIED)

    def _close(self, job: Job, level: int | None, why: Fault) -> None:
        self._job = None
        self._keep_level(job.tube.name, level)
        self._ack_after = self.drains
        self.learned.append(close_job(job, job.seen or (), level, self._config.currency, why))

    def _read_level_of(self, tube: TubeConfig) -> Script[int | None]:
        levels = yield from self._read_levels()
        return level_of(levels, tube.value_minor, self._config.currency)

    def _read_level(self, tube: TubeConfig) -> Script[int | None]:
        """The level before a payout; one that changed since it was told is told first."""
        level = yield from self._read_level_of(tube)
        if level is not None and level != self._levels.get(tube.name, level):
            self._keep_level(tube.name, level)
            self.learned.append(HopperCounted(tube.name, level))
        return level

    def _ask_whether(self, job: Job) -> Script[Fault | None]:
        """Ask the unit whether it can pay this, without paying; gives why not."""
        for _ in range(BUSY_TRIES):
            command, data = yield from self._order_of(job, TEST_ONLY)
            reply = yield from self.say(command, data)
            if reply.is_ok:
                return None
            if reply.status != Answer.NOT_NOW or reply.reason != BUSY:
                return refusal_fault(reply.reason) if reply.status == Answer.NOT_NOW else Fault.REFUSED
            yield Wait(self.now_ms + self._config.poll_ms)
            yield from self._poll()
        return Fault.REFUSED

    def _order_of(self, job: Job, option: int) -> Script[tuple[Command, bytes]]:
        """By pieces; a unit that cannot is asked by amount, and only while no other value could be paid instead."""
        currency, value_minor = self._config.currency, job.tube.value_minor
        if self._pays_pieces is None:
            probe = pay_pieces(job.qty, value_minor, currency, TEST_ONLY)
            reply = yield from self.say(Command.PAY_PIECES, probe)
            self._pays_pieces = not reply.is_unknown
        if not self._pays_pieces:
            levels = (yield from self._read_levels()) or ()
            if all(
                level.qty == 0 or (level.value, level.currency) == (value_minor, currency) for level in levels
            ):
                return Command.PAY_AMOUNT, pay_amount(job.qty * value_minor, currency, option)
        return Command.PAY_PIECES, pay_pieces(job.qty, value_minor, currency, option)

    def _start(self, job: Job) -> Script[Fault | None]:
        """Give the command; gives why the unit refused it."""
        command, data = yield from self._order_of(job, DO_IT)
        job.seen = []
        job.is_sent = True
        reply = yield from self.say(command, data)
        if reply.is_ok:
            return None
        job.is_sent = False
        return refusal_fault(reply.reason) if reply.status == Answer.NOT_NOW else Fault.REFUSED

    def _watch_payout(self, job: Job) -> Script[None]:
        """Poll until the unit says that the payout is over; halt one that neither pays nor gives up."""
        moved_at_ms, is_halted, known = self.now_ms, False, 0
        while True:
            yield Wait(self.now_ms + self._config.poll_ms)
            self.has_request = False
            if self.now_ms < self._polled_at_ms + self._config.poll_ms:
                continue
            yield from self._poll()
            seen = job.seen or []
            if any(one.event in PAYOUT_ENDS for one in seen[known:]):
                return
            for one in seen[known:]:
                paid_qty = one.value_in(self._config.currency) // job.tube.value_minor
                if one.event is Event.DISPENSING and job.shown < paid_qty <= job.qty:
                    job.shown = paid_qty
                    moved_at_ms = self.now_ms
                    self.learned.append(PayoutProgressed(job.tube.name, job.name, paid_qty))
            known = len(seen)
            if self.now_ms - moved_at_ms >= 2 * STALL_MS:
                raise UnitDoubtError
            if self.now_ms - moved_at_ms >= STALL_MS and not is_halted:
                is_halted = True
                yield from self.say(Command.HALT)
