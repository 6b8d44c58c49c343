"""The plan of places: one place on its form, told what is wrong, and never over somebody else's change."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.test import TestResponse

import web
from inventory.catalogue import Catalogue, Place, Slot
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from tests.kiosk.ledger_world import PRODUCTS, SLOTS
from tests.web.admin.office import CLERK, OWNER, PASSWORDS, Office, Visitor
from tests.web.admin.test_pages import text_of
from tests.web.admin.test_rounds import begin, do, tasks

DAY_MS = 24 * 3_600_000

A1 = {"sku": "COLA", "capacity": "8", "par": "6", "zone": ""}


def add_tea(office: Office, *slots: Slot) -> None:
    """One more product that a coil can hold, and some places planned otherwise."""
    tea = replace(PRODUCTS[0], sku="TEA", gtins=(), names={"en": "Tea", "fa": "چای", "ar": "شاي"})
    office.ask(ev.CatalogueOffered(OWNER, Catalogue.of((*PRODUCTS, tea), (*SLOTS, *slots)), "ab" * 32))
    office.tell()


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
    assert [each.fact.by for each in office.facts(f.PlaceSet) if isinstance(each.fact, f.PlaceSet)] == [OWNER]


@pytest.mark.parametrize(
    ("field", "value"),
    [("sku", "GOLD"), ("sku", "NUTS"), ("sku", ""), ("capacity", "0"), ("capacity", "many"), ("par", "9")],
)
def test_what_cannot_be_is_told_beside_its_field(office: Office, field: str, value: str) -> None:
    visitor = office.client(OWNER)
    answer = save(visitor, hidden(visitor), **{field: value})
    assert answer.status_code == 400
    assert f'id="{field}-wrong"' in answer.text
    assert office.facts(f.PlacesPlanned) == []


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
    assert "data-arrange" not in visitor.get("/desk/planogram").text


def arrange(visitor: Visitor, *places: str, act: str = "preview", **fields: str) -> TestResponse:
    """Send an arrangement as the page's form does; ``seen`` is read from the plan where it is not given."""
    if "seen" not in fields:
        page = visitor.get("/desk/planogram").text
        fields["seen"] = re.findall(r'name="seen" value="([^"]*)"', page)[0]
    data = {"act": act, "place": list(places), "csrf_token": visitor.token(), **fields}
    return visitor.client.post("/desk/planogram", data=data, follow_redirects=True)


def monday(office: Office, days: int) -> str:
    return (office.desk.today() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_arrangement_is_previewed_then_waits_for_its_day_and_then_holds(
    office: Office, language: str
) -> None:
    visitor = office.client(OWNER, language)
    add_tea(office)
    preview = arrange(visitor, "A1 TEA", "S1 COLA")
    assert preview.status_code == 200
    assert office.facts(f.PlacesPlanned) == []
    token = re.findall(r'name="token" value="([^"]*)"', preview.text)[0]
    day = monday(office, 3)
    for _ in range(2):  # a button pressed twice is one plan
        arrange(visitor, "A1 TEA", "S1 COLA", act="save", token=token, day=day)
    office.tell()
    assert len(office.facts(f.PlacesPlanned)) == 1
    assert office.catalogue().slots["A1"].sku == "COLA"
    assert visitor.get("/desk/planogram").text.count('class="soft coming"') == 2
    office.clock.move(4 * DAY_MS)
    office.tell()
    assert {code: office.catalogue().slots[code].sku for code in ("A1", "S1")} == {"A1": "TEA", "S1": "COLA"}
    later = office.client(OWNER, language).get("/desk/planogram").text
    assert 'data-place="A1"' in later
    assert 'class="soft coming"' not in later


def test_what_still_lies_in_another_products_place_is_named_until_it_is_out(office: Office) -> None:
    visitor = office.client(OWNER)
    add_tea(office)
    preview = arrange(visitor, "A1 TEA").text
    assert "5 × Navira Cola" in text_of(preview)
    token = re.findall(r'name="token" value="([^"]*)"', preview)[0]
    arrange(visitor, "A1 TEA", act="save", token=token, day=office.desk.today().isoformat())
    office.tell()
    assert "still there: 5 × Navira Cola" in text_of(visitor.get("/desk/planogram").text)
    assert "A1 5 Navira Cola" in text_of(visitor.get("/desk/restock/pick").text)
    clerk = office.client(CLERK)
    (task,) = [each for each in tasks(begin(clerk)) if each["task"].startswith("clear-")]
    assert (task["slot"], task["sku"], task["qty"]) == ("A1", "COLA", "5")
    do(clerk, task)
    after = visitor.get("/desk/round", query={"step": "fill"}).text
    assert [each["slot"] for each in tasks(after) if each["sku"] == "TEA"] == ["A1"]
    assert "still there" not in text_of(visitor.get("/desk/planogram").text)


def test_an_arrangement_that_cannot_be_is_told_beside_its_place_and_not_saved(office: Office) -> None:
    visitor = office.client(OWNER)
    answer = arrange(visitor, "A1 NUTS", act="save", token="t-loose", day="")
    assert 'class="wrong"' in answer.text
    assert 'value="save"' not in answer.text
    assert office.facts(f.PlacesPlanned) == []


@pytest.mark.parametrize(
    ("places", "fields", "says"),
    [
        (("A1 COLA",), {}, "Nothing changes by this"),
        (("A1 TEA",), {"seen": "old"}, "Somebody changed the plan meanwhile"),
        (("A1 TEA",), {"act": "save", "token": "t-day", "day": "2020-01-01"}, "Choose a day from today on"),
    ],
)
def test_an_arrangement_says_what_to_do_instead(
    office: Office, places: tuple[str, ...], fields: dict[str, str], says: str
) -> None:
    add_tea(office)
    assert says in text_of(arrange(office.client(OWNER), *places, **fields).text)
    assert office.facts(f.PlacesPlanned) == []


@pytest.mark.parametrize("places", [("Z9 COLA",), ("A1 NUTS", "A1 COLA")])
def test_an_arrangement_that_no_page_of_ours_sends_is_turned_away(
    office: Office, places: tuple[str, ...]
) -> None:
    assert arrange(office.client(OWNER), *places).status_code == 400


def test_a_plan_of_places_is_dropped_before_its_day(office: Office) -> None:
    visitor = office.client(OWNER)
    save(visitor, hidden(visitor), par="3", day=monday(office, 2))
    page = visitor.get("/desk/planogram").text
    (path,) = re.findall(r'action="(/desk/planogram/plans/[^"]+/drop)"', page)
    assert "The plan is dropped" in text_of(visitor.post(path, follow=True).text)
    office.clock.move(3 * DAY_MS)
    office.tell()
    assert office.catalogue().slots["A1"].par_qty == 6
    again = office.client(OWNER).post(path, follow=True).text
    assert "This plan was taken or dropped meanwhile" in text_of(again)


def test_products_change_places_by_arrow_keys_and_by_dragging_and_the_preview_shows_both(
    office: Office, browser: Browser
) -> None:
    add_tea(office, replace(SLOTS[1], sku="TEA"), Slot("S2", Place.SHELF, "TEA", 20, 10))
    with office.served() as url:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(url.replace("127.0.0.1", "localhost") + "desk/sign-in?next=/desk/planogram")
        page.fill("#name", OWNER)
        page.fill("#password", PASSWORDS[OWNER])
        page.click("main button")
        told = page.locator(".arrange-told")
        page.get_by_role("button", name=re.compile(r"place \W?A1")).focus()
        page.keyboard.press("ArrowRight")
        expect(told).to_contain_text(re.compile(r"is in \W?A2"))
        expect(page.get_by_role("button", name=re.compile(r"place \W?A2"))).to_be_focused()
        page.keyboard.press("ArrowUp")
        expect(told).to_contain_text("no place on that side")
        page.locator("[data-place=A2] .ware").drag_to(page.locator("[data-place=S1] .ware"))
        expect(told).to_contain_text("is loose goods")
        page.locator("[data-place=A2] .ware").drag_to(page.locator("[data-place=S2] .ware"))
        expect(page.locator("[data-place=S2] .ware")).to_have_attribute("data-sku", "COLA")
        assert page.url.endswith("/desk/planogram"), "a drag opens no form"
        page.get_by_role("button", name="Show the preview").click()
        expect(page.get_by_role("heading", name="2 places change")).to_be_visible()
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(url.replace("127.0.0.1", "localhost") + "desk/planogram")
        expect(page.locator(".grip").first).to_be_hidden()
        page.locator("[data-place=A1] a").click()
        expect(page.get_by_role("button", name="Save place")).to_be_visible()
        page.close()
