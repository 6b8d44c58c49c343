"""What an audit has found wrong so far, in the order of the entries; the first few hundred are kept, all are counted."""

from __future__ import annotations

from typing import Final

from kiosk.audit.report import Problem

MOST_KEPT: Final = 500
"""More than anybody reads; a journal that is wrong from one end to the other must not fill the memory."""


def spell_money(minor: int, currency: str, exponent: int) -> str:
    """An amount for a person: ``-1.50 EUR``."""
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(exponent + 1, "0")
    amount = f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits
    return f"{sign}{amount} {currency}".rstrip()


class Findings:
    """Problems by entry."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count = 0
        self.currency = ""
        self.exponent = 0

    def add(self, rule: str, entry: str, words: str) -> None:
        """Something does not hold at ``entry``."""
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Problem(rule, entry, words))

    def ensure(self, holds: object, rule: str, entry: str, words: str) -> bool:
        """Note a problem unless ``holds``; returns whether it does."""
        if not holds:
            self.add(rule, entry, words)
        return bool(holds)

    def money(self, minor: int) -> str:
        """An amount in the journal's currency."""
        return spell_money(minor, self.currency, self.exponent)

    def name_is(self, letter: str, name: str, entry: str) -> None:
        """Ids are made from the place of the entry that brings them into the world, so no two can be alike."""
        self.ensure(name == f"{letter}{entry}", "I6", entry, f"its id is {name[:40]!r}, not {letter}{entry}")
