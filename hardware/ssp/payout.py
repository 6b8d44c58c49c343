"""Payouts and moves into the cash box: commanded once, and counted by what the unit itself says and by its levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hardware.events import CoinsPaid, DeviceEvent, Fault, PayoutUnknown, PiecesMoved
from hardware.ssp.messages import (
    DO_IT,
    PAYOUT_ENDS,
    PAYOUT_FAULTS,
    Command,
    Event,
    Level,
    Seen,
    write_levels,
)

STALL_MS: Final = 60_000
"""Nothing moves and nothing is said for this long: halt it, then count. The units' own time-outs are over by then."""
QUEUE_MS: Final = 20_000
"""A payout that could not begin for this long is given back unsent. Well before the 30 s after which a till counts the job
as lost and owes the money: notes that left later would be paid twice."""
MAX_QUEUE: Final = 8
"""Jobs waiting for one unit; the till sends one at a time, so more is a caller's mistake."""
MOST_KEPT: Final = 0xFFFF
"""Pieces of one value that a float order can name: two bytes."""
BUSY_TRIES: Final = 20
"""How often a unit that says "busy" is asked again whether it can pay, once per poll."""


@dataclass(frozen=True, slots=True)
class TubeConfig:
    """One value that a unit can pay: a recycled note or a coin.

    Attributes:
        name: The configured device name.
        value_minor: What one piece is worth.
        channel: The note channel that feeds it; None for coins.
    """

    name: str
    value_minor: int
    channel: int | None = None


@dataclass(slots=True)
class Move:
    """Open work inside a unit that pays nobody: all but ``keep`` pieces of ``tube`` go into the unit's cash box.

    ``level_before`` is None until it was read; ``is_sent`` when the one command went out, and may have been heard.
    """

    name: str
    tube: TubeConfig
    keep: int
    serial: int
    level_before: int | None = None
    is_sent: bool = False


@dataclass(slots=True)
class Job:
    """An open payout.

    Attributes:
        name: The till's name of it.
        tube: What pays.
        qty: Pieces asked.
        serial: Of the unit that was asked.
        level_before: Pieces inside before it; None when the unit keeps no levels.
        is_sent: The one payout command went out, and may have been heard.
        is_started: The unit said that it pays.
        shown: Pieces that it last said have left.
    """

    name: str
    tube: TubeConfig
    qty: int
    serial: int
    level_before: int | None = None
    is_sent: bool = False
    is_started: bool = False
    shown: int = 0


def float_order(levels: Sequence[Level], tube: TubeConfig, keep: int, currency: str) -> tuple[Command, bytes]:
    """The command that leaves ``keep`` pieces of one value and everything of every other value.

    A float by denomination (44) takes away what it does not name, so every other row is named as it is. Where nothing
    stays, the unit is emptied (52): it then counts what it moves.
    """
    rows = [one for one in levels if one.qty and (one.value, one.currency) != (tube.value_minor, currency)]
    if keep:
        rows.append(Level(keep, tube.value_minor, currency))
    if not rows:
        return Command.SMART_EMPTY, b""
    return Command.FLOAT_PIECES, write_levels(rows) + bytes((DO_IT,))


def close_move(move: Move, level: int | None, why: Fault | None) -> DeviceEvent:
    """The end of ``move``: what the unit's level fell by; nobody can tell without a level, or with one that rose."""
    name = move.tube.name
    if not move.is_sent:
        return PiecesMoved(name, move.name, 0, level, why)
    if level is None or move.level_before is None or level > move.level_before:
        return PiecesMoved(name, move.name, None, None, why or Fault.UNSPECIFIED)
    return PiecesMoved(
        name,
        move.name,
        move.level_before - level,
        level,
        (why or Fault.UNSPECIFIED) if level > move.keep else None,
    )


def level_of(levels: Sequence[Level] | None, value_minor: int, currency: str) -> int | None:
    """Pieces of one value inside; None when the unit keeps no levels."""
    if levels is None:
        return None
    return sum(level.qty for level in levels if level.value == value_minor and level.currency == currency)


def close_job(job: Job, seen: Sequence[Seen], level: int | None, currency: str, why: Fault) -> DeviceEvent:
    """The end of ``job``: what left, by the unit's last word and its levels; unknown where the two contradict each other.

    A note that had left the store but not the machine when the power went is put into the cash box: then fewer were paid than
    the level fell. The level never falls by less than was paid.
    """
    name = job.tube.name
    if not job.is_sent:
        return CoinsPaid(name, job.name, 0, None, why, level)
    left = None if level is None or job.level_before is None else job.level_before - level
    end = next((one for one in reversed(seen) if one.event in PAYOUT_ENDS), None)
    if end is None:
        if left is None or not 0 <= left <= job.qty:
            return PayoutUnknown(name, job.name, why)
        return CoinsPaid(name, job.name, left, None, None if left == job.qty else why, level)
    value = end.value_in(currency)
    paid_qty, rest = divmod(value, job.tube.value_minor)
    is_moved = any(
        one.event in {Event.TO_CASHBOX, Event.MOVED_TO_STACKER, Event.PAYOUT_ERROR} for one in seen
    )
    may_hide = is_moved or end.event is not Event.DISPENSED
    fits = left is None or left == paid_qty or (left > paid_qty and may_hide)
    if rest or not fits:
        return PayoutUnknown(name, job.name, Fault.UNSPECIFIED)
    fault = None if paid_qty >= job.qty else PAYOUT_FAULTS[Event(end.event)]
    return CoinsPaid(name, job.name, paid_qty, None, fault, level)
