"""Our end against the simulated printer, on virtual time: silence is never believed, and nothing is printed twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.commands import OpenDrawer, Print, SetAccept
from hardware.document import Columns, Cut, Document, Line, Qr
from hardware.escpos.device import OrderReader
from hardware.escpos.host import (
    NOISE_REPORT_BYTES,
    POLL_MS,
    PROGRESS_MS,
    QUEUE_JOBS,
    RECOVER_ATTEMPTS,
    RECOVER_MS,
    WAIT_ONLINE_MS,
    Printer,
    PrinterModel,
)
from hardware.escpos.messages import RECOVER_AND_DROP
from hardware.events import (
    DeviceKind,
    DeviceLost,
    Fault,
    LineNoise,
    Paper,
    PrintEnded,
    PrinterStatus,
    PrintResult,
)
from hardware.sansio import UnauthorizedError, WireError
from tests.hardware.escpos.receipts import ENGLISH, PERSIAN
from tests.hardware.escpos.wire import AUTHORITY, Wire

WELL = PrinterStatus("printer", Paper.OK, is_online=True, cover_open=False)
SLIP = Document("en", is_rtl=False, parts=(Line("Slip"), Cut()))
LONG = Document("en", is_rtl=False, parts=(*[Columns(f"Line {n}", "€1.00") for n in range(200)], Cut()))


@pytest.fixture
def wire() -> Wire:
    """A printer that has been met."""
    wire = Wire()
    wire.run(500)
    assert wire.told == [WELL]
    return wire


def end(result: PrintResult, fault: Fault | None = None, job: str = "job-1") -> list[PrintEnded]:
    return [PrintEnded("printer", job, result, fault)]


def statuses(wire: Wire) -> list[PrinterStatus]:
    return [event for event in wire.told if isinstance(event, PrinterStatus)]


def test_first_contact_asks_all_four_and_turns_automatic_status_on(wire: Wire) -> None:
    assert wire.sent == bytes.fromhex("10 04 01 10 04 02 10 04 03 10 04 04 1D 61 0F")


def test_a_printer_that_never_answers_is_lost_once(wire: Wire) -> None:
    wire.fault("mute")
    wire.run(10 * POLL_MS)
    assert wire.told[1:] == [DeviceLost("printer", DeviceKind.PRINTER)]


def test_a_printer_that_comes_back_says_so_and_may_be_lost_again(wire: Wire) -> None:
    for _ in range(2):
        wire.fault("mute")
        wire.run(5 * POLL_MS)
        wire.fault("mute", is_on=False)
        wire.run(5 * POLL_MS)
    lost = DeviceLost("printer", DeviceKind.PRINTER)
    assert wire.told == [WELL, lost, WELL, lost, WELL]


@pytest.mark.parametrize("document", [ENGLISH, PERSIAN], ids=["en", "fa"])
def test_a_receipt_counts_as_printed_only_once_it_is_cut(wire: Wire, document: Document) -> None:
    wire.print(document)
    while not wire.ended():
        wire.run(10)
        assert wire.now_ms < 20_000
    assert wire.ended() == end(PrintResult.PRINTED)
    assert wire.sim.snapshot()["sheets"] == 1
    assert wire.sim.snapshot()["lost_bytes"] == 0


def test_a_slow_line_prints_too(wire: Wire) -> None:
    wire.bytes_per_step = 10  # 9600 baud
    wire.print(PERSIAN)
    wire.run(20_000)
    assert wire.told[1:] == end(PrintResult.PRINTED)


@pytest.mark.parametrize("baud", [9600, 4800, 2400])
def test_a_slow_line_is_waited_for_as_long_as_its_bytes_take(baud: int) -> None:
    wire = Wire(Printer("printer", baud=baud), bytes_per_step=max(1, baud // 1000))
    wire.run(1_000)
    wire.print(PERSIAN)
    wire.run(180_000_000 // baud + 3_000)
    assert wire.told == [WELL, *end(PrintResult.PRINTED)]
    assert wire.sim.snapshot()["lost_bytes"] == 0


def test_a_slow_line_that_falls_silent_is_lost_all_the_same() -> None:
    wire = Wire(Printer("printer", baud=2400), bytes_per_step=2)
    wire.run(1_000)
    wire.fault("mute")
    wire.run(25_000)
    assert wire.told == [WELL, DeviceLost("printer", DeviceKind.PRINTER)]


# --- the drawer -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pin", "pulse"), [(2, "1B 70 00 32 32"), (5, "1B 70 01 32 32")])
def test_the_drawer_is_opened_once_and_the_printer_says_so(pin: int, pulse: str) -> None:
    wire = Wire(Printer("printer", model=PrinterModel(drawer_pin=pin)))
    wire.run(500)
    wire.printer.request(OpenDrawer("printer", "drawer-1"), AUTHORITY)
    wire.run(1_000)
    wire.printer.request(OpenDrawer("printer", "drawer-1"), AUTHORITY)
    wire.run(1_000)
    assert wire.told[1:] == 2 * end(PrintResult.PRINTED, job="drawer-1")
    assert wire.sent.count(bytes.fromhex(pulse)) == 1
    assert wire.sim.snapshot()["drawer_pulses"] == 1
    assert wire.sim.snapshot()["sheets"] == 0


def test_the_drawer_needs_an_authority(wire: Wire) -> None:
    with pytest.raises(UnauthorizedError):
        wire.printer.request(OpenDrawer("printer", "drawer-1"))
    wire.run(1_000)
    assert wire.sim.snapshot()["drawer_pulses"] == 0


def test_a_printer_without_paper_opens_no_drawer(wire: Wire) -> None:
    wire.fault("paper_out")
    wire.run(1_500)
    wire.printer.request(OpenDrawer("printer", "drawer-1"), AUTHORITY)
    wire.run(1_000)
    assert wire.ended("drawer-1") == end(PrintResult.FAILED, Fault.PAPER_OUT, "drawer-1")
    assert wire.sim.snapshot()["drawer_pulses"] == 0


def test_a_drawer_of_which_the_printer_says_nothing_is_uncertain_and_is_not_opened_again(wire: Wire) -> None:
    wire.fault("lost_answer")
    wire.printer.request(OpenDrawer("printer", "drawer-1"), AUTHORITY)
    wire.run(PROGRESS_MS + 1_000)
    assert wire.ended("drawer-1") == end(PrintResult.UNCERTAIN, Fault.NO_REPLY, "drawer-1")
    wire.fault("lost_answer", is_on=False)
    wire.run(15_000)
    wire.print(SLIP)
    wire.run(5_000)
    assert wire.ended() == end(PrintResult.PRINTED)
    assert wire.sim.snapshot()["drawer_pulses"] == 1
    assert wire.sim.snapshot()["sheets"] == 1, "a pulse leaves nothing on the paper that has to be cut off"


def test_jobs_are_printed_one_after_another(wire: Wire) -> None:
    for number in range(QUEUE_JOBS):
        wire.print(SLIP, f"job-{number}")
    wire.run(10_000)
    assert [event for event in wire.told if isinstance(event, PrintEnded)] == [
        PrintEnded("printer", f"job-{number}", PrintResult.PRINTED) for number in range(QUEUE_JOBS)
    ]
    assert wire.sim.snapshot()["sheets"] == QUEUE_JOBS


def test_a_job_that_finds_the_queue_full_ends_as_failed(wire: Wire) -> None:
    for number in range(QUEUE_JOBS + 1):
        wire.print(SLIP, f"job-{number}")
    wire.run(10_000)
    assert wire.ended(f"job-{QUEUE_JOBS}") == end(PrintResult.FAILED, Fault.REFUSED, f"job-{QUEUE_JOBS}")
    assert wire.sim.snapshot()["sheets"] == QUEUE_JOBS


def test_a_job_asked_for_again_is_told_again_and_not_printed_again(wire: Wire) -> None:
    wire.print(SLIP)
    wire.print(SLIP)
    wire.run(5_000)
    wire.print(SLIP)
    wire.run(5_000)
    assert wire.ended() == end(PrintResult.PRINTED) * 2
    assert wire.sim.snapshot()["sheets"] == 1


def test_printing_without_authority_is_refused(wire: Wire) -> None:
    with pytest.raises(UnauthorizedError):
        wire.printer.request(Print("printer", "job-1", SLIP))
    wire.run(2_000)
    assert wire.sim.snapshot()["sheets"] == 0


@pytest.mark.parametrize(
    "command",
    [
        Print("another", "job-1", SLIP),
        SetAccept("printer", ()),
        Print("printer", "job-1", Document("en", is_rtl=False, parts=(Line("x"),) * 301)),
        Print("printer", "job-1", Document("en", is_rtl=False, parts=(Qr("a\x10\x14"),))),
    ],
)
def test_what_a_printer_cannot_do_is_refused_at_once(wire: Wire, command: Print) -> None:
    with pytest.raises(WireError):
        wire.printer.request(command, AUTHORITY)


@pytest.mark.parametrize(("width", "chunk"), [(380, 512), (640, 512), (576, 32), (576, 4096)])
def test_a_printer_that_does_not_exist_cannot_be_configured(width: int, chunk: int) -> None:
    with pytest.raises(WireError):
        Printer("printer", width, chunk)


@pytest.mark.parametrize(
    ("fault", "paper", "reason"),
    [("paper_out", Paper.OUT, Fault.PAPER_OUT), ("says_no_but_prints", Paper.OUT, Fault.PAPER_OUT)],
)
def test_no_paper_is_known_before_a_job_and_nothing_is_sent(
    wire: Wire, fault: str, paper: Paper, reason: Fault
) -> None:
    wire.fault(fault)
    wire.run(2 * POLL_MS)
    assert statuses(wire)[-1] == PrinterStatus(
        "printer", paper, is_online=False, cover_open=False, fault=reason
    )
    before = len(wire.sent)
    wire.print(SLIP)
    wire.run(500)
    assert wire.ended() == end(PrintResult.FAILED, reason)
    assert b"Slip" not in wire.sent[before:]


def test_a_change_is_told_without_waiting_for_the_next_question(wire: Wire) -> None:
    wire.run(100)
    wire.act("open_cover")
    wire.run(20)
    assert statuses(wire)[-1].cover_open
    wire.act("close_cover")
    wire.run(20)
    assert statuses(wire)[-1] == WELL


def test_paper_near_its_end_is_told_and_still_prints(wire: Wire) -> None:
    wire.act("new_roll", mm="1500")
    wire.run(50)
    assert statuses(wire)[-1] == PrinterStatus("printer", Paper.LOW, is_online=True, cover_open=False)
    wire.print(SLIP)
    wire.run(3_000)
    assert wire.ended() == end(PrintResult.PRINTED)


def test_paper_that_ends_in_the_middle_fails_the_job_and_the_rest_is_cut_off_the_next(wire: Wire) -> None:
    wire.act("new_roll", mm="60")
    wire.print(LONG)
    wire.run(3_000)
    assert wire.ended() == end(PrintResult.FAILED, Fault.PAPER_OUT)
    wire.act("new_roll")
    wire.run(PROGRESS_MS)
    before = wire.sim.snapshot()["sheets"]
    assert isinstance(before, int)
    wire.print(SLIP, "job-2")
    wire.run(PROGRESS_MS + 5_000)
    assert wire.ended("job-2") == end(PrintResult.PRINTED, job="job-2")
    assert wire.sim.snapshot()["sheets"] == before + 2  # the remains, and the new receipt by itself


def test_an_open_cover_in_the_middle_fails_the_job(wire: Wire) -> None:
    wire.print(LONG)
    wire.run(500)
    wire.act("open_cover")
    wire.run(500)
    assert wire.ended() == end(PrintResult.FAILED, Fault.COVER_OPEN)


def test_a_receipt_sent_whole_whose_last_answer_is_missing_is_uncertain(wire: Wire) -> None:
    wire.fault("lost_answer")
    wire.print(SLIP)
    wire.run(PROGRESS_MS + 1_000)
    assert wire.ended() == end(PrintResult.UNCERTAIN, Fault.NO_REPLY)
    assert wire.sim.snapshot()["sheets"] == 1


def test_a_late_answer_to_an_old_job_proves_nothing_about_a_new_one(wire: Wire) -> None:
    wire.fault("head_hot")  # it takes the bytes and prints nothing for now
    wire.run(30)
    wire.fault("head_hot", is_on=False)
    wire.print(SLIP)
    wire.run(30)
    wire.fault("head_hot")
    wire.run(PROGRESS_MS + 1_000)
    assert wire.ended() == end(PrintResult.UNCERTAIN, Fault.NO_REPLY)
    wire.print(SLIP, "job-2")
    wire.fault("head_hot", is_on=False)
    while not wire.ended("job-2"):
        wire.run(10)
        assert wire.now_ms < 60_000
    assert wire.ended("job-2") == end(PrintResult.PRINTED, job="job-2")
    assert wire.sim.snapshot()["sheets"] == 3  # the old slip, a separating cut, and the new slip


def test_a_hot_head_makes_a_job_wait_and_then_fail(wire: Wire) -> None:
    wire.fault("head_hot")
    wire.run(100)
    wire.print(SLIP)
    wire.run(WAIT_ONLINE_MS - 500)
    assert not wire.ended()
    wire.run(1_000)
    assert wire.ended() == end(PrintResult.FAILED, Fault.UNSPECIFIED)


def test_a_stuck_blade_makes_the_job_uncertain_and_is_tried_again_only_so_often(wire: Wire) -> None:
    wire.fault("cutter_jam")
    wire.print(SLIP)
    wire.run(3_000)
    assert wire.ended() == end(PrintResult.UNCERTAIN, Fault.CUTTER)
    wire.run(2 * RECOVER_ATTEMPTS * RECOVER_MS)
    assert wire.sent.count(RECOVER_AND_DROP) == RECOVER_ATTEMPTS
    assert statuses(wire)[-1].fault is Fault.CUTTER


def test_a_blade_that_somebody_freed_is_recovered_when_the_cover_closes(wire: Wire) -> None:
    wire.fault("cutter_jam")
    wire.print(SLIP)
    wire.run(2_000)
    wire.act("open_cover")
    wire.run(1_000)
    wire.fault("cutter_jam", is_on=False)
    wire.act("close_cover")
    wire.run(200)
    assert statuses(wire)[-1] == WELL
    wire.print(SLIP, "job-2")
    wire.run(PROGRESS_MS + 5_000)
    assert wire.ended("job-2") == end(PrintResult.PRINTED, job="job-2")


def test_a_power_cut_in_the_middle_loses_the_printer_and_fails_the_job(wire: Wire) -> None:
    wire.print(LONG)
    wire.run(500)
    wire.sim.set_power(False, wire.now_ms)
    wire.run(5 * POLL_MS)
    assert wire.ended() == end(PrintResult.FAILED, Fault.NO_REPLY)
    wire.sim.set_power(True, wire.now_ms)
    wire.run(5 * POLL_MS)
    wire.print(SLIP, "job-2")
    wire.run(2 * PROGRESS_MS)
    assert wire.ended("job-2") == end(PrintResult.PRINTED, job="job-2")


def test_a_job_for_a_printer_that_is_away_fails(wire: Wire) -> None:
    wire.fault("mute")
    wire.run(5 * POLL_MS)
    wire.print(SLIP)
    wire.run(100)
    assert wire.ended() == end(PrintResult.FAILED, Fault.NO_REPLY)


def test_a_job_asked_for_before_first_contact_waits_for_it() -> None:
    wire = Wire()
    wire.print(SLIP)
    wire.run(3_000)
    assert wire.told == [WELL, *end(PrintResult.PRINTED)]


def test_garbage_on_the_line_is_reported_and_breaks_no_job(wire: Wire) -> None:
    wire.fault("noise")
    wire.print(ENGLISH)
    wire.run(15_000)
    assert wire.ended() == end(PrintResult.PRINTED)
    noise = [event for event in wire.told if isinstance(event, LineNoise)]
    assert noise
    assert all(event.dropped >= NOISE_REPORT_BYTES for event in noise)


@given(noise=st.binary(max_size=60), at_ms=st.integers(0, 1_500))
@settings(max_examples=25, deadline=None)
def test_noise_never_prints_a_receipt_twice_nor_leaves_a_job_open(noise: bytes, at_ms: int) -> None:
    wire = Wire()
    wire.run(500)
    wire.print(SLIP)
    wire.run(at_ms)
    wire.printer.receive(noise, wire.now_ms)
    wire.run(2 * PROGRESS_MS)
    assert len(wire.ended()) == 1
    made = wire.sim.snapshot()["sheets"]
    assert made == 1 or (made == 0 and wire.ended()[0].result is not PrintResult.PRINTED)


@given(noise=st.lists(st.sampled_from([0x80, 0x91, 0xB0, 0xF7, 0x11, 0x13, 0x97]), max_size=40).map(bytes))
@settings(max_examples=15, deadline=None)
def test_bytes_that_are_no_answers_never_prove_a_print(noise: bytes) -> None:
    wire = Wire()
    wire.run(500)
    wire.fault("lost_answer")
    wire.print(SLIP)
    wire.run(500)
    wire.printer.receive(noise, wire.now_ms)
    wire.run(2 * PROGRESS_MS)
    assert wire.ended() == end(PrintResult.UNCERTAIN, Fault.NO_REPLY)


def test_real_time_questions_never_stand_inside_a_command(wire: Wire) -> None:
    wire.bytes_per_step = 10
    wire.print(PERSIAN)
    wire.run(20_000)
    reader = OrderReader()
    reader.feed(wire.sent)
    pictures = 0
    while (order := reader.next()) is not None:
        pictures += order.code == b"\x1b*"
        assert b"\x10\x04" not in order.data
    assert pictures > 50
    assert wire.ended() == end(PrintResult.PRINTED)


def test_an_answer_that_comes_after_its_time_is_not_taken_for_the_next_one() -> None:
    """The drawer's bit of the first answer is the cover's bit of the second."""
    printer = Printer("printer")
    printer.tick(0)
    printer.tick(POLL_MS)
    now_ms = POLL_MS
    for answer in bytes.fromhex("16 16 12 12 12"):  # the first is late by a whole round
        now_ms += 10
        printer.receive(bytes((answer,)), now_ms)
    assert printer.events() == ()
    now_ms += POLL_MS
    printer.tick(now_ms)
    for answer in bytes.fromhex("16 12 12 12"):
        now_ms += 10
        printer.receive(bytes((answer,)), now_ms)
    assert printer.events() == (WELL,)
