"""SSP frames: a start byte that is doubled wherever else it occurs, a sequence bit, a length and a CRC.

Pure functions and a byte-stream reader; no meaning of commands is known here.

Source: SSP interface manual GA138, "serial protocol: packet format"; checked with the frames printed in it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from hardware.sansio import WireError

START: Final = 0x7F
"""First byte of a frame; anywhere else in it, it is sent twice."""
SEQUENCE_BIT: Final = 0x80
"""Bit 7 of the second byte: turned by the host with each new command, kept for a repeated one, copied in the answer."""
ADDRESSES: Final = range(0x7F)
"""Addresses are the other seven bits of that byte; 7F is none, because with sequence 0 it would look like a start."""
MAX_DATA: Final = 255
"""The length is one byte."""
ENVELOPE: Final = 4
"""Sequence and address, length, two of the CRC: bytes of a frame beside its data and the start."""
GAP_MS: Final = 100
"""Silence after which a half frame is dropped. No gap is documented; adapters hold bytes back for 16 ms, some for 40."""
LONGEST_RAW: Final = 1 + 2 * (ENVELOPE + MAX_DATA)
"""Bytes of a frame in which every byte had to be doubled."""
FRAMES_KEPT: Final = 64
"""Frames whose bytes are remembered: idle polls are nearly all there is."""


class Frame(NamedTuple):
    """One frame: who it is to or from (a frame does not say which), its sequence bit, and its data."""

    address: int
    sequence: bool
    data: bytes


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte << 8
        for _ in range(8):
            value = (value << 1) ^ (0x8005 if value & 0x8000 else 0)
        table.append(value & 0xFFFF)
    return tuple(table)


_CRC_TABLE: Final = _crc_table()


def crc_of(data: bytes) -> int:
    """The CRC: polynomial 8005, initial FFFF, not reflected, no final turn; 0 to 65535, AEE7 for ``123456789``."""
    value = 0xFFFF
    for byte in data:
        value = (value << 8 & 0xFFFF) ^ _CRC_TABLE[(value >> 8) ^ byte]
    return value


@lru_cache(FRAMES_KEPT)
def encode(frame: Frame) -> bytes:
    """The bytes of ``frame`` on the wire.

    Raises:
        WireError: An address above 7F, no data, or more than 255 bytes of it.
    """
    if frame.address not in ADDRESSES:
        raise WireError(f"an SSP address is 0 to 126, not {frame.address}")
    if not 1 <= len(frame.data) <= MAX_DATA:
        raise WireError(f"an SSP frame carries 1 to {MAX_DATA} bytes, not {len(frame.data)}")
    first = frame.address | (SEQUENCE_BIT if frame.sequence else 0)
    body = bytes((first, len(frame.data))) + frame.data
    body += crc_of(body).to_bytes(2, "little")
    return bytes((START,)) + body.replace(b"\x7f", b"\x7f\x7f")


def decode(raw: bytes) -> Frame | None:
    """The frame that ``raw`` is, whole and alone; None when anything about it is wrong."""
    reader = FrameReader()
    frames = reader.receive(raw, 0)
    return frames[0] if len(frames) == 1 and not reader.dropped and not reader.held else None


def _frame_alone(raw: bytes) -> Frame | None:
    """The frame that ``raw`` is when it holds one good frame and nothing else; None means: look byte by byte."""
    if raw[0] != START or len(raw) <= ENVELOPE or raw[1] == START:
        return None
    rest = raw[1:]
    if START in rest:
        if START in rest.replace(b"\x7f\x7f", b""):
            return None
        rest = rest.replace(b"\x7f\x7f", b"\x7f")
    if not rest[1] or len(rest) != ENVELOPE + rest[1] or crc_of(rest[:-2]) != rest[-2] | rest[-1] << 8:
        return None
    return Frame(rest[0] & 0x7F, bool(rest[0] & SEQUENCE_BIT), rest[2:-2])


class FrameReader:
    """Cuts a byte stream into frames; bounded, and well again at the next start byte after any damage.

    Attributes:
        dropped: Bytes ever dropped as part of no frame.
        damaged: Frames ever dropped for a wrong CRC.
    """

    def __init__(self) -> None:
        self._body = bytearray()
        self._is_open = False
        self._saw_start = False
        self._heard_at_ms: int | None = None
        self.dropped = 0
        self.damaged = 0

    @property
    def held(self) -> int:
        """Bytes of the half frame that it keeps."""
        return len(self._body) + self._saw_start

    def receive(self, data: bytes, now_ms: int) -> tuple[Frame, ...]:
        """The frames that ``data`` completes, in order; split anywhere."""
        if self._heard_at_ms is not None and now_ms - self._heard_at_ms >= GAP_MS:
            self.forget()
        if not data:
            return ()
        self._heard_at_ms = now_ms
        if not self.held:
            alone = _frame_alone(bytes(data))  # nearly always: one whole frame, alone
            if alone is not None:
                return (alone,)
        frames: list[Frame] = []
        for byte in data:
            if self._saw_start:
                self._saw_start = False
                if byte != START:
                    # A single start byte begins a frame, wherever it stands; a doubled one is data.
                    self._drop()
                    self._is_open = True
            elif byte == START:
                self._saw_start = True
                continue
            if not self._is_open:
                self.dropped += 1
                continue
            self._body.append(byte)
            frame = self._finished()
            if frame is not None:
                frames.append(frame)
        return tuple(frames)

    def forget(self) -> None:
        """Drop a half frame: the line was silent, or we are about to speak."""
        self._drop()
        self.dropped += self._saw_start
        self._saw_start = False

    def _drop(self) -> None:
        self.dropped += len(self._body)
        self._body.clear()
        self._is_open = False

    def _finished(self) -> Frame | None:
        body = self._body
        if len(body) < 2 or len(body) < ENVELOPE + body[1]:
            return None
        raw = bytes(body)
        if not raw[1] or crc_of(raw[:-2]) != raw[-2] | raw[-1] << 8:
            self.damaged += 1
            self._drop()
            return None
        body.clear()
        self._is_open = False
        return Frame(raw[0] & 0x7F, bool(raw[0] & SEQUENCE_BIT), raw[2:-2])
