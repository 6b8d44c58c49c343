"""The first page: what needs a hand, what was sold today, where the money is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from hardware.events import DeviceKind
from kiosk.claims.aftermath import AFTERMATH, read_aftermath, say_aftermath
from kiosk.core.limits import CLAIMS, GOODWILL, PAYOUTS
from kiosk.core.screen import View
from kiosk.i18n import local_time
from kiosk.runtime.clock import at_text
from kiosk.store.claims import count_late_claims
from kiosk.store.reading import (
    Balance,
    Sale,
    count_open_claims,
    day_bounds,
    read_balances,
    read_debts,
    read_devices,
    read_products_sold,
    read_sales,
)
from web.admin.access import may_follow
from web.admin.care import care_lines
from web.admin.concerns import Alert, concerns_of
from web.admin.desk import Desk
from web.admin.plot import sales_plot
from web.admin.voice import Voice

BEST_MOST: Final = 8
"""Products in the list of the day."""

STOPPED_AT: Final = {PAYOUTS: "cash", CLAIMS: "claims", GOODWILL: "claims"}
"""A function that rests because its limit is reached -> the page where its entries are looked at."""

GROUPED: Final = ("transit", "suspense")
"""Accounts that are shown as one sum on the overview."""


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
    """Where the money is: one figure per account that holds something, collections and unexplained money as one each."""
    sums: dict[str, int] = {}
    for each in balances:
        group = each.account.partition(".")[0]
        name = f"{group}.*" if group in GROUPED else each.account
        sums[name] = sums.get(name, 0) + each.amount_minor
    order = (
        "cash.",
        "transit.",
        "clearing.",
        "owed",
        "credit",
        "suspense.",
        "sales.",
        "tax.",
        "float",
        "goodwill",
        "over_",
    )
    rank = {name: next((i for i, start in enumerate(order) if name.startswith(start)), 99) for name in sums}
    always = {"cash.box", "owed"}
    return tuple(
        Figure(name, voice.account(name), voice.shown(name, sums.get(name, 0)))
        for name in sorted(
            {*sums, *always}, key=lambda each: (rank.get(each, 0 if each == "cash.box" else 2), each)
        )
        if sums.get(name, 0) or name in always
    )


def _device_alerts(desk: Desk, voice: Voice, connection: Connection) -> list[Alert]:
    rows = {row.device: row for row in read_devices(connection, desk.kiosk_id)}
    alerts: list[Alert] = []
    href = flask.url_for("desk.health")
    advised: set[tuple[str, str]] = set()
    for name, (device, port) in desk.devices().items():
        row = rows.get(name)
        is_known = device.kind is DeviceKind.HOPPER and device.value_minor
        label = voice.account(f"cash.hopper.{name}") if is_known else voice.say(f"kind.{device.kind}")
        if row is None or not row.is_online:
            is_acceptor = device.kind is DeviceKind.COIN_ACCEPTOR
            own = "alert.acceptor" if is_acceptor else f"alert.lost.{device.kind}"
            key = own if voice.knows(own) else "alert.offline"
            advice = "health.connect" if row is None else f"fault.{row.fault or 'no_reply'}.clerk"
            # A bus that is gone takes several devices with it, and asks for one act.
            is_first = voice.knows(advice) and (port, advice) not in advised
            advised.add((port, advice))
            text = voice.say(key, device=label)
            alerts.append(Alert(text, href, is_acceptor, voice.say(advice) if is_first else ""))
        elif row.fault:
            advice = f"fault.{row.fault}.clerk"
            what = voice.say(advice) if voice.knows(advice) else row.fault
            alerts.append(Alert(voice.say("alert.fault", device=label, what=what), href, is_urgent=False))
    return alerts


def find_alerts(
    desk: Desk, voice: Voice, connection: Connection, balances: tuple[Balance, ...]
) -> tuple[Alert, ...]:
    """Everything that needs a person, what stops selling first."""
    screen = desk.door.screen()
    alerts = _device_alerts(desk, voice, connection)
    health, stock = flask.url_for("desk.health"), flask.url_for("desk.stock")
    if screen.view is View.HALTED or screen.halted_for:
        href = flask.url_for("desk.journal", kind="TillHalted")
        alerts.append(Alert(voice.say("alert.halted"), href, is_urgent=True))
    elif screen.view is View.STARTING:
        alerts.append(Alert(voice.say("alert.starting"), health, is_urgent=True))
    elif screen.view is View.SERVICE:
        alerts.append(Alert(voice.say("alert.service", clerk=screen.clerk), health, is_urgent=False))
    elif screen.is_exact_change:
        alerts.append(Alert(voice.say("alert.change"), flask.url_for("desk.cash"), is_urgent=False))
    if not screen.is_printer_ready:
        alerts.append(Alert(voice.say("alert.printer"), health, is_urgent=False))
    alerts += [
        Alert(voice.say(f"alert.limit.{name}"), flask.url_for(f"desk.{STOPPED_AT[name]}"), is_urgent=True)
        for name in screen.stopped
    ]
    alerts += [Alert(line.text, health, line.is_urgent) for line in care_lines(voice) if line.needs_hand]
    claims = count_open_claims(connection, desk.kiosk_id)
    late = count_late_claims(connection, desk.kiosk_id, at_text(desk.clock.wall()))
    if late:
        alerts.append(
            Alert(voice.say("alert.claims_late", n=late), flask.url_for("desk.claims"), is_urgent=True)
        )
    elif claims:
        alerts.append(
            Alert(voice.say("alert.claims", n=claims), flask.url_for("desk.claims"), is_urgent=False)
        )
    waiting = [debt for debt in read_debts(connection, desk.kiosk_id) if not debt.is_certain]
    if waiting:
        amount = voice.money(sum(debt.amount_minor for debt in waiting))
        href = flask.url_for("desk.cash", _anchor="debts")
        text = voice.say("alert.uncertain", n=len(waiting), amount=amount)
        alerts.append(Alert(text, href, is_urgent=False))
    suspense_minor = -sum(each.amount_minor for each in balances if each.account.startswith("suspense."))
    if suspense_minor:
        href = flask.url_for("desk.journal", account="suspense.*")
        text = voice.say("alert.suspense", amount=voice.money(suspense_minor))
        alerts.append(Alert(text, href, is_urgent=False))
    empty = sum(1 for slot in screen.slots if slot.is_off or not slot.qty)
    if empty:
        alerts.append(Alert(voice.say("alert.empty", n=empty), stock, is_urgent=False))
    alerts += concerns_of(desk, voice, connection, desk.kiosk_id)
    return tuple(sorted(alerts, key=lambda alert: not alert.is_urgent))


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/")
    def overview() -> ResponseReturnValue:
        voice = desk.voice()
        with desk.reading() as connection:
            sales = sales_today(desk, connection)
            balances = read_balances(connection, desk.kiosk_id)
            best = read_products_sold(connection, desk.kiosk_id, sales)[:BEST_MOST]
            alerts = find_alerts(desk, voice, connection, balances)
            who = desk.who()
            alerts = tuple(each for each in alerts if who and may_follow(who.role, each.href))
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
            alerts=alerts,
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
            figures=money_figures(voice, balances),
        )

    @pages.get("/plot.svg")
    def plot() -> ResponseReturnValue:
        with desk.reading() as connection:
            sales = sales_today(desk, connection)
        sums_minor = {row.hour: row.total_minor for row in hours_of(sales, desk.config.timezone)}
        is_small = flask.request.args.get("size") == "small"
        picture = sales_plot(desk.voice(), sums_minor, is_small=is_small)
        return flask.Response(picture, mimetype="image/svg+xml")
