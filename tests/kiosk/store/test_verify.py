"""verify-journal finds what somebody changed: in the journal, in its projections, at its end, or everywhere at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from msgspec import structs
from nacl.signing import SigningKey
from sqlalchemy import Connection, text

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import STORE
from kiosk.journal.entry import NO_DIGEST, Entry, digest_of
from kiosk.store.ledger import read_entries, snapshot_of
from kiosk.store.models import PROJECTIONS, TRIGGERS_SQLITE
from kiosk.store.verify import Verification, verify_journal
from tests.kiosk.varied import varied_morning
from tests.kiosk.world import KEY, World, fresh

NUMBERS = count()
PUBLIC = KEY.verify_key.encode().hex()
Tamper = Callable[[list[Entry]], list[Entry]]


@pytest.fixture(scope="module")
def morning(quick_folder: Path, template: Path) -> Iterator[World]:
    """One varied morning with a checkpoint in its middle; tests change copies of it, inside transactions taken back."""
    world = World(fresh(quick_folder / f"verify-{next(NUMBERS)}", template))
    world.coins(100)
    world.money_back()
    world.pass_time(86_400_000)  # a day is over: the checkpoint sums it
    assert world.ledger is not None
    world.state = world.ledger.checkpoint(world.state, world.stamp())
    came = {"sku": "water", "other": "K9", "transfer": "T1-8", "sent": 4}
    for event in (
        ev.StockCounted("came", "clerk", STORE, "receive", 3, **came),  # type: ignore[arg-type]  # by name
        ev.StockCounted("went", "clerk", STORE, "transfer", 1, sku="water", other="North hall"),
    ):
        assert world.ask(event).key == "done"
    varied_morning(world)
    untie(world.ledger._connection)
    yield world
    world.die()


@pytest.fixture
def store(morning: World) -> Iterator[World]:
    """The morning, with everything done to it undone afterwards."""
    assert morning.ledger is not None
    morning.ledger._connection.exec_driver_sql("BEGIN")
    yield morning
    morning.ledger._connection.exec_driver_sql("ROLLBACK")


def verified(
    world: World, *, anchor: tuple[int, int, str] | None = None, public_key: str = PUBLIC
) -> Verification:
    """Verify as after an insider's work who puts back what keeps the journal append-only."""
    assert world.ledger is not None
    connection = world.ledger._connection
    for statement in TRIGGERS_SQLITE:
        connection.exec_driver_sql(statement)
    found = verify_journal(connection, public_key=public_key, anchor=anchor)
    untie(connection)
    return found


def untie(connection: Connection) -> None:
    for verb in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER journal_never_{verb}")


def run(world: World, statement: str, **values: object) -> None:
    assert world.ledger is not None
    result = world.ledger._connection.execute(text(statement), values)
    assert result.rowcount != 0, "the tampering itself must do something"


def anchor_of(world: World) -> tuple[int, int, str]:
    assert world.ledger is not None
    head = world.ledger.head
    return head.epoch, head.seq, head.digest.hex()


def test_an_untouched_journal_has_no_problem_and_contains_its_anchor(store: World) -> None:
    told: list[int] = []
    found = verified(store, anchor=anchor_of(store))
    assert found.problems == ()
    assert found.checkpoints == 1
    assert found.head == anchor_of(store)[2]
    assert told == []


@pytest.mark.parametrize("table", PROJECTIONS, ids=lambda table: table.name)
def test_a_missing_row_is_found_in_every_projection(store: World, table: object) -> None:
    name = str(table)
    where = " WHERE amount_minor <> 0" if name == "balance" else ""
    run(store, f"DELETE FROM {name} WHERE ({keys(name)}) IN (SELECT {keys(name)} FROM {name}{where} LIMIT 1)")
    (problem,) = verified(store).problems
    assert problem.startswith(f"table {name}: 0 rows are not what the journal says, 1 are missing")


def keys(name: str) -> str:
    (table,) = [each for each in PROJECTIONS if each.name == name]
    return ", ".join(column.name for column in table.primary_key)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("balance", "amount_minor = amount_minor + 1"),
        ("sale", "total_minor = total_minor + 1"),
        ("stock", "qty = qty + 1"),
        ("stock_out", "since_at = '2026-01-01'"),
        ("debt", "state = 'open'"),
        ("claim", "amount_minor = amount_minor + 1"),
        ("visit", "paid_minor = paid_minor + 1"),
        ("figure", "part_minor = 7"),
        ("figure_day", "amount_minor = amount_minor + 1"),
        ("figure_until", "until_day = ''"),
        ("device", "is_online = 1 - is_online"),
        ("unknown_code", "qty = qty + 1"),
        ("plan", "qty = qty + 1"),
        ("coin_event", "seq = seq + 1"),
    ],
)
def test_a_changed_row_is_found_in_every_projection(store: World, table: str, change: str) -> None:
    run(store, f"UPDATE {table} SET {change}")
    problem, *others = verified(store).problems
    assert problem.startswith(f"table {table}: ")
    # The till's own lots contradict a changed stock, too.
    assert len(others) == (table == "stock")


def test_a_changed_snapshot_is_found(store: World) -> None:
    assert store.ledger is not None
    run(
        store,
        "UPDATE snapshot SET state = :body",
        body=snapshot_of(structs.replace(store.state, receipt_no=99)),
    )
    assert any(problem.startswith("table snapshot: ") for problem in verified(store).problems)


def test_a_journal_without_its_triggers_is_found(store: World) -> None:
    assert store.ledger is not None
    (problem,) = verify_journal(store.ledger._connection).problems
    assert "2 of the triggers that keep the journal append-only are gone" in problem


def test_a_snapshot_that_cannot_be_read_is_a_problem_and_one_of_another_version_is_not(store: World) -> None:
    run(store, "UPDATE snapshot SET state = :body", body=b"no state")
    assert any(
        problem.startswith("table snapshot: it cannot be read") for problem in verified(store).problems
    )
    run(store, "UPDATE snapshot SET state = :body", body=b'{"kiosk_id": "K1"}')
    found = verified(store)
    assert found.problems == ()
    assert "another version" in found.notes[0]


def test_the_first_bad_entry_and_what_still_holds_are_named(store: World) -> None:
    run(store, "UPDATE journal SET actor = 'x' WHERE seq = 60")
    found = verified(store, anchor=anchor_of(store))
    assert found.bad == ((1, 60), (1, 60))
    (checkpoint,) = [fact for fact in store.facts(f.CheckpointSigned) if isinstance(fact, f.CheckpointSigned)]
    trust = found.trust
    assert trust.last == (1, 59)
    assert trust.signed == (1, checkpoint.covers_seq)
    assert trust.is_key_known
    assert trust.signed_totals.taken == checkpoint.taken_minor == 100
    assert trust.last_totals.taken > 100


def test_a_rewritten_chain_leaves_what_the_last_good_signature_covers(store: World) -> None:
    rewrite(store, lambda entries: [forged(entry) if entry.seq == 60 else entry for entry in entries])
    found = verified(store, anchor=anchor_of(store))
    assert found.bad is not None
    assert found.bad[0] <= (1, 60) <= found.bad[1] == anchor_of(store)[:2]
    assert found.bad[0][1] == found.trust.signed[1] + 1


# --- tampering with the journal -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["at", "kind", "visit", "actor", "body", "digest"])
def test_a_flipped_byte_is_found_in_every_text_of_an_entry(store: World, column: str) -> None:
    change = f"{column} || x'20'" if column in {"body", "digest"} else f"{column} || ' '"
    change = f"CAST({change} AS BLOB)" if column in {"body", "digest"} else change
    run(store, f"UPDATE journal SET {column} = {change} WHERE seq = 30")
    (problem,) = verified(store).problems
    assert "1-30" in problem


@pytest.mark.parametrize("column", ["now_ms", "time_ok", "boot", "version"])
def test_a_changed_number_is_found_in_every_column_of_an_entry(store: World, column: str) -> None:
    run(store, f"UPDATE journal SET {column} = 1 - {column} WHERE seq = 30")
    (problem,) = verified(store).problems
    assert "1-30" in problem


def test_a_deleted_entry_is_found(store: World) -> None:
    run(store, "DELETE FROM journal WHERE seq = 30")
    assert verified(store).problems == ("entry 1-31: follows 29, entries are missing",)


def test_two_swapped_entries_are_found(store: World) -> None:
    run(store, "UPDATE journal SET seq = -1 WHERE seq = 30")
    run(store, "UPDATE journal SET seq = 30 WHERE seq = 31")
    run(store, "UPDATE journal SET seq = 31 WHERE seq = -1")
    (problem,) = verified(store).problems
    assert "entry 1-30: its digest does not fit" in problem


def test_a_cut_tail_is_found_by_the_anchor(store: World) -> None:
    rewrite(store, lambda entries: entries[:-1])
    found = verified(store, anchor=anchor_of(store)).problems
    assert any("kept in the anchor" in problem for problem in found)


def test_a_whole_chain_written_anew_is_found_by_its_signed_checkpoint(store: World) -> None:
    rewrite(store, lambda entries: [forged(entry) if entry.seq == 3 else entry for entry in entries])
    (problem,) = verified(store).problems
    assert "signed over another chain" in problem


def test_a_chain_written_anew_after_the_last_checkpoint_is_found_by_the_anchor(store: World) -> None:
    rewrite(store, lambda entries: [forged(entry) if entry.seq == 60 else entry for entry in entries])
    assert verified(store).problems == (), "the chain alone cannot see it"
    (problem,) = verified(store, anchor=anchor_of(store)).problems
    assert "kept in the anchor" in problem


def test_a_chain_signed_anew_with_another_key_is_found(store: World) -> None:
    thief = SigningKey(bytes(32))
    rewrite(
        store, lambda entries: [forged(entry) if entry.seq == 3 else entry for entry in entries], key=thief
    )
    (problem,) = verified(store).problems
    assert "signed by a key that is not this kiosk's" in problem


def test_a_forged_signature_is_found(store: World) -> None:
    def forge(entries: list[Entry]) -> list[Entry]:
        return [
            replace(entry, body=entry.body.replace(b'"signature":"', b'"signature":"00'))
            if entry.kind == "CheckpointSigned"
            else entry
            for entry in entries
        ]

    rewrite(store, forge)
    (problem,) = verified(store).problems
    assert "signature does not fit" in problem


def test_totals_that_are_not_the_journals_are_found(store: World) -> None:
    def lie(entries: list[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.kind != "ScreenSeen"]

    rewrite(store, lie, key=KEY, totals=(7, 7, 0, 0))
    (problem,) = verified(store).problems
    assert "totals are not the journal's" in problem


def test_postings_that_are_not_those_of_their_fact_are_found(store: World) -> None:
    def move(entries: list[Entry]) -> list[Entry]:
        return [
            replace(entry, body=entry.body.replace(b'"credit"', b'"goodwill"'))
            if entry.kind == "CoinCredited"
            else entry
            for entry in entries
        ]

    rewrite(store, move)
    (problem,) = verified(store).problems
    assert "its postings are not those of its fact" in problem


def test_an_event_told_twice_is_found(store: World) -> None:
    rewrite(
        store,
        lambda entries: [
            replace(entry, body=re.sub(rb'"event_no":\d+', b'"event_no":1', entry.body))
            if entry.kind == "CoinTurnedAway"
            else entry
            for entry in entries
        ],
    )
    (problem,) = verified(store).problems
    assert "in the journal twice" in problem


def test_progress_is_told_on_a_long_walk(quick_folder: Path, template: Path) -> None:
    from kiosk.store.verify import PROGRESS_EVERY

    world = World(fresh(quick_folder / "long", template), coins=0, goods=0)
    assert world.ledger is not None
    world.ledger.append([f.ScreenSeen()] * PROGRESS_EVERY, world.stamp(), "")
    told: list[int] = []
    verify_journal(world.ledger._connection, progress=told.append)
    assert told == [PROGRESS_EVERY]
    world.die()


def test_an_empty_store_has_nothing_to_verify(template: Path, quick_folder: Path) -> None:
    from kiosk.store.database import open_writer, sqlite_url

    folder = fresh(quick_folder / "empty", template)
    engine = open_writer(sqlite_url(folder / "kiosk.db"))
    with engine.connect() as connection:
        found = verify_journal(connection)
    engine.dispose()
    assert (found.kiosk_id, found.entries, found.head, found.problems) == ("", 0, "", ())


def forged(entry: Entry) -> Entry:
    """Another actor: something that changes no sum."""
    return replace(entry, actor="somebody else")


def rewrite(
    world: World,
    tamper: Tamper,
    *,
    key: SigningKey | None = None,
    totals: tuple[int, int, int, int] | None = None,
) -> None:
    """An insider with the file changes entries, numbers them anew and makes every digest fit; with a key, signs too."""
    from kiosk.journal.entry import body_of, checkpoint_text, read_content

    assert world.ledger is not None
    connection = world.ledger._connection
    entries = tamper(list(read_entries(connection, "K1")))
    connection.exec_driver_sql("DELETE FROM journal")
    digest = NO_DIGEST
    for seq, old in enumerate(entries, 1):
        entry = replace(old, seq=seq)
        if key is not None and entry.kind == "CheckpointSigned":
            fact = read_content(entry).fact
            assert isinstance(fact, f.CheckpointSigned)
            sums = totals or (fact.sold_minor, fact.taken_minor, fact.paid_out_minor, fact.owed_minor)
            message = checkpoint_text("K1", 1, seq - 1, digest.hex(), sums)
            signed = replace(
                fact,
                covers_seq=seq - 1,
                head=digest.hex(),
                sold_minor=sums[0],
                taken_minor=sums[1],
                paid_out_minor=sums[2],
                owed_minor=sums[3],
                public_key=key.verify_key.encode().hex(),
                signature=key.sign(message).signature.hex(),
            )
            entry = replace(entry, body=body_of(signed, "EUR"))
        digest = digest_of(digest, entry)
        connection.exec_driver_sql(
            "INSERT INTO journal (kiosk_id, epoch, seq, at, now_ms, time_ok, boot, kind, version, visit, actor, body, digest) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.kiosk_id,
                entry.epoch,
                entry.seq,
                entry.at,
                entry.now_ms,
                int(entry.time_ok),
                entry.boot,
                entry.kind,
                entry.version,
                entry.visit,
                entry.actor,
                entry.body,
                digest,
            ),
        )
