"""The n-th write or sync of the store fails, for every n, once and for ever (T5)."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from kiosk.core import facts as f
from kiosk.simulation.disk import Disk, Fate, Fault
from kiosk.simulation.disk_driver import DiskDriver
from kiosk.store.database import StoreError, StoreRefusedError
from kiosk.store.ledger import Ledger
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

EVERY = {Fault.IO_SYNC: 1, Fault.IO_WRITE: 5, Fault.FULL: 7, Fault.READ_ONLY: 13}
"""Each sync is tried; of the writes, of which a commit makes many alike, some."""


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> tuple[Batch, ...]:
    return record(tmp_path_factory.mktemp("recorded"))


def refuses(ledger: Ledger) -> None:
    with pytest.raises(StoreError, match="only a new start may use it"):
        ledger.append((f.ScreenSeen(),), STAMP, "")


def says_what_to_do(error: StoreRefusedError) -> None:
    assert "make room" in str(error) or "read-only" in str(error)


def tell_until_it_fails(teller: Teller, outcomes: Counter[str]) -> None:
    """Any error but the store's own ends the test."""
    try:
        teller.tell()
        outcomes["told"] += 1  # the fault met the end, where the log is swept away: nothing hangs on that
    except StoreRefusedError as error:
        outcomes["refused"] += 1
        says_what_to_do(error)
    except StoreError:
        outcomes["failed"] += 1
        if teller.ledger is not None and teller.ledger._failed:
            refuses(teller.ledger)


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for ever"])
@pytest.mark.parametrize("fault", sorted(EVERY))
def test_an_error_at_any_operation_is_told_and_loses_nothing(
    fault: Fault, for_ever: bool, batches: tuple[Batch, ...]
) -> None:
    outcomes: Counter[str] = Counter()
    nth = 1
    while True:
        disk = Disk(nth)
        teller = Teller(disk, batches)
        disk.fail_at(nth, fault, for_ever=for_ever)
        tell_until_it_fails(teller, outcomes)
        if not disk.has_failed:
            break
        if for_ever:
            disk.kill()
            try:
                ledger, _ = open_ledger(disk, DiskDriver(disk))
            except StoreRefusedError as error:
                outcomes["closed while it lasts"] += 1
                says_what_to_do(error)
            else:
                outcomes["opens while it lasts"] += 1
                assert problems_after(ledger, teller.confirmed, teller.flight) == []
                ledger._let_go()
        disk.mend()
        disk.kill()
        ledger, _ = open_ledger(disk, DiskDriver(disk))
        assert problems_after(ledger, teller.confirmed, teller.flight) == [], f"{fault} at {nth}"
        teller.confirmed, teller.flight = entries_of(ledger), ()
        teller.confirmed += ledger.append((f.ScreenSeen(),), STAMP, "").entries
        assert reopened(disk, teller, Random(nth), Fate.DROPPED) == [], f"{fault} at {nth}, then a cut"
        ledger._let_go()
        nth += EVERY[fault]
    assert outcomes["failed"] >= 10
    assert outcomes["refused"] >= 1


def test_what_a_failed_sync_left_in_the_log_is_on_the_disk_before_anything_is_appended_after_it() -> None:
    """Found by counting errors: the sale whose sync failed came back at the next start, was built upon, and went with the
    next power cut, taking every confirmed entry after it."""
    disk = Disk(1)
    ledger, _ = open_ledger(disk, DiskDriver(disk))
    disk.fail_at(1, Fault.IO_SYNC)
    with pytest.raises(StoreError):
        ledger.append((f.ScreenLost(1),), STAMP, "")
    disk.kill()
    ledger, state = open_ledger(disk, DiskDriver(disk))
    assert state.seq == 2, "its outcome was unknown; now it is known"
    ledger.append((f.ScreenLost(2),), STAMP, "")
    disk.cut(Random(1), Fate.DROPPED)
    ledger, state = open_ledger(disk, DiskDriver(disk))
    assert state.seq == 3


def test_a_log_that_cannot_be_made_sure_of_keeps_the_store_closed() -> None:
    disk = Disk(1)
    ledger, _ = open_ledger(disk, DiskDriver(disk))
    ledger.append((f.ScreenLost(1),), STAMP, "")
    disk.kill()
    disk.fail_at(1, Fault.IO_SYNC)
    with pytest.raises(StoreRefusedError, match="cannot be opened"):
        open_ledger(disk, DiskDriver(disk))
    disk.kill()
    _, state = open_ledger(disk, DiskDriver(disk))
    assert state.seq == 2
