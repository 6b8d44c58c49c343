"""A morning at one kiosk, recorded once and told to a ledger on a disk that forgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import event, text

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Decision, Stamp
from kiosk.core.fold import evolve
from kiosk.core.state import State
from kiosk.journal.entry import Entry, recorded_of
from kiosk.simulation.disk import Disk, Fate
from kiosk.simulation.disk_driver import DiskDriver
from kiosk.store.database import StoreError, make_tables, open_writer, sqlite_url
from kiosk.store.ledger import WAL_LIMIT_BYTES, Ledger, read_entries
from kiosk.store.verify import verify_journal
from tests.kiosk.world import EURO, KEY, World

Batch = tuple[Stamp, tuple[f.Fact, ...]]
STAMP = Stamp("2026-03-02T06:00:00.000Z", 1)


class Recorder(World):
    """Notes every commit."""

    def __init__(self, folder: Path) -> None:
        self.batches: list[Batch] = []
        super().__init__(folder)

    def commit(self, decision: Decision) -> None:
        if decision.facts:
            self.batches.append((self.stamp(), tuple(decision.facts)))
        super().commit(decision)


def record(folder: Path) -> tuple[Batch, ...]:
    """Two sales with change and a debt; the clerk's morning before them is the first batch."""
    engine = open_writer(sqlite_url(folder / "kiosk.db"))
    make_tables(engine)
    engine.dispose()
    world = Recorder(folder)
    opening = [fact for _, facts in world.batches for fact in facts]
    first = world.batches[-1][0]
    world.batches.clear()
    world.scan("water")
    world.coins(200)
    world.hoppers["hopper-50"].stops_after = 0
    world.choose("A1")
    world.coins(200)
    world.tap(ev.DoneTapped)
    batches = ((first, tuple(opening)), *world.batches)
    world.die()
    return batches


def open_ledger(disk: Disk, driver: DiskDriver, setting: str = "") -> tuple[Ledger, State]:
    """The product's own way into the store; ``setting`` weakens it, to show that it would be noticed."""
    engine = open_writer(disk.url, driver=driver)
    if setting:
        event.listen(engine, "connect", lambda raw, _record: raw.execute(f"PRAGMA synchronous={setting}"))
    return Ledger.open(engine, kiosk_id="K1", currency=EURO, key=KEY, stamp=STAMP, software="test")


def entries_of(ledger: Ledger) -> list[Entry]:
    return list(read_entries(ledger._connection, "K1"))


@dataclass
class Teller:
    """Tells the story to a disk, and knows at every moment what was confirmed and what is being written."""

    disk: Disk
    batches: tuple[Batch, ...]
    setting: str = ""
    confirmed: list[Entry] = field(default_factory=list)
    flight: tuple[str, ...] = ("JournalOpened",)
    ledger: Ledger | None = None

    def __post_init__(self) -> None:
        self.driver = DiskDriver(self.disk)

    def tell(self) -> None:
        """Everything, with a checkpoint, a truncation of the log, a clean stop and a new start on the way."""
        state = self._open()
        for number, batch in enumerate(self.batches):
            state = self._append(state, batch)
            if number == len(self.batches) // 3:
                state = self._checkpoint(state)
            if number == len(self.batches) // 2:
                assert self.ledger is not None
                assert self.ledger.tidy(WAL_LIMIT_BYTES + 1)
            if number == 2 * len(self.batches) // 3:
                state = self._checkpoint(state)
                assert self.ledger is not None
                self.ledger.close()
                state = self._open()
        assert self.ledger is not None
        self.ledger.close()

    def _open(self) -> State:
        self.ledger, state = open_ledger(self.disk, self.driver, self.setting)
        self.confirmed, self.flight = entries_of(self.ledger), ()
        return state

    def _append(self, state: State, batch: Batch) -> State:
        assert self.ledger is not None
        stamp, facts = batch
        self.flight = tuple(type(fact).__name__ for fact in facts)
        appended = self.ledger.append(facts, stamp, "")
        self.confirmed.extend(appended.entries)
        self.flight = ()
        for entry in appended.entries:
            state = evolve(state, recorded_of(entry))
        return state

    def _checkpoint(self, state: State) -> State:
        assert self.ledger is not None
        self.flight = ("CheckpointSigned",)
        state = self.ledger.checkpoint(state, STAMP)
        self.confirmed = entries_of(self.ledger)
        self.flight = ()
        return state


def problems_after(ledger: Ledger, confirmed: list[Entry], flight: tuple[str, ...]) -> list[str]:
    """What is wrong with a store that was opened after the power came back; empty when nothing is."""
    found = entries_of(ledger)
    problems = []
    if found[: len(confirmed)] != confirmed:
        problems.append(f"lost: {len(confirmed)} entries were confirmed, {len(found)} are there")
    beyond = tuple(entry.kind for entry in found[len(confirmed) :])
    if beyond not in {(), flight}:
        problems.append(f"half: {beyond} of {flight}")
    content = _content(ledger)
    if content not in _VERIFIED:
        problems.extend(verify_journal(ledger._connection).problems)
        if not problems:
            _VERIFIED.add(content)
    return problems


_VERIFIED: set[int] = set()
"""Contents of whole stores that were verified in full: most cuts end in one of a few."""


def _content(ledger: Ledger) -> int:
    execute = ledger._connection.execute
    tables = [row[0] for row in execute(text("SELECT name FROM sqlite_master WHERE type='table' ORDER BY 1"))]
    return hash(tuple(tuple(map(tuple, execute(text(f"SELECT * FROM {name}")))) for name in tables))


def reopened(disk: Disk, teller: Teller, rng: Random, fate: Fate) -> list[str]:
    """Cut a copy of the disk, open it as the product does, and say what is wrong."""
    copy = disk.copy()
    copy.cut(rng, fate)
    try:
        ledger, _ = open_ledger(copy, DiskDriver(copy))
    except StoreError as error:
        return [f"refused: {error}"]
    problems = problems_after(ledger, teller.confirmed, teller.flight)
    ledger._let_go()
    return problems
