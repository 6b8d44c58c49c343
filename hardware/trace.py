"""What passed on a wire, kept in a file that a person can read and a machine can play again.

A trace is text: a header, then one line per piece of bytes that passed together: milliseconds since the first piece,
``>`` from the host or ``<`` from the device, the bytes in hex::

    # kiosk wire trace 1
    # protocol: cctalk
    # baud: 9600
    # date: 2026-11-22T02:30:00+00:00
    0 > 02 00 01 FE FF
    7 < 02 00 01 FE FF 01 00 02 00 FD
    # ended: 1500

Further ``# name: value`` lines are notes (which device, what was asked of it); a line ``# words`` is a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TextIO

from hardware.events import DeviceEvent
from hardware.port import READ_BYTES, Passed, Port, RecordingTap, Trace
from hardware.sansio import DeviceMachine, HostMachine

FIRST_LINE: Final = "# kiosk wire trace 1"
"""What every trace begins with; another number will be another format."""

LONGEST_LINE: Final = 3 * READ_BYTES + 64
"""No piece is longer than one read of a port; a longer line is another kind of file."""

MOST_FILE_BYTES: Final = 64 << 20
"""A week of an idle ccTalk bus; more is not read into memory at once."""

LONGEST_PAUSE_MS: Final = 600_000
"""Of a replay: after ten minutes without a byte every wait of either end is over, so a far time costs nobody an hour."""

PATIENCE_MS: Final = 2_000
"""How much longer than recorded a replayed machine may take to speak: the machine's own timers are shorter."""

START_MS: Final = 1_000
"""Where a replay's clock begins; any number that is no machine's time-out from zero will do."""

_NOTE: Final = re.compile(r"#\s*(?P<name>[a-z_]+):\s*(?P<value>.*)")
_PIECE: Final = re.compile(r"(?P<ms>[0-9]{1,12}) (?P<way>[<>]) (?P<hex>[0-9A-Fa-f]{2}( [0-9A-Fa-f]{2})*)")
_ENDED: Final = "ended"


class TraceError(ValueError):
    """A file is no trace; the message names file and line, and says what belongs there."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A trace as it was read.

    Attributes:
        protocol: The name by which `hardware.wires.table` knows the wire; empty when nobody said.
        baud: The speed of the line.
        date: When it was recorded, ISO 8601; for people.
        passed: What passed, in order; the first piece is at 0 ms.
        ended_ms: When the recording ended; no earlier than the last piece.
        notes: What else the header says.
    """

    protocol: str
    baud: int
    date: str
    passed: tuple[Passed, ...]
    ended_ms: int = 0
    notes: Mapping[str, str] = field(default_factory=dict)


class TraceWriter:
    """Writes a trace line by line, so that what was recorded before a crash can be read.

    Raises:
        OSError: The file cannot be written; from every method.
    """

    def __init__(
        self, file: TextIO, *, protocol: str, baud: int, date: str, notes: Mapping[str, str] | None = None
    ) -> None:
        self._file = file
        self._first_ms: int | None = None
        header = {"protocol": protocol, "baud": str(baud), "date": date, **(notes or {})}
        lines = [FIRST_LINE, *(f"# {name}: {value}" for name, value in header.items())]
        self._write("\n".join(lines))

    def add(self, at_ms: int, data: bytes, *, is_outgoing: bool) -> None:
        """Write one piece; ``at_ms`` on any clock that only rises. Nothing passed: nothing is written."""
        for start in range(0, len(data), READ_BYTES):
            piece = data[start : start + READ_BYTES]
            self._write(f"{self._since(at_ms)} {'>' if is_outgoing else '<'} {piece.hex(' ').upper()}")

    def end(self, at_ms: int) -> None:
        """Say that nothing more passed until ``at_ms``."""
        self._write(f"# {_ENDED}: {self._since(at_ms)}")

    def _since(self, at_ms: int) -> int:
        if self._first_ms is None:
            self._first_ms = at_ms
        return max(0, at_ms - self._first_ms)

    def _write(self, line: str) -> None:
        self._file.write(f"{line}\n")
        self._file.flush()


class WrittenTrace(Trace):
    """A tap's memory that also goes into a file."""

    def __init__(self, writer: TraceWriter) -> None:
        super().__init__()
        self._writer = writer

    def add(self, at_ms: int, data: bytes, *, is_outgoing: bool) -> None:
        """Remember and write ``data``."""
        super().add(at_ms, data, is_outgoing=is_outgoing)
        self._writer.add(at_ms, data, is_outgoing=is_outgoing)


def recording_tap(port: Port, clock: Callable[[], int], writer: TraceWriter) -> RecordingTap:
    """A tap on ``port`` that writes everything that passes."""
    tap = RecordingTap(port, clock)
    tap.trace = WrittenTrace(writer)
    return tap


# --- reading --------------------------------------------------------------------------------------------------------


def load_recording(path: Path) -> Recording:
    """Read the trace in a file.

    Raises:
        TraceError: It is no trace, or too large.
        OSError: It cannot be read.
    """
    if path.stat().st_size > MOST_FILE_BYTES:
        raise TraceError(f"{path}: longer than {MOST_FILE_BYTES >> 20} MiB; cut a part out of it")
    with path.open(encoding="ascii", errors="replace") as file:
        return read_recording(file, str(path))


def read_recording(lines: Iterable[str], name: str = "trace") -> Recording:
    """Read a trace; ``name`` is what messages call it.

    Raises:
        TraceError: With the line and what belongs there.
    """
    notes: dict[str, str] = {}
    passed: list[Passed] = []
    number = 0
    for number, raw in enumerate(lines, 1):
        line = raw[: LONGEST_LINE + 1].rstrip()
        if number == 1 and line != FIRST_LINE:
            raise TraceError(f"{name}:1: a trace begins with the line '{FIRST_LINE}'")
        if len(line) > LONGEST_LINE:
            raise TraceError(f"{name}:{number}: a line has at most {LONGEST_LINE} characters")
        if number == 1 or not line:
            continue
        if line.startswith("#"):
            note = _NOTE.fullmatch(line)
            if note:
                notes[note["name"]] = note["value"]
            continue
        passed.append(_piece(line, f"{name}:{number}", passed[-1].at_ms if passed else 0))
    if not number:
        raise TraceError(f"{name}: is empty; a trace begins with the line '{FIRST_LINE}'")
    return _recording(notes, tuple(passed), name)


def _piece(line: str, place: str, before_ms: int) -> Passed:
    found = _PIECE.fullmatch(line)
    if not found:
        raise TraceError(
            f"{place}: here stands a time in ms, > (host) or < (device), and bytes in hex, such as 12 > 02 00 FF"
        )
    at_ms = int(found["ms"])
    if at_ms < before_ms:
        raise TraceError(f"{place}: {at_ms} ms is before the line above ({before_ms} ms); times only rise")
    return Passed(at_ms, found["way"] == ">", bytes.fromhex(found["hex"]))


def _recording(notes: dict[str, str], passed: tuple[Passed, ...], name: str) -> Recording:
    baud = notes.pop("baud", "9600")
    ended = notes.pop(_ENDED, "0")
    for key, value in (("baud", baud), (_ENDED, ended)):
        if not (value.isascii() and value.isdigit() and len(value) <= 12):
            raise TraceError(f"{name}: the note '{key}' is a number, not {value[:20]!r}")
    last_ms = passed[-1].at_ms if passed else 0
    return Recording(
        protocol=notes.pop("protocol", ""),
        baud=int(baud),
        date=notes.pop("date", ""),
        passed=passed,
        ended_ms=max(int(ended), last_ms),
        notes=notes,
    )


# --- playing again ----------------------------------------------------------------------------------------------------


class Machine(Protocol):
    """What both ends of a wire have in common; see `hardware.sansio`."""

    @property
    def wake_at_ms(self) -> int | None:
        """When it next wants a tick."""

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes."""

    def tick(self, now_ms: int) -> None:
        """Let time pass."""

    def bytes_to_send(self) -> bytes:
        """Drain what goes out."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a replay.

    Attributes:
        events: What our driver learned, oldest first; empty when the recording went into a device.
        passed: Both sides' bytes on the replay's own clock from 0: what was played, and what the machine said to it.
        same_bytes: How many bytes of its side it said as recorded, from the first one on.
        recorded_bytes: How many there are in the recording.
        differs_at_ms: The recording's time of the first byte that it said otherwise or not at all; None when all agree.
    """

    events: tuple[DeviceEvent, ...]
    passed: tuple[Passed, ...]
    same_bytes: int
    recorded_bytes: int
    differs_at_ms: int | None


def replay_into_host(recording: Recording, machine: HostMachine) -> Replayed:
    """Let ``machine``, our end, hear what the device said in ``recording``."""
    events: list[DeviceEvent] = []
    return _Player(machine, lambda: events.extend(machine.events()), is_host=True).play(recording, events)


def replay_into_device(recording: Recording, machine: DeviceMachine) -> Replayed:
    """Let ``machine``, a simulated device, hear what the host said in ``recording``."""
    return _Player(machine, lambda: None, is_host=False).play(recording, [])


class _Player:
    """Plays one side of a recording to a machine that plays the other.

    A recording from a busy computer has its pauses, so the pieces do not go by the recorded clock alone: where the recorded
    machine spoke, ours is given time until it has spoken as much, and what comes next keeps its distance from that.
    """

    def __init__(self, machine: Machine, drain: Callable[[], None], *, is_host: bool) -> None:
        self._machine = machine
        self._drain = drain
        self._is_host = is_host
        self._now_ms = START_MS
        self._passed: list[Passed] = []
        self._said_bytes = bytearray()

    def play(self, recording: Recording, events: list[DeviceEvent]) -> Replayed:
        """Play all of it; ``events`` is what the drain fills."""
        owed = bytearray()
        times: list[tuple[int, int]] = []
        before_ms = 0
        self._settle()
        for piece in recording.passed:
            pause_ms = min(piece.at_ms - before_ms, LONGEST_PAUSE_MS)
            before_ms = piece.at_ms
            if piece.is_outgoing == self._is_host:
                owed += piece.data
                times.append((len(owed), piece.at_ms))
                self._run(self._now_ms + pause_ms + PATIENCE_MS, until_bytes=len(owed))
            else:
                self._run(self._now_ms + pause_ms)
                self._note(piece.data, is_outgoing=piece.is_outgoing)
                self._machine.receive(piece.data, self._now_ms)
                self._settle()
        self._run(self._now_ms + min(recording.ended_ms - before_ms, LONGEST_PAUSE_MS))
        same = _common(self._said_bytes, owed)
        differs = None if same == len(owed) else next(at_ms for end, at_ms in times if end > same)
        return Replayed(tuple(events), tuple(self._passed), same, len(owed), differs)

    def _run(self, until_ms: int, until_bytes: int | None = None) -> None:
        """Let time pass to ``until_ms``, or until the machine has said ``until_bytes`` in all."""
        while until_bytes is None or len(self._said_bytes) < until_bytes:
            wake_ms = self._machine.wake_at_ms
            if wake_ms is None or wake_ms > until_ms:
                # Said too little for too long: go on by the recorded clock.
                self._now_ms = until_ms if until_bytes is None else max(self._now_ms, until_ms - PATIENCE_MS)
                return
            # A machine that wants a tick at once and again gets the next one a millisecond later.
            self._now_ms = max(self._now_ms, wake_ms)
            self._machine.tick(self._now_ms)
            is_stuck = not self._settle() and self._machine.wake_at_ms == wake_ms
            if is_stuck:
                self._now_ms += 1
                if self._now_ms > until_ms:
                    return

    def _settle(self) -> bool:
        """Take what the machine says and learned; whether it said anything."""
        said = self._machine.bytes_to_send()
        self._drain()
        if said:
            self._note(said, is_outgoing=self._is_host)
            self._said_bytes += said
        return bool(said)

    def _note(self, data: bytes, *, is_outgoing: bool) -> None:
        self._passed.append(Passed(self._now_ms - START_MS, is_outgoing, data))


def _common(one: bytes | bytearray, other: bytes | bytearray) -> int:
    """How many bytes two strings have in common from the start."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter
    return next(at for at in range(shorter) if one[at] != other[at])
