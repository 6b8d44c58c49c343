"""The next moment at which the till wants to act by itself; a pure reading of the state."""

from __future__ import annotations

from kiosk.core.events import Deadline
from kiosk.core.rules import Rules
from kiosk.core.state import CardStage, Phase, State

JOB_PATIENCE = 4
"""A device that is online but silent about its job gets this many times ``job_ms``; its driver normally answers first."""


def _patience(state: State, rules: Rules, wait_ms: int) -> int:
    return wait_ms * rules.more_time_factor if state.more_time else wait_ms


def idle_ends_ms(state: State, rules: Rules, touched_ms: int) -> int | None:
    """When an untouched visit ends; None when no visit can end by idling now."""
    visit = state.visit
    if state.phase is not Phase.SHOPPING or visit is None:
        return None
    wait_ms = rules.idle_money_ms if visit.held_minor else rules.idle_ms
    return max(touched_ms, visit.opened_ms) + _patience(state, rules, wait_ms)


def manners_end_ms(state: State, rules: Rules, touched_ms: int) -> int | None:
    """When a language or comfort chosen by somebody who left without a visit is put back for the next one."""
    is_plain = state.language == state.languages[0] and not state.large_text and not state.more_time
    if state.phase is not Phase.IDLE or state.last is not None or is_plain:
        return None
    return max(touched_ms, state.boot_ms) + _patience(state, rules, rules.idle_ms)


def close_ms(state: State, rules: Rules) -> int | None:
    """When a covered cart closes by itself."""
    if state.phase is not Phase.SHOPPING or state.visit is None or state.visit.covered_ms is None:
        return None
    return state.visit.covered_ms + _patience(state, rules, rules.close_bar_ms)


def choice_ms(state: State, rules: Rules, touched_ms: int) -> int | None:
    """When the money of a failed vend goes back by itself; each touch extends it."""
    if state.phase is not Phase.SHOPPING or state.visit is None or state.visit.choice_ms is None:
        return None
    return max(state.visit.choice_ms, touched_ms) + _patience(state, rules, rules.choice_ms)


def _card_ms(state: State, rules: Rules) -> int | None:
    """When an unanswered card request is withdrawn, or a withdrawal, charge or refund counts as lost; a vend is waited for."""
    card = state.card
    if card is None or card.stage is CardStage.APPROVED or state.phase is Phase.STARTING:
        return None
    wait_ms = rules.card_ms if card.stage is CardStage.ASKED else JOB_PATIENCE * rules.job_ms
    return card.started_ms + wait_ms


def _note_ms(state: State, rules: Rules) -> int | None:
    if state.note is None or state.phase is Phase.STARTING:
        return None
    return state.note.started_ms + JOB_PATIENCE * rules.job_ms


def _job_ms(state: State, rules: Rules) -> int | None:
    job = state.vend or state.payout or state.load or state.test
    if job is None or state.phase is Phase.STARTING:
        return None
    device = state.devices.get(job.device)
    if device is not None and not device.is_online:
        return max(job.started_ms, device.since_ms) + rules.job_ms
    return job.started_ms + JOB_PATIENCE * rules.job_ms


def thanks_end_ms(state: State, rules: Rules, touched_ms: int) -> int | None:
    """When the page of the last visit gives way: a code of money owed is not left for the next person, halted or not."""
    if state.last is None or state.phase not in {Phase.IDLE, Phase.HALTED}:
        return None
    wait_ms = rules.owed_ms if state.last.owed_minor else rules.thanks_ms
    return max(state.last.settled_ms, touched_ms) + _patience(state, rules, wait_ms)


def next_deadline(state: State, rules: Rules, touched_ms: int) -> tuple[int, Deadline] | None:
    """The earliest deadline as (monotonic ms, what for), or None.

    Args:
        state: Now.
        rules: The waits.
        touched_ms: When a shopper last did anything; kept by the loop, because a touch that changes nothing is no fact.
    """
    starting = state.boot_ms + rules.recovery_ms if state.phase is Phase.STARTING else None
    service = state.service_ms + rules.service_ms if state.phase is Phase.SERVICE else None
    known = (
        (starting, Deadline.RECOVERY),
        (_job_ms(state, rules), Deadline.JOB),
        (_note_ms(state, rules), Deadline.NOTE),
        (_card_ms(state, rules), Deadline.CARD),
        (close_ms(state, rules), Deadline.CLOSE),
        (choice_ms(state, rules, touched_ms), Deadline.CHOICE),
        (idle_ends_ms(state, rules, touched_ms), Deadline.IDLE),
        (manners_end_ms(state, rules, touched_ms), Deadline.MANNERS),
        (thanks_end_ms(state, rules, touched_ms), Deadline.THANKS),
        (max(service, touched_ms + rules.service_ms) if service is not None else None, Deadline.SERVICE),
    )
    return min(((at_ms, deadline) for at_ms, deadline in known if at_ms is not None), default=None)
