"""One kiosk, whoever comes by, and whatever befalls it: the steps of the stateful properties (T7), callable by hand as well.

Every step leaves the world at rest and then counts it. So a failure is a list of calls in their order: what the property found is
kept as a plain test that makes the same calls (tests/simulation/examples).
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from hardware.simulators.cctalk_wire import EXCHANGE_MS
from hardware.simulators.coin_acceptor import BURST, CoinAcceptorSim
from hardware.simulators.hopper import CAPACITY, MOST_TOTAL
from hardware.simulators.market import ACCEPTOR, COINS
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core.screen import View
from kiosk.core.state import Phase as TillPhase
from kiosk.core.state import State
from kiosk.simulation.auditor import audit_world
from kiosk.simulation.count import count_world
from kiosk.simulation.disk import Disk, Fault
from kiosk.simulation.marks import read_marks
from kiosk.simulation.mishaps import MISHAPS, WorldReach
from kiosk.simulation.people import CLERK, Clerk, Crowd, Manner, Person
from kiosk.simulation.storage import ForgetfulStorage
from kiosk.simulation.world import KEY, Cut, Moment, Script, World
from tests.simulation.scenarios import Act

WARM_UP_MS = 3_000
PATIENCE_MS = 60_000
UNWANTED_COINS = 4
"""Who gets so many coins back one after the other wants all of them back."""

NEAR_WRAP = 240
"""Here an acceptor's event counter is near its end already: washers take their time."""

OF_A_START = frozenset(
    {
        "seq", "boot", "boot_ms", "seen_ms", "ran_ms", "screen", "awaited", "is_stopped", "code_failed_ms", "service_ms",
        "language", "large_text", "more_time", "last", "devices", "is_screen_lost",
    }
)  # fmt: skip
"""Of the till's state: what is this start's own, or is there to look at, and says nothing about money or goods."""

POSITION_OF: Final = {value: position for position, value in COINS.items()}


@dataclass
class Tally:
    """What many streets met."""

    streets: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    cuts: int = 0
    cuts_in_recovery: int = 0
    store_failures: int = 0
    boots: int = 0
    sales: int = 0
    recoveries_repeated: int = 0
    marks: Counter[str] = field(default_factory=Counter)

    def words(self) -> str:
        """One line."""
        return (
            f"{self.streets} stories, {sum(self.steps.values())} steps, {self.sales} sales, {self.cuts} cuts, "
            f"{self.cuts_in_recovery} of them in a recovery, {self.store_failures} store failures, "
            f"{self.recoveries_repeated} recoveries repeated"
        )


def settled(state: State) -> dict[str, Any]:
    """What of the till's state must be the same after every further start; a bowl's level is read anew by each."""
    told = {name: value for name, value in msgspec.to_builtins(state).items() if name not in OF_A_START}
    for book in told["hoppers"].values():
        del book["is_low"]
    return told


class Errand(Clerk):
    """A clerk who comes for one thing."""

    task: Callable[[Errand], Script]

    def _round(self) -> Script:
        yield from self._do("", ev.ClerkEntered(clerk=self.person.name))
        yield from self.task(self)
        yield from self._do("", ev.ClerkLeft(clerk=self.person.name))


class Street:
    """A stocked kiosk on a disk that forgets; nothing in it is drawn but from ``name``.

    Args:
        name: The world's seed.
        tally: Where everything that happens is added up at the end.
    """

    def __init__(self, name: str = "street", tally: Tally | None = None) -> None:
        self.disk = Disk(7)
        self.world = World(f"stateful/{name}", ForgetfulStorage(self.disk))
        self.disk.on_operation = lambda _number, _kind: self.world.store_operates()
        self.crowd = Crowd(self.world)
        self.tally = Tally() if tally is None else tally
        self.troubles = 0
        """What befell it besides cuts and failures of the store: each may leave one thing unknown."""
        self._trouble_until_ms = 0
        self._people = 0
        self._restarts_seen = 0
        self._repeats = 0
        self.world.start()
        self.world.settle()
        self.world.run_for(WARM_UP_MS)
        self.crowd.clerk(0)
        self.world.run_for(WARM_UP_MS)
        self._count()

    def befall(self, *troubles: tuple[Any, ...]) -> Street:
        """Let these be under way when the next one comes: each the name of a step that only prepares, and its values."""
        for name, *values in troubles:
            getattr(self, name)(*values)
        return self

    # --- shoppers -----------------------------------------------------------------------------------------------------

    def sell(self, goods: Sequence[int | str], coin_minor: int) -> None:
        """Somebody takes ``goods`` (a shelf price or a coil) and pays with coins of one value, or exactly with 0."""

        def script(act: Act) -> Script:
            for each in goods:
                yield from act.scan(each) if isinstance(each, int) else act.choose(each)
            yield from self._pay(act, coin_minor)
            yield from act.finish()

        self._visit("sell", script)

    @staticmethod
    def _pay(act: Act, coin_minor: int) -> Script:
        unwanted = 0
        while (screen := act.screen).view is View.SHOPPING and screen.lines:
            if screen.due_minor <= 0:
                yield from act._tap(ev.CloseTapped(act.crowd.tap_id(), screen.version))
                return
            if unwanted == UNWANTED_COINS:
                yield from act.money_back()
                return
            fitting = [value for value in COINS.values() if value <= screen.due_minor]
            held_minor = screen.held_minor
            yield from act.coins(coin_minor or max(fitting))
            is_credited = act.screen.view is not View.SHOPPING or act.screen.held_minor > held_minor
            unwanted = 0 if is_credited else unwanted + 1

    def burst(self, coins_minor: Sequence[int], *, is_shopping: bool) -> None:
        """Coins fall between two polls, as many as may be, into a cart's payment or for their own sake; back they go."""
        world = self.world

        def script(act: Act) -> Script:
            if is_shopping:
                yield from act.scan(590)
            world.acceptor.set_fault(BURST, True, world.clock.world_ms())
            act.person.dropped.update(coins_minor)
            for value in coins_minor:
                world.acceptor.drop(POSITION_OF[value], 1, world.clock.world_ms())
            world.touch(ACCEPTOR)
            yield from act._wait(3_000)
            yield from act.money_back()
            yield from act.finish()

        self._visit("burst", script)
        world.acceptor.set_fault(BURST, False, world.clock.world_ms())
        self.world.touch(ACCEPTOR)

    def money_back(self, coins_minor: Sequence[int]) -> None:
        """Somebody pays something in and wants it back."""

        def script(act: Act) -> Script:
            yield from act.coins(*coins_minor)
            yield from act.money_back()
            yield from act.finish()

        self._visit("money_back", script)

    def walk_away(self, goods: Sequence[int | str], coins_minor: Sequence[int]) -> None:
        """Somebody pays something in and goes."""

        def script(act: Act) -> Script:
            for each in goods:
                yield from act.scan(each) if isinstance(each, int) else act.choose(each)
            yield from act.coins(*coins_minor)

        self._visit("walk_away", script)

    def use_code(self, goods: Sequence[int | str] = ()) -> None:
        """Somebody types the code of a note, if there is one, buys with it or takes it out."""

        def script(act: Act) -> Script:
            yield from act.use_code()
            for each in goods:
                yield from act.scan(each) if isinstance(each, int) else act.choose(each)
            yield from self._pay(act, 0)
            yield from act.money_back()
            yield from act.finish()

        if self.crowd.open_notes:
            self._visit("use_code", script)

    def _visit(self, name: str, steps: Callable[[Act], Script]) -> None:
        self._people += 1
        person = self.crowd.arrive(Person(name=f"{self._people}", manner=name))
        act = Act(self.crowd, person, random.Random(5), Manner.USUAL, patience_ms=PATIENCE_MS)

        def script() -> Script:
            yield from act.wait_idle()
            if act.screen.view is View.THANKS:
                yield from act._tap(ev.DoneTapped(self.crowd.tap_id(), act.screen.version))
            if act.screen.view is View.IDLE:
                yield from steps(act)

        self.world.run(act.follow(script()))
        self.crowd.depart(person)
        self._after(name)

    # --- the vendor's people ------------------------------------------------------------------------------------------

    def refill(self, hopper: str, qty: int) -> None:
        """The clerk pours coins into a hopper and types how many."""
        body = self.world.hopper(hopper)
        poured = min(qty, CAPACITY - body.inside)

        def task(errand: Errand) -> Script:
            if hopper not in errand.poured:
                errand.poured[hopper] = poured
                body.fill(poured)
                self.crowd.filled[hopper] += poured
            name = errand.person.name
            event = ev.HopperFilled(token=f"{name}-{hopper}", clerk=name, device=hopper, qty=poured)
            yield from errand._do(hopper, event)

        self._errand("refill", task)

    def collect(self, wrong_by_minor: int = 0) -> None:
        """The clerk empties the cash box and types what was in it, or something else."""

        def task(errand: Errand) -> Script:
            if errand.counted_minor is None:
                inside_minor = self.world.acceptor.empty_box()
                self.world.hidden.pop("box", None)
                self.crowd.collected_minor += inside_minor
                errand.counted_minor = max(0, inside_minor + wrong_by_minor)
            name = errand.person.name
            event = ev.CashBoxCollected(token=f"{name}-box", clerk=name, counted_minor=errand.counted_minor)
            yield from errand._do("box", event)

        self._errand("collect", task)

    def load(self, slots: Sequence[str]) -> None:
        """The clerk fills some coils and types what is in them."""
        board, catalogue = self.world.coils, self.world.catalogue

        def task(errand: Errand) -> Script:
            name = errand.person.name
            for code in slots:
                slot = catalogue.slots[code]
                if code not in errand.loaded:
                    more = max(0, slot.par_qty - board.inside(slot.coil))
                    if more:
                        values = {"slot": str(slot.coil), "qty": str(more)}
                        board.act("load", values, self.world.clock.world_ms())
                        self.world.touch(board.name)
                    errand.loaded[code] = board.inside(slot.coil)
                event = ev.StockCounted(
                    token=f"{name}-{code}", by=name, slot=code, move="count", qty=errand.loaded[code]
                )
                yield from errand._do(code, event)

        self._errand("load", task)

    def _errand(self, name: str, task: Callable[[Errand], Script]) -> None:
        self._people += 1
        person = self.crowd.arrive(Person(name=f"{name}-{self._people}", manner=CLERK))
        errand = Errand(self.crowd, person, random.Random(5), 1)
        errand.task = task
        self.world.run(errand.visit())
        self.crowd.depart(person)
        self._after(name)

    # --- power --------------------------------------------------------------------------------------------------------

    def arm(self, kind: Moment, nth: int, cut: Cut) -> None:
        """The power will fail at the ``nth`` store operation or byte from now."""
        self.world.arm(kind, nth, cut)
        self._after("arm", is_event=False)

    def arm_in_recovery(self, kind: Moment, nth: int, cut: Cut) -> None:
        """The power will fail at the ``nth`` store operation or byte of the next start."""
        self.world.recovery_cuts.append((kind, nth, cut))
        self._after("arm_in_recovery", is_event=False)

    def cut_now(self, cut: Cut) -> None:
        """The power fails while nobody is there."""
        if self.world.is_running:
            self.world.cut_power(cut)
        self._rest("cut_now")

    def stop_in_order(self) -> None:
        """The service manager stops the kiosk and starts it again."""
        self.world.disarm()
        self.world.stop()
        self.world.after(1_000, lambda: self.world._back(Cut.PROCESS))
        self._rest("stop_in_order")

    def device_dark(self, device: str, begins_ms: int, lasts_ms: int) -> None:
        """One device will lose its power for a while."""
        self._later(begins_ms, lasts_ms, lambda is_good: self.world.set_power(device, is_on=is_good))
        self._after("device_dark", is_event=False)

    def cable_out(self, wire: str, begins_ms: int, lasts_ms: int) -> None:
        """A cable will be pulled and put back."""
        line = self.world.lines[wire]

        def change(is_good: bool) -> None:
            if is_good != line.is_plugged:
                line.plug() if is_good else line.unplug()

        self._later(begins_ms, lasts_ms, change)
        self._after("cable_out", is_event=False)

    def _later(self, begins_ms: int, lasts_ms: int, change: Callable[[bool], None]) -> None:
        self.troubles += 1
        self.world.after(begins_ms, lambda: change(False))
        self.world.after(begins_ms + lasts_ms, lambda: change(True))
        end_ms = self.world.clock.world_ms() + begins_ms + lasts_ms
        self._trouble_until_ms = max(self._trouble_until_ms, end_ms)

    # --- the store ----------------------------------------------------------------------------------------------------

    def disk_fails(self, nth: int, fault: Fault, lasts_ms: int) -> None:
        """The ``nth`` operation that can meet ``fault`` fails; with a time, all after it too, until it is over."""
        self.disk.fail_at(nth, fault, for_ever=lasts_ms > 0)
        if lasts_ms:
            self._later(0, lasts_ms, lambda is_good: self.disk.mend() if is_good else None)
        self._after("disk_fails", is_event=False)

    # --- devices ------------------------------------------------------------------------------------------------------

    def rob(self, hopper: str, left: int) -> None:
        """A hand takes coins out of a bowl until ``left`` are in it, and tells nobody."""
        self.rob_at_last(hopper, left)
        self._rest("rob")

    def rob_at_last(self, hopper: str, left: int) -> None:
        """The same, and the next one comes before the bowl's sensor was read."""
        body = self.world.hopper(hopper)
        if body.inside > left:
            WorldReach(self.world).act(hopper, "remove", {"qty": str(body.inside - left)})

    def swap_hopper(self, hopper: str, total: int) -> None:
        """Another hopper stands in its place, which paid ``total`` coins elsewhere; the coins are poured over."""
        WorldReach(self.world).act(hopper, "replace", {"total": str(total)})
        self.world.run_for(EXCHANGE_MS)
        self._rest("swap_hopper")

    def hopper_near_wrap(self, hopper: str, left: int) -> None:
        """The same with a hopper whose lifetime count goes round after ``left`` more coins."""
        self.swap_hopper(hopper, MOST_TOTAL - left)

    def swap_acceptor(self) -> None:
        """Another acceptor stands in its place."""
        WorldReach(self.world).act(ACCEPTOR, "replace", {})
        self.world.run_for(EXCHANGE_MS)
        self._rest("swap_acceptor")

    def acceptor_near_wrap(self, left: int) -> None:
        """Washers fall until ``left`` more events bring the acceptor's counter round."""
        acceptor = self.world.body(ACCEPTOR, CoinAcceptorSim)
        counter = acceptor.firmware.ring.counter
        washers = 0 if counter > NEAR_WRAP else 255 - left - counter
        if washers:
            self.troubles += 1  # a cut among them
            WorldReach(self.world).act(ACCEPTOR, "slugs", {"qty": str(washers)})
            self.world.run_until(lambda: not acceptor.snapshot()["falling"], washers * 3_000)
        self._rest("acceptor_near_wrap")

    def jam_coil(self, slot: str) -> None:
        """A coil will jam at its next turn."""
        coil = self.world.catalogue.slots[slot].coil
        self.world.coils.act("jam_coil", {"slot": str(coil)}, self.world.clock.world_ms())
        self._rest("jam_coil")

    # --- the clock ----------------------------------------------------------------------------------------------------

    def clock_jumps(self, seconds: int) -> None:
        """Somebody, or a battery, sets the wall clock."""
        self.world.clock.step_wall(seconds)
        self._rest("clock_jumps")

    def clock_stands(self, is_stopped: bool) -> None:
        """The wall clock stands still, or goes on."""
        self.world.clock.stop_wall(is_stopped=is_stopped)
        self._rest("clock_stands")

    def mishap(self, name: str, begins_ms: int, lasts_ms: int) -> None:
        """One of the named mishaps, at some moment from now."""
        mishap = MISHAPS[name]
        seed = f"{self.world.seed}/{name}"
        self._later(
            begins_ms,
            lasts_ms,
            lambda is_good: (mishap.end if is_good else mishap.begin)(self.world, random.Random(seed)),
        )
        self._after("mishap", is_event=False)

    def time_passes(self, ms: int) -> None:
        """Nobody comes for a while."""
        self.world.run_for(ms)
        self._rest("time_passes")

    # --- after each step ----------------------------------------------------------------------------------------------

    def _rest(self, name: str) -> None:
        self.world.settle()
        self.world.run_for(1_000)
        self.world.settle()
        self._after(name)

    def _after(self, name: str, *, is_event: bool = True) -> None:
        self.tally.steps[name] += 1
        if not is_event:
            return
        self._let_pass()
        self._count()
        totals = self.world.totals
        restarts = totals.cuts + totals.store_failures
        if restarts != self._restarts_seen and self._is_quiet():
            self._start_twice()
        self._restarts_seen = totals.cuts + totals.store_failures

    def _let_pass(self) -> None:
        """What began while somebody was there is over before the next one comes: what it hid comes to light as theirs."""
        world = self.world
        left_ms = self._trouble_until_ms - world.clock.world_ms()
        if left_ms >= 0:
            world.run_for(left_ms + 1)
            world.settle()
            world.run_for(1_000)
            world.settle()

    def _is_quiet(self) -> bool:
        """Whether nothing is going to happen by itself."""
        return not (self.world.recovery_cuts or self.disk._plans or self.world.is_armed)

    def _start_twice(self) -> None:
        """I10 and I11: a recovery that is made again changes no money and no goods, on the books or in the machine."""
        world = self.world
        states, bodies = [self._settled()], [self._bodies()]
        for _ in range(2):
            world.cut_power(Cut.PROCESS)
            world.settle()
            states.append(self._settled())
            bodies.append(self._bodies())
        self._repeats += 2
        if any(book["counts"] is None for book in states[0]["acceptors"].values()):
            # Its counts could not be read when it was last met: the first start learns them, and no coin by it.
            states[0] = {**states[0], "acceptors": states[1]["acceptors"]}
        for before, after in pairwise(states):
            changed = {name: (before[name], after[name]) for name in after if after[name] != before[name]}
            assert not changed, f"a start changed {changed}"
        assert bodies[1:] == bodies[:-1], "a start moved coins or goods"

    def _settled(self) -> dict[str, Any]:
        till = self.world.till
        assert till is not None
        return settled(till.state())

    def _bodies(self) -> tuple[object, ...]:
        world = self.world
        hoppers = [(hopper.inside, hopper.tray) for hopper in world.hoppers]
        box = world.acceptor.snapshot()
        return (*hoppers, box["cash_box"], box["tray"], *world.coils.snapshot().items())

    def _count(self, *, is_end: bool = False) -> None:
        """Not one cent and not one piece is unaccounted for, nothing halted, and what the screen said is in the books."""
        world = self.world
        with tempfile.TemporaryDirectory(prefix="kiosk-street-") as folder:
            path = Path(folder) / "journal.db"
            world.storage.export(path)
            report = audit_journal(path, public_key=KEY.verify_key.encode().hex())
            accounts = audit_world(report, count_world(world, self.crowd))
            if is_end:
                self.tally.marks.update(read_marks(path))
        assert not accounts.problems, "\n".join(accounts.problems)
        unaccounted = (accounts.unaccounted_minor, accounts.unaccounted_pieces)
        assert unaccounted == (0, 0), f"unaccounted: {unaccounted}"
        assert world.till is not None
        assert world.till.state().phase is not TillPhase.HALTED, f"halted: {world.till.state().halted_for}"
        receipts = {sale.receipt_no for sale in report.sales}
        debts = {debt.debt: debt.amount_minor for debt in report.debts}
        for person in self.crowd.people:
            assert receipts.issuperset(person.receipts), f"{person.name} was shown a receipt without a sale"
            for note in person.notes:
                assert debts.get(note.debt) == note.amount_minor, f"{person.name} was shown another debt"
        doubts = world.totals.cuts - self._repeats + world.totals.store_failures + self.troubles
        uncertain = sum(not debt.was_certain for debt in report.debts)
        assert uncertain <= doubts, "more is uncertain than ever went wrong"

    def end(self) -> None:
        """Nothing more will happen: everything that was due does, and the whole is counted once more."""
        world, tally = self.world, self.tally
        world.disarm()
        world.recovery_cuts.clear()
        self.disk.mend()
        world.clock.stop_wall(is_stopped=False)
        self._let_pass()
        world.run_for(1_000)
        world.settle()
        self._start_twice()
        self._count(is_end=True)
        assert world.till is not None
        tally.streets += 1
        tally.cuts += world.totals.cuts - self._repeats
        tally.recoveries_repeated += self._repeats
        tally.cuts_in_recovery += world.totals.cuts_in_recovery
        tally.store_failures += world.totals.store_failures
        tally.boots += world.totals.boots
        tally.sales += world.till.state().receipt_no
