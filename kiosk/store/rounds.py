"""Readings of clerks' rounds: which one is open, what was done in it, and when the last ones were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from kiosk.store import models
from kiosk.store.reading import Position

ROUNDS_MOST: Final = 50
"""Rounds in a list: with two a week, half a year."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round of a clerk.

    Attributes:
        round: Its id.
        position: The entry that opened it.
        by: Who began it.
        at: When, UTC.
        ended_at: When it was ended; empty while it is open.
        ended_seq: The entry that ended it; 0 while it is open.
    """

    round: str
    position: Position
    by: str
    at: str
    ended_at: str
    ended_seq: int

    @property
    def is_open(self) -> bool:
        """Whether a clerk is at it."""
        return not self.ended_seq


@dataclass(frozen=True, slots=True)
class DoneTask:
    """One task of a round that is over: done by the entry at ``position``, or left on purpose."""

    task: str
    position: Position
    is_left: bool


def read_rounds(connection: Connection, kiosk_id: str, *, most: int = ROUNDS_MOST) -> tuple[RoundRow, ...]:
    """Rounds, newest first."""
    table = models.clerk_round
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id)
        .order_by(table.c.epoch.desc(), table.c.seq.desc())
        .limit(most)
    )
    return tuple(
        RoundRow(row.round, (row.epoch, row.seq), row.begun_by, row.at, row.ended_at, row.ended_seq)
        for row in rows
    )


def read_done(connection: Connection, kiosk_id: str, round_id: str) -> tuple[DoneTask, ...]:
    """What was done in a round so far, or left, oldest first."""
    table = models.round_task
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id, table.c.round == round_id)
        .order_by(table.c.epoch, table.c.seq)
    )
    return tuple(DoneTask(row.task, (row.epoch, row.seq), bool(row.is_left)) for row in rows)
