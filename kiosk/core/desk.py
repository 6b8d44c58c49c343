"""Rules for the vendor's desk: typed commands from people who are not at the screen."""

from __future__ import annotations

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft


def contact_erase(draft: Draft, event: ev.ContactErase) -> None:
    """Erase personal details; the ledger deletes the row in the same commit."""
    draft.add(f.ContactErased(subject=event.subject, by=event.by))


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
    elif event.price_minor <= 0 or (event.price_minor + product.deposit_minor) % draft.rules.cash_step_minor:
        draft.refuse("price_step", step_minor=str(draft.rules.cash_step_minor))
    elif event.price_minor + product.deposit_minor > draft.rules.max_credit_minor:
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
