"""The journal, entry by entry: where every figure of the desk leads."""

from __future__ import annotations

import json
from datetime import date

import flask
from flask.typing import ResponseReturnValue

from kiosk.core.events import AuditClosed
from kiosk.core.facts import KINDS
from kiosk.journal.entry import read_content
from kiosk.store.reading import (
    EntryFilter,
    Position,
    day_bounds,
    position_of,
    postings_to,
    read_balances,
    read_entries_at,
    read_journal,
)
from web.admin.desk import Desk
from web.admin.entries import entry_words
from web.forms import NothingForm

ACCOUNT_CHARS = 80


def _position(text: str) -> Position | None:
    """A position as pages write it: ``1-42``."""
    return position_of(f"E{text}") if text else None


def _filter(desk: Desk) -> tuple[EntryFilter, str]:
    """What the address asks for, and its day as it was written.

    A field that cannot be what it says ends the request with 400.
    """
    wanted = flask.request.args
    visit, kind, day = wanted.get("visit", ""), wanted.get("kind", ""), wanted.get("day", "")
    if (visit and position_of(visit) is None) or (kind and kind not in KINDS):
        flask.abort(400)
    start_at = end_at = ""
    if day:
        try:
            start_at, end_at = day_bounds(date.fromisoformat(day), desk.config.timezone)
        except (ValueError, OverflowError):
            flask.abort(400)
    account = wanted.get("account", "")[:ACCOUNT_CHARS]
    return EntryFilter(account=account, visit=visit, kind=kind, start_at=start_at, end_at=end_at), day


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/journal")
    def journal() -> ResponseReturnValue:
        wanted, day = _filter(desk)
        since = _position(flask.request.args.get("since", ""))
        voice, products = desk.voice(), desk.door.catalogue().products
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
        keep = {"account": wanted.account, "visit": wanted.visit, "kind": wanted.kind, "day": day}
        return desk.render(
            "journal.html",
            "nav.journal",
            wanted=wanted,
            day=day,
            rows=rows,
            page_since=since,
            go_on=f"{page.go_on[0]}-{page.go_on[1]}" if page.go_on else "",
            keep={name: value for name, value in keep.items() if value},
            total_minor=voice.shown(wanted.account, total_minor),
            accounts=sorted(
                {each.account for each in balances} | ({wanted.account} if wanted.account else set())
            ),
            kinds=sorted(KINDS),
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
            words=entry_words(voice, desk.door.catalogue().products, content.fact),
            postings=content.postings,
            body=json.dumps(json.loads(found[seq].body), indent=2, ensure_ascii=False, sort_keys=True),
            before=seq - 1 if seq - 1 in found else 0,
            after=seq + 1 if seq + 1 in found else 0,
        )
