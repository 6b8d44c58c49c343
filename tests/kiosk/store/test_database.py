"""The engine factory: settings that were chosen because an experiment lost money without them, read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kiosk.store.database import (
    WRITER_SETTINGS,
    ReadTooLongError,
    StoreRefusedError,
    _set_writer,
    has_tables,
    is_safe_sqlite,
    make_tables,
    open_reader,
    open_unlimited_reader,
    open_writer,
    quick_check,
    reading,
    require_safe_sqlite,
    sqlite_driver,
    sqlite_url,
    sqlite_version,
)

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT count(*) FROM n"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store in each of the two databases."""
    if request.param == "postgresql":
        yield str(request.getfixturevalue("postgres_url"))
    else:
        yield sqlite_url(tmp_path / "kiosk.db")


def test_every_setting_of_the_writer_is_read_back(tmp_path: Path) -> None:
    engine = open_writer(sqlite_url(tmp_path / "kiosk.db"))
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in WRITER_SETTINGS}
    engine.dispose()
    assert found == WRITER_SETTINGS
    assert WRITER_SETTINGS["synchronous"] == 2, "NORMAL and OFF lose confirmed money"


def test_a_store_that_does_not_take_a_setting_is_refused() -> None:
    connection = sqlite_driver.connect(":memory:")
    with pytest.raises(StoreRefusedError, match="did not take journal_mode"):
        _set_writer(connection, None)
    connection.close()


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_versions_with_the_wal_reset_defect_are_known(version: tuple[int, ...], is_safe: bool) -> None:
    assert is_safe_sqlite(version) == is_safe


def test_the_library_in_use_is_safe_where_a_wheel_exists() -> None:
    assert sqlite_driver.__name__ == "sqlite3" or is_safe_sqlite(sqlite_version())


def test_an_unsafe_library_is_refused_where_a_wheel_exists_and_warned_of_elsewhere() -> None:
    assert require_safe_sqlite((3, 53, 4), "x86_64") == ""
    with pytest.raises(StoreRefusedError, match="WAL-reset"):
        require_safe_sqlite((3, 40, 1), "x86_64")
    assert "aarch64" in require_safe_sqlite((3, 40, 1), "aarch64")


def test_tables_are_made_in_one_transaction_and_known_afterwards(url: str) -> None:
    engine = open_writer(url)
    assert not has_tables(engine)
    make_tables(engine)
    assert has_tables(engine)
    quick_check(engine)
    engine.dispose()


@pytest.mark.rule("MS-I9")
@pytest.mark.parametrize("verb", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal"])
def test_the_journal_is_only_appended_to(url: str, verb: str) -> None:
    engine = open_writer(url)
    make_tables(engine)
    with engine.connect() as connection:
        connection.execute(
            text(
                "INSERT INTO journal (kiosk_id, epoch, seq, at, now_ms, time_ok, boot, kind, version, visit, actor, "
                "body, digest) VALUES ('K1', 1, 1, '', 0, 1, 0, 'k', 1, '', '', :bytes, :bytes)"
            ),
            {"bytes": b"{}"},
        )
        with pytest.raises(DBAPIError, match="only appended to"):
            connection.execute(text(verb))
        assert connection.execute(text("SELECT actor FROM journal")).scalar_one() == ""
    engine.dispose()


def test_strict_tables_refuse_text_where_money_belongs(tmp_path: Path) -> None:
    engine = open_writer(sqlite_url(tmp_path / "kiosk.db"))
    make_tables(engine)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="cannot store"):
        connection.execute(text("INSERT INTO balance VALUES ('K1', 'credit', 'EUR', 'much')"))
    engine.dispose()


def test_money_columns_refuse_text_on_postgresql_too(postgres_url: str) -> None:
    engine = open_writer(postgres_url)
    make_tables(engine)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="invalid input syntax"):
        connection.execute(text("INSERT INTO balance VALUES ('K1', 'credit', 'EUR', 'much')"))
    engine.dispose()


def test_readers_cannot_write(url: str) -> None:
    writer = open_writer(url)
    make_tables(writer)
    reader = open_reader(url)
    with reading(reader) as connection:
        assert connection.execute(text("SELECT count(*) FROM balance")).scalar_one() == 0
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            connection.execute(text("INSERT INTO balance VALUES ('K1', 'credit', 'EUR', 1)"))
    reader.dispose()
    writer.dispose()


def test_a_reading_is_cut_after_a_second(url: str) -> None:
    writer = open_writer(url)
    make_tables(writer)
    reader = open_reader(url)
    with pytest.raises(ReadTooLongError, match="1000 ms"), reading(reader) as connection:
        connection.execute(text(SLOW))
    reader.dispose()
    writer.dispose()


def test_a_verification_has_time_but_no_right_to_write(url: str) -> None:
    writer = open_writer(url)
    make_tables(writer)
    reader = open_unlimited_reader(url)
    with reading(reader) as connection:
        assert connection.execute(text("SELECT count(*) FROM journal")).scalar_one() == 0
    reader.dispose()
    writer.dispose()


def test_a_verification_sees_one_moment_while_the_kiosk_goes_on_selling(url: str) -> None:
    writer = open_writer(url)
    make_tables(writer)
    count = text("SELECT count(*) FROM contact")
    reader = open_unlimited_reader(url)
    with writer.connect() as till, reading(reader) as connection:
        assert connection.execute(count).scalar_one() == 0
        till.execute(text("INSERT INTO contact (subject, details, at) VALUES ('s', 'd', 't')"))
        assert till.execute(count).scalar_one() == 1
        assert connection.execute(count).scalar_one() == 0
    with reading(reader) as connection:
        assert connection.execute(count).scalar_one() == 1
    reader.dispose()
    writer.dispose()


def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    engine = open_writer(sqlite_url(path))
    make_tables(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    content = bytearray(path.read_bytes())
    page = int.from_bytes(content[16:18], "big")
    content[page : page + 200] = b"\xff" * 200
    path.write_bytes(content)
    damaged = open_writer(sqlite_url(path))
    with pytest.raises((StoreRefusedError, DBAPIError), match=r"damaged|malformed"):
        quick_check(damaged)
    damaged.dispose()
    assert path.read_bytes() == bytes(content)
