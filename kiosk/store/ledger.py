"""append(): entries and their projections in one durable transaction; the only writer, the only maker of authorities.

The path is fixed SQL on the driver's cursor of the one open connection: no pool, no statement building per sale. An error
from a write or from COMMIT means that the outcome is unknown; the ledger then refuses everything until the process has
started again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from hardware.commands import Authority
from kiosk.core import facts as f
from kiosk.core.draft import Stamp
from kiosk.core.fold import FOLD, check, evolve
from kiosk.core.state import State
from kiosk.invariant import InvariantBroken, ensure
from kiosk.journal.entry import (
    NO_DIGEST,
    Entry,
    Head,
    JournalDamagedError,
    check_chain,
    checkpoint_text,
    digest_of,
    read_content,
    recorded_of,
    write_entries,
)
from kiosk.money import Currency
from kiosk.store.anchor import AnchorFile, missed_by
from kiosk.store.database import (
    StoreError,
    StoreRefusedError,
    add_later_tables,
    has_tables,
    make_tables,
    quick_check,
)
from kiosk.store.projections import SQL, Write, balance_writes, entry_write, writes_of
from kiosk.store.statements import Statements
from kiosk.store.upgrade import renew_readings

CHECKPOINT_EVERY: Final = 250
"""Entries between two signed checkpoints, some twenty visits: a start replays no more than these, and signing is not felt."""

WAL_LIMIT_BYTES: Final = 4 << 20
"""Truncate the write-ahead log between visits above this size: a start never reads more."""

BUSY_MS: Final = 5_000
"""A write waits this long for a lock; only a stranger's program could hold one, and then the outcome is an error."""

PAGE_ROWS: Final = 2_000
"""Entries read at once when walking the journal."""


Found = TypeVar("Found")


class SnapshotShapeError(Exception):
    """A snapshot of another version's state (``is_readable``), or a damaged one: no till starts from it, it reads the journal."""

    def __init__(self, message: str, *, is_readable: bool) -> None:
        """Keep what kind it is."""
        super().__init__(message)
        self.is_readable = is_readable


@cache
def _shape() -> str:
    """Names the shape of today's state and its rules: what came since would stand in an old snapshot as nobody folded it."""
    schema = msgspec.json.encode(msgspec.json.schema(State), order="sorted")
    return hashlib.sha256(b"%d\n" % FOLD + schema).hexdigest()[:16]


class _Snapshot(Struct, frozen=True, forbid_unknown_fields=True):
    shape: str
    state: msgspec.Raw


def snapshot_of(state: State) -> bytes:
    """The stored form of a state."""
    body = msgspec.Raw(msgspec.json.encode(state, order="sorted"))
    return msgspec.json.encode(_Snapshot(_shape(), body))


def snapshot_write(kiosk_id: str, epoch: int, state: State) -> Write:
    """Keep ``state``, which stands on its entry ``seq`` of ``epoch``."""
    return (
        "snapshot",
        {"kiosk_id": kiosk_id, "epoch": epoch, "seq": state.seq, "state": snapshot_of(state)},
    )


def read_snapshot(body: bytes) -> State:
    """The state in a stored snapshot.

    Raises:
        SnapshotShapeError: It is of another shape, or cannot be read.
    """
    try:
        found = msgspec.json.decode(body)
        if not isinstance(found, dict) or found.get("shape") != _shape():
            raise SnapshotShapeError("it is of another version's shape", is_readable=True)
        return msgspec.json.decode(msgspec.json.decode(body, type=_Snapshot).state, type=State)
    except msgspec.MsgspecError as error:
        raise SnapshotShapeError(f"it cannot be read: {error}", is_readable=False) from error


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append made durable; each entry's ``authority`` lets the act happen that it announced, if it did."""

    entries: tuple[Entry, ...]
    authorities: tuple[Authority, ...]


def _yes_or_no(row: Any) -> bool:
    """``time_ok`` as it was written: another number would be read as yes, and the digest would not see the change."""
    if row[5] not in {0, 1}:
        raise JournalDamagedError(f"entry {row[1]}-{row[2]}: time_ok is {row[5]}; it was changed")
    return bool(row[5])


def _entry_of(row: Any) -> Entry:
    return Entry(
        kiosk_id=row[0],
        epoch=row[1],
        seq=row[2],
        at=row[3],
        now_ms=row[4],
        time_ok=_yes_or_no(row),
        boot=row[6],
        kind=row[7],
        version=row[8],
        visit=row[9],
        actor=row[10],
        body=bytes(row[11]),
        digest=bytes(row[12]),
    )


SELECT_ENTRIES: Final = (
    "SELECT kiosk_id, epoch, seq, at, now_ms, time_ok, boot, kind, version, visit, actor, body, digest FROM journal "
    "WHERE kiosk_id = :kiosk_id AND (epoch > :epoch OR (epoch = :epoch AND seq > :seq)) "
    "AND (:until = 0 OR (epoch = :epoch AND seq <= :until)) ORDER BY epoch, seq LIMIT :most"
)


def read_entries(
    connection: Connection,
    kiosk_id: str,
    *,
    after: tuple[int, int] = (0, 0),
    until: int = 0,
    page_rows: int = PAGE_ROWS,
) -> Iterator[Entry]:
    """Entries in order after ``(epoch, seq)``, up to and including ``until`` of that epoch unless it is 0.

    ``page_rows`` are read at once.
    """
    epoch, seq = after
    statement = text(SELECT_ENTRIES)
    while True:
        values = {"kiosk_id": kiosk_id, "epoch": epoch, "seq": seq, "until": until, "most": page_rows}
        rows = connection.execute(statement, values).fetchall()
        for row in rows:
            yield _entry_of(row)
        if len(rows) < page_rows:
            return
        epoch, seq = rows[-1][1], rows[-1][2]


class Ledger:
    """The open store of one kiosk: its head, and the one connection that writes."""

    def __init__(self, engine: Engine, kiosk_id: str, key: SigningKey) -> None:
        """Use `Ledger.open`."""
        self._engine = engine
        self._key = key
        self._failed = False
        self.has_failed = False
        """A write did not end well: what the file shows from now on may not be durable."""
        self._connection = engine.connect()
        driver = self._connection.connection.driver_connection
        if driver is None:
            raise StoreRefusedError("the store gave no connection")
        self._driver: Any = driver
        self._cursor: Any = driver.cursor()
        self._errors: tuple[type[Exception], ...] = (
            engine.dialect.loaded_dbapi.Error,
            SQLAlchemyError,
            OSError,
        )
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._begin = "BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN"
        self._statements = Statements(SQL, is_sqlite=self._is_sqlite)
        self.head = Head(kiosk_id=kiosk_id, currency="", epoch=0, seq=0, digest=NO_DIGEST, boot=0)
        self.last_at = ""
        """Wall time of the last entry; empty in a new journal."""
        self._since_checkpoint = 0
        self._anchor: AnchorFile | None = None

    # --- opening ------------------------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        engine: Engine,
        *,
        kiosk_id: str,
        currency: Currency,
        key: SigningKey,
        stamp: Stamp,
        software: str,
        anchor: AnchorFile | None = None,
    ) -> tuple[Ledger, State]:
        """Open or make the store, check it, and fold its journal.

        Args:
            engine: From `kiosk.store.database.open_writer`.
            kiosk_id: Whose journal it is; a store of another kiosk is refused.
            currency: Stored at the journal's birth and compared afterwards.
            key: Signs checkpoints.
            stamp: Now.
            software: Version text.
            anchor: The file that remembers the head from now on; the journal must hold the heads that it and its witnesses have.

        Returns:
            The ledger and the state at its head.

        Raises:
            StoreRefusedError: Damaged, of another kiosk, in another currency, or not to be read at all. The files are left
                as they are.
        """
        try:
            if not has_tables(engine):
                make_tables(engine)
            quick_check(engine)
            add_later_tables(engine)
            renew_readings(engine, read_entries)
            ledger = cls(engine, kiosk_id, key)
            with ExitStack() as refused:
                refused.callback(ledger._let_go)
                state = ledger._load(currency)
                if anchor is not None:
                    ledger._hold_against(anchor)
                refused.pop_all()
        except (SQLAlchemyError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            raise StoreRefusedError(
                f"the store cannot be opened ({reason}): make room on its disk, or keep the files and restore from a backup"
            ) from error
        except JournalDamagedError as error:
            raise StoreRefusedError(
                f"the journal is damaged: {error}. Keep the files and call the vendor"
            ) from error
        except (msgspec.MsgspecError, InvariantBroken) as error:
            raise StoreRefusedError(
                f"the store's snapshot is damaged ({error}): keep the files and restore from a backup"
            ) from error
        if state.seq == 0:
            opened = f.JournalOpened(
                kiosk_id=kiosk_id,
                currency=currency.code,
                exponent=currency.exponent,
                software=software,
            )
            ledger.head = Head(kiosk_id, currency.code, 1, 0, NO_DIGEST, 0)
            state = State(epoch=1)
            state = evolve(state, f.Recorded(seq=1, at=stamp.at, now_ms=stamp.now_ms, fact=opened))
            ledger.append((opened,), stamp, actor="")
        return ledger, state

    def _load(self, currency: Currency) -> State:
        """Fold the journal from the last snapshot, checking the chain on the way."""
        stranger = self._connection.execute(
            text("SELECT kiosk_id FROM journal WHERE kiosk_id <> :kiosk_id LIMIT 1"),
            {"kiosk_id": self.head.kiosk_id},
        ).scalar()
        if stranger is not None:
            raise StoreRefusedError(f"this store belongs to kiosk {stranger}, not to {self.head.kiosk_id}")
        row = self._connection.execute(
            text("SELECT epoch, seq, state FROM snapshot WHERE kiosk_id = :kiosk_id"),
            {"kiosk_id": self.head.kiosk_id},
        ).first()
        state = State()
        if row:
            try:
                state = read_snapshot(bytes(row[2]))
            except SnapshotShapeError:
                row = None  # of another version's shape, or damaged: the journal is the truth, read it from its first entry
        after = (row[0], row[1] - 1) if row else (0, 0)
        previous: Entry | None = None
        try:
            for entry in read_entries(self._connection, self.head.kiosk_id, after=after):
                if row and previous is None:
                    self._check_snapshot(entry, state)
                else:
                    check_chain(previous, entry)
                    if entry.kind == "JournalOpened":
                        check_epoch(previous, entry)
                        state = (
                            State(epoch=entry.epoch)
                            if previous is None
                            else replace(state, epoch=entry.epoch)
                        )
                    state = evolve(state, recorded_of(entry))
                    self._since_checkpoint += 1
                previous = entry
            if row and previous is None:
                raise JournalDamagedError(
                    f"it ends before entry {row[0]}-{row[1]}, on which its snapshot stands; entries were cut off"
                )
        except JournalDamagedError as error:
            raise StoreRefusedError(
                f"the journal is damaged: {error}. Keep the files and call the vendor"
            ) from error
        if previous is not None:
            if state.currency != currency.code or state.exponent != currency.exponent:
                raise StoreRefusedError(
                    f"this journal is in {state.currency} with {state.exponent} decimals, "
                    f"the configuration says {currency.code} with {currency.exponent}"
                )
            self.head = Head(
                self.head.kiosk_id, state.currency, previous.epoch, previous.seq, previous.digest, state.boot
            )
            self.last_at = previous.at
        self._check_balances(state)
        self._connection.commit()
        return state

    def _hold_against(self, file: AnchorFile) -> None:
        """The journal holds every head that was remembered outside of it."""
        signed = self._connection.execute(
            text("SELECT 1 FROM journal WHERE kind = 'CheckpointSigned' LIMIT 1")
        )
        anchor = file.read(self.head.kiosk_id, is_expected=signed.first() is not None)
        own = [] if anchor is None else [missed_by(self._connection, anchor)]
        found = [*own, *(missed_by(self._connection, each, is_witness=True) for each in file.witnesses)]
        self._connection.commit()
        for missed in filter(None, found):
            raise StoreRefusedError(
                f"the journal does not hold its anchor: {missed}. Entries were cut off or rewritten, or an old copy put back. "
                "Keep all files as they are; restore the newest backup with 'kiosk restore', or call the vendor"
            )
        self._anchor = file

    def _check_snapshot(self, entry: Entry, state: State) -> None:
        """The snapshot stands on the entry it names: our own signed checkpoint over the entry before it, with the same totals."""
        fact = read_content(entry).fact
        if entry.seq != state.seq or not isinstance(fact, f.CheckpointSigned):
            raise JournalDamagedError(f"the snapshot at {state.seq} does not stand on a checkpoint")
        check_signature(entry, fact)
        check_checkpoint(entry, fact, bytes.fromhex(fact.head), state)
        if fact.public_key != self._key.verify_key.encode().hex():
            raise JournalDamagedError(
                f"the checkpoint at {entry.seq} is signed by a key that is not this kiosk's"
            )
        if digest_of(bytes.fromhex(fact.head), entry) != entry.digest:
            raise JournalDamagedError(f"the checkpoint at {entry.seq}: its digest does not fit")
        check(state)

    def _check_balances(self, state: State) -> None:
        """The balances kept with the postings agree with the folded state, where both know the sum."""
        rows = self._connection.execute(
            text("SELECT account, amount_minor FROM balance WHERE kiosk_id = :kiosk_id"),
            {"kiosk_id": self.head.kiosk_id},
        ).fetchall()
        balances = {row[0]: row[1] for row in rows}
        expected = {f"cash.{name}": amount for name, amount in state.cash.items()}
        expected["credit"] = -state.totals.held
        expected["owed"] = -state.totals.owed
        for account, amount in expected.items():
            if balances.get(account, 0) != amount:
                raise StoreRefusedError(
                    f"the books differ: {account} is {balances.get(account, 0)} in the balances and {amount} in the journal"
                )
        if sum(balances.values()) != 0:
            raise StoreRefusedError("the books differ: all postings together are not 0")

    @property
    def connection(self) -> Connection:
        """The one connection, for whoever reads in the ledger's own thread."""
        return self._connection

    def read(self, look: Callable[[Connection], Found]) -> Found:
        """What ``look`` reads, for whoever has the ledger's thread and may take longer than a page."""
        found = look(self._connection)
        self._connection.commit()
        return found

    def fact_at(self, epoch: int, seq: int) -> f.Fact:
        """What the entry at this place says.

        Raises:
            LookupError: There is none.
        """

        def read(connection: Connection) -> list[f.Fact]:
            found = read_entries(connection, self.head.kiosk_id, after=(epoch, seq - 1), until=seq)
            return [read_content(entry).fact for entry in found if entry.epoch == epoch]

        facts = self.read(read)
        if not facts:
            raise LookupError(f"no entry {epoch}-{seq}")
        return facts[0]

    # --- writing ------------------------------------------------------------------------------------------------------

    def append(
        self,
        facts: Iterable[f.Fact],
        stamp: Stamp,
        actor: str,
        beside: Iterable[Write] = (),
        *,
        also: Callable[[Connection], None] | None = None,
    ) -> Appended:
        """Make ``facts`` durable, with their projections and rows kept beside the journal, in one transaction.

        Args:
            facts: In order; at most one of them announces a physical act.
            stamp: When they were decided.
            actor: Who asked, as an opaque key; empty for the machine itself.
            beside: Writes to the tables kept beside the journal.
            also: Writes to another package's tables, inside the same transaction.

        Returns:
            The stored entries, and the authority of each.

        Raises:
            StoreError: The outcome is unknown; nothing may be assumed, stop and recover.
        """
        if self._failed:
            raise StoreError("the store failed before; only a new start may use it")
        facts = tuple(facts)
        entries = write_entries(self.head, facts, stamp, actor)
        stored = [stored_form(entry, fact) for entry, fact in zip(entries, facts, strict=True)]
        writes: list[Write] = []
        for entry, fact in zip(entries, stored, strict=True):
            writes.append(entry_write(entry))
            writes.extend(writes_of(entry, fact))
        writes.extend(balance_writes(self.head.kiosk_id, self.head.currency, stored))
        writes.extend(beside)
        self._failed = True  # until the commit has returned
        try:
            execute = self._cursor.execute
            execute(self._begin)
            self._statements.run(execute, writes)
            if also is not None:
                also(self._connection)
            execute("COMMIT")
        except self._errors as error:
            self.has_failed = True
            raise StoreError(f"a write to the store failed: {error}") from error
        self._failed = False
        if entries:
            last = entries[-1]
            self.head = Head(
                self.head.kiosk_id, self.head.currency, last.epoch, last.seq, last.digest, self.head.boot
            )
            self.last_at = last.at
            self._since_checkpoint += len(entries)
        return Appended(entries, tuple(Authority(epoch=entry.epoch, seq=entry.seq) for entry in entries))

    def set_boot(self, boot: int) -> None:
        """Entries from now on belong to start number ``boot``."""
        ensure(boot > self.head.boot, "boots rise")
        head = self.head
        self.head = Head(head.kiosk_id, head.currency, head.epoch, head.seq, head.digest, boot)

    # --- checkpoints --------------------------------------------------------------------------------------------------

    @property
    def wants_checkpoint(self) -> bool:
        """Whether enough entries have come since the last signed checkpoint."""
        return self._since_checkpoint >= CHECKPOINT_EVERY

    def _signed_head(self, state: State) -> f.CheckpointSigned:
        """The statement over the present head and the totals of ``state``."""
        return sign_head(self.head, state, self._key)

    def checkpoint(self, state: State, stamp: Stamp) -> State:
        """Append a signed checkpoint and the snapshot that stands on it; returns the state after it."""
        fact = self._signed_head(state)
        after = evolve(state, f.Recorded(seq=self.head.seq + 1, at=stamp.at, now_ms=stamp.now_ms, fact=fact))
        snapshot = snapshot_write(self.head.kiosk_id, self.head.epoch, after)
        self.append((fact,), stamp, actor="", beside=(snapshot,))
        self._since_checkpoint = 0
        self._keep_anchor()
        return after

    def _keep_anchor(self) -> None:
        """After a commit: an anchor is never ahead of what is durable."""
        if self._anchor is not None:
            self._anchor.keep(self.head)

    def open_epoch(self, epoch: int, state: State, stamp: Stamp, software: str) -> None:
        """Begin a new epoch after a restore: its first entry names the head that it goes on from, its last is signed.

        Coins that an acceptor took after the copy, and cannot count, are gone from the books: that they may be there is an entry.

        The snapshot is left behind, so that the next start folds and checks the whole restored journal. The ledger is to be
        closed after this: the state that a till goes on from is made by opening it.

        Args:
            epoch: Above every epoch that this kiosk ever used: a place in the journal is never used twice.
            state: At the restored head.
            stamp: Now.
            software: Version text.
        """
        ensure(epoch > self.head.epoch > 0, "epochs rise")
        opened = f.JournalOpened(
            kiosk_id=self.head.kiosk_id,
            currency=state.currency,
            exponent=state.exponent,
            software=software,
            previous_head=self.head.digest.hex(),
        )
        self.head = Head(self.head.kiosk_id, state.currency, epoch, 0, NO_DIGEST, self.head.boot)
        swallowed = [
            f.MoneyPossiblySwallowed(
                visit="",
                device=device,
                serial=book.serial,
                device_epoch=book.device_epoch,
                event_no=book.event_no,
                qty=0,
                reason="restored",
            )
            for device, book in sorted(state.acceptors.items())
            if book.counts is None  # one that counts says itself what came after the copy
        ]
        self.append((opened, *swallowed), stamp, actor="", also=_forget_snapshot)
        self.append((self._signed_head(state),), stamp, actor="")
        self._keep_anchor()

    def tidy(self, wal_bytes: int) -> bool:
        """Truncate the write-ahead log when it has grown; called only between visits.

        Returns:
            False when a reader holds the log: nothing is wrong, try again in a while. Nobody waits for it here.

        Raises:
            StoreError: The checkpoint could not be completed.
        """
        if not self._is_sqlite or wal_bytes <= WAL_LIMIT_BYTES:
            return True
        return self._truncate()

    def _truncate(self) -> bool:
        execute = self._cursor.execute
        try:
            execute("PRAGMA busy_timeout=0")
            row = execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            execute(f"PRAGMA busy_timeout={BUSY_MS}")
        except self._errors as error:
            self._failed = self.has_failed = True
            raise StoreError(f"the store could not be checkpointed: {error}") from error
        ensure(row is not None and len(row) == 3, "a checkpoint answers with three numbers")
        return bool(row[0] == 0)

    def close(self) -> None:
        """Close the connection; a healthy SQLite store is left without a write-ahead log."""
        if self._is_sqlite and not self._failed:
            self._truncate()
        self._let_go()

    def _let_go(self) -> None:
        self._cursor.close()
        self._connection.close()
        self._engine.dispose()


def sign_head(head: Head, state: State, key: SigningKey) -> f.CheckpointSigned:
    """The signed statement over ``head`` and the perpetual totals of ``state``, which stands on it."""
    totals = (state.totals.sold, state.totals.taken, state.totals.paid_out, state.totals.owed)
    digest = head.digest.hex()
    message = checkpoint_text(head.kiosk_id, head.epoch, head.seq, digest, totals)
    return f.CheckpointSigned(
        covers_seq=head.seq,
        head=digest,
        sold_minor=totals[0],
        taken_minor=totals[1],
        paid_out_minor=totals[2],
        owed_minor=totals[3],
        public_key=key.verify_key.encode().hex(),
        signature=key.sign(message).signature.hex(),
    )


def stored_form(entry: Entry, fact: f.Fact) -> f.Fact:
    """The fact as its entry spells it: projections must read what a later verification will read.

    Only text outside ASCII can be spelled anew (in normal form C), so most facts are what they were.
    """
    return fact if entry.body.isascii() else read_content(entry).fact


def _forget_snapshot(connection: Connection) -> None:
    connection.execute(text("DELETE FROM snapshot"))


def check_epoch(previous: Entry | None, entry: Entry) -> None:
    """Check that the first entry of a later epoch names the head it goes on from: else the epoch before it could be rewritten.

    Raises:
        JournalDamagedError: It does not.
    """
    fact = read_content(entry).fact
    if previous is None or not isinstance(fact, f.JournalOpened):
        return
    if fact.previous_head != previous.digest.hex():
        raise JournalDamagedError(
            f"entry {entry.epoch}-{entry.seq}: the epoch goes on from another head than {previous.epoch}-{previous.seq}; "
            "entries before it were changed"
        )


def check_checkpoint(entry: Entry, fact: f.CheckpointSigned, previous: bytes, state: State) -> None:
    """Check that a checkpoint covers the very entry before it, and that its totals are those of the folded ``state``.

    A signature alone proves nothing about the chain it lies in: an old checkpoint fits into a rewritten one.

    Raises:
        JournalDamagedError: It does not.
    """
    name = f"entry {entry.epoch}-{entry.seq}"
    if fact.covers_seq != entry.seq - 1 or fact.head != previous.hex():
        raise JournalDamagedError(
            f"{name}: the checkpoint was signed over another chain; entries before it were changed"
        )
    totals = (state.totals.sold, state.totals.taken, state.totals.paid_out, state.totals.owed)
    if totals != (fact.sold_minor, fact.taken_minor, fact.paid_out_minor, fact.owed_minor):
        raise JournalDamagedError(f"{name}: the checkpoint's totals are not the journal's")


def check_signature(entry: Entry, fact: f.CheckpointSigned) -> None:
    """Check a checkpoint's signature with the key it names.

    Raises:
        JournalDamagedError: It does not fit what it covers.
    """
    totals = (fact.sold_minor, fact.taken_minor, fact.paid_out_minor, fact.owed_minor)
    message = checkpoint_text(entry.kiosk_id, entry.epoch, fact.covers_seq, fact.head, totals)
    try:
        VerifyKey(bytes.fromhex(fact.public_key)).verify(message, bytes.fromhex(fact.signature))
    except (BadSignatureError, ValueError) as error:
        raise JournalDamagedError(
            f"entry {entry.epoch}-{entry.seq}: the checkpoint's signature does not fit"
        ) from error
