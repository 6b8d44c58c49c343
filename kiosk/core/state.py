"""What the till knows, all of it folded from facts: immutable, comparable, and small enough to snapshot.

Mappings are replaced, never changed in place. These are msgspec structs rather than dataclasses because each fact replaces
the state and the visit several times, and a struct of thirty fields is replaced in a fiftieth of the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from kiosk.core.facts import CashCounted, CodeSaid, DayTotals, Practice, Settling

CARD_LATE: Final = "card_late"
"""Why a charge is owed that came after its request had ended."""


class Phase(StrEnum):
    """Where the till is. STARTING is the time from boot until everything left open is closed."""

    STARTING = "starting"
    IDLE = "idle"
    SHOPPING = "shopping"
    TENDERING = "tendering"
    FULFILLING = "fulfilling"
    SETTLING = "settling"
    SERVICE = "service"
    HALTED = "halted"


class Line(Struct, frozen=True):
    """One piece in the cart. ``coil`` 0 means it is taken from the shelf. ``is_delivered`` once its vend was seen.

    ``deposit_minor`` is part of ``price_minor``: whatever counts money need not know of it.
    """

    line: int
    sku: str
    slot: str
    device: str
    coil: int
    price_minor: int
    tax_class: str
    tax_rate_bp: int
    is_delivered: bool = False
    said: CodeSaid | None = None
    deposit_minor: int = 0
    was_minor: int = 0
    """The price before a mark-down; 0 when there was none."""


class VendJob(Struct, frozen=True):
    """An open vend."""

    job: str
    line: int
    device: str
    slot: str
    coil: int
    sku: str
    price_minor: int
    started_ms: int
    boot: int
    seq: int


class PayoutJob(Struct, frozen=True):
    """An open payout."""

    job: str
    device: str
    qty: int
    value_minor: int
    paid_total: int | None
    started_ms: int
    boot: int
    seq: int
    serial: int = 0
    """The hopper that was asked; another one's counts say nothing about this job."""
    level: int | None = None


class NoteJob(Struct, frozen=True):
    """A note in escrow that is being kept (``is_kept``) or given back."""

    job: str
    device: str
    position: int
    value_minor: int
    is_kept: bool
    kept_total: int | None
    started_ms: int
    boot: int
    serial: int = 0


class CardStage(StrEnum):
    """Where an open card request is."""

    ASKED = "asked"
    CANCELLING = "cancelling"
    APPROVED = "approved"
    SETTLING = "settling"
    REFUNDING = "refunding"


class CardJob(Struct, frozen=True):
    """An open card request; ``charged_minor`` is 0 until it is approved, ``turns_to`` is asked when it is withdrawn."""

    job: str
    device: str
    asked_minor: int
    stage: CardStage
    started_ms: int
    boot: int
    charged_minor: int = 0
    turns_to: str = ""

    @property
    def credit_minor(self) -> int:
        """What it brings as credit once it is approved."""
        return max(self.asked_minor, self.charged_minor)

    @property
    def is_charged(self) -> bool:
        """Whether the card's side has approved it."""
        return self.stage in {CardStage.APPROVED, CardStage.SETTLING, CardStage.REFUNDING}


class UnchargedCard(Struct, frozen=True):
    """A request that ended without a charge, as far as anybody told; ``is_owed`` when it was lost and a debt stands for it."""

    job: str
    visit: str
    device: str
    is_owed: bool


class LateCharge(Struct, frozen=True):
    """A charge that came after its request had ended, and that is being given back."""

    job: str
    visit: str
    device: str
    charged_minor: int
    debt: str


class LoadJob(Struct, frozen=True):
    """Money on its way onto the shopper's card."""

    job: str
    device: str
    amount_minor: int
    started_ms: int
    boot: int


class Failure(Struct, frozen=True):
    """A vend that was reported as failed in this visit."""

    slot: str
    sku: str
    fault: str


class Visit(Struct, frozen=True):
    """One shopper's time at the till.

    ``held_minor`` is the credit. ``taken_minor`` is all money this visit put in (also redeemed debts). ``covered_ms`` is when the
    credit came to cover a non-empty cart without a coin doing it; ``choice_ms`` when a failed vend offered a second choice.
    """

    visit: str
    language: str
    opened_ms: int
    held_minor: int = 0
    taken_minor: int = 0
    paid_minor: int = 0
    owed_minor: int = 0
    sold_minor: int = 0
    receipt_nos: tuple[int, ...] = ()
    debts: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    next_line: int = 1
    covered_ms: int | None = None
    choice_ms: int | None = None
    is_fulfilling: bool = False
    """Goods are being delivered for this cart: what was delivered, or is in the shopper's hands, is sold whatever comes."""
    failures: tuple[Failure, ...] = ()
    """Failed vends of the fulfilment that runs."""
    offered: tuple[Failure, ...] = ()
    """Failed vends for which a second choice was offered."""
    settling: Settling | None = None
    due_minor: int = 0
    tired_hoppers: tuple[str, ...] = ()
    payouts: int = 0
    unrefunded_minor: int = 0
    """Charges that the card's side could not give back: credit, which goes back in coins."""
    is_restored: bool = False
    """It was open in a copy that was restored: its money may have been given back, or spent, after the copy was made."""

    @property
    def total_minor(self) -> int:
        """Price of the cart."""
        return sum(line.price_minor for line in self.lines)


class LastVisit(Struct, frozen=True):
    """What the thank-you page shows of the visit that just ended."""

    visit: str
    language: str
    settled_ms: int
    taken_minor: int
    sold_minor: int
    paid_minor: int
    owed_minor: int
    receipt_nos: tuple[int, ...]
    debts: tuple[str, ...]
    seq: int
    boot: int
    print_job: str = ""
    print_result: str = ""
    prints: int = 0


class AcceptorBook(Struct, frozen=True):
    """What the journal says the counters of a coin acceptor or note validator should read."""

    serial: int
    device_epoch: int
    event_no: int
    counts: Mapping[str, int] | None
    """Position (as text) -> accept count; None when the device keeps none."""
    epoch: int = 0
    """The journal's epoch in which it last introduced itself; 0 in snapshots of before there was a restore."""
    kept_total: int | None = None
    """A note validator's own count of notes kept."""
    has_all_notes: bool = True
    """When it last introduced itself it counted no fewer notes than before."""
    stacked: int | None = None
    """Of a validator that counts what is inside: its notes outside its recyclers."""
    arrived: int = 0
    """Notes that lay in the stacker beyond that when it last introduced itself, and that no recycler has been found to lack."""


class MoveJob(Struct, frozen=True):
    """Pieces on their way from a recycler or coin unit into its own box or stacker, ``container``."""

    job: str
    container: str
    boot: int


class HopperBook(Struct, frozen=True):
    """What the journal says of a hopper, tube or recycler; ``qty`` is filled and accepted minus paid."""

    value_minor: int
    serial: int = 0
    qty: int = 0
    paid_total: int | None = None
    is_low: bool | None = None
    level: int | None = None
    """Pieces inside by the device's own count, as far as our facts explain it."""
    typed: int = 0
    """Pieces that a clerk typed in and the device has not counted yet; below 0: counted, and not typed in yet."""
    lost_job: str = ""
    """A payout that was given up, as long as no count of the device has told what it paid."""
    move: MoveJob | None = None
    """An open move into its box; it pays nothing meanwhile."""


class OpenCollection(Struct, frozen=True):
    """A collection that is out of the machine and not counted yet; container -> what the books said was in it."""

    collection: str
    expected: Mapping[str, int]
    float_minor: int

    @property
    def expected_minor(self) -> int:
        """All of it."""
        return sum(self.expected.values())


class Bag(Struct, frozen=True):
    """A counted collection on its way to the bank; ``bag`` is the number on its seal."""

    bag: str
    counted: tuple[CashCounted, ...]

    @property
    def amount_minor(self) -> int:
        """What was counted."""
        return sum(each.counted_minor for each in self.counted)


class CoilTestJob(Struct, frozen=True):
    """A coil that turns for a clerk."""

    job: str
    device: str
    slot: str
    sku: str
    started_ms: int


class TrainingBook(Struct, frozen=True):
    """Practice at the kiosk: the training that is open (empty: none), and the counters of all that was ever practised.

    ``first`` is the counter's reading when the open one began, ``closed`` that of both counters at the last day close.
    """

    training: str = ""
    clerk: str = ""
    first: int = 0
    number: int = 0
    total_minor: int = 0
    closed: Practice = field(default_factory=Practice)

    def ever(self) -> Practice:
        """All that was ever practised."""
        return Practice(self.number, self.total_minor)

    def since_close(self) -> Practice:
        """What was practised since the last day close."""
        return Practice(self.number - self.closed.visits, self.total_minor - self.closed.total_minor)


class CoilBook(Struct, frozen=True):
    """A coil's stock by the journal; off after a failure, and in need of a count after an unknown outcome."""

    qty: int = 0
    is_off: bool = False
    needs_count: bool = False
    fault: str = ""


class Round(Struct, frozen=True):
    """The open round of a clerk; ``began_ms`` in the kiosk's running time."""

    round: str
    by: str
    began_ms: int


class Lot(Struct, frozen=True):
    """Pieces of one product in one place with one last day of sale (ISO 8601; empty: nobody said) and one lot."""

    sku: str
    expires_on: str
    lot: str
    qty: int


class DeviceBook(Struct, frozen=True):
    """A device's condition."""

    kind: str
    is_online: bool
    fault: str = ""
    since_ms: int = 0
    """When it came or went."""


class Debt(Struct, frozen=True):
    """Money owed under a code; ``seq`` is the entry that recorded it, from which the code is made."""

    debt: str
    seq: int
    visit: str
    amount_minor: int
    reason: str
    is_certain: bool
    job: str
    at: str
    age_ms: int = 0
    """The kiosk's age when it was recorded or released: from then its code pays for a day."""
    claim: str = ""
    """The claim that it was approved for: it is promised to one only."""
    is_told: bool = False
    """The device told after all how many pieces its job paid; they are booked, and are not booked again."""
    is_voucher: bool = False
    """Its code is credit for goods."""


class Proposal(Struct, frozen=True):
    """What the first of two people would pay for a claim."""

    amount_minor: int
    by: str
    way: str
    reason: str = ""


class Claim(Struct, frozen=True):
    """A claim that nobody has decided yet; ``debt`` is the one it is about, if the journal knows one."""

    claim: str
    token: str
    about: str
    verdict: str
    debt: str
    visit: str = ""
    by: str = ""
    """Who typed it in at the desk for somebody else."""
    due_at: str = ""
    remind_at: str = ""
    """The promised answer, and from when the vendor is reminded of it; empty when nothing was promised."""
    reminded: tuple[str, ...] = ()
    """The stages that were said already."""
    proposal: Proposal | None = None
    is_back: bool = False
    """Its goods were brought back, and are in the stock's books."""


class Plan(Struct, frozen=True):
    """Something planned for a day, the kiosk's own in ISO 8601; ``epoch`` and ``seq`` are the entry that says what."""

    plan: str
    from_day: str
    epoch: int
    seq: int


Slot = tuple[int, int, int]
"""A piece of the kiosk's age, counted from its first start; events in it; their sum in minor units."""


class Meter(Struct, frozen=True):
    """What happened lately: by pieces of ten minutes for the last hour, by hours for the last day."""

    tenths: tuple[Slot, ...] = ()
    hours: tuple[Slot, ...] = ()


class VisitMark(Struct, frozen=True):
    """How many claims came about a visit, and what was granted for them."""

    visit: str
    claims: int = 0
    goodwill_minor: int = 0


class Totals(Struct, frozen=True):
    """The money invariant's eight sums; see `kiosk.core.fold.check`."""

    taken: int = 0
    granted: int = 0
    uncollected: int = 0
    sold: int = 0
    paid_out: int = 0
    held: int = 0
    owed: int = 0
    suspense: int = 0


class State(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the till decides from. A snapshot with a field that is no more is not read: the journal is."""

    kiosk_id: str = ""
    currency: str = ""
    exponent: int = 2
    epoch: int = 0
    seq: int = 0
    boot: int = 0
    phase: Phase = Phase.STARTING
    resume: Phase = Phase.IDLE
    """Where STARTING leads to: IDLE or HALTED."""
    language: str = "en"
    languages: tuple[str, ...] = ("en",)
    large_text: bool = False
    more_time: bool = False
    screen: int = 1
    is_screen_lost: bool = False
    space: str = "ok"
    visit: Visit | None = None
    last: LastVisit | None = None
    vend: VendJob | None = None
    payout: PayoutJob | None = None
    note: NoteJob | None = None
    card: CardJob | None = None
    uncharged: tuple[UnchargedCard, ...] = ()
    """The last requests that ended without a charge: one may come yet."""
    late: LateCharge | None = None
    load: LoadJob | None = None
    totals: Totals = field(default_factory=Totals)
    cash: Mapping[str, int] = field(default_factory=dict)
    acceptors: Mapping[str, AcceptorBook] = field(default_factory=dict)
    hoppers: Mapping[str, HopperBook] = field(default_factory=dict)
    coils: Mapping[str, CoilBook] = field(default_factory=dict)
    lots: Mapping[str, tuple[Lot, ...]] = field(default_factory=dict)
    """By place, in the order in which they were put in: all that the book says is there, in the storeroom too."""
    devices: Mapping[str, DeviceBook] = field(default_factory=dict)
    awaited: tuple[str, ...] = ()
    """Devices that answered since this boot."""
    debts: Mapping[str, Debt] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
    receipt_no: int = 0
    clerk: str = ""
    service_ms: int = 0
    pieces: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Box or stacker -> value (as text) -> pieces since it was last emptied."""
    collection: OpenCollection | None = None
    bags: Mapping[str, Bag] = field(default_factory=dict)
    """Collection -> its bag, until it is paid in."""
    bag_numbers: tuple[str, ...] = ()
    """The last numbers of bags, so that one that was used is not used again."""
    trade: DayTotals = field(default_factory=DayTotals)
    """Since the journal's first entry."""
    closed_trade: DayTotals = field(default_factory=DayTotals)
    """The same up to the last day close, which was ``day_no`` and stands at ``closed_at`` (epoch and sequence number)."""
    day_no: int = 0
    closed_at: tuple[int, int] = (0, 0)
    test: CoilTestJob | None = None
    training: TrainingBook = field(default_factory=TrainingBook)
    drawer: str = ""
    """The job of a drawer whose printer has not said yet what became of it."""
    halted_for: str = ""
    code_failures: int = 0
    code_failed_ms: int = 0
    meters: Mapping[str, Meter] = field(default_factory=dict)
    """Payouts, claims and goodwill of the last day; see `kiosk.core.limits`."""
    visit_marks: tuple[VisitMark, ...] = ()
    """Visits that claims came about, the last one last."""
    round: Round | None = None
    tokens: tuple[str, ...] = ()
    """The last sender-made ids of clerks' acts, so that a repeated button is one act."""
    transfers_over: tuple[str, ...] = ()
    """The last transfers that were received or closed here, by sender and number: none is booked twice."""
    claim_tokens: tuple[str, ...] = ()
    """The last sender-made ids of claims: kept apart, so that a clerk's busy morning does not push them out."""
    plans: tuple[Plan, ...] = ()
    """What is planned, in the order in which it was; taken when its day has come."""
    boot_ms: int = 0
    seen_ms: int = 0
    """Monotonic time of the last entry."""
    ran_ms: int = 0
    """How long all earlier starts ran, as far as their entries show."""
    is_stopped: bool = False
    """The last run ended cleanly: nothing came after its stop but a checkpoint."""

    def is_unmet(self, device: str) -> bool:
        """Whether this acceptor has not introduced itself since a restore: what it remembers may have been paid out already."""
        book = self.acceptors.get(device)
        return book is not None and book.epoch not in {0, self.epoch}
