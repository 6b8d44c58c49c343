"""A counter that sells: a real ledger, the real rules and sample goods, and the loop's decide-then-append without its threads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Final, Self

from nacl.signing import SigningKey

from hardware import events as hw
from hardware.simulators.market import ACCEPTOR, COINS, CURRENCY, HOPPERS
from inventory.catalogue import Place, Product
from inventory.sample import sample_catalogue
from kiosk.core import events as ev
from kiosk.core.draft import Stamp
from kiosk.core.rules import Rules, Shop
from kiosk.core.state import Phase
from kiosk.core.till import decide
from kiosk.money import Currency
from kiosk.store.database import open_writer, sqlite_url
from kiosk.store.ledger import Appended, Ledger

KIOSK_ID: Final = "BENCH-1"
SERIAL: Final = 410_001
FLOAT_COINS: Final = 100_000
"""So many that no bench ever runs dry: short payouts are another story."""

TAX_RATES_BP: Final = {"standard": 1900, "reduced": 700, "zero": 0}

CHANGE_COINS: Final = (200, 100, 50, 20, 10)
"""What a shopper puts in, the largest first."""


class NotSellingError(Exception):
    """A step of a visit did not do what a bench counts on: the figures would be about something else."""


def sample_shop() -> Shop:
    """The sample market's goods with the rules of one acceptor and three hoppers."""
    catalogue, _ = sample_catalogue(2, TAX_RATES_BP)
    rules = Rules(
        coins={ACCEPTOR: dict(COINS)},
        hoppers={name: value_minor for name, (_, value_minor) in HOPPERS.items()},
        boards=(),
        printers=(),
        languages=("en", "fa", "ar"),
        tax_rates_bp=TAX_RATES_BP,
        cash_step_minor=10,
    )
    return Shop(rules=rules, catalogue=catalogue)


@dataclass(frozen=True, slots=True)
class Basket:
    """Three products from the shelf, and the coins that pay them; ``change_minor`` comes back from the last one."""

    products: tuple[Product, ...]
    coins: tuple[int, ...]
    change_minor: int


def shelf_goods(shop: Shop) -> tuple[Product, ...]:
    """Products with a place on the open shelf, in the planogram's order."""
    skus = dict.fromkeys(slot.sku for slot in shop.catalogue.slots.values() if slot.place is Place.SHELF)
    return tuple(shop.catalogue.products[sku] for sku in skus)


def baskets(shop: Shop, *, with_change: bool = True) -> Iterator[Basket]:
    """Baskets for ever: always three different products, walking through the whole shelf."""
    goods = shelf_goods(shop)
    for start in cycle(range(len(goods))):
        # Steps of 7 and 17 mix cheap and dear goods and both tax classes.
        products = tuple(goods[(start + step) % len(goods)] for step in (0, 7, 17))
        total_minor = sum(product.due_minor for product in products)
        exact: list[int] = []
        for value_minor in CHANGE_COINS:
            while sum(exact) + value_minor <= total_minor:
                exact.append(value_minor)
        if not with_change:
            yield Basket(products, tuple(exact), 0)
            continue
        # The last coin of a shopper without the exact sum is the next larger one that a hopper can answer for.
        last = next(
            value for value in reversed(CHANGE_COINS) if value > exact[-1] or value == CHANGE_COINS[0]
        )
        yield Basket(products, (*exact[:-1], last), last - exact[-1])


class Counter:
    """One till on one store, driven event by event in the caller's thread."""

    def __init__(self, path: Path, shop: Shop) -> None:
        """Make or open the store at ``path``; `sell_ready` makes the first one sell."""
        self.shop = shop
        self.path = path
        self._now_ms = 1_000
        self._coin_no = 0
        self._tap_no = 0
        self._days = 0
        self.ledger, self.state = Ledger.open(
            open_writer(sqlite_url(path)),
            kiosk_id=KIOSK_ID,
            currency=Currency(CURRENCY, 2),
            key=SigningKey(bytes(32)),
            stamp=self.stamp(),
            software="bench",
        )
        book = self.state.acceptors.get(ACCEPTOR)
        self._coin_no = book.event_no if book else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.ledger.close()

    def stamp(self) -> Stamp:
        """A time that rises with every step; the bench asks no wall clock."""
        self._now_ms += 50
        second = self._now_ms // 1000 % 86_400
        day = date(2026, 3, 2) + timedelta(days=self._days)
        at = f"{day.isoformat()}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.{self._now_ms % 1000:03d}Z"
        return Stamp(at=at, now_ms=self._now_ms)

    def pass_ms(self, qty_ms: int) -> None:
        """Let time pass."""
        self._now_ms += qty_ms

    def next_day(self) -> None:
        """Go on with the next calendar day."""
        self._days += 1

    def step(self, event: ev.Event, stamp: Stamp | None = None) -> Appended | None:
        """Decide and store one event, as the loop does; None when it made no fact true."""
        stamp = stamp or self.stamp()
        decision = decide(self.state, event, stamp, self.shop)
        if decision.notice.is_refusal:
            raise NotSellingError(f"{type(event).__name__}: {decision.notice.key}")
        if not decision.facts:
            return None
        appended = self.ledger.append(decision.facts, stamp, actor="")
        self.state = decision.state
        return appended

    def sell_ready(self) -> None:
        """Boot, meet the devices, fill hoppers and shelves: what a vendor does before the first sale."""
        boot = self.state.boot + 1
        self.ledger.set_boot(boot)
        self.step(ev.BootStarted(boot=boot, is_clean=True, software="bench"))
        self.step(
            hw.AcceptorIdentified(
                ACCEPTOR,
                serial=SERIAL,
                device_epoch=1,
                event_no=self._coin_no,
                accept_counts=None,
                restarted=False,
            )
        )
        for device in HOPPERS:
            book = self.state.hoppers.get(device)
            paid_total = (book.paid_total if book else 0) or 0
            self.step(
                hw.HopperIdentified(
                    device, serial=SERIAL, paid_total=paid_total, is_low=False, lost_power=False
                )
            )
        if self.state.phase is Phase.STARTING:
            self.step(ev.DeadlinePassed(ev.Deadline.RECOVERY))
        self.step(ev.ClerkEntered(clerk="clerk"))
        for device in HOPPERS:
            self.step(
                ev.HopperFilled(token=f"fill-{boot}-{device}", clerk="clerk", device=device, qty=FLOAT_COINS)
            )
        for slot in self.shop.catalogue.slots.values():
            if slot.place is Place.SHELF:
                self.step(
                    ev.StockCounted(
                        token=f"stock-{boot}-{slot.code}",
                        by="clerk",
                        slot=slot.code,
                        move="fill",
                        qty=slot.par_qty,
                    )
                )
        self.step(ev.ClerkLeft(clerk="clerk"))
        if self.state.phase is not Phase.IDLE:
            raise NotSellingError(f"the till is {self.state.phase}, not idle")

    # --- one visit --------------------------------------------------------------------------------------------------

    def scan_of(self, product: Product) -> ev.ScanRead:
        """The event of one piece being scanned."""
        return ev.ScanRead(code=product.gtins[0] if product.gtins else "", sku=product.sku, reason="")

    def coin(self, value_minor: int) -> hw.CoinAccepted:
        """The event of the next coin; nothing is decided yet."""
        self._coin_no += 1
        position = next(position for position, value in COINS.items() if value == value_minor)
        return hw.CoinAccepted(
            ACCEPTOR,
            serial=SERIAL,
            device_epoch=1,
            event_no=self._coin_no,
            position=position,
            value_minor=value_minor,
            currency=CURRENCY,
            path=1,
        )

    def paid(self) -> hw.CoinsPaid:
        """The hopper's word that the open payout is done."""
        job = self.state.payout
        if job is None:
            raise NotSellingError("no payout is open")
        return hw.CoinsPaid(job.device, job.job, job.qty, (job.paid_total or 0) + job.qty, None)

    def done(self) -> ev.DoneTapped:
        """The tap that leaves the thank-you page of a settled visit."""
        if self.state.visit is not None:
            raise NotSellingError(f"the visit is still open in {self.state.phase}")
        self._tap_no += 1
        return ev.DoneTapped(tap=f"t{self._tap_no}", screen=self.state.screen)

    def fill_cart(self, basket: Basket) -> list[Appended]:
        """Everything of a visit before its last coin."""
        done = [self.step(self.scan_of(product)) for product in basket.products]
        done += [self.step(self.coin(value_minor)) for value_minor in basket.coins[:-1]]
        return [appended for appended in done if appended is not None]

    def pay_out(self) -> list[Appended]:
        """Let each hopper answer that it paid, until the visit is settled; then leave the thank-you page."""
        done: list[Appended | None] = []
        while self.state.payout is not None:
            done.append(self.step(self.paid()))
        done.append(self.step(self.done()))
        return [appended for appended in done if appended is not None]

    def visit(self, basket: Basket) -> None:
        """One whole visit."""
        self.fill_cart(basket)
        self.step(self.coin(basket.coins[-1]))
        self.pay_out()
