"""The audit of one journal file: every entry read, every digest recomputed, every entry booked a second time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kiosk.audit.books import Books
from kiosk.audit.chain import ROOT, Anchor, BodyError, digest, read_anchor, read_body
from kiosk.audit.file import JournalFile, Row, UnreadableError, open_journal
from kiosk.audit.findings import Findings
from kiosk.audit.report import AuditReport
from kiosk.audit.shapes import SHAPES, misfit
from kiosk.audit.unchecked import unchecked

PROGRESS_EVERY: Final = 20_000
"""Entries between two words of progress."""


def _no_progress(_done: int, _count: int) -> None:
    pass


class _Walk:
    """The entries of one kiosk, in order."""

    def __init__(self, public_key: str, anchor: Anchor | None) -> None:
        self.findings = Findings()
        self.books = Books(self.findings, public_key)
        self.anchor = anchor
        self.found_anchor = False
        self.entries = self.epochs = self.unsure_times = 0
        self.first_at = ""
        self.previous: Row | None = None
        self.unknown_kinds: dict[str, int] = {}
        self.is_continued = False

    def take(self, row: Row) -> None:
        """One entry: its place, its digest, its body, its books."""
        self.entries += 1
        self.first_at = self.first_at or row.at
        self.unsure_times += not row.time_ok
        last = self.previous
        before = self._place(row, last)
        if digest(before, row) != row.digest:
            self.findings.add(
                "I9",
                row.name,
                "its digest does not fit: it was changed, or an entry before it was changed or removed",
            )
        self.findings.ensure(row.time_ok in {0, 1}, "I9", row.name, "a yes or no that is neither")
        if self.anchor is not None and (row.epoch, row.seq) == (self.anchor.epoch, self.anchor.seq):
            self.found_anchor = True
            self.findings.ensure(
                row.digest.hex() == self.anchor.digest,
                "anchor",
                row.name,
                "the head that was kept elsewhere is another one: the journal was rewritten",
            )
        self.previous = row
        try:
            body = read_body(row.body)
        except BodyError as error:
            self.findings.add("I9", row.name, f"its body cannot be trusted: {error}")
            return
        self._take_body(row, body, before, last)

    def _place(self, row: Row, last: Row | None) -> bytes:
        """Check the entry's place after ``last``; the digest that it must be chained to."""
        ensure = self.findings.ensure
        if last is not None and row.epoch == last.epoch:
            missing = row.seq - last.seq - 1
            ensure(missing == 0, "I9", row.name, f"it follows {last.name}: {missing} entries are missing")
            ensure(
                row.kind != "JournalOpened", "I9", row.name, "a journal is opened in the middle of an epoch"
            )
            return last.digest
        self.epochs += 1
        # By more than one where a restored copy is older than an epoch that was used since: a number is not used again.
        ensure(last is None or row.epoch > last.epoch, "I9", row.name, "an epoch after a later one")
        ensure(
            row.seq == 1 and row.kind == "JournalOpened",
            "I9",
            row.name,
            "the beginning of this epoch is missing",
        )
        return ROOT

    def _take_body(self, row: Row, body: Any, before: bytes, last: Row | None) -> None:
        ensure = self.findings.ensure
        if not ensure(
            type(body) is dict and body.keys() == {"fact", "postings"} and type(body["fact"]) is dict,
            "I9",
            row.name,
            "its body is not a fact with postings",
        ):
            return
        fact, postings = body["fact"], body["postings"]
        shape = SHAPES.get((row.kind, row.version))
        if shape is None:
            kind = f"{row.kind[:40]} (version {row.version})"
            self.unknown_kinds[kind] = self.unknown_kinds.get(kind, 0) + 1
            ensure(
                not postings,
                "I1",
                row.name,
                f"{kind} moves money and is of a kind this auditor does not know",
            )
            return
        wrong = misfit(fact, shape)
        if not ensure(not wrong, "I9", row.name, f"{row.kind} has a field that does not fit: {wrong[:40]}"):
            return
        if row.kind == "JournalOpened":
            self._check_continuation(row, fact["previous_head"], last)
        self.books.take(row, fact, postings, before)

    def _check_continuation(self, row: Row, head: str, last: Row | None) -> None:
        """An epoch after the first says which head it continues; it must be the one that lies before it in this file."""
        if last is None:
            self.is_continued = row.epoch > 1 or bool(head)
            return
        self.findings.ensure(
            head == last.digest.hex(),
            "I9",
            row.name,
            f"a new epoch that continues another head than entry {last.name}: entries between are not in this file",
        )

    def run(self, file: JournalFile, kiosk_id: str, progress: Callable[[int, int], None]) -> None:
        """Take every entry; stop where the file cannot be read."""
        try:
            for row in file.rows(kiosk_id):
                if isinstance(row, str):
                    self.findings.add("I9", "", row)
                    continue
                self.take(row)
                if self.entries % PROGRESS_EVERY == 0:
                    progress(self.entries, file.count)
        except UnreadableError as error:
            self.findings.add("I9", "", str(error))

    def finish(self) -> None:
        """What can be said only at the end."""
        self.books.shoppers.end()
        last = self.previous
        self.books.check_sums(last.name if last else "")
        if self.anchor is not None and not self.found_anchor:
            place = f"{self.anchor.epoch}-{self.anchor.seq}"
            self.findings.add(
                "anchor",
                "",
                f"the head that was kept elsewhere, entry {place}, is not in it: its tail was cut off",
            )

    def report(self, kiosk_id: str, *, is_key_known: bool) -> AuditReport:
        """The finished report."""
        books, shoppers, machine, last = self.books, self.books.shoppers, self.books.machine, self.previous
        doubts = [doubt for some in shoppers.doubts.values() for doubt in some] + shoppers.counted_doubts
        return AuditReport(
            kiosk_id=kiosk_id,
            currency=self.findings.currency,
            exponent=self.findings.exponent,
            entries=self.entries,
            epochs=self.epochs,
            first_at=self.first_at,
            last_at=last.at if last else "",
            head=f"{last.name} {last.digest.hex()}" if last else "",
            public_key=books.last_key,
            figures=books.figures(),
            accounts={name: minor for name, minor in sorted(books.accounts.items()) if minor},
            visits=shoppers.visits,
            debts=tuple(shoppers.debts.values()),
            windows=tuple(machine.collected_windows + machine.windows),
            coins_not_back=tuple(machine.coins_not_back),
            coins_aside=tuple(machine.coins_aside),
            sales=tuple(shoppers.sales),
            lost_payouts=tuple(shoppers.lost_payouts),
            lost_tenders=tuple(books.tenders.lost),
            levels=machine.levels,
            coins_gone=tuple(machine.coins_gone),
            discounts=tuple(books.tenders.discounts),
            vends_in_doubt=tuple(doubts),
            stray_drops=machine.stray_drops,
            collections=tuple(machine.collections),
            stock=dict(sorted(shoppers.stock.items())),
            coils=dict(sorted(shoppers.coils.items())),
            problems=tuple(self.findings.kept),
            problem_count=self.findings.count,
            not_checked=unchecked(
                books,
                has_anchor=self.anchor is not None,
                is_key_known=is_key_known,
                is_end_signed=last is not None and last.kind == "CheckpointSigned",
                is_continued=self.is_continued,
                unknown_kinds=sorted(self.unknown_kinds),
                unsure_times=self.unsure_times,
            ),
        )


def audit_journal(
    path: Path | str,
    *,
    public_key: str = "",
    anchor: str = "",
    progress: Callable[[int, int], None] = _no_progress,
) -> AuditReport:
    """Audit a journal file, alone: no configuration, no projection, no code of the till.

    Args:
        path: The store's file; a log beside it is read too. Nothing in its folder is changed.
        public_key: The kiosk's known public key in hex, or several with spaces between (a restored kiosk may have a new one);
            empty: signatures are checked with the key that they name.
        anchor: A head that somebody kept elsewhere, as `kiosk.audit.chain.read_anchor` reads it; empty: none.
        progress: Told how many entries are done, and how many there are.

    Raises:
        NotAJournalError: The file is something else.
        AnchorError: The anchor names no head.
    """
    head = read_anchor(anchor) if anchor else None
    walk = _Walk(public_key, head)
    with open_journal(Path(path)) as file:
        kiosk_id = file.kiosks[0] if file.kiosks else ""
        for stranger in file.kiosks[1:]:
            walk.findings.add(
                "I9", "", f"it also holds entries of kiosk {stranger[:40]}, which were not audited"
            )
        walk.findings.ensure(file.kiosks, "I9", "", "it holds no entries at all")
        walk.run(file, kiosk_id, progress)
    walk.finish()
    return walk.report(kiosk_id, is_key_known=bool(public_key))
