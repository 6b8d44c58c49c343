"""What needs somebody, and what to do next: one function for the desk of one kiosk and the desk of all.

What it finds are readings of the journal, which both desks have: projections, and the till as folded from its entries. A few
things only the kiosk's own process knows, because they are no entries: `OwnWord` and `_own_books` name them, and nobody guesses
them elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import flask
from sqlalchemy import Connection

from hardware.events import DeviceKind
from inventory.catalogue import Place
from kiosk.core.facts import STORE
from kiosk.core.limits import CLAIMS, GOODWILL, PAYOUTS
from kiosk.core.postings import hopper_container
from kiosk.core.screen import View
from kiosk.core.shopping import FULL
from kiosk.core.state import Phase
from kiosk.fleet.inbox import Registered
from kiosk.runtime.clock import at_text, parse_at
from kiosk.store.cash import CollectionRow, read_collection_rows
from kiosk.store.change_needs import Inside, change_needs, read_day_pieces
from kiosk.store.claims import read_waiting
from kiosk.store.coils import LOOK_BACK_DAYS, read_jamming
from kiosk.store.goods import read_lots
from kiosk.store.reading import (
    DeviceRow,
    read_balances,
    read_debts,
    read_devices,
    read_sold_out,
    read_stock,
)
from web.admin.care import care_lines
from web.admin.desk import Desk
from web.admin.voice import Voice

COUNTS_OF: Final = timedelta(days=30)
"""Counts that are asked about: whoever was there remembers, and the coins may still be found."""

SLIP_COINS: Final = 20
SLIP_PERCENT: Final = 1
"""A slip of the counting hand is a coin or two: more than twenty of the smallest and more than this share of the box is none."""

SOON: Final = timedelta(days=3)
"""Pieces that end before the next visit of a vendor who comes twice a week."""

CHANGE_DAYS: Final = SOON.days
"""Change that is gone before that visit, at the mean of the last weeks: told while somebody can still bring coins, not when
shoppers are already asked for the exact sum."""

SILENT: Final = timedelta(minutes=30)
"""A kiosk says that it lives every five minutes, and waits at most a quarter of an hour after a try that failed."""

FOLD_FROM: Final = 4
"""So many rows of one cause at one kiosk become one that unfolds; fewer are read faster than opened."""

NAMED_MOST: Final = 6
"""Places that are named one by one; a row is no list."""


class Cause(StrEnum):
    """Why somebody is needed, in the order in which equally urgent ones stand."""

    REFUSED = "refused"
    HALTED = "halted"
    STARTING = "starting"
    LIMIT = "limit"
    SILENT = "silent"
    BOOKS = "books"
    DEVICE = "device"
    CHANGE = "change"
    LATE = "late"
    ODD = "odd"
    JAM = "jam"
    EXPIRED = "expired"
    CLAIM = "claim"
    DEBT = "debt"
    UNCOUNTED = "uncounted"
    RESTING = "resting"
    EMPTY = "empty"
    EXPIRING = "expiring"
    SUSPENSE = "suspense"
    SERVICE = "service"
    NEVER = "never"


ORDER: Final[Mapping[Cause, int]] = MappingProxyType({cause: place for place, cause in enumerate(Cause)})

NEVER_FOLDED: Final = frozenset({Cause.ODD, Cause.JAM})
"""Each is a case of its own, with its own story: one tap leads to it."""

PICTURES: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        Cause.REFUSED: "line",
        Cause.SILENT: "line",
        Cause.NEVER: "line",
        Cause.HALTED: "stop",
        Cause.STARTING: "stop",
        Cause.LIMIT: "stop",
        Cause.SERVICE: "device",
        Cause.DEVICE: "device",
        Cause.BOOKS: "books",
        Cause.CHANGE: "coins",
        Cause.LATE: "claim",
        Cause.CLAIM: "claim",
        Cause.ODD: "scales",
        Cause.UNCOUNTED: "scales",
        Cause.SUSPENSE: "coins",
        Cause.DEBT: "coins",
        Cause.JAM: "coil",
        Cause.RESTING: "goods",
        Cause.EMPTY: "goods",
        Cause.EXPIRED: "day",
        Cause.EXPIRING: "day",
    }
)
"""The picture beside a row: by kind, so that a glance tells goods from money."""

STOPPED_AT: Final = {PAYOUTS: "desk.cash", CLAIMS: "desk.claims", GOODWILL: "desk.claims"}
"""A function that rests because its limit is reached -> the page where its entries are looked at."""

URGENT_KINDS: Final = frozenset({DeviceKind.COIN_ACCEPTOR, DeviceKind.COIL_BOARD})
"""Without them nothing is sold."""


DONE_THERE: Final = frozenset(
    {Cause.LATE, Cause.CLAIM, Cause.DEBT, Cause.UNCOUNTED, Cause.RESTING, Cause.EXPIRED}
)
"""What only a kiosk's own desk or screen can do: a desk for several shows it, and says "read" where the other says "do"."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person.

    Attributes:
        cause: Why; it has the words of the one next action.
        text: What and where, as a sentence.
        href: Where the next action is done, or read about where it is done elsewhere.
        kiosk_id: Whose.
        is_urgent: Whether selling, money or a promise suffers until somebody comes.
        when: Since when, or until when, in words; empty when no entry tells.
        advice: What may help at once; empty when the page of the next action says more.
        is_elsewhere: Whether its act is done at the kiosk's own desk, and only read at this one.
    """

    cause: Cause
    text: str
    href: str
    kiosk_id: str
    is_urgent: bool = False
    when: str = ""
    advice: str = ""
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: a need, or several of one cause that unfold."""

    cause: Cause
    needs: tuple[Need, ...]

    @property
    def picture(self) -> str:
        """The name of its icon."""
        return PICTURES[self.cause]

    @property
    def kiosk_ids(self) -> tuple[str, ...]:
        """Its kiosks, each once."""
        return tuple(dict.fromkeys(each.kiosk_id for each in self.needs))


@dataclass(frozen=True, slots=True)
class Rows:
    """The whole list: what suffers now, and what waits for the next visit."""

    now: tuple[Row, ...]
    soon: tuple[Row, ...]

    @property
    def parts(self) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        """The parts that have something, each with its heading's last word."""
        return tuple((name, rows) for name, rows in (("now", self.now), ("soon", self.soon)) if rows)


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What only the kiosk's own process knows: it is in no entry, so a desk elsewhere says nothing of it.

    Attributes:
        is_exact_change: Shoppers are told "exact change": it depends on which coins the acceptors are configured to take.
        stopped: Functions that rest because a limit of the kiosk's configuration is reached.
    """

    is_exact_change: bool = False
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a till stands by its journal; ``clerk`` works on it, ``resting`` places wait for a count."""

    is_halted: bool
    is_starting: bool
    clerk: str
    resting: frozenset[str]


def rows_of(needs: Iterable[Need]) -> Rows:
    """The list: urgent ones apart, then by cause; one cause at several kiosks is one row that unfolds."""
    by_cause: dict[tuple[bool, Cause], list[Need]] = {}
    for each in sorted(needs, key=lambda need: ORDER[need.cause]):
        by_cause.setdefault((each.is_urgent, each.cause), []).append(each)
    parts: dict[bool, list[Row]] = {True: [], False: []}
    for (is_urgent, cause), found in by_cause.items():
        is_folded = cause not in NEVER_FOLDED and (
            len({each.kiosk_id for each in found}) > 1 or len(found) >= FOLD_FROM
        )
        parts[is_urgent] += [Row(cause, tuple(found))] if is_folded else [Row(cause, (one,)) for one in found]
    return Rows(tuple(parts[True]), tuple(parts[False]))


def find_needs(desk: Desk, voice: Voice, connection: Connection, kiosk_id: str) -> list[Need]:
    """Everything at this kiosk that needs a person, by its journal; on the kiosk's own desk also what only its process knows."""
    finder = _Finder(desk, voice, connection, kiosk_id)
    return [*finder.till(), *finder.devices(), *finder.money(), *finder.goods(), *_own_books(desk, voice)]


def line_needs(desk: Desk, voice: Voice, kiosk: Registered) -> list[Need]:
    """What this desk knows of its line to a kiosk elsewhere."""
    href = flask.url_for("desk.fleet", kiosk=kiosk.kiosk_id, _anchor="line")
    if not kiosk.heard_at:
        return [Need(Cause.NEVER, voice.say("need.never"), href, kiosk.kiosk_id)]
    found = []
    if kiosk.problem:
        text = voice.say("need.refused", why=voice.isolate(kiosk.problem))
        when = _since(voice, kiosk.problem_at)
        found.append(Need(Cause.REFUSED, text, href, kiosk.kiosk_id, is_urgent=True, when=when))
    if is_silent(desk, kiosk):
        when, text = _since(voice, kiosk.heard_at), voice.say("need.silent")
        found.append(Need(Cause.SILENT, text, href, kiosk.kiosk_id, is_urgent=True, when=when))
    return found


def is_silent(desk: Desk, kiosk: Registered) -> bool:
    """Whether a kiosk should have been heard by now and was not."""
    return not kiosk.heard_at or desk.clock.wall() - parse_at(kiosk.heard_at) > SILENT


def _own_books(desk: Desk, voice: Voice) -> list[Need]:
    """How the store is cared for: anchor, copies and verification are the machine's own, and no entries."""
    if desk.is_fleet:
        return []
    href = flask.url_for("desk.health", _anchor="books")
    return [
        Need(Cause.BOOKS, line.text, href, desk.kiosk_id, line.is_urgent)
        for line in care_lines(voice)
        if line.needs_hand
    ]


def _since(voice: Voice, at: str) -> str:
    return voice.say("need.since", at=voice.moment(at)) if at else ""


class _Finder:
    """Asks the readings of one kiosk."""

    def __init__(self, desk: Desk, voice: Voice, connection: Connection, kiosk_id: str) -> None:
        self._desk = desk
        self._voice = voice
        self._connection = connection
        self._kiosk_id = kiosk_id
        self._hoppers = desk.hoppers_of(kiosk_id)
        self._own = OwnWord()
        self._standing: Standing | None = None
        self._stand()

    def _stand(self) -> None:
        """Of a till behind this desk by its screen, which is folded from the journal; of one elsewhere by what came of it."""
        if not self._desk.is_fleet:
            screen = self._desk.door.screen()
            self._own = OwnWord(screen.is_exact_change, screen.stopped)
            self._standing = Standing(
                is_halted=screen.view is View.HALTED or bool(screen.halted_for),
                is_starting=screen.view is View.STARTING,
                clerk=screen.clerk if screen.view is View.SERVICE else "",
                resting=screen.resting,
            )
            return
        told = self._desk.till_of(self._kiosk_id)
        if told is not None:
            self._standing = Standing(
                is_halted=told.phase is Phase.HALTED or bool(told.halted_for) or told.space == FULL,
                is_starting=told.phase is Phase.STARTING,
                clerk=told.clerk if told.phase is Phase.SERVICE else "",
                resting=frozenset(slot for slot, book in told.coils.items() if book.is_off),
            )

    def _need(
        self,
        cause: Cause,
        text: str,
        endpoint: str,
        *,
        is_urgent: bool = False,
        when: str = "",
        **values: str,
    ) -> Need:
        if self._desk.is_fleet:
            values["kiosk"] = self._kiosk_id
        href = flask.url_for(endpoint, **values)  # type: ignore[arg-type]  # names of our own pages' parameters
        is_elsewhere = self._desk.is_fleet and cause in DONE_THERE
        return Need(cause, text, href, self._kiosk_id, is_urgent, when, is_elsewhere=is_elsewhere)

    # --- the till -----------------------------------------------------------------------------------------------------

    def till(self) -> list[Need]:
        """Whether it sells at all, and which of its functions rest."""
        voice, standing = self._voice, self._standing
        found = []
        if standing is not None and standing.is_halted:
            found.append(self._need(Cause.HALTED, voice.say("need.halted"), "desk.health", is_urgent=True))
        elif standing is not None and standing.is_starting:
            found.append(
                self._need(Cause.STARTING, voice.say("need.starting"), "desk.health", is_urgent=True)
            )
        elif standing is not None and standing.clerk:
            text = voice.say("need.service", clerk=voice.isolate(standing.clerk))
            found.append(self._need(Cause.SERVICE, text, "desk.health"))
        found += [
            self._need(Cause.LIMIT, voice.say(f"alert.limit.{name}"), STOPPED_AT[name], is_urgent=True)
            for name in self._own.stopped
        ]
        return found

    def devices(self) -> list[Need]:
        """Devices that do not answer or are in trouble; on the own desk also configured ones that never spoke."""
        rows = {row.device: row for row in read_devices(self._connection, self._kiosk_id)}
        ports = (
            {name: (row.kind, "") for name, row in rows.items()}
            if self._desk.is_fleet
            else {name: (device.kind.value, port) for name, (device, port) in self._desk.devices().items()}
        )
        found, advised = [], set[tuple[str, str]]()
        for name, (kind, port) in ports.items():
            need = self._device(name, kind, rows.get(name))
            if need is not None:
                # A bus that is gone takes several devices with it, and asks for one act.
                is_told = (port, need.advice) in advised
                advised.add((port, need.advice))
                found.append(replace(need, advice="") if is_told else need)
        return found

    def _device(self, name: str, kind: str, row: DeviceRow | None) -> Need | None:
        voice = self._voice
        value_minor = self._hoppers.get(name)
        label = (
            voice.say("account.cash.hopper", name=voice.money(value_minor))
            if kind == DeviceKind.HOPPER and value_minor
            else voice.say(f"kind.{kind}")
        )
        when = _since(voice, row.at) if row is not None else ""
        if row is None or not row.is_online:
            own = "alert.acceptor" if kind == DeviceKind.COIN_ACCEPTOR else f"alert.lost.{kind}"
            text = voice.say(own if voice.knows(own) else "alert.offline", device=label)
            is_urgent = kind in URGENT_KINDS
            need = self._need(Cause.DEVICE, text, "desk.health", is_urgent=is_urgent, when=when)
            advice = "health.connect" if row is None else f"fault.{row.fault or 'no_reply'}.clerk"
            return replace(need, advice=voice.say(advice) if voice.knows(advice) else "")
        if row.fault:
            advice = f"fault.{row.fault}.clerk"
            what = voice.say(advice) if voice.knows(advice) else row.fault
            text = voice.say("alert.fault", device=label, what=what)
            return self._need(Cause.DEVICE, text, "desk.health", when=when)
        return None

    # --- money --------------------------------------------------------------------------------------------------------

    def money(self) -> list[Need]:
        """Claims, debts, counts, change, and money that is nobody's yet."""
        return [*self._claims(), *self._debts(), *self._counts(), *self._change(), *self._suspense()]

    def _claims(self) -> list[Need]:
        voice = self._voice
        waiting = read_waiting(self._connection, self._kiosk_id, at_text(self._desk.clock.wall()))
        if not waiting.open:
            return []
        when = voice.say("need.due", at=voice.due(waiting.due_at)) if waiting.due_at else ""
        if waiting.late:
            text = voice.say("need.late", n=voice.count(waiting.late), open=voice.count(waiting.open))
            return [self._need(Cause.LATE, text, "desk.claims", is_urgent=True, when=when)]
        text = voice.say("need.claim", n=voice.count(waiting.open))
        return [self._need(Cause.CLAIM, text, "desk.claims", when=when or _since(voice, waiting.since))]

    def _debts(self) -> list[Need]:
        voice = self._voice
        waiting = [debt for debt in read_debts(self._connection, self._kiosk_id) if not debt.is_certain]
        if not waiting:
            return []
        amount = voice.money(sum(debt.amount_minor for debt in waiting))
        text = voice.say("need.debt", n=voice.count(len(waiting)), amount=amount)
        when = _since(voice, min(debt.at for debt in waiting))
        return [self._need(Cause.DEBT, text, "desk.cash", when=when, _anchor="debts")]

    def _counts(self) -> list[Need]:
        """Collections that nobody has counted, and those of late that were counted at much less or more than the books have."""
        since = (self._desk.today() - COUNTS_OF).isoformat()
        rows = read_collection_rows(self._connection, self._kiosk_id)
        return [
            need
            for row in rows
            for need in (
                [self._odd(row)]
                if row.is_counted and row.counted_at >= since and self._is_odd(row)
                else []
                if row.is_counted
                else [self._uncounted(row)]
            )
        ]

    def _is_odd(self, row: CollectionRow) -> bool:
        odd_minor = abs(row.counted_minor - row.expected_minor)
        slip_minor = SLIP_COINS * self._desk.config.money.cash_step_minor
        return odd_minor > slip_minor and 100 * odd_minor > SLIP_PERCENT * row.expected_minor

    def _odd(self, row: CollectionRow) -> Need:
        voice = self._voice
        odd_minor = row.counted_minor - row.expected_minor
        text = voice.say(
            "need.short" if odd_minor < 0 else "need.over",
            clerk=voice.isolate(row.clerk),
            amount=voice.money(abs(odd_minor)),
        )
        when = voice.say("need.taken", at=voice.moment(row.at))
        return self._need(
            Cause.ODD, text, "desk.collection", is_urgent=True, when=when, collection=row.collection
        )

    def _uncounted(self, row: CollectionRow) -> Need:
        text = self._voice.say("need.uncounted", amount=self._voice.money(row.expected_minor))
        when = _since(self._voice, row.at)
        return self._need(Cause.UNCOUNTED, text, "desk.collection", when=when, collection=row.collection)

    def _change(self) -> list[Need]:
        voice, today = self._voice, self._desk.today()
        hoppers = {name: value for name, value in self._hoppers.items() if value}
        zone = self._desk.config.timezone
        pieces = read_day_pieces(self._connection, self._kiosk_id, today=today, timezone=zone)
        held = {each.account: each.amount_minor for each in read_balances(self._connection, self._kiosk_id)}
        inside = {
            name: Inside(value, held.get(f"cash.{hopper_container(name)}", 0) // value)
            for name, value in hoppers.items()
        }
        low = [
            each
            for each in change_needs(pieces, inside, today=today, days=CHANGE_DAYS)
            if each.lasts_days is not None and each.lasts_days < CHANGE_DAYS
        ]
        words = []
        if self._own.is_exact_change:
            words.append(voice.say("need.exact"))
        if low:
            coins = ", ".join(voice.money(each.value_minor) for each in low)
            words.append(voice.say("need.change", coins=coins, days=voice.count(CHANGE_DAYS)))
        if not words:
            return []
        is_urgent = self._own.is_exact_change or any(each.inside <= 0 for each in low)
        return [self._need(Cause.CHANGE, " ".join(words), "desk.change", is_urgent=is_urgent)]

    def _suspense(self) -> list[Need]:
        balances = read_balances(self._connection, self._kiosk_id)
        sum_minor = -sum(each.amount_minor for each in balances if each.account.startswith("suspense."))
        if not sum_minor:
            return []
        text = self._voice.say("need.suspense", amount=self._voice.money(sum_minor))
        return [self._need(Cause.SUSPENSE, text, "desk.journal", account="suspense.*")]

    # --- goods --------------------------------------------------------------------------------------------------------

    def goods(self) -> list[Need]:
        """Coils that jam, rest or are empty, and dates."""
        return [*self._jams(), *self._dates(), *self._places()]

    def _jams(self) -> list[Need]:
        voice = self._voice
        jamming = read_jamming(
            self._connection, (self._kiosk_id,), self._desk.today(), self._desk.config.timezone
        )
        return [
            self._need(
                Cause.JAM,
                voice.say(
                    "need.jam",
                    slot=voice.isolate(each.slot),
                    failed=voice.count(each.own.failed),
                    turned=voice.count(each.own.turned),
                    days=voice.count(LOOK_BACK_DAYS),
                ),
                "desk.coils",
                is_urgent=True,
            )
            for each in jamming
        ]

    def _dates(self) -> list[Need]:
        voice, today = self._voice, self._desk.today()
        past, soon = dict[str, int](), dict[str, int]()
        for lot in read_lots(self._connection, self._kiosk_id):
            if not lot.expires_on or lot.qty <= 0 or lot.slot == STORE:
                continue
            if lot.expires_on < today.isoformat():
                past[lot.expires_on] = past.get(lot.expires_on, 0) + lot.qty
            elif lot.expires_on < (today + SOON).isoformat():
                soon[lot.expires_on] = soon.get(lot.expires_on, 0) + lot.qty
        found = []
        if past:
            text = voice.say("need.expired", n=voice.count(sum(past.values())))
            when = voice.say("need.since", at=voice.iso_day(min(past)))
            found.append(self._need(Cause.EXPIRED, text, "desk.dates", is_urgent=True, when=when))
        if soon:
            text = voice.say("need.expiring", n=voice.count(sum(soon.values())), days=voice.count(SOON.days))
            when = voice.say("need.from", day=voice.iso_day(min(soon)))
            found.append(self._need(Cause.EXPIRING, text, "desk.dates", when=when))
        return found

    def _places(self) -> list[Need]:
        """Places that a clerk must count, and coils that sell something and hold nothing."""
        found = []
        resting = self._standing.resting if self._standing is not None else frozenset()
        if resting:
            text = self._voice.say("need.resting", places=self._named(sorted(resting)))
            if len(resting) == 1:
                found.append(self._need(Cause.RESTING, text, "desk.place", slot=next(iter(resting))))
            else:
                found.append(self._need(Cause.RESTING, text, "desk.stock"))
        since = read_sold_out(self._connection, self._kiosk_id)
        empty = [slot for slot in self._empty_coils() if slot not in resting]
        if empty:
            text = self._voice.say("need.empty", places=self._named(empty))
            first = min((since[slot] for slot in empty if slot in since), default="")
            found.append(self._need(Cause.EMPTY, text, "desk.restock", when=_since(self._voice, first)))
        return found

    def _empty_coils(self) -> list[str]:
        goods = self._desk.goods_of(self._kiosk_id)
        held = {(row.slot, row.sku): row.qty for row in read_stock(self._connection, self._kiosk_id)}
        return [
            code
            for code, slot in sorted(goods.slots.items(), key=lambda each: each[1].coil)
            if slot.place is Place.COIL
            and (product := goods.products.get(slot.sku)) is not None
            and product.is_for_sale
            and held.get((code, slot.sku), 0) <= 0
        ]

    def _named(self, slots: Sequence[str]) -> str:
        names = ", ".join(self._voice.isolate(slot) for slot in slots[:NAMED_MOST])
        more = len(slots) - NAMED_MOST
        return (
            self._voice.say("need.and_more", places=names, n=self._voice.count(more)) if more > 0 else names
        )
