"""What each kiosk told, on the desk for all: an alert leads to the page that explains it, and nothing is done there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from werkzeug.routing import MapAdapter

from kiosk.core import events as ev
from tests.kiosk.ledger_world import KIOSK_ID
from tests.web.admin.needs_page import needs_on
from tests.web.admin.office import CHEAP, CLERK, PASSWORDS, Office, Visitor
from tests.web.admin.test_access import VALUES
from tests.web.admin.test_claims import unknown
from tests.web.admin.test_collections import count, take_out
from tests.web.admin.test_fleet import HubOffice
from tests.web.admin.test_pages import text_of
from web.admin.access import ACCESS
from web.admin.desk import READ_HERE
from web.auth import Role, add_user


def have_a_bad_week(office: Office) -> None:
    """Pieces past their day, money that is missing from a box, and an uncertain debt with a claim about it."""
    ends = (office.clock.wall() + timedelta(days=1)).date().isoformat()
    office.ask(ev.StockCounted(token="dated", by=CLERK, slot="S1", move="fill", qty=4, expires_on=ends))
    for _ in range(2):
        office.sale()
        office.done()
    path = take_out(office)
    count(office.client(CLERK), path, bag="17", float_left="0")
    office.clock.move(3 * 86_400_000)
    office.tell()
    unknown(office)


@pytest.fixture(scope="module")
def hub_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubOffice]:
    """A desk that heard everything of such a kiosk, and of a second one nothing."""
    hub_office = HubOffice(tmp_path_factory.mktemp("desk"))
    office = Office(tmp_path_factory.mktemp("kiosk"))
    have_a_bad_week(office)
    hub_office.hear_all(office)
    hub_office.hub.inbox.register("K9", "Ward 4", "00" * 32)
    office.close()
    for role in (Role.CLERK, Role.SUPPORT):
        add_user(hub_office.hub.door, role.value, role, PASSWORDS[CLERK], "", hasher=CHEAP)
    yield hub_office
    hub_office.hub.close()


def visitor_as(hub_office: HubOffice, role: Role, language: str = "en") -> Visitor:
    if role is Role.OWNER:
        return hub_office.client(language)
    visitor = Visitor(hub_office.app.test_client())
    visitor.client.set_cookie("desk_language", language, domain="localhost")
    assert visitor.sign_in(role.value, PASSWORDS[CLERK]).status_code == 302
    return visitor


def routes(hub_office: HubOffice) -> MapAdapter:
    return hub_office.app.url_map.bind("localhost")


def alerts_of(visitor: Visitor) -> dict[str, str]:
    """Words -> where they lead."""
    return {f"{each.where} {each.text}": each.href for each in needs_on(visitor.get("/desk/kiosks").text)}


def page_of(visitor: Visitor, words: str) -> str:
    """The text of the page behind the one alert with these words."""
    (href,) = [href for text, href in alerts_of(visitor).items() if words in text]
    answer = visitor.get(href)
    assert answer.status_code == 200, href
    return text_of(answer.text)


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_no_alert_leads_to_a_list_of_entries(hub_office: HubOffice, language: str) -> None:
    visitor = hub_office.client(language)
    alerts = alerts_of(visitor)
    assert len(alerts) >= 4
    assert not [href for href in alerts.values() if href.startswith("/desk/journal")]
    assert {visitor.get(href).status_code for href in alerts.values()} == {200}


def test_missing_money_opens_its_collection_with_what_explains_it(hub_office: HubOffice) -> None:
    page = page_of(hub_office.client(), "€4.00")
    assert "€4.00 is missing" in page
    assert "Nothing in the journal explains \u2212€4.00" in page
    assert "entered on the own desk of Lobby" in page


def test_a_kiosk_that_was_never_heard_is_told_how_it_will_be(hub_office: HubOffice) -> None:
    page = page_of(hub_office.client(), "Has never been heard")
    assert "The line to Ward 4" in page
    assert "kiosk show-key" in page


def test_goods_past_their_day_open_the_page_of_dates(hub_office: HubOffice) -> None:
    page = page_of(hub_office.client(), "past their last day")
    assert "past its day" in page
    assert "S1" in page
    assert "Pulled all" not in page


def test_a_claim_and_a_debt_are_read_here_and_decided_there(hub_office: HubOffice) -> None:
    visitor = hub_office.client()
    page = page_of(visitor, "Claims wait for you")
    assert "decided there: open the own desk of Lobby" in page
    (claim,) = set(re.findall(r'href="(/desk/claims/[^"]+)"', visitor.get("/desk/claims?kiosk=K1").text))
    case = text_of(visitor.get(html.unescape(claim)).text)
    assert "stays at their kiosk" in case
    assert "only the kiosk's key signs it" in html.unescape(case)
    assert "Signed evidence file" not in case
    assert "Refuse" not in case
    assert "€1.50" in page_of(visitor, "waits for a decision")


def test_an_answer_that_is_late_is_said_with_its_kiosk(hub_office: HubOffice) -> None:
    now = hub_office.clock.at
    hub_office.clock.at = now + timedelta(days=14)
    visitor = hub_office.client()
    page = page_of(visitor, "Promised answers that are late")
    hub_office.clock.at = now
    assert "Late since" in page


def test_stock_and_restock_speak_of_the_places_of_that_kiosk(hub_office: HubOffice) -> None:
    visitor = hub_office.client()
    assert "Navira Cola" in text_of(visitor.get("/desk/stock?kiosk=K1&all=1").text)
    assert "A1" in text_of(visitor.get("/desk/restock/pick?kiosk=K1&days=30").text)
    assert visitor.get("/desk/stock/places/A1?kiosk=K1").status_code == 200
    assert visitor.get("/desk/stock/places/A1?kiosk=K9").status_code == 404


def test_hoppers_are_called_by_the_coins_that_are_in_them_there(hub_office: HubOffice) -> None:
    page = text_of(hub_office.client().get("/desk/cash?kiosk=K1").text)
    assert "€0.50" in page
    assert "In bags, on its way" in page
    nothing = text_of(hub_office.client().get("/desk/cash?kiosk=K9").text)
    assert "No collection yet" in nothing


def test_clerks_known_at_a_kiosk_stand_beside_the_people_of_this_desk(hub_office: HubOffice) -> None:
    visitor = hub_office.client()
    page = (
        visitor.get("/desk/users").text.partition('aria-labelledby="elsewhere"')[2].partition("</section>")[0]
    )
    text = text_of(page)
    assert f"{CLERK} Lobby clerk" in text, "once, although he has a password and a PIN"
    assert text.count(CLERK) == 1
    (deeds,) = re.findall(rf'href="([^"]*who={CLERK})"', page)
    assert visitor.get(html.unescape(deeds)).text.count("/desk/journal/1/") >= 3, "each deed opens its entry"
    assert CLERK not in visitor.get("/desk/users?kiosk=K9").text


def paths_read_here(hub_office: HubOffice) -> list[tuple[str, str]]:
    """Every page of one kiosk: its endpoint and its address."""
    values = {**VALUES, "claim": "", "collection": ""}
    with hub_office.hub.reader.connect() as connection:
        for name in ("claim", "collection"):
            values[name] = connection.exec_driver_sql(f"SELECT {name} FROM {name}").scalar()
    build = routes(hub_office).build
    rules = {
        rule.endpoint: rule for rule in hub_office.app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    return [
        (
            endpoint,
            build(endpoint, {name: values[name] for name in rules[endpoint].arguments} | {"kiosk": KIOSK_ID}),
        )
        for endpoint in READ_HERE
    ]


@pytest.mark.parametrize("role", [Role.OWNER, Role.CLERK, Role.SUPPORT])
def test_pages_of_one_kiosk_open_by_role_and_offer_nothing_that_this_desk_cannot_do(
    hub_office: HubOffice, role: Role
) -> None:
    visitor, adapter = visitor_as(hub_office, role), routes(hub_office)
    for endpoint, path in paths_read_here(hub_office):
        answer = visitor.get(path)
        allowed = role in ACCESS[endpoint]
        assert (answer.status_code != 403) == allowed, (role, path)
        assert answer.status_code in {200, 403} or endpoint == "desk.day", (path, answer.status_code)
        for action in re.findall(r'method="post" action="([^"?]+)', answer.text):
            assert adapter.match(action, "POST")[0] in {"desk.language", "desk.sign_out"}, (path, action)


def test_every_link_of_such_a_page_is_open_and_stays_with_its_kiosk(hub_office: HubOffice) -> None:
    visitor = hub_office.client()
    seen: set[str] = set()
    for _, path in paths_read_here(hub_office):
        answer = visitor.get(path)
        main = answer.text.partition("<main")[2].partition("</main>")[0] if answer.status_code == 200 else ""
        seen |= {html.unescape(href) for href in re.findall(r'href="(/desk/[^"#]*)', main)}
    adapter = routes(hub_office)
    pages = {href for href in seen if "format=" not in href}
    for href in {adapter.match(href.partition("?")[0])[0]: href for href in sorted(pages)}.values():
        assert "kiosk=K1" in href, href
        assert visitor.get(href).status_code == 200, href


def test_from_kiosk_to_kiosk_leads_to_the_same_list(hub_office: HubOffice) -> None:
    visitor = hub_office.client()
    (path,) = [path for endpoint, path in paths_read_here(hub_office) if endpoint == "desk.collection"]
    assert 'href="/desk/cash?kiosk=K9"' in visitor.get(path).text
