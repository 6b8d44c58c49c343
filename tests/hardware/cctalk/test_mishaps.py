"""Whatever happens on the wire, what was told is what fell: seeds of random mishaps, and properties."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.cctalk.hopper import MAX_ATTEMPTS
from hardware.cctalk.host import CcTalkBus
from hardware.cctalk.messages import Header
from hardware.events import (
    AcceptorIdentified,
    CoinAccepted,
    CoinsPaid,
    CoinUnvalued,
    DeviceEvent,
    PayoutProgressed,
    PayoutUnknown,
)
from hardware.sansio import AcceptorMemory
from tests.hardware.cctalk.conversation import (
    acceptor_config,
    hopper_config,
    whole,
    with_acceptor,
    with_hopper,
)

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Book:
    """What a till books: each coin event once, and what the device's own counts say beyond that."""

    def __init__(self) -> None:
        self.booked: Counter[int] = Counter()
        self.known: set[tuple[int, int, int]] = set()
        self.memory: AcceptorMemory | None = None

    def take(self, events: Sequence[DeviceEvent]) -> None:
        for event in events:
            if isinstance(event, CoinAccepted):
                key = (event.serial, event.device_epoch, event.event_no)
                assert key not in self.known, "a coin was told twice"
                self.known.add(key)
                self.booked[event.position] += 1
                self.memory = AcceptorMemory(*key)
            elif isinstance(event, AcceptorIdentified):
                self.memory = AcceptorMemory(event.serial, event.device_epoch, event.event_no)
                for count in event.accept_counts or ():
                    found = count.total - self.booked[count.position]
                    assert found >= 0, "more was told than the device ever took"
                    self.booked[count.position] += found
            else:
                assert not isinstance(event, CoinUnvalued)


def damaging(chance: random.Random, rate: float) -> Callable[[bytes], Sequence[bytes]]:
    """Flip one to four bits, drop a byte or everything, add one, now and then."""

    def spoil(data: bytes) -> Sequence[bytes]:
        if chance.random() >= rate:
            return (data,)
        spoilt = bytearray(data)
        match chance.randrange(5):
            case 0:
                return ()
            case 1:
                del spoilt[chance.randrange(len(spoilt))]
            case 2:
                spoilt.insert(chance.randrange(len(spoilt)), chance.randrange(256))
            case _:
                for _ in range(chance.randint(1, 4)):
                    spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        return (bytes(spoilt),)

    return spoil


@pytest.mark.parametrize("seed", range(25))
def test_after_any_mishaps_the_books_hold_every_coin_in_the_box_and_no_other(seed: int) -> None:
    chance = random.Random(seed)
    wire, sim = with_acceptor()
    book = Book()
    rate = chance.choice([0, 0.02, 0.1, 0.3])
    wire.to_host, wire.to_slaves = damaging(chance, rate), damaging(chance, rate)
    wire.open()
    for _ in range(30):
        match chance.randrange(9):
            case 0:
                sim.set_power(not sim.is_powered, wire.now_ms)
            case 1:
                sim.set_fault("mute", not sim.faults["mute"], wire.now_ms)
            case 2:
                sim.set_fault("lost_reply", True, wire.now_ms)
            case 3:
                sim.set_fault("burst", not sim.faults["burst"], wire.now_ms)
            case 4:
                wire.restart_host([acceptor_config(book.memory)])
                wire.open()
            case _:
                sim.drop(chance.randint(1, 5), chance.randint(1, 8), wire.now_ms)
        book.take(wire.run(chance.choice([5, 80, 400, 2500])))
    wire.to_host = wire.to_slaves = whole
    sim.set_power(True, wire.now_ms)
    sim.set_fault("mute", False, wire.now_ms)
    book.take(wire.run(15_000))
    wire.restart_host([acceptor_config(book.memory)])
    book.take(wire.run(5000))
    box = sim.snapshot()["cash_box"]
    assert {str(position): qty for position, qty in book.booked.items() if qty} == box


@pytest.mark.parametrize("seed", range(25))
def test_after_any_mishaps_what_a_hopper_is_said_to_have_paid_lies_in_its_tray(seed: int) -> None:
    chance = random.Random(seed)
    wire, sim = with_hopper(300)
    wire.run(3000)
    rate = chance.choice([0, 0.02, 0.1, 0.2])
    wire.to_host, wire.to_slaves = damaging(chance, rate), damaging(chance, rate)
    asked: dict[str, int] = {}
    for number in range(12):
        name = f"job{number}"
        asked[name] = chance.randint(1, 12)
        wire.pay(asked[name], name)
        wire.run(chance.choice([20, 300, 900, 2000]))
        match chance.randrange(6):
            case 0:
                sim.set_power(False, wire.now_ms)
                wire.run(chance.choice([1, 50, 3000]))
                sim.set_power(True, wire.now_ms)
            case 1:
                sim.set_fault("lost_reply", True, wire.now_ms)
            case 2:
                sim.set_fault("jam", not sim.faults["jam"], wire.now_ms)
            case 3:
                sim.set_fault("resumes_after_power", not sim.faults["resumes_after_power"], wire.now_ms)
            case _:
                pass
        wire.run(chance.choice([500, 6000, 15_000]))
    wire.to_host = wire.to_slaves = whole
    wire.run(200_000)
    ends = [event for event in wire.seen if isinstance(event, CoinsPaid | PayoutUnknown)]
    assert Counter(event.job for event in ends) == Counter(list(asked))
    paid = [event.paid_qty for event in ends if isinstance(event, CoinsPaid)]
    assert len(paid) == len(ends), "this hopper keeps a count: nothing is unknown"
    assert sum(paid) == sim.snapshot()["tray"]
    assert all(event.paid_qty <= asked[event.job] for event in ends if isinstance(event, CoinsPaid))


@pytest.mark.parametrize("at_ms", range(0, 2400, 40))
def test_a_power_cut_at_any_moment_of_a_payout_is_settled_by_the_count(at_ms: int) -> None:
    wire, sim = with_hopper()
    wire.run(3000)
    wire.pay(8)
    wire.run(at_ms)
    sim.set_power(False, wire.now_ms)
    wire.run(at_ms % 3 * 1000)
    sim.set_power(True, wire.now_ms)
    wire.run(15_000)
    (end,) = [event for event in wire.seen if isinstance(event, CoinsPaid | PayoutUnknown)]
    assert isinstance(end, CoinsPaid)
    assert end.paid_qty == sim.snapshot()["tray"]
    assert end.paid_qty <= 8
    assert wire.sent_headers(3).count(Header.DISPENSE) <= MAX_ATTEMPTS


@pytest.mark.parametrize("at_ms", range(0, 2400, 60))
def test_a_host_that_dies_at_any_moment_of_a_payout_finds_the_right_total_when_it_is_back(at_ms: int) -> None:
    wire, sim = with_hopper()
    wire.run(3000)
    wire.pay(8)
    wire.run(at_ms)
    wire.host = CcTalkBus([hopper_config()])
    (found,) = wire.run(10_000)
    assert sim.snapshot()["tray"] == getattr(found, "paid_total", None)


cuts = st.lists(st.integers(0, 30), max_size=40)


def splitting(sizes: Sequence[int]) -> Callable[[bytes], Sequence[bytes]]:
    turns = list(sizes)

    def split(data: bytes) -> Sequence[bytes]:
        at = turns.pop(0) % (len(data) + 1) if turns else len(data)
        return (data[:at], data[at:])

    return split


@SLOW
@given(cuts, cuts)
def test_any_split_of_the_bytes_gives_the_same_events(to_host: list[int], to_slaves: list[int]) -> None:
    def session(*, is_split: bool) -> list[DeviceEvent]:
        wire, sim = with_acceptor()
        if is_split:
            wire.to_host, wire.to_slaves = splitting(to_host), splitting(to_slaves)
        wire.open()
        wire.run(1500)
        sim.drop(3, 3, wire.now_ms)
        wire.run(1500)
        return wire.seen

    assert session(is_split=True) == session(is_split=False)


@SLOW
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 15), st.integers(1, 255)), max_size=25))
def test_a_damaged_stream_never_credits_a_coin_that_the_device_did_not_make(
    damages: list[tuple[int, int, int]],
) -> None:
    wire, sim = with_acceptor()
    wire.open()
    wire.run(1500)
    passed = 0

    def spoil(data: bytes) -> Sequence[bytes]:
        nonlocal passed
        spoilt = bytearray(data)
        for when, at, change in damages:
            if when == passed:
                spoilt[at % len(spoilt)] ^= change
        passed += 1
        return (bytes(spoilt),)

    wire.to_host = spoil
    for position in (1, 2, 3):
        sim.drop(position, 1, wire.now_ms)
        wire.run(900)
    made = Counter({1: 1, 2: 1, 3: 1})
    told = Counter(event.position for event in wire.seen if isinstance(event, CoinAccepted))
    assert told <= made


def test_progress_never_shows_more_than_was_asked() -> None:
    wire, sim = with_hopper()
    wire.run(3000)
    sim.set_fault("wrong_coin_extra", True, wire.now_ms)
    wire.pay(3)
    wire.run(3000)
    assert max(event.paid_qty for event in wire.seen if isinstance(event, PayoutProgressed)) <= 3
