"""Where one code ends and the next begins: CR, LF, CR LF, or a gap on the line.

A serial scanner (USB CDC or RS-232) sends a code as text and ends it with a suffix that its installer chose;
one without a suffix is told from the next by the pause between two scans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GAP_MS: Final = 100
"""A pause this long ends a code without suffix: 128 characters at 9600 baud take 134 ms without any pause
inside."""

LONGEST: Final = 128
"""Most bytes of a code; our choice. A GS1-128 symbol holds 48 characters, and a web address fits."""

_ENDS = b"\r\n"


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan as it came: ``data`` without its end; ``size`` in bytes, more than ``data`` has when it was
    cut off.

    ``at_ms`` is when its last byte came.
    """

    data: bytes
    size: int
    at_ms: int

    @property
    def is_too_long(self) -> bool:
        """Whether bytes were thrown away."""
        return self.size > len(self.data)


class ScanReader:
    """Cuts a stream into scans; keeps at most ``longest`` bytes, and throws away the rest of a longer
    code.
    """

    def __init__(self, gap_ms: int = GAP_MS, longest: int = LONGEST) -> None:
        self._gap_ms = gap_ms
        self._longest = longest
        self._held = bytearray()
        self._size = 0
        self._last_ms = 0

    @property
    def due_ms(self) -> int | None:
        """When a pause will have ended the code that is arriving; None between codes."""
        return self._last_ms + self._gap_ms if self._size else None

    def feed(self, data: bytes, now_ms: int) -> tuple[Scan, ...]:
        """Take bytes that arrived at ``now_ms`` and give the scans that they end, oldest first."""
        scans = list(self.expire(now_ms))
        for byte in data:
            if byte in _ENDS:
                scans += self._end(now_ms)
            else:
                self._size += 1
                self._last_ms = now_ms
                if len(self._held) < self._longest:
                    self._held.append(byte)
        return tuple(scans)

    def expire(self, now_ms: int) -> tuple[Scan, ...]:
        """Give the code that a pause ended."""
        if self._size and now_ms - self._last_ms >= self._gap_ms:
            return self._end(self._last_ms)
        return ()

    def _end(self, at_ms: int) -> tuple[Scan, ...]:
        if not self._size:
            return ()  # the LF of CR LF, or a suffix with no code
        scan = Scan(bytes(self._held), self._size, at_ms)
        self._held.clear()
        self._size = 0
        return (scan,)
