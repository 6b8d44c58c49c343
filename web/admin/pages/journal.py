"""The journal, entry by entry: where every figure of the desk leads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from kiosk.core.events import AuditClosed
from kiosk.core.facts import KINDS
from kiosk.journal.entry import Entry, read_content
from kiosk.store.reading import (
    DELIVERED,
    NEVER,
    PAGE_ENTRIES,
    TURNED,
    UNDELIVERED,
    EntryFilter,
    Position,
    day_bounds,
    month_bounds,
    position_of,
    postings_to,
    read_balances,
    read_entries_at,
    read_journal,
)
from web.admin.desk import Desk
from web.admin.entries import entry_words
from web.admin.tables import journal_table
from web.admin.voice import Voice
from web.exports import Format, TooManyRowsError
from web.forms import NothingForm, iso_day

ACCOUNT_CHARS = 80
SLOT_CHARS = 8

GROUPS: Final[Mapping[str, str]] = {
    "JournalOpened": "kinds.machine",
    "DeviceWentOffline": "kinds.devices",
    "VisitOpened": "kinds.visit",
    "CardRequested": "kinds.card",
    "DebtRedeemed": "kinds.claim",
    "ServiceStarted": "kinds.cash",
    "StockMoved": "kinds.goods",
    "AuditTaken": "kinds.people",
}
"""The first kind of each group in the list of kinds: facts stand together where they belong together."""

OUTCOMES: Final = (DELIVERED, UNDELIVERED)

PAGES_MOST = 100
"""Pages of the journal in one file: 5,000 entries, read in a few seconds."""

WINDOWS_MOST = 10
"""Windows of the journal that may end without filling a page: so far back a file looks for something rare."""


def _position(text: str) -> Position | None:
    """A position as pages write it: ``1-42``."""
    return position_of(f"E{text}") if text else None


def asked_entries(desk: Desk) -> tuple[EntryFilter, str, str]:
    """What the address asks for, and its day (ISO 8601) or else its month.

    A field that cannot be what it says ends the request with 400.
    """
    wanted = flask.request.args
    visit, kind, day = wanted.get("visit", ""), wanted.get("kind", ""), iso_day(wanted.get("day", ""))
    month = "" if day else wanted.get("month", "")
    if (visit and position_of(visit) is None) or (kind and kind not in KINDS):
        flask.abort(400)
    start_at, end_at = _bounds(desk, day, month, "" if day or month else wanted.get("from", ""))
    outcome = wanted.get("outcome", "")
    if outcome and outcome not in OUTCOMES:
        flask.abort(400)
    asked = EntryFilter(
        account=wanted.get("account", "")[:ACCOUNT_CHARS],
        visit=visit,
        kind=kind,
        slot=wanted.get("slot", "")[:SLOT_CHARS],
        outcome=outcome,
        start_at=start_at,
        end_at=end_at,
    )
    return asked, day, month


def _bounds(desk: Desk, day: str, month: str, since_day: str) -> tuple[str, str]:
    """First moment and first one too late of a day, a month, or all days since one; what is none ends the request with 400."""
    zone = desk.config.timezone
    try:
        if day:
            return day_bounds(date.fromisoformat(day), zone)
        if month:
            return month_bounds(month, zone)
        if since_day:
            return day_bounds(date.fromisoformat(since_day), zone)[0], NEVER
    except (ValueError, OverflowError):
        flask.abort(400)
    return "", ""


def kind_groups(voice: Voice) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Heading -> the kinds below it by their names in the reader's language, as the journal's list of kinds shows them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    heading = ""
    for kind in KINDS:
        heading = GROUPS.get(kind, heading)
        key = f"kind.{kind}"
        groups.setdefault(heading, []).append((kind, voice.say(key) if voice.knows(key) else kind))
    return tuple((voice.say(key), tuple(kinds)) for key, kinds in groups.items())


def _send(desk: Desk, file: Format, wanted: EntryFilter, period: str) -> ResponseReturnValue:
    """Every entry that the filter finds; a journal that is longer than a file takes asks for a narrower filter."""
    voice, products = desk.voice(), desk.catalogue().products
    rows: list[tuple[Entry, str, int]] = []
    since: Position | None = None
    windows = 0
    for _ in range(PAGES_MOST):
        # A reading for each page: every one has the readers' time for itself, and the log is not held back meanwhile.
        with desk.reading() as connection:
            page = read_journal(connection, desk.kiosk_id, wanted, since=since)
        for entry in page.entries:
            content = read_content(entry)
            amount_minor = sum(each[1] for each in postings_to(content, wanted.account))
            words = entry_words(voice, products, content.fact)
            rows.append((entry, words, voice.shown(wanted.account, amount_minor)))
        since = page.go_on
        windows += len(page.entries) < PAGE_ENTRIES
        if since is None or windows > WINDOWS_MOST:
            break
    if since is not None:
        return desk.refuse_file(TooManyRowsError(PAGES_MOST * PAGE_ENTRIES))
    period = period or voice.say("exports.all")
    if wanted.account:
        period = f"{voice.account(wanted.account)} · {period}"
    table = journal_table(voice, rows, account=wanted.account, period=period)
    return desk.send_file(file, "journal", table)


def say_period(voice: Voice, month: str, since_day: str) -> str:
    """What the days of the page are, where no field of its form says it."""
    if month:
        return voice.month(month)
    return voice.say("journal.since", day=voice.iso_day(since_day)) if since_day else ""


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/journal")
    def journal() -> ResponseReturnValue:
        wanted, day, month = asked_entries(desk)
        since_day = "" if day or month else flask.request.args.get("from", "")
        voice, products = desk.voice(), desk.catalogue().products
        period = say_period(voice, month, since_day)
        file = desk.wanted_file()
        if file is not None:
            return _send(desk, file, wanted, voice.iso_day(day) if day else period)
        since = _position(flask.request.args.get("since", ""))
        with desk.reading() as connection:
            page = read_journal(connection, desk.kiosk_id, wanted, since=since)
            balances = read_balances(connection, desk.kiosk_id)
        rows = []
        for entry in page.entries:
            content = read_content(entry)
            amount_minor = sum(each[1] for each in postings_to(content, wanted.account))
            rows.append(
                (entry, entry_words(voice, products, content.fact), voice.shown(wanted.account, amount_minor))
            )
        held = EntryFilter(account=wanted.account).account
        total_minor = sum(
            each.amount_minor
            for each in balances
            if each.account == held or (held.endswith("*") and each.account.startswith(held[:-1]))
        )
        keep = {
            "account": wanted.account,
            "visit": wanted.visit,
            "kind": wanted.kind,
            "slot": wanted.slot,
            "outcome": wanted.outcome,
            "day": day,
            "month": month,
            "from": since_day,
        }
        return desk.render(
            "journal.html",
            "nav.journal",
            wanted=wanted,
            day=day,
            month=month,
            since_day=since_day,
            period=period,
            rows=rows,
            page_since=since,
            go_on=f"{page.go_on[0]}-{page.go_on[1]}" if page.go_on else "",
            keep={name: value for name, value in keep.items() if value},
            total_minor=voice.shown(wanted.account, total_minor),
            accounts=sorted(
                {each.account for each in balances} | ({wanted.account} if wanted.account else set())
            ),
            kinds=kind_groups(voice),
            outcomes=OUTCOMES if wanted.outcome or wanted.kind == TURNED else (),
        )

    @pages.post("/journal/interval")
    def new_interval() -> ResponseReturnValue:
        if not NothingForm().is_sent():
            flask.abort(400)
        if not desk.ask(AuditClosed(by=desk.by())).is_refusal:
            desk.tell("journal.interval_begun")
        return flask.redirect(flask.url_for("desk.journal"))

    @pages.get("/journal/<int:epoch>/<int:seq>")
    def entry(epoch: int, seq: int) -> ResponseReturnValue:
        with desk.reading() as connection:
            places = [(epoch, each) for each in (seq - 1, seq, seq + 1)]
            found = {each.seq: each for each in read_entries_at(connection, desk.kiosk_id, places)}
        if seq not in found:
            flask.abort(404)
        content = read_content(found[seq])
        voice = desk.voice()
        return desk.render(
            "entry.html",
            "nav.journal",
            entry=found[seq],
            words=entry_words(voice, desk.catalogue().products, content.fact),
            postings=content.postings,
            body=json.dumps(json.loads(found[seq].body), indent=2, ensure_ascii=False, sort_keys=True),
            before=seq - 1 if seq - 1 in found else 0,
            after=seq + 1 if seq + 1 in found else 0,
        )
