"""`kiosk simulate`: a market trades from one seed on virtual time, and an auditor counts every cent."""

from __future__ import annotations

import difflib
import multiprocessing
import os
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from typing import TYPE_CHECKING, Final

import click

from hardware.simulators.market import CURRENCY
from hardware.simulators.rigs import CCTALK, RIGS
from kiosk.i18n.bidi import strip_marks
from web.typed import typed

if TYPE_CHECKING:  # a kiosk that sells never loads the simulation
    from kiosk.audit.report import Figures
    from kiosk.simulation.auditor import Accounts
    from kiosk.simulation.claimants import ClaimCounts
    from kiosk.simulation.run import DeviceCount, Order, Outcome
    from kiosk.simulation.world import Totals

ALL_RIGS: Final = "all"
"""Every rig in turn, one kiosk after the other."""

TOLD_EVERY_SECONDS: Final = 1.0
"""Between two words of progress on a terminal; elsewhere ten times as long."""

TOLD_EVERY_SALES: Final = 5
"""How often a kiosk in another process says how far it is."""

PROFILES: Final = ("none", "every", "usual", "rough", "swarm")
"""What ``--mishaps`` takes besides mishaps' names."""

WIDTH: Final = 110
"""Columns of the list of mishaps by device."""

LEAST_LETTERS: Final = 3
"""Fewer letters are in too many names to be a hint."""

MOST_PROBLEMS: Final = 12
"""Problems that are printed; the first one is nearly always the cause of the others."""


class _Progress:
    """Says how far the run is and when it will end, on the terminal's own line."""

    def __init__(self, asked: int) -> None:
        self._asked = asked
        self._began = time.monotonic()
        self._told = self._began
        self._is_terminal = sys.stderr.isatty()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self._told < TOLD_EVERY_SECONDS * (1 if self._is_terminal else 10):
            return
        self._told = now
        rate = done / (now - self._began)
        left = f"{(self._asked - done) / rate:.0f} s left" if rate and self._asked > done else ""
        line = f"simulate: {done} of {self._asked} sales, {rate:.1f}/s, {left}"
        click.echo(f"\r{line:<70}" if self._is_terminal else line, err=True, nl=not self._is_terminal)

    def end(self) -> None:
        """Leave the line clean for what comes after."""
        if self._is_terminal:
            click.echo("\r" + " " * 70 + "\r", err=True, nl=False)


def _trade(order: Order, progress: _Progress, *, tells: bool) -> list[Outcome]:
    """Trade at every kiosk of the order, as many at the same time as there are cores."""
    from kiosk.simulation.run import simulate
    from kiosk.simulation.worker import end_with_parent

    orders = order.split()
    if len(orders) == 1:
        return [simulate(orders[0], tells=tells, progress=lambda done, _asked: progress(done))]
    # Fresh processes: a fork would share what the parent has open.
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        sold = manager.dict()
        workers = min(len(orders), os.cpu_count() or 1)
        with ProcessPoolExecutor(
            max_workers=workers, mp_context=context, initializer=end_with_parent
        ) as pool:
            futures = [pool.submit(_at_one_kiosk, each, sold) for each in orders]
            while wait(futures, timeout=TOLD_EVERY_SECONDS).not_done:
                progress(sum(sold.values()))
            return [future.result() for future in futures]


def _at_one_kiosk(order: Order, sold: MutableMapping[int, int]) -> Outcome:
    """One kiosk's trade in a process of its own."""
    from kiosk.simulation.run import simulate

    def progress(done: int, _asked: int) -> None:
        if done % TOLD_EVERY_SALES == 0:
            sold[order.kiosk] = done

    return simulate(order, progress=progress)


def _money(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"


class _Summary:
    """Several kiosks' outcomes as one."""

    def __init__(self, outcomes: Sequence[Outcome], seconds: float) -> None:
        self.outcomes = outcomes
        self.seconds = seconds
        counted = [outcome.counted for outcome in outcomes if outcome.counted is not None]
        self._accounts = [each.accounts for each in counted]
        self._figures = [each.report.figures for each in counted]
        self.marks = sum((Counter(each.marks) for each in counted), Counter[str]())
        self.mishaps = sum((Counter(each.mishaps) for each in outcomes), Counter[str]())

    @property
    def claims(self) -> ClaimCounts | None:
        """What was claimed at all kiosks; None when nobody was asked to."""
        from kiosk.simulation.claimants import add_claims

        parts = [each.claims for each in self.outcomes if each.claims is not None]
        return add_claims(parts) if parts else None

    def of(self, part: Callable[[Outcome], float]) -> int:
        """A sum over the kiosks."""
        return round(sum(part(outcome) for outcome in self.outcomes))

    def totals(self, part: Callable[[Totals], int]) -> int:
        """A sum of what the worlds counted."""
        return sum(part(outcome.totals) for outcome in self.outcomes)

    def accounts(self, part: Callable[[Accounts], int]) -> int:
        """A sum of what the auditor said."""
        return sum(part(each) for each in self._accounts)

    def figures(self, part: Callable[[Figures], int]) -> int:
        """A sum of what the journals say."""
        return sum(part(each) for each in self._figures)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Name and words."""
        sales = self.of(lambda each: each.sales)
        per = max(1, sales)
        visits, clerks = self.of(lambda each: len(each.visits)), self.of(lambda each: each.clerks)
        yield "kiosks", f"{len(self.outcomes)}, each a world of its own"
        yield "sales", f"{sales:,} in {visits:,} visits, {clerks} rounds of the clerk"
        by_rig = Counter[str]()
        for outcome in self.outcomes:
            by_rig[outcome.order.rig] += outcome.sales
        yield "rigs", ", ".join(f"{name} {qty:,} sales" for name, qty in by_rig.items())
        cuts, inside = self.totals(lambda each: each.cuts), self.totals(lambda each: each.cuts_in_recovery)
        yield (
            "power cuts",
            f"{cuts:,}, of these {inside} inside a recovery; {self.totals(lambda each: each.boots)} starts",
        )
        if cuts and not any(each.order.cuts for each in self.outcomes):
            yield "", "without --cuts these are of mishaps, some of which cut the power too"
        failures = self.totals(lambda each: each.store_failures)
        if failures:
            yield "store failures", f"{failures:,}, each ended the process"
        frames, passed = self.of(lambda each: each.frames), self.totals(lambda each: each.line_bytes)
        yield "frames", f"{frames / per:.0f} left the kiosk per sale; {passed:,} bytes on all lines"
        operations = self.totals(lambda each: each.store_operations)
        yield "store operations", f"{operations:,}, {operations / per:.0f} per sale"
        hours = self.of(lambda each: each.virtual_seconds) / 3600
        busy = sum(each.seconds for each in self.outcomes)
        yield (
            "time",
            f"{hours:.1f} h in the market, {self.seconds:.1f} s here: {sales / self.seconds:.1f} sales/s",
        )
        yield "", f"{sales / busy:.1f} sales/s and process"
        yield "", ""
        yield "sold", _money(self.figures(lambda each: each.sold_minor))
        yield (
            "coins in",
            _money(self.figures(lambda each: each.coins_credited_minor + each.coins_found_minor)),
        )
        notes_minor = self.figures(lambda each: each.notes_credited_minor + each.notes_found_minor)
        charged_minor = self.figures(lambda each: each.charged_minor)
        if notes_minor:
            yield "notes in", _money(notes_minor)
        if charged_minor:
            refunded_minor = self.figures(lambda each: each.refunded_minor)
            yield "cards charged", f"{_money(charged_minor)}, of this {_money(refunded_minor)} given back"
        yield "change and refunds", _money(self.figures(lambda each: each.paid_minor))
        uncertain = _money(self.figures(lambda each: each.owed_uncertain_minor))
        yield (
            "owed now",
            f"{_money(self.figures(lambda each: each.owed_minor))}, of this {uncertain} uncertain",
        )
        yield "suspense", _money(self.accounts(lambda each: each.suspense_minor))
        doubtful = _money(self.accounts(lambda each: each.uncertain_owed_minor))
        yield "uncertain owed, ever", f"{doubtful} in {self.marks['debt_uncertain']} debts"
        yield "goodwill", _money(self.accounts(lambda each: each.goodwill_minor))
        yield "possibly swallowed", _money(self.accounts(lambda each: each.swallowed_minor))
        if self.claims is not None:
            yield from _claim_rows(self.claims)


def _claim_rows(claims: ClaimCounts) -> Iterator[tuple[str, str]]:
    share = f" ({claims.true_found / claims.true_made:.1%})" if claims.true_made else ""
    yield "", ""
    yield (
        "claims",
        (
            f"{claims.true_made} true, {claims.true_found} found{share}; "
            f"{claims.false_made} false, {claims.false_approved} approved by nobody"
        ),
    )
    yield "", ", ".join(f"{qty} {verdict}" for verdict, qty in claims.by_verdict.items())
    if claims.refused:
        yield "", f"{claims.refused} were not taken: too many, or no answer"


def _print(summary: _Summary) -> None:
    from kiosk.simulation.marks import MARKS
    from kiosk.simulation.mishaps import MISHAPS

    for name, words in summary.rows():
        click.echo(f"  {name:<22}{words}".rstrip())
    if summary.mishaps:
        click.echo("\n  mishaps, by the name that --mishaps name=rate takes")
        for name, qty in sorted(summary.mishaps.items()):
            click.echo(f"  {qty:>8,}  {name:<24}{MISHAPS[name].says}")
    _print_devices(summary.outcomes)
    click.echo("\n  marks")
    for mark, words in MARKS.items():
        if summary.marks[mark]:
            click.echo(f"  {summary.marks[mark]:>8,}  {words}")
    click.echo("\n  kiosk, head of its journal, bytes of its store")
    for outcome in summary.outcomes:
        digest = outcome.counted.digest[:24] if outcome.counted else "not counted"
        click.echo(f"  {outcome.order.kiosk:>5}  {outcome.head[:40]}  {digest}")


def _print_devices(outcomes: Sequence[Outcome]) -> None:
    """What every device did and met, all kiosks of a rig together."""
    from kiosk.simulation.marks import Act

    rigs: dict[str, dict[str, list[DeviceCount]]] = {}
    for outcome in outcomes:
        for device in outcome.devices:
            rigs.setdefault(outcome.order.rig, {}).setdefault(device.name, []).append(device)
    heads = ("device", "credits", "payouts", "vends", "resets", "mishaps, kinds")
    click.echo("\n  {:<18}{:>9}{:>9}{:>9}{:>9}  {}".format(*heads))
    for rig, devices in rigs.items():
        for name, parts in devices.items():
            did = [sum(part.acts[act] for part in parts) for act in Act]
            numbers = "".join(f"{qty:>9,}" for qty in (*did, sum(part.restarts for part in parts)))
            met = sum((Counter(part.met) for part in parts), Counter[str]())
            missed = {trouble for part in parts for trouble in part.missed} - met.keys()
            kinds = f"{met.total()}, {len(met)} of {len(met) + len(missed)} kinds" if met else ""
            click.echo(f"  {f'{rig} {name}':<18}{numbers}  {kinds}".rstrip())
    if not any(device.met for outcome in outcomes for device in outcome.devices):
        return
    click.echo("\n  mishaps by device, name and times")
    for rig, devices in rigs.items():
        for name, parts in devices.items():
            met = sum((Counter(part.met) for part in parts), Counter[str]())
            words = ", ".join(f"{trouble}\u00a0{qty}" for trouble, qty in sorted(met.items()))
            lines = textwrap.wrap(words or "none", WIDTH - 20, break_on_hyphens=False)
            for number, line in enumerate(lines):
                click.echo(f"  {'' if number else f'{rig} {name}':<18}{line}".replace("\u00a0", " "))


def _verdict(summary: _Summary) -> None:
    cents = summary.accounts(lambda each: each.unaccounted_minor)
    pieces = summary.accounts(lambda each: each.unaccounted_pieces)
    click.echo(f"\n{cents} cents unaccounted, {pieces} pieces unaccounted")
    problems = [
        (outcome.order.kiosk, problem) for outcome in summary.outcomes for problem in outcome.problems
    ]
    for problem in summary.claims.problems if summary.claims else ():
        click.echo(f"  ! {problem}")
    for kiosk, problem in problems[:MOST_PROBLEMS]:
        click.echo(f"  ! kiosk {kiosk}: {problem}")
    if len(problems) > MOST_PROBLEMS:
        click.echo(f"  ... and {len(problems) - MOST_PROBLEMS} more")
    for outcome in summary.outcomes:
        for words in outcome.missed:
            click.echo(f"  ! kiosk {outcome.order.kiosk} ({outcome.order.rig}): {words}")


def _tell(outcome: Outcome) -> None:
    """The diary, with what the kiosk stored said as the desk says it."""
    from inventory.sample import sample_catalogue
    from kiosk.simulation.world import TAX_RATES_BP
    from web.admin.entries import entry_words
    from web.admin.voice import Voice

    hoppers = RIGS[outcome.order.rig].hoppers
    voice = Voice("en", currency=CURRENCY, exponent=2, timezone="UTC", hoppers=hoppers)
    products = sample_catalogue(2, TAX_RATES_BP)[0].products
    for said in outcome.diary:
        words = said.text if said.fact is None else entry_words(voice, products, said.fact)
        click.echo(f"{said.at_ms / 1000:>10.3f} s  {said.who:<9} {strip_marks(words)}")
    click.echo("")


def _rig_flag(order: Order) -> str:
    """What ``--rig`` took for this order."""
    return order.rigs[0] if len(order.rigs) == 1 else ALL_RIGS


def _shorter(outcome: Outcome) -> None:
    """Look for the shortest story that still fails, and say how to see it."""
    from kiosk.simulation.run import shortest

    order = outcome.order
    click.echo("\nlooking for a shorter story ...")
    story = shortest(outcome)
    flags = f"--seed {order.seed} --rig {_rig_flag(order)} --kiosk {order.kiosk} --mishaps {order.profile}"
    names = ",".join(str(index) for index in story.visits)
    click.echo(f"{len(story.visits)} of {len(outcome.visits)} visits are enough. To see it:")
    flags += f"{' --cuts' if order.cuts else ''}{' --claims' if order.claims else ''}"
    click.echo(f"  {typed(f'simulate {flags} --visits {names} --replay')}")
    for problem in story.problems[:MOST_PROBLEMS]:
        click.echo(f"  ! {problem}")


def _mishap_hint(text: str, error: Exception) -> str:
    """What was meant by a mishap's name that does not exist: the nearest ones, or all when none is near."""
    from kiosk.simulation.mishaps import MISHAPS

    asked = [part.partition("=")[0].strip() for part in text.split(",")]
    wrong = next((name for name in asked if name not in MISHAPS), None)
    if wrong is None:
        return str(error)  # the name is right; the rate is not
    names = (*PROFILES, *MISHAPS)
    near = difflib.get_close_matches(wrong, names, n=5, cutoff=0.5)
    near += [name for name in names if len(wrong) >= LEAST_LETTERS and wrong in name and name not in near]
    said = f"Did you mean: {', '.join(near)}?" if near else f"There are: {', '.join(names)}."
    rule = "Write none, every, usual, rough, swarm, or name=rate with commas between, such as coin_jam=20,line_flip=5."
    lines = (f"there is no mishap {wrong[:40]!r}.", said, rule)
    return "\n".join(line for part in lines for line in textwrap.wrap(part, 78, break_on_hyphens=False))


def _visits(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part)
    except ValueError as error:
        raise click.BadParameter("visit numbers with commas between, such as 3,17,18") from error


@click.command("simulate")
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds give equal bytes.")
@click.option(
    "--sales",
    type=click.IntRange(1, 10_000_000),
    default=200,
    show_default=True,
    help="Closed sales to reach; more than 500 are split among several kiosks.",
)
@click.option(
    "--rig",
    type=click.Choice([*RIGS, ALL_RIGS]),
    default=None,
    show_default="cctalk",
    help="Which devices the kiosks have: "
    + "; ".join(f"{rig.name}: {rig.says}" for rig in RIGS.values())
    + "; all: the sales are shared out among all of them.",
)
@click.option("--cuts", is_flag=True, help="Cut the power in one visit of four, anywhere.")
@click.option(
    "--claims", is_flag=True, help="People claim what they lost, or say so; the desk's verdicts are counted."
)
@click.option(
    "--mishaps",
    "profile",
    default=None,
    show_default="none; with --rig and --cuts from 200 sales a rig on: every",
    help="none, usual, rough, swarm, or name=rate,... (rates per thousand visits); "
    "every: each device meets each mishap of its list once, and one that did not is a failure.",
)
@click.option(
    "--visits", callback=_visits, default="", help="Only these visits: a shorter story of the same seed."
)
@click.option("--kiosk", type=click.IntRange(0), default=0, help="With --visits: whose visits they are.")
@click.option("--replay", "is_replay", is_flag=True, help="Tell what happens, step by step.")
@click.option("--no-shrink", is_flag=True, help="Do not look for a shorter story after a failure.")
def simulate_command(  # noqa: PLR0913 - a command has its options
    *,
    seed: int,
    sales: int,
    rig: str | None,
    profile: str | None,
    visits: tuple[int, ...],
    kiosk: int,
    cuts: bool,
    claims: bool,
    is_replay: bool,
    no_shrink: bool,
) -> None:
    """Trade on virtual time and count every cent; ends with 1 when a cent is unaccounted for."""
    from kiosk.simulation.mishaps import EVERY, UnknownMishapError, profile_of
    from kiosk.simulation.run import SALES_FOR_EVERY, Order

    rigs = tuple(RIGS) if rig == ALL_RIGS else (rig or CCTALK.name,)
    if profile is None:
        is_every = rig is not None and cuts and not visits and sales // len(rigs) >= SALES_FOR_EVERY
        profile = EVERY if is_every else "none"
    try:
        profile_of(profile)
    except UnknownMishapError as error:
        raise click.BadParameter(_mishap_hint(profile, error), param_hint="--mishaps") from error
    order = Order(
        seed=seed,
        sales=sales,
        cuts=cuts,
        profile=profile,
        visits=visits,
        kiosk=kiosk,
        claims=claims,
        rigs=rigs,
    )
    if is_replay and len(order.split()) > 1:
        raise click.BadParameter("a replay tells of one kiosk: ask for 500 sales or fewer, or for --visits")
    what = f"{len(visits)} visits" if visits else f"{sales} sales"
    click.echo(f"seed {seed}, {what}, {'with' if cuts else 'no'} power cuts, mishaps: {profile}\n")
    progress = _Progress(sales)
    began = time.monotonic()
    outcomes = _trade(order, progress, tells=is_replay)
    progress.end()
    if is_replay:
        _tell(outcomes[0])
    summary = _Summary(outcomes, time.monotonic() - began)
    _print(summary)
    _verdict(summary)
    bad = next((outcome for outcome in outcomes if not outcome.is_good), None)
    has_missed = any(outcome.missed for outcome in outcomes)
    if bad is None and not has_missed and not (summary.claims and summary.claims.problems):
        return
    if bad is not None and not no_shrink and not visits:
        _shorter(bad)
    sys.exit(1)
