"""Rules for the vendor's desk and for claims: typed commands from people who are not at the screen."""

from __future__ import annotations

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.limits import are_claims_stopped, goodwill_left_minor, is_code_old, mark_of
from kiosk.core.shopping import can_redeem, redeem
from kiosk.core.state import Claim, Debt, Phase


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
    if verdict is not f.Verdict.PROVEN or debt is None:
        return
    draft.add(f.ClaimApproved(claim=claim, debt=debt.debt, amount_minor=debt.amount_minor, by="evidence"))
    if event.channel == "screen" and draft.state.phase is Phase.IDLE and can_redeem(draft, debt.amount_minor):
        redeem(draft, debt.debt)


def claim_decided(draft: Draft, event: ev.ClaimDecided) -> None:
    """The vendor's decision, once: release the uncertain debt, grant goodwill, or refuse with a reason."""
    claim = draft.state.claims.get(event.claim)
    if claim is None:
        draft.refuse("claim_decided_already")
        return
    debt = draft.state.debts.get(claim.debt or event.debt)
    if event.amount_minor <= 0:
        if not event.reason.strip():
            draft.refuse("reason_needed")
            return
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
        return
    if (claim.debt or event.debt) and debt is None:
        draft.refuse("claim_debt_closed")  # paid or dropped meanwhile: approving again would pay it twice
        return
    if debt is not None:
        if debt.claim and debt.claim != claim.claim:
            draft.refuse("claim_debt_promised")  # one debt pays one claim; the other would wait for nothing
            return
        if not debt.is_certain or _is_old(draft, debt):
            draft.add(f.DebtReleased(debt=debt.debt, claim=claim.claim, by=event.by))
        amount_minor, name = debt.amount_minor, debt.debt
    elif not _may_grant(draft, claim, event.amount_minor):
        return
    else:
        amount_minor, name = event.amount_minor, draft.next_id("D")
        draft.add(f.GoodwillGranted(debt=name, claim=claim.claim, amount_minor=amount_minor, by=event.by))
    draft.add(f.ClaimApproved(claim=claim.claim, debt=name, amount_minor=amount_minor, by=event.by))
    draft.say("claim_approved", debt=name)


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


def hand_over(draft: Draft, event: ev.HandOver) -> None:
    """A clerk pays a certain debt from the vendor's pocket, once."""
    debt = draft.state.debts.get(event.debt)
    if debt is None:
        draft.refuse("code_pays_nothing")
    elif not debt.is_certain:
        draft.refuse("code_waits_for_vendor")
    else:
        draft.add(f.CashHandedOver(debt=debt.debt, amount_minor=debt.amount_minor, by=event.by))


def contact_erase(draft: Draft, event: ev.ContactErase) -> None:
    """Erase personal details; the ledger deletes the row in the same commit."""
    draft.add(f.ContactErased(subject=event.subject, by=event.by))


def catalogue_offered(draft: Draft, event: ev.CatalogueOffered) -> None:
    """Take over a checked goods file."""
    missing = sorted(
        {product.tax_class for product in event.catalogue.products.values()} - set(draft.rules.tax_rates_bp)
    )
    if missing:
        draft.refuse("unknown_tax_class", tax_class=", ".join(missing))
        return
    draft.add(
        f.CatalogueImported(
            by=event.by,
            products=len(event.catalogue.products),
            slots=len(event.catalogue.slots),
            digest=event.digest,
        )
    )


def labels_offered(draft: Draft, event: ev.LabelsOffered) -> None:
    """Take over a checked table of labels; its limits of price are within those of the kiosk."""
    most_minor = draft.rules.max_credit_minor
    for row in event.labels:
        if row.sku and row.sku not in draft.shop.catalogue.products:
            draft.refuse("unknown_product")
            return
        if max(row.least_minor, row.most_minor) > most_minor:
            draft.refuse("price_too_high", most_minor=str(most_minor))
            return
    draft.add(f.LabelsSet(by=event.by, rows=len(event.labels), digest=event.digest))


def price_offered(draft: Draft, event: ev.PriceOffered) -> None:
    """A new price, in steps of the smallest coin."""
    product = draft.shop.catalogue.products.get(event.sku)
    if product is None:
        draft.refuse("unknown_product")
    elif event.price_minor <= 0 or event.price_minor % draft.rules.cash_step_minor:
        draft.refuse("price_step", step_minor=str(draft.rules.cash_step_minor))
    elif event.price_minor > draft.rules.max_credit_minor:
        draft.refuse("price_too_high", most_minor=str(draft.rules.max_credit_minor))
    elif event.price_minor != product.price_minor:
        draft.add(
            f.PriceSet(
                by=event.by, sku=event.sku, was_minor=product.price_minor, price_minor=event.price_minor
            )
        )


def audit_closed(draft: Draft, event: ev.AuditClosed) -> None:
    """Begin a new interval of the trade's meters; nothing else changes."""
    draft.add(f.AuditTaken(by=event.by))


def user_offered(draft: Draft, event: ev.UserOffered) -> None:
    """A desk user made or changed."""
    draft.add(f.UserSaved(user=event.user, role=event.role, by=event.by))


def sign_in_failed(draft: Draft, event: ev.SignInFailed) -> None:
    """Wrong secrets are counted in the journal, so that a restart does not forget them."""
    draft.add(f.SignInRefused(user=event.user, failures=event.failures))
