"""The cash drawer: opened for a clerk who is signed in, written down first, and never twice for one asking."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardware import events as hw
from hardware.commands import OpenDrawer
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.effects import effect_of
from kiosk.core.screen import screen_of
from tests.kiosk.world import World

ASKED = ev.DrawerAsked("press-1", "anna")


@pytest.fixture
def clerk(world: World) -> World:
    """A kiosk with a drawer at its printer; somebody is signed in. The printer's answers are the test's."""
    world.shop = replace(world.shop, rules=replace(world.shop.rules, drawers=("printer",)))
    world.ask(ev.ClerkEntered("anna"))
    return world


def started(world: World) -> list[f.DrawerOpenStarted]:
    return [fact for fact in world.facts() if isinstance(fact, f.DrawerOpenStarted)]


def test_the_drawer_opens_for_the_clerk_and_the_journal_says_who(clerk: World) -> None:
    assert clerk.step(ASKED).key == "drawer_opens"
    (fact,) = started(clerk)
    assert (fact.clerk, fact.device) == ("anna", "printer")
    assert effect_of(fact) == OpenDrawer("printer", fact.job)
    clerk.step(hw.PrintEnded("printer", fact.job, hw.PrintResult.PRINTED))
    assert clerk.facts(f.DrawerOpenEnded) == [f.DrawerOpenEnded(fact.job, "printer", "printed", "")]
    assert clerk.state.drawer == ""


def test_the_same_press_opens_it_once_and_a_new_one_again(clerk: World) -> None:
    clerk.step(ASKED)
    assert clerk.step(ASKED).key == "drawer_busy"
    clerk.step(hw.PrintEnded("printer", started(clerk)[0].job, hw.PrintResult.PRINTED))
    assert clerk.step(ASKED).key == "already_done"
    assert clerk.step(replace(ASKED, token="press-2")).key == "drawer_opens"
    assert len(started(clerk)) == 2


@pytest.mark.parametrize("leaves", [False, True])
def test_without_a_clerk_in_service_no_drawer_opens(clerk: World, *, leaves: bool) -> None:
    clerk.ask(ev.ClerkLeft("anna"))
    if leaves:
        clerk.scan("water")
    assert clerk.step(ASKED).is_refusal
    assert started(clerk) == []


def test_a_kiosk_without_a_drawer_says_so(world: World) -> None:
    world.ask(ev.ClerkEntered("anna"))
    assert world.step(ASKED).key == "no_drawer"
    assert started(world) == []


def test_a_drawer_whose_printer_is_gone_is_not_asked(clerk: World) -> None:
    clerk.step(hw.DeviceLost("printer", hw.DeviceKind.PRINTER))
    assert clerk.step(ASKED).key == "drawer_off"
    assert started(clerk) == []


def test_after_a_power_cut_nobody_opens_it_by_himself_and_it_can_be_asked_anew(clerk: World) -> None:
    clerk.step(ASKED)
    clerk.crash()
    assert clerk.state.drawer == ""
    assert len(started(clerk)) == 1
    clerk.ask(ev.ClerkEntered("anna"))
    assert clerk.step(ASKED).key == "already_done"
    assert clerk.step(replace(ASKED, token="press-2")).key == "drawer_opens"


def test_the_clerks_page_knows_whether_there_is_a_drawer(clerk: World) -> None:
    def has_drawer() -> bool:
        screen = screen_of(clerk.state, clerk.shop, now_ms=clerk.now_ms, touched_ms=0, stream=1)
        return screen.has_drawer

    assert has_drawer()
    clerk.shop = replace(clerk.shop, rules=replace(clerk.shop.rules, drawers=()))
    assert not has_drawer()
