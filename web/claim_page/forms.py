"""What the claim form may bring. Errors are message keys; the page says them in the reader's language."""

from __future__ import annotations

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

TOKEN_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{16,48}")
WHENS: Final = {PHONE: "now", PHONE_EARLIER: "earlier"}
"""Channel of the claim -> key of its phrase."""

RECEIPT_MOST: Final = 64
CONTACT_MOST: Final = 120
"""One line: a name and a number."""
AMOUNT_MOST: Final = 24


def make_token() -> str:
    """The id of one claim, made when its form is drawn."""
    return secrets.token_urlsafe(TOKEN_BYTES)


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
