"""Bad input: a printer that is silent, open or empty, before a sale and in the middle of a receipt. The sale stands, always."""

from __future__ import annotations

import pytest

from hardware import events as hw
from hardware.commands import Print
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES, say
from tests.bad_input.table import Booth, expect_three, expect_told


def ready(booth: Booth) -> None:
    booth.tell(hw.PrinterStatus("printer", paper=hw.Paper.OK, is_online=True, cover_open=False))


BEFORE = [
    pytest.param(
        hw.PrinterStatus("printer", hw.Paper.OUT, is_online=True, cover_open=False), "paper_out", id="empty"
    ),
    pytest.param(
        hw.PrinterStatus("printer", hw.Paper.OK, is_online=False, cover_open=True), "cover_open", id="open"
    ),
    pytest.param(
        hw.PrinterStatus("printer", hw.Paper.OK, is_online=False, cover_open=False, fault=hw.Fault.CUTTER),
        "cutter",
        id="its blade stuck",
    ),
    pytest.param(hw.DeviceLost("printer", hw.DeviceKind.PRINTER, hw.Fault.NO_REPLY), "no_reply", id="silent"),
]


@pytest.mark.parametrize(("word", "fault"), BEFORE)
def test_before_a_sale_it_is_known_and_the_sale_goes_on(
    booth: Booth, word: hw.DeviceEvent, fault: str
) -> None:
    ready(booth)
    assert booth.screen().is_printer_ready
    booth.tell(word)
    assert not booth.screen().is_printer_ready, "said before anybody pays"
    booth.sale()
    thanks = booth.screen().thanks
    assert thanks is not None
    assert not thanks.is_printer_ready
    expect_told(booth.ask(ev.ReceiptTapped(**booth.tap())).notice, "printer_off")  # type: ignore[arg-type]
    assert booth.facts(f.PrintStarted) == []
    booth.expect_nothing_lost(goods_minor=150)
    for who in ("shopper", "clerk"):
        texts = [say(language, f"fault.{fault}.{who}") for language in LANGUAGES]
        expect_three(*texts, key=fault)
    ready(booth)
    booth.ask(ev.ReceiptTapped(**booth.tap()))  # type: ignore[arg-type]
    assert isinstance(booth.sent.pop(), Print), "once it is well, the same receipt can be had"


DURING = [
    pytest.param(hw.PrintResult.FAILED, hw.Fault.PAPER_OUT, "failed", id="the paper ends"),
    pytest.param(hw.PrintResult.FAILED, hw.Fault.COVER_OPEN, "failed", id="the cover is opened"),
    pytest.param(hw.PrintResult.UNCERTAIN, hw.Fault.NO_REPLY, "uncertain", id="it falls silent"),
]


@pytest.mark.parametrize(("result", "fault", "shown"), DURING)
def test_in_the_middle_of_a_receipt_it_is_told_and_recorded(
    booth: Booth, result: hw.PrintResult, fault: hw.Fault, shown: str
) -> None:
    ready(booth)
    booth.sale()
    booth.ask(ev.ReceiptTapped(**booth.tap()))  # type: ignore[arg-type]
    command = booth.sent.pop()
    assert isinstance(command, Print)
    booth.tell(hw.PrintEnded("printer", command.job, result, fault))
    thanks = booth.screen().thanks
    assert thanks is not None
    assert thanks.print_state == shown
    closed = [each.fact for each in booth.facts(f.PrintClosed)]
    assert [(fact.result, fact.fault) for fact in closed if isinstance(fact, f.PrintClosed)] == [
        (result, fault)
    ]
    booth.expect_nothing_lost(goods_minor=150)


def test_a_printer_that_answers_twice_has_printed_once(booth: Booth) -> None:
    ready(booth)
    booth.sale()
    booth.ask(ev.ReceiptTapped(**booth.tap()))  # type: ignore[arg-type]
    command = booth.sent.pop()
    assert isinstance(command, Print)
    for result in (hw.PrintResult.PRINTED, hw.PrintResult.FAILED):
        booth.tell(hw.PrintEnded("printer", command.job, result))
    thanks = booth.screen().thanks
    assert thanks is not None
    assert thanks.print_state == "printed"


def test_the_power_goes_in_the_middle_of_a_receipt(booth: Booth) -> None:
    ready(booth)
    booth.sale()
    booth.ask(ev.ReceiptTapped(**booth.tap()))  # type: ignore[arg-type]
    booth.cut_power()
    booth.identify()
    assert not [command for command in booth.sent if isinstance(command, Print)], (
        "never printed again on a guess"
    )
    booth.expect_nothing_lost(goods_minor=150)
