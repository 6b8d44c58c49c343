"""The vocabulary of goods that the till may read: frozen products, slots and the catalogue that holds them.

Prices include tax and are whole minor units of the kiosk's one currency. A GTIN is kept as 14 ASCII digits
with leading zeros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

CATEGORIES = (
    "drinks",
    "hot_drinks",
    "dairy",
    "snacks",
    "nuts",
    "sweets",
    "bakery",
    "meals",
    "fruit",
    "ice_cream",
    "everyday",
)
"""Keys of the shelves of the picture grid, in the order in which a shopper sees them."""

ALLERGENS = (
    "celery",
    "crustaceans",
    "eggs",
    "fish",
    "gluten",
    "lupin",
    "milk",
    "molluscs",
    "mustard",
    "nuts",
    "peanuts",
    "sesame",
    "soybeans",
    "sulphites",
)
"""The fourteen that must be declared. Source: Regulation (EU) No 1169/2011, Annex II."""


class Place(StrEnum):
    """Where a slot is: on the open shelf, or behind a coil of the machine."""

    SHELF = "shelf"
    COIL = "coil"


@dataclass(frozen=True, slots=True)
class Product:
    """One thing we sell.

    Attributes:
        sku: Our stock-keeping code, unique, ASCII, at most 32 characters.
        names: Language code (``en``, ``fa``, ``ar``) to name; all three are present.
        gtins: GTIN-14s it is scanned by; empty for goods without a barcode.
        price_minor: Price with tax.
        cost_minor: What the vendor paid, without tax.
        tax_class: Key of a rate in the configuration.
        category: Key of a category (``drinks``, ``snacks`` ...) for grid and picture.
        allergens: EU allergen keys, sorted (``milk``, ``nuts`` ...).
        calories_kcal: Per pack; None where unknown.
        picture: Name of its picture in the picture family.
        is_loose: Has no barcode and is offered in the picture grid (fruit, coffee).
    """

    sku: str
    names: Mapping[str, str]
    gtins: tuple[str, ...]
    price_minor: int
    cost_minor: int
    tax_class: str
    category: str
    allergens: tuple[str, ...] = ()
    calories_kcal: int | None = None
    picture: str = ""
    is_loose: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for goods in the planogram.

    Attributes:
        code: What is written on it (``A3`` for coils, ``S12`` for shelf places).
        place: Shelf or coil.
        sku: The product it is planned for.
        capacity: How many pieces fit.
        par_qty: The stock we want after a service.
        coil: The board's own number of the coil; 0 for shelf places.
    """

    code: str
    place: Place
    sku: str
    capacity: int
    par_qty: int
    coil: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything for sale and where it lies; immutable, replaced as a whole."""

    products: Mapping[str, Product] = field(default_factory=lambda: MappingProxyType({}))
    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))
    by_gtin: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, products: tuple[Product, ...], slots: tuple[Slot, ...]) -> Catalogue:
        """Build a catalogue with its GTIN index. The last product wins a shared GTIN: import refuses it."""
        by_gtin = {gtin: product.sku for product in products for gtin in product.gtins}
        return cls(
            products=MappingProxyType({product.sku: product for product in products}),
            slots=MappingProxyType({slot.code: slot for slot in slots}),
            by_gtin=MappingProxyType(by_gtin),
        )

    def product_of_slot(self, code: str) -> Product | None:
        """The product planned for a slot, or None when there is no such slot or product."""
        slot = self.slots.get(code)
        return self.products.get(slot.sku) if slot else None
