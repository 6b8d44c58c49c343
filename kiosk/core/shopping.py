"""Rules for the shopper: scan, choose, put back, take the money, ask for a receipt."""

from __future__ import annotations

from dataclasses import dataclass

from hardware import events as hw
from inventory.catalogue import Place, Product
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import hopper_contents
from kiosk.core.change import plan_change
from kiosk.core.draft import Draft
from kiosk.core.expiry import (
    freshest_day,
    is_shelf_stopped,
    next_in_coil,
    price_by_date,
    shelf_lots,
    today_of,
)
from kiosk.core.goods import holds_others
from kiosk.core.limits import is_code_old
from kiosk.core.machines import ready_machine
from kiosk.core.settle import begin_fulfilment, close_if_covered, end_visit, settle
from kiosk.core.state import State
from kiosk.core.worth import limit_name, worth_of

USABLE_PRINTER = frozenset({"", hw.Fault.PAPER_LOW})
"""Printer conditions in which a receipt can be promised."""

CODE_KEPT = 64
"""Characters of an unknown code kept for the vendor; the longest GS1 code on a pack is shorter."""


FULL = "full"
"""The disk has no room for another visit: out of service until it has."""


def is_printer_ready(state: State, printers: tuple[str, ...]) -> bool:
    """Whether a receipt on paper can be promised now."""
    return any(
        device in state.devices
        and state.devices[device].is_online
        and state.devices[device].fault in USABLE_PRINTER
        for device in printers
    )


def coil_stock(state: State, slot: str, today: str = "", sku: str = "") -> int:
    """Pieces that the coil of ``slot`` can still give, less those in the cart; 0 while it is off.

    ``today`` (ISO 8601) leaves out those behind a piece that is past its last day: goods come out as they went in. ``sku`` is
    what the coil is planned for: 0 as long as pieces of anything else hang in it, because nobody would get what was sold.
    """
    book = state.coils.get(slot)
    if book is None or book.is_off or (sku and holds_others(state.lots.get(slot, ()), sku)):
        return 0
    chosen = 0
    if state.visit is not None and state.visit.lines:
        chosen = sum(1 for line in state.visit.lines if line.slot == slot and line.coil)
    left = max(0, book.qty - chosen)
    fresh = next_in_coil(state, slot, today)[0] if left else None
    return left if fresh is None else min(left, fresh)


@dataclass(frozen=True, slots=True)
class _Priced:
    """What a piece costs without its deposit, what its own code said, and what it cost before a mark-down (0: the same)."""

    price_minor: int
    said: f.CodeSaid | None = None
    was_minor: int = 0


def _add(
    draft: Draft,
    product: Product,
    slot: str,
    *,
    device: str = "",
    coil: int = 0,
    priced: _Priced | None = None,
) -> None:
    draft.ensure_visit(f.Opening.CHOICE)
    visit = draft.visit
    price_minor = priced.price_minor if priced else product.price_minor
    draft.add(
        f.LineAdded(
            visit=visit.visit,
            line=visit.next_line,
            sku=product.sku,
            slot=slot,
            device=device,
            coil=coil,
            price_minor=price_minor + product.deposit_minor,
            tax_class=product.tax_class,
            tax_rate_bp=draft.rules.tax_rates_bp[product.tax_class],
            said=priced.said if priced else None,
            deposit_minor=product.deposit_minor or None,
            was_minor=(priced.was_minor + product.deposit_minor if priced and priced.was_minor else None),
        )
    )


def _has_room(draft: Draft, qty: int) -> bool:
    """Whether the cart takes ``qty`` more pieces, and the disk another visit; refuses in words when not."""
    visit = draft.state.visit
    if draft.state.space == FULL:
        draft.refuse("out_of_service")
        return False
    if len(visit.lines if visit else ()) + qty > draft.rules.max_lines:
        draft.refuse("cart_full", most=str(draft.rules.max_lines))
        return False
    return True


def may_sell(draft: Draft, product: Product) -> bool:
    """Whether the vendor sells it here, and an unattended kiosk may; refuses in words when not."""
    if product.min_age:
        draft.refuse("age_limit")
    elif product.is_retired:
        draft.refuse("not_sold_now")
    return product.is_for_sale


def _shelf_slot(draft: Draft, sku: str) -> str:
    """The shelf place planned for the product; empty when it has none (sold all the same: it is in the shopper's hand)."""
    slots = draft.shop.catalogue.slots.values()
    return next((slot.code for slot in slots if slot.place is Place.SHELF and slot.sku == sku), "")


def _add_shelf(draft: Draft, sku: str, qty: int, scan: ev.ScanRead | None = None) -> None:
    product = draft.shop.catalogue.products.get(sku)
    if product is None or product.tax_class not in draft.rules.tax_rates_bp:
        draft.refuse("unknown_product")
        return
    if not may_sell(draft, product):
        return
    if qty < 1 or not _has_room(draft, qty):
        return
    priced = None
    if scan is not None and scan.piece is not None:
        priced = _price(draft, product, scan, scan.piece)
        if priced is None:
            return
    said = priced.said if priced else None
    own_day = (said.expires_on or said.best_before_on) if said else ""
    today = today_of(draft.stamp.at, draft.rules)
    lots = shelf_lots(draft.state, draft.shop.catalogue, sku)
    if not own_day and is_shelf_stopped(draft.state, lots, sku, today):
        if scan is None:
            draft.refuse("expired")
        else:
            _turn_away(draft, scan.code, "expired")
        return
    if said is None or not said.step_minor:  # a label's own price is the vendor's last word
        priced = _by_date(draft, product, own_day or freshest_day(lots, today), said)
    slot = _shelf_slot(draft, sku)
    for _ in range(qty):
        _add(draft, product, slot, priced=priced)
    is_stale = scan is not None and scan.piece is not None and scan.piece.is_stale
    draft.say("added_stale" if is_stale else "added", sku=sku)


def _by_date(draft: Draft, product: Product, expires_on: str, said: f.CodeSaid | None = None) -> _Priced:
    """What a piece costs that may be sold until ``expires_on``; empty: nobody knows."""
    price_minor = price_by_date(product, expires_on, today_of(draft.stamp.at, draft.rules), draft.rules)
    return _Priced(price_minor, said, product.price_minor if price_minor < product.price_minor else 0)


def _price(draft: Draft, product: Product, scan: ev.ScanRead, piece: ev.Piece) -> _Priced | None:
    """What the piece costs; None, with a refusal in words, when its code asks for more or less than the vendor allows."""
    rules = draft.rules
    worth = worth_of(
        piece, product, step_minor=rules.cash_step_minor, max_credit_minor=rules.max_credit_minor
    )
    if worth.refusal:
        _turn_away(draft, scan.code, worth.refusal, **{limit_name(worth): str(worth.limit_minor)})
        return None
    is_weighed = bool(piece.weight_mg) and not piece.price_minor
    said = f.CodeSaid(
        code=scan.code[:CODE_KEPT],
        price_minor=piece.price_minor,
        weight_mg=piece.weight_mg if is_weighed else 0,
        unit_price_minor=piece.unit_price_minor if is_weighed else 0,
        step_minor=worth.step_minor,
        lot=piece.lot[:CODE_KEPT],
        expires_on=piece.expires_on,
        best_before_on=piece.best_before_on,
    )
    return _Priced(worth.price_minor, said)


def _turn_away(draft: Draft, scanned: str, reason: str, **params: str) -> None:
    """A scan that is not sold is kept for the vendor, and the shopper is told why."""
    visit = draft.state.visit.visit if draft.state.visit else ""
    draft.add(f.CodeUnknown(visit=visit, code=scanned[:CODE_KEPT], reason=reason))
    draft.refuse(reason, **params)


def scan_read(draft: Draft, event: ev.ScanRead) -> None:
    """A scan adds goods; one that names none of ours is kept for the vendor and never blocks the cart."""
    if event.sku:
        _add_shelf(draft, event.sku, event.qty, event)
    else:
        _turn_away(draft, event.code, event.reason, code=event.code[:CODE_KEPT])


def code_unreadable(draft: Draft, event: hw.CodeUnreadable) -> None:
    """A scan that is no code at all; nothing of it is kept but its kind."""
    draft.refuse("too_long" if event.fault is hw.Fault.TOO_LONG else "code_unreadable")


def product_chosen(draft: Draft, event: ev.ProductChosen) -> None:
    """Goods picked in the grid."""
    _add_shelf(draft, event.sku, event.qty)


def slot_chosen(draft: Draft, event: ev.SlotChosen) -> None:
    """A coil picked: only if the board is there, the coil works and still holds a piece."""
    slot = draft.shop.catalogue.slots.get(event.slot)
    product = draft.shop.catalogue.product_of_slot(event.slot)
    if slot is None or slot.place is not Place.COIL or not draft.rules.boards:
        draft.refuse("unknown_slot")
        return
    if product is None or product.tax_class not in draft.rules.tax_rates_bp:
        draft.refuse("unknown_slot")
        return
    if not may_sell(draft, product):
        return
    device = draft.rules.boards[0]
    health = draft.state.devices.get(device)
    if health is None or not health.is_online or health.fault:
        draft.refuse("machine_off")
    elif coil_stock(draft.state, slot.code, sku=slot.sku) < 1:
        draft.refuse("sold_out", slot=slot.code)
    elif coil_stock(draft.state, slot.code, today_of(draft.stamp.at, draft.rules)) < 1:
        draft.refuse("coil_expired", slot=slot.code)
    elif _has_room(draft, 1):
        next_day = next_in_coil(draft.state, slot.code, today_of(draft.stamp.at, draft.rules))[1]
        _add(
            draft,
            product,
            slot.code,
            device=device,
            coil=slot.coil,
            priced=_by_date(draft, product, next_day),
        )
        draft.say("added", sku=product.sku)


def line_dropped(draft: Draft, event: ev.LineDropped) -> None:
    """Put back: free, silent, and harmless when repeated."""
    visit = draft.state.visit
    if visit is None or event.line not in {line.line for line in visit.lines}:
        return
    draft.add(f.LineRemoved(visit=visit.visit, line=event.line))
    if not draft.visit.lines and not draft.visit.held_minor and draft.state.note is None:
        end_visit(draft)


def close_tapped(draft: Draft, event: ev.CloseTapped) -> None:
    """Close now instead of waiting for the bar."""
    visit = draft.visit
    if not visit.lines:
        draft.refuse("nothing_chosen")
    elif visit.held_minor < visit.total_minor:
        draft.refuse("not_enough")
    else:
        begin_fulfilment(draft)


def money_back_tapped(draft: Draft, event: ev.MoneyBackTapped) -> None:
    """All credit goes back and the cart is dropped; without credit it just ends the visit."""
    settle(draft, f.Settling.MONEY_BACK)


def language_tapped(draft: Draft, event: ev.LanguageTapped) -> None:
    """Another language: always possible, keeps the cart."""
    if event.language not in draft.rules.languages:
        draft.refuse("unknown_language")
    elif event.language != draft.state.language:
        draft.add(f.LanguageChosen(language=event.language))


def comfort_tapped(draft: Draft, event: ev.ComfortTapped) -> None:
    """Larger text, more time."""
    if (event.large_text, event.more_time) != (draft.state.large_text, draft.state.more_time):
        draft.add(f.ComfortChosen(large_text=event.large_text, more_time=event.more_time))


def receipt_tapped(draft: Draft, event: ev.ReceiptTapped) -> None:
    """Print the receipt of the visit that just ended; again is a copy."""
    last = draft.state.last
    if last is None or not (last.receipt_nos or last.debts):
        draft.refuse("no_receipt")
    elif last.print_job and not last.print_result:
        draft.say("printing")
    elif not is_printer_ready(draft.state, draft.rules.printers):
        draft.refuse("printer_off")
    else:
        draft.add(
            f.PrintStarted(
                job=draft.next_id("J"),
                visit=last.visit,
                language=draft.state.language,
                is_copy=last.prints > 0,
            )
        )


def done_tapped(draft: Draft, event: ev.DoneTapped) -> None:
    """Leave the thank-you page."""
    if draft.state.last is not None:
        draft.add(f.ThanksEnded(visit=draft.state.last.visit))


def debt_code_typed(draft: Draft, event: ev.DebtCodeTyped) -> None:
    """A code for money owed becomes credit, once; with an empty cart it is paid out at once."""
    state, rules = draft.state, draft.rules
    if (
        state.code_failures >= rules.max_code_failures
        and draft.stamp.now_ms - state.code_failed_ms < rules.code_lock_ms
    ):
        draft.refuse("codes_locked")
        return
    debt = state.debts.get(event.debt)
    if debt is None:
        draft.add(f.DebtCodeRefused(reason="unknown"))
        draft.refuse("code_pays_nothing")
    elif not debt.is_certain:
        draft.refuse("code_waits_for_vendor")
    elif is_code_old(state, rules, debt, draft.stamp.now_ms):
        draft.refuse("code_too_old")
    elif not debt.is_voucher and not can_redeem(draft, debt.amount_minor):
        draft.refuse("cannot_pay_now")
    else:
        redeem(draft, debt.debt)


def can_redeem(draft: Draft, amount_minor: int) -> bool:
    """Whether using a code now would do the shopper any good: it buys goods, or at least a coin of it can be paid."""
    if draft.state.visit is not None and draft.state.visit.lines:
        return True
    if ready_machine(draft.state, draft.rules):
        return True
    contents = hopper_contents(draft.state, draft.rules, is_promise=False, now_ms=draft.stamp.now_ms)
    return bool(plan_change(amount_minor, contents).coins)


def redeem(draft: Draft, debt: str) -> None:
    """Turn a certain debt into credit; pay it out unless the shopper is buying something, or could at an old machine."""
    draft.ensure_visit(f.Opening.CODE)
    is_voucher = draft.state.debts[debt].is_voucher
    draft.add(
        f.DebtRedeemed(debt=debt, visit=draft.visit.visit, amount_minor=draft.state.debts[debt].amount_minor)
    )
    if draft.visit.lines:
        close_if_covered(draft)
    elif not is_voucher and not ready_machine(draft.state, draft.rules):
        settle(draft, f.Settling.CODE)
