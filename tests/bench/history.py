"""P5: what a sale and the four look-ups cost on a long history, against the same on a short one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from kiosk.claims.code import code_of
from kiosk.claims.desk import ClaimDesk, Reply
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import Fact
from kiosk.core.screen import Screen
from kiosk.core.till import decide
from kiosk.store.database import READ_LIMIT_MS, ReadTooLongError, open_reader, reading, sqlite_url
from kiosk.store.ledger import WAL_LIMIT_BYTES
from kiosk.store.reading import read_balances, read_stock
from tests.bench.counter import KIOSK_ID, Basket, Counter, NotSellingError, baskets, sample_shop
from tests.bench.table import Progress, Row, median_ratio

P5_GOAL: Final = 1.05

VISITS_PER_COMMIT: Final = 500
"""The past is written through the real rules and projections, but with one sync for so many visits."""

BETWEEN_COMMITS_MS: Final = 8 * 3_600_000
"""Far enough apart that claims never meet their hourly limit."""

VISITS_PER_DAY: Final = 110
VISITS_PER_CLAIM: Final = 100
"""One visit in a hundred ends in a claim; each is decided, as a vendor would."""

LOOK_UPS: Final = 20
"""One look-up is too short for a clock; so many in a row are timed."""


class Past:
    """Writes visits into a counter's journal in bulk; every fact is decided and folded as in a sale."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._facts: list[Fact] = []
        self._stamp = counter.stamp()
        self.last_claim = ""

    def take(self, event: ev.Event) -> None:
        """Decide now, store later."""
        counter = self._counter
        decision = decide(counter.state, event, self._stamp, counter.shop)
        if decision.notice.is_refusal:
            raise NotSellingError(f"{type(event).__name__}: {decision.notice.key}")
        self._facts.extend(decision.facts)
        counter.state = decision.state

    def visit(self, basket: Basket) -> None:
        """A whole visit."""
        counter = self._counter
        for product in basket.products:
            self.take(counter.scan_of(product))
        for value_minor in basket.coins:
            self.take(counter.coin(value_minor))
        while counter.state.payout is not None:
            self.take(counter.paid())
        self.take(counter.done())

    def claim(self, number: int, visit: str) -> None:
        """A claim about ``visit`` that the vendor looks at and refuses."""
        token = f"claim-{number}"
        self.take(
            ev.ClaimMade(
                token=token,
                about=f.About.BAD_GOODS,
                visit=visit,
                said_minor=100,
                channel="phone",
                subject="",
                verdict=f.Verdict.UNSEEN,
                amount_minor=0,
                debt="",
                evidence=(),
            )
        )
        (self.last_claim,) = self._counter.state.claims
        self.take(
            ev.ClaimDecided(claim=self.last_claim, by="owner", amount_minor=0, reason="seen and refused")
        )

    def store(self, pass_ms: int = BETWEEN_COMMITS_MS) -> None:
        """One durable transaction with all of it; what comes next comes ``pass_ms`` later."""
        counter = self._counter
        counter.ledger.append(self._facts, self._stamp, actor="")
        counter.ledger.tidy(WAL_LIMIT_BYTES + 1)
        self._facts = []
        counter.pass_ms(pass_ms)
        self._stamp = counter.stamp()


def make_past(counter: Counter, entries: int) -> _Claim:
    """Sell until the journal holds ``entries``; returns a claim from the middle of it."""
    progress = Progress(f"P5, writing a history of {entries:,} entries", entries)
    past, claims, visits = Past(counter), list[_Claim](), 0
    supply = baskets(counter.shop)
    while counter.state.seq < entries:
        visit = f"V{counter.state.epoch}-{counter.state.seq + 1}"
        past.visit(next(supply))
        visits += 1
        if visits % VISITS_PER_DAY == 0:
            counter.next_day()
        if visits % VISITS_PER_CLAIM == 0:
            past.claim(visits, visit)
            claims.append(_Claim(past.last_claim, visit))
        if visits % VISITS_PER_COMMIT == 0:
            past.store()
        progress.at(counter.state.seq)
    past.store()
    counter.state = counter.ledger.checkpoint(counter.state, counter.stamp())
    return claims[len(claims) // 2]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claim of the past and the visit it is about."""

    claim: str
    visit: str


class NothingAskedError(Exception):
    """A look-up asked the till something: it was to read only."""


class _ReadingDoor:
    """What a claim's look-up needs of the till: the codes of debts. Everything else would be no look-up."""

    def ask(self, event: ev.PersonEvent) -> Reply:
        """Look-ups ask nothing."""
        raise NothingAskedError(type(event).__name__)

    def screen(self) -> Screen:
        """Look-ups by number need no screen."""
        raise NothingAskedError("screen")

    def debt_code(self, epoch: int, seq: int) -> str:
        """The code made for an entry."""
        return code_of(bytes(32), KIOSK_ID, epoch, seq)

    def monotonic_ms(self) -> int:
        """Look-ups ask no clock of the till."""
        raise NothingAskedError("monotonic_ms")


@dataclass(slots=True)
class _Book:
    """One history with what is timed on it."""

    counter: Counter
    reader: Engine
    claim: _Claim
    supply: Iterator[Basket]

    def sale(self) -> float:
        """Seconds of one whole visit: every commit from the first scan to the last payout."""
        basket = next(self.supply)
        began = time.perf_counter()
        self.counter.visit(basket)
        return time.perf_counter() - began

    def look_up(self, question: Callable[[], object]) -> float:
        """Seconds of `LOOK_UPS` equal questions; each opens its connection, as the desk's pages do."""
        began = time.perf_counter()
        for _ in range(LOOK_UPS):
            question()
        return time.perf_counter() - began

    def stock(self) -> float:
        """All slots."""

        def question() -> object:
            with reading(self.reader) as connection:
                return read_stock(connection, KIOSK_ID)

        return self.look_up(question)

    def balance(self) -> float:
        """All accounts."""

        def question() -> object:
            with reading(self.reader) as connection:
                return read_balances(connection, KIOSK_ID)

        return self.look_up(question)

    def claim_status(self) -> float:
        """A claim by its id."""
        desk = self._desk()
        found = desk.status(self.claim.claim)
        if found is None or found.state != "refused":
            raise NotSellingError(f"claim {self.claim.claim} is not what the history says")
        return self.look_up(lambda: desk.status(self.claim.claim))

    def claim_weighed(self) -> float:
        """What the journal says about a claim's visit."""
        desk = self._desk()
        if not desk.visit_at(self.claim.visit):
            raise NotSellingError(f"visit {self.claim.visit} is not in the history")
        return self.look_up(lambda: desk.weigh(f.About.NO_GOODS, 100, visit=self.claim.visit))

    def _desk(self) -> ClaimDesk:
        return ClaimDesk(self.reader, _ReadingDoor(), KIOSK_ID, wall=lambda: datetime.now(UTC))


def measure_history(folder: Path, *, long: int, short: int, rounds: int) -> list[Row]:
    """P5: long, short, long, short, one unit at a time, in one run."""
    shop = sample_shop()
    with ExitStack() as stack:
        books: list[_Book] = []
        for name, entries in (("long", long), ("short", short)):
            counter = stack.enter_context(Counter(folder / f"{name}.db", shop))
            counter.sell_ready()
            claim = make_past(counter, entries)
            reader = open_reader(sqlite_url(folder / f"{name}.db"))
            stack.callback(reader.dispose)
            books.append(_Book(counter, reader, claim, baskets(shop)))
        Progress("P5, sales and look-ups on both", rounds)
        units: tuple[tuple[str, Callable[[_Book], float], int], ...] = (
            ("whole visit", _Book.sale, 1),
            ("stock look-up", _Book.stock, LOOK_UPS),
            ("balance look-up", _Book.balance, LOOK_UPS),
            ("claim look-up", _Book.claim_status, LOOK_UPS),
            ("weighing a claim's visit", _Book.claim_weighed, LOOK_UPS),
        )
        rows = [_compare(books, what, unit, qty, rounds) for what, unit, qty in units]
    return [
        Row(
            "P5",
            f"{what}: {long:,} past entries against {short:,}",
            ratio_text,
            anchor,
            f"{P5_GOAL} or less",
            is_met,
        )
        for what, ratio_text, anchor, is_met in rows
    ]


def _compare(
    books: list[_Book], what: str, unit: Callable[[_Book], float], qty: int, rounds: int
) -> tuple[str, str, str, bool]:
    """One unit on both books, in turn; what it is, the ratio, the times, and whether the goal is met."""
    timed: tuple[list[float], list[float]] = ([], [])
    try:
        for book in books:  # the first of a kind fills the caches on both sides
            unit(book)
        for _ in range(rounds):
            for book, seconds in zip(books, timed, strict=True):
                seconds.append(unit(book) / qty)
    except ReadTooLongError as error:
        # A reader's statement is ended after a while; that is a figure too, and not a good one.
        return what, str(error), f"a reader's limit is {READ_LIMIT_MS} ms", False
    # Reads change nothing; sales fill both logs alike, and are emptied here, outside the clock.
    for book in books:
        book.counter.ledger.tidy(WAL_LIMIT_BYTES + 1)
    ratio, low, high = median_ratio(timed[1], timed[0])
    in_long, in_short = (statistics.median(each) * 1_000_000 for each in timed)
    return (
        what,
        f"{ratio:.2f} (quartiles {low:.2f} to {high:.2f})",
        f"{in_long:,.0f} us against {in_short:,.0f} us, {rounds} pairs",
        ratio <= P5_GOAL,
    )
