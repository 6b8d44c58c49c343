"""Text cells that no spreadsheet takes for a formula, and CSV files that every spreadsheet opens without asking.

Every table that leaves the product as CSV goes through here, so that the rule is written once.

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA_STARTS: Final = frozenset("=+-@\t\r\n＝＋－＠")
"""Wide forms too: spreadsheets of East Asian locales read them as the plain ones."""

MARK: Final = b"\xef\xbb\xbf"
"""Byte order mark: without it a spreadsheet takes UTF-8 for the system's own letters."""


def would_run(cell: str) -> bool:
    """Whether a spreadsheet would run ``cell`` as a formula."""
    return cell[:1] in _FORMULA_STARTS if cell else False


def escape_formula(cell: str) -> str:
    """``cell`` as text: begun with an apostrophe where it would run. `unescape_formula` takes that off again."""
    return f"'{cell}" if would_run(cell) or (cell[:1] == "'" and would_run(cell.lstrip("'"))) else cell


def unescape_formula(cell: str) -> str:
    """What `escape_formula` was given."""
    return cell[1:] if cell[:1] == "'" and would_run(cell.lstrip("'")) else cell


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file: UTF-8 with a byte order mark, CR LF, commas. The cells are written as they are given."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return MARK + text.getvalue().encode()
