"""`kiosk wire`: record what passes on a line, read it in words, and play it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from hardware.driver import monotonic_ms
from hardware.events import DeviceKind
from hardware.port import Passed, PortError, SerialPort
from hardware.simulators.alone import ALONE, Wishes, wire_alone
from hardware.simulators.model import UnknownActError
from hardware.trace import (
    Recording,
    Replayed,
    TraceError,
    TraceWriter,
    load_recording,
    replay_into_device,
    replay_into_host,
)
from hardware.wires.bridge import Bridge
from hardware.wires.table import NO_LINE, WIRES
from hardware.wires.watching import WatchError, noted_device, noted_machine, told
from hardware.wires.wire import overheard
from web.devices_command import ended_by_signals
from web.typed import ReasonedChoice, typed

HEX_BYTES: Final = 32
"""Bytes per printed line; longer messages go on below."""

protocol_option: Final = click.option(
    "--protocol",
    type=ReasonedChoice(tuple(WIRES), NO_LINE),
    default=None,
    help="Without it, what the trace says.",
)
trace_argument: Final = click.argument("trace", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def wire() -> None:
    """Record a serial line, read the record, play it again."""


@wire.command()
@click.argument("port")
@click.option("--baud", type=int, required=True, help="The line's speed.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The trace.")
@click.option(
    "--protocol",
    type=ReasonedChoice(tuple(WIRES), NO_LINE),
    default=None,
    help="For whoever reads the trace.",
)
@click.option(
    "--link",
    type=click.Path(path_type=Path),
    default=None,
    help="A stable name for the host's end, such as /tmp/coin.",
)
def record(port: str, baud: int, out: Path, protocol: str | None, link: Path | None) -> None:
    """Stand between a host program and the device on PORT, and write down every byte.

    The first line is the pty to point the host program at. To record what our own driver says, use
    `devices watch PORT --record FILE`. Ctrl-C ends it.
    """
    line = SerialPort(port, port, baud, WIRES[protocol].stop_bits if protocol else 1)
    try:
        line.open()  # first: a trace that cannot begin leaves no file behind
        with out.open("x", encoding="ascii") as file:
            date = datetime.now(tz=UTC).isoformat(timespec="seconds")
            writer = TraceWriter(file, protocol=protocol or "", baud=baud, date=date)
            bridge = Bridge(line, writer, monotonic_ms, link)
            bridge.open()
            click.echo(bridge.path)
            click.echo(
                f"point the host program at {link or bridge.path}; Ctrl-C ends the recording", err=True
            )
            try:
                with ended_by_signals(bridge.stop):
                    bridge.run()
            finally:
                bridge.close()
    except FileExistsError as error:
        raise click.ClickException(f"{error}. A trace is never overwritten: name another file") from error
    except PortError as error:
        raise click.ClickException(
            f"{error}; is it plugged in, and does no other program hold it?"
        ) from error
    except OSError as error:
        raise click.ClickException(str(error)) from error
    finally:
        line.close()
    click.echo(f"{bridge.passed_qty} bytes; read them with {typed(f'wire show {out}')}", err=True)


def _load(trace: Path) -> Recording:
    try:
        return load_recording(trace)
    except (TraceError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _protocol(recording: Recording, asked: str | None) -> str:
    protocol = asked or recording.protocol
    if protocol not in WIRES:
        says = f"says {protocol!r}, which is none of ours" if protocol else "does not say its protocol"
        raise click.UsageError(f"the trace {says}; say --protocol {'|'.join(WIRES)}")
    return protocol


@wire.command()
@trace_argument
@protocol_option
@click.option(
    "--pieces", "is_raw", is_flag=True, help="As the bytes came, each piece with its time, without words."
)
def show(trace: Path, protocol: str | None, *, is_raw: bool) -> None:
    """Print TRACE message by message: time, direction, every byte, and what it means."""
    recording = _load(trace)
    if is_raw:
        for piece in recording.passed:
            _print_bytes(piece.at_ms, piece.data, is_from_host=piece.is_outgoing)
        return
    row = WIRES[_protocol(recording, protocol)]
    click.echo(f"{row.says}; {recording.baud} baud; recorded {recording.date or 'at an unknown time'}")
    _print(recording.passed, row.name)


def _print(passed: Sequence[Passed], protocol: str) -> None:
    for said in overheard(passed, WIRES[protocol].ear()):
        _print_bytes(said.at_ms, said.data, is_from_host=said.is_from_host)
        click.echo(f"{'':>22}  {said.text}")


def _print_bytes(at_ms: int, data: bytes, *, is_from_host: bool) -> None:
    way = "host   >" if is_from_host else "device <"
    lines = [data[at : at + HEX_BYTES].hex(" ").upper() for at in range(0, len(data), HEX_BYTES)]
    click.echo(f"{at_ms:>9} ms  {way}  {lines[0]}")
    for line in lines[1:]:
        click.echo(f"{'':>22}  {line}")


@wire.command()
@trace_argument
@click.option(
    "--into",
    type=click.Choice(["host", "device"]),
    required=True,
    help="host: our driver hears the device; device: a simulator hears the host.",
)
@protocol_option
@click.option("--simulator", type=click.Choice(tuple(ALONE)), default=None, help="With --into device.")
@click.option("--address", type=click.IntRange(0, 255), default=None, help="Without it, what the trace says.")
def replay(trace: Path, into: str, protocol: str | None, simulator: str | None, address: int | None) -> None:
    """Play one side of TRACE again, without any line: into our driver, or into a simulated device."""
    recording = _load(trace)
    chosen = _protocol(recording, protocol)
    try:
        if into == "host":
            replayed = replay_host(recording, chosen, address)
        else:
            replayed = replay_device(recording, chosen, simulator, address)
    except (WatchError, UnknownActError) as error:
        raise click.UsageError(str(error)) from error
    for event in replayed.events:
        click.echo(f"{event.device}  {told(event, has_values='coins' in recording.notes)}")
    if into == "device":
        _print(replayed.passed, chosen)
    _tell_difference(replayed, "our driver" if into == "host" else "the simulator")


def replay_host(recording: Recording, protocol: str, address: int | None = None) -> Replayed:
    """Play a recording's device into our driver, which was asked what the recording's notes say.

    Raises:
        WatchError: The notes are not those that `devices watch` writes.
    """
    return replay_into_host(recording, noted_machine(recording, protocol, address))


def replay_device(
    recording: Recording, protocol: str, simulator: str | None = None, address: int | None = None
) -> Replayed:
    """Play a recording's host into a simulator; the wire echoes when the recording's did.

    Raises:
        WatchError: The notes are not those that `devices watch` writes, or no simulator speaks this protocol.
        UnknownActError: The simulator has no such address.
    """
    kind, noted = noted_device(recording)
    name = simulator or _usual_simulator(kind, protocol)
    is_bus = "address" in ALONE[name].wishes
    wishes = Wishes(
        address=address if address is not None or not is_bus else noted,
        echo="echo" in ALONE[name].wishes and _has_echo(recording),
    )
    return replay_into_device(recording, wire_alone(name, wishes).machine)


def _usual_simulator(kind: DeviceKind | None, protocol: str) -> str:
    """The simulator of that kind, else the first that speaks the protocol."""
    names = [name for name, row in ALONE.items() if row.protocol == protocol]
    if not names:
        raise WatchError(f"no simulator speaks {protocol}; say --simulator")
    same = [name for name in names if wire_alone(name, Wishes()).simulators[0].kind is kind]
    return (same or names)[0]


def _has_echo(recording: Recording) -> bool:
    """Whether the device's first bytes are the host's."""
    first = dict.fromkeys((True, False), b"")
    for piece in recording.passed[:64]:
        first[piece.is_outgoing] += piece.data
    return bool(first[True]) and first[False].startswith(first[True][:5])


def _tell_difference(replayed: Replayed, who: str) -> None:
    if replayed.differs_at_ms is None:
        click.echo(f"{who} said the same {replayed.recorded_bytes} bytes as in the recording")
    else:
        click.echo(
            f"{who} said {replayed.same_bytes} of {replayed.recorded_bytes} bytes as recorded; "
            f"first otherwise at {replayed.differs_at_ms} ms"
        )
