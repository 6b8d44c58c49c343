"""A scanner that plays a keyboard: its key events are read by place, whole or cut up, and nothing else is a code."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.events import CodeScanned, CodeUnreadable, DeviceEvent, DeviceKind, Fault
from hardware.port import InputPort, PortError, SerialPort
from hardware.rig import DeviceConfig, PortConfig, RigConfig, Wire, build_machine, check_rig, port_of
from hardware.scanner.frames import GAP_MS
from hardware.scanner.wedge import RECORD, KeyReader, KeyScanner, key_events
from hardware.simulators.scanner import ScannerSim
from tests.hardware.scanner.test_host import VECTORS

NAME = "scanner"
EAN = "4006381333931"


def records(events: list[list[int]]) -> bytes:
    return b"".join(struct.pack("<qqHHi", 7, 500, *event) for event in events)


def scanned(data: bytes, at_ms: int = 0) -> tuple[DeviceEvent, ...]:
    host = KeyScanner(NAME)
    host.receive(data, at_ms)
    host.tick(at_ms + GAP_MS)
    return host.events()


@pytest.mark.parametrize("vector", VECTORS["keys"], ids=lambda vector: vector["what"])
def test_worked_key_events_say_what_they_should(vector: dict[str, Any]) -> None:
    told = scanned(records(vector["events"]))
    if "text" in vector:
        assert told == (CodeScanned(NAME, vector["text"]),)
    else:
        assert told == (CodeUnreadable(NAME, Fault.UNREADABLE, vector["size"]),)


@given(st.text(alphabet=[chr(code) for code in range(32, 127)] + ["\x1d"], max_size=40))
def test_every_character_of_a_us_keyboard_comes_back(text: str) -> None:
    assert KeyReader().feed(key_events(text), 0) == text


@given(st.lists(st.integers(0, 60 * RECORD.size), max_size=6))
def test_records_that_are_cut_up_type_the_same(cuts: list[int]) -> None:
    data = key_events(EAN + "\r")
    bounds = sorted(min(cut, len(data)) for cut in cuts)
    host = KeyScanner(NAME)
    for start, end in zip([0, *bounds], [*bounds, len(data)], strict=True):
        host.receive(data[start:end], 0)
    assert host.events() == (CodeScanned(NAME, EAN),)


@given(st.binary(max_size=400))
def test_bytes_that_are_no_records_stop_nothing(noise: bytes) -> None:
    host = KeyScanner(NAME)
    host.receive(noise, 0)
    host.tick(10 * GAP_MS)
    host.receive(b"", 10 * GAP_MS)
    host.events()
    host.receive(key_events("\r" + EAN + "\r"), 20 * GAP_MS)
    told = [event for event in host.events() if isinstance(event, CodeScanned)]
    assert told == [CodeScanned(NAME, EAN)]


def test_capitals_of_a_lock_and_of_a_shift_undo_each_other() -> None:
    lock, shift, letter = [1, 58, 1], [1, 42, 1], [1, 30, 1]
    assert KeyReader().feed(records([letter, lock, letter, shift, letter]), 0) == "aAa"


def test_what_no_key_types_is_refused_when_it_is_written() -> None:
    with pytest.raises(ValueError, match="۱"):
        key_events("۱")


# --- the simulated scanner ------------------------------------------------------------------------------------------


def test_raw_records_alone_are_what_the_simulated_scanner_types() -> None:
    sim = ScannerSim(NAME, plays_keyboard=True)
    sim.act("scan", {"code": "9"}, 2_500)
    sim.machine.tick(2_500)
    data = sim.machine.bytes_to_send()
    assert data[:24] == bytes.fromhex(
        "02 00 00 00 00 00 00 00 20 A1 07 00 00 00 00 00 01 00 0A 00 01 00 00 00"
    )
    typed = [struct.unpack("<qqHHi", data[at : at + 24])[2:] for at in range(0, len(data), 24)]
    assert typed == [
        (1, 10, 1),
        (0, 0, 0),
        (1, 10, 0),
        (0, 0, 0),
        (1, 28, 1),
        (0, 0, 0),
        (1, 28, 0),
        (0, 0, 0),
    ]


@pytest.mark.parametrize("fault", ["", "no_suffix", "split", "double_read", "persian_digits", "aim_prefix"])
def test_a_code_arrives_once_whatever_its_delivery(fault: str) -> None:
    sim, host = ScannerSim(NAME, plays_keyboard=True), KeyScanner(NAME)
    if fault:
        sim.set_fault(fault, True, 0)
    sim.act("scan", {"code": EAN}, 0)
    for now_ms in range(0, 1_000, 10):
        sim.machine.tick(now_ms)
        host.receive(sim.machine.bytes_to_send(), now_ms)
        host.tick(now_ms)
    assert host.events() == (CodeScanned(NAME, EAN, "E0" if fault == "aim_prefix" else ""),)


# --- the port -------------------------------------------------------------------------------------------------------


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe in the place of an input device: it can be read and waited on, and no kernel grabs it."""
    path = tmp_path / "event0"
    os.mkfifo(path)
    return path


def test_what_is_no_input_device_cannot_be_grabbed_and_is_not_kept_open(pipe: Path) -> None:
    port = InputPort(NAME, str(pipe))
    with pytest.raises(PortError, match="event0"):
        port.open()
    assert not port.is_open
    with pytest.raises(PortError, match="not open"):
        port.read()


def test_a_device_that_is_not_there_is_an_error_that_names_its_path(tmp_path: Path) -> None:
    for path in (tmp_path / "event9", tmp_path / "event*"):
        with pytest.raises(PortError, match="event"):
            InputPort(NAME, str(path)).open()


def test_a_grabbed_device_is_read_without_waiting_until_it_is_gone(pipe: Path) -> None:
    grabbed: list[int] = []
    port = InputPort(NAME, str(pipe.parent / "event*"), grab=grabbed.append)
    port.open()
    port.open()
    assert grabbed == [port.fileno()]
    keyboard = os.open(pipe, os.O_WRONLY)
    assert port.read() == b""
    os.write(keyboard, key_events("96\r"))
    assert scanned(port.read()) == (CodeScanned(NAME, "96"),)
    assert port.write(b"anything") == 8
    os.close(keyboard)
    with pytest.raises(PortError):
        port.read()
    port.close()
    assert not port.is_open


def test_the_rig_grabs_what_lies_below_dev_input_and_opens_everything_else_as_a_line() -> None:
    device = DeviceConfig(NAME, DeviceKind.SCANNER)
    grabbed = PortConfig(NAME, "/dev/input/by-id/usb-Scanner-event-kbd", 9600, Wire.WEDGE, (device,))
    line = PortConfig(NAME, "/dev/pts/7", 9600, Wire.WEDGE, (device,))
    check_rig(RigConfig((grabbed,)))
    assert isinstance(port_of(grabbed), InputPort)
    assert isinstance(port_of(line), SerialPort)
    assert isinstance(build_machine(grabbed, currency="EUR", memories={}), KeyScanner)
