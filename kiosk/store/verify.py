"""verify-journal: walk the whole journal, check every link, fold it, and compare every projection with a fresh one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import SQLAlchemyError

from inventory.models import metadata as goods_metadata
from kiosk.core import facts as f
from kiosk.core.fold import evolve
from kiosk.core.state import State, Totals
from kiosk.invariant import InvariantBroken
from kiosk.journal.entry import (
    NO_DIGEST,
    Entry,
    JournalDamagedError,
    check_chain,
    postings_as_stored,
    read_content,
)
from kiosk.store.database import LATER_TABLES, sqlite_driver
from kiosk.store.engines import create_tables, sqlite_engine
from kiosk.store.ledger import (
    SnapshotShapeError,
    check_checkpoint,
    check_epoch,
    check_signature,
    read_entries,
    read_snapshot,
)
from kiosk.store.models import PROJECTIONS, TRIGGERS_SQLITE, metadata, stock
from kiosk.store.projections import SQL, writes_of
from kiosk.store.upgrade import Whose, whose_readings

PROGRESS_EVERY = 10_000
"""Entries between two words of progress."""


Place = tuple[int, int]
"""Epoch and sequence number of an entry."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What can still be trusted.

    Attributes:
        last: The last entry up to which every check held; (0, 0) when there is none.
        last_totals: The perpetual totals up to there.
        signed: The last entry that a fitting signature covers; what comes after it rests on the chain alone.
        signed_totals: The perpetual totals up to there.
        is_key_known: That signature is by the kiosk's own key; else anybody's key could have made it.
    """

    last: Place
    last_totals: Totals
    signed: Place
    signed_totals: Totals
    is_key_known: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk found: ``problems`` is empty when everything holds.

    ``bad`` is where the first bad entry is: first and last place that it can have (the same when it is known exactly); None
    when no entry is bad. ``trust`` says what the damage leaves. ``notes`` tell of lawful changes that a reader should know: a new
    epoch, a new key.
    """

    kiosk_id: str
    entries: int
    checkpoints: int
    head: str
    epoch: int
    seq: int
    state: State
    problems: tuple[str, ...]
    bad: tuple[Place, Place] | None
    trust: Trust
    notes: tuple[str, ...] = ()


UNREADABLE: Final = (SQLAlchemyError, sqlite_driver.Error, UnicodeError)
"""How a damaged file answers a reader."""

UNFOLDABLE: Final = (InvariantBroken, LookupError, TypeError, ValueError, AttributeError)
"""How forged content that was made to fit its digest answers the fold: broken books, or ids and names that no till wrote."""


class Walk:
    """Checks entries one by one: chain, epochs, content, postings, books, signatures, anchor. It reads nothing by itself.

    After `take` or `finish` has raised, ``bad`` says where the first bad entry is.
    """

    def __init__(
        self,
        *,
        public_key: str = "",
        anchor: tuple[int, int, str] | None = None,
        state: State | None = None,
        previous: Entry | None = None,
    ) -> None:
        """Look for the head ``anchor``, and compare the key of the last epoch with ``public_key`` (hex), where they are given.

        A walk that goes on from an entry that was checked before is given that entry as ``previous`` and the ``state`` after it.

        Epochs before the last may be signed by another key: a kiosk whose key is lost goes on with a new one after a restore, and
        the last epoch's key has signed the head that it goes on from.
        """
        self.state = state or State()
        self.previous = previous
        self.entries = 0
        self.checkpoints = 0
        self.bad: tuple[Place, Place] | None = None
        self.notes: list[str] = []
        self._public_key = public_key
        self._anchor = anchor
        self._is_anchor_found = anchor is None
        self._signed: Place = (0, 0)
        self._signed_totals = Totals()
        self._keys: dict[int, tuple[str, Place]] = {}
        """Epoch -> the key that signs in it, and where it did first."""
        self.is_finished = False

    @property
    def place(self) -> Place:
        """The last entry that held."""
        return (self.previous.epoch, self.previous.seq) if self.previous else (0, 0)

    @property
    def trust(self) -> Trust:
        """What holds so far."""
        return self.trust_at(self.place, self.state)

    def trust_at(self, last: Place, state: State) -> Trust:
        """What holds when the last good entry is ``last``, after which the state was ``state``."""
        key, _ = self._keys.get(self._signed[0], ("", (0, 0)))
        return Trust(
            last=last,
            last_totals=state.totals,
            signed=self._signed,
            signed_totals=self._signed_totals,
            is_key_known=bool(key) and key == self._public_key,
        )

    def take(self, entry: Entry) -> None:
        """Check the next entry and fold it.

        Raises:
            JournalDamagedError: It, or one before it, is not what was written.
        """
        previous, here = self.previous, (entry.epoch, entry.seq)
        self.bad = (here, here)
        if here > self.next_place and not (entry.seq == 1 and entry.kind == "JournalOpened"):
            self.bad = (
                self.next_place,
                here,
            )  # what should have come is missing, or this came from elsewhere
        check_chain(previous, entry)
        # From here on the digests fit: whoever made them fit may have changed any entry that no signature covers.
        self.bad = (self._after_signed(), here)
        if self._anchor is not None and here == self._anchor[:2]:
            if entry.digest.hex() != self._anchor[2]:
                raise JournalDamagedError(
                    f"{_name(here)} is not the one kept in the anchor: entries were rewritten"
                )
            self._is_anchor_found = True
        check_epoch(previous, entry)
        content = read_content(entry)
        state = self._begin(entry, content.fact)
        if content.postings != postings_as_stored(content.fact, state.currency):
            raise JournalDamagedError(f"{_name(here)}: its postings are not those of its fact")
        is_signed = isinstance(content.fact, f.CheckpointSigned) and self._check_signed(
            entry, content.fact, state
        )
        recorded = f.Recorded(seq=entry.seq, at=entry.at, now_ms=entry.now_ms, fact=content.fact)
        try:
            after = evolve(state, recorded)
        except UNFOLDABLE as error:
            raise JournalDamagedError(f"{_name(here)}: the books do not close after it: {error}") from error
        if is_signed:
            # The signature covers the entries before it; what else the checkpoint's own row says rests on the chain.
            self._signed, self._signed_totals = (entry.epoch, entry.seq - 1), after.totals
        self.state, self.previous, self.bad = after, entry, None
        self.entries += 1

    def finish(self) -> None:
        """The journal ends here.

        Raises:
            JournalDamagedError: The anchor's head was not met, or the last epoch is signed by another key.
        """
        if not self._is_anchor_found and self._anchor is not None:
            self.bad = (self._after_signed(), self._anchor[:2])
            raise JournalDamagedError(
                "the journal does not contain the head kept in the anchor: entries were cut or rewritten"
            )
        key, place = self._keys.get(self.place[0], ("", (0, 0)))
        if self._public_key and key not in {"", self._public_key}:
            self.bad = ((1, 1), place)
            raise JournalDamagedError(f"{_name(place)}: signed by a key that is not this kiosk's")
        self.is_finished = True

    def _after_signed(self) -> Place:
        """The first entry that no good signature covers; where a new epoch began since, that is still in the old one."""
        return self._signed[0] or 1, self._signed[1] + 1

    @property
    def next_place(self) -> Place:
        """Where the next entry of this epoch is."""
        return self.place[0] or 1, self.place[1] + 1

    def _begin(self, entry: Entry, fact: f.Fact) -> State:
        """The state that the entry is folded on: a new epoch takes the books of the one before it."""
        if not isinstance(fact, f.JournalOpened):
            return self.state
        if self.previous is None:
            return State(epoch=entry.epoch, currency=fact.currency)
        self.notes.append(f"epoch {entry.epoch} goes on from {_name(self.place)}: a backup was restored")
        return replace(self.state, epoch=entry.epoch)

    def _check_signed(self, entry: Entry, fact: f.CheckpointSigned, state: State) -> bool:
        """Check a checkpoint; whether its signature counts: any fits where the kiosk's key is not known, else only its own."""
        check_signature(entry, fact)
        check_checkpoint(entry, fact, self.previous.digest if self.previous else NO_DIGEST, state)
        here = (entry.epoch, entry.seq)
        if entry.epoch not in self._keys:
            before = {key for key, _ in self._keys.values()}
            if before and fact.public_key not in before:
                self.notes.append(f"epoch {entry.epoch} is signed by a new key, {fact.public_key[:16]}")
            self._keys[entry.epoch] = (fact.public_key, here)
        if self._keys[entry.epoch][0] != fact.public_key:
            raise JournalDamagedError(
                f"{_name(here)}: signed by a key that is not this kiosk's: within an epoch the key stays"
            )
        self.checkpoints += 1
        return self._public_key in {"", fact.public_key}


def _name(place: Place) -> str:
    return f"entry {place[0]}-{place[1]}"


def verify_journal(
    connection: Connection,
    *,
    public_key: str = "",
    anchor: tuple[int, int, str] | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Verification:
    """Check the journal of the one kiosk in the store, and every table that is read from it.

    Args:
        connection: A reading connection without a time limit.
        public_key: The kiosk's known public key in hex; checkpoints by another key are a problem. Empty: not compared.
        anchor: Epoch, sequence and digest (hex) of a head that somebody kept elsewhere: finds a cut tail and a rewritten chain.
        progress: Told how many entries are done.
    """
    walk = Walk(public_key=public_key, anchor=anchor)
    problems: list[str] = []
    kiosk_id = ""
    before: tuple[Place, State] = ((0, 0), State())
    trust: Trust | None = None
    shadow = sqlite_engine("sqlite://", sqlite_driver)
    with shadow.connect() as copy:
        create_tables(copy, metadata, tuple(PROJECTIONS))
        driver = copy.connection.driver_connection
        cursor = driver.cursor() if driver is not None else None
        try:
            readings = whose_readings(connection)
            if readings is Whose.STRANGE:
                problems.append(
                    "table shape: it names readings that no version of ours has made; it was changed"
                )
            elif readings is Whose.EARLIER:
                walk.notes.append(
                    "the tables beside the journal are another version's: the next start makes them again from the journal"
                )
            kiosk_id = str(connection.execute(text("SELECT min(kiosk_id) FROM journal")).scalar() or "")
            snapshot = _read_snapshot(connection)
            for entry in entries_to_damage(connection, kiosk_id):
                before = (walk.place, walk.state)
                walk.take(entry)
                problems.extend(_snapshot_differs(snapshot, entry, walk.state, walk.notes))
                if cursor is not None:
                    _project(cursor, entry)
                if walk.entries % PROGRESS_EVERY == 0:
                    progress(walk.entries)
            walk.finish()
            problems.extend(_row_problems(connection, kiosk_id, walk.entries))
            are_ours = readings is not Whose.EARLIER
            problems.extend(_schema_problems(connection, are_ours=are_ours))
            if are_ours:
                problems.extend(_differences(connection, copy))
                problems.extend(_lots_differ(connection, walk.state))
        except JournalDamagedError as error:
            walk.bad = walk.bad or (walk.next_place, walk.next_place)
            problems.append(str(error))
        except sqlite_driver.IntegrityError as error:
            walk.bad, trust = (walk.place, walk.place), walk.trust_at(*before)
            problems.append(f"{_name(walk.place)}: an event or an id is in the journal twice: {error}")
        except UNREADABLE as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            problems.append(f"the file cannot be read: {reason}")
    shadow.dispose()
    place = walk.place
    return Verification(
        kiosk_id=kiosk_id,
        entries=walk.entries,
        checkpoints=walk.checkpoints,
        head=walk.previous.digest.hex() if walk.previous else "",
        epoch=place[0],
        seq=place[1],
        state=walk.state,
        problems=tuple(problems),
        bad=walk.bad,
        trust=trust or walk.trust,
        notes=tuple(walk.notes),
    )


@cache
def _schema() -> frozenset[tuple[str, str]]:
    """Name and text of every table, index and trigger, as this version makes them."""
    fresh = sqlite_engine("sqlite://", sqlite_driver, isolation_level="AUTOCOMMIT")
    with fresh.connect() as connection:
        create_tables(connection, metadata)
        create_tables(connection, goods_metadata)
        for statement in TRIGGERS_SQLITE:
            connection.exec_driver_sql(statement)
        found = _schema_of(connection)
    fresh.dispose()
    return found


def _schema_of(connection: Connection) -> frozenset[tuple[str, str]]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return frozenset((row[0], row[1]) for row in rows)


def _schema_problems(connection: Connection, *, are_ours: bool) -> list[str]:
    """Tables are made as we make them, and what keeps the journal append-only is there, word for word.

    Another version's tables (``are_ours`` is false) are not compared: the next start makes them anew.
    """
    if connection.dialect.name != "sqlite":
        return []
    found = _schema_of(connection)
    not_yet = LATER_TABLES - {name for name, _ in found}  # the next start makes them
    wrong = sorted({name for name, _ in _schema() ^ found} - not_yet)
    loose = [name for name in wrong if name.startswith("journal_never_")]
    tables = [name for name in wrong if name not in loose and (are_ours or name == "journal")]
    problems = [f"table {name}: it is not made as this version makes it" for name in tables]
    if loose:
        problems.append(f"{len(loose)} of the triggers that keep the journal append-only are gone or changed")
    return problems


_SUMS: Final = "SELECT count(*), sum(epoch), sum(seq) FROM journal"
_BY_ROW: Final = _SUMS + " NOT INDEXED WHERE kiosk_id = :kiosk_id"
_BY_INDEX: Final = _SUMS + " INDEXED BY sqlite_autoindex_journal_1 WHERE kiosk_id = :kiosk_id"


def _row_problems(connection: Connection, kiosk_id: str, entries: int) -> list[str]:
    """The journal's own rows are as many, of the kiosk, as its index led to.

    Entries are found by the index, and what stands in it is never read from the row itself: a row whose kiosk or place was
    damaged would be read as if it were whole.
    """
    if connection.dialect.name != "sqlite":
        return []
    own, led = (
        connection.execute(text(statement), {"kiosk_id": kiosk_id}).one()
        for statement in (_BY_ROW, _BY_INDEX)
    )
    if tuple(own) == tuple(led) and own[0] == entries:
        return []
    return [
        "table journal: its rows and its index differ; the file was damaged or changed beside the database"
    ]


def _read_snapshot(connection: Connection) -> tuple[int, int, bytes] | None:
    row = connection.execute(text("SELECT epoch, seq, state FROM snapshot")).first()
    return None if row is None else (row[0], row[1], bytes(row[2]))


def entries_to_damage(connection: Connection, kiosk_id: str) -> Iterator[Entry]:
    """All entries in order, up to the first that cannot be read.

    Raises:
        JournalDamagedError: There is one; it comes after the last that was given.
    """
    place = (0, 0)
    try:
        for entry in read_entries(connection, kiosk_id):
            place = (entry.epoch, entry.seq)
            yield entry
    except UNREADABLE:
        pass  # somewhere in a page of many: come nearer, one at a time
    else:
        return
    try:
        for entry in read_entries(connection, kiosk_id, after=place, page_rows=1):
            place = (entry.epoch, entry.seq)
            yield entry
    except UNREADABLE as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise JournalDamagedError(f"after {_name(place)} the file cannot be read: {reason}") from error


def _snapshot_differs(
    snapshot: tuple[int, int, bytes] | None, entry: Entry, state: State, notes: list[str]
) -> list[str]:
    """The snapshot is what the till starts from: at its entry it must be the very state that the journal folds to."""
    if snapshot is None or snapshot[:2] != (entry.epoch, entry.seq):
        return []
    try:
        kept = read_snapshot(snapshot[2])
    except SnapshotShapeError as error:
        if error.is_readable:
            notes.append(f"table snapshot: {error}: no till starts from it, it reads the journal")
            return []
        return [f"table snapshot: {error}"]
    return [] if kept == state else ["table snapshot: it is not the state that the journal folds to"]


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


def _lots_differ(connection: Connection, state: State) -> list[str]:
    """The lots that the till decides from are together the stock of the tables, in every place and of every product.

    Goods without a place, and an old machine's items that no plan knows (their place is a bare number), have no lots.
    """
    lots: dict[tuple[str, str], int] = {}
    for place, here in state.lots.items():
        for lot in here:
            lots[place, lot.sku] = lots.get((place, lot.sku), 0) + lot.qty
    rows = connection.execute(select(stock).where(stock.c.kiosk_id == state.kiosk_id))
    told = {(row.slot, row.sku): row.qty for row in rows}
    wrong = sorted(
        place
        for place, sku in lots.keys() | told.keys()
        if place and not place.isdecimal() and lots.get((place, sku), 0) != told.get((place, sku), 0)
    )
    return [f"table stock: it is not the sum of the lots in {', '.join(wrong)}"] if wrong else []


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
