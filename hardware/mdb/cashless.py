"""The conversation with a card reader: asked once, charged once, and given back when the goods did not come.

What was asked of the reader is never asked again. A reader that is reset between approval and success has charged, says the
specification; so whatever cannot be heard to its end is told as unknown, never as refunded.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeVar

from hardware.commands import (
    CancelCard,
    Command,
    LoadCard,
    RefundCard,
    ReportCashSale,
    RequestCard,
    SetAccept,
    SettleCard,
)
from hardware.events import (
    CardApproved,
    CardCancelled,
    CardDenied,
    CardLoaded,
    CardLoadRefused,
    CardLoadUnknown,
    CardReaderIdentified,
    CardRefunded,
    CardRefundFailed,
    CardSessionBegan,
    CardSessionEnded,
    CardSettled,
    CardUnknown,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceRecovered,
    EvidenceCard,
    Fault,
)
from hardware.mdb import reader_messages as rm
from hardware.mdb.messages import READER, SECOND_READER, Identity, Scale, is_foreign
from hardware.mdb.reader_messages import (
    Ability,
    Code,
    ConfigReported,
    IdentityReported,
    Mode,
    Option,
    ReaderOrder,
    Reported,
    Vend,
)
from hardware.mdb.talk import (
    AGAIN_MS,
    POLL_MS,
    PeripheralRestartedError,
    PeripheralSilentError,
    Script,
    Talk,
    Wait,
    anything,
    nothing,
)
from hardware.sansio import WireError

READER_EVIDENCE = EvidenceCard(card_status="none")
"""What a reader can still tell after a power cut: nothing about an earlier request (section 7)."""

NON_RESPONSE_MS = 5_000
"""The reader's non-response time, or what its config says if that is longer (section 7.4)."""
IDENTITY_MS = 2_000
"""How long a reader may take to say who it is; old ones never do."""
LEVEL = 3
"""The level that we speak; a reader answers with its own."""
US = Identity("KSK", "1", "kiosk", 0x0100)
"""Who we say we are."""
SETTLED_POLLS = 2
"""A refund is settled when so many polls in a row were answered by ACK: one ACK may be a line that came twice."""
LOAD_WAIT_MS = 30_000
"""How long money that is to be put onto a card waits for the card; well before the 120 s after which a till counts it as lost."""
CLEAR_MS = 10_000
"""A condition that was not reported again for so long is over."""
JOBS_KNOWN = 8
"""Ended requests that are remembered, so that a late word about one is not taken for news."""

CONDITIONS = {
    0x2: Fault.FRAUD,
    0x4: Fault.SELF_CHECK,
    0x5: Fault.SELF_CHECK,
    0x8: Fault.SELF_CHECK,
    0x9: Fault.SELF_CHECK,
    0xA: Fault.JAM,
}
"""Upper half of a malfunction that stops the reader; 0 and 1 are about one card."""


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """A card reader on the bus.

    Attributes:
        name: The configured device name.
        currency: ISO 4217 code of all amounts.
        exponent: Decimals of ``currency`` as the kiosk counts it.
        address: 10h for the first reader, 60h for the second.
        wants_always_idle: Ask a reader that can do it to take requests before a card is shown.
        wants_wide_money: Ask a reader that can do it to count in 32 bits.
    """

    name: str
    currency: str
    exponent: int = 2
    address: int = READER
    wants_always_idle: bool = True
    wants_wide_money: bool = True

    def __post_init__(self) -> None:
        if self.address not in (READER, SECOND_READER):
            raise WireError(
                f"{self.name}: a card reader is at address {READER} (10h) or {SECOND_READER} (60h)"
            )


Told = TypeVar("Told", ConfigReported, IdentityReported)


class _Stage(Enum):
    WAITING = auto()  # for a card; nothing was sent
    ASKED = auto()
    CANCELLING = auto()
    RETURNING = auto()  # approved after the cancel, and given back
    APPROVED = auto()
    SETTLING = auto()
    REFUNDING = auto()
    ASKING_LIMIT = auto()  # of money for the card; nothing was put onto it yet
    LOADING = auto()


@dataclass(slots=True)
class _Request:
    """The open request."""

    job: str
    amount_minor: int
    item: int
    stage: _Stage = _Stage.WAITING
    deadline_ms: int | None = None
    was_sent: bool = False
    """Whether the step of this stage was sent and acknowledged."""
    sends: int = 0
    acks: int = 0
    """Polls in a row that were answered by ACK since then."""
    has_timed_out: bool = False
    """We withdrew it; the till did not."""
    is_implausible: bool = False
    """More was approved than was asked for: it is given back."""
    is_load: bool = False
    """Money goes onto the card instead of off it."""


class CashlessTalk(Talk):
    """The master's side of one card reader. Until the first `SetAccept` it is disabled."""

    kind = DeviceKind.CARD_READER
    asks = frozenset(
        rm.order(READER, *code)
        for code in (
            (ReaderOrder.RESET,),
            (ReaderOrder.SETUP, rm.Setup.CONFIG),
            (ReaderOrder.SETUP, rm.Setup.PRICES),
            (ReaderOrder.POLL,),
            (ReaderOrder.VEND, Vend.REQUEST),
            (ReaderOrder.VEND, Vend.CANCEL),
            (ReaderOrder.VEND, Vend.SUCCESS),
            (ReaderOrder.VEND, Vend.FAILURE),
            (ReaderOrder.VEND, Vend.COMPLETE),
            (ReaderOrder.VEND, Vend.CASH_SALE),
            (ReaderOrder.READER, rm.Switch.DISABLE),
            (ReaderOrder.READER, rm.Switch.ENABLE),
            (ReaderOrder.READER, rm.Switch.DATA_ENTRY),
            (ReaderOrder.REVALUE, 0),
            (ReaderOrder.REVALUE, 1),
            (ReaderOrder.EXPANSION, rm.Extra.IDENTIFY),
            (ReaderOrder.EXPANSION, rm.Extra.OPTIONS),
        )
    )
    fits_poll = staticmethod(anything)

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__(config.name, config.address)
        self._config = config
        self.non_response_ms = NON_RESPONSE_MS
        self.poll_block = rm.order(config.address, ReaderOrder.POLL)
        self.reset_block = rm.order(config.address, ReaderOrder.RESET)
        self.just_reset = bytes((Code.JUST_RESET,))
        self._mode = Mode()
        self._said: rm.ReaderConfig | None = None
        self._scale = Scale(1, 0, config.exponent)
        self._is_usable = False
        self._is_always_idle = False
        self._serial = 0
        self._is_ready = False
        self._wants_open = False
        self._is_open = False
        self._has_session = False
        self._must_complete = False
        self._completing_ms: int | None = None
        self._request: _Request | None = None
        self._kept: list[bytes] = []
        self._charged: deque[str] = deque(maxlen=JOBS_KNOWN)
        self._ended: deque[str] = deque(maxlen=JOBS_KNOWN)
        self._blocks: deque[bytes] = deque(maxlen=JOBS_KNOWN)
        self._conditions: dict[int, int] = {}
        self._must_reset = False

    # --- what is asked of it ------------------------------------------------------------------------------------------

    def request(self, command: Command) -> None:
        """Take `SetAccept` (position 1 is "open for cards") and the commands of a card sale.

        Raises:
            WireError: Another command, another position, or a sum below 1.
        """
        match command:
            case SetAccept(_, positions):
                if set(positions) - {1}:
                    raise WireError(f"{self.name} is a card reader: its one position is 1, not {positions}")
                self._wants_open = bool(positions)
            case RequestCard(_, job, amount_minor, item):
                if amount_minor < 1:
                    raise WireError(f"{self.name} is asked for 1 minor unit or more, not {amount_minor}")
                self._begin(_Request(job, amount_minor, item))
            case LoadCard(_, job, amount_minor):
                if amount_minor < 1:
                    raise WireError(f"{self.name} loads 1 minor unit or more, not {amount_minor}")
                deadline_ms = self.now_ms + LOAD_WAIT_MS
                self._begin(_Request(job, amount_minor, rm.ANY_ITEM, deadline_ms=deadline_ms, is_load=True))
            case ReportCashSale(_, amount_minor, item):
                if amount_minor < 1:
                    raise WireError(f"{self.name} hears of 1 minor unit or more, not of {amount_minor}")
                self._tell_cash_sale(amount_minor, item)
            case CancelCard(_, job) | SettleCard(_, job) | RefundCard(_, job):
                if self._request is not None and self._request.job == job:
                    self._step(self._request, command)
                else:
                    self._answer_late(command, job)
            case _:
                raise WireError(f"{self.name} is a card reader; it cannot {type(command).__name__}")
        self.has_request = True

    def _begin(self, request: _Request) -> None:
        units = self._scale.to_units(request.amount_minor)
        fault: Fault | None = None
        if not self._is_ready:
            fault = Fault.NO_REPLY
        elif self._request is not None or not self._is_usable or (request.is_load and self._mode.level < 2):
            fault = Fault.REFUSED
        elif units is None or units > self._mode.most_units:
            fault = Fault.WRONG_SCALE
        if fault is None:
            self._request = request
        else:
            self._ended.append(request.job)
            self.learned.append(self._refusal(request, fault))

    def _refusal(self, request: _Request, fault: Fault) -> CardDenied | CardLoadRefused:
        """Nothing moved on any card."""
        return (CardLoadRefused if request.is_load else CardDenied)(self.name, request.job, fault)

    def _step(self, request: _Request, command: CancelCard | SettleCard | RefundCard) -> None:
        """What the till wants next of the open request; each step is taken once, in the order of a vend."""
        match command, request.stage:
            case CancelCard(), _Stage.WAITING:
                self._end(CardCancelled(self.name, request.job))
                self._must_complete = self._has_session
            case CancelCard(), _Stage.ASKED:
                self._enter(request, _Stage.CANCELLING)
            case CancelCard(), _Stage.CANCELLING | _Stage.RETURNING:
                request.has_timed_out = False
            case SettleCard(), _Stage.APPROVED:
                self._enter(request, _Stage.SETTLING)
            case RefundCard(), _Stage.APPROVED:
                self._enter(request, _Stage.REFUNDING)
            case _:
                return  # its answer is on its way

    def _enter(self, request: _Request, stage: _Stage) -> None:
        request.stage = stage
        request.was_sent = False
        request.sends = request.acks = 0
        request.deadline_ms = self.now_ms + self.non_response_ms

    def _answer_late(self, command: CancelCard | SettleCard | RefundCard, job: str) -> None:
        """A word about a request that is not open any more, or that an earlier run of ours made."""
        if isinstance(command, SettleCard) and job in self._charged:
            # The reader was reset after it had approved: it has charged, and the goods are out.
            self.learned.append(CardSettled(self.name, job))
        elif not isinstance(command, CancelCard) or job not in self._ended:
            self.learned.append(CardUnknown(self.name, job, Fault.UNSPECIFIED))

    def _tell_cash_sale(self, amount_minor: int, item: int) -> None:
        """Only to a reader that wants to know, and never a rounded sum."""
        units = self._scale.to_units(amount_minor)
        said = self._said
        if said is None or not said.can(Ability.CASH_SALES) or not self._is_ready:
            return
        if units is not None and units <= self._mode.most_units:
            block = rm.cash_sale(self.address, units, item, self._mode, said.currency)
            self._blocks.append(block)

    # --- how a request ends -------------------------------------------------------------------------------------------

    def _end(self, event: DeviceEvent) -> None:
        """Tell the request's end, and let the session go."""
        request, self._request = self._request, None
        if request is not None:
            self._ended.append(request.job)
            self._must_complete = self._must_complete or request.stage is not _Stage.WAITING
        self.learned.append(event)

    def _lose_request(self, fault: Fault) -> None:
        """The reader forgot, or cannot be heard: say what is certain of the open request, and nothing more."""
        request = self._request
        if request is None or request.stage is _Stage.WAITING:
            return
        if request.is_load:
            is_safe = request.stage is _Stage.ASKING_LIMIT
            self._end(
                self._refusal(request, fault) if is_safe else CardLoadUnknown(self.name, request.job, fault)
            )
            return
        if request.stage in {_Stage.APPROVED, _Stage.SETTLING}:
            self._charged.append(request.job)
        was_heard = fault is Fault.OUT_OF_SEQUENCE and request.sends > 1
        if request.stage is _Stage.SETTLING and (fault is Fault.RESTARTED or was_heard):
            self._end(CardSettled(self.name, request.job))
        else:
            self._end(CardUnknown(self.name, request.job, fault))

    def _on_lost(self) -> None:
        self._is_ready = False
        self._has_session = False
        self._conditions.clear()
        self._blocks.clear()
        if self._request is not None and self._request.stage is _Stage.WAITING:
            self._end(self._refusal(self._request, Fault.NO_REPLY))

    def _keep(self, said: bytes) -> None:
        """What it said when it was heard again: it may be about the open request."""
        self._kept.append(said)

    def _on_silence(self) -> None:
        self._check_deadline()

    # --- who it is ----------------------------------------------------------------------------------------------------

    def _identify(self, *, was_reset: bool) -> Script[None]:
        if self._was_identified and not was_reset and not self._must_reset and self._request is not None:
            # The line was silent, not the reader: a reset now would make a charge of an open approval.
            self._announce(restarted=False)
            return
        if was_reset:
            self._lose_request(Fault.RESTARTED)
        else:
            self._lose_request(Fault.NO_REPLY)
            yield from self.reset()
        self._must_reset = False
        self._kept.clear()
        self._has_session = self._is_open = self._must_complete = False
        self._completing_ms = None
        yield from self._set_up()
        self._announce(restarted=was_reset and self._was_identified)

    def _announce(self, *, restarted: bool) -> None:
        can_refund = self._said is not None and self._said.can(Ability.REFUND)
        self.learned.append(CardReaderIdentified(self.name, self._serial, can_refund, restarted))
        if not self._is_usable and self._said is not None:
            self.learned.append(DeviceFaulted(self.name, self.kind, Fault.WRONG_SCALE, self._said.currency))
        self._is_ready = True

    def _set_up(self) -> Script[None]:
        self._mode = Mode()
        said = yield from self._answer_of(rm.config(self.address, LEVEL), ConfigReported, NON_RESPONSE_MS)
        if said is None:
            raise PeripheralSilentError
        config = said.config
        self._said = config
        self._mode = Mode(min(config.level, LEVEL) or 1)
        self.non_response_ms = max(NON_RESPONSE_MS, config.response_s * 1_000)
        self._scale = Scale(config.factor, config.decimals, self._config.exponent)
        self._is_usable = self._scale.to_minor(1) is not None and not is_foreign(
            config.currency, self._config.currency
        )
        yield from self.ask(rm.prices(self.address, Mode()), nothing)
        patience_ms = NON_RESPONSE_MS if self._serial else IDENTITY_MS
        identified = yield from self._answer_of(rm.identify(self.address, US), IdentityReported, patience_ms)
        self._serial = 0 if identified is None else identified.identity.serial_number
        features = 0 if identified is None else identified.identity.features
        yield from self._enable_options(features, config.currency)

    def _enable_options(self, features: int, currency: int) -> Script[None]:
        """Enable what both can do; money has the width that was acknowledged, not the one that was wished for."""
        wished = {
            Option.WIDE_MONEY: self._config.wants_wide_money,
            Option.ALWAYS_IDLE: self._config.wants_always_idle,
        }
        chosen = [option for option, is_wished in wished.items() if is_wished and features >> option & 1]
        self._is_always_idle = False
        if not chosen:
            return
        yield from self.ask(rm.enable_options(self.address, chosen), nothing)
        self._is_always_idle = Option.ALWAYS_IDLE in chosen
        if Option.WIDE_MONEY in chosen:
            self._mode = Mode(self._mode.level, is_wide=True)
            yield from self.ask(rm.prices(self.address, self._mode, currency), nothing)

    def _answer_of(self, block: bytes, kind: type[Told], for_ms: int) -> Script[Told | None]:
        """Ask what a reader may answer at once, or after an ACK in one of the next polls."""
        until_ms = self.now_ms + for_ms
        said = yield from self.exchange(block, anything)
        was_heard = said is not None
        while True:
            if said == self.just_reset:
                raise PeripheralRestartedError
            for event in rm.read_reader_events(said or b"", self._mode)[0]:
                if isinstance(event, kind):
                    return event
            if self.now_ms >= until_ms:
                return None
            yield Wait(self.now_ms + POLL_MS)
            if was_heard:
                said = yield from self.poll()
            else:
                said = yield from self.exchange(block, anything)
                was_heard = said is not None

    # --- the round ----------------------------------------------------------------------------------------------------

    def _work(self) -> Script[None]:
        while self._kept:
            yield from self._take(self._kept.pop(0))
        while True:
            due_ms = self.now_ms + POLL_MS
            self._check_deadline()
            if self._must_reset:
                return  # to the begin: contact, RESET, setup
            yield from self._switch()
            yield from self._act()
            said = yield from self.poll()
            if said:
                yield from self._take(said)
                due_ms = self.now_ms + AGAIN_MS
            elif said is not None and not self.reports:
                self._hear_nothing()
            self._end_conditions()
            self.has_request = bool(self.reports)
            if not self.has_request and not self._wants_to_act():
                yield Wait(max(due_ms, self.now_ms))

    def _switch(self) -> Script[None]:
        """Open and close for cards; a running request is finished first."""
        if self._wants_open == self._is_open or (not self._wants_open and self._request is not None):
            return
        if not self._wants_open and (self._has_session or self._is_completing):
            if self._completing_ms is None:
                yield from self._complete()
            return
        step = rm.Switch.ENABLE if self._wants_open else rm.Switch.DISABLE
        yield from self.ask(rm.order(self.address, ReaderOrder.READER, step), nothing)
        self._is_open = self._wants_open

    def _wants_to_act(self) -> bool:
        request = self._request
        is_free = request is None or request.stage is _Stage.WAITING
        if self._must_complete and is_free:
            return True
        if request is None:
            return bool(self._blocks) or (self._wants_open != self._is_open and not self._is_completing)
        if request.stage is _Stage.WAITING:
            return self._can_ask()
        return not request.was_sent and request.stage not in {_Stage.ASKED, _Stage.APPROVED}

    def _can_ask(self) -> bool:
        is_load = self._request is not None and self._request.is_load
        is_shown = self._has_session or (self._is_always_idle and not is_load)
        return self._is_open and is_shown and not self._is_completing

    @property
    def _is_completing(self) -> bool:
        return self._must_complete or self._completing_ms is not None

    def _act(self) -> Script[None]:
        """Send what the open request wants next; each thing once."""
        request = self._request
        is_free = request is None or request.stage is _Stage.WAITING
        if self._must_complete and is_free:
            yield from self._complete()
            return
        if request is None:
            if self._blocks:
                yield from self._send(self._blocks.popleft())
            return
        request.sends += 1
        match request.stage:
            case _Stage.WAITING if self._can_ask() and request.is_load:
                yield from self._ask_limit(request)
            case _Stage.WAITING if self._can_ask():
                yield from self._ask_for(request)
            case _Stage.CANCELLING if not request.was_sent:
                request.was_sent = yield from self._send(rm.vend(self.address, Vend.CANCEL))
            case _Stage.SETTLING if not request.was_sent:
                yield from self._settle(request)
            case _Stage.REFUNDING | _Stage.RETURNING if not request.was_sent:
                # Not heard, it is said again: one vend can be given back only once.
                request.was_sent = yield from self._send(rm.vend(self.address, Vend.FAILURE))
                if request.was_sent and self._said is not None and not self._said.can(Ability.REFUND):
                    self._end_refund(request, Fault.REFUSED)
            case _:
                return

    def _ask_for(self, request: _Request) -> Script[None]:
        """Send the request; it is never sent again, whatever comes back."""
        units = self._scale.to_units(request.amount_minor)
        if units is None or units > self._mode.most_units:
            self._end(CardDenied(self.name, request.job, Fault.WRONG_SCALE))
            return
        self._enter(request, _Stage.ASKED)
        request.was_sent = True
        yield from self._send(rm.vend_request(self.address, units, request.item, self._mode))
        # The reader's time counts from its acknowledgement.
        request.deadline_ms = self.now_ms + self.non_response_ms

    def _ask_limit(self, request: _Request) -> Script[None]:
        """Ask how much the shown card may take; a reader that cannot load says no, or nothing."""
        self._enter(request, _Stage.ASKING_LIMIT)
        request.was_sent = True
        yield from self._send(rm.revalue_limit(self.address))
        request.deadline_ms = self.now_ms + self.non_response_ms

    def _load(self, limit_units: int) -> Script[None]:
        """The card takes so much: put the money onto it, once; it is never sent again, whatever comes back."""
        request = self._request
        if request is None or request.stage is not _Stage.ASKING_LIMIT:
            return
        units = self._scale.to_units(request.amount_minor)
        if units is None or units > limit_units:
            self._end(self._refusal(request, Fault.REFUSED))
            return
        self._enter(request, _Stage.LOADING)
        request.was_sent = True
        yield from self._send(rm.revalue(self.address, units, self._mode))
        request.deadline_ms = self.now_ms + self.non_response_ms

    def _loaded(self, *, was_approved: bool) -> None:
        """The reader's word on the money for the card."""
        request = self._request
        if request is None or request.stage not in {_Stage.ASKING_LIMIT, _Stage.LOADING}:
            return
        if not was_approved:
            self._end(self._refusal(request, Fault.DECLINED))
        elif request.stage is _Stage.LOADING:
            self._end(CardLoaded(self.name, request.job, request.amount_minor))

    def _settle(self, request: _Request) -> Script[None]:
        """Say that the goods were delivered; what is not acknowledged is said again, a charge it is in any case."""
        if (yield from self._send(rm.vend_success(self.address, request.item))) and self._request is request:
            self._end(CardSettled(self.name, request.job))

    def _send(self, block: bytes) -> Script[bool]:
        """Send a step of a vend; whether the reader acknowledged it, or answered at once."""
        said = yield from self.exchange(block, anything)
        if said:
            yield from self._take(said)
        return said is not None

    def _complete(self) -> Script[None]:
        """Let the session go; a reader that does not end it is reset."""
        self._must_complete = False
        self._completing_ms = self.now_ms + self.non_response_ms
        yield from self._send(rm.vend(self.address, Vend.COMPLETE))

    def _check_deadline(self) -> None:
        """The reader's own time is over: withdraw a request, give up anything else."""
        if self._completing_ms is not None and self.now_ms >= self._completing_ms:
            self._completing_ms = None
            self._must_reset = True
        request = self._request
        if request is None or request.deadline_ms is None or self.now_ms < request.deadline_ms:
            return
        match request.stage:
            case _Stage.ASKED if not self.is_lost:
                request.has_timed_out = True
                self._enter(request, _Stage.CANCELLING)
            case _Stage.WAITING if request.is_load:
                self._end(self._refusal(request, Fault.TIMED_OUT))  # no card came
            case _Stage.WAITING | _Stage.APPROVED:
                return
            case _:
                self._must_reset = True
                fault = Fault.NO_REPLY if self.is_lost else Fault.TIMED_OUT
                self._lose_request(fault)

    # --- what it says -------------------------------------------------------------------------------------------------

    def _hear_nothing(self) -> None:
        """ACK to a poll: a refund that was asked for is settled by it."""
        request = self._request
        if request is None or not request.was_sent:
            return
        request.acks += 1
        if request.acks < SETTLED_POLLS:
            return
        if request.stage is _Stage.REFUNDING:
            self._end(CardRefunded(self.name, request.job))
        elif request.stage is _Stage.RETURNING:
            self._withdrawn(request)

    def _withdrawn(self, request: _Request) -> None:
        """Nothing was charged, or it was given back before anybody was told."""
        if request.is_implausible:
            self._end(CardDenied(self.name, request.job, Fault.LINE_NOISE))
        elif request.has_timed_out:
            self._end(CardDenied(self.name, request.job, Fault.TIMED_OUT))
        else:
            self._end(CardCancelled(self.name, request.job))

    def _take(self, said: bytes) -> Script[None]:
        events, rest = rm.read_reader_events(said, self._mode)
        if said == self.just_reset:
            raise PeripheralRestartedError
        self.garbled(rest)
        for event in events:
            if isinstance(event, Reported):
                yield from self._hear(event)

    def _hear(self, event: Reported) -> Script[None]:
        match event.code:
            case Code.BEGIN_SESSION:
                self._begin_session(event.value)
            case Code.SESSION_CANCEL:
                # An open vend has its end first; the session is let go after it.
                self._must_complete = True
            case Code.END_SESSION:
                self._end_session()
            case Code.APPROVED:
                yield from self._approve(event.value)
            case Code.DENIED:
                self._deny()
            case Code.MALFUNCTION:
                self._malfunction(event.value)
            case Code.OUT_OF_SEQUENCE:
                self.learned.append(DeviceFaulted(self.name, self.kind, Fault.OUT_OF_SEQUENCE, event.value))
                self._lose_request(Fault.OUT_OF_SEQUENCE)
                self._must_reset = True
            case Code.REVALUE_LIMIT:
                yield from self._load(event.value)
            case Code.REVALUE_APPROVED | Code.REVALUE_DENIED:
                self._loaded(was_approved=event.code is Code.REVALUE_APPROVED)
            case Code.DATA_ENTRY:
                yield from self._send(rm.data_entry_cancel(self.address))
            case _:
                return  # display, time, diagnosis: nothing that a till could use

    def _begin_session(self, units: int) -> None:
        if self._has_session:
            return
        self._has_session = True
        self._completing_ms = None
        self._must_complete = False
        is_unknown = rm.is_unknown(units, self._mode)
        self.learned.append(CardSessionBegan(self.name, None if is_unknown else self._scale.to_minor(units)))

    def _end_session(self) -> None:
        self._completing_ms = None
        self._must_complete = False
        if self._has_session:
            self._has_session = False
            self.learned.append(CardSessionEnded(self.name))

    def _approve(self, units: int) -> Script[None]:
        """Record what was really charged; an approval that nobody waits for is given back at once."""
        request = self._request
        if request is not None and request.stage is _Stage.ASKED:
            # A token is worth what was asked.
            charged_minor = (
                request.amount_minor if rm.is_unknown(units, self._mode) else self._scale.to_minor(units)
            )
            if charged_minor is None or charged_minor > request.amount_minor:
                # A line of text has no check of its own: either word was damaged, so nothing is taken for it.
                request.is_implausible = True
                self._enter(request, _Stage.RETURNING)
                return
            request.stage = _Stage.APPROVED
            request.deadline_ms = None
            self.learned.append(CardApproved(self.name, request.job, charged_minor))
        elif request is not None and request.stage is _Stage.CANCELLING:
            self._enter(request, _Stage.RETURNING)
        elif (request is None or request.stage is _Stage.WAITING) and not self._is_completing:
            # While the last session is being closed, its approval may be said once more; nobody waits for this one.
            yield from self._send(rm.vend(self.address, Vend.FAILURE))

    def _deny(self) -> None:
        request = self._request
        if request is None:
            return
        if request.stage is _Stage.ASKED:
            self._end(CardDenied(self.name, request.job, Fault.DECLINED))
        elif request.stage is _Stage.CANCELLING:
            self._withdrawn(request)

    def _malfunction(self, value: int) -> None:
        error = value >> 4
        request = self._request
        if error == rm.REFUND_ERROR:
            if request is not None and request.stage in {_Stage.REFUNDING, _Stage.RETURNING}:
                self._end_refund(request, Fault.REFUSED)
        elif error in CONDITIONS:
            if error not in self._conditions:
                self.learned.append(DeviceFaulted(self.name, self.kind, CONDITIONS[error], value))
            self._conditions[error] = self.now_ms

    def _end_refund(self, request: _Request, fault: Fault) -> None:
        """The money did not go back."""
        if request.stage is _Stage.REFUNDING:
            self._end(CardRefundFailed(self.name, request.job, fault))
        else:
            self._end(CardUnknown(self.name, request.job, fault))

    def _end_conditions(self) -> None:
        for error, at_ms in tuple(self._conditions.items()):
            if self.now_ms - at_ms >= CLEAR_MS:
                del self._conditions[error]
                if not self._conditions:
                    self.learned.append(DeviceRecovered(self.name, self.kind))
