"""What a stretch of time brought, kiosk by kiosk: sales, taxes, goods, losses, and where the money is at its end.

Every number is a sum of the table `figure` and so of entries. Goods that were sold or lost stand at what they had cost when that
was noted, the stock at what it had cost when it came (`kiosk.store.stock_value`). Where an entry does not say, today's cost is
taken, and how many pieces that are is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk.core.postings import BANK, CLEARING_CARD, OWED_TO_CARDS
from kiosk.store.figure_days import read_balances_at
from kiosk.store.figures import Figure, Kind, read_all_figures
from kiosk.store.stock_days import StockThen, read_stock_then
from kiosk.store.stock_value import StockPart, read_stock_values


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One tax class at one rate: the gross and the tax in it."""

    tax_class: str
    rate_bp: int
    gross_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Result:
    """What one kiosk brought. Losses are positive; at the end means just before the stretch's end.

    Attributes:
        kiosk_id: Whose.
        sales: Closed sales.
        pieces: Pieces sold.
        gross_minor: Paid for them, tax and deposits included.
        taxes: By class and rate.
        deposits_minor: The part of the gross that was deposits on packs.
        goods_minor: What the goods sold had cost.
        uncosted_qty: Pieces sold whose entry does not say what they had cost: the goods' cost lacks them.
        waste_qty: Pieces thrown away.
        waste_minor: What they had cost.
        missing_qty: Pieces that counts found missing, less those of the same product found too many.
        missing_minor: What they had cost.
        astray_qty: Pieces that were lost on the way from one kiosk to another, less those of which too many came.
        astray_minor: What they had cost.
        recosted_qty: Pieces thrown away, missing or lost on the way that stand at today's cost: their entries do not say.
        over_short_minor: Cash that counts found missing.
        goodwill_minor: Granted for claims, and discounts of the card's side.
        held_before_minor: Cash in the machine and on its way just before the stretch.
        from_shoppers_minor: What shoppers brought in cash, less what they were given.
        put_in_minor: What the vendor put in: change, and what a clerk paid by hand.
        banked_minor: Paid in at the bank, less what was transferred from there to shoppers.
        cash_minor: In boxes, hoppers, tubes and stackers at the end.
        transit_minor: Collected and on its way at the end.
        card_minor: What the card's side owed at the end, less what was loaded onto cards.
        owed_minor: Owed to shoppers at the end.
        suspense_minor: Unexplained at the end: money that is somewhere and belongs to nobody known.
        stock_minor: The stock at what it had cost when it came: now, or at the last checkpoint before the end.
        stock_recosted_qty: Pieces of it that stand at today's cost.
        stock_at: When that checkpoint was signed (UTC, ISO 8601); empty for now, or when there was none yet.
        stock: What each product adds to it.
        loads_minor: The part of ``card_minor`` that was loaded onto cards, 0 or less.
    """

    kiosk_id: str
    sales: int
    pieces: int
    gross_minor: int
    taxes: tuple[TaxSum, ...]
    deposits_minor: int
    goods_minor: int
    uncosted_qty: int
    waste_qty: int
    waste_minor: int
    missing_qty: int
    missing_minor: int
    astray_qty: int
    astray_minor: int
    recosted_qty: int
    over_short_minor: int
    goodwill_minor: int
    held_before_minor: int
    from_shoppers_minor: int
    put_in_minor: int
    banked_minor: int
    cash_minor: int
    transit_minor: int
    card_minor: int
    owed_minor: int
    suspense_minor: int
    stock_minor: int
    stock_recosted_qty: int
    stock_at: str = ""
    stock: tuple[StockPart, ...] = ()
    loads_minor: int = 0

    @property
    def tax_minor(self) -> int:
        """All tax in the gross."""
        return sum(each.tax_minor for each in self.taxes)

    @property
    def net_minor(self) -> int:
        """Sales without tax."""
        return self.gross_minor - self.tax_minor

    @property
    def losses_minor(self) -> int:
        """Waste, missing goods, goods lost on the way, missing cash and what was granted."""
        goods_minor = self.waste_minor + self.missing_minor + self.astray_minor
        return goods_minor + self.over_short_minor + self.goodwill_minor

    @property
    def margin_minor(self) -> int:
        """Net sales less goods and losses: what is left for fees, depreciation and the vendor."""
        return self.net_minor - self.goods_minor - self.losses_minor


def read_results(
    connection: Connection,
    kiosk_ids: Iterable[str],
    start_at: str,
    end_at: str,
    *,
    costs_minor: Mapping[str, int],
    is_over: bool = False,
) -> tuple[Result, ...]:
    """The results of these kiosks from ``start_at`` until before ``end_at``, in their order.

    Args:
        connection: For reading.
        kiosk_ids: Whose.
        start_at: As `kiosk.store.reading.day_bounds` gives it.
        end_at: Likewise.
        costs_minor: What a piece of each product costs now; one that is missing counts as nothing.
        is_over: Whether the stock is told as it was at the end, and not as it is now.
    """
    wanted = tuple(kiosk_ids)

    figures = read_all_figures(connection, wanted, start_at, end_at)
    held = read_balances_at(connection, wanted, end_at)
    if is_over:
        stock = read_stock_then(connection, wanted, end_at, costs_minor)
    else:
        now = read_stock_values(connection, wanted, costs_minor)
        stock = {
            name: StockThen(each.value_minor, each.recosted_qty, "", {}, each.parts)
            for name, each in now.items()
        }

    def result(kiosk_id: str) -> Result:
        rows = {kind: [each for each in figures[kind] if each.kiosk_id == kiosk_id] for kind in Kind}
        moved = {each.name: each.amount_minor for each in rows[Kind.ACCOUNT]}
        at_end = {account: amount for (each, account), amount in held.items() if each == kiosk_id}

        def group(name: str) -> int:
            return sum(amount for account, amount in at_end.items() if account.startswith(name))

        held_minor = group("cash.") + group("transit.")
        grown_minor = sum(
            amount for account, amount in moved.items() if account.startswith(("cash.", "transit."))
        )
        put_in_minor, banked_minor = -moved.get("float", 0), moved.get(BANK, 0)
        short_minor = moved.get("over_short", 0)
        return Result(
            kiosk_id=kiosk_id,
            sales=sum(each.qty for each in rows[Kind.RECEIPT]),
            pieces=sum(each.qty for each in rows[Kind.SALE]),
            gross_minor=sum(each.amount_minor for each in rows[Kind.RECEIPT]),
            taxes=tuple(_tax(each) for each in rows[Kind.TAX]),
            deposits_minor=sum(each.amount_minor for each in rows[Kind.DEPOSIT]),
            goods_minor=sum(each.part_minor for each in rows[Kind.SALE]),
            uncosted_qty=sum(each.qty for each in rows[Kind.UNCOSTED]),
            waste_qty=sum(each.qty for each in rows[Kind.WASTE]),
            waste_minor=sum(loss_minor(each, costs_minor) for each in rows[Kind.WASTE]),
            missing_qty=sum(missing_qty(each) for each in rows[Kind.COUNT]),
            missing_minor=sum(
                max(0, -loss_minor(each, costs_minor)) for each in rows[Kind.COUNT] if missing_qty(each)
            ),
            astray_qty=sum(each.qty for each in rows[Kind.ASTRAY]),
            astray_minor=sum(loss_minor(each, costs_minor) for each in rows[Kind.ASTRAY]),
            recosted_qty=sum(
                abs(each.amount_minor)
                for kind in (Kind.WASTE, Kind.COUNT, Kind.ASTRAY)
                for each in rows[kind]
            ),
            over_short_minor=short_minor,
            goodwill_minor=moved.get("goodwill", 0),
            held_before_minor=held_minor - grown_minor,
            # Every other account of a cash posting belongs to shoppers: double entry leaves no rest.
            from_shoppers_minor=grown_minor - put_in_minor + banked_minor + short_minor,
            put_in_minor=put_in_minor,
            banked_minor=banked_minor,
            cash_minor=group("cash."),
            transit_minor=group("transit."),
            card_minor=at_end.get(CLEARING_CARD, 0) + at_end.get(OWED_TO_CARDS, 0),
            owed_minor=-at_end.get("owed", 0),
            suspense_minor=-group("suspense."),
            stock_minor=stock[kiosk_id].value_minor,
            stock_recosted_qty=stock[kiosk_id].recosted_qty,
            stock_at=stock[kiosk_id].at,
            stock=stock[kiosk_id].parts,
            loads_minor=at_end.get(OWED_TO_CARDS, 0),
        )

    return tuple(result(kiosk_id) for kiosk_id in wanted)


def missing_qty(each: Figure) -> int:
    """Pieces of a product that its counts found missing in all; what they found too many is no profit: it had been there."""
    return max(0, -each.qty)


def loss_minor(each: Figure, costs_minor: Mapping[str, int]) -> int:
    """What lost goods had cost; those whose entries do not say at today's cost."""
    return each.part_minor + each.amount_minor * costs_minor.get(each.name, 0)


def _tax(each: Figure) -> TaxSum:
    tax_class, _, rate_bp = each.name.rpartition(":")
    return TaxSum(tax_class, int(rate_bp), each.amount_minor, each.part_minor)
