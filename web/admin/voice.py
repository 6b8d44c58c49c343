"""One reader of the desk: texts, money, dates and the names of accounts in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from inventory.catalogue import Catalogue, Product
from kiosk.core.draft import Notice
from kiosk.i18n import (
    BOOK,
    OWN_NAMES,
    direction,
    field_day,
    format_clock,
    format_count,
    format_day,
    format_due,
    format_moment,
    format_money,
    format_month,
    format_percent,
    format_weight,
    goods_name,
    isolate,
    local_time,
    localise_digits,
    say,
    say_notice,
)
from kiosk.months import Calendar, calendar_of
from web.admin.texts import DESK_BOOK
from web.denominations import typed_amount

CREDIT_SIDE: Final = ("credit", "bank", "owed", "tax.", "sales.", "float", "suspense.")
"""Accounts that grow by a credit: shown without the minus sign of the books."""

FIRST_WEEKDAY: Final = {"en": 0, "fa": 5, "ar": 5}
"""With which day a week begins, 0 is Monday: Saturday where Persian and mostly Arabic is spoken. Source: CLDR, week data."""

_OWN_ACCOUNTS: Final = ("cash", "transit", "tax", "sales", "suspense")
"""Groups of accounts whose rest is a name."""


class Voice:
    """Speaks to one reader."""

    def __init__(
        self, language: str, *, currency: str, exponent: int, timezone: str, hoppers: Mapping[str, int]
    ) -> None:
        """Nothing is read; ``hoppers`` gives the value of each hopper's coin."""
        self.language = language
        self.direction = direction(language)
        self.currency = currency
        self.exponent = exponent
        self.timezone = timezone
        self.own_names = OWN_NAMES
        self._hoppers = hoppers

    @property
    def first_weekday(self) -> int:
        """The day with which the reader's weeks begin; 0 is Monday."""
        return FIRST_WEEKDAY[self.language]

    def say(self, key: str, **values: str | int) -> str:
        """The text of a key, the desk's own or the house's."""
        if key in DESK_BOOK:
            return DESK_BOOK.say(self.language, key, **values)
        return say(self.language, key, **values)

    def knows(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in DESK_BOOK or key in BOOK

    def money(self, amount_minor: int) -> str:
        """An amount with its currency."""
        return format_money(amount_minor, self.currency, self.exponent, self.language)

    def percent(self, rate_bp: int) -> str:
        """A rate in basis points as a percentage."""
        return format_percent(rate_bp, self.language)

    def weight(self, weight_mg: int) -> str:
        """A weight in kilograms."""
        return format_weight(weight_mg, self.language)

    def amount(self, amount_minor: int) -> str:
        """An amount in whole units of money, to the nearest, without a currency: for a cell of a table whose heading names it."""
        unit = 10**self.exponent
        return format_count((2 * amount_minor + unit) // (2 * unit), self.language)

    def typed(self, amount_minor: int) -> str:
        """An amount as its reader would type it into a field: without groups and without a currency."""
        mark = "." if self.direction == "ltr" else "\u066b"
        return self.digits(typed_amount(amount_minor, self.exponent, mark))

    def tax_class(self, name: str) -> str:
        """A tax class: the usual ones in the reader's words, the vendor's own as they are called."""
        key = f"tax_class.{name}"
        return self.say(key) if self.knows(key) else self.isolate(name)

    def count(self, number: int) -> str:
        """A whole number."""
        return format_count(number, self.language)

    def signed(self, number: int) -> str:
        """A whole number with its sign."""
        return isolate(("+" if number > 0 else "") + format_count(number, self.language))

    def digits(self, text: str) -> str:
        """A phone number and the like in the reader's digits; never for codes."""
        return localise_digits(text, self.language)

    def isolate(self, text: str) -> str:
        """Text from elsewhere, fenced, so that it cannot turn the words around it."""
        return isolate(text)

    def moment(self, at: str) -> str:
        """Day and time of a journal time."""
        return format_moment(at, self.timezone, self.language)

    def moment_beside(self, at: str, other: str) -> str:
        """A journal time that is read beside another one: the time alone where both are of one day."""
        days = (local_time(each, self.timezone).date() for each in (at, other))
        return self.clock(at) if len(set(days)) == 1 else self.moment(at)

    def due(self, at: str) -> str:
        """By when somebody answers, with the day of the week."""
        return format_due(at, self.timezone, self.language)

    def clock(self, at: str) -> str:
        """Hours and minutes of a journal time."""
        return format_clock(local_time(at, self.timezone), self.language)

    def iso_day(self, day: str) -> str:
        """A day that is written as ISO 8601, with its month in words."""
        return self.day(date.fromisoformat(day))

    def day(self, day: date) -> str:
        """A day with its month in words."""
        return format_day(day, self.language)

    def field_day(self, day: str) -> str:
        """A day (ISO 8601) as it stands in the reader's field; what somebody typed and is none stays as it was typed."""
        try:
            return field_day(date.fromisoformat(day), self.language)
        except ValueError:
            return day

    def month(self, month: str) -> str:
        """A month of the accounts, such as ``2026-03`` or ``1404-12``."""
        return isolate(format_month(month, self.language))

    def month_name(self, month: str) -> str:
        """The name alone of a month in the reader's calendar; empty where it is of another one and has only its two ends."""
        is_own = (calendar_of(month) is Calendar.JALALI) == (self.language == "fa")
        return format_month(month, self.language).split()[0] if is_own else ""

    def name(self, product: Product | None, sku: str) -> str:
        """What goods are called; their SKU when they are sold no more."""
        if product is None:
            return isolate(goods_name(None, sku, self.language))
        return isolate(product.names.get(self.language) or product.names.get("en") or sku)

    def notice(self, notice: Notice, catalogue: Catalogue) -> str:
        """The till's answer in words."""
        params = dict(notice.params)
        product = catalogue.products.get(params.pop("sku", ""))
        if product is not None:
            params["name"] = self.name(product, product.sku)
        return say_notice(
            self.language,
            notice.key,
            params,
            currency=self.currency,
            exponent=self.exponent,
            is_refusal=notice.is_refusal,
        )

    def account(self, account: str) -> str:
        """What an account is called."""
        if account.endswith(".*"):
            whole = f"account.{account[:-2]}.all"
            return self.say(whole) if self.knows(whole) else isolate(account)
        exact = f"account.{account}"
        if exact in DESK_BOOK and account not in _OWN_ACCOUNTS:
            return self.say(exact)
        group, _, rest = account.partition(".")
        if group == "cash" and rest.startswith("hopper."):
            device = rest.removeprefix("hopper.")
            value_minor = self._hoppers.get(device)
            return self.say("account.cash.hopper", name=self.money(value_minor) if value_minor else device)
        if group == "cash" and rest.startswith("stacker."):
            return self.say("account.cash.stacker", name=rest.removeprefix("stacker."))
        if f"account.{group}" in DESK_BOOK:
            is_by_class = group in {"tax", "sales"}
            return self.say(f"account.{group}", name=self.tax_class(rest) if is_by_class else rest)
        return isolate(account)

    def shown(self, account: str, amount_minor: int) -> int:
        """The amount of an account as its reader expects it: money owed is a positive sum."""
        return -amount_minor if account.startswith(CREDIT_SIDE) else amount_minor
