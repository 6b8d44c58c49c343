"""`kiosk audit JOURNAL`: the auditor on a file alone, for a vendor, a tax officer, or anybody who was handed a copy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from kiosk.audit.chain import AnchorError
from kiosk.audit.file import NotAJournalError
from kiosk.audit.page import as_json, lay_out
from kiosk.audit.walk import audit_journal

HAS_PROBLEMS: Final = 1
NOT_A_JOURNAL: Final = 2
ANCHOR_MOST_BYTES: Final = 4_096
"""An anchor is some hundred bytes; a wrong file must not be read whole."""


@click.command(name="audit")
@click.argument("journal", type=click.Path(path_type=Path))
@click.option(
    "--public-key",
    default="",
    metavar="HEX",
    help="The kiosk's known public key; several with spaces between.",
)
@click.option(
    "--anchor",
    "anchor_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a head that was kept elsewhere.",
)
@click.option("--json", "is_json", is_flag=True, help="The whole report for a program.")
def audit(journal: Path, public_key: str, anchor_file: Path | None, is_json: bool) -> None:  # noqa: FBT001 - a switch
    """Audit a journal file with a second, independent set of books. Ends with 0 (holds), 1 (problems) or 2 (not a journal)."""

    def progress(done: int, count: int) -> None:
        click.echo(f"  {done} of {count} entries ({100 * done // max(1, count)} %)", err=True)

    try:
        anchor = ""
        if anchor_file is not None:
            with anchor_file.open("rb") as file:
                anchor = file.read(ANCHOR_MOST_BYTES).decode("utf-8", "replace")
            anchor = anchor or "an empty file"
        report = audit_journal(journal, public_key=public_key, anchor=anchor, progress=progress)
    except (NotAJournalError, AnchorError, OSError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(NOT_A_JOURNAL)
    click.echo(as_json(report) if is_json else lay_out(report), nl=False)
    if report.problem_count:
        sys.exit(HAS_PROBLEMS)
