"""Which coils are said to jam: those that do, and none by chance."""

from __future__ import annotations

import random

from kiosk.store.coils import Turns, stand_out

USUAL = {("K1", f"A{number}"): Turns(60, 0) for number in range(1, 30)}


def test_a_coil_that_fails_every_third_time_stands_out() -> None:
    (found,) = stand_out({**USUAL, ("K1", "B7"): Turns(40, 13)})
    assert (found.kiosk_id, found.slot, found.own) == ("K1", "B7", Turns(40, 13))
    assert found.others == Turns(29 * 60, 0)


def test_two_bad_coils_do_not_hide_one_another() -> None:
    found = stand_out({**USUAL, ("K1", "B7"): Turns(40, 30), ("K2", "C1"): Turns(50, 12)})
    assert [each.slot for each in found] == ["B7", "C1"]


def test_three_jams_are_no_alarm() -> None:
    assert stand_out({**USUAL, ("K1", "B7"): Turns(3, 3)}) == ()


def test_where_every_coil_jams_none_stands_out() -> None:
    assert stand_out({key: Turns(60, 12) for key in USUAL}) == ()


def test_a_lone_coil_that_jams_is_said() -> None:
    assert [each.slot for each in stand_out({("K1", "A1"): Turns(30, 9)})] == ["A1"]


def test_chance_alone_raises_no_alarm_in_ten_years_of_months() -> None:
    dice = random.Random(11)
    alarms = 0
    for _ in range(120):
        turns = {
            ("K1", f"A{coil}"): Turns(60, sum(dice.random() < 0.02 for _ in range(60))) for coil in range(40)
        }
        alarms += len(stand_out(turns))
    assert alarms <= 1
