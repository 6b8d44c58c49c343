"""Our end of a serial scanner: bytes in, at most one event for each scan.

A scanner speaks only when somebody scans, so silence says nothing about it: this machine never reports it
lost. That a port went away is known to the driver that holds it. There is nothing to ask a scanner for.
"""

from __future__ import annotations

from typing import Final

from hardware.commands import Authority, Command
from hardware.events import CodeScanned, CodeUnreadable, DeviceEvent, Fault, LineNoise
from hardware.sansio import WireError, check_authority
from hardware.scanner.frames import GAP_MS, LONGEST, Scan, ScanReader
from hardware.scanner.messages import CodeText, read_code

REPEAT_MS: Final = 700
"""The same code again this soon after it was last read is the same sight of it (a double read, or goods held
under the beam); later, it is a second item on purpose."""

BURST: Final = 20
BURST_MS: Final = 1_000
"""More scans than this in this time come from no hand: the rest are counted as noise and dropped. A quick
cashier makes two a second."""


class Scanner:
    """The host machine for one serial scanner.

    Args:
        name: The configured device name.
        gap_ms: The pause that ends a code without suffix.
        repeat_ms: How soon the same code again is a double read.
        longest: Most bytes of a code.
    """

    def __init__(
        self, name: str, gap_ms: int = GAP_MS, repeat_ms: int = REPEAT_MS, longest: int = LONGEST
    ) -> None:
        self._name = name
        self._repeat_ms = repeat_ms
        self._reader = ScanReader(gap_ms, longest)
        self._events: list[DeviceEvent] = []
        self._last: tuple[CodeText, int] | None = None
        self._burst_since_ms: int | None = None
        self._burst = 0
        self._dropped = 0

    @property
    def wake_at_ms(self) -> int | None:
        """When a pause ends a code, or a burst is over; None while nobody scans."""
        burst_ends_ms = None if self._burst_since_ms is None else self._burst_since_ms + BURST_MS
        return min((at for at in (self._reader.due_ms, burst_ends_ms) if at is not None), default=None)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the scanner."""
        self.tick(now_ms)
        for scan in self._reader.feed(data, now_ms):
            self._take(scan)

    def tick(self, now_ms: int) -> None:
        """End the code that a pause ended, and the burst whose time is over."""
        for scan in self._reader.expire(now_ms):
            self._take(scan)
        self._end_burst(now_ms)

    def bytes_to_send(self) -> bytes:
        """Nothing, ever: a scanner that reads by itself needs no word from us."""
        return b""

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was scanned, oldest first."""
        drained = tuple(self._events)
        self._events.clear()
        return drained

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Refuse: a scanner does no work.

        Raises:
            UnauthorizedError: A physical command without authority.
            WireError: Any other command.
        """
        check_authority(command, authority)
        raise WireError(f"{type(command).__name__} is not work for scanner {self._name}")

    def _take(self, scan: Scan) -> None:
        self._end_burst(scan.at_ms)
        code = None if scan.is_too_long else read_code(scan.data)
        if code is not None and self._is_double(code, scan.at_ms):
            return
        if self._burst_since_ms is None:
            self._burst_since_ms = scan.at_ms
        self._burst += 1
        if self._burst > BURST:
            self._dropped += scan.size
        elif code is not None:
            self._events.append(CodeScanned(self._name, code.text, code.aim))
        else:
            fault = Fault.TOO_LONG if scan.is_too_long else Fault.UNREADABLE
            self._events.append(CodeUnreadable(self._name, fault, scan.size))

    def _is_double(self, code: CodeText, at_ms: int) -> bool:
        """Whether it is the code just read; every sight of it begins the time anew."""
        last, self._last = self._last, (code, at_ms)
        return last is not None and last[0] == code and at_ms - last[1] < self._repeat_ms

    def _end_burst(self, now_ms: int) -> None:
        if self._burst_since_ms is None or now_ms - self._burst_since_ms < BURST_MS:
            return
        if self._dropped:
            self._events.append(LineNoise(self._name, self._dropped))
        self._burst_since_ms = None
        self._burst = 0
        self._dropped = 0
