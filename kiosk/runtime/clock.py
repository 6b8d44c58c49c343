"""Time, read in one place and handed down."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

from kiosk.core.draft import Stamp


class Clock(Protocol):
    """Wall time and monotonic time; tests pass their own."""

    def now_ms(self) -> int:
        """Monotonic milliseconds."""

    def wall(self) -> datetime:
        """UTC, aware."""


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        """Monotonic milliseconds."""
        return time.monotonic_ns() // 1_000_000

    def wall(self) -> datetime:
        """UTC, aware."""
        return datetime.now(UTC)


def at_text(wall: datetime) -> str:
    """Wall time as the journal writes it: UTC, milliseconds, sortable."""
    return wall.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{wall.microsecond // 1000:03d}Z"


def parse_at(text: str) -> datetime:
    """The time that `at_text` wrote."""
    return datetime.fromisoformat(text)


def stamp_of(clock: Clock, *, not_before: str = "") -> Stamp:
    """Now; ``time_ok`` is False when the wall clock stands before the journal's last entry."""
    at = at_text(clock.wall())
    return Stamp(at=at, now_ms=clock.now_ms(), time_ok=at >= not_before)
