"""Practice at the kiosk, as the till itself knows it: who lets others practise, and what was practised.

The practised visits happen in a state of their own (`kiosk.core.rehearsal`), in which no device is real. The till stays in
SERVICE, takes no money, and writes down the beginning, one entry for each practised visit, and the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft

E = TypeVar("E")


def unless_open(rule: Callable[[Draft, E], None]) -> Callable[[Draft, E], None]:
    """The clerk's ``rule``, refused while somebody practises: the hands at the screen are not the clerk's then."""

    def act(draft: Draft, event: E) -> None:
        if draft.state.training.training:
            draft.refuse("in_training")
        else:
            rule(draft, event)

    act.__name__ = getattr(rule, "__name__", "act")  # the table of decisions names its rules
    return act


def training_asked(draft: Draft, event: ev.TrainingAsked) -> None:
    """Let somebody practise, once every coil and every move has come to rest."""
    if draft.state.test is not None:
        draft.refuse("test_runs")
    elif any(book.move is not None for book in draft.state.hoppers.values()):
        draft.refuse("move_runs")
    else:
        draft.add(f.TrainingBegan(training=draft.next_id("T"), clerk=draft.state.clerk))
        draft.say("training_began")


def training_left(draft: Draft, event: ev.TrainingLeft) -> None:
    """Back to the clerk's page."""
    if not draft.state.training.training:
        draft.refuse("not_in_training")
        return
    end_training(draft, f.TrainingEnd.ASKED)
    draft.say("training_ended")


def training_broke(draft: Draft, event: ev.TrainingBroke) -> None:
    """Only the practice is over: nothing of it was real."""
    end_training(draft, f.TrainingEnd.BROKEN)
    draft.refuse("training_broke")


def visit_practised(draft: Draft, event: ev.VisitPractised) -> None:
    """Write down a practised visit under its own number, if its training is still open."""
    book = draft.state.training
    if not book.training:
        return
    total_minor = sum(line.price_minor for line in event.lines)
    draft.add(
        f.TrainingSettled(
            training=book.training,
            number=book.number + 1,
            lines=event.lines,
            total_minor=total_minor,
            coins_minor=event.coins_minor,
            notes_minor=event.notes_minor,
            card_minor=event.card_minor,
            back_minor=event.back_minor,
            undelivered=event.undelivered,
            is_finished=event.is_finished,
            perpetual_minor=book.total_minor + total_minor,
        )
    )


def end_training(draft: Draft, reason: f.TrainingEnd) -> None:
    """End the training that is open, if one is: none ends without an entry that says why."""
    book = draft.state.training
    if book.training:
        draft.add(
            f.TrainingEnded(
                training=book.training, clerk=book.clerk, reason=reason, visits=book.number - book.first
            )
        )
