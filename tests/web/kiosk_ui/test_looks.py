"""Every view at four sizes: rules of axe, sizes of targets, nothing clipped, controls within reach.

Each view in one language of three, in turn, and axe on every second; all of them with ``./run looks``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kiosk.core import events as ev
from kiosk.i18n import LANGUAGES
from tests.browser import VIEWPORTS
from tests.screens import show
from tests.web.scenes import SCENES, touch
from tests.web.stall import Stall, open_page

KIOSK_TARGET: Final = 64
PHONE_TARGET: Final = 44
"""A phone is held in the hand and has less room; WCAG 2.2 asks for 24."""

AXE: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

FAULTS: Final = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")
"""What the eye would see: everything visible that is cut off, too small, covered, or out of reach."""


def speak(page: Page, stall: Stall, language: str) -> None:
    """Switch the screen's language and wait until the page has followed, its sheet too."""
    touch(stall, ev.LanguageTapped, language=language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    if page.locator("#sheet-title").count():
        expect(page.locator(f"html[lang={language}] #sheet-title")).to_be_visible()


LOOKS = 3
"""Looks at one size before a page that covers itself again and again is what is found."""


def faults_of(page: Page) -> list[str]:
    """What is wrong at each size."""
    found: list[str] = []
    for size, (width, height) in VIEWPORTS.items():
        page.set_viewport_size({"width": width, "height": height})
        target = PHONE_TARGET if size == "phone" else KIOSK_TARGET
        seen: list[Any] = []
        for _ in range(LOOKS):
            expect(page.locator("body")).to_have_attribute("data-link", "live")
            seen = page.evaluate(FAULTS, [target, size == "tall"])
            if page.locator("body").get_attribute("data-link") == "live":
                break  # else a slow machine made the page wait for its stream, and it covered itself meanwhile
        found += [f"{size}: {each}" for each in seen]
    return found


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if not scene.is_lost])
def test_a_view_is_whole_within_reach_and_accessible(
    page: Page, name: str, *, in_every_language: bool
) -> None:
    scene = SCENES[name]
    stall = scene.stall()
    scene.play(stall)
    page.emulate_media(reduced_motion="reduce")
    problems: list[str] = []
    with open_page(stall) as address:
        show(page, address, scene, stall)
        number = list(SCENES).index(name)
        own = LANGUAGES[number % len(LANGUAGES)]
        for language in LANGUAGES if in_every_language else (own,):
            speak(page, stall, language)
            problems += [f"{language}, {each}" for each in faults_of(page)]
            if not in_every_language and number % 2:
                continue  # the gate asks axe about every second view; `./run looks` about all
            violations = Axe().run(page, options=AXE).response["violations"]
            problems += [
                f"{language}, axe {each['id']}: {node['html'][:120]}"
                for each in violations
                for node in each["nodes"]
            ]
        page.goto("about:blank")
    assert problems == []


@pytest.mark.parametrize(
    "name",
    ["idle", "shopping", "choice", "thanks", "owed", "all_idle", "all_shopping", "tendering", "card_thanks"],
)
def test_larger_text_cuts_nothing_off(page: Page, name: str) -> None:
    stall = SCENES[name].stall()
    SCENES[name].play(stall)
    touch(stall, ev.ComfortTapped, large_text=True, more_time=False)
    touch(stall, ev.LanguageTapped, language="fa")
    with open_page(stall) as address:
        show(page, address, SCENES[name], stall)
        expect(page.locator("html")).to_have_attribute("data-large", "yes")
        problems = [each for each in faults_of(page) if "out of reach" not in each]
        page.goto("about:blank")
    assert problems == []
