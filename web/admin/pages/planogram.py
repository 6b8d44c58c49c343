"""The plan of places: which product where, how many fit, how many there should be; arranged by dragging, or a place at a time.

Both ways end in the same event, which takes effect from a day on. What lies in a place is not changed by a plan: pieces of
another product are named until a clerk has taken them out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, Length

from hardware.events import DeviceKind
from inventory.catalogue import Catalogue, Place, Product, Slot
from inventory.goods_file import read_slot, write_planogram
from inventory.planogram import check_slots
from inventory.problems import Problem
from inventory.rounds import Lying, out_of_place
from kiosk.core.events import PlacesOffered, PlanDrop
from kiosk.core.places import PLACES_MOST, row_of
from kiosk.store.plans import About, Coming, read_coming, read_plans
from kiosk.store.rounds import read_lying
from web.admin.desk import Desk
from web.admin.pages.goods_import import problem_text
from web.admin.pages.prices import read_day
from web.forms import MISSING, REASON_MOST, TEXT_MOST, DeskForm, NothingForm, make_token

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
    day = StringField(validators=[SHORT])


class SlotRemoveForm(DeskForm):
    """A place that is to go."""

    token = HiddenField(validators=[MISSING, SHORT])
    seen = HiddenField(validators=[MISSING, SHORT])
    day = StringField(validators=[SHORT])


class ArrangeForm(DeskForm):
    """An arrangement: a field ``place`` for each place that gets another product, ``A1 COLA``; previewed, then saved."""

    act = HiddenField(validators=[AnyOf(("preview", "save"), message="form.choice")])
    place = HiddenField(validators=[MISSING])
    seen = HiddenField(validators=[MISSING, SHORT])
    token = HiddenField(validators=[SHORT])
    day = StringField(validators=[SHORT])


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """A place and what is planned for it, now and from a day on; ``others`` lie in it although they are not planned there."""

    slot: Slot
    product: Product | None
    others: tuple[Lying, ...] = ()
    coming: tuple[Coming, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A place of an arrangement: as it is and as it would be; ``wrong`` says why it cannot be."""

    was: Slot
    now: Slot
    wrong: str


def zones_of(
    catalogue: Catalogue,
    others: Mapping[str, tuple[Lying, ...]] | None = None,
    coming: Mapping[str, tuple[Coming, ...]] | None = None,
) -> dict[tuple[str, str], tuple[PlannedPlace, ...]]:
    """Places by zone and kind, each in the order in which a clerk meets them."""
    slots = sorted(
        catalogue.slots.values(),
        key=lambda slot: (slot.place, slot.zone, slot.coil, len(slot.code), slot.code),
    )
    found: dict[tuple[str, str], list[PlannedPlace]] = {}
    for slot in slots:
        place = PlannedPlace(
            slot,
            catalogue.products.get(slot.sku),
            (others or {}).get(slot.code, ()),
            (coming or {}).get(slot.code, ()),
        )
        found.setdefault((slot.place.value, slot.zone), []).append(place)
    return {key: tuple(places) for key, places in found.items()}


def kinds_of(desk: Desk, catalogue: Catalogue) -> tuple[Place, ...]:
    """What can be added at this kiosk: the shelf, and whatever has a board or a machine, or has places planned."""
    devices = {device.kind for device, _ in desk.devices().values()}
    planned = {slot.place for slot in catalogue.slots.values()}
    has = {
        Place.SHELF: True,
        Place.COIL: DeviceKind.COIL_BOARD in devices,
        Place.MACHINE: DeviceKind.VENDING_MACHINE in devices,
    }
    return tuple(kind for kind in Place if has[kind] or kind in planned)


def seen_of(*slots: Slot) -> str:
    """Names what a form was drawn from."""
    return hashlib.sha256(write_planogram(slots)).hexdigest()


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/planogram")
    def planogram() -> ResponseReturnValue:
        catalogue = desk.door.catalogue()
        with desk.reading() as connection:
            plans = read_plans(connection, desk.kiosk_id, About.PLACES)
            coming = read_coming(connection, desk.kiosk_id, plans)
            others = out_of_place(catalogue.slots.values(), read_lying(connection, desk.kiosk_id))
        return desk.render(
            "planogram.html",
            "nav.planogram",
            zones=zones_of(catalogue, others, coming),
            added={code: plans for code, plans in coming.items() if code not in catalogue.slots},
            kinds=kinds_of(desk, catalogue),
            plans=plans,
            names=catalogue.products,
            form=ArrangeForm(formdata=None),
            seen=seen_of(*catalogue.slots.values()),
        )

    @pages.post("/planogram")
    def plan_places() -> ResponseReturnValue:
        return _arrange(desk)

    @pages.post("/planogram/plans/<plan>/drop")
    def drop_places(plan: str) -> ResponseReturnValue:
        if not NothingForm().is_sent():
            flask.abort(400)
        if not desk.ask(PlanDrop(by=desk.by(), plan=plan)).is_refusal:
            desk.tell("prices.dropped")
        return flask.redirect(flask.url_for("desk.planogram"))

    @pages.get("/planogram/<slot>")
    def edit_slot(slot: str) -> ResponseReturnValue:
        return slot_page(desk, _slot_of(desk, slot))

    @pages.post("/planogram/<slot>")
    def save_slot(slot: str) -> ResponseReturnValue:
        return _save(desk, _slot_of(desk, slot))


def _slot_of(desk: Desk, code: str) -> Slot:
    found = desk.door.catalogue().slots.get(code)
    if found is None:
        flask.abort(404)
    return found


def _wrong_with(desk: Desk, slot: Slot) -> dict[str, str]:
    """Cell -> why it cannot be. Only this place is asked about: another one's old mistake must not keep it from being mended."""
    voice = desk.voice()
    return {
        _CELL_OF_FIELD[each.field]: problem_text(voice, Problem(0, each.field, each.key, each.parameters))
        for each in check_slots((slot,), desk.door.catalogue().products)
    }


def _offer(desk: Desk, pairs: Mapping[Slot, Slot], *, token: str, day: date) -> bool:
    """Plan these places, each as it is and as it is to be; False, with the till's answer on the next page, when it refused."""
    event = PlacesOffered(
        by=desk.by(),
        token=token,
        from_day=day.isoformat(),
        places=tuple(row_of(slot) for slot in pairs.values()),
        before=tuple(row_of(slot) for slot in pairs),
    )
    return not desk.ask(event).is_refusal


# --- an arrangement -------------------------------------------------------------------------------------------------


def _arrange(desk: Desk) -> ResponseReturnValue:
    form = ArrangeForm()
    if not form.is_sent():
        flask.abort(400)
    catalogue, today = desk.door.catalogue(), desk.today()
    moved = _moved(desk, catalogue, flask.request.form.getlist("place"))
    if form.seen.data != seen_of(*catalogue.slots.values()):
        flask.flash(desk.voice().say("planogram.plan_changed"), "refusal")
        return flask.redirect(flask.url_for("desk.planogram"))
    if not moved:
        flask.flash(desk.voice().say("planogram.same"), "refusal")
        return flask.redirect(flask.url_for("desk.planogram"))
    if form.act.data == "preview" or any(each.wrong for each in moved):
        return _preview(desk, moved)
    day = read_day(str(form.day.data or ""), today)
    if day is None:
        return _preview(desk, moved, day=str(form.day.data), problem="prices.day_wrong"), 400
    if _offer(desk, {each.was: each.now for each in moved}, token=str(form.token.data), day=day):
        _tell(desk, "planogram.arranged", "planogram.arranged_from", day, n=len(moved))
    return flask.redirect(flask.url_for("desk.planogram"))


def _moved(desk: Desk, catalogue: Catalogue, places: list[str]) -> tuple[Moved, ...]:
    """What an arrangement changes, in the order of its places; ends with 400 what no page of ours can have sent."""
    if len(places) > PLACES_MOST:
        flask.abort(400)
    wanted: dict[str, str] = {}
    for each in places:
        code, _, sku = each.partition(" ")
        if code not in catalogue.slots or code in wanted:
            flask.abort(400)
        wanted[code] = sku
    pairs = ((catalogue.slots[code], replace(catalogue.slots[code], sku=sku)) for code, sku in wanted.items())
    return tuple(
        Moved(was, now, next(iter(_wrong_with(desk, now).values()), "")) for was, now in pairs if was != now
    )


def _preview(desk: Desk, moved: tuple[Moved, ...], *, day: str = "", problem: str = "") -> str:
    catalogue, today = desk.door.catalogue(), desk.today().isoformat()
    with desk.reading() as connection:
        lying = read_lying(connection, desk.kiosk_id)
    return desk.render(
        "planogram_preview.html",
        "planogram.preview_page",
        moved=moved,
        names=catalogue.products,
        others=out_of_place([each.now for each in moved], lying),
        is_possible=not any(each.wrong for each in moved),
        form=ArrangeForm(formdata=None),
        seen=seen_of(*catalogue.slots.values()),
        token=make_token(),
        today=today,
        day=day or today,
        problem=problem,
    )


def _tell(desk: Desk, now: str, later: str, day: date, **values: str | int) -> None:
    if day == desk.today():
        desk.tell(now, **values)
    else:
        desk.tell(later, day=desk.voice().day(day), **values)


# --- one place ------------------------------------------------------------------------------------------------------


def _save(desk: Desk, before: Slot) -> ResponseReturnValue:
    form = SlotForm()
    if not form.is_sent():
        flask.abort(400)
    voice = desk.voice()
    cells = {name: str(form[name].data or "") for name in _CELLS}
    coil = str(before.coil) if before.coil else ""
    slot, problems = read_slot({**cells, "slot": before.code, "place": before.place.value, "coil": coil})
    wrong = {problem.column: problem_text(voice, problem) for problem in problems}
    wrong |= _wrong_with(desk, slot) if slot is not None else {}
    cells["day"] = str(form.day.data or "")
    day = read_day(cells["day"], desk.today())
    if day is None:
        wrong["day"] = voice.say("prices.day_wrong")
    if slot is None or day is None or wrong:
        return slot_page(desk, before, cells, wrong), 400
    if form.seen.data != seen_of(before):
        flask.flash(voice.say("planogram.changed"), "refusal")
        return slot_page(desk, before, cells), 409
    if slot == before:
        flask.flash(voice.say("planogram.same"), "refusal")
    elif _offer(desk, {before: slot}, token=str(form.token.data), day=day):
        _tell(desk, "planogram.saved", "planogram.saved_from", day, slot=slot.code)
    else:
        return flask.redirect(flask.url_for("desk.edit_slot", slot=before.code))
    return flask.redirect(flask.url_for("desk.planogram"))


def _cells_of(desk: Desk, slot: Slot) -> dict[str, str]:
    """The form of a place as it is planned now."""
    voice = desk.voice()
    return {
        "sku": slot.sku,
        "capacity": voice.digits(str(slot.capacity)),
        "par": voice.digits(str(slot.par_qty)),
        "zone": slot.zone,
        "day": desk.today().isoformat(),
    }


def slot_page(
    desk: Desk,
    slot: Slot,
    cells: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    *,
    gone_wrong: str = "",
) -> str:
    """The page of one place: its form, and how it can be removed.

    Args:
        desk: Whose page.
        slot: The place.
        cells: What was typed; what is planned where nothing was.
        wrong: Cell -> what is wrong with it.
        gone_wrong: What is wrong with the day of its removal.
    """
    products = desk.door.catalogue().products
    with desk.reading() as connection:
        lying = [
            each for each in read_lying(connection, desk.kiosk_id) if each.slot == slot.code and each.qty
        ]
    return desk.render(
        "planogram_slot.html",
        "planogram.slot",
        slot=slot,
        cells=_cells_of(desk, slot) if cells is None else cells,
        wrong=wrong or {},
        form=SlotForm(formdata=None),
        token=make_token(),
        seen=seen_of(slot),
        today=desk.today().isoformat(),
        products=tuple(product for product in products.values() if product.is_for_sale),
        names=products,
        lying=lying,
        is_unsure=slot.code in desk.resting(),
        gone_token=make_token(),
        gone_wrong=gone_wrong,
    )
