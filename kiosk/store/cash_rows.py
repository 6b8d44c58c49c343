"""Readings of the journal about cash by piece: what lies in each container, what was collected, what may explain a difference.

Statements and rules as in `kiosk.store.projections`, which runs them; this module is apart because cash has many small tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kiosk.core import facts as f
from kiosk.core.postings import hopper_container
from kiosk.journal.entry import Entry

Write = tuple[str, Mapping[str, object]]

CASH_SQL: Final[Mapping[str, str]] = {
    "collection": (
        "INSERT INTO collection (kiosk_id, collection, epoch, seq, at, clerk, state, by_piece, expected_minor, float_minor, "
        "bag, holder, moved_at, counted_epoch, counted_seq, counted_at, counted_by, counted_minor, float_left_minor, "
        "corrections, banked_minor) "
        "VALUES (:kiosk_id, :collection, :epoch, :seq, :at, :clerk, 'open', 1, :expected_minor, :float_minor, "
        "'', '', '', 0, 0, '', '', 0, 0, 0, 0)"
    ),
    "collection_part": (
        "INSERT INTO collection_part (kiosk_id, collection, container, epoch, seq, since_epoch, since_seq, expected_minor, "
        "counted_minor) VALUES (:kiosk_id, :collection, :container, :epoch, :seq, "
        "COALESCE((SELECT p.epoch FROM collection_part p WHERE p.kiosk_id = :kiosk_id AND p.container = :container "
        "ORDER BY p.epoch DESC, p.seq DESC LIMIT 1), 0), "
        "COALESCE((SELECT p.seq FROM collection_part p WHERE p.kiosk_id = :kiosk_id AND p.container = :container "
        "ORDER BY p.epoch DESC, p.seq DESC LIMIT 1), 0), :expected_minor, 0)"
    ),
    "piece_taken": (
        "INSERT INTO collection_piece (kiosk_id, collection, container, value_minor, expected_qty, counted_qty) "
        "VALUES (:kiosk_id, :collection, :container, :value_minor, :qty, 0)"
    ),
    "collection_total": (
        "UPDATE collection SET state = 'total', by_piece = 0, counted_epoch = :epoch, counted_seq = :seq, counted_at = :at, "
        "counted_by = :clerk, counted_minor = :counted_minor WHERE kiosk_id = :kiosk_id AND collection = :collection"
    ),
    "collection_counted": (
        "UPDATE collection SET state = 'counted', bag = :bag, holder = :by, moved_at = :at, counted_epoch = :epoch, "
        "counted_seq = :seq, counted_at = :at, counted_by = :by, counted_minor = :counted_minor, "
        "float_left_minor = :float_left_minor WHERE kiosk_id = :kiosk_id AND collection = :collection"
    ),
    "collection_recounted": (
        "UPDATE collection SET counted_minor = :counted_minor, corrections = corrections + 1 "
        "WHERE kiosk_id = :kiosk_id AND collection = :collection"
    ),
    "part_counted": (
        "UPDATE collection_part SET counted_minor = :counted_minor "
        "WHERE kiosk_id = :kiosk_id AND collection = :collection AND container = :container"
    ),
    "pieces_uncounted": (
        "UPDATE collection_piece SET counted_qty = 0 "
        "WHERE kiosk_id = :kiosk_id AND collection = :collection AND container = :container"
    ),
    "piece_counted": (
        "INSERT INTO collection_piece (kiosk_id, collection, container, value_minor, expected_qty, counted_qty) "
        "VALUES (:kiosk_id, :collection, :container, :value_minor, 0, :qty) "
        "ON CONFLICT (kiosk_id, collection, container, value_minor) DO UPDATE SET counted_qty = excluded.counted_qty"
    ),
    "bag_handed": (
        "UPDATE collection SET holder = :holder, moved_at = :at WHERE kiosk_id = :kiosk_id AND collection = :collection"
    ),
    "bag_banked": (
        "UPDATE collection SET state = 'banked', moved_at = :at, banked_minor = :banked_minor "
        "WHERE kiosk_id = :kiosk_id AND collection = :collection"
    ),
    "cash_incident": (
        "INSERT INTO cash_incident (kiosk_id, epoch, seq, at, kind, device, container, value_minor, qty) "
        "VALUES (:kiosk_id, :epoch, :seq, :at, :kind, :device, :container, :value_minor, :qty)"
    ),
    "day_close": (
        "INSERT INTO day_close (kiosk_id, number, epoch, seq, at, by, gross_minor, perpetual_minor) "
        "VALUES (:kiosk_id, :number, :epoch, :seq, :at, :by, :gross_minor, :perpetual_minor)"
    ),
}
"""Statements of this module's rules, by name."""

_Rule = Callable[[Entry, Any], Iterator[Write]]


def _key(entry: Entry, **values: object) -> dict[str, object]:
    return {"kiosk_id": entry.kiosk_id, "epoch": entry.epoch, "seq": entry.seq, "at": entry.at, **values}


def _incident(
    entry: Entry, kind: str, device: str, *, container: str = "", value_minor: int = 0, qty: int = 0
) -> Write:
    return (
        "cash_incident",
        _key(entry, kind=kind, device=device, container=container, value_minor=value_minor, qty=qty),
    )


def _coins_found(entry: Entry, fact: f.CoinFound) -> Iterator[Write]:
    yield _incident(
        entry, "found", fact.device, container=fact.container, value_minor=fact.value_minor, qty=fact.qty
    )


def _note_found(entry: Entry, fact: f.NoteFound) -> Iterator[Write]:
    yield _incident(
        entry, "found", fact.device, container=fact.container, value_minor=fact.value_minor, qty=1
    )


def _by_hand(entry: Entry, fact: f.CoinTested) -> Iterator[Write]:
    yield _incident(
        entry, "by_hand", fact.device, container=fact.container, value_minor=fact.value_minor, qty=1
    )


def _left(entry: Entry, fact: f.HopperDiffered) -> Iterator[Write]:
    container = hopper_container(fact.device)
    yield _incident(
        entry, "hopper", fact.device, container=container, value_minor=fact.value_minor, qty=fact.qty
    )


def _moved(entry: Entry, fact: f.CashMoveEnded) -> Iterator[Write]:
    if fact.fault:
        yield _incident(entry, "move", fact.device, container=fact.container, value_minor=fact.value_minor)


# --- what may explain a difference ----------------------------------------------------------------------------------


def _swallowed(entry: Entry, fact: f.MoneyPossiblySwallowed) -> Iterator[Write]:
    yield _incident(entry, "swallowed", fact.device, qty=fact.qty)


def _reset(entry: Entry, fact: f.AcceptorBaselined) -> Iterator[Write]:
    if fact.is_new or (fact.was_restarted and fact.counts is None):
        yield _incident(entry, "reset", fact.device)


def _jam(entry: Entry, fact: f.DeviceTroubled) -> Iterator[Write]:
    if fact.fault and fact.kind in {"coin_acceptor", "note_validator"}:
        yield _incident(entry, "jam", fact.device, qty=1)


def _turned_away(entry: Entry, fact: f.CoinTurnedAway | f.NoteTurnedAway) -> Iterator[Write]:
    if fact.is_returned is None:
        yield _incident(entry, "not_back", fact.device, qty=1)


def _note_lost(entry: Entry, fact: f.NoteLost) -> Iterator[Write]:
    yield _incident(entry, "note_lost", fact.device, value_minor=fact.value_minor, qty=1)


def _payout_lost(entry: Entry, fact: f.PayoutLost) -> Iterator[Write]:
    yield _incident(
        entry,
        "payout",
        fact.device,
        container=hopper_container(fact.device),
        value_minor=fact.value_minor,
        qty=fact.asked_qty,
    )


def _granted(entry: Entry, fact: f.GoodwillGranted) -> Iterator[Write]:
    yield _incident(entry, "claim_paid", "", value_minor=fact.amount_minor, qty=1)


def _handed_over(entry: Entry, fact: f.CashHandedOver) -> Iterator[Write]:
    yield _incident(entry, "handed_over", "", value_minor=fact.amount_minor, qty=1)


# --- collections ----------------------------------------------------------------------------------------------------


def _collected(entry: Entry, fact: f.CashCollected) -> Iterator[Write]:
    """A container that was counted by its total alone."""
    values = _key(
        entry,
        collection=fact.collection,
        container=fact.container,
        clerk=fact.clerk,
        expected_minor=fact.expected_minor,
        counted_minor=fact.counted_minor,
        float_minor=0,
    )
    yield "collection", values
    yield "collection_part", values
    yield "part_counted", values
    yield "collection_total", values


def _started(entry: Entry, fact: f.CollectionStarted) -> Iterator[Write]:
    yield (
        "collection",
        _key(
            entry,
            collection=fact.collection,
            clerk=fact.clerk,
            expected_minor=sum(each.expected_minor for each in fact.taken),
            float_minor=fact.float_minor,
        ),
    )
    for each in fact.taken:
        part = _key(
            entry,
            collection=fact.collection,
            container=each.container,
            expected_minor=each.expected_minor,
        )
        yield "collection_part", part
        for value_minor, qty in each.pieces:
            yield "piece_taken", {**part, "value_minor": value_minor, "qty": qty}


def _count(entry: Entry, collection: str, counted: tuple[f.CashCounted, ...]) -> Iterator[Write]:
    for each in counted:
        part = _key(entry, collection=collection, container=each.container, counted_minor=each.counted_minor)
        yield "part_counted", part
        yield "pieces_uncounted", part
        for value_minor, qty in each.pieces:
            yield "piece_counted", {**part, "value_minor": value_minor, "qty": qty}


def _counted(entry: Entry, fact: f.CollectionCounted) -> Iterator[Write]:
    yield (
        "collection_counted",
        _key(
            entry,
            collection=fact.collection,
            by=fact.by,
            bag=fact.bag,
            counted_minor=fact.counted_minor,
            float_left_minor=fact.float_left_minor,
        ),
    )
    yield from _count(entry, fact.collection, fact.counted)


def _recounted(entry: Entry, fact: f.CollectionRecounted) -> Iterator[Write]:
    yield "collection_recounted", _key(entry, collection=fact.collection, counted_minor=fact.counted_minor)
    yield from _count(entry, fact.collection, fact.counted)


def _bag_handed(entry: Entry, fact: f.BagHandedOver) -> Iterator[Write]:
    yield "bag_handed", _key(entry, collection=fact.collection, holder=fact.to)


def _bag_banked(entry: Entry, fact: f.BagBanked) -> Iterator[Write]:
    yield "bag_banked", _key(entry, collection=fact.collection, banked_minor=fact.banked_minor)


def _day_closed(entry: Entry, fact: f.DayClosed) -> Iterator[Write]:
    yield (
        "day_close",
        _key(
            entry,
            number=fact.number,
            by=fact.by,
            gross_minor=fact.period.gross_minor,
            perpetual_minor=fact.perpetual.gross_minor,
        ),
    )


CASH_RULES: Final[Mapping[type[f.Fact], _Rule]] = {
    f.CoinFound: _coins_found,
    f.NoteFound: _note_found,
    f.CoinTested: _by_hand,
    f.HopperDiffered: _left,
    f.CashMoveEnded: _moved,
    f.MoneyPossiblySwallowed: _swallowed,
    f.AcceptorBaselined: _reset,
    f.DeviceTroubled: _jam,
    f.CoinTurnedAway: _turned_away,
    f.NoteTurnedAway: _turned_away,
    f.NoteLost: _note_lost,
    f.PayoutLost: _payout_lost,
    f.GoodwillGranted: _granted,
    f.CashHandedOver: _handed_over,
    f.CashCollected: _collected,
    f.CollectionStarted: _started,
    f.CollectionCounted: _counted,
    f.CollectionRecounted: _recounted,
    f.BagHandedOver: _bag_handed,
    f.BagBanked: _bag_banked,
    f.DayClosed: _day_closed,
}
"""Fact -> the rows of cash that it changes."""
