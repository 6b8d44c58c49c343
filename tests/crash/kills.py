"""T6: the real service killed at random moments while it sells, with SIGKILL; counted from the simulators' own memory.

Necessary and weak: the operating system keeps what a killed process wrote, so a store that never syncs passes too. What it shows
is the rest: acceptors close by themselves, the next start recovers, and boxes, hands and books agree every time.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final

import msgspec
from sqlalchemy import text

from tests.crash.images import Progress, no_progress
from tests.crash.past import write_past
from tests.crash.shopper import HOPPERS, QUICK, Clerk, Shopper, box_minor, tray_minor
from tests.market import Market, MarketError

ROUNDS_PUSH: Final = 5
ROUNDS_PER_MARKET: Final = 40
"""Then a new market is laid out: coils whose vend was cut rest until somebody counts them."""

KILL_WITHIN_S: Final = 5.0
"""A visit of a quick shopper takes about as long."""

PROBE_S: Final = (0.0, 0.3, 0.6, 0.8, 0.9, 1.0, 1.2, 1.5)
PROBE_EVERY: Final = 4
"""Every fourth kill finds an open slot and is followed by coins; the others come in the middle of a visit."""

PROBE_COIN: Final = 10
FALLS: Final = 0.5
"""Share of the other kills with a coin that falls while nobody looks."""

LATE_S: Final = 2.0
"""From this moment on no coin may go in (money-safety G4)."""

SEEN_S: Final = 0.25
"""A coin falls for 0.12 s; after this long the acceptor's memory has it."""

CUT_OFF: Final = (MarketError, OSError, HTTPException, ValueError)
"""What a shopper meets when the kiosk dies under their finger."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run found; everything is well when ``problems`` is empty.

    Attributes:
        seed: Of the shoppers and the moments.
        rounds: Kills.
        visits: Visits that came to their end before a kill.
        markets: Markets laid out.
        past: Entries that each journal began with.
        in_minor: Money in the cash boxes; ``out_minor`` in trays and hands; ``sold_minor``, ``owed_minor`` (of it
            ``uncertain_minor``), ``suspense_minor`` by the books.
        probes: Kills that found an open slot and were followed by coins.
        close_s: Seconds after such a kill at which a coin was still taken.
        sell_s: Seconds from each start to an open slot.
        problems: In words.
        seconds: Of the whole run.
    """

    seed: int
    rounds: int
    visits: int
    markets: int
    past: int
    in_minor: int
    out_minor: int
    sold_minor: int
    owed_minor: int
    uncertain_minor: int
    suspense_minor: int
    probes: int
    close_s: tuple[float, ...]
    sell_s: tuple[float, ...]
    problems: tuple[str, ...]
    seconds: float

    def lines(self) -> tuple[str, ...]:
        """For a report."""
        return (
            (
                f"kill -9 of the real service (T6), seed {self.seed}: {self.rounds} kills in {self.markets} markets, "
                f"{self.past:,} entries of history, {self.seconds:.0f} s"
            ),
            (
                f"  last coin taken {max(self.close_s, default=0):.2f} s after a kill ({self.probes} probes with an open slot); "
                f"selling again after: {_figures(self.sell_s)}"
            ),
            (
                f"  money in {self.in_minor} = sold {self.sold_minor} + out {self.out_minor} + owed {self.owed_minor} "
                f"(uncertain {self.uncertain_minor}) + suspense {self.suspense_minor}; {self.visits} visits undisturbed"
            ),
            *(f"  {problem}" for problem in self.problems),
        )


def _figures(seconds: Sequence[float]) -> str:
    if not seconds:
        return "not measured"
    return f"median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s ({len(seconds)})"


@dataclass(slots=True)
class _Sums:
    """What adds up over markets."""

    visits: int = 0
    in_minor: int = 0
    out_minor: int = 0
    sold_minor: int = 0
    owed_minor: int = 0
    uncertain_minor: int = 0
    suspense_minor: int = 0
    probes: int = 0
    close_s: list[float] = field(default_factory=list)
    sell_s: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class KillMarket(Market):
    """A market that may have a long past and whose kiosk is killed from outside."""

    def __init__(self, past: int, progress: Progress = no_progress) -> None:
        super().__init__(times=QUICK)
        self._past = past
        self._progress = progress
        self.base_seq = 0

    def make(self) -> None:
        """Lay it out, with its past."""
        super().make()
        if self._past:
            write_past(self.folder, self._past, self._progress)
        self.base_seq = self.seq()

    def facts(self, *kinds: str, after: int = 0) -> list[tuple[int, str, dict[str, Any]]]:
        """As in `Market`, by the journal's key: a long past is not walked for each question."""
        query = "SELECT seq, kind, body FROM journal WHERE kiosk_id = 'DEMO-1' AND epoch = 1 AND seq > :after ORDER BY seq"
        with self._reading() as connection:
            rows = connection.execute(text(query), {"after": max(after, self.base_seq)}).fetchall()
        return [
            (row[0], row[1], msgspec.json.decode(bytes(row[2]))["fact"])
            for row in rows
            if not kinds or row[1] in kinds
        ]

    def seq(self) -> int:
        """The journal's last entry, by its key."""
        query = "SELECT seq FROM journal WHERE kiosk_id = 'DEMO-1' AND epoch = 1 ORDER BY seq DESC LIMIT 1"
        with self._reading() as connection:
            return int(connection.execute(text(query)).scalar() or 0)

    def sum_of(self, prefix: str) -> int:
        """What the books say we owe under accounts of this name, as a positive sum."""
        query = (
            "SELECT coalesce(sum(amount_minor), 0) FROM balance WHERE account = :name OR account LIKE :below"
        )
        with self._reading() as connection:
            found = connection.execute(text(query), {"name": prefix, "below": f"{prefix}.%"}).scalar()
        return -int(found or 0)

    def kill_in(self, seconds: float) -> threading.Timer:
        """Send SIGKILL to the kiosk after so long, whatever it does then."""
        timer = threading.Timer(seconds, self._processes["kiosk"].kill)
        timer.start()
        return timer

    def bury(self) -> None:
        """The kiosk is dead: forget it and what it showed."""
        process = self._processes.pop("kiosk")
        process.kill()
        process.communicate()
        self._frame = {}

    @property
    def is_dead(self) -> bool:
        """Whether the kiosk's process has ended."""
        return self._processes["kiosk"].poll() is not None

    def wait_until(self, moment: float) -> None:
        """Wait for a moment of the monotonic clock."""
        self.wait_for("a moment", lambda: time.monotonic() >= moment)


def shop_until_killed(market: KillMarket, shopper: Shopper, seconds: float, sums: _Sums) -> None:
    """Visits, one after the other, until SIGKILL ends the kiosk after ``seconds``."""
    timer = market.kill_in(seconds)
    try:
        while not market.is_dead:
            shopper.visit()
            sums.visits += 1
    except CUT_OFF as error:
        timer.join()
        if isinstance(error, MarketError) and "in vain" in str(error):
            sums.problems.append(f"before the kill: {error}")
    timer.join()


def probe_acceptor(market: KillMarket, killed: float, at_s: float, sums: _Sums) -> None:
    """Drop a coin ``at_s`` after the kill into a slot that was open then, and one after two seconds: which are taken?

    No more than two: an acceptor that nobody polls holds back the third, watched or not.
    """
    sums.probes += 1
    for moment_s in (at_s, LATE_S):
        market.wait_until(killed + moment_s)
        before = box_minor(market.truth("coin"))
        market.drop(PROBE_COIN)
        dropped_s = time.monotonic() - killed
        market.wait_until(time.monotonic() + SEEN_S)
        is_taken = box_minor(market.truth("coin")) > before
        if is_taken:
            sums.close_s.append(dropped_s)
        if is_taken and moment_s == LATE_S:
            sums.problems.append(f"a coin went in {dropped_s:.1f} s after the kill")


def restart(market: KillMarket, sums: _Sums) -> None:
    """Start again, and wait until a shopper could pay."""
    seq = market.seq()
    began = time.monotonic()
    market.start_kiosk()
    market.wait_for_fact("Recovered", after=seq)
    market.wait_for("a screen", lambda: market.frame().get("view") in {"idle", "thanks"})

    def takes_coins() -> bool:
        truth = market.truth("coin")
        return bool(truth["is_open"]) and bool(truth["enabled"])

    market.wait_for("an open slot", takes_coins)
    sums.sell_s.append(time.monotonic() - began)
    paid = market.facts("PayoutStarted", "VendStarted", after=seq)
    if paid:
        sums.problems.append(f"recovery acted on the world: {paid[0]}")


def add_up(market: KillMarket) -> list[str]:
    """Boxes, hoppers, hands and goods against the books; what does not fit, in words."""
    problems: list[str] = []
    box, book = box_minor(market.truth("coin")), market.balance("cash.box")
    if box != book:
        problems.append(f"the cash box holds {box}, the books say {book}")
    for name, value in HOPPERS.items():
        inside, book = int(market.truth(name)["inside"]) * value, market.balance(f"cash.hopper.{name}")
        if inside != book:
            problems.append(f"{name} holds {inside}, the books say {book}")
    sold = sum(int(fact["total_minor"]) for _, _, fact in market.facts("SaleClosed"))
    out, owed, suspense = tray_minor(market), market.sum_of("owed"), market.sum_of("suspense")
    if box != sold + out + owed + suspense:
        problems.append(f"money in {box}, sold {sold}, out {out}, owed {owed}, suspense {suspense}")
    fallen = int(market.truth("coils")["dropped_total"])
    coil_lines = sum(1 for _, _, fact in market.facts("SaleClosed") for line in fact["lines"] if line["coil"])
    unsure = sum(1 for _, _, fact in market.facts("VendEnded") if fact["outcome"] == "unknown")
    if not coil_lines <= fallen <= coil_lines + unsure:
        problems.append(f"{fallen} goods fell, {coil_lines} were sold, {unsure} are unsure")
    return problems


def run_kills(seed: int, rounds: int, progress: Progress = no_progress, *, past: int = 0) -> Counts:
    """Kill the real service ``rounds`` times and count after each.

    Args:
        seed: Of shoppers and moments; what threads and devices do in real time no seed fixes.
        rounds: Kills.
        progress: Told how many are done, of how many; first of the writing of a past.
        past: Entries that each journal begins with.
    """
    began = time.monotonic()
    chance = random.Random(seed)
    sums, done, markets = _Sums(), 0, 0
    while done < rounds:
        markets += 1
        with KillMarket(past, progress) as market:
            shopper, clerk = Shopper(market, chance), Clerk(market)
            for _ in range(min(ROUNDS_PER_MARKET, rounds - done)):
                clerk.refill()
                if done % PROBE_EVERY == 0:
                    market.wait_for_slot(PROBE_COIN)
                    market.bury()
                    probe_acceptor(market, time.monotonic(), chance.choice(PROBE_S), sums)
                else:
                    shop_until_killed(market, shopper, chance.random() * KILL_WITHIN_S, sums)
                    market.bury()
                    if chance.random() < FALLS:
                        market.drop(chance.choice((10, 50, 200)))
                restart(market, sums)
                done += 1
                sums.problems += [f"after kill {done}: {problem}" for problem in add_up(market)]
                progress(done, rounds)
            sums.problems += [f"verify-journal: {problem}" for problem in market.verify().problems]
            sums.in_minor += box_minor(market.truth("coin"))
            sums.out_minor += tray_minor(market)
            sums.owed_minor += market.sum_of("owed")
            sums.suspense_minor += market.sum_of("suspense")
            sums.sold_minor += sum(int(fact["total_minor"]) for _, _, fact in market.facts("SaleClosed"))
            sums.uncertain_minor += sum(
                int(fact["amount_minor"])
                for _, _, fact in market.facts("DebtRecorded")
                if not fact["is_certain"]
            )
    return Counts(
        seed=seed,
        rounds=done,
        visits=sums.visits,
        markets=markets,
        past=past,
        in_minor=sums.in_minor,
        out_minor=sums.out_minor,
        sold_minor=sums.sold_minor,
        owed_minor=sums.owed_minor,
        uncertain_minor=sums.uncertain_minor,
        suspense_minor=sums.suspense_minor,
        probes=sums.probes,
        close_s=tuple(sums.close_s),
        sell_s=tuple(sums.sell_s),
        problems=tuple(sums.problems),
        seconds=time.monotonic() - began,
    )
