"""Settings that changed between two starts are written down, and only those."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kiosk.core import facts as f
from kiosk.runtime.settings import note_settings, settings_of
from tests.web.admin.office import Office


def changes(office: Office) -> list[tuple[str, ...]]:
    return [each.fact.changed for each in office.facts(f.SettingsChanged)]  # type: ignore[attr-defined]


def test_a_start_writes_down_what_changed_since_the_last_one_and_nothing_twice(tmp_path: Path) -> None:
    office = Office(tmp_path)
    config = office.config
    assert note_settings(office, office.reader, config)
    assert "money.max_credit_minor = 5000" in changes(office)[0]
    assert not note_settings(office, office.reader, config)
    less = replace(config, money=replace(config.money, max_credit_minor=900))
    assert note_settings(office, office.reader, less)
    assert changes(office)[1:] == [("money.max_credit_minor = 900",)]
    assert note_settings(office, office.reader, config)
    assert changes(office)[2:] == [("money.max_credit_minor = 5000",)]
    office.close()


def test_a_device_that_is_gone_is_named_without_a_value(tmp_path: Path) -> None:
    office = Office(tmp_path)
    config = office.config
    note_settings(office, office.reader, config)
    fewer = replace(config, rig=replace(config.rig, ports=config.rig.ports[:-1]))
    note_settings(office, office.reader, fewer)
    gone = set(settings_of(config)) - set(settings_of(fewer))
    assert gone
    assert set(changes(office)[1]) == gone
    assert not note_settings(office, office.reader, fewer)
    office.close()
