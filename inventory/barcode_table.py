"""The vendor's own table of labels with a price, weight or count inside: read from and written to a small CSV file.

A file is comma or semicolon separated UTF-8, with or without a byte order mark; its first line names the columns. All or
nothing: one bad cell, and no table comes of it. The desk's form is one row and is read by the same rules. Layouts are national
or even per shop; `NATIONAL` are beginnings to edit, and there is none for Iran or the Arab countries.

Source: biip 5.2, ``rcn.py``, for the national layouts; GS1 General Specifications, 2.1.11.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from inventory.barcode import CodeTable, CodeTableError, EmbeddedLayout, Measure, to_ascii_digits
from inventory.catalogue import Rounding
from inventory.goods_file import write_price

COLUMNS: Final = ("prefix", "layout", "measure", "decimals")
"""What every row needs."""

MORE_COLUMNS: Final = ("product", "unit_price", "least", "most", "rounding")
"""What a row may have; a file may leave the columns out, and a cell may be empty."""

FILE_LIMIT_BYTES: Final = 65_536
ROW_LIMIT: Final = 200
"""There are eleven prefixes of two digits; a table of two hundred longer ones is a mistake."""

CELL_LIMIT: Final = 40
"""Longest cell: a product's code has 32 letters at most."""

PROBLEMS_SHOWN: Final = 20

TABLE_TEXTS: Final = {
    "table.too_large": "The file is larger than {limit_kb} kB or has more than {rows} rows. It is no table of labels.",
    "table.not_utf8": "The file is not UTF-8. In the spreadsheet, save as “CSV UTF-8”.",
    "table.bad_csv": "The file is no table: a quotation mark is open, or a character has no place in a text.",
    "table.columns": "The first line must name these columns, each once: {columns}. It may name as well: {more}.",
    "table.cells": "The row has {count} cells, the first line {expected}.",
    "table.measure": "“{value}” is not known here. Use one of: {allowed}.",
    "table.rounding": "“{value}” is no way to round. Use one of: {allowed}.",
    "table.decimals": "“{value}” is no number of decimals. Write 0 to 6.",
    "table.decimals_most": "So many decimals cannot be. Write 0 to {most}.",
    "table.price": "“{value}” is no price. Write digits and one decimal mark, such as {example}.",
    "table.prefix": "“{value}” is no prefix of a label. Begin with 02 or 20 to 29, at most 7 digits; 01 for GS1 codes.",
    "table.letters": (
        "“{value}” is no layout. Write 12 letters: 4 to 9 times P, then at most one C, then 3 to 8 times V."
    ),
    "table.prefix_in_item": "The prefix {value} is longer than the number of the item. Give the item more digits.",
    "table.inner_check": "A check digit over the value exists for values of 4 or 5 digits only.",
    "table.gs1_layout": "GS1 codes say themselves how they are built. Leave the layout empty and choose price or weight.",
    "table.gs1_product": "For GS1 codes, name the product that they belong to.",
    "table.unit_price": "A price per kilogram belongs to weights only. Leave it empty.",
    "table.limits": "The lowest price is above the highest. Change one of them.",
    "table.prefix_twice": "The prefix {value} already stands in line {line}.",
}
"""English text of each message key, parameters in braces."""


@dataclass(frozen=True, slots=True)
class TableProblem:
    """One thing to mend in the file: its line from 1, a key of `TABLE_TEXTS`, and the message's values."""

    line: int
    key: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The message in English."""
        return TABLE_TEXTS[self.key].format_map(self.parameters)

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table, or what keeps it from being one; never both."""

    layouts: tuple[EmbeddedLayout, ...] = ()
    problems: tuple[TableProblem, ...] = ()

    def table(self, *, exponent: int, currency_numeric: str, price_limit_minor: int = 50_000) -> CodeTable:
        """The table for a kiosk's currency; see `CodeTable`."""
        return CodeTable(self.layouts, exponent, currency_numeric, price_limit_minor)


def read_code_table(data: bytes, *, exponent: int = 2) -> ReadTable:
    """Read a table of labels; never raises for what the file holds.

    Args:
        data: The file.
        exponent: Decimals of the kiosk's currency, in which the prices are.

    Digits may be Persian or Arabic, letters small. An empty table (the columns alone) is a table: nothing is embedded then.
    """
    if len(data) > FILE_LIMIT_BYTES:
        return _refused("table.too_large", limit_kb=FILE_LIMIT_BYTES // 1024, rows=ROW_LIMIT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused("table.not_utf8")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return _refused("table.bad_csv")
    if len(rows) > ROW_LIMIT:
        return _refused("table.too_large", limit_kb=FILE_LIMIT_BYTES // 1024, rows=ROW_LIMIT)
    header = [_cell(name).lower() for name in rows[0]] if rows else []
    named = set(header)
    if len(named) < len(header) or not set(COLUMNS) <= named <= set(COLUMNS) | set(MORE_COLUMNS):
        return _refused("table.columns", columns=", ".join(COLUMNS), more=", ".join(MORE_COLUMNS))
    return _read_rows(header, rows[1:], exponent)


def write_code_table(layouts: Iterable[EmbeddedLayout], *, exponent: int = 2) -> bytes:
    """Write a table as `read_code_table` reads it, for a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, (*COLUMNS, *MORE_COLUMNS))
    writer.writeheader()
    writer.writerows(row_cells(each, exponent=exponent) for each in layouts)
    return out.getvalue().encode("utf-8-sig")


def row_cells(row: EmbeddedLayout, *, exponent: int) -> dict[str, str]:
    """The row as the cells that `read_row` reads: column -> text; a price of 0 is an empty cell."""

    def price(amount_minor: int) -> str:
        return write_price(amount_minor, exponent) if amount_minor else ""

    return {
        "prefix": row.prefix,
        "layout": row.layout,
        "measure": row.measure.value,
        "decimals": str(row.decimals),
        "product": row.sku,
        "unit_price": price(row.unit_price_minor),
        "least": price(row.least_minor),
        "most": price(row.most_minor),
        "rounding": row.rounding.value,
    }


def read_row(cells: Mapping[str, str], *, line: int, exponent: int) -> EmbeddedLayout | TableProblem:
    """Read one row, from a file or a form.

    Args:
        cells: Column -> text; columns of `MORE_COLUMNS` may be missing, all may be empty, letters small, digits of any script.
        line: Where it stands, for the problem.
        exponent: Decimals of the kiosk's currency.
    """
    texts = {name: _cell(cells.get(name, "")) for name in (*COLUMNS, *MORE_COLUMNS)}
    measure, rounding = texts["measure"].lower(), texts["rounding"].lower() or Rounding.NEAREST
    decimals = texts["decimals"] or "0"
    if measure not in tuple(Measure):
        return TableProblem(line, "table.measure", {"value": measure, "allowed": ", ".join(Measure)})
    if rounding not in tuple(Rounding):
        return TableProblem(line, "table.rounding", {"value": rounding, "allowed": ", ".join(Rounding)})
    if not (decimals.isascii() and decimals.isdigit() and len(decimals) == 1):
        return TableProblem(line, "table.decimals", {"value": decimals})
    prices: dict[str, int] = {}
    for name in ("unit_price", "least", "most"):
        amount_minor = _price(texts[name], exponent)
        if amount_minor is None:
            example = write_price(299 * 10**exponent // 100, exponent)
            return TableProblem(line, "table.price", {"value": texts[name], "example": example})
        prices[name] = amount_minor
    try:
        return EmbeddedLayout(
            texts["prefix"],
            texts["layout"].upper(),
            Measure(measure),
            int(decimals),
            sku=texts["product"],
            unit_price_minor=prices["unit_price"],
            least_minor=prices["least"],
            most_minor=prices["most"],
            rounding=Rounding(rounding),
        )
    except CodeTableError as error:
        return TableProblem(line, error.key, error.parameters)


_PRICE: Final = re.compile(r"(?P<whole>[0-9]{1,12})(?:[.,\u066b](?P<part>[0-9]{1,3}))?")


def _price(text: str, exponent: int) -> int | None:
    """Minor units; 0 for an empty cell, None for what is no price of this currency."""
    if not text:
        return 0
    match = _PRICE.fullmatch(text)
    part = (match["part"] or "") if match else ""
    if match is None or len(part) > exponent:
        return None
    return int(match["whole"] + part.ljust(exponent, "0"))


def _read_rows(header: list[str], rows: list[list[str]], exponent: int) -> ReadTable:
    layouts: dict[tuple[str, str], EmbeddedLayout] = {}
    lines: dict[tuple[str, str], int] = {}
    problems: list[TableProblem] = []
    for line, row in enumerate(rows, 2):
        if not any(_cell(cell) for cell in row):
            continue
        if len(row) != len(header):
            problems.append(TableProblem(line, "table.cells", {"count": len(row), "expected": len(header)}))
            continue
        read = read_row(dict(zip(header, row, strict=True)), line=line, exponent=exponent)
        if isinstance(read, TableProblem):
            problems.append(read)
        elif read.key in layouts:
            values: Mapping[str, str | int] = {"value": read.prefix, "line": lines[read.key]}
            problems.append(TableProblem(line, "table.prefix_twice", values))
        else:
            layouts[read.key] = read
            lines[read.key] = line
    if problems:
        return ReadTable(problems=tuple(problems[:PROBLEMS_SHOWN]))
    return ReadTable(tuple(layouts.values()))


def _cell(text: str) -> str:
    """A cell without blanks around it, in ASCII digits, cut to a length that a message can carry."""
    cut = to_ascii_digits(text).strip()[:CELL_LIMIT]
    return "".join(sign if sign.isprintable() else "?" for sign in cut)


def _refused(key: str, **values: str | int) -> ReadTable:
    return ReadTable(problems=(TableProblem(1, key, values),))


def _layouts(measure: Measure, layout: str, decimals: Mapping[str, int]) -> tuple[EmbeddedLayout, ...]:
    return tuple(EmbeddedLayout(prefix, layout, measure, places) for prefix, places in decimals.items())


_NORDIC_WEIGHTS: Final = _layouts(Measure.WEIGHT, "PPPPPPPPVVVV", {"23": 3, "24": 2, "25": 1})

NATIONAL: Final[Mapping[str, tuple[EmbeddedLayout, ...]]] = {
    "NO-SE": (*_layouts(Measure.PRICE, "PPPPPPPPVVVV", {"20": 2, "21": 1, "22": 0}), *_NORDIC_WEIGHTS),
    "FI-EE-LV-LT": _NORDIC_WEIGHTS,
    "DE": (
        *_layouts(Measure.PRICE, "PPPPPPCVVVVV", {"22": 2, "23": 2}),
        *_layouts(Measure.COUNT, "PPPPPPCVVVVV", {"25": 0, "26": 0}),
        *_layouts(Measure.WEIGHT, "PPPPPPCVVVVV", {"28": 3, "29": 3}),
    ),
    "GB": _layouts(Measure.PRICE, "PPPPPPPCVVVV", {"20": 2}),
    "DK": (
        *_layouts(Measure.PRICE, "PPPPPPVVVVVV", {"21": 2, "22": 2, "23": 2, "24": 2}),
        *_layouts(Measure.WEIGHT, "PPPPPPVVVVVV", {"26": 3, "28": 3}),
        *_layouts(Measure.WEIGHT, "PPPPPPPVVVVV", {"27": 3}),
    ),
}
"""What some countries agreed on, by country codes: where a vendor's own table can begin."""
