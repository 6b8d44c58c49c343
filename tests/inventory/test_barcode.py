"""What a scan means, by worked codes and by rules that hold for any text."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.barcode import (
    SCAN_MAX_CHARS,
    CodeTable,
    CodeTableError,
    EmbeddedLayout,
    Goods,
    Malformed,
    Measure,
    Reason,
    check_digit,
    gtin_key,
    products_of,
    read_scan,
)
from inventory.catalogue import Catalogue, Product

TODAY = dt.date(2026, 11, 21)
VECTORS = tomllib.loads((Path(__file__).parents[1] / "vectors" / "barcodes.toml").read_text(encoding="utf-8"))
TABLE = CodeTable(
    layouts=(
        EmbeddedLayout("20", "PPPPPPPPVVVV", Measure.PRICE, 2),
        EmbeddedLayout("23", "PPPPPPPPVVVV", Measure.WEIGHT, 3),
        EmbeddedLayout("26", "PPPPPPPPVVVV", Measure.COUNT),
        EmbeddedLayout("28", "PPPPPPCVVVVV", Measure.WEIGHT, 3),
    )
)


def scan_of(vector: dict[str, Any]) -> str:
    return str(vector["scan"]).replace("~", "\x1d")


def named(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "vector", VECTORS[kind], ids=lambda vector: vector.get("says", vector.get("body"))
    )


def product(sku: str, *gtins: str) -> Product:
    return Product(sku, {"en": sku, "fa": sku, "ar": sku}, gtins, 100, 50, "standard", "drinks")


@named("check_digit")
def test_check_digits_are_those_of_the_specification(vector: dict[str, Any]) -> None:
    assert check_digit(vector["body"]) == vector["digit"]


def test_a_check_digit_over_anything_but_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="not digits"):
        check_digit("12a")


@named("goods")
def test_goods_are_read(vector: dict[str, Any]) -> None:
    expected = Goods(
        keys=tuple(vector["keys"]),
        price_minor=vector.get("price_minor"),
        weight_mg=vector.get("weight_mg"),
        lot=vector.get("lot", ""),
        expires_on=vector.get("expires_on"),
        best_before_on=vector.get("best_before_on"),
    )
    assert read_scan(scan_of(vector), TABLE, TODAY) == expected


@named("no_goods")
def test_what_is_no_goods_has_a_reason(vector: dict[str, Any]) -> None:
    scan = read_scan(scan_of(vector), TABLE, TODAY)
    assert (type(scan).__name__, getattr(scan, "reason", None)) == (vector["kind"], vector["reason"])


@named("embedded")
def test_a_value_inside_a_shop_label_is_read_by_the_vendors_table(vector: dict[str, Any]) -> None:
    assert read_scan(vector["scan"], TABLE, TODAY) == Goods(
        keys=(vector["key"],),
        price_minor=vector.get("price_minor"),
        weight_mg=vector.get("weight_mg"),
        qty=vector.get("qty"),
        is_restricted=True,
    )


@named("embedded_refused")
def test_a_shop_label_that_cannot_be_right_is_refused(vector: dict[str, Any]) -> None:
    scan = read_scan(vector["scan"], TABLE, TODAY)
    assert isinstance(scan, Malformed)
    assert scan.reason == vector["reason"]


def test_a_shop_number_outside_the_table_is_an_ordinary_key() -> None:
    assert read_scan("2412345012347", TABLE, TODAY) == Goods(("02412345012347",), is_restricted=True)


def test_an_absurd_price_on_a_shop_label_is_refused() -> None:
    table = CodeTable(layouts=TABLE.layouts, price_limit_minor=1000)
    scan = read_scan("2012345012349", table, TODAY)
    assert scan == Malformed("2012345012349", Reason.BAD_VALUE)


def test_a_price_inside_follows_the_exponent_of_the_currency() -> None:
    dinar = CodeTable(layouts=TABLE.layouts, exponent=3)
    scan = read_scan("2012345012349", dinar, TODAY)
    assert isinstance(scan, Goods)
    assert scan.price_minor == 12_340


def test_the_longest_prefix_of_the_table_wins() -> None:
    special = EmbeddedLayout("2012345", "PPPPPPPPVVVV", Measure.COUNT)
    assert CodeTable(layouts=(*TABLE.layouts, special)).layout_of("2012345012349") == special


@pytest.mark.parametrize(
    ("prefix", "layout", "measure", "decimals"),
    [
        ("19", "PPPPPPPPVVVV", Measure.PRICE, 2),
        ("20", "PPPPPPPPVVV", Measure.PRICE, 2),
        ("20", "PPPPPPVVVVCV", Measure.PRICE, 2),
        ("20", "PPPPPCVVVVVV", Measure.PRICE, 2),
        ("2012345", "PPPPPPVVVVVV", Measure.PRICE, 2),
        ("20", "PPPPPPPPVVVV", Measure.PRICE, 4),
        ("20", "PPPPPPPPVVVV", Measure.COUNT, 1),
    ],
)
def test_a_layout_that_cannot_be_right_is_refused(
    prefix: str, layout: str, measure: Measure, decimals: int
) -> None:
    with pytest.raises(CodeTableError):
        EmbeddedLayout(prefix, layout, measure, decimals)


def test_eight_digits_that_are_both_give_two_keys_and_the_catalogue_decides() -> None:
    both = next(
        code
        for code in (f"{body:07d}{check_digit(f'{body:07d}')}" for body in range(1, 100_000))
        if isinstance(scan := read_scan(code, TABLE, TODAY), Goods) and len(scan.keys) == 2
    )
    scan = read_scan(both, TABLE, TODAY)
    assert isinstance(scan, Goods)
    assert scan.keys[0] == both.zfill(14)
    ean_8, upc = product("ean-8", scan.keys[0]), product("upc", scan.keys[1])
    assert products_of(scan, Catalogue.of((upc,), ())) == (upc,)
    assert products_of(scan, Catalogue.of((upc, ean_8), ())) == (ean_8, upc)
    assert products_of(scan, Catalogue.of((), ())) == ()
    only = read_scan("]E4" + both, TABLE, TODAY)
    assert isinstance(only, Goods)
    assert only.keys == scan.keys[:1]


def test_the_use_by_day_itself_may_still_be_sold() -> None:
    scan = Goods(("05010331571617",), expires_on=TODAY)
    assert not scan.is_expired(TODAY)
    assert scan.is_expired(TODAY + dt.timedelta(days=1))
    assert not Goods(("05010331571617",)).is_expired(dt.date.max)


@pytest.mark.parametrize(
    ("today", "year"), [(dt.date(2026, 1, 1), 2076), (dt.date(2025, 1, 1), 1976), (dt.date(2060, 1, 1), 2076)]
)
def test_the_century_follows_the_window_of_fifty_years(today: dt.date, year: int) -> None:
    scan = read_scan("]d2010703206980498817760131", TABLE, today)
    assert isinstance(scan, Goods)
    assert scan.expires_on == dt.date(year, 1, 31)


def test_four_kilobytes_are_refused_unread_and_kept_short() -> None:
    scan = read_scan("7" * 4096, TABLE, TODAY)
    assert scan == Malformed("7" * 40, Reason.TOO_LONG)


@given(st.text(max_size=SCAN_MAX_CHARS + 20))
def test_no_text_at_all_raises(text: str) -> None:
    scan = read_scan(text, TABLE, TODAY)
    if not isinstance(scan, Goods):
        assert scan.text.isascii()
        assert len(scan.text) <= SCAN_MAX_CHARS


@given(
    st.sampled_from(["", "]d2", "]C1", "]Q3", "https://id.gs1.org/01/07032069804988/", "http://"]),
    st.text("0123456789()/?=&%AB \x1d", max_size=60),
)
def test_nothing_that_looks_like_element_strings_raises(start: str, rest: str) -> None:
    scan = read_scan(start + "01070320698049883" + rest, TABLE, TODAY)
    if isinstance(scan, Goods):
        assert scan.lot.isprintable()
        assert all(gtin_key(key) == key for key in scan.keys)


@given(st.integers(1, 10**13 - 1), st.sampled_from([7, 11, 12, 13]))
def test_a_right_number_is_goods_and_every_single_wrong_digit_is_not(number: int, length: int) -> None:
    body = str(number)[:length].zfill(length)
    code = body + str(check_digit(body))
    key = gtin_key(code)
    assert key == code.zfill(14)
    wrong = [
        code[:at] + str(digit) + code[at + 1 :]
        for at in range(len(code))
        for digit in range(10)
        if code[at] != str(digit)
    ]
    assert all(gtin_key(other) is None for other in wrong)


@given(st.integers(1, 10**12 - 1))
def test_the_three_scripts_of_digits_name_the_same_product(number: int) -> None:
    body = f"{number:012d}"
    code = body + str(check_digit(body))
    persian = "".join(chr(0x06F0 + int(digit)) for digit in code)
    arabic = "".join(chr(0x0660 + int(digit)) for digit in code)
    assert (
        read_scan(persian, TABLE, TODAY) == read_scan(arabic, TABLE, TODAY) == read_scan(code, TABLE, TODAY)
    )
