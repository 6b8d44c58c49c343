"""Lots: what to pull first, what lies in a place or the storeroom, and who moved a product when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.catalogue import Place, Product, Slot
from kiosk.core.events import StockCounted
from kiosk.core.expiry import today_of
from kiosk.core.facts import STORE
from kiosk.core.goods import days_left
from kiosk.core.stock import REASONS, Move
from kiosk.runtime.clock import at_text
from kiosk.runtime.shop import rules_of
from kiosk.store.goods import MOVES_MOST, LotRow, read_lots, read_moves
from kiosk.store.reading import Position
from kiosk.store.transfers import read_on_way
from web.admin.desk import Desk
from web.admin.tables import dates_table
from web.forms import LotForm, iso_day, make_token, read_book, read_count

SOON_DAYS: Final = 3
"""Where no ladder says when goods are marked down: a clerk comes by within this many days."""

OF_PLACE: Final = (Move.FILL, Move.SPOILAGE, Move.TAKE_OUT, Move.TRANSFER, Move.COUNT)
OF_STORE: Final = (Move.RECEIVE, Move.SPOILAGE, Move.TAKE_OUT, Move.TRANSFER, Move.COUNT)
"""What may be done where, the usual act first."""


@dataclass(frozen=True, slots=True)
class LotCard:
    """One lot: where it lies, whose it is, and the days it has left (None: nobody knows its date)."""

    row: LotRow
    product: Product | None
    left: int | None
    is_soon: bool

    @property
    def is_past(self) -> bool:
        """Whether it may not be sold any more."""
        return self.left is not None and self.left < 0

    @property
    def must_go(self) -> bool:
        """Whether somebody should take it out, or see to it that it sells."""
        return self.row.qty > 0 and (self.is_past or self.is_soon)


def lot_cards(desk: Desk, kiosk_id: str) -> tuple[LotCard, ...]:
    """All lots of a kiosk, by place and day."""
    rules = rules_of(desk.config)
    today = today_of(at_text(desk.clock.wall()), rules)
    soon = max((days for days, _ in rules.ladder), default=SOON_DAYS)
    products = desk.goods_of(kiosk_id).products
    with desk.reading() as connection:
        rows = read_lots(connection, kiosk_id)
    cards = []
    for row in rows:
        left = days_left(row.expires_on, today) if row.expires_on else None
        is_soon = left is not None and 0 <= left <= soon
        cards.append(LotCard(row, products.get(row.sku), left, is_soon))
    return tuple(cards)


def to_pull(cards: tuple[LotCard, ...]) -> tuple[LotCard, ...]:
    """What is past its day, then what ends soonest."""
    return tuple(
        sorted((card for card in cards if card.must_go), key=lambda card: (card.left, card.row.slot))
    )


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/stock/dates")
    def dates() -> ResponseReturnValue:
        cards = lot_cards(desk, desk.kiosk_id)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "dates", dates_table(desk.voice(), to_pull(cards)))
        dated = sum(1 for card in cards if card.row.expires_on)
        return desk.render(
            "lots.html",
            "nav.stock",
            cards=to_pull(cards),
            dated=dated,
            token=make_token(),
            form=LotForm(),
        )

    @pages.get("/stock/places/<slot>")
    def place(slot: str) -> ResponseReturnValue:
        return _place(desk, slot, LotForm(), flask.request.args.get("act", ""))

    @pages.post("/stock/places/<slot>")
    def move_goods(slot: str) -> ResponseReturnValue:
        form = LotForm()
        qty = read_count(form.qty) if form.is_sent() else None
        if qty is None:
            errors = [key for field in form for key in field.errors]
            flask.flash(desk.voice().say(str(errors[0]) if errors else "form.missing"), "refusal")
            return _place(desk, slot, form, str(form.move.data or ""))
        sku, was = _product(form)
        notice = desk.ask(
            StockCounted(
                token=str(form.token.data),
                by=desk.by(),
                slot=slot,
                move=str(form.move.data),
                qty=qty,
                sku=sku,
                expires_on=iso_day(str(form.expires_on.data or "")),
                lot=str(form.lot.data or "").strip(),
                reason=str(form.reason.data or ""),
                other=str(form.other.data or ""),
                was=was,
            )
        )
        if notice.is_refusal:  # what was typed stays in the form
            return _place(desk, slot, form, str(form.move.data or ""))
        if form.move.data == Move.TRANSFER:
            _tell_number(desk)
            return flask.redirect(flask.url_for("desk.transit"))
        desk.tell("lots.saved", what=desk.voice().say(f"lots.act.{form.move.data}"))
        if form.back.data == "dates":
            return flask.redirect(flask.url_for("desk.dates"))
        return flask.redirect(flask.url_for("desk.place", slot=slot))

    @pages.get("/stock/goods/<sku>")
    def moves(sku: str) -> ResponseReturnValue:
        before = _position(flask.request.args.get("before", ""))
        with desk.reading() as connection:
            found = read_moves(connection, desk.kiosk_id, sku, before=before)
        product = desk.catalogue().products.get(sku)
        if product is None and not found:
            flask.abort(404)
        cards = [card for card in lot_cards(desk, desk.kiosk_id) if card.row.sku == sku]
        return desk.render(
            "lots_moves.html",
            "nav.stock",
            sku=sku,
            product=product,
            moves=found,
            cards=cards,
            older=found[-1].position if len(found) == MOVES_MOST else None,
        )


def _place(desk: Desk, slot: str, form: LotForm, act: str) -> ResponseReturnValue:
    """A place or the storeroom: its lots, and what may be done there."""
    catalogue = desk.catalogue()
    planned = catalogue.slots.get(slot)
    cards = tuple(card for card in lot_cards(desk, desk.kiosk_id) if card.row.slot == slot)
    if planned is None and not cards and slot != STORE:
        flask.abort(404)
    book: dict[str, int] = {}
    for card in cards:
        book[card.row.sku] = book.get(card.row.sku, 0) + card.row.qty
    acts = OF_STORE if slot == STORE else OF_PLACE if planned else OF_PLACE[1:]
    skus = sorted(catalogue.products) if slot == STORE else sorted({*book, *_of(planned)})
    return desk.render(
        "lots_place.html",
        "nav.stock",
        slot=slot,
        is_store=slot == STORE,
        is_coil=planned is not None and planned.place is not Place.SHELF,
        planned=planned,
        cards=cards,
        book=book,
        acts=acts,
        act=act if act in acts else "",
        skus=skus,
        products=catalogue.products,
        reasons=REASONS,
        token=make_token(),
        form=form,
        picked=_product(form)[0],
    )


def _tell_number(desk: Desk) -> None:
    """The number of what was just sent, for its box: the newest of this kiosk's."""
    with desk.reading() as connection:
        sent = read_on_way(connection, (desk.kiosk_id,))
    newest = max(sent, key=lambda each: each.position, default=None)
    if newest is not None:
        desk.tell("transit.write", transfer=desk.voice().isolate(newest.transfer))


def _product(form: LotForm) -> tuple[str, int | None]:
    """Which product a form is of, and the book that its page showed for it, which only a count tells."""
    book, _, sku = str(form.counted.data or "").partition(":")
    return (sku, read_book(book)) if sku else (str(form.sku.data or ""), None)


def _of(slot: Slot | None) -> tuple[str, ...]:
    return (slot.sku,) if slot else ()


def _position(text: str) -> Position | None:
    """An entry's place as an address has it; None when it is none."""
    epoch, _, seq = text.partition("-")
    is_place = epoch.isascii() and epoch.isdigit() and seq.isascii() and seq.isdigit() and len(text) <= 24
    return (int(epoch), int(seq)) if is_place else None
