"""A year of one kiosk's trade, day by day: shoppers with their habits, the clerk's rounds, claims and what becomes of them.

Equal orders give equal journals. Local days are walked in the site's time zone, so the clocks change twice on the way. What goes
wrong is drawn by `kiosk.simulation.fate` and written down nowhere but in the journal.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from hardware import events as hw
from inventory.catalogue import Catalogue, Place, Slot
from kiosk.claims.desk import PHONE, SCREEN, ClaimDesk
from kiosk.claims.evidence import Weighing
from kiosk.core import events as ev
from kiosk.core.facts import About, SaleClosed
from kiosk.core.rules import Shop
from kiosk.core.screen import Screen
from kiosk.core.state import Phase
from kiosk.runtime.door import Answer
from kiosk.simulation.event_kiosk import EventKiosk, Identity
from kiosk.simulation.fate import Fate, fate_of
from kiosk.simulation.owner import answer_to
from kiosk.simulation.sites import SITES, Site, life_days, season_of, visits_of
from kiosk.store.database import open_unlimited_reader, sqlite_url

COIN_FLOAT: Final[Mapping[int, int]] = {10: 260, 20: 220, 50: 160}
"""Value of a hopper's coins -> how many the clerk leaves in it: change for a week."""

REFILL_BELOW: Final = 0.5
"""The clerk tops up what is below this share of its float: he does not carry coins for a handful."""

MISCOUNTS: Final = 0.12
"""Share of collections whose count is a coin off."""

LIKED: Final = 0.04
"""Share of all wishes that a coil gets which many use: one piece a day."""

COUNTED_A_ROUND: Final = 7
"""Shelf places that are counted on each round: all of them about once a month."""

COILS_COUNTED_A_ROUND: Final = 3
"""Coils that are counted on each round, all of them in turn: each about once a month, too."""

SURE: Final = 0.75
"""A clerk brings a piece that will so likely be sold before its last day; what is less sure stays in the van."""

TRIED: Final = 0.35
TRIED_ROUNDS: Final = 8
"""What sells less surely than that, but as surely as this, is tried with a single piece on one round of so many."""

AHEAD_DAYS: Final = 90
"""So far ahead a clerk thinks: what keeps longer is filled as if it kept so long."""

DATED_DAYS: Final = 90
"""What keeps no longer than this is filled with its last day of sale; nobody looks at the dates of crisps."""

OPENING_DAYS: Final = 1
"""The first day is spent filling; shoppers come from the second on."""

CLOSING_MINUTES: Final = 20
"""The last visit ends this long before the moment that was asked for, so that no entry lies in the future."""

BASKETS: Final = ((1, 68), (2, 25), (3, 7))
"""Pieces in a basket and how common that is."""

PIECES_A_VISIT: Final = sum(pieces * share for pieces, share in BASKETS) / 100

LANGUAGES: Final = (("", 78), ("fa", 9), ("ar", 13))
"""What a shopper changes the screen to; nothing for most."""

SCANNED_AS_ANOTHER: Final = 0.006
"""Share of the pieces from the shelf that are paid under the name of a neighbour at the same price: two yoghurts, one code."""

WALKS_AWAY, NO_CODE, RECEIPT, PUTS_BACK, BAD_COIN, LEAVES_AT_ONCE = 0.02, 0.004, 0.07, 0.03, 0.012, 0.6
"""Shares of visits: a basket left behind, a code nobody knows, a receipt, a piece put back, a bent coin, "done" tapped."""

POWER_CUTS, POWER_CUTS_WITH_CREDIT, HOPPER_JAMS, BAD_GOODS, FALSE_CLAIMS = 5.0, 2.0, 14.0, 24.0, 10.0
"""A year's usual number of each."""

ONE_BAD, LENIENT = 0.8, 0.75
"""Of claims about bad goods: shares that name one piece and not the whole basket, and that the owner believes."""

MUTE_TURN: Final = 0.0006
"""Of the coils' turns, so many end without a word of the board: nobody can say whether the goods fell."""

ROLL_VISITS: Final = 900
"""A paper roll lasts so many visits; then the printer says low, and out when nobody came."""


@dataclass(frozen=True, slots=True)
class YearOrder:
    """What is asked for.

    Attributes:
        seed: Of everything.
        until: When the last visit is over (aware).
        days: How long the trade has lasted by then.
        timezone: Of all sites.
        sites: How many of `SITES` trade; a fate is drawn over all of them.
    """

    seed: int
    until: datetime
    days: int = 365
    timezone: str = "Europe/Berlin"
    sites: int = len(SITES)


@dataclass(frozen=True, slots=True)
class Traded:
    """What one kiosk's time came to; ``head`` is its last entry's digest in hex."""

    kiosk_id: str
    entries: int
    sales: int
    head: str


def fate_of_order(order: YearOrder, catalogue: Catalogue) -> Fate:
    """What the order's seed does; for the sites that trade."""
    busy = {number: busiest_coils(order.seed, SITES[number], catalogue) for number in range(order.sites)}
    return fate_of(order.seed, catalogue, order.sites, busy, order.days)


def appetite(seed: int, site: Site, catalogue: Catalogue) -> Mapping[str, float]:
    """SKU in the planogram -> how much it is wanted there: the site's taste, and favourites that nobody can explain."""
    wanted: dict[str, float] = {}
    for sku in dict.fromkeys(slot.sku for slot in catalogue.slots.values()):
        dice = random.Random(f"{seed}/{site.kiosk_id}/taste/{sku}")
        wanted[sku] = site.tastes.get(catalogue.products[sku].category, 1.0) * math.exp(dice.gauss(0, 0.8))
    return wanted


def busiest_coils(seed: int, site: Site, catalogue: Catalogue, most: int = 2) -> list[str]:
    """The coils that sell most there, the first one most."""
    wanted = appetite(seed, site, catalogue)
    places = Counter(slot.sku for slot in catalogue.slots.values())
    coils = [slot for slot in catalogue.slots.values() if slot.place is Place.COIL]
    coils.sort(key=lambda slot: (-wanted[slot.sku] / places[slot.sku], slot.code))
    return [slot.code for slot in coils[:most]]


def neighbours(catalogue: Catalogue) -> Mapping[str, Sequence[str]]:
    """SKU on the shelf -> those of its category that cost the same and lie there too."""
    alike: dict[tuple[str, int], list[str]] = {}
    for slot in catalogue.slots.values():
        product = catalogue.products[slot.sku]
        if slot.place is Place.SHELF:
            alike.setdefault((product.category, product.due_minor), []).append(product.sku)
    return {sku: [each for each in skus if each != sku] for skus in alike.values() for sku in skus}


def surely_sold(expected: float, sure: float, most: int) -> int:
    """Of how many pieces even the last one is sold with chance ``sure``, where so many are expected to be asked for.

    Args:
        expected: Pieces; Poisson, as in `inventory.forecast`.
        sure: 0 to 1.
        most: The answer's bound.
    """
    term = math.exp(-expected)
    at_most, qty = term, 0
    while qty < most and 1 - at_most >= sure:
        qty += 1
        term *= expected / qty
        at_most += term
    return qty


@dataclass(slots=True)
class _Piece:
    """Goods of one delivery in a shelf slot."""

    expires: date
    qty: int


class KioskYear:
    """One kiosk from its opening to the moment that was asked for."""

    def __init__(
        self,
        order: YearOrder,
        number: int,
        path: Path,
        identity: Identity,
        shop: Shop,
    ) -> None:
        """Open the market at ``path``: goods, float, full shelves. ``number`` is the site's place in `SITES`."""
        catalogue = shop.catalogue
        self.order = order
        self.site = SITES[number]
        self._number = number
        self._zone = ZoneInfo(order.timezone)
        self._fate = fate_of_order(order, catalogue)
        self._dice = self._stream("opening")
        self._luck: dict[str, random.Random] = {}
        """Each coil's own: how many turns the others made changes nothing in it."""
        self._wanted = dict(appetite(order.seed, self.site, catalogue))
        if number == self._fate.jam_site:
            # A coil that nobody uses would jam unseen: this one holds something that is liked there.
            slot = catalogue.slots[self._fate.jam_slot]
            places = sum(each.sku == slot.sku for each in catalogue.slots.values())
            least = LIKED * places * sum(self._wanted.values())
            self._wanted[slot.sku] = max(self._wanted[slot.sku], least)
        self._slots: dict[str, list[Slot]] = {}
        for slot in catalogue.slots.values():
            self._slots.setdefault(slot.sku, []).append(slot)
        self._shelf: dict[str, list[_Piece]] = {}
        self._neighbours = neighbours(catalogue)
        self._instead: dict[str, list[str]] = {}
        """SKU that was paid for -> the slots of the goods that were carried away instead, of the shopper who stands there."""
        self._crowd: list[float] = []
        """People who will come within 0, 1, 2 ... days of this round, as far as anybody can expect."""
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._skus = list(self._wanted)
        self._weights: tuple[date | None, list[float]] = (None, [])
        self._rounds = 0
        self._prints = self._bags = 0
        self._visits = 0
        self._last_day = order.until.astimezone(self._zone).date()
        self._first_day = self._last_day - timedelta(days=order.days)
        self._today = self._first_day
        self._is_short_done = self._is_batch_done = False
        opens = datetime.combine(self._first_day, time(8, 0), self._zone)
        self.kiosk = EventKiosk(path, identity, shop, opens_at=opens, jams=self._jams, is_mute=self._is_mute)
        self._reader = open_unlimited_reader(sqlite_url(path))
        self._claims = ClaimDesk(self._reader, _NoDoor(), identity.kiosk_id, wall=lambda: self.kiosk.wall)
        self._open()

    # --- the whole ----------------------------------------------------------------------------------------------------

    def run(self, progress: Callable[[date], None] = lambda _day: None) -> Traded:
        """Trade until the end; ``progress`` is told of each day that begins."""
        end = self.order.until.astimezone(UTC) - timedelta(minutes=CLOSING_MINUTES)
        day = self._first_day + timedelta(days=OPENING_DAYS)
        while day <= self._last_day:
            progress(day)
            self._today = day
            self._plan_day(day)
            midnight = datetime.combine(day + timedelta(days=1), time(0, 0), self._zone).astimezone(UTC)
            self._work_until(min(midnight, end))
            day += timedelta(days=1)
        self._reader.dispose()
        kiosk = self.kiosk
        kiosk.wait(kiosk.shop.rules.owed_ms)  # whoever stood there is gone
        kiosk.close()
        return Traded(
            kiosk.kiosk_id, kiosk.past.head.seq, kiosk.state.receipt_no, kiosk.past.head.digest.hex()
        )

    def _work_until(self, end: datetime) -> None:
        while self._agenda and self._agenda[0][0] < end:
            moment, _, act = heapq.heappop(self._agenda)
            self._dice = self._stream(f"act/{moment.isoformat()}")
            self.kiosk.wait_until(moment)
            act()

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment.astimezone(UTC), next(self._numbers), act))

    def _later(self, act: Callable[[], None], *, hours: float) -> None:
        self._at(self.kiosk.wall + timedelta(hours=hours), act)

    @property
    def _days_left(self) -> int:
        return (self._last_day - self._today).days

    def _jams(self, slot: str) -> bool:
        luck = self._luck.setdefault(slot, self._stream(f"coil/{slot}"))
        return luck.random() < self._fate.jam_chance(self._number, slot, self._days_left)

    def _is_mute(self) -> bool:
        return self._dice.random() < MUTE_TURN

    def _stream(self, name: str) -> random.Random:
        """Dice of their own for each act, so that one that takes another course changes little in those that follow."""
        return random.Random(f"{self.order.seed}/{self.site.kiosk_id}/{name}")

    # --- days ---------------------------------------------------------------------------------------------------------

    def _plan_day(self, day: date) -> None:
        dice = self._stream(f"day/{day}")
        hours, weights = zip(*self.site.hours.items(), strict=True)
        for _ in range(_poisson(dice, visits_of(self.site, day))):
            hour = dice.choices(hours, weights)[0]
            moment = time(hour, dice.randrange(60), dice.randrange(60))
            # An hour that the clock leaves out in spring is another hour; the one that comes twice is its first.
            self._at(datetime.combine(day, moment, self._zone), self._shopper)
        if day.weekday() in self.site.rounds:
            self._at(
                datetime.combine(day, time(dice.randrange(9, 12), dice.randrange(60)), self._zone),
                self._round,
            )
        if day.weekday() == 0:
            self._at(datetime.combine(day, time(4, 10), self._zone), self._update)
        for happens, act in (
            (POWER_CUTS, self._power_cut),
            (POWER_CUTS_WITH_CREDIT, self._power_cut_with_credit),
            (HOPPER_JAMS, self._stick_hopper),
            (FALSE_CLAIMS, self._false_claim),
        ):
            if dice.random() < happens / 365:
                self._at(
                    datetime.combine(day, time(dice.randrange(8, 22), dice.randrange(60)), self._zone), act
                )

    def _update(self) -> None:
        """The weekly restart of the machine."""
        if self.kiosk.state.phase is Phase.IDLE:
            self.kiosk.stop()
            self.kiosk.boot()

    def _power_cut(self) -> None:
        self.kiosk.boot(lost_power=True)

    def _power_cut_with_credit(self) -> None:
        """Somebody's coins are in when the light goes out."""
        kiosk = self.kiosk
        if kiosk.state.phase is not Phase.IDLE or not (kiosk.coin(200) and kiosk.coin(50)):
            return
        visit = kiosk.state.visit.visit if kiosk.state.visit else ""
        kiosk.wait(4_000)
        kiosk.boot(lost_power=True)
        self._later(lambda: self._claim(About.NO_MONEY_BACK, visit, 250, PHONE), hours=0.5)

    def _stick_hopper(self) -> None:
        """The next payout of a hopper sticks at its first coin."""
        device = self._dice.choice(list(self.kiosk.shop.rules.hoppers))
        self.kiosk.devices.sticks.add(device)

    # --- the vendor's first day -----------------------------------------------------------------------------------------

    def _open(self) -> None:
        kiosk = self.kiosk
        kiosk.must(ev.CatalogueOffered(by="owner", catalogue=kiosk.shop.catalogue, digest="0" * 64))
        self._round()

    # --- the clerk ----------------------------------------------------------------------------------------------------

    def _round(self) -> None:
        kiosk, dice = self.kiosk, self._dice
        if kiosk.state.phase is not Phase.IDLE:
            self._later(self._round, hours=0.1)
            return
        clerk = dice.choice(self.site.clerks)
        self._rounds += 1
        kiosk.must(ev.ClerkEntered(clerk))
        if kiosk.devices.paper is not hw.Paper.OK:
            self._prints = 0
            kiosk.show_paper(hw.Paper.OK)
        self._throw_away(clerk)
        self._look_ahead()
        if self._rounds > 1:
            self._count_some(clerk)
        coils = [slot for slot in kiosk.shop.catalogue.slots.values() if slot.place is Place.COIL]
        first = self._rounds * COILS_COUNTED_A_ROUND
        counted = {coils[(first + number) % len(coils)].code for number in range(COILS_COUNTED_A_ROUND)}
        for slot in kiosk.shop.catalogue.slots.values():
            if slot.place is Place.COIL:
                self._fill_coil(clerk, slot, is_counted=slot.code in counted)
            else:
                self._fill_shelf(clerk, slot)
        self._fill_hoppers(clerk)
        if self._today.weekday() == self.site.collects and self._rounds > 1:
            self._collect(clerk)
        kiosk.wait(1_000 * dice.randrange(20, 90))
        if self._rounds > 1:
            kiosk.must(ev.DayCloseAsked(self._token(), clerk))
        kiosk.must(ev.ClerkLeft(clerk))

    def _token(self) -> str:
        return f"{self.order.seed}-{self.kiosk.state.seq}"

    def _stock(
        self, clerk: str, slot: str, move: str, qty: int, *, expires: date | None = None, reason: str = ""
    ) -> None:
        expires_on = expires.isoformat() if expires is not None else ""
        self.kiosk.must(
            ev.StockCounted(self._token(), clerk, slot, move, qty, expires_on=expires_on, reason=reason)
        )
        self.kiosk.wait(1_000 * self._dice.randrange(3, 9))

    def _fill_coil(self, clerk: str, slot: Slot, *, is_counted: bool) -> None:
        inside = self.kiosk.devices.coils[slot.code]
        book = self.kiosk.state.coils.get(slot.code)
        if book is not None and (is_counted or book.is_off or book.needs_count or book.qty != inside):
            self._stock(clerk, slot.code, "count", inside)
        missing = slot.par_qty - inside
        if missing >= 2:
            self.kiosk.devices.coils[slot.code] += missing
            self._stock(clerk, slot.code, "fill", missing)

    def _look_ahead(self) -> None:
        self._crowd = [0.0]
        for ahead in range(AHEAD_DAYS):
            expected = visits_of(self.site, self._today + timedelta(days=ahead))
            self._crowd.append(self._crowd[-1] + expected)

    def _target(self, slot: Slot, life: int) -> int:
        """What a clerk wants there: at most par, and no piece that would rather spoil than sell; he knows his place."""
        products = self.kiosk.shop.catalogue.products
        self._draw(self._today)  # the season's weights
        taste = self._wanted[slot.sku] * season_of(products[slot.sku].category, self._today)
        share = taste / self._weights[1][-1] / len(self._slots[slot.sku])
        # What comes has lost up to a quarter of its life on the way.
        expected = PIECES_A_VISIT * share * self._crowd[min(AHEAD_DAYS, life * 7 // 8)]
        sure = surely_sold(expected, SURE, slot.par_qty)
        if sure or not surely_sold(expected, TRIED, 1):
            return sure
        return int((self._rounds + slot.coil + len(slot.code) + int(slot.code[1:])) % TRIED_ROUNDS == 0)

    def _fill_shelf(self, clerk: str, slot: Slot) -> None:
        product = self.kiosk.shop.catalogue.products[slot.sku]
        life = life_days(product)
        inside = self._on_shelf(slot.code)
        fate = self._fate
        if (
            slot.code == fate.batch_slot
            and self._number == fate.batch_site
            and not self._is_batch_done
            and self._days_left <= fate.batch_days
        ):
            # A batch that nobody looked at closely: it comes with one day to go.
            self._is_batch_done = True
            qty = min(fate.batch_qty, slot.capacity - inside)
            if qty:
                expires = self._today + timedelta(days=1)
                self._shelf.setdefault(slot.code, []).append(_Piece(expires, qty))
                self._stock(clerk, slot.code, "fill", qty, expires=expires)
            return
        missing = self._target(slot, life) - inside
        if missing >= (1 if life <= 30 else 2):
            left = life - self._dice.randrange(0, max(1, life // 4))
            expires = self._today + timedelta(days=left)
            self._shelf.setdefault(slot.code, []).append(_Piece(expires, missing))
            self._stock(clerk, slot.code, "fill", missing, expires=expires if life <= DATED_DAYS else None)

    def _throw_away(self, clerk: str) -> None:
        for code, pieces in self._shelf.items():
            old = [piece for piece in pieces if piece.expires < self._today]
            pieces[:] = [piece for piece in pieces if piece.expires >= self._today]
            for piece in old:
                self._stock(clerk, code, "spoilage", piece.qty, expires=piece.expires, reason="expired")

    def _count_some(self, clerk: str) -> None:
        """A few shelf places are counted on every round, all of them in turn: what was carried away unpaid is missing there."""
        shelf = [slot for slot in self.kiosk.shop.catalogue.slots.values() if slot.place is Place.SHELF]
        first = self._rounds * COUNTED_A_ROUND
        for number in range(first, first + COUNTED_A_ROUND):
            slot = shelf[number % len(shelf)].code
            self._stock(clerk, slot, "count", sum(piece.qty for piece in self._shelf.get(slot, ())))

    def _fill_hoppers(self, clerk: str) -> None:
        kiosk = self.kiosk
        for device, value_minor in kiosk.shop.rules.hoppers.items():
            inside, wanted = kiosk.devices.hoppers[device], COIN_FLOAT[value_minor]
            if inside < REFILL_BELOW * wanted:
                kiosk.devices.hoppers[device] = wanted
                kiosk.devices.filled[device] += wanted - inside
                kiosk.must(ev.HopperFilled(self._token(), clerk, device, wanted - inside))
        kiosk.show_levels()

    def _collect(self, clerk: str) -> None:
        """The box is out, counted by coins and sealed; people miscount by a coin now and then, and once somebody does not."""
        kiosk, dice, fate = self.kiosk, self._dice, self._fate
        values = {position: value for value, position in kiosk.devices.position.items()}
        found = {values[position]: qty for position, qty in kiosk.devices.box.items()}
        kiosk.devices.collected.update(kiosk.devices.box)
        kiosk.devices.box.clear()
        is_short = (
            self._number == fate.short_site
            and self._days_left <= fate.short_days
            and not self._is_short_done
            and sum(value * qty for value, qty in found.items()) > 2 * fate.short_minor
        )
        kiosk.must(ev.BoxesTaken(self._token(), clerk))
        kiosk.wait(1_000 * dice.randrange(120, 400))
        if is_short:
            self._is_short_done = True
            for value in _coins(fate.short_minor):  # the large coins, as far as there are any
                found[next(each for each in (value, 100, 50, 20, 10) if found.get(each, 0))] -= 1
        elif dice.random() < MISCOUNTS:
            value = dice.choice((10, 20, 50))
            found[value] = max(0, found.get(value, 0) + dice.choice((-1, 1)))
        collection = kiosk.state.collection
        if collection is None:
            return
        self._bags += 1
        pieces = tuple(sorted(found.items(), reverse=True))
        kiosk.must(
            ev.CollectionCount(
                token=self._token(),
                by=clerk,
                collection=collection.collection,
                counts=(("box", pieces),),
                bag=f"{self.site.kiosk_id}-{self._bags:04d}",
                float_left_minor=sum(
                    kiosk.devices.hoppers[name] * value for name, value in kiosk.shop.rules.hoppers.items()
                ),
            )
        )
        counted_minor = sum(value * qty for value, qty in pieces)
        self._later(
            lambda: self._pay_in(collection.collection, counted_minor), hours=dice.uniform(20.0, 30.0)
        )

    def _pay_in(self, collection: str, counted_minor: int) -> None:
        """The owner takes the bag to the bank, which finds what the count said."""
        self.kiosk.must(ev.BagPaidIn(self._token(), "owner", collection, counted_minor))

    # --- shoppers -----------------------------------------------------------------------------------------------------

    def _on_shelf(self, slot: str) -> int:
        """Pieces that somebody would take: nobody takes what is past its day."""
        return sum(piece.qty for piece in self._shelf.get(slot, ()) if piece.expires >= self._today)

    def _take_from_shelf(self, slot: str) -> None:
        pieces = self._shelf[slot]
        piece = min((each for each in pieces if each.expires >= self._today), key=lambda each: each.expires)
        piece.qty -= 1
        if not piece.qty:
            pieces.remove(piece)

    def _wish(self, day: date) -> Slot | None:
        """What somebody wants and can have; None after three disappointments."""
        kiosk, dice = self.kiosk, self._dice
        for _ in range(3):
            sku = self._draw(day)
            slots = list(self._slots[sku])
            dice.shuffle(slots)
            for slot in slots:
                if slot.place is Place.SHELF and self._on_shelf(slot.code):
                    return slot
                book = kiosk.state.coils.get(slot.code)
                if slot.place is Place.COIL and book is not None and not book.is_off and book.qty > 0:
                    return slot
        return None

    def _draw(self, day: date) -> str:
        if self._weights[0] != day:
            products = self.kiosk.shop.catalogue.products
            seasonal = [
                wanted * season_of(products[sku].category, day) for sku, wanted in self._wanted.items()
            ]
            self._weights = (day, list(itertools.accumulate(seasonal)))
        return self._dice.choices(self._skus, cum_weights=self._weights[1])[0]

    def _shopper(self) -> None:
        """One person from the first touch to leaving."""
        kiosk, dice = self.kiosk, self._dice
        if kiosk.state.phase is not Phase.IDLE:
            return  # somebody is there, or the machine is out of service: this one walks on
        self._visits += 1
        if kiosk.state.last is not None:
            kiosk.tap(ev.DoneTapped)
        language = _one_of(dice, LANGUAGES)
        if language:
            kiosk.tap(ev.LanguageTapped, language=language)
        if dice.random() < NO_CODE:
            kiosk.ask(ev.ScanRead(code=f"40{dice.randrange(10**10, 10**11)}", sku="", reason="code_unknown"))
        for _ in range(_one_of(dice, BASKETS)):
            self._choose()
        visit = kiosk.state.visit
        if visit is not None and dice.random() < PUTS_BACK:
            kiosk.tap(ev.LineDropped, line=visit.lines[-1].line)
        if kiosk.state.visit is None:
            return
        if dice.random() < WALKS_AWAY:
            kiosk.wait(kiosk.shop.rules.idle_ms + 1_000)
            return
        self._pay()
        self._see_it_through()
        self._goods_left()

    def _goods_left(self) -> None:
        """What was sold from the shelf is gone from it, or its neighbour is; what was put back is not."""
        while self.kiosk.sales:
            for line in self.kiosk.sales.popleft().lines:
                instead = self._instead.get(line.sku)
                slot = instead.pop() if instead and not line.coil else line.slot
                if not line.coil and self._on_shelf(slot):
                    self._take_from_shelf(slot)
        self._instead.clear()

    def _choose(self) -> None:
        """One piece more; from the shelf it is sometimes carried away unscanned."""
        kiosk, dice = self.kiosk, self._dice
        slot = self._wish(self._today)
        kiosk.wait(1_000 * dice.randrange(4, 20))
        if slot is None or kiosk.state.phase not in {Phase.IDLE, Phase.SHOPPING}:
            return
        if slot.place is Place.COIL:
            kiosk.tap(ev.SlotChosen, slot=slot.code)
            return
        product = kiosk.shop.catalogue.products[slot.sku]
        if dice.randrange(1_000) < self.site.unpaid:
            self._take_from_shelf(slot.code)
            return
        alike = self._neighbours.get(product.sku, ())
        if alike and dice.random() < SCANNED_AS_ANOTHER:
            product = kiosk.shop.catalogue.products[dice.choice(alike)]
            self._instead.setdefault(product.sku, []).append(slot.code)
        if product.gtins:
            kiosk.ask(ev.ScanRead(code=product.gtins[0], sku=product.sku, reason=""))
        else:
            kiosk.tap(ev.ProductChosen, sku=product.sku)

    def _pay(self) -> None:
        """Coins, until the cart is covered; a coin that is not taken is replaced by smaller ones, or everything comes back."""
        kiosk, dice = self.kiosk, self._dice
        visit = kiosk.state.visit
        if visit is None:
            return
        name, total_minor = visit.visit, visit.total_minor
        if dice.random() < BAD_COIN:
            kiosk.bad_coin()
        target = (
            total_minor if dice.random() < 0.55 else _round_up(total_minor, dice.choice((50, 100, 100, 200)))
        )
        for value_minor in _coins(target):
            kiosk.wait(1_000 * dice.randrange(1, 4))
            if not self._is_paying(name):
                break
            if not kiosk.coin(value_minor):
                break
        while self._is_paying(name) and (visit := kiosk.state.visit) is not None:
            missing = visit.total_minor - visit.held_minor
            smaller = next((v for v in _coins(missing) if kiosk.takes(v)), 0)
            if not smaller or not kiosk.coin(smaller):
                kiosk.tap(ev.MoneyBackTapped)
                break

    def _is_paying(self, name: str) -> bool:
        visit = self.kiosk.state.visit
        return (
            self.kiosk.state.phase is Phase.SHOPPING
            and visit is not None
            and visit.visit == name
            and visit.choice_ms is None
            and visit.held_minor < visit.total_minor
        )

    def _see_it_through(self) -> None:
        """Goods, a second choice if one failed, change, a receipt, and away."""
        kiosk, dice = self.kiosk, self._dice
        visit = kiosk.state.visit
        if visit is not None and visit.choice_ms is not None:
            kiosk.wait(1_000 * dice.randrange(3, 10))
            if dice.random() < 0.4:
                slot = self._wish(self._today)
                if slot is not None and slot.place is Place.COIL and kiosk.state.phase is Phase.SHOPPING:
                    kiosk.tap(ev.SlotChosen, slot=slot.code)
                    self._pay()
            if kiosk.state.phase is Phase.SHOPPING:
                kiosk.tap(ev.MoneyBackTapped)
        last = kiosk.state.last
        if last is None or kiosk.state.visit is not None:
            kiosk.wait(kiosk.shop.rules.idle_money_ms)
            return
        if last.debts:
            self._owed(last.visit, last.owed_minor, last.debts[0])
        elif last.receipt_nos and dice.random() < BAD_GOODS / (365 * self.site.visits):
            sale = next(each for each in kiosk.sales if each.visit == last.visit)
            is_one = dice.random() < ONE_BAD
            said_minor = dice.choice(sale.lines).price_minor if is_one else sale.total_minor
            self._later(
                lambda: self._claim(About.BAD_GOODS, sale.visit, said_minor, PHONE, sale),
                hours=dice.uniform(0.2, 1.5),
            )
        if last.receipt_nos and dice.random() < RECEIPT:
            kiosk.tap(ev.ReceiptTapped)
            self._prints += 1
            if self._prints >= ROLL_VISITS * RECEIPT and kiosk.devices.paper is hw.Paper.OK:
                kiosk.show_paper(hw.Paper.LOW)
        kiosk.show_levels()
        if dice.random() < LEAVES_AT_ONCE and kiosk.state.last is not None:
            kiosk.tap(ev.DoneTapped)

    # --- claims -------------------------------------------------------------------------------------------------------

    def _owed(self, visit: str, amount_minor: int, debt: str) -> None:
        """Money that did not come back: most ask at the screen at once, some come again with the code, some never do."""
        dice = self._dice
        way = dice.random()
        if way < 0.55:
            self.kiosk.wait(1_000 * dice.randrange(8, 40))
            self._claim(About.NO_MONEY_BACK, visit, amount_minor, SCREEN)
        elif way < 0.75:
            self._later(
                lambda: self._claim(About.NO_MONEY_BACK, visit, amount_minor, PHONE),
                hours=dice.uniform(0.3, 1.8),
            )
        elif way < 0.9:
            self._later(lambda: self._redeem(debt), hours=dice.uniform(1.0, 20.0))

    def _redeem(self, debt: str) -> None:
        """Somebody types the code of a debt, if nobody is at the kiosk; else the clerk pays."""
        kiosk = self.kiosk
        if kiosk.state.phase is not Phase.IDLE or kiosk.tap(ev.DebtCodeTyped, debt=debt).is_refusal:
            kiosk.ask(ev.HandOver(debt, self.site.clerks[0]))
        self._see_it_through()

    def _false_claim(self) -> None:
        """Somebody says that the machine swallowed coins, and nothing speaks for it."""
        self._claim(About.SWALLOWED, "", self._dice.choice((100, 200, 200, 400)), PHONE)

    def _claim(
        self, about: About, visit: str, said_minor: int, channel: str, sale: SaleClosed | None = None
    ) -> None:
        kiosk, dice = self.kiosk, self._dice
        kiosk.past.flush()  # a claim is weighed by what is in the file
        found = self._claims.weigh(about, said_minor, visit=visit, channel=channel)
        notice = kiosk.ask(
            ev.ClaimMade(
                token=self._token(),
                about=about,
                visit=visit,
                said_minor=said_minor,
                channel=channel,
                subject="",
                verdict=found.verdict,
                amount_minor=found.amount_minor,
                debt=found.debt,
                evidence=found.evidence,
            )
        )
        claim = notice.params.get("claim", "")
        if claim in kiosk.state.claims:
            self._later(
                lambda: self._decide(claim, about, said_minor, found, sale), hours=dice.uniform(6.0, 70.0)
            )
        elif found.debt in kiosk.state.debts:
            self._later(lambda: self._redeem(found.debt), hours=dice.uniform(0.5, 12.0))

    def _decide(
        self, claim: str, about: About, said_minor: int, found: Weighing, sale: SaleClosed | None
    ) -> None:
        kiosk, dice = self.kiosk, self._dice
        answer = answer_to(
            about,
            said_minor,
            found,
            most_minor=kiosk.shop.rules.max_goodwill_minor,
            sale=sale,
            is_lenient=dice.random() < LENIENT,
        )
        notice = kiosk.ask(ev.ClaimDecided(claim, "owner", answer.amount_minor, answer.reason))
        debt = notice.params.get("debt", "")
        if debt:
            self._later(lambda: self._redeem(debt), hours=dice.uniform(2.0, 60.0))


class NothingAskedError(Exception):
    """A weighing asked the till something: it was to read only."""


class _NoDoor:
    """Claims are only weighed through the desk here; their events go to the till directly."""

    def ask(self, event: ev.PersonEvent) -> Answer:
        raise NothingAskedError(type(event).__name__)

    def screen(self) -> Screen:
        raise NothingAskedError("screen")

    def debt_code(self, epoch: int, seq: int) -> str:
        raise NothingAskedError(f"{epoch}-{seq}")

    def monotonic_ms(self) -> int:
        raise NothingAskedError("monotonic_ms")


def _poisson(dice: random.Random, expected: float) -> int:
    """A draw from a Poisson distribution; by Knuth, good for the few dozen of a day."""
    limit, product, count = math.exp(-expected), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count


Choice = TypeVar("Choice")


def _one_of(dice: random.Random, shares: Sequence[tuple[Choice, int]]) -> Choice:
    return dice.choices([value for value, _ in shares], [weight for _, weight in shares])[0]


def _round_up(amount_minor: int, step_minor: int) -> int:
    return -(-amount_minor // step_minor) * step_minor


def _coins(amount_minor: int) -> Iterator[int]:
    """The largest coins that make up an amount of whole ten cents."""
    for value_minor in (200, 100, 50, 20, 10):
        while amount_minor >= value_minor:
            yield value_minor
            amount_minor -= value_minor
