"""A host and a simulated board on one wire, in virtual time; what passes can be spoilt."""

from __future__ import annotations

from collections.abc import Callable

from hardware.commands import Authority, TurnCoil
from hardware.events import DeviceEvent
from hardware.fafb.host import CoilBoard
from hardware.simulators.coil_board import CoilBoardSim

NAME = "coils"
AUTHORITY = Authority(1, 1)

Spoil = Callable[[bytes], bytes]


def untouched(data: bytes) -> bytes:
    return data


class Conversation:
    def __init__(
        self,
        sim: CoilBoardSim | None = None,
        *,
        has_drop_sensor: bool = True,
        has_elevator: bool = False,
        to_host: Spoil = untouched,
        to_board: Spoil = untouched,
    ) -> None:
        self.sim = CoilBoardSim(NAME, dict.fromkeys(range(1, 41), 5), 10) if sim is None else sim
        self.host = CoilBoard(NAME, has_drop_sensor=has_drop_sensor, has_elevator=has_elevator)
        self.to_host = to_host
        self.to_board = to_board
        self.now_ms = 0
        self.seen: list[DeviceEvent] = []
        self.heard: list[tuple[int, bytes]] = []

    def run(self, for_ms: int) -> list[DeviceEvent]:
        """Let time pass and give what the host learned meanwhile."""
        end_ms = self.now_ms + for_ms
        before = len(self.seen)
        while True:
            self.exchange()
            wakes = [at for at in (self.host.wake_at_ms, self.sim.machine.wake_at_ms) if at is not None]
            self.now_ms = max(self.now_ms + 1, min(wakes, default=end_ms))
            if self.now_ms > end_ms:
                self.now_ms = end_ms
                return self.seen[before:]

    def exchange(self) -> None:
        wire = self.sim.machine
        wire.tick(self.now_ms)
        self.host.tick(self.now_ms)
        while True:
            there = self.to_host(wire.bytes_to_send())
            if there:
                self.heard.append((self.now_ms, there))
                self.host.receive(there, self.now_ms)
            back = self.host.bytes_to_send()
            if back:
                back = self.to_board(back)
                if back:
                    wire.receive(back, self.now_ms)
            self.seen += self.host.events()
            if not there and not back:
                return

    def turn(self, slot: int, job: str = "job") -> None:
        self.host.request(TurnCoil(NAME, job, slot), AUTHORITY)

    def vend(self, slot: int, job: str = "job", for_ms: int = 6_000) -> list[DeviceEvent]:
        self.turn(slot, job)
        return self.run(for_ms)

    def fault(self, name: str, is_on: bool = True) -> None:
        self.sim.set_fault(name, is_on, self.now_ms)


def started(conversation: Conversation) -> Conversation:
    conversation.run(3_000)
    conversation.seen.clear()
    return conversation
