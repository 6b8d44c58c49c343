"""From a scanned text to what the till hears, by the vendor's own table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from inventory.barcode import check_digit
from inventory.catalogue import Catalogue, EmbeddedLayout, Measure, Rounding
from kiosk.core.events import Piece, ScanRead
from kiosk.runtime.scan import CodeMoney, read_code
from tests.kiosk.goods import product

TODAY = dt.date(2026, 11, 22)
EURO = CodeMoney("EUR", 2)
GTIN = "04006381333931"


def labelled(body: str) -> str:
    return body + str(check_digit(body))


BANANA = product("banana", 299, gtins=("0" + labelled("231234500000"),))
HAM = product("ham", 1_990, gtins=(GTIN,))
WEIGHTS = EmbeddedLayout("23", "PPPPPPPPVVVV", Measure.WEIGHT, 3, rounding=Rounding.UP)
PRICES = EmbeddedLayout("20", "PPPPPPPPVVVV", Measure.PRICE, 2, sku="ham", least_minor=50, most_minor=900)


def read(text: str, *labels: EmbeddedLayout, aim: str = "", money: CodeMoney = EURO) -> ScanRead:
    return read_code(text, aim, Catalogue.of((BANANA, HAM), (), labels), TODAY, money)


def gs1(*fields: str) -> str:
    return f"01{GTIN}" + "".join(fields)


def test_a_weight_label_brings_its_weight_and_the_products_price_for_a_kilogram() -> None:
    scan = read(labelled("231234500785"), WEIGHTS)
    piece = Piece(weight_mg=785_000, unit_price_minor=299, rounding=Rounding.UP)
    assert scan == ScanRead(labelled("231234500785"), "banana", "", piece=piece)


def test_a_row_may_name_its_own_price_for_a_kilogram() -> None:
    scan = read(labelled("231234500785"), replace(WEIGHTS, unit_price_minor=350))
    assert scan.piece is not None
    assert scan.piece.unit_price_minor == 350


def test_a_price_label_names_its_product_by_its_row_and_has_the_rows_limits() -> None:
    scan = read("2012345012349", PRICES)
    piece = Piece(price_minor=1_234, least_minor=50, most_minor=900)
    assert scan == ScanRead("2012345012349", "ham", "", piece=piece)


def test_a_row_whose_product_is_gone_sells_nothing() -> None:
    assert read("2012345012349", replace(PRICES, sku="pear")).reason == "code_unknown"


def test_a_count_label_stands_for_so_many_pieces() -> None:
    counts = EmbeddedLayout("23", "PPPPPPPPVVVV", Measure.COUNT)
    assert read(labelled("231234500003"), counts) == ScanRead(labelled("231234500003"), "banana", "", qty=3)


def test_without_a_table_a_label_is_an_ordinary_number() -> None:
    assert read("2012345012349").reason == "code_unknown"


@pytest.mark.parametrize(
    ("measure", "piece"),
    [
        (Measure.PRICE, Piece(price_minor=1_250, least_minor=10)),
        (Measure.WEIGHT, Piece(weight_mg=1_125_000, unit_price_minor=1_990, least_minor=10)),
    ],
)
def test_values_in_gs1_codes_count_for_the_products_that_the_table_names(
    measure: Measure, piece: Piece
) -> None:
    row = EmbeddedLayout("01", "", measure, sku="ham", least_minor=10)
    assert read(gs1("3103001125", "39221250"), row).piece == piece
    assert read(gs1("3103001125", "39221250"), replace(row, sku="banana")).piece is None


def test_a_gs1_price_in_another_currency_is_refused() -> None:
    row = EmbeddedLayout("01", "", Measure.PRICE, sku="ham")
    assert read(gs1("39328401250"), row).reason == "foreign_currency"
    assert read(gs1("39329781250"), row).piece == Piece(price_minor=1_250)
    assert read(gs1("39329781250"), row, money=CodeMoney("XTS", 2)).reason == "foreign_currency"


def test_lot_and_dates_come_with_the_piece() -> None:
    scan = read(gs1("17261130", "15261121", "10LOT7"), aim="d2")
    assert scan.piece == Piece(
        lot="LOT7", expires_on="2026-11-30", best_before_on="2026-11-21", is_stale=True
    )
    assert (scan.sku, scan.qty) == ("ham", 1)


@pytest.mark.parametrize(("day", "reason"), [("261121", "expired"), ("261122", ""), ("261100", "")])
def test_an_expired_piece_is_not_handed_on_as_goods_the_last_day_itself_is(day: str, reason: str) -> None:
    scan = read(gs1(f"17{day}", "10LOT7"))
    assert scan.reason == reason
    assert bool(scan.sku) is not bool(reason)


def test_an_expired_piece_is_refused_even_when_a_label_prices_it() -> None:
    row = EmbeddedLayout("01", "", Measure.PRICE, sku="ham")
    assert read(gs1("17261121", "39221250"), row) == ScanRead(gs1("17261121", "39221250"), "", "expired")


def test_prices_in_codes_follow_the_kiosks_decimals() -> None:
    rials = CodeMoney("IRR", 0)
    row = EmbeddedLayout("29", "PPPPPPPVVVVV", Measure.PRICE, sku="ham")
    scan = read(labelled("291234599000"), row, money=rials)
    assert scan.piece is not None
    assert scan.piece.price_minor == 99_000
