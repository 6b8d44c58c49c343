"""Stock and fill: what each place holds by the book, and one tap where the amount fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.catalogue import Place, Product, Slot
from kiosk.core.events import StockCounted
from kiosk.store.reading import read_stock
from web.admin.desk import Desk
from web.admin.pages.transit import cards_on_way
from web.admin.paging import part_of
from web.admin.tables import stock_table
from web.forms import StockForm, make_token, read_book, read_count

VIEWS: Final = ("coils", "shelf")


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """One place for goods: what it holds, what a fill would put in, and whether it waits for a count."""

    slot: Slot
    product: Product | None
    qty: int
    fill_qty: int
    is_off: bool
    token: str

    @property
    def needs_hand(self) -> bool:
        """Whether a clerk has something to do here."""
        return self.is_off or self.fill_qty > 0


def place_cards(desk: Desk, place: Place) -> tuple[PlaceCard, ...]:
    """All places of the shelf, or of the machines (coils, then an old machine), in the order in which a clerk meets them."""
    catalogue = desk.catalogue()
    off = desk.resting()
    with desk.reading() as connection:
        held: dict[str, int] = {}
        for row in read_stock(connection, desk.kiosk_id):
            held[row.slot] = held.get(row.slot, 0) + row.qty
    is_shelf = place is Place.SHELF
    slots = [slot for slot in catalogue.slots.values() if (slot.place is Place.SHELF) == is_shelf]
    slots.sort(key=lambda slot: (slot.place, slot.coil, len(slot.code), slot.code))
    return tuple(
        PlaceCard(
            slot=slot,
            product=catalogue.products.get(slot.sku),
            qty=held.get(slot.code, 0),
            fill_qty=max(0, slot.par_qty - max(0, held.get(slot.code, 0))),
            is_off=slot.code in off,
            token=make_token(),
        )
        for slot in slots
    )


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/stock")
    def stock() -> ResponseReturnValue:
        view = flask.request.args.get("view", VIEWS[0])
        is_all = flask.request.args.get("all") == "1"
        if view not in VIEWS:
            flask.abort(404)
        cards = place_cards(desk, Place.SHELF if view == "shelf" else Place.COIL)
        cards = tuple(card for card in cards if is_all or card.needs_hand)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "stock", stock_table(desk.voice(), cards, view))
        part = part_of(cards)
        return desk.render(
            "stock.html",
            "nav.stock",
            view=view,
            views=VIEWS,
            is_all=is_all,
            cards=part.rows,
            part=part,
            on_way=cards_on_way(desk),
            form=StockForm(),
        )

    @pages.post("/stock")
    def move() -> ResponseReturnValue:
        form = StockForm()
        view = str(form.view.data or VIEWS[0])
        # The address of the form says which part of the list it stands in.
        kept = {name: text for name, text in flask.request.args.items() if name in {"all", "page"}}
        kept["view"] = view if view in VIEWS else VIEWS[0]
        back = flask.redirect(flask.url_for("desk.stock", **kept))  # type: ignore[arg-type]  # our own fields
        qty = read_count(form.qty) if form.is_sent() else None
        if qty is None:
            errors = [key for field in form for key in field.errors]
            flask.flash(desk.voice().say(str(errors[0]) if errors else "form.missing"), "refusal")
            return back
        slot = str(form.slot.data)
        event = StockCounted(
            token=str(form.token.data),
            by=desk.by(),
            slot=slot,
            move=str(form.move.data),
            qty=qty,
            was=read_book(str(form.was.data or "")),
        )
        notice = desk.ask(event)
        if not notice.is_refusal:
            desk.tell("stock.saved", slot=slot)
        return back
