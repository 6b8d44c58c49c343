"""Readings of claims across kiosks: what waits, and which one an entry opened."""

from __future__ import annotations

from collections.abc import Iterable
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


def read_claims_at(
    connection: Connection, kiosk_ids: Iterable[str], seq: int, epoch: int = 0
) -> tuple[tuple[str, str], ...]:
    """Kiosk and id of the claims that an entry ``seq`` opened, in any epoch unless it is told."""
    claim = models.claim.c
    wanted = [claim.kiosk_id.in_(list(kiosk_ids)), claim.opened_seq == seq]
    if epoch:
        wanted.append(claim.claim == f"C{epoch}-{seq}")
    rows = connection.execute(
        select(claim.kiosk_id, claim.claim).where(*wanted).order_by(claim.kiosk_id, claim.claim)
    )
    return tuple((row.kiosk_id, row.claim) for row in rows)
