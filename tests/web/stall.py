"""A market stall for page tests: the real pure till over a list of facts in memory, behind the same door as the real loop.

No thread, no wire, no file: device events are handed in, and time passes when a test says so.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from werkzeug.serving import make_server

from hardware import events as hw
from hardware.document import Align, Columns, Document, Line, Part, Rule
from hardware.port import Trace
from hardware.rig import DeviceConfig, PortConfig, RigConfig, Wire
from inventory.catalogue import Catalogue, Place
from inventory.rounds import Step, plan_round
from inventory.sample import sample_catalogue
from kiosk.claims.aftermath import Aftermath, Told, say_aftermath
from kiosk.claims.code import code_of, match_code, place_of
from kiosk.config import Config, MoneyConfig, Vendor
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Notice, Stamp
from kiosk.core.facts import About
from kiosk.core.fold import evolve
from kiosk.core.rules import Shop
from kiosk.core.screen import Screen, screen_of
from kiosk.core.state import State
from kiosk.core.till import decide
from kiosk.core.timing import next_deadline
from kiosk.i18n import format_money, is_rtl, say
from kiosk.receipts.account import tenders_of
from kiosk.receipts.layout import Receipts
from kiosk.runtime.door import Answer
from kiosk.runtime.hearing import Hearing
from kiosk.runtime.publish import Publisher
from kiosk.runtime.rehearsal import Rehearsal, has_practice
from kiosk.runtime.scan import CodeMoney, read_code
from kiosk.runtime.shop import rules_of
from kiosk.store.rounds import OpenRound, RoundRow
from kiosk.store.rounds import Part as RoundPart
from web import create_kiosk_app
from web.kiosk_ui.backroom import Backroom, ClaimOffer, ScreenReceipt

COINS: Final = {1: 10, 2: 20, 3: 50, 4: 100, 5: 200}
HOPPERS: Final = {"hopper-10": 10, "hopper-20": 20, "hopper-50": 50}
KEY: Final = bytes(range(32))
PIN: Final = "2468"
START_MS: Final = 1_000_000

RIG: Final = RigConfig(
    ports=(
        PortConfig(
            "coins",
            "wires/coins",
            9600,
            Wire.CCTALK,
            (
                DeviceConfig("coin", hw.DeviceKind.COIN_ACCEPTOR, address=2, coins=COINS),
                *(
                    DeviceConfig(name, hw.DeviceKind.HOPPER, address=index, value_minor=value)
                    for index, (name, value) in enumerate(HOPPERS.items(), 3)
                ),
            ),
        ),
        PortConfig(
            "coils", "wires/coils", 9600, Wire.FAFB, (DeviceConfig("coils", hw.DeviceKind.COIL_BOARD),)
        ),
        PortConfig(
            "printer", "wires/printer", 115200, Wire.ESCPOS, (DeviceConfig("printer", hw.DeviceKind.PRINTER),)
        ),
    )
)

NOTES: Final = {1: 500, 2: 1000, 3: 2000}
RECYCLED: Final = "notes-5"
ALL_MEANS_RIG: Final = RigConfig(
    ports=(
        *RIG.ports,
        PortConfig(
            "notes",
            "wires/notes",
            9600,
            Wire.SSP,
            (
                DeviceConfig("notes", hw.DeviceKind.NOTE_VALIDATOR, notes=NOTES, into={1: RECYCLED}),
                DeviceConfig(RECYCLED, hw.DeviceKind.HOPPER, value_minor=500, tube=1),
            ),
        ),
        PortConfig(
            "bus",
            "wires/bus",
            9600,
            Wire.MDB_QIBIXX,
            (
                DeviceConfig("tube-100", hw.DeviceKind.HOPPER, value_minor=100, tube=4),
                DeviceConfig("reader", hw.DeviceKind.CARD_READER, loads_credit=True),
            ),
        ),
    )
)
"""With a note validator that gives one kind back, a tube, and a card reader."""

CONFIG: Final = Config(
    kiosk_id="K-017",
    vendor=Vendor(name="Nilufar Markets", phone="+49 30 5550 0199", machine="17"),
    money=MoneyConfig(currency="EUR", exponent=2, cash_step_minor=10),
    tax_rates_bp={"standard": 1900, "reduced": 700, "zero": 0},
    timezone="Asia/Tehran",
    rig=RIG,
    has_keyboard_wedge=True,
)


ALL_MEANS: Final = replace(CONFIG, rig=ALL_MEANS_RIG)


class Stall:
    """The till behind the page."""

    def __init__(
        self,
        config: Config = CONFIG,
        catalogue: Catalogue | None = None,
        *,
        coins_each: int = 40,
        pieces_each: int = 4,
        has_printer: bool = True,
    ) -> None:
        self.config = config
        self.shop = Shop(
            rules_of(config), sample_catalogue(2, CONFIG.tax_rates_bp)[0] if catalogue is None else catalogue
        )
        self.publisher = Publisher()
        self._way_of_screens = threading.Lock()
        self.hearing = Hearing(lambda: self.now_ms)
        self.traces: dict[str, Trace] = {port.name: Trace() for port in config.rig.ports}
        self.facts: list[f.Recorded] = []
        self.now_ms = START_MS
        self.claims: list[tuple[About, str, int]] = []
        self.offer = ClaimOffer()
        self.aftermath: Aftermath | None = None
        self._lock = threading.RLock()
        self._answers: dict[str, Answer] = {}
        self._state = State()
        self._touched_ms = self.now_ms
        self._event_no = 0
        self._notice: Notice | None = None
        self.rehearsal: Rehearsal | None = None
        self._keep(
            f.JournalOpened(
                kiosk_id=config.kiosk_id, currency="EUR", exponent=config.money.exponent, software="t"
            )
        )
        self.put(ev.BootStarted(boot=1, is_clean=True, software="t"))
        self._switch_on(coins_each=coins_each, pieces_each=pieces_each, has_printer=has_printer)

    # --- the door

    def ask(self, event: ev.PersonEvent) -> Answer:
        with self._lock:
            sender = getattr(event, "tap", "") or getattr(event, "token", "")
            if sender in self._answers:
                return self._answers[sender]
            self._touched_ms = self.now_ms
            answer = Answer(self.put(event), self._state.seq)
            if sender:
                self._answers[sender] = answer
            return answer

    def screen(self) -> Screen:
        return self.publisher.screen()

    def wait_for_screen(self, after: int, timeout_ms: int) -> Screen | None:
        screen = self.publisher.wait(after, timeout_ms)
        with self._way_of_screens:
            return screen

    @contextmanager
    def late_screens(self) -> Iterator[None]:
        """New screens stay on their way until this ends, while answers arrive."""
        with self._way_of_screens:
            yield

    def acknowledge(self, stream: int) -> None:
        self.publisher.acknowledge(stream, self.now_ms)

    def catalogue(self) -> Catalogue:
        return self.shop.catalogue

    def debt_code(self, epoch: int, seq: int) -> str:
        return code_of(KEY, self.config.kiosk_id, epoch, seq)

    def debt_of_code(self, code: str) -> str:
        return match_code(
            code, [(debt.debt, self.debt_code(*place_of(debt.debt))) for debt in self._state.debts.values()]
        )

    def monotonic_ms(self) -> int:
        return self.now_ms

    # --- the world

    @property
    def state(self) -> State:
        """The till's state."""
        return self._state

    def put(self, event: ev.Event) -> Notice:
        """Decide an event, keep its facts, publish."""
        if isinstance(event, hw.DeviceEvent):
            self.hearing.note((event,))
        with self._lock:
            stamp = Stamp(at=self._at(), now_ms=self.now_ms)
            if self.rehearsal is not None and self.rehearsal.takes(event):
                self._notice = self.rehearsal.hear(event, stamp, self.shop)
                self._practise(stamp)
                return self._notice
            decision = decide(self._state, event, stamp, self.shop)
            for fact in decision.facts:
                self._keep(fact)
            if not isinstance(event, ev.LoopEvent):
                is_word = decision.notice.key != "done" or isinstance(event, ev.PersonEvent)
                self._notice = decision.notice if is_word else self._notice
            if not has_practice(self._state):
                self.rehearsal = None
            elif self.rehearsal is None:
                self.rehearsal = Rehearsal(self._state, self.shop, self.now_ms)
            self._publish()
            return decision.notice

    def _practise(self, stamp: Stamp) -> None:
        """What pretended devices answer by now, and the visits that are over."""
        if self.rehearsal is None:
            return
        while (said := self.rehearsal.go_on(stamp, self.shop)) is not None:
            self._notice = said if said.key != "done" else self._notice
        for visit in self.rehearsal.over():
            self.put(visit)
        self._publish()

    def coin(self, value_minor: int) -> None:
        """A coin falls."""
        position = next(position for position, value in COINS.items() if value == value_minor)
        self._event_no += 1
        self.put(
            hw.CoinAccepted(
                "coin", serial=7, device_epoch=0, event_no=self._event_no, position=position,
                value_minor=value_minor, currency="EUR", path=1,
            )
        )  # fmt: skip

    def escrow(self, value_minor: int) -> None:
        """A note lies between hand and box, a second after it was put in."""
        self.pass_time(1_000)
        position = next(position for position, value in NOTES.items() if value == value_minor)
        self.put(
            hw.NoteEscrowed("notes", position=position, value_minor=value_minor, currency="EUR", kept_total=0)
        )

    def stack(self) -> None:
        """The note is in."""
        job = self._state.note
        assert job is not None
        self._event_no += 1
        self.put(
            hw.NoteStacked(
                "notes", serial=9, device_epoch=0, event_no=self._event_no, position=job.position,
                value_minor=job.value_minor, currency="EUR", job=job.job,
                into=RECYCLED if job.position == 1 else "",
            )
        )  # fmt: skip

    def note(self, value_minor: int) -> None:
        """A note is put in, and stays."""
        self.escrow(value_minor)
        self.stack()

    def card(self, kind: type[hw.DeviceEvent], **values: object) -> None:
        """The reader's word on the open request."""
        job = self._state.card
        assert job is not None
        self.put(kind("reader", job=job.job, **values))  # type: ignore[call-arg] # each kind has its own values

    def approve(self) -> None:
        """The card is charged what was asked."""
        job = self._state.card
        assert job is not None
        self.card(hw.CardApproved, amount_minor=job.asked_minor)

    def deliver(self, *, fault: hw.Fault | None = None) -> None:
        """The coil that turns delivers, or fails."""
        job = self._state.vend
        assert job is not None
        if fault is None:
            self.put(hw.VendDelivered(job.device, job=job.job, seen=True))
        else:
            self.put(hw.VendFailed(job.device, job=job.job, fault=fault))

    def lose_vend(self) -> None:
        """Nobody can say what became of the coil that turns."""
        job = self._state.vend
        assert job is not None
        self.put(hw.VendUnknown(job.device, job=job.job, fault=hw.Fault.NO_REPLY))

    def pay(self, *, most: int | None = None) -> None:
        """The hopper that pays pays all, or at most so many coins and is empty then."""
        job = self._state.payout
        assert job is not None
        paid = job.qty if most is None else min(most, job.qty)
        total = (job.paid_total or 0) + paid
        fault = None if paid == job.qty else hw.Fault.EMPTY
        self.put(hw.CoinsPaid(job.device, job=job.job, paid_qty=paid, paid_total=total, fault=fault))

    def pay_all(self) -> None:
        """All change comes."""
        while self._state.payout is not None:
            self.pay()

    def serve(self) -> None:
        """Everything that was chosen falls, and all change comes."""
        while self._state.vend is not None:
            self.deliver()
        self.pay_all()

    def pass_time(self, ms: int) -> None:
        """Time passes, and the till's deadlines with it."""
        end_ms = self.now_ms + ms
        while True:
            due = next_deadline(self._state, self.shop.rules, self._touched_ms)
            if due is None or due[0] > end_ms:
                break
            self.now_ms = max(self.now_ms, due[0])
            self.put(ev.DeadlinePassed(due[1]))
        self.now_ms = end_ms
        self._practise(Stamp(at=self._at(), now_ms=self.now_ms))
        self._publish()

    def scan(self, code: str) -> Notice:
        """The scanner reads a code."""
        return self.put(self.read_scan(code))

    def read_scan(self, code: str) -> ev.ScanRead:
        """What a code means."""
        return read_code(code, "", self.shop.catalogue, dt.date(2026, 11, 21), CodeMoney("EUR", 2))

    # --- the backroom

    def backroom(self) -> Backroom:
        """What the pages ask for beside the door."""
        return Backroom(
            read_scan=self.read_scan,
            offer_claim=lambda _about: self.offer,
            open_claim=self._open_claim,
            sign_in=self._sign_in,
            receipt=self._receipt,
            tenders=lambda visit: tenders_of(
                each.fact for each in self.facts if getattr(each.fact, "visit", "") == visit
            ),
            hoppers=lambda: self._state.hoppers,
            tell_cut=self._tell_cut,
            devices=lambda: self.hearing.look(self.config.rig, self._state, self.shop.rules, self.traces),
            held_in=self._held_in,
            round=self._round,
        )

    def _held_in(self, collection: str) -> dict[str, frozenset[int]]:
        return {
            taken.container: frozenset(value for value, _ in taken.pieces)
            for each in self.facts
            if isinstance(each.fact, f.CollectionStarted) and each.fact.collection == collection
            for taken in each.fact.taken
        }

    def _round(self) -> OpenRound | None:
        """The open round: every coil is filled up with goods that keep for twelve days, the first one is counted."""
        known = self._state.round
        if known is None:
            return None
        slots = self.catalogue().slots
        tasks = plan_round(
            slots.values(),
            (),
            today=dt.date(2026, 11, 21),
            bring={
                code: slots[code].capacity - book.qty
                for code, book in self._state.coils.items()
                if code in slots
            },
            doubtful={next(iter(slots.values())).sku},
            shelf_life_days={slot.sku: 12 for slot in slots.values()},
        )
        done = {
            token.partition(":")[2] for token in self._state.tokens if token.startswith(f"{known.round}:")
        }
        parts = tuple(
            RoundPart(
                step,
                tuple(task for task in tasks if task.step is step and task.key not in done),
                sum(1 for key in done if key.startswith(f"{step}-")),
            )
            for step in Step
        )
        return OpenRound(RoundRow(known.round, (1, 1), known.by, "2026-11-21T09:30:00.000Z", "", 0), parts)

    def _open_claim(self, about: About, token: str, said_minor: int) -> Notice:
        self.claims.append((about, token, said_minor))
        owing = next(iter(self._state.debts.values()), None)
        verdict = f.Verdict.UNSEEN if owing is None else f.Verdict.PROVEN
        event = ev.ClaimMade(
            token=token, about=about, visit=self.offer.visit, said_minor=said_minor, channel="screen",
            subject="", verdict=verdict, amount_minor=0 if owing is None else owing.amount_minor,
            debt="" if owing is None else owing.debt, evidence=(),
        )  # fmt: skip
        notice = self.ask(event).notice
        if notice.key != "claim_opened":
            return notice
        due = "2026-11-25T19:00:00.000Z" if owing is None else ""
        return Notice(notice.key, params={**notice.params, "verdict": verdict, "due": due})

    def _tell_cut(self, language: str) -> Told | None:
        if self.aftermath is None:
            return None
        return say_aftermath(
            language, self.aftermath, currency="EUR", exponent=2, timezone=self.config.timezone
        )

    def _sign_in(self, name: str, pin: str) -> Notice:
        if pin != PIN:
            self.put(ev.SignInFailed(user=name, failures=1))
            return Notice("sign_in_wrong", is_refusal=True)
        return self.put(ev.ClerkEntered(clerk=name))

    def _receipt(self, visit: str, language: str) -> ScreenReceipt | None:
        if self.rehearsal is not None:
            seen = self.rehearsal.practised(self._state)
            receipts = Receipts(self.config, debt_code=self.debt_code, catalogue=self.catalogue)
            return ScreenReceipt(
                receipts.practised(seen.facts, number=seen.number, at=seen.at, language=language)
            )
        sales = [each.fact for each in self.facts if isinstance(each.fact, f.SaleClosed)]
        sale = next((sale for sale in sales if sale.visit == visit), None)
        if sale is None:
            return None

        def money(amount_minor: int) -> str:
            return format_money(amount_minor, "EUR", 2, language)

        products = self.shop.catalogue.products
        parts: tuple[Part, ...] = (
            Line(self.config.vendor.name, is_bold=True, is_large=True, align=Align.CENTRE),
            Line(say(language, "paper.number", number=str(sale.receipt_no))),
            Rule(),
            *(Columns(products[line.sku].names[language], money(line.price_minor)) for line in sale.lines),
            Rule(),
            Columns(say(language, "paper.total"), money(sale.total_minor), is_bold=True),
        )
        return ScreenReceipt(Document(language, is_rtl(language), parts), qr=f"receipt {sale.receipt_no}")

    # --- inside

    def _at(self) -> str:
        moment = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC) + dt.timedelta(
            milliseconds=self.now_ms - START_MS
        )
        return moment.isoformat()

    def _keep(self, fact: f.Fact) -> None:
        recorded = f.Recorded(seq=self._state.seq + 1, at=self._at(), now_ms=self.now_ms, fact=fact)
        self._state = evolve(self._state, recorded)
        self.facts.append(recorded)

    def _publish(self) -> None:
        if self.rehearsal is not None:
            self.publisher.publish(
                self.rehearsal.screen(
                    self._state, self.shop, now_ms=self.now_ms, notice=self._notice, today=""
                )
            )
            return
        self.publisher.publish(
            screen_of(
                self._state,
                self.shop,
                now_ms=self.now_ms,
                touched_ms=self._touched_ms,
                stream=0,
                notice=self._notice,
            )
        )

    def _switch_on(self, *, coins_each: int, pieces_each: int, has_printer: bool) -> None:
        counts = tuple(hw.AcceptCount(position, 0) for position in COINS)
        self.put(
            hw.AcceptorIdentified(
                "coin", serial=7, device_epoch=0, event_no=0, accept_counts=counts, restarted=False
            )
        )
        hoppers = tuple(self.shop.rules.hoppers)
        for index, name in enumerate(hoppers):
            self.put(
                hw.HopperIdentified(name, serial=index + 1, paid_total=0, is_low=False, lost_power=False)
            )
        for name in self.shop.rules.notes:
            self.put(
                hw.AcceptorIdentified(
                    name, serial=9, device_epoch=0, event_no=0, accept_counts=None, restarted=False,
                    kind=hw.DeviceKind.NOTE_VALIDATOR,
                )
            )  # fmt: skip
        for name in self.shop.rules.readers:
            self.put(hw.CardReaderIdentified(name, serial=11, can_refund=True, restarted=False))
        self.put(hw.CoilBoardIdentified("coils"))
        if has_printer:
            self.put(hw.PrinterStatus("printer", paper=hw.Paper.OK, is_online=True, cover_open=False))
        self.put(ev.ClerkEntered(clerk="sara"))
        for name in hoppers if coins_each else ():
            self.put(ev.HopperFilled(token=f"float-{name}", clerk="sara", device=name, qty=coins_each))
        for slot in self.shop.catalogue.slots.values():
            if slot.place is Place.COIL and pieces_each:
                qty = min(pieces_each, slot.capacity)
                self.put(
                    ev.StockCounted(
                        token=f"stock-{slot.code}", by="sara", slot=slot.code, move="count", qty=qty
                    )
                )
        self.put(ev.ClerkLeft(clerk="sara"))
        self._notice = None
        self._publish()


@contextmanager
def open_page(stall: Stall) -> Iterator[str]:
    """Serve a stall's page on loopback and give its address; afterwards the stall publishes no more."""
    stop = threading.Event()
    app = create_kiosk_app(stall, stall.config, stall.backroom(), stop=stop)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        stop.set()
        stall.publisher.close()
        server.shutdown()
        server.server_close()
        thread.join(5)
