"""How often somebody may try: a sliding minute per person and for everybody together."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

EVERYBODY: Final = ""
PEOPLE_MOST: Final = 2_000
"""People remembered at once; the longest silent is forgotten first, the limit for everybody still holds."""


class TooManyTriesError(RuntimeError):
    """Too many tries in a short time; wait a little and try again."""


class Tries:
    """Counts tries within ``span_ms``: at most ``each`` per person, ``together`` in all. Safe for several threads."""

    def __init__(self, *, each: int, together: int, span_ms: int, now_ms: Callable[[], int]) -> None:
        self._limits = {False: each, True: together}
        self._span_ms = span_ms
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._times: OrderedDict[str, deque[int]] = OrderedDict()

    def check(self, person: str) -> None:
        """Refuse whoever has used up their tries.

        Raises:
            TooManyTriesError: This person, or everybody together, tried too often.
        """
        with self._lock:
            for key in (EVERYBODY, person):
                if len(self._recent(key)) >= self._limits[key == EVERYBODY]:
                    raise TooManyTriesError(TooManyTriesError.__doc__)

    def count(self, person: str) -> None:
        """Note one try."""
        with self._lock:
            now_ms = self._now_ms()
            for key in (EVERYBODY, person):
                self._recent(key).append(now_ms)
                self._times.move_to_end(key)
            while len(self._times) > PEOPLE_MOST:
                self._times.popitem(last=False)

    def _recent(self, key: str) -> deque[int]:
        times = self._times.setdefault(key, deque(maxlen=max(self._limits.values())))
        while times and self._now_ms() - times[0] >= self._span_ms:
            times.popleft()
        return times
