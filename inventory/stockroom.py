"""Loading and saving the catalogue on a connection that is handed in; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from inventory.catalogue import Catalogue, EmbeddedLayout, Product, Slot
from inventory.models import label as label_table
from inventory.models import product as product_table
from inventory.models import slot as slot_table


def _text(value: Product | Slot | EmbeddedLayout) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def save_catalogue(connection: Connection, catalogue: Catalogue) -> None:
    """Replace all products and slots by those of ``catalogue``; the table of labels stays."""
    connection.execute(delete(slot_table))
    connection.execute(delete(product_table))
    products = [
        {"sku": product.sku, "price_minor": product.price_minor, "details": _text(product)}
        for product in catalogue.products.values()
    ]
    slots = [{"code": slot.code, "details": _text(slot)} for slot in catalogue.slots.values()]
    if products:
        connection.execute(insert(product_table), products)
    if slots:
        connection.execute(insert(slot_table), slots)


def save_product(connection: Connection, product: Product) -> None:
    """Keep one product, new or changed."""
    connection.execute(delete(product_table).where(product_table.c.sku == product.sku))
    row = {"sku": product.sku, "price_minor": product.price_minor, "details": _text(product)}
    connection.execute(insert(product_table), [row])


def save_prices(connection: Connection, prices: Mapping[str, int]) -> None:
    """Change the prices of these products."""
    statement = (
        update(product_table)
        .where(product_table.c.sku == bindparam("of_sku"))
        .values(price_minor=bindparam("new_minor"))
    )
    rows = [{"of_sku": sku, "new_minor": price_minor} for sku, price_minor in prices.items()]
    if rows:
        connection.execute(statement, rows)


def save_slots(connection: Connection, slots: Iterable[Slot]) -> None:
    """Change what is planned for these places."""
    statement = (
        update(slot_table)
        .where(slot_table.c.code == bindparam("of_code"))
        .values(details=bindparam("new_details"))
    )
    rows = [{"of_code": slot.code, "new_details": _text(slot)} for slot in slots]
    if rows:
        connection.execute(statement, rows)


def save_labels(connection: Connection, labels: tuple[EmbeddedLayout, ...]) -> None:
    """Replace the whole table of labels."""
    connection.execute(delete(label_table))
    rows = [{"position": position, "details": _text(row)} for position, row in enumerate(labels)]
    if rows:
        connection.execute(insert(label_table), rows)


def load_labels(connection: Connection) -> tuple[EmbeddedLayout, ...]:
    """The vendor's table of labels; empty in a store that was made before there was one and has not been started since."""
    if not connection.dialect.has_table(connection, label_table.name):
        return ()
    rows = connection.execute(select(label_table.c.details).order_by(label_table.c.position))
    return tuple(msgspec.json.decode(row.details, type=EmbeddedLayout) for row in rows)


def load_catalogue(connection: Connection) -> Catalogue:
    """All products, slots and labels, as frozen vocabulary."""
    products = tuple(
        replace(msgspec.json.decode(row.details, type=Product), price_minor=row.price_minor)
        for row in connection.execute(select(product_table).order_by(product_table.c.sku))
    )
    slots = tuple(
        msgspec.json.decode(row.details, type=Slot)
        for row in connection.execute(select(slot_table).order_by(slot_table.c.code))
    )
    return Catalogue.of(products, slots, load_labels(connection))


def with_product(catalogue: Catalogue, product: Product) -> Catalogue:
    """The catalogue with one product more, or another one in its place."""
    products = {**catalogue.products, product.sku: product}
    return Catalogue.of(tuple(products.values()), tuple(catalogue.slots.values()), catalogue.labels)


def with_prices(catalogue: Catalogue, prices: Mapping[str, int]) -> Catalogue:
    """The catalogue with the prices of these products changed."""
    products = tuple(
        replace(product, price_minor=prices[product.sku]) if product.sku in prices else product
        for product in catalogue.products.values()
    )
    return Catalogue.of(products, tuple(catalogue.slots.values()), catalogue.labels)


def with_slots(catalogue: Catalogue, slots: Iterable[Slot]) -> Catalogue:
    """The catalogue with these places planned otherwise."""
    planned = {**catalogue.slots, **{slot.code: slot for slot in slots}}
    return replace(catalogue, slots=MappingProxyType(planned))
