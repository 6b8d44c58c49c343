"""What of a text may reach the paper: no control bytes, no marks that reorder its neighbours, no endless
values.

A receipt is an interpreter for whoever can write its text: a product name with printer commands inside could
open a drawer, one with an override mark could show another price. So every value passes here, and commands
come from templates alone.

Source: Unicode Standard Annex 9 (bidirectional algorithm), sections 2.1 to 2.4, for the marks.
"""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_TEXT: Final = 240
"""Longest value in characters: five full lines of an 80 mm receipt; nothing honest on a receipt is longer."""

MAX_PARTS: Final = 300
"""Most parts of one document: about two metres of paper."""

MAX_QR_BYTES: Final = 600
"""Longest QR payload: version 22 at level M, still readable in 4-dot modules on 80 mm paper."""

_OPENING: Final = frozenset("\u2066\u2067\u2068")
_POP_ISOLATE: Final = "\u2069"
_EMBEDDING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e")
_BREAKS: Final = frozenset("\t\n\x0b\x0c\r\x85\u2028\u2029")
_TYPEWRITER: Final = {
    **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u2018\u2019", "'"),
    **dict.fromkeys("\u201c\u201d", '"'),
    **dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-"),
    "…": "...",
}
# Cc control, Cs half of a pair, Co private use (a font may draw anything there), Cn unassigned.
_UNPRINTABLE: Final = frozenset(("Cc", "Cs", "Co", "Cn"))


def printable(text: str, limit: int = MAX_TEXT) -> str:
    """Return ``text`` without anything that could command a printer or reorder a neighbour.

    Line breaks become blanks; control characters, embeddings and overrides vanish. Isolates stay where they
    are balanced: they are how a caller fences an inserted value, and cannot turn what stands outside them; a
    name that could close its caller's fence has to be cleaned before it is inserted. Text over ``limit``
    characters ends in an ellipsis.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    kept: list[str] = []
    open_isolates = 0
    for char in text:
        if char in _OPENING:
            open_isolates += 1
            kept.append(char)
        elif char == _POP_ISOLATE:
            if open_isolates:
                open_isolates -= 1
                kept.append(char)
        elif char in _BREAKS:
            kept.append(" ")
        elif char not in _EMBEDDING and unicodedata.category(char) not in _UNPRINTABLE:
            kept.append(char)
    return "".join(kept) + _POP_ISOLATE * open_isolates


def plain(text: str) -> str:
    """Return printable ``text`` for a printer's own characters: no invisible marks, a typewriter's blanks, quotes,
    dashes and dots.
    """
    return "".join(
        _TYPEWRITER.get(char, char) for char in printable(text) if unicodedata.category(char) != "Cf"
    )


def qr_fits(data: str) -> bool:
    """Whether a receipt's QR code may carry ``data``: printable as it is, not empty, short enough to be read."""
    is_printable = data == printable(data, limit=len(data) + 1)
    return is_printable and 0 < len(data.encode()) <= MAX_QR_BYTES
