"""A goods file is previewed as what will change, and what was previewed is taken over: whole, once, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inventory.goods_file import GOODS_COLUMNS, write_goods
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from tests.kiosk.ledger_world import PRODUCTS
from tests.web.admin.office import OWNER, Office, Visitor
from tests.web.admin.test_pages import GOOD, goods_file, send_file, take_file, text_of

COLA, NUTS = PRODUCTS


def read(visitor: Visitor, *products: object) -> str:
    return send_file(visitor, write_goods(products, exponent=2))  # type: ignore[arg-type]


def test_new_changed_and_gone_are_shown_and_nothing_changes_before_the_yes(office: Office) -> None:
    visitor = office.client(OWNER)
    page = read(
        visitor, replace(COLA, price_minor=170), replace(NUTS, sku="DATES"), replace(NUTS, is_retired=False)
    )
    text = text_of(page)
    assert "New 1 Changed 1 Not in the file 0 Unchanged 1" in text
    assert "price 1.50 1.70" in text
    office.tell()
    assert office.facts(f.CatalogueImported) == []
    assert "3 products taken over." in text_of(take_file(visitor, page))
    office.tell()
    assert office.catalogue().products["COLA"].price_minor == 170


def test_what_is_not_in_the_file_is_retired_and_keeps_its_name(office: Office) -> None:
    office.sale()
    office.done()
    visitor = office.client(OWNER)
    plan = b"slot,place,sku,capacity,par,coil\r\nA2,coil,NUTS,8,6,2\r\n"
    page = send_file(
        visitor,
        write_goods((replace(NUTS, is_loose=False, gtins=("04006381333931",)),), exponent=2),
        plan=plan,
    )
    assert "Not in the file 1" in text_of(page)
    take_file(visitor, page)
    office.tell()
    cola = office.catalogue().products["COLA"]
    assert (cola.is_retired, cola.names) == (True, COLA.names)
    sale = office.facts(f.SaleClosed)[0]
    assert "Navira Cola" in visitor.get(f"/desk/journal/1/{office.facts(f.LineAdded)[0].seq}").text
    assert sale.seq


def test_a_catalogue_that_changed_since_the_preview_is_told_and_shown_anew(office: Office) -> None:
    visitor = office.client(OWNER)
    page = read(visitor, replace(COLA, price_minor=170), NUTS)
    office.ask(ev.PriceOffered("somebody", "COLA", 200))
    office.tell()
    again = take_file(visitor, page)
    assert "The goods have changed meanwhile" in text_of(again)
    assert "price 2.00 1.70" in text_of(again)
    assert office.facts(f.CatalogueImported) == []
    take_file(visitor, again)
    assert len(office.facts(f.CatalogueImported)) == 1


def test_a_yes_that_is_sent_twice_imports_once_and_a_file_is_its_owners(office: Office) -> None:
    visitor = office.client(OWNER)
    page = read(visitor, replace(COLA, price_minor=170), NUTS)
    take_file(visitor, page)
    assert "waits no longer" in text_of(take_file(visitor, page))
    assert len(office.facts(f.CatalogueImported)) == 1


def test_the_same_file_again_says_that_nothing_changes(office: Office) -> None:
    page = read(office.client(OWNER), *PRODUCTS)
    assert "Nothing changes" in text_of(page)
    assert "Take this over" not in page


def test_three_bad_rows_among_50_000_are_all_named_and_nothing_is_taken_over(office: Office) -> None:
    rows = [f"P-{number},,Name {number},نام,اسم,1.50,0.60,standard,drinks,,,,yes" for number in range(50_000)]
    for number in (7, 25_000, 49_999):
        rows[number] = rows[number].replace("1.50", "cheap")
    page = text_of(send_file(office.client(OWNER), goods_file(*rows)))
    assert "To mend: 3" in page
    for line in ("9 price", "25,002 price", "50,001 price"):
        assert line in page
    assert office.facts(f.CatalogueImported) == []


def test_a_formula_in_a_name_is_text_everywhere(office: Office) -> None:
    name = '=HYPERLINK("https://example.org","x")'
    visitor = office.client(OWNER)
    page = read(visitor, COLA, NUTS, replace(NUTS, sku="F", names={**NUTS.names, "en": name}))
    take_file(visitor, page)
    office.tell()
    assert office.catalogue().products["F"].names["en"] == name
    assert "'=HYPERLINK" in visitor.get("/desk/goods.csv").text


def test_an_upload_of_200_megabytes_is_refused_before_it_is_read(office: Office) -> None:
    visitor = office.client(OWNER)
    answer = visitor.client.post(
        "/desk/goods/import",
        data=b"goods",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "more than a goods file can be (24 MB)" in text_of(answer.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_goods_with_an_age_limit_are_told_before_they_are_taken_over(office: Office, language: str) -> None:
    row = ",".join([*GOOD[0].split(","), "", "", "", "16"])
    header = ",".join(GOODS_COLUMNS[:17])
    data = "\r\n".join([header, row, GOOD[1] + ",,,,"]).encode()
    page = send_file(office.client(OWNER, language), data)
    assert {"en": "age limit", "fa": "محدودیت سنی", "ar": "بحدّ للعمر"}[language] in text_of(page)
