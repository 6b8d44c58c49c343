"""The vendor's desk: what was sold, what is owed, what needs a hand; every figure opens the entries it comes from.

Plain links and forms; one small script saves a reload where there is one. Readings come from a read-only connection, every
change goes through the till's door as a typed command. `register_desk` puts it on an application that has the house's headers
and limits already.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, Final

import argon2
import flask
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException

from inventory.barcode_table import FILE_LIMIT_BYTES as TABLE_LIMIT_BYTES
from inventory.catalogue import Product
from inventory.goods_file import FILE_LIMIT_BYTES
from inventory.photos import FILE_LIMIT_BYTES as PHOTO_LIMIT_BYTES
from kiosk.claims.deadline import promise_of
from kiosk.claims.desk import ClaimDesk
from kiosk.config import Config
from kiosk.i18n import say
from kiosk.runtime.clock import Clock, SystemClock
from kiosk.runtime.door import TillDoor
from kiosk.runtime.keys import Keys
from kiosk.store.photos import PhotoFolder
from kiosk.store.rounds import RoundPlans
from web.admin.access import guard, may, may_sum
from web.admin.desk import Desk, Fleet
from web.admin.menu import MENU
from web.admin.pages import (
    account,
    cash,
    change,
    claims,
    coils,
    collections,
    deeds,
    each_kiosk,
    evidence,
    fleet,
    goods,
    goods_import,
    health,
    journal,
    labels,
    lots,
    month,
    overview,
    photos,
    places,
    planogram,
    prices,
    product_form,
    restock,
    rounds,
    sales,
    shrink,
    signing,
    stock,
    transit,
    users,
)
from web.auth import DeskUser, Sessions, SignIn
from web.errors import REFUSALS, ForeignOriginError, install_errors, request_id
from web.origin import is_foreign_form
from web.photos import picture_address

PREFIX: Final = "/desk"

PARTS: Final = (
    each_kiosk,
    signing,
    account,
    overview,
    fleet,
    rounds,
    sales,
    month,
    goods,
    goods_import,
    product_form,
    photos,
    planogram,
    places,
    prices,
    labels,
    stock,
    lots,
    transit,
    restock,
    shrink,
    claims,
    evidence,
    cash,
    collections,
    change,
    health,
    coils,
    journal,
    deeds,
    users,
)
"""Every module that adds pages."""

UPLOAD_BYTES: Final = 2 * FILE_LIMIT_BYTES + 65_536
"""A goods file, a plan, and the form around them; every other request keeps the house's limit."""

TABLE_UPLOAD_BYTES: Final = 2 * TABLE_LIMIT_BYTES + 65_536
"""A table of labels and the form around it; twice the table, so that one that is too large is told so in words."""

PHOTO_UPLOAD_BYTES: Final = PHOTO_LIMIT_BYTES + 65_536
"""A photograph and the form around it."""

UPLOADS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "desk.import_goods": UPLOAD_BYTES,
        "desk.import_labels": TABLE_UPLOAD_BYTES,
        "desk.set_photo": PHOTO_UPLOAD_BYTES,
    }
)
"""Pages that take files -> the most that a request to them may bring."""

_BY_STATUS: Final = {
    403: "desk.not_allowed",
    404: "error.not_found",
    405: "error.not_found",
    413: "error.too_large",
}


class DeskRequest(flask.Request):
    """A request whose photograph is read into memory: a full disk is the page's to tell, and no half file lies anywhere."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.endpoint == "desk.set_photo":  # at most `PHOTO_UPLOAD_BYTES`
            return io.BytesIO()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def register_desk(  # noqa: PLR0913 - what a desk is made of
    app: flask.Flask,
    *,
    door: TillDoor,
    reader: Engine,
    config: Config,
    keys: Keys,
    clock: Clock | None = None,
    hasher: argon2.PasswordHasher | None = None,
    fleet: Fleet | None = None,
    photos: PhotoFolder | None = None,
) -> Desk:
    """Put the desk on ``app`` at ``/desk``, with its sessions, its protection against forged forms, and its error pages.

    Args:
        app: With the house's limits, headers and font; it serves nothing but the desk and pages without cookies.
        door: The till's.
        reader: Read-only engine of the store.
        config: The kiosk's; with a certificate for the desk, cookies are sent over TLS only.
        keys: Signs the cookies.
        clock: The machine's unless a test passes its own.
        hasher: Only tests pass a cheaper one.
        fleet: The kiosks of a desk that serves several; ``door`` then has no till behind it.
        photos: The vendor's photographs of products; without them every product has its drawn picture.

    Returns:
        The desk; its ``sign_in`` and its ``rounds`` also serve the kiosk's service page, so that both count failures in one
        place and show one round.
    """
    clock = clock or SystemClock()

    def claims_of(kiosk_id: str) -> ClaimDesk:
        # The claims of a kiosk elsewhere are read here; its key, which makes their numbers, is there.
        return ClaimDesk(
            reader, door, kiosk_id, wall=clock.wall, promise=promise_of(config), has_key=fleet is None
        )

    own = claims_of(config.kiosk_id)
    desk = Desk(
        door=door,
        reader=reader,
        config=config,
        clock=clock,
        sign_in=SignIn(reader, door, clock=clock, hasher=hasher, key=keys.second_steps),
        sessions=Sessions(reader, clock),
        claims_of=claims_of if fleet is not None else lambda _kiosk_id: own,
        keys=keys,
        rounds=RoundPlans(
            reader, config.kiosk_id, timezone=config.timezone, tax_rates_bp=config.tax_rates_bp
        ),
        fleet=fleet,
        photos=photos,
    )
    _set_cookies(app, keys, is_tls=bool(config.desk.certificate))
    app.request_class = DeskRequest
    _set_upload_limit(app, desk)
    _refuse_foreign_pages(app)
    CSRFProtect(app)
    _know_people(app, desk)
    vendor = config.vendor
    install_errors(app, language=desk.language, vendor=(vendor.name, vendor.phone, vendor.machine))
    app.register_blueprint(_make_pages(desk))

    @app.get("/")
    def front() -> ResponseReturnValue:
        return flask.redirect(flask.url_for("desk.overview"))

    return desk


def _set_cookies(app: flask.Flask, keys: Keys, *, is_tls: bool) -> None:
    """Signed, out of any script's reach, sent to this site only; over TLS bound to this very host."""
    app.config.update(
        SECRET_KEY=keys.sessions,
        SESSION_COOKIE_NAME="__Host-desk" if is_tls else "desk",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=is_tls,
        SESSION_COOKIE_PATH="/",
        # The token lives as long as the session; `_refuse_foreign_pages` does the referrer's work without a referrer.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        WTF_I18N_ENABLED=False,
    )


def _set_upload_limit(app: flask.Flask, desk: Desk) -> None:
    """Only files of goods and photographs may bring more than the house's limit, and only those of people who may send them.

    It is decided before anybody reads the body: a stranger cannot fill the memory of a small board.
    """

    @app.before_request
    def widen() -> ResponseReturnValue | None:
        endpoint = flask.request.endpoint or ""
        if endpoint not in UPLOADS or flask.request.method != "POST":
            return None
        who = desk.who()
        if who is None:
            return flask.redirect(flask.url_for("desk.sign_in"))
        if may(who.role, endpoint):
            flask.request.max_content_length = UPLOADS[endpoint]
        return None


def _refuse_foreign_pages(app: flask.Flask) -> None:
    """Refuse a form that a page of another site sends, beside its missing token."""

    @app.before_request
    def check_site() -> None:
        request = flask.request
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        if is_foreign_form(request):
            raise ForeignOriginError(ForeignOriginError.__doc__)


def _know_people(app: flask.Flask, desk: Desk) -> None:
    people = LoginManager()
    people.session_protection = None  # our sessions have ids, ends and a register of their own

    @people.user_loader  # type: ignore[untyped-decorator]  # the library ships no types
    def load(sid: str) -> DeskUser | None:
        return desk.sessions.find(sid)

    people.init_app(app)


def _make_pages(desk: Desk) -> flask.Blueprint:
    pages = flask.Blueprint("desk", __name__, url_prefix=PREFIX, template_folder="templates")
    guard(pages, desk)
    for part in PARTS:
        part.add_pages(pages, desk)
    _add_errors(pages, desk)
    pages.add_app_template_global(
        lambda role, endpoint: may(role, endpoint) and desk.has_page(endpoint), "may"
    )
    pages.add_app_template_global(may_sum, "may_sum")
    pages.add_app_template_global(_picture_of, "picture_of")
    pages.app_context_processor(lambda: {"menu": MENU})
    pages.app_context_processor(lambda: {"menu": MENU, "own_desk": desk.own_desk})
    _keep_kiosk(pages, desk)
    return pages


def _picture_of(product: Product) -> str:
    """Where a page of the desk finds a product's picture."""
    return picture_address(product, drawn="desk.picture", photo="desk.photo")


def _keep_kiosk(pages: flask.Blueprint, desk: Desk) -> None:
    """Links of a page that shows one of several kiosks lead to pages of the same one."""

    @pages.url_defaults
    def keep(_endpoint: str, values: dict[str, object]) -> None:
        if desk.is_fleet and flask.has_request_context() and "kiosk" not in values:
            kiosk_id = flask.request.args.get("kiosk", "")
            if kiosk_id in desk.kiosks():
                values["kiosk"] = kiosk_id


def _add_errors(pages: flask.Blueprint, desk: Desk) -> None:
    """Errors of the desk's pages, in its own frame; what we did wrong ourselves goes to the house's handler."""

    def answer(status: int, key: str, **values: int) -> ResponseReturnValue:
        voice = desk.voice()
        text = voice.say(key, **values) if voice.knows(key) else say(voice.language, "error.bad_request")
        return desk.render("error.html", "desk.error", text=text, number=request_id()), status

    for kind, (status, key) in REFUSALS.items():

        def refuse(_error: Exception, status: int = status, key: str = key) -> ResponseReturnValue:
            return answer(status, key)

        pages.register_error_handler(kind, refuse)

    @pages.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        return answer(400, "desk.csrf")

    @pages.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        if status == 413 and flask.request.endpoint == "desk.import_goods":
            return answer(status, "import.too_large")
        if status == 413 and flask.request.endpoint == "desk.set_photo":
            return answer(status, "photo.too_large", limit_mb=PHOTO_LIMIT_BYTES // 1024 // 1024)
        return answer(status, _BY_STATUS.get(status, "error.bad_request"))
