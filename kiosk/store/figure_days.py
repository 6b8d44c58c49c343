"""Days of figures: what lies in quarters of an hour is summed up when a checkpoint is signed, and what accounts hold is noted.

A row stands for everything from the first of its month to the end of its day, both of UTC: any stretch of days is a few rows of
each name, added and taken away. A checkpoint comes every few hundred entries and between visits, so no sale writes more for it.
Beside the sums stands up to which day they are right; an entry that comes late, because the clock was set back, only turns that
back, and the next checkpoint makes those days again. Readers take what is left, never more than a few days, from the quarters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from kiosk.core import facts as f
from kiosk.journal.entry import Entry
from kiosk.store.lists import ListRow, execute_lists

MONTH_CHARS: Final = len("2026-03")

DAY_CHARS: Final = len("2026-03-02")

QUARTER_CHARS: Final = len("2026-03-02T08:15")

MIDNIGHT: Final = "T00:00"

ACCOUNT: Final = "account"
"""`kiosk.store.figures.Kind.ACCOUNT`: that module reads through this one."""

HELD: Final = "held"
"""The kind of a row that says what an account held at the end of its day; accounts that held nothing have none."""

ROWS_AT_ONCE: Final = 20_000
"""Quarters' rows summed at one checkpoint at the most: some sixty days, a tenth of a second. After a clock that was years behind
it takes many checkpoints. A day has fewer: 96 quarters with at the most two hundred names."""

FIGURE_DAYS_SQL: Final[Mapping[str, str]] = {
    "days_late": "UPDATE figure_until SET until_day = :day WHERE kiosk_id = :kiosk_id AND until_day > :day",
    "days_known": (
        "INSERT INTO figure_until (kiosk_id, until_day, next_day) VALUES (:kiosk_id, '', '') "
        "ON CONFLICT (kiosk_id) DO NOTHING"
    ),
    "days_next": (
        "UPDATE figure_until SET next_day = CASE WHEN until_day >= :day THEN until_day ELSE COALESCE("
        "(SELECT substr(quarter, 1, 10) FROM figure WHERE kiosk_id = :kiosk_id AND quarter >= figure_until.until_day "
        "AND quarter < :day ORDER BY quarter LIMIT 1 OFFSET :most), :day) END WHERE kiosk_id = :kiosk_id"
    ),
    "days_again": (
        "DELETE FROM figure_day WHERE kiosk_id = :kiosk_id "
        "AND day >= (SELECT until_day FROM figure_until WHERE kiosk_id = :kiosk_id) "
        "AND day < (SELECT next_day FROM figure_until WHERE kiosk_id = :kiosk_id)"
    ),
    # Each new day gets what the new days up to it brought, and what the last day before them had: sums of its month, and what
    # accounts held, however long ago they got it.
    "days_summed": (
        "INSERT INTO figure_day (kiosk_id, day, kind, name, qty, amount_minor, part_minor) "
        "WITH due AS (SELECT kiosk_id, until_day, next_day FROM figure_until WHERE kiosk_id = :kiosk_id), "
        "came AS (SELECT figure.kiosk_id, substr(quarter, 1, 10) AS day, kind, name, "
        "sum(qty) AS qty, sum(amount_minor) AS amount_minor, sum(part_minor) AS part_minor "
        "FROM due JOIN figure ON figure.kiosk_id = due.kiosk_id "
        "AND quarter >= due.until_day AND quarter < due.next_day "
        "GROUP BY figure.kiosk_id, substr(quarter, 1, 10), kind, name), "
        "moved AS (SELECT day, kind, name, qty, amount_minor, part_minor FROM came "
        "UNION ALL SELECT day, 'held', name, 0, amount_minor, 0 FROM came WHERE kind = 'account' "
        "UNION ALL SELECT day, kind, name, qty, amount_minor, part_minor FROM figure_day WHERE kiosk_id = :kiosk_id "
        "AND day = (SELECT max(day) FROM figure_day WHERE kiosk_id = :kiosk_id AND day < (SELECT until_day FROM due))), "
        "days AS (SELECT DISTINCT kiosk_id, day FROM came) "
        "SELECT days.kiosk_id, days.day, kind, name, sum(qty), sum(amount_minor), sum(part_minor) "
        "FROM days JOIN moved ON moved.day <= days.day "
        "AND (kind = 'held' OR substr(moved.day, 1, 7) = substr(days.day, 1, 7)) "
        "GROUP BY days.kiosk_id, days.day, kind, name HAVING kind <> 'held' OR sum(amount_minor) <> 0"
    ),
    "days_until": "UPDATE figure_until SET until_day = next_day WHERE kiosk_id = :kiosk_id",
}
"""Statements of this module's rules, by name."""

_OF_A_CHECKPOINT: Final = ("days_known", "days_next", "days_again", "days_summed", "days_until")

Write = tuple[str, Mapping[str, object]]


def late_write(entry: Entry) -> Write:
    """Before an entry adds to its quarter: the sums of its day and of later ones, where there are any, are right no more."""
    return "days_late", _day(entry)


def day_writes(entry: Entry, _fact: f.CheckpointSigned) -> Iterator[Write]:
    """At a checkpoint: the days that are over by its clock are summed."""
    values = {**_day(entry), "most": ROWS_AT_ONCE}
    for name in _OF_A_CHECKPOINT:
        yield name, values


def _day(entry: Entry) -> dict[str, object]:
    return {"kiosk_id": entry.kiosk_id, "day": entry.at[:DAY_CHARS]}


# --- reading --------------------------------------------------------------------------------------------------------

_UNTIL: Final = (
    "WITH wanted (kiosk_id) AS (VALUES LIST_OF_KIOSKS) "
    "SELECT wanted.kiosk_id, until_day, (SELECT min(day) FROM figure_day WHERE kiosk_id = wanted.kiosk_id) AS first_day "
    "FROM wanted JOIN figure_until ON figure_until.kiosk_id = wanted.kiosk_id"
)

# Of each stretch of days, which lies in one month, the last row of each name is its sum since that month's first.
_SUMMED: Final = (
    "WITH quarters (kiosk_id, since, before) AS (VALUES LIST_OF_QUARTERS), "
    "added (kiosk_id, since, before) AS (VALUES LIST_OF_ADDED), "
    "taken (kiosk_id, since, before) AS (VALUES LIST_OF_TAKEN), "
    "whole (kiosk_id, since, before) AS (VALUES LIST_OF_WHOLE), "
    "months (since, before) AS (VALUES LIST_OF_MONTHS), "
    "stretches AS (SELECT kiosk_id, since, before, 1 AS sign FROM added "
    "UNION ALL SELECT kiosk_id, since, before, -1 FROM taken "
    "UNION ALL SELECT kiosk_id, months.since, months.before, 1 FROM whole JOIN months "
    "ON months.since >= whole.since AND months.before <= whole.before) "
    "SELECT kiosk_id, kind, name, sum(qty) AS qty, sum(amount_minor) AS amount_minor, sum(part_minor) AS part_minor FROM ("
    "SELECT figure.kiosk_id, kind, name, qty, amount_minor, part_minor FROM quarters JOIN figure "
    "ON figure.kiosk_id = quarters.kiosk_id AND quarter >= quarters.since AND quarter < quarters.before "
    "UNION ALL "
    "SELECT figure_day.kiosk_id, kind, name, sign * qty, sign * amount_minor, sign * part_minor FROM stretches "
    "JOIN figure_day ON figure_day.kiosk_id = stretches.kiosk_id AND kind <> 'held' AND day = (SELECT max(last.day) "
    "FROM figure_day AS last WHERE last.kiosk_id = stretches.kiosk_id "
    "AND last.day >= stretches.since AND last.day < stretches.before)"
    ") AS summed WHERE kind = :kind OR :kind = '' GROUP BY kiosk_id, kind, name "
    "HAVING sum(qty) <> 0 OR sum(amount_minor) <> 0 OR sum(part_minor) <> 0 ORDER BY kiosk_id, kind, name"
)

_HELD: Final = (
    "WITH spans (kiosk_id, since, before) AS (VALUES LIST_OF_SPANS) "
    "SELECT kiosk_id, name, sum(amount_minor) AS amount_minor FROM ("
    "SELECT figure_day.kiosk_id, name, amount_minor FROM spans JOIN figure_day "
    "ON figure_day.kiosk_id = spans.kiosk_id AND kind = 'held' AND day = (SELECT max(last.day) "
    "FROM figure_day AS last WHERE last.kiosk_id = spans.kiosk_id AND last.day < spans.since) "
    "UNION ALL "
    "SELECT figure.kiosk_id, name, amount_minor FROM spans JOIN figure ON figure.kiosk_id = spans.kiosk_id "
    "AND quarter >= spans.since AND quarter < spans.before AND kind = 'account'"
    ") AS moved GROUP BY kiosk_id, name HAVING sum(amount_minor) <> 0 ORDER BY kiosk_id, name"
)

NOTHING: Final = ("", "")
"""A stretch without a moment: a list of SQL has one row at the least."""


def _summed_days(connection: Connection, kiosk_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The first day of each kiosk that is summed, and the first that is not; empty where none is."""
    rows = execute_lists(connection, _UNTIL, {"LIST_OF_KIOSKS": [(kiosk_id,) for kiosk_id in kiosk_ids]})
    found = {row.kiosk_id: (row.first_day or "", row.until_day) for row in rows}
    return {kiosk_id: found.get(kiosk_id, NOTHING) for kiosk_id in kiosk_ids}


def read_sums(
    connection: Connection, kiosk_ids: Iterable[str], start_at: str, end_at: str, *, kind: str = ""
) -> Iterable[Row[Any]]:
    """Sums by kiosk, kind and name from ``start_at`` until before ``end_at``, in this order, of one kind or of all but `HELD`.

    Names of which nothing is left are missing.
    """
    wanted = tuple(dict.fromkeys(kiosk_ids))
    if not wanted:
        return ()
    start, end = start_at[:QUARTER_CHARS], end_at[:QUARTER_CHARS]
    begin = start[:DAY_CHARS]
    if start[DAY_CHARS:] != MIDNIGHT:
        begin = (date.fromisoformat(begin) + timedelta(days=1)).isoformat()
    quarters: list[ListRow] = []
    added: list[ListRow] = []
    taken: list[ListRow] = []
    whole: list[ListRow] = []
    for kiosk_id, (earliest, until) in _summed_days(connection, wanted).items():
        last = min(end[:DAY_CHARS], until)
        if begin >= last:
            quarters.append((kiosk_id, start, end))
            continue
        quarters += [(kiosk_id, start, begin), (kiosk_id, last, end)]
        first = max(begin, earliest)
        if first < last:
            taken.append((kiosk_id, _month_of(first), first))
            added.append((kiosk_id, _month_of(last), last))
            whole.append((kiosk_id, _month_of(first), _month_of(last)))
    nothing: list[ListRow] = [(wanted[0], *NOTHING)]
    lists: dict[str, list[ListRow]] = {
        "LIST_OF_QUARTERS": quarters,
        "LIST_OF_ADDED": added or nothing,
        "LIST_OF_TAKEN": taken or nothing,
        "LIST_OF_WHOLE": whole or nothing,
        "LIST_OF_MONTHS": _months(whole) or [NOTHING],
    }
    return execute_lists(connection, _SUMMED, lists, kind=kind)


def _month_of(day: str) -> str:
    """The first day of a day's month."""
    return f"{day[:MONTH_CHARS]}-01"


def _months(whole: Iterable[ListRow]) -> list[ListRow]:
    """Every month between these, its first day and the next month's; each kiosk takes those that are its own."""
    spans = list(whole)
    month, before = min((each[1] for each in spans), default=""), max((each[2] for each in spans), default="")
    found: list[ListRow] = []
    while month < before:
        following = (date.fromisoformat(month) + timedelta(days=31)).replace(day=1).isoformat()
        found.append((month, following))
        month = following
    return found


def read_balances_at(
    connection: Connection, kiosk_ids: Iterable[str], end_at: str
) -> dict[tuple[str, str], int]:
    """What each account of each kiosk held just before ``end_at``; accounts that held nothing are missing.

    What the last summed day held, and what the quarters since then posted: however long the history is, and how long ago.
    """
    wanted = tuple(dict.fromkeys(kiosk_ids))
    if not wanted:
        return {}
    end = end_at[:QUARTER_CHARS]
    days = _summed_days(connection, wanted)
    spans = [(kiosk_id, min(end[:DAY_CHARS], until), end) for kiosk_id, (_, until) in days.items()]
    rows = execute_lists(connection, _HELD, {"LIST_OF_SPANS": spans})
    return {(row.kiosk_id, row.name): int(row.amount_minor) for row in rows}


_MONTHS_OF: Final = (
    "WITH wanted (since, before) AS (VALUES LIST_OF_MONTHS), "
    "names (kind, name, is_group) AS (VALUES LIST_OF_NAMES) "
    "SELECT since FROM wanted WHERE EXISTS (SELECT 1 FROM names JOIN figure_day ON figure_day.kiosk_id = :kiosk_id "
    "AND day = (SELECT max(last.day) FROM figure_day AS last WHERE last.kiosk_id = :kiosk_id "
    "AND last.day >= wanted.since AND last.day < wanted.before) "
    "AND figure_day.kind = names.kind AND (figure_day.name = names.name "
    "OR (is_group = 'yes' AND substr(figure_day.name, 1, length(names.name)) = names.name)))"
)


def read_months_of(
    connection: Connection, kiosk_id: str, sources: Iterable[tuple[str, str]]
) -> tuple[str, list[tuple[str, str]]]:
    """In which months of UTC something of these kinds and names happened: a few seeks a month, none of what happened in it.

    Args:
        connection: For reading.
        kiosk_id: Whose.
        sources: Kinds and names; a star at its end stands for the rest of a name.

    Returns:
        The day until before which days are summed, and of that time the months, newest first: first day, and the next month's.
    """
    earliest, until = _summed_days(connection, (kiosk_id,))[kiosk_id]
    wanted = list(sources)
    if not until or not earliest or not wanted:
        return "", []
    last = (date.fromisoformat(until) + timedelta(days=31)).isoformat()
    months = _months([(kiosk_id, _month_of(earliest), _month_of(last))])
    names: list[ListRow] = [
        (kind, name.removesuffix("*"), "yes" if name.endswith("*") else "no") for kind, name in wanted
    ]
    lists = {"LIST_OF_MONTHS": months, "LIST_OF_NAMES": names}
    found = {row.since for row in execute_lists(connection, _MONTHS_OF, lists, kiosk_id=kiosk_id)}
    return until, [(month, following) for month, following in reversed(months) if month in found]
