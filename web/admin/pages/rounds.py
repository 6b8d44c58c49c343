"""The clerk's round: waste, filling, counts, cash; one tap for each amount that is as it was filled in."""

from __future__ import annotations

from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from wtforms import Field

from inventory.rounds import Step, Task, with_day
from kiosk.core.events import RoundClosed, RoundOpened, TaskLeft
from kiosk.i18n import DayError, parse_day
from kiosk.store.rounds import OpenRound, move_of, read_rounds, token_of
from web.admin.desk import Desk
from web.forms import RoundForm, RoundTaskForm, make_token, read_book, read_count

ROUNDS_SHOWN: Final = 8
"""Earlier rounds below the button: a month of them."""


def read_open(desk: Desk) -> OpenRound | None:
    """The open round, if there is one."""
    return desk.rounds.read(desk.door.catalogue(), today=desk.today(), unsure=desk.door.screen().resting)


def _chosen(found: OpenRound) -> Step:
    asked = flask.request.args.get("step", "")
    return Step(asked) if asked in set(Step) else found.next_task.step


def _day(field: Field) -> date | None:
    """A day of a hidden field; a text that is none was made by nobody's page."""
    try:
        return date.fromisoformat(str(field.data)) if field.data else None
    except ValueError:
        flask.abort(400)


def _task_of(form: RoundTaskForm) -> Task:
    """What the form says, not what the plan says now: it may have waited on a phone for its signal.

    Raises:
        DayError: The last day that was typed is none.
    """
    task = Task(
        Step(str(form.task.data).partition("-")[0]),
        str(form.task.data),
        str(form.slot.data),
        str(form.sku.data),
        expires_on=_day(form.expires_on),
        lot=str(form.lot.data or ""),
        is_stored=bool(form.stored.data),
    )
    if task.step is not Step.FILL:
        return task
    typed = form.last_day.data
    if typed is None:  # a form without the field accepts what was proposed
        return with_day(task, task.expires_on)
    return with_day(task, parse_day(typed) if typed.strip() else None)


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/round")
    def rounds() -> ResponseReturnValue:
        found = read_open(desk)
        if found is None:
            with desk.reading() as connection:
                earlier = read_rounds(connection, desk.kiosk_id, most=ROUNDS_SHOWN)
            return desk.render(
                "rounds.html", "nav.rounds", earlier=earlier, form=RoundForm(token=make_token())
            )
        step = _chosen(found)
        catalogue = desk.door.catalogue()
        return desk.render(
            "round.html",
            "nav.rounds",
            found=found,
            part=found.part(step),
            following=found.next_task.step,
            names=catalogue.products,
            collection=desk.door.screen().collection,
            form=RoundTaskForm(),
            end=RoundForm(round=found.row.round, token=make_token()),
        )

    @pages.post("/round/begin")
    def begin_round() -> ResponseReturnValue:
        form = RoundForm()
        if not form.is_sent():
            flask.abort(400)
        desk.ask(RoundOpened(token=str(form.token.data), by=desk.by()))
        return flask.redirect(flask.url_for("desk.rounds"))

    @pages.post("/round/end")
    def end_round() -> ResponseReturnValue:
        form = RoundForm()
        if not form.is_sent():
            flask.abort(400)
        event = RoundClosed(token=str(form.token.data), by=desk.by(), round=str(form.round.data))
        if not desk.ask(event).is_refusal:
            desk.tell("rounds.finished")
        return flask.redirect(flask.url_for("desk.rounds"))

    @pages.post("/round/task")
    def do_task() -> ResponseReturnValue:
        """Do one task or leave it: its name in the round is the token, so that a form sent twice is one act."""
        form = RoundTaskForm()
        is_left = form.act.data == "leave"
        qty = read_count(form.qty) if form.is_sent() and not is_left else 0
        step = str(form.task.data or "").partition("-")[0]
        back = flask.redirect(flask.url_for("desk.rounds", step=step if step in set(Step) else None))
        if form.errors or qty is None or step not in set(Step):
            errors = [key for field in form for key in field.errors]
            flask.flash(desk.voice().say(str(errors[0]) if errors else "form.missing"), "refusal")
            return back
        if is_left:
            token = token_of(str(form.round.data), str(form.task.data))
            desk.ask(
                TaskLeft(token=token, by=desk.by(), round=str(form.round.data), task=str(form.task.data))
            )
        else:
            try:
                task = _task_of(form)
            except DayError:
                flask.flash(desk.voice().say("form.day"), "refusal")
                return back
            desk.ask(
                move_of(
                    task,
                    qty,
                    round_id=str(form.round.data),
                    by=desk.by(),
                    was=read_book(str(form.was.data or "")),
                )
            )
        return back
