"""`./run nightly` and `./run release`: portions of every harness on all cores until the time is over or the counts are there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from tests.nightly.portions import SHARES, Result, seeds_of
from tests.nightly.report import GOALS, LONG_MINUTES, lay_out, missing_marks
from tests.nightly.tally import Tally, code_state

STATE_FILE: Final = "portions.jsonl"
REPORT_FILE: Final = "report.md"
PORTION_SECONDS: Final = 1_200
"""A portion that takes longer hangs: it is ended and counted as a problem."""

TOLD_EVERY_SECONDS: Final = 30.0


@dataclass
class _Running:
    name: str
    seed: int
    process: subprocess.Popen[str]
    began: float


class Night:
    """Runs portions, remembers them, and tells how far it is."""

    def __init__(self, folder: Path, tier: str, shares: Mapping[str, int], base: int) -> None:
        """Take up what an earlier run left in ``folder`` for the same sources."""
        self.folder = folder
        self.tier = tier
        self.shares = shares
        self.tally = Tally()
        self.spent: dict[str, float] = dict.fromkeys(shares, 0.0)
        self.seeds = {name: seeds_of(name, base) for name in shares}
        folder.mkdir(parents=True, exist_ok=True)
        self._state = folder / STATE_FILE
        self._resume()

    def _resume(self) -> None:
        head = f"sources {code_state()}"
        lines = self._state.read_text("utf-8").splitlines() if self._state.exists() else []
        if lines and lines[0] != head:
            raise click.ClickException(
                f"{self._state} is about other sources ({lines[0]}, now {head}); give another --state"
            )
        if not lines:
            self._state.write_text(head + "\n", "utf-8")
            return
        done: dict[str, set[int]] = {}
        for line in lines[1:]:
            result = Result.of_json(line)
            self._take(result)
            done.setdefault(result.name, set()).add(result.seed)
        for name in self.shares:
            seeds = done.get(name, set())
            if seeds:
                self.seeds[name] = iter(range(max(seeds) + 1, max(seeds) + 10_000_000))  # type: ignore[assignment]
        click.echo(f"{self.tier}: goes on after {len(lines) - 1} portions that were done already")

    def _take(self, result: Result) -> None:
        self.tally.add(result)
        if result.name in self.spent:
            self.spent[result.name] += result.seconds

    def next_name(self, running: list[_Running]) -> str:
        """The harness that is furthest behind its share."""
        spent = dict(self.spent)
        for each in running:
            spent[each.name] += time.monotonic() - each.began + 5.0
        return min(self.shares, key=lambda name: spent[name] / self.shares[name])

    def start(self, name: str) -> _Running:
        """Begin one portion in a process of its own."""
        seed = next(self.seeds[name])
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tests.nightly.portions", name, str(seed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return _Running(name, seed, process, time.monotonic())

    def finish(self, each: _Running) -> Result:
        """Take a portion's result; one that died or hung is a problem."""
        out, err = each.process.communicate()
        lines = out.strip().splitlines()
        try:
            result = Result.of_json(lines[-1])
        except (IndexError, ValueError):
            result = Result(each.name, each.seed)
            result.problems.append(f"{each.name} seed {each.seed} died: {err.strip()[-400:]}")
            result.seconds = time.monotonic() - each.began
        with self._state.open("a", encoding="utf-8") as file:
            file.write(result.as_json() + "\n")
        self._take(result)
        for problem in result.problems:
            click.echo(f"{self.tier}: PROBLEM {problem}")
        return result

    def line(self, seconds: float, left: float) -> str:
        """One line of progress."""
        tally = self.tally
        counts = [
            f"{tally.total(count, harnesses):,} {count.replace('_', ' ')}"
            for _, count, harnesses, _, _ in GOALS.values()
            if tally.total(count, harnesses)
        ]
        return (
            f"{self.tier}: {seconds / 60:.1f} min, {left / 60:.1f} min left; {', '.join(counts)}; "
            f"{tally.total('unaccounted_cents')} cents unaccounted, {len(tally.problems)} problems"
        )

    def is_reached(self) -> bool:
        """Whether a release's counts are all there."""
        return all(
            self.tally.total(count, harnesses) >= goal for _, count, harnesses, _, goal in GOALS.values()
        )


@click.command()
@click.option(
    "--tier", type=click.Choice(["push", "nightly", "release"]), default="nightly", show_default=True
)
@click.option(
    "--minutes", type=float, default=240.0, show_default=True, help="How long; a release ends at its counts."
)
@click.option(
    "--state",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".nightly"),
    show_default=True,
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=os.cpu_count() or 1,
    show_default=True,
    help="Processes at once.",
)
@click.option(
    "--base",
    type=int,
    default=1,
    show_default=True,
    help="Where the seeds begin: another night, another base.",
)
def main(tier: str, minutes: float, folder: Path, jobs: int, base: int) -> None:
    """Run the proof for a while; stop it with Ctrl-C, and start it again to go on."""
    began = time.monotonic()
    until = began + minutes * 60
    night = Night(folder, tier, SHARES["push" if tier == "push" else "nightly"], base)
    running: list[_Running] = []
    told = began
    try:
        while True:
            now = time.monotonic()
            is_over = now >= until or (tier == "release" and night.is_reached())
            while not is_over and len(running) < jobs:
                running.append(night.start(night.next_name(running)))
            if not running:
                break
            for each in list(running):
                if each.process.poll() is None and now - each.began > PORTION_SECONDS:
                    each.process.kill()
                if each.process.poll() is not None:
                    running.remove(each)
                    night.finish(each)
            if now - told >= TOLD_EVERY_SECONDS:
                told = now
                click.echo(night.line(now - began, max(0.0, until - now)))
            _rest(running)
    except KeyboardInterrupt:
        click.echo(f"{tier}: stopped; start it again to go on")
    finally:
        for each in running:
            each.process.kill()
    spent = time.monotonic() - began
    command = f"./run {tier} --minutes {minutes:g} --base {base}"
    (folder / REPORT_FILE).write_text(lay_out(night.tally, command=command, minutes=spent / 60), "utf-8")
    click.echo(night.line(spent, 0.0))
    missing = missing_marks(night.tally) if spent >= LONG_MINUTES * 60 else []
    if missing:
        click.echo(f"{tier}: never reached: {', '.join(missing)}")
    click.echo(f"{tier}: the report is in {folder / REPORT_FILE}")
    if night.tally.problems or missing:
        sys.exit(1)


def _rest(running: list[_Running]) -> None:
    """Wait until a process ends, or a moment."""
    if running:
        try:
            running[0].process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            return


if __name__ == "__main__":
    main()
