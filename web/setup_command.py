"""`kiosk setup`: finds what is connected, asks what only people know, and writes the first configuration."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from hardware.events import DeviceKind
from hardware.mdb.messages import exponent_of
from hardware.wires.probe import found_ports
from hardware.wires.table import WIRES
from hardware.wires.wire import WireKind
from kiosk.config import ConfigError
from kiosk.i18n import AmountError, format_amount, parse_amount
from web.demo import CONFIG_FILE
from web.first_run import (
    Answers,
    Draft,
    Line,
    SetupError,
    Slot,
    Written,
    draft,
    own_name,
    own_timezone,
    slots_of,
    survey,
    told_currency,
    told_kept,
    told_values,
    write_draft,
)
from web.typed import typed

TAX_MOST: Final = 100
TAX_DECIMALS: Final = 2


@click.command("setup")
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".kiosk"),
    envvar="KIOSK_DATA",
    show_default=True,
    help="The kiosk's folder; made when it is not there.",
)
@click.option("--port", "ports", multiple=True, help="A line to ask; may be repeated. Without it, every one.")
@click.option(
    "--protocol",
    "protocols",
    type=click.Choice(tuple(WIRES)),
    multiple=True,
    help="Look for this one only; may be repeated.",
)
@click.option("--vendor", default=None, help="Who runs the machine, as on receipts.")
@click.option("--phone", default=None, help="Whom a shopper calls.")
@click.option("--machine", default=None, help="The machine's number.")
@click.option("--currency", default=None, help="ISO 4217, such as EUR.")
@click.option("--yes", "is_sure", is_flag=True, help="Ask nothing: take what was found and what is usual.")
@click.option(
    "--replace", "replaces", is_flag=True, help="Use the new one although there is one; that is kept."
)
def setup_command(  # noqa: PLR0913, PLR0917 - a command has its options
    folder: Path,
    ports: Sequence[str],
    protocols: Sequence[str],
    vendor: str | None,
    phone: str | None,
    machine: str | None,
    currency: str | None,
    *,
    is_sure: bool,
    replaces: bool,
) -> None:
    """Find out what is connected and write the kiosk's configuration.

    Nothing is sent that pays, turns or prints. The kiosk must not be running: a line has one host.
    """
    lines = _surveyed(ports, [row for name, row in WIRES.items() if not protocols or name in protocols])
    ask = _Asker(is_sure=is_sure)
    told = currency or told_currency(lines)
    if is_sure and not told:
        raise click.ClickException(
            "no device says its currency: give it with --currency, such as --currency EUR"
        )
    money = ask.text("Currency (ISO 4217)", told or "EUR").upper()
    slots = slots_of(lines, money)
    answers = Answers(
        vendor=vendor or ask.text("Who runs the machine (on receipts)", own_name()),
        phone=phone or ask.text("Telephone number that shoppers call", "-"),
        machine=machine or ask.text("Number of this machine", "1"),
        currency=money,
        tax_bp=ask.tax(),
        timezone=ask.text("Time zone", own_timezone()),
        values=(values := told_values(slots) if is_sure else _asked_values(lines, slots, money)),
        kept=told_kept(slots) if is_sure else _asked_kept(lines, slots, values),
        scanners=() if is_sure else _asked_scanners(lines),
    )
    now = datetime.now().astimezone()
    try:
        made = draft(lines, answers, now)
        written = write_draft(folder, made, now, replaces=replaces)
    except (SetupError, ConfigError) as error:
        raise click.ClickException(f"{error}. Nothing was written") from error
    except OSError as error:
        raise click.ClickException(f"the configuration cannot be written: {error}") from error
    _tell_written(made, written, slots, answers)


class _Asker:
    """Asks a person, or takes what is usual."""

    def __init__(self, *, is_sure: bool) -> None:
        self._is_sure = is_sure

    def text(self, question: str, usual: str) -> str:
        return usual if self._is_sure else str(click.prompt(question, default=usual)).strip()

    def tax(self) -> int:
        """The rate in hundredths of a percent."""
        if self._is_sure:
            return 0
        return int(click.prompt("Tax that prices include, in percent", default="0", value_proc=tax_bp))


def tax_bp(text: str) -> int:
    """Read a percentage such as 19 or 7.5, in hundredths of a percent.

    Raises:
        click.BadParameter: It is none from 0 to 100.
    """
    try:
        rate = parse_amount(text, TAX_DECIMALS)
    except AmountError as error:
        raise click.BadParameter("a percentage from 0 to 100, such as 19 or 7.5") from error
    if not 0 <= rate <= TAX_MOST * 10**TAX_DECIMALS:
        raise click.BadParameter("a percentage from 0 to 100, such as 19 or 7.5")
    return rate


def _surveyed(ports: Sequence[str], wires: Sequence[WireKind]) -> tuple[Line, ...]:
    paths = list(ports) or [found.stable for found in found_ports()]
    if not paths:
        raise click.ClickException(
            "no serial port is there: plug the devices in and start again, or name one with --port"
        )
    click.echo(f"asking {len(paths)} ports who is there; nothing is paid, turned or printed ...")
    told = threading.Lock()

    def tell(line: Line) -> None:
        with told:
            _tell_line(line)

    lines = survey(paths, wires=wires, tell=tell)
    if not any(line.found for line in lines):
        click.echo("nobody answered: are the devices powered, and is no other program using the ports?")
    return lines


def _tell_line(line: Line) -> None:
    click.echo(f"{line.path}:")
    if line.problem:
        click.echo(f"  cannot be asked: {line.problem}")
    for finding in line.found:
        at = f" at address {finding.address}" if finding.address is not None else ""
        says = dict(finding.says)
        who = " ".join(says[name] for name in ("maker", "product", "model", "unit") if says.get(name))
        serial = f", serial {says['serial']}" if says.get("serial") else ""
        click.echo(f"  {str(finding.kind).replace('_', ' ')}{at} on {line.wire}: {who or 'answers'}{serial}")
        for advice in finding.advice:
            click.echo(f"    -> {advice}")
    if not line.found and not line.problem:
        click.echo("  nobody answers: a scanner speaks only when it reads; anything else needs power")
        if line.has_echo:
            click.echo("  our own bytes come back, so the ccTalk wire is whole: are its devices powered?")
        if line.heard_qty:
            click.echo("  something speaks that is not understood: another speed or protocol?")


def _asked_scanners(lines: Sequence[Line]) -> tuple[int, ...]:
    return tuple(
        number
        for number, line in enumerate(lines)
        if not line.found
        and not line.problem
        and click.confirm(f"Is a barcode scanner on {line.path}?", default=False)
    )


def _asked_values(lines: Sequence[Line], slots: Sequence[Slot], money: str) -> dict[str, int]:
    if slots:
        click.echo("What coins and notes are worth: press Enter where the proposal is right, 0 refuses it.")
    values: dict[str, int] = {}
    for slot in slots:
        usual = format_amount(slot.minor or 0, exponent_of(money), "en")
        question = f"{_slot_words(slot)} on {lines[slot.line].path}, {money}"
        values[slot.key] = click.prompt(question, default=usual, value_proc=_reader(money))
    return values


def _asked_kept(lines: Sequence[Line], slots: Sequence[Slot], values: Mapping[str, int]) -> frozenset[str]:
    return frozenset(
        slot.key
        for slot in slots
        if slot.can_be_kept
        and values.get(slot.key)
        and click.confirm(
            f"Is {_slot_words(slot)} on {lines[slot.line].path} kept to be given back as change?",
            default=bool(slot.is_kept),
        )
    )


def _reader(money: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            return parse_amount(text, exponent_of(money))
        except AmountError as error:
            raise click.BadParameter(f"an amount of {money}, such as 0.50 or 5") from error

    return read


def _slot_words(slot: Slot) -> str:
    if slot.kind is DeviceKind.HOPPER:
        return "hopper"
    what = "coin" if slot.kind is DeviceKind.COIN_ACCEPTOR else "note"
    return f"{what} {slot.position}" + (f" ({slot.calls})" if slot.calls else "")


def _tell_written(made: Draft, written: Written, slots: Sequence[Slot], answers: Answers) -> None:
    for line in made.left_out:
        click.echo(f"left out: {line}; add it to the file when you know them")
    refused = [
        slot for slot in slots if not answers.values.get(slot.key) and slot.kind is not DeviceKind.HOPPER
    ]
    if refused:
        click.echo("refused, because nobody knows their worth: " + ", ".join(map(_slot_words, refused)))
    open_ones = [slot for slot in slots if slot.is_kept is None and answers.values.get(slot.key)]
    if open_ones and not any(slot.key in answers.kept for slot in slots):
        click.echo(
            "no note is given back as change: the recycler does not say which notes it keeps ("
            + ", ".join(map(_slot_words, open_ones))
            + f"); answer {typed('setup')} without --yes, or set them on the page of a first start"
        )
    if made.config.vendor.phone == "-":
        click.echo("no telephone number was given: write yours into [vendor] before shoppers come")
    if not written.is_used:
        click.echo(f"there is a {CONFIG_FILE} already, and it stays in use")
        click.echo(f"the new one is {written.path}: compare them, or use {typed('setup --replace')}")
        return
    if written.kept is not None:
        click.echo(f"the former configuration is kept as {written.kept}")
    click.echo(f"written: {written.path}")
    folder = written.path.parent
    click.echo(f"next: {typed(f'user add NAME --data {folder}')}, then {typed(f'run --data {folder}')}")
