"""J9 and J10 as a clerk does them: a round at a real market's desk, on a phone, and the cash collected at its screen."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Browser, Locator, Page, expect

from hardware.simulators.market import COINS
from tests.market import Market

COUNTER: Final = """
sessionStorage.taps ??= 0;
addEventListener("click", (e) => { if (e.isTrusted) sessionStorage.taps = +sessionStorage.taps + 1; }, true);
"""
"""Counts through the pages of one tab."""

PRODUCTS: Final = 20
DIFFERING: Final = frozenset({6, 13})
"""Which of the twenty differ by two pieces from what was filled in."""


@dataclass(frozen=True, slots=True)
class Restocked:
    """What it took."""

    taps: int
    taps_target: int
    seconds: float
    placed: int


def restock(browser: Browser, market: Market) -> Restocked:
    """Fill twenty places in a round, each with the amount that is filled in beforehand, two of them with another."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.add_init_script(COUNTER)
    _sign_in(page, market)
    page.goto(f"{market.addresses['desk']}desk/round")
    page.get_by_role("button", name="Begin the round").click()
    page.goto(f"{market.addresses['desk']}desk/round?step=fill")
    cards = page.locator(".task")
    expect(cards.first).to_be_visible()
    before = market.seq()
    page.evaluate("sessionStorage.taps = 0")
    began = time.monotonic()
    for number in range(PRODUCTS):
        many = cards.count()
        _put_in(cards.first, differs=number in DIFFERING)
        expect(cards).to_have_count(many - 1)
    seconds = time.monotonic() - began
    taps = int(page.evaluate("sessionStorage.taps"))
    placed = len(market.facts("SlotCounted", after=before)) + len(market.facts("StockMoved", after=before))
    page.context.close()
    return Restocked(taps, PRODUCTS + 2 * len(DIFFERING), seconds, placed)


@dataclass(frozen=True, slots=True)
class CollectedCash:
    """What it took."""

    fields: int
    taps: int
    seconds: float
    is_balanced: bool


def collect(page: Page, market: Market) -> CollectedCash:
    """Take the box out and count it by pieces, on the kiosk's own screen; ``page`` shows it, idle, and counts its taps.

    What lies in the box is asked of the simulator: a clerk has it in hand.
    """
    found = re.search(r"PIN ([0-9]+)", _users(market))
    assert found
    market.screen_post("service/sign_in", {"name": "clerk", "pin": found[1]})
    expect(page.locator("html")).to_have_attribute("data-view", "service")
    held = Counter(market.truth("coin")["cash_box"])
    page.evaluate("window.taps = 0")
    page.locator("[data-sheet=collect]").first.click()
    page.locator('[data-form="/service/out"] [type=submit]').click()
    sheet = page.locator('[data-form="/service/count"]')
    expect(sheet).to_be_visible()
    typed = {f"box:{COINS[int(position)]}": str(qty) for position, qty in held.items()}
    for name, text in {**typed, "bag": "4711"}.items():
        sheet.locator(f'input[name$="{name}"]').click()
        for digit in text:
            sheet.locator(f'[data-key="{digit}"]').first.click()
    fields = sheet.locator("input:visible").count()
    began = time.monotonic()
    sheet.locator("[type=submit]").click()
    told = page.locator("#sheet .giant")
    expect(told).to_be_visible()
    seconds = time.monotonic() - began
    _, _, counted = market.facts("CollectionCounted")[-1]
    taps = int(page.evaluate("window.taps"))
    page.locator("#sheet [data-close]").first.click()
    market.screen_post("service/leave", {})
    return CollectedCash(fields, taps, seconds, counted["counted_minor"] == counted["expected_minor"])


def _users(market: Market) -> str:
    return (market.folder / "demo-users.txt").read_text("utf-8")


def _sign_in(page: Page, market: Market) -> None:
    found = re.search(r"password (.+)", _users(market))
    assert found
    page.goto(f"{market.addresses['desk']}desk/sign-in")
    page.get_by_label("Name").fill("clerk")
    page.get_by_label("Password").fill(found[1])
    page.get_by_role("button", name="Sign in").click()


def _put_in(card: Locator, *, differs: bool) -> None:
    """One tap where the amount is right; two more where it is not."""
    if differs:
        for _ in range(2):
            card.get_by_role("button", name="One less").click()
    card.locator("button.main").click()
