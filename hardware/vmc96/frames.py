"""Framing of the K1 wire: ``35 address length body xor``, read from any splitting of the bytes.

Questions and answers have one form: the body of a question begins with its command, that of an answer with the
command it repeats, or is one byte that says yes (00) or no. ``length`` counts the whole frame.

Source: LacobusVentura/VMC96API, ``vmc96api.c`` (a published host).
"""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import Final, NamedTuple

from hardware.sansio import WireError

START: Final = 0x35

SHORTEST: Final = 5
"""Start, address, length, one byte of body, check."""

LONGEST: Final = 128
"""Longest frame taken, in bytes. The longest answer that a whole board could give (all 96 motors running) has 102; a
larger length byte is damage, and believing it would swallow the good frames behind it."""

GAP_MS: Final = 50
"""A frame that stops for this long is dropped: 96 byte times at 19200 baud, and far less than the second in which an
answer is due."""


class Frame(NamedTuple):
    """One message: who is asked or answers, and what stands between length and check."""

    address: int
    body: bytes


def encode(frame: Frame) -> bytes:
    """Write ``frame`` as bytes for the line.

    Raises:
        WireError: The address is no byte, or the body is empty or too long.
    """
    size = len(frame.body) + SHORTEST - 1
    if not 0 <= frame.address <= 0xFF or not SHORTEST <= size <= LONGEST:
        raise WireError(f"address {frame.address} with {len(frame.body)} bytes of body fits no frame")
    data = bytes((START, frame.address, size)) + frame.body
    return data + bytes((reduce(xor, data),))


class FrameReader:
    """Finds whole, undamaged frames in a stream; never raises, never holds more than two frames' worth of bytes.

    After damage it looks again one byte further on. ``dropped`` counts the bytes that belonged to no frame.
    """

    def __init__(self, gap_ms: int = GAP_MS) -> None:
        self._gap_ms = gap_ms
        self._held = bytearray()
        self._last_ms = 0
        self.dropped = 0

    @property
    def due_ms(self) -> int | None:
        """When the bytes held will be too old to be completed; None while nothing is held."""
        return self._last_ms + self._gap_ms if self._held else None

    def feed(self, data: bytes, now_ms: int) -> tuple[Frame, ...]:
        """Take bytes that arrived at ``now_ms`` and give the frames that they complete, oldest first."""
        frames = list(self.expire(now_ms))
        if data:
            self._last_ms = now_ms
        for offset in range(0, len(data), LONGEST):
            self._held += data[offset : offset + LONGEST]
            frames += self._take()
        return tuple(frames)

    def expire(self, now_ms: int) -> tuple[Frame, ...]:
        """Give up a frame that stopped in its middle, and give whole frames that were hidden behind its start."""
        frames: list[Frame] = []
        while self._held and now_ms - self._last_ms >= self._gap_ms:
            self._drop()
            frames += self._take()
        return tuple(frames)

    def _take(self) -> list[Frame]:
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        """Drop what cannot begin a frame; None when the rest may still become one."""
        while self._held:
            if self._held[0] != START or (len(self._held) > 2 and not SHORTEST <= self._held[2] <= LONGEST):
                self._drop()
                continue
            if len(self._held) < SHORTEST or len(self._held) < self._held[2]:
                return None
            size = self._held[2]
            if reduce(xor, self._held[:size]) != 0:
                self._drop()
                continue
            frame = Frame(self._held[1], bytes(self._held[3 : size - 1]))
            del self._held[:size]
            return frame
        return None

    def _drop(self) -> None:
        del self._held[:1]
        self.dropped += 1
