"""T7: what Hypothesis may do to a street, in any order, and how long it tries.

Every example is the same world from the same seed: only the steps differ, so that a failing story shrinks to its
fewest and smallest steps. What it prints then is a list of calls of `tests.simulation.street.Street`.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from hardware.simulators.market import COINS, HOPPERS
from hardware.simulators.troubles import TROUBLES
from kiosk.simulation.disk import Fault
from kiosk.simulation.mishaps import LASTS_MS, MISHAPS, YEAR_SECONDS
from kiosk.simulation.world import Cut, Moment
from tests.simulation.street import Street, Tally

BATCH = 20
"""Examples between two looks at the clock in a timed run."""

MOST_STORIES = 3
"""A timed run ends after so many different failures: each was shrunk, and more of them say no more."""

coins = st.sampled_from(sorted(COINS.values()))
shelf = st.sampled_from((150, 80, 120, 200, 590))
coils = st.sampled_from(("A1", "A2", "B3", "D7"))
paying = st.one_of(st.just(0), coins)
"""With coins of one value, or exactly."""
cuts = st.sampled_from(tuple(Cut))
hoppers = st.sampled_from(tuple(HOPPERS))
begins_ms = st.integers(0, 9_000)
lasts_ms = st.sampled_from(LASTS_MS)
jumps = st.sampled_from((-3_600, 3_600, 10 * YEAR_SECONDS, -10 * YEAR_SECONDS, 3))
disk_faults = st.sampled_from((Fault.FULL, Fault.IO_WRITE, Fault.IO_SYNC))
FAULTS_IN_PASSING = tuple(
    sorted(
        name
        for name, mishap in MISHAPS.items()
        if name in TROUBLES and not mishap.is_beforehand and TROUBLES[name].is_lasting
    )
)
"""Whatever else can befall a device or a cable while somebody shops, and ends."""

Trouble = tuple[Any, ...]
"""The name of a step that only prepares, and its values; see `Street.befall`."""

power = st.one_of(
    st.tuples(st.just("arm"), st.just(Moment.STORE), st.integers(1, 60), cuts),
    st.tuples(st.just("arm"), st.just(Moment.BYTE), st.integers(1, 1_500), cuts),
)
power_in_recovery = st.one_of(
    st.tuples(st.just("arm_in_recovery"), st.just(Moment.STORE), st.integers(1, 30), cuts),
    st.tuples(st.just("arm_in_recovery"), st.just(Moment.BYTE), st.integers(1, 600), cuts),
)
others = st.one_of(
    st.tuples(st.just("disk_fails"), st.integers(1, 60), disk_faults, st.sampled_from((0, 0, *LASTS_MS))),
    st.tuples(st.just("disk_fails"), st.integers(1, 60), st.just(Fault.READ_ONLY), lasts_ms),
    st.tuples(
        st.just("cable_out"), st.sampled_from(("coin", "hoppers", "coils", "scanner")), begins_ms, lasts_ms
    ),
    st.tuples(
        st.just("device_dark"), st.sampled_from(("coin", "coils", *HOPPERS, "printer")), begins_ms, lasts_ms
    ),
    st.tuples(st.just("mishap"), st.sampled_from(FAULTS_IN_PASSING), begins_ms, lasts_ms),
    st.tuples(st.just("rob_at_last"), hoppers, st.integers(0, 3)),
)
befalls: st.SearchStrategy[tuple[Trouble, ...]] = st.one_of(
    st.just(()),
    st.tuples(power),
    st.tuples(others),
    st.tuples(power, power_in_recovery),
    st.tuples(power, others),
)
"""What happens while somebody is there: nothing, a cut, a cut and another in the recovery, another trouble, or both."""

deeds: st.SearchStrategy[Trouble] = st.one_of(
    st.tuples(st.just("cut_now"), cuts),
    st.tuples(st.just("stop_in_order")),
    st.tuples(st.just("rob"), hoppers, st.integers(0, 3)),
    st.tuples(st.just("swap_hopper"), hoppers, st.integers(0, 1_000)),
    st.tuples(st.just("hopper_near_wrap"), hoppers, st.integers(0, 3)),
    st.tuples(st.just("swap_acceptor")),
    st.tuples(st.just("acceptor_near_wrap"), st.integers(0, 4)),
    st.tuples(st.just("jam_coil"), coils),
    st.tuples(st.just("clock_jumps"), jumps),
    st.tuples(st.just("clock_stands"), st.booleans()),
    st.tuples(st.just("time_passes"), st.sampled_from((20_000, 130_000))),
)
"""What happens while nobody is there."""


class StreetMachine(RuleBasedStateMachine):
    """The rules. Their names are those of the steps."""

    tally = Tally()
    """Of all examples of a run."""

    def __init__(self) -> None:
        super().__init__()
        self.street = Street(tally=self.tally)
        self._has_failed = False

    def _do(
        self, befalls: tuple[Trouble, ...], step: Callable[..., None], *values: Any, **named: Any
    ) -> None:
        try:
            self.street.befall(*befalls)
            step(*values, **named)
        except BaseException:
            self._has_failed = True
            raise

    @rule(befalls=befalls, goods=st.lists(shelf, min_size=1, max_size=2), coin_minor=paying)
    def sell_from_the_shelf(self, befalls: tuple[Trouble, ...], goods: list[int], coin_minor: int) -> None:
        self._do(befalls, self.street.sell, goods, coin_minor)

    @rule(befalls=befalls, goods=st.lists(coils, min_size=1, max_size=2), coin_minor=paying)
    def sell_from_coils(self, befalls: tuple[Trouble, ...], goods: list[str], coin_minor: int) -> None:
        self._do(befalls, self.street.sell, goods, coin_minor)

    @rule(befalls=befalls, piece=shelf, coil=coils, coin_minor=paying)
    def sell_both(self, befalls: tuple[Trouble, ...], piece: int, coil: str, coin_minor: int) -> None:
        self._do(befalls, self.street.sell, [piece, coil], coin_minor)

    @rule(befalls=befalls, coins_minor=st.lists(coins, min_size=1, max_size=8), is_shopping=st.booleans())
    def burst(self, befalls: tuple[Trouble, ...], coins_minor: list[int], is_shopping: bool) -> None:
        self._do(befalls, self.street.burst, coins_minor, is_shopping=is_shopping)

    @rule(befalls=befalls, coins_minor=st.lists(coins, min_size=1, max_size=5))
    def money_back(self, befalls: tuple[Trouble, ...], coins_minor: list[int]) -> None:
        self._do(befalls, self.street.money_back, coins_minor)

    @rule(befalls=befalls, goods=st.lists(st.one_of(shelf, coils), max_size=2), coin_minor=coins)
    def walk_away(self, befalls: tuple[Trouble, ...], goods: list[int | str], coin_minor: int) -> None:
        self._do(befalls, self.street.walk_away, goods, [coin_minor])

    @precondition(lambda self: self.street.crowd.open_notes)
    @rule(befalls=befalls, goods=st.lists(shelf, max_size=1))
    def use_code(self, befalls: tuple[Trouble, ...], goods: list[int | str]) -> None:
        self._do(befalls, self.street.use_code, goods)

    @rule(befalls=befalls, hopper=hoppers, qty=st.sampled_from((5, 1, 60)))
    def refill(self, befalls: tuple[Trouble, ...], hopper: str, qty: int) -> None:
        self._do(befalls, self.street.refill, hopper, qty)

    @rule(befalls=befalls, wrong_by_minor=st.sampled_from((0, 0, -10, 200)))
    def collect(self, befalls: tuple[Trouble, ...], wrong_by_minor: int) -> None:
        self._do(befalls, self.street.collect, wrong_by_minor)

    @rule(befalls=befalls, slots=st.lists(coils, min_size=1, max_size=4, unique=True))
    def load(self, befalls: tuple[Trouble, ...], slots: list[str]) -> None:
        self._do(befalls, self.street.load, slots)

    @rule(deed=deeds)
    def between_two_people(self, deed: Trouble) -> None:
        name, *values = deed
        self._do((), getattr(self.street, name), *values)

    def teardown(self) -> None:
        if not self._has_failed:
            self.street.end()


def effort(examples: int, steps: int) -> settings:
    """How many stories of how many steps. Which ones follows from the machine's seed alone."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
    )


def machine_with(tally: Tally, number: int) -> type[StreetMachine]:
    """The rules, adding up in ``tally``; the stories are those of seed ``number``."""
    machine: type[StreetMachine] = type("StreetMachine", (StreetMachine,), {"tally": tally})
    seed(number)(machine)
    return machine


@dataclass
class Stateful:
    """What a timed run came to: its figures, and each failure as its seed and its shrunk story."""

    tally: Tally = field(default_factory=Tally)
    batches: int = 0
    seconds: float = 0.0
    next_seed: int = 0
    """Where to go on."""
    failures: list[str] = field(default_factory=list)


def run_stateful(
    seconds: float,
    first_seed: int,
    *,
    steps: int = 40,
    progress: Callable[[Stateful], None] = lambda _so_far: None,
) -> Stateful:
    """Try stories from one seed after the other for so long; the last batch, and the shrinking of a failure, run over.

    Args:
        seconds: Wall time.
        first_seed: Of the first batch of stories; each further batch takes the next number.
        steps: Most steps of a story.
        progress: Told after each batch.
    """
    began = time.monotonic()
    result = Stateful(next_seed=first_seed)
    while time.monotonic() - began < seconds and len(result.failures) < MOST_STORIES:
        machine = machine_with(result.tally, result.next_seed)
        try:
            run_state_machine_as_test(machine, settings=effort(BATCH, steps))
        except Exception as error:  # noqa: BLE001 - whatever a story ended with is what is reported
            told = "".join(traceback.format_exception(error, limit=-4))
            result.failures.append(f"seed {result.next_seed}:\n{told}")
        result.batches += 1
        result.next_seed += 1
        result.seconds = time.monotonic() - began
        progress(result)
    return result


def main() -> None:
    """``python -m tests.simulation.stateful SECONDS SEED``: try for so long and say what came of it."""
    import sys

    result = run_stateful(
        float(sys.argv[1]), int(sys.argv[2]), progress=lambda so_far: print(so_far.tally.words())
    )
    print(*result.failures, sep="\n\n")
    print(dict(sorted(result.tally.marks.items())))
    print(f"{result.seconds:.0f} s, next seed {result.next_seed}")


if __name__ == "__main__":
    main()
