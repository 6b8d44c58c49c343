"""A child of the P8 bench: a fully fitted ccTalk bus and MDB bus on ptys, paced as real wires are, until told to stop.

In a process of its own, so that the devices' work does not count as the driver's. Says "ready" when both lines are there; an end
of input ends it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hardware.cctalk.security import Security
from hardware.events import DeviceKind
from hardware.mdb.messages import CHANGER, SECOND_READER
from hardware.mdb.messages import READER as FIRST_READER
from hardware.mdb.messages import VALIDATOR as MDB_VALIDATOR
from hardware.rig import DeviceConfig, PortConfig, RigConfig
from hardware.rig import Wire as Protocol
from hardware.simulators.bench import PORTS_FOLDER, Bench
from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.cctalk_wire import CcTalkWire
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from hardware.simulators.market import CCTALK_BAUD, COINS, FIRST_SERIAL
from hardware.simulators.mdb_box import QibixxBox
from hardware.simulators.mdb_changer import ChangerSim
from hardware.simulators.mdb_reader import ReaderSim
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.simulators.pty_line import Wire

HOPPERS = {f"hopper-{address}": address for address in range(3, 11)}
"""All the addresses that ccTalk has for hoppers."""

HOPPER_COIN = 3
COINS_INSIDE = 500
NOTES = {1: 500, 2: 1_000, 3: 2_000}
TUBES = {"tube-10": 1, "tube-20": 2, "tube-50": 3}
MDB_BAUD = 115_200


def cctalk_port(folder: Path) -> PortConfig:
    """A coin acceptor, eight hoppers and a note validator: every usual address taken, adapter with echo."""
    value = COINS[HOPPER_COIN]
    devices = (
        DeviceConfig("coin", DeviceKind.COIN_ACCEPTOR, address=2, coins=COINS),
        *(
            DeviceConfig(
                name, DeviceKind.HOPPER, address=address, value_minor=value, security=Security.SERIAL
            )
            for name, address in HOPPERS.items()
        ),
        DeviceConfig("notes", DeviceKind.NOTE_VALIDATOR, address=40, notes=NOTES),
    )
    return PortConfig("cctalk", str(folder / PORTS_FOLDER / "cctalk"), CCTALK_BAUD, Protocol.CCTALK, devices)


def mdb_port(folder: Path) -> PortConfig:
    """A changer with three tubes, a note validator and two card readers behind a text adapter."""
    into = {position: name for name, position in TUBES.items()}
    devices = (
        DeviceConfig("coin", DeviceKind.COIN_ACCEPTOR, address=CHANGER, coins=COINS, into=into),
        *(
            DeviceConfig(name, DeviceKind.HOPPER, value_minor=COINS[position], tube=position)
            for name, position in TUBES.items()
        ),
        DeviceConfig("notes", DeviceKind.NOTE_VALIDATOR, address=MDB_VALIDATOR, notes=NOTES),
        DeviceConfig("card", DeviceKind.CARD_READER, address=FIRST_READER),
        DeviceConfig("card-2", DeviceKind.CARD_READER, address=SECOND_READER),
    )
    return PortConfig("mdb", str(folder / PORTS_FOLDER / "mdb"), MDB_BAUD, Protocol.MDB_QIBIXX, devices)


def rig(folder: Path) -> RigConfig:
    """Both, as a kiosk would be told of them."""
    return RigConfig((cctalk_port(folder), mdb_port(folder)))


def wires() -> tuple[Wire, ...]:
    """The far ends of both."""
    hoppers = tuple(
        HopperSim(name, address, FIRST_SERIAL + address, COINS[HOPPER_COIN])
        for name, address in HOPPERS.items()
    )
    for hopper in hoppers:
        hopper.fill(COINS_INSIDE)
    coin = CoinAcceptorSim("coin", 2, FIRST_SERIAL, COINS)
    notes = NoteValidatorSim("notes", 40, FIRST_SERIAL + 40, NOTES)
    changer = ChangerSim("mdb-coin", FIRST_SERIAL, COINS, TUBES)
    peripherals = (
        changer,
        ValidatorSim("mdb-notes", FIRST_SERIAL + 1, NOTES, {}),
        ReaderSim("card", FIRST_SERIAL + 2),
        ReaderSim("card-2", FIRST_SERIAL + 3, address=SECOND_READER),
    )
    return (
        Wire(
            "cctalk",
            Protocol.CCTALK,
            CCTALK_BAUD,
            CcTalkWire((coin, *hoppers, notes)),
            (coin, *hoppers, notes),
        ),
        Wire("mdb", Protocol.MDB_QIBIXX, MDB_BAUD, QibixxBox(peripherals), peripherals),
    )


def main(folder: Path) -> None:
    """Serve both lines below ``folder``."""
    with Bench(wires(), folder):
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
