"""T2: one scenario, cut at each store operation and each byte in and out, recovered, sold once more, and counted.

The scenario runs once. At each dangerous moment the process forks: the child loses its power there and goes on alone
(recovery, one more sale, the auditor), the parent goes on undisturbed to the next moment. So no cut pays for what came
before it, and every child's past is exactly the parent's.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import random
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.audit.walk import audit_journal
from kiosk.simulation.auditor import audit_world
from kiosk.simulation.count import count_world
from kiosk.simulation.disk import Disk
from kiosk.simulation.marks import read_marks
from kiosk.simulation.people import Crowd, Manner, Person
from kiosk.simulation.power import PowerCut
from kiosk.simulation.storage import ForgetfulStorage
from kiosk.simulation.world import KEY, Cut, Moment, World
from tests.simulation.scenarios import SCENARIOS, Act, Scenario

WARM_UP_MS = 3_000
CUTS = tuple(Cut)


@dataclass
class Ending:
    """What became of one cut, or of several that were added up."""

    cuts: int = 0
    in_recovery: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    uncertain: int = 0
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: Ending) -> None:
        self.cuts += other.cuts
        self.in_recovery += other.in_recovery
        self.by_kind.update(other.by_kind)
        self.marks.update(other.marks)
        self.uncertain += other.uncertain
        self.problems += other.problems

    def as_json(self) -> str:
        return json.dumps(
            [self.cuts, self.in_recovery, self.by_kind, self.marks, self.uncertain, self.problems]
        )

    @classmethod
    def of_json(cls, text: str) -> Ending:
        cuts, in_recovery, by_kind, marks, uncertain, problems = json.loads(text)
        return cls(cuts, in_recovery, Counter(by_kind), Counter(marks), uncertain, problems)


@dataclass(frozen=True)
class Plan:
    """Which moments are cut: every ``store_step``-th store operation and every ``byte_step``-th byte, from ``offset`` on.

    ``recovery`` says the same of the recovery that follows each ``recovery_every``-th cut.
    """

    store_step: int = 1
    byte_step: int = 1
    offset: int = 0
    recovery: Plan | None = None
    recovery_every: int = 1


class Forking:
    """Watches a world's dangerous moments and forks at those that the plan names."""

    def __init__(self, world: World, plan: Plan, name: str, spare: Callable[[], bool]) -> None:
        self.world, self.plan, self.name = world, plan, name
        self.is_on = False
        self.is_child = False
        self.seen = {Moment.STORE: 0, Moment.BYTE: 0}
        self.ending = Ending()
        self.where = ""
        self._spare = spare

    def store(self) -> None:
        if self._is_watching():
            self._moment(Moment.STORE, self.plan.store_step, 0)

    def bytes(self, qty: int) -> None:
        if self._is_watching():
            for passed in range(qty):
                self._moment(Moment.BYTE, self.plan.byte_step, passed)

    def _is_watching(self) -> bool:
        """A child that was cut watches its own recovery, if it watches at all."""
        if self.is_on and self.is_child and not self.world.is_recovering and self.world.is_running:
            self.is_on = False
        return self.is_on

    def _moment(self, kind: Moment, step: int, passed: int) -> None:
        self.seen[kind] += 1
        nth = self.seen[kind]
        if nth % step != self.plan.offset % step or not self._spare():
            return
        read, write = os.pipe()
        pid = os.fork()
        if pid:
            os.close(write)
            with os.fdopen(read) as pipe:
                text = pipe.read()
            os.waitpid(pid, 0)
            self.ending.add(
                Ending.of_json(text) if text else Ending(problems=[f"{self.name} {kind} {nth}: died"])
            )
            return
        os.close(read)
        inside = self.plan.recovery if nth // step % self.plan.recovery_every == 0 else None
        self.is_on = inside is not None
        self.plan = inside or self.plan
        self.seen = {Moment.STORE: 0, Moment.BYTE: 0}
        self.where = f"{self.where or self.name}, {kind} {nth}"
        self.ending = Ending(cuts=1, in_recovery=int(self.is_child), by_kind=Counter({str(kind): 1}))
        self.is_child = True
        self.pipe = write
        self.world._cut = CUTS[nth % len(CUTS)]
        raise PowerCut(passed)


def _storing(world: World, forking: Forking) -> Callable[[int, str], None]:
    def operate(_number: int, _kind: str) -> None:
        forking.store()
        world.store_operates()

    return operate


def open_world(name: str, plan: Plan, spare: Callable[[], bool]) -> tuple[World, Crowd, Forking]:
    """A stocked market at rest."""
    disk = Disk(7)
    world = World(f"cuts/{name}", ForgetfulStorage(disk))
    forking = Forking(world, plan, name, spare)
    disk.on_operation = _storing(world, forking)
    pass_bytes = world._bytes_pass

    def passing(qty: int) -> None:
        forking.bytes(qty)
        pass_bytes(qty)

    for line in world.lines.values():
        line._on_bytes = passing
    crowd = Crowd(world)
    world.start()
    world.settle()
    world.run_for(WARM_UP_MS)
    crowd.clerk(0)
    world.run_for(WARM_UP_MS)  # the hoppers' sensors see what was poured
    return world, crowd, forking


def _act(scenario: Scenario, world: World, crowd: Crowd, patience_ms: int) -> Person:
    person = crowd.arrive(Person(name="cut", manner="cut"))
    act = Act(crowd, person, random.Random(5), Manner.USUAL, patience_ms=patience_ms)

    def script() -> Iterator[Any]:
        yield from act.wait_idle()
        yield from scenario.steps(act)

    world.run(act.follow(script()))  # type: ignore[arg-type]  # a generator that sends
    return person


def _after(world: World, crowd: Crowd, person: Person) -> list[str]:
    """Depart, sell once more, and count."""
    crowd.depart(person)
    once_more = crowd.arrive(Person(name="after", manner="after"))
    act = Act(crowd, once_more, random.Random(6), Manner.USUAL, patience_ms=60_000)

    def script() -> Iterator[Any]:
        yield from act.wait_idle()
        yield from act.scan(150)
        yield from act.coins(100, 50)
        yield from act.finish()

    world.run(act.follow(script()))  # type: ignore[arg-type]
    crowd.depart(once_more)
    return [] if once_more.receipts else ["the kiosk did not sell again"]


def count(world: World, crowd: Crowd) -> tuple[list[str], Counter[str]]:
    """What the auditor says, and the marks."""
    with tempfile.TemporaryDirectory(prefix="kiosk-cut-") as folder:
        path = Path(folder) / "journal.db"
        world.storage.export(path)
        report = audit_journal(path, public_key=KEY.verify_key.encode().hex())
        accounts = audit_world(report, count_world(world, crowd))
        marks = read_marks(path)
    problems = list(accounts.problems)
    if accounts.unaccounted_minor or accounts.unaccounted_pieces:
        problems.append(
            f"unaccounted: {accounts.unaccounted_minor} cents, {accounts.unaccounted_pieces} pieces"
        )
    if marks["halted"]:
        problems.append("the till halted itself")
    if marks["debt_uncertain"] > world.totals.cuts + 1:
        problems.append(f"{marks['debt_uncertain']} uncertain debts after {world.totals.cuts} cuts")
    problems += [f"entry {gone.entry}: coins left {gone.device} without a job" for gone in report.coins_gone]
    receipts = {sale.receipt_no for sale in report.sales}
    problems += [
        f"receipt {number} was shown and is not in the books"
        for person in crowd.people
        for number in person.receipts
        if number not in receipts
    ]
    return problems, marks


def cut_scenario(name: str, plan: Plan, *, until: float | None = None) -> Ending:
    """Cut one scenario as the plan says; ``until`` (monotonic) ends it early, and the count says how far it came."""
    began = time.monotonic()
    scenario = SCENARIOS[name]

    def spare() -> bool:
        return until is None or time.monotonic() < until

    world, crowd, forking = open_world(name, plan, spare)
    scenario.prepare(world, crowd)
    gc.freeze()  # children share the past's pages instead of copying them to count references
    forking.is_on = True
    patience_ms = 60_000
    try:
        if scenario.is_clerk:
            crowd.clerk(1)
            person = crowd.arrive(Person(name="cut", manner="cut"))
        else:
            person = _act(scenario, world, crowd, patience_ms)
            world.settle()
        forking.is_on = False
        problems = _after(world, crowd, person)
        found, marks = count(world, crowd)
        problems += found
    except Exception:  # noqa: BLE001 - a child reports whatever happened to it
        problems, marks = [traceback.format_exc(limit=6)], Counter()
    ending = forking.ending
    ending.marks.update(marks)
    ending.uncertain += marks["debt_uncertain"]
    ending.problems += [f"{forking.where or name}: {problem}" for problem in problems]
    if forking.is_child:
        with contextlib.suppress(OSError), os.fdopen(forking.pipe, "w") as pipe:
            pipe.write(ending.as_json())
        os._exit(0)
    gc.unfreeze()
    ending.seconds = time.monotonic() - began
    return ending
