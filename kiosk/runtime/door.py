"""The border between the untrusted screen and the money: ask, read, acknowledge. The web holds nothing else of the till."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from inventory.catalogue import Catalogue
from kiosk.core.draft import Notice
from kiosk.core.events import PersonEvent
from kiosk.core.screen import Screen


class TillBusyError(Exception):
    """The till did not answer in time, or its inbox is full; nothing is known to have happened. Ask again with the same id."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the till said to an event, and the journal position after it."""

    notice: Notice
    seq: int


class TillDoor(Protocol):
    """What the web may do with the till."""

    def ask(self, event: PersonEvent) -> Answer:
        """Put ``event`` to the till and wait for its answer.

        An event with a sender's id (``tap``, ``token``) asked twice is answered from the first time.

        Raises:
            TillBusyError: No answer within two seconds (two minutes for a goods file), or too many are waiting.
        """

    def screen(self) -> Screen:
        """The last published screen."""

    def wait_for_screen(self, after: int, timeout_ms: int) -> Screen | None:
        """The first screen published after stream number ``after``; None when none came in time or the till stops."""

    def acknowledge(self, stream: int) -> None:
        """A page drew the screen of this stream number: somebody can see the kiosk."""

    def catalogue(self) -> Catalogue:
        """Goods as the till sells them now."""

    def debt_code(self, epoch: int, seq: int) -> str:
        """The code under which the debt recorded at this place of the journal is paid (8 characters)."""

    def debt_of_code(self, code: str) -> str:
        """The open debt that a typed code belongs to, or empty; in the same time for right and wrong codes."""

    def monotonic_ms(self) -> int:
        """Now, on the scale of the screen's countdowns."""
