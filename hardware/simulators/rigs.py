"""Rigs of the trade as simulators: which devices a market has, on which wires, and where a kiosk finds them.

Each rig is a whole market: something takes coins, something pays them, coils turn. `RIGS` names them for `kiosk simulate --rig`,
the demo and the tests. Nothing holds money before hands put it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hardware.events import DeviceKind
from hardware.mdb.messages import CHANGER
from hardware.rig import DeviceConfig, PortConfig, RigConfig
from hardware.rig import Wire as Protocol
from hardware.simulators.market import (
    ACCEPTOR,
    COIL_BOARD,
    COINS,
    FIRST_SERIAL,
    HOPPERS,
    PRINTER,
    SCANNER,
    demo_rig_config,
    demo_wires,
)
from hardware.simulators.mdb_box import QibixxBox
from hardware.simulators.mdb_changer import ChangerSim
from hardware.simulators.pty_line import Wire


@dataclass(frozen=True, slots=True)
class MarketRig:
    """One rig.

    Attributes:
        name: What ``--rig`` takes.
        says: Which devices it has, in a line.
        wires: Makes the simulators, with ``goods`` (coil -> pieces) in the coils.
        config: The kiosk's side: ports below a folder.
        coins: Coin position -> value in minor units.
        hoppers: Hopper, tube or recycler -> value of its pieces; those that a clerk fills come first.
        notes: Note position -> value in minor units; empty where no notes are taken.
        validator: The note validator, or empty.
        reader: The card reader, or empty.
    """

    name: str
    says: str
    wires: Callable[[Mapping[int, int]], tuple[Wire, ...]]
    config: Callable[[Path], RigConfig]
    coins: Mapping[int, int]
    hoppers: Mapping[str, int]
    notes: Mapping[int, int] = field(default_factory=dict)
    validator: str = ""
    reader: str = ""
    acceptor: str = ACCEPTOR
    board: str = COIL_BOARD


TUBES: Final[Mapping[str, int]] = MappingProxyType({"tube-10": 1, "tube-20": 2, "tube-50": 3})
"""Tube of a coin changer -> coin position."""

MDB_WIRE: Final = "mdb"
MDB_BAUD: Final = 115_200
"""A Pi-Hat's UART; a USB box takes any."""


def _port(ports: Path, name: str, baud: int, protocol: Protocol, *devices: DeviceConfig) -> PortConfig:
    return PortConfig(name, str(ports / name), baud, protocol, devices)


def _beside(rig: RigConfig, *names: str) -> tuple[PortConfig, ...]:
    """The ports of the demo that another rig has as well."""
    return tuple(port for port in rig.ports if port.name in names)


def _wires_beside(goods: Mapping[int, int], *names: str) -> tuple[Wire, ...]:
    return tuple(wire for wire in demo_wires(goods) if wire.name in names)


def _changer() -> ChangerSim:
    return ChangerSim(ACCEPTOR, FIRST_SERIAL, COINS, TUBES)


def _tube_configs() -> tuple[DeviceConfig, ...]:
    """The changer and its tubes, as a kiosk has them."""
    into = {position: name for name, position in TUBES.items()}
    changer = DeviceConfig(ACCEPTOR, DeviceKind.COIN_ACCEPTOR, address=CHANGER, coins=COINS, into=into)
    tubes = (
        DeviceConfig(name, DeviceKind.HOPPER, value_minor=COINS[position], tube=position)
        for name, position in TUBES.items()
    )
    return (changer, *tubes)


def mdb_wires(goods: Mapping[int, int]) -> tuple[Wire, ...]:
    """A coin changer on the vending bus behind a text adapter, with the demo's coils, scanner and printer."""
    changer = _changer()
    bus = Wire(MDB_WIRE, Protocol.MDB_QIBIXX, MDB_BAUD, QibixxBox((changer,)), (changer, *changer.tubes))
    return (bus, *_wires_beside(goods, COIL_BOARD, SCANNER, PRINTER))


def mdb_config(ports: Path) -> RigConfig:
    """The kiosk's side of `mdb_wires`."""
    bus = _port(ports, MDB_WIRE, MDB_BAUD, Protocol.MDB_QIBIXX, *_tube_configs())
    return RigConfig((bus, *_beside(demo_rig_config(ports), COIL_BOARD, SCANNER, PRINTER)))


CCTALK: Final = MarketRig(
    name="cctalk",
    says="a ccTalk coin acceptor, three hoppers on one bus, an FA FB coil board",
    wires=demo_wires,
    config=demo_rig_config,
    coins=COINS,
    hoppers=MappingProxyType({name: value for name, (_, value) in HOPPERS.items()}),
)

MDB: Final = MarketRig(
    name="mdb",
    says="a coin changer with three tubes on the vending bus, an FA FB coil board",
    wires=mdb_wires,
    config=mdb_config,
    coins=COINS,
    hoppers=MappingProxyType({name: COINS[position] for name, position in TUBES.items()}),
)

RIGS: Final[Mapping[str, MarketRig]] = MappingProxyType({rig.name: rig for rig in (CCTALK, MDB)})
"""By name."""
