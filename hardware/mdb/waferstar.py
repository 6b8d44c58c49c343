"""The Waferstar MDB-RS232 boxes: raw blocks without their sum to the box, lines of hex with blanks from it.

A line is the answer to our order, with its sum; or, unasked, what a peripheral said when the box polled it by itself: then it
begins with the peripheral's address and has no sum. Nothing says which of the two a line is, so both readings are tried.

Source: public clients of these boxes, see README.md.
"""

from __future__ import annotations

import re
from typing import Final

from hardware.mdb.frames import unseal
from hardware.mdb.link import Answer, Fits, Heard, LineReader, Report
from hardware.mdb.messages import (
    ADDRESSES,
    CHANGER,
    VALIDATOR,
    read_changer_events,
    read_validator_events,
)

REPLY_MS: Final = 500
"""Clients use 300 ms; the longest answer takes 120 ms on this line, and a late one must not be taken for the next one's."""

BOX_POLL_MS: Final = 100
"""How often the box polls each peripheral, about."""

_LINE: Final = re.compile(rb"(?:[0-9A-Fa-f]{2} +)*[0-9A-Fa-f]{2} *")
_ONE_BYTE_ANSWERS: Final = {0x00: b"", 0xFF: None}
"""ACK and NAK carry no sum."""


def line_of(data: bytes) -> bytes:
    """Bytes as the box writes them."""
    return data.hex(" ").upper().encode("ascii") + b" \r\n"


def answer_line(sealed: bytes) -> bytes:
    """The box's line for an answer with its sum; ``00`` for ACK."""
    return line_of(sealed)


def report_line(address: int, data: bytes) -> bytes:
    """The box's unasked line for what the peripheral at ``address`` said."""
    return line_of(bytes((address,)) + data)


def read_line(line: bytes) -> bytes | None:
    """The bytes of a line; None when it is no hex."""
    return bytes.fromhex(line.decode("ascii")) if _LINE.fullmatch(line) else None


class WaferstarLink:
    """A `hardware.mdb.link.Link` over this box."""

    reply_ms = REPLY_MS

    def __init__(self) -> None:
        self._reader = LineReader()
        self._refused = 0
        self.opening: tuple[bytes, ...] = ()

    @property
    def dropped(self) -> int:
        """Bytes so far that made no line of any meaning."""
        return self._reader.dropped + self._refused

    def order(self, block: bytes) -> bytes:
        """The bytes for ``block``: itself."""
        return block

    def receive(self, data: bytes, now_ms: int, fits: Fits | None) -> tuple[Heard, ...]:
        """Answers and unasked reports."""
        heard: list[Heard] = []
        for raw in self._reader.receive(data, now_ms):
            found = _read(raw, fits)
            if found is None:
                self._refused += len(raw)
            else:
                heard.append(found)
        return tuple(heard)


def _read(raw: bytes, fits: Fits | None) -> Heard | None:
    """A line that fits as the answer we wait for is that; else it may be a report."""
    line = read_line(raw)
    if line is None:
        return None
    if fits is not None:
        if len(line) == 1 and line[0] in _ONE_BYTE_ANSWERS:
            return Answer(_ONE_BYTE_ANSWERS[line[0]])
        content = unseal(line)
        if content is not None and fits(content):
            return Answer(content)
    address, said = line[0], line[1:]
    if address in ADDRESSES and said and _is_report(address, said):
        return Report(address, said)
    return None


def _is_report(address: int, said: bytes) -> bool:
    """Whether this can be what a peripheral says when it is polled; readers of cards are judged by their own machine."""
    match address:
        case _ if address == CHANGER:
            return not read_changer_events(said)[1]
        case _ if address == VALIDATOR:
            return not read_validator_events(said)[1]
        case _:
            return True
