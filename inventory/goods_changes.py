"""What another set of goods would change: new, changed field by field, gone; for a preview before anything is taken over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from inventory.catalogue import Catalogue, Product
from inventory.goods_file import GOODS_COLUMNS, goods_row

Field = tuple[str, str, str]
"""A column of the goods file, what stood there, what stands there now."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A product that stays, with the fields that change."""

    product: Product
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class GoodsChanges:
    """What changes; ``gone`` are products that are sold now and would be retired, ``same_qty`` those that stay as they are."""

    new: tuple[Product, ...]
    changed: tuple[Changed, ...]
    gone: tuple[Product, ...]
    same_qty: int

    @property
    def qty(self) -> int:
        """How many products change in any way."""
        return len(self.new) + len(self.changed) + len(self.gone)


def changed_fields(was: Product | None, now: Product, exponent: int) -> tuple[Field, ...]:
    """The columns in which two products differ, as the goods file writes them; all that are filled for a new one."""
    before = goods_row(was, exponent) if was else ("",) * len(GOODS_COLUMNS)
    rows = zip(GOODS_COLUMNS, before, goods_row(now, exponent), strict=True)
    return tuple((column, old, new) for column, old, new in rows if old != new)


def with_retired(products: Iterable[Product], before: Catalogue) -> tuple[Product, ...]:
    """``products`` and, retired, all that were there before: what was sold keeps its name."""
    found = tuple(products)
    kept = {product.sku for product in found}
    return (
        *found,
        *(
            product if product.is_retired else replace(product, is_retired=True)
            for sku, product in before.products.items()
            if sku not in kept
        ),
    )


def with_photos(products: Iterable[Product], before: Catalogue) -> tuple[Product, ...]:
    """``products``, each with the photograph that it has in ``before``."""
    known = before.products
    return tuple(
        replace(product, photo=known[product.sku].photo) if product.sku in known else product
        for product in products
    )


def compare_goods(before: Catalogue, products: Iterable[Product], exponent: int) -> GoodsChanges:
    """What ``products``, retired ones included, would change.

    A product that was retired and is sold again counts as changed.
    """
    new: list[Product] = []
    changed: list[Changed] = []
    gone: list[Product] = []
    same_qty = 0
    for product in products:
        was = before.products.get(product.sku)
        if was is None:
            new.append(product)
        elif was == product:
            same_qty += 1
        elif product.is_retired and not was.is_retired:
            gone.append(product)
        else:
            changed.append(Changed(product, changed_fields(was, product, exponent)))
    return GoodsChanges(tuple(new), tuple(changed), tuple(gone), same_qty)
