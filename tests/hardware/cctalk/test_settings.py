"""What a configuration may say of ccTalk devices, and that it reaches them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hardware.cctalk.host import CcTalkBus
from hardware.cctalk.security import CODES, UNVERIFIED, DispenseCode, KeyUse, Security, dispense_code
from hardware.events import DeviceKind
from hardware.rig import DeviceConfig, PortConfig, RigConfig, RigConfigError, Wire, build_machine, check_rig
from hardware.sansio import WireError

COIN = DeviceConfig(
    "coin", DeviceKind.COIN_ACCEPTOR, address=2, coins={1: 10, 2: 20}, into={1: "hopper"}, paths={1: 2}
)
HOPPER = DeviceConfig("hopper", DeviceKind.HOPPER, address=3, value_minor=10, security="key_echo")
NOTE = DeviceConfig("note", DeviceKind.NOTE_VALIDATOR, address=40, notes={1: 500})
BUS = PortConfig("bus", "/dev/ttyUSB0", 9600, Wire.CCTALK, (COIN, HOPPER, NOTE), crc=True)


def refused(**changes: Any) -> str:
    """The key that is complained of when the bus is changed like this: a device's settings by its name."""
    devices = tuple(replace(device, **changes.pop(device.name, {})) for device in BUS.devices)
    with pytest.raises(RigConfigError) as error:
        check_rig(RigConfig((replace(BUS, devices=devices, **changes),)))
    return error.value.key.removeprefix("ports[0].")


def test_one_bus_may_have_coins_hoppers_and_notes_and_frames_with_crc() -> None:
    check_rig(RigConfig((BUS,)))
    machine = build_machine(BUS, currency="EUR", memories={})
    assert isinstance(machine, CcTalkBus)
    machine.tick(0)
    assert machine.bytes_to_send() == bytes.fromhex("02 00 B1 FE 60")


def test_settings_that_make_no_sense_are_refused_by_their_key() -> None:
    assert refused(note={"notes": {}}) == "devices[2].notes"
    assert refused(note={"notes": {17: 500}}) == "devices[2].notes.17"
    assert refused(note={"notes": {1: 500, 255: 100}}) == "devices[2].notes.255", "a barcode ticket"
    assert refused(note={"coins": {1: 10}}) == "devices[2].coins"
    assert refused(coin={"notes": {1: 500}}) == "devices[0].notes"
    assert refused(note={"paths": {1: 1}}) == "devices[2].paths"
    assert refused(coin={"paths": {9: 1}}) == "devices[0].paths.9"
    assert refused(coin={"paths": {1: 9}}) == "devices[0].paths.1"
    assert refused(coin={"into": {1: "note"}}) == "devices[0].into.1"
    assert refused(coin={"into": {2: "hopper"}}) == "devices[0].into.2"
    assert refused(coin={"into": {9: "hopper"}}) == "devices[0].into.9"
    assert refused(note={"address": 3}) == "devices[2].address"
    assert refused(coin={"security": "key_echo"}) == "devices[0].security"
    scanner = PortConfig(
        "s", "/dev/s", 9600, Wire.SCANNER, (DeviceConfig("s", DeviceKind.SCANNER),), crc=True
    )
    with pytest.raises(RigConfigError, match="crc"):
        check_rig(RigConfig((scanner,)))


@pytest.mark.parametrize("name", UNVERIFIED)
def test_a_dispense_code_that_nobody_verified_is_refused_by_its_name_with_what_to_do(name: Security) -> None:
    assert refused(hopper={"security": name}) == "devices[1].security"
    with pytest.raises(WireError, match=f"{name} is not supported: .*Ask the hopper's vendor"):
        dispense_code(name)


def test_a_dispense_code_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(WireError, match="'rot13'; there are: serial, key_echo, zero_key"):
        dispense_code("rot13")


def test_every_dispense_code_is_either_known_or_refused() -> None:
    assert set(CODES) | set(UNVERIFIED) == set(Security)
    assert not set(CODES) & set(UNVERIFIED)
    for code in CODES.values():
        assert isinstance(code, DispenseCode)
        assert code.data(1, bytes(8), 5)[-1] == 5
        with pytest.raises(WireError):
            code.data(1, bytes(8), 251)
        assert code.key_use in KeyUse
