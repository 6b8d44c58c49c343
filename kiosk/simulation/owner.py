"""What the owner of a simulated market answers to a claim: paid as the evidence goes, refused with what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kiosk.claims.evidence import Weighing
from kiosk.core.facts import About, SaleClosed, Verdict

REFUSALS: Final[Mapping[str, str]] = {
    "money_returned": "Our journal shows this money going back at the machine.",
    "note_returned": "The note reader gave this note back; our journal has the moment.",
    "all_spent": "The whole amount was spent on goods, so no change was due.",
    "goods_seen": "The sensor saw these goods fall into the tray.",
    "nothing_seen": (
        "The machine was well at that time, and its journal has no coin, note or delivery that is not accounted for."
    ),
}
"""Reason of a weighing that speaks against a claim -> what the owner writes."""

NOT_SHOWN: Final = "We cannot judge the goods from here. Please bring them, or send us a picture."
"""Of goods without a date: the journal cannot know how they were."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is paid; 0 with the reason of a refusal."""

    amount_minor: int
    reason: str = ""


def answer_to(
    about: About,
    said_minor: int,
    found: Weighing,
    *,
    most_minor: int,
    sale: SaleClosed | None = None,
    is_lenient: bool = True,
) -> Answer:
    """The owner's decision about a claim.

    What the journal contradicts is refused. A debt is paid whole. Goodwill is what was claimed, never more than the visit bought
    and than ``most_minor``; a machine that was not well then has the shopper believed.

    Args:
        about: What is missing.
        said_minor: What the shopper asks for.
        found: What the journal says.
        most_minor: Goodwill's bound.
        sale: What the visit bought, where the claim names a visit.
        is_lenient: Whether the owner believes somebody about goods that nobody saw.
    """
    if found.verdict is Verdict.CONTRADICTED:
        return Answer(0, REFUSALS[found.reason])
    if found.debt:
        return Answer(found.amount_minor)
    if about is About.BAD_GOODS:
        if not is_lenient:
            return Answer(0, _unseen_goods(sale))
        return Answer(min(said_minor, most_minor, sale.total_minor if sale else said_minor))
    if found.reason == "nothing_seen":
        return Answer(0, REFUSALS[found.reason])
    return Answer(min(found.amount_minor, most_minor))


def _unseen_goods(sale: SaleClosed | None) -> str:
    """The book knows one thing about goods: their dates."""
    days = {expires_on for _, expires_on, _ in (sale.lots if sale else None) or () if expires_on}
    if not days:
        return NOT_SHOWN
    return f"By our books the goods were in date, until {min(days)}. Please bring them, or send us a picture."
