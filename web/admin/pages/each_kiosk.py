"""Pages that show one kiosk, asked for all of several: a row for each with the figure that matters there, which leads to its own.

Whoever reads a figure must know whose it is: no page takes the first kiosk when the address names none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from inventory.catalogue import Slot
from inventory.shrink import clopper_pearson
from kiosk.core.facts import STORE
from kiosk.core.postings import CASH_BOX
from kiosk.store.cash import read_bags, read_collection_rows, read_day_closes
from kiosk.store.days import WEEK_DAYS
from kiosk.store.deeds import read_deeds
from kiosk.store.figures import Kind as Rollup
from kiosk.store.figures import read_figures
from kiosk.store.losses import read_losses
from kiosk.store.reading import (
    read_balances,
    read_entries_at,
    read_head,
    read_stock,
    read_unknown_codes,
)
from kiosk.store.stock_value import read_stock_values
from web.admin.desk import ALL, LISTS, Desk
from web.admin.pages.change import read_change
from web.admin.pages.deeds import asked_deeds, deed_words
from web.admin.pages.health import device_health
from web.admin.pages.journal import Asked, asked_entries, figure_of, sum_of
from web.admin.pages.lots import lot_cards
from web.admin.pages.shrink import asked_weeks, say_rate
from web.exports import Cell, Column, Kind, Table

CLOSED: Final = "SaleClosed"
"""Entries whose number and sum the rollups know."""

Cells = tuple[Cell, ...]
Tab = tuple[str, str]
"""An endpoint and the key of its name."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column.

    Attributes:
        key: Of its words.
        kind: What stands in it.
        is_summed: Whether the sum of all kiosks says something.
        is_alarm: Whether anything but 0 waits for somebody.
    """

    key: str
    kind: Kind = Kind.COUNT
    is_summed: bool = True
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """What a page shows of each kiosk.

    Attributes:
        page: Key of the page's place in the menu.
        heading: Key of its title.
        columns: What is shown.
        read: The cells of one kiosk.
        tabs: Pages beside it.
        note: Which days or which filter the figures are of; empty for all.
    """

    page: str
    heading: str
    columns: tuple[Heading, ...]
    read: Callable[[Connection, str], Cells]
    tabs: tuple[Tab, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One kiosk; ``cells`` is empty while nothing was ever heard of it."""

    kiosk_id: str
    name: str
    href: str
    cells: Cells


STOCK_TABS: Final = (
    ("desk.stock", "nav.stock"),
    ("desk.dates", "lots.dates"),
    ("desk.transit", "nav.transit"),
)
RESTOCK_TABS: Final = (
    ("desk.restock", "nav.restock"),
    ("desk.pick", "pick.title"),
    ("desk.buy", "buy.title"),
)
CASH_TABS: Final = tuple(
    (f"desk.{name}", f"collections.tab.{name}") for name in ("cash", "bags", "change", "days")
)


# --- goods ----------------------------------------------------------------------------------------------------------


def _held(connection: Connection, kiosk_id: str) -> dict[str, int]:
    """Place -> pieces in it by the book; below 0 nothing is there."""
    held: dict[str, int] = {}
    for row in read_stock(connection, kiosk_id):
        held[row.slot] = held.get(row.slot, 0) + row.qty
    return {slot: max(0, qty) for slot, qty in held.items()}


def _lacking(slots: Mapping[str, Slot], held: Mapping[str, int]) -> tuple[int, ...]:
    """What each place lacks that does not hold its par level."""
    lacks = (slot.par_qty - held.get(code, 0) for code, slot in slots.items())
    return tuple(qty for qty in lacks if qty > 0)


def _stock(desk: Desk) -> Each:
    def read(connection: Connection, kiosk_id: str) -> Cells:
        goods, held = desk.goods_of(kiosk_id), _held(connection, kiosk_id)
        costs_minor = {product.sku: product.cost_minor for product in goods.products.values()}
        worth = read_stock_values(connection, (kiosk_id,), costs_minor)[kiosk_id]
        told = desk.till_of(kiosk_id)
        off = sum(book.is_off for book in told.coils.values()) if told is not None else 0
        return sum(held.values()), worth.value_minor, len(_lacking(goods.slots, held)), off

    columns = (
        Heading("each.pieces"),
        Heading("each.worth", Kind.MONEY),
        Heading("each.to_fill"),
        Heading("each.off", is_alarm=True),
    )
    return Each("nav.stock", "nav.stock", columns, read, STOCK_TABS)


def _dates(desk: Desk) -> Each:
    def read(_connection: Connection, kiosk_id: str) -> Cells:
        cards = lot_cards(desk, kiosk_id)
        ends = [card.row.expires_on for card in cards if card.row.qty > 0 and card.row.expires_on]
        return (
            sum(card.row.qty for card in cards if card.must_go and card.is_past),
            sum(card.row.qty for card in cards if card.must_go and not card.is_past),
            desk.voice().iso_day(min(ends)) if ends else None,
        )

    columns = (
        Heading("each.past", is_alarm=True),
        Heading("each.soon"),
        Heading("each.next_day", Kind.TEXT),
    )
    return Each("nav.stock", "lots.dates", columns, read, STOCK_TABS)


def _restock(desk: Desk, heading: str) -> Each:
    def read(connection: Connection, kiosk_id: str) -> Cells:
        slots, held = desk.goods_of(kiosk_id).slots, _held(connection, kiosk_id)
        lacking = _lacking(slots, held)
        empty = sum(1 for code, slot in slots.items() if slot.par_qty > 0 and not held.get(code, 0))
        return empty, len(lacking), sum(lacking), held.get(STORE, 0)

    columns = (
        Heading("each.empty"),
        Heading("each.to_fill"),
        Heading("each.fill_pieces"),
        Heading("lots.store"),
    )
    return Each("nav.restock", heading, columns, read, RESTOCK_TABS)


def _shrink(desk: Desk) -> Each:
    voice, weeks = desk.voice(), asked_weeks()

    def read(connection: Connection, kiosk_id: str) -> Cells:
        losses = read_losses(
            connection,
            kiosk_id,
            desk.goods_of(kiosk_id),
            today=desk.today(),
            days=weeks * WEEK_DAYS,
            timezone=desk.config.timezone,
        )
        counted = [each for each in losses.shrinks if each.tally.counts]
        missing = sum(max(0, each.unknown_qty) for each in counted)
        left = sum(each.left_qty for each in counted)
        return (
            sum(each.tally.spoilt_qty for each in losses.shrinks),
            losses.wasted_minor,
            sum(each.unknown_qty for each in losses.shrinks),
            losses.unknown_minor,
            say_rate(voice, clopper_pearson(missing, left) if counted else None),
        )

    columns = (
        Heading("shrink.wasted"),
        Heading("each.worth", Kind.MONEY),
        Heading("shrink.unknown"),
        Heading("each.worth", Kind.MONEY),
        Heading("each.rate", Kind.TEXT),
    )
    note = voice.say("shrink.window", n=weeks)
    return Each("nav.shrink", "nav.shrink", columns, read, note=note)


# --- cash -----------------------------------------------------------------------------------------------------------


def _cash(_desk: Desk) -> Each:
    def read(connection: Connection, kiosk_id: str) -> Cells:
        held = {each.account: each.amount_minor for each in read_balances(connection, kiosk_id)}
        last = next(iter(read_collection_rows(connection, kiosk_id)), None)
        return (
            sum(held[name] for name in held if name.startswith("cash.")),
            held.get(f"cash.{CASH_BOX}", 0),
            sum(held[name] for name in held if name.startswith("transit.")),
            last.at if last else None,
            last.variance_minor if last and last.is_counted else None,
        )

    columns = (
        Heading("each.inside", Kind.MONEY),
        Heading("each.box", Kind.MONEY),
        Heading("each.on_way", Kind.MONEY),
        Heading("each.collected", Kind.MOMENT),
        Heading("each.differs", Kind.MONEY, is_summed=False, is_alarm=True),
    )
    return Each("nav.cash", "nav.cash", columns, read, CASH_TABS)


def _bags(_desk: Desk) -> Each:
    def read(connection: Connection, kiosk_id: str) -> Cells:
        bags = read_bags(connection, kiosk_id)
        return len(bags), sum(each.counted_minor for each in bags), bags[0].counted_at if bags else None

    columns = (
        Heading("each.bags"),
        Heading("each.bags_worth", Kind.MONEY),
        Heading("each.bags_since", Kind.MOMENT),
    )
    return Each("nav.cash", "collections.tab.bags", columns, read, CASH_TABS)


def _change(desk: Desk) -> Each:
    voice = desk.voice()

    def read(connection: Connection, kiosk_id: str) -> Cells:
        change = read_change(desk, connection, kiosk_id)
        ends = [(each.lasts_days, each.value_minor) for each in change.needs if each.lasts_days is not None]
        words = voice.say("each.lasts_long")
        if ends:
            days, value_minor = min(ends)
            words = f"{voice.money(value_minor)} · {voice.say('each.days', n=days)}"
        return change.bring_minor, voice.say("each.days", n=change.days), words

    columns = (
        Heading("each.bring", Kind.MONEY),
        Heading("collections.days", Kind.TEXT),
        Heading("each.lasts", Kind.TEXT),
    )
    return Each("nav.cash", "collections.tab.change", columns, read, CASH_TABS)


def _days(_desk: Desk) -> Each:
    def read(connection: Connection, kiosk_id: str) -> Cells:
        closes = read_day_closes(connection, kiosk_id, most=1)
        if not closes:
            return None, None, None
        return closes[0].at, closes[0].gross_minor, closes[0].perpetual_minor

    columns = (
        Heading("each.closed", Kind.MOMENT),
        Heading("each.closed_gross", Kind.MONEY, is_summed=False),
        Heading("each.perpetual", Kind.MONEY),
    )
    return Each("nav.cash", "collections.tab.days", columns, read, CASH_TABS)


# --- the house ------------------------------------------------------------------------------------------------------


def _health(desk: Desk) -> Each:
    def read(_connection: Connection, kiosk_id: str) -> Cells:
        devices = device_health(desk, kiosk_id)
        return len(devices), sum(each.state != "online" for each in devices)

    columns = (Heading("each.devices"), Heading("each.troubled", is_alarm=True))
    return Each("nav.health", "nav.health", columns, read)


def _codes(_desk: Desk) -> Each:
    def read(connection: Connection, kiosk_id: str) -> Cells:
        codes = read_unknown_codes(connection, kiosk_id)
        return len(codes), sum(each.qty for each in codes), codes[0].at if codes else None

    columns = (Heading("each.codes"), Heading("codes.times"), Heading("codes.last", Kind.MOMENT))
    return Each("nav.codes", "nav.codes", columns, read)


def _deeds(desk: Desk) -> Each:
    voice = desk.voice()
    wanted, kept = asked_deeds(desk)

    def read(connection: Connection, kiosk_id: str) -> Cells:
        found, _ = read_deeds(connection, kiosk_id, wanted, most=1)
        for deed, words in deed_words(desk, connection, kiosk_id, found):
            return deed.at, voice.isolate(deed.actor), words
        return None, None, None

    topic = voice.say(f"deeds.{kept['topic']}") if "topic" in kept else ""
    day = voice.iso_day(kept["day"]) if "day" in kept else ""
    month = voice.month(kept["month"]) if "month" in kept and not day else ""
    words = [kept.get("who", ""), topic, kept.get("about", ""), day or month]
    columns = (
        Heading("fleet.did", Kind.MOMENT),
        Heading("deeds.who", Kind.TEXT),
        Heading("journal.what", Kind.TEXT),
    )
    note = " · ".join(word for word in words if word)
    return Each("nav.deeds", "nav.deeds", columns, read, note=note)


def _journal(desk: Desk) -> Each:
    voice = desk.voice()
    asked = asked_entries(desk)
    wanted = asked.wanted
    key = f"kind.{wanted.kind}"
    kind = voice.say(key) if voice.knows(key) else wanted.kind
    words = (asked.name(voice), kind, wanted.visit, wanted.slot, asked.period(voice))
    columns, read = _entries(desk, asked)
    return Each("nav.journal", "nav.journal", columns, read, note=" · ".join(word for word in words if word))


def _entries(desk: Desk, asked: Asked) -> tuple[tuple[Heading, ...], Callable[[Connection, str], Cells]]:
    """What the rollups tell of the entries that are asked for; without such a sum, how far each journal is here."""
    wanted = asked.wanted
    is_plain = not (asked.figure or wanted.visit or wanted.slot or wanted.outcome)
    if is_plain and wanted.kind == CLOSED and wanted.start_at and not wanted.account:

        def read_sold(connection: Connection, kiosk_id: str) -> Cells:
            sold = read_figures(connection, (kiosk_id,), Rollup.RECEIPT, wanted.start_at, wanted.end_at)
            return sum(each.qty for each in sold), sum(each.amount_minor for each in sold)

        return (Heading("each.sales"), Heading("each.sold", Kind.MONEY)), read_sold
    if asked.figure and not asked.is_narrow:

        def read_figure(connection: Connection, kiosk_id: str) -> Cells:
            return (figure_of(desk, connection, kiosk_id, asked),)

        kind = Kind.COUNT if asked.is_counted else Kind.MONEY
        return (Heading("each.moved", kind),), read_figure
    if wanted.account and not asked.is_narrow:

        def read_moved(connection: Connection, kiosk_id: str) -> Cells:
            return (desk.voice().shown(wanted.account, sum_of(connection, kiosk_id, wanted)),)

        return (Heading("each.moved" if wanted.end_at else "each.balance", Kind.MONEY),), read_moved

    def read_newest(connection: Connection, kiosk_id: str) -> Cells:
        head = read_head(connection, kiosk_id)
        newest = read_entries_at(connection, kiosk_id, (head,))
        return (newest[0].at if newest else None, f"{head[0]}-{head[1]}" if newest else None)

    return (Heading("each.newest", Kind.MOMENT), Heading("journal.entry", Kind.CODE)), read_newest


EACH: Final[Mapping[str, Callable[[Desk], Each]]] = {
    "desk.stock": _stock,
    "desk.dates": _dates,
    "desk.restock": lambda desk: _restock(desk, "nav.restock"),
    "desk.pick": lambda desk: _restock(desk, "pick.title"),
    "desk.buy": lambda desk: _restock(desk, "buy.title"),
    "desk.shrink": _shrink,
    "desk.cash": _cash,
    "desk.bags": _bags,
    "desk.change": _change,
    "desk.days": _days,
    "desk.health": _health,
    "desk.codes": _codes,
    "desk.deeds": _deeds,
    "desk.journal": _journal,
}
"""Endpoint -> what is shown of each kiosk. A page about a thing of one kiosk leads to the list of such things (`desk.LISTS`)."""


def _rows(desk: Desk, each: Each) -> tuple[Row, ...]:
    """A row for every kiosk, with the address of this page, its filters too, for that kiosk."""
    kept = {name: text for name, text in flask.request.args.items() if name not in {"kiosk", "format"}}
    machines = desk.fleet.machines() if desk.fleet is not None else ()
    rows = []
    for one in machines:
        href = flask.url_for(flask.request.endpoint or "", **{**kept, "kiosk": one.kiosk_id})  # type: ignore[arg-type]  # our own filters
        cells: Cells = ()
        if one.heard_at:
            # A reading for each kiosk: every one has the readers' time for itself.
            with desk.reading() as connection:
                cells = each.read(connection, one.kiosk_id)
        rows.append(Row(one.kiosk_id, one.name, href, cells))
    return tuple(rows)


def _sums(columns: Sequence[Heading], rows: Sequence[Row]) -> Cells:
    """What all kiosks come to in each column; None where a sum says nothing."""
    return tuple(
        sum(value for row in rows if row.cells and isinstance(value := row.cells[index], int))
        if column.is_summed and column.kind in {Kind.COUNT, Kind.MONEY}
        else None
        for index, column in enumerate(columns)
    )


def _table(desk: Desk, each: Each, rows: Sequence[Row]) -> Table:
    voice = desk.voice()
    columns = (
        Column(voice.say("fleet.kiosk")),
        *(Column(voice.say(column.key), column.kind) for column in each.columns),
    )
    nothing: Cells = (None,) * len(each.columns)
    cells = [(row.name, *(row.cells or nothing)) for row in rows]
    return Table(voice.say(each.heading), columns, cells, period=each.note)


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Answer for every page of one kiosk whose address names none."""

    @pages.before_request
    def ask_which() -> ResponseReturnValue | None:
        if not desk.asks_which():
            return None
        endpoint = flask.request.endpoint or ""
        if endpoint in LISTS:
            return flask.redirect(flask.url_for(LISTS[endpoint], kiosk=ALL))
        if endpoint not in EACH:  # a plot belongs to a page that names its kiosk
            flask.abort(404)
        each = EACH[endpoint](desk)
        rows = _rows(desk, each)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, endpoint.removeprefix("desk."), _table(desk, each, rows))
        return desk.render("each_kiosk.html", each.page, each=each, rows=rows, sums=_sums(each.columns, rows))
