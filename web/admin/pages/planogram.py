"""The plan of places: which product where, how many fit, how many there should be; one place at a time on a plain form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from inventory.catalogue import Catalogue, Product, Slot
from inventory.goods_file import read_slot, write_planogram
from inventory.planogram import check_slots
from inventory.problems import Problem
from kiosk.core.events import CatalogueOffered
from web.admin.desk import Desk
from web.admin.pages.goods_import import problem_text
from web.forms import MISSING, REASON_MOST, TEXT_MOST, DeskForm, make_token

SHORT: Final = Length(max=TEXT_MOST, message="form.too_long")

_CELLS: Final = ("sku", "capacity", "par", "zone")

_CELL_OF_FIELD: Final = {"sku": "sku", "capacity": "capacity", "par_qty": "par", "coil": "sku", "code": "sku"}


class SlotForm(DeskForm):
    """One place; `inventory.goods_file` and `inventory.planogram` say what is wrong with it."""

    token = HiddenField(validators=[MISSING, SHORT])
    seen = HiddenField(validators=[MISSING, SHORT])
    sku = StringField(validators=[Length(max=REASON_MOST, message="form.too_long")])
    capacity = StringField(validators=[SHORT])
    par = StringField(validators=[SHORT])
    zone = StringField(validators=[SHORT])


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """A place and what is planned for it."""

    slot: Slot
    product: Product | None


def zones_of(catalogue: Catalogue) -> dict[tuple[str, str], tuple[PlannedPlace, ...]]:
    """Places by zone and kind, each in the order in which a clerk meets them."""
    slots = sorted(
        catalogue.slots.values(),
        key=lambda slot: (slot.place, slot.zone, slot.coil, len(slot.code), slot.code),
    )
    found: dict[tuple[str, str], list[PlannedPlace]] = {}
    for slot in slots:
        place = PlannedPlace(slot, catalogue.products.get(slot.sku))
        found.setdefault((slot.place.value, slot.zone), []).append(place)
    return {key: tuple(places) for key, places in found.items()}


def seen_of(slot: Slot) -> str:
    """Names what a form was drawn from."""
    return hashlib.sha256(write_planogram((slot,))).hexdigest()


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/planogram")
    def planogram() -> ResponseReturnValue:
        return desk.render("planogram.html", "nav.planogram", zones=zones_of(desk.door.catalogue()))

    @pages.get("/planogram/<slot>")
    def edit_slot(slot: str) -> ResponseReturnValue:
        found, voice = _slot_of(desk, slot), desk.voice()
        cells = {
            "sku": found.sku,
            "capacity": voice.digits(str(found.capacity)),
            "par": voice.digits(str(found.par_qty)),
            "zone": found.zone,
        }
        return _page(desk, found, cells, {})

    @pages.post("/planogram/<slot>")
    def save_slot(slot: str) -> ResponseReturnValue:
        return _save(desk, _slot_of(desk, slot))


def _slot_of(desk: Desk, code: str) -> Slot:
    found = desk.door.catalogue().slots.get(code)
    if found is None:
        flask.abort(404)
    return found


def _save(desk: Desk, before: Slot) -> ResponseReturnValue:
    form = SlotForm()
    if not form.is_sent():
        flask.abort(400)
    catalogue, voice = desk.door.catalogue(), desk.voice()
    cells = {name: str(form[name].data or "") for name in _CELLS}
    coil = str(before.coil) if before.coil else ""
    slot, problems = read_slot({**cells, "slot": before.code, "place": before.place.value, "coil": coil})
    wrong = {problem.column: problem_text(voice, problem) for problem in problems}
    # Only this place is asked about: another one's old mistake must not keep this one from being mended.
    for each in check_slots((slot,), catalogue.products) if slot is not None else ():
        wrong[_CELL_OF_FIELD[each.field]] = problem_text(
            voice, Problem(0, each.field, each.key, each.parameters)
        )
    if slot is None or wrong:
        return _page(desk, before, cells, wrong), 400
    if form.seen.data != seen_of(before):
        flask.flash(voice.say("planogram.changed"), "refusal")
        return _page(desk, before, cells, {}), 409
    slots = {**catalogue.slots, slot.code: slot}
    event = CatalogueOffered(
        by=desk.by(),
        catalogue=Catalogue.of(tuple(catalogue.products.values()), tuple(slots.values()), catalogue.labels),
        digest=hashlib.sha256(write_planogram(slots.values())).hexdigest(),
        before=catalogue,
        token=str(form.token.data),
    )
    if desk.ask(event).is_refusal:
        return flask.redirect(flask.url_for("desk.edit_slot", slot=before.code))
    desk.tell("planogram.saved", slot=slot.code)
    return flask.redirect(flask.url_for("desk.planogram"))


def _page(desk: Desk, slot: Slot, cells: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    products = desk.door.catalogue().products.values()
    return desk.render(
        "planogram_slot.html",
        "planogram.slot",
        slot=slot,
        cells=cells,
        wrong=wrong,
        form=SlotForm(formdata=None),
        token=make_token(),
        seen=seen_of(slot),
        products=tuple(product for product in products if product.is_for_sale),
    )
