"""Signing in and out, and the choice of a language."""

from __future__ import annotations

from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from kiosk.i18n import LANGUAGES
from kiosk.store.reading import read_users
from web.admin.desk import LANGUAGE_COOKIE, Desk
from web.forms import LanguageForm, SignInForm

LANGUAGE_SECONDS: Final = 365 * 24 * 3600


def safe_next(path: str) -> str:
    """A path of the desk to go on to; anything else, another site above all, becomes the overview."""
    is_ours = path.startswith("/desk/") and not set(path) & set("\\\r\n\t") and "//" not in path
    return path if is_ours else flask.url_for("desk.overview")


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
                flask.session.clear()
                login_user(desk.sessions.start(row))
                return flask.redirect(safe_next(str(form.next.data or "")))
            is_wrong = True
        elif flask.request.method == "GET":
            form.next.data = flask.request.args.get("next", "")
        with desk.reading() as connection:
            has_users = bool(read_users(connection))
        page = desk.render("sign_in.html", "sign.title", form=form, is_wrong=is_wrong, has_users=has_users)
        return page, 401 if is_wrong else 200

    @pages.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        who = desk.who()
        if who is not None:
            desk.sessions.end(who.get_id())
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
