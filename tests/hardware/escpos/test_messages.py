from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.escpos.messages import (
    BLOCK_GAP_MS,
    Answer,
    Condition,
    KeyList,
    PrintMark,
    Query,
    RealTimeStatus,
    StatusBlock,
    StatusReader,
    answer_to,
    block_of,
    condition_of_answers,
    condition_of_block,
    mark_of,
)
from hardware.events import Fault, Paper
from tests.hardware.escpos.vectors import VECTORS

conditions = st.builds(
    Condition,
    is_online=st.booleans(),
    cover_open=st.booleans(),
    paper=st.sampled_from(Paper),
    error=st.sampled_from([None, Fault.CUTTER, Fault.JAM, Fault.SELF_CHECK, Fault.UNSPECIFIED]),
)


def expected(vector: dict[str, Any]) -> dict[str, Any]:
    return {key: vector[key] for key in ("is_online", "cover_open", "paper")} | {"fault": vector.get("fault")}


def seen(condition: Condition, vector: dict[str, Any]) -> dict[str, Any]:
    fault = condition.fault if "fault" in vector else condition.error
    return {
        "is_online": condition.is_online,
        "cover_open": condition.cover_open,
        "paper": condition.paper,
        "fault": fault,
    }


@pytest.mark.parametrize("vector", VECTORS["block"], ids=lambda vector: vector["what"])
def test_a_status_block_is_understood(vector: dict[str, Any]) -> None:
    (block,) = StatusReader().receive(bytes.fromhex(vector["bytes"]), 0)
    assert isinstance(block, StatusBlock)
    assert seen(condition_of_block(block), vector) == expected(vector)


@pytest.mark.parametrize("vector", VECTORS["round"], ids=lambda vector: vector["what"])
def test_four_answers_are_understood(vector: dict[str, Any]) -> None:
    answers = StatusReader().receive(bytes.fromhex(vector["answers"]), 0)
    condition = condition_of_answers(
        *[answer.status for answer in answers if isinstance(answer, RealTimeStatus)]
    )
    assert seen(condition, vector) == expected(vector)


@given(conditions, st.booleans())
def test_what_the_printer_says_in_a_block_is_what_we_understand(condition: Condition, is_high: bool) -> None:
    assert condition_of_block(StatusBlock(block_of(condition, is_drawer_high=is_high))) == condition


@given(conditions, st.booleans())
def test_what_the_printer_answers_is_what_we_understand(condition: Condition, is_high: bool) -> None:
    answers = [answer_to(query, condition, is_drawer_high=is_high) for query in Query]
    assert condition_of_answers(*answers) == condition


def in_bytes(answer: Answer) -> bytes:
    assert not isinstance(answer, KeyList)
    return answer.status if isinstance(answer, StatusBlock) else bytes((answer.status,))


answers_of_all_kinds = st.one_of(
    st.builds(RealTimeStatus, st.builds(answer_to, st.sampled_from(Query), conditions)),
    st.builds(StatusBlock, st.builds(block_of, conditions)),
    st.builds(PrintMark, st.builds(mark_of, conditions)),
)


@given(st.lists(answers_of_all_kinds, max_size=12), st.data())
def test_answers_of_all_kinds_are_told_apart_in_any_order_and_any_split(
    answers: list[Answer], data: st.DataObject
) -> None:
    stream = b"".join(map(in_bytes, answers))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    reader = StatusReader()
    got: list[Answer] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got += reader.receive(stream[start:end], 0)
    assert got == answers
    assert reader.take_dropped() == 0


@given(
    conditions, st.integers(1, 3), st.lists(st.sampled_from([0x12, 0x16, 0x1A, 0x7E]), min_size=1, max_size=4)
)
def test_real_time_answers_inside_a_block_break_neither(
    condition: Condition, position: int, answers: list[int]
) -> None:
    block = block_of(condition)
    got = StatusReader().receive(block[:position] + bytes(answers) + block[position:], 0)
    assert list(got) == [*map(RealTimeStatus, answers), StatusBlock(block)]


@given(st.binary(max_size=200))
def test_every_byte_is_an_answer_or_counted_as_noise(data: bytes) -> None:
    reader = StatusReader()
    understood = sum(len(in_bytes(answer)) for answer in reader.receive(data, 0))
    reader.receive(b"", BLOCK_GAP_MS + 1)
    flow = sum(byte in (0x11, 0x13) for byte in data)
    pending = understood + reader.take_dropped() + flow
    assert len(data) - 3 <= pending <= len(data)


def test_half_a_block_does_not_swallow_the_mark_that_follows_a_pause() -> None:
    reader = StatusReader()
    assert reader.receive(b"\x10\x00", 0) == ()
    assert reader.receive(b"\x00", BLOCK_GAP_MS + 1) == (PrintMark(0),)
    assert reader.take_dropped() == 2
