"""A rig with an MDB bus: built from plain settings, and refused by name when they make no sense."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from hardware.commands import SetAccept
from hardware.events import DeviceKind, DeviceLost
from hardware.mdb.messages import exponent_of
from hardware.rig import (
    DeviceConfig,
    PortConfig,
    RigConfig,
    RigConfigError,
    Wire,
    build_machine,
    check_rig,
)

CHANGER = DeviceConfig(
    "coin",
    DeviceKind.COIN_ACCEPTOR,
    address=8,
    coins={1: 10, 2: 20, 3: 100},
    into={1: "tube-10", 2: "tube-20"},
)
TUBES = (
    DeviceConfig("tube-10", DeviceKind.HOPPER, value_minor=10, tube=1),
    DeviceConfig("tube-20", DeviceKind.HOPPER, value_minor=20, tube=2),
)
NOTES = DeviceConfig(
    "notes", DeviceKind.NOTE_VALIDATOR, address=0x30, notes={1: 500, 2: 1000}, into={1: "recycler-5"}
)
RECYCLER = DeviceConfig("recycler-5", DeviceKind.HOPPER, value_minor=500, tube=1)
READER = DeviceConfig("card", DeviceKind.CARD_READER, address=0x10)
BUS = PortConfig("mdb", "/dev/ttyACM0", 115_200, Wire.MDB_QIBIXX, (CHANGER, *TUBES))


def test_a_bus_is_read_from_a_file_and_built() -> None:
    text = """
        [[ports]]
        name = "mdb"
        path = "/dev/ttyACM0"
        baud = 115200
        protocol = "mdb-qibixx"

        [[ports.devices]]
        name = "coin"
        kind = "coin_acceptor"
        address = 8
        coins = { 1 = 10, 2 = 20, 3 = 100 }
        into = { 1 = "tube-10", 2 = "tube-20" }

        [[ports.devices]]
        name = "tube-10"
        kind = "hopper"
        value_minor = 10
        tube = 1

        [[ports.devices]]
        name = "tube-20"
        kind = "hopper"
        value_minor = 20
        tube = 2
    """
    config = msgspec.toml.decode(text, type=RigConfig)
    assert config == RigConfig((BUS,))
    check_rig(config)
    machine = build_machine(BUS, currency="EUR", memories={})
    machine.request(SetAccept("coin", (1, 2, 3)))
    machine.tick(0)
    assert machine.bytes_to_send() == b"V\n"


def with_(number: int, **changes: Any) -> tuple[DeviceConfig, ...]:
    devices = [CHANGER, *TUBES]
    devices[number] = replace(devices[number], **changes)
    return tuple(devices)


@pytest.mark.parametrize(
    ("devices", "key"),
    [
        (with_(0, address=None), "devices[0].address"),
        (with_(0, address=0x10), "devices[0].address"),
        ((CHANGER, *TUBES, replace(CHANGER, name="coin2", into={})), "devices[3].address"),
        (with_(1, address=8), "devices[1].address"),
        (with_(1, tube=2), "devices[0].into.1"),
        (with_(1, value_minor=20), "devices[0].into.1"),
        (with_(0, into={1: "tube-10"}), "devices[2].name"),
        (with_(0, into={1: "tube-10", 2: "nobody"}), "devices[0].into.2"),
        (with_(0, into={1: "tube-10", 2: "tube-10"}), "devices[0].into.2"),
        (with_(0, coins={1: 10, 2: 20, 4: 20}, into={1: "tube-10", 4: "tube-20"}), "devices[0].into.4"),
        (
            (
                replace(NOTES, notes={1: 500, 3: 500}, into={1: "recycler-5", 3: "recycler-5"}),
                RECYCLER,
            ),
            "devices[0].into.3",
        ),
        (with_(0, kind=DeviceKind.PRINTER), "devices[0].kind"),
        ((replace(NOTES, address=8),), "devices[0].address"),
        ((NOTES,), "devices[0].into.1"),
        ((NOTES, replace(RECYCLER, value_minor=501)), "devices[0].into.1"),
        ((READER, replace(READER, name="card2")), "devices[1].address"),
        ((replace(READER, address=0x30),), "devices[0].address"),
    ],
)
def test_a_wrong_setting_of_the_bus_is_named_by_its_key(devices: tuple[DeviceConfig, ...], key: str) -> None:
    with pytest.raises(RigConfigError) as refused:
        check_rig(RigConfig((replace(BUS, devices=devices),)))
    assert refused.value.key == f"ports[0].{key}"
    assert refused.value.allowed


def test_two_coins_of_one_value_may_share_a_tube() -> None:
    into = {1: "tube-10", 2: "tube-20", 4: "tube-20"}
    bus = replace(BUS, devices=with_(0, coins={1: 10, 2: 20, 3: 100, 4: 20}, into=into))
    check_rig(RigConfig((bus,)))
    machine = build_machine(bus, currency="EUR", memories={})
    lost: list[str] = []
    for now_ms in range(0, 60_000, 100):
        machine.tick(now_ms)
        machine.bytes_to_send()
        lost += [event.device for event in machine.events() if isinstance(event, DeviceLost)]
    assert lost == ["coin", "tube-10", "tube-20"], "each tube is there once"


def test_currencies_have_the_decimals_that_devices_count_in() -> None:
    assert [exponent_of(currency) for currency in ("EUR", "IRR", "KWD")] == [2, 0, 3]


def test_a_whole_bus_is_built_for_both_boxes() -> None:
    second = replace(READER, name="card2", address=0x60)
    for wire in (Wire.MDB_QIBIXX, Wire.MDB_WAFERSTAR):
        bus = replace(BUS, protocol=wire, devices=(CHANGER, *TUBES, NOTES, RECYCLER, READER, second))
        check_rig(RigConfig((bus,)))
        machine = build_machine(bus, currency="EUR", memories={}, exponent=2)
        for device, positions in (("coin", (1, 2, 3)), ("notes", (1, 2)), ("card", (1,)), ("card2", (1,))):
            machine.request(SetAccept(device, positions))
