"""An audit's report for a person (one page of text) and for a program (JSON)."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from kiosk.audit.findings import spell_money
from kiosk.audit.report import AuditReport

WIDTH: Final = 100
MOST_SHOWN: Final = 20
"""Lines of one list on the page; the JSON has them all."""


def lay_out(report: AuditReport) -> str:
    """One page in plain English."""
    return "\n".join(_lines(report)) + "\n"


def as_json(report: AuditReport) -> str:
    """The whole report as JSON; amounts are whole minor units. Visits and sales are left out: there may be thousands."""
    content = asdict(report)
    del content["visits"], content["sales"]
    return json.dumps(
        {**content, "cash": dict(report.cash), "holds": not report.problem_count},
        indent=1,
        ensure_ascii=False,
    )


def _rows(title: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    yield ""
    yield title
    for name, value in rows[:MOST_SHOWN]:
        yield f"  {name:<58}{value:>20}"
    if len(rows) > MOST_SHOWN:
        yield f"  ... and {len(rows) - MOST_SHOWN} more"


def _lines(report: AuditReport) -> Iterator[str]:
    figures = report.figures

    def money(minor: int) -> str:
        return spell_money(minor, report.currency, report.exponent)

    yield f"Audit of the journal of kiosk {report.kiosk_id or '(none)'}"
    yield f"  {report.entries} entries in {report.epochs} epoch(s), {report.first_at or '-'} to {report.last_at or '-'}"
    yield f"  head {report.head or '(none)'}"
    yield f"  {figures.checkpoints} signed checkpoint(s), last key {report.public_key or '(none)'}"
    yield from _rows(
        "Trade",
        [
            (
                f"{figures.sales} sales, {figures.pieces} pieces, {figures.visits} visits",
                money(figures.sold_minor),
            ),
            ("  of it tax", money(figures.tax_minor)),
            ("Coins taken, told by events", money(figures.coins_credited_minor)),
            ("Coins taken, told by the acceptor's own counts only", money(figures.coins_found_minor)),
            ("Notes taken, told by the validator", money(figures.notes_credited_minor)),
            ("Notes taken, told by its own count only", money(figures.notes_found_minor)),
            (f"Charged to cards in {figures.card_requests} requests", money(figures.charged_minor)),
            ("  of it given back to them", money(figures.refunded_minor)),
            (f"Change and money back in {figures.payout_jobs} payouts", money(figures.paid_minor)),
            ("Debts paid by clerks from the vendor's pocket", money(figures.handed_over_minor)),
            ("Debts paid outside the kiosk, noted by hand", money(figures.transferred_minor)),
        ],
    )
    yield from _rows(
        "Not as it should be",
        [
            ("Suspense: money whose owner is unknown", money(figures.suspense_minor)),
            ("  coins that left hoppers without a job", money(figures.gone_minor)),
            ("  owed for notes and cards lost sight of", money(figures.believed_minor)),
            (f"Owed, {len(report.open_debts)} open debts", money(figures.owed_minor)),
            ("  of it uncertain", money(figures.owed_uncertain_minor)),
            ("Goodwill granted", money(figures.goodwill_minor)),
            ("  of it charged to cards less than asked", money(figures.discount_minor)),
            ("Tubes whose own count is not the books'", str(len(report.levels))),
            ("Variance of all collections", money(sum(each.variance_minor for each in report.collections))),
            ("Possible-swallowed windows", str(len(report.windows))),
            ("Coins that did not come back for certain", str(len(report.coins_not_back))),
            ("Vends that failed, ended unknown, or that no sensor saw", str(len(report.vends_in_doubt))),
            (
                f"Claims: {figures.claims_approved} approved, {figures.claims_refused} refused",
                str(figures.claims),
            ),
            (f"Starts after a clean stop: {figures.boots_clean}; after a cut", str(figures.boots_unclean)),
            (f"Halts: {figures.halts}; clock steps", str(figures.clock_steps)),
        ],
    )
    yield from _rows(
        "What should lie in each container now", [(name, money(minor)) for name, minor in report.cash.items()]
    )
    if report.collections:
        yield from _rows(
            "Collections (counted, and the variance)",
            [
                (f"{each.at[:16]} {each.container} {money(each.counted_minor)}", money(each.variance_minor))
                for each in report.collections[-MOST_SHOWN:]
            ],
        )
    yield ""
    yield "What this audit could not check"
    for words in report.not_checked:
        yield from textwrap.wrap(words, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    yield ""
    yield from _verdict(report)


def _verdict(report: AuditReport) -> Iterator[str]:
    if not report.problem_count:
        yield "The journal holds: every digest, signature, posting and sum agrees with what it says."
        return
    yield f"{report.problem_count} PROBLEM(S)"
    for problem in report.problems[:MOST_SHOWN]:
        yield from textwrap.wrap(str(problem), WIDTH, initial_indent="  ", subsequent_indent="    ")
    if report.problem_count > MOST_SHOWN:
        yield f"  ... and {report.problem_count - MOST_SHOWN} more"
