from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cctalk.frames import ENVELOPE, GAP_MS, MAX_DATA, Check, Frame, FrameReader, decode, encode
from hardware.sansio import WireError

byte = st.integers(0, 255)
frames = st.builds(Frame, byte, byte, byte, st.binary(max_size=MAX_DATA))
POLL = bytes.fromhex("020001FEFF")


@given(frames)
def test_a_frame_reads_as_it_was_written(frame: Frame) -> None:
    raw = encode(frame)
    assert sum(raw) % 256 == 0
    assert decode(raw) == frame


@given(frames)
def test_a_frame_in_crc_mode_reads_as_it_was_written_without_its_source(frame: Frame) -> None:
    sourceless = Frame(frame.destination, None, frame.header, frame.data)
    assert decode(encode(frame, Check.CRC), Check.CRC) == sourceless


@given(st.lists(frames, max_size=4), st.binary(max_size=8), st.lists(st.integers(1, 9), max_size=60))
def test_any_split_of_the_bytes_gives_the_same_frames(
    sent: list[Frame], noise: bytes, sizes: list[int]
) -> None:
    stream = b"".join(encode(frame) for frame in sent) + noise
    whole, split = FrameReader(), FrameReader()
    expected = whole.receive(stream, 0)
    got: list[Frame] = []
    for size in sizes:
        piece, stream = stream[:size], stream[size:]
        got += split.receive(piece, 0)
    got += split.receive(stream, 0)
    assert tuple(got) == expected
    assert got[: len(sent)] == sent
    assert (split.dropped, split.damaged) == (whole.dropped, whole.damaged)


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_noise_is_bounded_and_after_silence_the_next_frame_is_read(noise: list[bytes]) -> None:
    reader = FrameReader()
    for piece in noise:
        reader.receive(piece, 0)
        assert len(reader._buffer) < ENVELOPE + MAX_DATA
    assert reader.receive(POLL, GAP_MS) == (Frame(2, 1, 254),)


def test_a_half_frame_is_dropped_after_the_gap_and_not_before() -> None:
    reader = FrameReader()
    assert reader.receive(POLL[:3], 0) == ()
    assert reader.receive(POLL[3:], GAP_MS - 1) == (Frame(2, 1, 254),)
    assert reader.receive(POLL[:3], 200) == ()
    assert reader.receive(POLL, 200 + GAP_MS) == (Frame(2, 1, 254),)
    assert reader.dropped == 3


def test_a_damaged_frame_is_counted_and_what_follows_without_silence_is_dropped() -> None:
    reader = FrameReader()
    damaged = bytes.fromhex("020001FEFE")
    assert reader.receive(damaged + POLL, 0) == ()
    assert (reader.damaged, reader.dropped) == (1, 10)
    assert reader.receive(POLL, GAP_MS) == (Frame(2, 1, 254),)


@given(frames, st.integers(0, MAX_DATA + 4), st.integers(1, 255))
def test_one_damaged_byte_never_passes(frame: Frame, index: int, change: int) -> None:
    raw = bytearray(encode(frame))
    raw[index % len(raw)] ^= change
    assert decode(bytes(raw)) is None


@pytest.mark.parametrize(
    "frame",
    [
        Frame(256, 1, 254),
        Frame(2, 1, 256),
        Frame(2, -1, 254),
        Frame(2, None, 254),
        Frame(2, 1, 254, bytes(256)),
    ],
)
def test_what_does_not_fit_the_wire_is_a_callers_error(frame: Frame) -> None:
    with pytest.raises(WireError):
        encode(frame)
