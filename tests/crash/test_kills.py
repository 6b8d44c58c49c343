"""T6 at every push: the real service killed ten times while it sells."""

from __future__ import annotations

import pytest

from tests.crash.kills import ROUNDS_PUSH, run_kills

pytestmark = pytest.mark.timeout(600)


@pytest.mark.rule("MS-G4")
def test_five_kills_of_the_real_service_leave_boxes_hands_and_books_equal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    counts = run_kills(seed=11, rounds=ROUNDS_PUSH)
    with capsys.disabled():
        print("", *counts.lines(), sep="\n")
    assert counts.problems == ()
    assert counts.rounds == ROUNDS_PUSH
    assert counts.in_minor > 0
    assert counts.probes > 0
