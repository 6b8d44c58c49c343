"""Rules for what is planned for a day, and for prices: taken at the first idle moment of that day or after it.

A plan is a fact with everything in it, so that it is taken as it was agreed, also after days without power. What no longer
fits when its day comes, a product that is gone or retired, is passed over and counted, never guessed.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from inventory.catalogue import Product
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.rules import Rules

PRICES_MOST: Final = 5_000
"""Prices of one plan: a commit of so many entries keeps an idle till a second; more goes by category."""

PLANS_MOST: Final = 24
"""Plans that wait: two a month for a year."""


def price_problem(product: Product, price_minor: int, rules: Rules) -> str:
    """Why a price cannot be: ``price_step`` or ``price_too_high``; empty when it can."""
    due_minor = price_minor + product.deposit_minor
    if price_minor <= 0 or due_minor % rules.cash_step_minor:
        return "price_step"
    return "price_too_high" if due_minor > rules.max_credit_minor else ""


def _is_day(day: str) -> bool:
    try:
        return dt.date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False


def may_plan(draft: Draft, token: str, from_day: str) -> bool:
    """Whether one more plan may be made; refuses in words when not, and answers a repeated form as the first time."""
    if token in draft.state.tokens:
        draft.say("done")
    elif not _is_day(from_day):
        draft.refuse("plan_day")
    elif len(draft.state.plans) >= PLANS_MOST:
        draft.refuse("too_many_plans", most=str(PLANS_MOST))
    else:
        return True
    return False


def prices_offered(draft: Draft, event: ev.PricesOffered) -> None:
    """Plan prices: all of them can be, or none is planned."""
    if not may_plan(draft, event.token, event.from_day):
        return
    if not event.prices or len(event.prices) > PRICES_MOST:
        draft.refuse("plan_size", most=str(PRICES_MOST))
        return
    products, rules = draft.shop.catalogue.products, draft.rules
    for sku, price_minor in event.prices:
        product = products.get(sku)
        if product is None:
            draft.refuse("unknown_product")
            return
        problem = price_problem(product, price_minor, rules)
        if problem == "price_step":
            draft.refuse("price_step", step_minor=str(rules.cash_step_minor))
            return
        if problem:
            draft.refuse("price_too_high", most_minor=str(rules.max_credit_minor))
            return
    draft.add(
        f.PricesPlanned(
            plan=draft.next_id("P"),
            token=event.token,
            by=event.by,
            from_day=event.from_day,
            prices=event.prices,
        )
    )


def plan_dropped(draft: Draft, event: ev.PlanDrop) -> None:
    """Take back what is planned, as long as its day has not come."""
    if all(plan.plan != event.plan for plan in draft.state.plans):
        draft.refuse("plan_gone")
        return
    draft.add(f.PlanDropped(plan=event.plan, by=event.by))


def plan_due(draft: Draft, event: ev.PlanDue) -> None:
    """Its day has come, and nobody is at the till: the prices hold from now."""
    planned = event.planned
    if all(plan.plan != planned.plan for plan in draft.state.plans):
        return
    changes: list[f.PriceSet] = []
    passed_over = 0
    for sku, price_minor in planned.prices:
        product = draft.shop.catalogue.products.get(sku)
        if product is None or product.is_retired or price_problem(product, price_minor, draft.rules):
            passed_over += 1
        elif product.price_minor != price_minor:
            changes.append(
                f.PriceSet(
                    by=planned.by,
                    sku=sku,
                    was_minor=product.price_minor,
                    price_minor=price_minor,
                    plan=planned.plan,
                )
            )
    draft.add(f.PricesTaken(plan=planned.plan, changed=len(changes), passed_over=passed_over))
    for change in changes:
        draft.add(change)
