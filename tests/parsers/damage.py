"""What a bad line does to bytes: each kind of damage by name, drawn from a seed, one transmission at a time."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """One kind of damage to one transmission."""

    FLIP = "flip"
    DROP = "drop"
    DOUBLE_BYTE = "double_byte"
    DOUBLE_FRAME = "double_frame"
    INSERT = "insert"
    SPLIT = "split"
    MERGE = "merge"
    LOSE = "lose"
    CUT = "cut"
    ADDRESS = "address"
    SPEED = "speed"
    NOISE = "noise"


HARMLESS: Final = frozenset({Kind.SPLIT})
"""Nothing is lost or changed: a reader must not even notice."""

LINE_KINDS: Final = tuple(Kind)
SPEEDS: Final = ((1, 2), (2, 1), (3, 4), (4, 3), (9, 10), (20, 21))
"""How much slower or faster the listener's clock runs; the last two are crystals that have drifted apart."""

HELD_MOST: Final = 512
"""Bytes that a merge may hold back; more than any answer."""

Readdress = Callable[[bytes, random.Random], bytes]


def resampled(data: bytes, faster: int, slower: int) -> bytes:
    """``data`` sent as 8N1 and heard by a listener whose clock runs ``faster / slower`` as quick as the sender's."""
    line = [1, 1]
    for byte in data:
        line += [0, *(byte >> bit & 1 for bit in range(8)), 1]
    line += [1] * 12
    bits = [line[index * slower // faster] for index in range(len(line) * faster // slower)]
    heard = bytearray()
    at = 0
    while at + 10 <= len(bits):
        if bits[at]:
            at += 1
            continue
        heard.append(sum(bit << place for place, bit in enumerate(bits[at + 1 : at + 9])))
        at += 10
    return bytes(heard)


class Damage:
    """Spoils a share of what passes. Call it with a transmission; it gives the pieces that arrive instead.

    Args:
        chance: The only source of chance.
        share_pct: How many transmissions of a hundred are spoilt.
        kinds: The kinds to choose from.
        readdress: Makes a whole, well checked frame of another device out of one of ours; None where frames have no address.

    Attributes:
        passed: Transmissions so far, good ones included.
        counts: How often each kind struck.
    """

    def __init__(
        self,
        chance: random.Random,
        share_pct: int,
        kinds: Sequence[Kind] = LINE_KINDS,
        readdress: Readdress | None = None,
    ) -> None:
        self._chance = chance
        self._readdress = readdress
        self._share_pct = share_pct
        self._kinds = [kind for kind in kinds if kind is not Kind.ADDRESS or readdress is not None]
        # One listener has one clock: a wrong speed stays the same wrong speed, so that its damage repeats exactly.
        self._speed = chance.choice(SPEEDS)
        self._held = b""
        self.passed = 0
        self.counts: Counter[Kind] = Counter()

    @property
    def damaged(self) -> int:
        """Transmissions that did not arrive as they were sent."""
        return sum(self.counts.values())

    def heal(self) -> None:
        """Let everything pass from now on."""
        self._share_pct = 0
        self._held = b""

    def __call__(self, data: bytes) -> Sequence[bytes]:
        """The pieces that arrive for ``data``."""
        self.passed += 1
        data, self._held = self._held + data, b""
        if not data or not self._kinds or self._chance.randrange(100) >= self._share_pct:
            return (data,)
        kind = self._chance.choice(self._kinds)
        self.counts[kind] += 1
        return [piece for piece in self._spoilt(kind, data) if piece]

    def _spoilt(self, kind: Kind, data: bytes) -> Sequence[bytes]:
        """Damage to how a transmission arrives; damage to its bytes is `_changed`."""
        at = self._chance.randrange(len(data))
        match kind:
            case Kind.DOUBLE_FRAME:
                return (data, data)
            case Kind.SPLIT:
                return (data[:at], data[at:])
            case Kind.MERGE:
                self._held = data[-HELD_MOST:]
                return ()
            case Kind.LOSE:
                return ()
            case Kind.CUT:
                return (data[:at],)
            case Kind.NOISE:
                return (self._chance.randbytes(self._chance.randint(1, 40)), data)
            case _:
                return (self._changed(kind, data, at),)

    def _changed(self, kind: Kind, data: bytes, at: int) -> bytes:
        chance = self._chance
        match kind:
            case Kind.DROP:
                return data[:at] + data[at + chance.randint(1, 3) :]
            case Kind.DOUBLE_BYTE:
                return data[: at + 1] + data[at:]
            case Kind.INSERT:
                return data[:at] + chance.randbytes(chance.randint(1, 3)) + data[at:]
            case Kind.SPEED:
                return resampled(data, *self._speed)
            case Kind.ADDRESS if self._readdress is not None:
                return self._readdress(data, chance)
            case _:
                spoilt = bytearray(data)
                for _ in range(chance.randint(1, 4)):
                    spoilt[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                return bytes(spoilt)
