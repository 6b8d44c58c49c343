from __future__ import annotations

from itertools import pairwise

import pytest

from hardware.cctalk.device import REFUSED, Answer
from hardware.cctalk.host import CcTalkBus, HopperConfig, Security
from hardware.cctalk.messages import ENABLE_HOPPER, Header
from hardware.cctalk.security import DispenseCode, KeyUse
from hardware.commands import PayCoins
from hardware.events import (
    CoinAccepted,
    CoinsPaid,
    DeviceEvent,
    DeviceKind,
    DeviceLost,
    Fault,
    HopperIdentified,
    HopperLevel,
    PayoutProgressed,
    PayoutUnknown,
)
from hardware.sansio import UnauthorizedError, WireError
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from tests.hardware.cctalk.conversation import (
    AUTHORITY,
    COINS,
    SERIAL,
    Conversation,
    acceptor_config,
    hopper_config,
    with_hopper,
)


def ready(qty: int = 100) -> tuple[Conversation, HopperSim]:
    wire, sim = with_hopper(qty)
    wire.run(3000)
    return wire, sim


def ended(events: list[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if isinstance(event, CoinsPaid | PayoutUnknown)]


def dispenses(wire: Conversation) -> int:
    return wire.sent_headers(3).count(Header.DISPENSE)


def test_first_contact_announces_serial_total_and_level() -> None:
    wire, _ = with_hopper(5)
    (found,) = wire.run(3000)
    assert found == HopperIdentified("hopper1", SERIAL, 0, is_low=True, lost_power=False)


def test_a_payout_is_paid_counted_and_the_hopper_disabled_again() -> None:
    wire, sim = ready()
    wire.pay(5)
    events = wire.run(5000)
    assert ended(events) == [CoinsPaid("hopper1", "job", 5, 5)]
    progress = [event.paid_qty for event in events if isinstance(event, PayoutProgressed)]
    assert progress == sorted(set(progress))
    assert sim.snapshot()["tray"] == 5
    assert sim.snapshot()["is_enabled"] is False
    assert dispenses(wire) == 1


def test_without_the_journals_authority_nothing_is_sent() -> None:
    wire, _ = ready()
    sent = len(wire.sent)
    with pytest.raises(UnauthorizedError):
        wire.host.request(PayCoins("hopper1", "job", 1, 0))
    with pytest.raises(WireError):
        wire.host.request(PayCoins("hopper1", "job", 251, 0), AUTHORITY)
    with pytest.raises(WireError):
        wire.host.request(PayCoins("hopper1", "job", 0, 0), AUTHORITY)
    wire.run(1000)
    assert Header.DISPENSE not in {frame[3] for _, frame in wire.sent[sent:]}


def test_a_hopper_that_is_not_there_ends_the_job_with_nothing_paid() -> None:
    wire, _ = with_hopper()
    wire.pay(3)
    assert wire.run(0) == [CoinsPaid("hopper1", "job", 0, None, Fault.NO_REPLY)]
    wire.run(3000)
    assert dispenses(wire) == 0


def test_a_hopper_that_runs_dry_pays_short_and_says_so() -> None:
    wire, sim = ready(3)
    wire.pay(5)
    assert ended(wire.run(10_000)) == [CoinsPaid("hopper1", "job", 3, 3, Fault.EMPTY)]
    assert sim.snapshot()["tray"] == 3


def test_a_jam_pays_short_and_the_next_payout_resets_first() -> None:
    wire, sim = ready()
    wire.pay(5)
    wire.run(600)
    sim.set_fault("jam", True, wire.now_ms)
    (short,) = ended(wire.run(10_000))
    assert isinstance(short, CoinsPaid)
    assert (short.paid_qty, short.fault) == (sim.snapshot()["tray"], Fault.JAM)
    sim.set_fault("jam", False, wire.now_ms)
    wire.pay(2, "second")
    (paid,) = ended(wire.run(10_000))
    assert paid == CoinsPaid("hopper1", "second", 2, short.paid_qty + 2)
    assert wire.sent_headers(3).count(Header.RESET) == 1


def test_a_hopper_that_stalls_is_stopped_and_counted() -> None:
    wire, sim = ready()
    wire.pay(5)
    wire.run(600)
    sim.set_fault("stalls", True, wire.now_ms)
    (short,) = ended(wire.run(30_000))
    assert isinstance(short, CoinsPaid)
    assert (short.paid_qty, short.fault) == (sim.snapshot()["tray"], Fault.JAM)
    assert Header.EMERGENCY_STOP in wire.sent_headers(3)


def test_a_lost_answer_to_the_dispense_command_is_settled_by_the_counter_and_not_sent_again() -> None:
    wire, sim = ready()
    sim.set_fault("lost_reply", True, wire.now_ms)
    wire.pay(4)
    assert ended(wire.run(6000)) == [CoinsPaid("hopper1", "job", 4, 4)]
    assert dispenses(wire) == 1
    assert sim.snapshot()["tray"] == 4


class Losing:
    """Keeps the first ``qty`` dispense commands from the slaves; the host still hears its echo or not at all."""

    def __init__(self, qty: int) -> None:
        self.left = qty

    def __call__(self, data: bytes) -> list[bytes]:
        if data[3] == Header.DISPENSE and self.left:
            self.left -= 1
            return []
        return [data]


def test_a_command_that_the_counters_prove_unheard_is_sent_once_more() -> None:
    wire, sim = ready()
    wire.to_slaves = Losing(1)
    wire.pay(4)
    assert ended(wire.run(8000)) == [CoinsPaid("hopper1", "job", 4, 4)]
    assert dispenses(wire) == 2
    assert sim.snapshot()["tray"] == 4


def test_after_two_unheard_attempts_the_job_ends_with_nothing_paid() -> None:
    wire, sim = ready()
    wire.to_slaves = Losing(9)
    wire.pay(4)
    assert ended(wire.run(8000)) == [CoinsPaid("hopper1", "job", 0, 0, Fault.NO_REPLY)]
    assert dispenses(wire) == 2
    assert sim.snapshot()["tray"] == 0


def test_a_refusal_pays_nothing_and_is_not_repeated() -> None:
    wire, sim = ready()
    sim.firmware.chip.serial = 1  # a board was swapped while nobody looked: the security code is wrong
    wire.pay(4)
    assert ended(wire.run(3000)) == [CoinsPaid("hopper1", "job", 0, 0, Fault.REFUSED)]
    assert dispenses(wire) == 1


def test_a_hopper_that_refuses_to_be_switched_off_still_pays() -> None:
    wire, sim = with_hopper(100)
    obey = sim.firmware._commands[Header.ENABLE_HOPPER]
    sim.firmware._commands[Header.ENABLE_HOPPER] = lambda data, now_ms: (
        obey(data, now_ms) if data == ENABLE_HOPPER else REFUSED
    )
    wire.run(3000)
    wire.pay(2)
    assert ended(wire.run(3000)) == [CoinsPaid("hopper1", "job", 2, 2, None)]


@pytest.mark.parametrize("header", [Header.HOPPER_STATUS, Header.PAYOUT_LEVEL, Header.HOPPER_TOTAL])
def test_a_refused_question_is_not_read_as_a_number(header: Header) -> None:
    wire, sim = ready()
    answer = sim.firmware._commands[header]
    sim.firmware._commands[header] = lambda _data, _now_ms: REFUSED
    wire.pay(3)
    wire.run(8000)
    sim.firmware._commands[header] = answer
    wire.run(8000)
    (paid,) = ended(wire.seen)
    assert isinstance(paid, CoinsPaid)
    assert paid.paid_qty == sim.snapshot()["tray"]


@pytest.mark.parametrize("off_ms", [10, 3000])
def test_power_cut_in_mid_payout_pays_what_left_and_no_more(off_ms: int) -> None:
    wire, sim = ready()
    wire.pay(5)
    wire.run(900)
    sim.set_power(False, wire.now_ms)
    wire.run(off_ms)
    sim.set_power(True, wire.now_ms)
    wire.run(10_000)
    (paid,) = ended(wire.seen)
    tray = sim.snapshot()["tray"]
    assert paid == CoinsPaid(
        "hopper1", "job", 0 if tray == 0 else int(str(tray)), int(str(tray)), Fault.LOST_POWER
    )
    assert 0 < int(str(tray)) < 5
    found = [event for event in wire.seen if isinstance(event, HopperIdentified)][-1]
    assert found.lost_power is True
    assert wire.seen.index(paid) < wire.seen.index(found)
    assert dispenses(wire) == 1


def test_a_hopper_that_goes_on_after_the_power_cut_is_waited_for() -> None:
    wire, sim = ready()
    sim.set_fault("resumes_after_power", True, wire.now_ms)
    wire.pay(5)
    wire.run(900)
    sim.set_power(False, wire.now_ms)
    wire.run(3000)
    sim.set_power(True, wire.now_ms)
    assert ended(wire.run(10_000)) == [CoinsPaid("hopper1", "job", 5, 5)]
    assert sim.snapshot()["tray"] == 5


def test_without_a_pay_count_a_power_cut_in_mid_payout_is_unknown() -> None:
    wire, sim = with_hopper()
    sim.set_fault("no_pay_count", True, wire.now_ms)
    (found,) = wire.run(4000)
    assert isinstance(found, HopperIdentified)
    assert found.paid_total is None
    wire.pay(20)
    wire.run(1500)
    sim.set_power(False, wire.now_ms)
    sim.set_power(True, wire.now_ms)
    assert ended(wire.run(10_000)) == [PayoutUnknown("hopper1", "job", Fault.LOST_POWER)]


def test_without_a_pay_count_an_ordinary_payout_is_counted_by_its_status() -> None:
    wire, sim = with_hopper()
    sim.set_fault("no_pay_count", True, wire.now_ms)
    wire.run(4000)
    wire.pay(5)
    assert ended(wire.run(8000)) == [CoinsPaid("hopper1", "job", 5, None)]


def test_a_hopper_that_falls_silent_in_mid_payout_is_lost_and_settled_on_return() -> None:
    wire, sim = ready()
    wire.pay(8)
    wire.run(700)
    sim.set_fault("mute", True, wire.now_ms)
    events = wire.run(10_000)
    assert [event for event in events if isinstance(event, DeviceLost)] == [
        DeviceLost("hopper1", DeviceKind.HOPPER)
    ]
    assert ended(events) == []
    sim.set_fault("mute", False, wire.now_ms)
    assert ended(wire.run(3000)) == [CoinsPaid("hopper1", "job", 8, 8)]


def test_another_unit_in_its_place_leaves_the_open_job_unknown() -> None:
    wire, sim = ready()
    wire.pay(8)
    wire.run(700)
    sim.set_power(False, wire.now_ms)
    wire.run(4000)
    sim.firmware.chip.serial = 77
    sim.set_power(True, wire.now_ms)
    assert [type(event) for event in ended(wire.run(5000))] == [PayoutUnknown]


def test_an_extra_coin_is_counted_as_paid() -> None:
    wire, sim = ready()
    sim.set_fault("wrong_coin_extra", True, wire.now_ms)
    wire.pay(3)
    assert ended(wire.run(4000)) == [CoinsPaid("hopper1", "job", 4, 4)]
    assert sim.snapshot()["tray"] == 4


def test_the_level_is_told_when_it_changes() -> None:
    wire, sim = ready(12)
    wire.pay(5)
    assert HopperLevel("hopper1", is_low=True) in wire.run(5000)
    sim.fill(50)
    assert wire.run(4000) == [HopperLevel("hopper1", is_low=False)]
    sim.set_fault("sensor_lies", True, wire.now_ms)
    assert wire.run(4000) == [HopperLevel("hopper1", is_low=True)]


@pytest.mark.parametrize("fault", ["corrupt_byte", "half_frame", "noise"])
def test_on_a_bad_line_what_is_told_is_what_fell(fault: str) -> None:
    wire, sim = ready()
    sim.set_fault(fault, True, wire.now_ms)
    for number in range(1, 4):
        wire.pay(number, f"job{number}")
        wire.run(12_000)
    paid = [event.paid_qty for event in wire.seen if isinstance(event, CoinsPaid)]
    assert paid == [1, 2, 3]
    assert sim.snapshot()["tray"] == 6


def test_a_hopper_that_wants_its_key_back_gets_a_fresh_one_each_time() -> None:
    sim = HopperSim("hopper1", 3, SERIAL, 10, security=Security.KEY_ECHO)
    sim.fill(100)
    wire = Conversation([HopperConfig("hopper1", 3, security=Security.KEY_ECHO)], [sim])
    wire.run(3000)
    wire.pay(2, "a")
    wire.run(4000)
    wire.pay(3, "b")
    wire.run(4000)
    assert ended(wire.seen) == [CoinsPaid("hopper1", "a", 2, 2), CoinsPaid("hopper1", "b", 3, 5)]


def test_three_hoppers_and_an_acceptor_share_the_wire_and_no_poll_is_late() -> None:
    acceptor = CoinAcceptorSim("coin", 2, SERIAL, COINS)
    hoppers = [HopperSim(f"hopper{number}", 2 + number, number, 10 * number) for number in (1, 2, 3)]
    for hopper in hoppers:
        hopper.fill(100)
    wire = Conversation(
        [acceptor_config(), *(hopper_config(number) for number in (1, 2, 3))], [acceptor, *hoppers]
    )
    wire.open()
    wire.run(6000)
    since_ms = wire.now_ms
    hoppers[2].set_fault("mute", True, wire.now_ms)
    wire.pay(20, "a", "hopper1")
    wire.pay(20, "b", "hopper2")
    acceptor.drop(4, 10, wire.now_ms)
    wire.run(15_000)
    polls = [
        at for at, frame in wire.sent if at >= since_ms and frame[0] == 2 and frame[3] == Header.READ_EVENTS
    ]
    assert max(later - earlier for earlier, later in pairwise(polls)) <= 300
    assert {(event.job, event.paid_qty) for event in wire.seen if isinstance(event, CoinsPaid)} == {
        ("a", 20),
        ("b", 20),
    }
    assert sum(1 for event in wire.seen if isinstance(event, CoinAccepted)) == 10
    assert [event.device for event in wire.seen if isinstance(event, DeviceLost)] == ["hopper3"]


def test_a_host_that_comes_back_in_mid_payout_waits_until_the_hopper_is_idle() -> None:
    wire, sim = ready()
    wire.pay(20)
    wire.run(1200)
    wire.host = CcTalkBus([hopper_config()])
    (found,) = wire.run(8000)
    assert found == HopperIdentified("hopper1", SERIAL, 20, is_low=False, lost_power=False)
    assert sim.snapshot()["tray"] == 20


@pytest.mark.parametrize("before_ms", [0, 600])
def test_one_forged_total_with_a_good_sum_changes_nothing(before_ms: int) -> None:
    wire, _ = ready()
    wire.pay(5)
    wire.run(before_ms)
    forged = [bytes.fromhex("01030300090000F0")]

    def forge(data: bytes) -> list[bytes]:
        is_total = wire.sent[-1][1][3] == Header.HOPPER_TOTAL and len(data) == 8
        return [forged.pop() if is_total and forged else data]

    wire.to_host = forge
    assert ended(wire.run(5000)) == [CoinsPaid("hopper1", "job", 5, 5)]
    assert forged == []


def test_coins_that_left_without_the_counter_rising_forbid_a_second_attempt() -> None:
    wire, sim = ready()

    def lose(data: bytes) -> list[bytes]:
        if data[3] != Header.DISPENSE:
            return [data]
        sim.firmware.chip.total += 1
        return []

    wire.to_slaves = lose
    wire.pay(4)
    assert ended(wire.run(8000)) == [CoinsPaid("hopper1", "job", 1, 1, Fault.UNSPECIFIED)]
    assert dispenses(wire) == 1


def test_without_a_pay_count_and_with_a_counter_of_zero_silence_after_the_command_is_unknown() -> None:
    wire, sim = with_hopper()
    sim.set_fault("no_pay_count", True, wire.now_ms)
    wire.run(4000)

    def lose(data: bytes) -> list[bytes]:
        if data[3] != Header.DISPENSE:
            return [data]
        sim.set_fault("mute", True, wire.now_ms)
        return []

    wire.to_slaves = lose
    wire.pay(4)
    assert ended(wire.run(6000)) == []
    sim.set_fault("mute", False, wire.now_ms)
    assert [type(event) for event in ended(wire.run(5000))] == [PayoutUnknown]
    assert dispenses(wire) == 1


def test_jobs_that_wait_behind_one_that_fell_silent_end_with_nothing_paid() -> None:
    wire, sim = ready()
    wire.pay(8, "first")
    wire.run(700)
    wire.pay(3, "second")
    sim.set_fault("mute", True, wire.now_ms)
    assert ended(wire.run(5000)) == [CoinsPaid("hopper1", "second", 0, None, Fault.NO_REPLY)]
    sim.set_fault("mute", False, wire.now_ms)
    assert ended(wire.run(5000)) == [CoinsPaid("hopper1", "first", 8, 8)]
    assert sim.snapshot()["tray"] == 8


@pytest.mark.parametrize("at_ms", range(0, 300, 12))
def test_a_hopper_that_falls_silent_at_any_moment_makes_no_poll_late(at_ms: int) -> None:
    acceptor, hopper = CoinAcceptorSim("coin", 2, SERIAL, COINS), HopperSim("hopper1", 3, 1, 10)
    hopper.fill(100)
    wire = Conversation([acceptor_config(), hopper_config()], [acceptor, hopper])
    wire.open()
    wire.run(5000)
    since_ms = wire.now_ms
    wire.pay(3)
    wire.run(at_ms)
    hopper.set_fault("mute", True, wire.now_ms)
    wire.run(3000)
    polls = [
        at for at, frame in wire.sent if at >= since_ms and frame[0] == 2 and frame[3] == Header.READ_EVENTS
    ]
    assert max(later - earlier for earlier, later in pairwise(polls)) <= 300


def test_a_hopper_without_encryption_is_paid_with_a_key_of_zeros() -> None:
    sim = HopperSim("hopper1", 3, SERIAL, 10, security=Security.ZERO_KEY)
    sim.fill(10)
    wire = Conversation([HopperConfig("hopper1", 3, security=Security.ZERO_KEY)], [sim])
    wire.run(3000)
    wire.pay(2)
    wire.run(5000)
    assert sim.tray == 2
    assert bytes(8) + b"\x02" in {frame[4:-1] for _, frame in wire.sent if frame[3] == Header.DISPENSE}


def test_a_way_of_ones_own_to_sign_a_payout_can_be_plugged_in() -> None:
    secret = bytes(range(8))
    own = DispenseCode(
        KeyUse.NEEDED,
        lambda _serial, key, qty: bytes(a ^ b for a, b in zip(key, secret, strict=True)) + bytes((qty,)),
        "this test",
    )
    sim = HopperSim("hopper1", 3, SERIAL, 10, security=Security.KEY_ECHO)
    sim.fill(10)
    tell_key = sim.firmware._commands[Header.REQUEST_CIPHER_KEY]

    def tell_hidden_key(data: bytes, now_ms: int) -> Answer:
        answer = tell_key(data, now_ms)
        assert answer is not None
        return Answer(bytes(a ^ b for a, b in zip(answer.data, secret, strict=True)))

    sim.firmware._commands[Header.REQUEST_CIPHER_KEY] = tell_hidden_key
    wire = Conversation([HopperConfig("hopper1", 3, security=own)], [sim])
    wire.run(3000)
    wire.pay(2)
    wire.run(5000)
    assert sim.tray == 2


def test_a_hopper_whose_dispense_code_nobody_verified_cannot_be_configured() -> None:
    with pytest.raises(WireError, match="sch2_cipher is not supported"):
        HopperConfig("hopper1", 3, security=Security.SCH2_CIPHER)
