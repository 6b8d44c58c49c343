"""Worlds for the kiosk's tests; the mark that names the rule a test is about."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from kiosk.store.database import make_tables, open_writer, sqlite_url
from tests.kiosk.tenders import TenderWorld
from tests.kiosk.world import World, fresh

Build = Callable[..., World]
BuildTenders = Callable[..., TenderWorld]


@pytest.fixture(scope="session")
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: these tests end processes, they do not pull plugs on disks."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        dir=memory if memory.is_dir() else None, prefix="market-test-"
    ) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def template(quick_folder: Path) -> Path:
    """An empty store with its tables."""
    path = quick_folder / "template.db"
    engine = open_writer(sqlite_url(path))
    make_tables(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def build(quick_folder: Path, template: Path) -> Build:
    """Make worlds: ``build(coins=.., goods=.., has_counts=..)``."""
    numbers = count()

    def make(**values: object) -> World:
        return World(fresh(quick_folder / f"world-{next(numbers)}", template), **values)  # type: ignore[arg-type]  # handed through

    return make


@pytest.fixture(scope="session")
def build_tenders(quick_folder: Path, template: Path) -> BuildTenders:
    """Make worlds with tubes, notes and cards."""
    numbers = count()

    def make(**values: object) -> TenderWorld:
        folder = fresh(quick_folder / f"tenders-{next(numbers)}", template)
        return TenderWorld(folder, **values)  # type: ignore[arg-type]  # handed through

    return make


@pytest.fixture
def shop(build_tenders: BuildTenders) -> Iterator[TenderWorld]:
    """A stocked kiosk with tubes, notes and cards, idle."""
    made = build_tenders()
    yield made
    made.die()


@pytest.fixture
def world(build: Build) -> Iterator[World]:
    """A stocked kiosk, idle."""
    made = build()
    yield made
    made.die()
