"""What the readings of one kiosk say that somebody should do: each concern in words, with the page where it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import flask
from sqlalchemy import Connection

from kiosk.core.facts import STORE
from kiosk.store.cash import read_collection_rows
from kiosk.store.coils import LOOK_BACK_DAYS, read_jamming
from kiosk.store.goods import read_lots
from web.admin.desk import Desk
from web.admin.voice import Voice

COUNTS_OF: Final = timedelta(days=30)
"""Counts that are asked about: whoever was there remembers, and the coins may still be found."""

SLIP_COINS: Final = 20
SLIP_PERCENT: Final = 1
"""A slip of the counting hand is a coin or two: more than twenty of the smallest and more than this share of the box is none."""

SOON: Final = timedelta(days=3)
"""Pieces that end before the next visit of a vendor who comes twice a week."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that needs a person: in words, where to look, whether selling suffers, and what to do if that is known."""

    text: str
    href: str
    is_urgent: bool
    advice: str = ""


def concerns_of(desk: Desk, voice: Voice, connection: Connection, kiosk_id: str) -> list[Alert]:
    """What is wrong with goods and coils of this kiosk, from readings alone; its devices and claims speak for themselves."""
    return [
        *_coils(desk, voice, connection, kiosk_id),
        *_dates(desk, voice, connection, kiosk_id),
        *_counts(desk, voice, connection, kiosk_id),
    ]


def _coils(desk: Desk, voice: Voice, connection: Connection, kiosk_id: str) -> list[Alert]:
    jamming = read_jamming(connection, (kiosk_id,), desk.today(), desk.config.timezone)
    href = _of_kiosk(desk, "desk.coils", kiosk_id)
    return [
        Alert(
            voice.say(
                "alert.jams",
                slot=voice.isolate(each.slot),
                failed=voice.count(each.own.failed),
                turned=voice.count(each.own.turned),
                days=voice.count(LOOK_BACK_DAYS),
            ),
            href,
            is_urgent=True,
        )
        for each in jamming
    ]


def _dates(desk: Desk, voice: Voice, connection: Connection, kiosk_id: str) -> list[Alert]:
    today = desk.today()
    past = soon = 0
    for lot in read_lots(connection, kiosk_id):
        if lot.expires_on and lot.qty > 0 and lot.slot != STORE:
            past += lot.qty if lot.expires_on < today.isoformat() else 0
            soon += lot.qty if today.isoformat() <= lot.expires_on < (today + SOON).isoformat() else 0
    href = _of_kiosk(desk, "desk.dates", kiosk_id)
    alerts = []
    if past:
        alerts.append(Alert(voice.say("alert.expired", n=voice.count(past)), href, is_urgent=True))
    if soon:
        alerts.append(
            Alert(
                voice.say("alert.expiring", n=voice.count(soon), days=voice.count(SOON.days)),
                href,
                is_urgent=False,
            )
        )
    return alerts


def _counts(desk: Desk, voice: Voice, connection: Connection, kiosk_id: str) -> list[Alert]:
    """Collections of late that were counted at much less or more than the books have: each on its own page."""
    since = (desk.today() - COUNTS_OF).isoformat()
    slip_minor = SLIP_COINS * desk.config.money.cash_step_minor
    alerts = []
    for row in read_collection_rows(connection, kiosk_id):
        odd_minor = row.counted_minor - row.expected_minor
        is_odd = abs(odd_minor) > slip_minor and 100 * abs(odd_minor) > SLIP_PERCENT * row.expected_minor
        if row.counted_at < since or not row.counted_at or not is_odd:
            continue
        key = "alert.count_short" if odd_minor < 0 else "alert.count_over"
        text = voice.say(
            key, day=voice.moment(row.at), clerk=voice.isolate(row.clerk), amount=voice.money(abs(odd_minor))
        )
        href = _of_kiosk(desk, "desk.collection", kiosk_id, collection=row.collection)
        alerts.append(Alert(text, href, is_urgent=True))
    return alerts


def _of_kiosk(desk: Desk, endpoint: str, kiosk_id: str, **values: str) -> str:
    if desk.is_fleet:
        values["kiosk"] = kiosk_id
    return flask.url_for(endpoint, **values)  # type: ignore[arg-type]  # names of our own pages' parameters
