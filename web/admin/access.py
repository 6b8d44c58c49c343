"""Who may open what: one row per page of the desk. A page without a row opens for nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from web.admin.desk import Desk
from web.auth import Role

ANYBODY: Final[frozenset[Role]] = frozenset()
"""Also whoever is not signed in."""

EVERYONE: Final = frozenset(Role)
OWNER: Final = frozenset({Role.OWNER})

ACCESS: Final[Mapping[str, frozenset[Role]]] = {
    "desk.sign_in": ANYBODY,
    "desk.language": ANYBODY,
    "desk.sign_out": EVERYONE,
    "desk.overview": EVERYONE,
    "desk.plot": EVERYONE,
    "desk.goods": EVERYONE,
    "desk.product": EVERYONE,
    "desk.export": EVERYONE,
    "desk.price": OWNER,
    "desk.import_goods": OWNER,
    "desk.labels": EVERYONE,
    "desk.export_labels": EVERYONE,
    "desk.save_label": OWNER,
    "desk.remove_label": OWNER,
    "desk.import_labels": OWNER,
    "desk.stock": EVERYONE,
    "desk.move": EVERYONE,
    "desk.claims": EVERYONE,
    "desk.claim": EVERYONE,
    "desk.evidence": EVERYONE,
    "desk.approve": OWNER,
    "desk.refuse": OWNER,
    "desk.erase": OWNER,
    "desk.hand_over": EVERYONE,
    "desk.cash": EVERYONE,
    "desk.decide_debt": OWNER,
    "desk.health": EVERYONE,
    "desk.journal": EVERYONE,
    "desk.entry": EVERYONE,
    "desk.new_interval": OWNER,
    "desk.codes": EVERYONE,
    "desk.users": OWNER,
    "desk.save_user": OWNER,
    "desk.remove_user": OWNER,
}
"""Endpoint -> roles. A clerk does the daily round: fills, counts, hands over; the owner decides about money and people."""


def may(role: Role, endpoint: str) -> bool:
    """Whether this role may open this page."""
    allowed = ACCESS.get(endpoint)
    return allowed is not None and (allowed is ANYBODY or role in allowed)


def guard(pages: flask.Blueprint, desk: Desk) -> None:
    """Let nobody through who may not: strangers are asked to sign in, the others are told."""

    @pages.before_request
    def check() -> ResponseReturnValue | None:
        endpoint = flask.request.endpoint or ""
        allowed = ACCESS.get(endpoint)
        if allowed is ANYBODY:
            return None
        who = desk.who()
        if who is None:
            wanted = flask.request.full_path.rstrip("?") if flask.request.method == "GET" else ""
            return flask.redirect(flask.url_for("desk.sign_in", next=wanted or None))
        if allowed is None or who.role not in allowed:
            flask.abort(403)
        return None
