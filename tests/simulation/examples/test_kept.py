"""Stories that are told at every push, whatever chance tells: short ones through states that chance reaches seldom.

A story that the property finds and shrinks comes here, as the calls that it printed.
"""

from __future__ import annotations

from collections import Counter

import pytest

from kiosk.simulation.disk import Fault
from kiosk.simulation.world import Cut, Moment
from tests.simulation.street import Street

IN_A_PAYOUT = range(200, 1_000, 100)
"""Bytes from the first scan of a short visit: about where four coins of change are thrown."""


def ended(street: Street) -> Counter[str]:
    """The marks that the story reached; everything was counted on the way and is once more."""
    street.end()
    return street.tally.marks


def test_a_hopper_whose_count_goes_round_in_a_payout_that_is_cut_tells_what_it_paid() -> None:
    marks: Counter[str] = Counter()
    for nth in IN_A_PAYOUT:
        street = Street()
        street.rob("hopper-50", 0)
        street.hopper_near_wrap("hopper-20", 1)
        street.befall(("arm", Moment.BYTE, nth, Cut.HOST)).sell([120], 200)
        street.sell([150], 50)
        marks += ended(street)
    assert marks["cut_while_paying"]
    assert not marks["payout_unknown"]


@pytest.mark.parametrize("cut", Cut)
def test_coins_between_two_polls_while_the_counter_goes_round_are_credited_once(cut: Cut) -> None:
    street = Street()
    street.acceptor_near_wrap(1)
    street.befall(("arm", Moment.BYTE, 150, cut)).burst([50, 50, 50, 50], is_shopping=True)
    street.acceptor_near_wrap(2)
    street.burst([20, 20, 50, 20, 20, 10, 10, 100], is_shopping=True)
    assert ended(street)["two_events_in_one_poll"]


def test_coins_that_fell_while_the_cable_was_out_are_found_over_the_counters_turn() -> None:
    street = Street()
    street.acceptor_near_wrap(0)
    street.befall(("cable_out", "coin", 2_000, 1_500)).burst([50, 50, 50], is_shopping=True)
    street.befall(("cable_out", "coin", 100, 6_000)).money_back([50, 50])
    ended(street)


def test_a_cut_is_recovered_through_cuts_in_three_recoveries() -> None:
    street = Street()
    street.befall(
        ("arm", Moment.BYTE, 600, Cut.BOX),
        ("arm_in_recovery", Moment.STORE, 2, Cut.HOST),
        ("arm_in_recovery", Moment.BYTE, 40, Cut.BOX),
        ("arm_in_recovery", Moment.STORE, 5, Cut.PROCESS),
    ).sell(["A1", 150], 200)
    street.use_code([150])
    street.end()
    assert street.tally.cuts_in_recovery >= 2


@pytest.mark.parametrize("fault", [Fault.FULL, Fault.IO_SYNC, Fault.IO_WRITE, Fault.READ_ONLY])
def test_a_disk_that_fails_for_a_while_in_a_payment_costs_nobody_a_cent(fault: Fault) -> None:
    street = Street()
    street.befall(("disk_fails", 4, fault, 20_000)).sell([150], 50)
    street.use_code()
    street.sell(["B3"], 100)
    street.end()
    assert street.tally.store_failures


def test_other_devices_stand_there_after_a_cut_in_the_midst_of_a_sale() -> None:
    street = Street()
    street.befall(("arm", Moment.BYTE, 500, Cut.BOX)).sell(["A2"], 200)
    street.swap_acceptor()
    street.swap_hopper("hopper-20", 7)
    street.use_code([80])
    street.sell([120], 200)
    assert ended(street)["device_replaced"]


def test_an_emptied_hopper_owes_what_it_could_not_pay_and_the_code_pays_after_a_refill() -> None:
    street = Street()
    for hopper in ("hopper-10", "hopper-20", "hopper-50"):
        street.befall(("rob_at_last", hopper, 1))
    street.money_back([100, 100])
    for hopper in ("hopper-10", "hopper-20", "hopper-50"):
        street.refill(hopper, 20)
    street.befall(("arm", Moment.STORE, 9, Cut.PROCESS)).use_code()
    street.use_code()
    assert ended(street)["hopper_empty_mid_pay"]


def test_no_clock_moves_money_whatever_it_shows() -> None:
    street = Street()
    for seconds in (-10 * 31_536_000, 3_600, 20 * 31_536_000, -3_600):
        street.clock_jumps(seconds)
        street.befall(("arm", Moment.STORE, 12, Cut.HOST)).sell([150], 200)
        street.use_code()
    street.clock_stands(is_stopped=True)
    street.sell([150], 200)
    assert ended(street)["clock_back"]


def test_an_acceptor_whose_counts_could_not_be_read_tells_them_at_the_next_start() -> None:
    """Found by the property: the start changed the acceptor's page in the books, and nothing else."""
    street = Street()
    street.befall(("mishap", "coin_no_counts", 600, 1_500)).burst(
        [100, 20, 10, 50, 20, 200, 50, 20], is_shopping=False
    )
    ended(street)
    street.sell([150], 50)
    ended(street)
