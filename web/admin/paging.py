"""Long lists in parts: so many rows at once, and the address says which part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import flask

ROWS_AT_ONCE: Final = 30
"""Rows of a list in which each has something to press or to read: some six screens of a phone."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """One part of a list.

    Attributes:
        rows: Its rows.
        first: The number of its first row, from 1; 0 for an empty list.
        of: Rows of the whole list.
        number: Which part it is, from 1.
    """

    rows: Sequence[Row]
    first: int
    of: int
    number: int

    @property
    def last(self) -> int:
        """The number of its last row."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def has_more(self) -> bool:
        """Whether there is a part behind it."""
        return self.last < self.of

    @property
    def is_whole(self) -> bool:
        """Whether the list is no longer than this."""
        return len(self.rows) == self.of


def asked_part() -> int:
    """The number of the part that the address asks for; what is no number is the first."""
    text = flask.request.args.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


def part_of(rows: Sequence[Row]) -> Part[Row]:
    """The part that the address asks for; behind the end the last one, because lists of things to do grow shorter."""
    number = min(asked_part(), max(1, -(-len(rows) // ROWS_AT_ONCE)))
    start = (number - 1) * ROWS_AT_ONCE
    return Part(rows[start : start + ROWS_AT_ONCE], start + 1 if rows else 0, len(rows), number)
