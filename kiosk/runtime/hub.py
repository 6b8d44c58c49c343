"""The vendor's desk for several kiosks, put together: lock, keys, store, inbox, and the door that its pages ask.

There is no till here. The door keeps the people of this desk, knows the goods as the kiosks said, and refuses everything else:
who wants to change something at a kiosk does it at that kiosk's own desk.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from inventory.catalogue import Catalogue
from kiosk.core.draft import Notice
from kiosk.core.events import PersonEvent
from kiosk.core.screen import Screen
from kiosk.fleet.goods import all_products, goods_of, goods_stamp, read_goods_lists
from kiosk.fleet.inbox import Inbox, Registered, read_registered
from kiosk.runtime.clock import Clock, SystemClock, at_text
from kiosk.runtime.door import Answer
from kiosk.runtime.keys import Keys, load_keys
from kiosk.runtime.people import rows_of_people
from kiosk.runtime.service import FolderLock
from kiosk.store.database import open_reader, open_writer, reading, sqlite_url

HUB_FILE: Final = "desk.db"
LOCK: Final = "desk"


class NoTillError(LookupError):
    """No till stands behind this desk: go to the kiosk's own."""


class HubDoor:
    """What the desk's pages may ask where no till is."""

    def __init__(self, inbox: Inbox, reader: Engine, turn: threading.Lock, clock: Clock) -> None:
        """``turn`` is held while ``inbox`` writes."""
        self._inbox = inbox
        self._reader = reader
        self._turn = turn
        self._clock = clock
        self._goods: tuple[tuple[tuple[str, str], ...], dict[str, Catalogue]] = ((), {})

    def ask(self, event: PersonEvent) -> Answer:
        """Keep who may sign in, and failed tries.

        Raises:
            NoTillError: Anything else.
        """
        writes = rows_of_people(event, at_text(self._clock.wall()))
        if not writes:
            raise NoTillError(f"{type(event).__name__}: {NoTillError.__doc__}")
        with self._turn:
            self._inbox.keep_people(writes)
        return Answer(Notice("done"), 0)

    def catalogue(self) -> Catalogue:
        """The products of all kiosks, without places."""
        return self.goods_of("")

    def goods_of(self, kiosk_id: str) -> Catalogue:
        """What one kiosk sells and where it lies, as it last said; the products of all, without places, where no id is given."""
        with reading(self._reader) as connection:
            stamp, known = goods_stamp(connection), self._goods
            if stamp != known[0]:
                lists = read_goods_lists(connection)
                known = (stamp, {"": all_products(lists)} | {each: goods_of(lists, each) for each in lists})
                self._goods = known
        return known[1].get(kiosk_id, Catalogue.of((), ()))

    def screen(self) -> Screen:
        """No shopper stands here.

        Raises:
            NoTillError: Always.
        """
        raise NoTillError(NoTillError.__doc__)

    def wait_for_screen(self, after: int, timeout_ms: int) -> Screen | None:
        """No screen comes, neither after ``after`` nor within ``timeout_ms``.

        Raises:
            NoTillError: Always.
        """
        raise NoTillError(f"{after} {timeout_ms}: {NoTillError.__doc__}")

    def acknowledge(self, stream: int) -> None:
        """Nothing was shown.

        Raises:
            NoTillError: Always.
        """
        raise NoTillError(f"{stream}: {NoTillError.__doc__}")

    def debt_code(self, epoch: int, seq: int) -> str:
        """Codes are made by the kiosk that owes.

        Raises:
            NoTillError: Always.
        """
        raise NoTillError(f"{epoch}-{seq}: {NoTillError.__doc__}")

    def debt_of_code(self, code: str) -> str:
        """Codes are known to the kiosk that owes, whatever ``code`` is.

        Raises:
            NoTillError: Always.
        """
        raise NoTillError(f"{len(code)} characters: {NoTillError.__doc__}")

    def monotonic_ms(self) -> int:
        """Now."""
        return self._clock.now_ms()


@dataclass(frozen=True, slots=True)
class Hub:
    """An open desk for several kiosks."""

    inbox: Inbox
    reader: Engine
    keys: Keys
    door: HubDoor
    turn: threading.Lock
    lock: FolderLock

    def machines(self) -> tuple[Registered, ...]:
        """The kiosks of this desk, by id."""
        with reading(self.reader) as connection:
            return read_registered(connection)

    def goods_of(self, kiosk_id: str) -> Catalogue:
        """What one kiosk sells and where it lies, as it last said."""
        return self.door.goods_of(kiosk_id)

    def close(self) -> None:
        """Let the store and the folder go."""
        self.inbox.close()
        self.reader.dispose()
        self.lock.release()


def open_hub(folder: Path, clock: Clock | None = None) -> Hub:
    """Open or make the desk in a data folder.

    Raises:
        AlreadyRunningError: Another desk has the folder.
        KeyFileError: Its key cannot be used.
        StoreRefusedError: Its store is damaged.
    """
    lock = FolderLock(folder, LOCK)
    keys = load_keys(folder / "keys")
    url = sqlite_url(folder / HUB_FILE)
    inbox = Inbox(open_writer(url))
    reader = open_reader(url)
    turn = threading.Lock()
    return Hub(
        inbox=inbox,
        reader=reader,
        keys=keys,
        door=HubDoor(inbox, reader, turn, clock or SystemClock()),
        turn=turn,
        lock=lock,
    )
