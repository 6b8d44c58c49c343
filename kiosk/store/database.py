"""The engine factory: the one place where a connection to the store is opened, and its settings read back.

SQLite: WAL, synchronous FULL, explicit transactions, explicit checkpoints, one writing connection. Each setting was
chosen because an experiment lost money without it; a store that does not take a setting is refused. Readers get their
own read-only connections.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from inventory.models import metadata as goods_metadata
from kiosk.store.engines import create_tables, sqlite_engine
from kiosk.store.models import TRIGGERS_POSTGRESQL, TRIGGERS_SQLITE, metadata
from kiosk.store.upgrade import note_readings

try:
    import pysqlite3 as _driver  # carries a SQLite newer than the system's
except ImportError:  # no wheel for this platform: the system's own, with the one-connection rule
    import sqlite3 as _driver

sqlite_driver: Final = _driver
"""The one SQLite library of this process: two of them must never open one live file."""

WRITER_SETTINGS: Final = {
    "journal_mode": "wal",
    "synchronous": 2,
    "wal_autocheckpoint": 0,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,
}
"""FULL (2), because NORMAL and OFF lose confirmed money; no automatic checkpoints, because they swallow sync errors; deleted rows
are overwritten, because a person's details that were erased must not lie on in a free page."""

READ_LIMIT_MS: Final = 1_000
"""A reading holds back the log's truncation; longer reports work on a copy."""

_ENDED: Final = re.compile(r"^interrupted$|statement timeout")
"""What SQLite and PostgreSQL say of a statement that its limit ended."""

STEPS_BETWEEN_LOOKS: Final = 20_000
"""SQLite steps between two looks at the clock: well below a millisecond."""

SAFE_SQLITE: Final = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""Releases with the WAL-reset defect repaired: the first, and its two backports."""


LATER_TABLES: Final = frozenset({"label", "product_twin", "slot_twin", "goods_in_force"})
"""Tables that stores of earlier landings do not have: made at their next start, and not missed by a verification before it."""

WHEEL_MACHINE: Final = "x86_64"
"""The one kind of processor for which pysqlite3 publishes wheels."""


class StoreError(Exception):
    """The store failed: the outcome of the last write is unknown. Stop, and start again into recovery."""


class ReadTooLongError(Exception):
    """A reading was ended after `READ_LIMIT_MS`; nothing is wrong with the store. Ask for less at once."""


class StoreRefusedError(StoreError):
    """The store cannot be used as it is; the message says what to do. Nothing was written."""


def is_safe_sqlite(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset defect repaired (it needs two connections to strike)."""
    newest, *backports = SAFE_SQLITE
    return version >= newest or any(
        version[:2] == backport[:2] and version >= backport for backport in backports
    )


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite library in use."""
    return tuple(int(part) for part in sqlite_driver.sqlite_version.split("."))


def require_safe_sqlite(version: tuple[int, ...], machine: str) -> str:
    """Refuse a SQLite with the WAL-reset defect where a wheel with a newer one exists.

    Args:
        version: Of the library in use.
        machine: Processor, as `platform.machine` names it.

    Returns:
        A warning for the log where there is no such wheel and the one-connection rule must do; empty when all is well.

    Raises:
        StoreRefusedError: The environment was made without the wheel; the message says how to mend it.
    """
    if is_safe_sqlite(version):
        return ""
    found = ".".join(str(part) for part in version)
    if machine == WHEEL_MACHINE:
        raise StoreRefusedError(
            f"SQLite {found} has the WAL-reset defect; start through ./run, which installs a newer one"
        )
    return f"SQLite {found} has the WAL-reset defect and no newer one comes for {machine}: one connection writes, copies are read"


def sqlite_url(path: Path) -> str:
    """The address of a store file."""
    return f"sqlite:///{path}"


def open_writer(url: str, *, driver: Any = sqlite_driver) -> Engine:
    """Open the store for its one writing connection.

    Args:
        url: ``sqlite:///...`` or ``postgresql+psycopg://...``.
        driver: The DB-API module that reaches SQLite; a simulated disk brings its own.

    Raises:
        StoreRefusedError: A setting was not taken.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0)
    engine = sqlite_engine(
        url,
        driver,
        isolation_level="AUTOCOMMIT",
        pool_size=1,
        max_overflow=0,
        poolclass=sqlalchemy.pool.QueuePool,
        connect_args={"timeout": 5.0, "check_same_thread": False},
    )
    event.listen(engine, "connect", partial(_set_writer, renew=getattr(driver, "renew_log", renew_log)))
    return engine


def renew_log(path: str) -> None:
    """Write the write-ahead log over itself and sync it, so that what is read in it is on the disk.

    A sync that failed leaves writes that can be read and will never be written: the system takes them for clean, and the next
    sync says that all is well. Entries appended after such a hole would go with it at the next power cut. A process that died
    may have left such a log, and cannot be asked.

    Source: Rebello and others, "Can Applications Recover from fsync Failures?", USENIX ATC 2020.

    Args:
        path: Of the log. No other writer may have it open: the caller holds the store's write lock.

    Raises:
        OSError: The disk failed; the log is as it was.
    """
    if not Path(path).exists():
        return
    with Path(path).open("r+b", buffering=0) as log:
        written = log.read()
        log.seek(0)
        left = memoryview(written)
        while left:
            left = left[log.write(left) :]
        os.fsync(log.fileno())


def _set_writer(connection: Any, _record: object, *, renew: Callable[[str], None] = renew_log) -> None:
    cursor = connection.cursor()
    for name, value in WRITER_SETTINGS.items():
        cursor.execute(f"PRAGMA {name}={value}")
        found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise StoreRefusedError(
                f"SQLite did not take {name}={value} (it says {found}); is the disk read-only or a network folder?"
            )
    path = cursor.execute("PRAGMA database_list").fetchone()[2]
    cursor.execute("BEGIN IMMEDIATE")
    try:
        renew(f"{path}-wal")
    finally:
        cursor.execute("ROLLBACK")
    cursor.close()


def open_reader(url: str, *, driver: Any = sqlite_driver) -> Engine:
    """Open the store for reading only; a statement that runs longer than `READ_LIMIT_MS` is ended.

    ``driver`` is as for `open_writer`.
    """
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=2)
        event.listen(engine, "connect", _set_reader_postgresql)
        return engine
    path = url.removeprefix("sqlite:///")
    engine = sqlite_engine(
        f"sqlite:///file:{path}?mode=ro&uri=true",
        driver,
        poolclass=sqlalchemy.pool.NullPool,
        connect_args={"timeout": 1.0, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_reader)
    return engine


def open_unlimited_reader(url: str, *, driver: Any = sqlite_driver) -> Engine:
    """Open the store for reading without a time limit: for verification and copies, not for pages.

    Everything read on one connection is of one moment, or a kiosk that sells meanwhile would look like one whose books differ.
    ``driver`` is as for `open_writer`.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=1, isolation_level="REPEATABLE READ")
    path = url.removeprefix("sqlite:///")
    engine = sqlite_engine(
        f"sqlite:///file:{path}?mode=ro&uri=true", driver, poolclass=sqlalchemy.pool.NullPool
    )
    event.listen(engine, "connect", _leave_transactions_to_us)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _leave_transactions_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins none for a SELECT


def _set_reader(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=1")
    cursor.close()
    until = time.monotonic() + READ_LIMIT_MS / 1000
    connection.set_progress_handler(lambda: int(time.monotonic() > until), STEPS_BETWEEN_LOOKS)


def _set_reader_postgresql(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET default_transaction_read_only = on")
    cursor.execute(f"SET statement_timeout = {READ_LIMIT_MS}")
    connection.commit()
    cursor.close()


def has_tables(engine: Engine) -> bool:
    """Whether the store was made already."""
    with (
        engine.connect() as connection
    ):  # asked directly: an inspector opens a connection only to look around
        return engine.dialect.has_table(connection, "journal")


def make_tables(engine: Engine) -> None:
    """Make all tables and the triggers that keep the journal append-only, in one transaction."""
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        connection.execute(text("BEGIN IMMEDIATE" if is_sqlite else "BEGIN"))
        create_tables(connection, metadata)
        create_tables(connection, goods_metadata)
        for statement in TRIGGERS_SQLITE if is_sqlite else TRIGGERS_POSTGRESQL:
            connection.exec_driver_sql(statement)
        note_readings(connection)
        connection.execute(text("COMMIT"))


def add_later_tables(engine: Engine) -> None:
    """Make the goods' tables that the store lacks because it was made before they were thought of; nothing else is touched."""
    with engine.connect() as connection:
        if all(engine.dialect.has_table(connection, name) for name in LATER_TABLES):
            return
        connection.execute(text("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN"))
        goods_metadata.create_all(connection)
        connection.execute(text("COMMIT"))


def quick_check(engine: Engine) -> None:
    """Ask SQLite whether the file's structure holds; PostgreSQL checks its own pages.

    Raises:
        StoreRefusedError: It does not; the files are left as they are.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        reason = " ".join(str(found).split())
        raise StoreRefusedError(f"the store's file is damaged ({reason}); keep it, and restore from a backup")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A short read-only transaction on its own connection.

    Raises:
        ReadTooLongError: It came from `open_reader` and took longer than a reader may.
    """
    with engine.connect() as connection:
        try:
            yield connection
        except OperationalError as error:
            if _ENDED.search(str(error.orig)) is None:
                raise
            raise ReadTooLongError(f"a reading was ended after {READ_LIMIT_MS} ms") from error
