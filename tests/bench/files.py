"""Counts what SQLite writes and syncs, file by file, without a clock and without a tracing program.

SQLite reaches the disk through a table of functions (its "VFS") that an application may replace. `counted_files` registers a
copy of the system's own table in which opening, writing and syncing are counted and then passed on, so every database opened
meanwhile is written as always. Source: sqlite3.h, "OS Interface Object" and "OS Interface File Virtual Methods Object".
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from kiosk.store.database import sqlite_driver

PAGE_BYTES: Final = 4096
"""SQLite's default page, which the store keeps."""

VFS_NAME: Final = b"counted"
METHODS: Final = 18
"""Function pointers in version 3 of the file methods table."""

_int, _pointer = ctypes.c_int, ctypes.c_void_p
_Open = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, _pointer)
_Write = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(_int, _pointer, _int)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods: close, read, write, truncate, sync, and thirteen more that stay as they are."""

    _fields_ = (("version", _int), ("functions", _pointer * METHODS))


class _File(ctypes.Structure):
    """sqlite3_file."""

    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, version 3."""

    _fields_ = (
        ("version", _int),
        ("file_bytes", _int),
        ("most_path", _int),
        ("next", _pointer),
        ("name", ctypes.c_char_p),
        ("data", _pointer),
        ("open", _pointer),
        ("others", _pointer * 14),
    )


WRITE, SYNC = 2, 4
"""Places of the two counted functions in the methods table."""


class NotCountableError(Exception):
    """This build of SQLite does not let its VFS be replaced, so nothing can be counted."""


@dataclass(slots=True)
class Counts:
    """What went to the disk. A page of the write-ahead log counts as a page, its 24 byte header only as bytes."""

    pages: int = 0
    bytes: int = 0
    syncs: int = 0

    def __sub__(self, before: Counts) -> Counts:
        return Counts(self.pages - before.pages, self.bytes - before.bytes, self.syncs - before.syncs)


@dataclass(slots=True)
class FileCounts:
    """Counts since the beginning: of write-ahead logs, and of everything else."""

    log: Counts = field(default_factory=Counts)
    rest: Counts = field(default_factory=Counts)

    def so_far(self) -> Counts:
        """Both together, as a copy."""
        return Counts(
            self.log.pages + self.rest.pages,
            self.log.bytes + self.rest.bytes,
            self.log.syncs + self.rest.syncs,
        )


class _Shim:
    """The registered copy; everything it hands to SQLite stays alive in it."""

    def __init__(self, library: Any, counts: FileCounts) -> None:
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        self._counts = counts
        self._system: Any = library.sqlite3_vfs_find(None)
        self._system_open = _Open(self._system.contents.open)
        self._tables: dict[tuple[int, bool], _Methods] = {}
        self._kept: list[Callable[..., int]] = []
        self._open = _Open(self._opened)
        self.vfs = _Vfs.from_buffer_copy(self._system.contents)
        self.vfs.name = VFS_NAME
        self.vfs.next = None
        self.vfs.open = ctypes.cast(self._open, _pointer)

    def _opened(self, _vfs: int, name: int | None, file: int, flags: int, out_flags: int) -> int:
        code = self._system_open(ctypes.addressof(self._system.contents), name, file, flags, out_flags)
        opened = _File.from_address(file)
        if code == 0 and opened.methods:
            is_log = name is not None and ctypes.string_at(name).endswith(b"-wal")
            opened.methods = ctypes.pointer(self._counted(opened.methods, is_log=is_log))
        return int(code)

    def _counted(self, methods: Any, *, is_log: bool) -> _Methods:
        """The methods table of a kind of file, with counting put before its write and sync."""
        key = ctypes.addressof(methods.contents), is_log
        if key not in self._tables:
            counts = self._counts.log if is_log else self._counts.rest
            write, sync = (
                _Write(methods.contents.functions[WRITE]),
                _Sync(methods.contents.functions[SYNC]),
            )

            def counted_write(file: int, data: int, qty: int, offset: int) -> int:
                counts.pages += qty == PAGE_BYTES
                counts.bytes += qty
                return int(write(file, data, qty, offset))

            def counted_sync(file: int, flags: int) -> int:
                counts.syncs += 1
                return int(sync(file, flags))

            table = _Methods.from_buffer_copy(methods.contents)
            kept = (_Write(counted_write), _Sync(counted_sync))
            self._kept += kept
            table.functions[WRITE], table.functions[SYNC] = (
                ctypes.cast(each, _pointer).value for each in kept
            )
            self._tables[key] = table
        return self._tables[key]


@contextmanager
def counted_files() -> Iterator[FileCounts]:
    """Count for every database that is opened *and closed* inside.

    Raises:
        NotCountableError: The SQLite in use hides its C interface.
    """
    library = ctypes.CDLL(
        importlib.import_module(f"{sqlite_driver.__name__.split('.')[0]}._sqlite3").__file__
    )
    if not hasattr(library, "sqlite3_vfs_register"):
        raise NotCountableError(NotCountableError.__doc__)
    counts = FileCounts()
    shim = _Shim(library, counts)
    library.sqlite3_vfs_register(ctypes.byref(shim.vfs), 1)
    try:
        yield counts
    finally:
        library.sqlite3_vfs_unregister(ctypes.byref(shim.vfs))
