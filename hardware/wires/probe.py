"""Who is on a line: each protocol's harmless questions in turn, each at its usual speeds, through the ordinary driver.

Nothing is sent but what the rows of `hardware.wires.table` ask, and their questions can neither pay, turn nor print.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serial.tools.list_ports import comports

from hardware.driver import Driver, Pump, monotonic_ms
from hardware.events import DeviceEvent
from hardware.port import Port, SerialPort, usb_lines, usb_name
from hardware.wires.asking import Asked, Asking, Finding, Script
from hardware.wires.guard import GuardedPort
from hardware.wires.wire import WireKind

LONGEST_SECONDS: Final = 60.0
"""For one script at one speed; the longest, a self-test of a coil board with sixty silent slots, takes half of it."""

BY_ID: Final = Path("/dev/serial/by-id")
INPUT_BY_ID: Final = Path("/dev/input/by-id")

SCANNER_WORDS: Final = re.compile(
    r"scan|bar.?code|honeywell|metrologic|zebra|symbol|datalogic|newland|opticon|hidkeyboard|usbkey.?chip",
    re.IGNORECASE,
)
"""What scanners call themselves: their trade, a maker's name, or the chip of the nameless ones. Not tried on real ones."""
"""Where the system keeps a name for each adapter that stays the same when the cable goes to another socket."""

OpenPort = Callable[[str, int, int], Port]
"""Makes a port from a path, a baud rate and stop bits; it is opened, guarded and closed here."""


class AskingFailedError(RuntimeError):
    """The line's driver ended by an error, or the questions did not come to their end in time."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was found on a line."""

    wire: str
    baud: int
    found: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FoundKeyboard:
    """A keyboard, or a scanner that plays one: ``path`` goes into the configuration (protocol ``wedge``)."""

    path: str
    is_scanner: bool
    """Its name looks like a scanner's; only a scan proves it."""


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A serial port of this machine.

    Attributes:
        path: Its name now, such as /dev/ttyUSB0.
        stable: Its name that stays the same; equal to ``path`` when there is none.
        says: What the adapter calls itself.
        usb: Vendor and product id in hex with the serial number, or empty.
    """

    path: str
    stable: str
    says: str
    usb: str


def serial_port(path: str, baud: int, stop_bits: int) -> Port:
    """A real line or a pty."""
    return SerialPort(path, path, baud, stop_bits)


def ask(path: str, baud: int, script: Script, wire: WireKind, *, open_port: OpenPort = serial_port) -> Asked:
    """Play one script on the line at ``path``.

    Raises:
        hardware.port.PortError: The line is absent, or somebody else has it.
        AskingFailedError: The driver ended by an error, or the script did not end.
    """
    port = open_port(path, baud, wire.stop_bits)
    ended = threading.Event()
    learned: list[DeviceEvent] = []
    failures: list[Exception] = []

    def deliver(events: tuple[DeviceEvent, ...]) -> None:
        learned.extend(events)
        ended.set()

    def fail(error: Exception) -> None:
        failures.append(error)
        ended.set()

    # A question that is physical after all is our own mistake; it stays here, and the script goes on unanswered.
    guarded = GuardedPort(port, wire.ear(), lambda act: failures.append(AskingFailedError(f"it would {act}")))
    guarded.open()
    pump = Pump(guarded, Asking(path, script), deliver=deliver, clock=monotonic_ms)
    driver = Driver(pump, on_failure=fail, clock=monotonic_ms)
    driver.start()
    is_over = ended.wait(LONGEST_SECONDS)
    driver.stop()
    if failures:
        raise AskingFailedError(f"{path}: {failures[0]}") from failures[0]
    asked = next((event for event in learned if isinstance(event, Asked)), None)
    if not is_over or asked is None:
        raise AskingFailedError(f"{path}: the questions did not come to their end in {LONGEST_SECONDS:.0f} s")
    return asked


def probe_port(
    path: str, wires: Iterable[WireKind], *, open_port: OpenPort = serial_port
) -> Iterator[tuple[str, int, Asked]]:
    """Try each wire at each of its speeds; ends after the first that answers.

    Yields:
        The wire's name, the speed, and what came of it, try by try.

    Raises:
        hardware.port.PortError: The line is absent, or somebody else has it.
        AskingFailedError: See `ask`.
    """
    for wire in wires:
        for baud in wire.bauds:
            asked = ask(path, baud, wire.probe(), wire, open_port=open_port)
            yield wire.name, baud, asked
            if asked.found:
                return


def found_keyboards(by_id: Path = INPUT_BY_ID) -> tuple[FoundKeyboard, ...]:
    """The keyboards of this machine by their stable names, those that look like scanners first."""
    links = sorted(by_id.glob("*-event-kbd")) if by_id.is_dir() else ()
    found = [FoundKeyboard(str(link), bool(SCANNER_WORDS.search(link.name))) for link in links]
    return tuple(sorted(found, key=lambda each: (not each.is_scanner, each.path)))


def found_ports(by_id: Path = BY_ID) -> tuple[FoundPort, ...]:
    """The serial ports that the system knows, by name; a pty is none of them and has to be named."""
    # A link by id is as good as its serial number: two adapters without one share a link, and the last one has it.
    links = {str(link.resolve()): str(link) for link in (sorted(by_id.iterdir()) if by_id.is_dir() else ())}
    named = {line.path: usb_name(line) for line in usb_lines() if not line.serial or line.path not in links}
    stable: Mapping[str, str] = links | named
    ports = [
        FoundPort(
            path=port.device,
            stable=stable.get(port.device, port.device),
            says=port.description or "",
            usb=f"{port.vid:04x}:{port.pid:04x} {port.serial_number or ''}".strip()
            if port.vid is not None
            else "",
        )
        for port in comports()
    ]
    return tuple(sorted(ports, key=lambda port: port.path))
