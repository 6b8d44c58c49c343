"""The goods' own tables: products, slots and labels, one row each, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Table, Text
from sqlalchemy.dialects import sqlite

metadata = MetaData()

_whole = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")

product = Table(
    "product",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("price_minor", _whole, nullable=False),
    Column("details", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""``details`` is the product as canonical JSON; the price stands apart, because it changes alone."""

slot = Table(
    "slot",
    metadata,
    Column("code", Text, primary_key=True),
    Column("details", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

label = Table(
    "label",
    metadata,
    Column("position", _whole, primary_key=True, autoincrement=False),
    Column("details", Text, nullable=False),
    sqlite_strict=True,
)
"""The vendor's table of labels, row by row in the vendor's order. Stores made before it was there get it at their next start."""
