from __future__ import annotations

from dataclasses import replace

import pytest

from hardware.cctalk.device import REFUSED
from hardware.cctalk.messages import Header
from hardware.commands import SetAccept, TurnCoil
from hardware.events import (
    AcceptCount,
    AcceptorIdentified,
    CoinAccepted,
    CoinEventsLost,
    CoinRefused,
    CoinUnvalued,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    Fault,
    LineNoise,
)
from hardware.sansio import AcceptorMemory, UnauthorizedError, WireError
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from tests.hardware.cctalk.conversation import (
    AUTHORITY,
    COINS,
    SERIAL,
    Conversation,
    acceptor_config,
    hopper_config,
    with_acceptor,
)


def credited(events: list[DeviceEvent]) -> list[tuple[int, int]]:
    return [(event.event_no, event.value_minor) for event in events if isinstance(event, CoinAccepted)]


def of(kind: type[DeviceEvent], events: list[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if isinstance(event, kind)]


def test_an_acceptor_that_refuses_its_inhibits_is_reported_and_goes_on_being_polled() -> None:
    wire, sim = with_acceptor()
    sim.firmware._commands[Header.INHIBITS] = lambda _data, _now_ms: REFUSED
    wire.run(3000)
    wire.open(1, 2)
    wire.run(3000)
    assert DeviceFaulted("coin", DeviceKind.COIN_ACCEPTOR, Fault.REFUSED, Header.INHIBITS) in wire.seen
    assert not of(DeviceLost, wire.seen)
    assert len(of(AcceptorIdentified, wire.seen)) == 1
    polls = wire.sent_headers(2).count(Header.READ_EVENTS)
    wire.run(1000)
    assert wire.sent_headers(2).count(Header.READ_EVENTS) > polls


def boxed(sim: CoinAcceptorSim) -> dict[str, int]:
    box = sim.snapshot()["cash_box"]
    assert isinstance(box, dict)
    return box


def selling() -> tuple[Conversation, CoinAcceptorSim]:
    wire, sim = with_acceptor()
    wire.open()
    wire.run(2000)
    return wire, sim


def test_first_contact_announces_serial_counts_and_baseline() -> None:
    wire, _ = with_acceptor()
    (found,) = wire.run(2000)
    assert found == AcceptorIdentified(
        "coin", SERIAL, 1, 0, tuple(AcceptCount(position, 0) for position in COINS), restarted=False
    )


def test_until_the_till_says_so_no_coin_is_taken() -> None:
    wire, sim = with_acceptor()
    wire.run(2000)
    sim.drop(3, 1, wire.now_ms)
    events = wire.run(1000)
    assert credited(events) == []
    assert sim.snapshot()["tray"] == {"3": 1}


def test_a_coin_is_told_once_with_its_number_and_value() -> None:
    wire, sim = selling()
    sim.drop(4, 1, wire.now_ms)
    events = wire.run(3000)
    assert events == [CoinAccepted("coin", SERIAL, 1, 1, 4, 100, "EUR", 1)]


def test_only_the_wanted_positions_are_open_and_an_empty_wish_closes_all() -> None:
    wire, sim = with_acceptor()
    wire.open(1, 2)
    wire.run(2000)
    sim.drop(3, 1, wire.now_ms)
    sim.drop(2, 1, wire.now_ms)
    events = wire.run(1000)
    assert [(event.code, event.is_returned) for event in events if isinstance(event, CoinRefused)] == [
        (130, True)
    ]
    assert credited(events) == [(2, 20)]
    wire.host.request(SetAccept("coin", ()))
    wire.run(500)
    assert sim.snapshot()["is_open"] is False


def test_two_coins_between_two_polls_come_out_in_one_drain() -> None:
    wire, sim = selling()
    sim.set_fault("burst", True, wire.now_ms)
    sim.drop(1, 2, wire.now_ms)
    wire.run(1000)
    assert [len(drain) for drain in wire.drains[-1:]] == [2]


def test_a_lost_reply_loses_no_coin_and_repeats_none() -> None:
    wire, sim = selling()
    sim.drop(5, 2, wire.now_ms)
    sim.set_fault("lost_reply", True, wire.now_ms + 1)
    assert credited(wire.run(5000)) == [(1, 200), (2, 200)]


def test_the_counter_wraps_from_255_to_1_and_the_numbers_rise_on() -> None:
    wire, sim = selling()
    for _ in range(6):
        sim.drop(1, 50, wire.now_ms)
        wire.run(50 * 400)
    numbers = [number for number, _ in credited(wire.seen)]
    assert numbers == list(range(1, 301))
    assert boxed(sim) == {"1": 300}
    assert sim.snapshot()["counter"] == 45


def test_six_events_between_two_polls_are_five_coins_and_one_lost_then_the_counts_are_read() -> None:
    wire, sim = selling()
    sim.set_fault("burst", True, wire.now_ms)
    sim.drop(2, 6, wire.now_ms)
    events = wire.run(2000)
    assert events[0] == CoinEventsLost("coin", SERIAL, 1, 1, 1)
    assert credited(events) == [(number, 20) for number in range(2, 7)]
    (found,) = of(AcceptorIdentified, events)
    assert isinstance(found, AcceptorIdentified)
    assert found.accept_counts is not None
    assert AcceptCount(2, 6) in found.accept_counts
    assert (found.event_no, found.restarted) == (6, False)
    sim.set_fault("burst", False, wire.now_ms)
    sim.drop(2, 1, wire.now_ms)
    assert credited(wire.run(1000)) == [(7, 20)], "it accepts again after the counts were read"


def test_a_restart_raises_the_epoch_and_the_inhibits_are_written_again() -> None:
    wire, sim = selling()
    sim.drop(1, 2, wire.now_ms)
    wire.run(1000)
    sim.set_power(False, wire.now_ms)
    sim.set_power(True, wire.now_ms)
    events = wire.run(3000)
    (found,) = of(AcceptorIdentified, events)
    assert isinstance(found, AcceptorIdentified)
    assert (found.device_epoch, found.event_no, found.restarted) == (2, 0, True)
    assert found.accept_counts is not None
    assert AcceptCount(1, 2) in found.accept_counts
    sim.drop(1, 1, wire.now_ms)
    assert wire.run(1000) == [CoinAccepted("coin", SERIAL, 2, 1, 1, 10, "EUR", 1)]


def test_a_restart_that_the_counter_cannot_show_is_mended_by_writing_the_inhibits_again() -> None:
    wire, sim = selling()
    sim.set_power(False, wire.now_ms)
    sim.set_power(True, wire.now_ms)
    wire.run(3000)
    sim.drop(1, 1, wire.now_ms)
    assert credited(wire.run(1000)) == [(1, 10)]


def test_a_restart_that_the_counter_cannot_show_is_seen_by_the_inhibit_and_its_coin_by_the_counts() -> None:
    wire, sim = selling()
    sim.drop(4, 1, wire.now_ms)
    sim.tick(wire.now_ms + 125)  # in the box, and no poll has asked yet
    sim.set_power(False, wire.now_ms + 126)
    sim.set_power(True, wire.now_ms + 126)
    (found,) = wire.run(2000)
    assert isinstance(found, AcceptorIdentified)
    assert (found.device_epoch, found.restarted) == (2, True)
    assert found.accept_counts is not None
    assert AcceptCount(4, 1) in found.accept_counts
    sim.drop(1, 1, wire.now_ms)
    assert credited(wire.run(1000)) == [(1, 10)]


def test_a_new_wish_does_not_hide_a_restart_that_the_counter_cannot_show() -> None:
    wire, sim = selling()
    sim.drop(4, 1, wire.now_ms)
    sim.tick(wire.now_ms + 125)  # in the box, and no poll has asked yet
    sim.set_power(False, wire.now_ms + 126)
    sim.set_power(True, wire.now_ms + 126)
    wire.open(1, 2)  # written over the reset, it would look as if nothing had been
    found = of(AcceptorIdentified, wire.run(2000))
    assert [each.restarted for each in found if isinstance(each, AcceptorIdentified)] == [True]


@pytest.mark.parametrize("pair", [(0, 2), (0, 0)])
def test_a_dummy_event_after_a_reset_is_no_coin(pair: tuple[int, int]) -> None:
    wire, sim = with_acceptor()
    sim.firmware.opening_pair = pair
    wire.open()
    events = wire.run(3000)
    assert [type(event) for event in events] == [AcceptorIdentified]
    sim.drop(1, 1, wire.now_ms)
    assert credited(wire.run(1000)) == [(2, 10)]


def test_after_a_host_restart_the_counts_decide_and_the_ring_is_not_credited() -> None:
    wire, sim = selling()
    sim.drop(1, 1, wire.now_ms)
    wire.run(1000)
    sim.drop(4, 1, wire.now_ms)
    sim.tick(wire.now_ms + 200)  # the coin is in the box; nobody has asked yet
    wire.restart_host([acceptor_config(AcceptorMemory(SERIAL, 1, 1))])
    events = wire.run(2000)
    (found,) = events
    assert isinstance(found, AcceptorIdentified)
    assert (found.device_epoch, found.event_no, found.restarted) == (1, 2, False)
    assert found.accept_counts is not None
    assert AcceptCount(4, 1) in found.accept_counts


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("swallow", CoinRefused("coin", SERIAL, 1, 2, 36, Fault.SWALLOWED, False)),
        ("jam", CoinRefused("coin", SERIAL, 1, 2, 6, Fault.JAM, None)),
        ("wrong_coin", CoinUnvalued("coin", SERIAL, 1, 2, 16)),
    ],
)
def test_after_a_host_restart_what_no_count_can_show_is_told_from_the_ring(
    fault: str, told: CoinRefused | CoinUnvalued
) -> None:
    wire, sim = selling()
    sim.drop(1, 1, wire.now_ms)
    wire.run(1000)
    sim.set_fault(fault, True, wire.now_ms)
    sim.drop(4, 1, wire.now_ms)
    sim.tick(wire.now_ms + 200)
    sim.set_fault(fault, False, wire.now_ms + 200)
    sim.drop(1, 1, wire.now_ms + 200)
    sim.tick(wire.now_ms + 400)
    wire.restart_host([acceptor_config(AcceptorMemory(SERIAL, 1, 1))])
    evidence, found = wire.run(2000)
    assert evidence == told
    assert isinstance(found, AcceptorIdentified)
    assert found.event_no == 3, "the coin behind it is the counts' to show"


def test_without_counts_the_ring_since_the_remembered_event_is_delivered_first() -> None:
    wire, sim = selling()
    sim.set_fault("no_counts", True, wire.now_ms)
    sim.drop(1, 2, wire.now_ms)
    wire.run(2000)
    wire.restart_host([acceptor_config(AcceptorMemory(SERIAL, 1, 1))])
    events = wire.run(4000)
    assert credited(events) == [(2, 10)]
    found = events[-1]
    assert isinstance(found, AcceptorIdentified)
    assert (found.event_no, found.accept_counts) == (2, None)


@pytest.mark.parametrize("is_restarted", [True, False], ids=["host restarted", "line lost"])
def test_counts_that_nobody_knew_before_decide_nothing_so_the_ring_is_told(is_restarted: bool) -> None:
    wire, sim = selling()
    sim.set_fault("no_counts", True, wire.now_ms)
    sim.drop(1, 1, wire.now_ms)
    wire.run(1000)
    wire.restart_host([acceptor_config(AcceptorMemory(SERIAL, 1, 1))])
    wire.run(4000)
    wire.open()
    wire.run(1000)
    sim.set_fault("no_counts", False, wire.now_ms)
    if is_restarted:
        sim.drop(4, 1, wire.now_ms)
        sim.tick(wire.now_ms + 200)
        wire.restart_host([acceptor_config(AcceptorMemory(SERIAL, 1, 1, has_counts=False))])
    else:
        sim.drop(4, 1, wire.now_ms)
        sim.tick(wire.now_ms + 130)
        sim.set_fault("mute", True, wire.now_ms + 130)
        wire.run(3000)
        sim.set_fault("mute", False, wire.now_ms)
    events = wire.run(4000)
    assert credited(events) == [(2, 100)]
    found = events[-1]
    assert isinstance(found, AcceptorIdentified)
    assert found.accept_counts is not None


def test_without_counts_events_that_left_the_ring_while_we_were_away_are_told_as_lost() -> None:
    wire, sim = selling()
    sim.set_fault("no_counts", True, wire.now_ms)
    sim.drop(1, 8, wire.now_ms)
    wire.run(5000)
    wire.restart_host([acceptor_config(AcceptorMemory(SERIAL, 1, 1))])
    events = wire.run(4000)
    assert events[0] == CoinEventsLost("coin", SERIAL, 1, 3, 2)
    assert [number for number, _ in credited(events)] == [4, 5, 6, 7, 8]


def test_a_stale_memory_over_a_restarted_device_shows_by_the_padding_in_the_ring() -> None:
    wire, sim = selling()
    sim.set_fault("no_counts", True, wire.now_ms)
    sim.drop(1, 3, wire.now_ms)
    wire.run(2000)
    wire.restart_host([acceptor_config(AcceptorMemory(SERIAL, 4, 250))])
    events = wire.run(4000)
    found = events[-1]
    assert isinstance(found, AcceptorIdentified)
    assert (found.device_epoch, found.event_no, found.restarted) == (5, 3, True)
    assert [number for number, _ in credited(events)] == [1, 2, 3]
    assert of(CoinEventsLost, events) == []


def test_a_counter_of_zero_over_a_remembered_one_is_a_restart() -> None:
    wire, _ = with_acceptor(AcceptorMemory(SERIAL, 2, 40))
    (found,) = wire.run(2000)
    assert isinstance(found, AcceptorIdentified)
    assert (found.device_epoch, found.event_no, found.restarted) == (3, 0, True)


def test_another_serial_number_is_another_epoch() -> None:
    wire, _ = with_acceptor(AcceptorMemory(99, 2, 40))
    (found,) = wire.run(2000)
    assert isinstance(found, AcceptorIdentified)
    assert (found.serial, found.device_epoch, found.event_no, found.restarted) == (SERIAL, 3, 0, False)


def test_a_silent_device_is_lost_once_and_identified_when_it_is_back() -> None:
    wire, sim = selling()
    sim.drop(1, 1, wire.now_ms)
    wire.run(1000)
    sim.set_fault("mute", True, wire.now_ms)
    lost_after_ms = wire.now_ms
    events = wire.run(20_000)
    assert [type(event) for event in events] == [DeviceLost]
    sent = [at for at, frame in wire.sent if at > lost_after_ms + 5000]
    assert len(sent) < 2 * 15 + 2, "a lost device is asked slowly"
    sim.set_fault("mute", False, wire.now_ms)
    (found,) = wire.run(2000)
    assert isinstance(found, AcceptorIdentified)
    assert (found.device_epoch, found.event_no, found.restarted) == (1, 1, False)
    sim.drop(1, 1, wire.now_ms)
    assert credited(wire.run(1000)) == [(2, 10)]


def test_a_slow_boot_is_waited_for() -> None:
    wire, sim = with_acceptor()
    sim.set_fault("slow_boot", True, wire.now_ms)
    sim.set_power(False, wire.now_ms)
    sim.set_power(True, wire.now_ms)
    events = wire.run(9000)
    assert [type(event) for event in events] == [DeviceLost, AcceptorIdentified]


@pytest.mark.parametrize("fault", ["corrupt_byte", "half_frame", "noise"])
def test_a_bad_line_costs_tries_but_no_coin(fault: str) -> None:
    wire, sim = selling()
    sim.set_fault(fault, True, wire.now_ms)
    for position in (1, 2, 3, 4, 5):
        sim.drop(position, 2, wire.now_ms)
        wire.run(1500)
    wire.run(1500)
    values = [value for _, value in credited(wire.seen)]
    assert sorted(values) == [10, 10, 20, 20, 50, 50, 100, 100, 200, 200]
    assert [event for event in wire.seen if isinstance(event, DeviceLost)] == []


def test_noise_is_reported_when_it_passes_the_threshold() -> None:
    wire, sim = selling()
    sim.set_fault("noise", True, wire.now_ms)
    noise = of(LineNoise, wire.run(20_000))
    assert noise
    assert all(event.dropped >= 64 for event in noise if isinstance(event, LineNoise))


def test_an_adapter_that_hides_the_echo_is_found_out() -> None:
    wire, sim = with_acceptor()
    sim.set_fault("no_echo", True, wire.now_ms)
    wire.open()
    wire.run(2000)
    sim.drop(1, 1, wire.now_ms)
    assert credited(wire.run(1000)) == [(1, 10)]


def test_an_answer_without_the_echo_is_no_answer_on_a_line_that_echoes() -> None:
    wire, sim = selling()
    sim.set_fault("no_echo", True, wire.now_ms)
    learned = [type(event) for event in wire.run(6000)]
    assert learned == [DeviceLost, AcceptorIdentified], "the echo is learned anew once all are lost"


@pytest.mark.parametrize(
    ("fault", "code", "kind", "is_returned"),
    [
        ("swallow", 36, Fault.SWALLOWED, False),
        ("string", 20, Fault.FRAUD, False),
        ("reject", 1, Fault.REFUSED, True),
        ("jam", 6, Fault.JAM, None),
    ],
)
def test_what_goes_wrong_with_a_coin_is_evidence_and_no_credit(
    fault: str, code: int, kind: Fault, is_returned: bool | None
) -> None:
    wire, sim = selling()
    sim.set_fault(fault, True, wire.now_ms)
    sim.drop(3, 1, wire.now_ms)
    (event,) = wire.run(1000)
    assert event == CoinRefused("coin", SERIAL, 1, 1, code, kind, is_returned)
    assert boxed(sim) == {}


def test_a_position_without_a_configured_value_is_counted_and_never_valued() -> None:
    wire, sim = selling()
    sim.set_fault("wrong_coin", True, wire.now_ms)
    sim.drop(3, 1, wire.now_ms)
    assert wire.run(1000) == [CoinUnvalued("coin", SERIAL, 1, 1, 16)]


def test_when_the_host_stops_polling_the_coin_comes_back() -> None:
    wire, sim = selling()
    stopped_ms = wire.now_ms
    sim.drop(3, 1, stopped_ms + 2000)
    sim.tick(stopped_ms + 3000)
    assert sim.snapshot()["tray"] == {"3": 1}


def test_commands_for_others_and_out_of_range_are_refused() -> None:
    wire, _ = with_acceptor()
    with pytest.raises(WireError):
        wire.host.request(SetAccept("nobody", ()))
    with pytest.raises(WireError):
        wire.host.request(SetAccept("coin", (9,)))
    with pytest.raises(WireError):
        wire.host.request(TurnCoil("coin", "job", 1), AUTHORITY)
    with pytest.raises(UnauthorizedError):
        wire.host.request(TurnCoil("coin", "job", 1))


def test_one_forged_reply_with_a_good_sum_credits_nothing() -> None:
    wire, _ = selling()
    forged = [bytes.fromhex("010B02000105010000000000000000EB")]

    def forge(data: bytes) -> list[bytes]:
        return [forged.pop() if len(data) == 16 and forged else data]

    wire.to_host = forge
    assert credited(wire.run(2000)) == []
    assert forged == []


def test_a_coin_refused_though_it_was_wanted_makes_the_inhibits_be_written_again() -> None:
    wire, sim = selling()
    sim.drop(1, 1, wire.now_ms)
    wire.run(1000)
    sim.firmware.is_open = False  # a brown-out took the inhibits and left the counter
    sim.drop(2, 1, wire.now_ms)
    wire.run(1000)
    sim.drop(3, 1, wire.now_ms)
    assert credited(wire.run(1000)) == [(3, 50)]


def test_after_a_failed_try_the_line_is_left_silent_until_everybody_forgot_the_half_frame() -> None:
    wire, _ = with_acceptor()
    host = wire.host
    host.tick(0)
    assert host.bytes_to_send()
    deadline_ms = host.wake_at_ms
    host.receive(b"\x01\x05", deadline_ms - 1)
    host.tick(deadline_ms)
    assert host.bytes_to_send() == b""
    assert host.wake_at_ms >= deadline_ms - 1 + 50
    host.tick(host.wake_at_ms)
    assert host.bytes_to_send()


def test_a_forged_second_read_of_a_real_coin_credits_the_real_one_only() -> None:
    wire, sim = selling()
    real = bytes.fromhex("010B02000101010000000000000000EF")
    forged = [bytes.fromhex("010B02000105010000000000000000EB")]
    seen: list[bytes] = []

    def forge(data: bytes) -> list[bytes]:
        seen.append(data)
        return [forged.pop() if data == real and seen.count(real) == 2 and forged else data]

    wire.to_host = forge
    sim.drop(1, 1, wire.now_ms)
    assert credited(wire.run(2000)) == [(1, 10)]
    assert forged == []


def test_a_restart_that_is_hidden_behind_new_coins_shows_by_the_older_events() -> None:
    wire, sim = selling()
    sim.drop(3, 1, wire.now_ms)
    wire.run(1000)
    sim.firmware.reset()
    sim.firmware.credit(1, 1)
    sim.firmware.credit(2, 1)
    events = wire.run(2000)
    assert credited(events) == []
    (found,) = events
    assert isinstance(found, AcceptorIdentified)
    assert (found.device_epoch, found.event_no, found.restarted) == (2, 2, True)
    assert found.accept_counts is not None
    assert {AcceptCount(1, 1), AcceptCount(2, 1), AcceptCount(3, 1)} <= set(found.accept_counts)


def with_sorter(
    into: dict[int, str], paths: dict[int, int] | None = None, *, set_paths: dict[int, int] | None = None
) -> tuple[Conversation, CoinAcceptorSim, HopperSim]:
    """Coins of 10 can fall into a hopper below path 2."""
    hopper = HopperSim("hopper1", 3, 7, 10)
    sim = CoinAcceptorSim("coin", 2, SERIAL, COINS, sorter={2: hopper}, paths=set_paths)
    config = replace(acceptor_config(), into=into, paths=paths or {})
    wire = Conversation([config, hopper_config()], [sim, hopper])
    wire.open()
    wire.run(4000)
    return wire, sim, hopper


def fallen(events: list[DeviceEvent]) -> list[tuple[int, int, str]]:
    return [(event.position, event.path, event.into) for event in events if isinstance(event, CoinAccepted)]


def test_a_coin_says_into_which_hopper_its_sorter_path_led() -> None:
    wire, sim, hopper = with_sorter({1: "hopper1"}, set_paths={1: 2})
    sim.drop(1, 1, wire.now_ms)
    sim.drop(3, 1, wire.now_ms)
    assert fallen(wire.run(1500)) == [(1, 2, "hopper1"), (3, 1, "")]
    assert (hopper.inside, boxed(sim)) == (1, {"3": 1})


def test_a_coin_that_its_hopper_had_no_room_for_is_in_the_cash_box() -> None:
    wire, sim, hopper = with_sorter({1: "hopper1"}, set_paths={1: 2})
    hopper.fill(500)
    sim.drop(1, 1, wire.now_ms)
    assert fallen(wire.run(1500)) == [(1, 1, "")]
    assert (hopper.inside, boxed(sim)) == (500, {"1": 1})


def test_sorter_paths_that_differ_from_the_configured_ones_are_written_once() -> None:
    wire, sim, hopper = with_sorter({1: "hopper1"}, {1: 2})
    assert wire.sent_headers(2).count(Header.SORTER_PATH) == 1
    sim.drop(1, 2, wire.now_ms)
    assert fallen(wire.run(1500)) == [(1, 2, "hopper1")] * 2
    assert hopper.inside == 2
    wire.restart_host([replace(acceptor_config(), into={1: "hopper1"}, paths={1: 2}), hopper_config()])
    wire.run(4000)
    assert wire.sent_headers(2).count(Header.SORTER_PATH) == 1


def test_without_a_readable_sorter_the_path_beside_the_credit_is_believed() -> None:
    wire, sim, _ = with_sorter({1: "hopper1"}, set_paths={1: 2})
    sim.firmware.has_sorter = False
    wire.restart_host([replace(acceptor_config(), into={1: "hopper1"}), hopper_config()])
    wire.open()
    wire.run(5000)
    sim.drop(1, 1, wire.now_ms)
    assert fallen(wire.run(1500)) == [(1, 2, "hopper1")]


def test_a_sorter_that_cannot_be_set_is_reported() -> None:
    sim = CoinAcceptorSim("coin", 2, SERIAL, COINS)
    wire = Conversation([replace(acceptor_config(), paths={1: 2})], [sim])
    events = wire.run(5000)
    assert DeviceFaulted("coin", DeviceKind.COIN_ACCEPTOR, Fault.REFUSED, Header.READ_SORTER_PATH) in events


@pytest.mark.parametrize(("into", "paths"), [({9: "hopper1"}, {}), ({}, {9: 1}), ({}, {1: 0}), ({}, {1: 9})])
def test_sorter_settings_that_make_no_sense_are_refused(into: dict[int, str], paths: dict[int, int]) -> None:
    with pytest.raises(WireError):
        replace(acceptor_config(), into=into, paths=paths)
