"""Simulated wires on real ptys: paced, pulled out and put back, remembered, and gone without a trace."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.driver import monotonic_ms
from hardware.events import DeviceKind
from hardware.port import PortError, SerialPort
from hardware.simulators.bench import Bench, BenchMemoryError
from hardware.simulators.model import Field, Hand, UnknownActError
from hardware.simulators.pty_line import Pace, Wire, WireClosedError


class Parrot:
    """A small honest simulator: says back what it hears, in capitals; counts what it said for ever."""

    kind = DeviceKind.SCANNER
    hands = (Hand("say", (Field("text", "hello"),)),)

    def __init__(self, name: str) -> None:
        self.name = name
        self.machine = self
        self.is_powered = True
        self.wake_at_ms: int | None = None
        self.buffer_full = False
        self.faults = {"mute": False}
        self._said = 0
        self._out = b""

    def receive(self, data: bytes, now_ms: int) -> None:
        self.wake_at_ms = now_ms
        self._speak(data.upper())

    def tick(self, now_ms: int) -> None:
        self.wake_at_ms = None if now_ms >= 0 else now_ms

    def bytes_to_send(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        if hand != "say":
            raise UnknownActError(f"a parrot has no hand {hand} at {now_ms}")
        self._speak(values["text"].encode())

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:
        if name not in self.faults:
            raise UnknownActError(f"a parrot has no fault {name} at {now_ms}")
        self.faults[name] = is_on

    def set_power(self, is_on: bool, now_ms: int) -> None:
        self.is_powered = is_on and now_ms >= 0

    def snapshot(self) -> Mapping[str, object]:
        return {"said": self._said}

    def remember(self) -> Mapping[str, object]:
        return {"said": self._said}

    def recall(self, memory: Mapping[str, object]) -> None:
        self._said = int(str(memory["said"]))

    def _speak(self, text: bytes) -> None:
        if self.is_powered and not self.faults["mute"]:
            self._said += len(text)
            self._out += text


def bench_of(data: Path, *parrots: Parrot) -> Bench:
    return Bench([Wire(p.name, "scanner", 115_200, p, (p,)) for p in parrots], data)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_of(tmp_path, Parrot("polly"), Parrot("jack")) as bench:
        yield bench


@pytest.fixture
def port(bench: Bench) -> Iterator[SerialPort]:
    port = SerialPort("polly", str(bench.port_path("polly")), 115_200)
    port.open()
    yield port
    port.close()


def until(condition: Callable[[], bool], what: str) -> None:
    pause, deadline = threading.Event(), monotonic_ms() + 5000
    while not condition():
        assert monotonic_ms() < deadline, f"not in five seconds: {what}"
        pause.wait(0.003)


def heard(port: SerialPort, wanted: bytes) -> bytes:
    got = bytearray()

    def enough() -> bool:
        got.extend(port.read())
        return got.endswith(wanted)

    until(enough, f"{wanted!r}, only {bytes(got)!r}")
    return bytes(got)


def said(bench: Bench, device: str) -> object:
    devices = bench.snapshot()["devices"]
    assert isinstance(devices, list)
    return next(found["truth"]["said"] for found in devices if found["name"] == device)


# --- pace
# ---------------------------------------------------------------------------------------------------------


def test_a_byte_takes_ten_bits_of_time() -> None:
    pace = Pace(1000)  # ten milliseconds a byte
    pace.put(b"abc", 0)
    assert pace.due(9_999_999) == b""
    assert pace.due(10_000_000) == b"a"
    assert pace.due(30_000_000) == b"bc"
    pace.put(b"d", 31_000_000)
    assert pace.due(40_999_999) == b""
    assert pace.due(41_000_000) == b"d"


def test_bytes_that_follow_at_once_queue_behind_those_on_the_line() -> None:
    pace = Pace(1000)
    pace.put(b"a", 0)
    pace.put(b"b", 5_000_000)
    assert pace.due(15_000_000) == b"a"
    assert pace.due(20_000_000) == b"b"


@given(
    st.lists(st.tuples(st.binary(max_size=30), st.integers(0, 50_000_000)), max_size=20),
    st.sampled_from([9600, 57_600, 115_200]),
)
def test_a_line_never_carries_more_than_its_speed_and_loses_nothing(
    puts: list[tuple[bytes, int]], baud: int
) -> None:
    pace, now_ns, got = Pace(baud), 0, b""
    for data, later_ns in puts:
        pace.put(data, now_ns)
        now_ns += later_ns
        got += pace.due(now_ns)
        assert len(got) <= now_ns // pace.byte_ns
    while (wake_at_ns := pace.wake_at_ns) is not None:
        now_ns = max(now_ns, wake_at_ns)
        passed = pace.due(now_ns)
        assert passed, "woken for nothing"
        got += passed
    assert got == b"".join(data for data, _ in puts)
    assert len(pace) == 0


def test_a_cleared_line_forgets_what_was_on_its_way() -> None:
    pace = Pace(9600)
    pace.put(b"abc", 0)
    pace.clear()
    assert pace.wake_at_ns is None
    assert pace.due(10**12) == b""


# --- ptys
# ---------------------------------------------------------------------------------------------------------


def test_a_host_speaks_with_a_device_over_a_real_pty(bench: Bench, port: SerialPort) -> None:
    port.write(b"hello\r\n\x00\xff")
    assert heard(port, b"HELLO\r\n\x00\xff") == b"HELLO\r\n\x00\xff"
    passed = bench.passed("polly")
    assert b"".join(p.data for p in passed if p.is_outgoing) == b"hello\r\n\x00\xff"
    assert b"".join(p.data for p in passed if not p.is_outgoing) == b"HELLO\r\n\x00\xff"


def test_a_device_speaks_when_a_hand_makes_it(bench: Bench, port: SerialPort) -> None:
    bench.act("polly", "say", {"text": "apple"})
    assert heard(port, b"apple") == b"apple"
    assert said(bench, "polly") == 5
    assert said(bench, "jack") == 0


def test_a_host_that_dies_and_returns_finds_the_device_alive(bench: Bench, port: SerialPort) -> None:
    port.close()
    bench.act("polly", "say", {"text": "unheard"})
    port.open()
    bench.act("polly", "say", {"text": "again"})
    heard(port, b"again")  # what was said to nobody may still lie before it
    assert said(bench, "polly") == len("unheardagain")


def test_a_pulled_cable_is_gone_and_comes_back_under_another_name(bench: Bench, port: SerialPort) -> None:
    before = bench.port_path("polly").readlink()
    bench.unplug("polly")
    bench.unplug("polly")
    assert not os.path.lexists(bench.port_path("polly"))

    def is_gone() -> bool:
        try:
            port.read()
        except PortError:
            return True
        return False

    until(is_gone, "the pulled line")
    port.close()
    with pytest.raises(PortError):
        port.open()

    bench.plug("polly")
    bench.plug("polly")
    assert bench.port_path("polly").readlink() != before
    port.open()
    port.write(b"x")
    assert heard(port, b"X") == b"X"


def test_a_device_lives_on_while_its_cable_is_out(bench: Bench) -> None:
    bench.unplug("polly")
    bench.act("polly", "say", {"text": "alone"})
    assert said(bench, "polly") == 5


def test_a_device_that_holds_the_line_gets_its_bytes_later(tmp_path: Path) -> None:
    parrot = Parrot("polly")
    parrot.buffer_full = True
    with bench_of(tmp_path, parrot) as bench:
        port = SerialPort("polly", str(bench.port_path("polly")), 115_200)
        port.open()
        port.write(b"abc")
        bench.act("polly", "say", {"text": "busy"})
        assert heard(port, b"busy") == b"busy"
        parrot.buffer_full = False
        assert heard(port, b"ABC") == b"ABC"
        port.close()


# --- power, faults, memory
# ----------------------------------------------------------------------------------------


def test_power_and_faults_reach_the_device(bench: Bench) -> None:
    bench.set_fault("polly", "mute", is_on=True)
    bench.act("polly", "say", {"text": "nothing"})
    bench.set_fault("polly", "mute", is_on=False)
    bench.set_power("polly", is_on=False)
    bench.act("polly", "say", {"text": "nothing"})
    assert said(bench, "polly") == 0
    bench.set_box_power(is_on=False)
    assert [device["is_powered"] for device in bench.snapshot()["devices"]] == [False, False]  # type: ignore[attr-defined]
    bench.set_box_power(is_on=True)
    bench.act("polly", "say", {"text": "back"})
    assert said(bench, "polly") == 4


def test_what_a_device_must_not_forget_is_saved_before_the_hand_is_answered(tmp_path: Path) -> None:
    with bench_of(tmp_path, Parrot("polly")) as bench:
        bench.act("polly", "say", {"text": "seven77"})
        assert json.loads((tmp_path / "simulators.json").read_text()) == {"polly": {"said": 7}}
    with bench_of(tmp_path, Parrot("polly"), Parrot("jack")) as bench:
        assert (said(bench, "polly"), said(bench, "jack")) == (7, 0)


def test_what_the_line_changed_is_saved_soon(tmp_path: Path) -> None:
    with bench_of(tmp_path, Parrot("polly")) as bench:
        port = SerialPort("polly", str(bench.port_path("polly")), 115_200)
        port.open()
        port.write(b"four")
        saved = tmp_path / "simulators.json"
        until(
            lambda: saved.exists() and json.loads(saved.read_text())["polly"] == {"said": 4},
            "the saved count",
        )
        port.close()


@pytest.mark.parametrize("text", ["{", "[]", '{"polly": 3}', '{"polly": {}}', '{"polly": {"said": "x"}}'])
def test_a_spoiled_memory_is_named_and_nothing_starts(tmp_path: Path, text: str) -> None:
    (tmp_path / "simulators.json").write_text(text)
    with pytest.raises(BenchMemoryError, match=r"simulators\.json"):
        bench_of(tmp_path, Parrot("polly"))


def test_names_that_do_not_exist_are_refused(bench: Bench) -> None:
    for wrong in (
        lambda: bench.act("nobody", "say", {}),
        lambda: bench.act("polly", "sing", {}),
        lambda: bench.set_fault("polly", "moult", is_on=True),
        lambda: bench.set_power("nobody", is_on=True),
        lambda: bench.unplug("nowhere"),
        lambda: bench.passed("nowhere"),
    ):
        with pytest.raises(UnknownActError):
            wrong()
    bench.act("polly", "say", {"text": "still here"})


def test_a_closed_bench_leaves_no_link_no_pty_and_no_thread(tmp_path: Path) -> None:
    descriptors = {path.name for path in Path("/proc/self/fd").iterdir()}
    with bench_of(tmp_path, Parrot("polly"), Parrot("jack")) as bench:
        assert sorted(path.name for path in (tmp_path / "ports").iterdir()) == ["jack", "polly"]
        assert len([thread for thread in threading.enumerate() if thread.name.startswith("wire-")]) == 2
    assert list((tmp_path / "ports").iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("wire-")]
    assert {path.name for path in Path("/proc/self/fd").iterdir()} == descriptors
    with pytest.raises(WireClosedError):
        bench.act("polly", "say", {"text": "late"})


def test_a_stale_link_of_a_killed_bench_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "ports").mkdir()
    (tmp_path / "ports" / "polly").symlink_to("/nowhere/at/all")
    with bench_of(tmp_path, Parrot("polly")) as bench:
        assert bench.port_path("polly").readlink().exists()


# --- troubles
# ---------------------------------------------------------------------------------------------------------


def test_a_damaged_cable_damages_real_lines_and_is_mended(bench: Bench, port: SerialPort) -> None:
    bench.begin("line_wrong_speed", "polly")
    port.write(b"abcdefgh")
    until(lambda: bench.passed("polly") != (), "something arrived")
    assert bench.passed("polly")[0].data != b"abcdefgh"
    bench.end("line_wrong_speed", "polly")
    until(lambda: len(port.read()) == 0, "the garbled answer is read")
    port.write(b"hello")
    assert heard(port, b"HELLO").endswith(b"HELLO")


def test_a_damaged_cable_is_seen_from_outside(bench: Bench) -> None:
    bench.begin("line_drop", "jack")
    wires = bench.snapshot()["wires"]
    assert isinstance(wires, list)
    assert [wire["noise"] != {} for wire in wires] == [False, True]


def test_a_cable_and_power_come_and_go_by_the_names_of_troubles(bench: Bench) -> None:
    bench.begin("cable_out", "polly")
    assert not bench.port_path("polly").is_symlink()
    bench.end("cable_out", "polly")
    assert bench.port_path("polly").is_symlink()
    bench.begin("device_dark", "jack")
    assert not bench.ask("jack", lambda jack: jack.is_powered)
    bench.begin("brown_out", "jack")
    assert bench.ask("jack", lambda jack: jack.is_powered)


def test_a_trouble_that_does_not_exist_or_does_not_fit_is_refused(bench: Bench) -> None:
    with pytest.raises(UnknownActError, match="no mishap"):
        bench.begin("rust", "polly")
    with pytest.raises(UnknownActError, match="cannot befall"):
        bench.begin("coin_jam", "polly")
