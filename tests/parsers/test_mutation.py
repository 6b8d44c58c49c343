"""The push tier of the parsers: 200,000 damaged frames, no exception, no hang, nothing told that did not happen."""

from __future__ import annotations

from typing import Final

import pytest

from tests.parsers.benches import STREAMS
from tests.parsers.damage import Kind, resampled
from tests.parsers.mutation import PARSERS, mutate, steps_of

SEED: Final = 20_261_121
COUNTS: Final = {
    "cctalk acceptor line": 12_000,
    "cctalk hopper line": 20_000,
    "cctalk validator line": 8_000,
    "fafb board line": 24_000,
    "ssp note line": 600,
    "ssp payout line": 1_500,
    "mdb bus line": 400,
    "mdb text lines": 8_000,
    "mdb hex lines": 8_000,
    "mdb host": 4_000,
    "mdb text box": 3_000,
    "mdb hex box": 3_000,
    "mdb machine host": 4_000,
    "mdb machine box": 3_000,
    "ssp frames": 12_000,
    "ssp host": 6_000,
    "ssp host with keys": 4_000,
    "ssp devices": 6_000,
    "cctalk frames": 25_000,
    "cctalk frames with crc": 8_000,
    "cctalk host": 14_000,
    "cctalk devices": 12_000,
    "fafb frames": 25_000,
    "fafb host": 14_000,
    "fafb device": 10_000,
    "k1 board line": 2_500,
    "k1 frames": 12_000,
    "k1 host": 6_000,
    "k1 device": 6_000,
    "scanner keys": 1_500,
    "scanner codes": 12_000,
    "printer answers": 20_000,
    "printer host": 8_000,
    "barcode": 8_000,
    "goods file": 2_000,
    "planogram": 2_000,
    "configuration": 2_000,
    "journal entry": 8_000,
    "debt code": 8_000,
    "typed amount": 8_000,
}
"""Damaged frames of each parser; each gets what a few seconds hold."""


def test_the_push_tier_damages_two_hundred_thousand_frames_and_forgets_no_parser() -> None:
    assert set(COUNTS) == set(PARSERS)
    assert sum(COUNTS.values()) >= 200_000


@pytest.mark.parametrize("parser", PARSERS)
def test_damage_breaks_nothing_and_tells_nothing_that_did_not_happen(parser: str) -> None:
    told: list[int] = []
    counts = mutate(parser, SEED, COUNTS[parser], told.append)
    print(counts.line())
    assert counts.false == []
    assert counts.damaged >= COUNTS[parser]
    assert told == sorted(told)
    assert told[-1] == counts.damaged
    assert counts.told or not parser.endswith("line"), "a line on which nothing happened shows nothing"
    assert counts.probes or parser not in STREAMS


def test_every_kind_of_damage_strikes_a_line_and_the_rare_states_are_reached() -> None:
    acceptor, hopper = mutate("cctalk acceptor line", 1, 4_000), mutate("cctalk hopper line", 1, 4_000)
    marks = acceptor.marks + hopper.marks
    assert {f"damage.{kind}" for kind in Kind} <= set(marks)
    assert {"host_restarted", "restart_seen", "payout_unknown"} <= {
        mark for mark, qty in marks.items() if qty
    }


def test_equal_seeds_give_equal_damage_and_others_do_not() -> None:
    first, again, other = (mutate("fafb board line", seed, 3_000) for seed in (5, 5, 6))
    assert (first.frames, first.damaged, first.marks) == (again.frames, again.damaged, again.marks)
    assert (first.frames, first.damaged, first.marks) != (other.frames, other.damaged, other.marks)


def test_a_listener_with_the_right_clock_hears_what_was_sent() -> None:
    data = bytes(range(256))
    assert resampled(data, 1, 1) == data
    assert resampled(data, 2, 1) != data


def test_steps_are_counted_and_do_not_depend_on_the_machine() -> None:
    def work() -> int:
        return sum(len(str(number)) for number in range(50))

    assert steps_of(work) == steps_of(work) > 50
