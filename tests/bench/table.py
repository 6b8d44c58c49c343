"""What a bench says: rows with an anchor and a goal beside each figure. A goal missed is said, and changes no exit code."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

PROGRESS_SECONDS: Final = 2.0
"""A long step says how far it is this often."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        name: Which goal it belongs to, as `tests.bench.__main__.PARTS` lists them.
        what: What was measured.
        value: The figure as text, with its unit.
        anchor: What it is compared with, measured in the same run.
        goal: What we aim for; empty for figures that only stand beside a goal.
        is_met: Whether the figure meets the goal; None without a goal.
    """

    name: str
    what: str
    value: str
    anchor: str = ""
    goal: str = ""
    is_met: bool | None = None

    @property
    def verdict(self) -> str:
        """In words."""
        if self.is_met is None:
            return ""
        return "meets goal" if self.is_met else "misses goal"


def show(rows: Sequence[Row]) -> str:
    """The table as text, one line per row."""
    cells = [("", "what", "measured", "anchor, same run", "goal", "verdict")]
    cells += [(row.name, row.what, row.value, row.anchor, row.goal, row.verdict) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


class Progress:
    """Tells on stderr how far a long step is and how long it still takes."""

    def __init__(self, what: str, most: int) -> None:
        """Begin a step of ``most`` parts."""
        self._what = what
        self._most = most
        self._began = self._told = time.monotonic()
        print(f"bench: {what} ...", file=sys.stderr, flush=True)

    def at(self, done: int) -> None:
        """``done`` parts are behind us."""
        now = time.monotonic()
        if now - self._told < PROGRESS_SECONDS or not done:
            return
        self._told = now
        left_seconds = (now - self._began) / done * (self._most - done)
        print(
            f"bench: {self._what}: {done:,} of {self._most:,}, {left_seconds:.0f} s to go",
            file=sys.stderr,
            flush=True,
        )


def percentile(values: Iterable[float], pct: int) -> float:
    """The value below which ``pct`` of a hundred lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * pct // 100) - 1)]


def median_ratio(ours: Sequence[float], anchor: Sequence[float]) -> tuple[float, float, float]:
    """Median of the pairwise ratios anchor / ours, and its lower and upper quartile."""
    ratios = [theirs / mine for mine, theirs in zip(ours, anchor, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return middle, low, high
