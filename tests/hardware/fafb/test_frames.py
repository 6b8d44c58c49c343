from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.fafb import messages
from hardware.fafb.frames import GAP_MS, MAX_DATA, Frame, FrameReader, encode
from hardware.fafb.messages import Drive, DriveStatus, SlotAnswer, SlotReport
from hardware.sansio import WireError

VECTORS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parents[2] / "vectors" / "fafb.toml").read_text(encoding="utf-8")
)
ALL = VECTORS["host"] + VECTORS["board"]

frames = st.builds(Frame, st.integers(0, 255), st.binary(max_size=MAX_DATA))
numbers = st.integers(1, 255)
slots = st.integers(1, 0xFFFF)


def read(data: bytes) -> tuple[Frame, ...]:
    return FrameReader().feed(data, 0)


@pytest.mark.parametrize("vector", ALL, ids=[vector["what"] for vector in ALL])
def test_each_worked_frame_reads_and_writes_as_printed(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    (frame,) = read(data)
    assert encode(frame) == data
    if "drive" in vector:
        order = Drive(**vector["drive"])
        assert messages.drive(order) == frame
        assert messages.read_drive(frame) == order
    if "check" in vector:
        assert messages.check_slot(**vector["check"]) == frame
        assert messages.read_checked_slot(frame) == vector["check"]["slot"]
    if "answer" in vector:
        answer = SlotAnswer(**vector["answer"])
        assert messages.slot_answer(answer) == frame
        assert messages.read_slot_answer(frame) == answer
    if "status" in vector:
        status = DriveStatus(**vector["status"])
        assert messages.drive_status(status) == frame
        assert messages.read_drive_status(frame) == status


@given(frames)
def test_what_is_written_reads_back(frame: Frame) -> None:
    assert read(encode(frame)) == (frame,)


@given(numbers, slots, st.booleans(), st.booleans())
def test_every_order_to_turn_reads_back(number: int, slot: int, watches: bool, elevator: bool) -> None:
    order = Drive(number, slot, watches_drop=watches, uses_elevator=elevator)
    assert messages.read_drive(messages.drive(order)) == order


@given(numbers, slots, st.integers(0, 255), st.integers(0, 255), st.booleans())
def test_every_line_of_the_book_reads_back(
    number: int, slot: int, stock: int, capacity: int, is_paused: bool
) -> None:
    report = SlotReport(number, slot, stock, capacity, is_paused=is_paused)
    assert messages.read_slot_report(messages.slot_report(report)) == report


@given(st.lists(frames, max_size=4), st.binary(max_size=40), st.data())
def test_any_split_of_the_bytes_gives_the_same_frames(
    sent: list[Frame], noise: bytes, data: st.DataObject
) -> None:
    stream = noise + b"".join(encode(frame) for frame in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    whole, pieces = FrameReader(), FrameReader()
    got: list[Frame] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got += pieces.feed(stream[start:end], 0)
    assert tuple(got) == whole.feed(stream, 0)
    assert pieces.dropped == whole.dropped
    assert pieces.expire(GAP_MS) == whole.expire(GAP_MS)


@given(st.binary(max_size=2_000), frames)
def test_a_frame_after_any_rubbish_and_a_gap_is_found(rubbish: bytes, frame: Frame) -> None:
    reader = FrameReader()
    reader.feed(rubbish, 0)
    assert reader.feed(encode(frame), GAP_MS)[-1] == frame


@given(frames, st.integers(0), st.integers(0, 7))
def test_one_flipped_bit_never_reads_as_a_frame_of_the_same_code_and_size(
    frame: Frame, at: int, bit: int
) -> None:
    data = bytearray(encode(frame))
    data[at % len(data)] ^= 1 << bit
    found = FrameReader().feed(bytes(data), 0)
    assert all((one.code, len(one.data)) != (frame.code, len(frame.data)) for one in found)


@given(st.lists(st.binary(max_size=500), max_size=10))
def test_the_buffer_stays_small_whatever_comes(chunks: list[bytes]) -> None:
    reader = FrameReader()
    for chunk in chunks:
        reader.feed(chunk, 0)
        assert len(reader._held) <= MAX_DATA + 5


def test_a_frame_that_stops_is_dropped_after_the_gap_and_not_before() -> None:
    reader = FrameReader()
    assert reader.feed(bytes.fromhex("FA FB 41"), 0) == ()
    assert reader.due_ms == GAP_MS
    assert reader.expire(GAP_MS - 1) == ()
    assert reader.feed(bytes.fromhex("00 40"), GAP_MS - 1) == (messages.POLL,)


def test_a_dropped_start_of_a_frame_is_counted_and_no_longer_waited_for() -> None:
    reader = FrameReader()
    reader.feed(bytes.fromhex("FA FB 41"), 100)
    assert reader.expire(100 + GAP_MS) == ()
    assert reader.due_ms is None
    assert reader.dropped == 3


def test_a_good_frame_inside_a_broken_off_one_is_found_after_the_gap() -> None:
    reader = FrameReader()
    assert reader.feed(bytes.fromhex("FA FB 41 20") + encode(messages.ACK), 0) == ()
    assert reader.expire(GAP_MS) == (messages.ACK,)
    assert reader.dropped == 4


def test_a_length_that_no_message_has_is_damage_and_costs_no_wait() -> None:
    assert read(bytes.fromhex("FA FB 41 F0") + encode(messages.POLL)) == (messages.POLL,)


@pytest.mark.parametrize("frame", [Frame(256), Frame(-1), Frame(1, bytes(MAX_DATA + 1))])
def test_what_fits_no_frame_is_refused(frame: Frame) -> None:
    with pytest.raises(WireError):
        encode(frame)


@pytest.mark.parametrize(("number", "slot"), [(0, 1), (256, 1), (1, 0), (1, 0x10000)])
def test_numbers_and_slots_out_of_range_are_refused(number: int, slot: int) -> None:
    with pytest.raises(WireError):
        messages.check_slot(number, slot)


def test_packet_numbers_run_from_1_to_255_and_begin_again() -> None:
    assert [messages.next_number(number) for number in (0, 1, 254, 255)] == [1, 2, 255, 1]


@pytest.mark.parametrize("code", [0x01, 0x02, 0x04, 0x06, 0x11])
@given(data=st.binary(max_size=20))
def test_messages_with_any_content_are_read_or_left_but_never_raise(code: int, data: bytes) -> None:
    frame = Frame(code, data)
    readings = [
        messages.read_checked_slot(frame),
        messages.read_slot_answer(frame),
        messages.read_drive_status(frame),
        messages.read_drive(frame),
        messages.read_slot_report(frame),
    ]
    assert sum(reading is not None for reading in readings) <= 1
    assert messages.describe(frame)


def test_a_status_may_carry_an_oven_number_that_is_ignored() -> None:
    frame = Frame(0x04, bytes((7, 2, 0, 12, 1)))
    assert messages.read_drive_status(frame) == DriveStatus(7, 2, 12)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("FA FB 41 00 40", "poll"),
        ("FA FB 42 00 43", "ack"),
        ("FA FB 06 05 01 01 00 00 0C 0E", "turn slot 12 with drop sensor (no. 1)"),
        ("FA FB 01 03 03 00 0C 0C", "what is the state of slot 12? (no. 3)"),
        ("FA FB 02 04 01 01 00 0C 0B", "slot 12 is ready (no. 1)"),
        ("FA FB 04 04 03 02 00 0C 0C", "slot 12: success (no. 3)"),
        ("FA FB 21 06 04 02 00 00 00 64 44", "21 (no. 4)"),
    ],
)
def test_a_frame_is_described_in_words(data: str, words: str) -> None:
    assert messages.describe(read(bytes.fromhex(data))[0]) == words
