"""The devices of the demo: one coin acceptor, three hoppers on one bus, forty coils, a scanner and a receipt printer.

`demo_wires` builds the simulators; `demo_rig_config` is the configuration of a kiosk that finds exactly these on its ports.
Hoppers start empty: money comes in only through hands, and the journal learns of it from a clerk.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hardware.events import DeviceKind
from hardware.rig import DeviceConfig, PortConfig, RigConfig
from hardware.rig import Wire as Protocol
from hardware.simulators.cctalk_wire import CcTalkWire
from hardware.simulators.coil_board import CoilBoardSim
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from hardware.simulators.printer import PrinterSim
from hardware.simulators.pty_line import Wire
from hardware.simulators.scanner import ScannerSim

CURRENCY = "EUR"
"""What the demo's coins are."""

COINS: Mapping[int, int] = {1: 10, 2: 20, 3: 50, 4: 100, 5: 200}
"""Coin position -> value in minor units."""

HOPPERS: Mapping[str, tuple[int, int]] = {"hopper-10": (3, 10), "hopper-20": (4, 20), "hopper-50": (5, 50)}
"""Hopper name -> (ccTalk address, value in minor units)."""

ACCEPTOR, COIL_BOARD, SCANNER, PRINTER = "coin", "coils", "scanner", "printer"
"""Device names; a device alone on its wire shares its name."""

HOPPER_WIRE = "hoppers"
ACCEPTOR_ADDRESS = 2
"""The usual address of a coin acceptor."""

CCTALK_BAUD, FAFB_BAUD, SCANNER_BAUD, PRINTER_BAUD = 9600, 57_600, 9600, 115_200
"""ccTalk's one speed, the coil board's, a scanner's factory setting, and what drawn receipts need."""

PAPER_DOTS = 576
"""80 mm paper at 203 dots to the inch."""

COIL_CAPACITY = 10
"""The most items in any coil of the demo; the planogram may allow fewer."""

FIRST_SERIAL = 410_001
"""Serial numbers are the same in every demo, so that a kiosk that restarts meets the device it knew."""


def demo_wires(goods: Mapping[int, int]) -> tuple[Wire, ...]:
    """Build the demo's simulators on their wires, without money, and with ``goods`` (coil 1 to 40 -> items) in the coils."""
    acceptor = CoinAcceptorSim(ACCEPTOR, ACCEPTOR_ADDRESS, FIRST_SERIAL, COINS)
    hoppers = tuple(
        HopperSim(name, address, FIRST_SERIAL + address, value_minor)
        for name, (address, value_minor) in HOPPERS.items()
    )
    coils = CoilBoardSim(COIL_BOARD, goods, COIL_CAPACITY)
    scanner = ScannerSim(SCANNER)
    printer = PrinterSim(PRINTER, PAPER_DOTS)
    return (
        Wire(ACCEPTOR, Protocol.CCTALK, CCTALK_BAUD, acceptor.machine, (acceptor,)),
        Wire(HOPPER_WIRE, Protocol.CCTALK, CCTALK_BAUD, CcTalkWire(hoppers), hoppers),
        Wire(COIL_BOARD, Protocol.FAFB, FAFB_BAUD, coils.machine, (coils,)),
        Wire(SCANNER, Protocol.SCANNER, SCANNER_BAUD, scanner.machine, (scanner,)),
        Wire(PRINTER, Protocol.ESCPOS, PRINTER_BAUD, printer.machine, (printer,)),
    )


def demo_rig_config(ports: Path) -> RigConfig:
    """The kiosk's side of `demo_wires`: each port is the link of that name in ``ports``."""

    def port(name: str, baud: int, protocol: Protocol, *devices: DeviceConfig) -> PortConfig:
        return PortConfig(name, str(ports / name), baud, protocol, devices)

    return RigConfig(
        (
            port(
                ACCEPTOR,
                CCTALK_BAUD,
                Protocol.CCTALK,
                DeviceConfig(ACCEPTOR, DeviceKind.COIN_ACCEPTOR, address=ACCEPTOR_ADDRESS, coins=COINS),
            ),
            port(
                HOPPER_WIRE,
                CCTALK_BAUD,
                Protocol.CCTALK,
                *(
                    DeviceConfig(name, DeviceKind.HOPPER, address=address, value_minor=value_minor)
                    for name, (address, value_minor) in HOPPERS.items()
                ),
            ),
            port(COIL_BOARD, FAFB_BAUD, Protocol.FAFB, DeviceConfig(COIL_BOARD, DeviceKind.COIL_BOARD)),
            port(SCANNER, SCANNER_BAUD, Protocol.SCANNER, DeviceConfig(SCANNER, DeviceKind.SCANNER)),
            port(
                PRINTER,
                PRINTER_BAUD,
                Protocol.ESCPOS,
                DeviceConfig(PRINTER, DeviceKind.PRINTER, width_dots=PAPER_DOTS),
            ),
        )
    )
