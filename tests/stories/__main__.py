"""`./run stories`: the shopper's and the vendor's journeys in a real browser, with taps and seconds beside their targets.

Taps are counted by a listener in the page; seconds run from the hand that does something to what can be seen or picked
up. A scan takes a person 2 s and is not waited for. Taps and fields are counts: one too many fails the run, and so does a
story that does not come to its end. Seconds of the vendor's journeys are held against their targets, too: a run in which only
those were missed ends with 2 and says how busy the machine was. Those of the shopper's are printed: `./run bench` measures them.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page, expect

from tests.browser import VIEWPORTS, open_browser
from tests.market import Market, MarketError
from tests.stories.vendor_claims import READ_IN_A_MINUTE, answer_claims
from tests.stories.vendor_round import PRODUCTS as RESTOCKED
from tests.stories.vendor_round import collect, restock
from tests.stories.vendor_year import (
    KIOSKS,
    SHORT_DAYS,
    close_month,
    new_market,
    open_desk,
    with_more_kiosks,
)
from web.year_demo import YEAR_DAYS

COUNTER: Final = (
    "window.taps = 0; addEventListener('click', e => { if (e.isTrusted) window.taps += 1 }, true);"
)
SCANS: Final = 20
IDLE_SECONDS: Final = 6
"""Idle time in the story; the product's is 60 s, and 120 s while money is held."""


FIELDS_MOST: Final = 6
"""Of a collection's count."""

VENDORS: Final = ("J8", "J9", "J10", "J11", "J13")
"""Journeys whose seconds are held against their targets."""


@dataclass(frozen=True, slots=True)
class Told:
    """One story's numbers; a target begins with its number, or has none."""

    name: str
    taps: int
    taps_target: str
    seconds: float
    what: str
    seconds_target: str

    @property
    def is_over(self) -> bool:
        """Whether it took more taps than it may."""
        return _is_more(self.taps, self.taps_target)

    @property
    def is_late(self) -> bool:
        """Whether a vendor's journey took longer than it may."""
        return self.name.split()[0] in VENDORS and _is_more(self.seconds, self.seconds_target)


def _is_more(number: float, target: str) -> bool:
    most = re.match(r"[0-9.]+", target)
    return most is not None and number > float(most[0])


class Teller:
    """The market, the page, and the stories told so far."""

    def __init__(self, market: Market, page: Page, days: int) -> None:
        """Nothing is told yet; ``days`` are those of the new vendor's past."""
        self.market = market
        self.days = days
        self.page = page
        self.told: list[Told] = []
        self._goods = [each for each in market.workshop("api/setting")["products"] if each["code"]]

    def fresh(self) -> None:
        """The idle screen, and no taps."""
        self.market.wait_for("a free till", lambda: self.market.frame()["view"] in {"idle", "thanks"})
        if self.market.frame()["view"] == "thanks":
            self.page.locator("[data-tap=done]").first.click()
        expect(self.page.locator("html")).to_have_attribute("data-view", "idle")
        self.page.evaluate("window.taps = 0")

    @property
    def taps(self) -> int:
        """Touches of a person since `fresh`."""
        return int(self.page.evaluate("window.taps"))

    def view(self, name: str, seconds: float = 20.0) -> None:
        """Wait until the page shows a view."""
        expect(self.page.locator("html")).to_have_attribute("data-view", name, timeout=seconds * 1000)

    def scan(self, number: int) -> float:
        """Scan goods; returns the seconds until one more piece is on the page."""
        before = self.page.locator("#cart .line").count()
        began = time.monotonic()
        self.market.scan(self._goods[number]["code"])
        expect(self.page.locator("#cart .line")).to_have_count(before + 1)
        return time.monotonic() - began

    def coin(self, value_minor: int) -> None:
        """Drop a coin as soon as the slot takes it."""
        self.market.wait_for_slot(value_minor)
        self.market.drop(value_minor)

    def tell(self, told: Told) -> None:
        """Print one story's numbers."""
        self.told.append(told)
        click.echo(
            f"  {told.name:34} taps {told.taps} ({told.taps_target})   {told.seconds:5.2f} s {told.what} ({told.seconds_target})"
            f"{'   TOO MANY TAPS' if told.is_over else ''}{'   TOO LATE' if told.is_late else ''}"
        )


def cash_two_goods(teller: Teller) -> None:
    """J2: scan, scan, coins; the last coin closes the sale."""
    market = teller.market
    teller.fresh()
    teller.scan(0)
    teller.scan(1)
    seq = market.seq()
    total = sum(fact[2]["price_minor"] for fact in market.facts("LineAdded")[-2:])
    for _ in range(-(-total // 200) - 1):
        teller.coin(200)
        market.wait_for_fact("CoinCredited", after=seq)
        seq = market.seq()
    market.wait_for_slot(200)
    began = time.monotonic()
    market.drop(200)
    started = market.wait_for("the change", lambda: bool(market.facts("PayoutStarted", after=seq)))
    teller.view("thanks")
    teller.tell(Told("J2 cash, two goods", teller.taps, "0", started, "coin to change", "1 s"))
    teller.tell(
        Told("J2 the same, to the end", teller.taps, "0", time.monotonic() - began, "coin to thanks", "-")
    )


def money_first(teller: Teller) -> None:
    """J2: money first, then a scan: a bar of five seconds, then the sale closes by itself."""
    teller.fresh()
    teller.coin(200)
    teller.view("shopping")
    teller.coin(200)
    expect(teller.page.locator("#bar .sums")).to_be_visible()
    began = time.monotonic()
    teller.scan(2)
    teller.view("thanks")
    teller.tell(
        Told(
            "J2 money first", teller.taps, "0", time.monotonic() - began, "scan to thanks", "5 s bar + change"
        )
    )


def vending(teller: Teller) -> None:
    """J4: one tap and money; then a failure that offers money back by itself."""
    market = teller.market
    teller.fresh()
    teller.page.locator("[data-args*='\"B1\"']").first.click()
    teller.view("shopping")
    began = time.monotonic()
    teller.coin(200)
    market.wait_for("goods in the tray", lambda: int(market.truth("coils")["tray_qty"]) > 0)
    teller.tell(Told("J4 vending", teller.taps, "1", time.monotonic() - began, "coin to goods", "-"))
    teller.view("thanks")
    teller.fresh()
    coil = next(each["coil"] for each in market.workshop("api/setting")["coils"] if each["code"] == "B2")
    market.act("coils", "jam_coil", slot=coil)
    teller.page.locator("[data-args*='\"B2\"']").first.click()
    teller.view("shopping")
    seq = market.seq()
    teller.coin(200)
    market.wait_for_fact("VendEnded", after=seq)
    began = time.monotonic()
    expect(teller.page.locator("[data-countdown=choosing]").first).to_be_visible()
    took = time.monotonic() - began
    taps = teller.taps
    teller.page.locator("[data-tap=money_back]").first.click()
    teller.view("thanks")
    teller.tell(Told("J4 a vend that fails", taps - 1, "0 more", took, "failure to offer", "5 s"))


def scanning(teller: Teller) -> None:
    """J5: scan to screen; an unknown code never blocks the cart."""
    teller.fresh()
    waits = sorted(teller.scan(number) for number in range(3, 3 + SCANS))
    worst = waits[int(len(waits) * 0.95) - 1]
    teller.market.scan("4006381333931")
    expect(teller.page.locator("#said")).not_to_be_empty()
    expect(teller.page.locator("#cart .line")).to_have_count(SCANS)
    teller.tell(
        Told("J5 scan feedback", teller.taps, "0", worst, "scan to screen, 95th percentile", "0.15 s")
    )
    teller.page.locator("[data-tap=money_back]").first.click()


def language_and_idling(teller: Teller) -> None:
    """J6: one tap for another language, the cart stays; idling gives the money back."""
    market, page = teller.market, teller.page
    teller.fresh()
    teller.scan(0)
    seq = market.seq()
    page.locator('[data-keep="lang-fa"]').click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#cart .line")).to_have_count(1)
    taps = teller.taps
    teller.coin(10)
    market.wait_for_fact("CoinCredited", after=seq)
    began = time.monotonic()
    market.wait_for_fact("VisitSettled", after=seq)
    took = time.monotonic() - began
    paid = sum(fact[2]["paid_qty"] for fact in market.facts("PayoutEnded", after=seq))
    if paid != 1:
        raise MarketError(f"idling paid {paid} coins back instead of 1")
    teller.tell(
        Told("J6 language; idle end pays back", taps, "1", took, "idle to paid", f"{IDLE_SECONDS} s here")
    )


def receipt(teller: Teller) -> None:
    """J7: one tap, paper in three seconds."""
    market = teller.market
    teller.fresh()
    teller.scan(0)
    seq = market.seq()
    total = market.facts("LineAdded")[-1][2]["price_minor"]
    for _ in range(-(-total // 200)):
        teller.coin(200)
    market.wait_for_fact("VisitSettled", after=seq)
    teller.view("thanks")
    before = market.truth("printer")
    began = time.monotonic()
    teller.page.locator("[data-tap=receipt]").first.click()
    market.wait_for("paper", lambda: market.truth("printer") != before)
    first = time.monotonic() - began
    market.wait_for_fact("PrintClosed", after=seq)
    teller.tell(Told("J7 receipt on paper", teller.taps, "1", first, "tap to first line", "3 s"))


def claim(teller: Teller) -> None:
    """J8: a payout falls short; three taps at the screen, and a proven claim is settled."""
    market, page = teller.market, teller.page
    teller.fresh()
    seq = market.seq()
    teller.coin(200)
    market.wait_for_fact("CoinCredited", after=seq)
    for name in ("hopper-10", "hopper-20", "hopper-50"):
        market.fault(name, "jam", is_on=True)
    page.locator("[data-tap=money_back]").first.click()
    market.wait_for_fact("VisitSettled", after=seq, seconds=30)
    for name in ("hopper-10", "hopper-20", "hopper-50"):
        market.fault(name, "jam", is_on=False)
    teller.view("thanks")
    page.evaluate("window.taps = 0")
    seq = market.seq()
    page.locator("[data-sheet=help]").first.click()
    page.locator('[data-of="no_money_back"]').first.click()
    began = time.monotonic()
    page.locator("#sheet [data-send]").first.click()
    market.wait_for_fact("PayoutEnded", after=seq)
    took = time.monotonic() - began
    teller.tell(Told("J8 a proven claim", teller.taps, "3", took, "last tap to coins", "10 s"))
    market.wait_for_fact("VisitSettled", after=seq)


def claims_at_the_desk(teller: Teller) -> None:
    """J8: the vendor pays what is proven with one click, and reads what is unclear within a minute."""
    browser = teller.page.context.browser
    assert browser is not None
    proven, unclear = answer_claims(browser)
    teller.tell(Told("J8 vendor, a proven claim", proven.clicks, "1", proven.seconds, "click to paid", "-"))
    reading_seconds = 60 * unclear.words / READ_IN_A_MINUTE
    teller.tell(
        Told(
            "J8 vendor, an unclear claim",
            unclear.clicks,
            "2",
            unclear.seconds + reading_seconds,
            f"to read {unclear.words} words and decide",
            "60 s",
        )
    )


def round_of_a_clerk(teller: Teller) -> None:
    """J9: twenty places filled on a phone, eighteen as it was filled in beforehand, two otherwise."""
    browser = teller.page.context.browser
    assert browser is not None
    done = restock(browser, teller.market)
    if done.placed != RESTOCKED:
        raise MarketError(f"{done.placed} of {RESTOCKED} places are in the journal")
    target = f"{done.taps_target}"
    teller.tell(Told("J9 restock 20 products", done.taps, target, done.seconds, "first to last tap", "90 s"))


def cash_of_a_clerk(teller: Teller) -> None:
    """J10: the box counted by pieces at the screen, and the answer at once."""
    teller.fresh()
    done = collect(teller.page, teller.market)
    if not done.is_balanced:
        raise MarketError("the box was counted right, and the books do not agree")
    what = f"count to answer, {done.fields} fields (6)"
    teller.tell(Told("J10 cash collection", done.taps, "-", done.seconds, what, "at once"))
    if done.fields > FIELDS_MOST:
        raise MarketError(f"the count takes {done.fields} fields; {FIELDS_MOST} are the most")


def year_of_a_new_vendor(teller: Teller) -> None:
    """J13: one command to a market with a past. J11: the month of all its kiosks on one page, and as a file with one tap."""
    browser = teller.page.context.browser
    assert browser is not None
    with tempfile.TemporaryDirectory(prefix="kiosk-year-") as made:
        folder = Path(made)
        with new_market(folder, teller.days) as market:
            what = f"command to desk and screen, 3 kiosks, {teller.days} days"
            target = "180 s" if teller.days == YEAR_DAYS else f"180 s for {YEAR_DAYS}"
            teller.tell(Told("J13 a new vendor", 0, "0", market.seconds, what, target))
            page, seconds = open_desk(browser, market)
            teller.tell(Told("J13 the desk's first page", 1, "1", seconds, "sign-in to the first page", "-"))
            page.context.close()
        with with_more_kiosks(folder, market) as desk:
            page, _ = open_desk(browser, desk)
            done = close_month(page)
            page.context.close()
    if done.kiosks != KIOSKS:
        raise MarketError(f"the month end shows {done.kiosks} kiosks instead of {KIOSKS}")
    what = (
        f"first tap to the file; {done.kiosks} kiosks on one page, {done.figures} figures open their entries"
    )
    teller.tell(Told("J11 month end", done.taps, "2, 1 of them the export", done.seconds, what, "300 s"))


STORIES: Final[tuple[Callable[[Teller], None], ...]] = (
    cash_two_goods,
    money_first,
    vending,
    scanning,
    language_and_idling,
    receipt,
    claim,
    claims_at_the_desk,
    round_of_a_clerk,
    cash_of_a_clerk,
    year_of_a_new_vendor,
)


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--short", "is_short", is_flag=True, help=f"{SHORT_DAYS} days of a new vendor's past instead of a year."
)
def main(names: tuple[str, ...], *, is_short: bool) -> None:
    """Tell the stories, or only those whose NAMES are given."""
    known = [story.__name__ for story in STORIES]
    if unknown := set(names) - set(known):
        raise click.BadParameter(f"no story {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    passed = failed = 0
    times = {"idle": IDLE_SECONDS, "idle_money": IDLE_SECONDS}
    with Market(times=times) as market, open_browser() as browser:
        width, height = VIEWPORTS["tall"]
        page = browser.new_page(viewport={"width": width, "height": height})
        page.add_init_script(COUNTER)
        page.goto(market.addresses["screen"])
        teller = Teller(market, page, SHORT_DAYS if is_short else YEAR_DAYS)
        for story in STORIES:
            if names and story.__name__ not in names:
                continue
            try:
                story(teller)
                passed += 1
            except (MarketError, BrowserError, AssertionError) as error:
                failed += 1
                click.echo(f"  {story.__name__}: DID NOT COME TO ITS END: {str(error)[:400]}")
                page.screenshot(path=str(market.folder / "story.png"))
    over = sum(told.is_over for told in teller.told)
    late = sum(told.is_late for told in teller.told)
    click.echo(
        f"{passed} passed, {failed} failed; targets missed: {over} of taps, {late} of seconds, "
        f"with {os.getloadavg()[0]:.1f} tasks at a time on {os.cpu_count()} processors"
    )
    sys.exit(1 if failed or over else 2 if late else 0)


if __name__ == "__main__":
    main()
