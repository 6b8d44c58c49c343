"""A long past for a market that was just laid out: real sales, decided and projected as any, with one sync for hundreds.

Every shopper of it paid exactly and a clerk took the cash box away at its end, so that boxes and books agree with devices that
never saw any of it.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

from hardware import events as hw
from hardware.simulators.market import ACCEPTOR, COINS, CURRENCY
from inventory.stockroom import load_catalogue
from kiosk.config import load_config
from kiosk.core import events as ev
from kiosk.core.draft import Stamp
from kiosk.core.facts import Fact
from kiosk.core.rules import Shop
from kiosk.core.state import Phase
from kiosk.core.till import decide
from kiosk.money import Currency
from kiosk.runtime.keys import load_keys
from kiosk.runtime.service import STORE_FILE
from kiosk.runtime.shop import rules_of
from kiosk.store.database import open_reader, open_writer, reading, sqlite_url
from kiosk.store.ledger import WAL_LIMIT_BYTES, Ledger
from tests.crash.images import Progress, no_progress

PAST_SERIAL: Final = 99
"""The acceptor of the past was another one: its event counter says nothing about the one that is there now."""

STORE_EVERY: Final = 5_000
"""Entries of one commit."""

STEP_MS: Final = 8 * 3_600_000
"""Between two commits."""


class PastError(Exception):
    """The past did not go as it should; the message says where."""


class _Past:
    """Decides and folds at once, stores in bulk."""

    def __init__(self, folder: Path) -> None:
        config = load_config(folder / "kiosk.toml")
        url = sqlite_url(folder / config.store.folder / STORE_FILE)
        with reading(open_reader(url)) as connection:
            catalogue = load_catalogue(connection)
        self.shop = Shop(rules=rules_of(config), catalogue=catalogue)
        self._now_ms = 0
        self._coin_no = 0
        self._facts: list[Fact] = []
        self._stamp = self.stamp()
        self.ledger, self.state = Ledger.open(
            open_writer(url),
            kiosk_id=config.kiosk_id,
            currency=Currency(config.money.currency, config.money.exponent),
            key=load_keys(folder / "keys").signing,
            stamp=self._stamp,
            software="past",
        )
        self.ledger.set_boot(self.state.boot + 1)

    def stamp(self) -> Stamp:
        """The next moment of the past; all that one commit holds is of one moment, as entries of one commit are."""
        self._now_ms += STEP_MS
        seconds = self._now_ms // 1_000
        day = date(2020, 1, 1) + timedelta(days=seconds // 86_400)
        at = f"{day.isoformat()}T{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000Z"
        return Stamp(at=at, now_ms=self._now_ms)

    def take(self, event: ev.Event) -> None:
        """Decide now, store later."""
        decision = decide(self.state, event, self._stamp, self.shop)
        if decision.notice.is_refusal:
            raise PastError(f"{type(event).__name__}: {decision.notice.key}")
        self._facts.extend(decision.facts)
        self.state = decision.state
        if len(self._facts) >= STORE_EVERY:
            self.store()

    def store(self) -> None:
        """One commit with everything since the last."""
        self.ledger.append(self._facts, self._stamp, actor="")
        self._facts = []
        self._stamp = self.stamp()
        self.ledger.tidy(WAL_LIMIT_BYTES + 1)

    def coin(self, value_minor: int) -> None:
        """A coin of a shopper."""
        self._coin_no += 1
        position = next(position for position, value in COINS.items() if value == value_minor)
        self.take(
            hw.CoinAccepted(
                ACCEPTOR,
                serial=PAST_SERIAL,
                device_epoch=1,
                event_no=self._coin_no,
                position=position,
                value_minor=value_minor,
                currency=CURRENCY,
                path=1,
            )
        )

    def begin(self) -> None:
        """A start without hoppers: nobody gets change in this past."""
        self.take(ev.BootStarted(boot=self.state.boot + 1, is_clean=True, software="past"))
        self.take(
            hw.AcceptorIdentified(
                ACCEPTOR,
                serial=PAST_SERIAL,
                device_epoch=1,
                event_no=0,
                accept_counts=None,
                restarted=False,
            )
        )
        if self.state.phase is Phase.STARTING:
            self.take(ev.DeadlinePassed(ev.Deadline.RECOVERY))

    def visit(self, number: int) -> None:
        """Somebody buys one thing and pays exactly."""
        goods = [each for each in self.shop.catalogue.products.values() if each.gtins and each.is_for_sale]
        product = goods[number % len(goods)]
        self.take(ev.ScanRead(code=product.gtins[0], sku=product.sku, reason=""))
        due_minor = product.due_minor
        for value_minor in sorted(COINS.values(), reverse=True):
            while due_minor >= value_minor:
                self.coin(value_minor)
                due_minor -= value_minor
        if self.state.visit is not None:  # a covered cart waits a moment before it closes by itself
            self.take(ev.DeadlinePassed(ev.Deadline.CLOSE))
        if due_minor or self.state.visit is not None:
            raise PastError(f"{product.sku} for {product.due_minor}: the visit is still open")
        self.take(ev.DoneTapped(tap=f"past-{number:08d}", screen=self.state.screen))

    def end(self) -> None:
        """The box is emptied, and the kiosk stops cleanly."""
        self.take(ev.ClerkEntered(clerk="past"))
        self.take(
            ev.CashBoxCollected(
                token="past-collected", clerk="past", counted_minor=self.state.cash.get("box", 0)
            )
        )
        self.take(ev.ClerkLeft(clerk="past"))
        self.take(ev.StopAsked())
        self.store()
        self.state = self.ledger.checkpoint(self.state, self._stamp)
        self.ledger.close()


def write_past(folder: Path, entries: int, progress: Progress = no_progress) -> int:
    """Let the market in ``folder``, which does not run, have a past of about ``entries``; returns its last entry's number."""
    past = _Past(folder)
    past.begin()
    number = 0
    while past.state.seq < entries:
        number += 1
        past.visit(number)
        if number % 1_000 == 0:
            progress(min(past.state.seq, entries), entries)
    past.end()
    return past.state.seq
