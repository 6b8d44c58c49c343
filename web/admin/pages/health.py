"""Devices and the books, and their condition; and codes that were scanned and are none of our goods."""

from __future__ import annotations

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from kiosk.store.reading import DeviceRow, read_devices, read_unknown_codes
from web.admin.care import care_lines
from web.admin.desk import Desk


@dataclass(frozen=True, slots=True)
class Health:
    """One device: ``state`` is online, trouble, offline, never or gone; ``advice`` a message key."""

    name: str
    kind: str
    port: str
    state: str
    since: str
    advice: str


def _state(row: DeviceRow | None) -> tuple[str, str]:
    """A configured device's state, and the key of what to do."""
    if row is None:
        return "never", "health.connect"
    if not row.is_online:
        return "offline", f"fault.{row.fault or 'no_reply'}.clerk"
    if row.fault:
        return "trouble", f"fault.{row.fault}.clerk"
    return "online", "health.fine"


def device_health(desk: Desk, kiosk_id: str) -> tuple[Health, ...]:
    """Every configured device of a kiosk, and those that once spoke and are configured no more."""
    with desk.reading() as connection:
        rows = {row.device: row for row in read_devices(connection, kiosk_id)}
    found = []
    for name, (device, port) in desk.devices().items():
        row = rows.pop(name, None)
        state, advice = _state(row)
        found.append(Health(name, device.kind, port, state, row.at if row else "", advice))
    for row in rows.values():
        # A desk for several kiosks does not know what is configured there: what spoke is taken for configured.
        state, advice = _state(row) if desk.is_fleet else ("gone", "health.fine")
        found.append(Health(row.device, row.kind, "", state, row.at, advice))
    return tuple(found)


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/health")
    def health() -> ResponseReturnValue:
        return desk.render(
            "health.html",
            "nav.health",
            devices=device_health(desk, desk.kiosk_id),
            care=care_lines(desk.voice()),
        )

    @pages.get("/codes")
    def codes() -> ResponseReturnValue:
        with desk.reading() as connection:
            found = read_unknown_codes(connection, desk.kiosk_id)
        return desk.render("codes.html", "nav.codes", codes=found)
