"""P7: from a coin at the acceptor's credit sensor to the screen that shows it, over a real serial line at 9600 baud."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from hardware import events as hw
from hardware.cctalk.ring import POLL_MS
from hardware.document import Document
from hardware.simulators.market import ACCEPTOR, CCTALK_BAUD, COINS, CURRENCY, HOPPERS, demo_rig_config
from kiosk.config import Config, MoneyConfig, Vendor
from kiosk.core import events as ev
from kiosk.core.effects import PrintReceipt
from kiosk.core.screen import Screen
from kiosk.core.state import Phase
from kiosk.runtime.loop import Till
from kiosk.runtime.service import Service, open_service
from tests.bench.counter import SERIAL, TAX_RATES_BP, NotSellingError
from tests.bench.slot import COINS_PER_HOPPER
from tests.bench.table import Progress, Row, percentile

REQUEST_BYTES, REPLY_BYTES = 5, 16
"""Read buffered credit: the request without data, the reply with eleven bytes. A reader sees both: ccTalk is one wire."""

BITS_PER_BYTE: Final = 10
OURS_MS: Final = 30
"""What the goal allows beside the poll and the confirming read."""

POSITION: Final = 1
"""The smallest coin, so that the credit's limit is never met."""

PATIENCE_SECONDS: Final = 15.0

WIRE_MS: Final = (REQUEST_BYTES + REPLY_BYTES) * BITS_PER_BYTE * 1000 / CCTALK_BAUD
"""One read of the buffered credit on the wire."""


def bench_config(folder: Path) -> Config:
    config = Config(
        kiosk_id="BENCH-1",
        vendor=Vendor(name="Bench", phone="1", machine="1"),
        money=MoneyConfig(currency=CURRENCY, exponent=2, cash_step_minor=10),
        tax_rates_bp=TAX_RATES_BP,
    )
    return replace(config, rig=demo_rig_config(folder / "ports"))


def no_receipts(_till: Till, _engine: Engine, _effect: PrintReceipt) -> Document:
    raise NotSellingError("this bench prints nothing")


def no_failures(port: str, error: Exception) -> None:
    raise NotSellingError(f"{port}: {error}")


class _Page:
    """A page that draws every screen at once: acknowledges it, and remembers when each credit was first shown."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._shown_ns: dict[int, int] = {}
        self._takes_coins = False
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._draw, name="page", daemon=True)
        self._thread.start()

    def _draw(self) -> None:
        stream = 0
        while not self._stop.is_set():
            screen: Screen | None = self._till.wait_for_screen(stream, 500)
            now_ns = time.monotonic_ns()
            if screen is None:
                self._till.acknowledge(stream)
                continue
            stream = screen.stream
            self._till.acknowledge(stream)
            with self._changed:
                self._takes_coins = screen.takes_coins
                self._shown_ns.setdefault(screen.held_minor, now_ns)
                self._changed.notify_all()

    def shown_ns(self, credit_minor: int) -> int:
        """When a screen first showed this credit; waits for it."""
        with self._changed:
            if not self._changed.wait_for(lambda: credit_minor in self._shown_ns, PATIENCE_SECONDS):
                raise NotSellingError(f"no screen shows {credit_minor} after {PATIENCE_SECONDS:.0f} s")
            return self._shown_ns[credit_minor]

    def wait_until_open(self) -> None:
        """Wait until a screen says that coins are taken."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._takes_coins, PATIENCE_SECONDS):
                raise NotSellingError(f"no coin is taken after {PATIENCE_SECONDS:.0f} s")

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join(timeout=2)


def wait_until(what: str, till: Till, phase: Phase) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    stream = 0
    while till.state().phase is not phase:
        screen = till.wait_for_screen(stream, 200)
        stream = screen.stream if screen else stream
        if time.monotonic() > until:
            raise NotSellingError(f"{what}: the till is {till.state().phase}")


@contextmanager
def _kiosk(folder: Path) -> Iterator[tuple[Service, _Page]]:
    """A running kiosk with full hoppers."""
    service = open_service(bench_config(folder), folder, layout=no_receipts, on_rig_failure=no_failures)
    page = _Page(service.till)
    try:
        wait_until("start", service.till, Phase.IDLE)
        service.till.ask(ev.ClerkEntered(clerk="clerk"))
        for device in HOPPERS:
            service.till.ask(
                ev.HopperFilled(token=f"fill-{device}", clerk="clerk", device=device, qty=COINS_PER_HOPPER)
            )
        service.till.ask(ev.ClerkLeft(clerk="clerk"))
        yield service, page
    finally:
        page.close()
        service.stop()


@dataclass(slots=True)
class _Slot:
    """The process with the simulated devices."""

    process: subprocess.Popen[str]

    def say(self) -> str:
        """Its next line."""
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise NotSellingError(f"the devices ended with {self.process.wait()}")
        return line.strip()

    def drop(self, position: int) -> int:
        """Drop a coin; returns when it passes the sensor, in monotonic nanoseconds."""
        if self.process.stdin is not None:
            self.process.stdin.write(f"{position}\n")
            self.process.stdin.flush()
        return int(self.say())


@contextmanager
def _devices(folder: Path) -> Iterator[_Slot]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.bench.slot", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    slot = _Slot(process)
    try:
        slot.say()
        yield slot
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(timeout=PATIENCE_SECONDS)
        if process.stdout is not None:
            process.stdout.close()


def _over_the_wire(folder: Path, coins: int) -> list[float]:
    """Milliseconds from sensor to screen, coin by coin, at moments that have nothing to do with the poll's."""
    progress = Progress("P7, coins over a serial line", coins)
    moments = random.Random(7)
    pause = threading.Event()
    taken: list[float] = []
    with _devices(folder) as slot, _kiosk(folder) as (_service, page):
        page.wait_until_open()
        pause.wait(1.0)  # the acceptor hears that it is open with its next polls
        for number in range(coins):
            pause.wait(moments.uniform(0.0, 2 * POLL_MS / 1000))
            began_ns = slot.drop(POSITION)
            shown_ns = page.shown_ns((number + 1) * COINS[POSITION])
            taken.append((shown_ns - began_ns) / 1e6)
            progress.at(number)
    return taken


def _in_process(folder: Path, coins: int) -> list[float]:
    """Milliseconds from the driver's word to the published screen: inbox, decide, append, publish, wake the page."""
    Progress("P7, the kiosk's own part", coins)
    taken: list[float] = []
    with _kiosk(folder) as (service, page):
        for number in range(coins):
            coin = hw.CoinAccepted(
                ACCEPTOR,
                serial=SERIAL,
                device_epoch=1,
                event_no=number + 1,
                position=POSITION,
                value_minor=COINS[POSITION],
                currency=CURRENCY,
                path=1,
            )
            began_ns = time.monotonic_ns()
            service.till.deliver((coin,))
            taken.append((page.shown_ns((number + 1) * COINS[POSITION]) - began_ns) / 1e6)
    return taken


def measure_coins(folder: Path, *, coins: int) -> list[Row]:
    """P7 and its parts."""
    wire = _over_the_wire(folder / "wired", coins)
    inside = _in_process(folder / "inside", coins)
    goal_ms = POLL_MS + WIRE_MS + OURS_MS
    p99 = percentile(wire, 99)
    return [
        Row(
            "P7",
            "coin at the sensor to published screen, 9600 baud: p99",
            f"{p99:.0f} ms (p50 {percentile(wire, 50):.0f}, least {min(wire):.0f}, most {max(wire):.0f})",
            f"poll {POLL_MS} + confirming read {WIRE_MS:.1f} + {OURS_MS} ms, {coins} coins",
            f"{goal_ms:.0f} ms",
            p99 <= goal_ms,
        ),
        Row(
            "P7",
            "beside it: in process, driver's word to published screen: p99",
            f"{percentile(inside, 99):.1f} ms (p50 {statistics.median(inside):.1f})",
            f"{coins} coins; a browser's frame comes on top of both",
        ),
    ]
