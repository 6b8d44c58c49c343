"""Each simulator by itself on a pty, for any host program: a registry, and what a technician types to work it.

Whoever adds a simulator adds a row to `ALONE`. The machinery is the bench's own, so bytes are paced as on a real wire, hands and
mishaps have their usual names, and a memory file may outlive the process.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hardware.cctalk.frames import Check
from hardware.rig import Wire as Protocol
from hardware.sansio import DeviceMachine
from hardware.simulators.bench import Bench
from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.cctalk_wire import NO_ECHO
from hardware.simulators.coil_board import COILS, CoilBoardSim
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from hardware.simulators.k1_board import K1_COILS, K1BoardSim
from hardware.simulators.market import (
    ACCEPTOR_ADDRESS,
    CCTALK_BAUD,
    COIL_CAPACITY,
    COINS,
    FAFB_BAUD,
    FIRST_SERIAL,
    PAPER_DOTS,
    PRINTER_BAUD,
    SCANNER_BAUD,
)
from hardware.simulators.mdb_box import MdbPeripheral, QibixxBox, WaferstarBox
from hardware.simulators.mdb_changer import ChangerSim
from hardware.simulators.mdb_reader import ReaderSim
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.simulators.model import Simulator, UnknownActError
from hardware.simulators.printer import PrinterSim
from hardware.simulators.pty_line import Wire
from hardware.simulators.rigs import MACHINE_PRICES
from hardware.simulators.scanner import ScannerSim
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim as SspValidatorSim
from hardware.simulators.troubles import TROUBLES
from hardware.simulators.vending_machine import VendingMachineSim

HOPPER_ADDRESS: Final = 3
VALIDATOR_ADDRESS: Final = 40
K1_BAUD: Final = 19_200
SSP_HOPPER_ADDRESS: Final = 16
QIBIXX_BAUD, WAFERSTAR_BAUD, SSP_BAUD = 115_200, 9600, 9600
RECYCLED: Final = (1, 2)
"""Note positions that the SSP recycler gives out again; the one on MDB has room for the first of them."""
NOTES: Final[Mapping[int, int]] = {1: 500, 2: 1000, 3: 2000, 4: 5000}
"""Note position -> value in minor units."""
TUBES: Final[Mapping[str, int]] = {"tube-10": 1, "tube-20": 2, "tube-50": 3, "tube-100": 4}
"""Tubes of a changer that stands alone, by the position of their coins."""
TUBE_COINS: Final = 30
"""Coins in each tube of a changer that stands alone."""
RECYCLER_NOTES: Final = 10
"""Notes in the recycler of a validator that stands alone on MDB."""
HOPPER_COINS: Final = 100
"""Coins in a hopper that stands alone: enough to pay out without a hand first."""

GOODS: Final = 5
"""Items in each coil of a board that stands alone."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be chosen; None or False leaves what is usual.

    Attributes:
        address: On a bus.
        serial: The serial number that it tells.
        echo: The wire repeats the host's bytes, as a ccTalk adapter without suppression does.
        crc: ccTalk frames with CRC instead of sums.
    """

    address: int | None = None
    serial: int | None = None
    echo: bool = False
    crc: bool = False


@dataclass(frozen=True, slots=True)
class Alone:
    """One row: what it is, what it speaks and how fast, how to make it, and which wishes it can fulfil.

    ``box`` joins several devices, or puts one behind an adapter; without it the one device is its own end of the wire.
    """

    says: str
    protocol: str
    baud: int
    make: Callable[[str, Wishes], Sequence[Simulator]]
    wishes: frozenset[str] = frozenset()
    box: Callable[[Sequence[Simulator]], DeviceMachine] = lambda simulators: simulators[0].machine


def _acceptor(name: str, wishes: Wishes) -> Sequence[Simulator]:
    acceptor = CoinAcceptorSim(
        name,
        wishes.address or ACCEPTOR_ADDRESS,
        wishes.serial or FIRST_SERIAL,
        COINS,
        check=Check.CRC if wishes.crc else Check.SUM,
    )
    return (acceptor,)


def _validator(name: str, wishes: Wishes) -> Sequence[Simulator]:
    validator = NoteValidatorSim(
        name,
        wishes.address or VALIDATOR_ADDRESS,
        wishes.serial or FIRST_SERIAL + VALIDATOR_ADDRESS,
        NOTES,
        check=Check.CRC if wishes.crc else Check.SUM,
    )
    return (validator,)


def _vending(name: str, wishes: Wishes) -> Sequence[Simulator]:
    """A changer, a note validator and a card reader on one bus; a line of a `Workbench` means the changer if it names none."""
    serial = wishes.serial or FIRST_SERIAL
    changer = ChangerSim(name, serial, COINS, TUBES)
    for position in TUBES.values():
        changer.fill(position, TUBE_COINS)
    validator = ValidatorSim(f"{name}-notes", serial + 1, NOTES, {f"{name}-recycler": RECYCLED[0]})
    validator.fill(RECYCLED[0], RECYCLER_NOTES)
    return (changer, validator, ReaderSim(f"{name}-card", serial + 2))


def _hopper(name: str, wishes: Wishes) -> Sequence[Simulator]:
    hopper = HopperSim(
        name,
        wishes.address or HOPPER_ADDRESS,
        wishes.serial or FIRST_SERIAL + HOPPER_ADDRESS,
        COINS[1],
        check=Check.CRC if wishes.crc else Check.SUM,
    )
    hopper.fill(HOPPER_COINS)
    return (hopper,)


_CCTALK: Final = frozenset({"address", "serial", "echo", "crc"})
_MDB: Final = frozenset({"serial"})
_SSP: Final = frozenset({"serial", "address"})

ALONE: Final[Mapping[str, Alone]] = {
    "cctalk-coin": Alone("a coin acceptor on ccTalk", Protocol.CCTALK, CCTALK_BAUD, _acceptor, _CCTALK),
    "cctalk-hopper": Alone("a coin hopper on ccTalk", Protocol.CCTALK, CCTALK_BAUD, _hopper, _CCTALK),
    "cctalk-note": Alone(
        "a note validator with escrow on ccTalk", Protocol.CCTALK, CCTALK_BAUD, _validator, _CCTALK
    ),
    "mdb-qibixx": Alone(
        "a coin changer, a note validator with a recycler for fives and a card reader on MDB, behind a Qibixx box",
        Protocol.MDB_QIBIXX,
        QIBIXX_BAUD,
        _vending,
        _MDB,
        lambda simulators: QibixxBox([each for each in simulators if isinstance(each, MdbPeripheral)]),
    ),
    "mdb-waferstar": Alone(
        "a coin changer, a note validator with a recycler for fives and a card reader on MDB, behind a Waferstar box",
        Protocol.MDB_WAFERSTAR,
        WAFERSTAR_BAUD,
        _vending,
        _MDB,
        lambda simulators: WaferstarBox([each for each in simulators if isinstance(each, MdbPeripheral)]),
    ),
    "mdb-machine": Alone(
        "an old vending machine on MDB, behind a Qibixx box that plays its card reader",
        Protocol.MDB_MACHINE,
        QIBIXX_BAUD,
        lambda name, _wishes: (
            VendingMachineSim(name, MACHINE_PRICES, dict.fromkeys(MACHINE_PRICES, GOODS), COIL_CAPACITY),
        ),
    ),
    "ssp-note": Alone(
        "a note validator with a recycler for fives and tens on SSP",
        Protocol.SSP,
        SSP_BAUD,
        lambda name, wishes: (
            SspValidatorSim(
                name,
                wishes.serial or FIRST_SERIAL,
                NOTES,
                recycled=RECYCLED,
                address=wishes.address or 0,
            ),
        ),
        _SSP,
    ),
    "ssp-hopper": Alone(
        "a hopper for coins of all values on SSP",
        Protocol.SSP,
        SSP_BAUD,
        lambda name, wishes: (
            SmartHopperSim(
                name,
                wishes.serial or FIRST_SERIAL,
                tuple(COINS.values()),
                address=SSP_HOPPER_ADDRESS if wishes.address is None else wishes.address,
            ),
        ),
        _SSP,
    ),
    "coil-board": Alone(
        "a board with forty coils and a drop sensor, on FA FB",
        Protocol.FAFB,
        FAFB_BAUD,
        lambda name, _wishes: (CoilBoardSim(name, dict.fromkeys(COILS, GOODS), COIL_CAPACITY),),
    ),
    "k1-board": Alone(
        "a board with coils and a light barrier, on K1 (VMC96)",
        Protocol.K1,
        K1_BAUD,
        lambda name, _wishes: (K1BoardSim(name, dict.fromkeys(K1_COILS, GOODS), COIL_CAPACITY),),
    ),
    "printer": Alone(
        "a receipt printer on ESC/POS",
        Protocol.ESCPOS,
        PRINTER_BAUD,
        lambda name, _wishes: (PrinterSim(name, PAPER_DOTS),),
    ),
    "scanner": Alone(
        "a barcode scanner", Protocol.SCANNER, SCANNER_BAUD, lambda name, _wishes: (ScannerSim(name),)
    ),
}
"""Name on the command line -> simulator."""

NOT_ALONE: Final[Mapping[str, str]] = {
    "wedge": (
        "a scanner that plays a keyboard cannot stand alone: its host grabs an input device of the kernel, and a pty is none. "
        "Start 'scanner' and use it as a serial one"
    ),
}
"""What a configuration may name and nothing here can start, each with the reason."""


ADDRESSES: Final[Mapping[str, range]] = {Protocol.CCTALK: range(2, 256), Protocol.SSP: range(127)}
"""Where a slave can be asked; 0 and 1 of ccTalk are all slaves and the host, 127 of SSP would be a frame's own mark."""


def wire_alone(name: str, wishes: Wishes, baud: int | None = None) -> Wire:
    """The wire of one simulator, for a `Bench`; the device is called as the wire.

    Raises:
        UnknownActError: No such simulator, or a wish that it cannot fulfil.
    """
    row = ALONE.get(name)
    if row is None:
        raise UnknownActError(f"no simulator {name!r}; there are: " + ", ".join(ALONE))
    wished = {
        "address": wishes.address is not None,
        "serial": wishes.serial is not None,
        "echo": wishes.echo,
        "crc": wishes.crc,
    }
    for wish, is_wished in wished.items():
        if is_wished and wish not in row.wishes:
            raise UnknownActError(f"{name} has no --{wish}: {row.says} knows nothing of it")
    addresses = ADDRESSES.get(row.protocol)
    if wishes.address is not None and addresses is not None and wishes.address not in addresses:
        raise UnknownActError(
            f"{wishes.address} is no address of {row.protocol}: {addresses[0]} to {addresses[-1]}"
        )
    simulators = tuple(row.make(name, wishes))
    if "echo" in row.wishes and not wishes.echo:
        for simulator in simulators:
            simulator.set_fault(NO_ECHO, True, 0)
    return Wire(name, row.protocol, baud or row.baud, row.box(simulators), simulators)


class Workbench:
    """Obeys what a technician types at the simulated devices of a bench with one wire.

    Where there are several devices, a line may begin with the name of the one that is meant; else it is the first.

    Args:
        bench: Started.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._wire = bench.wires[0]
        self._device = bench.devices[0]

    @property
    def hints(self) -> Iterator[str]:
        """The lines of ``help``."""
        if len(self._bench.devices) > 1:
            yield f"a line may begin with a device: {', '.join(self._bench.devices)}"
        yield f"with a hand at {self._device}:"
        for hand, fields in self._hands().items():
            asked = " ".join(f"[{name}={default}]" for name, default in fields.items())
            yield f"  {hand} {asked}".rstrip()
        yield "mishaps, with mishap NAME and mend NAME:"
        yield from _wrapped(tuple(self._mishaps()))
        yield "faults of the device, with fault NAME on|off:"
        yield from _wrapped(tuple(self._faults()))
        yield "others: show, power on|off, unplug, plug, help, quit"

    def obey(self, line: str) -> str:
        """Do what ``line`` says and say what came of it.

        Raises:
            UnknownActError: It is nothing that can be done; the message says what can.
        """
        try:
            words = shlex.split(line)
        except ValueError as error:
            raise UnknownActError(f"{error}: quotes come in pairs") from error
        is_named = bool(words) and words[0] in self._bench.devices
        self._device = words.pop(0) if is_named else self._bench.devices[0]
        if not words:
            return ""
        verb, *rest = words
        if verb in self._hands():
            self._bench.act(self._device, verb, self._values(verb, rest))
            return f"done: {verb}"
        return self._switch(verb, rest)

    def _switch(self, verb: str, rest: list[str]) -> str:
        match verb, rest:
            case "help", []:
                return "\n".join(self.hints)
            case "show", []:
                return self._shown()
            case ("mishap", [name]):
                self._bench.begin(name, self._target(name))
                trouble = TROUBLES[name]
                return trouble.says + (f" (mend {name} ends it)" if trouble.is_lasting else "")
            case ("mend", [name]):
                self._bench.end(name, self._target(name))
                return f"mended: {name}"
            case ("fault", [name, ("on" | "off") as way]):
                self._bench.set_fault(self._device, name, is_on=way == "on")
                return f"fault {name} is {way}"
            case ("power", [("on" | "off") as way]):
                self._bench.set_power(self._device, is_on=way == "on")
                return f"power is {way}"
            case ("unplug", []):
                self._bench.unplug(self._wire)
                return "the port is gone"
            case ("plug", []):
                self._bench.plug(self._wire)
                return f"the port is back as {self.path}"
            case _:
                raise UnknownActError(f"{verb!r} cannot be done like that; type help to see what can")

    @property
    def path(self) -> str:
        """The pty's path now; empty while unplugged."""
        return str(self._snapshot("wires", self._wire)["path"])

    def _snapshot(self, what: str, name: str) -> Mapping[str, object]:
        parts = self._bench.snapshot()[what]
        if not isinstance(parts, list):
            raise TypeError(f"a bench's {what} are a list")
        found: Mapping[str, object] = next(each for each in parts if each["name"] == name)
        return found

    def _hands(self) -> Mapping[str, Mapping[str, str]]:
        """Hand -> field -> default."""
        return self._bench.ask(
            self._device,
            lambda simulator: {
                hand.name: {field.name: field.default for field in hand.fields} for hand in simulator.hands
            },
        )

    def _values(self, hand: str, words: list[str]) -> Mapping[str, str]:
        """Values by name (``qty=3``) or, without one, by their order."""
        names = list(self._hands()[hand])
        values: dict[str, str] = {}
        for number, word in enumerate(words):
            name, sign, value = word.partition("=")
            is_named = bool(sign) and name in names
            if not is_named and number >= len(names):
                known = ", ".join(names) or "nothing"
                raise UnknownActError(f"{hand} needs {known}, not {word[:20]!r}")
            values[name if is_named else names[number]] = value if is_named else word
        return values

    def _faults(self) -> tuple[str, ...]:
        return self._bench.ask(self._device, lambda simulator: tuple(simulator.faults))

    def _mishaps(self) -> Iterator[str]:
        for name, trouble in TROUBLES.items():
            targets = trouble.targets(self._bench.places)
            if self._device in targets or self._wire in targets:
                yield name

    def _target(self, name: str) -> str:
        """Whom a mishap befalls: the device that is meant, or the one cable."""
        trouble = TROUBLES.get(name)
        targets = trouble.targets(self._bench.places) if trouble is not None else ()
        for target in (self._device, self._wire):
            if target in targets:
                return target
        raise UnknownActError(f"no mishap {name!r} can befall {self._device}; type help to see which can")

    def _shown(self) -> str:
        device = self._snapshot("devices", self._device)
        faults = device["faults"]
        on = [name for name, is_on in faults.items() if is_on] if isinstance(faults, Mapping) else []
        truth = device["truth"]
        lines = [f"power {'on' if device['is_powered'] else 'off'}, port {self.path or 'unplugged'}"]
        lines += [f"faults on: {', '.join(on)}"] if on else []
        if isinstance(truth, Mapping):
            lines += [f"  {name}: {_short(value)}" for name, value in truth.items()]
        return "\n".join(lines)


SHOWN: Final = 160
"""Most letters of one value: a drawn receipt is not for a terminal."""


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ... ({len(text)} letters)"


def _wrapped(names: tuple[str, ...], width: int = 100) -> Iterator[str]:
    line = " "
    for name in names:
        if len(line) + len(name) > width:
            yield line
            line = " "
        line += f" {name}"
    yield line
