"""From what went wrong to an HTTP status and a text that a person can read; nothing else maps errors.

A refusal says what to do, carries a request id, and never shows a trace. What we did wrong ourselves is logged under that id
with its trace, and the request is refused: there is no half answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

import flask
import msgspec
import structlog
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from kiosk.i18n import AmountError, CountError, direction, format_label, format_phone, say
from kiosk.i18n.language import UnknownLanguageError
from kiosk.runtime.door import TillBusyError
from kiosk.store.database import ReadTooLongError

_log = structlog.get_logger("web")

REQUEST_ID_BYTES: Final = 5
"""Ten hexadecimal digits: short enough to read out on the phone, long enough for a year of one kiosk's log."""


class ForeignOriginError(PermissionError):
    """Only this machine's own page may do that."""


class TooManyStreamsError(RuntimeError):
    """Too many screens are open."""


REFUSALS: Final[dict[type[Exception], tuple[int, str]]] = {
    AmountError: (400, "error.bad_amount"),
    CountError: (400, "error.bad_count"),
    UnknownLanguageError: (400, "error.bad_request"),
    msgspec.DecodeError: (400, "error.bad_request"),
    ForeignOriginError: (403, "error.foreign"),
    TooManyStreamsError: (503, "error.too_many"),
    TillBusyError: (503, "error.till_busy"),
    ReadTooLongError: (503, "error.read_too_long"),
}
"""Our own errors: class -> status and message key. A door adds its own by `install_errors`."""

_BY_STATUS: Final = {
    404: "error.not_found",
    405: "error.not_found",
    413: "error.too_large",
    414: "error.too_large",
}


def request_id() -> str:
    """The id of this request, made at its first use."""
    if "request_id" not in flask.g:
        flask.g.request_id = secrets.token_hex(REQUEST_ID_BYTES)
    return str(flask.g.request_id)


def install_errors(
    app: flask.Flask,
    *,
    language: Callable[[], str],
    vendor: tuple[str, str, str],
    refusals: dict[type[Exception], tuple[int, str]] | None = None,
) -> None:
    """Answer every error of ``app`` with a status and a text.

    Args:
        app: The application.
        language: Tells the reader's language.
        vendor: Name, phone and machine, shown on the error page.
        refusals: More named errors of this application: class -> status and message key.
    """

    def answer(status: int, key: str, headers: dict[str, str] | None = None) -> ResponseReturnValue:
        tongue = language()
        text = say(tongue, key, number=request_id())
        if flask.request.method == "GET" and flask.request.accept_mimetypes.accept_html:
            name, phone, machine = vendor
            page = flask.render_template(
                "error.html",
                language=tongue,
                direction=direction(tongue),
                text=text,
                name=name,
                machine=say(tongue, "vendor.machine", machine=format_label(machine, tongue)),
                call=say(tongue, "vendor.call", phone=format_phone(phone, tongue)),
                request_id=request_id(),
            )
            return page, status, headers or {}
        return flask.jsonify(said=text, refused=True, key=key, request=request_id()), status, headers or {}

    for kind, (status, key) in {**REFUSALS, **(refusals or {})}.items():

        def refuse(_error: Exception, status: int = status, key: str = key) -> ResponseReturnValue:
            return answer(status, key)

        app.register_error_handler(kind, refuse)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        allowed = dict(error.get_headers()).get("Allow")
        return answer(
            status, _BY_STATUS.get(status, "error.bad_request"), {"Allow": allowed} if allowed else None
        )

    @app.errorhandler(Exception)
    def ours(error: Exception) -> ResponseReturnValue:
        _log.error("request_failed", request=request_id(), path=flask.request.path, exc_info=error)
        return answer(500, "error.ours")

    @app.after_request
    def tell_request_id(response: flask.Response) -> flask.Response:
        response.headers["X-Request-Id"] = request_id()
        return response
