"""Cash: what is in the machine, what was collected and how it compared, and what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kiosk.core import events as ev
from kiosk.core.facts import About, Verdict
from kiosk.core.postings import CASH_BOX, CLEARING_CARD, stacker_container
from kiosk.store.cash import CollectionRow, read_collection_rows, read_parts
from kiosk.store.reading import DebtRow, read_balances, read_debt, read_debts
from web.admin.desk import Desk
from web.admin.pages.collections import explain_parts
from web.admin.tables import collections_table
from web.forms import DebtForm

CHANNEL: Final = "desk"
"""Where a claim came from that the vendor opened to decide about an uncertain debt."""

GOODS: Final = "vend_unknown"
"""Reason of a debt that waits to know whether goods fell; every other uncertain debt is about coins."""


@dataclass(frozen=True, slots=True)
class Container:
    """A place for coins or notes; ``qty`` is 0 where pieces of several values lie together."""

    account: str
    qty: int
    amount_minor: int


EXPLAINED_MOST: Final = 50
"""Collections on the page, each weighed against its own period: a year of weekly ones."""


def _unexplained(desk: Desk, connection: Connection, row: CollectionRow) -> int:
    """What nothing in the journal explains of a collection's difference; 0 while it is not counted."""
    if not row.variance_minor:
        return 0
    parts = read_parts(connection, desk.kiosk_id, row.collection)
    return sum(each.unexplained_minor for each in explain_parts(desk, row, parts, connection))


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""
    _add_decision(pages, desk)

    @pages.get("/cash")
    def cash() -> ResponseReturnValue:
        with desk.reading() as connection:
            balances = read_balances(connection, desk.kiosk_id)
            collections = read_collection_rows(connection, desk.kiosk_id)
            views = tuple((row, _unexplained(desk, connection, row)) for row in collections[:EXPLAINED_MOST])
            debts = read_debts(connection, desk.kiosk_id)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "collections", collections_table(desk.voice(), collections))
        sums = {each.account: each.amount_minor for each in balances}
        hoppers = [
            Container(account, sums.get(account, 0) // value_minor, sums.get(account, 0))
            for account, value_minor in (
                (f"cash.hopper.{name}", value_minor) for name, value_minor in desk.hopper_values().items()
            )
            if value_minor
        ]
        known = {container.account for container in hoppers}
        always = {f"cash.{CASH_BOX}", *(f"cash.{stacker_container(name)}" for name in desk.stackers())}
        others = [
            Container(account, 0, sums.get(account, 0))
            for account in sorted(always | sums.keys())
            if account.startswith("cash.")
            and account not in known
            and (sums.get(account) or account in always)
        ]
        return desk.render(
            "cash.html",
            "nav.cash",
            containers=(*others, *hoppers),
            collections=views,
            waiting=next((row for row in collections if not row.is_counted), None),
            debts=debts,
            card_minor=sums.get(CLEARING_CARD, 0),
            has_cards=desk.has_cards() or CLEARING_CARD in sums,
            float_minor=-sums.get("float", 0),
            collected_minor=sum(
                each.amount_minor for each in balances if each.account.startswith("transit.")
            ),
        )


def _add_decision(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.post("/cash/decide")
    def decide_debt() -> ResponseReturnValue:
        """The claim in which an uncertain debt is decided: the one that waits already, else a new one."""
        form = DebtForm()
        if not form.is_sent():
            flask.abort(400)
        with desk.reading() as connection:
            debt = read_debt(connection, desk.kiosk_id, str(form.debt.data))
        if debt is None:
            flask.abort(404)
        claim = _claim_about(desk, debt)
        if not claim:
            return flask.redirect(flask.url_for("desk.cash"))
        return flask.redirect(flask.url_for("desk.claim", claim=claim))


def _claim_about(desk: Desk, debt: DebtRow) -> str:
    """A claim that names this debt; empty when none could be opened, and the reader was told why.

    It is opened as consistent, never as proven: opening it pays nothing, a person decides next.
    """
    for status in desk.claims.statuses(is_open=True):
        if status.debt == debt.debt:
            return status.claim
    token = (
        f"{CHANNEL}-{debt.debt}"  # the same debt opens the same claim, however often the button is pressed
    )
    if debt.state == "open" and not debt.is_certain and desk.claims.status_of_token(token) is None:
        desk.ask(
            ev.ClaimMade(
                token=token,
                about=About.NO_GOODS if debt.reason == GOODS else About.NO_MONEY_BACK,
                visit=debt.visit,
                said_minor=debt.amount_minor,
                channel=CHANNEL,
                subject="",
                verdict=Verdict.CONSISTENT,
                amount_minor=debt.amount_minor,
                debt=debt.debt,
                evidence=(debt.position[1],),
            )
        )
    known = desk.claims.status_of_token(token)
    return known.claim if known is not None else debt.claim
