"""Readings of clerks' rounds: which one is open, what was done in it, and when the last ones were."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, select

from inventory.catalogue import Catalogue
from inventory.rounds import Lying, Step, Task, plan_round
from inventory.shrink import COUNT_THESE, count_these
from kiosk.core.events import StockCounted
from kiosk.core.facts import STORE
from kiosk.store import models
from kiosk.store.database import ReadTooLongError, reading
from kiosk.store.demand import read_histories
from kiosk.store.goods import read_lots
from kiosk.store.losses import RHYTHM_DAYS, read_doubts, read_losses, usual_gap
from kiosk.store.reading import Position
from kiosk.store.restock import pick_list, plan_restock

ROUNDS_MOST: Final = 50
"""Rounds in a list: with two a week, half a year."""

TRIES: Final = 5
"""Of a reading that a round begins with: on a machine that is busy with something else, the next second is another one."""


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round of a clerk.

    Attributes:
        round: Its id.
        position: The entry that opened it.
        by: Who began it.
        at: When, UTC.
        ended_at: When it was ended; empty while it is open.
        ended_seq: The entry that ended it; 0 while it is open.
    """

    round: str
    position: Position
    by: str
    at: str
    ended_at: str
    ended_seq: int

    @property
    def is_open(self) -> bool:
        """Whether a clerk is at it."""
        return not self.ended_seq


@dataclass(frozen=True, slots=True)
class DoneTask:
    """One task of a round that is over: done by the entry at ``position``, or left on purpose."""

    task: str
    position: Position
    is_left: bool


def read_rounds(connection: Connection, kiosk_id: str, *, most: int = ROUNDS_MOST) -> tuple[RoundRow, ...]:
    """Rounds, newest first."""
    table = models.clerk_round
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id)
        .order_by(table.c.epoch.desc(), table.c.seq.desc())
        .limit(most)
    )
    return tuple(
        RoundRow(row.round, (row.epoch, row.seq), row.begun_by, row.at, row.ended_at, row.ended_seq)
        for row in rows
    )


def read_done(connection: Connection, kiosk_id: str, round_id: str) -> tuple[DoneTask, ...]:
    """What was done in a round so far, or left, oldest first."""
    table = models.round_task
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id, table.c.round == round_id)
        .order_by(table.c.epoch, table.c.seq)
    )
    return tuple(DoneTask(row.task, (row.epoch, row.seq), bool(row.is_left)) for row in rows)


@dataclass(frozen=True, slots=True)
class Part:
    """One step of the round: what is still to do, and how much is over."""

    step: Step
    tasks: tuple[Task, ...]
    done: int

    @property
    def all(self) -> int:
        """Tasks that there were."""
        return self.done + len(self.tasks)


@dataclass(frozen=True, slots=True)
class OpenRound:
    """The round that a clerk is at, with what is left of it."""

    row: RoundRow
    parts: tuple[Part, ...]

    @property
    def open_tasks(self) -> int:
        """Tasks that nobody has done or left yet; the cash aside: whether it is collected, the kiosk's screen tells."""
        return sum(len(part.tasks) for part in self.parts if part.step is not Step.CASH)

    @property
    def next_task(self) -> Task:
        """What comes next."""
        return next(task for part in self.parts for task in part.tasks)

    def part(self, step: Step) -> Part:
        """One of its steps; one that it does not have is empty."""
        return next((part for part in self.parts if part.step is step), Part(step, (), 0))


MOVES: Final = {Step.WASTE: "spoilage", Step.CLEAR: "take_out", Step.FILL: "fill", Step.COUNT: "count"}


def move_of(task: Task, qty: int, *, round_id: str, by: str, was: int | None) -> StockCounted:
    """The move that a clerk makes with a task.

    Args:
        task: One of waste, clear, fill or count.
        qty: Pieces taken out, put in, or found.
        round_id: Its round; with the task's key it is the token, so that twice is once.
        by: Who.
        was: The book that the clerk saw; a count against another one is told first.
    """
    return StockCounted(
        token=token_of(round_id, task.key),
        by=by,
        slot=task.slot,
        move=MOVES[task.step],
        qty=qty,
        sku=task.sku,
        expires_on=task.expires_on.isoformat() if task.expires_on else "",
        lot=task.lot,
        reason="expired" if task.step is Step.WASTE else "",
        was=was if task.step is Step.COUNT else None,
    )


def token_of(round_id: str, key: str) -> str:
    """The token of a task of a round."""
    return f"{round_id}:{key}"


@dataclass(frozen=True, slots=True)
class _Worked:
    """What a round brings and counts, as it was worked out when the round was first looked at.

    Attributes:
        round: Its id.
        catalogue: Goods and places it was worked out for; others make it anew.
        bring: Place and product -> pieces to put in, and how many good pieces lie there then.
        doubtful: Products to count.
    """

    round: str
    catalogue: Catalogue
    bring: Mapping[tuple[str, str], tuple[int, int]]
    doubtful: frozenset[str]


R = TypeVar("R")


class RoundPlans:
    """The open round of a kiosk with what is left of it. What it brings and counts is worked out once for each round.

    Sixteen weeks of sales are looked through for that, and a clerk taps every few seconds: each later look reads only what lies
    where and what was done. A process that starts in the middle of a round works it out again, from the book of that moment.
    Safe to be asked from several threads.
    """

    def __init__(
        self, reader: Engine, kiosk_id: str, *, timezone: str, tax_rates_bp: Mapping[str, int]
    ) -> None:
        """Know where to read.

        Args:
            reader: For reading.
            kiosk_id: Whose rounds.
            timezone: Its own.
            tax_rates_bp: Tax class -> rate, for the margin that the filling is worked out with.
        """
        self._reader = reader
        self._kiosk_id = kiosk_id
        self._timezone = timezone
        self._tax_rates_bp = tax_rates_bp
        self._worked: _Worked | None = None
        self._one = threading.Lock()

    def read(self, catalogue: Catalogue, *, today: date, unsure: Collection[str]) -> OpenRound | None:
        """The open round with what is left of it; None when nobody is at one.

        Args:
            catalogue: Goods and places.
            today: At the kiosk.
            unsure: Coils that are off sale until they are counted.

        Raises:
            ReadTooLongError: The machine is too busy even to work it out in pieces.
        """
        with reading(self._reader) as connection:
            newest = read_rounds(connection, self._kiosk_id, most=1)
            if not newest or not newest[0].is_open:
                return None
            done = {each.task for each in read_done(connection, self._kiosk_id, newest[0].round)}
        with self._one:
            worked = self._worked
            if worked is None or worked.round != newest[0].round or worked.catalogue is not catalogue:
                counted = done - {_count_key(each) for each in unsure}
                worked = self._worked = self._work_out(newest[0].round, catalogue, today, counted)
        with reading(self._reader) as connection:
            lying = read_lying(connection, self._kiosk_id)
        tasks = plan_round(
            catalogue.slots.values(),
            lying,
            today=today,
            bring=_still_to_bring(worked, lying, today),
            doubtful=worked.doubtful,
            unsure=unsure,
            stored=[each for each in lying if each.slot == STORE],
            shelf_life_days={
                sku: product.shelf_life_days
                for sku, product in catalogue.products.items()
                if product.shelf_life_days
            },
        )
        parts = tuple(
            Part(
                step,
                tuple(task for task in tasks if task.step is step and task.key not in done),
                sum(1 for key in done if key.partition("-")[0] == step),
            )
            for step in Step
        )
        return OpenRound(newest[0], tuple(part for part in parts if part.all or part.step is not Step.CLEAR))

    def _work_out(
        self, round_id: str, catalogue: Catalogue, today: date, counted_tasks: Collection[str]
    ) -> _Worked:
        """What to bring and what to count; ``counted_tasks`` are counts done in this round before.

        Each reading has a connection of its own and what is reckoned has none: a reader's time runs from its opening.
        """
        kiosk_id, timezone = self._kiosk_id, self._timezone
        lying = self._ask(lambda connection: read_lying(connection, kiosk_id))
        histories = self._ask(
            lambda connection: read_histories(connection, kiosk_id, today, timezone=timezone)
        )
        days = self._ask(
            lambda connection: usual_gap(connection, kiosk_id, catalogue, today, timezone=timezone)
        )
        held = _good_pieces(lying, today)
        restocks = plan_restock(
            catalogue, held, histories, today=today, days=days, tax_rates_bp=self._tax_rates_bp
        )
        losses = self._ask(
            lambda connection: read_losses(
                connection, kiosk_id, catalogue, today=today, days=RHYTHM_DAYS, timezone=timezone
            )
        )
        doubts = self._ask(
            lambda connection: read_doubts(
                connection, kiosk_id, catalogue, losses, today=today, days=RHYTHM_DAYS, timezone=timezone
            )
        )
        counted = {slot.sku for slot in catalogue.slots.values() if _count_key(slot.code) in counted_tasks}
        rest = count_these(
            (each for each in doubts if each.sku not in counted), max(0, COUNT_THESE - len(counted))
        )
        return _Worked(
            round_id,
            catalogue,
            {
                (fill.slot.code, fill.slot.sku): (
                    fill.qty,
                    max(0, held.get((fill.slot.code, fill.slot.sku), 0)),
                )
                for fill, _ in pick_list(restocks)
            },
            frozenset(counted | {each.sku for each in rest}),
        )

    def _ask(self, read: Callable[[Connection], R]) -> R:
        """One reading; one that a busy machine ended is tried again."""
        for _ in range(TRIES - 1):
            try:
                with reading(self._reader) as connection:
                    return read(connection)
            except ReadTooLongError:
                continue
        with reading(self._reader) as connection:
            return read(connection)


def read_lying(connection: Connection, kiosk_id: str) -> tuple[Lying, ...]:
    """What lies where by the book, lot by lot."""
    return tuple(
        Lying(
            row.slot,
            row.sku,
            date.fromisoformat(row.expires_on) if row.expires_on else None,
            row.lot,
            row.qty,
        )
        for row in read_lots(connection, kiosk_id)
    )


def _good_pieces(lying: Iterable[Lying], today: date) -> dict[tuple[str, str], int]:
    """Place and product -> pieces that can still be sold: expired ones are pulled before anything is filled."""
    held: dict[tuple[str, str], int] = {}
    for each in lying:
        if each.expires_on is None or each.expires_on >= today:
            held[each.slot, each.sku] = held.get((each.slot, each.sku), 0) + each.qty
    return held


def _still_to_bring(worked: _Worked, lying: Iterable[Lying], today: date) -> dict[str, int]:
    """Place -> pieces to put in: as worked out, less what somebody else has put there meanwhile."""
    held = _good_pieces(lying, today)
    return {
        slot: min(qty, qty + before - held.get((slot, sku), 0))
        for (slot, sku), (qty, before) in worked.bring.items()
        if slot in worked.catalogue.slots and worked.catalogue.slots[slot].sku == sku
    }


def _count_key(slot: str) -> str:
    return f"{Step.COUNT}-{slot}"
