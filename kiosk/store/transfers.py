"""Goods between sites: what was sent and nobody has received, and what one transfer was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, and_, select

from kiosk.store import models
from kiosk.store.reading import Position

ON_WAY_MOST: Final = 200
"""Transfers of one kiosk on a page, the last ones; whoever has more open has forgotten to close them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Goods that left a kiosk for another site.

    Attributes:
        position: The entry.
        transfer: Its number.
        qty: How many pieces left.
        slot: From where (`kiosk.core.facts.STORE` is the storeroom).
        destination: As whoever sent them wrote it.
        state: open, arrived, lost, or back.
    """

    kiosk_id: str
    position: Position
    transfer: str
    at: str
    by: str
    sku: str
    qty: int
    slot: str
    destination: str
    state: str


@dataclass(frozen=True, slots=True)
class Got:
    """Goods that came with a transfer: how many had been sent, and how many were there."""

    kiosk_id: str
    position: Position
    source: str
    transfer: str
    at: str
    by: str
    sku: str
    sent: int
    qty: int


def _sent(row: Any) -> Sent:
    return Sent(
        row.kiosk_id, (row.epoch, row.seq), row.transfer, row.at, row.done_by, row.sku, row.qty, row.slot,
        row.destination, row.state,
    )  # fmt: skip


def read_on_way(connection: Connection, kiosk_ids: Iterable[str]) -> tuple[Sent, ...]:
    """What these kiosks sent and nobody said to have, the oldest first; at most `ON_WAY_MOST` of each.

    A desk that hears several kiosks knows from the receiver's own journal that a transfer came; a kiosk's own desk knows only
    what somebody told it.
    """
    table, got = models.transfer_sent, models.transfer_got
    found: list[Sent] = []
    for kiosk_id in kiosk_ids:
        came = (
            select(got.c.transfer)
            .where(and_(got.c.source == kiosk_id, got.c.transfer == table.c.transfer))
            .exists()
        )
        rows = connection.execute(
            select(table)
            .where(table.c.kiosk_id == kiosk_id, table.c.state == "open", ~came)
            .order_by(table.c.epoch.desc(), table.c.seq.desc())
            .limit(ON_WAY_MOST)
        )
        found += map(_sent, rows)
    return tuple(sorted(found, key=lambda each: (each.at, each.kiosk_id, each.position)))


def read_sent(connection: Connection, kiosk_id: str, position: Position) -> Sent | None:
    """What left with the entry at ``position``, whatever became of it; None when nothing did."""
    table = models.transfer_sent
    row = connection.execute(
        select(table).where(
            table.c.kiosk_id == kiosk_id,
            table.c.state.in_(("open", "arrived", "lost", "back")),
            table.c.epoch == position[0],
            table.c.seq == position[1],
        )
    ).first()
    return _sent(row) if row else None


def read_got(connection: Connection, kiosk_ids: Iterable[str], most: int) -> tuple[Got, ...]:
    """What came with transfers at these kiosks, newest first, at most ``most``."""
    table = models.transfer_got
    rows = connection.execute(
        select(table).where(table.c.kiosk_id.in_(tuple(kiosk_ids))).order_by(table.c.at.desc()).limit(most)
    )
    return tuple(
        Got(
            row.kiosk_id, (row.epoch, row.seq), row.source, row.transfer, row.at, row.done_by, row.sku,
            row.sent, row.qty,
        )
        for row in rows
    )  # fmt: skip
