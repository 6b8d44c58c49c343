"""`kiosk wire`: a line recorded between two ends, read in words, and played again."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import serial
from click.testing import CliRunner, Result

from hardware.simulators.alone import Wishes, Workbench, wire_alone
from hardware.simulators.bench import Bench
from hardware.trace import load_recording
from web.devices_command import devices
from web.wire_command import wire

SECONDS = 30
PATIENCE = ("2", "5", "15")
"""Seconds of watching: a quiet machine needs half of the first."""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(wire, arguments)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """What our driver and a simulated acceptor said to each other."""
    said = ""
    for seconds in PATIENCE:
        out = tmp_path / f"coin-{seconds}.trace"
        with Bench((wire_alone("cctalk-coin", Wishes(echo=True)),), tmp_path / seconds) as bench:
            path = Workbench(bench).path
            order = ["watch", path, "--protocol", "cctalk", "--seconds", seconds, "--record", str(out)]
            said = CliRunner().invoke(devices, order).output
        # On a machine that stalls, the driver asks again and the answers come late: another recording, and more time for it.
        if "acceptor identified" in said and "noise" not in said:
            return out
    pytest.fail(f"no clean recording: {said}")


def test_a_trace_is_shown_with_time_direction_bytes_and_words(trace: Path) -> None:
    shown = run("show", str(trace))
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert lines[0].startswith("coin acceptors, hoppers and note validators on one ccTalk bus; 9600 baud")
    assert lines[1] == "        0 ms  host   >  02 00 01 FE FF"
    assert lines[2].strip() == "to 2 (coin acceptor): simple poll"
    assert "echo" in {line.strip() for line in lines}
    assert any("serial is 410001" in line for line in lines)


def test_a_trace_is_shown_as_its_bytes_came(trace: Path) -> None:
    pieces = run("show", str(trace), "--pieces").output.splitlines()
    words = run("show", str(trace)).output.splitlines()
    assert pieces[0] == words[1]
    shown = [line.split("  ")[-1] for line in pieces if " ms  " in line]
    assert len(shown) == len(load_recording(trace).passed)


def test_a_trace_replays_into_our_driver_with_the_same_bytes(trace: Path) -> None:
    replayed = run("replay", str(trace), "--into", "host")
    assert replayed.exit_code == 0, replayed.output
    assert "acceptor identified: serial 410001" in replayed.output
    assert "our driver said the same" in replayed.output


def test_a_trace_replays_into_a_simulator_with_the_same_answers(trace: Path) -> None:
    replayed = run("replay", str(trace), "--into", "device")
    assert replayed.exit_code == 0, replayed.output
    assert "the simulator said the same" in replayed.output
    other = run("replay", str(trace), "--into", "device", "--simulator", "cctalk-hopper", "--address", "2")
    assert "first otherwise at" in other.output


def test_a_host_program_and_a_device_are_recorded_from_between_them(tmp_path: Path) -> None:
    out = tmp_path / "between.trace"
    with Bench((wire_alone("cctalk-coin", Wishes(serial=12_345_678)),), tmp_path) as bench:
        with subprocess.Popen(
            [sys.executable, "-P", "-m", "web.main", "wire", "record", Workbench(bench).path, "--baud", "9600",
             "--out", str(out), "--protocol", "cctalk"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:  # fmt: skip
            try:
                assert process.stdout is not None
                with serial.Serial(process.stdout.readline().strip(), 9600, timeout=5) as line:
                    line.write(bytes.fromhex("02 00 01 F2 0B"))
                    assert line.read(8) == bytes.fromhex("01 03 02 00 4E 61 BC 8F")
                process.send_signal(signal.SIGINT)
                _, said = process.communicate(timeout=SECONDS)
            finally:
                process.kill()
        assert process.returncode == 0, said
    assert "13 bytes" in said
    shown = run("show", str(out))
    assert "from 2 (coin acceptor): serial is 12345678" in shown.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "/no-such.trace"), "/no-such.trace"),
        (("show", __file__), "a trace begins with the line"),
        (("record", "/dev/no-such", "--baud", "9600", "--out", "/tmp/never.trace"), "is it plugged in"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(arguments: tuple[str, ...], says: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 1
    assert says in refused.output
    assert not Path("/tmp/never.trace").exists()


def test_a_trace_that_does_not_say_its_protocol_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "plain.trace"
    path.write_text("# kiosk wire trace 1\n0 < 35 36 0D\n")
    assert "say --protocol" in run("show", str(path)).output
    assert "code '56'" in run("show", str(path), "--protocol", "scanner").output
