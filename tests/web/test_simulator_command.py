"""`kiosk simulator`: a process of its own, whose pty any host program can talk to until Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial
from click.testing import CliRunner

from web.simulator_command import simulator_command

SECONDS = 30


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The command in a process, and the pty that it prints first."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "web.main", "simulator", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_a_stranger_talks_to_it_a_hand_works_it_and_ctrl_c_ends_it() -> None:
    with started("cctalk-coin", "--echo", "--serial", "12345678") as (process, path):
        assert process.stdin is not None
        assert process.stdout is not None
        ask, answer = bytes.fromhex("02 00 01 F2 0B"), bytes.fromhex("01 03 02 00 4E 61 BC 8F")
        with serial.Serial(str(path), 9600, timeout=5) as line:
            line.write(ask)
            assert line.read(len(ask + answer)) == ask + answer
        process.stdin.write("drop 9\ndrop 3\nshow\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith("! position is 1, 2, 3, 4, 5")
        assert process.stdout.readline() == "done: drop\n"
        assert process.stdout.readline().startswith("power on, port /dev/")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=SECONDS)
        assert process.returncode == 0
        assert "a coin acceptor on ccTalk, 9600 baud" in said
        assert said.endswith(
            "ended\n"
        )  # its line ended with it; the line's number may be somebody else's by now


def test_it_stays_when_its_input_ends_and_goes_when_the_system_wishes() -> None:
    with started("printer") as (process, path):
        assert process.stdin is not None
        process.stdin.close()
        with serial.Serial(str(path), 115_200, timeout=5) as line:
            for _ in range(3):
                line.write(b"\x10\x04\x01")
                assert line.read(1) == b"\x12"
        assert process.poll() is None
        process.terminate()
        assert process.wait(SECONDS) == 0


def test_quit_ends_it_and_what_it_remembers_can_be_kept(tmp_path: Path) -> None:
    folder = str(tmp_path / "kept")
    first = CliRunner().invoke(
        simulator_command, ["cctalk-hopper", "--data", folder], input="fill 7\nhelp\nquit\n"
    )
    assert first.exit_code == 0, first.output
    assert "  remove [qty=10]" in first.output
    second = CliRunner().invoke(simulator_command, ["cctalk-hopper", "--data", folder], input="show\nquit\n")
    assert "  inside: 107" in second.output.splitlines()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["wedge"], "a pty is none"),
        (["toaster"], "'cctalk-coin'"),
        (["printer", "--echo"], "printer has no --echo"),
        (["cctalk-coin", "--address", "1"], "1 is no address of cctalk: 2 to 255"),
        (["ssp-note", "--address", "200"], "200 is no address of ssp: 0 to 126"),
        (["printer", "--data", "/proc/x"], "nothing can be kept in /proc/x"),
    ],
)
def test_what_cannot_be_started_is_refused_in_words(arguments: list[str], says: str) -> None:
    refused = CliRunner().invoke(simulator_command, arguments)
    assert refused.exit_code in {1, 2}
    assert says in refused.output
