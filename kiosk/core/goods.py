"""Lots of goods: which pieces a move or a sale takes, which are past their last day of sale, and what is marked down for it.

Pure sums over what the till knows. A place holds its lots in the order in which they were put in: behind a coil that is the
order in which they come out; on a shelf and in the storeroom the book takes the one that ends first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo

from kiosk.core.facts import LotPart
from kiosk.core.state import Line, Lot

Lots = tuple[Lot, ...]
"""What lies in one place, in the order in which it was put in; an amount below 0 is the book's own mistake, without a date and
beside nothing else of its product."""


def opposite(parts: Iterable[LotPart]) -> tuple[LotPart, ...]:
    """The same pieces going the other way."""
    return tuple((expires_on, lot, -qty) for expires_on, lot, qty in parts)


def held(lots: Lots, sku: str) -> int:
    """Pieces of a product in a place, by the book."""
    return sum(lot.qty for lot in lots if lot.sku == sku)


def holds_others(lots: Lots, sku: str) -> bool:
    """Whether pieces of another product than ``sku`` lie there, by the book."""
    return any(lot.sku != sku and lot.qty > 0 for lot in lots)


def changed(lots: Lots, sku: str, parts: Iterable[LotPart]) -> Lots:
    """The lots of a place after ``parts`` of ``sku`` came (above 0) or went (below 0).

    What goes is taken from the front; what comes is put at the end. Pieces that the book has too few of come off the other pieces
    of the product there: those without a date first, which may be of any, then those that end first. So no lot is below 0 beside
    one above it, which would have somebody look for a piece that is not there; only what the whole place lacks stands below 0.
    """
    now = list(lots)
    short = 0
    for expires_on, lot, qty in parts:
        named = (sku, expires_on, lot)
        if qty < 0:
            short += _take(now, [index for index, each in enumerate(now) if _name(each) == named], -qty)
        elif now and _name(now[-1]) == named:
            now[-1] = Lot(*named, now[-1].qty + qty)
        else:
            now.append(Lot(*named, qty))
    mine = [index for index, each in enumerate(now) if each.sku == sku]
    for index in mine:
        if now[index].qty < 0:
            short -= now[index].qty
            now[index] = Lot(*_name(now[index]), 0)
    short = _take(now, sorted(mine, key=lambda index: _settles(now[index])), short)
    now = [each for each in now if each.qty]
    return (*now, Lot(sku, "", "", -short)) if short else tuple(now)


def _name(lot: Lot) -> tuple[str, str, str]:
    return lot.sku, lot.expires_on, lot.lot


def _settles(lot: Lot) -> tuple[bool, str, str]:
    """Sorts the lots of a product: which gives first for what the book has too few of (as in `kiosk.store.lot_rows`)."""
    return bool(lot.expires_on or lot.lot), lot.expires_on or LAST_DAY, lot.lot


def _take(now: list[Lot], order: Iterable[int], qty: int) -> int:
    """Take ``qty`` pieces off the lots at these places, as far as they have any; what is left to take, and what they lacked."""
    for index in order:
        step = min(qty, now[index].qty)
        now[index] = Lot(*_name(now[index]), now[index].qty - step)
        qty -= step
    return qty


def day_of(at: str, zone: tzinfo) -> str:
    """The day at the kiosk (ISO 8601) of a time as the journal has it, UTC in ISO 8601."""
    return datetime.fromisoformat(at).astimezone(zone).date().isoformat()


def days_left(expires_on: str, today: str) -> int:
    """Days until the last day of sale; 0 on that day, below 0 after it. Both are ISO 8601."""
    return (date.fromisoformat(expires_on) - date.fromisoformat(today)).days


def is_past(lot: Lot, today: str) -> bool:
    """Whether a lot may not be sold any more: its last day is over. Without a date nobody knows of any end."""
    return bool(lot.expires_on) and lot.expires_on < today


def taken(
    lots: Lots,
    sku: str,
    qty: int,
    *,
    is_queue: bool,
    today: str = "",
    expires_on: str = "",
    lot: str = "",
) -> tuple[LotPart, ...]:
    """Which ``qty`` pieces leave a place, as parts above 0.

    Args:
        lots: What lies there.
        sku: Of which product.
        qty: How many, 0 or more; what the book does not have comes without a date.
        is_queue: They come out as they went in (a coil); else the one that ends first goes first, those without a date last.
        today: For a sale (ISO 8601): what is past its day is taken last, for it lies there to be pulled. Empty: it goes first.
        expires_on: Somebody read it on the piece: pieces of that day go first, if the book has any.
        lot: Likewise the lot.
    """
    here = [each for each in lots if each.sku == sku and each.qty > 0]
    if not is_queue:
        here.sort(
            key=lambda each: (
                is_past(each, today),
                each.expires_on or LAST_DAY,
            )
        )
    if expires_on or lot:
        # One that the book does not have is one of those whose date nobody told, if there are any.
        here.sort(key=lambda each: (not _is_named(each, expires_on, lot), bool(each.expires_on)))
    parts: list[LotPart] = []
    rest = qty
    for each in here:
        step = min(rest, each.qty)
        if step:
            parts.append((each.expires_on, each.lot, step))
        rest -= step
    if rest:
        parts.append(("", "", rest))
    return merged(parts)


def pieces_of(
    books: Mapping[str, Lots], lines: Iterable[Line], today: str
) -> tuple[tuple[int, str, str], ...]:
    """Which pieces a sale takes, for those that the book has a date or a lot of: line, last day of sale, lot.

    Args:
        books: All lots by place.
        lines: What is sold, in its order; each takes one piece.
        today: At the kiosk, ISO 8601.
    """
    left: dict[str, Lots] = {}
    pieces: list[tuple[int, str, str]] = []
    for line in lines:
        here = left.get(line.slot, books.get(line.slot, ()))
        said = line.said
        part = taken(
            here,
            line.sku,
            1,
            is_queue=bool(line.coil),
            today=today,
            expires_on=(said.expires_on or said.best_before_on) if said else "",
            lot=said.lot if said else "",
        )
        left[line.slot] = changed(here, line.sku, opposite(part))
        pieces += [(line.line, expires_on, lot) for expires_on, lot, _ in part if expires_on or lot]
    return tuple(pieces)


LAST_DAY = "9999-12-31"
"""Sorts after every day."""


def _is_named(each: Lot, expires_on: str, lot: str) -> bool:
    return (not expires_on or each.expires_on == expires_on) and (not lot or each.lot == lot)


def merged(parts: Iterable[LotPart]) -> tuple[LotPart, ...]:
    """Parts of the same lot together, in the order in which they come first; nothing that comes to 0."""
    sums: dict[tuple[str, str], int] = {}
    for expires_on, lot, qty in parts:
        sums[expires_on, lot] = sums.get((expires_on, lot), 0) + qty
    return tuple((expires_on, lot, qty) for (expires_on, lot), qty in sums.items() if qty)


def transfer_key(source: str, transfer: str) -> str:
    """How the till remembers a transfer that is over: numbers of two kiosks may be alike."""
    return f"{source}/{transfer}"
