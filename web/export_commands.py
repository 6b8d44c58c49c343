"""`kiosk export-audit`, `read-audit` and `export-postings`: the journal's figures for the trade and for an accountant.

All of them only read, and may run beside a kiosk that sells.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from kiosk.config import ConfigError, load_config
from kiosk.fleet.audit import audit_of
from kiosk.fleet.books import plain_amount, write_postings
from kiosk.fleet.evadts import AuditFile, Problem, read_file, slots_of, sums_that_differ, write_file
from kiosk.journal.entry import JournalDamagedError, recorded_of
from kiosk.money import Currency
from kiosk.runtime.service import STORE_FILE
from kiosk.store.database import StoreError, open_unlimited_reader, sqlite_url
from kiosk.store.ledger import read_entries
from web.demo import CONFIG_FILE
from web.store_commands import data_option

HAS_PROBLEMS: Final = 1

_PROBLEMS: Final = {
    "too_long": "the file is longer than an audit may be ({}); only its beginning was read",
    "not_a_line": "line {} is not a line of an audit; it was left out",
    "no_envelope": "these lines of the envelope are missing: {}",
    "no_checksum": "there is no checksum (G85): damage on the way would not be seen",
    "checksum_differs": "the checksum says {} (file / computed): the file was changed or damaged",
    "lines_differ": "the number of lines is {} (file / counted)",
    "sums_differ": "{} (file / sum of its parts)",
}

_FIGURES: Final = (
    ("sold", "VA1", 1, 2),
    ("sold since the last reading", "VA1", 3, 4),
    ("for cash", "CA2", 1, 2),
    ("without cash", "DA2", 1, 2),
)


@contextmanager
def _journal(folder: Path) -> Iterator[tuple[Connection, str, Currency]]:
    try:
        config = load_config(folder / CONFIG_FILE)
        store = folder / config.store.folder / STORE_FILE
        if not store.exists():
            raise click.ClickException(f"there is no journal at {store}; say --data")
        engine = open_unlimited_reader(sqlite_url(store))
        with engine.connect() as connection:
            yield connection, config.kiosk_id, Currency(config.money.currency, config.money.exponent)
        engine.dispose()
    except (ConfigError, StoreError, JournalDamagedError, SQLAlchemyError, OSError) as error:
        raise click.ClickException(str(error)) from error


@click.command(name="export-audit")
@data_option
@click.option("--asset", default="", help="Your own number for this machine; it stands in ID1.")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
def export_audit(folder: Path, asset: str, out: Path) -> None:
    """Write the kiosk's meters to OUT as an EVA-DTS audit file. Reading them resets nothing."""
    with _journal(folder) as (connection, kiosk_id, _currency):
        file = audit_of(map(recorded_of, read_entries(connection, kiosk_id)), asset)
    try:
        out.write_bytes(write_file(file))
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
    click.echo(f"{len(file.segments)} lines in {out}")


@click.command(name="read-audit")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def read_audit(file: Path) -> None:
    """Show what an EVA-DTS audit FILE says, of any machine, and what in it does not fit. Ends with 1 when something does not."""
    with file.open("rb") as source:
        found = read_file(source.read())
    _show(found)
    problems = (*found.problems, *sums_that_differ(found))
    for problem in problems:
        click.echo(f"! {_words(problem)}")
    if problems:
        sys.exit(HAS_PROBLEMS)


def _words(problem: Problem) -> str:
    return _PROBLEMS[problem[0]].format(problem[1])


def _show(file: AuditFile) -> None:
    code = file.first("ID4").text(3)
    asset = file.first("ID1").text(6)
    click.echo(f"machine   {file.first('ID1').text(1) or file.sender}{f', asset {asset}' if asset else ''}")
    for words, name, value, number in _FIGURES:
        amount, pieces = file.number(name, value), file.number(name, number)
        if amount is not None:
            click.echo(
                f"{words:<28} {plain_amount(amount, file.decimals):>12} {code}  {pieces or 0:>7} pieces"
            )
    for slot, found in slots_of(file).items():
        price, sold = found["PA1"].number(2), found.get("PA2")
        if sold is not None:
            price_text = plain_amount(price or 0, file.decimals)
            click.echo(
                f"  {slot:<10} {found['PA1'].text(3):<20} {price_text:>10}  {sold.number(1) or 0:>7} pieces"
            )


@click.command(name="export-postings")
@data_option
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
def export_postings(folder: Path, out: Path) -> None:
    """Write the journal's double entry to OUT as CSV, one row per posting."""
    with _journal(folder) as (connection, kiosk_id, currency):
        try:
            with out.open("x", encoding="utf-8-sig", newline="") as file:
                rows = write_postings(read_entries(connection, kiosk_id), currency, file)
        except FileExistsError as error:
            raise click.ClickException(f"{out} is there already: name another file") from error
    click.echo(f"{rows} rows in {out}")
