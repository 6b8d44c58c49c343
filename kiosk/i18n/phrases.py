"""Texts in three languages side by side: a row that lacks one cannot be written, and a count chooses its plural form.

Tables are Python, not catalogs to be compiled: receipts use them without a web frame, a missing language is a type error, and
the three texts of a row are read, reviewed and changed together. Plural forms are CLDR's, through Babel.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from babel import Locale

from kiosk.i18n.amounts import format_count
from kiosk.i18n.bidi import isolate
from kiosk.i18n.language import LANGUAGES, check_language


class Words(NamedTuple):
    """One text; values stand in braces: ``{name}``."""

    en: str
    fa: str
    ar: str


class Counted(NamedTuple):
    """One text that depends on the number ``n``: CLDR plural category -> text; every category of its language is present."""

    en: Mapping[str, str]
    fa: Mapping[str, str]
    ar: Mapping[str, str]


Table = Mapping[str, Words | Counted]


class UnknownPhraseError(LookupError):
    """No table has a text of this key."""


class PhraseClashError(ValueError):
    """Two tables have a text of the same key."""


@lru_cache(maxsize=64)
def plural_categories(language: str) -> frozenset[str]:
    """The CLDR plural categories that a language has for whole numbers."""
    rule = Locale(check_language(language)).plural_form
    return frozenset({rule(number) for number in range(201)})


def values_of(template: str) -> frozenset[str]:
    """Names of the values that a template asks for."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name)


class Phrasebook:
    """All texts of one application.

    Raises:
        PhraseClashError: A key stands in two tables.
    """

    def __init__(self, *tables: Table) -> None:
        rows: dict[str, Words | Counted] = {}
        for table in tables:
            clash = rows.keys() & table.keys()
            if clash:
                raise PhraseClashError(", ".join(sorted(clash)))
            rows.update(table)
        self.rows: Mapping[str, Words | Counted] = MappingProxyType(rows)

    def __contains__(self, key: object) -> bool:
        return key in self.rows

    def say(self, language: str, key: str, **values: str | int) -> str:
        """The text of ``key`` with its values.

        Args:
            language: ``en``, ``fa`` or ``ar``.
            key: Of a table row.
            **values: Text is stripped of marks and fenced; whole numbers are written in the reader's digits. ``n`` chooses
                the plural form of a counted text.

        Raises:
            UnknownPhraseError: There is no such key.
            UnknownLanguageError: There is no such language.
            KeyError: The text asks for a value that was not given.
        """
        row = self.rows.get(key)
        if row is None:
            raise UnknownPhraseError(key)
        column = row[LANGUAGES.index(check_language(language))]
        template = column if isinstance(column, str) else column[self._form(language, values)]
        return template.format_map(
            {
                name: format_count(value, language) if isinstance(value, int) else isolate(value)
                for name, value in values.items()
            }
        )

    @staticmethod
    def _form(language: str, values: Mapping[str, str | int]) -> str:
        number = values.get("n", 0)
        return str(Locale(language).plural_form(number if isinstance(number, int) else 0))
