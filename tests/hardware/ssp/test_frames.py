from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.sansio import WireError
from hardware.ssp.crypto import MAX_PLAIN, Opened, is_prime, key_of, make_exchange, prime_from, seal, unseal
from hardware.ssp.frames import GAP_MS, LONGEST_RAW, Frame, FrameReader, decode, encode

FRAMES = st.builds(Frame, st.integers(0, 126), st.booleans(), st.binary(min_size=1, max_size=255))
POLL = Frame(0, True, b"\x07")


@given(FRAMES)
def test_every_frame_reads_as_it_was_written(frame: Frame) -> None:
    raw = encode(frame)
    assert decode(raw) == frame
    assert len(raw) <= LONGEST_RAW


@given(st.lists(FRAMES, min_size=1, max_size=3), st.lists(st.integers(0, 300), max_size=5))
def test_any_split_of_the_bytes_gives_the_same_frames(frames: list[Frame], cuts: list[int]) -> None:
    raw = b"".join(encode(frame) for frame in frames)
    reader, at = FrameReader(), 0
    heard: list[Frame] = []
    for cut in [*sorted(cuts), len(raw)]:
        heard += reader.receive(raw[at:cut], 5)
        at = max(at, min(cut, len(raw)))
    assert heard == frames
    assert (reader.dropped, reader.damaged, reader.held) == (0, 0, 0)


def test_a_start_byte_in_the_middle_begins_a_new_frame() -> None:
    reader = FrameReader()
    assert reader.receive(encode(POLL)[:4] + encode(POLL), 0) == (POLL,)
    assert reader.dropped == 3


def test_a_half_frame_is_dropped_after_silence() -> None:
    reader = FrameReader()
    raw = encode(POLL)
    assert reader.receive(raw[:3], 0) == ()
    assert reader.receive(raw[3:], GAP_MS) == ()
    assert reader.receive(raw, GAP_MS + 1) == (POLL,)


def test_a_frame_with_a_wrong_check_or_no_data_is_dropped_and_counted() -> None:
    reader = FrameReader()
    raw = encode(POLL)
    assert reader.receive(raw[:-1] + bytes((raw[-1] ^ 1,)), 0) == ()
    assert reader.receive(bytes.fromhex("7F 80 00 00 00 00"), 0) == ()
    assert reader.damaged == 2
    assert reader.receive(raw, 0) == (POLL,)


@pytest.mark.parametrize(
    "frame",
    [Frame(127, True, b"\x07"), Frame(-1, True, b"\x07"), Frame(0, True, b""), Frame(0, True, b"x" * 256)],
)
def test_what_no_frame_can_carry_is_refused(frame: Frame) -> None:
    with pytest.raises(WireError):
        encode(frame)


# --- encrypted fields -------------------------------------------------------------------------------------------

KEY = key_of(0x0123456701234567, 58592)


@given(st.binary(min_size=1, max_size=MAX_PLAIN), st.integers(0, 2**32 - 1), st.binary(max_size=16))
def test_every_sealed_field_opens_to_what_was_sealed(plain: bytes, count: int, filler: bytes) -> None:
    field = seal(KEY, count, plain, filler)
    assert unseal(KEY, field) == Opened(count, plain)
    assert unseal(key_of(0, 1), field) != Opened(count, plain)


@given(st.binary(max_size=255))
def test_bytes_that_nobody_sealed_do_not_open(field: bytes) -> None:
    assert unseal(KEY, field) is None or len(field) > 16


def test_too_much_or_nothing_is_not_sealed() -> None:
    for plain in (b"", b"x" * (MAX_PLAIN + 1)):
        with pytest.raises(WireError):
            seal(KEY, 0, plain)


def test_primes_are_prime() -> None:
    assert [number for number in range(60) if is_prime(number)] == [
        *(2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59)
    ]
    # Carmichael numbers, a strong pseudoprime to the first eight bases, and the largest prime below 2**64.
    assert not any(is_prime(number) for number in (561, 41041, 341550071728321, 2**64 - 1))
    assert is_prime(2**64 - 59)
    assert prime_from(2**64 - 57) == prime_from(2**63)


def test_each_exchange_has_two_fresh_primes_the_generator_the_larger() -> None:
    randbits = random.Random(7).getrandbits
    first, second = make_exchange(randbits), make_exchange(randbits)
    assert first != second
    for exchange in (first, second):
        assert exchange.generator > exchange.modulus > 2**63
        assert is_prime(exchange.generator)
        assert is_prime(exchange.modulus)
