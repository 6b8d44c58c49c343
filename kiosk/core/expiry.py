"""What may be sold by its date, and for how much: the hard stop after the last day of sale, and the mark-downs before it.

The book knows dates, not pieces. Behind a coil it knows which piece comes next. On a shelf the shopper holds one of several: the
shelf is stopped only when every piece of the product there is past its day, and marked down only as far as the freshest one is,
unless the piece's own code names its day.
"""

from __future__ import annotations

from inventory.catalogue import Catalogue, Place, Product
from kiosk.core.goods import Lots, day_of, days_left, is_past
from kiosk.core.rules import Rules
from kiosk.core.state import State
from kiosk.money import marked_down


def today_of(at: str, rules: Rules) -> str:
    """The day at the kiosk, ISO 8601, of a time as stamps have it."""
    return day_of(at, rules.zone)


def next_in_coil(state: State, slot: str, today: str) -> tuple[int | None, str]:
    """Of a coil: pieces that may be sold before one that is past its day (None: there is none), and the next one's last day.

    Pieces in the cart have been taken from the front already. The day is ISO 8601, empty when nobody knows it.
    """
    lots = state.lots.get(slot, ())
    if not any(lot.expires_on for lot in lots):
        return None, ""
    chosen = sum(1 for line in state.visit.lines if line.slot == slot and line.coil) if state.visit else 0
    seen, left, next_day = 0, None, ""
    for lot in lots:
        if lot.qty <= 0:
            continue
        if is_past(lot, today):
            left = max(0, seen - chosen)
            break
        if seen <= chosen < seen + lot.qty:
            next_day = lot.expires_on
        seen += lot.qty
    return left, next_day


def shelf_lots(state: State, catalogue: Catalogue, sku: str) -> Lots:
    """All that the book has of a product on the shelf, also where it lies in a place that is planned for another one now."""
    return tuple(
        lot
        for slot in catalogue.slots.values()
        if slot.place is Place.SHELF
        for lot in state.lots.get(slot.code, ())
        if lot.sku == sku and lot.qty > 0
    )


def is_shelf_stopped(state: State, lots: Lots, sku: str, today: str) -> bool:
    """Whether every piece of a product on the shelf, but for those in the cart, is past its day by the book."""
    fresh = sum(lot.qty for lot in lots if not is_past(lot, today))
    if fresh == sum(lot.qty for lot in lots):
        return False
    chosen = sum(1 for line in state.visit.lines if line.sku == sku and not line.coil) if state.visit else 0
    return fresh <= chosen


def freshest_day(lots: Lots, today: str) -> str:
    """The last day of the freshest piece on a shelf, ISO 8601; empty while one may lie there that has no date."""
    fresh = [lot for lot in lots if not is_past(lot, today)]
    if not fresh or not all(lot.expires_on for lot in fresh):
        return ""
    return max(lot.expires_on for lot in fresh)


def price_by_date(product: Product, expires_on: str, today: str, rules: Rules) -> int:
    """The price of a piece, without its deposit, marked down as far as the ladder says for the days it has left."""
    if not (expires_on and today and rules.ladder):
        return product.price_minor
    left = days_left(expires_on, today)
    percent = max((percent for days, percent in rules.ladder if 0 <= left <= days), default=0)
    return marked_down(product.price_minor, percent, step_minor=rules.cash_step_minor)
