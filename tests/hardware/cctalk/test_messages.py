from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cctalk import messages
from hardware.cctalk.messages import EventReply, HopperFlag
from hardware.events import Fault
from hardware.sansio import WireError

byte = st.integers(0, 255)
pairs = st.tuples(*[st.tuples(byte, byte)] * messages.RING)


@given(st.sets(st.integers(1, 16)))
def test_a_mask_names_the_positions_it_was_made_of(positions: set[int]) -> None:
    assert set(messages.positions_of(messages.mask_of(positions))) == positions


@pytest.mark.parametrize("position", [0, 17])
def test_a_mask_refuses_positions_that_it_cannot_name(position: int) -> None:
    with pytest.raises(WireError):
        messages.mask_of([position])


@given(st.builds(EventReply, byte, pairs))
def test_an_event_reply_reads_as_it_was_written(reply: EventReply) -> None:
    assert messages.read_event_reply(messages.write_event_reply(reply)) == reply


@given(st.integers(0, 10_000), st.integers(0, 254))
def test_counting_on_from_any_event_number_finds_the_number_of_new_events(event_no: int, new: int) -> None:
    last, now = messages.counter_of(event_no), messages.counter_of(event_no + new)
    assert (now == 0) == (event_no + new == 0)
    if now:
        assert messages.new_events(last, now) == new


def test_the_counter_after_255_is_1() -> None:
    assert [messages.following(counter) for counter in (0, 1, 254, 255)] == [1, 2, 255, 1]


@given(st.integers(0, (1 << 24) - 1), st.integers(0, 500))
def test_lifetime_counts_are_subtracted_across_their_wrap(before: int, paid: int) -> None:
    after = messages.number_of(messages.three_bytes(before + paid))
    assert messages.paid_between(before, after) == paid


@pytest.mark.parametrize(
    ("code", "fault", "is_returned"),
    [
        (1, Fault.REFUSED, True),
        (2, Fault.REFUSED, True),
        (6, Fault.JAM, None),
        (7, Fault.JAM, False),
        (14, Fault.SENSOR_BLOCKED, True),
        (16, Fault.FRAUD, False),
        (20, Fault.FRAUD, False),
        (36, Fault.SWALLOWED, False),
        (130, Fault.REFUSED, True),
        (254, Fault.REFUSED, True),
        (255, Fault.UNSPECIFIED, None),
        (99, Fault.UNSPECIFIED, None),
    ],
)
def test_error_codes_say_what_happened_and_whether_the_coin_came_back(
    code: int, fault: Fault, is_returned: bool | None
) -> None:
    assert messages.refusal_of(code) == messages.Refusal(fault, is_returned)


@given(st.sets(st.sampled_from(HopperFlag)))
def test_registers_hold_the_flags_they_were_made_of(flags: set[HopperFlag]) -> None:
    assert messages.flags_of(messages.registers_of(flags)) == flags


def test_warnings_do_not_need_a_reset_and_a_jam_does() -> None:
    assert not messages.needs_reset(frozenset({HopperFlag.TIMEOUT, HopperFlag.POWER_UP, HopperFlag.DISABLED}))
    assert messages.needs_reset(frozenset({HopperFlag.OVER_CURRENT}))
    assert messages.hopper_fault(frozenset({HopperFlag.POWER_UP})) is None
    assert messages.hopper_fault(frozenset({HopperFlag.TIMEOUT, HopperFlag.OVER_CURRENT})) is Fault.JAM


@pytest.mark.parametrize("qty", [0, 251, -1])
def test_a_quantity_that_one_command_cannot_carry_is_refused(qty: int) -> None:
    with pytest.raises(WireError):
        messages.dispense_by_serial(1, qty)


def test_a_level_without_a_sensor_is_not_known() -> None:
    assert messages.read_level(b"\x01") == messages.PayoutLevel(None, None)
    assert messages.read_level(b"\x31") == messages.PayoutLevel(is_low=True, is_high=False)
