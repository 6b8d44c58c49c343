"""The desk's reading of what is planned for a day: short selects, answered with frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from kiosk.store import models

ENDED_MOST: Final = 10
"""Plans that were taken or dropped, the newest; older ones stand in the journal."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan; ``state`` is open, taken or dropped, ``changed`` the prices that did change when it was taken."""

    plan: str
    position: tuple[int, int]
    at: str
    by: str
    from_day: str
    qty: int
    state: str
    changed: int


def read_plans(connection: Connection, kiosk_id: str) -> tuple[PlanRow, ...]:
    """All plans that wait, by their day, then the newest that were taken or dropped."""
    table = models.plan
    own = table.c.kiosk_id == kiosk_id
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
