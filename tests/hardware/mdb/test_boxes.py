"""The two adapter boxes: their lines on both ends, and raw bytes against the simulated boxes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.mdb import qibixx, waferstar
from hardware.mdb.frames import seal
from hardware.mdb.link import LINE_GAP_MS, LINE_LIMIT, Answer, Heard, Note, Report
from hardware.mdb.messages import read_tubes
from hardware.simulators.mdb_box import MdbPeripheral, QibixxBox, WaferstarBox
from tests.hardware.mdb.conversation import changer_sim
from tests.hardware.mdb.test_blocks import VECTORS, content

blocks = st.binary(min_size=1, max_size=35)


def said(link: qibixx.QibixxLink | waferstar.WaferstarLink, data: bytes, now_ms: int = 0) -> list[Heard]:
    return list(link.receive(data, now_ms, lambda _content: True))


@given(blocks)
def test_every_order_and_answer_passes_the_text_box_unchanged(block: bytes) -> None:
    assert qibixx.read_order(qibixx.order_line(block).decode().strip()) == block
    assert said(qibixx.QibixxLink(), qibixx.answer_line(block)) == [Answer(block)]


def test_acknowledged_and_unanswered_are_told_from_a_lone_zero() -> None:
    lines = b"p,ACK\r\np,NACK\r\np,00\n\r\n"
    assert said(qibixx.QibixxLink(), lines) == [Answer(b""), Answer(None), Answer(b"\x00")]
    assert said(waferstar.WaferstarLink(), b"00 \r\nFF\r\n00 00 \r\n") == [
        Answer(b""),
        Answer(None),
        Answer(b"\x00"),
    ]


def test_lines_of_the_text_box_itself_are_notes_and_the_rest_is_dropped() -> None:
    link = qibixx.QibixxLink()
    assert said(link, b"v,4.0,x\r\nd,STATUS,IDLE\r\n\xff\xfe??\r\np,5\r\n") == [
        Note("v,4.0,x"), Note("d,STATUS,IDLE"), Note("p,5"),
    ]  # fmt: skip
    assert link.dropped == 4


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_any_split_of_a_boxs_bytes_gives_the_same_lines(noise: bytes, cuts: list[int]) -> None:
    stream = noise + b"\np,5309\r\n"
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in itertools.pairwise(places)]
    whole, split = qibixx.QibixxLink(), qibixx.QibixxLink()
    got = [heard for piece in pieces for heard in said(split, piece)]
    if len(noise) <= LINE_LIMIT:
        assert got == said(whole, stream)
    assert got[-1] == Answer(bytes.fromhex("5309"))
    assert split._reader.held == 0


def test_a_line_that_stops_is_dropped_after_the_gap_and_an_endless_one_at_its_limit() -> None:
    link = qibixx.QibixxLink()
    assert said(link, b"p,53", 0) == []
    assert said(link, b"09\r\n", LINE_GAP_MS) == []
    assert link.dropped == 6
    assert said(link, b"x" * (LINE_LIMIT + 1), 1_000) == []
    assert link._reader.held == 0
    assert said(link, b"p,ACK\r\n", 1_001) == [Answer(b"")]


def test_an_unasked_report_is_told_from_an_answer_by_sum_and_shape() -> None:
    link = waferstar.WaferstarLink()
    is_tubes = lambda data: read_tubes(data) is not None  # noqa: E731
    assert link.receive(b"08 53 09 \r\n", 0, None) == (Report(0x08, b"\x53\x09"),)
    assert link.receive(b"08 53 5B \r\n", 0, lambda data: data == b"\x03") == (Report(0x08, b"\x53\x5b"),)
    assert link.receive(b"00 00 05 05 \r\n", 0, is_tubes) == (Answer(b"\x00\x00\x05"),)
    assert link.receive(b"00 00 05 06 \r\n", 0, is_tubes) == ()
    assert link.receive(b"30 92 \r\n", 0, is_tubes) == (Report(0x30, b"\x92"),)
    assert link.receive(b"08 53 \r\nzz\r\n", 0, None) == ()


# --- raw bytes against the simulated boxes -----------------------------------------------------------------------


class Line:
    def __init__(self, box: QibixxBox | WaferstarBox) -> None:
        self.box = box
        self.now_ms = 10_000

    def say(self, data: bytes, for_ms: int = 60) -> bytes:
        self.box.receive(data, self.now_ms)
        end_ms = self.now_ms + for_ms
        heard = self.box.bytes_to_send()
        while (wake_ms := self.box.wake_at_ms) is not None and wake_ms <= end_ms:
            self.now_ms = max(self.now_ms, wake_ms)
            self.box.tick(self.now_ms)
            heard += self.box.bytes_to_send()
        self.now_ms = end_ms
        return heard


def test_the_text_box_answers_a_raw_script() -> None:
    changer = changer_sim()
    line = Line(QibixxBox((changer,)))
    assert line.say(b"R,0B\n").startswith(b"r,ERR"), "not before it is master"
    assert line.say(b"V\r\n").startswith(b"v,")
    assert line.say(b"H\n").startswith(b"h,")
    assert line.say(b"M,1\n") == b"m,ACK\r\n"
    assert line.say(b"F,RESPTIMEOUT,20\n") == b"f,ACK\r\n"
    assert line.say(b"R,08\n") == b"p,ACK\r\n"
    assert line.say(b"R,0B\n") == b"p,0B\r\n"
    assert line.say(b"R,0B\n") == b"p,ACK\r\n"
    assert line.say(b"R,0C,FFFFFFFF\n") == b"p,ACK\r\n"
    assert line.say(b"R,33\n") == b"p,NACK\r\n", "nobody lives there"
    changer.drop(2, 1, line.now_ms)
    line.say(b"", 400)
    assert line.say(b"R,0B\n") == b"p,5101\r\n"
    assert line.say(b"R,0D,11\n") == b"p,ACK\r\n"
    assert line.say(b"R,0B\n", 20) == b"p,02\r\n"
    line.say(b"", 400)
    assert line.say(b"R,0B\n") == b"p,ACK\r\n"
    assert (changer.inside(2), changer.paid(2)) == (0, 1)
    assert line.say(b"rubbish\nR,0\n").count(b"e,ERR") == 2


def test_the_binary_box_answers_a_raw_script() -> None:
    changer = changer_sim()
    line = Line(WaferstarBox((changer,)))
    assert line.say(b"\x08") == b"00 \r\n"
    assert line.say(b"", 200) == b"08 0B \r\n", "it polls by itself"
    assert line.say(b"\x0a") == seal(bytes(18)).hex(" ").upper().encode() + b" \r\n"
    assert line.say(bytes.fromhex("0C FF FF FF FF")) == b"00 \r\n"
    changer.drop(2, 1, line.now_ms)
    assert line.say(b"", 600) == b"08 51 01 \r\n"
    assert line.say(b"\x33") == b"", "nobody lives there"


@pytest.mark.parametrize("vector", VECTORS["changer"], ids=[vector["what"] for vector in VECTORS["changer"]])
def test_worked_blocks_pass_both_boxes(vector: dict[str, str]) -> None:
    if "vmc" not in vector or "payout of" in vector["what"]:
        return
    order, answer = content(vector["vmc"]), content(vector["peripheral"])
    assert qibixx.read_order(qibixx.QibixxLink().order(order).decode().strip()) == order
    assert waferstar.WaferstarLink().order(order) == order
    printed = bytes.fromhex(vector["peripheral"]).hex(" ").upper().encode() + b" \r\n"
    assert waferstar.answer_line(bytes.fromhex(vector["peripheral"])) == printed
    assert said(waferstar.WaferstarLink(), printed) == [Answer(answer)]
    assert said(qibixx.QibixxLink(), qibixx.answer_line(answer)) == [Answer(answer)]


def test_two_peripherals_at_one_address_are_no_bus() -> None:
    peripherals: list[MdbPeripheral] = [changer_sim(), changer_sim()]
    with pytest.raises(ValueError, match="address"):
        QibixxBox(peripherals)
