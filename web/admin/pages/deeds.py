"""The audit log: who changed what and when, each line opening its entry."""

from __future__ import annotations

from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kiosk.journal.entry import Entry, read_content
from kiosk.store.deeds import Deed, DeedFilter, read_deeds
from kiosk.store.people import read_people
from kiosk.store.projections import DEEDS
from kiosk.store.reading import Position, day_bounds, month_bounds, position_of, read_entries_at, read_users
from web.admin.desk import Desk
from web.admin.entries import entry_words
from web.auth import PIN_PREFIX
from web.exports import Cell, Column, Kind, Table, TooManyRowsError
from web.forms import iso_day

FILE_DEEDS: Final = 5_000
"""Deeds in one file: half a year of one kiosk; each opens its entry, which costs."""

NAME_MOST: Final = 64

TOPICS: Final[dict[str, frozenset[str]]] = {
    "goods": frozenset(
        {
            "PriceSet",
            "PlacesPlanned",
            "PlaceSet",
            "PlaceAdded",
            "PlaceRemoved",
            "CatalogueImported",
            "LabelsSet",
        }
    ),
    "people": frozenset({"UserSaved", "SecondStepSet", "SignedIn", "ServiceStarted", "ServiceEnded"}),
    "claims": frozenset(
        {"ClaimApproved", "ClaimRefused", "DebtReleased", "DebtDropped", "GoodwillGranted", "ContactErased"}
    ),
    "cash": frozenset(
        {
            "CashCollected",
            "CashFilled",
            "CashMoveStarted",
            "CashHandedOver",
            "DrawerOpenStarted",
            "AuditTaken",
        }
    ),
    "stock": frozenset({"StockMoved", "SlotCounted", "TransferClosed"}),
    "machine": frozenset({"HaltCleared", "SettingsChanged"}),
}
"""What a reader looks for -> kinds of entries. What is named nowhere belongs to the topic whose word its name begins with, else
to the machine."""

_BEGINNINGS: Final = {
    "Price": "goods",
    "Product": "goods",
    "Catalogue": "goods",
    "Goods": "goods",
    "Plan": "goods",
    "Claim": "claims",
    "Debt": "claims",
    "Voucher": "claims",
    "Refund": "claims",
    "Cash": "cash",
    "Bag": "cash",
    "Day": "cash",
    "Collection": "cash",
    "Stock": "stock",
    "Lot": "stock",
    "Slot": "stock",
    "Count": "stock",
    "Visit": "stock",
    "User": "people",
}


def topic_of(kind: str) -> str:
    """The topic under which entries of this kind are found."""
    for topic, kinds in TOPICS.items():
        if kind in kinds:
            return topic
    return next((topic for word, topic in _BEGINNINGS.items() if kind.startswith(word)), "machine")


def _kinds(topic: str) -> tuple[str, ...]:
    return tuple(sorted(kind.__name__ for kind in DEEDS if topic_of(kind.__name__) == topic))


def asked_deeds(desk: Desk) -> tuple[DeedFilter, dict[str, str]]:
    """What the address asks for, and the fields that a link must keep. A field that cannot be ends the request with 400."""
    wanted = flask.request.args
    topic, month = wanted.get("topic", ""), wanted.get("month", "")
    day = iso_day(wanted.get("day", ""))
    who, about = wanted.get("who", "")[:NAME_MOST], wanted.get("about", "")[:NAME_MOST]
    if topic and topic not in TOPICS:
        flask.abort(400)
    start_at = end_at = ""
    try:
        if day:
            start_at, end_at = day_bounds(date.fromisoformat(day), desk.config.timezone)
        elif month:
            start_at, end_at = month_bounds(month, desk.config.timezone)
    except (ValueError, OverflowError):
        flask.abort(400)
    kept = {"who": who, "topic": topic, "about": about, "day": day, "month": month}
    kinds = _kinds(topic) if topic else ()
    return DeedFilter(who, kinds, about, start_at, end_at), {
        name: text for name, text in kept.items() if text
    }


def deed_words(
    desk: Desk, connection: Connection, kiosk_id: str, deeds: tuple[Deed, ...]
) -> list[tuple[Deed, str]]:
    """Each deed of a kiosk with the sentence of its entry."""
    voice, products = desk.voice(), desk.catalogue().products
    found: dict[Position, Entry] = {
        (entry.epoch, entry.seq): entry
        for entry in read_entries_at(connection, kiosk_id, (deed.position for deed in deeds))
    }
    return [
        (deed, entry_words(voice, products, read_content(found[deed.position]).fact))
        for deed in deeds
        if deed.position in found
    ]


def _people(desk: Desk, connection: Connection) -> list[str]:
    """Whom to choose from: who may sign in; at a desk for several kiosks, whom the shown kiosk's journal names."""
    rows = read_people(connection, (desk.kiosk_id,)) if desk.is_fleet else read_users(connection)
    return sorted({row.name.removeprefix(PIN_PREFIX) for row in rows} | {"console"})


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/deeds")
    def deeds() -> ResponseReturnValue:
        wanted, kept = asked_deeds(desk)
        file = desk.wanted_file()
        since = position_of(f"E{flask.request.args['since']}") if "since" in flask.request.args else None
        most = FILE_DEEDS if file is not None else None
        with desk.reading() as connection:
            if most is not None:
                found, go_on = read_deeds(connection, desk.kiosk_id, wanted, most=most)
            else:
                found, go_on = read_deeds(connection, desk.kiosk_id, wanted, since=since)
            rows = deed_words(desk, connection, desk.kiosk_id, found)
            people = _people(desk, connection)
        if file is not None:
            if go_on is not None:
                return desk.refuse_file(TooManyRowsError(FILE_DEEDS))
            return desk.send_file(file, "audit-log", _table(desk, rows, kept))
        return desk.render(
            "deeds.html",
            "nav.deeds",
            rows=rows,
            kept=kept,
            people=people if not wanted.actor else sorted({*people, wanted.actor}),
            topics=tuple(TOPICS),
            page_since=since,
            go_on=f"{go_on[0]}-{go_on[1]}" if go_on else "",
        )


def _table(desk: Desk, rows: list[tuple[Deed, str]], kept: dict[str, str]) -> Table:
    voice = desk.voice()
    columns = (
        Column(voice.say("journal.entry"), Kind.CODE),
        Column(voice.say("journal.when"), Kind.MOMENT),
        Column(voice.say("deeds.who")),
        Column(voice.say("journal.what")),
    )
    parts = [kept.get("who", ""), voice.say(f"deeds.{kept['topic']}") if "topic" in kept else ""]
    parts += [kept.get("about", ""), voice.iso_day(kept["day"]) if "day" in kept else ""]
    cells: list[list[Cell]] = [
        [f"{deed.position[0]}-{deed.position[1]}", deed.at, deed.actor, words] for deed, words in rows
    ]
    return Table(voice.say("nav.deeds"), columns, cells, period=" · ".join(part for part in parts if part))
