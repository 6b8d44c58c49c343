"""The journal's double entry for an accountant: one row per posting, as CSV that a spreadsheet opens without surprises."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Final, TextIO

from inventory.spreadsheet import escape_formula
from kiosk.journal.entry import Entry, read_content
from kiosk.money import Currency

COLUMNS: Final = (
    "kiosk", "entry", "time_utc", "kind", "visit", "account", "debit", "credit", "currency", "by",
)  # fmt: skip
"""``entry`` is epoch-sequence; every entry's debits and credits are equal sums."""


def plain_text(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return escape_formula(text)


def plain_amount(amount_minor: int, exponent: int) -> str:
    """An amount with a decimal point and ``exponent`` decimals, without separators: what every spreadsheet reads as a number."""
    sign, digits = "-" if amount_minor < 0 else "", str(abs(amount_minor)).rjust(exponent + 1, "0")
    if not exponent:
        return sign + digits
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"


def posting_rows(entries: Iterable[Entry], currency: Currency) -> Iterator[tuple[str, ...]]:
    """The rows of all entries that move money, in their order."""
    for entry in entries:
        for account, amount_minor, code in read_content(entry).postings:
            amount = plain_amount(abs(amount_minor), currency.exponent)
            yield (
                plain_text(entry.kiosk_id),
                f"{entry.epoch}-{entry.seq}",
                entry.at,
                entry.kind,
                plain_text(entry.visit),
                account,
                amount if amount_minor > 0 else "",
                amount if amount_minor < 0 else "",
                code,
                plain_text(entry.actor),
            )


def write_postings(entries: Iterable[Entry], currency: Currency, file: TextIO) -> int:
    """Write the rows under their heads; returns how many there were."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    rows = 0
    for row in posting_rows(entries, currency):
        writer.writerow(row)
        rows += 1
    return rows
