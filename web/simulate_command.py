"""`kiosk simulate`: a market trades from one seed on virtual time, and an auditor counts every cent."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from hardware.simulators.market import CURRENCY, HOPPERS
from kiosk.i18n.bidi import strip_marks

if TYPE_CHECKING:  # a kiosk that sells never loads the simulation
    from kiosk.simulation.run import Outcome

TOLD_EVERY_SECONDS: Final = 1.0
"""Between two words of progress."""

MOST_PROBLEMS: Final = 12
"""Problems that are printed; the first one is nearly always the cause of the others."""


class _Progress:
    """Says how far the run is and when it will end, on the terminal's own line."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told = self._began
        self._is_terminal = sys.stderr.isatty()

    def __call__(self, done: int, asked: int) -> None:
        now = time.monotonic()
        if now - self._told < TOLD_EVERY_SECONDS * (1 if self._is_terminal else 10):
            return
        self._told = now
        rate = done / (now - self._began)
        left = f"{(asked - done) / rate:.0f} s left" if rate and asked > done else ""
        line = f"simulate: {done} of {asked} sales, {rate:.1f}/s, {left}"
        click.echo(f"\r{line:<70}" if self._is_terminal else line, err=True, nl=not self._is_terminal)

    def end(self) -> None:
        if self._is_terminal:
            click.echo("\r" + " " * 70 + "\r", err=True, nl=False)


def _money(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"


def _rows(outcome: Outcome) -> Iterator[tuple[str, str]]:
    totals, sales = outcome.totals, max(1, outcome.sales)
    yield (
        "sales",
        f"{outcome.sales:,} in {len(outcome.visits):,} visits, {outcome.clerks} rounds of the clerk",
    )
    yield (
        "power cuts",
        f"{totals.cuts:,}, of these {totals.cuts_in_recovery} inside a recovery; {totals.boots} starts",
    )
    if totals.store_failures:
        yield "store failures", f"{totals.store_failures:,}, each ended the process"
    yield (
        "frames",
        f"{outcome.frames / sales:.0f} left the kiosk per sale; {totals.line_bytes:,} bytes on all lines",
    )
    yield "store operations", f"{totals.store_operations:,}, {totals.store_operations / sales:.0f} per sale"
    yield (
        "time",
        (
            f"{outcome.virtual_seconds / 3600:.1f} h in the market, {outcome.seconds:.1f} s here: "
            f"{outcome.sales / outcome.seconds:.1f} sales/s"
        ),
    )
    if outcome.counted is None:
        return
    accounts, figures = outcome.counted.accounts, outcome.counted.report.figures
    doubtful = outcome.counted.marks.get("debt_uncertain", 0)
    yield "", ""
    yield "sold", _money(figures.sold_minor)
    yield "coins in", _money(figures.coins_credited_minor + figures.coins_found_minor)
    yield "change and refunds", _money(figures.paid_minor)
    yield (
        "owed now",
        f"{_money(figures.owed_minor)}, of this {_money(figures.owed_uncertain_minor)} uncertain",
    )
    yield "suspense", _money(accounts.suspense_minor)
    yield (
        "uncertain owed, ever",
        f"{_money(accounts.uncertain_owed_minor)} in {doubtful} debts",
    )
    yield "goodwill", _money(accounts.goodwill_minor)
    yield "possibly swallowed", _money(accounts.swallowed_minor)


def _print(outcome: Outcome) -> None:
    for name, words in _rows(outcome):
        click.echo(f"  {name:<22}{words}".rstrip())
    from kiosk.simulation.marks import MARKS
    from kiosk.simulation.mishaps import MISHAPS

    if outcome.mishaps:
        click.echo("\n  mishaps")
        for name, qty in sorted(outcome.mishaps.items()):
            click.echo(f"  {qty:>8,}  {MISHAPS[name].says}")
    if outcome.counted is not None:
        click.echo("\n  marks")
        for mark, words in MARKS.items():
            qty = outcome.counted.marks.get(mark, 0)
            if qty:
                click.echo(f"  {qty:>8,}  {words}")
        click.echo(f"\n  journal's head        {outcome.head}")
        click.echo(f"  store's bytes         {outcome.counted.digest}")


def _verdict(outcome: Outcome) -> None:
    if outcome.counted is not None:
        accounts = outcome.counted.accounts
        click.echo(
            f"\n{accounts.unaccounted_minor} cents unaccounted, {accounts.unaccounted_pieces} pieces unaccounted"
        )
    for problem in outcome.problems[:MOST_PROBLEMS]:
        click.echo(f"  ! {problem}")
    if len(outcome.problems) > MOST_PROBLEMS:
        click.echo(f"  ... and {len(outcome.problems) - MOST_PROBLEMS} more")


def _tell(outcome: Outcome) -> None:
    """The diary, with what the kiosk stored said as the desk says it."""
    from inventory.sample import sample_catalogue
    from kiosk.simulation.world import TAX_RATES_BP
    from web.admin.entries import entry_words
    from web.admin.voice import Voice

    hoppers = {name: value for name, (_, value) in HOPPERS.items()}
    voice = Voice("en", currency=CURRENCY, exponent=2, timezone="UTC", hoppers=hoppers)
    products = sample_catalogue(2, TAX_RATES_BP)[0].products
    for said in outcome.diary:
        words = said.text if said.fact is None else entry_words(voice, products, said.fact)
        click.echo(f"{said.at_ms / 1000:>10.3f} s  {said.who:<9} {strip_marks(words)}")


def _visits(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part)
    except ValueError as error:
        raise click.BadParameter("visit numbers with commas between, such as 3,17,18") from error


@click.command("simulate")
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds give equal bytes.")
@click.option(
    "--sales",
    type=click.IntRange(1, 1_000_000),
    default=200,
    show_default=True,
    help="Closed sales to reach.",
)
@click.option("--cuts", is_flag=True, help="Cut the power in one visit of four, anywhere.")
@click.option(
    "--mishaps",
    "profile",
    default="none",
    show_default=True,
    help="none, usual, rough, swarm, or name=rate,...",
)
@click.option(
    "--visits", callback=_visits, default="", help="Only these visits: a shorter story of the same seed."
)
@click.option("--replay", "is_replay", is_flag=True, help="Tell what happens, step by step.")
@click.option("--no-shrink", is_flag=True, help="Do not look for a shorter story after a failure.")
def simulate_command(
    seed: int,
    sales: int,
    profile: str,
    visits: tuple[int, ...],
    *,
    cuts: bool,
    is_replay: bool,
    no_shrink: bool,
) -> None:
    """Trade on virtual time and count every cent; ends with 1 when a cent is unaccounted for."""
    from kiosk.simulation.mishaps import UnknownMishapError, profile_of
    from kiosk.simulation.run import Order, shortest, simulate

    order = Order(seed=seed, sales=sales, cuts=cuts, profile=profile, visits=visits)
    try:
        profile_of(profile)
    except UnknownMishapError as error:
        raise click.BadParameter(str(error), param_hint="--mishaps") from error
    click.echo(f"seed {seed}, {sales} sales, {'with' if cuts else 'no'} power cuts, mishaps: {profile}\n")
    progress = _Progress()
    outcome = simulate(order, tells=is_replay, progress=progress)
    progress.end()
    if is_replay:
        _tell(outcome)
        click.echo("")
    _print(outcome)
    _verdict(outcome)
    if outcome.is_good:
        return
    if not no_shrink and not visits:
        click.echo("\nlooking for a shorter story ...")
        story = shortest(outcome)
        names = ",".join(str(index) for index in story.visits)
        flags = f"--seed {seed} --sales {sales}{' --cuts' if cuts else ''} --mishaps {profile}"
        click.echo(f"{len(story.visits)} of {len(outcome.visits)} visits are enough. To see it:")
        click.echo(f"  kiosk simulate {flags} --visits {names} --replay")
        _verdict(story)
    sys.exit(1)
