"""The plan of places: one place on its form, told what is wrong, and never over somebody else's change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

import web
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from tests.web.admin.office import CLERK, OWNER, Office, Visitor
from tests.web.admin.test_pages import text_of

A1 = {"sku": "COLA", "capacity": "8", "par": "6", "zone": ""}


def hidden(visitor: Visitor) -> dict[str, str]:
    page = visitor.get("/desk/planogram/A1").text
    return dict(re.findall(r'type="hidden" name="(token|seen)" value="([^"]*)"', page))


def save(visitor: Visitor, keys: dict[str, str], **changes: str) -> TestResponse:
    data = {**A1, **keys, **changes, "csrf_token": visitor.token()}
    return visitor.client.post("/desk/planogram/A1", data=data, follow_redirects=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_is_changed_in_any_digits_and_stands_in_its_zone(office: Office, language: str) -> None:
    visitor = office.client(OWNER, language)
    answer = save(visitor, hidden(visitor), capacity="۱۲", par="١٠", zone="یخچال")
    assert answer.status_code == 200
    office.tell()
    slot = office.catalogue().slots["A1"]
    assert (slot.capacity, slot.par_qty, slot.zone, slot.coil) == (12, 10, "یخچال", 1)
    assert "یخچال" in text_of(visitor.get("/desk/planogram").text)
    assert len(office.facts(f.CatalogueImported)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("sku", "GOLD"), ("sku", "NUTS"), ("sku", ""), ("capacity", "0"), ("capacity", "many"), ("par", "9")],
)
def test_what_cannot_be_is_told_beside_its_field(office: Office, field: str, value: str) -> None:
    visitor = office.client(OWNER)
    answer = save(visitor, hidden(visitor), **{field: value})
    assert answer.status_code == 400
    assert f'id="{field}-wrong"' in answer.text
    assert office.facts(f.CatalogueImported) == []


def test_a_change_that_came_meanwhile_is_told(office: Office) -> None:
    visitor = office.client(OWNER)
    old = hidden(visitor)
    save(visitor, hidden(visitor), par="4")
    office.tell()
    answer = save(visitor, old, par="5")
    assert answer.status_code == 409
    assert "Somebody changed this place meanwhile" in text_of(answer.text)
    assert office.catalogue().slots["A1"].par_qty == 4


def test_a_place_is_changed_under_nobodys_hands(office: Office) -> None:
    visitor = office.client(OWNER)
    office.choose("A1")
    save(visitor, hidden(visitor), par="3")
    office.tell()
    assert office.catalogue().slots["A1"].par_qty == 6
    office.money_back()
    office.tell()
    assert office.catalogue().slots["A1"].par_qty == 3


def test_the_desks_stylesheet_closes_every_block_before_the_next_page_begins() -> None:
    """An open block swallows the pages after it, and no page would say so."""
    depth = 0
    for line in (Path(web.__file__).parent / "static" / "desk.css").read_text("utf-8").splitlines():
        assert not (line.startswith("/*") and depth), line
        depth += line.count("{") - line.count("}")
    assert depth == 0


def test_a_clerk_sees_the_plan_and_does_not_change_it(office: Office) -> None:
    visitor = office.client(CLERK)
    assert "Navira Cola" in text_of(visitor.get("/desk/planogram").text)
    assert visitor.get("/desk/planogram/A1").status_code == 403
    office.ask(ev.PriceOffered("owner", "COLA", 160))
