"""Limits by visit, hour and day, in the kiosk's own running time; and codes that outlive their day."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import accepted_positions, hopper_contents
from kiosk.core.limits import (
    CLAIMS,
    GOODWILL,
    PAYOUTS,
    age_ms,
    goodwill_left_minor,
    last_day,
    last_hour,
    metered,
    stopped,
    tenth_of,
)
from kiosk.core.rules import Rules
from kiosk.core.state import State
from tests.kiosk.core.test_desk import claim, only_claim, owe
from tests.kiosk.world import RULES, World

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
TENTH_MS = 600_000


def bound(world: World, **limits: int) -> Rules:
    """Give the world's till narrower limits."""
    world.shop = replaced(world.shop, rules=replaced(world.shop.rules, **limits))  # type: ignore[arg-type]
    return world.shop.rules


def grant(world: World, token: str, amount_minor: int, **changes: Any) -> str:
    world.ask(claim(token, **changes))
    name = next(reversed(list(world.state.claims)))
    return world.ask(ev.ClaimDecided(name, "owner", amount_minor, "")).key


# --- the meter ------------------------------------------------------------------------------------------------------


def test_a_meter_counts_an_hour_and_a_day_and_never_less() -> None:
    state = State()
    for now_ms in range(0, 3 * DAY_MS, 7 * 60_000):
        state = metered(state, PAYOUTS, now_ms, 10)
        state = replace(state, seen_ms=now_ms)
        hour = sum(1 for then in range(0, now_ms + 1, 7 * 60_000) if now_ms - then <= HOUR_MS)
        day = sum(1 for then in range(0, now_ms + 1, 7 * 60_000) if now_ms - then <= DAY_MS)
        assert hour <= last_hour(state, PAYOUTS)[0] <= hour + 3
        assert day <= last_day(state, PAYOUTS)[0] <= day + 10
        assert last_day(state, PAYOUTS)[1] == 10 * last_day(state, PAYOUTS)[0]
    meter = state.meters[PAYOUTS]
    assert (len(meter.tenths), len(meter.hours)) == (7, 25)
    assert last_hour(state, PAYOUTS, 5 * DAY_MS) == (0, 0)


def test_the_hour_ends_after_seventy_minutes_at_most_and_the_day_after_twenty_five_hours() -> None:
    state = metered(State(), PAYOUTS, 0, 10)
    assert last_hour(state, PAYOUTS, HOUR_MS) == (1, 10)
    assert last_hour(state, PAYOUTS, HOUR_MS + TENTH_MS - 1) == (1, 10)
    assert last_hour(state, PAYOUTS, HOUR_MS + TENTH_MS) == (0, 0)
    assert last_day(state, PAYOUTS, DAY_MS) == (1, 10)
    assert last_day(state, PAYOUTS, DAY_MS + HOUR_MS - 1) == (1, 10)
    assert last_day(state, PAYOUTS, DAY_MS + HOUR_MS) == (0, 0)


def test_a_running_piece_is_ten_minutes_long_and_counts_from_the_first_start() -> None:
    state = State(ran_ms=TENTH_MS, boot_ms=500)
    assert [tenth_of(state, 500 + ms) for ms in (0, TENTH_MS - 1, TENTH_MS)] == [1, 1, 2]


def test_a_monotonic_clock_that_began_anew_takes_no_age_away() -> None:
    assert age_ms(State(ran_ms=900, boot_ms=500), 20) == 900


def test_what_rests_is_told_by_its_name() -> None:
    state = State()
    for name in (PAYOUTS, CLAIMS, GOODWILL):
        state = metered(state, name, 0, 1_000_000)
    rules = replaced(RULES, max_claims_per_hour=1)
    assert stopped(state, rules, 0) == ("payouts", "claims", "goodwill")
    assert stopped(State(), rules, 0) == ()


def test_when_more_goodwill_was_granted_than_narrower_limits_allow_nothing_is_left(world: World) -> None:
    assert grant(world, "a", 200) == "claim_approved"
    rules = bound(world, max_goodwill_hour_minor=150)
    assert goodwill_left_minor(world.state, rules, "") == 0
    assert GOODWILL in stopped(world.state, rules)


def test_the_kiosks_age_goes_on_through_starts_and_never_faster_than_the_world(world: World) -> None:
    before = age_ms(world.state)
    for _ in range(2):
        world.coins(100)
        world.pass_time(130_000)  # the money goes back by itself
        world.crash()
    ran = age_ms(world.state) - before
    assert 200_000 < ran <= 300_000


# --- claims ---------------------------------------------------------------------------------------------------------


def test_pulling_the_plug_gives_no_new_hour_of_claims(world: World) -> None:
    for number in range(world.shop.rules.max_claims_per_hour):
        world.ask(claim(f"c{number}"))
    world.crash()
    assert world.ask(claim("more")).key == "too_many_claims"
    assert CLAIMS in stopped(world.state, world.shop.rules)


def test_claims_are_bounded_by_the_day(world: World) -> None:
    bound(world, max_claims_per_day=3)
    for number in range(3):
        assert world.ask(claim(f"c{number}")).key == "claim_opened"
        world.pass_time(2 * HOUR_MS)
    assert world.ask(claim("more")).key == "too_many_claims"
    world.pass_time(DAY_MS)
    assert world.ask(claim("next day")).key == "claim_opened"


def test_claims_about_one_visit_are_bounded(world: World) -> None:
    rules = bound(world, max_claims_per_visit=2)
    for number in range(rules.max_claims_per_visit):
        assert world.ask(claim(f"c{number}", visit="V1-9")).key == "claim_opened"
    assert world.ask(claim("more", visit="V1-9")).key == "too_many_claims_of_visit"
    assert world.ask(claim("another", visit="V1-8")).key == "claim_opened"
    assert world.ask(claim("none")).key == "claim_opened"


# --- goodwill -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "visit", "most"),
    [
        ({"max_goodwill_hour_minor": 250}, "", "50"),
        ({"max_goodwill_day_minor": 250}, "", "50"),
        ({"max_goodwill_minor": 250}, "V1-9", "50"),
    ],
)
def test_goodwill_is_bounded_by_hour_day_and_visit(
    world: World, limits: dict[str, int], visit: str, most: str
) -> None:
    rules = bound(world, **limits)
    assert grant(world, "a", 200, visit=visit) == "claim_approved"
    world.ask(claim("b", visit=visit))
    answer = world.ask(ev.ClaimDecided(only_claim(world), "owner", 60, ""))
    assert (answer.key, answer.params["most_minor"]) == ("goodwill_limit", most)
    assert world.ask(ev.ClaimDecided(only_claim(world), "owner", 50, "")).key == "claim_approved"
    assert world.state.totals.granted == 250
    assert (GOODWILL in stopped(world.state, rules)) is (not visit)
    assert world.verify().problems == ()


def test_the_next_day_goodwill_may_be_granted_again(world: World) -> None:
    bound(world, max_goodwill_day_minor=250)
    assert grant(world, "a", 250) == "claim_approved"
    assert grant(world, "b", 10) == "goodwill_limit"
    world.crash()
    assert grant(world, "c", 10) == "goodwill_limit"
    world.pass_time(DAY_MS + HOUR_MS)
    assert grant(world, "d", 10) == "claim_approved"


# --- payouts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["max_payout_hour_minor", "max_payout_day_minor"])
def test_hoppers_rest_above_the_limit_and_what_is_due_is_owed(world: World, limit: str) -> None:
    rules = bound(world, **{limit: 200})
    for _ in range(2):
        world.coins(100)
        world.money_back()
    assert world.tray_minor == 200
    assert PAYOUTS in stopped(world.state, rules)
    assert hopper_contents(world.state, rules, is_promise=False) == {}
    assert not any(accepted_positions(world.state, rules).values()), (
        "nothing to buy, so no coin could be given back"
    )
    debt = owe_by_code(world)
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "cannot_pay_now"
    world.pass_time(DAY_MS + HOUR_MS)
    world.ask(ev.StockCounted("t", "clerk", "A1", "count", 3))
    assert PAYOUTS not in stopped(world.state, rules)
    assert world.verify().problems == ()


def owe_by_code(world: World) -> str:
    assert grant(world, "g", 100) == "claim_approved"
    return next(iter(world.state.debts))


def test_on_a_quiet_kiosk_the_hoppers_rest_no_longer_than_the_hour(world: World) -> None:
    rules = bound(world, max_payout_hour_minor=150)
    debt = owe(world)
    world.coins(200)
    world.money_back()
    world.pass_time(60_000)
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "cannot_pay_now"
    seq = world.state.seq
    world.pass_time(HOUR_MS + HOUR_MS // 6)
    assert world.state.seq == seq, "nobody came, nothing was written"
    assert world.screen().stopped == ()
    assert world.screen().takes_coins
    assert PAYOUTS not in stopped(world.state, rules, world.now_ms)
    assert world.tap(ev.DebtCodeTyped, debt=debt).key != "cannot_pay_now"
    assert world.tray_minor == 300
    assert debt not in world.state.debts
    world.audit()


def test_change_that_comes_after_a_quiet_hour_is_paid(world: World) -> None:
    bound(world, max_payout_hour_minor=100)
    world.coins(100)
    world.money_back()
    world.pass_time(2 * HOUR_MS)
    world.coins(100)
    world.money_back()
    assert world.tray_minor == 200
    assert not world.state.debts


def test_change_above_the_limit_is_owed_with_its_reason(world: World) -> None:
    bound(world, max_payout_hour_minor=100)
    world.coins(100, 50, 20)
    world.money_back()
    (debt,) = world.state.debts.values()
    assert (debt.reason, debt.amount_minor) == ("payouts_stopped", 20)
    assert world.tray_minor == 150
    world.audit()


# --- codes ----------------------------------------------------------------------------------------------------------


def test_a_code_pays_for_a_day_and_then_waits_for_the_vendor(world: World) -> None:
    debt = owe(world)
    world.pass_time(DAY_MS - HOUR_MS)
    world.pass_time(2 * HOUR_MS)
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "code_too_old"
    assert world.state.debts[debt].amount_minor == 100, "debts never end"
    world.ask(claim("a", f.Verdict.PROVEN, debt=debt, channel="screen"))
    assert world.state.claims[only_claim(world)].verdict == f.Verdict.CONSISTENT
    assert world.ask(ev.ClaimDecided(only_claim(world), "owner", 100, "")).key == "claim_approved"
    assert world.facts(f.DebtReleased)
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.tray_minor == 100
    world.audit()


def test_a_code_pays_within_its_day_also_after_starts(world: World) -> None:
    debt = owe(world)
    for _ in range(3):
        world.pass_time(2 * HOUR_MS)
        world.crash()
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.tray_minor == 100


# --- one debt, one claim --------------------------------------------------------------------------------------------


def test_a_debt_is_promised_to_one_claim(world: World) -> None:
    debt = owe(world, is_certain=False)
    for token in ("first", "second"):
        world.ask(claim(token, f.Verdict.CONSISTENT, debt=debt))
    first, second = world.state.claims
    assert world.ask(ev.ClaimDecided(first, "owner", 100, "")).key == "claim_approved"
    assert world.ask(ev.ClaimDecided(second, "owner", 100, "")).key == "claim_debt_promised"
    assert world.ask(ev.ClaimDecided(second, "owner", 0, "the other one has it")).key == "claim_refused"
    assert world.state.debts[debt].is_certain, "the refusal of the second takes nothing from the first"


def test_goodwill_is_not_granted_beside_a_debt_of_the_same_visit(world: World) -> None:
    debt = owe(world, is_certain=False)
    visit = world.state.debts[debt].visit
    world.ask(claim("a", f.Verdict.UNSEEN, visit=visit))
    name = only_claim(world)
    answer = world.ask(ev.ClaimDecided(name, "owner", 100, ""))
    assert (answer.key, answer.params["amount_minor"]) == ("claim_debt_open", "100")
    assert world.ask(ev.ClaimDecided(name, "owner", 100, "", debt=debt)).key == "claim_approved"
    assert world.facts(f.GoodwillGranted) == []
    assert world.state.debts[debt].is_certain


def test_bad_goods_may_be_made_good_beside_a_debt(world: World) -> None:
    debt = owe(world, is_certain=False)
    visit = world.state.debts[debt].visit
    assert grant(world, "a", 50, visit=visit, about=f.About.BAD_GOODS) == "claim_approved"


def test_a_claim_rests_on_no_entry_that_is_still_to_come(world: World) -> None:
    head = world.state.seq
    world.ask(claim("a", evidence=(0, -1, 1, head, head + 1, 10**9)))
    (weighed,) = world.facts(f.ClaimWeighed)
    assert isinstance(weighed, f.ClaimWeighed)
    assert weighed.evidence == (1, head)
