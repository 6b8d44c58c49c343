"""The desk for several kiosks keeps the second step of its own people."""

from __future__ import annotations

from pathlib import Path

from kiosk.core import events as ev
from kiosk.runtime.hub import open_hub
from kiosk.store.database import reading
from kiosk.store.deeds import SecondStepRow, read_second_step
from kiosk.store.reading import read_user


def test_a_second_step_is_kept_used_up_and_taken_away(tmp_path: Path) -> None:
    hub = open_hub(tmp_path)
    hub.door.ask(ev.UserOffered("anna", "owner", "console", secret_hash="hash"))
    hub.door.ask(ev.SecondStepOffered("anna", "anna", b"sealed", 7, '["a", "b"]'))
    hub.door.ask(ev.SignInFailed("anna", 2))
    hub.door.ask(ev.SecondStepTaken("anna", "recovery", 8, '["b"]'))
    with reading(hub.reader) as connection:
        user = read_user(connection, "anna")
        assert read_second_step(connection, "anna") == SecondStepRow("anna", b"sealed", 8, '["b"]')
    assert user is not None
    assert user.failures == 0
    hub.door.ask(ev.SecondStepOffered("anna", "console", b""))
    with reading(hub.reader) as connection:
        assert read_second_step(connection, "anna") is None
    hub.close()
