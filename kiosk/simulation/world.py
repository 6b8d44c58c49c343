"""One kiosk and everything around it, in one thread, on virtual time, from one seed.

What sells in the shop sells here: the real till, the real drivers' pumps and machines, the real ledger. Simulated are time,
wires, the disk and people. The world keeps no books: what is physical is in the simulators' own memory and in people's
hands, and an auditor compares it with the stored bytes.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from nacl.signing import SigningKey
from sqlalchemy import Engine

from hardware.commands import Authority, Command
from hardware.document import Document
from hardware.events import DeviceEvent
from hardware.rig import build_pumps
from hardware.simulators.market import COIL_CAPACITY, CURRENCY, PRINTER, SCANNER
from hardware.simulators.model import BoxOwner, CardTaker, CoinPayer, CoinTaker, NoteTaker, Simulator
from hardware.simulators.printer import PrinterSim
from hardware.simulators.rigs import CCTALK, MACHINE_PRICES, MarketRig
from hardware.simulators.scanner import ScannerSim
from hardware.simulators.spirals import SpiralMachine
from hardware.simulators.vending_machine import DOOR_OPEN, MACHINE_OFF, VendingMachineSim
from inventory.catalogue import Catalogue, Place, Slot
from inventory.sample import sample_catalogue
from kiosk.config import Config, MoneyConfig, Vendor
from kiosk.core import events as ev
from kiosk.core.effects import PrintReceipt
from kiosk.core.facts import Fact
from kiosk.core.postings import CASH_BOX, hopper_container
from kiosk.core.rules import Shop
from kiosk.core.screen import Screen, View
from kiosk.journal.entry import read_content
from kiosk.money import Currency
from kiosk.receipts.layout import Receipts
from kiosk.runtime.clock import stamp_of
from kiosk.runtime.door import Answer
from kiosk.runtime.loop import Till, TillParts
from kiosk.runtime.service import memories_of
from kiosk.runtime.shop import boxes_of, rules_of
from kiosk.simulation.clock import US_PER_MS, SimClock
from kiosk.simulation.lines import NEVER, Line
from kiosk.simulation.power import PowerCut
from kiosk.store.database import StoreError
from kiosk.store.ledger import Ledger, read_entries

SOFTWARE: Final = "simulation"
KIOSK_ID: Final = "SIM-1"
KEY: Final = SigningKey(bytes(range(32)))
"""The simulated kiosk's key: no secret, so that equal seeds give equal bytes."""

CODES_KEY: Final = b"codes of a simulated kiosk"
TAX_RATES_BP: Final = {"standard": 1900, "reduced": 700, "zero": 0}

LAST_WORDS_MS: Final = 100
"""After an ordered stop: until the acceptors have heard that they are to close."""

LONGEST_DARK_MS: Final = 600_000
"""A kiosk that has not come back by then in virtual time will not: something is stuck for good."""


DEAF: Final = ("mute", DOOR_OPEN, MACHINE_OFF)
"""Faults with which a device is not there, whoever asks."""

MACHINE_PAR: Final = 6
"""Pieces in each coil of the old machine after a clerk's visit."""


def _with_machine(catalogue: Catalogue) -> Catalogue:
    """The catalogue with an old machine's items in its planogram: goods of the coils, each with another price."""
    by_price = {
        catalogue.products[slot.sku].due_minor: slot.sku
        for slot in catalogue.slots.values()
        if slot.place is Place.COIL
    }
    skus = [by_price[due_minor] for due_minor in sorted(by_price)]
    slots = tuple(
        Slot(f"M{item}", Place.MACHINE, sku, capacity=COIL_CAPACITY, par_qty=MACHINE_PAR, coil=item)
        for item, sku in zip(MACHINE_PRICES, skus, strict=False)
    )
    return Catalogue.of(tuple(catalogue.products.values()), (*catalogue.slots.values(), *slots))


Body = TypeVar("Body")


class StuckError(Exception):
    """The world waited for something that did not come: the kiosk does not come back, or a person waits for ever."""


class Storage(Protocol):
    """Where the kiosk's store lies: a real folder, or a disk that forgets."""

    def writer(self) -> Engine:
        """Open the store for its one writing connection."""

    def reader(self) -> Engine:
        """Open it for reading, as a page would."""

    def power_off(self, dice: random.Random) -> None:
        """The power fails: what was not synced may be lost or torn."""

    def kill(self) -> None:
        """The process ends: what it wrote stays."""

    def wal_bytes(self) -> int:
        """Length of the write-ahead log."""

    def export(self, path: Path) -> None:
        """Copy what is stored, as it is on the medium, to ``path``."""


class Cut(StrEnum):
    """What loses its power, or its life."""

    BOX = "box"
    """Kiosk and devices together."""
    HOST = "host"
    """The kiosk's computer; the devices have power of their own."""
    PROCESS = "process"
    """The kiosk's process is killed; its machine goes on."""


class Moment(StrEnum):
    """Where the power can fail."""

    STORE = "store"
    """Before a write, sync, truncation or deletion of the store."""
    BYTE = "byte"
    """Between two bytes on a line, either way."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the world's diary: when, who, and what: in words, or an entry that the kiosk stored."""

    at_ms: int
    who: str
    text: str
    fact: Fact | None = None


@dataclass(slots=True)
class Totals:
    """What a run counts; nothing of it is money."""

    sales: int = 0
    visits: int = 0
    cuts: int = 0
    cuts_in_recovery: int = 0
    store_failures: int = 0
    boots: int = 0
    store_operations: int = 0
    line_bytes: int = 0


Step = tuple[int, Callable[[], bool] | None]
"""A person waits: at most so many milliseconds, or until the condition holds."""

Script = Generator[Step, bool, None]
"""What a person does; each ``yield`` waits and gets whether the condition came true."""


class DarkError(Exception):
    """Thrown into a person's script when the screen goes dark."""


class World:
    """A kiosk, its devices and whoever stands before it.

    Args:
        seed: Everything that is drawn comes from it.
        storage: Where the store lies.
        tells: Keep a diary, for a replay.
        rig: Which devices there are.
    """

    dealt = ""
    """The `Boundary` at which something is dealt to this visit; empty for none. Who can pays there, so that it is felt."""

    def __init__(self, seed: str, storage: Storage, *, tells: bool = False, rig: MarketRig = CCTALK) -> None:
        """Devices without money and goods; no kiosk runs yet."""
        self.seed = seed
        self.rig = rig
        self.storage = storage
        self.clock = SimClock()
        self.totals = Totals()
        self.diary: list[Said] = []
        self._tells = tells
        self._told = (0, 0)
        self.catalogue, self._goods_file = sample_catalogue(2, TAX_RATES_BP)
        if rig.machine:
            self.catalogue = _with_machine(self.catalogue)
        self.config = Config(
            kiosk_id=KIOSK_ID,
            vendor=Vendor(name="Simulated Market", phone="1", machine="1"),
            money=MoneyConfig(currency=CURRENCY, exponent=2, cash_step_minor=10),
            tax_rates_bp=TAX_RATES_BP,
            rig=rig.config(Path("lines")),
        )
        self.lines = {
            wire.name: Line(wire, self.clock, random.Random(f"{seed}/line/{wire.name}"), self._bytes_pass)
            for wire in rig.wires({})
        }
        self._line_of = {
            simulator.name: line for line in self.lines.values() for simulator in line.wire.simulators
        }
        self._all = tuple(self.lines.values())
        self._devices = tuple((simulator, line) for line in self._all for simulator in line.wire.simulators)
        self.simulators: Mapping[str, Simulator] = {
            simulator.name: simulator for simulator, _ in self._devices
        }
        """Every device by name."""
        self.acceptor = self._taker(rig.acceptor)
        """What takes coins."""
        self.coils = self._board(rig.board)
        self.scanner = self.body(SCANNER, ScannerSim)
        self.printer = self.body(PRINTER, PrinterSim)
        self.hoppers = tuple(self.hopper(name) for name in rig.hoppers)
        """Everything that pays coins or notes."""
        self.counted = frozenset(self._counting())
        """Tubes, recyclers and coin units: they count what is in them, so that a hand in them is not past every sensor."""
        self.validator = self._note_taker(rig.validator) if rig.validator else None
        """What takes notes, if anything does."""
        self.reader = self._card_taker(rig.reader) if rig.reader else None
        """What takes cards, if anything does."""
        self.machine = self._old_machine(rig.machine) if rig.machine else None
        """An old machine that sells for the kiosk, if there is one."""
        self.till: Till | None = None
        self.ledger: Ledger | None = None
        self._till_us = NEVER
        self._has_letters = False
        self._left = {Moment.STORE: 0, Moment.BYTE: 0}
        """Dangerous moments of each kind until the power fails; 0 while no cut is armed."""
        self._cut = Cut.BOX
        self.recovery_cuts: list[tuple[Moment, int, Cut]] = []
        """Cuts that are armed, one at each of the next starts."""
        self.is_recovering = False
        self._script: Script | None = None
        self._wait_us = NEVER
        self._condition: Callable[[], bool] | None = None
        self._is_fresh = False
        """Nobody has looked yet at what the person now waits for."""
        self._later: list[tuple[int, Callable[[], None]]] = []
        self._dice = random.Random(f"{seed}/world")
        self.free_space: Callable[[], tuple[str, int]] = lambda: ("ok", 1_000_000)
        self.shows_screen = True
        """Whether a page acknowledges what it drew."""
        self.befell: Counter[tuple[str, str]] = Counter()
        """How often each trouble befell each device; one of a cable befell all devices on it."""
        self.restarts: Counter[str] = Counter()
        """How often each device got its power back."""
        self.hidden: Counter[str] = Counter()
        """What went into (above 0) or out of a container past every sensor and every entry, in minor units."""

    # --- the devices' bodies ------------------------------------------------------------------------------------------

    def hopper(self, name: str) -> CoinPayer:
        """The hopper, tube or recycler called ``name``."""
        body = self.simulators[name]
        if not isinstance(body, CoinPayer):
            raise StuckError(f"{name} pays no coins")
        return body

    def _counting(self) -> Iterator[str]:
        boxes = boxes_of(self.config)
        for port in self.config.rig.ports:
            for device in port.devices:
                if device.tube is not None or boxes.get(device.name) == CASH_BOX:
                    yield device.name

    @property
    def box_owners(self) -> tuple[BoxOwner, ...]:
        """Payers of coins whose unit has a cash box of its own beside the acceptor's; to the books they are one."""
        boxes = boxes_of(self.config)
        bodies = (self.simulators[name] for name in self.rig.hoppers if boxes.get(name) == CASH_BOX)
        return tuple(body for body in bodies if isinstance(body, BoxOwner))

    def empty_box(self) -> int:
        """Empty every cash box; what was in them, in minor units."""
        return self.acceptor.empty_box() + sum(each.empty_box() for each in self.box_owners)

    def collect_box(self) -> int:
        """Empty every cash box to count it: what hands did to it is a variance in the books from then on.

        So is what a hand took from a coin unit that believed to send it into its box: only what it still believes to have is
        hidden from now on.
        """
        self.hidden.pop(CASH_BOX, None)
        for each in self.box_owners:
            unseen = each.inside - cast("int", each.snapshot()["level"])
            self.hidden[hopper_container(each.name)] = unseen * each.value_minor
        return self.empty_box()

    def _taker(self, name: str) -> CoinTaker:
        body = self.simulators[name]
        if not isinstance(body, CoinTaker):
            raise StuckError(f"{name} takes no coins")
        return body

    def _board(self, name: str) -> SpiralMachine:
        body = self.simulators[name]
        if not isinstance(body, SpiralMachine):
            raise StuckError(f"{name} turns no coils")
        return body

    def _note_taker(self, name: str) -> NoteTaker:
        body = self.simulators[name]
        if not isinstance(body, NoteTaker):
            raise StuckError(f"{name} takes no notes")
        return body

    def _card_taker(self, name: str) -> CardTaker:
        body = self.simulators[name]
        if not isinstance(body, CardTaker):
            raise StuckError(f"{name} takes no cards")
        return body

    def _old_machine(self, name: str) -> VendingMachineSim:
        """The old machine, with the prices of the planogram typed in."""
        machine = self.body(name, VendingMachineSim)
        for slot in self.machine_slots:
            machine.set_price(slot.coil, self.catalogue.products[slot.sku].due_minor)
        return machine

    @property
    def machine_slots(self) -> tuple[Slot, ...]:
        """The old machine's places in the planogram."""
        return tuple(slot for slot in self.catalogue.slots.values() if slot.place is Place.MACHINE)

    def body(self, name: str, kind: type[Body]) -> Body:
        """The device called ``name``, which must be a ``kind``.

        Raises:
            StuckError: It is something else.
        """
        body = self.simulators[name]
        if not isinstance(body, kind):
            raise StuckError(f"{name} is no {kind.__name__}")
        return body

    def touch(self, device: str) -> None:
        """Somebody's hand did something to a device: its line looks up now."""
        self._line_of[device].look_up()

    def set_power(self, device: str, *, is_on: bool) -> None:
        """Switch one device; a line on which nothing has power falls silent."""
        line = self._line_of[device]
        dark = [each for each in line.wire.simulators if not each.is_powered]
        self.simulators[device].set_power(is_on, self.clock.world_ms())
        self.restarts.update(each.name for each in dark if each.is_powered)
        if not any(each.is_powered for each in line.wire.simulators):
            line.silence()
        self.touch(device)

    # --- the kiosk's life ---------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether a kiosk process lives."""
        return self.till is not None

    @property
    def screen(self) -> Screen | None:
        """What the screen shows; None while it is dark."""
        till = self.till
        if till is None or till.publisher.is_closed:
            return None
        return till.publisher.shown

    def start(self) -> None:
        """Start a kiosk process on the store and the lines as they are.

        Raises:
            StoreError: The store does not open; no kiosk runs then.
        """
        self.totals.boots += 1
        self.is_recovering = True
        ledger, state = Ledger.open(
            self.storage.writer(),
            kiosk_id=KIOSK_ID,
            currency=Currency(CURRENCY, 2),
            key=KEY,
            stamp=stamp_of(self.clock),
            software=SOFTWARE,
        )
        self.ledger = ledger
        till = Till(
            TillParts(
                ledger=ledger,
                state=state,
                shop=Shop(rules=rules_of(self.config), catalogue=self.catalogue),
                clock=self.clock,
                codes_key=CODES_KEY,
                timezone=ZoneInfo("UTC"),
                screen_silent_ms=self.config.times.screen_silent * 1_000,
                layout=self._layout,
                space=self._space,
                wal_bytes=self.storage.wal_bytes,
            )
        )
        self._receipts = Receipts(self.config, debt_code=till.debt_code, catalogue=till.catalogue)
        pumps = build_pumps(
            self.config.rig,
            currency=CURRENCY,
            memories=memories_of(state),
            deliver=self._deliver,
            open_port=lambda port: self.lines[port.name],
            clock=self.clock.now_ms,
            exponent=self.config.money.exponent,
            randbits=self._dice.getrandbits,
        )
        till.attach(self)
        till.begin(SOFTWARE)
        self.till = till
        for name, pump in pumps.items():
            self.lines[name].connect(pump)
        self._till_us = self.clock.now_us

    def _space(self) -> tuple[str, int]:
        return self.free_space()

    def _layout(self, effect: PrintReceipt) -> Document:
        document = self._receipts.document(
            self.storage.reader(), effect.visit, effect.language, is_copy=effect.is_copy
        )
        if document is None:
            raise LookupError(effect.visit)
        return document

    def stop(self) -> None:
        """End the kiosk in order, as its service manager would."""
        if self.till is not None and self.ledger is not None:
            self.till.finish()
            self.till, self._till_us = (
                None,
                NEVER,
            )  # the loop has ended; the drivers still say what they were told
            self.run_for(LAST_WORDS_MS)
            self.ledger.close()
            self._forget_kiosk()

    def _forget_kiosk(self) -> None:
        self.till = None
        self.ledger = None
        self._has_letters = False
        self._till_us = NEVER
        self.disarm()
        for line in self._all:
            line.kiosk_died()

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """The till's way to its drivers; see `kiosk.runtime.loop.RigDoor`.

        The command leaves at once, as it does where a driver has a thread of its own: one that is sent before it is durable
        must be on its way when the power fails.
        """
        line = self._line_of[command.device]
        if line.pump is None:
            raise StuckError("a till without pumps")
        line.pump.request(command, authority)
        line.has_request = True
        line.advance()

    def _deliver(self, events: tuple[DeviceEvent, ...]) -> None:
        if self.till is not None:
            self.till.deliver(events)
            self._has_letters = True

    # --- the end of power ---------------------------------------------------------------------------------------------

    def arm(self, kind: Moment, nth: int, cut: Cut) -> None:
        """Let ``cut`` happen at the ``nth`` moment of a kind from now."""
        self.disarm()
        self._left[kind] = nth
        self._cut = cut

    @property
    def is_armed(self) -> bool:
        """Whether a cut is still to come."""
        return any(self._left.values())

    def disarm(self) -> None:
        """No cut after all."""
        self._left = {Moment.STORE: 0, Moment.BYTE: 0}

    def store_operates(self) -> None:
        """The store is about to write, sync, truncate or delete: a dangerous moment."""
        if self.till is None and self.ledger is None and not self.is_recovering:
            return
        self.totals.store_operations += 1
        left = self._left[Moment.STORE]
        if left:
            self._left[Moment.STORE] = left - 1
            if left == 1:
                raise PowerCut

    def _bytes_pass(self, qty: int) -> None:
        self.totals.line_bytes += qty
        left = self._left[Moment.BYTE]
        if left:
            self._left[Moment.BYTE] = max(0, left - qty)
            if left <= qty:
                raise PowerCut(left - 1)

    def cut_power(self, cut: Cut | None = None) -> None:
        """The power fails now; the kiosk starts again by itself when it is back."""
        cut = cut or self._cut
        self.totals.cuts += 1
        self.totals.cuts_in_recovery += self.is_recovering
        self.tell("power", f"cut: {cut}")
        self._forget_kiosk()
        if cut is Cut.PROCESS:
            self.storage.kill()
        else:
            self.storage.power_off(self._dice)
        dark_ms = self._dice.choice((300, 1_000, 3_000, 8_000, 30_000))
        if cut is Cut.BOX:
            for name, simulator in self.simulators.items():
                if simulator.is_powered:
                    self.set_power(name, is_on=False)
                    self.after(dark_ms - self._dice.randrange(200), self._powering(name))
        self.after(dark_ms, lambda: self._back(cut))
        self._throw_dark()

    def _powering(self, name: str) -> Callable[[], None]:
        return lambda: self.set_power(name, is_on=True)

    def _back(self, cut: Cut) -> None:
        if self.till is not None:
            return
        self.tell("power", "the kiosk starts")
        if cut is not Cut.PROCESS:
            self.clock.restart()
        if self.recovery_cuts:
            self.arm(*self.recovery_cuts.pop(0))
        try:
            self.start()
        except StoreError as error:
            self._store_failed(error)

    def _store_failed(self, error: StoreError) -> None:
        """The store failed: the process ends, in a safe state if it can, and its keeper starts it again."""
        self.totals.store_failures += 1
        self.tell("kiosk", f"the store failed ({error}); starting again")
        till = self.till
        if till is not None:
            till.make_safe()
            for line in self._all:
                line.advance()
        self._forget_kiosk()
        self.storage.kill()
        self.after(1_000, lambda: self._back(Cut.PROCESS))
        self._throw_dark()

    # --- time ---------------------------------------------------------------------------------------------------------

    def after(self, ms: int, act: Callable[[], None]) -> None:
        """Let ``act`` happen in ``ms``."""
        self._later.append((self.clock.now_us + max(0, ms) * US_PER_MS, act))
        self._later.sort(key=lambda each: each[0])

    def run(self, script: Script) -> None:
        """Let a person act until they are done.

        Raises:
            StuckError: The person, or the kiosk, waits for ever.
        """
        self._script = script
        self._resume(came_true=False, is_first=True)
        while self._script is not None:
            self._step(NEVER)

    def run_for(self, ms: int) -> None:
        """Let time pass."""
        until_us = self.clock.now_us + ms * US_PER_MS
        while self.clock.now_us < until_us:
            self._step(until_us)

    def run_until(self, condition: Callable[[], bool], most_ms: int) -> bool:
        """Let time pass until ``condition`` holds; False when it did not in ``most_ms``."""
        until_us = self.clock.now_us + most_ms * US_PER_MS
        while not condition():
            if self.clock.now_us >= until_us:
                return False
            self._step(until_us)
        return True

    def settle(self) -> None:
        """Wait until the kiosk runs, nothing is open and nothing moves.

        Raises:
            StuckError: It never comes to rest.
        """
        if not self.run_until(self.is_at_rest, LONGEST_DARK_MS):
            raise StuckError(f"not at rest after {LONGEST_DARK_MS // 1000} s: {self._why_not()}")

    def is_at_rest(self) -> bool:
        """Whether a kiosk runs with no visit open, and has heard from every device that can answer."""
        return not self._why_not()

    def _why_not(self) -> str:
        screen = self.screen
        if screen is None or self.till is None:
            return "the screen is dark"
        state = self.till.state()
        if state.visit is not None or screen.view not in {View.IDLE, View.THANKS, View.HALTED}:
            return f"the screen shows {screen.view}"
        if self.coils.is_turning:  # it outlives the kiosk that ordered it, and its piece is for whoever paid
            return "a motor turns"
        if self.machine is not None and self.machine.is_turning:
            return "a motor of the old machine turns"
        for simulator, line in self._devices:
            book = state.devices.get(simulator.name)
            if book is not None and book.is_online:
                continue
            is_deaf = any(simulator.faults.get(fault, False) for fault in DEAF)
            if line.is_plugged and simulator.is_powered and not is_deaf:
                return f"{simulator.name} has not answered"
        if self.validator is not None:
            # Its owner waits for it: who comes next must not find it.
            inside = self.validator.snapshot()
            on_its_way = inside.get("escrow") or inside.get("coming") or inside.get("moving")
            if on_its_way or inside.get("place") == "escrow":
                return "a note waits in the reader"
        return ""

    def _step(self, until_us: int) -> None:
        """Go to the next moment at which something happens, at most to ``until_us``, and let it happen."""
        clock, lines, later = self.clock, self._all, self._later
        next_us = min(until_us, self._till_us, self._wait_us)
        for line in lines:
            due_us = line.due_us
            if due_us < next_us:  # noqa: PLR1730 - calls of min() were a third of a step
                next_us = due_us
        if later and later[0][0] < next_us:
            next_us = later[0][0]
        if next_us >= NEVER:
            raise StuckError("nothing will ever happen")
        now_us = clock.now_us
        if next_us > now_us:
            now_us = clock.now_us = next_us
        has_news = self._is_fresh
        try:
            while later and later[0][0] <= now_us:
                has_news = True
                later.pop(0)[1]()
            for line in lines:
                if line.due_us <= now_us and line.advance():
                    has_news = True
            if self.till is not None and (self._has_letters or self._till_us <= now_us):
                has_news = True
                self._work(self.till)
        except PowerCut:
            has_news = True
            self.cut_power()
        if has_news or self._wait_us <= now_us:
            self._look()

    def _work(self, till: Till) -> None:
        self._has_letters = False
        try:
            wake_ms = till.work()
        except StoreError as error:
            self._store_failed(error)
            return
        self._till_us = self.clock.us_of(wake_ms)
        if self._tells:
            self._tell_entries()
        screen = till.publisher.shown
        if screen is not None:
            if self.shows_screen:
                till.acknowledge(screen.stream)
            if self.is_recovering and screen.view is not View.STARTING:
                self.is_recovering = False

    # --- people -------------------------------------------------------------------------------------------------------

    def ask(self, event: ev.PersonEvent) -> Future[Answer]:
        """A finger, or a clerk's act; the answer comes with the till's next turn. Never answered while the screen is dark."""
        if self.till is None:
            return Future()
        reply = self.till.post(event)
        self._has_letters = True
        self._till_us = self.clock.now_us
        return reply

    def _look(self) -> None:
        """Whoever waits looks whether what they wait for has come: something on the screen, in an answer or in a tray."""
        self._is_fresh = False
        if self._script is None:
            return
        if self._condition is not None and self._condition():
            self._resume(came_true=True)
        elif self._wait_us <= self.clock.now_us:
            self._resume(came_true=False)

    def _resume(self, *, came_true: bool, is_first: bool = False) -> None:
        script = self._script
        if script is None:
            return
        try:
            step = next(script) if is_first else script.send(came_true)
        except StopIteration:
            self._leave()
            return
        self._await(step)

    def _throw_dark(self) -> None:
        if self._script is None:
            return
        try:
            step = self._script.throw(DarkError())
        except (StopIteration, DarkError):
            self._leave()
            return
        self._await(step)

    def _await(self, step: Step) -> None:
        wait_ms, self._condition = step
        self._is_fresh = True
        self._wait_us = self.clock.now_us + wait_ms * US_PER_MS

    def _leave(self) -> None:
        self._script = None
        self._wait_us = NEVER
        self._condition = None

    def _tell_entries(self) -> None:
        """Write what the kiosk has stored since the last look."""
        if self.ledger is None:
            return
        for entry in read_entries(self.ledger.connection, KIOSK_ID, after=self._told):
            self._told = (entry.epoch, entry.seq)
            self.diary.append(Said(self.clock.world_ms(), "kiosk", "", read_content(entry).fact))

    def tell(self, who: str, text: str) -> None:
        """Write a line of the diary."""
        if self._tells:
            self.diary.append(Said(self.clock.world_ms(), who, text))
