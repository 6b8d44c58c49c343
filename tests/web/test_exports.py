"""One table, three files, and in none of them does a text run."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal  # noqa: TID251 -- what a sheet stores is read back as it is
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from inventory.spreadsheet import would_run
from kiosk.i18n import strip_marks
from web.exports import (
    MIMES,
    PAPER_ROWS_MOST,
    Cell,
    Column,
    Format,
    Kind,
    Letterhead,
    Table,
    TooManyRowsError,
    write_table,
)

COLUMNS = (
    Column("When", Kind.MOMENT),
    Column("=Goods"),
    Column("Code", Kind.CODE),
    Column("Pieces", Kind.COUNT),
    Column("Amount", Kind.MONEY),
    Column("Rate", Kind.PERCENT),
    Column("Day", Kind.DAY),
)
AT = "2026-11-21T10:00:00.000Z"
TRICKY = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "＝1",
    "'=1",
    "#N/A",
    "TRUE",
    "007",
    "چای می‌خک",
    "\u202egnp.exe",
)
PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?%?")


def head(language: str = "en", exponent: int = 2) -> Letterhead:
    return Letterhead(
        vendor="Nilufar Micro Markets",
        machine="Machine 17",
        language=language,
        currency="EUR",
        exponent=exponent,
        timezone="Europe/Berlin",
        made_at=AT,
    )


def table(*texts: str, amount_minor: int = -123450) -> Table:
    rows: list[list[Cell]] = [
        [AT, text, text, number, amount_minor, 1905, date(2026, 11, 21)] for number, text in enumerate(texts)
    ]
    return Table("Sales [all]", COLUMNS, rows, period="November")


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_sheet(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data)).active


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=12) | st.sampled_from(TRICKY), amount_minor=st.integers(-(10**9), 10**9))
def test_no_cell_of_a_csv_file_begins_as_a_formula(text: str, amount_minor: int) -> None:
    for row in read_csv(write_table(table(text, amount_minor=amount_minor), head(), Format.CSV)):
        for cell in row:
            assert not would_run(cell) or PLAIN_NUMBER.fullmatch(cell)


@settings(max_examples=8, deadline=None)
@given(texts=st.lists(st.text(max_size=12) | st.sampled_from(TRICKY), min_size=1, max_size=12))
def test_a_sheet_holds_texts_as_texts_and_gives_back_what_was_put_in(texts: list[str]) -> None:
    sheet = read_sheet(write_table(table(*texts), head(), Format.XLSX))
    rows = list(sheet.iter_rows(min_row=2))
    assert len(rows) == len(texts)
    for text, (when, goods, code, pieces, amount, rate, day) in zip(texts, rows, strict=True):
        assert (goods.value or "") == (code.value or "") == strip_marks(text)
        for cell in (goods, code):
            assert cell.value is None or cell.data_type in {"s", "inlineStr"}
        assert when.value == datetime(2026, 11, 21, 11, 0)  # noqa: DTZ001 -- a sheet knows no zones
        assert pieces.data_type == amount.data_type == rate.data_type == "n"
        assert Decimal(str(amount.value)) == Decimal("-1234.50")
        assert Decimal(str(rate.value)) == Decimal("0.1905")
        assert day.value == datetime(2026, 11, 21)  # noqa: DTZ001 -- a sheet knows no zones


def test_no_title_of_a_sheet_is_a_formula_and_its_heading_stays_in_sight() -> None:
    sheet = read_sheet(write_table(table("x"), head(), Format.XLSX))
    assert {cell.data_type for cell in sheet[1]} <= {"s", "inlineStr"}
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert sheet.freeze_panes == "A2"
    assert sheet.title == "Sales  all"


@pytest.mark.parametrize(("language", "from_right"), [("en", False), ("fa", True), ("ar", True)])
def test_a_sheet_reads_in_its_readers_direction(language: str, *, from_right: bool) -> None:
    sheet = read_sheet(write_table(table("x"), head(language), Format.XLSX))
    assert bool(sheet.sheet_view.rightToLeft) is from_right


def test_amounts_are_exact_in_every_exponent() -> None:
    for exponent, said in ((0, "-123450"), (2, "-1234.50"), (3, "-123.450")):
        data = write_table(table("x"), head(exponent=exponent), Format.CSV)
        assert read_csv(data)[1][4] == said
        sheet = read_sheet(write_table(table("x"), head(exponent=exponent), Format.XLSX))
        assert Decimal(str(sheet["E2"].value)) == Decimal(said)


def test_a_csv_file_says_days_and_moments_as_every_program_reads_them() -> None:
    row = read_csv(write_table(table("x"), head("fa"), Format.CSV))[1]
    assert row[0] == "2026-11-21 11:00:00"
    assert row[5:] == ["19.05%", "2026-11-21"]


def test_an_empty_cell_is_empty_in_every_file() -> None:
    empty = Table("Sales", COLUMNS, [[None] * len(COLUMNS)])
    assert read_csv(write_table(empty, head(), Format.CSV))[1] == [""] * len(COLUMNS)
    sheet = read_sheet(write_table(empty, head(), Format.XLSX))
    assert {cell.value for row in sheet.iter_rows(min_row=2) for cell in row} <= {None}
    assert write_table(empty, head(), Format.PDF).startswith(b"%PDF")


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_paper_numbers_its_pages_and_embeds_the_letters_it_draws(language: str) -> None:
    data = write_table(table(*TRICKY, *(f"چای {number}" for number in range(28))), head(language), Format.PDF)
    assert data.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", data)) == 2
    assert b"Vazirmatn" in data


def test_paper_that_nobody_would_read_is_refused_with_its_limit() -> None:
    with pytest.raises(TooManyRowsError) as refused:
        write_table(table(*["x"] * (PAPER_ROWS_MOST + 1)), head(), Format.PDF)
    assert refused.value.most == PAPER_ROWS_MOST


def test_every_format_has_a_type() -> None:
    assert set(MIMES) == set(Format)
