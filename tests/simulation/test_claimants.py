"""Claims over the simulated market: what hands say against what the desk of claims says."""

from __future__ import annotations

from functools import cache

import pytest

from kiosk.claims.desk import PHONE
from kiosk.core.facts import About, Verdict
from kiosk.simulation.claimants import ENOUGH, ClaimCounts, Heard, Lie, add_claims, count_claims
from kiosk.simulation.run import Order, Outcome, Trade, simulate

ORDER = Order(seed=5, sales=40, cuts=True, claims=True)


@cache
def outcome() -> Outcome:
    return simulate(ORDER)


def claims() -> ClaimCounts:
    counted = outcome().claims
    assert counted is not None
    return counted


def trade_heard(trade: Trade) -> list[Heard]:
    assert trade.claimants is not None
    return trade.claimants.heard


def heard(loss_minor: int, verdict: Verdict, lie: str = "") -> Heard:
    return Heard("C1-1", "1", lie, About.NO_GOODS, PHONE, False, loss_minor, 100, 100, verdict)


def test_every_cent_is_accounted_for_while_people_claim_and_the_vendor_decides() -> None:
    assert outcome().problems == ()


def test_the_honest_are_found_and_no_liar_is_paid_without_a_person() -> None:
    assert claims().true_made >= 3
    assert claims().true_found == claims().true_made
    assert claims().false_made >= 4
    assert claims().false_approved == 0


def test_equal_seeds_hear_equal_claims() -> None:
    again = simulate(ORDER)
    assert (again.claims, again.head) == (outcome().claims, outcome().head)


def test_nobody_claims_unless_asked_to() -> None:
    quiet = simulate(Order(seed=5, sales=10, cuts=True))
    assert quiet.claims is None
    assert quiet.counted is not None
    assert quiet.counted.report.figures.claims == 0


def test_somebody_who_lost_a_coin_in_the_dark_claims_it_and_gets_it_or_a_code_that_pays() -> None:
    trade = Trade(ORDER)
    trade.open()
    index = 0
    while not any(each.loss_minor > 0 and each.verdict is Verdict.PROVEN for each in trade_heard(trade)):
        trade.visit(index)
        index += 1
        assert index < 120
    proven = next(
        each for each in trade_heard(trade) if each.loss_minor > 0 and each.verdict is Verdict.PROVEN
    )
    person = next(each for each in trade.crowd.people if each.name == proven.person)
    assert trade.claimants is not None
    # Coins in the tray, if they stood at the screen, else a code.
    assert trade.claimants.loss_minor(person) == proven.loss_minor - proven.amount_minor
    till = trade.world.till
    assert till is not None
    for note in person.notes:
        assert till.debt_of_code(note.code) == note.debt


def test_claims_of_several_kiosks_are_judged_together() -> None:
    half = ENOUGH // 2
    one = count_claims([heard(0, Verdict.PROVEN)] + [heard(50, Verdict.PROVEN)] * half, refused=1)
    other = count_claims([heard(0, Verdict.UNSEEN, Lie.PLUG)] * ENOUGH + [heard(50, Verdict.UNSEEN)] * half)
    both = add_claims([one, other])
    assert (both.true_made, both.true_found, both.false_made, both.false_approved) == (
        2 * half,
        half,
        ENOUGH + 1,
        1,
    )
    assert (both.refused, both.false_by_lie["plug"], both.by_verdict["proven"]) == (1, ENOUGH, half + 1)
    assert len(both.problems) == 1


@pytest.mark.parametrize(
    ("verdict", "is_found", "is_approved"),
    [
        (Verdict.PROVEN, 1, 1),
        (Verdict.CONSISTENT, 1, 0),
        (Verdict.UNSEEN, 0, 0),
        (Verdict.CONTRADICTED, 0, 0),
    ],
)
def test_found_is_what_the_journal_knows_of_and_approved_what_it_proves(
    verdict: Verdict, is_found: int, is_approved: int
) -> None:
    counted = count_claims([heard(50, verdict), heard(0, verdict, Lie.INVENTED)])
    assert (counted.true_found, counted.false_approved) == (is_found, is_approved)
    assert counted.by_verdict == {str(verdict): 2}


def test_shares_are_judged_from_enough_claims_only() -> None:
    few = [heard(50, Verdict.UNSEEN)] * (ENOUGH - 1) + [heard(0, Verdict.PROVEN)] * (ENOUGH - 1)
    assert count_claims(few).problems == ()
    many = [heard(50, Verdict.UNSEEN)] * 2 + [heard(50, Verdict.PROVEN)] * (ENOUGH - 2)
    assert len(count_claims(many).problems) == 1
    lies = [heard(0, Verdict.PROVEN)] * 2 + [heard(0, Verdict.UNSEEN)] * (ENOUGH - 2)
    assert len(count_claims(lies).problems) == 1
    fair = [heard(0, Verdict.PROVEN)] + [heard(0, Verdict.UNSEEN)] * (ENOUGH - 1)
    assert count_claims(fair).problems == ()
