"""What can be wrong between a simulated device and its host on a serial line, in one place for all buses.

A fault strikes every third answer: often enough to be met, seldom enough that a host's next tries get through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MUTE, LOST_REPLY, CORRUPT_BYTE, HALF_FRAME, NOISE, SLOW_BOOT = (
    "mute",
    "lost_reply",
    "corrupt_byte",
    "half_frame",
    "noise",
    "slow_boot",
)
LINE_FAULTS: Final = (MUTE, LOST_REPLY, CORRUPT_BYTE, HALF_FRAME, NOISE, SLOW_BOOT)
"""Names of the faults that every device on a bus has."""

LOST_REPLIES: Final = 3
"""How many answers "lost_reply" swallows before it turns itself off."""

EVERY: Final = 3
"""Every so many answers a fault of the line strikes."""


def spoilt(raw: bytes, answered: int, faults: Mapping[str, bool], noise: bytes) -> bytes:
    """Answer number ``answered`` (from 1) as it leaves the line.

    Args:
        raw: The answer as the device said it, at least one byte.
        answered: How many answers there were, this one included.
        faults: Which faults are on.
        noise: What "noise" puts before an answer: never a frame of this wire.
    """
    if answered % EVERY:
        return raw
    strike = answered // EVERY
    if faults[HALF_FRAME]:
        raw = raw[: len(raw) // 2]
    if faults[CORRUPT_BYTE]:
        at = strike % len(raw)
        raw = raw[:at] + bytes((raw[at] ^ (1 << strike % 8),)) + raw[at + 1 :]
    if faults[NOISE]:
        raw = noise + raw
    return raw
