from __future__ import annotations

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core.events import Deadline
from kiosk.core.timing import next_deadline
from tests.kiosk.world import World


def due(world: World) -> tuple[int, Deadline] | None:
    """What comes next, in milliseconds from now."""
    found = next_deadline(world.state, world.shop.rules, world.touched_ms)
    return None if found is None else (found[0] - world.now_ms, found[1])


def test_an_idle_kiosk_waits_for_nothing(world: World) -> None:
    assert due(world) is None


def test_a_visit_idles_longer_while_money_is_held(world: World) -> None:
    world.scan("water")
    assert due(world) == (60_000, Deadline.IDLE)
    world.coins(100)
    assert due(world) == (120_000, Deadline.IDLE)


def test_each_touch_extends_the_idle_time(world: World) -> None:
    world.scan("water")
    world.pass_time(50_000)
    world.tap(ev.Touched)
    assert due(world) == (60_000, Deadline.IDLE)


def test_more_time_makes_every_wait_longer(world: World) -> None:
    world.tap(ev.ComfortTapped, large_text=False, more_time=True)
    world.coins(200)
    world.scan("water")
    assert due(world) == (15_000, Deadline.CLOSE)
    world.tap(ev.LineDropped, line=1)
    assert due(world) == (360_000, Deadline.IDLE)


def test_a_covered_cart_closes_after_the_bar_and_a_new_line_starts_it_anew(world: World) -> None:
    world.coins(200)
    world.scan("apple")
    world.pass_time(3_000)
    world.scan("apple")
    assert due(world) == (5_000, Deadline.CLOSE)


def test_a_second_choice_waits_and_each_touch_extends_it(world: World) -> None:
    world.board.jams.add(1)
    world.choose("A1")
    world.coins(100, 50)
    assert due(world) == (15_000, Deadline.CHOICE)
    world.pass_time(10_000)
    world.tap(ev.Touched)
    assert due(world) == (15_000, Deadline.CHOICE)


def test_a_silent_job_gets_more_time_than_one_whose_device_is_gone(world: World) -> None:
    world.choose("A1")
    world.holds = True
    world.coins(100, 50)
    assert due(world) == (120_000, Deadline.JOB)
    world.pass_time(10_000)
    world.step(hw.DeviceLost("coils", hw.DeviceKind.COIL_BOARD))
    assert due(world) == (30_000, Deadline.JOB)


def test_the_thanks_page_stays_long_when_it_shows_a_code(world: World) -> None:
    world.scan("apple")
    world.coins(50)
    assert due(world) == (20_000, Deadline.THANKS)
    world.pass_time(20_000)
    world.coins(100)
    world.crash()
    assert due(world) == (600_000, Deadline.THANKS)


def test_starting_and_service_end_by_themselves(world: World) -> None:
    world.coins(100)
    world.crash(answering=())
    assert due(world) == (8_000, Deadline.RECOVERY)
    world.pass_time(8_000)
    world.tap(ev.DoneTapped)
    world.ask(ev.ClerkEntered("clerk"))
    assert due(world) == (600_000, Deadline.SERVICE)


def test_a_language_left_behind_is_put_back_for_the_next_shopper(world: World) -> None:
    first = world.state.languages[0]
    world.tap(ev.LanguageTapped, language=world.state.languages[1])
    world.tap(ev.ComfortTapped, large_text=True, more_time=False)
    assert due(world) == (60_000, Deadline.MANNERS)
    world.pass_time(60_000)
    assert world.state.language == first
    assert not world.state.large_text
    assert due(world) is None
