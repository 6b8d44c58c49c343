"""One portion of each harness: a seed in, counts out. A portion is small enough to be lost, and runs in a process of its own.

``python -m tests.nightly.portions NAME SEED`` runs one and prints its result as a line of JSON.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SEEDS_PER_PORTION: Final = 1_000
"""More batches of stories than a minute holds: two portions never tell the same one."""

CUT_STEPS: Final = {"byte": 97, "store": 7}
"""Between two cuts of one portion; the offset comes from the seed, so that portions together reach every moment."""


@dataclass
class Result:
    """What one portion did.

    ``counts`` are sums with a name each; ``problems`` is empty when everything held.
    """

    name: str
    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> str:
        plain = {**vars(self), "counts": dict(self.counts), "marks": dict(self.marks)}
        return json.dumps(plain, sort_keys=True)

    @classmethod
    def of_json(cls, line: str) -> Result:
        plain = json.loads(line)
        return cls(
            plain["name"],
            plain["seed"],
            Counter(plain["counts"]),
            Counter(plain["marks"]),
            plain["problems"],
            plain["seconds"],
        )


def _trade(result: Result, *, sales: int, cuts: bool, profile: str) -> None:
    from kiosk.simulation.run import Order, simulate

    outcome = simulate(Order(seed=result.seed, sales=sales, cuts=cuts, profile=profile))
    totals = outcome.totals
    result.counts.update(
        sales=outcome.sales,
        visits=len(outcome.visits),
        cuts=totals.cuts,
        cuts_in_recovery=totals.cuts_in_recovery,
        starts=totals.boots,
        store_failures=totals.store_failures,
        frames=outcome.frames,
        mishaps=sum(outcome.mishaps.values()),
    )
    if outcome.counted is not None:
        accounts = outcome.counted.accounts
        result.counts.update(
            unaccounted_cents=accounts.unaccounted_minor,
            unaccounted_pieces=accounts.unaccounted_pieces,
            suspense_cents=accounts.suspense_minor,
            uncertain_cents=accounts.uncertain_owed_minor,
            uncertain_debts=outcome.counted.marks.get("debt_uncertain", 0),
        )
        result.marks.update(outcome.counted.marks)
        result.marks.update({f"mishap: {name}": qty for name, qty in outcome.mishaps.items()})
    flags = f"--seed {result.seed} --sales {sales}{' --cuts' if cuts else ''} --mishaps {profile}"
    result.problems += [f"kiosk simulate {flags}: {problem}" for problem in outcome.problems[:5]]


def trade(result: Result) -> None:
    """T1: nothing goes wrong."""
    _trade(result, sales=150, cuts=False, profile="none")


def trade_cut(result: Result) -> None:
    """T1: one visit in four is cut."""
    _trade(result, sales=150, cuts=True, profile="none")


def trade_usual(result: Result) -> None:
    """T1: mishaps as often as in life, and cuts."""
    _trade(result, sales=100, cuts=True, profile="usual")


def trade_swarm(result: Result) -> None:
    """T1: each run draws its own rates of every mishap; every second one is cut too."""
    _trade(result, sales=60, cuts=bool(result.seed % 2), profile="swarm")


def trade_rough(result: Result) -> None:
    """T1: every mishap, often."""
    _trade(result, sales=40, cuts=False, profile="rough")


def cuts(result: Result) -> None:
    """T2: one scenario, cut at every so-many-th moment."""
    from tests.simulation.cuts import Plan, cut_scenario
    from tests.simulation.scenarios import SCENARIOS

    names = tuple(SCENARIOS)
    name = names[result.seed % len(names)]
    plan = Plan(
        store_step=CUT_STEPS["store"],
        byte_step=CUT_STEPS["byte"] * (5 if name == "walk_away" else 1),
        offset=result.seed // len(names),
        recovery=Plan(store_step=CUT_STEPS["store"], byte_step=2 * CUT_STEPS["byte"], offset=result.seed),
        recovery_every=9,
    )
    ending = cut_scenario(name, plan)
    result.counts.update(
        cuts=ending.cuts, cuts_in_recovery=ending.in_recovery, uncertain_debts=ending.uncertain
    )
    result.counts.update({f"at_{kind}": qty for kind, qty in ending.by_kind.items()})
    result.marks.update(ending.marks)
    result.problems += [f"T2 {name} offset {plan.offset}: {problem}" for problem in ending.problems[:5]]


def store_cuts(result: Result) -> None:
    """T3: the store cut at every operation of a morning, un-synced writes dropped, torn or kept."""
    from tests.simulation.store_story import record
    from tests.simulation.test_store_cuts import lost

    with tempfile.TemporaryDirectory(prefix="kiosk-store-") as folder:
        tried, problems = lost(record(Path(folder)), "", seed=result.seed)
    result.counts.update(store_cuts=tried)
    result.problems += [f"T3 seed {result.seed}: {problem}" for problem in problems[:5]]


def images(result: Result) -> None:
    """T4: crash images of the real process."""
    from tests.crash.images import run_images

    found = run_images(result.seed, 600, sales=6)
    result.counts.update(images=found.images, distinct_images=found.distinct)
    result.problems += [f"T4 seed {result.seed}: {problem}" for problem in found.findings[:5]]
    if found.bad and not found.findings:
        result.problems.append(f"T4 seed {result.seed}: {found.bad} bad images")


def kills(result: Result) -> None:
    """T6: kill -9 of the real service."""
    from tests.crash.kills import run_kills

    found = run_kills(result.seed, 5)
    result.counts.update(kills=found.rounds)
    result.problems += [f"T6 seed {result.seed}: {problem}" for problem in found.problems[:5]]


def soak(result: Result) -> None:
    """T13, in short: the real service under load for a minute; memory needs hours to say anything, descriptors do not."""
    from tests.crash.soak import run

    found = run(60.0, seed=result.seed)
    result.counts.update(soak_seconds=round(found.seconds), soak_visits=found.visits)
    result.problems += [f"T13 seed {result.seed}: {problem}" for problem in found.problems[:5]]


def stateful(result: Result) -> None:
    """T7: stories of rules in any order, shrunk when one fails."""
    from tests.simulation.stateful import run_stateful

    found = run_stateful(60.0, result.seed * SEEDS_PER_PORTION)
    result.counts.update(streets=found.tally.streets, cuts=found.tally.cuts, sales=found.tally.sales)
    result.marks.update(found.tally.marks)
    result.problems += [f"T7: {failure[-1_500:]}" for failure in found.failures[:3]]


def claims(result: Result) -> None:
    """T1 with people who claim what they lost, and people who lie; judged over all portions."""
    from kiosk.simulation.run import Order, simulate

    outcome = simulate(Order(seed=result.seed, sales=120, cuts=True, claims=True))
    counted = outcome.claims
    if counted is not None:
        result.counts.update(
            true_claims=counted.true_made,
            true_claims_found=counted.true_found,
            false_claims=counted.false_made,
            false_claims_approved=counted.false_approved,
        )
    result.counts.update(sales=outcome.sales, cuts=outcome.totals.cuts)
    if outcome.counted is not None:
        result.counts.update(unaccounted_cents=outcome.counted.accounts.unaccounted_minor)
        result.marks.update(outcome.counted.marks)
    flags = f"--seed {result.seed} --sales 120 --cuts --claims"
    result.problems += [f"kiosk simulate {flags}: {problem}" for problem in outcome.problems[:5]]


def parsers(result: Result) -> None:
    """T8: damaged frames for one parser."""
    from tests.parsers.mutation import PARSERS, mutate

    parser = PARSERS[result.seed % len(PARSERS)]
    found = mutate(parser, result.seed, 20_000)
    result.counts.update(damaged_frames=found.damaged, frames_fed=found.frames)
    result.problems += [f"T8 {parser} seed {result.seed}: {problem}" for problem in found.false[:5]]


def tampered(result: Result) -> None:
    """T11: tampered journals."""
    from tests.kiosk.store.tampering import tamper_run

    found = tamper_run(result.seed, 1_500)
    result.counts.update(
        tampered=sum(found.tried.values()),
        tampered_found=sum(found.found.values()),
        tampered_without_effect=sum(found.harmless.values()),
    )
    result.problems += [f"T11 seed {result.seed}: {problem}" for problem in found.missed[:5]]


Portion = Callable[[Result], None]

PORTIONS: Final[Mapping[str, Portion]] = {
    "trade": trade,
    "trade_cut": trade_cut,
    "trade_usual": trade_usual,
    "trade_swarm": trade_swarm,
    "trade_rough": trade_rough,
    "claims": claims,
    "cuts": cuts,
    "stateful": stateful,
    "store_cuts": store_cuts,
    "images": images,
    "kills": kills,
    "soak": soak,
    "parsers": parsers,
    "tampered": tampered,
}

SHARES: Final[Mapping[str, Mapping[str, int]]] = {
    "push": {"trade": 10, "trade_cut": 35, "trade_swarm": 30, "cuts": 25},
    "nightly": {
        "trade": 6,
        "trade_cut": 20,
        "trade_usual": 8,
        "trade_swarm": 16,
        "trade_rough": 4,
        "claims": 4,
        "cuts": 16,
        "stateful": 5,
        "store_cuts": 3,
        "images": 6,
        "kills": 4,
        "soak": 1,
        "parsers": 4,
        "tampered": 3,
    },
}
"""Percent of the time, by tier; a release is a nightly that goes on until its counts are reached."""


def run_portion(name: str, seed: int) -> Result:
    """Run one portion here and now; what it raises is a problem like any other."""
    result = Result(name, seed)
    began = time.monotonic()
    try:
        PORTIONS[name](result)
    except Exception as error:  # noqa: BLE001 - whatever a harness ends by is its finding
        result.problems.append(f"{name} seed {seed}: {type(error).__name__}: {error}")
    result.seconds = time.monotonic() - began
    return result


def seeds_of(name: str, base: int) -> itertools.count[int]:
    """The seeds of one harness, from ``base`` on; each harness has a stretch of its own."""
    return itertools.count(base * 1_000_000 + 10_000 * list(PORTIONS).index(name))


if __name__ == "__main__":
    print(run_portion(sys.argv[1], int(sys.argv[2])).as_json())
