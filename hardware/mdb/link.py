"""What the bus needs of an adapter box: orders out, answers and unasked reports in, whatever they look like on the line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

LINE_GAP_MS = 100
"""A line that stops in its middle for this long is dropped: a box writes its lines at once."""

LINE_LIMIT = 256
"""Bytes of a line: the longest answer (36 bytes in hex with blanks) has 110; more without an end is noise."""

Fits = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an order: a block's content, empty for ACK, None when nobody answered (or the peripheral refused it)."""

    data: bytes | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a box that polls by itself heard from the peripheral at ``address``: the content of a POLL answer."""

    address: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the box itself."""

    text: str


Heard = Answer | Report | Note


class Link(Protocol):
    """Our end of one kind of adapter box.

    Attributes:
        reply_ms: How long an answer may take.
        opening: Lines that the box must answer before anything else is sent; empty when it needs none.
    """

    reply_ms: int
    opening: tuple[bytes, ...]

    @property
    def dropped(self) -> int:
        """Bytes so far that made no line of any meaning."""

    def order(self, block: bytes) -> bytes:
        """The bytes that make the box send ``block`` (address and command first, without the sum)."""

    def receive(self, data: bytes, now_ms: int, fits: Fits | None) -> tuple[Heard, ...]:
        """Take bytes; ``fits`` says whether a block's content can be the answer that is waited for, None when none is."""


class LineReader:
    """Splits text into lines that end with LF or CR LF; a line may arrive in pieces. ``dropped`` counts what became none."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._heard_ms = 0
        self.dropped = 0

    @property
    def held(self) -> int:
        """Bytes of a line that is not over."""
        return len(self._held)

    def receive(self, data: bytes, now_ms: int) -> tuple[bytes, ...]:
        """The lines that ``data`` completes, without their ends; empty ones are left out."""
        if self._held and now_ms - self._heard_ms >= LINE_GAP_MS:
            self.dropped += len(self._held)
            self._held.clear()
        if data:
            self._heard_ms = now_ms
        *lines, rest = (bytes(self._held) + data).split(b"\n")
        if len(rest) > LINE_LIMIT:
            self.dropped += len(rest)
            rest = b""
        self._held[:] = rest
        whole = []
        for line in lines:
            text = line.rstrip(b"\r")
            if len(text) > LINE_LIMIT:
                self.dropped += len(text)
            elif text:
                whole.append(text)
        return tuple(whole)
