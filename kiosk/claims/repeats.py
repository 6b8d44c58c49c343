"""What else was claimed by the same contact, about the same visit, and about the same coil or device: a hint, not a charge.

Whoever buys every day meets every fault. So a repeat is said with its number and nothing else, only to the vendor, and it
changes no verdict and no payment. Several claims about one coil speak of the coil.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, func, select

from kiosk.store import models

REST: Final = "-rest"
"""Ends the token of the claim for what was said beyond a proven debt: part of another claim, and none of its own."""

LOOKED_BACK: Final = timedelta(days=90)
"""A quarter: long enough to see a habit, short enough that a bad week is forgotten."""

CONTACTS_MOST: Final = 5_000
"""Newest contacts that a new one is compared with; some years of one kiosk."""

DEVICE_FROM: Final = 3
"""Claims naming one coil or device from which it is the one to be looked at first."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Other claims that have something in common with this one.

    Attributes:
        contact: Of the same contact in the last `LOOKED_BACK`.
        visit: About the same visit, ever.
        places: Coil or device -> claims that name it, this one too; at least `DEVICE_FROM` each.
    """

    contact: int = 0
    visit: int = 0
    places: Mapping[str, int] | None = None

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.contact or self.visit or self.places)


def same_contact(details: str) -> str:
    """One spelling of what a shopper wrote of themselves: the same number or address however it was typed."""
    text = unicodedata.normalize("NFKC", details).casefold()
    return "".join(
        str(unicodedata.digit(char)) if char.isdigit() else char
        for char in text
        if char.isalnum() or char in "@+."
    )


def known_subject(connection: Connection, details: str) -> str:
    """The key under which this contact is kept already; empty for a new one, or one that was erased."""
    wanted = same_contact(details)
    if not wanted:
        return ""
    contact = models.contact.c
    rows = connection.execute(
        select(contact.subject, contact.details).order_by(contact.at.desc()).limit(CONTACTS_MOST)
    ).all()
    return next((str(row.subject) for row in rows if same_contact(row.details) == wanted), "")


def count_repeats(
    connection: Connection,
    kiosk_id: str,
    *,
    claim: str,
    subject: str,
    visit: str,
    at: str,
    places: Mapping[str, int],
) -> Repeats:
    """Count what has something in common with a claim.

    Args:
        connection: Reads the store.
        kiosk_id: Whose claims.
        claim: The claim itself, not counted among the others.
        subject: Key of its contact, or empty.
        visit: The visit that it is about, or empty.
        at: When it was made (UTC, ISO 8601).
        places: Coils and devices that its evidence names, with how many claims name each.
    """
    table = models.claim.c
    others = and_(table.kiosk_id == kiosk_id, table.claim != claim, ~table.token.like(f"%{REST}"))
    since = (datetime.fromisoformat(at) - LOOKED_BACK).strftime("%Y-%m-%dT%H:%M:%S")
    by_contact = by_visit = 0
    if subject:
        by_contact = connection.execute(
            select(func.count()).where(others, table.subject == subject, table.at >= since)
        ).scalar_one()
    if visit:
        by_visit = connection.execute(select(func.count()).where(others, table.visit == visit)).scalar_one()
    return Repeats(
        contact=by_contact,
        visit=by_visit,
        places={place: qty for place, qty in places.items() if qty >= DEVICE_FROM},
    )
