"""The owner of a simulated market answers as the evidence says, and with sums that somebody named."""

from __future__ import annotations

import pytest

from kiosk.claims.evidence import Weighing
from kiosk.claims.wording import WHY
from kiosk.core.facts import About, SaleClosed, Verdict
from kiosk.simulation.owner import NOT_SHOWN, REFUSALS, Answer, answer_to

SALE = SaleClosed(
    is_recovered=False,
    visit="V1-1",
    receipt_no=1,
    total_minor=450,
    lines=(),
    taxes=(),
    lots=((1, "2026-03-20", ""), (2, "", "L")),
)


def found(verdict: Verdict, reason: str, debt: str = "") -> Weighing:
    return Weighing(verdict, 200, debt, (), reason)


@pytest.mark.parametrize(
    ("about", "said_minor", "verdict", "reason", "expected"),
    [
        (About.SWALLOWED, 200, Verdict.UNSEEN, "nothing_seen", Answer(0, REFUSALS["nothing_seen"])),
        (About.SWALLOWED, 200, Verdict.UNSEEN, "nothing_told", Answer(200)),
        (About.SWALLOWED, 200, Verdict.CONSISTENT, "trouble", Answer(200)),
        (About.NO_MONEY_BACK, 200, Verdict.CONTRADICTED, "all_spent", Answer(0, REFUSALS["all_spent"])),
        (About.BAD_GOODS, 120, Verdict.UNSEEN, "nothing_seen", Answer(120)),
        (About.BAD_GOODS, 900, Verdict.UNSEEN, "nothing_seen", Answer(450)),
        (
            About.BAD_GOODS,
            120,
            Verdict.CONTRADICTED,
            "money_returned",
            Answer(0, REFUSALS["money_returned"]),
        ),
    ],
)
def test_the_answer_follows_the_evidence(
    about: About, said_minor: int, verdict: Verdict, reason: str, expected: Answer
) -> None:
    assert answer_to(about, said_minor, found(verdict, reason), most_minor=5_000, sale=SALE) == expected


def test_a_debt_is_paid_whole_whatever_was_said_and_goodwill_has_its_bound() -> None:
    owed, gap = found(Verdict.CONSISTENT, "uncertain", "D1-7"), found(Verdict.CONSISTENT, "swallowed_window")
    assert answer_to(About.NO_MONEY_BACK, 50, owed, most_minor=100) == Answer(200)
    assert answer_to(About.NO_MONEY_BACK, 50, gap, most_minor=100) == Answer(100)
    unseen = found(Verdict.UNSEEN, "nothing_seen")
    assert answer_to(About.BAD_GOODS, 300, unseen, most_minor=100, sale=SALE) == Answer(100)


def test_about_goods_that_nobody_saw_the_owner_says_what_the_book_knows_of_them() -> None:
    unseen = found(Verdict.UNSEEN, "nothing_seen")
    dated = answer_to(About.BAD_GOODS, 300, unseen, most_minor=900, sale=SALE, is_lenient=False)
    assert dated.amount_minor == 0
    assert "in date, until 2026-03-20." in dated.reason
    assert answer_to(About.BAD_GOODS, 300, unseen, most_minor=900, is_lenient=False) == Answer(0, NOT_SHOWN)


def test_refusals_are_of_reasons_that_a_weighing_gives() -> None:
    assert {f"why.{reason}" for reason in REFUSALS} <= WHY.keys()
