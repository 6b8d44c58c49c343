"""The simulated printer spoken to in raw bytes only: nothing of our codec is used, so no mistake is shared."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from hardware.events import DeviceKind
from hardware.simulators.model import UnknownActError
from hardware.simulators.printer import PrinterSim

EDGE = 32  # paper beside the printable width
TOP = 96  # from the head to the blade


@pytest.fixture
def sim() -> PrinterSim:
    return PrinterSim("printer")


def say(sim: PrinterSim, data: str | bytes, now_ms: int = 0) -> str:
    sim.machine.receive(bytes.fromhex(data) if isinstance(data, str) else data, now_ms)
    return sim.machine.bytes_to_send().hex(" ").upper()


def later(sim: PrinterSim, now_ms: int) -> str:
    sim.machine.tick(now_ms)
    return sim.machine.bytes_to_send().hex(" ").upper()


def sheet(sim: PrinterSim, at: int = -1) -> Image.Image:
    return Image.open(io.BytesIO(sim.sheets()[at])).convert("L")


def ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    return picture.point(lambda dot: 255 - dot).getbbox()


def test_it_answers_the_four_questions(sim: PrinterSim) -> None:
    assert say(sim, "10 04 01 10 04 02 10 04 03 10 04 04") == "12 12 12 12"


def test_it_answers_inside_a_picture_and_a_question_cut_in_two(sim: PrinterSim) -> None:
    assert say(sim, "1D 76 30 00 02 00 08 00 FF FF FF") == ""
    assert say(sim, "10") == ""
    assert say(sim, "04") == ""
    assert say(sim, "04") == "12"
    assert say(sim, "1D 61") == ""  # still picture: 16 bytes were announced


def test_it_answers_with_the_cover_open_and_says_why(sim: PrinterSim) -> None:
    sim.act("open_cover", {}, 0)
    assert say(sim, "10 04 01 10 04 02") == "1A 16"
    assert say(sim, b"waiting\n\x1dr\x01") == ""
    sim.act("close_cover", {}, 10)
    assert later(sim, 1_000) == "00"


def test_it_speaks_by_itself_when_told_to(sim: PrinterSim) -> None:
    assert say(sim, "1D 61 0F") == "10 00 00 0F"
    sim.act("open_cover", {}, 1)
    assert sim.machine.bytes_to_send().hex(" ") == "38 00 00 0f"
    sim.act("close_cover", {}, 2)
    assert sim.machine.bytes_to_send().hex(" ") == "10 00 00 0f"
    sim.set_fault("paper_low", True, 3)
    assert sim.machine.bytes_to_send().hex(" ") == "10 00 03 0f"


def test_the_mark_is_answered_when_the_paper_has_moved_and_not_before(sim: PrinterSim) -> None:
    assert say(sim, "1B 4A F0 1D 72 01") == ""  # 240 rows at 800 rows a second
    assert later(sim, 299) == ""
    assert later(sim, 300) == "00"


def test_a_raster_puts_its_dots_where_they_belong(sim: PrinterSim) -> None:
    say(sim, "1D 76 30 00 02 00 08 00 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01")
    picture = sheet(sim)
    dots = {(x, y) for x in range(640) for y in range(picture.height) if picture.getpixel((x, y)) == 0}
    assert dots == {(EDGE, TOP), (EDGE + 15, TOP + 7)}


def test_a_strip_stands_at_its_position_and_feeds_its_height(sim: PrinterSim) -> None:
    say(sim, "1B 24 2C 01 1B 2A 21 02 00 80 00 00 00 00 01 1B 4A 08")
    picture = sheet(sim)
    dots = {(x, y) for x in range(640) for y in range(picture.height) if picture.getpixel((x, y)) == 0}
    assert dots == {(EDGE + 300, TOP), (EDGE + 301, TOP + 23)}
    assert picture.height == TOP + 24  # told to feed 8, but a line is fed by its height


def test_text_stands_in_cells_of_12_dots(sim: PrinterSim) -> None:
    say(sim, b"     |\n")
    box = ink(sheet(sim))
    assert box is not None
    assert EDGE + 60 <= box[0] < box[2] <= EDGE + 72


def test_a_full_line_of_text_is_printed_and_the_rest_stands_below(sim: PrinterSim) -> None:
    say(sim, b"#" * 96 + b"\n")
    later(sim, 1_000)
    assert sheet(sim).height == TOP + 2 * 34


def test_bold_and_double_size_are_seen(sim: PrinterSim) -> None:
    say(sim, b"HH\n")
    plain = sheet(sim)
    say(sim, b"\x1b@\x1bE\x01\x1d!\x11HH\n", 1_000)
    later(sim, 2_000)
    both = sheet(sim).crop((0, plain.height, 640, plain.height + 48))
    small, large = ink(plain), ink(both)
    assert small is not None
    assert large is not None
    assert large[3] - large[1] > 1.8 * (small[3] - small[1])


def test_a_qr_code_has_its_three_corners(sim: PrinterSim) -> None:
    say(
        sim,
        "1D 28 6B 04 00 31 41 32 00 1D 28 6B 03 00 31 43 04 1D 28 6B 03 00 31 45 31"
        "1D 28 6B 08 00 31 50 30 68 65 6C 6C 6F 1D 28 6B 03 00 31 51 30",
    )
    picture = sheet(sim).crop((EDGE, TOP, EDGE + 84, TOP + 84))  # version 1: 21 modules of 4 dots
    for left, top in ((0, 0), (56, 0), (0, 56)):
        corner = picture.crop((left, top, left + 28, top + 28))
        assert [corner.getpixel((at, 14)) for at in (2, 6, 14, 22, 26)] == [0, 255, 0, 255, 0]


def test_a_cut_leaves_a_sheet_and_what_is_behind_the_blade_stays(sim: PrinterSim) -> None:
    say(sim, b"one\n\x1bd\x06\x1dV\x00two\n")
    later(sim, 3_000)
    assert sim.snapshot()["sheets"] == 1
    assert sim.snapshot()["on_tray"] == 1
    assert len(sim.sheets()) == 2  # the second line hangs out of nothing yet, but it is printed
    assert ink(sheet(sim, 0)) is not None


def test_paper_runs_out_in_the_middle_and_the_rest_comes_with_the_new_roll(sim: PrinterSim) -> None:
    say(sim, "1D 61 0F")
    sim.act("new_roll", {"mm": "10"}, 0)
    assert sim.machine.bytes_to_send().hex(" ") == "10 00 03 0f"
    assert say(sim, b"line\n" * 4 + b"\x1dr\x01") == ""
    assert later(sim, 5_000) == "18 00 0C 0F"
    assert sim.snapshot()["paper_left_mm"] == 0
    assert say(sim, "10 04 04 10 04 02", 5_000) == "72 32"
    sim.act("new_roll", {}, 5_000)
    assert later(sim, 9_000).endswith("00")
    assert sim.snapshot()["paper"] == "ok"


def test_a_stuck_blade_stops_it_until_it_is_freed_and_told_to_recover(sim: PrinterSim) -> None:
    sim.set_fault("cutter_jam", True, 0)
    assert say(sim, b"x\n\x1dV\x00\x1dr\x01") == ""
    later(sim, 1_000)
    assert say(sim, "10 04 01 10 04 02 10 04 03", 1_000) == "1A 52 1A"
    assert say(sim, "10 05 01 10 04 03", 1_000) == "1A"
    sim.set_fault("cutter_jam", False, 1_100)
    assert say(sim, "10 05 01", 1_200) == ""
    assert later(sim, 3_000) == "00"
    assert sim.snapshot()["sheets"] == 1


def test_recovering_with_02_drops_what_was_not_printed(sim: PrinterSim) -> None:
    sim.set_fault("cutter_jam", True, 0)
    say(sim, b"x\n\x1dV\x00lost\n\x1dr\x01")
    later(sim, 1_000)
    sim.set_fault("cutter_jam", False, 1_100)
    assert say(sim, "10 05 02", 1_200) == ""
    assert later(sim, 3_000) == ""
    assert say(sim, "1D 72 01", 3_000) == "00"
    assert sim.snapshot()["sheets"] == 0


def test_the_buffer_fills_up_and_asks_for_a_pause(sim: PrinterSim) -> None:
    sim.act("open_cover", {}, 0)
    pauses = [sim.machine.buffer_full]
    say(sim, b"x" * 3_600)
    pauses.append(sim.machine.buffer_full)
    assert say(sim, "10 04 01") == "1A"
    sim.act("close_cover", {}, 0)
    later(sim, 60_000)
    pauses.append(sim.machine.buffer_full)
    assert pauses == [False, True, False]
    assert sim.snapshot()["lost_bytes"] == 0


def test_mute_prints_and_says_nothing(sim: PrinterSim) -> None:
    sim.set_fault("mute", True, 0)
    assert say(sim, b"x\n\x10\x04\x01\x1dr\x01") == ""
    assert ink(sheet(sim)) is not None


def test_it_can_say_no_and_print_all_the_same(sim: PrinterSim) -> None:
    sim.set_fault("says_no_but_prints", True, 0)
    assert say(sim, b"x\n\x1dr\x01\x10\x04\x01") == "1A"
    assert later(sim, 1_000) == ""
    assert ink(sheet(sim)) is not None


def test_a_lost_answer_is_the_mark_and_not_the_status(sim: PrinterSim) -> None:
    sim.set_fault("lost_answer", True, 0)
    assert say(sim, "1D 72 01 10 04 01") == "12"


def test_the_drawer_is_kicked_by_either_command_and_counted(sim: PrinterSim) -> None:
    say(sim, "1B 70 00 32 32")
    say(sim, "10 14 01 00 01")
    assert sim.snapshot()["drawer_pulses"] == 2


def test_a_power_cut_takes_buffer_and_settings_but_not_the_paper(sim: PrinterSim) -> None:
    say(sim, b"\x1da\x0fprinted\n")
    later(sim, 1_000)
    sim.act("open_cover", {}, 1_000)
    say(sim, b"buffered\n\x1dr\x01", 1_000)
    sim.set_power(False, 1_100)
    assert not sim.is_powered
    assert say(sim, "10 04 01", 1_200) == ""
    sim.act("close_cover", {}, 1_250)
    sim.set_power(True, 1_300)
    assert later(sim, 5_000) == ""  # neither the mark nor a status by itself
    assert say(sim, "10 04 01", 5_000) == "12"
    assert sheet(sim).height == TOP + 34


def test_hands_can_take_the_paper_and_change_the_roll(sim: PrinterSim) -> None:
    say(sim, b"x\n\x1bd\x06\x1dV\x00")
    later(sim, 3_000)
    sim.act("tear", {}, 3_000)
    assert sim.sheets() == []
    assert sim.snapshot()["sheets"] == 1
    sim.act("new_roll", {"mm": "100"}, 3_000)
    assert sim.snapshot()["paper_left_mm"] == 100


@pytest.mark.parametrize(
    ("hand", "values"),
    [("shake", {}), ("new_roll", {"mm": "0"}), ("new_roll", {"mm": "-5"}), ("new_roll", {"mm": "x"})],
)
def test_an_act_that_cannot_be_done_is_named(sim: PrinterSim, hand: str, values: dict[str, str]) -> None:
    with pytest.raises(UnknownActError):
        sim.act(hand, values, 0)


def test_an_unknown_fault_is_refused_and_the_known_ones_can_be_seen(sim: PrinterSim) -> None:
    with pytest.raises(UnknownActError):
        sim.set_fault("on_fire", True, 0)
    sim.set_fault("mute", True, 0)
    assert [name for name, is_on in sim.faults.items() if is_on] == ["mute"]
    sim.set_fault("mute", False, 0)
    assert not any(sim.faults.values())


def test_what_it_remembers_survives_a_restart_of_its_process(sim: PrinterSim) -> None:
    say(sim, b"kept\n\x1bd\x06\x1dV\x00")
    later(sim, 3_000)
    sim.act("open_cover", {}, 3_000)
    other = PrinterSim("printer")
    other.recall(sim.remember())
    assert other.sheets() == sim.sheets()
    assert {**other.snapshot()} == {**sim.snapshot()}
    assert other.kind is DeviceKind.PRINTER
    assert other.name == "printer"
    assert {hand.name for hand in other.hands} == {"tear", "new_roll", "open_cover", "close_cover"}


def test_garbage_comes_before_each_answer_while_the_line_is_noisy(sim: PrinterSim) -> None:
    sim.set_fault("noise", True, 0)
    assert say(sim, "10 04 01") == "F7 9B 12"
    assert later(sim, 10) == ""
