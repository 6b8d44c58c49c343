"""The batch and its acknowledgement on the wire: whole and signed, or refused with a reason."""

from __future__ import annotations

import zlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from kiosk.fleet.wire import (
    BATCH_TAG,
    MOST_ENTRIES,
    MOST_PACKED_BYTES,
    MOST_PLAIN_BYTES,
    Ack,
    Batch,
    BatchError,
    pack_batch,
    read_ack,
    unpack_batch,
    write_ack,
)
from kiosk.journal.entry import Entry

KEY = SigningKey(bytes(range(32)))
ENTRY = Entry(
    "K1", 1, 7, "2026-03-02T08:00:00.000Z", 5, True, 2, "ScreenSeen", 1, "", "anna", b"{}", bytes(32)
)


def signed(plain: bytes) -> bytes:
    packed = zlib.compress(plain)
    return KEY.sign(BATCH_TAG + packed).signature + packed


def test_a_batch_comes_back_byte_for_byte() -> None:
    batch = Batch("K1", (ENTRY, ENTRY))
    assert unpack_batch(pack_batch(batch, KEY), "K1", KEY.verify_key) == batch


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not signed"),
        (pack_batch(Batch("K1", ()), SigningKey(bytes(32))), "not signed"),
        (pack_batch(Batch("K2", ()), KEY), "another kiosk"),
        (pack_batch(Batch("K1", (ENTRY,)), KEY)[:-3], "not signed"),
        (signed(b"\x00" * (MOST_PLAIN_BYTES + 1)), "longer"),
        (signed(msgspec.msgpack.encode({"kiosk_id": "K1"})), "cannot be read"),
        (
            signed(msgspec.msgpack.encode({"kiosk_id": "K1", "entries": [], "more": 1})),
            "cannot be read",
        ),
        (pack_batch(Batch("K1", (ENTRY,) * (MOST_ENTRIES + 1)), KEY), "more than a batch"),
        (b"\x00" * (MOST_PACKED_BYTES + 1), "more than a batch"),
    ],
)
def test_what_is_no_batch_of_this_kiosk_is_refused_in_words(data: bytes, says: str) -> None:
    with pytest.raises(BatchError, match=says):
        unpack_batch(data, "K1", KEY.verify_key)


def test_an_entry_of_another_kiosk_does_not_travel_under_this_ones_name() -> None:
    stranger = Entry("K2", 1, 7, "", 5, True, 2, "ScreenSeen", 1, "", "", b"{}", bytes(32))
    with pytest.raises(BatchError, match="another kiosk"):
        unpack_batch(pack_batch(Batch("K1", (stranger,)), KEY), "K1", KEY.verify_key)


@given(st.integers(0, 10_000), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_no_flipped_bit_gets_through(place: int, bit: int) -> None:
    data = bytearray(pack_batch(Batch("K1", (ENTRY,)), KEY))
    data[place % len(data)] ^= 1 << bit
    with pytest.raises(BatchError):
        unpack_batch(bytes(data), "K1", KEY.verify_key)


def test_an_acknowledgement_comes_back_and_a_strangers_does_not() -> None:
    ack = Ack("K1", 1, 7, "ab")
    assert read_ack(write_ack(ack), "K1") == ack
    for data, says in [
        (b"<html>", "no acknowledgement"),
        (write_ack(ack).replace(b"K1", b"K2"), "not for K1"),
        (write_ack(Ack("K1", -1, 0, "")), "not for K1"),
    ]:
        with pytest.raises(BatchError, match=says):
            read_ack(data, "K1")
