"""An SSP host and simulated units on one wire, in virtual time; what passes can be split or spoilt."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import cast

from hardware.commands import Authority, LeaveFloat, PayCoins, ReturnNote, SetAccept, StackNote
from hardware.events import DeviceEvent, NoteEscrowed
from hardware.sansio import AcceptorMemory
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.simulators.ssp_wire import SspUnit, SspWire
from hardware.ssp.host import NotesConfig, SspBus, TubeConfig, UnitConfig

NOTES = {1: 500, 2: 1000, 3: 2000}
COINS = (10, 20, 50)
SERIAL = 1873452
AUTHORITY = Authority(1, 1)
START_MS = 1_000_000

Spoil = Callable[[bytes], Sequence[bytes]]


def whole(data: bytes) -> Sequence[bytes]:
    return (data,)


def dice(seed: int = 1) -> Callable[[int], int]:
    return random.Random(seed).getrandbits


def notes_unit(memory: AcceptorMemory | None = None, newest_protocol: int = 8) -> UnitConfig:
    return UnitConfig(0, "EUR", NotesConfig("notes", NOTES, memory=memory), newest_protocol=newest_protocol)


def recycler_unit(memory: AcceptorMemory | None = None, newest_protocol: int = 8) -> UnitConfig:
    into = {1: "notes-5", 2: "notes-10"}
    tubes = (TubeConfig("notes-5", 500, 1), TubeConfig("notes-10", 1000, 2))
    return UnitConfig(
        0, "EUR", NotesConfig("notes", NOTES, into, memory), tubes, newest_protocol=newest_protocol
    )


def coins_unit() -> UnitConfig:
    return UnitConfig(0x10, "EUR", tubes=tuple(TubeConfig(f"coins-{value}", value) for value in COINS))


class Conversation:
    """Time jumps from one wake to the next; ``to_host`` and ``to_units`` give the pieces in which bytes arrive.

    ``decide`` answers escrowed notes: "stack", "return", or "" to leave them waiting.
    """

    def __init__(
        self,
        configs: Sequence[UnitConfig],
        units: Sequence[SspUnit],
        *,
        to_host: Spoil = whole,
        to_units: Spoil = whole,
        has_keys: bool = True,
        decide: str = "stack",
    ) -> None:
        self.has_keys = has_keys
        self.host = SspBus(configs, dice() if has_keys else None)
        self.wire = SspWire(units)
        self.to_host = to_host
        self.to_units = to_units
        self.decide = decide
        self.now_ms = START_MS
        self.seen: list[DeviceEvent] = []
        self.sent: list[tuple[int, bytes]] = []
        self.heard: list[tuple[int, bytes]] = []
        self.jobs = 0

    def run(self, for_ms: int) -> list[DeviceEvent]:
        """Let time pass and give what the host learned meanwhile."""
        before = len(self.seen)
        end_ms = self.now_ms + for_ms
        self._pump()
        while True:
            wakes = [self.host.wake_at_ms, self.wire.wake_at_ms]
            next_ms = min(wake for wake in wakes if wake is not None)
            if next_ms > end_ms:
                break
            self.now_ms = max(self.now_ms + 1, next_ms)
            self._pump()
        self.now_ms = end_ms
        self._pump()
        return self.seen[before:]

    def restart_host(self, configs: Sequence[UnitConfig]) -> None:
        self.host = SspBus(configs, dice(2) if self.has_keys else None)

    def open(self, *positions: int) -> None:
        self.host.request(SetAccept("notes", positions or tuple(NOTES)))

    def close(self) -> None:
        self.host.request(SetAccept("notes", ()))

    def pay(self, tube: str, qty: int, job: str = "job") -> None:
        self.host.request(PayCoins(tube, job, qty, None), AUTHORITY)

    def leave_float(self, tube: str, keep: int, job: str = "move") -> None:
        self.host.request(LeaveFloat(tube, job, keep), AUTHORITY)

    def stack(self, job: str = "stack") -> None:
        self.host.request(StackNote("notes", job), AUTHORITY)

    def give_back(self, job: str = "back") -> None:
        self.host.request(ReturnNote("notes", job), AUTHORITY)

    def of(self, *kinds: type[DeviceEvent]) -> list[DeviceEvent]:
        return [event for event in self.seen if isinstance(event, kinds)]

    def _pump(self) -> None:
        self.wire.tick(self.now_ms)
        self._deliver()
        self.host.tick(self.now_ms)
        while True:
            out = self.host.bytes_to_send()
            if out:
                self.sent.append((self.now_ms, out))
                for piece in self.to_units(out):
                    self.wire.receive(piece, self.now_ms)
                self._deliver()
            if not self._drain() and not out:
                return
            self.host.tick(self.now_ms)

    def _deliver(self) -> None:
        if data := self.wire.bytes_to_send():
            self.heard.append((self.now_ms, data))
            for piece in self.to_host(data):
                self.host.receive(piece, self.now_ms)

    def _drain(self) -> bool:
        events = self.host.events()
        self.seen += events
        for event in events:
            if isinstance(event, NoteEscrowed) and self.decide:
                self.jobs += 1
                (self.stack if self.decide == "stack" else self.give_back)(f"note{self.jobs}")
        return bool(events)


def with_notes(
    memory: AcceptorMemory | None = None,
    *,
    sim: NoteValidatorSim | None = None,
    has_keys: bool = True,
    decide: str = "stack",
) -> tuple[Conversation, NoteValidatorSim]:
    sim = NoteValidatorSim("notes", SERIAL, NOTES) if sim is None else sim
    return Conversation([notes_unit(memory)], [sim], has_keys=has_keys, decide=decide), sim


def with_recycler(
    memory: AcceptorMemory | None = None, *, sim: NoteValidatorSim | None = None, decide: str = "stack"
) -> tuple[Conversation, NoteValidatorSim]:
    sim = NoteValidatorSim("notes", SERIAL, NOTES, recycled=(1, 2)) if sim is None else sim
    return Conversation([recycler_unit(memory)], [sim], decide=decide), sim


def with_coins(qty: int = 50) -> tuple[Conversation, SmartHopperSim]:
    sim = SmartHopperSim("coins", SERIAL + 1, COINS)
    for value in COINS:
        if qty:
            sim.fill(value, qty)
    return Conversation([coins_unit()], [sim]), sim


def places(sim: NoteValidatorSim) -> dict[str, int]:
    """How many notes lie where."""
    shown = sim.snapshot()
    names = ("stacker", "collected", "recycler", "hand", "lost")
    return {name: sum(cast("dict[str, int]", shown[name]).values()) for name in names}


def inside_worth(sim: NoteValidatorSim) -> int:
    """What the notes in the unit, and those collected from it, are worth."""
    shown = sim.snapshot()
    values = {int(channel): value for channel, value in cast("dict[str, int]", shown["value_minor"]).items()}
    return sum(
        values[int(channel)] * qty
        for name in ("stacker", "collected", "recycler")
        for channel, qty in cast("dict[str, int]", shown[name]).items()
    )
