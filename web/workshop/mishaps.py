"""The simulation's mishaps as the workshop offers them: the same names, in words, each with what it can befall here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hardware.simulators.troubles import (
    TROUBLES,
    CableOut,
    Damaged,
    Dark,
    Device,
    Done,
    Switched,
    Trouble,
)
from web.workshop.texts import FAULTS, LANGUAGES, MISHAPS, Fault, fault_texts


def mishap_texts(trouble: Trouble) -> Fault | None:
    """The name and the explanation of a trouble; None when nobody wrote them."""
    if trouble.name in MISHAPS:
        return MISHAPS[trouble.name]
    kind = next(iter(sorted(trouble.kinds)), "")
    return fault_texts(kind, trouble.means.fault) if isinstance(trouble.means, Switched) else None


def offered(language: str, places: Iterable[Device]) -> list[dict[str, object]]:
    """Every trouble that can befall one of ``places``, in one language, grouped by its boundary's order.

    Raises:
        ValueError: Not one of `LANGUAGES`.
    """
    column = tuple(LANGUAGES).index(language)
    places = tuple(places)
    rows: list[dict[str, object]] = []
    for trouble in TROUBLES.values():
        targets = trouble.targets(places)
        texts = mishap_texts(trouble)
        if targets and texts is not None:
            rows.append(
                {
                    "mishap": trouble.name,
                    "boundary": str(trouble.boundary),
                    "name": texts[0][column],
                    "about": texts[1][column],
                    "targets": list(targets),
                    "is_lasting": trouble.is_lasting,
                    "fault": trouble.means.fault if isinstance(trouble.means, Switched) else "",
                    "is_of_wire": isinstance(trouble.means, CableOut | Damaged),
                }
            )
    return rows


def fault_words(language: str) -> dict[str, dict[str, dict[str, str]]]:
    """Device kind -> fault -> its name and what it does, in one language.

    Raises:
        ValueError: Not one of `LANGUAGES`.
    """
    column = tuple(LANGUAGES).index(language)
    return {
        kind: {fault: {"name": name[column], "about": about[column]} for fault, (name, about) in rows.items()}
        for kind, rows in FAULTS.items()
    }


def going_on(snapshot: Mapping[str, Any], places: Iterable[Device]) -> dict[str, list[str]]:
    """Which lasting troubles are on, and where; read from what the bench shows, so that it is true however they came about."""
    places = tuple(places)
    devices = {device["name"]: device for device in snapshot["devices"]}
    wires = {wire["name"]: wire for wire in snapshot["wires"]}
    found: dict[str, list[str]] = {}
    for trouble in TROUBLES.values():
        on = [target for target in trouble.targets(places) if _is_on(trouble, target, devices, wires)]
        if on:
            found[trouble.name] = on
    return found


def _is_on(
    trouble: Trouble,
    target: str,
    devices: Mapping[str, Mapping[str, Any]],
    wires: Mapping[str, Mapping[str, Any]],
) -> bool:
    match trouble.means:
        case Switched(fault):
            return bool(devices[target]["faults"].get(fault))
        case Dark():
            return not devices[target]["is_powered"]
        case CableOut():
            return not wires[target]["is_plugged"]
        case Damaged(noise):
            rates: Mapping[str, int] = wires[target]["noise"]
            return bool(rates) and all(getattr(noise, name) == rate for name, rate in rates.items())
        case Done(shows=shows):
            return bool(shows) and bool(devices[target]["truth"].get(shows))
        case _:
            return False
