"""`./run demo --year`: a year of trade on three kiosks before the demo begins, from one seed, and a desk that knows all three.

Everything is made in a folder beside the one that was asked for and moved there whole, so that an interrupted start leaves none
half-made. What the year holds is for the desk to say.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from kiosk.config import Config, load_config
from kiosk.runtime.hub import open_hub
from kiosk.simulation.sites import SITES
from kiosk.simulation.year import YearOrder
from kiosk.simulation.years import AUDITED, SENT, VERIFIED, Word, YearTask, send_to_desk, trade_all
from web.demo import CONFIG_FILE, CONFIG_TEXT, DEMO_MACHINE, AllDesk, write_config
from web.desk_command import DESK_FILE

YEAR_FOLDER: Final = Path(".demo-year")
"""Where the year is made unless somebody says otherwise: beside the usual demo, which stays."""

OTHERS: Final = "kiosks"
"""Folder of the kiosks that only push what they sold, one folder each."""

DESK_FOLDER: Final = "desk"
"""Folder of the desk for all kiosks."""

DESK_PORT: Final = 8083
"""After the ports of screen, desk and workshop."""

YEAR_DAYS: Final = 365

SEEDS: Final = 10_000
"""A seed that nobody named is drawn below this: easily read aloud."""

STEPS: Final = 16
"""Words of one kiosk: a year touches thirteen months, and is verified, audited and sent to the desk."""

FEES_MINOR: Final = (6_500, 9_000, 4_500)
WEAR_MINOR: Final = 8_000
"""What each site costs a month, and what a machine of some 4,800 loses in worth over five years."""


def folders_of(folder: Path) -> tuple[Path, ...]:
    """The kiosks' folders in the order of `SITES`: the live one is the demo's own."""
    return (folder, *(folder / OTHERS / site.kiosk_id for site in SITES[1:]))


def all_desk_of(config: Config, folder: Path) -> AllDesk:
    """The desk that the live kiosk pushes to, and beside it the others, which sell nothing any more."""
    port = urlsplit(config.hub.url).port or DESK_PORT
    return AllDesk(folder / DESK_FOLDER, port, folders_of(folder)[1:])


def make_year(
    folder: Path,
    seed: int | None,
    *,
    port: int = DESK_PORT,
    own_desk: str = "",
    until: datetime | None = None,
    days: int = YEAR_DAYS,
) -> Config:
    """Make three kiosks with a year behind them, and their desk; the first kiosk is ready to be run live.

    Args:
        folder: Nothing may be there.
        seed: Of everything that happens; drawn when None.
        port: Where the desk for all kiosks will be.
        own_desk: Address of the live kiosk's own desk, to which the other leads; empty when it is not known.
        until: The end of the year; now when None.
        days: How long it is.

    Returns:
        The live kiosk's configuration.
    """
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    began = time.monotonic()
    click.echo(
        f"demo: {'a year' if days == YEAR_DAYS else f'{days} days'} of trade on {len(SITES)} kiosks, "
        f"seed {seed} (--seed {seed} makes the same again)"
    )
    draft = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(draft, ignore_errors=True)
    order = YearOrder(seed, until or datetime.now(UTC), days)
    tasks = tuple(
        YearTask(
            order,
            number,
            each,
            write_config(
                each,
                kiosk_id=site.kiosk_id,
                machine=str(int(DEMO_MACHINE) + number),
                site=site.name,
            ),
        )
        for number, (site, each) in enumerate(zip(SITES, folders_of(draft), strict=True))
    )
    with tasks[0].config.open("a", encoding="utf-8") as live:
        live.write(f'\n[hub]\nurl = "http://127.0.0.1:{port}"\n')
    (draft / DESK_FOLDER).mkdir()
    (draft / DESK_FOLDER / DESK_FILE).write_text(desk_text(tasks, own_desk), "utf-8")
    progress = _Progress(len(tasks))
    hub = open_hub(draft / DESK_FOLDER)

    def send(task: YearTask) -> None:
        send_to_desk(task, hub.inbox, SITES[task.number].name)
        progress((task.number, SENT))

    try:
        traded = trade_all(tasks, progress, send)
    finally:
        hub.close()
    draft.rename(folder)
    sales, entries = sum(each.sales for each in traded), sum(each.entries for each in traded)
    click.echo(
        f"demo: {sales:,} sales in {entries:,} journal entries, verified and audited, in {time.monotonic() - began:.0f} s"
    )
    return load_config(folder / CONFIG_FILE)


def desk_text(tasks: Sequence[YearTask], own_desk: str) -> str:
    """The configuration of the desk for all kiosks: a kiosk's own without devices, what each machine costs a month, and where
    the live one's own desk is.
    """
    costs = "".join(
        f"[machines.{SITES[task.number].kiosk_id}]\nmonthly_fees_minor = {fees_minor}\n"
        f"monthly_depreciation_minor = {WEAR_MINOR}\n"
        + (f'desk = "{own_desk}"\n\n' if own_desk and not task.number else "\n")
        for task, fees_minor in zip(tasks, FEES_MINOR, strict=True)
    )
    return CONFIG_TEXT.format(kiosk_id="DESK", machine="1", site="") + costs


class _Progress:
    """Says how far all are, month by month."""

    def __init__(self, kiosks: int) -> None:
        self._steps = [0] * kiosks

    def __call__(self, word: Word) -> None:
        number, what = word
        self._steps[number] += 1
        done = 100 * sum(self._steps) // (STEPS * len(self._steps))
        told = what if what in {VERIFIED, AUDITED, SENT} else f"{date.fromisoformat(what):%B %Y}"
        click.echo(f"  {min(done, 100):3d} %  {SITES[number].name:<24} {told}")
