"""The report on one page: counts beside their goals, marks, rates, seeds, problems, and what was not tried."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from kiosk.simulation.marks import MARKS
from kiosk.simulation.mishaps import MISHAPS
from tests.nightly.portions import PORTIONS
from tests.nightly.tally import Tally, code_state, commit

TRADES: Final = ("trade", "trade_cut", "trade_usual", "trade_swarm", "trade_rough", "claims")

GOALS: Final[Mapping[str, tuple[str, str, tuple[str, ...], int, int]]] = {
    "G1": ("simulated sales", "sales", TRADES, 2_000_000, 20_000_000),
    "G2": (
        "power cuts at store operations and bytes",
        "cuts",
        (*TRADES, "cuts", "stateful"),
        500_000,
        5_000_000,
    ),
    "G3": ("crash images of the real process", "images", ("images",), 50_000, 200_000),
    "G4": ("kill -9 of the real process", "kills", ("kills",), 500, 5_000),
    "G5": ("damaged frames", "damaged_frames", ("parsers",), 20_000_000, 200_000_000),
    "G7": ("tampered journals", "tampered", ("tampered",), 1_000_000, 10_000_000),
}
"""Promise -> words, count, harnesses, goal of a night, goal of a release."""

NOT_TRIED: Final = (
    "real devices, real storage cards, real power supplies: everything here is simulated or a process on this machine",
    "banknotes, cards, wallets and the hub, which this product does not have yet (G6 and G9)",
    "shelf goods: nothing physical sees a shelf, the receipts are taken at their word",
    "the soak of hours (G8) unless its own command was run: python -m tests.crash.soak SECONDS",
    "mutants of the money core (G10): python -m tests.mutants.run, reported apart",
)

ALWAYS_MET: Final = (
    "boot_unclean",
    "visit_cut",
    "sale_recovered",
    "cut_while_paying",
    "cut_while_paying_in_part",
    "vend_unknown",
    "vend_failed",
    "second_choice",
    "hopper_empty_mid_pay",
    "payout_extra",
    "coin_found",
    "coin_found_by_nobody",
    "two_events_in_one_poll",
    "event_counter_wrapped",
    "events_lost",
    "acceptor_restarted",
    "possibly_swallowed",
    "device_replaced",
    "debt_redeemed",
    "clock_back",
    "disk_low",
    "checkpoint_signed",
)
"""Marks that a long run must reach; a harness that never met one has shown nothing about it."""

LONG_MINUTES: Final = 30
"""From here on a run is long: every one of `ALWAYS_MET` must have been reached."""


def missing_marks(tally: Tally) -> list[str]:
    """Marks that were never reached."""
    return [mark for mark in ALWAYS_MET if not tally.marks[mark]]


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    head, *rest = rows
    yield "| " + " | ".join(head) + " |"
    yield "|" + "|".join("---" for _ in head) + "|"
    for row in rest:
        yield "| " + " | ".join(row) + " |"
    yield ""


def lay_out(tally: Tally, *, command: str, minutes: float) -> str:
    """The report as Markdown."""
    return "\n".join(_lines(tally, command, minutes)) + "\n"


def _lines(tally: Tally, command: str, minutes: float) -> Iterator[str]:
    trades = [name for name in TRADES if name in tally.sums]
    yield "# Reliability: what was run, and what it found"
    yield ""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    yield f"`{command}`, {minutes:.0f} minutes, ended {now}, commit {commit()}, sources {code_state()}, "
    yield f"Python {platform.python_version()}, {platform.machine()}. The figures speak of these sources only."
    yield ""
    cents, pieces = tally.total("unaccounted_cents"), tally.total("unaccounted_pieces")
    yield f"**{cents} cents and {pieces} pieces unaccounted; {len(tally.problems)} problems.**"
    yield ""
    rows: list[tuple[str, ...]] = [("promise", "what", "done", "goal of a night", "goal of a release")]
    for goal, (words, count, harnesses, night, release) in GOALS.items():
        rows.append((goal, words, f"{tally.total(count, harnesses):,}", f"{night:,}", f"{release:,}"))
    yield from _table(rows)
    rows = [("harness", "portions", "seeds", "seconds", "counts")]
    for name in PORTIONS:
        if name not in tally.sums:
            continue
        each = tally.sums[name]
        shown = ", ".join(f"{key} {qty:,}" for key, qty in sorted(each.counts.items()) if qty)
        seeds = f"{min(each.seeds)} to {max(each.seeds)}"
        rows.append((name, f"{each.portions:,}", seeds, f"{each.seconds:,.0f}", shown))
    yield from _table(rows)
    if trades:
        sales, seconds = tally.total("sales", trades), sum(tally.sums[name].seconds for name in trades)
        yield f"Rates per process, with the machine shared: {sales / seconds:.1f} simulated sales/s" + (
            f", {tally.sums['cuts'].counts['cuts'] / tally.sums['cuts'].seconds:.1f} systematic cuts/s."
            if "cuts" in tally.sums
            else "."
        )
        yield (
            f"Money of the trades: suspense {tally.total('suspense_cents', trades):,} cents, uncertain owed "
            f"{tally.total('uncertain_cents', trades):,} cents in {tally.total('uncertain_debts', trades):,} debts "
            f"after {tally.total('cuts', trades):,} cuts and {tally.total('mishaps', trades):,} mishaps."
        )
        if tally.total("true_claims"):
            yield (
                f"Claims: {tally.total('true_claims'):,} true, {tally.total('true_claims_found'):,} found (99 % asked); "
                f"{tally.total('false_claims'):,} false, {tally.total('false_claims_approved'):,} approved without a "
                "person (1 % allowed)."
            )
        yield ""
    yield "## Marks"
    yield ""
    rows = [("rare state", "times")]
    rows += [
        (words, f"{tally.marks[mark]:,}" if tally.marks[mark] else "**never**")
        for mark, words in MARKS.items()
    ]
    yield from _table(rows)
    met = {name: tally.marks[f"mishap: {name}"] for name in MISHAPS}
    never = [name for name, qty in met.items() if not qty]
    yield f"Mishaps: {len(met) - len(never)} of {len(met)} befell somebody, {sum(met.values()):,} times in all."
    if never:
        yield f"Never: {', '.join(never)}."
    yield ""
    if tally.problems:
        yield "## Problems"
        yield ""
        yield from (f"- {problem}" for problem in tally.problems[:50])
        yield ""
    yield "## Not tried"
    yield ""
    yield from (f"- {words}" for words in NOT_TRIED)
