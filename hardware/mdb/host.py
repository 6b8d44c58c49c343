"""Our end of one MDB bus behind an adapter box: one exchange at a time, every peripheral served in its turn.

The bus knows the box, time-outs and turns; what is said to whom is in `changer`, `validator` and `cashless`.

Source: MDB/ICP 4.2, sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from hardware.commands import Authority, Command
from hardware.events import DeviceEvent, LineNoise
from hardware.mdb.accepting import TubeConfig
from hardware.mdb.cashless import READER_EVIDENCE, CashlessTalk, ReaderConfig
from hardware.mdb.changer import CHANGER_EVIDENCE, ChangerConfig, ChangerTalk
from hardware.mdb.frames import MAX_BLOCK
from hardware.mdb.link import Answer, Fits, Heard, Link, Note, Report
from hardware.mdb.qibixx import QibixxLink
from hardware.mdb.talk import Ask, Script, Talk, Wait
from hardware.mdb.validator import VALIDATOR_EVIDENCE, ValidatorConfig, ValidatorTalk
from hardware.mdb.waferstar import WaferstarLink
from hardware.sansio import WireError, check_authority

__all__ = [
    "CHANGER_EVIDENCE",
    "READER_EVIDENCE",
    "VALIDATOR_EVIDENCE",
    "Adapter",
    "ChangerConfig",
    "MdbBus",
    "PeripheralConfig",
    "ReaderConfig",
    "TubeConfig",
    "ValidatorConfig",
]

PeripheralConfig = ChangerConfig | ValidatorConfig | ReaderConfig

REST_MS = 10
"""Silence after each exchange: a line that comes twice is over by then, and is not taken for the next answer."""
OPENING_MS = 1_000
"""How long the box may take to answer one of its own lines, and how soon it is asked again."""
NOISE_REPORT = 64
"""Dropped bytes that are worth a report."""
NOISE_EVERY_MS = 60_000
"""A noisy line is reported once a minute."""


class Adapter(StrEnum):
    """The boxes that we know."""

    QIBIXX = "qibixx"
    WAFERSTAR = "waferstar"


@dataclass(slots=True)
class _Seat:
    """One peripheral's place: its script and what that wants next."""

    talk: Talk
    script: Script[None]
    ask: Ask | None = None
    due_ms: int | None = None


@dataclass(slots=True)
class _Exchange:
    """The one exchange that the box is busy with."""

    seat: _Seat
    fits: Fits
    deadline_ms: int
    is_poll: bool


class MdbBus:
    """A `hardware.sansio.HostMachine` for one adapter box with any mix of changer, note validator and card readers.

    Raises:
        WireError: No peripheral, or the same address or name twice.
    """

    def __init__(self, devices: Sequence[PeripheralConfig], adapter: Adapter = Adapter.QIBIXX) -> None:
        self._link: Link = QibixxLink() if adapter is Adapter.QIBIXX else WaferstarLink()
        self._out = bytearray()
        self._learned: list[DeviceEvent] = []
        self._seats = [self._seat(_talk_of(config)) for config in devices]
        self._by_address = {seat.talk.address: seat for seat in self._seats}
        self._check(len(devices))
        self._exchange: _Exchange | None = None
        self._opening = 0
        self._opening_ms: int | None = None
        self._late: _Exchange | None = None
        self._rest_until_ms = 0
        self._now_ms = 0
        self._reported_drops = 0
        self._noise_ends_ms = 0

    def _seat(self, talk: Talk) -> _Seat:
        talk.learned = self._learned
        return _Seat(talk, talk.script())

    def _check(self, qty: int) -> None:
        names = [name for seat in self._seats for name in seat.talk.names]
        if not qty or len(self._by_address) < qty or len(set(names)) < len(names):
            raise WireError("an MDB bus has at least one peripheral, and each address and name once")

    @property
    def findings(self) -> Mapping[str, str]:
        """Why devices answer and yet do not work; see `hardware.sansio.Explains`."""
        return {name: why for seat in self._seats for name, why in seat.talk.findings.items()}

    # --- the four verbs and one number --------------------------------------------------------------------------------

    @property
    def wake_at_ms(self) -> int:
        """When the bus next wants a tick; 0 before the first one."""
        if self._exchange is not None:
            return self._exchange.deadline_ms
        if self._is_opening:
            return self._opening_ms or 0
        return max(min(self._due_of(seat) for seat in self._seats), self._rest_until_ms)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the box."""
        self._now_ms = now_ms
        exchange = self._exchange
        for heard in self._link.receive(data, now_ms, None if exchange is None else exchange.fits):
            self._hear(heard)
        self._report_noise()
        self._advance()

    def tick(self, now_ms: int) -> None:
        """Let time pass: a time-out, the next turn."""
        self._now_ms = now_ms
        exchange = self._exchange
        if exchange is not None and now_ms >= exchange.deadline_ms:
            self._late = exchange
            self._begin_opening()
            exchange.seat.talk.was_line_silent = True
            self._end_exchange(exchange, None)
        self._advance()

    def bytes_to_send(self) -> bytes:
        """Drain what must go out now."""
        if not self._out:
            return b""
        out = bytes(self._out)
        self._out.clear()
        return out

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was learned."""
        if not self._learned:
            return ()
        learned = tuple(self._learned)
        self._learned.clear()
        return learned

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Hand a command to the peripheral that serves its device; see `hardware.sansio.HostMachine.request`."""
        check_authority(command, authority)
        self._talk(command.device).request(command)

    def _talk(self, device: str) -> Talk:
        for seat in self._seats:
            if device in seat.talk.names:
                return seat.talk
        raise WireError(f"no device named {device} is on this MDB bus")

    # --- what the box says --------------------------------------------------------------------------------------------

    @property
    def _is_opening(self) -> bool:
        return self._opening < len(self._link.opening)

    def _hear(self, heard: Heard) -> None:
        match heard:
            case Answer(data):
                self._take_answer(data)
            case Report(address, data):
                seat = self._by_address.get(address)
                if seat is not None:
                    seat.talk.report(data)
            case Note(text):
                self._take_note(text)

    def _take_answer(self, data: bytes | None) -> None:
        """The answer that is waited for; one that cannot be it is an earlier one that came late, and is passed over."""
        exchange = self._exchange
        if exchange is None:
            late = self._late
            if late is not None and late.is_poll and data:
                # Given up, and here after all, before the box has answered anything else.
                late.seat.talk.report(data)
            return
        if data is not None and not exchange.fits(data):
            return
        exchange.seat.talk.was_line_silent = False
        self._end_exchange(exchange, data)

    def _take_note(self, text: str) -> None:
        if self._is_opening and text[:1] == self._link.opening[self._opening][:1].decode("ascii").lower():
            self._opening += 1
            self._opening_ms = None
            self._late = None
        elif self._exchange is not None and ",ERR" in text:
            # It no longer is what we made of it: somebody restarted or exchanged it.
            self._begin_opening()
            self._exchange.seat.talk.was_line_silent = True
            self._end_exchange(self._exchange, None)

    def _report_noise(self) -> None:
        dropped = self._link.dropped - self._reported_drops
        if self._now_ms < self._noise_ends_ms or not dropped:
            return
        self._noise_ends_ms = self._now_ms + NOISE_EVERY_MS
        self._reported_drops = self._link.dropped
        if dropped >= NOISE_REPORT:
            self._learned.append(LineNoise(self._seats[0].talk.name, dropped))

    # --- whose turn it is ---------------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Give the box to whoever is due, until an exchange runs or nobody wants one."""
        while self._exchange is None:
            for seat in self._seats:
                if seat.ask is None and self._due_of(seat) <= self._now_ms:
                    self._resume(seat, None)
            if self._is_opening:
                self._open()
                return
            if self._now_ms < self._rest_until_ms:
                return
            waiting = [seat for seat in self._seats if seat.ask is not None]
            if not waiting:
                return
            self._send(min(waiting, key=lambda seat: seat.due_ms or 0))

    def _begin_opening(self) -> None:
        """Make the box ours again: it answers in order, so once its own line is here no earlier answer can come."""
        self._opening = 0
        self._opening_ms = None

    def _open(self) -> None:
        if self._opening_ms is not None:
            if self._now_ms < self._opening_ms:
                return
            self._begin_opening()
            self._give_up_waiting()
        self._out += self._link.opening[self._opening]
        self._opening_ms = self._now_ms + OPENING_MS

    def _give_up_waiting(self) -> None:
        """Answer every waiting script with silence while the box does not answer: they find out by their own time-outs."""
        for seat in self._seats:
            if seat.ask is not None:
                seat.talk.was_line_silent = True
                self._resume(seat, None)

    def _send(self, seat: _Seat) -> None:
        ask = seat.ask
        if ask is None:
            return
        self._out += self._link.order(ask.block)
        is_poll = ask.block == seat.talk.poll_block
        self._exchange = _Exchange(seat, ask.fits, self._now_ms + self._link.reply_ms, is_poll)

    def _end_exchange(self, exchange: _Exchange, answer: bytes | None) -> None:
        self._exchange = None
        self._rest_until_ms = self._now_ms + REST_MS
        self._resume(exchange.seat, answer)

    def _due_of(self, seat: _Seat) -> int:
        due_ms = seat.due_ms
        if due_ms is None:
            return 0
        if seat.ask is None and seat.talk.has_request:
            return min(due_ms, self._now_ms)
        return due_ms

    def _resume(self, seat: _Seat, answer: bytes | None) -> None:
        """Let the script go on, and remember what it wants next."""
        talk = seat.talk
        talk.now_ms = self._now_ms
        if seat.ask is None:
            talk.has_request = False
        # A generator that was never started takes None only, and that is what it gets: it has asked nothing yet.
        wish = seat.script.send(answer)
        if isinstance(wish, Wait):
            seat.ask, seat.due_ms = None, wish.until_ms
        else:
            if not 1 <= len(wish.block) < MAX_BLOCK:
                raise WireError(f"a block of {len(wish.block)} bytes fits no MDB frame")
            seat.ask, seat.due_ms = wish, self._now_ms


def _talk_of(config: PeripheralConfig) -> Talk:
    match config:
        case ChangerConfig():
            return ChangerTalk(config)
        case ValidatorConfig():
            return ValidatorTalk(config)
        case ReaderConfig():
            return CashlessTalk(config)
        case _:
            assert_never(config)
