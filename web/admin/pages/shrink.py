"""Shrink: what is missing between counts, by cause and with an honest range, and the five products to count next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.shrink import Interval, Shrink, count_these
from kiosk.core.facts import STORE
from kiosk.i18n import format_percent
from kiosk.store.days import WEEK_DAYS
from kiosk.store.losses import COUNT, Find, Week, read_doubts, read_last_counts, read_losses
from kiosk.store.reading import day_bounds, read_unknown_codes
from web.admin.desk import Desk
from web.admin.restock_plot import BRICK, SAFFRON, Series, stacked_bars
from web.admin.voice import Voice
from web.exports import Cell, Column, Kind, Table

WINDOWS: Final = (4, 12, 26)
"""Weeks that can be looked at: since the last month end, a quarter, half a year."""

PRODUCTS_FIRST: Final = 20
"""Products that are seen at once, the most money first; the others unfold below them."""

USUAL_WEEKS: Final = 12
BP: Final = 10_000
NBSP: Final = "\u00a0"
LABELS, LABELS_SMALL = 4, 2
"""So many days can be written below a plot without touching one another."""


def say_rate(voice: Voice, rate: Interval | None) -> str:
    """A range of shares in tenths of a percent, or that nobody counted."""
    if rate is None:
        return voice.say("shrink.uncounted")
    low, high = (format_percent(round(end * BP / 10) * 10, voice.language) for end in (rate.low, rate.high))
    return voice.say("shrink.between", low=low, high=high)


def say_find(voice: Voice, find: Find) -> str:
    """A count or a waste in words, without a name: nobody is accused."""
    place = voice.say("shrink.store") if find.slot == STORE else find.slot
    words: dict[str, str | int] = {"day": voice.day(find.day), "slot": place, "qty": abs(find.qty)}
    if find.move != COUNT:
        return voice.say("shrink.threw", **words)
    key = "shrink.counted" if find.qty > 0 else "shrink.counted_more" if find.qty else "shrink.counted_right"
    return voice.say(key, found=find.found, **words)


def shrink_table(voice: Voice, desk: Desk, shrinks: Sequence[Shrink], weeks: int) -> Table:
    """What is missing, as a file; the ends of the range are basis points of their own."""
    columns = (
        Column(voice.say("shrink.product")),
        Column(voice.say("goods.sku"), Kind.CODE),
        Column(voice.say("shrink.counts"), Kind.COUNT),
        Column(voice.say("shrink.missing"), Kind.COUNT),
        Column(voice.say("shrink.wasted"), Kind.COUNT),
        Column(voice.say("shrink.swapped"), Kind.COUNT),
        Column(voice.say("shrink.unknown"), Kind.COUNT),
        Column(voice.say("shrink.rate")),
    )
    products = desk.catalogue().products
    rows: list[Sequence[Cell]] = [
        (
            voice.name(products.get(each.tally.sku), each.tally.sku),
            each.tally.sku,
            each.tally.counts,
            each.tally.missing_qty,
            each.tally.spoilt_qty,
            each.swapped_qty,
            each.unknown_qty,
            say_rate(voice, each.rate),
        )
        for each in shrinks
    ]
    return Table(voice.say("nav.shrink"), columns, rows, period=voice.say("shrink.window", n=weeks))


def short_day(voice: Voice, day: date) -> str:
    """A day without its year, for a window that is shorter than one."""
    return voice.day(day).rpartition(NBSP)[0]


def _plot(voice: Voice, weeks: Sequence[Week], *, is_small: bool) -> bytes:
    every = -(-len(weeks) // (LABELS_SMALL if is_small else LABELS))
    labels = ["" if index % every else short_day(voice, week.first) for index, week in enumerate(weeks)]
    series = (
        Series(voice.say("shrink.wasted"), SAFFRON, [week.wasted_minor for week in weeks]),
        Series(voice.say("shrink.missing"), BRICK, [week.missing_minor for week in weeks]),
    )
    return stacked_bars(labels, series, say=voice.money, unit=10**voice.exponent, is_small=is_small)


def asked_weeks() -> int:
    """The window of the address; one that is not offered ends the request with 400."""
    try:
        weeks = int(flask.request.args.get("weeks", USUAL_WEEKS))
    except ValueError:
        flask.abort(400)
    if weeks not in WINDOWS:
        flask.abort(400)
    return weeks


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/shrink")
    def shrink() -> ResponseReturnValue:
        voice, weeks = desk.voice(), asked_weeks()
        today, timezone = desk.today(), desk.config.timezone
        catalogue = desk.catalogue()
        days = weeks * WEEK_DAYS
        with desk.reading() as connection:
            losses = read_losses(
                connection,
                desk.kiosk_id,
                catalogue,
                today=today,
                days=days,
                timezone=timezone,
                first_weekday=voice.first_weekday,
            )
            doubts = read_doubts(
                connection, desk.kiosk_id, catalogue, losses, today=today, days=days, timezone=timezone
            )
            chosen = count_these(doubts)
            counted = read_last_counts(connection, desk.kiosk_id, chosen, timezone)
            codes = read_unknown_codes(connection, desk.kiosk_id)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "shrink", shrink_table(voice, desk, losses.shrinks, weeks))
        products = catalogue.products
        since = day_bounds(today - timedelta(days=days - 1), timezone)[0]
        return desk.render(
            "shrink.html",
            "nav.shrink",
            weeks=weeks,
            windows=WINDOWS,
            top=PRODUCTS_FIRST,
            losses=losses,
            doubts=chosen,
            counted=counted,
            products=products,
            wasted=sum(each.tally.spoilt_qty for each in losses.shrinks),
            swapped=sum(max(0, each.swapped_qty) for each in losses.shrinks),
            unknown=sum(each.unknown_qty for each in losses.shrinks),
            codes=sum(1 for each in codes if each.at >= since),
            short_day=lambda day: short_day(voice, day),
            rate=lambda found: say_rate(voice, found),
            find=lambda found: say_find(voice, found),
        )

    @pages.get("/shrink/plot.svg")
    def shrink_plot() -> ResponseReturnValue:
        voice = desk.voice()
        with desk.reading() as connection:
            losses = read_losses(
                connection,
                desk.kiosk_id,
                desk.catalogue(),
                today=desk.today(),
                days=asked_weeks() * WEEK_DAYS,
                timezone=desk.config.timezone,
                first_weekday=voice.first_weekday,
            )
        is_small = flask.request.args.get("size") == "small"
        picture = _plot(voice, losses.weeks, is_small=is_small)
        return flask.Response(picture, mimetype="image/svg+xml")
