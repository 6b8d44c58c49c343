"""The disk itself: what survives, what fails, and that SQLite and the product's engines work on it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kiosk.core import facts as f
from kiosk.simulation.disk import PIECE, SLOW_MS, Disk, Fate, Fault
from kiosk.simulation.disk_driver import Connection, DiskDriver
from kiosk.simulation.disk_driver import OperationalError as DriverError
from kiosk.simulation.power import PowerCut
from kiosk.store.database import (
    WRITER_SETTINGS,
    StoreError,
    open_reader,
    open_unlimited_reader,
    open_writer,
    reading,
    renew_log,
)
from tests.simulation.store_story import STAMP, entries_of, open_ledger


def opened(disk: Disk) -> Connection:
    """A connection without the product's settings: a rollback journal, syncs."""
    return DiskDriver(disk).connect("/kiosk.db")


def with_table(disk: Disk) -> Connection:
    connection = opened(disk)
    connection.execute("CREATE TABLE coin (value_minor INTEGER)")
    return connection


def values(connection: Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT value_minor FROM coin ORDER BY 1").fetchall()]


def test_the_products_settings_are_taken() -> None:
    engine = open_writer(Disk().url, driver=DiskDriver(Disk()))
    with engine.connect() as connection:
        for name, value in WRITER_SETTINGS.items():
            assert connection.execute(text(f"PRAGMA {name}")).scalar() == value


def test_what_was_committed_survives_a_cut_and_what_was_not_does_not() -> None:
    disk = Disk()
    connection = with_table(disk)
    connection.execute("INSERT INTO coin VALUES (?)", (100,))
    connection.execute("BEGIN")
    connection.execute("INSERT INTO coin VALUES (?)", (200,))
    disk.cut(Random(1), Fate.DROPPED)
    assert values(opened(disk)) == [100]


@pytest.mark.parametrize(("fate", "expected"), [(Fate.DROPPED, []), (Fate.KEPT, [100])])
def test_fate_decides_about_writes_that_nobody_synced(fate: Fate, expected: list[int]) -> None:
    disk = Disk()
    connection = with_table(disk)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("INSERT INTO coin VALUES (100)")
    assert disk.pending > 0
    assert disk.cut(Random(1), fate) is fate
    assert disk.pending == 0
    assert values(opened(disk)) == expected


def test_a_killed_process_loses_nothing_but_a_later_cut_may() -> None:
    disk = Disk()
    connection = with_table(disk)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("INSERT INTO coin VALUES (100)")
    disk.kill()
    again = opened(disk)
    assert values(again) == [100]
    disk.cut(Random(1), Fate.DROPPED)
    assert values(opened(disk)) == []


def test_a_torn_write_leaves_whole_pieces_of_the_old_and_the_new() -> None:
    lengths = set()
    for seed in range(60):
        disk = Disk()
        connection = with_table(disk)
        before = disk.read("kiosk.db")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("INSERT INTO coin VALUES (100)")
        after = disk.read("kiosk.db")
        disk.cut(Random(seed), Fate.TORN)
        found = disk.read("kiosk.db")
        assert len(found) == len(after)
        new = 0
        for at in range(0, len(found), PIECE):
            piece = found[at : at + PIECE]
            assert piece in {before[at : at + PIECE], after[at : at + PIECE]}
            new += piece != before[at : at + PIECE]
        lengths.add(new)
    assert len(lengths) >= 3, "some cuts kept nothing, some a part, some all"


def test_the_watcher_sees_every_operation_and_may_end_the_process() -> None:
    disk = Disk()
    connection = with_table(disk)
    seen: list[tuple[int, str]] = []

    def watch(number: int, kind: str) -> None:
        seen.append((number, kind))
        if kind == "sync":
            raise PowerCut

    disk.on_operation = watch
    with pytest.raises(PowerCut):
        connection.execute("INSERT INTO coin VALUES (100)")
    assert [kind for _, kind in seen] == ["write", "write", "write", "write", "sync"]
    assert seen[-1][0] == disk.operations
    assert disk.is_off
    for attempt in (lambda: connection.execute("SELECT 1"), connection.commit, lambda: opened(disk)):
        with pytest.raises(PowerCut):
            attempt()
    connection.rollback()
    connection.close()
    disk.on_operation = None
    disk.cut(Random(1))
    assert values(opened(disk)) == []


def test_a_cut_passes_through_the_ledger_and_no_code_of_it_catches_it() -> None:
    disk = Disk()
    ledger, _ = open_ledger(disk, DiskDriver(disk))

    def watch(_number: int, _kind: str) -> None:
        raise PowerCut

    disk.on_operation = watch
    with pytest.raises(PowerCut):
        ledger.append((f.ScreenSeen(),), STAMP, "")
    with pytest.raises(StoreError, match="only a new start"):
        ledger.append((f.ScreenSeen(),), STAMP, "")


def story_bytes(seed: int) -> tuple[bytes, bytes]:
    disk, rng = Disk(seed), Random(seed)
    ledger, _ = open_ledger(disk, DiskDriver(disk))
    for ms in range(12):
        ledger.append((f.ScreenLost(ms),), STAMP, "")
        if ms % 5 == 3:
            disk.cut(rng)
            ledger, _ = open_ledger(disk, DiskDriver(disk))
        if ms == 6:
            ledger._truncate()
    return disk.snapshot_bytes()


def test_equal_seeds_give_equal_bytes_and_the_logs_salt_comes_from_the_seed() -> None:
    assert story_bytes(7) == story_bytes(7)
    assert story_bytes(7) != story_bytes(8)


def test_a_reader_sees_what_was_committed_when_it_connected() -> None:
    disk = Disk()
    driver = DiskDriver(disk)
    ledger, _ = open_ledger(disk, driver)
    for reader in (open_reader(disk.url, driver=driver), open_unlimited_reader(disk.url, driver=driver)):
        with reading(reader) as connection:
            before = connection.execute(text("SELECT count(*) FROM journal")).scalar_one()
            ledger.append((f.ScreenSeen(),), STAMP, "")
            assert connection.execute(text("SELECT count(*) FROM journal")).scalar_one() == before
        with reading(reader) as connection:
            assert connection.execute(text("SELECT count(*) FROM journal")).scalar_one() == before + 1


def test_the_stock_driver_opens_what_was_exported(tmp_path: Path) -> None:
    disk = Disk()
    ledger, _ = open_ledger(disk, DiskDriver(disk))
    ledger.append((f.ScreenSeen(),), STAMP, "")
    (tmp_path / "copy.db-journal").write_bytes(b"of another story")
    disk.export(tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "copy.db-wal"]
    connection = sqlite3.connect(tmp_path / "copy.db")
    assert connection.execute("SELECT kind FROM journal ORDER BY seq").fetchall() == [
        ("JournalOpened",),
        ("ScreenSeen",),
    ]
    connection.close()


@pytest.mark.parametrize("fault", [Fault.FULL, Fault.IO_WRITE, Fault.READ_ONLY, Fault.IO_SYNC])
def test_a_fault_comes_when_its_turn_is_and_goes_when_it_was_once(fault: Fault) -> None:
    disk = Disk()
    connection = with_table(disk)
    disk.fail_at(3 if fault is not Fault.IO_SYNC else 2, fault)
    with pytest.raises(DriverError):
        connection.execute("INSERT INTO coin VALUES (100)")
    disk.mend()
    disk.kill()
    assert values(opened(disk)) == []


def test_a_fault_for_ever_stays_until_it_is_mended() -> None:
    disk = Disk()
    connection = with_table(disk)
    disk.fail_at(1, Fault.IO_WRITE, for_ever=True)
    for _ in range(3):
        with pytest.raises(DriverError):
            connection.execute("INSERT INTO coin VALUES (100)")
    disk.mend()
    connection.execute("INSERT INTO coin VALUES (100)")
    assert values(connection) == [100]


def test_a_disk_that_became_read_only_opens_for_reading() -> None:
    disk = Disk()
    connection = with_table(disk)
    disk.fail_at(1, Fault.READ_ONLY)
    with pytest.raises(DriverError):
        connection.execute("INSERT INTO coin VALUES (100)")
    disk.kill()
    again = opened(disk)
    assert values(again) == []
    with pytest.raises(DriverError):
        again.execute("INSERT INTO coin VALUES (100)")


def test_a_full_disk_says_so_and_takes_more_when_there_is_room() -> None:
    disk = Disk()
    ledger, _ = open_ledger(disk, DiskDriver(disk))
    disk.free_bytes = 60_000

    def fill() -> None:
        for ms in range(100):
            ledger.append((f.ScreenLost(ms),), STAMP, "")

    with pytest.raises(StoreError, match="full"):
        fill()
    assert (disk.free_bytes or 0) < 5_000
    stored = len(entries_of(ledger))
    disk.free_bytes = None
    disk.kill()
    again, state = open_ledger(disk, DiskDriver(disk))
    assert state.seq == stored
    again.append((f.ScreenSeen(),), STAMP, "")


def test_a_slow_disk_takes_its_time_and_says_how_long() -> None:
    disk = Disk()
    connection = with_table(disk)
    waits: list[int] = []
    disk.pause = waits.append
    disk.fail_at(1, Fault.SLOW, for_ever=True)
    connection.execute("INSERT INTO coin VALUES (100)")
    assert waits
    assert set(waits) == {SLOW_MS}
    assert values(connection) == [100]


def test_writes_whose_sync_failed_are_read_until_the_power_goes() -> None:
    disk = Disk()
    ledger, _ = open_ledger(disk, DiskDriver(disk))
    disk.fail_at(1, Fault.IO_SYNC)
    with pytest.raises(StoreError):
        ledger.append((f.ScreenSeen(),), STAMP, "")
    assert b"ScreenSeen" in disk.read("kiosk.db-wal")
    disk.cut(Random(1), Fate.KEPT)
    assert b"ScreenSeen" not in disk.read("kiosk.db-wal")


def test_a_second_writer_is_turned_away() -> None:
    disk = Disk()
    driver = DiskDriver(disk)
    first = open_writer(disk.url, driver=driver).connect()
    with pytest.raises(OperationalError):
        open_writer(disk.url, driver=driver).connect()
    first.close()


def test_a_copy_goes_its_own_way() -> None:
    disk = Disk()
    connection = with_table(disk)
    copy = disk.copy()
    connection.execute("INSERT INTO coin VALUES (100)")
    assert values(opened(copy)) == []
    assert values(connection) == [100]


def test_a_log_written_over_itself_is_the_same(tmp_path: Path) -> None:
    log = tmp_path / "kiosk.db-wal"
    renew_log(str(log))
    assert not log.exists()
    log.write_bytes(bytes(range(256)) * 500)
    renew_log(str(log))
    assert log.read_bytes() == bytes(range(256)) * 500
