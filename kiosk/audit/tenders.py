"""Notes and cards, followed entry by entry: what was kept, charged, given back or lost sight of, each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kiosk.audit.findings import Findings
from kiosk.audit.machine import Machine
from kiosk.audit.report import DebtFigures, Discount, LostTender
from kiosk.audit.shoppers import CARD, NOTE, Job, Shoppers, Visit

_Fact = Mapping[str, Any]

CHARGED: Final = frozenset({"approved", "settling", "refunding"})


class Tenders:
    """Everything about notes and cards that the journal says."""

    def __init__(self, findings: Findings, shoppers: Shoppers, machine: Machine) -> None:
        self._findings = findings
        self._shoppers = shoppers
        self._machine = machine
        self.notes_credited_minor = self.notes_found_minor = 0
        self.notes_returned = self.notes_turned_away = 0
        self.card_requests = 0
        self.discounts: list[Discount] = []
        self.charged_minor = self.refunded_minor = self.discount_minor = self.believed_minor = 0
        self.loaded_minor = 0
        self.lost: list[LostTender] = []
        self.unlate_minor = 0
        """Debts of late charges that were given back, beyond what was charged."""
        self._uncharged: dict[str, _Fact] = {}
        """Requests that ended without a charge."""
        self._late: dict[str, tuple[int, str]] = {}
        """Late charges that are being given back: what was charged, and the debt for it."""
        self._stage = ""
        self._charge: tuple[int, int] = (0, 0)
        """What the open request asked for, and what was charged for it."""

    # --- notes --------------------------------------------------------------------------------------------------------

    def stack_started(self, fact: _Fact, entry: str) -> None:
        """NoteStackStarted: only a note of a known value, for the open visit."""
        self._shoppers.begin("NoteStackStarted", fact, entry)
        self._shoppers.visit_of(fact, entry)
        self._findings.ensure(fact["value_minor"] > 0, "I3", entry, "a note worth nothing is kept")

    def return_started(self, fact: _Fact, entry: str) -> None:
        """NoteReturnStarted."""
        self._shoppers.begin("NoteReturnStarted", fact, entry)

    def _note_over(self, fact: _Fact, entry: str) -> Job | None:
        job = self._shoppers.finish(NOTE, fact, entry)
        if job is not None:
            self._findings.ensure(
                job.fact["device"] == fact["device"],
                "I6",
                entry,
                f"job {fact['job']} was announced for another device",
            )
        return job

    def _note_in(self, fact: _Fact, entry: str) -> None:
        self._machine.put(fact["container"], fact["value_minor"], 1)
        if fact["visit"]:
            self._shoppers.took(fact, entry, fact["value_minor"])
        else:
            self._machine.put_aside(entry, fact["device"], fact["value_minor"])

    def note_credited(self, fact: _Fact, entry: str) -> None:
        """NoteCredited: with its intent, or taken by the device alone."""
        self._machine.event(fact, entry)
        self._findings.ensure(fact["value_minor"] > 0, "I3", entry, "a note worth nothing")
        if fact["job"]:
            self._note_over(fact, entry)
        self.notes_credited_minor += fact["value_minor"]
        self._note_in(fact, entry)

    def note_found(self, fact: _Fact, entry: str) -> None:
        """NoteFound: by the count, and only the note that was on its way."""
        job = self._note_over(fact, entry)
        if job is not None:
            self._is_same_value(job, fact, entry)
        self.notes_found_minor += fact["value_minor"]
        self._note_in(fact, entry)

    def _is_same_value(self, job: Job, fact: _Fact, entry: str) -> None:
        self._findings.ensure(
            job.fact["value_minor"] == fact["value_minor"],
            "I6",
            entry,
            f"job {fact['job']} was announced with another note",
        )

    def note_returned(self, fact: _Fact, entry: str) -> None:
        """NoteReturned."""
        self._note_over(fact, entry)
        self.notes_returned += 1

    def note_lost(self, fact: _Fact, entry: str) -> None:
        """NoteLost: all of it must be owed, uncertain."""
        job = self._note_over(fact, entry)
        if job is not None:
            self._is_same_value(job, fact, entry)
        if fact["value_minor"]:
            self._believe(fact, entry, fact["value_minor"], "note")

    def _believe(self, fact: _Fact, entry: str, minor: int, kind: str) -> None:
        self.believed_minor += minor
        self.lost.append(LostTender(entry, fact["job"], fact["visit"], fact["device"], kind, minor))
        visit = self._shoppers.visit_of(fact, entry)
        if visit is not None:
            self._shoppers.spend(visit, entry, believed_minor=minor)
            self._must_owe(visit, fact, minor)

    def _must_owe(self, visit: Visit, fact: _Fact, minor: int) -> None:
        if minor:
            visit.lost[fact["job"]] = minor

    def turned_away(self, _fact: _Fact, _entry: str) -> None:
        """NoteTurnedAway."""
        self.notes_turned_away += 1

    # --- cards --------------------------------------------------------------------------------------------------------

    def requested(self, fact: _Fact, entry: str) -> None:
        """CardRequested: for what the cart lacks, and never a second one beside it."""
        self._shoppers.begin("CardRequested", fact, entry)
        self.card_requests += 1
        self._stage, self._charge = "asked", (fact["amount_minor"], 0)
        visit = self._shoppers.visit_of(fact, entry)
        if visit is None:
            return
        total_minor = sum(line.fact["price_minor"] for line in visit.lines.values())
        lacking_minor = total_minor - visit.figures.remaining_minor
        self._findings.ensure(
            0 < fact["amount_minor"] == lacking_minor,
            "I5",
            entry,
            f"a card is asked for {self._findings.money(fact['amount_minor'])}; "
            f"the goods lack {self._findings.money(lacking_minor)}",
        )

    def _at(self, stages: frozenset[str], fact: _Fact, entry: str) -> Visit | None:
        """The open visit, when the entry belongs to the open request and comes at one of these stages."""
        job = self._shoppers.jobs.get(fact["job"])
        if job is None or job.kind not in CARD:
            # Says which of the two it is: a second outcome, or one that was never announced.
            self._shoppers.finish(CARD, fact, entry)
            return None
        self._findings.ensure(
            job.fact["device"] == fact["device"],
            "I6",
            entry,
            f"job {fact['job']} was announced for another device",
        )
        self._findings.ensure(
            self._stage in stages,
            "I6",
            entry,
            f"card request {fact['job']} is {self._stage}: this cannot follow",
        )
        return self._shoppers.visit_of(fact, entry)

    @property
    def _credit_minor(self) -> int:
        return max(self._charge)

    def cancel_started(self, fact: _Fact, entry: str) -> None:
        """CardCancelStarted: once, and only what was not answered."""
        self._at(frozenset({"asked"}), fact, entry)
        self._stage = "cancelling"

    def approved(self, fact: _Fact, entry: str) -> None:
        """CardApproved: charged once, for what was asked."""
        visit = self._at(frozenset({"asked", "cancelling"}), fact, entry)
        self._findings.ensure(
            fact["asked_minor"] == self._charge[0],
            "I6",
            entry,
            f"job {fact['job'][:40]} asked for another amount",
        )
        asked_minor, charged_minor = fact["asked_minor"], fact["charged_minor"]
        self._stage, self._charge = "approved", (asked_minor, charged_minor)
        granted_minor = self._credit_minor - charged_minor
        self.charged_minor += charged_minor
        self._grant(granted_minor)
        if granted_minor > 0:
            self.discounts.append(Discount(entry, granted_minor))
        if visit is not None:
            self._shoppers.spend(visit, entry, charged_minor=charged_minor, granted_minor=granted_minor)

    def _grant(self, minor: int) -> None:
        self.discount_minor += minor
        self._shoppers.goodwill_minor += minor

    def denied(self, fact: _Fact, entry: str) -> None:
        """CardDenied and CardCancelled: never after an approval."""
        if self._at(frozenset({"asked", "cancelling"}), fact, entry) is not None:
            self._uncharged[fact["job"]] = fact
            self._close(fact, entry)

    def _close(self, fact: _Fact, entry: str) -> None:
        self._shoppers.finish(CARD, fact, entry)
        self._stage = ""

    def settle_started(self, fact: _Fact, entry: str) -> None:
        """CardSettleStarted: only for goods that were sold."""
        visit = self._at(frozenset({"approved"}), fact, entry)
        self._stage = "settling"
        if visit is not None:
            self._findings.ensure(
                visit.figures.remaining_minor < self._credit_minor,
                "K2",
                entry,
                "a charge is made final although nothing was sold for it",
            )

    def settled(self, fact: _Fact, entry: str) -> None:
        """CardSettled."""
        if self._at(frozenset({"settling"}), fact, entry) is not None:
            self._close(fact, entry)

    def refund_started(self, fact: _Fact, entry: str) -> None:
        """CardRefundStarted: at most once, never what was made final or spent."""
        visit = self._at(frozenset({"approved"}), fact, entry)
        self._stage = "refunding"
        if visit is not None:
            self._findings.ensure(
                visit.figures.remaining_minor >= self._credit_minor,
                "K2",
                entry,
                "a charge is given back although goods were sold for it",
            )

    def refunded(self, fact: _Fact, entry: str) -> None:
        """CardRefunded: just what was charged."""
        visit = self._at(frozenset({"refunding"}), fact, entry)
        asked_minor, charged_minor = fact["asked_minor"], fact["charged_minor"]
        self._findings.ensure(
            (asked_minor, charged_minor) == self._charge,
            "K2",
            entry,
            f"{self._findings.money(charged_minor)} goes back; "
            f"{self._findings.money(self._charge[1])} was charged",
        )
        granted_minor = max(asked_minor, charged_minor) - charged_minor
        self.refunded_minor += charged_minor
        self._grant(-granted_minor)
        if visit is not None:
            self._shoppers.spend(visit, entry, refunded_minor=charged_minor, granted_minor=-granted_minor)
            self._close(fact, entry)

    def refund_failed(self, fact: _Fact, entry: str) -> None:
        """CardRefundFailed: the charge stays the visit's credit."""
        if self._at(frozenset({"refunding"}), fact, entry) is not None:
            self._close(fact, entry)

    def card_lost(self, fact: _Fact, entry: str) -> None:
        """CardLost: what it may have cost without goods must be owed, uncertain."""
        stage = self._stage
        visit = self._at(frozenset({"asked", "cancelling"}) | CHARGED, fact, entry)
        self._findings.ensure(
            fact["is_charged"] == (stage in CHARGED) and fact["amount_minor"] == self._credit_minor,
            "I6",
            entry,
            f"card request {fact['job'][:40]} is {stage} for {self._findings.money(self._credit_minor)}",
        )
        if not fact["is_charged"]:
            self._uncharged[fact["job"]] = fact
            self._believe(fact, entry, fact["amount_minor"], "request")
        else:
            lost = LostTender(
                entry, fact["job"], fact["visit"], fact["device"], "charge", fact["amount_minor"]
            )
            self.lost.append(lost)
            if visit is not None and stage != "settling":
                self._must_owe(visit, fact, min(visit.figures.remaining_minor, fact["amount_minor"]))
        if visit is not None:
            self._close(fact, entry)

    # --- charges that came after their request had ended ---------------------------------------------------------------

    def _debt_of(self, job: str) -> DebtFigures | None:
        """The last debt for this job."""
        found = [debt for debt in self._shoppers.debts.values() if debt.job == job]
        return found[-1] if found else None

    def approved_late(self, fact: _Fact, entry: str) -> None:
        """CardApprovedLate: once, of a request that ended uncharged, and never without a debt."""
        job, minor = fact["job"], fact["charged_minor"]
        ended = self._uncharged.pop(job, None)
        self._findings.ensure(
            ended is not None and (ended["device"], ended["visit"]) == (fact["device"], fact["visit"]),
            "I6",
            entry,
            f"a late charge of request {job[:40]}, which did not end without one",
        )
        debt = self._debt_of(job)
        stands = debt is not None and debt.state != "dropped"
        self._findings.ensure(
            bool(fact["debt"]) != stands or not minor,
            "K1",
            entry,
            f"a card was charged {self._findings.money(minor)} for nothing: there must be one debt for it, once",
        )
        self.charged_minor += minor
        if fact["debt"]:
            self._shoppers.owed_late(fact, entry)
        else:
            self._machine.put_aside(entry, fact["device"], minor)
        if fact["is_refunding"]:
            owed = self._debt_of(job)
            self._findings.ensure(
                owed is not None and owed.state == "open" and not owed.is_certain,
                "K2",
                entry,
                "a charge is given back although its debt was paid or released",
            )
            self._late[job] = (minor, owed.debt if owed else "")

    def late_refund_ended(self, fact: _Fact, entry: str) -> None:
        """CardLateRefundEnded: of a refund that was begun, for just what was charged; its debt ends with it."""
        began = self._late.pop(fact["job"], None)
        self._findings.ensure(
            began == (fact["charged_minor"], fact["debt"]),
            "K2",
            entry,
            f"a refund of request {fact['job'][:40]} ends that was not begun, or for another sum",
        )
        if fact["is_refunded"]:
            self.refunded_minor += fact["charged_minor"]
            self.unlate_minor += fact["owed_minor"] - fact["charged_minor"]
            if fact["owed_minor"]:
                self._shoppers.refunded_late(fact, entry)

    # --- credit onto cards --------------------------------------------------------------------------------------------

    def load_started(self, fact: _Fact, entry: str) -> None:
        """CardLoadStarted: credit that is there, and never beside a card request."""
        self._shoppers.begin("CardLoadStarted", fact, entry)
        visit = self._shoppers.visit_of(fact, entry)
        self._findings.ensure(
            not self._shoppers.jobs_of(CARD), "I5", entry, "a card is loaded while one is asked for money"
        )
        if visit is not None:
            self._findings.ensure(
                0 < fact["amount_minor"] <= visit.figures.remaining_minor,
                "I5",
                entry,
                f"{self._findings.money(fact['amount_minor'])} are to go onto a card; "
                f"the visit has {self._findings.money(visit.figures.remaining_minor)}",
            )

    def _end_load(self, fact: _Fact, entry: str) -> Visit | None:
        job = self._shoppers.finish("CardLoadStarted", fact, entry)
        visit = self._shoppers.visit_of(fact, entry)
        if job is None:
            return None
        self._findings.ensure(
            job.fact["device"] == fact["device"]
            and fact.get("amount_minor", job.fact["amount_minor"]) == job.fact["amount_minor"],
            "I6",
            entry,
            f"job {fact['job']} was announced for another device or amount",
        )
        return visit

    def loaded(self, fact: _Fact, entry: str) -> None:
        """CardLoaded: just what was announced."""
        visit = self._end_load(fact, entry)
        self.loaded_minor += fact["amount_minor"]
        if visit is not None:
            self._shoppers.spend(visit, entry, refunded_minor=fact["amount_minor"])

    def load_refused(self, fact: _Fact, entry: str) -> None:
        """CardLoadRefused: the credit stands."""
        self._end_load(fact, entry)

    def load_lost(self, fact: _Fact, entry: str) -> None:
        """CardLoadLost: the whole amount must be owed, uncertain."""
        visit = self._end_load(fact, entry)
        self.lost.append(
            LostTender(entry, fact["job"], fact["visit"], fact["device"], "load", fact["amount_minor"])
        )
        if visit is not None:
            self._must_owe(visit, fact, fact["amount_minor"])
