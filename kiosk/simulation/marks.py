"""Marks: rare states are counted as they are reached, because a harness that never met one has shown nothing about it.

They are read from what was stored, not from the code that decides: a mark is a state that somebody outside can prove.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

COUNTER_STEPS: Final = 255
"""A ccTalk event counter goes from 255 to 1."""

MARKS: Final[Mapping[str, str]] = {
    "boot_unclean": "a start after a cut",
    "visit_cut": "a visit was open when the power failed",
    "sale_recovered": "goods were out or in the hand when the power failed: sold in the recovery",
    "cut_while_paying": "a payout was open at a start, and its hopper could tell",
    "cut_while_paying_in_part": "... and some of its coins had left, but not all",
    "payout_unknown": "nobody could tell what a payout paid",
    "vend_unknown": "nobody could tell whether goods fell",
    "machine_asked": "an old machine was allowed to sell",
    "machine_denied": "... and one was told no",
    "vend_failed": "the machine said that nothing fell",
    "second_choice": "a shopper was offered another coil",
    "hopper_empty_mid_pay": "a payout fell short",
    "payout_extra": "more coins left than were asked for",
    "coin_found": "a coin that no event told of was found by the acceptor's counts",
    "coin_found_by_nobody": "... with no visit it could belong to",
    "two_events_in_one_poll": "two coins were read at once",
    "event_counter_wrapped": "the acceptor's event counter went from 255 to 1",
    "events_lost": "more coins came than the ring holds",
    "acceptor_restarted": "the acceptor lost its memory",
    "possibly_swallowed": "coins may be in the box without a record",
    "device_replaced": "another device answered than the one that was known",
    "coin_turned_away": "the acceptor sent a coin back",
    "note_kept": "a note was kept and credited",
    "note_given_back": "a note in escrow was given back",
    "note_back_by_itself": "... and by the device alone, or found to be back at a start",
    "note_found": "a note that nobody told of was found by the validator's count",
    "note_unknown": "nobody could tell where a note was",
    "moved_to_box": "a recycler sent notes into the stacker and kept a float",
    "move_cut": "... and the power failed meanwhile: its count told",
    "tube_counted": "a tube's own count changed by a clerk's hands",
    "card_charged": "a card was charged",
    "card_denied": "a card was refused",
    "card_cancelled": "a card request was withdrawn",
    "card_refunded": "a charge went back because nothing was delivered for it",
    "card_refund_failed": "... and one could not",
    "card_loaded": "credit was put onto a card",
    "card_load_refused": "a card took no credit, and it went back in coins",
    "card_load_unknown": "nobody could tell whether credit was put onto a card",
    "card_unknown": "nobody could tell what became of a card request",
    "drop_doubted": "goods fell while others hung",
    "card_late": "a card was charged after its request had ended",
    "debt_recorded": "money was owed under a code",
    "debt_uncertain": "... and waits for a person",
    "debt_redeemed": "a code was used",
    "clock_stepped": "the wall clock was set",
    "clock_back": "... to an earlier time",
    "disk_low": "the disk had little room",
    "halted": "the till stopped itself",
    "device_lost": "a device stopped answering",
    "line_noisy": "a line carried noise",
    "screen_lost": "nobody could see the screen",
    "receipt_printed": "a receipt came out",
    "print_failed": "a receipt did not come out, or nobody knows",
    "collection_differs": "a clerk counted something else than the books said",
    "checkpoint_signed": "a checkpoint was signed",
}
"""Mark -> what it means."""


_PLAIN: Final[Mapping[str, str]] = {
    "NoteFound": "note_found",
    "MachineVendDenied": "machine_denied",
    "NoteLost": "note_unknown",
    "HopperCounted": "tube_counted",
    "CardApproved": "card_charged",
    "CardDenied": "card_denied",
    "CardCancelled": "card_cancelled",
    "CardRefunded": "card_refunded",
    "CardRefundFailed": "card_refund_failed",
    "CardLost": "card_unknown",
    "CardApprovedLate": "card_late",
    "DropDoubted": "drop_doubted",
    "CardLoaded": "card_loaded",
    "CardLoadRefused": "card_load_refused",
    "CardLoadLost": "card_load_unknown",
}
"""Entries that are a mark by being there."""


def _one(kind: str, fact: Mapping[str, Any]) -> Iterator[str]:  # noqa: C901, PLR0912, PLR0915 - one table of kinds
    match kind:
        case "Booted" if not fact["is_clean"] and fact["boot"] > 1:
            yield "boot_unclean"
        case "DebtRecorded":
            yield "debt_recorded"
            if not fact["is_certain"]:
                yield "debt_uncertain"
            if fact["reason"] == "interrupted":
                yield "visit_cut"
        case "SaleClosed" if fact["is_recovered"]:
            yield "sale_recovered"
        case "VendStarted" if fact.get("request") is not None:
            yield "machine_asked"
        case "PayoutEnded":
            if fact["is_recovered"]:
                yield "cut_while_paying"
                if 0 < fact["paid_qty"] < fact["asked_qty"]:
                    yield "cut_while_paying_in_part"
            elif fact["paid_qty"] < fact["asked_qty"]:
                yield "hopper_empty_mid_pay"
        case "CashMoveEnded":
            if fact["qty"]:
                yield "moved_to_box"
            if fact["is_recovered"]:
                yield "move_cut"
        case "PayoutLost":
            yield "payout_unknown"
        case "VendEnded" if fact["outcome"] in {"unknown", "failed"}:
            yield f"vend_{fact['outcome']}"
        case "SecondChoiceOffered":
            yield "second_choice"
        case "HopperDiffered":
            yield "payout_extra"
        case "CoinFound":
            yield "coin_found"
            if not fact["visit"]:
                yield "coin_found_by_nobody"
        case "CoinCredited" if fact["event_no"] > COUNTER_STEPS and fact["event_no"] % COUNTER_STEPS == 1:
            yield "event_counter_wrapped"
        case "MoneyPossiblySwallowed":
            yield "possibly_swallowed"
            if fact["reason"] in {"events_lost", "acceptor_restarted"}:
                yield str(fact["reason"])
        case "NoteCredited":
            yield "note_kept"
        case "NoteReturned":
            yield "note_given_back"
            if fact["fault"]:
                yield "note_back_by_itself"
        case plain if plain in _PLAIN:
            yield _PLAIN[plain]
        case "AcceptorBaselined" | "HopperBaselined":
            if fact["is_new"]:
                yield "device_replaced"
            if fact.get("was_restarted"):
                yield "acceptor_restarted"
        case "CoinTurnedAway":
            yield "coin_turned_away"
        case "DebtRedeemed":
            yield "debt_redeemed"
        case "ClockStepped":
            yield "clock_stepped"
            if fact["now"] < fact["was"]:
                yield "clock_back"
        case "SpaceShrank" if fact["level"] != "ok":
            yield "disk_low"
        case "TillHalted":
            yield "halted"
        case "DeviceWentOffline":
            yield "device_lost"
        case "LineWasNoisy":
            yield "line_noisy"
        case "ScreenLost":
            yield "screen_lost"
        case "PrintClosed":
            yield "receipt_printed" if fact["result"] == "printed" else "print_failed"
        case "CashCollected" if fact["expected_minor"] != fact["counted_minor"]:
            yield "collection_differs"
        case "CheckpointSigned":
            yield "checkpoint_signed"


class Act(StrEnum):
    """What a device did, by the entries that name it."""

    CREDIT = "credit"
    """A coin, a note or a charge that was credited or found."""
    PAYOUT = "payout"
    """A payout of which at least a piece came out."""
    VEND = "vend"
    """A turn that delivered."""


def read_acts(path: Path) -> Counter[tuple[str, Act]]:
    """Count what each device did, from a stored journal: (device, act) -> times.

    Args:
        path: The store's file, or a copy of it.
    """
    acts: Counter[tuple[str, Act]] = Counter()
    board_of: dict[str, str] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for kind, body in connection.execute("SELECT kind, body FROM journal ORDER BY epoch, seq"):
            fact = json.loads(body)["fact"]
            match kind:
                case "CoinCredited" | "CoinFound" | "NoteCredited" | "NoteFound" | "CardApproved":
                    acts[fact["device"], Act.CREDIT] += 1
                case "PayoutEnded" if fact["paid_qty"]:
                    acts[fact["device"], Act.PAYOUT] += 1
                case "VendStarted":
                    board_of[fact["job"]] = fact["device"]
                case "VendEnded" if fact["outcome"] == "delivered":
                    acts[board_of.get(fact["job"], ""), Act.VEND] += 1
    return acts


def read_marks(path: Path) -> Counter[str]:
    """Count the marks in a stored journal.

    Args:
        path: The store's file, or a copy of it.
    """
    marks: Counter[str] = Counter()
    last: tuple[str, int, int] = ("", 0, 0)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for kind, body, boot, now_ms in connection.execute(
            "SELECT kind, body, boot, now_ms FROM journal ORDER BY epoch, seq"
        ):
            marks.update(_one(kind, json.loads(body)["fact"]))
            if kind == "CoinCredited" and (kind, boot, now_ms) == last:
                marks["two_events_in_one_poll"] += 1
            if kind == "CoinCredited":
                last = (kind, boot, now_ms)
    return marks
