"""A stocked kiosk for every row."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.database import make_tables, open_writer, sqlite_url
from tests.bad_input.table import Booth


@pytest.fixture(scope="session")
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: these rows pull no plug on a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="bad-input-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def template(quick_folder: Path) -> Path:
    """An empty store with its tables, because making them takes longer than a row."""
    path = quick_folder / "template.db"
    engine = open_writer(sqlite_url(path))
    make_tables(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def folder(quick_folder: Path, template: Path) -> Iterator[Path]:
    """A data folder with an empty store."""
    with tempfile.TemporaryDirectory(dir=quick_folder) as name:
        shutil.copy(template, Path(name) / "kiosk.db")
        yield Path(name)


@pytest.fixture
def booth(folder: Path) -> Iterator[Booth]:
    """Idle, with change, five pieces in each coil, and nobody there."""
    made = Booth(folder)
    yield made
    made.close()
