"""J9 as a clerk does it: a round at a real market's desk, on a phone, with amounts that match and two that differ."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Browser, Locator, Page, expect

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


def _sign_in(page: Page, market: Market) -> None:
    users = (market.folder / "demo-users.txt").read_text("utf-8")
    found = re.search(r"password (.+)", users)
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
