"""One product on its form: errors beside their fields, a fact that names what changed, and nobody's change is lost."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from tests.web.admin.office import OWNER, Office, Visitor
from tests.web.admin.test_pages import text_of

NEW = {
    "sku": "DATES", "name_en": "Dates", "name_fa": "خرما", "name_ar": "تمر", "loose": "yes", "category": "fruit",
    "tax_class": "reduced", "price": "۱٫۸۰", "cost": "0.70", "case_size": "۱۲", "allergen_nuts": "yes", "form": "dates",
    "palette": "brown",
}  # fmt: skip


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(token|seen|sku)" value="([^"]*)"', page))


def filled(visitor: Visitor, sku: str) -> dict[str, str]:
    """The form as it is drawn."""
    page = visitor.get(f"/desk/goods/{sku}/edit").text
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input id="([a-z_]+)" name="[a-z_]+" value="([^"]*)"', page)
    }
    for name, options in re.findall(r'<select id="([a-z_]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return {**fields, **hidden(page)}


def save(visitor: Visitor, path: str, fields: dict[str, str], **changes: str) -> TestResponse:
    data = {**hidden(visitor.get(path).text), **fields, **changes, "csrf_token": visitor.token()}
    return visitor.client.post(path, data=data, follow_redirects=True)


def test_a_new_product_is_for_sale_and_its_fact_says_what_it_is(office: Office) -> None:
    answer = save(office.client(OWNER), "/desk/product/new", NEW)
    assert answer.status_code == 200, text_of(answer.text)
    office.tell()
    dates = office.catalogue().products["DATES"]
    assert (dates.price_minor, dates.case_size, dates.allergens, dates.picture) == (
        180,
        12,
        ("nuts",),
        "dates-brown",
    )
    (saved,) = office.facts(f.ProductSaved)
    assert isinstance(saved.fact, f.ProductSaved)
    assert (saved.fact.by, saved.fact.sku, saved.fact.is_new) == (OWNER, "DATES", True)
    assert ("price", "", "1.80") in saved.fact.fields


def test_a_change_names_the_fields_that_differ_and_only_those(office: Office) -> None:
    visitor = office.client(OWNER)
    save(visitor, "/desk/goods/COLA/edit", filled(visitor, "COLA"), deposit="0,30", suppliers="metro:4711")
    office.tell()
    (saved,) = office.facts(f.ProductSaved)
    assert isinstance(saved.fact, f.ProductSaved)
    assert saved.fact.fields == (("suppliers", "", "metro:4711"), ("deposit", "", "0.30"))
    assert office.catalogue().products["COLA"].deposit_minor == 30
    assert office.catalogue().by_gtin == {"06260441801411": "COLA"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("field", "value"),
    [("name_fa", ""), ("price", "cheap"), ("price", "1.85"), ("cost", "-1"), ("gtin", "123"), ("deposit", "x"),
     ("min_age", "old"), ("suppliers", "Metro Markt"), ("case_size", "0"), ("sku", "no blanks")],
)  # fmt: skip
def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    office: Office, language: str, field: str, value: str
) -> None:
    answer = save(office.client(OWNER, language), "/desk/product/new", NEW, **{field: value})
    assert answer.status_code == 400
    assert f'id="{field}-wrong"' in answer.text
    assert 'value="Dates"' in answer.text
    assert office.facts(f.ProductSaved) == []


def test_a_change_that_came_meanwhile_is_not_overwritten(office: Office) -> None:
    visitor = office.client(OWNER)
    fields = filled(visitor, "COLA")
    office.ask(ev.PriceOffered("somebody", "COLA", 200))
    office.tell()
    answer = save(visitor, "/desk/goods/COLA/edit", fields, cost="0.70")
    assert answer.status_code == 409
    assert "Somebody changed this product meanwhile" in text_of(answer.text)
    assert office.facts(f.ProductSaved) == []


def test_a_product_in_a_slot_is_not_retired_and_says_which_slot(office: Office) -> None:
    visitor = office.client(OWNER)
    page = visitor.get("/desk/goods/COLA").text
    fields = {"token": hidden(page)["token"], "to": "retired"}
    answer = visitor.post("/desk/goods/COLA/retire", follow=True, csrf=None, **fields)
    assert "Slot A1 is planned for it" in text_of(answer.text)
    assert office.facts(f.ProductRetired) == []


def test_a_retired_product_is_not_sold_and_comes_back(office: Office) -> None:
    visitor = office.client(OWNER)
    save(visitor, "/desk/product/new", NEW)
    office.tell()
    for to, key in (("retired", "not_sold_now"), ("sold", "added")):
        token = hidden(visitor.get("/desk/goods/DATES").text)["token"]
        visitor.post("/desk/goods/DATES/retire", follow=False, csrf=None, token=token, to=to)
        office.tell()
        assert office.pick("DATES").key == key
    assert len(office.facts(f.ProductRetired)) == 1


def test_an_age_limit_is_told_when_it_is_saved_and_the_till_refuses(office: Office) -> None:
    answer = save(office.client(OWNER), "/desk/product/new", NEW, min_age="16")
    assert "this kiosk refuses to sell it" in text_of(answer.text)
    office.tell()
    assert office.pick("DATES").key == "age_limit"


def test_a_barcode_and_a_code_belong_to_one_product(office: Office) -> None:
    visitor = office.client(OWNER)
    taken = save(visitor, "/desk/product/new", NEW, loose="", gtin="6260441801411")
    assert "already that of Navira Cola" in text_of(taken.text)
    twin = save(visitor, "/desk/product/new", NEW, sku="cola")
    assert "nearly this code" in text_of(twin.text)
    assert office.facts(f.ProductSaved) == []


def test_a_picture_is_drawn_in_another_colour_before_anything_is_saved(office: Office) -> None:
    page = save(office.client(OWNER), "/desk/product/new", NEW, look="1", palette="mint").text
    assert "/desk/pictures/apple-mint.svg" in page
    assert office.facts(f.ProductSaved) == []


def test_a_product_under_an_open_cart_keeps_its_price_there(office: Office) -> None:
    visitor = office.client(OWNER)
    fields = filled(visitor, "COLA")
    office.choose("A1")
    save(visitor, "/desk/goods/COLA/edit", fields, price="1.90")
    office.tell()
    assert office.screen().total_minor == 150
    assert office.catalogue().products["COLA"] == replace(
        office.catalogue().products["COLA"], price_minor=150
    )
