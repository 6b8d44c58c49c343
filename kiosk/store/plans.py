"""The desk's reading of what is planned for a day: short selects, answered with frozen values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, and_, select

from kiosk.core import facts as f
from kiosk.journal.entry import read_content
from kiosk.store import models
from kiosk.store.reading import read_entries_at

ENDED_MOST: Final = 10
"""Plans that were taken or dropped, the newest; older ones stand in the journal."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan of ``qty`` prices or places; ``state`` is open, taken or dropped, ``changed`` counts what did change then."""

    plan: str
    position: tuple[int, int]
    at: str
    by: str
    from_day: str
    qty: int
    state: str
    changed: int


class About(StrEnum):
    """What a plan changes."""

    PRICES = "prices"
    PLACES = "places"


def read_plans(connection: Connection, kiosk_id: str, about: About) -> tuple[PlanRow, ...]:
    """All plans that wait, by their day, then the newest that were taken or dropped."""
    table = models.plan
    own = and_(table.c.kiosk_id == kiosk_id, table.c.about == about)
    waiting = (
        select(table)
        .where(own, table.c.state == "open")
        .order_by(table.c.from_day, table.c.epoch, table.c.seq)
    )
    ended = (
        select(table)
        .where(own, table.c.state != "open")
        .order_by(table.c.closed_seq.desc(), table.c.seq.desc())
        .limit(ENDED_MOST)
    )
    return tuple(
        PlanRow(row.plan, (row.epoch, row.seq), row.at, row.by, row.from_day, row.qty, row.state, row.changed)
        for statement in (waiting, ended)
        for row in connection.execute(statement)
    )


@dataclass(frozen=True, slots=True)
class Coming:
    """What a place will be planned for from a day on, ISO 8601; ``is_gone``: from then on it is no more."""

    from_day: str
    row: f.PlaceRow
    is_gone: bool = False


def read_coming(
    connection: Connection, kiosk_id: str, plans: Iterable[PlanRow]
) -> dict[str, tuple[Coming, ...]]:
    """Place -> what open plans have for it, by their day; each plan is one entry of the journal, found by its key."""
    waiting = {plan.position: plan for plan in plans if plan.state == "open"}
    places: dict[str, tuple[Coming, ...]] = {}
    entries = {(entry.epoch, entry.seq): entry for entry in read_entries_at(connection, kiosk_id, waiting)}
    for position, plan in waiting.items():
        fact = read_content(entries[position]).fact if position in entries else None
        if not isinstance(fact, f.PlacesPlanned):
            continue
        for row in fact.places:
            places[row[0]] = (*places.get(row[0], ()), Coming(plan.from_day, row))
        for code in fact.gone or ():
            coming = Coming(plan.from_day, (code, "", 0, 0, ""), is_gone=True)
            places[code] = (*places.get(code, ()), coming)
    return places
