"""A host and a simulated K1 board on one wire, in virtual time; what passes can be spoilt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hardware.commands import Authority, TurnCoil
from hardware.events import DeviceEvent, VendDelivered, VendFailed, VendUnknown
from hardware.simulators.k1_board import K1_COILS, K1BoardSim
from hardware.vmc96.host import K1Board

NAME = "coils"
AUTHORITY = Authority(1, 1)

Spoil = Callable[[bytes], bytes]


def untouched(data: bytes) -> bytes:
    return data


class Conversation:
    def __init__(
        self,
        sim: K1BoardSim | None = None,
        *,
        to_host: Spoil = untouched,
        to_board: Spoil = untouched,
        **settings: Any,
    ) -> None:
        self.sim = K1BoardSim(NAME, dict.fromkeys(K1_COILS, 5), 10) if sim is None else sim
        self.host = K1Board(NAME, **settings)
        self.to_host = to_host
        self.to_board = to_board
        self.now_ms = 0
        self.seen: list[DeviceEvent] = []
        self.asked: list[bytes] = []

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
                self.host.receive(there, self.now_ms)
            back = self.host.bytes_to_send()
            if back:
                self.asked.append(back)
                back = self.to_board(back)
                if back:
                    wire.receive(back, self.now_ms)
            self.seen += self.host.events()
            if not there and not back:
                return

    def turn(self, slot: int, job: str = "job") -> None:
        self.host.request(TurnCoil(NAME, job, slot), AUTHORITY)

    def vend(self, slot: int, job: str = "job", for_ms: int = 12_000) -> DeviceEvent:
        """Turn a coil and give the one end of its job."""
        self.turn(slot, job)
        ends = [
            event
            for event in self.run(for_ms)
            if isinstance(event, VendDelivered | VendFailed | VendUnknown) and event.job == job
        ]
        assert len(ends) == 1, ends
        return ends[0]

    def until_turning(self, slot: int, job: str = "job") -> None:
        self.turn(slot, job)
        for _ in range(400):
            self.run(10)
            if self.sim.is_turning:
                return
        raise AssertionError("no motor turns")

    def fault(self, name: str, is_on: bool = True) -> None:
        self.sim.set_fault(name, is_on, self.now_ms)


def started(conversation: Conversation) -> Conversation:
    conversation.run(3_000)
    conversation.seen.clear()
    return conversation
