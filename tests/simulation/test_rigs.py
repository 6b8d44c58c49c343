"""Every rig of the trade keeps the promise: not a cent unaccounted, with the power cut in one visit of four."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from hardware.events import DeviceKind
from hardware.rig import check_rig
from hardware.simulators.rigs import CCTALK, MAKES, RIGS, MarketRig, rig_of
from hardware.simulators.troubles import TROUBLES
from kiosk.simulation.run import SALES_FOR_EVERY, Order, simulate
from web.simulate_command import simulate_command

OTHERS = tuple(name for name in RIGS if name != CCTALK.name)
"""The first one is in every other test of this folder."""

REACHED = {
    "mdb": ("note_kept", "card_charged", "tube_counted", "visit_cut"),
    "ssp": ("note_kept", "visit_cut"),
    "coils": ("tube_counted", "visit_cut", "machine_asked"),
    "smart": ("note_kept", "visit_cut", "tube_counted"),
}
"""What a short trade on a rig must have met, else it has shown nothing about its devices."""


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.timeout(300)  # the gate's cores are shared
def test_a_rig_accounts_for_every_cent_through_power_cuts(name: str) -> None:
    outcome = simulate(Order(seed=1, sales=30, cuts=True, rigs=(name,)))
    assert outcome.problems == ()
    assert outcome.sales == 30
    assert outcome.counted is not None
    marks = Counter(outcome.counted.marks)
    assert [mark for mark in REACHED[name] if not marks[mark]] == []


def test_an_old_machine_with_all_its_mishaps_accounts_for_every_cent_and_piece() -> None:
    own = [name for name, trouble in TROUBLES.items() if trouble.kinds == {DeviceKind.VENDING_MACHINE}]
    profile = ",".join(f"{name}=120" for name in own)
    outcome = simulate(Order(seed=5, sales=30, cuts=True, rigs=("coils",), profile=profile))
    assert outcome.problems == ()
    assert outcome.counted is not None
    marks = Counter(outcome.counted.marks)
    assert all(marks[mark] for mark in ("machine_asked", "machine_denied", "vend_unknown", "vend_failed"))


@pytest.mark.parametrize("name", OTHERS)
def test_equal_seeds_give_equal_bytes_on_every_rig(name: str) -> None:
    first, second = (simulate(Order(seed=4, sales=5, cuts=True, rigs=(name,))) for _ in range(2))
    assert first.problems == second.problems == ()
    assert first.head == second.head


@pytest.mark.parametrize("name", list(RIGS))
def test_a_rigs_configuration_is_allowed_and_known_again(name: str) -> None:
    config = RIGS[name].config(Path("ports"))
    check_rig(config)
    assert rig_of(config) is RIGS[name]


@pytest.mark.parametrize("make", MAKES["mdb"][1:] + MAKES["coils"][1:], ids=lambda make: make.says)
def test_another_make_of_a_rig_has_an_allowed_configuration_with_the_same_devices(make: MarketRig) -> None:
    check_rig(make.config(Path("ports")))
    first = RIGS[make.name].config(Path("ports"))
    names = [[device.name for device in port.devices] for port in make.config(Path("ports")).ports]
    assert names == [[device.name for device in port.devices] for port in first.ports]


def test_every_make_of_a_rig_trades_at_one_of_its_kiosks() -> None:
    for name, makes in MAKES.items():
        orders = Order(seed=3, sales=1_500, rigs=(name,)).split()
        assert {order.market.says for order in orders} == {make.says for make in makes}


def test_all_rigs_trade_in_one_order_each_at_a_kiosk_of_its_own() -> None:
    orders = Order(seed=1, sales=8, rigs=tuple(RIGS)).split()
    assert [order.rig for order in orders] == list(RIGS)
    assert sum(order.sales for order in orders) == 8


def test_where_there_are_sales_enough_every_make_of_every_rig_trades() -> None:
    orders = Order(seed=1, sales=1_500, rigs=tuple(RIGS)).split()
    makes = [make.says for made in MAKES.values() for make in made]
    assert sorted(order.market.says for order in orders) == sorted(makes)
    assert min(order.sales for order in orders) >= SALES_FOR_EVERY
    fewer = Order(seed=1, sales=SALES_FOR_EVERY * len(makes) - 1, rigs=tuple(RIGS)).split()
    assert [order.rig for order in fewer] == list(RIGS)


def test_the_command_says_which_rigs_there_are() -> None:
    help_text = " ".join(CliRunner().invoke(simulate_command, ["--help"]).output.split())
    assert "[cctalk|mdb|ssp|coils|smart|all]" in help_text
