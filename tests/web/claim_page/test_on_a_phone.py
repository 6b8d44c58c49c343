"""The phone's pages in a real browser: readable, reachable, unclipped, in three languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kiosk.claims.desk import PHONE, ClaimDesk
from kiosk.core.facts import About
from kiosk.i18n import LANGUAGES, say
from tests.kiosk.ledger_world import World
from tests.kiosk.receipts.papers import receipts_of
from tests.web.claim_page.pages import app_of, claims_of, served
from web.claim_page.texts import PHONE as BOOK

TARGET_PX = 44
"""Links and buttons on a phone. Source: WCAG 2.2, 2.5.5 (the enhanced size)."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def claims(world: World) -> ClaimDesk:
    return claims_of(world)


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(app_of(world)) as address:
        yield address


def paths(world: World, claims: ClaimDesk) -> list[str]:
    """One page of each kind."""
    visit = world.short_change()
    world.done()
    token = receipts_of(world).token(visit)
    found = []
    for index, (about, visit_said) in enumerate(((About.NO_MONEY_BACK, visit), (About.SWALLOWED, ""))):
        opened = claims.open(
            token=f"token-{index}", about=about, said_minor=200, channel=PHONE, visit=visit_said
        )
        assert opened.status is not None
        found.append(f"/c/{opened.status.number}")
    refused = claims.open(token="token-9", about=About.BAD_GOODS, said_minor=150, channel=PHONE)
    assert refused.status is not None
    claims.decide(refused.status.claim, by="owner", amount_minor=0, reason="x" * 80)
    return ["/c", f"/c?r={token}", *found, f"/c/{refused.status.number}", f"/r/{token}", "/c/none"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_reachable_and_unclipped(
    world: World, claims: ClaimDesk, address: str, viewport: Callable[[str], Page], language: str
) -> None:
    page = viewport("phone")
    for path in paths(world, claims):
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        for target in page.locator("a, button, .choice, input:not([type=hidden], [type=radio])").all():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= TARGET_PX, (path, target.inner_text())
            assert box["x"] >= 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shopper_claims_with_three_touches_and_a_number(
    world: World, claims: ClaimDesk, address: str, viewport: Callable[[str], Page], language: str
) -> None:
    world.short_change()
    page = viewport("phone")
    page.goto(f"{address}/c?lang={language}")
    page.get_by_text(say(language, "about.no_money_back"), exact=True).click()
    page.get_by_label(BOOK.say(language, "claim.amount")).fill(
        {"en": "0.50", "fa": "۰٫۵", "ar": "٠٫٥"}[language]
    )
    page.get_by_role("button", name=BOOK.say(language, "claim.send")).click()
    (status,) = claims.statuses()
    expect(page.get_by_text(f"{status.debt_code[:4]} {status.debt_code[4:]}")).to_be_visible()
    expect(page.get_by_text(status.number)).to_be_visible()


def test_the_form_works_without_a_script(
    world: World, claims: ClaimDesk, address: str, browser_context_args: dict[str, object], page: Page
) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{address}/c?lang=en")
    plain.get_by_text(say("en", "about.swallowed"), exact=True).click()
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_text(claims.statuses()[0].number)).to_be_visible()
    context.close()
