"""One coin, end to end: start reading here.

A person drops a coin of 1.00 into the simulated acceptor. It becomes ccTalk bytes at 9600 baud on a pseudo terminal; the
kiosk, a process of its own, reads them with the driver it would use on a real serial line; the till decides, the journal
stores, and only then the screen shows the coin. Then the kiosk is killed, at one moment or another, and started again: the
coin is there once. It is the shopper's, as a debt with a code, or, when the kiosk died before it could hear whose coin it was,
it is kept apart as found money; never lost and never twice.

The simulators live in this test's process and survive the kiosk's death, as a real acceptor would.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.simulators.bench import Bench
from hardware.simulators.market import HOPPERS, demo_wires
from kiosk.store.database import open_unlimited_reader, reading, sqlite_url
from kiosk.store.verify import verify_journal

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20
ONE_EURO = {"position": "4", "qty": "1"}
FLOAT = 20

Shown = dict[str, Any]


class Kiosk:
    """The kiosk's process and what it says."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.stories.kiosk_process", str(folder), *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    def until(self, holds: Callable[[Shown], bool]) -> Shown:
        """Read what it says until that ``holds``."""
        assert self.process.stdout is not None
        end = time.monotonic() + PATIENCE_SECONDS
        last = ""
        while time.monotonic() < end:
            last = self.process.stdout.readline()
            if not last:
                break
            shown: Shown = json.loads(last)
            if holds(shown):
                return shown
        pytest.fail(f"the kiosk never said so; its last word was {last!r}")

    def kill(self) -> None:
        """SIGKILL: no line of ours runs any more."""
        self.process.kill()
        self.process.wait(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """All devices of the demo market, on pseudo terminals below the kiosk's folder, with coins in the hoppers."""
    with Bench(demo_wires({}), tmp_path) as devices:
        for name in HOPPERS:
            devices.act(name, "fill", {"qty": str(FLOAT)})
        yield devices


def truth(bench: Bench) -> dict[str, Any]:
    """What is physically so in the acceptor."""
    devices: Any = bench.snapshot()["devices"]
    (found,) = [device["truth"] for device in devices if device["name"] == "coin"]
    return dict(found)


def is_open(bench: Bench) -> bool:
    """Whether a coin of 1.00 would stay in."""
    acceptor = truth(bench)
    return bool(acceptor["is_open"]) and 4 in acceptor["enabled"]


def has_fallen(bench: Bench) -> bool:
    """Whether the coin lies in the cash box."""
    return bool(truth(bench)["cash_box"].get("4"))


def has_the_coin(shown: Shown) -> bool:
    return shown["view"] != "starting" and shown["taken"] == 100 and "coin" in shown["online"]


def audit(folder: Path) -> None:
    """Walk the journal as an auditor would: the chain, the books, every table; and look for the coin."""
    engine = open_unlimited_reader(sqlite_url(folder / "store" / "kiosk.db"))
    with reading(engine) as connection:
        found = verify_journal(connection)
    engine.dispose()
    assert found.problems == ()
    totals = found.state.totals
    assert totals.taken == 100 == totals.held + totals.owed + totals.suspense
    assert found.state.cash["box"] == 100


def test_a_coin_dropped_in_is_shown_and_given_to_nobody_else(bench: Bench, tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path, str(FLOAT))
    try:
        kiosk.until(lambda _shown: is_open(bench))
        bench.act("coin", "drop", ONE_EURO)
        shown = kiosk.until(lambda shown: shown["held"] == 100)
        assert shown["view"] == "shopping"
    finally:
        kiosk.kill()
    audit(tmp_path)
    assert has_fallen(bench)


@pytest.mark.parametrize("moment", ["as soon as it has fallen", "once it is shown"])
def test_whenever_the_kiosk_is_killed_the_coin_is_there_once(
    bench: Bench, tmp_path: Path, moment: str
) -> None:
    kiosk = Kiosk(tmp_path, str(FLOAT))
    try:
        kiosk.until(lambda _shown: is_open(bench))
        bench.act("coin", "drop", ONE_EURO)
        if moment == "as soon as it has fallen":
            kiosk.until(lambda _shown: has_fallen(bench))
        else:
            kiosk.until(lambda shown: shown["held"] == 100)
    finally:
        kiosk.kill()
    again = Kiosk(tmp_path)
    try:
        shown = again.until(has_the_coin)
        assert shown["owed"] + shown["held"] + shown["suspense"] == 100
    finally:
        again.kill()
    audit(tmp_path)
