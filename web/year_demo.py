"""`./run demo --year`: a year of trade on three kiosks before the demo begins, made from one seed.

Everything is made in a folder beside the one that was asked for and moved there whole, so that an interrupted start leaves none
half-made. What the year holds is for the desk to say.
"""

from __future__ import annotations

import secrets
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import click

from kiosk.config import Config, load_config
from kiosk.simulation.sites import SITES
from kiosk.simulation.year import YearOrder
from kiosk.simulation.years import AUDITED, VERIFIED, Word, YearTask, trade_all
from web.demo import CONFIG_FILE, DEMO_MACHINE, write_config

YEAR_FOLDER: Final = Path(".demo-year")
"""Where the year is made unless somebody says otherwise: beside the usual demo, which stays."""

OTHERS: Final = "kiosks"
"""Folder of the kiosks that do not run live, one folder each."""

SEEDS: Final = 10_000
"""A seed that nobody named is drawn below this: easily read aloud."""

MONTHS: Final = 12
STEPS: Final = MONTHS + 3
"""Of one kiosk's progress: a year has parts of thirteen months, and is verified and audited."""


def folders_of(folder: Path) -> tuple[Path, ...]:
    """The kiosks' folders in the order of `SITES`: the live one is the demo's own."""
    return (folder, *(folder / OTHERS / site.kiosk_id for site in SITES[1:]))


def make_year(folder: Path, seed: int | None, until: datetime | None = None, days: int = 365) -> Config:
    """Make three kiosks with a year behind them; the first is ready to be run live.

    Args:
        folder: Nothing may be there.
        seed: Of everything that happens; drawn when None.
        until: The end of the year; now when None.
        days: How long it is.

    Returns:
        The live kiosk's configuration.
    """
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    began = time.monotonic()
    click.echo(
        f"demo: a year of trade on {len(SITES)} kiosks, seed {seed} (--seed {seed} makes the same again)"
    )
    draft = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(draft, ignore_errors=True)
    order = YearOrder(seed, until or datetime.now(UTC), days)
    tasks = [
        YearTask(
            order,
            number,
            each,
            write_config(each, kiosk_id=site.kiosk_id, machine=str(int(DEMO_MACHINE) + number)),
        )
        for number, (site, each) in enumerate(zip(SITES, folders_of(draft), strict=True))
    ]
    traded = trade_all(tasks, _Progress(len(tasks)))
    draft.rename(folder)
    sales, entries = sum(each.sales for each in traded), sum(each.entries for each in traded)
    click.echo(
        f"demo: {sales:,} sales in {entries:,} journal entries, verified and audited, in {time.monotonic() - began:.0f} s"
    )
    return load_config(folder / CONFIG_FILE)


class _Progress:
    """Says how far all are, month by month."""

    def __init__(self, kiosks: int) -> None:
        self._steps = [0] * kiosks

    def __call__(self, word: Word) -> None:
        number, what = word
        self._steps[number] += 1
        done = 100 * sum(self._steps) // (STEPS * len(self._steps))
        told = what if what in {VERIFIED, AUDITED} else f"{date.fromisoformat(what):%B %Y}"
        click.echo(f"  {min(done, 100):3d} %  {SITES[number].name:<24} {told}")
