"""Months of trade from one seed: shoppers and clerks one after the other, power cuts, mishaps, and the account at the end.

Each visit draws from a stream of its own, so a failing run can be told with fewer visits: those left out change nothing in the
others but the money and goods they moved.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import tempfile
import time
import weakref
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from hardware.simulators.rigs import MAKES, MarketRig
from kiosk.audit.report import AuditReport
from kiosk.audit.walk import audit_journal
from kiosk.invariant import InvariantBroken
from kiosk.simulation.auditor import Accounts, audit_world
from kiosk.simulation.claimants import Claimants, ClaimCounts
from kiosk.simulation.count import count_world
from kiosk.simulation.disk import Disk
from kiosk.simulation.disk_driver import DiskDriver
from kiosk.simulation.marks import Act, read_acts, read_marks
from kiosk.simulation.mishaps import EVERY, Doses, WorldReach, profile_of, troubles_of
from kiosk.simulation.people import Crowd
from kiosk.simulation.storage import ForgetfulStorage
from kiosk.simulation.world import KEY, Cut, Moment, Said, StuckError, Totals, World
from kiosk.store.database import open_unlimited_reader

CUT_EVERY: Final = 4
"""One visit in every four is cut."""

TYPICAL: Final[Mapping[Moment, int]] = {Moment.STORE: 90, Moment.BYTE: 2_500}
"""Dangerous moments of a usual visit: a cut is drawn evenly from so many. One that falls behind the visit's end strikes
the next, so that long visits and the pauses between them are cut as well."""

TYPICAL_RECOVERY: Final[Mapping[Moment, int]] = {Moment.STORE: 25, Moment.BYTE: 500}
"""The same from a start to the first idle screen."""

RECOVERY_CUT_EVERY: Final = 4
"""Of the cuts, so many have a second one in the recovery."""

AUDIT_EVERY: Final = 1_000
"""Visits between two audits: a defect is told soon, and the walk over the whole journal costs little of the run."""

SALES_PER_KIOSK: Final = 500
"""About a week of one machine. Longer journals say nothing new of a sale, and each start and each audit reads them."""

SALES_FOR_EVERY: Final = 200
"""So many sales at one kiosk let every device meet every mishap of its list: up to some 260, one a visit."""

SHRINK_SECONDS: Final = 90.0
"""How long a shorter story is looked for."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for.

    Attributes:
        seed: Of everything.
        sales: Closed sales to reach.
        cuts: Whether one visit in four is cut.
        profile: Which mishaps, how often.
        visits: Only these visits, for a story made shorter; empty for all.
        claims: Whether people claim what they lost, or say they lost; see `kiosk.simulation.claimants`.
    """

    seed: int
    sales: int
    cuts: bool = False
    profile: str = "none"
    visits: tuple[int, ...] = ()
    claims: bool = False
    rigs: tuple[str, ...] = ("cctalk",)
    """Which devices the kiosks have, in turn; see `hardware.simulators.rigs`."""
    kiosk: int = 0
    """Which of the seed's kiosks: a long order is split among several, each a world of its own."""

    @property
    def _places(self) -> tuple[tuple[str, int], ...]:
        """Rig and number of its make, kiosk by kiosk: each rig once, then the other makes of those that have some."""
        rounds = range(max(len(MAKES[rig]) for rig in self.rigs))
        return tuple((rig, number) for number in rounds for rig in self.rigs if number < len(MAKES[rig]))

    @property
    def rig(self) -> str:
        """The rig of this kiosk."""
        places = self._places
        return places[self.kiosk % len(places)][0]

    @property
    def market(self) -> MarketRig:
        """Which make of its rig this kiosk has: another one with the next seed, and at the next kiosk with the rig."""
        places = self._places
        rig, number = places[self.kiosk % len(places)]
        makes = MAKES[rig]
        return makes[(self.seed - 1 + number) % len(makes)]

    @property
    def stream(self) -> str:
        """The seed of this kiosk's world; the first kiosk's is the order's own."""
        return f"{self.seed}.{self.kiosk}" if self.kiosk else f"{self.seed}"

    def split(self) -> tuple[Order, ...]:
        """The same sales, at most `SALES_PER_KIOSK` at each kiosk: worlds that share nothing can be traded at the same time.

        There is a kiosk with each rig, and where every kiosk still sells `SALES_FOR_EVERY`, one with each make of each rig.
        """
        makes = len(self._places)
        least = makes if self.sales >= makes * SALES_FOR_EVERY else len(self.rigs)
        kiosks = 1 if self.visits else max(-(-self.sales // SALES_PER_KIOSK), least)
        least, more = divmod(self.sales, kiosks)
        return tuple(
            replace(self, kiosk=self.kiosk + number, sales=least + (number < more))
            for number in range(kiosks)
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """What an audit of the world came to; ``digest`` is SHA-256 of the store's file."""

    accounts: Accounts
    report: AuditReport
    problems: tuple[str, ...]
    marks: Mapping[str, int]
    digest: str
    acts: Mapping[tuple[str, Act], int]
    """What each device did."""


@dataclass(frozen=True, slots=True)
class DeviceCount:
    """What one device of a kiosk did and met.

    Attributes:
        name: Of the device.
        acts: What it did, by the journal.
        restarts: How often it got its power back.
        met: Trouble -> how often it befell this device, or its cable.
        missed: Troubles of its list that never befell it.
    """

    name: str
    acts: Mapping[Act, int]
    restarts: int
    met: Mapping[str, int]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    Attributes:
        counted: The last audit; None when the world stuck before it could be counted.
        problems: Everything that must not be, in words; empty for a good run.
        visits: The visits that were made.
        mishaps: How often each befell a visit.
        frames: Chunks that left the kiosk on all lines.
        virtual_seconds: Time in the world.
        seconds: Real time.
        head: Place and digest of the last entry: equal seeds, equal heads.
        claims: What was claimed; None when nobody was asked to. Shares are judged over all kiosks of an order, by `add_claims`.
    """

    order: Order
    counted: Counted | None
    problems: tuple[str, ...]
    sales: int
    visits: tuple[int, ...]
    clerks: int
    totals: Totals
    mishaps: Mapping[str, int]
    frames: int
    virtual_seconds: float
    seconds: float
    head: str
    claims: ClaimCounts | None = None
    devices: tuple[DeviceCount, ...] = ()
    diary: tuple[Said, ...] = field(default=(), repr=False)

    @property
    def is_good(self) -> bool:
        """Whether every cent is accounted for and nothing else was wrong."""
        return not self.problems

    @property
    def missed(self) -> tuple[str, ...]:
        """What was to befall every device and did not, in words; only the profile `EVERY` promises that."""
        if self.order.profile != EVERY or self.order.visits:
            return ()
        return tuple(
            f"{device.name} never met {', '.join(device.missed)}" for device in self.devices if device.missed
        )


class Trade:
    """One world that trades."""

    def __init__(self, order: Order, *, tells: bool = False) -> None:
        """A market with goods and change, after the clerk's first round."""
        self.order = order
        self.disk = Disk(zlib.crc32(order.stream.encode()))
        self.world = World(order.stream, ForgetfulStorage(self.disk), tells=tells, rig=order.market)
        world = weakref.ref(self.world)

        def operates(_number: int, _kind: str) -> None:
            # Weak: the pool of connections lasts as long as the process, and with it what it can reach: the disk.
            if (alive := world()) is not None:
                alive.store_operates()

        self.disk.on_operation = operates
        self.crowd = Crowd(self.world)
        self.claimants: Claimants | None = None
        if order.claims:
            reader = open_unlimited_reader(self.disk.url, driver=DiskDriver(self.disk))
            self.claimants = Claimants(self.world, self.crowd, reader, order.stream)
        self.done: list[int] = []
        self.doses = Doses(
            profile_of(order.profile, order.stream), order.stream, deals=order.profile == EVERY
        )
        self.clerks = 0
        self._sales = 0

    def open(self) -> None:
        """Start the kiosk, and let the clerk stock it."""
        self.world.start()
        self.world.settle()
        self.world.run_for(WARM_UP_MS)
        self.clerk()

    def clerk(self) -> None:
        """The clerk's round."""
        self.crowd.clerk(self.clerks)
        self.clerks += 1

    def visit(self, index: int) -> None:
        """One shopper, with what fate has for them."""
        if self.crowd.wants_clerk():
            self.clerk()
        if self.order.cuts and index % CUT_EVERY == CUT_EVERY - 1:
            self._arm(random.Random(f"{self.order.stream}/cut/{index}"))
        self.doses.before(self.world, index)
        person = self.crowd.shopper(index)
        self.doses.after(self.world, index)
        self.done.append(index)
        if self.claimants is not None:
            self.claimants.after_visit(index, person)

    def _arm(self, dice: random.Random) -> None:
        kinds, cuts = tuple(Moment), tuple(Cut)
        kind = dice.choice(kinds)
        self.world.arm(kind, dice.randrange(1, TYPICAL[kind] + 1), dice.choice(cuts))
        if dice.randrange(RECOVERY_CUT_EVERY) == 0:
            kind = dice.choice(kinds)
            self.world.recovery_cuts = [
                (kind, dice.randrange(1, TYPICAL_RECOVERY[kind] + 1), dice.choice(cuts))
            ]

    @property
    def sales(self) -> int:
        """Closed sales so far, by the number of the last receipt."""
        till = self.world.till
        if till is not None:
            self._sales = till.state().receipt_no
        return self._sales

    def audit(self) -> Counted:
        """Let the auditor count everything and read the stored bytes."""
        world = self.world
        with tempfile.TemporaryDirectory(prefix="kiosk-audit-") as folder:
            path = Path(folder) / "journal.db"
            world.storage.export(path)
            report = audit_journal(path, public_key=KEY.verify_key.encode().hex())
            accounts = audit_world(report, count_world(world, self.crowd))
            marks = read_marks(path)
            acts = read_acts(path)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        problems = [*accounts.problems, *self._promises(report)]
        if marks["halted"]:
            problems.append(f"the till halted itself {marks['halted']} times")
        problems.extend(self._bounds(accounts, report, marks))
        return Counted(accounts, report, tuple(problems), marks, digest, acts)

    def devices(self, acts: Mapping[tuple[str, Act], int]) -> tuple[DeviceCount, ...]:
        """What each device did and met; ``acts`` as the journal has them."""
        world = self.world
        lists = troubles_of(WorldReach(world).devices)
        return tuple(
            DeviceCount(
                name=name,
                acts={act: acts.get((name, act), 0) for act in Act},
                restarts=world.restarts[name],
                met={trouble: qty for (trouble, device), qty in world.befell.items() if device == name},
                missed=tuple(trouble for trouble in sorted(lists[name]) if not world.befell[trouble, name]),
            )
            for name in world.simulators
        )

    def _bounds(self, accounts: Accounts, report: AuditReport, marks: Mapping[str, int]) -> Iterator[str]:
        """Nobody passes by calling everything uncertain: a cut may leave its one open job and one poll's coins, no more."""
        if self.order.profile != "none":
            return
        cuts = self.world.totals.cuts
        if marks["debt_uncertain"] > cuts:
            yield f"{marks['debt_uncertain']} debts are uncertain, but the power failed only {cuts} times"
        if marks["coin_found_by_nobody"] > cuts * len(self.world.rig.coins):
            yield f"coins of nobody were found {marks['coin_found_by_nobody']} times, but the power failed only {cuts} times"
        for gone in (each for each in report.coins_gone if not each.job):
            yield f"entry {gone.entry}: coins left {gone.device} without a job, and nothing is wrong with that hopper"
        if not cuts and (accounts.suspense_minor or accounts.goodwill_minor):
            yield "there is money in suspense or goodwill, and nothing ever went wrong"

    def _promises(self, report: AuditReport) -> Iterator[str]:
        """What the screen told somebody must be in the books: I7."""
        numbers = {sale.receipt_no for sale in report.sales}
        debts = {debt.debt: debt for debt in report.debts}
        for person in self.crowd.people:
            for number in person.receipts:
                if number not in numbers:
                    yield f"shopper {person.name} was shown receipt {number}, and no sale has it"
            for note in person.notes:
                debt = debts.get(note.debt)
                if debt is None or debt.amount_minor != note.amount_minor:
                    yield f"shopper {person.name} was shown a debt of {note.amount_minor}, and the books have none"


def simulate(
    order: Order,
    *,
    tells: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    market: Callable[[Order, bool], Trade] = lambda order, tells: Trade(order, tells=tells),
) -> Outcome:
    """Trade until so many sales are closed, and count.

    Args:
        order: What is asked for.
        tells: Keep a diary.
        progress: Told after each visit: sales closed, sales asked for.
        market: Makes the world; another one than `Trade` when somebody wants to do something to it.
    """
    began = time.monotonic()
    trade = market(order, tells)
    problems: list[str] = []
    counted: Counted | None = None
    try:
        trade.open()
        counted = _trade(trade, progress)
        problems.extend(counted.problems)
    except StuckError as error:
        problems.append(f"the world stuck: {error}")
    except InvariantBroken as error:
        problems.append(f"the till ended by a broken promise: {error}")
    claims = trade.claimants.counts if trade.claimants is not None else None
    world, totals = trade.world, trade.world.totals
    return Outcome(
        order=order,
        counted=counted,
        problems=tuple(problems),
        sales=trade.sales,
        visits=tuple(trade.done),
        clerks=trade.clerks,
        totals=totals,
        mishaps=dict(trade.doses.met),
        frames=sum(line.frames for line in world.lines.values()),
        virtual_seconds=world.clock.now_us / 1_000_000,
        seconds=time.monotonic() - began,
        head=counted.report.head if counted else "",
        claims=claims,
        devices=trade.devices(counted.acts if counted else {}),
        diary=tuple(world.diary),
    )


def _trade(trade: Trade, progress: Callable[[int, int], None]) -> Counted:
    """Visit after visit; stops early when an audit finds something."""
    order = trade.order
    for index in order.visits or itertools.count():
        trade.visit(index)
        progress(trade.sales, order.sales)
        is_done = not order.visits and trade.sales >= order.sales
        if is_done:
            break
        if len(trade.done) % AUDIT_EVERY == 0:
            counted = trade.audit()
            if counted.problems:
                return counted
    if trade.claimants is not None:
        trade.claimants.close()
    trade.world.disarm()
    if trade.world.counted:
        trade.world.run_for(LEVELS_MS)
        trade.world.settle()
    trade.world.stop()
    return trade.audit()


def shortest(
    failed: Outcome,
    *,
    seconds: float = SHRINK_SECONDS,
    again: Callable[[Order], Outcome] = simulate,
) -> Outcome:
    """The shortest story found that still fails: visits are left out by halves, then by smaller parts, while time is left.

    Args:
        failed: A run that was not good.
        seconds: How long to try.
        again: Runs an order as the failed one was run.
    """
    until = time.monotonic() + seconds
    best = failed
    part = max(1, len(best.visits) // 2)
    while part and time.monotonic() < until:
        kept = list(best.visits)
        at = 0
        while at < len(kept) and time.monotonic() < until:
            fewer = kept[:at] + kept[at + part :]
            tried = again(replace(best.order, visits=tuple(fewer))) if fewer else None
            if tried is not None and not tried.is_good:
                best, kept = tried, list(tried.visits)
            else:
                at += part
        part //= 2
    return best


LEVELS_MS: Final = 65_000
"""Units that count their pieces tell a level that changed by itself once a minute."""

WARM_UP_MS: Final = 3_000
"""Until every device has been heard and told what to take."""
