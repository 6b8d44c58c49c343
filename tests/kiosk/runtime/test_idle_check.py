"""The whole journal verified in idle time: on a good store, on a damaged one, and while somebody shops."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kiosk.core.state import Phase
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.idle_check import PAGE_ENTRIES, IdleCheck
from kiosk.store.anchor import AnchorFile
from kiosk.store.database import open_unlimited_reader, sqlite_url
from tests.kiosk.runtime.kiosk_thread import KioskThread, keep_goods
from tests.kiosk.world import KEY, World, fresh

NUMBERS = count()


@pytest.fixture
def folder(quick_folder: Path, template: Path) -> Path:
    """A store with some trade in it, more than one page."""
    made = fresh(quick_folder / f"idle-{next(NUMBERS)}", template)
    keep_goods(made)
    world = World(made)
    while world.state.seq < PAGE_ENTRIES * 2:
        world.coins(100)
        world.money_back()
    world.stop()
    return made


@pytest.fixture
def kiosk(folder: Path) -> Iterator[KioskThread]:
    running = KioskThread(folder)
    running.start()
    yield running
    running.till.stop()


def check_of(kiosk: KioskThread, folder: Path, told: list[str]) -> IdleCheck:
    def damaged(promise: str) -> None:
        told.append(promise)
        kiosk.till.halt(promise)

    return IdleCheck(
        open_unlimited_reader(kiosk.url),
        "K1",
        public_key=KEY.verify_key.encode().hex(),
        anchor=AnchorFile(folder / "kiosk.anchor", KEY),
        clock=SystemClock(),
        is_idle=lambda: kiosk.till.state().visit is None,
        on_damage=damaged,
    )


def test_a_good_journal_is_verified_whole_and_said_so(kiosk: KioskThread, folder: Path) -> None:
    told: list[str] = []
    check = check_of(kiosk, folder, told)
    assert check.check_once()
    assert check.status.done == check.status.total >= PAGE_ENTRIES * 2
    assert check.status.at
    assert (told, check.status.problem) == ([], "")
    kiosk.end()


def test_damage_stops_selling_and_names_the_entry(kiosk: KioskThread, folder: Path) -> None:
    engine = open_unlimited_reader(kiosk.url)
    engine.dispose()
    connection = kiosk.ledger._connection
    for verb in ("update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER journal_never_{verb}")
    connection.exec_driver_sql("UPDATE journal SET actor = 'x' WHERE seq = 130")
    told: list[str] = []
    check = check_of(kiosk, folder, told)
    assert not check.check_once()
    assert check.status.bad == ((1, 130), (1, 130))
    assert "1-130" in told[0]
    kiosk.until(lambda state: state.phase is Phase.HALTED)
    assert kiosk.rig.accepts() == ()
    assert "1-130" in kiosk.till.state().halted_for


def test_it_waits_while_somebody_shops(kiosk: KioskThread, folder: Path) -> None:
    kiosk.tell(kiosk.coin(100))
    check = check_of(kiosk, folder, [])
    check.start()
    kiosk.settle()
    check.stop()
    assert check.status.done <= PAGE_ENTRIES
    assert not check.status.at


def test_a_head_that_cannot_be_read_is_said_and_not_a_silent_end(kiosk: KioskThread, folder: Path) -> None:
    told: list[str] = []
    missing = open_unlimited_reader(sqlite_url(folder / "gone" / "kiosk.db"))
    check = IdleCheck(
        missing,
        "K1",
        public_key="",
        anchor=AnchorFile(folder / "kiosk.anchor", KEY),
        clock=SystemClock(),
        is_idle=lambda: True,
        on_damage=told.append,
    )
    assert not check.check_once()
    assert len(told) == 1
    assert check.status.problem
