"""Goods and prices: find, price and export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.barcode import gtin_key, to_ascii_digits
from inventory.catalogue import Catalogue, Product
from inventory.goods_file import write_goods
from inventory.search import GoodsIndex
from kiosk.core.events import PriceOffered
from web.admin.desk import Desk
from web.admin.tables import goods_table
from web.forms import PriceForm, make_token, read_amount

SHOWN_MOST: Final = 60
"""Products on one page; a search narrows them."""

QUERY_MOST: Final = 64


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend in a file, in the reader's words; line 0 when the whole file is meant."""

    line: int
    column: str
    text: str


def find_goods(catalogue: Catalogue, query: str) -> tuple[Product, ...]:
    """Products that a barcode, a SKU or words of a name find, best first; all of them for an empty query."""
    products = catalogue.products
    bare = to_ascii_digits(query.strip())
    key = gtin_key(bare) if bare.isdecimal() else None
    if key and key in catalogue.by_gtin:
        return (products[catalogue.by_gtin[key]],)
    if not bare:
        return tuple(products.values())
    by_sku = (sku for sku in products if bare.casefold() in sku.casefold())
    by_name = GoodsIndex(products.values()).find(query, limit=len(products))
    return tuple(products[sku] for sku in dict.fromkeys((*by_sku, *by_name)))


def _add_list(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.get("/goods")
    def goods() -> ResponseReturnValue:
        query = flask.request.args.get("q", "")[:QUERY_MOST]
        found = find_goods(desk.door.catalogue(), query)
        file = desk.wanted_file()
        if file is not None:
            return desk.send_file(file, "goods", goods_table(desk.voice(), found, query))
        return desk.render(
            "goods.html", "nav.goods", query=query, found=found[:SHOWN_MOST], found_qty=len(found)
        )


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""
    _add_list(pages, desk)

    @pages.get("/goods/<sku>")
    def product(sku: str) -> ResponseReturnValue:
        return product_page(desk, sku, PriceForm())

    @pages.post("/goods/<sku>/price")
    def price(sku: str) -> ResponseReturnValue:
        form = PriceForm()
        price_minor = read_amount(form.price, desk.config.money.exponent) if form.is_sent() else None
        if price_minor is None:
            return product_page(desk, sku, form), 400
        notice = desk.ask(PriceOffered(by=desk.by(), sku=sku, price_minor=price_minor))
        if not notice.is_refusal:
            voice, known = desk.voice(), desk.door.catalogue().products.get(sku)
            desk.tell("goods.priced", name=voice.name(known, sku), price=voice.money(price_minor))
        return flask.redirect(flask.url_for("desk.product", sku=sku))

    @pages.get("/goods.csv")
    def export() -> ResponseReturnValue:
        products = desk.door.catalogue().products.values()
        return flask.Response(
            write_goods(products, exponent=desk.config.money.exponent),
            mimetype="text/csv",
            headers={"Content-Disposition": 'attachment; filename="goods.csv"'},
        )


def product_page(desk: Desk, sku: str, form: PriceForm, *, photo_wrong: str = "") -> str:
    """The page of one product; ``form`` and ``photo_wrong`` say what is wrong with what was sent.

    It ends the request with 404 where there is no such product.
    """
    catalogue = desk.door.catalogue()
    found = catalogue.products.get(sku)
    if found is None:
        flask.abort(404)
    places = tuple(slot for slot in catalogue.slots.values() if slot.sku == sku)
    return desk.render(
        "product.html",
        "nav.goods",
        product=found,
        places=places,
        form=form,
        retire_token=make_token(),
        photo_token=make_token(),
        photo_wrong=photo_wrong,
        step_minor=desk.config.money.cash_step_minor,
    )
