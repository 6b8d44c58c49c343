"""Money and counts in the reader's form, and back: whole minor units on one side, text on the other.

Separators and currency signs are CLDR's (through Babel); digits are translated by us, because Babel changes separators but
never digits. Amounts are composed from whole numbers: no fraction is ever made of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import get_currency_symbol

from kiosk.i18n.bidi import LRM, RLM, Isolated, isolate_trusted, strip_marks
from kiosk.i18n.language import ascii_digits, check_language, is_rtl, localise_digits

_NUMBERING: Final = {"en": "latn", "fa": "arabext", "ar": "arab"}
_MINUS: Final = "\u2212"
_NBSP: Final = "\u00a0"
MOST_DIGITS: Final = 12
"""Longest whole part that is read; a trillion of anything is a slip of the finger."""

MOST_GROUPS: Final = MOST_DIGITS // 3 - 1
"""Groups of three after the first: the same limit, written with marks."""

_AMOUNT: Final = re.compile(
    rf"(?P<whole>[0-9]{{1,{MOST_DIGITS}}}|[0-9]{{1,3}}(?:[\u066c' \u00a0][0-9]{{3}}){{1,{MOST_GROUPS}}})"
    r"(?:[.,\u066b](?P<part>[0-9]{1,6}))?"
)


class AmountError(ValueError):
    """This is no amount of money; write digits and one decimal mark."""


class CountError(ValueError):
    """This is no count; write a whole number."""


@lru_cache(maxsize=16)
def _marks(language: str) -> tuple[str, str]:
    """Decimal mark and group mark."""
    symbols = Locale(check_language(language)).number_symbols[_NUMBERING[language]]
    return str(symbols["decimal"]), str(symbols["group"])


@lru_cache(maxsize=64)
def currency_sign(currency: str, language: str) -> str:
    """The short sign of a currency as its readers know it (``€``, ``ریال``), or its code."""
    sign = get_currency_symbol(currency, locale=Locale(check_language(language)))
    # CLDR ends some Arabic signs in a direction mark of its own; the fence around the amount does that work.
    return str(strip_marks(sign))


def format_count(number: int, language: str) -> str:
    """A whole number with group marks, in the reader's digits; negative with a true minus sign."""
    _, group = _marks(language)
    text = f"{abs(number):,}".replace(",", group)
    return (_MINUS if number < 0 else "") + localise_digits(text, language)


def format_amount(amount_minor: int, exponent: int, language: str) -> str:
    """An amount without its currency (for a column that names it once).

    Args:
        amount_minor: Whole minor units, negative too.
        exponent: Decimals of the currency as the kiosk stores it: 0, 2 or 3.
        language: The reader's.
    """
    decimal, _ = _marks(language)
    unit = 10**exponent
    whole, part = divmod(abs(amount_minor), unit)
    text = format_count(whole, language)
    if exponent:
        text += decimal + localise_digits(f"{part:0{exponent}d}", language)
    if amount_minor < 0:
        # The mark keeps the minus in front of the number in a right-to-left line, as CLDR's Persian pattern does.
        text = (LRM if is_rtl(language) else "") + _MINUS + text
    return text


def format_money(amount_minor: int, currency: str, exponent: int, language: str) -> Isolated:
    """An amount with its currency, fenced so that it can stand in any sentence.

    Args:
        amount_minor: Whole minor units, negative too.
        currency: ISO 4217 code.
        exponent: Its decimals as the kiosk stores them: 0, 2 or 3.
        language: The reader's.

    English puts a sign in front and a code apart from the number; Persian and Arabic put the number first and the currency
    after it in reading order, as CLDR's patterns do.
    """
    number = format_amount(amount_minor, exponent, language)
    sign = currency_sign(currency, language)
    if is_rtl(language):
        return isolate_trusted(f"{RLM}{number}{_NBSP}{sign}")
    gap = _NBSP if sign[-1:].isalpha() else ""
    minus, bare = (_MINUS, number[1:]) if amount_minor < 0 else ("", number)
    return isolate_trusted(f"{minus}{sign}{gap}{bare}")


_KILOGRAM: Final = {"en": "kg", "fa": "کیلوگرم", "ar": "كغم"}
"""CLDR's short form, but for its full stop."""

_MG_PER_KG: Final = 1_000_000
_GRAMS: Final = 3
"""Decimals that scales show: at least these are written."""


def format_weight(weight_mg: int, language: str) -> Isolated:
    """A weight in kilograms to the gram, finer only where it is finer, fenced like an amount."""
    decimal, _ = _marks(language)
    whole, part = divmod(weight_mg, _MG_PER_KG)
    digits = f"{part:06d}".rstrip("0").ljust(_GRAMS, "0")
    number = format_count(whole, language) + decimal + localise_digits(digits, language)
    unit = _KILOGRAM[check_language(language)]
    return isolate_trusted(f"{RLM if is_rtl(language) else ''}{number}{_NBSP}{unit}")


def format_percent(rate_bp: int, language: str) -> Isolated:
    """A rate in basis points (100 = 1 %) as a percentage without idle zeros."""
    decimal, _ = _marks(language)
    whole, part = divmod(rate_bp, 100)
    text = str(whole) + (f".{part:02d}".rstrip("0") if part else "")
    number = localise_digits(text, language).replace(".", decimal)
    sign = "٪" if is_rtl(language) else "%"
    return isolate_trusted(f"{RLM if is_rtl(language) else ''}{number}{sign}")


def format_phone(number: str, language: str) -> Isolated:
    """A telephone number in the reader's digits, its groups kept in their order in a right-to-left line too.

    Blanks between Arabic digits would let the groups run from right to left, so each stands between two left-to-right marks
    (Unicode Standard Annex 9, rule N1); that holds on paper too, where a no-break blank becomes a plain one.
    """
    groups = localise_digits(strip_marks(number), language).split()
    return isolate_trusted(LRM + f"{LRM}{_NBSP}{LRM}".join(groups))


def format_label(label: str, language: str) -> Isolated:
    """A number painted on something, in the reader's digits; letters and mixed labels stay as they are painted."""
    bare = strip_marks(label)
    return isolate_trusted(localise_digits(bare, language) if bare.isdecimal() else bare)


def parse_amount(text: str, exponent: int) -> int:
    """Read an amount that a person typed, in any of the three digit sets, as minor units.

    Raises:
        AmountError: It is no amount, or has more decimals than the currency.

    A comma, a point and the Arabic mark all mean decimals when one stands alone; groups are known by the Arabic group mark,
    an apostrophe or a blank.
    """
    found = _AMOUNT.fullmatch(ascii_digits(strip_marks(text)).strip())
    if found is None:
        raise AmountError(AmountError.__doc__)
    part = found["part"] or ""
    if len(part) > exponent:
        raise AmountError(AmountError.__doc__)
    whole = re.sub(r"[^0-9]", "", found["whole"])
    return int(whole + part.ljust(exponent, "0"))


def parse_count(text: str) -> int:
    """Read a whole number of 0 or more that a person typed, in any of the three digit sets.

    Raises:
        CountError: It is none.
    """
    bare = ascii_digits(strip_marks(text)).strip()
    if not re.fullmatch(r"[0-9]{1,9}", bare):
        raise CountError(CountError.__doc__)
    return int(bare)
