"""The outbox is the journal itself: what to send next follows from what the desk says that it holds."""

from __future__ import annotations

from itertools import islice

from sqlalchemy import Connection, text

from kiosk.fleet.wire import MOST_ENTRIES, Ack, Batch
from kiosk.store.ledger import read_entries


class HistoriesDifferError(Exception):
    """The desk holds an entry of this kiosk that its journal does not have, or has with other content. People must look."""


def batch_after(connection: Connection, ack: Ack, most_entries: int = MOST_ENTRIES) -> Batch:
    """The entries that follow ``ack``, at most ``most_entries``; none when the desk holds all.

    A desk that holds more of an old epoch than we do is right to: the journal was restored from a copy, and went on in a new
    epoch. Its answer to that epoch's first entry shows what was lost.

    Raises:
        HistoriesDifferError: What the desk holds is not a history of this journal.
    """
    if ack.place != (0, 0):
        _check_same_history(connection, ack)
    found = read_entries(connection, ack.kiosk_id, after=ack.place, page_rows=min(most_entries, MOST_ENTRIES))
    return Batch(ack.kiosk_id, tuple(islice(found, most_entries)))


def _check_same_history(connection: Connection, ack: Ack) -> None:
    query = text("SELECT digest FROM journal WHERE kiosk_id = :kiosk_id AND epoch = :epoch AND seq = :seq")
    place = {"kiosk_id": ack.kiosk_id, "epoch": ack.epoch, "seq": ack.seq}
    digest = connection.execute(query, place).scalar()
    if digest is not None:
        if bytes(digest).hex() != ack.digest:
            raise HistoriesDifferError(
                f"the desk holds another entry {ack.epoch}-{ack.seq} than this kiosk: was its data folder copied to a second "
                "kiosk, or an old copy put back by hand? Restore with 'kiosk restore'; do not delete either side"
            )
        return
    newest = connection.execute(
        text("SELECT max(epoch) FROM journal WHERE kiosk_id = :kiosk_id"), {"kiosk_id": ack.kiosk_id}
    ).scalar()
    if newest is None or newest <= ack.epoch:
        raise HistoriesDifferError(
            f"the desk holds entry {ack.epoch}-{ack.seq}, which this kiosk's journal does not have: entries were cut off, or an "
            "old copy was put back by hand. Restore with 'kiosk restore', which opens a new epoch"
        )
