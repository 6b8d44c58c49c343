"""Every ccTalk frame that is on the wire, and nothing that is not: framing and check bytes, no meaning.

Source: ccTalk Generic Specification 4.7, part 1 (framing, 50 ms rule) and its CRC annex.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from hardware.sansio import WireError

HOST = 1
"""The host's address (specification part 1)."""
GAP_MS = 50
"""A receiver forgets a half frame after this much silence (specification part 1)."""
ENVELOPE = 5
"""Bytes of a frame beside its data: destination, count, source (or CRC), header, check."""
MAX_DATA = 255
"""The count is one byte; so a reader never holds more than 260 bytes."""
FRAMES_KEPT = 1024
"""Frames whose bytes are remembered: a bus says the same few things for ever (asks, and answers that hold no news), so that
nearly every frame is one of these; about 300 kB."""


class Check(StrEnum):
    """How frames of one bus are checked; a bus never mixes the two."""

    SUM = "sum"
    CRC = "crc"


class Frame(NamedTuple):
    """One frame. ``source`` is None in CRC mode, where the wire carries none."""

    destination: int
    source: int | None
    header: int
    data: bytes = b""


def crc_of(data: bytes) -> int:
    """The CCITT checksum of CRC mode: polynomial 1021, initial 0, not reflected; 0 to 65535."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ (0x1021 if value & 0x8000 else 0)
        value &= 0xFFFF
    return value


@lru_cache(FRAMES_KEPT)
def encode(frame: Frame, check: Check = Check.SUM) -> bytes:
    """The bytes of ``frame``.

    Raises:
        WireError: A field does not fit its byte, or the source is missing in sum mode.
    """
    if len(frame.data) > MAX_DATA:
        raise WireError(f"a ccTalk frame carries at most {MAX_DATA} data bytes, not {len(frame.data)}")
    numbers = (frame.destination, frame.header, frame.source if frame.source is not None else HOST)
    if any(not 0 <= number <= MAX_DATA for number in numbers):
        raise WireError(f"a ccTalk address or header is one byte: {frame}")
    if check is Check.CRC:
        crc = crc_of(bytes((frame.destination, len(frame.data), frame.header)) + frame.data)
        start = bytes((frame.destination, len(frame.data), crc & 0xFF, frame.header))
        return start + frame.data + bytes((crc >> 8,))
    if frame.source is None:
        raise WireError("a ccTalk frame in sum mode names its source")
    body = bytes((frame.destination, len(frame.data), frame.source, frame.header)) + frame.data
    return body + bytes((-sum(body) & 0xFF,))


@lru_cache(FRAMES_KEPT)
def decode(raw: bytes, check: Check = Check.SUM) -> Frame | None:
    """The frame that ``raw`` is, whole and alone; None when its length or its check is wrong."""
    if len(raw) < ENVELOPE or len(raw) != ENVELOPE + raw[1]:
        return None
    data = raw[4:-1]
    if check is Check.CRC:
        crc = crc_of(bytes((raw[0], raw[1], raw[3])) + data)
        return Frame(raw[0], None, raw[3], data) if crc == raw[2] | raw[-1] << 8 else None
    return None if sum(raw) & 0xFF else Frame(raw[0], raw[2], raw[3], data)


class FrameReader:
    """Cuts a byte stream into frames; bounded, deaf after damage until the line falls silent.

    Searching for a frame inside a damaged one would find frames nobody sent (five zeros are a good frame), so the reader
    drops everything until `GAP_MS` of silence instead. On a bus where the host waits for each answer, silence soon comes.

    Attributes:
        dropped: Bytes ever dropped as part of no frame.
        damaged: Frames ever dropped for a wrong check.
        heard_at_ms: When the last byte came; None before the first.
    """

    def __init__(self, check: Check = Check.SUM) -> None:
        self._check = check
        self._buffer = bytearray()
        self.heard_at_ms: int | None = None
        self._is_deaf = False
        self.dropped = 0
        self.damaged = 0

    def receive(self, data: bytes, now_ms: int) -> tuple[Frame, ...]:
        """The frames that ``data`` completes, in order; split anywhere."""
        if self.heard_at_ms is not None and now_ms - self.heard_at_ms >= GAP_MS:
            self.forget()
        if not data:
            return ()
        self.heard_at_ms = now_ms
        if self._is_deaf:
            self.dropped += len(data)
            return ()
        if not self._buffer and len(data) >= ENVELOPE and len(data) == ENVELOPE + data[1]:
            frame = decode(bytes(data), self._check)  # nearly always: one whole frame, alone
            if frame is not None:
                return (frame,)
        self._buffer += data
        frames: list[Frame] = []
        while len(self._buffer) >= ENVELOPE:
            size = ENVELOPE + self._buffer[1]
            if len(self._buffer) < size:
                break
            frame = decode(bytes(self._buffer[:size]), self._check)
            if frame is None:
                self.damaged += 1
                self.forget()
                self._is_deaf = True
                break
            frames.append(frame)
            del self._buffer[:size]
        return tuple(frames)

    def forget(self) -> None:
        """Drop a half frame and listen again: the line was silent, or we are about to speak."""
        if self._buffer:
            self.dropped += len(self._buffer)
            self._buffer.clear()
        self._is_deaf = False
