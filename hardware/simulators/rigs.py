"""Rigs of the trade as simulators: which devices a market has, on which wires, and where a kiosk finds them.

Each rig is a whole market: something takes coins, something pays them, coils turn. `RIGS` names them for `kiosk simulate --rig`,
the demo and the tests. Nothing holds money before hands put it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from hardware.events import DeviceKind
from hardware.mdb.messages import CHANGER
from hardware.mdb.messages import READER as MDB_READER
from hardware.mdb.messages import VALIDATOR as MDB_VALIDATOR
from hardware.rig import SSP_NOTES, DeviceConfig, PortConfig, RigConfig
from hardware.rig import Wire as Protocol
from hardware.simulators.cctalk_validator import NoteValidatorSim as BillValidatorSim
from hardware.simulators.cctalk_wire import CcTalkWire
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.k1_board import K1BoardSim
from hardware.simulators.market import (
    ACCEPTOR,
    ACCEPTOR_ADDRESS,
    CCTALK_BAUD,
    COIL_BOARD,
    COIL_CAPACITY,
    COINS,
    FIRST_SERIAL,
    HOPPERS,
    PRINTER,
    SCANNER,
    demo_rig_config,
    demo_wires,
)
from hardware.simulators.mdb_box import QibixxBox, WaferstarBox
from hardware.simulators.mdb_changer import ChangerSim
from hardware.simulators.mdb_reader import ReaderSim
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.simulators.pty_line import Wire
from hardware.simulators.ssp_hopper import ADDRESS as SSP_COINS
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.simulators.ssp_wire import SspWire
from hardware.simulators.vending_machine import VendingMachineSim


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
        machine: The old vending machine that sells for the kiosk, or empty.
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
    machine: str = ""
    acceptor: str = ACCEPTOR
    board: str = COIL_BOARD


TUBES: Final[Mapping[str, int]] = MappingProxyType({"tube-10": 1, "tube-20": 2, "tube-50": 3})
"""Tube of a coin changer -> coin position."""

MDB_WIRE: Final = "mdb"
MDB_BAUD: Final = 115_200
"""A Pi-Hat's UART; a USB box takes any."""
WAFERSTAR_BAUD: Final = 9600
"""What the maker of the binary boxes says."""


def _port(ports: Path, name: str, baud: int, protocol: Protocol, *devices: DeviceConfig) -> PortConfig:
    return PortConfig(name, str(ports / name), baud, protocol, devices)


def _beside(rig: RigConfig, *names: str) -> tuple[PortConfig, ...]:
    """The ports of the demo that another rig has as well."""
    return tuple(port for port in rig.ports if port.name in names)


def _wires_beside(goods: Mapping[int, int], *names: str) -> tuple[Wire, ...]:
    return tuple(wire for wire in demo_wires(goods) if wire.name in names)


NOTES: Final[Mapping[int, int]] = MappingProxyType({1: 500, 2: 1_000, 3: 2_000})
"""Note position -> value in minor units."""

VALIDATOR: Final = "notes"
RECYCLER: Final = "notes-5"
"""What pays five-euro notes back."""

RECYCLED: Final = 1
"""The position of the notes that are recycled."""

READER: Final = "card"

SSP_WIRE: Final = VALIDATOR
SSP_BAUD: Final = 9600
OLD_MACHINE: Final = "old-machine"
MACHINE_PRICES: Final[Mapping[int, int]] = MappingProxyType({11: 100, 12: 150, 13: 250})
"""Item of the old machine -> price in minor units, until somebody types in others."""
MACHINE_PIECES: Final = 5
"""Pieces in each of its coils, where the market has goods at all."""
K1_BAUD: Final = 9600
LIFT_MS: Final = 4_000
"""How long a lift takes from the coils to the tray."""
"""Their makers' settings."""


def _mdb(*, takes_all: bool, is_binary: bool = False) -> Wire:
    """Coin changer and, if wanted, note validator and card reader on the vending bus behind a text or a binary adapter."""
    changer = ChangerSim(ACCEPTOR, FIRST_SERIAL, COINS, TUBES)
    if not takes_all:
        return Wire(MDB_WIRE, Protocol.MDB_QIBIXX, MDB_BAUD, QibixxBox((changer,)), (changer, *changer.tubes))
    validator = ValidatorSim(VALIDATOR, FIRST_SERIAL + 100, NOTES, {RECYCLER: RECYCLED})
    reader = ReaderSim(READER, FIRST_SERIAL + 300)
    box = (WaferstarBox if is_binary else QibixxBox)((changer, validator, reader))
    return Wire(
        MDB_WIRE,
        Protocol.MDB_WAFERSTAR if is_binary else Protocol.MDB_QIBIXX,
        WAFERSTAR_BAUD if is_binary else MDB_BAUD,
        box,
        (changer, *changer.tubes, validator, *validator.tubes, reader),
    )


def _mdb_port(ports: Path, *, takes_all: bool, is_binary: bool = False) -> PortConfig:
    """The kiosk's side of `_mdb`."""
    into = {position: name for name, position in TUBES.items()}
    devices = [
        DeviceConfig(ACCEPTOR, DeviceKind.COIN_ACCEPTOR, address=CHANGER, coins=COINS, into=into),
        *(
            DeviceConfig(name, DeviceKind.HOPPER, value_minor=COINS[position], tube=position)
            for name, position in TUBES.items()
        ),
    ]
    if takes_all:
        devices += _note_configs(MDB_VALIDATOR)
        devices.append(
            DeviceConfig(
                READER, DeviceKind.CARD_READER, address=MDB_READER, reports_cash_sales=True, loads_credit=True
            )
        )
    if is_binary:
        return _port(ports, MDB_WIRE, WAFERSTAR_BAUD, Protocol.MDB_WAFERSTAR, *devices)
    return _port(ports, MDB_WIRE, MDB_BAUD, Protocol.MDB_QIBIXX, *devices)


def _note_configs(address: int) -> tuple[DeviceConfig, DeviceConfig]:
    """A note validator and its recycler, as a kiosk has them."""
    return (
        DeviceConfig(
            VALIDATOR,
            DeviceKind.NOTE_VALIDATOR,
            address=address,
            notes=NOTES,
            into={RECYCLED: RECYCLER},
        ),
        DeviceConfig(RECYCLER, DeviceKind.HOPPER, value_minor=NOTES[RECYCLED], tube=RECYCLED),
    )


def mdb_wires(goods: Mapping[int, int]) -> tuple[Wire, ...]:
    """Coins, notes and cards on the vending bus, with the demo's coils, scanner and printer."""
    return (_mdb(takes_all=True), *_wires_beside(goods, COIL_BOARD, SCANNER, PRINTER))


def mdb_config(ports: Path) -> RigConfig:
    """The kiosk's side of `mdb_wires`."""
    beside = _beside(demo_rig_config(ports), COIL_BOARD, SCANNER, PRINTER)
    return RigConfig((_mdb_port(ports, takes_all=True), *beside))


def binary_mdb_wires(goods: Mapping[int, int]) -> tuple[Wire, ...]:
    """`mdb_wires` behind a binary adapter."""
    beside = _wires_beside(goods, COIL_BOARD, SCANNER, PRINTER)
    return (_mdb(takes_all=True, is_binary=True), *beside)


def binary_mdb_config(ports: Path) -> RigConfig:
    """The kiosk's side of `binary_mdb_wires`."""
    beside = _beside(demo_rig_config(ports), COIL_BOARD, SCANNER, PRINTER)
    return RigConfig((_mdb_port(ports, takes_all=True, is_binary=True), *beside))


def ssp_wires(goods: Mapping[int, int]) -> tuple[Wire, ...]:
    """The demo's ccTalk coins and coils, with an SSP note unit that recycles."""
    notes = NoteValidatorSim(VALIDATOR, FIRST_SERIAL + 200, NOTES, recycled=(RECYCLED,))
    wire = Wire(
        SSP_WIRE,
        Protocol.SSP,
        SSP_BAUD,
        SspWire((notes,)),
        (notes, *notes.tubes({RECYCLER: NOTES[RECYCLED]})),
    )
    return (*demo_wires(goods), wire)


def ssp_config(ports: Path) -> RigConfig:
    """The kiosk's side of `ssp_wires`."""
    notes = _port(ports, SSP_WIRE, SSP_BAUD, Protocol.SSP, *_note_configs(SSP_NOTES))
    return RigConfig((*demo_rig_config(ports).ports, notes))


def coils_wires(goods: Mapping[int, int]) -> tuple[Wire, ...]:
    """A coin changer, a K1 board that turns the coils, and an old machine that sells for the kiosk."""
    board = K1BoardSim(COIL_BOARD, goods, COIL_CAPACITY)
    coils = Wire(COIL_BOARD, Protocol.K1, K1_BAUD, board.machine, (board,))
    pieces = dict.fromkeys(MACHINE_PRICES, MACHINE_PIECES) if goods else {}
    machine = VendingMachineSim(OLD_MACHINE, MACHINE_PRICES, pieces, COIL_CAPACITY)
    beside = Wire(OLD_MACHINE, Protocol.MDB_MACHINE, MDB_BAUD, machine.machine, (machine,))
    return (_mdb(takes_all=False), coils, beside, *_wires_beside(goods, SCANNER, PRINTER))


def coils_config(ports: Path) -> RigConfig:
    """The kiosk's side of `coils_wires`."""
    board = DeviceConfig(COIL_BOARD, DeviceKind.COIL_BOARD)
    coils = _port(ports, COIL_BOARD, K1_BAUD, Protocol.K1, board)
    old = DeviceConfig(OLD_MACHINE, DeviceKind.VENDING_MACHINE)
    machine = _port(ports, OLD_MACHINE, MDB_BAUD, Protocol.MDB_MACHINE, old)
    beside = _beside(demo_rig_config(ports), SCANNER, PRINTER)
    return RigConfig((_mdb_port(ports, takes_all=False), coils, machine, *beside))


def lift_wires(goods: Mapping[int, int]) -> tuple[Wire, ...]:
    """`coils_wires` with a lift that takes the goods to the tray, and a barrier that remembers."""
    board = K1BoardSim(COIL_BOARD, goods, COIL_CAPACITY, sensor_latches=True, lift_ms=LIFT_MS)
    coils = Wire(COIL_BOARD, Protocol.K1, K1_BAUD, board.machine, (board,))
    return tuple(coils if wire.name == COIL_BOARD else wire for wire in coils_wires({}))


def lift_config(ports: Path) -> RigConfig:
    """The kiosk's side of `lift_wires`."""
    board = DeviceConfig(COIL_BOARD, DeviceKind.COIL_BOARD, sensor_latches=True, drop_wait_ms=2 * LIFT_MS)
    coils = _port(ports, COIL_BOARD, K1_BAUD, Protocol.K1, board)
    return RigConfig(tuple(coils if port.name == COIL_BOARD else port for port in coils_config(ports).ports))


SMART: Final[Mapping[str, int]] = MappingProxyType({"smart-10": 10, "smart-20": 20, "smart-50": 50})
"""What a coin hopper of several values pays: device -> value of its coins."""

BUS_WIRE: Final = "bus"
SMART_WIRE: Final = "smart"
BILL_ADDRESS: Final = 40
"""The usual address of a bill validator."""


def smart_wires(goods: Mapping[int, int]) -> tuple[Wire, ...]:
    """Coin acceptor and bill validator on one ccTalk bus, and an SSP hopper that pays coins of three values."""
    coins = CoinAcceptorSim(ACCEPTOR, ACCEPTOR_ADDRESS, FIRST_SERIAL, COINS)
    notes = BillValidatorSim(VALIDATOR, BILL_ADDRESS, FIRST_SERIAL + BILL_ADDRESS, NOTES)
    hopper = SmartHopperSim(SMART_WIRE, FIRST_SERIAL + 400, tuple(SMART.values()))
    return (
        Wire(BUS_WIRE, Protocol.CCTALK, CCTALK_BAUD, CcTalkWire((coins, notes)), (coins, notes)),
        Wire(SMART_WIRE, Protocol.SSP, SSP_BAUD, SspWire((hopper,)), hopper.tubes(SMART)),
        *_wires_beside(goods, COIL_BOARD, SCANNER, PRINTER),
    )


def smart_config(ports: Path) -> RigConfig:
    """The kiosk's side of `smart_wires`."""
    bus = _port(
        ports,
        BUS_WIRE,
        CCTALK_BAUD,
        Protocol.CCTALK,
        DeviceConfig(ACCEPTOR, DeviceKind.COIN_ACCEPTOR, address=ACCEPTOR_ADDRESS, coins=COINS),
        DeviceConfig(VALIDATOR, DeviceKind.NOTE_VALIDATOR, address=BILL_ADDRESS, notes=NOTES),
    )
    payers = (
        DeviceConfig(name, DeviceKind.HOPPER, address=SSP_COINS, value_minor=value_minor)
        for name, value_minor in SMART.items()
    )
    hopper = _port(ports, SMART_WIRE, SSP_BAUD, Protocol.SSP, *payers)
    return RigConfig((bus, hopper, *_beside(demo_rig_config(ports), COIL_BOARD, SCANNER, PRINTER)))


CCTALK: Final = MarketRig(
    name="cctalk",
    says="a ccTalk coin acceptor, three hoppers on one bus, an FA FB coil board",
    wires=demo_wires,
    config=demo_rig_config,
    coins=COINS,
    hoppers=MappingProxyType({name: value for name, (_, value) in HOPPERS.items()}),
)

_TUBE_VALUES: Final = MappingProxyType({name: COINS[position] for name, position in TUBES.items()})
_RECYCLER_VALUE: Final = MappingProxyType({RECYCLER: NOTES[RECYCLED]})

MDB: Final = MarketRig(
    name="mdb",
    says="a coin changer, a note validator with recycler and a card reader on the vending bus, an FA FB coil board",
    wires=mdb_wires,
    config=mdb_config,
    coins=COINS,
    hoppers=MappingProxyType({**_TUBE_VALUES, **_RECYCLER_VALUE}),
    notes=NOTES,
    validator=VALIDATOR,
    reader=READER,
)

SSP: Final = MarketRig(
    name="ssp",
    says="a ccTalk coin acceptor, three hoppers, an SSP note unit that recycles, an FA FB coil board",
    wires=ssp_wires,
    config=ssp_config,
    coins=COINS,
    hoppers=MappingProxyType({**CCTALK.hoppers, **_RECYCLER_VALUE}),
    notes=NOTES,
    validator=VALIDATOR,
)

COILS: Final = MarketRig(
    name="coils",
    says="a coin changer on the vending bus, a K1 coil board, an old vending machine that sells for the kiosk",
    wires=coils_wires,
    config=coils_config,
    coins=COINS,
    hoppers=_TUBE_VALUES,
    machine=OLD_MACHINE,
)

SMART_HOPPER: Final = MarketRig(
    name="smart",
    says="a coin acceptor and a note validator on one ccTalk bus, an SSP coin hopper of three values, an FA FB coil board",
    wires=smart_wires,
    config=smart_config,
    coins=COINS,
    hoppers=SMART,
    notes=NOTES,
    validator=VALIDATOR,
)

BINARY_MDB: Final = replace(
    MDB, says=f"{MDB.says}, through a binary adapter", wires=binary_mdb_wires, config=binary_mdb_config
)
LIFT: Final = replace(COILS, says=f"{COILS.says} with a lift", wires=lift_wires, config=lift_config)

RIGS: Final[Mapping[str, MarketRig]] = MappingProxyType(
    {rig.name: rig for rig in (CCTALK, MDB, SSP, COILS, SMART_HOPPER)}
)
"""By name."""

MAKES: Final[Mapping[str, tuple[MarketRig, ...]]] = MappingProxyType(
    {rig.name: (rig,) for rig in RIGS.values()} | {MDB.name: (MDB, BINARY_MDB), COILS.name: (COILS, LIFT)}
)
"""Rigs of one name that differ in a box or a board; the simulation trades with all of them, the demo has the first."""


def rig_of(config: RigConfig) -> MarketRig:
    """The rig that a demo's configuration was written for; the first one when its ports were changed beyond that.

    Paths may differ: a port that was pointed at a real device is still this rig's.
    """
    names = {(port.name, port.protocol) for port in config.ports}
    for rig in RIGS.values():
        if {(port.name, port.protocol) for port in rig.config(Path()).ports} == names:
            return rig
    return CCTALK
