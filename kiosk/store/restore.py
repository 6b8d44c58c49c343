"""Restore a copy into a new epoch, and the drill that shows that it would work.

What a restore promises: the copy is verified before anything is touched; the store that is replaced stays, file by file, in a
folder beside the new one; the new epoch's first entry names the copy's head and its second is signed; no place of the journal is
used a second time. The coins and goods that moved after the copy was made are not in it: the next start asks the devices, and
books what their counters tell as found, differing, or possibly swallowed.

Until the new epoch is whole, nothing of the store is touched, and a failure or a cut leaves it as it was. A power cut while the
files change places leaves `RESTORING` beside them; no kiosk starts then, and the same restore is run again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace
from nacl.signing import SigningKey
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from kiosk.core.draft import Stamp
from kiosk.core.fold import evolve
from kiosk.core.state import State, Totals
from kiosk.journal.entry import read_content, recorded_of
from kiosk.money import Currency
from kiosk.store.anchor import ANCHOR_FILE, AnchorDamagedError, AnchorFile, head_of, read_anchor, sync_folder
from kiosk.store.copies import Copy, Place, anchors_in, copy_store, head_in
from kiosk.store.database import (
    StoreRefusedError,
    open_unlimited_reader,
    open_writer,
    quick_check,
    sqlite_driver,
    sqlite_url,
)
from kiosk.store.ledger import Ledger, read_entries
from kiosk.store.verify import Verification, verify_journal

MAKING: Final = "restoring.new.db"
"""The store in the making: worth nothing until it is whole."""

RESTORING: Final = "restoring.db"
"""The finished new store while the old one is set aside; its name becomes the store's as the last step."""

SQLITE_HEADER: Final = b"SQLite format 3\0"
"""How every file of SQLite's begins (sqlite.org/fileformat2.html, section 1.3)."""

REPLACED: Final = "replaced-"
"""Folders of stores that a restore replaced."""

Progress = Callable[[int], None]


def _quiet(_done: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Restoring:
    """What a restore needs to know of the kiosk: ``is_key_new`` lets a copy be signed by a key that this kiosk has no more."""

    kiosk_id: str
    currency: Currency
    key: SigningKey
    stamp: Stamp
    software: str
    is_key_new: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: the copy's head, the new epoch, and where the replaced files are (None when there were none)."""

    head: Place
    epoch: int
    kept: Path | None
    notes: tuple[str, ...]


def verify_copy(copy: Path, kiosk: Restoring, progress: Progress = _quiet) -> Verification:
    """Check a copy as a whole: file, chain, books, tables, its anchor, and whose it is.

    Raises:
        StoreRefusedError: It cannot be restored; the message names the first bad entry and what still holds.
    """
    if not copy.is_file():
        raise StoreRefusedError(f"there is no copy at {copy}")
    _refuse_no_store(copy)
    public_key = "" if kiosk.is_key_new else kiosk.key.verify_key.encode().hex()
    try:
        anchor = read_anchor(copy.with_suffix(".anchor"))
    except AnchorDamagedError as error:
        raise StoreRefusedError(f"{error}; take another copy") from error
    engine = open_unlimited_reader(sqlite_url(copy))
    try:
        quick_check(engine)
        with engine.connect() as connection:
            found = verify_journal(
                connection, public_key=public_key, anchor=anchor.head if anchor else None, progress=progress
            )
    except (sqlite_driver.Error, DBAPIError) as error:
        word = error.orig if isinstance(error, DBAPIError) else error
        raise StoreRefusedError(f"the copy cannot be read ({word}); take another one") from error
    finally:
        engine.dispose()
    if found.problems:
        place = f"{found.trust.last[0]}-{found.trust.last[1]}"
        raise StoreRefusedError(
            f"the copy does not hold: {found.problems[0]} (good up to {place}); take another one"
        )
    if found.kiosk_id != kiosk.kiosk_id:
        raise StoreRefusedError(
            f"the copy is of kiosk {found.kiosk_id or 'nobody'}, this is {kiosk.kiosk_id}"
        )
    return found


def _refuse_no_store(path: Path) -> None:
    """Tell a file that never was a copy from one that is damaged.

    Raises:
        StoreRefusedError: It is no file of SQLite's, or there is no journal in it.
    """
    with path.open("rb") as file:
        is_store = file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    if is_store:
        try:
            with closing(sqlite_driver.connect(f"file:{path}?mode=ro", uri=True)) as source:
                query = "SELECT count(*) FROM sqlite_master WHERE name = 'journal'"
                is_store = source.execute(query).fetchone() != (0,)
        except sqlite_driver.Error as error:
            raise StoreRefusedError(f"the copy cannot be read ({error}); take another one") from error
    if not is_store:
        raise StoreRefusedError(f"{path} is no copy of a kiosk's store; copies end in .db")


def _known_places(store: Path) -> list[Place]:
    """Heads of every journal of this kiosk that can be found beside the store: its own, its anchor's, and replaced ones'."""
    folders = [store.parent, *store.parent.glob(f"{REPLACED}*")]
    return [
        *(head_in(folder / store.name) for folder in folders),
        *(anchor.place for folder in folders for anchor in anchors_in(folder)),
    ]


def restore_copy(
    copy: Path,
    store: Path,
    kiosk: Restoring,
    *,
    may_set_aside: bool = False,
    copies: Path | None = None,
    progress: Progress = _quiet,
) -> Restored:
    """Put a copy in the place of the store, as a new epoch. No kiosk may run on the folder.

    Args:
        copy: A copy's file; its anchor is used when it lies beside it.
        store: Where the store is, or will be.
        kiosk: Whose it must be, and who signs.
        may_set_aside: The store here is newer than the copy, and that is known.
        copies: The folder where this kiosk's copies are kept: its anchors tell of epochs that the store's own disk has lost.
        progress: Told how many entries are verified.

    Raises:
        StoreRefusedError: The copy is no good, or the store is newer and nobody said that it may be set aside.
    """
    found = verify_copy(copy, kiosk, progress)
    head: Place = (found.epoch, found.seq)
    kept = _finish_setting_aside(store)
    newest = max([head_in(store), *(a.place for a in anchors_in(store.parent))])
    if newest > head and not may_set_aside:
        raise StoreRefusedError(
            f"the store here goes on to {newest[0]}-{newest[1]}, the copy ends at {head[0]}-{head[1]}: what came between would "
            "not be in the books. Take a newer copy, or say --set-aside-newer; the files are kept either way"
        )
    witnesses = [
        anchor
        for folder in {copy.parent, copies or copy.parent}
        for anchor in anchors_in(folder)
        if anchor.kiosk_id == kiosk.kiosk_id
    ]
    places = [head, newest, *_known_places(store), *(anchor.place for anchor in witnesses)]
    epoch = max(place[0] for place in places) + 1
    store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making, draft = store.with_name(MAKING), store.with_name(RESTORING)
    try:
        _make_epoch(copy, making, epoch, kiosk)
        making.replace(draft)
    finally:
        _forget(making)
    sync_folder(store.parent)
    kept = _set_aside(store, kiosk.stamp) or kept
    draft.replace(store)
    sync_folder(store.parent)
    engine = open_unlimited_reader(sqlite_url(store))
    with engine.connect() as connection:
        last = list(read_entries(connection, kiosk.kiosk_id, after=(epoch, 0)))[-1]
    engine.dispose()
    AnchorFile(store.with_name(ANCHOR_FILE), kiosk.key).keep(head_of(last))
    return Restored(head, epoch, kept, found.notes)


def _make_epoch(copy: Path, draft: Path, epoch: int, kiosk: Restoring) -> State:
    """A copy of the copy, with its new epoch begun, closed again; the state of its books."""
    _forget(draft)
    copy_store(copy, draft)
    with closing(sqlite_driver.connect(str(draft), isolation_level=None)) as made:
        made.execute(
            "DELETE FROM snapshot"
        )  # the whole journal is folded anew, and a lost key is no hindrance
    ledger, state = Ledger.open(
        open_writer(sqlite_url(draft)),
        kiosk_id=kiosk.kiosk_id,
        currency=kiosk.currency,
        key=kiosk.key,
        stamp=kiosk.stamp,
        software=kiosk.software,
    )
    try:
        ledger.open_epoch(epoch, state, kiosk.stamp, kiosk.software)
    finally:
        ledger.close()
    return state


def _files_of(store: Path) -> list[Path]:
    """What there is of a store: its file, its log, its log's index."""
    files = [store.with_name(store.name + end) for end in ("", "-wal", "-shm")]
    return [path for path in files if path.exists()]


def _forget(store: Path) -> None:
    for path in _files_of(store):
        path.unlink()


def _finish_setting_aside(store: Path) -> Path | None:
    """After a cut between two moves: bring what was left behind to the rest, before anybody reads a store without its log."""
    folders = sorted(store.parent.glob(f"{REPLACED}*"), key=lambda path: path.stat().st_mtime_ns)
    if not folders or store.exists() or not store.with_name(RESTORING).exists():
        return None
    for path in (*_files_of(store), store.with_name(ANCHOR_FILE)):
        if path.exists() and not (folders[-1] / path.name).exists():
            path.replace(folders[-1] / path.name)
    sync_folder(folders[-1])
    sync_folder(store.parent)
    return folders[-1]


def _set_aside(store: Path, stamp: Stamp) -> Path | None:
    """Move the replaced store, its log and its anchor into a folder of their own."""
    files = [path for path in (*_files_of(store), store.with_name(ANCHOR_FILE)) if path.exists()]
    if not files:
        return None
    name = REPLACED + "".join(character for character in stamp.at if character.isalnum())
    folder, number = store.with_name(name), 1
    while folder.exists():
        number += 1
        folder = store.with_name(f"{name}-{number}")
    folder.mkdir(mode=0o700)
    for path in files:
        path.replace(folder / path.name)
    sync_folder(folder)
    sync_folder(store.parent)
    return folder


def refuse_half_restored(store: Path) -> None:
    """Refuse to start on a folder where a restore was cut: a new empty journal in its place would be the worst answer.

    Raises:
        StoreRefusedError: It was.
    """
    if store.with_name(RESTORING).exists():
        raise StoreRefusedError("a restore was interrupted here; run the same 'kiosk restore' again")


# --- the drill ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrillRow:
    """One line of the comparison: what, in the restored copy, in the live journal up to the copy's head."""

    what: str
    restored: str
    live: str

    @property
    def is_same(self) -> bool:
        """Whether they agree."""
        return self.restored == self.live


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill found."""

    copy: Copy
    rows: tuple[DrillRow, ...]

    @property
    def is_good(self) -> bool:
        """Whether a restore would give the very books."""
        return all(row.is_same for row in self.rows)


def drill(copy: Copy, store: Path, kiosk: Restoring, progress: Progress = _quiet) -> Drill:
    """Restore a copy into a scratch folder and compare its books with the live journal's, up to the copy's head.

    Raises:
        StoreRefusedError: The copy is no good.
    """
    found = verify_copy(copy.path, kiosk, progress)
    head: Place = (found.epoch, found.seq)
    with tempfile.TemporaryDirectory(prefix="kiosk-drill-") as scratch:
        restored_path = Path(scratch) / store.name
        state = _make_epoch(copy.path, restored_path, found.epoch + 1, kiosk)
        engine = open_unlimited_reader(sqlite_url(restored_path))
        with engine.connect() as connection:
            restored = _books(connection, kiosk.kiosk_id, head)
            balances = _balances(connection, kiosk.kiosk_id)
        engine.dispose()
    engine = open_unlimited_reader(sqlite_url(store))
    with engine.connect() as connection:
        live = _books(connection, kiosk.kiosk_id, head)
    engine.dispose()
    rows = [
        DrillRow("entries", str(restored.entries), str(live.entries)),
        DrillRow("head", restored.head[:16], live.head[:16]),
        DrillRow("first entry that differs", "none", _first_difference(restored, live)),
        *(
            DrillRow(f"balance {account}", str(balances.get(account, 0)), str(live.sums.get(account, 0)))
            for account in sorted({*balances, *live.sums})
        ),
        *_totals_rows(state.totals, live.totals),
    ]
    return Drill(copy, tuple(rows))


@dataclass(frozen=True, slots=True)
class _Books:
    """A journal read up to a head."""

    entries: int
    head: str
    digests: dict[Place, bytes]
    sums: dict[str, int]
    totals: Totals


def _books(connection: Connection, kiosk_id: str, head: Place) -> _Books:
    state, digests, last = State(), {}, ""
    sums: dict[str, int] = {}
    for entry in read_entries(connection, kiosk_id):
        if (entry.epoch, entry.seq) > head:
            break
        content = read_content(entry)
        if entry.seq == 1:
            state = replace(state, epoch=entry.epoch)
        state = evolve(state, recorded_of(entry))
        for account, amount, _ in content.postings:
            sums[account] = sums.get(account, 0) + amount
        digests[entry.epoch, entry.seq] = entry.digest
        last = entry.digest.hex()
    return _Books(len(digests), last, digests, sums, state.totals)


def _balances(connection: Connection, kiosk_id: str) -> dict[str, int]:
    with closing(
        connection.execute(
            text("SELECT account, amount_minor FROM balance WHERE kiosk_id = :kiosk_id"),
            {"kiosk_id": kiosk_id},
        )
    ) as rows:
        return {row[0]: int(row[1]) for row in rows}


def _first_difference(restored: _Books, live: _Books) -> str:
    for place in sorted({*restored.digests, *live.digests}):
        if restored.digests.get(place) != live.digests.get(place):
            return f"{place[0]}-{place[1]}"
    return "none"


def _totals_rows(restored: Totals, live: Totals) -> list[DrillRow]:
    return [
        DrillRow(f"total {name}", str(getattr(restored, name)), str(getattr(live, name)))
        for name in Totals.__struct_fields__
    ]
