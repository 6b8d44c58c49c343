"""One's own sign-in: the second step, its recovery codes, and the sessions that are open."""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from markupsafe import Markup

from kiosk.core.events import SecondStepOffered
from kiosk.store.deeds import SecondStepRow
from kiosk.store.reading import UserRow, read_user
from web.admin.desk import Desk
from web.admin.entrance import begin_session, find_second_step
from web.admin.pages.signing import safe_next
from web.auth import DeskUser, Role, Stage
from web.forms import CodeForm, NothingForm, SetUpForm
from web.second_step import (
    BrokenSealError,
    address_of,
    bare_code,
    from_field,
    hash_recovery,
    make_recovery,
    make_secret,
    match_step,
    open_secret,
    picture_of,
    recovery_left,
    seal_secret,
    to_field,
    typed_key,
)


def _row(desk: Desk, name: str) -> UserRow:
    with desk.reading() as connection:
        row = read_user(connection, name)
    if row is None:
        flask.abort(403)
    return row


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""
    _add_code(pages, desk)
    _add_set_up(pages, desk)
    _add_sessions(pages, desk)

    @pages.get("/account")
    def account() -> ResponseReturnValue:
        who = desk.who()
        if who is None:
            flask.abort(403)
        step = find_second_step(desk, who.name)
        everybody = [each for each in desk.sessions.of() if each.name != who.name]
        return desk.render(
            "account.html",
            "account.title",
            step=step,
            codes_left=recovery_left(step.recovery) if step else 0,
            mine=desk.sessions.of(who.name),
            others=everybody if who.role is Role.OWNER else [],
            own_ref=who.session.ref,
        )


def _add_code(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.route("/sign-in/code", methods=["GET", "POST"])
    def second_step() -> ResponseReturnValue:
        half, form, is_wrong = desk.halfway(Stage.CODE), CodeForm(), False
        if half is None:
            return flask.redirect(flask.url_for("desk.sign_in"))
        if form.is_sent():
            row = desk.sign_in.code(half.name, str(form.code.data))
            if row is not None:
                desk.sessions.end(half.get_id())
                begin_session(desk, row, Stage.OPEN)
                return flask.redirect(safe_next(str(form.next.data or "")))
            is_wrong = True
        elif flask.request.method == "GET":
            form.next.data = flask.request.args.get("next", "")
        now = desk.voice().clock(desk.clock.wall().isoformat())
        page = desk.render("second_step.html", "second.title", form=form, is_wrong=is_wrong, clock=now)
        return page, 401 if is_wrong else 200


def _add_set_up(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.route("/account/second-step", methods=["GET", "POST"])
    def set_up_second_step() -> ResponseReturnValue:
        user = desk.who() or desk.halfway(Stage.ENROL)
        if user is None:
            return flask.redirect(flask.url_for("desk.sign_in"))
        form, known = SetUpForm(), find_second_step(desk, user.name)
        if flask.request.method == "POST":
            return _set_up(desk, user, form, known)
        form.next.data = flask.request.args.get("next", "")
        return _set_up_page(desk, user, form, make_secret(), is_known=known is not None)

    @pages.post("/users/<name>/second-step/remove")
    def remove_second_step(name: str) -> ResponseReturnValue:
        if not NothingForm().is_sent() or find_second_step(desk, name) is None or name == desk.by():
            flask.abort(400)
        desk.door.ask(SecondStepOffered(user=name, by=desk.by(), sealed=b""))
        desk.sessions.end_others(name, but="")
        desk.tell("second.removed", name=name)
        return flask.redirect(flask.url_for("desk.users"))


def _set_up(desk: Desk, user: DeskUser, form: SetUpForm, known: SecondStepRow | None) -> ResponseReturnValue:
    """Take the first code of a new secret; with a second step already, one of the old is needed as well."""
    name, key = user.name, desk.keys.second_steps
    sent = form.is_sent()
    try:
        secret = open_secret(key, name, from_field(str(form.sealed.data or "")))
    except BrokenSealError:
        flask.abort(400)
    used = known.step if known else 0
    step = match_step(secret, bare_code(str(form.code.data or "")), desk.clock.wall(), after=used)
    if sent and not step:
        form.code.errors = [*form.code.errors, "second.wrong"]
    elif sent and known is not None and desk.sign_in.code(name, str(form.now.data or "")) is None:
        form.now.errors = [*form.now.errors, "second.wrong"]
    if form.errors or not step:
        return _set_up_page(desk, user, form, secret, is_known=known is not None), 400
    codes = make_recovery()
    sealed, hashes = seal_secret(key, name, secret), hash_recovery(key, name, codes)
    desk.door.ask(SecondStepOffered(user=name, by=name, sealed=sealed, step=step, recovery=hashes))
    desk.sessions.end_others(name, but="")
    begin_session(desk, _row(desk, name), Stage.OPEN)
    return desk.render(
        "recovery.html", "second.codes", codes=codes, next=safe_next(str(form.next.data or "")), name=name
    )


def _set_up_page(desk: Desk, user: DeskUser, form: SetUpForm, secret: str, *, is_known: bool) -> str:
    form.sealed.data = to_field(seal_secret(desk.keys.second_steps, user.name, secret))
    vendor = desk.config.vendor
    address = address_of(secret, user.name, f"{vendor.name} {vendor.machine}")
    return desk.render(
        "set_up.html",
        "second.set_up",
        form=form,
        picture=Markup(picture_of(address)),  # noqa: S704 -- drawn by the library out of squares, no text of anybody's in it
        key=typed_key(secret),
        clock=desk.voice().clock(desk.clock.wall().isoformat()),
        is_known=is_known,
        is_owed=user.session.stage is Stage.ENROL,
        may_skip=desk.asks_second_step(),
    )


def _add_sessions(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.post("/account/sessions/<ref>/end")
    def end_session(ref: str) -> ResponseReturnValue:
        who = desk.who()
        if who is None or not NothingForm().is_sent():
            flask.abort(400)
        is_own = ref == who.session.ref
        if not desk.sessions.end_by_ref(ref, of="" if who.role is Role.OWNER else who.name):
            flask.abort(404)
        if is_own:
            logout_user()
            flask.session.clear()
            return flask.redirect(flask.url_for("desk.sign_in"))
        desk.tell("sessions.ended", n=1)
        return flask.redirect(flask.url_for("desk.account"))

    @pages.post("/account/sessions/end")
    def end_sessions() -> ResponseReturnValue:
        who = desk.who()
        if who is None or not NothingForm().is_sent():
            flask.abort(400)
        desk.tell("sessions.ended", n=desk.sessions.end_others(who.name, but=who.get_id()))
        return flask.redirect(flask.url_for("desk.account"))
