"""The printer's end of the wire: splits the byte stream into orders, answers, and lets a mechanism carry them
out.

Real-time requests (``10 xx``) are acted on when they arrive, even inside a picture or while the printer is
off line; everything else waits in a bounded buffer behind what is being printed.

Source: Epson, "ESC/POS Command Reference"; lengths checked against receipt-print-hq/escpos-tools.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from hardware.escpos.messages import Condition, Query, answer_to, block_of, key_list_of, mark_of

BUFFER_BYTES: Final = 4096
"""Receive buffer of a usual printer."""

BUFFER_RESERVE_BYTES: Final = 512
"""Where the printer asks the host to pause; what is on its way still fits."""

_ESC: Final = 0x1B
_GS: Final = 0x1D
_DLE: Final = 0x10
_LONGEST_TEXT: Final = 64  # characters taken at once: more than any line has

# Bytes after the two that name an order, before its data. Orders of the templates and a few that shops' logos
# use.
_FIXED_ARGS: Final = {
    b"\x1b@": 0,
    b"\x1b2": 0,
    b"\x1b!": 1,
    b"\x1b-": 1,
    b"\x1b3": 1,
    b"\x1bE": 1,
    b"\x1bG": 1,
    b"\x1bJ": 1,
    b"\x1bM": 1,
    b"\x1bR": 1,
    b"\x1ba": 1,
    b"\x1bd": 1,
    b"\x1bt": 1,
    b"\x1b{": 1,
    b"\x1b$": 2,
    b"\x1bp": 3,
    b"\x1b*": 3,
    b"\x1d!": 1,
    b"\x1dB": 1,
    b"\x1da": 1,
    b"\x1dr": 1,
    b"\x1dL": 2,
    b"\x1dP": 2,
    b"\x1dW": 2,
    b"\x1dV": 1,
    b"\x1d(": 3,
    b"\x1dv": 6,
}
_CUTS_WITH_FEED: Final = frozenset((65, 66))
_REALTIME_BYTES: Final = {0x04: 3, 0x05: 3, 0x14: 5}


@dataclass(frozen=True, slots=True)
class Order:
    """One order: its two naming bytes, its arguments, its data. Characters have an empty ``code``.

    A line feed is the code ``0A``; a byte that begins nothing is the code itself.
    """

    code: bytes
    args: bytes = b""
    data: bytes = b""


class OrderReader:
    """Splits a stream into orders, however it is cut up."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take bytes."""
        self._buffer += data

    def clear(self) -> None:
        """Forget everything that was not read."""
        self._buffer.clear()

    def next(self) -> Order | None:
        """Take the next whole order; None until its last byte is there."""
        if not self._buffer:
            return None
        head = self._buffer[0]
        if head >= 0x20:
            most = min(len(self._buffer), _LONGEST_TEXT)
            end = next((at for at in range(most) if self._buffer[at] < 0x20), most)
            return Order(b"", data=self._take(end))
        if head in (_ESC, _GS):
            return self._next_command()
        if head == _DLE:
            # It was acted on when it arrived.
            if len(self._buffer) < 2:
                return None
            size = _REALTIME_BYTES.get(self._buffer[1], 1)
            if len(self._buffer) < size:
                return None
            return Order(self._take(size)[:2])
        return Order(self._take(1))

    def _next_command(self) -> Order | None:
        if len(self._buffer) < 2:
            return None
        code = bytes(self._buffer[:2])
        count = _FIXED_ARGS.get(code)
        if count is None:
            return Order(self._take(2))
        args = bytes(self._buffer[2 : 2 + count])
        if code == b"\x1dV" and args and args[0] in _CUTS_WITH_FEED:
            count += 1
            args = bytes(self._buffer[2 : 2 + count])
        if len(args) < count:
            return None
        whole = 2 + count + _data_bytes(code, args)
        if len(self._buffer) < whole:
            return None
        return Order(code, args, self._take(whole)[2 + count :])

    def _take(self, size: int) -> bytes:
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data


def _data_bytes(code: bytes, args: bytes) -> int:
    match code:
        case b"\x1b*":
            return int.from_bytes(args[1:3], "little") * (3 if args[0] in (32, 33) else 1)
        case b"\x1dv":
            return int.from_bytes(args[2:4], "little") * int.from_bytes(args[4:6], "little")
        case b"\x1d(":
            return int.from_bytes(args[1:3], "little")
        case _:
            return 0


class Mechanism(Protocol):
    """What moves: paper, head, blade, drawer."""

    @property
    def reported(self) -> Condition:
        """What its sensors say now."""

    @property
    def can_work(self) -> bool:
        """Whether it can print, whatever its sensors say."""

    @property
    def answers_marks(self) -> bool:
        """Whether ``1D 72 01`` is answered."""

    @property
    def kept_keys(self) -> frozenset[bytes] | None:
        """Key codes of the pictures that it keeps; None for a model that keeps none and does not answer."""

    @property
    def is_drawer_high(self) -> bool:
        """The drawer switch."""

    def carry_out(self, order: Order) -> int | None:
        """Do one order; the milliseconds that it takes, or None when it cannot be finished now."""

    def initialize(self) -> None:
        """Back to the settings of power on; what is on the paper stays."""

    def recover(self) -> None:
        """Try to leave an error (``10 05``)."""

    def kick_drawer(self) -> None:
        """One pulse to the drawer."""


class PrinterDevice:
    """A `hardware.sansio.DeviceMachine`: buffer, real-time answers, marks and status blocks of one printer."""

    def __init__(self, mechanism: Mechanism) -> None:
        self._mechanism = mechanism
        self._reader = OrderReader()
        self._out = bytearray()
        self._realtime = b""
        self._pending: Order | None = None
        self._ready_ms = 0
        self._is_starved = True
        self._auto_mask = 0
        self._told: Condition | None = None
        self.overrun_bytes = 0
        """Bytes that came although the buffer was full: lost, as without handshake on a real line."""

    @property
    def buffer_full(self) -> bool:
        """The handshake line: the host should pause."""
        return self._held_bytes >= BUFFER_BYTES - BUFFER_RESERVE_BYTES

    @property
    def _held_bytes(self) -> int:
        return len(self._reader) + (0 if self._pending is None else len(self._pending.data))

    @property
    def wake_at_ms(self) -> int | None:
        """When the order under way is done; None while there is nothing to print or it cannot be printed."""
        return None if self._is_starved or not self._mechanism.can_work else self._ready_ms

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes: real-time requests are answered at once, the rest is buffered."""
        if self._realtime or _DLE in data:  # nothing else can begin a request, or go on with one
            for byte in data:
                self._watch(byte)
        if self._is_starved and data:
            self._is_starved = False
            self._ready_ms = max(self._ready_ms, now_ms)
        room = max(0, BUFFER_BYTES - self._held_bytes)
        self._reader.feed(data[:room])
        self.overrun_bytes += max(0, len(data) - room)
        self.tick(now_ms)

    def tick(self, now_ms: int) -> None:
        """Print what time allows, and report what changed."""
        self._tell_changes()
        has_worked = False
        while self._ready_ms <= now_ms:
            if self._pending is None:
                self._pending = self._reader.next()
            self._is_starved = self._pending is None
            if self._pending is None:
                break
            has_worked = True
            if not self._carry_out(self._pending, now_ms):
                break
            self._pending = None
        if has_worked:
            self._tell_changes()

    def bytes_to_send(self) -> bytes:
        """Drain what goes on the wire."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def power_on(self) -> None:
        """Forget everything that a power cut takes: buffer, half requests, settings, automatic status."""
        self._reader.clear()
        self._out.clear()
        self._realtime = b""
        self._pending = None
        self._is_starved = True
        self._auto_mask = 0
        self._told = None
        self._mechanism.initialize()

    def _carry_out(self, order: Order, now_ms: int) -> bool:
        match order.code:
            case b"\x1da":
                self._auto_mask = order.args[0]
                self._told = None
            case b"\x1dr" if self._mechanism.can_work:
                if self._mechanism.answers_marks:
                    self._out.append(self._mark(order.args[0]))
            case b"\x1dr":
                return False
            case b"\x1d(" if order.args[:1] == b"L" and order.data[:2] == b"0P":
                keys = self._mechanism.kept_keys
                if keys is not None:
                    self._out += key_list_of(keys)
            case _:
                taken_ms = self._mechanism.carry_out(order)
                if taken_ms is None:
                    self._ready_ms = now_ms
                    return False
                self._ready_ms += taken_ms
        return True

    def _mark(self, kind: int) -> int:
        """What ``1D 72 n`` is answered by: 1 the paper, 2 the drawer's switch; a letter means the same."""
        is_drawer = kind in {2, ord("2")}
        return int(self._mechanism.is_drawer_high) if is_drawer else mark_of(self._mechanism.reported)

    def _tell_changes(self) -> None:
        reported = self._mechanism.reported
        if self._auto_mask and reported != self._told:
            self._told = reported
            self._out += block_of(reported, is_drawer_high=self._mechanism.is_drawer_high)

    def _watch(self, byte: int) -> None:
        """Follow the stream for real-time requests, wherever they stand."""
        self._realtime += bytes((byte,))
        if self._realtime[0] != _DLE:
            self._realtime = b""
            return
        if len(self._realtime) == 1:
            return
        size = _REALTIME_BYTES.get(self._realtime[1])
        if size is None:
            self._realtime = bytes((byte,)) if byte == _DLE else b""
            return
        if len(self._realtime) < size:
            return
        kind, argument = self._realtime[1], self._realtime[2]
        self._realtime = b""
        if kind == 0x04 and argument in tuple(Query):
            self._out.append(
                answer_to(
                    Query(argument),
                    self._mechanism.reported,
                    is_drawer_high=self._mechanism.is_drawer_high,
                )
            )
        elif kind == 0x05 and argument in (1, 2):
            if argument == 2:
                self._reader.clear()
                self._pending = None
                self._is_starved = True
            self._mechanism.recover()
        elif kind == 0x14 and argument == 1:
            self._mechanism.kick_drawer()
