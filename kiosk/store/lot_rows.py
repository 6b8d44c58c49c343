"""Which rows moves and sales change in the lots of a place, so that they are those the till decides from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from kiosk.core import facts as f
from kiosk.journal.entry import Entry

Write = tuple[str, Mapping[str, object]]

LEFT: Final = (
    "SELECT stock.qty - COALESCE(SUM(later.qty), 0) FROM stock LEFT JOIN lot AS later ON later.kiosk_id = stock.kiosk_id "
    "AND later.slot = stock.slot AND later.sku = stock.sku AND later.qty > 0 "
    "AND (CASE later.expires_on WHEN '' THEN '9999-12-31' ELSE later.expires_on END, later.lot) "
    "> (CASE lot.expires_on WHEN '' THEN '9999-12-31' ELSE lot.expires_on END, lot.lot) "
    "WHERE stock.kiosk_id = lot.kiosk_id AND stock.slot = lot.slot AND stock.sku = lot.sku GROUP BY stock.qty"
)
"""Pieces of a lot's place and product that are none of a lot that ends later: so many it may have at most."""

LOTS_SQL: Final[Mapping[str, str]] = {
    "lot": (
        "INSERT INTO lot (kiosk_id, slot, sku, expires_on, lot, qty, since) "
        "VALUES (:kiosk_id, :slot, :sku, :expires_on, :lot, :qty, :at) "
        "ON CONFLICT (kiosk_id, slot, sku, expires_on, lot) DO UPDATE SET qty = lot.qty + excluded.qty"
    ),
    "lots_gone": (
        "DELETE FROM lot WHERE kiosk_id = :kiosk_id AND slot = :slot AND sku = :sku "  # noqa: S608 - a constant
        f"AND (qty <= 0 OR ({LEFT}) <= 0)"
    ),
    "lots_cut": (
        f"UPDATE lot SET qty = ({LEFT}) WHERE kiosk_id = :kiosk_id AND slot = :slot AND sku = :sku AND qty > ({LEFT})"  # noqa: S608 - a constant
    ),
    "lots_forgotten": "DELETE FROM lot WHERE kiosk_id = :kiosk_id AND slot = :slot",
    "lots_else": "DELETE FROM lot WHERE kiosk_id = :kiosk_id AND slot = :slot AND sku <> :sku",
}
"""Statements of this module's rules, by name."""


def lot_writes(entry: Entry, slot: str, sku: str, parts: Iterable[f.LotPart]) -> Iterator[Write]:
    """Change the lots of a place, after its stock; pieces without a date and a lot are the rest of it and have no row.

    Of what the place has too few of, the rest gives first, then the lot that ends first, as in `kiosk.core.goods.changed`: lots
    are together never more than the stock.
    """
    place = {"kiosk_id": entry.kiosk_id, "slot": slot, "sku": sku}
    for expires_on, lot, qty in parts:
        if (expires_on or lot) and qty:
            yield "lot", {**place, "expires_on": expires_on, "lot": lot, "qty": qty, "at": entry.at}
    yield "lots_gone", place
    yield "lots_cut", place
