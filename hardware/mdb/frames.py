"""Blocks on the MDB bus: bytes with a sum at the end, or one of three single bytes without.

Source: MDB/ICP 4.2, section 2 (block format, sum, length). The ninth bit is the adapter's business: a lone ``00`` that carries
it is an ACK, and one that does not is the first byte of a block.
"""

from __future__ import annotations

from typing import Final

from hardware.sansio import WireError

MAX_BLOCK: Final = 36
"""Bytes of the longest block, its sum included (section 2.2)."""

ACK: Final = b""
"""An answer without data."""

ACK_BYTE, RET_BYTE, NAK_BYTE = 0x00, 0xAA, 0xFF


def checksum(data: bytes) -> int:
    """The sum of all bytes, modulo 256."""
    return sum(data) & 0xFF


def seal(data: bytes) -> bytes:
    """Put the sum behind ``data``.

    Raises:
        WireError: Nothing to send, or too long for a block.
    """
    if not 1 <= len(data) < MAX_BLOCK:
        raise WireError(f"an MDB block carries 1 to {MAX_BLOCK - 1} bytes, not {len(data)}")
    return data + bytes((checksum(data),))


def unseal(block: bytes) -> bytes | None:
    """The bytes before the sum; None when it does not fit, or the block is too short or too long."""
    if not 2 <= len(block) <= MAX_BLOCK or checksum(block[:-1]) != block[-1]:
        return None
    return block[:-1]


def address_of(command: int) -> int:
    """The peripheral that a command byte is for: its upper five bits."""
    return command & 0xF8
