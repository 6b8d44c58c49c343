"""Traces as files: what is written is read again, and what is no trace is refused by its line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.driver import monotonic_ms
from hardware.port import READ_BYTES, MemoryLine, Passed
from hardware.trace import (
    FIRST_LINE,
    LONGEST_LINE,
    TraceError,
    TraceWriter,
    load_recording,
    read_recording,
    recording_tap,
)

PIECES = st.lists(
    st.tuples(st.integers(0, 100), st.booleans(), st.binary(min_size=1, max_size=40)), max_size=12
)


def written(*pieces: Passed, ended_ms: int | None = None) -> str:
    file = io.StringIO()
    writer = TraceWriter(file, protocol="cctalk", baud=9600, date="2026-11-22T02:30:00+00:00")
    for piece in pieces:
        writer.add(piece.at_ms, piece.data, is_outgoing=piece.is_outgoing)
    if ended_ms is not None:
        writer.end(ended_ms)
    return file.getvalue()


def test_a_trace_reads_as_a_person_would_write_it() -> None:
    text = written(
        Passed(7_000, True, b"\x02\x00\x01\xfe\xff"), Passed(7_009, False, b"\x01"), ended_ms=7_500
    )
    assert text.splitlines() == [
        FIRST_LINE,
        "# protocol: cctalk",
        "# baud: 9600",
        "# date: 2026-11-22T02:30:00+00:00",
        "0 > 02 00 01 FE FF",
        "9 < 01",
        "# ended: 500",
    ]


@given(PIECES)
def test_what_was_written_is_read_again(steps: list[tuple[int, bool, bytes]]) -> None:
    now_ms = 5_000
    pieces = []
    for pause_ms, is_outgoing, data in steps:
        now_ms += pause_ms
        pieces.append(Passed(now_ms, is_outgoing, data))
    recording = read_recording(written(*pieces).splitlines())
    first_ms = pieces[0].at_ms if pieces else 0
    assert recording.passed == tuple(
        Passed(each.at_ms - first_ms, each.is_outgoing, each.data) for each in pieces
    )
    assert (recording.protocol, recording.baud) == ("cctalk", 9600)


def test_a_piece_longer_than_a_read_is_written_in_parts() -> None:
    recording = read_recording(written(Passed(0, True, bytes(READ_BYTES + 3))).splitlines())
    assert [len(each.data) for each in recording.passed] == [READ_BYTES, 3]


def test_a_tap_writes_both_directions_and_remembers_them() -> None:
    line = MemoryLine()
    file = io.StringIO()
    tap = recording_tap(
        line.host, monotonic_ms, TraceWriter(file, protocol="scanner", baud=9600, date="today")
    )
    tap.open()
    tap.write(b"hello")
    line.send(b"you")
    assert tap.read() == b"you"
    line.close()
    assert [
        (each.is_outgoing, each.data) for each in read_recording(io.StringIO(file.getvalue())).passed
    ] == [
        (True, b"hello"),
        (False, b"you"),
    ]
    assert len(tap.trace.passed()) == 2


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "is empty"),
        (["something else"], ":1: a trace begins"),
        ([FIRST_LINE, "12 > 0G"], ":2: here stands a time"),
        ([FIRST_LINE, "12 = 00"], ":2: here stands a time"),
        ([FIRST_LINE, "5 > 00", "", "4 < 00"], ":4: 4 ms is before"),
        ([FIRST_LINE, "1 > " + "00 " * LONGEST_LINE], ":2: a line has at most"),
        ([FIRST_LINE, "# baud: fast"], "'baud' is a number"),
        ([FIRST_LINE, "# ended: soon"], "'ended' is a number"),
    ],
)
def test_what_is_no_trace_is_refused_with_its_line(lines: list[str], says: str) -> None:
    with pytest.raises(TraceError, match=says):
        read_recording(lines, "my.trace")


def test_comments_and_unknown_notes_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "my.trace"
    path.write_text(f"{FIRST_LINE}\n# the third machine on the left\n# place: cellar\n3 < 01\n")
    recording = load_recording(path)
    assert recording.notes == {"place": "cellar"}
    assert recording.ended_ms == 3


def test_a_file_that_is_no_text_is_refused_and_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(bytes(range(256)) * 100)
    with pytest.raises(TraceError, match=":1: a trace begins"):
        load_recording(path)
