"""Bad input: a clock that jumps. Order and money never depend on the time of day; waits run on the monotonic clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk.core import facts as f
from kiosk.core.screen import View
from kiosk.core.state import Phase
from tests.bad_input.table import Booth

JUMPS = [
    pytest.param(timedelta(days=-365), id="back a year"),
    pytest.param(timedelta(days=3_652), id="forward ten years"),
    pytest.param(timedelta(hours=-1), id="back an hour"),
    pytest.param(timedelta(days=-20_770), id="back to 1970"),
]

MOMENTS = ["at idle", "with money held", "while a coil turns", "while change is paid"]


def jump(booth: Booth, by: timedelta) -> None:
    """Somebody sets the clock; the machine's own uptime goes on as ever."""
    booth.clock._wall += by
    booth.tell()


@pytest.mark.parametrize("by", JUMPS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_clock_that_jumps_is_written_down_and_moves_no_money(
    booth: Booth, moment: str, by: timedelta
) -> None:
    if moment != "at idle":
        booth.choose("A1")
        booth.coin(100)
    if moment in {"while a coil turns", "while change is paid"}:
        booth.coin(100)
    if moment == "while change is paid":
        booth.vend("delivered")
    phase, held_minor = booth.state.phase, booth.screen().held_minor
    jump(booth, by)
    steps = [each.fact for each in booth.facts(f.ClockStepped)]
    assert len(steps) == 1
    assert isinstance(steps[0], f.ClockStepped)
    assert (steps[0].now > steps[0].was) == (by > timedelta())
    assert (booth.state.phase, booth.screen().held_minor) == (phase, held_minor), (
        "no wait ended, nothing was given away"
    )
    if phase in {Phase.IDLE, Phase.SHOPPING}:
        if phase is Phase.IDLE:
            booth.choose("A1")
        while booth.state.phase is not Phase.FULFILLING:
            booth.coin(50)
    if booth.state.phase is Phase.FULFILLING:
        booth.vend("delivered")
    booth.pay()
    assert booth.state.phase is Phase.IDLE
    booth.expect_nothing_lost(goods_minor=150)


@pytest.mark.parametrize("by", JUMPS)
def test_the_journal_keeps_its_order_over_a_jump_and_a_restart(booth: Booth, by: timedelta) -> None:
    booth.coin(100)
    booth.clock._wall += by  # while the power is off, as a machine without a battery
    booth.cut_power()
    booth.identify()
    entries = booth.entries()
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    booted = [entry for entry in entries if entry.kind == "Booted"][-1]
    assert booted.time_ok == (by > timedelta()), "a start before the last entry is not trusted, and says so"
    debts = [each.fact for each in booth.facts(f.DebtRecorded)]
    assert [debt.amount_minor for debt in debts if isinstance(debt, f.DebtRecorded)] == [100]
    booth.expect_nothing_lost(goods_minor=0)


def test_waits_run_on_the_monotonic_clock(booth: Booth) -> None:
    booth.choose("A1")
    jump(booth, timedelta(days=3_652))
    assert booth.state.phase is Phase.SHOPPING, "ten years on the wall are no time at the screen"
    booth.wait(55_000)
    assert booth.state.phase is Phase.SHOPPING
    booth.wait(7_000)
    assert booth.screen().view is View.IDLE
