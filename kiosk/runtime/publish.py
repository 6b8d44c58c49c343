"""The screen as published: one value, replaced by the till thread, waited for by the pages."""

from __future__ import annotations

from dataclasses import replace
from threading import Condition

from kiosk.core.screen import Screen


class Publisher:
    """Holds the last screen and wakes those who wait for the next."""

    def __init__(self) -> None:
        """Nothing is published yet."""
        self._changed = Condition()
        self._screen: Screen | None = None
        self._is_closed = False
        self.seen_stream = 0
        self.seen_ms = 0

    def publish(self, screen: Screen) -> None:
        """Replace the screen if it says something new; its stream number rises then."""
        with self._changed:
            last = self._screen
            if last is not None and replace(screen, stream=last.stream, now_ms=last.now_ms) == last:
                return
            self._screen = replace(screen, stream=last.stream + 1 if last else 1)
            self._changed.notify_all()

    def screen(self, timeout_ms: int = 10_000) -> Screen:
        """The last screen; waits for the first one.

        Raises:
            TimeoutError: The till published nothing in time, or ended before it did.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._screen is not None, timeout_ms / 1000)
            if self._screen is None:
                raise TimeoutError("the till has not published a screen")
            return self._screen

    @property
    def shown(self) -> Screen | None:
        """The last screen, without waiting; None before the first."""
        return self._screen

    def wait(self, after: int, timeout_ms: int) -> Screen | None:
        """The first screen after stream number ``after``, or None after ``timeout_ms`` or when closed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_closed or (self._screen is not None and self._screen.stream > after),
                timeout_ms / 1000,
            )
            if self._is_closed or self._screen is None or self._screen.stream <= after:
                return None
            return self._screen

    def acknowledge(self, stream: int, now_ms: int) -> None:
        """Somebody drew the screen of ``stream``."""
        with self._changed:
            if self._screen is not None and stream <= self._screen.stream:
                self.seen_stream = max(self.seen_stream, stream)
                self.seen_ms = now_ms

    @property
    def is_closed(self) -> bool:
        """Whether the till has stopped publishing."""
        return self._is_closed

    def close(self) -> None:
        """Wake everybody; nothing more will come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
