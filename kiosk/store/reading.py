"""The desk's readings: short selects on a read-only connection, each answered with frozen values.

Every reading is bounded. Positions are ``(epoch, seq)``; ids such as ``V1-42`` carry the position of the entry that made
them, so that a figure opens its entries without a search. Amounts are minor units, times are UTC text as stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from kiosk.core import facts as f
from kiosk.journal.entry import Content, Entry, read_content
from kiosk.months import month_days
from kiosk.store import models
from kiosk.store.figure_days import DAY_CHARS, QUARTER_CHARS, read_months_of
from kiosk.store.figures import Kind
from kiosk.store.lists import execute_lists
from kiosk.store.shares import Shares, Source

Position = tuple[int, int]
"""Epoch and sequence number of an entry."""

NOWHERE: Final = (0, 0)
"""Before the first entry of any journal."""

HEAD: Final = (1 << 62, 0)
"""Behind the last one."""

PAGE_ENTRIES: Final = 50
"""Entries on one page of the journal: a screenful or two."""

WINDOW_ENTRIES: Final = 20_000
"""Entries looked at for one page: some 6 MB, in which the database finds what is asked for within a twentieth of the readers' one
second on a desktop machine."""

CHUNK_ENTRIES: Final = 1_000

QUARTERS_MOST: Final = 200
"""Quarters of an hour looked into for one page: each holds an entry, unless the filter asks for more than the account."""

NEVER: Final = "9999"
"""Later than any time in a journal."""

TURNED: Final = "VendEnded"

ALWAYS_DONE: Final = frozenset({"PriceSet", "CollectionRecounted", "UserSaved"})
"""Kinds that only a person brings about, who is named in every one of them: the table `deed` has them all, and is short."""

DELIVERED: Final = f.VendOutcome.DELIVERED.value
UNDELIVERED: Final = "undelivered"
"""Its places are in the rollups, as the accounts of postings are."""

ROWS_MOST: Final = 200
"""Codes and debts in one list; more is a matter for a search."""

SALES_MOST: Final = 5_000
"""Sales read for one day: a sale every seventeen seconds around the clock."""

_ID: Final = re.compile(r"[A-Z]([0-9]{1,9})-([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds; debit is positive."""

    account: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Sale:
    """One closed sale."""

    receipt_no: int
    position: Position
    visit: str
    at: str
    total_minor: int
    pieces: int


@dataclass(frozen=True, slots=True)
class ProductSold:
    """Pieces and money of one product."""

    sku: str
    qty: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class DebtRow:
    """Money owed, open or closed; ``state`` is open, redeemed, handed_over, dropped or refunded."""

    debt: str
    position: Position
    at: str
    visit: str
    amount_minor: int
    reason: str
    is_certain: bool
    state: str
    claim: str


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device's last known condition."""

    device: str
    kind: str
    is_online: bool
    fault: str
    at: str
    seq: int


@dataclass(frozen=True, slots=True)
class StockRow:
    """What the book says is in a slot."""

    slot: str
    sku: str
    qty: int


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code that was scanned and is none of our goods."""

    code: str
    reason: str
    qty: int
    at: str


@dataclass(frozen=True, slots=True)
class UserRow:
    """Somebody who may sign in. ``failures`` in a row, the last at ``failed_at``."""

    name: str
    role: str
    secret_hash: str
    failures: int
    failed_at: str


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries of the journal are wanted; empty fields ask for nothing.

    Attributes:
        account: An account; with a star at its end every account that begins so.
        visit: A visit's id.
        kind: A fact's name.
        slot: A place for goods that the fact names.
        outcome: How a coil's turn ended: `DELIVERED`, or `UNDELIVERED` for all that did not end so.
        start_at: First moment (UTC text).
        end_at: First moment that is too late; without it ``start_at`` means nothing.
        shares: Which entries make a figure; the others are left out.
    """

    account: str = ""
    visit: str = ""
    kind: str = ""
    slot: str = ""
    outcome: str = ""
    start_at: str = ""
    end_at: str = ""
    shares: Shares | None = None

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the rollups know the places of the wanted entries; empty where they know nothing of them."""
        if self.shares is not None:
            return self.shares.sources
        if self.account:
            return ((Kind.ACCOUNT, self.account),)
        return ((Kind.TURN, self.slot),) if self.slot and self.kind == TURNED else ()


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries, and where to go on.

    Attributes:
        entries: Newest first; of one visit, oldest first.
        go_on: Position from which the next page continues (itself excluded), or None at the journal's end.
        looked_to: When the oldest entry that was looked at was written (UTC text), where the page ends before it is full.
    """

    entries: tuple[Entry, ...]
    go_on: Position | None
    looked_to: str = ""


def position_of(name: str) -> Position | None:
    """The position that an id such as ``D1-42`` carries, or None when it is no such id."""
    found = _ID.fullmatch(name)
    return (int(found[1]), int(found[2])) if found else None


def day_bounds(day: date, timezone: str) -> tuple[str, str]:
    """First moment of a local day and of the next, as the journal writes them; a day of 23 or 25 hours is right too."""
    zone = ZoneInfo(timezone)
    ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    start, end = (each.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") for each in ends)
    return start, end


def month_bounds(month: str, timezone: str) -> tuple[str, str]:
    """First moment of a local month and of the next, as the journal writes them.

    Raises:
        ValueError: It is no month.
    """
    first, last = month_days(month)
    return day_bounds(first, timezone)[0], day_bounds(last, timezone)[1]


# --- money ----------------------------------------------------------------------------------------------------------


def read_balances(connection: Connection, kiosk_id: str) -> tuple[Balance, ...]:
    """All accounts that ever moved, by name; balances of 0 too."""
    table = models.balance
    rows = connection.execute(
        select(table.c.account, table.c.amount_minor)
        .where(table.c.kiosk_id == kiosk_id)
        .order_by(table.c.account)
    )
    return tuple(Balance(row.account, row.amount_minor) for row in rows)


def read_sales(connection: Connection, kiosk_id: str, start_at: str, end_at: str) -> tuple[Sale, ...]:
    """Sales closed from ``start_at`` until before ``end_at``, in order; at most `SALES_MOST`."""
    table = models.sale
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id, table.c.at >= start_at, table.c.at < end_at)
        .order_by(table.c.receipt_no)
        .limit(SALES_MOST)
    )
    return tuple(
        Sale(row.receipt_no, (row.epoch, row.seq), row.visit, row.at, row.total_minor, row.pieces)
        for row in rows
    )


def read_products_sold(
    connection: Connection, kiosk_id: str, sales: Iterable[Sale]
) -> tuple[ProductSold, ...]:
    """What those sales sold, the most money first: read from their entries, so that it is the sales' own day."""
    sums: dict[str, list[int]] = {}
    for entry in _entries_at(connection, kiosk_id, [sale.position for sale in sales]):
        fact = read_content(entry).fact
        for line in fact.lines if isinstance(fact, f.SaleClosed) else ():
            both = sums.setdefault(line.sku, [0, 0])
            both[0] += 1
            both[1] += line.price_minor
    found = (ProductSold(sku, qty, gross_minor) for sku, (qty, gross_minor) in sums.items())
    return tuple(sorted(found, key=lambda each: (-each.gross_minor, each.sku)))


def _debt(row: Any) -> DebtRow:
    return DebtRow(
        debt=row.debt,
        position=(row.epoch, row.seq),
        at=row.at,
        visit=row.visit,
        amount_minor=row.amount_minor,
        reason=row.reason,
        is_certain=bool(row.is_certain),
        state=row.state,
        claim=row.claim,
    )


def read_debts(connection: Connection, kiosk_id: str) -> tuple[DebtRow, ...]:
    """Open debts, newest first; at most `ROWS_MOST`."""
    table = models.debt
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id, table.c.state == "open")
        .order_by(table.c.epoch.desc(), table.c.seq.desc())
        .limit(ROWS_MOST)
    )
    return tuple(_debt(row) for row in rows)


def read_debt(connection: Connection, kiosk_id: str, debt: str) -> DebtRow | None:
    """One debt in whatever state, or None."""
    table = models.debt
    row = connection.execute(select(table).where(table.c.kiosk_id == kiosk_id, table.c.debt == debt)).first()
    return _debt(row) if row else None


# --- claims ---------------------------------------------------------------------------------------------------------

OPEN_CLAIMS: Final = ("opened", "weighed")
"""States in which a claim waits for a decision."""


# --- goods and devices ----------------------------------------------------------------------------------------------


def read_stock(connection: Connection, kiosk_id: str) -> tuple[StockRow, ...]:
    """The book's stock, by slot."""
    table = models.stock
    rows = connection.execute(
        select(table).where(table.c.kiosk_id == kiosk_id).order_by(table.c.slot, table.c.sku)
    )
    return tuple(StockRow(row.slot, row.sku, row.qty) for row in rows)


def read_sold_out(connection: Connection, kiosk_id: str) -> dict[str, str]:
    """Places that are sold out now by the book -> since when (UTC text)."""
    table = models.stock_out
    rows = connection.execute(
        select(table.c.slot, func.min(table.c.since_at).label("since"))
        .where(table.c.kiosk_id == kiosk_id, table.c.until_at == "")
        .group_by(table.c.slot)
    )
    return {row.slot: row.since for row in rows}


def read_devices(connection: Connection, kiosk_id: str) -> tuple[DeviceRow, ...]:
    """Every device that ever spoke, by name."""
    table = models.device
    rows = connection.execute(select(table).where(table.c.kiosk_id == kiosk_id).order_by(table.c.device))
    return tuple(
        DeviceRow(row.device, row.kind, bool(row.is_online), row.fault, row.at, row.seq) for row in rows
    )


def read_unknown_codes(connection: Connection, kiosk_id: str) -> tuple[UnknownCode, ...]:
    """Codes that are none of our goods, the latest first; at most `ROWS_MOST`."""
    table = models.unknown_code
    rows = connection.execute(
        select(table).where(table.c.kiosk_id == kiosk_id).order_by(table.c.at.desc()).limit(ROWS_MOST)
    )
    return tuple(UnknownCode(row.code, row.reason, row.qty, row.at) for row in rows)


# --- users ----------------------------------------------------------------------------------------------------------


def _user(row: Any) -> UserRow:
    return UserRow(row.name, row.role, row.secret_hash, row.failures, row.failed_at)


def read_users(connection: Connection) -> tuple[UserRow, ...]:
    """Everybody who was ever given a secret, by name."""
    return tuple(_user(row) for row in connection.execute(select(models.desk_user).order_by("name")))


def read_user(connection: Connection, name: str) -> UserRow | None:
    """One of them, or None."""
    table = models.desk_user
    row = connection.execute(select(table).where(table.c.name == name)).first()
    return _user(row) if row else None


# --- the journal ----------------------------------------------------------------------------------------------------


def _entry(row: Any) -> Entry:
    return Entry(
        kiosk_id=row.kiosk_id,
        epoch=row.epoch,
        seq=row.seq,
        at=row.at,
        now_ms=row.now_ms,
        time_ok=bool(row.time_ok),
        boot=row.boot,
        kind=row.kind,
        version=row.version,
        visit=row.visit,
        actor=row.actor,
        body=bytes(row.body),
        digest=bytes(row.digest),
    )


def _entries_at(connection: Connection, kiosk_id: str, positions: list[Position]) -> Iterator[Entry]:
    """The entries at those positions, in chunks that every database takes as parameters."""
    table = models.journal
    by_epoch: dict[int, list[int]] = {}
    for epoch, seq in positions:
        by_epoch.setdefault(epoch, []).append(seq)
    for epoch, seqs in by_epoch.items():
        for start in range(0, len(seqs), CHUNK_ENTRIES):
            statement = select(table).where(
                table.c.kiosk_id == kiosk_id,
                table.c.epoch == epoch,
                table.c.seq.in_(seqs[start : start + CHUNK_ENTRIES]),
            )
            yield from (_entry(row) for row in connection.execute(statement))


def read_entries_at(
    connection: Connection, kiosk_id: str, positions: Iterable[Position]
) -> tuple[Entry, ...]:
    """The entries at those positions, in order; the ones that do not exist are missing."""
    found = _entries_at(connection, kiosk_id, list(positions))
    return tuple(sorted(found, key=lambda entry: (entry.epoch, entry.seq)))


def read_head(connection: Connection, kiosk_id: str) -> Position:
    """The last entry's position; (0, 0) in an empty store."""
    table = models.journal
    row = connection.execute(
        select(table.c.epoch, table.c.seq)
        .where(table.c.kiosk_id == kiosk_id)
        .order_by(table.c.epoch.desc(), table.c.seq.desc())
        .limit(1)
    ).first()
    return (row.epoch, row.seq) if row else (0, 0)


_FIRST_TIMES: Final = (
    "WITH wanted (kiosk_id) AS (VALUES LIST_OF_KIOSKS) "
    "SELECT wanted.kiosk_id, (SELECT at FROM journal WHERE kiosk_id = wanted.kiosk_id ORDER BY epoch, seq LIMIT 1) AS at "
    "FROM wanted"
)


def read_first_times(connection: Connection, kiosk_ids: Iterable[str]) -> dict[str, str]:
    """When each kiosk's journal begins (UTC text); a kiosk without an entry is missing."""
    wanted = [(kiosk_id,) for kiosk_id in kiosk_ids]
    if not wanted:
        return {}
    rows = execute_lists(connection, _FIRST_TIMES, {"LIST_OF_KIOSKS": wanted})
    return {row.kiosk_id: row.at for row in rows if row.at is not None}


def _first_not_before(connection: Connection, kiosk_id: str, epoch: int, last_seq: int, at: str) -> int:
    """The lowest sequence number from which on entries are of ``at`` or later, found by halving.

    Wall time mostly rises with the sequence; where the clock was set back, a few entries of a day may stand elsewhere.
    """
    table = models.journal
    low, high = 1, last_seq + 1
    while low < high:
        middle = (low + high) // 2
        found = connection.execute(
            select(table.c.at).where(
                table.c.kiosk_id == kiosk_id, table.c.epoch == epoch, table.c.seq == middle
            )
        ).scalar()
        if found is not None and found < at:
            low = middle + 1
        else:
            high = middle
    return low


def _start(connection: Connection, kiosk_id: str, end_at: str) -> Position:
    """The position after the last entry that can be older than ``end_at``; after the head when it is empty."""
    epoch, seq = read_head(connection, kiosk_id)
    while end_at and epoch > 1:
        first = _first_not_before(connection, kiosk_id, epoch, seq, end_at)
        if first > 1:
            return epoch, first
        epoch, seq = epoch - 1, _last_of(connection, kiosk_id, epoch - 1)
    if end_at and epoch:
        return epoch, _first_not_before(connection, kiosk_id, epoch, seq, end_at)
    return epoch, seq + 1


def start_of(connection: Connection, kiosk_id: str, at: str) -> Position:
    """The place from which on entries are of ``at`` (UTC text) or later; after the head when there is none.

    Found by halving, so that it costs the same in the tenth year. Where the clock was set back, a few entries of the time before
    may stand behind it.
    """
    return _start(connection, kiosk_id, at)


def _last_of(connection: Connection, kiosk_id: str, epoch: int) -> int:
    table = models.journal
    statement = select(func.max(table.c.seq)).where(table.c.kiosk_id == kiosk_id, table.c.epoch == epoch)
    return int(connection.execute(statement).scalar() or 0)


def postings_to(content: Content, account: str) -> tuple[tuple[str, int, str], ...]:
    """The postings of an entry to ``account`` (a star at its end stands for the rest of a name)."""
    if account.endswith("*"):
        return tuple(each for each in content.postings if each[0].startswith(account[:-1]))
    return tuple(each for each in content.postings if each[0] == account)


def _holds(connection: Connection, text: str) -> ColumnElement[bool]:
    """Whether an entry's bytes hold a text; found by the database, which is many times quicker than reading every entry."""
    body = models.journal.c.body
    if connection.dialect.name == "sqlite":
        return func.instr(body, text.encode()) > 0
    pattern = re.sub(rb"([\\%_])", rb"\\\1", text.encode())
    return body.op("LIKE", is_comparison=True)(b"%" + pattern + b"%")


def _found_by_store(connection: Connection, wanted: EntryFilter) -> list[ColumnElement[bool]]:
    """What the database itself can say of the wanted entries; `_is_wanted` says the rest."""
    table = models.journal
    found: list[ColumnElement[bool]] = []
    if wanted.visit:
        found.append(table.c.visit == wanted.visit)
    if wanted.kind:
        found.append(table.c.kind == wanted.kind)
    if wanted.start_at:
        found.append(table.c.at >= wanted.start_at)
    if wanted.end_at:
        found.append(table.c.at < wanted.end_at)
    if wanted.slot:
        found.append(_holds(connection, f'"{wanted.slot}"'))
    if wanted.account:
        found.append(_holds(connection, _posting_begins(wanted.account)))
    return found


def _posting_begins(account: str) -> str:
    """How a posting to ``account`` begins: inside a JSON text a quotation mark is escaped, so this can only be a posting."""
    return '["' + (account[:-1] if account.endswith("*") else account + '"')


def _has_outcome(fact: f.Fact, outcome: str) -> bool:
    """Whether a turn ended as asked; what is no turn has no outcome."""
    ended = getattr(fact, "outcome", "")
    return bool(ended) and (ended == DELIVERED) == (outcome == DELIVERED)


def _is_wanted(entry: Entry, wanted: EntryFilter) -> bool:
    if wanted.visit and entry.visit != wanted.visit:
        return False
    if wanted.kind and entry.kind != wanted.kind:
        return False
    if wanted.end_at and not wanted.start_at <= entry.at < wanted.end_at:
        return False
    if wanted.slot and (
        f'"{wanted.slot}"'.encode() not in entry.body
        or getattr(read_content(entry).fact, "slot", "") != wanted.slot
    ):
        return False
    if wanted.outcome and not _has_outcome(read_content(entry).fact, wanted.outcome):
        return False
    if wanted.shares is not None and not wanted.shares.of(read_content(entry).fact):
        return False
    if not wanted.account:
        return True
    return _posting_begins(wanted.account).encode() in entry.body and bool(
        postings_to(read_content(entry), wanted.account)
    )


def read_journal(
    connection: Connection, kiosk_id: str, wanted: EntryFilter, *, since: Position | None = None
) -> EntryPage:
    """A page of the journal.

    Args:
        connection: For reading.
        kiosk_id: Whose journal.
        wanted: What to show.
        since: Where the last page ended; None begins at the newest entry, at the day's end, or at the visit's opening.

    Returns:
        At most `PAGE_ENTRIES` entries, found among at most `WINDOW_ENTRIES`. An empty page may still have a ``go_on``: further
        back there may be more.
    """
    opened = position_of(wanted.visit)
    if opened is not None:
        return _read_visit(connection, kiosk_id, wanted, since or (opened[0], opened[1] - 1))
    if wanted.shares is not None and not wanted.sources:
        return EntryPage((), None)
    if wanted.sources:
        return _read_by_rollup(connection, kiosk_id, wanted, since)
    if wanted.kind in ALWAYS_DONE and not wanted.slot:
        return _read_deeds(connection, kiosk_id, wanted, since)
    begin = since or _start(connection, kiosk_id, wanted.end_at)
    until = _start(connection, kiosk_id, wanted.start_at) if wanted.start_at else NOWHERE
    return _walk(connection, kiosk_id, wanted, begin, until=until)


def _read_visit(connection: Connection, kiosk_id: str, wanted: EntryFilter, since: Position) -> EntryPage:
    """A page of one visit, oldest first: the store itself looks for its entries through the window after ``since``.

    What was said of it later, a claim or a payment of what was owed, stands in that window, too; a visit that was settled is not
    looked for beyond it.
    """
    table = models.journal
    epoch, last = since[0], since[1] + WINDOW_ENTRIES
    # A restored kiosk goes on in the next epoch from where its copy ended.
    near = or_(
        *(
            and_(table.c.epoch == each, table.c.seq > since[1], table.c.seq <= last)
            for each in (epoch, epoch + 1)
        )
    )
    rows = connection.execute(
        select(table)
        .where(table.c.kiosk_id == kiosk_id, near, table.c.visit == wanted.visit)
        .order_by(table.c.epoch, table.c.seq)
        .limit(PAGE_ENTRIES)
    ).fetchall()
    found = tuple(entry for entry in map(_entry, rows) if _is_wanted(entry, wanted))
    if len(rows) == PAGE_ENTRIES:
        return EntryPage(found, (rows[-1].epoch, rows[-1].seq))
    is_over = any(row.kind == f.VisitSettled.__name__ for row in rows)
    newest = connection.execute(
        select(func.max(table.c.seq)).where(table.c.kiosk_id == kiosk_id, table.c.epoch == epoch)
    ).scalar()
    return EntryPage(found, None if is_over or (newest or 0) <= last else (epoch, last))


def _read_deeds(
    connection: Connection, kiosk_id: str, wanted: EntryFilter, since: Position | None
) -> EntryPage:
    """A page of one of the kinds that `ALWAYS_DONE` names, however rare it is."""
    table = models.deed
    statement = select(table.c.epoch, table.c.seq).where(
        table.c.kiosk_id == kiosk_id,
        table.c.kind == wanted.kind,
        models.place_in(table) < (since or HEAD),
        table.c.at >= wanted.start_at,
        table.c.at < (wanted.end_at or NEVER),
    )
    rows = connection.execute(
        statement.order_by(table.c.epoch.desc(), table.c.seq.desc()).limit(PAGE_ENTRIES + 1)
    ).fetchall()
    places = [(row.epoch, row.seq) for row in rows[:PAGE_ENTRIES]]
    found = (each for each in read_entries_at(connection, kiosk_id, places) if _is_wanted(each, wanted))
    return EntryPage(tuple(found)[::-1], places[-1] if len(rows) > PAGE_ENTRIES else None)


def _walk(
    connection: Connection,
    kiosk_id: str,
    wanted: EntryFilter,
    since: Position,
    *,
    most: int = PAGE_ENTRIES,
    until: Position = NOWHERE,
    window: int = WINDOW_ENTRIES,
) -> EntryPage:
    """Backwards from a place, through a window of so many entries, down to ``until``; the database looks at the entries."""
    table = models.journal
    found: list[Entry] = []
    asked = _found_by_store(connection, wanted)
    budget = window
    while since > until:
        epoch, seq = since
        first = max(1, seq - budget, until[1] if epoch == until[0] else 1)
        rows = connection.execute(
            select(table)
            .where(
                table.c.kiosk_id == kiosk_id, table.c.epoch == epoch, table.c.seq < seq, table.c.seq >= first
            )
            .where(*asked)
            .order_by(table.c.seq.desc())
            .limit(CHUNK_ENTRIES)
        )
        seen, count = first, 0
        for count, row in enumerate(rows, 1):
            entry = _entry(row)
            if _is_wanted(entry, wanted):
                found.append(entry)
                if len(found) == most:
                    return EntryPage(tuple(found), (epoch, entry.seq))
            if count == CHUNK_ENTRIES:
                seen = entry.seq
        budget -= seq - seen
        since = (epoch, seen)
        if seen == 1 or (epoch, seen) <= until:
            if epoch <= max(1, until[0]):
                break
            since = (epoch - 1, _last_of(connection, kiosk_id, epoch - 1) + 1)
        if budget <= 0:
            return EntryPage(tuple(found), since, _time_behind(connection, kiosk_id, since))
    return EntryPage(tuple(found), None)


def _time_behind(connection: Connection, kiosk_id: str, place: Position) -> str:
    """When the first entry from ``place`` on was written."""
    table = models.journal
    statement = (
        select(table.c.at)
        .where(table.c.kiosk_id == kiosk_id, models.place_in(table) >= place)
        .order_by(table.c.epoch, table.c.seq)
        .limit(1)
    )
    return str(connection.execute(statement).scalar() or "")


def _read_by_rollup(
    connection: Connection, kiosk_id: str, wanted: EntryFilter, since: Position | None
) -> EntryPage:
    """A page of what the rollups know the places of: it costs what it finds, however rare that is."""
    found: list[Entry] = []
    for span in _spans(connection, kiosk_id, wanted, since):
        first = NOWHERE
        stretches = _stretches(connection, kiosk_id, wanted, since, span)
        for first, last in _apart(stretches):
            behind = min(since or HEAD, (last[0], last[1] + 1))
            page = _walk(connection, kiosk_id, wanted, behind, most=PAGE_ENTRIES - len(found), until=first)
            found += page.entries
            if len(found) == PAGE_ENTRIES or page.go_on is not None:
                return EntryPage(tuple(found), page.go_on, page.looked_to)
        if len(stretches) == QUARTERS_MOST:
            return EntryPage(tuple(found), first, _time_behind(connection, kiosk_id, first))
    return EntryPage(tuple(found), None)


def _spans(
    connection: Connection, kiosk_id: str, wanted: EntryFilter, since: Position | None
) -> Iterator[tuple[str, str]]:
    """Stretches of quarters of an hour, newest first: those not summed by days yet, then the months that have what is asked for.

    Where the clock was set back over a month's end by more than a month, entries of then stand where their months are.
    """
    start, end = wanted.start_at[:QUARTER_CHARS], (wanted.end_at or NEVER)[:QUARTER_CHARS]
    if since is not None:
        at = _time_behind(connection, kiosk_id, since)
        if at:  # the days behind it, and a month more for a clock that was set back
            later = date.fromisoformat(at[:DAY_CHARS]) + timedelta(days=31)
            end = min(end, later.isoformat())
    until, months = read_months_of(connection, kiosk_id, wanted.sources)
    if until < end:
        yield max(start, until), end
    for month, following in months:
        begin, before = max(start, month), min(end, until, following)
        if begin < before:
            yield begin, before


def _ended(outcome: str) -> tuple[ColumnElement[bool], ...]:
    """Of the quarters in which a coil turned, those in which a turn ended so; see `kiosk.store.figures` for the columns."""
    failed_qty = models.figure.c.amount_minor + models.figure.c.part_minor
    match outcome:
        case "":
            return ()
        case str() if outcome == DELIVERED:
            return (models.figure.c.qty > failed_qty,)
        case _:
            return (failed_qty > 0,)


def _stretches(
    connection: Connection,
    kiosk_id: str,
    wanted: EntryFilter,
    since: Position | None,
    span: tuple[str, str],
) -> list[tuple[Position, Position]]:
    """From which entry to which the quarters of an hour go in which something of the wanted sources happened.

    Newest first, none outside ``span`` (its end is the first quarter too late) or behind ``since``, at most `QUARTERS_MOST`.
    """
    table = models.figure
    statement = select(table.c.first_epoch, table.c.first_seq, table.c.last_epoch, table.c.last_seq).where(
        table.c.kiosk_id == kiosk_id,
        table.c.quarter >= span[0],
        table.c.quarter < span[1],
        or_(*(_of_source(kind, name, wanted.outcome) for kind, name in wanted.sources)),
    )
    if since is not None:
        statement = statement.where(tuple_(table.c.first_epoch, table.c.first_seq) < since)
    rows = connection.execute(
        statement.order_by(table.c.last_epoch.desc(), table.c.last_seq.desc()).limit(QUARTERS_MOST)
    )
    return [((row.first_epoch, row.first_seq), (row.last_epoch, row.last_seq)) for row in rows]


def _of_source(kind: Kind, name: str, outcome: str) -> ColumnElement[bool]:
    table = models.figure
    is_named = (
        table.c.name.startswith(name[:-1], autoescape=True) if name.endswith("*") else table.c.name == name
    )
    return and_(table.c.kind == kind.value, is_named, *_ended(outcome if kind is Kind.TURN else ""))


def _apart(stretches: list[tuple[Position, Position]]) -> Iterator[tuple[Position, Position]]:
    """The same stretches, newest first, as ones that share no entry: quarters of several accounts and set clocks overlap."""
    first, last = NOWHERE, NOWHERE
    for begin, end in stretches:
        if first == NOWHERE:
            first, last = begin, end
        elif end >= first:
            first = min(first, begin)
        else:
            yield first, last
            first, last = begin, end
    if first != NOWHERE:
        yield first, last
