"""The real kiosk process under a recording shim: everything it wrote, synced and showed, in one order.

`recorder.c` is compiled when it is needed; without a C compiler the tests fail with the names of the packages to install.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from tests.market import Market

SOURCE: Final = Path(__file__).with_name("recorder.c")
CHECKOUT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("kiosk", "hardware", "inventory", "web")

HEAD: Final = struct.Struct("<IIQqII")
"""kind, thread, number, offset, length of the name, length of the data."""


class NoCompilerError(Exception):
    """No C compiler is here: install gcc and libc6-dev (``apt-get install gcc libc6-dev``); the recording shim needs them."""


class TraceError(Exception):
    """The trace is not what the process did; the message says where they part."""


class Kind(IntEnum):
    """What a record is about; the same numbers as in `recorder.c`."""

    OPENED = 1
    WRITTEN = 2
    TRUNCATED = 3
    SYNCED = 4
    RENAMED = 5
    UNLINKED = 6
    MADE_FOLDER = 7
    SERIAL = 8
    SENT = 9
    CLOSED = 10


MARKS: Final = frozenset({Kind.SERIAL, Kind.SENT})
"""Moments after which the world outside may know something."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that the process did.

    Attributes:
        number: Its place in the order of everything.
        kind: What it was.
        name: Path of a file or line; the old path of a rename.
        offset: Of a write; the size after a truncation; flags of an open; the begin of a sync; else the descriptor.
        data: Bytes written, shown or sent; the new path of a rename.
    """

    number: int
    kind: Kind
    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Trace:
    """What one process did.

    Attributes:
        folder: Its data folder, as the records name it.
        before: Every file below the folder when the process started.
        records: In order.
        after: The same files as they really were when it had ended.
        lines: Device path of each serial line -> the name of its port.
    """

    folder: str
    before: Mapping[str, bytes]
    records: tuple[Record, ...]
    after: Mapping[str, bytes]
    lines: Mapping[str, str]


def compile_recorder(folder: Path) -> Path:
    """Build the shim in ``folder``.

    Raises:
        NoCompilerError: There is no C compiler.
    """
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise NoCompilerError(NoCompilerError.__doc__)
    library = folder / "recorder.so"
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library, SOURCE, "-ldl"],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise NoCompilerError(f"{SOURCE.name} was not compiled (are gcc and libc6-dev there?): {done.stderr}")
    return library


def read_trace(path: Path) -> tuple[Record, ...]:
    """The records of a trace file, in the order of their numbers."""
    raw = path.read_bytes()
    records: list[Record] = []
    at = 0
    while at < len(raw):
        kind, _thread, number, offset, name_len, data_len = HEAD.unpack_from(raw, at)
        start = at + HEAD.size
        at = start + name_len + data_len
        if at > len(raw):
            raise TraceError("the trace ends in the middle of a record")
        name = raw[start : start + name_len].decode()
        records.append(Record(number, Kind(kind), name, offset, raw[start + name_len : at]))
    return tuple(sorted(records, key=lambda record: record.number))


def is_kept(path: Path) -> bool:
    """Whether a crash could cost money by this file: the store and the keys. Logs, the wal-index and the ballast are not."""
    if path.suffix == ".log" or path.name.endswith("-shm") or path.name == "ballast":
        return False
    return "store" in path.parts or "keys" in path.parts


def files_below(folder: Path) -> dict[str, bytes]:
    """Path -> content of every file that counts."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in paths if is_kept(path.relative_to(folder))}


@contextmanager
def recording(market: RecordedMarket, command: str) -> Iterator[None]:
    """Record one command of the product (``make-market`` or ``run``) while this lasts; `RecordedMarket.trace` has it then."""
    market.begin(command)
    yield
    market.finish()


class RecordedMarket(Market):
    """A market whose kiosk runs under the recorder.

    Args:
        library: The compiled shim.
        scratch: A folder beside the market, for the trace.
        source: A copy of the product's packages to run instead of the checkout's, for planted defects.
        times: As for `Market`.
    """

    def __init__(
        self,
        library: Path,
        scratch: Path,
        *,
        source: Path | None = None,
        times: Mapping[str, int] | None = None,
    ) -> None:
        folder = (scratch / "market").resolve()
        folder.mkdir(parents=True)
        super().__init__(folder, times=times)
        self._library = library
        self._source = source
        self._trace_file = scratch / "trace"
        self._before: dict[str, bytes] = {}
        self.traces: dict[str, Trace] = {}
        self._recorded = ""

    def begin(self, command: str) -> None:
        """From the next start on, record."""
        self._recorded = command
        self._trace_file.unlink(missing_ok=True)
        self._before = files_below(self.folder)

    def finish(self) -> None:
        """The recorded process has ended: read what it did."""
        links = (self.folder / "ports").glob("*") if (self.folder / "ports").is_dir() else ()
        self.traces[self._recorded] = Trace(
            folder=str(self.folder),
            before=self._before,
            records=read_trace(self._trace_file),
            after=files_below(self.folder),
            lines={str(link.readlink()): link.name for link in links if link.is_symlink()},
        )
        self._recorded = ""

    def environment(self) -> dict[str, str]:
        """What a process of the kiosk is started with."""
        environment = dict(os.environ)
        if self._source is not None:
            environment["PYTHONPATH"] = str(self._source)
        if self._recorded:
            environment["LD_PRELOAD"] = str(self._library)
            environment["RECORDER_TRACE"] = str(self._trace_file)
            environment["RECORDER_FOLDER"] = str(self.folder)
        return environment

    def make(self) -> None:
        """Lay out the market, recorded."""
        with recording(self, "make-market"):
            done = subprocess.run(
                [sys.executable, "-P", "-m", "web.main", "make-market", "--data", str(self.folder)],
                check=False,
                capture_output=True,
                text=True,
                env=self.environment(),
            )
            if done.returncode:
                raise TraceError(f"the market could not be made: {done.stdout}{done.stderr}")
        path = self.folder / "kiosk.toml"
        lines = ["[times]", *(f"{name} = {seconds}" for name, seconds in self._times.items()), ""]
        path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines), encoding="utf-8")

    def start_kiosk(self) -> None:
        """Start the kiosk, recorded."""
        self.begin("run")
        address = self.folder / "kiosk.address.json"
        address.unlink(missing_ok=True)
        command = ["run", "--data", str(self.folder), "--screen-port", "0", "--desk-port", "0"]
        with (self.folder / "kiosk.log").open("ab") as log:
            self._processes["kiosk"] = subprocess.Popen(
                [sys.executable, "-P", "-m", "web.main", *command],
                stdout=log,
                stderr=log,
                env=self.environment(),
            )
        self.wait_for("kiosk answers", address.exists)
        self.addresses.update(json.loads(address.read_text(encoding="utf-8")))

    def start_again(self) -> None:
        """Start a killed kiosk, and wait until it has recovered; the trace begins anew."""
        seq = self.seq()
        self._frame = {}
        self.start_kiosk()
        self.wait_for_fact("Recovered", after=seq)
        self.wait_for("a screen", lambda: bool(self._frame))

    def stop_recorded(self) -> None:
        """End the kiosk as a service manager would, and read what it did."""
        code = self.stop_kiosk()
        if code:
            raise TraceError(f"the recorded kiosk ended with {code}: {self.log_of('kiosk')[-2000:]}")
        self.finish()


def copy_of_product(folder: Path, change: tuple[str, str, str]) -> Path:
    """The product's packages in ``folder`` with one line changed: (file, old text, new text).

    Raises:
        TraceError: The text is not there exactly once: the defect would not be planted.
    """
    for package in PACKAGES:
        shutil.copytree(CHECKOUT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    name, old, new = change
    path = folder / name
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise TraceError(f"{name} does not hold exactly one {old!r}")
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder
