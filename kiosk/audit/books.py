"""The auditor's own books: every account from the stored postings, every figure from the facts, and both against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kiosk.audit.chain import is_signed
from kiosk.audit.custody import Custody
from kiosk.audit.file import Row
from kiosk.audit.findings import Findings
from kiosk.audit.machine import Machine
from kiosk.audit.postings import expected
from kiosk.audit.report import Figures
from kiosk.audit.shoppers import Shoppers
from kiosk.audit.tenders import Tenders
from kiosk.audit.training import Training

_Fact = Mapping[str, Any]
_Rule = Callable[[_Fact, str], None]

PHYSICAL: Final = frozenset(
    {
        "PayoutStarted",
        "VendStarted",
        "PrintStarted",
        "NoteStackStarted",
        "CardRequested",
        "CardSettleStarted",
        "CardLoadStarted",
        "CashMoveStarted",
        "CoilTestStarted",
    }
)
"""Entries that announce something physical, or ask for money; giving back a note or a charge is never too early."""

ASSETS: Final = ("cash.", "transit.", "clearing.")
"""Accounts that never fall below nothing."""


class Books:
    """One journal's books, entry by entry."""

    def __init__(self, findings: Findings, public_key: str) -> None:
        self._findings = findings
        self.shoppers = Shoppers(findings)
        self.machine = Machine(findings, self.shoppers)
        self.tenders = Tenders(findings, self.shoppers, self.machine)
        self.custody = Custody(findings, self.shoppers, self.machine, self.tenders)
        self.training = Training(findings)
        self.accounts: dict[str, int] = {}
        self._known_keys = frozenset(public_key.lower().split())
        self.keys: set[str] = set()
        """Every key that signed a checkpoint."""
        self.last_key = ""
        self.checkpoints = self.boots_clean = self.boots_unclean = self.clock_steps = self.halts = 0
        self.visits = 0
        self._boot = 0
        self._is_recovered = False
        self._is_stopped = self._was_stopped = False
        shoppers, machine, tenders, custody = self.shoppers, self.machine, self.tenders, self.custody
        self._rules: dict[str, _Rule] = {
            "VisitOpened": shoppers.opened,
            "VisitSettled": shoppers.settled,
            "LineAdded": shoppers.line_added,
            "LineRemoved": shoppers.line_removed,
            "SettlingStarted": shoppers.settling,
            "VendStarted": shoppers.vend_started,
            "VendEnded": shoppers.vend_ended,
            "DropDoubted": shoppers.drop_doubted,
            "SaleClosed": shoppers.sold,
            "PayoutStarted": shoppers.payout_started,
            "PayoutEnded": machine.paid,
            "PayoutLost": shoppers.payout_lost,
            "PrintStarted": shoppers.print_started,
            "PrintClosed": shoppers.print_closed,
            "DebtRecorded": shoppers.owed,
            "DebtRedeemed": shoppers.redeemed,
            "DebtReleased": shoppers.released,
            "DebtDropped": shoppers.dropped,
            "GoodwillGranted": shoppers.goodwill,
            "CashHandedOver": shoppers.handed_over,
            "ClaimOpened": shoppers.claim_opened,
            "ClaimWeighed": shoppers.claim_weighed,
            "DebtReduced": shoppers.reduced,
            "DebtTransferred": shoppers.transferred,
            "ClaimPromised": shoppers.claim_answered,
            "ClaimReminded": shoppers.claim_reminded,
            "ClaimProposed": shoppers.claim_proposed,
            "ClaimSeconded": shoppers.claim_seconded,
            "GoodsReturned": shoppers.goods_returned,
            "ClaimApproved": shoppers.claim_approved,
            "ClaimRefused": shoppers.claim_refused,
            "CoinCredited": machine.credited,
            "CoinFound": machine.found,
            "CoinTested": machine.tested,
            "CoinTurnedAway": machine.turned_away,
            "HopperDiffered": machine.differed,
            "HopperBaselined": machine.hopper_baselined,
            "HopperCounted": machine.hopper_counted,
            "DeviceCameOnline": machine.came_online,
            "NoteStackStarted": tenders.stack_started,
            "NoteReturnStarted": tenders.return_started,
            "NoteCredited": tenders.note_credited,
            "NoteFound": tenders.note_found,
            "NotesMoved": machine.notes_moved,
            "CashMoveStarted": machine.move_started,
            "CashMoveEnded": machine.move_ended,
            "NoteReturned": tenders.note_returned,
            "NoteLost": tenders.note_lost,
            "NoteTurnedAway": tenders.turned_away,
            "CardRequested": tenders.requested,
            "CardCancelStarted": tenders.cancel_started,
            "CardApproved": tenders.approved,
            "CardDenied": tenders.denied,
            "CardCancelled": tenders.denied,
            "CardSettleStarted": tenders.settle_started,
            "CardSettled": tenders.settled,
            "CardRefundStarted": tenders.refund_started,
            "CardRefunded": tenders.refunded,
            "CardRefundFailed": tenders.refund_failed,
            "CardLost": tenders.card_lost,
            "CardApprovedLate": tenders.approved_late,
            "CardLateRefundEnded": tenders.late_refund_ended,
            "CardLoadStarted": tenders.load_started,
            "CardLoaded": tenders.loaded,
            "CardLoadRefused": tenders.load_refused,
            "CardLoadLost": tenders.load_lost,
            "CashFilled": machine.filled,
            "StockMoved": machine.stock_moved,
            "SlotCounted": machine.slot_counted,
            "TransferClosed": machine.acted,
            "CollectionStarted": custody.started,
            "CollectionRecounted": custody.recounted,
            "BagHandedOver": custody.handed,
            "BagBanked": custody.banked,
            "CoilTestStarted": custody.test_started,
            "CoilTestEnded": custody.test_ended,
            "TrainingBegan": self.training.began,
            "TrainingSettled": self.training.settled,
            "TrainingEnded": self.training.ended,
            "StrayDropSeen": machine.drop_seen,
            "ServiceStarted": machine.service_started,
            "ServiceEnded": machine.service_ended,
            "Booted": self._booted,
            "Recovered": self._recovered,
            "Stopped": self._stopped,
        }

    # --- one entry ----------------------------------------------------------------------------------------------------

    def take(self, row: Row, fact: _Fact, postings: Any, before: bytes) -> None:
        """Book one entry whose fact has its documented shape; ``before`` is the digest that it is chained to."""
        entry = row.name
        self._findings.ensure(
            row.visit == fact.get("visit", ""), "I9", entry, "its column names another visit than its body"
        )
        if row.kind == "JournalOpened":
            self._opened(row, fact)
        elif row.kind != "Booted":
            self._findings.ensure(
                row.boot == self._boot, "I9", entry, "it belongs to another start of the kiosk"
            )
        if row.kind in PHYSICAL:
            self._findings.ensure(
                self._is_recovered,
                "I10",
                entry,
                "something physical is announced between a start and its recovery",
            )
        self._was_stopped = self._is_stopped
        if row.kind != "CheckpointSigned":
            self._is_stopped = False
        self._post(row, fact, postings)
        rule = self._rules.get(row.kind)
        if rule is not None:
            rule(fact, entry)
        elif row.kind == "CheckpointSigned":
            self._signed(row, fact, before)
        elif row.kind == "CashCollected":
            self.machine.collected(fact, entry, row.at)
        elif row.kind == "CollectionCounted":
            self.custody.counted(fact, entry, row.at)
        elif row.kind == "DayClosed":
            self.custody.day_closed(fact, entry, (row.epoch, row.seq))
            self.training.day_closed(fact, entry)
        elif row.kind == "MoneyPossiblySwallowed":
            self.machine.swallowed(fact, entry, row.at)
        self.clock_steps += row.kind == "ClockStepped"
        self.halts += row.kind == "TillHalted"
        self.visits += row.kind == "VisitOpened"

    def _post(self, row: Row, fact: _Fact, postings: Any) -> None:
        """Compare the stored postings with this auditor's own, and add them up."""
        own = expected(row.kind, fact)
        if not postings and not own:
            return
        stored = self._read_postings(row.name, postings)
        if stored is None:
            return
        ensure = self._findings.ensure
        total = sum(stored.values())
        ensure(total == 0, "I1", row.name, f"its postings add up to {total}, not to 0")
        if stored != own:
            self._findings.add(
                "I1",
                row.name,
                f"it is booked as {_spelled(stored)}; what it says would be booked as {_spelled(own)}",
            )
        for account, minor in stored.items():
            after = self.accounts.get(account, 0) + minor
            self.accounts[account] = after
            if minor < 0 and after < 0 and account.startswith(ASSETS):
                self._findings.add("I2", row.name, self._below_nothing(account, after))
            elif minor > 0 and after > 0 and account in {"credit", "owed"}:
                self._findings.add("I2", row.name, f"account {account} gave away more than it had")

    def _below_nothing(self, account: str, after_minor: int) -> str:
        words = f"account {account[:60]} falls to {self._findings.money(after_minor)}, below nothing"
        if account.startswith("cash.hopper."):
            return f"{words}: more coins left this hopper than were ever written down as put in"
        return words

    def _read_postings(self, entry: str, postings: Any) -> dict[str, int] | None:
        """Account -> amount, accounts that do not change left out; None when the list is not of its form."""
        sums: dict[str, int] = {}
        is_list = type(postings) is list
        for posting in postings if is_list else ():
            if type(posting) is not list or [type(item) for item in posting] != [str, int, str]:
                is_list = False
                break
            account, minor, currency = posting
            self._findings.ensure(
                currency == self._findings.currency,
                "I2",
                entry,
                f"a posting in {currency[:10]} in a journal that is in {self._findings.currency}",
            )
            sums[account] = sums.get(account, 0) + minor
        if not self._findings.ensure(is_list, "I1", entry, "its postings cannot be read"):
            return None
        return {account: minor for account, minor in sums.items() if minor}

    # --- the journal's life -------------------------------------------------------------------------------------------

    def _opened(self, row: Row, fact: _Fact) -> None:
        ensure, findings = self._findings.ensure, self._findings
        ensure(fact["kiosk_id"] == row.kiosk_id, "I9", row.name, "it opens the journal of another kiosk")
        if findings.currency:
            ensure(
                (fact["currency"], fact["exponent"]) == (findings.currency, findings.exponent),
                "I2",
                row.name,
                "a new epoch in another currency",
            )
        ensure(0 <= fact["exponent"] <= 3, "I1", row.name, "a currency has 0 to 3 decimals")
        findings.currency = findings.currency or fact["currency"]
        findings.exponent = findings.exponent or min(3, max(0, fact["exponent"]))
        self._is_recovered = False
        self._boot = max(self._boot, row.boot)
        self.last_key = ""  # a new epoch may come with a new key
        if fact["previous_head"]:
            self.shoppers.restored()
            self.machine.moves.clear()

    def _booted(self, fact: _Fact, entry: str) -> None:
        ensure = self._findings.ensure
        ensure(fact["boot"] > self._boot, "I9", entry, f"start {fact['boot']} after start {self._boot}")
        self._boot = max(self._boot, fact["boot"])
        self._is_recovered = False
        self.machine.service_ended(fact, entry)
        if fact["is_clean"]:
            self.boots_clean += 1
            ensure(
                self._was_stopped,
                "I9",
                entry,
                "it says that the last stop was clean; no clean stop is written down",
            )
        else:
            self.boots_unclean += 1

    def _recovered(self, _fact: _Fact, entry: str) -> None:
        ensure = self._findings.ensure
        self._is_recovered = True
        ensure(not self.shoppers.has_visit, "I11", entry, "recovery ends and a visit is still open")
        is_moving = self.shoppers.moving_jobs or self.custody.test
        ensure(not is_moving, "I11", entry, "recovery ends and a job is still open")
        ensure(not self.training.open, "I11", entry, "recovery ends and a training is still open")

    def _stopped(self, _fact: _Fact, entry: str) -> None:
        self._is_stopped = True
        self._findings.ensure(
            not (
                self.shoppers.has_visit
                or self.shoppers.moving_jobs
                or self.machine.moves
                or self.custody.test
                or self.training.open
            ),
            "I11",
            entry,
            "a clean stop while a visit, a job or a training is open",
        )

    def totals(self) -> tuple[int, int, int, int]:
        """Sold, taken, paid out and owed, as a checkpoint states them."""
        shoppers, machine, tenders = self.shoppers, self.machine, self.tenders
        taken_minor = machine.credited_minor + machine.found_minor
        taken_minor += tenders.notes_credited_minor + tenders.notes_found_minor + tenders.charged_minor
        paid_out_minor = shoppers.paid_minor + machine.gone_minor + shoppers.handed_over_minor
        paid_out_minor += shoppers.transferred_minor
        paid_out_minor += tenders.refunded_minor + tenders.loaded_minor
        return shoppers.sold_minor, taken_minor, paid_out_minor, shoppers.owed_minor

    def _signed(self, row: Row, fact: _Fact, before: bytes) -> None:
        ensure, entry = self._findings.ensure, row.name
        self.checkpoints += 1
        ensure(
            is_signed(row, fact), "signature", entry, "the checkpoint's signature does not fit what it says"
        )
        ensure(
            fact["covers_seq"] == row.seq - 1 and fact["head"] == before.hex(),
            "signature",
            entry,
            "the checkpoint was signed over another chain: entries before it were changed",
        )
        told = (fact["sold_minor"], fact["taken_minor"], fact["paid_out_minor"], fact["owed_minor"])
        own = self.totals()
        for name, told_minor, own_minor in zip(("sold", "taken", "paid out", "owed"), told, own, strict=True):
            ensure(
                told_minor == own_minor,
                "signature",
                entry,
                f"the checkpoint says {name} {self._findings.money(told_minor)}; "
                f"the entries say {self._findings.money(own_minor)}",
            )
        known = self._known_keys or {self.last_key or fact["public_key"]}
        ensure(
            fact["public_key"] in known,
            "signature",
            entry,
            "the checkpoint is signed by a key that is not this kiosk's",
        )
        self.last_key = fact["public_key"]
        self.keys.add(self.last_key)
        self.check_sums(entry)

    # --- at a checkpoint and at the end -------------------------------------------------------------------------------

    def check_sums(self, entry: str) -> None:
        """The postings and the facts must tell the same story."""
        ensure, machine, shoppers = self._findings.ensure, self.machine, self.shoppers
        ensure(sum(self.accounts.values()) == 0, "I2", entry, "all postings together are not 0")
        pairs = {
            "credit": -shoppers.held_minor,
            "owed": -shoppers.owed_minor,
            "goodwill": shoppers.goodwill_minor,
            "bank": self.custody.banked_minor - shoppers.transferred_minor,
            "load.card": -self.tenders.loaded_minor,
            "clearing.card": self.tenders.charged_minor - self.tenders.refunded_minor,
            **{f"cash.{name}": minor for name, minor in machine.cash.items()},
        }
        for account, minor in pairs.items():
            booked = self.accounts.get(account, 0)
            ensure(
                booked == minor,
                "I3",
                entry,
                f"account {account[:60]} is {self._findings.money(booked)} by its postings and "
                f"{self._findings.money(minor)} by what the entries say",
            )
        sold_minor, taken_minor, paid_out_minor, owed_minor = self.totals()
        ensure(
            taken_minor + shoppers.goodwill_minor
            == sold_minor + paid_out_minor + shoppers.held_minor + owed_minor + self.suspense_minor,
            "I4",
            entry,
            "taken + granted is not sold + paid out + held + owed + suspense",
        )

    @property
    def suspense_minor(self) -> int:
        """Money whose owner is unknown, less coins that left without a job and debts for notes and cards lost sight of."""
        found_minor = self.machine.stray_minor + self.shoppers.dropped_minor
        return found_minor - self.machine.gone_minor - self.tenders.believed_minor + self.tenders.unlate_minor

    def figures(self) -> Figures:
        """All sums."""
        shoppers, machine, tenders = self.shoppers, self.machine, self.tenders
        open_minor = sum(
            debt.amount_minor
            for debt in shoppers.debts.values()
            if debt.state == "open" and not debt.is_certain
        )
        return Figures(
            sales=len(shoppers.sales),
            sold_minor=shoppers.sold_minor,
            tax_minor=shoppers.tax_minor,
            pieces=shoppers.pieces,
            visits=self.visits,
            coins_credited_minor=machine.credited_minor,
            coins_found_minor=machine.found_minor,
            notes_credited_minor=tenders.notes_credited_minor,
            notes_found_minor=tenders.notes_found_minor,
            charged_minor=tenders.charged_minor,
            refunded_minor=tenders.refunded_minor,
            discount_minor=tenders.discount_minor,
            believed_minor=tenders.believed_minor,
            notes_returned=tenders.notes_returned,
            notes_turned_away=tenders.notes_turned_away,
            card_requests=tenders.card_requests,
            coins_tested_minor=machine.tested_minor,
            filled_minor=machine.filled_minor,
            paid_minor=shoppers.paid_minor,
            handed_over_minor=shoppers.handed_over_minor,
            transferred_minor=shoppers.transferred_minor,
            gone_minor=machine.gone_minor,
            goodwill_minor=shoppers.goodwill_minor,
            dropped_minor=shoppers.dropped_minor,
            suspense_minor=self.suspense_minor,
            owed_minor=shoppers.owed_minor,
            owed_uncertain_minor=open_minor,
            uncertain_ever_minor=shoppers.uncertain_ever_minor,
            claims=shoppers.claims,
            claims_approved=shoppers.claims_approved,
            claims_refused=shoppers.claims_refused,
            boots_clean=self.boots_clean,
            boots_unclean=self.boots_unclean,
            clock_steps=self.clock_steps,
            halts=self.halts,
            checkpoints=self.checkpoints,
            payout_jobs=shoppers.payout_jobs,
            vend_jobs=shoppers.vend_jobs,
            open_jobs=len(shoppers.jobs),
            most_payouts_in_a_visit=shoppers.most_payouts,
        )


def _spelled(sums: Mapping[str, int]) -> str:
    """Postings for a person, at most four of them."""
    words = [f"{account[:40]} {minor:+d}" for account, minor in sorted(sums.items())]
    more = [f"and {len(words) - 4} more"] if len(words) > 4 else []
    return ", ".join(words[:4] + more) or "nothing"
