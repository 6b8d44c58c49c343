"""Which settings a kiosk was started with, and how they differ from those before: written down once per change.

A configuration is a file that somebody with the machine in hand edits, so its changes belong into the same log as prices and
people. Places of keys are said, keys themselves stand in no configuration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from sqlalchemy import Engine

from kiosk.config import Config
from kiosk.core.events import SettingsRead
from kiosk.core.facts import SettingsChanged
from kiosk.journal.entry import read_content
from kiosk.runtime.door import TillDoor
from kiosk.store.database import reading
from kiosk.store.deeds import DeedFilter, read_deeds
from kiosk.store.reading import read_entries_at

CONSOLE: Final = "console"
"""Who changes a file on the machine: nobody signs in for that."""

CHANGES_MOST: Final = 1_000
"""Changes that are looked through for the settings before; one a day for three years."""

VALUE_CHARS: Final = 200


def _flat(value: object, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value):
        for index, each in enumerate(value):
            yield from _flat(each, f"{name}[{index}]")
    else:
        yield name, str(value)[:VALUE_CHARS]


def settings_of(config: Config) -> dict[str, str]:
    """Every setting by its full name, as text."""
    return dict(sorted(_flat(msgspec.to_builtins(config, str_keys=True), "")))


def _settings_before(reader: Engine, kiosk_id: str) -> dict[str, str]:
    """The settings of the last start, put together from all changes; empty before the first."""
    wanted = DeedFilter(kinds=(SettingsChanged.__name__,))
    known: dict[str, str] = {}
    with reading(reader) as connection:
        deeds, _ = read_deeds(connection, kiosk_id, wanted, most=CHANGES_MOST)
        entries = read_entries_at(connection, kiosk_id, (deed.position for deed in deeds))
    for entry in entries:
        fact = read_content(entry).fact
        for line in fact.changed if isinstance(fact, SettingsChanged) else ():
            name, is_set, value = line.partition(" = ")
            if is_set:
                known[name] = value
            else:
                known.pop(name, None)
    return known


def note_settings(door: TillDoor, reader: Engine, config: Config) -> bool:
    """Write down what differs from the last start; whether anything did.

    A setting that is gone is named without a value. The first start writes all of them: what later changes are changes of.
    """
    now, before = settings_of(config), _settings_before(reader, config.kiosk_id)
    changed = [f"{name} = {value}" for name, value in now.items() if before.get(name) != value]
    changed += [name for name in before if name not in now]
    if not changed:
        return False
    text = "\n".join(f"{name} = {value}" for name, value in now.items())
    digest = hashlib.sha256(text.encode()).hexdigest()
    door.ask(SettingsRead(by=CONSOLE, digest=digest, changed=tuple(changed)))
    return True
