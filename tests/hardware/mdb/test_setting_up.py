"""A rig with an MDB bus: built from plain settings, and refused by name when they make no sense."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from hardware.commands import SetAccept
from hardware.events import DeviceKind
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
        (with_(0, kind=DeviceKind.PRINTER), "devices[0].kind"),
    ],
)
def test_a_wrong_setting_of_the_bus_is_named_by_its_key(devices: tuple[DeviceConfig, ...], key: str) -> None:
    with pytest.raises(RigConfigError) as refused:
        check_rig(RigConfig((replace(BUS, devices=devices),)))
    assert refused.value.key == f"ports[0].{key}"
    assert refused.value.allowed


def test_currencies_have_the_decimals_that_devices_count_in() -> None:
    assert [exponent_of(currency) for currency in ("EUR", "IRR", "KWD")] == [2, 0, 3]
