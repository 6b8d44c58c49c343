"""A forger with the kiosk's own key: changes what an entry says, and makes everything else fit again."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from kiosk.core.facts import KINDS
from kiosk.core.postings import postings_of
from kiosk.journal.entry import NO_DIGEST, Entry, checkpoint_text, digest_of
from tests.kiosk.store.freeze import VECTORS
from tests.kiosk.world import KEY

FROZEN = VECTORS / "journal-landing-1.db"
COLUMNS = "kiosk_id, epoch, seq, at, now_ms, time_ok, boot, kind, version, visit, actor, body, digest"


@dataclass
class Leaf:
    """An entry that can be written on."""

    entry: Entry
    fact: dict[str, Any]
    postings: list[list[Any]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.entry.kind

    def book(self) -> None:
        """Post what the fact says now, as the till would."""
        fact = msgspec.convert(self.fact, KINDS[self.kind])
        self.postings = [[account, amount, "EUR"] for account, amount in postings_of(fact)]

    def copy(self, **changes: Any) -> Leaf:
        leaf = Leaf(self.entry, json.loads(json.dumps(self.fact)) | changes)
        leaf.book()
        return leaf


class Forger:
    """A copy of the frozen journal, open for forging."""

    def __init__(self, path: Path, source: Path = FROZEN) -> None:
        shutil.copy(source, path)
        self.path = path
        self._database = sqlite3.connect(path, isolation_level=None)
        for verb in ("update", "delete"):
            self._database.execute(f"DROP TRIGGER IF EXISTS journal_never_{verb}")
        self.leaves = [
            _leaf(row) for row in self._database.execute(f"SELECT {COLUMNS} FROM journal ORDER BY seq")
        ]

    def leaf(self, kind: str, nth: int = 0) -> Leaf:
        return [leaf for leaf in self.leaves if leaf.kind == kind][nth]

    def at(self, seq: int) -> Leaf:
        return self.leaves[seq - 1]

    def change(self, seq: int, **changes: Any) -> None:
        """Let an entry say something else, and be booked as that."""
        self.at(seq).fact.update(changes)
        self.at(seq).book()

    def put(self, seq: int, leaf: Leaf) -> None:
        """Let ``leaf`` stand where another entry stood, so that everything else keeps its place."""
        there = self.leaves[seq - 1].entry
        leaf.entry = replace(there, kind=leaf.kind, version=leaf.entry.version)
        self.leaves[seq - 1] = leaf

    def blank(self, seq: int) -> None:
        """Let an entry have been something harmless."""
        self.put(seq, self.leaf("LanguageChosen").copy())

    def save(self, *, chains: bool = True, signs: bool = True) -> Path:
        """Write it back: numbered, chained and signed anew, or as far as asked."""
        digest = NO_DIGEST
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("BEGIN")
        self._database.execute("DELETE FROM journal")
        for number, leaf in enumerate(self.leaves, start=1):
            if leaf.kind == "CheckpointSigned" and signs:
                self._sign(leaf, number, digest)
            body = json.dumps(
                {"fact": leaf.fact, "postings": leaf.postings},
                sort_keys=True,
                separators=(",", ":"),
                ensure_ascii=False,
            )
            entry = replace(leaf.entry, seq=number, body=body.encode(), visit=leaf.fact.get("visit", ""))
            digest = digest_of(digest, entry) if chains else leaf.entry.digest
            self.insert_row(replace(entry, digest=digest))
        self._database.execute("COMMIT")
        return self.close()

    def insert_row(self, entry: Entry) -> None:
        values = [getattr(entry, name) for name in COLUMNS.split(", ")]
        self._database.execute(f"INSERT INTO journal ({COLUMNS}) VALUES ({', '.join('?' * 13)})", values)

    def run(self, statement: str, values: Iterable[Any] = ()) -> None:
        assert self._database.execute(statement, tuple(values)).rowcount != 0

    def close(self) -> Path:
        self._database.close()
        return self.path

    def _sign(self, leaf: Leaf, number: int, head: bytes) -> None:
        """As the kiosk would: over this chain, with the totals of these entries."""
        sums = dict.fromkeys(("sold", "taken", "paid", "owed"), 0)
        for each in self.leaves[: number - 1]:
            for name, minor in _totals(each):
                sums[name] += minor
        totals = (sums["sold"], sums["taken"], sums["paid"], sums["owed"])
        message = checkpoint_text("K1", 1, number - 1, head.hex(), totals)
        leaf.fact.update(
            covers_seq=number - 1,
            head=head.hex(),
            sold_minor=totals[0],
            taken_minor=totals[1],
            paid_out_minor=totals[2],
            owed_minor=totals[3],
            signature=KEY.sign(message).signature.hex(),
        )


def _totals(leaf: Leaf) -> list[tuple[str, int]]:
    fact = leaf.fact
    table: dict[str, Callable[[], list[tuple[str, int]]]] = {
        "CoinCredited": lambda: [("taken", fact["value_minor"])],
        "CoinFound": lambda: [("taken", fact["qty"] * fact["value_minor"])],
        "SaleClosed": lambda: [("sold", fact["total_minor"])],
        "PayoutEnded": lambda: [("paid", fact["paid_qty"] * fact["value_minor"])],
        "HopperDiffered": lambda: [("paid", fact["qty"] * fact["value_minor"])],
        "DebtRecorded": lambda: [("owed", fact["amount_minor"])],
        "GoodwillGranted": lambda: [("owed", fact["amount_minor"])],
        "DebtRedeemed": lambda: [("owed", -fact["amount_minor"])],
        "DebtDropped": lambda: [("owed", -fact["amount_minor"])],
        "CashHandedOver": lambda: [("owed", -fact["amount_minor"]), ("paid", fact["amount_minor"])],
    }
    return table[leaf.kind]() if leaf.kind in table else []


def _leaf(row: tuple[Any, ...]) -> Leaf:
    entry = Entry(**dict(zip(COLUMNS.split(", "), row, strict=True)))
    body = json.loads(entry.body)
    return Leaf(entry, body["fact"], body["postings"])
