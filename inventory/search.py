"""Finds goods by what a shopper types, in English, Persian or Arabic, whichever keyboard they have.

Folding brings together what readers take for the same letter: Arabic and Persian yeh and kaf, alef with and
without hamza, teh marbuta and heh, half-spaces, vowel marks, accents, case, and digits of three scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from inventory.catalogue import Product

QUERY_MAX_CHARS = 64
"""Longest query that is looked at; a name is not longer, and the screen's field holds less."""

_HALF_SPACES = dict.fromkeys((0x200C, 0x200D, 0x00AD))
_LETTERS = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ې": "ی",
        "ك": "ک",
        "ڪ": "ک",
        "ة": "ه",
        "ھ": "ه",
        "ہ": "ه",
        "ە": "ه",
        "ۃ": "ه",
        "ٱ": "ا",
        "ـ": None,  # tatweel stretches a letter and means nothing
        "ء": None,  # typed or left out as the hand goes
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
    }
)
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Bring a text to the form in which it is compared: folded words with one blank between them.

    Half-spaces are dropped, so that a word with them equals the word written in one piece.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_HALF_SPACES)).casefold()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare.translate(_LETTERS)).strip()


class GoodsIndex:
    """Answers queries over the names of a fixed set of products; build a new one when the catalogue changes.

    Each product keeps one folded text: its names, each begun by a line break and every word begun by a blank,
    so that "begins the name" and "begins a word" are plain substring tests. 5,000 products take well under a
    millisecond.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        self._skus: list[str] = []
        self._texts: list[str] = []
        for product in products:
            forms: dict[str, None] = {}
            for name in product.names.values():
                forms[fold(name)] = None
                forms[fold(name.replace("\u200c", " "))] = None  # people type a blank for a half-space
            self._skus.append(product.sku)
            self._texts.append("".join(f"\n {form}" for form in forms))

    def find(self, query: str, limit: int = 24) -> tuple[str, ...]:
        """Skus whose names hold every word of the query, best first.

        Args:
            query: What was typed; blank finds everything in the catalogue's order.
            limit: How many at most.

        Names that begin with the query come first, then those in which a word begins with it, then the rest;
        among equals the catalogue's order stands, so the grid does not jump while a shopper types.
        """
        needle = fold(query[:QUERY_MAX_CHARS])
        words = needle.split()
        if not words:
            return tuple(self._skus[:limit])
        first = max(words, key=len)  # the longest word rules out most
        hits = [index for index, text in enumerate(self._texts) if first in text]
        for word in words:
            if word is not first:
                hits = [index for index in hits if word in self._texts[index]]
        name_start, word_start = f"\n {needle}", f" {words[0]}"
        ranked: tuple[list[int], list[int], list[int]] = ([], [], [])
        for index in hits:
            text = self._texts[index]
            ranked[0 if name_start in text else 1 if word_start in text else 2].append(index)
        return tuple(self._skus[index] for index in (ranked[0] + ranked[1] + ranked[2])[:limit])
