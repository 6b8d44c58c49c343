"""Claims in the till: what pays itself and within which bounds, two people, parts, vouchers, transfers, promised answers."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import Phase
from tests.kiosk.core.test_desk import claim, only_claim, owe
from tests.kiosk.world import World

DUE: dict[str, Any] = {"due_at": "2026-03-05T19:00:00.000Z", "remind_at": "2026-03-04T19:00:00.000Z"}


def decide(world: World, amount_minor: int, by: str = "parvin", **changes: Any) -> str:
    """The key of the answer to a decision about the only claim."""
    event = ev.ClaimDecided(only_claim(world), by, amount_minor, changes.pop("reason", ""), **changes)
    return world.ask(event).key


def uncertain(world: World, **changes: Any) -> str:
    """A claim about an uncertain debt of 1.00, and the debt's name."""
    debt = owe(world, is_certain=False)
    world.ask(claim("a", f.Verdict.CONSISTENT, debt=debt, **changes))
    return debt


# --- by itself, within bounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "limit"),
    [
        ("claim", {"max_auto_claim_minor": 90}),
        ("day_sum", {"max_auto_day_minor": 90}),
        ("day_count", {"max_auto_day_claims": 0}),
    ],
)
def test_what_is_proven_above_a_bound_waits_for_a_person_and_says_which(
    world: World, bound: str, limit: dict[str, int]
) -> None:
    world.set_rules(**limit)
    debt = owe(world)
    world.ask(claim("a", f.Verdict.PROVEN, debt=debt, channel="screen", **DUE))
    assert [fact.bound for fact in world.facts(f.ClaimWithheld)] == [bound]  # type: ignore[attr-defined]
    assert world.tray_minor == 0
    assert len(world.facts(f.ClaimPromised)) == 1
    assert decide(world, 100) == "claim_approved"
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.tray_minor == 100
    world.audit()


def test_the_days_bound_counts_what_the_evidence_approved_and_ends_with_the_day(world: World) -> None:
    world.set_rules(max_auto_day_claims=1)
    for _ in range(2):
        owe(world)
    debts = list(world.state.debts)
    for debt in debts:
        world.ask(claim(debt, f.Verdict.PROVEN, debt=debt))
    assert [fact.debt for fact in world.facts(f.ClaimApproved)] == debts[:1]  # type: ignore[attr-defined]
    for _ in range(26):
        world.pass_time(3_600_000)
    owe(world)
    newest = list(world.state.debts)[-1]
    world.ask(claim("c", f.Verdict.PROVEN, debt=newest))
    assert [fact.debt for fact in world.facts(f.ClaimApproved)] == [debts[0], newest]  # type: ignore[attr-defined]


# --- two people -----------------------------------------------------------------------------------------------------


def test_above_the_limit_nothing_is_owed_until_a_second_person_agrees(world: World) -> None:
    world.set_rules(second_above_minor=90)
    debt = uncertain(world)
    assert decide(world, 100) == "claim_proposed"
    assert decide(world, 100) == "claim_proposed"
    assert len(world.facts(f.ClaimProposed)) == 1
    assert not world.state.debts[debt].is_certain
    assert world.ask(ev.ClaimSecond(only_claim(world), "parvin")).key == "claim_second_own"
    assert world.ask(ev.ClaimSecond(only_claim(world), "sami")).key == "claim_approved"
    assert world.facts(f.ClaimSeconded) == [
        f.ClaimSeconded(claim="C1-" + _place(world), first="parvin", by="sami")
    ]
    world.tap(ev.DebtCodeTyped, debt=debt)
    world.pass_time(60_000)
    assert world.verify().problems == ()


def _place(world: World) -> str:
    (opened,) = world.facts(f.ClaimOpened)
    return opened.claim.partition("-")[2]  # type: ignore[attr-defined, no-any-return]


def test_nobody_seconds_what_nobody_proposed_or_what_is_decided(world: World) -> None:
    uncertain(world)
    name = only_claim(world)
    assert world.ask(ev.ClaimSecond(name, "sami")).key == "claim_not_proposed"
    decide(world, 100)
    assert world.ask(ev.ClaimSecond(name, "sami")).key == "claim_decided_already"


def test_a_second_person_agrees_to_the_sum_that_was_proposed_and_to_no_other(world: World) -> None:
    world.set_rules(second_above_minor=50)
    debt = uncertain(world)
    decide(world, 80, reason="a part")
    world.ask(claim("b", f.Verdict.CONSISTENT, debt=debt))
    other = next(name for name in world.state.claims if name != only_claim(world))
    world.set_rules(second_above_minor=1_000)
    world.ask(ev.ClaimDecided(other, "parvin", 70, "less"))
    assert world.ask(ev.ClaimSecond(only_claim(world), "sami")).key == "claim_debt_promised"


def test_the_second_person_may_refuse(world: World) -> None:
    world.set_rules(second_above_minor=50)
    uncertain(world)
    decide(world, 100)
    assert decide(world, 0, by="sami", reason="seen falling") == "claim_refused"
    assert not world.state.debts
    assert world.verify().problems == ()


def test_nobody_approves_what_they_typed_in_but_whose_money_it_is(world: World) -> None:
    world.set_rules(second_above_minor=90)
    uncertain(world, channel="desk", by="sami")
    assert decide(world, 50, by="sami", reason="part") == "claim_own"
    assert decide(world, 100, by="parvin") == "claim_proposed"
    assert world.ask(ev.ClaimSecond(only_claim(world), "sami")).key == "claim_second_own"
    world.set_rules(second_above_minor=100)
    assert decide(world, 100, by="sami", is_owner=True) == "claim_approved"


# --- parts ----------------------------------------------------------------------------------------------------------


def test_of_an_uncertain_debt_a_part_is_paid_and_the_rest_is_suspense(world: World) -> None:
    debt = uncertain(world)
    assert decide(world, 60) == "reason_needed"
    assert decide(world, 65, reason="half") == "price_step"
    assert decide(world, 60, reason="the coil turned halfway") == "claim_approved"
    assert world.facts(f.DebtReduced) == [
        f.DebtReduced(
            debt=debt,
            claim="C1-" + _place(world),
            amount_minor=40,
            left_minor=60,
            by="parvin",
            reason="the coil turned halfway",
        )
    ]
    assert (world.state.totals.owed, world.state.totals.suspense) == (60, 40)
    assert world.ask(ev.HandOver(debt, "sami")).key == "done"
    assert world.facts(f.CashHandedOver) == [f.CashHandedOver(debt, 60, "sami")]
    assert world.verify().problems == ()


def test_what_is_certainly_owed_is_paid_whole(world: World) -> None:
    debt = owe(world)
    world.ask(claim("a", f.Verdict.CONSISTENT, debt=debt))
    assert decide(world, 60, reason="half") == "claim_debt_whole"
    assert decide(world, 100) == "claim_approved"


# --- ways -----------------------------------------------------------------------------------------------------------


def test_a_voucher_waits_for_a_choice_and_its_rest_comes_back(world: World) -> None:
    world.ask(claim("a", said_minor=200, amount_minor=200))
    assert decide(world, 200, way=ev.Way.VOUCHER) == "claim_approved"
    (debt,) = world.state.debts
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert (world.state.phase, world.visit.held_minor, world.tray_minor) == (Phase.SHOPPING, 200, 0)
    world.scan("water")
    world.close()
    world.pass_time(6_000)
    assert world.tray_minor == 200 - 150
    world.audit(goods_taken_minor=150)


def test_a_voucher_pays_for_a_month_where_a_code_pays_for_a_day(world: World) -> None:
    world.set_rules(code_ms=1_000, voucher_ms=100_000)
    for token, way in (("a", ev.Way.CODE), ("b", ev.Way.VOUCHER)):
        world.ask(claim(token))
        decide(world, 100, way=way)
    code, voucher = world.state.debts
    world.pass_time(50_000)
    assert world.tap(ev.DebtCodeTyped, debt=code).key == "code_too_old"
    assert not world.tap(ev.DebtCodeTyped, debt=voucher).is_refusal


def test_a_transfer_is_noted_once_with_its_reference(world: World) -> None:
    debt = uncertain(world)
    note = ev.TransferNote(debt, "parvin", f.Means.BANK, "  TR-77 ", "2026-03-04")
    assert world.ask(note).key == "code_waits_for_vendor"
    decide(world, 100)
    assert (
        world.ask(ev.TransferNote(debt, "parvin", f.Means.BANK, " ", "2026-03-04")).key == "reference_needed"
    )
    assert world.ask(note).key == "done"
    assert world.ask(note).key == "code_pays_nothing"
    assert [fact.reference for fact in world.facts(f.DebtTransferred)] == ["TR-77"]  # type: ignore[attr-defined]
    assert world.state.totals.paid_out == 100
    assert world.verify().problems == ()


# --- goods that come back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fate", "qty"), [(f.Fate.SHELF, 1), (f.Fate.SPOILED, 0)])
def test_goods_and_money_move_in_one_commit(world: World, fate: f.Fate, qty: int) -> None:
    world.set_rules(second_above_minor=90)
    world.ask(claim("a", about=f.About.BAD_GOODS))
    before = world.state.coils["A1"].qty
    back = ev.Back("chips", "A1", fate)
    assert decide(world, 100, back=back) == "claim_proposed"
    assert decide(world, 90, back=back) == "claim_approved"
    assert world.state.coils["A1"].qty == before + qty
    assert len(world.facts(f.GoodsReturned)) == 1
    moves = [(fact.move, fact.reason) for fact in world.facts(f.StockMoved) if "-" in fact.token]  # type: ignore[attr-defined]
    assert ("spoilage", "damaged") in moves or fate is f.Fate.SHELF
    assert world.verify().problems == ()


def test_goods_that_nobody_knows_do_not_come_back(world: World) -> None:
    world.ask(claim("a", about=f.About.BAD_GOODS))
    assert decide(world, 90, back=ev.Back("gold", "", f.Fate.SHELF)) == "unknown_product"


# --- promised answers -----------------------------------------------------------------------------------------------


def test_each_stage_of_a_promised_answer_is_said_once(world: World) -> None:
    world.ask(claim("a", **DUE))
    said = []
    for _ in range(4):
        world.pass_time(86_400_000)
        world.step(ev.ClaimsDue())
        world.step(ev.ClaimsDue())
        said.append([fact.stage for fact in world.facts(f.ClaimReminded)])  # type: ignore[attr-defined]
    assert said == [[], [], ["soon"], ["soon", "late"]]
    assert world.verify().problems == ()


def test_what_pays_itself_promises_no_answer(world: World) -> None:
    world.ask(claim("a", f.Verdict.PROVEN, debt=owe(world), **DUE))
    assert world.facts(f.ClaimPromised) == []
