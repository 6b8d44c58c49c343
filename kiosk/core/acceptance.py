"""Which coins, notes and cards may come in now: none that the till could not answer for.

Before money is accepted the till knows whether it can give change. Instead of one yes or no, each coin of each
acceptor is enabled only if what it would make us give back can be paid exactly from hoppers we trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.core.change import can_pay_all, payable_sums
from kiosk.core.limits import are_payouts_stopped
from kiosk.core.rules import NO_COINS, Rules
from kiosk.core.state import Phase, State

OPEN: Final = (1,)
"""The one position of a card reader."""

SELLING = frozenset({Phase.IDLE, Phase.SHOPPING})


def hopper_contents(
    state: State, rules: Rules, *, is_promise: bool, now_ms: int | None = None
) -> dict[int, int]:
    """Coins that hoppers on the line hold by the journal, as value -> count; none while payouts rest (see `limits`).

    Args:
        state: Now.
        rules: Which hoppers there are.
        is_promise: Count nothing for a hopper whose sensor says low (the book may be wrong); a payout still tries it.
        now_ms: Monotonic, for the limits; the moment of the last entry when it is not told.
    """
    tired = state.visit.tired_hoppers if state.visit else ()
    contents: dict[int, int] = {}
    if are_payouts_stopped(state, rules, now_ms):
        return contents
    for device, value_minor in rules.hoppers.items():
        book = state.hoppers.get(device)
        health = state.devices.get(device)
        if book is None or health is None or not health.is_online or health.fault or device in tired:
            continue
        if book.move is not None:
            continue  # its pieces are on their way into its box
        if is_promise and book.is_low:
            continue
        contents[value_minor] = contents.get(value_minor, 0) + max(0, book.qty)
    return contents


def largest_coin_minor(rules: Rules) -> int:
    """The largest coin any acceptor takes; 0 when there is none."""
    return max((value for coins in rules.coins.values() for value in coins.values()), default=0)


def is_exact_change(state: State, rules: Rules, now_ms: int | None = None) -> bool:
    """Whether the till cannot promise every change below the largest coin, and so says "exact change" first."""
    largest_minor = largest_coin_minor(rules)
    payable = payable_sums(hopper_contents(state, rules, is_promise=True, now_ms=now_ms), largest_minor)
    return not can_pay_all(range(rules.cash_step_minor, largest_minor, rules.cash_step_minor), payable)


def accepted_positions(
    state: State, rules: Rules, now_ms: int | None = None
) -> Mapping[str, tuple[int, ...]]:
    """Acceptor, note validator and card reader -> positions to enable now; empty means inhibited.

    A coin is enabled when the credit stays within the limit and what it would leave to give back (the
    overpaid part, or all of the credit while nothing is chosen) can be paid exactly. In service every known coin is
    taken: it is the clerk's test; while somebody practises there, none is, because nothing real may move. A note is enabled
    only if all of the credit could be given back as well. A card reader has the one position 1, and stays open while its
    request runs.
    """
    shut: dict[str, tuple[int, ...]] = dict.fromkeys([*rules.coins, *rules.notes, *rules.readers], ())
    if state.training.training:
        return shut
    if state.phase is Phase.SERVICE:
        return {**shut, **{device: tuple(sorted(coins)) for device, coins in rules.coins.items()}}
    if state.phase is Phase.TENDERING:
        return {**shut, **dict.fromkeys(rules.readers, OPEN)}
    if state.load is not None:
        return {**shut, state.load.device: OPEN}
    if state.phase not in SELLING or state.is_screen_lost or state.space != "ok":
        return shut
    visit = state.visit
    if visit is not None and (
        visit.settling is not None or (visit.lines and visit.held_minor >= visit.total_minor)
    ):
        return shut
    held_minor = visit.held_minor if visit else 0
    total_minor = visit.total_minor if visit else 0
    payable = payable_sums(
        hopper_contents(state, rules, is_promise=True, now_ms=now_ms), rules.max_credit_minor
    )

    def is_welcome(value_minor: int) -> bool:
        credit_minor = held_minor + value_minor
        return credit_minor <= rules.max_credit_minor and max(0, credit_minor - total_minor) in payable

    def is_welcome_note(value_minor: int) -> bool:
        # A machine may fail after the note: all of the credit must be payable, not only the change.
        return is_welcome(value_minor) and held_minor + value_minor in payable

    coins = {
        device: tuple(sorted(position for position, value in values.items() if is_welcome(value)))
        for device, values in rules.coins.items()
    }
    notes = {
        device: tuple(sorted(position for position, value in values.items() if is_welcome_note(value)))
        for device, values in rules.notes.items()
    }
    return {**coins, **notes, **dict.fromkeys(rules.readers, OPEN)}


def note_value(rules: Rules, device: str, position: int) -> int | None:
    """The configured value of a note position, or None: never guessed."""
    return rules.notes.get(device, NO_COINS).get(position)


def coin_value(rules: Rules, device: str, position: int) -> int | None:
    """The configured value of a coin position, or None: never guessed."""
    return rules.coins.get(device, NO_COINS).get(position)
