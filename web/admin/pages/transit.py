"""Goods on their way: what was sent and nobody received, and receiving a transfer by its number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.catalogue import Product
from kiosk.core.events import StockCounted, TransferClose
from kiosk.core.facts import STORE
from kiosk.core.goods import day_of
from kiosk.core.stock import Move
from kiosk.core.transfers import NUMBER
from kiosk.i18n import ascii_digits
from kiosk.runtime.shop import rules_of
from kiosk.store.transfers import Got, Sent, read_got, read_on_way, read_sent
from web.admin.desk import Desk
from web.admin.tables import transit_table
from web.forms import TransitEndForm, TransitForm, iso_day, make_token, read_count

GOT_SHOWN: Final = 20
"""Transfers that came, the last ones: a difference is talked about in the week of it."""


@dataclass(frozen=True, slots=True)
class SentCard:
    """Goods on their way, and for how many days at the kiosk."""

    sent: Sent
    product: Product | None
    days: int
    token: str


@dataclass(frozen=True, slots=True)
class GotCard:
    """Goods that came with a transfer; ``lost`` is below zero when more were found than had been sent."""

    got: Got
    product: Product | None

    @property
    def lost(self) -> int:
        """Pieces that were lost on the way."""
        return self.got.sent - self.got.qty


def cards_on_way(desk: Desk) -> tuple[SentCard, ...]:
    """What the kiosks of this desk sent and nobody has, the oldest first."""
    zone, today = rules_of(desk.config).zone, desk.today()
    products = desk.door.catalogue().products
    with desk.reading() as connection:
        found = read_on_way(connection, desk.kiosk_ids())
    return tuple(
        SentCard(
            each,
            products.get(each.sku),
            max(0, (today - date.fromisoformat(day_of(each.at, zone))).days),
            make_token(),
        )
        for each in found
    )


def _sent_by(desk: Desk, source: str, transfer: str) -> Sent | None:
    """What a transfer was, where this desk's own journals know it; None where only its slip does."""
    if source not in desk.kiosk_ids() or not NUMBER.fullmatch(transfer):
        return None
    epoch, _, seq = transfer[1:].partition("-")
    with desk.reading() as connection:
        return read_sent(connection, source, (int(epoch), int(seq)))


def _typed(text: object) -> str:
    """A transfer's number as somebody typed it from a slip: in any digits, small letters, with spaces around."""
    return ascii_digits(str(text or "")).strip().upper()


def _filled(desk: Desk) -> TransitForm:
    """The form of the transfer that the address names, with all that this desk knows of it."""
    form = TransitForm(formdata=None)
    form.source.data = flask.request.args.get("from", "")[:64].strip()
    form.transfer.data = _typed(flask.request.args.get("number", "")[:32])
    sent = _sent_by(desk, form.source.data, form.transfer.data)
    if sent is not None:
        form.sku.data = sent.sku
        form.sent.data = form.qty.data = desk.voice().digits(str(sent.qty))
    return form


def _page(desk: Desk, form: TransitForm) -> str:
    products = desk.door.catalogue().products
    with desk.reading() as connection:
        got = read_got(connection, desk.kiosk_ids(), GOT_SHOWN)
    sent = _sent_by(desk, str(form.source.data or ""), str(form.transfer.data or ""))
    return desk.render(
        "transit.html",
        "nav.transit",
        cards=cards_on_way(desk),
        got=[GotCard(each, products.get(each.sku)) for each in got],
        form=form,
        close=TransitEndForm(formdata=None),
        token=make_token(),
        is_known=sent is not None,
        is_asked=bool(form.transfer.data or form.source.data),
        skus=sorted({*products, *({sent.sku} if sent else ())}),
        products=products,
        kiosk_id=desk.kiosk_id,
        names=desk.kiosks() if desk.is_fleet else {},
    )


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/stock/transit")
    def transit() -> ResponseReturnValue:
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "transit", transit_table(desk.voice(), cards_on_way(desk)))
        return _page(desk, _filled(desk))

    @pages.post("/stock/transit")
    def receive_transfer() -> ResponseReturnValue:
        form = TransitForm()
        sent = read_count(form.sent) if form.is_sent() else None
        qty = read_count(form.qty) if sent is not None else None
        if sent is None or qty is None:
            errors = [key for field in form for key in field.errors]
            flask.flash(desk.voice().say(str(errors[0]) if errors else "form.missing"), "refusal")
            return _page(desk, form)
        event = StockCounted(
            token=str(form.token.data),
            by=desk.by(),
            slot=STORE,
            move=str(Move.RECEIVE),
            qty=qty,
            sku=str(form.sku.data or ""),
            expires_on=iso_day(str(form.expires_on.data or "")),
            lot=str(form.lot.data or "").strip(),
            other=str(form.source.data or "").strip(),
            transfer=_typed(form.transfer.data),
            sent=sent,
        )
        if desk.ask(event).is_refusal:  # what was typed stays in the form
            return _page(desk, form)
        key = (
            "transit.received"
            if qty == sent
            else "transit.received_less"
            if qty < sent
            else "transit.received_more"
        )
        desk.tell(key, n=qty, lost=abs(sent - qty))
        return flask.redirect(flask.url_for("desk.transit"))

    @pages.post("/stock/transit/close")
    def close_transfer() -> ResponseReturnValue:
        form = TransitEndForm()
        back = flask.redirect(flask.url_for("desk.transit"))
        transfer = str(form.transfer.data or "")
        sent = _sent_by(desk, desk.kiosk_id, transfer) if form.is_sent() else None
        if sent is None:
            flask.flash(desk.voice().say("form.choice"), "refusal")
            return back
        event = TransferClose(
            token=str(form.token.data),
            by=desk.by(),
            transfer=transfer,
            sku=sent.sku,
            qty=sent.qty,
            outcome=str(form.outcome.data),
        )
        if not desk.ask(event).is_refusal:
            desk.tell(f"transit.closed.{form.outcome.data}", transfer=transfer)
        return back
