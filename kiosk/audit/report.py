"""What an audit says: figures, what is wrong and in which entry, and what the file alone cannot tell.

Every amount is a whole number of minor units of the journal's one currency. Entries are named ``epoch-seq``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must hold and does not.

    ``rule`` is the broken rule's short name; ``entry`` is empty for the file as a whole.
    """

    rule: str
    entry: str
    words: str

    def __str__(self) -> str:
        """One line for a person."""
        place = f"entry {self.entry}" if self.entry else "the file"
        return f"{place}: {self.words} ({self.rule})"


def place_of(name: str) -> tuple[int, int]:
    """Where an entry or an id stands: ``(epoch, seq)`` of ``3-17``, ``V3-17`` or ``J3-17``; ``(0, 0)`` of anything else."""
    epoch, _, seq = name.lstrip("VJDCB").partition("-")
    return (int(epoch), int(seq)) if epoch.isdecimal() and seq.isdecimal() else (0, 0)


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """One shopper's time at the machine.

    ``taken + redeemed + charged + granted + believed = sold + paid + refunded + owed + remaining``: ``taken`` is coins and notes,
    ``charged`` and ``refunded`` cards, ``granted`` what a card's side charged less than it was asked, and ``believed`` what a
    lost note or card request may have cost the shopper.
    """

    visit: str
    taken_minor: int = 0
    redeemed_minor: int = 0
    sold_minor: int = 0
    paid_minor: int = 0
    owed_minor: int = 0
    is_settled: bool = False
    charged_minor: int = 0
    granted_minor: int = 0
    refunded_minor: int = 0
    believed_minor: int = 0

    @property
    def remaining_minor(self) -> int:
        """Credit that the visit still has."""
        came_minor = self.taken_minor + self.redeemed_minor + self.charged_minor
        went_minor = self.sold_minor + self.paid_minor + self.refunded_minor + self.owed_minor
        return came_minor + self.granted_minor + self.believed_minor - went_minor


@dataclass(frozen=True, slots=True)
class DebtFigures:
    """Money owed under a code: ``was_certain`` at its birth, ``is_certain`` now.

    ``state`` is open, redeemed, handed_over, dropped or refunded (to the card that was charged late).
    """

    debt: str
    entry: str
    visit: str
    amount_minor: int
    reason: str
    job: str
    was_certain: bool
    is_certain: bool
    state: str


@dataclass(frozen=True, slots=True)
class Window:
    """Coins may have gone in here without a record: ``qty`` device events are missing, 0 when nobody knows how many."""

    entry: str
    at: str
    visit: str
    device: str
    qty: int
    reason: str
    is_collected: bool
    """Whether a cash box was emptied and counted later, so that its coins are in that count."""


@dataclass(frozen=True, slots=True)
class CoinNotBack:
    """The acceptor reported a coin that it did not take and that nobody can say came back."""

    entry: str
    visit: str
    device: str
    fault: str


@dataclass(frozen=True, slots=True)
class CoinsAside:
    """Coins that went into a container and to nobody's visit: ``how`` is found (suspense) or tested (a clerk's own)."""

    entry: str
    device: str
    amount_minor: int
    how: str


@dataclass(frozen=True, slots=True)
class SaleFigures:
    """One receipt: its whole, and the part that was taken from the shelf."""

    entry: str
    visit: str
    receipt_no: int
    total_minor: int
    shelf_minor: int


@dataclass(frozen=True, slots=True)
class LostPayout:
    """A payout of which nobody can say what left: at most ``most_minor`` of its coins left without being booked."""

    entry: str
    job: str
    visit: str
    device: str
    most_minor: int


@dataclass(frozen=True, slots=True)
class LostTender:
    """A note or a card's charge of which nobody can say what became: ``kind`` is note, request or charge."""

    entry: str
    job: str
    visit: str
    device: str
    kind: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class LevelDiffers:
    """A tube's own count of its pieces is another than what the books say lies in it.

    ``typed`` is how many pieces a clerk typed in and the tube has not counted yet; below 0: counted, and not typed in yet.
    """

    device: str
    counted: int
    booked_minor: int
    value_minor: int
    typed: int = 0


@dataclass(frozen=True, slots=True)
class CoinsGone:
    """Coins that left a hopper without a job, or beyond one (``job``, and the ``visit`` it was for)."""

    entry: str
    device: str
    job: str
    visit: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Discount:
    """A charge that was less than what was asked for: the rest was given to the shopper."""

    entry: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class VendInDoubt:
    """A vend whose end says one thing and whose goods may have done another. ``is_counted``: the coil was counted later.

    ``outcome`` is failed, unknown, unseen (delivered, by the motor's word and not the drop sensor's), or mistaken (seen falling
    while other goods hung, which may have been what fell).
    """

    entry: str
    visit: str
    slot: str
    price_minor: int
    outcome: str
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Collection:
    """A container emptied and counted; the variance is what was counted beyond what the books expected."""

    entry: str
    at: str
    collection: str
    container: str
    expected_minor: int
    counted_minor: int

    @property
    def variance_minor(self) -> int:
        """Counted less expected: below 0 when money was missing."""
        return self.counted_minor - self.expected_minor


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over the whole journal."""

    sales: int = 0
    sold_minor: int = 0
    tax_minor: int = 0
    pieces: int = 0
    visits: int = 0
    coins_credited_minor: int = 0
    coins_found_minor: int = 0
    """Coins that only the acceptor's own counts told of: to a visit, or to suspense."""
    notes_credited_minor: int = 0
    notes_found_minor: int = 0
    """Notes that only the validator's own count told of."""
    charged_minor: int = 0
    refunded_minor: int = 0
    """What cards were charged, and what was given back to them."""
    discount_minor: int = 0
    """What cards were charged less than asked, part of the goodwill."""
    believed_minor: int = 0
    """Notes and card requests of which nobody can say what became, owed against suspense."""
    notes_returned: int = 0
    notes_turned_away: int = 0
    card_requests: int = 0
    coins_tested_minor: int = 0
    filled_minor: int = 0
    paid_minor: int = 0
    """Coins that hoppers paid for jobs."""
    handed_over_minor: int = 0
    transferred_minor: int = 0
    """Debts that people paid outside the kiosk and noted by hand."""
    gone_minor: int = 0
    """Coins that left hoppers without a job."""
    goodwill_minor: int = 0
    dropped_minor: int = 0
    suspense_minor: int = 0
    """Money whose owner is unknown, less coins that left without a job and debts for notes and cards lost sight of."""
    owed_minor: int = 0
    owed_uncertain_minor: int = 0
    uncertain_ever_minor: int = 0
    """All debts that were uncertain when they were recorded."""
    claims: int = 0
    claims_approved: int = 0
    claims_refused: int = 0
    boots_clean: int = 0
    boots_unclean: int = 0
    clock_steps: int = 0
    halts: int = 0
    checkpoints: int = 0
    payout_jobs: int = 0
    vend_jobs: int = 0
    open_jobs: int = 0
    most_payouts_in_a_visit: int = 0


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The whole answer about one journal file."""

    kiosk_id: str
    currency: str
    exponent: int
    entries: int
    epochs: int
    first_at: str
    last_at: str
    head: str
    """Place and digest of the last entry, ``epoch-seq hex``; empty for an empty journal."""
    public_key: str
    """The key that signed the last checkpoint, in hex."""
    figures: Figures
    accounts: Mapping[str, int]
    """Every account's balance, debit positive, from the stored postings."""
    visits: Mapping[str, VisitFigures]
    debts: tuple[DebtFigures, ...]
    windows: tuple[Window, ...]
    coins_not_back: tuple[CoinNotBack, ...]
    coins_aside: tuple[CoinsAside, ...]
    sales: tuple[SaleFigures, ...]
    lost_payouts: tuple[LostPayout, ...]
    lost_tenders: tuple[LostTender, ...]
    levels: tuple[LevelDiffers, ...]
    coins_gone: tuple[CoinsGone, ...]
    vends_in_doubt: tuple[VendInDoubt, ...]
    stray_drops: int
    collections: tuple[Collection, ...]
    stock: Mapping[str, int]
    """Pieces by slot, as fills, counts and sales tell."""
    coils: Mapping[str, int]
    """Slot -> coil number, as far as the journal names it."""
    problems: tuple[Problem, ...]
    """The first ones in order; `problem_count` says how many there were."""
    problem_count: int
    not_checked: tuple[str, ...]
    discounts: tuple[Discount, ...] = ()

    @property
    def cash(self) -> Mapping[str, int]:
        """Container -> what the books say lies in it."""
        prefix = "cash."
        return {
            name.removeprefix(prefix): amount
            for name, amount in sorted(self.accounts.items())
            if name.startswith(prefix)
        }

    @property
    def open_debts(self) -> tuple[DebtFigures, ...]:
        """Debts that are neither paid nor dropped."""
        return tuple(debt for debt in self.debts if debt.state == "open")
