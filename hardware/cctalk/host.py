"""Our end of one ccTalk wire: one exchange at a time, the echo insisted on, and every slave served in its turn.

The bus knows frames, echoes, tries and time-outs; what is said to whom is in `acceptor`, `hopper` and `validator`.

Source: ccTalk Generic Specification 4.7, part 1 (half duplex, echo, timing, retries).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import assert_never

from hardware.cctalk.acceptor import ACCEPTOR_EVIDENCE, AcceptorConfig, AcceptorTalk
from hardware.cctalk.discovery import SLAVES
from hardware.cctalk.frames import ENVELOPE, GAP_MS, HOST, Check, Frame, FrameReader, encode
from hardware.cctalk.hopper import HOPPER_EVIDENCE, HopperConfig, HopperTalk
from hardware.cctalk.messages import DEFAULT_LIMIT_MS, RAW_ANSWERED, REPLY_LIMIT_MS, REPLY_SIZES, Header
from hardware.cctalk.security import Security
from hardware.cctalk.talk import BUSY_MS, Ask, Reply, Script, Talk, Wait
from hardware.cctalk.validator import VALIDATOR_EVIDENCE, ValidatorConfig, ValidatorTalk
from hardware.commands import Authority, Command
from hardware.events import DeviceEvent, LineNoise
from hardware.sansio import WireError, check_authority

__all__ = [
    "ACCEPTOR_EVIDENCE",
    "HOPPER_EVIDENCE",
    "VALIDATOR_EVIDENCE",
    "AcceptorConfig",
    "CcTalkBus",
    "DeviceConfig",
    "HopperConfig",
    "Security",
    "ValidatorConfig",
]

DeviceConfig = AcceptorConfig | HopperConfig | ValidatorConfig
BYTE_US = 1042
"""One byte at 9600 baud, 8N1, in microseconds."""
LONGEST_REPLY = 16
"""Bytes of the longest answer that is polled for (229)."""
REPLY, NAK, BUSY = int(Header.REPLY), int(Header.NAK), int(Header.BUSY)
"""The headers of answers as plain numbers: each frame is compared with them."""
QUIET_MS = GAP_MS + 5
"""Silence that we keep after a failed try, so that every receiver has forgotten its half frame."""
NOISE_REPORT = 64
"""Dropped bytes that are worth a report; a few lost in plugging a cable are not."""
NOISE_EVERY_MS = 60_000
"""A noisy line is reported once a minute: each report is an entry of the journal, and the count says how bad it is."""


@dataclass(slots=True)
class _Seat:
    """One slave's place at the wire: its script and what that wants next."""

    talk: Talk
    script: Script[None]
    ask: Ask | None = None
    tries_left: int = 0
    due_ms: int | None = None


@dataclass(slots=True)
class _Exchange:
    """The one exchange that is on the wire."""

    seat: _Seat
    header: Header
    sent: Frame
    deadline_ms: int
    raw: bytearray | None = None
    """What came, where the answer is bytes without a frame: everything until the time is over."""
    damage_before: int = 0
    saw_echo: bool = False


class CcTalkBus:
    """A `hardware.sansio.HostMachine` for one wire with any mix of coin acceptors, hoppers and bill validators.

    Raises:
        WireError: No device, an address that is no slave's, or the same address or name twice.
    """

    def __init__(self, devices: Sequence[DeviceConfig], check: Check = Check.SUM) -> None:
        _check_addresses(devices)
        self._check = check
        self._addresses = frozenset(config.address for config in devices)
        self._reader = FrameReader(check)
        self._out = bytearray()
        self._learned: list[DeviceEvent] = []
        self._exchange: _Exchange | None = None
        self._answered: tuple[Talk, Frame] | None = None
        self._has_echo: bool | None = None
        self._hold_until_ms = 0
        self._reported_drops = 0
        self._noise_due_ms = 0
        self._noise_ends_ms = 0
        self._spoken_to = devices[0].name
        self._now_ms = 0
        self._seats = [self._seat(config) for config in devices]
        self._gave_way: tuple[_Seat, dict[int, int | None]] | None = None
        """Who waits for acceptors, and each one's address with the latest time of its poll as it was then."""
        self._has_urgent = len(devices) > 1 and any(
            not isinstance(config, HopperConfig) for config in devices
        )

    def _seat(self, config: DeviceConfig) -> _Seat:
        talk = _talk_of(config)
        talk.learned = self._learned
        return _Seat(talk, talk.script())

    @property
    def findings(self) -> Mapping[str, str]:
        """Why devices answer and yet do not work; see `hardware.sansio.Explains`."""
        return {name: why for seat in self._seats for name, why in seat.talk.findings.items()}

    # --- the four verbs and one number ----------------------------------------------------------------------------

    @property
    def wake_at_ms(self) -> int:
        """When the bus next wants a tick; 0 before the first one."""
        if self._exchange is not None:
            return self._exchange.deadline_ms
        first_ms = self._due_of(self._seats[0])
        for seat in self._seats:
            due_ms = self._due_of(seat)
            if due_ms < first_ms:  # noqa: PLR1730 - asked at each turn of the wire
                first_ms = due_ms
        return max(first_ms, self._hold_until_ms)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes that arrived, echo and answers alike."""
        self._now_ms = now_ms
        exchange = self._exchange
        if exchange is not None and exchange.raw is not None:
            exchange.raw += data
            return
        for frame in self._reader.receive(data, now_ms):
            if exchange is None or exchange is not self._exchange:
                self._pass_over(frame)
            else:
                self._take_frame(exchange, frame)
        if now_ms >= self._noise_ends_ms or self._reader.dropped != self._reported_drops:
            self._report_noise()
        if self._exchange is None:
            self._advance()

    def tick(self, now_ms: int) -> None:
        """Let time pass: a time-out, the next poll, the next try."""
        self._now_ms = now_ms
        if self._exchange is not None and now_ms >= self._exchange.deadline_ms:
            self._time_is_over(self._exchange)
        self._advance()

    def bytes_to_send(self) -> bytes:
        """Drain what must go out now: one whole frame, or nothing."""
        if not self._out:
            return b""
        out = bytes(self._out)
        self._out.clear()
        return out

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was learned; the events of one confirmed poll come together."""
        if not self._learned:
            return ()
        learned = tuple(self._learned)
        self._learned.clear()
        return learned

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Hand a command to the slave it names; see `hardware.sansio.HostMachine.request`."""
        check_authority(command, authority)
        for seat in self._seats:
            if seat.talk.name == command.device:
                seat.talk.request(command)
                return
        raise WireError(f"no device named {command.device} is on this ccTalk bus")

    # --- one exchange ---------------------------------------------------------------------------------------------

    def _send(self, seat: _Seat, ask: Ask) -> None:
        frame = Frame(seat.talk.address, HOST, int(ask.header), ask.data)
        raw = encode(frame, self._check)
        self._reader.forget()
        self._out += raw
        if self._answered is not None and self._answered[0] is not seat.talk:
            self._answered = None
        self._spoken_to = seat.talk.name
        seat.tries_left -= 1
        seat.talk.note_sent(ask.header, self._now_ms)
        is_sum = self._check is Check.SUM
        sent = frame if is_sum else Frame(frame.destination, None, frame.header, frame.data)
        self._exchange = _Exchange(
            seat,
            ask.header,
            sent,
            self._now_ms + _limit_ms(ask.header, len(ask.data)),
            bytearray() if ask.header in RAW_ANSWERED else None,
            self._reader.dropped + self._reader.damaged,
        )

    def _time_is_over(self, exchange: _Exchange) -> None:
        """No answer came; or, where every device answers for itself, all of them had their time."""
        if exchange.raw is None:
            self._fail_try(exchange.seat)
            return
        self._exchange = None
        self._hold_until_ms = self._now_ms + QUIET_MS
        before, echo, after = bytes(exchange.raw).partition(encode(exchange.sent, self._check))
        if not echo and self._has_echo:
            self._resume(exchange.seat, None)
            return
        self._resume(exchange.seat, Reply(after if echo else before))

    def _take_frame(self, exchange: _Exchange, frame: Frame) -> None:
        """The echo first, then the answer. A late answer to an earlier try comes before our echo and is dropped.

        Whether the adapter echoes is learned once: our own bytes coming back say so for certain, an answer without them
        says no. From then on an answer without its echo is no answer: the slave may have heard something else.
        """
        if not exchange.saw_echo and frame == exchange.sent:
            exchange.saw_echo = True
            self._has_echo = True
            return
        source = frame.source
        is_from_slave = frame.destination == HOST and (source is None or source == exchange.seat.talk.address)
        if not is_from_slave or (self._has_echo and not exchange.saw_echo):
            self._pass_over(frame)
            return
        self._take_answer(exchange, frame)

    def _take_answer(self, exchange: _Exchange, frame: Frame) -> None:
        header, size = frame.header, len(frame.data)
        if header == REPLY:  # noqa: SIM108 - three questions in one line hide the one that matters
            is_answer = size in REPLY_SIZES.get(exchange.header, (size,))
        else:
            is_answer = header in (NAK, BUSY) and not size
        if not is_answer:
            self._pass_over(frame)
            return
        if self._has_echo is None:
            self._has_echo = False
        if header == BUSY:
            self._fail_try(exchange.seat, BUSY_MS)
            return
        self._exchange = None
        self._answered = exchange.seat.talk, frame
        self._resume(exchange.seat, Reply(frame.data, is_refusal=header == NAK))

    def _fail_try(self, seat: _Seat, pause_ms: int = 0) -> None:
        """This try brought nothing: try again when the line was silent, or tell the script."""
        if self._exchange is not None:
            damage = self._reader.dropped + self._reader.damaged
            seat.talk.heard_damage = seat.talk.heard_damage or damage > self._exchange.damage_before
        self._exchange = None
        # Whatever is half read stays so until silence; nobody speaks before every receiver has forgotten it.
        heard_at_ms = self._reader.heard_at_ms
        self._hold_until_ms = self._now_ms if heard_at_ms is None else heard_at_ms + QUIET_MS
        if seat.tries_left > 0:
            seat.due_ms = self._now_ms + pause_ms
            return
        self._resume(seat, None)
        if all(other.talk.is_lost for other in self._seats):
            # Perhaps another adapter: learn about the echo anew.
            self._has_echo = None

    def _pass_over(self, frame: Frame) -> None:
        """Drop a whole frame. One of this bus's own came late (a busy computer, a slow adapter) and is no noise."""
        if self._answered is not None:
            talk, answer = self._answered
            if frame.destination == HOST and frame.source == talk.address and frame != answer:
                talk.second_answers += 1
        is_echo = frame.source == HOST and frame.destination in self._addresses
        is_answer = frame.destination == HOST and (frame.source is None or frame.source in self._addresses)
        if not is_echo and not is_answer:
            self._reader.dropped += len(encode(frame, self._check))

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
            if self._now_ms < self._hold_until_ms:
                return
            seat_and_ask = self._choose()
            if seat_and_ask is None:
                return
            self._send(*seat_and_ask)

    def _due_of(self, seat: _Seat) -> int:
        due_ms = seat.due_ms
        if due_ms is None:
            return 0
        if seat.ask is None and seat.talk.has_request:
            return min(due_ms, self._now_ms)
        return due_ms

    def _choose(self) -> tuple[_Seat, Ask] | None:
        """The seat that has been due longest; but nobody may make an acceptor's poll late.

        It gives way to one poll of each acceptor. Behind a slow adapter a poll takes so long that some commands never fit
        between two of them: they would wait for ever, and it is better that a poll comes a little late if nobody answers.
        """
        chosen: _Seat | None = None
        chosen_ms = self._now_ms + 1
        for each in self._seats:  # of two that wait equally long, the first
            if each.ask is not None and (each.due_ms or 0) < chosen_ms:
                chosen, chosen_ms = each, each.due_ms or 0
        if chosen is None or chosen.ask is None:
            return None
        seat, ask = chosen, chosen.ask
        urgent = self._urgent_seat(seat, ask) if self._has_urgent else None
        if urgent is not None and urgent.ask is None:
            self._resume(urgent, None)
        if urgent is not None and urgent.ask is not None:
            if self._gave_way is None or self._gave_way[0] is not seat:
                self._gave_way = seat, {}
            self._gave_way[1].setdefault(urgent.talk.address, urgent.talk.must_serve_by_ms)
            return urgent, urgent.ask
        self._gave_way = None
        return seat, ask

    def _urgent_seat(self, seat: _Seat, ask: Ask) -> _Seat | None:
        """An acceptor whose latest poll would be missed if ``ask`` ran into its limit."""
        free_at_ms = self._now_ms + _limit_ms(ask.header, len(ask.data)) + QUIET_MS
        before = self._gave_way[1] if self._gave_way is not None and self._gave_way[0] is seat else {}
        for other in self._seats:
            latest_ms = other.talk.must_serve_by_ms
            is_free = other.ask is None or (other.due_ms or 0) <= self._now_ms
            was_polled = before.get(other.talk.address, latest_ms) != latest_ms
            if other is seat or latest_ms is None or was_polled:
                continue
            if is_free and free_at_ms > latest_ms:
                return other
        return None

    def _resume(self, seat: _Seat, reply: Reply | None) -> None:
        """Let the slave's script go on, and remember what it wants next."""
        talk = seat.talk
        talk.now_ms = self._now_ms
        talk.is_echoed = self._has_echo is True
        due_ms = self._now_ms
        if seat.ask is None:
            talk.has_request = False
            # What was waited for has been due since then: it goes before what was asked later.
            due_ms = min(due_ms, self._now_ms if seat.due_ms is None else seat.due_ms)
        # A generator that was never started takes None only, and that is what it gets: it has asked nothing yet.
        wish = seat.script.send(reply)
        if isinstance(wish, Wait):
            seat.ask, seat.due_ms = None, wish.until_ms
        else:
            seat.ask, seat.tries_left, seat.due_ms = wish, wish.allowed_tries, due_ms


@cache
def _limit_ms(header: Header, size: int) -> int:
    """How long one try may take: the bytes there and back, and the command's own limit."""
    wire_ms = (ENVELOPE + size + LONGEST_REPLY) * BYTE_US // 1000 + 1
    return wire_ms + REPLY_LIMIT_MS.get(header, DEFAULT_LIMIT_MS)


def _talk_of(config: DeviceConfig) -> Talk:
    match config:
        case AcceptorConfig():
            return AcceptorTalk(config)
        case HopperConfig():
            return HopperTalk(config)
        case ValidatorConfig():
            return ValidatorTalk(config)
        case _:
            assert_never(config)


def _check_addresses(devices: Sequence[DeviceConfig]) -> None:
    if not devices:
        raise WireError("a ccTalk bus has at least one device")
    addresses = [config.address for config in devices]
    if any(address not in SLAVES for address in addresses):
        raise WireError(f"a ccTalk slave's address is 2 to 255: {addresses}")
    if len(set(addresses)) < len(addresses) or len({config.name for config in devices}) < len(addresses):
        raise WireError("two devices of a ccTalk bus share a name or an address")
