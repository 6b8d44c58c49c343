"""Who works at a kiosk: the role that its journal gave somebody last, and the last thing that they did. Secrets are elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from kiosk.core import facts as f
from kiosk.journal.entry import Entry
from kiosk.store import models
from kiosk.store.reading import Position

PEOPLE_SQL: Final[Mapping[str, str]] = {
    "person_role": (
        "INSERT INTO person (kiosk_id, name, role, epoch, seq, at) VALUES (:kiosk_id, :name, :role, 0, 0, '') "
        "ON CONFLICT (kiosk_id, name) DO UPDATE SET role = excluded.role"
    ),
    "person_did": (
        "INSERT INTO person (kiosk_id, name, role, epoch, seq, at) VALUES (:kiosk_id, :name, '', :epoch, :seq, :at) "
        "ON CONFLICT (kiosk_id, name) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, at = excluded.at"
    ),
}
"""Statements of this module's rules, by name."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody as a kiosk's journal knows them.

    Attributes:
        kiosk_id: Where.
        name: As it signs acts; of somebody who was only given a PIN, with the PIN's prefix.
        role: What the journal gave last; empty where it only says what they did.
        position: Their last deed; (0, 0) for none.
        at: When that was (UTC); empty for never.
    """

    kiosk_id: str
    name: str
    role: str
    position: Position
    at: str


def person_did(entry: Entry, name: str) -> tuple[str, Mapping[str, object]]:
    """``name`` brought ``entry`` about."""
    key = {"kiosk_id": entry.kiosk_id, "epoch": entry.epoch, "seq": entry.seq, "at": entry.at}
    return "person_did", {**key, "name": name}


def person_saved(entry: Entry, fact: f.UserSaved) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Somebody was given a role, or lost it."""
    yield "person_role", {"kiosk_id": entry.kiosk_id, "name": fact.user, "role": fact.role}


def read_people(connection: Connection, kiosk_ids: Sequence[str]) -> tuple[PersonRow, ...]:
    """Everybody whom the journals of these kiosks name, by kiosk and name."""
    table = models.person
    rows = connection.execute(
        select(table).where(table.c.kiosk_id.in_(kiosk_ids)).order_by(table.c.kiosk_id, table.c.name)
    )
    return tuple(PersonRow(row.kiosk_id, row.name, row.role, (row.epoch, row.seq), row.at) for row in rows)
