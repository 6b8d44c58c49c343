"""Who is on a bus, and at which address: the address poll, which every device answers and none is moved by.

All devices hear the question at once. Each answers with one bare byte, its address, after 4 ms for each step of its address, so
that the whole bus has spoken after a second. Two devices at one address speak at the same moment and usually sound like one;
`clash_question` asks that address alone, and there each answers after a delay of chance.

Some adapters hide the echo; it is cut off where it is found.

Source: ccTalk Generic Specification 4.7, part 2, headers 252 and 253.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hardware.cctalk.frames import HOST, Check, Frame, encode
from hardware.cctalk.messages import Header

EVERYBODY = 0
"""The address that reaches every device."""
SLAVES = range(2, 256)
"""Addresses of slaves: 0 is everybody, 1 is the host."""
POLL_MS = 1200
"""When the last device (address 255, after 1020 ms) has certainly answered an address poll."""
CLASH_MS = 1200
"""When every device at one address (within 1024 ms) has certainly answered."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: the addresses that answered, rising, and those that answered more than once."""

    addresses: tuple[int, ...]
    clashing: tuple[int, ...]


def poll_question(check: Check = Check.SUM) -> bytes:
    """The bytes to send; then listen for `POLL_MS`."""
    return encode(Frame(EVERYBODY, HOST, Header.ADDRESS_POLL), check)


def clash_question(address: int, check: Check = Check.SUM) -> bytes:
    """The bytes to send to one address; then listen for `CLASH_MS`. Worth asking three times.

    Raises:
        hardware.sansio.WireError: The address does not fit a byte.
    """
    return encode(Frame(address, HOST, Header.ADDRESS_CLASH), check)


def heard_in(received: bytes, question: bytes) -> Heard:
    """Read what was received after ``question``; bytes that are no slave's address are noise and left out."""
    before, echo, after = received.partition(question)
    voices = Counter(byte for byte in (after if echo else before) if byte in SLAVES)
    return Heard(tuple(sorted(voices)), tuple(sorted(address for address, qty in voices.items() if qty > 1)))
