"""The verdict table, on journals that a real till wrote."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.claims.evidence import EVIDENCE_MOST, GUESSES_MOST, Weighing, weigh
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About, Recorded, Verdict
from tests.kiosk.ledger_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def bound(world: World, about: About, visit: str, said_minor: int = 0) -> Weighing:
    return weigh(world.recorded(), about=about, said_minor=said_minor, visit=visit)


def unbound(world: World, about: About, said_minor: int) -> Weighing:
    entries = world.recorded()
    return weigh(entries, about=about, said_minor=said_minor, window=(1, entries[-1].seq))


def named(world: World, found: Weighing) -> set[str]:
    return {type(each.fact).__name__ for each in world.recorded() if each.seq in found.evidence}


# --- proven ---------------------------------------------------------------------------------------------------------


def test_a_short_payout_of_the_visit_is_proven_for_what_is_owed(world: World) -> None:
    found = bound(world, About.NO_MONEY_BACK, world.short_change())
    assert (found.verdict, found.amount_minor, found.rest_minor) == (Verdict.PROVEN, 50, 0)
    assert "DebtRecorded" in named(world, found)


def test_a_debt_is_proven_whole_when_less_was_said(world: World) -> None:
    found = bound(world, About.NO_MONEY_BACK, world.short_change(), said_minor=20)
    assert (found.verdict, found.amount_minor, found.rest_minor) == (Verdict.PROVEN, 50, 0)


def test_what_is_said_beyond_the_debt_stays_open(world: World) -> None:
    found = bound(world, About.NO_MONEY_BACK, world.short_change(), said_minor=80)
    assert (found.verdict, found.amount_minor, found.rest_minor) == (Verdict.PROVEN, 50, 30)


def test_a_debt_left_by_a_power_cut_is_proven(world: World) -> None:
    world.coin(100)
    visit = world.screen().visit
    world.cut_power()
    world.wait(10_000)
    found = bound(world, About.SWALLOWED, visit)
    assert (found.verdict, found.amount_minor) == (Verdict.PROVEN, 100)


def test_a_claim_without_a_visit_is_proven_by_the_very_sum_only(world: World) -> None:
    world.short_change()
    assert unbound(world, About.NO_MONEY_BACK, 50).verdict is Verdict.PROVEN
    for other in (0, 10, 40, 60, 200):
        assert unbound(world, About.NO_MONEY_BACK, other).verdict is not Verdict.PROVEN


def test_whoever_names_all_that_one_visit_is_owed_is_heard(world: World) -> None:
    visit = world.short_change()
    world.done()
    world.sale()  # another's money, all of it returned or spent
    world.done()
    entries = world.recorded()
    owed = next(each for each in entries if isinstance(each.fact, f.DebtRecorded))
    more = f.DebtRecorded(
        debt="D1-9999", visit=visit, amount_minor=150, reason="vend_unknown", is_certain=False, job="J1-9"
    )
    both = [*entries, replace(owed, seq=entries[-1].seq + 1, fact=more)]
    window = (1, both[-1].seq)
    found = weigh(both, about=About.NO_GOODS, said_minor=200, window=window)
    assert (found.verdict, found.debt) == (Verdict.CONSISTENT, "")
    assert {owed.seq, both[-1].seq} <= set(found.evidence)
    assert weigh(both, about=About.NO_GOODS, said_minor=210, window=window).reason != found.reason


def test_another_s_visit_contradicts_nobody_when_the_power_failed_in_that_time(world: World) -> None:
    world.sale()
    world.done()
    assert unbound(world, About.NO_GOODS, 150).verdict is Verdict.CONTRADICTED
    world.cut_power()
    world.wait(10_000)
    found = unbound(world, About.NO_GOODS, 150)
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "trouble")


def test_two_debts_of_one_sum_prove_nothing_to_a_stranger(world: World) -> None:
    world.short_change()
    world.done()
    world.fill({"hopper-50": 5, "hopper-20": 5, "hopper-10": 5})
    world.short_change()
    found = unbound(world, About.NO_MONEY_BACK, 50)
    assert (found.verdict, found.reason, found.debt) == (Verdict.CONSISTENT, "several_fit", "")


def test_whoever_guesses_sums_is_not_paid_by_the_machine(world: World) -> None:
    world.short_change()
    for guess in range(GUESSES_MOST):
        said_minor = 10 + guess
        found = unbound(world, About.NO_MONEY_BACK, said_minor)
        world.ask(
            ev.ClaimMade(
                token=f"guess-{guess}",
                about=About.NO_MONEY_BACK,
                visit="",
                said_minor=said_minor,
                channel="phone",
                subject="",
                verdict=found.verdict,
                amount_minor=found.amount_minor,
                debt=found.debt,
                evidence=found.evidence,
            )
        )
    found = unbound(world, About.NO_MONEY_BACK, 50)
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "debt_not_bound")


def test_who_says_the_same_sum_again_is_no_guesser(world: World) -> None:
    made = ev.ClaimMade(
        "early", About.NO_MONEY_BACK, "", 50, "phone", "", Verdict.UNSEEN, 50, "", ()
    )  # before it was there to be seen
    world.ask(made)
    world.short_change()
    assert unbound(world, About.NO_MONEY_BACK, 50).verdict is Verdict.PROVEN


def test_a_debt_that_another_claim_has_is_not_proven_to_a_stranger(world: World) -> None:
    visit = world.short_change()
    world.done()
    world.fill({"hopper-50": 0})
    found = bound(world, About.NO_MONEY_BACK, visit)
    made = ev.ClaimMade(
        "owner", About.NO_MONEY_BACK, visit, 50, "phone", "", found.verdict, 50, found.debt, found.evidence
    )
    world.ask(made)
    assert unbound(world, About.NO_MONEY_BACK, 50).verdict is Verdict.CONSISTENT


# --- consistent -----------------------------------------------------------------------------------------------------


def test_an_unknown_vend_is_consistent_and_never_proven(world: World) -> None:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.vend("unknown")
    world.pay()
    found = bound(world, About.NO_GOODS, visit)
    assert (found.verdict, found.amount_minor, found.reason) == (Verdict.CONSISTENT, 150, "uncertain")
    assert found.debt
    assert {"DebtRecorded", "VendEnded"} <= named(world, found)
    assert unbound(world, About.NO_GOODS, 150).verdict is Verdict.CONSISTENT


def test_a_lost_payout_is_consistent(world: World) -> None:
    world.coin(100)
    visit = world.screen().visit
    world.money_back()
    world.lose_payout()
    world.pay()
    found = bound(world, About.NO_MONEY_BACK, visit)
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "uncertain")


def test_coins_that_may_have_gone_in_unseen_are_consistent(world: World) -> None:
    world.coins_lost(2)
    found = unbound(world, About.SWALLOWED, 100)
    assert (found.verdict, found.amount_minor, found.reason) == (Verdict.CONSISTENT, 100, "swallowed_window")


@pytest.mark.parametrize("is_returned", [None, False])
def test_a_coin_turned_away_that_nobody_saw_come_back_is_consistent(
    world: World, is_returned: bool | None
) -> None:
    world.coin_refused(is_returned=is_returned)
    assert unbound(world, About.SWALLOWED, 100).verdict is Verdict.CONSISTENT


def test_a_coin_that_came_back_is_no_evidence(world: World) -> None:
    world.coin_refused(is_returned=True)
    assert unbound(world, About.SWALLOWED, 100).verdict is Verdict.UNSEEN


def test_a_power_cut_nearby_is_consistent(world: World) -> None:
    world.cut_power()
    world.wait(10_000)
    found = unbound(world, About.NO_GOODS, 150)
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "trouble")


# --- contradicted ---------------------------------------------------------------------------------------------------


def test_a_failed_vend_whose_money_came_back_is_contradicted(world: World) -> None:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.vend("failed")
    world.wait(20_000)
    assert world.pay() == 200
    for said_minor in (0, 150, 200):
        found = bound(world, About.NO_GOODS, visit, said_minor)
        assert (found.verdict, found.reason, found.amount_minor) == (
            Verdict.CONTRADICTED,
            "money_returned",
            0,
        )
        assert {"VendEnded", "PayoutEnded"} <= named(world, found)
    assert unbound(world, About.NO_GOODS, 150).verdict is Verdict.CONTRADICTED


def test_goods_that_were_seen_falling_contradict(world: World) -> None:
    found = bound(world, About.NO_GOODS, world.sale())
    assert (found.verdict, found.reason) == (Verdict.CONTRADICTED, "goods_seen")


def test_a_turned_coil_without_a_sensor_contradicts_nobody(world: World) -> None:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.vend("delivered", seen=False)
    world.pay()
    assert bound(world, About.NO_GOODS, visit).verdict is Verdict.UNSEEN


def test_change_that_was_paid_contradicts(world: World) -> None:
    found = bound(world, About.NO_MONEY_BACK, world.sale(), said_minor=50)
    assert (found.verdict, found.reason) == (Verdict.CONTRADICTED, "money_returned")


def test_another_sum_than_the_change_is_unseen(world: World) -> None:
    assert bound(world, About.NO_MONEY_BACK, world.sale(), said_minor=120).verdict is Verdict.UNSEEN


def test_a_debt_paid_by_its_code_contradicts_the_second_claim(world: World) -> None:
    visit = world.short_change()
    world.done()
    debt = world.facts(f.DebtRecorded)[0]
    world.fill({"hopper-50": 5})
    world.type_code(world.debt_code(1, debt.seq))
    second = world.screen().visit
    assert world.pay() == 50
    for name in (visit, second):
        found = bound(world, About.NO_MONEY_BACK, name)
        assert found.verdict is Verdict.CONTRADICTED
        assert "PayoutEnded" in named(world, found)


def test_a_code_whose_payout_falls_short_again_is_proven_from_the_first_visit_on(world: World) -> None:
    visit = world.short_change()
    world.done()
    debt = world.facts(f.DebtRecorded)[0]
    world.fill({"hopper-50": 5})
    world.type_code(world.debt_code(1, debt.seq))
    world.pay(most=0)
    found = bound(world, About.NO_MONEY_BACK, visit)
    assert (found.verdict, found.amount_minor) == (Verdict.PROVEN, 50)


def test_ordinary_trade_of_others_contradicts_no_stranger(world: World) -> None:
    for _ in range(2):
        world.sale()
        world.done()
    assert unbound(world, About.NO_GOODS, 150).verdict is Verdict.UNSEEN


def test_goods_that_nobody_saw_fall_are_not_proven_by_the_change_that_is_owed(world: World) -> None:
    world.choose("A1")
    world.coin(200)
    visit = world.screen().visit
    world.vend("unknown")
    world.pay(most=0)
    by_sum = {debt.amount_minor: debt for debt in world.state.debts.values()}
    assert {each: debt.is_certain for each, debt in by_sum.items()} == {150: False, 50: True}
    for said_minor in (0, 150, 200):
        found = bound(world, About.NO_GOODS, visit, said_minor=said_minor)
        assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "uncertain")
        assert (found.debt, found.amount_minor) == (by_sum[150].debt, 150)
        assert "VendEnded" in named(world, found)
    assert bound(world, About.NO_GOODS, visit, said_minor=50).debt == by_sum[50].debt, (
        "the very sum was named"
    )
    assert bound(world, About.NO_MONEY_BACK, visit).verdict is Verdict.PROVEN


def test_no_machine_is_called_healthy_that_could_not_tell_whether_goods_fell(world: World) -> None:
    world.choose("A1")
    world.coin(200)
    visit = world.screen().visit
    world.vend("unknown")
    world.pay()
    found = bound(world, About.BAD_GOODS, visit)
    assert (found.verdict, found.reason) == (Verdict.UNSEEN, "nothing_told")


def test_no_machine_is_called_healthy_that_lost_its_power_around_the_visit(world: World) -> None:
    visit = world.sale()
    assert bound(world, About.BAD_GOODS, visit).reason == "nothing_seen"
    world.cut_power()
    assert bound(world, About.BAD_GOODS, visit).reason == "nothing_told"


# --- unseen ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", list(About))
def test_a_healthy_machine_that_saw_nothing_says_unseen(world: World, about: About) -> None:
    world.sale()
    found = unbound(world, about, 70)
    assert (found.verdict, found.amount_minor, found.evidence) == (Verdict.UNSEEN, 70, ())


def test_bad_goods_are_unseen_with_the_sale_named(world: World) -> None:
    found = bound(world, About.BAD_GOODS, world.sale(), said_minor=150)
    assert found.verdict is Verdict.UNSEEN
    assert "SaleClosed" in named(world, found)


def test_an_unknown_visit_is_unseen(world: World) -> None:
    world.short_change()
    assert bound(world, About.NO_MONEY_BACK, "V1-9999").verdict is Verdict.UNSEEN


# --- properties -----------------------------------------------------------------------------------------------------


def vend_badly(world: World, outcome: str) -> None:
    world.choose("A1")
    world.coin(200)
    if world.sent:
        world.vend(outcome)
    world.wait(16_000)
    world.pay()


def give_back(world: World, *, is_lost: bool) -> None:
    world.coin(100)
    world.money_back()
    if is_lost and world.sent:
        world.lose_payout()
    world.pay()


def cut(world: World) -> None:
    world.coin(50)
    world.cut_power()
    world.identify()
    world.wait(10_000)


def redeem(world: World) -> None:
    for debt in list(world.state.debts.values())[:1]:
        world.fill({"hopper-50": 5})
        world.type_code(world.debt_code(1, debt.seq))
        world.pay()


ACTS: Mapping[str, Callable[[World], object]] = {
    "sale": World.sale,
    "short": World.short_change,
    "failed": lambda world: vend_badly(world, "failed"),
    "unknown": lambda world: vend_badly(world, "unknown"),
    "lost payout": lambda world: give_back(world, is_lost=True),
    "money back": lambda world: give_back(world, is_lost=False),
    "turned away": lambda world: world.coin_refused(is_returned=None),
    "coins lost": lambda world: world.coins_lost(1),
    "power cut": cut,
    "redeemed": redeem,
}
"""Things that happen at a kiosk."""


def act(world: World, name: str) -> None:
    ACTS[name](world)
    if world.screen().thanks:
        world.done()
    world.count("A1", 5)


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> list[list[Recorded]]:
    """Journals of real tills on which many things went wrong, from fixed seeds."""
    made = []
    for seed in range(6):
        world = World(tmp_path_factory.mktemp("journal"))
        chance = random.Random(seed)
        for _ in range(8):
            act(world, chance.choice(list(ACTS)))
        made.append(world.recorded())
        world.close()
    return made


claims = st.tuples(
    st.integers(0, 5),
    st.sampled_from(list(About)),
    st.sampled_from([0, 10, 50, 100, 150, 200]),
    st.integers(0, 20),
    st.randoms(use_true_random=False),
)


def pick(
    journals: list[list[Recorded]], claim: tuple[int, About, int, int, random.Random]
) -> tuple[list[Recorded], About, int, str]:
    index, about, said_minor, number, _ = claim
    entries = journals[index]
    visits = ["", *[each.fact.visit for each in entries if isinstance(each.fact, f.VisitOpened)]]
    return entries, about, said_minor, visits[number % len(visits)]


@settings(max_examples=150, deadline=None)
@given(claim=claims)
def test_the_same_entries_give_the_same_verdict_in_any_order_and_number(
    journals: list[list[Recorded]], claim: tuple[int, About, int, int, random.Random]
) -> None:
    entries, about, said_minor, visit = pick(journals, claim)
    window = (1, entries[-1].seq)
    shuffled = entries + entries[::3]
    claim[4].shuffle(shuffled)
    first = weigh(entries, about=about, said_minor=said_minor, visit=visit, window=window)
    assert weigh(shuffled, about=about, said_minor=said_minor, visit=visit, window=window) == first


@settings(max_examples=150, deadline=None)
@given(claim=claims)
def test_only_an_open_certain_debt_is_ever_proven(
    journals: list[list[Recorded]], claim: tuple[int, About, int, int, random.Random]
) -> None:
    entries, about, said_minor, visit = pick(journals, claim)
    found = weigh(entries, about=about, said_minor=said_minor, visit=visit, window=(1, entries[-1].seq))
    debts = {each.fact.debt: each.fact for each in entries if isinstance(each.fact, f.DebtRecorded)}
    closed = {
        each.fact.debt
        for each in entries
        if isinstance(each.fact, f.DebtRedeemed | f.CashHandedOver | f.DebtDropped)
    }
    assert set(found.evidence) <= {each.seq for each in entries}
    assert len(found.evidence) <= EVIDENCE_MOST
    if found.verdict is Verdict.PROVEN:
        assert debts[found.debt].is_certain
        assert found.debt not in closed
        assert found.amount_minor == debts[found.debt].amount_minor
    elif found.debt:
        assert found.verdict is Verdict.CONSISTENT
        assert found.debt not in closed
    if found.verdict in {Verdict.CONSISTENT, Verdict.CONTRADICTED}:
        assert found.evidence


def test_every_visit_with_an_open_certain_debt_is_found(journals: list[list[Recorded]]) -> None:
    found = 0
    for entries in journals:
        closed = {
            each.fact.debt for each in entries if isinstance(each.fact, f.DebtRedeemed | f.CashHandedOver)
        }
        for each in entries:
            if (
                isinstance(each.fact, f.DebtRecorded)
                and each.fact.is_certain
                and each.fact.debt not in closed
            ):
                weighed = weigh(entries, about=About.NO_MONEY_BACK, said_minor=0, visit=each.fact.visit)
                assert weighed.verdict is Verdict.PROVEN
                found += 1
    assert found > 3


def test_every_visit_with_an_open_uncertain_debt_is_left_to_a_person(journals: list[list[Recorded]]) -> None:
    found = 0
    for entries in journals:
        debts = [each.fact for each in entries if isinstance(each.fact, f.DebtRecorded)]
        closed = {each.fact.debt for each in entries if isinstance(each.fact, f.DebtRedeemed)}
        open_certain = {debt.visit for debt in debts if debt.is_certain and debt.debt not in closed}
        for debt in debts:
            if not debt.is_certain and debt.visit not in open_certain:
                about = About.NO_GOODS if debt.reason == "vend_unknown" else About.NO_MONEY_BACK
                weighed = weigh(entries, about=about, said_minor=0, visit=debt.visit)
                assert (weighed.verdict, weighed.debt) == (Verdict.CONSISTENT, debt.debt)
                found += 1
    assert found > 3


def test_no_invented_claim_on_a_visit_that_owes_nothing_is_paid_by_the_machine(
    journals: list[list[Recorded]],
) -> None:
    tried = 0
    for entries in journals:
        indebted = {each.fact.visit for each in entries if isinstance(each.fact, f.DebtRecorded)}
        redeeming = {each.fact.visit for each in entries if isinstance(each.fact, f.DebtRedeemed)}
        for each in entries:
            if isinstance(each.fact, f.VisitSettled) and each.fact.visit not in indebted | redeeming:
                for about in About:
                    for said_minor in (0, 50, 100, 150, 200):
                        weighed = weigh(entries, about=about, said_minor=said_minor, visit=each.fact.visit)
                        assert weighed.verdict is not Verdict.PROVEN
                        tried += 1
    assert tried > 100
