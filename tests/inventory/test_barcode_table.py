"""The table of labels that a vendor edits: what it holds is what a scan then means, and a bad file changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.barcode import EmbeddedLayout, Goods, Malformed, Measure, Reason, read_scan
from inventory.barcode_table import (
    NATIONAL,
    PROBLEMS_SHOWN,
    ROW_LIMIT,
    TABLE_TEXTS,
    read_code_table,
    write_code_table,
)
from inventory.catalogue import Rounding

TODAY = dt.date(2026, 11, 22)
HEADER = "prefix,layout,measure,decimals\n"
WIDE = "prefix,layout,measure,decimals,product,unit_price,least,most,rounding\n"


def only_problem(text: str | bytes) -> str:
    read = read_code_table(text.encode() if isinstance(text, str) else text)
    assert read.layouts == ()
    assert all(problem.text for problem in read.problems)
    (problem,) = read.problems
    return f"{problem.line} {problem.key}"


@pytest.mark.parametrize("country", NATIONAL)
def test_a_national_table_is_written_and_read_as_it_was(country: str) -> None:
    assert read_code_table(write_code_table(NATIONAL[country])).layouts == NATIONAL[country]


@pytest.mark.parametrize(
    ("country", "code", "goods"),
    [
        ("NO-SE", "2012345012349", {"price_minor": 1234}),
        ("NO-SE", "2312345012340", {"weight_mg": 1_234_000}),
        ("DE", "2812345075004", None),
    ],
)
def test_the_worked_labels_of_the_countries_are_read(
    country: str, code: str, goods: dict[str, int] | None
) -> None:
    table = read_code_table(write_code_table(NATIONAL[country])).table(exponent=2, currency_numeric="978")
    found = read_scan(code, table, TODAY)
    if goods is None:
        assert isinstance(found, Malformed)
        assert found.reason is Reason.BAD_CHECK_DIGIT
    else:
        assert isinstance(found, Goods)
        assert {name: getattr(found, name) for name in goods} == goods


def test_a_spreadsheets_own_ways_are_understood() -> None:
    text = "\ufeffMeasure;Prefix;Layout;Decimals\r\nprice; ۲۱ ;pppppppvvvvv;\r\n;;;\r\nweight;٢٢;PPPPPPPVVVVV;3\r\n"
    assert read_code_table(text.encode()).layouts == (
        EmbeddedLayout("21", "PPPPPPPVVVVV", Measure.PRICE),
        EmbeddedLayout("22", "PPPPPPPVVVVV", Measure.WEIGHT, 3),
    )


def test_a_row_with_product_prices_and_rounding_is_read_and_written_as_it_was() -> None:
    text = WIDE + "281234,PPPPPPCVVVVV,weight,3,BANANA,۲٫۹۹,0.10,50,down\n01,,price,0,HAM,,,,\n"
    banana = EmbeddedLayout(
        "281234",
        "PPPPPPCVVVVV",
        Measure.WEIGHT,
        3,
        sku="BANANA",
        unit_price_minor=299,
        least_minor=10,
        most_minor=5_000,
        rounding=Rounding.DOWN,
    )
    read = read_code_table(text.encode())
    assert read.layouts == (banana, EmbeddedLayout("01", "", Measure.PRICE, sku="HAM"))
    assert read_code_table(write_code_table(read.layouts)) == read


def test_prices_of_a_table_follow_the_currency() -> None:
    text = WIDE + "28,PPPPPPPVVVVV,weight,3,,299000,,,\n"
    assert read_code_table(text.encode(), exponent=0).layouts[0].unit_price_minor == 299_000
    assert read_code_table(text.encode(), exponent=3).layouts[0].unit_price_minor == 299_000_000


def test_a_table_without_rows_embeds_nothing() -> None:
    read = read_code_table(HEADER.encode())
    assert (read.layouts, read.problems) == ((), ())
    found = read_scan("2012345012349", read.table(exponent=2, currency_numeric="978"), TODAY)
    assert isinstance(found, Goods)
    assert found.price_minor is None


def test_a_price_above_the_limit_is_refused() -> None:
    read = read_code_table(write_code_table(NATIONAL["NO-SE"]))
    table = read.table(exponent=2, currency_numeric="978", price_limit_minor=1_000)
    assert read_scan("2012345012349", table, TODAY) == Malformed("2012345012349", Reason.BAD_VALUE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1 table.columns"),
        ("prefix,layout,measure\n", "1 table.columns"),
        ("prefix,prefix,layout,measure,decimals\n", "1 table.columns"),
        (HEADER + "21,PPPPPPPVVVVV,price\n", "2 table.cells"),
        (HEADER + "21,PPPPPPPVVVVV,length,2\n", "2 table.measure"),
        (HEADER + "21,PPPPPPPVVVVV,price,two\n", "2 table.decimals"),
        (HEADER + "21,PPPPPPPVVVVV,price,-1\n", "2 table.decimals"),
        (HEADER + "21,PPPPPPPVVVVV,price,9\n", "2 table.decimals_most"),
        (HEADER + "30,PPPPPPPVVVVV,price,2\n", "2 table.prefix"),
        (HEADER + "2,PPPPPPPVVVVV,price,2\n", "2 table.prefix"),
        (HEADER + "21,VVVVVPPPPPPP,price,2\n", "2 table.letters"),
        (HEADER + "2123456,PPPPPPVVVVVV,price,2\n", "2 table.prefix_in_item"),
        (HEADER + "21,PPPPPCVVVVVV,price,2\n", "2 table.inner_check"),
        (HEADER + "21,PPPPPPPPCVVV,price,2\n", "2 table.inner_check"),
        (HEADER + "01,PPPPPPPVVVVV,price,2\n", "2 table.gs1_layout"),
        (HEADER + "01,,count,0\n", "2 table.gs1_layout"),
        (HEADER + "01,,price,0\n", "2 table.gs1_product"),
        (WIDE + "21,PPPPPPPVVVVV,price,2,,2.99,,,\n", "2 table.unit_price"),
        (WIDE + "21,PPPPPPPVVVVV,price,2,,,5,4,\n", "2 table.limits"),
        (WIDE + "21,PPPPPPPVVVVV,weight,3,,2.999,,,\n", "2 table.price"),
        (WIDE + "21,PPPPPPPVVVVV,weight,3,,-1,,,\n", "2 table.price"),
        (WIDE + "21,PPPPPPPVVVVV,weight,3,,,,,sideways\n", "2 table.rounding"),
        (WIDE + "01,,price,0,ham,,,,\n01,,weight,0,ham,,,,\n", "3 table.prefix_twice"),
        (HEADER + "21,PPPPPPPVVVVV,price,2\n\n21,PPPPPPPPVVVV,price,2\n", "4 table.prefix_twice"),
        (HEADER + '"21,PPPPPPPVVVVV,price,2\n', "1 table.bad_csv"),
        (HEADER + "\n" * ROW_LIMIT, "1 table.too_large"),
        ("x" * 70_000, "1 table.too_large"),
        (b"\xff\xfe\x00", "1 table.not_utf8"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_mend(text: str | bytes, problem: str) -> None:
    assert only_problem(text) == problem


def test_not_more_problems_are_shown_than_anybody_reads() -> None:
    read = read_code_table((HEADER + "1,1,1,1\n" * 150).encode())
    assert len(read.problems) == PROBLEMS_SHOWN
    assert str(read.problems[0]) == "line 2: “1” is not known here. Use one of: price, weight, count."


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: (HEADER + text).encode()))
def test_no_file_raises_and_none_is_half_taken(data: bytes) -> None:
    read = read_code_table(data)
    assert not (read.layouts and read.problems)
    for problem in read.problems:
        assert problem.key in TABLE_TEXTS
        assert problem.text.isprintable()
