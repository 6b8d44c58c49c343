"""What was recorded is played again: our driver learns the same, a simulator answers the same, and a bridge changes nothing."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pytest
import serial

from hardware.driver import Pump, monotonic_ms
from hardware.escpos.messages import RECOVER_AND_DROP
from hardware.events import (
    AcceptorIdentified,
    CardReaderIdentified,
    CodeScanned,
    CoilBoardIdentified,
    CoinAccepted,
    CoinRefused,
    DeviceEvent,
    DeviceFaulted,
    DeviceLost,
    DeviceRecovered,
    Fault,
    HopperIdentified,
    MachineIdentified,
    NoteEscrowed,
    PrinterStatus,
)
from hardware.port import MemoryLine, Passed, SerialPort
from hardware.rig import PortConfig
from hardware.rig import Wire as Protocol
from hardware.sansio import NO_CURRENCY
from hardware.simulators.alone import ALONE, NOTES, Wishes, Workbench, wire_alone
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
    Look,
    WatchError,
    coin_values,
    noted_device,
    noted_machine,
    told,
    watched_port,
    watching,
)
from hardware.wires.wire import overheard

SECONDS = 20.0
START_MS: Final = 1_000
HAND_MS, SESSION_MS = 9_000, 13_000
"""A card reader needs eight seconds to be met; a coin falls within two, a note is in escrow within three."""
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

    def _learn(self, events: tuple[DeviceEvent, ...], _findings: Mapping[str, str]) -> None:
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
    assert any("coin 3 on path 1" in text for text in told_of(recording))


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


# --- each simulator, in virtual time ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Session:
    """A simulator alone with our driver before it, and what a hand does there after a while.

    Attributes:
        name: Of the simulator.
        port: How our driver is told to look at it.
        learned: What it must have learned in the end.
        hand: What is done at which of its devices: number, hand, values.
        wishes: What is chosen of the simulator.
    """

    name: str
    port: PortConfig
    learned: tuple[type[DeviceEvent], ...]
    hand: tuple[int, str, Mapping[str, str]] | None = None
    wishes: Wishes = field(default_factory=Wishes)


def looked_at(protocol: str, **choices: Any) -> PortConfig:
    return watched_port("line", protocol, **choices)


DROP_50: Final = (0, "drop", {"position": "3"})
SESSIONS: Final[Mapping[str, Session]] = {
    "cctalk-coin with echo": Session(
        "cctalk-coin",
        looked_at("cctalk", coins=DEMO_COINS),
        (AcceptorIdentified, CoinAccepted),
        DROP_50,
        Wishes(echo=True),
    ),
    "cctalk-coin without": Session(
        "cctalk-coin", looked_at("cctalk", coins=DEMO_COINS), (AcceptorIdentified, CoinAccepted), DROP_50
    ),
    "cctalk-hopper": Session("cctalk-hopper", looked_at("cctalk", address=3), (HopperIdentified,)),
    "cctalk-note": Session(
        "cctalk-note",
        looked_at("cctalk", address=40, coins=NOTES, crc=True),
        (AcceptorIdentified, NoteEscrowed),
        (0, "insert", {"position": "2"}),
        Wishes(crc=True),
    ),
    **{
        f"{box}: {what}": Session(box, looked_at(box, **choices), learned, hand)
        for box in ("mdb-qibixx", "mdb-waferstar")
        for what, choices, learned, hand in (
            ("coins", {"coins": DEMO_COINS}, (AcceptorIdentified, CoinAccepted), DROP_50),
            (
                "notes",
                {"address": 48, "coins": NOTES},
                (AcceptorIdentified, NoteEscrowed),
                (1, "insert", {"position": "2"}),
            ),
            ("cards", {"address": 16}, (CardReaderIdentified,), None),
        )
    },
    "ssp-note": Session(
        "ssp-note",
        looked_at("ssp", coins=NOTES),
        (AcceptorIdentified, NoteEscrowed),
        (0, "insert", {"position": "3"}),
    ),
    "ssp-hopper": Session("ssp-hopper", looked_at("ssp", address=16), (DeviceFaulted,)),
    "coil-board": Session("coil-board", looked_at("fafb"), (CoilBoardIdentified,)),
    "k1-board": Session("k1-board", looked_at("k1"), (CoilBoardIdentified,)),
    "mdb-machine": Session("mdb-machine", looked_at("mdb-machine"), (MachineIdentified,)),
    "printer": Session("printer", looked_at("escpos"), (PrinterStatus,), (0, "open_cover", {})),
    "scanner": Session("scanner", looked_at("scanner"), (CodeScanned,), (0, "scan", {"code": "96385074"})),
}


def test_each_simulator_has_its_session() -> None:
    assert {session.name for session in SESSIONS.values()} == set(ALONE)


def recorded(session: Session) -> tuple[Recording, list[DeviceEvent], int]:
    """What passed and what our driver learned, and when the hand came; no clock, so no two runs differ."""
    look = Look(session.port, "EUR", accepts=True, has_values=True)
    wire, line, file = wire_alone(session.name, session.wishes), MemoryLine(), io.StringIO()
    now_ms = START_MS
    ear = WIRES[session.port.protocol].ear()
    held: list[str] = []
    learned: list[DeviceEvent] = []
    writer = TraceWriter(file, protocol=session.port.protocol, baud=9600, date="today", notes=look.notes)
    tap = recording_tap(line.host, lambda: now_ms, writer)
    pump = Pump(
        GuardedPort(tap, ear, held.append), look.machine(), deliver=learned.extend, clock=lambda: now_ms
    )
    hand_ms, waits = START_MS + HAND_MS, session.hand is not None
    while now_ms < START_MS + SESSION_MS:
        if now_ms == hand_ms and waits and session.hand is not None:
            waits = False
            device, hand, values = session.hand
            wire.simulators[device].act(hand, values, now_ms)
        pump.turn(pump.read() if line.host.is_open else b"")
        if heard := line.heard():
            wire.machine.receive(heard, now_ms)
        wire.machine.tick(now_ms)
        if said := wire.machine.bytes_to_send():
            line.send(said)
            continue
        wakes = [at_ms for at_ms in (pump.wake_at_ms, wire.machine.wake_at_ms) if at_ms is not None]
        if now_ms < hand_ms:
            wakes.append(hand_ms)
        now_ms = max(now_ms + 1, min(wakes, default=START_MS + SESSION_MS))
    writer.end(now_ms)
    line.close()
    assert held == []
    recording = read_recording(io.StringIO(file.getvalue()))
    first_ms = next(iter(tap.trace.passed())).at_ms
    # That a port opened is the driver's word, not the line's: a scanner's first event is not in its bytes.
    return (
        recording,
        [event for event in learned if not isinstance(event, DeviceRecovered)],
        HAND_MS + START_MS - first_ms,
    )


@pytest.mark.parametrize("name", SESSIONS)
def test_what_was_recorded_of_each_simulator_replays_into_our_driver_and_into_the_simulator(
    name: str,
) -> None:
    session = SESSIONS[name]
    recording, learned, hand_ms = recorded(session)
    assert {type(event) for event in learned} >= set(session.learned)
    into_host = replay_into_host(recording, noted_machine(recording, session.port.protocol))
    assert list(into_host.events) == learned
    assert into_host.differs_at_ms is None
    into_device = replay_into_device(recording, wire_alone(session.name, session.wishes).machine)
    # A trace has no hands: the simulator says the same until somebody worked it.
    began_ms = hand_ms if session.hand is not None else math.inf
    assert into_device.differs_at_ms is None or into_device.differs_at_ms >= began_ms
    assert into_device.same_bytes > 0 or session.port.protocol == Protocol.SCANNER


@pytest.mark.parametrize("name", ["cctalk-hopper", "coil-board", "printer"])
def test_a_wire_is_watched_and_recorded_over_a_pty(tmp_path: Path, name: str) -> None:
    session = SESSIONS[name]
    with Bench((wire_alone(name, Wishes()),), tmp_path) as bench:
        workbench = Workbench(bench)
        watched = Watched(replace(session.port, path=workbench.path), accepts=False)
        with watched.run():
            watched.wait_for(session.learned[0])
    recording = watched.recording
    replayed = replay_into_host(recording, noted_machine(recording, session.port.protocol))
    assert list(replayed.events) == watched.events
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


def test_a_far_time_in_a_recording_is_no_long_wait() -> None:
    far = 10**12
    recording = Recording(
        "cctalk", 9600, "", (Passed(0, True, b"\x02"), Passed(far, False, b"\x01")), ended_ms=2 * far
    )
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
