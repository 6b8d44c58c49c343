"""The first configuration of a kiosk: what is connected, what its coins are worth, and who runs the machine.

Used by `kiosk setup` and by the page of a first start. Lines are asked the harmless questions of `hardware.wires.probe` only: no
byte goes out that pays, turns or prints. What devices say of their coins' worth is proposed, and a person confirms it. A
configuration that is there already is never written over: it is kept under another name, or the new one is put beside it.
"""

from __future__ import annotations

import math
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from babel.numbers import get_territory_currencies, is_currency

from hardware.events import DeviceKind
from hardware.mdb.messages import exponent_of
from hardware.port import PortError
from hardware.rig import DeviceConfig, PortConfig, Wire
from hardware.wires.asking import Finding, Worth
from hardware.wires.probe import AskingFailedError, OpenPort, probe_port, serial_port
from hardware.wires.table import WIRES
from hardware.wires.wire import WireKind
from kiosk.config import Config, parse_config
from kiosk.months import Calendar
from web.config_text import ports_text, quoted
from web.demo import CONFIG_FILE

DRAFT_FILE: Final = "kiosk.new.toml"
"""Where a new configuration is put when there is one already."""

LINES_AT_ONCE: Final = 8
"""Lines that are asked at the same time; a silent one takes half a minute."""

CREDIT_MAJOR: Final = 50
"""Most credit in main units of a currency with small coins; where twice the largest piece is more, that."""

NO_TAX: Final = "standard"
"""The tax class that a new configuration has."""

NAMES: Final[Mapping[DeviceKind, str]] = {
    DeviceKind.COIN_ACCEPTOR: "coin",
    DeviceKind.NOTE_VALIDATOR: "notes",
    DeviceKind.HOPPER: "hopper",
    DeviceKind.CARD_READER: "card",
    DeviceKind.COIL_BOARD: "coils",
    DeviceKind.PRINTER: "printer",
    DeviceKind.SCANNER: "scanner",
}
"""What devices are called in a configuration; a number follows where there are several."""

_COUNTRY_LETTERS: Final = 2
_EURO_AREA: Final = "EU"
_ZONES: Final = "/zoneinfo/"


class SetupError(Exception):
    """A configuration cannot be made of these answers; the message says which one, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One port and who answered there.

    Attributes:
        path: As it goes into the configuration.
        wire: The protocol; empty when nobody answered.
        baud: Its speed.
        found: The devices.
        problem: Why nobody could be asked; empty when somebody could.
        has_echo: Our own bytes came back, as on a ccTalk wire.
        heard_qty: Bytes that nobody understood.
    """

    path: str
    wire: str = ""
    baud: int = 0
    found: tuple[Finding, ...] = ()
    problem: str = ""
    has_echo: bool = False
    heard_qty: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that the configuration needs.

    Attributes:
        line: Which line, from 0.
        device: Which device on it, from 0.
        position: Of an acceptor, or of a hopper with several values, from 1; 0 for a hopper's only value.
        kind: Of the device.
        calls: What the device calls it; may be empty.
        minor: What the device says that it is worth; None when a person must say.
        is_kept: Of a note: whether its device keeps it in a recycler, to be given back; None when it could, and a person knows.
    """

    line: int
    device: int
    position: int
    kind: DeviceKind
    calls: str
    minor: int | None
    is_kept: bool | None = False

    @property
    def key(self) -> str:
        """Names this value in a form."""
        return f"{self.line}.{self.device}.{self.position}"

    @property
    def can_be_kept(self) -> bool:
        """Whether a person may choose that its notes are given back as change."""
        return self.is_kept is not False


@dataclass(frozen=True, slots=True)
class Answers:
    """What only people know; ``values`` is `Slot.key` -> minor units, and what is missing there is refused."""

    vendor: str
    phone: str
    machine: str
    currency: str
    kiosk_id: str = ""
    tax_bp: int = 0
    timezone: str = "UTC"
    values: Mapping[str, int] = field(default_factory=dict)
    scanners: tuple[int, ...] = ()
    """Silent lines that have a serial scanner."""
    kept: frozenset[str] = frozenset()
    """`Slot.key` of notes that a recycler keeps, to be given back as change; of others that have no value it means nothing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A configuration that was checked, and what is not in it though it was found, in words."""

    text: str
    config: Config
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """Where the new configuration is, and where the former one was kept (None when there was none, or it stays)."""

    path: Path
    kept: Path | None
    is_used: bool


# --- finding ------------------------------------------------------------------------------------------------------------


def survey(
    paths: Sequence[str],
    *,
    wires: Sequence[WireKind] = tuple(WIRES.values()),
    open_port: OpenPort = serial_port,
    tell: Callable[[Line], None] = lambda _line: None,
) -> tuple[Line, ...]:
    """Ask every line who is there, several at once, on ``wires`` only; ``tell`` hears of each, in the threads that asked."""

    def look(path: str) -> Line:
        line = _look(path, wires, open_port)
        tell(line)
        return line

    if not paths:
        return ()
    with ThreadPoolExecutor(min(LINES_AT_ONCE, len(paths)), thread_name_prefix="setup") as asking:
        return tuple(asking.map(look, paths))


def _look(path: str, wires: Sequence[WireKind], open_port: OpenPort) -> Line:
    has_echo, heard_qty = False, 0
    try:
        for wire, baud, asked in probe_port(path, wires, open_port=open_port):
            if asked.found:
                return Line(path, wire, baud, asked.found)
            has_echo = has_echo or asked.has_echo
            heard_qty += asked.heard_qty
    except (PortError, AskingFailedError) as error:
        return Line(path, problem=str(error))
    return Line(path, has_echo=has_echo, heard_qty=heard_qty)


def iso_money(money: str) -> str:
    """The ISO 4217 code that a device means: by its own code, or by the country that it names; empty for neither."""
    if len(money) != _COUNTRY_LETTERS:
        return money if money and is_currency(money) else ""
    if money == _EURO_AREA:
        return "EUR"
    return next(iter(get_territory_currencies(money)), "")


def told_currency(lines: Iterable[Line]) -> str:
    """The currency that most devices speak of; empty when none does."""
    told = Counter(
        code
        for line in lines
        for finding in line.found
        for code in {iso_money(worth.money) for worth in finding.worths}
        if code
    )
    return told.most_common(1)[0][0] if told else ""


def told_minor(worth: Worth, currency: str) -> int | None:
    """A position's worth in minor units of ``currency``; None when it is other money, or no whole number of them."""
    money = iso_money(worth.money)
    if money and money != currency:
        return None
    if worth.decimals is None:
        return worth.amount
    minor, rest = divmod(worth.amount * 10 ** exponent_of(currency), 10**worth.decimals)
    return minor if minor and not rest else None


def slots_of(lines: Sequence[Line], currency: str) -> tuple[Slot, ...]:
    """Every value that these devices need, with what they say themselves."""
    slots: list[Slot] = []
    for number, line in enumerate(lines):
        for index, finding in enumerate(line.found):
            told = {worth.position: told_minor(worth, currency) for worth in finding.worths}
            kept = {worth.position: worth.has_tube for worth in finding.worths}
            is_reader = finding.kind is DeviceKind.NOTE_VALIDATOR
            names = dict(finding.coins)
            if finding.kind in {DeviceKind.COIN_ACCEPTOR, DeviceKind.NOTE_VALIDATOR}:
                positions = sorted({*names, *told})
            elif finding.kind is DeviceKind.HOPPER:
                positions = sorted(told) or [0]
            else:
                continue
            slots += [
                Slot(
                    number, index, at, finding.kind, names.get(at, ""), told.get(at),
                    kept.get(at, False) if is_reader else False,
                )
                for at in positions
            ]  # fmt: skip
    return tuple(slots)


def told_values(slots: Iterable[Slot]) -> dict[str, int]:
    """What the devices say, as an answer."""
    return {slot.key: slot.minor for slot in slots if slot.minor}


def told_kept(slots: Iterable[Slot]) -> frozenset[str]:
    """The notes that the devices say they keep for change, as an answer."""
    return frozenset(slot.key for slot in slots if slot.is_kept)


# --- writing ------------------------------------------------------------------------------------------------------------


class _Names:
    """Gives each device a name of its own."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        number = 2
        free = name
        while free in self._taken:
            free, number = f"{name}-{number}", number + 1
        self._taken.add(free)
        return free


def _ports(lines: Sequence[Line], answers: Answers) -> tuple[tuple[PortConfig, ...], tuple[str, ...]]:
    names, port_names = _Names(), _Names()
    ports: list[PortConfig] = []
    left_out: list[str] = []
    for number, line in enumerate(lines):
        if number in answers.scanners and not line.found:
            scanner = DeviceConfig(names.take(NAMES[DeviceKind.SCANNER]), DeviceKind.SCANNER)
            baud = WIRES[Wire.SCANNER].bauds[0]
            ports.append(PortConfig(port_names.take("scanner"), line.path, baud, Wire.SCANNER, (scanner,)))
            continue
        devices: list[DeviceConfig] = []
        for index, finding in enumerate(line.found):
            at = f"{number}.{index}."
            values = {
                int(key.removeprefix(at)): minor
                for key, minor in answers.values.items()
                if key.startswith(at) and minor
            }
            kept = [position for position in values if f"{at}{position}" in answers.kept]
            readers = [one for one in line.found if one.kind is DeviceKind.NOTE_VALIDATOR]
            if kept and line.wire == Wire.SSP and len(readers) > 1:
                kept = []
                left_out.append(
                    f"{line.path}: a recycler beside another note unit; give it a line of its own"
                )
            made = list(_devices(finding, values, kept, names))
            if not made:
                kind = str(finding.kind).replace("_", " ")
                left_out.append(f"{line.path}: the {kind} has no value for any of its positions")
            devices += made
        if devices:
            name = str(devices[0].name) if len(devices) == 1 else line.wire
            is_crc = any("crc = true" in finding.settings for finding in line.found)
            port = PortConfig(
                port_names.take(name), line.path, line.baud, Wire(line.wire), tuple(devices), is_crc
            )
            ports.append(port)
    return tuple(ports), tuple(left_out)


def _devices(
    finding: Finding, values: Mapping[int, int], kept: Sequence[int], names: _Names
) -> Iterator[DeviceConfig]:
    """A found device with its tubes or its recycler; nothing when it needs values and has none."""
    kind, address = finding.kind, finding.address
    match kind:
        case DeviceKind.COIN_ACCEPTOR | DeviceKind.NOTE_VALIDATOR if not values:
            return
        case DeviceKind.COIN_ACCEPTOR:
            tubed = [
                worth.position for worth in finding.worths if worth.has_tube and worth.position in values
            ]
            into = {position: names.take(f"tube-{values[position]}") for position in tubed}
            yield DeviceConfig(names.take(NAMES[kind]), kind, address=address, coins=values, into=into)
            for position, name in into.items():
                yield DeviceConfig(name, DeviceKind.HOPPER, value_minor=values[position], tube=position)
        case DeviceKind.NOTE_VALIDATOR:
            into = {position: names.take(f"recycler-{values[position]}") for position in kept}
            yield DeviceConfig(names.take(NAMES[kind]), kind, address=address, notes=values, into=into)
            for position, name in into.items():
                yield DeviceConfig(name, DeviceKind.HOPPER, value_minor=values[position], tube=position)
        case DeviceKind.HOPPER:
            for value_minor in dict.fromkeys(values.values()):
                name = names.take(f"hopper-{value_minor}")
                yield DeviceConfig(name, kind, address=address, value_minor=value_minor)
        case _:
            yield DeviceConfig(names.take(NAMES[kind]), kind, address=address)


JALALI_CURRENCIES: Final = frozenset({"IRR", "AFN"})
"""Where taxes and accounts are by law kept in Jalali months: Iran and Afghanistan."""

_TEXT: Final = """\
# Written by `kiosk setup` on {date} from what was connected. Prices, coins and notes are in minor units.
# Values of coins and notes were proposed by the devices or typed in: compare them with the devices' labels.
kiosk_id = {kiosk_id}
languages = ["en", "fa", "ar"]
timezone = {timezone}
# By which months accounts are kept: gregorian, or jalali (Farvardin to Esfand).
calendar = {calendar}

[vendor]
name = {vendor}
phone = {phone}
machine = {machine}

[money]
currency = {currency}
exponent = {exponent}
# The smallest coin: all prices are multiples of it.
cash_step_minor = {step}
max_credit_minor = {credit}
max_goodwill_minor = {credit}

# Tax that prices include, in hundredths of a percent, for each class of goods.
[tax_rates_bp]
{tax} = {tax_bp}

{ports}"""


def draft(lines: Sequence[Line], answers: Answers, now: datetime) -> Draft:
    """Make the configuration's text and check it as a start would.

    Raises:
        SetupError: An answer is not allowed.
        kiosk.config.ConfigError: A setting is not; it names the key.
    """
    currency = answers.currency.upper()
    if not is_currency(currency):
        raise SetupError(f"{answers.currency or 'nothing'} is no currency of ISO 4217, such as EUR or IRR")
    ports, left_out = _ports(lines, answers)
    values = [value for port in ports for device in port.devices for value in _values(device)]
    notes = {
        name for port in ports for device in port.devices if device.notes for name in device.into.values()
    }
    coins = [
        value
        for port in ports
        for device in port.devices
        if device.name not in notes  # goods may cost less than the smallest note that is given back
        for value in _coin_values(device)
    ]
    exponent = exponent_of(currency)
    credit = max(CREDIT_MAJOR * 10**exponent, 2 * max(values, default=0))
    step = math.gcd(*coins) if coins else 1
    text = _TEXT.format(
        date=now.date().isoformat(),
        kiosk_id=quoted(answers.kiosk_id or _kiosk_id(answers.machine)),
        timezone=quoted(answers.timezone),
        calendar=quoted(Calendar.JALALI if currency in JALALI_CURRENCIES else Calendar.GREGORIAN),
        vendor=quoted(answers.vendor),
        phone=quoted(answers.phone),
        machine=quoted(answers.machine),
        currency=quoted(currency),
        exponent=exponent,
        step=step,
        credit=credit,
        tax=NO_TAX,
        tax_bp=answers.tax_bp,
        ports=ports_text(ports),
    )
    return Draft(text, parse_config(text, CONFIG_FILE), left_out)


def _values(device: DeviceConfig) -> tuple[int, ...]:
    return (*_coin_values(device), *device.notes.values())


def _coin_values(device: DeviceConfig) -> tuple[int, ...]:
    return (*device.coins.values(), *((device.value_minor,) if device.value_minor else ()))


def _kiosk_id(machine: str) -> str:
    """An id from the machine's number: letters, digits and dashes of it."""
    return "KIOSK-" + (re.sub(r"[^A-Za-z0-9-]+", "-", machine).strip("-")[:24] or "1")


def own_timezone(localtime: Path = Path("/etc/localtime")) -> str:
    """The zone that this machine is set to; UTC when it does not say."""
    _, found, name = str(localtime.resolve()).partition(_ZONES)
    name = name.removeprefix("posix/")
    return "UTC" if not found or name in {"Etc/UTC", "UCT", "Universal"} else name


def own_name() -> str:
    """What this machine is called, for a first proposal."""
    return socket.gethostname().partition(".")[0][:24] or "kiosk"


def write_draft(folder: Path, made: Draft, now: datetime, *, replaces: bool = False) -> Written:
    """Put the configuration into ``folder``; a former one is kept, or stays in use.

    Args:
        folder: The kiosk's; made when it is not there.
        made: What to write.
        now: For the name under which a former one is kept.
        replaces: Use the new one although there is one: the former is kept under another name. Without it the new one is put
            beside it.

    Raises:
        OSError: The disk refuses, or the name for keeping is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CONFIG_FILE
    kept: Path | None = None
    if not path.exists():
        _write_new(path, made.text)
        return Written(path, None, is_used=True)
    if not replaces:
        beside = folder / DRAFT_FILE
        beside.write_text(made.text, encoding="utf-8")
        return Written(beside, None, is_used=False)
    kept = folder / f"kiosk.{now:%Y%m%dT%H%M%S}.toml"
    with kept.open("xb") as copy:
        copy.write(path.read_bytes())
    fresh = folder / DRAFT_FILE
    fresh.write_text(made.text, encoding="utf-8")
    fresh.replace(path)
    return Written(path, kept, is_used=True)


def _write_new(path: Path, text: str) -> None:
    """Whole or not at all, and never over a file that came meanwhile."""
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
