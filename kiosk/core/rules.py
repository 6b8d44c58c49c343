"""What the vendor configured, as the till reads it: limits, times, values of coins, rates; and the goods for sale.

Every limit has its reason beside it. Replay never needs these: facts carry what they used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from types import MappingProxyType

from inventory.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Rules:
    """The till's settings; ``..._ms`` are monotonic milliseconds, money is minor units.

    Attributes:
        coins: Acceptor device -> position -> value.
        notes: Note validator device -> position -> value.
        into: Acceptor or validator -> position -> hopper, tube or recycler that it falls into; the cash box or stacker otherwise.
        readers: Card readers.
        hoppers: Hopper, tube or recycler device -> value of its piece.
        boxes: Recycler or coin unit that can send its pieces into a box of its own -> that box or stacker, as a container.
        cash_reports: Card readers that are told what is sold for cash.
        loaders: Card readers that may put a shopper's credit onto the card.
        boards: Coil board devices.
        machines: Old machines that sell for us.
        printers: Printer devices.
        drawers: Those printers that have a cash drawer.
        scanners: Scanners with a line of their own; without any, goods are chosen on the screen or by a keyboard scanner.
        tax_rates_bp: Tax class -> basis points.
        zone: Where the kiosk stands: when its day ends, and with it what may be sold.
        ladder: Days left until the last day of sale -> percent off, as pairs: goods that end soon are marked down.
        cash_step_minor: The smallest coin; prices are multiples of it, so that change is always possible in principle.
    """

    coins: Mapping[str, Mapping[int, int]]
    hoppers: Mapping[str, int]
    boards: tuple[str, ...]
    printers: tuple[str, ...]
    languages: tuple[str, ...]
    tax_rates_bp: Mapping[str, int]
    cash_step_minor: int
    notes: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    into: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    readers: tuple[str, ...] = ()
    drawers: tuple[str, ...] = ()
    boxes: Mapping[str, str] = field(default_factory=dict)
    scanners: tuple[str, ...] = ()
    cash_reports: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    loaders: tuple[str, ...] = ()
    zone: tzinfo = UTC
    ladder: tuple[tuple[int, int], ...] = ()
    max_credit_minor: int = 5_000
    """More than anybody needs for a snack; bounds what one cut can put at stake."""
    max_lines: int = 40
    """A cart that still fits a receipt and a screen; more is somebody playing."""
    close_bar_ms: int = 5_000
    """When a scan, not a coin, covers the cart, the shopper has this long to add more."""
    choice_ms: int = 15_000
    """After a failed vend: a second choice, else the money goes back by itself."""
    idle_ms: int = 60_000
    idle_money_ms: int = 120_000
    """Twice as long while money is held: people look for coins."""
    countdown_ms: int = 15_000
    """The last part of the idle time is counted down on the screen."""
    thanks_ms: int = 20_000
    owed_ms: int = 600_000
    """A code of money owed stays on the screen this long, or until somebody touches "done"."""
    job_ms: int = 30_000
    """A job whose device is gone for this long is lost."""
    card_ms: int = 45_000
    """A card that was not shown by then, or whose host does not answer: the request is withdrawn. Less than ``idle_ms``, so that
    the basket is still there afterwards."""
    recovery_ms: int = 8_000
    """At boot, open jobs wait this long for their devices before they are lost."""
    service_ms: int = 600_000
    """An unattended service screen closes itself."""
    max_payout_tries: int = 3
    """Hopper jobs for one visit that may fall short before the rest is owed."""
    max_code_failures: int = 5
    """Wrong debt codes before the page refuses more for `code_lock_ms`."""
    code_lock_ms: int = 900_000
    max_payouts: int = 40
    """Payout jobs in one visit; above it something is feeding on the hoppers."""
    max_payout_hour_minor: int = 100_000
    max_payout_day_minor: int = 500_000
    """Twenty and a hundred times the most that one shopper can have in credit: more than all hoppers hold when they are full, and
    many times a busy day's change. Above it something feeds on the hoppers; they rest, and what is due is owed under a code."""
    max_claims_per_hour: int = 20
    max_claims_per_day: int = 100
    """A claim for every sale of an average day."""
    max_claims_per_visit: int = 8
    """Two of each kind; more is somebody playing."""
    max_goodwill_minor: int = 5_000
    """The most one claim, and all claims about one visit, may be granted at the desk."""
    max_goodwill_hour_minor: int = 20_000
    max_goodwill_day_minor: int = 50_000
    """Four and ten times the most for one claim: a bad day of a real machine, and a bound on a stolen password."""
    max_auto_claim_minor: int = 5_000
    """The most that a proven claim is approved with by itself: what one shopper can have in credit. 0: a person decides all."""
    max_auto_day_minor: int = 50_000
    max_auto_day_claims: int = 20
    """What the kiosk approves by itself in a day: as much as goodwill may be, and a short payout every hour. Above it something
    is wrong with the machine, or with whoever claims, and a person looks."""
    second_above_minor: int = 5_000
    """A claim above it is paid when two people agree. The most that one shopper can have in credit: below that one may decide,
    so that a vendor alone is not stopped; with two people it is set lower."""
    voucher_ms: int = 30 * 86_400_000
    """A code for goods pays by itself for a month of the kiosk's running time: people come back when they are hungry."""
    code_ms: int = 86_400_000
    """A code pays by itself for a day of the kiosk's running time, then the vendor releases it: a lost slip ends some day."""
    more_time_factor: int = 3
    """How much longer all waits are for people who asked for more time; each touch extends them as well."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Rules and goods: what `decide` may read besides the state."""

    rules: Rules
    catalogue: Catalogue = field(default_factory=Catalogue)
    coming: Catalogue | None = None
    """Stored already, and for sale from the next idle moment: what the desk changes next."""

    @property
    def latest(self) -> Catalogue:
        """The goods as they were last stored."""
        return self.coming or self.catalogue


NO_COINS: Mapping[int, int] = MappingProxyType({})
