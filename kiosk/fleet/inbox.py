"""The inbox of the vendor's desk: batches of many kiosks into one store, each entry checked again and taken once.

The desk trusts no kiosk's arithmetic: every entry is chained, read, folded and posted anew, as `kiosk verify-journal` does, and
its projections are written by the statements that the kiosk itself uses, in the same transaction. A batch that comes twice, late,
or after a gap changes nothing; the answer says what the desk holds, and the sender goes on from there.

A kiosk that was restored from an older copy goes on in a new epoch. What the desk had heard of the lost part stays in the
journal as a *branch*: kept and shown, and out of the books, because the restored kiosk counts its devices anew and books that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, text

from kiosk.core import facts as f
from kiosk.core.facts import KINDS
from kiosk.fleet.models import FLEET_SQL
from kiosk.fleet.models import metadata as fleet_metadata
from kiosk.fleet.wire import Ack, Batch, Goods, write_goods_list
from kiosk.journal.entry import Entry, JournalDamagedError, read_content
from kiosk.store.database import StoreError, has_tables, make_tables, quick_check
from kiosk.store.ledger import SnapshotShapeError, read_entries, read_snapshot, snapshot_write
from kiosk.store.models import PROJECTIONS
from kiosk.store.projections import SQL, Write, balance_writes, entry_write, writes_of
from kiosk.store.statements import Statements
from kiosk.store.upgrade import renew_readings
from kiosk.store.verify import Walk

NEVER: Final = ""
"""A time that has not come."""


class BatchRefusedError(Exception):
    """The batch does not go on from what the desk holds, or is damaged; the message says where. Nothing of it was taken."""


class BatchGapError(BatchRefusedError):
    """Entries are missing between what the desk holds and the batch: send from the acknowledged place on."""


class UnknownKioskError(LookupError):
    """No kiosk of this id is registered at this desk."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A kiosk of this desk.

    Attributes:
        kiosk_id: Its id in the journal.
        name: What people call it.
        public_key: Hex of the Ed25519 key that signs its batches and checkpoints.
        heard_at: When it last pushed or asked (UTC); empty: never.
        problem: Why its newest batch was refused; empty when all is well.
        problem_at: Since when.
    """

    kiosk_id: str
    name: str
    public_key: str
    heard_at: str = NEVER
    problem: str = ""
    problem_at: str = NEVER


@dataclass(frozen=True, slots=True)
class _Fork:
    """A new epoch goes on from ``seq`` of ``epoch``; what the desk has after it, up to ``until_seq``, the kiosk lost."""

    epoch: int
    seq: int
    until_seq: int


class Inbox:
    """The one writer of the desk's store. Calls come one at a time; whoever serves many threads holds a lock around it."""

    def __init__(self, engine: Engine) -> None:
        """Open or make the store behind ``engine``, which comes from `kiosk.store.database.open_writer`.

        Raises:
            StoreRefusedError: It is damaged.
        """
        if not has_tables(engine):
            make_tables(engine)
        quick_check(engine)
        with engine.connect() as connection:
            fleet_metadata.create_all(connection)
        renew_readings(engine, _in_the_books)
        self._engine = engine
        self._connection = engine.connect()
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._statements = Statements({**SQL, **FLEET_SQL}, is_sqlite=self._is_sqlite)
        driver = self._connection.connection.driver_connection
        if driver is None:
            raise StoreError("the store gave no connection")
        self._cursor: Any = driver.cursor()
        self._walks: dict[str, Walk] = {}

    def close(self) -> None:
        """Let the store go; a second time nothing happens."""
        if self._connection.closed:
            return
        self._cursor.close()
        self._connection.close()
        self._engine.dispose()

    # --- the register -------------------------------------------------------------------------------------------------

    def register(self, kiosk_id: str, name: str, public_key: str) -> None:
        """Let a kiosk push to this desk from now on, or change its name or key."""
        self._connection.execute(
            text(
                "INSERT INTO fleet_kiosk (kiosk_id, name, public_key, heard_at, problem, problem_at) "
                "VALUES (:kiosk_id, :name, :public_key, '', '', '') "
                "ON CONFLICT (kiosk_id) DO UPDATE SET name = excluded.name, public_key = excluded.public_key"
            ),
            {"kiosk_id": kiosk_id, "name": name, "public_key": public_key},
        )

    def registered(self) -> tuple[Registered, ...]:
        """All kiosks of this desk, by id."""
        return read_registered(self._connection)

    def key_of(self, kiosk_id: str) -> str:
        """The hex of a kiosk's public key.

        Raises:
            UnknownKioskError: It is not registered.
        """
        for kiosk in self.registered():
            if kiosk.kiosk_id == kiosk_id:
                return kiosk.public_key
        raise UnknownKioskError(kiosk_id)

    # --- the people of this desk --------------------------------------------------------------------------------------

    def keep_people(self, writes: list[Write]) -> None:
        """Change who may sign in at this desk; ``writes`` as a till makes them of the same events."""
        self._commit(writes)

    # --- taking batches -----------------------------------------------------------------------------------------------

    def ack(self, kiosk_id: str) -> Ack:
        """What the desk holds of a kiosk."""
        previous = self._walk(kiosk_id).previous
        if previous is None:
            return Ack(kiosk_id, 0, 0, "")
        return Ack(kiosk_id, previous.epoch, previous.seq, previous.digest.hex())

    def take(self, batch: Batch, at: str) -> Ack:
        """Take what is new in a batch, all of it or nothing.

        Args:
            batch: Its signature was checked by `kiosk.fleet.wire.unpack_batch`.
            at: Now (UTC).

        Returns:
            What the desk holds after it: durable.

        Raises:
            BatchGapError: Entries before it are missing; nothing is noted, for the kiosk goes on from the desk's answer.
            BatchRefusedError: It does not fit; the reason is kept with the kiosk until a batch fits again.
            StoreError: The outcome is unknown: open the inbox anew.
        """
        try:
            self._take(batch, at)
        except BatchGapError:
            self._walks.pop(batch.kiosk_id, None)
            raise
        except BatchRefusedError as error:
            self._walks.pop(batch.kiosk_id, None)  # it may have folded some of what was refused
            self._commit([_heard(batch.kiosk_id, at, problem=str(error))])
            raise
        return self.ack(batch.kiosk_id)

    def take_goods(self, goods: Goods) -> None:
        """Keep what a kiosk sells, unless a newer list came before.

        Args:
            goods: Its signature was checked by `kiosk.fleet.wire.unpack_goods`.
        """
        row = {"kiosk_id": goods.kiosk_id, "at": goods.at, "body": write_goods_list(goods)}
        self._commit([("goods", row)])

    def _take(self, batch: Batch, at: str) -> None:
        walk = self._walk(batch.kiosk_id)
        new = self._new_entries(batch, walk)
        _refuse_gap(walk.place, new)
        writes: list[Write] = [_heard(batch.kiosk_id, at)]
        facts: list[f.Fact] = []
        for entry in new:
            fork = self._fork(walk, entry)
            if fork is not None:
                # What was gathered before it belongs to the old books, so it is made durable first.
                self._finish(batch.kiosk_id, walk, writes, facts)
                walk = self._set_aside(batch.kiosk_id, fork, at)
                writes, facts = [_heard(batch.kiosk_id, at)], []
            fact = self._checked(walk, entry)
            writes.append(entry_write(entry))
            writes.extend(writes_of(entry, fact))
            facts.append(fact)
        self._finish(batch.kiosk_id, walk, writes, facts)

    def _finish(self, kiosk_id: str, walk: Walk, writes: list[Write], facts: list[f.Fact]) -> None:
        if facts:
            writes.extend(balance_writes(kiosk_id, walk.state.currency, facts))
            writes.append(snapshot_write(kiosk_id, walk.place[0], walk.state))
        self._commit(writes)

    def _new_entries(self, batch: Batch, walk: Walk) -> tuple[Entry, ...]:
        """The entries behind what we hold; the others must be the very ones that we hold."""
        held = [entry for entry in batch.entries if (entry.epoch, entry.seq) <= walk.place]
        for entry in held:
            stored = self._connection.execute(
                text(
                    "SELECT digest FROM journal WHERE kiosk_id = :kiosk_id AND epoch = :epoch AND seq = :seq"
                ),
                {"kiosk_id": entry.kiosk_id, "epoch": entry.epoch, "seq": entry.seq},
            ).scalar()
            if stored is None or bytes(stored) != entry.digest:
                raise BatchRefusedError(
                    f"entry {entry.epoch}-{entry.seq} is not the one that the desk holds: two machines write under the id "
                    f"{entry.kiosk_id}, or an old copy was put back by hand"
                )
        return batch.entries[len(held) :]

    def _checked(self, walk: Walk, entry: Entry) -> f.Fact:
        """Chain, content, postings, books and signatures of the next entry.

        Raises:
            BatchRefusedError: It does not fit.
        """
        if entry.kind not in KINDS:
            raise BatchRefusedError(
                f"entry {entry.epoch}-{entry.seq} is a {entry.kind!r}, which this desk does not know: update the desk first, "
                "then the kiosks"
            )
        try:
            walk.take(entry)
        except JournalDamagedError as error:
            raise BatchRefusedError(str(error)) from error
        return read_content(entry).fact

    # --- after a restore ----------------------------------------------------------------------------------------------

    def _fork(self, walk: Walk, entry: Entry) -> _Fork | None:
        """Where a new epoch leaves the history that we hold; None when it goes on from its end, as it mostly does."""
        previous = walk.previous
        if entry.kind != "JournalOpened" or previous is None or entry.epoch <= previous.epoch:
            return None
        try:
            opened = read_content(entry).fact
        except JournalDamagedError as error:
            raise BatchRefusedError(str(error)) from error
        if not isinstance(opened, f.JournalOpened) or opened.previous_head == previous.digest.hex():
            return None
        row = self._connection.execute(
            text(
                "SELECT epoch, seq FROM journal WHERE kiosk_id = :kiosk_id AND digest = :digest AND epoch = :epoch"
            ),
            {
                "kiosk_id": entry.kiosk_id,
                "digest": bytes.fromhex(opened.previous_head),
                "epoch": previous.epoch,
            },
        ).first()
        if row is None:
            raise BatchRefusedError(
                f"epoch {entry.epoch} goes on from a head that the desk never saw: send what is before it"
            )
        return _Fork(row[0], row[1], previous.seq)

    def _set_aside(self, kiosk_id: str, fork: _Fork, at: str) -> Walk:
        """Take the lost part out of the books: every projection of this kiosk is made again without it."""
        writes: list[Write] = [
            (
                "branch",
                {
                    "kiosk_id": kiosk_id,
                    "epoch": fork.epoch,
                    "after_seq": fork.seq,
                    "until_seq": fork.until_seq,
                    "at": at,
                },
            )
        ]
        walk = Walk()
        facts: list[f.Fact] = []
        for entry in _in_the_books(self._connection, kiosk_id, until=(fork.epoch, fork.seq)):
            fact = self._checked(walk, entry)
            facts.append(fact)
            writes.extend(writes_of(entry, fact))
        writes.extend(balance_writes(kiosk_id, walk.state.currency, facts))
        writes.append(snapshot_write(kiosk_id, walk.place[0], walk.state))
        self._commit(writes, forget=kiosk_id)
        self._walks[kiosk_id] = walk
        return walk

    # --- the store ----------------------------------------------------------------------------------------------------

    def _walk(self, kiosk_id: str) -> Walk:
        """What checks the next entry of a kiosk: from memory, else from the snapshot that every batch leaves, else anew."""
        walk = self._walks.get(kiosk_id)
        if walk is None:
            walk = _resumed(self._connection, kiosk_id)
            self._walks[kiosk_id] = walk
        return walk

    def _commit(self, writes: list[Write], *, forget: str = "") -> None:
        execute = self._cursor.execute
        try:
            execute("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
            if forget:
                for table in PROJECTIONS:
                    self._connection.execute(table.delete().where(table.c.kiosk_id == forget))
            self._statements.run(execute, writes)
            execute("COMMIT")
        except self._engine.dialect.loaded_dbapi.IntegrityError as error:
            execute("ROLLBACK")
            raise BatchRefusedError(f"an event or an id is in the journal twice: {error}") from error
        except self._engine.dialect.loaded_dbapi.Error as error:
            raise StoreError(f"a write to the store failed: {error}") from error


def _refuse_gap(held: tuple[int, int], new: tuple[Entry, ...]) -> None:
    """Tell a batch that came too early from a damaged one.

    Raises:
        BatchGapError: Entries are missing between ``held`` and the first of ``new``.
    """
    for first in new[:1]:
        if first.seq > (held[1] + 1 if first.epoch == held[0] else 1):
            raise BatchGapError(
                f"entries are missing between {held[0]}-{held[1]} and {first.epoch}-{first.seq}"
            )


def _heard(kiosk_id: str, at: str, problem: str = "") -> Write:
    return (
        "kiosk_heard",
        {"kiosk_id": kiosk_id, "at": at, "problem": problem, "problem_at": at if problem else NEVER},
    )


def read_registered(connection: Connection) -> tuple[Registered, ...]:
    """All kiosks of the desk's store, by id."""
    rows = connection.execute(
        text(
            "SELECT kiosk_id, name, public_key, heard_at, problem, problem_at FROM fleet_kiosk ORDER BY kiosk_id"
        )
    )
    return tuple(Registered(*row) for row in rows)


def _in_the_books(
    connection: Connection, kiosk_id: str, until: tuple[int, int] | None = None
) -> Iterator[Entry]:
    """A kiosk's entries without the branches that it lost, up to ``until``."""
    rows = connection.execute(
        text("SELECT epoch, after_seq FROM fleet_branch WHERE kiosk_id = :kiosk_id"), {"kiosk_id": kiosk_id}
    )
    ends = {row[0]: row[1] for row in rows}
    for entry in read_entries(connection, kiosk_id):
        if until is not None and (entry.epoch, entry.seq) > until:
            return
        if entry.seq <= ends.get(entry.epoch, entry.seq):
            yield entry


def _resumed(connection: Connection, kiosk_id: str) -> Walk:
    """The walk at the end of what is stored."""
    row = connection.execute(
        text("SELECT epoch, seq, state FROM snapshot WHERE kiosk_id = :kiosk_id"), {"kiosk_id": kiosk_id}
    ).first()
    if row is not None:
        try:
            state = read_snapshot(bytes(row[2]))
        except SnapshotShapeError:
            row = None  # of another version: the journal is the truth
        else:
            after = read_entries(connection, kiosk_id, after=(row[0], row[1] - 1), until=row[1])
            return Walk(state=state, previous=next(after))
    walk = Walk()
    for entry in _in_the_books(connection, kiosk_id):
        walk.take(entry)
    return walk
