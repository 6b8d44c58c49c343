"""`./run screens`: one contact sheet per screen, languages by sizes, into ``.screens/``, to be looked at by a person.

Names given on the command line choose screens; none means all.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from kiosk.core import events as ev
from kiosk.i18n import LANGUAGES
from tests.browser import VIEWPORTS, open_browser
from tests.web.scenes import SCENES, Scene, touch
from tests.web.stall import Stall, open_page

FOLDER: Final = Path(".screens")
SHEET_HEIGHT: Final = {"tall": 1100, "wide": 560, "small": 420, "phone": 1100}
"""Height at which each size is pasted: large enough to read the smallest text."""
GAP: Final = 16


def show(page: Page, address: str, scene: Scene, stall: Stall) -> None:
    """Bring a page to where the scene can be seen."""
    page.goto(address)
    expect(page.locator("#head .sign-name")).to_be_visible()
    page.wait_for_function("document.fonts.ready.then(() => true)")
    if scene.tab:
        page.locator(f"#tabs [data-tab={scene.tab}]").click()
    name, of = scene.sheet
    if name:
        visit = stall.screen().thanks
        of = visit.visit if of == "visit" and visit else of
        page.evaluate(
            """([name, of]) => {
                const button = document.createElement("button");
                button.dataset.sheet = name;
                button.dataset.of = of;
                document.body.append(button);
                button.click();
                button.remove();
            }""",
            [name, of],
        )
        expect(page.locator("#sheet-title")).to_be_visible()
    if scene.typed:
        field = page.locator("#sheet [data-entry]").first
        field.fill(scene.typed)
        if name == "search":
            expect(page.locator("#found .tile").first).to_be_visible()
    page.wait_for_load_state("load")


def photographs(browser: Browser, scene: Scene) -> Iterable[tuple[str, str, bytes]]:
    """Language, size and picture of a scene."""
    for language in LANGUAGES:
        stall = scene.stall()
        touch(stall, ev.LanguageTapped, language=language)
        scene.play(stall)
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        with open_page(stall) as address:
            show(page, address, scene, stall)
            if not scene.is_lost:
                yield from sizes(page, language)
        if scene.is_lost:  # now the server is gone
            expect(page.locator("#cover")).to_be_visible(timeout=8_000)
            yield from sizes(page, language, is_lost=True)
        context.close()


def sizes(page: Page, language: str, *, is_lost: bool = False) -> Iterable[tuple[str, str, bytes]]:
    """The page as it is, at every size."""
    for size, (width, height) in VIEWPORTS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if not is_lost:  # a busy machine may have covered the prices for a moment
            expect(page.locator("body")).to_have_attribute("data-link", "live")
        yield language, size, page.screenshot()


def contact_sheet(pictures: Iterable[tuple[str, str, bytes]]) -> Image.Image:
    """Rows are sizes, columns are languages."""
    rows: dict[str, list[Image.Image]] = {}
    for _, size, data in pictures:
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        height = SHEET_HEIGHT[size]
        rows.setdefault(size, []).append(picture.resize((picture.width * height // picture.height, height)))
    width = max(sum(each.width + GAP for each in row) for row in rows.values())
    sheet = Image.new("RGB", (width + GAP, sum(row[0].height + GAP for row in rows.values()) + GAP), "#777")
    top = GAP
    for row in rows.values():
        start = GAP
        for picture in row:
            sheet.paste(picture, (start, top))
            start += picture.width + GAP
        top += row[0].height + GAP
    return sheet


def main(names: list[str]) -> int:
    """Make the sheets."""
    unknown = set(names) - set(SCENES)
    if unknown:
        print(f"no such screen: {', '.join(sorted(unknown))}; there are {', '.join(SCENES)}", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    with open_browser() as browser:
        for name in names or SCENES:
            target = FOLDER / f"{name}.png"
            contact_sheet(photographs(browser, SCENES[name])).save(target)
            print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
