"""A collection that lacks much is on the home page, with the way to what could explain it; a slip of the hand is not."""

from __future__ import annotations

import pytest

from kiosk.core import events as ev
from tests.web.admin.needs_page import needs_on
from tests.web.admin.office import CLERK, OWNER, Office
from tests.web.admin.test_pages import text_of


def collect(office: Office, coins: int) -> None:
    """Six sales of two coins of 1.00 each, and what a clerk counts of the box."""
    office.count("A1", 6)
    for _ in range(6):
        office.sale()
        office.done()
    office.ask(ev.ClerkEntered(CLERK))
    office.ask(ev.BoxesTaken("out", CLERK))
    collection = office.state.collection
    assert collection is not None
    counts = (("box", ((100, coins),)),)
    office.ask(ev.CollectionCount("count", CLERK, collection.collection, counts, "B-1", 0))
    office.ask(ev.ClerkLeft(CLERK))


@pytest.mark.parametrize(("language", "says"), [("en", "€3.00 is missing"), ("fa", "کم است"), ("ar", "ينقص")])
def test_the_home_page_leads_to_the_collection_that_lacks_much(
    office: Office, language: str, says: str
) -> None:
    collect(office, 9)
    owner = office.client(OWNER, language)
    need = next(each for each in needs_on(owner.get("/desk/").text) if says in each.text)
    assert CLERK in need.text
    assert need.href.startswith("/desk/cash/")
    assert owner.get(need.href).status_code == 200


def test_a_surplus_is_asked_about_as_well(office: Office) -> None:
    collect(office, 15)
    assert "too much in what sami collected" in text_of(office.client(OWNER).get("/desk/").text)


@pytest.mark.parametrize("coins", [12, 11, 13, 10])
def test_a_slip_of_the_hand_is_not_on_the_home_page(office: Office, coins: int) -> None:
    collect(office, coins)
    assert "collected" not in text_of(office.client(OWNER).get("/desk/").text)
