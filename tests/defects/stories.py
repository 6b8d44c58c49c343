"""Moments that chance meets rarely, each brought about on purpose in the simulated world, counted by the auditor.

A story is a page long: it sets the stage, lets somebody do something in the wrong moment, and says what must be true beside what
the auditor finds. Each is the death of at least one planted defect, and a plain test of the product.
"""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from hardware.cctalk.device import AcceptorMemoryChip
from hardware.cctalk.messages import EventReply, Header
from hardware.commands import Authority, Command, TurnCoil
from hardware.simulators.cctalk_wire import EXCHANGE_MS
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.market import ACCEPTOR, COIL_BOARD, COINS, HOPPER_WIRE, HOPPERS
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.screen import View
from kiosk.invariant import InvariantBroken
from kiosk.runtime.door import TillBusyError
from kiosk.runtime.loop import Till
from kiosk.simulation.auditor import audit_world
from kiosk.simulation.count import count_world
from kiosk.simulation.disk import Disk, Fault
from kiosk.simulation.lines import Line
from kiosk.simulation.people import Crowd, Manner, Person
from kiosk.simulation.storage import ForgetfulStorage
from kiosk.simulation.world import KEY, Cut, DarkError, Moment, Script, StuckError, World
from tests.simulation.scenarios import Act

WARM_UP_MS = 3_000
PATIENCE_MS = 60_000
AFTERWARDS_MS = 45_000
"""Jobs whose device has gone are given up after 30 s."""

MOST_COUNT = 0xFF_FFFF
"""A lifetime count has 24 bits."""

RESTING = frozenset({View.IDLE, View.THANKS, View.HALTED})

LOOK_MS = 10
"""How often a story looks whether its moment has come."""

FALL_MS = 60
"""After so long a coin is past the slot and not yet at the sensors (120 ms)."""

LAST_COUNTER = 255
"""After it an acceptor's event counter goes to 1."""

POSITION_OF: Final = {value: position for position, value in COINS.items()}


class Street(World):
    """A world whose commands can be watched, and whose drivers can be as quick as a thread of their own."""

    on_command: Callable[[Command], None] | None = None
    """Told of each command that moves money or goods, when the till hands it over."""
    is_eager = False
    """The bytes of such a command are on the wire before the till does anything else."""

    on_worked: Callable[[], None] | None = None
    """Told when the till has done a turn of work."""

    def _work(self, till: Till) -> None:
        super()._work(till)
        if self.on_worked is not None:
            self.on_worked()

    def request(self, command: Command, authority: Authority | None = None) -> None:
        super().request(command, authority)
        if authority is None:
            return
        if self.on_command is not None:
            self.on_command(command)
        if self.is_eager:
            self._line_of[command.device].advance()


class Picky(Line):
    """A line that takes no more bytes from some write on."""

    is_choosy = True
    refuses: Callable[[bytes], bool] = staticmethod(lambda _data: False)
    then: Callable[[], None] = staticmethod(lambda: None)

    def write(self, data: bytes) -> int:
        if self.is_choosy and self.refuses(data):
            self.is_choosy = False
            self.is_stuffed = True
            self.then()
        return super().write(data)


class Stage:
    """A world with its crowd, before the kiosk's first start."""

    def __init__(self, name: str) -> None:
        self.disk = Disk(11)
        self.world = Street(f"story/{name}", ForgetfulStorage(self.disk))
        self.disk.on_operation = lambda _number, _kind: self.world.store_operates()
        self.crowd = Crowd(self.world)
        self._people = 0

    # --- the machine --------------------------------------------------------------------------------------------------

    @property
    def chip(self) -> AcceptorMemoryChip:
        return self.world.body(ACCEPTOR, CoinAcceptorSim).firmware.chip

    def open(self) -> None:
        """The kiosk starts, and the clerk stocks it."""
        self.start()
        self.crowd.clerk(0)
        self.world.run_for(WARM_UP_MS)

    def start(self) -> None:
        """The kiosk starts with empty hoppers and coils."""
        self.world.start()
        self.world.settle()
        self.world.run_for(WARM_UP_MS)

    def fill(self, coins: Mapping[str, int]) -> None:
        """The clerk fills these hoppers and no others."""
        world = self.world
        self.type_in(
            ev.CatalogueOffered(by="c", catalogue=world.catalogue, digest="0" * 64),
            ev.ClerkEntered(clerk="c"),
        )
        for device, qty in coins.items():
            world.hopper(device).fill(qty)
            self.crowd.filled[device] += qty
            self.type_in(ev.HopperFilled(token=device, clerk="c", device=device, qty=qty))
        self.type_in(ev.ClerkLeft(clerk="c"))
        world.run_for(WARM_UP_MS)  # the hoppers' sensors see what was poured

    def when(self, condition: Callable[[], bool], then: Callable[[], None]) -> None:
        """Let ``then`` happen as soon as ``condition`` holds."""

        def look() -> None:
            if condition():
                then()
            else:
                self.world.after(LOOK_MS, look)

        self.world.after(LOOK_MS, look)

    def blink(self, device: str, dark_ms: int) -> None:
        """A device loses its power for so long."""
        self.world.set_power(device, is_on=False)
        self.world.after(dark_ms, lambda: self.world.set_power(device, is_on=True))

    def unplug(self, line: str, dark_ms: int) -> None:
        """A cable is out for so long."""
        self.world.lines[line].unplug()
        self.world.after(dark_ms, self.world.lines[line].plug)

    # --- people -------------------------------------------------------------------------------------------------------

    def somebody(self, steps: Callable[[Act], Script], *, patience_ms: int = PATIENCE_MS) -> Act:
        """Somebody comes, does ``steps``, looks into the trays and goes."""
        self._people += 1
        person = self.crowd.arrive(Person(name=str(self._people), manner="story"))
        act = Act(self.crowd, person, random.Random(3), Manner.USUAL, patience_ms=patience_ms)

        def script() -> Script:
            yield from act.wait_idle()
            yield from steps(act)

        self.world.run(act.follow(script()))
        self.crowd.depart(person)
        return act

    def type_in(self, *events: ev.PersonEvent) -> None:
        """Somebody at the desk types these in; each is answered."""
        for event in events:
            reply = self.world.ask(event)
            if not self.world.run_until(reply.done, 5_000):
                raise StuckError(f"{type(event).__name__} was not answered")

    # --- what is written ----------------------------------------------------------------------------------------------

    def facts(self, kind: str) -> list[Mapping[str, Any]]:
        """What the journal holds of one kind."""
        with tempfile.TemporaryDirectory(prefix="kiosk-story-") as folder:
            path = Path(folder) / "journal.db"
            self.world.storage.export(path)
            with closing(sqlite3.connect(path)) as connection:
                rows = connection.execute(
                    "SELECT body FROM journal WHERE kind = ? ORDER BY epoch, seq", (kind,)
                ).fetchall()
        return [json.loads(body)["fact"] for (body,) in rows]

    def count(self) -> list[str]:
        """What the auditor says, once everything has come to its end."""
        self.world.run_for(AFTERWARDS_MS)
        self.world.settle()
        with tempfile.TemporaryDirectory(prefix="kiosk-story-") as folder:
            path = Path(folder) / "journal.db"
            self.world.storage.export(path)
            report = audit_journal(path, public_key=KEY.verify_key.encode().hex())
        return list(audit_world(report, count_world(self.world, self.crowd)).problems)

    def owed(self) -> str:
        """A word on what is owed, empty when nothing ever was."""
        debts = self.facts("DebtRecorded")
        return f"owed: {[(debt['amount_minor'], debt['reason']) for debt in debts]}" if debts else ""


def drop(act: Act, value_minor: int) -> None:
    """A coin goes into the slot, and nobody waits for it."""
    world = act.world
    act.person.dropped[value_minor] += 1
    world.acceptor.drop(POSITION_OF[value_minor], 1, world.clock.world_ms())
    world.touch(ACCEPTOR)


# --- coins that nobody told of ----------------------------------------------------------------------------------------


def _coin_in_the_gap(stage: Stage) -> Callable[[Act], Script]:
    def steps(act: Act) -> Script:
        yield from act.scan(150)
        drop(act, 100)
        stage.world.after(FALL_MS, lambda: stage.world.cut_power(Cut.PROCESS))
        yield from act._wait(PATIENCE_MS)

    return steps


def found_over_the_wrap(stage: Stage) -> Iterator[str]:
    """The host dies while a coin falls, and with that coin the acceptor's lifetime count goes round to 0."""
    stage.chip.accept_counts = dict.fromkeys(COINS, MOST_COUNT)
    stage.open()
    stage.somebody(_coin_in_the_gap(stage))
    found = stage.facts("CoinFound")
    if [(coin["qty"], coin["value_minor"]) for coin in found] != [(1, 100)]:
        yield f"the coin of the gap was found as {found}"


def found_before_others_answer(stage: Stage) -> Iterator[str]:
    """The host dies while a coin falls, and after the start the acceptor's cable is the last to answer."""
    stage.open()
    world = stage.world
    line = world.lines[ACCEPTOR]

    def cut() -> None:
        world.after(FALL_MS * 2, line.unplug)
        world.cut_power(Cut.PROCESS)
        stage.when(lambda: world.is_running, lambda: world.after(3_000, line.plug))

    def steps(act: Act) -> Script:
        yield from act.scan(150)
        drop(act, 100)
        world.after(FALL_MS, cut)
        yield from act._wait(PATIENCE_MS)

    stage.somebody(steps)
    found = stage.facts("CoinFound")
    if [bool(coin["visit"]) for coin in found] != [True]:
        yield f"the coin is not the visit's in which it fell: {found}"


def gap_coin_is_not_the_next_shoppers(stage: Stage) -> Iterator[str]:
    """A coin falls while the cable is dead, its owner goes; somebody else has chosen goods when the cable is back."""
    stage.open()

    def first(act: Act) -> Script:
        drop(act, 50)
        yield (FALL_MS, None)
        stage.unplug(ACCEPTOR, 20_000)
        yield from act._wait(5_000)

    def second(act: Act) -> Script:
        yield from act.choose("A1")
        yield from act._wait(25_000)
        yield from act.money_back()
        yield from act.finish()

    stage.somebody(lambda act: _both(first(act), second(act)))
    found = stage.facts("CoinFound")
    if [coin["visit"] for coin in found] != [""]:
        yield f"a coin that fell before the visit began is the visit's: {found}"


def _both(first: Script, second: Script) -> Script:
    yield from first
    yield from second


def coins_after_a_gap_count(stage: Stage) -> None:
    """Coins fall while the cable is out; those that come afterwards are new ones."""
    stage.open()

    def steps(act: Act) -> Script:
        yield from act.scan(150)
        for _ in range(2):
            drop(act, 10)
        yield (FALL_MS, None)
        stage.unplug(ACCEPTOR, 5_000)
        yield from act._wait(12_000)
        yield from act.coins(20, 20)
        yield from act.money_back()
        yield from act.finish()

    stage.somebody(steps)


def acceptor_with_a_past(stage: Stage) -> Iterator[str]:
    """The acceptor is exchanged for one that took hundreds of coins elsewhere."""
    stage.open()
    stage.somebody(lambda act: _both(act.coins(10), act.money_back()))
    world = stage.world
    world.set_power(ACCEPTOR, is_on=False)
    world.run_for(EXCHANGE_MS)
    stage.chip.serial += 1_000
    stage.chip.accept_counts = dict.fromkeys(COINS, 700)
    world.set_power(ACCEPTOR, is_on=True)
    world.run_for(EXCHANGE_MS)
    world.settle()
    found = stage.facts("CoinFound")
    if found:
        yield f"coins that never came were found: {found}"


def counter_goes_round(stage: Stage) -> None:
    """The acceptor's event counter goes from 255 to 1 under coins that are all alike."""
    firmware = stage.world.body(ACCEPTOR, CoinAcceptorSim).firmware
    firmware.ring = EventReply(LAST_COUNTER - 7, firmware.ring.pairs)
    stage.open()

    def steps(act: Act) -> Script:
        for _ in range(12):
            yield from act.coins(10)
        yield from act.money_back()
        yield from act.finish()

    stage.somebody(steps)


def numbers_go_on_after_a_start(stage: Stage) -> None:
    """After the counter went round and the process was killed, a coin opens a visit."""
    firmware = stage.world.body(ACCEPTOR, CoinAcceptorSim).firmware
    firmware.ring = EventReply(LAST_COUNTER - 3, firmware.ring.pairs)
    stage.open()
    world = stage.world

    def coins(act: Act) -> Script:
        for _ in range(8):
            yield from act.coins(10)
        yield from act.money_back()
        yield from act.finish()

    stage.somebody(coins)
    for cut in (Cut.PROCESS, Cut.BOX):
        world.cut_power(cut)
        world.settle()
        stage.somebody(lambda act: _both(act.coins(20), _both(act.money_back(), act.finish())))


def closed_while_a_coil_turns(stage: Stage) -> Iterator[str]:
    """A coin that comes while goods are on their way comes back: nobody could give change for it any more."""
    stage.open()

    def steps(act: Act) -> Script:
        yield from act.choose("A1")
        yield from act.coins(*_coins_for(act))
        yield (1_000, None)
        drop(act, 50)
        yield from act.finish()

    act = stage.somebody(steps)
    if act.person.returned != {50: 1} or stage.owed():
        yield f"the acceptor was open while the coil turned; came back: {dict(act.person.returned)}; {stage.owed()}"


# --- change and payouts -----------------------------------------------------------------------------------------------


def change_of_sixty(stage: Stage) -> Iterator[str]:
    """60 is due, and the hoppers hold only 50s and 20s: three 20s pay it."""
    stage.start()
    stage.fill({"hopper-50": 30, "hopper-20": 30})
    price_minor = 140

    def steps(act: Act) -> Script:
        yield from act.scan(price_minor)
        yield from act.coins(200)
        yield from act.finish()

    act = stage.somebody(steps)
    if stage.owed():
        yield f"coins for the change were there: {stage.owed()}"
    if act.person.paid != {20: 3}:
        yield f"60 came out as {dict(act.person.paid)}"


def _refund(stage: Stage, *values: int, then: Callable[[], None], after_ms: int) -> Act:
    """Somebody takes money back, and something befalls the hoppers soon after the first coin's motor turns."""

    def steps(act: Act) -> Script:
        yield from act.coins(*values)
        stage.world.after(after_ms, then)
        yield from act.money_back()
        yield from act.finish()
        yield from act._wait(AFTERWARDS_MS)

    return stage.somebody(steps)


def payout_without_a_count(stage: Stage) -> None:
    """A hopper that keeps no count vanishes in mid-payout: what it paid nobody knows, and nobody pays it again."""
    for device in HOPPERS:
        stage.world.simulators[device].set_fault("no_pay_count", True, 0)
    stage.open()
    _refund(stage, 50, 50, 50, then=lambda: stage.unplug(HOPPER_WIRE, 40_000), after_ms=600)


def dispense_answer_lost(stage: Stage) -> Iterator[str]:
    """The answer to a payout of one coin is lost; the coin has left."""
    stage.open()
    for device in HOPPERS:
        stage.world.simulators[device].set_fault("lost_reply", True, stage.world.clock.world_ms())
    act = _refund(stage, 50, then=lambda: None, after_ms=0)
    if act.person.paid != {50: 1}:
        yield f"50 came back as {dict(act.person.paid)}"
    if stage.owed():
        yield f"all of it came back: {stage.owed()}"


def payout_goes_on_after_power(stage: Stage) -> None:
    """A hopper takes its payout up again after a dip of the power; it is counted only when it rests."""
    device = "hopper-10"
    stage.world.simulators[device].set_fault("resumes_after_power", True, 0)
    stage.start()
    stage.fill({device: 200})
    for after_ms in (500, 900, 1_300):
        _refund(stage, 100, 50, then=lambda: stage.blink(device, 100), after_ms=after_ms)


def cable_is_back_in_a_payout(stage: Stage) -> None:
    """The hoppers' cable is out for a moment while one of them pays: it is counted only when it rests."""
    stage.start()
    stage.fill({"hopper-10": 200})
    for after_ms in (500, 900, 1_300):
        _refund(stage, 100, 50, then=lambda: stage.unplug(HOPPER_WIRE, 200), after_ms=after_ms)


def no_command_before_its_entry(stage: Stage) -> Iterator[str]:
    """The driver is quicker than the disk, and the power fails at the store's next operation after a command."""
    stage.open()
    world = stage.world
    world.is_eager = True
    early: list[str] = []

    def steps(act: Act) -> Script:
        yield from act.choose("A1")
        yield from act.coins(200, 200)
        yield from act.finish()

    def begun(command: Command) -> None:
        known = {fact["job"] for kind in ("VendStarted", "PayoutStarted") for fact in stage.facts(kind)}
        if getattr(command, "job", "") not in known:
            early.append(type(command).__name__)
            world.arm(Moment.STORE, 1, Cut.HOST)

    world.on_command = begun
    stage.somebody(steps)
    world.on_command = None
    if early:
        yield f"commands left before their entries were stored: {early}"
    elif not stage.facts("VendStarted"):
        yield "nothing was commanded: the story shows nothing"


# --- coils ------------------------------------------------------------------------------------------------------------

SLOTS = ("A1", "A2", "A3", "A4", "B1", "B2")


def _vends(stage: Stage, begin_ms: int, step_ms: int, then: Callable[[], None]) -> Iterator[str]:
    """One piece after the other, each disturbed at another moment after its coil began to turn."""
    world = stage.world
    for number, slot in enumerate(SLOTS):
        after_ms = begin_ms + step_ms * number

        def begun(command: Command, after_ms: int = after_ms) -> None:
            if isinstance(command, TurnCoil):
                world.on_command = None
                world.after(after_ms, then)

        def steps(act: Act, slot: str = slot) -> Script:
            yield from act.choose(slot)
            yield from act.coins(*_coins_for(act))
            yield from act._until(
                lambda: act.screen.view in RESTING or act.screen.choosing is not None, 60_000
            )
            if act.screen.choosing is not None:
                yield from act.money_back()
            yield from act.finish()
            yield from act._wait(10_000)

        world.on_command = begun
        act = stage.somebody(steps)
        fallen = act.person.goods.total()
        outcomes = [fact["outcome"] for fact in stage.facts("VendEnded") if fact["slot"] == slot]
        if (fallen and outcomes == ["failed"]) or fallen > 1:
            yield f"{fallen} piece(s) fell {after_ms} ms into a disturbed turn, and the vend is called {outcomes}"


def _coins_for(act: Act) -> list[int]:
    """Coins that pay what is due, the last one included."""
    due_minor, coins = act.screen.due_minor, []
    while due_minor > 0:
        coins.append(next((coin for coin in sorted(COINS.values(), reverse=True) if coin <= due_minor), 10))
        due_minor -= coins[-1]
    return coins


def board_starts_anew_while_goods_fall(stage: Stage) -> Iterator[str]:
    """The coil board loses its power at one moment after the other of a turn."""
    stage.open()
    yield from _vends(stage, 1_000, 300, lambda: stage.blink(COIL_BOARD, 100))


def board_is_gone_while_goods_fall(stage: Stage) -> Iterator[str]:
    """The coil board's cable dies at one moment after the other of a turn, and is back much later."""
    stage.open()
    yield from _vends(stage, 300, 450, lambda: stage.unplug(COIL_BOARD, 15_000))


def command_that_the_port_did_not_take(stage: Stage) -> Iterator[str]:
    """A payout's command waits in a port that takes no bytes and then vanishes; it is back after the job was given up."""
    stage.open()
    world = stage.world
    line = world.lines[HOPPER_WIRE]
    line.__class__ = Picky
    picky = cast("Picky", line)
    paid_at: list[int] = []

    def paid() -> int:
        return sum(cast("int", hopper.snapshot()["paid_total"]) for hopper in world.hoppers)

    def back() -> None:
        paid_at.append(paid())
        line.plug()

    def vanish() -> None:
        line.is_stuffed = False
        line.unplug()
        world.after(40_000, back)

    def is_dispense(data: bytes) -> bool:
        return len(data) > HEADER_AT and data[HEADER_AT] == Header.DISPENSE

    picky.then = lambda: world.after(300, vanish)
    picky.refuses = is_dispense
    _refund(stage, 50, 50, then=lambda: None, after_ms=0)
    if not paid_at:
        yield "no payout was refused: the story shows nothing"
    elif paid() != paid_at[0]:
        yield "coins left for a payout that was given up while the cable was out"


HEADER_AT = 3
"""A ccTalk frame: to, length, from, header."""


# --- people and the store ---------------------------------------------------------------------------------------------


def one_touch_sent_twice(stage: Stage) -> Iterator[str]:
    """The page sends the same touch again because no answer came: it is one piece."""
    stage.open()

    def steps(act: Act) -> Script:
        tap = ev.SlotChosen(act.crowd.tap_id(), act.screen.version, "A1")
        for _ in range(2):
            yield from act._tap(tap)
        yield from act.coins(*_coins_for(act))
        yield from act.finish()

    act = stage.somebody(steps)
    if act.person.goods.total() != 1:
        yield f"one touch brought {act.person.goods.total()} pieces, and they were paid for"


def nothing_is_shown_before_it_is_stored(stage: Stage) -> Iterator[str]:
    """While the store writes, the screen shows what was stored before."""
    stage.open()
    world = stage.world
    early: list[str] = []
    shown = [0]

    def operates(_number: int, _kind: str) -> None:
        screen = world.screen
        if screen is not None and screen.held_minor != shown[0]:
            early.append(f"a credit of {screen.held_minor} was shown while the store still held {shown[0]}")
        world.store_operates()

    def worked() -> None:
        screen = world.screen
        shown[0] = 0 if screen is None else screen.held_minor

    stage.disk.on_operation = operates
    world.on_worked = worked
    stage.somebody(lambda act: _both(act.coins(50, 20), _both(act.money_back(), act.finish())))
    yield from early[:1]


def a_form_sent_twice_is_booked_once(stage: Stage) -> None:
    """A clerk's refills are typed in, and the first comes again after a start, because its answer was not seen."""
    stage.start()
    stage.fill({"hopper-10": 40, "hopper-20": 40})
    stage.world.cut_power(Cut.PROCESS)
    stage.world.settle()
    stage.type_in(
        ev.ClerkEntered(clerk="c"),
        ev.HopperFilled(token="hopper-10", clerk="c", device="hopper-10", qty=40),
        ev.ClerkLeft(clerk="c"),
    )


def coins_after_a_failed_write(stage: Stage) -> None:
    """A write fails once; coins that come afterwards count or come back."""
    stage.open()

    def steps(act: Act) -> Script:
        yield from act.coins(10)
        stage.disk.fail_at(1, Fault.IO_WRITE)
        drop(act, 10)
        yield from act._wait(20_000)

    stage.somebody(steps)
    stage.somebody(lambda act: _both(act.coins(20), _both(act.money_back(), act.finish())))


def one_harm_is_paid_once(stage: Stage) -> Iterator[str]:
    """Two claims name one uncertain debt; the first is approved and paid before the second is decided."""
    for device in HOPPERS:
        stage.world.simulators[device].set_fault("no_pay_count", True, 0)
    stage.open()
    _refund(stage, 50, 50, then=lambda: stage.unplug(HOPPER_WIRE, 40_000), after_ms=600)
    debts = [debt for debt in stage.facts("DebtRecorded") if not debt["is_certain"]]
    if not debts:
        yield "nothing is uncertain: the story shows nothing"
        return
    debt = debts[0]
    for number in (1, 2):
        stage.type_in(
            ev.ClaimMade(
                token=f"claim-{number}",
                about=f.About.NO_MONEY_BACK,
                visit=debt["visit"],
                said_minor=debt["amount_minor"],
                channel="phone",
                subject="",
                verdict=f.Verdict.CONSISTENT,
                amount_minor=debt["amount_minor"],
                debt=debt["debt"],
                evidence=(),
            )
        )
    claims = [claim["claim"] for claim in stage.facts("ClaimOpened")]
    decide = partial(ev.ClaimDecided, by="vendor", amount_minor=debt["amount_minor"], reason="")
    stage.type_in(
        decide(claim=claims[0]), ev.HandOver(debt=debt["debt"], by="vendor"), decide(claim=claims[1])
    )
    given = stage.facts("GoodwillGranted")
    if given:
        yield f"a harm that was paid already is paid again as goodwill: {given}"


Story = Callable[[Stage], Iterator[str] | None]

STORIES: Mapping[str, Story] = {
    story.__name__: story
    for story in (
        found_over_the_wrap,
        found_before_others_answer,
        gap_coin_is_not_the_next_shoppers,
        coins_after_a_gap_count,
        acceptor_with_a_past,
        counter_goes_round,
        numbers_go_on_after_a_start,
        closed_while_a_coil_turns,
        change_of_sixty,
        payout_without_a_count,
        dispense_answer_lost,
        payout_goes_on_after_power,
        cable_is_back_in_a_payout,
        no_command_before_its_entry,
        board_starts_anew_while_goods_fall,
        board_is_gone_while_goods_fall,
        command_that_the_port_did_not_take,
        one_touch_sent_twice,
        nothing_is_shown_before_it_is_stored,
        a_form_sent_twice_is_booked_once,
        coins_after_a_failed_write,
        one_harm_is_paid_once,
    )
}


def tell(name: str) -> list[str]:
    """Tell one story; what is wrong with the money afterwards."""
    stage = Stage(name)
    try:
        return [*(STORIES[name](stage) or ()), *stage.count()]
    except (StuckError, DarkError) as error:
        return [f"the world stuck: {error}"]
    except TillBusyError as error:
        return [f"the till says {error}, and goes on"]
    except InvariantBroken as error:
        return [f"the till ended by a broken promise: {error}"]
