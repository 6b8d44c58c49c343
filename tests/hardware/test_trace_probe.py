"""Probing finds every simulated device over a real pty, and no question of it could pay, turn or print on any wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.driver import Driver, Pump, monotonic_ms
from hardware.events import DeviceKind
from hardware.port import MemoryLine, Port, PortError, RecordingTap, SerialPort
from hardware.simulators.alone import Wishes, Workbench, wire_alone
from hardware.simulators.bench import Bench
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.wires.asking import Ask, Asked, Asking, Finding, Script, plain_text
from hardware.wires.guard import GuardedPort
from hardware.wires.probe import FoundKeyboard, ask, found_keyboards, found_ports, probe_port
from hardware.wires.table import WIRES
from hardware.wires.wire import physical_acts

SERIAL = 12_345_678


@contextmanager
def alone(folder: Path, name: str, wishes: Wishes | None = None) -> Iterator[Workbench]:
    with Bench((wire_alone(name, wishes or Wishes()),), folder) as bench:
        yield Workbench(bench)


class WatchedPort(SerialPort):
    """A port that lets a hand act as soon as it is open: what was sent before that is lost, on a real line too."""

    def __init__(self, path: str, baud: int, stop_bits: int, once_open: Callable[[], object]) -> None:
        super().__init__(path, path, baud, stop_bits)
        self._once_open = once_open

    def open(self) -> None:
        """Open, then let the hand act, once."""
        super().open()
        once_open, self._once_open = self._once_open, lambda: None
        once_open()


class Taps:
    """Opens ports under taps, and keeps what passed."""

    def __init__(self, once_open: Callable[[], object] = lambda: None) -> None:
        self.taps: list[RecordingTap] = []
        self.once_open = once_open

    def __call__(self, path: str, baud: int, stop_bits: int) -> Port:
        self.taps.append(RecordingTap(WatchedPort(path, baud, stop_bits, self.once_open), monotonic_ms))
        return self.taps[-1]

    @property
    def sent(self) -> bytes:
        """Everything that left, in order."""
        return b"".join(each.data for tap in self.taps for each in tap.trace.passed() if each.is_outgoing)


@pytest.mark.parametrize(
    ("name", "wishes", "wire", "kind", "says"),
    [
        ("cctalk-coin", Wishes(serial=SERIAL), "cctalk", DeviceKind.COIN_ACCEPTOR, ("serial", str(SERIAL))),
        ("cctalk-coin", Wishes(echo=True), "cctalk", DeviceKind.COIN_ACCEPTOR, ("category", "Coin Acceptor")),
        (
            "cctalk-coin",
            Wishes(crc=True, serial=SERIAL),
            "cctalk",
            DeviceKind.COIN_ACCEPTOR,
            ("serial", str(SERIAL)),
        ),
        ("cctalk-hopper", Wishes(address=5), "cctalk", DeviceKind.HOPPER, ("category", "Payout")),
        ("coil-board", Wishes(), "fafb", DeviceKind.COIL_BOARD, None),
        ("k1-board", Wishes(), "k1", DeviceKind.COIL_BOARD, ("firmware", "K1-SIM 1")),
        ("printer", Wishes(), "escpos", DeviceKind.PRINTER, ("status", "well")),
        ("cctalk-note", Wishes(serial=99), "cctalk", DeviceKind.NOTE_VALIDATOR, ("serial", "99")),
        ("ssp-note", Wishes(serial=99), "ssp", DeviceKind.NOTE_VALIDATOR, ("serial", "99")),
        ("ssp-hopper", Wishes(serial=99), "ssp", DeviceKind.HOPPER, ("unit", "hopper")),
        ("mdb-qibixx", Wishes(serial=99), "mdb-qibixx", DeviceKind.COIN_ACCEPTOR, ("serial", "000000000099")),
        (
            "mdb-waferstar",
            Wishes(serial=99),
            "mdb-waferstar",
            DeviceKind.COIN_ACCEPTOR,
            ("serial", "000000000099"),
        ),
        (
            "mdb-machine",
            Wishes(),
            "mdb-machine",
            DeviceKind.VENDING_MACHINE,
            ("adapter", "Qibixx, 4.0.2.0,simulated"),
        ),
    ],
)
def test_each_simulator_is_found_and_says_who_it_is(
    tmp_path: Path,
    name: str,
    wishes: Wishes,
    wire: str,
    kind: DeviceKind,
    says: tuple[str, str] | None,
) -> None:
    taps = Taps()
    with alone(tmp_path, name, wishes) as workbench:
        before = workbench.obey("show")
        *_, (found_wire, _, asked) = probe_port(workbench.path, [WIRES[wire]], open_port=taps)
        after = workbench.obey("show")
    assert found_wire == wire
    assert asked.found[0].kind is kind
    assert len(asked.found) == (3 if wire in {"mdb-qibixx", "mdb-waferstar"} else 1)
    assert says is None or says in asked.found[0].says
    assert asked.found[0].kind == WIRES[wire].kinds.get(asked.found[0].address)
    assert wishes.address in {None, asked.found[0].address}
    assert physical_acts(taps.sent, WIRES[wire].ear()) == ()
    # What a hand could see is as before: nothing was paid, turned or printed.
    quiet = ("counter", "is_open", "falling", "received", "bytes")
    assert [line for line in before.splitlines() if not any(word in line for word in quiet)] == [
        line for line in after.splitlines() if not any(word in line for word in quiet)
    ]


def test_a_whole_probe_stops_at_the_first_wire_that_answers(tmp_path: Path) -> None:
    with alone(tmp_path, "printer") as workbench:
        tried = [wire for wire, _, _ in probe_port(workbench.path, WIRES.values())]
    assert tried[-1] == "escpos"
    assert "cctalk" not in tried


def test_a_note_validator_names_its_notes_and_one_without_a_table_says_what_to_do(tmp_path: Path) -> None:
    with alone(tmp_path, "cctalk-note") as workbench:
        *_, (_, _, asked) = probe_port(workbench.path, [WIRES["cctalk"]])
    assert asked.found[0].coins == ((1, "EU0005A"), (2, "EU0010A"), (3, "EU0020A"), (4, "EU0050A"))
    assert asked.found[0].advice == ()
    found = ended(WIRES["cctalk"].self_test(40), "28", {
        "28 00 01 FE D9": "01 00 28 00 D7",
        "28 00 01 F5 E2": "01 0E 28 00 42 69 6C 6C 20 56 61 6C 69 64 61 74 6F 72 80",
    })  # fmt: skip
    assert "load its maker's table" in found[0].advice[0]


def test_a_recycler_on_mdb_names_its_notes_and_is_left_as_it_was(tmp_path: Path) -> None:
    with Bench((wire_alone("mdb-qibixx", Wishes()),), tmp_path) as bench:
        *_, (_, _, asked) = probe_port(str(bench.port_path("mdb-qibixx")), [WIRES["mdb-qibixx"]])
        firmware = bench.ask("mdb-qibixx-notes", lambda simulator: cast("ValidatorSim", simulator).firmware)
    assert ("recycler", "note types 0") in asked.found[1].says
    assert [worth.has_tube for worth in asked.found[1].worths] == [True, False, False, False]
    assert (firmware.features, firmware.routed) == (0, frozenset())


CHATTER: Final = {
    "a console that echoes control signs": lambda data: (
        data.replace(b"\x10", b"^P").replace(b"\x04", b"^D") + b"\r\nlogin: "
    ),
    "text that never ends": lambda _data: b"login: hello world \x12\x16 " * 3,
    "two answers to one question": lambda _data: b"\x12\x12",
    "an echo": lambda data: data,
    "nothing": lambda _data: b"",
}


def found_by(answers: Callable[[bytes], bytes]) -> tuple[Finding, ...]:
    """What the printer's questions find where a line answers so."""
    script = WIRES["escpos"].probe()
    heard: bytes | None = None
    while True:
        try:
            heard = answers((script.send(heard) if heard is not None else next(script)).data)
        except StopIteration as ended:
            return tuple(ended.value)


@pytest.mark.parametrize("answers", CHATTER.values(), ids=CHATTER)
def test_a_line_that_chatters_is_no_printer(answers: Callable[[bytes], bytes]) -> None:
    assert found_by(answers) == ()


def test_what_answers_the_same_question_in_two_ways_is_no_printer() -> None:
    answers = iter((b"\x12", b"\x1a", b"\x12", b"\x12", b"\x12"))
    assert found_by(lambda _data: next(answers, b"")) == ()
    answers = iter((b"\x12", b"\x16", b"\x12", b"\x12", b"\x12"))
    (printer,) = found_by(lambda _data: next(answers, b""))
    assert printer.kind is DeviceKind.PRINTER, "a drawer may open meanwhile"


def test_what_a_device_calls_itself_is_told_without_what_a_terminal_would_obey() -> None:
    assert plain_text(b"TM-T20\x1b[2J\x00\xff") == "TM-T20·[2J··"


def test_a_printer_without_paper_is_found_with_what_to_do(tmp_path: Path) -> None:
    with alone(tmp_path, "printer") as workbench:
        workbench.obey("fault paper_out on")
        *_, (_, _, asked) = probe_port(workbench.path, [WIRES["escpos"]])
    assert asked.found[0].advice == ("put a new roll in",)


def test_a_silent_line_is_told_as_such(tmp_path: Path) -> None:
    with alone(tmp_path, "scanner") as workbench:
        results = list(probe_port(workbench.path, [WIRES["fafb"], WIRES["k1"], WIRES["scanner"]]))
    assert all(not asked.found and not asked.heard_qty for _, _, asked in results)


def test_a_line_that_is_not_there_is_refused_at_once() -> None:
    with pytest.raises(PortError, match="/dev/no-such-line"):
        next(probe_port("/dev/no-such-line", WIRES.values()))


def test_a_line_that_somebody_holds_is_refused(tmp_path: Path) -> None:
    with alone(tmp_path, "printer") as workbench:
        held = SerialPort("held", workbench.path, 9600)
        held.open()
        try:
            with pytest.raises(PortError):
                next(probe_port(workbench.path, WIRES.values()))
        finally:
            held.close()


# --- self-tests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wire", "address", "typed", "says", "advice"),
    [
        ("cctalk-coin", "cctalk", 2, "", ("self-check", "all well"), ""),
        ("cctalk-coin", "cctalk", 2, "fault no_counts on", ("accepted ever", "0"), "no counts per position"),
        ("cctalk-hopper", "cctalk", 3, "", ("paid ever", "0"), ""),
        ("cctalk-hopper", "cctalk", 3, "fault no_pay_count on", ("level", "not low"), "no lifetime count"),
        (
            "mdb-qibixx",
            "mdb-qibixx",
            8,
            "",
            ("tubes", "tubes by type 0: 30, 1: 30, 2: 30, 3: 30; full: none"),
            "",
        ),
        ("mdb-waferstar", "mdb-waferstar", 8, "", ("product", "changer"), ""),
        ("coil-board", "fafb", None, "", ("slots ready", "1-40"), ""),
        ("k1-board", "k1", None, "", ("light barrier", "free"), ""),
        ("printer", "escpos", None, "open_cover", ("status", "cover open"), "close the cover"),
        ("scanner", "scanner", None, "scan 96385074", ("scanned", "96385074"), ""),
    ],
)
def test_a_self_test_tells_counters_and_what_to_do(
    tmp_path: Path,
    name: str,
    wire: str,
    address: int | None,
    typed: str,
    says: tuple[str, str],
    advice: str,
) -> None:
    row = WIRES[wire]
    with alone(tmp_path, name) as workbench:
        taps = Taps(once_open=lambda: workbench.obey(typed))
        asked = ask(workbench.path, row.bauds[0], row.self_test(address), row, open_port=taps)
    assert says in asked.found[0].says
    assert advice in " ".join(asked.found[0].advice)
    assert bool(advice) == bool(asked.found[0].advice)
    assert physical_acts(taps.sent, row.ear()) == ()
    assert row.cards[asked.found[0].kind] is not None


# --- what may not be said ---------------------------------------------------------------------------------------------


def played(script: Script, answers: Iterator[bytes]) -> list[bytes]:
    """Every question of a script when the line answers with ``answers``, and with silence after them."""
    sent: list[bytes] = []
    question: Ask | None = None
    for _ in range(2_000):
        try:
            question = next(script) if question is None else script.send(next(answers, b""))
        except StopIteration:
            return sent
        sent.append(question.data)
    raise AssertionError("the script never ends")


def ended(script: Script, slave: str, answers: dict[str, str]) -> tuple[Finding, ...]:
    """What a script finds when only these questions are answered, in plain frames of ``slave``."""
    heard = b""
    question = next(script)
    for _ in range(2_000):
        answer = answers.get(question.data.hex(" ").upper(), "")
        assert not answer or answer[6:8] == slave
        heard = bytes.fromhex(answer)
        try:
            question = script.send(heard)
        except StopIteration as end:
            return tuple(end.value)
    raise AssertionError("the script never ends")


GOOD_ANSWERS = [
    bytes.fromhex(text)
    for text in (
        "01 00 02 00 FD",
        "01 0D 02 00 43 6F 69 6E 20 41 63 63 65 70 74 6F 72 16",
        "01 03 02 00 4E 61 BC 8F",
        "FA FB 41 00 40",
        "FA FB 02 04 01 01 00 0C 0B",
        "12",
        "5F 41 42 00",
        "35 30 07 02 41 42 43",
        "35 36 37 0D",
        "7F 80 01 F0 23 80",
        "7F 00 01 F0 20 0A",
    )
]


@settings(max_examples=150)
@given(
    wire=st.sampled_from(sorted(WIRES)),
    is_test=st.booleans(),
    answers=st.lists(st.sampled_from(GOOD_ANSWERS) | st.binary(max_size=20), max_size=60),
)
def test_no_question_can_pay_turn_or_print_whatever_is_answered(
    wire: str, answers: list[bytes], *, is_test: bool
) -> None:
    row = WIRES[wire]
    script = row.self_test(2) if is_test else row.probe()
    sent = played(script, iter(answers))
    # Nor does a probe's question mean anything to a device of another wire that hangs there instead; those before it in the
    # table have been asked already, and would have answered. A self-test is asked of a device that is known to be there.
    order = list(WIRES)
    for other in WIRES.values():
        if other is row or (not is_test and order.index(other.name) > order.index(wire)):
            # One by one, as a device hears them that forgets half frames, and together, as one hears them that does not.
            for data in (*sent, b"".join(sent)):
                assert physical_acts(data, other.ear()) == (), other.name


def test_a_printer_is_asked_before_anybody_whose_bytes_it_might_print() -> None:
    order = list(WIRES)
    for name in order[: order.index("escpos")]:
        assert b"".join(played(WIRES[name].probe(), iter(()))) == b""


def test_a_probe_never_polls_the_vending_bus_whose_events_would_be_lost() -> None:
    for name, polls in (
        ("mdb-qibixx", (b"R,0B", b"R,33", b"R,12", b"R,62")),
        ("mdb-waferstar", (b"\x0b", b"\x33")),
    ):
        for script in (WIRES[name].probe(), WIRES[name].self_test(None)):
            sent = played(script, iter([b"", b"v,4,sim\r\n"] + [b"p,ACK\r\n"] * 20))
            assert sent
            assert not any(data.startswith(poll) for data in sent for poll in polls)


def test_a_guard_holds_back_what_would_move_and_passes_the_rest() -> None:
    line = MemoryLine()
    held: list[str] = []
    guarded = GuardedPort(line.host, WIRES["cctalk"].ear(), held.append)
    guarded.open()
    harmless, dispense = bytes.fromhex("02 00 01 FE FF"), bytes.fromhex("03 04 01 A7 4E 61 BC 05 E1")
    assert guarded.write(harmless) == len(harmless)
    assert guarded.write(dispense) == len(dispense)
    assert guarded.write(harmless + dispense) == len(harmless + dispense)
    assert line.heard() == harmless
    assert held == ["pays coins", "pays coins"]
    line.close()


def test_a_script_is_played_to_its_end_in_the_ordinary_driver() -> None:
    line = MemoryLine()
    heard: list[Asked] = []

    def script() -> Script:
        first = yield Ask(b"who?", 1_000, lambda so_far: so_far.endswith(b"!"))
        assert first == b"me!"
        second = yield Ask(b"and?", 5)
        assert second == b""
        return ()

    line.host.open()
    pump = Pump(
        line.host,
        Asking("line", script()),
        deliver=lambda events: heard.extend(each for each in events if isinstance(each, Asked)),
    )
    driver = Driver(pump, on_failure=lambda error: pytest.fail(str(error)))
    pump.turn(b"")
    line.send(b"m")
    pump.turn(pump.read())
    line.send(b"e!")
    pump.turn(pump.read())
    assert line.heard() == b"who?and?"
    until = monotonic_ms() + 2_000
    while not heard and monotonic_ms() < until:
        pump.turn(b"")
    assert heard == [Asked("line", (), 3)]
    assert driver.stop()
    line.close()


def test_ports_are_listed_by_their_stable_names(tmp_path: Path) -> None:
    ports = [each for each in found_ports(tmp_path / "missing") if not each.usb]
    assert all(each.stable == each.path for each in ports)
    if ports:
        (tmp_path / "usb-Maker_Adapter-if00").symlink_to(ports[0].path)
        named = {each.path: each.stable for each in found_ports(tmp_path)}
        assert named[ports[0].path] == str(tmp_path / "usb-Maker_Adapter-if00")


def test_keyboards_that_look_like_scanners_are_named_first(tmp_path: Path) -> None:
    names = (
        "usb-Cherry_Keyboard-event-kbd",
        "usb-Honeywell_1900-event-kbd",
        "usb-WCM_HIDKeyboard_00000000011C-event-kbd",
        "usb-Logitech_Mouse-event-mouse",
    )
    for name in names:
        (tmp_path / name).symlink_to("/dev/null")
    assert found_keyboards(tmp_path) == (
        FoundKeyboard(str(tmp_path / names[1]), is_scanner=True),
        FoundKeyboard(str(tmp_path / names[2]), is_scanner=True),
        FoundKeyboard(str(tmp_path / names[0]), is_scanner=False),
    )
    assert found_keyboards(tmp_path / "missing") == ()
