"""What the desk knows of one kiosk's till: its state after the last batch that was taken."""

from __future__ import annotations

from sqlalchemy import Connection, text

from kiosk.core.state import State
from kiosk.store.ledger import SnapshotShapeError, read_snapshot


def read_state(connection: Connection, kiosk_id: str) -> State | None:
    """The till's state as of the newest entry here, or None: nothing came yet, or another version of the desk wrote it last."""
    row = connection.execute(
        text("SELECT state FROM snapshot WHERE kiosk_id = :kiosk_id"), {"kiosk_id": kiosk_id}
    ).first()
    try:
        return read_snapshot(bytes(row[0])) if row is not None else None
    except SnapshotShapeError:
        return None  # the kiosk's next batch writes it anew
