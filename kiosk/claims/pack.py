"""An evidence file: what the journal holds about one claim or visit, signed, to be checked by anybody without our database.

One canonical JSON document. It carries the exact bytes of the visit's entries, of its claims and debts, and of what the devices
said around it; the digests that tie them into the chain; the nearest signed checkpoints; the receipt; and the verdict with the
entries that it rests on. Entries of other visits appear as digests only, personal details never, and codes that pay are masked.
The opening of a claim is a digest too, with what was said stated beside it: its body holds the sender's token, and whoever knows
that could ask for the code.
A claim that names no visit has its file too: what the house itself said around the time that it names, the decision and its
reason, and other shoppers' visits as sums (`kiosk.claims.around`). Weighed again is then what devices say; how the neighbours'
business spoke when the claim came stands in the journal's own verdict.
The whole is signed with the kiosk's Ed25519 key (RFC 8032); numbers are whole, keys are sorted, nothing stands in it twice, so
that the file has one spelling and any changed byte is found.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import Connection, Engine, and_, func, select

from kiosk.claims.around import Around, Counted, Neighbour, Window, is_told, read_around
from kiosk.claims.code import place_of
from kiosk.claims.desk import ClaimDesk
from kiosk.claims.evidence import AROUND, Weighing, weigh
from kiosk.claims.wording import finding_of, say_finding, say_why
from kiosk.core import facts as f
from kiosk.core.facts import About, Fact, Recorded
from kiosk.i18n import LANGUAGES
from kiosk.journal.entry import (
    NO_DIGEST,
    Entry,
    JournalDamagedError,
    checkpoint_text,
    digest_of,
    read_content,
    recorded_of,
)
from kiosk.store import models
from kiosk.store.database import reading
from kiosk.store.reading import read_entries_at

FORMAT: Final = "kiosk evidence 1"
FORMAT_UNBOUND: Final = "kiosk evidence 2"
"""Of a claim without a visit; whoever checks files with an older version is told that it is not known there."""
SIGN_TAG: Final = b"kiosk evidence 1\n"
"""Stands before the signed bytes, so that no signature of ours can be taken for one of another kind."""

MOST_BYTES: Final = 16 << 20
"""A file larger than this is none of ours; a visit of two thousand entries with ten thousand digests takes a tenth of it."""

DIGESTS_MOST: Final = 10_000
"""Digests between the checkpoints around a visit that are listed; there are about a thousand."""

REACH_MOST: Final = 20_000
"""Entries before a visit, and after it, in which first contacts with devices and signed checkpoints are looked for."""

LATER_MOST: Final = 100_000
"""Entries after a visit in which decisions about its claims are looked for: some weeks of one kiosk."""

BASELINES_LOOKED: Final = 50
"""First contacts with devices before the visit that are looked through for the last one of each device."""

HEX_64: Final = re.compile(r"[0-9a-f]{64}")
HEX_128: Final = re.compile(r"[0-9a-f]{128}")

_LATER: Final = (
    f.ClaimApproved,
    f.ClaimRefused,
    f.DebtReleased,
    f.DebtDropped,
    f.DebtRedeemed,
    f.DebtReduced,
    f.DebtTransferred,
    f.CashHandedOver,
    f.GoodwillGranted,
    f.VoucherMade,
    f.ClaimPromised,
    f.ClaimReminded,
    f.ClaimWithheld,
    f.ClaimProposed,
    f.ClaimSeconded,
    f.GoodsReturned,
)
"""What may happen to a visit's debts and claims long after it."""

_LATER_EPOCHS: Final = (
    f.JournalOpened,
    f.DebtReleased,
    f.DebtReduced,
    f.DebtDropped,
    f.DebtRedeemed,
    f.DebtTransferred,
    f.CashHandedOver,
    f.ClaimApproved,
    f.ClaimRefused,
)
"""What later epochs say of a visit's debts and claims; their entries have numbers of their own."""

_BASELINES: Final = (f.AcceptorBaselined, f.HopperBaselined, f.Booted)

_FIELDS: Final = ("seq", "at", "now_ms", "time_ok", "boot", "kind", "version", "visit", "actor")
"""Of an entry, beside its body: all that its digest covers and the file does not say once for all."""


class _Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a claim's opening says, but for the secrets in it: the sender's token, and the key of personal details."""

    seq: int
    at: str
    claim: str
    about: About
    visit: str
    said_minor: int
    channel: str


class NoSuchVisitError(LookupError):
    """The journal has no visit of this name."""


class VisitOpenError(LookupError):
    """The visit is not over yet; evidence is written when its account is closed."""


class NoSuchClaimError(LookupError):
    """The journal has no claim of this id."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an evidence file says beside the journal.

    Attributes:
        made_at: Now (UTC, ISO 8601), by the kiosk's clock.
        software: Version text.
        vendor: Name, phone and machine, for people.
        currency: ISO 4217 code.
        exponent: Its decimals.
        receipt: Language -> the receipt as it is laid out, its codes masked.
    """

    made_at: str
    software: str
    vendor: Mapping[str, str]
    currency: str
    exponent: int
    receipt: Mapping[str, str]


# --- writing --------------------------------------------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """The one spelling of a value: compact JSON in UTF-8 with sorted keys."""
    return msgspec.json.encode(value, order="sorted")


def pack_evidence(
    reader: Engine, desk: ClaimDesk, *, kiosk_id: str, visit: str, key: SigningKey, about: Circumstances
) -> bytes:
    """The evidence file of one settled visit.

    Args:
        reader: Read-only engine of the store.
        desk: Knows which entries a claim about the visit is weighed by.
        kiosk_id: Whose journal.
        visit: Id such as ``V1-42``.
        key: The kiosk's.
        about: What the journal does not know.

    Raises:
        NoSuchVisitError, VisitOpenError: There is nothing to say, or not yet.
    """
    with reading(reader) as connection:
        found = _OfVisit(connection, kiosk_id, visit, desk.entries_about(visit))
    entries = _told(found.entries, found.opened)
    document = {
        **_frame(found, FORMAT, kiosk_id, key, about),
        "visit": visit,
        "account": account_of(entries, visit),
        "claims": [_claim_words(each, about) for each in claims_in(entries, visit, _facts(found.later))],
        "receipt": dict(about.receipt),
    }
    return _signed(document, key)


def pack_claim(
    reader: Engine, desk: ClaimDesk, *, kiosk_id: str, claim: str, key: SigningKey, about: Circumstances
) -> bytes:
    """The evidence file of one claim, whether it names a visit or not; other claims about the same visit are not in it.

    Args:
        reader: Read-only engine of the store.
        desk: Knows the claim, and which entries it is weighed by.
        kiosk_id: Whose journal.
        claim: Id such as ``C1-57``.
        key: The kiosk's.
        about: What the journal does not know; its receipt is that of the claim's visit.

    Raises:
        NoSuchClaimError, VisitOpenError: There is nothing to say, or not yet.
    """
    found = _collect(reader, desk, kiosk_id, claim)
    entries, later = _told(found.entries, found.opened), _facts(found.later)
    document = {
        **_frame(found, FORMAT, kiosk_id, key, about),
        "claim": claim,
        "visit": found.visit,
        "decision": decision_of(entries, claim, later),
    }
    if isinstance(found, _OfVisit):
        document |= {
            "account": account_of(entries, found.visit),
            "claims": [_claim_words(each, about) for each in claims_in(entries, found.visit, later)],
            "receipt": dict(about.receipt),
        }
    else:
        case = unbound_case(entries, claim, found.around.window)
        document |= {
            "format": FORMAT_UNBOUND,
            "claims": [_claim_words(case, about) | {"others": _words(found.others, about)}],
            "window": msgspec.to_builtins(found.around.window),
            "neighbours": msgspec.to_builtins(found.around.neighbours),
            "counted": msgspec.to_builtins(found.around.counted),
        }
    return _signed(document, key)


@dataclass(frozen=True, slots=True)
class Story:
    """What a claim's file shows, for a page: the same entries, and what is told of those that it does not show.

    Attributes:
        entries: Oldest first; openings of claims are without their secrets.
        window: The time that a claim without a visit names; None of one with a visit.
        neighbours: Other shoppers' visits in that time.
        counted: The next count of the cash.
    """

    entries: tuple[Recorded, ...]
    window: Window | None = None
    neighbours: tuple[Neighbour, ...] = ()
    counted: tuple[Counted, ...] = ()


def read_story(reader: Engine, desk: ClaimDesk, *, kiosk_id: str, claim: str) -> Story:
    """What the file of a claim shows.

    Raises:
        NoSuchClaimError, VisitOpenError: There is nothing to say, or not yet.
    """
    found = _collect(reader, desk, kiosk_id, claim)
    entries = tuple(_told(found.entries, found.opened))
    if isinstance(found, _OfVisit):
        return Story(entries)
    around = found.around
    return Story(entries, around.window, around.neighbours, around.counted)


def _collect(reader: Engine, desk: ClaimDesk, kiosk_id: str, claim: str) -> _OfVisit | _OfClaim:
    status = desk.status(claim)
    if status is None:
        raise NoSuchClaimError(f"the journal has no claim {claim}")
    visit = status.visit
    weighed = desk.entries_about(visit) if visit else ()
    with reading(reader) as connection:
        if visit:
            return _OfVisit(connection, kiosk_id, visit, weighed, claim)
        around = read_around(connection, kiosk_id, claim=claim, at=status.at, channel=status.channel)
        return _OfClaim(connection, kiosk_id, claim, status.debt, around)


def _frame(
    found: _Collection, kind: str, kiosk_id: str, key: SigningKey, about: Circumstances
) -> dict[str, object]:
    """What every file has."""
    return {
        "format": kind,
        "kiosk_id": kiosk_id,
        "epoch": found.epoch,
        "public_key": key.verify_key.encode().hex(),
        "made_at": about.made_at,
        "software": about.software,
        "vendor": dict(about.vendor),
        "currency": about.currency,
        "exponent": about.exponent,
        "later": [
            {
                **_entry_values(entry),
                "epoch": entry.epoch,
                "digest": entry.digest.hex(),
                "before": before.hex(),
            }
            for entry, before in found.later_pairs
        ],
        "opened": msgspec.to_builtins(found.opened),
        "devices": _device_words(found.entries, about),
        "entries": [_entry_values(entry) for entry in found.entries],
        "digests": found.runs,
    }


def _signed(document: Mapping[str, object], key: SigningKey) -> bytes:
    signature = key.sign(SIGN_TAG + canonical(document)).signature.hex()
    return canonical({"evidence": document, "signature": signature}) + b"\n"


def _entry_values(entry: Entry) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(entry, name) for name in _FIELDS}
    return {**values, "body": base64.b64encode(entry.body).decode()}


def _opened_of(entry: Entry) -> _Opened | None:
    """The opening of a claim as it may be shown; None for every other entry."""
    fact = read_content(entry).fact
    if not isinstance(fact, f.ClaimOpened):
        return None
    return _Opened(
        seq=entry.seq,
        at=entry.at,
        claim=fact.claim,
        about=fact.about,
        visit=fact.visit,
        said_minor=fact.said_minor,
        channel=fact.channel,
    )


def _told(entries: Iterable[Entry], opened: Iterable[_Opened]) -> list[Recorded]:
    """The entries, and the openings as they are stated, in order: both sides weigh these and nothing else."""
    told = [recorded_of(entry) for entry in entries]
    for each in opened:
        fact = f.ClaimOpened(
            claim=each.claim,
            token="",
            about=each.about,
            visit=each.visit,
            said_minor=each.said_minor,
            channel=each.channel,
            subject="",
        )
        told.append(Recorded(seq=each.seq, at=each.at, now_ms=0, fact=fact))
    return sorted(told, key=lambda recorded: recorded.seq)


def _facts(entries: Iterable[Entry]) -> tuple[Fact, ...]:
    return tuple(recorded_of(entry).fact for entry in entries)


class _Collection:
    """The entries that belong into a file, and the digests that tie them."""

    def __init__(self, connection: Connection, kiosk_id: str, epoch: int) -> None:
        self._connection = connection
        self._kiosk_id = kiosk_id
        self.epoch = epoch
        self.visit = ""
        self._names: set[str] = set()
        self._debts: set[str] = set()
        self._claims: set[str] = set()
        self.opened: tuple[_Opened, ...] = ()
        self.entries: tuple[Entry, ...] = ()
        self.later_pairs: tuple[tuple[Entry, bytes], ...] = ()
        """Entries of later epochs that began them, or say what became of the debts and claims; each with the digest before it."""
        self.runs: list[dict[str, object]] = []
        """Digests by place, in runs without a gap: between the checkpoints, and before and at each entry."""

    @property
    def later(self) -> tuple[Entry, ...]:
        """Entries of later epochs."""
        return tuple(entry for entry, _ in self.later_pairs)

    def _take(self, seqs: Iterable[int], first: int, last: int) -> None:
        """Read what is this file's of these entries, of what became of it, and the digests around ``first`` to ``last``."""
        before, after = self._checkpoint(first, is_after=False), self._checkpoint(last, is_after=True)
        wanted = {*seqs, *self._later(first), *self._baselines(first), before, after} - {0}
        mine = sorted(self._mine(wanted), key=lambda entry: entry.seq)
        self.opened = tuple(each for each in map(_opened_of, mine) if each is not None)
        self.entries = tuple(entry for entry in mine if _opened_of(entry) is None)
        start, end = (before - 1 if before else max(1, first - AROUND)), after or last + AROUND
        self._span = (max(1, start), end) if end - start <= DIGESTS_MOST else (first, last)
        self.later_pairs = tuple(self._later_epochs())
        self.runs = self._runs()

    def _place(self) -> Any:
        journal = models.journal.c
        return and_(journal.kiosk_id == self._kiosk_id, journal.epoch == self.epoch)

    def _seqs(self, wanted: Any, first: int, last: int) -> Iterable[int]:
        seq = models.journal.c.seq
        return self._connection.execute(
            select(seq).where(self._place(), seq.between(first, last), wanted)
        ).scalars()

    def _later(self, first: int) -> Iterator[int]:
        """What became of the visit's debts and claims."""
        debt, seq = models.debt.c, models.journal.c.seq
        closed = self._connection.execute(
            select(debt.seq, debt.closed_seq).where(
                debt.kiosk_id == self._kiosk_id, debt.debt.in_(sorted(self._debts))
            )
        ).all()
        yield from (each for row in closed for each in row if each)
        if not self._claims:
            return
        # Decisions name a claim in their bodies; there are few of their kinds.
        kinds = [kind.__name__ for kind in _LATER]
        yield from self._connection.execute(
            select(seq).where(
                self._place(), seq.between(first, first + LATER_MOST), models.journal.c.kind.in_(kinds)
            )
        ).scalars()

    def _later_epochs(self) -> Iterator[tuple[Entry, bytes]]:
        journal = models.journal.c
        places = self._connection.execute(
            select(journal.epoch, journal.seq)
            .where(
                journal.kiosk_id == self._kiosk_id,
                journal.epoch > self.epoch,
                journal.kind.in_([kind.__name__ for kind in _LATER_EPOCHS]),
            )
            .order_by(journal.epoch, journal.seq)
            .limit(LATER_MOST)
        ).all()
        for row in places:
            pair = read_entries_at(
                self._connection, self._kiosk_id, [(row.epoch, row.seq - 1), (row.epoch, row.seq)]
            )
            fact = read_content(pair[-1]).fact
            if isinstance(fact, f.JournalOpened) or self._is_named(fact):
                yield pair[-1], pair[0].digest if len(pair) > 1 else NO_DIGEST

    def _is_named(self, fact: Fact) -> bool:
        return getattr(fact, "debt", "") in self._debts or getattr(fact, "claim", "") in self._claims

    def _baselines(self, first: int) -> Iterator[int]:
        """The last first contact with each device before the visit, and the start that it belongs to."""
        journal = models.journal.c
        for kind in _BASELINES:
            rows = self._connection.execute(
                select(models.journal)
                .where(
                    self._place(),
                    journal.seq.between(first - REACH_MOST, first - 1),
                    journal.kind == kind.__name__,
                )
                .order_by(journal.seq.desc())
                .limit(BASELINES_LOOKED)
            ).mappings()
            seen: set[str] = set()
            for row in rows:
                fact = msgspec.json.decode(bytes(row["body"]))["fact"]
                device = str(fact.get("device", ""))
                if device not in seen:
                    seen.add(device)
                    yield int(row["seq"])

    def _checkpoint(self, seq: int, *, is_after: bool) -> int:
        """The nearest signed checkpoint before or after a place; 0 for none."""
        column = models.journal.c.seq
        found = self._connection.execute(
            select(func.min(column) if is_after else func.max(column)).where(
                self._place(),
                models.journal.c.kind == "CheckpointSigned",
                column.between(seq + 1, seq + REACH_MOST)
                if is_after
                else column.between(seq - REACH_MOST, seq - 1),
            )
        ).scalar()
        return int(found or 0)

    def _mine(self, seqs: Iterable[int]) -> Iterator[Entry]:
        """The entries at these places that are nobody else's."""
        places = [(self.epoch, seq) for seq in sorted(set(seqs)) if seq > 0]
        for entry in read_entries_at(self._connection, self._kiosk_id, places):
            if self._is_mine(read_content(entry).fact):
                yield entry

    def _is_mine(self, fact: Fact) -> bool:
        claim, debt = str(getattr(fact, "claim", "")), str(getattr(fact, "debt", ""))
        if isinstance(fact, f.ClaimOpened | f.ClaimWeighed | f.ClaimApproved | f.ClaimRefused):
            return claim in self._claims
        if debt or claim:
            return debt in self._debts or claim in self._claims
        return getattr(fact, "visit", "") in {"", *self._names}

    def _runs(self) -> list[dict[str, object]]:
        shown = [each.seq for each in self.entries] + [each.seq for each in self.opened]
        wanted = {each for seq in shown for each in (seq - 1, seq)} - {0}
        journal = models.journal.c
        ordered = sorted(wanted)
        rows = self._connection.execute(
            select(journal.seq, journal.digest)
            .where(self._place(), journal.seq.between(*self._span))
            .order_by(journal.seq)
        ).all()
        digests = {int(row.seq): bytes(row.digest).hex() for row in rows}
        rest = [(self.epoch, seq) for seq in ordered if seq not in digests]
        for entry in read_entries_at(self._connection, self._kiosk_id, rest):
            digests[entry.seq] = entry.digest.hex()
        runs: list[dict[str, object]] = []
        line: list[str] = []
        last = -1
        for seq in sorted(digests):
            if seq != last + 1:
                line = []
                runs.append({"first": seq, "digests": line})
            line.append(digests[seq])
            last = seq
        return runs


class _OfVisit(_Collection):
    """What belongs to a visit; with ``claim``, to that claim about it and to no other."""

    def __init__(
        self, connection: Connection, kiosk_id: str, visit: str, weighed: Sequence[Recorded], claim: str = ""
    ) -> None:
        epoch = visit[1:].partition("-")[0]
        super().__init__(connection, kiosk_id, int(epoch) if epoch.isdecimal() else 0)
        book, claims, debts = models.visit.c, models.claim.c, models.debt.c
        row = connection.execute(
            select(book.opened_seq, book.settled_seq).where(book.kiosk_id == kiosk_id, book.visit == visit)
        ).first()
        if row is None or not self.epoch:
            raise NoSuchVisitError(f"the journal has no visit {visit}")
        if not row.settled_seq:
            raise VisitOpenError(f"visit {visit} is not over yet")
        self.visit = visit
        self._names = {visit, *(getattr(each.fact, "visit", "") for each in weighed)} - {""}
        self._debts = set(
            connection.execute(
                select(debts.debt).where(debts.kiosk_id == kiosk_id, debts.visit == visit)
            ).scalars()
        )
        made = connection.execute(
            select(claims.claim, claims.opened_seq, claims.debt).where(
                claims.kiosk_id == kiosk_id,
                claims.visit == visit,
                claims.claim == claim if claim else claims.claim != "",
            )
        ).all()
        self._claims = {each.claim for each in made}
        self._debts |= {each.debt for each in made if each.debt}
        first, last = int(row.opened_seq), int(row.settled_seq)
        seqs = {each.seq for each in weighed}
        seqs |= set(self._seqs(models.journal.c.visit == visit, first, last + AROUND))
        for each in made:
            if place_of(each.claim)[0] == self.epoch:
                seqs |= {each.opened_seq, each.opened_seq + 1}
        self._take(seqs, first, last)


class _OfClaim(_Collection):
    """What belongs to a claim that names no visit."""

    def __init__(self, connection: Connection, kiosk_id: str, claim: str, debt: str, around: Around) -> None:
        epoch, place = place_of(claim)
        super().__init__(connection, kiosk_id, epoch)
        self.around = around
        self._claims = {claim}
        self._debts = {debt} - {""}
        self._take({*around.seqs, place, place + 1}, around.window.first, around.window.last)
        shown = {entry.seq for entry in self.entries}
        rests = {
            seq
            for fact in _facts(self.entries)
            if isinstance(fact, f.ClaimWeighed)
            for seq in fact.evidence
            if seq not in shown
        }
        places = [(epoch, seq) for seq in sorted(rests)]
        self.others = tuple(recorded_of(each) for each in read_entries_at(connection, kiosk_id, places))
        """Entries of other people's business that the verdict rested on: they are told in words, as the vendor saw them."""

    def _is_mine(self, fact: Fact) -> bool:
        claim, debt = str(getattr(fact, "claim", "")), str(getattr(fact, "debt", ""))
        if claim or debt:
            return claim in self._claims or debt in self._debts
        return is_told(fact)


# --- reading the entries again, for both sides ----------------------------------------------------------------------


def account_of(entries: Iterable[Recorded], visit: str) -> dict[str, int]:
    """What the visit's own entries add up to, in minor units."""
    sums = {"coins": 0, "redeemed": 0, "sold": 0, "paid_out": 0, "owed": 0}
    for each in entries:
        fact = each.fact
        if getattr(fact, "visit", "") != visit:
            continue
        match fact:
            case f.CoinCredited(value_minor=value_minor):
                sums["coins"] += value_minor
            case f.CoinFound(value_minor=value_minor, qty=qty):
                sums["coins"] += value_minor * qty
            case f.DebtRedeemed(amount_minor=amount_minor):
                sums["redeemed"] += amount_minor
            case f.SaleClosed(total_minor=total_minor):
                sums["sold"] += total_minor
            case f.PayoutEnded(paid_qty=paid_qty, value_minor=value_minor):
                sums["paid_out"] += paid_qty * value_minor
            case f.DebtRecorded(amount_minor=amount_minor):
                sums["owed"] += amount_minor
            case _:
                pass
    return sums


@dataclass(frozen=True, slots=True)
class _Case:
    """A claim as its entries tell it, and what the entries say today."""

    claim: str
    about: About
    said_minor: int
    at: str
    then: dict[str, object]
    today: Weighing
    entries: tuple[Recorded, ...]


def claims_in(entries: Sequence[Recorded], visit: str, later: tuple[Fact, ...] = ()) -> tuple[_Case, ...]:
    """The claims about the visit, each weighed anew; without a claim, what would be said of each kind.

    ``later`` is what later epochs say of its debts, as `kiosk.claims.evidence.weigh` takes it.
    """
    opened = [each for each in entries if isinstance(each.fact, f.ClaimOpened) and each.fact.visit == visit]
    found: list[_Case] = []
    asked = [(each.fact, each.at) for each in opened]
    kinds = [(about, 0, "", "") for about in About] if not asked else []
    kinds += [
        (fact.about, fact.said_minor, fact.claim, at) for fact, at in asked if isinstance(fact, f.ClaimOpened)
    ]
    for about, said_minor, claim, at in kinds:
        today = weigh(entries, about=about, said_minor=said_minor, visit=visit, later=later)
        found.append(_Case(claim, about, said_minor, at, _then(entries, claim), today, tuple(entries)))
    return tuple(found)


def unbound_case(entries: Sequence[Recorded], claim: str, window: Window) -> _Case:
    """A claim without a visit, weighed anew by what the house said; debts and other shoppers' money are not weighed here."""
    (opened,) = (
        each for each in entries if isinstance(each.fact, f.ClaimOpened) and each.fact.claim == claim
    )
    then = _then(entries, claim)
    fact = opened.fact
    about, said_minor = (
        (fact.about, fact.said_minor) if isinstance(fact, f.ClaimOpened) else (About.SWALLOWED, 0)
    )
    today = weigh(_of_house(entries), about=about, said_minor=said_minor, window=(window.first, window.last))
    return _Case(claim, about, said_minor, opened.at, then, today, tuple(entries))


def _of_house(entries: Iterable[Recorded]) -> Iterator[Recorded]:
    """What of these names no shopper: debts and lost payouts are left out, for whether they were made good is not told here."""
    for each in entries:
        match each.fact:
            case f.DebtRecorded() | f.GoodwillGranted():
                continue
            case f.MoneyPossiblySwallowed() | f.CoinTurnedAway() | f.NoteTurnedAway() as fact:
                yield replace(each, fact=replace(fact, visit=""))
            case fact if not getattr(fact, "visit", ""):
                yield each
            case _:
                pass


def decision_of(entries: Sequence[Recorded], claim: str, later: Iterable[Fact] = ()) -> dict[str, object]:
    """How a claim was decided, by whom and for what reason; empty while it waits."""
    found: dict[str, object] = {}
    for fact in (*(each.fact for each in entries), *later):
        match fact:
            case f.ClaimApproved() if fact.claim == claim:
                found = {"state": "approved", "by": fact.by, "amount_minor": fact.amount_minor, "reason": ""}
            case f.ClaimRefused() if fact.claim == claim:
                found = {"state": "refused", "by": fact.by, "amount_minor": 0, "reason": fact.reason}
            case _:
                pass
    return found


def _then(entries: Iterable[Recorded], claim: str) -> dict[str, object]:
    """What the journal said when the claim came."""
    then: dict[str, object] = {}
    for each in entries:
        fact = each.fact
        if isinstance(fact, f.ClaimWeighed) and fact.claim == claim:
            then = {
                "verdict": str(fact.verdict),
                "amount_minor": fact.amount_minor,
                "debt": fact.debt,
                "entries": list(fact.evidence),
            }
    return then


def _claim_values(case: _Case) -> dict[str, object]:
    today = case.today
    return {
        "claim": case.claim,
        "about": str(case.about),
        "said_minor": case.said_minor,
        "at": case.at,
        "then": case.then,
        "today": {
            "verdict": str(today.verdict),
            "amount_minor": today.amount_minor,
            "debt": today.debt,
            "reason": today.reason,
            "entries": list(today.evidence),
        },
    }


def _claim_words(case: _Case, about: Circumstances) -> dict[str, object]:
    rests = set(case.today.evidence)
    return {
        **_claim_values(case),
        "why": {language: say_why(language, case.today.reason) for language in LANGUAGES},
        "findings": _words((each for each in case.entries if each.seq in rests), about),
    }


def _words(entries: Iterable[Recorded], about: Circumstances) -> list[dict[str, object]]:
    return [{"seq": each.seq, **_say(each, about)} for each in entries]


def _say(recorded: Recorded, about: Circumstances) -> dict[str, object]:
    finding = finding_of(recorded)
    return {
        language: say_finding(language, finding, currency=about.currency, exponent=about.exponent)
        for language in LANGUAGES
    }


def _device_words(entries: Iterable[Entry], about: Circumstances) -> list[dict[str, object]]:
    """What the devices said: counters, conditions and faults, in order."""
    words: list[dict[str, object]] = []
    for entry in entries:
        recorded = recorded_of(entry)
        if getattr(recorded.fact, "device", "") and not entry.visit:
            words.append({"seq": entry.seq, "at": entry.at, "kind": entry.kind, **_say(recorded, about)})
    return words


# --- checking -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of an evidence file found.

    Attributes:
        kiosk_id: Whose it says it is; empty when it cannot be read at all.
        visit: What it is about; empty for a claim that names none.
        problems: Why it is refused, in words; empty when it holds.
        said: What holds, in words.
        unknown: What this file alone cannot show, in words.
        evidence: The document itself when it holds, else empty.
    """

    kiosk_id: str
    visit: str
    problems: tuple[str, ...]
    said: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    claim: str = ""
    """The one claim that it is about; empty for a file of a visit."""


class EvidenceError(Exception):
    """The file is refused; the message says why."""


def check_evidence(data: bytes, *, public_key: str = "") -> Checked:
    """Check an evidence file with nothing but itself.

    Args:
        data: The file's bytes.
        public_key: The kiosk's key in hex as somebody knows it from elsewhere; empty: the key inside is trusted.
    """
    kiosk_id = visit = claim = ""
    try:
        document, signature = _read(data)
        kiosk_id, visit, claim = (str(document.get(name, "")) for name in ("kiosk_id", "visit", "claim"))
        _check_signature(document, signature, public_key.strip().lower())
        said, unknown = (_Check if document["format"] == FORMAT else _CheckUnbound)(document).run()
    except EvidenceError as error:
        return Checked(kiosk_id, visit, (str(error),))
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError, JournalDamagedError) as error:
        return Checked(kiosk_id, visit, (f"the file is not as we write them: {error!r}",))
    if public_key:
        said = ("it is signed by the key that you named", *said)
    else:
        unknown = (
            f"whose key it is: the key inside is trusted, for none was named; ask the vendor for it: {document['public_key']}",
            *unknown,
        )
    return Checked(kiosk_id, visit, (), said, unknown, document, claim)


def _read(data: bytes) -> tuple[dict[str, Any], str]:
    """The document and its signature.

    Raises:
        EvidenceError: It is no evidence file, or not in its one spelling.
    """
    if len(data) > MOST_BYTES:
        raise EvidenceError("the file is too large to be one of ours")
    try:
        outer = msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise EvidenceError(f"this is no evidence file: {error}") from error
    if not isinstance(outer, dict) or set(outer) != {"evidence", "signature"}:
        raise EvidenceError("this is no evidence file")
    document, signature = outer["evidence"], outer["signature"]
    if not isinstance(document, dict) or document.get("format") not in {FORMAT, FORMAT_UNBOUND}:
        raise EvidenceError("this is no evidence file of a format that is known here")
    if not isinstance(signature, str) or not HEX_128.fullmatch(signature):
        raise EvidenceError("its signature is no signature")
    if canonical(outer) + b"\n" != data:
        raise EvidenceError("it was changed: it is not in the spelling in which it was written")
    return document, signature


def _check_signature(document: Mapping[str, Any], signature: str, told: str) -> None:
    inside = document["public_key"]
    if not isinstance(inside, str) or not HEX_64.fullmatch(inside):
        raise EvidenceError("its public key is no key")
    if told and told != inside:
        raise EvidenceError(f"it is signed by another key than the one you named: {inside}")
    try:
        VerifyKey(bytes.fromhex(inside)).verify(SIGN_TAG + canonical(document), bytes.fromhex(signature))
    except (BadSignatureError, ValueError) as error:
        raise EvidenceError("it was changed: its signature does not fit") from error


class _Check:
    """One signed document, looked through."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._kiosk_id, self._epoch = str(document["kiosk_id"]), int(document["epoch"])
        self._visit = str(document["visit"])
        self._digests: dict[int, bytes] = {}
        for run in document["digests"]:
            for offset, digest in enumerate(run["digests"]):
                if not HEX_64.fullmatch(digest):
                    raise EvidenceError("a digest is none")
                self._digests[int(run["first"]) + offset] = bytes.fromhex(digest)
        self._entries = [self._entry(values) for values in document["entries"]]
        # A file of the first days has none: the openings were among its entries.
        self._opened = msgspec.convert(document.get("opened", []), list[_Opened])
        self._recorded = _told(self._entries, self._opened)
        self._later = [self._later_entry(values) for values in document.get("later", [])]
        self._other_keys: dict[int, str] = {}

    def run(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What holds and what cannot be known.

        Raises:
            EvidenceError: Something does not hold.
        """
        self._check_chain()
        self._check_opened()
        checkpoints = self._check_checkpoints()
        first, last = self._check_reach()
        self._check_decision()
        self._check_claims()
        shown = {each.seq for each in self._recorded}
        hidden = [seq for seq in range(first, last + 1) if seq not in shown]
        said = [
            f"it was signed by kiosk {self._kiosk_id} on {self._document['made_at']} and not one byte was changed since",
            f"it holds {len(self._entries)} entries of the journal; each fits its digest and the one before it",
            *self._said(first, last),
        ]
        unknown = [
            "whether the kiosk's whole journal is unchanged: 'kiosk verify-journal' shows that there; it must hold these digests",
            "what no device reported; no journal holds that",
        ]
        if hidden:
            unknown.insert(
                0,
                f"what {len(hidden)} entries of other business between them say: they are here as digests only",
            )
        unknown += self._unknown()
        if checkpoints:
            places = ", ".join(str(seq) for seq in checkpoints)
            said.append(f"signed checkpoints anchor it at {places}")
        unknown += [
            f"whose key signed the checkpoint at entry {seq}: it is not this file's; ask the vendor for it: {key}"
            for seq, key in self._other_keys.items()
        ]
        if self._later:
            unknown.append(
                "whether all is inside that came after a copy was restored: what closed or released these debts "
                f"up to epoch {self._later[-1].epoch} is, and was weighed"
            )
        if not any(seq > last for seq in checkpoints):
            unknown.append("whether it stands before a signed checkpoint: none had been written after it yet")
        return tuple(said), tuple(unknown)

    def _check_reach(self) -> tuple[int, int]:
        """The first and last entry of what it is about, complete and adding up."""
        first, last = self._check_visit()
        self._check_account()
        return first, last

    def _said(self, first: int, last: int) -> tuple[str, ...]:
        """What holds of a visit's file."""
        return (
            f"visit {self._visit} is complete from its opening (entry {first}) to its settling (entry {last})",
            "its account adds up: " + ", ".join(f"{k} {v}" for k, v in self._document["account"].items()),
            "every entry that the verdict rests on is inside, and weighing them again gives the same verdict",
        )

    def _unknown(self) -> list[str]:
        """What a file cannot show because of what it leaves out."""
        if not self._opened:
            return []
        places = ", ".join(str(each.seq) for each in self._opened)
        words = (
            f"the words in which a claim was made (entry {places}): they are stated and signed, but here as a digest only,"
            " for the entry holds a secret of the claimant"
        )
        return [words]

    def _check_decision(self) -> None:
        """Of a file of one claim: its decision is what the entries say."""
        claim = str(self._document.get("claim", ""))
        if claim and decision_of(self._recorded, claim, _facts(self._later)) != self._document["decision"]:
            raise EvidenceError("its decision is not what the entries say")

    def _entry(self, values: Mapping[str, Any]) -> Entry:
        if set(values) != {*_FIELDS, "body"}:
            raise EvidenceError("an entry has other fields than ours")
        try:
            body = base64.b64decode(values["body"], validate=True)
        except binascii.Error as error:
            raise EvidenceError(f"entry {values['seq']} cannot be read") from error
        seq = int(values["seq"])
        if seq not in self._digests:
            raise EvidenceError(f"entry {seq} has no digest here")
        rest = {name: values[name] for name in _FIELDS}
        return Entry(kiosk_id=self._kiosk_id, epoch=self._epoch, body=body, digest=self._digests[seq], **rest)

    def _later_entry(self, values: Mapping[str, Any]) -> Entry:
        """An entry of a later epoch: it carries its own digest and the one before it.

        Raises:
            EvidenceError: It does not fit them.
        """
        if set(values) != {*_FIELDS, "body", "epoch", "digest", "before"}:
            raise EvidenceError("an entry of a later epoch has other fields than ours")
        epoch, digest, before = int(values["epoch"]), str(values["digest"]), str(values["before"])
        if epoch <= self._epoch or not HEX_64.fullmatch(digest) or not HEX_64.fullmatch(before):
            raise EvidenceError("an entry of a later epoch is none")
        try:
            body = base64.b64decode(values["body"], validate=True)
        except binascii.Error as error:
            raise EvidenceError(f"entry {epoch}-{values['seq']} cannot be read") from error
        rest = {name: values[name] for name in _FIELDS}
        entry = Entry(kiosk_id=self._kiosk_id, epoch=epoch, body=body, digest=bytes.fromhex(digest), **rest)
        if digest_of(bytes.fromhex(before), entry) != entry.digest:
            raise EvidenceError(f"entry {epoch}-{entry.seq} does not fit its digest or the entry before it")
        return entry

    def _check_chain(self) -> None:
        seqs = [entry.seq for entry in self._entries]
        if seqs != sorted(set(seqs)) or not seqs:
            raise EvidenceError("its entries are not in order")
        for entry in self._entries:
            before = NO_DIGEST if entry.seq == 1 else self._digests.get(entry.seq - 1)
            if before is None or digest_of(before, entry) != entry.digest:
                raise EvidenceError(f"entry {entry.seq} does not fit its digest or the entry before it")

    def _check_opened(self) -> None:
        """A stated opening has a digest, the place that its claim is named after, and its weighing right behind it."""
        inside = {entry.seq for entry in self._entries}
        weighed = {each.seq: each.fact for each in self._recorded if isinstance(each.fact, f.ClaimWeighed)}
        for each in self._opened:
            after = weighed.get(each.seq + 1)
            if each.seq in inside or each.seq not in self._digests:
                raise EvidenceError(f"the opening of claim {each.claim} has no digest of its own")
            if place_of(each.claim) != (self._epoch, each.seq) or after is None or after.claim != each.claim:
                raise EvidenceError(f"the opening of claim {each.claim} does not stand where it is said to")

    def _check_checkpoints(self) -> tuple[int, ...]:
        found: list[int] = []
        for each in self._recorded:
            fact = each.fact
            if not isinstance(fact, f.CheckpointSigned):
                continue
            totals = (fact.sold_minor, fact.taken_minor, fact.paid_out_minor, fact.owed_minor)
            message = checkpoint_text(self._kiosk_id, self._epoch, fact.covers_seq, fact.head, totals)
            try:
                VerifyKey(bytes.fromhex(fact.public_key)).verify(message, bytes.fromhex(fact.signature))
            except (BadSignatureError, ValueError) as error:
                raise EvidenceError(
                    f"the checkpoint at entry {each.seq} is not signed by the key that it names"
                ) from error
            head = self._digests.get(fact.covers_seq)
            if fact.covers_seq != each.seq - 1 or head is None or head.hex() != fact.head:
                raise EvidenceError(f"the checkpoint at entry {each.seq} covers another chain")
            if fact.public_key == self._document["public_key"]:
                found.append(each.seq)
            elif (
                self._later
            ):  # the key may change where an epoch begins: it anchors only for who knows the old one
                self._other_keys[each.seq] = fact.public_key
            else:
                raise EvidenceError(
                    f"the checkpoint at entry {each.seq} is not signed by the key of this file"
                )
        return tuple(found)

    def _check_visit(self) -> tuple[int, int]:
        def place(kind: type[f.VisitOpened | f.VisitSettled]) -> int:
            seqs = [
                each.seq
                for each in self._recorded
                if isinstance(each.fact, kind) and each.fact.visit == self._visit
            ]
            if len(seqs) != 1:
                raise EvidenceError(f"the visit's {kind.__name__} is not inside")
            return seqs[0]

        first, last = place(f.VisitOpened), place(f.VisitSettled)
        if any(seq not in self._digests for seq in range(first, last + 1)):
            raise EvidenceError("digests between the visit's entries are missing")
        return first, last

    def _check_account(self) -> None:
        sums = account_of(self._recorded, self._visit)
        if sums != self._document["account"]:
            raise EvidenceError("its account is not what the entries say")
        if sums["coins"] + sums["redeemed"] != sums["sold"] + sums["paid_out"] + sums["owed"]:
            raise EvidenceError("the visit's entries do not add up: some are missing")

    def _check_claims(self) -> None:
        inside = {entry.seq for entry in self._entries}
        cases = claims_in(self._recorded, self._visit, _facts(self._later))
        if len(cases) != len(self._document["claims"]):
            raise EvidenceError("its claims are not those of the entries")
        for case, stated in zip(cases, self._document["claims"], strict=True):
            if any(stated.get(name) != value for name, value in _claim_values(case).items()):
                raise EvidenceError("a verdict is not what the entries say")
            for seq in (*stated["today"]["entries"], *stated["then"].get("entries", ())):
                if seq not in inside:
                    raise EvidenceError(f"entry {seq}, which the verdict rests on, is not inside")


class _CheckUnbound(_Check):
    """A signed document about a claim that names no visit, looked through."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document)
        self._claim = str(document["claim"])
        self._window = msgspec.convert(document["window"], Window)
        self._neighbours = msgspec.convert(document["neighbours"], list[Neighbour])
        self._counted = msgspec.convert(document["counted"], list[Counted])

    def _check_reach(self) -> tuple[int, int]:
        window = self._window
        epoch, place = place_of(self._claim)
        if [each.claim for each in self._opened] != [self._claim] or epoch != self._epoch:
            raise EvidenceError("it holds the opening of another claim, or none")
        if not window.first <= place <= window.last:
            raise EvidenceError("its claim was not made in the time that it is about")
        if any(seq not in self._digests for seq in range(window.first, window.last + 1)):
            raise EvidenceError("digests of the time that it is about are missing")
        shown = {entry.seq for entry in self._entries}
        for each in self._neighbours:
            if each.first in shown or each.first > window.last or (each.last and each.last < window.first):
                raise EvidenceError("a visit is told that does not stand in the time that it is about")
        if any(each.seq <= window.last for each in self._counted):
            raise EvidenceError("a count of the cash is told that was not the next one")
        return window.first, window.last

    def _said(self, first: int, last: int) -> tuple[str, ...]:
        of_devices = sum(bool(getattr(each.fact, "device", "")) for each in self._recorded)
        return (
            f"it is about what happened from {self._window.since} to {self._window.until}: entries {first} to {last}",
            f"it holds {of_devices} entries of devices; weighing what the house said again gives the same verdict",
        )

    def _unknown(self) -> list[str]:
        unknown = super()._unknown()
        if self._neighbours:
            unknown.append(
                f"{len(self._neighbours)} visits of other shoppers: their sums are stated and signed, their entries are here as"
                " digests only; the verdict of the day the claim came was weighed with them"
            )
        if self._counted:
            unknown.append(
                "the next count of the cash: its sums are stated and signed, the entry is not here"
            )
        return unknown

    def _check_claims(self) -> None:
        (stated,) = self._document["claims"]
        case = unbound_case(self._recorded, self._claim, self._window)
        if any(stated.get(name) != value for name, value in _claim_values(case).items()):
            raise EvidenceError("a verdict is not what the entries say")
        inside = {entry.seq for entry in self._entries}
        told = {each["seq"] for each in stated["others"]}
        for seq in stated["today"]["entries"]:
            if seq not in inside:
                raise EvidenceError(f"entry {seq}, which the verdict rests on, is not inside")
        for seq in stated["then"].get("entries", ()):
            if seq not in inside | told:
                raise EvidenceError(f"entry {seq}, which the verdict rested on, is not told")
