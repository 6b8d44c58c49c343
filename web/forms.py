"""What a desk's form may bring: its own fields, its token against forgery, and nothing else.

Errors are message keys of the desk's phrasebook; the page says them in the reader's language. Amounts and counts are typed in
any of the three digit sets.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

import flask
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    FileField,
    HiddenField,
    PasswordField,
    StringField,
)
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from kiosk.core.events import Way
from kiosk.core.facts import About, Fate, Means
from kiosk.core.transfers import Outcome
from kiosk.i18n import AmountError, CountError, DayError, ascii_digits, parse_amount, parse_count, parse_day
from web.auth import PASSWORD_MOST, Role

CSRF_FIELD: Final = "csrf_token"

TOKEN_BYTES: Final = 12
"""A sender's id: 96 random bits, so that a form sent twice is one act."""

TEXT_MOST: Final = 64
REASON_MOST: Final = 200

WAYS: Final = tuple(way.value for way in Way)
FATES: Final = tuple(fate.value for fate in Fate)
MEANS: Final = tuple(means.value for means in Means)
MOVES: Final = ("fill", "count", "spoilage")
GOODS_MOVES: Final = ("receive", "fill", "spoilage", "take_out", "transfer", "count")
ROLES: Final = tuple(role.value for role in Role)

VALUE_DIGITS: Final = ("3", "4", "5", "6", "7", "8")
"""So many digits of a shop's own number can be its value."""

MISSING: Final = InputRequired(message="form.missing")


_BOOK: Final = re.compile(r"-?[0-9]{1,7}", re.ASCII)
"""Pieces of one product in one place; `kiosk.core.stock.MOST_STORED` has fewer digits."""


def _longest(most: int) -> Length:
    return Length(max=most, message="form.too_long")


def make_token() -> str:
    """The id of one act, made when its form is drawn."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class DeskForm(FlaskForm):  # type: ignore[misc]  # the library ships no types
    """Base of the desk's forms."""

    def is_sent(self) -> bool:
        """Whether the form was posted and its fields hold; a field that is none of its own ends the request with 400."""
        if flask.request.method != "POST":
            return False
        known = {field.name for field in self} | {CSRF_FIELD}
        if set(flask.request.form) - known or set(flask.request.files) - known:
            flask.abort(400)
        return bool(self.validate())


def read_amount(field: Field, exponent: int) -> int | None:
    """The amount typed into a field, in minor units; None, with the error beside the field, when it is none."""
    try:
        return parse_amount(str(field.data or ""), exponent)
    except AmountError:
        field.errors = [*field.errors, "form.amount"]
        return None


def read_count(field: Field) -> int | None:
    """The whole number typed into a field; None, with the error beside the field, when it is none."""
    try:
        return parse_count(str(field.data or ""))
    except CountError:
        field.errors = [*field.errors, "form.count"]
        return None


def iso_day(text: str) -> str:
    """A typed day as ISO 8601; what is none stays as it was typed, for whoever decides about it to refuse."""
    try:
        return parse_day(text).isoformat()
    except DayError:
        return ascii_digits(text).strip()


def read_book(text: str) -> int | None:
    """The book that a page told in a hidden field, below 0 too; None (nothing is compared) when it is no number."""
    return int(text) if _BOOK.fullmatch(text) else None


class SignInForm(DeskForm):
    """Name and password."""

    name = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    password = PasswordField(validators=[MISSING, _longest(2 * PASSWORD_MOST)])
    next = HiddenField(validators=[_longest(REASON_MOST)])


class CodeForm(DeskForm):
    """A code of the second step, or one that works once."""

    code = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    next = HiddenField(validators=[_longest(REASON_MOST)])


class SetUpForm(DeskForm):
    """The first code of a new second step; ``now`` is a code of the one that it takes the place of."""

    sealed = HiddenField(validators=[MISSING, _longest(REASON_MOST)])
    code = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    now = StringField(validators=[_longest(TEXT_MOST)])
    next = HiddenField(validators=[_longest(REASON_MOST)])


class NothingForm(DeskForm):
    """A button and nothing else."""


class LanguageForm(DeskForm):
    """Another language, and where to go back to."""

    language = StringField(validators=[MISSING, _longest(2)])
    next = HiddenField(validators=[_longest(REASON_MOST)])


class PriceForm(DeskForm):
    """A new price."""

    price = StringField(validators=[MISSING, _longest(TEXT_MOST)])


class ImportForm(DeskForm):
    """A goods file, and a plan of places if it changes."""

    goods = FileField()
    plan = FileField()


class LabelForm(DeskForm):
    """One row of the table of labels; `inventory.barcode_table` says what is wrong with it."""

    was = HiddenField(validators=[_longest(TEXT_MOST)])
    prefix = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    digits = StringField(validators=[MISSING, AnyOf(VALUE_DIGITS, message="form.choice")])
    check = StringField(validators=[MISSING, AnyOf(("no", "yes"), message="form.choice")])
    measure = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    decimals = StringField(validators=[_longest(TEXT_MOST)])
    product = StringField(validators=[_longest(TEXT_MOST)])
    unit_price = StringField(validators=[_longest(TEXT_MOST)])
    least = StringField(validators=[_longest(TEXT_MOST)])
    most = StringField(validators=[_longest(TEXT_MOST)])
    rounding = StringField(validators=[_longest(TEXT_MOST)])


class LabelRowForm(DeskForm):
    """Which row of the table of labels is meant."""

    row = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])


class LabelFileForm(DeskForm):
    """A whole table of labels: a file, or a country whose agreement is the beginning."""

    table = FileField()
    country = StringField(validators=[_longest(TEXT_MOST)])


class TokenForm(DeskForm):
    """A button whose act is one act, however often it is pressed."""

    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])


class BagGivenForm(DeskForm):
    """Who has a bag now."""

    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    to = StringField(validators=[MISSING, _longest(TEXT_MOST)])


class BagPaidInForm(DeskForm):
    """What was counted where a bag was paid in."""

    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    banked = StringField(validators=[MISSING, _longest(TEXT_MOST)])


class StockForm(DeskForm):
    """Goods of one slot."""

    slot = StringField(validators=[MISSING, _longest(8)])
    move = StringField(validators=[MISSING, AnyOf(MOVES, message="form.choice")])
    qty = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    was = HiddenField(validators=[_longest(TEXT_MOST)])
    view = HiddenField(validators=[_longest(8)])


class LotForm(DeskForm):
    """A move of goods with all that may be said of it; `kiosk.core.stock` says what of it cannot be.

    ``counted`` is a count's product and its book as the page showed them: ``24:NUTS``, so that a storeroom with many products
    tells the book of the very one that was counted.
    """

    move = StringField(validators=[MISSING, AnyOf(GOODS_MOVES, message="form.choice")])
    qty = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    sku = StringField(validators=[_longest(TEXT_MOST)])
    expires_on = StringField(validators=[_longest(TEXT_MOST)])
    lot = StringField(validators=[_longest(TEXT_MOST)])
    reason = StringField(validators=[_longest(TEXT_MOST)])
    other = StringField(validators=[_longest(TEXT_MOST)])
    counted = StringField(validators=[_longest(TEXT_MOST)])
    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    back = HiddenField(validators=[_longest(8)])


class TransitForm(DeskForm):
    """Goods that came with the number of a transfer; `kiosk.core.transfers` says what of it cannot be."""

    source = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    transfer = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    sku = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    sent = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    qty = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    expires_on = StringField(validators=[_longest(TEXT_MOST)])
    lot = StringField(validators=[_longest(TEXT_MOST)])
    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])


class TransitEndForm(DeskForm):
    """What became of goods that were sent."""

    transfer = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    outcome = HiddenField(validators=[MISSING, AnyOf(tuple(Outcome), message="form.choice")])
    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])


class RoundForm(DeskForm):
    """Begin or end a clerk's round."""

    round = HiddenField(validators=[_longest(TEXT_MOST)])
    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])


class RoundTaskForm(DeskForm):
    """One task of a clerk's round: done with so many pieces, or left."""

    round = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    task = HiddenField(validators=[MISSING, _longest(2 * TEXT_MOST)])
    slot = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    sku = HiddenField(validators=[_longest(TEXT_MOST)])
    lot = HiddenField(validators=[_longest(TEXT_MOST)])
    expires_on = HiddenField(validators=[_longest(TEXT_MOST)])
    stored = HiddenField(validators=[_longest(1)])
    last_day = StringField(validators=[_longest(TEXT_MOST)])
    was = HiddenField(validators=[_longest(TEXT_MOST)])
    qty = StringField(validators=[_longest(TEXT_MOST)])
    act = StringField(validators=[MISSING, AnyOf(("done", "leave"), message="form.choice")])


class ApproveForm(DeskForm):
    """Pay a claim: how much, why not all, as which code, and what became of goods that were brought back."""

    amount = StringField(validators=[_longest(TEXT_MOST)])
    reason = StringField(validators=[_longest(REASON_MOST)])
    way = StringField(validators=[Optional(), AnyOf(WAYS, message="form.choice")])
    fate = StringField(validators=[Optional(), AnyOf(FATES, message="form.choice")])
    line = StringField(validators=[_longest(8)])


class TransferForm(DeskForm):
    """A debt that was paid outside the kiosk."""

    debt = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    claim = HiddenField(validators=[_longest(TEXT_MOST)])
    means = StringField(validators=[MISSING, AnyOf(MEANS, message="form.choice")])
    reference = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    paid_on = StringField(validators=[MISSING, _longest(TEXT_MOST)])


class NewClaimForm(DeskForm):
    """What somebody told a person of the vendor's, by telephone or at the machine."""

    token = HiddenField(validators=[MISSING, _longest(TEXT_MOST)])
    about = StringField(validators=[MISSING, AnyOf(tuple(About), message="form.choice")])
    amount = StringField(validators=[_longest(TEXT_MOST)])
    contact = StringField(validators=[_longest(REASON_MOST)])


class RefuseForm(DeskForm):
    """Refuse a claim: one of the common reasons by its button, or one of the vendor's own."""

    reason = StringField(validators=[_longest(REASON_MOST)])
    common = StringField(validators=[_longest(TEXT_MOST)])


class DebtForm(DeskForm):
    """Cash handed over for a debt."""

    debt = StringField(validators=[MISSING, _longest(TEXT_MOST)])


class UserForm(DeskForm):
    """Somebody's name, role and secrets."""

    name = StringField(validators=[MISSING, _longest(TEXT_MOST)])
    role = StringField(validators=[MISSING, AnyOf(ROLES, message="form.choice")])
    password = PasswordField(validators=[_longest(2 * PASSWORD_MOST)])
    pin = PasswordField(validators=[_longest(TEXT_MOST)])
