# ruff: noqa: N802 - SQLite's own names: xRead, xWrite, xSync
"""A disk that forgets: SQLite's files in memory, where only what was synced is sure to survive a power cut.

Every file has the bytes that a reader sees (the page cache) and the bytes that are durable, with the un-synced writes between
them in order. `Disk.cut` decides what became of those; `Disk.kill` ends the process and loses nothing. Errors come by counting.

SQLite reaches the disk through a virtual file system of `apsw`; `kiosk.simulation.disk_driver` is a DB-API face over it, so that
the product's own engines and ledger work on it unchanged. Equal seeds and equal operations give equal bytes, SQLite's salts
included, as long as worlds take turns at whole connections (SQLite has one source of chance per process).

What is modelled, and from where:

- A write is cut into the 512-byte pieces of a disk; each survives or not. A piece that was written twice shows its old, its first
  or its last bytes, so keeping pieces independently covers every order in which a drive may write.
- A name in the directory is durable when the directory was synced. SQLite does that at the first sync of a new journal or log,
  and at a deletion that asks for it (sqlite.org, "SQLite OS Interface": ``xSync``, ``xDelete``). Names come and go in order, as
  on a file system that keeps a journal.
- A sync that fails loses the writes that it was asked for, silently: they stay readable, are never written, and the next sync
  says that all is well (Rebello and others, "Can Applications Recover from fsync Failures?", USENIX ATC 2020).

The writing connection holds its locks for ever (``locking_mode=EXCLUSIVE``): there is no shared memory here. Readers get a copy
as of their connecting, which is what a short read-only transaction sees.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final
from weakref import WeakValueDictionary

import apsw

from kiosk.simulation.power import PowerCut

PIECE: Final = 512
"""Bytes that a drive writes whole or not at all."""

SURVIVAL_EIGHTHS: Final = (0, 1, 4, 7, 8)
"""How many of eight pieces of one file survive a tearing cut: drawn per file, so that one file may be ahead of another."""

JULIAN_EPOCH_MS: Final = 210_866_760_000_000
"""1970 in SQLite's count of milliseconds (sqlite.org, ``xCurrentTimeInt64``)."""

SLOW_MS: Final = 2_000
"""How long a slow sync takes: a worn card that is clearing blocks."""

NEW_NAME_IS_SYNCED: Final = (
    apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
)
"""Files with whose first sync SQLite syncs the directory too, whether it made them or a process before it did."""

VFS_NAME: Final = "disk-that-forgets"
"""What SQLite knows all disks by."""


class Life:
    """One run of the process that has the disk open."""

    __slots__ = ("is_over", "number")

    def __init__(self, number: int) -> None:
        """It begins."""
        self.number = number
        self.is_over = False


class Fate(StrEnum):
    """What becomes of un-synced writes at a power cut."""

    DROPPED = "dropped"
    KEPT = "kept"
    TORN = "torn"


class Fault(StrEnum):
    """An error that the disk can give."""

    FULL = "full"
    IO_WRITE = "io_write"
    IO_SYNC = "io_sync"
    SLOW = "slow"
    READ_ONLY = "read_only"


STRIKES: Final = {
    Fault.FULL: frozenset({"write", "create"}),
    Fault.IO_WRITE: frozenset({"write", "truncate", "delete", "create"}),
    Fault.IO_SYNC: frozenset({"sync"}),
    Fault.SLOW: frozenset({"sync"}),
    Fault.READ_ONLY: frozenset({"write", "truncate", "delete", "create"}),
}
"""The operations that each fault can meet."""

IO_CODES: Final = {
    "write": apsw.SQLITE_IOERR_WRITE,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "delete": apsw.SQLITE_IOERR_DELETE,
}


class _Plan:
    """A fault that waits for its operation."""

    __slots__ = ("fault", "for_ever", "left")

    def __init__(self, left: int, fault: Fault, *, for_ever: bool) -> None:
        self.left = left
        self.fault = fault
        self.for_ever = for_ever


def _apply(target: bytearray, offset: int, data: bytes | None) -> None:
    """Write ``data`` at ``offset``, or set the length to ``offset``; a hole is zeros."""
    gap = offset - len(target)
    if gap > 0:
        target.extend(bytes(gap))
    if data is None:
        del target[offset:]
    else:
        target[offset : offset + len(data)] = data


def _pieces(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """A write as the drive sees it, split where its 512-byte pieces end."""
    start = 0
    while start < len(data):
        stop = min(len(data), start + PIECE - (offset + start) % PIECE)
        yield offset + start, data[start:stop]
        start = stop


class _File:
    """One file: what is read, what is durable, and the writes between them."""

    __slots__ = ("content", "durable", "has_lost", "locker", "pending")

    def __init__(self) -> None:
        self.content = bytearray()
        self.durable = bytearray()
        self.pending: list[tuple[int, bytes | None]] = []
        self.has_lost = False
        self.locker: _Handle | None = None

    def copy(self) -> _File:
        copy = _File()
        copy.content[:] = self.content
        copy.durable[:] = self.durable
        copy.pending[:] = self.pending
        copy.has_lost = self.has_lost
        return copy

    def change(self, offset: int, data: bytes | None) -> None:
        _apply(self.content, offset, data)
        self.pending.append((offset, data))

    def sync(self) -> None:
        durable = self.durable
        for offset, data in self.pending:
            _apply(durable, offset, data)
        self.pending.clear()

    def lose(self) -> None:
        """A sync failed: what it should have written is readable until the power goes, and no sync will write it."""
        self.has_lost = self.has_lost or bool(self.pending)
        self.pending.clear()

    def cut(self, rng: Random, fate: Fate) -> None:
        if fate is Fate.KEPT:
            self.sync()
        elif fate is Fate.TORN and self.pending:
            self._tear(rng)
        if self.pending or self.has_lost:
            self.pending.clear()
            self.content = bytearray(self.durable)
            self.has_lost = False

    def _tear(self, rng: Random) -> None:
        eighths = rng.choice(SURVIVAL_EIGHTHS)
        for offset, data in self.pending:
            if data is None:
                if rng.randrange(8) < eighths:
                    _apply(self.durable, offset, None)
                continue
            end = offset + len(data)
            if end > len(self.durable) and rng.randrange(8) < eighths:
                self.durable.extend(
                    bytes(end - len(self.durable))
                )  # the length was written, the bytes perhaps not
            for at, piece in _pieces(offset, data):
                if rng.randrange(8) < eighths:
                    _apply(self.durable, at, piece)


class _Handle:
    """An open file as SQLite holds it. After the power went it takes everything and does nothing: its process is dead."""

    __slots__ = ("_disk", "_is_new_name", "file")

    def __init__(self, disk: Disk, file: _File, *, is_new_name: bool) -> None:
        self._disk = disk
        self._is_new_name = is_new_name
        self.file: _File | None = file

    def xRead(self, amount: int, offset: int) -> bytes:
        if self.file is None:
            return bytes(amount)
        with memoryview(self.file.content) as content:
            return bytes(content[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        file, disk = self.file, self._disk
        if file is None:
            return
        disk.operations += 1
        if disk.is_watched:
            try:
                disk.look("write", offset + len(data) - len(file.content))
            except apsw.IOError:  # how much of it came through is nobody's promise: here the first half
                file.change(offset, data[: len(data) // 2 // PIECE * PIECE])
                raise
        file.change(offset, data)

    def xTruncate(self, newsize: int) -> None:
        if self.file is not None:
            self._disk.operate("truncate")
            self.file.change(newsize, None)

    def xSync(self, flags: int) -> None:
        del flags  # data alone, or all: one and the same here
        if self.file is None:
            return
        try:
            self._disk.operate("sync")
        except apsw.IOError:
            self.file.lose()
            raise
        self.file.sync()
        if self._is_new_name:
            self._is_new_name = False
            self._disk.sync_names()

    def xFileSize(self) -> int:
        return 0 if self.file is None else len(self.file.content)

    def xLock(self, level: int) -> None:
        file = self.file
        if file is None or level == apsw.SQLITE_LOCK_NONE:
            return
        if file.locker not in {None, self}:
            raise apsw.BusyError
        file.locker = self

    def xUnlock(self, level: int) -> None:
        if self.file is not None and self.file.locker is self and level == apsw.SQLITE_LOCK_NONE:
            self.file.locker = None

    def xCheckReservedLock(self) -> bool:
        return self.file is not None and self.file.locker not in {None, self}

    def xFileControl(self, op: int, ptr: int) -> bool:
        del op, ptr
        return False

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        # What SQLite takes for granted on Linux: a write that is cut harms no byte beside it.
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None:
        if self.file is not None:
            self.xUnlock(apsw.SQLITE_LOCK_NONE)
            self.file = None
            self._disk.forget_handle(self)

    def excepthook(self, *_what: object) -> bool:
        """An error where SQLite does not listen for one (while closing): there is nobody to tell."""
        return True


class _Vfs(apsw.VFS):
    """All disks of this process; a path is ``/number of the disk/number of its life/name``: the dead delete nothing."""

    def __init__(self) -> None:
        self.disks: WeakValueDictionary[int, Disk] = WeakValueDictionary()
        self.numbers = count(1)
        super().__init__(VFS_NAME, None, maxpathname=1024)

    def _find(self, path: str) -> tuple[Disk | None, str]:
        _, number, life, name = path.split("/", 3)
        disk = self.disks.get(int(number))
        return (None if disk is None or disk.life.number != int(life) else disk), name

    def xOpen(self, name: object, flags: list[int]) -> Any:
        flags[1] = flags[0]
        if name is None:
            # A temporary file: it is never synced and dies with its connection, so it is on no disk.
            return _Handle(Disk(), _File(), is_new_name=False)
        disk, file_name = self._find(name.filename() if isinstance(name, apsw.URIFilename) else str(name))
        if disk is None:
            raise apsw.CantOpenError("the power went")
        return disk.open(file_name, flags)

    def xAccess(self, pathname: str, flags: int) -> bool:
        disk, name = self._find(pathname)
        file = None if disk is None else disk.names.get(name)
        if flags == apsw.SQLITE_ACCESS_READWRITE:
            return file is not None and disk is not None and not disk.is_read_only
        return file is not None and len(file.content) > 0  # an empty file is none: so does SQLite on Unix

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001 - apsw's signature
        disk, name = self._find(filename)
        if disk is not None:
            disk.delete(name, is_synced=syncdir)

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, numbytes: int) -> bytes:
        return bytes(numbytes)  # asked of the default file system only: see _Chance

    def xSleep(self, microseconds: int) -> int:
        return microseconds

    def xCurrentTimeInt64(self) -> int:
        return JULIAN_EPOCH_MS + _CHANCE.wall_ms()

    def excepthook(self, *_what: object) -> bool:
        """See `_Handle.excepthook`."""
        return True


class _Chance(apsw.VFS):
    """The process's default file system, only to seed SQLite's chance: SQLite asks no other for it."""

    def __init__(self) -> None:
        self.seed = b""
        self.wall_ms: Callable[[], int] = lambda: 0
        super().__init__("chance-from-a-seed", "", makedefault=True)

    def xRandomness(self, numbytes: int) -> bytes:
        return hashlib.shake_256(self.seed).digest(numbytes)


_VFS: Final = _Vfs()
_CHANCE: Final = _Chance()


class Disk:
    """A disk with one kiosk's store on it.

    Attributes:
        operations: Writes, truncations, syncs, deletions and creations so far.
        has_failed: A fault has struck since the disk was made or mended.
        is_off: The power went and has not come back; `cut` or `kill` brings it back.
        names: The directory as the running process sees it.
    """

    def __init__(self, seed: int = 0, *, wall_ms: Callable[[], int] = lambda: 0) -> None:
        """An empty disk.

        Args:
            seed: Of everything that SQLite draws.
            wall_ms: Milliseconds since 1970, for SQL that asks for the time.
        """
        self.number = next(_VFS.numbers)
        _VFS.disks[self.number] = self
        self.operations = 0
        self.life = Life(1)
        self.is_off = False
        self.is_watched = False
        self.is_read_only = False
        self.has_failed = False
        self.names: dict[str, _File] = {}
        self.pause: Callable[[int], None] = lambda _ms: None
        """Told of every slow sync: milliseconds."""
        self._seed = seed
        self._wall_ms = wall_ms
        self._seedings = 0
        self._durable_names: dict[str, _File] = {}
        self._name_changes: list[tuple[str, _File | None]] = []
        self._handles: set[_Handle] = set()
        self._on_operation: Callable[[int, str], None] | None = None
        self._plans: list[_Plan] = []
        self._capacity: int | None = None

    # --- what a test or a world does

    @property
    def url(self) -> str:
        """The address of the kiosk's store on this disk, for `kiosk.store.database.open_writer`."""
        return "sqlite:////kiosk.db"

    @property
    def on_operation(self) -> Callable[[int, str], None] | None:
        """Called before every operation with its number (from 1) and its kind; may raise `PowerCut`."""
        return self._on_operation

    @on_operation.setter
    def on_operation(self, hook: Callable[[int, str], None] | None) -> None:
        self._on_operation = hook
        self._watch()

    @property
    def used_bytes(self) -> int:
        """The sum of all files."""
        return sum(len(file.content) for file in self.names.values())

    @property
    def free_bytes(self) -> int | None:
        """Room left; None without a limit."""
        return None if self._capacity is None else max(0, self._capacity - self.used_bytes)

    @free_bytes.setter
    def free_bytes(self, free: int | None) -> None:
        self._capacity = None if free is None else self.used_bytes + free
        self._watch()

    @property
    def pending(self) -> int:
        """Operations that no sync has made durable."""
        return sum(len(file.pending) for file in self.names.values()) + len(self._name_changes)

    def fail_at(self, nth: int, fault: Fault, *, for_ever: bool = False) -> None:
        """Let the ``nth`` operation from now that ``fault`` can strike (`STRIKES`) fail, or all from there on."""
        self._plans.append(_Plan(nth, fault, for_ever=for_ever))
        self._watch()

    def mend(self) -> None:
        """No more faults; room is as it was."""
        self._plans.clear()
        self.is_read_only = False
        self.has_failed = False
        self._watch()

    def power_off(self) -> None:
        """The process is dead from here on: nothing that it still does reaches the disk."""
        self.is_off = True
        self.life.is_over = True
        for handle in self._handles:
            handle.file = None
        self._handles.clear()
        for file in self.names.values():
            file.locker = None

    def cut(self, rng: Random, fate: Fate | None = None) -> Fate:
        """Power loss now, and power again: only what was synced, and what fate leaves of the rest, is there.

        Args:
            rng: Decides what a tearing cut leaves.
            fate: Of the un-synced writes; drawn from ``rng`` when not given.

        Returns:
            The fate.
        """
        self.power_off()
        fate = fate or rng.choice(tuple(Fate))
        qty = len(self._name_changes)
        survive = {Fate.DROPPED: 0, Fate.KEPT: qty, Fate.TORN: rng.randrange(qty + 1)}[fate]
        for name, file in self._name_changes[:survive]:
            self._name(self._durable_names, name, file)
        self._name_changes.clear()
        self.names = dict(self._durable_names)
        for name in sorted(self.names):
            self.names[name].cut(rng, fate)
        self._power_on()
        return fate

    def kill(self) -> None:
        """The process ends and the machine goes on: everything written stays, synced or not."""
        self.power_off()
        self._power_on()

    def _power_on(self) -> None:
        self.life = Life(self.life.number + 1)
        self.is_off = False

    def copy(self) -> Disk:
        """An equal disk without open files, faults or watchers: one story may end in many ways."""
        copy = Disk(self._seed, wall_ms=self._wall_ms)
        copy.operations, copy._seedings = self.operations, self._seedings
        files = {*self.names.values(), *self._durable_names.values()}
        files.update(file for _, file in self._name_changes if file is not None)
        copies = {file: file.copy() for file in files}
        copy.names = {name: copies[file] for name, file in self.names.items()}
        copy._durable_names = {name: copies[file] for name, file in self._durable_names.items()}
        copy._name_changes = [
            (name, None if file is None else copies[file]) for name, file in self._name_changes
        ]
        return copy

    def read(self, name: str) -> bytes:
        """The bytes of a file as a process would read them; empty when there is none."""
        file = self.names.get(name)
        return b"" if file is None else bytes(file.content)

    def size(self, name: str) -> int:
        """How long that file is; 0 when there is none."""
        file = self.names.get(name)
        return 0 if file is None else len(file.content)

    def renew(self, name: str) -> None:
        """Write a file's bytes over themselves and sync them, as the product does with its log at each start.

        Raises:
            OSError: The disk failed.
        """
        file = self.names.get(name)
        if file is None or not file.content:
            return
        handle = self.open(name, [apsw.SQLITE_OPEN_READWRITE, 0])
        try:
            handle.xWrite(bytes(file.content), 0)
            handle.xSync(apsw.SQLITE_SYNC_FULL)
        except apsw.Error as error:
            raise OSError(errno.EIO, str(error)) from error
        finally:
            handle.xClose()

    def snapshot_bytes(self) -> tuple[bytes, bytes]:
        """The store and its write-ahead log."""
        return self.read("kiosk.db"), self.read("kiosk.db-wal")

    def export(self, path: Path) -> None:
        """Write the store to ``path``, and its log and journal beside it, for programs that read real files."""
        for suffix in ("", "-wal", "-journal"):
            beside = path.with_name(path.name + suffix)
            if f"kiosk.db{suffix}" in self.names:
                beside.write_bytes(self.read(f"kiosk.db{suffix}"))
            else:
                beside.unlink(missing_ok=True)

    # --- what the driver and SQLite do

    def path_of(self, name: str) -> str:
        """A file's path in the virtual file system; also makes this disk's seed and clock SQLite's."""
        self._seedings += 1
        _CHANCE.seed = f"{self._seed}/{self._seedings}".encode()
        _CHANCE.wall_ms = self._wall_ms
        apsw.randomness(0)
        return f"/{self.number}/{self.life.number}/{name}"

    def operate(self, kind: str) -> None:
        """Count an operation that is about to happen, and let it fail if it is its turn."""
        self.operations += 1
        if self.is_watched:
            self.look(kind, 0)

    def look(self, kind: str, growth: int) -> None:
        """Show the operation to the watcher and to the faults.

        Raises:
            PowerCut: The watcher ended the process.
            apsw.Error: The disk failed.
        """
        if self._on_operation is not None:
            try:
                self._on_operation(self.operations, kind)
            except PowerCut:
                self.power_off()
                raise
        for plan in self._plans:
            if kind in STRIKES[plan.fault]:
                plan.left -= 1
                if plan.left == 0 or (plan.for_ever and plan.left < 0):
                    self._fail(plan.fault, kind)
        if growth > 0 and self._capacity is not None and self.used_bytes + growth > self._capacity:
            raise apsw.FullError("the disk is full")

    def _fail(self, fault: Fault, kind: str) -> None:
        self.has_failed = True
        match fault:
            case Fault.SLOW:
                self.pause(SLOW_MS)
            case Fault.FULL:
                raise apsw.FullError("the disk is full")
            case _:
                self.is_read_only = self.is_read_only or fault is Fault.READ_ONLY
                if kind == "create":
                    raise apsw.CantOpenError("the disk takes no new file")
                raise apsw.exception_for(IO_CODES[kind])

    def open(self, name: str, flags: list[int]) -> _Handle:
        """Open a file, or make it; ``flags`` are SQLite's."""
        if self.is_off:
            raise apsw.CantOpenError("the power is off")
        file = self.names.get(name)
        if file is None:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE or self.is_read_only:
                raise apsw.CantOpenError(f"there is no {name}")
            self.operate("create")
            file = _File()
            self._change_name(name, file)
        elif self.is_read_only:
            read_write = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
            flags[1] = flags[0] & ~read_write | apsw.SQLITE_OPEN_READONLY
        may_be_new = bool(flags[0] & NEW_NAME_IS_SYNCED and flags[0] & apsw.SQLITE_OPEN_CREATE)
        handle = _Handle(self, file, is_new_name=may_be_new)
        self._handles.add(handle)
        return handle

    def delete(self, name: str, *, is_synced: bool) -> None:
        """Take a name from the directory."""
        if self.is_off:
            return
        if name not in self.names:
            raise apsw.exception_for(apsw.SQLITE_IOERR_DELETE_NOENT)
        self.operate("delete")
        self._change_name(name, None)
        if is_synced:
            self.sync_names()

    def sync_names(self) -> None:
        """Make the directory durable."""
        self._durable_names = dict(self.names)
        self._name_changes.clear()

    def forget_handle(self, handle: _Handle) -> None:
        """A file was closed."""
        self._handles.discard(handle)

    def _change_name(self, name: str, file: _File | None) -> None:
        self._name(self.names, name, file)
        self._name_changes.append((name, file))

    @staticmethod
    def _name(names: dict[str, _File], name: str, file: _File | None) -> None:
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file

    def _watch(self) -> None:
        self.is_watched = self._on_operation is not None or bool(self._plans) or self._capacity is not None
