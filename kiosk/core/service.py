"""Rules for clerks at the kiosk and for the loop itself: cash, deadlines, starts and stops."""

from __future__ import annotations

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core import recovery
from kiosk.core.cards import card_waited, withdraw
from kiosk.core.coiltest import lose_coil_test
from kiosk.core.draft import Draft
from kiosk.core.events import Deadline
from kiosk.core.notes import lose_note
from kiosk.core.postings import CASH_BOX, hopper_container, stacker_container
from kiosk.core.settle import begin_fulfilment, end_visit, pay_next, settle, settle_halted
from kiosk.core.state import Phase
from kiosk.core.training import end_training

MOST_COUNTED_MINOR = 10**15
"""More than any cash box of any currency; keeps a slip of the keyboard far from the store's largest whole number."""

MOST_KEPT = 10_000
"""More than any recycler or bowl holds; a float is a small number, and a slip of the keyboard shall not look like one."""

# --- the clerk ------------------------------------------------------------------------------------------------------


def clerk_entered(draft: Draft, event: ev.ClerkEntered) -> None:
    """A clerk opens the service screen; a shopper's money is never swept away by it."""
    visit = draft.state.visit
    if visit is not None:
        if visit.held_minor or draft.state.note or draft.state.card:
            draft.refuse("money_is_held")
            return
        end_visit(draft)
    end_training(draft, f.TrainingEnd.HALTED)  # one that a broken promise cut
    draft.add(f.ServiceStarted(clerk=event.clerk))


def clerk_left(draft: Draft, event: ev.ClerkLeft) -> None:
    """Back to selling, or to HALTED if nobody cleared it; a coil that turns for the clerk is waited for."""
    if draft.state.test is not None:
        draft.refuse("test_runs")
        return
    end_training(draft, f.TrainingEnd.ASKED)
    draft.add(f.ServiceEnded(clerk=draft.state.clerk))


def hopper_filled(draft: Draft, event: ev.HopperFilled) -> None:
    """The vendor's coins go into a hopper."""
    value_minor = draft.rules.hoppers.get(event.device)
    if value_minor is None:
        draft.refuse("unknown_device", device=event.device)
    elif event.qty < 1:
        draft.refuse("count_needed")
    elif _is_moving(draft, event.device):
        draft.refuse("move_runs")
    elif not draft.is_repeat(event.token):
        draft.add(
            f.CashFilled(
                token=event.token,
                clerk=event.clerk,
                device=event.device,
                container=hopper_container(event.device),
                value_minor=value_minor,
                qty=event.qty,
            )
        )


def cash_box_collected(draft: Draft, event: ev.CashBoxCollected) -> None:
    """A cash box or stacker is emptied; what was counted may differ from the book, and the difference is booked."""
    stackers = {stacker_container(device) for device in draft.rules.notes}
    if event.container != CASH_BOX and event.container not in stackers:
        draft.refuse("unknown_device", device=event.container)
    elif not 0 <= event.counted_minor <= MOST_COUNTED_MINOR:
        draft.refuse("count_needed")
    elif any(book.move and book.move.container == event.container for book in draft.state.hoppers.values()):
        draft.refuse("move_runs")  # what is still on its way would be missing in the count
    elif not draft.is_repeat(event.token):
        expected_minor = draft.state.cash.get(event.container, 0)
        draft.add(
            f.CashCollected(
                token=event.token,
                clerk=event.clerk,
                collection=draft.next_id("B"),
                container=event.container,
                expected_minor=expected_minor,
                counted_minor=event.counted_minor,
            )
        )
        draft.say(
            "collected",
            expected_minor=str(expected_minor),
            counted_minor=str(event.counted_minor),
            variance_minor=str(event.counted_minor - expected_minor),
        )


def _is_moving(draft: Draft, device: str) -> bool:
    book = draft.state.hoppers.get(device)
    return book is not None and book.move is not None


def float_left(draft: Draft, event: ev.FloatLeft) -> None:
    """A recycler or coin unit sends all but a float into its own box, so that the clerk can take it from there."""
    book, health = draft.state.hoppers.get(event.device), draft.state.devices.get(event.device)
    container = draft.rules.boxes.get(event.device, "")
    if not container:
        draft.refuse("cannot_move")
    elif book is None or health is None or not health.is_online or health.fault:
        draft.refuse("device_away")
    elif not 0 <= event.keep <= MOST_KEPT:
        draft.refuse("count_needed")
    elif draft.is_repeat(event.token):
        pass
    elif book.move is not None:
        draft.refuse("move_runs")
    elif (book.qty if book.level is None else book.level) <= event.keep:
        draft.say("nothing_to_move")
    else:
        draft.add(
            f.CashMoveStarted(
                token=event.token,
                job=draft.next_id("J"),
                clerk=event.clerk,
                device=event.device,
                keep=event.keep,
                container=container,
                level=book.level,
            )
        )
        draft.say("move_started")


def drawer_asked(draft: Draft, event: ev.DrawerAsked) -> None:
    """Open the cash drawer for the clerk who is signed in: written down first, and once for each asking."""
    ready = [
        device
        for device in draft.rules.drawers
        if device in draft.state.devices and draft.state.devices[device].is_online
    ]
    if not draft.rules.drawers:
        draft.refuse("no_drawer")
    elif not ready:
        draft.refuse("drawer_off")
    elif draft.state.drawer:
        draft.refuse("drawer_busy")
    elif not draft.is_repeat(event.token):
        draft.add(
            f.DrawerOpenStarted(
                token=event.token, job=draft.next_id("J"), clerk=draft.state.clerk, device=ready[0]
            )
        )
        draft.say("drawer_opens")


def halt_release(draft: Draft, event: ev.HaltRelease) -> None:
    """A clerk looked and lets the till sell again; a visit that the halt cut is settled as owed first."""
    if not draft.state.halted_for:
        draft.refuse("not_halted")
        return
    lose_coil_test(draft, "halted")
    if draft.state.visit is not None and draft.state.phase is Phase.HALTED:
        recovery.lose_vend(draft, "halted")
        recovery.lose_payout(draft, "halted")
        recovery.lose_note(draft, "halted")
        recovery.lose_card(draft, "halted")
        recovery.lose_load(draft, "halted")
        settle_halted(draft)
    draft.add(f.HaltCleared(clerk=event.clerk))


def halt_asked(draft: Draft, event: ev.HaltAsked) -> None:
    """A clerk takes the till out of service."""
    end_training(draft, f.TrainingEnd.HALTED)
    draft.add(f.TillHalted(reason="clerk"))


# --- the loop -------------------------------------------------------------------------------------------------------


def boot_started(draft: Draft, event: ev.BootStarted) -> None:
    """The process starts on this journal."""
    recovery.boot(draft, event)


def deadline_passed(draft: Draft, event: ev.DeadlinePassed) -> None:
    """A wait is over."""
    state = draft.state
    match event.deadline:
        case Deadline.RECOVERY if state.phase is Phase.STARTING:
            recovery.finish_anyway(draft)
        case Deadline.JOB:
            _lose_job(draft)
        case Deadline.NOTE:
            lose_note(draft, "no_reply")
        case Deadline.CARD:
            card_waited(draft)
        case Deadline.CLOSE if (
            state.phase is Phase.SHOPPING and state.visit and state.visit.covered_ms is not None
        ):
            begin_fulfilment(draft)
        case Deadline.CHOICE if (
            state.phase is Phase.SHOPPING and state.visit and state.visit.choice_ms is not None
        ):
            settle(draft, f.Settling.MONEY_BACK)
        case Deadline.IDLE if state.phase is Phase.SHOPPING:
            settle(draft, f.Settling.IDLE)
        case Deadline.MANNERS if state.phase is Phase.IDLE:
            _put_back_manners(draft)
        case Deadline.THANKS if state.last is not None:
            draft.add(f.ThanksEnded(visit=state.last.visit))
        case Deadline.SERVICE if state.phase is Phase.SERVICE:
            lose_coil_test(draft, "no_reply")
            end_training(draft, f.TrainingEnd.TIME_OUT)
            draft.add(f.ServiceEnded(clerk=state.clerk))
        case _:
            pass


def _put_back_manners(draft: Draft) -> None:
    """The first language and the usual text and times, for whoever comes next."""
    state = draft.state
    if state.language != state.languages[0]:
        draft.add(f.LanguageChosen(language=state.languages[0]))
    if state.large_text or state.more_time:
        draft.add(f.ComfortChosen(large_text=False, more_time=False))


def _lose_job(draft: Draft) -> None:
    """The device of the open job has been silent too long."""
    phase = draft.state.phase
    lose_coil_test(draft, "no_reply")
    recovery.lose_vend(draft, "no_reply")
    recovery.lose_payout(draft, "no_reply")
    recovery.lose_load(draft, "no_reply")
    if phase is Phase.FULFILLING:
        begin_fulfilment(draft)
    elif phase is Phase.SETTLING:
        pay_next(draft)
    settle_halted(draft)


def screen_silent(draft: Draft, event: ev.ScreenSilent) -> None:
    """A kiosk that nobody can see takes no money."""
    if not draft.state.is_screen_lost:
        draft.add(f.ScreenLost(silent_ms=event.silent_ms))


def screen_answered(draft: Draft, event: ev.ScreenAnswered) -> None:
    """Somebody can see it again."""
    if draft.state.is_screen_lost:
        draft.add(f.ScreenSeen())


def clock_jumped(draft: Draft, event: ev.ClockJumped) -> None:
    """Wall time jumped; no money and no order depends on it."""
    draft.add(f.ClockStepped(was=event.was, now=event.now))


def space_read(draft: Draft, event: ev.SpaceRead) -> None:
    """Disk space crossed a limit."""
    if event.level != draft.state.space:
        draft.add(f.SpaceShrank(level=event.level, free_mib=event.free_mib))


def promise_broken(draft: Draft, event: ev.PromiseBroken) -> None:
    """Stop selling and keep the evidence. Credit with no job open is owed at once, so that the shopper has a code."""
    end_training(draft, f.TrainingEnd.HALTED)
    draft.add(f.TillHalted(reason=event.promise))
    withdraw(draft)
    settle_halted(draft)


def stop_asked(draft: Draft, event: ev.StopAsked) -> None:
    """The process ends: clean only when nothing is open."""
    state = draft.state
    is_moving = any(book.move is not None for book in state.hoppers.values())
    is_open = is_moving or state.visit is not None or state.note is not None or state.test is not None
    if not is_open and state.phase is not Phase.STARTING:
        end_training(draft, f.TrainingEnd.STOPPED)
        draft.add(f.Stopped())
