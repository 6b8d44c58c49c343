"""When a promise is found broken: what the till knew and what the wires said is kept in a file, before anybody restarts anything.

The file is for whoever mends the product. It holds no secrets: the wires of printer and scanner are left out (receipts carry
codes that pay), and so is everything that the log leaves out by name. Files are bounded in size and in number, and a disk that
cannot take one stops nothing: the journal has the promise in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hardware.port import Passed
from hardware.rig import Wire
from kiosk.runtime.clock import SystemClock, at_text
from kiosk.runtime.log import LEFT_OUT
from kiosk.runtime.service import SOFTWARE, Service
from kiosk.store import models
from kiosk.store.database import reading

BY_CLERK: Final = "clerk"
"""What a halt is for that a person asked for: nothing is broken."""

FOLDER: Final = "halted"
FILES_KEPT: Final = 10
FILE_BYTES: Final = 1 << 20
"""Ten files of 1 MiB: never the disk that the journal needs."""

WIRE_BYTES: Final = 64 << 10
"""Of each wire: some minutes of polls."""

ENTRIES_KEPT: Final = 200
"""The newest entries, without their bodies: the journal has them whole."""

MONEY_WIRES: Final = frozenset(Wire) - {Wire.ESCPOS, Wire.SCANNER, Wire.WEDGE}
"""Wires whose bytes hold no text for people."""

SECRET: Final = LEFT_OUT | {"tokens", "claim_tokens"}

log = structlog.get_logger("halt")


def _bare(value: Any) -> Any:
    """A value without its secrets."""
    match value:
        case Mapping():
            return {name: _bare(each) for name, each in value.items() if name not in SECRET}
        case list() | tuple():
            return [_bare(each) for each in value]
        case _:
            return value


def _wire(passed: tuple[Passed, ...]) -> list[dict[str, object]]:
    """The last bytes of a wire, oldest first."""
    kept: list[dict[str, object]] = []
    room = WIRE_BYTES
    for each in reversed(passed):
        room -= len(each.data)
        if room < 0:
            break
        kept.append({"at_ms": each.at_ms, "is_outgoing": each.is_outgoing, "bytes": each.data.hex()})
    return kept[::-1]


def _entries(service: Service) -> list[dict[str, object]]:
    journal = models.journal.c
    names = (journal.seq, journal.at, journal.now_ms, journal.boot, journal.kind, journal.visit)
    with reading(service.reader) as connection:
        rows = connection.execute(
            select(*names)
            .where(journal.kiosk_id == service.config.kiosk_id)
            .order_by(journal.epoch.desc(), journal.seq.desc())
            .limit(ENTRIES_KEPT)
        ).mappings()
        return [dict(row) for row in rows][::-1]


def keep_evidence(service: Service) -> Path | None:
    """Write what is known of a till that halted itself.

    Returns:
        The file, or None when it could not be written; that is in the log.
    """
    state, clock = service.till.state(), SystemClock()
    traces = service.rig.traces
    document: dict[str, object] = {
        "kiosk_id": service.config.kiosk_id,
        "software": SOFTWARE,
        "at": at_text(clock.wall()),
        "now_ms": clock.now_ms(),
        "promise": state.halted_for,
        "epoch": state.epoch,
        "seq": state.seq,
        "boot": state.boot,
        "state": _bare(msgspec.to_builtins(state)),
        "wires": {
            port.name: _wire(traces[port.name].passed())
            for port in service.config.rig.ports
            if port.protocol in MONEY_WIRES and port.name in traces
        },
    }
    folder = service.folder / FOLDER
    path = folder / f"{state.epoch}-{state.seq}.json"
    try:
        document["entries"] = _entries(service)
        data = msgspec.json.format(msgspec.json.encode(document))
        if len(data) > FILE_BYTES:
            data = msgspec.json.encode({**document, "wires": {}, "state": {}, "entries": []})
        folder.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o600)
        files = sorted(folder.glob("*.json"), key=lambda each: each.stat().st_mtime)
        for old in files[:-FILES_KEPT]:
            old.unlink()
    except (OSError, SQLAlchemyError) as error:
        log.warning("evidence was not kept", reason=str(error))
        return None
    log.critical("evidence kept", file=str(path), promise=state.halted_for)
    return path
