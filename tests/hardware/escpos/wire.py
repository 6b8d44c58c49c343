"""A host and a simulated printer joined in memory, on virtual time, at the speed of a real line."""

from __future__ import annotations

from dataclasses import dataclass, field

from hardware.commands import Authority, Print
from hardware.document import Document
from hardware.escpos.host import Printer
from hardware.events import DeviceEvent, PrintEnded
from hardware.simulators.printer import PrinterSim

STEP_MS = 10
AUTHORITY = Authority(epoch=1, seq=1)


@dataclass
class Wire:
    printer: Printer = field(default_factory=lambda: Printer("printer"))
    sim: PrinterSim = field(default_factory=lambda: PrinterSim("printer"))
    bytes_per_step: int = 115  # 115200 baud
    now_ms: int = 1_000
    sent: bytes = b""
    told: list[DeviceEvent] = field(default_factory=list)
    _to_printer: bytes = b""

    def run(self, duration_ms: int) -> list[DeviceEvent]:
        """Let time pass; the events of this time."""
        before = len(self.told)
        end_ms = self.now_ms + duration_ms
        while self.now_ms < end_ms:
            self.now_ms += STEP_MS
            wake_ms = self.printer.wake_at_ms
            if wake_ms is not None and wake_ms <= self.now_ms:
                self.printer.tick(self.now_ms)
                wake_ms = self.printer.wake_at_ms
                assert wake_ms is None or wake_ms > self.now_ms  # or a driver would spin
            self._to_printer += self.printer.bytes_to_send()
            if not self.sim.machine.buffer_full:
                piece, self._to_printer = (
                    self._to_printer[: self.bytes_per_step],
                    self._to_printer[self.bytes_per_step :],
                )
                self.sent += piece
                self.sim.machine.receive(piece, self.now_ms)
            wake_ms = self.sim.machine.wake_at_ms
            if wake_ms is not None and wake_ms <= self.now_ms:
                self.sim.machine.tick(self.now_ms)
                wake_ms = self.sim.machine.wake_at_ms
                assert wake_ms is None or wake_ms > self.now_ms
            answer = self.sim.machine.bytes_to_send()
            if answer:
                self.printer.receive(answer, self.now_ms)
            self.told += self.printer.events()
        return self.told[before:]

    def print(self, document: Document, job: str = "job-1") -> None:
        self.printer.request(Print("printer", job, document), AUTHORITY)

    def ended(self, job: str = "job-1") -> list[PrintEnded]:
        return [event for event in self.told if isinstance(event, PrintEnded) and event.job == job]

    def act(self, hand: str, **values: str) -> None:
        self.sim.act(hand, values, self.now_ms)

    def fault(self, name: str, is_on: bool = True) -> None:
        self.sim.set_fault(name, is_on, self.now_ms)
