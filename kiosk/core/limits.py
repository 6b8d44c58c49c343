"""What a kiosk may give away in an hour and in a day, and how long a code pays: counted in its own running time.

No limit may be talked away by setting a clock, nor by pulling the plug. So time is counted as *age*: the milliseconds that the
kiosk has run, over all its starts, read from the monotonic stamps of its entries. Age never runs faster than the world, so an
hour of age is an hour or more: limits are never laxer than they say, and a code never expires too early.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from kiosk.core.rules import Rules
from kiosk.core.state import Debt, Meter, Slot, State, VisitMark

HOUR_MS: Final = 3_600_000
TENTH_MS: Final = 600_000
"""The hour is counted in pieces of ten minutes, the day in hours: a few numbers instead of every event."""

TENTHS: Final = 6
HOURS: Final = 24

MARKED_VISITS: Final = 200
"""Visits whose claims are remembered one by one: more than the claims of two days that the limits allow."""

PAYOUTS: Final = "payouts"
CLAIMS: Final = "claims"
GOODWILL: Final = "goodwill"
AUTO: Final = "auto"
"""Claims that the evidence approved, with no person."""

BY_EVIDENCE: Final = "evidence"
"""Stands for a person's name where the journal itself decided."""


def age_ms(state: State, now_ms: int | None = None) -> int:
    """How long the kiosk has run in all, at ``now_ms`` of this start, or at its last entry."""
    now_ms = state.seen_ms if now_ms is None else now_ms
    return state.ran_ms + max(0, now_ms - state.boot_ms)


def tenth_of(state: State, now_ms: int) -> int:
    """The running piece of ten minutes: while it and the state stay the same, no limit ends."""
    return age_ms(state, now_ms) // TENTH_MS


def _counted(slots: tuple[Slot, ...], slot: int, most: int, amount_minor: int) -> tuple[Slot, ...]:
    """The slots with one more event in ``slot``, the old ones gone."""
    kept = tuple(each for each in slots if slot - most <= each[0] < slot)
    qty, sum_minor = next(((each[1], each[2]) for each in slots if each[0] == slot), (0, 0))
    return (*kept, (slot, qty + 1, sum_minor + amount_minor))


def metered(state: State, name: str, now_ms: int, amount_minor: int) -> State:
    """The state with one more event on a meter."""
    age, meter = age_ms(state, now_ms), state.meters.get(name, Meter())
    after = Meter(
        tenths=_counted(meter.tenths, age // TENTH_MS, TENTHS, amount_minor),
        hours=_counted(meter.hours, age // HOUR_MS, HOURS, amount_minor),
    )
    return replace(state, meters={**state.meters, name: after})


def _within(slots: tuple[Slot, ...], first: int) -> tuple[int, int]:
    qty = sum_minor = 0
    for slot, count, amount_minor in slots:
        if slot >= first:
            qty += count
            sum_minor += amount_minor
    return qty, sum_minor


def last_hour(state: State, name: str, now_ms: int | None = None) -> tuple[int, int]:
    """Events and their sum in the last hour, and up to ten minutes more."""
    return _within(state.meters.get(name, _EMPTY).tenths, age_ms(state, now_ms) // TENTH_MS - TENTHS)


def last_day(state: State, name: str, now_ms: int | None = None) -> tuple[int, int]:
    """Events and their sum in the last day, and up to an hour more."""
    return _within(state.meters.get(name, _EMPTY).hours, age_ms(state, now_ms) // HOUR_MS - HOURS)


_EMPTY: Final = Meter()


def are_payouts_stopped(state: State, rules: Rules, now_ms: int | None = None) -> bool:
    """Whether the hoppers gave so much that something must be wrong: they rest, and what is due is owed under a code.

    Whoever decides or shows something passes ``now_ms``: on a quiet kiosk the last entry may be hours old.
    """
    if PAYOUTS not in state.meters:
        return False
    return (
        last_hour(state, PAYOUTS, now_ms)[1] >= rules.max_payout_hour_minor
        or last_day(state, PAYOUTS, now_ms)[1] >= rules.max_payout_day_minor
    )


def are_claims_stopped(state: State, rules: Rules, now_ms: int | None = None) -> bool:
    """Whether so many claims came that a person should take them."""
    return (
        last_hour(state, CLAIMS, now_ms)[0] >= rules.max_claims_per_hour
        or last_day(state, CLAIMS, now_ms)[0] >= rules.max_claims_per_day
    )


def goodwill_left_minor(state: State, rules: Rules, visit: str, now_ms: int | None = None) -> int:
    """The most that may be granted now for a claim about ``visit`` (empty: about none)."""
    mark = mark_of(state, visit)
    return max(
        0,
        min(
            rules.max_goodwill_minor - (mark.goodwill_minor if visit else 0),
            rules.max_goodwill_hour_minor - last_hour(state, GOODWILL, now_ms)[1],
            rules.max_goodwill_day_minor - last_day(state, GOODWILL, now_ms)[1],
        ),
    )


def auto_bound(
    state: State, rules: Rules, amount_minor: int, now_ms: int | None = None
) -> tuple[str, int] | None:
    """The limit that keeps a proven claim of this amount from being approved by itself, and its figure; None for none."""
    qty, sum_minor = last_day(state, AUTO, now_ms)
    if amount_minor > rules.max_auto_claim_minor:
        return "claim", rules.max_auto_claim_minor
    if qty >= rules.max_auto_day_claims:
        return "day_count", rules.max_auto_day_claims
    if sum_minor + amount_minor > rules.max_auto_day_minor:
        return "day_sum", rules.max_auto_day_minor
    return None


def stopped(state: State, rules: Rules, now_ms: int | None = None) -> tuple[str, ...]:
    """The functions that rest because a limit is reached, for screen and desk."""
    found = {
        PAYOUTS: are_payouts_stopped(state, rules, now_ms),
        CLAIMS: are_claims_stopped(state, rules, now_ms),
        GOODWILL: not goodwill_left_minor(state, rules, "", now_ms),
    }
    return tuple(name for name, is_stopped in found.items() if is_stopped)


def mark_of(state: State, visit: str) -> VisitMark:
    """What was claimed about a visit so far."""
    return next((each for each in state.visit_marks if each.visit == visit), VisitMark(visit=visit))


def marked(state: State, visit: str, *, claims: int = 0, goodwill_minor: int = 0) -> State:
    """The state with a claim or a grant counted for its visit; a claim about no visit counts for none."""
    if not visit:
        return state
    mark = mark_of(state, visit)
    after = replace(mark, claims=mark.claims + claims, goodwill_minor=mark.goodwill_minor + goodwill_minor)
    others = tuple(each for each in state.visit_marks if each.visit != visit)
    return replace(state, visit_marks=(*others, after)[-MARKED_VISITS:])


def is_code_old(state: State, rules: Rules, debt: Debt, now_ms: int) -> bool:
    """Whether the code has outlived its day and waits for the vendor; the debt itself never ends."""
    lasts_ms = rules.voucher_ms if debt.is_voucher else rules.code_ms
    return age_ms(state, now_ms) - debt.age_ms > lasts_ms
