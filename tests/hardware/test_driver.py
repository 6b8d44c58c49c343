"""One thread pumps one line: it waits, reopens, reports once, and stops when told."""

from __future__ import annotations

import os
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.commands import Authority, Command, SetAccept, TurnCoil
from hardware.driver import (
    HANG_MS,
    NOISE_MS,
    Driver,
    DriverSpinsError,
    DriverStoppedError,
    Pump,
    SilentDevice,
    monotonic_ms,
)
from hardware.events import CodeScanned, DeviceEvent, DeviceKind, DeviceLost, DeviceRecovered, LineNoise
from hardware.port import MemoryLine, Port, SerialPort
from hardware.sansio import UnauthorizedError, check_authority


class Letters:
    """A host machine: every byte is a code; asks "?" when told to accept; asks again 20 ms after silence."""

    def __init__(self, *, repeats: bool = False) -> None:
        self.heard_at = 0
        self.wake_at_ms: int | None = 0 if repeats else None
        self._repeats = repeats
        self._out = b""
        self._events: list[DeviceEvent] = []

    def receive(self, data: bytes, now_ms: int) -> None:
        self.heard_at = now_ms
        if data == b"!":
            raise RuntimeError("the machine itself is broken")
        self._events += [CodeScanned("letters", chr(byte)) for byte in data]

    def tick(self, now_ms: int) -> None:
        if self._repeats:
            self._out += b"."
            self.wake_at_ms = now_ms + 20

    def bytes_to_send(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def events(self) -> tuple[DeviceEvent, ...]:
        events, self._events = tuple(self._events), []
        return events

    def request(self, command: Command, authority: Authority | None = None) -> None:
        check_authority(command, authority)
        self._out += b"?"


class Heard:
    """What a driver delivered, awaited with a deadline."""

    def __init__(self) -> None:
        self.drains: list[tuple[DeviceEvent, ...]] = []
        self.failures: list[Exception] = []
        self._changed = threading.Condition()

    def deliver(self, events: tuple[DeviceEvent, ...]) -> None:
        with self._changed:
            self.drains.append(events)
            self._changed.notify_all()

    def failed(self, error: Exception) -> None:
        with self._changed:
            self.failures.append(error)
            self._changed.notify_all()

    def wait(self, condition: Callable[[], object]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, 5), f"not in five seconds: {self.drains} {self.failures}"

    @property
    def events(self) -> list[DeviceEvent]:
        return [event for drain in self.drains for event in drain]


@contextmanager
def running(
    port: Port, heard: Heard, *, repeats: bool = False, silent: tuple[SilentDevice, ...] = ()
) -> Iterator[Driver]:
    pump = Pump(port, Letters(repeats=repeats), deliver=heard.deliver, silent=silent)
    driver = Driver(pump, on_failure=heard.failed)
    driver.start()
    try:
        yield driver
    finally:
        assert driver.stop()
        assert not port.is_open


def listened(line: MemoryLine, *, wanted: bytes) -> None:
    """Wait until the device hears ``wanted``."""
    heard = b""
    deadline = monotonic_ms() + 5000
    pause = threading.Event()
    while wanted not in heard:
        assert monotonic_ms() < deadline, f"heard only {heard!r}"
        heard += line.heard()
        pause.wait(0.002)


def test_all_events_of_one_drain_arrive_together() -> None:
    line, heard = MemoryLine(), Heard()
    with running(line.host, heard):
        line.send(b"abc")
        heard.wait(lambda: heard.drains)
    assert heard.drains == [tuple(CodeScanned("letters", letter) for letter in "abc")]
    line.close()


def test_a_request_wakes_the_line_at_once() -> None:
    line, heard = MemoryLine(), Heard()
    with running(line.host, heard) as driver:
        driver.request(SetAccept("letters", (1, 2)))
        listened(line, wanted=b"?")
    line.close()


def test_a_physical_request_without_authority_is_refused_to_the_caller() -> None:
    line, heard = MemoryLine(), Heard()
    with running(line.host, heard) as driver:
        with pytest.raises(UnauthorizedError):
            driver.request(TurnCoil("letters", "job", 11))
        driver.request(TurnCoil("letters", "job", 11), Authority(1, 1))
        listened(line, wanted=b"?")
    assert heard.failures == []
    line.close()


def test_the_machines_time_passes_without_a_port() -> None:
    line, heard = MemoryLine(), Heard()
    line.unplug()
    with running(line.host, heard, repeats=True):
        line.plug()
        listened(line, wanted=b"..")
    line.close()


def test_what_was_asked_while_the_line_was_out_is_never_sent_later() -> None:
    line, heard = MemoryLine(), Heard()
    silent = (SilentDevice("letters", DeviceKind.SCANNER),)
    with running(line.host, heard, silent=silent) as driver:
        line.send(b"a")
        heard.wait(lambda: CodeScanned("letters", "a") in heard.events)
        line.unplug()
        heard.wait(lambda: DeviceLost("letters", DeviceKind.SCANNER) in heard.events)
        driver.request(SetAccept("letters", ()))
        line.plug()
        heard.wait(lambda: heard.events.count(DeviceRecovered("letters", DeviceKind.SCANNER)) == 2)
        line.send(b"b")
        heard.wait(lambda: CodeScanned("letters", "b") in heard.events)
        assert line.heard() == b""
    line.close()


def test_a_silent_device_is_lost_once_and_recovers_once() -> None:
    line, heard = MemoryLine(), Heard()
    silent = (SilentDevice("letters", DeviceKind.SCANNER),)
    lost, back = DeviceLost("letters", DeviceKind.SCANNER), DeviceRecovered("letters", DeviceKind.SCANNER)
    line.unplug()
    with running(line.host, heard, silent=silent):
        heard.wait(lambda: lost in heard.events)
        line.plug()
        heard.wait(lambda: back in heard.events)
    assert heard.events == [lost, back]
    line.close()


def test_a_line_that_opens_at_once_says_that_its_silent_device_is_there() -> None:
    line, heard = MemoryLine(), Heard()
    there = DeviceRecovered("letters", DeviceKind.SCANNER)
    with running(line.host, heard, silent=(SilentDevice("letters", DeviceKind.SCANNER),)):
        heard.wait(lambda: there in heard.events)
        line.send(b"a")
        heard.wait(lambda: CodeScanned("letters", "a") in heard.events)
    assert heard.events == [there, CodeScanned("letters", "a")]
    line.close()


def test_a_pty_that_comes_back_under_another_name_is_opened_again(tmp_path: Path) -> None:
    link, heard = tmp_path / "scanner", Heard()

    def lay() -> tuple[int, int]:
        master, slave = os.openpty()
        tty.setraw(slave)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(slave))
        return master, slave

    first = lay()
    old_name = link.readlink()
    with running(
        SerialPort("scanner", str(link), 9600), heard, silent=(SilentDevice("s", DeviceKind.SCANNER),)
    ) as driver:
        heard_after_open(driver, heard, first[0], b"a")
        second = lay()  # before the first is closed, so that the system must choose another name
        for descriptor in first:
            os.close(descriptor)
        heard.wait(lambda: heard.events.count(DeviceRecovered("s", DeviceKind.SCANNER)) == 2)
        os.write(second[0], b"b")
        heard.wait(lambda: CodeScanned("letters", "b") in heard.events)
    assert link.readlink() != old_name
    assert heard.failures == []
    for descriptor in second:
        os.close(descriptor)


def heard_after_open(driver: Driver, heard: Heard, master: int, letter: bytes) -> None:
    """Say ``letter`` until it is heard: what is said before the port is opened is flushed, as on a wire."""
    deadline = monotonic_ms() + 5000
    pause = threading.Event()
    while not any(isinstance(event, CodeScanned) for event in heard.events):
        assert monotonic_ms() < deadline
        os.write(master, letter)
        pause.wait(0.02)
    assert driver.is_running


def test_an_error_inside_the_thread_stops_that_driver_and_is_reported() -> None:
    line, heard = MemoryLine(), Heard()
    with running(line.host, heard) as driver:
        line.send(b"!")
        heard.wait(lambda: heard.failures)
        assert [str(error) for error in heard.failures] == ["the machine itself is broken"]
        assert not driver.is_running
        with pytest.raises(DriverStoppedError):
            driver.request(SetAccept("letters", ()))
    line.close()


def test_a_driver_that_never_started_stops_and_refuses() -> None:
    line = MemoryLine()
    driver = Driver(Pump(line.host, Letters(), deliver=print), on_failure=print)
    with pytest.raises(DriverStoppedError):
        driver.request(SetAccept("letters", ()))
    assert driver.stop()
    assert driver.stop()
    line.close()


def test_a_line_that_takes_no_byte_is_opened_anew() -> None:
    line, heard = MemoryLine(), Heard()
    now = [0]
    port = Stuck(line)
    driver = Driver(
        Pump(port, Letters(), deliver=heard.deliver, clock=lambda: now[0]),
        on_failure=heard.failed,
        clock=lambda: now[0],
    )
    driver.start()
    try:
        driver.request(SetAccept("letters", ()))
        assert port.refused.wait(5)
        now[0] = 60_000
        driver.request(SetAccept("letters", ()))
        assert port.closed.wait(5)
    finally:
        assert driver.stop()
    assert heard.failures == []
    line.close()


class Stuck:
    """A port whose line is always full."""

    def __init__(self, line: MemoryLine) -> None:
        self.name = "stuck"
        self.refused, self.closed = threading.Event(), threading.Event()
        self._port = line.host

    @property
    def is_open(self) -> bool:
        return self._port.is_open

    def open(self) -> None:
        self._port.open()

    def close(self) -> None:
        if self._port.is_open:
            self.closed.set()
        self._port.close()

    def fileno(self) -> int:
        return self._port.fileno()

    def read(self) -> bytes:
        return self._port.read()

    def write(self, data: bytes) -> int:
        self.refused.set()
        return min(0, len(data))


# --- a driver that hangs ------------------------------------------------------------------------------------------------


class Sticky(Letters):
    """Letters, but it hangs on "#" until it is let go; it spins on "*"; "~" is ten bytes of noise."""

    def __init__(self) -> None:
        super().__init__()
        self.is_stuck, self.may_go_on = threading.Event(), threading.Event()

    def receive(self, data: bytes, now_ms: int) -> None:
        if data == b"#":
            self.is_stuck.set()
            assert self.may_go_on.wait(20)
        if data == b"*":
            self.wake_at_ms = 0
            return
        if data == b"~":
            self._events.append(LineNoise("letters", 10))
            return
        super().receive(data, now_ms)


class Blocked(Stuck):
    """A port whose read does not come back until it is let go."""

    def __init__(self, line: MemoryLine) -> None:
        super().__init__(line)
        self.is_stuck, self.may_go_on = threading.Event(), threading.Event()

    def read(self) -> bytes:
        self.is_stuck.set()
        assert self.may_go_on.wait(20)
        return self._port.read()


def test_a_read_that_does_not_come_back_is_seen_to_hang_and_stops_no_other_driver() -> None:
    line, other, heard = MemoryLine(), MemoryLine(), Heard()
    port, now = Blocked(line), [1_000]
    stuck = Driver(
        Pump(port, Letters(), deliver=heard.deliver, clock=lambda: now[0]),
        on_failure=heard.failed,
        clock=lambda: now[0],
    )
    stuck.start()
    with running(other.host, heard):
        assert not stuck.hangs(now[0] + HANG_MS)  # it waits, and may wait for ever
        line.send(b"a")
        assert port.is_stuck.wait(5)
        assert not stuck.hangs(now[0] + HANG_MS - 1)
        assert stuck.hangs(now[0] + HANG_MS)
        other.send(b"b")
        heard.wait(lambda: CodeScanned("letters", "b") in heard.events)
        stuck.abandon()
        assert not stuck.hangs(now[0] + HANG_MS)
        port.may_go_on.set()
        assert port.closed.wait(5)
    assert stuck.stop()
    assert CodeScanned("letters", "a") not in heard.events
    assert heard.failures == []
    for each in (line, other):
        each.close()


def test_what_an_abandoned_driver_still_learns_and_wants_to_say_goes_nowhere() -> None:
    line, heard, machine = MemoryLine(), Heard(), Sticky()
    driver = Driver(Pump(line.host, machine, deliver=heard.deliver), on_failure=heard.failed)
    driver.start()
    driver.request(SetAccept("letters", ()))
    listened(line, wanted=b"?")
    line.send(b"#")
    assert machine.is_stuck.wait(5)
    driver.abandon()
    machine.may_go_on.set()
    assert driver.stop()
    assert heard.events == []
    assert line.heard() == b""
    line.close()


def test_an_abandoned_driver_that_fails_late_is_no_failure_of_its_successor() -> None:
    line, heard = MemoryLine(), Heard()
    port = Blocked(line)
    driver = Driver(Pump(port, Letters(), deliver=heard.deliver), on_failure=heard.failed)
    driver.start()
    line.send(b"!")
    assert port.is_stuck.wait(5)
    driver.abandon()
    port.may_go_on.set()
    assert driver.stop()
    assert heard.failures == []
    line.close()


def test_a_command_for_a_machine_that_hangs_is_refused_and_never_sent() -> None:
    line, heard, machine = MemoryLine(), Heard(), Sticky()
    driver = Driver(Pump(line.host, machine, deliver=heard.deliver), on_failure=heard.failed)
    driver.start()
    line.send(b"#")
    assert machine.is_stuck.wait(5)
    with pytest.raises(DriverStoppedError, match="hangs; TurnCoil was not sent"):
        driver.request(TurnCoil("letters", "job", 11), Authority(1, 1))
    machine.may_go_on.set()
    heard.wait(lambda: heard.drains)
    assert driver.stop()
    assert line.heard() == b""
    line.close()


def test_whoever_hears_the_events_may_take_its_time_without_the_driver_seeming_to_hang() -> None:
    line, now = MemoryLine(), [1_000]
    is_told, may_go_on = threading.Event(), threading.Event()

    def slowly(_events: tuple[DeviceEvent, ...]) -> None:
        is_told.set()
        assert may_go_on.wait(20)

    driver = Driver(
        Pump(line.host, Letters(), deliver=slowly, clock=lambda: now[0]),
        on_failure=print,
        clock=lambda: now[0],
    )
    driver.start()
    line.send(b"a")
    assert is_told.wait(5)
    assert not driver.hangs(now[0] + 10 * HANG_MS)
    may_go_on.set()
    assert driver.stop()
    line.close()


def test_a_machine_that_turns_without_rest_and_without_progress_ends_its_driver() -> None:
    line, heard = MemoryLine(), Heard()
    driver = Driver(Pump(line.host, Sticky(), deliver=heard.deliver), on_failure=heard.failed)
    driver.start()
    line.send(b"*")
    heard.wait(lambda: heard.failures)
    assert isinstance(heard.failures[0], DriverSpinsError)
    assert not driver.is_running
    assert driver.stop()
    line.close()


def test_noise_of_a_device_is_told_once_a_minute_with_all_that_came_meanwhile() -> None:
    line, heard, now = MemoryLine(), Heard(), [1_000]
    pump = Pump(line.host, Sticky(), deliver=heard.deliver, clock=lambda: now[0])
    pump.turn(b"")
    for _ in range(3 * 60):
        pump.turn(b"~")
        now[0] += NOISE_MS // 60
    assert heard.events == [LineNoise("letters", 10), *[LineNoise("letters", 600)] * 2]
    pump.port.close()
    line.close()
