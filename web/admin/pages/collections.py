"""Cash that left the machine: one collection with what explains its difference, bags on their way, closes of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from wtforms import StringField

from kiosk.claims.variance import Explanation, explain
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import AmountError, CountError, parse_amount, parse_count
from kiosk.journal.entry import read_content
from kiosk.store.cash import (
    CLOSES_MOST,
    CollectionRow,
    Incident,
    PartRow,
    read_bags,
    read_collection,
    read_day_closes,
    read_incidents,
    read_parts,
)
from kiosk.store.reading import read_entries_at
from web.admin.desk import Desk
from web.admin.tables import bags_table, closes_table
from web.denominations import denominations_of, largest_pieces, latin_digits
from web.exports import most_rows
from web.forms import BagGivenForm, BagPaidInForm, DeskForm, TokenForm, make_token, read_amount

NUMBER_DIGITS: Final = 9
"""Of a day's number in an address: more than anybody will ever close."""

OLD_DAYS: Final = 7
"""A bag that is on its way for a week was forgotten, or worse."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the count: its field's name, the piece's worth, and what is typed in already."""

    name: str
    value_minor: int
    typed: str
    is_shown: bool
    """The book had such pieces in the container, or somebody found some; others are folded away."""


@dataclass(frozen=True, slots=True)
class PartView:
    """One container as the page shows it."""

    part: PartRow
    explanation: Explanation
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class BagView:
    """A bag on its way, and for how many days."""

    row: CollectionRow
    days: int

    @property
    def is_old(self) -> bool:
        """Whether somebody should ask for it."""
        return self.days >= OLD_DAYS


def explain_parts(
    desk: Desk, row: CollectionRow, parts: tuple[PartRow, ...], connection: Connection
) -> tuple[Explanation, ...]:
    """What could explain each container's difference; nothing before it was counted."""
    configured, stackers = largest_pieces(desk.config), desk.stackers()
    found: list[Explanation] = []
    for part in parts:
        incidents = (
            read_incidents(connection, desk.kiosk_id, part.since, part.until)
            if row.is_counted and part.variance_minor
            else ()
        )
        found.append(
            explain(
                part,
                incidents,
                largest_minor=_largest_found(part, incidents) if desk.is_fleet else configured,
                stackers=stackers,
                by_piece=row.by_piece,
            )
            if row.is_counted
            else Explanation(part.container, 0, (), 0)
        )
    return tuple(found)


def _largest_found(part: PartRow, incidents: Sequence[Incident]) -> dict[str, int]:
    """`largest_pieces` for a desk that knows no devices: the largest piece that was in this very container."""
    largest_minor = max((each.value_minor for each in part.pieces), default=0)
    return {each.device: largest_minor for each in incidents}


def bags_of(desk: Desk, connection: Connection) -> tuple[BagView, ...]:
    """Bags on their way, the oldest first."""
    now = desk.clock.wall().astimezone(UTC)
    return tuple(
        BagView(row, max(0, (now - datetime.fromisoformat(row.counted_at)).days))
        for row in read_bags(connection, desk.kiosk_id)
    )


def _fields(desk: Desk, row: CollectionRow, part: PartRow, typed: Mapping[str, str]) -> tuple[Field, ...]:
    counted = {each.value_minor: each.counted_qty for each in part.pieces}
    voice = desk.voice()
    fields = []
    for value in denominations_of(desk.config, part.container, counted):
        name = f"{part.container}:{value}"
        known = voice.digits(str(counted[value])) if row.is_counted and counted.get(value) else ""
        text = typed.get(name, known)
        fields.append(Field(name, value, text, is_shown=value in counted or bool(text)))
    return tuple(fields)


def _count_form(names: tuple[str, ...]) -> DeskForm:
    """A form with one field for each value; what is left empty is none."""
    fields = {name: StringField() for name in (*names, "token", "bag", "float_left", "reason")}
    return type("CountForm", (DeskForm,), fields)()  # type: ignore[no-any-return]


def _read_counts(
    form: DeskForm, parts: tuple[PartRow, ...], fields: tuple[tuple[Field, ...], ...]
) -> ev.Counts:
    """The counts as typed; an empty field is no piece.

    Raises:
        CountError: A field is no whole number.
    """
    return tuple(
        (
            part.container,
            tuple(
                (each.value_minor, parse_count(str(form[each.name].data or "").strip() or "0"))
                for each in mine
            ),
        )
        for part, mine in zip(parts, fields, strict=True)
    )


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""
    _add_collection(pages, desk)
    _add_bags(pages, desk)
    _add_days(pages, desk)


def _add_collection(pages: flask.Blueprint, desk: Desk) -> None:
    def find(collection: str) -> tuple[CollectionRow, tuple[PartRow, ...], tuple[Explanation, ...]]:
        with desk.reading() as connection:
            row = read_collection(connection, desk.kiosk_id, collection)
            if row is None:
                flask.abort(404)
            parts = read_parts(connection, desk.kiosk_id, collection)
            return row, parts, explain_parts(desk, row, parts, connection)

    def draw(collection: str, typed: Mapping[str, str]) -> str:
        """The page; ``typed`` is what a refused form brought, so that nobody counts twice."""
        row, parts, explanations = find(collection)
        views = tuple(
            PartView(part, explanation, _fields(desk, row, part, typed))
            for part, explanation in zip(parts, explanations, strict=True)
        )
        return desk.render(
            "collection.html",
            "nav.cash",
            row=row,
            parts=views,
            token=make_token(),
            typed=typed,
            float_typed=typed.get("float_left", desk.voice().typed(row.float_minor)),
            given=BagGivenForm(formdata=None),
            paid_in=BagPaidInForm(formdata=None),
            amount_typed=desk.voice().typed(row.counted_minor),
        )

    @pages.get("/cash/<collection>")
    def collection(collection: str) -> ResponseReturnValue:
        return draw(collection, {})

    @pages.post("/cash/<collection>/count")
    def count_collection(collection: str) -> ResponseReturnValue:
        """The first count, or a correction of it: what the page was drawn for decides."""
        row, parts, _ = find(collection)
        fields = tuple(_fields(desk, row, part, {}) for part in parts)
        form = _count_form(tuple(each.name for mine in fields for each in mine))
        if not form.is_sent():
            flask.abort(400)
        typed = {field.name: str(field.data or "") for field in form}
        text = {name: str(form[name].data or "").strip() for name in ("token", "bag", "float_left", "reason")}
        event: ev.PersonEvent
        try:
            counts = _read_counts(form, parts, fields)
            if row.is_counted:
                event = ev.CollectionRecount(text["token"], desk.by(), collection, counts, text["reason"])
            else:
                float_minor = parse_amount(text["float_left"] or "0", desk.config.money.exponent)
                event = ev.CollectionCount(
                    text["token"], desk.by(), collection, counts, latin_digits(text["bag"]), float_minor
                )
        except CountError:
            flask.flash(desk.voice().say("form.count"), "refusal")
            return draw(collection, typed)
        except AmountError:
            flask.flash(desk.voice().say("form.amount"), "refusal")
            return draw(collection, typed)
        if desk.ask(event).is_refusal:
            return draw(collection, typed)
        return flask.redirect(flask.url_for("desk.collection", collection=collection))


def _add_bags(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.get("/cash/bags")
    def bags() -> ResponseReturnValue:
        with desk.reading() as connection:
            views = bags_of(desk, connection)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "bags", bags_table(desk.voice(), views))
        return desk.render(
            "bags.html", "nav.cash", bags=views, total_minor=sum(each.row.counted_minor for each in views)
        )

    @pages.post("/cash/<collection>/give")
    def give_bag(collection: str) -> ResponseReturnValue:
        form = BagGivenForm()
        if form.is_sent():
            event = ev.BagGiven(str(form.token.data), desk.by(), collection, str(form.to.data))
            desk.tell_notice(desk.door.ask(event).notice)
        else:
            flask.flash(desk.voice().say("form.missing"), "refusal")
        return flask.redirect(flask.url_for("desk.collection", collection=collection))

    @pages.post("/cash/<collection>/bank")
    def bank_bag(collection: str) -> ResponseReturnValue:
        form = BagPaidInForm()
        banked_minor = read_amount(form.banked, desk.config.money.exponent) if form.is_sent() else None
        if banked_minor is None:
            flask.flash(desk.voice().say("form.amount"), "refusal")
        else:
            event = ev.BagPaidIn(str(form.token.data), desk.by(), collection, banked_minor)
            desk.tell_notice(desk.door.ask(event).notice)
        return flask.redirect(flask.url_for("desk.collection", collection=collection))


def _add_days(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.get("/cash/days")
    def days() -> ResponseReturnValue:
        asked = flask.request.args.get("below", "")
        below = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= NUMBER_DIGITS else None
        wanted = desk.wanted_file()
        most = CLOSES_MOST if wanted is None else most_rows(wanted) + 1
        with desk.reading() as connection:
            closes = read_day_closes(connection, desk.kiosk_id, below=below, most=most)
        if wanted is not None:
            return desk.send_file(wanted, "day-closes", closes_table(desk.voice(), closes))
        older = closes[-1].number if closes and closes[-1].number > 1 else 0
        return desk.render("days.html", "nav.cash", closes=closes, older=older, token=make_token())

    @pages.post("/cash/days")
    def close_day() -> ResponseReturnValue:
        form = TokenForm()
        if not form.is_sent():
            flask.abort(400)
        notice = desk.door.ask(ev.DayCloseAsked(str(form.token.data), desk.by())).notice
        desk.tell_notice(notice)
        return flask.redirect(flask.url_for("desk.days"))

    @pages.get("/cash/days/<int:number>")
    def day(number: int) -> ResponseReturnValue:
        with desk.reading() as connection:
            close = next((each for each in read_day_closes(connection, desk.kiosk_id, number=number)), None)
            entries = read_entries_at(connection, desk.kiosk_id, [close.position]) if close else ()
        fact = read_content(entries[0]).fact if entries else None
        if close is None or not isinstance(fact, f.DayClosed):
            flask.abort(404)
        return desk.render("day.html", "nav.cash", close=close, fact=fact)
