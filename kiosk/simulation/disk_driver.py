"""A DB-API face over a `Disk`: what SQLAlchemy and the ledger call, as they would call the stock SQLite driver.

Hand it to `kiosk.store.database.open_writer` as ``driver``. It begins no transaction by itself (the product's engines are
AUTOCOMMIT and say BEGIN), and a connection whose process died raises `PowerCut` at whatever is asked of it, closing apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

import apsw

from kiosk.simulation.disk import VFS_NAME, Disk
from kiosk.simulation.power import PowerCut

STATEMENTS_KEPT: Final = 256
"""Prepared statements per connection: all of the product's."""


FLAGS: Final = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_NOMUTEX
"""No mutex: a world is one thread, and a child forked inside a statement must not wait for its parent's lock."""


class Error(Exception):
    """The face's errors, named as PEP 249 names them; SQLAlchemy knows them by these names."""


class InterfaceError(Error):
    """The driver was misused."""


class DatabaseError(Error):
    """The database failed."""


class DataError(DatabaseError):
    """A value does not fit."""


class OperationalError(DatabaseError):
    """The disk, a lock or the file failed."""


class IntegrityError(DatabaseError):
    """A constraint was broken."""


class InternalError(DatabaseError):
    """SQLite found itself broken."""


class ProgrammingError(DatabaseError):
    """The SQL or its parameters are wrong."""


class NotSupportedError(DatabaseError):
    """SQLite cannot do this."""


KINDS: Final[tuple[tuple[type[apsw.Error], type[Error]], ...]] = (
    (apsw.ConstraintError, IntegrityError),
    (apsw.BindingsError, ProgrammingError),
    (apsw.CursorClosedError, ProgrammingError),
    (apsw.ConnectionClosedError, ProgrammingError),
    (apsw.MismatchError, IntegrityError),
    (apsw.TooBigError, DataError),
    (apsw.InternalError, InternalError),
    (apsw.CorruptError, DatabaseError),
    (apsw.NotADBError, DatabaseError),
)
"""Whatever is not here is operational, as with the stock driver."""


def _translated(error: apsw.Error) -> Error:
    for theirs, ours in KINDS:
        if isinstance(error, theirs):
            return ours(str(error))
    return OperationalError(str(error))


class Cursor:
    """A cursor."""

    __slots__ = ("_connection", "_life", "_raw", "_sql", "_values", "arraysize")

    def __init__(self, connection: Connection) -> None:
        """Of ``connection``."""
        self._connection = connection
        self._life = connection.life
        self._raw = connection.raw.cursor()
        self._sql = ""
        self._values: Any = ()
        self.arraysize = 1

    def execute(self, sql: str, values: Any = ()) -> Cursor:
        """Run one statement up to its first row."""
        self._sql, self._values = sql, values
        try:
            self._raw.execute(sql, values)
        except apsw.Error as error:
            raise self._connection.what_happened(error) from error
        if self._life.is_over:
            raise PowerCut
        return self

    def executemany(self, sql: str, rows: Iterable[Any]) -> Cursor:
        """Run one statement for each of ``rows``; it gives no rows back."""
        self._sql, self._values = "", ()
        try:
            self._raw.executemany(sql, rows)
        except apsw.Error as error:
            raise self._connection.what_happened(error) from error
        if self._life.is_over:
            raise PowerCut
        return self

    def fetchone(self) -> Any:
        """The next row, or None."""
        try:
            row = self._raw.fetchone()
        except apsw.Error as error:
            raise self._connection.what_happened(error) from error
        if self._life.is_over:
            raise PowerCut
        return row

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """At most ``size`` rows."""
        rows = []
        for _ in range(size or self.arraysize):
            row = self.fetchone()
            if row is None:
                break
            rows.append(row)
        return rows

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        try:
            rows = self._raw.fetchall()
        except apsw.Error as error:
            raise self._connection.what_happened(error) from error
        if self._life.is_over:
            raise PowerCut
        return rows

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row

    @property
    def description(self) -> tuple[tuple[Any, ...], ...] | None:
        """The columns, seven places each, of which the first is the name; None without columns."""
        try:
            columns = self._raw.get_description()
        except apsw.ExecutionCompleteError:
            if not self._sql:
                return None
            columns = self._connection.columns_of(self._sql, self._values)
        return tuple((name, None, None, None, None, None, None) for name, _ in columns) or None

    @property
    def rowcount(self) -> int:
        """Rows that the last change touched."""
        return self._connection.raw.changes()

    @property
    def lastrowid(self) -> int:
        """The last row number that was given."""
        return self._connection.raw.last_insert_rowid()

    def close(self) -> None:
        """Let the statement go."""
        with suppress(apsw.Error):  # what a half-read statement died of was said when it was read
            self._raw.close(force=True)


class Connection:
    """A connection to the store on a disk."""

    def __init__(self, disk: Disk, name: str) -> None:
        """Open ``name`` on ``disk``, with its lock held for ever."""
        self.life = disk.life
        self.isolation_level: str | None = None
        self._disk = disk  # a disk lives as long as it is open
        try:
            self.raw = apsw.Connection(
                disk.path_of(name), flags=FLAGS, vfs=VFS_NAME, statementcachesize=STATEMENTS_KEPT
            )
            self.raw.execute("PRAGMA locking_mode=EXCLUSIVE")
        except apsw.Error as error:
            raise self.what_happened(error) from error
        if self.life.is_over:
            raise PowerCut

    def what_happened(self, error: apsw.Error) -> BaseException:
        """The power went, or the database has an error."""
        return PowerCut() if self.life.is_over else _translated(error)

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self)

    def execute(self, sql: str, values: Any = ()) -> Cursor:
        """Run one statement on a new cursor."""
        return self.cursor().execute(sql, values)

    def commit(self) -> None:
        """Commit what was begun, if anything was."""
        if self.life.is_over:
            raise PowerCut
        if not self.raw.get_autocommit():
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back what was begun, if anything was; a dead process has nothing left to roll back."""
        if not self.life.is_over and not self.raw.get_autocommit():
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Close; SQLite reports no errors of this, and neither does this."""
        with suppress(apsw.Error):
            if self.life.is_over:
                self.raw.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)  # the dead copy nothing
            self.raw.close(force=True)

    def __del__(self) -> None:
        """Nobody closed it: SQLite would report the disk's errors to nobody."""
        with suppress(AttributeError, PowerCut):  # it was never opened, or the power went
            self.close()

    def create_function(
        self, name: str, nargs: int, function: Callable[..., Any] | None, *, deterministic: bool = False
    ) -> None:
        """Make a function known to SQL."""
        self.raw.create_scalar_function(name, function, nargs, deterministic=deterministic)

    def set_progress_handler(self, handler: Callable[[], Any] | None, steps: int) -> None:
        """Ask ``handler`` every so many steps whether to stop."""
        self.raw.set_progress_handler(handler, steps)

    def columns_of(self, sql: str, values: Any) -> tuple[tuple[str, str], ...]:
        """The columns of a statement that has no row left: it is prepared again and stopped before its first step."""
        found: list[tuple[tuple[str, str], ...]] = []

        def look(cursor: apsw.Cursor, _sql: str, _values: object) -> bool:
            found.append(cursor.get_description())
            return False

        cursor = self.raw.cursor()
        cursor.exec_trace = look
        with suppress(apsw.ExecTraceAbort):
            cursor.execute(sql, values)
        return found[0] if found else ()


class DiskDriver:
    """The driver module of one disk, as PEP 249 and SQLAlchemy's SQLite dialect want it."""

    paramstyle: Final = "qmark"
    apilevel: Final = "2.0"
    threadsafety: Final = 1
    sqlite_version: Final = apsw.sqlite_lib_version()
    sqlite_version_info: Final = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    Binary: Final = bytes
    Error: Final = Error
    InterfaceError: Final = InterfaceError
    DatabaseError: Final = DatabaseError
    DataError: Final = DataError
    OperationalError: Final = OperationalError
    IntegrityError: Final = IntegrityError
    InternalError: Final = InternalError
    ProgrammingError: Final = ProgrammingError
    NotSupportedError: Final = NotSupportedError

    def __init__(self, disk: Disk) -> None:
        """Of ``disk``."""
        self._disk = disk
        self._open: list[Connection] = []

    def connect(self, database: str, *, uri: bool = False, **_ignored: object) -> Connection:
        """Open the store.

        Args:
            database: A path whose last part is a file on the disk; as an address, with ``uri``, it is opened for reading: then a
                copy of the disk as it stands is read.
            uri: Whether ``database`` is an address.

        Raises:
            PowerCut: The power is off.
            OperationalError: The disk cannot open it.
        """
        if self._disk.is_off:
            raise PowerCut
        for connection in self._open:
            if connection.life.is_over:
                connection.close()
        self._open = [connection for connection in self._open if not connection.life.is_over]
        name = self._name_of(database)
        if uri:
            return Connection(self._disk.copy(), name)
        connection = Connection(self._disk, name)
        self._open.append(connection)
        return connection

    def renew_log(self, path: str) -> None:
        """See `kiosk.store.database.renew_log`."""
        self._disk.renew(self._name_of(path))

    @staticmethod
    def _name_of(path: str) -> str:
        return path.partition("?")[0].rsplit("/", 1)[-1]
