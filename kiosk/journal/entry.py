"""One journal row: its canonical bytes, and the digest that chains it to the one before.

A body is UTF-8 NFC JSON with sorted keys and whole numbers only, holding the fact and its postings. The *stored* bytes
are what is hashed and verified; nothing is serialised again to check a digest. The digest is SHA-256 over a tag, the
previous digest, and every field with its length, so that no two different rows can spell the same text. The tag carries
the version and separates entries from checkpoints.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import msgspec

from kiosk.core.draft import Stamp
from kiosk.core.facts import KINDS, LATER, VERSIONS, Fact, Recorded
from kiosk.core.postings import Posting, postings_of
from kiosk.invariant import ensure
from kiosk.journal.upcast import upcast

ENTRY_TAG: Final = b"kiosk entry 1"
CHECKPOINT_TAG: Final = "kiosk checkpoint 1"
NO_DIGEST: Final = bytes(32)
"""What the first entry of an epoch chains to."""


FIELDS_KEPT: Final = 512
"""Fields whose hashed form is remembered: neighbours in the journal share most of theirs."""


class JournalDamagedError(Exception):
    """A stored entry is not what was written: the message names it and what does not fit."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored row. ``body`` and ``digest`` are the exact bytes."""

    kiosk_id: str
    epoch: int
    seq: int
    at: str
    now_ms: int
    time_ok: bool
    boot: int
    kind: str
    version: int
    visit: str
    actor: str
    body: bytes
    digest: bytes


def _nfc(value: object) -> object:
    """The same value with every text in Unicode normal form C."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_nfc(item) for item in value]
    if isinstance(value, dict):
        return {_nfc(key): _nfc(item) for key, item in value.items()}
    return value


def _content(fact: Fact) -> object:
    """The fact, or, while some of its later fields have no value, its fields without those."""
    later = LATER.get(type(fact))
    if later is None:
        return fact
    empty = [name for name in later if getattr(fact, name) is None]
    if not empty:
        return fact
    plain: dict[str, object] = msgspec.to_builtins(fact)
    for name in empty:
        del plain[name]
    return plain


def body_of(fact: Fact, currency: str) -> bytes:
    """The canonical bytes of a fact and its postings, as they are stored and hashed."""
    postings = [[account, amount, currency] for account, amount in postings_of(fact)]
    body = msgspec.json.encode({"fact": _content(fact), "postings": postings}, order="sorted")
    if body.isascii():  # ASCII is in normal form already: nearly all bodies, at a tenth of the cost
        return body
    return msgspec.json.encode(_nfc(msgspec.json.decode(body)), order="sorted")


def digest_of(previous: bytes, entry: Entry) -> bytes:
    """The chain digest of ``entry`` after ``previous``; the entry's own ``digest`` is not read."""
    text = b"".join(
        (
            _TAG,
            len(previous).to_bytes(4, "big"),
            previous,
            _shared(entry.kiosk_id),
            _shared(str(entry.epoch)),
            _field(str(entry.seq)),
            _field(entry.at),
            _field(str(entry.now_ms)),
            _shared("1" if entry.time_ok else "0"),
            _shared(str(entry.boot)),
            _shared(entry.kind),
            _shared(str(entry.version)),
            _shared(entry.visit),
            _shared(entry.actor),
            len(entry.body).to_bytes(4, "big"),
            entry.body,
        )
    )
    return hashlib.sha256(text).digest()


def _field(text: str) -> bytes:
    """A field as it is hashed: its length and its bytes."""
    part = text.encode()
    return len(part).to_bytes(4, "big") + part


_shared = lru_cache(FIELDS_KEPT)(_field)
_TAG: Final = len(ENTRY_TAG).to_bytes(4, "big") + ENTRY_TAG


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: where the next entry goes."""

    kiosk_id: str
    currency: str
    epoch: int
    seq: int
    digest: bytes
    boot: int


def write_entries(head: Head, facts: Iterable[Fact], stamp: Stamp, actor: str) -> tuple[Entry, ...]:
    """Turn facts into the rows that follow ``head``, in order."""
    entries: list[Entry] = []
    digest, seq = head.digest, head.seq
    for fact in facts:
        seq += 1
        kind = type(fact).__name__
        ensure(KINDS.get(kind) is type(fact), f"{kind} is a fact of the journal")
        # Made twice, because the digest covers the other fields; replacing a field costs more than making all of them.
        entry = partial(
            Entry,
            kiosk_id=head.kiosk_id,
            epoch=head.epoch,
            seq=seq,
            at=stamp.at,
            now_ms=stamp.now_ms,
            time_ok=stamp.time_ok,
            boot=head.boot,
            kind=kind,
            version=VERSIONS[kind],
            visit=getattr(fact, "visit", ""),
            actor=actor,
            body=body_of(fact, head.currency),
        )
        digest = digest_of(digest, entry(digest=NO_DIGEST))
        entries.append(entry(digest=digest))
    return tuple(entries)


@dataclass(frozen=True, slots=True)
class Content:
    """What a body says: the fact, upcast to today's shape, and its stored postings."""

    fact: Fact
    postings: tuple[tuple[str, int, str], ...]


def read_content(entry: Entry) -> Content:
    """Read the stored bytes.

    Raises:
        JournalDamagedError: They are no body of a known kind.
    """
    try:
        raw = msgspec.json.decode(entry.body)
        kind, shape = upcast(entry.kind, entry.version, raw["fact"])
        fact = msgspec.convert(shape, KINDS[kind])
        postings = msgspec.convert(raw["postings"], tuple[tuple[str, int, str], ...])
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise JournalDamagedError(
            f"entry {entry.epoch}-{entry.seq} ({entry.kind}) cannot be read: {error}"
        ) from error
    return Content(fact=fact, postings=postings)


def recorded_of(entry: Entry) -> Recorded:
    """The fact of an entry with its place and time, as replay wants it."""
    return Recorded(seq=entry.seq, at=entry.at, now_ms=entry.now_ms, fact=read_content(entry).fact)


def check_chain(previous: Entry | None, entry: Entry) -> None:
    """Check one link.

    Raises:
        JournalDamagedError: A gap, a wrong digest, or postings that do not sum to 0.
    """
    name = f"entry {entry.epoch}-{entry.seq}"
    is_first = previous is None or entry.epoch != previous.epoch
    if is_first:
        if entry.seq != 1 or entry.kind != "JournalOpened":
            raise JournalDamagedError(f"{name}: an epoch begins with JournalOpened at 1")
    elif previous is not None and entry.seq != previous.seq + 1:
        raise JournalDamagedError(f"{name}: follows {previous.seq}, entries are missing")
    if previous is not None and entry.epoch < previous.epoch:
        # By more than one where a restored copy is older than an epoch that was used since: its number is not used again.
        raise JournalDamagedError(f"{name}: epochs rise")
    before = NO_DIGEST if is_first or previous is None else previous.digest
    if digest_of(before, entry) != entry.digest:
        raise JournalDamagedError(f"{name}: its digest does not fit; it or an earlier entry was changed")


def postings_as_stored(fact: Fact, currency: str) -> tuple[tuple[str, int, str], ...]:
    """What `read_content` must find for ``fact``."""
    postings: tuple[Posting, ...] = postings_of(fact)
    return tuple((account, amount, currency) for account, amount in postings)


def checkpoint_text(
    kiosk_id: str, epoch: int, seq: int, head: str, totals: tuple[int, int, int, int]
) -> bytes:
    """The text that a checkpoint's signature covers; totals are sold, taken, paid out, owed, in minor units."""
    numbers = " ".join(str(total) for total in totals)
    return f"{CHECKPOINT_TAG}\n{kiosk_id}\n{epoch}\n{seq}\n{head}\n{numbers}\n".encode()
