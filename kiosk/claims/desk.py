"""Where claims are opened, followed, decided: the journal is read and weighed here, and the till is asked to write.

Nothing is stored but through the till. A claim is followed by its number, made from the kiosk's key and the claim's place in the
journal as the codes of money owed are; it pays nothing. What a shopper writes of themselves travels beside the journal under an
opaque key, and can be erased.
"""

from __future__ import annotations

import itertools
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Connection, Engine, Row, RowMapping, Select, and_, func, select

from kiosk.claims.code import match_code, place_of
from kiosk.claims.deadline import Promise
from kiosk.claims.evidence import AROUND, KINDS, Weighing, weigh
from kiosk.claims.repeats import REST, Repeats, count_repeats, known_subject
from kiosk.claims.wording import Finding, finding_of
from kiosk.core import events as ev
from kiosk.core.draft import Notice
from kiosk.core.facts import (
    About,
    CashHandedOver,
    DebtDropped,
    DebtRedeemed,
    DebtTransferred,
    Fact,
    JournalOpened,
    Means,
    Recorded,
    SaleClosed,
    Verdict,
)
from kiosk.core.screen import Screen
from kiosk.journal.entry import Entry, recorded_of
from kiosk.store import models
from kiosk.store.database import reading
from kiosk.store.reading import read_entries_at

WINDOW_MOST: Final = 10_000
"""Entries that one weighing looks back over: four busy days, read in a tenth of a second."""

SCREEN: Final = "screen"
DESK: Final = "desk"
PHONE: Final = "phone"
PHONE_EARLIER: Final = "phone_earlier"
REACH: Final[Mapping[str, timedelta]] = {
    SCREEN: timedelta(hours=2),
    PHONE: timedelta(hours=2),
    PHONE_EARLIER: timedelta(days=3),
    DESK: timedelta(days=3),
}
"""Channel -> how far back a claim without a visit looks: "just now" for people who walk home before they write, "earlier" for a
weekend. What is older is UNSEEN, and a person looks."""

LATE: Final = timedelta(minutes=15)
"""Entries so long after a claim may still belong to it: a device that answers late, a start after a power cut."""

RECENT_MS: Final = 15 * 60 * 1_000
"""How long the last visit is taken for the one at the screen, once its page has gone: about as long as people wait for help."""

LAST_ENTRIES: Final = 2_000
"""Where the last settled visit is looked for."""

FOLLOWED_MOST: Final = 5_000
"""Newest claims whose numbers are tried; some years of one kiosk."""

COUNTED_MOST: Final = 500
"""Newest claims that are counted per coil and device."""

SUBJECT_BYTES: Final = 16
CHAIN_MOST: Final = 5
"""Visits opened one by another's code that are followed; each was cut short by the one before."""

WITHHELD: Final = "withheld"
"""What a shopper is told instead of PROVEN while a bound keeps the claim from paying itself."""

UNDECIDED: Final = ("opened", "weighed")
"""States in which a claim waits for a person."""

NUMBER_PREFIX: Final = "C-"
"""Marks a claim's number, so that nobody takes it for a code that pays."""


class Reply(Protocol):
    """What the till answers."""

    @property
    def notice(self) -> Notice:
        """In words."""


class TillAsked(Protocol):
    """What claims need of the till; its door has it."""

    def ask(self, event: ev.PersonEvent) -> Reply:
        """Put an event to the till; see `kiosk.runtime.door`."""

    def screen(self) -> Screen:
        """The last published screen."""

    def debt_code(self, epoch: int, seq: int) -> str:
        """The code made for an entry."""

    def monotonic_ms(self) -> int:
        """Now, on the scale of entries of this start."""


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """A claim as it stands.

    Attributes:
        number: What its shopper follows it by, ``C-`` and eight characters.
        state: ``weighed``, ``approved``, ``refused`` or ``paid``.
        debt_code: What pays at the kiosk; empty unless the claim is approved and the debt still open.
        subject: Key of the contact details; they may be erased.
        rest: Number of the claim that holds what was said beyond a proven debt; empty for none.
    """

    claim: str
    number: str
    about: About
    visit: str
    said_minor: int
    channel: str
    at: str
    state: str
    verdict: Verdict
    amount_minor: int
    debt: str
    debt_code: str
    evidence: tuple[int, ...]
    decided_by: str
    decided_at: str
    reason: str
    subject: str
    rest: str = ""
    made_by: str = ""
    """Who typed it in at the desk; empty for whoever made it themselves."""
    due_at: str = ""
    """The promised answer (UTC, ISO 8601); empty when none was promised."""
    withheld: str = ""
    """The bound that kept a proven claim from being approved by itself; empty for none."""
    proposed_by: str = ""
    proposed_minor: int = 0
    seconded_by: str = ""
    way: str = ""
    fate: str = ""
    """What became of goods that were brought back; empty when none were."""
    paid_at: str = ""
    paid_how: str = ""
    """``code``, ``cash``, ``bank`` or ``card``."""
    paid_ref: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.state in UNDECIDED


@dataclass(frozen=True, slots=True)
class Case:
    """What a vendor sees of a claim.

    Attributes:
        status: The claim.
        now: What the journal says today of an undecided claim; late entries may have changed it. None once decided.
        findings: The evidence of that reading, or of the one that was decided on; oldest first.
        contact: What the shopper wrote of themselves; empty when nothing, or erased.
        others: Coil or device of this claim -> other claims about it.
        repeats: What else was claimed that has something in common with it.
    """

    status: ClaimStatus
    now: Weighing | None
    findings: tuple[Finding, ...]
    contact: str
    others: Mapping[str, int]
    repeats: Repeats = field(default_factory=Repeats)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The till's answer to a new claim, and the claim; None when it was refused."""

    notice: Notice
    status: ClaimStatus | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the journal shows before a claim is made at the screen; see `ClaimDesk.offer_at_screen`."""

    visit: str = ""
    amount_minor: int = 0
    at: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What is claimed, and by whom; see `ClaimDesk.open`."""

    token: str
    about: About
    said_minor: int
    channel: str
    visit: str
    details: str
    is_theirs: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class _Slice:
    """Entries to weigh, and the window of an unbound claim."""

    entries: tuple[Recorded, ...]
    window: tuple[int, int] = (0, 0)
    later: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class _Head:
    """The newest entry's place."""

    epoch: int
    seq: int
    boot: int


def _entry(row: RowMapping) -> Entry:
    values = {
        **row,
        "body": bytes(row["body"]),
        "digest": bytes(row["digest"]),
        "time_ok": bool(row["time_ok"]),
    }
    return Entry(**values)


def _second(moment: datetime) -> str:
    """A time as the journal writes it, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


class ClaimDesk:
    """Claims of one kiosk."""

    def __init__(
        self,
        reader: Engine,
        door: TillAsked,
        kiosk_id: str,
        *,
        wall: Callable[[], datetime],
        public_url: str = "",
        promise: Promise | None = None,
        has_key: bool = True,
    ) -> None:
        """Read through ``reader`` (read-only), write through ``door``.

        Args:
            reader: Of the store.
            door: The till's.
            kiosk_id: Whose claims.
            wall: Tells UTC.
            public_url: Where phones reach the claim page; empty when they cannot.
            promise: By when a person answers; None promises nothing.
            has_key: Whether the door makes codes. Where the kiosk's key is elsewhere, claims go by their ids and no code is told.
        """
        self._reader = reader
        self._door = door
        self._kiosk_id = kiosk_id
        self._wall = wall
        self._public_url = public_url.rstrip("/")
        self._promise = promise
        self._has_key = has_key
        self._turn = threading.Lock()

    # --- opening ------------------------------------------------------------------------------------------------------

    def open(
        self,
        *,
        token: str,
        about: About,
        said_minor: int,
        channel: str,
        visit: str = "",
        details: str = "",
        is_theirs: bool = True,
    ) -> Outcome:
        """Open a claim, once per token.

        Args:
            token: Made by the sender's form; the same token gives the same claim, whenever it comes again.
            about: What is missing.
            said_minor: How much; 0 when not said.
            channel: A key of `REACH`.
            visit: The visit that the shopper could prove to be theirs, or empty.
            details: How to reach them; kept beside the journal.
            is_theirs: Whether the visit is certainly the claimant's; see `kiosk.claims.evidence.weigh`.

        Raises:
            TillBusyError: From the door; ask again with the same token.
        """
        said = _Said(token, about, said_minor, channel, visit, details, is_theirs)
        with self._turn:  # what one claim guessed must be in the journal before the next is weighed
            return self._open(said)

    def open_at_desk(
        self, *, token: str, about: About, said_minor: int, details: str, by: str, visit: str = ""
    ) -> Outcome:
        """A person of the vendor's types in what a shopper told them; somebody else decides it.

        Raises:
            TillBusyError: From the door; ask again with the same token.
        """
        said = _Said(token, about, said_minor, DESK, visit, details, is_theirs=False, by=by)
        with self._turn:
            return self._open(said)

    def _open(self, said: _Said) -> Outcome:
        known = self.status_of_token(said.token)
        if known is not None:
            return Outcome(Notice("claim_known"), known)
        found = self.weigh(
            said.about, said.said_minor, visit=said.visit, channel=said.channel, is_theirs=said.is_theirs
        )
        due_at, remind_at = self._promised()
        made = ev.ClaimMade(
            token=said.token,
            about=said.about,
            visit=said.visit,
            said_minor=said.said_minor,
            channel=said.channel,
            subject=self._subject(said.details),
            verdict=found.verdict,
            amount_minor=found.amount_minor,
            debt=found.debt,
            evidence=found.evidence,
            details=said.details,
            due_at=due_at,
            remind_at=remind_at,
            by=said.by,
        )
        notice = self._door.ask(made).notice
        if found.rest_minor and not notice.is_refusal:
            # The debt is paid whole and at once; what was said beyond it stays with a person.
            rest = replace(
                made,
                token=said.token + REST,
                said_minor=found.rest_minor,
                verdict=Verdict.CONSISTENT,
                amount_minor=found.rest_minor,
                debt="",
                details="",
            )
            self._door.ask(rest)
        return Outcome(notice, self.status_of_token(said.token))

    def _subject(self, details: str) -> str:
        """The opaque key of a contact: the one it is known by, until it is erased; empty for no contact."""
        if not details:
            return ""
        with reading(self._reader) as connection:
            return known_subject(connection, details) or secrets.token_hex(SUBJECT_BYTES)

    def _promised(self) -> tuple[str, str]:
        """By when a claim that comes now is answered, and from when the vendor is reminded."""
        if self._promise is None:
            return "", ""
        now = self._wall()
        return f"{_second(self._promise.due(now))}.000Z", f"{_second(self._promise.remind(now))}.000Z"

    def now_text(self) -> str:
        """Now, as entries and promised answers have their time."""
        return f"{_second(self._wall().astimezone(UTC))}.000Z"

    def open_at_screen(self, about: About, token: str, said_minor: int = 0) -> Notice:
        """Open a claim from the touch screen: nothing typed, about the visit that is or was just there.

        The notice holds ``claim`` (the number to follow it by), ``verdict`` (or `WITHHELD`), ``follow`` (its address, when phones
        reach one), ``due`` (by when a person answers, if one has to), and ``code`` for a proven debt not paid on the spot.
        """
        visit, is_theirs = self._visit_at_screen()
        outcome = self.open(
            token=token,
            about=about,
            said_minor=said_minor,
            channel=SCREEN,
            visit=visit,
            is_theirs=is_theirs,
        )
        if outcome.status is None:
            return outcome.notice
        status = outcome.status
        follow = f"{self._public_url}/c/{status.number}" if self._public_url else ""
        params = {
            "claim": status.number,
            "verdict": WITHHELD if status.withheld and status.is_open else status.verdict,
            "due": status.due_at if status.is_open else "",
            "code": status.debt_code,
            "follow": follow,
        }
        return Notice("claim_opened", params=params)

    def offer_at_screen(self, about: About) -> Offer:
        """What the journal shows about the visit at the screen, so that nothing has to be typed; empty when it shows no sum.

        Once the visit's page is gone anybody may stand there: what it is owed is not told any more, the claimant names it.
        """
        visit, is_theirs = self._visit_at_screen()
        if not visit:
            return Offer()
        with reading(self._reader) as connection:
            piece = self._visit_slice(connection, visit)
        found = weigh(piece.entries, about=about, said_minor=0, visit=visit)
        amount_minor = found.amount_minor if is_theirs else 0
        if about is About.BAD_GOODS:
            sales = [each.fact for each in piece.entries if isinstance(each.fact, SaleClosed)]
            amount_minor = sum(sale.total_minor for sale in sales if sale.visit == visit)
        if not amount_minor:
            return Offer(visit=visit)
        at = next((each.at for each in piece.entries if each.seq in found.evidence), "")
        return Offer(visit=visit, amount_minor=amount_minor, at=at)

    def _visit_at_screen(self) -> tuple[str, bool]:
        """The visit meant, and whether it is on the screen now: open or thanked for.

        Else the last one if it ended a moment ago, also before a start or two.
        """
        screen = self._door.screen()
        if screen.visit:
            return screen.visit, True
        if screen.thanks is not None:
            return screen.thanks.visit, True
        with reading(self._reader) as connection:
            head = self._head(connection)
            journal = models.journal.c
            settled = connection.execute(
                select(journal.seq, journal.visit, journal.boot, journal.now_ms, journal.at)
                .where(
                    journal.kiosk_id == self._kiosk_id,
                    journal.epoch == head.epoch,
                    journal.seq > head.seq - LAST_ENTRIES,
                    journal.kind == "VisitSettled",
                )
                .order_by(journal.seq.desc())
                .limit(1)
            ).first()
            ran_ms = (
                0
                if settled is None
                else self._ran_ms(connection, head, settled.seq, settled.boot, settled.now_ms)
            )
        if settled is None:
            return "", False
        apart = abs(self._wall() - datetime.fromisoformat(settled.at))
        # The running time decides; the wall clock may only take away, when the kiosk stood still for long.
        is_recent = ran_ms <= RECENT_MS and apart <= timedelta(milliseconds=RECENT_MS)
        return str(settled.visit) if is_recent else "", False

    def _ran_ms(self, connection: Connection, head: _Head, seq: int, boot: int, begun_ms: int) -> int:
        """How long the kiosk has run since an entry, over all starts between; the time that it was off is not in it."""
        journal = models.journal.c
        runs = connection.execute(
            select(func.min(journal.now_ms).label("first_ms"), func.max(journal.now_ms).label("last_ms"))
            .where(
                journal.kiosk_id == self._kiosk_id,
                journal.epoch == head.epoch,
                journal.seq >= seq,
                journal.boot < head.boot,
            )
            .group_by(journal.boot)
        ).all()
        if boot < head.boot:
            booted = connection.execute(
                select(func.min(journal.now_ms)).where(
                    journal.kiosk_id == self._kiosk_id,
                    journal.epoch == head.epoch,
                    journal.seq > seq,
                    journal.boot == head.boot,
                )
            ).scalar()
            begun_ms = self._door.monotonic_ms() if booted is None else int(booted)
        earlier_ms: int = sum(int(run.last_ms) - int(run.first_ms) for run in runs)
        return earlier_ms + self._door.monotonic_ms() - begun_ms

    def visit_at(self, visit: str) -> str:
        """When a visit began (UTC, ISO 8601); empty when there is none of this name."""
        book = models.visit.c
        with reading(self._reader) as connection:
            at = connection.execute(
                select(book.at).where(book.kiosk_id == self._kiosk_id, book.visit == visit)
            ).scalar()
        return str(at or "")

    # --- weighing -----------------------------------------------------------------------------------------------------

    def weigh(
        self,
        about: About,
        said_minor: int,
        *,
        visit: str = "",
        channel: str = PHONE,
        at: str = "",
        is_theirs: bool = True,
    ) -> Weighing:
        """What the journal says; an unbound claim made at ``at`` (now, when empty) looks back as far as its channel reaches."""
        with reading(self._reader) as connection:
            if visit:
                piece = self._visit_slice(connection, visit)
            else:
                until = datetime.fromisoformat(at) if at else self._wall()
                piece = self._window_slice(
                    connection, until.astimezone(UTC), REACH.get(channel, REACH[PHONE_EARLIER])
                )
        return weigh(
            piece.entries,
            about=about,
            said_minor=said_minor,
            visit=visit,
            window=piece.window,
            is_theirs=is_theirs,
            later=piece.later,
        )

    def reweigh(self, status: ClaimStatus) -> Weighing:
        """Weigh an undecided claim again, just as it was weighed when it came; entries that came late count."""
        return self.weigh(
            status.about, status.said_minor, visit=status.visit, channel=status.channel, at=status.at
        )

    def entries_about(self, visit: str) -> tuple[Recorded, ...]:
        """The entries that a claim about this visit is weighed by, in no order."""
        with reading(self._reader) as connection:
            return self._visit_slice(connection, visit).entries

    def _window_slice(self, connection: Connection, until: datetime, reach: timedelta) -> _Slice:
        """The journal's last part. Time chooses its first and last *place*, so that a clock set back hides nothing between."""
        head = self._head(connection)
        journal = models.journal.c
        bottom = and_(
            journal.kiosk_id == self._kiosk_id,
            journal.epoch == head.epoch,
            journal.seq > head.seq - WINDOW_MOST,
        )
        since, late = (_second(moment) for moment in (until - reach, until + LATE))
        first = connection.execute(select(func.min(journal.seq)).where(bottom, journal.at >= since)).scalar()
        last = connection.execute(select(func.max(journal.seq)).where(bottom, journal.at <= late)).scalar()
        if first is None or last is None:
            return _Slice(())
        wanted = and_(bottom, journal.seq >= first, journal.kind.in_(KINDS))
        return _Slice(self._read(connection, wanted), (first, last))

    def _visit_slice(self, connection: Connection, visit: str) -> _Slice:
        """Entries of the visit, those around it that name none, whatever closed its debts, and the visits that paid them."""
        found: dict[int, Recorded] = {}
        names, done = [visit], set[str]()
        while names and len(done) < CHAIN_MOST:
            name = names.pop()
            done.add(name)
            for recorded in self._around(connection, name):
                found[recorded.seq] = recorded
                if isinstance(recorded.fact, DebtRedeemed) and recorded.fact.visit not in done:
                    names.append(recorded.fact.visit)
        return _Slice(tuple(found.values()), later=self._later(connection, visit))

    def _later(self, connection: Connection, visit: str) -> tuple[Fact, ...]:
        """What the epochs after the visit's own say of its debts: that a copy was restored, and what closed them."""
        first, last = place_of(visit)[0] + 1, self._head(connection).epoch
        if first > last:
            return ()
        debts = models.debt.c
        closed = connection.execute(
            select(debts.debt, debts.closed_seq).where(debts.kiosk_id == self._kiosk_id, debts.visit == visit)
        ).all()
        names = {row.debt for row in closed}
        # The table says at which number a debt was closed, not in which epoch: the entry that names it is the one.
        seqs = {1, *(int(row.closed_seq) for row in closed)} - {0}
        places = [(epoch, seq) for epoch in range(first, last + 1) for seq in seqs]
        facts = (recorded_of(entry).fact for entry in read_entries_at(connection, self._kiosk_id, places))
        return tuple(
            fact
            for fact in facts
            if isinstance(fact, JournalOpened)
            or (
                isinstance(fact, DebtRedeemed | CashHandedOver | DebtTransferred | DebtDropped)
                and fact.debt in names
            )
        )

    def _around(self, connection: Connection, visit: str) -> Iterator[Recorded]:
        journal, book, debts = models.journal.c, models.visit.c, models.debt.c
        row = connection.execute(
            select(book.opened_seq, book.settled_seq).where(
                book.kiosk_id == self._kiosk_id, book.visit == visit
            )
        ).first()
        if row is None:
            return
        epoch, _ = place_of(visit)
        closed = {
            row.debt: int(row.closed_seq)
            for row in connection.execute(
                select(debts.debt, debts.closed_seq).where(
                    debts.kiosk_id == self._kiosk_id, debts.visit == visit
                )
            )
        }
        last = (row.settled_seq or row.opened_seq + WINDOW_MOST) + AROUND
        place = and_(journal.kiosk_id == self._kiosk_id, journal.epoch == epoch)
        inside = and_(
            place,
            journal.seq.between(row.opened_seq - AROUND, last),
            journal.kind.in_(KINDS),
            journal.visit.in_(["", visit]),
        )
        # Two readings: one with OR would leave the key after the epoch and walk the whole journal.
        yield from self._read(connection, inside)
        for recorded in self._read(
            connection, and_(place, journal.seq.in_([seq for seq in closed.values() if seq]))
        ):
            if getattr(recorded.fact, "debt", "") in closed:  # else it was closed in another epoch
                yield recorded

    def _read(self, connection: Connection, wanted: Any) -> tuple[Recorded, ...]:
        statement: Select[Any] = select(models.journal).where(wanted).order_by(models.journal.c.seq)
        # All rows first: the store's limit on a statement's time must not run while they are decoded.
        rows = connection.execute(statement).mappings().all()
        return tuple(recorded_of(_entry(row)) for row in rows)

    def _head(self, connection: Connection) -> _Head:
        journal = models.journal.c
        row = connection.execute(
            select(journal.epoch, journal.seq, journal.boot)
            .where(journal.kiosk_id == self._kiosk_id)
            .order_by(journal.epoch.desc(), journal.seq.desc())
            .limit(1)
        ).first()
        return _Head(row.epoch, row.seq, row.boot) if row is not None else _Head(0, 0, 0)

    # --- following ----------------------------------------------------------------------------------------------------

    def status(self, claim: str) -> ClaimStatus | None:
        """The claim of this id, or None."""
        return self._one(models.claim.c.claim == claim)

    def status_of_token(self, token: str) -> ClaimStatus | None:
        """The claim that was opened with this token, or None."""
        return self._one(models.claim.c.token == token)

    def status_of_number(self, typed: str) -> ClaimStatus | None:
        """The claim whose number was typed (capitals, dashes and the leading ``C`` do not matter), or None.

        Takes the same time for right and wrong numbers; whoever serves it to strangers bounds their tries.
        """
        bare = typed.strip().upper()
        bare = bare.removeprefix(NUMBER_PREFIX) if bare.startswith(NUMBER_PREFIX) else bare
        claim = models.claim.c
        with reading(self._reader) as connection:
            rows = connection.execute(
                select(claim.claim)
                .where(claim.kiosk_id == self._kiosk_id)
                .order_by(claim.at.desc())
                .limit(FOLLOWED_MOST)
            ).all()
        pairs = [(row.claim, self._door.debt_code(*place_of(row.claim))) for row in rows]
        name = match_code(bare, pairs)
        return self.status(name) if name else None

    def number_of(self, claim: str) -> str:
        """The number of a claim, made from where it was opened: ``C-XXXX-XXXX``; its id where no key is."""
        if not self._has_key:
            return claim
        code = self._door.debt_code(*place_of(claim))
        return f"{NUMBER_PREFIX}{code[:4]}-{code[4:]}"

    def statuses(self, *, is_open: bool = False, most: int = 100) -> tuple[ClaimStatus, ...]:
        """The newest claims first; with ``is_open`` only undecided ones, what is due soonest first."""
        claim = models.claim.c
        wanted = claim.kiosk_id == self._kiosk_id
        order: list[ColumnElement[Any]] = [claim.at.desc()]
        if is_open:
            wanted = and_(wanted, claim.state.in_(UNDECIDED))
            order = [(claim.due_at == "").asc(), claim.due_at.asc(), claim.at.asc()]
        with reading(self._reader) as connection:
            rows = connection.execute(select(models.claim).where(wanted).order_by(*order).limit(most))
            return tuple(self._status(connection, row) for row in rows.all())

    def _one(self, wanted: Any) -> ClaimStatus | None:
        with reading(self._reader) as connection:
            row = connection.execute(
                select(models.claim).where(models.claim.c.kiosk_id == self._kiosk_id, wanted)
            ).first()
            return self._status(connection, row) if row is not None else None

    def _status(self, connection: Connection, row: Row[Any]) -> ClaimStatus:
        debts, claims = models.debt.c, models.claim.c
        debt = connection.execute(
            select(debts.debt, debts.state, debts.is_certain).where(
                debts.kiosk_id == self._kiosk_id, debts.debt == row.debt
            )
        ).first()
        rest = connection.execute(
            select(claims.claim).where(claims.kiosk_id == self._kiosk_id, claims.token == row.token + REST)
        ).scalar()
        is_due = debt is not None and debt.state == "open" and bool(debt.is_certain)
        pays = row.state == "approved" and is_due and self._has_key
        return ClaimStatus(
            claim=row.claim,
            number=self.number_of(row.claim),
            about=About(row.about),
            visit=row.visit,
            said_minor=row.said_minor,
            channel=row.channel,
            at=row.at,
            state=row.state,
            verdict=Verdict(row.verdict or Verdict.UNSEEN),
            amount_minor=row.amount_minor,
            debt=row.debt,
            debt_code=self._door.debt_code(*place_of(debt.debt)) if pays and debt is not None else "",
            evidence=tuple(int(seq) for seq in row.evidence.split()),
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            reason=row.reason,
            subject=row.subject,
            rest=self.number_of(rest) if rest else "",
            made_by=row.made_by,
            due_at=row.due_at,
            withheld=row.withheld,
            proposed_by=row.proposed_by,
            proposed_minor=row.proposed_minor,
            seconded_by=row.seconded_by,
            way=row.way,
            fate=row.fate,
            paid_at=row.paid_at,
            paid_how=row.paid_how,
            paid_ref=row.paid_ref,
        )

    # --- the vendor's side --------------------------------------------------------------------------------------------

    def findings(self, epoch: int, seqs: Sequence[int]) -> tuple[Finding, ...]:
        """Entries in words, oldest first."""
        journal = models.journal.c
        wanted = and_(journal.kiosk_id == self._kiosk_id, journal.epoch == epoch, journal.seq.in_(list(seqs)))
        with reading(self._reader) as connection:
            return tuple(finding_of(recorded) for recorded in self._read(connection, wanted))

    def findings_of(self, status: ClaimStatus) -> tuple[Finding, ...]:
        """The evidence that a claim was weighed by, in words."""
        return self.findings(place_of(status.claim)[0], status.evidence)

    def case(self, claim: str) -> Case | None:
        """Everything about one claim, or None when there is none."""
        status = self.status(claim)
        if status is None:
            return None
        now = self.reweigh(status) if status.state in UNDECIDED else None
        findings = self.findings(place_of(claim)[0], now.evidence if now else status.evidence)
        places = {finding.place for finding in findings if finding.place}
        counts = self.counts() if places else {}
        named = {place: counts[place] for place in sorted(places) if counts.get(place, 0) > 1}
        return Case(
            status=status,
            now=now,
            findings=findings,
            contact=self.contact(status.subject),
            others={place: qty - 1 for place, qty in named.items()},
            repeats=self.repeats(status, named),
        )

    def counts(self) -> Mapping[str, int]:
        """Coil or device -> claims whose evidence names it, over the newest `COUNTED_MOST`: the jamming one stands first."""
        claim = models.claim.c
        with reading(self._reader) as connection:
            rows = connection.execute(
                select(claim.claim, claim.evidence)
                .where(claim.kiosk_id == self._kiosk_id)
                .order_by(claim.at.desc())
                .limit(COUNTED_MOST)
            ).all()
        named = [[(place_of(row.claim)[0], int(seq)) for seq in row.evidence.split()] for row in rows]
        seqs: dict[int, set[int]] = {}
        for epoch, seq in itertools.chain.from_iterable(named):
            seqs.setdefault(epoch, set()).add(seq)
        places = {
            (epoch, finding.seq): finding.place
            for epoch, wanted in seqs.items()
            for finding in self.findings(epoch, sorted(wanted))
        }
        tally: Counter[str] = Counter()
        for each in named:
            tally.update({places[place] for place in each if places.get(place)})
        return dict(tally.most_common())

    def decide(
        self,
        claim: str,
        *,
        by: str,
        amount_minor: int,
        reason: str = "",
        way: ev.Way = ev.Way.CODE,
        back: ev.Back | None = None,
        is_owner: bool = False,
    ) -> Notice:
        """The vendor's decision: approve (``amount_minor`` > 0) or refuse (0, with a reason that both sides see).

        A claim that named no debt when it came is decided about the debt that the journal shows today, if there is one. For the
        rest see `kiosk.core.events.ClaimDecided`.
        """
        status = self.status(claim)
        debt = self.debt_of(status) if status is not None else ""
        event = ev.ClaimDecided(
            claim=claim,
            by=by,
            amount_minor=amount_minor,
            reason=reason.strip(),
            debt=debt,
            way=way,
            back=back,
            is_owner=is_owner,
        )
        return self._door.ask(event).notice

    def second(self, claim: str, *, by: str) -> Notice:
        """A second person agrees to what the first proposed."""
        status = self.status(claim)
        debt = self.debt_of(status) if status is not None else ""
        return self._door.ask(ev.ClaimSecond(claim=claim, by=by, debt=debt)).notice

    def note_transfer(self, debt: str, *, by: str, means: Means, reference: str, paid_on: str) -> Notice:
        """A person paid a certain debt outside the kiosk: noted once, with what finds it again."""
        event = ev.TransferNote(debt=debt, by=by, means=means, reference=reference, paid_on=paid_on)
        return self._door.ask(event).notice

    def repeats(self, status: ClaimStatus, places: Mapping[str, int]) -> Repeats:
        """What else was claimed that has something in common with this claim; ``places`` of it, as `counts` gives them."""
        with reading(self._reader) as connection:
            return count_repeats(
                connection,
                self._kiosk_id,
                claim=status.claim,
                subject=status.subject,
                visit=status.visit,
                at=status.at,
                places=places,
            )

    def debt_of(self, status: ClaimStatus) -> str:
        """The debt that a claim is about: the one it was weighed with, else the one that entries since then show."""
        if status.debt or status.state not in UNDECIDED or status.about is About.BAD_GOODS:
            return status.debt
        return self.reweigh(status).debt

    def hand_over(self, debt: str, *, by: str) -> Notice:
        """A clerk pays a certain debt from the vendor's pocket, once."""
        return self._door.ask(ev.HandOver(debt=debt, by=by)).notice

    def contact(self, subject: str) -> str:
        """The details under a key; empty when there are none, or no more."""
        if not subject:
            return ""
        with reading(self._reader) as connection:
            found = connection.execute(
                select(models.contact.c.details).where(models.contact.c.subject == subject)
            ).scalar()
        return str(found or "")

    def erase_contact(self, subject: str, *, by: str) -> Notice:
        """Erase the details under a key; the claim and the journal stay as they are."""
        return self._door.ask(ev.ContactErase(subject=subject, by=by)).notice
