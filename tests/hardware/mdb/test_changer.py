"""The master and a coin changer: coins told once, payouts settled by the tubes, and every way in which a reply gets lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from hardware.commands import PayCoins, SetAccept, TurnCoil
from hardware.events import (
    AcceptorIdentified,
    CoinAccepted,
    CoinEventsLost,
    CoinRefused,
    CoinsPaid,
    CoinUnvalued,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    Fault,
    HopperCounted,
    HopperIdentified,
    LineNoise,
    PayoutProgressed,
    PayoutUnknown,
)
from hardware.mdb.host import Adapter, ChangerConfig, MdbBus, TubeConfig
from hardware.mdb.messages import ChangerState, Identity, Said
from hardware.sansio import AcceptorMemory, UnauthorizedError, WireError
from hardware.simulators.mdb_changer import TUBE_CAPACITY, ChangerSim
from hardware.simulators.model import UnknownActError
from tests.hardware.mdb.conversation import (
    AUTHORITY,
    COINS,
    SERIAL,
    TUBES,
    Conversation,
    changer_config,
    changer_sim,
    with_changer,
)

both_boxes = pytest.mark.parametrize("adapter", Adapter)


def of(kind: type[DeviceEvent], events: Sequence[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if isinstance(event, kind)]


def ready(
    adapter: Adapter = Adapter.QIBIXX, level: int = 3, tubes: int = 20, memory: AcceptorMemory | None = None
) -> tuple[Conversation, ChangerSim]:
    wire, sim = with_changer(memory, adapter=adapter, level=level)
    for position in (2, 3, 4):
        sim.fill(position, tubes) if tubes else None
    wire.run(6_000)
    wire.open()
    wire.run(500)
    wire.seen.clear()
    return wire, sim


def accepted(events: Sequence[DeviceEvent]) -> list[tuple[int, str, int]]:
    return [
        (event.value_minor, event.into, event.event_no) for event in events if isinstance(event, CoinAccepted)
    ]


# --- a tube for two coins ------------------------------------------------------------------------------------------


@both_boxes
@pytest.mark.parametrize("positions", [(4,), (7,), (4, 7), (7, 4, 7)])
def test_two_coins_that_share_a_tube_are_counted_in_it_and_told_once(
    adapter: Adapter, positions: tuple[int, ...]
) -> None:
    coins = {**COINS, 7: 50}
    config = replace(
        changer_config(), coins=coins, into={**{at: name for name, at in TUBES.items()}, 7: "tube-50"}
    )
    sim = ChangerSim("coin", SERIAL, coins, TUBES, shared={7: 4})
    sim.fill(4, 3)
    wire = Conversation([config], [sim], adapter=adapter)
    wire.run(6_000)
    wire.open(*coins)
    wire.run(500)
    wire.seen.clear()
    for position in positions:
        sim.drop(position, 1, wire.now_ms)
        wire.run(1_000)
    seen = wire.run(70_000)
    told = [event for event in wire.seen if isinstance(event, CoinAccepted)]
    assert [(event.position, event.into) for event in told] == [
        (position, "tube-50") for position in positions
    ]
    assert of(HopperCounted, wire.seen) == [], "the tube holds what the coins say"
    wire.ask(PayCoins("tube-50", "job", len(positions), None))
    (paid,) = of(CoinsPaid, wire.run(10_000))
    assert paid == CoinsPaid("tube-50", "job", len(positions), None, None, 3)
    assert of(CoinEventsLost, seen) == []


@both_boxes
def test_of_a_full_tube_the_second_coin_falls_into_the_box(adapter: Adapter) -> None:
    coins = {**COINS, 7: 50}
    config = replace(
        changer_config(), coins=coins, into={**{at: name for name, at in TUBES.items()}, 7: "tube-50"}
    )
    sim = ChangerSim("coin", SERIAL, coins, TUBES, shared={7: 4})
    sim.fill(4, TUBE_CAPACITY)
    wire = Conversation([config], [sim], adapter=adapter)
    wire.run(6_000)
    wire.open(*coins)
    wire.run(500)
    wire.seen.clear()
    sim.drop(7, 1, wire.now_ms)
    wire.run(2_000)
    assert accepted(wire.seen) == [(50, "", 1)]


# --- contact -----------------------------------------------------------------------------------------------------


@both_boxes
@pytest.mark.parametrize("level", [2, 3])
def test_a_changer_and_its_tubes_are_identified_with_their_levels(adapter: Adapter, level: int) -> None:
    wire, sim = with_changer(adapter=adapter, level=level)
    sim.fill(2, 7)
    serial = SERIAL if level == 3 else 0
    assert wire.run(6_000) == [
        AcceptorIdentified("coin", serial, 1, 0, None, restarted=False, has_counter=False),
        HopperIdentified("tube-10", serial, None, None, lost_power=False, level=7),
        HopperIdentified("tube-20", serial, None, None, lost_power=False, level=0),
        HopperIdentified("tube-50", serial, None, None, lost_power=False, level=0),
    ]
    assert sim.firmware.accepted == frozenset()
    assert sim.firmware.by_hand, "a clerk may use the changer's buttons"


@both_boxes
def test_a_line_on_which_nobody_answers_is_reported_lost_once(adapter: Adapter) -> None:
    wire, _ = with_changer(adapter=adapter)
    wire.to_box = lambda _: ()
    assert of(DeviceLost, wire.run(60_000)) == [
        DeviceLost("coin", DeviceKind.COIN_ACCEPTOR),
        *(DeviceLost(name, DeviceKind.HOPPER) for name in ("tube-10", "tube-20", "tube-50")),
    ]


@both_boxes
def test_a_changer_that_restarts_says_so_and_goes_on_counting(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    sim.drop(5, 1, wire.now_ms)
    wire.run(2_000)
    sim.set_power(False, wire.now_ms)
    wire.run(200)
    sim.set_power(True, wire.now_ms)
    seen = wire.run(4_000)
    assert of(CoinEventsLost, seen) == [CoinEventsLost("coin", SERIAL, 1, 2, 1)], "a poll's answer never came"
    (identified,) = of(AcceptorIdentified, seen)
    assert identified == AcceptorIdentified("coin", SERIAL, 1, 2, None, restarted=True, has_counter=False)
    sim.drop(5, 1, wire.now_ms)
    assert accepted(wire.run(2_000)) == [(100, "", 3)], "what was open is open again"


def test_a_silent_changer_is_lost_after_its_non_response_time_and_reset_only_every_ten_seconds() -> None:
    wire, sim = ready()
    wire.sent.clear()
    sim.set_fault("mute", True, wire.now_ms)
    assert wire.run(1_800) == []
    assert of(DeviceLost, wire.run(2_500)), "two seconds and the time to see it"
    assert b"R,08\n" not in wire.sent
    wire.run(31_000)
    assert wire.sent.count(b"R,08\n") == 3
    sim.set_fault("mute", False, wire.now_ms)
    assert of(AcceptorIdentified, wire.run(4_000))


def test_the_counter_goes_on_from_what_the_journal_remembers_and_begins_anew_with_another_changer() -> None:
    wire, _ = with_changer(AcceptorMemory(SERIAL, 4, 70))
    assert of(AcceptorIdentified, wire.run(6_000)) == [
        AcceptorIdentified("coin", SERIAL, 4, 70, None, restarted=True, has_counter=False)
    ], "the simulated changer was just switched on"
    other, _ = with_changer(AcceptorMemory(SERIAL + 1, 4, 70))
    assert of(AcceptorIdentified, other.run(6_000)) == [
        AcceptorIdentified("coin", SERIAL, 5, 0, None, restarted=False, has_counter=False)
    ]


def test_coins_that_fell_while_the_kiosk_was_down_are_told_before_the_changer_is_announced() -> None:
    wire, sim = ready()
    sim.drop(5, 1, wire.now_ms)
    wire.run(1_000)
    wire.restart_host([changer_config(AcceptorMemory(SERIAL, 1, 1))])
    sim.drop(2, 1, wire.now_ms)
    sim.tick(wire.now_ms + 1_000)
    seen = wire.run(6_000)
    assert accepted(seen) == [(10, "tube-10", 2)]
    kinds = [type(event) for event in seen]
    assert kinds.index(CoinAccepted) < kinds.index(AcceptorIdentified)
    assert of(HopperIdentified, seen)[0] == HopperIdentified(
        "tube-10", SERIAL, None, None, lost_power=False, level=21
    )


def test_coins_kept_by_a_changer_that_the_journal_never_knew_are_evidence_and_no_money() -> None:
    wire, sim = ready()
    sim.drop(2, 1, wire.now_ms)
    sim.tick(wire.now_ms + 1_000)
    wire.now_ms += 1_000
    wire.restart_host([changer_config()])
    seen = wire.run(6_000)
    assert accepted(seen) == []
    assert of(CoinEventsLost, seen) == [CoinEventsLost("coin", SERIAL, 1, 1, 1)]


# --- coins in ----------------------------------------------------------------------------------------------------


@both_boxes
def test_each_coin_is_told_once_with_the_place_it_fell_into(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    for position in (2, 2, 5, 6, 3):
        sim.drop(position, 1, wire.now_ms)
    assert accepted(wire.run(5_000)) == [
        (10, "tube-10", 1), (10, "tube-10", 2), (100, "", 3), (200, "", 4), (20, "tube-20", 5),
    ]  # fmt: skip
    assert of(HopperCounted, wire.seen) == []
    assert (sim.inside(2), sim.cash_box) == (22, {5: 1, 6: 1})


def test_a_full_tube_sends_its_coins_to_the_cash_box() -> None:
    wire, sim = ready(tubes=TUBE_CAPACITY)
    sim.drop(2, 2, wire.now_ms)
    assert accepted(wire.run(3_000)) == [(10, "", 1), (10, "", 2)]


@both_boxes
def test_a_coin_said_again_because_its_acknowledgement_was_lost_is_one_coin(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    sim.set_fault("ack_lost", True, wire.now_ms)
    sim.drop(2, 6, wire.now_ms)
    sim.drop(5, 6, wire.now_ms)
    wire.run(8_000)
    assert len(accepted(wire.seen)) == 12
    assert (sim.inside(2), sim.cash_box) == (26, {5: 6})


def test_of_two_coins_alike_none_is_lost_in_silence() -> None:
    """The first one's report has to be said again, so that both come close together."""
    for phase_ms in range(210, 301, 7):
        wire, sim = ready()
        sim.set_fault("half_frame", True, wire.now_ms)
        wire.run(phase_ms)
        for _ in range(2):
            sim.drop(5, 1, wire.now_ms)
            wire.run(300)
        wire.run(3_000)
        told = len(accepted(wire.seen)) + len(of(CoinEventsLost, wire.seen))
        assert sim.cash_box == {5: 2}
        assert len(accepted(wire.seen)) <= 2 <= told, phase_ms


@both_boxes
def test_a_closed_changer_gives_every_coin_back(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    wire.ask(SetAccept("coin", ()))
    wire.run(500)
    sim.drop(5, 1, wire.now_ms)
    seen = wire.run(2_000)
    assert seen == [CoinRefused("coin", SERIAL, 1, 1, 0x74, Fault.REFUSED, is_returned=True)]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("swallow", CoinRefused("coin", SERIAL, 1, 1, 0x03, Fault.SWALLOWED, is_returned=None)),
        ("string", CoinRefused("coin", SERIAL, 1, 1, 0x0D, Fault.FRAUD, is_returned=None)),
        ("reject", CoinRefused("coin", SERIAL, 1, 1, 0x74, Fault.REFUSED, is_returned=True)),
        ("wrong_coin", CoinUnvalued("coin", SERIAL, 1, 1, 16)),
        ("jam", DeviceFaulted("coin", DeviceKind.COIN_ACCEPTOR, Fault.JAM, 0x0C)),
    ],
)
def test_what_befalls_a_coin_is_told_and_is_no_money(fault: str, expected: DeviceEvent) -> None:
    wire, sim = ready()
    sim.set_fault(fault, True, wire.now_ms)
    sim.drop(5, 1, wire.now_ms)
    assert wire.run(1_000) == [expected]


def test_a_washer_is_told_as_turned_away() -> None:
    wire, sim = ready()
    sim.act("slugs", {"qty": "2"}, wire.now_ms)
    assert [type(event) for event in wire.run(2_000)] == [CoinRefused, CoinRefused]


def test_a_jam_is_over_when_it_is_no_longer_said() -> None:
    wire, sim = ready()
    sim.set_fault("jam", True, wire.now_ms)
    sim.drop(5, 1, wire.now_ms)
    assert of(DeviceFaulted, wire.run(12_000))[0] == DeviceFaulted(
        "coin", DeviceKind.COIN_ACCEPTOR, Fault.JAM, 0x0C
    )
    sim.set_fault("jam", False, wire.now_ms)
    assert of(DeviceRecovered, wire.run(20_000)) == [DeviceRecovered("coin", DeviceKind.COIN_ACCEPTOR)]


def test_a_coin_whose_line_was_lost_is_never_money_but_is_evidence_twice() -> None:
    wire, sim = ready()
    wire.to_host = lambda data: () if data == b"p,5115\r\n" else (data,)
    sim.drop(2, 1, wire.now_ms)
    seen = wire.run(4_000)
    assert accepted(seen) == []
    assert of(CoinEventsLost, seen) == [CoinEventsLost("coin", SERIAL, 1, 1, 1)]
    assert of(HopperCounted, seen) == [HopperCounted("tube-10", 21)]


@pytest.mark.parametrize("spoilt", [b"p,5215\r\n", b"p,5114\r\n", b"p,5415\r\n", b"p,51\r\n", b"p,B115\r\n"])
def test_a_damaged_coin_line_never_makes_another_coin_of_it(spoilt: bytes) -> None:
    wire, sim = ready()
    wire.to_host = lambda data: (spoilt,) if data == b"p,5115\r\n" else (data,)
    sim.drop(2, 1, wire.now_ms)
    seen = wire.run(6_000)
    assert accepted(seen) in ([], [(10, "tube-10", 1)])
    assert accepted(seen) or HopperCounted("tube-10", 21) in seen
    assert accepted(seen) or of(CoinEventsLost, seen) or spoilt == b"p,B115\r\n"


def test_a_coin_whose_count_alone_was_damaged_is_believed_when_the_tube_grew_by_one() -> None:
    wire, sim = ready()
    wire.to_host = lambda data: (b"p,5199\r\n",) if data == b"p,5115\r\n" else (data,)
    sim.drop(2, 1, wire.now_ms)
    assert accepted(wire.run(4_000)) == [(10, "tube-10", 1)]


def test_a_coin_that_never_fell_is_not_believed() -> None:
    wire, sim = ready()
    sim.firmware.events.push(b"\x51\x16")
    seen = wire.run(4_000)
    assert accepted(seen) == []
    assert of(CoinEventsLost, seen)


def test_an_impossible_tail_is_reported_and_what_came_before_it_counts() -> None:
    wire, sim = ready()
    sim.drop(2, 1, wire.now_ms)
    wire.to_host = lambda data: (b"p,51151F0E\r\n",) if data == b"p,5115\r\n" else (data,)
    seen = wire.run(4_000)
    assert accepted(seen) == [(10, "tube-10", 1)]
    assert of(LineNoise, seen) == [LineNoise("coin", 1)]


# --- the tubes ---------------------------------------------------------------------------------------------------


@both_boxes
def test_a_tube_filled_or_emptied_by_hand_is_counted(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    sim.fill(2, 5)
    assert wire.run(5_000) == [HopperCounted("tube-10", 25)]
    sim.remove(3, 20)
    assert wire.run(5_000) == [HopperCounted("tube-20", 0)]


@both_boxes
def test_a_coin_let_out_with_the_changers_own_button_is_counted(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    sim.act("dispense_by_hand", {"position": "2"}, wire.now_ms)
    assert wire.run(3_000) == [HopperCounted("tube-10", 19)]


@pytest.mark.parametrize("fault", ["defective_tube", "count_lies"])
def test_a_tube_that_cannot_be_counted_has_no_level_and_pays_nothing(fault: str) -> None:
    wire, sim = ready()
    sim.set_fault(fault, True, wire.now_ms)
    seen = wire.run(5_000)
    assert HopperIdentified("tube-10", SERIAL, None, None, lost_power=False) in seen
    wire.pay(3)
    assert of(CoinsPaid, wire.run(3_000)) == [CoinsPaid("tube-10", "job", 0, None, Fault.REFUSED)]
    assert sim.paid(2) == 0


# --- coins out ---------------------------------------------------------------------------------------------------


@both_boxes
@pytest.mark.parametrize("level", [2, 3])
def test_a_payout_is_ordered_in_parts_of_fifteen_and_counted_exactly(adapter: Adapter, level: int) -> None:
    wire, sim = ready(adapter, level, tubes=60)
    wire.pay(37)
    assert wire.run(25_000) == [
        PayoutProgressed("tube-10", "job", 15),
        PayoutProgressed("tube-10", "job", 30),
        CoinsPaid("tube-10", "job", 37, None, None, 23),
    ]
    assert (sim.paid(2), sim.inside(2)) == (37, 23)
    orders = [sent for sent in wire.sent if sent.startswith((b"R,0D", b"\x0d"))]
    assert len(orders) == 3


@both_boxes
def test_the_changer_takes_no_coin_while_it_pays_and_is_open_again_afterwards(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    wire.pay(5)
    wire.run(1_000)
    assert sim.firmware.accepted == frozenset()
    sim.drop(2, 1, wire.now_ms)
    wire.run(6_000)
    assert sim.snapshot()["tray"] == {"2": 1}
    assert len(sim.firmware.accepted) == len(COINS)
    assert of(CoinsPaid, wire.seen) == [CoinsPaid("tube-10", "job", 5, None, None, 15)]


def test_a_coin_that_was_inside_when_the_payout_began_is_told_and_does_not_spoil_the_count() -> None:
    wire, sim = ready()
    sim.drop(2, 1, wire.now_ms)
    wire.pay(4)
    wire.run(6_000)
    assert accepted(wire.seen) + of(CoinRefused, wire.seen)
    (paid,) = of(CoinsPaid, wire.seen)
    assert isinstance(paid, CoinsPaid)
    assert (paid.paid_qty, paid.level) == (4, sim.inside(2))
    assert of(HopperCounted, wire.seen) == []


@both_boxes
@pytest.mark.parametrize("fault", ["silent_payout", "lost_reply"])
def test_a_payout_whose_answers_are_missing_is_settled_by_the_tubes_and_never_ordered_twice(
    adapter: Adapter, fault: str
) -> None:
    wire, sim = ready(adapter)
    wire.run(1_000)
    sim.set_fault("silent_payout", fault == "silent_payout", wire.now_ms)
    if fault == "lost_reply":
        lost = [True]

        def lose_dispense(data: bytes) -> Sequence[bytes]:
            is_order = bool(wire.sent) and wire.sent[-1].startswith((b"R,0D", b"\x0d"))
            if is_order and lost:
                lost.clear()
                return ()
            return (data,)

        wire.to_host = lose_dispense
    wire.pay(6)
    seen = wire.run(15_000)
    assert of(CoinsPaid, seen) == [CoinsPaid("tube-10", "job", 6, None, None, 14)]
    assert sim.paid(2) == 6
    assert sum(sent.startswith((b"R,0D", b"\x0d")) for sent in wire.sent) == 1


def test_an_order_that_was_never_heard_ends_with_nothing_paid_and_is_not_sent_again() -> None:
    wire, sim = ready()
    wire.to_box = lambda data: () if data.startswith(b"R,0D") else (data,)
    wire.pay(6)
    assert of(CoinsPaid, wire.run(15_000)) == [CoinsPaid("tube-10", "job", 0, None, Fault.NO_REPLY, 20)]
    assert sum(sent.startswith(b"R,0D") for sent in wire.sent) == 1
    assert sim.paid(2) == 0


@both_boxes
def test_a_tube_that_runs_dry_says_how_many_came(adapter: Adapter) -> None:
    wire, sim = ready(adapter, tubes=3)
    wire.pay(5)
    assert of(CoinsPaid, wire.run(15_000)) == [CoinsPaid("tube-10", "job", 3, None, Fault.EMPTY, 0)]
    assert sim.paid(2) == 3


@both_boxes
def test_a_payout_that_jams_early_says_how_many_came(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    wire.pay(5)
    wire.run_until(lambda: sim.paid(2) == 2)
    sim.set_fault("tube_jam", True, wire.now_ms)
    seen = wire.run(15_000)
    assert of(CoinsPaid, seen) == [CoinsPaid("tube-10", "job", 2, None, Fault.JAM, 18)]
    assert DeviceFaulted("coin", DeviceKind.COIN_ACCEPTOR, Fault.JAM, 0x07) in seen


def test_a_coin_too_many_is_told() -> None:
    wire, sim = ready()
    sim.set_fault("wrong_coin_extra", True, wire.now_ms)
    wire.pay(2)
    assert of(CoinsPaid, wire.run(15_000)) == [CoinsPaid("tube-10", "job", 3, None, None, 17)]
    assert sim.paid(2) == 3


def test_a_payout_that_hangs_is_given_up_by_its_count() -> None:
    wire, sim = ready()
    sim.set_fault("stalls", True, wire.now_ms)
    wire.pay(2)
    assert of(CoinsPaid, wire.run(90_000)) == [CoinsPaid("tube-10", "job", 0, None, Fault.JAM, 20)]


@both_boxes
def test_a_reset_in_the_middle_of_a_payout_is_settled_by_the_tubes(adapter: Adapter) -> None:
    wire, sim = ready(adapter)
    wire.pay(5)
    wire.run_until(lambda: sim.paid(2) == 2)
    sim.set_fault("reset_while_paying", True, wire.now_ms)
    seen = wire.run(8_000)
    assert of(CoinsPaid, seen) == [CoinsPaid("tube-10", "job", 3, None, Fault.RESTARTED, 17)]
    assert sim.paid(2) == 3
    kinds = [type(event) for event in seen]
    assert kinds.index(CoinsPaid) < kinds.index(HopperIdentified)


@pytest.mark.parametrize("dark_ms", [50, 300, 5_000, 40_000])
def test_a_power_cut_in_the_middle_of_a_payout_is_settled_when_the_changer_is_back(dark_ms: int) -> None:
    wire, sim = ready()
    wire.pay(9)
    wire.run_until(lambda: sim.paid(2) == 4)
    sim.set_power(False, wire.now_ms)
    wire.run(dark_ms)
    sim.set_power(True, wire.now_ms)
    wire.run(8_000)
    assert of(CoinsPaid, wire.seen) == [CoinsPaid("tube-10", "job", 4, None, Fault.RESTARTED, 16)]


def test_another_changer_cannot_settle_the_first_ones_payout() -> None:
    wire, sim = ready()
    wire.pay(9)
    wire.run_until(lambda: sim.paid(2) == 4)
    sim.replace(wire.now_ms)
    seen = wire.run(25_000)
    assert of(PayoutUnknown, seen) == [PayoutUnknown("tube-10", "job", Fault.RESTARTED)]
    assert of(AcceptorIdentified, seen) == [
        AcceptorIdentified("coin", SERIAL + 1_000, 2, 0, None, restarted=False, has_counter=False)
    ]


def test_a_pulled_cable_during_a_payout_is_settled_when_it_is_back() -> None:
    wire, sim = ready()
    wire.pay(9)
    wire.run_until(lambda: sim.paid(2) == 4)
    wire.to_box = wire.to_host = lambda _: ()
    wire.run(10_000)
    wire.to_box = wire.to_host = lambda data: (data,)
    wire.run(10_000)
    assert of(CoinsPaid, wire.seen) == [CoinsPaid("tube-10", "job", 9, None, None, 11)]


def test_a_payout_asked_of_a_lost_changer_ends_at_once_with_nothing_paid() -> None:
    wire, sim = ready()
    sim.set_power(False, wire.now_ms)
    wire.run(10_000)
    wire.pay(2)
    assert CoinsPaid("tube-10", "job", 0, None, Fault.NO_REPLY, 20) in wire.run(10)


# --- what a device says that the configuration does not ------------------------------------------------------------


def test_coins_whose_value_does_not_fit_the_scale_are_found_at_setup_and_never_taken() -> None:
    sim = changer_sim()
    sim.set_fault("wrong_scale", True, 0)
    wire = Conversation([changer_config()], [sim])
    seen = wire.run(6_000)
    assert of(DeviceFaulted, seen) == [
        DeviceFaulted("coin", DeviceKind.COIN_ACCEPTOR, Fault.WRONG_SCALE, position) for position in COINS
    ]
    wire.open()
    wire.run(1_000)
    assert sim.firmware.accepted == frozenset()
    sim.firmware.accepted = frozenset(range(16))
    sim.drop(5, 1, wire.now_ms)
    assert of(CoinUnvalued, wire.run(2_000)) == [CoinUnvalued("coin", SERIAL, 1, 1, 5)]


def test_a_changer_of_another_currency_takes_nothing() -> None:
    wire = Conversation([changer_config(exponent=2)], [changer_sim()])
    dollars = ChangerConfig("coin", COINS, "USD")
    wire.restart_host([dollars])
    assert DeviceFaulted("coin", DeviceKind.COIN_ACCEPTOR, Fault.WRONG_SCALE, 0x1978) in wire.run(6_000)
    wire.open()
    wire.run(1_000)
    assert all(b"R,0C,0000" in sent for sent in wire.sent if sent.startswith(b"R,0C"))


def test_a_token_is_worth_what_the_configuration_says_and_nothing_without_it() -> None:
    sim = changer_sim()
    values = list(sim.firmware.setup.values)
    values[6] = 0xFF
    object.__setattr__(sim.firmware.setup, "values", tuple(values))
    wire = Conversation([ChangerConfig("coin", {**COINS, 7: 150}, "EUR")], [sim])
    assert of(DeviceFaulted, wire.run(6_000)) == []
    wire.open(7)
    wire.run(500)
    sim.drop(7, 1, wire.now_ms)
    assert accepted(wire.run(2_000)) == [(150, "", 1)]


def test_an_extended_diagnosis_is_reported_and_withdrawn() -> None:
    wire, sim = ready()
    sim.firmware.diagnosis = bytes((0x12, 0x04))
    fault = DeviceFaulted("coin", DeviceKind.COIN_ACCEPTOR, Fault.SELF_CHECK, 0x1204)
    assert wire.run(12_000) == [fault]
    sim.firmware.diagnosis = bytes((0x03, 0x00))
    assert wire.run(12_000) == [DeviceRecovered("coin", DeviceKind.COIN_ACCEPTOR)]


def test_payout_by_value_is_answered_as_the_expansion_says() -> None:
    sim = changer_sim()
    sim.fill(2, 5)
    sim.fill(4, 2)
    ask = sim.firmware.answer
    assert ask(bytes.fromhex("0F 02 0F")) is None, "not before it was enabled"
    assert ask(bytes.fromhex("0F 01 00 00 00 01")) == b""
    assert ask(bytes.fromhex("0F 02 0F")) == b""
    assert ask(bytes.fromhex("0F 03")) == b"", "busy"
    sim._obeyed(0)
    sim.tick(10_000)
    assert ask(bytes.fromhex("0F 03")) == bytes((0, 2, 0, 1)) + bytes(12)
    assert ask(bytes.fromhex("0F 04")) == bytes((14,))
    assert ask(bytes.fromhex("0F 04")) == b"", "finished"
    assert (sim.paid(2), sim.paid(4)) == (2, 1)


# --- what is refused ---------------------------------------------------------------------------------------------


def test_commands_that_make_no_sense_are_refused_by_name() -> None:
    bus = MdbBus([changer_config()])
    for command in (
        SetAccept("coin", (9,)),
        PayCoins("coin", "job", 1, None),
        PayCoins("tube-10", "job", 0, None),
        PayCoins("nobody", "job", 1, None),
        SetAccept("tube-10", (1,)),
        TurnCoil("coin", "job", 1),
    ):
        with pytest.raises(WireError):
            bus.request(command, AUTHORITY)
    with pytest.raises(UnauthorizedError):
        bus.request(PayCoins("tube-10", "job", 1, None))


def test_configurations_that_make_no_sense_are_refused() -> None:
    for broken in (
        lambda: ChangerConfig("coin", {17: 5}, "EUR"),
        lambda: ChangerConfig("coin", {1: 0}, "EUR"),
        lambda: ChangerConfig("coin", {1: 5}, "EUR", address=0x10),
        lambda: ChangerConfig("coin", {1: 5}, "EUR", tubes=(TubeConfig("t", 1, 10),)),
        lambda: MdbBus([]),
        lambda: MdbBus([changer_config(), changer_config()]),
    ):
        with pytest.raises(WireError):
            broken()


# --- the body ----------------------------------------------------------------------------------------------------


def test_the_simulators_hands_refuse_what_cannot_be_done() -> None:
    sim = changer_sim()
    tube = sim.tubes[0]
    tube.act("fill", {"qty": "9"}, 0)
    assert tube.snapshot()["inside"] == 9
    for hand, values in (("remove", {"qty": "10"}), ("fill", {"qty": "80"}), ("juggle", {})):
        with pytest.raises(UnknownActError):
            tube.act(hand, values, 0)
    with pytest.raises(UnknownActError):
        tube.set_fault("jam", True, 0)
    with pytest.raises(UnknownActError):
        sim.set_fault("rust", True, 0)
    with pytest.raises(UnknownActError):
        sim.act("drop", {"position": "9"}, 0)
    tube.act("empty", {}, 0)
    assert (tube.snapshot()["inside"], tube.snapshot()["removed"]) == (0, 9)


def test_the_simulator_remembers_where_every_coin_is() -> None:
    wire, sim = ready()
    sim.drop(2, 1, wire.now_ms)
    sim.drop(5, 1, wire.now_ms)
    wire.pay(3)
    wire.run(8_000)
    sim.drop(5, 1, wire.now_ms)
    fresh = changer_sim()
    fresh.recall(sim.remember())
    before: dict[str, Any] = dict(sim.snapshot())
    after: dict[str, Any] = dict(fresh.snapshot())
    for name in ("tubes", "cash_box", "paid_tray", "filled", "taken"):
        assert after[name] == before[name]
    assert after["tray"] == {**before["tray"], "5": before["tray"].get("5", 0) + 1}
    assert fresh.firmware.identity == Identity("SIM", f"{SERIAL:012d}", "changer", 0x0100, 3)


def test_the_escrow_lever_is_no_news_for_a_till() -> None:
    wire, sim = ready()
    sim.act("press_lever", {}, wire.now_ms)
    assert wire.run(1_000) == []
    sim.firmware.push(Said(int(ChangerState.BUSY)))
    assert wire.run(1_000) == []
