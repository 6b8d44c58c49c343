"""The first page: what needs a hand, what was sold today, where the money is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kiosk.claims.aftermath import AFTERMATH, read_aftermath, say_aftermath
from kiosk.i18n import local_time
from kiosk.store.reading import (
    Balance,
    Sale,
    day_bounds,
    read_balances,
    read_products_sold,
    read_sales,
)
from web.admin.access import may, may_follow
from web.admin.desk import Desk
from web.admin.needs import find_needs, rows_of
from web.admin.plot import sales_plot
from web.admin.voice import Voice

BEST_MOST: Final = 8
"""Products in the list of the day."""

GROUPED: Final = ("transit", "suspense")
"""Accounts that are shown as one sum on the overview."""

NOW: Final = ("cash.", "transit.", "clearing.", "credit", "owed", "suspense.")
"""Accounts of money that lies somewhere, is on its way, or belongs to a shopper, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Hour:
    """Sales of one hour."""

    hour: int
    receipts: int
    pieces: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount that opens its entries."""

    account: str
    label: str
    amount_minor: int


def sales_today(desk: Desk, connection: Connection) -> tuple[Sale, ...]:
    """The day's sales so far."""
    return read_sales(connection, desk.kiosk_id, *day_bounds(desk.today(), desk.config.timezone))


def hours_of(sales: tuple[Sale, ...], timezone: str) -> tuple[Hour, ...]:
    """Sales by hour of the kiosk's clock; hours without a sale are missing."""
    sums: dict[int, list[int]] = {}
    for sale in sales:
        row = sums.setdefault(local_time(sale.at, timezone).hour, [0, 0, 0])
        for index, step in enumerate((1, sale.pieces, sale.total_minor)):
            row[index] += step
    return tuple(Hour(hour, *row) for hour, row in sorted(sums.items()))


def money_figures(voice: Voice, balances: tuple[Balance, ...]) -> tuple[Figure, ...]:
    """Where the money is now: one figure per account that holds something, bags on their way and unexplained money as one each.

    What was sold, taxed, banked and put in over all the time is no money that lies anywhere: the month's page tells of it.
    """
    sums: dict[str, int] = {}
    for each in balances:
        group = each.account.partition(".")[0]
        name = f"{group}.*" if group in GROUPED else each.account
        if name.startswith(NOW):
            sums[name] = sums.get(name, 0) + each.amount_minor
    always = {"cash.box", "owed"}
    shown = {name for name, amount_minor in sums.items() if amount_minor} | always
    rank = {name: next(place for place, start in enumerate(NOW) if name.startswith(start)) for name in shown}
    return tuple(
        Figure(name, voice.account(name), voice.shown(name, sums.get(name, 0)))
        for name in sorted(shown, key=lambda each: (rank[each], each != "cash.box", each))
    )


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/")
    def overview() -> ResponseReturnValue:
        voice = desk.voice()
        with desk.reading() as connection:
            sales = sales_today(desk, connection)
            balances = read_balances(connection, desk.kiosk_id)
            best = read_products_sold(connection, desk.kiosk_id, sales)[:BEST_MOST]
            needs = find_needs(desk, voice, connection, desk.kiosk_id)
            who = desk.who()
            needs = [each for each in needs if who and may_follow(who.role, each.href)]
            cut = read_aftermath(connection, desk.kiosk_id)
        told = None
        if cut is not None:
            told = say_aftermath(
                voice.language,
                cut,
                currency=voice.currency,
                exponent=voice.exponent,
                timezone=voice.timezone,
            )
        return desk.render(
            "overview.html",
            "nav.overview",
            needs=rows_of(needs),
            kiosks=desk.kiosks(),
            cut=cut,
            told=told,
            say_cut=partial(AFTERMATH.say, voice.language),
            today=desk.today(),
            hours=hours_of(sales, desk.config.timezone),
            total_minor=sum(sale.total_minor for sale in sales),
            receipts=len(sales),
            pieces=sum(sale.pieces for sale in sales),
            best=best,
            products=desk.door.catalogue().products,
            figures=money_figures(voice, balances) if who and may(who.role, "desk.cash") else (),
        )

    @pages.get("/plot.svg")
    def plot() -> ResponseReturnValue:
        with desk.reading() as connection:
            sales = sales_today(desk, connection)
        sums_minor = {row.hour: row.total_minor for row in hours_of(sales, desk.config.timezone)}
        is_small = flask.request.args.get("size") == "small"
        picture = sales_plot(desk.voice(), sums_minor, is_small=is_small)
        return flask.Response(picture, mimetype="image/svg+xml")
