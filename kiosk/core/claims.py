"""Rules for claims: opened with the journal's verdict, answered by a promised time, paid once, by one person or by two.

What the journal proves pays itself within the vendor's bounds; above them, and for everything else, a person decides. Above a
limit two people do. Nobody decides a claim that they typed in themselves, unless the money is their own, and nobody is their
own second.
"""

from __future__ import annotations

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.limits import (
    BY_EVIDENCE,
    are_claims_stopped,
    auto_bound,
    goodwill_left_minor,
    is_code_old,
    mark_of,
)
from kiosk.core.shopping import can_redeem, redeem
from kiosk.core.state import Claim, Debt, Phase, Proposal, State
from kiosk.core.stock import Move
from kiosk.core.transfers import cost_of

REFERENCE_MOST = 64
"""Longer than any bank's reference of a transfer."""

RETURN = "return"
"""The move of goods that a shopper brought back; nobody knows their lot."""

DAMAGED = "damaged"
"""Why they are thrown away, if they are."""


def claim_made(draft: Draft, event: ev.ClaimMade) -> None:
    """Open a claim with the journal's verdict; one that the journal proves is approved, and at the screen paid, at once."""
    if event.token in draft.state.claim_tokens:
        draft.say("claim_known")
        return
    if are_claims_stopped(draft.state, draft.rules, draft.stamp.now_ms):
        draft.refuse("too_many_claims")
        return
    if mark_of(draft.state, event.visit).claims >= draft.rules.max_claims_per_visit:
        draft.refuse("too_many_claims_of_visit")
        return
    # What was read when it was weighed may be named, nothing that is still to come.
    evidence = tuple(seq for seq in event.evidence if 0 < seq <= draft.state.seq)
    claim = draft.next_id("C")
    draft.add(
        f.ClaimOpened(
            claim=claim,
            token=event.token,
            about=event.about,
            visit=event.visit,
            said_minor=event.said_minor,
            channel=event.channel,
            subject=event.subject,
            by=event.by or None,
        )
    )
    debt = draft.state.debts.get(event.debt)
    verdict = event.verdict
    if verdict is f.Verdict.PROVEN and (debt is None or not debt.is_certain or _is_old(draft, debt)):
        # Paid or changed between weighing and now, or so old that a person looks.
        verdict = f.Verdict.CONSISTENT
    draft.add(
        f.ClaimWeighed(
            claim=claim,
            verdict=verdict,
            amount_minor=event.amount_minor,
            debt=event.debt,
            evidence=evidence,
        )
    )
    draft.say("claim_opened", claim=claim, verdict=verdict)
    if verdict is f.Verdict.PROVEN and debt is not None:
        bound = auto_bound(draft.state, draft.rules, debt.amount_minor, draft.stamp.now_ms)
        if bound is None:
            _pay_itself(draft, event, claim, debt)
            return
        draft.add(f.ClaimWithheld(claim=claim, bound=bound[0], most_minor=bound[1]))
    if event.due_at:
        draft.add(f.ClaimPromised(claim=claim, due_at=event.due_at, remind_at=event.remind_at))


def _pay_itself(draft: Draft, event: ev.ClaimMade, claim: str, debt: Debt) -> None:
    """The evidence approves: the code pays, and at the screen it is used at once."""
    draft.add(f.ClaimApproved(claim=claim, debt=debt.debt, amount_minor=debt.amount_minor, by=BY_EVIDENCE))
    if event.channel == "screen" and draft.state.phase is Phase.IDLE and can_redeem(draft, debt.amount_minor):
        redeem(draft, debt.debt)


# --- people decide --------------------------------------------------------------------------------------------------


def claim_decided(draft: Draft, event: ev.ClaimDecided) -> None:
    """The vendor's decision, once: pay all or a part, propose it to a second person, or refuse with a reason."""
    claim = draft.state.claims.get(event.claim)
    if claim is None:
        draft.refuse("claim_decided_already")
    elif event.amount_minor <= 0:
        _refuse(draft, event, claim)
    elif claim.by and claim.by == event.by and not event.is_owner:
        draft.refuse("claim_own")
    elif event.back is not None and event.back.sku not in draft.shop.catalogue.products:
        draft.refuse("unknown_product")
    else:
        debt = draft.state.debts.get(claim.debt or event.debt)
        due_minor = _due_minor(draft, claim, event.debt, event.amount_minor, event.reason)
        if due_minor is None:
            return
        _take_back(draft, event, claim)
        if due_minor > draft.rules.second_above_minor:
            _propose(draft, event, claim, due_minor)
            draft.say("claim_proposed", amount_minor=str(due_minor))
            return
        _pay(draft, claim, debt, due_minor, by=event.by, way=event.way, reason=event.reason)


def _propose(draft: Draft, event: ev.ClaimDecided, claim: Claim, amount_minor: int) -> None:
    """Write down what the first of two people would pay; the same again is the same."""
    reason = event.reason.strip()
    proposal = Proposal(amount_minor=amount_minor, by=event.by, way=event.way, reason=reason)
    if claim.proposal != proposal:
        draft.add(
            f.ClaimProposed(
                claim=claim.claim, amount_minor=amount_minor, by=event.by, way=event.way, reason=reason
            )
        )


def claim_second(draft: Draft, event: ev.ClaimSecond) -> None:
    """The second of two people agrees: what the first proposed is paid, if it still can be."""
    claim = draft.state.claims.get(event.claim)
    if claim is None:
        draft.refuse("claim_decided_already")
    elif claim.proposal is None:
        draft.refuse("claim_not_proposed")
    elif event.by in {claim.proposal.by, claim.by}:
        draft.refuse("claim_second_own")
    else:
        proposal = claim.proposal
        debt = draft.state.debts.get(claim.debt or event.debt)
        due_minor = _due_minor(draft, claim, event.debt, proposal.amount_minor, proposal.reason)
        if due_minor is None:
            return
        if due_minor != proposal.amount_minor:
            draft.refuse("claim_changed")  # they agree to a sum, not to whatever it became
            return
        draft.add(f.ClaimSeconded(claim=claim.claim, first=proposal.by, by=event.by))
        _pay(draft, claim, debt, due_minor, by=proposal.by, way=proposal.way, reason=proposal.reason)


def _due_minor(draft: Draft, claim: Claim, found_debt: str, amount_minor: int, reason: str) -> int | None:
    """What would be paid for the claim now; None when it cannot be, and whoever asked was told why.

    A debt is paid whole; an uncertain one in part, with a reason. Without a debt it is goodwill, within its limits.
    """
    debt = draft.state.debts.get(claim.debt or found_debt)
    if (claim.debt or found_debt) and debt is None:
        draft.refuse("claim_debt_closed")  # paid or dropped meanwhile: approving again would pay it twice
        return None
    if debt is None:
        return amount_minor if _may_grant(draft, claim, amount_minor) else None
    if debt.claim and debt.claim != claim.claim:
        draft.refuse("claim_debt_promised")  # one debt pays one claim; the other would wait for nothing
        return None
    if amount_minor >= debt.amount_minor:
        return debt.amount_minor
    if debt.is_certain:
        draft.refuse("claim_debt_whole", amount_minor=str(debt.amount_minor))
        return None
    if amount_minor % draft.rules.cash_step_minor:
        draft.refuse(
            "price_step", step_minor=str(draft.rules.cash_step_minor)
        )  # coins must be able to pay it
        return None
    if not reason.strip():
        draft.refuse("reason_needed")
        return None
    return amount_minor


def _pay(
    draft: Draft, claim: Claim, debt: Debt | None, amount_minor: int, *, by: str, way: str, reason: str
) -> None:
    """Make the debt that pays the claim certain, or grant one, and approve."""
    if debt is None:
        name = draft.next_id("D")
        draft.add(f.GoodwillGranted(debt=name, claim=claim.claim, amount_minor=amount_minor, by=by))
    else:
        name = debt.debt
        if amount_minor < debt.amount_minor:
            draft.add(
                f.DebtReduced(
                    debt=name,
                    claim=claim.claim,
                    amount_minor=debt.amount_minor - amount_minor,
                    left_minor=amount_minor,
                    by=by,
                    reason=reason.strip(),
                )
            )
        if not debt.is_certain or _is_old(draft, debt):
            draft.add(f.DebtReleased(debt=name, claim=claim.claim, by=by))
    if way == ev.Way.VOUCHER:
        draft.add(f.VoucherMade(debt=name, claim=claim.claim, by=by))
    draft.add(f.ClaimApproved(claim=claim.claim, debt=name, amount_minor=amount_minor, by=by))
    draft.say("claim_approved", debt=name)


def _take_back(draft: Draft, event: ev.ClaimDecided, claim: Claim) -> None:
    """Goods that were brought back are in the stock's books with the decision, once."""
    back = event.back
    if back is None or claim.is_back:
        return
    draft.add(f.GoodsReturned(claim=claim.claim, sku=back.sku, slot=back.slot, fate=back.fate, by=event.by))
    moves = [(RETURN, 1)]
    if back.fate is f.Fate.SPOILED:
        moves.append((Move.SPOILAGE, -1))
    for move, qty in moves:
        draft.add(
            f.StockMoved(
                token=f"{claim.claim}-{move}",
                by=event.by,
                sku=back.sku,
                slot=back.slot,
                move=move,
                qty=qty,
                reason=DAMAGED if move == Move.SPOILAGE else None,
                cost_minor=cost_of(draft, back.sku),
            )
        )


def _refuse(draft: Draft, event: ev.ClaimDecided, claim: Claim) -> None:
    """Refuse with a reason; an uncertain debt that no other claim names is dropped with it."""
    if not event.reason.strip():
        draft.refuse("reason_needed")
        return
    debt = draft.state.debts.get(claim.debt or event.debt)
    draft.add(f.ClaimRefused(claim=claim.claim, by=event.by, reason=event.reason))
    if debt is not None and not debt.is_certain and not _is_claimed(draft, debt.debt):
        draft.add(
            f.DebtDropped(
                debt=debt.debt,
                claim=claim.claim,
                amount_minor=debt.amount_minor,
                by=event.by,
                reason=event.reason,
            )
        )
    draft.say("claim_refused")


def _is_old(draft: Draft, debt: Debt) -> bool:
    """Whether its code has outlived its day."""
    return is_code_old(draft.state, draft.rules, debt, draft.stamp.now_ms)


def _may_grant(draft: Draft, claim: Claim, amount_minor: int) -> bool:
    """Whether goodwill may answer this claim: within the limits, and not beside an open debt of the same visit."""
    rules, now_ms = draft.rules, draft.stamp.now_ms
    open_minor = sum(
        debt.amount_minor
        for debt in draft.state.debts.values()
        if claim.visit and debt.visit == claim.visit and not debt.claim
    )
    left_minor = goodwill_left_minor(draft.state, rules, claim.visit, now_ms)
    if amount_minor > rules.max_goodwill_minor:
        draft.refuse("goodwill_too_high", most_minor=str(rules.max_goodwill_minor))
    elif open_minor and claim.about != f.About.BAD_GOODS:
        draft.refuse("claim_debt_open", amount_minor=str(open_minor))
    elif amount_minor > left_minor:
        draft.refuse("goodwill_limit", most_minor=str(left_minor))
    else:
        return True
    return False


def _is_claimed(draft: Draft, debt: str) -> bool:
    """Whether another open claim names this debt: one person's refusal must not take another's money."""
    return any(claim.debt == debt for claim in draft.state.claims.values())


# --- paid by hand ---------------------------------------------------------------------------------------------------


def hand_over(draft: Draft, event: ev.HandOver) -> None:
    """A clerk pays a certain debt from the vendor's pocket, once."""
    debt = _payable(draft, event.debt)
    if debt is not None:
        draft.add(f.CashHandedOver(debt=debt.debt, amount_minor=debt.amount_minor, by=event.by))


def transfer_noted(draft: Draft, event: ev.TransferNote) -> None:
    """A person paid a certain debt outside the kiosk and says under which reference, once."""
    reference = event.reference.strip()
    if not reference or len(reference) > REFERENCE_MOST:
        draft.refuse("reference_needed")
        return
    debt = _payable(draft, event.debt)
    if debt is not None:
        draft.add(
            f.DebtTransferred(
                debt=debt.debt,
                amount_minor=debt.amount_minor,
                by=event.by,
                means=event.means,
                reference=reference,
                paid_on=event.paid_on,
            )
        )


def _payable(draft: Draft, name: str) -> Debt | None:
    """The debt, if it is open and certain; None, and whoever asked was told why."""
    debt = draft.state.debts.get(name)
    if debt is None:
        draft.refuse("code_pays_nothing")
        return None
    if not debt.is_certain:
        draft.refuse("code_waits_for_vendor")
        return None
    return debt


# --- promised times -------------------------------------------------------------------------------------------------


def stage_of(claim: Claim, at: str) -> str:
    """The stage that is to be said of an undecided claim at a wall time, if it was not said before; empty for none."""
    if not claim.due_at:
        return ""
    stage = f.Stage.LATE if at >= claim.due_at else f.Stage.SOON if at >= claim.remind_at else ""
    is_said = stage in claim.reminded or f.Stage.LATE in claim.reminded
    return "" if is_said else stage


def are_claims_due(state: State, at: str) -> bool:
    """Whether something is to be said of a promised answer."""
    return any(stage_of(claim, at) for claim in state.claims.values())


def claims_due(draft: Draft, event: ev.ClaimsDue) -> None:
    """Say once of each claim that its answer is due soon, and once that it is late."""
    for claim in tuple(draft.state.claims.values()):
        stage = stage_of(claim, draft.stamp.at)
        if stage:
            draft.add(f.ClaimReminded(claim=claim.claim, stage=stage))
