"""Bad input: a disk that fills up before, in and after a sale; and one that is full when the kiosk starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.screen import View
from tests.architecture.source import ROOT
from tests.bad_input.disk import SmallDisk, fill, make_room, small_disk
from tests.bad_input.table import Booth, expect_told
from tests.market import Market
from web.demo import write_config

__all__ = ["small_disk"]


TRIES = 3
"""The till looks at its disk every few seconds; the coin must fall between two looks, and does so nearly always."""


@pytest.fixture
def market(small_disk: SmallDisk, tmp_path: Path) -> Iterator[Market]:
    """A market whose store lies on the small disk, and only the store: devices remember elsewhere, as in life."""
    made = Market(tmp_path / "market")
    path = write_config(made.folder)
    limits = "\n[store]\nlow_mib = 70\nfull_mib = 66\n"
    path.write_text(path.read_text(encoding="utf-8") + limits, encoding="utf-8")
    (small_disk.folder / "store").mkdir(mode=0o700)
    (made.folder / "store").symlink_to(small_disk.folder / "store")
    made.make()
    made.start_devices()
    made.start_kiosk()
    made.watch()
    made.wait_for_slot(200)
    yield made
    make_room(small_disk.folder) if (small_disk.folder / "filler").exists() else None
    made.close()


def test_a_disk_that_is_full_starts_the_kiosk_again_by_itself_and_loses_no_coin(
    market: Market, small_disk: SmallDisk
) -> None:
    store = small_disk.folder / "store"
    assert (store / "ballast").exists()
    pid, head = market._processes["kiosk"].pid, market.seq()
    for _ in range(TRIES):
        fill(small_disk.folder)
        market.drop(200)
        market.wait_for("the coin lies somewhere", lambda: not market.truth("coin")["falling"])
        shrank = market.wait_for_fact("SpaceShrank", after=head)
        assert shrank["level"] == "full"
        assert market._processes["kiosk"].pid == pid, "a service manager sees one process"
        if market.truth("coin")["cash_box"]:
            break
        # The till looked at its disk between the two and shut the slot: the coin lies in the tray.
        make_room(small_disk.folder)
        assert market.stop_kiosk() == 0
        market.start_kiosk()
        market.wait_for_slot(200)
        pid, head = market._processes["kiosk"].pid, market.seq()
    assert market.truth("coin")["cash_box"], "the coin had fallen already"
    said = market.log_of("kiosk")
    assert "a write to the store failed" in said
    assert "starting again in 0.5 s, it recovers by itself" in said
    assert "Traceback" not in said
    assert not (store / "ballast").exists(), "given up for the start"
    market.wait_for_fact("CoinFound", after=head)
    assert not market.truth("coin")["is_open"], "no money is taken"
    market.wait_for("an honest screen", lambda: market.frame()["view"] == View.HALTED)

    make_room(small_disk.folder)
    assert market.stop_kiosk() == 0
    market.start_kiosk()
    market.wait_for_slot(200)
    assert (store / "ballast").exists(), "laid again"
    found = market.verify()
    assert found.problems == ()
    totals = found.state.totals
    assert (totals.taken, totals.suspense + totals.owed + totals.held) == (200, 200), "the coin is there once"


def full(booth: Booth, level: str = "full") -> None:
    booth.tell(ev.SpaceRead(level, 0))


def test_a_full_disk_takes_the_kiosk_out_of_service_in_words(booth: Booth) -> None:
    full(booth)
    assert booth.screen().view is View.HALTED
    assert not booth.screen().takes_coins
    for event in (ev.SlotChosen(**booth.tap(), slot="A1"), ev.ProductChosen(**booth.tap(), sku="NUTS")):  # type: ignore[arg-type]
        expect_told(booth.ask(event).notice, "out_of_service")
    expect_told(booth.ask(ev.ScanRead("1", "NUTS", "")).notice, "out_of_service")
    assert booth.facts(f.VisitOpened) == []
    full(booth, "ok")
    assert booth.screen().view is View.IDLE
    booth.choose("A1")
    booth.finish_sale()
    booth.expect_nothing_lost(goods_minor=150)


def test_money_that_is_held_when_the_disk_fills_comes_back(booth: Booth) -> None:
    booth.choose("A1")
    booth.coin(100)
    full(booth)
    assert not booth.screen().takes_coins
    booth.money_back()
    booth.pay()
    assert booth.got_back_minor == 100
    booth.expect_nothing_lost(goods_minor=0)


def test_little_room_takes_no_new_money_but_finishes_what_began(booth: Booth) -> None:
    booth.choose("A1")
    booth.coin(200)
    full(booth, "low")
    booth.vend("delivered")
    booth.pay()
    assert not booth.screen().takes_coins
    assert booth.screen().view is not View.HALTED
    booth.expect_nothing_lost(goods_minor=150)


SCRIPT = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["kiosk", *sys.argv[2:]]
from web.main import main
main()
"""
"""A disk that takes so much and no more: for systems where nothing can be mounted."""


@pytest.mark.parametrize("limit", [0, 4_096, 60_000])
def test_a_market_that_does_not_fit_on_the_disk_is_one_sentence(tmp_path: Path, limit: int) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", SCRIPT, str(limit), "make-market", "--data", str(tmp_path / "m")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode not in {0, -signal.SIGXFSZ}
    assert done.stderr.startswith("Error: "), done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
