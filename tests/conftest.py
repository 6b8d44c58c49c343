"""What every test may ask for: a PostgreSQL database of its own, the system's browser, a screen size."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page
from sqlalchemy.engine import URL

from tests import browser as system_browser
from tests import postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what ``./run looks`` asks for."""
    parser.addoption("--every-language", action="store_true", help="look at each view in all languages")


@pytest.fixture(autouse=True)
def _no_frozen_garbage() -> Iterator[None]:
    """A till that took many goods freezes what it holds (`gc.freeze`); the tests after it need the memory."""
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def in_every_language(request: pytest.FixtureRequest) -> bool:
    """Whether each view is looked at in all languages (``./run looks``), or, as in the gate, in one of them in turn."""
    return bool(request.config.getoption("--every-language"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """One PostgreSQL server for all tests of this worker."""
    with postgres.open_server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """The SQLAlchemy address (``postgresql+psycopg://``) of an empty database that only this test uses."""
    name = f"market_test_{uuid.uuid4().hex}"
    admin = postgres_server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    yield postgres_server.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """No address is assumed (the plugin's own fixture is written in a way that pytest deprecates)."""
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright's fixtures (``browser``, ``context``, ``page``) start the system's Chromium."""
    return {**browser_type_launch_args, **system_browser.launch_options()}


@pytest.fixture
def viewport(page: Page) -> Callable[[str], Page]:
    """Resize the test's page to a named screen of ``tests.browser.VIEWPORTS`` and hand it back."""

    def resize(name: str) -> Page:
        width, height = system_browser.VIEWPORTS[name]
        page.set_viewport_size({"width": width, "height": height})
        return page

    return resize
