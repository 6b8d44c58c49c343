"""What the kiosks of a desk sell, as they last said: names for the codes in their journals, and where the goods lie."""

from __future__ import annotations

from sqlalchemy import Connection, text

from inventory.catalogue import Catalogue, Product
from kiosk.fleet.wire import Goods, read_goods_list


def read_goods_lists(connection: Connection) -> dict[str, Goods]:
    """Each kiosk's newest list by its id; a kiosk that never sent one is missing."""
    rows = connection.execute(text("SELECT kiosk_id, body FROM fleet_goods ORDER BY at, kiosk_id"))
    return {row[0]: read_goods_list(bytes(row[1])) for row in rows}


def goods_stamp(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Changes when any kiosk sent another list."""
    rows = connection.execute(text("SELECT kiosk_id, at FROM fleet_goods ORDER BY kiosk_id"))
    return tuple((row[0], row[1]) for row in rows)


def all_products(lists: dict[str, Goods]) -> Catalogue:
    """The products of all kiosks; of one that several sell, the newest word counts. Places differ, so there are none."""
    products: dict[str, Product] = {}
    for goods in sorted(lists.values(), key=lambda each: each.at):
        products.update({product.sku: product for product in goods.products})
    return Catalogue.of(tuple(products.values()), ())


def goods_of(lists: dict[str, Goods], kiosk_id: str) -> Catalogue:
    """What one kiosk sells and where it lies; nothing before it said so."""
    goods = lists.get(kiosk_id)
    return Catalogue.of(goods.products, goods.slots) if goods is not None else Catalogue.of((), ())
