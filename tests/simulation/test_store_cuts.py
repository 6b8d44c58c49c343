"""Power cuts at every operation of the store, with everything that was not synced dropped, kept or torn (T3)."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import text

from kiosk.core import facts as f
from kiosk.simulation.disk import Disk, Fate
from kiosk.simulation.disk_driver import DiskDriver
from kiosk.simulation.power import PowerCut
from kiosk.store.database import make_tables, open_writer
from tests.simulation.store_story import (
    STAMP,
    Batch,
    Teller,
    entries_of,
    open_ledger,
    problems_after,
    record,
    reopened,
)

FATES = ((Fate.DROPPED, 1), (Fate.TORN, 1), (Fate.KEPT, 5))
"""Which fates are tried at every n-th operation; kept is what a killed process leaves, and the dullest."""


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> tuple[Batch, ...]:
    return record(tmp_path_factory.mktemp("recorded"))


def lost(batches: tuple[Batch, ...], setting: str, *, seed: int, step: int = 1) -> tuple[int, list[str]]:
    """How many cuts were tried over the whole story, at each ``step``-th operation, and what was wrong after them."""
    disk = Disk(seed)
    teller = Teller(disk, batches, setting)
    cuts = 0
    problems: list[str] = []

    def look(number: int, kind: str) -> None:
        nonlocal cuts
        for fate, every in FATES:
            if number % (every * step):
                continue
            cuts += 1
            rng = Random(f"{seed}/{number}/{fate}")
            problems.extend(
                f"before {kind} {number}, {fate}: {what}" for what in reopened(disk, teller, rng, fate)
            )

    disk.on_operation = look
    teller.tell()
    disk.on_operation = None
    return cuts, problems


def test_no_cut_at_any_operation_of_the_store_loses_what_was_confirmed(batches: tuple[Batch, ...]) -> None:
    cuts, problems = lost(batches, "", seed=1)
    assert problems == []
    assert cuts > 500


@pytest.mark.parametrize("setting", ["NORMAL", "OFF"])
def test_the_same_cuts_find_a_store_that_syncs_less(batches: tuple[Batch, ...], setting: str) -> None:
    cuts, problems = lost(batches, setting, seed=1, step=5)
    assert len([what for what in problems if "lost" in what or "refused" in what]) > cuts // 10


def test_no_cut_inside_the_start_after_a_cut_loses_what_was_confirmed(batches: tuple[Batch, ...]) -> None:
    """And one entry is appended after every start, which must be there too."""
    disk = Disk(2)
    teller = Teller(disk, batches)
    cuts = 0
    problems: list[str] = []

    def start_again(number: int) -> None:
        nonlocal cuts
        once = disk.copy()
        once.cut(Random(f"first/{number}"), Fate.TORN if number % 2 else Fate.DROPPED)
        second = Teller(once, (), flight=teller.flight)
        second.confirmed = teller.confirmed

        def look(inside: int, _kind: str) -> None:
            nonlocal cuts
            if (number + inside) % 4 == 0:
                cuts += 1
                fate = Fate.TORN if inside % 2 else Fate.DROPPED
                problems.extend(reopened(once, second, Random(f"{number}/{inside}"), fate))

        once.on_operation = look
        ledger, _ = open_ledger(once, second.driver)
        problems.extend(problems_after(ledger, teller.confirmed, teller.flight))
        second.confirmed, second.flight = entries_of(ledger), ("ScreenSeen",)
        second.confirmed += ledger.append((f.ScreenSeen(),), STAMP, "").entries
        second.flight = ()
        once.on_operation = None
        problems.extend(reopened(once, second, Random(number), Fate.DROPPED))
        ledger._let_go()

    disk.on_operation = lambda number, _kind: start_again(number) if number % 11 == 0 else None
    teller.tell()
    assert problems == []
    assert cuts > 80


def test_a_store_is_made_whole_or_not_at_all() -> None:
    expected: set[str] = set()
    outcomes = set()
    number = 0
    while True:
        number += 1
        disk = Disk(3)
        is_cut = False

        def look(done: int, _kind: str, at: int = number) -> None:
            if done == at:
                raise PowerCut

        disk.on_operation = look
        try:
            make_tables(open_writer(disk.url, driver=DiskDriver(disk)))
        except PowerCut:
            is_cut = True
        disk.on_operation = None
        for fate in Fate:
            copy = disk.copy()
            copy.cut(Random(f"{number}/{fate}"), fate)
            with open_writer(copy.url, driver=DiskDriver(copy)).connect() as connection:
                names = {row[0] for row in connection.execute(text("SELECT name FROM sqlite_master"))}
            expected = expected or names
            assert names in (set(), expected), f"cut before operation {number}, {fate}"
            outcomes.add(bool(names))
        if not is_cut:
            break
    assert outcomes == {True, False}
    assert "journal" in expected


def test_a_cut_that_strikes_while_the_ledger_writes_is_what_the_copies_showed(
    batches: tuple[Batch, ...],
) -> None:
    """The other tests cut copies; here the process itself ends inside SQLite."""
    for number in range(20, 240, 17):
        disk = Disk(4)
        teller = Teller(disk, batches)

        def look(done: int, _kind: str, at: int = number) -> None:
            if done == at:
                raise PowerCut

        disk.on_operation = look
        with pytest.raises(PowerCut):
            teller.tell()
        disk.on_operation = None
        disk.cut(Random(number))
        ledger, _ = open_ledger(disk, teller.driver)
        assert problems_after(ledger, teller.confirmed, teller.flight) == []
        ledger._let_go()


def test_a_store_that_was_cut_forty_times_goes_on() -> None:
    disk = Disk(5)
    rng = Random(5)
    driver = DiskDriver(disk)
    ledger, _ = open_ledger(disk, driver)
    told = 0
    for _ in range(40):
        stop = disk.operations + rng.randrange(1, 40)

        def look(done: int, _kind: str, at: int = stop) -> None:
            if done == at:
                raise PowerCut

        disk.on_operation = look
        try:
            while True:
                ledger.append((f.ScreenLost(told),), STAMP, "")
                told += 1
        except PowerCut:
            disk.on_operation = None
            disk.cut(rng)
        ledger, state = open_ledger(disk, driver)
        assert told + 1 <= state.seq <= told + 2
        told = state.seq - 1
    assert told > 40
