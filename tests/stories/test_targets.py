"""When a told journey missed its target: taps always count, seconds only for the vendor's journeys."""

from __future__ import annotations

import pytest

from tests.stories.__main__ import Told


@pytest.mark.parametrize(
    ("name", "taps", "taps_target", "seconds", "seconds_target", "missed"),
    [
        ("J11 month end", 2, "2, 1 of them the export", 299.0, "300 s", (False, False)),
        ("J11 month end", 3, "2, 1 of them the export", 301.0, "300 s", (True, True)),
        ("J4 a vend that fails", 1, "0 more", 9.0, "5 s", (True, False)),
        ("J10 cash collection", 40, "-", 9.0, "at once", (False, False)),
    ],
)
def test_a_target_is_missed_by_a_tap_too_many_and_by_a_vendor_s_second_too_much(
    name: str, taps: int, taps_target: str, seconds: float, seconds_target: str, missed: tuple[bool, bool]
) -> None:
    told = Told(name, taps, taps_target, seconds, "", seconds_target)
    assert (told.is_over, told.is_late) == missed
