"""Goods as the screen offers them: tiles of the machine, tiles of goods without a barcode, and what a search finds."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from inventory.catalogue import Catalogue, Place, Product
from inventory.search import GoodsIndex
from kiosk.core.screen import CartLine, Screen, SlotView
from kiosk.i18n import LANGUAGES, goods_name

FOUND_AT_MOST = 24
"""Tiles that a finger can look through; more is answered by typing another letter."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing to choose. ``slot`` is empty for goods from the shelf; ``why`` is a message key when it cannot be had."""

    product: Product
    price_minor: int
    slot: str = ""
    why: str = ""
    deposit_minor: int = 0
    """Comes on top of the price."""
    was_minor: int = 0
    """The price before a mark-down; 0 when there is none."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Equal pieces in the cart: ``last_line`` is the one that "one less" puts back, 0 when nothing can be put back.

    ``labelled`` is the line whose own label made the price: it stands alone, and has no "one more".
    """

    product: Product
    slot: str
    is_coil: bool
    qty: int
    delivered_qty: int
    price_minor: int
    last_line: int
    labelled: CartLine | None = None
    deposit_minor: int = 0
    """The part of the price that is deposits."""
    was_minor: int = 0
    """The price before a mark-down; 0 when there was none."""


def machine_tiles(screen: Screen, catalogue: Catalogue) -> tuple[Tile, ...]:
    """The machine's slots in the order of its coils."""
    return tuple(
        Tile(
            product=catalogue.products[slot.sku],
            price_minor=slot.price_minor,
            slot=slot.code,
            why=_why(screen, slot),
            deposit_minor=slot.deposit_minor,
            was_minor=slot.was_minor,
        )
        for slot in screen.slots
        if slot.sku in catalogue.products
    )


def _why(screen: Screen, slot: SlotView) -> str:
    if not screen.is_machine_on or slot.is_off:
        return "tile.off"
    if slot.is_expired:
        return "tile.expired"
    return "" if slot.qty else "tile.sold_out"


def loose_tiles(screen: Screen, catalogue: Catalogue) -> tuple[Tile, ...]:
    """Goods without a barcode, in the catalogue's order."""
    return tuple(_shelf_tile(each, screen) for each in catalogue.loose)


def _shelf_tile(product: Product, screen: Screen) -> Tile:
    view = next((view for view in screen.shelf if view.sku == product.sku), None)
    price_minor = view.price_minor if view else product.price_minor
    return Tile(
        product,
        price_minor,
        why="tile.expired" if view and view.is_expired else "",
        deposit_minor=product.deposit_minor,
        was_minor=product.price_minor if price_minor < product.price_minor else 0,
    )


def pieces_in_cart(lines: Iterable[CartLine], catalogue: Catalogue) -> tuple[Pieces, ...]:
    """The cart with equal pieces put together, in the order in which each was first chosen."""
    groups: dict[tuple[str, str, bool, int], list[CartLine]] = {}
    for line in lines:
        key = (line.sku, line.slot, line.is_coil, line.line if line.is_labelled else 0)
        groups.setdefault(key, []).append(line)
    return tuple(
        Pieces(
            product=catalogue.products.get(sku) or _gone(sku, group[0].price_minor),
            slot=slot,
            is_coil=is_coil,
            qty=len(group),
            delivered_qty=sum(line.is_delivered for line in group),
            price_minor=sum(line.price_minor for line in group),
            last_line=max((line.line for line in group if not line.is_delivered), default=0),
            labelled=group[0] if number else None,
            deposit_minor=sum(line.deposit_minor for line in group),
            was_minor=sum(line.was_minor or line.price_minor for line in group)
            if any(line.was_minor for line in group)
            else 0,
        )
        for (sku, slot, is_coil, number), group in groups.items()
    )


def _gone(sku: str, price_minor: int) -> Product:
    """Stands for goods that left the catalogue while they lay in a cart, and for an old machine's that it never knew."""
    names = {language: goods_name(None, sku, language) for language in LANGUAGES}
    return Product(sku, names, (), price_minor, 0, "", "everyday")


class Finder:
    """Searches the goods as they are now; the index is built anew when the catalogue is another one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._index = GoodsIndex(())

    def find(self, query: str, screen: Screen, catalogue: Catalogue) -> tuple[Tile, ...]:
        """Tiles for a query; goods that lie behind coils only are offered by their slots."""
        with self._lock:
            if self._catalogue is not catalogue:
                self._index = GoodsIndex(each for each in catalogue.products.values() if each.is_for_sale)
                self._catalogue = catalogue
            skus = self._index.find(query, limit=FOUND_AT_MOST)
        on_shelf = {slot.sku for slot in catalogue.slots.values() if slot.place is Place.SHELF}
        machine: dict[str, list[Tile]] = {}
        for tile in machine_tiles(screen, catalogue):
            machine.setdefault(tile.product.sku, []).append(tile)
        tiles: list[Tile] = []
        for sku in skus:
            product = catalogue.products[sku]
            if product.is_loose or sku in on_shelf or sku not in machine:
                tiles.append(_shelf_tile(product, screen))
            tiles += machine.get(sku, [])
        return tuple(tiles[:FOUND_AT_MOST])
