"""Rules for goods that people move: receive, fill, take out, throw away, transfer, count.

Every move is a new fact with a name and a token; a wrong one is put right by a count, never edited. Where the storeroom's book
knows a product, a fill takes it from there, with its dates; else it comes straight in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from inventory.catalogue import Place, Slot
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.goods import Lots, day_of, days_left, held, holds_others, merged, opposite, taken
from kiosk.core.transfers import LETTER, cost_of, may_receive


class Move(StrEnum):
    """What people do with goods."""

    RECEIVE = "receive"
    """Into the storeroom, from a supplier or another site."""
    FILL = "fill"
    TAKE_OUT = "take_out"
    """Out of a place: back into the storeroom, or to a supplier."""
    SPOILAGE = "spoilage"
    TRANSFER = "transfer"
    """To another site."""
    COUNT = "count"


REASONS: Final = ("expired", "damaged", "other")
"""Why goods are thrown away."""

SUPPLIER: Final = "supplier"
"""A supplier, where nobody says which."""

MOST_STORED: Final = 100_000
"""More pieces of one product than any storeroom or van holds; a slip of the keyboard shall not look like a delivery."""

MOST_DAYS: Final = 3_660
"""Ten years: what keeps longer has no date that anybody prints. A date beyond is a slip in the year."""

TEXT_KEPT: Final = 64
"""Characters of a lot or of a place's name that are kept: the longest GS1 lot is 20, a name is a line."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A move that may be recorded: whose goods, where, and what lies there."""

    sku: str
    place: str
    slot: Slot | None
    here: Lots
    expires_on: str
    lot: str

    @property
    def is_queue(self) -> bool:
        """Whether goods come out as they went in: behind a coil, and in an old machine."""
        return self.slot is not None and self.slot.place is not Place.SHELF

    @property
    def book(self) -> int:
        """Pieces of the product there, by the book."""
        return held(self.here, self.sku)


def stock_counted(draft: Draft, event: ev.StockCounted) -> None:
    """Record a move of goods in one place; a counted or filled coil may sell again."""
    if draft.is_repeat(event.token):
        return
    wish = _read(draft, event)
    if wish is None:
        return
    match event.move:
        case Move.COUNT:
            _count(draft, event, wish)
        case Move.FILL | Move.RECEIVE:
            _put_in(draft, event, wish)
        case _:
            _take_out(draft, event, wish)


def _read(draft: Draft, event: ev.StockCounted) -> _Wish | None:
    """What is asked, checked as far as it is the same for all moves; None, with a refusal in words, when it cannot be done."""
    place = event.slot
    slot = draft.shop.catalogue.slots.get(place)
    here = draft.state.lots.get(place, ())
    sku = event.sku or (slot.sku if slot else "")
    if place != f.STORE and slot is None and not here:
        draft.refuse("unknown_slot")
    elif event.qty < 0 or event.move not in set(Move):
        draft.refuse("count_needed")
    elif not sku or (sku not in draft.shop.catalogue.products and not _has_lain(draft, place, sku, slot)):
        draft.refuse(
            "unknown_product"
        )  # what is sold no more may still be taken out and counted where it lies
    elif (event.move == Move.RECEIVE) != (place == f.STORE) and event.move in {Move.RECEIVE, Move.FILL}:
        draft.refuse("unknown_slot")
    elif event.qty > _most(slot, event.move, held(here, sku)):
        draft.refuse("over_capacity", most=str(_most(slot, event.move, held(here, sku))))
    else:
        expires_on = _day(draft, event)
        if expires_on is not None:
            return _Wish(sku, place, slot, here, expires_on, event.lot[:TEXT_KEPT])
    return None


def _has_lain(draft: Draft, place: str, sku: str, slot: Slot | None) -> bool:
    """Whether a product that is not in the goods file is known in this place."""
    here = draft.state.lots.get(place, ())
    return any(lot.sku == sku for lot in here) or (slot is not None and slot.sku == sku)


def _most(slot: Slot | None, move: str, book: int) -> int:
    """More pieces than this are a slip: what fits, or what the book has there if that is more and goods come out."""
    if slot is None:
        return MOST_STORED
    return slot.capacity if move in {Move.FILL, Move.COUNT} else max(slot.capacity, book)


def _day(draft: Draft, event: ev.StockCounted) -> str | None:
    """The last day of sale that was given, in its one spelling; None, with a refusal, when it cannot be right."""
    if not event.expires_on:
        return ""
    try:
        day = date.fromisoformat(event.expires_on).isoformat()
    except ValueError:
        draft.refuse("date_unclear")
        return None
    left = days_left(day, day_of(draft.stamp.at, draft.rules.zone))
    if left > MOST_DAYS:
        draft.refuse("date_unclear")
        return None
    if left < 0 and event.move in {Move.FILL, Move.RECEIVE}:
        draft.refuse("date_past", day=day)  # it would never be sold: a slip, or goods for the bin
        return None
    return day


# --- in -------------------------------------------------------------------------------------------------------------


def _put_in(draft: Draft, event: ev.StockCounted, wish: _Wish) -> None:
    """Goods come into the storeroom, or into a place for sale; a fill of nothing says that somebody looked."""
    if event.transfer:
        if not may_receive(draft, event, event.other.strip()[:TEXT_KEPT]):
            return
    elif event.qty < 1 and event.move == Move.RECEIVE:
        draft.refuse("count_needed")
        return
    other, parts = _source(draft, event, wish)
    if not wish.is_queue:
        draft.add(_moved(draft, event, wish, parts, other=other))
        return
    known = draft.state.coils.get(wish.place)
    if known is not None and known.needs_count:
        draft.refuse("count_first", slot=wish.place)  # nobody knows what hangs in it: adding would hide that
    elif holds_others(wish.here, wish.sku):
        draft.refuse("other_goods", slot=wish.place)
    elif wish.book + event.qty > _capacity(wish):
        draft.refuse("over_capacity", most=str(_capacity(wish)))
    else:
        _counted(draft, event, wish, parts, other=other)


def _source(draft: Draft, event: ev.StockCounted, wish: _Wish) -> tuple[str, tuple[f.LotPart, ...]]:
    """Where goods come from, and of which lots: the storeroom's, if its book has them, else as the person says."""
    named = ((wish.expires_on, wish.lot, event.qty),)
    store = tuple(lot for lot in draft.state.lots.get(f.STORE, ()) if lot.sku == wish.sku and lot.qty > 0)
    if event.move == Move.RECEIVE or event.other not in {"", f.STORE} or not store:
        return event.other.strip()[:TEXT_KEPT] if event.other != f.STORE else "", named
    parts = taken(store, wish.sku, event.qty, is_queue=False, expires_on=wish.expires_on, lot=wish.lot)
    is_other = wish.expires_on and any(part[0] != wish.expires_on for part in parts)
    return (
        ("", named) if is_other else (f.STORE, parts)
    )  # another date than the storeroom's: they came another way


# --- out ------------------------------------------------------------------------------------------------------------


def _take_out(draft: Draft, event: ev.StockCounted, wish: _Wish) -> None:
    """Goods leave a place: thrown away, back to the storeroom or a supplier, or to another site."""
    other = event.other.strip()[:TEXT_KEPT]
    if event.qty < 1 and event.move != Move.SPOILAGE:  # nothing to throw away: somebody looked
        draft.refuse("count_needed")
    elif event.move == Move.SPOILAGE and event.reason not in {"", *REASONS}:
        draft.refuse("waste_reason_needed")
    elif event.move == Move.TRANSFER and other in {"", f.STORE, SUPPLIER}:
        draft.refuse("site_needed")
    else:
        if event.move == Move.TAKE_OUT:
            other = other or (SUPPLIER if wish.place == f.STORE else f.STORE)
        elif event.move == Move.SPOILAGE:
            other = ""
        if other == wish.place:
            draft.refuse("site_needed")
            return
        parts = taken(
            wish.here,
            wish.sku,
            event.qty,
            is_queue=wish.is_queue,
            expires_on=wish.expires_on,
            lot=wish.lot,
        )
        draft.add(_moved(draft, event, wish, opposite(parts), other=other))


# --- counts ---------------------------------------------------------------------------------------------------------


def _count(draft: Draft, event: ev.StockCounted, wish: _Wish) -> None:
    """What lies there is what somebody found; the difference is the fact's."""
    if event.was is not None and event.was != wish.book:
        if wish.place == f.STORE:
            draft.refuse("store_outdated", was_qty=str(event.was), now_qty=str(wish.book))
        else:
            draft.refuse("count_outdated", slot=wish.place, was_qty=str(event.was), now_qty=str(wish.book))
        return
    more = event.qty - wish.book
    if more > 0:
        parts: tuple[f.LotPart, ...] = ((wish.expires_on, wish.lot, more),)
    else:
        parts = opposite(taken(wish.here, wish.sku, -more, is_queue=wish.is_queue))
    if wish.is_queue and wish.slot is not None and wish.sku == wish.slot.sku:
        _counted(draft, event, wish, parts)
    else:
        draft.add(_moved(draft, event, wish, parts, was=wish.book))


def _counted(
    draft: Draft,
    event: ev.StockCounted,
    wish: _Wish,
    parts: tuple[f.LotPart, ...],
    *,
    other: str = "",
) -> None:
    """A coil holds so many now; it may sell again."""
    draft.add(
        f.SlotCounted(
            token=event.token,
            by=event.by,
            slot=wish.place,
            sku=wish.sku,
            qty=wish.book + sum(qty for _, _, qty in parts),
            move=str(event.move),
            was=wish.book,
            lots=merged(parts),
            other=other or None,
            cost_minor=cost_of(draft, wish.sku),
        )
    )


def _moved(
    draft: Draft,
    event: ev.StockCounted,
    wish: _Wish,
    parts: tuple[f.LotPart, ...],
    *,
    other: str = "",
    was: int | None = None,
) -> f.StockMoved:
    parts = merged(parts)
    has_dates = any(expires_on or lot for expires_on, lot, _ in parts)
    return f.StockMoved(
        token=event.token,
        by=event.by,
        sku=wish.sku,
        slot=wish.place,
        move=str(event.move),
        qty=sum(qty for _, _, qty in parts),
        lots=parts if has_dates else None,
        reason=(event.reason or None) if event.move == Move.SPOILAGE else None,
        other=other or None,
        was=was,
        cost_minor=cost_of(draft, wish.sku),
        transfer=draft.next_id(LETTER) if event.move == Move.TRANSFER else event.transfer or None,
        sent=event.sent if event.transfer else None,
    )


def _capacity(wish: _Wish) -> int:
    return wish.slot.capacity if wish.slot else MOST_STORED
