"""A goods file: read, previewed as what will change, and taken over as a whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.catalogue import Catalogue, Product, Slot
from inventory.goods_changes import compare_goods, with_photos, with_retired
from inventory.goods_file import FILE_LIMIT_BYTES, read_goods, read_planogram
from inventory.planogram import check_slots
from inventory.problems import Problem
from kiosk.core.events import CatalogueOffered
from web.admin.desk import Desk
from web.admin.pages.goods import Mend
from web.admin.previews import Preview, Previews
from web.admin.voice import Voice
from web.forms import ImportForm, NothingForm, make_token

SHOWN_MOST: Final = 100
"""Products of each kind that a preview draws; all are counted."""


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """A goods file and maybe a plan; nothing but ``mends`` where anything is wrong, and ``more_qty`` that are not listed."""

    products: tuple[Product, ...] = ()
    slots: tuple[Slot, ...] | None = None
    mends: tuple[Mend, ...] = ()
    more_qty: int = 0


def problem_text(voice: Voice, problem: Problem) -> str:
    """What is wrong, in the reader's words."""
    key = f"problem.{problem.key}"
    # The phrasebook needs the name "language" for itself.
    values = {"tongue" if name == "language" else name: value for name, value in problem.parameters.items()}
    return voice.say(key, **values) if voice.knows(key) else problem.text


def _mend(voice: Voice, problem: Problem) -> Mend:
    return Mend(problem.line, problem.column, problem_text(voice, problem))


def price_mends(desk: Desk, voice: Voice, products: tuple[Product, ...]) -> list[Mend]:
    """Prices that the till could not take: it refuses them one by one, so a file must not bring them in either.

    At most one more than a page shows: a wrong column spoils every row.
    """
    money = desk.config.money
    step, most = voice.money(money.cash_step_minor), voice.money(money.max_credit_minor)
    mends: list[Mend] = []
    for product in products:
        if product.due_minor % money.cash_step_minor:
            mends.append(Mend(0, "price", voice.say("problem.price_step", sku=product.sku, step=step)))
        elif product.due_minor > money.max_credit_minor:
            mends.append(Mend(0, "price", voice.say("problem.price_most", sku=product.sku, most=most)))
        if len(mends) > SHOWN_MOST:
            break
    return mends


def read_files(desk: Desk, voice: Voice, goods: bytes, plan: bytes) -> ReadFiles:
    """Read a goods file, and a plan where there is one; without a plan the places stay, and need their products."""
    if not goods:
        return ReadFiles(mends=(Mend(0, "", voice.say("problem.file_needed")),))
    read = read_goods(goods, exponent=desk.config.money.exponent, tax_classes=tuple(desk.config.tax_rates_bp))
    if read.problems:
        return ReadFiles(
            mends=tuple(_mend(voice, problem) for problem in read.problems), more_qty=read.more_qty
        )
    products = read.products if read.names_photos else with_photos(read.products, desk.door.catalogue())
    mends = price_mends(desk, voice, products)
    slots: tuple[Slot, ...] | None = None
    if plan:
        planned = read_planogram(plan, products)
        mends += [_mend(voice, problem) for problem in planned.problems]
        slots = planned.slots
    else:
        sold = {product.sku for product in products if not product.is_retired}
        mends += [
            Mend(0, "sku", voice.say("problem.slot_needs", slot=slot.code, sku=slot.sku))
            for slot in desk.door.catalogue().slots.values()
            if slot.sku not in sold
        ]
    shown, more_qty = tuple(mends[:SHOWN_MOST]), max(0, len(mends) - SHOWN_MOST)
    return ReadFiles(mends=shown, more_qty=more_qty) if mends else ReadFiles(products, slots)


def offered(preview: Preview) -> Catalogue:
    """The goods as they would be: those of the file, and retired what is not in it."""
    slots = tuple(preview.before.slots.values()) if preview.slots is None else preview.slots
    return Catalogue.of(with_retired(preview.products, preview.before), slots)


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""
    previews = Previews()
    _add_upload(pages, desk, previews)
    _add_preview(pages, desk, previews)


def _add_upload(pages: flask.Blueprint, desk: Desk, previews: Previews) -> None:
    @pages.route("/goods/import", methods=["GET", "POST"])
    def import_goods() -> ResponseReturnValue:
        form = ImportForm()
        if not form.is_sent():
            return desk.render("import.html", "goods.import", form=form, mends=(), more_qty=0)
        data, plan = (
            field.data.read(FILE_LIMIT_BYTES + 1) if field.data else b"" for field in (form.goods, form.plan)
        )
        voice = desk.voice()
        read = read_files(desk, voice, data, plan)
        if read.mends:
            page = desk.render(
                "import.html", "goods.import", form=form, mends=read.mends, more_qty=read.more_qty
            )
            return page, 400
        token = make_token()
        digest = hashlib.sha256(data).hexdigest()
        previews.keep(token, Preview(desk.by(), read.products, read.slots, digest, desk.door.catalogue()))
        return flask.redirect(flask.url_for("desk.preview_import", preview=token))


def _add_preview(pages: flask.Blueprint, desk: Desk, previews: Previews) -> None:
    @pages.get("/goods/import/<preview>")
    def preview_import(preview: str) -> ResponseReturnValue:
        found = previews.find(preview, desk.by())
        if found is None:
            return _gone(desk)
        if found.before is not desk.door.catalogue():
            found = replace(found, before=desk.door.catalogue())
            previews.keep(preview, found)
        return _preview_page(desk, preview, found)

    @pages.post("/goods/import/<preview>")
    def take_import(preview: str) -> ResponseReturnValue:
        found = previews.find(preview, desk.by())
        if found is None or not NothingForm().is_sent():
            return _gone(desk)
        catalogue = offered(found)
        event = CatalogueOffered(
            by=desk.by(), catalogue=catalogue, digest=found.digest, before=found.before, token=preview
        )
        if desk.ask(event).is_refusal:
            return flask.redirect(flask.url_for("desk.preview_import", preview=preview))
        previews.drop(preview)
        desk.tell("import.done", n=len(found.products))
        return flask.redirect(flask.url_for("desk.goods"))


def _gone(desk: Desk) -> ResponseReturnValue:
    """The file waits no longer: it was taken over, the machine started anew, or newer files made room."""
    flask.flash(desk.voice().say("import.expired"), "refusal")
    return flask.redirect(flask.url_for("desk.import_goods"))


def _preview_page(desk: Desk, token: str, preview: Preview) -> str:
    before, after = preview.before, offered(preview)
    changes = compare_goods(before, after.products.values(), desk.config.money.exponent)
    codes = {*before.slots, *after.slots}
    findings = check_slots(tuple(after.slots.values()), after.products)
    voice = desk.voice()
    for finding in findings:
        flask.flash(
            problem_text(voice, Problem(0, finding.field, finding.key, finding.parameters)), "refusal"
        )
    return desk.render(
        "import_preview.html",
        "import.preview",
        token=token,
        changes=changes,
        places=sum(before.slots.get(code) != after.slots.get(code) for code in codes),
        aged=sum(bool(product.min_age) and not product.is_retired for product in preview.products),
        most=SHOWN_MOST,
    )
