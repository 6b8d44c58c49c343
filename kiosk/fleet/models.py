"""The desk's own tables beside the store's: which kiosks may push, and what of their histories was set aside."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text

from kiosk.store.models import Whole

metadata = MetaData()

fleet_kiosk = Table(
    "fleet_kiosk",
    metadata,
    Column("kiosk_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    Column("heard_at", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("problem_at", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""A kiosk that this desk serves: the hex of its public key, when it was last heard (UTC; empty: never), and what is wrong."""

fleet_branch = Table(
    "fleet_branch",
    metadata,
    Column("kiosk_id", Text, primary_key=True),
    Column("epoch", Whole, primary_key=True, autoincrement=False),
    Column("after_seq", Whole, nullable=False),
    Column("until_seq", Whole, nullable=False),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)
"""Entries of ``epoch`` after ``after_seq`` that a restored kiosk lost: kept, and not in the books."""

fleet_goods = Table(
    "fleet_goods",
    metadata,
    Column("kiosk_id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    sqlite_strict=True,
)
"""What each kiosk sells, as it last said; ``body`` is a `kiosk.fleet.wire.Goods`."""

FLEET_SQL: Final[dict[str, str]] = {
    "kiosk_heard": (
        "UPDATE fleet_kiosk SET heard_at = :at, problem = :problem, problem_at = :problem_at WHERE kiosk_id = :kiosk_id"
    ),
    "goods": (
        "INSERT INTO fleet_goods (kiosk_id, at, body) VALUES (:kiosk_id, :at, :body) "
        "ON CONFLICT (kiosk_id) DO UPDATE SET at = excluded.at, body = excluded.body WHERE excluded.at >= fleet_goods.at"
    ),
    "branch": (
        "INSERT INTO fleet_branch (kiosk_id, epoch, after_seq, until_seq, at) "
        "VALUES (:kiosk_id, :epoch, :after_seq, :until_seq, :at)"
    ),
}
"""The inbox's statements beside those of the projections."""
