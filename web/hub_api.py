"""Where kiosks push their journals: one POST of a signed batch, answered with what the desk holds.

POST /hub/batches/<kiosk id>   a batch; an empty one asks how far the desk is
POST /hub/goods/<kiosk id>     what the kiosk sells, in words that its journal does not hold

200 is an acknowledgement; 409 one too, when entries before the batch are missing. 404: no such kiosk here; 413: longer than any
batch; 422: refused, the body says why. Nothing here looks at cookies: the kiosk's signature is the sign-in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus

import flask
from flask.typing import ResponseReturnValue
from nacl.signing import VerifyKey

from kiosk.fleet.inbox import BatchGapError, BatchRefusedError, Inbox, UnknownKioskError
from kiosk.fleet.wire import (
    MOST_PACKED_BYTES,
    Ack,
    BatchError,
    unpack_batch,
    unpack_goods,
    write_ack,
)
from kiosk.runtime.clock import Clock, at_text
from kiosk.store.database import StoreError

PREFIX = "/hub"


def register_hub_api(
    app: flask.Flask,
    inbox: Inbox,
    *,
    clock: Clock,
    turn: threading.Lock | None = None,
    on_failure: Callable[[StoreError], None] = lambda _error: None,
) -> None:
    """Let kiosks push to ``inbox`` through ``app``.

    Args:
        app: With the house's headers and limits; where it protects forms, this door is exempted, for it knows no cookies.
        inbox: The one writer of the desk's store.
        clock: For when a kiosk was heard.
        turn: Held while the inbox works; whoever else writes through the inbox hands in the same one.
        on_failure: Told when a write's outcome is unknown: the inbox must be opened anew.
    """
    pages = flask.Blueprint("hub_api", __name__, url_prefix=PREFIX)
    turn = turn or threading.Lock()

    @pages.post("/batches/<kiosk_id>")
    def batches(kiosk_id: str) -> ResponseReturnValue:
        body = _body()
        with turn:
            batch = unpack_batch(body, kiosk_id, _key(inbox, kiosk_id))
            try:
                ack = inbox.take(batch, at_text(clock.wall()))
            except BatchGapError:
                return _answer(inbox.ack(kiosk_id), HTTPStatus.CONFLICT)
        return _answer(ack, HTTPStatus.OK)

    @pages.post("/goods/<kiosk_id>")
    def goods(kiosk_id: str) -> ResponseReturnValue:
        body = _body()
        with turn:
            inbox.take_goods(unpack_goods(body, kiosk_id, _key(inbox, kiosk_id)))
        return "", HTTPStatus.NO_CONTENT

    _add_refusals(pages, on_failure)
    protection = app.extensions.get("csrf")
    if protection is not None:
        protection.exempt(pages)
    app.register_blueprint(pages)


def _body() -> bytes:
    """The request's body; one that is longer than a batch ends the request with 413 before it is read."""
    flask.request.max_content_length = MOST_PACKED_BYTES
    return flask.request.get_data(cache=False)


def _key(inbox: Inbox, kiosk_id: str) -> VerifyKey:
    return VerifyKey(bytes.fromhex(inbox.key_of(kiosk_id)))


def _answer(ack: Ack, status: HTTPStatus) -> ResponseReturnValue:
    return flask.Response(write_ack(ack), status=status, mimetype="application/json")


def _refusal(status: HTTPStatus, reason: str) -> ResponseReturnValue:
    return flask.Response(f"{reason}\n", status=status, mimetype="text/plain")


def _add_refusals(pages: flask.Blueprint, on_failure: Callable[[StoreError], None]) -> None:
    @pages.errorhandler(UnknownKioskError)
    def unknown(error: UnknownKioskError) -> ResponseReturnValue:
        return _refusal(HTTPStatus.NOT_FOUND, f"no kiosk {error} is registered at this desk")

    @pages.errorhandler(BatchError)
    @pages.errorhandler(BatchRefusedError)
    def refused(error: BatchError | BatchRefusedError) -> ResponseReturnValue:
        return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))

    @pages.errorhandler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    def too_large(_error: Exception) -> ResponseReturnValue:
        return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a batch has at most {MOST_PACKED_BYTES} bytes")

    @pages.errorhandler(StoreError)
    def failed(error: StoreError) -> ResponseReturnValue:
        on_failure(error)
        return _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "the desk's store failed; it starts anew")
