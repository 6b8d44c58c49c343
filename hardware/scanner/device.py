"""The scanner's end of the wire: it sends what its window saw, when it saw it, and listens to nobody."""

from __future__ import annotations

from collections import deque
from typing import Final

MAX_WAITING: Final = 64
"""Most transmissions that wait: far more than a hand can scan; beyond it the newest is lost."""


class ScannerDevice:
    """Puts bytes on the wire at their times."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._out = bytearray()

    @property
    def wake_at_ms(self) -> int | None:
        """When the next bytes leave."""
        return self._waiting[0][0] if self._waiting else None

    def send(self, data: bytes, at_ms: int) -> None:
        """Send ``data`` at ``at_ms``, or behind what already waits if that is later."""
        if len(self._waiting) < MAX_WAITING:
            latest_ms = self._waiting[-1][0] if self._waiting else at_ms
            self._waiting.append((max(at_ms, latest_ms), data))

    def forget(self) -> None:
        """Drop what has not left: a power cut."""
        self._waiting.clear()
        self._out.clear()

    def receive(self, data: bytes, now_ms: int) -> None:
        """Ignore what the host says: this scanner has no trigger commands."""

    def tick(self, now_ms: int) -> None:
        """Let go what is due."""
        while self._waiting and self._waiting[0][0] <= now_ms:
            self._out += self._waiting.popleft()[1]

    def bytes_to_send(self) -> bytes:
        """Drain what goes on the wire now."""
        data = bytes(self._out)
        self._out.clear()
        return data
