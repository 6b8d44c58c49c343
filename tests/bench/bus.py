"""P8: a bus round against the wire's own time, and what a bus under full load loses.

The wire's own time is that of a host that does nothing but write a question and read the answer, on the same line in the same
run. Ours is what the driver needs for the same exchange: from the question's first byte to the answer's last, as its port sees
them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import serial

from hardware.commands import Authority, PayCoins, SetAccept
from hardware.driver import Driver, Pump, monotonic_ms
from hardware.events import AcceptorIdentified, CardReaderIdentified, CoinsPaid, DeviceEvent, HopperIdentified
from hardware.port import Port, SerialPort
from hardware.rig import PortConfig, build_machine
from tests.bench.counter import NotSellingError
from tests.bench.lines import HOPPERS, cctalk_port, mdb_port
from tests.bench.table import Progress, Row

P8_GOAL: Final = 1.15
PATIENCE_SECONDS: Final = 30.0
"""A card reader needs eight seconds to be met."""

IDENTIFIED: Final = (AcceptorIdentified, HopperIdentified, CardReaderIdentified)
ROUNDS_PER_COIN: Final = 5
"""Fifteen coins from each hopper are four seconds of more questions than the wire has room for; a short run pays one."""

NS_PER_MS: Final = 1_000_000
BITS_PER_BYTE: Final = 10
ENVELOPE: Final = 5
CCTALK_POLLS: Final = {2: 229, **dict.fromkeys(HOPPERS.values(), 166), 40: 159}
"""Address -> header of what is asked in every round: events, and what a hopper still pays."""
MDB_POLLS: Final = (b"R,0B", b"R,33", b"R,12", b"R,62")


@dataclass(slots=True)
class Exchange:
    """A question and everything that came until the next one; monotonic nanoseconds."""

    question: bytes
    began_ns: int
    answer: bytes = b""
    ended_ns: int = 0

    @property
    def took_ms(self) -> float:
        """From the first byte of the question to the last one of the answer."""
        return (self.ended_ns - self.began_ns) / NS_PER_MS


@dataclass(slots=True)
class Timed:
    """A port that remembers when what passed."""

    port: Port
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.port.name

    @property
    def is_open(self) -> bool:
        return self.port.is_open

    def open(self) -> None:
        self.port.open()

    def close(self) -> None:
        self.port.close()

    def fileno(self) -> int:
        return self.port.fileno()

    def read(self) -> bytes:
        data = self.port.read()
        if data and self.exchanges:
            self.exchanges[-1].answer += data
            self.exchanges[-1].ended_ns = time.monotonic_ns()
        return data

    def write(self, data: bytes) -> int:
        self.exchanges.append(Exchange(data, time.monotonic_ns()))
        return self.port.write(data)


class _Learned:
    """What a driver told, to wait on."""

    def __init__(self) -> None:
        self._events: list[DeviceEvent] = []
        self._news = threading.Condition()

    def __call__(self, events: tuple[DeviceEvent, ...]) -> None:
        with self._news:
            self._events += events
            self._news.notify_all()

    def wait_for(self, what: str, kinds: tuple[type[DeviceEvent], ...], qty: int) -> None:
        with self._news:
            if not self._news.wait_for(
                lambda: sum(isinstance(each, kinds) for each in self._events) >= qty, PATIENCE_SECONDS
            ):
                raise NotSellingError(f"{what}: not after {PATIENCE_SECONDS:.0f} s; {self._events}")


@contextmanager
def _lines(folder: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.bench.lines", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise NotSellingError(f"the lines ended with {process.wait()}")
        yield
    finally:
        process.communicate(timeout=PATIENCE_SECONDS)


@contextmanager
def _driving(config: PortConfig) -> Iterator[tuple[Driver, Timed, _Learned]]:
    timed = Timed(SerialPort(config.name, config.path, config.baud))
    machine = build_machine(config, currency="EUR", memories={})
    learned = _Learned()
    failed: list[Exception] = []
    pump = Pump(timed, machine, deliver=learned, clock=monotonic_ms)
    driver = Driver(pump, on_failure=failed.append)
    driver.start()
    try:
        learned.wait_for(f"all on {config.name}", IDENTIFIED, len(config.devices))
        yield driver, timed, learned
    finally:
        driver.stop()
    if failed:
        raise NotSellingError(f"{config.name}: {failed[0]}")


def _medians(exchanges: Sequence[Exchange], polls: Sequence[bytes]) -> dict[bytes, float]:
    """Milliseconds of each question that begins with one of ``polls``, by question; its usual answer only."""
    by_question: dict[bytes, list[Exchange]] = defaultdict(list)
    for each in exchanges:
        if each.ended_ns and each.question.startswith(tuple(polls)):
            by_question[each.question].append(each)
    medians: dict[bytes, float] = {}
    for question, asked in by_question.items():
        size, _ = Counter(len(each.answer) for each in asked).most_common(1)[0]
        medians[question] = statistics.median(each.took_ms for each in asked if len(each.answer) == size)
    return medians


def _raw(config: PortConfig, questions: Mapping[bytes, int], rounds: int) -> dict[bytes, float]:
    """The same questions asked by a host that only writes and reads so many bytes; milliseconds of each."""
    taken: dict[bytes, list[float]] = defaultdict(list)
    with serial.Serial(config.path, config.baud, timeout=1.0) as line:
        line.write(next(iter(questions)))  # what the driver left half said ends here
        while line.read(1):
            line.timeout = 0.2
        line.timeout = 1.0
        for _ in range(rounds):
            for question, size in questions.items():
                began_ns = time.monotonic_ns()
                line.write(question)
                if len(line.read(size)) == size:
                    taken[question].append((time.monotonic_ns() - began_ns) / NS_PER_MS)
    if set(taken) != set(questions):
        raise NotSellingError(f"{config.name}: somebody does not answer a host that only asks")
    return {question: statistics.median(each) for question, each in taken.items()}


def _usual_sizes(exchanges: Sequence[Exchange], questions: Iterator[bytes]) -> dict[bytes, int]:
    sizes = {}
    for question in questions:
        answers = Counter(len(each.answer) for each in exchanges if each.question == question)
        sizes[question] = answers.most_common(1)[0][0]
    return sizes


def _round(
    config: PortConfig, exchanges: Sequence[Exchange], polls: Sequence[bytes], rounds: int
) -> tuple[Row, float]:
    """The row of one bus, and by how much an exchange of a bare host is longer than its bytes (ms)."""
    ours = _medians(exchanges, polls)
    if len(ours) != len(polls):
        raise NotSellingError(f"{config.name}: {len(ours)} of {len(polls)} devices were asked")
    sizes = _usual_sizes(exchanges, iter(ours))
    raw = _raw(config, sizes, rounds)
    own_ms, raw_ms = sum(ours.values()), sum(raw.values())
    ratio = own_ms / raw_ms
    bytes_ms = (
        sum(max(len(question), size) for question, size in sizes.items()) * BITS_PER_BYTE * 1000 / config.baud
    )
    row = Row(
        "P8",
        f"bus round, {config.protocol}, {len(polls)} devices asked once each",
        f"{ratio:.2f} of the wire's own time ({own_ms:.1f} ms)",
        f"{raw_ms:.1f} ms by a host that only writes and reads, {rounds} rounds; {bytes_ms:.1f} ms of bytes",
        f"{P8_GOAL}",
        ratio <= P8_GOAL,
    )
    return row, (raw_ms - bytes_ms) / len(polls)


def measure_bus(folder: Path, *, rounds: int) -> list[Row]:
    """P8: both buses, and eight hoppers that pay at once."""
    Progress("P8, bus rounds", rounds)
    with _lines(folder):
        return [*_measure_cctalk(cctalk_port(folder), rounds), *_measure_mdb(mdb_port(folder), rounds)]


def _measure_cctalk(config: PortConfig, rounds: int) -> Iterator[Row]:
    with _driving(config) as (driver, timed, learned):
        driver.request(SetAccept("coin", (1, 2, 3)))
        before = len(timed.exchanges)
        for number, name in enumerate(HOPPERS):
            driver.request(
                PayCoins(name, f"P{number}", max(1, rounds // ROUNDS_PER_COIN), None),
                Authority(1, number + 1),
            )
        learned.wait_for("coins of eight hoppers", (CoinsPaid,), 1)
        loaded = timed.exchanges[before:-1]
        learned.wait_for("coins of eight hoppers", (CoinsPaid,), len(HOPPERS))
    polls = [bytes((address, 0, 1, header)) for address, header in CCTALK_POLLS.items()]
    row, late_ms = _round(config, timed.exchanges, polls, rounds)
    yield row
    yield _load(config, loaded, late_ms)


def _load(config: PortConfig, loaded: Sequence[Exchange], late_ms: float) -> Row:
    """What got lost while the bus had more to say than time, and how much of that time it was busy."""
    whole = [each for each in loaded if len(each.answer) >= len(each.question) + ENVELOPE]
    wire_ms = sum(len(each.answer) * BITS_PER_BYTE * 1000 / config.baud + late_ms for each in whole)
    elapsed_ms = (loaded[-1].began_ns - loaded[0].began_ns) / NS_PER_MS
    # Silence is how a device says that it does not know a command.
    known = {each.question[:4] for each in whole}
    lost = sum(each.question[:4] in known for each in loaded if each not in whole)
    return Row(
        "P8",
        f"full load, {config.protocol}, {len(HOPPERS)} hoppers pay at once",
        f"{lost} of {len(loaded)} questions lost a byte or their answer",
        f"the wire was busy {wire_ms / elapsed_ms:.0%} of {elapsed_ms / 1000:.1f} s",
        "0",
        lost == 0,
    )


def _measure_mdb(config: PortConfig, rounds: int) -> Iterator[Row]:
    with _driving(config) as (driver, timed, _):
        driver.request(SetAccept("coin", (1, 2, 3)))
        pause = threading.Event()
        pause.wait(rounds * 0.05)
    yield _round(config, timed.exchanges, MDB_POLLS, rounds)[0]
