"""The goods' own tables: products, slots and labels, one row each, the same on SQLite and PostgreSQL.

Products and slots have two pairs of tables, of which one is in force: see `inventory.stockroom.ComingGoods`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text
from sqlalchemy.dialects import sqlite

metadata = MetaData()

_whole = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


def _products(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("sku", Text, primary_key=True),
        Column("price_minor", _whole, nullable=False),
        Column("details", Text, nullable=False),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def _slots(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("code", Text, primary_key=True),
        Column("details", Text, nullable=False),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


product = _products("product")
"""``details`` is the product as canonical JSON; the price stands apart, because it changes alone."""

slot = _slots("slot")

product_twin = _products("product_twin")
slot_twin = _slots("slot_twin")
"""The pair that is not in force: a large goods file is written there in small pieces, and then holds at one stroke."""

goods_in_force = Table(
    "goods_in_force",
    metadata,
    Column("number", _whole, primary_key=True, autoincrement=False),
    Column("is_twin", _whole, nullable=False),
    sqlite_strict=True,
)
"""Number 1 alone: whether the twin tables hold the goods; without it they do not."""

label = Table(
    "label",
    metadata,
    Column("position", _whole, primary_key=True, autoincrement=False),
    Column("details", Text, nullable=False),
    sqlite_strict=True,
)
"""The vendor's table of labels, row by row in the vendor's order. Stores made before it was there get it at their next start."""
