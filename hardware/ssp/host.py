"""Our end of one SSP wire: one exchange at a time, the sequence bit kept for a repeat, and every unit served in its turn.

The bus knows frames, sequence bits, tries and time-outs; what is said to a unit is in `unit`, `identity` and `work`.

Source: SSP interface manual GA138 and implementation guide GA973 (sequence, time-outs, retries).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hardware.commands import Authority, Command
from hardware.events import DeviceEvent, LineNoise
from hardware.sansio import WireError, check_authority
from hardware.ssp.crypto import DEFAULT_FIXED_KEY, RandBits
from hardware.ssp.frames import ADDRESSES, ENVELOPE, MAX_DATA, Frame, FrameReader, encode
from hardware.ssp.payout import TubeConfig
from hardware.ssp.talk import Ask, Reply, Script, Talk, Wait
from hardware.ssp.unit import COINS_EVIDENCE, NOTES_EVIDENCE, UnitConfig
from hardware.ssp.validator import NotesConfig
from hardware.ssp.work import UnitTalk

__all__ = [
    "COINS_EVIDENCE",
    "DEFAULT_FIXED_KEY",
    "NOTES_EVIDENCE",
    "NotesConfig",
    "SspBus",
    "TubeConfig",
    "UnitConfig",
]

REPLY_MS: Final = 1000
"""How long one try waits beyond the time its bytes take (GA973)."""
BYTE_US: Final = 1146
"""One byte at 9600 baud with two stop bits, in microseconds."""
NOISE_REPORT: Final = 64
"""Dropped bytes that are worth a report; a few lost in plugging a cable are not."""
NOISE_EVERY_MS: Final = 60_000
"""A noisy line is reported once a minute: each report is an entry of the journal, and the count says how bad it is."""


@dataclass(slots=True)
class _Seat:
    """One unit's place at the wire: its script, what that wants next, and the sequence bit of its last command."""

    talk: Talk
    script: Script[None]
    ask: Ask | None = None
    tries_left: int = 0
    due_ms: int | None = None
    sequence: bool = False


@dataclass(slots=True)
class _Exchange:
    """The one exchange that is on the wire."""

    seat: _Seat
    ask: Ask
    deadline_ms: int


class SspBus:
    """A `hardware.sansio.HostMachine` for one wire with one or more units.

    Args:
        units: What is configured on it.
        randbits: Gives a number of so many random bits, as `secrets.randbits`; None: never encrypt.

    Raises:
        WireError: No unit, an address above 7E, or the same address or name twice.
    """

    def __init__(self, units: Sequence[UnitConfig], randbits: RandBits | None = None) -> None:
        _check(units)
        self._reader = FrameReader()
        self._out = bytearray()
        self._learned: list[DeviceEvent] = []
        self._drains = 0
        self._exchange: _Exchange | None = None
        self._reported_drops = 0
        self._noise_due_ms = 0
        self._noise_ends_ms = 0
        self._now_ms = 0
        self._talks = [UnitTalk(unit, randbits) for unit in units]
        self._spoken_to = self._talks[0].names[0]
        self._seats = [self._seat(talk) for talk in self._talks]

    def _seat(self, talk: Talk) -> _Seat:
        talk.learned = self._learned
        return _Seat(talk, talk.script())

    @property
    def findings(self) -> Mapping[str, str]:
        """Why devices answer and yet do not work; see `hardware.sansio.Explains`."""
        return {name: why for talk in self._talks for name, why in talk.findings.items()}

    # --- the four verbs and one number ----------------------------------------------------------------------------

    @property
    def wake_at_ms(self) -> int:
        """When the bus next wants a tick; 0 before the first one."""
        if self._exchange is not None:
            return self._exchange.deadline_ms
        return min(self._due_of(seat) for seat in self._seats)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes that arrived."""
        self._now_ms = now_ms
        for frame in self._reader.receive(data, now_ms):
            self._take_frame(frame)
        if now_ms >= self._noise_ends_ms or self._reader.dropped != self._reported_drops:
            self._report_noise()
        if self._exchange is None:
            self._advance()

    def tick(self, now_ms: int) -> None:
        """Let time pass: a time-out, the next poll, the next try."""
        self._now_ms = now_ms
        if self._exchange is not None and now_ms >= self._exchange.deadline_ms:
            self._fail_try(self._exchange)
        self._advance()

    def bytes_to_send(self) -> bytes:
        """Drain what must go out now: one whole frame, or nothing."""
        if not self._out:
            return b""
        out = bytes(self._out)
        self._out.clear()
        return out

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was learned. Only what was drained is acknowledged to a unit, and not before its next poll."""
        self._drains += 1
        if not self._learned:
            return ()
        learned = tuple(self._learned)
        self._learned.clear()
        return learned

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Hand a command to the unit whose device it names; see `hardware.sansio.HostMachine.request`."""
        check_authority(command, authority)
        talk = self._talk_of(command.device)
        talk.now_ms = max(talk.now_ms, self._now_ms)
        talk.request(command)

    def _talk_of(self, device: str) -> UnitTalk:
        for talk in self._talks:
            if device in talk.names:
                return talk
        raise WireError(f"no device named {device} is on this SSP wire")

    # --- one exchange ---------------------------------------------------------------------------------------------

    def _send(self, seat: _Seat, ask: Ask, *, is_first: bool) -> None:
        if ask.is_sync:
            seat.sequence = True  # the next command then turns it to 0, as the protocol wants
        elif is_first and not ask.is_repeat:
            seat.sequence = not seat.sequence
        raw = encode(Frame(seat.talk.address, seat.sequence, ask.field))
        self._reader.forget()
        self._out += raw
        self._spoken_to = seat.talk.names[0]
        seat.tries_left -= 1
        wire_ms = (len(raw) + ENVELOPE + MAX_DATA // 4) * BYTE_US // 1000
        self._exchange = _Exchange(seat, ask, self._now_ms + wire_ms + REPLY_MS)

    def _take_frame(self, frame: Frame) -> None:
        exchange = self._exchange
        if exchange is None or frame.address != exchange.seat.talk.address:
            self._pass_over(frame)
            return
        seat = exchange.seat
        reply = None
        if frame.sequence == seat.sequence:
            reply = seat.talk.read_answer(exchange.ask.field, frame.data)
        if reply is None:
            self._pass_over(frame)
            return
        self._exchange = None
        self._resume(seat, reply)

    def _fail_try(self, exchange: _Exchange) -> None:
        """This try brought nothing: the identical bytes once more, or tell the script."""
        self._exchange = None
        seat = exchange.seat
        if seat.tries_left > 0:
            self._send(seat, exchange.ask, is_first=False)
            return
        self._resume(seat, None)

    def _pass_over(self, frame: Frame) -> None:
        """Drop a whole frame. A late answer, or the echo of a two-wire adapter, is no noise."""
        if all(seat.talk.address != frame.address for seat in self._seats):
            self._reader.dropped += ENVELOPE + 1 + len(frame.data)

    def _report_noise(self) -> None:
        dropped = self._reader.dropped - self._reported_drops
        if self._now_ms >= self._noise_ends_ms:
            self._noise_ends_ms = self._now_ms + NOISE_EVERY_MS
            if dropped < NOISE_REPORT:
                # Bytes lost now and then in plugging cables do not add up to a noisy line over the days.
                self._reported_drops = self._reader.dropped
        if dropped >= NOISE_REPORT and self._now_ms >= self._noise_due_ms:
            self._noise_due_ms = self._now_ms + NOISE_EVERY_MS
            self._reported_drops = self._reader.dropped
            self._learned.append(LineNoise(self._spoken_to, dropped))

    # --- whose turn it is -----------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Give the line to whoever is due, until somebody speaks or nobody wants to."""
        while self._exchange is None:
            for seat in self._seats:
                if seat.ask is None and self._due_of(seat) <= self._now_ms:
                    self._resume(seat, None)
            due = [
                seat for seat in self._seats if seat.ask is not None and (seat.due_ms or 0) <= self._now_ms
            ]
            if not due:
                return
            chosen = min(due, key=lambda seat: seat.due_ms or 0)
            if chosen.ask is not None:
                self._send(chosen, chosen.ask, is_first=True)

    def _due_of(self, seat: _Seat) -> int:
        due_ms = seat.due_ms
        if due_ms is None:
            return 0
        if seat.ask is None and seat.talk.has_request:
            return min(due_ms, self._now_ms)
        return due_ms

    def _resume(self, seat: _Seat, reply: Reply | None) -> None:
        """Let the unit's script go on, and remember what it wants next."""
        talk = seat.talk
        talk.now_ms = self._now_ms
        talk.drains = self._drains
        due_ms = self._now_ms
        if seat.ask is None:
            talk.has_request = False
            # What was waited for has been due since then: it goes before what was asked later.
            due_ms = min(due_ms, self._now_ms if seat.due_ms is None else seat.due_ms)
        wish = seat.script.send(reply)
        if isinstance(wish, Wait):
            seat.ask, seat.due_ms = None, wish.until_ms
        else:
            seat.ask, seat.tries_left, seat.due_ms = wish, wish.tries, due_ms


def _check(units: Sequence[UnitConfig]) -> None:
    if not units:
        raise WireError("an SSP wire has at least one unit")
    addresses = [unit.address for unit in units]
    if any(address not in ADDRESSES for address in addresses):
        raise WireError(f"an SSP address is 0 to 126: {addresses}")
    names = [name for unit in units for name in unit.names]
    if len(set(addresses)) < len(addresses) or len(set(names)) < len(names):
        raise WireError("two units of an SSP wire share an address, or two devices a name")
