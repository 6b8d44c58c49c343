"""EVA-DTS files: a public example byte for byte, our own round trip, and strangers' bad ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.fleet.evadts import (
    CHECKSUM,
    MOST_BYTES,
    AuditFile,
    Segment,
    moved_by,
    read_file,
    slots_of,
    sums_that_differ,
    write_file,
)

EXAMPLE = (
    b"DXS*KSK0000001*VA*V0/6*1\r\nST*001*0001\r\nID1*KSK000001*KIOSK*0100*LOBBY**A-17\r\nID4*2*1978*EUR\r\n"
    b"VA1*400*5*150*2\r\nCA2*200*3*50*1\r\nDA2*200*2*100*1\r\nCA3*100*0*0*1*250*50*0*2\r\nPA1*11*50*WATER\r\n"
    b"PA2*2*100*1*50\r\nPA1*12*100*CRISPS\r\nPA2*3*300*1*100\r\nEA3*4\r\nEA7*1*2\r\nG85*8F87\r\nSE*15*0001\r\nDXE*1*1\r\n"
)
"""Checksum and count computed by hand from the standard's rules, independently of this code."""


def test_the_checksum_is_the_one_that_the_catalogue_of_crcs_calls_arc() -> None:
    assert CHECKSUM.checksum(b"123456789") == 0xBB3D


def test_the_example_is_read_and_written_byte_for_byte() -> None:
    file = read_file(EXAMPLE)
    assert file.problems == ()
    assert sums_that_differ(file) == ()
    assert (file.sender, file.decimals, file.number("VA1", 1), file.first("ID1").text(6)) == (
        "KSK0000001",
        2,
        400,
        "A-17",
    )
    assert slots_of(file)["12"]["PA2"].elements == ("3", "300", "1", "100")
    assert write_file(file) == EXAMPLE


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\n\n"])
def test_other_line_ends_are_read_as_the_right_ones(end: bytes) -> None:
    assert read_file(EXAMPLE.replace(b"\r\n", end)).problems == ()


@pytest.mark.parametrize(
    ("was", "now", "key"),
    [
        (b"VA1*400", b"VA1*410", "checksum_differs"),
        (b"SE*15", b"SE*16", "lines_differ"),
        (b"DXS*KSK0000001*VA*V0/6*1\r\n", b"", "no_envelope"),
        (b"G85*8F87\r\n", b"", "no_checksum"),
        (b"EA3*4", b"EA3*\x81", "not_a_line"),
        (b"EA3*4", b"<html>", "not_a_line"),
        (b"EA3*4", b"EA3*" + b"4" * 2_000, "not_a_line"),
    ],
)
def test_what_does_not_fit_is_told_and_the_rest_is_read(was: bytes, now: bytes, key: str) -> None:
    file = read_file(EXAMPLE.replace(was, now))
    assert key in {problem[0] for problem in file.problems}
    assert file.number("CA2", 1) == 200


@pytest.mark.parametrize(
    ("was", "now", "name"),
    [
        (b"VA1*400*5*150*2", b"VA1*500*5*150*2", "VA101"),
        (b"VA1*400*5*150*2", b"VA1*400*6*150*2", "VA102"),
        (b"VA1*400*5*150*2", b"VA1*400*5*100*2", "VA103"),
        (b"CA3*100*0*0*1*250*50*0*2", b"CA3*100*0*0*1*250*50*0*2**300", "CA305"),
    ],
)
def test_figures_that_contradict_each_other_are_named(was: bytes, now: bytes, name: str) -> None:
    (problem,) = sums_that_differ(read_file(EXAMPLE.replace(was, now)))
    assert problem[0] == "sums_differ"
    assert problem[1].startswith(name)


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    file = read_file(data)
    assert file.problems
    sums_that_differ(file)


@given(st.text(max_size=40))
def test_any_text_comes_back_from_an_element(text: str) -> None:
    file = AuditFile("S", (Segment("ID1", (text, "x")),))
    again = read_file(write_file(file))
    assert again.problems == ()
    assert again.first("ID1").text(1) == text


def test_a_giant_is_not_read_whole() -> None:
    file = read_file(EXAMPLE + b"\r\n" * MOST_BYTES)
    assert file.problems[0][0] == "too_long"
    assert file.number("VA1", 1) == 400


@pytest.mark.parametrize(("was", "now", "moved"), [(5, 9, 4), (99_999_998, 3, 5), (7, 7, 0)])
def test_a_counter_goes_round_once(was: int, now: int, moved: int) -> None:
    assert moved_by(was, now) == moved
