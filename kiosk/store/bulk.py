"""A past written at once: many decided facts per transaction, into a file that is made for it and belongs to nobody yet.

For a year of simulated trade and for measurements. No till sells on such a file while it is written and no device acts on it, so
nothing rests on a commit: no authority is made here, and the file is synced once, at the end. `kiosk.store.ledger` opens it
afterwards like any other store, and whoever made it has it verified first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from nacl.signing import SigningKey
from sqlalchemy import Connection

from kiosk.core import facts as f
from kiosk.core.draft import Stamp
from kiosk.core.fold import evolve
from kiosk.core.state import State
from kiosk.invariant import ensure
from kiosk.journal.entry import NO_DIGEST, Head, write_entries
from kiosk.money import Currency
from kiosk.store.anchor import sync_folder
from kiosk.store.database import StoreError, StoreRefusedError, make_tables, open_writer, sqlite_url
from kiosk.store.ledger import CHECKPOINT_EVERY, WAL_LIMIT_BYTES, sign_head, snapshot_write, stored_form
from kiosk.store.projections import SQL, Write, balance_writes, entry_write, writes_of
from kiosk.store.statements import Statements

FACTS_PER_COMMIT: Final = 600
"""Some forty visits: fewer commits save nothing more, and readers of the past (a claim is weighed) wait for none."""

Change = Callable[[Connection], None]
"""A write to another package's tables, such as the goods'."""


class Past:
    """The open file; one per process and thread, closed by `close`."""

    def __init__(
        self, path: Path, *, kiosk_id: str, currency: Currency, key: SigningKey, stamp: Stamp, software: str
    ) -> None:
        """Make the store at ``path`` and its journal's first entry.

        Args:
            path: Nothing may be there.
            kiosk_id: Whose journal it becomes.
            currency: Of the kiosk.
            key: Signs checkpoints.
            stamp: When the journal is opened.
            software: Version text.

        Raises:
            StoreRefusedError: Something is there: what a file holds already is never written to with relaxed syncing.
        """
        if path.exists():
            raise StoreRefusedError(f"{path} is there already; a past is only written into a new file")
        self.path = path
        self._key = key
        self._engine = open_writer(sqlite_url(path))
        make_tables(self._engine)
        self._connection = self._engine.connect()
        driver = self._connection.connection.driver_connection
        if driver is None:
            raise StoreError("the store gave no connection")
        self._cursor: Any = driver.cursor()
        self._cursor.execute("PRAGMA synchronous=OFF")  # of this connection alone; `close` syncs the file
        self._statements = Statements(SQL, is_sqlite=True)
        self.head = Head(kiosk_id, currency.code, 1, 0, NO_DIGEST, 0)
        self._waiting: list[Write | Change] = []
        self._facts: list[f.Fact] = []
        self._since_checkpoint = 0
        opened = f.JournalOpened(
            kiosk_id=kiosk_id, currency=currency.code, exponent=currency.exponent, software=software
        )
        recorded = f.Recorded(seq=1, at=stamp.at, now_ms=stamp.now_ms, fact=opened)
        self.first_state = evolve(State(epoch=1), recorded)
        """The state after the first entry."""
        self.append((opened,), stamp)

    def append(
        self,
        facts: Iterable[f.Fact],
        stamp: Stamp,
        actor: str = "",
        beside: Iterable[Write] = (),
        *,
        also: Change | None = None,
    ) -> None:
        """Let ``facts`` follow the journal, in order, with their projections; they are in the file after `flush`.

        The arguments are those of `kiosk.store.ledger.Ledger.append`.
        """
        facts = tuple(facts)
        entries = write_entries(self.head, facts, stamp, actor)
        for entry, fact in zip(entries, facts, strict=True):
            stored = stored_form(entry, fact)
            self._waiting.append(entry_write(entry))
            self._waiting.extend(writes_of(entry, stored))
            self._facts.append(stored)
        self._waiting.extend(beside)
        if also is not None:
            self._waiting.append(also)
        if entries:
            last, head = entries[-1], self.head
            self.head = Head(head.kiosk_id, head.currency, last.epoch, last.seq, last.digest, head.boot)
            self._since_checkpoint += len(entries)
        if len(self._facts) >= FACTS_PER_COMMIT:
            self.flush()

    def set_boot(self, boot: int) -> None:
        """Entries from now on belong to start number ``boot``."""
        ensure(boot > self.head.boot, "boots rise")
        head = self.head
        self.head = Head(head.kiosk_id, head.currency, head.epoch, head.seq, head.digest, boot)

    @property
    def wants_checkpoint(self) -> bool:
        """Whether a live till would sign its head now."""
        return self._since_checkpoint >= CHECKPOINT_EVERY

    def checkpoint(self, state: State, stamp: Stamp) -> State:
        """Append a signed checkpoint and the snapshot that stands on it; returns the state after it."""
        fact = sign_head(self.head, state, self._key)
        recorded = f.Recorded(seq=self.head.seq + 1, at=stamp.at, now_ms=stamp.now_ms, fact=fact)
        after = evolve(state, recorded)
        self.append((fact,), stamp, beside=(snapshot_write(self.head.kiosk_id, self.head.epoch, after),))
        self._since_checkpoint = 0
        return after

    def flush(self) -> None:
        """Let readers see everything: one transaction.

        Raises:
            StoreError: The file could not be written; it is of no use.
        """
        if not self._waiting:
            return
        execute = self._cursor.execute
        try:
            execute("BEGIN IMMEDIATE")
            writes: list[Write] = []
            for each in self._waiting:
                if callable(each):
                    self._statements.run(execute, writes)
                    writes = []
                    each(self._connection)
                else:
                    writes.append(each)
            writes.extend(balance_writes(self.head.kiosk_id, self.head.currency, self._facts))
            self._statements.run(execute, writes)
            execute("COMMIT")
            wal = self.path.with_name(f"{self.path.name}-wal")
            if wal.exists() and wal.stat().st_size > WAL_LIMIT_BYTES:
                execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (self._engine.dialect.loaded_dbapi.Error, OSError) as error:
            raise StoreError(f"the past could not be written: {error}") from error
        self._waiting, self._facts = [], []

    def close(self) -> None:
        """Write the rest, empty the log into the file, and sync it: from here on it is as durable as any store.

        Raises:
            StoreError: The disk refused.
        """
        try:
            self.flush()
            self._cursor.execute("PRAGMA busy_timeout=0")  # a reader that is still there is a defect of ours
            self._cursor.execute("PRAGMA synchronous=FULL")
            row = self._cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if row[0] != 0:
                raise StoreError("somebody reads the past while it is closed: end that first")
        finally:
            self._cursor.close()
            self._connection.close()
            self._engine.dispose()
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        sync_folder(self.path.parent)
