"""Every mishap by its name: it befalls visit after visit, with and without power cuts, and every cent is accounted for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields

import pytest
from click.testing import CliRunner

from hardware.simulators.coin_acceptor import FALL_MS
from hardware.simulators.damage import Noise
from hardware.simulators.market import ACCEPTOR
from hardware.simulators.rigs import CCTALK, MAKES, MarketRig
from hardware.simulators.troubles import TROUBLES, Device
from kiosk.core.postings import CASH_BOX
from kiosk.simulation.mishaps import (
    EVERY,
    MISHAPS,
    Doses,
    Mishap,
    UnknownMishapError,
    WorldReach,
    profile_of,
    troubles_of,
)
from kiosk.simulation.people import Person
from kiosk.simulation.run import Counted, Order, Trade
from kiosk.simulation.world import Cut
from web.simulate_command import simulate_command

VISITS = 4
AFTERWARDS_MS = 45_000
"""Jobs whose device has gone are given up after 30 s; then everything is said that will be said."""


def trade_with(
    profile: str, *, seed: int, visits: int = VISITS, cuts: bool = False, rig: str = CCTALK.name
) -> Trade:
    trade = Trade(Order(seed=seed, sales=0, cuts=cuts, profile=profile, rigs=(rig,)))
    trade.open()
    for index in range(visits):
        trade.visit(index)
    trade.world.disarm()
    trade.world.run_for(AFTERWARDS_MS)
    trade.world.settle()
    return trade


def counted_after(profile: str, *, seed: int, visits: int = VISITS, cuts: bool = False) -> Counted:
    return trade_with(profile, seed=seed, visits=visits, cuts=cuts).audit()


def devices_of(rig: MarketRig) -> tuple[Device, ...]:
    return tuple(Device.of(each, wire.name) for wire in rig.wires({}) for each in wire.simulators)


def rig_with(name: str) -> tuple[str, int]:
    """The first rig that a mishap can befall, and a seed of the make that has the device for it."""
    trouble = TROUBLES.get(name)
    for rig, makes in MAKES.items():
        for number, make in enumerate(makes):
            if trouble is None or trouble.targets(devices_of(make)):
                return rig, 1 + number + 4 * len(makes)
    raise AssertionError(f"{name} befalls no rig")


@pytest.mark.parametrize("name", MISHAPS)
def test_under_every_mishap_every_cent_is_accounted_for(name: str) -> None:
    rig, seed = rig_with(name)
    trade = trade_with(f"{name}=1000", seed=seed, rig=rig)
    assert trade.doses.met == {name: VISITS}
    assert name not in TROUBLES or any(trouble == name for trouble, _device in trade.world.befell)
    counted = trade.audit()
    assert counted.problems == ()
    assert counted.accounts.unaccounted_minor == counted.accounts.unaccounted_pieces == 0
    faults = [
        fault for each in trade.world.simulators.values() for fault, is_on in each.faults.items() if is_on
    ]
    assert faults == []
    assert all(each.is_powered for each in trade.world.simulators.values())
    assert all(line.is_plugged and line.noise.is_quiet for line in trade.world.lines.values())


@pytest.mark.parametrize(
    "names",
    [
        ("coin_restart", "coin_no_counts", "brown_out"),
        ("hopper_resumes", "hopper_lost_reply", "box_cut"),
        ("hopper_no_count", "hopper_extra_coin", "process_killed"),
        ("vend_late_drop", "vend_sensor_blind", "host_cut"),
        ("store_full_once", "store_sync_fails", "clock_1970"),
        ("line_flip", "line_drop", "line_duplicate"),
    ],
)
def test_mishaps_that_meet_each_other_and_power_cuts_hide_nothing(names: tuple[str, ...]) -> None:
    profile = ",".join(f"{name}=600" for name in names)
    counted = counted_after(profile, seed=3, visits=8, cuts=True)
    assert counted.problems == ()


def test_a_swarm_with_cuts_is_accounted_for() -> None:
    assert counted_after("swarm", seed=5, visits=25, cuts=True).problems == ()


def test_every_device_meets_its_list_one_mishap_a_visit() -> None:
    trade = trade_with(EVERY, seed=2, visits=12, cuts=True, rig="mdb")
    assert trade.audit().problems == ()
    assert trade.doses.met
    assert sum(trade.doses.met.values()) == 12
    lists = troubles_of(devices_of(trade.order.market))
    assert set(lists) == set(trade.world.simulators)
    assert all(trouble in lists[device] for trouble, device in trade.world.befell)
    (reader,) = (each for each in trade.devices({}) if each.name == "card")
    met = {trouble for trouble, device in trade.world.befell if device == "card"}
    assert set(reader.missed) == lists["card"] - met
    assert {"card_declines", "cable_out", "line_flip", "brown_out"} <= lists["card"]


def test_a_mishap_that_no_device_met_in_time_is_told_and_is_a_failure() -> None:
    arguments = ["--rig", "coils", "--sales", "3", "--mishaps", EVERY]
    done = CliRunner().invoke(simulate_command, arguments)
    assert done.exit_code == 1
    assert "0 cents unaccounted" in done.output
    assert "coils coin" in done.output
    assert "kinds" in done.output
    assert re.search(r"! kiosk 0 \(coils\): coin never met .*coin_jam", done.output)


# --- what must be recorded, not only balanced -------------------------------------------------------------------------


def test_a_robbed_hopper_is_the_worlds_doing_and_stays_visible() -> None:
    counted = counted_after("hopper_coins_removed=1000", seed=7)
    assert counted.accounts.hidden_minor > 0
    assert any(each.what.startswith("hopper.") for each in counted.accounts.explanations)


def test_a_store_that_fails_for_ever_ends_the_process_until_it_is_mended() -> None:
    trade = trade_with("store_full=1000", seed=7)
    assert trade.world.totals.store_failures > VISITS
    assert trade.world.is_running
    assert trade.audit().problems == ()


def test_a_slow_card_is_waited_for() -> None:
    trade = trade_with("store_slow=1000", seed=7)
    assert trade.world.totals.store_failures == 0
    assert trade.sales > 0


@pytest.mark.parametrize("name", ["coin_mute", "cable_out", "coin_restart"])
def test_a_coin_that_nobody_told_of_is_found_by_the_counts_or_given_back(name: str) -> None:
    counted = counted_after(f"{name}=1000", seed=11, visits=10)
    assert counted.problems == ()
    assert counted.accounts.swallowed_minor == 0


def test_a_swallowed_coin_is_never_silent() -> None:
    trade = trade_with("coin_swallow=1000", seed=7, visits=16)
    swallowed = trade.world.acceptor.snapshot()["swallowed"]
    counted = trade.audit()
    assert swallowed
    assert counted.problems == ()
    assert any("shopper" in each.what for each in counted.accounts.explanations)


def test_the_washers_turn_the_event_counter_round() -> None:
    trade = trade_with("coin_counter_wrap=1000", seed=7, visits=3)
    assert trade.world.till is not None
    (book,) = trade.world.till.state().acceptors.values()
    assert book.event_no > 255
    assert trade.audit().problems == ()


# --- the registry -----------------------------------------------------------------------------------------------------


def test_every_trouble_of_the_devices_is_a_mishap_under_the_same_name() -> None:
    assert set(TROUBLES) < set(MISHAPS)
    assert all(MISHAPS[name].boundary == trouble.boundary for name, trouble in TROUBLES.items())


def test_every_fault_of_every_simulator_and_every_damage_of_a_line_has_a_name() -> None:
    trade = Trade(Order(seed=1, sales=0))
    meant = {repr(trouble.means) for trouble in TROUBLES.values()}
    for device in trade.world.simulators.values():
        for fault in device.faults:
            assert any(f"fault='{fault}'" in each for each in meant), (device.name, fault)
    for damage in fields(Noise):
        assert any(getattr(getattr(each.means, "noise", Noise()), damage.name) for each in TROUBLES.values())


@pytest.mark.parametrize("mishap", MISHAPS.values(), ids=lambda mishap: mishap.name)
def test_every_mishap_says_what_happened(mishap: Mishap) -> None:
    assert mishap.says.endswith(".")
    assert mishap.says[0].isupper()
    assert 0 <= mishap.per_thousand[0] <= mishap.per_thousand[1] <= 1000


def test_stealing_from_an_empty_bowl_takes_nothing() -> None:
    trade = Trade(Order(seed=1, sales=0))
    WorldReach(trade.world).act("hopper-10", "remove", {"qty": "3"})
    assert trade.world.hidden == Counter()


# --- profiles and doses -----------------------------------------------------------------------------------------------


def test_profiles_are_read_by_name_and_by_rates() -> None:
    assert profile_of("none") == profile_of("") == {}
    assert profile_of("coin_jam=5, box_cut=1000") == {"coin_jam": 5, "box_cut": 1000}
    usual, rough = profile_of("usual"), profile_of("rough")
    assert set(usual) < set(rough) == set(MISHAPS)
    assert sum(usual.values()) < 50 < sum(rough.values())


def test_each_swarm_draws_its_own_rates_zero_included() -> None:
    def swarm(seed: int) -> Mapping[str, int]:
        return profile_of("swarm", str(seed))

    assert swarm(1) == swarm(1) != swarm(2)
    assert 0 < len(swarm(1)) < len(MISHAPS)
    assert max(swarm(1).values()) > 10


@pytest.mark.parametrize(
    "text", ["rust=1", "coin_jam", "coin_jam=1001", "coin_jam=-1", "coin_jam=٣", "coin_jam=1,"]
)
def test_a_profile_that_does_not_exist_is_refused_with_words(text: str) -> None:
    with pytest.raises(UnknownMishapError):
        profile_of(text)


def test_what_a_visit_meets_does_not_depend_on_other_visits() -> None:
    def met_by(indices: range) -> dict[int, set[str]]:
        trade = Trade(Order(seed=9, sales=0))
        trade.open()
        doses = Doses(profile_of("printer_paper_low=300,vend_jam=300,scanner_split=300"), "9")
        found = {}
        for index in indices:
            before = Counter(doses.met)
            doses.before(trade.world, index)
            found[index] = set(Counter(doses.met) - before)
            doses.after(trade.world, index)
        return found

    everything, few = met_by(range(12)), met_by(range(3, 12, 4))
    assert any(everything.values())
    assert few == {index: everything[index] for index in few}


def test_equal_seeds_give_equal_journals() -> None:
    def head() -> bytes:
        trade = trade_with("rough", seed=13, visits=12, cuts=True)
        assert trade.world.ledger is not None
        return trade.world.ledger.head.digest

    assert head() == head()


def test_a_mishap_that_was_mended_before_its_moment_never_begins() -> None:
    trade = Trade(Order(seed=1, sales=0))
    trade.open()
    doses = Doses({"coin_jam": 1000}, "1")
    doses.before(trade.world, 0)
    doses.after(trade.world, 0)
    trade.world.run_for(60_000)
    assert not trade.world.acceptor.faults["jam"]


# --- seeds that once lost money ---------------------------------------------------------------------------------------


def test_a_coin_is_found_although_the_acceptors_counts_could_not_be_read_before() -> None:
    trade = Trade(Order(seed=1, sales=0, profile="coin_no_counts=1"))
    trade.open()
    world, crowd = trade.world, trade.crowd
    world.acceptor.set_fault("no_counts", True, world.clock.world_ms())
    world.cut_power(Cut.PROCESS)
    world.settle()
    world.run_for(2_000)
    person = crowd.arrive(Person(name="0", manner="usual"))
    for wait_ms in (1_000, FALL_MS + 1):
        world.acceptor.drop(4, 1, world.clock.world_ms())
        world.touch(ACCEPTOR)
        world.run_for(wait_ms)
        person.dropped[100] += 1
        world.acceptor.set_fault("no_counts", False, world.clock.world_ms())
    world.cut_power(Cut.PROCESS)  # the second coin is in the box, and nobody has asked for it
    world.settle()
    world.run_for(3_000)
    crowd.depart(person)
    assert world.till is not None
    assert world.till.state().cash[CASH_BOX] == 200
    assert trade.audit().problems == ()


def test_seed_106_of_the_swarm_is_accounted_for() -> None:
    assert counted_after("swarm", seed=106, visits=33, cuts=True).problems == ()


@pytest.mark.parametrize("rig", ["mdb", "ssp", "coils"])
def test_a_mistyped_refill_of_a_tube_that_counts_itself_comes_into_the_books(rig: str) -> None:
    trade = Trade(Order(seed=2, sales=0, profile="refill_mistyped=1000", rigs=(rig,)))
    trade.open()
    for index in range(6):
        trade.doses.before(trade.world, index)
    for name in sorted(trade.world.counted):
        for is_on in (False, True):
            trade.world.set_power(name, is_on=is_on)
    trade.world.run_for(AFTERWARDS_MS)
    trade.world.settle()
    counted = trade.audit()
    assert counted.problems == ()
    assert not [each.device for each in counted.report.levels]
    assert not any(trade.world.hidden[f"hopper.{name}"] for name in trade.world.counted)
