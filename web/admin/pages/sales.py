"""Sales over any stretch of days: by day, by weekday and hour, by product, by kiosk; the filters stand in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import flask
from flask.typing import ResponseReturnValue

from kiosk.i18n import parse_day
from kiosk.months import JALALI_BELOW, YEAR_MONTHS, Calendar, month_days, month_of, month_on, months_between
from kiosk.store.figures import Figure, Quarter, read_figures, read_quarters
from kiosk.store.figures import Kind as Rollup
from kiosk.store.reading import day_bounds
from web.admin.desk import Desk
from web.admin.plot import bar_plot
from web.admin.voice import Voice
from web.exports import Column, Kind, Table

USUAL_DAYS: Final = 30
DAYS_MOST: Final = 800
"""Two years and some weeks, to compare a season with the one before; more is a matter for the export of postings."""

MONTHLY_ABOVE_DAYS: Final = 62
"""More bars than days of two months cannot be told apart: then a bar is a month."""

LABELS_MOST, LABELS_SMALL = 5, 2
"""Names below the bars of the wide plot and of the phone's, so that the longest do not touch; between them bars have none."""

HEATS: Final = 5
"""Shades of the table of weekdays and hours, beside the empty one."""

PRODUCTS_FIRST: Final = 15
"""Products that are seen at once; the others unfold below them."""

PRODUCTS_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are asked for, first and last, and what was wrong with them (a message's key)."""

    first: date
    last: date
    wrong: str = ""

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a day, or the days of one month; ``month`` names the month where it is a whole one."""

    first: date
    last: date
    pieces: int
    amount_minor: int
    month: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it is a month, which opens to its days."""
        return self.first != self.last


@dataclass(frozen=True, slots=True)
class Heat:
    """Sales of one hour of one weekday over the whole span; ``shade`` is 0 where nothing was sold, else 1 to `HEATS`."""

    amount_minor: int
    shade: int


def read_span(today: date) -> Span:
    """The span of the address; what cannot be a span becomes the usual one, and is said."""
    wanted = flask.request.args
    usual = usual_span(today)
    if not wanted.get("from") and not wanted.get("to"):
        return usual
    try:
        last = parse_day(wanted["to"]) if wanted.get("to") else today
        first = parse_day(wanted["from"]) if wanted.get("from") else last - timedelta(USUAL_DAYS - 1)
        day_bounds(last, "UTC")
    except (ValueError, OverflowError):
        return Span(usual.first, usual.last, "sales.wrong_day")
    if min(first, last).year < JALALI_BELOW:
        return Span(usual.first, usual.last, "sales.wrong_day")
    if first > last:
        return Span(usual.first, usual.last, "sales.wrong_order")
    if (last - first).days >= DAYS_MOST:
        return Span(last - timedelta(days=DAYS_MOST - 1), last, "sales.too_long")
    return Span(first, last)


def usual_span(today: date) -> Span:
    """What is shown unless somebody asks for other days."""
    return Span(today - timedelta(days=USUAL_DAYS - 1), today)


def year_span(today: date, calendar: Calendar) -> Span:
    """This month and the eleven before it."""
    return Span(month_days(month_on(month_of(today, calendar), 1 - YEAR_MONTHS))[0], today)


def span_before(span: Span, today: date, calendar: Calendar) -> Span | None:
    """The days before these, as many: months where these are months; None before the calendar begins."""
    try:
        last = span.first - timedelta(days=1)
        months = _whole_months(span, today, calendar)
        if months:
            return Span(month_days(month_on(month_of(span.first, calendar), -months))[0], last)
        return Span(last - timedelta(days=span.days - 1), last)
    except (ValueError, OverflowError):
        return None


def span_after(span: Span, today: date, calendar: Calendar) -> Span | None:
    """The days after these, as many and none that is to come; None when all are."""
    if span.last >= today:
        return None
    first = span.last + timedelta(days=1)
    months = _whole_months(span, today, calendar)
    end = first + timedelta(days=span.days - 1)
    if months:
        _, end = month_days(month_on(month_of(first, calendar), months - 1))
    return Span(first, min(end, today))


def _whole_months(span: Span, today: date, calendar: Calendar) -> int:
    """How many months the span is made of, the running one up to today; 0 when it is not made of months."""
    begins, ends = month_of(span.first, calendar), month_of(span.last, calendar)
    is_end = span.last == today or month_days(ends)[1] == span.last
    if month_days(begins)[0] != span.first or not is_end:
        return 0
    return months_between(begins, ends) + 1


def bars_of(span: Span, by_day: dict[date, tuple[int, int]], calendar: Calendar) -> tuple[Bar, ...]:
    """A bar for every day of the span, or for every month of a long one; days without a sale are there."""
    bars: list[Bar] = []
    is_monthly = span.days > MONTHLY_ABOVE_DAYS
    month = ""
    for number in range(span.days):
        day = span.first + timedelta(days=number)
        pieces, amount_minor = by_day.get(day, (0, 0))
        is_same = is_monthly and month == (month := month_of(day, calendar))
        if is_same:
            last = bars.pop()
            bars.append(Bar(last.first, day, last.pieces + pieces, last.amount_minor + amount_minor))
        else:
            bars.append(Bar(day, day, pieces, amount_minor))
    return (
        tuple(replace(bar, month=_whole_month(bar, calendar)) for bar in bars) if is_monthly else tuple(bars)
    )


def _whole_month(bar: Bar, calendar: Calendar) -> str:
    month = month_of(bar.first, calendar)
    return month if month_days(month) == (bar.first, bar.last) else ""


def heats_of(by_hour: dict[tuple[int, int], int]) -> dict[tuple[int, int], Heat]:
    """(weekday, hour) -> its shade, in equal steps up to the best hour."""
    most = max(by_hour.values(), default=0)
    return {
        place: Heat(amount_minor, -(-amount_minor * HEATS // most) if amount_minor > 0 else 0)
        for place, amount_minor in by_hour.items()
    }


class Sales:
    """What the page shows, read once."""

    def __init__(self, desk: Desk, span: Span, sku: str) -> None:
        self.span = span
        self.sku = sku
        timezone, self._calendar = desk.config.timezone, desk.config.calendar
        bounds = day_bounds(span.first, timezone)[0], day_bounds(span.last, timezone)[1]
        with desk.reading() as connection:
            self._quarters = read_quarters(connection, desk.kiosk_ids(), *bounds, sku=sku)
            products = read_figures(connection, desk.kiosk_ids(), Rollup.SALE, *bounds)
        self.by_day: dict[date, tuple[int, int]] = {}
        self.by_hour: dict[tuple[int, int], int] = {}
        self.by_kiosk: dict[str, tuple[int, int]] = dict.fromkeys(desk.kiosk_ids(), (0, 0))
        zone = ZoneInfo(timezone)
        for each in self._quarters:
            self._add(each, zone)
        self.products = _products(products)

    def _add(self, each: Quarter, zone: ZoneInfo) -> None:
        local = datetime.fromisoformat(f"{each.quarter}:00+00:00").astimezone(zone)
        day, place = local.date(), (local.weekday(), local.hour)
        pieces, amount_minor = self.by_day.get(day, (0, 0))
        self.by_day[day] = (pieces + each.qty, amount_minor + each.amount_minor)
        self.by_hour[place] = self.by_hour.get(place, 0) + each.amount_minor
        pieces, amount_minor = self.by_kiosk.get(each.kiosk_id, (0, 0))
        self.by_kiosk[each.kiosk_id] = (pieces + each.qty, amount_minor + each.amount_minor)

    @property
    def amount_minor(self) -> int:
        """All of it."""
        return sum(each.amount_minor for each in self._quarters)

    @property
    def pieces(self) -> int:
        """Pieces sold."""
        return sum(each.qty for each in self._quarters)

    def bars(self) -> tuple[Bar, ...]:
        """By day or by month."""
        return bars_of(self.span, self.by_day, self._calendar)


def _products(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The kiosks' sums by product, the most money first."""
    sums: dict[str, list[int]] = {}
    for each in figures:
        row = sums.setdefault(each.name, [0, 0, 0])
        for index, step in enumerate((each.qty, each.amount_minor, each.part_minor)):
            row[index] += step
    found = [Figure("", name, *row) for name, row in sums.items()]
    return tuple(sorted(found, key=lambda each: (-each.amount_minor, each.name)))


def _label(voice: Voice, bar: Bar) -> str:
    """Short words for below a bar: the month's name, or day and month where it has none in the reader's calendar."""
    words = voice.day(bar.first).split()
    named = voice.month_name(bar.month) if bar.month else ""
    return named or " ".join(words[:2])


def _labels(voice: Voice, bars: tuple[Bar, ...], *, is_small: bool) -> list[str]:
    most = LABELS_SMALL if is_small else LABELS_MOST
    step = -(-len(bars) // most)
    return ["" if index % step else _label(voice, bar) for index, bar in enumerate(bars)]


def _table(voice: Voice, desk: Desk, sales: Sales) -> Table:
    """The products as a file."""
    products = desk.catalogue().products
    rows = [
        (
            each.name,
            voice.name(products.get(each.name), each.name),
            each.qty,
            each.amount_minor,
            each.part_minor,
        )
        for each in sales.products
        if not sales.sku or each.name == sales.sku
    ]
    columns = (
        Column(voice.say("goods.sku"), Kind.CODE),
        Column(voice.say("goods.name")),
        Column(voice.say("sales.pieces"), Kind.COUNT),
        Column(voice.say("sales.amount"), Kind.MONEY),
        Column(voice.say("sales.cost"), Kind.MONEY),
    )
    period = f"{voice.day(sales.span.first)} – {voice.day(sales.span.last)}"
    return Table(voice.say("nav.sales"), columns, rows, period)


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/sales")
    def sales() -> ResponseReturnValue:
        voice, span = desk.voice(), read_span(desk.today())
        if span.wrong:
            desk.tell(span.wrong, n=voice.count(DAYS_MOST))
        found = Sales(desk, span, flask.request.args.get("sku", "")[:32])
        file = desk.wanted_file()
        if file is not None:
            return desk.send_file(file, "sales", _table(voice, desk, found))
        products = desk.catalogue().products
        first = voice.first_weekday
        hours = sorted({hour for _, hour in found.by_hour})
        best = next((each for each in found.products), None)
        today, calendar = desk.today(), desk.config.calendar
        return desk.render(
            "sales.html",
            "nav.sales",
            sales=found,
            span=span,
            tabs={"sales.tab_days": usual_span(today), "sales.tab_year": year_span(today, calendar)},
            steps={
                "sales.earlier": span_before(span, today, calendar),
                "sales.later": span_after(span, today, calendar),
            },
            bars=found.bars(),
            weekdays=[(first + number) % 7 for number in range(7)],
            hours=range(hours[0], hours[-1] + 1) if hours else (),
            heats=heats_of(found.by_hour),
            products=products,
            shown=[each for each in found.products[:PRODUCTS_MOST] if found.sku in {"", each.name}],
            top=PRODUCTS_FIRST,
            best=best,
            kiosks=desk.kiosks(),
            keep={"from": span.first.isoformat(), "to": span.last.isoformat()},
        )

    @pages.get("/sales.svg")
    def sales_plot() -> ResponseReturnValue:
        voice = desk.voice()
        found = Sales(desk, read_span(desk.today()), flask.request.args.get("sku", "")[:32])
        bars = found.bars()
        is_small = flask.request.args.get("size") == "small"
        picture = bar_plot(
            voice,
            _labels(voice, bars, is_small=is_small),
            [max(0, bar.amount_minor) for bar in bars],
            is_small=is_small,
        )
        return flask.Response(picture, mimetype="image/svg+xml")
