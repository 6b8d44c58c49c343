"""What stood around a claim: the timeline of its page, and the same as one signed file for whoever has to be convinced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from kiosk.claims.around import Counted, Neighbour
from kiosk.claims.code import place_of
from kiosk.claims.desk import ClaimStatus
from kiosk.claims.pack import NoSuchClaimError, NoSuchVisitError, Story, VisitOpenError, read_story
from kiosk.claims.wording import finding_of, say_finding
from kiosk.core.facts import AcceptorBaselined, DeviceCameOnline, HopperBaselined
from kiosk.store.reading import Position, position_of
from web.admin.desk import Desk
from web.admin.voice import Voice
from web.evidence import claim_file, evidence_file

ROWS_MOST: Final = 80
"""Lines of a timeline on the page, the nearest to the claim; two hours of a kiosk have ten, three bad days some hundred."""

HEARD_TWICE: Final = (DeviceCameOnline, AcceptorBaselined, HopperBaselined)
"""A device that answers is heard twice, that it is there and what it counted: one line. Two equal coins are two."""

UNSAID: Final = frozenset({"finding.other"})
"""Entries without a sentence of their own are in the file and not on the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: ``place`` is its entry, None for what is told as sums; ``is_claim`` marks the claim's own entries."""

    seq: int
    at: str
    words: str
    place: Position | None = None
    is_claim: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a claim's page shows of its surroundings.

    Attributes:
        rows: Oldest first.
        since: Beginning of the time that the claim names (UTC); empty for a claim about a visit.
        until: Its end.
        left_out: Rows that are in the file only.
        is_ready: Whether there is a file yet; not while the visit goes on.
    """

    rows: tuple[Row, ...] = ()
    since: str = ""
    until: str = ""
    left_out: int = 0
    is_ready: bool = True


@dataclass(slots=True)
class _Others:
    """Other shoppers' visits, one after the other with nothing of the machine between."""

    first: Neighbour
    qty: int = 0
    sums: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def take(self, each: Neighbour) -> None:
        self.qty += 1
        for index, minor in enumerate((each.taken_minor, each.sold_minor, each.paid_minor, each.owed_minor)):
            self.sums[index] += minor


def timeline(desk: Desk, voice: Voice, status: ClaimStatus) -> Timeline:
    """The surroundings of a claim in words."""
    try:
        story = read_story(desk.reader, desk.claims, kiosk_id=desk.kiosk_id, claim=status.claim)
    except (NoSuchClaimError, NoSuchVisitError, VisitOpenError):
        return Timeline(is_ready=False)
    epoch, place = place_of(status.visit or status.claim)
    rows = sorted(
        [*_entry_rows(voice, story, status.claim, epoch), *_other_rows(voice, story), *_counts(voice, story)],
        key=lambda row: row.seq,
    )
    nearest = sorted(sorted(rows, key=lambda row: abs(row.seq - place))[:ROWS_MOST], key=lambda row: row.seq)
    window = story.window
    return Timeline(
        rows=tuple(nearest),
        since=window.since if window else "",
        until=window.until if window else "",
        left_out=len(rows) - len(nearest),
    )


def _entry_rows(voice: Voice, story: Story, claim: str, epoch: int) -> list[Row]:
    rows: list[Row] = []
    for recorded in story.entries:
        finding = finding_of(recorded)
        if finding.key in UNSAID:
            continue
        words = say_finding(voice.language, finding, currency=voice.currency, exponent=voice.exponent)
        if isinstance(recorded.fact, HEARD_TWICE) and rows and rows[-1].words == words:
            continue
        is_claim = getattr(recorded.fact, "claim", "") == claim
        rows.append(Row(recorded.seq, recorded.at, words, (epoch, recorded.seq), is_claim))
    return rows


def _other_rows(voice: Voice, story: Story) -> list[Row]:
    """Neighbouring visits as sums, those together that nothing of the machine stands between."""
    marks = sorted(each.seq for each in story.entries)
    groups: dict[int, _Others] = {}
    for each in story.neighbours:
        between = sum(mark < each.first for mark in marks)
        groups.setdefault(between, _Others(each)).take(each)
    rows: list[Row] = []
    for group in groups.values():
        taken, sold, paid, owed = map(voice.money, group.sums)
        key = "evidence.others_owed" if group.sums[3] else "evidence.others"
        words = voice.say(key, n=group.qty, taken=taken, sold=sold, paid=paid, owed=owed)
        rows.append(Row(group.first.first, group.first.at, words))
    return rows


def _counts(voice: Voice, story: Story) -> list[Row]:
    def words(each: Counted) -> str:
        expected, counted = voice.money(each.expected_minor), voice.money(each.counted_minor)
        return voice.say("evidence.counted", expected=expected, counted=counted)

    return [Row(each.seq, each.at, words(each)) for each in story.counted]


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/evidence/<visit>")
    def evidence(visit: str) -> ResponseReturnValue:
        """One signed file about a visit, for whoever has to be convinced."""
        if position_of(visit) is None:
            flask.abort(404)
        return _answer(desk, visit, evidence_file)

    @pages.get("/claims/<claim>/evidence")
    def claim_evidence(claim: str) -> ResponseReturnValue:
        """One signed file about a claim."""
        return _answer(desk, claim, claim_file)


def _answer(desk: Desk, about: str, make: Callable[..., bytes]) -> ResponseReturnValue:
    """The signed file about a visit or a claim; 404 where there is nothing to say, or not yet."""
    try:
        data = make(
            desk.reader,
            desk.claims,
            desk.config,
            about,
            key=desk.keys.signing,
            catalogue=desk.catalogue,
            wall=desk.clock.wall(),
        )
    except (NoSuchClaimError, NoSuchVisitError, VisitOpenError):
        flask.abort(404)
    return _file(desk, about, data)


def _file(desk: Desk, name: str, data: bytes) -> ResponseReturnValue:
    name = f"evidence-{desk.kiosk_id}-{name}.json"
    return flask.Response(
        data,
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
