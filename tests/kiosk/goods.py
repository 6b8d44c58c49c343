"""A small catalogue: shelf and coil goods with prices that make interesting change."""

from __future__ import annotations

from inventory.catalogue import Catalogue, Place, Product, Slot


def product(
    sku: str, price_minor: int, *, tax_class: str = "standard", gtins: tuple[str, ...] = ()
) -> Product:
    return Product(
        sku=sku,
        names={"en": sku, "fa": sku, "ar": sku},
        gtins=gtins,
        price_minor=price_minor,
        cost_minor=price_minor // 2,
        tax_class=tax_class,
        category="snacks",
    )


WATER = product("water", 150, gtins=("04006381333931",))
APPLE = product("apple", 50, tax_class="reduced")
CHIPS = product("chips", 150)
BAR = product("bar", 120, tax_class="reduced")

COILS = {"A1": 1, "A2": 2, "A3": 3}

CATALOGUE = Catalogue.of(
    (WATER, APPLE, CHIPS, BAR),
    (
        Slot("S1", Place.SHELF, "water", capacity=20, par_qty=10),
        Slot("A1", Place.COIL, "chips", capacity=8, par_qty=8, coil=COILS["A1"]),
        Slot("A2", Place.COIL, "bar", capacity=8, par_qty=8, coil=COILS["A2"]),
        Slot("A3", Place.COIL, "chips", capacity=8, par_qty=8, coil=COILS["A3"]),
    ),
)

PRICES = {COILS["A1"]: 150, COILS["A2"]: 120, COILS["A3"]: 150}
