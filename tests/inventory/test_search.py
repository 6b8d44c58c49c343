"""Goods are found in three scripts, whichever keyboard was used."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.catalogue import Product
from inventory.goods_file import read_goods
from inventory.search import MANY_WORDS, GoodsIndex, fold

SAMPLE = Path(__file__).parents[2] / "inventory" / "sample" / "goods.csv"


def product(sku: str, en: str, fa: str = "", ar: str = "") -> Product:
    return Product(sku, {"en": en, "fa": fa or en, "ar": ar or en}, (), 100, 50, "standard", "drinks")


@pytest.fixture(scope="module")
def market() -> GoodsIndex:
    files = read_goods(SAMPLE.read_bytes(), exponent=2, tax_classes=("standard", "reduced", "zero"))
    return GoodsIndex(files.products)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كيك", "کیک"),
        ("قهوة", "قهوه"),
        ("أرز", "ارز"),
        ("آب", "اب"),
        ("مُرَبَّى", "مربی"),
        ("می‌خواهم", "میخواهم"),
        ("چــای", "چای"),
        ("شوكولاتة", "شوکولاته"),
        ("ماءالشعیر", "ماالشعیر"),
        ("Crème Brûlée", "creme brulee"),
        ("STRASSE", "straße"),
        ("۳۳۰", "330"),
        ("٣٣٠", "330"),
        ("ﻼ", "لا"),
        ("salt-and-vinegar", "Salt and Vinegar"),
    ],
)
def test_what_readers_take_for_the_same_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("query", "sku"),
    [
        ("cola", "DR-COLA-033"),
        ("COL", "DR-COLA-033"),
        ("navira 330", "DR-COLA-033"),
        ("۳۳۰ کولا", "DR-COLA-033"),
        ("كولا", "DR-COLA-033"),
        ("توت فرنگی", "DA-YOGSTRAW"),
        ("توتفرنگی", "DA-YOGSTRAW"),
        ("توت‌فرنگي", "DA-YOGSTRAW"),
        ("الفراولة", "DA-YOGSTRAW"),
        ("فراوله", "DA-YOGSTRAW"),
        ("چای", "LO-TEA"),
        ("شاي", "LO-TEA"),
        ("سيب قرمز", "LO-APPLE-RED"),
        ("تفاح", "LO-APPLE-RED"),
        ("باقلوا", "LO-BAKLAVA"),
        ("بقلاوه", "LO-BAKLAVA"),
    ],
)
def test_the_sample_market_is_searched_in_three_scripts(market: GoodsIndex, query: str, sku: str) -> None:
    assert sku in market.find(query)


def test_names_that_begin_with_the_query_come_first_then_words_then_the_rest() -> None:
    index = GoodsIndex(
        [product("inside", "Pineapple"), product("word", "Green Apple"), product("start", "Apple Pie")]
    )
    assert index.find("apple") == ("start", "word", "inside")


def test_every_word_of_the_query_must_be_there() -> None:
    index = GoodsIndex([product("a", "Green Apple"), product("b", "Green Pear")])
    assert index.find("apple green") == ("a",)
    assert index.find("apple pear") == ()


def test_a_name_in_one_language_does_not_run_into_the_next() -> None:
    index = GoodsIndex([product("a", "Cola", "Zero", "Zero")])
    assert index.find("colazero") == ()


@pytest.mark.parametrize("query", ["", "  ", "\u200c", "!?"])
def test_a_query_of_nothing_shows_the_catalogue_in_its_order(query: str) -> None:
    index = GoodsIndex([product(str(number), "x") for number in range(40)])
    assert index.find(query, limit=3) == ("0", "1", "2")


def test_a_query_of_a_megabyte_is_cut(market: GoodsIndex) -> None:
    assert market.find("cola " * 200_000) == market.find("cola")


folded = cache(fold)


def by_looking_at_every_name(products: list[Product], query: str, limit: int) -> tuple[str, ...]:
    """What the index must find, found without one."""
    words = fold(query).split()
    if not words:
        return tuple(each.sku for each in products[:limit])
    ranked: tuple[list[str], list[str], list[str]] = ([], [], [])
    for each in products:
        names = (spelled for name in each.names.values() for spelled in (name, name.replace("\u200c", " ")))
        text = "".join(f"\n {folded(name)}" for name in names)
        if all(word in text for word in words):
            place = 0 if f"\n {fold(query)}" in text else 1 if f" {words[0]}" in text else 2
            ranked[place].append(each.sku)
    return tuple((ranked[0] + ranked[1] + ranked[2])[:limit])


some_words = st.lists(st.text("abکی\u200cأ-", min_size=1, max_size=4), min_size=1, max_size=3).map(" ".join)


@settings(max_examples=50)
@given(st.lists(st.tuples(some_words, some_words), max_size=12), some_words, st.integers(0, 5))
def test_the_index_finds_what_looking_at_every_name_finds_in_the_same_order(
    names: list[tuple[str, str]], query: str, limit: int
) -> None:
    products = [product(str(number), en, fa) for number, (en, fa) in enumerate(names)]
    assert GoodsIndex(products).find(query, limit) == by_looking_at_every_name(products, query, limit)


def test_what_stands_in_thousands_of_words_is_found_in_the_catalogues_order() -> None:
    names = [f"Ax{number}z tea" if number % 2 else f"Tea ax{number}z" for number in range(MANY_WORDS + 100)]
    products = [product(str(number), name) for number, name in enumerate(names)]
    index = GoodsIndex(products)
    for query in ("a", "ax", "z", "9z", "ax21", "z a", "tea", "1 tea"):
        assert index.find(query) == by_looking_at_every_name(products, query, 24)


def test_beginnings_that_more_than_ten_thousand_goods_have_give_the_sensible_first_ones() -> None:
    """Who types from a name's beginning sees names that begin so, in the catalogue's order; then words, then the rest."""
    kinds = ("Cola 330 ml", "Diet Cola 330 ml", "Orange Juice 330 ml", "Pineapple 500 ml")
    products = [
        product(str(number), kinds[3 - number % 4], "نوشابه کولا ۳۳۰", "كولا") for number in range(10_400)
    ]
    index = GoodsIndex(products)
    queries = (
        "c",
        "co",
        "ك",
        "نو",
        "o",
        "3",
        "cola 3",
        "cola 33",
        "orange j",
        "نوشابه ۳",
        "m c",
        "ola 330",
        "l m",
        "330 500",
    )
    for query in queries:
        assert index.find(query) == by_looking_at_every_name(products, query, 24), query
    assert index.find("c", 3) == ("3", "7", "11")
    assert index.find("cola 3", 3) == ("3", "7", "11")
    assert index.find("apple 5", 2) == ("0", "4")


@given(st.text(max_size=40))
def test_no_query_raises_and_no_more_than_the_limit_is_found(text: str) -> None:
    index = GoodsIndex([product(str(number), f"Cola {number} {text}") for number in range(5)])
    assert len(index.find(text, limit=2)) <= 2
