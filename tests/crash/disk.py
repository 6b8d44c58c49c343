"""A disk rebuilt from a trace: what is safe, what was written but not synced, and what a power cut may leave of it.

The model is the strict one. A file's bytes are safe after a sync of the file; a name, a rename, a removal only after a sync of
the folder it lies in. What is not safe is dropped, kept, or torn: pieces of 512 bytes, each kept or lost by chance and in any
order, sizes likewise; changes of names keep their order, as a file system's own journal does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Final

from tests.crash.recorder import Kind, Record, Trace, TraceError, is_kept

PIECE: Final = 512
"""What a drive writes whole."""

O_TRUNC: Final = 0o1000


class Loss(StrEnum):
    """What becomes of writes that were not synced."""

    DROPPED = "dropped"
    KEPT = "kept"
    TORN = "torn"


@dataclass(slots=True)
class _Write:
    """Bytes at a place, or, without bytes, a new size."""

    number: int
    offset: int
    data: bytes | None


@dataclass(slots=True)
class _File:
    """What is safe of a file, and what waits."""

    safe: bytearray = field(default_factory=bytearray)
    waiting: list[_Write] = field(default_factory=list)


@dataclass(slots=True)
class _Name:
    """A change of a folder that waits: ``name`` becomes this file, or none."""

    number: int
    name: str
    file: _File | None


def _apply(content: bytearray, write: _Write) -> None:
    if write.data is None:
        if write.offset < len(content):
            del content[write.offset :]
        else:
            content.extend(bytes(write.offset - len(content)))
        return
    end = write.offset + len(write.data)
    if end > len(content):
        content.extend(bytes(end - len(content)))
    content[write.offset : end] = write.data


def _pieces(write: _Write) -> list[_Write]:
    """The write in pieces that end on the drive's own borders."""
    if write.data is None:
        return [write]
    pieces: list[_Write] = []
    at = 0
    while at < len(write.data):
        size = PIECE - (write.offset + at) % PIECE
        pieces.append(_Write(write.number, write.offset + at, write.data[at : at + size]))
        at += size
    return pieces


def _torn(file: _File, chance: random.Random) -> bytes:
    """Each piece kept by chance, in any order."""
    content = bytearray(file.safe)
    share = chance.random()  # from "nearly nothing reached the disk" to "nearly all"
    pieces = [piece for write in file.waiting for piece in _pieces(write) if chance.random() < share]
    chance.shuffle(pieces)
    for piece in pieces:
        _apply(content, piece)
    return bytes(content)


Believes = Callable[[str], bool]
"""Whether a sync of the file of this name is believed."""


class Disk:
    """The disk of a recorded process, played forward record by record."""

    def __init__(self, trace: Trace, believes: Believes = lambda _name: True) -> None:
        """Begin with what was there, all of it safe.

        Args:
            trace: What is played.
            believes: Syncs that are not believed are played as if they had never been asked for.
        """
        self._folder = trace.folder
        self._believes = believes
        self._safe: dict[str, _File] = {
            name: _File(safe=bytearray(content)) for name, content in trace.before.items()
        }
        self._live: dict[str, _File] = dict(self._safe)
        self._names: list[_Name] = []

    def play(self, record: Record) -> None:
        """One step."""
        path = PurePosixPath(record.name)
        if record.kind is Kind.SYNCED:
            self._sync(record, path)
        elif record.kind is Kind.RENAMED:
            self._rename(record)
        elif record.kind in {Kind.OPENED, Kind.WRITTEN, Kind.TRUNCATED, Kind.UNLINKED} and self._counts(path):
            self._change(record)

    def _counts(self, path: PurePosixPath) -> bool:
        return path.is_relative_to(self._folder) and is_kept(Path(path.relative_to(self._folder)))

    def _change(self, record: Record) -> None:
        name, file = record.name, self._live.get(record.name)
        if record.kind is Kind.UNLINKED:
            self._live.pop(name, None)
            self._names.append(_Name(record.number, name, None))
            return
        if file is None:
            file = self._live[name] = _File()
            self._names.append(_Name(record.number, name, file))
        if record.kind is Kind.WRITTEN:
            file.waiting.append(_Write(record.number, record.offset, record.data))
        elif record.kind is Kind.TRUNCATED:
            file.waiting.append(_Write(record.number, record.offset, None))
        elif record.offset & O_TRUNC:
            file.waiting.append(_Write(record.number, 0, None))

    def _rename(self, record: Record) -> None:
        file = self._live.pop(record.name, None)
        if file is None:
            return
        fresh = record.data.decode()
        self._live[fresh] = file
        # One step of the file system's journal: both names change or neither; `_named` keeps pairs together by number.
        self._names.append(_Name(record.number, record.name, None))
        self._names.append(_Name(record.number, fresh, file))

    def _sync(self, record: Record, path: PurePosixPath) -> None:
        if not self._believes(record.name):
            return
        begun = record.offset
        file = self._live.get(record.name)
        if file is not None:
            while file.waiting and file.waiting[0].number < begun:
                _apply(file.safe, file.waiting.pop(0))
            return
        waiting: list[_Name] = []
        for change in self._names:
            if PurePosixPath(change.name).parent == path and change.number < begun:
                self._name(self._safe, change)
            else:
                waiting.append(change)
        self._names = waiting

    @staticmethod
    def _name(names: dict[str, _File], change: _Name) -> None:
        if change.file is None:
            names.pop(change.name, None)
        else:
            names[change.name] = change.file

    def _named(self, loss: Loss, chance: random.Random) -> Mapping[str, _File]:
        if loss is Loss.KEPT:
            return self._live
        names = dict(self._safe)
        if loss is Loss.TORN and self._names:
            last = chance.choice([0, *(change.number for change in self._names)])
            for change in self._names:
                if change.number <= last:
                    self._name(names, change)
        return names

    def image(self, loss: Loss, chance: random.Random) -> dict[str, bytes]:
        """What a power cut at this moment leaves: path relative to the folder -> content."""
        image: dict[str, bytes] = {}
        for name, file in sorted(self._named(loss, chance).items()):
            relative = str(PurePosixPath(name).relative_to(self._folder))
            if loss is Loss.TORN:
                image[relative] = _torn(file, chance)
                continue
            content = bytearray(file.safe)
            if loss is Loss.KEPT:
                for write in file.waiting:
                    _apply(content, write)
            image[relative] = bytes(content)
        return image


def check_trace(trace: Trace) -> None:
    """Everything kept to the end must be the files as they really were: or the recorder missed a write.

    Raises:
        TraceError: It did.
    """
    disk = Disk(trace)
    for record in trace.records:
        disk.play(record)
    rebuilt = disk.image(Loss.KEPT, random.Random(0))
    real = {
        str(PurePosixPath(name).relative_to(trace.folder)): content for name, content in trace.after.items()
    }
    for name in sorted(rebuilt.keys() | real.keys()):
        if rebuilt.get(name) != real.get(name):
            raise TraceError(
                f"{name}: rebuilt {_size(rebuilt, name)}, real {_size(real, name)}: a write was not recorded"
            )


def _size(files: Mapping[str, bytes], name: str) -> str:
    return f"{len(files[name])} bytes" if name in files else "absent"


def write_image(image: Mapping[str, bytes], folder: Path) -> None:
    """Lay an image out as files."""
    for name, content in image.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
