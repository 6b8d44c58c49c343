"""Copies of the store while the kiosk sells: on a second medium, every few minutes and at the clean end, each checked.

A thread of its own reads through its own connection, in steps with rests between them, and never delays the till. The log cannot
be truncated while it copies, so it gives up when the log grows beyond `LOG_MOST_BYTES` and tries again later. What goes wrong is
said at the desk and in the log; selling never depends on it.
"""

from __future__ import annotations

import errno
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from kiosk.config import BackupConfig
from kiosk.journal.entry import JournalDamagedError
from kiosk.runtime.clock import Clock, at_text
from kiosk.store.anchor import AnchorFile, sync_folder, write_anchor
from kiosk.store.copies import (
    Copy,
    check_copy,
    copy_at,
    copy_store,
    head_in,
    journal_name,
    list_copies,
    partial_path,
)
from kiosk.store.database import StoreError, sqlite_driver
from kiosk.store.photos import PHOTOS_FOLDER, copy_photos

LOG_MOST_BYTES: Final = 16 << 20
"""The log's limit: a copy that would hold it longer than this gives up."""

REST_SHARE: Final = 3
"""It rests three times as long as it worked: a quarter of the disk and of one core at most."""

FIRST_AFTER_SECONDS: Final = 60.0
"""The start of a kiosk has better things to do."""

CLOSE_SECONDS: Final = 20.0
"""At the end nobody waits longer for a last copy; the next start makes one."""

RESERVE_BYTES: Final = 320 << 20
"""Stays free beside a copy on the kiosk's own disk (a demo has no other): it must not bring the store to its limits, which are
256 MiB unless configured otherwise. On another medium nothing else needs room."""

FAILURES: Final = (
    OSError,
    SQLAlchemyError,
    StoreError,
    JournalDamagedError,
    sqlite_driver.Error,
)
"""What the medium, the store and the checks can answer."""

log = structlog.get_logger("backup")


class GivenUpError(Exception):
    """The copy would have held the log or the stop for too long; the next one will do."""


@dataclass(frozen=True, slots=True)
class BackupStatus:
    """How the copies stand: ``at`` is when the last good one was made (empty: none), ``problem`` why the last try failed."""

    is_set_up: bool
    at: str = ""
    place: tuple[int, int] = (0, 0)
    problem: str = ""
    is_same_disk: bool = False
    """The folder is on the store's own disk: a copy there does not outlive the disk."""


class Backups:
    """Makes copies of one store. Build, `start`, later `stop`."""

    def __init__(
        self,
        store: Path,
        folder: Path,
        config: BackupConfig,
        *,
        anchor: AnchorFile,
        clock: Clock,
        kiosk_id: str,
        is_sound: Callable[[], bool] = lambda: True,
    ) -> None:
        """Nothing runs yet; ``folder`` must exist, or every try fails: an unplugged medium must not fill the kiosk's own disk.

        ``is_sound`` is false once a write to the store has failed: the file may then show what is not durable, and an anchor of
        that would refuse the store that the next start finds.
        """
        self._store = store
        self._folder = folder
        self._every_seconds = config.every_minutes * 60.0
        self._keep = config.keep
        self._anchor = anchor
        self._clock = clock
        self._kiosk_id = kiosk_id
        self._is_sound = is_sound
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)
        self._until = 0.0
        self._reserve_bytes = RESERVE_BYTES
        self.status = BackupStatus(is_set_up=True)

    def start(self) -> None:
        """Begin; the first copy comes after a minute."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a copy in the making is left behind unfinished."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=CLOSE_SECONDS)

    def close(self) -> BackupStatus:
        """After the store is closed: one last copy, unless it takes longer than `CLOSE_SECONDS`."""
        self._until = time.monotonic() + CLOSE_SECONDS
        return self._try(self._hurry)

    def run_once(self) -> BackupStatus:
        """Make one copy now, if there is anything new."""
        return self._try(self._rest_after_work())

    def _run(self) -> None:
        wait = FIRST_AFTER_SECONDS
        while not self._stop.wait(wait):
            self.run_once()
            wait = self._every_seconds

    def _try(self, rest: Callable[[], None]) -> BackupStatus:
        try:
            copy = self._make(rest)
            is_same_disk = self._is_same_disk()
        except GivenUpError as error:
            self.status = replace(self.status, problem=str(error))
            log.warning("no copy this time", reason=str(error))
        except FAILURES as error:
            reason = " ".join(str(error).split())
            self.status = replace(self.status, problem=reason)
            log.warning("the copy failed", reason=reason)
        else:
            self.status = BackupStatus(
                is_set_up=True, at=at_text(self._clock.wall()), place=copy.place, is_same_disk=is_same_disk
            )
            self._bring_photos()
        return self.status

    def _bring_photos(self) -> None:
        """Bring photographs of products along, after the store: that they fail keeps no copy from being made."""
        if self.status.is_same_disk:
            return  # beside their originals they would only take room
        try:
            copy_photos(self._store.parent / PHOTOS_FOLDER, self._folder / PHOTOS_FOLDER)
        except OSError as error:
            reason = " ".join(str(error).split())
            self.status = replace(self.status, problem=f"photographs were not copied: {reason}")
            log.warning("photographs were not copied", reason=reason)

    def _make(self, rest: Callable[[], None]) -> Copy:
        """Copy, check, anchor, name it, and let old ones go."""
        if not self._folder.is_dir():
            raise FileNotFoundError(f"{self._folder} is not there: is the medium plugged in?")
        self._refuse_unsound()
        journal = journal_name(self._store)
        copies = list_copies(self._folder, journal)
        if copies and copies[-1].place == head_in(self._store):
            return copies[-1]
        draft = partial_path(self._folder, journal)
        draft.unlink(missing_ok=True)  # one that a power cut left takes the room of this one
        self._refuse_without_room()
        try:
            copy_store(self._store, draft, rest)
            head = check_copy(draft, self._kiosk_id, rest)
            self._refuse_unsound()
            copy = copy_at(self._folder, journal, (head.epoch, head.seq))
            write_anchor(copy.anchor_path, self._anchor.sign(head))
            draft.replace(copy.path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self._folder)
        self._anchor.keep(head)
        # Another kiosk's copies on the same medium are not ours to count or to let go.
        for old in list_copies(self._folder, journal)[: -self._keep]:
            if old.path != copy.path:
                old.path.unlink(missing_ok=True)
                old.anchor_path.unlink(missing_ok=True)
        if not copy.path.is_file():
            raise FileNotFoundError(
                f"{copy.path} was made and is not there: does somebody else tidy this folder?"
            )
        log.info("copied", place=f"{head.epoch}-{head.seq}")
        return copy

    def _refuse_unsound(self) -> None:
        if not self._is_sound():
            raise GivenUpError("the store failed: no copy is made of what may not be durable")

    def _is_same_disk(self) -> bool:
        return self._folder.stat().st_dev == self._store.parent.stat().st_dev

    def _refuse_without_room(self) -> None:
        """A copy is as large as the store and its log at most."""
        log_path = self._store.with_name(f"{self._store.name}-wal")
        size = self._store.stat().st_size + (log_path.stat().st_size if log_path.exists() else 0)
        if self._is_same_disk():
            size += self._reserve_bytes
        free = shutil.disk_usage(self._folder).free
        if free < size:
            raise OSError(
                errno.ENOSPC,
                f"there is too little room in {self._folder} for a copy: {size >> 20} MiB are needed, "
                f"{free >> 20} MiB are free",
            )

    def _rest_after_work(self) -> Callable[[], None]:
        """Rests between steps, in proportion to the work before."""
        since = time.monotonic()
        log_path = self._store.with_name(f"{self._store.name}-wal")

        def rest() -> None:
            nonlocal since
            worked = time.monotonic() - since
            if log_path.exists() and log_path.stat().st_size > LOG_MOST_BYTES:
                raise GivenUpError("the log grew while copying; the next copy will do")
            if self._stop.wait(worked * REST_SHARE):
                raise GivenUpError("the kiosk stops")
            since = time.monotonic()

        return rest

    def _hurry(self) -> None:
        if time.monotonic() > self._until:
            raise GivenUpError("the kiosk stopped before the copy was made")
