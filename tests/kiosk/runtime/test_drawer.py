"""The running till and the cash drawer: the pulse goes out behind its entry, and one that never went is told as that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware import events as hw
from hardware.commands import OpenDrawer
from hardware.sansio import WireError
from kiosk.core import events as ev
from kiosk.core import facts as f
from tests.kiosk.runtime.kiosk_thread import KioskThread
from tests.kiosk.world import SHOP

ASKED = ev.DrawerAsked("press-1", "anna")


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[KioskThread]:
    """A kiosk with a drawer at its printer; somebody is signed in."""
    running = KioskThread(tmp_path, shop=replace(SHOP, rules=replace(SHOP.rules, drawers=("printer",))))
    running.start()
    running.ask(ev.ClerkEntered("anna"))
    yield running
    running.end()


@pytest.mark.rule("MS-I7")
def test_the_pulse_has_an_authority_and_stands_in_the_journal_first(kiosk: KioskThread) -> None:
    kiosk.ask(ASKED)
    (asked,) = kiosk.rig.acts(OpenDrawer)
    assert asked.authority is not None
    assert asked.durable[-1] == "DrawerOpenStarted"
    command = asked.command
    assert isinstance(command, OpenDrawer)
    kiosk.tell(hw.PrintEnded("printer", command.job, hw.PrintResult.PRINTED))
    assert [
        fact.result for fact in kiosk.facts(f.DrawerOpenEnded) if isinstance(fact, f.DrawerOpenEnded)
    ] == ["printed"]


def test_a_pulse_that_was_never_sent_is_told_as_failed_and_may_be_asked_anew(kiosk: KioskThread) -> None:
    kiosk.rig.refuses[OpenDrawer] = WireError("the port is gone")
    kiosk.ask(ASKED)
    state = kiosk.until(lambda state: not state.drawer)
    assert state.clerk == "anna"
    assert [
        fact.result for fact in kiosk.facts(f.DrawerOpenEnded) if isinstance(fact, f.DrawerOpenEnded)
    ] == ["failed"]
    assert kiosk.ask(replace(ASKED, token="press-2")).notice.key == "drawer_opens"
