"""From a covered cart to a settled visit: turn coils, close the sale, give back what is left, owe what cannot be given.

Each step adds at most one fact that moves something in the world, because one commit may announce only one physical act.
"""

from __future__ import annotations

from kiosk.core import facts as f
from kiosk.core.acceptance import hopper_contents
from kiosk.core.change import plan_change
from kiosk.core.draft import Draft
from kiosk.core.goods import day_of, pieces_of
from kiosk.core.limits import are_payouts_stopped
from kiosk.core.state import CardStage, Line, Phase, Visit
from kiosk.money import included_tax

MOST_COINS = 250
"""A ccTalk dispense command carries a count of one byte; larger payouts take several jobs."""


def begin_fulfilment(draft: Draft) -> None:
    """The cart is paid: turn the first coil, or close the sale at once when all goods are in the shopper's hands."""
    for line in draft.visit.lines:
        if line.coil and not line.is_delivered and draft.state.coils[line.slot].is_off:
            # It failed for an earlier piece of this cart: it rests until somebody has looked, and the money stays held.
            draft.add(f.LineRemoved(visit=draft.visit.visit, line=line.line))
        elif line.coil and not line.is_delivered:
            draft.add(
                f.VendStarted(
                    job=draft.next_id("J"),
                    visit=draft.visit.visit,
                    line=line.line,
                    device=line.device,
                    slot=line.slot,
                    coil=line.coil,
                    sku=line.sku,
                    price_minor=line.price_minor,
                )
            )
            return
    close_sale(draft, is_recovered=False)


def close_if_covered(draft: Draft) -> None:
    """A coin brought the credit to the total of a non-empty cart: close without a tap."""
    visit = draft.state.visit
    if (
        draft.state.phase is Phase.SHOPPING
        and visit
        and visit.lines
        and visit.held_minor >= visit.total_minor
    ):
        begin_fulfilment(draft)


def tax_parts(lines: tuple[Line, ...]) -> tuple[f.TaxPart, ...]:
    """Included tax per class, computed once on each class's total, classes in alphabetical order."""
    gross: dict[tuple[str, int], int] = {}
    for line in lines:
        key = (line.tax_class, line.tax_rate_bp)
        gross[key] = gross.get(key, 0) + line.price_minor
    return tuple(
        f.TaxPart(
            tax_class=name, rate_bp=rate, gross_minor=sum_minor, tax_minor=included_tax(sum_minor, rate)
        )
        for (name, rate), sum_minor in sorted(gross.items())
    )


def cost_minor(draft: Draft, sku: str) -> int:
    """What a piece of these goods cost the vendor; 0 for what no catalogue knows, such as an old machine's own items."""
    product = draft.shop.catalogue.products.get(sku)
    return product.cost_minor if product else 0


def close_sale(draft: Draft, *, is_recovered: bool) -> None:
    """Sell what was delivered or taken, then offer a second choice for what failed, or settle."""
    visit = draft.visit
    lines = tuple(line for line in visit.lines if not line.coil or line.is_delivered)
    if lines:
        draft.add(
            f.SaleClosed(
                visit=visit.visit,
                receipt_no=draft.state.receipt_no + 1,
                lines=tuple(
                    f.SaleLine(
                        line=line.line,
                        sku=line.sku,
                        slot=line.slot,
                        coil=line.coil,
                        price_minor=line.price_minor,
                        tax_class=line.tax_class,
                    )
                    for line in lines
                ),
                total_minor=sum(line.price_minor for line in lines),
                taxes=tax_parts(lines),
                is_recovered=is_recovered,
                codes=tuple((line.line, line.said) for line in lines if line.said is not None) or None,
                costs=tuple(cost_minor(draft, line.sku) for line in lines),
                deposits=tuple((line.line, line.deposit_minor) for line in lines if line.deposit_minor)
                or None,
                lots=pieces_of(draft.state.lots, lines, day_of(draft.stamp.at, draft.rules.zone)) or None,
                marks=tuple((line.line, line.was_minor) for line in lines if line.was_minor) or None,
            )
        )
    if not is_recovered and not _end_charge(draft):
        after_sale(draft)


def _end_charge(draft: Draft) -> bool:
    """Make the card's charge final, or give it back when the goods did not need it; False when no card waits for that."""
    card, visit = draft.state.card, draft.visit
    if card is None or card.stage is not CardStage.APPROVED:
        return False
    if visit.held_minor >= card.credit_minor:
        draft.add(f.CardRefundStarted(job=card.job, visit=visit.visit, device=card.device))
    else:
        draft.add(f.CardSettleStarted(job=card.job, visit=visit.visit, device=card.device))
    return True


def after_sale(draft: Draft, *, was_refunded: bool = False) -> None:
    """Offer a second choice for what failed, or give back what is left."""
    visit = draft.visit
    if visit.failures and (visit.held_minor or was_refunded):
        draft.add(f.SecondChoiceOffered(visit=visit.visit))
        return
    settle(draft, f.Settling.CHANGE)


def settle(draft: Draft, reason: f.Settling) -> None:
    """Give the visit's credit back, coin by coin; whatever cannot be given is owed."""
    draft.add(f.SettlingStarted(visit=draft.visit.visit, reason=reason, amount_minor=draft.visit.held_minor))
    pay_next(draft)


def load_card(draft: Draft, device: str) -> None:
    """Have the visit's credit put onto the shopper's card; what its side refuses is paid in coins."""
    amount_minor = draft.visit.held_minor
    draft.add(f.SettlingStarted(visit=draft.visit.visit, reason=f.Settling.CARD, amount_minor=amount_minor))
    draft.add(
        f.CardLoadStarted(
            job=draft.next_id("J"), visit=draft.visit.visit, device=device, amount_minor=amount_minor
        )
    )


def pay_next(draft: Draft) -> None:
    """Start the next hopper job, or owe the rest and end the visit."""
    state, rules, visit = draft.state, draft.rules, draft.visit
    if state.load is not None:
        return  # the card's side answers first
    if visit.held_minor == 0:
        if state.note is None or not state.note.is_kept:  # else its money comes back too
            end_visit(draft)
        return
    is_tired = len(visit.tired_hoppers) >= rules.max_payout_tries or visit.payouts >= rules.max_payouts
    now_ms = draft.stamp.now_ms
    plan = plan_change(visit.held_minor, hopper_contents(state, rules, is_promise=True, now_ms=now_ms))
    if plan.short_minor:
        plan = plan_change(visit.held_minor, hopper_contents(state, rules, is_promise=False, now_ms=now_ms))
    if is_tired or not plan.coins:
        is_stopped = are_payouts_stopped(state, rules, now_ms)
        reason = "payouts_stopped" if is_stopped else "short"
        owe(draft, visit.held_minor, reason="card_refund_failed" if _is_of_a_card(visit) else reason)
        if state.note is None or not state.note.is_kept:
            draft.add(f.VisitSettled(visit=visit.visit))
        return
    value_minor, qty = max(plan.coins.items())
    device = _fullest(draft, value_minor)
    draft.add(
        f.PayoutStarted(
            job=draft.next_id("J"),
            visit=visit.visit,
            device=device,
            qty=min(qty, MOST_COINS, max(1, state.hoppers[device].qty)),
            value_minor=value_minor,
            paid_total=state.hoppers[device].paid_total,
            level=state.hoppers[device].level,
        )
    )


def _is_of_a_card(visit: Visit) -> bool:
    """Whether all that is left is a charge that did not go back to its card: the shopper is told that, not of coins."""
    return 0 < visit.held_minor <= visit.unrefunded_minor


def settle_halted(draft: Draft) -> None:
    """While halted, a visit with no open job ends at once: what was delivered is sold, the rest is owed with a code.

    A card's charge is ended first: made final for what was delivered, else given back; its reader's answer comes here again.
    """
    state = draft.state
    if state.phase is not Phase.HALTED or state.visit is None or state.vend or state.payout or state.load:
        return
    if state.card is not None:
        if state.visit.is_fulfilling:
            close_sale(draft, is_recovered=True)
        _end_charge(draft)
        return
    if state.note is not None and state.note.is_kept:
        return
    end_owing(draft, reason="halted")


def end_owing(draft: Draft, *, reason: str) -> None:
    """End a visit whose shopper cannot be paid now: sell what was delivered or is in their hands, owe the rest.

    What a visit held in a copy that was restored is owed uncertain: it may have been given back in the lost part.
    """
    if draft.visit.is_fulfilling:
        close_sale(draft, is_recovered=True)
    if draft.visit.held_minor and draft.visit.is_restored:
        owe(draft, draft.visit.held_minor, reason="restored", is_certain=False)
    elif draft.visit.held_minor:
        owe(draft, draft.visit.held_minor, reason=reason)
    draft.add(f.VisitSettled(visit=draft.visit.visit))


def end_visit(draft: Draft) -> None:
    """The visit is over; one in which no money moved leaves no thank-you page."""
    visit = draft.visit
    draft.add(f.VisitSettled(visit=visit.visit))
    if not visit.taken_minor:
        draft.add(f.ThanksEnded(visit=visit.visit))


def _fullest(draft: Draft, value_minor: int) -> str:
    """Of the hoppers of one value that can pay, the one with the most coins."""
    state = draft.state
    ready = [
        device
        for device, value in draft.rules.hoppers.items()
        if value == value_minor
        and device in state.hoppers
        and device not in draft.visit.tired_hoppers
        and device in state.devices
        and state.devices[device].is_online
        and not state.devices[device].fault
        and state.hoppers[device].move is None
    ]
    return max(ready, key=lambda device: state.hoppers[device].qty)


def owe(draft: Draft, amount_minor: int, *, reason: str, is_certain: bool = True, job: str = "") -> None:
    """Record a debt under a code."""
    draft.add(
        f.DebtRecorded(
            debt=draft.next_id("D"),
            visit=draft.visit.visit,
            amount_minor=amount_minor,
            reason=reason,
            is_certain=is_certain,
            job=job,
        )
    )
