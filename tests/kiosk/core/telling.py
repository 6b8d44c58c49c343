"""Tells what a till does, word by word: each event, the facts it made, what they changed, what is wanted of the devices.

A told day is kept as a text that a person has read. A change of the core that changes the text is meant, or it is a defect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import accepted_positions, is_exact_change
from kiosk.core.draft import Decision, Notice
from kiosk.core.fold import evolve
from kiosk.core.shopping import coil_stock, is_printer_ready
from kiosk.core.state import State
from kiosk.core.timing import next_deadline
from tests.kiosk.world import COILS, PowerCut, World

UNTOLD = frozenset({"seq", "seen_ms", "kiosk_id", "currency", "exponent", "epoch"})
"""Parts of the state that every fact changes, or none."""


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every number and text of the state, by its dotted name; an empty collection is one too."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{name}.{index}")
    else:
        yield name, value


def changes(before: State, after: State) -> list[str]:
    """What is different."""
    old, new = (dict(_leaves(msgspec.to_builtins(state))) for state in (before, after))
    parts_old, parts_new = _parents(old), _parents(new)
    return [
        f"{name} {_shown(old, name)}->{_shown(new, name)}"
        for name in sorted(old.keys() | new.keys())
        if _shown(old, name) != _shown(new, name)
        and name not in UNTOLD
        # What came or went as a whole is said once.
        and not (name not in new and _parents([name]) & new.keys())
        and not (name not in new and name in parts_new)
        and not (name not in old and name in parts_old and new[name] in ({}, []))
    ]


def _parents(names: Iterable[str]) -> set[str]:
    """The dotted names above these."""
    return {name[:place] for name in names for place, letter in enumerate(name) if letter == "."}


def _shown(leaves: dict[str, object], name: str) -> str:
    return str(leaves[name]) if name in leaves else "-"


def words(thing: Any) -> str:
    """A fact or an event with the fields that say something."""
    parts = [type(thing).__name__]
    for field in fields(thing):
        value = getattr(thing, field.name)
        if value not in ("", None, False, ()) or value is False:
            parts.append(f"{field.name}={msgspec.to_builtins(value)}")
    return " ".join(part for part in parts if not part.endswith("=False"))


class Teller(World):
    """A world that writes down what it does."""

    def __init__(
        self, folder: Path, *, tells_opening: bool = False, approved: Sequence[str] = (), **values: Any
    ) -> None:
        self.lines: list[str] = []
        self.approved: Sequence[str] = ()
        self.compared = 0
        self.wanted = ""
        super().__init__(folder, **values)
        if not tells_opening:
            self.lines.clear()
        self.approved = approved

    def heading(self, text: str) -> None:
        """A sentence about what happens next."""
        self.lines += ["", f"# {text}"]

    def compare(self) -> None:
        """Hold what was told since the last time against the approved text, so that the first difference is named."""
        for number in range(self.compared, len(self.lines) if self.approved else 0):
            approved = self.approved[number] if number < len(self.approved) else "nothing more"
            assert self.lines[number] == approved, f"line {number + 1}"
        self.compared = len(self.lines)

    def step(self, event: ev.Event) -> Notice:
        self.compare()
        self.lines.append(f"> {type(event).__name__}")
        notice = super().step(event)
        if notice != Notice("done"):
            params = " ".join(f"{key}={value}" for key, value in notice.params.items())
            self.lines.append(
                f"    {'refused' if notice.is_refusal else 'says'} {notice.key} {params}".rstrip()
            )
        return notice

    def commit(self, decision: Decision) -> None:
        state = self.state
        for fact in decision.facts:
            stamp = self.stamp()
            after = evolve(state, f.Recorded(state.seq + 1, stamp.at, stamp.now_ms, fact))
            self.lines.append(f"  {after.seq} {words(fact)}")
            changed = changes(state, after)
            if changed:
                self.lines.append(f"        {'; '.join(changed)}")
            state = after
        try:
            super().commit(decision)
        except PowerCut:
            self.lines.append("    the power is cut")
            raise
        self._tell_wishes()

    def _tell_wishes(self) -> None:
        rules = self.shop.rules
        deadline = next_deadline(self.state, rules, self.touched_ms)
        accepted = accepted_positions(self.state, rules, self.now_ms)
        parts = [
            "; ".join(
                f"{device} takes {' '.join(str(place) for place in places) or 'nothing'}"
                for device, places in accepted.items()
            ),
            "exact change" if is_exact_change(self.state, rules, self.now_ms) else "gives change",
            "sells " + " ".join(f"{slot}:{coil_stock(self.state, slot)}" for slot in COILS),
            "prints" if is_printer_ready(self.state, rules.printers) else "does not print",
            f"waits for {deadline[1]} at {deadline[0]}" if deadline else "waits for nothing",
        ]
        wanted = ", ".join(parts)
        if wanted != self.wanted:
            self.lines.append(f"    {wanted}")
            self.wanted = wanted

    def end(self) -> str:
        """The whole day, with the digest of its last entry."""
        assert self.ledger is not None
        self.lines += ["", f"head {self.ledger.head.digest.hex()}"]
        self.compare()
        return "\n".join((*self.lines, ""))
