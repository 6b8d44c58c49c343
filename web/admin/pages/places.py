"""A place that comes or goes: a board of the shelf, a coil, an item of an old machine; now or from a day on.

Both are plans of places like any other change of the plan (`web.admin.pages.planogram`): they wait for their day, and can be
dropped until then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from inventory.catalogue import Catalogue, Place, Slot
from inventory.goods_file import read_slot
from inventory.planogram import COIL_LIMIT, ITEM_LIMIT, check_slots
from inventory.problems import Problem
from kiosk.core.events import PlacesOffered
from kiosk.core.places import new_of, row_of
from kiosk.i18n import ascii_digits
from web.admin.desk import Desk
from web.admin.pages.goods_import import problem_text
from web.admin.pages.planogram import SlotRemoveForm, kinds_of, seen_of, slot_page
from web.admin.pages.prices import read_day
from web.forms import MISSING, REASON_MOST, TEXT_MOST, DeskForm, make_token

SHORT: Final = Length(max=TEXT_MOST, message="form.too_long")

CELLS: Final = ("slot", "coil", "sku", "capacity", "par", "zone")

_CELL_OF_FIELD: Final = {
    "code": "slot",
    "coil": "coil",
    "sku": "sku",
    "capacity": "capacity",
    "par_qty": "par",
}

_OWN_WORDS: Final = {"slot_twice": "places.taken"}
"""A file's words -> this page's."""

_NUMBERED: Final = re.compile(r"([A-Z][A-Z0-9]*?)([0-9]{1,6})")

FIRST_CODES: Final = {Place.SHELF: "S1", Place.COIL: "A1", Place.MACHINE: "M1"}

MOST: Final = {Place.SHELF: 0, Place.COIL: COIL_LIMIT, Place.MACHINE: ITEM_LIMIT}
"""Highest number of a place of each kind."""


class NewSlotForm(DeskForm):
    """A place that is to be made; `inventory.goods_file` and `inventory.planogram` say what is wrong with it."""

    token = HiddenField(validators=[MISSING, SHORT])
    kind = HiddenField(validators=[AnyOf(tuple(Place), message="form.choice")])
    slot = StringField(validators=[SHORT])
    coil = StringField(validators=[SHORT])
    sku = StringField(validators=[Length(max=REASON_MOST, message="form.too_long")])
    capacity = StringField(validators=[SHORT])
    par = StringField(validators=[SHORT])
    zone = StringField(validators=[SHORT])
    day = StringField(validators=[SHORT])


def proposed(catalogue: Catalogue, kind: Place) -> dict[str, str]:
    """The cells of the next place of a kind, ASCII digits: it goes on from the last one there is, in code, number and room."""
    there = [slot for slot in catalogue.slots.values() if slot.place is kind]
    last = max(there, key=lambda slot: (slot.coil, len(slot.code), slot.code), default=None)
    coils = {slot.coil for slot in there}
    coil = next((number for number in range(1, MOST[kind] + 1) if number not in coils), 0)
    if last is not None and last.coil < MOST[kind]:
        coil = last.coil + 1
    found = _NUMBERED.fullmatch(last.code) if last is not None else None
    code = FIRST_CODES[kind] if found is None else f"{found[1]}{int(found[2]) + 1}"
    return {
        "slot": "" if code in catalogue.slots else code,
        "coil": str(coil) if coil else "",
        "sku": "",
        "capacity": str(last.capacity) if last is not None else "",
        "par": str(last.par_qty) if last is not None else "",
        "zone": last.zone if last is not None else "",
    }


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/planogram/new")
    def new_place() -> ResponseReturnValue:
        catalogue, voice = desk.door.catalogue(), desk.voice()
        kind = _kind(desk, catalogue, flask.request.args.get("kind", Place.SHELF))
        cells = proposed(catalogue, kind)
        cells |= {name: voice.digits(cells[name]) for name in ("coil", "capacity", "par")}
        return _page(desk, kind, cells, {})

    @pages.post("/planogram/new")
    def add_place() -> ResponseReturnValue:
        return _add(desk)

    @pages.post("/planogram/<slot>/remove")
    def remove_place(slot: str) -> ResponseReturnValue:
        return _remove(desk, slot)


def _kind(desk: Desk, catalogue: Catalogue, word: str) -> Place:
    """What is to be added; ends with 404 what this kiosk has no place for."""
    kind = next((each for each in kinds_of(desk, catalogue) if each == word), None)
    if kind is None:
        flask.abort(404)
    return kind


def _add(desk: Desk) -> ResponseReturnValue:
    form = NewSlotForm()
    if not form.is_sent():
        flask.abort(400)
    catalogue, voice = desk.door.catalogue(), desk.voice()
    kind = _kind(desk, catalogue, str(form.kind.data))
    cells = {name: str(form[name].data or "") for name in CELLS}
    coil = "" if kind is Place.SHELF else cells["coil"]
    typed = {**cells, "slot": ascii_digits(cells["slot"]), "coil": coil, "place": kind.value}
    slot, problems = read_slot(typed)
    wrong = {problem.column: problem_text(voice, problem) for problem in problems}
    wrong |= _wrong_with(desk, catalogue, slot) if slot is not None else {}
    cells["day"] = str(form.day.data or "")
    day = read_day(cells["day"], desk.today())
    if day is None:
        wrong["day"] = voice.say("prices.day_wrong")
    if slot is None or day is None or wrong:
        return _page(desk, kind, cells, wrong), 400
    event = PlacesOffered(
        by=desk.by(),
        token=str(form.token.data),
        from_day=day.isoformat(),
        places=(row_of(slot),),
        before=(),
        new=(new_of(slot),),
    )
    if desk.ask(event).is_refusal:
        return _page(desk, kind, cells, {}), 409
    _tell(desk, "places.added", day, slot.code)
    return flask.redirect(flask.url_for("desk.planogram"))


def _wrong_with(desk: Desk, catalogue: Catalogue, slot: Slot) -> dict[str, str]:
    """Cell -> why the new place cannot be; old mistakes of other places do not keep it out."""
    voice = desk.voice()
    there = tuple(catalogue.slots.values())
    return {
        _CELL_OF_FIELD[each.field]: (
            voice.say(_OWN_WORDS[each.key], slot=slot.code)
            if each.key in _OWN_WORDS
            else problem_text(voice, Problem(0, each.field, each.key, each.parameters))
        )
        for each in check_slots((*there, slot), catalogue.products)
        if each.index == len(there)
    }


def _remove(desk: Desk, code: str) -> ResponseReturnValue:
    form = SlotRemoveForm()
    slot = desk.door.catalogue().slots.get(code)
    if slot is None:
        flask.abort(404)
    if not form.is_sent():
        flask.abort(400)
    voice = desk.voice()
    day = read_day(str(form.day.data or ""), desk.today())
    if day is None:
        return slot_page(desk, slot, gone_wrong=voice.say("prices.day_wrong")), 400
    if form.seen.data != seen_of(slot):
        flask.flash(voice.say("planogram.changed"), "refusal")
        return slot_page(desk, slot), 409
    event = PlacesOffered(
        by=desk.by(),
        token=str(form.token.data),
        from_day=day.isoformat(),
        places=(),
        before=(row_of(slot),),
        gone=(slot.code,),
    )
    if desk.ask(event).is_refusal:
        return slot_page(desk, slot), 409
    _tell(desk, "places.removed", day, slot.code)
    return flask.redirect(flask.url_for("desk.planogram"))


def _tell(desk: Desk, key: str, day: date, code: str) -> None:
    if day == desk.today():
        desk.tell(key, slot=code)
    else:
        desk.tell(f"{key}_from", slot=code, day=desk.voice().day(day))


def _page(desk: Desk, kind: Place, cells: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    catalogue = desk.door.catalogue()
    return desk.render(
        "places_new.html",
        f"places.new_{kind}",
        kind=kind.value,
        kinds=kinds_of(desk, catalogue),
        cells=cells,
        wrong=wrong,
        form=NewSlotForm(formdata=None),
        token=make_token(),
        today=desk.today().isoformat(),
        zones=sorted({slot.zone for slot in catalogue.slots.values() if slot.zone}),
        products=tuple(product for product in catalogue.products.values() if product.is_for_sale),
    )
