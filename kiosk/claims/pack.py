"""An evidence file: what the journal holds about one visit, signed, to be checked by anybody without our database.

One canonical JSON document. It carries the exact bytes of the visit's entries, of its claims and debts, and of what the devices
said around it; the digests that tie them into the chain; the nearest signed checkpoints; the receipt; and the verdict with the
entries that it rests on. Entries of other visits appear as digests only, personal details never, and codes that pay are masked.
The opening of a claim is a digest too, with what was said stated beside it: its body holds the sender's token, and whoever knows
that could ask for the code.
The whole is signed with the kiosk's Ed25519 key (RFC 8032); numbers are whole, keys are sorted, nothing stands in it twice, so
that the file has one spelling and any changed byte is found.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import Connection, Engine, and_, func, select

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
)
"""What later epochs say of a visit's debts; their entries have numbers of their own."""

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
        found = _Collection(connection, kiosk_id, visit, desk.entries_about(visit))
    public_key = key.verify_key.encode().hex()
    entries = _told(found.entries, found.opened)
    document = {
        "format": FORMAT,
        "kiosk_id": kiosk_id,
        "epoch": found.epoch,
        "visit": visit,
        "public_key": public_key,
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
        "account": account_of(entries, visit),
        "claims": [_claim_words(each, about) for each in claims_in(entries, visit, _facts(found.later))],
        "opened": msgspec.to_builtins(found.opened),
        "devices": _device_words(found.entries, about),
        "receipt": dict(about.receipt),
        "entries": [_entry_values(entry) for entry in found.entries],
        "digests": found.runs,
    }
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
    """The entries that belong into the file, and the digests that tie them."""

    def __init__(
        self, connection: Connection, kiosk_id: str, visit: str, weighed: Sequence[Recorded]
    ) -> None:
        self._connection = connection
        self._kiosk_id = kiosk_id
        book = models.visit.c
        row = connection.execute(
            select(book.opened_seq, book.settled_seq).where(book.kiosk_id == kiosk_id, book.visit == visit)
        ).first()
        epoch = visit[1:].partition("-")[0]
        if row is None or not epoch.isdecimal():
            raise NoSuchVisitError(f"the journal has no visit {visit}")
        if not row.settled_seq:
            raise VisitOpenError(f"visit {visit} is not over yet")
        self.epoch = int(epoch)
        self.visit = visit
        self._names = {visit, *(getattr(each.fact, "visit", "") for each in weighed)} - {""}
        self._debts = set(
            connection.execute(
                select(models.debt.c.debt).where(
                    models.debt.c.kiosk_id == kiosk_id, models.debt.c.visit == visit
                )
            ).scalars()
        )
        claims = connection.execute(
            select(models.claim.c.claim, models.claim.c.opened_seq, models.claim.c.debt).where(
                models.claim.c.kiosk_id == kiosk_id, models.claim.c.visit == visit
            )
        ).all()
        self._claims = {each.claim for each in claims}
        self._debts |= {each.debt for each in claims if each.debt}
        first, last = int(row.opened_seq), int(row.settled_seq)
        seqs = {each.seq for each in weighed}
        seqs |= set(self._seqs(models.journal.c.visit == visit, first, last + AROUND))
        for each in claims:
            if place_of(each.claim)[0] == self.epoch:
                seqs |= {each.opened_seq, each.opened_seq + 1}
        seqs |= set(self._later(first))
        seqs |= set(self._baselines(first))
        before, after = self._checkpoint(first, is_after=False), self._checkpoint(last, is_after=True)
        seqs |= {seq for seq in (before, after) if seq}
        mine = sorted(self._mine(seqs), key=lambda entry: entry.seq)
        self.opened = tuple(each for each in map(_opened_of, mine) if each is not None)
        self.entries = tuple(entry for entry in mine if _opened_of(entry) is None)
        start, end = (before - 1 if before else max(1, first - AROUND)), after or last + AROUND
        self._span = (max(1, start), end) if end - start <= DIGESTS_MOST else (first, last)
        self.later_pairs = tuple(self._later_epochs())
        """Entries of later epochs that began them, or closed or released the visit's debts; each with the digest before it."""
        self.later = tuple(entry for entry, _ in self.later_pairs)
        self.runs = self._runs()
        """Digests by place, in runs without a gap: between the checkpoints, and before and at each entry."""

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
            if isinstance(fact, f.JournalOpened) or getattr(fact, "debt", "") in self._debts:
                yield pair[-1], pair[0].digest if len(pair) > 1 else NO_DIGEST

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
        weighed = [
            each.fact
            for each in entries
            if isinstance(each.fact, f.ClaimWeighed) and each.fact.claim == claim
        ]
        then: dict[str, object] = {}
        for fact in weighed:
            then = {
                "verdict": str(fact.verdict),
                "amount_minor": fact.amount_minor,
                "debt": fact.debt,
                "entries": list(fact.evidence),
            }
        today = weigh(entries, about=about, said_minor=said_minor, visit=visit, later=later)
        found.append(_Case(claim, about, said_minor, at, then, today, tuple(entries)))
    return tuple(found)


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
        "findings": [{"seq": each.seq, **_say(each, about)} for each in case.entries if each.seq in rests],
    }


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
        visit: What it is about.
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


class EvidenceError(Exception):
    """The file is refused; the message says why."""


def check_evidence(data: bytes, *, public_key: str = "") -> Checked:
    """Check an evidence file with nothing but itself.

    Args:
        data: The file's bytes.
        public_key: The kiosk's key in hex as somebody knows it from elsewhere; empty: the key inside is trusted.
    """
    kiosk_id = visit = ""
    try:
        document, signature = _read(data)
        kiosk_id, visit = str(document.get("kiosk_id", "")), str(document.get("visit", ""))
        _check_signature(document, signature, public_key.strip().lower())
        said, unknown = _Check(document).run()
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
    return Checked(kiosk_id, visit, (), said, unknown, document)


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
    if not isinstance(document, dict) or document.get("format") != FORMAT:
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
        first, last = self._check_visit()
        self._check_account()
        self._check_claims()
        shown = {each.seq for each in self._recorded}
        hidden = [seq for seq in range(first, last + 1) if seq not in shown]
        said: tuple[str, ...] = (
            f"it was signed by kiosk {self._kiosk_id} on {self._document['made_at']} and not one byte was changed since",
            f"it holds {len(self._entries)} entries of the journal; each fits its digest and the one before it",
            f"visit {self._visit} is complete from its opening (entry {first}) to its settling (entry {last})",
            "its account adds up: " + ", ".join(f"{k} {v}" for k, v in self._document["account"].items()),
            "every entry that the verdict rests on is inside, and weighing them again gives the same verdict",
        )
        unknown = [
            "whether the kiosk's whole journal is unchanged: 'kiosk verify-journal' shows that there; it must hold these digests",
            "what no device reported; no journal holds that",
        ]
        if hidden:
            unknown.insert(
                0,
                f"what {len(hidden)} entries of other business between them say: they are here as digests only",
            )
        if self._opened:
            places = ", ".join(str(each.seq) for each in self._opened)
            unknown.append(
                f"the words in which a claim was made (entry {places}): they are stated and signed, but here as a digest only,"
                " for the entry holds a secret of the claimant"
            )
        if checkpoints:
            places = ", ".join(str(seq) for seq in checkpoints)
            said = (*said, f"signed checkpoints anchor it at {places}")
        unknown += [
            f"whose key signed the checkpoint at entry {seq}: it is not this file's; ask the vendor for it: {key}"
            for seq, key in self._other_keys.items()
        ]
        if self._later:
            unknown.append(
                "whether all is inside that came after a copy was restored: what closed or released this visit's debts "
                f"up to epoch {self._later[-1].epoch} is, and was weighed"
            )
        if not any(seq > last for seq in checkpoints):
            unknown.append("whether it stands before a signed checkpoint: none had been written after it yet")
        return said, tuple(unknown)

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
