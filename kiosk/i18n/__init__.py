"""The house in three languages: texts, digits, money, dates and direction, for screens and receipts alike, without a web frame.

``say(language, key, **values)`` is the one way to a text. Inserted values are stripped of marks and fenced; money and dates are
formatted first and fenced already. A part of the house with texts of its own makes its own `Phrasebook`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from inventory.catalogue import NO_ITEM, machine_item
from kiosk.i18n.amounts import (
    AmountError,
    CountError,
    format_amount,
    format_count,
    format_label,
    format_money,
    format_percent,
    format_phone,
    format_weight,
    parse_amount,
    parse_count,
)
from kiosk.i18n.bidi import isolate, strip_marks
from kiosk.i18n.dates import (
    DayError,
    field_day,
    format_clock,
    format_day,
    format_due,
    format_moment,
    format_month,
    local_time,
    parse_day,
)
from kiosk.i18n.language import (
    DIGITS as DIGITS_OF,
)
from kiosk.i18n.language import (
    LANGUAGES,
    OWN_NAMES,
    UnknownLanguageError,
    ascii_digits,
    direction,
    is_rtl,
    localise_digits,
)
from kiosk.i18n.phrases import Counted, Phrasebook, Table, UnknownPhraseError, Words
from kiosk.i18n.texts import BOOK

MINOR = "_minor"
"""Ending of a notice's parameter that holds an amount."""


def say(language: str, key: str, **values: str | int) -> str:
    """The text of ``key`` in ``language``; see `Phrasebook.say`."""
    return BOOK.say(language, key, **values)


def goods_name(names: Mapping[str, str] | None, sku: str, language: str) -> str:
    """What goods are called in ``language``, not fenced.

    Args:
        names: Of the catalogue's product; None when there is none (any more).
        sku: Stands for a name that nobody knows; an old machine's item is called by its number.
        language: The reader's.
    """
    if names is not None:
        return names.get(language) or sku
    item = machine_item(sku)
    if item is None:
        return sku
    if item == NO_ITEM:
        return say(language, "goods.machine_goods")
    return strip_marks(say(language, "goods.machine_item", item=localise_digits(str(item), language)))


def say_notice(
    language: str, key: str, params: Mapping[str, str], *, currency: str, exponent: int, is_refusal: bool
) -> str:
    """An answer of the till in words.

    Args:
        language: The reader's.
        key: The notice's.
        params: The notice's; ``x_minor`` becomes the value ``x`` as money, and a whole number is written in the reader's digits,
            ``day`` (ISO 8601) with its month in words.
        currency: ISO 4217 code.
        exponent: Its decimals.
        is_refusal: Chooses the plain words for a key without a text of its own: a till that speaks plainly is better than one
            that falls silent.
    """
    phrase = f"notice.{key}"
    if phrase not in BOOK:
        return say(language, "notice.refused" if is_refusal else "notice.done")
    values: dict[str, str | int] = {}
    for name, value in params.items():
        if name.endswith(MINOR):
            values[name.removesuffix(MINOR)] = format_money(int(value), currency, exponent, language)
        elif name == "most" or name.endswith("qty"):
            values[name] = int(value)
        elif name == "day":
            values[name] = format_day(date.fromisoformat(value), language)
        else:
            values[name] = value
    return say(language, phrase, **values)


__all__ = [
    "BOOK",
    "DIGITS_OF",
    "LANGUAGES",
    "OWN_NAMES",
    "AmountError",
    "CountError",
    "Counted",
    "DayError",
    "Phrasebook",
    "Table",
    "UnknownLanguageError",
    "UnknownPhraseError",
    "Words",
    "ascii_digits",
    "direction",
    "field_day",
    "format_amount",
    "format_clock",
    "format_count",
    "format_day",
    "format_due",
    "format_label",
    "format_moment",
    "format_money",
    "format_month",
    "format_percent",
    "format_phone",
    "format_weight",
    "is_rtl",
    "isolate",
    "local_time",
    "localise_digits",
    "parse_amount",
    "parse_count",
    "parse_day",
    "say",
    "say_notice",
    "strip_marks",
]
