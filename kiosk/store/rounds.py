"""Readings of clerks' rounds: which one is open, what was done in it, and when the last ones were."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, select

from inventory.catalogue import Catalogue
from inventory.rounds import Lying, Step, Task, plan_round
from inventory.shrink import COUNT_THESE, count_these
from kiosk.core.events import StockCounted
from kiosk.store import models
from kiosk.store.demand import read_histories
from kiosk.store.goods import read_lots
from kiosk.store.losses import RHYTHM_DAYS, read_doubts, read_losses, usual_gap
from kiosk.store.reading import Position, read_stock
from kiosk.store.restock import pick_list, plan_restock

ROUNDS_MOST: Final = 50
"""Rounds in a list: with two a week, half a year."""


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


def read_open_round(
    connection: Connection,
    kiosk_id: str,
    catalogue: Catalogue,
    *,
    today: date,
    timezone: str,
    tax_rates_bp: Mapping[str, int],
    unsure: Collection[str],
) -> OpenRound | None:
    """The open round with what is left of it, worked out from the book of this moment; None when nobody is at one.

    Args:
        connection: For reading.
        kiosk_id: Whose.
        catalogue: Goods and places.
        today: At the kiosk.
        timezone: Its own.
        tax_rates_bp: Tax class -> rate, for the margin that the filling is worked out with.
        unsure: Coils that are off sale until they are counted.
    """
    newest = read_rounds(connection, kiosk_id, most=1)
    if not newest or not newest[0].is_open:
        return None
    done = {each.task for each in read_done(connection, kiosk_id, newest[0].round)}
    tasks = plan_round(
        catalogue.slots.values(),
        read_lying(connection, kiosk_id),
        today=today,
        bring=_bring(connection, kiosk_id, catalogue, today, timezone, tax_rates_bp),
        doubtful=_doubtful(
            connection, kiosk_id, catalogue, today, timezone, done - {_count_key(each) for each in unsure}
        ),
        unsure=unsure,
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


def _bring(  # noqa: PLR0917 - a part of `read_open_round`
    connection: Connection,
    kiosk_id: str,
    catalogue: Catalogue,
    today: date,
    timezone: str,
    tax_rates_bp: Mapping[str, int],
) -> dict[str, int]:
    """Place -> pieces that the restock plan puts in."""
    restocks = plan_restock(
        catalogue,
        {(row.slot, row.sku): row.qty for row in read_stock(connection, kiosk_id)},
        read_histories(connection, kiosk_id, today, timezone=timezone),
        today=today,
        days=usual_gap(connection, kiosk_id, catalogue, today, timezone=timezone),
        tax_rates_bp=tax_rates_bp,
    )
    return {fill.slot.code: fill.qty for fill, _ in pick_list(restocks)}


def _count_key(slot: str) -> str:
    return f"{Step.COUNT}-{slot}"


def _doubtful(  # noqa: PLR0917 - a part of `read_open_round`
    connection: Connection,
    kiosk_id: str,
    catalogue: Catalogue,
    today: date,
    timezone: str,
    done: Collection[str],
) -> set[str]:
    """Products to count: those that this round has counted already, and as many more as are missing to `COUNT_THESE`."""
    counted = {slot.sku for slot in catalogue.slots.values() if _count_key(slot.code) in done}
    losses = read_losses(connection, kiosk_id, catalogue, today=today, days=RHYTHM_DAYS, timezone=timezone)
    doubts = read_doubts(
        connection, kiosk_id, catalogue, losses, today=today, days=RHYTHM_DAYS, timezone=timezone
    )
    rest = count_these(
        (each for each in doubts if each.sku not in counted), max(0, COUNT_THESE - len(counted))
    )
    return counted | {each.sku for each in rest}
