"""What passed on a wire, line by line: in the technician's words (`hardware.wires`), and in hex everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hardware.port import Passed
from hardware.wires.table import WIRES
from hardware.wires.wire import overheard

GAP_MS = 30
"""Bytes of one direction with less silence between them are shown as one line."""

LINES = 60
"""Most lines of one answer: what a person can read, and a page can show without scrolling for ever."""

ROUND_LINES = 8
"""Longest round that is told once: question and answer of four devices on one bus."""

HEX_BYTES = 24
"""Most bytes of a line that are spelled out; a picture on its way to the printer has fifty thousand."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of the record: when, by whom, the bytes, what they mean (empty when nobody knows), how often."""

    at_ms: int
    is_from_host: bool
    hex: str
    text: str
    times: int = 1


def spoken(protocol: str, passed: Iterable[Passed]) -> tuple[Spoken, ...]:
    """Decode the last bytes of a wire, oldest first, at most `LINES`; idle rounds are told once, with their number."""
    wire = WIRES.get(protocol)
    if wire is None:
        lines = tuple(_plain(_joined(passed)))
    else:
        # The host's own bytes come back on some wires; they are not shown twice.
        lines = tuple(
            Spoken(said.at_ms, said.is_from_host, _hex(said.data), _printable(said.text))
            for said in overheard(passed, wire.ear())
            if said.text != "echo"
        )
    return tuple(_folded(lines))[-LINES:]


def _folded(lines: tuple[Spoken, ...]) -> Iterator[Spoken]:
    """Tell lines that come again and again in the same order once: polls would push everything else away."""
    said = [(line.is_from_host, line.hex) for line in lines]
    at = 0
    while at < len(lines):
        length, times = max(
            ((length, _repeats(said, at, length)) for length in range(1, ROUND_LINES + 1)),
            key=lambda found: (found[0] * found[1] if found[1] > 1 else 0, -found[0]),
        )
        if times == 1:
            length = 1
        for line in lines[at : at + length]:
            yield replace(line, times=times)
        at += length * times


def _repeats(said: list[tuple[bool, str]], at: int, length: int) -> int:
    """How often the ``length`` lines at ``at`` stand there in a row."""
    times = 1
    while said[at : at + length] == said[at + times * length : at + (times + 1) * length]:
        times += 1
    return times


def _joined(passed: Iterable[Passed]) -> Iterator[Passed]:
    """Glue bytes of one direction that followed each other without a pause; the time is that of the first."""
    held: Passed | None = None
    last_ms = 0
    for piece in passed:
        if held is not None and held.is_outgoing == piece.is_outgoing and piece.at_ms - last_ms < GAP_MS:
            held = Passed(held.at_ms, held.is_outgoing, held.data + piece.data)
        else:
            if held is not None:
                yield held
            held = piece
        last_ms = piece.at_ms
    if held is not None:
        yield held


def _hex(data: bytes) -> str:
    spelled = data[:HEX_BYTES].hex(" ").upper()
    return spelled if len(data) <= HEX_BYTES else f"{spelled} ... ({len(data)} bytes)"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() and letter != "\ufffd" else "·" for letter in text)


def _plain(passed: Iterable[Passed]) -> Iterator[Spoken]:
    for piece in passed:
        yield Spoken(
            piece.at_ms,
            piece.is_outgoing,
            _hex(piece.data),
            _printable(piece.data[: 4 * HEX_BYTES].decode("utf-8", "replace")),
        )
