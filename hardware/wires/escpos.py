"""ESC/POS for technicians: orders and answers in words, and questions that a printer answers without printing.

Source: Epson, "ESC/POS Command Reference" (DLE EOT, GS I, GS a, GS r, ESC p, DLE DC4).
"""

from __future__ import annotations

from collections import deque
from typing import Final

from hardware.escpos.device import Order, OrderReader
from hardware.escpos.host import EVIDENCE
from hardware.escpos.messages import (
    BLOCK_GAP_MS,
    PrintMark,
    Query,
    RealTimeStatus,
    StatusBlock,
    StatusReader,
    condition_of_answers,
    condition_of_block,
    realtime_query,
)
from hardware.escpos.support import COMMANDS
from hardware.events import DeviceKind, Paper
from hardware.sansio import command_of
from hardware.wires.asking import Ask, Asks, Finding, Script, plain_text
from hardware.wires.wire import NO_MESSAGE, WireKind

WAIT_MS: Final = 250
"""For one real-time answer: it is sent the moment it is asked, even while the printer is off line."""

IDENTITY_MS: Final = 600
"""For an answer to GS I, which waits its turn behind what is being printed."""

_QUESTIONS: Final = {1: "printer", 2: "cause of being off line", 3: "cause of an error", 4: "paper"}
_MOST_TEXT: Final = 60

DRAWER_SWITCH: Final = 0x04
"""The only bit of a printer's first status that may be another one a quarter of a second later."""


class EscPosEar:
    """Reads orders and answers; which question an answer belongs to, only their order tells."""

    def __init__(self) -> None:
        self._asked: deque[int] = deque(maxlen=16)

    def gap_ms(self, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions alike
        """An order may stop for as long as the host likes; a status block may not."""
        return BLOCK_GAP_MS

    answer_ends_block = False

    def size(self, data: bytes, *, is_from_host: bool) -> int:
        """One order, or one answer."""
        if is_from_host:
            if data[:2] == b"\x1dI":
                return 3 if len(data) >= 3 else 0
            reader = OrderReader()
            reader.feed(data)
            return len(data) - len(reader) if reader.next() is not None else 0
        return _answer_size(data)

    def words(self, message: bytes, *, is_from_host: bool) -> str:
        """What the order does, or what the answer says."""
        if is_from_host:
            return self._order_words(message)
        if message[:1] == b"_":
            return f"'{message[1:-1].decode('ascii', 'replace')}'"
        answers = StatusReader().receive(message, 0)
        match answers:
            case (RealTimeStatus(status),):
                return _status_words(self._asked.popleft() if self._asked else 0, status)
            case (StatusBlock() as block,):
                condition = condition_of_block(block)
                return f"by itself: {_condition_words(condition.is_online, condition.fault, condition.paper)}"
            case (PrintMark() as mark,):
                return "everything before the question was done" + ("; no paper" if mark.is_paper_out else "")
            case _:
                return NO_MESSAGE

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """An order or a block without its end."""
        return f"{'order' if is_from_host else 'answer'} without its end, or {NO_MESSAGE}: {len(data)} bytes"

    def physical(self, message: bytes) -> str:
        """Everything prints, feeds, cuts, kicks or leaves a setting behind that is not known to be a mere question."""
        command = command_of(COMMANDS, message)
        if command is not None:
            return command.moves
        return "moves or prints" if _order(message).code else "prints"

    def _order_words(self, message: bytes) -> str:
        if message[:2] == b"\x10\x04":
            self._asked.append(message[2])
            return f"status of: {_QUESTIONS.get(message[2], message[2])}?"
        order = _order(message)
        if not order.code:
            text = order.data.decode("ascii", "replace").replace("\ufffd", "·")
            return f"text '{text[:_MOST_TEXT]}'"
        command = command_of(COMMANDS, message)
        code = order.code if command is None else command.code
        name = f"order {code.hex(' ').upper()}" if command is None else command.name
        args = f" {order.args.hex(' ').upper()}" if order.args else ""
        return f"{name}{args}" + (f", {len(order.data)} bytes" if order.data else "")


def _order(message: bytes) -> Order:
    if message[:2] == b"\x1dI":
        return Order(message[:2], message[2:])
    reader = OrderReader()
    reader.feed(message)
    return reader.next() or Order(message)


def _answer_size(data: bytes) -> int:
    if data[:1] == b"_":
        end = data.find(0)
        return end + 1 if end > 0 else 0
    for size in range(1, min(len(data), 4) + 1):
        reader = StatusReader()
        if reader.receive(data[:size], 0):
            return size
        if reader.take_dropped():
            return -size
    return 0 if len(data) < 4 else -1


def _status_words(query: int, status: int) -> str:
    if query not in _QUESTIONS:
        return f"status {status:02X}"
    well = 0x12
    answers = [status if query == number else well for number in _QUESTIONS]
    condition = condition_of_answers(*answers)
    told: list[str] = []
    if query == Query.PRINTER:
        told.append("on line" if condition.is_online else "OFF LINE")
        told += ["drawer switch high"] if status & 0x04 else []
    else:
        told.append(_condition_words(is_online=True, fault=condition.fault, paper=condition.paper))
        if query == Query.ERROR_CAUSE and status != well:
            told = [f"error bits {status & ~well & 0x6C:02X}"]
    return f"{_QUESTIONS[query]}: {', '.join(told)}"


def _condition_words(is_online: bool, fault: object, paper: Paper) -> str:  # noqa: FBT001 - a row of a table
    if fault is not None:
        return str(fault).replace("_", " ")
    words = "well" if is_online else "off line"
    return words + (", paper is low" if paper is Paper.LOW else "")


# --- asking -----------------------------------------------------------------------------------------------------------


def _status_in(heard: bytes) -> int | None:
    """The one status byte of an answer, beside status blocks that a printer sends by itself; None for anything else.

    Half of what any line chatters looks like a status byte: what says more than it was asked is no printer.
    """
    reader = StatusReader()
    answers = [each for each in reader.receive(heard, 0) if not isinstance(each, StatusBlock)]
    match answers:
        case [RealTimeStatus(status)] if not reader.take_dropped():
            return status
        case _:
            return None


def _states() -> Asks[list[int]]:
    """The four real-time answers, the first asked twice; fewer when something else answers, or nothing."""
    states: list[int] = []
    for query in (Query.PRINTER, *Query):
        # The whole time is waited, for a printer is silent after its one byte.
        heard = yield Ask(realtime_query(query), WAIT_MS)
        status = _status_in(heard)
        if status is None:
            return []
        states.append(status)
    return states[1:] if (states[0] ^ states[1]) & ~DRAWER_SWITCH == 0 else []


def probe() -> Script:
    """Ask for the status and, of a printer that gives one, for its numbers; nothing of this can print."""
    states = yield from _states()
    if len(states) < len(Query):
        return ()
    condition = condition_of_answers(*states)
    words = _condition_words(condition.is_online, condition.fault, condition.paper)
    says: list[tuple[str, str]] = [("status", words)]
    says += yield from _identity()
    advice: list[str] = []
    if condition.paper is Paper.OUT:
        advice.append("put a new roll in")
    elif condition.cover_open:
        advice.append("close the cover")
    elif condition.fault is not None:
        advice.append(f"it cannot print now ({words}): open its cover, take out what jams it, close it")
    return (Finding(DeviceKind.PRINTER, None, tuple(says), tuple(advice)),)


def _identity() -> Asks[list[tuple[str, str]]]:
    """Model, firmware and serial number, of a printer that knows the question.

    The first question has an argument that no printer can print (01h), in case it does not know GS I and takes that for
    text; only a printer that answered is asked by letters.
    """
    heard = yield Ask(b"\x1dI\x01", IDENTITY_MS, lambda so_far: len(so_far) > 0)
    if not heard:
        return []
    says = [("model number", str(heard[0]))]
    for name, letter in (("firmware", b"A"), ("maker", b"B"), ("model", b"C"), ("serial", b"D")):
        heard = yield Ask(b"\x1dI" + letter, IDENTITY_MS, lambda so_far: 0 in so_far)
        text = heard[heard.find(b"_") + 1 :].rstrip(b"\x00") if b"_" in heard else b""
        if text:
            says.append((name, plain_text(text)))
    return says


def self_test(address: int | None) -> Script:
    """The same questions: what a printer can say without printing is its status."""
    found = yield from probe()
    return tuple(Finding(each.kind, address, each.says, each.advice) for each in found)


ESCPOS: Final = WireKind(
    name="escpos",
    says="a receipt printer (ESC/POS)",
    bauds=(115_200, 9600, 19_200, 38_400),
    ear=EscPosEar,
    probe=probe,
    self_test=self_test,
    kinds={None: DeviceKind.PRINTER},
    cards={DeviceKind.PRINTER: EVIDENCE},
)
