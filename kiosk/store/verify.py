"""verify-journal: walk the whole journal, check every link, fold it, and compare every projection with a fresh one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, create_engine, select, text

from kiosk.core import facts as f
from kiosk.core.fold import evolve
from kiosk.core.state import State
from kiosk.invariant import InvariantBroken
from kiosk.journal.entry import (
    NO_DIGEST,
    Entry,
    JournalDamagedError,
    check_chain,
    postings_as_stored,
    read_content,
)
from kiosk.store.database import sqlite_driver
from kiosk.store.ledger import check_checkpoint, check_signature, read_entries
from kiosk.store.models import PROJECTIONS, metadata
from kiosk.store.projections import SQL, writes_of

PROGRESS_EVERY = 10_000
"""Entries between two words of progress."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk found: ``problems`` is empty when everything holds."""

    kiosk_id: str
    entries: int
    checkpoints: int
    head: str
    epoch: int
    seq: int
    state: State
    problems: tuple[str, ...]


def verify_journal(
    connection: Connection,
    *,
    public_key: str = "",
    anchor: tuple[int, int, str] | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Verification:
    """Check the journal of the one kiosk in the store.

    Args:
        connection: A reading connection without a time limit.
        public_key: The kiosk's known public key in hex; checkpoints by another key are a problem. Empty: not compared.
        anchor: Epoch, sequence and digest (hex) of a head that somebody kept elsewhere: finds a cut tail and a rewritten chain.
        progress: Told how many entries are done.
    """
    kiosk_id = str(connection.execute(text("SELECT min(kiosk_id) FROM journal")).scalar() or "")
    problems: list[str] = []
    state, previous, done, checkpoints = State(), None, 0, 0
    shadow = create_engine("sqlite://", module=sqlite_driver)
    found_anchor = anchor is None
    snapshot = _read_snapshot(connection)
    with shadow.connect() as copy:
        metadata.create_all(copy, tables=list(PROJECTIONS))
        driver = copy.connection.driver_connection
        cursor = driver.cursor() if driver is not None else None
        try:
            for entry in read_entries(connection, kiosk_id):
                check_chain(previous, entry)
                state, is_checkpoint = _take(state, entry, previous, public_key)
                problems.extend(_snapshot_differs(snapshot, entry, state))
                checkpoints += is_checkpoint
                if cursor is not None:
                    _project(cursor, entry)
                found_anchor = found_anchor or (entry.epoch, entry.seq, entry.digest.hex()) == anchor
                previous = entry
                done += 1
                if done % PROGRESS_EVERY == 0:
                    progress(done)
        except (JournalDamagedError, InvariantBroken) as error:
            problems.append(str(error))
        except sqlite_driver.IntegrityError as error:
            problems.append(f"an event or an id is in the journal twice: {error}")
        else:
            if not found_anchor:
                problems.append(
                    "the journal does not contain the head kept in the anchor: entries were cut or rewritten"
                )
            problems.extend(_differences(connection, copy))
    shadow.dispose()
    return Verification(
        kiosk_id=kiosk_id,
        entries=done,
        checkpoints=checkpoints,
        head=previous.digest.hex() if previous else "",
        epoch=previous.epoch if previous else 0,
        seq=previous.seq if previous else 0,
        state=state,
        problems=tuple(problems),
    )


def _read_snapshot(connection: Connection) -> tuple[int, int, bytes] | None:
    row = connection.execute(text("SELECT epoch, seq, state FROM snapshot")).first()
    return None if row is None else (row[0], row[1], bytes(row[2]))


def _snapshot_differs(snapshot: tuple[int, int, bytes] | None, entry: Entry, state: State) -> list[str]:
    """The snapshot is what the till starts from: at its entry it must be the very state that the journal folds to."""
    if snapshot is None or snapshot[:2] != (entry.epoch, entry.seq):
        return []
    try:
        kept = msgspec.json.decode(snapshot[2], type=State)
    except msgspec.MsgspecError as error:
        return [f"table snapshot: it cannot be read: {error}"]
    return [] if kept == state else ["table snapshot: it is not the state that the journal folds to"]


def _take(state: State, entry: Entry, previous: Entry | None, public_key: str) -> tuple[State, bool]:
    """Fold one entry after checking its content."""
    content = read_content(entry)
    fact = content.fact
    if isinstance(fact, f.JournalOpened):
        state = State(epoch=entry.epoch) if previous is None else replace(state, epoch=entry.epoch)
        currency = fact.currency
    else:
        currency = state.currency
    if content.postings != postings_as_stored(fact, currency):
        raise JournalDamagedError(f"entry {entry.epoch}-{entry.seq}: its postings are not those of its fact")
    is_checkpoint = isinstance(fact, f.CheckpointSigned)
    if isinstance(fact, f.CheckpointSigned):
        check_signature(entry, fact)
        check_checkpoint(entry, fact, previous.digest if previous else NO_DIGEST, state)
        if public_key and fact.public_key != public_key:
            raise JournalDamagedError(
                f"entry {entry.epoch}-{entry.seq}: signed by a key that is not this kiosk's"
            )
    recorded = f.Recorded(seq=entry.seq, at=entry.at, now_ms=entry.now_ms, fact=fact)
    return evolve(state, recorded), is_checkpoint


def _project(cursor: object, entry: Entry) -> None:
    """Run the entry's projections on the fresh copy."""
    execute = cursor.execute  # type: ignore[attr-defined]  # a DB-API cursor has no common type
    content = read_content(entry)
    for name, values in writes_of(entry, content.fact):
        execute(SQL[name], values)
    for account, amount, currency in content.postings:
        execute(
            SQL["balance"],
            {
                "kiosk_id": entry.kiosk_id,
                "account": account,
                "currency": currency,
                "amount_minor": amount,
            },
        )


def _differences(stored: Connection, fresh: Connection) -> list[str]:
    """Rows of projections that are not what the journal says; zero balances count as absent."""
    problems: list[str] = []
    for table in PROJECTIONS:
        statement = select(table)
        if table.name == "balance":
            statement = statement.where(table.c.amount_minor != 0)
        have = {tuple(row) for row in stored.execute(statement)}
        want = {tuple(row) for row in fresh.execute(statement)}
        if have != want:
            problems.append(
                f"table {table.name}: {len(have - want)} rows are not what the journal says, {len(want - have)} are missing"
            )
    return problems
