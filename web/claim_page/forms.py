"""What the claim form may bring. Errors are message keys; the page says them in the reader's language."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Regexp

from kiosk.claims.desk import PHONE, PHONE_EARLIER
from kiosk.core.facts import About

TOKEN_BYTES: Final = 16
"""The sender's id of one claim: 128 random bits, so that a form sent twice opens one claim, and nobody meets another's."""

BARE_CHARS: Final = 22
"""Characters of those bits in base 64; behind them stands as long a seal that ties them to one browser."""

TOKEN_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{16,48}")
WHENS: Final = {PHONE: "now", PHONE_EARLIER: "earlier"}
"""Channel of the claim -> key of its phrase."""

RECEIPT_MOST: Final = 64
CONTACT_MOST: Final = 120
"""One line: a name and a number."""
AMOUNT_MOST: Final = 24


def make_token(key: bytes, person: str) -> str:
    """The id of one claim, made when its form is drawn, for this person's browser alone."""
    bare = secrets.token_urlsafe(TOKEN_BYTES)
    return bare + _seal(key, person, bare)


def is_token_of(key: bytes, person: str, token: str) -> bool:
    """Whether the token was made for this person: one that was read elsewhere opens nobody's page."""
    bare, seal = token[:BARE_CHARS], token[BARE_CHARS:]
    return hmac.compare_digest(_seal(key, person, bare).encode(), seal.encode())


def _seal(key: bytes, person: str, bare: str) -> str:
    mac = hmac.digest(key, f"claim token\n{person}\n{bare}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode().rstrip("=")


class ClaimForm(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """What happened, when, how much, and how to reach the shopper."""

    token = HiddenField(validators=[Regexp(TOKEN_SHAPE.pattern + r"\Z", message="form.stale")])
    receipt = HiddenField(validators=[Length(max=RECEIPT_MOST, message="form.too_long")])
    about = StringField(
        validators=[InputRequired("form.missing"), AnyOf(list(About), message="form.missing")]
    )
    when = StringField(
        default=PHONE,
        validators=[InputRequired("form.missing"), AnyOf(list(WHENS), message="form.missing")],
    )
    amount = StringField(validators=[Length(max=AMOUNT_MOST, message="form.amount")])
    contact = StringField(validators=[Length(max=CONTACT_MOST, message="form.too_long")])
