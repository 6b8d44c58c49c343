"""T13: hours of trade in real time on real processes; what grows is measured, and nothing may leak.

``python -m tests.crash.soak SECONDS`` prints the table. The first hour, or the first quarter of a shorter run, is for warming up:
caches fill once.
"""

from __future__ import annotations

import os
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.crash.images import Progress, no_progress
from tests.crash.kills import KillMarket, add_up
from tests.crash.shopper import Clerk, Shopper
from tests.market import MarketError

SAMPLE_S: Final = 10.0
WARM_S: Final = 3_600.0
WARM_SHARE: Final = 4
GROWTH_PCT_A_DAY: Final = 5.0
WAL_LIMIT_BYTES: Final = 16 << 20
TRAYS_EVERY: Final = 25
"""Visits between two rounds of a clerk, who empties trays and fills hoppers and coils: trade never ends."""

SHORT_S: Final = 120.0
"""Below this growth says nothing: a warm process of two minutes still fills its caches."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the kiosk's process: resident memory in KiB, open descriptors, size of the log in bytes."""

    at_s: float
    rss_kib: int
    descriptors: int
    wal_bytes: int


@dataclass(frozen=True, slots=True)
class Soak:
    """What a run found; everything is well when ``problems`` is empty."""

    seed: int
    seconds: float
    visits: int
    entries: int
    samples: tuple[Sample, ...]
    problems: tuple[str, ...]

    @property
    def warm(self) -> tuple[Sample, ...]:
        """The samples after warming up."""
        from_s = min(WARM_S, self.seconds / WARM_SHARE)
        return tuple(sample for sample in self.samples if sample.at_s >= from_s) or self.samples[-1:]

    @property
    def growth_pct_a_day(self) -> float:
        """How fast resident memory grows: the least-squares line through the warm samples, as a share of where it begins."""
        warm = self.warm
        mean_s = sum(sample.at_s for sample in warm) / len(warm)
        mean_kib = sum(sample.rss_kib for sample in warm) / len(warm)
        spread = sum((sample.at_s - mean_s) ** 2 for sample in warm)
        if not spread:
            return 0.0
        slope = sum((sample.at_s - mean_s) * (sample.rss_kib - mean_kib) for sample in warm) / spread
        return slope * 86_400 / mean_kib * 100

    def lines(self) -> tuple[str, ...]:
        """For a report."""
        warm, most = self.warm, max(self.samples, key=lambda sample: sample.wal_bytes)
        growth = (
            f"{self.growth_pct_a_day:+.1f} % a day by the line through them"
            if self.seconds >= SHORT_S
            else "too short to speak of growth"
        )
        return (
            f"soak (T13), seed {self.seed}: {self.seconds:.0f} s, {self.visits} visits, {self.entries} entries",
            f"  resident memory: {warm[0].rss_kib:,} KiB when warm, {warm[-1].rss_kib:,} KiB at the end; {growth}",
            f"  descriptors: {warm[0].descriptors} when warm, {warm[-1].descriptors} at the end",
            f"  log: at most {most.wal_bytes / (1 << 20):.2f} MiB",
            *(f"  {problem}" for problem in self.problems),
        )

    def table(self) -> tuple[str, ...]:
        """Every sample."""
        head = f"{'s':>8} {'KiB':>10} {'files':>6} {'log bytes':>12}"
        return (
            head,
            *(
                f"{each.at_s:8.0f} {each.rss_kib:10,} {each.descriptors:6} {each.wal_bytes:12,}"
                for each in self.samples
            ),
        )


class SoakMarket(KillMarket):
    """A market that can be measured."""

    def sample(self, began: float) -> Sample:
        """Look at the kiosk's process now."""
        process = Path("/proc") / str(self._processes["kiosk"].pid)
        pages = int((process / "statm").read_text(encoding="ascii").split()[1])
        log = self.folder / "store" / "kiosk.db-wal"
        return Sample(
            at_s=time.monotonic() - began,
            rss_kib=pages * os.sysconf("SC_PAGE_SIZE") // 1024,
            descriptors=sum(1 for _ in (process / "fd").iterdir()),
            wal_bytes=log.stat().st_size if log.exists() else 0,
        )

    def empty_trays(self) -> None:
        """Take what lies in every tray."""
        for name in ("hopper-10", "hopper-20", "hopper-50", "coin"):
            self.act(name, "take_tray")
        self.act("coils", "take_tray")


def run(seconds: float, progress: Progress = no_progress, *, seed: int = 1) -> Soak:
    """Trade for so long in real time.

    Args:
        seconds: How long.
        progress: Told how many seconds are over, of how many.
        seed: Of the shoppers.
    """
    problems: list[str] = []
    samples: list[Sample] = []
    visits = 0
    with SoakMarket(0) as market:
        shopper, clerk = Shopper(market, random.Random(seed)), Clerk(market)
        began = time.monotonic()
        while (over_s := time.monotonic() - began) < seconds:
            if not samples or over_s - samples[-1].at_s >= SAMPLE_S:
                samples.append(market.sample(began))
                progress(int(over_s), int(seconds))
            try:
                if visits % TRAYS_EVERY == 0:
                    market.empty_trays()
                    clerk.refill()
                shopper.visit()
            except MarketError as error:
                problems.append(f"after {over_s:.0f} s: {error}")
                break
            visits += 1
        samples.append(market.sample(began))
        took_s = time.monotonic() - began
        market.wait_for("no visit", lambda: market.frame()["view"] in {"idle", "thanks"})
        problems += add_up(market)
        problems += [f"verify-journal: {problem}" for problem in market.verify().problems]
        entries = market.seq() - market.base_seq
    found = Soak(seed, took_s, visits, entries, tuple(samples), ())
    if seconds >= SHORT_S and found.growth_pct_a_day > GROWTH_PCT_A_DAY:
        problems.append(f"resident memory grows by {found.growth_pct_a_day:.1f} % a day")
    if found.warm[-1].descriptors > found.warm[0].descriptors:
        problems.append(f"descriptors grew from {found.warm[0].descriptors} to {found.warm[-1].descriptors}")
    if any(sample.wal_bytes > WAL_LIMIT_BYTES for sample in samples):
        problems.append("the log grew beyond 16 MiB")
    return Soak(seed, took_s, visits, entries, tuple(samples), tuple(problems))


def main() -> None:
    """Run from the command line."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    found = run(
        seconds,
        lambda over, most: print(f"soak: {over} of {most} s", file=sys.stderr, flush=True),
    )
    print(*found.table(), *found.lines(), sep="\n")
    sys.exit(bool(found.problems))


if __name__ == "__main__":
    main()
