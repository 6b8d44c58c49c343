"""T7: whatever people, power, disk and devices do in whatever order, not one cent is unaccounted for."""

from __future__ import annotations

import os

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.stateful import Stateful, effort, machine_with, run_stateful
from tests.simulation.street import Tally

EXAMPLES, STEPS, SEED = 30, 14, 7_001
"""Some half a minute of one core: the same stories at every push."""

NIGHT_SECONDS = float(os.environ.get("KIOSK_HYPOTHESIS_SECONDS", "1200"))
NIGHT_SEED = int(os.environ.get("KIOSK_HYPOTHESIS_SEED", "1"))
IS_NIGHT = os.environ.get("KIOSK_HYPOTHESIS") == "nightly"


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


@pytest.mark.skipif(not IS_NIGHT, reason="KIOSK_HYPOTHESIS=nightly asks for it")
@pytest.mark.timeout(NIGHT_SECONDS + 1_800)
def test_no_story_of_a_night_does() -> None:
    def tell(so_far: Stateful) -> None:
        print(f"{so_far.seconds:.0f} s, next seed {so_far.next_seed}: {so_far.tally.words()}", flush=True)

    result = run_stateful(NIGHT_SECONDS, NIGHT_SEED, progress=tell)
    assert not result.failures, "\n\n".join(result.failures)
