"""From a finger on the glass to a typed event: what a page may send, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final, Generic, TypeVar

import msgspec
from msgspec import Meta

from kiosk.core import events as ev
from kiosk.i18n import ascii_digits, strip_marks
from kiosk.runtime.door import TillDoor

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{8,64}$")]
"""An id made by the sender: a UUID or as good as one."""
Whole = Annotated[int, Meta(ge=0, le=1_000_000_000)]

MOST_PIECES: Final = 20
"""One tap adds one piece; a program may add a few. The till's own limit is the basket's."""

CODE_CHARS: Final = 32
"""A code has 8 characters; blanks and dashes between them are forgiven."""


class TapBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What every tap carries."""

    tap: Id
    screen: Whole


class ProductBody(TapBody, frozen=True):
    """Goods picked."""

    sku: Annotated[str, Meta(min_length=1, max_length=32)]
    qty: Annotated[int, Meta(ge=1, le=MOST_PIECES)] = 1


class SlotBody(TapBody, frozen=True):
    """A coil picked."""

    slot: Annotated[str, Meta(min_length=1, max_length=8)]


class LineBody(TapBody, frozen=True):
    """A line put back."""

    line: Annotated[int, Meta(ge=1, le=1_000_000)]


class LanguageBody(TapBody, frozen=True):
    """Another language."""

    language: Annotated[str, Meta(min_length=2, max_length=2)]


class ComfortBody(TapBody, frozen=True):
    """Larger text, more time."""

    large_text: bool
    more_time: bool


class CodeBody(TapBody, frozen=True):
    """A typed code."""

    code: Annotated[str, Meta(min_length=1, max_length=CODE_CHARS)]


class ValueBody(TapBody, frozen=True):
    """A pretended coin or note."""

    value_minor: Whole


class JamBody(TapBody, frozen=True):
    """The next coil is to fail, or not."""

    is_next: bool


B = TypeVar("B", bound=TapBody)


class Kind(Generic[B]):
    """One kind of tap: the body it comes in, and the event it becomes."""

    def __init__(self, body: type[B], event: Callable[[B, TillDoor], ev.Tap]) -> None:
        self._body = body
        self._event = event

    def read(self, data: bytes, door: TillDoor) -> ev.Tap:
        """The event of a request's body.

        Raises:
            msgspec.DecodeError: It is not such a body.
        """
        return self._event(msgspec.json.decode(data, type=self._body), door)


def bare_code(text: str) -> str:
    """A typed code as it was made: capitals and ASCII digits, without blanks and dashes."""
    return "".join(
        char for char in ascii_digits(strip_marks(text)).upper() if char.isascii() and char.isalnum()
    )


KINDS: Final[
    dict[
        str,
        Kind[TapBody]
        | Kind[ProductBody]
        | Kind[SlotBody]
        | Kind[LineBody]
        | Kind[LanguageBody]
        | Kind[ComfortBody]
        | Kind[CodeBody]
        | Kind[ValueBody]
        | Kind[JamBody],
    ]
] = {
    "product": Kind(
        ProductBody, lambda b, _: ev.ProductChosen(tap=b.tap, screen=b.screen, sku=b.sku, qty=b.qty)
    ),
    "slot": Kind(SlotBody, lambda b, _: ev.SlotChosen(tap=b.tap, screen=b.screen, slot=b.slot)),
    "drop": Kind(LineBody, lambda b, _: ev.LineDropped(tap=b.tap, screen=b.screen, line=b.line)),
    "close": Kind(TapBody, lambda b, _: ev.CloseTapped(tap=b.tap, screen=b.screen)),
    "money_back": Kind(TapBody, lambda b, _: ev.MoneyBackTapped(tap=b.tap, screen=b.screen)),
    "load": Kind(TapBody, lambda b, _: ev.LoadTapped(tap=b.tap, screen=b.screen)),
    "card": Kind(TapBody, lambda b, _: ev.CardTapped(tap=b.tap, screen=b.screen)),
    "language": Kind(
        LanguageBody, lambda b, _: ev.LanguageTapped(tap=b.tap, screen=b.screen, language=b.language)
    ),
    "comfort": Kind(
        ComfortBody,
        lambda b, _: ev.ComfortTapped(
            tap=b.tap, screen=b.screen, large_text=b.large_text, more_time=b.more_time
        ),
    ),
    "receipt": Kind(TapBody, lambda b, _: ev.ReceiptTapped(tap=b.tap, screen=b.screen)),
    "done": Kind(TapBody, lambda b, _: ev.DoneTapped(tap=b.tap, screen=b.screen)),
    "code": Kind(
        CodeBody,
        lambda b, door: ev.DebtCodeTyped(
            tap=b.tap, screen=b.screen, debt=door.debt_of_code(bare_code(b.code))
        ),
    ),
    "pretend_coin": Kind(
        ValueBody, lambda b, _: ev.PretendedCoin(tap=b.tap, screen=b.screen, value_minor=b.value_minor)
    ),
    "pretend_note": Kind(
        ValueBody, lambda b, _: ev.PretendedNote(tap=b.tap, screen=b.screen, value_minor=b.value_minor)
    ),
    "pretend_card": Kind(TapBody, lambda b, _: ev.PretendedCard(tap=b.tap, screen=b.screen)),
    "pretend_jam": Kind(JamBody, lambda b, _: ev.PretendedJam(tap=b.tap, screen=b.screen, is_next=b.is_next)),
    "touch": Kind(TapBody, lambda b, _: ev.Touched(tap=b.tap, screen=b.screen)),
}
"""Every kind of tap by the name in its address."""
