"""Ports and devices as the text of a configuration file, with every setting that is not as usual."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields

from hardware.rig import DeviceConfig, PortConfig


def ports_text(ports: Iterable[PortConfig]) -> str:
    """The rig's part of a configuration, as TOML."""
    lines: list[str] = []
    for port in ports:
        lines += ["[[rig.ports]]", *_settings(port), ""]
        for device in port.devices:
            lines += ["[[rig.ports.devices]]", *_settings(device), ""]
    return "\n".join(lines)


def quoted(text: str) -> str:
    """A TOML string; its letters stay readable."""
    return json.dumps(text, ensure_ascii=False)


def _settings(settings: PortConfig | DeviceConfig) -> Iterator[str]:
    """One line for each setting without which it would be another port or device."""
    for each in fields(settings):
        value = getattr(settings, each.name)
        usual = each.default if each.default_factory is MISSING else each.default_factory()
        if each.name == "devices" or value == usual:
            continue
        if isinstance(value, Mapping):
            value = "{ " + ", ".join(f"{key} = {json.dumps(one)}" for key, one in value.items()) + " }"
        else:
            value = json.dumps(value)
        yield f"{each.name} = {value}"
