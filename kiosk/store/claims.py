"""Readings of claims for the desk's first page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from kiosk.store import models
from kiosk.store.reading import OPEN_CLAIMS


@dataclass(frozen=True, slots=True)
class Waiting:
    """Claims of one kiosk that nobody has decided.

    Attributes:
        open: How many.
        late: Those of them whose promised answer is over.
        due_at: The first promised answer of all of them (UTC, ISO 8601); empty when none was promised.
        since: When the oldest came.
    """

    open: int
    late: int
    due_at: str
    since: str


def read_waiting(connection: Connection, kiosk_id: str, at: str) -> Waiting:
    """What waits for a decision at ``at`` (UTC, ISO 8601)."""
    claim = models.claim.c
    promised = claim.due_at != ""
    row = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((promised & (claim.due_at <= at), 1), else_=0)), 0),
            func.min(case((promised, claim.due_at))),
            func.min(claim.at),
        ).where(claim.kiosk_id == kiosk_id, claim.state.in_(OPEN_CLAIMS))
    ).one()
    return Waiting(int(row[0]), int(row[1]), row[2] or "", row[3] or "")
