"""A real till on a real SQLite store, turned by hand: no thread, no devices, a clock that moves when told.

The test plays the devices: it answers the commands that the till sent. Everything else is the product.
"""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from nacl.signing import SigningKey
from sqlalchemy import text

from hardware import events as hw
from hardware.commands import Authority, Command, PayCoins, Print, TurnCoil
from hardware.document import Document
from inventory.catalogue import Catalogue, Place, Product, Slot
from kiosk.core import events as ev
from kiosk.core.draft import Notice
from kiosk.core.facts import Fact, Recorded
from kiosk.core.rules import Rules, Shop
from kiosk.core.screen import Screen
from kiosk.core.state import State
from kiosk.journal.entry import Entry, recorded_of
from kiosk.money import Currency
from kiosk.runtime.clock import stamp_of
from kiosk.runtime.door import Answer
from kiosk.runtime.loop import Till, TillParts, _Letter, _sender_id
from kiosk.store.database import open_reader, open_writer, reading, sqlite_url
from kiosk.store.ledger import Ledger, read_entries

KIOSK_ID: Final = "K1"
CODES_KEY: Final = b"k" * 32
SERIAL: Final = 7001
COINS: Final = {1: 10, 2: 20, 3: 50, 4: 100, 5: 200}
HOPPERS: Final = {"hopper-10": 10, "hopper-20": 20, "hopper-50": 50}

PRODUCTS: Final = (
    Product(
        sku="COLA",
        names={"en": "Navira Cola 330 ml", "fa": "نوشابه کولا نویرا", "ar": "كولا نافيرا"},
        gtins=("06260441801411",),
        price_minor=150,
        cost_minor=62,
        tax_class="standard",
        category="drinks",
    ),
    Product(
        sku="NUTS",
        names={"en": "Roasted pistachios", "fa": "پستهٔ بوداده", "ar": "فستق محمص"},
        gtins=(),
        price_minor=230,
        cost_minor=120,
        tax_class="reduced",
        category="nuts",
        is_loose=True,
    ),
)
SLOTS: Final = (
    Slot(code="A1", place=Place.COIL, sku="COLA", capacity=8, par_qty=6, coil=1),
    Slot(code="A2", place=Place.COIL, sku="NUTS", capacity=8, par_qty=6, coil=2),
    Slot(code="S1", place=Place.SHELF, sku="NUTS", capacity=20, par_qty=10),
)


class HandClock:
    """Moves only when told; wall time and monotonic time go together."""

    def __init__(self, wall: datetime) -> None:
        self._wall = wall
        self._now_ms = 1_000

    def now_ms(self) -> int:
        return self._now_ms

    def wall(self) -> datetime:
        return self._wall

    def move(self, ms: int) -> None:
        self._now_ms += ms
        self._wall += timedelta(milliseconds=ms)


class World:
    """One kiosk; also the door that claims and pages ask."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
        self.kiosk_id = KIOSK_ID
        self.url = sqlite_url(folder / "kiosk.db")
        self.key = SigningKey(b"s" * 32)
        self.sent: list[Command] = []
        self.catalogue_now = Catalogue.of(PRODUCTS, SLOTS)
        self.reader = open_reader(self.url)
        self._events = 0
        self._taps = 0
        self._start()
        self.identify()
        self.fill(dict.fromkeys(HOPPERS, 20))
        for slot in SLOTS[:2]:
            self.ask(
                ev.StockCounted(token=f"fill-{slot.code}", by="clerk", slot=slot.code, move="fill", qty=5)
            )

    # --- the machine

    def _start(self) -> None:
        self.ledger, state = Ledger.open(
            open_writer(self.url),
            kiosk_id=KIOSK_ID,
            currency=Currency("EUR", 2),
            key=self.key,
            stamp=stamp_of(self.clock),
            software="test",
        )
        rules = Rules(
            coins={"coins": COINS},
            hoppers=HOPPERS,
            boards=("coils",),
            printers=("printer",),
            languages=("en", "fa", "ar"),
            tax_rates_bp={"standard": 1900, "reduced": 700},
            cash_step_minor=10,
        )
        self.till = Till(
            TillParts(
                ledger=self.ledger,
                state=state,
                shop=Shop(rules=rules, catalogue=self.catalogue_now),
                clock=self.clock,
                codes_key=CODES_KEY,
                timezone=ZoneInfo("Europe/Berlin"),
                screen_silent_ms=10_000,
                layout=lambda effect: Document(language=effect.language, is_rtl=False, parts=()),
                space=lambda: ("ok", 10_000),
                wal_bytes=lambda: 0,
            )
        )
        self.till.attach(self)
        boot, is_clean = state.boot + 1, state.is_stopped
        self.ledger.set_boot(boot)
        self.tell(ev.BootStarted(boot=boot, is_clean=is_clean, software="test"))

    def identify(self) -> None:
        """Every device answers for the first time."""
        self.tell(hw.AcceptorIdentified("coins", SERIAL, 1, self._events, None, restarted=False))
        for device in HOPPERS:
            self.tell(hw.HopperIdentified(device, SERIAL, None, None, lost_power=False))
        self.tell(hw.CoilBoardIdentified("coils"))

    def cut_power(self) -> None:
        """Kill the process as it stands and start again; devices have not answered yet."""
        self.ledger._cursor.close()
        self.ledger._connection.close()
        self.ledger._engine.dispose()
        self.clock.move(5_000)
        self.sent.clear()
        self._start()

    def close(self) -> None:
        self.ledger.close()
        self.reader.dispose()

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """What the till asks of devices is kept until the test answers it."""
        if isinstance(command, PayCoins | TurnCoil | Print):
            assert authority is not None
            self.sent.append(command)

    def tell(self, *events: ev.Event) -> None:
        """Events of devices or of the loop, in one drain."""
        self.till._inbox.put(_Letter(tuple(events)))
        self._turn()

    def _turn(self) -> None:
        self.clock.move(20)
        self.till.publisher.seen_ms = self.clock.now_ms()
        self.till._turn()
        assert self.till.failure is None

    def wait(self, ms: int) -> None:
        """Let time pass in steps that no deadline is missed by."""
        for _ in range(max(1, ms // 1_000)):
            self.clock.move(min(ms, 1_000))
            self.tell()

    # --- the door

    def ask(self, event: ev.PersonEvent) -> Answer:
        reply: Future[Answer] = Future()
        self.till._inbox.put(_Letter((event,), reply, _sender_id(event)))
        self._turn()
        return reply.result(timeout=0)

    def screen(self) -> Screen:
        return self.till.screen()

    def wait_for_screen(self, after: int, timeout_ms: int) -> Screen | None:
        return self.till.wait_for_screen(after, timeout_ms)

    def acknowledge(self, stream: int) -> None:
        self.till.acknowledge(stream)

    def catalogue(self) -> Catalogue:
        return self.till.catalogue()

    def debt_code(self, epoch: int, seq: int) -> str:
        return self.till.debt_code(epoch, seq)

    def debt_of_code(self, code: str) -> str:
        return self.till.debt_of_code(code)

    def monotonic_ms(self) -> int:
        return self.clock.now_ms()

    @property
    def state(self) -> State:
        return self.till.state()

    # --- people

    def tap(self) -> dict[str, object]:
        self._taps += 1
        return {"tap": f"tap-{self._taps}", "screen": self.state.screen}

    def fill(self, qtys: dict[str, int]) -> None:
        self._taps += 1
        self.ask(ev.ClerkEntered("clerk"))
        for device, qty in qtys.items():
            self.ask(ev.HopperFilled(token=f"{device}-{self._taps}", clerk="clerk", device=device, qty=qty))
        self.ask(ev.ClerkLeft("clerk"))

    def count(self, slot: str, qty: int) -> None:
        self._taps += 1
        self.ask(ev.StockCounted(token=f"count-{self._taps}", by="clerk", slot=slot, move="count", qty=qty))

    def coin(self, value_minor: int) -> None:
        self._events += 1
        position = next(each for each, value in COINS.items() if value == value_minor)
        self.tell(
            hw.CoinAccepted("coins", SERIAL, 1, self._events, position, value_minor, currency="EUR", path=1)
        )

    def coin_refused(self, *, is_returned: bool | None) -> None:
        self._events += 1
        self.tell(hw.CoinRefused("coins", SERIAL, 1, self._events, 8, hw.Fault.REFUSED, is_returned))

    def coins_lost(self, qty: int) -> None:
        self._events += qty
        self.tell(hw.CoinEventsLost("coins", SERIAL, 1, self._events, qty))

    def choose(self, slot: str) -> Notice:
        return self.ask(ev.SlotChosen(slot=slot, **self.tap())).notice  # type: ignore[arg-type]

    def pick(self, sku: str, qty: int = 1) -> Notice:
        return self.ask(ev.ProductChosen(sku=sku, qty=qty, **self.tap())).notice  # type: ignore[arg-type]

    def close_cart(self) -> None:
        self.ask(ev.CloseTapped(**self.tap()))  # type: ignore[arg-type]

    def money_back(self) -> None:
        self.ask(ev.MoneyBackTapped(**self.tap()))  # type: ignore[arg-type]

    def done(self) -> None:
        self.ask(ev.DoneTapped(**self.tap()))  # type: ignore[arg-type]

    def type_code(self, code: str) -> Notice:
        return self.ask(ev.DebtCodeTyped(debt=self.debt_of_code(code), **self.tap())).notice  # type: ignore[arg-type]

    # --- devices

    def _next(self) -> Command | None:
        return self.sent.pop(0) if self.sent else None

    def pay(self, *, most: int | None = None) -> int:
        """Hoppers pay what they are told, or at most ``most`` coins in all and then jam; returns the sum paid."""
        paid_minor = 0
        while isinstance(command := self._next(), PayCoins):
            qty = command.qty if most is None else min(most, command.qty)
            if most is not None:
                most -= qty
            fault = None if qty == command.qty else hw.Fault.EMPTY
            paid_minor += qty * HOPPERS[command.device]
            self.tell(hw.CoinsPaid(command.device, command.job, qty, None, fault))
        return paid_minor

    def lose_payout(self) -> None:
        command = self._next()
        assert isinstance(command, PayCoins)
        self.tell(hw.PayoutUnknown(command.device, command.job, hw.Fault.LOST_POWER))

    def vend(self, outcome: str, *, seen: bool = True) -> None:
        """The coil board answers the open vend: delivered, failed or unknown."""
        command = self._next()
        assert isinstance(command, TurnCoil)
        match outcome:
            case "delivered":
                self.tell(hw.VendDelivered(command.device, command.job, seen=seen))
            case "failed":
                self.tell(hw.VendFailed(command.device, command.job, hw.Fault.JAM))
            case _:
                self.tell(hw.VendUnknown(command.device, command.job, hw.Fault.LOST_POWER))

    # --- the journal

    def entries(self) -> list[Entry]:
        with reading(self.reader) as connection:
            return list(read_entries(connection, KIOSK_ID))

    def recorded(self) -> list[Recorded]:
        return [recorded_of(entry) for entry in self.entries()]

    def facts(self, kind: type[Fact]) -> list[Recorded]:
        return [each for each in self.recorded() if isinstance(each.fact, kind)]

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with reading(self.reader) as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    # --- stories

    def short_change(self) -> str:
        """A cola for two coins of 1.00, change 0.50, of which nothing comes; returns the visit."""
        self.choose("A1")
        self.coin(100)
        visit = self.screen().visit
        self.coin(100)
        self.vend("delivered")
        self.pay(most=0)
        return visit

    def sale(self) -> str:
        """A cola, paid with 2.00, delivered, 0.50 back; returns the visit."""
        self.choose("A1")
        self.coin(100)
        visit = self.screen().visit
        self.coin(100)
        self.vend("delivered")
        self.pay()
        return visit
