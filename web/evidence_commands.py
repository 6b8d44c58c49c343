"""`kiosk evidence` writes what the journal holds about a claim or visit into a signed file; `kiosk verify-evidence` checks it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from inventory.stockroom import load_catalogue
from kiosk.claims.desk import ClaimDesk
from kiosk.claims.pack import (
    MOST_BYTES,
    NoSuchClaimError,
    NoSuchVisitError,
    VisitOpenError,
    check_evidence,
)
from kiosk.config import ConfigError, load_config
from kiosk.core.draft import Notice
from kiosk.core.events import PersonEvent
from kiosk.core.screen import Screen
from kiosk.i18n import format_money, strip_marks
from kiosk.runtime.keys import KeyFileError, load_keys
from kiosk.runtime.service import STORE_FILE
from kiosk.store.database import open_unlimited_reader, reading, sqlite_url
from web.demo import CONFIG_FILE
from web.evidence import claim_file, evidence_file
from web.typed import typed


class _NoTill:
    """Stands where claims have a till: this command only reads, also beside a kiosk that runs."""

    def ask(self, event: PersonEvent) -> _NoTill:
        """Never: nothing is written here."""
        raise LookupError(f"no till runs here that could hear {type(event).__name__}")

    @property
    def notice(self) -> Notice:
        """No answer ever comes."""
        raise LookupError("no till runs here")

    def screen(self) -> Screen:
        """No screen is shown."""
        raise LookupError("no till runs here")

    def debt_code(self, epoch: int, seq: int) -> str:
        """No code is made."""
        raise LookupError(f"no code is made here, not for entry {epoch}-{seq} either")

    def monotonic_ms(self) -> int:
        """No time passes."""
        return 0


@click.command()
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    envvar="KIOSK_DATA",
    show_default=True,
    help="The one folder where everything of this kiosk lives.",
)
@click.option(
    "--visit", default="", help="The visit, such as V1-42; it stands on the receipt and in the journal."
)
@click.option(
    "--claim",
    default="",
    help="The claim, such as C1-57; also one that names no visit. It stands in the journal.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write."
)
def evidence(folder: Path, visit: str, claim: str, out: Path) -> None:
    """Write what the journal holds about one claim or visit into one signed file.

    The kiosk may run meanwhile. The file holds no codes that pay and no personal details.
    """
    if bool(visit) == bool(claim):
        raise click.UsageError("name either --visit or --claim")
    try:
        config = load_config(folder / CONFIG_FILE)
        path = folder / config.store.folder / STORE_FILE
        key = folder / "keys" / "kiosk.key"
        for needed in (path, key):
            if not needed.exists():
                raise click.ClickException(f"there is no {needed}")
        reader = open_unlimited_reader(sqlite_url(path))
        try:
            with reading(reader) as connection:
                catalogue = load_catalogue(connection)
            claims = ClaimDesk(reader, _NoTill(), config.kiosk_id, wall=lambda: datetime.now(UTC))
            write = claim_file if claim else evidence_file
            data = write(
                reader,
                claims,
                config,
                claim or visit,
                key=load_keys(key.parent).signing,
                catalogue=lambda: catalogue,
                wall=datetime.now(UTC),
            )
        finally:
            reader.dispose()
        out.write_bytes(data)
    except (ConfigError, KeyFileError, NoSuchClaimError, NoSuchVisitError, VisitOpenError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"evidence about {claim or visit} is in {out} ({len(data)} bytes); "
        f"check it with: {typed(f'verify-evidence {out}')}"
    )


def _sum_of(today: Mapping[str, Any], evidence_read: Mapping[str, Any]) -> str:
    """How much a verdict is about, and which debt; nothing where it is about no sum."""
    amount_minor, debt = int(today["amount_minor"]), str(today["debt"])
    if not amount_minor:
        return ""
    amount = strip_marks(
        format_money(amount_minor, str(evidence_read["currency"]), int(evidence_read["exponent"]), "en")
    )
    return f" ({amount}, debt {debt})" if debt else f" ({amount})"


@click.command(name="verify-evidence")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--public-key", default="", help="The kiosk's public key in hex, as its vendor told it.")
def verify_evidence(file: Path, public_key: str) -> None:
    """Check an evidence file on any machine: signature, digests, chain, checkpoints, account and verdict."""
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException("the file is too large to be one of ours")
    found = check_evidence(file.read_bytes(), public_key=public_key)
    if found.problems:
        for problem in found.problems:
            click.echo(f"REFUSED: {problem}", err=True)
        raise click.ClickException("this file proves nothing")
    what = f"claim {found.claim}" if found.claim else f"visit {found.visit}"
    click.echo(f"Evidence of kiosk {found.kiosk_id} about {what}: it holds.")
    for sentence in found.said:
        click.echo(f"  + {sentence}")
    for claim in found.evidence["claims"]:
        today = claim["today"]
        name = f"claim {claim['claim']}" if claim["claim"] else f"if somebody claimed {claim['about']}"
        click.echo(f"  {name}: {today['verdict']}{_sum_of(today, found.evidence)}. {claim['why']['en']}")
    decision = found.evidence.get("decision")
    if decision:
        click.echo(f"  decided: {decision['state']} by {decision['by']}. {decision['reason']}".rstrip())
    click.echo("What it cannot show:")
    for sentence in found.unknown:
        click.echo(f"  - {sentence}")
