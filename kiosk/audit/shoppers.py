"""Visits, goods, payouts, debts and claims, followed entry by entry with this auditor's own arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kiosk.audit.findings import Findings
from kiosk.audit.postings import tax_inside
from kiosk.audit.report import DebtFigures, LostPayout, SaleFigures, VendInDoubt, VisitFigures

_Fact = Mapping[str, Any]
OUTCOMES: Final = frozenset({"delivered", "failed", "unknown"})
MG_PER_KG: Final = 1_000_000

MOVING: Final = frozenset({"PayoutStarted", "VendStarted", "CardLoadStarted"})
NOTE: Final = frozenset({"NoteStackStarted", "NoteReturnStarted"})
CARD: Final = frozenset({"CardRequested"})
LANES: Final = (MOVING, NOTE, CARD)
"""Of each only one job at a time; a note is on its way while a coil turns, and a card waits for its goods."""

BINDING: Final = MOVING | CARD | {"NoteStackStarted"}
"""Jobs that a visit waits for before it ends; a note on its way back into the hand is nobody's money."""


def _is_kept(line: _Fact) -> bool:
    """Whether the journal knows the stock of a line's slot: a bare number is an item of an old machine, which keeps it."""
    return bool(line["slot"] != str(line["coil"]))


def _deposit(line: _Fact) -> int:
    """The part of a line's price that is the deposit on its pack."""
    return int(line.get("deposit_minor") or 0)


@dataclass(slots=True)
class Line:
    """A piece in the cart, by the entry that put it there."""

    fact: _Fact
    is_delivered: bool = False


@dataclass(slots=True)
class Visit:
    """The open visit."""

    figures: VisitFigures
    lines: dict[int, Line] = field(default_factory=dict)
    next_line: int = 1
    payouts: int = 0
    lost: dict[str, int] = field(default_factory=dict)
    """Jobs that nobody can tell the end of, and the money that must be owed for each."""
    is_restored: bool = False
    """It was open in a copy that was restored: nobody can tell what it was given afterwards."""


@dataclass(frozen=True, slots=True)
class Job:
    """An intent without an outcome."""

    kind: str
    entry: str
    fact: _Fact


class Shoppers:
    """Everything about shoppers that the journal says."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.visits: dict[str, VisitFigures] = {}
        self.debts: dict[str, DebtFigures] = {}
        self.jobs: dict[str, Job] = {}
        self.visit_of_job: dict[str, str] = {}
        self.lost_payouts: list[LostPayout] = []
        self.doubts: dict[str, list[VendInDoubt]] = {}
        """Slot -> vends in doubt since it was last counted; `counted_doubts` are the others."""
        self.counted_doubts: list[VendInDoubt] = []
        self.sales: list[SaleFigures] = []
        self.pieces = self.sold_minor = self.tax_minor = 0
        self.transferred_minor = 0
        self.paid_minor = self.handed_over_minor = self.goodwill_minor = self.dropped_minor = 0
        self.owed_minor = self.uncertain_ever_minor = 0
        self.receipt_no = 0
        self.payout_jobs = self.vend_jobs = self.most_payouts = 0
        self.claims = self.claims_approved = self.claims_refused = 0
        self.stock: dict[str, int] = {}
        self.coils: dict[str, int] = {}
        self._open: Visit | None = None
        self._closed_jobs: dict[str, str] = {}
        self._open_claims: set[str] = set()
        self._typed_by: dict[str, str] = {}
        self._proposed_by: dict[str, str] = {}
        self._reminded: set[tuple[str, str]] = set()
        self._returned: set[str] = set()
        self._tokens: set[str] = set()

    # --- the open visit -----------------------------------------------------------------------------------------------

    @property
    def has_visit(self) -> bool:
        """Whether a visit is open."""
        return self._open is not None

    @property
    def held_minor(self) -> int:
        """Credit of the open visit."""
        return self._open.figures.remaining_minor if self._open else 0

    def jobs_of(self, kinds: frozenset[str]) -> list[Job]:
        """Open jobs of these kinds."""
        return [job for job in self.jobs.values() if job.kind in kinds]

    @property
    def moving_jobs(self) -> int:
        """Open payouts and vends, notes and card requests."""
        return sum(1 for job in self.jobs.values() if job.kind != "PrintStarted")

    def end(self) -> None:
        """The journal ends: a visit may still be open."""
        if self._open is not None:
            self.visits[self._open.figures.visit] = self._open.figures

    def visit_of(self, fact: _Fact, entry: str) -> Visit | None:
        """The open visit when the fact belongs to it."""
        visit = self._open
        if visit is None or visit.figures.visit != fact["visit"]:
            self._findings.add("I4", entry, f"it belongs to visit {fact['visit'][:40]}, which is not open")
            return None
        return visit

    def spend(self, visit: Visit, entry: str, **steps: int) -> None:
        """Move money of the visit and see that no credit is spent twice."""
        now = visit.figures
        visit.figures = replace(now, **{name: getattr(now, name) + step for name, step in steps.items()})
        left_minor = visit.figures.remaining_minor
        self._findings.ensure(
            left_minor >= 0,
            "I5",
            entry,
            f"visit {now.visit} has given away {self._findings.money(-left_minor)} more than was put in",
        )

    def opened(self, fact: _Fact, entry: str) -> None:
        """VisitOpened."""
        self._findings.name_is("V", fact["visit"], entry)
        if self._open is not None:
            self._findings.add("I4", entry, f"a visit begins while {self._open.figures.visit} is open")
            self.end()
        self._open = Visit(VisitFigures(visit=fact["visit"]))

    def took(self, fact: _Fact, entry: str, minor: int) -> None:
        """A coin became the visit's credit."""
        visit = self.visit_of(fact, entry)
        if visit is not None:
            self.spend(visit, entry, taken_minor=minor)

    def settled(self, fact: _Fact, entry: str) -> None:
        """VisitSettled: nothing may be left over."""
        visit = self.visit_of(fact, entry)
        if visit is None:
            return
        ensure, figures = self._findings.ensure, visit.figures
        left_minor = figures.remaining_minor
        ensure(
            left_minor == 0,
            "I4",
            entry,
            f"visit {figures.visit} is settled although {self._findings.money(left_minor)} of its credit is unaccounted for",
        )
        ensure(
            not self.jobs_of(BINDING), "I4", entry, f"visit {figures.visit} is settled while a job is open"
        )
        for job in visit.lost:
            self._findings.add(
                "V3", entry, f"nobody knows what became of job {job}, and nothing is owed for it"
            )
        for line in visit.lines.values():
            if line.is_delivered:
                self._findings.add("I8", entry, f"{line.fact['sku']} was delivered and never sold")
        self.visits[figures.visit] = replace(figures, is_settled=True)
        self._open = None

    # --- goods --------------------------------------------------------------------------------------------------------

    def line_added(self, fact: _Fact, entry: str) -> None:
        """LineAdded."""
        visit = self.visit_of(fact, entry)
        if visit is None:
            return
        self._findings.ensure(fact["line"] == visit.next_line, "I8", entry, "lines are not numbered in order")
        self._findings.ensure(
            _deposit(fact) <= fact["price_minor"], "I8", entry, "its deposit is more than its price"
        )
        visit.next_line = fact["line"] + 1
        visit.lines[fact["line"]] = Line(fact)
        self._check_code(fact, entry)
        if fact["coil"] and _is_kept(fact):
            self.coils[fact["slot"]] = fact["coil"]

    def _check_code(self, fact: _Fact, entry: str) -> None:
        """A price that follows from a code is the code's own, or weight times price, to less than one smallest coin."""
        said = fact.get("said")
        if said is None or not said["step_minor"]:
            return
        price_minor, step_minor = fact["price_minor"] - _deposit(fact), said["step_minor"]
        if said["price_minor"]:
            is_right = 0 <= said["price_minor"] - price_minor < step_minor
            worth = self._findings.money(said["price_minor"])
        else:
            exact = (
                said["unit_price_minor"] * said["weight_mg"]
            )  # millionths of a minor unit: a kilogram has as many mg
            is_right = abs(price_minor * MG_PER_KG - exact) < step_minor * MG_PER_KG
            worth = self._findings.money((2 * exact + MG_PER_KG) // (2 * MG_PER_KG))
        self._findings.ensure(
            is_right and fact["price_minor"] % step_minor == 0,
            "I8",
            entry,
            f"{fact['sku'][:40]} costs {self._findings.money(price_minor)}, and by its code {worth}",
        )

    def line_removed(self, fact: _Fact, entry: str) -> None:
        """LineRemoved."""
        visit = self.visit_of(fact, entry)
        if visit is not None:
            line = visit.lines.pop(fact["line"], None)
            self._findings.ensure(
                line is None or not line.is_delivered,
                "I8",
                entry,
                "goods that were delivered are taken off the bill",
            )

    def settling(self, fact: _Fact, entry: str) -> None:
        """SettlingStarted: what was not delivered is dropped from the cart."""
        visit = self.visit_of(fact, entry)
        if visit is None:
            return
        left_minor = visit.figures.remaining_minor
        self._findings.ensure(
            fact["amount_minor"] == left_minor,
            "I4",
            entry,
            f"it says that {self._findings.money(fact['amount_minor'])} goes back; "
            f"the visit has {self._findings.money(left_minor)}",
        )
        visit.lines = {number: line for number, line in visit.lines.items() if line.is_delivered}

    def begin(self, kind: str, fact: _Fact, entry: str) -> None:
        """An intent: one job of its sort at a time."""
        self._findings.name_is("J", fact["job"], entry)
        for lane in LANES:
            self._findings.ensure(
                kind not in lane or not self.jobs_of(lane),
                "I5",
                entry,
                "a second job begins while one is open",
            )
        self.jobs[fact["job"]] = Job(kind, entry, fact)
        self.visit_of_job[fact["job"]] = fact["visit"]

    def finish(self, kind: str | frozenset[str], fact: _Fact, entry: str) -> Job | None:
        """Close the intent of an outcome: there must be one, of this kind, and this is its only outcome."""
        name = fact["job"]
        job = self.jobs.get(name)
        if job is None or job.kind not in ({kind} if isinstance(kind, str) else kind):
            earlier = self._closed_jobs.get(name)
            self._findings.add(
                "I6" if earlier else "I5",
                entry,
                f"a second outcome of job {name[:40]}, which ended at entry {earlier}"
                if earlier
                else f"an outcome of job {name[:40]}, which was never announced",
            )
            return None
        del self.jobs[name]
        self._closed_jobs[name] = entry
        self._findings.ensure(
            fact["visit"] == job.fact["visit"]
            or (job.kind == "PrintStarted" and not fact["visit"])
            or job.kind == "NoteReturnStarted",
            "I5",
            entry,
            f"job {name} was announced for another visit",
        )
        return job

    def vend_started(self, fact: _Fact, entry: str) -> None:
        """VendStarted: only what is in the cart and paid for may turn."""
        self.begin("VendStarted", fact, entry)
        self.vend_jobs += 1
        visit = self.visit_of(fact, entry)
        if visit is None:
            return
        line = visit.lines.get(fact["line"])
        if (
            line is None
            or line.is_delivered
            or any(line.fact[name] != fact[name] for name in ("sku", "slot", "device", "coil", "price_minor"))
        ):
            self._findings.add("I5", entry, "a coil turns for goods that are not waiting in the cart")
            return
        due_minor = fact["price_minor"] + sum(
            other.fact["price_minor"] for other in visit.lines.values() if other.is_delivered
        )
        self._findings.ensure(
            visit.figures.remaining_minor >= due_minor,
            "I5",
            entry,
            "a coil turns for goods that are not paid for",
        )

    def vend_ended(self, fact: _Fact, entry: str) -> None:
        """VendEnded."""
        self._findings.ensure(
            fact["outcome"] in OUTCOMES, "I6", entry, f"no vend ends {fact['outcome'][:40]!r}"
        )
        job = self.finish("VendStarted", fact, entry)
        visit = self.visit_of(fact, entry)
        if job is None or visit is None:
            return
        if any(job.fact[name] != fact[name] for name in ("line", "slot", "sku")):
            self._findings.add("I6", entry, f"job {fact['job']} was announced for other goods")
            return
        line = visit.lines.get(fact["line"])
        price_minor = job.fact["price_minor"]
        if line is not None and fact["outcome"] == "delivered":
            line.is_delivered = True
            if not fact["seen"]:
                self._doubt(fact, entry, price_minor, "unseen")
            return
        visit.lines.pop(fact["line"], None)
        self._doubt(fact, entry, price_minor, fact["outcome"])
        if fact["outcome"] == "unknown" and price_minor:
            visit.lost[fact["job"]] = price_minor

    def drop_doubted(self, fact: _Fact, entry: str) -> None:
        """DropDoubted: of goods that were delivered in this very visit, while others had not been seen falling."""
        visit = self.visit_of(fact, entry)
        line = None if visit is None else visit.lines.get(fact["line"])
        is_theirs = line is not None and line.is_delivered and line.fact["slot"] == fact["slot"]
        self._findings.ensure(
            is_theirs and fact["job"] in self._closed_jobs,
            "V2",
            entry,
            f"job {fact['job'][:40]} is doubted, and did not end as delivered",
        )
        self._findings.ensure(
            bool(fact["hung"]) and all(slot in self.doubts for slot in fact["hung"]),
            "V2",
            entry,
            "goods are said to hang where no vend has failed",
        )
        if line is not None:
            self._doubt(fact, entry, line.fact["price_minor"], "mistaken")

    def _doubt(self, fact: _Fact, entry: str, price_minor: int, outcome: str) -> None:
        doubt = VendInDoubt(entry, fact["visit"], fact["slot"], price_minor, outcome, is_counted=False)
        self.doubts.setdefault(fact["slot"], []).append(doubt)

    def sold(self, fact: _Fact, entry: str) -> None:
        """SaleClosed: goods, payment, tax, stock and receipt number in one."""
        ensure = self._findings.ensure
        expected_no = self.receipt_no + 1
        ensure(
            fact["receipt_no"] == expected_no,
            "I8",
            entry,
            f"receipt number {fact['receipt_no']} follows {self.receipt_no}: {_gap(self.receipt_no, fact['receipt_no'])}",
        )
        self.receipt_no = fact["receipt_no"]
        shelf_minor = sum(line["price_minor"] for line in fact["lines"] if not line["coil"])
        self.sales.append(
            SaleFigures(entry, fact["visit"], fact["receipt_no"], fact["total_minor"], shelf_minor)
        )
        self.pieces += len(fact["lines"])
        self.sold_minor += fact["total_minor"]
        total_minor = sum(line["price_minor"] for line in fact["lines"])
        ensure(
            fact["lines"] and fact["total_minor"] == total_minor,
            "I8",
            entry,
            f"its total is {self._findings.money(fact['total_minor'])}, its lines add up to {self._findings.money(total_minor)}",
        )
        ensure(
            len(fact.get("costs") or fact["lines"]) == len(fact["lines"]),
            "I8",
            entry,
            "it does not say of each of its goods what it had cost",
        )
        visit = self.visit_of(fact, entry)
        self._check_taxes(fact, entry, visit)
        self._check_codes(fact, entry, visit)
        for sold in fact["lines"]:
            if _is_kept(sold):
                self.stock[sold["slot"]] = self.stock.get(sold["slot"], 0) - 1
            if visit is not None:
                self._check_line(sold, entry, visit)
        if visit is not None:
            self.spend(visit, entry, sold_minor=fact["total_minor"])

    def _check_taxes(self, fact: _Fact, entry: str, visit: Visit | None) -> None:
        """Tax is contained in each class's whole, at the rate that its goods had when they were put into the cart."""
        gross: dict[str, int] = {}
        rates: dict[str, set[int]] = {}
        for sold in fact["lines"]:
            name = sold["tax_class"]
            gross[name] = gross.get(name, 0) + sold["price_minor"]
            line = visit.lines.get(sold["line"]) if visit else None
            if line is not None:
                rates.setdefault(name, set()).add(line.fact["tax_rate_bp"])
        told: dict[str, int] = {}
        for part in fact["taxes"]:
            name = part["tax_class"]
            told[name] = told.get(name, 0) + part["gross_minor"]
            self.tax_minor += part["tax_minor"]
            tax_minor = tax_inside(part["gross_minor"], part["rate_bp"])
            self._findings.ensure(
                part["tax_minor"] == tax_minor,
                "I8",
                entry,
                f"tax {name} is {self._findings.money(part['tax_minor'])}; {part['rate_bp']} of 10,000 in "
                f"{self._findings.money(part['gross_minor'])} is {self._findings.money(tax_minor)}",
            )
            self._findings.ensure(
                name not in rates or part["rate_bp"] in rates[name],
                "I8",
                entry,
                f"tax {name} is taken at a rate that its goods did not have",
            )
        self._findings.ensure(told == gross, "I8", entry, "its tax classes do not cover its goods")

    def _check_codes(self, fact: _Fact, entry: str, visit: Visit | None) -> None:
        """The sale repeats what the codes of its lines said, lot and expiry included, and nothing else."""
        if visit is None:
            return
        lines = [visit.lines[sold["line"]].fact for sold in fact["lines"] if sold["line"] in visit.lines]
        said = [[line["line"], line["said"]] for line in lines if line.get("said") is not None]
        self._findings.ensure(
            (fact.get("codes") or []) == said, "I8", entry, "it says other things of codes than its lines did"
        )
        deposits = [[line["line"], _deposit(line)] for line in lines if _deposit(line)]
        self._findings.ensure(
            (fact.get("deposits") or []) == deposits, "I8", entry, "its deposits are not those of its lines"
        )

    def _check_line(self, sold: _Fact, entry: str, visit: Visit) -> None:
        line = visit.lines.pop(sold["line"], None)
        if line is None or any(
            line.fact[name] != sold[name] for name in ("sku", "slot", "coil", "price_minor", "tax_class")
        ):
            self._findings.add("I8", entry, f"{sold['sku'][:40]} is sold and was not in the cart like that")
        elif sold["coil"] and not line.is_delivered:
            self._findings.add("I8", entry, f"{sold['sku'][:40]} is sold and was never delivered")

    # --- money back ---------------------------------------------------------------------------------------------------

    def payout_started(self, fact: _Fact, entry: str) -> None:
        """PayoutStarted: never more than the visit's credit."""
        self.begin("PayoutStarted", fact, entry)
        self.payout_jobs += 1
        visit = self.visit_of(fact, entry)
        if visit is None:
            return
        self._findings.ensure(
            not self.jobs_of(CARD),
            "I5",
            entry,
            "coins go back while a card request is open",
        )
        visit.payouts += 1
        self.most_payouts = max(self.most_payouts, visit.payouts)
        asked_minor, left_minor = fact["qty"] * fact["value_minor"], visit.figures.remaining_minor
        self._findings.ensure(
            0 < asked_minor <= left_minor,
            "I5",
            entry,
            f"a payout of {self._findings.money(asked_minor)} is announced; the visit has {self._findings.money(left_minor)}",
        )

    def _is_same_payout(self, job: Job, fact: _Fact, entry: str) -> bool:
        is_same = (job.fact["device"], job.fact["value_minor"], job.fact["qty"]) == (
            fact["device"],
            fact["value_minor"],
            fact["asked_qty"],
        )
        return self._findings.ensure(
            is_same, "I5", entry, f"job {fact['job']} was announced with other coins"
        )

    def payout_ended(self, fact: _Fact, entry: str) -> None:
        """PayoutEnded."""
        paid_minor = fact["paid_qty"] * fact["value_minor"]
        self.paid_minor += paid_minor
        job = self.finish("PayoutStarted", fact, entry)
        if job is not None and self._is_same_payout(job, fact, entry):
            self._findings.ensure(
                fact["paid_qty"] <= fact["asked_qty"],
                "I5",
                entry,
                f"job {fact['job']} paid more than it was asked to",
            )
        visit = self.visit_of(fact, entry)
        if visit is not None:
            self.spend(visit, entry, paid_minor=paid_minor)

    def payout_lost(self, fact: _Fact, entry: str) -> None:
        """PayoutLost: all of it must be owed, uncertain."""
        job = self.finish("PayoutStarted", fact, entry)
        visit = self.visit_of(fact, entry)
        if job is None or not self._is_same_payout(job, fact, entry):
            return
        minor = fact["asked_qty"] * fact["value_minor"]
        self.lost_payouts.append(LostPayout(entry, fact["job"], fact["visit"], fact["device"], minor))
        if visit is not None:
            visit.lost[fact["job"]] = minor

    def print_started(self, fact: _Fact, entry: str) -> None:
        """PrintStarted."""
        self.begin("PrintStarted", fact, entry)

    def print_closed(self, fact: _Fact, entry: str) -> None:
        """PrintClosed."""
        self.finish("PrintStarted", fact, entry)

    # --- debts --------------------------------------------------------------------------------------------------------

    def _new_debt(self, debt: DebtFigures) -> None:
        self._findings.name_is("D", debt.debt, debt.entry)
        self._findings.ensure(debt.amount_minor > 0, "I4", debt.entry, "a debt of nothing")
        self.debts[debt.debt] = debt
        self.owed_minor += debt.amount_minor

    def owed(self, fact: _Fact, entry: str) -> None:
        """DebtRecorded: credit of the visit that could not be given."""
        is_certain = fact["is_certain"]
        self._new_debt(
            DebtFigures(
                debt=fact["debt"],
                entry=entry,
                visit=fact["visit"],
                amount_minor=fact["amount_minor"],
                reason=fact["reason"],
                job=fact["job"],
                was_certain=is_certain,
                is_certain=is_certain,
                state="open",
            )
        )
        visit = self.visit_of(fact, entry)
        if visit is None:
            return
        lost_minor = visit.lost.pop(fact["job"], None) if fact["job"] else None
        if not is_certain:
            self.uncertain_ever_minor += fact["amount_minor"]
        self._findings.ensure(
            is_certain == (lost_minor is None and not visit.is_restored)
            and lost_minor in {None, fact["amount_minor"]},
            "V3",
            entry,
            "a debt is uncertain exactly when its job's end is unknown, and of that job's whole amount, "
            "or when its visit was open in a copy that was restored",
        )
        self.spend(visit, entry, owed_minor=fact["amount_minor"])

    def owed_late(self, fact: _Fact, entry: str) -> None:
        """CardApprovedLate with a debt of its own: outside every visit, uncertain."""
        self.uncertain_ever_minor += fact["charged_minor"]
        self._new_debt(
            DebtFigures(
                debt=fact["debt"],
                entry=entry,
                visit=fact["visit"],
                amount_minor=fact["charged_minor"],
                reason="card_late",
                job=fact["job"],
                was_certain=False,
                is_certain=False,
                state="open",
            )
        )

    def refunded_late(self, fact: _Fact, entry: str) -> None:
        """CardLateRefundEnded: the card has its money again, so nobody is owed it, whoever had decided otherwise."""
        debt = self.debts.get(fact["debt"])
        amount = {"debt": fact["debt"], "amount_minor": fact["owed_minor"]}
        self._close_debt(amount, entry, "refunded", needs_certain=debt is not None and debt.is_certain)

    def goodwill(self, fact: _Fact, entry: str) -> None:
        """GoodwillGranted: a debt that the vendor takes on."""
        self.goodwill_minor += fact["amount_minor"]
        self._new_debt(
            DebtFigures(
                debt=fact["debt"],
                entry=entry,
                visit="",
                amount_minor=fact["amount_minor"],
                reason="goodwill",
                job="",
                was_certain=True,
                is_certain=True,
                state="open",
            )
        )

    def _close_debt(self, fact: _Fact, entry: str, state: str, *, needs_certain: bool) -> None:
        debt = self.debts.get(fact["debt"])
        if debt is None or debt.state != "open":
            what = f"is {debt.state.replace('_', ' ')} already" if debt else "was never recorded"
            self._findings.add("I4", entry, f"debt {fact['debt'][:40]} {what}")
            return
        self._findings.ensure(
            debt.amount_minor == fact["amount_minor"],
            "I4",
            entry,
            f"debt {debt.debt} is {self._findings.money(debt.amount_minor)}, not {self._findings.money(fact['amount_minor'])}",
        )
        self._findings.ensure(
            debt.is_certain == needs_certain,
            "V3",
            entry,
            f"debt {debt.debt} is uncertain: nobody decided that it is paid"
            if needs_certain
            else f"debt {debt.debt} is certain and cannot be dropped",
        )
        self.debts[debt.debt] = replace(debt, state=state)
        self.owed_minor -= fact["amount_minor"]

    def redeemed(self, fact: _Fact, entry: str) -> None:
        """DebtRedeemed: owed becomes credit, once."""
        self._close_debt(fact, entry, "redeemed", needs_certain=True)
        visit = self.visit_of(fact, entry)
        if visit is not None:
            self.spend(visit, entry, redeemed_minor=fact["amount_minor"])

    def handed_over(self, fact: _Fact, entry: str) -> None:
        """CashHandedOver."""
        self._close_debt(fact, entry, "handed_over", needs_certain=True)
        self.handed_over_minor += fact["amount_minor"]

    def transferred(self, fact: _Fact, entry: str) -> None:
        """DebtTransferred."""
        self._close_debt(fact, entry, "transferred", needs_certain=True)
        self.transferred_minor += fact["amount_minor"]

    def reduced(self, fact: _Fact, entry: str) -> None:
        """DebtReduced: of an uncertain debt a part is owed, as a person decided; the rest is suspense."""
        debt = self.debts.get(fact["debt"])
        if debt is None or debt.state != "open":
            self._findings.add("I4", entry, f"debt {fact['debt'][:40]} is reduced and is not open")
            return
        self._findings.ensure(
            not debt.is_certain and 0 < fact["left_minor"] == debt.amount_minor - fact["amount_minor"],
            "F1",
            entry,
            f"debt {debt.debt} is certain and cannot be reduced, or not to that",
        )
        self.debts[debt.debt] = replace(debt, amount_minor=fact["left_minor"])
        self.owed_minor -= fact["amount_minor"]
        self.dropped_minor += fact["amount_minor"]

    def dropped(self, fact: _Fact, entry: str) -> None:
        """DebtDropped."""
        self._close_debt(fact, entry, "dropped", needs_certain=False)
        self.dropped_minor += fact["amount_minor"]

    def released(self, fact: _Fact, entry: str) -> None:
        """DebtReleased: a person decided."""
        debt = self.debts.get(fact["debt"])
        if debt is None or debt.state != "open":
            self._findings.add("I4", entry, f"debt {fact['debt'][:40]} is released and is not open")
            return
        self.debts[debt.debt] = replace(debt, is_certain=True)

    def restored(self) -> None:
        """A copy was restored: what was owed and held in it may have been paid in the part of the journal that was lost."""
        for name, debt in self.debts.items():
            if debt.state == "open":
                self.debts[name] = replace(debt, is_certain=False)
        if self._open is not None:
            self._open.is_restored = True

    # --- claims -------------------------------------------------------------------------------------------------------

    def claim_opened(self, fact: _Fact, entry: str) -> None:
        """ClaimOpened."""
        self._findings.name_is("C", fact["claim"], entry)
        self._findings.ensure(
            fact["token"] not in self._tokens, "I6", entry, "the same claim form is in the journal twice"
        )
        self._tokens.add(fact["token"])
        self._open_claims.add(fact["claim"])
        self._typed_by[fact["claim"]] = fact.get("by") or ""
        self.claims += 1

    def claim_weighed(self, fact: _Fact, entry: str) -> None:
        """ClaimWeighed."""
        self._findings.ensure(
            fact["claim"] in self._open_claims,
            "I6",
            entry,
            f"claim {fact['claim'][:40]} is weighed and is not open",
        )

    def claim_answered(self, fact: _Fact, entry: str) -> None:
        """ClaimPromised: the claim is open."""
        self._findings.ensure(
            fact["claim"] in self._open_claims,
            "I6",
            entry,
            f"claim {fact['claim'][:40]} is promised an answer and is not open",
        )

    def claim_reminded(self, fact: _Fact, entry: str) -> None:
        """ClaimReminded: of an open claim, each stage once."""
        self.claim_answered(fact, entry)
        stage = (fact["claim"], fact["stage"])
        self._findings.ensure(stage not in self._reminded, "I6", entry, "the same reminder is said twice")
        self._reminded.add(stage)

    def claim_proposed(self, fact: _Fact, entry: str) -> None:
        """ClaimProposed: by the first of two people."""
        self.claim_answered(fact, entry)
        self._proposed_by[fact["claim"]] = fact["by"]

    def claim_seconded(self, fact: _Fact, entry: str) -> None:
        """ClaimSeconded: by somebody else than who proposed it or typed the claim in."""
        first = self._proposed_by.get(fact["claim"])
        typed_by = self._typed_by.get(fact["claim"], "")
        self._findings.ensure(
            first == fact["first"] and fact["by"] not in {first, typed_by},
            "F2",
            entry,
            f"claim {fact['claim'][:40]} is seconded by one of those whom a second person was to check",
        )

    def goods_returned(self, fact: _Fact, entry: str) -> None:
        """GoodsReturned: once per claim."""
        self.claim_answered(fact, entry)
        self._findings.ensure(
            fact["claim"] not in self._returned, "F2", entry, "a claim's goods come back twice"
        )
        self._returned.add(fact["claim"])

    def claim_approved(self, fact: _Fact, entry: str) -> None:
        """ClaimApproved: the debt that pays it must be open and of that amount."""
        self._decide(fact, entry)
        self.claims_approved += 1
        debt = self.debts.get(fact["debt"])
        self._findings.ensure(
            debt is not None and debt.state == "open" and debt.amount_minor == fact["amount_minor"],
            "F1",
            entry,
            f"claim {fact['claim'][:40]} is approved with a debt that is not open, or not of that amount",
        )

    def claim_refused(self, fact: _Fact, entry: str) -> None:
        """ClaimRefused."""
        self._decide(fact, entry)
        self.claims_refused += 1

    def _decide(self, fact: _Fact, entry: str) -> None:
        self._findings.ensure(
            fact["claim"] in self._open_claims,
            "F1",
            entry,
            f"claim {fact['claim'][:40]} is decided and is not open",
        )
        self._open_claims.discard(fact["claim"])


def _gap(last: int, number: int) -> str:
    if number <= last:
        return "a number is used again"
    missing = number - last - 1
    return f"{missing} {'number is' if missing == 1 else 'numbers are'} missing"
