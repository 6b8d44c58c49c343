"""Journals of earlier landings: every later commit opens, reads and verifies them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk.core import facts as f
from kiosk.core.draft import Stamp
from kiosk.core.state import Phase
from kiosk.journal.entry import read_content
from kiosk.store.database import open_unlimited_reader, open_writer, reading, sqlite_url
from kiosk.store.ledger import Ledger, read_entries
from kiosk.store.verify import verify_journal
from tests.kiosk.store.freeze import VECTORS
from tests.kiosk.world import EURO, KEY, SHOP

FROZEN = sorted(path.stem for path in VECTORS.glob("journal-*.db"))
MOST_BYTES = 250_000
"""A morning's entries, and a page or two for each table."""


@pytest.fixture(params=FROZEN)
def frozen(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """The public key and a copy of the store: opening one may write."""
    path = tmp_path / "kiosk.db"
    shutil.copy(VECTORS / f"{request.param}.db", path)
    return (VECTORS / f"{request.param}.pub").read_text("utf-8").strip(), path


def test_there_is_a_frozen_journal_for_the_first_landing() -> None:
    assert "journal-landing-1" in FROZEN
    assert all((VECTORS / f"{name}.db").stat().st_size <= MOST_BYTES for name in FROZEN)


def test_a_frozen_journal_verifies_with_its_key(frozen: tuple[str, Path]) -> None:
    public_key, path = frozen
    engine = open_unlimited_reader(sqlite_url(path))
    with reading(engine) as connection:
        found = verify_journal(connection, public_key=public_key)
        facts = [type(read_content(entry).fact) for entry in read_entries(connection, "K1")]
    engine.dispose()
    assert found.problems == ()
    assert found.entries == len(facts) > 100
    assert found.checkpoints == 1
    assert len(set(facts)) > 35, "it is varied"
    assert facts[0] is f.JournalOpened


def test_a_kiosk_starts_on_a_frozen_journal(frozen: tuple[str, Path]) -> None:
    _, path = frozen
    ledger, state = Ledger.open(
        open_writer(sqlite_url(path)),
        kiosk_id="K1",
        currency=EURO,
        key=KEY,
        stamp=_stamp(),
        software="test",
    )
    assert state.phase is Phase.IDLE
    assert state.is_stopped
    assert state.totals.owed > 0
    assert set(SHOP.rules.hoppers) == set(state.hoppers)
    ledger.append((f.ScreenSeen(),), _stamp(), "")
    ledger.close()


def _stamp() -> Stamp:
    return Stamp("2030-01-01T00:00:00.000Z", 1)
