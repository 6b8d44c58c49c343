"""Each simulator started alone is met by a stranger's host: raw bytes over its pty, no code of ours on this side."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import serial

from hardware.simulators.alone import ALONE, Wishes, Workbench, wire_alone
from hardware.simulators.bench import Bench
from hardware.simulators.model import UnknownActError

SERIAL, SSP_SERIAL = 12_345_678, 1_873_452
READ_SECONDS = 5.0
SECONDS_OF_A_BOX, TRIES_OF_A_BLOCK = 1.0, 10
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
    assert chosen
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


def ask_the_note_validator(_: Workbench, line: serial.Serial) -> None:
    for vector in idle_exchanges("validator", "sum"):
        exchange(line, vector["ask"], vector["answer"])


def ask_the_coin_acceptor(_: Workbench, line: serial.Serial) -> None:
    for vector in idle_exchanges("acceptor", "sum"):
        exchange(line, vector["ask"], vector["answer"])


def make_the_hopper_pay(workbench: Workbench, line: serial.Serial) -> None:
    """It refuses, is enabled, and pays what falls into its tray."""
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


def ask_the_note_unit(_: Workbench, line: serial.Serial) -> None:
    asked = {each["what"]: each for each in vectors("ssp")["frame"] if each.get("scene") == "idle"}
    sync = asked.pop("sync")
    assert asked
    for vector in asked.values():
        exchange(line, sync["raw"], sync["answer"])
        exchange(line, vector["raw"], vector["answer"])


def ask_the_coin_unit(_: Workbench, line: serial.Serial) -> None:
    """What every unit knows; most worked frames are about notes."""
    asked = {each["what"]: each for each in vectors("ssp")["frame"] if each.get("scene") == "idle"}
    for what in (
        "serial number, answer 1873452",
        "sync",
        "enable",
        "sync",
        "disable",
        "sync",
        "host protocol 8",
    ):
        exchange(line, asked[what]["raw"], asked[what]["answer"])


WORKED_BLOCKS = (
    ("changer", "poll, it was reset"),
    ("changer", "poll, nothing new"),
    ("changer", "accept all, everything by hand"),
    ("changer", "accept nothing, everything by hand"),
    ("changer", "pay two coins of type 3"),
    ("validator", "accept notes 0 to 4 with escrow"),
    ("reader", "prices unknown"),
)
"""What an idle bus answers as the vectors say; its own setups have other coins."""


def worked_blocks() -> Iterator[tuple[bytes, bytes]]:
    """Each block as the master says it, without its sum, and the peripheral's whole answer."""
    for part, what in WORKED_BLOCKS:
        vector = next(each for each in vectors("mdb")[part] if each["what"] == what)
        yield bytes.fromhex(vector["vmc"])[:-1], bytes.fromhex(vector["peripheral"])


def see_two_coins_in_the_tray(workbench: Workbench) -> None:
    paid = '  paid_tray: {"4": 2}'
    until = time.monotonic() + READ_SECONDS
    while paid not in workbench.obey("show").splitlines() and time.monotonic() < until:
        pass
    assert paid in workbench.obey("show").splitlines()


def speak_to_the_qibixx_box(workbench: Workbench, line: serial.Serial) -> None:
    """Lines of text; the box does sums and acknowledgements."""
    for ask, answer in (("V", "v,4.0.2.0,simulated"), ("M,1", "m,ACK")):
        line.write(f"{ask}\n".encode())
        assert line.readline() == f"{answer}\r\n".encode()
    for block, sealed in worked_blocks():
        data = f",{block[1:].hex().upper()}" if block[1:] else ""
        line.write(f"R,{block[:1].hex().upper()}{data}\n".encode())
        content = "ACK" if len(sealed) == 1 else sealed[:-1].hex().upper()
        assert line.readline().decode() == f"p,{content}\r\n"
    see_two_coins_in_the_tray(workbench)


def speak_to_the_waferstar_box(_: Workbench, line: serial.Serial) -> None:
    """Raw blocks, which end with silence: one that a busy computer tore apart is not understood, and asked again."""
    line.timeout = SECONDS_OF_A_BOX
    assert ask_the_box(line, b"\x09").startswith("03 19 78 05 02 ")
    for block, answer in worked_blocks():
        # The box polls by itself, and may have taken what a poll would hear; nothing that pays is said twice.
        if block != b"\x0b" and block[:1] != b"\x0d":
            assert ask_the_box(line, block) == answer.hex(" ").upper()


def ask_the_box(line: serial.Serial, block: bytes) -> str:
    """The answer to a block; what the box heard by itself begins with an address, and may come between."""
    for _ in range(TRIES_OF_A_BLOCK):
        line.write(block)
        while said := line.readline().decode().strip():
            if said[:2] not in {"08", "30", "10"}:
                return str(said)
    raise AssertionError(f"the box does not answer {block.hex()}")


def play_a_card_reader(_: Workbench, line: serial.Serial) -> None:
    """The box is set up and switched on; a machine finds it, and it cannot approve what nobody asked for."""
    hosts = {each["what"]: each["line"] for each in vectors("mdb_slave")["host"]}
    boxes = {each["what"]: each["line"] for each in vectors("mdb_slave")["box"]}
    for what, answers in (
        ("switch the card reader off", ("a setting was taken",)),
        ("set its currency to euro", ("a setting was taken",)),
        ("switch it on", ("the machine never spoke to it", "the machine has set it up")),
    ):
        line.write(f"{hosts[what]}\n".encode())
        for answer in answers:
            assert line.readline().decode().strip() == boxes[answer]
    line.write(f"{hosts['approve a vend of 1.50']}\n".encode())
    while (said := line.readline().decode().strip()).startswith("c,STATUS"):
        pass
    assert said == 'c,ERR,"VEND -3"'


def hear_the_coil_board_and_check_a_slot(_: Workbench, line: serial.Serial) -> None:
    frames = vectors("fafb")
    poll = bytes.fromhex(next(each["bytes"] for each in frames["board"] if each["what"] == "poll"))
    ask = next(each["bytes"] for each in frames["host"] if each["what"] == "check slot 12, number 3")
    ack = bytes.fromhex(next(each["bytes"] for each in frames["host"] if each["what"] == "ack"))
    # It begins with a wish to synchronise, and repeats that until somebody answers.
    heard = line.read_until(b"\xfa\xfb\x31")
    heard += line.read(3)
    line.write(ack)
    assert line.read_until(poll).endswith(poll)
    line.write(bytes.fromhex(ask))
    assert line.read(len(ack)) == ack
    answer = line.read(9)
    assert (answer[:4], answer[5:8]) == (b"\xfa\xfb\x02\x04", b"\x01\x00\x0c")


def ask_the_k1_board(_: Workbench, line: serial.Serial) -> None:
    frames = vectors("k1")
    asked = {each["what"]: each["bytes"] for each in frames["host"]}
    said = {each["what"]: each["bytes"] for each in frames["board"]}
    exchange(line, asked["ping"], said["yes"])
    exchange(line, asked["status"], said["nothing turns"])
    exchange(line, asked["light barrier"], said["light barrier clear"])


def ask_the_printer(_: Workbench, line: serial.Serial) -> None:
    for vector in vectors("escpos")["status"]:
        if vector["scene"] == "well":
            exchange(line, vector["ask"], vector["answer"])


def hold_a_code_before_the_scanner(workbench: Workbench, line: serial.Serial) -> None:
    vector = next(each for each in vectors("scanner")["scan"] if not each["aim"] and each["text"].isascii())
    workbench.obey(f"scan {vector['text']}")
    expected = bytes.fromhex(vector["bytes"])
    assert line.read(len(expected)) == expected


SCRIPTS: Mapping[str, tuple[Callable[[Workbench, serial.Serial], None], Wishes]] = {
    "cctalk-coin": (ask_the_coin_acceptor, Wishes(serial=SERIAL)),
    "cctalk-hopper": (make_the_hopper_pay, Wishes(serial=SERIAL)),
    "cctalk-note": (ask_the_note_validator, Wishes(serial=SERIAL)),
    "mdb-qibixx": (speak_to_the_qibixx_box, Wishes()),
    "mdb-waferstar": (speak_to_the_waferstar_box, Wishes()),
    "mdb-machine": (play_a_card_reader, Wishes()),
    "ssp-note": (ask_the_note_unit, Wishes(serial=SSP_SERIAL)),
    "ssp-hopper": (ask_the_coin_unit, Wishes(serial=SSP_SERIAL, address=0)),
    "coil-board": (hear_the_coil_board_and_check_a_slot, Wishes()),
    "k1-board": (ask_the_k1_board, Wishes()),
    "printer": (ask_the_printer, Wishes()),
    "scanner": (hold_a_code_before_the_scanner, Wishes()),
}
"""What a stranger's host says to each simulator, in raw bytes of the vectors, and what it hears."""


@pytest.mark.parametrize("name", ALONE)
def test_each_simulator_alone_passes_its_script(tmp_path: Path, name: str) -> None:
    script, wishes = SCRIPTS[name]
    with alone(tmp_path, name, wishes) as (workbench, line):
        assert workbench.obey("show").startswith("power on, port /dev/")
        script(workbench, line)


SCENES = {
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
def test_a_printer_in_trouble_answers_the_worked_questions(tmp_path: Path, vector: dict[str, Any]) -> None:
    with alone(tmp_path, "printer", Wishes()) as (workbench, line):
        workbench.obey(SCENES[vector["scene"]])
        exchange(line, vector["ask"], vector["answer"])


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
