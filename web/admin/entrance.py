"""Beginning a session: what a right password leaves to do, and on what device it happens."""

from __future__ import annotations

from typing import Final

import flask
from flask_login import login_user

from kiosk.config import SecondStep
from kiosk.store.deeds import SecondStepRow, read_second_step
from kiosk.store.reading import UserRow
from web.admin.desk import Desk
from web.auth import MOVES_MONEY, DeskUser, Role, Stage

BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser calls itself -> its name; the first that is found, because each also names the ones that it is like."""

SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_words(agent: str) -> str:
    """Browser and system in two words, as far as they are known; never the browser's own text."""
    found = [next((word for mark, word in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(word for word in found if word)


def find_second_step(desk: Desk, name: str) -> SecondStepRow | None:
    """Somebody's second step, or None."""
    with desk.reading() as connection:
        return read_second_step(connection, name)


def begin_session(desk: Desk, row: UserRow, stage: Stage) -> DeskUser:
    """Begin a session under a new id; whatever the browser held before is forgotten."""
    user = desk.sessions.start(row, stage, device_words(flask.request.user_agent.string))
    flask.session.clear()
    login_user(user)
    return user


def stage_after_password(desk: Desk, row: UserRow) -> Stage:
    """What a right password leaves to do."""
    if find_second_step(desk, row.name) is not None:
        return Stage.CODE
    must = desk.config.sign_in.second_step is SecondStep.REQUIRED and Role(row.role) in MOVES_MONEY
    return Stage.ENROL if must else Stage.OPEN
