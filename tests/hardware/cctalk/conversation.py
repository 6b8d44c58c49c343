"""A ccTalk host and simulated slaves on one wire, in virtual time; what passes can be split or spoilt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hardware.cctalk.frames import Check
from hardware.cctalk.host import AcceptorConfig, CcTalkBus, DeviceConfig, HopperConfig, ValidatorConfig
from hardware.commands import Authority, PayCoins, ReturnNote, SetAccept, StackNote
from hardware.events import DeviceEvent
from hardware.sansio import AcceptorMemory
from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.cctalk_wire import CcTalkSlave, CcTalkWire
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim

COINS = {1: 10, 2: 20, 3: 50, 4: 100, 5: 200}
NOTES = {1: 500, 2: 1000, 3: 2000}
SERIAL = 12345678
AUTHORITY = Authority(1, 1)
START_MS = 1_000_000

Spoil = Callable[[bytes], Sequence[bytes]]


def whole(data: bytes) -> Sequence[bytes]:
    return (data,)


def acceptor_config(memory: AcceptorMemory | None = None) -> AcceptorConfig:
    return AcceptorConfig("coin", 2, COINS, "EUR", memory)


def hopper_config(number: int = 1) -> HopperConfig:
    return HopperConfig(f"hopper{number}", 2 + number)


def validator_config(memory: AcceptorMemory | None = None) -> ValidatorConfig:
    return ValidatorConfig("note", 40, NOTES, "EUR", memory)


class Conversation:
    """Time jumps from one wake to the next; ``to_host`` and ``to_slaves`` give the pieces in which bytes arrive."""

    def __init__(
        self,
        configs: Sequence[DeviceConfig],
        slaves: Sequence[CcTalkSlave],
        *,
        to_host: Spoil = whole,
        to_slaves: Spoil = whole,
        check: Check = Check.SUM,
        has_clash: bool = False,
    ) -> None:
        self.host = CcTalkBus(configs, check)
        self.wire = CcTalkWire(slaves, has_clash=has_clash)
        self.to_host = to_host
        self.to_slaves = to_slaves
        self.now_ms = START_MS
        self.seen: list[DeviceEvent] = []
        self.drains: list[tuple[DeviceEvent, ...]] = []
        self.sent: list[tuple[int, bytes]] = []

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

    def restart_host(self, configs: Sequence[DeviceConfig]) -> None:
        self.host = CcTalkBus(configs)

    def open(self, *positions: int) -> None:
        self.host.request(SetAccept("coin", positions or tuple(COINS)))

    def pay(self, qty: int, job: str = "job", hopper: str = "hopper1") -> None:
        self.host.request(PayCoins(hopper, job, qty, None), AUTHORITY)

    def open_notes(self, *positions: int) -> None:
        self.host.request(SetAccept("note", positions or tuple(NOTES)))

    def stack(self, job: str = "stack") -> None:
        self.host.request(StackNote("note", job), AUTHORITY)

    def give_back(self, job: str = "return") -> None:
        self.host.request(ReturnNote("note", job), AUTHORITY)

    def sent_headers(self, address: int) -> list[int]:
        return [frame[3] for _, frame in self.sent if frame[0] == address]

    def _pump(self) -> None:
        self.wire.tick(self.now_ms)
        self._deliver()
        self.host.tick(self.now_ms)
        while out := self.host.bytes_to_send():
            self.sent.append((self.now_ms, out))
            for piece in self.to_slaves(out):
                self.wire.receive(piece, self.now_ms)
            self._deliver()
        self._drain()

    def _deliver(self) -> None:
        if data := self.wire.bytes_to_send():
            for piece in self.to_host(data):
                self.host.receive(piece, self.now_ms)

    def _drain(self) -> None:
        if events := self.host.events():
            self.drains.append(events)
            self.seen += events


def with_acceptor(
    memory: AcceptorMemory | None = None, *, sim: CoinAcceptorSim | None = None
) -> tuple[Conversation, CoinAcceptorSim]:
    sim = CoinAcceptorSim("coin", 2, SERIAL, COINS) if sim is None else sim
    return Conversation([acceptor_config(memory)], [sim]), sim


def with_hopper(qty: int = 100) -> tuple[Conversation, HopperSim]:
    sim = HopperSim("hopper1", 3, SERIAL, 10)
    sim.fill(qty)
    return Conversation([hopper_config()], [sim]), sim


def with_validator(
    memory: AcceptorMemory | None = None, *, check: Check = Check.SUM
) -> tuple[Conversation, NoteValidatorSim]:
    sim = NoteValidatorSim("note", 40, SERIAL, NOTES, check=check)
    return Conversation([validator_config(memory)], [sim], check=check), sim
