"""Rules for the goods themselves: a file taken over as a whole, one product saved or retired.

What somebody changes is compared with what they had before their eyes: a change that came meanwhile is never overwritten unseen.
"""

from __future__ import annotations

from inventory.catalogue import Catalogue, Place, Product
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.plans import price_problem


def catalogue_offered(draft: Draft, event: ev.CatalogueOffered) -> None:
    """Take over a checked goods file."""
    missing = sorted(
        {product.tax_class for product in event.catalogue.products.values()} - set(draft.rules.tax_rates_bp)
    )
    if missing:
        draft.refuse("unknown_tax_class", tax_class=", ".join(missing))
        return
    if event.before is not None and not _is_same(event.before, draft.shop.latest):
        draft.refuse("catalogue_changed")
        return
    draft.add(
        f.CatalogueImported(
            by=event.by,
            products=len(event.catalogue.products),
            slots=len(event.catalogue.slots),
            digest=event.digest,
        )
    )


def _is_same(seen: Catalogue, now: Catalogue) -> bool:
    return seen is now or (seen.products == now.products and seen.slots == now.slots)


def product_offered(draft: Draft, event: ev.ProductOffered) -> None:
    """Save one product, new or changed, or retire it."""
    product, now = event.product, draft.shop.latest
    if event.before != now.products.get(product.sku):
        draft.refuse("catalogue_changed")
    elif event.before == product:
        draft.say("done")
    elif product.tax_class not in draft.rules.tax_rates_bp:
        draft.refuse("unknown_tax_class", tax_class=product.tax_class)
    elif not _may_price(draft, product) or not _may_stand(draft, product, now):
        return
    elif product.is_retired and event.before is not None:
        draft.add(f.ProductRetired(by=event.by, sku=product.sku))
    else:
        draft.add(
            f.ProductSaved(by=event.by, sku=product.sku, is_new=event.before is None, fields=event.fields)
        )


def _may_price(draft: Draft, product: Product) -> bool:
    problem = price_problem(product, product.price_minor, draft.rules)
    if problem == "price_step":
        draft.refuse("price_step", step_minor=str(draft.rules.cash_step_minor))
    elif problem:
        draft.refuse("price_too_high", most_minor=str(draft.rules.max_credit_minor))
    return not problem


def _may_stand(draft: Draft, product: Product, now: Catalogue) -> bool:
    """Whether it fits to the other products and to the plan of places; refuses in words when not."""
    taken = next(
        (now.by_gtin[gtin] for gtin in product.gtins if now.by_gtin.get(gtin, "") not in {"", product.sku}),
        "",
    )
    twin = next(
        (sku for sku in now.products if sku != product.sku and sku.casefold() == product.sku.casefold()), ""
    )
    if taken and not product.is_retired:
        draft.refuse("barcode_taken", sku=taken)
        return False
    if twin:
        draft.refuse("sku_taken", sku=twin)
        return False
    for slot in now.slots.values():
        if slot.sku == product.sku and (
            product.is_retired or (product.is_loose and slot.place is not Place.SHELF)
        ):
            draft.refuse("product_planned", slot=slot.code)
            return False
    return True
