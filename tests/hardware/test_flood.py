"""An hour of a dead cable, and ten minutes of a line that only babbles: neither fills the journal nor wears the computer out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from hardware.driver import LONGEST_REOPEN_MS, NOISE_MS, Pump
from hardware.events import CodeUnreadable, DeviceEvent, DeviceLost
from hardware.port import PortError
from hardware.rig import PortConfig, RigConfig, build_pumps
from hardware.simulators.rigs import RIGS

HOUR_MS = 3_600_000


class DeadPort:
    """Nothing is there, however often somebody looks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_open = False
        self.opened_qty = 0

    def open(self) -> None:
        self.opened_qty += 1
        raise PortError("no such device")

    def close(self) -> None:
        self.is_open = False

    def fileno(self) -> int:
        raise PortError("shut")

    def read(self) -> bytes:
        raise PortError("shut")

    def write(self, data: bytes) -> int:
        raise PortError(f"shut: {len(data)} bytes")


class BabblingPort(DeadPort):
    """Takes everything and says what nobody understands."""

    def open(self) -> None:
        self.opened_qty += 1
        self.is_open = True

    def write(self, data: bytes) -> int:
        return len(data)


def wires() -> Iterator[tuple[str, PortConfig]]:
    """One port of each protocol that the markets have."""
    seen = set()
    for rig in RIGS.values():
        for port in rig.config(Path("ports")).ports:
            if port.protocol not in seen:
                seen.add(port.protocol)
                yield str(port.protocol), port


def pump_on(config: PortConfig, port: DeadPort, now: list[int], told: list[DeviceEvent]) -> Pump:
    (pump,) = build_pumps(
        RigConfig((config,)),
        currency="EUR",
        memories={},
        deliver=told.extend,
        open_port=lambda _config: port,
        clock=lambda: now[0],
        randbits=lambda bits: (1 << bits) - 1,
    ).values()
    return pump


@pytest.mark.parametrize("config", [pytest.param(port, id=name) for name, port in wires()])
def test_an_hour_of_a_dead_cable_is_told_once_for_each_device(config: PortConfig) -> None:
    port, now, told = DeadPort(config.name), [1_000], list[DeviceEvent]()
    pump = pump_on(config, port, now, told)
    while now[0] < HOUR_MS:
        pump.turn(b"")
        wake_ms = pump.wake_at_ms
        assert wake_ms is not None, "nobody would look for the cable again"
        now[0] = max(wake_ms, now[0] + 1)
    assert Counter(type(event) for event in told) == {DeviceLost: len(config.devices)}
    # Looked for again and again for ever, so that whoever plugs it in sees it work, but no oftener than the pace says.
    assert HOUR_MS // LONGEST_REOPEN_MS <= port.opened_qty <= HOUR_MS // LONGEST_REOPEN_MS + 8


@pytest.mark.parametrize("config", [pytest.param(port, id=name) for name, port in wires()])
def test_babble_is_told_at_most_once_a_minute_for_each_device(config: PortConfig) -> None:
    port, now, told = BabblingPort(config.name), [1_000], list[DeviceEvent]()
    pump = pump_on(config, port, now, told)
    for step in count():
        now[0] += 250  # a second's babble in four pieces
        if now[0] > HOUR_MS // 6:
            break
        pump.turn(bytes((0xF5, 0x9D, 0xC3, 0x81 ^ step & 0x0F)) * 8)
    # An unreadable scan is an answer to a shopper and becomes no entry: it may come as often as somebody scans.
    entries = [event for event in told if not isinstance(event, CodeUnreadable)]
    most = (HOUR_MS // 6 // NOISE_MS + 2) * len(config.devices) + 4
    assert len(entries) <= most, Counter(type(event).__name__ for event in entries)
