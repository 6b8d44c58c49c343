"""Virtual time: it moves when the world moves it; the wall clock can be set under the kiosk, as a battery or a person would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

OPENING: Final = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
"""The first morning of every simulated market; a date of no meaning, so that equal seeds give equal bytes."""

US_PER_MS: Final = 1_000


class SimClock:
    """A `kiosk.runtime.clock.Clock` in microseconds of virtual time.

    The monotonic clock begins anew at each `restart`, as a machine's does at each boot.
    """

    def __init__(self) -> None:
        """It is the first morning, and nothing has begun."""
        self.now_us = 0
        self._booted_us = 0
        self._wall_offset = timedelta()
        self._stopped_wall: datetime | None = None

    def now_ms(self) -> int:
        """Monotonic milliseconds since the machine was powered."""
        return (self.now_us - self._booted_us) // US_PER_MS + 1

    def us_of(self, kiosk_ms: int) -> int:
        """The world's time of a reading of `now_ms`."""
        return self._booted_us + (kiosk_ms - 1) * US_PER_MS

    def world_ms(self) -> int:
        """Milliseconds since the world began: the devices' own time, which no restart of the kiosk touches."""
        return self.now_us // US_PER_MS

    def wall(self) -> datetime:
        """What the kiosk's wall clock shows."""
        if self._stopped_wall is not None:
            return self._stopped_wall
        return OPENING + timedelta(microseconds=self.now_us // US_PER_MS * US_PER_MS) + self._wall_offset

    def restart(self) -> None:
        """The machine was powered: monotonic time begins anew."""
        self._booted_us = self.now_us

    def step_wall(self, seconds: int) -> None:
        """Set the wall clock by so much."""
        self._wall_offset += timedelta(seconds=seconds)

    def stop_wall(self, *, is_stopped: bool) -> None:
        """Let the wall clock stand still, or go on from where it stood."""
        if is_stopped:
            self._stopped_wall = self.wall()
        elif self._stopped_wall is not None:
            shown, self._stopped_wall = self._stopped_wall, None
            self._wall_offset += shown - self.wall()

    def true_wall(self) -> datetime:
        """What a good clock would show."""
        return OPENING + timedelta(microseconds=self.now_us)
