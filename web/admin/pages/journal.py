"""The journal, entry by entry: where every figure of the desk leads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kiosk.core.events import AuditClosed
from kiosk.core.facts import KINDS
from kiosk.journal.entry import Content, Entry, read_content
from kiosk.store.figure_days import read_balances_at
from kiosk.store.figures import Kind, read_figures
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
from kiosk.store.results import read_results
from kiosk.store.shares import COUNTED, Share, share_named, shares_of, short_of, value_of
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; days are ISO 8601, and empty where it says none.

    Attributes:
        wanted: For the reading.
        day: One day.
        month: One month of the accounts.
        since_day: From this day on.
        until_day: Until this day, that day too.
        figure: The figure of the month end whose entries these are, and
        amount_minor: that figure itself.
    """

    wanted: EntryFilter
    day: str = ""
    month: str = ""
    since_day: str = ""
    until_day: str = ""
    figure: str = ""
    amount_minor: int = 0

    @property
    def keeps(self) -> dict[str, str]:
        """The fields of the same list's address."""
        fields = {
            "account": self.wanted.account,
            "visit": self.wanted.visit,
            "kind": self.wanted.kind,
            "slot": self.wanted.slot,
            "outcome": self.wanted.outcome,
            "day": self.day,
            "month": self.month,
            "from": self.since_day,
            "to": self.until_day,
            "figure": self.figure,
        }
        return {name: value for name, value in fields.items() if value}

    @property
    def hidden(self) -> dict[str, str]:
        """Of those, the ones that the page's form has no field for."""
        return {name: self.keeps[name] for name in ("month", "from", "to", "figure") if name in self.keeps}

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked for than an account or a figure, and days: no rollup knows the sum then."""
        wanted = self.wanted
        narrow = wanted.visit or wanted.kind or wanted.slot or wanted.outcome
        return bool(narrow or (self.figure and wanted.account))

    def share_of(self, content: Content) -> int:
        """What an entry adds to the list's sum, as the books have it."""
        if self.wanted.shares is not None:
            return self.wanted.shares.of(content.fact)
        return sum(each[1] for each in postings_to(content, self.wanted.account))

    def period(self, voice: Voice) -> str:
        """The days of the list in words; nothing where it has all."""
        if self.day:
            return voice.iso_day(self.day)
        if self.month:
            return voice.month(self.month)
        words = []
        if self.since_day:
            words.append(voice.say("journal.since", day=voice.iso_day(self.since_day)))
        if self.until_day:
            words.append(voice.say("journal.until", day=voice.iso_day(self.until_day)))
        return " ".join(words)

    def name(self, voice: Voice) -> str:
        """What is summed up, in words; nothing where nothing is."""
        if not self.figure:
            return voice.account(self.wanted.account) if self.wanted.account else ""
        if not self.figure.startswith(f"{Share.TAX}:"):
            return voice.say(f"month.{self.figure}")
        _, tax_class, rate = self.figure.split(":")
        return voice.say("month.tax", name=voice.tax_class(tax_class), rate=voice.percent(int(rate)))

    def amount(self, voice: Voice, amount_minor: int) -> str:
        """An amount of the list as its reader expects it."""
        shown = self.shown(voice, amount_minor)
        return voice.count(shown) if self.is_counted else voice.money(shown)

    def shown(self, voice: Voice, amount_minor: int) -> int:
        """The number of it."""
        return amount_minor if self.figure else voice.shown(self.wanted.account, amount_minor)

    @property
    def is_counted(self) -> bool:
        """Whether its numbers are things, not money."""
        return self.figure in COUNTED


def asked_entries(desk: Desk) -> Asked:
    """What the address asks for; a field that cannot be what it says ends the request with 400."""
    wanted = flask.request.args
    visit, kind, day = wanted.get("visit", ""), wanted.get("kind", ""), iso_day(wanted.get("day", ""))
    month = "" if day else wanted.get("month", "")
    if (visit and position_of(visit) is None) or (kind and kind not in KINDS):
        flask.abort(400)
    is_open = not day and not month
    since_day, until_day = (wanted.get(name, "") if is_open else "" for name in ("from", "to"))
    start_at, end_at = _bounds(desk, day, month, since_day, until_day)
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
    figure = wanted.get("figure", "")
    if figure and (share_named(figure) is None or not start_at):
        flask.abort(400)
    return Asked(asked, day, month, since_day, until_day, figure)


def _costs_of(desk: Desk) -> dict[str, int]:
    """What a piece of each product costs now, in minor units."""
    return {product.sku: product.cost_minor for product in desk.catalogue().products.values()}


def figure_of(desk: Desk, connection: Connection, kiosk_id: str, asked: Asked) -> int:
    """The figure of the month end that is asked for, of one kiosk in the list's days."""
    bounds = (asked.wanted.start_at, asked.wanted.end_at)
    (result,) = read_results(connection, (kiosk_id,), *bounds, costs_minor=_costs_of(desk))
    return value_of(asked.figure, result)


def _with_figure(desk: Desk, asked: Asked) -> Asked:
    """The same with how the entries of its figure are found, and the figure itself."""
    if not asked.figure:
        return asked
    costs_minor, wanted = _costs_of(desk), asked.wanted
    with desk.reading() as connection:
        counts = read_figures(connection, (desk.kiosk_id,), Kind.COUNT, wanted.start_at, wanted.end_at)
        amount_minor = figure_of(desk, connection, desk.kiosk_id, asked)
    shares = shares_of(asked.figure, short=short_of(counts, costs_minor), costs_minor=costs_minor)
    return replace(asked, wanted=replace(wanted, shares=shares), amount_minor=amount_minor)


def sum_of(connection: Connection, kiosk_id: str, wanted: EntryFilter) -> int:
    """What was posted to the list's account in its days, from the rollups."""
    account = wanted.account
    if wanted.end_at and wanted.start_at:
        figures = read_figures(connection, (kiosk_id,), Kind.ACCOUNT, wanted.start_at, wanted.end_at)
        moved = {each.name: each.amount_minor for each in figures}
    elif wanted.end_at:
        held = read_balances_at(connection, (kiosk_id,), wanted.end_at)
        moved = {name: amount_minor for (_, name), amount_minor in held.items()}
    else:
        moved = {each.account: each.amount_minor for each in read_balances(connection, kiosk_id)}
    is_group = account.endswith("*")
    return sum(
        amount_minor
        for name, amount_minor in moved.items()
        if name == account or (is_group and name.startswith(account[:-1]))
    )


def _bounds(desk: Desk, day: str, month: str, since_day: str, until_day: str) -> tuple[str, str]:
    """First moment and first one too late of a day, a month, or of days from one on or until one.

    Both are empty where the address says no days; what is no day or month ends the request with 400.
    """
    zone = desk.config.timezone
    try:
        if day:
            return day_bounds(date.fromisoformat(day), zone)
        if month:
            return month_bounds(month, zone)
        if since_day or until_day:
            start_at = day_bounds(date.fromisoformat(since_day), zone)[0] if since_day else ""
            end_at = day_bounds(date.fromisoformat(until_day), zone)[1] if until_day else NEVER
            return start_at, end_at
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


def _send(desk: Desk, file: Format, asked: Asked) -> ResponseReturnValue:
    """Every entry that the filter finds; a journal that is longer than a file takes asks for a narrower filter."""
    voice, products = desk.voice(), desk.catalogue().products
    rows: list[tuple[Entry, str, int]] = []
    since: Position | None = None
    windows = 0
    for _ in range(PAGES_MOST):
        # A reading for each page: every one has the readers' time for itself, and the log is not held back meanwhile.
        with desk.reading() as connection:
            page = read_journal(connection, desk.kiosk_id, asked.wanted, since=since)
        for entry in page.entries:
            content = read_content(entry)
            words = entry_words(voice, products, content.fact)
            rows.append((entry, words, asked.shown(voice, asked.share_of(content))))
        since = page.go_on
        windows += len(page.entries) < PAGE_ENTRIES
        if since is None or windows > WINDOWS_MOST:
            break
    if since is not None:
        return desk.refuse_file(TooManyRowsError(PAGES_MOST * PAGE_ENTRIES))
    period, name = asked.period(voice) or voice.say("exports.all"), asked.name(voice)
    table = journal_table(
        voice,
        rows,
        measured="" if not name else "count" if asked.is_counted else "money",
        period=f"{name} · {period}" if name else period,
    )
    return desk.send_file(file, "journal", table)


def _sum_line(voice: Voice, asked: Asked, total_minor: int | None) -> str:
    """The sum above a list, named by what it sums and of which days; nothing where no sum is known."""
    name, period = asked.name(voice), asked.period(voice)
    if not name or total_minor is None:
        return ""
    amount = asked.amount(voice, total_minor)
    if asked.is_narrow:
        return voice.say("journal.sum_shown", what=name, amount=amount)
    if not period:
        return voice.say("journal.balance", account=name, amount=amount)
    return voice.say("journal.sum", what=name, period=period, amount=amount)


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/journal")
    def journal() -> ResponseReturnValue:
        asked, voice, file = _with_figure(desk, asked_entries(desk)), desk.voice(), desk.wanted_file()
        if file is not None:
            return _send(desk, file, asked)
        wanted, products = asked.wanted, desk.catalogue().products
        since = _position(flask.request.args.get("since", ""))
        with desk.reading() as connection:
            page = read_journal(connection, desk.kiosk_id, wanted, since=since)
            accounts = {each.account for each in read_balances(connection, desk.kiosk_id)}
            total_minor: int | None = asked.amount_minor
            if wanted.account and not asked.figure:
                total_minor = sum_of(connection, desk.kiosk_id, wanted)
        contents = [(entry, read_content(entry)) for entry in page.entries]
        if asked.is_narrow:
            is_whole = since is None and page.go_on is None
            total_minor = sum(asked.share_of(content) for _, content in contents) if is_whole else None
        return desk.render(
            "journal.html",
            "nav.journal",
            wanted=wanted,
            asked=asked,
            measured=asked.name(voice),
            sum_line=_sum_line(voice, asked, total_minor),
            period=asked.period(voice) if not asked.day else "",
            rows=[
                (
                    entry,
                    entry_words(voice, products, content.fact),
                    asked.amount(voice, asked.share_of(content)),
                )
                for entry, content in contents
            ],
            page_since=since,
            go_on=f"{page.go_on[0]}-{page.go_on[1]}" if page.go_on else "",
            looked_to=page.looked_to if len(page.entries) < PAGE_ENTRIES else "",
            keep=asked.keeps,
            accounts=sorted(accounts | ({wanted.account} if wanted.account else set())),
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
