"""Who did what: a reading of the journal that a person can search, and whose every line opens its entry."""

from __future__ import annotations

import re

import pytest

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.store.deeds import DeedFilter, read_deeds
from kiosk.store.projections import DEEDS
from tests.web.admin.office import CLERK, OWNER, Office
from tests.web.admin.test_pages import text_of
from web.admin.pages.deeds import TOPICS, topic_of
from web.auth import Role


def busy(office: Office) -> None:
    office.ask(ev.PriceOffered(by=OWNER, sku="COLA", price_minor=170))
    office.ask(ev.PriceOffered(by="mina", sku="COLA", price_minor=180))
    office.ask(ev.StockCounted("count-1", CLERK, "A1", "count", 3))
    office.sale()


def subjects(office: Office, **wanted: str) -> list[tuple[str, str, str]]:
    with office.desk.reading() as connection:
        deeds, _ = read_deeds(connection, office.desk.kiosk_id, DeedFilter(**wanted))  # type: ignore[arg-type]
    return [(deed.actor, deed.kind, deed.subject) for deed in deeds]


def test_what_people_did_is_kept_newest_first_and_what_shoppers_did_is_not(office: Office) -> None:
    busy(office)
    assert subjects(office)[:3] == [
        (CLERK, "SlotCounted", "A1"),
        ("mina", "PriceSet", "COLA"),
        (OWNER, "PriceSet", "COLA"),
    ]
    kinds = {kind for _, kind, _ in subjects(office)}
    assert kinds <= {kind.__name__ for kind in DEEDS}
    assert not kinds & {"SaleClosed", "CoinCredited", "CoinTested"}


def test_every_fact_that_names_a_person_is_found_under_a_topic() -> None:
    named = {
        kind
        for kind in f.KINDS.values()
        if {"by", "clerk"} & set(kind.__dataclass_fields__) and kind is not f.CoinTested
    }
    assert set(DEEDS) == named
    assert {topic_of(kind.__name__) for kind in DEEDS} == set(TOPICS)


@pytest.mark.parametrize(
    ("query", "said", "unsaid"),
    [
        ("who=mina", ["mina"], [CLERK]),
        ("topic=goods", ["mina", OWNER], [CLERK]),
        ("topic=stock", [CLERK], ["mina"]),
        ("about=COLA", ["mina", OWNER], [CLERK]),
        ("day=2001-01-01", [], ["mina", CLERK, OWNER]),
    ],
)
def test_a_filter_is_an_address_and_finds_what_it_says(
    office: Office, query: str, said: list[str], unsaid: list[str]
) -> None:
    busy(office)
    page = office.client(OWNER).get(f"/desk/deeds?{query}").text
    shown = set(re.findall(r'href="/desk/deeds\?who=([^"]+)"', page))
    assert set(said) <= shown
    assert not set(unsaid) & shown


def test_every_line_opens_its_entry(office: Office) -> None:
    busy(office)
    visitor = office.client(OWNER)
    hrefs = re.findall(r'<th scope="row"><a href="([^"]+)"', visitor.get("/desk/deeds?who=mina").text)
    assert len(hrefs) == 1
    assert "PriceSet" in visitor.get(hrefs[0]).text


def test_a_long_log_goes_on_where_the_page_ended(office: Office) -> None:
    for price_minor in range(200, 1300, 20):
        office.ask(ev.PriceOffered(by=OWNER, sku="COLA", price_minor=price_minor))
    visitor = office.client(OWNER)
    first = visitor.get("/desk/deeds?topic=goods").text
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = visitor.get(older[1].replace("&amp;", "&")).text
    places = [re.findall(r'<a href="(/desk/journal/[^"]+)"', page) for page in (first, second)]
    assert (len(places[0]), len(places[1])) == (50, 5)
    assert not set(places[0]) & set(places[1])


@pytest.mark.parametrize("query", ["topic=nonsense", "day=yesterday", "format=exe"])
def test_an_address_that_asks_for_nonsense_is_refused(office: Office, query: str) -> None:
    assert office.client(OWNER).get(f"/desk/deeds?{query}").status_code == 400


def test_the_log_is_for_those_who_answer_for_the_books(office: Office) -> None:
    assert office.client_as(Role.ACCOUNTANT).get("/desk/deeds").status_code == 200
    assert office.client(CLERK).get("/desk/deeds").status_code == 403


def test_a_day_without_deeds_says_so(office: Office) -> None:
    assert "Nobody did anything" in office.client(OWNER).get("/desk/deeds?day=2001-01-01").text


def test_the_deeds_of_a_month_are_shown_and_a_month_that_is_none_is_refused(office: Office) -> None:
    office.ask(ev.ClerkEntered(CLERK))
    visitor = office.client(OWNER)
    month = office.clock.wall().strftime("%Y-%m")
    assert CLERK in text_of(visitor.get(f"/desk/deeds?month={month}").text)
    assert visitor.get("/desk/deeds?month=2001-02").text.count("<tr>") == 0
    assert visitor.get("/desk/deeds?month=2026-13").status_code == 400
