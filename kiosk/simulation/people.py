"""People at the kiosk: shoppers who buy, change their minds and walk away, and the clerk who fills and collects.

They know what people know: what the screen shows, what lies in the trays, what they hold. What passed through their hands
is written down, because no other record of it exists outside the kiosk.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Generator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final

from hardware.simulators.market import SCANNER
from hardware.simulators.model import CardTaker
from hardware.simulators.troubles import Boundary
from inventory.catalogue import Place
from kiosk.claims.code import place_of
from kiosk.core import events as ev
from kiosk.core.screen import Screen, View
from kiosk.runtime.door import Answer
from kiosk.runtime.shop import boxes_of
from kiosk.simulation.world import DarkError, Script, Step, World

CLERK: Final = "clerk"
"""The manner of a clerk, who is no shopper."""

HANDFULS: Final = (2, 2, 3, 3, 4, 4, 8)
"""Coins of one handful; eight are more than an acceptor remembers, when it lets them all pass between two polls."""

COIN_MS: Final = 1_500
"""A coin that was not credited by then came back, or never will be."""

NOTE_MS: Final = 15_000
"""A note is drawn in, looked at, decided on and stacked, or given back, by then."""

NOTE_PCT: Final = 30
CARD_PCT: Final = 25
"""Where a rig takes them, so many of a hundred would rather pay so."""

MACHINE_PCT: Final = 30
"""Of a hundred usual shoppers, so many buy at the old machine, where there is one."""

MACHINE_MS: Final = 12_000
"""An old machine that shows no credit by then will not sell."""

LOAD_PCT: Final = 50
"""So many of a hundred who want their money back would rather have it on the card, where a rig can do that."""

RICH_MINOR: Final = 5_000
"""An account with less than any cart costs is filled first: refusals come as a mishap."""

SALE_MS: Final = 90_000
"""Longer than any payout and turn with their repeats; who still waits then goes for help."""

FLOAT_COINS: Final = 60
"""Coins in each hopper after the clerk's visit."""

MOVE_MS: Final = 120_000
"""More than any recycler takes to send its notes into the stacker; a jam is given up before."""

LOW_COINS: Final = 15
"""Below this somebody calls the clerk."""

NEXT_MS: Final = 300
"""Between two people."""

ANSWER_MS: Final = 3_000
"""Nobody waits longer for a touch to be answered."""


class Manner(StrEnum):
    """How somebody shops."""

    USUAL = "usual"
    MONEY_FIRST = "money_first"
    MONEY_BACK = "money_back"
    CHANGES_CART = "changes_cart"
    WALKS_AWAY = "walks_away"
    PAYS_IN_SMALL = "pays_in_small"
    BURST = "burst"
    USES_CODE = "uses_code"


MANNERS: Final = (
    (Manner.USUAL, 600),
    (Manner.MONEY_FIRST, 110),
    (Manner.MONEY_BACK, 70),
    (Manner.CHANGES_CART, 70),
    (Manner.PAYS_IN_SMALL, 70),
    (Manner.BURST, 75),
    (Manner.WALKS_AWAY, 5),
)
"""Of a thousand shoppers."""


@dataclass(frozen=True, slots=True)
class Note:
    """A code that somebody wrote down from the screen."""

    debt: str
    code: str
    amount_minor: int
    is_certain: bool


@dataclass(slots=True)
class Person:
    """What passed through one person's hands.

    Attributes:
        name: A number; people have no names here.
        from_seq: The journal's head when they came, ``(epoch, seq)``.
        until_seq: The head when the next one came.
        dropped: Coins and notes into the slots: value -> qty.
        loaded_minor: What was put onto their card.
        charged_minor: What their card was charged, less what was given back to it.
        returned: Coins and notes that came back unread or refused.
        paid: Coins out of the payout trays: theirs, taken by them or left behind.
        goods: Pieces out of the delivery tray, by coil.
        machine_goods: Pieces out of the old machine's tray, by item.
        receipts: Receipt numbers that the screen showed them as theirs.
        notes: Codes of money owed that they saw.
        used: Debts whose codes they used.
        windfall_minor: Price of pieces that fell for them beyond the one of each turn, past every sensor.
    """

    name: str
    manner: str
    from_seq: tuple[int, int] = (0, 0)
    until_seq: tuple[int, int] = (0, 0)
    dropped: Counter[int] = field(default_factory=Counter)
    charged_minor: int = 0
    loaded_minor: int = 0
    returned: Counter[int] = field(default_factory=Counter)
    paid: Counter[int] = field(default_factory=Counter)
    goods: Counter[int] = field(default_factory=Counter)
    machine_goods: Counter[int] = field(default_factory=Counter)
    receipts: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    cuts: int = 0
    saw_dark: bool = False
    chosen: Counter[int] = field(default_factory=Counter)
    """Pieces that they chose from coils, by coil."""
    uncounted_minor: int = 0
    """Coins that the screen did not count and that they did not see come back."""
    windfall_minor: int = 0


def worth(coins: Counter[int]) -> int:
    """What coins are worth, in minor units."""
    return sum(value * qty for value, qty in coins.items())


class Crowd:
    """Everybody who comes to one kiosk, one after the other; the clerk among them.

    Args:
        world: Where they come to.
    """

    def __init__(self, world: World) -> None:
        """Nobody has come yet."""
        self.world = world
        self.people: list[Person] = []
        self.open_notes: list[Note] = []
        self.filled: Counter[str] = Counter()
        """Coins that clerks poured into each hopper."""
        self.removed: Counter[str] = Counter()
        self.collected_minor = 0
        """What clerks took out of the cash box."""
        self._taps = 0
        self._seen_head = (0, 0)
        self._charged_minor = 0
        self._loaded_minor = 0
        self._extra: Mapping[int, int] = {}
        self._machine_extra: Mapping[int, int] = {}

    # --- coming and going ---------------------------------------------------------------------------------------------

    def shopper(self, index: int) -> Person:
        """The next shopper comes, shops and goes; the kiosk is at rest afterwards."""
        dice = random.Random(f"{self.world.seed}/shopper/{index}")
        manner = dice.choices([each for each, _ in MANNERS], [share for _, share in MANNERS])[0]
        if self.open_notes and dice.randrange(3) == 0:
            manner = Manner.USES_CODE
        person = self.arrive(Person(name=str(index), manner=manner))
        shopper = Shopper(self, person, dice, manner)
        self.world.tell(person.name, f"a shopper comes ({manner})")
        self.world.run(shopper.visit())
        self.depart(person)
        self.world.totals.visits += 1
        return person

    def clerk(self, index: int) -> None:
        """The clerk comes, fills hoppers and coils, and collects the cash box."""
        dice = random.Random(f"{self.world.seed}/clerk/{index}")
        person = self.arrive(Person(name=f"clerk-{index}", manner=CLERK))
        self.world.tell("clerk", "the clerk comes")
        self.world.run(Clerk(self, person, dice, index).visit())
        self.depart(person)

    def wants_clerk(self) -> bool:
        """Whether a hopper runs low or coils run empty: the desk would say so."""
        world = self.world
        if any(hopper.inside < LOW_COINS for hopper in world.hoppers):
            return True
        state = None if world.till is None else world.till.state()
        if state is None:
            return False
        empty = sum(1 for book in state.coils.values() if book.is_off or not book.qty)
        return empty > len(state.coils) // 3

    def _head(self) -> tuple[int, int]:
        """The journal's end; while no kiosk runs, the end that was last seen."""
        ledger = self.world.ledger
        if ledger is not None:
            self._seen_head = (ledger.head.epoch, ledger.head.seq)
        return self._seen_head

    def arrive(self, person: Person) -> Person:
        """Somebody comes: what happens from here on is theirs."""
        self.close_last()
        person.from_seq = self._head()
        self.people.append(person)
        return person

    def close_last(self) -> None:
        """Until somebody else comes, what falls into the trays, and what is written down, is the last one's."""
        if self.people:
            last = self.people[-1]
            self.empty_trays(last)
            last.until_seq = self._head()
            last.windfall_minor += self._new_extra()

    def _new_extra(self) -> int:
        """Price of pieces that fell beyond the one of each turn, since this was last asked."""
        world, before = self.world, self._extra
        self._extra = world.coils.extra
        prices = {
            slot.coil: world.catalogue.products[slot.sku].due_minor
            for slot in world.catalogue.slots.values()
            if slot.place is Place.COIL
        }
        coils_minor = sum(prices[coil] * (qty - before.get(coil, 0)) for coil, qty in self._extra.items())
        if world.machine is None:
            return coils_minor
        machine_before, self._machine_extra = self._machine_extra, world.machine.extra
        return coils_minor + sum(
            world.machine.price_of(item) * (qty - machine_before.get(item, 0))
            for item, qty in self._machine_extra.items()
        )

    def depart(self, person: Person) -> None:
        """What still lies in the trays fell for them, whoever takes it."""
        self.world.settle()
        self.world.run_for(NEXT_MS)
        self.world.settle()  # a cut may have come in between
        self.empty_trays(person)
        person.until_seq = self._head()
        kept = [note for note in person.notes if note.is_certain and note.debt not in person.used]
        self.open_notes.extend(kept)

    def empty_trays(self, person: Person) -> None:
        """Take everything out of every tray."""
        world = self.world
        # A changer's tubes and its slot end in one bowl: look at everything before anything is taken.
        for position, qty in world.acceptor.tray.items():
            person.returned[world.rig.coins[position]] += qty
        paying = [hopper for hopper in world.hoppers if hopper.tray]
        for hopper in paying:
            person.paid[hopper.value_minor] += hopper.tray
        world.acceptor.take_tray()
        for hopper in paying:
            hopper.take_tray()
        if world.validator is not None:
            for position, qty in world.validator.hand.items():
                person.returned[world.rig.notes[position]] += qty
            world.validator.take_hand()
        if world.reader is not None:
            person.charged_minor += world.reader.charged_minor - self._charged_minor
            self._charged_minor = world.reader.charged_minor
            person.loaded_minor += world.reader.loaded_minor - self._loaded_minor
            self._loaded_minor = world.reader.loaded_minor
        tray = world.coils.tray
        if tray:
            person.goods.update(tray)
            world.coils.act("take_tray", {}, world.clock.world_ms())
        if world.machine is not None:
            person.machine_goods.update(world.machine.tray)
            world.machine.take_tray()

    def tap_id(self) -> str:
        """An id that no other touch has."""
        self._taps += 1
        return f"tap-{self._taps}"


@dataclass(slots=True)
class Shopper:
    """One shopper's visit, as a script."""

    crowd: Crowd
    person: Person
    dice: random.Random
    manner: Manner
    patience_ms: int | None = None
    """How long they stay before a dark screen; drawn when not given."""

    @property
    def world(self) -> World:
        """Where they are."""
        return self.crowd.world

    @property
    def screen(self) -> Screen:
        """What they see.

        Raises:
            DarkError: Nothing.
        """
        screen = self.world.screen
        if screen is None:
            raise DarkError
        return screen

    def visit(self) -> Script:
        """Come, shop, look into the trays, go."""
        yield from self.follow(self._shop())

    def follow(self, script: Script) -> Script:
        """Act out ``script``, whatever happens to the power, look into the trays, and go."""
        try:
            yield from script
        except DarkError:
            yield from self._in_the_dark()
        self.crowd.empty_trays(self.person)

    # --- shopping -----------------------------------------------------------------------------------------------------

    def _shop(self) -> Script:
        if not (yield from self._until(lambda: self.screen.view in {View.IDLE, View.THANKS}, 30_000)):
            return
        if self.screen.view is View.THANKS:
            yield from self._tap(ev.DoneTapped(self.crowd.tap_id(), self.screen.version))
        if (
            self.manner is Manner.USUAL
            and self.world.machine is not None
            and self.dice.randrange(100) < MACHINE_PCT
        ):
            yield from self._buy_at_machine()
            yield from self._finish()
            return
        match self.manner:
            case Manner.USES_CODE:
                yield from self._use_code()
                if self.screen.view is View.SHOPPING and self.screen.held_minor:
                    yield from self._buy_at_machine()
            case Manner.MONEY_FIRST:
                yield from self._drop(self.dice.choice((100, 200, 50)))
                yield from self._choose_goods()
                yield from self._pay()
            case Manner.MONEY_BACK:
                yield from self._choose_goods()
                yield from self._drop(self.dice.choice((10, 20, 50)))
                yield from self._money_back()
            case Manner.WALKS_AWAY:
                yield from self._choose_goods()
                yield from self._drop(self.dice.choice((10, 20, 50)))
                self.world.tell(self.person.name, "walks away")
                return
            case _:
                yield from self._choose_goods()
                yield from self._pay()
        yield from self._finish()

    def _choose_goods(self) -> Script:
        for _ in range(self.dice.choices((1, 2, 3), (6, 3, 1))[0]):
            if self.dice.randrange(100) < 55:
                yield from self._scan()
            else:
                yield from self._choose_coil()
        if self.manner is Manner.CHANGES_CART and self.screen.lines:
            line = self.dice.choice(self.screen.lines).line
            yield from self._tap(ev.LineDropped(self.crowd.tap_id(), self.screen.version, line))
        if not self.screen.lines and self.screen.view in {View.IDLE, View.SHOPPING}:
            yield from self._scan()

    def _buy_at_machine(self) -> Script:
        """Put in what a piece in the old machine costs, wait until it shows the credit, and press its button."""
        world, machine = self.world, self.world.machine
        items = [] if machine is None else [item for item in machine.items if machine.inside(item)]
        if machine is None or not items:
            yield from self._money_back()
            return
        item = self.dice.choice(items)
        price_minor = machine.price_of(item)
        unwelcome: set[int] = set()
        for _ in range(30):
            due_minor = price_minor - self.screen.held_minor
            coin = self._next_coin(due_minor, unwelcome) if due_minor > 0 else 0
            if not coin or self.screen.view not in {View.IDLE, View.SHOPPING}:
                break
            held = self.screen.held_minor
            yield from self._drop(coin)
            if self.screen.held_minor <= held:
                unwelcome.add(coin)
        yield from self._until(lambda: machine.can_sell(item), MACHINE_MS)
        world.tell(self.person.name, f"presses {item} at the old machine")
        was_asked = machine.press(item, world.clock.world_ms())
        world.touch(world.rig.machine)
        if was_asked:
            yield from self._until(lambda: self.screen.view is not View.SHOPPING, ANSWER_MS)
        yield from self._money_back()

    def _scan(self) -> Script:
        world = self.world
        products = [
            product for product in world.catalogue.products.values() if product.gtins and product.is_for_sale
        ]
        product = products[self.dice.randrange(len(products))]
        before = len(self.screen.lines)
        world.tell(self.person.name, f"scans {product.names['en']}")
        world.scanner.act("scan", {"code": product.gtins[0]}, world.clock.world_ms())
        world.touch(SCANNER)
        yield from self._until(lambda: len(self.screen.lines) > before, 1_000)

    def _choose_coil(self) -> Script:
        open_slots = [slot for slot in self.screen.slots if slot.qty and not slot.is_off]
        if not open_slots or not self.screen.is_machine_on:
            yield from self._scan()
            return
        slot = self.dice.choice(open_slots)
        self.world.tell(self.person.name, f"chooses coil {slot.code}")
        self.person.chosen[self.world.catalogue.slots[slot.code].coil] += 1
        yield from self._tap(ev.SlotChosen(self.crowd.tap_id(), self.screen.version, slot.code))

    def _pay(self) -> Script:
        """Put coins in until the cart is paid, the till closes it, or no coin is taken."""
        unwelcome: set[int] = set()
        for _ in range(60):
            screen = self.screen
            if screen.view is not View.SHOPPING or not screen.lines:
                return
            if screen.due_minor <= 0:
                yield from self._tap(ev.CloseTapped(self.crowd.tap_id(), screen.version))
                return
            if self.world.reader is not None and self._prefers(Boundary.CARD, CARD_PCT):
                yield from self._pay_by_card(self.world.reader)
                continue
            note = self._next_note(screen.due_minor, unwelcome)
            if note:
                yield from self._insert(note, unwelcome)
                continue
            coin = self._next_coin(screen.due_minor, unwelcome)
            if not coin:
                yield from self._money_back()
                return
            qty = self.dice.choice(HANDFULS) if self.manner is Manner.BURST else 1
            held = screen.held_minor
            yield from self._drop(coin, qty)
            if self.screen.view is View.SHOPPING and self.screen.held_minor <= held:
                unwelcome.add(coin)

    def _next_note(self, due_minor: int, unwelcome: set[int]) -> int:
        """The smallest note that pays all, by those who have one and no coins; 0 for coins."""
        notes = [value for value in self.world.rig.notes.values() if value not in unwelcome]
        if not notes or not self._prefers(Boundary.NOTE, NOTE_PCT):
            return 0
        return min((value for value in notes if value >= due_minor), default=max(notes))

    def _prefers(self, boundary: Boundary, usual_pct: int) -> bool:
        """Whether this shopper pays so: as many as usual, and all for whom fate has something there."""
        return self.dice.randrange(100) < usual_pct or self.world.dealt == boundary

    def _insert(self, value_minor: int, unwelcome: set[int]) -> Script:
        """Push a note in and see whether it counts."""
        world, validator = self.world, self.world.validator
        if validator is None:
            return
        position = next(position for position, value in world.rig.notes.items() if value == value_minor)
        held, view, hand = self.screen.held_minor, self.screen.view, dict(validator.hand)
        world.tell(self.person.name, f"puts a note of {value_minor} into the slot")
        self.person.dropped[value_minor] += 1
        validator.insert(position, world.clock.world_ms())
        world.touch(world.rig.validator)

        def is_answered() -> bool:
            shown = self.screen
            is_over = shown.view is not view and shown.view is not View.SHOPPING
            return is_over or shown.held_minor >= held + value_minor or dict(validator.hand) != hand

        if not (yield from self._until(is_answered, NOTE_MS)):
            self.person.uncounted_minor += value_minor
        if self.screen.view is View.SHOPPING and self.screen.held_minor <= held:
            unwelcome.add(value_minor)

    def _pay_by_card(self, reader: CardTaker) -> Script:
        """Ask to pay by card, show it, and wait; a few change their mind, a few never show one."""
        world = self.world
        world.tell(self.person.name, "pays by card")
        mood = self.dice.randrange(20)
        answer = yield from self._tap(ev.CardTapped(self.crowd.tap_id(), self.screen.version))
        if answer is not None and answer.notice.is_refusal:
            return
        if mood:
            if reader.balance_minor < RICH_MINOR:
                reader.act("load", {"amount_minor": str(10 * RICH_MINOR)}, world.clock.world_ms())
            reader.tap(world.clock.world_ms())
            world.touch(world.rig.reader)
        if mood <= 1:
            yield from self._wait(self.dice.randrange(1_500))
            if self.screen.view is View.TENDERING:
                world.tell(self.person.name, "cancels")
                yield from self._tap(ev.MoneyBackTapped(self.crowd.tap_id(), self.screen.version))
        yield from self._until(lambda: self.screen.view is not View.TENDERING, SALE_MS)

    def _next_coin(self, due_minor: int, unwelcome: set[int]) -> int:
        coins = [coin for coin in self.world.rig.coins.values() if coin not in unwelcome]
        if not coins:
            return 0
        if self.manner in {Manner.PAYS_IN_SMALL, Manner.BURST}:
            return min((coin for coin in coins if coin * 12 >= due_minor), default=max(coins))
        fitting = [coin for coin in coins if coin >= due_minor]
        if fitting and self.dice.randrange(4):
            return min(fitting)
        return max((coin for coin in coins if coin <= due_minor), default=min(coins))

    def _drop(self, value_minor: int, qty: int = 1) -> Script:
        """Put coins into the slot and see whether they count."""
        world = self.world
        screen = self.screen
        held, view = screen.held_minor, screen.view
        before = world.acceptor.tray
        world.tell(self.person.name, f"puts {qty} x {value_minor} into the slot")
        self.person.dropped[value_minor] += qty
        position = next(position for position, value in world.rig.coins.items() if value == value_minor)
        world.acceptor.drop(position, qty, world.clock.world_ms())
        world.touch(world.rig.acceptor)

        def is_answered() -> bool:
            shown = self.screen
            done = shown.view is not view and shown.view is not View.SHOPPING
            return done or shown.held_minor >= held + qty * value_minor or world.acceptor.tray != before

        was_answered = yield from self._until(is_answered, COIN_MS + 250 * qty)
        if not was_answered:
            self.person.uncounted_minor += qty * value_minor
        if qty > 1:
            yield from self._wait(250 * qty)

    def _money_back(self) -> Script:
        if self.screen.view is View.SHOPPING:
            if self.screen.can_load and self.dice.randrange(100) < LOAD_PCT:
                yield from self._load_card()
                return
            self.world.tell(self.person.name, "wants the money back")
            yield from self._tap(ev.MoneyBackTapped(self.crowd.tap_id(), self.screen.version))

    def _load_card(self) -> Script:
        """Have the money put onto the card; now and then it is not shown after all."""
        world, reader = self.world, self.world.reader
        world.tell(self.person.name, "wants the money on the card")
        yield from self._tap(ev.LoadTapped(self.crowd.tap_id(), self.screen.version))
        yield from self._wait(1_000)
        if reader is not None and self.dice.randrange(10):
            reader.tap(world.clock.world_ms())
            world.touch(world.rig.reader)

    def _use_code(self) -> Script:
        """Type a code of money owed, from a note of anybody's."""
        note = self.crowd.open_notes.pop(self.dice.randrange(len(self.crowd.open_notes)))
        till = self.world.till
        if till is None:
            raise DarkError
        self.world.tell(self.person.name, f"types the code {note.code} for {note.amount_minor}")
        debt = till.debt_of_code(note.code)
        answer = yield from self._tap(ev.DebtCodeTyped(self.crowd.tap_id(), self.screen.version, debt))
        if answer is None or answer.notice.is_refusal:
            self.crowd.open_notes.append(note)
        else:
            self.person.used.append(note.debt)

    def _finish(self) -> Script:
        """Wait for goods and change, take them, perhaps a receipt, and leave the page to the next."""
        resting = {View.IDLE, View.THANKS, View.HALTED}
        while True:
            yield from self._until(
                lambda: self.screen.view in resting or self.screen.choosing is not None, SALE_MS
            )
            if self.screen.choosing is None:
                break
            if self.dice.randrange(2):
                yield from self._choose_coil()
                yield from self._pay()
            else:
                yield from self._money_back()
            yield from self._until(lambda: self.screen.choosing is None, SALE_MS)
        self._read_thanks()
        self.crowd.empty_trays(self.person)
        if self.screen.view is View.THANKS:
            if self.dice.randrange(50) == 0 and self.screen.is_printer_ready:
                yield from self._tap(ev.ReceiptTapped(self.crowd.tap_id(), self.screen.version))
                yield from self._wait(2_000)
            if self.screen.view is View.THANKS:
                yield from self._tap(ev.DoneTapped(self.crowd.tap_id(), self.screen.version))

    def _read_thanks(self) -> None:
        """Remember what the page says: the receipt's number, the codes."""
        till = self.world.till
        thanks = self.screen.thanks
        if thanks is None or till is None:
            return
        self.person.receipts += [
            number for number in thanks.receipt_nos if number not in self.person.receipts
        ]
        for owing in thanks.owing:
            note = Note(
                owing.debt, till.debt_code(*place_of(owing.debt)), owing.amount_minor, owing.is_certain
            )
            if note not in self.person.notes:
                self.world.tell(self.person.name, f"reads: {note.amount_minor} are owed, code {note.code}")
                self.person.notes.append(note)

    def _in_the_dark(self) -> Script:
        """The screen went dark: wait a while for it, or go; take what lies in the trays either way."""
        self.person.saw_dark = True
        patience_ms = self.dice.choice((0, 5_000, 60_000)) if self.patience_ms is None else self.patience_ms
        while True:
            try:
                if patience_ms:
                    came_back: bool = yield (patience_ms, self._is_lit)
                    if came_back:
                        self._read_thanks()
            except DarkError:
                continue
            else:
                return

    def _is_lit(self) -> bool:
        screen = self.world.screen
        return screen is not None and screen.view in {View.IDLE, View.THANKS, View.HALTED}

    # --- fingers ------------------------------------------------------------------------------------------------------

    def _tap(self, event: ev.PersonEvent) -> Generator[Step, bool, Answer | None]:
        reply: Future[Answer] = self.world.ask(event)
        yield (ANSWER_MS, reply.done)
        return reply.result(timeout=0) if reply.done() else None

    @staticmethod
    def _wait(ms: int) -> Script:
        yield (ms, None)

    def _until(self, condition: object, most_ms: int) -> Generator[Step, bool, bool]:
        if not callable(condition):
            raise TypeError("a condition is asked")
        came_true: bool = yield (most_ms, condition)
        return came_true


@dataclass(slots=True)
class Clerk:
    """The clerk's round: what was done with the hands is typed in, and typed again after a cut, under the same token."""

    crowd: Crowd
    person: Person
    dice: random.Random
    index: int
    done: set[str] = field(default_factory=set)
    """Steps that were answered."""
    poured: dict[str, int] = field(default_factory=dict)
    counted_minor: int | None = None
    loaded: dict[str, int] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """Where they are."""
        return self.crowd.world

    def visit(self) -> Script:
        """Fill, collect, load, count; whatever happens, until everything is in the books."""
        while True:
            try:
                came: bool = yield (60_000, self._is_free)
                if not came:
                    continue
                yield from self._round()
            except DarkError:
                continue
            else:
                return

    def _is_free(self) -> bool:
        screen = self.world.screen
        return screen is not None and screen.view in {View.IDLE, View.THANKS, View.SERVICE, View.HALTED}

    def _round(self) -> Script:
        name = self.person.name
        if "catalogue" not in self.done and not self.index:
            catalogue = self.world.catalogue
            yield from self._do(
                "catalogue", ev.CatalogueOffered(by=name, catalogue=catalogue, digest="0" * 64)
            )
        yield from self._do("", ev.ClerkEntered(clerk=name))
        if self.index:
            yield from self._leave_floats()
        for device in self.world.rig.hoppers:
            if device not in self.poured:
                hopper = self.world.hopper(device)
                qty = max(0, FLOAT_COINS - hopper.inside)
                hopper.fill(qty)
                self.crowd.filled[device] += qty
                self.poured[device] = qty
                self.world.tell("clerk", f"pours {qty} coins into {device}")
            if self.poured[device]:
                token = f"{name}-{device}"
                event = ev.HopperFilled(token=token, clerk=name, device=device, qty=self.poured[device])
                yield from self._do(device, event)
        if self.index:
            if self.counted_minor is None:
                self.counted_minor = self.world.collect_box()
                self.crowd.collected_minor += self.counted_minor
                self.world.tell("clerk", f"empties the cash box and counts {self.counted_minor}")
            token = f"{name}-box"
            yield from self._do(
                "box", ev.CashBoxCollected(token=token, clerk=name, counted_minor=self.counted_minor)
            )
        yield from self._load()
        yield from self._do("", ev.ClerkLeft(clerk=name))

    def _leave_floats(self) -> Script:
        """What can send its notes into its own stacker does so, and keeps some, before anything is filled in."""
        for device in boxes_of(self.world.config):
            step = f"float-{device}"
            if step not in self.done:
                keep = self.dice.randrange(FLOAT_COINS // 2)
                event = ev.FloatLeft(
                    token=f"{self.person.name}-{step}", clerk=self.person.name, device=device, keep=keep
                )
                yield from self._do(step, event)
            # After a cut as well: nobody pours into a unit, or empties its box, before it has said how far it came.
            yield (MOVE_MS, partial(self._has_come_to_rest, device))

    def _has_come_to_rest(self, device: str) -> bool:
        till = self.world.till
        book = None if till is None else till.state().hoppers.get(device)
        return book is None or book.move is None

    def _load(self) -> Script:
        world, name = self.world, self.person.name
        for slot in world.catalogue.slots.values():
            if slot.place is Place.COIL:
                if slot.code not in self.loaded:
                    inside = world.coils.inside(slot.coil)
                    more = max(0, slot.par_qty - inside)
                    if more:
                        values = {"slot": str(slot.coil), "qty": str(more)}
                        world.coils.act("load", values, world.clock.world_ms())
                    self.loaded[slot.code] = inside + more
                event = ev.StockCounted(
                    token=f"{name}-{slot.code}",
                    by=name,
                    slot=slot.code,
                    move="count",
                    qty=self.loaded[slot.code],
                )
                if slot.code not in self.done:
                    yield from self._do(slot.code, event)
        world.touch(world.rig.board)
        yield from self._load_machine()

    def _load_machine(self) -> Script:
        """Fill the old machine and type in what its coils hold."""
        world, name, machine = self.world, self.person.name, self.world.machine
        if machine is None:
            return
        for slot in world.machine_slots:
            if slot.code not in self.loaded:
                inside = machine.inside(slot.coil) + machine.hanging(slot.coil)
                more = max(0, slot.par_qty - inside)
                machine.load(slot.coil, more)
                self.loaded[slot.code] = inside + more
            qty = self.loaded[slot.code]
            event = ev.StockCounted(
                token=f"{name}-{slot.code}", by=name, slot=slot.code, move="count", qty=qty
            )
            if slot.code not in self.done:
                yield from self._do(slot.code, event)

    def _do(self, step: str, event: ev.PersonEvent) -> Script:
        """Type it in until it is answered; what was answered before a cut is not typed again."""
        if step and step in self.done:
            return
        reply = self.world.ask(event)
        yield (ANSWER_MS, reply.done)
        if step and reply.done():
            self.done.add(step)
