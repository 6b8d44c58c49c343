"""A real till thread on a real store, with devices that answer by event and a clock in the test's hand."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text

from hardware import events as hw
from hardware.commands import Authority, Command, PayCoins, Print, SetAccept, TurnCoil
from hardware.document import Cut, Document
from inventory.stockroom import save_catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.rules import Shop
from kiosk.core.state import Phase, State
from kiosk.journal.entry import Entry, read_content
from kiosk.runtime.clock import stamp_of
from kiosk.runtime.door import Answer
from kiosk.runtime.loop import Till, TillParts
from kiosk.store.database import open_reader, open_unlimited_reader, open_writer, reading, sqlite_url
from kiosk.store.ledger import Ledger, read_entries
from kiosk.store.verify import verify_journal
from tests.kiosk.goods import CATALOGUE, COILS
from tests.kiosk.world import COIN_VALUES, EURO, HOPPER_VALUES, KEY, MORNING, SHOP

PATIENCE_SECONDS = 10.0
SILENT_MS = 10_000


class HandClock:
    """Stands still until it is moved; every reading takes a millisecond, so that two steps never share a stamp."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now_ms = 1_000
        self._wall = MORNING

    def now_ms(self) -> int:
        with self._lock:
            self._now_ms += 1
            self._wall += timedelta(milliseconds=1)
            return self._now_ms

    def wall(self) -> datetime:
        with self._lock:
            return self._wall

    def advance(self, ms: int) -> None:
        with self._lock:
            self._now_ms += ms
            self._wall += timedelta(milliseconds=ms)

    def set_wall(self, wall: datetime) -> None:
        with self._lock:
            self._wall = wall


@dataclass
class Asked:
    """A command that reached the rig, and what was durable at that moment."""

    command: Command
    authority: Authority | None
    durable: tuple[str, ...]


@dataclass
class EventRig:
    """Devices that answer at once. ``refuses`` maps a command's type to the error that its driver raises."""

    look: Callable[[], tuple[str, ...]]
    tell: Callable[[tuple[hw.DeviceEvent, ...]], None]
    asked: list[Asked] = field(default_factory=list)
    refuses: dict[type[Command], Exception] = field(default_factory=dict)
    is_mute: bool = False

    def request(self, command: Command, authority: Authority | None = None) -> None:
        self.asked.append(Asked(command, authority, () if isinstance(command, SetAccept) else self.look()))
        error = self.refuses.get(type(command))
        if error is not None:
            raise error
        if self.is_mute:
            return
        match command:
            case PayCoins():
                self.tell((hw.CoinsPaid(command.device, command.job, command.qty, None),))
            case TurnCoil():
                self.tell((hw.VendDelivered(command.device, command.job, seen=True),))
            case Print():
                self.tell((hw.PrintEnded(command.device, command.job, hw.PrintResult.PRINTED),))

    def acts(self, kind: type[Command]) -> list[Asked]:
        return [each for each in self.asked if isinstance(each.command, kind)]

    def accepts(self) -> tuple[int, ...]:
        last = self.acts(SetAccept)[-1].command
        assert isinstance(last, SetAccept)
        return last.positions


class KioskThread:
    """One running till."""

    def __init__(self, folder: Path, *, wall: datetime = MORNING, shop: Shop = SHOP) -> None:
        self.url = sqlite_url(folder / "kiosk.db")
        self.clock = HandClock()
        self.clock.set_wall(wall)
        self.space = ("ok", 1_000)
        self.wal_bytes = 0
        self.ledger, state = Ledger.open(
            open_writer(self.url),
            kiosk_id="K1",
            currency=EURO,
            key=KEY,
            stamp=stamp_of(self.clock),
            software="test",
        )
        self.reader = open_reader(self.url)
        self.till = Till(
            TillParts(
                ledger=self.ledger,
                state=state,
                shop=shop,
                clock=self.clock,
                codes_key=bytes(32),
                timezone=ZoneInfo("UTC"),
                screen_silent_ms=SILENT_MS,
                layout=lambda effect: Document(effect.language, is_rtl=False, parts=(Cut(),)),
                space=lambda: self.space,
                wal_bytes=lambda: self.wal_bytes,
                goods_stay=gc.freeze,
            )
        )
        self.rig = EventRig(look=self.kinds, tell=self.till.deliver)
        self.till.attach(self.rig)
        self.coins = state.acceptors["coin"].event_no if "coin" in state.acceptors else 0

    def start(self) -> None:
        """Begin, with every device introduced."""
        self.till.start("test")
        self.tell(*self.introductions())

    def introductions(self) -> tuple[hw.DeviceEvent, ...]:
        """What every device says first."""
        hoppers = tuple(
            hw.HopperIdentified(name, serial=7, paid_total=None, is_low=None, lost_power=False)
            for name in HOPPER_VALUES
        )
        return (
            hw.AcceptorIdentified("coin", 4711, 1, self.coins, accept_counts=None, restarted=False),
            *hoppers,
            hw.CoilBoardIdentified("coils"),
            hw.PrinterStatus("printer", hw.Paper.OK, is_online=True, cover_open=False),
        )

    def stock(self) -> None:
        """Fill everything, as a clerk."""
        self.till.ask(ev.ClerkEntered("clerk"))
        for name in HOPPER_VALUES:
            self.till.ask(ev.HopperFilled(f"fill-{name}", "clerk", name, 50))
        for slot in COILS:
            self.till.ask(ev.StockCounted(f"count-{slot}", "clerk", slot, "count", 5))
        self.till.ask(ev.ClerkLeft("clerk"))

    # --- hands --------------------------------------------------------------------------------------------------------

    def tell(self, *events: hw.DeviceEvent) -> None:
        """One drain of a device, dealt with."""
        self.till.deliver(events)
        self.settle()

    def settle(self) -> None:
        """Wait until the inbox is empty: whatever was sent before has been dealt with, and what came of it too."""
        for _ in range(6):
            self.ask(ev.HandOver(debt="none", by=""))  # refused: it changes nothing and touches nothing

    def ask(self, event: ev.PersonEvent) -> Answer:
        return self.till.ask(event)

    def coin(self, value_minor: int) -> hw.CoinAccepted:
        """The event of the next coin."""
        position = next(place for place, value in COIN_VALUES.items() if value == value_minor)
        self.coins += 1
        return hw.CoinAccepted("coin", 4711, 1, self.coins, position, value_minor, "EUR", 1)

    def choose(self, slot: str, tap: str) -> Answer:
        return self.ask(ev.SlotChosen(tap=tap, screen=self.till.state().screen, slot=slot))

    def pass_time(self, ms: int) -> None:
        """Let time go by in steps, with somebody looking at the screen."""
        for _ in range(0, ms, 2_000):
            self.clock.advance(2_000)
            self.till.acknowledge(1)
            self.settle()

    # --- looking ------------------------------------------------------------------------------------------------------

    def until(self, holds: Callable[[State], bool]) -> State:
        """The state as soon as it ``holds``; fails when it does not in time."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds(self.till.state()):
            assert time.monotonic() < end, self.till.state()
            assert not self.till.ended.is_set(), self.till.failure
            self.till.wait_for_screen(self.till.screen().stream, 50)
        return self.till.state()

    def is_in(self, phase: Phase) -> bool:
        return self.till.state().phase is phase

    def entries(self) -> list[Entry]:
        with reading(self.reader) as connection:
            return list(read_entries(connection, "K1"))

    def kinds(self) -> tuple[str, ...]:
        """Kinds of what is durable, read on a connection of its own."""
        return tuple(entry.kind for entry in self.entries())

    def facts(self, *kinds: type[f.Fact]) -> list[f.Fact]:
        return [
            fact for fact in (read_content(entry).fact for entry in self.entries()) if isinstance(fact, kinds)
        ]

    def scalar(self, statement: str) -> object:
        with reading(self.reader) as connection:
            return connection.execute(text(statement)).scalar()

    def end(self) -> None:
        """Stop, and check the books."""
        assert self.till.stop()
        if self.till.failure is None:
            self.ledger.close()
        else:
            self.ledger._connection.invalidate()
            self.ledger._engine.dispose()
        self.reader.dispose()
        engine = open_unlimited_reader(self.url)
        with reading(engine) as connection:
            assert verify_journal(connection, public_key=KEY.verify_key.encode().hex()).problems == ()
        engine.dispose()


def keep_goods(folder: Path) -> None:
    """Save the goods into the store, as an import did."""
    engine = open_writer(sqlite_url(folder / "kiosk.db"))
    with engine.connect() as connection:
        save_catalogue(connection, CATALOGUE)
    engine.dispose()


__all__ = ["UTC", "KioskThread", "keep_goods"]
