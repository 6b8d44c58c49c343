"""A decision in the making: facts are added one by one, and each is folded at once, so that the next rule sees its effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kiosk.core.facts import Fact, Opening, Recorded, VisitOpened
from kiosk.core.fold import evolve
from kiosk.core.rules import Rules, Shop
from kiosk.core.state import State, Visit
from kiosk.invariant import InvariantBroken


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an event was taken from the inbox: wall time (UTC, ISO 8601), monotonic ms, and whether wall time is trusted."""

    at: str
    now_ms: int
    time_ok: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """An answer in words: a message ``key``, its parameters, and whether it refuses what was asked."""

    key: str
    is_refusal: bool = False
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


DONE = Notice("done")


@dataclass(frozen=True, slots=True)
class Decision:
    """Facts to store, in order; the state after them; and the answer to whoever asked."""

    facts: tuple[Fact, ...]
    state: State
    notice: Notice


class Draft:
    """Facts so far, and the state after them."""

    def __init__(self, state: State, shop: Shop, stamp: Stamp) -> None:
        """Start from ``state``; nothing is decided yet."""
        self.state = state
        self.shop = shop
        self.stamp = stamp
        self.facts: list[Fact] = []
        self.notice = DONE

    @property
    def rules(self) -> Rules:
        """The configured rules."""
        return self.shop.rules

    @property
    def visit(self) -> Visit:
        """The open visit, which the caller knows to exist."""
        if self.state.visit is None:
            raise InvariantBroken("a rule needs an open visit")
        return self.state.visit

    def add(self, fact: Fact) -> None:
        """Let ``fact`` have happened."""
        recorded = Recorded(seq=self.state.seq + 1, at=self.stamp.at, now_ms=self.stamp.now_ms, fact=fact)
        self.state = evolve(self.state, recorded)
        self.facts.append(fact)

    def next_id(self, letter: str) -> str:
        """An id for the fact that is added next: letter, epoch, sequence number."""
        return f"{letter}{self.state.epoch}-{self.state.seq + 1}"

    def is_repeat(self, token: str) -> bool:
        """Whether an act with this token was done already, which is then told: the same button, pressed twice, is one act."""
        is_known = token in self.state.tokens
        if is_known:
            self.say("already_done")
        return is_known

    def refuse(self, key: str, **params: str) -> None:
        """Answer no, in words."""
        self.notice = Notice(key, is_refusal=True, params=MappingProxyType(params))

    def say(self, key: str, **params: str) -> None:
        """Answer in words."""
        self.notice = Notice(key, params=MappingProxyType(params))

    def ensure_visit(self, opened_by: Opening) -> None:
        """Open a visit if none is."""
        if self.state.visit is None:
            language = self.state.language
            self.add(VisitOpened(visit=self.next_id("V"), language=language, opened_by=opened_by))

    def decision(self) -> Decision:
        """The finished decision."""
        return Decision(facts=tuple(self.facts), state=self.state, notice=self.notice)
