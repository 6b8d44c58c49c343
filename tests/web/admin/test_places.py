"""Places that come and go, from the desk: proposed by the last one, told what is wrong, and only an empty one is removed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from inventory.catalogue import Place, Slot
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from tests.web.admin.office import CLERK, OWNER, Office, Visitor
from tests.web.admin.test_pages import text_of

DAY_MS = 24 * 3_600_000


def form_of(visitor: Visitor, path: str) -> dict[str, str]:
    page = visitor.get(path).text
    return dict(re.findall(r'name="(token|kind|slot|coil|sku|capacity|par|zone)" value="([^"]*)"', page))


def add(visitor: Visitor, kind: str, **changes: str) -> TestResponse:
    """Send the form as it is drawn, with some fields typed."""
    form = form_of(visitor, f"/desk/planogram/new?kind={kind}")
    return visitor.post("/desk/planogram/new", follow=True, csrf=None, **{**form, **changes})


def remove(visitor: Visitor, code: str, **changes: str) -> TestResponse:
    page = visitor.get(f"/desk/planogram/{code}").text.partition('id="remove"')[2]
    form = dict(re.findall(r'name="(token|seen)" value="([^"]*)"', page))
    return visitor.post(f"/desk/planogram/{code}/remove", follow=True, csrf=None, **{**form, **changes})


def empty(office: Office, code: str, *skus: str) -> None:
    for sku in skus:
        office.ask(ev.StockCounted(f"empty-{code}-{sku}", CLERK, code, "count", 0, sku=sku))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_coil_is_added_with_what_the_last_one_has_and_is_filled(office: Office, language: str) -> None:
    visitor = office.client(OWNER, language)
    answer = add(visitor, "coil", sku="COLA", slot="a3", coil="۷", zone="یخچال")
    assert answer.status_code == 200
    office.tell()
    last = office.catalogue().slots["A2"]
    made = Slot("A3", Place.COIL, "COLA", last.capacity, last.par_qty, coil=7, zone="یخچال")
    assert office.catalogue().slots["A3"] == made
    assert 'data-place="A3"' in visitor.get("/desk/planogram").text
    office.ask(ev.StockCounted("fill-a3", CLERK, "A3", "fill", 2))
    assert office.state.coils["A3"].qty == 2


def test_a_shelf_place_waits_for_its_day_is_shown_until_then_and_can_be_dropped(office: Office) -> None:
    visitor = office.client(OWNER)
    day = office.desk.today() + timedelta(days=2)
    assert "comes on" in text_of(add(visitor, "shelf", sku="NUTS", day=day.isoformat()).text)
    office.tell()
    page = visitor.get("/desk/planogram").text
    assert "S2" not in office.catalogue().slots
    assert '<h2 id="coming">Coming</h2>' in page
    (drop,) = re.findall(r'action="(/desk/planogram/plans/[^"]+/drop)"', page)
    add(visitor, "shelf", sku="NUTS", slot="S7", day=day.isoformat())
    visitor.post(drop)
    office.clock.move(3 * DAY_MS)
    office.tell()
    assert {"S7"} == {code for code in office.catalogue().slots if code in {"S2", "S7"}}


WRONG = (
    ("slot", "A1", "There is a place"),
    ("slot", "1A", "cannot be a slot"),
    ("coil", "1", "already serves"),
    ("coil", "256", "is not between"),
    ("coil", "", "is not between"),
    ("sku", "NUTS", "is loose goods"),
    ("sku", "GOLD", "No product has"),
    ("capacity", "0", "is not between"),
    ("day", "2020-01-01", "from today on"),
)
"""Field, what is typed, what is said beside it."""


def test_what_cannot_be_is_told_beside_its_field(office: Office) -> None:
    visitor = office.client(OWNER)
    for field, value, says in WRONG:
        answer = add(visitor, "coil", **{"sku": "COLA", field: value})
        assert answer.status_code == 400, (field, value)
        assert says in text_of(answer.text.partition(f'id="{field}-wrong"')[2]), (field, value)
    assert office.facts(f.PlacesPlanned) == []


def test_a_form_that_is_sent_twice_makes_one_place(office: Office) -> None:
    visitor = office.client(OWNER)
    for _ in range(2):
        add(visitor, "coil", sku="COLA", token="once")
    assert len(office.facts(f.PlacesPlanned)) == 1


def test_an_empty_place_is_removed_and_one_with_goods_says_what_lies_there(office: Office) -> None:
    visitor = office.client(OWNER, "fa")
    page = visitor.get("/desk/planogram/A1").text
    assert "/planogram/A1/remove" not in page
    assert 'href="/desk/stock/places/A1"' in page
    full = visitor.post("/desk/planogram/A1/remove", follow=True, token="full", seen="old")
    assert full.status_code == 409
    empty(office, "A1", "COLA")
    remove(visitor, "A1", seen="old")
    assert "A1" in office.catalogue().slots
    assert remove(visitor, "A1").status_code == 200
    office.tell()
    assert "A1" not in office.catalogue().slots
    assert len(office.facts(f.PlaceRemoved)) == 1
    assert 'data-place="A1"' not in visitor.get("/desk/planogram").text
    assert visitor.get("/desk/planogram/A1").status_code == 404


def test_a_place_that_is_filled_before_its_day_stays(office: Office) -> None:
    visitor = office.client(OWNER)
    empty(office, "A1", "COLA")
    day = office.desk.today() + timedelta(days=2)
    assert "goes on" in text_of(remove(visitor, "A1", day=day.isoformat()).text)
    assert "removed" in text_of(visitor.get("/desk/planogram").text)
    office.ask(ev.StockCounted("again", CLERK, "A1", "fill", 2))
    office.clock.move(3 * DAY_MS)
    office.tell()
    assert "A1" in office.catalogue().slots
    again = remove(office.client(OWNER), "A1")
    assert again.status_code in {400, 409}


def test_a_plan_without_places_offers_the_first_one(office: Office) -> None:
    for code, skus in (("A1", ("COLA",)), ("A2", ("COLA", "NUTS")), ("S1", ("NUTS",))):
        empty(office, code, *skus)
        assert remove(office.client(OWNER), code).status_code == 200
        office.tell()
    assert not office.catalogue().slots
    visitor = office.client(OWNER)
    assert "There is no plan yet" in text_of(visitor.get("/desk/planogram").text)
    add(visitor, "shelf", sku="NUTS", capacity="10", par="5")
    office.tell()
    assert office.catalogue().slots["S1"] == Slot("S1", Place.SHELF, "NUTS", 10, 5)


def test_only_what_this_kiosk_has_can_be_added_and_only_by_the_owner(office: Office) -> None:
    assert office.client(OWNER).get("/desk/planogram/new?kind=machine").status_code == 404
    assert office.client(CLERK).get("/desk/planogram/new").status_code == 403
    assert "/planogram/new" not in office.client(CLERK).get("/desk/planogram").text
