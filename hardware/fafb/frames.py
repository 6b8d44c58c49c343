"""Framing of the FA FB wire: ``FA FB code length data xor``, read from any splitting of the bytes.

Source: "VMC - Upper Computer Communication Protocol", section 3 (data definition).
"""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import xor
from typing import Final, NamedTuple

from hardware.sansio import WireError

START: Final = b"\xfa\xfb"

MAX_DATA: Final = 64
"""Longest data taken, in bytes. The longest message named in the protocol (machine status) has 34; a larger
length byte is damage, and believing it would swallow the good frames behind it."""

GAP_MS: Final = 50
"""A frame that stops for this long is dropped. Half of the 100 ms in which an answer is due, and 280 byte
times."""

FRAMES_KEPT: Final = 256
"""Frames whose bytes are remembered: polls and their answers are nearly all of an idle wire; about 50 kB."""

_HEAD = 4
_SHORTEST = _HEAD + 1


class Frame(NamedTuple):
    """One message: its code and its data (packet number first, where the code has one)."""

    code: int
    data: bytes = b""


@lru_cache(FRAMES_KEPT)
def encode(frame: Frame) -> bytes:
    """Write ``frame`` as bytes for the line.

    Raises:
        WireError: The code is no byte, or there are more than `MAX_DATA` bytes of data.
    """
    if not 0 <= frame.code <= 0xFF or len(frame.data) > MAX_DATA:
        raise WireError(f"code {frame.code} with {len(frame.data)} bytes of data fits no frame")
    body = START + bytes((frame.code, len(frame.data))) + frame.data
    return body + bytes((reduce(xor, body),))


@lru_cache(FRAMES_KEPT)
def _whole(data: bytes) -> Frame | None:
    """The undamaged frame that ``data`` is, no byte more or less; None when it is none."""
    is_whole = data.startswith(START) and len(data) > _HEAD and len(data) == _SHORTEST + data[3]
    if not is_whole or data[3] > MAX_DATA or reduce(xor, data) != 0:
        return None
    return Frame(data[2], data[_HEAD:-1])


class FrameReader:
    """Finds whole, undamaged frames in a stream; never raises, never holds more than two frames' worth of
    bytes.

    After damage it looks again one byte further on, so a good frame behind a bad one is found. ``dropped``
    counts the bytes that belonged to no frame.
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
        if not self._held and 0 < len(data) <= _SHORTEST + MAX_DATA:
            frame = _whole(bytes(data))  # nearly always: one whole frame, alone
            if frame is not None:
                self._last_ms = now_ms
                return (frame,)
        frames = list(self.expire(now_ms))
        if data:
            self._last_ms = now_ms
        for offset in range(0, len(data), MAX_DATA):
            self._held += data[offset : offset + MAX_DATA]
            frames += self._take()
        return tuple(frames)

    def expire(self, now_ms: int) -> tuple[Frame, ...]:
        """Give up a frame that stopped in its middle, and give whole frames that were hidden behind its
        start.
        """
        if not self._held:
            return ()
        frames: list[Frame] = []
        while self._held and now_ms - self._last_ms >= self._gap_ms:
            self._drop(1)
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
            if not START.startswith(self._held[:2]):
                self._drop(1)
                continue
            if len(self._held) < _HEAD:
                return None
            length = self._held[3]
            size = _SHORTEST + length
            if length > MAX_DATA:
                self._drop(1)
                continue
            if len(self._held) < size:
                return None
            if reduce(xor, self._held[:size]) != 0:
                self._drop(1)
                continue
            frame = Frame(self._held[2], bytes(self._held[_HEAD : size - 1]))
            del self._held[:size]
            return frame
        return None

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self.dropped += count
