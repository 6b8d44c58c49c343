"""A product's own photograph: sent, shown, taken away. The file is on the disk before the till hears its name."""

from __future__ import annotations

from dataclasses import replace

import flask
from flask.typing import ResponseReturnValue
from wtforms import FileField, HiddenField
from wtforms.validators import Length

from inventory.catalogue import Product
from inventory.goods_changes import changed_fields
from inventory.photos import FILE_LIMIT_BYTES, PhotoError
from kiosk.core.events import ProductOffered
from kiosk.store.photos import PhotoFolder, PhotoNotKeptError
from web.admin.desk import Desk
from web.admin.pages.goods import product_page
from web.forms import MISSING, TEXT_MOST, DeskForm, PriceForm, TokenForm
from web.photos import send_photo


class PhotoForm(DeskForm):
    """A photograph; `inventory.photos` says what is wrong with it."""

    token = HiddenField(validators=[MISSING, Length(max=TEXT_MOST, message="form.too_long")])
    photo = FileField()


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/photos/<name>.webp")
    def photo(name: str) -> ResponseReturnValue:
        return send_photo(name, desk.photos.read(name) if desk.photos is not None else None)

    @pages.post("/goods/<sku>/photo")
    def set_photo(sku: str) -> ResponseReturnValue:
        before, form = _product_of(desk, sku), PhotoForm()
        if not form.is_sent():
            flask.abort(400)
        wrong, name = _keep(desk, form.photo.data)
        if wrong:
            return product_page(desk, sku, PriceForm(formdata=None), photo_wrong=wrong), 400
        return _show(desk, before, name, token=str(form.token.data), told="photo.saved")

    @pages.post("/goods/<sku>/photo/remove")
    def remove_photo(sku: str) -> ResponseReturnValue:
        before, form = _product_of(desk, sku), TokenForm()
        if not form.is_sent():
            flask.abort(400)
        return _show(desk, before, "", token=str(form.token.data), told="photo.removed")


def _product_of(desk: Desk, sku: str) -> Product:
    product = desk.door.catalogue().products.get(sku)
    if product is None:
        flask.abort(404)
    return product


def _keep(desk: Desk, sent: object) -> tuple[str, str]:
    """Why the photograph cannot be taken, in the reader's words, or the name under which it is kept now."""
    voice = desk.voice()
    photos: PhotoFolder | None = desk.photos
    data = sent.read(FILE_LIMIT_BYTES + 1) if hasattr(sent, "read") else b""
    if photos is None:
        return voice.say("photo.not_kept"), ""
    if not data:
        return voice.say("photo.missing"), ""
    try:
        return "", photos.keep(data)
    except PhotoError as error:
        return voice.say(f"photo.{error.key}", **error.parameters), ""
    except PhotoNotKeptError:
        return voice.say("photo.not_kept"), ""


def _show(desk: Desk, before: Product, photo: str, *, token: str, told: str) -> ResponseReturnValue:
    after = replace(before, photo=photo)
    event = ProductOffered(
        by=desk.by(),
        token=token,
        product=after,
        before=before,
        fields=changed_fields(before, after, desk.config.money.exponent),
    )
    if not desk.ask(event).is_refusal:
        desk.tell(told, name=desk.voice().name(before, before.sku))
    return flask.redirect(flask.url_for("desk.product", sku=before.sku))
