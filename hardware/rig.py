"""Builds a set of drivers from a `RigConfig`: which ports there are, what speaks on them, and what a channel
is worth.

The configuration is plain frozen dataclasses, so that a TOML file decodes straight into it; swapping a
simulator for a real device is another ``path`` in that file and nothing else.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hardware.cctalk.frames import Check
from hardware.cctalk.host import AcceptorConfig, CcTalkBus, HopperConfig, ValidatorConfig
from hardware.cctalk.host import DeviceConfig as CcTalkDevice
from hardware.cctalk.messages import SORTER_PATHS
from hardware.cctalk.security import Security, dispense_code
from hardware.commands import Authority, Command
from hardware.driver import Driver, Pump, SilentDevice, monotonic_ms
from hardware.escpos.host import Printer, PrinterModel
from hardware.escpos.messages import CODE_PAGES
from hardware.events import DeviceEvent, DeviceKind
from hardware.fafb.host import CoilBoard
from hardware.mdb.host import (
    Adapter,
    ChangerConfig,
    MdbBus,
    PeripheralConfig,
    ReaderConfig,
    TubeConfig,
)
from hardware.mdb.host import ValidatorConfig as MdbValidatorConfig
from hardware.mdb.messages import CHANGER, READER, SECOND_READER, VALIDATOR, exponent_of
from hardware.mdb.slave import MachineConfig, MachineSlave
from hardware.mdb.slave_lines import setting
from hardware.port import (
    USB_FORM,
    USB_PREFIX,
    InputPort,
    Port,
    RecordingTap,
    SerialPort,
    Trace,
    is_usb_name,
)
from hardware.sansio import AcceptorMemory, HostMachine, WireError
from hardware.scanner.host import Scanner
from hardware.scanner.wedge import KeyScanner
from hardware.ssp.crypto import DEFAULT_FIXED_KEY, RandBits
from hardware.ssp.frames import ADDRESSES as SSP_ADDRESSES
from hardware.ssp.host import NotesConfig, SspBus, UnitConfig
from hardware.ssp.host import TubeConfig as SspTubeConfig
from hardware.vmc96.host import K1Board

USUAL_PIN = 2
"""What a printer without a drawer is built with: its pulse is never asked for."""

BAUDS = (1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200)
"""Speeds that every Linux serial driver and every pty knows."""

LARGEST_COIN_MINOR = 1_000_000_000
"""A value above this is a slip of the keyboard in any currency we know (it is a hundred million rials times
ten).
"""

LARGEST_HOPPER = 100_000
"""A hundred times the largest hopper on the market: more is a slip of the keyboard."""

INPUT_FOLDER = "/dev/input/"
"""Where Linux keeps keyboards, and scanners that play one."""

NAME_LENGTH = 32
"""Longest device or port name: it must fit a line of the desk and a file name."""


class Wire(StrEnum):
    """The protocols a port can speak."""

    CCTALK = "cctalk"
    FAFB = "fafb"
    K1 = "k1"
    SCANNER = "scanner"
    WEDGE = "wedge"
    ESCPOS = "escpos"
    MDB_QIBIXX = "mdb-qibixx"
    MDB_WAFERSTAR = "mdb-waferstar"
    MDB_MACHINE = "mdb-machine"
    SSP = "ssp"


MDB_KINDS = (
    DeviceKind.COIN_ACCEPTOR,
    DeviceKind.NOTE_VALIDATOR,
    DeviceKind.CARD_READER,
    DeviceKind.HOPPER,
)

KINDS: Mapping[Wire, tuple[DeviceKind, ...]] = {
    Wire.CCTALK: (DeviceKind.COIN_ACCEPTOR, DeviceKind.NOTE_VALIDATOR, DeviceKind.HOPPER),
    Wire.FAFB: (DeviceKind.COIL_BOARD,),
    Wire.K1: (DeviceKind.COIL_BOARD,),
    Wire.SCANNER: (DeviceKind.SCANNER,),
    Wire.WEDGE: (DeviceKind.SCANNER,),
    Wire.ESCPOS: (DeviceKind.PRINTER,),
    Wire.MDB_QIBIXX: MDB_KINDS,
    Wire.MDB_WAFERSTAR: MDB_KINDS,
    Wire.MDB_MACHINE: (DeviceKind.VENDING_MACHINE,),
    Wire.SSP: (DeviceKind.NOTE_VALIDATOR, DeviceKind.HOPPER),
}
"""Which devices speak which protocol."""

MDB: Mapping[Wire, Adapter] = {
    Wire.MDB_QIBIXX: Adapter.QIBIXX,
    Wire.MDB_WAFERSTAR: Adapter.WAFERSTAR,
}
"""The adapter boxes of the vending bus."""

MDB_ADDRESSES: Mapping[DeviceKind, tuple[int, ...]] = {
    DeviceKind.COIN_ACCEPTOR: (CHANGER,),
    DeviceKind.NOTE_VALIDATOR: (VALIDATOR,),
    DeviceKind.CARD_READER: (READER, SECOND_READER),
}
"""Where each kind of MDB peripheral lives; a tube or recycler has no address of its own."""

BUSES = frozenset({Wire.CCTALK, Wire.SSP, *MDB})
"""Wires with several devices."""


STOP_BITS: Mapping[Wire, int] = {Wire.SSP: 2}
"""Wires with more than one stop bit."""

SSP_NOTES = 0
"""The address of SSP note units; coin hoppers have 16 (10 hex)."""

FIXED_KEY_DIGITS = 16
"""The fixed half of an SSP key: eight bytes in hexadecimal."""


_MULTI_COIN = (
    "one hopper that pays several coins (ccTalk commands 134 to 130) is not supported: give each coin a hopper with an address "
    "of its own, or use an SSP coin hopper"
)
_TICKETS = (
    "barcode tickets are not supported: leave them out of the configuration; a note reader gives them back"
)
_NOTE_FLOAT = (
    "a note float (NV11) as a payer is not supported, it pays only the note on top: have its service route all notes to the "
    "cash box and configure it as a note_validator without into and tube, or use a unit with a note recycler (SMART Payout)"
)

UNSUPPORTED: Mapping[str, str] = {
    "multi_coin_hopper": _MULTI_COIN,
    "ticket": _TICKETS,
    "ticket_reader": _TICKETS,
    "ticket_printer": _TICKETS,
    "note_float": _NOTE_FLOAT,
    "nv11": _NOTE_FLOAT,
}
"""Kinds that people ask for and nothing here drives, each with what to do instead."""

TICKET_POSITION = 255
"""The bill type of a barcode ticket on ccTalk."""


class RigConfigError(ValueError):
    """A setting of the rig is not allowed; ``key`` names it and ``allowed`` says what may stand there."""

    def __init__(self, key: str, allowed: str) -> None:
        super().__init__(f"{key}: {allowed}")
        self.key = key
        self.allowed = allowed


class UnknownDeviceError(WireError):
    """No device of that name is configured."""


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One device.

    Attributes:
        name: What events and commands call it; unique in the rig.
        kind: What it is for.
        address: ccTalk only: 1 to 255 (2 is an acceptor's usual one, 3 and up a hopper's).
        coins: Acceptors only: position (1 to 16) -> value in minor units. A position that is missing here is
            counted when the device credits it, and never guessed.
        notes: Note validators only: the same for notes.
        into: Acceptors and note validators: position -> name of the hopper, tube or recycler that it falls into;
            positions that are missing here go to the cash box or stacker.
        paths: ccTalk acceptors with a sorter: position -> path (1 to 8) to be set in it; empty leaves it as it is.
        value_minor: Hoppers, tubes and recyclers: what one of its pieces is worth.
        capacity: Hoppers, tubes and recyclers: how many pieces it holds, as its maker says or as somebody counted; absent where
            nobody knows. Nothing is paid or refused by it: it only limits what the desk proposes to pour in.
        security: ccTalk hoppers: how a payout is signed: serial, key_echo or zero_key.
        tube: Hoppers that are a part of an acceptor on the same port: its position there (1 to 16).
        fixed_key: SSP only, with one device of each unit: the fixed half of its key, 16 hexadecimal digits, where the service
            has changed it.
        has_drop_sensor: Coil boards only: whether goods are seen falling.
        has_elevator: FA FB only: whether the machine has an elevator, which each order must name.
        sensor_latches: K1 only: whether its light barrier remembers an interruption until it is asked.
        drop_wait_ms: K1 only: how long after the motor came home a piece may still fall, a lift's way included.
        columns: K1 only: motors in a row, 12 or 8.
        stall_ma: K1 only: a current above this for a second is a jam; absent where the reading is not trusted.
        width_dots: Printers only: dots across the paper; 576 is 80 mm, 384 is 58 mm.
        code_page: Printers only: the page of its own characters, such as cp858 or cp866.
        drawer_pin: Printers only: where the cash drawer is plugged in, 2 or 5; 0 when there is none.
        reports_cash_sales: MDB card readers only: whether sales for cash are told to it, for the figures that its service keeps.
        loads_credit: MDB card readers only: whether a shopper's credit may be put onto the card instead of being paid out.
        keeps_pictures: Printers only: whether it is to keep the vendor's own lines until its power goes.
        settings: Old machines only: values that their box is set to, such as mdb-currency-code = "0x1978"; see its manual.
    """

    name: str
    kind: DeviceKind
    address: int | None = None
    coins: Mapping[int, int] = field(default_factory=dict)
    notes: Mapping[int, int] = field(default_factory=dict)
    into: Mapping[int, str] = field(default_factory=dict)
    paths: Mapping[int, int] = field(default_factory=dict)
    value_minor: int | None = None
    capacity: int | None = None
    security: str = Security.SERIAL
    tube: int | None = None
    fixed_key: str = ""
    has_drop_sensor: bool = True
    has_elevator: bool = False
    sensor_latches: bool = False
    drop_wait_ms: int = 1_500
    columns: int = 12
    stall_ma: int | None = None
    width_dots: int = 576
    code_page: str = "cp858"
    drawer_pin: int = 0
    keeps_pictures: bool = False
    reports_cash_sales: bool = False
    loads_credit: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PortConfig:
    """One serial line: ``path`` is a device, a symbolic link, a pattern with ``*``, or a USB adapter's name (`USB_FORM`).

    ``wedge`` reads an input device below ``/dev/input``, whose ``baud`` means nothing. ``crc``, on ccTalk only, is for a bus
    whose devices all check their frames by CRC.
    """

    name: str
    path: str
    baud: int
    protocol: Wire
    devices: tuple[DeviceConfig, ...]
    crc: bool = False


@dataclass(frozen=True, slots=True)
class RigConfig:
    """All lines of one kiosk."""

    ports: tuple[PortConfig, ...] = ()


@dataclass(frozen=True, slots=True)
class RigDevice:
    """One device of a built rig: what it is, on which port, and its settings."""

    kind: DeviceKind
    port: str
    config: DeviceConfig


def check_rig(config: RigConfig) -> None:
    """Check everything that types cannot say.

    Raises:
        RigConfigError: The first setting that is not allowed, by its key.
    """
    ports: set[str] = set()
    paths: set[str] = set()
    devices: set[str] = set()
    for index, port in enumerate(config.ports):
        key = f"ports[{index}]"
        _check_name(f"{key}.name", port.name, ports)
        if not port.path or port.path in paths:
            raise RigConfigError(f"{key}.path", "a path that no other port has, such as /dev/ttyUSB0")
        paths.add(port.path)
        if port.path.startswith(USB_PREFIX) and (port.protocol is Wire.WEDGE or not is_usb_name(port.path)):
            raise RigConfigError(f"{key}.path", f"for a serial adapter on USB: {USB_FORM}")
        if port.baud not in BAUDS:
            raise RigConfigError(f"{key}.baud", "one of " + ", ".join(map(str, BAUDS)))
        if not port.devices:
            raise RigConfigError(f"{key}.devices", "at least one device")
        if port.protocol not in BUSES and len(port.devices) > 1:
            raise RigConfigError(f"{key}.devices", f"one device, because {port.protocol} is not a bus")
        if port.crc and port.protocol is not Wire.CCTALK:
            raise RigConfigError(f"{key}.crc", "nothing: only ccTalk has two ways to check its frames")
        addresses: set[int] = set()
        for number, device in enumerate(port.devices):
            below = f"{key}.devices[{number}]"
            _check_name(f"{below}.name", device.name, devices)
            _check_device(below, port.protocol, device, addresses)
        if port.protocol in MDB:
            _check_mdb(key, port)
        if port.protocol is Wire.SSP:
            _check_ssp(key, port)
        if port.protocol is Wire.CCTALK:
            _check_sorters(key, port, config)


def _check_name(key: str, name: str, taken: set[str]) -> None:
    signs = string.ascii_lowercase + string.digits + "-_"
    if not name or len(name) > NAME_LENGTH or set(name) - set(signs):
        raise RigConfigError(key, f"1 to {NAME_LENGTH} small letters, digits, - or _")
    if name in taken:
        raise RigConfigError(key, f"a name that is not used twice ({name} is)")
    taken.add(name)


def _check_device(key: str, wire: Wire, device: DeviceConfig, addresses: set[int]) -> None:
    kinds = KINDS[wire]
    if device.kind not in kinds:
        raise RigConfigError(f"{key}.kind", f"on {wire}: " + " or ".join(kinds))
    if wire is Wire.CCTALK:
        # Address 0 is everybody and 1 is us, the host.
        if device.address is None or not 2 <= device.address <= 255:
            raise RigConfigError(f"{key}.address", "2 to 255, each once on a bus")
        if device.address in addresses:
            more = f"; {_MULTI_COIN}" if device.kind is DeviceKind.HOPPER else ""
            raise RigConfigError(f"{key}.address", f"2 to 255, each once on a bus{more}")
        addresses.add(device.address)
    elif wire in MDB:
        _check_mdb_address(f"{key}.address", device, addresses)
    elif wire is Wire.SSP:
        _check_ssp_device(key, device, addresses)
    elif device.address is not None:
        raise RigConfigError(f"{key}.address", f"nothing: {wire} has no addresses")
    _check_money(key, device)
    _check_cctalk(key, wire, device)
    _check_printer(key, device)
    _check_board(key, device)
    _check_machine(key, device)
    if device.kind is not DeviceKind.CARD_READER or wire not in MDB:
        for setting in ("reports_cash_sales", "loads_credit"):
            if getattr(device, setting):
                raise RigConfigError(f"{key}.{setting}", "nothing: only a card reader on MDB can do that")


def _check_money(key: str, device: DeviceConfig) -> None:
    """What its coins, notes or pieces are worth, where it has any."""
    if device.kind is DeviceKind.COIN_ACCEPTOR:
        _check_values(f"{key}.coins", device.coins)
    elif device.coins:
        raise RigConfigError(f"{key}.coins", "nothing: only a coin acceptor has coins")
    if device.kind is DeviceKind.NOTE_VALIDATOR:
        if TICKET_POSITION in device.notes:
            raise RigConfigError(f"{key}.notes.{TICKET_POSITION}", f"positions 1 to 16; {_TICKETS}")
        _check_values(f"{key}.notes", device.notes)
    elif device.notes:
        raise RigConfigError(f"{key}.notes", "nothing: only a note validator has notes")
    if device.kind is DeviceKind.HOPPER:
        if device.value_minor is None or not 1 <= device.value_minor <= LARGEST_COIN_MINOR:
            raise RigConfigError(f"{key}.value_minor", f"1 to {LARGEST_COIN_MINOR} minor units")
    elif device.value_minor is not None:
        raise RigConfigError(f"{key}.value_minor", "nothing: only a hopper has one value")
    if device.capacity is None:
        return
    if device.kind is not DeviceKind.HOPPER:
        raise RigConfigError(f"{key}.capacity", "nothing: only a hopper, tube or recycler holds change")
    if not 1 <= device.capacity <= LARGEST_HOPPER:
        raise RigConfigError(f"{key}.capacity", f"1 to {LARGEST_HOPPER} pieces")


def _check_cctalk(key: str, wire: Wire, device: DeviceConfig) -> None:
    """Settings that only ccTalk devices have."""
    if device.paths and (wire is not Wire.CCTALK or device.kind is not DeviceKind.COIN_ACCEPTOR):
        raise RigConfigError(f"{key}.paths", "nothing: only a coin acceptor on ccTalk has a sorter to be set")
    for position, path in device.paths.items():
        if position not in device.coins or path not in SORTER_PATHS:
            raise RigConfigError(f"{key}.paths.{position}", "a position of coins, and a path from 1 to 8")
    if device.security == Security.SERIAL:
        return
    if wire is not Wire.CCTALK or device.kind is not DeviceKind.HOPPER:
        raise RigConfigError(f"{key}.security", "nothing: only a hopper on ccTalk has a dispense code")
    try:
        dispense_code(device.security)
    except WireError as error:
        raise RigConfigError(f"{key}.security", str(error)) from error


def _check_sorters(key: str, port: PortConfig, config: RigConfig) -> None:
    """Whatever money falls into is a hopper of this rig for that very value; it may hang on another bus."""
    worth = {
        device.name: device.value_minor
        for each in config.ports
        for device in each.devices
        if device.kind is DeviceKind.HOPPER
    }
    for number, device in enumerate(port.devices):
        values = device.coins or device.notes
        for position, name in device.into.items():
            if position not in values or worth.get(name) != values[position]:
                raise RigConfigError(
                    f"{key}.devices[{number}].into.{position}",
                    "a position with a value, and the name of a hopper of that value",
                )


def _check_mdb_address(key: str, device: DeviceConfig, addresses: set[int]) -> None:
    allowed = MDB_ADDRESSES.get(device.kind)
    if allowed is None:
        if device.address is not None:
            raise RigConfigError(key, "nothing: a tube or recycler is a part of its acceptor")
        return
    if device.address not in allowed or device.address in addresses:
        numbers = " or ".join(f"{address} ({address:02X} hex)" for address in allowed)
        raise RigConfigError(key, f"{numbers}, each once on a bus")
    addresses.add(device.address)


def _check_mdb(key: str, port: PortConfig) -> None:
    """Each hopper on this bus is a tube or recycler of the one acceptor whose ``into`` names it."""
    hoppers = {device.name: device for device in port.devices if device.kind is DeviceKind.HOPPER}
    owned: set[str] = set()
    for number, device in enumerate(port.devices):
        values = device.coins or device.notes
        for position, name in device.into.items():
            below = f"{key}.devices[{number}].into.{position}"
            hopper = hoppers.get(name)
            if hopper is None or name in owned:
                raise RigConfigError(below, "the name of a hopper on the same port, of one acceptor only")
            is_home = device.into.get(hopper.tube or 0) == name
            is_shared = is_home and device.kind is DeviceKind.COIN_ACCEPTOR
            if (hopper.tube != position and not is_shared) or hopper.value_minor != values.get(position):
                raise RigConfigError(
                    below,
                    f"a hopper with tube = {position}, or, for another coin of that value, with a position that is also in into",
                )
        owned |= {*device.into.values()}
    for number, device in enumerate(port.devices):
        if device.name in hoppers and device.name not in owned:
            raise RigConfigError(
                f"{key}.devices[{number}].name", "a name that an acceptor on this port has under into"
            )


def _check_ssp_device(key: str, device: DeviceConfig, addresses: set[int]) -> None:
    """A note unit has an address of its own, a recycled note that of its note unit, and the coins of a hopper share one."""
    address = device.address
    if device.kind is DeviceKind.NOTE_VALIDATOR:
        address = SSP_NOTES if address is None else address
        if address not in SSP_ADDRESSES or address in addresses:
            raise RigConfigError(f"{key}.address", "0 to 126, or nothing for 0; each note unit its own")
        addresses.add(address)
    elif (address is None) == (device.tube is None):
        raise RigConfigError(
            f"{key}.address", "an address for a coin hopper (usually 16), or tube for a recycled note"
        )
    elif address is not None and address not in SSP_ADDRESSES:
        raise RigConfigError(f"{key}.address", "0 to 126")
    digits = device.fixed_key
    if digits and (len(digits) != FIXED_KEY_DIGITS or set(digits) - set(string.hexdigits)):
        raise RigConfigError(
            f"{key}.fixed_key", f"{FIXED_KEY_DIGITS} hexadecimal digits, or nothing for the maker's own"
        )


def _check_ssp(key: str, port: PortConfig) -> None:
    """Each recycled note belongs to the one note unit whose ``into`` names it; each coin value is once in its hopper."""
    readers = [device for device in port.devices if device.kind is DeviceKind.NOTE_VALIDATOR]
    reader = readers[0] if len(readers) == 1 else None
    coins: set[tuple[int | None, int | None]] = set()
    for number, device in enumerate(port.devices):
        below = f"{key}.devices[{number}]"
        if device.kind is DeviceKind.NOTE_VALIDATOR:
            for position, name in device.into.items():
                tube = next((one for one in port.devices if one.name == name and one.tube == position), None)
                if tube is None or tube.value_minor != device.notes.get(position):
                    raise RigConfigError(
                        f"{below}.into.{position}",
                        "a hopper on the same port, with this tube and the value of this position",
                    )
        elif device.tube is not None:
            if reader is None or reader.into.get(device.tube) != device.name:
                raise RigConfigError(
                    f"{below}.tube", "the position that the one note unit on this port has into it"
                )
        elif (device.address, device.value_minor) in coins or any(
            device.address == (one.address or SSP_NOTES) for one in readers
        ):
            raise RigConfigError(f"{below}.address", "a coin hopper's own, with each coin value once")
        else:
            coins.add((device.address, device.value_minor))


def _check_printer(key: str, device: DeviceConfig) -> None:
    if not 384 <= device.width_dots <= 576 or device.width_dots % 8:
        raise RigConfigError(f"{key}.width_dots", "384 to 576, a multiple of 8")
    if device.code_page not in CODE_PAGES:
        raise RigConfigError(f"{key}.code_page", "one of " + ", ".join(CODE_PAGES))
    if device.drawer_pin not in {0, 2, 5}:
        raise RigConfigError(f"{key}.drawer_pin", "2 or 5, or 0 without a drawer")


def _check_board(key: str, device: DeviceConfig) -> None:
    if not 0 <= device.drop_wait_ms <= 20_000:
        raise RigConfigError(f"{key}.drop_wait_ms", "0 to 20000 ms")
    if device.columns not in {12, 8}:
        raise RigConfigError(f"{key}.columns", "12 or 8")
    if device.stall_ma is not None and not 50 <= device.stall_ma <= 500:
        raise RigConfigError(f"{key}.stall_ma", "50 to 500 mA, or nothing")


def _check_machine(key: str, device: DeviceConfig) -> None:
    if device.settings and device.kind is not DeviceKind.VENDING_MACHINE:
        raise RigConfigError(f"{key}.settings", "nothing: only an old machine's box has settings")
    for name, value in device.settings.items():
        try:
            setting(name, value)
        except WireError as error:
            raise RigConfigError(f"{key}.settings.{name[:40]}", str(error)) from error


def _check_values(key: str, coins: Mapping[int, int]) -> None:
    if not coins:
        raise RigConfigError(key, "at least one position with its value")
    for position, value_minor in coins.items():
        if not 1 <= position <= 16:
            raise RigConfigError(f"{key}.{position}", "positions 1 to 16")
        if not 1 <= value_minor <= LARGEST_COIN_MINOR:
            raise RigConfigError(f"{key}.{position}", f"1 to {LARGEST_COIN_MINOR} minor units")


class Rig:
    """The running drivers of one kiosk, addressed by device name."""

    def __init__(
        self,
        drivers: Mapping[str, Driver],
        devices: Mapping[str, RigDevice],
        traces: Mapping[str, Trace],
        build: Callable[[str, Mapping[str, AcceptorMemory]], Driver],
    ) -> None:
        self._drivers = dict(drivers)
        self._build = build
        self.devices = devices
        self.traces = traces

    def start(self) -> None:
        """Start every driver."""
        for driver in self._drivers.values():
            driver.start()

    def stop(self) -> tuple[str, ...]:
        """Stop every driver and close its port; returns the ports that did not stop in time (normally none)."""
        return tuple(name for name, driver in self._drivers.items() if not driver.stop())

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Hand ``command`` to the driver of its device; safe from any thread.

        Raises:
            UnknownDeviceError: No such device is configured.
            DriverStoppedError: Its driver is not running; nothing will be sent.
            UnauthorizedError: A physical command without authority.
            WireError: The device cannot carry it.
        """
        device = self.devices.get(command.device)
        if device is None:
            raise UnknownDeviceError(f"no device is called {command.device}")
        self._drivers[device.port].request(command, authority)

    def is_running(self, port: str) -> bool:
        """Whether the driver of ``port`` still pumps."""
        return self._drivers[port].is_running

    def hanging(self, now_ms: int) -> Mapping[str, int]:
        """Ports whose driver's thread is stuck, each with when it last came by."""
        return {name: driver.beat_ms for name, driver in self._drivers.items() if driver.hangs(now_ms)}

    def abandon(self, port: str) -> None:
        """Give up the hanging driver of ``port``; see `hardware.driver.Driver.abandon`."""
        self._drivers[port].abandon()

    def renew(self, port: str, memories: Mapping[str, AcceptorMemory]) -> None:
        """Start a new driver on ``port``, whose former one ended or was abandoned, as at a start of the whole rig.

        Args:
            port: Its name.
            memories: What the journal knows now of the acceptors' event counters; everything that the former driver said must be
                in it.
        """
        driver = self._build(port, memories)
        self._drivers[port] = driver
        driver.start()


def build_rig(  # noqa: PLR0913 - what a kiosk hands in: lines, time and whom to tell
    config: RigConfig,
    *,
    currency: str,
    memories: Mapping[str, AcceptorMemory],
    deliver: Callable[[tuple[DeviceEvent, ...]], None],
    on_failure: Callable[[str, Exception], None],
    clock: Callable[[], int] = monotonic_ms,
    exponent: int | None = None,
    open_port: Callable[[PortConfig], Port] | None = None,
) -> Rig:
    """Build, but do not start, the drivers that ``config`` names.

    Args:
        config: Checked again here; see `check_rig`.
        currency: ISO code that accepted coins carry.
        memories: Device name of an acceptor -> what the journal last knew of its event counter.
        deliver: Called from the drivers' threads, one call per drain.
        on_failure: Called with the port's name when a driver ends by an error.
        clock: Monotonic milliseconds.
        exponent: Decimals of ``currency`` as the kiosk counts it; None for what the standard says.
        open_port: Gives each port's line; None for `port_of`, the line that is configured.

    Raises:
        RigConfigError: A setting is not allowed.
    """
    check_rig(config)
    traces: dict[str, Trace] = {}

    def tapped(port: PortConfig) -> Port:
        tap = RecordingTap((open_port or port_of)(port), clock)
        # A driver that is started anew goes on with the trace of its port.
        tap.trace = traces.setdefault(port.name, tap.trace)
        return tap

    def build(name: str, memories: Mapping[str, AcceptorMemory]) -> Driver:
        port = next(port for port in config.ports if port.name == name)
        pump = build_pump(
            port,
            currency=currency,
            memories=memories,
            deliver=deliver,
            open_port=tapped,
            clock=clock,
            exponent=exponent,
        )
        return Driver(pump, on_failure=_failure_of(name, on_failure), clock=clock)

    drivers = {port.name: build(port.name, memories) for port in config.ports}
    devices = {
        device.name: RigDevice(device.kind, port.name, device)
        for port in config.ports
        for device in port.devices
    }
    return Rig(drivers, devices, traces, build)


def build_pumps(  # noqa: PLR0913 - what a world hands in: lines, time and chance
    config: RigConfig,
    *,
    currency: str,
    memories: Mapping[str, AcceptorMemory],
    deliver: Callable[[tuple[DeviceEvent, ...]], None],
    open_port: Callable[[PortConfig], Port],
    clock: Callable[[], int] = monotonic_ms,
    exponent: int | None = None,
    randbits: RandBits = secrets.randbits,
) -> dict[str, Pump]:
    """Build one pump per port that ``config`` names, on the lines that ``open_port`` gives; see `build_rig`.

    ``randbits`` gives numbers of so many random bits, for keys; a world that must repeat itself hands in its own dice.

    Raises:
        RigConfigError: A setting is not allowed.
    """
    check_rig(config)
    return {
        port.name: build_pump(
            port,
            currency=currency,
            memories=memories,
            deliver=deliver,
            open_port=open_port,
            clock=clock,
            exponent=exponent,
            randbits=randbits,
        )
        for port in config.ports
    }


def build_pump(  # noqa: PLR0913 - see `build_pumps`
    port: PortConfig,
    *,
    currency: str,
    memories: Mapping[str, AcceptorMemory],
    deliver: Callable[[tuple[DeviceEvent, ...]], None],
    open_port: Callable[[PortConfig], Port],
    clock: Callable[[], int] = monotonic_ms,
    exponent: int | None = None,
    randbits: RandBits = secrets.randbits,
) -> Pump:
    """Build the pump of one checked ``port``; see `build_pumps`."""
    return Pump(
        open_port(port),
        build_machine(port, currency=currency, memories=memories, exponent=exponent, randbits=randbits),
        deliver=deliver,
        clock=clock,
        silent=tuple(
            SilentDevice(device.name, device.kind)
            for device in port.devices
            if port.protocol in {Wire.SCANNER, Wire.WEDGE}
        ),
    )


def port_of(port: PortConfig) -> Port:
    """The line that ``port`` names: an input device below ``/dev/input`` is grabbed, everything else is a serial line."""
    if port.protocol is Wire.WEDGE and port.path.startswith(INPUT_FOLDER):
        return InputPort(port.name, port.path)
    return SerialPort(port.name, port.path, port.baud, STOP_BITS.get(port.protocol, 1))


def _failure_of(port: str, on_failure: Callable[[str, Exception], None]) -> Callable[[Exception], None]:
    return lambda error: on_failure(port, error)


def build_machine(
    port: PortConfig,
    *,
    currency: str,
    memories: Mapping[str, AcceptorMemory],
    exponent: int | None = None,
    randbits: RandBits = secrets.randbits,
) -> HostMachine:
    """Make the host machine that speaks ``port``'s protocol with its devices."""
    first = port.devices[0]
    match port.protocol:
        case Wire.CCTALK:
            return CcTalkBus(
                [_slave(device, currency, memories.get(device.name), exponent) for device in port.devices],
                Check.CRC if port.crc else Check.SUM,
            )
        case Wire.FAFB:
            return CoilBoard(
                first.name, has_drop_sensor=first.has_drop_sensor, has_elevator=first.has_elevator
            )
        case Wire.K1:
            return K1Board(
                first.name,
                has_drop_sensor=first.has_drop_sensor,
                sensor_latches=first.sensor_latches,
                drop_wait_ms=first.drop_wait_ms,
                columns=first.columns,
                stall_ma=first.stall_ma,
            )
        case Wire.SCANNER:
            return Scanner(first.name)
        case Wire.WEDGE:
            return KeyScanner(first.name)
        case Wire.ESCPOS:
            return Printer(
                first.name,
                width_dots=first.width_dots,
                baud=port.baud,
                model=PrinterModel(first.code_page, first.drawer_pin or USUAL_PIN, first.keeps_pictures),
            )
        case Wire.MDB_QIBIXX | Wire.MDB_WAFERSTAR as wire:
            decimals = exponent_of(currency) if exponent is None else exponent
            return MdbBus(_peripherals(port, currency, decimals, memories), MDB[wire])
        case Wire.MDB_MACHINE:
            decimals = exponent_of(currency) if exponent is None else exponent
            return MachineSlave(MachineConfig(first.name, decimals, first.settings))
        case Wire.SSP:
            return SspBus(_units(port, currency, memories), randbits)


def _slave(
    device: DeviceConfig, currency: str, memory: AcceptorMemory | None, exponent: int | None
) -> CcTalkDevice:
    address = device.address or 0
    if device.kind is DeviceKind.HOPPER:
        return HopperConfig(device.name, address, security=dispense_code(device.security))
    if device.kind is DeviceKind.NOTE_VALIDATOR:
        return ValidatorConfig(
            name=device.name,
            address=address,
            notes=device.notes,
            currency=currency,
            memory=memory,
            into=device.into,
            exponent=exponent,
        )
    return AcceptorConfig(
        name=device.name,
        address=address,
        coins=device.coins,
        currency=currency,
        memory=memory,
        into=device.into,
        paths=device.paths,
    )


def _peripherals(
    port: PortConfig, currency: str, exponent: int, memories: Mapping[str, AcceptorMemory]
) -> list[PeripheralConfig]:
    """The peripherals of an MDB bus, each with its tubes or recycler."""
    values = {device.name: device.value_minor or 0 for device in port.devices}
    homes = {device.name: device.tube for device in port.devices}
    found: list[PeripheralConfig] = []
    for device in port.devices:
        parts = tuple(
            TubeConfig(name, position, values[name])
            for position, name in sorted(device.into.items())
            if homes.get(name) == position  # others fall into it as well
        )
        memory = memories.get(device.name)
        match device.kind:
            case DeviceKind.COIN_ACCEPTOR:
                found.append(
                    ChangerConfig(device.name, device.coins, currency, exponent, device.into, parts, memory)
                )
            case DeviceKind.NOTE_VALIDATOR:
                found.append(
                    MdbValidatorConfig(
                        device.name, device.notes, currency, exponent, device.into, parts, memory
                    )
                )
            case DeviceKind.CARD_READER:
                address = device.address or READER
                found.append(ReaderConfig(device.name, currency, exponent, address))
            case _:
                continue  # a tube: its acceptor has it
    return found


def _units(port: PortConfig, currency: str, memories: Mapping[str, AcceptorMemory]) -> list[UnitConfig]:
    """The units of an SSP wire: what has one address is one unit, and what has a tube is a part of the note unit."""
    readers = {
        device.address or SSP_NOTES: device
        for device in port.devices
        if device.kind is DeviceKind.NOTE_VALIDATOR
    }
    tubes: dict[int, list[DeviceConfig]] = {}
    for device in port.devices:
        if device.kind is DeviceKind.HOPPER:
            address = device.address if device.address is not None else next(iter(readers))
            tubes.setdefault(address, []).append(device)
    return [
        _unit(address, currency, readers.get(address), tubes.get(address, []), memories)
        for address in sorted({*readers, *tubes})
    ]


def _unit(
    address: int,
    currency: str,
    reader: DeviceConfig | None,
    tubes: list[DeviceConfig],
    memories: Mapping[str, AcceptorMemory],
) -> UnitConfig:
    devices = tubes if reader is None else [reader, *tubes]
    digits = next((device.fixed_key for device in devices if device.fixed_key), "")
    return UnitConfig(
        address,
        currency,
        None
        if reader is None
        else NotesConfig(reader.name, reader.notes, reader.into, memories.get(reader.name)),
        tuple(SspTubeConfig(tube.name, tube.value_minor or 0, tube.tube) for tube in tubes),
        fixed_key=int(digits, 16) if digits else DEFAULT_FIXED_KEY,
    )
