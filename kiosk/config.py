"""One frozen Config from a TOML file, read once and handed down.

A mistake names the key, the line where it stands, and what is allowed there; nothing starts with half a
configuration. Settings that only one machine has (the data folder, the ports of its web pages) can be given on the
command line or in the environment instead; the command line reads those itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel.numbers import is_currency
from msgspec import Meta

from hardware.events import DeviceKind
from hardware.rig import UNSUPPORTED, DeviceConfig, PortConfig, RigConfig, RigConfigError, Wire, check_rig
from kiosk.months import Calendar, are_months, month_days

NAME_FORM = "^[A-Za-z0-9][A-Za-z0-9-]{0,31}$"
CURRENCY_FORM = "^[A-Z]{3}$"
LANGUAGE_FORM = "^(en|fa|ar)$"
RATE_MOST_BP = 10_000
"""The whole price."""

LADDER_DAYS_MOST = 365
LADDER_MOST = 90
"""Goods that are given away are no mark-down but a slip; who throws them away says so."""

Name = Annotated[str, Meta(pattern=NAME_FORM)]
"""Letters, digits and dashes: it goes into file names, ids and receipts."""
Text = Annotated[str, Meta(min_length=1, max_length=120)]
"""One line of a receipt or screen, in at most three printed lines."""
Bp = Annotated[int, Meta(ge=0, le=RATE_MOST_BP)]
TcpPort = Annotated[int, Meta(ge=0, le=65_535)]
Language = Annotated[str, Meta(pattern=LANGUAGE_FORM)]
NotNegative = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(gt=0)]


class ConfigError(Exception):
    """The configuration cannot be used: ``key``, ``line`` (0 when the key is missing) and what is allowed."""

    def __init__(self, path: str, key: str, line: int, allowed: str) -> None:
        """Keep the parts, so that a desk or a terminal can show them in the reader's way."""
        where = f"{path}, line {line}" if line else path
        super().__init__(f"{where}: {key}: {allowed}")
        self.path = path
        self.key = key
        self.line = line
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who runs the machine; on every idle and error screen and on every receipt.

    ``public_url`` is where a phone reaches the claim page; empty when it cannot. ``site`` is what people call the place where the
    kiosk stands, for the vendor's own desk; empty for none.
    """

    name: Text
    phone: Text
    machine: Text
    email: str = ""
    address: str = ""
    tax_number: str = ""
    public_url: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class MoneyConfig:
    """The one currency of the kiosk. ``cash_step_minor`` is its smallest coin; all prices are multiples of it."""

    currency: Annotated[str, Meta(pattern=CURRENCY_FORM)]
    exponent: Annotated[int, Meta(ge=0, le=3)]
    cash_step_minor: Positive
    max_credit_minor: Positive = 5_000
    max_goodwill_minor: Positive = 5_000


ANSWER_DAYS: Final = 3
"""Long enough for a vendor who is on the road and comes to the box on the next round, short enough for somebody who waits for
their money."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `datetime.date.weekday`."""

WORKDAYS: Final = WEEKDAYS[:5]


@dataclass(frozen=True, slots=True)
class ClaimsConfig:
    """How claims are answered; amounts in minor units. For the reasons of the limits see `kiosk.core.rules.Rules`."""

    answer_days: Annotated[int, Meta(ge=1, le=30)] = ANSWER_DAYS
    """Working days until a promised answer; see `kiosk.claims.deadline`."""
    workdays: Annotated[tuple[str, ...], Meta(min_length=1)] = WORKDAYS
    """mon, tue, wed, thu, fri, sat, sun: those on which somebody answers."""
    auto_most_minor: NotNegative | None = None
    """The most that a proven claim is approved with by itself; 0: a person decides all. Without it, money.max_credit_minor."""
    auto_day_minor: NotNegative | None = None
    """The same for all of a day. Without it, ten times money.max_credit_minor."""
    auto_day_claims: NotNegative = 20
    second_above_minor: NotNegative | None = None
    """Above it two people agree before a claim is paid. Without it, money.max_credit_minor: one person decides what one shopper
    can have lost."""


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Where a page listens. Loopback unless said otherwise; off loopback only with TLS."""

    host: str = "127.0.0.1"
    port: TcpPort = 8080
    certificate: str = ""
    private_key: str = ""
    names: tuple[str, ...] = ()
    """Host names and addresses under which people reach it, beside loopback; a request for any other is refused."""


class SecondStep(StrEnum):
    """Whether roles that move money need a second step to sign in; ASKED lets them leave it, which is for a demo."""

    REQUIRED = "required"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class SignInConfig:
    """How people sign in at the desk."""

    second_step: SecondStep = SecondStep.REQUIRED


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Where the journal lives, below the data folder, and how much disk must stay free."""

    folder: str = "store"
    low_mib: Positive = 256
    """Below this no new cash visit: a visit's facts and a day's logs fit many times over."""
    full_mib: Positive = 64
    """Below this out of service; the ballast file gives room for the safe stop."""


@dataclass(frozen=True, slots=True)
class BackupConfig:
    """Copies of the store on a second medium; none without a folder.

    ``folder`` is absolute or below the data folder, and must exist: an unplugged medium must not fill the kiosk's own disk.
    """

    folder: str = ""
    every_minutes: Positive = 15
    """What a dead disk can cost: the entries of so many minutes."""
    keep: Positive = 8
    """Two hours of copies; each is as large as the store."""


@dataclass(frozen=True, slots=True)
class MonthCosts:
    """What a kiosk costs in one month, in minor units."""

    fees_minor: int = 0
    depreciation_minor: int = 0


@dataclass(frozen=True, slots=True)
class LaterCosts:
    """Costs that are others from a month on; what is left out stays as it was."""

    from_month: str
    """The first month with them, such as 2026-07 or, where accounts are kept by Jalali months, 1405-04; months before keep what
    they had."""
    monthly_fees_minor: NotNegative | None = None
    monthly_depreciation_minor: NotNegative | None = None


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """A kiosk as its vendor's desk must be told of it: what it costs each month, in minor units, and where its own desk is.

    Whoever changes a cost in place changes every month that was ever read: a new fee is one more entry of ``later``.
    """

    monthly_fees_minor: NotNegative = 0
    """Rent, power, the card reader's line and the like, from the first month on."""
    monthly_depreciation_minor: NotNegative = 0
    """What the machine loses in worth: mostly its price over the months that it will stand."""
    later: tuple[LaterCosts, ...] = ()
    """In the order of their months."""
    desk: str = ""
    """The front page of its own desk, such as https://192.168.1.20:8081: the desk for several kiosks leads there for what is
    done there. Without one it names the kiosk."""

    @property
    def has_costs(self) -> bool:
        """Whether any cost is told."""
        return bool(self.monthly_fees_minor or self.monthly_depreciation_minor or self.later)

    def costs_in(self, month: str) -> MonthCosts:
        """Fees and depreciation of a month that is written as ``2026-03`` or ``1404-12``.

        Raises:
            ValueError: It is no month.
        """
        fees_minor, depreciation_minor = self.monthly_fees_minor, self.monthly_depreciation_minor
        for each in self.later:
            if month_days(each.from_month)[0] > month_days(month)[0]:
                break
            if each.monthly_fees_minor is not None:
                fees_minor = each.monthly_fees_minor
            if each.monthly_depreciation_minor is not None:
                depreciation_minor = each.monthly_depreciation_minor
        return MonthCosts(fees_minor, depreciation_minor)


@dataclass(frozen=True, slots=True)
class HubConfig:
    """The vendor's desk for several kiosks, to which this one pushes its journal; none without an address.

    ``url`` is the desk's front page, ``https`` unless it is on this machine. ``key`` is the SHA-256 fingerprint of the desk's own
    certificate, as `kiosk desk` prints it; empty trusts the authorities that the system trusts.
    """

    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """Waits in seconds; the defaults are the product's promise, see journeys in the README."""

    close_bar: Positive = 5
    choice: Positive = 15
    idle: Positive = 60
    idle_money: Positive = 120
    thanks: Positive = 20
    owed: Positive = 600
    job: Positive = 30
    recovery: Positive = 8
    service: Positive = 600
    screen_silent: Positive = 10


@dataclass(frozen=True, slots=True)
class ExpiryConfig:
    """What happens before the last day of sale; after it goods are not sold, and nothing here changes that.

    ``ladder`` is pairs of days left and percent off, such as ``[[3, 20], [1, 50]]``: from three days before on a fifth less,
    on the last two days half. Where several fit, the largest counts.
    """

    ladder: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a kiosk is told."""

    kiosk_id: Name
    vendor: Vendor
    money: MoneyConfig
    tax_rates_bp: Annotated[Mapping[str, Bp], Meta(min_length=1)]
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("en", "fa", "ar")
    timezone: str = "UTC"
    calendar: Calendar = Calendar.GREGORIAN
    """By which months accounts are kept, whatever the reader's language; days are written in the reader's own calendar."""
    screen: WebConfig = field(default_factory=WebConfig)
    desk: WebConfig = field(default_factory=lambda: WebConfig(port=8081))
    sign_in: SignInConfig = field(default_factory=SignInConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    backup: BackupConfig = field(default_factory=BackupConfig)
    hub: HubConfig = field(default_factory=HubConfig)
    machines: Mapping[Name, MachineConfig] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
    expiry: ExpiryConfig = field(default_factory=ExpiryConfig)
    claims: ClaimsConfig = field(default_factory=ClaimsConfig)
    rig: RigConfig = field(default_factory=RigConfig)
    has_keyboard_wedge: bool = False
    """The page reads a keyboard scanner: demo only, a shopper's keyboard could scan too."""


_KEY = re.compile(r"""["']?([A-Za-z0-9_-]+)["']?\s*=(?!=)""")
"""A name before an equals sign, bare or quoted; also the names inside an inline table."""


def _lines_of(text: str) -> Mapping[str, int]:
    """Full name of every table and setting -> the line where it stands: a hint for a person, found by reading the text."""
    lines: dict[str, int] = {}
    tables: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.split("#")[0].strip()
        if bare.startswith("["):
            table = ""
            names = [name.strip(" \"'") for name in bare.strip("[]").split(".")]
            for depth, name in enumerate(names, 1):
                table = f"{table}.{name}" if table else name
                if bare.startswith("[[") and depth == len(names):
                    tables[table] = tables.get(table, -1) + 1
                if table in tables:
                    table = f"{table}[{tables[table]}]"
            lines.setdefault(table, number)
            continue
        first, *inside = _KEY.findall(bare) or [""]
        if first:
            name = f"{table}.{first}" if table else first
            lines.setdefault(name, number)
            lines.update({f"{name}.{each}": number for each in inside})
    return lines


def _line_of(text: str, key: str) -> int:
    """The line of a setting, or of the table that lacks it; 0 when there is neither."""
    lines = _lines_of(text)
    while key:
        if key in lines:
            return lines[key]
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return 0


_WORDS: Mapping[str, str] = {
    "`int`": "a whole number",
    "`float`": "a number with a decimal point",
    "`str`": "text in quotes",
    "`bool`": "true or false",
    "`array`": "a list in brackets",
    "`object`": "a table",
    "`null`": "nothing",
}
"""What types are called by people who write TOML."""

_MONTH_EXAMPLES: Mapping[Calendar, str] = {Calendar.GREGORIAN: "2026-07", Calendar.JALALI: "1405-04"}

_FORMS: Mapping[str, str] = {
    NAME_FORM: "1 to 32 letters, digits and dashes, first a letter or a digit",
    CURRENCY_FORM: "the three capitals of an ISO 4217 currency, such as EUR",
    LANGUAGE_FORM: "each is en, fa or ar",
}
"""What patterns mean."""

_CHOICES: Mapping[str, type[StrEnum]] = {
    "protocol": Wire,
    "kind": DeviceKind,
    "second_step": SecondStep,
    "calendar": Calendar,
}


def _allowed(message: str, key: str) -> str:
    """What is allowed, in words, from a validation message."""
    if "missing required field" in message:
        return "is missing; it must be given"
    name = key.rpartition(".")[2]
    if "enum value" in message and name in _CHOICES:
        choices = "one of " + ", ".join(_CHOICES[name])
        asked = message.partition("'")[2].rpartition("'")[0].strip().lower().replace("-", "_")
        return f"{choices}; {UNSUPPORTED[asked]}" if name == "kind" and asked in UNSUPPORTED else choices
    for form, words in _FORMS.items():
        if form in message:
            return words
    for word, plain in _WORDS.items():
        message = message.replace(word, plain)
    return message[:1].lower() + message[1:]


def parse_config(text: str, path: str) -> Config:
    """Read a configuration from TOML text.

    Args:
        text: The file's content.
        path: Its name, for messages.

    Raises:
        ConfigError: With key, line and what is allowed.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        raise ConfigError(path, "syntax", int(at[1]) if at else 0, str(error)) from error
    _refuse_unknown(table, Config, "", path, text)
    try:
        config = msgspec.convert(table, Config, strict=True, str_keys=True)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `")
        key = place.rpartition("`$")[2].rstrip("`").removeprefix("$").removeprefix(".")
        if "missing required field" in message:
            key = (key + "." if key not in {"", "$"} else "") + message.split("`")[1]
        if key == "tax_rates_bp[...]":
            key = _bad_rate(table["tax_rates_bp"])
        raise ConfigError(path, key or "file", _line_of(text, key), _allowed(message, key)) from error
    try:
        check_rig(config.rig)
    except RigConfigError as error:
        raise ConfigError(
            path, f"rig.{error.key}", _line_of(text, f"rig.{error.key}"), error.allowed
        ) from error
    _check_money(config, path, text)
    for key, is_allowed, allowed in _rules(config):
        if not is_allowed:
            raise ConfigError(path, key, _line_of(text, key), allowed)
    return config


def _bad_rate(rates: Mapping[str, object]) -> str:
    """The first tax class whose rate is none: the validation says only that there is one."""
    for name, rate in rates.items():
        if not isinstance(rate, int) or not 0 <= rate <= RATE_MOST_BP:
            return f"tax_rates_bp.{name}"
    return "tax_rates_bp"


def _rules(config: Config) -> Iterator[tuple[str, bool, str]]:
    """What types cannot say: key, whether it holds, and what is allowed."""
    money, store, vendor = config.money, config.store, config.vendor
    yield (
        "timezone",
        _is_timezone(config.timezone),
        "a zone of the IANA list, such as Europe/Berlin or Asia/Tehran",
    )
    yield "languages", len(set(config.languages)) == len(config.languages), "each language once"
    yield "money.currency", is_currency(money.currency), "a currency of ISO 4217, such as EUR"
    yield "store.folder", bool(store.folder), "the name of a folder"
    yield "backup.folder", config.backup.folder != store.folder, "another folder than store.folder"
    yield "store.full_mib", store.full_mib <= store.low_mib, f"at most store.low_mib ({store.low_mib})"
    yield (
        "hub.url",
        not config.hub.url or _is_safe_address(config.hub.url),
        "an address that begins with https:// (http:// only for 127.0.0.1), without a user, or nothing",
    )
    yield (
        "hub.key",
        not config.hub.key or re.fullmatch(r"[0-9a-fA-F]{64}", config.hub.key.replace(":", "")) is not None,
        "the 64 hexadecimal digits that 'kiosk desk' prints, or nothing",
    )
    yield (
        "expiry.ladder",
        all(
            0 <= days <= LADDER_DAYS_MOST and 1 <= percent <= LADDER_MOST
            for days, percent in config.expiry.ladder
        ),
        f"pairs of days left (0 to {LADDER_DAYS_MOST}) and percent off (1 to {LADDER_MOST}), such as [[3, 20], [1, 50]]",
    )
    is_page = not vendor.public_url or vendor.public_url.startswith(("https://", "http://"))
    yield "vendor.public_url", is_page, "an address that begins with https://, or nothing"
    for each in fields(Vendor):
        text = getattr(vendor, each.name)
        yield f"vendor.{each.name}", text.isprintable(), "one line without control characters"
    days = config.claims.workdays
    yield "claims.workdays", set(days) <= set(WEEKDAYS), "days of the week: " + ", ".join(WEEKDAYS)
    for name, machine in config.machines.items():
        yield (
            f"machines.{name}.desk",
            not machine.desk or _is_front_page(machine.desk),
            "an address that begins with https:// (http:// only for 127.0.0.1), without a user and a question mark, or nothing",
        )
        months = [each.from_month for each in machine.later]
        yield (
            f"machines.{name}.later",
            are_months(months, config.calendar) and all(a < b for a, b in pairwise(months)),
            f"months such as {_MONTH_EXAMPLES[config.calendar]} as from_month, each later than the one before",
        )
    coins = [value for port in config.rig.ports for device in port.devices for value in device.coins.values()]
    least = min(coins, default=0)
    yield "money.max_credit_minor", money.max_credit_minor >= least, f"at least the smallest coin ({least})"


def _is_safe_address(url: str) -> bool:
    """Whether a journal may be sent there: over TLS, or without leaving this machine."""
    try:
        parts = urlsplit(url)
        host, has_user = parts.hostname, "@" in parts.netloc
    except ValueError:
        return False
    is_here = parts.scheme == "http" and host in {"127.0.0.1", "localhost", "::1"}
    return bool(host) and not has_user and (parts.scheme == "https" or is_here)


def _is_front_page(url: str) -> bool:
    """Whether the address of a page can be put behind it; a password that is sent there must not be read on its way."""
    return _is_safe_address(url) and not {"?", "#"} & set(url) and url.isprintable() and " " not in url


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _refuse_unknown(table: Mapping[str, object], shape: type, prefix: str, path: str, text: str) -> None:
    """Refuse a key that no setting has: a misspelt limit must not fall back to its default unseen."""
    known = {entry.name: entry.type for entry in fields(shape)}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if key not in known:
            allowed = "is no setting here; known are " + ", ".join(sorted(known))
            raise ConfigError(path, name, _line_of(text, name), allowed)
        kind = str(known[key])
        is_named = kind.startswith("Mapping[Name, ")
        inner = _TABLES.get(kind.removeprefix("tuple[").removeprefix("Mapping[Name, ").rstrip(", .]"))
        if inner is None:
            continue
        if is_named and isinstance(value, Mapping):
            for each, table_of_one in value.items():
                if isinstance(table_of_one, Mapping):
                    _refuse_unknown(table_of_one, inner, f"{name}.{each}.", path, text)
        elif isinstance(value, Mapping):
            _refuse_unknown(value, inner, f"{name}.", path, text)
        elif isinstance(value, list):
            for index, each in enumerate(value):
                if isinstance(each, Mapping):
                    _refuse_unknown(each, inner, f"{name}[{index}].", path, text)


_TABLES: Mapping[str, type] = {
    each.__name__: each
    for each in (
        Vendor,
        MoneyConfig,
        ClaimsConfig,
        SignInConfig,
        WebConfig,
        StoreConfig,
        BackupConfig,
        HubConfig,
        MachineConfig,
        LaterCosts,
        Times,
        ExpiryConfig,
        RigConfig,
        PortConfig,
        DeviceConfig,
    )
}


def _check_money(config: Config, path: str, text: str) -> None:
    """Coins and the step must fit each other, or change could never be exact."""
    step = config.money.cash_step_minor
    for number, port in enumerate(config.rig.ports):
        for index, device in enumerate(port.devices):
            below = f"rig.ports[{number}].devices[{index}]"
            values = {f"{below}.coins.{position}": value for position, value in device.coins.items()}
            values |= {f"{below}.notes.{position}": value for position, value in device.notes.items()}
            if device.value_minor:
                values[f"{below}.value_minor"] = device.value_minor
            for key, value in values.items():
                if value % step:
                    allowed = f"values of coins and notes are multiples of money.cash_step_minor ({step})"
                    raise ConfigError(path, key, _line_of(text, key), allowed)


def load_config(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        ConfigError: With key, line and what is allowed; also when the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), "file", 0, f"must be a readable UTF-8 file ({error})") from error
    return parse_config(text, str(path))
