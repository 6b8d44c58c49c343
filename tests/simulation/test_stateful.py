"""T7: whatever people, power, disk and devices do in whatever order, not one cent is unaccounted for."""

from __future__ import annotations

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.stateful import effort, machine_with
from tests.simulation.street import Tally

EXAMPLES, STEPS, SEED = 30, 14, 7_001
"""Some half a minute of one core: the same stories at every push."""


@pytest.mark.timeout(900)  # a failure is shrunk before it is told
def test_no_story_leaves_a_cent_unaccounted() -> None:
    tally = Tally()
    run_state_machine_as_test(machine_with(tally, SEED), settings=effort(EXAMPLES, STEPS))
    print(tally.words())
    assert tally.streets >= EXAMPLES
    assert tally.cuts > EXAMPLES // 3
    assert tally.sales > EXAMPLES // 2
    for mark in ("visit_cut", "two_events_in_one_poll"):  # rarer ones are the examples'
        assert tally.marks[mark], f"no story reached {mark}"
