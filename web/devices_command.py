"""`kiosk devices`: what is connected, who answers, what it says, and whether it is well.

Nothing here can pay, turn or print: the drivers refuse that without the journal's authority, and a guard on each line drops such
bytes a second time.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import click
from babel.numbers import is_currency

from hardware.driver import monotonic_ms
from hardware.events import DeviceEvent, DeviceFaulted, DeviceKind, Fault
from hardware.port import Port, PortError, SerialPort, usb_lines
from hardware.rig import DeviceConfig, PortConfig, RigConfig
from hardware.sansio import NO_CURRENCY
from hardware.trace import TraceWriter, recording_tap
from hardware.wires.advice import advice, card_lines
from hardware.wires.asking import Asked, Finding
from hardware.wires.probe import AskingFailedError, ask, found_keyboards, found_ports, probe_port
from hardware.wires.table import NO_LINE, WIRES
from hardware.wires.udev import general_rules, named_rules
from hardware.wires.watching import (
    ACCEPTORS,
    Look,
    WatchError,
    coin_values,
    told,
    watched_port,
    watching,
)
from hardware.wires.wire import WireKind
from kiosk.config import ConfigError, load_config
from kiosk.runtime.service import below
from web.demo import CONFIG_FILE
from web.typed import ReasonedChoice, typed

QUIET_SECONDS: Final = 8.0
"""After so long without a word of the device it is time to say what may be wrong."""

TELL_SECONDS: Final = 0.1
"""How soon Ctrl-C is noticed."""

data_option: Final = click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    envvar="KIOSK_DATA",
    show_default=True,
    help="The kiosk's folder, for its configuration.",
)
protocol_option: Final = click.option(
    "--protocol",
    type=ReasonedChoice(tuple(WIRES), NO_LINE),
    required=True,
    help="What is spoken on the line.",
)


@click.group()
def devices() -> None:
    """Find, watch and test devices; nothing here can pay, turn or print."""


# --- what is there ----------------------------------------------------------------------------------------------------


def _rig(folder: Path) -> RigConfig | None:
    """The configured rig with its paths; None when there is no configuration here.

    Raises:
        click.ClickException: There is one, and it is not right.
    """
    if not (folder / CONFIG_FILE).exists():
        return None
    try:
        return below(folder, load_config(folder / CONFIG_FILE).rig)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


@devices.command("list")
@data_option
def list_devices(folder: Path) -> None:
    """Show the serial ports of this machine, and what the configuration has on which."""
    ports = found_ports()
    click.echo("ports of this machine:")
    for port in ports:
        click.echo(f"  {port.path:<16}{port.says}  {port.usb}".rstrip())
        if port.stable != port.path:
            click.echo(f"  {'':<16}write this into the configuration: {port.stable}")
    if not ports:
        click.echo("  none: plug the adapter in; a pty has no place here and is named by its path")
    _list_keyboards()
    rig = _rig(folder)
    if rig is None:
        click.echo(f"no configuration in {folder}; `{typed('devices probe')}` says what to write into one")
        return
    click.echo("configured:")
    for configured in rig.ports:
        is_there = any(
            Path(path).exists()
            for path in SerialPort(configured.name, configured.path, configured.baud).candidates
        )
        state = "" if is_there else "  NOT THERE: plug it in, or correct its path"
        click.echo(
            f"  {configured.name:<16}{configured.path}  {configured.protocol} {configured.baud}{state}"
        )
        for device in configured.devices:
            at = f" at address {device.address}" if device.address is not None else ""
            click.echo(f"    {device.name:<14}{device.kind}{at}")


def _list_keyboards() -> None:
    """Scanners that play a keyboard are no ports; they are grabbed by their path."""
    keyboards = found_keyboards()
    if keyboards:
        click.echo("keyboards, and scanners that play one (protocol wedge):")
    for each in keyboards:
        looks = "looks like a scanner" if each.is_scanner else "a keyboard, or a scanner that does not say so"
        click.echo(f"  {each.path}  {looks}")


@devices.command("udev")
@data_option
def udev_rules(folder: Path) -> None:
    """Print rules that give each adapter of the configuration a name of its own below /dev/kiosk/.

    Nothing is changed: put the text into /etc/udev/rules.d/60-kiosk.rules and reload the rules, as its first lines say.
    """
    click.echo(general_rules(), nl=False)
    rig = _rig(folder)
    if rig is None:
        click.echo(f"\n# no configuration is in {folder}: no adapter has a name of its own")
        return
    click.echo("\n# The adapters of this kiosk.")
    for line in named_rules(rig.ports, usb_lines()):
        click.echo(line)


@devices.command()
@click.argument("port", required=False)
@click.option(
    "--protocol",
    "protocols",
    type=ReasonedChoice(tuple(WIRES), NO_LINE),
    multiple=True,
    help="Only this one; may be repeated.",
)
def probe(port: str | None, protocols: Sequence[str]) -> None:
    """Find out what answers on PORT, or on every port: each protocol's harmless questions at its usual speeds."""
    paths = [port] if port else [found.stable for found in found_ports()]
    if not paths:
        raise click.ClickException("no serial port is there: plug the adapter in, or name a port")
    wires = [row for name, row in WIRES.items() if not protocols or name in protocols]
    for path in paths:
        click.echo(f"{path}:")
        try:
            _probe(path, wires)
        except (PortError, AskingFailedError) as error:
            click.echo(f"  {_problem(error)}")


def _probe(path: str, wires: Sequence[WireKind]) -> None:
    heard: list[str] = []
    has_echo = False
    for wire, baud, asked in probe_port(path, wires):
        if asked.found:
            click.echo(f"  {wire} at {baud} baud")
            for finding in asked.found:
                _tell_finding(finding)
            click.echo("\n  for the configuration:\n")
            click.echo("\n".join(config_lines(path, wire, baud, asked.found)))
            return
        if asked.heard_qty:
            heard.append(f"{wire} {baud}")
        has_echo = has_echo or asked.has_echo
    click.echo("  nothing that is known answers.")
    if has_echo:
        click.echo(
            "  Our own bytes come back, as on a ccTalk wire: the adapter works. Is the device powered?"
        )
    if heard:
        click.echo(
            f"  Something speaks, though (heard while trying {', '.join(heard)}): another speed or protocol?"
        )
    click.echo("  Is it powered? Are its data wires swapped? Does another host ask it?")
    click.echo(f"  A scanner speaks only when it reads: {typed(f'devices watch {path} --protocol scanner')}")


def _tell_finding(finding: Finding) -> None:
    at = f" at address {finding.address}" if finding.address is not None else ""
    click.echo(f"  {str(finding.kind).replace('_', ' ')}{at}")
    for name, value in finding.says:
        click.echo(f"    {name}: {value}")
    for position, name in finding.coins:
        click.echo(f"    position {position}: {name}")
    for line in finding.advice:
        click.echo(f"    -> {line}")


def config_lines(path: str, wire: str, baud: int, found: Sequence[Finding]) -> Iterator[str]:
    """What to write into kiosk.toml for the devices that answered on one port, as TOML.

    Values of coins and hoppers are left for a person: a device's own text is a hint, never a value.
    """
    first = str(found[0].kind).replace("_", "-")
    yield from ("[[rig.ports]]", f'name = "{first if len(found) == 1 else wire}"', f'path = "{path}"')
    yield from (f"baud = {baud}", f'protocol = "{wire}"')
    yield from dict.fromkeys(setting for finding in found for setting in finding.settings)
    for finding in found:
        kind = str(finding.kind)
        name = kind.replace("_", "-")
        is_one_of_several = sum(each.kind is finding.kind for each in found) > 1
        yield from ("", "[[rig.ports.devices]]")
        yield f'name = "{name}-{finding.address}"' if is_one_of_several else f'name = "{name}"'
        yield f'kind = "{kind}"'
        if finding.address is not None:
            yield f"address = {finding.address}"
        if finding.kind in ACCEPTORS:
            table = "coins" if finding.kind is DeviceKind.COIN_ACCEPTOR else "notes"
            yield "# position = value in minor units, from the device's label; each that you leave out is refused"
            for position, text in finding.coins:
                yield f"# {position} = ?    the device calls it {text}"
            yield f"{table} = {{ }}"
        if finding.kind is DeviceKind.HOPPER:
            yield "# what one of its coins is worth, in minor units\nvalue_minor = 0"


def _problem(error: Exception) -> str:
    text = str(error)
    if isinstance(error, FileExistsError):
        return f"{text}. A trace is never overwritten: name another file"
    if "exclusively lock" in text or "busy" in text.lower():
        return f"{text}. Somebody else has the line, perhaps the kiosk itself: stop it first"
    if "Permission" in text:
        return f"{text}. Add your user to the group that owns the port (on Debian: dialout)"
    return text


# --- watching ---------------------------------------------------------------------------------------------------------


def _currency(_context: click.Context, _parameter: click.Parameter, given: str) -> str:
    code = given.upper()
    if code != NO_CURRENCY and not is_currency(code):
        raise click.BadParameter(f"{given[:10]} is no currency of ISO 4217, such as EUR or IRR")
    return code


def _coins(_context: click.Context, _parameter: click.Parameter, given: Sequence[str]) -> dict[int, int]:
    try:
        return coin_values(given)
    except WatchError as error:
        raise click.BadParameter(str(error)) from error


@contextmanager
def ended_by_signals(stop: Callable[[], object]) -> Iterator[None]:
    """Call ``stop`` on Ctrl-C and on the system's wish that we end, while the block lasts."""
    before = {number: signal.signal(number, lambda *_: stop()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _recorded(out: Path | None, look: Look, line: Port) -> Iterator[Port]:
    """``line`` with a trace in ``out`` while the block lasts; without ``out``, itself."""
    if out is None:
        yield line
        return
    with out.open("x", encoding="ascii") as file:
        date = datetime.now(tz=UTC).isoformat(timespec="seconds")
        port = look.port
        writer = TraceWriter(file, protocol=port.protocol, baud=port.baud, date=date, notes=look.notes)
        yield recording_tap(line, monotonic_ms, writer)
        writer.end(monotonic_ms())


@devices.command()
@click.argument("port")
@protocol_option
@click.option("--address", type=click.IntRange(0, 255), default=None, help="On a bus; else the usual one.")
@click.option("--kind", type=click.Choice([str(kind) for kind in DeviceKind]), default=None)
@click.option("--baud", type=int, default=None, help="Without it, what is usual.")
@click.option(
    "--coin",
    "coins",
    multiple=True,
    callback=_coins,
    help="Position=value in minor units, such as 3=50; may be repeated.",
)
@click.option(
    "--accept", "is_accepting", is_flag=True, help="Let coins and notes in; they get into no journal."
)
@click.option(
    "--currency",
    callback=_currency,
    default=NO_CURRENCY,
    show_default=True,
    help="ISO 4217 code of what is taken.",
)
@click.option("--crc", "is_crc", is_flag=True, help="ccTalk frames with CRC.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=None,
    help="End by itself after this long.",
)
@click.option(
    "--record", "out", type=click.Path(path_type=Path, dir_okay=False), help="Keep every byte in this trace."
)
def watch(  # noqa: PLR0913, PLR0917 - a command has its options
    port: str,
    protocol: str,
    address: int | None,
    kind: str | None,
    baud: int | None,
    coins: Mapping[int, int],
    currency: str,
    seconds: float | None,
    out: Path | None,
    *,
    is_accepting: bool,
    is_crc: bool,
) -> None:
    """Let our own driver talk with the device on PORT and print what it learns, until Ctrl-C.

    It never sends a byte that can pay, turn or print.
    """
    try:
        config = watched_port(
            port,
            protocol,
            baud=baud,
            address=address,
            kind=DeviceKind(kind) if kind else None,
            coins=coins,
            crc=is_crc,
        )
        line = SerialPort(config.name, config.path, config.baud, WIRES[protocol].stop_bits)
        line.open()
    except WatchError as error:
        raise click.UsageError(str(error)) from error
    except PortError as error:
        raise click.ClickException(_problem(error)) from error
    device = config.devices[0]
    click.echo(
        f"watching {device.kind} on {port}, {protocol} at {config.baud} baud; Ctrl-C ends it", err=True
    )
    if device.kind in ACCEPTORS:
        click.echo(
            "money that comes in now is in no journal: give it back by hand"
            if is_accepting
            else "the acceptor is inhibited: what is put in comes back; --accept lets it in",
            err=True,
        )
    look = Look(config, currency=currency, accepts=is_accepting, has_values=bool(coins))
    stop = threading.Event()
    try:
        with _recorded(out, look, line) as tapped, ended_by_signals(stop.set):
            _watch(look, tapped, stop, seconds)
    except OSError as error:
        raise click.ClickException(_problem(error)) from error
    finally:
        line.close()
    if out is not None:
        click.echo(f"recorded in {out}; read it with {typed(f'wire show {out}')}", err=True)


def _watch(look: Look, line: Port, stop: threading.Event, seconds: float | None) -> None:
    heard: SimpleQueue[str] = SimpleQueue()

    def deliver(events: tuple[DeviceEvent, ...], findings: Mapping[str, str]) -> None:
        for event in events:
            what = findings.get(event.device, "") if isinstance(event, DeviceFaulted) else ""
            if isinstance(event, DeviceFaulted) and event.fault is Fault.WRONG_SCALE and not look.compares:
                what = "its table was held against nothing: say --currency, and --coin for each of its coins or notes"
            what = what or advice(event, look.port.protocol)
            heard.put(f"{event.device}  {told(event, has_values=look.has_values)}")
            if what:
                heard.put(f"-> {what}")

    def fail(error: Exception) -> None:
        heard.put(f"the driver ended: {error}")
        stop.set()

    driver = watching(
        look,
        line,
        deliver=deliver,
        on_held=lambda act: heard.put(f"held back: it {act}"),
        on_failure=fail,
    )
    driver.start()
    try:
        _tell(heard, stop, seconds)
    finally:
        driver.stop()


def _tell(heard: SimpleQueue[str], stop: threading.Event, seconds: float | None) -> None:
    """Print what comes until it is over, the last of it too."""
    began = time.monotonic()
    is_quiet = True
    while True:
        now = time.monotonic() - began
        is_over = stop.is_set() or (seconds is not None and now >= seconds)
        try:
            line = heard.get_nowait() if is_over else heard.get(timeout=TELL_SECONDS)
        except Empty:
            if is_over:
                return
            if is_quiet and now >= QUIET_SECONDS:
                is_quiet = False
                click.echo(f"{now:>9.3f} s  nothing yet. Is it powered? Are speed and protocol right?")
            continue
        is_quiet = False
        click.echo(f"{time.monotonic() - began:>9.3f} s  {line}")


# --- testing ----------------------------------------------------------------------------------------------------------


@devices.command("test")
@click.argument("name", required=False)
@data_option
def test_device(name: str | None, folder: Path) -> None:
    """Ask the configured device NAME, or each of them, for its own checks, counters and proof; nothing moves.

    The kiosk must not be running: a line has one host.
    """
    rig = _rig(folder)
    if rig is None:
        raise click.ClickException(f"there is no {CONFIG_FILE} in {folder}; say --data, or use devices probe")
    places = [(port, device) for port in rig.ports for device in port.devices]
    chosen = [place for place in places if name in (None, place[1].name)]
    if not chosen:
        known = ", ".join(device.name for _, device in places)
        raise click.ClickException(f"no device is called {name!r}; there are: {known}")
    bad = [device.name for port, device in chosen if not _test(port, device)]
    if bad:
        raise click.ClickException(f"not well: {', '.join(bad)}")


def _silence(asked: Asked) -> str:
    """What may be wrong with a device that did not answer."""
    if asked.heard_qty:
        return "what it says is not understood: are speed and protocol right?"
    if asked.has_echo:
        return "no answer, though the wire gives our own bytes back: is it powered, and is its address right?"
    return "no answer: is it powered, is the cable in, are speed and address right?"


def _test(port: PortConfig, device: DeviceConfig) -> bool:
    """Test one device and say how it went; whether it answered as what it is configured to be."""
    click.echo(f"{device.name} ({device.kind}) on {port.path}")
    row = WIRES.get(port.protocol)
    if row is None:
        click.echo(f"    no self-test is known for {port.protocol}")
        return True
    if device.kind is DeviceKind.HOPPER and device.address is None:
        click.echo("    a tube or recycler: a part of the acceptor on this port, whose test tells its counts")
        return True
    path = next(iter(SerialPort(port.name, port.path, port.baud).candidates), port.path)
    if device.kind is DeviceKind.SCANNER:
        click.echo("    scan something now ...")
    try:
        asked = ask(path, port.baud, row.self_test(device.address), row)
    except (PortError, AskingFailedError) as error:
        click.echo(f"    -> {_problem(error)}")
        return False
    for finding in asked.found:
        _tell_finding(finding)
    if not asked.found:
        click.echo(f"    -> {_silence(asked)}; `{typed(f'devices probe {port.path}')}` tries what is usual")
    elif asked.found[0].kind is not device.kind:
        click.echo(f"    -> configured is a {device.kind}: correct kind or address in the configuration")
    card = row.cards.get(device.kind)
    if card is not None:
        click.echo("    evidence after a power cut:")
        for line in card_lines(card):
            click.echo(f"      {line}")
    return bool(asked.found) and asked.found[0].kind is device.kind
