"""All kiosks on one page: which of them needs a person, what each sold today, and when it was heard last."""

from __future__ import annotations

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kiosk.fleet.inbox import Registered
from kiosk.store.figures import Kind, read_figures
from kiosk.store.reading import (
    day_bounds,
    read_balances,
    read_head,
)
from web.admin.access import may_follow
from web.admin.desk import Desk
from web.admin.needs import find_needs, is_silent, line_needs, rows_of


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
                is_silent=is_silent(desk, kiosk),
                sales=today.qty if today else 0,
                sold_minor=today.amount_minor if today else 0,
                cash_minor=sum(held[name] for name in held if name.startswith("cash.")),
                owed_minor=-held.get("owed", 0),
            )
        )
    return tuple(rows)


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add this page; only a desk for several kiosks has it."""

    @pages.get("/kiosks")
    def fleet() -> ResponseReturnValue:
        voice = desk.voice()
        machines = desk.fleet.machines() if desk.fleet is not None else ()
        with desk.reading() as connection:
            rows = _rows(desk, connection, machines)
            found = [need for row in rows for need in line_needs(desk, voice, row.kiosk)]
            for row in rows:
                if row.kiosk.heard_at:
                    found += find_needs(desk, voice, connection, row.kiosk.kiosk_id)
            heads = {row.kiosk.kiosk_id: read_head(connection, row.kiosk.kiosk_id) for row in rows}
        who = desk.who()
        needs = [each for each in found if who and may_follow(who.role, each.href)]
        return desk.render(
            "fleet.html",
            "nav.fleet",
            rows=rows,
            one=rows[0] if desk.chosen() and rows else None,
            heads=heads,
            needs=rows_of(needs),
            kiosks=desk.kiosks(),
            today=desk.today(),
        )
