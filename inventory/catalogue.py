"""The vocabulary of goods that the till may read: frozen products, slots, labels and the catalogue that holds them.

Prices include tax and are whole minor units of the kiosk's one currency. A GTIN is kept as 14 ASCII digits
with leading zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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


CAPACITY_LIMIT = 500
"""Most pieces in one slot; a full shelf board of small packs is well below."""


class Place(StrEnum):
    """Where a slot is: on the open shelf, behind a coil of our own board, or in an old machine that sells for us."""

    SHELF = "shelf"
    COIL = "coil"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Supply:
    """Who sells it to us.

    Attributes:
        supplier: The vendor's own key of the supplier: lower case, ASCII, at most 24 characters.
        order_no: The supplier's own order number; empty where there is none.
    """

    supplier: str
    order_no: str = ""


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
        suppliers: Who sells it to us, the usual one first.
        case_size: Pieces in the case that is ordered.
        deposit_minor: Paid on top of the price for the empty pack, with tax; 0 for none.
        min_age: Years a buyer must have; 0 for none. Nobody here can look at a passport: above 0 it is not sold.
        shelf_life_days: From delivery to its last day of sale; 0 where unknown.
        is_retired: Not sold any more. It stays for its name in receipts and figures.
        photo: Name of the vendor's own photograph, which is shown instead of ``picture``; empty for none.
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
    suppliers: tuple[Supply, ...] = ()
    case_size: int = 1
    deposit_minor: int = 0
    min_age: int = 0
    shelf_life_days: int = 0
    is_retired: bool = False
    photo: str = ""

    @property
    def is_for_sale(self) -> bool:
        """Whether an unattended kiosk may offer it at all."""
        return not self.is_retired and self.min_age == 0

    @property
    def due_minor(self) -> int:
        """What a piece costs at its own price, its deposit included."""
        return self.price_minor + self.deposit_minor


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for goods in the planogram.

    Attributes:
        code: What is written on it (``A3`` for coils, ``S12`` for shelf places).
        place: Shelf, coil or machine.
        sku: The product it is planned for.
        capacity: How many pieces fit.
        par_qty: The stock we want after a service.
        coil: The board's own number of the coil, or the old machine's number of the item; 0 for shelf places.
        zone: The part of the site or shelf it belongs to, in the vendor's own words; empty for none.
    """

    code: str
    place: Place
    sku: str
    capacity: int
    par_qty: int
    coil: int = 0
    zone: str = ""


class Measure(StrEnum):
    """What the value inside a code counts."""

    PRICE = "price"
    WEIGHT = "weight"
    COUNT = "count"


class Rounding(StrEnum):
    """How a price that was worked out from a weight comes to whole coins."""

    NEAREST = "nearest"
    """To the nearest coin, the half upwards."""
    DOWN = "down"
    UP = "up"


GS1_PREFIX = "01"
"""The prefix that stands for GS1 element strings, whose first field, AI 01, is the GTIN."""


class CodeTableError(ValueError):
    """A row of the table of labels cannot be right; ``key`` names the message, ``parameters`` its values.

    The keys are those of `inventory.barcode_table.TABLE_TEXTS`.
    """

    def __init__(self, key: str, **parameters: str | int) -> None:
        """Keep the key and its values."""
        super().__init__(f"{key} {parameters}")
        self.key = key
        self.parameters: Mapping[str, str | int] = parameters


DECIMALS_MOST = MappingProxyType({Measure.PRICE: 3, Measure.WEIGHT: 6, Measure.COUNT: 0})
"""No currency has more decimals than three; a weight is kept in milligrams; pieces are whole."""


@dataclass(frozen=True, slots=True)
class EmbeddedLayout:
    """One row of the vendor's table of labels: how codes with a value inside are built, and what the value is worth.

    Attributes:
        prefix: First digits of the 13-digit number: ``02`` or ``20`` to ``29``, optionally longer (``213``); or ``01`` for
            the GS1 element strings of one product.
        layout: Twelve letters for the digits before the check digit: ``P`` the item (the prefix counts as
            item), ``V`` the value, ``C`` an inner check digit over the value. ``PPPPPPPCVVVV`` is the British
            price label. Empty for GS1 element strings.
        measure: What the value is.
        decimals: How many digits of the value are decimals; of the currency's major unit, of a kilogram, 0
            for a count.
        sku: The one product of these codes; empty when the goods file names each item by its number.
        unit_price_minor: Weights only: price of a kilogram; 0 takes the product's own price for it.
        least_minor: A piece that comes out cheaper is refused: labels are easily printed. 0 sets no limit.
        most_minor: A piece that comes out dearer is refused. 0 leaves it to the kiosk's limit of credit.
        rounding: Weights only: how price times weight comes to whole coins. The price on a label is never raised.
    """

    prefix: str
    layout: str
    measure: Measure
    decimals: int = 0
    sku: str = ""
    unit_price_minor: int = 0
    least_minor: int = 0
    most_minor: int = 0
    rounding: Rounding = Rounding.NEAREST

    def __post_init__(self) -> None:
        """Refuse what no label can be.

        Raises:
            CodeTableError: Which part, and what is allowed.
        """
        if self.is_gs1:
            if self.layout or self.decimals or self.measure is Measure.COUNT:
                raise CodeTableError("table.gs1_layout")
            if not self.sku:
                raise CodeTableError("table.gs1_product")
        else:
            self._check_layout()
        if self.unit_price_minor and self.measure is not Measure.WEIGHT:
            raise CodeTableError("table.unit_price")
        if min(self.unit_price_minor, self.least_minor, self.most_minor) < 0:
            raise CodeTableError("table.limits")
        if self.most_minor and self.least_minor > self.most_minor:
            raise CodeTableError("table.limits")

    @property
    def is_gs1(self) -> bool:
        """Whether it speaks of GS1 element strings."""
        return self.prefix == GS1_PREFIX

    @property
    def key(self) -> tuple[str, str]:
        """What no two rows of a table share."""
        return self.prefix, self.sku if self.is_gs1 else ""

    def _check_layout(self) -> None:
        if not re.fullmatch(r"(02|2[0-9])[0-9]{0,5}", self.prefix):
            raise CodeTableError("table.prefix", value=self.prefix)
        if not re.fullmatch(r"P{4,9}C?V{3,8}", self.layout) or len(self.layout) != 12:
            raise CodeTableError("table.letters", value=self.layout)
        if self.layout.count("P") < len(self.prefix):
            raise CodeTableError("table.prefix_in_item", value=self.prefix)
        if "C" in self.layout and self.layout.count("V") not in {4, 5}:
            raise CodeTableError("table.inner_check")
        if not 0 <= self.decimals <= DECIMALS_MOST[self.measure]:
            raise CodeTableError("table.decimals_most", most=DECIMALS_MOST[self.measure])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything for sale, where it lies, and what the vendor's labels mean; immutable, replaced as a whole."""

    products: Mapping[str, Product] = field(default_factory=lambda: MappingProxyType({}))
    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))
    by_gtin: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    labels: tuple[EmbeddedLayout, ...] = ()
    loose: tuple[Product, ...] = ()
    """What is for sale without a barcode, in the catalogue's order: each new screen shows it, and most goods are none of it."""

    @classmethod
    def of(
        cls,
        products: tuple[Product, ...],
        slots: tuple[Slot, ...],
        labels: tuple[EmbeddedLayout, ...] = (),
    ) -> Catalogue:
        """Build a catalogue with its GTIN index. The last product wins a shared GTIN: import refuses it.

        Retired goods are not found by their codes: a number may come back on another pack.
        """
        by_gtin = {
            gtin: product.sku for product in products if not product.is_retired for gtin in product.gtins
        }
        by_sku = {product.sku: product for product in products}
        return cls(
            products=MappingProxyType(by_sku),
            slots=MappingProxyType({slot.code: slot for slot in slots}),
            by_gtin=MappingProxyType(by_gtin),
            labels=labels,
            loose=loose_of(by_sku.values()),
        )

    def product_of_slot(self, code: str) -> Product | None:
        """The product planned for a slot, or None when there is no such slot or product."""
        slot = self.slots.get(code)
        return self.products.get(slot.sku) if slot else None


def loose_of(products: Iterable[Product]) -> tuple[Product, ...]:
    """Those that are for sale without a barcode."""
    return tuple(product for product in products if product.is_loose and product.is_for_sale)


NO_ITEM = 65_535
"""What an old machine says that does not number its goods (MDB/ICP 4.2, section 7.4)."""

MACHINE_SKU = "machine-item-"
"""How the SKU of goods begins that an old machine sold and no planogram knows; its number follows."""


def machine_sku(item: int) -> str:
    """The SKU of an old machine's item that no planogram knows."""
    return f"{MACHINE_SKU}{item}"


def machine_item(sku: str) -> int | None:
    """The number behind such an SKU; None for any other."""
    number = sku.removeprefix(MACHINE_SKU)
    is_item = sku.startswith(MACHINE_SKU) and number.isascii() and number.isdigit() and len(number) <= 5
    return int(number) if is_item else None
