"""Which entries make a figure of the month end, and what each of them adds to it: what a figure opens sums up to it.

Signs are those of the month end: what the vendor lost or paid in is below 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kiosk.core import facts as f
from kiosk.core.postings import BANK, postings_of
from kiosk.store.figures import Figure, Kind, losses_of
from kiosk.store.results import Result, loss_minor, missing_qty


class Share(StrEnum):
    """A figure that is the sum of what its entries add to it. A tax has its class and rate behind it: see `tax_share`."""

    RECEIPTS = "receipts"
    PIECES = "pieces"
    GROSS = "gross"
    DEPOSITS = "deposits"
    NET = "net"
    TAX = "tax"
    GOODS = "goods"
    WASTE = "waste"
    MISSING = "missing"
    ASTRAY = "astray"
    OVER_SHORT = "over_short"
    GOODWILL = "goodwill"
    FROM_SHOPPERS = "from_shoppers"
    PUT_IN = "put_in"
    BANKED = "banked"


COUNTED: Final = frozenset({Share.RECEIPTS, Share.PIECES})
"""Numbers of things; the others are minor units of money."""

Source = tuple[Kind, str]
"""A kind and a name of the rollups; a star at its end stands for the rest of a name."""

_Adds = Callable[[f.Fact], int]


@dataclass(frozen=True, slots=True)
class Shares:
    """How the entries of a figure are found.

    Attributes:
        sources: Where the rollups know their places; entries without a share may lie there, too.
        of: What an entry adds to the figure.
    """

    sources: tuple[Source, ...]
    of: _Adds


def tax_share(tax_class: str, rate_bp: int) -> str:
    """The name of the share that is one class's tax at one rate in basis points."""
    return f"{Share.TAX}:{tax_class}:{rate_bp}"


def share_named(name: str) -> Share | None:
    """What such a name means: a share's own, or a tax's with its class and rate; None when it is none."""
    base, _, tax = name.partition(":")
    try:
        share = Share(base)
    except ValueError:
        return None
    return share if bool(tax) == (share is Share.TAX) else None


def _of_sale(adds: Callable[[f.SaleClosed], int]) -> _Adds:
    return lambda fact: adds(fact) if isinstance(fact, f.SaleClosed) else 0


def _posted(*accounts: str, sign: int = 1) -> _Adds:
    """What is posted to these accounts, or groups of them, debit positive times ``sign``."""
    names = tuple(each for each in accounts if not each.endswith("."))
    groups = tuple(each for each in accounts if each.endswith("."))

    def adds(fact: f.Fact) -> int:
        moved = (
            each for account, each in postings_of(fact) if account in names or account.startswith(groups)
        )
        return sign * sum(moved)

    return adds


def _net_minor(sale: f.SaleClosed) -> int:
    return sale.total_minor - sum(part.tax_minor for part in sale.taxes)


_SALES: Final[tuple[Source, ...]] = ((Kind.RECEIPT, ""),)

_FIXED: Final[Mapping[Share, Shares]] = {
    Share.RECEIPTS: Shares(_SALES, _of_sale(lambda _sale: 1)),
    Share.PIECES: Shares(_SALES, _of_sale(lambda sale: len(sale.lines))),
    Share.GROSS: Shares(_SALES, _of_sale(lambda sale: sale.total_minor)),
    Share.DEPOSITS: Shares(
        ((Kind.DEPOSIT, "*"),), _of_sale(lambda sale: sum(each for _, each in sale.deposits or ()))
    ),
    Share.NET: Shares(_SALES, _of_sale(_net_minor)),
    Share.GOODS: Shares(_SALES, _of_sale(lambda sale: -sum(sale.costs or ()))),
    Share.OVER_SHORT: Shares(((Kind.ACCOUNT, "over_short"),), _posted("over_short", sign=-1)),
    Share.GOODWILL: Shares(((Kind.ACCOUNT, "goodwill"),), _posted("goodwill", sign=-1)),
    # What is left of a cash posting when the vendor's own part is taken off; what only moves or is counted leaves nothing.
    Share.FROM_SHOPPERS: Shares(
        ((Kind.ACCOUNT, "cash.*"), (Kind.ACCOUNT, "float"), (Kind.ACCOUNT, BANK)),
        _posted("cash.", "transit.", "float", BANK, "over_short"),
    ),
    Share.PUT_IN: Shares(((Kind.ACCOUNT, "float"),), _posted("float", sign=-1)),
    Share.BANKED: Shares(((Kind.ACCOUNT, BANK),), _posted(BANK, sign=-1)),
}

_LOSSES: Final[Mapping[Share, tuple[Kind, int]]] = {
    Share.WASTE: (Kind.WASTE, -1),
    Share.MISSING: (Kind.COUNT, 1),  # found minus book: below 0 already
    Share.ASTRAY: (Kind.ASTRAY, -1),
}


def short_of(counts: Iterable[Figure], costs_minor: Mapping[str, int]) -> frozenset[str]:
    """The products that make the figure of what is missing: those of which the counts of a stretch found less, all in all.

    Args:
        counts: The stretch's figures of `Kind.COUNT`.
        costs_minor: What a piece of each product costs now.
    """
    return frozenset(each.name for each in counts if missing_qty(each) and loss_minor(each, costs_minor) < 0)


def shares_of(name: str, *, short: frozenset[str], costs_minor: Mapping[str, int]) -> Shares:
    """How the entries of a figure are found.

    Args:
        name: One that `share_named` knows.
        short: See `short_of`.
        costs_minor: What a piece of each product costs now, for entries that do not say what it had cost.
    """
    share = Share(name.partition(":")[0])
    if share is Share.TAX:
        tax_class, _, rate = name.partition(":")[2].rpartition(":")

        def tax_minor(sale: f.SaleClosed) -> int:
            return sum(
                part.tax_minor
                for part in sale.taxes
                if (part.tax_class, str(part.rate_bp)) == (tax_class, rate)
            )

        return Shares(((Kind.TAX, f"{tax_class}:{rate}"),), _of_sale(tax_minor))
    if share not in _LOSSES:
        return _FIXED[share]
    kind, sign = _LOSSES[share]

    def lost_minor(fact: f.Fact) -> int:
        return sign * sum(
            qty * (costs_minor.get(sku, 0) if cost_minor is None else cost_minor)
            for each, sku, qty, cost_minor in losses_of(fact)
            if each is kind and (share is not Share.MISSING or sku in short)
        )

    skus = sorted(short) if share is Share.MISSING else ["*"]
    return Shares(tuple((kind, sku) for sku in skus), lost_minor)


_VALUES: Final[Mapping[Share, Callable[[Result], int]]] = {
    Share.RECEIPTS: lambda each: each.sales,
    Share.PIECES: lambda each: each.pieces,
    Share.GROSS: lambda each: each.gross_minor,
    Share.DEPOSITS: lambda each: each.deposits_minor,
    Share.NET: lambda each: each.net_minor,
    Share.GOODS: lambda each: -each.goods_minor,
    Share.WASTE: lambda each: -each.waste_minor,
    Share.MISSING: lambda each: -each.missing_minor,
    Share.ASTRAY: lambda each: -each.astray_minor,
    Share.OVER_SHORT: lambda each: -each.over_short_minor,
    Share.GOODWILL: lambda each: -each.goodwill_minor,
    Share.FROM_SHOPPERS: lambda each: each.from_shoppers_minor,
    Share.PUT_IN: lambda each: each.put_in_minor,
    Share.BANKED: lambda each: -each.banked_minor,
}


def value_of(name: str, result: Result) -> int:
    """The figure itself, from the rollups: the sum of the shares of its entries."""
    share = Share(name.partition(":")[0])
    if share is not Share.TAX:
        return _VALUES[share](result)
    return sum(each.tax_minor for each in result.taxes if tax_share(each.tax_class, each.rate_bp) == name)
