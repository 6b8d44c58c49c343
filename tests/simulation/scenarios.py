"""Twelve and more core scenarios, each short, each a whole act of money: what T2 cuts at every store operation and every byte.

A scenario is written for people who know what they want; when the power fails in its midst they do what people do: wait a
while, take what lies in the trays, write down the code that the screen shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hardware.simulators.hopper import HopperSim
from hardware.simulators.market import COIL_BOARD, HOPPERS
from kiosk.core import events as ev
from kiosk.core.screen import View
from kiosk.simulation.people import Crowd, Manner, Person, Shopper
from kiosk.simulation.world import Cut, Script, World


class Act(Shopper):
    """A shopper who follows one scenario's script."""

    def coins(self, *values_minor: int) -> Script:
        """Put these in, one after the other."""
        for value in values_minor:
            yield from self._drop(value)

    def scan(self, price_minor: int) -> Script:
        """Scan some shelf goods of this price."""
        product = next(
            each
            for each in self.world.catalogue.products.values()
            if each.gtins and each.due_minor == price_minor
        )
        before = len(self.screen.lines)
        self.world.scanner.act("scan", {"code": product.gtins[0]}, self.world.clock.world_ms())
        self.world.touch("scanner")
        yield from self._until(lambda: len(self.screen.lines) > before, 1_000)

    def choose(self, slot: str) -> Script:
        """Tap a coil."""
        yield from self._tap(ev.SlotChosen(self.crowd.tap_id(), self.screen.version, slot))

    def wait_idle(self) -> Script:
        """Until the kiosk can sell."""
        yield from self._until(lambda: self.screen.view in {View.IDLE, View.THANKS}, 30_000)

    def finish(self) -> Script:
        """Until goods and change are out."""
        yield from self._finish()

    def money_back(self) -> Script:
        """Ask for it."""
        yield from self._money_back()

    def use_code(self) -> Script:
        """Type the first code that is known."""
        yield from self._use_code()

    def print_receipt(self) -> Script:
        """Ask for paper before leaving."""
        yield from self._until(lambda: self.screen.view is View.THANKS, 30_000)
        yield from self._tap(ev.ReceiptTapped(self.crowd.tap_id(), self.screen.version))
        yield from self._wait(1_500)


Steps = Callable[[Act], Script]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One act: ``prepare`` sets the stage before any cut is possible, ``steps`` is what is cut."""

    steps: Steps
    prepare: Callable[[World, Crowd], None] = lambda _world, _crowd: None
    is_clerk: bool = False


def _exact(act: Act) -> Script:
    yield from act.scan(150)
    yield from act.coins(100, 50)
    yield from act.finish()


def _change_one(act: Act) -> Script:
    yield from act.scan(150)
    yield from act.coins(200)
    yield from act.finish()


def _change_three(act: Act) -> Script:
    yield from act.scan(120)
    yield from act.coins(200)
    yield from act.finish()


def _coil(act: Act) -> Script:
    yield from act.choose("A1")
    yield from act.coins(200)
    yield from act.finish()


def _coil_and_shelf(act: Act) -> Script:
    yield from act.scan(150)
    yield from act.choose("A1")
    yield from act.choose("B1")
    yield from act.coins(200, 200, 100)
    yield from act.finish()


def _jam(world: World, _crowd: Crowd) -> None:
    coil = world.catalogue.slots["A1"].coil
    world.coils.act("jam_coil", {"slot": str(coil)}, world.clock.world_ms())


def _coil_jams(act: Act) -> Script:
    yield from act.choose("A1")
    yield from act.coins(200)
    yield from act._until(lambda: act.screen.choosing is not None, 30_000)
    yield from act.money_back()
    yield from act.finish()


def _second_choice(act: Act) -> Script:
    yield from act.choose("A1")
    yield from act.coins(200)
    yield from act._until(lambda: act.screen.choosing is not None, 30_000)
    yield from act.choose("A2")
    yield from act._pay()
    yield from act.finish()


def _money_back(act: Act) -> Script:
    yield from act.coins(50, 20, 10)
    yield from act.money_back()
    yield from act.finish()


def _burst(act: Act) -> Script:
    yield from act.scan(150)
    yield from act._drop(50, 3)
    yield from act.finish()


def _starve(world: World, crowd: Crowd) -> None:
    """The hoppers' bowls are nearly empty, and nobody told the books."""
    for name in HOPPERS:
        hopper = world.body(name, HopperSim)
        qty = hopper.inside - 1
        hopper.remove(qty)
        crowd.removed[name] += qty
        world.hidden[f"hopper.{name}"] -= qty * hopper.value_minor


def _short_payout(act: Act) -> Script:
    yield from act.coins(100, 100)
    yield from act.money_back()
    yield from act.finish()


def _owe(world: World, crowd: Crowd) -> None:
    """Somebody's visit was cut: a code is on a note."""
    person = crowd.arrive(Person(name="before", manner="cut"))
    act = Act(crowd, person, random.Random(1), Manner.USUAL, patience_ms=60_000)

    def script() -> Script:
        yield from act.scan(150)
        yield from act.coins(100)
        world.after(0, lambda: world.cut_power(Cut.PROCESS))
        yield from act._wait(60_000)

    world.run(act.follow(script()))
    crowd.depart(person)


def _code(act: Act) -> Script:
    yield from act.use_code()
    yield from act.finish()


def _receipt(act: Act) -> Script:
    yield from act.scan(150)
    yield from act.coins(100, 50)
    yield from act.print_receipt()


def _walk_away(act: Act) -> Script:
    yield from act.coins(50)


def _board_dies(act: Act) -> Script:
    world = act.world
    yield from act.choose("A1")
    world.after(1_500, lambda: world.set_power(COIL_BOARD, is_on=False))
    world.after(20_000, lambda: world.set_power(COIL_BOARD, is_on=True))
    yield from act.coins(200)
    yield from act.finish()


def _none(_act: Act) -> Script:
    yield (0, None)


SCENARIOS: Mapping[str, Scenario] = {
    "exact_coins": Scenario(_exact),
    "change_from_one_hopper": Scenario(_change_one),
    "change_from_three_hoppers": Scenario(_change_three),
    "coil": Scenario(_coil),
    "coils_and_shelf": Scenario(_coil_and_shelf),
    "coil_jams": Scenario(_coil_jams, _jam),
    "second_choice": Scenario(_second_choice, _jam),
    "money_back": Scenario(_money_back),
    "burst_of_coins": Scenario(_burst),
    "short_payout": Scenario(_short_payout, _starve),
    "code_paid": Scenario(_code, _owe),
    "receipt_printed": Scenario(_receipt),
    "walk_away": Scenario(_walk_away),
    "board_dies": Scenario(_board_dies),
    "clerk_fills_and_collects": Scenario(_none, is_clerk=True),
}
"""Twelve of the specification's kinds, and three more."""
