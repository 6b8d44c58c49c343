"""Whose page sent a request: asked at every door before anything changes."""

from __future__ import annotations

from urllib.parse import urlsplit

import flask


def is_foreign(request: flask.Request) -> bool:
    """Whether a page that is not ours sent this request.

    Every browser sends ``Sec-Fetch-Site`` or ``Origin`` with a POST; programs on this machine (the smoke test) send neither.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    return site not in {None, "same-origin"} or (
        origin is not None and urlsplit(origin).netloc != request.host
    )


def is_foreign_form(request: flask.Request) -> bool:
    """The same for pages with forms: one without a referrer says ``Origin: null``, and ``Sec-Fetch-Site`` knows better."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is None and origin is not None:
        return urlsplit(origin).netloc != request.host
    return site not in {None, "same-origin"}
