"""A whole visit, practised: the till's own rules on a state of their own, with pretended devices that answer after a moment.

It belongs to the loop's thread like the till's state does, lasts as long as a training, and reaches neither journal nor rig: the
loop is given what was practised and writes it down.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Notice, Stamp
from kiosk.core.rehearsal import answer_to, heard, refilled, rehearsal_shop, rehearsal_state
from kiosk.core.rules import Shop
from kiosk.core.screen import Grid, Screen, TrainingView, screen_of
from kiosk.core.state import Phase, State
from kiosk.core.till import decide
from kiosk.core.timing import next_deadline
from kiosk.receipts.account import tenders_of

ANSWER_MS: Final = 1_500
"""A pretended coil turns, and pretended coins fall, about as long as real ones: who practises sees the screens in between."""

ELSEWHERE: Final = Notice("not_while_training", is_refusal=True)
"""What practice does not have: codes of money that is really owed."""


@dataclass(frozen=True, slots=True)
class Practised:
    """The visit that is practised now, or was last: what was decided in it, its number, and when (UTC, ISO 8601)."""

    facts: tuple[f.Fact, ...]
    number: int
    at: str


class Rehearsal:
    """One training's pretended till."""

    def __init__(self, state: State, shop: Shop, now_ms: int) -> None:
        """Begin beside the real ``state``, with everything full and well."""
        self.training = state.training.training
        self.state = rehearsal_state(state, shop, now_ms)
        self.facts: tuple[f.Fact, ...] = ()
        """What was decided in the visit that is open, or ended last."""
        self.at = ""
        """When the last of it was decided (UTC, ISO 8601)."""
        self.is_jam_next = False
        """The next coil fails."""
        self.is_broken = False
        """Its books did not close: the training is to end."""
        self._card_shown = False
        self._touched_ms = now_ms
        self._coming: deque[tuple[int, ev.Event]] = deque()
        self._over: tuple[ev.VisitPractised, ...] = ()
        self._grid = Grid()

    def takes(self, event: ev.Event) -> bool:
        """Whether ``event`` belongs to practice: every touch and every scan; devices, the desk and clerks are real."""
        return isinstance(event, ev.Tap | ev.ScanRead | hw.CodeUnreadable)

    def hear(self, event: ev.Event, stamp: Stamp, shop: Shop) -> Notice:
        """Decide on a touch or a scan, and answer it.

        Raises:
            InvariantBroken: The pretended books do not close.
        """
        self._touched_ms = stamp.now_ms
        if isinstance(event, ev.DebtCodeTyped):
            return ELSEWHERE
        if not isinstance(event, ev.PretendTap):
            return self._decide(event, stamp, shop)
        if event.screen != self.state.screen:
            return Notice("stale_tap", is_refusal=True)
        if isinstance(event, ev.PretendedJam):
            self.is_jam_next = event.is_next
            return Notice("jam_next" if event.is_next else "done")
        said = heard(self.state, shop.rules, event)
        if said is None:
            return Notice("not_now", is_refusal=True)
        self._card_shown = isinstance(said, hw.CardSessionBegan)
        return self._decide(said, stamp, shop)

    def go_on(self, stamp: Stamp, shop: Shop) -> Notice | None:
        """Let the next thing happen whose moment has come: a device answers, or a wait is over. None when there is none.

        Raises:
            InvariantBroken: The pretended books do not close.
        """
        if self._coming and self._coming[0][0] <= stamp.now_ms:
            return self._decide(self._coming.popleft()[1], stamp, shop)
        deadline = next_deadline(self.state, shop.rules, self._touched_ms)
        if deadline is not None and deadline[0] <= stamp.now_ms:
            return self._decide(ev.DeadlinePassed(deadline[1]), stamp, shop)
        return None

    def over(self) -> tuple[ev.VisitPractised, ...]:
        """The visits that ended and that were not asked for yet."""
        ended, self._over = self._over, ()
        return ended

    def leave(self) -> tuple[ev.VisitPractised, ...]:
        """The same, and last the visit that the end of the training cuts."""
        cut = (self._practised(is_finished=False),) if self.state.visit is not None else ()
        return (*self.over(), *cut)

    def screen(self, real: State, shop: Shop, *, now_ms: int, notice: Notice | None, today: str) -> Screen:
        """The screen of the pretended till; ``real`` says who is signed in, and how many visits were practised."""
        drawn = screen_of(
            self.state,
            rehearsal_shop(shop),
            now_ms=now_ms,
            touched_ms=self._touched_ms,
            stream=0,
            notice=notice,
            grid=self._grid,
            today=today,
        )
        number = self._number(real)
        return replace(
            drawn,
            clerk=real.clerk,
            training=TrainingView(number=number, is_jam_next=self.is_jam_next, has_coils=bool(drawn.slots)),
        )

    def practised(self, real: State) -> Practised:
        """The visit on the screen, for its receipt."""
        return Practised(self.facts, self._number(real), self.at)

    def _number(self, real: State) -> int:
        """Of the visit on the screen: one that ended has its number, the next one is told."""
        return real.training.number + (self.state.last is None)

    def _decide(self, event: ev.Event, stamp: Stamp, shop: Shop) -> Notice:
        decision = decide(self.state, event, stamp, rehearsal_shop(shop))
        self.state = decision.state
        for fact in decision.facts:
            self.at = stamp.at
            self.facts = (fact,) if isinstance(fact, f.VisitOpened) else (*self.facts, fact)
            self._answer(fact, stamp.now_ms + ANSWER_MS)
            if isinstance(fact, f.VisitSettled):
                self._over = (*self._over, self._practised(is_finished=True))
                self.state = refilled(self.state, shop)
        return decision.notice

    def _answer(self, fact: f.Fact, at_ms: int) -> None:
        said = answer_to(fact, self.state, jams=self.is_jam_next)
        if isinstance(fact, f.VendStarted):
            self.is_jam_next = False
        if isinstance(fact, f.CardRequested) and self._card_shown:
            self._card_shown = False
            said = hw.CardApproved(fact.device, fact.job, fact.amount_minor)
        if said is not None:
            self._coming.append((at_ms, said))

    def _practised(self, *, is_finished: bool) -> ev.VisitPractised:
        tenders = tenders_of(self.facts)
        return ev.VisitPractised(
            lines=tuple(line for fact in self.facts if isinstance(fact, f.SaleClosed) for line in fact.lines),
            coins_minor=tenders.coins_minor,
            notes_minor=tenders.notes_minor,
            card_minor=tenders.card_minor,
            back_minor=tenders.back_minor,
            undelivered=sum(
                isinstance(fact, f.VendEnded) and fact.outcome is f.VendOutcome.FAILED for fact in self.facts
            ),
            is_finished=is_finished,
        )


def has_practice(state: State) -> bool:
    """Whether somebody practises now."""
    return state.phase is Phase.SERVICE and bool(state.training.training)
