from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.sansio import WireError
from hardware.vmc96.frames import GAP_MS, LONGEST, Frame, FrameReader, encode
from hardware.vmc96.messages import (
    COLUMNS,
    MOTORS,
    Address,
    Command,
    MotorStatus,
    acknowledge,
    ask,
    barrier_answer,
    describe,
    motor_of,
    read_acknowledgement,
    read_barrier,
    read_scan,
    read_status,
    reset_all,
    run,
    scan_answer,
    slot_of,
    status_answer,
    switch_relay,
)

VECTORS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parents[2] / "vectors" / "k1.toml").read_text("utf-8")
)

frames = st.builds(Frame, st.integers(0, 255), st.binary(min_size=1, max_size=LONGEST - 4))


@pytest.mark.parametrize("vector", VECTORS["host"], ids=lambda vector: vector["what"])
def test_a_worked_question_is_written_and_read_as_printed(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    frame = Frame(vector.get("address", Address.MOTORS), bytes.fromhex(vector["body"]))
    assert encode(frame) == data
    assert FrameReader().feed(data, 0) == (frame,)
    if "turns" in vector:
        assert run(vector["turns"]) == frame


def test_relays_and_the_reset_of_everything_are_the_worked_frames() -> None:
    worked = {vector["what"]: bytes.fromhex(vector["bytes"]) for vector in VECTORS["host"]}
    assert encode(switch_relay(Address.RELAY_1, is_on=True)) == worked["relay 1 on"]
    assert encode(reset_all()) == worked["reset everything"]
    with pytest.raises(WireError, match="relay"):
        switch_relay(Address.MOTORS, is_on=True)


@pytest.mark.parametrize("vector", VECTORS["board"], ids=lambda vector: vector["what"])
def test_a_worked_answer_is_read_and_written_as_printed(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    (frame,) = FrameReader().feed(data, 0)
    if "acknowledges" in vector:
        is_yes = bool(vector["acknowledges"])
        assert read_acknowledgement(frame) == is_yes
        assert encode(acknowledge(Address.MOTORS, is_yes=is_yes)) == data
    elif "status" in vector:
        status = MotorStatus(vector["status"]["current_ma"], tuple(vector["status"]["motors"]))
        assert read_status(frame) == status
        assert read_status(status_answer(status)) is not None
    else:
        samples = read_barrier(frame)
        assert samples is not None
        assert samples.bit_count() == vector["samples"]
        assert encode(barrier_answer(samples)) == data


@given(st.lists(frames, min_size=1, max_size=5), st.lists(st.integers(0, 700), max_size=6))
def test_any_split_of_a_stream_gives_the_same_frames(sent: list[Frame], cuts: list[int]) -> None:
    data = b"".join(map(encode, sent))
    bounds = sorted(min(cut, len(data)) for cut in cuts)
    reader, found = FrameReader(), list[Frame]()
    for start, end in zip([0, *bounds], [*bounds, len(data)], strict=True):
        found += reader.feed(data[start:end], 0)
    assert found == sent
    assert reader.dropped == 0


@given(st.binary(max_size=300), frames)
def test_a_good_frame_behind_any_noise_is_found_after_the_gap(noise: bytes, frame: Frame) -> None:
    reader = FrameReader()
    reader.feed(noise, 0)
    found = list(reader.expire(GAP_MS))
    while reader.due_ms is not None:
        found += reader.expire(reader.due_ms + GAP_MS)
    assert reader.feed(encode(frame), 10 * GAP_MS) == (frame,)


@pytest.mark.parametrize("bit", range(8 * 6))
def test_no_single_turned_bit_passes_the_check(bit: int) -> None:
    data = bytearray(encode(run(0x13)))
    data[bit // 8] ^= 1 << bit % 8
    assert Frame(Address.MOTORS, b"\x13\x13") not in FrameReader().feed(bytes(data), 0)
    reader = FrameReader()
    assert reader.feed(bytes(data), 0) + reader.expire(GAP_MS) == ()


@pytest.mark.parametrize("frame", [Frame(256, b"\x00"), Frame(0x30, b""), Frame(0x30, bytes(LONGEST))])
def test_what_fits_no_frame_is_refused(frame: Frame) -> None:
    with pytest.raises(WireError):
        encode(frame)


@pytest.mark.parametrize("columns", COLUMNS)
def test_every_slot_has_a_motor_of_its_own_and_a_place_in_the_scan(columns: int) -> None:
    motors = {motor_of(slot, columns): slot for slot in range(1, MOTORS + 1)}
    assert len(motors) == MOTORS
    assert all(slot_of(motor, columns) == slot for motor, slot in motors.items())
    assert slot_of(0x00, columns) is None
    for slots in (frozenset[int](), frozenset({1, 40, 96}), frozenset(range(1, 97))):
        assert read_scan(scan_answer(slots, columns), columns) == slots


def test_the_two_readings_of_the_array_are_those_of_the_sources() -> None:
    assert motor_of(1, 12) == motor_of(1, 8) == 0x11
    assert (motor_of(13, 12), motor_of(13, 8)) == (0x21, 0x25)
    assert (motor_of(96, 12), motor_of(96, 8)) == (0x8C, 0xC8)
    with pytest.raises(WireError, match="slot 97"):
        motor_of(97, 12)
    with pytest.raises(WireError, match="columns"):
        motor_of(1, 10)


def test_an_answer_of_another_kind_or_length_is_read_as_none() -> None:
    for frame in (ask(Command.STATUS), Frame(0x26, b"\x10\x00"), ask(Command.BARRIER, b"\x00")):
        assert read_status(frame) is None
        assert read_barrier(frame) is None
        assert read_scan(frame, 12) is None


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (run(0x13), "turn motor 13"),
        (status_answer(MotorStatus(78, (0x11,))), "motors that turn: 11"),
        (barrier_answer(0x11), "2 of 32 samples interrupted"),
        (scan_answer(frozenset({1, 2}), 12), "motors found: 2"),
        (ask(Command.STOP_ALL), "motors: stop all"),
        (ask(Command.PING), "are you there?"),
        (Frame(0x99, b"\x44"), "99: 44"),
    ],
)
def test_people_read_words(frame: Frame, words: str) -> None:
    assert words in describe(frame)
