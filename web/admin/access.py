"""Who may open what: one row per page of the desk. A page without a row opens for nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed, NotFound

from web.admin.desk import Desk
from web.auth import Role, Stage

ANYBODY: Final[frozenset[Role]] = frozenset()
"""Also whoever is not signed in."""

EVERYONE: Final = frozenset(Role)
OWNER: Final = frozenset({Role.OWNER})
ROUND: Final = frozenset({Role.OWNER, Role.CLERK})
"""The daily round: goods and cash in the hand."""
BOOKS: Final = frozenset({Role.OWNER, Role.ACCOUNTANT})
"""Figures, the close of a day, the way of a bag to the bank: read and noted, nothing sold or paid."""
CASES: Final = frozenset({Role.OWNER, Role.SUPPORT})
"""Decisions about claims, within the limits that the till holds."""
CASH: Final = ROUND | BOOKS
"""What lies where; support has no business there."""

ACCESS: Final[Mapping[str, frozenset[Role]]] = {
    "desk.sign_in": ANYBODY,
    "desk.language": ANYBODY,
    "desk.second_step": ANYBODY,
    "desk.set_up_second_step": ANYBODY,
    "desk.remove_second_step": OWNER,
    "desk.account": EVERYONE,
    "desk.end_session": EVERYONE,
    "desk.end_sessions": EVERYONE,
    "desk.sign_out": ANYBODY,
    "desk.overview": EVERYONE,
    "desk.plot": EVERYONE,
    "desk.fleet": EVERYONE,
    "desk.sales": EVERYONE,
    "desk.sales_plot": EVERYONE,
    "desk.month": BOOKS,
    "desk.goods": EVERYONE,
    "desk.product": EVERYONE,
    "desk.export": EVERYONE,
    "desk.price": OWNER,
    "desk.import_goods": OWNER,
    "desk.preview_import": OWNER,
    "desk.take_import": OWNER,
    "desk.new_product": OWNER,
    "desk.make_product": OWNER,
    "desk.edit_product": OWNER,
    "desk.save_product": OWNER,
    "desk.retire_product": OWNER,
    "desk.picture": EVERYONE,
    "desk.photo": EVERYONE,
    "desk.set_photo": OWNER,
    "desk.remove_photo": OWNER,
    "desk.planogram": EVERYONE,
    "desk.plan_places": OWNER,
    "desk.drop_places": OWNER,
    "desk.edit_slot": OWNER,
    "desk.save_slot": OWNER,
    "desk.new_place": OWNER,
    "desk.add_place": OWNER,
    "desk.remove_place": OWNER,
    "desk.prices": EVERYONE,
    "desk.plan_prices": OWNER,
    "desk.drop_plan": OWNER,
    "desk.labels": EVERYONE,
    "desk.export_labels": EVERYONE,
    "desk.save_label": OWNER,
    "desk.remove_label": OWNER,
    "desk.import_labels": OWNER,
    "desk.rounds": CASH,
    "desk.begin_round": ROUND,
    "desk.do_task": ROUND,
    "desk.end_round": ROUND,
    "desk.stock": CASH,
    "desk.move": ROUND,
    "desk.dates": CASH,
    "desk.place": CASH,
    "desk.moves": CASH,
    "desk.move_goods": ROUND,
    "desk.transit": CASH,
    "desk.receive_transfer": ROUND,
    "desk.close_transfer": ROUND,
    "desk.restock": CASH,
    "desk.pick": CASH,
    "desk.buy": CASH,
    "desk.forecast": CASH,
    "desk.forecast_plot": CASH,
    "desk.shrink": CASH,
    "desk.shrink_plot": CASH,
    "desk.claims": EVERYONE,
    "desk.claim": EVERYONE,
    "desk.evidence": EVERYONE,
    "desk.claim_evidence": EVERYONE,
    "desk.approve": CASES,
    "desk.refuse": CASES,
    "desk.erase": OWNER,
    "desk.second": CASES,
    "desk.new_claim": CASES | ROUND,
    "desk.note_transfer": BOOKS,
    "desk.machine_label": EVERYONE,
    "desk.hand_over": ROUND,
    "desk.cash": CASH,
    "desk.collection": CASH,
    "desk.count_collection": ROUND,
    "desk.bags": CASH,
    "desk.give_bag": ROUND,
    "desk.bank_bag": BOOKS,
    "desk.change": CASH,
    "desk.days": CASH,
    "desk.close_day": BOOKS,
    "desk.day": CASH,
    "desk.decide_debt": OWNER,
    "desk.health": EVERYONE,
    "desk.coils": EVERYONE,
    "desk.journal": EVERYONE,
    "desk.entry": EVERYONE,
    "desk.new_interval": OWNER,
    "desk.codes": EVERYONE,
    "desk.deeds": BOOKS,
    "desk.users": OWNER,
    "desk.save_user": OWNER,
    "desk.remove_user": OWNER,
}
"""Endpoint -> roles. A clerk fills, counts and hands over; support answers claims, reads the entries behind them, and sees no
sums of cash; an accountant reads figures, notes transfers, banks bags and closes days; the owner decides about goods, money and
people."""

CASH_ACCOUNTS: Final = ("cash.", "transit.", "bank", "float", "over_short")
"""Beginnings of accounts that say how much of the vendor's cash lies where: whoever may not open the cash page opens no sum of
them either. An entry that a claim is about says what it moved, to everyone who reads entries."""


def may(role: Role, endpoint: str) -> bool:
    """Whether this role may open this page."""
    allowed = ACCESS.get(endpoint)
    return allowed is not None and (allowed is ANYBODY or role in allowed)


def may_sum(role: Role, account: str) -> bool:
    """Whether this role may open the entries of an account with their sum; an empty account asks for no sum."""
    start = account.removesuffix("*")
    is_many = start != account
    is_cash = start.startswith(CASH_ACCOUNTS) or (
        is_many and any(each.startswith(start) for each in CASH_ACCOUNTS)
    )
    return not is_cash or may(role, "desk.cash")


def may_see(role: Role, figure: str) -> bool:
    """Whether this role may open the entries of a figure of the month end with its sum; an empty one asks for none."""
    return not figure or may(role, "desk.month")


def may_follow(role: Role, href: str) -> bool:
    """Whether this role may open the page that a link of ours leads to; so that nobody is sent to a closed door."""
    path, _, query = href.partition("#")[0].partition("?")
    adapter = flask.current_app.url_map.bind("localhost")
    try:
        endpoint, _ = adapter.match(path)
    except (NotFound, MethodNotAllowed):
        return False
    asked = parse_qs(query)
    return (
        may(role, str(endpoint))
        and all(may_sum(role, account) for account in asked.get("account", ()))
        and all(may_see(role, figure) for figure in asked.get("figure", ()))
    )


def guard(pages: flask.Blueprint, desk: Desk) -> None:
    """Let nobody through who may not: strangers are asked to sign in, the others are told."""

    @pages.before_request
    def check() -> ResponseReturnValue | None:
        endpoint = flask.request.endpoint or ""
        allowed = ACCESS.get(endpoint)
        if allowed is ANYBODY:
            return None
        who = desk.who()
        if who is None and desk.halfway(Stage.CODE) is not None:
            return flask.redirect(flask.url_for("desk.second_step"))
        if who is None and desk.halfway(Stage.ENROL) is not None:
            return flask.redirect(flask.url_for("desk.set_up_second_step"))
        if who is None:
            wanted = flask.request.full_path.rstrip("?") if flask.request.method == "GET" else ""
            return flask.redirect(flask.url_for("desk.sign_in", next=wanted or None))
        if allowed is None or who.role not in allowed:
            flask.abort(403)
        if not all(may_sum(who.role, account) for account in flask.request.args.getlist("account")):
            flask.abort(403)
        if not all(may_see(who.role, figure) for figure in flask.request.args.getlist("figure")):
            flask.abort(403)
        if desk.is_fleet and endpoint == "desk.overview":
            return flask.redirect(flask.url_for("desk.fleet"))
        if not desk.has_page(endpoint):
            flask.abort(404)
        return None
