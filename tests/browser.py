"""How tests, stories and contact sheets start a browser: the system's Chromium, never a download."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypedDict

from playwright.sync_api import Browser, sync_playwright

# Width and height of every screen that the product promises to fit.
VIEWPORTS: Final = {
    "tall": (1080, 1920),
    "wide": (1280, 800),
    "small": (800, 480),
    "phone": (390, 844),
}

FLAGS: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Without these Chromium looks up hosts of its maker at every start; a closed network makes that slow.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class LaunchOptions(TypedDict):
    """The part of Playwright's launch options that is ours to say."""

    executable_path: str
    args: list[str]


class NoBrowserError(Exception):
    """No Chromium is installed: run the tests with ./run test, or set KIOSK_CHROMIUM to its path."""


def chromium_path() -> str:
    """Return the system's Chromium; ``KIOSK_CHROMIUM`` wins over the search path."""
    for name in (os.environ.get("KIOSK_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise NoBrowserError(NoBrowserError.__doc__)


def launch_options() -> LaunchOptions:
    """Return what Playwright must be told to start that Chromium on this machine."""
    # Chromium's sandbox refuses to run as root.
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {"executable_path": chromium_path(), "args": [*FLAGS, *as_root]}


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Hold a browser open for a program that is not a test (stories, contact sheets)."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        try:
            yield browser
        finally:
            browser.close()
