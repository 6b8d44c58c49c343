"""Who signs in and how, and what the kiosk was told at its start: written down here, decided at the desk's door.

No secret passes through here: what proves somebody lives beside the journal, in the same commit.
"""

from __future__ import annotations

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Draft


def second_step_offered(draft: Draft, event: ev.SecondStepOffered) -> None:
    """Somebody's second step of signing in was set up anew, or taken away."""
    draft.add(f.SecondStepSet(user=event.user, by=event.by, is_on=bool(event.sealed)))


def second_step_taken(draft: Draft, event: ev.SecondStepTaken) -> None:
    """A sign-in was completed: an entry of its own, so that the owner sees who came in and by what means."""
    draft.add(f.SignedIn(by=event.user, means=event.means))


def settings_read(draft: Draft, event: ev.SettingsRead) -> None:
    """The kiosk was started with other settings than before."""
    draft.add(f.SettingsChanged(by=event.by, digest=event.digest, changed=event.changed))
