"""Finds goods by what a shopper types, in English, Persian or Arabic, whichever keyboard they have.

Folding brings together what readers take for the same letter: Arabic and Persian yeh and kaf, alef with and
without hamza, teh marbuta and heh, half-spaces, vowel marks, accents, case, and digits of three scripts.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from heapq import merge
from itertools import chain, groupby, islice

from inventory.catalogue import Product

QUERY_MAX_CHARS = 64
"""Longest query that is looked at; a name is not longer, and the screen's field holds less."""

SHORT_CHARS = 2
SHORT_MOST = 64
"""Beginnings of so few letters stand for many words; their first goods are kept: two screens of a search and some more."""

MANY_WORDS = 2_000
"""A part that more words hold is found sooner by looking through the goods from the first one."""

FEW_GOODS = 2_000
"""So many are sorted at once; of more, the first ones are looked for from the beginning and soon there."""

FEW_LISTS = 16
"""So many lists of goods are gone through side by side; of more words, all goods are looked at from the first one."""

FORMS_MOST = 8
"""Names of one product that begin a search: three languages, each with its half-spaces as they are and as blanks, are six."""

LAST_LETTER = "\U0010ffff"
"""Sorts after every letter."""

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
    if text.isascii():  # nothing below would change it
        return _NOT_WORD.sub(" ", text.lower()).strip()
    decomposed = unicodedata.normalize("NFKD", text.translate(_HALF_SPACES)).casefold()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare.translate(_LETTERS)).strip()


class _Words:
    """Every word that stands in a name, with the goods it stands for, in the catalogue's order."""

    def __init__(self) -> None:
        self._goods: dict[str, array[int]] = {}
        self._short: dict[str, list[int]] = {}
        self._words: list[str] = []
        self._text = ""
        self._starts = array("I")

    def add(self, word: str, number: int) -> None:
        """``word`` stands in a name of the goods ``number``; numbers never fall."""
        goods = self._goods.get(word)
        if goods is None:
            self._goods[word] = array("I", (number,))
        elif goods[-1] == number:
            return
        else:
            goods.append(number)
        for start in (word[:1], word[:2]):
            first = self._short.setdefault(start, [])
            if len(first) < SHORT_MOST and (not first or first[-1] != number):
                first.append(number)

    def close(self) -> None:
        """All words are there."""
        self._words = sorted(self._goods)
        self._text = "\n".join(self._words)
        end = 0
        for word in self._words:
            self._starts.append(end)
            end += len(word) + 1

    def beginning(self, start: str, most: int) -> list[int]:
        """The first ``most`` goods with a word that begins so."""
        if len(start) <= SHORT_CHARS and most <= SHORT_MOST:
            return self._short.get(start, [])[:most]
        low = bisect_left(self._words, start)
        high = bisect_left(self._words, start + LAST_LETTER, low)
        return self._first(self._words[low:high], most)

    def lists_beginning(self, start: str) -> list[array[int]]:
        """The goods of each word that begins so."""
        low = bisect_left(self._words, start)
        high = bisect_left(self._words, start + LAST_LETTER, low)
        return [self._goods[word] for word in self._words[low:high]]

    def qty(self, part: str) -> int:
        """About how many words hold ``part``; none are fewer, a word that holds it twice counts twice."""
        return self._text.count(part)

    def holding(self, part: str, most: int) -> list[int]:
        """The first ``most`` goods with a word that holds ``part`` anywhere."""
        return self._first(self._holding(part), most)

    def lists_holding(self, part: str) -> list[array[int]]:
        """The goods of each word that holds ``part`` anywhere."""
        return [self._goods[word] for word in self._holding(part)]

    def _holding(self, part: str) -> list[str]:
        found: list[str] = []
        at = self._text.find(part)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            word = self._words[number]
            found.append(word)
            at = self._text.find(part, self._starts[number] + len(word))
        return found

    def _first(self, words: Iterable[str], most: int) -> list[int]:
        # The first of all lists are among the first of each.
        return sorted(set(chain.from_iterable(self._goods[word][:most] for word in words)))[:most]


class _Names:
    """Every name in the order of its letters: those that begin with a query lie beside one another."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        places: list[int] = []
        names: list[str] = []
        for number, text in enumerate(texts):
            for form, name in enumerate(text.split("\n ")[1 : FORMS_MOST + 1]):
                places.append(number * FORMS_MOST + form)
                names.append(name)
        self._places = array(
            "Q", (places[index] for index in sorted(range(len(names)), key=names.__getitem__))
        )

    def _name(self, place: int) -> str:
        return self._texts[place // FORMS_MOST].split("\n ")[place % FORMS_MOST + 1]

    def beginning(self, start: str) -> list[int]:
        """The goods with a name that begins so, as the names lie, and as often as they have such names."""
        low = bisect_left(self._places, start, key=self._name)
        high = bisect_left(self._places, start + LAST_LETTER, low, key=self._name)
        return [place // FORMS_MOST for place in self._places[low:high]]


class GoodsIndex:
    """Answers queries over the names of a fixed set of products; build a new one when the catalogue changes.

    Each product keeps one folded text: its names, each begun by a line break and every word begun by a blank,
    so that "begins the name" and "begins a word" are plain substring tests. Words lead to the few products
    whose text is worth a test. `./run bench --only P14` says what a keystroke among 100,000 products takes.
    """

    def __init__(self, products: Iterable[Product]) -> None:
        self._skus: list[str] = []
        self._texts: list[str] = []
        self._words = _Words()
        self._first_words = _Words()
        fold_word = cache(fold)  # for this catalogue only: its names share most of their words

        def fold_name(name: str) -> str:
            return " ".join(filter(None, map(fold_word, name.split(" "))))

        for number, product in enumerate(products):
            forms: dict[str, None] = {}
            for name in product.names.values():
                forms[fold_name(name)] = None
                if "\u200c" in name:
                    forms[fold_name(name.replace("\u200c", " "))] = (
                        None  # people type a blank for a half-space
                    )
            self._skus.append(product.sku)
            self._texts.append("".join(f"\n {form}" for form in forms))
            for form in forms:
                words = form.split()
                for word in words:
                    self._words.add(word, number)
                for word in words[:1]:
                    self._first_words.add(word, number)
        self._words.close()
        self._first_words.close()
        self._names = _Names(self._texts)
        self._all = array("I", range(len(self._skus)))

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
        found = self._of_word(needle, limit) if len(words) == 1 else self._of_words(needle, words, limit)
        return tuple(self._skus[number] for number in found[:limit])

    def _of_word(self, word: str, limit: int) -> list[int]:
        """Goods for a query of one word."""
        found = dict.fromkeys(self._first_words.beginning(word, limit))
        # What was found already may come again: so many more are looked at.
        if len(found) < limit:
            found |= dict.fromkeys(self._words.beginning(word, limit + len(found)))
        if len(found) < limit:
            found |= dict.fromkeys(self._inside(word, limit + len(found)))
        return list(found)

    def _inside(self, part: str, most: int) -> list[int]:
        """The first ``most`` goods whose names hold ``part`` anywhere."""
        if self._words.qty(part) <= MANY_WORDS:
            return self._words.holding(part, most)
        # So many words hold it that the first goods are soon there.
        hits = (number for number, text in enumerate(self._texts) if part in text)
        return list(islice(hits, most))

    def _of_words(self, needle: str, words: list[str], limit: int) -> list[int]:
        """Goods for a query of several words, in each rank the first ones only."""
        name_start, word_start = f"\n {needle}", f" {words[0]}"
        texts = self._texts
        found = sorted(set(self._names.beginning(needle)))[:limit]
        # Any of the words leads to all goods that may be meant: the one that fewer goods have.
        holding = [*map(self._lists_holding, words)]
        if len(found) < limit:
            beginning = [self._words.lists_beginning(words[0]), *holding[1:]]
            hits = self._with(self._in_order(min(beginning, key=_qty)), (*words[1:], word_start))
            later = (number for number in hits if name_start not in texts[number])
            found += islice(later, limit - len(found))
        if len(found) < limit:
            hits = self._with(self._in_order(min(holding, key=_qty)), words)
            later = (number for number in hits if word_start not in texts[number])
            found += islice(later, limit - len(found))
        return found

    def _with(self, goods: Iterable[int], parts: Iterable[str]) -> Iterable[int]:
        """Those of ``goods`` that hold all ``parts``, one by one as they are asked for."""
        for part in sorted(parts, key=len, reverse=True):  # long ones are rare: most goods are tested once
            goods = self._with_part(goods, part)
        return goods

    def _with_part(self, goods: Iterable[int], part: str) -> Iterator[int]:
        texts = self._texts
        return (number for number in goods if part in texts[number])

    def _lists_holding(self, part: str) -> list[array[int]]:
        if self._words.qty(part) > MANY_WORDS:
            return [self._all]
        return self._words.lists_holding(part)

    def _in_order(self, lists: list[array[int]]) -> Iterator[int]:
        """The goods of these lists, each once and in the catalogue's order; of many words maybe others, too."""
        if _qty(lists) <= FEW_GOODS:
            return iter(sorted(set(chain.from_iterable(lists))))
        if len(lists) > FEW_LISTS:
            return iter(self._all)
        return (number for number, _ in groupby(merge(*lists)))


def _qty(lists: list[array[int]]) -> int:
    return sum(map(len, lists))
