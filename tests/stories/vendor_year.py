"""J13 and J11 as a new vendor does them: one command to a market with a past, and its month end on one page of the desk."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, expect

from kiosk.config import load_config
from kiosk.i18n import ascii_digits
from kiosk.runtime.hub import open_hub
from kiosk.simulation.sites import SITES
from kiosk.simulation.year import YearOrder
from kiosk.simulation.years import YearTask, send_to_desk, trade_one
from tests.market import MarketError
from tests.stories.vendor_claims import COUNTER
from web.demo import write_config
from web.desk_command import DESK_FILE, create_hub_app
from web.serve import WebServer
from web.year_demo import DESK_FOLDER

SHORT_DAYS: Final = 14
"""Of the past where time is short: the other taps are the same."""

KIOSKS: Final = 10
"""Of the vendor whose month is closed: the most that the desk is made for."""

FEW_DAYS: Final = 3
"""Of trade at each kiosk that the command did not make: enough to have figures."""

SEED: Final = 7
PATIENCE_SECONDS: Final = 900.0
"""Until the desk answers. What it took is printed beside the journey's 180 s; a machine that does much else is no failure."""

LOOK_SECONDS: Final = 0.2
STOP_SECONDS: Final = 30.0

TRIES: Final = 5
"""A page gives up after the readers' one second, which a machine that does much else beside exceeds."""


@dataclass(frozen=True, slots=True)
class NewMarket:
    """What one command made.

    Attributes:
        desk: Address of the desk for all kiosks.
        screen: Address of the shopper's screen.
        password: The owner's, as the demo wrote it down.
        seconds: From the command to a desk and a screen that answer.
    """

    desk: str
    screen: str
    password: str
    seconds: float


@contextmanager
def new_market(folder: Path, days: int) -> Iterator[NewMarket]:
    """Run the command as a person types it, but for the ports, which must be free, and the days; it ends with the block.

    Raises:
        MarketError: It ended by itself, or nothing answered in time.
    """
    screen, desk, workshop, everything = _free_ports(4)
    log = folder / "demo.log"
    command = ["demo", "--year", "--seed", str(SEED), "--days", str(days), "--data", str(folder / "year")]
    ports = {"screen": screen, "desk": desk, "workshop": workshop, "all": everything}
    for name, port in ports.items():
        command += [f"--{name}-port", str(port)]
    addresses = [f"http://localhost:{everything}/desk/sign-in", f"http://127.0.0.1:{screen}/"]
    began = time.monotonic()
    with log.open("wb") as told:
        demo = subprocess.Popen([sys.executable, "-P", "-m", "web.main", *command], stdout=told, stderr=told)
    try:
        while not all(_answers(each) for each in addresses):
            if demo.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                raise MarketError(f"no market came of the command: {log.read_text('utf-8')[-600:]}")
            try:
                demo.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        seconds = time.monotonic() - began
        found = re.search(r"password (\S+)", (folder / "year" / "demo-users.txt").read_text("utf-8"))
        assert found
        yield NewMarket(addresses[0].removesuffix("desk/sign-in"), addresses[1], found[1], seconds)
    finally:
        demo.send_signal(signal.SIGINT)
        try:
            demo.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            demo.kill()
            demo.wait()


@contextmanager
def with_more_kiosks(folder: Path, market: NewMarket) -> Iterator[NewMarket]:
    """The same desk after seven more kiosks pushed their few days to it; the command must have ended.

    The desk is served by this process: the command knows three kiosks.
    """
    until = datetime.now(UTC)
    hub = open_hub(folder / "year" / DESK_FOLDER)
    try:
        for number in range(len(SITES), KIOSKS):
            each = folder / f"kiosk-{number + 1}"
            config = write_config(each, kiosk_id=f"DEMO-{number + 1}", machine=str(number))
            order = YearOrder(SEED + number, until, FEW_DAYS)
            task = YearTask(order, number % len(SITES), each, config)
            trade_one(task)
            send_to_desk(task, hub.inbox, f"Kiosk {number + 1}")

        def failed(error: Exception) -> None:
            raise MarketError(f"the desk's store failed: {error}")

        desk = load_config(folder / "year" / DESK_FOLDER / DESK_FILE)
        server = WebServer(create_hub_app(hub, desk, on_failure=failed), "127.0.0.1", 0, name="desk")
        server.start()
        try:
            yield replace(market, desk=server.url().replace("127.0.0.1", "localhost"))
        finally:
            server.close()
    finally:
        hub.close()


def _free_ports(many: int) -> list[int]:
    """Ports that nobody has now; all are held until the last is found, so that they differ."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(many)]
        return [each.getsockname()[1] for each in sockets]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """How it went.

    Attributes:
        kiosks: On the one page.
        taps: From the desk's first page to the file.
        seconds: From the first tap to the file.
        figures: That were opened, each with its entries.
        file_bytes: Of the file.
    """

    kiosks: int
    taps: int
    seconds: float
    figures: int
    file_bytes: int


def open_desk(browser: Browser, market: NewMarket) -> tuple[Page, float]:
    """Sign in at the desk for all kiosks; returns its first page and the seconds from the button to it."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True).new_page()
    page.add_init_script(COUNTER)
    page.goto(f"{market.desk}desk/sign-in")
    page.get_by_label("Name").fill("owner")
    page.get_by_label("Password").fill(market.password)
    began = time.monotonic()
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#menu")).to_be_visible()
    return page, time.monotonic() - began


def close_month(page: Page) -> MonthEnd:
    """The month on one page, as a file with one tap; and every figure of the page opens its entries."""
    page.evaluate("sessionStorage.clear()")
    began = time.monotonic()
    page.get_by_role("link", name="Month end").click()
    sheet = page.locator("table.sheet")
    expect(sheet.first).to_be_visible()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    month = f"{yesterday:%Y-%m}"
    if page.locator("#month").input_value() != month:
        page.locator("#month").select_option(month)
        page.get_by_role("button", name="Show").click()
        expect(page.locator("#month")).to_have_value(month)
    kiosks = sheet.first.locator("thead th").count() - 2
    with page.expect_download() as waited:
        page.get_by_role("link", name="Excel").click()
    size = waited.value.path().stat().st_size
    seconds = time.monotonic() - began
    taps = int(page.evaluate("+sessionStorage.taps"))
    figures = sheet.locator("a.figure")
    links = [(str(each.get_attribute("href")), each.inner_text()) for each in figures.all()]
    for href, shown in links:
        _open(page, href, shown)
    return MonthEnd(kiosks, taps, seconds, len(links), size)


def _open(page: Page, href: str, shown: str) -> None:
    """Follow a figure, again if a busy machine says so; what is not nothing has entries."""
    status = 0
    for _ in range(TRIES):
        answer = page.goto(page.url.partition("/desk/")[0] + href)
        status = answer.status if answer else 0
        if status == 200:
            break
    entries = page.locator("main table tbody tr")
    is_nothing = not re.search(r"[1-9]", ascii_digits(shown))
    if not is_nothing and not entries.count():
        raise MarketError(f"{shown} opens no entries ({status}, {page.title()}): {href}")
