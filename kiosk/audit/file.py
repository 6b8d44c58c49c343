"""Opening a journal file without leaving a trace on it, and reading its rows.

Only the table ``journal`` is read. A store that a kiosk has open (its log and the log's index lie beside it) is read like any
other reader does, a page of rows at a time, so that the kiosk's log can be cut meanwhile; a copy with a log but no index is read
from a further copy, because opening it in place would write an index; everything else is opened as immutable.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

try:
    import pysqlite3 as _driver  # carries a SQLite newer than the system's; one library per process
except ImportError:
    import sqlite3 as _driver

PAGE_ROWS: Final = 2_000
"""Rows of one reading: some milliseconds, so a live kiosk's log is never held."""

MAGIC: Final = b"SQLite format 3\x00"
"""The first 16 bytes of every SQLite database. Source: SQLite file format, section 1.3."""

COLUMNS: Final = (
    "kiosk_id", "epoch", "seq", "at", "now_ms", "time_ok", "boot", "kind", "version", "visit", "actor", "body", "digest",
)  # fmt: skip
TYPES: Final = (str, int, int, str, int, int, int, str, int, str, str, bytes, bytes)


class NotAJournalError(Exception):
    """The file is not a kiosk's journal; the message says in one sentence why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it lies in the file."""

    kiosk_id: str
    epoch: int
    seq: int
    at: str
    now_ms: int
    time_ok: int
    boot: int
    kind: str
    version: int
    visit: str
    actor: str
    body: bytes
    digest: bytes

    @property
    def name(self) -> str:
        """How people and reports name the entry."""
        return f"{self.epoch}-{self.seq}"


class UnreadableError(Exception):
    """The file breaks off or is damaged in the middle: what came before was read."""


class JournalFile:
    """An open journal; from `open_journal`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        try:
            columns = {row[1] for row in connection.execute("PRAGMA table_info(journal)")}
            if not columns:
                raise NotAJournalError("this database holds no journal")
            if not columns >= set(COLUMNS):
                missing = ", ".join(sorted(set(COLUMNS) - columns))
                raise NotAJournalError(f"this journal is of another shape: it has no {missing}")
            self.kiosks: tuple[str, ...] = tuple(
                str(row[0])
                for row in connection.execute("SELECT DISTINCT kiosk_id FROM journal ORDER BY kiosk_id")
            )
            self.count = int(connection.execute("SELECT count(*) FROM journal").fetchone()[0])
        except _driver.DatabaseError as error:
            raise NotAJournalError(f"this file cannot be read as a journal: {error}") from error

    def rows(self, kiosk_id: str) -> Iterator[Row | str]:
        """The entries of one kiosk in their order; a text instead of a row that has no such shape.

        Raises:
            UnreadableError: The file is damaged here.
        """
        statement = (
            f"SELECT {', '.join(COLUMNS)}, rowid FROM journal WHERE kiosk_id = ? AND (epoch, seq) > (?, ?) "  # noqa: S608 - our own names
            f"ORDER BY kiosk_id, epoch, seq LIMIT {PAGE_ROWS}"
        )
        epoch, seq = -1, 0
        left = self.count  # what a kiosk appends meanwhile is another audit's
        while left > 0:
            try:
                page = self._connection.execute(statement, (kiosk_id, epoch, seq)).fetchall()
            except (_driver.DatabaseError, OverflowError) as error:
                raise UnreadableError(
                    f"the file cannot be read after entry {epoch}-{seq}: {error}"
                ) from error
            for values in page[:left]:
                if all(type(value) is kind for value, kind in zip(values, TYPES, strict=False)):
                    yield Row(*values[:-1])
                else:
                    yield f"row {values[-1]} (entry {values[1]}-{values[2]}) has a column of the wrong type"
            left -= len(page)
            if len(page) < PAGE_ROWS:
                return
            epoch, seq = page[-1][1], page[-1][2]


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _is_filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


@contextmanager
def open_journal(path: Path) -> Iterator[JournalFile]:
    """Open a journal for reading; nothing in its folder is written.

    Raises:
        NotAJournalError: There is no such file, or it is something else.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
    except OSError as error:
        raise NotAJournalError(f"{path} cannot be read: {error.strerror}") from error
    if start != MAGIC:
        raise NotAJournalError(f"{path} is not a SQLite database")
    has_log = _is_filled(_beside(path, "-wal"))
    has_index = _beside(path, "-shm").is_file()
    if has_index and _beside(path, "-wal").is_file():
        with _connected(path, "mode=ro") as connection:
            yield JournalFile(connection)
    elif has_log or _is_filled(_beside(path, "-journal")):
        with tempfile.TemporaryDirectory(prefix="audit-") as folder:
            copy = Path(folder) / "journal.db"
            shutil.copyfile(path, copy)
            for ending in ("-wal", "-journal"):
                if _is_filled(_beside(path, ending)):
                    shutil.copyfile(_beside(path, ending), _beside(copy, ending))
            with _connected(copy, "mode=rw") as connection:
                yield JournalFile(connection)
    else:
        with _connected(path, "mode=ro&immutable=1") as connection:
            yield JournalFile(connection)


@contextmanager
def _connected(path: Path, how: str) -> Iterator[Any]:
    try:
        connection = _driver.connect(
            f"file:{quote(str(path.resolve()))}?{how}", uri=True, isolation_level=None, timeout=5.0
        )
    except _driver.Error as error:
        raise NotAJournalError(f"{path} cannot be opened: {error}") from error
    try:
        connection.execute("PRAGMA query_only=1")
        yield connection
    finally:
        connection.close()
