"""A store that is told facts without a till, for the rules of readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kiosk.core import facts as f
from kiosk.journal.entry import Entry
from kiosk.store.database import make_tables, open_writer
from kiosk.store.figure_days import ROWS_AT_ONCE
from kiosk.store.projections import SQL, balance_writes, entry_write, writes_of
from kiosk.store.statements import Statements


@dataclass
class Store:
    """A store that is told facts, without a till: the readings' own statements, an entry at a time."""

    connection: Connection
    statements: Statements
    execute: Any
    most: int = ROWS_AT_ONCE
    seqs: dict[tuple[str, int], int] = field(default_factory=dict)

    def write(self, kiosk_id: str, epoch: int, at: datetime, fact: f.Fact) -> None:
        seq = self.seqs[kiosk_id, epoch] = self.seqs.get((kiosk_id, epoch), 0) + 1
        text = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry = Entry(kiosk_id, epoch, seq, text, 0, True, 1, type(fact).__name__, 1, "", "", b"", b"")
        writes = [
            (name, {**values, "most": self.most} if "most" in values else values)
            for name, values in (
                entry_write(entry),
                *writes_of(entry, fact),
                *balance_writes(kiosk_id, "EUR", (fact,)),
            )
        ]
        self.statements.run(self.execute, writes)

    def clear(self) -> None:
        """Take everything back: nothing is ever committed."""
        self.execute("ROLLBACK")
        self.execute("BEGIN")
        self.seqs.clear()
        self.most = ROWS_AT_ONCE


def opened(url: str) -> Iterator[Store]:
    engine = open_writer(url)
    make_tables(engine)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        statements = Statements(SQL, is_sqlite=engine.dialect.name == "sqlite")
        made = Store(connection, statements, driver.cursor().execute)
        made.execute("BEGIN")
        yield made
        made.execute("ROLLBACK")
    engine.dispose()
