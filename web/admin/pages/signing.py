"""Signing in and out, and the choice of a language."""

from __future__ import annotations

from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from kiosk.i18n import LANGUAGES
from kiosk.store.reading import UserRow, read_users
from web.admin.desk import LANGUAGE_COOKIE, Desk
from web.admin.entrance import begin_session, stage_after_password
from web.auth import Stage
from web.forms import LanguageForm, SignInForm

LANGUAGE_SECONDS: Final = 365 * 24 * 3600


def safe_next(path: str) -> str:
    """A path of the desk to go on to; anything else, another site above all, becomes the overview."""
    is_ours = path.startswith("/desk/") and not set(path) & set("\\\r\n\t") and "//" not in path
    return path if is_ours else flask.url_for("desk.overview")


def _enter(desk: Desk, row: UserRow, path: str) -> ResponseReturnValue:
    """Into the desk, or to the step that is still owed."""
    stage = stage_after_password(desk, row)
    begin_session(desk, row, stage)
    step = {Stage.CODE: "desk.second_step", Stage.ENROL: "desk.set_up_second_step"}.get(stage)
    if step is None:
        return flask.redirect(safe_next(path))
    return flask.redirect(flask.url_for(step, next=path or None))


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        form = SignInForm()
        is_wrong = False
        if form.is_sent():
            address = flask.request.remote_addr or ""
            row = desk.sign_in.password(str(form.name.data), str(form.password.data), address=address)
            if row is not None:
                return _enter(desk, row, str(form.next.data or ""))
            is_wrong = True
        elif flask.request.method == "GET":
            form.next.data = flask.request.args.get("next", "")
        with desk.reading() as connection:
            has_users = bool(read_users(connection))
        page = desk.render("sign_in.html", "sign.title", form=form, is_wrong=is_wrong, has_users=has_users)
        return page, 401 if is_wrong else 200

    @pages.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        for each in (desk.who(), desk.halfway(Stage.CODE), desk.halfway(Stage.ENROL)):
            if each is not None:
                desk.sessions.end(each.get_id())
        logout_user()
        flask.session.clear()
        desk.tell("sign.out")
        return flask.redirect(flask.url_for("desk.sign_in"))

    @pages.post("/language")
    def language() -> ResponseReturnValue:
        form = LanguageForm()
        if not form.is_sent() or form.language.data not in LANGUAGES:
            flask.abort(400)
        answer = flask.make_response(flask.redirect(safe_next(str(form.next.data or ""))))
        answer.set_cookie(
            LANGUAGE_COOKIE,
            str(form.language.data),
            max_age=LANGUAGE_SECONDS,
            httponly=True,
            samesite="Strict",
            secure=bool(flask.current_app.config["SESSION_COOKIE_SECURE"]),
        )
        return answer
