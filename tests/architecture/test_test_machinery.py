from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page
from sqlalchemy.engine import make_url

from tests.browser import VIEWPORTS


def test_a_test_gets_an_empty_postgresql_database_of_its_own(postgres_url: str) -> None:
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


@pytest.mark.parametrize("name", VIEWPORTS)
def test_the_browser_is_the_systems_and_shows_a_page_at_every_size(
    viewport: Callable[[str], Page], name: str
) -> None:
    page = viewport(name)
    page.set_content('<p dir="rtl">بازار</p>')
    assert page.inner_text("p") == "بازار"
    assert page.evaluate("[innerWidth, innerHeight]") == list(VIEWPORTS[name])
