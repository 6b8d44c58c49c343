"""The three languages of the house: their names, directions and digits."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "fa", "ar")
"""English, Persian, Arabic: every text exists in each."""

OWN_NAMES: Final = MappingProxyType({"en": "English", "fa": "فارسی", "ar": "العربية"})
"""What a language calls itself: the only name its readers can be sure to read."""

DIGITS: Final = MappingProxyType({"en": "0123456789", "fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩"})
"""Digits as its readers write them: ASCII, extended Arabic-Indic, Arabic-Indic."""

_RIGHT_TO_LEFT: Final = frozenset({"fa", "ar"})

_TO_ASCII: Final = str.maketrans(
    {digit: str(value) for digits in DIGITS.values() for value, digit in enumerate(digits)}
)
_FROM_ASCII: Final = {language: str.maketrans("0123456789", digits) for language, digits in DIGITS.items()}


class UnknownLanguageError(LookupError):
    """There are texts in English, Persian and Arabic only."""


def check_language(language: str) -> str:
    """Give ``language`` back if it is one of ours.

    Raises:
        UnknownLanguageError: It is not.
    """
    if language not in LANGUAGES:
        raise UnknownLanguageError(language)
    return language


def is_rtl(language: str) -> bool:
    """Whether the language is written from right to left."""
    return check_language(language) in _RIGHT_TO_LEFT


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, as HTML wants it."""
    return "rtl" if is_rtl(language) else "ltr"


def localise_digits(text: str, language: str) -> str:
    """``text`` with its ASCII digits in the reader's form.

    Not for codes and numbers that stand in ASCII on a device, a pack or a keyboard (slots, debt codes, barcodes).
    """
    return text.translate(_FROM_ASCII[check_language(language)])


def ascii_digits(text: str) -> str:
    """``text`` with digits of all three sets as ASCII: what people type, whichever keyboard they have."""
    return text.translate(_TO_ASCII)
