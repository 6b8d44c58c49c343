"""One table, three files: CSV for machines, a spreadsheet for figures, paper for people.

A page gives its rows once, typed; what a cell looks like in each file is decided here. No text becomes a formula, no amount
becomes a binary fraction, and the marks that fence names on a screen stay out of files.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal  # noqa: TID251 -- a sheet stores decimals; this one is exact, and nothing is reckoned with it
from enum import StrEnum
from typing import Any, Final

from inventory.spreadsheet import escape_formula, write_csv
from kiosk.fleet.books import plain_amount
from kiosk.i18n import (
    format_count,
    format_day,
    format_moment,
    format_money,
    format_percent,
    is_rtl,
    local_time,
    strip_marks,
)

ROWS_MOST: Final = 50_000
"""Rows of a CSV file or a spreadsheet: some 10 s on a small board, and more than a year of one kiosk's closings or claims."""

PAPER_ROWS_MOST: Final = 2_000
"""Rows of a PDF: some fifty pages, which nobody reads further; each costs a millisecond to set."""

CELL_CHARS_MOST: Final = 32_767
"""The longest text that a spreadsheet's cell takes. Source: Microsoft, "Excel specifications and limits"."""

SHEET_NAME_CHARS: Final = 31
"""Likewise, of a sheet's name, which must not hold any of ``[]:*?/`` and the backslash."""

_NOT_IN_NAMES: Final = dict.fromkeys(map(ord, "[]:*?/\\'"), " ")


class Format(StrEnum):
    """Files that a table can become."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


class Kind(StrEnum):
    """What stands in a column, and so what type its cells have.

    TEXT and CODE are ``str`` (a code reads from left to right in every language), MONEY is minor units, COUNT a whole number,
    PERCENT basis points (100 = 1 %), DAY a ``date``, MOMENT a journal time (UTC text). Every cell may be None: nothing is there.
    """

    TEXT = "text"
    CODE = "code"
    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    DAY = "day"
    MOMENT = "moment"


NUMBERS: Final = frozenset({Kind.MONEY, Kind.COUNT, Kind.PERCENT})
"""Kinds that stand at the end of their column."""

Cell = str | int | date | None


class TooManyRowsError(ValueError):
    """A file of this format takes no more than ``most`` rows; a filter makes the table smaller."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, in the reader's language, and what stands below it."""

    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """What is to be written; ``period`` says in words which days or which filter the rows are of, empty for all."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    period: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """For whom and by whom a file is made.

    Attributes:
        vendor: The vendor's name.
        machine: The machine's name, as its readers say it.
        language: The reader's.
        currency: ISO 4217.
        exponent: Decimals of the currency.
        timezone: IANA name; moments are written in it.
        made_at: When, as a journal time.
        page: Words for a page's number; ``{page}`` and ``{pages}`` stand in them.
    """

    vendor: str
    machine: str
    language: str
    currency: str
    exponent: int
    timezone: str
    made_at: str
    page: str = "{page} / {pages}"


MIMES: Final = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
}


def most_rows(wanted: Format) -> int:
    """How many rows a file of this format takes; a page need not read more than one further."""
    return PAPER_ROWS_MOST if wanted is Format.PDF else ROWS_MOST


def write_table(table: Table, head: Letterhead, wanted: Format) -> bytes:
    """The table as a file.

    Raises:
        TooManyRowsError: It has more rows than such a file takes.
    """
    if len(table.rows) > most_rows(wanted):
        raise TooManyRowsError(most_rows(wanted))
    if wanted is Format.CSV:
        return _write_csv(table, head)
    if wanted is Format.XLSX:
        return _write_sheet(table, head)
    from web.paper import write_paper

    return write_paper(table, head)


def shown(cell: Cell, kind: Kind, head: Letterhead) -> str:
    """A cell in its reader's form, for paper; amounts keep their marks of direction."""
    if cell is None or cell == "":
        return ""
    match kind:
        case Kind.MONEY:
            return format_money(_whole(cell), head.currency, head.exponent, head.language)
        case Kind.COUNT:
            return format_count(_whole(cell), head.language)
        case Kind.PERCENT:
            return format_percent(_whole(cell), head.language)
        case Kind.DAY:
            return format_day(_day(cell), head.language)
        case Kind.MOMENT:
            return format_moment(str(cell), head.timezone, head.language)
        case _:
            return strip_marks(str(cell))


def _whole(cell: Cell) -> int:
    return cell if isinstance(cell, int) else int(str(cell))


def _day(cell: Cell) -> date:
    return cell if isinstance(cell, date) else date.fromisoformat(str(cell))


def _moment(cell: Cell, timezone: str) -> datetime:
    """On the kiosk's clock, without a zone: spreadsheets know none."""
    return local_time(str(cell), timezone).replace(tzinfo=None, microsecond=0)


# --- CSV ------------------------------------------------------------------------------------------------------------


def _plain(cell: Cell, kind: Kind, head: Letterhead) -> str:
    """A cell as every program reads it: ASCII digits, a decimal point, ISO 8601."""
    if cell is None or cell == "":
        return ""
    match kind:
        case Kind.MONEY:
            return plain_amount(_whole(cell), head.exponent)
        case Kind.COUNT:
            return str(_whole(cell))
        case Kind.PERCENT:
            return f"{plain_amount(_whole(cell), 2)}%"
        case Kind.DAY:
            return _day(cell).isoformat()
        case Kind.MOMENT:
            return _moment(cell, head.timezone).isoformat(sep=" ")
        case _:
            return escape_formula(strip_marks(str(cell)))


def _write_csv(table: Table, head: Letterhead) -> bytes:
    return write_csv(
        [escape_formula(strip_marks(column.title)) for column in table.columns],
        (
            [_plain(cell, column.kind, head) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ),
    )


# --- spreadsheet ----------------------------------------------------------------------------------------------------


def _typed(cell: Cell, kind: Kind, head: Letterhead) -> Any:
    """A cell's value as the library wants it: text, whole number, exact decimal, day or moment."""
    if cell is None or cell == "":
        return None
    match kind:
        case Kind.MONEY:
            return Decimal(_whole(cell)).scaleb(-head.exponent)
        case Kind.COUNT:
            return _whole(cell)
        case Kind.PERCENT:
            return Decimal(_whole(cell)).scaleb(-4)
        case Kind.DAY:
            return _day(cell)
        case Kind.MOMENT:
            return _moment(cell, head.timezone)
        case _:
            return strip_marks(str(cell))[:CELL_CHARS_MOST] or None


def _number_format(kind: Kind, exponent: int) -> str:
    match kind:
        case Kind.MONEY:
            return "#,##0" + ("." + "0" * exponent if exponent else "")
        case Kind.COUNT:
            return "#,##0"
        case Kind.PERCENT:
            return "0.00%"
        case Kind.DAY:
            return "yyyy-mm-dd"
        case Kind.MOMENT:
            return "yyyy-mm-dd hh:mm"
        case _:
            return "@"


def _width(column: Column, table: Table, index: int, write: Callable[[Cell], str]) -> int:
    """Characters that the first rows need; a column of novels is cut at sixty and wraps when it is opened."""
    lengths = [len(write(row[index])) for row in table.rows[:200]]
    return min(60, max([8, len(column.title) + 2, *(length + 2 for length in lengths)]))


def _write_sheet(table: Table, head: Letterhead) -> bytes:
    # Half a second of imports, which only somebody who wants a sheet should wait for.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.title = strip_marks(f"{table.title} {table.period}".strip())
    book.properties.creator = strip_marks(head.vendor)
    name = strip_marks(table.title).translate(_NOT_IN_NAMES).strip()[:SHEET_NAME_CHARS]
    sheet = book.create_sheet(name or "1")
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = is_rtl(head.language)
    formats = [_number_format(column.kind, head.exponent) for column in table.columns]
    for index, column in enumerate(table.columns):
        width = _width(column, table, index, lambda cell, kind=column.kind: _plain(cell, kind, head))  # type: ignore[misc]  # a default of the right type
        sheet.column_dimensions[get_column_letter(index + 1)].width = width
    bold, ends = Font(bold=True), Alignment(horizontal="right")
    titles = []
    for column in table.columns:
        title = WriteOnlyCell(sheet, value=strip_marks(column.title))
        title.data_type = "s"
        title.font = bold
        if column.kind in NUMBERS:
            title.alignment = ends
        titles.append(title)
    sheet.append(titles)
    for row in table.rows:
        cells = []
        for cell, column, form in zip(row, table.columns, formats, strict=True):
            value = _typed(cell, column.kind, head)
            written = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                # The library takes a text that begins with "=" for a formula; ours are texts, whatever they hold.
                written.data_type = "s"
            elif value is not None:
                written.number_format = form
            cells.append(written)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
