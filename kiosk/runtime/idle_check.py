"""The whole journal verified in idle time: a start checks it from the last checkpoint, this thread checks the rest.

It reads a few entries at a time, each time on a reading of its own, only while nobody shops, and rests nine times as long as it
worked: a tenth of one core. Damage stops selling and is said at the desk; the files are left as they are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

import structlog
from sqlalchemy import Connection, Engine

from kiosk.journal.entry import Entry, JournalDamagedError
from kiosk.runtime.clock import Clock, at_text
from kiosk.store.anchor import AnchorFile
from kiosk.store.ledger import read_entries
from kiosk.store.reading import read_head
from kiosk.store.verify import UNREADABLE, Place, Walk

PAGE_ENTRIES: Final = 100
"""Some five milliseconds of work at once."""

REST_SHARE: Final = 9
"""Nine parts of rest to one of work: a tenth of a core."""

NOT_IDLE_SECONDS: Final = 1.0
"""How long it waits for a shopper to go before it looks again."""

AGAIN_SECONDS: Final = 24 * 3_600.0
"""A disk that rots is noticed within a day."""

READ_TRIES: Final = 3
"""A disk that answers the third time is not called damaged."""

Found = TypeVar("Found")

log = structlog.get_logger("check")


@dataclass(frozen=True, slots=True)
class CheckStatus:
    """How the verification stands: entries done of all, when the last whole one ended, and what it found."""

    done: int = 0
    total: int = 0
    at: str = ""
    problem: str = ""
    bad: tuple[Place, Place] | None = None


class IdleCheck:
    """Verifies one journal again and again. Build, `start`, later `stop`."""

    def __init__(
        self,
        reader: Engine,
        kiosk_id: str,
        *,
        public_key: str,
        anchor: AnchorFile,
        clock: Clock,
        is_idle: Callable[[], bool],
        on_damage: Callable[[str], None],
    ) -> None:
        """``reader`` is without a time limit; ``on_damage`` is told once, in words, and stops selling."""
        self._reader = reader
        self._kiosk_id = kiosk_id
        self._public_key = public_key
        self._anchor = anchor
        self._clock = clock
        self._is_idle = is_idle
        self._on_damage = on_damage
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="idle check", daemon=True)
        self.status = CheckStatus()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self.check_once() or self._stop.wait(AGAIN_SECONDS):
                return

    def check_once(self) -> bool:
        """Verify everything up to the present head; False when it is damaged or the kiosk stops."""
        kept = self._anchor.kept
        walk = Walk(public_key=self._public_key, anchor=kept.head if kept else None)
        end: Place = (0, 0)
        try:
            end = self._head()
            self.status = CheckStatus(0, end[1], self.status.at)
            while walk.place < end:
                since = time.monotonic()
                for entry in self._page(walk.place):
                    if (entry.epoch, entry.seq) > end:
                        break
                    walk.take(entry)
                else:
                    if walk.place < end and not self._page(walk.place):
                        raise JournalDamagedError(
                            f"it ends at {walk.place[0]}-{walk.place[1]}, before its head"
                        )
                self.status = CheckStatus(walk.entries, max(end[1], walk.entries), self.status.at)
                if not self._rest((time.monotonic() - since) * REST_SHARE):
                    return False
            walk.finish()
        except (JournalDamagedError, *UNREADABLE) as error:
            bad = walk.bad or (walk.next_place, walk.next_place)
            trust = walk.trust
            reason = " ".join(str(error).split())
            log.critical("the journal is damaged", reason=reason, bad=bad, good_up_to=trust.last)
            self.status = CheckStatus(walk.entries, end[1], at_text(self._clock.wall()), reason, bad)
            self._on_damage(f"the journal is damaged: {reason}")
            return False
        log.info("the journal holds", entries=walk.entries)
        self.status = CheckStatus(walk.entries, walk.entries, at_text(self._clock.wall()))
        return True

    def _head(self) -> Place:
        """The present head."""
        return self._read(lambda connection: read_head(connection, self._kiosk_id))

    def _page(self, after: Place) -> list[Entry]:
        """The next entries."""
        return self._read(
            lambda connection: list(
                islice(
                    read_entries(connection, self._kiosk_id, after=after, page_rows=PAGE_ENTRIES),
                    PAGE_ENTRIES,
                )
            )
        )

    def _read(self, what: Callable[[Connection], Found]) -> Found:
        """A reading that fails is tried again; the last failure is the disk's word."""
        for _ in range(1, READ_TRIES):
            try:
                with self._reader.connect() as connection:
                    return what(connection)
            except UNREADABLE:
                self._stop.wait(NOT_IDLE_SECONDS)
        with self._reader.connect() as connection:
            return what(connection)

    def _rest(self, seconds: float) -> bool:
        """Wait, and longer while somebody shops; False when the kiosk stops."""
        if self._stop.wait(seconds):
            return False
        while not self._is_idle():
            if self._stop.wait(NOT_IDLE_SECONDS):
                return False
        return True
