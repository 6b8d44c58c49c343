"""Coins and notes in boxes and stackers by value, since each was last emptied: what a count is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.core import facts as f
from kiosk.core.postings import hopper_of

Pieces = Mapping[str, Mapping[str, int]]
"""Container -> value in minor units (as text) -> how many."""

_NOTHING: Final[Mapping[str, int]] = {}


def _arrival(fact: f.Fact) -> tuple[str, int, int] | None:
    """Container, value and number of what came into a container."""
    match fact:
        case f.CoinCredited() | f.CoinTested() | f.NoteCredited() | f.NoteFound():
            return fact.container, fact.value_minor, 1
        case f.CoinFound() | f.NotesMoved() | f.CashMoveEnded():
            return fact.container, fact.value_minor, fact.qty
        case _:
            return None


def pieces_after(pieces: Pieces, fact: f.Fact) -> Pieces:
    """What lies where after ``fact``; the same object when nothing of it moved. Hoppers are counted elsewhere."""
    if isinstance(fact, f.CashCollected):
        return {**pieces, fact.container: _NOTHING}
    if isinstance(fact, f.CollectionStarted):
        return {**pieces, **dict.fromkeys((each.container for each in fact.taken), _NOTHING)}
    came = _arrival(fact)
    if came is None or hopper_of(came[0]) or not came[2]:
        return pieces
    container, value_minor, qty = came
    inside, value = pieces.get(container, _NOTHING), str(value_minor)
    return {**pieces, container: {**inside, value: inside.get(value, 0) + qty}}


def pieces_in(pieces: Pieces, container: str) -> tuple[tuple[int, int], ...]:
    """Pairs of value and number of what lies in ``container``, by value."""
    return tuple(sorted((int(value), qty) for value, qty in pieces.get(container, _NOTHING).items()))
