"""One product: made, changed, retired or brought back, on one plain form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from inventory.catalogue import ALLERGENS, CATEGORIES, Product
from inventory.goods_changes import changed_fields
from inventory.goods_file import GOODS_COLUMNS, goods_row, read_product
from inventory.pictures import FORMS, PALETTES, is_picture, picture_svg
from inventory.pictures.motifs import MOTIFS
from kiosk.core.events import ProductOffered
from web.admin.desk import Desk
from web.admin.pages.goods_import import price_mends, problem_text
from web.admin.voice import Voice
from web.forms import MISSING, REASON_MOST, TEXT_MOST, DeskForm, make_token

PLAIN: Final = (
    "sku",
    "gtin",
    "name_en",
    "name_fa",
    "name_ar",
    "price",
    "cost",
    "tax_class",
    "category",
    "calories",
    "loose",
    "suppliers",
    "case_size",
    "deposit",
    "min_age",
    "shelf_life",
)
"""Columns of the goods file that are one field of the form each."""


class ProductForm(DeskForm):
    """What the form sends; `inventory.goods_file` says what is wrong with it, as it does for a file."""

    token = HiddenField(validators=[MISSING, Length(max=TEXT_MOST, message="form.too_long")])
    seen = HiddenField(validators=[MISSING, Length(max=TEXT_MOST, message="form.too_long")])
    look = StringField()


for _name in (*PLAIN, "form", "palette", "motif", *(f"allergen_{each}" for each in ALLERGENS)):
    setattr(
        ProductForm, _name, StringField(validators=[Length(max=2 * REASON_MOST, message="form.too_long")])
    )


class RetireForm(DeskForm):
    """Whether it is sold: ``to`` is retired or sold."""

    token = HiddenField(validators=[MISSING, Length(max=TEXT_MOST, message="form.too_long")])
    to = HiddenField(validators=[MISSING, AnyOf(("retired", "sold"), message="form.choice")])


COUNTS: Final = ("calories", "case_size", "min_age", "shelf_life")
"""Columns that hold a whole number."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form as it is drawn: the cells, and what is wrong with which."""

    cells: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    form: str = ""
    palette: str = ""
    motif: str = ""


def picture_parts(picture: str) -> tuple[str, str, str]:
    """Form, palette and motif of a picture's name; empty where it has none."""
    parts = (*picture.split("-"), "", "", "")
    return parts[0], parts[1], parts[2]


def picture_name(form: str, palette: str, motif: str) -> str:
    """The picture of a form, in a palette, with a motif if there is one; empty when there is no such picture."""
    name = "-".join(filter(None, (form, palette or "red", motif)))
    return name if form and is_picture(name) else ""


def state_of(product: Product | None, exponent: int) -> str:
    """Names what a form was drawn from, so that a change that came meanwhile is seen."""
    row = "\n".join(goods_row(product, exponent)) if product else ""
    return hashlib.sha256(row.encode()).hexdigest()


def sheet_of(product: Product | None, voice: Voice) -> Sheet:
    """The form of a product, numbers in the reader's digits; with the usual values for a new one."""
    if product is None:
        return Sheet({"case_size": voice.digits("1")}, palette="red")
    cells = dict(zip(GOODS_COLUMNS, goods_row(product, voice.exponent), strict=True))
    cells |= {name: voice.digits(cells[name]) for name in COUNTS}
    amounts = {"price": product.price_minor, "cost": product.cost_minor, "deposit": product.deposit_minor}
    cells |= {name: voice.typed(minor) for name, minor in amounts.items() if minor or cells[name]}
    form, palette, motif = picture_parts(product.picture)
    return Sheet(cells, form=form, palette=palette, motif=motif)


def sent_sheet() -> Sheet:
    """What was typed."""
    sent = flask.request.form
    cells = {name: sent.get(name, "")[:400] for name in PLAIN}
    cells["allergens"] = " ".join(each for each in ALLERGENS if sent.get(f"allergen_{each}"))
    form, palette, motif = (sent.get(name, "")[:40] for name in ("form", "palette", "motif"))
    cells["picture"] = picture_name(form, palette, motif)
    return Sheet(cells, form=form, palette=palette, motif=motif)


def read_sheet(desk: Desk, sheet: Sheet, before: Product | None) -> tuple[Product | None, Sheet]:
    """The product that was typed, or the form with what is wrong beside its fields."""
    voice = desk.voice()
    cells = {**sheet.cells, "sku": before.sku if before else sheet.cells["sku"]}
    cells["retired"] = "yes" if before and before.is_retired else ""
    cells["photo"] = before.photo if before else ""
    product, problems = read_product(
        cells, exponent=desk.config.money.exponent, tax_classes=tuple(desk.config.tax_rates_bp)
    )
    wrong = {problem.column: problem_text(voice, problem) for problem in reversed(problems)}
    if sheet.form and not cells["picture"]:
        wrong["picture"] = voice.say("product.picture_wrong")
    if product is not None:
        wrong |= {mend.column: mend.text for mend in price_mends(desk, voice, (product,))}
    return (None if wrong else product), replace(sheet, wrong=wrong)


def _page(
    desk: Desk, product: Product | None, sheet: Sheet, seen: str, status: int = 200
) -> ResponseReturnValue:
    exponent = desk.config.money.exponent
    page = desk.render(
        "product_form.html",
        "product.edit" if product else "product.new",
        product=product,
        sheet=sheet,
        form=ProductForm(formdata=None),
        token=make_token(),
        seen=seen or state_of(product, exponent),
        categories=CATEGORIES,
        tax_classes=tuple(desk.config.tax_rates_bp),
        allergens=ALLERGENS,
        chosen=frozenset(sheet.cells.get("allergens", "").split()),
        picture=picture_name(sheet.form, sheet.palette, sheet.motif),
        is_looking=bool(flask.request.form.get("look")) or "picture" in sheet.wrong,
        pictures=tuple((name, picture_name(name, sheet.palette, sheet.motif)) for name in FORMS),
        palettes=tuple(PALETTES),
        marks=tuple((name, picture_name(sheet.form or "pouch", sheet.palette, name)) for name in MOTIFS),
    )
    return page, status


def _product_of(desk: Desk, sku: str) -> Product:
    product = desk.door.catalogue().products.get(sku)
    if product is None:
        flask.abort(404)
    return product


def _save(desk: Desk, before: Product | None) -> ResponseReturnValue:
    form = ProductForm()
    if not form.is_sent():
        flask.abort(400)
    sheet, seen = sent_sheet(), str(form.seen.data)
    if flask.request.form.get("look"):
        return _page(desk, before, sheet, seen)
    product, sheet = read_sheet(desk, sheet, before)
    if product is None:
        return _page(desk, before, sheet, seen, 400)
    exponent = desk.config.money.exponent
    if seen != state_of(before, exponent):
        flask.flash(desk.voice().say("product.changed"), "refusal")
        return _page(desk, before, sheet, "", 409)
    event = ProductOffered(
        by=desk.by(),
        token=str(form.token.data),
        product=product,
        before=before,
        fields=changed_fields(before, product, exponent),
    )
    if desk.ask(event).is_refusal:
        return _page(desk, before, sheet, seen, 409)
    voice = desk.voice()
    desk.tell("product.saved", name=voice.name(product, product.sku))
    if product.min_age:
        desk.tell("product.aged", name=voice.name(product, product.sku))
    return flask.redirect(flask.url_for("desk.goods", q=product.sku))


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/product/new")
    def new_product() -> ResponseReturnValue:
        return _page(desk, None, sheet_of(None, desk.voice()), "")

    @pages.post("/product/new")
    def make_product() -> ResponseReturnValue:
        return _save(desk, None)

    @pages.get("/goods/<sku>/edit")
    def edit_product(sku: str) -> ResponseReturnValue:
        product = _product_of(desk, sku)
        return _page(desk, product, sheet_of(product, desk.voice()), "")

    @pages.post("/goods/<sku>/edit")
    def save_product(sku: str) -> ResponseReturnValue:
        return _save(desk, _product_of(desk, sku))

    @pages.post("/goods/<sku>/retire")
    def retire_product(sku: str) -> ResponseReturnValue:
        before, form = _product_of(desk, sku), RetireForm()
        if not form.is_sent():
            flask.abort(400)
        after = replace(before, is_retired=form.to.data == "retired")
        event = ProductOffered(
            by=desk.by(),
            token=str(form.token.data),
            product=after,
            before=before,
            fields=changed_fields(before, after, desk.config.money.exponent),
        )
        if not desk.ask(event).is_refusal:
            key = "product.retired" if after.is_retired else "product.sold"
            desk.tell(key, name=desk.voice().name(before, sku))
        return flask.redirect(flask.url_for("desk.product", sku=sku))

    @pages.get("/pictures/<name>.svg")
    def picture(name: str) -> ResponseReturnValue:
        if not is_picture(name):
            flask.abort(404)
        return flask.Response(picture_svg(name), mimetype="image/svg+xml")
