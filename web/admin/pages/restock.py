"""Restock: what to bring at this visit and why, the pick list for the van, each product's forecast, and what to buy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import flask
from babel.dates import get_day_names
from flask.typing import ResponseReturnValue

from inventory.forecast import Availability, Day, Forecast, Score, mean_score
from inventory.replenish import Why, van_order
from inventory.rounds import out_of_place
from inventory.shrink import count_these
from kiosk.core.facts import STORE
from kiosk.i18n import CountError, format_amount, format_percent, localise_digits, parse_count
from kiosk.store.demand import HISTORY_DAYS, read_histories
from kiosk.store.goods import read_lots
from kiosk.store.losses import GAP_MOST_DAYS, read_doubts, read_last_counts, read_losses, usual_gap
from kiosk.store.reading import read_stock
from kiosk.store.restock import NO_SUPPLIER, Order, Restock, pick_list, plan_restock, purchases
from kiosk.store.rounds import read_lying
from web.admin.desk import Desk
from web.admin.paging import part_of
from web.admin.plot import LEAF
from web.admin.restock_plot import PALE, SAFFRON, Series, stacked_bars
from web.admin.voice import Voice
from web.exports import Cell, Column, Kind, Table

SHOWN_DAYS: Final = 21
"""Days of the past on a forecast's page: three of every weekday, still readable on a phone."""

LINES_AT_ONCE: Final = 40
"""Lines to buy on one page, some three screens of a phone; where several suppliers have more, each has its own page."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the pages of one visit share."""

    today: date
    days: int
    gap: int
    is_wrong: bool
    restocks: tuple[Restock, ...]
    histories: dict[str, tuple[Day, ...]]
    in_store: dict[str, int]

    @property
    def pieces(self) -> int:
        """Pieces to bring."""
        return sum(each.proposal.qty for each in self.restocks)

    @property
    def first(self) -> date:
        """The first day after the visit."""
        return self.today + timedelta(days=1)


def _asked_days(gap: int) -> tuple[int, bool]:
    """The days that the address asks for, in any of the three digit sets, and whether they were none."""
    asked = flask.request.args.get("days", "")
    if not asked:
        return gap, False
    try:
        days = parse_count(asked)
    except CountError:
        return gap, True
    return (days, False) if 1 <= days <= GAP_MOST_DAYS else (gap, True)


def make_plan(desk: Desk, sku: str = "") -> Plan:
    """Work out the visit of today, from readings alone; of one product where ``sku`` names it.

    Pieces past their last day count as gone: they are pulled before anything is filled.
    """
    today, timezone = desk.today(), desk.config.timezone
    catalogue = desk.catalogue()
    with desk.reading() as connection:
        gap = usual_gap(connection, desk.kiosk_id, catalogue, today, timezone=timezone)
        stock = read_stock(connection, desk.kiosk_id)
        lots = read_lots(connection, desk.kiosk_id)
        histories = read_histories(connection, desk.kiosk_id, today, timezone=timezone, sku=sku)
    held = {(row.slot, row.sku): row.qty for row in stock}
    for lot in lots:
        if lot.expires_on and lot.expires_on < today.isoformat():
            held[lot.slot, lot.sku] = held.get((lot.slot, lot.sku), 0) - lot.qty
    days, is_wrong = _asked_days(gap)
    restocks = plan_restock(
        catalogue,
        held,
        histories,
        today=today,
        days=days,
        tax_rates_bp=desk.config.tax_rates_bp,
        sku=sku,
    )
    in_store = {own: qty for (slot, own), qty in held.items() if slot == STORE}
    return Plan(today, days, gap, is_wrong, restocks, histories, in_store)


def tenths(voice: Voice, number: float) -> str:
    """A number with one decimal, in the reader's digits."""
    return voice.isolate(format_amount(round(number * 10), 1, voice.language))


def hundredths(voice: Voice, number: float) -> str:
    """A number with two decimals, in the reader's digits: two losses that differ shall not look alike."""
    return voice.isolate(format_amount(round(number * 100), 2, voice.language))


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the forecasts of one visit's page missed in the past, on average of the products that could be measured.

    Attributes:
        own: Ours.
        naive: Last week's days as they were.
        products: How many were measured.
        by_naive: How many of them are stocked by the naive forecast, which lost less there.
    """

    own: Score
    naive: Score
    products: int
    by_naive: int


def trust_of(restocks: Sequence[Restock]) -> Trust | None:
    """The forecasts' error beside the naive ones', or None where none could be measured."""
    known = [each.forecast for each in restocks if each.forecast is not None and each.forecast.measured]
    measured = [each.measured for each in known if each.measured is not None]
    if not measured:
        return None
    return Trust(
        own=mean_score([each.own for each in measured]),
        naive=mean_score([each.naive for each in measured]),
        products=len(measured),
        by_naive=sum(each.is_naive for each in known),
    )


PACES: Final = (("day", 1), ("week", 7), ("month", 30))
"""Periods by which a pace is said: the shortest in which at least one piece sells."""


def _pace(voice: Voice, forecast: Forecast) -> str:
    for period, days in PACES:
        pace = forecast.level * days
        if round(pace * 10) >= 10:
            return voice.say(f"restock.pace.{period}", pace=tenths(voice, pace))
    return voice.say("restock.pace.none")


def why_line(voice: Voice, restock: Restock) -> str:
    """Why so many: pace, next visit, sureness, and what ended the bringing."""
    end = voice.say(f"restock.end.{restock.proposal.why}")
    if restock.forecast is None or restock.proposal.why is Why.LOSS:
        return end
    sure = format_percent(restock.proposal.sure_percent * 100, voice.language)
    line = voice.say(
        "restock.line",
        pace=_pace(voice, restock.forecast),
        next=voice.say("restock.next", n=restock.wares.days),
        sure=voice.say("restock.sure", sure=sure),
    )
    return f"{line} {end}"


def scores_of(restock: Restock) -> tuple[Score | None, Score | None]:
    """One product's forecast and the naive one; None where too little of the past could be measured."""
    measured = restock.forecast.measured if restock.forecast else None
    return (measured.own, measured.naive) if measured else (None, None)


def restock_table(voice: Voice, restocks: Sequence[Restock]) -> Table:
    """What to bring, as a file."""
    columns = (
        Column(voice.say("restock.product")),
        Column(voice.say("goods.sku"), Kind.CODE),
        Column(voice.say("restock.held"), Kind.COUNT),
        Column(voice.say("restock.bring"), Kind.COUNT),
        Column(voice.say("restock.why")),
        Column(voice.say("restock.off")),
        Column(voice.say("restock.off_naive")),
    )
    rows: list[Sequence[Cell]] = [
        (
            voice.name(each.product, each.product.sku),
            each.product.sku,
            each.wares.on_hand,
            each.proposal.qty,
            why_line(voice, each),
            *(hundredths(voice, score.off) if score else "" for score in scores_of(each)),
        )
        for each in restocks
    ]
    return Table(voice.say("nav.restock"), columns, rows)


def buy_table(voice: Voice, orders: dict[str, tuple[Order, ...]]) -> Table:
    """What to buy, as a file: a row per product, its supplier beside it."""
    columns = (
        Column(voice.say("buy.supplier")),
        Column(voice.say("buy.order_no"), Kind.CODE),
        Column(voice.say("goods.sku"), Kind.CODE),
        Column(voice.say("restock.product")),
        Column(voice.say("buy.need"), Kind.COUNT),
        Column(voice.say("buy.stored"), Kind.COUNT),
        Column(voice.say("buy.cases"), Kind.COUNT),
        Column(voice.say("buy.pieces"), Kind.COUNT),
        Column(voice.say("buy.cost"), Kind.MONEY),
    )
    rows: list[Sequence[Cell]] = [
        (
            supplier if supplier != NO_SUPPLIER else voice.say("buy.nobody"),
            each.order_no,
            each.product.sku,
            voice.name(each.product, each.product.sku),
            each.need,
            each.in_store,
            each.cases,
            each.pieces,
            each.cost_minor,
        )
        for supplier, own in orders.items()
        for each in own
    ]
    return Table(voice.say("buy.title"), columns, rows)


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a forecast's table."""

    day: date
    sold: int | None
    is_cut: bool
    expected: float | None


def day_rows(plan: Plan, restock: Restock) -> tuple[DayRow, ...]:
    """The last days and the next, oldest first."""
    past = [
        DayRow(day.on, day.sold, day.availability is not Availability.ALL_DAY, None)
        for day in plan.histories.get(restock.product.sku, ())[-SHOWN_DAYS:]
    ]
    if restock.forecast is None:
        return tuple(past)
    for number in range(plan.days):
        day = plan.first + timedelta(days=number)
        past.append(DayRow(day, None, is_cut=False, expected=restock.forecast.week[day.weekday()]))
    return tuple(past)


def _plot(voice: Voice, rows: Sequence[DayRow], *, is_small: bool) -> bytes:
    names = get_day_names("narrow", context="stand-alone", locale=voice.language)
    labels = [localise_digits(str(names[row.day.weekday()]), voice.language) for row in rows]
    series = (
        Series(voice.say("forecast.sold"), LEAF, [None if row.is_cut else row.sold for row in rows]),
        Series(voice.say("forecast.cut"), SAFFRON, [row.sold if row.is_cut else None for row in rows]),
        Series(voice.say("forecast.expected"), PALE, [row.expected for row in rows]),
    )
    if is_small:
        labels = [label if not index % 2 else "" for index, label in enumerate(labels)]
    return stacked_bars(labels, series, say=voice.count, is_small=is_small)


def _plan_of(desk: Desk, sku: str) -> tuple[Plan, Restock]:
    """The plan of one product that has a place; any other is not found."""
    plan = make_plan(desk, sku)
    if not plan.restocks:
        flask.abort(404)
    return plan, plan.restocks[0]


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/restock")
    def restock() -> ResponseReturnValue:
        voice, plan = desk.voice(), make_plan(desk)
        is_all = flask.request.args.get("all") == "1"
        shown = tuple(each for each in plan.restocks if is_all or each.proposal.qty)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "restock", restock_table(voice, shown))
        part = part_of(shown)
        page = desk.render(
            "restock.html",
            "nav.restock",
            plan=plan,
            shown=part.rows,
            part=part,
            is_all=is_all,
            days_typed=voice.digits(flask.request.args.get("days", "") or str(plan.days)),
            products=sum(1 for each in plan.restocks if each.proposal.qty),
            why=lambda each: why_line(voice, each),
            scores=scores_of,
            trust=trust_of(plan.restocks),
            hundredths=lambda number: hundredths(voice, number),
        )
        return page, 400 if plan.is_wrong else 200

    @pages.get("/restock/pick")
    def pick() -> ResponseReturnValue:
        plan = make_plan(desk)
        catalogue = desk.catalogue()
        with desk.reading() as connection:
            timezone = desk.config.timezone
            losses = read_losses(
                connection, desk.kiosk_id, catalogue, today=plan.today, days=HISTORY_DAYS, timezone=timezone
            )
            doubts = read_doubts(
                connection,
                desk.kiosk_id,
                catalogue,
                losses,
                today=plan.today,
                days=HISTORY_DAYS,
                timezone=timezone,
            )
            chosen = count_these(doubts)
            counted = read_last_counts(connection, desk.kiosk_id, chosen, timezone)
            others = out_of_place(
                sorted(catalogue.slots.values(), key=van_order), read_lying(connection, desk.kiosk_id)
            )
        return desk.render(
            "restock_pick.html",
            "pick.title",
            plan=plan,
            picks=pick_list(plan.restocks),
            others=others,
            doubts=chosen,
            counted=counted,
            products=catalogue.products,
            kiosk_id=desk.kiosk_id,
        )

    @pages.get("/restock/buy")
    def buy() -> ResponseReturnValue:
        voice, plan = desk.voice(), make_plan(desk)
        every = purchases([plan.restocks], plan.in_store)
        supplier = flask.request.args.get("supplier")
        orders = {name: own for name, own in every.items() if supplier in {None, name}}
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "buy", buy_table(voice, orders))
        lines = sum(len(own) for own in every.values())
        is_chosen = supplier is not None or flask.request.args.get("all") == "1"
        has_overview = len(every) > 1 and lines > LINES_AT_ONCE
        return desk.render(
            "restock_buy.html",
            "buy.title",
            plan=plan,
            orders=orders,
            nobody=NO_SUPPLIER,
            lines=lines,
            sum_minor=sum(each.cost_minor for own in every.values() for each in own),
            is_overview=has_overview and not is_chosen,
            is_part=has_overview and is_chosen,
        )

    @pages.get("/restock/product/<sku>")
    def forecast(sku: str) -> ResponseReturnValue:
        voice = desk.voice()
        plan, found = _plan_of(desk, sku)
        return desk.render(
            "restock_forecast.html",
            "nav.restock",
            plan=plan,
            each=found,
            rows=day_rows(plan, found),
            why=why_line(voice, found),
            tenths=lambda number: tenths(voice, number),
            hundredths=lambda number: hundredths(voice, number),
        )

    @pages.get("/restock/product/<sku>/plot.svg")
    def forecast_plot(sku: str) -> ResponseReturnValue:
        rows = day_rows(*_plan_of(desk, sku))
        if not rows:
            flask.abort(404)
        is_small = flask.request.args.get("size") == "small"
        return flask.Response(_plot(desk.voice(), rows, is_small=is_small), mimetype="image/svg+xml")
