"""A past written at once is a store like any other afterwards; and it is never written into a file that holds something."""

from __future__ import annotations

from pathlib import Path

import pytest
from nacl.signing import SigningKey

from kiosk.core import events as ev
from kiosk.core.draft import Stamp
from kiosk.core.rules import Rules, Shop
from kiosk.core.till import decide
from kiosk.money import Currency
from kiosk.store.bulk import Past
from kiosk.store.database import StoreError, StoreRefusedError, open_unlimited_reader, open_writer, sqlite_url
from kiosk.store.ledger import Ledger
from kiosk.store.verify import verify_journal

EURO = Currency("EUR", 2)
KEY = SigningKey(b"p" * 32)
SHOP = Shop(Rules({}, {}, (), (), ("en",), {}, 10))


def at(second: int) -> Stamp:
    return Stamp(at=f"2026-03-02T08:00:{second:02d}.000Z", now_ms=1_000 * second)


def new_past(path: Path) -> Past:
    return Past(path, kiosk_id="K1", currency=EURO, key=KEY, stamp=at(0), software="test")


def test_what_was_written_at_once_is_verified_and_goes_on_as_a_ledger(tmp_path: Path) -> None:
    past = new_past(tmp_path / "kiosk.db")
    past.set_boot(1)
    decision = decide(past.first_state, ev.BootStarted(boot=1, is_clean=True, software="test"), at(1), SHOP)
    past.append(decision.facts, at(1))
    state = past.checkpoint(decision.state, at(2))
    past.close()
    reader = open_unlimited_reader(sqlite_url(tmp_path / "kiosk.db"))
    with reader.connect() as connection:
        found = verify_journal(connection, public_key=KEY.verify_key.encode().hex())
    reader.dispose()
    assert (found.problems, found.checkpoints, found.seq) == ((), 1, state.seq)
    ledger, opened = Ledger.open(
        open_writer(sqlite_url(tmp_path / "kiosk.db")),
        kiosk_id="K1",
        currency=EURO,
        key=KEY,
        stamp=at(3),
        software="test",
    )
    assert opened == state
    assert ledger.head.digest == past.head.digest
    ledger.close()
    assert not (tmp_path / "kiosk.db-wal").exists()


def test_a_file_that_is_there_is_never_written_to_with_relaxed_syncing(tmp_path: Path) -> None:
    (tmp_path / "kiosk.db").write_bytes(b"somebody's year")
    with pytest.raises(StoreRefusedError, match="is there already"):
        new_past(tmp_path / "kiosk.db")
    assert (tmp_path / "kiosk.db").read_bytes() == b"somebody's year"


def test_a_past_whose_reader_stays_is_not_called_durable(tmp_path: Path) -> None:
    past = new_past(tmp_path / "kiosk.db")
    past.flush()
    reader = open_unlimited_reader(sqlite_url(tmp_path / "kiosk.db"))
    with reader.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM journal").fetchall()
        past.set_boot(1)
        decision = decide(
            past.first_state, ev.BootStarted(boot=1, is_clean=True, software="test"), at(1), SHOP
        )
        past.append(decision.facts, at(1))
        with pytest.raises(StoreError, match="end that first"):
            past.close()
    reader.dispose()
