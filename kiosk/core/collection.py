"""Rules for cash that leaves the machine: taken out, counted, corrected, handed on, paid in; and the close of a day.

A collection is opened by one entry, which fixes where its period ends, and closed by another. Between them the money is in
transit: a stop of any length changes nothing about it, and what falls into the empty box belongs to the next collection.
"""

from __future__ import annotations

from typing import Final

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft
from kiosk.core.pieces import pieces_in
from kiosk.core.postings import CASH_BOX, hopper_of, stacker_container
from kiosk.core.service import MOST_COUNTED_MINOR
from kiosk.core.trade import between

MOST_PIECES: Final = 100_000
"""More pieces of one value than any box holds; a slip of the finger shall not look like one."""

MOST_VALUES: Final = 64
"""More values than any currency has coins and notes."""

BAG_LENGTH: Final = 32
"""Longer than the number on any seal."""

REASON_LENGTH: Final = 200
"""A sentence; a name is shorter."""

BAGS_MOST: Final = 200
"""Bags on their way at once: two years of weekly collections that nobody paid in."""


def boxes_taken(draft: Draft, event: ev.BoxesTaken) -> None:
    """Box and stackers are out: their books end here and the money is in transit, counted or not."""
    known = (CASH_BOX, *(stacker_container(device) for device in draft.rules.notes))
    wanted = event.containers or known
    if strange := [each for each in wanted if each not in known]:
        draft.refuse("unknown_device", device=strange[0])
    elif any(book.move and book.move.container in wanted for book in draft.state.hoppers.values()):
        draft.refuse("move_runs")  # what is still on its way would be missing in the count
    elif draft.is_repeat(event.token):
        pass
    elif draft.state.collection is not None:
        draft.refuse("collection_open")
    elif len(draft.state.bags) >= BAGS_MOST:
        draft.refuse("bags_waiting")
    else:
        cash = draft.state.cash
        draft.add(
            f.CollectionStarted(
                token=event.token,
                clerk=event.clerk,
                collection=draft.next_id("B"),
                taken=tuple(
                    f.CashTaken(each, cash.get(each, 0), pieces_in(draft.state.pieces, each))
                    for each in known
                    if each in wanted
                ),
                float_minor=sum(minor for name, minor in cash.items() if hopper_of(name)),
            )
        )
        draft.say("boxes_out")


def _read_counts(counts: ev.Counts) -> tuple[f.CashCounted, ...] | None:
    """The counts as a fact has them, values in order and without empty rows; None when they are none."""
    found: list[f.CashCounted] = []
    for container, pieces in counts:
        values = dict(pieces)
        is_sane = len(values) == len(pieces) <= MOST_VALUES and all(
            value > 0 and 0 <= qty <= MOST_PIECES for value, qty in pieces
        )
        counted_minor = sum(value * qty for value, qty in pieces)
        if not is_sane or counted_minor > MOST_COUNTED_MINOR:
            return None
        kept = tuple(sorted((value, qty) for value, qty in pieces if qty))
        found.append(f.CashCounted(container, counted_minor, kept))
    return tuple(found) if len({each.container for each in found}) == len(found) else None


def collection_counted(draft: Draft, event: ev.CollectionCount) -> None:
    """The open collection is counted and sealed; the difference is booked and told."""
    is_open = draft.state.collection
    bag = event.bag.strip()
    if draft.is_repeat(event.token):
        return
    if is_open is None or is_open.collection != event.collection:
        draft.refuse("no_collection")
        return
    counted = _read_counts(event.counts)
    is_whole = counted is not None and {each.container for each in counted} == set(is_open.expected)
    if counted is None or not is_whole or not 0 <= event.float_left_minor <= MOST_COUNTED_MINOR:
        draft.refuse("count_needed")
    elif len(bag) > BAG_LENGTH:
        draft.refuse("bag_too_long", most=str(BAG_LENGTH))
    elif bag and bag in draft.state.bag_numbers:
        draft.refuse("bag_used", bag=bag)
    else:
        counted_minor = sum(each.counted_minor for each in counted)
        expected_minor = is_open.expected_minor
        draft.add(
            f.CollectionCounted(
                token=event.token,
                by=event.by,
                collection=is_open.collection,
                bag=bag,
                counted=counted,
                expected_minor=expected_minor,
                counted_minor=counted_minor,
                float_left_minor=event.float_left_minor,
            )
        )
        draft.say(
            "collected",
            expected_minor=str(expected_minor),
            counted_minor=str(counted_minor),
            variance_minor=str(counted_minor - expected_minor),
        )


def collection_recounted(draft: Draft, event: ev.CollectionRecount) -> None:
    """A wrong count is put right by a new entry; once the bank has counted, the bank's count stands."""
    bag = draft.state.bags.get(event.collection)
    if draft.is_repeat(event.token):
        return
    if bag is None:
        draft.refuse("bag_not_here")
        return
    counted = _read_counts(event.counts)
    before = {each.container: each for each in bag.counted}
    if not counted or {each.container for each in counted} - before.keys():
        draft.refuse("count_needed")
    elif not event.reason.strip():
        draft.refuse("reason_needed")
    else:
        after = tuple({**before, **{each.container: each for each in counted}}.values())
        draft.add(
            f.CollectionRecounted(
                token=event.token,
                by=event.by,
                collection=event.collection,
                reason=event.reason.strip()[:REASON_LENGTH],
                counted=after,
                was_minor=bag.amount_minor,
                counted_minor=sum(each.counted_minor for each in after),
            )
        )
        draft.say("recounted")


def bag_given(draft: Draft, event: ev.BagGiven) -> None:
    """A bag changes hands."""
    bag = draft.state.bags.get(event.collection)
    if draft.is_repeat(event.token):
        pass
    elif bag is None:
        draft.refuse("bag_not_here")
    elif not event.to.strip():
        draft.refuse("name_needed")
    else:
        draft.add(
            f.BagHandedOver(
                token=event.token,
                by=event.by,
                collection=event.collection,
                bag=bag.bag,
                amount_minor=bag.amount_minor,
                to=event.to.strip()[:REASON_LENGTH],
            )
        )
        draft.say("bag_given")


def bag_paid_in(draft: Draft, event: ev.BagPaidIn) -> None:
    """A bag was paid in: its way ends, and what was counted there stands."""
    bag = draft.state.bags.get(event.collection)
    if draft.is_repeat(event.token):
        pass
    elif bag is None:
        draft.refuse("bag_not_here")
    elif not 0 <= event.banked_minor <= MOST_COUNTED_MINOR:
        draft.refuse("count_needed")
    else:
        draft.add(
            f.BagBanked(
                token=event.token,
                by=event.by,
                collection=event.collection,
                bag=bag.bag,
                amount_minor=bag.amount_minor,
                banked_minor=event.banked_minor,
            )
        )
        draft.say("bag_banked")


def day_closed(draft: Draft, event: ev.DayCloseAsked) -> None:
    """A day ends at this entry; what an open visit does next belongs to the day after."""
    state = draft.state
    if draft.is_repeat(event.token):
        return
    epoch, seq = state.closed_at
    draft.add(
        f.DayClosed(
            token=event.token,
            by=event.by,
            number=state.day_no + 1,
            since_epoch=epoch,
            since_seq=seq,
            period=between(state.closed_trade, state.trade),
            perpetual=state.trade,
            practice=state.training.since_close(),
            practice_ever=state.training.ever(),
        )
    )
    draft.say("day_closed", number=str(state.day_no + 1))
