"""Every wire in words: no byte is left out, any splitting says the same, and what would move something is called so."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.events import (
    AcceptorIdentified,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    EvidenceCard,
    Fault,
    HopperIdentified,
    LineNoise,
    Paper,
    PrinterStatus,
)
from hardware.mdb import qibixx, waferstar
from hardware.mdb.frames import seal, unseal
from hardware.port import Passed
from hardware.wires.advice import FAULTS, advice, card_lines, words
from hardware.wires.table import WIRES
from hardware.wires.wire import NO_MESSAGE, Said, overheard, physical_acts

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((VECTORS / f"{name}.toml").read_text("utf-8"))


def heard(protocol: str, *pieces: tuple[bool, str], apart_ms: int = 10) -> list[Said]:
    passed = [
        Passed(number * apart_ms, way, bytes.fromhex(data)) for number, (way, data) in enumerate(pieces)
    ]
    return list(overheard(passed, WIRES[protocol].ear()))


@pytest.mark.parametrize("vector", vectors("cctalk")["exchange"], ids=lambda vector: vector["what"])
def test_each_worked_cctalk_exchange_is_understood_on_both_ways(vector: dict[str, Any]) -> None:
    said = heard("cctalk", (True, vector["ask"]), (False, f"{vector['ask']} {vector['answer']}"))
    assert [each.data.hex(" ").upper() for each in said] == [vector["ask"], vector["ask"], vector["answer"]]
    assert said[1].text == "echo"
    assert NO_MESSAGE not in {each.text for each in said}


@pytest.mark.parametrize(
    ("ask", "answer", "words"),
    [
        ("02 00 01 F2 0B", "01 03 02 00 4E 61 BC 8F", "serial is 12345678"),
        (
            "02 00 01 E5 18",
            "01 0B 02 00 03 04 02 00 02 03 01 00 00 00 00 E3",
            "counter 3, newest first: coin 4 on path 2; error 2 (refused); coin 3 on path 1",
        ),
        ("03 00 01 A6 56", "01 04 03 00 01 02 03 00 F2", "command 1: 2 to pay, 3 paid, 0 unpaid"),
        ("03 04 01 A7 4E 61 BC 05 E1", "01 00 03 05 F7", "refused (NAK)"),
    ],
)
def test_a_cctalk_answer_is_told_by_what_was_asked(ask: str, answer: str, words: str) -> None:
    assert words in heard("cctalk", (True, ask), (False, answer))[-1].text


@pytest.mark.parametrize("name", ["fafb", "k1"])
def test_each_worked_frame_of_a_board_is_one_message(name: str) -> None:
    for way, part in ((True, "host"), (False, "board")):
        for vector in vectors(name)[part]:
            said = heard(name, (way, vector["bytes"]))
            assert [each.data.hex(" ").upper() for each in said] == [vector["bytes"]], vector["what"]
            assert said[0].text != NO_MESSAGE


@pytest.mark.parametrize("vector", vectors("ssp")["frame"], ids=lambda vector: vector["what"])
def test_each_worked_ssp_frame_is_one_message_on_either_way(vector: dict[str, Any]) -> None:
    for way in (True, False):
        said = heard("ssp", (way, vector["raw"]))
        assert [each.data.hex(" ").upper() for each in said] == [vector["raw"]]
        assert said[0].text != NO_MESSAGE


def test_an_ssp_answer_is_told_by_what_was_asked() -> None:
    asked = {vector["what"]: vector for vector in vectors("ssp")["frame"] if "answer" in vector}
    serial = asked["serial number, answer 1873452"]
    assert heard("ssp", (True, serial["raw"]), (False, serial["answer"]))[-1].text.endswith(
        "serial is 1873452"
    )
    poll = asked["poll, sequence 1"]
    assert "reset" in heard("ssp", (True, poll["raw"]), (False, poll["answer"]))[-1].text


def blocks() -> list[tuple[bytes, bytes]]:
    """Every worked MDB exchange: what the master sends without its sum, and the content of the answer."""
    found = []
    for name, rows in vectors("mdb").items():
        for row in rows:
            if "vmc" in row and "peripheral" in row:
                answer = bytes.fromhex(row["peripheral"])
                content = unseal(answer) if len(answer) > 1 else b""
                assert content is not None, (name, row["what"])
                found.append((bytes.fromhex(row["vmc"])[:-1], content))
    return found


@pytest.mark.parametrize("box", ["mdb-qibixx", "mdb-waferstar"])
def test_each_worked_mdb_exchange_is_told_behind_both_boxes(box: str) -> None:
    assert blocks()
    for block, content in blocks():
        if box == "mdb-qibixx":
            ask, answer = qibixx.order_line(block), qibixx.answer_line(content)
        else:
            ask, answer = block, waferstar.answer_line(seal(content) if content else b"\x00")
        asked, answered = heard(box, (True, ask.hex()), (False, answer.hex()), apart_ms=50)
        assert (asked.data, answered.data) == (ask, answer)
        assert NO_MESSAGE not in {asked.text, answered.text}
        assert (answered.text == "ACK") == (not content)


def test_coins_of_a_changer_are_told_by_their_type() -> None:
    polled = (True, qibixx.order_line(b"\x0b").hex())
    said = heard("mdb-qibixx", polled, (False, qibixx.answer_line(bytes.fromhex("53 09 51 10")).hex()))
    assert said[-1].text == "coin type 3 to tube, 9 in its tube; coin type 1 to tube, 16 in its tube"
    by_itself = heard("mdb-waferstar", (False, waferstar.report_line(8, bytes.fromhex("53 09")).hex()))
    assert by_itself[0].text == "unasked, coin changer: coin type 3 to tube, 9 in its tube"


def test_a_block_without_an_end_is_told_before_its_answer_however_quick_that_is() -> None:
    line = waferstar.answer_line(bytes.fromhex("44 00 44"))
    said = heard("mdb-waferstar", (True, "0B"), (False, line[:4].hex()), (False, line[4:].hex()), apart_ms=5)
    assert [each.text for each in said] == ["coin changer: poll", "coin type 4 to cash box, 0 in its tube"]


def test_a_printers_answers_are_told_by_what_was_asked() -> None:
    told = [
        heard("escpos", (True, vector["ask"]), (False, vector["answer"]))[-1].text
        for vector in vectors("escpos")["status"]
        if vector["ask"].startswith("10 04")
    ]
    assert {"printer: on line", "printer: OFF LINE", "paper: well"} <= set(told)
    assert not any(NO_MESSAGE in text for text in told)


def test_a_receipt_is_told_order_by_order() -> None:
    said = heard("escpos", (True, "1B 40 48 65 6C 6C 6F 0A 1D 56 42 00 10 04 01"))
    assert [each.text for each in said] == [
        "begin anew",
        "text 'Hello'",
        "line feed",
        "cut 42 00",
        "status of: printer?",
    ]


@pytest.mark.parametrize("vector", vectors("scanner")["scan"], ids=lambda vector: vector["what"])
def test_each_worked_scan_is_told_as_its_text(vector: dict[str, Any]) -> None:
    said = heard("scanner", (False, vector["bytes"]))
    assert len(said) == 1
    assert vector["text"] in said[0].text


def test_a_code_without_suffix_is_told_after_its_pause() -> None:
    said = heard("scanner", (False, "35 36"), (False, "37 38 0D"), apart_ms=500)
    assert [each.text for each in said] == ["code '56', without a suffix", "code '78'"]


GOOD = {
    "cctalk": ["02 00 01 FE FF", "02 00 01 FE FF 01 00 02 00 FD"],
    "fafb": ["FA FB 42 00 43", "FA FB 41 00 40"],
    "k1": ["35 30 05 10 10", "35 30 07 10 28 11 2B"],
    "escpos": ["10 04 01 1D 72 01 41 42", "12 14 00 00 0F"],
    "scanner": ["00", "35 36 37 0D"],
    "ssp": ["7F 80 01 0C 2B 82", "7F 80 05 F0 00 1C 96 2C D4 97"],
    "mdb-qibixx": ["52 2C 30 42 0A", "70 2C 35 33 30 39 0D 0A"],
    "mdb-waferstar": ["0B", "35 33 20 30 39 20 35 43 20 0D 0A"],
}


@given(
    name=st.sampled_from(sorted(GOOD)),
    pieces=st.lists(st.tuples(st.booleans(), st.integers(0, 300), st.binary(max_size=30)), max_size=20),
)
def test_no_byte_is_left_out_whatever_passes(name: str, pieces: list[tuple[bool, int, bytes]]) -> None:
    now_ms = 0
    passed = []
    for way, pause_ms, data in pieces:
        now_ms += pause_ms
        passed.append(Passed(now_ms, way, data))
    said = list(overheard(passed, WIRES[name].ear()))
    for way in (True, False):
        put_in = b"".join(each.data for each in passed if each.is_outgoing is way)
        assert b"".join(each.data for each in said if each.is_from_host is way) == put_in
    assert all(each.text and each.data for each in said)


@given(name=st.sampled_from(sorted(GOOD)), cuts=st.lists(st.integers(1, 5), min_size=20, max_size=20))
def test_any_splitting_of_good_bytes_says_the_same(name: str, cuts: list[int]) -> None:
    def messages(*, is_split: bool) -> list[tuple[bool, bytes, str]]:
        passed: list[Passed] = []
        for way, text in zip((True, False), GOOD[name], strict=True):
            data = bytes.fromhex(text)
            sizes = iter(cuts if is_split else [len(data)] * 20)
            while data:
                size = next(sizes, len(data))
                passed.append(Passed(0, way, data[:size]))
                data = data[size:]
        return [(each.is_from_host, each.data, each.text) for each in overheard(passed, WIRES[name].ear())]

    split = messages(is_split=True)
    if name == "escpos":  # letters are told as they come; their text is the same
        split = [each for each in split if not each[2].startswith("text")]
        assert split == [each for each in messages(is_split=False) if not each[2].startswith("text")]
    else:
        assert split == messages(is_split=False)


@pytest.mark.parametrize(
    ("protocol", "data", "act"),
    [
        ("cctalk", "03 04 01 A7 4E 61 BC 05 E1", "pays coins"),
        ("cctalk", "28 01 01 9A 01 3B", "stacks or returns a note"),
        ("cctalk", "02 00 01 FE FF 03 04 01 A7 4E 61 BC 05 E1", "pays coins"),
        ("ssp", "7F 80 09 33 F4 01 00 00 45 55 52 58 C3 EE", "pays money"),
        ("mdb-qibixx", b"R,0D,23\n".hex(), "pays coins"),
        ("mdb-qibixx", b"R,35,01\r\n".hex(), "keeps or returns a note"),
        ("mdb-qibixx", b"R,13,000064FFFF\n".hex(), "sells by card"),
        ("mdb-qibixx", b"D,REQ,1.00,5\n".hex(), "asks a card for money"),
        ("mdb-waferstar", "0D 23", "pays coins"),
        ("mdb-waferstar", "37 06 01 00 02", "pays notes"),
        ("fafb", "FA FB 06 05 01 01 00 00 0C 0E", "turns a coil"),
        ("k1", "35 30 06 13 13 03", "turns a motor"),
        ("k1", "35 26 06 11 01 05", "switches a relay"),
        ("escpos", "1B 70 00 19 19", "opens the drawer"),
        ("escpos", "10 14 01 00 01", "opens the drawer"),
        ("escpos", "41 0A", "prints"),
        ("escpos", "1D 56 00", "cuts"),
        ("escpos", "10 05 02", "recovers from an error"),
    ],
)
def test_what_would_move_something_is_called_so(protocol: str, data: str, act: str) -> None:
    assert act in physical_acts(bytes.fromhex(data), WIRES[protocol].ear())


@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        ("cctalk", "02 00 01 E5 18"),
        ("cctalk", "02 01 01 E4 01 17"),
        ("fafb", "FA FB 42 00 43"),
        ("fafb", "FA FB 01 03 03 00 0C 0C"),
        ("k1", "35 30 05 12 12"),
        ("ssp", "7F 80 01 07 12 02"),
        ("mdb-qibixx", b"R,0B\nR,0C,FFFFFFFF\nV\nM,1\n".hex()),
        ("mdb-waferstar", "0C FF FF FF FF"),
        ("escpos", "10 04 01 10 04 02 1D 61 0F 1D 72 01 1D 49 41"),
        ("scanner", "41"),
    ],
)
def test_mere_questions_move_nothing(protocol: str, data: str) -> None:
    assert physical_acts(bytes.fromhex(data), WIRES[protocol].ear()) == ()


def test_a_lost_board_is_said_to_poll_by_itself_only_where_it_does() -> None:
    lost = DeviceLost("coils", DeviceKind.COIL_BOARD)
    assert "polls by itself" in advice(lost, "fafb")
    assert "polls by itself" not in advice(lost, "k1")


def test_every_fault_says_what_to_do_and_only_an_unspecified_one_sends_to_the_manual() -> None:
    assert set(Fault) - set(FAULTS) == {Fault.UNSPECIFIED}


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (DeviceLost("coin", DeviceKind.COIN_ACCEPTOR), "is it powered"),
        (DeviceLost("coils", DeviceKind.COIL_BOARD), "is it powered"),
        (DeviceLost("coin", DeviceKind.COIN_ACCEPTOR, Fault.ADDRESS_CLASH), "unplug one"),
        (DeviceFaulted("notes", DeviceKind.NOTE_VALIDATOR, Fault.WRONG_SCALE, 6520), "compare its currency"),
        (
            DeviceLost("coin", DeviceKind.COIN_ACCEPTOR, Fault.UNSPECIFIED),
            "no coin acceptor: look at its address",
        ),
        (DeviceFaulted("hopper", DeviceKind.HOPPER, Fault.JAM), "take out what jams it"),
        (AcceptorIdentified("coin", 1, 1, 0, None, restarted=False), "no counts per position"),
        (AcceptorIdentified("coin", 1, 1, 0, None, restarted=False, has_counter=False), "counts no events"),
        (HopperIdentified("hopper", 1, None, is_low=False, lost_power=False), "no lifetime count"),
        (HopperIdentified("hopper", 1, 5, is_low=True, lost_power=False), "fill it"),
        (LineNoise("coin", 80), "another speed"),
        (PrinterStatus("p", Paper.OUT, False, False, Fault.PAPER_OUT), "new roll in"),
        (PrinterStatus("p", Paper.LOW, True, False), "new roll ready"),
        (PrinterStatus("p", Paper.OK, True, False), ""),
    ],
)
def test_an_event_says_what_to_do_next(event: DeviceEvent, says: str) -> None:
    assert says in advice(event)
    assert bool(advice(event)) == bool(says)
    assert words(event).split(":")[0].replace(" ", "") == type(event).__name__.lower()


@pytest.mark.parametrize("wire", WIRES)
def test_every_kind_on_a_wire_has_its_evidence_card_in_words(wire: str) -> None:
    row = WIRES[wire]
    assert set(row.kinds.values()) <= set(row.cards)
    for card in row.cards.values():
        lines = card_lines(card)
        assert len(lines) == len(fields(EvidenceCard))
        assert all(": " in line and "_" not in line for line in lines)
