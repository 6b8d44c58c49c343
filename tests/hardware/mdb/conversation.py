"""An MDB master and simulated peripherals behind one box, in virtual time; what passes can be split or spoilt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hardware.commands import Authority, Command, PayCoins, SetAccept
from hardware.events import DeviceEvent
from hardware.mdb.host import (
    Adapter,
    ChangerConfig,
    MdbBus,
    PeripheralConfig,
    ReaderConfig,
    TubeConfig,
    ValidatorConfig,
)
from hardware.sansio import AcceptorMemory
from hardware.simulators.mdb_box import MdbPeripheral, QibixxBox, WaferstarBox
from hardware.simulators.mdb_changer import ChangerSim
from hardware.simulators.mdb_reader import ReaderSim
from hardware.simulators.mdb_validator import ValidatorSim

COINS = {1: 5, 2: 10, 3: 20, 4: 50, 5: 100, 6: 200}
TUBES = {"tube-10": 2, "tube-20": 3, "tube-50": 4}
NOTES = {1: 500, 2: 1000, 3: 2000, 4: 5000}
RECYCLERS = {"recycler-5": 1}
SERIAL = 12345678
AUTHORITY = Authority(1, 1)
START_MS = 1_000_000

Spoil = Callable[[bytes], Sequence[bytes]]


def whole(data: bytes) -> Sequence[bytes]:
    return (data,)


def changer_config(memory: AcceptorMemory | None = None, **changes: object) -> ChangerConfig:
    return ChangerConfig(
        name="coin",
        coins=COINS,
        currency="EUR",
        into={position: name for name, position in TUBES.items()},
        tubes=tuple(TubeConfig(name, position, COINS[position]) for name, position in TUBES.items()),
        memory=memory,
        **changes,  # type: ignore[arg-type]  # a test names what it changes
    )


def changer_sim(level: int = 3) -> ChangerSim:
    return ChangerSim("coin", SERIAL, COINS, TUBES, level=level)


class Conversation:
    """Time jumps from one wake to the next; ``to_host`` and ``to_box`` give the pieces in which bytes arrive."""

    def __init__(
        self,
        configs: Sequence[PeripheralConfig],
        peripherals: Sequence[MdbPeripheral],
        *,
        adapter: Adapter = Adapter.QIBIXX,
        to_host: Spoil = whole,
        to_box: Spoil = whole,
    ) -> None:
        self.adapter = adapter
        self.host = MdbBus(configs, adapter)
        self.box = QibixxBox(peripherals) if adapter is Adapter.QIBIXX else WaferstarBox(peripherals)
        self.to_host = to_host
        self.to_box = to_box
        self.now_ms = START_MS
        self.seen: list[DeviceEvent] = []
        self.sent: list[bytes] = []
        self.heard: list[bytes] = []

    def run(self, for_ms: int) -> list[DeviceEvent]:
        """Let time pass and give what the host learned meanwhile."""
        before = len(self.seen)
        end_ms = self.now_ms + for_ms
        self._pump()
        while True:
            wakes = [at for at in (self.host.wake_at_ms, self.box.wake_at_ms) if at is not None]
            next_ms = min(wakes)
            if next_ms > end_ms:
                break
            self.now_ms = max(self.now_ms + 1, next_ms)
            self._pump()
        self.now_ms = end_ms
        self._pump()
        return self.seen[before:]

    def run_until(self, done: Callable[[], bool], limit_ms: int = 60_000) -> None:
        """Let time pass until ``done``."""
        end_ms = self.now_ms + limit_ms
        while not done():
            assert self.now_ms < end_ms, f"not in {limit_ms} ms; seen {self.seen[-5:]}"
            self.run(10)

    def restart_host(self, configs: Sequence[PeripheralConfig]) -> None:
        self.host = MdbBus(configs, self.adapter)

    def ask(self, command: Command) -> None:
        self.host.request(command, AUTHORITY)

    def open(self, *positions: int) -> None:
        self.ask(SetAccept("coin", positions or tuple(COINS)))

    def pay(self, qty: int, tube: str = "tube-10", job: str = "job") -> None:
        self.ask(PayCoins(tube, job, qty, None))

    def _pump(self) -> None:
        self.box.tick(self.now_ms)
        self._deliver()
        self.host.tick(self.now_ms)
        while out := self.host.bytes_to_send():
            self.sent.append(out)
            for piece in self.to_box(out):
                self.box.receive(piece, self.now_ms)
            self._deliver()
        self.seen += self.host.events()

    def _deliver(self) -> None:
        if data := self.box.bytes_to_send():
            self.heard.append(data)
            for piece in self.to_host(data):
                self.host.receive(piece, self.now_ms)


def with_changer(
    memory: AcceptorMemory | None = None, *, adapter: Adapter = Adapter.QIBIXX, level: int = 3
) -> tuple[Conversation, ChangerSim]:
    sim = changer_sim(level)
    return Conversation([changer_config(memory)], [sim], adapter=adapter), sim


def validator_config(memory: AcceptorMemory | None = None, **changes: object) -> ValidatorConfig:
    return ValidatorConfig(
        name="notes",
        notes=NOTES,
        currency="EUR",
        into={position: name for name, position in RECYCLERS.items()},
        recyclers=tuple(TubeConfig(name, position, NOTES[position]) for name, position in RECYCLERS.items()),
        memory=memory,
        **changes,  # type: ignore[arg-type]  # a test names what it changes
    )


def validator_sim(level: int = 2) -> ValidatorSim:
    return ValidatorSim("notes", SERIAL, NOTES, RECYCLERS, level=level)


def reader_config(**changes: object) -> ReaderConfig:
    return ReaderConfig("card", "EUR", **changes)  # type: ignore[arg-type]  # a test names what it changes


def reader_sim(level: int = 3, **changes: int) -> ReaderSim:
    return ReaderSim("card", SERIAL, level=level, **changes)
