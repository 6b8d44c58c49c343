"""A driver and a simulated old machine on one line, in virtual time; what passes can be spoilt."""

from __future__ import annotations

from collections.abc import Callable

from hardware.commands import ApproveVend, Authority, OfferFunds
from hardware.events import DeviceEvent, MachineIdentified, MachineVendAsked
from hardware.mdb.slave import MachineConfig, MachineSlave
from hardware.mdb.slave_lines import ON, amount_text
from hardware.simulators.vending_machine import VendingMachineSim

NAME = "old"
PRICES = {11: 100, 12: 150, 13: 250}
AUTHORITY = Authority(1, 1)

Spoil = Callable[[bytes], bytes]


def machine_sim() -> VendingMachineSim:
    return VendingMachineSim(NAME, PRICES, dict.fromkeys(PRICES, 5), 10)


class Conversation:
    """A driver and a simulated machine on one line, in virtual time; what passes can be spoilt."""

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        self.sim = machine_sim()
        self.host = MachineSlave(MachineConfig(NAME, 2, settings or {}))
        self.to_host: Spoil = bytes
        self.to_box: Spoil = bytes
        self.now_ms = 1_000_000
        self.seen: list[DeviceEvent] = []
        self.sent = b""

    def run(self, for_ms: int) -> list[DeviceEvent]:
        """Let time pass and give what the host learned meanwhile."""
        end_ms = self.now_ms + for_ms
        before = len(self.seen)
        while True:
            self._exchange()
            wakes = [at for at in (self.host.wake_at_ms, self.sim.wake_at_ms) if at is not None]
            self.now_ms = max(self.now_ms + 1, min(wakes, default=end_ms))
            if self.now_ms > end_ms:
                self.now_ms = end_ms
                return self.seen[before:]

    def _exchange(self) -> None:
        self.sim.tick(self.now_ms)
        self.host.tick(self.now_ms)
        while True:
            there = self.to_host(self.sim.bytes_to_send())
            if there:
                self.host.receive(there, self.now_ms)
            back = self.host.bytes_to_send()
            self.sent += back
            if self.to_box(back):
                self.sim.receive(self.to_box(back), self.now_ms)
            self.seen += self.host.events()
            if not there and not back:
                return

    def offer(self, amount_minor: int) -> None:
        self.host.request(OfferFunds(NAME, amount_minor))

    def approve(self, job: str, asked: MachineVendAsked, amount_minor: int | None = None) -> None:
        sum_minor = asked.amount_minor if amount_minor is None else amount_minor
        self.host.request(ApproveVend(NAME, job, asked.request, sum_minor), AUTHORITY)

    def press(self, item: int = 12) -> MachineVendAsked:
        """Press a button, and what the machine asked."""
        assert self.sim.press(item, self.now_ms)
        [asked] = self.run(20)
        assert isinstance(asked, MachineVendAsked)
        return asked

    def fault(self, name: str, is_on: bool = True) -> None:
        self.sim.set_fault(name, is_on, self.now_ms)

    def lines(self) -> list[str]:
        """What the host said since the last question, but for its beat."""
        said, self.sent = self.sent.decode(), b""
        return [line for line in said.splitlines() if line != ON]


def shopping(funds_minor: int = 200) -> Conversation:
    """A session is open."""
    conversation = Conversation()
    conversation.offer(funds_minor)
    assert conversation.run(5_000) == [MachineIdentified(NAME)]
    assert conversation.sim.box.funds == amount_text(funds_minor, 2)
    conversation.lines()
    return conversation
