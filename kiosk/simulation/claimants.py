"""People who claim, the honest and the others, through the real desk of claims; and a vendor who decides by what was counted.

A claimant knows what people know: what they put in, what came out, what the screen said. Whether a claim is true is read from
their hands alone; what becomes of it is the desk's word. The two are compared nowhere else.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sqlalchemy import Engine, select

from inventory.catalogue import Place, Slot
from kiosk.claims.code import place_of
from kiosk.claims.desk import PHONE, PHONE_EARLIER, REACH, SCREEN, ClaimDesk, ClaimStatus
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About, Verdict
from kiosk.core.screen import Screen, View
from kiosk.journal.entry import Entry, recorded_of
from kiosk.runtime.door import Answer, TillBusyError
from kiosk.simulation.clock import US_PER_MS
from kiosk.simulation.people import Crowd, Note, Person, worth
from kiosk.simulation.world import KIOSK_ID, Cut, World
from kiosk.store import models
from kiosk.store.database import StoreError

ASK_MS: Final = 2_000
"""A page waits no longer for the till; it sends the same token again."""

TRIES: Final = 4
"""How often somebody presses again."""

SPEAKS_UP_PERCENT: Final = 95
"""Of those who lost something; nobody ever hears of the others."""

LIES_PERCENT: Final = 3
"""After so many visits of a hundred somebody invents a claim."""

QUIET_EVERY: Final = 8
QUIET_MS: Final = 8_000_000
"""Between so many claims lie two hours without customers, or a little more: no real market's trouble comes faster than the
hundred claims of a day that a kiosk takes."""

LATER_VISITS: Final = (3, 10, 30, 80)
"""Who claims from home does so after so many others were at the kiosk: minutes or hours later."""

FAIR_PERCENT: Final = 1
"""The most false claims of a hundred that may be approved by nobody."""

FOUND_PERCENT: Final = 99
"""The least true claims of a hundred that the journal knows something of."""

ENOUGH: Final = 100
"""Claims of a kind from which shares are judged."""

FOUND: Final = frozenset({Verdict.PROVEN, Verdict.CONSISTENT})
VENDOR: Final = "owner"
GUESSED_MINOR: Final = (50, 100, 150, 200, 10, 20)


class Lie(StrEnum):
    """How somebody claims what is not theirs."""

    OWN_VISIT = "own_visit"
    """All went well, and they say that it did not."""
    INVENTED = "invented"
    """They were never there: a sum that sounds right, by phone."""
    REPEATED = "repeated"
    """The same again and again."""
    FISHING = "fishing"
    """Sum after sum, hoping to hit what somebody else is owed."""
    STRANGER = "stranger"
    """They step up when somebody has gone, and claim what that visit may be owed."""
    TWICE = "twice"
    """Claimed already, and once more by another way."""
    PLUG = "plug"
    """They pulled the plug while the coil turned, hold the goods, and want the money too."""


LIES: Final = (
    (Lie.OWN_VISIT, 25),
    (Lie.INVENTED, 25),
    (Lie.REPEATED, 10),
    (Lie.FISHING, 10),
    (Lie.STRANGER, 30),
)
"""Of a hundred; those that need an occasion come with it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One claim and what became of it: the desk's verdict beside what hands say. Kept for whoever asks why."""

    claim: str
    person: str
    lie: str
    about: str
    channel: str
    is_bound: bool
    loss_minor: int
    said_minor: int
    amount_minor: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ClaimCounts:
    """What was claimed, and what the journal made of it.

    Attributes:
        true_made: Claims by people whose hands show a loss.
        true_found: Of these, PROVEN or CONSISTENT: the journal knows something of it.
        false_made: Claims by people who lost nothing.
        false_approved: Of these, PROVEN: paid without a person.
        by_verdict: Claims of both kinds by verdict.
        refused: Claims that the kiosk did not take: too many, or it could not answer.
        false_by_lie: Kind of lie -> made.
    """

    true_made: int = 0
    true_found: int = 0
    false_made: int = 0
    false_approved: int = 0
    by_verdict: Mapping[str, int] = field(default_factory=dict)
    refused: int = 0
    false_by_lie: Mapping[str, int] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is worse than promised, in words; shares of few claims say nothing."""
        found: list[str] = []
        if self.false_made >= ENOUGH and self.false_approved * 100 > self.false_made * FAIR_PERCENT:
            found.append(
                f"{self.false_approved} of {self.false_made} false claims were approved by nobody: more than {FAIR_PERCENT} %"
            )
        if self.true_made >= ENOUGH and self.true_found * 100 < self.true_made * FOUND_PERCENT:
            found.append(
                f"of {self.true_made} true claims the journal knew {self.true_found}: less than {FOUND_PERCENT} %"
            )
        return tuple(found)


def count_claims(heard: Sequence[Heard], refused: int = 0) -> ClaimCounts:
    """Count what was heard."""
    true = [each for each in heard if each.loss_minor > 0]
    false = [each for each in heard if each.loss_minor <= 0]
    return ClaimCounts(
        true_made=len(true),
        true_found=sum(each.verdict in FOUND for each in true),
        false_made=len(false),
        false_approved=sum(each.verdict is Verdict.PROVEN for each in false),
        by_verdict=dict(sorted(Counter(str(each.verdict) for each in heard).items())),
        refused=refused,
        false_by_lie=dict(sorted(Counter(str(each.lie) for each in false).items())),
    )


def add_claims(counts: Iterable[ClaimCounts]) -> ClaimCounts:
    """Several kiosks' claims as one."""
    parts = tuple(counts)
    verdicts = sum((Counter(each.by_verdict) for each in parts), Counter[str]())
    lies = sum((Counter(each.false_by_lie) for each in parts), Counter[str]())
    return ClaimCounts(
        true_made=sum(each.true_made for each in parts),
        true_found=sum(each.true_found for each in parts),
        false_made=sum(each.false_made for each in parts),
        false_approved=sum(each.false_approved for each in parts),
        by_verdict=dict(sorted(verdicts.items())),
        refused=sum(each.refused for each in parts),
        false_by_lie=dict(sorted(lies.items())),
    )


class WorldDoor:
    """The till's door in a world of one thread: whoever waits for an answer lets time pass."""

    def __init__(self, world: World) -> None:
        """Asks the till that runs, whichever start it is of."""
        self._world = world

    def ask(self, event: ev.PersonEvent) -> Answer:
        """Put an event to the till.

        Raises:
            TillBusyError: The screen is dark, or went dark over it.
        """
        reply = self._world.ask(event)
        self._world.run_until(reply.done, ASK_MS)
        if not reply.done():
            raise TillBusyError("no answer")
        return reply.result(timeout=0)

    def screen(self) -> Screen:
        """What the screen shows.

        Raises:
            TillBusyError: Nothing.
        """
        screen = self._world.screen
        if screen is None:
            raise TillBusyError("the screen is dark")
        return screen

    def debt_code(self, epoch: int, seq: int) -> str:
        """The code made for an entry.

        Raises:
            TillBusyError: No kiosk runs.
        """
        if self._world.till is None:
            raise TillBusyError("no kiosk runs")
        return self._world.till.debt_code(epoch, seq)

    def monotonic_ms(self) -> int:
        """Now, on the scale of entries of this start."""
        return self._world.clock.now_ms()


@dataclass(frozen=True, slots=True)
class _Story:
    """What somebody will say; the same token each time they press again."""

    person: Person
    lie: str
    about: About
    said_minor: int
    token: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """Somebody will claim from home, after ``due`` visits in all."""

    due: int
    came_ms: int
    story: _Story


@dataclass(frozen=True, slots=True)
class _Case:
    """A claim that waits for the vendor."""

    claim: str
    person: Person
    is_true: bool


class Claimants:
    """Everybody who claims at one kiosk.

    Args:
        world: Where it stands.
        crowd: Who was there.
        reader: Of the store, without a limit of time: a slow machine must not change a story.
        seed: Each visit draws its own stream from it.
    """

    def __init__(self, world: World, crowd: Crowd, reader: Engine, seed: str) -> None:
        """Nobody has claimed yet."""
        self.world = world
        self.crowd = crowd
        self.heard: list[Heard] = []
        self.refused = 0
        self._seed = seed
        self._door = WorldDoor(world)
        self.desk = ClaimDesk(reader, self._door, KIOSK_ID, wall=world.clock.wall)
        self._plans: list[_Plan] = []
        self._cases: list[_Case] = []
        self._since_quiet = 0
        self._visits = 0
        self._lost_lately: list[int] = []
        """Sums that people saw others lose."""
        self._tokens = 0

    @property
    def counts(self) -> ClaimCounts:
        """So far."""
        return count_claims(self.heard, self.refused)

    # --- what hands say -----------------------------------------------------------------------------------------------

    def loss_minor(self, person: Person) -> int:
        """What somebody is still missing: coins and codes that went in, less coins, goods, and codes they hold."""
        shelf_minor, redeemed_minor = self._written(person)
        products = self.world.catalogue.products
        prices = {
            slot.coil: products[slot.sku].due_minor
            for slot in self.world.catalogue.slots.values()
            if slot.place is Place.COIL
        }
        goods_minor = sum(prices[coil] * qty for coil, qty in person.goods.items())
        held = {note.debt: note.amount_minor for note in person.notes if note.is_certain}
        came_minor = worth(person.dropped) + redeemed_minor
        went_minor = worth(person.returned) + worth(person.paid) + goods_minor + shelf_minor
        return came_minor - went_minor - sum(held.values())

    def _written(self, person: Person) -> tuple[int, int]:
        """Goods that they carried off from the shelf, and what others' codes brought: nothing but the journal saw either."""
        journal = models.journal.c
        (epoch, first), (_, last) = person.from_seq, person.until_seq
        wanted = (
            (journal.kiosk_id == KIOSK_ID)
            & (journal.epoch == epoch)
            & journal.seq.between(first + 1, last)
            & journal.kind.in_(("SaleClosed", "DebtRedeemed"))
        )
        shelf_minor = redeemed_minor = 0
        ledger = self.world.ledger
        if ledger is None:
            return 0, 0
        for row in ledger.connection.execute(select(models.journal).where(wanted)).mappings().all():
            values = {**row, "body": bytes(row["body"]), "digest": bytes(row["digest"])}
            fact = recorded_of(Entry(**{**values, "time_ok": bool(row["time_ok"])})).fact
            if isinstance(fact, f.SaleClosed):
                shelf_minor += sum(line.price_minor for line in fact.lines if not line.coil)
            elif isinstance(fact, f.DebtRedeemed) and not first < place_of(fact.debt)[1] <= last:
                redeemed_minor += fact.amount_minor
        return shelf_minor, redeemed_minor

    # --- after each visit ---------------------------------------------------------------------------------------------

    def after_visit(self, index: int, person: Person) -> None:
        """Whoever has something to claim about this visit, or says so, does it; those at home whose time has come do too."""
        dice = random.Random(f"{self._seed}/claim/{index}")
        self._visits += 1
        self._visit_claims(dice, person)
        due = [plan for plan in self._plans if plan.due <= self._visits]
        self._plans = [plan for plan in self._plans if plan.due > self._visits]
        for plan in due:
            self._from_home(plan)
        if self._since_quiet >= QUIET_EVERY and not self.world.is_armed:
            self._quiet()

    def close(self) -> None:
        """The market closes: whoever still wanted to claim does, and the vendor decides the rest."""
        self.world.disarm()
        plans, self._plans = self._plans, []
        for plan in plans:
            self._from_home(plan)
            if self._since_quiet >= QUIET_EVERY:
                self._quiet()
        self._quiet()

    def _visit_claims(self, dice: random.Random, person: Person) -> None:
        # All dice are thrown whatever happened, so that a story told with fewer visits throws the same.
        speaks, lies = dice.randrange(100) < SPEAKS_UP_PERCENT, dice.randrange(100) < LIES_PERCENT
        lie = dice.choices([each for each, _ in LIES], [share for _, share in LIES])[0]
        self.crowd.close_last()
        loss_minor = self.loss_minor(person)
        if loss_minor > 0:
            self._lost_lately = [*self._lost_lately[-4:], loss_minor]
            if speaks:
                self._honest(dice, person, loss_minor)
        elif person.saw_dark and person.goods and not person.notes:
            self._own(dice, person, Lie.PLUG)
        if lies:
            self._lie(dice, person, lie)

    # --- the honest ---------------------------------------------------------------------------------------------------

    def _honest(self, dice: random.Random, person: Person, loss_minor: int) -> None:
        about = self._felt(dice, person, loss_minor)
        story = self._story(person, "", about, loss_minor)
        if dice.randrange(2) and self._at_screen(dice, story):
            if dice.randrange(4) == 0:
                self._plan(dice, self._story(person, Lie.TWICE, about, loss_minor), LATER_VISITS)
            return
        self._plan(dice, story, (0, *LATER_VISITS))

    def _story(self, person: Person, lie: str, about: About, said_minor: int) -> _Story:
        self._tokens += 1
        return _Story(person, lie, about, said_minor, f"claim-{self._tokens}")

    @staticmethod
    def _felt(dice: random.Random, person: Person, loss_minor: int) -> About:
        """What somebody says is missing: goods that they chose and did not get, a coin that did not count, or their money."""
        if person.chosen - person.goods and not person.paid and dice.randrange(10) < 7:
            return About.NO_GOODS
        if person.uncounted_minor and person.uncounted_minor <= loss_minor and dice.randrange(10) < 7:
            return About.SWALLOWED
        return About.NO_MONEY_BACK

    def _plan(self, dice: random.Random, story: _Story, waits: Sequence[int]) -> None:
        """They will write from home."""
        plan = _Plan(self._visits + dice.choice(waits), self.world.clock.world_ms(), story)
        if plan.due > self._visits:
            self._plans.append(plan)
        else:
            self._from_home(plan)

    def _from_home(self, plan: _Plan) -> None:
        waited_ms = self.world.clock.world_ms() - plan.came_ms
        channel = PHONE if waited_ms < REACH[PHONE].total_seconds() * 1_000 else PHONE_EARLIER
        self.world.settle()
        if plan.story.lie or self.loss_minor(plan.story.person) > 0:
            self._claim(plan.story, plan.story.said_minor, channel)

    def _at_screen(self, dice: random.Random, story: _Story) -> bool:
        """Claim with three taps; False when the screen offers something else than they miss, and they go home to write."""
        self.world.settle()
        screen = self._door.screen()
        if screen.view is View.THANKS and dice.randrange(2):
            self._tap_done(screen)
        try:
            offer = self.desk.offer_at_screen(story.about)
        except TillBusyError:
            return False
        if not story.lie and offer.amount_minor not in {0, story.said_minor}:
            return False
        self._claim(story, offer.amount_minor or story.said_minor, SCREEN)
        return True

    def _tap_done(self, screen: Screen) -> None:
        try:
            self._door.ask(ev.DoneTapped(self.crowd.tap_id(), screen.version))
        except TillBusyError:
            self.world.settle()

    # --- the others ---------------------------------------------------------------------------------------------------

    def _lie(self, dice: random.Random, person: Person, lie: Lie) -> None:
        liar = Person(name=f"liar-{person.name}", manner=lie)
        match lie:
            case Lie.OWN_VISIT:
                if self._loses_nothing(person):
                    self._own(dice, person, lie)
            case Lie.INVENTED | Lie.REPEATED:
                about, said_minor = self._trouble(dice), self._sum(dice)
                for _ in range(3 if lie is Lie.REPEATED else 1):
                    self._plan(dice, self._story(liar, lie, about, said_minor), (0, 0, *LATER_VISITS))
            case Lie.FISHING:
                about = self._trouble(dice)
                for said_minor in dice.sample(GUESSED_MINOR, dice.randrange(3, 6)):
                    self._claim(self._story(liar, lie, about, said_minor), said_minor, PHONE)
            case _:
                self._stranger(dice, person)

    def _own(self, dice: random.Random, person: Person, lie: Lie) -> None:
        prices = [self.world.catalogue.products[slot.sku].due_minor for slot in self._coils(person)]
        about = About.NO_GOODS if prices and dice.randrange(2) else About.NO_MONEY_BACK
        said_minor = dice.choice(prices) if about is About.NO_GOODS else worth(person.dropped) or 100
        story = self._story(person, lie, about, said_minor)
        if dice.randrange(2):
            self._at_screen(dice, story)
        else:
            self._plan(dice, story, (0, *LATER_VISITS))

    def _stranger(self, dice: random.Random, person: Person) -> None:
        """The page of the one who has gone is gone as well: what it showed would need no claim."""
        self.world.settle()
        screen = self._door.screen()
        if screen.view is View.THANKS:
            self._tap_done(screen)
        self.world.settle()
        stranger = self.crowd.arrive(Person(name=f"stranger-{person.name}", manner=Lie.STRANGER))
        self._at_screen(dice, self._story(stranger, Lie.STRANGER, self._trouble(dice), self._sum(dice)))
        self.world.settle()
        self.crowd.close_last()

    def _loses_nothing(self, person: Person) -> bool:
        """Whether they have all that is theirs in their hands; who holds a code is owed something and is no liar."""
        return self.loss_minor(person) == 0 and not person.notes

    def _coils(self, person: Person) -> list[Slot]:
        return [slot for slot in self.world.catalogue.slots.values() if slot.coil in person.goods]

    @staticmethod
    def _trouble(dice: random.Random) -> About:
        return dice.choice((About.NO_MONEY_BACK, About.NO_GOODS, About.SWALLOWED))

    def _sum(self, dice: random.Random) -> int:
        """A sum that sounds right: a price, a coin, or what they saw somebody lose."""
        prices = [product.due_minor for product in self.world.catalogue.products.values()]
        return dice.choice((dice.choice(prices), 100, 200, *self._lost_lately[-1:]))

    # --- the desk -----------------------------------------------------------------------------------------------------

    def _claim(self, story: _Story, said_minor: int, channel: str) -> None:
        """Open a claim, write down what became of it, and take what it gives."""
        person, lie, about = story.person, story.lie, story.about
        self.crowd.close_last()
        loss_minor = self.loss_minor(person)
        status = self._opened(about, said_minor, channel, story.token)
        self._since_quiet += 1
        if status is None:
            self.refused += 1
            return
        self.world.tell(
            person.name,
            f"claims {said_minor} ({about}, {channel}), truly {max(0, loss_minor)}: {status.verdict}",
        )
        self.heard.append(
            Heard(
                claim=status.claim,
                person=person.name,
                lie=lie,
                about=about,
                channel=channel,
                is_bound=bool(status.visit),
                loss_minor=loss_minor,
                said_minor=said_minor,
                amount_minor=status.amount_minor,
                verdict=status.verdict,
            )
        )
        self.world.settle()
        self.crowd.close_last()
        self._take_code(person, status)
        if status.state == "weighed":
            self._cases.append(_Case(status.claim, person, loss_minor > 0))

    def _opened(self, about: About, said_minor: int, channel: str, token: str) -> ClaimStatus | None:
        for _ in range(TRIES):
            self.world.settle()
            try:
                if channel == SCREEN:
                    self.desk.open_at_screen(about, token, said_minor)
                else:
                    self.desk.open(token=token, about=about, said_minor=said_minor, channel=channel)
                return self.desk.status_of_token(token)
            except TillBusyError:
                continue
        return None

    def _take_code(self, person: Person, status: ClaimStatus) -> None:
        """The code of an approved claim is written down, to be used by somebody later."""
        if not status.debt_code:
            return
        note = Note(status.debt, status.debt_code, status.amount_minor, is_certain=True)
        person.notes.append(note)
        if all(each.debt != note.debt for each in self.crowd.open_notes):
            self.crowd.open_notes.append(note)

    # --- the vendor ---------------------------------------------------------------------------------------------------

    def _quiet(self) -> None:
        """The vendor decides what waits; then an hour without anybody, in which only polls pass, and a restart in order."""
        self._decide()
        world = self.world
        self._since_quiet = 0
        world.settle()
        world.clock.now_us += QUIET_MS * US_PER_MS
        try:
            world.stop()
            world.clock.restart()
            world.start()
        except StoreError:
            world.cut_power(Cut.PROCESS)
        world.settle()

    def _decide(self) -> None:
        """By then coins and goods are counted: who lost something gets it, the others are told why not."""
        cases, self._cases = self._cases, []
        for case in cases:
            self.world.settle()
            self.crowd.close_last()
            amount_minor = max(0, self.loss_minor(case.person)) if case.is_true else 0
            try:
                self.desk.decide(
                    case.claim,
                    by=VENDOR,
                    amount_minor=amount_minor,
                    reason="counted: so much is missing" if amount_minor else "counted: nothing is missing",
                )
                status = self.desk.status(case.claim)
            except TillBusyError:
                self._cases.append(case)
                continue
            if status is not None:
                self._take_code(case.person, status)
