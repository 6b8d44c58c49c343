"""What the journal holds around the time that a claim without a visit names, without telling anybody else's purchases.

Whoever writes "it swallowed my money" and has no receipt names a time and nothing more. What speaks for or against them then is
what the house itself said: devices' counts before and after, resets, jams, disturbed lines, windows in which money may have been
swallowed, and the next count of the cash. Other shoppers' visits are told as sums with a beginning and an end: their goods, their
names in the journal and their codes are nobody else's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, and_, func, select

from kiosk.claims.code import place_of
from kiosk.claims.desk import LATE, PHONE_EARLIER, REACH, WINDOW_MOST
from kiosk.core import facts as f
from kiosk.core.facts import Fact
from kiosk.journal.entry import read_content
from kiosk.store import models
from kiosk.store.reading import read_entries_at

_HOUSE: Final = (
    f.Booted,
    f.Recovered,
    f.Stopped,
    f.ClockStepped,
    f.TillHalted,
    f.HaltCleared,
    f.DeviceWentOffline,
    f.DeviceCameOnline,
    f.DeviceTroubled,
    f.LineWasNoisy,
    f.AcceptorBaselined,
    f.CoinFound,
    f.CoinTurnedAway,
    f.MoneyPossiblySwallowed,
    f.HopperBaselined,
    f.HopperDiffered,
    f.NoteLost,
    f.NoteTurnedAway,
    f.StrayDropSeen,
    f.PayoutLost,
    f.DropDoubted,
    f.VendEnded,
    f.CheckpointSigned,
)
HOUSE: Final = frozenset(kind.__name__ for kind in _HOUSE)
"""Kinds of entries that tell of the machine, also while somebody else shopped: what a device did, not what was bought."""

COUNTS: Final = (f.CollectionCounted.__name__, f.CashCollected.__name__)
"""Kinds of entries that say what was found in a cash box; their bodies name clerks and bags, so only the sums are told."""

BASELINES: Final = (f.AcceptorBaselined.__name__, f.HopperBaselined.__name__)
BASELINES_LOOKED: Final = 50
"""First contacts with devices that are looked through for the nearest one of each device."""


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of the journal that a claim without a visit may be about: entries, and the times that chose them (UTC)."""

    first: int
    last: int
    since: str
    until: str


class Neighbour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody else's visit: where it stands in the journal, and its sums in minor units; ``last`` 0 while it goes on."""

    first: int
    last: int
    at: str
    taken_minor: int
    sold_minor: int
    paid_minor: int
    owed_minor: int


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first count of a cash box after the time: what the books expected and what was there, in minor units."""

    seq: int
    at: str
    expected_minor: int
    counted_minor: int


@dataclass(frozen=True, slots=True)
class Around:
    """What is told: the window, the places of the house's entries in it and beside it, the other visits, the next count."""

    window: Window
    seqs: frozenset[int]
    neighbours: tuple[Neighbour, ...]
    counted: tuple[Counted, ...]


def is_told(fact: Fact) -> bool:
    """Whether an entry of the house may be shown to somebody whose visit it was not: goods that fell are a purchase."""
    return not (isinstance(fact, f.VendEnded) and fact.outcome is f.VendOutcome.DELIVERED)


def read_around(connection: Connection, kiosk_id: str, *, claim: str, at: str, channel: str) -> Around:
    """What stands around a claim.

    Args:
        connection: Of a reading transaction.
        kiosk_id: Whose journal.
        claim: Its id, which is its place.
        at: When it was made (UTC, ISO 8601).
        channel: Says how far back it reaches; see `kiosk.claims.desk.REACH`.
    """
    reader = _Reader(connection, kiosk_id, claim)
    window = reader.window(datetime.fromisoformat(at), REACH.get(channel, REACH[PHONE_EARLIER]))
    seqs = {*reader.house(window), *reader.after(window.last)}
    return Around(
        window=window,
        seqs=frozenset(seqs),
        neighbours=tuple(reader.neighbours(window)),
        counted=tuple(reader.counted(window.last)),
    )


def _second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


class _Reader:
    """Reads the surroundings of one claim; what it scans is bounded by `WINDOW_MOST` entries on each side."""

    def __init__(self, connection: Connection, kiosk_id: str, claim: str) -> None:
        self._connection = connection
        self._kiosk_id = kiosk_id
        self._epoch, self._seq = place_of(claim)
        journal = models.journal.c
        self._mine = and_(journal.kiosk_id == kiosk_id, journal.epoch == self._epoch)

    def window(self, made: datetime, reach: timedelta) -> Window:
        """As a claim is weighed when it comes: time chooses the first and the last place, whatever the clock did between."""
        journal = models.journal.c
        since, until = _second(made - reach), _second(made + LATE)

        def chosen(what: Any, first: int, last: int, wanted: Any) -> int:
            found = self._connection.execute(
                select(what).where(self._mine, journal.seq.between(first, last), wanted)
            ).scalar()
            return int(found or self._seq)

        seq = self._seq
        return Window(
            first=chosen(func.min(journal.seq), max(1, seq - WINDOW_MOST), seq, journal.at >= since),
            last=chosen(func.max(journal.seq), seq, seq + WINDOW_MOST, journal.at <= until),
            since=since,
            until=until,
        )

    def house(self, window: Window) -> Iterator[int]:
        """The machine's own entries in the window."""
        journal = models.journal.c
        yield from self._connection.execute(
            select(journal.seq).where(
                self._mine, journal.seq.between(window.first, window.last), journal.kind.in_(HOUSE)
            )
        ).scalars()

    def after(self, last: int) -> Iterator[int]:
        """The next first contact with each device: its counts then show what it did meanwhile."""
        journal = models.journal.c
        for kind in BASELINES:
            rows = self._connection.execute(
                select(journal.seq, journal.body)
                .where(
                    self._mine, journal.seq.between(last + 1, last + 2 * WINDOW_MOST), journal.kind == kind
                )
                .order_by(journal.seq)
                .limit(BASELINES_LOOKED)
            ).all()
            seen: set[str] = set()
            for row in rows:
                device = str(msgspec.json.decode(bytes(row.body))["fact"].get("device", ""))
                if device not in seen:
                    seen.add(device)
                    yield int(row.seq)

    def neighbours(self, window: Window) -> Iterator[Neighbour]:
        """Visits that began in the window, or were going on when it began, in order."""
        book = models.visit.c
        places = [
            (int(row.seq), str(row.visit))
            for row in self._connection.execute(
                select(models.journal.c.seq, models.journal.c.visit).where(
                    self._mine,
                    models.journal.c.seq.between(max(1, window.first - WINDOW_MOST), window.last),
                    models.journal.c.kind == f.VisitOpened.__name__,
                )
            )
        ]
        last_before = max((seq for seq, _ in places if seq < window.first), default=0)
        names = [name for seq, name in places if seq >= (last_before or window.first)]
        for start in range(0, len(names), 500):  # a statement takes so many values and not many more
            rows = self._connection.execute(
                select(models.visit)
                .where(book.kiosk_id == self._kiosk_id, book.visit.in_(names[start : start + 500]))
                .order_by(book.opened_seq)
            ).all()
            for row in rows:
                if row.settled_seq and row.settled_seq < window.first:
                    continue
                yield Neighbour(
                    first=row.opened_seq,
                    last=row.settled_seq,
                    at=row.at,
                    taken_minor=row.taken_minor,
                    sold_minor=row.sold_minor,
                    paid_minor=row.paid_minor,
                    owed_minor=row.owed_minor,
                )

    def counted(self, last: int) -> Iterator[Counted]:
        """The first count of the cash after the window."""
        journal = models.journal.c
        seq = self._connection.execute(
            select(func.min(journal.seq)).where(
                self._mine,
                journal.seq.between(last + 1, last + 2 * WINDOW_MOST),
                journal.kind.in_(COUNTS),
            )
        ).scalar()
        for entry in read_entries_at(self._connection, self._kiosk_id, [(self._epoch, int(seq or 0))]):
            fact = read_content(entry).fact
            if isinstance(fact, f.CollectionCounted | f.CashCollected):
                yield Counted(entry.seq, entry.at, fact.expected_minor, fact.counted_minor)
