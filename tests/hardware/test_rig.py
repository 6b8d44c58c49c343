"""A rig is built from a configuration, refuses a wrong one by its key, and runs the whole demo over real ptys."""

from __future__ import annotations

import os
import termios
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.commands import Authority, PayCoins, Print, SetAccept, TurnCoil
from hardware.document import Cut, Document, Line
from hardware.driver import DriverStoppedError
from hardware.events import (
    AcceptorIdentified,
    CodeScanned,
    CoilBoardIdentified,
    CoinAccepted,
    CoinsPaid,
    DeviceEvent,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    HopperIdentified,
    PrintEnded,
    PrinterStatus,
    PrintResult,
    VendDelivered,
)
from hardware.rig import (
    DeviceConfig,
    PortConfig,
    Rig,
    RigConfig,
    RigConfigError,
    Wire,
    build_machine,
    build_rig,
    check_rig,
    port_of,
)
from hardware.sansio import AcceptorMemory, UnauthorizedError, WireError
from hardware.simulators.bench import Bench
from hardware.simulators.market import demo_rig_config, demo_wires
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.simulators.ssp_wire import SspWire

ACCEPTOR = DeviceConfig("coin", DeviceKind.COIN_ACCEPTOR, address=2, coins={1: 10, 2: 20})
HOPPER = DeviceConfig("hopper-10", DeviceKind.HOPPER, address=3, value_minor=10)
BOARD = DeviceConfig("coils", DeviceKind.COIL_BOARD)
BUS = PortConfig("bus", "/dev/ttyUSB0", 9600, Wire.CCTALK, (ACCEPTOR, HOPPER))
BOARD_PORT = PortConfig("coils", "/dev/ttyUSB1", 57_600, Wire.FAFB, (BOARD,))
K1_PORT = PortConfig("coils", "/dev/ttyUSB1", 19_200, Wire.K1, (BOARD,))


def test_a_toml_file_decodes_straight_into_a_rig_configuration() -> None:
    text = """
        [[ports]]
        name = "bus"
        path = "/dev/ttyUSB0"
        baud = 9600
        protocol = "cctalk"
        devices = [
            { name = "coin", kind = "coin_acceptor", address = 2, coins = { 1 = 10, 2 = 20 } },
            { name = "hopper-10", kind = "hopper", address = 3, value_minor = 10 },
        ]
    """
    assert msgspec.toml.decode(text, type=RigConfig) == RigConfig((BUS,))


def test_the_demos_configuration_is_allowed(tmp_path: Path) -> None:
    check_rig(demo_rig_config(tmp_path))


def bus_with(device: DeviceConfig, **changes: Any) -> tuple[PortConfig, ...]:
    return (replace(BUS, devices=(replace(device, **changes),)),)


@pytest.mark.parametrize(
    ("ports", "key"),
    [
        ((replace(BUS, name="Bus 1"),), "ports[0].name"),
        ((replace(BUS, name="b" * 33),), "ports[0].name"),
        ((BUS, replace(BOARD_PORT, name="bus")), "ports[1].name"),
        ((replace(BUS, path=""),), "ports[0].path"),
        ((BUS, replace(BOARD_PORT, path=BUS.path)), "ports[1].path"),
        ((replace(BUS, baud=9601),), "ports[0].baud"),
        ((replace(BUS, devices=()),), "ports[0].devices"),
        ((replace(BOARD_PORT, devices=(BOARD, replace(BOARD, name="b"))),), "ports[0].devices"),
        (bus_with(ACCEPTOR, name=""), "ports[0].devices[0].name"),
        ((BUS, replace(BOARD_PORT, devices=(replace(BOARD, name="coin"),))), "ports[1].devices[0].name"),
        (bus_with(ACCEPTOR, kind=DeviceKind.PRINTER), "ports[0].devices[0].kind"),
        ((replace(BOARD_PORT, devices=(ACCEPTOR,)),), "ports[0].devices[0].kind"),
        (bus_with(ACCEPTOR, address=None), "ports[0].devices[0].address"),
        (bus_with(ACCEPTOR, address=1), "ports[0].devices[0].address"),
        (bus_with(ACCEPTOR, address=256), "ports[0].devices[0].address"),
        ((replace(BUS, devices=(ACCEPTOR, replace(HOPPER, address=2))),), "ports[0].devices[1].address"),
        ((replace(BOARD_PORT, devices=(replace(BOARD, address=3),)),), "ports[0].devices[0].address"),
        (bus_with(ACCEPTOR, coins={}), "ports[0].devices[0].coins"),
        (bus_with(ACCEPTOR, coins={17: 10}), "ports[0].devices[0].coins.17"),
        (bus_with(ACCEPTOR, coins={1: 0}), "ports[0].devices[0].coins.1"),
        (bus_with(HOPPER, coins={1: 10}), "ports[0].devices[0].coins"),
        (bus_with(HOPPER, loads_credit=True), "ports[0].devices[0].loads_credit"),
        (bus_with(HOPPER, reports_cash_sales=True), "ports[0].devices[0].reports_cash_sales"),
        (bus_with(HOPPER, value_minor=None), "ports[0].devices[0].value_minor"),
        (bus_with(HOPPER, value_minor=-5), "ports[0].devices[0].value_minor"),
        (bus_with(ACCEPTOR, value_minor=10), "ports[0].devices[0].value_minor"),
        (bus_with(ACCEPTOR, capacity=10), "ports[0].devices[0].capacity"),
        (bus_with(HOPPER, capacity=0), "ports[0].devices[0].capacity"),
        (bus_with(HOPPER, capacity=100_001), "ports[0].devices[0].capacity"),
        (bus_with(ACCEPTOR, width_dots=577), "ports[0].devices[0].width_dots"),
        (bus_with(ACCEPTOR, code_page="cp1256"), "ports[0].devices[0].code_page"),
        (bus_with(ACCEPTOR, drawer_pin=3), "ports[0].devices[0].drawer_pin"),
        ((replace(K1_PORT, devices=(replace(BOARD, columns=10),)),), "ports[0].devices[0].columns"),
        ((replace(K1_PORT, devices=(replace(BOARD, stall_ma=10),)),), "ports[0].devices[0].stall_ma"),
        ((replace(K1_PORT, devices=(replace(BOARD, drop_wait_ms=-1),)),), "ports[0].devices[0].drop_wait_ms"),
    ],
)
def test_a_wrong_setting_is_named_by_its_key(ports: tuple[PortConfig, ...], key: str) -> None:
    with pytest.raises(RigConfigError) as refused:
        check_rig(RigConfig(ports))
    assert refused.value.key == key
    assert refused.value.allowed


# --- the whole demo over ptys -------------------------------------------------------------------------------------


class Running:
    """A bench and a rig on it, and everything the rig delivered."""

    def __init__(self, bench: Bench, data: Path) -> None:
        self.bench = bench
        self.drains: list[tuple[DeviceEvent, ...]] = []
        self.failures: list[tuple[str, Exception]] = []
        self._changed = threading.Condition()
        self.rig: Rig = build_rig(
            demo_rig_config(data / "ports"),
            currency="EUR",
            memories={"coin": AcceptorMemory(1, 1, 0)},
            deliver=self._deliver,
            on_failure=lambda port, error: self.failures.append((port, error)),
        )

    def _deliver(self, events: tuple[DeviceEvent, ...]) -> None:
        with self._changed:
            self.drains.append(events)
            self._changed.notify_all()

    @property
    def events(self) -> list[DeviceEvent]:
        return [event for drain in self.drains for event in drain]

    def wait(self, wanted: Callable[[DeviceEvent], bool]) -> DeviceEvent:
        with self._changed:
            found = self._changed.wait_for(lambda: next(filter(wanted, self.events), None), 15)
        assert found is not None, f"not in fifteen seconds; there came {self.events}"
        return found

    def wait_for(self, kind: type[DeviceEvent]) -> DeviceEvent:
        return self.wait(lambda event: isinstance(event, kind))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("bench")
    with Bench(demo_wires({1: 3}), data) as bench:
        running = Running(bench, data)
        running.rig.start()
        yield running
        assert running.rig.stop() == ()
        assert running.failures == []


def test_every_device_of_the_demo_is_met(running: Running) -> None:
    for kind in (AcceptorIdentified, HopperIdentified, CoilBoardIdentified, PrinterStatus):
        running.wait_for(kind)
    assert {name: (device.kind, device.port) for name, device in running.rig.devices.items()} == {
        "coin": (DeviceKind.COIN_ACCEPTOR, "coin"),
        "hopper-10": (DeviceKind.HOPPER, "hoppers"),
        "hopper-20": (DeviceKind.HOPPER, "hoppers"),
        "hopper-50": (DeviceKind.HOPPER, "hoppers"),
        "coils": (DeviceKind.COIL_BOARD, "coils"),
        "scanner": (DeviceKind.SCANNER, "scanner"),
        "printer": (DeviceKind.PRINTER, "printer"),
    }


def test_a_whole_sale_passes_over_the_wires(running: Running) -> None:
    running.wait_for(CoilBoardIdentified)
    running.rig.request(TurnCoil("coils", "vend-1", 1), Authority(1, 1))
    running.wait_for(PrinterStatus)
    receipt = Document("en", is_rtl=False, parts=(Line("Thank you"), Cut()))
    running.rig.request(Print("printer", "print-1", receipt), Authority(1, 2))
    running.wait_for(AcceptorIdentified)
    running.rig.request(SetAccept("coin", (1, 2, 3, 4, 5)))
    running.bench.act("hopper-20", "fill", {"qty": "9"})
    running.wait(lambda event: isinstance(event, HopperIdentified) and event.device == "hopper-20")
    running.rig.request(PayCoins("hopper-20", "pay-1", 2, 0), Authority(1, 3))
    running.bench.act("scanner", "scan", {"code": "4006381333931"})
    scanned = running.wait_for(CodeScanned)
    paid = running.wait_for(CoinsPaid)
    printed = running.wait_for(PrintEnded)
    running.wait_for(VendDelivered)
    running.bench.act("coin", "drop", {"position": "4", "qty": "1"})
    coin = running.wait_for(CoinAccepted)

    assert isinstance(scanned, CodeScanned)
    assert scanned.text == "4006381333931"
    assert isinstance(paid, CoinsPaid)
    assert (paid.paid_qty, paid.fault) == (2, None)
    assert isinstance(printed, PrintEnded)
    assert printed.result is PrintResult.PRINTED
    assert isinstance(coin, CoinAccepted)
    assert (coin.value_minor, coin.currency) == (100, "EUR")
    assert truth(running, "hopper-20")["tray"] == 2
    assert truth(running, "hopper-20")["inside"] == 7
    assert truth(running, "coils")["tray"] == {"1": 1}
    assert truth(running, "coin")["cash_box"] == {"4": 1}


def test_a_pulled_scanner_is_lost_and_found_again(running: Running) -> None:
    running.bench.unplug("scanner")
    running.wait(lambda event: event == DeviceLost("scanner", DeviceKind.SCANNER))
    running.bench.plug("scanner")
    back = DeviceRecovered("scanner", DeviceKind.SCANNER)
    running.wait(lambda event: event == back and running.events.count(back) == 2)
    running.bench.act("scanner", "scan", {"code": "back"})
    running.wait(lambda event: isinstance(event, CodeScanned) and event.text == "back")


def test_a_k1_board_is_built_from_its_settings_and_asks_at_once() -> None:
    board = replace(BOARD, columns=8, stall_ma=300, drop_wait_ms=9_000, sensor_latches=True)
    port = replace(K1_PORT, devices=(board,))
    check_rig(RigConfig((port,)))
    machine = build_machine(port, currency="EUR", memories={})
    machine.tick(0)
    assert machine.bytes_to_send() == bytes.fromhex("35 30 05 10 10")


def test_commands_are_refused_by_name_and_authority(running: Running) -> None:
    with pytest.raises(WireError, match="nobody"):
        running.rig.request(SetAccept("nobody", ()))
    with pytest.raises(UnauthorizedError):
        running.rig.request(TurnCoil("coils", "vend-9", 1))


def test_a_rig_that_was_not_started_sends_nothing(tmp_path: Path) -> None:
    rig = build_rig(demo_rig_config(tmp_path), currency="EUR", memories={}, deliver=print, on_failure=print)
    assert not rig.is_running("coin")
    with pytest.raises(DriverStoppedError):
        rig.request(TurnCoil("coils", "vend-1", 1), Authority(1, 1))
    assert rig.stop() == ()


def truth(running: Running, device: str) -> dict[str, Any]:
    devices: Any = running.bench.snapshot()["devices"]
    found: dict[str, Any] = next(one["truth"] for one in devices if one["name"] == device)
    return found


# --- SSP ------------------------------------------------------------------------------------------------------------

READER = DeviceConfig("notes", DeviceKind.NOTE_VALIDATOR, notes={1: 500, 2: 1000}, into={1: "fives"})
FIVES = DeviceConfig("fives", DeviceKind.HOPPER, value_minor=500, tube=1)
TENS, TWENTIES = (
    DeviceConfig(name, DeviceKind.HOPPER, address=16, value_minor=value)
    for name, value in (("tens", 10), ("twenties", 20))
)
SSP_PORT = PortConfig("ssp", "/dev/ttyUSB2", 9600, Wire.SSP, (READER, FIVES, TENS, TWENTIES))


def ssp_with(number: int, **changes: Any) -> tuple[PortConfig, ...]:
    devices = list(SSP_PORT.devices)
    devices[number] = replace(devices[number], **changes)
    return (replace(SSP_PORT, devices=tuple(devices)),)


@pytest.mark.parametrize(
    ("ports", "key"),
    [
        (ssp_with(0, address=127), "ports[0].devices[0].address"),
        (ssp_with(0, address=16), "ports[0].devices[2].address"),
        (ssp_with(0, into={1: "fives", 2: "fives"}), "ports[0].devices[0].into.2"),
        (ssp_with(0, into={1: "nobody"}), "ports[0].devices[0].into.1"),
        (ssp_with(0, into={}), "ports[0].devices[1].tube"),
        (ssp_with(0, fixed_key="0123"), "ports[0].devices[0].fixed_key"),
        (ssp_with(0, fixed_key="not hexadecimal!"), "ports[0].devices[0].fixed_key"),
        (ssp_with(1, tube=2), "ports[0].devices[0].into.1"),
        (ssp_with(1, value_minor=1000), "ports[0].devices[0].into.1"),
        (ssp_with(1, address=0), "ports[0].devices[1].address"),
        (ssp_with(1, tube=None), "ports[0].devices[1].address"),
        (ssp_with(2, value_minor=20), "ports[0].devices[3].address"),
        (ssp_with(2, address=200), "ports[0].devices[2].address"),
        (ssp_with(2, kind=DeviceKind.COIN_ACCEPTOR), "ports[0].devices[2].kind"),
    ],
)
def test_a_wrong_setting_of_an_ssp_wire_is_named_by_its_key(ports: tuple[PortConfig, ...], key: str) -> None:
    check_rig(RigConfig((SSP_PORT,)))
    with pytest.raises(RigConfigError) as refused:
        check_rig(RigConfig(ports))
    assert refused.value.key == key
    assert refused.value.allowed


def test_an_ssp_wire_is_built_from_its_units() -> None:
    memories = {"notes": AcceptorMemory(7, 1, 4, kept_total=4)}
    machine = build_machine(
        SSP_PORT, currency="EUR", memories=memories, randbits=lambda bits: (1 << bits) - 59
    )
    notes = NoteValidatorSim("notes", 7, {1: 500, 2: 1000}, recycled=(1,))
    notes.firmware.chip.counters["stacked"] = 4
    coins = SmartHopperSim("coins", 8, (10, 20))
    wire, told = SspWire((notes, coins)), list[DeviceEvent]()
    for now_ms in range(0, 8000, 5):
        wire.tick(now_ms)
        machine.receive(wire.bytes_to_send(), now_ms)
        machine.tick(now_ms)
        wire.receive(machine.bytes_to_send(), now_ms)
        told += machine.events()
    assert sorted(event.device for event in told) == ["fives", "notes", "tens", "twenties"]
    (reader,) = (event for event in told if isinstance(event, AcceptorIdentified))
    assert (reader.device_epoch, reader.event_no, reader.kept_total) == (1, 4, 4)


def test_an_ssp_wire_is_opened_with_two_stop_bits(tmp_path: Path) -> None:
    master, slave = os.openpty()
    try:
        port = port_of(replace(SSP_PORT, path=os.ttyname(slave)))
        port.open()
        control_flags = termios.tcgetattr(slave)[2]
        port.close()
    finally:
        os.close(master)
        os.close(slave)
    assert control_flags & termios.CSTOPB
