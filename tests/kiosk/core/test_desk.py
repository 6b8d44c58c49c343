"""People who are not at the screen: claims, debts, goods, prices, users."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as replaced

from hardware import events as hw
from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import Debt, Totals
from tests.kiosk.goods import CATALOGUE, product
from tests.kiosk.world import World


def claim(token: str, verdict: f.Verdict = f.Verdict.UNSEEN, **changes: Any) -> ev.ClaimMade:
    values: dict[str, Any] = {
        "about": f.About.NO_MONEY_BACK,
        "visit": "",
        "said_minor": 100,
        "channel": "phone",
        "subject": "",
        "amount_minor": 100,
        "debt": "",
        "evidence": (),
    }
    return ev.ClaimMade(token=token, verdict=verdict, **{**values, **changes})


def owe(world: World, *, is_certain: bool = True) -> str:
    """One euro owed, and the debt's name."""
    if is_certain:
        world.coins(100)
        world.crash()
    else:
        world.hoppers["hopper-50"].cannot_tell = True
        world.coins(100)
        world.money_back()
    return next(iter(world.state.debts))


def only_claim(world: World) -> str:
    return next(iter(world.state.claims))


def test_pressing_twice_opens_one_claim(world: World) -> None:
    world.ask(claim("a"))
    assert world.ask(claim("a")).key == "claim_known"
    assert len(world.facts(f.ClaimOpened)) == 1


def test_a_claim_sent_again_after_a_busy_morning_is_still_known(world: World) -> None:
    world.ask(claim("a"))
    for number in range(60):
        world.ask(ev.StockCounted(f"token-{number}", "clerk", "A1", "count", number % 5))
    assert world.ask(claim("a")).key == "claim_known"


def test_claims_are_bounded_by_the_hour(world: World) -> None:
    for number in range(world.shop.rules.max_claims_per_hour):
        assert world.ask(claim(f"c{number}")).key == "claim_opened"
    assert world.ask(claim("more")).key == "too_many_claims"
    world.pass_time(4_200_000)
    assert world.ask(claim("more")).key == "claim_opened"


def test_a_proven_claim_at_the_screen_is_paid_at_once(world: World) -> None:
    debt = owe(world)
    world.ask(claim("a", f.Verdict.PROVEN, debt=debt, channel="screen"))
    assert world.tray_minor == 100
    assert not world.state.debts
    assert not world.state.claims
    world.audit()


@pytest.mark.parametrize("hinders", ["a visit that is open", "hoppers that are away"])
def test_a_proven_claim_at_the_screen_keeps_its_code_when_it_cannot_be_paid_now(
    world: World, hinders: str
) -> None:
    debt = owe(world)
    if hinders == "a visit that is open":
        world.coins(50)
    else:
        for name in world.hoppers:
            world.step(hw.DeviceLost(name, hw.DeviceKind.HOPPER))
    world.ask(claim("a", f.Verdict.PROVEN, debt=debt, channel="screen"))
    assert len(world.facts(f.ClaimApproved)) == 1
    assert world.facts(f.DebtRedeemed) == []
    assert debt in world.state.debts


def test_a_proven_claim_by_phone_waits_for_its_code(world: World) -> None:
    debt = owe(world)
    world.ask(claim("a", f.Verdict.PROVEN, debt=debt))
    assert world.tray == []
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.tray_minor == 100
    world.audit()


def test_what_was_paid_between_weighing_and_now_is_not_proven_any_more(world: World) -> None:
    debt = owe(world)
    world.tap(ev.DebtCodeTyped, debt=debt)
    world.ask(claim("a", f.Verdict.PROVEN, debt=debt, channel="screen"))
    assert world.tray_minor == 100
    assert world.state.claims[only_claim(world)].verdict == f.Verdict.CONSISTENT
    world.audit()


def test_an_uncertain_debt_is_never_proven(world: World) -> None:
    debt = owe(world, is_certain=False)
    world.ask(claim("a", f.Verdict.PROVEN, debt=debt, channel="screen"))
    assert world.state.claims[only_claim(world)].verdict == f.Verdict.CONSISTENT
    assert debt in world.state.debts


def test_an_approved_uncertain_debt_pays_once(world: World) -> None:
    debt = owe(world, is_certain=False)
    before = world.tray_minor
    world.ask(claim("a", f.Verdict.CONSISTENT, debt=debt))
    name = only_claim(world)
    assert world.ask(ev.ClaimDecided(name, "owner", 100, "")).key == "claim_approved"
    assert world.ask(ev.ClaimDecided(name, "owner", 100, "")).key == "claim_decided_already"
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.tap(ev.DebtCodeTyped, debt=debt).key == "code_pays_nothing"
    assert world.tray_minor == before + 100


def test_no_goodwill_takes_the_place_of_a_debt_that_was_just_paid(world: World) -> None:
    debt = owe(world)
    world.ask(claim("a"))
    name = only_claim(world)
    world.tap(ev.DebtCodeTyped, debt=debt)
    answer = world.ask(ev.ClaimDecided(name, "owner", 200, "", debt=debt))
    assert (answer.key, answer.is_refusal) == ("claim_debt_closed", True)
    assert not world.facts(f.GoodwillGranted)
    assert not world.state.debts
    assert name in world.state.claims, "the vendor may decide again, knowing that it was paid"
    assert world.ask(ev.ClaimDecided(name, "owner", 50, "")).key == "claim_approved"
    assert world.tray_minor == 100
    world.audit()


def test_a_refusal_needs_a_reason_and_drops_an_uncertain_debt_into_suspense(world: World) -> None:
    debt = owe(world, is_certain=False)
    world.ask(claim("a", f.Verdict.CONSISTENT, debt=debt))
    name = only_claim(world)
    assert world.ask(ev.ClaimDecided(name, "owner", 0, "  ")).key == "reason_needed"
    assert world.ask(ev.ClaimDecided(name, "owner", 0, "counted")).key == "claim_refused"
    assert not world.state.debts
    assert world.state.totals.suspense == 100
    world.answer("hopper-50")
    assert world.state.totals.suspense == 0, "its count shows that the coins had left"
    world.audit()


def test_a_refused_claim_leaves_a_certain_debt_alone(world: World) -> None:
    debt = owe(world)
    world.ask(claim("a", f.Verdict.CONSISTENT, debt=debt))
    world.ask(ev.ClaimDecided(only_claim(world), "owner", 0, "no"))
    assert debt in world.state.debts
    world.audit()


def test_approving_what_is_certain_already_releases_nothing_twice(world: World) -> None:
    debt = owe(world)
    world.ask(claim("a", f.Verdict.CONSISTENT, debt=debt))
    world.ask(ev.ClaimDecided(only_claim(world), "owner", 100, ""))
    assert not world.facts(f.DebtReleased)
    assert world.state.debts[debt].amount_minor == 100


def test_goodwill_is_a_new_debt_within_the_vendors_limit(world: World) -> None:
    world.ask(claim("a"))
    name = only_claim(world)
    too_much = world.shop.rules.max_goodwill_minor + 10
    assert world.ask(ev.ClaimDecided(name, "owner", too_much, "")).key == "goodwill_too_high"
    world.ask(ev.ClaimDecided(name, "owner", 150, ""))
    (debt,) = world.state.debts
    assert world.state.totals.granted == 150
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.tray_minor == 150
    world.audit()


def test_a_clerk_hands_a_certain_debt_over_once(world: World) -> None:
    debt = owe(world)
    assert world.ask(ev.HandOver(debt, "clerk")).key == "done"
    assert world.ask(ev.HandOver(debt, "clerk")).key == "code_pays_nothing"
    assert world.state.totals.paid_out == 100
    assert world.verify().problems == ()


def test_an_uncertain_debt_is_not_handed_over(world: World) -> None:
    debt = owe(world, is_certain=False)
    assert world.ask(ev.HandOver(debt, "clerk")).key == "code_waits_for_vendor"


def test_erasing_a_contact_leaves_the_claim(world: World) -> None:
    world.ask(claim("a", subject="s-1"))
    world.ask(ev.ContactErase("s-1", "owner"))
    assert world.facts(f.ContactErased) == [f.ContactErased("s-1", "owner")]
    assert world.state.claims


GOODWILL_DEBT = Debt("D1-3", 3, "", 10, "goodwill", is_certain=False, job="", at="")
"""Owed to nobody's visit, and promised to no claim any more: as a restore leaves it."""


@pytest.mark.parametrize(
    ("debt", "visit"),
    [
        pytest.param(GOODWILL_DEBT, "", id="a debt of no visit, a claim about none"),
        pytest.param(replaced(GOODWILL_DEBT, visit="V1-9"), "V1-8", id="another visit's debt"),
        pytest.param(replaced(GOODWILL_DEBT, visit="V1-9", claim="C1-5"), "V1-9", id="another claim's debt"),
    ],
)
def test_goodwill_is_granted_beside_a_debt_that_this_claim_is_not_about(
    world: World, debt: Debt, visit: str
) -> None:
    world.state = replaced(world.state, debts={debt.debt: debt}, totals=Totals(granted=10, owed=10))
    world.ask(claim("a", visit=visit))
    assert world.ask(ev.ClaimDecided(only_claim(world), "owner", 1, "")).key == "claim_approved"
    assert [
        fact.amount_minor for fact in world.facts(f.GoodwillGranted) if isinstance(fact, f.GoodwillGranted)
    ] == [1]


def test_a_goods_file_with_an_unknown_tax_class_is_refused(world: World) -> None:
    odd = Catalogue.of((product("odd", 100, tax_class="luxury"),), ())
    answer = world.ask(ev.CatalogueOffered("owner", odd, "digest"))
    assert (answer.key, answer.params["tax_class"]) == ("unknown_tax_class", "luxury")
    odd = Catalogue.of(tuple(product(name, 100, tax_class=name) for name in "ebdac"), ())
    assert world.ask(ev.CatalogueOffered("owner", odd, "digest")).params["tax_class"] == "a, b, c, d, e"
    assert world.ask(ev.CatalogueOffered("owner", CATALOGUE, "digest")).key == "done"
    assert world.facts(f.CatalogueImported) == [f.CatalogueImported("owner", 4, 4, "digest")]


@pytest.mark.parametrize(
    ("sku", "price", "key"),
    [
        ("gold", 100, "unknown_product"),
        ("water", 0, "price_step"),
        ("water", 155, "price_step"),
        ("water", 5_010, "price_too_high"),
        ("water", 150, "done"),
        ("water", 160, "done"),
    ],
)
def test_prices_are_whole_steps_of_the_smallest_coin(world: World, sku: str, price: int, key: str) -> None:
    assert world.ask(ev.PriceOffered("owner", sku, price)).key == key
    assert len(world.facts(f.PriceSet)) == (price == 160)


def test_the_smallest_and_the_greatest_price_are_prices(world: World) -> None:
    world.set_rules(cash_step_minor=1, max_credit_minor=900)
    for price_minor in (1, 900):
        world.ask(ev.PriceOffered("owner", "water", price_minor))
    prices = [fact.price_minor for fact in world.facts(f.PriceSet) if isinstance(fact, f.PriceSet)]
    assert prices == [1, 900]


def test_users_and_wrong_secrets_are_written_down_without_the_secret(world: World) -> None:
    world.ask(ev.UserOffered("anna", "owner", "owner", secret_hash="hash"))
    world.ask(ev.SignInFailed("anna", 3))
    assert world.facts(f.UserSaved, f.SignInRefused) == [
        f.UserSaved("anna", "owner", "owner"),
        f.SignInRefused("anna", 3),
    ]


def test_people_elsewhere_wait_while_the_kiosk_starts(world: World) -> None:
    debt = owe(world)
    world.coins(10)
    world.crash(answering=())
    assert world.ask(ev.HandOver(debt, "clerk")).key == "starting"
    assert world.ask(replace(claim("a"), debt=debt)).key == "starting"


def test_refusing_one_claim_leaves_a_debt_that_another_claim_names(world: World) -> None:
    debt = owe(world, is_certain=False)
    world.ask(claim("stranger", f.Verdict.CONSISTENT, debt=debt))
    stranger = only_claim(world)
    world.ask(claim("shopper", f.Verdict.CONSISTENT, debt=debt))
    world.ask(ev.ClaimDecided(stranger, "owner", 0, "not this person"))
    assert debt in world.state.debts
    world.ask(ev.ClaimDecided(only_claim(world), "owner", 100, ""))
    assert world.state.debts[debt].is_certain
    assert world.verify().problems == ()


def test_a_debt_that_was_paid_meanwhile_is_not_granted_again(world: World) -> None:
    debt = owe(world, is_certain=False)
    for token in ("first", "second"):
        world.ask(claim(token, f.Verdict.CONSISTENT, debt=debt))
    first, second = world.state.claims
    world.ask(ev.ClaimDecided(first, "owner", 100, ""))
    world.hoppers["hopper-50"].cannot_tell = False
    world.tap(ev.DebtCodeTyped, debt=debt)
    assert world.ask(ev.ClaimDecided(second, "owner", 100, "")).key == "claim_debt_closed"
    assert world.facts(f.GoodwillGranted) == []
