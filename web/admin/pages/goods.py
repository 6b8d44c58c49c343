"""Goods and prices: find, price, export, and take over a file as a whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.barcode import gtin_key, to_ascii_digits
from inventory.catalogue import Catalogue, Product, Slot
from inventory.goods_file import FILE_LIMIT_BYTES, MarketFiles, read_goods, read_planogram, write_goods
from inventory.problems import Problem
from inventory.search import GoodsIndex
from kiosk.core.events import CatalogueOffered, PriceOffered
from web.admin.desk import Desk
from web.admin.tables import goods_table
from web.admin.voice import Voice
from web.forms import ImportForm, PriceForm, read_amount

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


def _mend(voice: Voice, problem: Problem) -> Mend:
    key = f"problem.{problem.key}"
    # The phrasebook needs the name "language" for itself.
    values = {"tongue" if name == "language" else name: value for name, value in problem.parameters.items()}
    text = voice.say(key, **values) if voice.knows(key) else problem.text
    return Mend(problem.line, problem.column, text)


def _check_prices(desk: Desk, voice: Voice, products: tuple[Product, ...]) -> list[Mend]:
    """Prices that the till could not take: it refuses them one by one, so a file must not bring them in either."""
    money = desk.config.money
    step, most = voice.money(money.cash_step_minor), voice.money(money.max_credit_minor)
    mends = []
    for product in products:
        if product.due_minor % money.cash_step_minor:
            mends.append(Mend(0, "price", voice.say("problem.price_step", sku=product.sku, step=step)))
        elif product.due_minor > money.max_credit_minor:
            mends.append(Mend(0, "price", voice.say("problem.price_most", sku=product.sku, most=most)))
    return mends


def read_files(
    desk: Desk, voice: Voice, goods: bytes, plan: bytes
) -> tuple[Catalogue | None, tuple[Mend, ...]]:
    """A whole catalogue from a goods file and maybe a plan, or what to mend and no catalogue."""
    read = read_goods(goods, exponent=desk.config.money.exponent, tax_classes=tuple(desk.config.tax_rates_bp))
    mends = [_mend(voice, problem) for problem in read.problems]
    slots: tuple[Slot, ...] = tuple(desk.door.catalogue().slots.values())
    if not mends:
        mends = _check_prices(desk, voice, read.products)
        if plan:
            planned: MarketFiles = read_planogram(plan, read.products)
            mends += [_mend(voice, problem) for problem in planned.problems]
            slots = planned.slots
        else:
            known = {product.sku for product in read.products}
            mends += [
                Mend(0, "sku", voice.say("problem.slot_needs", slot=slot.code, sku=slot.sku))
                for slot in slots
                if slot.sku not in known
            ]
    return (None, tuple(mends)) if mends else (Catalogue.of(read.products, slots), ())


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
        return _product_page(desk, sku, PriceForm())

    @pages.post("/goods/<sku>/price")
    def price(sku: str) -> ResponseReturnValue:
        form = PriceForm()
        price_minor = read_amount(form.price, desk.config.money.exponent) if form.is_sent() else None
        if price_minor is None:
            return _product_page(desk, sku, form), 400
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

    @pages.route("/goods/import", methods=["GET", "POST"])
    def import_goods() -> ResponseReturnValue:
        form = ImportForm()
        if not form.is_sent():
            return desk.render("import.html", "goods.import", form=form, mends=())
        data, plan = (
            field.data.read(FILE_LIMIT_BYTES + 1) if field.data else b"" for field in (form.goods, form.plan)
        )
        voice = desk.voice()
        if data:
            catalogue, mends = read_files(desk, voice, data, plan)
        else:
            catalogue, mends = None, (Mend(0, "", voice.say("problem.file_needed")),)
        if catalogue is not None:
            digest = hashlib.sha256(data).hexdigest()
            notice = desk.ask(CatalogueOffered(by=desk.by(), catalogue=catalogue, digest=digest))
            if not notice.is_refusal:
                desk.tell("goods.imported", n=len(catalogue.products))
                return flask.redirect(flask.url_for("desk.goods"))
        return desk.render("import.html", "goods.import", form=form, mends=mends), 400


def _product_page(desk: Desk, sku: str, form: PriceForm) -> str:
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
        step_minor=desk.config.money.cash_step_minor,
    )
