"""A newer version reads the journal anew: tables that are readings are never migrated, they are made again from the truth.

A store remembers which version's readings it holds. Where they are not this version's, they are dropped and made again, in one
transaction: a power cut leaves the old ones, and the next start begins again. The journal itself is never touched; its old facts
are read as new ones (`kiosk.journal.upcast`). Tables beside the journal, which no journal could bring back, are only added to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from enum import Enum, auto
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from inventory.models import metadata as goods_metadata
from kiosk.core import facts as f
from kiosk.journal.entry import Entry, read_content
from kiosk.store.models import PROJECTIONS, metadata, shape
from kiosk.store.projections import SQL, balance_writes, writes_of
from kiosk.store.statements import Statements

READINGS: Final = 2
"""Raise it when a projection's rule changes and its columns do not: then, too, the tables are made again."""

EARLIER: Final = frozenset({"af0eac87ad22b91d"})
"""What earlier versions wrote here: who changes a reading adds the old value; any other value is damage."""

FORMER: Final = ("day_product",)
"""Readings that earlier versions kept and this one does not: dropped with the others, so that no dead table is left behind."""

ENTRIES_AT_ONCE: Final = 5_000
"""Balances are summed over so many entries: one write per account, and little memory."""

Source = Callable[[Connection, str], Iterable[Entry]]
"""Gives a kiosk's entries in order, those that are in its books."""


@cache
def shape_of_readings() -> str:
    """Names how this version makes its readings."""
    dialect = sqlite.dialect()
    tables = "".join(str(CreateTable(table).compile(dialect=dialect)) for table in PROJECTIONS)
    return hashlib.sha256(f"{READINGS}\n{tables}".encode()).hexdigest()[:16]


class Whose(Enum):
    """Which version made the readings in a store; `STRANGE`: none of ours, somebody changed what is written there."""

    OURS = auto()
    EARLIER = auto()
    STRANGE = auto()


def whose_readings(connection: Connection) -> Whose:
    """Which version made the readings in this store."""
    if not connection.dialect.has_table(connection, shape.name):
        return Whose.EARLIER  # the first landings wrote nothing
    found = connection.execute(select(shape.c.value).where(shape.c.name == "readings")).scalar()
    if found == shape_of_readings():
        return Whose.OURS
    return Whose.EARLIER if found in EARLIER else Whose.STRANGE


def note_readings(connection: Connection) -> None:
    """Remember that the readings in this store are this version's, inside the caller's transaction."""
    connection.execute(shape.delete().where(shape.c.name == "readings"))
    connection.execute(insert(shape).values(name="readings", value=shape_of_readings()))


def renew_readings(
    engine: Engine, source: Source, progress: Callable[[int], None] = lambda _done: None
) -> int:
    """Make every reading again where another version made them; nothing happens where they are this version's.

    Args:
        engine: The store's writer, with no transaction open.
        source: Whose entries are read, for each kiosk in the store.
        progress: Told how many entries are done.

    Returns:
        How many entries were read; 0 when the readings were this version's.

    Raises:
        JournalDamagedError: An entry cannot be read; the store is left as it was.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if whose_readings(connection) is Whose.OURS:
            return 0
        connection.execute(text("BEGIN IMMEDIATE" if is_sqlite else "BEGIN"))
        with ExitStack() as failed:
            failed.callback(connection.execute, text("ROLLBACK"))
            metadata.create_all(connection)
            goods_metadata.create_all(connection)
            metadata.drop_all(connection, tables=list(PROJECTIONS))
            for name in FORMER:
                connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
            metadata.create_all(connection)
            done = _read_all(connection, source, progress)
            note_readings(connection)
            failed.pop_all()
        connection.execute(text("COMMIT"))
    return done


def _read_all(connection: Connection, source: Source, progress: Callable[[int], None]) -> int:
    statements = Statements(SQL, is_sqlite=connection.dialect.name == "sqlite")
    driver: Any = connection.connection.driver_connection
    execute = driver.cursor().execute
    kiosks = [row[0] for row in connection.execute(text("SELECT DISTINCT kiosk_id FROM journal"))]
    done = 0
    for kiosk_id in kiosks:
        currency = ""
        facts: list[f.Fact] = []
        for entry in source(connection, kiosk_id):
            fact = read_content(entry).fact
            if isinstance(fact, f.JournalOpened):
                currency = fact.currency
            facts.append(fact)
            statements.run(execute, writes_of(entry, fact))
            done += 1
            if len(facts) == ENTRIES_AT_ONCE:
                statements.run(execute, balance_writes(kiosk_id, currency, facts))
                facts = []
                progress(done)
        statements.run(execute, balance_writes(kiosk_id, currency, facts))
    return done
