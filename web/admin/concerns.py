"""What the readings of one kiosk say that somebody should do: each concern in words, with the page where it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import flask
from sqlalchemy import Connection

from kiosk.core.facts import STORE
from kiosk.store.coils import LOOK_BACK_DAYS, read_jamming
from kiosk.store.goods import read_lots
from web.admin.desk import Desk
from web.admin.voice import Voice

SOON: Final = timedelta(days=3)
"""Pieces that end before the next visit of a vendor who comes twice a week."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that needs a person: in words, where to look, and whether selling suffers."""

    text: str
    href: str
    is_urgent: bool


def concerns_of(desk: Desk, voice: Voice, connection: Connection, kiosk_id: str) -> list[Alert]:
    """What is wrong with goods and coils of this kiosk, from readings alone; its devices and claims speak for themselves."""
    return [
        *_coils(desk, voice, connection, kiosk_id),
        *_dates(desk, voice, connection, kiosk_id),
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
    href = _of_kiosk(desk, "desk.stock" if desk.has_page("desk.stock") else "desk.journal", kiosk_id)
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


def _of_kiosk(desk: Desk, endpoint: str, kiosk_id: str) -> str:
    return flask.url_for(endpoint, kiosk=kiosk_id) if desk.is_fleet else flask.url_for(endpoint)
