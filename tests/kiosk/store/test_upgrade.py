"""Another version's readings are made again from the journal, all or nothing; what stands beside it stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from kiosk.journal.entry import JournalDamagedError
from kiosk.store.database import open_unlimited_reader, open_writer, sqlite_url
from kiosk.store.ledger import read_entries
from kiosk.store.models import PROJECTIONS, shape
from kiosk.store.upgrade import EARLIER, Whose, renew_readings, shape_of_readings, whose_readings
from kiosk.store.verify import verify_journal
from tests.kiosk.store.freeze import VECTORS
from tests.kiosk.varied import varied_morning
from tests.kiosk.world import World

FIRST = VECTORS / "journal-landing-1.db"


@pytest.fixture
def old(tmp_path: Path) -> str:
    """The address of a store that the first landing made."""
    path = tmp_path / "kiosk.db"
    shutil.copy(FIRST, path)
    return sqlite_url(path)


def test_the_readings_of_an_earlier_version_are_made_again(old: str) -> None:
    engine = open_writer(old)
    seen: list[int] = []
    done = renew_readings(engine, read_entries, seen.append)
    with engine.connect() as connection:
        assert done == connection.execute(text("SELECT count(*) FROM journal")).scalar_one() > 100
        assert whose_readings(connection) is Whose.OURS
    engine.dispose()
    reader = open_unlimited_reader(old)
    with reader.connect() as connection:
        found = verify_journal(connection)
    reader.dispose()
    assert found.problems == ()
    assert not any("tables beside the journal" in note for note in found.notes)


def test_readings_of_this_version_are_left_alone(old: str) -> None:
    engine = open_writer(old)
    assert renew_readings(engine, read_entries) > 0
    assert renew_readings(engine, read_entries) == 0
    engine.dispose()


def test_a_store_of_an_earlier_version_verifies_and_says_what_the_next_start_will_do(old: str) -> None:
    engine = open_unlimited_reader(old)
    with engine.connect() as connection:
        found = verify_journal(connection)
    engine.dispose()
    assert found.problems == ()
    assert any("another version's" in note for note in found.notes)


def test_a_shape_that_no_version_wrote_is_damage_and_is_mended_by_the_next_start(world: World) -> None:
    varied_morning(world)
    ledger = world.ledger
    assert ledger is not None
    ledger.connection.execute(shape.update().values(value="0123456789abcdef"))
    ledger.connection.execute(text("UPDATE stock SET qty = qty + 1"))
    (first, *_rest) = world.verify().problems
    assert "table shape" in first
    world.crash()
    assert world.verify().problems == ()


def test_a_journal_that_cannot_be_read_leaves_the_old_readings(old: str) -> None:
    engine = open_writer(old)
    with engine.connect() as connection:
        before = {
            table.name: connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar()
            for table in PROJECTIONS
            if connection.dialect.has_table(connection, table.name)
        }
        assert before
        connection.execute(text("DROP TRIGGER journal_never_update"))
        connection.execute(text("UPDATE journal SET body = x'7b' WHERE seq = 90"))
    with pytest.raises(JournalDamagedError, match="1-90"):
        renew_readings(engine, read_entries)
    with engine.connect() as connection:
        assert whose_readings(connection) is Whose.EARLIER
        for name, qty in before.items():
            assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() == qty, name
    engine.dispose()


def test_what_this_version_writes_is_not_among_the_earlier_ones() -> None:
    assert shape_of_readings() not in EARLIER
