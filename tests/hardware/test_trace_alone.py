"""Each simulator started alone is met by a stranger's host: raw bytes over its pty, no code of ours on this side."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import serial

from hardware.simulators.alone import ALONE, Wishes, Workbench, wire_alone
from hardware.simulators.bench import Bench
from hardware.simulators.model import UnknownActError

SERIAL = 12_345_678
READ_SECONDS = 5.0
VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((VECTORS / f"{name}.toml").read_text("utf-8"))


@contextmanager
def alone(folder: Path, name: str, wishes: Wishes) -> Iterator[tuple[Workbench, serial.Serial]]:
    """A simulator alone, and a stranger at its pty."""
    wire = wire_alone(name, wishes)
    with Bench((wire,), folder) as bench:
        workbench = Workbench(bench)
        with serial.Serial(workbench.path, wire.baud, timeout=READ_SECONDS) as line:
            yield workbench, line


def exchange(line: serial.Serial, ask: str, answer: str) -> None:
    line.write(bytes.fromhex(ask))
    expected = bytes.fromhex(answer)
    assert line.read(len(expected)).hex(" ").upper() == expected.hex(" ").upper()


def idle_exchanges(slave: str, check: str) -> list[dict[str, Any]]:
    """What an idle device is asked; what makes it begin anew comes last, and its own coins are not the vectors'."""
    chosen = [
        vector
        for vector in vectors("cctalk")["exchange"]
        if vector.get("slave") == slave
        and vector.get("scene") == "idle"
        and vector.get("check", "sum") == check
        and "coin id" not in vector["what"]
    ]
    return sorted(chosen, key=lambda vector: vector["what"] == "reset")


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("check", ["sum", "crc"])
def test_the_coin_acceptor_answers_the_worked_frames(tmp_path: Path, check: str, *, echo: bool) -> None:
    wishes = Wishes(serial=SERIAL, echo=echo, crc=check == "crc")
    asked = idle_exchanges("acceptor", check)
    assert asked
    with alone(tmp_path, "cctalk-coin", wishes) as (_, line):
        for vector in asked:
            echoed = f"{vector['ask']} " if echo else ""
            exchange(line, vector["ask"], f"{echoed}{vector['answer']}")


def test_the_hopper_refuses_is_enabled_and_pays_what_falls_into_its_tray(tmp_path: Path) -> None:
    with alone(tmp_path, "cctalk-hopper", Wishes(serial=SERIAL)) as (workbench, line):
        pay = "03 04 01 A7 4E 61 BC 05 E1"
        exchange(line, pay, "01 00 03 05 F7")
        exchange(line, "03 01 01 A4 A5 B2", "01 00 03 00 FC")
        exchange(line, pay, "01 01 03 00 01 FA")
        until = time.monotonic() + READ_SECONDS
        status = b""
        while status[4:8] != bytes((1, 0, 5, 0)) and time.monotonic() < until:
            line.write(bytes.fromhex("03 00 01 A6 56"))
            status = line.read(9)
        assert status.hex(" ").upper().startswith("01 04 03 00 01 00 05 00")
        assert "  tray: 5" in workbench.obey("show").splitlines()


def test_the_note_validator_answers_the_worked_frames(tmp_path: Path) -> None:
    asked = idle_exchanges("validator", "sum")
    assert asked
    with alone(tmp_path, "cctalk-note", Wishes(serial=SERIAL)) as (_, line):
        for vector in asked:
            exchange(line, vector["ask"], vector["answer"])


def test_the_ssp_units_answer_the_worked_frames(tmp_path: Path) -> None:
    asked = {each["what"]: each for each in vectors("ssp")["frame"] if each.get("scene") == "idle"}
    chosen = [asked["serial number, answer 1873452"], asked["sync"]]
    with alone(tmp_path, "ssp-note", Wishes(serial=1_873_452)) as (_, line):
        for vector in chosen:
            exchange(line, vector["raw"], vector["answer"])
    with alone(tmp_path, "ssp-hopper", Wishes(serial=1_873_452, address=0)) as (_, line):
        for vector in chosen:
            exchange(line, vector["raw"], vector["answer"])


def test_the_qibixx_box_speaks_lines_and_passes_blocks_on(tmp_path: Path) -> None:
    with alone(tmp_path, "mdb-qibixx", Wishes()) as (workbench, line):
        for ask, answer in (
            ("V", "v,4.0.2.0,simulated"),
            ("M,1", "m,ACK"),
            ("R,0B", "p,0B"),
            ("R,0B", "p,ACK"),
        ):
            line.write(f"{ask}\n".encode())
            assert line.readline() == f"{answer}\r\n".encode()
        line.write(b"R,0C,FFFFFFFF\n")
        assert line.readline() == b"p,ACK\r\n"
        line.write(b"R,0D,21\n")  # two coins of type 1
        assert line.readline() == b"p,ACK\r\n"
        until = time.monotonic() + READ_SECONDS
        paid = '  paid_tray: {"2": 2}'
        while paid not in workbench.obey("show").splitlines() and time.monotonic() < until:
            pass
        assert paid in workbench.obey("show").splitlines()


def test_the_waferstar_box_answers_a_raw_block_with_a_line_of_hex(tmp_path: Path) -> None:
    with alone(tmp_path, "mdb-waferstar", Wishes()) as (_, line):
        line.write(b"\x09")
        assert line.readline().startswith(b"03 19 78 05 02 ")


def test_the_coil_board_polls_and_says_that_a_slot_is_ready(tmp_path: Path) -> None:
    frames = vectors("fafb")
    poll = bytes.fromhex(next(each["bytes"] for each in frames["board"] if each["what"] == "poll"))
    ask = next(each["bytes"] for each in frames["host"] if each["what"] == "check slot 12, number 3")
    ack = bytes.fromhex(next(each["bytes"] for each in frames["host"] if each["what"] == "ack"))
    with alone(tmp_path, "coil-board", Wishes()) as (_, line):
        # It begins with a wish to synchronise, and repeats that until somebody answers.
        heard = line.read_until(b"\xfa\xfb\x31")
        heard += line.read(3)
        line.write(ack)
        assert line.read_until(poll).endswith(poll)
        line.write(bytes.fromhex(ask))
        assert line.read(len(ack)) == ack
        answer = line.read(9)
        assert (answer[:4], answer[5:8]) == (b"\xfa\xfb\x02\x04", b"\x01\x00\x0c")


def test_the_k1_board_answers_the_worked_frames(tmp_path: Path) -> None:
    frames = vectors("k1")
    asked = {each["what"]: each["bytes"] for each in frames["host"]}
    said = {each["what"]: each["bytes"] for each in frames["board"]}
    with alone(tmp_path, "k1-board", Wishes()) as (_, line):
        exchange(line, asked["ping"], said["yes"])
        exchange(line, asked["status"], said["nothing turns"])
        exchange(line, asked["light barrier"], said["light barrier clear"])


SCENES = {
    "well": "",
    "cover_open": "open_cover",
    "drawer_high": "fault drawer_open on",
    "paper_low": "fault paper_low on",
    "paper_out": "fault paper_out on",
    "head_hot": "mishap printer_head_hot",
}


@pytest.mark.parametrize(
    "vector",
    [each for each in vectors("escpos")["status"] if each["scene"] in SCENES],
    ids=lambda vector: vector["what"],
)
def test_the_printer_answers_the_worked_questions(tmp_path: Path, vector: dict[str, Any]) -> None:
    with alone(tmp_path, "printer", Wishes()) as (workbench, line):
        workbench.obey(SCENES[vector["scene"]])
        exchange(line, vector["ask"], vector["answer"])


@pytest.mark.parametrize(
    "vector",
    [each for each in vectors("scanner")["scan"] if each["aim"] == "" and each["text"].isascii()][:1],
)
def test_the_scanner_says_what_a_hand_holds_before_it(tmp_path: Path, vector: dict[str, Any]) -> None:
    with alone(tmp_path, "scanner", Wishes()) as (workbench, line):
        workbench.obey(f"scan {vector['text']}")
        expected = bytes.fromhex(vector["bytes"])
        assert line.read(len(expected)) == expected


# --- what a technician types ------------------------------------------------------------------------------------------


def test_a_hand_takes_values_by_name_or_in_their_order(tmp_path: Path) -> None:
    with alone(tmp_path, "cctalk-hopper", Wishes()) as (workbench, _):
        workbench.obey("fill 20")
        workbench.obey("remove qty=5")
        assert "  inside: 115" in workbench.obey("show").splitlines()


def test_a_mishap_begins_and_is_mended_by_its_name(tmp_path: Path) -> None:
    with alone(tmp_path, "cctalk-coin", Wishes(echo=True)) as (workbench, line):
        assert "sticks" in workbench.obey("mishap coin_jam")
        assert "faults on: jam" in workbench.obey("show")
        workbench.obey("mend coin_jam")
        assert "faults on" not in workbench.obey("show")
        workbench.obey("mishap cable_out")
        assert "unplugged" in workbench.obey("show")
        assert workbench.obey("mend cable_out") == "mended: cable_out"
        assert workbench.path not in {"", line.port}


def test_a_device_without_power_says_nothing(tmp_path: Path) -> None:
    with alone(tmp_path, "printer", Wishes()) as (workbench, line):
        workbench.obey("power off")
        line.timeout = 0.3
        line.write(b"\x10\x04\x01")
        assert line.read(1) == b""


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("dance", "type help"),
        ("drop 99", "position is"),
        ("drop 1 2 3", "needs position, qty"),
        ("drop 'a", "quotes"),
        ("mishap rain", "no mishap 'rain'"),
        ("mishap hopper_jam", "no mishap 'hopper_jam'"),
        ("fault jam perhaps", "type help"),
        ("fault rain on", "no fault rain"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_can(tmp_path: Path, typed: str, says: str) -> None:
    with (
        alone(tmp_path, "cctalk-coin", Wishes()) as (workbench, _),
        pytest.raises(UnknownActError, match=says),
    ):
        workbench.obey(typed)


def test_help_names_every_hand_and_every_mishap_that_can_befall_it(tmp_path: Path) -> None:
    with alone(tmp_path, "cctalk-coin", Wishes()) as (workbench, _):
        told = workbench.obey("help")
        assert all(word in told for word in ("drop [position=1] [qty=1]", "coin_jam", "line_flip", "no_echo"))
        assert "hopper_jam" not in told


def test_wishes_that_a_device_cannot_fulfil_are_refused() -> None:
    with pytest.raises(UnknownActError, match="printer has no --address"):
        wire_alone("printer", Wishes(address=3))
    with pytest.raises(UnknownActError, match="scanner has no --echo"):
        wire_alone("scanner", Wishes(echo=True))
    with pytest.raises(UnknownActError, match="there are: cctalk-coin"):
        wire_alone("toaster", Wishes())


@pytest.mark.parametrize("name", ALONE)
def test_every_simulator_starts_alone_and_shows_what_is_inside(tmp_path: Path, name: str) -> None:
    with Bench((wire_alone(name, Wishes()),), tmp_path) as bench:
        workbench = Workbench(bench)
        assert Path(workbench.path).is_char_device()
        assert workbench.obey("show").startswith("power on, port /dev/")
