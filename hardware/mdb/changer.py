"""The conversation with a coin changer: each coin is told once, payouts are ordered once and settled by the tubes' counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hardware.commands import Command, PayCoins, SetAccept
from hardware.events import (
    AcceptorIdentified,
    CoinAccepted,
    CoinEventsLost,
    CoinRefused,
    CoinsPaid,
    CoinUnvalued,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceRecovered,
    EvidenceCard,
    Fault,
    HopperCounted,
    HopperIdentified,
    PayoutProgressed,
    PayoutUnknown,
)
from hardware.mdb.messages import (
    CHANGER,
    DIAGNOSIS_OK,
    FULL_COUNT,
    MOST_DISPENSED,
    TOKEN,
    TYPES,
    UNUSED,
    ChangerEvent,
    ChangerExtra,
    ChangerFeature,
    ChangerOrder,
    ChangerSetup,
    ChangerState,
    CoinIn,
    CoinsByHand,
    Identity,
    Route,
    Said,
    Scale,
    Slugs,
    Tubes,
    coin_type,
    dispense,
    is_foreign,
    read_changer_events,
    read_changer_setup,
    read_identity,
    read_tubes,
)
from hardware.mdb.talk import (
    AGAIN_MS,
    POLL_MS,
    PeripheralRestartedError,
    PeripheralSilentError,
    Script,
    Talk,
    Wait,
    nothing,
)
from hardware.sansio import AcceptorMemory, WireError

CHANGER_EVIDENCE = EvidenceCard(payout_interrupted="stops", level_count="exact")
"""What a changer can still tell after a power cut: how many coins lie in its tubes, nothing else (sections 5.3 and 5.4)."""

NON_RESPONSE_MS = 2_000
"""The changer's non-response time (section 5)."""
AFTER_RESET_MS = 500
"""Before the tubes are asked: their sensors need so long after a reset."""
AUDIT_MS = 2_000
"""How often the tubes are counted while nothing else happens, so that a clerk's filling shows soon."""
REPEAT_MS = 150
"""The same report so soon, with nothing between, is the same report: its acknowledgement was lost. A changer takes no two coins
so close."""
BUSY_MS = 60_000
"""A payout that is busy for so long hangs: fifteen coins take five seconds."""
SETTLE_MS = 200
"""Before the first look at a payout: the changer needs a moment to begin, and to say that it is busy."""
UNHEARD_MS = 2_000
"""A changer may stay silent for so long instead of saying that it is busy."""
CLOSING_MS = 500
"""After closing for coins, before the tubes are counted for a payout: a coin that is inside must arrive and be told first."""
LOST_EVERY_MS = 60_000
"""A line that loses answers while coins may fall is evidence for claims, once a minute."""
QUEUE_MS = 20_000
"""A payout that could not begin for this long is given back unsent; the till gives up later than that."""
MAX_QUEUE = 16
MAX_QTY = 250
CLEAR_MS = 5_000
"""A condition that was not reported again for so long is over."""
DIAGNOSIS_MS = 10_000
"""How often a changer with extended diagnosis is asked (section 5.4: once in 1 to 10 s)."""

REFUSALS: Mapping[int, tuple[Fault, bool | None]] = {
    ChangerState.NO_CREDIT: (Fault.SWALLOWED, None),
    ChangerState.DOUBLE_ARRIVAL: (Fault.REFUSED, None),
    ChangerState.FISHED_OUT: (Fault.FRAUD, None),
}
"""What the changer says of a coin that is no credit: why, and whether it came back."""

CONDITIONS: Mapping[int, Fault] = {
    ChangerState.TUBE_SENSOR: Fault.SENSOR_BLOCKED,
    ChangerState.ACCEPTOR_UNPLUGGED: Fault.SELF_CHECK,
    ChangerState.TUBE_JAM: Fault.JAM,
    ChangerState.ROM: Fault.SELF_CHECK,
    ChangerState.ROUTING: Fault.JAM,
    ChangerState.COIN_JAM: Fault.JAM,
}
"""What stops it from working."""


@dataclass(frozen=True, slots=True)
class TubeConfig:
    """A tube that the till pays from: its name, its coin position, and what one of its coins is worth."""

    name: str
    position: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class ChangerConfig:
    """A changer on the bus.

    Attributes:
        name: The configured device name of the acceptor.
        coins: Coin position (MDB type plus one) -> value in minor units; only these can ever be credited.
        currency: ISO 4217 code of ``coins``.
        exponent: Decimals of ``currency`` as the kiosk counts it.
        into: Coin position -> name of the tube that such a coin falls into while there is room.
        tubes: The tubes that are hoppers to the till.
        memory: What the journal remembers, or None when it never knew this device.
    """

    name: str
    coins: Mapping[int, int] = field(hash=False)
    currency: str
    exponent: int = 2
    into: Mapping[int, str] = field(default_factory=dict, hash=False)
    tubes: tuple[TubeConfig, ...] = ()
    memory: AcceptorMemory | None = None
    address: int = CHANGER

    def __post_init__(self) -> None:
        if any(not 1 <= position <= TYPES for position in self.coins):
            raise WireError(f"{self.name}: an MDB changer has coin positions 1 to {TYPES}")
        if any(value <= 0 for value in self.coins.values()):
            raise WireError(f"{self.name}: a coin is worth 1 minor unit or more")
        if self.address != CHANGER:
            raise WireError(f"{self.name}: a coin changer is at address {CHANGER} (08h)")
        for tube in self.tubes:
            if self.coins.get(tube.position) != tube.value_minor:
                raise WireError(f"{tube.name}: its coins are not worth what position {tube.position} says")


@dataclass(slots=True)
class _Job:
    """An open payout. ``before`` is the tube's count at its begin; ``fallen`` came into the tube since then."""

    tube: TubeConfig
    name: str
    qty: int
    before: int
    fallen: int = 0
    fault: Fault | None = None


class ChangerTalk(Talk):
    """The master's side of one coin changer and its tubes. Until the first `SetAccept` it takes no coin."""

    kind = DeviceKind.COIN_ACCEPTOR
    non_response_ms = NON_RESPONSE_MS
    poll_block = bytes((ChangerOrder.POLL,))
    reset_block = bytes((ChangerOrder.RESET,))
    just_reset = bytes((ChangerState.JUST_RESET,))

    def __init__(self, config: ChangerConfig) -> None:
        super().__init__(
            config.name, config.address, [(tube.name, DeviceKind.HOPPER) for tube in config.tubes]
        )
        self._config = config
        self._tubes = {tube.name: tube for tube in config.tubes}
        self._tube_at = {tube.position - 1: tube for tube in config.tubes}
        memory = config.memory
        self._is_known = memory is not None
        self._serial = 0 if memory is None else memory.serial
        self._epoch = 1 if memory is None else memory.device_epoch
        self._event_no = 0 if memory is None else memory.event_no
        self._kept: list[bytes] = []
        self._setup: ChangerSetup | None = None
        self._features = 0
        self._valued: frozenset[int] = frozenset()
        self._levels = Tubes((0,) * TYPES)
        self._wanted: tuple[int, ...] = ()
        self._written: tuple[int, ...] | None = None
        self._queue: deque[tuple[int, PayCoins]] = deque()
        self._job: _Job | None = None
        self._is_ready = False
        self._is_busy = False
        self._last_said: tuple[bytes, int] = (b"", 0)
        self._was_poll_lost = False
        self._next_lost_ms = 0
        self._audit_ms = 0
        self._diagnosis_ms = 0
        self._conditions: dict[int, int] = {}
        self._diagnosis = DIAGNOSIS_OK

    # --- what is asked of it ------------------------------------------------------------------------------------------

    def request(self, command: Command) -> None:
        """Take a `SetAccept` for the acceptor or a `PayCoins` for one of its tubes.

        Raises:
            WireError: Another command, a position without value, a quantity outside 1 to 250, too many jobs.
        """
        match command:
            case SetAccept(device, positions) if device == self.name:
                unknown = [position for position in positions if position not in self._config.coins]
                if unknown:
                    raise WireError(f"{self.name} has no value for coin positions {unknown}")
                self._wanted = tuple(sorted(set(positions)))
            case PayCoins(device, job, qty) if device in self._tubes:
                if not 1 <= qty <= MAX_QTY:
                    raise WireError(f"{device} pays 1 to {MAX_QTY} coins, not {qty}")
                if len(self._queue) >= MAX_QUEUE:
                    raise WireError(f"{self.name} has {MAX_QUEUE} payouts waiting; one at a time is the rule")
                if not self._is_ready:
                    self._tell_unsent(device, job, Fault.NO_REPLY)
                    return
                self._queue.append((self.now_ms, command))
            case _:
                raise WireError(f"{command.device} is a coin changer's; it cannot {type(command).__name__}")
        self.has_request = True

    def _tell_unsent(self, device: str, job: str, fault: Fault) -> None:
        self.learned.append(CoinsPaid(device, job, 0, None, fault, self._level_of(self._tubes[device])))

    def _level_of(self, tube: TubeConfig) -> int | None:
        return self._levels.level(tube.position - 1) if self._was_identified else None

    def _on_lost(self) -> None:
        """Jobs that were never sent end with nothing paid; the open one stays open until the tubes can be counted."""
        self._is_ready = False
        self._conditions.clear()
        while self._queue:
            command = self._queue.popleft()[1]
            self._tell_unsent(command.device, command.job, Fault.NO_REPLY)

    def _keep(self, said: bytes) -> None:
        """Coins that fell while nobody asked; a changer that is busy paying says so, and no more."""
        self._kept.append(said)

    # --- who it is ----------------------------------------------------------------------------------------------------

    def _identify(self, *, was_reset: bool) -> Script[None]:
        is_first = not self._was_identified
        self._written = None
        reset_ms = self.now_ms
        yield from self._wait_until_idle()
        if is_first and not was_reset:
            yield from self.reset()
            reset_ms = self.now_ms
        setup = read_changer_setup((yield from self.agreed(bytes((ChangerOrder.SETUP,)), _is_setup)))
        if setup is None:
            raise PeripheralSilentError
        self._setup = setup
        identity = (yield from self._read_identity()) if setup.level > 2 else None
        yield Wait(max(self.now_ms, reset_ms + AFTER_RESET_MS))
        yield from self.ask(coin_type((), range(TYPES)), nothing)
        self._written = ()
        levels = yield from self._read_levels()
        self._adopt(setup, identity, levels, was_reset=was_reset)

    def _wait_until_idle(self) -> Script[None]:
        """A payout may still be running; its coins belong to the job that we settle by the counts afterwards."""
        began_ms = self.now_ms
        is_busy = any(_is_busy(said) for said in self._kept[-1:])
        while is_busy and self.now_ms - began_ms < BUSY_MS:
            yield Wait(self.now_ms + POLL_MS)
            said = yield from self.poll()
            if said == self.just_reset:
                return
            if said:
                self._kept.append(said)
            is_busy = said is None or _is_busy(said)

    def _read_identity(self) -> Script[Identity | None]:
        block = bytes((ChangerOrder.EXPANSION, ChangerExtra.IDENTIFY))
        answer = yield from self.ask_if_known(block, lambda data: read_identity(data) is not None)
        identity = None if answer is None else read_identity(answer)
        self._features = 0
        if identity is not None:
            wanted = identity.features & 1 << ChangerFeature.DIAGNOSIS
            enable = bytes((ChangerOrder.EXPANSION, ChangerExtra.FEATURES)) + wanted.to_bytes(4)
            answer = yield from self.ask_if_known(enable, nothing)
            self._features = 0 if answer is None else wanted
        return identity

    def _read_levels(self) -> Script[Tubes]:
        levels = read_tubes((yield from self.agreed(bytes((ChangerOrder.TUBE_STATUS,)), _is_tubes)))
        if levels is None:
            raise PeripheralSilentError
        return levels

    def _adopt(
        self, setup: ChangerSetup, identity: Identity | None, levels: Tubes, *, was_reset: bool
    ) -> None:
        serial = 0 if identity is None else identity.serial_number
        is_other = self._is_known and serial != self._serial
        if is_other:
            self._epoch += 1
            self._event_no = 0
        was_known = self._is_known and not is_other
        self._serial = serial
        self._is_known = True
        wrong = self._check_values(setup)
        self._tell_kept(levels, was_known=was_known)
        self._settle_interrupted(levels, is_other=is_other, was_reset=was_reset)
        self._levels = levels
        self.learned.append(
            AcceptorIdentified(
                self.name,
                serial=serial,
                device_epoch=self._epoch,
                event_no=self._event_no,
                accept_counts=None,
                restarted=was_reset and was_known,
            )
        )
        self.learned += [
            HopperIdentified(
                tube.name,
                serial=serial,
                paid_total=None,
                is_low=None,
                lost_power=False,
                level=levels.level(tube.position - 1),
            )
            for tube in self._config.tubes
        ]
        self.learned += wrong
        self._is_ready = True
        self._conditions.clear()
        self._diagnosis = DIAGNOSIS_OK
        self._audit_ms = self.now_ms + AUDIT_MS
        self._last_said = (b"", 0)
        self._was_poll_lost = False

    def _check_values(self, setup: ChangerSetup) -> list[DeviceEvent]:
        """Believe the configuration only where the device says the same: a coin of another value is never taken."""
        scale = Scale(setup.factor, setup.decimals, self._config.exponent)
        valued: set[int] = set()
        wrong: list[DeviceEvent] = []
        for position, value_minor in sorted(self._config.coins.items()):
            units = setup.values[position - 1]
            is_token = units == TOKEN  # what a token is worth is for the configuration to say
            if is_token or (units != UNUSED and scale.to_minor(units) == value_minor):
                valued.add(position)
            else:
                wrong.append(DeviceFaulted(self.name, self.kind, Fault.WRONG_SCALE, position))
        if is_foreign(setup.currency, self._config.currency):
            wrong.append(DeviceFaulted(self.name, self.kind, Fault.WRONG_SCALE, setup.currency))
            valued.clear()
        self._valued = frozenset(valued)
        return wrong

    def _tell_kept(self, levels: Tubes, *, was_known: bool) -> None:
        """Tell what the changer kept for us while nobody asked: coins of one that the journal knows are money."""
        kept, self._kept = self._kept, []
        for said in kept:
            events, rest = read_changer_events(said)
            self.garbled(rest)
            for event in events:
                if isinstance(event, CoinIn) and event.route in {Route.CASH_BOX, Route.TUBE}:
                    after = levels.counts[event.kind]
                    is_sound = was_known and (
                        after == FULL_COUNT or event.count <= after or self._job is not None
                    )
                    self._tell_coin(event) if is_sound else self._tell_lost()
                    self._count_fallen(event)
                elif not isinstance(event, CoinsByHand):
                    self._take_report(event)

    def _settle_interrupted(self, levels: Tubes, *, is_other: bool, was_reset: bool) -> None:
        """Close the payout that a silence or a reset interrupted: the changer forgets it, its tubes do not."""
        job, self._job = self._job, None
        if job is None:
            return
        after = levels.level(job.tube.position - 1)
        if is_other or after is None:
            self.learned.append(PayoutUnknown(job.tube.name, job.name, Fault.RESTARTED))
            return
        job.fault = job.fault or (Fault.RESTARTED if was_reset else Fault.NO_REPLY)
        self._tell_paid(job, after)

    # --- the round ----------------------------------------------------------------------------------------------------

    def _work(self) -> Script[None]:
        while True:
            due_ms = self.now_ms + POLL_MS
            if self._written != self._open_positions():
                yield from self._write_accept(self._open_positions())
            if self._queue:
                yield from self._pay(*self._queue.popleft())
            if (yield from self._listen()):
                due_ms = self.now_ms + AGAIN_MS
            if self._was_poll_lost or self.now_ms >= self._audit_ms:
                yield from self._audit()
            if self._features and self.now_ms >= self._diagnosis_ms:
                yield from self._diagnose()
            self._end_conditions()
            self.has_request = bool(self.reports)
            if not self.has_request and not self._queue and self._written == self._open_positions():
                yield Wait(max(due_ms, self.now_ms))

    def _open_positions(self) -> tuple[int, ...]:
        return tuple(position for position in self._wanted if position in self._valued)

    def _write_accept(self, positions: tuple[int, ...]) -> Script[None]:
        yield from self.ask(coin_type([position - 1 for position in positions], range(TYPES)), nothing)
        self._written = positions

    def _listen(self) -> Script[bool]:
        """One poll and what it says; whether there was news."""
        said = yield from self.poll()
        if said is None:
            if self.was_line_silent:
                self._lose_answer()
            return False
        return (yield from self._take(said))

    def _take(self, said: bytes) -> Script[bool]:
        events, rest = read_changer_events(said)
        self._is_busy = any(event == Said(ChangerState.PAYOUT_BUSY) for event in events)
        is_repeat = self._is_repeat(said, events)
        self._last_said = (said, self.now_ms)
        if is_repeat:
            return True
        is_news = False
        for event in events:
            if event == Said(ChangerState.JUST_RESET):
                raise PeripheralRestartedError
            if isinstance(event, CoinIn) and event.route in {Route.CASH_BOX, Route.TUBE}:
                yield from self._take_coin(event)
                is_news = True
            else:
                self._take_report(event)
        if rest:
            self.garbled(rest)
            self._lose_answer()
        return is_news

    def _is_repeat(self, said: bytes, events: Sequence[ChangerEvent]) -> bool:
        """Whether these coins are those of the last report: said again at once, and no tube grew."""
        coins = [event for event in events if isinstance(event, CoinIn)]
        last, at_ms = self._last_said
        return (
            bool(coins)
            and said == last
            and self.now_ms - at_ms <= REPEAT_MS
            and all(event.count == self._levels.counts[event.kind] for event in coins[-1:])
        )

    # --- coins in -----------------------------------------------------------------------------------------------------

    def _lose_answer(self) -> None:
        """The box had an answer that did not reach us whole, and has acknowledged it: what it said is lost."""
        self._was_poll_lost = True
        if self._written and self.now_ms >= self._next_lost_ms:
            self._next_lost_ms = self.now_ms + LOST_EVERY_MS
            self._tell_lost()

    def _take_coin(self, event: CoinIn) -> Script[None]:
        """Credit a coin that the tubes' counts confirm; a line of text has no check of its own."""
        if (yield from self._is_sound(event)):
            self._tell_coin(event)
            self._count_fallen(event)
        else:
            self._tell_lost()
            self._was_poll_lost = True

    def _is_sound(self, event: CoinIn) -> Script[bool]:
        """Whether the tubes bear out what the report says: the one a coin fell into has grown, and no other coin did."""
        before = self._levels.counts[event.kind]
        if self._job is not None or (event.route is Route.TUBE and before == FULL_COUNT):
            return True
        if event.route is Route.CASH_BOX:
            return event.count == before
        fresh = (yield from self._read_levels()).counts[event.kind]
        return fresh > before and fresh in {before + 1, event.count}

    def _count_fallen(self, event: CoinIn) -> None:
        if event.route is not Route.TUBE:
            return
        if self._job is not None and self._job.tube.position - 1 == event.kind:
            self._job.fallen += 1
        else:
            # If it grew by more, the next audit tells the rest.
            self._set_count(event.kind, self._levels.counts[event.kind] + 1)

    def _set_count(self, kind: int, count: int) -> None:
        counts = list(self._levels.counts)
        counts[kind] = min(count, FULL_COUNT)
        self._levels = Tubes(tuple(counts), self._levels.full)

    def _tell_coin(self, event: CoinIn) -> None:
        self._event_no += 1
        position = event.kind + 1
        value_minor = self._config.coins.get(position)
        if value_minor is None or position not in self._valued:
            self.learned.append(CoinUnvalued(self.name, self._serial, self._epoch, self._event_no, position))
            return
        into = self._config.into.get(position, "") if event.route is Route.TUBE else ""
        self.learned.append(
            CoinAccepted(
                self.name,
                serial=self._serial,
                device_epoch=self._epoch,
                event_no=self._event_no,
                position=position,
                value_minor=value_minor,
                currency=self._config.currency,
                path=int(event.route),
                into=into,
            )
        )

    def _tell_lost(self) -> None:
        """Something fell that nobody can name: never money, always evidence."""
        self._event_no += 1
        self.learned.append(CoinEventsLost(self.name, self._serial, self._epoch, self._event_no, 1))

    def _take_report(self, event: ChangerEvent) -> None:
        match event:
            case CoinIn(kind, Route.REJECTED | Route.UNUSED as route):
                self._tell_refused(0x40 | route << 4 | kind, Fault.REFUSED, is_returned=True)
            case Slugs(qty):
                self._tell_refused(0x20 | qty, Fault.UNKNOWN_COIN, is_returned=True)
            case CoinsByHand(kind, _qty, count):
                self._set_count(kind, count)
                if kind in self._tube_at and self._job is None:
                    self.learned.append(HopperCounted(self._tube_at[kind].name, count))
            case Said(code) if code in REFUSALS:
                fault, is_returned = REFUSALS[code]
                self._tell_refused(code, fault, is_returned=is_returned)
            case Said(code) if code in CONDITIONS:
                if code not in self._conditions:
                    self.learned.append(DeviceFaulted(self.name, self.kind, CONDITIONS[code], code))
                self._conditions[code] = self.now_ms
                if self._job is not None:
                    self._job.fault = Fault.JAM
            case _:
                return  # the escrow lever, busy, file transfer: nothing that a till could use

    def _tell_refused(self, code: int, fault: Fault, *, is_returned: bool | None) -> None:
        self._event_no += 1
        self.learned.append(
            CoinRefused(
                self.name,
                serial=self._serial,
                device_epoch=self._epoch,
                event_no=self._event_no,
                code=code,
                fault=fault,
                is_returned=is_returned,
            )
        )

    # --- conditions ---------------------------------------------------------------------------------------------------

    def _end_conditions(self) -> None:
        if not self._conditions:
            return
        for code, at_ms in tuple(self._conditions.items()):
            if self.now_ms - at_ms >= CLEAR_MS:
                del self._conditions[code]
        if not self._conditions and self._diagnosis == DIAGNOSIS_OK:
            self.learned.append(DeviceRecovered(self.name, self.kind))

    def _diagnose(self) -> Script[None]:
        self._diagnosis_ms = self.now_ms + DIAGNOSIS_MS
        block = bytes((ChangerOrder.EXPANSION, ChangerExtra.DIAGNOSIS))
        answer = yield from self.ask_if_known(block, lambda data: bool(data) and len(data) % 2 == 0)
        if answer is None:
            return
        worst = next(
            (answer[at : at + 2] for at in range(0, len(answer), 2) if answer[at] >= 0x10), DIAGNOSIS_OK
        )
        if worst == self._diagnosis:
            return
        was_well, self._diagnosis = self._diagnosis == DIAGNOSIS_OK, worst
        if worst != DIAGNOSIS_OK:
            self.learned.append(DeviceFaulted(self.name, self.kind, Fault.SELF_CHECK, int.from_bytes(worst)))
        elif not was_well and not self._conditions:
            self.learned.append(DeviceRecovered(self.name, self.kind))

    # --- the tubes ----------------------------------------------------------------------------------------------------

    def _audit(self) -> Script[None]:
        """Hold the tubes against what we know; what neither a coin nor a job explains was done by hand, or was not heard."""
        for _ in range(4):
            levels = yield from self._read_levels()
            if levels == self._levels:
                break
            # A coin may have fallen in just now, and its report be on its way.
            is_news = yield from self._listen_for(POLL_MS)
            if is_news or self.was_line_silent:
                continue
            if (yield from self._read_levels()) == levels:
                self._tell_counted(levels)
                break
        self._was_poll_lost = False
        self._audit_ms = self.now_ms + AUDIT_MS

    def _tell_counted(self, levels: Tubes) -> None:
        before, self._levels = self._levels, levels
        for tube in self._config.tubes:
            level = levels.level(tube.position - 1)
            if level is not None and level != before.level(tube.position - 1):
                self.learned.append(HopperCounted(tube.name, level))
        # A tube that can no longer be counted has no level: the till must not promise change from it.
        for tube in self._config.tubes:
            kind = tube.position - 1
            if levels.level(kind) is None and before.level(kind) is not None:
                self.learned.append(
                    HopperIdentified(tube.name, self._serial, paid_total=None, is_low=None, lost_power=False)
                )

    # --- coins out ----------------------------------------------------------------------------------------------------

    def _pay(self, since_ms: int, command: PayCoins) -> Script[None]:
        """Pay a job in parts of fifteen; each is ordered once, and what left is the difference of two counts."""
        tube = self._tubes[command.device]
        if self.now_ms - since_ms >= QUEUE_MS:
            self._tell_unsent(tube.name, command.job, Fault.TIMED_OUT)
            return
        yield from self._close()
        yield from self._audit()
        levels = yield from self._read_levels()
        if levels != self._levels:
            self._tell_counted(levels)
        before = levels.level(tube.position - 1)
        if before is None:
            # What cannot be counted before cannot be counted afterwards.
            self._tell_unsent(tube.name, command.job, Fault.REFUSED)
            return
        job = self._job = _Job(tube, command.job, command.qty, before)
        paid = 0
        while paid < job.qty:
            part = min(MOST_DISPENSED, job.qty - paid)
            was_heard = yield from self._dispense(tube.position - 1, part)
            level = (yield from self._read_levels()).level(tube.position - 1)
            asked, paid = paid + part, job.before + job.fallen - (level or 0)
            if level is None or paid < asked:
                job.fault = job.fault or _shortage(level, was_heard=was_heard, paid=paid)
                break
            if paid < job.qty:
                self.learned.append(PayoutProgressed(tube.name, job.name, paid))
        levels = yield from self._read_levels()
        self._end_job(job, levels)

    def _close(self) -> Script[None]:
        """Take no more coins, and hear of those that are inside, so that a payout alone changes the tubes."""
        if not self._written:
            return
        yield from self._write_accept(())
        yield from self._listen_for(CLOSING_MS)

    def _listen_for(self, for_ms: int) -> Script[bool]:
        """Hear everything that is said meanwhile; whether it was news."""
        until_ms = self.now_ms + for_ms
        is_news = False
        while self.now_ms < until_ms or self.reports:
            self.has_request = False
            if not self.reports:
                yield Wait(min(until_ms, self.now_ms + POLL_MS))
            is_news = (yield from self._listen()) or is_news
        return is_news

    def _end_job(self, job: _Job, levels: Tubes) -> None:
        self._job = None
        self._audit_ms = self.now_ms
        level = levels.level(job.tube.position - 1)
        if level is None:
            self.learned.append(PayoutUnknown(job.tube.name, job.name, job.fault or Fault.UNSPECIFIED))
            return
        self._set_count(job.tube.position - 1, level)
        self._tell_paid(job, level)

    def _tell_paid(self, job: _Job, level: int) -> None:
        paid = max(0, job.before + job.fallen - level)
        fault = job.fault if paid < job.qty else None
        self.learned.append(CoinsPaid(job.tube.name, job.name, paid, None, fault, level))

    def _dispense(self, kind: int, qty: int) -> Script[bool]:
        """Order one part, once, and wait until the changer is idle again; whether it acknowledged the order."""
        was_heard = (yield from self.exchange(dispense(kind, qty), nothing)) is not None
        began_ms = self.now_ms
        quiet_until_ms = began_ms + (SETTLE_MS if was_heard else UNHEARD_MS)
        while self.now_ms - began_ms < BUSY_MS:
            yield Wait(self.now_ms + AGAIN_MS if self.reports else self.now_ms + POLL_MS)
            self.has_request = False
            said = yield from self.poll()
            if said is None:
                continue
            yield from self._take(said)
            if self._is_busy:
                was_heard = True
                quiet_until_ms = self.now_ms + SETTLE_MS
            elif self.now_ms >= quiet_until_ms:
                return was_heard
        if self._job is not None:
            self._job.fault = Fault.JAM
        return was_heard


def _shortage(level: int | None, *, was_heard: bool, paid: int) -> Fault:
    """Why fewer coins left than asked."""
    if not was_heard and not paid:
        return Fault.NO_REPLY
    return Fault.EMPTY if level == 0 else Fault.UNSPECIFIED


def _is_setup(data: bytes) -> bool:
    return read_changer_setup(data) is not None


def _is_tubes(data: bytes) -> bool:
    return read_tubes(data) is not None


def _is_busy(said: bytes) -> bool:
    events, _rest = read_changer_events(said)
    return any(event in {Said(ChangerState.PAYOUT_BUSY), Said(ChangerState.BUSY)} for event in events)
