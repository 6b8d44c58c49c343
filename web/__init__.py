"""The doors through which people see the kiosk: the shopper's screen, the desk, the claim page, the workshop.

`create_kiosk_app` builds the application that listens on loopback beside the till. Each door is a blueprint; what all share
(headers, limits, whose requests are heard, the one font) is set up here in named steps, which another application may reuse.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import flask

import hardware
from web.compiled import CompiledTemplates
from web.origin import is_foreign

if TYPE_CHECKING:
    from kiosk.config import Config
    from kiosk.runtime.door import TillDoor
    from web.kiosk_ui.backroom import Backroom

BODY_BYTES = 65_536
"""Longest request. A tap is 200 bytes and the longest scan anybody may try 4 KB; the rest is room to spare."""

LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"]
"""A page elsewhere that points its own name at this machine (DNS rebinding) is refused."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere, nothing framed."""

FONT_FOLDER = Path(hardware.__file__).parent / "escpos" / "fonts"
"""One font serves receipts and screens, and lies where receipts are drawn."""

CACHED = ("/goods/", "/desk/pictures/", "/font/")
"""Paths whose answers say nothing about anybody and may be kept by the browser."""

ASKED_AGAIN = "/static/"
"""Style and script may be kept too, but are asked after: an updated kiosk must not be drawn with yesterday's."""

CACHE_SECONDS = 3_600


def create_kiosk_app(
    door: TillDoor, config: Config, backroom: Backroom, *, stop: threading.Event
) -> flask.Flask:
    """Build the shopper's application; it only listens once a server is given it.

    Args:
        door: The border to the till.
        config: Everything the kiosk was told.
        backroom: What the screen needs beside the till: scans read, claims weighed, clerks known, receipts laid out.
        stop: Set when the process ends; every open stream watches it.
    """
    # Late, because the workshop's process imports this package too and needs none of the till.
    from web.errors import install_errors
    from web.kiosk_ui import make_kiosk_ui

    app = new_app(trusted_hosts=LOOPBACK_NAMES)
    setup_headers(app)
    setup_same_origin(app)
    setup_font(app)
    install_errors(
        app,
        language=lambda: door.screen().language,
        vendor=(config.vendor.name, config.vendor.phone, config.vendor.machine),
    )
    app.register_blueprint(make_kiosk_ui(door, config, backroom, stop))
    return app


def create_network_app(*, trusted_hosts: list[str]) -> flask.Flask:
    """Build the application that desk and claim page are registered on: the house's limits, headers and font, no pages yet."""
    app = new_app(trusted_hosts=trusted_hosts)
    setup_headers(app)
    setup_font(app)
    return app


def new_app(*, trusted_hosts: list[str]) -> flask.Flask:
    """An application over the house's templates, with bounds on what a request may bring and the names that it answers to."""
    app = flask.Flask("web", static_folder="static", template_folder="templates")
    app.jinja_options = {"bytecode_cache": CompiledTemplates()}
    app.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, MAX_FORM_PARTS=100, TRUSTED_HOSTS=trusted_hosts)
    return app


def setup_headers(app: flask.Flask) -> None:
    """Give every answer, errors too, the same strict headers."""

    @app.after_request
    def add_headers(response: flask.Response) -> flask.Response:
        headers = response.headers
        headers["Content-Security-Policy"] = POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if response.status_code < 400 and response.cache_control.immutable:
            return response  # named by its own bytes
        headers["Cache-Control"] = "no-store"
        if response.status_code < 400 and flask.request.path.startswith(CACHED):
            headers["Cache-Control"] = f"private, max-age={CACHE_SECONDS}"
        elif response.status_code < 400 and flask.request.path.startswith(ASKED_AGAIN):
            headers["Cache-Control"] = "private, no-cache"
        return response


def setup_same_origin(app: flask.Flask) -> None:
    """Refuse whatever changes something and was sent by a page that is not ours, or is not JSON.

    Every browser sends ``Sec-Fetch-Site`` or ``Origin`` with such a request; programs on this
    machine (the smoke test) send neither.
    """
    from web.errors import ForeignOriginError

    @app.before_request
    def refuse_foreign_pages() -> None:
        request = flask.request
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        if is_foreign(request):
            raise ForeignOriginError(ForeignOriginError.__doc__)
        if request.mimetype != "application/json":
            flask.abort(415)


def setup_font(app: flask.Flask) -> None:
    """Serve the house's font at ``/font/Vazirmatn.woff2``."""

    @app.get("/font/Vazirmatn.woff2")
    def font() -> flask.Response:
        return flask.send_from_directory(FONT_FOLDER, "Vazirmatn.woff2", mimetype="font/woff2")
