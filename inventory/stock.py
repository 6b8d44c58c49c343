"""Stock moves and what they add up to: on hand is the sum of the moves of a slot and product, nothing else.

Pure vocabulary: who recorded a move and when stands in the journal entry it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

QTY_LIMIT = 10_000
"""Most pieces in one move: a slip of the finger at the desk must not become a mountain of goods."""


class MoveKind(StrEnum):
    """Why stock changed."""

    FILL = "fill"
    SALE = "sale"
    VEND = "vend"
    COUNT = "count"
    SPOILAGE = "spoilage"
    SHRINK = "shrink"


_INWARD = frozenset({MoveKind.FILL})
_EITHER_WAY = frozenset({MoveKind.COUNT})


class StockMoveError(ValueError):
    """A move has the wrong sign for its kind, moves nothing, or moves an absurd number of pieces."""


@dataclass(frozen=True, slots=True)
class StockMove:
    """One change of stock in one slot.

    Attributes:
        kind: Why.
        sku: Of what.
        slot: Where; empty for goods that the planogram gives no place.
        qty: Signed change in pieces: a fill is above 0; sale, vend, spoilage and shrink are below; a count is
            the difference of what was counted and the book, of either sign or 0 (counted and right is worth
            knowing).

    Raises:
        StockMoveError: The sign does not fit the kind, or the size passes `QTY_LIMIT`.
    """

    kind: MoveKind
    sku: str
    slot: str
    qty: int

    def __post_init__(self) -> None:
        if abs(self.qty) > QTY_LIMIT:
            raise StockMoveError(f"{self.kind} of {self.qty} pieces; at most {QTY_LIMIT} in one move")
        if self.kind in _EITHER_WAY:
            return
        if self.qty == 0 or (self.qty > 0) != (self.kind in _INWARD):
            raise StockMoveError(f"{self.kind} of {self.qty} pieces has the wrong sign")


def fill(sku: str, slot: str, qty: int) -> StockMove:
    """Goods put in; ``qty`` above 0."""
    return StockMove(MoveKind.FILL, sku, slot, qty)


def sale(sku: str, slot: str, qty: int) -> StockMove:
    """Goods taken from the open shelf by a shopper who paid; ``qty`` above 0."""
    return StockMove(MoveKind.SALE, sku, slot, -qty)


def vend(sku: str, slot: str, qty: int = 1) -> StockMove:
    """Goods delivered through a coil; ``qty`` above 0."""
    return StockMove(MoveKind.VEND, sku, slot, -qty)


def spoilage(sku: str, slot: str, qty: int) -> StockMove:
    """Goods thrown away; ``qty`` above 0."""
    return StockMove(MoveKind.SPOILAGE, sku, slot, -qty)


def shrink(sku: str, slot: str, qty: int) -> StockMove:
    """Goods known to be gone without a sale; ``qty`` above 0."""
    return StockMove(MoveKind.SHRINK, sku, slot, -qty)


def count(sku: str, slot: str, *, counted_qty: int, on_hand_qty: int) -> StockMove:
    """A physical stock-take: the move that brings the book to ``counted_qty``.

    Raises:
        StockMoveError: ``counted_qty`` is below 0 or absurd.
    """
    if counted_qty < 0:
        raise StockMoveError(f"counted {counted_qty} pieces")
    return StockMove(MoveKind.COUNT, sku, slot, counted_qty - on_hand_qty)


def on_hand(moves: Iterable[StockMove]) -> Mapping[tuple[str, str], int]:
    """Pieces by (slot, sku).

    A result below 0 is kept as it is: it says that a fill was not recorded, and hiding it would hide that.
    """
    totals: dict[tuple[str, str], int] = {}
    for move in moves:
        place = (move.slot, move.sku)
        totals[place] = totals.get(place, 0) + move.qty
    return totals
