"""Engines that share what they compiled: opening a store again does not cost the compiling of every statement again.

SQLAlchemy keeps compiled statements for each engine, under a key that holds the engine's dialect, and no two dialects are
equal. A desk opens several readers, a verification two stores in memory, a simulation a new store for every power cut: a third
of their time went into compiling the same statements.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, create_mock_engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

STATEMENTS_MOST: Final = 2_000
"""Compiled statements that are kept: the product and its pages have some six hundred; lists of other lengths make more."""

_compiled: Final[LRUCache[Any, Any]] = LRUCache(STATEMENTS_MOST)


class SharingDialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's dialect for SQLite; two of one kind of driver are equal: what one compiled serves the other."""

    supports_statement_cache = True

    @property
    def _kind(self) -> object:
        """The driver's module, or its class: a simulated disk makes a driver for itself, and disks come and go."""
        return self.dbapi if isinstance(self.dbapi, ModuleType) else type(self.dbapi)

    def __eq__(self, other: object) -> bool:
        """Whether both speak through the same kind of driver: nothing else of ours changes how a statement is spelled."""
        return isinstance(other, SharingDialect) and self._kind is other._kind

    def __hash__(self) -> int:
        """By the kind of driver."""
        return hash((SharingDialect, self._kind))


registry.register("sqlite.sharing", __name__, SharingDialect.__name__)


def sqlite_engine(url: str, driver: ModuleType | Any, **options: Any) -> Engine:
    """An engine for SQLite that shares its compiled statements with every other one made here.

    Args:
        url: ``sqlite:///...``, or ``sqlite://`` for a store in memory.
        driver: The DB-API module.
        options: As `sqlalchemy.create_engine` takes them.
    """
    return create_engine(
        "sqlite+sharing" + url.removeprefix("sqlite"),
        module=driver,
        execution_options={"compiled_cache": _compiled},
        **options,
    )


def create_tables(connection: Connection, metadata: MetaData, tables: tuple[Table, ...] = ()) -> None:
    """Make all tables of ``metadata``, or these of them, with their indexes, inside the caller's transaction.

    For a place where none of them is yet: SQLAlchemy's ``create_all`` asks for each table first, and spells each one anew.
    """
    for statement in _ddl(metadata, tables, connection.dialect.name):
        connection.exec_driver_sql(statement)


@cache
def _ddl(metadata: MetaData, tables: tuple[Table, ...], dialect: str) -> tuple[str, ...]:
    spelled: list[str] = []

    def spell(statement: Any, *_: object, **__: object) -> None:
        spelled.append(str(statement.compile(dialect=engine.dialect)))

    engine = create_mock_engine(f"{dialect}://", spell)
    metadata.create_all(engine, tables=tables or None, checkfirst=False)
    return tuple(spelled)
