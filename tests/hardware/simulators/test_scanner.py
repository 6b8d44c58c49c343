from __future__ import annotations

import json

import pytest

from hardware.events import CodeScanned, CodeUnreadable, DeviceEvent, DeviceKind, Fault
from hardware.scanner.host import Scanner
from hardware.simulators.model import Simulator, UnknownActError
from hardware.simulators.scanner import FAULTS, LONGEST_ACT, ScannerSim, symbology

EAN = "5010331571617"


class Counter:
    """A scanner and a host in virtual time."""

    def __init__(self, *faults: str) -> None:
        self.sim = ScannerSim("scanner")
        self.host = Scanner("scanner")
        self.now_ms = 0
        for fault in faults:
            self.sim.set_fault(fault, is_on=True, now_ms=0)

    def scan(self, code: str, for_ms: int = 1_500) -> list[DeviceEvent]:
        self.sim.act("scan", {"code": code}, self.now_ms)
        return self.run(for_ms)

    def run(self, for_ms: int) -> list[DeviceEvent]:
        end_ms = self.now_ms + for_ms
        seen: list[DeviceEvent] = []
        while True:
            wire = self.sim.machine
            wire.tick(self.now_ms)
            data = wire.bytes_to_send()
            if data:
                self.host.receive(data, self.now_ms)
            self.host.tick(self.now_ms)
            seen += self.host.events()
            wakes = [at for at in (wire.wake_at_ms, self.host.wake_at_ms) if at is not None]
            next_ms = max(self.now_ms + 1, min(wakes, default=end_ms))
            if next_ms > end_ms:
                self.now_ms = end_ms
                return seen
            self.now_ms = next_ms


def raw(code: str, *faults: str) -> bytes:
    sim = ScannerSim("scanner")
    for fault in faults:
        sim.set_fault(fault, is_on=True, now_ms=0)
    sim.act("scan", {"code": code}, 0)
    sim.machine.tick(10_000)
    return sim.machine.bytes_to_send()


def test_raw_bytes_are_what_a_serial_terminal_would_show() -> None:
    assert raw("96385074") == b"96385074\r"
    assert raw("96385074", "no_suffix") == b"96385074"
    assert raw("96385074", "aim_prefix") == b"]E496385074\r"
    assert raw("036000291452", "aim_prefix") == b"]E00036000291452\r"
    assert raw("01\x1d10", "aim_prefix") == b"]C101\x1d10\r"
    assert raw("01\x1d10", "gs_missing") == b"0110\r"
    assert raw("963", "double_read") == b"963\r963\r"
    assert raw("96", "persian_digits") == b"\xdb\xb9\xdb\xb6\r"
    assert raw("96", "control_chars") == b"9\x076\r"
    assert len(raw("96", "flood")) == 4_097
    assert raw("96", "noise").endswith(b"96\r")


def test_it_is_a_simulator_of_a_scanner() -> None:
    sim: Simulator = ScannerSim("scanner")
    assert (sim.name, sim.kind) == ("scanner", DeviceKind.SCANNER)
    assert [hand.name for hand in sim.hands] == ["scan"]
    assert list(sim.faults) == list(FAULTS)
    sim.machine.receive(b"anything", 0)
    assert sim.machine.bytes_to_send() == b""
    assert sim.machine.wake_at_ms is None


@pytest.mark.parametrize("faults", [(), ("no_suffix",), ("split",), ("persian_digits",), ("double_read",)])
def test_a_code_arrives_once_whatever_its_delivery(faults: tuple[str, ...]) -> None:
    assert Counter(*faults).scan(EAN) == [CodeScanned("scanner", EAN)]


def test_all_kinds_of_delivery_together_still_give_one_code() -> None:
    counter = Counter("no_suffix", "split", "persian_digits", "double_read", "aim_prefix")
    assert counter.scan(EAN) == [CodeScanned("scanner", EAN, "E0")]


@pytest.mark.parametrize(
    ("fault", "event"),
    [
        ("control_chars", CodeUnreadable("scanner", Fault.UNREADABLE, 14)),
        ("flood", CodeUnreadable("scanner", Fault.TOO_LONG, 4_096)),
    ],
)
def test_a_scan_that_is_no_code_is_told_and_the_next_one_is_read(fault: str, event: DeviceEvent) -> None:
    counter = Counter(fault)
    assert counter.scan(EAN) == [event]
    counter.sim.set_fault(fault, is_on=False, now_ms=counter.now_ms)
    assert counter.scan(EAN) == [CodeScanned("scanner", EAN)]


def test_noise_before_a_code_does_not_spoil_it() -> None:
    assert Counter("noise").scan(EAN) == [
        CodeUnreadable("scanner", Fault.UNREADABLE, 7),
        CodeScanned("scanner", EAN),
    ]


def test_two_deliberate_scans_are_two_items() -> None:
    counter = Counter()
    assert counter.scan(EAN) + counter.scan(EAN) == [CodeScanned("scanner", EAN)] * 2
    assert counter.sim.snapshot() == {"scans_total": 2, "last_code": EAN}


def test_power_lost_in_the_middle_of_a_code_loses_the_rest_of_it() -> None:
    counter = Counter("split")
    seen = counter.scan(EAN, for_ms=20)
    counter.sim.set_power(is_on=False, now_ms=counter.now_ms)
    assert not counter.sim.is_powered
    seen += counter.scan(EAN)
    assert seen == [CodeScanned("scanner", EAN[:4])]
    counter.sim.set_power(is_on=True, now_ms=counter.now_ms)
    assert counter.scan(EAN) == [CodeScanned("scanner", EAN)]


@pytest.mark.parametrize(("hand", "code"), [("shoot", EAN), ("scan", ""), ("scan", "1" * (LONGEST_ACT + 1))])
def test_an_act_that_cannot_be_done_is_refused(hand: str, code: str) -> None:
    sim = ScannerSim("scanner")
    with pytest.raises(UnknownActError):
        sim.act(hand, {"code": code}, 0)
    with pytest.raises(UnknownActError):
        sim.set_fault("rust", is_on=True, now_ms=0)
    assert sim.machine.wake_at_ms is None


def test_more_scans_than_wait_on_any_wire_are_dropped() -> None:
    sim = ScannerSim("scanner")
    for _ in range(1_000):
        sim.act("scan", {"code": "1"}, 0)
    sim.machine.tick(0)
    assert sim.machine.bytes_to_send() == b"1\r" * 64


def test_what_it_remembers_is_json_and_comes_back() -> None:
    counter = Counter("split", "noise")
    counter.scan(EAN)
    other = ScannerSim("scanner")
    other.recall(json.loads(json.dumps(counter.sim.remember())))
    assert other.faults == counter.sim.faults
    assert other.remember() == counter.sim.remember()
    with pytest.raises(UnknownActError):
        other.recall({"faults": 3})


@pytest.mark.parametrize(
    ("code", "aim"), [(EAN, "E0"), ("96385074", "E4"), ("036000291452", "E0"), ("A1", "C0"), ("1\x1d2", "C1")]
)
def test_the_prefix_follows_the_form_of_the_code(code: str, aim: str) -> None:
    assert symbology(code) == aim
