"""What the tests of readings share: a store of the module's, and one of the test's own on either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.database import sqlite_url
from tests.kiosk.store.told import Store, opened


@pytest.fixture(scope="module")
def store(request: pytest.FixtureRequest, quick_folder: Path) -> Iterator[Store]:
    """One for a whole module, which takes back what each example wrote."""
    yield from opened(sqlite_url(quick_folder / f"{request.module.__name__}.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, quick_folder: Path) -> Iterator[Store]:
    """On SQLite, then on PostgreSQL."""
    url = sqlite_url(quick_folder / f"{request.module.__name__}-{request.function.__name__}.db")
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgres_url"))
    yield from opened(url)
