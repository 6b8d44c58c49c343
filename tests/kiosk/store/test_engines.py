"""Engines share what they compiled, and tables are made as SQLAlchemy would make them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select

from inventory.models import metadata as goods_metadata
from kiosk.store import models
from kiosk.store.database import open_reader, open_writer, sqlite_driver, sqlite_url
from kiosk.store.engines import create_tables, sqlite_engine


class OtherDriver:
    """Another module with the same functions: what was compiled for it may differ."""

    def __getattr__(self, name: str) -> object:
        return getattr(sqlite_driver, name)


def schema(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        )
        return [(str(row[0]), str(row[1]).strip()) for row in rows]


def test_a_statement_is_compiled_once_for_all_engines_of_a_driver(tmp_path: Path) -> None:
    wanted = select(models.debt.c.debt, models.debt.c.visit).where(models.debt.c.kiosk_id == "compiled once")
    spelled = []
    for name in ("a", "b"):
        writer = open_writer(sqlite_url(tmp_path / name))
        with writer.connect() as connection:
            create_tables(connection, models.metadata)
        for engine in (writer, open_reader(sqlite_url(tmp_path / name))):
            with engine.connect() as connection:
                spelled.append(connection.execute(wanted).context.compiled)
            engine.dispose()
    assert len({id(each) for each in spelled}) == 1


def test_another_driver_shares_nothing() -> None:
    ours, other = sqlite_engine("sqlite://", sqlite_driver), sqlite_engine("sqlite://", OtherDriver())
    assert ours.dialect == sqlite_engine("sqlite://", sqlite_driver).dialect
    assert ours.dialect != other.dialect


def test_tables_are_made_as_by_sqlalchemy_itself() -> None:
    ours, theirs = (sqlite_engine("sqlite://", sqlite_driver) for _ in range(2))
    for metadata in (models.metadata, goods_metadata):
        with ours.begin() as connection:
            create_tables(connection, metadata)
        metadata.create_all(theirs)
    assert schema(ours) == schema(theirs)
    assert len(schema(ours)) > 20


def test_some_of_the_tables_are_made_alone() -> None:
    engine = sqlite_engine("sqlite://", sqlite_driver)
    with engine.begin() as connection:
        create_tables(connection, models.metadata, (models.debt,))
    assert {name for name, sql in schema(engine) if sql.startswith("CREATE TABLE")} == {models.debt.name}
