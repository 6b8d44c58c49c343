"""Lines of bytes: opened alone, found again under another name, damaged on purpose, remembered."""

from __future__ import annotations

import os
import select
import tty
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.port import (
    MemoryLine,
    PortError,
    RecordingTap,
    SerialPort,
    Trace,
    UsbLine,
    is_usb_name,
    named_usb_lines,
    usb_lines,
    usb_name,
)


@pytest.fixture
def pty() -> Iterator[tuple[int, str]]:
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    for descriptor in (master, slave):
        try:
            os.close(descriptor)
        except OSError:
            continue  # the test closed it itself, to pull the line out


def arrived(port: SerialPort) -> bytes:
    """What the port reads once its descriptor says that something is there."""
    assert select.select([port], [], [], 5)[0], "nothing arrived in five seconds"
    return port.read()


def test_bytes_cross_a_real_pty_both_ways(pty: tuple[int, str]) -> None:
    master, path = pty
    port = SerialPort("coin", path, 9600)
    port.open()
    try:
        assert port.write(b"\x02\x00\x01\xfe\xff") == 5
        assert os.read(master, 100) == b"\x02\x00\x01\xfe\xff"
        os.write(master, b"\x00\x11\x13\x0d\x0a\x03\x7f")
        assert arrived(port) == b"\x00\x11\x13\x0d\x0a\x03\x7f"
        assert port.read() == b""
    finally:
        port.close()


def test_a_second_owner_of_the_same_line_is_refused(pty: tuple[int, str]) -> None:
    first, second = SerialPort("coin", pty[1], 9600), SerialPort("other", pty[1], 9600)
    first.open()
    try:
        with pytest.raises(PortError):
            second.open()
        assert not second.is_open
    finally:
        first.close()
    second.open()
    second.close()


def test_a_line_that_is_not_there_is_a_port_error(tmp_path: Path) -> None:
    with pytest.raises(PortError, match="nowhere"):
        SerialPort("coin", str(tmp_path / "nowhere"), 9600).open()
    with pytest.raises(PortError, match=r"nothing is at"):
        SerialPort("coin", str(tmp_path / "usb*"), 9600).open()


def test_a_line_is_found_by_pattern_under_its_new_name(pty: tuple[int, str], tmp_path: Path) -> None:
    port = SerialPort("coin", str(tmp_path / "usb*"), 9600)
    link = tmp_path / "usb0"
    link.symlink_to(pty[1])
    port.open()
    port.close()
    link.rename(tmp_path / "usb7")
    port.open()
    assert port.is_open
    port.close()


def test_a_line_whose_far_end_closes_is_gone(pty: tuple[int, str]) -> None:
    port = SerialPort("coin", pty[1], 9600)
    port.open()
    os.close(pty[0])
    with pytest.raises(PortError):
        arrived(port)
    with pytest.raises(PortError):
        port.write(b"x")
    port.close()
    port.close()


def test_a_full_line_takes_nothing_and_does_not_wait(pty: tuple[int, str]) -> None:
    port = SerialPort("printer", pty[1], 115200)
    port.open()
    try:
        taken = [port.write(b"x" * 4096) for _ in range(64)]
        assert taken[0] > 0
        assert taken[-1] == 0
    finally:
        port.close()


def test_a_closed_port_can_do_nothing() -> None:
    port = SerialPort("coin", "/dev/null", 9600)
    port.close()
    for use in (port.fileno, port.read, lambda: port.write(b"x")):
        with pytest.raises(PortError):
            use()


def test_a_memory_line_can_drop_split_double_flip_and_hold_bytes() -> None:
    line = MemoryLine()
    line.host.open()

    line.to_host = lambda data: (data[:1], data[1:])
    line.send(b"abc")
    assert [line.host.read(), line.host.read(), line.host.read()] == [b"a", b"bc", b""]
    line.to_host = lambda data: (data, data)
    line.send(b"abc")
    assert [line.host.read(), line.host.read()] == [b"abc", b"abc"]
    line.to_host = lambda _: ()
    line.send(b"abc")
    assert line.host.read() == b""

    line.to_device = lambda data: (bytes([data[0] ^ 0x10]) + data[1:],)
    assert line.host.write(b"abc") == 3
    assert line.heard() == b"qbc"

    held: list[bytes] = []

    def one_behind(data: bytes) -> tuple[bytes, ...]:
        held.append(data)
        return (held.pop(0),) if len(held) > 1 else ()

    line.to_device = one_behind
    line.host.write(b"first")
    assert line.heard() == b""
    line.host.write(b"second")
    assert line.heard() == b"first"
    line.close()


def test_a_memory_line_is_pulled_out_and_comes_back_empty() -> None:
    line = MemoryLine()
    line.host.open()
    line.send(b"old")
    line.unplug()
    assert line.host.read() == b"old"
    with pytest.raises(PortError):
        line.host.read()
    with pytest.raises(PortError):
        line.host.write(b"x")
    with pytest.raises(PortError):
        line.send(b"x")
    line.plug()
    line.host.close()
    line.host.open()
    line.send(b"new")
    assert line.host.read() == b"new"
    line.close()
    with pytest.raises(PortError):
        line.host.open()


def test_a_tap_remembers_both_directions_with_their_time() -> None:
    line = MemoryLine()
    now = iter((5, 7, 8))
    tap = RecordingTap(line.host, lambda: next(now))
    tap.open()
    tap.write(b"ask")
    line.send(b"answer")
    assert tap.read() == b"answer"
    assert tap.read() == b""
    assert [(p.at_ms, p.is_outgoing, p.data) for p in tap.trace.passed()] == [
        (5, True, b"ask"),
        (7, False, b"answer"),
    ]
    assert (tap.name, tap.is_open, tap.fileno()) == (line.host.name, True, line.host.fileno())
    tap.close()
    assert not tap.is_open
    line.close()


@given(st.lists(st.binary(max_size=40)), st.integers(1, 50))
def test_a_trace_never_outgrows_its_limit_and_keeps_the_newest(chunks: list[bytes], limit: int) -> None:
    trace = Trace(limit)
    for at_ms, chunk in enumerate(chunks):
        trace.add(at_ms, chunk, is_outgoing=False)
    kept = b"".join(passed.data for passed in trace.passed())
    assert len(kept) <= limit
    assert b"".join(chunks).endswith(kept)
    if any(chunks):
        assert kept


# --- adapters named by what they are ------------------------------------------------------------------------------------

COINS = UsbLine("/dev/ttyUSB0", 0x0403, 0x6001, "A50285BI", "1-1.2")
BOARD = UsbLine("/dev/ttyUSB1", 0x1A86, 0x7523, "", "1-1.4")
PRINTER = UsbLine("/dev/ttyUSB2", 0x1A86, 0x7523, "", "1-1.3")


@pytest.mark.parametrize("line", [COINS, BOARD, PRINTER])
def test_each_adapter_is_found_by_its_own_name_and_by_no_other(line: UsbLine) -> None:
    name = usb_name(line)
    assert is_usb_name(name)
    assert named_usb_lines(name, (COINS, BOARD, PRINTER)) == (line.path,)


def test_an_adapter_is_named_by_its_serial_number_and_only_without_one_by_its_socket() -> None:
    assert usb_name(COINS) == "usb:0403:6001:A50285BI"
    assert usb_name(BOARD) == "usb:1a86:7523@1-1.4"


@pytest.mark.parametrize(
    "path", ["usb:", "usb:403:6001", "usb:0403:6001:", "usb:0403:6001@", "usb:0403:6001:a@b", "/dev/ttyUSB0"]
)
def test_what_names_no_adapter_is_told_apart(path: str) -> None:
    assert not is_usb_name(path)
    assert named_usb_lines(path, (COINS, BOARD)) == ()


def test_an_adapter_that_comes_back_in_another_socket_is_found_there(tmp_path: Path) -> None:
    first, second = os.openpty(), os.openpty()
    plugged: list[UsbLine] = []
    port = SerialPort("coins", "usb:0403:6001:A50285BI", 9600, find_usb=lambda: tuple(plugged))
    with pytest.raises(PortError, match="nothing is at usb:0403:6001:A50285BI"):
        port.open()
    plugged.append(replace(COINS, path=os.ttyname(first[1])))
    port.open()
    port.close()
    plugged[:] = [replace(COINS, path=os.ttyname(second[1]), place="2-1")]
    port.open()
    tty.setraw(second[1])
    os.write(second[0], b"here")
    assert select.select([port.fileno()], [], [], 5)[0]
    assert port.read() == b"here"
    port.close()
    for descriptor in (*first, *second):
        os.close(descriptor)


def test_a_name_that_fits_two_adapters_opens_neither() -> None:
    port = SerialPort("coils", "usb:1a86:7523", 9600, find_usb=lambda: (BOARD, PRINTER))
    with pytest.raises(PortError, match=r"fits /dev/ttyUSB1, /dev/ttyUSB2: add the serial number"):
        port.open()
    assert not port.is_open


def test_the_adapters_of_this_machine_are_all_named() -> None:
    lines = usb_lines()
    assert all(line.path in named_usb_lines(usb_name(line), lines) for line in lines)
