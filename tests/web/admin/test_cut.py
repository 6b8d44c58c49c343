"""The desk's first page after a power cut, and when a limit stopped something."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.claims.aftermath import AFTERMATH
from kiosk.i18n import LANGUAGES
from tests.web.admin.office import CLERK, OWNER, Office


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_a_cut_the_desk_says_what_is_known_and_what_is_not(office: Office, language: str) -> None:
    assert AFTERMATH.say(language, "after.title") not in office.client(CLERK, language).get("/desk/").text
    office.choose("A1")
    office.coin(200)
    office.cut_power()
    office.wait(10_000)
    page = office.client(CLERK, language).get("/desk/").text
    for key in ("after.title", "after.known", "after.unknown"):
        assert AFTERMATH.say(language, key) in page
    assert "A1" in page


def test_a_function_that_its_limit_stopped_is_said_on_the_first_page(office: Office) -> None:
    shop = office.till._shop
    office.till._shop = replace(
        shop, rules=replace(shop.rules, max_payout_hour_minor=50, max_goodwill_day_minor=0)
    )
    office.sale()
    office.done()
    page = office.client(OWNER).get("/desk/").text
    assert "Payouts rest" in page
    assert "No more goodwill" in page
    assert "No more claims" not in page
