"""Claims of all kiosks on one page, and a claim found by the number that somebody reads out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.core import events as ev
from kiosk.core.facts import About, Verdict
from kiosk.i18n import LANGUAGES
from kiosk.runtime.clock import at_text
from tests.kiosk.world import World
from tests.web.admin.needs_page import needs_on
from tests.web.admin.office import OWNER, Office
from tests.web.admin.test_fleet import EVENING, KEYS, HubOffice
from tests.web.admin.test_pages import open_claim, text_of

DUE = {"K1": (30, 2), "K2": (9,)}
"""Hours until the promised answers, in the order in which the claims came."""


@pytest.fixture(scope="module")
def hub_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubOffice]:
    """Two kiosks with claims that wait."""
    made = HubOffice(tmp_path_factory.mktemp("desk"))
    made.enrol("Lobby", "Ward 4")
    for kiosk_id, hours in DUE.items():
        world = World(tmp_path_factory.mktemp(kiosk_id), kiosk_id=kiosk_id, key=KEYS[kiosk_id])
        for hour in hours:
            world.ask(
                ev.ClaimMade(
                    token=f"claim-{kiosk_id}-{hour}",
                    about=About.NO_GOODS,
                    visit="",
                    said_minor=100 + hour,
                    channel="phone",
                    subject="",
                    verdict=Verdict.UNSEEN,
                    amount_minor=0,
                    debt="",
                    evidence=(),
                    due_at=at_text(EVENING + timedelta(hours=hour)),
                )
            )
        made.hear(world)
        world.die()
    yield made
    made.hub.close()


def entries_on(page: str) -> list[str]:
    return re.findall(r'class="code">(C1-[0-9]+)<', page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_of_all_kiosks_stand_in_the_order_of_their_answers(
    hub_office: HubOffice, language: str
) -> None:
    page = hub_office.client(language).get("/desk/claims").text
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    kiosks = [text_of(each) for each in re.findall(r'<span class="chip">(.*?)</span>', body)]
    assert kiosks == ["Lobby", "Ward 4", "Lobby"]
    hrefs = re.findall(r'href="([^"]+)"', body)
    assert [("kiosk=K2" in href) for href in hrefs] == [False, True, False]
    visitor = hub_office.client(language)
    assert {visitor.get(href.replace("&amp;", "&")).status_code for href in hrefs} == {200}


def test_the_first_page_leads_to_all_of_them_at_once(hub_office: HubOffice) -> None:
    visitor = hub_office.client()
    (claims,) = [each for each in needs_on(visitor.get("/desk/kiosks").text) if each.href == "/desk/claims"]
    assert claims.where == "Lobby Ward 4"
    assert claims.act == "Read", "each kiosk's own desk answers"


def test_an_entry_is_found_at_whichever_kiosk_has_it(hub_office: HubOffice) -> None:
    visitor = hub_office.client()
    first, *_ = entries_on(visitor.get("/desk/claims?kiosk=K1").text)
    for typed in (first, first.lower(), first.removeprefix("C")):
        answer = visitor.get("/desk/claims", query={"number": typed, "kiosk": "K1"})
        assert answer.status_code == 302, typed
        assert f"/desk/claims/{first}?kiosk=K1" in answer.location
    same = visitor.get("/desk/claims", query={"number": first})
    if same.status_code == 302:
        assert first in same.location
    else:
        assert "Several kiosks have a claim of this number" in text_of(same.text)


def test_a_slips_number_is_not_guessed_where_its_key_is_not(hub_office: HubOffice, tmp_path: Path) -> None:
    office = Office(tmp_path)
    number = office.desk.claims.number_of(open_claim(office))
    office.close()
    page = text_of(hub_office.client().get("/desk/claims", query={"number": number}).text)
    assert f"{number} is a slip's number" in page
    assert "Open the own desk of the kiosk" in page


def test_the_own_desk_finds_the_slips_number_and_the_entry(office: Office) -> None:
    claim = open_claim(office)
    number = office.desk.claims.number_of(claim)
    visitor = office.client(OWNER)
    for typed in (number, number.lower().replace("-", " "), claim):
        answer = visitor.get("/desk/claims", query={"number": typed})
        assert answer.status_code == 302, typed
        assert answer.location.endswith(f"/desk/claims/{claim}")
    page = text_of(visitor.get(f"/desk/claims/{claim}").text)
    assert number in page
    assert f"Entry {claim}" in page, "what the desk for all kiosks calls it"


@pytest.mark.parametrize("typed", ["C-2222-2222", "C1-999999", "<script>", "۱۲۳", "-1", "9" * 40])
def test_what_is_no_claim_is_said_so(office: Office, typed: str) -> None:
    answer = office.client(OWNER).get("/desk/claims", query={"number": typed})
    assert answer.status_code == 200
    assert "No claim has the number" in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]
