"""Loading and saving the catalogue on a connection that is handed in; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from inventory.catalogue import Catalogue, EmbeddedLayout, Product, Slot, loose_of
from inventory.models import goods_in_force, product_twin, slot_twin
from inventory.models import label as label_table
from inventory.models import product as product_table
from inventory.models import slot as slot_table

PIECE_ROWS: Final = 250
"""Rows that are written at once: some milliseconds, in which whoever else needs the store waits."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Where products and slots are kept together."""

    product: Table
    slot: Table


_FIRST: Final = _Pair(product_table, slot_table)
_TWIN: Final = _Pair(product_twin, slot_twin)


def _is_twin(connection: Connection) -> bool:
    # A store that was made before there were two pairs, and was not started since, has the first one only.
    if not connection.dialect.has_table(connection, goods_in_force.name):
        return False
    return bool(connection.execute(select(goods_in_force.c.is_twin)).scalar())


def _in_force(connection: Connection) -> _Pair:
    return _TWIN if _is_twin(connection) else _FIRST


def _text(value: Product | Slot | EmbeddedLayout) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _product_row(product: Product) -> dict[str, Any]:
    return {"sku": product.sku, "price_minor": product.price_minor, "details": _text(product)}


def _slot_row(slot: Slot) -> dict[str, Any]:
    return {"code": slot.code, "details": _text(slot)}


def save_catalogue(connection: Connection, catalogue: Catalogue) -> None:
    """Replace all products and slots by those of ``catalogue``; the table of labels stays.

    It takes as long as there are goods: a large catalogue comes as `ComingGoods`, unless nobody waits for the store.
    """
    tables = _in_force(connection)
    connection.execute(delete(tables.slot))
    connection.execute(delete(tables.product))
    products = [_product_row(product) for product in catalogue.products.values()]
    slots = [_slot_row(slot) for slot in catalogue.slots.values()]
    if products:
        connection.execute(insert(tables.product), products)
    if slots:
        connection.execute(insert(tables.slot), slots)


class ComingGoods:
    """A large catalogue on its way into the store: written beside the goods in force piece by piece, then taken at one stroke.

    Each piece is a transaction of its own and small, so that whoever shares the store waits a moment and not for all of it.
    Nothing reads what is written there before it is taken; what an interrupted file leaves is cleared by the next one.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """Nothing is written yet."""
        self.catalogue = catalogue
        self.is_ready = False
        """Everything is written: it can be taken."""
        self._rows = _rows_of(catalogue)
        self._is_clear = False

    def write_piece(self, connection: Connection) -> None:
        """Write, or first clear away, the next `PIECE_ROWS` rows at most."""
        tables = _FIRST if _is_twin(connection) else _TWIN
        if not self._is_clear:
            self._is_clear = not (_cleared(connection, tables.product) or _cleared(connection, tables.slot))
        if self._is_clear:
            piece = list(islice(self._rows, PIECE_ROWS))
            for table, is_slot in ((tables.product, False), (tables.slot, True)):
                rows = [row for row in piece if ("code" in row) is is_slot]
                if rows:
                    connection.execute(insert(table), rows)
            self.is_ready = len(piece) < PIECE_ROWS

    def take(self, connection: Connection) -> None:
        """Let it hold, inside the caller's transaction; one row changes."""
        is_twin = not _is_twin(connection)
        connection.execute(delete(goods_in_force))
        connection.execute(insert(goods_in_force), [{"number": 1, "is_twin": int(is_twin)}])


def _rows_of(catalogue: Catalogue) -> Iterator[dict[str, Any]]:
    """Products, then slots, made as they are asked for."""
    yield from map(_product_row, catalogue.products.values())
    yield from map(_slot_row, catalogue.slots.values())


def _cleared(connection: Connection, table: Table) -> bool:
    """Delete the first `PIECE_ROWS` rows at most; whether there were any."""
    key = table.primary_key.columns[0]
    first = select(key).order_by(key).limit(PIECE_ROWS).scalar_subquery()
    return connection.execute(delete(table).where(key.in_(first))).rowcount > 0


def save_product(connection: Connection, product: Product) -> None:
    """Keep one product, new or changed."""
    table = _in_force(connection).product
    connection.execute(delete(table).where(table.c.sku == product.sku))
    connection.execute(insert(table), [_product_row(product)])


def save_prices(connection: Connection, prices: Mapping[str, int]) -> None:
    """Change the prices of these products."""
    table = _in_force(connection).product
    statement = (
        update(table).where(table.c.sku == bindparam("of_sku")).values(price_minor=bindparam("new_minor"))
    )
    rows = [{"of_sku": sku, "new_minor": price_minor} for sku, price_minor in prices.items()]
    if rows:
        connection.execute(statement, rows)


def save_slots(connection: Connection, slots: Iterable[Slot], gone: Iterable[str] = ()) -> None:
    """Keep these places, new or changed, and forget those of the codes in ``gone``."""
    table = _in_force(connection).slot
    rows = [_slot_row(slot) for slot in slots]
    codes = [{"of_code": code} for code in (*(row["code"] for row in rows), *gone)]
    if codes:
        connection.execute(delete(table).where(table.c.code == bindparam("of_code")), codes)
    if rows:
        connection.execute(insert(table), rows)


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
    tables = _in_force(connection)
    products = tuple(
        replace(msgspec.json.decode(row.details, type=Product), price_minor=row.price_minor)
        for row in connection.execute(select(tables.product).order_by(tables.product.c.sku))
    )
    slots = tuple(
        msgspec.json.decode(row.details, type=Slot)
        for row in connection.execute(select(tables.slot).order_by(tables.slot.c.code))
    )
    return Catalogue.of(products, slots, load_labels(connection))


def with_product(catalogue: Catalogue, product: Product) -> Catalogue:
    """The catalogue with one product more, or another one in its place."""
    return _with_products(catalogue, (product,))


def with_prices(catalogue: Catalogue, prices: Mapping[str, int]) -> Catalogue:
    """The catalogue with the prices of these products changed."""
    known = catalogue.products
    return _with_products(
        catalogue,
        [replace(known[sku], price_minor=price_minor) for sku, price_minor in prices.items() if sku in known],
    )


def _with_products(catalogue: Catalogue, changed: Iterable[Product]) -> Catalogue:
    """Looks at what changed alone: it is done in the till's turn, and the catalogue may be large."""
    products, by_gtin = dict(catalogue.products), dict(catalogue.by_gtin)
    has_loose = False
    for each in changed:
        was = products.get(each.sku)
        products[each.sku] = each
        has_loose |= each.is_loose or (was is not None and was.is_loose)
        for gtin in was.gtins if was is not None else ():
            if by_gtin.get(gtin) == each.sku:
                del by_gtin[gtin]
        if not each.is_retired:
            by_gtin |= dict.fromkeys(each.gtins, each.sku)
    return replace(
        catalogue,
        products=MappingProxyType(products),
        by_gtin=MappingProxyType(by_gtin),
        loose=loose_of(products.values()) if has_loose else catalogue.loose,
    )


def with_slots(catalogue: Catalogue, slots: Iterable[Slot], gone: Iterable[str] = ()) -> Catalogue:
    """The catalogue with these places new or planned otherwise, and without those of the codes in ``gone``."""
    planned = {**catalogue.slots, **{slot.code: slot for slot in slots}}
    for code in gone:
        planned.pop(code, None)
    return replace(catalogue, slots=MappingProxyType(planned))
