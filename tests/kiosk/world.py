"""A kiosk in a test's hand: the pure till, a real ledger on a real file, simulated devices, and a clock that stands still.

Everything physical is counted by the devices themselves, so that a test can compare what happened with what is written.
`World.cut_at` ends the kiosk (never the devices) at the n-th dangerous moment; `World.start` begins it again.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import structs
from nacl.signing import SigningKey

from hardware import events as hw
from hardware.commands import Authority, Command, PayCoins, Print, SetAccept, TurnCoil
from hardware.document import Cut, Document
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import accepted_positions
from kiosk.core.draft import Decision, Notice, Stamp
from kiosk.core.effects import PrintReceipt, effect_of
from kiosk.core.fold import check
from kiosk.core.rules import Rules, Shop
from kiosk.core.screen import Screen, screen_of
from kiosk.core.state import Phase, State, Visit
from kiosk.core.till import decide
from kiosk.core.timing import next_deadline
from kiosk.money import Currency
from kiosk.runtime.service import NO_SERIAL
from kiosk.store.anchor import AnchorFile
from kiosk.store.database import open_writer, sqlite_url
from kiosk.store.ledger import Ledger
from kiosk.store.verify import Verification, verify_journal
from tests.kiosk.devices import Acceptor, Board, Hopper, Printer
from tests.kiosk.goods import APPLE, BAR, CATALOGUE, CHIPS, COILS, PRICES, WATER

__all__ = ["APPLE", "BAR", "CATALOGUE", "CHIPS", "COILS", "WATER", "PowerCut", "World"]

COIN_VALUES = {1: 10, 2: 20, 3: 50, 4: 100, 5: 200}
HOPPER_VALUES = {"hopper-10": 10, "hopper-20": 20, "hopper-50": 50}
EURO = Currency("EUR", 2)
KEY = SigningKey(bytes(range(32)))
RULES = Rules(
    coins={"coin": COIN_VALUES},
    hoppers=HOPPER_VALUES,
    boards=("coils",),
    printers=("printer",),
    languages=("en", "fa", "ar"),
    tax_rates_bp={"standard": 1900, "reduced": 700},
    cash_step_minor=10,
)
SHOP = Shop(RULES, CATALOGUE)
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class PowerCut(BaseException):
    """The kiosk's process ends here; no code of ours may catch it."""


@dataclass(frozen=True)
class Happened:
    """One line of the world's own diary: ``append`` of facts, or ``request`` of a command."""

    what: str
    names: tuple[str, ...]
    boot: int


class World:
    """One kiosk and its devices."""

    anchor: AnchorFile | None = None
    """The file that remembers the journal's head, where a test has one."""

    def __init__(
        self,
        folder: Path,
        *,
        coins: int = 50,
        goods: int = 5,
        has_counts: bool = True,
        url: str = "",
        kiosk_id: str = "K1",
        key: SigningKey = KEY,
    ) -> None:
        self.kiosk_id = kiosk_id
        self.key = key
        self.folder = folder
        self.url = url or sqlite_url(folder / "kiosk.db")
        self.now_ms = 1_000
        self.wall = MORNING
        self.shop = SHOP
        self.acceptor = Acceptor("coin", dict(COIN_VALUES))
        if has_counts:
            self.acceptor.keep_counts()
        self.hoppers = {
            name: Hopper(name, value, serial=100 + index)
            for index, (name, value) in enumerate(HOPPER_VALUES.items())
        }
        self.board = Board("coils", dict.fromkeys(COILS.values(), 0))
        self.printer = Printer("printer")
        self.tray: list[int] = []
        self.inbox: deque[hw.DeviceEvent] = deque()
        self.held: list[hw.DeviceEvent] = []
        self.holds = False
        """While true, devices keep their answers until `release`."""
        self.diary: list[Happened] = []
        self.cuts = 0
        self.cut_at: int | None = None
        self.cut_where = ""
        self.notice = Notice("done")
        self.touched_ms = self.now_ms
        self.boots = 0
        self.taps = 0
        self.shelf_minor = 0
        """Price of the shelf goods that were sold, as told by the facts when they were stored."""
        self.has_swallowed = False
        self.ledger: Ledger | None = None
        self.state = State()
        self.furnish()
        self.start()
        if coins or goods:
            self.stock(coins=coins, goods=goods)

    def furnish(self) -> None:
        """Devices that only some worlds have."""

    # --- the kiosk's life ---------------------------------------------------------------------------------------------

    def stamp(self) -> Stamp:
        return Stamp(at=self.wall.strftime("%Y-%m-%dT%H:%M:%S.000Z"), now_ms=self.now_ms)

    def start(self, *, answering: tuple[str, ...] = ("coin", *HOPPER_VALUES, "coils", "printer")) -> None:
        """A new process on the same file and the same devices; ``answering`` devices make contact."""
        self.ledger, self.state = Ledger.open(
            open_writer(self.url),
            kiosk_id=self.kiosk_id,
            currency=EURO,
            key=self.key,
            stamp=self.stamp(),
            software="test",
            anchor=self.anchor,
        )
        self.inbox.clear()
        self.held.clear()
        self.boots = self.state.boot + 1
        self.ledger.set_boot(self.boots)
        self.touched_ms = self.now_ms
        self.step(ev.BootStarted(boot=self.boots, is_clean=self.state.is_stopped, software="test"))
        self.answer(*answering)

    def answer(self, *names: str) -> None:
        """First contact with these devices."""
        for name in names:
            if name == "coin":
                book = self.state.acceptors.get("coin")
                if book is not None and self.state.is_unmet("coin"):
                    book = structs.replace(
                        book, serial=NO_SERIAL
                    )  # as the service tells a driver after a restore
                self.acceptor.answer(self.tell, book)
            elif name in self.hoppers:
                self.hoppers[name].answer(self.tell)
            elif name == "coils":
                self.board.answer(self.tell)
            else:
                self.printer.answer(self.tell)
            self.work()

    def die(self) -> None:
        """SIGKILL: what was not appended is gone. Devices do not notice."""
        if self.ledger is not None:
            self.ledger._connection.invalidate()
            self.ledger._engine.dispose()
        self.ledger = None
        self.inbox.clear()
        self.held.clear()
        self.cut_at = None

    def power_cut(self) -> None:
        """Kiosk and devices lose power together."""
        self.die()
        self.acceptor.lose_power()

    def crash(self, *, answering: tuple[str, ...] = ("coin", *HOPPER_VALUES, "coils", "printer")) -> None:
        """SIGKILL, and start again a while later."""
        self.die()
        self.now_ms += 5_000
        self.wall += timedelta(seconds=5)
        self.start(answering=answering)

    def stop(self) -> None:
        """A clean end."""
        self.step(ev.StopAsked())
        assert self.ledger is not None
        self.state = self.ledger.checkpoint(self.state, self.stamp())
        self.ledger.close()
        self.ledger = None

    @contextmanager
    def cutting(self, at: int, where: str = "") -> Iterator[None]:
        """End the kiosk at the ``at``-th dangerous moment from here (only those that ``where`` names), if there are so many."""
        self.cuts, self.cut_at, self.cut_where = 0, at, where
        try:
            yield
        except PowerCut:
            self.die()
        finally:
            self.cut_at = None

    def cut(self, where: str) -> None:
        """A dangerous moment."""
        self.cuts += self.cut_where in where
        if self.cut_at is not None and self.cuts >= self.cut_at:
            raise PowerCut

    # --- the loop, small ----------------------------------------------------------------------------------------------

    def tell(self, event: hw.DeviceEvent) -> None:
        """A device's word arrives."""
        (self.held if self.holds else self.inbox).append(event)

    def release(self) -> None:
        """Let the held answers arrive."""
        self.holds = False
        self.inbox.extend(self.held)
        self.held.clear()
        self.work()

    def work(self) -> None:
        """Deal with everything that arrived."""
        while self.inbox:
            self.step(self.inbox.popleft())

    def step(self, event: ev.Event) -> Notice:
        """Decide, record, act."""
        if isinstance(event, ev.Tap | ev.ScanRead | hw.CoinAccepted | ev.ClerkEntered):
            self.touched_ms = self.now_ms
        decision = decide(self.state, event, self.stamp(), self.shop)
        self.commit(decision)
        self.notice = decision.notice
        return decision.notice

    def commit(self, decision: Decision) -> None:
        assert self.ledger is not None
        if decision.facts:
            self.cut("before an append")
            names = tuple(type(fact).__name__ for fact in decision.facts)
            appended = self.ledger.append(decision.facts, self.stamp(), "")
            self.diary.append(Happened("append", names, self.boots))
            for fact in decision.facts:
                self._note(fact)
            self.cut("after an append")
            self.state = decision.state
            for fact, authority in zip(decision.facts, appended.authorities, strict=True):
                self._act(fact, authority)
        self._tell_acceptor()

    def _tell_acceptor(self) -> None:
        wanted = accepted_positions(self.state, self.shop.rules, self.now_ms)
        if "coin" in self.state.awaited and wanted["coin"] != self.acceptor.positions:
            self.request(SetAccept("coin", wanted["coin"]), None)

    def _note(self, fact: f.Fact) -> None:
        if isinstance(fact, f.SaleClosed):
            self.shelf_minor += sum(line.price_minor for line in fact.lines if not line.coil)
        self.has_swallowed = self.has_swallowed or isinstance(fact, f.MoneyPossiblySwallowed)

    def _act(self, fact: f.Fact, authority: Authority) -> None:
        effect = effect_of(fact)
        if isinstance(effect, PrintReceipt):
            self.request(
                Print("printer", effect.job, Document("en", is_rtl=False, parts=(Cut(),))), authority
            )
        elif effect is not None:
            self.request(effect, authority)

    def request(self, command: Command, authority: Authority | None) -> None:
        match command:
            case SetAccept():
                self.acceptor.take(command)
                return
            case PayCoins():
                self.diary.append(Happened("request", (command.job,), self.boots))
                assert authority is not None
                self.hoppers[command.device].pay(command, tray=self.tray, cut=self.cut, tell=self.tell)
            case TurnCoil():
                self.diary.append(Happened("request", (command.job,), self.boots))
                assert authority is not None
                self.board.turn(command, cut=self.cut, tell=self.tell)
            case Print():
                self.diary.append(Happened("request", (command.job,), self.boots))
                assert authority is not None
                self.printer.print(command, self.tell)

    # --- hands --------------------------------------------------------------------------------------------------------

    def stock(self, *, coins: int, goods: int) -> None:
        """The clerk's morning: hoppers and coils filled, and counted."""
        self.ask(ev.ClerkEntered("clerk"))
        if coins:
            for name, hopper in self.hoppers.items():
                hopper.qty += coins
                self.ask(ev.HopperFilled(f"fill-{name}-{self.state.seq}", "clerk", name, coins))
        if goods:
            for slot, coil in COILS.items():
                self.board.qty[coil] = goods
                self.ask(ev.StockCounted(f"count-{slot}-{self.state.seq}", "clerk", slot, "count", goods))
        self.ask(ev.ClerkLeft("clerk"))

    def ask(self, event: ev.PersonEvent) -> Notice:
        """A person's act, and what it leads to."""
        notice = self.step(event)
        self.work()
        return notice

    def coin(self, value_minor: int) -> bool:
        """A shopper drops a coin; whether it stayed in."""
        counter = self.acceptor.drop(value_minor)
        if counter and self.ledger is not None:
            self.cut("a coin has fallen, nobody knows")
            self.inbox.append(self.acceptor.event(*self.acceptor.ring[-1]))
            self.work()
        return bool(counter)

    def coins(self, *values_minor: int) -> None:
        for value_minor in values_minor:
            assert self.coin(value_minor), f"{value_minor} was not accepted"

    def scan(self, sku: str) -> Notice:
        return self.ask(ev.ScanRead(code="0", sku=sku, reason="" if sku else "code_unknown"))

    def tap(self, kind: Callable[..., ev.Tap], **values: object) -> Notice:
        """A touch on the screen as it is now."""
        self.taps += 1
        return self.ask(kind(tap=f"tap-{self.taps}", screen=self.state.screen, **values))

    def choose(self, slot: str) -> Notice:
        return self.tap(ev.SlotChosen, slot=slot)

    def money_back(self) -> Notice:
        return self.tap(ev.MoneyBackTapped)

    def close(self) -> Notice:
        return self.tap(ev.CloseTapped)

    def pass_time(self, ms: int) -> None:
        """Let time go by, with every deadline met at its moment."""
        end_ms = self.now_ms + ms
        while True:
            deadline = next_deadline(self.state, self.shop.rules, self.touched_ms)
            if deadline is None or deadline[0] > end_ms:
                break
            self._advance(max(0, deadline[0] - self.now_ms))
            self.step(ev.DeadlinePassed(deadline[1]))
            self.work()
        self._advance(end_ms - self.now_ms)
        self._tell_acceptor()  # a limit may have ended

    def _advance(self, ms: int) -> None:
        self.now_ms += ms
        self.wall += timedelta(milliseconds=ms)

    def set_rules(self, **changes: Any) -> None:
        self.shop = replace(self.shop, rules=replace(self.shop.rules, **changes))

    # --- looking ------------------------------------------------------------------------------------------------------

    def is_in(self, phase: Phase) -> bool:
        return self.state.phase is phase

    @property
    def visit(self) -> Visit:
        assert self.state.visit is not None
        return self.state.visit

    @property
    def tray_minor(self) -> int:
        return sum(self.tray)

    @property
    def owed_minor(self) -> int:
        return self.state.totals.owed

    def screen(self) -> Screen:
        return screen_of(self.state, self.shop, now_ms=self.now_ms, touched_ms=self.touched_ms, stream=1)

    def facts(self, *kinds: type[f.Fact]) -> list[f.Fact]:
        """What is durable, in order, of these kinds (all when none is named)."""
        return [fact for fact in self.all_facts() if not kinds or isinstance(fact, kinds)]

    def all_facts(self) -> list[f.Fact]:
        from kiosk.journal.entry import read_content
        from kiosk.store.ledger import read_entries

        assert self.ledger is not None
        return [read_content(entry).fact for entry in read_entries(self.ledger._connection, self.kiosk_id)]

    def verify(self) -> Verification:
        """Walk the journal as the auditor's command does."""
        assert self.ledger is not None
        return verify_journal(self.ledger._connection, public_key=self.key.verify_key.encode().hex())

    def goods_minor(self) -> int:
        """Price of everything that fell."""
        return sum(PRICES[coil] for coil in self.board.fallen)

    def physical_acts(self) -> list[str]:
        return [line.names[0] for line in self.diary if line.what == "request"]

    def audit(self, *, goods_taken_minor: int = 0) -> None:
        """Compare what happened in the world with what is written.

        Args:
            goods_taken_minor: Price of shelf goods that left in a shopper's hands and are sold.
        """
        check(self.state)
        assert self.verify().problems == ()
        assert self.state.cash.get("box", 0) == self.acceptor.box_minor, "the cash box"
        has_uncertain = any(not debt.is_certain for debt in self.state.debts.values())
        for name, hopper in self.hoppers.items():
            if hopper.paid_total is not None:
                assert self.state.hoppers[name].qty == hopper.qty, name
                assert self.state.cash.get(f"hopper.{name}", 0) == hopper.qty * hopper.value_minor, name
        totals = self.state.totals
        inside = self.acceptor.box_minor
        given = self.tray_minor + self.goods_minor() + goods_taken_minor
        kept_for_them = totals.owed + totals.held + totals.suspense
        if has_uncertain:
            assert inside <= given + kept_for_them, "a shopper lost money"
        else:
            assert inside + totals.granted == given + kept_for_them, "money in is money out and money owed"
        acts = self.physical_acts()
        assert len(acts) == len(set(acts)), "no job is sent twice"
        self._audit_boots()

    def _audit_boots(self) -> None:
        """Nothing physical happens between a boot and the end of its recovery, and nothing before its intent is durable."""
        started: set[int] = set()
        recovered: set[int] = set()
        intents: set[str] = set()
        for line in self.diary:
            if line.what == "append":
                intents.update(line.names)
                if "Booted" in line.names:
                    started.add(line.boot)
                if "Recovered" in line.names:
                    recovered.add(line.boot)
            else:
                assert line.boot in recovered, "recovery never pays and never vends"


def fresh(folder: Path, template: Path) -> Path:
    """A folder with a copy of an empty store, because making tables takes longer than a story."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, folder / "kiosk.db")
    return folder
