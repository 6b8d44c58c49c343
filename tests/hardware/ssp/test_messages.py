from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.events import Fault
from hardware.sansio import WireError
from hardware.ssp.messages import (
    CHANNELS,
    DO_IT,
    Counters,
    Event,
    Level,
    Money,
    Seen,
    Setup,
    UnitType,
    channels_of,
    inhibits_of,
    pay_amount,
    pay_pieces,
    read_counters,
    read_events,
    read_levels,
    read_setup,
    refusal_fault,
    value_of,
    write_counters,
    write_events,
    write_levels,
    write_setup,
)

PROTOCOLS = pytest.mark.parametrize("protocol", [6, 7, 8])
FIVE = Money(500, "EUR")


@PROTOCOLS
@pytest.mark.parametrize("unit", UnitType)
def test_every_event_reads_as_it_was_written_in_every_version(protocol: int, unit: UnitType) -> None:
    asked = Money(500, "EUR", 1500)
    for event in Event:
        for one in (Seen(event, 3, (FIVE,), 1), Seen(event, 0, (asked,))):
            raw = write_events([one, Seen(Event.RESET)], protocol, unit)
            again = read_events(raw, protocol, unit)
            assert again.unread == b""
            assert [each.event for each in again.seen] == [event, Event.RESET], f"{one} has another length"
            assert write_events(again.seen, protocol, unit) == raw


@pytest.mark.parametrize(
    ("raw", "protocol", "unit", "seen"),
    [
        ("D2 01 F4 01 00 00 45 55 52", 6, UnitType.SMART_PAYOUT, Seen(Event.DISPENSED, money=(FIVE,))),
        (
            "DC 01 F4 01 00 00 DC 05 00 00 45 55 52",
            8,
            UnitType.HOPPER,
            Seen(Event.INCOMPLETE_PAYOUT, money=(Money(500, "EUR", 1500),)),
        ),
        ("E6 02", 8, UnitType.VALIDATOR, Seen(Event.FRAUD, 2)),
        ("E6 01 F4 01 00 00 45 55 52", 8, UnitType.SMART_PAYOUT, Seen(Event.FRAUD, money=(FIVE,))),
        ("B1 01", 6, UnitType.SMART_PAYOUT, Seen(Event.PAYOUT_ERROR, reason=1)),
        ("B1 01 F4 01 00 00 45 55 52 01", 7, UnitType.SMART_PAYOUT, Seen(Event.PAYOUT_ERROR, 0, (FIVE,), 1)),
        ("CA", 7, UnitType.SMART_PAYOUT, Seen(Event.STACKED_AT_POWER_UP)),
        ("CA F4 01 00 00 45 55 52", 8, UnitType.SMART_PAYOUT, Seen(Event.STACKED_AT_POWER_UP, money=(FIVE,))),
        ("C9 F4 01 00 00 45 55 52", 6, UnitType.SMART_PAYOUT, Seen(Event.MOVED_TO_STACKER, money=(FIVE,))),
    ],
)
def test_lengths_depend_on_version_and_kind(raw: str, protocol: int, unit: UnitType, seen: Seen) -> None:
    assert read_events(bytes.fromhex(raw), protocol, unit).seen == (seen,)
    assert write_events([seen], protocol, unit) == bytes.fromhex(raw)


def test_an_event_that_nobody_knows_ends_the_reading_and_is_kept() -> None:
    read = read_events(bytes.fromhex("EE 01 99 EE 02"), 8, UnitType.VALIDATOR)
    assert read.seen == (Seen(Event.CREDIT, 1),)
    assert read.unread == bytes.fromhex("99 EE 02"), "an amount must not be read as an event"


@pytest.mark.parametrize(
    "raw", ["EE", "D2", "D2 01", "D2 01 F4 01 00 00 45 55", "D2 01 F4 01 00 00 00 01 02", "E6"]
)
def test_a_cut_event_is_no_event(raw: str) -> None:
    read = read_events(bytes.fromhex(raw), 8, UnitType.SMART_PAYOUT)
    assert read.seen == ()
    assert read.unread


@given(st.binary(max_size=60), st.sampled_from([6, 7, 8]), st.sampled_from(list(UnitType)))
def test_any_bytes_are_read_without_a_crash_and_none_is_read_twice(
    raw: bytes, protocol: int, unit: UnitType
) -> None:
    read = read_events(raw, protocol, unit)
    assert write_events(read.seen, protocol, unit) + read.unread == raw
    read_setup(raw)
    read_levels(raw)
    read_counters(raw)


@PROTOCOLS
def test_setups_read_as_they_were_written(protocol: int) -> None:
    notes = Setup(UnitType.SMART_PAYOUT, "0411", "EUR", {1: 500, 2: 1000}, {1: "EUR", 2: "EUR"}, protocol)
    coins = Setup(UnitType.HOPPER, "0611", "EUR", {1: 10, 2: 200}, {1: "EUR", 2: "EUR"}, protocol)
    for setup in (notes, coins):
        raw = write_setup(setup)
        assert read_setup(raw) == setup
        assert read_setup(raw[:-1]) is None, "a setup of another length is none"


def test_a_setup_before_version_six_has_its_values_in_one_byte_and_two_multipliers() -> None:
    raw = bytes.fromhex("00 30 34 31 31 45 55 52 00 00 01 02 05 0A 02 02 00 00 64 05")
    assert read_setup(raw) == Setup(
        UnitType.VALIDATOR, "0411", "EUR", {1: 500, 2: 1000}, {1: "EUR", 2: "EUR"}, 5
    )


def test_levels_and_counters_read_as_they_were_written() -> None:
    levels = (Level(3, 500, "EUR"), Level(70, 1000, "EUR"))
    assert read_levels(write_levels(levels)) == levels
    assert read_levels(write_levels(levels)[:-1]) is None
    counters = Counters(2**32 - 1, 3, 4, 5, 6)
    assert read_counters(write_counters(counters)) == counters
    assert counters.kept == 2, "four bytes, round again"
    assert read_counters(b"\x05") is None


@given(st.sets(st.sampled_from(list(CHANNELS))))
def test_inhibits_name_the_channels(channels: set[int]) -> None:
    assert channels_of(inhibits_of(channels)) == tuple(sorted(channels))


@pytest.mark.parametrize(
    "build",
    [
        lambda: inhibits_of((0,)),
        lambda: inhibits_of((17,)),
        lambda: pay_amount(0, "EUR", DO_IT),
        lambda: pay_amount(1 << 32, "EUR", DO_IT),
        lambda: pay_pieces(0, 500, "EUR", DO_IT),
        lambda: pay_pieces(251, 500, "EUR", DO_IT),
        lambda: value_of(500, "EURO"),
        lambda: value_of(500, "12€"),
    ],
)
def test_what_the_wire_cannot_carry_is_refused(build: object) -> None:
    assert callable(build)
    with pytest.raises(WireError):
        build()


def test_reasons_of_a_refused_payout_are_those_of_both_sources() -> None:
    assert [refusal_fault(reason) for reason in (0, 1, 2, 3, 4, None)] == [
        *(Fault.EMPTY, Fault.EMPTY, Fault.EMPTY, Fault.REFUSED, Fault.REFUSED, Fault.REFUSED)
    ]
