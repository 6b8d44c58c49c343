"""`kiosk simulator NAME`: one simulated device alone on a pty, for any host program, until Ctrl-C."""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

import click

from hardware.simulators.alone import ALONE, NOT_ALONE, Wishes, Workbench, wire_alone
from hardware.simulators.bench import Bench, BenchMemoryError
from hardware.simulators.model import UnknownActError
from hardware.simulators.pty_line import WireClosedError
from web.devices_command import ended_by_signals
from web.typed import ReasonedChoice


def _stop() -> None:
    raise KeyboardInterrupt


def _work(workbench: Workbench) -> None:
    """Obey standard input line by line; after its end wait for a signal."""
    is_terminal = sys.stdin.isatty()
    if is_terminal:
        click.echo("type help to see what your hands can do", err=True)
    for line in sys.stdin:
        if line.strip() == "quit":
            return
        try:
            answer = workbench.obey(line)
        except (UnknownActError, WireClosedError) as error:
            answer = f"! {error}"
        if answer:
            click.echo(answer)
    threading.Event().wait()


@click.command("simulator")
@click.argument("name", type=ReasonedChoice(tuple(ALONE), NOT_ALONE))
@click.option("--echo", is_flag=True, help="The wire repeats the host's bytes (ccTalk).")
@click.option("--crc", is_flag=True, help="Frames with CRC instead of sums (ccTalk).")
@click.option("--address", type=click.IntRange(0, 255), default=None, help="Its address on a bus.")
@click.option("--serial", type=click.IntRange(1, 0xFF_FFFF), default=None, help="Its serial number.")
@click.option(
    "--baud", type=click.IntRange(300, 115_200), default=None, help="Pace; without it, what is usual."
)
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Keep what it remembers (coins, counters) in this folder; without it, it starts anew each time.",
)
def simulator_command(
    name: str,
    address: int | None,
    serial: int | None,
    baud: int | None,
    folder: Path | None,
    *,
    echo: bool,
    crc: bool,
) -> None:
    """Start one simulated device alone on a pty, at the pace of its wire.

    The first line is the pty's path: point any host program at it. Then type what a hand does (help lists it), or close
    the input and leave it running. Ctrl-C ends it.
    """
    try:
        wire = wire_alone(name, Wishes(address=address, serial=serial, echo=echo, crc=crc), baud)
    except (UnknownActError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    with tempfile.TemporaryDirectory(prefix="kiosk-simulator-") as scratch:
        try:
            bench = Bench((wire,), folder or Path(scratch))
        except BenchMemoryError as error:
            raise click.ClickException(
                f"{error}. Name another folder, or take that file away to start anew"
            ) from error
        except OSError as error:
            raise click.ClickException(f"nothing can be kept in {folder or scratch}: {error}") from error
        with bench:
            workbench = Workbench(bench)
            click.echo(workbench.path)
            click.echo(
                f"{ALONE[name].says}, {wire.baud} baud, as {bench.port_path(name)} too; Ctrl-C ends it",
                err=True,
            )
            try:
                with ended_by_signals(_stop):
                    _work(workbench)
            except KeyboardInterrupt:
                click.echo("ended", err=True)
