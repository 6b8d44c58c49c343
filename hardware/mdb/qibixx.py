"""The text lines of the Qibixx MDB-USB and MDB-Pi-Hat: ``R,<command>[,<data>]`` to the box, ``p,<hex>`` from it.

The box does sums, mode bit and acknowledgement, and the kiosk says when to poll. The card reader is driven by the same generic
exchanges as changer and validator (not by the box's own ``D`` mode), so that both adapters share one cashless machine.

Source: public clients of the box (bezumnui/pyMDBTerminal and others, see README.md). Which letter answers ``R`` is not sure: a
line of any single letter with hex, ACK or NACK behind the first comma is taken as the answer.
"""

from __future__ import annotations

import re
from typing import Final

from hardware.mdb.frames import MAX_BLOCK
from hardware.mdb.link import Answer, Fits, Heard, LineReader, Note

REPLY_MS: Final = 700
"""An exchange takes 5 ms, a silent peripheral as long as RESPTIMEOUT. The rest is for a slow line: an answer that we do not wait
for is lost, because the box has acknowledged it."""

PATIENCE_MS: Final = 100
"""How long the box waits for a peripheral: 5 ms by the specification, 20 ms by its best practice, the rest for bad ones."""

ENDING: Final = b"\n"
"""Some firmware is driven with CR LF; the box takes both."""

ACKNOWLEDGED, UNANSWERED = "ACK", "NACK"
_ANSWER: Final = re.compile(r"p,(ACK|NACK|(?:[0-9A-Fa-f]{2}){1,36})")
_ORDER: Final = re.compile(r"R,([0-9A-Fa-f]{2})(?:,((?:[0-9A-Fa-f]{2}){1,34}))?")


def order_line(block: bytes, ending: bytes = ENDING) -> bytes:
    """The line that makes the box send ``block``."""
    data = f",{block[1:].hex().upper()}" if len(block) > 1 else ""
    return f"R,{block[:1].hex().upper()}{data}".encode("ascii") + ending


def read_order(line: str) -> bytes | None:
    """The block that an ``R`` line asks for; None when it is none."""
    found = _ORDER.fullmatch(line)
    return None if found is None else bytes.fromhex(found[1] + (found[2] or ""))


def answer_line(data: bytes | None) -> bytes:
    """The box's line for an answer's content; None when nobody answered."""
    text = UNANSWERED if data is None else data.hex().upper() or ACKNOWLEDGED
    return f"p,{text}\r\n".encode("ascii")


def read_answer(line: str) -> Answer | None:
    """What a box's line says about an exchange; None when it says something else."""
    found = _ANSWER.fullmatch(line)
    if found is None:
        return None
    if found[1] == UNANSWERED:
        return Answer(None)
    return Answer(b"" if found[1] == ACKNOWLEDGED else bytes.fromhex(found[1]))


class QibixxLink:
    """A `hardware.mdb.link.Link` over this box as generic master.

    Attributes:
        asks: How the lines begin that it ever says.
    """

    asks = frozenset({b"V", b"F,RESPTIMEOUT,", b"M,1", b"R,"})
    reply_ms = REPLY_MS

    def __init__(self, ending: bytes = ENDING) -> None:
        self._ending = ending
        self._reader = LineReader()
        self._refused = 0
        self.opening = tuple(
            text.encode("ascii") + ending for text in ("V", f"F,RESPTIMEOUT,{PATIENCE_MS}", "M,1")
        )

    @property
    def dropped(self) -> int:
        """Bytes so far that made no line of any meaning."""
        return self._reader.dropped + self._refused

    def order(self, block: bytes) -> bytes:
        """The line for ``block``."""
        return order_line(block, self._ending)

    def receive(self, data: bytes, now_ms: int, fits: Fits | None) -> tuple[Heard, ...]:
        """Answers, and lines of the box itself. Whoever waits judges what an answer holds: nothing else can have said it."""
        heard: list[Heard] = []
        for raw in self._reader.receive(data, now_ms):
            line = raw.decode("ascii", "replace").strip()
            answer = read_answer(line)
            if answer is not None and (fits is None or answer.data is None or len(answer.data) < MAX_BLOCK):
                heard.append(answer)
            elif len(line) > 1 and line[0].isalpha() and line[1] == ",":
                heard.append(Note(line))
            else:
                self._refused += len(raw)
        return tuple(heard)
