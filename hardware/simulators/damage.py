"""What a bad cable does to the bytes on it: one set of damages for simulated lines on ptys and on virtual time.

Damage is drawn per chunk (what was put on the line at once, about a frame), from the caller's own dice, so that equal seeds
damage equally.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from typing import Final

THOUSAND: Final = 1000
"""Rates are per thousand chunks."""

DELAY_MS: Final = range(40, 400)
"""A late chunk: from longer than any answer of ours takes to longer than three tries wait."""

SPLIT_MS: Final = range(1, 30)
"""The pause inside a split chunk: within and beyond the pauses that protocols allow in a frame."""

MERGE_MS: Final = 30
"""How long a chunk waits for the next one to travel with it, as adapters with a latency timer do."""

BURST_BYTES: Final = 24
"""A noise burst: a motor starts beside the cable."""

FOREIGN: Final = (bytes.fromhex("09000100f6"), bytes.fromhex("01000900f6"), bytes.fromhex("0b0302fef3ff"))
"""Well-formed ccTalk frames from and to a device that is not on our bus (address 9), and a long one cut off: 8-bit sums hold."""


@dataclass(slots=True)
class Noise:
    """How a line is damaged; rates are per thousand passing chunks, drawn anew for each chunk.

    Attributes:
        drop: The chunk is lost.
        double: It arrives twice.
        flip: One bit of it is turned.
        insert: A stray byte gets into it.
        cut_short: Its end is lost.
        delay: It comes 40 to 400 ms late.
        split: It arrives in two pieces, with a pause between them.
        merge: It waits, and what comes next arrives with it in one piece.
        burst: A run of random bytes comes before it.
        foreign: A whole frame of another device comes before it.
        wrong_speed: Every byte of it is garbled, as between two ends of different speeds.
    """

    drop: int = 0
    double: int = 0
    flip: int = 0
    insert: int = 0
    cut_short: int = 0
    delay: int = 0
    split: int = 0
    merge: int = 0
    burst: int = 0
    foreign: int = 0
    wrong_speed: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is ever damaged."""
        return not (
            self.drop
            or self.double
            or self.flip
            or self.insert
            or self.cut_short
            or self.delay
            or self.split
            or self.merge
            or self.burst
            or self.foreign
            or self.wrong_speed
        )

    def on(self, data: bytes, dice: random.Random) -> list[Piece]:
        """What becomes of one chunk: the pieces that arrive, in order; none when it is lost."""
        if self.is_quiet:
            return [Piece(data)]

        def strikes(rate: int) -> bool:
            return rate > 0 and dice.randrange(THOUSAND) < rate

        if strikes(self.drop):
            return []
        data = self._spoilt(data, dice)
        if not data:
            return []
        late_ms = dice.choice(DELAY_MS) if strikes(self.delay) else 0
        joins = strikes(self.merge)
        pieces = [Piece(data, late_ms + MERGE_MS if joins else late_ms, joins_next=joins)]
        if strikes(self.split) and len(data) > 1:
            at = dice.randrange(1, len(data))
            pieces = [Piece(data[:at], late_ms), Piece(data[at:], dice.choice(SPLIT_MS))]
        if strikes(self.double):
            pieces.append(Piece(data))
        return pieces

    def _spoilt(self, data: bytes, dice: random.Random) -> bytes:
        """The chunk with its bytes damaged, and with what got before it."""
        if not data:
            return data
        if self.wrong_speed and dice.randrange(THOUSAND) < self.wrong_speed:
            return dice.randbytes(len(data))
        if self.flip and dice.randrange(THOUSAND) < self.flip:
            at = dice.randrange(len(data))
            data = data[:at] + bytes((data[at] ^ (1 << dice.randrange(8)),)) + data[at + 1 :]
        if self.insert and dice.randrange(THOUSAND) < self.insert:
            at = dice.randrange(len(data) + 1)
            data = data[:at] + dice.randbytes(1) + data[at:]
        if self.cut_short and dice.randrange(THOUSAND) < self.cut_short:
            data = data[: dice.randrange(len(data))]
        if self.foreign and dice.randrange(THOUSAND) < self.foreign:
            data = dice.choice(FOREIGN) + data
        if self.burst and dice.randrange(THOUSAND) < self.burst:
            data = dice.randbytes(dice.randrange(1, BURST_BYTES + 1)) + data
        return data


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that arrive together, so many milliseconds later than they should; ``joins_next``: what follows joins them."""

    data: bytes
    late_ms: int = 0
    joins_next: bool = False


class DamagedWay:
    """One direction of a line: what is put in comes out damaged and late, always in order; times in milliseconds."""

    def __init__(self, dice: random.Random) -> None:
        """A good cable."""
        self.noise = Noise()
        self._dice = dice
        self._waiting: deque[tuple[int, Piece]] = deque()

    def put(self, data: bytes, now_ms: int) -> None:
        """One chunk goes on its way."""
        if not data:
            return
        for piece in self.noise.on(data, self._dice):
            last = self._waiting[-1] if self._waiting else None
            if last is not None and last[1].joins_next:
                self._waiting[-1] = (
                    last[0],
                    Piece(last[1].data + piece.data, 0, joins_next=piece.joins_next),
                )
                continue
            at_ms = max(now_ms, last[0] if last else 0) + piece.late_ms
            self._waiting.append((at_ms, piece))

    def due(self, now_ms: int) -> list[bytes]:
        """Take the pieces whose time has come."""
        pieces = []
        while self._waiting and self._waiting[0][0] <= now_ms:
            pieces.append(self._waiting.popleft()[1].data)
        return pieces

    @property
    def wake_at_ms(self) -> int | None:
        """When the next piece is due."""
        return self._waiting[0][0] if self._waiting else None

    def clear(self) -> None:
        """Forget what is on its way."""
        self._waiting.clear()
