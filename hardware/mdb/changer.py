"""The conversation with a coin changer: each coin is told once, payouts are ordered once and settled by the tubes' counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hardware.events import (
    AcceptorIdentified,
    CoinAccepted,
    CoinEventsLost,
    CoinRefused,
    CoinUnvalued,
    DeviceFaulted,
    DeviceKind,
    DeviceRecovered,
    EvidenceCard,
    Fault,
    HopperCounted,
)
from hardware.mdb.accepting import REPEAT_MS, AcceptingTalk, Currency, TubeConfig
from hardware.mdb.messages import (
    CHANGER,
    DIAGNOSIS_OK,
    FULL_COUNT,
    MOST_DISPENSED,
    TYPES,
    ChangerEvent,
    ChangerExtra,
    ChangerFeature,
    ChangerOrder,
    ChangerSetup,
    ChangerState,
    CoinIn,
    CoinsByHand,
    Identity,
    Pieces,
    Route,
    Said,
    Slugs,
    coin_type,
    dispense,
    read_changer_events,
    read_changer_setup,
    read_identity,
    read_tubes,
    write_changer_event,
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

CHANGER_EVIDENCE = EvidenceCard(payout_interrupted="stops", level_count="exact")
"""What a changer can still tell after a power cut: how many coins lie in its tubes, nothing else (sections 5.3 and 5.4)."""

NON_RESPONSE_MS = 2_000
"""The changer's non-response time (section 5)."""
AFTER_RESET_MS = 500
"""Before the tubes are asked: their sensors need so long after a reset."""
BUSY_MS = 60_000
"""A payout that is busy for so long hangs: fifteen coins take five seconds."""
COINS_APART_MS = 250
"""No changer takes two coins closer than this: its slot passes three in a second."""
LOST_EVERY_MS = 60_000
"""A line that loses answers while coins may fall is evidence for claims, once a minute."""
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
class ChangerConfig:
    """A changer on the bus.

    Attributes:
        name: The configured device name of the acceptor.
        coins: Coin position (MDB type plus one) -> value in minor units; only these can ever be credited.
        currency: ISO 4217 code of ``coins``.
        exponent: Decimals of ``currency`` as the kiosk counts it.
        into: Coin position -> name of the tube that such a coin falls into while there is room; coins of one value may share it.
        tubes: The tubes that are hoppers to the till, each at the position under which the changer counts and pays it.
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


class ChangerTalk(AcceptingTalk):
    """The master's side of one coin changer and its tubes. Until the first `SetAccept` it takes no coin."""

    kind = DeviceKind.COIN_ACCEPTOR
    asks = frozenset(
        bytes(code)
        for code in (
            (ChangerOrder.RESET,),
            (ChangerOrder.SETUP,),
            (ChangerOrder.TUBE_STATUS,),
            (ChangerOrder.POLL,),
            (ChangerOrder.COIN_TYPE,),
            (ChangerOrder.DISPENSE,),
            (ChangerOrder.EXPANSION, ChangerExtra.IDENTIFY),
            (ChangerOrder.EXPANSION, ChangerExtra.FEATURES),
            (ChangerOrder.EXPANSION, ChangerExtra.DIAGNOSIS),
        )
    )
    non_response_ms = NON_RESPONSE_MS
    poll_block = bytes((ChangerOrder.POLL,))
    reset_block = bytes((ChangerOrder.RESET,))
    just_reset = bytes((ChangerState.JUST_RESET,))
    most_per_order = MOST_DISPENSED
    busy_ms = BUSY_MS

    def __init__(self, config: ChangerConfig) -> None:
        currency = Currency(config.currency, config.exponent)
        super().__init__(
            config.name, config.address, config.coins, currency, tubes=config.tubes, memory=config.memory
        )
        self._config = config
        position_of = {tube.name: tube.position for tube in config.tubes}
        self._home = {
            position - 1: position_of[name] - 1
            for position, name in config.into.items()
            if name in position_of
        }
        self._features = 0
        self._last_said: tuple[bytes, int] = (b"", 0)
        self._quiet_ms = 0
        """When it answered last before what it said last: no piece of that fell earlier."""
        self._next_lost_ms = 0
        self._diagnosis_ms = 0
        self._diagnosis = DIAGNOSIS_OK

    def _accept_block(self, positions: Sequence[int]) -> bytes:
        return coin_type([position - 1 for position in positions], range(TYPES))

    def _pay_block(self, kind: int, qty: int) -> bytes:
        return dispense(kind, qty)

    def _says_busy(self, said: bytes) -> bool:
        events, _rest = read_changer_events(said)
        return any(event in {Said(ChangerState.PAYOUT_BUSY), Said(ChangerState.BUSY)} for event in events)

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
        identity = (yield from self._read_identity()) if setup.level > 2 else None
        yield Wait(max(self.now_ms, reset_ms + AFTER_RESET_MS))
        yield from self.ask(coin_type((), range(TYPES)), nothing)
        self._written = ()
        levels = yield from self._read_levels()
        self._adopt(setup, identity, levels, was_reset=was_reset)

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

    def _read_levels(self) -> Script[Pieces]:
        levels = read_tubes((yield from self.agreed(bytes((ChangerOrder.TUBE_STATUS,)), _is_tubes)))
        if levels is None:
            raise PeripheralSilentError
        return levels

    def _adopt(
        self, setup: ChangerSetup, identity: Identity | None, levels: Pieces, *, was_reset: bool
    ) -> None:
        was_known = self._adopt_serial(0 if identity is None else identity.serial_number)
        wrong = self._check_values(setup.values, setup.factor, setup.decimals, setup.currency)
        self._tell_kept(levels, was_known=was_known)
        self._settle_interrupted(levels, was_known=was_known, was_reset=was_reset)
        self.learned.append(
            AcceptorIdentified(
                self.name,
                serial=self._serial,
                device_epoch=self._epoch,
                event_no=self._event_no,
                accept_counts=None,
                restarted=was_reset and was_known,
                has_counter=False,
            )
        )
        self._identified(levels)
        self.learned += wrong
        self._diagnosis = DIAGNOSIS_OK
        self._last_said = (b"", 0)

    def _tell_kept(self, levels: Pieces, *, was_known: bool) -> None:
        """Tell what the changer kept for us while nobody asked: coins of one that the journal knows are money."""
        kept, self._kept = self._kept, []
        last = list(self._levels.counts) if self._was_identified else [-1] * TYPES
        for said in kept:
            events, rest = read_changer_events(said)
            self.garbled(rest)
            for event in events:
                if isinstance(event, CoinIn) and event.route in {Route.CASH_BOX, Route.TUBE}:
                    kind = self._counted_as(event)
                    is_new = event.route is Route.CASH_BOX or event.count > last[kind]
                    after = levels.counts[kind]
                    fits = after == FULL_COUNT or (event.count <= after and is_new) or self._job is not None
                    if was_known and fits:
                        self._tell_coin(event)
                        self._count_fallen(event)
                    else:
                        self._tell_lost()
                    last[kind] = event.count
                elif not isinstance(event, CoinsByHand):
                    self._take_report(event)

    # --- the round ----------------------------------------------------------------------------------------------------

    def _work(self) -> Script[None]:
        while True:
            due_ms = self.now_ms + POLL_MS
            if self._written != self._open_positions():
                yield from self._write_accept(self._open_positions())
            if self._queue:
                yield from self._pay_next()
            if (yield from self._listen()):
                due_ms = self.now_ms + AGAIN_MS
            if self._must_audit or self.now_ms >= self._audit_ms:
                yield from self._audit()
            if self._features and self.now_ms >= self._diagnosis_ms:
                yield from self._diagnose()
            self._end_conditions()
            yield from self._rest(due_ms)

    def _take(self, said: bytes) -> Script[bool]:
        events, rest = read_changer_events(said)
        self._is_busy = any(event == Said(ChangerState.PAYOUT_BUSY) for event in events)
        is_repeat = self._is_repeat(said, events)
        before_ms = self._last_said[1]
        self._last_said = (said, self.now_ms)
        if is_repeat:
            if self.now_ms - self._quiet_ms >= COINS_APART_MS:
                # Or a second coin like the first, whose own report came late: nobody can tell.
                self._tell_lost()
            return True
        self._quiet_ms = before_ms
        is_news = False
        for at, event in enumerate(events):
            if event == Said(ChangerState.JUST_RESET):
                raise PeripheralRestartedError
            if isinstance(event, CoinIn) and event.route in {Route.CASH_BOX, Route.TUBE}:
                # Should it fall silent before the tubes were counted, these are told when it is back.
                self._kept.append(b"".join(map(write_changer_event, events[at:])))
                yield from self._take_coin(event)
                self._kept.pop()
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
            and all(event.count == self._levels.counts[self._counted_as(event)] for event in coins[-1:])
        )

    # --- coins in -----------------------------------------------------------------------------------------------------

    def _lose_answer(self) -> None:
        super()._lose_answer()
        if self._written and self.now_ms >= self._next_lost_ms:
            self._next_lost_ms = self.now_ms + LOST_EVERY_MS
            self._tell_lost()

    def _counted_as(self, event: CoinIn) -> int:
        """The type under which its tube is counted: another one's, when two coins of one value share a tube."""
        return self._home.get(event.kind, event.kind) if event.route is Route.TUBE else event.kind

    def _take_coin(self, event: CoinIn) -> Script[None]:
        """Credit a coin that the tubes' counts confirm; a line of text has no check of its own."""
        if (yield from self._is_sound(event)):
            self._tell_coin(event)
            self._count_fallen(event)
        else:
            self._tell_lost()
            self._must_audit = True

    def _is_sound(self, event: CoinIn) -> Script[bool]:
        """Whether the tubes bear out what the report says: the one a coin fell into has grown, and no other coin did."""
        kind = self._counted_as(event)
        before = self._levels.counts[kind]
        if self._job is not None or (event.route is Route.TUBE and before == FULL_COUNT):
            return True
        if event.route is Route.CASH_BOX:
            # Of a full tube that it shares it may say either count.
            return event.count in {before, self._levels.counts[self._home.get(kind, kind)]}
        fresh = (yield from self._read_levels()).counts[kind]
        return fresh > before and fresh in {before + 1, event.count}

    def _count_fallen(self, event: CoinIn) -> None:
        if event.route is not Route.TUBE:
            return
        kind = self._counted_as(event)
        if self._job is not None and self._job.tube.position - 1 == kind:
            self._job.fallen += 1
        else:
            # If it grew by more, the next audit tells the rest.
            self._levels = self._levels.counting(kind, self._levels.counts[kind] + 1)

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
                self._levels = self._levels.counting(kind, count)
                if kind in self._tube_at and self._job is None:
                    self.learned.append(HopperCounted(self._tube_at[kind].name, count))
            case Said(code) if code in REFUSALS:
                fault, is_returned = REFUSALS[code]
                self._tell_refused(code, fault, is_returned=is_returned)
            case Said(code) if code in CONDITIONS:
                self._suffer(code, CONDITIONS[code])
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

    def _is_well(self) -> bool:
        return self._diagnosis == DIAGNOSIS_OK

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


def _is_setup(data: bytes) -> bool:
    return read_changer_setup(data) is not None


def _is_tubes(data: bytes) -> bool:
    return read_tubes(data) is not None
