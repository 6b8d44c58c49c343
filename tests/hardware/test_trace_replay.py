"""What was recorded is played again: our driver learns the same, a simulator answers the same, and a bridge changes nothing."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from hardware.driver import Pump, monotonic_ms
from hardware.escpos.messages import RECOVER_AND_DROP
from hardware.events import (
    AcceptorIdentified,
    CoilBoardIdentified,
    CoinAccepted,
    CoinRefused,
    DeviceEvent,
    DeviceLost,
    DeviceRecovered,
    Fault,
    HopperIdentified,
    NoteEscrowed,
    PrinterStatus,
)
from hardware.port import MemoryLine, Passed, SerialPort
from hardware.rig import PortConfig
from hardware.simulators.alone import NOTES, Wishes, Workbench, wire_alone
from hardware.simulators.bench import Bench
from hardware.simulators.printer import PrinterSim
from hardware.trace import (
    Recording,
    TraceWriter,
    read_recording,
    recording_tap,
    replay_into_device,
    replay_into_host,
)
from hardware.wires.bridge import Bridge
from hardware.wires.guard import GuardedPort
from hardware.wires.table import WIRES
from hardware.wires.watching import (
    NO_CURRENCY,
    Look,
    WatchError,
    coin_values,
    noted_device,
    noted_machine,
    told,
    watched_port,
    watching,
)
from hardware.wires.wire import overheard, physical_acts

SECONDS = 20.0
COINS = {3: 50, 5: 200}
DEMO_COINS = {1: 10, 2: 20, 3: 50, 4: 100, 5: 200}


class Watched:
    """Our driver on a line, and what it learned."""

    def __init__(self, port: PortConfig, *, accepts: bool, currency: str = NO_CURRENCY) -> None:
        self._look = Look(port, currency, accepts=accepts, has_values=True)
        self._news = threading.Condition()
        self.events: list[DeviceEvent] = []
        self.held: list[str] = []
        self._file = io.StringIO()

    @contextmanager
    def run(self) -> Iterator[None]:
        """Watch while the block lasts."""
        port, notes = self._look.port, self._look.notes
        writer = TraceWriter(self._file, protocol=port.protocol, baud=port.baud, date="today", notes=notes)
        driver = watching(
            self._look,
            recording_tap(SerialPort(port.name, port.path, port.baud), monotonic_ms, writer),
            deliver=self._learn,
            on_held=self.held.append,
            on_failure=lambda error: pytest.fail(str(error)),
        )
        driver.start()
        yield
        assert driver.stop()
        writer.end(monotonic_ms())

    def wait_for(self, kind: type[DeviceEvent], qty: int = 1) -> None:
        """Wait until it has learned so many events of a kind."""
        with self._news:
            assert self._news.wait_for(
                lambda: sum(isinstance(event, kind) for event in self.events) >= qty, SECONDS
            ), self.events

    @property
    def recording(self) -> Recording:
        """What passed meanwhile."""
        return read_recording(io.StringIO(self._file.getvalue()))

    def _learn(self, events: tuple[DeviceEvent, ...]) -> None:
        with self._news:
            self.events += events
            self._news.notify_all()


def told_of(recording: Recording) -> list[str]:
    """Its messages in words."""
    return [said.text for said in overheard(recording.passed, WIRES[recording.protocol].ear())]


def test_watch_sees_coins_dropped_in_a_simulator_alone_and_the_recording_tells_the_same(
    tmp_path: Path,
) -> None:
    with Bench((wire_alone("cctalk-coin", Wishes(echo=True)),), tmp_path) as bench:
        workbench = Workbench(bench)
        watched = Watched(watched_port(workbench.path, "cctalk", coins=COINS), accepts=True)
        with watched.run():
            watched.wait_for(AcceptorIdentified)
            workbench.obey("drop 3")
            watched.wait_for(CoinAccepted)
            workbench.obey("mishap coin_string")
            workbench.obey("drop 5 2")
            watched.wait_for(CoinRefused, 2)
        assert '"3": 1' in next(line for line in workbench.obey("show").splitlines() if "cash_box" in line)
    coins = [event for event in watched.events if isinstance(event, CoinAccepted)]
    assert [(coin.position, coin.value_minor) for coin in coins] == [(3, 50)]
    recording = watched.recording
    replayed = replay_into_host(recording, noted_machine(recording, "cctalk"))
    assert list(replayed.events) == watched.events
    assert replayed.differs_at_ms is None
    assert replayed.same_bytes == replayed.recorded_bytes > 100
    assert any("coin 3 on path 1" in text for text in told_of(recording))


@pytest.mark.parametrize("name", ["mdb-qibixx", "mdb-waferstar"])
def test_a_changer_behind_a_box_is_watched_and_replayed(tmp_path: Path, name: str) -> None:
    with Bench((wire_alone(name, Wishes()),), tmp_path) as bench:
        workbench = Workbench(bench)
        port = watched_port(workbench.path, name, coins=DEMO_COINS)
        watched = Watched(port, accepts=True, currency="EUR")
        with watched.run():
            watched.wait_for(AcceptorIdentified)
            workbench.obey("drop 5")
            watched.wait_for(CoinAccepted)
    coins = [event for event in watched.events if isinstance(event, CoinAccepted)]
    assert [(coin.position, coin.value_minor, coin.currency) for coin in coins] == [(5, 200, "EUR")]
    recording = watched.recording
    replayed = replay_into_host(recording, noted_machine(recording, name))
    assert list(replayed.events) == watched.events
    assert watched.held == []
    assert any("coin type 4 to cash box" in text for text in told_of(recording))


def test_notes_in_escrow_are_seen_and_neither_kept_nor_returned_by_watching(tmp_path: Path) -> None:
    with Bench((wire_alone("cctalk-note", Wishes(crc=True)),), tmp_path) as bench:
        workbench = Workbench(bench)
        port = watched_port(workbench.path, "cctalk", address=40, coins=NOTES, crc=True)
        watched = Watched(port, accepts=True, currency="EUR")
        with watched.run():
            watched.wait_for(AcceptorIdentified)
            workbench.obey("insert 2")
            watched.wait_for(NoteEscrowed)
    notes = [event for event in watched.events if isinstance(event, NoteEscrowed)]
    assert [note.value_minor for note in notes] == [1000]
    recording = watched.recording
    assert list(replay_into_host(recording, noted_machine(recording, "cctalk")).events) == watched.events
    sent = b"".join(piece.data for piece in recording.passed if piece.is_outgoing)
    assert physical_acts(sent, WIRES["cctalk"].ear()) == ()


def test_an_encrypted_wire_is_watched_and_replays(tmp_path: Path) -> None:
    with Bench((wire_alone("ssp-note", Wishes()),), tmp_path) as bench:
        workbench = Workbench(bench)
        watched = Watched(watched_port(workbench.path, "ssp", coins=NOTES), accepts=True, currency="EUR")
        with watched.run():
            watched.wait_for(AcceptorIdentified)
            workbench.obey("insert 3")
            watched.wait_for(NoteEscrowed)
    notes = [event for event in watched.events if isinstance(event, NoteEscrowed)]
    assert [note.value_minor for note in notes] == [2000]
    recording = watched.recording
    replayed = replay_into_host(recording, noted_machine(recording, "ssp"))
    assert list(replayed.events) == watched.events
    assert any("encrypted" in text for text in told_of(recording))


def test_an_acceptor_that_is_only_watched_stays_inhibited(tmp_path: Path) -> None:
    with Bench((wire_alone("cctalk-coin", Wishes()),), tmp_path) as bench:
        workbench = Workbench(bench)
        watched = Watched(watched_port(workbench.path, "cctalk"), accepts=False)
        with watched.run():
            watched.wait_for(AcceptorIdentified)
            # The first refusal after a start may be how a device leaves counter 0, and is not told.
            workbench.obey("drop 3 2")
            watched.wait_for(CoinRefused)
        assert '"3": 2' in next(line for line in workbench.obey("show").splitlines() if " tray" in line)
    assert not any(isinstance(event, CoinAccepted) for event in watched.events)


@pytest.mark.parametrize(
    ("name", "protocol", "address", "typed", "first", "qty"),
    [
        ("cctalk-hopper", "cctalk", 3, "", HopperIdentified, 1),
        ("coil-board", "fafb", None, "", CoilBoardIdentified, 1),
        ("k1-board", "k1", None, "", CoilBoardIdentified, 1),
        ("printer", "escpos", None, "open_cover", PrinterStatus, 2),
        ("scanner", "scanner", None, "scan 96385074", DeviceRecovered, 2),
    ],
)
def test_every_wire_is_watched_recorded_and_replayed_with_equal_events(
    tmp_path: Path,
    name: str,
    protocol: str,
    address: int | None,
    typed: str,
    first: type[DeviceEvent],
    qty: int,
) -> None:
    with Bench((wire_alone(name, Wishes()),), tmp_path) as bench:
        workbench = Workbench(bench)
        watched = Watched(watched_port(workbench.path, protocol, address=address), accepts=False)
        with watched.run():
            watched.wait_for(first)
            workbench.obey(typed)
            watched.wait_for(DeviceEvent, qty)
    assert isinstance(watched.events[0], first)
    recording = watched.recording
    replayed = replay_into_host(recording, noted_machine(recording, protocol))
    # That a port opened is the driver's word, not the line's: a scanner's first event is not in its bytes.
    learned = watched.events[1:] if protocol == "scanner" else watched.events
    assert list(replayed.events) == learned
    assert replayed.differs_at_ms is None
    assert watched.held == []


def test_watching_a_printer_does_not_move_its_blade() -> None:
    now_ms = 1_000
    printer = PrinterSim("printer")
    printer.set_fault("cutter_jam", True, 0)
    printer.machine.receive(b"\x1dV\x00", 0)  # a cut that sticks
    line = MemoryLine()
    held: list[str] = []
    learned: list[DeviceEvent] = []
    pump = Pump(
        GuardedPort(line.host, WIRES["escpos"].ear(), held.append),
        Look(watched_port("p", "escpos")).machine(),
        deliver=learned.extend,
        clock=lambda: now_ms,
    )
    heard = b""
    while now_ms < 30_000:
        pump.turn(pump.read() if line.host.is_open else b"")
        bytes_in = line.heard()
        heard += bytes_in
        printer.machine.receive(bytes_in, now_ms)
        printer.machine.tick(now_ms)
        if said := printer.machine.bytes_to_send():
            line.send(said)
        now_ms += 10
    line.close()
    assert any(isinstance(event, PrinterStatus) and event.fault is Fault.CUTTER for event in learned)
    assert "recovers from an error" in held
    assert RECOVER_AND_DROP not in heard


@pytest.mark.parametrize("echo", [True, False])
def test_a_recorded_host_gets_the_same_answers_from_a_simulator(tmp_path: Path, *, echo: bool) -> None:
    wishes = Wishes(echo=echo)
    with Bench((wire_alone("cctalk-coin", wishes),), tmp_path) as bench:
        watched = Watched(watched_port(Workbench(bench).path, "cctalk"), accepts=True)
        with watched.run():
            watched.wait_for(AcceptorIdentified)
    replayed = replay_into_device(watched.recording, wire_alone("cctalk-coin", wishes).machine)
    assert replayed.differs_at_ms is None
    assert replayed.same_bytes > 100
    assert {piece.is_outgoing for piece in replayed.passed} == {True, False}


def test_a_replay_says_where_our_driver_would_say_something_else() -> None:
    pieces = (
        Passed(0, True, bytes.fromhex("02 00 01 FE FF")),
        Passed(10, False, bytes.fromhex("01 00 02 00 FD")),
        Passed(400, True, bytes.fromhex("02 00 01 01 FC")),
    )
    recording = Recording("cctalk", 9600, "", pieces)
    replayed = replay_into_host(recording, Look(watched_port("trace", "cctalk")).machine())
    assert (replayed.same_bytes, replayed.recorded_bytes) == (6, 10)
    assert replayed.differs_at_ms == 400


def test_a_replay_of_a_silent_device_ends_and_says_that_it_is_lost() -> None:
    recording = Recording("cctalk", 9600, "", (Passed(0, True, b"\x02"),), ended_ms=30_000)
    replayed = replay_into_host(recording, Look(watched_port("trace", "cctalk")).machine())
    assert [type(event) for event in replayed.events] == [DeviceLost]


# --- what is watched ----------------------------------------------------------------------------------------------------


def test_what_is_usual_at_an_address_is_taken_for_granted() -> None:
    assert watched_port("p", "cctalk").devices[0].kind == "coin_acceptor"
    assert watched_port("p", "cctalk", address=5).devices[0].kind == "hopper"
    assert watched_port("p", "fafb").devices[0].kind == "coil_board"
    assert watched_port("p", "escpos").baud == 115_200


@pytest.mark.parametrize(
    ("protocol", "address", "says"),
    [("telepathy", None, "there are: "), ("cctalk", 99, "say its kind"), ("fafb", 3, "say its kind")],
)
def test_what_cannot_be_watched_is_refused(protocol: str, address: int | None, says: str) -> None:
    with pytest.raises(WatchError, match=says):
        watched_port("p", protocol, address=address)


def test_coins_are_written_as_position_and_value() -> None:
    assert coin_values(["3=50", "5=200"]) == {3: 50, 5: 200}
    for wrong in ("3", "0=5", "17=5", "3=0", "3=x", "=5", "3=123456789012"):
        with pytest.raises(WatchError, match="write position=value"):
            coin_values([wrong])


def test_a_value_that_nobody_wrote_down_is_not_shown() -> None:
    coin = CoinAccepted("coin", 1, 1, 1, 3, 1, "XXX", 1)
    assert "value not known" in told(coin, has_values=False)
    assert "value minor 1" in told(coin, has_values=True)


@pytest.mark.parametrize("note", ["toaster 3", "hopper three", "hopper 3000"])
def test_notes_of_somebody_else_are_refused(note: str) -> None:
    with pytest.raises(WatchError, match="such as hopper 3"):
        noted_device(Recording("cctalk", 9600, "", (), notes={"device": note}))


# --- between a stranger's host and a device -----------------------------------------------------------------------------


def test_a_bridge_carries_both_ways_and_writes_every_byte_down(tmp_path: Path) -> None:
    link = tmp_path / "host-end"
    file = io.StringIO()
    with Bench((wire_alone("cctalk-coin", Wishes(echo=True, serial=12_345_678)),), tmp_path) as bench:
        port = SerialPort("device", Workbench(bench).path, 9600)
        bridge = Bridge(
            port, TraceWriter(file, protocol="cctalk", baud=9600, date="today"), monotonic_ms, link
        )
        bridge.open()
        carrier = threading.Thread(target=bridge.run)
        carrier.start()
        ask, answer = bytes.fromhex("02 00 01 F2 0B"), bytes.fromhex("01 03 02 00 4E 61 BC 8F")
        with serial.Serial(str(link), 9600, timeout=5) as stranger:
            stranger.write(ask)
            assert stranger.read(len(ask + answer)) == ask + answer
        bridge.stop()
        carrier.join(5)
        assert not carrier.is_alive()
        bridge.close()
    recording = read_recording(io.StringIO(file.getvalue()))
    assert b"".join(each.data for each in recording.passed if each.is_outgoing) == ask
    assert b"".join(each.data for each in recording.passed if not each.is_outgoing) == ask + answer
    assert bridge.passed_qty == len(ask + ask + answer)
    assert not link.is_symlink()
