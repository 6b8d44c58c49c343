"""A driver that ends or hangs takes away what hangs on its port, and nothing else; then it is started anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from hardware import events as hw
from hardware.commands import Authority, Command
from hardware.driver import HANG_MS, Driver, Pump
from hardware.port import MemoryLine
from hardware.rig import DeviceConfig, Rig, RigDevice
from hardware.sansio import AcceptorMemory
from kiosk.core import facts as f
from kiosk.core.state import State
from kiosk.runtime.service import memories_of
from kiosk.runtime.supervise import FIRST_AGAIN_MS, GIVEN_UP_MOST, SURE_MS, Supervisor
from tests.kiosk.runtime.kiosk_thread import KioskThread

HOUR_MS = 3_600_000


class Glass:
    """A scanner's machine: it fails on "!" and hangs on "#" until it is let go; all else are codes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.wake_at_ms: int | None = None
        self.is_stuck, self.may_go_on = threading.Event(), threading.Event()
        self._events: list[hw.DeviceEvent] = [hw.DeviceRecovered(name, hw.DeviceKind.SCANNER)]

    def receive(self, data: bytes, now_ms: int) -> None:
        if data == b"!":
            raise ZeroDivisionError("a mistake of ours")
        if data == b"#":
            self.is_stuck.set()
            assert self.may_go_on.wait(20), now_ms
        self._events.append(hw.CodeScanned(self.name, data.decode()))

    def tick(self, now_ms: int) -> None:
        pytest.fail(f"no tick was wished for at {now_ms}")

    def bytes_to_send(self) -> bytes:
        return b""

    def events(self) -> tuple[hw.DeviceEvent, ...]:
        events, self._events = tuple(self._events), []
        return events

    def request(self, command: Command, authority: Authority | None = None) -> None:
        pytest.fail(f"nothing is asked of a scanner: {command} {authority}")


class Floor:
    """A running till, two scanners on lines of their own, and the supervisor."""

    def __init__(self, folder: Path) -> None:
        self.kiosk = KioskThread(folder)
        self.lines = {"left": MemoryLine(), "right": MemoryLine()}
        self.machines: dict[str, list[Glass]] = {"left": [], "right": []}
        self.told: list[tuple[str, str]] = []
        devices = {
            name: RigDevice(hw.DeviceKind.SCANNER, name, DeviceConfig(name, hw.DeviceKind.SCANNER))
            for name in self.lines
        }
        devices["coils"] = RigDevice(
            hw.DeviceKind.COIL_BOARD, "board", DeviceConfig("coils", hw.DeviceKind.COIL_BOARD)
        )
        self.supervisor = Supervisor(
            deliver=self.kiosk.till.deliver,
            state=self.kiosk.till.state,
            memories=memories_of,
            clock=self.kiosk.clock.now_ms,
            on_failure=lambda port, error: self.told.append((port, type(error).__name__)),
        )
        self.rig = Rig({name: self.build(name, {}) for name in self.lines}, devices, {}, self.build)
        self.supervisor.attach(self.rig)

    def build(self, port: str, memories: Mapping[str, AcceptorMemory]) -> Driver:
        assert "left" not in memories, "a scanner has no event counter"
        machine = Glass(port)
        self.machines[port].append(machine)
        pump = Pump(
            self.lines[port].host, machine, deliver=self.kiosk.till.deliver, clock=self.kiosk.clock.now_ms
        )
        return Driver(
            pump, on_failure=lambda error: self.supervisor.failed(port, error), clock=self.kiosk.clock.now_ms
        )

    def start(self) -> None:
        self.kiosk.start()
        self.rig.start()
        self.until(lambda state: all(self.is_there(state, name) for name in self.lines))

    @staticmethod
    def is_there(state: State, name: str) -> bool:
        book = state.devices.get(name)
        return book is not None and book.is_online

    def until(self, holds: Callable[[State], bool]) -> State:
        """Look, as the process's main thread does, until the till's state ``holds``."""

        def looked(state: State) -> bool:
            assert self.supervisor.look() == ""
            return holds(state)

        return self.kiosk.until(looked)

    def scans(self, name: str, code: bytes) -> None:
        """Hold a code before a scanner, until the till heard it: no such goods, but heard."""
        before = len(self.kiosk.facts(f.CodeUnknown))
        self.lines[name].send(code)
        self.until(lambda _state: len(self.kiosk.facts(f.CodeUnknown)) > before)

    def end(self) -> None:
        self.rig.stop()
        self.kiosk.end()
        for line in self.lines.values():
            line.close()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path)
    made.start()
    yield made
    made.end()


def test_a_driver_that_ends_loses_its_own_devices_only_and_is_started_anew(floor: Floor) -> None:
    floor.lines["left"].send(b"!")
    state = floor.until(lambda state: not floor.is_there(state, "left"))
    assert state.devices["left"].fault == hw.Fault.HUNG
    assert floor.is_there(state, "right")
    floor.scans("right", b"4012345678901")
    assert len(floor.machines["left"]) == 1, "it is not started anew before its time"
    floor.kiosk.clock.advance(FIRST_AGAIN_MS)
    floor.until(lambda state: floor.is_there(state, "left"))
    floor.scans("left", b"4012345678902")
    assert floor.told == [("left", "ZeroDivisionError")]
    assert len(floor.machines["right"]) == 1


def test_a_driver_that_hangs_is_said_and_replaced_and_what_it_learns_later_goes_nowhere(floor: Floor) -> None:
    floor.lines["left"].send(b"#")
    stuck = floor.machines["left"][0]
    assert stuck.is_stuck.wait(5)
    floor.kiosk.clock.advance(HANG_MS)
    assert floor.supervisor.look() == ""
    assert floor.told == [], "the computer as a whole may have stood still"
    floor.scans("right", b"4012345678901")
    floor.kiosk.clock.advance(SURE_MS)
    floor.until(lambda state: not floor.is_there(state, "left"))
    assert floor.told == [("left", "TimeoutError")]
    stuck.may_go_on.set()  # comes back, lets its line go, and is not heard
    floor.kiosk.clock.advance(FIRST_AGAIN_MS)
    floor.until(lambda state: floor.is_there(state, "left"))
    heard = len(floor.kiosk.facts(f.CodeUnknown))
    floor.scans("left", b"4012345678902")
    assert len(floor.kiosk.facts(f.CodeUnknown)) == heard + 1


def test_while_goods_are_on_their_way_through_the_port_only_a_start_of_the_kiosk_can_tell(
    floor: Floor,
) -> None:
    floor.kiosk.stock()
    floor.kiosk.rig.is_mute = True
    floor.kiosk.choose("A1", "tap-1")
    floor.kiosk.tell(floor.kiosk.coin(200))
    floor.kiosk.pass_time(8_000)
    vend = floor.kiosk.till.state().vend
    assert vend is not None
    floor.supervisor.failed("left", RuntimeError("another port"))
    assert floor.supervisor.look() == ""
    floor.supervisor.failed("board", RuntimeError("the board's own"))
    assert floor.supervisor.look() == "port board failed while a vend was under way"
    floor.kiosk.tell(hw.VendUnknown("coils", vend.job, hw.Fault.HUNG))


class FailingAgain:
    """Drivers that fail as soon as they have met their device."""

    def __init__(self, floor: Floor) -> None:
        self.devices = {
            name: device for name, device in floor.rig.devices.items() if device.port in floor.lines
        }
        self.renewed_qty = 0
        self._floor = floor

    def hanging(self, now_ms: int) -> Mapping[str, int]:
        assert now_ms
        return {}

    def abandon(self, port: str) -> None:
        pytest.fail(f"{port} does not hang")

    def renew(self, port: str, memories: Mapping[str, AcceptorMemory]) -> None:
        assert port not in memories
        self.renewed_qty += 1
        self._floor.kiosk.till.deliver((hw.DeviceRecovered(port, hw.DeviceKind.SCANNER),))
        self._floor.supervisor.failed(port, RuntimeError("again"))


def test_a_driver_that_fails_for_an_hour_floods_neither_journal_nor_log(floor: Floor) -> None:
    failing = FailingAgain(floor)
    floor.supervisor.attach(failing)
    entries = len(floor.kiosk.entries())
    floor.supervisor.failed("left", RuntimeError("first"))
    for _ in range(HOUR_MS // 5_000):
        floor.kiosk.clock.advance(5_000)
        floor.kiosk.till.acknowledge(1)
        assert floor.supervisor.look() == ""
        floor.kiosk.settle()
    assert 5 <= failing.renewed_qty <= 20
    assert len(floor.kiosk.entries()) - entries <= 3 * failing.renewed_qty + 3
    assert len(floor.told) == failing.renewed_qty + 1


class HangingAgain(FailingAgain):
    """Drivers that hang as soon as they are started."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.is_there = True

    def hanging(self, now_ms: int) -> Mapping[str, int]:
        return {"left": self.renewed_qty} if self.is_there and now_ms else {}

    def abandon(self, port: str) -> None:
        assert port == "left"
        self.is_there = False

    def renew(self, port: str, memories: Mapping[str, AcceptorMemory]) -> None:
        assert port not in memories
        self.renewed_qty += 1
        self.is_there = True


def test_a_port_on_which_every_driver_hangs_rests_until_the_kiosk_is_started_anew(floor: Floor) -> None:
    hanging = HangingAgain(floor)
    floor.supervisor.attach(hanging)
    for _ in range(HOUR_MS // 10_000):
        floor.kiosk.clock.advance(10_000)
        floor.kiosk.till.acknowledge(1)
        assert floor.supervisor.look() == ""
        floor.kiosk.settle()
    assert hanging.renewed_qty == GIVEN_UP_MOST - 1
    assert floor.supervisor.down == ("left",)
