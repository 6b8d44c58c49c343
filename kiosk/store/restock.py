"""What to bring to a kiosk at this visit, in which order, and what to buy for this visit and the next.

Puts together what the readings tell (days, stock) and what `inventory` works out; it reads nothing by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from inventory.catalogue import Catalogue, Product, Slot
from inventory.forecast import Day, Demand, Forecast, forecast
from inventory.replenish import Proposal, Wares, cases_for, expected_sales, propose, share_out, van_order
from kiosk.money import included_tax

NO_SUPPLIER: Final = ""
"""Products whose supplier nobody entered."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One place of a product: what it holds by the book, and how many pieces go in."""

    slot: Slot
    held: int
    qty: int


@dataclass(frozen=True, slots=True)
class Restock:
    """One product at one kiosk.

    Attributes:
        product: What it is.
        fills: Its places, in the order of the van; places that get nothing, too.
        wares: What the proposal was made from.
        proposal: How many, and why.
        forecast: None when there is no history yet.
        demand: Until the next visit, as far as pieces brought today can be sold; None without a forecast.
    """

    product: Product
    fills: tuple[Fill, ...]
    wares: Wares
    proposal: Proposal
    forecast: Forecast | None
    demand: Demand | None


def margin_of(product: Product, tax_rates_bp: Mapping[str, int]) -> int:
    """Price without tax less cost, in minor units; below zero where it sells at a loss."""
    tax_minor = included_tax(product.price_minor, tax_rates_bp.get(product.tax_class, 0))
    return product.price_minor - tax_minor - product.cost_minor


def plan_restock(
    catalogue: Catalogue,
    held: Mapping[tuple[str, str], int],
    histories: Mapping[str, Sequence[Day]],
    *,
    today: date,
    days: int,
    tax_rates_bp: Mapping[str, int],
    sku: str = "",
) -> tuple[Restock, ...]:
    """What to bring of every product that has a place, in the order of the van.

    Args:
        catalogue: Goods and places.
        held: Slot and SKU -> good pieces there.
        histories: See `kiosk.store.demand.read_histories`.
        today: The day of the visit, at the kiosk.
        days: Until the next visit, 1 or more.
        tax_rates_bp: Of the configuration.
        sku: Only this product.
    """
    places: dict[str, list[Slot]] = {}
    for slot in sorted(catalogue.slots.values(), key=van_order):
        if slot.sku == sku or not sku:
            places.setdefault(slot.sku, []).append(slot)
    return tuple(
        _restock(
            product,
            [(slot, held.get((slot.code, own), 0)) for slot in slots],
            forecast(histories.get(own, ()), days),
            today=today,
            days=days,
            margin_minor=margin_of(product, tax_rates_bp),
        )
        for own, slots in places.items()
        if (product := catalogue.products.get(own)) is not None and product.is_for_sale
    )


def _restock(
    product: Product,
    places: Sequence[tuple[Slot, int]],
    found: Forecast | None,
    *,
    today: date,
    days: int,
    margin_minor: int,
) -> Restock:
    wares = Wares(
        on_hand=sum(max(0, qty) for _, qty in places),
        capacity=sum(slot.capacity for slot, _ in places),
        par_qty=sum(slot.par_qty for slot, _ in places),
        margin_minor=margin_minor,
        cost_minor=product.cost_minor,
        days=days,
        shelf_life_days=product.shelf_life_days or None,
        case_size=max(1, product.case_size),
    )
    first = today + timedelta(days=1)
    demand = life = None
    if found is not None:
        demand = found.demand(first, wares.sell_days)
        if wares.shelf_life_days is not None:
            life = found.demand(first, wares.shelf_life_days)
    proposal = propose(wares, demand, life)
    given = share_out(proposal.qty, places)
    fills = tuple(Fill(slot, qty, given.get(slot.code, 0)) for slot, qty in places)
    return Restock(product, fills, wares, proposal, found, demand)


def pick_list(restocks: Iterable[Restock]) -> tuple[tuple[Fill, Product], ...]:
    """Every place that gets something, in the order in which a clerk walks along them."""
    picks = [(fill, each.product) for each in restocks for fill in each.fills if fill.qty]
    return tuple(sorted(picks, key=lambda pick: van_order(pick[0].slot)))


@dataclass(frozen=True, slots=True)
class Order:
    """What to buy of one product, for this visit and the next.

    Attributes:
        product: What.
        order_no: The supplier's own number of it; empty where unknown.
        need: Pieces that this visit brings and the next one replaces.
        in_store: Pieces in the storeroom or van.
        cases: Whole cases to buy.
        pieces: Pieces in them.
        cost_minor: What they cost, without tax.
    """

    product: Product
    order_no: str
    need: int
    in_store: int
    cases: int
    pieces: int
    cost_minor: int


def need_of(restock: Restock) -> int:
    """Pieces for two visits: what is brought now, and what will most likely have sold by the next one."""
    if restock.demand is None:
        return restock.proposal.qty
    return restock.proposal.qty + math.ceil(expected_sales(restock.demand, restock.proposal.stock) - 1e-9)


def purchases(
    kiosks: Iterable[Iterable[Restock]], in_store: Mapping[str, int]
) -> dict[str, tuple[Order, ...]]:
    """What to buy from each supplier, over all kiosks; suppliers by key, who has none comes last.

    Args:
        kiosks: What each kiosk needs.
        in_store: SKU -> pieces in storeroom and van.
    """
    needs: dict[str, int] = {}
    products: dict[str, Product] = {}
    for restocks in kiosks:
        for each in restocks:
            products[each.product.sku] = each.product
            needs[each.product.sku] = needs.get(each.product.sku, 0) + need_of(each)
    orders: dict[str, list[Order]] = {}
    for sku, need in sorted(needs.items()):
        product, stored = products[sku], max(0, in_store.get(sku, 0))
        cases = cases_for(need - stored, product.case_size)
        if not cases:
            continue
        supply = product.suppliers[0] if product.suppliers else None
        pieces = cases * max(1, product.case_size)
        orders.setdefault(supply.supplier if supply else NO_SUPPLIER, []).append(
            Order(
                product=product,
                order_no=supply.order_no if supply else "",
                need=need,
                in_store=stored,
                cases=cases,
                pieces=pieces,
                cost_minor=pieces * product.cost_minor,
            )
        )
    return {key: tuple(orders[key]) for key in sorted(orders, key=lambda key: (key == NO_SUPPLIER, key))}
