"""Copies of the store on a second medium: made while the kiosk sells, checked, and found again.

A copy is one file without a log, named by its kiosk, its journal's first digest and the head it ends at, with its anchor beside
it: several kiosks may share one medium. It holds the journal, everything read from it, goods, users and contact details, but none
of the kiosk's keys: who finds the medium can sign nothing and make no code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from kiosk.core import facts as f
from kiosk.journal.entry import Entry, Head, JournalDamagedError, check_chain, read_content
from kiosk.store.anchor import Anchor, AnchorDamagedError, read_anchor, sync_folder
from kiosk.store.database import (
    StoreRefusedError,
    open_unlimited_reader,
    quick_check,
    sqlite_driver,
    sqlite_url,
)
from kiosk.store.ledger import check_epoch, check_signature, read_entries

PAGES_A_STEP: Final = 256
"""A megabyte: a step takes a few milliseconds, and between two of them the till has the disk for itself."""

LOOK_EVERY: Final = 500
"""Entries checked between two rests: some ten milliseconds of work."""

COPY_NAME: Final = re.compile(r"kiosk-(.+-[0-9a-f]{12})-(\d+)-(\d{10})\.db")

BIRTH_DIGITS: Final = 12
"""Of the first entry's digest: enough to tell the journals apart that one kiosk's id ever had."""

Place = tuple[int, int]
Rest = Callable[[], None]
"""Called between two pieces of work; it may wait, or raise to give up."""


def no_rest() -> None:
    """Go on at once."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished copy; ``journal`` and ``place`` are whose it is and its head, by its name."""

    path: Path
    place: Place
    journal: str

    @property
    def anchor_path(self) -> Path:
        """Its anchor lies beside it."""
        return self.path.with_suffix(".anchor")


def journal_name(store: Path) -> str:
    """Which journal a store's file holds, for its copies' names: the kiosk and the first digest; the same after every restore.

    Raises:
        StoreRefusedError: It cannot be read, or there is no entry in it.
    """
    try:
        with closing(sqlite_driver.connect(f"file:{store}?mode=ro", uri=True)) as source:
            row: Any = source.execute(
                "SELECT kiosk_id, digest FROM journal ORDER BY epoch, seq LIMIT 1"
            ).fetchone()
    except sqlite_driver.Error as error:
        raise StoreRefusedError(f"{store} cannot be read: {error}") from error
    if row is None:
        raise StoreRefusedError(f"there is no entry in {store}")
    return f"{row[0]}-{bytes(row[1]).hex()[:BIRTH_DIGITS]}"


def partial_path(folder: Path, journal: str) -> Path:
    """Where a copy of this journal is in the making."""
    return folder / f"kiosk-{journal}.partial"


def copy_at(folder: Path, journal: str, place: Place) -> Copy:
    """The copy of a journal that ends at ``place``, whether it is there or not."""
    return Copy(folder / f"kiosk-{journal}-{place[0]}-{place[1]:010}.db", place, journal)


def list_copies(folder: Path, journal: str = "") -> tuple[Copy, ...]:
    """Finished copies in a folder, oldest first; only those of ``journal`` where it is named."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        name = COPY_NAME.fullmatch(path.name)
        if name and journal in {"", name[1]}:
            found.append(Copy(path, (int(name[2]), int(name[3])), name[1]))
    return tuple(sorted(found, key=lambda copy: copy.place))


def anchors_in(folder: Path) -> Iterator[Anchor]:
    """Every sound anchor in a folder; damaged ones are as if they were not there, and so is a folder that cannot be read."""
    try:
        paths = sorted(folder.glob("*.anchor"))
    except OSError:
        return
    for path in paths:
        try:
            anchor = read_anchor(path)
        except AnchorDamagedError:
            continue
        if anchor is not None:
            yield anchor


def copy_store(store: Path, target: Path, rest: Rest = no_rest) -> None:
    """Copy a store that is perhaps in use, as it is at one moment, into one durable file without a log.

    The source is held as of its first step for as long as the copying takes: the log cannot be truncated meanwhile, so ``rest``
    must bound the time.

    Args:
        store: The live file; read only.
        target: Is replaced.
        rest: Between two steps.

    Raises:
        sqlite3.Error, OSError: The disk's word.
    """
    target.unlink(missing_ok=True)
    # It holds people's contact details: on a medium that others can reach, nobody else may read it.
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(sqlite_driver.connect(f"file:{store}?mode=ro", uri=True, isolation_level=None)) as source,
        closing(sqlite_driver.connect(str(target), isolation_level=None)) as copy,
    ):
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM (SELECT 1 FROM journal LIMIT 1)").fetchone()

        def step(_status: int, _remaining: int, _total: int) -> None:
            rest()

        source.backup(copy, pages=PAGES_A_STEP, progress=step)
        source.execute("COMMIT")
        copy.execute("PRAGMA journal_mode=DELETE")
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(target.parent)


def check_links(connection: Connection, kiosk_id: str, rest: Rest = no_rest) -> Head:
    """Walk the chain: numbers, digests, epochs, and signatures over the heads they name; the books are not folded.

    A tenth of the work of `kiosk.store.verify.verify_journal`: enough to know that a copy is what was written.

    Raises:
        JournalDamagedError: It is not.
    """
    previous: Entry | None = None
    currency = ""
    for number, entry in enumerate(read_entries(connection, kiosk_id), 1):
        check_chain(previous, entry)
        check_epoch(previous, entry)
        if entry.kind in {"CheckpointSigned", "JournalOpened"}:
            fact = read_content(entry).fact
            if isinstance(fact, f.JournalOpened):
                currency = fact.currency
            elif isinstance(fact, f.CheckpointSigned):
                check_signature(entry, fact)
                if previous is None or fact.head != previous.digest.hex():
                    raise JournalDamagedError(f"entry {entry.epoch}-{entry.seq}: signed over another chain")
        previous = entry
        if number % LOOK_EVERY == 0:
            rest()
    if previous is None:
        raise JournalDamagedError("there is no entry in it")
    return Head(kiosk_id, currency, previous.epoch, previous.seq, previous.digest, previous.boot)


def check_copy(path: Path, kiosk_id: str, rest: Rest = no_rest) -> Head:
    """Open a fresh copy and check its file and its chain.

    Raises:
        StoreRefusedError, JournalDamagedError: It is no good copy.
    """
    engine = open_unlimited_reader(sqlite_url(path))
    try:
        quick_check(engine)
        rest()
        with engine.connect() as connection:
            return check_links(connection, kiosk_id, rest)
    finally:
        engine.dispose()


def head_in(path: Path) -> Place:
    """The place of the last entry in a store's file; (0, 0) when there is no file or it cannot be read."""
    if not path.exists():
        return (0, 0)
    try:
        with closing(sqlite_driver.connect(f"file:{path}?mode=ro", uri=True)) as source:
            row: Any = source.execute(
                "SELECT epoch, seq FROM journal ORDER BY epoch DESC, seq DESC LIMIT 1"
            ).fetchone()
    except sqlite_driver.Error:
        return (0, 0)
    return (int(row[0]), int(row[1])) if row else (0, 0)
