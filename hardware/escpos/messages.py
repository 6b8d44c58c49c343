"""What a printer says, told apart by its fixed bits in one reader, never "the first byte in the buffer".

One stream carries real-time answers (one byte), automatic status blocks (four bytes, on every change) and
answers to ``1D 72`` (one byte). Each kind has bits that are always the same:

===================  =====================  ==============================================================
kind                 fixed bits             asked by
===================  =====================  ==============================================================
real-time status     ``& 93h == 12h``       ``10 04 n``, answered at once, even when off line
automatic status     ``& 93h == 10h``,      ``1D 61 n``, then by itself
                     then 3 x ``& 90h == 0``
print mark           ``& 90h == 0``         ``1D 72 01``, answered when everything before it was processed
key list             ``37 73 40`` ... 00    ``1D 28 4C`` function 80, where pictures are kept
===================  =====================  ==============================================================

Source: Epson, "ESC/POS Command Reference" (DLE EOT, GS a, GS r); kunif/EscPosUtils and receipt-print-
hq/escpos-tools have the same tables. Bit 2 of ``10 04 03`` (mechanical error) is described by some makers
only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hardware.events import Fault, Paper

MARK: Final = b"\x1dr\x01"
"""``1D 72 01``: answer when everything before this has been processed."""

AUTO_STATUS_ON: Final = b"\x1da\x0f"
"""``1D 61 0F``: say by yourself when drawer, line state, error or paper change."""

RECOVER_AND_DROP: Final = b"\x10\x05\x02"
"""``10 05 02``: try again after an error, and forget what was not printed."""

SEPARATE: Final = b"\x1b@\x1dVB\x00"
"""``1B 40 1D 56 42 00``: forget a half line, feed and cut. What is left of a receipt that broke off must not
stand on the next one.
"""

USUAL_CODE_PAGE: Final = "cp858"
"""Western Europe with the euro sign."""

CODE_PAGES: Final = ("cp437", "cp850", "cp852", "cp858", "cp860", "cp863", "cp865", "cp866", "cp1252")
"""Pages whose number in ``1B 74`` is the same in every table that we know. There is none for Persian or Arabic: models number
theirs differently, and send letters unjoined."""

KEY_LIST: Final = b"\x1d(L\x04\x000PKC"
"""``1D 28 4C 04 00 30 50 4B 43``: say the key codes of the pictures that are kept in memory until power off."""

KEY_LIST_BYTES: Final = 80
"""Most bytes of key codes in one answer: forty pictures."""

DRAWER_PINS: Final = {2: 0, 5: 1}
"""The drawer's pin in its socket -> ``m`` of ``1B 70``."""

DRAWER_PULSE: Final = 50
"""On and off for 100 ms, in units of 2 ms: what drawers of 12 and 24 V are made for."""

BLOCK_GAP_MS: Final = 100
"""A status block's four bytes come without a pause; after this long the rest will not come (8.7 ms at 4800
baud).
"""

_REALTIME_MASK: Final = 0x93
_REALTIME: Final = 0x12
_BLOCK_FIRST: Final = 0x10
_PLAIN_MASK: Final = 0x90
_BLOCK_BYTES: Final = 4
_LIST_HEAD: Final = b"\x37\x73\x40"
_FLOW: Final = frozenset((0x11, 0x13))  # XON and XOFF: the line's business, neither answer nor noise


class Query(IntEnum):
    """What ``10 04 n`` can ask."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4


def realtime_query(query: Query) -> bytes:
    """``10 04 n``, answered at once."""
    return b"\x10\x04" + bytes((query,))


def drawer_pulse(pin: int) -> bytes:
    """``1B 70 m t1 t2``: one pulse to the drawer at ``pin`` (2 or 5), behind what is being printed.

    The real-time pulse (``10 14``) is not used: it would open the drawer of a printer that is off line, and without proof.
    """
    return b"\x1bp" + bytes((DRAWER_PINS[pin], DRAWER_PULSE, DRAWER_PULSE))


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """One answer to ``10 04 n``; which n, only the order of the questions tells."""

    status: int


@dataclass(frozen=True, slots=True)
class StatusBlock:
    """One automatic status block of four bytes."""

    status: bytes


@dataclass(frozen=True, slots=True)
class PrintMark:
    """The answer to ``1D 72 01``: everything sent before the question has been processed."""

    status: int

    @property
    def is_paper_out(self) -> bool:
        """The paper had ended when the printer came here: what was printed last may be on no paper."""
        return bool(self.status & 0x0C)


@dataclass(frozen=True, slots=True)
class KeyList:
    """The key codes, two characters each, of the pictures that the printer keeps."""

    keys: frozenset[bytes]


Answer = RealTimeStatus | StatusBlock | PrintMark | KeyList


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether the printer can print, and if not, why.

    Attributes:
        is_online: It takes and prints data.
        cover_open: Its cover is open.
        paper: What the paper sensors say.
        error: An error that is neither cover nor paper; `Fault.CUTTER` and `Fault.JAM` can be recovered by
            ``10 05``,
            `Fault.SELF_CHECK` only by cutting the power, `Fault.UNSPECIFIED` goes by itself (the head is too
            hot).
    """

    is_online: bool
    cover_open: bool = False
    paper: Paper = Paper.OK
    error: Fault | None = None

    @property
    def fault(self) -> Fault | None:
        """Why it cannot print now, the most stubborn cause first; None when it can."""
        if self.error is not None:
            return self.error
        if self.cover_open:
            return Fault.COVER_OPEN
        if self.paper is Paper.OUT:
            return Fault.PAPER_OUT
        return None if self.is_online else Fault.UNSPECIFIED


class StatusReader:
    """Splits what a printer sends into answers, however the bytes are cut up; bytes that fit nothing are
    counted.

    Args:
        knows_lists: Whether the printer is ever asked for a key list. Its bytes look like other answers, so one that comes late
            must be known for what it is, and a printer that is never asked must not begin one by noise.
    """

    def __init__(self, *, knows_lists: bool = False) -> None:
        self._knows_lists = knows_lists
        self._list = b""
        self._block = b""
        self._last_ms = 0
        self._dropped = 0

    def receive(self, data: bytes, now_ms: int) -> tuple[Answer, ...]:
        """Take bytes and return what they complete, in order."""
        if now_ms - self._last_ms > BLOCK_GAP_MS:
            self._drop_block()
            self._drop_list()
        self._last_ms = now_ms
        answers: list[Answer] = []
        for byte in data:
            if self._knows_lists and self._take_list(byte, answers):
                continue
            if byte & _REALTIME_MASK == _REALTIME:
                answers.append(
                    RealTimeStatus(byte)
                )  # may stand inside a block: it is sent the moment it is asked
            elif byte & _REALTIME_MASK == _BLOCK_FIRST:
                self._drop_block()
                self._block = bytes((byte,))
            elif byte & _PLAIN_MASK:
                self._dropped += byte not in _FLOW
            elif self._block:
                self._block += bytes((byte,))
                if len(self._block) == _BLOCK_BYTES:
                    answers.append(StatusBlock(self._block))
                    self._block = b""
            else:
                answers.append(PrintMark(byte))
        return tuple(answers)

    def take_dropped(self) -> int:
        """Bytes that made no answer since the last call."""
        dropped, self._dropped = self._dropped, 0
        return dropped

    def _take_list(self, byte: int, answers: list[Answer]) -> bool:
        """Take a byte that belongs to a key list; False when it does not."""
        if not self._list:
            if byte == _LIST_HEAD[0]:
                self._list = _LIST_HEAD[:1]
            return bool(self._list)
        if len(self._list) < len(_LIST_HEAD):
            if byte == _LIST_HEAD[len(self._list)]:
                self._list += bytes((byte,))
                return True
            self._drop_list()
            return False
        if byte == 0:
            codes = self._list[len(_LIST_HEAD) :]
            self._list = b""
            answers.append(KeyList(frozenset(codes[at : at + 2] for at in range(0, len(codes) - 1, 2))))
            return True
        if byte < 0x20:  # nothing of a list: a status that was asked for meanwhile, or its end was lost
            if byte & _REALTIME_MASK != _REALTIME:
                self._drop_list()
            return False
        self._list += bytes((byte,))
        if len(self._list) > len(_LIST_HEAD) + KEY_LIST_BYTES:
            self._drop_list()
        return True

    def _drop_list(self) -> None:
        self._dropped += len(self._list)
        self._list = b""

    def _drop_block(self) -> None:
        self._dropped += len(self._block)
        self._block = b""


def condition_of_block(block: StatusBlock) -> Condition:
    """Read an automatic status block (``1D 61``)."""
    first, second, third, _ = block.status
    return Condition(
        is_online=not first & 0x08,
        cover_open=bool(first & 0x20),
        paper=_paper(out=third & 0x0C, low=third & 0x03),
        error=_error(second),
    )


def condition_of_answers(printer: int, offline_cause: int, error_cause: int, paper: int) -> Condition:
    """Read the four answers to ``10 04 01`` to ``10 04 04``.

    The error cause counts only while the printer says that there is an error: some models keep the last
    cause.
    """
    error = _error(error_cause)
    if offline_cause & 0x40 and error is None:
        error = Fault.UNSPECIFIED
    return Condition(
        is_online=not printer & 0x08,
        cover_open=bool(offline_cause & 0x04),
        paper=_paper(out=(paper & 0x60) | (offline_cause & 0x20), low=paper & 0x0C),
        error=error if offline_cause & 0x40 or printer & 0x08 else None,
    )


def answer_to(query: Query, condition: Condition, *, is_drawer_high: bool = False) -> int:
    """The printer's byte for ``10 04 n``; the opposite of `condition_of_answers`."""
    causes = _causes(condition)
    is_out = condition.paper is Paper.OUT
    bits = {
        Query.PRINTER: 0x04 * is_drawer_high | 0x08 * (not condition.is_online),
        Query.OFFLINE_CAUSE: 0x04 * condition.cover_open | 0x20 * is_out | 0x40 * bool(causes),
        Query.ERROR_CAUSE: causes,
        Query.PAPER: {Paper.OK: 0, Paper.LOW: 0x0C, Paper.OUT: 0x60}[condition.paper],
    }
    return _REALTIME | bits[query]


def block_of(condition: Condition, *, is_drawer_high: bool = False) -> bytes:
    """The printer's four bytes for a change; the opposite of `condition_of_block`."""
    first = 0x04 * is_drawer_high | 0x08 * (not condition.is_online) | 0x20 * condition.cover_open
    third = {Paper.OK: 0, Paper.LOW: 0x03, Paper.OUT: 0x0C}[condition.paper]
    return bytes((_BLOCK_FIRST | first, _causes(condition), third, 0x0F))


def key_list_of(keys: Iterable[bytes]) -> bytes:
    """The printer's answer to `KEY_LIST`."""
    return _LIST_HEAD + b"".join(sorted(keys)) + b"\x00"


def mark_of(condition: Condition) -> int:
    """The printer's byte for ``1D 72 01``."""
    return {Paper.OK: 0, Paper.LOW: 0x03, Paper.OUT: 0x0F}[condition.paper]


_CAUSES: Final = {Fault.SELF_CHECK: 0x20, Fault.CUTTER: 0x08, Fault.JAM: 0x04, Fault.UNSPECIFIED: 0x40}


def _causes(condition: Condition) -> int:
    return 0 if condition.error is None else _CAUSES[condition.error]


def _paper(*, out: int, low: int) -> Paper:
    if out:
        return Paper.OUT
    return Paper.LOW if low else Paper.OK


def _error(causes: int) -> Fault | None:
    """The same bits stand in ``10 04 03`` and in the second byte of a block."""
    if causes & 0x20:
        return Fault.SELF_CHECK
    if causes & 0x08:
        return Fault.CUTTER
    if causes & 0x04:
        return Fault.JAM
    return Fault.UNSPECIFIED if causes & 0x40 else None
