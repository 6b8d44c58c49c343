"""The vendor's own table of labels with a price, weight or count inside: read from and written to a small CSV file.

A file is comma or semicolon separated UTF-8, with or without a byte order mark; its first line names the columns. All or
nothing: one bad cell, and no table comes of it. Layouts are national or even per shop; `NATIONAL` are beginnings to edit, and
there is none for Iran or the Arab countries.

Source: biip 5.2, ``rcn.py``, for the national layouts; GS1 General Specifications, 2.1.11.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from inventory.barcode import CodeTable, CodeTableError, EmbeddedLayout, Measure, to_ascii_digits

COLUMNS: Final = ("prefix", "layout", "measure", "decimals")

FILE_LIMIT_BYTES: Final = 65_536
ROW_LIMIT: Final = 200
"""There are eleven prefixes of two digits; a table of two hundred longer ones is a mistake."""

CELL_LIMIT: Final = 20
"""Longest cell: a layout has twelve letters."""

PROBLEMS_SHOWN: Final = 20

TABLE_TEXTS: Final = {
    "table.too_large": "The file is larger than {limit_kb} kB or has more than {rows} rows. It is no table of labels.",
    "table.not_utf8": "The file is not UTF-8. In the spreadsheet, save as “CSV UTF-8”.",
    "table.bad_csv": "The file is no table: a quotation mark is open, or a character has no place in a text.",
    "table.columns": "The first line must name these columns, each once: {columns}.",
    "table.cells": "The row has {count} cells, the first line {expected}.",
    "table.measure": "“{value}” is not known here. Use one of: {allowed}.",
    "table.decimals": "“{value}” is no number of decimals. Write 0 to 6.",
    "table.layout": "This row cannot be right: {reason}.",
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


def read_code_table(data: bytes) -> ReadTable:
    """Read a table of labels; never raises for what the file holds.

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
    if sorted(header) != sorted(COLUMNS):
        return _refused("table.columns", columns=", ".join(COLUMNS))
    return _read_rows(header, rows[1:])


def write_code_table(layouts: Iterable[EmbeddedLayout]) -> bytes:
    """Write a table as `read_code_table` reads it, for a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for each in layouts:
        writer.writerow((each.prefix, each.layout, str(each.measure), each.decimals))
    return out.getvalue().encode("utf-8-sig")


def _read_rows(header: list[str], rows: list[list[str]]) -> ReadTable:
    layouts: dict[str, EmbeddedLayout] = {}
    lines: dict[str, int] = {}
    problems: list[TableProblem] = []
    for line, row in enumerate(rows, 2):
        if not any(_cell(cell) for cell in row):
            continue
        if len(row) != len(header):
            problems.append(TableProblem(line, "table.cells", {"count": len(row), "expected": len(header)}))
            continue
        read = _read_row(line, dict(zip(header, map(_cell, row), strict=True)))
        if isinstance(read, TableProblem):
            problems.append(read)
        elif read.prefix in layouts:
            values: Mapping[str, str | int] = {"value": read.prefix, "line": lines[read.prefix]}
            problems.append(TableProblem(line, "table.prefix_twice", values))
        else:
            layouts[read.prefix] = read
            lines[read.prefix] = line
    if problems:
        return ReadTable(problems=tuple(problems[:PROBLEMS_SHOWN]))
    return ReadTable(tuple(layouts.values()))


def _read_row(line: int, cells: Mapping[str, str]) -> EmbeddedLayout | TableProblem:
    measure, decimals = cells["measure"].lower(), cells["decimals"] or "0"
    if measure not in tuple(Measure):
        return TableProblem(line, "table.measure", {"value": measure, "allowed": ", ".join(Measure)})
    if not (decimals.isascii() and decimals.isdigit() and len(decimals) == 1):
        return TableProblem(line, "table.decimals", {"value": decimals})
    try:
        return EmbeddedLayout(cells["prefix"], cells["layout"].upper(), Measure(measure), int(decimals))
    except CodeTableError as error:
        return TableProblem(line, "table.layout", {"reason": str(error)})


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
