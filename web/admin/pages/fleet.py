"""All kiosks on one page: which of them needs a person, what each sold today, and when it was heard last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kiosk.fleet.inbox import Registered
from kiosk.runtime.clock import at_text, parse_at
from kiosk.store.claims import count_late_claims
from kiosk.store.figures import Kind, read_figures
from kiosk.store.reading import (
    count_open_claims,
    day_bounds,
    read_balances,
    read_debts,
    read_devices,
    read_head,
)
from web.admin.access import may_follow
from web.admin.concerns import Alert, concerns_of
from web.admin.desk import Desk
from web.admin.voice import Voice

SILENT: Final = timedelta(minutes=30)
"""A kiosk says that it lives every five minutes, and waits at most a quarter of an hour after a try that failed."""


@dataclass(frozen=True, slots=True)
class KioskRow:
    """One kiosk as the desk knows it."""

    kiosk: Registered
    is_silent: bool
    sales: int
    sold_minor: int
    cash_minor: int
    owed_minor: int


def _rows(desk: Desk, connection: Connection, machines: tuple[Registered, ...]) -> tuple[KioskRow, ...]:
    bounds = day_bounds(desk.today(), desk.config.timezone)
    shown = frozenset(desk.kiosk_ids())
    sold = {each.kiosk_id: each for each in read_figures(connection, shown, Kind.RECEIPT, *bounds)}
    rows = []
    for kiosk in machines:
        if kiosk.kiosk_id not in shown:
            continue
        today = sold.get(kiosk.kiosk_id)
        held = {each.account: each.amount_minor for each in read_balances(connection, kiosk.kiosk_id)}
        rows.append(
            KioskRow(
                kiosk=kiosk,
                is_silent=not kiosk.heard_at or desk.clock.wall() - parse_at(kiosk.heard_at) > SILENT,
                sales=today.qty if today else 0,
                sold_minor=today.amount_minor if today else 0,
                cash_minor=sum(held[name] for name in held if name.startswith("cash.")),
                owed_minor=-held.get("owed", 0),
            )
        )
    return tuple(rows)


def _alerts_of(desk: Desk, voice: Voice, connection: Connection, row: KioskRow) -> list[Alert]:
    """What this kiosk needs a person for, each with the page where it is looked at."""
    kiosk, alerts = row.kiosk, []
    name = voice.isolate(kiosk.name)
    line = flask.url_for("desk.fleet", kiosk=kiosk.kiosk_id, _anchor="line")
    if kiosk.problem:
        text = voice.say("fleet.refused", kiosk=name, at=voice.moment(kiosk.problem_at), why=kiosk.problem)
        alerts.append(Alert(text, line, is_urgent=True))
    if not kiosk.heard_at:
        alerts.append(Alert(voice.say("fleet.never", kiosk=name), line, is_urgent=False))
        return alerts
    if row.is_silent:
        text = voice.say("fleet.silent", kiosk=name, at=voice.moment(kiosk.heard_at))
        alerts.append(Alert(text, line, is_urgent=True))
    claims = count_open_claims(connection, kiosk.kiosk_id)
    late = count_late_claims(connection, kiosk.kiosk_id, at_text(desk.clock.wall()))
    href = flask.url_for("desk.claims", kiosk=kiosk.kiosk_id)
    if late:
        text = voice.say("fleet.says", kiosk=name, what=voice.say("alert.claims_late", n=late))
        alerts.append(Alert(text, href, is_urgent=True))
    elif claims:
        alerts.append(
            Alert(voice.say("fleet.claims", kiosk=name, n=voice.count(claims)), href, is_urgent=False)
        )
    waiting = [debt for debt in read_debts(connection, kiosk.kiosk_id) if not debt.is_certain]
    if waiting:
        amount = voice.money(sum(debt.amount_minor for debt in waiting))
        href = flask.url_for("desk.cash", kiosk=kiosk.kiosk_id, _anchor="debts")
        alerts.append(Alert(voice.say("fleet.uncertain", kiosk=name, amount=amount), href, is_urgent=False))
    ill = [each for each in read_devices(connection, kiosk.kiosk_id) if not each.is_online or each.fault]
    if ill:
        kinds = ", ".join(sorted({voice.say(f"kind.{each.kind}") for each in ill}))
        href = flask.url_for("desk.health", kiosk=kiosk.kiosk_id)
        alerts.append(Alert(voice.say("fleet.devices", kiosk=name, devices=kinds), href, is_urgent=False))
    alerts += [
        Alert(voice.say("fleet.says", kiosk=name, what=each.text), each.href, each.is_urgent)
        for each in concerns_of(desk, voice, connection, kiosk.kiosk_id)
    ]
    return alerts


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add this page; only a desk for several kiosks has it."""

    @pages.get("/kiosks")
    def fleet() -> ResponseReturnValue:
        voice = desk.voice()
        machines = desk.fleet.machines() if desk.fleet is not None else ()
        with desk.reading() as connection:
            rows = _rows(desk, connection, machines)
            found = [alert for row in rows for alert in _alerts_of(desk, voice, connection, row)]
            heads = {row.kiosk.kiosk_id: read_head(connection, row.kiosk.kiosk_id) for row in rows}
        who = desk.who()
        alerts = [alert for alert in found if who and may_follow(who.role, alert.href)]
        return desk.render(
            "fleet.html",
            "nav.fleet",
            rows=rows,
            one=rows[0] if desk.chosen() and rows else None,
            heads=heads,
            alerts=sorted(alerts, key=lambda alert: not alert.is_urgent),
            today=desk.today(),
        )
