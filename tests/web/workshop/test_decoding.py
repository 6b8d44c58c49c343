"""What passed on a wire is shown as frames in words, once, and never breaks on rubbish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.port import Passed
from web.workshop.decoding import LINES, spoken

SIMPLE_POLL = bytes.fromhex("02 00 01 FE FF")
ACK = bytes.fromhex("01 00 02 00 FD")


def test_a_cctalk_talk_is_shown_without_its_echo() -> None:
    talk = spoken(
        "cctalk",
        [
            Passed(10, is_outgoing=True, data=SIMPLE_POLL[:2]),
            Passed(12, is_outgoing=False, data=SIMPLE_POLL[:2]),
            Passed(14, is_outgoing=True, data=SIMPLE_POLL[2:]),
            Passed(16, is_outgoing=False, data=SIMPLE_POLL[2:] + ACK),
        ],
    )
    assert [(line.is_from_host, line.hex, line.text) for line in talk] == [
        (True, "02 00 01 FE FF", "to 2 (coin acceptor): simple poll"),
        (False, "01 00 02 00 FD", "from 2 (coin acceptor): yes (ACK)"),
    ]


def test_a_coil_boards_poll_is_named() -> None:
    (line,) = spoken("fafb", [Passed(5, is_outgoing=False, data=bytes.fromhex("FA FB 41 00 40"))])
    assert (line.at_ms, line.is_from_host, line.hex) == (5, False, "FA FB 41 00 40")
    assert "poll" in line.text


def test_a_scan_is_shown_as_the_letters_it_carried() -> None:
    pieces = [Passed(5, is_outgoing=False, data=b"4006381"), Passed(9, is_outgoing=False, data=b"333931\r")]
    (line,) = spoken("scanner", pieces)
    assert line.text == "code '4006381333931'"
    assert line.hex.startswith("34 30 30 36")


def test_a_long_run_of_bytes_is_cut_and_counted() -> None:
    picture = b"\x1dv0\x00" + (8).to_bytes(2, "little") + (600).to_bytes(2, "little") + bytes(4800)
    (line,) = spoken("escpos", [Passed(5, is_outgoing=True, data=picture)])
    assert line.hex.endswith("... (4808 bytes)")
    assert len(line.hex) < 100
    assert len(line.text) < 100


def test_idle_rounds_are_told_once_with_their_number() -> None:
    one_round = [Passed(0, is_outgoing=True, data=b"a?"), Passed(1, is_outgoing=False, data=b"a!")]
    other = [Passed(2, is_outgoing=True, data=b"b?"), Passed(3, is_outgoing=False, data=b"b!")]
    event = [Passed(4, is_outgoing=True, data=b"pay"), Passed(5, is_outgoing=False, data=b"paid")]
    talk = spoken("unheard-of", [*one_round, *other] * 3 + event + one_round * 2 + event)
    assert [(line.text, line.times) for line in talk] == [
        ("a?", 3), ("a!", 3), ("b?", 3), ("b!", 3), ("pay", 1), ("paid", 1), ("a?", 2), ("a!", 2), ("pay", 1), ("paid", 1),
    ]  # fmt: skip


@given(
    st.sampled_from(["cctalk", "fafb", "scanner", "escpos", "unheard-of"]),
    st.lists(st.tuples(st.integers(0, 500), st.booleans(), st.binary(max_size=40)), max_size=80),
)
def test_rubbish_is_shown_or_skipped_but_never_breaks_the_page(
    protocol: str, pieces: list[tuple[int, bool, bytes]]
) -> None:
    at_ms, passed = 0, []
    for later_ms, is_outgoing, data in pieces:
        at_ms += later_ms
        passed.append(Passed(at_ms, is_outgoing, data))
    lines = spoken(protocol, passed)
    assert len(lines) <= LINES
    assert all(line.text.isprintable() for line in lines)


@pytest.mark.parametrize("protocol", ["cctalk", "fafb", "scanner", "escpos"])
def test_a_silent_wire_has_no_lines(protocol: str) -> None:
    assert spoken(protocol, []) == ()
