"""The till thread: takes events from the inbox, decides, stores, acts, publishes. The one owner of the money.

Order inside one step: stamp once; decide; append (durable); only then effects, acceptors, screen. Several inbound events
of one device poll share a commit; two physical acts never do. An unknown store outcome ends the process; a broken promise
halts the till.
"""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from hardware.commands import Authority, Command, DenyVend, OfferFunds, Print, ReportCashSale, SetAccept
from hardware.document import Document
from hardware.driver import DriverStoppedError
from hardware.events import (
    AcceptorIdentified,
    CardDenied,
    CardLoadRefused,
    CardReaderIdentified,
    CardSessionBegan,
    CardSessionEnded,
    CardUnknown,
    CodeScanned,
    CoinAccepted,
    CoinsPaid,
    DeviceEvent,
    DeviceLost,
    Fault,
    NoteUnknown,
    PiecesMoved,
    PrintEnded,
    PrintResult,
    VendFailed,
)
from hardware.sansio import WireError
from inventory.catalogue import Catalogue
from inventory.stockroom import (
    PIECE_ROWS,
    ComingGoods,
    save_catalogue,
    save_labels,
    save_prices,
    save_product,
    save_slots,
    with_prices,
    with_product,
    with_slots,
)
from kiosk.claims.code import code_of, match_code, place_of
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import accepted_positions
from kiosk.core.claims import are_claims_due
from kiosk.core.draft import Decision, Notice, Stamp
from kiosk.core.effects import PrintReceipt, cash_sale_of, effect_of
from kiosk.core.expiry import today_of
from kiosk.core.fold import evolve
from kiosk.core.limits import tenth_of
from kiosk.core.machines import offered_funds
from kiosk.core.places import gone_of, slots_of
from kiosk.core.rules import Shop
from kiosk.core.screen import Grid, Screen, screen_of
from kiosk.core.shopping import USABLE_PRINTER
from kiosk.core.state import Phase, State
from kiosk.core.till import decide
from kiosk.core.timing import next_deadline
from kiosk.invariant import InvariantBroken
from kiosk.runtime.clock import Clock, at_text, stamp_of
from kiosk.runtime.door import Answer, TillBusyError
from kiosk.runtime.people import rows_of_people
from kiosk.runtime.publish import Publisher
from kiosk.runtime.rehearsal import Practised, Rehearsal, has_practice
from kiosk.runtime.scan import CodeMoney, read_code
from kiosk.store.database import StoreError
from kiosk.store.ledger import Ledger
from kiosk.store.projections import Write

INBOX_MOST: Final = 1_000
"""Letters that may wait: minutes of the worst burst; more is a flood, and the sender is told to wait."""

ASK_SECONDS: Final = 2.0
"""A person at a screen waits no longer; the answer is then "busy", and the same tap may be asked again."""

LOAD_SECONDS: Final = 120.0
"""Whoever offers a large goods file waits longer: it is written in pieces, between everything else, on a slow card too."""

LONGEST_WAIT_MS: Final = 250
"""The loop looks up at least this often: for the screen's liveness and the clocks."""

ANSWERS_KEPT: Final = 500
"""Answers remembered by the sender's id, so that a repeated tap is answered from the first time."""

CLOCK_STEP_MS: Final = 2_000
"""Wall time that moves more than this against monotonic time has been set."""

NOTICE_MS: Final = 6_000
"""How long a word to the shopper stays: long enough to read two lines slowly."""

TIDY_AGAIN_MS: Final = 60_000
"""A reader that holds the log is given this long before the log is tried again."""

CLAIMS_EVERY_MS: Final = 60_000
"""Promised answers are due by the hour; a minute is near enough, and costs nothing."""

SPACE_EVERY_MS: Final = 10_000
"""How often free disk space is read."""

NOT_SENT: Final = (WireError, DriverStoppedError, SQLAlchemyError, LookupError)
"""Refused before a byte left, or the receipt could not be read and laid out: nothing has happened, for certain."""

log = structlog.get_logger("till")


class RigDoor(Protocol):
    """What the till needs of the devices' drivers; `hardware.rig.Rig` and test worlds have it."""

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Hand a command to its driver."""


class _Stop:
    """Ends the loop."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """Something in the inbox: a drain of device events, or one event of a person with somebody waiting."""

    events: tuple[ev.Event, ...]
    reply: Future[Answer] | None = None
    sender_id: str = ""


@dataclass(slots=True)
class _Batch:
    """Decided, not yet stored: what goes into one commit."""

    stamp: Stamp
    state: State
    facts: list[f.Fact] = field(default_factory=list)
    events: list[ev.Event] = field(default_factory=list)
    """The event of each fact, position by position."""
    beside: list[Write] = field(default_factory=list)

    @property
    def has_act(self) -> bool:
        """Whether a physical act is announced already."""
        return any(effect_of(fact) is not None for fact in self.facts)

    def take(self, event: ev.Event, decision: Decision, beside: list[Write]) -> None:
        """Add one decision."""
        self.facts.extend(decision.facts)
        self.events.extend([event] * len(decision.facts))
        self.beside.extend(beside)
        self.state = decision.state


@dataclass(frozen=True, slots=True)
class TillParts:
    """What the loop is built from."""

    ledger: Ledger
    state: State
    shop: Shop
    clock: Clock
    codes_key: bytes
    timezone: ZoneInfo
    screen_silent_ms: int
    layout: Callable[[PrintReceipt], Document]
    """Lays out a visit's receipt from the journal."""
    space: Callable[[], tuple[str, int]]
    """Disk space level and free MiB."""
    wal_bytes: Callable[[], int]
    goods_stay: Callable[[], object] = lambda: None
    """Called when many goods came: looking for garbage among 100,000 goods stops every thread for a tenth of a second, so a
    process with one till lets its collector skip what is there now (`gc.freeze`). One with many tills must not."""


def _large_goods(letter: _Letter) -> Catalogue | None:
    """The goods of a letter that brings more than may be written in one turn: a coin must not wait for them."""
    for event in letter.events:
        if isinstance(event, ev.CatalogueOffered):
            goods = event.catalogue
            return goods if len(goods.products) + len(goods.slots) > PIECE_ROWS else None
    return None


def _sender_id(event: ev.Event) -> str:
    """The id made by whoever sent it; empty for devices and the loop."""
    if isinstance(event, ev.Tap):
        return event.tap
    return str(getattr(event, "token", ""))


def _prices_of(facts: list[f.Fact]) -> dict[str, int]:
    """The prices that a commit sets."""
    return {fact.sku: fact.price_minor for fact in facts if isinstance(fact, f.PriceSet)}


def _actor(event: ev.Event) -> str:
    """Who asked, as an opaque key."""
    return str(getattr(event, "by", "") or getattr(event, "clerk", ""))


class Till:
    """The loop and its door. Build, `attach` the rig, `start`, later `stop`."""

    def __init__(self, parts: TillParts) -> None:
        """Take over the ledger and the folded state; nothing runs yet."""
        self._parts = parts
        self._ledger = parts.ledger
        self._state = parts.state
        self._shop = parts.shop
        self._clock = parts.clock
        self._rig: RigDoor | None = None
        self._inbox: queue.Queue[_Letter | _Stop] = queue.Queue(INBOX_MOST)
        self._own: deque[DeviceEvent] = deque()
        """Outcomes of commands that never left: dealt with before the next letter."""
        self._loads: deque[_Letter] = deque()
        """Large goods files, the oldest first: each is dealt with when all its rows are written."""
        self._coming: ComingGoods | None = None
        """The goods of the first of them."""
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._sent: dict[str, tuple[int, ...]] = {}
        self._shown = ""
        """The card reader at which a card is shown; no fact, because after a cut no card is in any reader's session."""
        self._untold: set[str] = set()
        """Acceptors that could not be told, and of which the log has heard."""
        self._offered: dict[str, int] = {}
        self._notice: tuple[Notice, int] | None = None
        self._touched_ms = self._clock.now_ms()
        self._wall_offset_ms = self._offset_ms()
        self._published: tuple[object, ...] = (None,) * 7
        self._rehearsal: Rehearsal | None = None
        self._tenth = tenth_of(parts.state, self._clock.now_ms())
        """The running piece of ten minutes: limits end with it, also on a quiet kiosk."""
        self._grid = Grid()
        self._deadline_of: tuple[object, object, object] = (None, None, None)
        self._deadline: tuple[int, ev.Deadline] | None = None
        self._tidy_ms = 0
        self._space_read_ms = -SPACE_EVERY_MS
        self._claims_read_ms = -CLAIMS_EVERY_MS
        self._last_at = parts.ledger.last_at
        self.publisher = Publisher()
        self.failure: BaseException | None = None
        self.beat_ms = self._clock.now_ms()
        """When the loop last looked up; a watchdog ends a process whose till hangs."""
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="till", daemon=True)

    # --- around the thread --------------------------------------------------------------------------------------------

    def attach(self, rig: RigDoor) -> None:
        """Connect the devices; before `start`."""
        self._rig = rig

    def start(self, software: str) -> None:
        """Append the boot and begin."""
        self.begin(software)
        self._thread.start()

    def begin(self, software: str) -> None:
        """Put the boot into the inbox without starting the thread: whoever calls `work` turns the loop."""
        boot, is_clean = self._state.boot + 1, self._state.is_stopped
        self._ledger.set_boot(boot)
        self.publisher.seen_ms = self._clock.now_ms()
        event = ev.BootStarted(boot=boot, is_clean=is_clean, software=software)
        self._inbox.put(_Letter((event,)))

    def work(self) -> int:
        """Deal with everything that waits, in the caller's thread and without waiting; returns when to look up again.

        For a simulated world, which owns the clock. What goes wrong comes out here: the caller then plays the end of the
        process.
        """
        while True:
            self._turn(may_wait=False)
            if not self._own and not self._loads and self._inbox.empty():
                break
        now_ms = self._clock.now_ms()
        deadline = self._deadline_ms()
        return now_ms + LONGEST_WAIT_MS if deadline is None else min(deadline, now_ms + LONGEST_WAIT_MS)

    def stop(self) -> bool:
        """End the loop; a stop with nothing open is recorded as clean. True when the thread ended in time."""
        if self._thread.is_alive():
            self._inbox.put(_Stop())
            self._thread.join(timeout=3.0)
        return not self._thread.is_alive()

    def halt(self, promise: str) -> None:
        """Stop selling because of what was found outside of the loop, such as a damaged journal."""
        self._inbox.put(_Letter((ev.PromiseBroken(promise),)))

    def deliver(self, events: tuple[DeviceEvent, ...]) -> None:
        """Called by drivers: one drain of a device's events. Blocks while the inbox is full: a device's word is never dropped."""
        self._inbox.put(_Letter(events))

    # --- the door -----------------------------------------------------------------------------------------------------

    def ask(self, event: ev.PersonEvent) -> Answer:
        """See `kiosk.runtime.door.TillDoor.ask`."""
        try:
            seconds = LOAD_SECONDS if isinstance(event, ev.CatalogueOffered) else ASK_SECONDS
            return self.post(event).result(timeout=seconds)
        except (queue.Full, TimeoutError) as error:
            raise TillBusyError("the till is busy; ask again with the same id") from error

    def post(self, event: ev.PersonEvent) -> Future[Answer]:
        """Put ``event`` into the inbox; the answer comes when the loop has dealt with it.

        Raises:
            queue.Full: Too many are waiting.
        """
        reply: Future[Answer] = Future()
        self._inbox.put(_Letter((event,), reply, _sender_id(event)), timeout=ASK_SECONDS)
        return reply

    def screen(self) -> Screen:
        """The last published screen."""
        return self.publisher.screen()

    def wait_for_screen(self, after: int, timeout_ms: int) -> Screen | None:
        """The first screen published after ``after``."""
        return self.publisher.wait(after, timeout_ms)

    def acknowledge(self, stream: int) -> None:
        """A page drew the screen."""
        self.publisher.acknowledge(stream, self._clock.now_ms())

    def catalogue(self) -> Catalogue:
        """Goods as the till sells them now."""
        return self._shop.catalogue

    def debt_code(self, epoch: int, seq: int) -> str:
        """The code of the debt recorded at this place: a restore begins a new epoch, and older debts keep their codes."""
        return code_of(self._parts.codes_key, self._ledger.head.kiosk_id, epoch, seq)

    def debt_of_code(self, code: str) -> str:
        """The open debt that a typed code belongs to, or empty."""
        pairs = [(debt, self.debt_code(*place_of(debt))) for debt in tuple(self._state.debts)]
        return match_code(code, pairs)

    def practised(self) -> Practised | None:
        """The visit that is practised now, or was practised last; None while nobody practises."""
        rehearsal = self._rehearsal
        return None if rehearsal is None else rehearsal.practised(self._state)

    def monotonic_ms(self) -> int:
        """Now, on the scale of countdowns."""
        return self._clock.now_ms()

    def state(self) -> State:
        """The till's state as last folded: an immutable value, for health pages and tests."""
        return self._state

    # --- the loop -----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        """The outermost loop: whatever goes wrong here ends the till in a safe state."""
        try:
            while self._turn():
                pass
        except BaseException as error:
            self.failure = error
            log.critical("till ended", error=str(error), kind=type(error).__name__)
            self.make_safe()
        finally:
            self.publisher.close()
            self.ended.set()
            for letter in self._loads:
                if letter.reply is not None:
                    letter.reply.set_exception(TillBusyError("the till ended before the goods were taken"))

    def _next_deadline(self) -> tuple[int, ev.Deadline] | None:
        """The next moment at which the till acts by itself; worked out anew only when what it follows from has changed."""
        state, shop, touched_ms = self._deadline_of
        if self._state is not state or self._shop is not shop or self._touched_ms is not touched_ms:
            self._deadline_of = (self._state, self._shop, self._touched_ms)
            self._deadline = next_deadline(self._state, self._shop.rules, self._touched_ms)
        return self._deadline

    def _deadline_ms(self) -> int | None:
        deadline = self._next_deadline()
        return None if deadline is None else deadline[0]

    def _next_letter(self, *, may_wait: bool) -> _Letter | _Stop | None:
        """The oldest letter; None when none came before the next deadline, or before it is time to look up."""
        now_ms = self.beat_ms = self._clock.now_ms()
        if self._own:
            return _Letter((self._own.popleft(),))
        try:
            if not may_wait or self._loads:
                return self._inbox.get_nowait()
            wait_ms = LONGEST_WAIT_MS
            deadline_ms = self._deadline_ms()
            if deadline_ms is not None:
                wait_ms = max(0, min(wait_ms, deadline_ms - now_ms))
            return self._inbox.get(timeout=wait_ms / 1000)
        except queue.Empty:
            return None

    def _turn(self, *, may_wait: bool = True) -> bool:
        """Wait for one letter or one deadline, and deal with it; False when the loop is to end."""
        letter = self._next_letter(may_wait=may_wait)
        if isinstance(letter, _Stop):
            self.finish()
            return False
        if letter is not None and _large_goods(letter) is not None:
            self._loads.append(letter)
        elif letter is not None:
            self._open_letter(letter)
        self._load()
        self._look_around()
        self._practise()
        deadline = self._next_deadline()
        if deadline is not None and deadline[0] <= self._clock.now_ms():
            self._step((ev.DeadlinePassed(deadline[1]),))
        self._keep_house()
        self._publish()
        return True

    def finish(self) -> None:
        """The last turn: record the stop, sign a checkpoint when nothing is open, inhibit the acceptors."""
        self._step((ev.StopAsked(),))
        if self._state.visit is None:
            self._checkpoint()
        self.make_safe()

    def _open_letter(self, letter: _Letter) -> None:
        known = self._answers.get(letter.sender_id) if letter.sender_id else None
        if known is not None:
            if letter.reply is not None:
                letter.reply.set_result(known)
            return
        seq = self._state.seq
        try:
            notice = self._step(letter.events)
        except StoreError as error:
            if letter.reply is not None:
                letter.reply.set_exception(TillBusyError("the store failed; the till starts again"))
            raise error from None
        answer = Answer(notice=notice, seq=self._state.seq)
        if letter.sender_id and not (notice.is_refusal and self._state.seq == seq):
            # A refusal that changed nothing: the same form, corrected, is heard anew. A wrong code was counted, once.
            self._answers[letter.sender_id] = answer
            if len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
        if letter.reply is not None:
            self._publish()  # first: who has the answer draws from the screen, and must find it there
            letter.reply.set_result(answer)

    def _load(self) -> None:
        """Write the next piece of a large goods file; when all is written, deal with the letter that brought it."""
        if not self._loads:
            return
        letter = self._loads[0]
        goods = _large_goods(letter)
        if goods is not None and letter.sender_id not in self._answers:
            if self._coming is None:
                self._coming = ComingGoods(goods)
            if not self._coming.is_ready:
                stamp = stamp_of(self._clock, not_before=self._last_at)
                self._ledger.append((), stamp, actor="", also=self._coming.write_piece)
                return
        self._loads.popleft()
        self._open_letter(letter)
        self._coming = None
        self._parts.goods_stay()

    def _step(self, events: tuple[ev.Event, ...]) -> Notice:
        """Decide and store a group of events: one commit, unless more than one physical act is announced."""
        stamp = stamp_of(self._clock, not_before=self._last_at)
        batch = _Batch(stamp, self._state)
        notice = Notice("done")
        for raw in events:
            event = self._read(raw)
            self._note_touch(event, stamp)
            rehearsal = self._practice()
            if rehearsal is not None and rehearsal.takes(event):
                notice = self._rehearse(rehearsal, event, stamp)
                continue
            try:
                decision = self._decide(batch, event, stamp)
            except InvariantBroken as error:
                if isinstance(event, ev.LoopEvent) and self._state.halted_for == str(error):
                    raise  # halted for this already, and it comes again by itself: end, and start into recovery
                self._commit(batch)
                notice = self._halt(str(error), stamp)
                batch = self._after_halt(event, stamp)
                continue
            if batch.has_act and any(effect_of(fact) is not None for fact in decision.facts):
                self._commit(batch)
                batch = _Batch(stamp, self._state)
            batch.take(event, decision, self._beside(event, decision, stamp))
            notice = decision.notice
            self._show_notice(event, notice, stamp)
        self._commit(batch)
        for raw in events:
            if isinstance(raw, (AcceptorIdentified, CardReaderIdentified)):
                self._sent.pop(raw.device, None)  # it forgot what it was told
        self._apply_acceptance()
        return notice

    def _decide(self, batch: _Batch, event: ev.Event, stamp: Stamp) -> Decision:
        """What ``event`` means after ``batch``; a visit that is cut because it ends a training goes into the batch before it."""
        decision = decide(batch.state, event, stamp, self._shop)
        rehearsal = self._rehearsal
        if rehearsal is not None and any(isinstance(fact, f.TrainingEnded) for fact in decision.facts):
            for visit in rehearsal.leave():
                batch.take(visit, decide(batch.state, visit, stamp, self._shop), [])
            return decide(batch.state, event, stamp, self._shop)
        return decision

    # --- practice -----------------------------------------------------------------------------------------------------

    def _practice(self) -> Rehearsal | None:
        """The pretended till while somebody practises; it begins and ends with the training that the journal knows."""
        if not has_practice(self._state):
            self._rehearsal = None
        elif self._rehearsal is None or self._rehearsal.training != self._state.training.training:
            self._rehearsal = Rehearsal(self._state, self._shop, self._clock.now_ms())
        return self._rehearsal

    def _rehearse(self, rehearsal: Rehearsal, event: ev.Event, stamp: Stamp) -> Notice:
        """A touch or a scan of whoever practises."""
        try:
            notice = rehearsal.hear(event, stamp, self._shop)
        except InvariantBroken as error:
            notice = self._break_off(rehearsal, error)
        self._show_notice(event, notice, stamp)
        return notice

    def _break_off(self, rehearsal: Rehearsal, error: InvariantBroken) -> Notice:
        log.critical("practice broke off", promise=str(error))
        rehearsal.is_broken = True
        return Notice("training_broke", is_refusal=True)

    def _practise(self) -> None:
        """Let pretended devices answer, and write down the visits that are over."""
        rehearsal = self._practice()
        if rehearsal is None:
            return
        stamp = stamp_of(self._clock, not_before=self._last_at)
        try:
            notice = rehearsal.go_on(stamp, self._shop)
        except InvariantBroken as error:
            notice = self._break_off(rehearsal, error)
        if notice is not None:
            self._show_notice(ev.DeadlinePassed(ev.Deadline.JOB), notice, stamp)
        for visit in rehearsal.over():
            self._step((visit,))
        if rehearsal.is_broken:
            self._step((ev.TrainingBroke(),))

    def _after_halt(self, event: ev.Event, stamp: Stamp) -> _Batch:
        """A device's word is heard once more by the halted till: what happened has happened, whoever was wrong."""
        batch = _Batch(stamp, self._state)
        if isinstance(event, DeviceEvent):
            try:
                batch.take(event, decide(batch.state, event, stamp, self._shop), [])
            except InvariantBroken as error:
                log.critical("not recorded", word=repr(event), promise=str(error))
        return batch

    def _commit(self, batch: _Batch) -> None:
        """Store, then act. Nothing physical may happen before the append has returned."""
        if not batch.facts:
            return
        appended = self._ledger.append(
            batch.facts, batch.stamp, _actor(batch.events[0]), batch.beside, also=self._goods_change(batch)
        )
        self._state = batch.state
        self._last_at = batch.stamp.at
        self._take_goods(batch)
        for fact, authority in zip(batch.facts, appended.authorities, strict=True):
            self._act(fact, authority)
            self._tell_cash_sale(fact)

    def _tell_cash_sale(self, fact: f.Fact) -> None:
        """Readers that keep the machine's figures hear of sales for cash; nothing rests on whether they do."""
        readers = self._shop.rules.cash_reports
        sale = cash_sale_of(fact, self._state.card) if readers and self._rig is not None else None
        if sale is None or self._rig is None:
            return
        for device in readers:
            try:
                self._rig.request(ReportCashSale(device, *sale))
            except NOT_SENT as error:
                log.warning("cash sale not reported", device=device, error=str(error))

    def _read(self, event: ev.Event) -> ev.Event:
        """Scans become goods here, for the core knows no barcodes; a wish to pay by card gets the reader that has one."""
        if isinstance(event, CardSessionBegan):
            self._shown = event.device
        elif isinstance(event, CardSessionEnded | CardReaderIdentified | DeviceLost):
            self._shown = "" if event.device == self._shown else self._shown
        elif isinstance(event, ev.CardTapped):
            return replace(event, reader=self._shown)
        if isinstance(event, CodeScanned):
            today = self._clock.wall().astimezone(self._parts.timezone).date()
            money = CodeMoney(self._state.currency, self._state.exponent)
            return read_code(event.text, event.aim, self._shop.catalogue, today, money)
        return event

    def _note_touch(self, event: ev.Event, stamp: Stamp) -> None:
        if isinstance(event, ev.Tap | ev.ScanRead | CoinAccepted | ev.ClerkEntered):
            self._touched_ms = stamp.now_ms

    def _show_notice(self, event: ev.Event, notice: Notice, stamp: Stamp) -> None:
        """Answers to what a shopper did at the kiosk, by hand, card or note, are shown for a moment; not those to a desk."""
        is_of_kiosk = isinstance(event, ev.Tap | ev.ScanRead | ev.DeadlinePassed | DeviceEvent)
        if is_of_kiosk and notice.key not in {"done", "printing"}:
            self._notice = (notice, stamp.now_ms + NOTICE_MS)

    def _beside(self, event: ev.Event, decision: Decision, stamp: Stamp) -> list[Write]:
        """Rows kept beside the journal, in the same commit as the facts they belong to."""
        if not decision.facts:
            return []
        match event:
            case ev.ClaimMade() if event.details and event.subject:
                return [("contact", {"subject": event.subject, "details": event.details, "at": stamp.at})]
            case ev.ContactErase():
                return [("contact_erased", {"subject": event.subject})]
            case _:
                return rows_of_people(event, stamp.at)

    def _goods_change(self, batch: _Batch) -> Callable[[Connection], None] | None:
        """The change of the goods' own tables that belongs into this commit."""
        if prices := _prices_of(batch.facts):
            return partial(save_prices, prices=prices)
        slots, gone = slots_of(batch.facts, self._shop.latest), gone_of(batch.facts)
        if slots or gone:
            return partial(save_slots, slots=slots, gone=gone)
        for fact, event in zip(batch.facts, batch.events, strict=True):
            if isinstance(fact, f.CatalogueImported) and isinstance(event, ev.CatalogueOffered):
                coming = self._coming
                if coming is not None and coming.catalogue is event.catalogue:
                    return coming.take
                return partial(save_catalogue, catalogue=event.catalogue)
            if isinstance(event, ev.ProductOffered) and isinstance(fact, f.ProductSaved | f.ProductRetired):
                return partial(save_product, product=event.product)
            if isinstance(fact, f.LabelsSet) and isinstance(event, ev.LabelsOffered):
                return partial(save_labels, labels=event.labels)
        return None

    def _take_goods(self, batch: _Batch) -> None:
        """New goods and prices hold from the next idle moment, so that no price changes under a finger."""
        for fact, event in zip(batch.facts, batch.events, strict=True):
            base = self._shop.latest
            if isinstance(fact, f.CatalogueImported) and isinstance(event, ev.CatalogueOffered):
                self._let_come(replace(event.catalogue, labels=base.labels))
            elif isinstance(fact, f.LabelsSet) and isinstance(event, ev.LabelsOffered):
                self._let_come(replace(base, labels=event.labels))
            elif isinstance(event, ev.ProductOffered) and isinstance(fact, f.ProductSaved | f.ProductRetired):
                self._let_come(with_product(base, event.product))
        if prices := _prices_of(batch.facts):
            self._let_come(with_prices(self._shop.latest, prices))
        slots, gone = slots_of(batch.facts, self._shop.latest), gone_of(batch.facts)
        if slots or gone:
            self._let_come(with_slots(self._shop.latest, slots, gone))

    # --- acting -------------------------------------------------------------------------------------------------------

    def _act(self, fact: f.Fact, authority: Authority) -> None:
        """Let the one act happen that a stored fact announced."""
        effect = effect_of(fact)
        if effect is None or self._rig is None:
            return
        try:
            if isinstance(effect, PrintReceipt):
                document = self._parts.layout(effect)
                self._rig.request(Print(self._printer(), effect.job, document), authority)
            else:
                self._rig.request(effect, authority)
        except NOT_SENT as error:
            # Nothing was sent: the driver refused before a byte left. That is an outcome, and a certain one.
            log.warning("command refused", device=getattr(effect, "device", ""), error=str(error))
            if not isinstance(effect, DenyVend):  # a machine that hears nothing sells nothing
                self._own.append(self._never_sent(fact))

    def _printer(self) -> str:
        """The printer that is ready, else the first."""
        printers = self._shop.rules.printers
        ready = [
            name
            for name in printers
            if name in self._state.devices
            and self._state.devices[name].is_online
            and self._state.devices[name].fault in USABLE_PRINTER
        ]
        return (ready or list(printers))[0]

    def _never_sent(self, fact: f.Fact) -> DeviceEvent:
        match fact:
            case f.PayoutStarted():
                return CoinsPaid(fact.device, fact.job, 0, fact.paid_total, Fault.NO_REPLY)
            case f.CashMoveStarted():
                return PiecesMoved(fact.device, fact.job, 0, fact.level, Fault.NO_REPLY)
            case f.NoteStackStarted() | f.NoteReturnStarted():
                # The note lies there still: what an unasked device does with it, nobody here will hear.
                return NoteUnknown(fact.device, fact.position, Fault.NO_REPLY, fact.job)
            case f.CardRequested():
                return CardDenied(fact.device, fact.job, Fault.NO_REPLY)
            case f.CardCancelStarted() | f.CardSettleStarted() | f.CardRefundStarted() | f.CardApprovedLate():
                return CardUnknown(fact.device, fact.job, Fault.NO_REPLY)
            case f.CardLoadStarted():
                return CardLoadRefused(fact.device, fact.job, Fault.NO_REPLY)
            case f.VendStarted() | f.CoilTestStarted():
                return VendFailed(fact.device, fact.job, Fault.REFUSED)
            case f.DrawerOpenStarted():
                return PrintEnded(fact.device, fact.job, PrintResult.FAILED, Fault.NO_REPLY)
            case f.PrintStarted():
                return PrintEnded("", fact.job, PrintResult.FAILED, Fault.NO_REPLY)
            case _:
                raise InvariantBroken(f"{type(fact).__name__} announces no physical act")

    def _apply_acceptance(self) -> None:
        """Tell each acceptor which coins to take, whenever that changes or the acceptor forgot it."""
        wanted: Mapping[str, tuple[int, ...]] = accepted_positions(
            self._state, self._shop.rules, self._clock.now_ms()
        )
        for device, positions in wanted.items():
            book = self._state.devices.get(device)
            if book is None or self._rig is None:
                self._sent.pop(device, None)
            elif not book.is_online:
                # Its driver must not reopen it with an old wish when it comes back: the till says so again then.
                if self._sent.get(device) != ():
                    self._send_acceptance(device, ())
            elif self._sent.get(device) != positions:
                self._send_acceptance(device, positions)
        for device, funds_minor in offered_funds(self._state, self._shop.rules).items():
            self._offer(device, funds_minor)

    def _offer(self, device: str, funds_minor: int) -> None:
        """Tell an old machine what it may sell for, whenever that changes; each sale is asked for all the same."""
        if self._rig is None or self._offered.get(device, 0) == funds_minor:
            return
        try:
            self._rig.request(OfferFunds(device, funds_minor))
        except NOT_SENT as error:
            # It can only ask for more than there is, and is told no; the next change tries again.
            log.warning("old machine not told", device=device, error=str(error))
            return
        self._offered[device] = funds_minor

    def _send_acceptance(self, device: str, positions: tuple[int, ...]) -> None:
        if self._rig is None:
            return
        try:
            self._rig.request(SetAccept(device, positions))
        except NOT_SENT as error:
            # An acceptor that hears nothing stops by itself; the next change tries again.
            # Told once: a driver may be down for an hour, and each turn tries again.
            if device not in self._untold:
                log.warning("acceptor not told", device=device, error=str(error))
            self._untold.add(device)
            return
        self._untold.discard(device)
        self._sent[device] = positions

    def make_safe(self) -> None:
        """Inhibit every acceptor; the last thing a till does."""
        rules = self._shop.rules
        for device in (*rules.coins, *rules.notes, *rules.readers):
            book = self._state.devices.get(device)
            if book is not None and book.is_online:  # one that is not there takes no coins: it is not polled
                self._send_acceptance(device, ())
        for device in rules.machines:
            self._offer(device, 0)

    def _halt(self, promise: str, stamp: Stamp) -> Notice:
        """A promise is broken: halt, with the shopper's credit owed if the books still allow it."""
        log.critical("promise broken", promise=promise)
        try:
            decision = decide(self._state, ev.PromiseBroken(promise), stamp, self._shop)
        except InvariantBroken:
            fact = f.TillHalted(reason=promise)
            recorded = f.Recorded(self._state.seq + 1, stamp.at, stamp.now_ms, fact)
            decision = Decision((fact,), evolve(self._state, recorded), Notice("out_of_service"))
        batch = _Batch(stamp, self._state)
        batch.take(ev.PromiseBroken(promise), decision, [])
        self._commit(batch)
        self._apply_acceptance()
        return Notice("out_of_service", is_refusal=True)

    # --- keeping house ------------------------------------------------------------------------------------------------

    def _offset_ms(self) -> int:
        return round(self._clock.wall().timestamp() * 1000) - self._clock.now_ms()

    def _look_around(self) -> None:
        """The screen's liveness, the limits, the wall clock, the disk."""
        now_ms = self._clock.now_ms()
        tenth = tenth_of(self._state, now_ms)
        if tenth != self._tenth:
            self._tenth = tenth
            self._apply_acceptance()
        silent_ms = now_ms - self.publisher.seen_ms
        if silent_ms > self._parts.screen_silent_ms and not self._state.is_screen_lost:
            self._step((ev.ScreenSilent(silent_ms),))
        elif silent_ms <= self._parts.screen_silent_ms and self._state.is_screen_lost:
            self._step((ev.ScreenAnswered(),))
        offset_ms = self._offset_ms()
        if abs(offset_ms - self._wall_offset_ms) > CLOCK_STEP_MS:
            was = at_text(dt.datetime.fromtimestamp((now_ms + self._wall_offset_ms) / 1000, dt.UTC))
            self._wall_offset_ms = offset_ms
            self._last_at = ""
            self._step((ev.ClockJumped(was=was, now=at_text(self._clock.wall())),))
        if now_ms - self._space_read_ms >= SPACE_EVERY_MS:
            self._space_read_ms = now_ms
            level, free_mib = self._parts.space()
            if level != self._state.space:
                self._step((ev.SpaceRead(level, free_mib),))
        if now_ms - self._claims_read_ms >= CLAIMS_EVERY_MS and self._state.phase is not Phase.STARTING:
            self._claims_read_ms = now_ms
            if are_claims_due(self._state, at_text(self._clock.wall())):
                self._step((ev.ClaimsDue(),))

    def _keep_house(self) -> None:
        """Between visits: what is planned for today, new prices, a signed checkpoint, a short log."""
        if self._state.phase is not Phase.IDLE:
            return
        self._take_plans()
        self._use_next_catalogue()
        if self._ledger.wants_checkpoint:
            self._checkpoint()
        now_ms = self._clock.now_ms()
        if now_ms >= self._tidy_ms and not self._ledger.tidy(self._parts.wal_bytes()):
            self._tidy_ms = now_ms + TIDY_AGAIN_MS

    def _take_plans(self) -> None:
        """Let the plans hold whose day has come, the older day first, also after days without power."""
        if not self._state.plans or not stamp_of(self._clock, not_before=self._last_at).time_ok:
            return  # a clock that was set back does not say which day it is
        today = self._clock.wall().astimezone(self._parts.timezone).date().isoformat()
        for plan in sorted(self._state.plans, key=lambda each: (each.from_day, each.epoch, each.seq)):
            if plan.from_day > today:
                return
            planned = self._ledger.fact_at(plan.epoch, plan.seq)
            self._use_next_catalogue()  # what is not taken over yet is what the plan changes
            if isinstance(planned, f.PricesPlanned):
                self._step((ev.PlanDue(planned),))
            elif isinstance(planned, f.PlacesPlanned):
                self._step((ev.PlacesDue(planned),))

    def _let_come(self, catalogue: Catalogue) -> None:
        self._shop = replace(self._shop, coming=catalogue)

    def _use_next_catalogue(self) -> None:
        if self._shop.coming is not None:
            self._shop = replace(self._shop, catalogue=self._shop.coming, coming=None)

    def _checkpoint(self) -> None:
        self._state = self._ledger.checkpoint(self._state, stamp_of(self._clock, not_before=self._last_at))

    def _publish(self) -> None:
        now_ms = self._clock.now_ms()
        notice = None
        if self._notice is not None:
            if self._notice[1] > now_ms:
                notice = self._notice[0]
            else:
                self._notice = None
        # What a screen shows follows from these alone (its own clock aside): nothing new, nothing to draw.
        today = today_of(at_text(self._clock.wall()), self._shop.rules)
        rehearsal = self._practice()
        practice = None if rehearsal is None else (rehearsal.state, rehearsal.is_jam_next)
        state, shop, touched_ms, shown, tenth, day, practised = self._published
        if (
            self._state is state
            and practice == practised
            and self._shop is shop
            and self._touched_ms is touched_ms
            and notice is shown
            and self._tenth == tenth
            and today == day
        ):
            return
        self._published = (self._state, self._shop, self._touched_ms, notice, self._tenth, today, practice)
        if rehearsal is not None:
            self.publisher.publish(
                rehearsal.screen(self._state, self._shop, now_ms=now_ms, notice=notice, today=today)
            )
            return
        self.publisher.publish(
            screen_of(
                self._state,
                self._shop,
                now_ms=now_ms,
                touched_ms=self._touched_ms,
                stream=0,
                notice=notice,
                grid=self._grid,
                today=today,
            )
        )
