"""A goods file is taken over whole or not at all, and every bad cell is named."""

from __future__ import annotations

import csv
import io
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import problems
from inventory.barcode import check_digit
from inventory.catalogue import ALLERGENS, CATEGORIES, Catalogue, Place, Product, Slot, Supply
from inventory.goods_file import (
    CALORIES_LIMIT_KCAL,
    FILE_LIMIT_BYTES,
    GOODS_COLUMNS,
    PRICE_LIMIT_MINOR,
    PROBLEMS_SHOWN,
    ROW_LIMIT,
    MarketFiles,
    read_goods,
    read_planogram,
    write_goods,
    write_planogram,
    write_price,
)
from inventory.pictures import FORMS

TAX = ("standard", "reduced", "zero")
SAMPLE = Path(__file__).parents[2] / "inventory" / "sample"
GOOD = {
    "sku": "DR-COLA",
    "gtin": "5010331571617",
    "name_en": "Cola",
    "name_fa": "نوشابه کولا",
    "name_ar": "كولا",
    "price": "1.50",
    "cost": "0.62",
    "tax_class": "standard",
    "category": "drinks",
    "allergens": "",
    "calories": "139",
    "picture": "can-red-cola",
    "loose": "",
    "suppliers": "",
    "case_size": "",
    "deposit": "",
    "min_age": "",
    "shelf_life": "",
    "retired": "",
    "photo": "",
}
SHELF = Slot("S1", Place.SHELF, "DR-COLA", 12, 9)
COIL = Slot("A1", Place.COIL, "DR-COLA", 8, 8, 1)
PLAN_LINE = "slot,place,sku,capacity,par,coil\r\n"


def goods_csv(*rows: dict[str, str], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, GOODS_COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(data: bytes, exponent: int = 2) -> MarketFiles:
    return read_goods(data, exponent=exponent, tax_classes=TAX)


def only_product(data: bytes, exponent: int = 2) -> Product:
    files = read(data, exponent)
    assert [str(problem) for problem in files.problems] == []
    (product,) = files.products
    return product


def found(files: MarketFiles) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.key) for problem in files.problems]


def test_a_good_row_becomes_a_product() -> None:
    product = only_product(goods_csv({**GOOD, "allergens": "nuts milk"}))
    assert product == Product(
        sku="DR-COLA",
        names={"en": "Cola", "fa": "نوشابه کولا", "ar": "كولا"},
        gtins=("05010331571617",),
        price_minor=150,
        cost_minor=62,
        tax_class="standard",
        category="drinks",
        allergens=("milk", "nuts"),
        calories_kcal=139,
        picture="can-red-cola",
        is_loose=False,
    )


@pytest.mark.parametrize(
    "dress",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b"\r\n", b",,\r\n"),
        lambda data: data + b",,,,,,,,,,,,\r\n\r\n",
        lambda data: data.replace(b"name_en", b" Name_EN "),
    ],
    ids=["byte order mark", "line feeds", "empty columns", "empty rows", "header in capitals"],
)
def test_what_spreadsheets_do_to_a_file_changes_nothing(dress: Callable[[bytes], bytes]) -> None:
    assert only_product(dress(goods_csv(GOOD))) == only_product(goods_csv(GOOD))


def test_a_file_from_before_the_newer_columns_is_read_as_it_was() -> None:
    old = ",".join(GOODS_COLUMNS[:13]) + "\r\n" + ",".join(GOOD[name] for name in GOODS_COLUMNS[:13])
    product = only_product(old.encode())
    assert product == only_product(goods_csv(GOOD))
    assert (product.case_size, product.deposit_minor, product.min_age, product.is_retired) == (1, 0, 0, False)


def test_who_delivers_it_and_what_the_till_must_know_stand_in_columns_of_their_own() -> None:
    more = {"suppliers": "metro:47-11 | local", "case_size": "۲۴", "deposit": "0,25", "min_age": "16"}
    product = only_product(goods_csv({**GOOD, **more, "shelf_life": "90", "retired": "yes"}))
    assert product.suppliers == (Supply("metro", "47-11"), Supply("local"))
    assert (product.case_size, product.deposit_minor, product.min_age) == (24, 25, 16)
    assert (product.shelf_life_days, product.is_retired, product.is_for_sale) == (90, True, False)


@pytest.mark.parametrize(
    ("column", "written", "key"),
    [
        ("suppliers", "Metro Markt", "supplier_form"),
        ("suppliers", "metro:1 metro:2", "supplier_twice"),
        ("suppliers", "a b c d e", "suppliers_many"),
        ("case_size", "0", "out_of_range"),
        ("case_size", "5010331571617", "out_of_range"),
        ("deposit", "-0.25", "price_negative"),
        ("min_age", "old", "number_form"),
        ("shelf_life", "9999", "out_of_range"),
        ("retired", "maybe", "yes_or_no"),
    ],
)
def test_a_newer_column_says_what_to_mend(column: str, written: str, key: str) -> None:
    assert (2, column, key) in found(read(goods_csv({**GOOD, column: written})))


def test_a_retired_product_lends_its_number_to_another_one_and_is_not_found_by_it() -> None:
    old = {**GOOD, "sku": "OLD", "retired": "yes"}
    for rows in ((old, GOOD), (GOOD, old)):
        files = read(goods_csv(*rows))
        assert files.problems == ()
        assert Catalogue.of(files.products, ()).by_gtin == {"05010331571617": "DR-COLA"}


def test_semicolons_and_decimal_commas_go_together() -> None:
    row = {**GOOD, "price": "1,50", "cost": "0,62"}
    assert only_product(goods_csv(row, delimiter=";")) == only_product(goods_csv(GOOD))


@pytest.mark.parametrize(
    ("written", "exponent", "price_minor"),
    [
        ("1.25", 2, 125),
        ("1,25", 2, 125),
        ("۱٫۲۵", 2, 125),
        ("١٫٢٥", 2, 125),
        ("1.2", 2, 120),
        ("3", 2, 300),
        ("0.10", 2, 10),
        ("8.29", 2, 829),
        ("1.005", 3, 1005),
        ("۱۲٬۵۰۰", 0, 12_500),
        ("250000", 0, 250_000),
        ("10000000.00", 2, PRICE_LIMIT_MINOR),
    ],
)
def test_a_price_is_read_exactly(written: str, exponent: int, price_minor: int) -> None:
    assert (
        only_product(goods_csv({**GOOD, "price": written, "cost": "0"}), exponent).price_minor == price_minor
    )


@given(st.integers(1, PRICE_LIMIT_MINOR), st.sampled_from([0, 2, 3]))
def test_every_price_survives_writing_and_reading(price_minor: int, exponent: int) -> None:
    row = {**GOOD, "price": write_price(price_minor, exponent), "cost": "0"}
    assert only_product(goods_csv(row), exponent).price_minor == price_minor


def test_upc_and_ean_of_one_product_are_one_key() -> None:
    assert only_product(goods_csv({**GOOD, "gtin": "036000291452"})).gtins == ("00036000291452",)


@pytest.mark.parametrize(
    ("column", "value", "key"),
    [
        ("sku", "", "missing"),
        ("sku", "a b", "sku_form"),
        ("sku", "ن-1", "sku_form"),
        ("sku", "x" * 33, "sku_form"),
        ("gtin", "5010331571614", "gtin_check_digit"),
        ("gtin", "50103315716", "gtin_form"),
        ("gtin", "abc", "gtin_form"),
        ("gtin", "5.01033E+12", "gtin_rounded"),
        ("gtin", "5010331571617 05010331571617", "gtin_twice"),
        ("gtin", " ".join(["5010331571617"] * 9), "gtin_many"),
        ("gtin", "", "gtin_or_loose"),
        ("name_en", "", "name_missing"),
        ("name_fa", " ", "name_missing"),
        ("name_ar", "\u200c", "name_missing"),
        ("name_en", "x" * 81, "too_long"),
        ("name_en", "Co\u202ela", "direction_override"),
        ("name_fa", "\u2067کولا", "direction_override"),
        ("name_en", "Co\x07la", "control_characters"),
        ("name_en", "Co\nla", "control_characters"),
        ("name_en", "Co\tla", "control_characters"),
        ("name_en", "Co\u00adla", "control_characters"),
        ("price", "", "missing"),
        ("price", "0.00", "price_zero"),
        ("price", "-1.50", "price_negative"),
        ("price", "1.505", "price_decimals"),
        ("price", "1.250", "price_decimals"),
        ("price", "1.5.0", "price_form"),
        ("price", "1 50", "price_form"),
        ("price", "€1.50", "price_form"),
        ("price", "1e3", "price_form"),
        ("price", "nan", "price_form"),
        ("price", "5010331571617", "price_limit"),
        ("cost", "", "missing"),
        ("cost", "-0.01", "price_negative"),
        ("tax_class", "luxury", "not_one_of"),
        ("category", "shoes", "not_one_of"),
        ("allergens", "milk plutonium", "not_one_of"),
        ("calories", "many", "number_form"),
        ("calories", "-5", "out_of_range"),
        ("calories", str(CALORIES_LIMIT_KCAL + 1), "out_of_range"),
        ("picture", "can-red-dragon", "picture_unknown"),
        ("picture", "../../etc/passwd", "picture_unknown"),
        ("photo", "../../etc/passwd", "photo_unknown"),
        ("loose", "perhaps", "yes_or_no"),
        ("loose", "yes", "gtin_and_loose"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_imported(column: str, value: str, key: str) -> None:
    good = {**GOOD, "sku": "OTHER", "gtin": "96385074"}
    files = read(goods_csv(good, {**GOOD, column: value}))
    assert found(files) == [(3, column, key)]
    assert files.products == ()
    assert "{" not in files.problems[0].text
    assert str(files.problems[0]).startswith(f"line 3, column {column}: ")


def test_a_second_row_may_not_repeat_sku_or_barcode_of_the_first() -> None:
    files = read(goods_csv(GOOD, {**GOOD, "sku": "dr-cola"}))
    assert found(files) == [(3, "sku", "sku_twice"), (3, "gtin", "gtin_twice")]
    assert all(problem.parameters["line"] == 2 for problem in files.problems)


def test_a_line_break_inside_a_cell_does_not_shift_the_lines() -> None:
    files = read(goods_csv({**GOOD, "name_en": "Co\nla"}, {**GOOD, "sku": "B", "gtin": "1"}))
    assert found(files) == [(2, "name_en", "control_characters"), (4, "gtin", "gtin_form")]


def test_no_more_than_fifty_problems_are_listed_and_the_rest_is_counted() -> None:
    rows = [{**GOOD, "sku": f"P-{number}", "gtin": "1"} for number in range(PROBLEMS_SHOWN + 7)]
    files = read(goods_csv(*rows))
    assert (len(files.problems), files.more_qty) == (PROBLEMS_SHOWN, 7)


HEADER = ",".join(GOODS_COLUMNS)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", (1, "", "no_header")),
        (b"a,b,c\r\n1,2,3\r\n", (1, "", "no_header")),
        (HEADER.encode(), (1, "", "no_rows")),
        (HEADER.encode() + b",colour\r\n", (1, "colour", "column_unknown")),
        (HEADER.replace("picture", "pikture").encode() + b"\r\n", (1, "pikture", "column_unknown")),
        (HEADER.replace("picture", "sku").encode() + b"\r\n", (1, "sku", "column_twice")),
        (HEADER.replace(",cost", "").encode() + b"\r\n", (1, "cost", "column_missing")),
        (HEADER.encode() + b"\r\nonly,three,cells\r\n", (2, "", "cells_count")),
        (goods_csv(GOOD) + b'"never closed\r\n\r\n', (3, "", "bad_quotes")),
        (goods_csv(GOOD).replace("كولا".encode(), b"\xff\xfe"), (2, "", "not_utf8")),
        (goods_csv(GOOD).decode().encode("utf-16"), (1, "", "not_utf8")),
        (b" " * (FILE_LIMIT_BYTES + 1), (1, "", "file_too_large")),
        (HEADER.encode() + b"\r\nx" * (ROW_LIMIT + 1), (ROW_LIMIT + 2, "", "too_many_rows")),
    ],
    ids=lambda value: value[2] if isinstance(value, tuple) else "",
)
def test_a_file_that_is_no_table_is_refused(data: bytes, expected: tuple[int, str, str]) -> None:
    files = read(data)
    assert found(files) == [expected]
    assert files.products == ()


def test_optional_columns_may_be_left_out() -> None:
    columns = [name for name in GOODS_COLUMNS if name not in {"calories", "picture", "loose"}]
    data = (",".join(columns) + "\n" + ",".join(GOOD[name] for name in columns)).encode()
    product = only_product(data)
    assert (product.calories_kcal, product.picture, product.is_loose) == (None, "", False)


def test_a_photograph_is_read_back_and_a_file_that_cannot_name_any_says_so() -> None:
    read = read_goods(goods_csv({**GOOD, "photo": "0f" * 32}), exponent=2, tax_classes=TAX)
    assert (read.products[0].photo, read.names_photos) == ("0f" * 32, True)
    old = write_goods(read.products, exponent=2).replace(b",photo", b"").replace(b"," + b"0f" * 32, b"")
    read = read_goods(old, exponent=2, tax_classes=TAX)
    assert (read.products[0].photo, read.names_photos) == ("", False)


def test_every_message_is_used_and_has_its_parameters() -> None:
    source = (Path(problems.__file__).parent / "goods_file.py").read_text(encoding="utf-8")
    source += (Path(problems.__file__).parent / "planogram.py").read_text(encoding="utf-8")
    assert [key for key in problems.TEXTS if f'"{key}"' not in source] == []


names = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Co", "Cs", "Cn", "Zs", "Zl", "Zp", "Mn"])
    | st.sampled_from("=+-@' \u200c,;\"＝"),
    min_size=1,
    max_size=40,
)


@st.composite
def product_lists(draw: st.DrawFn) -> tuple[Product, ...]:
    skus = draw(
        st.lists(st.text(string.ascii_uppercase, min_size=1, max_size=8), max_size=6, unique=True, min_size=1)
    )
    found_products = []
    for number, sku in enumerate(skus):
        body = f"62600{draw(st.integers(0, 999)):03d}{number:04d}"
        is_loose = draw(st.booleans())
        found_products.append(
            Product(
                sku=sku,
                names={language: "x" + draw(names) for language in ("en", "fa", "ar")},
                gtins=() if is_loose else (f"0{body}{check_digit(body)}",),
                price_minor=draw(st.integers(1, PRICE_LIMIT_MINOR)),
                cost_minor=draw(st.integers(0, PRICE_LIMIT_MINOR)),
                tax_class=draw(st.sampled_from(TAX)),
                category=draw(st.sampled_from(CATEGORIES)),
                allergens=tuple(sorted(draw(st.sets(st.sampled_from(ALLERGENS), max_size=4)))),
                calories_kcal=draw(st.none() | st.integers(0, CALORIES_LIMIT_KCAL)),
                picture=draw(st.just("") | st.sampled_from([f"{form}-red" for form in FORMS])),
                is_loose=is_loose,
            )
        )
    return tuple(found_products)


@given(product_lists())
def test_what_was_read_is_written_and_read_back_unchanged(drawn: tuple[Product, ...]) -> None:
    # Reading brings names to their composed form; from there on nothing changes any more.
    once = read(write_goods(drawn, exponent=2))
    assert [str(problem) for problem in once.problems] == []
    again = read(write_goods(once.products, exponent=2))
    assert again.products == once.products
    assert [(a.sku, a.gtins, a.price_minor, a.cost_minor, a.allergens, a.calories_kcal) for a in drawn] == [
        (a.sku, a.gtins, a.price_minor, a.cost_minor, a.allergens, a.calories_kcal) for a in once.products
    ]


@pytest.mark.parametrize(
    "name", ["=1+1", "+cola", "-cola", "@cola", "＝1", "'=1", "''+1", "'tis", '=HYPERLINK("http://x";"y")']
)
def test_no_name_runs_as_a_formula_and_every_name_comes_back(name: str) -> None:
    product = only_product(goods_csv(GOOD))
    hostile = Product(
        **{
            **{field: getattr(product, field) for field in Product.__slots__},
            "names": dict.fromkeys(("en", "fa", "ar"), name),
        }
    )
    data = write_goods([hostile], exponent=2)
    cells = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1]
    assert all(cell[:1] not in set("=+-@＝") for cell in cells)
    assert only_product(data) == hostile


def test_the_written_file_opens_in_a_spreadsheet() -> None:
    data = write_goods([only_product(goods_csv(GOOD))], exponent=2)
    assert data.startswith(b"\xef\xbb\xbfsku,gtin,")
    assert b",1.50,0.62," in data
    assert b"5010331571617" in data
    assert data.endswith(b"\r\n")


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: (HEADER + "\n" + text).encode()))
def test_no_bytes_at_all_raise(data: bytes) -> None:
    files = read(data)
    assert bool(files.products) != bool(files.problems)


@given(product_lists(), st.data())
def test_any_row_made_bad_is_reported_and_nothing_imported(
    drawn: tuple[Product, ...], data: st.DataObject
) -> None:
    lines = write_goods(drawn, exponent=2).decode("utf-8-sig").split("\r\n")
    at = data.draw(st.integers(1, len(drawn)))
    cells = next(csv.reader([lines[at]]))
    column = data.draw(st.sampled_from(["price", "cost", "tax_class", "category", "name_fa", "sku"]))
    cells[GOODS_COLUMNS.index(column)] = data.draw(st.sampled_from(["", "-1", "\u202e", "x" * 500]))
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    lines[at] = text.getvalue()
    files = read("\r\n".join(lines).encode())
    if column in {"name_fa", "sku"} and cells[GOODS_COLUMNS.index(column)] == "-1":
        return  # a strange name, but a name
    assert files.products == ()
    assert (at + 1, column) in [(problem.line, problem.column) for problem in files.problems]


def plan(*rows: str) -> bytes:
    return (PLAN_LINE + "\r\n".join(rows)).encode()


def test_a_plan_is_read_and_written_back_unchanged() -> None:
    cola = only_product(goods_csv(GOOD))
    files = read_planogram(plan("s1,Shelf,DR-COLA,12,9,", "A1,coil,DR-COLA,۸,٨,1"), [cola])
    assert files.slots == (SHELF, COIL)
    assert read_planogram(write_planogram(files.slots), [cola]).slots == files.slots


@pytest.mark.parametrize(
    ("row", "column", "key"),
    [
        ("A2,coil,NO-SUCH,8,8,2", "sku", "sku_unknown"),
        ("A2,coil,TEA,8,8,2", "sku", "loose_in_coil"),
        ("A1,coil,DR-COLA,8,8,2", "slot", "slot_twice"),
        ("3A,coil,DR-COLA,8,8,2", "slot", "slot_code"),
        ("A2,drawer,DR-COLA,8,8,2", "place", "not_one_of"),
        ("A2,coil,DR-COLA,8,8,1", "coil", "coil_twice"),
        ("A2,coil,DR-COLA,8,8,", "coil", "out_of_range"),
        ("A2,coil,DR-COLA,8,8,256", "coil", "out_of_range"),
        ("S1,shelf,DR-COLA,8,8,2", "coil", "coil_on_shelf"),
        ("S1,shelf,DR-COLA,0,0,", "capacity", "out_of_range"),
        ("S1,shelf,DR-COLA,501,9,", "capacity", "out_of_range"),
        ("S1,shelf,DR-COLA,8,9,", "par", "par_above_capacity"),
        ("S1,shelf,DR-COLA,8,some,", "par", "number_form"),
        ("S1,shelf,DR-COLA,8,,", "par", "missing"),
    ],
)
def test_a_bad_plan_is_named_and_nothing_is_imported(row: str, column: str, key: str) -> None:
    tea = {**GOOD, "sku": "TEA", "gtin": "", "loose": "yes"}
    files = read_planogram(plan("A1,coil,DR-COLA,8,8,1", row), read(goods_csv(GOOD, tea)).products)
    assert found(files) == [(3, column, key)]
    assert files.slots == ()
    assert "{" not in files.problems[0].text


@pytest.fixture(scope="module")
def market() -> tuple[tuple[Product, ...], tuple[Slot, ...]]:
    goods = read((SAMPLE / "goods.csv").read_bytes())
    assert [str(problem) for problem in goods.problems] == []
    places = read_planogram((SAMPLE / "planogram.csv").read_bytes(), goods.products)
    assert [str(problem) for problem in places.problems] == []
    return goods.products, places.slots


def test_the_sample_market_is_a_market(market: tuple[tuple[Product, ...], tuple[Slot, ...]]) -> None:
    products, slots = market
    assert len(products) >= 90
    assert sum(product.is_loose for product in products) >= 12
    assert {product.category for product in products} == set(CATEGORIES)
    assert {product.tax_class for product in products} == set(TAX)
    assert sum(key.startswith("0626") for product in products for key in product.gtins) > 20
    assert sum(key.startswith("000000") for product in products for key in product.gtins) >= 3
    assert all(
        product.due_minor % 10 == 0 and product.price_minor > product.cost_minor for product in products
    )
    coils = [slot for slot in slots if slot.place is Place.COIL]
    assert [slot.code for slot in coils] == [f"{row}{number}" for row in "ABCDE" for number in range(1, 9)]
    assert [slot.coil for slot in coils] == list(range(1, 41))
    assert all(6 <= slot.capacity <= 10 for slot in coils)
    assert {slot.sku for slot in slots} == {product.sku for product in products if product.is_for_sale}


def test_the_sample_market_can_be_bought_for_and_laid_out(
    market: tuple[tuple[Product, ...], tuple[Slot, ...]],
) -> None:
    products, slots = market
    assert all(product.suppliers and product.suppliers[0].order_no for product in products)
    assert 4 <= len({supply.supplier for product in products for supply in product.suppliers}) <= 6
    numbers = [supply for product in products for supply in product.suppliers]
    assert len(set(numbers)) == len(numbers), "a supplier's order number names one product"
    assert {product.case_size for product in products} == {6, 12, 24}
    assert {product.deposit_minor for product in products} == {0, 25}
    assert {product.category for product in products if product.deposit_minor} == {"drinks"}
    assert [product.min_age for product in products if not product.is_for_sale] == [16]
    assert all(product.shelf_life_days for product in products if product.category != "everyday")
    assert {slot.zone for slot in slots if slot.place is Place.COIL} == {"Coils"}
    assert len({slot.zone for slot in slots}) == 9
    assert all(slot.zone for slot in slots)


def test_each_name_of_the_sample_market_is_written_in_its_own_letters(
    market: tuple[tuple[Product, ...], tuple[Slot, ...]],
) -> None:
    persian_only, arabic_only = set("پچژگکی۰۱۲۳۴۵۶۷۸۹"), set("كيةى٠١٢٣٤٥٦٧٨٩")
    for product in market[0]:
        assert product.names["en"].isascii()
        assert not set(product.names["fa"]) & arabic_only, product.names["fa"]
        assert not set(product.names["ar"]) & persian_only, product.names["ar"]
    for language in ("en", "fa", "ar"):
        assert len({product.names[language] for product in market[0]}) == len(market[0])


def test_the_sample_catalogue_finds_every_barcode(
    market: tuple[tuple[Product, ...], tuple[Slot, ...]],
) -> None:
    catalogue = Catalogue.of(*market)
    for product in market[0]:
        assert all(catalogue.by_gtin[key] == product.sku for key in product.gtins)
    first = catalogue.product_of_slot("A1")
    assert first is not None
    assert first.sku == "SN-CRSALT"
