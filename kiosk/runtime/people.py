"""Who may sign in: the rows beside the journal that an event about people changes, at a till and at a desk without one."""

from __future__ import annotations

from kiosk.core import events as ev
from kiosk.store.projections import Write


def rows_of_people(event: ev.Event, at: str) -> list[Write]:
    """The statements for ``event`` (at ``at``, UTC); none when it is not about who may sign in."""
    match event:
        case ev.UserOffered():
            return [("desk_user", {"name": event.user, "role": event.role, "secret_hash": event.secret_hash})]
        case ev.SignInFailed():
            return [("desk_user_failed", {"name": event.user, "failures": event.failures, "at": at})]
        case ev.SecondStepOffered() if event.sealed:
            row = {"name": event.user, "sealed": event.sealed}
            return [("second_step", {**row, "step": event.step, "recovery": event.recovery})]
        case ev.SecondStepOffered():
            return [("second_step_gone", {"name": event.user})]
        case ev.SecondStepTaken():
            left = {"name": event.user, "step": event.step, "recovery": event.recovery}
            return [("second_step_used", left), ("desk_user_entered", {"name": event.user})]
        case _:
            return []
