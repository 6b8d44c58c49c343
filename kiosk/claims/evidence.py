"""What the journal says about a claim: a pure reading that names the entries it rests on.

The same entries give the same verdict, in whatever order they come. A claim is *bound* when it names a visit (the shopper stands
at the screen, or followed the code on a receipt); it is *unbound* when it comes from the code on the machine's front. An unbound
claim is proven only by a debt of exactly the sum that was said, and not after several wrong guesses: what is proven is paid
without a person, so a stranger who tries sums must not collect what belongs to somebody else. The same holds at the screen
once the visit's page is gone: whoever steps up then may be anybody. Uncertain is never proven.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hardware.events import DeviceKind
from kiosk.core import facts as f
from kiosk.core.facts import About, Fact, Recorded, Verdict

AROUND: Final = 30
"""Entries before and after a visit that may belong to it without naming it (a coin turned away before the first was credited)."""

EVIDENCE_MOST: Final = 12
"""Entries that a person can look at for one claim."""

GUESSES_MOST: Final = 1
"""Other sums that were claimed in vain, without a visit of their own, after which no claim about the same time or visit proves
itself. Sums are easily guessed, for most are one coin or one price: in a simulated market where three were let pass, one false
claim of fifty hit what somebody else was owed. The same sum again tells nobody anything, and is no guess."""

FAULTY: Final[Mapping[About, frozenset[str]]] = {
    About.SWALLOWED: frozenset({DeviceKind.COIN_ACCEPTOR, DeviceKind.NOTE_VALIDATOR}),
    About.NO_MONEY_BACK: frozenset(
        {
            DeviceKind.COIN_ACCEPTOR,
            DeviceKind.NOTE_VALIDATOR,
            DeviceKind.HOPPER,
            DeviceKind.CARD_READER,
        }
    ),
    About.NO_GOODS: frozenset({DeviceKind.COIL_BOARD, DeviceKind.VENDING_MACHINE}),
    About.BAD_GOODS: frozenset(),
}
"""Devices whose trouble can explain a claim; no device knows whether goods are good."""

MONEY_GAPS: Final = frozenset({About.SWALLOWED, About.NO_MONEY_BACK})
"""Claims that a coin or note nobody recorded can explain."""

_Kinds = tuple[type[Fact], ...]
_CLOSINGS: Final[_Kinds] = (
    f.DebtRedeemed,
    f.CashHandedOver,
    f.DebtTransferred,
    f.DebtDropped,
    f.CardLateRefundEnded,
)
KINDS: Final[frozenset[str]] = frozenset(
    kind.__name__
    for kind in (
        *_CLOSINGS,
        f.Booted,
        f.TillHalted,
        f.DeviceWentOffline,
        f.DeviceTroubled,
        f.AcceptorBaselined,
        f.CoinCredited,
        f.CoinFound,
        f.CoinTurnedAway,
        f.MoneyPossiblySwallowed,
        f.HopperDiffered,
        f.NoteStackStarted,
        f.NoteReturnStarted,
        f.NoteCredited,
        f.NoteFound,
        f.NoteReturned,
        f.NoteLost,
        f.NoteTurnedAway,
        f.CardApproved,
        f.CardRefunded,
        f.CardRefundFailed,
        f.CardLost,
        f.CardApprovedLate,
        f.CardLateRefundEnded,
        f.CardLoaded,
        f.CardLoadLost,
        f.VisitOpened,
        f.VendStarted,
        f.VendEnded,
        f.DropDoubted,
        f.SaleClosed,
        f.SettlingStarted,
        f.PayoutEnded,
        f.PayoutLost,
        f.DebtRecorded,
        f.DebtReleased,
        f.DebtReduced,
        f.GoodwillGranted,
        f.VisitSettled,
        f.ClaimOpened,
        f.ClaimWeighed,
        f.ClaimApproved,
    )
)
"""Names of the facts that a weighing reads; whoever loads entries may leave out all others."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """A verdict and what it rests on.

    Attributes:
        verdict: As the journal allows it.
        amount_minor: PROVEN: the debt, which is paid whole. CONSISTENT: the sum that the entries explain, else what was said.
            UNSEEN: what was said. CONTRADICTED: 0.
        debt: The debt that the claim is about, if exactly one fits.
        evidence: Sequence numbers, rising, at most `EVIDENCE_MOST`.
        reason: Key of the sentence that says why (``why.<reason>``).
        rest_minor: PROVEN only: what was said beyond the debt; it stays a matter for a person.
    """

    verdict: Verdict
    amount_minor: int
    debt: str
    evidence: tuple[int, ...]
    reason: str
    rest_minor: int = 0


@dataclass(slots=True)
class _Debt:
    """A debt as the entries tell it."""

    debt: str
    seq: int
    visit: str
    amount_minor: int
    is_certain: bool
    job: str
    is_claimed: bool = False
    closed: Fact | None = None
    closed_seq: int = 0

    @property
    def is_paid(self) -> bool:
        """Whether its money reached somebody."""
        return isinstance(
            self.closed, f.DebtRedeemed | f.CashHandedOver | f.DebtTransferred | f.CardLateRefundEnded
        )


@dataclass(slots=True)
class _Visit:
    """One shopper's money and goods as the entries tell them; with `joined`, also the visits that its debts' codes opened."""

    visit: str
    opened_seq: int = 0
    settled_seq: int = 0
    taken_minor: int = 0
    """Coins, notes and cards."""
    redeemed_minor: int = 0
    """Codes."""
    sold_minor: int = 0
    paid_minor: int = 0
    due_minor: int = 0
    sales: list[int] = field(default_factory=list)
    payouts: list[int] = field(default_factory=list)
    vends: list[tuple[int, f.VendEnded, int]] = field(default_factory=list)
    """Outcome entry, outcome, price."""
    notes_back: list[tuple[int, int]] = field(default_factory=list)
    """Notes that came back out of escrow: entry, value."""


class _Reading:
    """Everything a weighing needs, gathered in one pass over the entries."""

    def __init__(self, entries: Iterable[Recorded], later: Iterable[Fact] = ()) -> None:
        self.entries: Sequence[Recorded] = sorted({each.seq: each for each in entries}.values(), key=_seq)
        self.debts: dict[str, _Debt] = {}
        self.visits: dict[str, _Visit] = {}
        self.guesses: list[tuple[int, f.ClaimOpened]] = []
        """Claims that proved nothing, and the entries that say so."""
        self._prices: dict[str, int] = {}
        """Job -> price of its goods, or value of its note."""
        self._claims: dict[str, f.ClaimOpened] = {}
        for each in self.entries:
            self._debt(each)
            self._money(each)
            self._tender(each)
            self._claim(each)
        for fact in later:
            if isinstance(
                fact, f.JournalOpened
            ):  # a copy was restored: what was owed may have been paid in the lost part
                for debt in self.debts.values():
                    debt.is_certain = debt.is_certain and debt.closed is not None
            else:
                self._debt(Recorded(seq=0, at="", now_ms=0, fact=fact))

    def _visit(self, name: str) -> _Visit:
        return self.visits.setdefault(name, _Visit(name))

    def _debt(self, recorded: Recorded) -> None:
        match recorded.fact:
            case f.DebtRecorded() as fact:
                self.debts[fact.debt] = _Debt(
                    debt=fact.debt,
                    seq=recorded.seq,
                    visit=fact.visit,
                    amount_minor=fact.amount_minor,
                    is_certain=fact.is_certain,
                    job=fact.job,
                )
            case f.GoodwillGranted() as fact:
                self.debts[fact.debt] = _Debt(
                    debt=fact.debt,
                    seq=recorded.seq,
                    visit="",
                    amount_minor=fact.amount_minor,
                    is_certain=True,
                    job="",
                    is_claimed=True,
                )
            case f.CardApprovedLate(debt=name) as fact if name:
                self.debts[name] = _Debt(
                    debt=name,
                    seq=recorded.seq,
                    visit=fact.visit,
                    amount_minor=fact.charged_minor,
                    is_certain=False,
                    job=fact.job,
                )
            case f.DebtReduced(debt=name) as fact if name in self.debts:
                self.debts[name].amount_minor = fact.left_minor
            case f.DebtReleased(debt=name) if name in self.debts:
                self.debts[name].is_certain = True
                self.debts[name].is_claimed = True
            case f.ClaimApproved(debt=name) if name in self.debts:
                self.debts[name].is_claimed = True
            case (
                f.DebtRedeemed(debt=name)
                | f.CashHandedOver(debt=name)
                | f.DebtTransferred(debt=name)
                | f.DebtDropped(debt=name)
                | f.CardLateRefundEnded(debt=name, is_refunded=True)
            ) if name in self.debts:
                self.debts[name].closed = recorded.fact
                self.debts[name].closed_seq = recorded.seq
            case _:
                pass

    def _money(self, recorded: Recorded) -> None:
        seq = recorded.seq
        match recorded.fact:
            case f.VisitOpened(visit=name):
                self._visit(name).opened_seq = seq
            case f.VisitSettled(visit=name):
                self._visit(name).settled_seq = seq
            case f.CoinCredited(visit=name, value_minor=value_minor):
                self._visit(name).taken_minor += value_minor
            case f.CoinFound(visit=name, value_minor=value_minor, qty=qty) if name:
                self._visit(name).taken_minor += value_minor * qty
            case f.DebtRedeemed() as fact:
                self._visit(fact.visit).redeemed_minor += fact.amount_minor
            case f.SaleClosed() as fact:
                self._visit(fact.visit).sold_minor += fact.total_minor
                self._visit(fact.visit).sales.append(seq)
            case f.SettlingStarted() as fact:
                self._visit(fact.visit).due_minor = fact.amount_minor
            case f.PayoutEnded() as fact if fact.paid_qty:
                self._visit(fact.visit).paid_minor += fact.paid_qty * fact.value_minor
                self._visit(fact.visit).payouts.append(seq)
            case f.VendStarted() as fact:
                self._prices[fact.job] = fact.price_minor
            case f.VendEnded() as fact:
                self._visit(fact.visit).vends.append((seq, fact, self._prices.get(fact.job, 0)))
            case _:
                pass

    def _tender(self, recorded: Recorded) -> None:
        """Notes and cards."""
        seq = recorded.seq
        match recorded.fact:
            case f.NoteStackStarted() | f.NoteReturnStarted() as fact:
                self._prices[fact.job] = fact.value_minor
            case (
                f.NoteCredited(visit=name, value_minor=value_minor)
                | f.NoteFound(visit=name, value_minor=value_minor)
                | f.NoteLost(visit=name, value_minor=value_minor)
            ) if name:
                self._visit(name).taken_minor += value_minor
            case f.NoteReturned(visit=name, job=job) if name:
                self._visit(name).notes_back.append((seq, self._prices.get(job, 0)))
            case f.CardApproved() as fact:
                self._visit(fact.visit).taken_minor += max(fact.asked_minor, fact.charged_minor)
            case f.CardRefunded() as fact:
                left_off_minor = max(fact.asked_minor, fact.charged_minor) - fact.charged_minor
                self._visit(fact.visit).taken_minor -= left_off_minor
                self._visit(fact.visit).paid_minor += fact.charged_minor
                self._visit(fact.visit).payouts.append(seq)
            case f.CardLoaded() as fact:
                self._visit(fact.visit).paid_minor += fact.amount_minor
                self._visit(fact.visit).payouts.append(seq)
            case f.CardLost(is_charged=False) as fact:
                self._visit(fact.visit).taken_minor += fact.amount_minor
            case f.CardApprovedLate() as fact if fact.debt:
                self._visit(fact.visit).taken_minor += fact.charged_minor
            case _:
                pass

    def _claim(self, recorded: Recorded) -> None:
        match recorded.fact:
            case f.ClaimOpened(claim=claim) as fact:
                self._claims[claim] = fact
            case f.ClaimWeighed(claim=claim, verdict=verdict) if (
                claim in self._claims and verdict is not Verdict.PROVEN
            ):
                self.guesses.append((recorded.seq, self._claims[claim]))
            case _:
                pass

    def chain(self, visit: str) -> list[str]:
        """The visit, and the visits that were opened by the codes of its debts, in the order of the entries."""
        names = [visit]
        for name in names:
            for debt in self.debts.values():
                closed = debt.closed
                if debt.visit == name and isinstance(closed, f.DebtRedeemed) and closed.visit not in names:
                    names.append(closed.visit)
        return names

    def joined(self, names: Sequence[str]) -> _Visit:
        """Several visits read as one."""
        whole = _Visit(names[0])
        for visit in (self.visits.get(name, _Visit(name)) for name in names):
            whole.opened_seq = whole.opened_seq or visit.opened_seq
            whole.settled_seq = visit.settled_seq
            whole.taken_minor += visit.taken_minor
            whole.redeemed_minor += visit.redeemed_minor
            whole.sold_minor += visit.sold_minor
            whole.paid_minor += visit.paid_minor
            whole.due_minor = whole.due_minor or visit.due_minor
            whole.sales += visit.sales
            whole.payouts += visit.payouts
            whole.vends += visit.vends
            whole.notes_back += visit.notes_back
        return whole


def _seq(recorded: Recorded) -> int:
    return recorded.seq


def _first(seqs: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(seqs))[:EVIDENCE_MOST])


def weigh(
    entries: Iterable[Recorded],
    *,
    about: About,
    said_minor: int,
    visit: str = "",
    window: tuple[int, int] = (0, 0),
    is_theirs: bool = True,
    later: Iterable[Fact] = (),
) -> Weighing:
    """Weigh a claim against the journal.

    Args:
        entries: Of one epoch, in any order; those of kinds outside `KINDS` change nothing.
        about: What is said to be missing.
        said_minor: How much; 0 when the shopper did not say.
        visit: The visit that the claim is bound to, or empty.
        window: First and last sequence number that an unbound claim may be about.
        is_theirs: Whether the visit is certainly the claimant's: it is on the screen, or they hold its receipt. If not, its debt
            is proven only by naming the very sum.
        later: What later epochs say of these debts, in order: that they began, and what closed or released them there.

    Returns:
        PROVEN before CONSISTENT (an open debt, a gap in what was recorded) before CONTRADICTED before CONSISTENT (a device's
        trouble) before UNSEEN; of a claim without a visit, trouble comes before CONTRADICTED.
    """
    return _Scale(_Reading(entries, later), about, said_minor, visit, window, is_theirs=is_theirs).verdict()


class _Scale:
    """One claim against one reading."""

    def __init__(
        self,
        reading: _Reading,
        about: About,
        said_minor: int,
        visit: str,
        window: tuple[int, int],
        *,
        is_theirs: bool,
    ) -> None:
        self.is_theirs = bool(visit) and is_theirs
        self.reading = reading
        self.about = about
        self.said_minor = said_minor
        self.is_bound = bool(visit)
        if visit:
            self.names = reading.chain(visit)
            known = [reading.visits[name] for name in self.names if name in reading.visits]
            first = min((each.opened_seq for each in known if each.opened_seq), default=0)
            last = max((each.settled_seq for each in known), default=0)
            is_open = any(not each.settled_seq for each in known)
            newest = reading.entries[-1].seq if reading.entries else 0
            self.window = (first - AROUND, newest if is_open else last + AROUND) if first else (1, 0)
        else:
            self.window = window
            self.names = [
                each.visit
                for each in reading.visits.values()
                if self._is_near(each.settled_seq) or self._is_near(each.opened_seq)
            ]

    def _is_near(self, seq: int) -> bool:
        return self.window[0] <= seq <= self.window[1]

    def verdict(self) -> Weighing:
        """The first that holds."""
        # Without a visit of its own a claim is measured by one that may be somebody else's: trouble is heard before that.
        last = (self._contradicted, self._fault) if self.is_bound else (self._fault, self._contradicted)
        for rule in (self._unknown_vend, self._proven, self._open_debt, self._gap, *last):
            found = rule()
            if found is not None:
                return found
        return self._unseen()

    # --- debts

    def _open_debts(self) -> list[_Debt]:
        """Debts within reach that nobody was paid; none when the claim is about the goods themselves."""
        if self.about is About.BAD_GOODS:
            return []
        return [
            debt
            for debt in self.reading.debts.values()
            if debt.closed is None
            and debt.visit
            and (debt.visit in self.names if self.is_bound else self._is_near(debt.seq))
        ]

    def _unknown_vend(self) -> Weighing | None:
        """Of goods that nobody saw fall, the debt of that very vend: change that is owed beside it proves nothing about them."""
        if self.about is not About.NO_GOODS or not self.is_bound:
            return None
        jobs = {fact.job for _, fact, _ in self._unknown_vends()}
        debts = self._open_debts()
        own = [debt for debt in debts if debt.job in jobs and not debt.is_certain]
        fits = [debt for debt in own if debt.amount_minor == self.said_minor]
        is_other = any(debt.is_certain and debt.amount_minor == self.said_minor for debt in debts)
        if not own or (is_other and not fits):
            return None
        debt = (fits or own)[0]
        ends = [seq for seq, fact, _ in self._unknown_vends() if fact.job == debt.job]
        return Weighing(
            verdict=Verdict.CONSISTENT,
            amount_minor=debt.amount_minor,
            debt=debt.debt,
            evidence=_first([debt.seq, *ends]),
            reason="uncertain",
        )

    def _unknown_vends(self) -> list[tuple[int, f.VendEnded, int]]:
        """Vends of this claim's visits of which nobody can say whether goods fell."""
        return [
            vend
            for name in self.names
            for vend in self.reading.visits.get(name, _Visit(name)).vends
            if vend[1].outcome is f.VendOutcome.UNKNOWN
        ]

    def _proven(self) -> Weighing | None:
        certain = [debt for debt in self._open_debts() if debt.is_certain]
        if not self.is_theirs:
            certain = [
                debt for debt in certain if debt.amount_minor == self.said_minor and not debt.is_claimed
            ]
            if len(certain) != 1 or self._guesses() >= GUESSES_MOST:
                return None
        if not certain:
            return None
        debt = max(
            certain, key=lambda each: (each.amount_minor == self.said_minor, each.amount_minor, -each.seq)
        )
        return Weighing(
            verdict=Verdict.PROVEN,
            amount_minor=debt.amount_minor,
            debt=debt.debt,
            evidence=_first([debt.seq, *self.reading.joined([debt.visit]).payouts]),
            reason="debt_open",
            rest_minor=max(0, self.said_minor - debt.amount_minor) if self.is_bound else 0,
        )

    def _guesses(self) -> int:
        """Other sums that were named in vain about this visit, or without one in this time."""
        named = {
            opened.said_minor
            for seq, opened in self.reading.guesses
            if (opened.visit in self.names if self.is_bound else not opened.visit and self._is_near(seq))
        }
        return len(named - {self.said_minor})

    def _fits(self, debt: _Debt) -> bool:
        """Whether the debt can be what is meant: its sum was said, or none, or all that its visit is or was due."""
        visit = self.reading.visits.get(debt.visit, _Visit(debt.visit))
        owed_minor = sum(each.amount_minor for each in self._open_debts() if each.visit == debt.visit)
        return self.is_bound or self.said_minor in {0, debt.amount_minor, visit.due_minor, owed_minor}

    def _open_debt(self) -> Weighing | None:
        fitting = [debt for debt in self._open_debts() if self._fits(debt)]
        if not fitting:
            return None
        exact = [debt for debt in fitting if debt.amount_minor == self.said_minor] or fitting
        only = exact[0] if len(exact) == 1 or self.is_bound else None
        jobs = {debt.job for debt in fitting if debt.job}
        outcomes = [
            each.seq
            for each in self.reading.entries
            if isinstance(
                each.fact,
                f.VendEnded | f.PayoutLost | f.NoteLost | f.CardLost | f.CardApprovedLate | f.CardLoadLost,
            )
            and each.fact.job in jobs
        ]
        if only is None:
            reason = "several_fit"
        elif not only.is_certain:
            reason = "uncertain"
        else:
            reason = "debt_not_bound"
        return Weighing(
            verdict=Verdict.CONSISTENT,
            amount_minor=only.amount_minor if only else self.said_minor,
            debt=only.debt if only else "",
            evidence=_first([debt.seq for debt in fitting] + outcomes),
            reason=reason,
        )

    # --- what the journal cannot account for

    def _belongs(self, recorded: Recorded) -> bool:
        """Whether an entry is of this claim's visits, or names no visit and stands near."""
        name = getattr(recorded.fact, "visit", "")
        return name in self.names if name else self._is_near(recorded.seq)

    def _gap(self) -> Weighing | None:
        found: dict[str, list[int]] = {}
        amount_minor = 0
        for recorded in filter(self._belongs, self.reading.entries):
            reason = self._gap_of(recorded.fact)
            if reason:
                found.setdefault(reason, []).append(recorded.seq)
            if reason == "money_found" and isinstance(recorded.fact, f.CoinFound):
                amount_minor += recorded.fact.value_minor * recorded.fact.qty
            elif reason == "money_found" and isinstance(recorded.fact, f.NoteCredited):
                amount_minor += recorded.fact.value_minor
        if not found:
            return None
        return Weighing(
            verdict=Verdict.CONSISTENT,
            amount_minor=self.said_minor or amount_minor,
            debt="",
            evidence=_first(seq for seqs in found.values() for seq in seqs),
            reason=min(found, key=lambda each: found[each][0]),
        )

    def _gap_of(self, fact: Fact) -> str:
        """What an entry leaves unexplained that fits this claim; empty when nothing."""
        is_money = self.about in MONEY_GAPS
        match fact:
            case f.MoneyPossiblySwallowed() if is_money:
                return "swallowed_window"
            case f.CoinTurnedAway(is_returned=is_returned) if is_money and is_returned is not True:
                return "coin_turned_away"
            case f.CoinFound(visit="", value_minor=value_minor, qty=qty) if is_money:
                return "money_found" if self.said_minor in {0, value_minor, value_minor * qty} else ""
            case f.NoteCredited(visit="", value_minor=value_minor) if is_money:
                return "money_found" if self.said_minor in {0, value_minor} else ""
            case f.NoteTurnedAway(is_returned=is_returned) if (
                self.about is About.SWALLOWED and is_returned is not True
            ):
                return "note_turned_away"
            case f.NoteLost(job=job) if is_money and not self._is_made_good(job):
                return "uncertain"
            case f.CardLost() | f.CardApprovedLate() if self.about is not About.BAD_GOODS:
                return self._card_gap_of(fact)
            case f.HopperDiffered() if self.about is About.NO_MONEY_BACK:
                return "hopper_differs"
            case f.PayoutLost(job=job) | f.CardLoadLost(job=job) if (
                self.about is About.NO_MONEY_BACK and not self._is_made_good(job)
            ):
                return "uncertain"
            case f.DropDoubted(job=job) if self.about is About.NO_GOODS and (
                self.is_bound or self._price_fits(job)
            ):
                return "hung_elsewhere"
            case f.VendEnded(outcome=f.VendOutcome.UNKNOWN, job=job) if (
                self.about is About.NO_GOODS and not self._is_made_good(job)
            ):
                return "uncertain" if self.is_bound or self._price_fits(job) else ""
            case _:
                return ""

    def _card_gap_of(self, fact: f.CardLost | f.CardApprovedLate) -> str:
        if not self._is_waiting(fact.job):
            return ""
        return "uncertain" if isinstance(fact, f.CardLost) else "card_late"

    def _is_made_good(self, job: str) -> bool:
        """Whether the debt of a lost job was paid."""
        return any(debt.job == job and debt.is_paid for debt in self.reading.debts.values())

    def _is_waiting(self, job: str) -> bool:
        """Whether a lost card request left a debt that was not paid; one whose goods were delivered left none."""
        is_owed = any(debt.job == job for debt in self.reading.debts.values())
        return is_owed and not self._is_made_good(job)

    def _price_fits(self, job: str) -> bool:
        prices = (
            price
            for visit in self.reading.visits.values()
            for _, fact, price in visit.vends
            if fact.job == job
        )
        return any(self.said_minor in {0, price} for price in prices)

    # --- what it can account for

    def _candidate(self) -> list[str]:
        """The one visit whose goods or money an unbound claim can be measured by; a bound claim's own."""
        if self.is_bound:
            return self.names
        if not self.said_minor:
            return []
        fitting = [name for name in self.names if self._has_sum(self.reading.visits[name])]
        return self.reading.chain(fitting[0]) if len(fitting) == 1 else []

    def _has_sum(self, visit: _Visit) -> bool:
        if self.about is About.NO_GOODS:
            return any(price == self.said_minor for _, _, price in visit.vends)
        return self.said_minor in {visit.taken_minor, visit.paid_minor}

    def _contradicted(self) -> Weighing | None:
        names = self._candidate()
        whole = self.reading.joined(names) if names else _Visit("")
        debts = [debt for debt in self.reading.debts.values() if debt.visit in names]
        handed = [debt for debt in debts if isinstance(debt.closed, f.CashHandedOver)]
        returned_minor = whole.paid_minor + sum(debt.amount_minor for debt in handed)
        settled_minor = sum(debt.amount_minor for debt in debts if debt.is_paid)
        came_minor = whole.taken_minor + whole.redeemed_minor
        if not whole.settled_seq or came_minor != whole.sold_minor + whole.paid_minor + settled_minor:
            return None  # something is still open, owed, or was decided otherwise: the books do not speak for themselves
        if any(debt.is_paid and not debt.closed_seq for debt in debts):
            return None  # in a later epoch, whose entries are not read here
        paid_seqs = [*whole.payouts, *(debt.closed_seq for debt in debts if debt.is_paid)]
        shown: list[int] = []
        said_minor = self.said_minor
        is_returned = said_minor in {0, returned_minor} and returned_minor > 0
        reason = "money_returned"
        match self.about:
            case About.NO_MONEY_BACK if is_returned:
                shown = paid_seqs
            case About.NO_MONEY_BACK if returned_minor == 0 and said_minor in {0, whole.sold_minor}:
                shown, reason = whole.sales, "all_spent"
            case About.NO_GOODS:
                shown, reason = self._goods_shown(whole, paid_seqs, returned_minor)
            case About.SWALLOWED if said_minor and said_minor == whole.taken_minor == returned_minor:
                shown = paid_seqs
            case About.SWALLOWED if self.is_bound and said_minor and said_minor != whole.taken_minor:
                shown = [seq for seq, value_minor in whole.notes_back if value_minor == said_minor]
                reason = "note_returned"
            case About.BAD_GOODS if whole.sold_minor == 0 and is_returned:
                shown = paid_seqs
            case _:
                pass
        if not shown:
            return None
        return Weighing(
            verdict=Verdict.CONTRADICTED, amount_minor=0, debt="", evidence=_first(shown), reason=reason
        )

    def _goods_shown(self, whole: _Visit, paid_seqs: list[int], returned_minor: int) -> tuple[list[int], str]:
        """Entries that show the goods falling, or the money of goods that did not fall going back."""
        said_minor = self.said_minor
        fallen = [
            seq
            for seq, fact, price in whole.vends
            if fact.outcome is f.VendOutcome.DELIVERED
            and fact.seen
            and said_minor in {0, price, whole.sold_minor}
        ]
        failed = [
            seq
            for seq, fact, price in whole.vends
            if fact.outcome is not f.VendOutcome.DELIVERED and said_minor in {0, price, returned_minor}
        ]
        if failed and returned_minor:
            return [*failed, *fallen, *paid_seqs], "money_returned"
        return fallen, "goods_seen"

    # --- the machine's health

    def _fault(self) -> Weighing | None:
        found = [each for each in filter(self._belongs, self.reading.entries) if self._is_trouble(each.fact)]
        if not found:
            return None
        unrefunded = [each for each in found if isinstance(each.fact, f.CardRefundFailed)]
        return Weighing(
            verdict=Verdict.CONSISTENT,
            amount_minor=self.said_minor,
            debt="",
            evidence=_first(each.seq for each in unrefunded or found),
            reason="card_refund_failed" if unrefunded else "trouble",
        )

    def _is_trouble(self, fact: Fact) -> bool:
        kinds = FAULTY[self.about]
        match fact:
            case f.DeviceTroubled(kind=kind, fault=fault):
                return bool(fault) and kind in kinds
            case f.DeviceWentOffline(kind=kind):
                return kind in kinds
            case f.AcceptorBaselined(was_restarted=was_restarted):
                return was_restarted and DeviceKind.COIN_ACCEPTOR in kinds
            case f.CardRefundFailed():
                return self.about in {About.NO_MONEY_BACK, About.NO_GOODS}
            case f.Booted(is_clean=is_clean, boot=boot):
                return not is_clean and boot > 1 and bool(kinds)
            case f.TillHalted(reason=reason):
                return reason != "clerk" and bool(kinds)
            case _:
                return False

    def _unseen(self) -> Weighing:
        """Nothing seen, by a machine that was well or was not; the visit's own trade is named, so that a person can read on."""
        whole = self.reading.joined(self.names) if self.is_bound else _Visit("")
        vends = [seq for seq, _, _ in whole.vends]
        return Weighing(
            verdict=Verdict.UNSEEN,
            amount_minor=self.said_minor,
            debt="",
            evidence=_first([*whole.sales, *whole.payouts, *vends]),
            reason="nothing_told" if self._was_unwell() else "nothing_seen",
        )

    def _was_unwell(self) -> bool:
        """Whether an unknown vend of the visit, a power cut, a halt or a device's trouble forbids to call the machine healthy."""
        if self.is_bound and self._unknown_vends():
            return True
        return any(self._is_any_trouble(each.fact) for each in filter(self._belongs, self.reading.entries))

    def _is_any_trouble(self, fact: Fact) -> bool:
        match fact:
            case f.DeviceTroubled(fault=fault):
                return bool(fault)
            case f.AcceptorBaselined(was_restarted=was_restarted):
                return was_restarted
            case f.Booted(is_clean=is_clean, boot=boot):
                return not is_clean and boot > 1
            case f.TillHalted(reason=reason):
                return reason != "clerk"
            case f.DeviceWentOffline():
                return True
            case _:
                return False
