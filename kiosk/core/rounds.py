"""Rules for a clerk's round: it is opened once, whoever else comes joins it, and what was done in it is known by its tokens."""

from __future__ import annotations

from typing import Final

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.limits import age_ms

ROUND_LONGEST_MS: Final = 12 * 60 * 60 * 1000
"""A working day, in the kiosk's running time. Whoever begins later begins a new one: the old was forgotten."""


def round_opened(draft: Draft, event: ev.RoundOpened) -> None:
    """Begin a round, or go on with the one that is open."""
    known = draft.state.round
    if known is not None:
        if age_ms(draft.state, draft.stamp.now_ms) - known.began_ms < ROUND_LONGEST_MS:
            draft.say("round_goes_on", round=known.round)
            return
        draft.add(f.RoundEnded(token="", round=known.round, by=event.by))
    draft.add(f.RoundStarted(token=event.token, round=draft.next_id("R"), by=event.by))


def task_left(draft: Draft, event: ev.TaskLeft) -> None:
    """Somebody leaves a task of the open round undone on purpose: nothing to bring, or no time."""
    known = draft.state.round
    if known is None or known.round != event.round:
        draft.refuse("round_over")
    elif event.token not in draft.state.tokens:
        draft.add(f.RoundTaskLeft(token=event.token, round=event.round, task=event.task, by=event.by))


def round_closed(draft: Draft, event: ev.RoundClosed) -> None:
    """End the round; a second press finds it ended."""
    known = draft.state.round
    if known is not None and known.round == event.round:
        draft.add(f.RoundEnded(token=event.token, round=event.round, by=event.by))
