"""J8 at the vendor's desk: what is proven is one click, what is unclear is read within a minute."""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, expect

from kiosk.core.facts import About
from tests.web.admin.office import OWNER, PASSWORDS, Office

COUNTER: Final = (
    "addEventListener('click', e => { if (e.isTrusted) "
    "sessionStorage.setItem('taps', 1 + +sessionStorage.getItem('taps')) }, true);"
)
"""Counts a person's clicks over several pages."""

READ_IN_A_MINUTE: Final = 200
"""Words that an adult reads of a plain page in a minute; Persian and Arabic readers do not read more."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How an answer went: clicks from the list, seconds of the machine, words that were to be read before."""

    clicks: int
    seconds: float
    words: int


def answer_claims(browser: Browser) -> tuple[Answered, Answered]:
    """Answer a proven claim that a bound held back, then one that nobody can tell; on a phone."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        proven, unclear = _wait(office)
        with office.served() as address:
            page = browser.new_page(viewport={"width": 390, "height": 844})
            page.add_init_script(COUNTER)
            url = address.rstrip("/").replace("127.0.0.1", "localhost")
            page.goto(url + "/desk/sign-in")
            page.fill("#name", OWNER)
            page.fill("#password", PASSWORDS[OWNER])
            page.click("main button")
            expect(page.locator("#menu")).to_be_attached()
            page.evaluate("sessionStorage.clear()")
            answers = _pay(page, url, office, proven), _decide(page, url, office, unclear)
            page.close()
        office.close()
    return answers


def _wait(office: Office) -> tuple[str, str]:
    """A proven claim and an unclear one that wait at the desk."""
    shop = office.till._shop
    office.till._shop = replace(shop, rules=replace(shop.rules, max_auto_day_claims=0))
    visit = office.short_change()
    office.done()
    proven = office.desk.claims.open(
        token="story-1", about=About.NO_MONEY_BACK, said_minor=50, channel="phone", visit=visit
    ).status
    office.choose("A1")
    visit = office.screen().visit
    office.coin(200)
    office.vend("unknown")
    office.pay()
    unclear = office.desk.claims.open(
        token="story-2",
        about=About.NO_GOODS,
        said_minor=150,
        channel="phone",
        visit=visit,
        details="mina@example.org",
    ).status
    assert proven is not None
    assert unclear is not None
    return proven.claim, unclear.claim


def _pay(page: Page, url: str, office: Office, claim: str) -> Answered:
    page.goto(url + "/desk/claims")
    card = page.locator("li.case", has=page.locator(f'a[href$="/{claim}"]'))
    words = _words(card.inner_text())
    began = time.monotonic()
    card.locator("button.main").click()
    expect(page.locator(".told")).not_to_be_empty()
    return _answered(page, office, claim, began, words)


def _decide(page: Page, url: str, office: Office, claim: str) -> Answered:
    page.goto(url + "/desk/claims")
    began = time.monotonic()
    page.locator(f'a.button[href$="/{claim}"]').click()
    expect(page.locator("#approve")).to_be_visible()
    words = _words(page.locator("main").inner_text())
    page.locator("#approve ~ form button.main").click()
    expect(page.locator(".told")).not_to_be_empty()
    return _answered(page, office, claim, began, words)


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def _answered(page: Page, office: Office, claim: str, began: float, words: int) -> Answered:
    """The counts of one answer, once the journal has it."""
    clicks = int(page.evaluate("+sessionStorage.getItem('taps')"))
    page.evaluate("sessionStorage.clear()")
    seconds = time.monotonic() - began
    status = office.desk.claims.status(claim)
    assert status is not None
    assert status.state == "approved", status.state
    return Answered(clicks, seconds, words)
