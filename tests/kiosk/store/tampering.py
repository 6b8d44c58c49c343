"""Journals that somebody changed: thousands of ways, each found, each with its first bad entry named.

`tamper_run` is the whole tool; the push tier runs thousands, the nightly tier a million. Rows are changed through SQL in a store
in memory (the triggers that keep the journal append-only taken away, as an insider would), files byte by byte. What was changed
is known here, so a verification must not only say no: the first entry that differs lies where it says, and nothing that it
says can still be trusted was touched.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from nacl.signing import SigningKey
from sqlalchemy import Connection, Engine, text
from sqlalchemy.pool import StaticPool

from kiosk.core import facts as f
from kiosk.journal.entry import (
    NO_DIGEST,
    Entry,
    JournalDamagedError,
    body_of,
    checkpoint_text,
    digest_of,
    read_content,
)
from kiosk.store.database import (
    StoreRefusedError,
    open_unlimited_reader,
    quick_check,
    sqlite_driver,
    sqlite_url,
)
from kiosk.store.engines import sqlite_engine
from kiosk.store.ledger import read_entries
from kiosk.store.models import PROJECTIONS, TRIGGERS_SQLITE
from kiosk.store.verify import UNREADABLE, Place, Trust, Walk, entries_to_damage, verify_journal
from tests.kiosk.world import KEY, World

PUBLIC: Final = KEY.verify_key.encode().hex()
THIEF: Final = SigningKey(bytes(32))
HeadPlace = tuple[int, int, str]

TEXTS: Final = ("kiosk_id", "at", "kind", "visit", "actor")
NUMBERS: Final = ("epoch", "seq", "now_ms", "time_ok", "boot", "version")
BLOBS: Final = ("body", "digest")
FILE_EVERY: Final = 12
"""One tampering in so many is with the bytes of a file, and one with a table read from the journal: those cost ten times more."""


@dataclass
class Counts:
    """What was tried, by kind, and how each ended."""

    tried: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    harmless: Counter[str] = field(default_factory=Counter)
    """The bytes that were changed say nothing: every row and every table's text reads as before."""
    missed: list[str] = field(default_factory=list)
    """Changed, and not found, or named in the wrong place: must stay empty."""

    def __str__(self) -> str:
        rows = [
            f"  {kind:16} {self.tried[kind]:6} tried {self.found[kind]:6} found {self.harmless[kind]:6} without effect"
            for kind in sorted(self.tried)
        ]
        total = (
            f"{self.tried.total()} tampered journals, {self.found.total()} found, {len(self.missed)} missed"
        )
        return "\n".join([total, *rows])


class Subject:
    """One honest journal with two signed checkpoints, held in memory for rows and in files for bytes."""

    def __init__(self, folder: Path) -> None:
        """Trade a little, keeping copies on the way."""
        world = World(folder / "world")
        self.old: list[bytes] = []
        self._trade(world, folder)
        assert world.ledger is not None
        head = world.ledger.head
        self.anchor: HeadPlace = (head.epoch, head.seq, head.digest.hex())
        self.entries = list(read_entries(world.ledger._connection, "K1"))
        self.wal_files = {
            name: (folder / "world" / name).read_bytes() for name in ("kiosk.db", "kiosk.db-wal")
        }
        self.engine = _in_memory(folder / "world" / "kiosk.db")
        world.die()
        self.content = _content_of(self.engine)
        self.file = _whole_file(self.engine, folder / "whole.db")

    def _trade(self, world: World, folder: Path) -> None:
        (folder / "world").mkdir(exist_ok=True)
        assert world.ledger is not None
        for sale in range(4):
            world.choose("A1" if sale % 2 else "A2")
            world.coins(200)
            world.pass_time(30_000)
            if sale in {0, 2}:
                world.state = world.ledger.checkpoint(world.state, world.stamp())
            engine = _in_memory(folder / "world" / "kiosk.db")
            self.old.append(_whole_file(engine, folder / f"old-{sale}.db"))
            engine.dispose()
        world.scan("")
        world.coins(100)
        world.money_back()


@contextmanager
def _subject() -> Iterator[tuple[Subject, Path]]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        (folder / "world").mkdir()
        subject = Subject(folder)
        yield subject, folder
        subject.engine.dispose()


def _in_memory(path: Path) -> Engine:
    """The store of a file, log included, as a store in memory."""
    engine = sqlite_engine("sqlite://", sqlite_driver, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    source = sqlite_driver.connect(path)
    with engine.connect() as connection:
        source.backup(connection.connection.driver_connection)
    source.close()
    return engine


def _whole_file(engine: Engine, path: Path) -> bytes:
    target = sqlite_driver.connect(path)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.backup(target)
    target.execute("PRAGMA journal_mode=DELETE")
    target.close()
    return path.read_bytes()


def _content_of(engine: Engine) -> object:
    """Every row and every table's text."""
    with engine.connect() as connection:
        schema = connection.exec_driver_sql(
            "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
        ).fetchall()
        rows = {
            row[1]: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{row[1]}"').fetchall()))
            for row in schema
            if row[0] == "table"
        }
    return [tuple(row) for row in schema], rows


# --- rows -----------------------------------------------------------------------------------------------------------------


Tamper = Callable[[random.Random, Connection, Subject], None]


def _set(connection: Connection, seq: int, column: str, value: object) -> None:
    connection.exec_driver_sql(f"UPDATE OR REPLACE journal SET {column} = ? WHERE seq = ?", (value, seq))


def _flip_bit(chance: random.Random, data: bytes) -> bytes:
    if not data:
        return b"\x01"
    changed = bytearray(data)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def flip(chance: random.Random, connection: Connection, subject: Subject) -> None:
    """One bit of one column of one entry."""
    seq = chance.randrange(len(subject.entries)) + 1
    column = chance.choice((*TEXTS, *NUMBERS, *BLOBS, "body", "digest"))
    (old,) = connection.exec_driver_sql(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).one()
    if column in BLOBS:
        _set(connection, seq, column, _flip_bit(chance, bytes(old)))
    elif column in NUMBERS:
        _set(connection, seq, column, old ^ (1 << chance.randrange(31)))
    else:
        connection.exec_driver_sql(
            f"UPDATE journal SET {column} = CAST(? AS TEXT) WHERE seq = ?",
            (_flip_bit(chance, old.encode()), seq),
        )


def delete(chance: random.Random, connection: Connection, subject: Subject) -> None:
    """A few entries in a row, anywhere."""
    first = chance.randrange(len(subject.entries)) + 1
    connection.exec_driver_sql(
        "DELETE FROM journal WHERE seq BETWEEN ? AND ?", (first, first + chance.randrange(4))
    )


def swap(chance: random.Random, connection: Connection, subject: Subject) -> None:
    """Two entries change places, wholly or with their bodies only."""
    one, two = chance.sample(range(1, len(subject.entries) + 1), 2)
    columns = ["seq"] if chance.random() < 0.5 else ["body", "digest", "kind", "visit", "version"]
    if columns == ["seq"]:
        for seq, to in ((one, -1), (two, one), (-1, two)):
            _set(connection, seq, "seq", to)
        return
    first, second = subject.entries[one - 1], subject.entries[two - 1]
    if all(getattr(first, name) == getattr(second, name) for name in columns):
        swap(chance, connection, subject)
        return
    for name in columns:
        _set(connection, one, name, getattr(second, name))
        _set(connection, two, name, getattr(first, name))


def cut_tail(chance: random.Random, connection: Connection, subject: Subject) -> None:
    """Everything after an entry is gone."""
    connection.exec_driver_sql("DELETE FROM journal WHERE seq > ?", (chance.randrange(len(subject.entries)),))


def _forged(chance: random.Random, entries: list[Entry]) -> list[Entry]:
    """Another actor, another time, a coin of another value, an entry left out: whatever an insider might want."""
    changed = list(entries)
    index = chance.randrange(1, len(changed))
    match chance.randrange(4):
        case 0:
            changed[index] = replace(changed[index], actor="somebody else")
        case 1:
            changed[index] = replace(changed[index], at="2020-01-01T00:00:00.000Z")
        case 2:
            money = [at for at, entry in enumerate(changed) if b'"value_minor":200' in entry.body]
            at = chance.choice(money)
            body = changed[at].body.replace(b"200", b"100")
            changed[at] = replace(changed[at], body=body)
        case _:
            del changed[index]
    return changed


def _write_anew(
    connection: Connection, entries: list[Entry], *, key: SigningKey | None, has_checkpoints: bool = True
) -> None:
    """Number entries anew, make every digest fit, and with a key every checkpoint."""
    connection.exec_driver_sql("DELETE FROM journal")
    kept = [entry for entry in entries if has_checkpoints or entry.kind != "CheckpointSigned"]
    digest = NO_DIGEST
    for seq, old in enumerate(kept, 1):
        entry = replace(old, seq=seq)
        if key is not None and entry.kind == "CheckpointSigned":
            fact = read_content(entry).fact
            assert isinstance(fact, f.CheckpointSigned)
            sums = (fact.sold_minor, fact.taken_minor, fact.paid_out_minor, fact.owed_minor)
            message = checkpoint_text("K1", 1, seq - 1, digest.hex(), sums)
            signed = replace(
                fact,
                covers_seq=seq - 1,
                head=digest.hex(),
                public_key=key.verify_key.encode().hex(),
                signature=key.sign(message).signature.hex(),
            )
            entry = replace(entry, body=body_of(signed, "EUR"))
        digest = digest_of(digest, entry)
        values: tuple[Any, ...] = (
            *(entry.kiosk_id, entry.epoch, entry.seq, entry.at, entry.now_ms, int(entry.time_ok), entry.boot),
            *(entry.kind, entry.version, entry.visit, entry.actor, entry.body, digest),
        )
        connection.exec_driver_sql(f"INSERT INTO journal VALUES ({', '.join('?' * len(values))})", values)


def rewrite(chance: random.Random, connection: Connection, subject: Subject) -> None:
    """The whole chain made to fit a forgery, with the old signed checkpoints in it."""
    _write_anew(connection, _forged(chance, subject.entries), key=None)


def rewrite_unsigned(chance: random.Random, connection: Connection, subject: Subject) -> None:
    """The same, with the checkpoints left out: only the anchor knows."""
    _write_anew(connection, _forged(chance, subject.entries), key=None, has_checkpoints=False)


def rewrite_signed(chance: random.Random, connection: Connection, subject: Subject) -> None:
    """The same, with the checkpoints signed by the insider's own key."""
    _write_anew(connection, _forged(chance, subject.entries), key=THIEF)


ROWS: Final[tuple[Tamper, ...]] = (
    *(flip, flip, flip, delete, swap, cut_tail, rewrite, rewrite_unsigned, rewrite_signed),
)


def _first_changed(entries: list[Entry], connection: Connection) -> Place:
    """The first place whose row is not what it was: by comparison with the honest journal, nothing is verified here."""
    # Other columns than text may be broken text now: compare bytes.
    rows = connection.exec_driver_sql(
        "SELECT epoch, seq, CAST(kiosk_id AS BLOB), CAST(at AS BLOB), now_ms, time_ok, boot, CAST(kind AS BLOB), version, "
        "CAST(visit AS BLOB), CAST(actor AS BLOB), body, digest FROM journal"
    ).fetchall()
    found = {(row[0], row[1]): tuple(row[2:]) for row in rows}
    differing: list[Place] = []
    for entry in entries:
        want = (
            *(entry.kiosk_id.encode(), entry.at.encode(), entry.now_ms, int(entry.time_ok), entry.boot),
            *(entry.kind.encode(), entry.version, entry.visit.encode(), entry.actor.encode()),
            *(entry.body, entry.digest),
        )
        if found.pop((entry.epoch, entry.seq), None) != want:
            differing.append((entry.epoch, entry.seq))
    return min([*differing, *found], default=(0, 0))


def _walk(connection: Connection, anchor: HeadPlace) -> tuple[str, Walk]:
    walk = Walk(public_key=PUBLIC, anchor=anchor)
    try:
        kiosk_id = connection.execute(text("SELECT min(kiosk_id) FROM journal")).scalar() or ""
        for entry in entries_to_damage(connection, str(kiosk_id)):
            walk.take(entry)
        walk.finish()
    except JournalDamagedError as error:
        walk.bad = walk.bad or (walk.next_place, walk.next_place)
        return str(error), walk
    except UNREADABLE as error:
        return f"cannot be read: {error}", walk
    return "", walk


def _judged(bad: tuple[Place, Place] | None, trust: Trust, changed: Place) -> str:
    """What is wrong with what a verification named; empty when it named the truth."""
    if bad is None or not bad[0] <= changed <= bad[1]:
        return f"the first bad entry is {changed}, it said {bad}"
    if trust.is_key_known and trust.signed >= changed:
        return f"it trusts {trust.signed}, and {changed} was changed"
    return ""


def _tamper_rows(
    kind: Tamper, chance: random.Random, connection: Connection, subject: Subject, counts: Counts, name: str
) -> None:
    connection.exec_driver_sql("SAVEPOINT honest")
    try:
        kind(chance, connection, subject)
        changed = _first_changed(subject.entries, connection)
        problem, walk = _walk(connection, subject.anchor)
        wrong = _judged(walk.bad, walk.trust, changed)
        _count(counts, kind.__name__, name, problem, wrong, is_same=changed == (0, 0))
    finally:
        connection.exec_driver_sql("ROLLBACK TO honest")
        connection.exec_driver_sql("RELEASE honest")


def _count(counts: Counts, kind: str, name: str, problem: str, wrong: str, *, is_same: bool) -> None:
    counts.tried[kind] += 1
    if problem and not wrong:
        counts.found[kind] += 1
    elif is_same and not problem:
        counts.harmless[kind] += 1
    else:
        counts.missed.append(f"{name} {kind}: {wrong or 'not found'} ({problem or 'no problem'})")


# --- tables read from the journal -----------------------------------------------------------------------------------------


def _count_of(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def _tamper_table(
    chance: random.Random, connection: Connection, subject: Subject, counts: Counts, name: str
) -> None:
    tables = [table for table in PROJECTIONS if _count_of(connection, table.name)]
    table = chance.choice(tables)
    rows = connection.exec_driver_sql(f"SELECT * FROM {table.name}").fetchall()
    keys = [column.name for column in table.primary_key]
    row = chance.choice(rows)._mapping
    where = " AND ".join(f"{key} = ?" for key in keys)
    values = tuple(row[key] for key in keys)
    connection.exec_driver_sql("SAVEPOINT honest")
    try:
        numbers = [
            each.name for each in table.columns if isinstance(row[each.name], int) and each.name not in keys
        ]
        if chance.random() < 0.3 or not numbers:
            connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {where}", values)
        else:
            column = chance.choice(numbers)
            step = chance.choice((-100, -1, 1, 100))
            connection.exec_driver_sql(
                f"UPDATE {table.name} SET {column} = {column} + {step} WHERE {where}", values
            )
        found = verify_journal(connection, public_key=PUBLIC, anchor=subject.anchor)
        problem = "; ".join(found.problems)
        wrong = "" if table.name in problem and found.bad is None else f"table {table.name} was changed"
        is_same = table.name == "balance" and row["amount_minor"] == 0 and not found.problems
        _count(counts, "table", name, problem, wrong if problem else "", is_same=is_same)
    finally:
        connection.exec_driver_sql("ROLLBACK TO honest")
        connection.exec_driver_sql("RELEASE honest")


# --- files ----------------------------------------------------------------------------------------------------------------


def _damaged(how: str, chance: random.Random, data: bytes) -> bytes:
    """A file's bytes made wrong: a bit turned, the end cut off, or a sector overwritten."""
    at = chance.randrange(len(data))
    match how:
        case "cut":
            return data[:at]
        case "sector":
            start = at - at % 512
            return data[:start] + chance.randbytes(512) + data[start + 512 :]
        case _:
            return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _verified(path: Path, anchor: HeadPlace) -> tuple[str, object]:
    """What opening and verifying a file says, and its content when nothing is wrong."""
    engine = open_unlimited_reader(sqlite_url(path))
    try:
        with ExitStack() as stack:
            quick_check(engine)
            connection = stack.enter_context(engine.connect())
            found = verify_journal(connection, public_key=PUBLIC, anchor=anchor)
        if found.problems or found.notes:
            return "; ".join((*found.problems, *found.notes)), None
        return "", _content_of(engine)
    except (*UNREADABLE, StoreRefusedError) as error:
        return f"cannot be read: {error}", None
    finally:
        engine.dispose()


FILES: Final = (
    *("old_copy", "file_bit", "log_bit", "file_sector", "log_sector"),
    *("log_missing", "file_bit", "file_cut", "log_cut", "file_sector"),
)
"""Kinds of damage to files, in turn: each is tried equally often whatever the seed, those that hit idle bytes twice."""


def _tamper_file(
    kind: str, chance: random.Random, subject: Subject, folder: Path, counts: Counts, name: str
) -> None:
    path = folder / "tampered.db"
    log = folder / "tampered.db-wal"
    for each in (path, log, folder / "tampered.db-shm"):
        each.unlink(missing_ok=True)
    where, how = kind.split("_")
    if kind == "old_copy":
        path.write_bytes(chance.choice(subject.old))
    elif where == "log":
        path.write_bytes(subject.wal_files["kiosk.db"])
        if how != "missing":
            log.write_bytes(_damaged(how, chance, subject.wal_files["kiosk.db-wal"]))
    else:
        path.write_bytes(_damaged(how, chance, subject.file))
    problem, content = _verified(path, subject.anchor)
    _count(counts, kind, name, problem, "", is_same=content == subject.content)


# --- the run --------------------------------------------------------------------------------------------------------------


def tamper_run(seed: int, count: int, progress: Callable[[int], None] = lambda _done: None) -> Counts:
    """Tamper with ``count`` journals, each from its own seed, and verify them.

    Args:
        seed: Tampering ``i`` is drawn from ``seed`` and ``i`` alone, so that one of them can be repeated.
        count: How many.
        progress: Told how many are done, every hundred.

    Returns:
        What was tried and found. ``missed`` names every seed whose change was not found or was named in the wrong place.
    """
    counts = Counts()
    with _subject() as (subject, folder), subject.engine.connect() as connection:
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER journal_never_{verb}")
        tables = _in_memory_copy(subject)
        with tables.connect() as table_connection:
            for number in range(count):
                chance = random.Random(f"{seed}-{number}")
                name = f"seed {seed}-{number}"
                match number % FILE_EVERY:
                    case 0:
                        kind = FILES[number // FILE_EVERY % len(FILES)]
                        _tamper_file(kind, chance, subject, folder, counts, name)
                    case 1:
                        _tamper_table(chance, table_connection, subject, counts, name)
                    case _:
                        _tamper_rows(chance.choice(ROWS), chance, connection, subject, counts, name)
                if (number + 1) % 100 == 0:
                    progress(number + 1)
        tables.dispose()
    return counts


def _in_memory_copy(subject: Subject) -> Engine:
    """A second store in memory, with its triggers: for changes of tables, which the triggers do not mind."""
    engine = sqlite_engine("sqlite://", sqlite_driver, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as target, subject.engine.connect() as source:
        driver = source.connection.driver_connection
        assert driver is not None
        driver.backup(target.connection.driver_connection)
        have = set(target.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'").scalars())
        for statement in set(TRIGGERS_SQLITE) - have:
            target.exec_driver_sql(statement)
    return engine
