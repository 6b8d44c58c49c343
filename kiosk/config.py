"""One frozen Config from a TOML file, read once and handed down.

A mistake names the key, the line where it stands, and what is allowed there; nothing starts with half a
configuration. Settings that only one machine has (the data folder, the ports of its web pages) can be given on the
command line or in the environment instead; the command line reads those itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from hardware.rig import RigConfig, RigConfigError, check_rig

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,31}$")]
"""Letters, digits and dashes: it goes into file names, ids and receipts."""
Text = Annotated[str, Meta(min_length=1, max_length=120)]
"""One line of a receipt or screen, in at most three printed lines."""
Bp = Annotated[int, Meta(ge=0, le=10_000)]
TcpPort = Annotated[int, Meta(ge=0, le=65_535)]
Language = Annotated[str, Meta(pattern=r"^(en|fa|ar)$")]
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

    ``public_url`` is where a phone reaches the claim page; empty when it cannot.
    """

    name: Text
    phone: Text
    machine: Text
    email: str = ""
    address: str = ""
    tax_number: str = ""
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class MoneyConfig:
    """The one currency of the kiosk. ``cash_step_minor`` is its smallest coin; all prices are multiples of it."""

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    exponent: Annotated[int, Meta(ge=0, le=3)]
    cash_step_minor: Positive
    max_credit_minor: Positive = 5_000
    max_goodwill_minor: Positive = 5_000


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Where a page listens. Loopback unless said otherwise; off loopback only with TLS."""

    host: str = "127.0.0.1"
    port: TcpPort = 8080
    certificate: str = ""
    private_key: str = ""
    names: tuple[str, ...] = ()
    """Host names and addresses under which people reach it, beside loopback; a request for any other is refused."""


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Where the journal lives, below the data folder, and how much disk must stay free."""

    folder: str = "store"
    low_mib: Positive = 256
    """Below this no new cash visit: a visit's facts and a day's logs fit many times over."""
    full_mib: Positive = 64
    """Below this out of service; the ballast file gives room for the safe stop."""


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
class Config:
    """Everything a kiosk is told."""

    kiosk_id: Name
    vendor: Vendor
    money: MoneyConfig
    tax_rates_bp: Annotated[Mapping[str, Bp], Meta(min_length=1)]
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("en", "fa", "ar")
    timezone: str = "UTC"
    screen: WebConfig = field(default_factory=WebConfig)
    desk: WebConfig = field(default_factory=lambda: WebConfig(port=8081))
    store: StoreConfig = field(default_factory=StoreConfig)
    times: Times = field(default_factory=Times)
    rig: RigConfig = field(default_factory=RigConfig)
    has_keyboard_wedge: bool = False
    """The page reads a keyboard scanner: demo only, a shopper's keyboard could scan too."""


def _line_of(text: str, key: str) -> int:
    """The line where the last name of a dotted key stands, or 0: a hint for a person, found by reading the text."""
    names = [part.split("[")[0] for part in key.replace("$", "").split(".") if part and part[0] != "["]
    lines = text.splitlines()
    start = 0
    for name in names:
        for index in range(start, len(lines)):
            bare = lines[index].split("#")[0]
            if any(
                word.strip("[] \t\"'") == name for word in bare.replace("=", " = ").replace(".", " ").split()
            ):
                start = index
                break
        else:
            return start + 1 if start else 0
    return start + 1


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
        raise ConfigError(path, "syntax", 0, str(error)) from error
    _refuse_unknown(table, Config, "", path, text)
    try:
        config = msgspec.convert(table, Config, strict=True, str_keys=True)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `")
        key = place.rpartition("`$")[2].rstrip("`").removeprefix("$").removeprefix(".")
        if "missing required field" in message:
            key = (key + "." if key not in {"", "$"} else "") + message.split("`")[1]
        raise ConfigError(path, key or "file", _line_of(text, key), message) from error
    try:
        check_rig(config.rig)
    except RigConfigError as error:
        raise ConfigError(
            path, f"rig.{error.key}", _line_of(text, f"rig.{error.key}"), error.allowed
        ) from error
    _check_money(config, path, text)
    return config


def _refuse_unknown(table: Mapping[str, object], shape: type, prefix: str, path: str, text: str) -> None:
    """Refuse a key that no setting has: a misspelt limit must not fall back to its default unseen."""
    known = {entry.name: entry.type for entry in fields(shape)}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if key not in known:
            allowed = "is no setting here; known are " + ", ".join(sorted(known))
            raise ConfigError(path, name, _line_of(text, name), allowed)
        inner = _TABLES.get(str(known[key]))
        if inner is not None and isinstance(value, Mapping):
            _refuse_unknown(value, inner, f"{name}.", path, text)


_TABLES: Mapping[str, type] = {
    each.__name__: each for each in (Vendor, MoneyConfig, WebConfig, StoreConfig, Times, RigConfig)
}


def _check_money(config: Config, path: str, text: str) -> None:
    """Coins and the step must fit each other, or change could never be exact."""
    step = config.money.cash_step_minor
    for port in config.rig.ports:
        for device in port.devices:
            for value in (*device.coins.values(), *([device.value_minor] if device.value_minor else [])):
                if value % step:
                    allowed = f"coin values are multiples of money.cash_step_minor ({step})"
                    raise ConfigError(path, f"rig ({device.name})", _line_of(text, device.name), allowed)


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
