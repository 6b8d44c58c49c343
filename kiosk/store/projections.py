"""Readings of the journal kept in the same commit: which rows a fact changes, as fixed SQL with named parameters.

A projection is a pure function of an entry: `writes_of` gives the statements, `kiosk.store.ledger` runs them, and
`verify` runs them again on an empty copy and compares. Statements are the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from kiosk.core import facts as f
from kiosk.core.goods import opposite
from kiosk.core.postings import postings_of
from kiosk.core.state import CARD_LATE
from kiosk.journal.entry import Entry
from kiosk.store.cash_rows import CASH_RULES, CASH_SQL
from kiosk.store.figure_days import FIGURE_DAYS_SQL, day_writes, late_write
from kiosk.store.figures import figure_writes
from kiosk.store.lot_rows import LOTS_SQL, lot_writes
from kiosk.store.people import PEOPLE_SQL, person_did, person_saved
from kiosk.store.stock_days import STOCK_DAYS_SQL, stock_day_writes
from kiosk.store.stock_rows import STOCK_SQL, closing_writes, layer_writes, transfer_writes

Write = tuple[str, Mapping[str, object]]
"""A statement's name in `SQL`, and its parameters."""

UNCOUNTED: Final = -1
"""What a move says was found that was no count."""

UNCOSTED: Final = -1
"""What a piece cost where an entry does not say: nothing costs less than nothing."""

SQL: Final[dict[str, str]] = {
    "balance": (
        "INSERT INTO balance (kiosk_id, account, currency, amount_minor) VALUES (:kiosk_id, :account, :currency, :amount_minor) "
        "ON CONFLICT (kiosk_id, account, currency) DO UPDATE SET amount_minor = balance.amount_minor + excluded.amount_minor"
    ),
    "coin_event": (
        "INSERT INTO coin_event (kiosk_id, device, serial, device_epoch, event_no, seq) "
        "VALUES (:kiosk_id, :device, :serial, :device_epoch, :event_no, :seq)"
    ),
    "visit_opened": (
        "INSERT INTO visit (kiosk_id, visit, opened_seq, settled_seq, at, taken_minor, sold_minor, paid_minor, owed_minor) "
        "VALUES (:kiosk_id, :visit, :seq, 0, :at, 0, 0, 0, 0)"
    ),
    "visit_money": (
        "UPDATE visit SET taken_minor = taken_minor + :taken, sold_minor = sold_minor + :sold, "
        "paid_minor = paid_minor + :paid, owed_minor = owed_minor + :owed WHERE kiosk_id = :kiosk_id AND visit = :visit"
    ),
    "visit_settled": "UPDATE visit SET settled_seq = :seq WHERE kiosk_id = :kiosk_id AND visit = :visit",
    "sale": (
        "INSERT INTO sale (kiosk_id, receipt_no, epoch, seq, visit, at, total_minor, pieces) "
        "VALUES (:kiosk_id, :receipt_no, :epoch, :seq, :visit, :at, :total_minor, :pieces)"
    ),
    "figure": (
        "INSERT INTO figure (kiosk_id, quarter, kind, name, qty, amount_minor, part_minor, "
        "first_epoch, first_seq, last_epoch, last_seq) "
        "VALUES (:kiosk_id, :quarter, :kind, :name, :qty, :amount_minor, :part_minor, :epoch, :seq, :epoch, :seq) "
        "ON CONFLICT (kiosk_id, quarter, kind, name) DO UPDATE SET qty = figure.qty + excluded.qty, "
        "amount_minor = figure.amount_minor + excluded.amount_minor, part_minor = figure.part_minor + excluded.part_minor, "
        "last_epoch = excluded.last_epoch, last_seq = excluded.last_seq"
    ),
    "stock": (
        "INSERT INTO stock (kiosk_id, slot, sku, qty) VALUES (:kiosk_id, :slot, :sku, :qty) "
        "ON CONFLICT (kiosk_id, slot, sku) DO UPDATE SET qty = stock.qty + excluded.qty"
    ),
    "stock_counted": (
        "INSERT INTO stock (kiosk_id, slot, sku, qty) VALUES (:kiosk_id, :slot, :sku, :qty) "
        "ON CONFLICT (kiosk_id, slot, sku) DO UPDATE SET qty = excluded.qty"
    ),
    "stock_out_ends": (
        "UPDATE stock_out SET until_at = :at WHERE kiosk_id = :kiosk_id AND until_at = '' AND slot = :slot AND sku = :sku "
        "AND EXISTS (SELECT 1 FROM stock WHERE kiosk_id = :kiosk_id AND slot = :slot AND sku = :sku AND qty <> 0)"
    ),
    "stock_out": (
        "INSERT INTO stock_out (kiosk_id, until_at, slot, sku, epoch, seq, since_at) "
        "SELECT kiosk_id, '', slot, sku, :epoch, :seq, :at FROM stock "
        "WHERE kiosk_id = :kiosk_id AND slot = :slot AND sku = :sku AND qty = 0 AND NOT EXISTS (SELECT 1 FROM stock_out "
        "WHERE kiosk_id = :kiosk_id AND until_at = '' AND slot = :slot AND sku = :sku)"
    ),
    "round": (
        "INSERT INTO clerk_round (kiosk_id, round, epoch, seq, begun_by, at, ended_at, ended_seq) "
        "VALUES (:kiosk_id, :round, :epoch, :seq, :by, :at, '', 0)"
    ),
    "round_ended": (
        "UPDATE clerk_round SET ended_at = :at, ended_seq = :seq WHERE kiosk_id = :kiosk_id AND round = :round"
    ),
    "round_task": (
        "INSERT INTO round_task (kiosk_id, round, task, epoch, seq, is_left) "
        "VALUES (:kiosk_id, :round, :task, :epoch, :seq, :is_left) ON CONFLICT (kiosk_id, round, task) DO NOTHING"
    ),
    "stock_else": "UPDATE stock SET qty = 0 WHERE kiosk_id = :kiosk_id AND slot = :slot AND sku <> :sku",
    "stock_move": (
        "INSERT INTO stock_move (kiosk_id, sku, epoch, seq, part, at, done_by, slot, move, qty, found, expires_on, lot, reason, "
        "other, cost_minor) VALUES (:kiosk_id, :sku, :epoch, :seq, :part, :at, :done_by, :slot, :move, :qty, :found, "
        ":expires_on, :lot, :reason, :other, :cost_minor)"
    ),
    **FIGURE_DAYS_SQL,
    **LOTS_SQL,
    **STOCK_DAYS_SQL,
    **STOCK_SQL,
    "debt": (
        "INSERT INTO debt (kiosk_id, debt, epoch, seq, at, visit, amount_minor, reason, is_certain, job, state, "
        "closed_seq, claim) "
        "VALUES (:kiosk_id, :debt, :epoch, :seq, :at, :visit, :amount_minor, :reason, :is_certain, :job, 'open', 0, :claim)"
    ),
    "debt_released": "UPDATE debt SET is_certain = 1, claim = :claim WHERE kiosk_id = :kiosk_id AND debt = :debt",
    "debt_reduced": "UPDATE debt SET amount_minor = :amount_minor WHERE kiosk_id = :kiosk_id AND debt = :debt",
    "debts_restored": "UPDATE debt SET is_certain = 0 WHERE kiosk_id = :kiosk_id AND state = 'open'",
    "debt_closed": (
        "UPDATE debt SET state = :state, closed_seq = :seq WHERE kiosk_id = :kiosk_id AND debt = :debt AND state = 'open'"
    ),
    "claim": (
        "INSERT INTO claim (kiosk_id, claim, token, at, opened_seq, about, visit, said_minor, channel, subject, state, verdict, "
        "amount_minor, debt, evidence, decided_by, decided_at, reason, made_by) VALUES (:kiosk_id, :claim, :token, :at, :seq, "
        ":about, :visit, :said_minor, :channel, :subject, 'opened', '', 0, '', '', '', '', '', :by) "
        "ON CONFLICT (kiosk_id, token) DO NOTHING"
    ),
    "claim_weighed": (
        "UPDATE claim SET state = 'weighed', verdict = :verdict, amount_minor = :amount_minor, debt = :debt, "
        "evidence = :evidence WHERE kiosk_id = :kiosk_id AND claim = :claim"
    ),
    "claim_decided": (
        "UPDATE claim SET state = :state, debt = :debt, amount_minor = :amount_minor, decided_by = :by, decided_at = :at, "
        "reason = COALESCE(NULLIF(:reason, ''), reason) WHERE kiosk_id = :kiosk_id AND claim = :claim"
    ),
    "claim_promised": "UPDATE claim SET due_at = :due_at WHERE kiosk_id = :kiosk_id AND claim = :claim",
    "claim_reminded": "UPDATE claim SET reminded = :stage WHERE kiosk_id = :kiosk_id AND claim = :claim",
    "claim_withheld": "UPDATE claim SET withheld = :bound WHERE kiosk_id = :kiosk_id AND claim = :claim",
    "claim_proposed": (
        "UPDATE claim SET proposed_by = :by, proposed_minor = :amount_minor, proposed_at = :at, way = :way "
        "WHERE kiosk_id = :kiosk_id AND claim = :claim"
    ),
    "claim_seconded": "UPDATE claim SET seconded_by = :by WHERE kiosk_id = :kiosk_id AND claim = :claim",
    "claim_voucher": "UPDATE claim SET way = 'voucher' WHERE kiosk_id = :kiosk_id AND claim = :claim",
    "claim_part": "UPDATE claim SET reason = :reason WHERE kiosk_id = :kiosk_id AND claim = :claim",
    "claim_back": "UPDATE claim SET fate = :fate WHERE kiosk_id = :kiosk_id AND claim = :claim",
    "claim_paid": (
        "UPDATE claim SET state = 'paid', paid_at = :at, paid_how = :how, paid_ref = :ref "
        "WHERE kiosk_id = :kiosk_id AND debt = :debt AND state = 'approved'"
    ),
    "device": (
        "INSERT INTO device (kiosk_id, device, kind, is_online, fault, at, seq) "
        "VALUES (:kiosk_id, :device, :kind, :is_online, :fault, :at, :seq) "
        "ON CONFLICT (kiosk_id, device) DO UPDATE SET kind = excluded.kind, is_online = excluded.is_online, "
        "fault = excluded.fault, at = excluded.at, seq = excluded.seq"
    ),
    "unknown_code": (
        "INSERT INTO unknown_code (kiosk_id, code, reason, qty, at) VALUES (:kiosk_id, :code, :reason, 1, :at) "
        "ON CONFLICT (kiosk_id, code) DO UPDATE SET qty = unknown_code.qty + 1, reason = excluded.reason, at = excluded.at"
    ),
    "plan": (
        "INSERT INTO plan (kiosk_id, plan, epoch, seq, at, by, from_day, about, qty, state, closed_seq, changed) "
        "VALUES (:kiosk_id, :plan, :epoch, :seq, :at, :by, :from_day, :about, :qty, 'open', 0, 0)"
    ),
    "plan_ended": (
        "UPDATE plan SET state = :state, closed_seq = :seq, changed = :changed WHERE kiosk_id = :kiosk_id AND plan = :plan"
    ),
    **CASH_SQL,
    **PEOPLE_SQL,
    "entry": (
        "INSERT INTO journal (kiosk_id, epoch, seq, at, now_ms, time_ok, boot, kind, version, visit, actor, body, digest) "
        "VALUES (:kiosk_id, :epoch, :seq, :at, :now_ms, :time_ok, :boot, :kind, :version, :visit, :actor, :body, :digest)"
    ),
    "snapshot": (
        "INSERT INTO snapshot (kiosk_id, epoch, seq, state) VALUES (:kiosk_id, :epoch, :seq, :state) "
        "ON CONFLICT (kiosk_id) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, state = excluded.state"
    ),
    "contact": (
        "INSERT INTO contact (subject, details, at) VALUES (:subject, :details, :at) ON CONFLICT (subject) DO NOTHING"
    ),
    "contact_erased": "DELETE FROM contact WHERE subject = :subject",
    "desk_user": (
        "INSERT INTO desk_user (name, role, secret_hash, failures, failed_at) VALUES (:name, :role, :secret_hash, 0, '') "
        "ON CONFLICT (name) DO UPDATE SET role = excluded.role, secret_hash = excluded.secret_hash, failures = 0, failed_at = ''"
    ),
    "deed": (
        "INSERT INTO deed (kiosk_id, epoch, seq, at, actor, kind, subject) "
        "VALUES (:kiosk_id, :epoch, :seq, :at, :actor, :kind, :subject)"
    ),
    "second_step": (
        "INSERT INTO second_step (name, sealed, step, recovery) VALUES (:name, :sealed, :step, :recovery) "
        "ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, step = excluded.step, recovery = excluded.recovery"
    ),
    "second_step_gone": "DELETE FROM second_step WHERE name = :name",
    "second_step_used": "UPDATE second_step SET step = :step, recovery = :recovery WHERE name = :name",
    "desk_user_entered": "UPDATE desk_user SET failures = 0, failed_at = '' WHERE name = :name",
    "desk_user_failed": "UPDATE desk_user SET failures = :failures, failed_at = :at WHERE name = :name",
}
"""Every statement that ever writes to the store, by name."""

TASK_FACTS: Final = (f.StockMoved, f.SlotCounted, f.RoundTaskLeft, f.CashCollected)
"""Acts that may be a task of a clerk's round."""

TASK_TOKEN: Final = re.compile(r"(?P<round>R[0-9]+-[0-9]+):(?P<task>.+)")

_Rule = Callable[[Entry, Any], Iterator[Write]]


def _key(entry: Entry, **values: object) -> dict[str, object]:
    return {"kiosk_id": entry.kiosk_id, "seq": entry.seq, "at": entry.at, **values}


def _coin(
    entry: Entry, fact: f.CoinCredited | f.CoinTested | f.CoinTurnedAway | f.NoteCredited
) -> Iterator[Write]:
    yield (
        "coin_event",
        _key(
            entry,
            device=fact.device,
            serial=fact.serial,
            device_epoch=fact.device_epoch,
            event_no=fact.event_no,
        ),
    )
    if isinstance(fact, f.CoinCredited | f.NoteCredited) and fact.visit:
        yield _money(entry, fact.visit, taken=fact.value_minor)


def _money(entry: Entry, visit: str, *, taken: int = 0, sold: int = 0, paid: int = 0, owed: int = 0) -> Write:
    return "visit_money", _key(entry, visit=visit, taken=taken, sold=sold, paid=paid, owed=owed)


def _found(entry: Entry, fact: f.CoinFound) -> Iterator[Write]:
    if fact.visit:
        yield _money(entry, fact.visit, taken=fact.value_minor * fact.qty)


def _note(entry: Entry, fact: f.NoteFound | f.NoteLost) -> Iterator[Write]:
    if fact.visit:
        yield _money(entry, fact.visit, taken=fact.value_minor)


def _card(entry: Entry, fact: f.CardApproved | f.CardRefunded) -> Iterator[Write]:
    credit_minor = max(fact.asked_minor, fact.charged_minor)
    if isinstance(fact, f.CardApproved):
        yield _money(entry, fact.visit, taken=credit_minor)
    else:
        left_off_minor = credit_minor - fact.charged_minor
        yield _money(entry, fact.visit, taken=-left_off_minor, paid=fact.charged_minor)


def _card_loaded(entry: Entry, fact: f.CardLoaded) -> Iterator[Write]:
    yield _money(entry, fact.visit, paid=fact.amount_minor)


def _card_lost(entry: Entry, fact: f.CardLost) -> Iterator[Write]:
    if not fact.is_charged:
        yield _money(entry, fact.visit, taken=fact.amount_minor)


def _visit_opened(entry: Entry, fact: f.VisitOpened) -> Iterator[Write]:
    yield "visit_opened", _key(entry, visit=fact.visit)


def _visit_settled(entry: Entry, fact: f.VisitSettled) -> Iterator[Write]:
    yield "visit_settled", _key(entry, visit=fact.visit)


def _payout_ended(entry: Entry, fact: f.PayoutEnded) -> Iterator[Write]:
    yield _money(entry, fact.visit, paid=fact.paid_qty * fact.value_minor)


def _sale(entry: Entry, fact: f.SaleClosed) -> Iterator[Write]:
    yield (
        "sale",
        _key(
            entry,
            receipt_no=fact.receipt_no,
            epoch=entry.epoch,
            visit=fact.visit,
            total_minor=fact.total_minor,
            pieces=len(fact.lines),
        ),
    )
    sums = Counter((line.slot, line.sku) for line in fact.lines)
    lines = {line.line: line for line in fact.lines}
    named: dict[tuple[str, str], list[f.LotPart]] = {place: [] for place in sums}
    for number, expires_on, lot in fact.lots or ():
        named[lines[number].slot, lines[number].sku].append((expires_on, lot, -1))
    for (slot, sku), qty in sorted(sums.items()):
        yield "stock", _key(entry, slot=slot, sku=sku, qty=-qty)
        yield from _sold_out(entry, slot, sku)
        yield from lot_writes(entry, slot, sku, named[slot, sku])
    yield _money(entry, fact.visit, sold=fact.total_minor)


def _tried(entry: Entry, fact: f.CoilTestEnded) -> Iterator[Write]:
    if fact.outcome is f.VendOutcome.DELIVERED:
        yield "stock", _key(entry, slot=fact.slot, sku=fact.sku, qty=-1)
        yield from _sold_out(entry, fact.slot, fact.sku)
        yield from lot_writes(entry, fact.slot, fact.sku, ((fact.expires_on, fact.lot, -1),))


def _sold_out(entry: Entry, slot: str, sku: str) -> Iterator[Write]:
    """After a change of `stock`: a place that holds nothing by the book is sold out from here, any other no longer."""
    if slot == f.STORE:
        return
    values = _key(entry, epoch=entry.epoch, slot=slot, sku=sku)
    yield "stock_out_ends", values
    yield "stock_out", values


def _owe(  # noqa: PLR0913 - a row has its columns
    entry: Entry,
    debt: str,
    amount_minor: int,
    reason: str,
    *,
    is_certain: bool,
    visit: str = "",
    job: str = "",
    claim: str = "",
) -> Write:
    return (
        "debt",
        _key(
            entry,
            debt=debt,
            epoch=entry.epoch,
            visit=visit,
            amount_minor=amount_minor,
            reason=reason,
            is_certain=int(is_certain),
            job=job,
            claim=claim,
        ),
    )


def _debt(entry: Entry, fact: f.DebtRecorded) -> Iterator[Write]:
    yield _owe(
        entry,
        fact.debt,
        fact.amount_minor,
        fact.reason,
        is_certain=fact.is_certain,
        visit=fact.visit,
        job=fact.job,
    )
    yield _money(entry, fact.visit, owed=fact.amount_minor)


def _goodwill(entry: Entry, fact: f.GoodwillGranted) -> Iterator[Write]:
    yield _owe(entry, fact.debt, fact.amount_minor, "goodwill", is_certain=True, claim=fact.claim)


def _charged_late(entry: Entry, fact: f.CardApprovedLate) -> Iterator[Write]:
    if fact.debt:
        yield _owe(
            entry,
            fact.debt,
            fact.charged_minor,
            CARD_LATE,
            is_certain=False,
            visit=fact.visit,
            job=fact.job,
        )


def _late_refund(entry: Entry, fact: f.CardLateRefundEnded) -> Iterator[Write]:
    if fact.is_refunded:
        yield "debt_closed", _key(entry, debt=fact.debt, state="refunded")


def _redeemed(entry: Entry, fact: f.DebtRedeemed) -> Iterator[Write]:
    yield "debt_closed", _key(entry, debt=fact.debt, state="redeemed")
    yield "claim_paid", _key(entry, debt=fact.debt, how="code", ref="")
    yield _money(entry, fact.visit, taken=fact.amount_minor)


def _handed(entry: Entry, fact: f.CashHandedOver) -> Iterator[Write]:
    yield "debt_closed", _key(entry, debt=fact.debt, state="handed_over")
    yield "claim_paid", _key(entry, debt=fact.debt, how="cash", ref="")


def _transferred(entry: Entry, fact: f.DebtTransferred) -> Iterator[Write]:
    yield "debt_closed", _key(entry, debt=fact.debt, state="transferred")
    yield "claim_paid", _key(entry, debt=fact.debt, how=fact.means, ref=f"{fact.reference} {fact.paid_on}")


def _reduced(entry: Entry, fact: f.DebtReduced) -> Iterator[Write]:
    yield "debt_reduced", _key(entry, debt=fact.debt, amount_minor=fact.left_minor)
    yield "claim_part", _key(entry, claim=fact.claim, reason=fact.reason)


def _voucher(entry: Entry, fact: f.VoucherMade) -> Iterator[Write]:
    yield "claim_voucher", _key(entry, claim=fact.claim)


def _dropped(entry: Entry, fact: f.DebtDropped) -> Iterator[Write]:
    yield "debt_closed", _key(entry, debt=fact.debt, state="dropped")


def _released(entry: Entry, fact: f.DebtReleased) -> Iterator[Write]:
    yield "debt_released", _key(entry, debt=fact.debt, claim=fact.claim)


def _opened(entry: Entry, fact: f.JournalOpened) -> Iterator[Write]:
    if (
        fact.previous_head
    ):  # a copy was restored: what was owed in it may have been paid in the part that was lost
        yield "debts_restored", _key(entry)


def _claim_opened(entry: Entry, fact: f.ClaimOpened) -> Iterator[Write]:
    yield (
        "claim",
        _key(
            entry,
            claim=fact.claim,
            token=fact.token,
            about=fact.about,
            visit=fact.visit,
            said_minor=fact.said_minor,
            channel=fact.channel,
            subject=fact.subject,
            by=fact.by or "",
        ),
    )


def _claim_weighed(entry: Entry, fact: f.ClaimWeighed) -> Iterator[Write]:
    yield (
        "claim_weighed",
        _key(
            entry,
            claim=fact.claim,
            verdict=fact.verdict,
            amount_minor=fact.amount_minor,
            debt=fact.debt,
            evidence=" ".join(str(seq) for seq in fact.evidence),
        ),
    )


def _claim_promised(entry: Entry, fact: f.ClaimPromised) -> Iterator[Write]:
    yield "claim_promised", _key(entry, claim=fact.claim, due_at=fact.due_at)


def _claim_reminded(entry: Entry, fact: f.ClaimReminded) -> Iterator[Write]:
    yield "claim_reminded", _key(entry, claim=fact.claim, stage=fact.stage)


def _claim_withheld(entry: Entry, fact: f.ClaimWithheld) -> Iterator[Write]:
    yield "claim_withheld", _key(entry, claim=fact.claim, bound=fact.bound)


def _claim_proposed(entry: Entry, fact: f.ClaimProposed) -> Iterator[Write]:
    yield (
        "claim_proposed",
        _key(entry, claim=fact.claim, by=fact.by, amount_minor=fact.amount_minor, way=fact.way),
    )


def _claim_seconded(entry: Entry, fact: f.ClaimSeconded) -> Iterator[Write]:
    yield "claim_seconded", _key(entry, claim=fact.claim, by=fact.by)


def _claim_back(entry: Entry, fact: f.GoodsReturned) -> Iterator[Write]:
    yield "claim_back", _key(entry, claim=fact.claim, fate=fact.fate)


def _claim_approved(entry: Entry, fact: f.ClaimApproved) -> Iterator[Write]:
    yield (
        "claim_decided",
        _key(
            entry,
            claim=fact.claim,
            state="approved",
            debt=fact.debt,
            amount_minor=fact.amount_minor,
            by=fact.by,
            reason="",
        ),
    )


def _claim_refused(entry: Entry, fact: f.ClaimRefused) -> Iterator[Write]:
    yield (
        "claim_decided",
        _key(
            entry, claim=fact.claim, state="refused", debt="", amount_minor=0, by=fact.by, reason=fact.reason
        ),
    )


def _device(
    entry: Entry, fact: f.DeviceCameOnline | f.DeviceWentOffline | f.DeviceTroubled
) -> Iterator[Write]:
    is_online = int(not isinstance(fact, f.DeviceWentOffline))
    fault = "" if isinstance(fact, f.DeviceCameOnline) else fact.fault
    yield "device", _key(entry, device=fact.device, kind=fact.kind, is_online=is_online, fault=fault)


def _unknown_code(entry: Entry, fact: f.CodeUnknown) -> Iterator[Write]:
    yield "unknown_code", _key(entry, code=fact.code, reason=fact.reason)


def _moves(
    entry: Entry, fact: f.StockMoved | f.SlotCounted, parts: tuple[f.LotPart, ...], found: int
) -> Iterator[Write]:
    """A row for each lot of the move, and what the storeroom lost or got by it."""
    for part, (expires_on, lot, qty) in enumerate(parts):
        yield (
            "stock_move",
            _key(
                entry,
                sku=fact.sku,
                epoch=entry.epoch,
                part=part,
                done_by=fact.by,
                slot=fact.slot,
                move=fact.move or "count",
                qty=qty,
                found=found,
                expires_on=expires_on,
                lot=lot,
                reason=(fact.reason or "") if isinstance(fact, f.StockMoved) else "",
                other=fact.other or "",
                cost_minor=UNCOSTED if fact.cost_minor is None else fact.cost_minor,
            ),
        )
    yield from layer_writes(entry, fact, sum(qty for _, _, qty in parts))
    if fact.other == f.STORE:
        left = opposite(parts)
        yield "stock", _key(entry, slot=f.STORE, sku=fact.sku, qty=sum(part[2] for part in left))
        yield from lot_writes(entry, f.STORE, fact.sku, left)


def _planned(entry: Entry, fact: f.PricesPlanned | f.PlacesPlanned) -> Iterator[Write]:
    if isinstance(fact, f.PricesPlanned):
        about, qty = "prices", len(fact.prices)
    else:
        about, qty = "places", len(fact.places) + len(fact.gone or ())
    yield (
        "plan",
        _key(
            entry,
            plan=fact.plan,
            epoch=entry.epoch,
            by=fact.by,
            from_day=fact.from_day,
            about=about,
            qty=qty,
        ),
    )


def _plan_ended(entry: Entry, fact: f.PlanDropped | f.PricesTaken | f.PlacesTaken) -> Iterator[Write]:
    state, changed = ("dropped", 0) if isinstance(fact, f.PlanDropped) else ("taken", fact.changed)
    yield "plan_ended", _key(entry, plan=fact.plan, state=state, changed=changed)


def _stock_moved(entry: Entry, fact: f.StockMoved) -> Iterator[Write]:
    parts = fact.lots or (("", "", fact.qty),)
    yield "stock", _key(entry, slot=fact.slot, sku=fact.sku, qty=fact.qty)
    if fact.slot != f.STORE:  # nobody buys there
        yield from _sold_out(entry, fact.slot, fact.sku)
    yield from lot_writes(entry, fact.slot, fact.sku, parts)
    yield from _moves(entry, fact, parts, UNCOUNTED if fact.was is None else fact.was + fact.qty)
    yield from transfer_writes(entry, fact)


def _slot_counted(entry: Entry, fact: f.SlotCounted) -> Iterator[Write]:
    place = _key(entry, slot=fact.slot, sku=fact.sku, qty=fact.qty)
    yield "stock_else", place
    yield "stock_counted", place
    yield from _sold_out(entry, fact.slot, fact.sku)
    yield "lots_forgotten" if fact.lots is None else "lots_else", place
    parts = fact.lots or (("", "", 0 if fact.was is None else fact.qty - fact.was),)
    yield from lot_writes(entry, fact.slot, fact.sku, parts)
    yield from _moves(entry, fact, parts, fact.qty if fact.move != "fill" else UNCOUNTED)


def _checkpoint_signed(entry: Entry, fact: f.CheckpointSigned) -> Iterator[Write]:
    yield from day_writes(entry, fact)
    yield from stock_day_writes(entry)


def _round_started(entry: Entry, fact: f.RoundStarted) -> Iterator[Write]:
    yield "round", _key(entry, round=fact.round, epoch=entry.epoch, by=fact.by)


def _round_ended(entry: Entry, fact: f.RoundEnded) -> Iterator[Write]:
    yield "round_ended", _key(entry, round=fact.round)


def _task_done(entry: Entry, fact: f.Fact) -> Iterator[Write]:
    """The row of a task whose act carries ``round:task`` as its token."""
    found = TASK_TOKEN.fullmatch(getattr(fact, "token", ""))
    if found:
        is_left = int(isinstance(fact, f.RoundTaskLeft))
        values = _key(entry, round=found["round"], task=found["task"], epoch=entry.epoch, is_left=is_left)
        yield "round_task", values


_RULES: Final[dict[type[f.Fact], _Rule]] = {
    f.JournalOpened: _opened,
    f.PricesPlanned: _planned,
    f.PlacesPlanned: _planned,
    f.PlanDropped: _plan_ended,
    f.PricesTaken: _plan_ended,
    f.PlacesTaken: _plan_ended,
    f.CoinCredited: _coin,
    f.CoinTested: _coin,
    f.CoinTurnedAway: _coin,
    f.CoinFound: _found,
    f.NoteCredited: _coin,
    f.NoteFound: _note,
    f.NoteLost: _note,
    f.CardApproved: _card,
    f.CardRefunded: _card,
    f.CardLost: _card_lost,
    f.CardApprovedLate: _charged_late,
    f.CardLateRefundEnded: _late_refund,
    f.CardLoaded: _card_loaded,
    f.VisitOpened: _visit_opened,
    f.VisitSettled: _visit_settled,
    f.PayoutEnded: _payout_ended,
    f.SaleClosed: _sale,
    f.DebtRecorded: _debt,
    f.GoodwillGranted: _goodwill,
    f.DebtRedeemed: _redeemed,
    f.CashHandedOver: _handed,
    f.DebtTransferred: _transferred,
    f.DebtReduced: _reduced,
    f.VoucherMade: _voucher,
    f.DebtDropped: _dropped,
    f.DebtReleased: _released,
    f.ClaimOpened: _claim_opened,
    f.ClaimWeighed: _claim_weighed,
    f.ClaimPromised: _claim_promised,
    f.ClaimReminded: _claim_reminded,
    f.ClaimWithheld: _claim_withheld,
    f.ClaimProposed: _claim_proposed,
    f.ClaimSeconded: _claim_seconded,
    f.GoodsReturned: _claim_back,
    f.ClaimApproved: _claim_approved,
    f.ClaimRefused: _claim_refused,
    f.DeviceCameOnline: _device,
    f.DeviceWentOffline: _device,
    f.DeviceTroubled: _device,
    f.CodeUnknown: _unknown_code,
    f.StockMoved: _stock_moved,
    f.SlotCounted: _slot_counted,
    f.TransferClosed: closing_writes,
    f.CoilTestEnded: _tried,
    f.RoundStarted: _round_started,
    f.RoundEnded: _round_ended,
    f.UserSaved: person_saved,
    f.CheckpointSigned: _checkpoint_signed,
}


_ACTORS: Final = ("by", "clerk")
_NO_SUBJECT: Final = frozenset({*_ACTORS, "token", "visit", "job", "digest"})
"""Fields that name no thing: who did it, and marks that only machines compare."""

_NOT_DONE: Final = frozenset({f.CoinTested})
"""Facts that name a clerk who only stood by: a coin fell, nobody decided anything."""


def _deed_fields(kind: type[f.Fact]) -> tuple[str, str] | None:
    """The fields of a fact that say who did it and what it is about; None when no person did it."""
    names = {field.name: str(field.type) for field in fields(kind)}
    actor = next((name for name in _ACTORS if name in names), "")
    if not actor or kind in _NOT_DONE:
        return None
    subject = next((name for name, what in names.items() if what == "str" and name not in _NO_SUBJECT), "")
    return actor, subject


DEEDS: Final = {kind: found for kind in f.KINDS.values() if (found := _deed_fields(kind)) is not None}
"""Facts that a person brought about -> the fields that say who, and about what (empty when nothing is named)."""


def _deed(entry: Entry, fact: f.Fact) -> Iterator[Write]:
    actor, subject = DEEDS[type(fact)]
    who = getattr(fact, actor)
    if who:
        about = getattr(fact, subject) if subject else ""
        yield (
            "deed",
            _key(entry, epoch=entry.epoch, actor=who, kind=type(fact).__name__, subject=str(about)),
        )
        yield person_did(entry, who)


def entry_write(entry: Entry) -> Write:
    """The journal row itself."""
    return (
        "entry",
        {
            "kiosk_id": entry.kiosk_id,
            "epoch": entry.epoch,
            "seq": entry.seq,
            "at": entry.at,
            "now_ms": entry.now_ms,
            "time_ok": int(entry.time_ok),
            "boot": entry.boot,
            "kind": entry.kind,
            "version": entry.version,
            "visit": entry.visit,
            "actor": entry.actor,
            "body": entry.body,
            "digest": entry.digest,
        },
    )


def writes_of(entry: Entry, fact: f.Fact) -> Iterator[Write]:
    """The rows that ``entry`` changes in every projection but `balance`; see `balance_writes`."""
    for rules in (_RULES, CASH_RULES):
        rule = rules.get(type(fact))
        if rule is not None:
            yield from rule(entry, fact)
    if type(fact) in DEEDS:
        yield from _deed(entry, fact)
    figures = tuple(figure_writes(entry, fact))
    if figures:
        yield late_write(entry)
        yield from figures
    if isinstance(fact, TASK_FACTS):
        yield from _task_done(entry, fact)


def balance_writes(kiosk_id: str, currency: str, facts: Iterable[f.Fact]) -> Iterator[Write]:
    """One write per account that the facts of one commit move; ``currency`` is the kiosk's."""
    sums: dict[str, int] = {}
    for fact in facts:
        for account, amount in postings_of(fact):
            sums[account] = sums.get(account, 0) + amount
    for account, amount in sorted(sums.items()):
        if amount:
            yield (
                "balance",
                {"kiosk_id": kiosk_id, "account": account, "currency": currency, "amount_minor": amount},
            )
