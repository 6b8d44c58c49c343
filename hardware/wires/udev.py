"""Rules for the system's device manager (udev): a name of its own for each adapter of a configuration, wherever it is plugged in.

Source: udev(7). Only attributes of one parent are matched in one rule, as it wants; nothing that other rules import is relied on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from hardware.port import USB_PREFIX, SerialPort, UsbLine, read_usb_name
from hardware.rig import PortConfig, Wire

FOLDER: Final = "/dev/kiosk"
"""Where the names are."""

_GENERAL: Final = Path(__file__).with_name("60-kiosk.rules")


def general_rules() -> str:
    """What holds for the adapters of every kiosk: who may open them, and who must keep off."""
    return _GENERAL.read_text(encoding="utf-8")


def named_rules(ports: Iterable[PortConfig], lines: Iterable[UsbLine]) -> Iterator[str]:
    """A rule for each port of a configuration, as lines of text; a port that needs none says why in a comment.

    Args:
        ports: The configuration's.
        lines: The adapters that are plugged in now; a port that names its adapter needs none of them.
    """
    plugged = tuple(lines)
    for port in ports:
        if port.protocol is Wire.WEDGE:
            yield f"# {port.name}: a keyboard; name it below /dev/input/by-id/"
            continue
        line = _line_of(port, plugged)
        if line is None:
            yield f"# {port.name}: no USB adapter is at {port.path} now; plug it in and ask again, or leave its path as it is"
            continue
        yield f'# {port.name}: write path = "{FOLDER}/{port.name}" into the configuration'
        yield f'{_match(line)}, SYMLINK+="{FOLDER.removeprefix("/dev/")}/{port.name}", GROUP="dialout", MODE="0660"'


def _line_of(port: PortConfig, lines: tuple[UsbLine, ...]) -> UsbLine | None:
    if port.path.startswith(USB_PREFIX):
        named = read_usb_name(port.path)
        if named is not None and (named.serial or named.place):
            return named
    found = SerialPort(port.name, port.path, port.baud, find_usb=lambda: lines).candidates
    real = {str(Path(path).resolve()) for path in found}
    return next((line for line in lines if line.path in real), None)


def _match(line: UsbLine) -> str:
    """What makes this adapter known: its serial number, else the socket it is in."""
    tty = 'SUBSYSTEM=="tty", SUBSYSTEMS=="usb"'
    chip = f'ATTRS{{idVendor}}=="{line.vid:04x}", ATTRS{{idProduct}}=="{line.pid:04x}"'
    if line.serial:
        return f'{tty}, {chip}, ATTRS{{serial}}=="{line.serial}"'
    if ":" in line.place:
        # One interface of several: its own parent has no ids, and a rule looks at one parent at a time.
        return f'{tty}, KERNELS=="{line.place}"'
    return f'{tty}, KERNELS=="{line.place}", {chip}' if line.place else f"{tty}, {chip}"
