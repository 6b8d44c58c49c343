"""What a clerk does at the kiosk, from the page's JSON to typed events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from inventory.rounds import Step, with_day
from kiosk.core import events as ev
from kiosk.core.draft import Notice
from kiosk.core.screen import View
from kiosk.i18n import parse_amount, parse_count
from kiosk.runtime.door import TillDoor
from kiosk.store.rounds import move_of, token_of
from web.denominations import latin_digits
from web.kiosk_ui.backroom import Backroom
from web.kiosk_ui.taps import Id

Typed = Annotated[str, Meta(max_length=32)]
"""What a clerk typed; read by `parse_amount` or `parse_count`."""
Short = Annotated[str, Meta(min_length=1, max_length=64)]

NOT_IN_SERVICE: Final = Notice("not_in_service", is_refusal=True)


class SignInBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who a clerk says they are."""

    name: Short
    pin: Short


class NothingBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An act that needs nothing but the clerk."""


class FillBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Coins put into a hopper."""

    token: Id
    device: Short
    qty: Typed


class FloatBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All but ``keep`` pieces of a recycler or coin unit into its own box."""

    token: Id
    device: Short
    keep: Typed


class OutBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Cash box and stackers are out now."""

    token: Id


PIECES: Final = "pieces:"
"""How the fields of a count begin: then come the container and, behind another colon, the value of the piece."""

CountBody = dict[Annotated[str, Meta(max_length=96)], Typed]
"""A count as its form brings it: token, collection, bag, float_left, and a field for each piece that was counted."""


class TryBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A coil is to turn once, to see whether it works."""

    token: Id
    slot: Short


class DrawerBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The cash drawer is to open."""

    token: Id


class StockBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Goods of one slot filled, counted or thrown away."""

    token: Id
    slot: Short
    move: Literal["fill", "count", "spoilage"]
    qty: Typed


class RoundBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A step of the clerk's round: begin it, do or leave its next task, end it."""

    token: Id
    act: Literal["begin", "done", "leave", "end"]
    round: Annotated[str, Meta(max_length=64)] = ""
    task: Annotated[str, Meta(max_length=128)] = ""
    qty: Typed = ""
    was: int | None = None
    last_day: dt.date | None = None


B = TypeVar("B")


class ServiceActs:
    """The clerk's acts. All but signing in need the service screen, and go under the name of the clerk who is there."""

    def __init__(self, door: TillDoor, backroom: Backroom) -> None:
        self._door = door
        self._backroom = backroom
        self._acts: dict[str, Callable[[bytes], Notice]] = {
            "sign_in": self._sign_in,
            "fill": self._of(FillBody, self._fill),
            "float": self._of(FloatBody, self._float),
            "out": self._of(OutBody, lambda b, clerk: ev.BoxesTaken(token=b.token, clerk=clerk)),
            "count": self._of(CountBody, self._count),
            "try": self._of(TryBody, lambda b, clerk: ev.CoilTestAsked(b.token, clerk, b.slot)),
            "drawer": self._of(DrawerBody, lambda b, clerk: ev.DrawerAsked(token=b.token, clerk=clerk)),
            "stock": self._of(StockBody, self._stock),
            "halt": self._of(NothingBody, lambda _, clerk: ev.HaltAsked(clerk=clerk)),
            "release": self._of(NothingBody, lambda _, clerk: ev.HaltRelease(clerk=clerk)),
            "train": self._of(NothingBody, lambda _, clerk: ev.TrainingAsked(clerk=clerk)),
            "train_end": self._end_training,
            "leave": self._of(NothingBody, lambda _, clerk: ev.ClerkLeft(clerk=clerk)),
        }

    def __contains__(self, act: object) -> bool:
        return act in self._acts

    def do(self, act: str, data: bytes) -> Notice:
        """Do an act and give the answer.

        Raises:
            msgspec.DecodeError: The body is not this act's.
            AmountError: The sum is none.
            CountError: The count is none.
            TillBusyError: The till did not answer.
        """
        return self._acts[act](data)

    def go_round(self, wish: RoundBody) -> Notice:
        """Do a step of the clerk's round. A task's own name is its token, so a second finger does not do it twice.

        Raises:
            CountError: The count is none.
            TillBusyError: The till did not answer.
        """
        screen = self._door.screen()
        if screen.view is not View.SERVICE or not screen.clerk:
            return NOT_IN_SERVICE
        by = screen.clerk
        if wish.act == "begin":
            return self._door.ask(ev.RoundOpened(token=wish.token, by=by)).notice
        if wish.act == "end":
            return self._door.ask(ev.RoundClosed(token=wish.token, by=by, round=wish.round)).notice
        if wish.act == "leave":
            token = token_of(wish.round, wish.task)
            return self._door.ask(ev.TaskLeft(token=token, by=by, round=wish.round, task=wish.task)).notice
        found = self._backroom.round()
        if found is None or found.row.round != wish.round:
            return Notice("round_over", is_refusal=True)
        for task in (task for part in found.parts for task in part.tasks if task.key == wish.task):
            qty = parse_count(wish.qty)
            done = with_day(task, wish.last_day) if task.step is Step.FILL else task
            return self._door.ask(move_of(done, qty, round_id=wish.round, by=by, was=wish.was)).notice
        return Notice("already_done")

    def _of(self, body: type[B], event: Callable[[B, str], ev.PersonEvent]) -> Callable[[bytes], Notice]:
        def act(data: bytes) -> Notice:
            wish = msgspec.json.decode(data, type=body)
            screen = self._door.screen()
            if screen.view is not View.SERVICE or not screen.clerk:
                return NOT_IN_SERVICE
            return self._door.ask(event(wish, screen.clerk)).notice

        return act

    def _end_training(self, data: bytes) -> Notice:
        msgspec.json.decode(data, type=NothingBody)
        return self._door.ask(ev.TrainingLeft(clerk=self._door.screen().clerk)).notice

    def _sign_in(self, data: bytes) -> Notice:
        wish = msgspec.json.decode(data, type=SignInBody)
        return self._backroom.sign_in(wish.name, wish.pin)

    def _fill(self, wish: FillBody, clerk: str) -> ev.PersonEvent:
        return ev.HopperFilled(token=wish.token, clerk=clerk, device=wish.device, qty=parse_count(wish.qty))

    def _float(self, wish: FloatBody, clerk: str) -> ev.PersonEvent:
        return ev.FloatLeft(token=wish.token, clerk=clerk, device=wish.device, keep=parse_count(wish.keep))

    def _count(self, wish: CountBody, clerk: str) -> ev.PersonEvent:
        counts: dict[str, list[tuple[int, int]]] = {name: [] for name in self._out()}
        for name, typed in wish.items():
            if name.startswith(PIECES):
                container, _, value = name.removeprefix(PIECES).rpartition(":")
                counts.setdefault(container, []).append((parse_count(value), parse_count(typed)))
        return ev.CollectionCount(
            token=wish.get("token", ""),
            by=clerk,
            collection=wish.get("collection", ""),
            counts=tuple((container, tuple(pieces)) for container, pieces in counts.items()),
            bag=latin_digits(wish.get("bag", "")),
            float_left_minor=parse_amount(wish.get("float_left", "0"), self._door.screen().exponent),
        )

    def _out(self) -> tuple[str, ...]:
        """Containers that are out: one whose fields all stayed empty was counted too, and is empty."""
        out = self._door.screen().collection
        return out.containers if out else ()

    def _stock(self, wish: StockBody, clerk: str) -> ev.PersonEvent:
        return ev.StockCounted(
            token=wish.token, by=clerk, slot=wish.slot, move=wish.move, qty=parse_count(wish.qty)
        )
