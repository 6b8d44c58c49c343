"""Who did what: the reading behind the desk's audit log, and the second step of a sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from kiosk.store import models
from kiosk.store.reading import Position

PAGE_DEEDS: Final = 50
"""Deeds on one page: a screenful or two."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a person did; ``subject`` is what the entry names first: a product, a user, a claim, a place."""

    position: Position
    at: str
    actor: str
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class DeedFilter:
    """Which deeds are wanted; empty fields ask for nothing. Times are UTC text, the end is the first moment too late."""

    actor: str = ""
    kinds: tuple[str, ...] = ()
    subject: str = ""
    start_at: str = ""
    end_at: str = ""


@dataclass(frozen=True, slots=True)
class SecondStepRow:
    """Somebody's second step as it lies beside the journal: sealed secret, last step used, hashes of recovery codes."""

    name: str
    sealed: bytes
    step: int
    recovery: str


def read_deeds(
    connection: Connection,
    kiosk_id: str,
    wanted: DeedFilter,
    *,
    since: Position | None = None,
    most: int = PAGE_DEEDS,
) -> tuple[tuple[Deed, ...], Position | None]:
    """Deeds, newest first.

    Args:
        connection: For reading.
        kiosk_id: Whose.
        wanted: What to show.
        since: Where the last page ended; None begins at the newest.
        most: At most so many.

    Returns:
        The deeds, and where the next page begins, or None at the end. A filter that finds little reads the table to its end:
        people do some ten thousand things a year at one kiosk, and its rows are short.
    """
    deed = models.deed.c
    holds = [deed.kiosk_id == kiosk_id]
    if wanted.actor:
        holds.append(deed.actor == wanted.actor)
    if wanted.kinds:
        holds.append(deed.kind.in_(wanted.kinds))
    if wanted.subject:
        holds.append(deed.subject == wanted.subject)
    if wanted.start_at:
        holds.append(deed.at >= wanted.start_at)
    if wanted.end_at:
        holds.append(deed.at < wanted.end_at)
    if since is not None:
        holds.append(models.place_in(models.deed) < since)
    rows = connection.execute(
        select(models.deed).where(*holds).order_by(deed.epoch.desc(), deed.seq.desc()).limit(most + 1)
    ).fetchall()
    deeds = tuple(Deed((row.epoch, row.seq), row.at, row.actor, row.kind, row.subject) for row in rows[:most])
    return deeds, deeds[-1].position if len(rows) > most else None


def read_last_deed(connection: Connection, kiosk_id: str, kind: str) -> Deed | None:
    """The latest deed of a kind, or None."""
    deeds, _ = read_deeds(connection, kiosk_id, DeedFilter(kinds=(kind,)), most=1)
    return deeds[0] if deeds else None


def read_second_step(connection: Connection, name: str) -> SecondStepRow | None:
    """Somebody's second step, or None."""
    table = models.second_step
    row = connection.execute(select(table).where(table.c.name == name)).first()
    return SecondStepRow(row.name, bytes(row.sealed), row.step, row.recovery) if row else None


def read_second_steps(connection: Connection) -> frozenset[str]:
    """The names of all who have one."""
    return frozenset(row.name for row in connection.execute(select(models.second_step.c.name)))
