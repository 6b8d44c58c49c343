"""Inserted values that cannot turn or hide the text around them.

A name between two sentences of another direction would drag punctuation and prices with it, and one with an override mark
could show another price. So every inserted value is stripped of marks and fenced with a first-strong isolate, which is also
the one mark that the receipt printer keeps.

Source: Unicode Standard Annex 9, sections 2.4 and 2.5 (isolates), 6.3 (isolating inserted text).
"""

from __future__ import annotations

import unicodedata
from typing import Final

FSI: Final = "\u2068"
"""Begins a stretch whose direction its own first letter decides."""
PDI: Final = "\u2069"
"""Ends it."""
RLM: Final = "\u200f"
"""An invisible right-to-left letter."""
LRM: Final = "\u200e"
"""An invisible left-to-right letter."""

_JOINERS: Final = frozenset(
    "\u200c\u200d"
)  # the half-space and the joiner are spelling in Persian and Arabic


class Isolated(str):
    """Text that is fenced already; `isolate` made it."""

    __slots__ = ()


def strip_marks(text: str) -> str:
    """``text`` without direction marks, control characters and unassigned or private letters; breaks become blanks.

    Half-spaces stay: they are part of Persian spelling.
    """
    if text.isprintable():  # no mark, no control character and no break is: most texts, and quickly
        return text
    kept: list[str] = []
    for char in text:
        kind = unicodedata.category(char)
        if char in "\n\r\t\u2028\u2029":
            kept.append(" ")
        elif char in _JOINERS or kind not in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            kept.append(char)
    return "".join(kept)


def isolate(text: str) -> Isolated:
    """``text`` stripped of marks and fenced, so that it stands in any sentence as one block."""
    if isinstance(text, Isolated):
        return text
    return Isolated(f"{FSI}{strip_marks(text)}{PDI}")


def isolate_trusted(text: str) -> Isolated:
    """Fence text that we composed ourselves and whose marks are meant."""
    return Isolated(f"{FSI}{text}{PDI}")
