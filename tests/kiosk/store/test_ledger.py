"""append() and what it promises, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from nacl.signing import SigningKey
from sqlalchemy import Connection, text

from hardware import events as hw
from kiosk.core import facts as f
from kiosk.core.fold import replay
from kiosk.core.state import State, Totals
from kiosk.invariant import InvariantBroken
from kiosk.journal.entry import recorded_of
from kiosk.money import Currency
from kiosk.store.database import StoreError, StoreRefusedError, open_unlimited_reader, open_writer
from kiosk.store.ledger import CHECKPOINT_EVERY, WAL_LIMIT_BYTES, Ledger, read_entries, snapshot_of
from tests.kiosk.varied import varied_morning
from tests.kiosk.world import EURO, KEY, World, fresh

NUMBERS = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, quick_folder: Path, template: Path) -> Iterator[World]:
    """A stocked kiosk on each of the two databases."""
    if request.param == "postgresql":
        made = World(quick_folder, url=str(request.getfixturevalue("postgres_url")))
    else:
        made = World(fresh(quick_folder / f"ledger-{next(NUMBERS)}", template))
    yield made
    made.die()


def ledger_of(world: World) -> Ledger:
    assert world.ledger is not None
    return world.ledger


def count_of(world: World, table: str) -> int:
    found = ledger_of(world)._connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return int(found)


def reopen(world: World, **changes: object) -> tuple[Ledger, State]:
    values: dict[str, object] = {
        "kiosk_id": "K1",
        "currency": EURO,
        "key": KEY,
        "stamp": world.stamp(),
        "software": "test",
    }
    return Ledger.open(open_writer(world.url), **{**values, **changes})  # type: ignore[arg-type]  # the named ones


def test_a_varied_morning_verifies_without_a_problem(world: World) -> None:
    varied_morning(world)
    found = world.verify()
    assert found.problems == ()
    assert found.seq == found.entries == world.state.seq
    assert found.state == world.state


def test_the_journal_folds_to_the_same_state_after_a_restart(world: World) -> None:
    varied_morning(world)
    before = world.state
    world.die()
    ledger, state = reopen(world)
    assert state == before
    assert ledger.head.seq == before.seq
    ledger.close()


def test_a_start_from_the_snapshot_equals_a_full_replay(world: World) -> None:
    varied_morning(world)
    ledger = ledger_of(world)
    world.state = ledger.checkpoint(world.state, world.stamp())
    covered = world.state.seq
    world.scan("water")
    world.coins(50)
    entries = list(read_entries(ledger._connection, "K1"))
    full = replay(State(epoch=1), [recorded_of(entry) for entry in entries])
    world.die()
    ledger, state = reopen(world)
    assert state == full
    assert ledger._since_checkpoint == len(entries) - covered > 0, "only what came after it was folded"
    ledger.close()


@pytest.mark.rule("MS-I7")
def test_an_append_gives_the_authority_of_its_last_entry(world: World) -> None:
    appended = ledger_of(world).append((f.ScreenLost(1), f.ScreenSeen()), world.stamp(), "")
    assert [(each.epoch, each.seq) for each in appended.authorities] == [
        (1, entry.seq) for entry in appended.entries
    ]
    assert [entry.seq for entry in appended.entries] == [world.state.seq + 1, world.state.seq + 2]


@pytest.mark.rule("MS-I8")
def test_a_sale_its_stock_its_payment_and_its_number_are_one_commit(world: World) -> None:
    ledger = ledger_of(world)
    world.choose("A1")
    world.coins(100)
    before = {name: count_of(world, name) for name in ("journal", "sale", "stock", "balance")}
    duplicate = (
        "coin_event",
        {"kiosk_id": "K1", "device": "coin", "serial": 4711, "device_epoch": 1, "event_no": 1, "seq": 1},
    )
    line = f.SaleLine(1, "chips", "A1", 1, 100, "standard")
    sale = f.SaleClosed(
        world.visit.visit, 1, (line,), 100, (f.TaxPart("standard", 1900, 100, 16),), is_recovered=False
    )
    with pytest.raises(StoreError, match="a write to the store failed"):
        ledger.append((sale,), world.stamp(), "", (duplicate,))
    with pytest.raises(StoreError, match="only a new start may use it"):
        ledger.append((f.ScreenSeen(),), world.stamp(), "")
    world.die()
    world.start()
    assert count_of(world, "journal") > before["journal"], "the new start's own entries"
    assert not world.facts(f.SaleClosed)
    assert count_of(world, "sale") == before["sale"]
    assert world.owed_minor == 100
    assert world.verify().problems == ()


@pytest.mark.rule("MS-I6")
def test_the_store_itself_refuses_a_second_record_of_one_coin(world: World) -> None:
    world.coins(100)
    (credited,) = world.facts(f.CoinCredited)
    with pytest.raises(StoreError):
        ledger_of(world).append((credited,), world.stamp(), "")
    world.die()
    world.start()
    assert len(world.facts(f.CoinCredited)) == 1
    assert world.verify().problems == ()


def bring_goods(connection: Connection) -> None:
    connection.execute(text("INSERT INTO product (sku, price_minor, details) VALUES ('x', 10, '{}')"))


def test_writes_of_another_package_join_the_commit_or_nothing_is_written(world: World) -> None:
    ledger = ledger_of(world)
    ledger.append((f.ScreenSeen(),), world.stamp(), "", also=bring_goods)
    assert count_of(world, "product") == 1
    seq = ledger.head.seq
    with pytest.raises(StoreError):
        ledger.append((f.ScreenSeen(),), world.stamp(), "", also=bring_goods)
    world.die()
    ledger, state = reopen(world)
    assert state.seq == seq
    ledger.close()


def test_rows_beside_the_journal_are_kept_in_the_same_commit(world: World) -> None:
    row = ("contact", {"subject": "s-1", "details": "anna", "at": ""})
    ledger_of(world).append((f.ScreenSeen(),), world.stamp(), "", (row,))
    assert count_of(world, "contact") == 1
    ledger_of(world).append((f.ContactErased("s-1", "a"),), world.stamp(), "", (("contact_erased", row[1]),))
    assert count_of(world, "contact") == 0


def test_an_append_of_nothing_stores_nothing(world: World) -> None:
    before = ledger_of(world).head
    assert ledger_of(world).append((), world.stamp(), "").entries == ()
    assert ledger_of(world).head == before


def test_a_checkpoint_is_wanted_after_enough_entries_and_signs_the_totals(world: World) -> None:
    ledger = ledger_of(world)
    world.choose("A1")
    world.coins(100, 50)
    ledger.append([f.ScreenSeen()] * CHECKPOINT_EVERY, world.stamp(), "")
    assert ledger.wants_checkpoint
    state = structs.replace(world.state, seq=ledger.head.seq)
    ledger.checkpoint(state, world.stamp())
    assert ledger._since_checkpoint == 0
    (fact,) = world.facts(f.CheckpointSigned)
    assert isinstance(fact, f.CheckpointSigned)
    assert (fact.sold_minor, fact.taken_minor, fact.covers_seq) == (150, 150, state.seq)


def test_text_in_another_normal_form_is_projected_as_it_is_stored(world: World) -> None:
    world.step(hw.DropSeen("coils"))
    ledger_of(world).append((f.CodeUnknown("", "Cafe\u0301", "code_unknown"),), world.stamp(), "")
    assert world.verify().problems == ()


# --- what is refused at a start -----------------------------------------------------------------------------------------


def test_the_store_of_another_kiosk_is_refused(world: World) -> None:
    world.die()
    with pytest.raises(StoreRefusedError, match="belongs to kiosk K1"):
        reopen(world, kiosk_id="K2")


@pytest.mark.parametrize("currency", [Currency("USD", 2), Currency("EUR", 3)])
def test_a_journal_in_another_currency_is_refused(world: World, currency: Currency) -> None:
    world.die()
    with pytest.raises(StoreRefusedError, match="this journal is in EUR"):
        reopen(world, currency=currency)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            "UPDATE balance SET amount_minor = amount_minor + 10 WHERE account = 'cash.hopper.hopper-10'",
            "differ",
        ),
        ("INSERT INTO balance VALUES ('K1', 'goodwill', 'EUR', 5)", "together are not 0"),
        ("UPDATE journal SET actor = 'x' WHERE seq = 5", "1-5: its digest does not fit"),
        ("DELETE FROM journal WHERE seq = 5", "entries are missing"),
    ],
)
def test_a_store_whose_books_or_chain_do_not_fit_is_refused(world: World, damage: str, words: str) -> None:
    untie(ledger_of(world))
    ledger_of(world)._connection.execute(text(damage))
    world.die()
    with pytest.raises(StoreRefusedError, match=words):
        reopen(world)


@pytest.mark.parametrize(
    "change",
    [
        {"totals": Totals(sold=10, held=-10)},
        {"totals": Totals(granted=10, suspense=10), "receipt_no": 7, "cash": {"box": -5}},
        {"seq": 3},
    ],
)
def test_a_snapshot_that_was_changed_is_refused(world: World, change: dict[str, Any]) -> None:
    ledger = ledger_of(world)
    state = structs.replace(ledger.checkpoint(world.state, world.stamp()), **change)
    body = snapshot_of(state)
    ledger._connection.execute(text("UPDATE snapshot SET state = :state"), {"state": body})
    world.die()
    with pytest.raises((StoreRefusedError, InvariantBroken)):
        reopen(world)


def test_a_checkpoint_signed_by_somebody_else_is_refused(world: World) -> None:
    ledger = ledger_of(world)
    ledger._key = SigningKey(bytes(32))
    ledger.checkpoint(world.state, world.stamp())
    world.die()
    with pytest.raises(StoreRefusedError, match="not this kiosk's"):
        reopen(world)


def untie(ledger: Ledger) -> None:
    """Take away what keeps the journal append-only, as an insider with the file could."""
    if ledger._is_sqlite:
        for verb in ("update", "delete"):
            ledger._connection.exec_driver_sql(f"DROP TRIGGER journal_never_{verb}")
    else:
        ledger._connection.exec_driver_sql("DROP TRIGGER journal_never_changed ON journal")


# --- a new epoch and the log --------------------------------------------------------------------------------------------


def test_a_new_epoch_continues_the_books_under_its_own_numbers(world: World) -> None:
    ledger = ledger_of(world)
    world.coins(100)
    head = ledger.head
    opened = f.JournalOpened("K1", "EUR", 2, "test", previous_head=head.digest.hex())
    ledger.head = replace(head, epoch=2, seq=0, digest=bytes(32))
    ledger.append((opened,), world.stamp(), "")
    assert world.verify().problems == ()
    world.die()
    ledger, state = reopen(world)
    assert (state.epoch, state.seq, state.totals.held) == (2, 1, 100)
    ledger.close()


def test_the_number_of_boots_only_rises(world: World) -> None:
    with pytest.raises(InvariantBroken, match="boots rise"):
        ledger_of(world).set_boot(1)


def test_the_log_is_truncated_only_when_it_has_grown_and_at_the_end(
    quick_folder: Path, template: Path
) -> None:
    folder = fresh(quick_folder / "log", template)
    world = World(folder)
    log = folder / "kiosk.db-wal"
    assert log.stat().st_size > 0
    ledger_of(world).tidy(WAL_LIMIT_BYTES)
    assert log.stat().st_size > 0
    ledger_of(world).tidy(WAL_LIMIT_BYTES + 1)
    assert log.stat().st_size == 0
    world.stop()
    assert not log.exists()


def test_a_checkpoint_that_fails_ends_the_use_of_the_store(quick_folder: Path, template: Path) -> None:
    world = World(fresh(quick_folder / "failing", template))
    ledger = ledger_of(world)
    ledger._driver.close()
    with pytest.raises(StoreError, match="could not be checkpointed"):
        ledger.tidy(WAL_LIMIT_BYTES + 1)
    with pytest.raises(StoreError, match="only a new start"):
        ledger.append((f.ScreenSeen(),), world.stamp(), "")
    world.die()


def test_a_reader_that_holds_the_log_is_not_waited_for(world: World) -> None:
    ledger = ledger_of(world)
    if not world.url.startswith("sqlite"):
        assert ledger.tidy(1 << 30)
        return
    world.coins(100)
    engine = open_unlimited_reader(world.url)
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM journal")).scalar()
        world.coins(100)
        assert not ledger.tidy(1 << 30)
    engine.dispose()
    assert ledger.tidy(1 << 30)


@pytest.mark.parametrize(
    "body", [b'{"visit": 7}', b"no state", b'{"shape": "of old", "state": {"visit": 7}}']
)
def test_a_snapshot_of_another_shape_is_left_aside_for_the_journal(world: World, body: bytes) -> None:
    varied_morning(world)
    ledger = ledger_of(world)
    world.state = ledger.checkpoint(world.state, world.stamp())
    full = world.state
    ledger._connection.execute(text("UPDATE snapshot SET state = :state"), {"state": body})
    world.die()
    ledger, state = reopen(world)
    assert state == full
    ledger.close()
