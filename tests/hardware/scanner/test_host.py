from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.commands import Authority, SetAccept, TurnCoil
from hardware.events import CodeScanned, CodeUnreadable, DeviceEvent, Fault, LineNoise
from hardware.sansio import UnauthorizedError, WireError
from hardware.scanner.frames import GAP_MS, LONGEST, ScanReader
from hardware.scanner.host import BURST, BURST_MS, REPEAT_MS, Scanner
from hardware.scanner.messages import CodeText, read_code, write_code

NAME = "scanner"
VECTORS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parents[2] / "vectors" / "scanner.toml").read_text(encoding="utf-8")
)


def scanned(*arrivals: tuple[int, bytes], until_ms: int | None = None) -> tuple[DeviceEvent, ...]:
    """Events of bytes that arrive at their times, and of the time after them."""
    host = Scanner(NAME)
    for at_ms, data in arrivals:
        host.receive(data, at_ms)
    if until_ms is not None:
        host.tick(until_ms)
    return host.events()


@pytest.mark.parametrize("vector", VECTORS["scan"], ids=[vector["what"] for vector in VECTORS["scan"]])
def test_each_worked_scan_says_what_it_should(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    assert scanned((0, data)) == (CodeScanned(NAME, vector["text"], vector["aim"]),)


@pytest.mark.parametrize(
    "vector", VECTORS["unreadable"], ids=[vector["what"] for vector in VECTORS["unreadable"]]
)
def test_each_scan_that_is_no_code_is_unreadable(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    assert scanned((0, data)) == (CodeUnreadable(NAME, Fault.UNREADABLE, vector["size"]),)


def test_a_pause_ends_a_code_without_suffix_and_not_before() -> None:
    host = Scanner(NAME)
    host.receive(b"9638", 0)
    host.receive(b"5074", GAP_MS - 1)
    assert host.wake_at_ms == 2 * GAP_MS - 1
    host.tick(2 * GAP_MS - 2)
    assert host.events() == ()
    host.tick(2 * GAP_MS - 1)
    assert host.events() == (CodeScanned(NAME, "96385074"),)


def test_two_codes_without_suffix_are_told_apart_by_the_pause_even_without_a_tick() -> None:
    assert scanned((0, b"111"), (GAP_MS, b"222"), until_ms=400) == (
        CodeScanned(NAME, "111"),
        CodeScanned(NAME, "222"),
    )


def test_an_idle_scanner_wants_nothing_and_is_never_lost() -> None:
    host = Scanner(NAME)
    assert host.wake_at_ms is None
    host.tick(10**9)
    assert host.events() == ()
    assert host.wake_at_ms is None
    assert host.bytes_to_send() == b""


@pytest.mark.parametrize("ends", [b"\r", b"\n", b"\r\n", b"\n\r", b"\r\r\n\n"])
def test_every_form_of_line_end_ends_one_code(ends: bytes) -> None:
    assert scanned((0, b"111" + ends + b"222" + ends)) == (CodeScanned(NAME, "111"), CodeScanned(NAME, "222"))


def test_the_longest_code_is_read_and_one_byte_more_is_too_long() -> None:
    assert scanned((0, b"7" * LONGEST + b"\r")) == (CodeScanned(NAME, "7" * LONGEST),)
    assert scanned((0, b"7" * (LONGEST + 1) + b"\r")) == (CodeUnreadable(NAME, Fault.TOO_LONG, LONGEST + 1),)


def test_the_rest_of_a_code_that_is_too_long_is_no_code_of_its_own() -> None:
    events = scanned((0, b"7" * 4_000), (50, b"5010331571617\r96385074\r"))
    assert events == (CodeUnreadable(NAME, Fault.TOO_LONG, 4_013), CodeScanned(NAME, "96385074"))


def test_a_double_read_is_one_scan_and_a_deliberate_second_scan_is_another() -> None:
    assert len(scanned((0, b"111\r"), (REPEAT_MS - 1, b"111\r"))) == 1
    assert len(scanned((0, b"111\r"), (REPEAT_MS, b"111\r"))) == 2


def test_goods_held_under_the_beam_are_one_item() -> None:
    assert len(scanned(*[(at_ms, b"111\r") for at_ms in range(0, 5_000, 500)])) == 1


def test_the_same_code_after_another_is_a_second_item_however_soon() -> None:
    assert len(scanned((0, b"111\r"), (100, b"222\r"), (200, b"111\r"))) == 3


def test_a_burst_that_no_hand_makes_is_cut_off_and_its_rest_counted() -> None:
    host = Scanner(NAME)
    host.receive(b"".join(b"%04d\r" % number for number in range(1_000)), 0)
    assert len(host.events()) == BURST
    assert host.wake_at_ms == BURST_MS
    host.tick(BURST_MS)
    assert host.events() == (LineNoise(NAME, 4 * (1_000 - BURST)),)
    host.receive(b"5010331571617\r", BURST_MS + 1)
    assert host.events() == (CodeScanned(NAME, "5010331571617"),)


def test_a_quick_hand_is_no_burst() -> None:
    arrivals = [(at_ms, b"%d\r" % at_ms) for at_ms in range(0, 60_000, 200)]
    assert len(scanned(*arrivals)) == len(arrivals)


def test_the_sensible_parts_of_a_text_stay_as_they_are() -> None:
    assert read_code(b" AB 12 ") == CodeText("AB 12")
    assert read_code(b"]x") == CodeText("]x")
    assert read_code("\u001d10LOT\u001d".encode()) == CodeText("\u001d10LOT\u001d")
    assert read_code("سیب".encode()) == CodeText("سیب")
    assert read_code("\u2066\u06f1\u0662\uff13\u2069".encode()) == CodeText("123")
    assert read_code("]E\u06f0\u06f1".encode()) == CodeText("1", "E0")


@pytest.mark.parametrize("bad", ["\u200b1", "1\u2028", "\x7f1", "1\x851", "\ue000", "\u200f\u200e"])
def test_what_no_eye_can_see_makes_a_code_unreadable(bad: str) -> None:
    assert read_code(bad.encode()) is None


def test_a_scanner_does_no_work() -> None:
    with pytest.raises(UnauthorizedError):
        Scanner(NAME).request(TurnCoil(NAME, "job", 1))
    with pytest.raises(WireError):
        Scanner(NAME).request(TurnCoil(NAME, "job", 1), Authority(1, 1))
    with pytest.raises(WireError):
        Scanner(NAME).request(SetAccept(NAME, ()))


codes = st.builds(
    CodeText,
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="]"), min_size=1),
    st.sampled_from(["", "E0", "E4", "C0", "C1", "d1", "d2", "Q1", "Q3", "e0", "I1"]),
)


@given(codes)
def test_what_is_written_reads_back(code: CodeText) -> None:
    assert read_code(write_code(code)) == code


@given(st.binary(max_size=300))
def test_any_bytes_are_read_as_a_printable_code_or_as_none(data: bytes) -> None:
    code = read_code(data)
    assert code is None or all(one.isprintable() or one == "\x1d" for one in code.text)
    assert code is None or not any(one.isdecimal() and not one.isascii() for one in code.text)


alphabet = st.sampled_from([b"1", b"22", b"\r", b"\n", b"\x1d", b"\x07", b"\xff", "۱".encode(), b"7" * 60])


@given(st.lists(st.tuples(st.lists(alphabet, max_size=6), st.integers(0, 300))), st.data())
def test_any_split_of_the_bytes_gives_the_same_events(
    arrivals: list[tuple[list[bytes], int]], data: st.DataObject
) -> None:
    whole, pieces = Scanner(NAME), Scanner(NAME)
    now_ms = 0
    for parts, pause_ms in arrivals:
        now_ms += pause_ms
        stream = b"".join(parts)
        whole.receive(stream, now_ms)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=4)))
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            pieces.receive(stream[start:end], now_ms)
    whole.tick(now_ms + BURST_MS)
    pieces.tick(now_ms + BURST_MS)
    assert pieces.events() == whole.events()


@given(st.lists(st.binary(max_size=1_000), max_size=10), st.integers(1, 64))
def test_the_buffer_stays_small_whatever_comes(chunks: list[bytes], longest: int) -> None:
    reader = ScanReader(longest=longest)
    for chunk in chunks:
        for scan in reader.feed(chunk, 0):
            assert len(scan.data) <= longest
        assert len(reader._held) <= longest
