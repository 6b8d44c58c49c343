"""Readings of claims for the desk's first page."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from kiosk.store import models
from kiosk.store.reading import OPEN_CLAIMS


def count_late_claims(connection: Connection, kiosk_id: str, at: str) -> int:
    """How many undecided claims have not got the answer that was promised by ``at`` (UTC, ISO 8601)."""
    table = models.claim.c
    statement = select(func.count()).where(
        table.kiosk_id == kiosk_id, table.state.in_(OPEN_CLAIMS), table.due_at != "", table.due_at <= at
    )
    return int(connection.execute(statement).scalar_one())
